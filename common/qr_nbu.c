/* NBU (Ukraine): an address with a transfer order of lines, in base64url; and EPC's order, plain. */
#include "common/base64url.h"
#include "common/qr_parts.h"

#include <stdio.h>
#include <string.h>
#include "common/money.h"
#include "common/text.h"

enum { LINES_NBU = 13, LINES_NBU_003 = 17, LINES_MAX = 18 };
enum { LINE_BCD, LINE_VERSION, LINE_ENCODING, LINE_FUNCTION, LINE_NAME = 5, LINE_IBAN, LINE_AMOUNT };

struct order {
    struct qr_reading *reading;
    struct qr_span line[LINES_MAX]; /* without line ends */
    int count;                      /* at most LINES_MAX + 1 = too many */
    bool nbu, utf8;
};

/* Of NBU's lines 10, 11 and from 13 on no more is said than what stands there. */
static const char *const names[2][LINES_MAX] = {
    {"mark", "version", "encoding", "function", "receiver's BIC", "receiver's name", "receiver's IBAN",
     "amount", "purpose code", "reference", "purpose", "message to the payer"},
    {"mark", "version", "encoding", "function", "receiver's identifier", "receiver's name", "receiver's IBAN",
     "amount", "receiver's code", NULL, NULL, "purpose"},
};

/* Splits at '\n'; a '\r' before it is dropped. */
static void lines_split(struct order *ret, struct qr_span text)
{
    const char *end = text.at + text.size;
    for (const char *at = text.at; ret->count <= LINES_MAX;) {
        const char *stop = memchr(at, '\n', (size_t)(end - at)), *until = stop ? stop : end;
        size_t length = (size_t)(until - at);
        if (ret->count < LINES_MAX)
            ret->line[ret->count] =
                (struct qr_span){at, stop && length > 0 && until[-1] == '\r' ? length - 1 : length};
        ret->count++;
        if (!stop)
            return;
        at = stop + 1;
    }
}

static const char *line_tag(char ret[QR_TAG_SIZE], int index)
{
    (void)snprintf(ret, QR_TAG_SIZE, "line %d", index % 100 + 1);
    return ret;
}

static void line_meaning(const struct order *order, int index, char ret[QR_MEANING_SIZE])
{
    struct qr_span line = order->line[index];
    char letters[4];
    int64_t minor;
    ret[0] = '\0';
    if (index == LINE_ENCODING && qr_span_is(line, "1"))
        (void)snprintf(ret, QR_MEANING_SIZE, "UTF-8");
    else if (index == LINE_ENCODING && order->nbu && qr_span_is(line, "2"))
        (void)snprintf(ret, QR_MEANING_SIZE, "windows-1251");
    qr_span_copy(letters, sizeof(letters), line.at, line.size);
    if (index == LINE_AMOUNT && line.size > 3 && money_currency_known(letters) &&
        qr_amount_read(line.at + 3, line.size - 3, money_digits(letters), &minor))
        (void)money_format(ret, QR_MEANING_SIZE, minor, letters, "en");
}

static void tell_lines(const struct order *order)
{
    char tag[QR_TAG_SIZE], meaning[QR_MEANING_SIZE], odd[48];
    for (int i = 0; i < order->count && i < LINES_MAX; i++) {
        const char *name = names[order->nbu][i];
        if (order->line[i].size == 0 && i != LINE_NAME && i != LINE_IBAN)
            continue;
        line_meaning(order, i, meaning);
        bool readable = order->utf8 || text_utf8_length(order->line[i].at, order->line[i].size) >= 0;
        qr_field(order->reading, line_tag(tag, i), name ? name : "unknown field",
                 readable ? order->line[i] : (struct qr_span){"", 0}, readable ? meaning : "in windows-1251");
        if (!readable)
            continue;
        qr_span_odd(odd, order->line[i]);
        if (odd[0])
            qr_complain(order->reading, QR_WARNING, tag, "holds %s", odd);
    }
}

/* "UAH590.00" or "EUR12.5"; empty = none. */
static void amount_take(const struct order *order)
{
    struct qr_facts *facts = order->reading->facts;
    struct qr_span line = order->line[LINE_AMOUNT];
    char letters[4], wrong[QR_PROBLEM_SIZE];
    if (line.size == 0)
        return;
    qr_span_copy(letters, sizeof(letters), line.at, line.size < 3 ? line.size : 3);
    if (!money_currency_known(letters)) {
        qr_complain(order->reading, QR_ERROR, "line 8", "the amount must begin with a currency, like %s",
                    order->nbu ? "UAH123.45" : "EUR123.45");
        return;
    }
    (void)text_copy(facts->currency, sizeof(facts->currency), letters);
    if (order->nbu && strcmp(letters, "UAH") != 0)
        qr_complain(order->reading, QR_ERROR, "line 8", "must be in UAH");
    struct qr_span number = {line.at + 3, line.size - 3};
    if (number.size == 0) {
        qr_complain(order->reading, QR_WARNING, "line 8", "a currency without an amount");
        return;
    }
    qr_amount_wrong(wrong, number, letters);
    int64_t minor = 0;
    if (wrong[0])
        qr_complain(order->reading, QR_ERROR, "line 8", "%s", wrong);
    else if (qr_amount_read(number.at, number.size, money_digits(letters), &minor) && minor == 0)
        qr_complain(order->reading, QR_WARNING, "line 8",
                    "the amount is zero; without one the line is empty");
    else if (number.at[0] == '.' || number.at[number.size - 1] == '.')
        qr_complain(order->reading, QR_WARNING, "line 8", "a digit is missing beside the point; write 98.00");
    facts->has_amount = minor > 0;
    facts->amount = minor;
}

static void party_take(const struct order *order)
{
    struct qr_facts *facts = order->reading->facts;
    struct qr_span name = order->line[LINE_NAME], iban = order->line[LINE_IBAN];
    char wrong[QR_PROBLEM_SIZE];
    if (order->utf8)
        qr_span_copy(facts->merchant, sizeof(facts->merchant), name.at, name.size);
    if (name.size == 0)
        qr_complain(order->reading, QR_ERROR, "line 6", "the receiver's name is missing");
    qr_iban_wrong(wrong, iban);
    if (wrong[0])
        qr_complain(order->reading, QR_ERROR, "line 7", "%s", wrong);
    else if (order->nbu && !qr_span_starts(iban, "UA"))
        qr_complain(order->reading, QR_ERROR, "line 7", "not an IBAN of Ukraine");
    else
        qr_span_copy(facts->account, sizeof(facts->account), iban.at, iban.size);
}

static bool nbu_count(struct order *order)
{
    bool second = qr_span_is(order->line[LINE_VERSION], "002");
    bool third = qr_span_is(order->line[LINE_VERSION], "003");
    if (!second && !third && !qr_span_is(order->line[LINE_VERSION], "001")) {
        qr_complain(order->reading, QR_ERROR, "line 2", "the version is none of 001, 002, 003");
        return false;
    }
    int wanted = third ? LINES_NBU_003 : LINES_NBU;
    /* The last line may end with a line end as the others do. Version 002 may have one line more. */
    if (order->count == wanted + 1 && (second || order->line[wanted].size == 0))
        return true;
    if (order->count != wanted)
        qr_complain(order->reading, QR_ERROR, "", "%s%d lines; version %.3s has %d",
                    order->count > LINES_MAX ? "more than " : "",
                    order->count > LINES_MAX ? LINES_MAX : order->count, order->line[LINE_VERSION].at,
                    wanted);
    return order->count == wanted;
}

static void nbu_order_read(struct order *order)
{
    struct qr_reading *reading = order->reading;
    tell_lines(order);
    if (!qr_span_is(order->line[LINE_BCD], "BCD")) {
        qr_complain(reading, QR_ERROR, "line 1", "not BCD, with which NBU's order begins");
        return;
    }
    if (order->count <= LINE_FUNCTION) {
        qr_complain(reading, QR_ERROR, "", "ends after line %d; an order has %d or %d", order->count,
                    LINES_NBU, LINES_NBU_003);
        return;
    }
    bool whole = nbu_count(order);
    if (!order->utf8 && !qr_span_is(order->line[LINE_ENCODING], "2"))
        qr_complain(reading, QR_ERROR, "line 3", "the encoding is neither 1 (UTF-8) nor 2 (windows-1251)");
    struct qr_span function = order->line[LINE_FUNCTION];
    if (!qr_span_is(function, "UCT") && !qr_span_is(function, "ICT") && !qr_span_is(function, "XCT"))
        qr_complain(reading, function.size == 3 ? QR_WARNING : QR_ERROR, "line 4",
                    "the function is none of UCT, ICT, XCT");
    if (!whole)
        return; /* which line is which is not known */
    party_take(order);
    amount_take(order);
}

/* Why the payload is no base64url. */
static void tell_payload(struct qr_reading *reading, const char *payload)
{
    size_t good = strspn(payload, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");
    char c = payload[good];
    qr_complain(reading, QR_ERROR, "", "not base64url without padding: %s",
                c == '='                ? "'=' at the end does not belong there"
                : c == '+' || c == '/'  ? "'+' and '/' are written '-' and '_'"
                : c == '?' || c == '#'  ? "nothing may stand behind it"
                : c == ' ' || c == '\n' ? "a space or line end is in it"
                : c                     ? "a character that is none of it"
                                        : "it is cut or has a character too much");
}

void qr_nbu_read(struct qr_reading *reading, const char *text)
{
    unsigned char bytes[QR_TEXT_MAX];
    static const char *const prefixes[] = {"https://bank.gov.ua/qr/", "https://qr.bank.gov.ua/"};
    bool second = strncmp(text, prefixes[1], strlen(prefixes[1])) == 0;
    const char *payload = text + strlen(prefixes[second]);
    struct order order = {.reading = reading, .nbu = true};
    long length = base64url_decode(bytes, sizeof(bytes), payload, strlen(payload));
    if (length <= 0) {
        if (length == 0)
            qr_complain(reading, QR_ERROR, "", "nothing stands behind the address");
        else
            tell_payload(reading, payload);
        return;
    }
    struct qr_span whole = {(const char *)bytes, (size_t)length};
    if (memchr(bytes, '\0', whole.size)) {
        qr_complain(reading, QR_ERROR, "", "a NUL byte in the payload");
        return;
    }
    lines_split(&order, whole);
    order.utf8 = order.count > LINE_ENCODING && qr_span_is(order.line[LINE_ENCODING], "1");
    if (order.utf8 && text_utf8_length(whole.at, whole.size) < 0) {
        qr_complain(reading, QR_ERROR, "line 3", "says UTF-8, but the text is not");
        return;
    }
    nbu_order_read(&order);
}

void qr_epc_read(struct qr_reading *reading, const char *text)
{
    struct order order = {.reading = reading, .utf8 = true};
    lines_split(&order, (struct qr_span){text, strlen(text)});
    tell_lines(&order);
    if (order.count <= LINE_IBAN || order.count > LINES_NBU_003) {
        qr_complain(reading, QR_ERROR, "", "%d lines; a transfer code has 7 to %d", order.count,
                    LINES_NBU_003);
        return;
    }
    party_take(&order);
    amount_take(&order);
}
