#include "common/qr_parts.h"

#include <stdio.h>
#include <string.h>
#include "common/text.h"

static const char *const profile_names[QR_PROFILE_COUNT] = {
    [QR_OPAQUE] = "opaque", [QR_SBP] = "SBP", [QR_ERIP] = "ERIP", [QR_NBU] = "NBU",
    [QR_EMV] = "EMV",       [QR_EPC] = "EPC", [QR_GOST] = "GOST",
};

const char *qr_profile_name(enum qr_profile profile)
{
    return profile_names[profile];
}

static bool starts(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

static enum qr_profile profile_detect(const char *text)
{
    if (starts(text, "https://qr.nspk.ru/"))
        return QR_SBP;
    if ((strstr(text, "raschet.by") && strchr(text, '#')) || strstr(text, "by.raschet"))
        return QR_ERIP;
    if (starts(text, "https://bank.gov.ua/qr/") || starts(text, "https://qr.bank.gov.ua/"))
        return QR_NBU;
    if (starts(text, "000201"))
        return QR_EMV;
    if (starts(text, "BCD\n001") || starts(text, "BCD\n002") || starts(text, "BCD\r\n001") ||
        starts(text, "BCD\r\n002"))
        return QR_EPC;
    return starts(text, "ST0001") ? QR_GOST : QR_OPAQUE;
}

static void profile_read(struct qr_reading *reading, const char *text)
{
    switch (reading->facts->profile) {
    case QR_SBP:
        qr_sbp_read(reading, text);
        break;
    case QR_ERIP:
        qr_erip_read(reading, text);
        break;
    case QR_NBU:
        qr_nbu_read(reading, text);
        break;
    case QR_EMV:
        qr_emv_read(reading, text);
        break;
    case QR_EPC:
        qr_epc_read(reading, text);
        break;
    case QR_GOST:
        qr_gost_read(reading, text);
        break;
    case QR_OPAQUE:
    case QR_PROFILE_COUNT:
        qr_opaque_read(reading, text);
        break;
    }
}

bool qr_is_payers(const char *text)
{
    static const char mark[] = "\xEF\xBB\xBF"; /* of an editor */
    for (;; text += sizeof(mark) - 1) {
        text += strspn(text, " \t\r\n");
        if (!starts(text, mark))
            return starts(text, "hQVDUFY");
    }
}

/* What any code must be before a profile is looked for. */
static bool text_good(struct qr_reading *reading, const char *text)
{
    size_t size = strnlen(text, QR_TEXT_MAX + 1);
    if (size == 0)
        qr_complain(reading, QR_ERROR, "", "the QR text is empty");
    else if (size > QR_TEXT_MAX)
        qr_complain(reading, QR_ERROR, "", "longer than %d bytes", QR_TEXT_MAX);
    else if (text_utf8_length(text, size) < 0)
        qr_complain(reading, QR_ERROR, "", "not valid UTF-8");
    else if (qr_is_payers(text)) /* may hold card data: never repeat it */
        qr_complain(
            reading, QR_ERROR, "",
            "this is a payer's code (EMVCo consumer-presented), not a merchant's; it may hold card data");
    else
        return true;
    return false;
}

static void explain(struct qr_reading *reading, const char *text, const struct qr_wanted *wanted)
{
    *reading->facts = (struct qr_facts){.profile = QR_OPAQUE};
    reading->account = wanted && wanted->account && wanted->account[0] ? wanted->account : NULL;
    if (!text_good(reading, text))
        return;
    reading->facts->profile = profile_detect(text);
    profile_read(reading, text);
    if (wanted)
        qr_judge(reading, wanted);
}

enum qr_verdict qr_explain(const char *text, const struct qr_wanted *wanted, struct qr_facts *ret,
                           const struct qr_listener *listener)
{
    struct qr_reading reading = {.facts = ret, .listener = listener};
    explain(&reading, text, wanted);
    return reading.worst;
}

bool qr_read(const char *text, struct qr_facts *ret, char problem[QR_PROBLEM_SIZE])
{
    struct qr_reading reading = {.facts = ret};
    explain(&reading, text, NULL);
    (void)text_copy(problem, QR_PROBLEM_SIZE, reading.worst == QR_ERROR ? reading.problem : "");
    return reading.worst != QR_ERROR;
}

enum qr_verdict qr_check(const char *text, int64_t price, const char *currency, char problem[QR_PROBLEM_SIZE])
{
    struct qr_facts facts = {.profile = QR_OPAQUE};
    struct qr_wanted wanted = {.price = price, .currency = currency, .product = true};
    struct qr_reading reading = {.facts = &facts};
    explain(&reading, text, &wanted);
    bool named = reading.worst != QR_GOOD && facts.profile != QR_OPAQUE && !reading.judged;
    char whole[2 * QR_PROBLEM_SIZE];
    (void)snprintf(whole, sizeof(whole), "%s%s%s", named ? qr_profile_name(facts.profile) : "",
                   named ? ": " : "", reading.problem);
    (void)text_copy(problem, QR_PROBLEM_SIZE, whole);
    return reading.worst;
}
