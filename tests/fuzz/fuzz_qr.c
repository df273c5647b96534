/* libFuzzer target for payment codes: any bytes as a text, any change of a good code, any values to build
 * one.
 *
 * First byte '0'..'4': that code of the list below with one character changed; where (second byte), to what
 * (third).
 *
 * First byte 1, 2, 3, 4: a code of EMV, ERIP, SBP, NBU is built from eight bytes of price, then lines
 * TAG=VALUE.
 *
 * Any other: the text itself.
 *
 * Checked besides crashes: texts are bounded and terminated, amounts are not negative, the verdict follows
 * the reading and what is told of it; what is built is read as right, and again for another price.
 */
#include <stdlib.h>
#include <string.h>

#include "common/qr.h"
#include "tests/unit/qr_round.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Public samples and made-up ones, one for each profile with a sum of its own. */
static const char *const good[] = {
    "https://pay.raschet.by/"
    "#00020132320010by.raschet0107466579110032715303933540511.415802BY5911UNP_46657916007Belarus6304A57C",
    "00020101021132480010by.raschet01074440631101312345-1-K7S0312021252045814530393354042."
    "505802BY5909KIOSKTEST6005Minsk"
    "6304954A",
    "00020101021126370017com.example.kiosk0102K70206S0510052045814530393354042."
    "505802BY5909KIOSKTEST6005MINSK63040002",
    "https://qr.nspk.ru/AS100001ORTF4GAF80KPJ53K186D9A3G?type=01&bank=100000000007&crc=0C8A",
    "https://qr.nspk.ru/"
    "AS10003P3RH0LJ2A9ROO038L6NT5RU1M?type=01&bank=000000000001&sum=10000&cur=RUB&crc=F3D0",
};
enum { GOOD = sizeof good / sizeof good[0], FIRST_CRC = 2, ROOM = 2048 };

static void must(bool fact)
{
    if (!fact)
        abort();
}

void qr_round_failed(const char *fact, const char *text)
{
    (void)fact;
    (void)text;
    abort();
}

static void heard(void *user, const char *tag, const char *name, const char *value, size_t size,
                  const char *meaning)
{
    char visible[64];
    (void)user;
    must(strlen(tag) < 16 && name[0] != '\0' && strlen(meaning) < 128);
    must(memchr(value, '\0', size) == NULL);
    qr_visible(visible, sizeof visible, value, size);
    must(strlen(visible) < sizeof visible);
}

static void complained(void *user, enum qr_verdict level, const char *tag, const char *text)
{
    enum qr_verdict *worst = user;
    must(strlen(tag) < 16 && text[0] != '\0' && strlen(text) < QR_PROBLEM_SIZE && level != QR_GOOD);
    *worst = level > *worst ? level : *worst;
}

/* The verdict is the worst of what is told. */
static void told_soundly(const char *text, bool well)
{
    struct qr_facts facts;
    enum qr_verdict worst = QR_GOOD;
    const struct qr_listener listener = {heard, complained, &worst};
    must(qr_explain(text, NULL, &facts, &listener) == worst && well == (worst != QR_ERROR));
}

static bool read_soundly(const char *text, struct qr_facts *facts)
{
    char problem[QR_PROBLEM_SIZE] = "";
    memset(facts, 0, sizeof *facts);
    bool well = qr_read(text, facts, problem);
    must(strnlen(problem, sizeof problem) < sizeof problem && (well || problem[0] != '\0'));
    must(facts->profile >= 0 && facts->profile < QR_PROFILE_COUNT && qr_profile_name(facts->profile) != NULL);
    must(strnlen(facts->account, sizeof facts->account) < sizeof facts->account);
    must(strnlen(facts->merchant, sizeof facts->merchant) < sizeof facts->merchant);
    must(strnlen(facts->currency, sizeof facts->currency) < sizeof facts->currency);
    must(facts->amount >= 0 && (facts->has_sum || !facts->sum_good));
    told_soundly(text, well);
    return well;
}

static void judge_text(const char *text)
{
    struct qr_facts facts;
    char problem[QR_PROBLEM_SIZE] = "";
    bool well = read_soundly(text, &facts);
    enum qr_verdict verdict = qr_check(text, 250, "BYN", problem);
    must(strnlen(problem, sizeof problem) < sizeof problem && (verdict == QR_GOOD || problem[0] != '\0'));
    must(well || verdict == QR_ERROR);
    if (facts.has_amount &&
        (facts.amount != 250 || (facts.currency[0] && strcmp(facts.currency, "BYN") != 0)))
        must(verdict == QR_ERROR);
    must(!facts.has_sum || facts.sum_good || verdict == QR_ERROR);
}

/* One character of a good code becomes another one: a CRC-16 notices that for certain, wherever it is. (Of
 * ERIP's sum only 16 bits are in the code, and the address before its '#' is not summed.) */
static void judge_change(size_t number, size_t at, char character)
{
    char text[ROOM];
    struct qr_facts before, after;
    size_t length = strlen(good[number]);
    must(length < sizeof text && read_soundly(good[number], &before) && before.has_sum && before.sum_good);
    memcpy(text, good[number], length + 1);
    at %= length;
    if (character == '\0' || text[at] == character)
        return;
    text[at] = character;
    judge_text(text);
    bool well = read_soundly(text, &after);
    if (number >= FIRST_CRC && after.profile == before.profile && after.has_sum)
        must(!well);
}

static void judge_making(enum qr_profile profile, const uint8_t *data, size_t size)
{
    static const char *const currencies[QR_PROFILE_COUNT] = {
        [QR_EMV] = "EUR", [QR_ERIP] = "BYN", [QR_SBP] = "RUB", [QR_NBU] = "UAH"};
    struct qr_recipe recipe = {.profile = profile, .currency = currencies[profile]};
    char pool[ROOM], *rest = pool, *line;
    if (size < 8 || size - 8 >= sizeof pool)
        return;
    uint64_t price;
    memcpy(&price, data, 8);
    recipe.price = (int64_t)(price % 2000000000);
    recipe.editable = price >> 63;
    memcpy(pool, data + 8, size - 8);
    pool[size - 8] = '\0';
    while ((line = strsep(&rest, "\n")) != NULL && recipe.count < QR_MAKE_VALUES) {
        char *equals = strchr(line, '=');
        if (!equals)
            continue;
        *equals = '\0';
        recipe.value[recipe.count++] = (struct qr_value){line, equals + 1};
    }
    (void)qr_round(&recipe);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char made[] = "\1\2\3\4";
    static const enum qr_profile profiles[] = {QR_EMV, QR_ERIP, QR_SBP, QR_NBU};
    char text[ROOM];
    const char *maker = size > 0 && data[0] != '\0' ? strchr(made, data[0]) : NULL;
    if (maker) {
        judge_making(profiles[maker - made], data + 1, size - 1);
        return 0;
    }
    if (size >= 3 && data[0] >= '0' && data[0] < '0' + GOOD) {
        judge_change((size_t)(data[0] - '0'), data[1], (char)data[2]);
        return 0;
    }
    if (size >= sizeof text)
        return 0;
    memcpy(text, data, size);
    text[size] = '\0';
    judge_text(text);
    return 0;
}
