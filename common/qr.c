#include "common/qr_parts.h"

#include <stdio.h>
#include <string.h>
#include "common/money.h"
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

bool qr_read(const char *text, struct qr_facts *ret, char problem[QR_PROBLEM_SIZE])
{
    *ret = (struct qr_facts){.profile = QR_OPAQUE};
    problem[0] = '\0';
    size_t size = strnlen(text, QR_TEXT_MAX + 1);
    if (size > QR_TEXT_MAX)
        return qr_fail(problem, "longer than %d bytes", QR_TEXT_MAX);
    if (text_utf8_length(text, size) < 0)
        return qr_fail(problem, "not valid UTF-8");
    ret->profile = profile_detect(text);
    switch (ret->profile) {
    case QR_SBP:
        return qr_sbp_read(text, ret, problem);
    case QR_ERIP:
        return qr_erip_read(text, ret, problem);
    case QR_NBU:
        return qr_nbu_read(text, ret, problem);
    case QR_EMV:
        return qr_emv_read(text, ret, problem);
    case QR_EPC:
        return qr_epc_read(text, ret, problem);
    case QR_GOST:
        return qr_gost_read(text, ret, problem);
    case QR_OPAQUE:
    case QR_PROFILE_COUNT:
        break;
    }
    return true;
}

static enum qr_verdict verdict(enum qr_verdict level, char *problem, const char *text)
{
    (void)qr_fail(problem, "%s", text);
    return level;
}

static enum qr_verdict check_money(const struct qr_facts *facts, int64_t price, const char *currency,
                                   char *problem)
{
    const char *profile = qr_profile_name(facts->profile);
    if (facts->currency[0] && strcmp(facts->currency, currency) != 0) {
        (void)qr_fail(problem, "the %s code asks for %s, the kiosk sells in %s", profile, facts->currency,
                      currency);
        return QR_ERROR;
    }
    if (facts->has_amount && facts->amount != price) {
        char asked[48], wanted[48];
        (void)money_format(asked, sizeof(asked), facts->amount, currency, "en");
        (void)money_format(wanted, sizeof(wanted), price, currency, "en");
        (void)qr_fail(problem, "the %s code asks for %s, the price is %s", profile, asked, wanted);
        return QR_ERROR;
    }
    return QR_GOOD;
}

enum qr_verdict qr_check(const char *text, int64_t price, const char *currency, char problem[QR_PROBLEM_SIZE])
{
    struct qr_facts facts;
    char detail[QR_PROBLEM_SIZE];
    problem[0] = '\0';
    if (text[0] == '\0')
        return verdict(QR_ERROR, problem, "the QR text is empty");
    if (starts(text, "hQVDUFY")) /* may hold card data: never repeat it */
        return verdict(QR_ERROR, problem,
                       "this is a payer's code (EMVCo consumer-presented), not a merchant's");
    if (!qr_read(text, &facts, detail)) {
        (void)qr_fail(problem, "%s: %.140s", qr_profile_name(facts.profile), detail);
        return QR_ERROR;
    }
    if (check_money(&facts, price, currency, problem) == QR_ERROR)
        return QR_ERROR;
    switch (facts.profile) {
    case QR_OPAQUE:
    case QR_PROFILE_COUNT:
        return QR_GOOD;
    case QR_EPC:
    case QR_GOST:
        return verdict(QR_WARNING, problem,
                       "a bank transfer code: no confirmation of the payment is possible");
    case QR_SBP:
    case QR_ERIP:
    case QR_NBU:
    case QR_EMV:
        break;
    }
    if (!facts.has_amount)
        return verdict(QR_WARNING, problem, "no amount in the code: the payer types it in");
    if (facts.editable)
        return verdict(QR_WARNING, problem, "the payer may change the amount of this code");
    if (facts.sum_old)
        return verdict(QR_WARNING, problem, "an older ERIP code with CRC-16: ask for a new one with SHA-256");
    if (facts.incomplete)
        return verdict(QR_WARNING, problem, "a field that EMVCo requires is missing (52, 53, 58, 59 or 60)");
    return QR_GOOD;
}
