/* A code compared with what a product asks for; and texts that are nearly a code. */
#include "common/qr_parts.h"

#include <string.h>
#include "common/money.h"
#include "common/text.h"

/* What the amount is in: ERIP takes BYN and SBP kopecks, also where the code does not say so. */
static const char *currency_of(const struct qr_facts *facts)
{
    if (facts->currency[0])
        return facts->currency;
    return facts->profile == QR_ERIP ? "BYN" : facts->profile == QR_SBP ? "RUB" : "";
}

static void judge_money(struct qr_reading *reading, const struct qr_wanted *wanted)
{
    const struct qr_facts *facts = reading->facts;
    const char *profile = qr_profile_name(facts->profile), *asked = currency_of(facts);
    const char *currency = wanted->currency ? wanted->currency : asked;
    if (asked[0] && strcmp(asked, currency) != 0) {
        qr_complain(reading, QR_ERROR, "", "the %s code asks for %s, the kiosk sells in %s", profile, asked,
                    currency);
        return;
    }
    if (facts->has_amount && wanted->price > 0 && facts->amount != wanted->price) {
        char code[48], price[48];
        (void)money_format(code, sizeof(code), facts->amount, currency, "en");
        (void)money_format(price, sizeof(price), wanted->price, currency, "en");
        qr_complain(reading, QR_ERROR, "", "the %s code asks for %s, the price is %s", profile, code, price);
    }
}

/* A payment of ERIP comes with the code's account, so that another one names another product, or none. A
 * payment service may well know better; who asks for an account wants no other. */
static void judge_account(struct qr_reading *reading, const struct qr_wanted *wanted)
{
    const struct qr_facts *facts = reading->facts;
    bool named = facts->profile == QR_ERIP || facts->profile == QR_EMV;
    enum qr_verdict level = wanted->account_must ? QR_ERROR : QR_WARNING;
    char theirs[49], ours[49];
    if (!reading->account || reading->account_seen || (!wanted->account_must && !named))
        return;
    (void)text_copy(theirs, sizeof(theirs), facts->account);
    (void)text_copy(ours, sizeof(ours), wanted->account);
    if (theirs[0])
        qr_complain(reading, level, "", "the %s code is for account %s, %s is %s",
                    qr_profile_name(facts->profile), theirs,
                    wanted->account_must ? "wanted" : "the product's", ours);
    else if (wanted->account_must)
        qr_complain(reading, level, "", "account %s stands nowhere in the code", ours);
}

/* What a payer could do with it that a machine with a fixed price does not expect. */
static void judge_use(struct qr_reading *reading)
{
    const struct qr_facts *facts = reading->facts;
    if (!facts->has_amount)
        qr_complain(reading, QR_WARNING, "", "no amount in the code: the payer types it in");
    else if (facts->editable)
        qr_complain(reading, QR_WARNING, "", "the payer may change the amount of this code");
    if (facts->fee)
        qr_complain(reading, QR_WARNING, "", "a fee is added: the payer pays more than the price");
    if (facts->dynamic)
        qr_complain(reading, QR_WARNING, "",
                    "made for one purchase (dynamic): it may be refused the second time");
}

static void judge(struct qr_reading *reading, const struct qr_wanted *wanted)
{
    judge_money(reading, wanted);
    judge_account(reading, wanted);
    switch (reading->facts->profile) {
    case QR_OPAQUE:
    case QR_PROFILE_COUNT:
        break;
    case QR_EPC:
    case QR_GOST:
        if (wanted->product)
            qr_complain(reading, QR_WARNING, "",
                        "a bank transfer code: no confirmation of the payment is possible");
        break;
    case QR_SBP:
    case QR_ERIP:
    case QR_NBU:
    case QR_EMV:
        if (wanted->product)
            judge_use(reading);
        break;
    }
}

void qr_judge(struct qr_reading *reading, const struct qr_wanted *wanted)
{
    enum qr_verdict before = reading->worst;
    reading->judging = true;
    if (before == QR_WARNING) /* what a payer could do says more than a warning about the text */
        reading->worst = QR_GOOD;
    judge(reading, wanted);
    reading->worst = before > reading->worst ? before : reading->worst;
}

/* ---- opaque texts ---- */

static const char *const heads[][2] = {{"https://qr.nspk.ru/", "SBP"},
                                       {"https://bank.gov.ua/qr/", "NBU"},
                                       {"https://qr.bank.gov.ua/", "NBU"},
                                       {"000201", "EMV"},
                                       {"BCD\n001", "EPC"},
                                       {"ST0001", "GOST"}};
enum { HEADS = sizeof(heads) / sizeof(heads[0]) };

/* Which code would begin so, but for letter case and http. */
static const char *head_of(const char *text)
{
    const char *rest = strncasecmp(text, "http://", 7) == 0 ? text + 7 : NULL;
    for (int i = 0; i < HEADS; i++) {
        const char *head = heads[i][0];
        if (strncasecmp(text, head, strlen(head)) == 0)
            return heads[i][1];
        if (rest && strncmp(head, "https://", 8) == 0 && strncasecmp(rest, head + 8, strlen(head) - 8) == 0)
            return heads[i][1];
    }
    return NULL;
}

/* Digits in front, and 6304 with four hex digits at the end. */
static bool nearly_tlv(struct qr_span text)
{
    if (text.size < 16 || strspn(text.at, "0123456789") < 6 ||
        memcmp(text.at + text.size - 8, "6304", 4) != 0)
        return false;
    return strspn(text.at + text.size - 4, "0123456789ABCDEFabcdef") == 4;
}

void qr_opaque_read(struct qr_reading *reading, const char *text)
{
    const struct qr_span whole = {text, strlen(text)};
    char odd[48];
    size_t blank = strspn(text, " \t\r\n");
    bool mark = strncmp(text, "\xEF\xBB\xBF", 3) == 0;
    const char *begin = text + (mark ? 3 : blank), *head = head_of(begin), *hash = strchr(text, '#');
    qr_field(reading, "", "text", whole, "");
    if (strncasecmp(begin, "http", 4) == 0 && strstr(begin, "://"))
        qr_host_check(reading, "", qr_host(whole));
    qr_span_odd(odd, whole);
    if (begin != text && head)
        qr_complain(reading, QR_WARNING, "", "%s stands before what would be an %s code; take it away",
                    mark ? "a mark of the editor (U+FEFF)" : "a blank", head);
    else if (head)
        qr_complain(reading, QR_WARNING, "",
                    "nearly an %s code, but for its first letters: capitals, or http in place of https",
                    head);
    else if (strcasestr(text, "qr.nspk.ru") || strcasestr(text, "bank.gov.ua"))
        qr_complain(reading, QR_WARNING, "",
                    "names a payment service's host, but is no code of it; ask your provider");
    else if (hash && strncmp(hash + 1, "000201", 6) == 0)
        qr_complain(reading, QR_WARNING, "",
                    "holds what looks like an EMV code behind '#'; it is not checked");
    else if (nearly_tlv(whole))
        qr_complain(reading, QR_WARNING, "",
                    "built like an EMV code, with a checksum at its end, but it does not begin with 000201");
    else if (begin != text || odd[0] || text[whole.size - 1] == ' ')
        qr_complain(reading, QR_WARNING, "", "%s is in it; it is shown with it",
                    mark || blank || !odd[0] ? "a blank at the beginning or end" : odd);
}
