/* Payment codes that are web addresses: SBP (Russia) and NBU (Ukraine). */
#include "common/qr_parts.h"
#include "common/base64url.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include "common/money.h"
#include "common/text.h"

static bool value_is(const char *value, size_t size, const char *text)
{
    return size == strlen(text) && memcmp(value, text, size) == 0;
}

static bool sbp_sum_read(const char *value, size_t size, struct qr_facts *facts, char *problem)
{
    int64_t kopecks;
    if (facts->has_amount)
        return qr_fail(problem, "sum: there twice");
    if (!qr_amount_read(value, size, 0, &kopecks) || memchr(value, '.', size) || kopecks == 0)
        return qr_fail(problem, "sum: not a number of kopecks");
    facts->has_amount = true;
    facts->amount = kopecks;
    return true;
}

static bool sbp_pair_read(const char *pair, size_t size, struct qr_facts *facts, char *problem)
{
    const char *equals = memchr(pair, '=', size);
    if (!equals)
        return size == 0 ||
               qr_fail(problem, "a parameter without value: %.*s", size < 40 ? (int)size : 40, pair);
    size_t key = (size_t)(equals - pair), value_size = size - key - 1;
    const char *value = equals + 1;
    if (value_is(pair, key, "sum"))
        return sbp_sum_read(value, value_size, facts, problem);
    if (value_is(pair, key, "type") && !value_is(value, value_size, "01") &&
        !value_is(value, value_size, "02"))
        return qr_fail(problem, "type: neither 01 (static) nor 02 (dynamic)");
    if (value_is(pair, key, "cur")) {
        char letters[4];
        qr_span_copy(letters, sizeof(letters), value, value_size);
        if (value_size != 3 || !money_currency_known(letters))
            return qr_fail(problem, "cur: not a currency of ISO 4217");
        (void)text_copy(facts->currency, sizeof(facts->currency), letters);
    }
    return true;
}

bool qr_sbp_read(const char *text, struct qr_facts *facts, char problem[QR_PROBLEM_SIZE])
{
    const char *id = text + strlen("https://qr.nspk.ru/");
    size_t id_size = strcspn(id, "?");
    if (id_size == 0)
        return qr_fail(problem, "the code's number is missing");
    qr_span_copy(facts->account, sizeof(facts->account), id, id_size);
    for (const char *at = id + id_size; *at;) {
        size_t size = strcspn(++at, "&");
        if (!sbp_pair_read(at, size, facts, problem))
            return false;
        at += size;
    }
    const char *sum = strstr(text, "&crc=");
    if (!sum)
        return true;
    char crc[5];
    (void)snprintf(crc, sizeof(crc), "%04X", (unsigned)qr_crc16(text, (size_t)(sum - text)));
    const char *given = sum + strlen("&crc=");
    facts->has_sum = true;
    facts->sum_good = value_is(given, strcspn(given, "&"), crc);
    return facts->sum_good || qr_fail(problem, "crc: does not fit the address");
}

enum { NBU_LINES = 13, NBU_LINES_003 = 17, NBU_NAME = 5, NBU_IBAN = 6, NBU_AMOUNT = 7 };

struct line {
    const char *at;
    size_t size;
};

/* Splits at '\n' (a '\r' before it is dropped). Number of lines, at most max + 1 (= too many). */
static int lines_split(struct line *ret, int max, const char *text, size_t size)
{
    const char *end = text + size;
    int count = 0;
    for (const char *at = text; count <= max; count++) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        const char *until = stop ? stop : end;
        if (count < max) {
            size_t length = (size_t)(until - at);
            ret[count] = (struct line){at, length > 0 && until[-1] == '\r' ? length - 1 : length};
        }
        if (!stop)
            return count + 1;
        at = stop + 1;
    }
    return count;
}

/* "UAH590.00" or "EUR12.5"; empty = none. */
static bool currency_amount_read(struct line line, struct qr_facts *facts, char *problem)
{
    if (line.size == 0)
        return true;
    char letters[4];
    int64_t minor;
    qr_span_copy(letters, sizeof(letters), line.at, line.size < 3 ? line.size : 3);
    if (!money_currency_known(letters))
        return qr_fail(problem, "line 8: the amount must begin with a currency, like UAH123.45");
    (void)text_copy(facts->currency, sizeof(facts->currency), letters);
    if (line.size == 3)
        return true;
    if (!qr_amount_read(line.at + 3, line.size - 3, money_digits(letters), &minor))
        return qr_fail(problem, "line 8: not an amount of %s", letters);
    facts->has_amount = minor > 0;
    facts->amount = minor;
    return true;
}

static bool party_read(const struct line *lines, bool utf8, struct qr_facts *facts, char *problem)
{
    struct line name = lines[NBU_NAME], iban = lines[NBU_IBAN];
    if (utf8)
        qr_span_copy(facts->merchant, sizeof(facts->merchant), name.at, name.size);
    if (!qr_iban_shaped(iban.at, iban.size))
        return qr_fail(problem, "line 7: not an IBAN");
    qr_span_copy(facts->account, sizeof(facts->account), iban.at, iban.size);
    return name.size > 0 || qr_fail(problem, "line 6: the receiver's name is missing");
}

static bool nbu_lines_read(const struct line *lines, int count, struct qr_facts *facts, char *problem)
{
    if (count < 3 || !value_is(lines[0].at, lines[0].size, "BCD"))
        return qr_fail(problem, "line 1: not BCD");
    bool third = value_is(lines[1].at, lines[1].size, "003");
    if (!third && !value_is(lines[1].at, lines[1].size, "001") &&
        !value_is(lines[1].at, lines[1].size, "002"))
        return qr_fail(problem, "line 2: the version is none of 001, 002, 003");
    int wanted = third ? NBU_LINES_003 : NBU_LINES;
    if (count != wanted)
        return qr_fail(problem, "%d lines, version %.3s has %d", count, lines[1].at, wanted);
    bool utf8 = value_is(lines[2].at, lines[2].size, "1");
    if (!utf8 && !value_is(lines[2].at, lines[2].size, "2"))
        return qr_fail(problem, "line 3: the encoding is neither 1 (UTF-8) nor 2 (windows-1251)");
    if (lines[3].size != 3)
        return qr_fail(problem, "line 4: the function has 3 letters (UCT, ICT, XCT)");
    return party_read(lines, utf8, facts, problem) && currency_amount_read(lines[NBU_AMOUNT], facts, problem);
}

bool qr_nbu_read(const char *text, struct qr_facts *facts, char problem[QR_PROBLEM_SIZE])
{
    unsigned char bytes[QR_TEXT_MAX];
    const char *payload = strrchr(text, '/') + 1;
    struct line lines[NBU_LINES_003 + 1] = {{NULL, 0}};
    long length = base64url_decode(bytes, sizeof(bytes), payload, strlen(payload));
    if (length < 0)
        return qr_fail(problem, "not base64url without padding");
    size_t size = (size_t)length;
    if (memchr(bytes, '\0', size))
        return qr_fail(problem, "a NUL byte in the payload");
    int count = lines_split(lines, NBU_LINES_003 + 1, (const char *)bytes, size);
    if (count > 1 && count <= NBU_LINES_003 + 1 && lines[count - 1].size == 0)
        count -= count == NBU_LINES + 1 || count == NBU_LINES_003 + 1; /* the last line may end with '\n' */
    if (count > 2 && value_is(lines[2].at, lines[2].size, "1") &&
        text_utf8_length((const char *)bytes, size) < 0)
        return qr_fail(problem, "line 3 says UTF-8, the text is not");
    return nbu_lines_read(lines, count, facts, problem);
}

bool qr_epc_read(const char *text, struct qr_facts *facts, char problem[QR_PROBLEM_SIZE])
{
    struct line lines[NBU_LINES_003 + 1] = {{NULL, 0}};
    int count = lines_split(lines, NBU_LINES_003, text, strlen(text));
    if (count <= NBU_IBAN || count > NBU_LINES_003)
        return qr_fail(problem, "%d lines, a transfer code has 7 to %d", count, NBU_LINES_003);
    return party_read(lines, true, facts, problem) && currency_amount_read(lines[NBU_AMOUNT], facts, problem);
}

static bool gost_pair_read(const char *pair, size_t size, struct qr_facts *facts, unsigned *seen,
                           char *problem)
{
    static const char *const required[] = {"Name", "PersonalAcc", "BankName", "BIC", "CorrespAcc"};
    const char *equals = memchr(pair, '=', size);
    if (!equals)
        return qr_fail(problem, "a field without '='");
    size_t key = (size_t)(equals - pair), value_size = size - key - 1;
    const char *value = equals + 1;
    for (unsigned i = 0; i < sizeof(required) / sizeof(required[0]); i++)
        if (value_is(pair, key, required[i]) && value_size > 0)
            *seen |= 1u << i;
    if (value_is(pair, key, "Name"))
        qr_span_copy(facts->merchant, sizeof(facts->merchant), value, value_size);
    if (value_is(pair, key, "PersonalAcc"))
        qr_span_copy(facts->account, sizeof(facts->account), value, value_size);
    if (value_is(pair, key, "Sum") && value_size > 0) {
        if (memchr(value, '.', value_size) || !qr_amount_read(value, value_size, 0, &facts->amount))
            return qr_fail(problem, "Sum: not a number of kopecks");
        facts->has_amount = facts->amount > 0;
    }
    return true;
}

bool qr_gost_read(const char *text, struct qr_facts *facts, char problem[QR_PROBLEM_SIZE])
{
    const char *at = text + strlen("ST0001");
    if (at[0] < '1' || at[0] > '3')
        return qr_fail(problem, "the seventh character (encoding) is none of 1, 2, 3");
    char separator[2] = {at[1], '\0'};
    if (at[1] == '\0')
        return qr_fail(problem, "nothing after the header");
    (void)text_copy(facts->currency, sizeof(facts->currency), "RUB");
    unsigned seen = 0;
    for (at += 1; *at;) {
        size_t size = strcspn(++at, separator);
        if (size == 0 && at[size] == '\0')
            break; /* a separator at the end */
        if (!gost_pair_read(at, size, facts, &seen, problem))
            return false;
        at += size;
    }
    return seen == 0x1F || qr_fail(problem, "one of Name, PersonalAcc, BankName, BIC, CorrespAcc is missing");
}
