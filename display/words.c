#include "display/words.h"

#include <stddef.h>
#include <string.h>

/* The built-in texts, made from display/texts by texts.awk when the program is built: LANGUAGES,
 * language_codes, keys and words, English first. */
#include "display/texts.h"

_Static_assert((int)KEYS == WORD_COUNT, "a word of words.h is in none of the files");

const char *words_language(int32_t index)
{
    return index >= 0 && index < LANGUAGES ? language_codes[index] : NULL;
}

const char *words_key(enum word word)
{
    return keys[word];
}

const char *words_get(enum word word, const char *language)
{
    for (int32_t i = 0; i < LANGUAGES; i++)
        if (strcmp(language_codes[i], language) == 0)
            return words[i][word];
    return words[0][word];
}

struct named {
    const char *name;
    enum word headline, detail, tile;
};

static const struct named holds[] = {
    {"starting", WORD_STARTING, WORD_WAIT, WORD_UNAVAILABLE},
    {"fire", WORD_FIRE, WORD_FIRE_DETAIL, WORD_UNAVAILABLE},
    {"door_open", WORD_DOOR, WORD_DOOR_DETAIL, WORD_UNAVAILABLE},
    {"clock_untrusted", WORD_OUT_OF_SERVICE, WORD_CLOCK_DETAIL, WORD_UNAVAILABLE},
    {"offline", WORD_OFFLINE, WORD_OFFLINE_DETAIL, WORD_UNAVAILABLE},
    {"disabled", WORD_OUT_OF_SERVICE, WORD_DO_NOT_PAY, WORD_NOT_ON_SALE},
    {"sold_out", WORD_SOLD_OUT, WORD_DO_NOT_PAY, WORD_SOLD_OUT},
    {"busy", WORD_BUSY, WORD_WAIT, WORD_BUSY},
    {"held_open", WORD_HELD, WORD_HELD_DETAIL, WORD_HELD},
    {"arm_not_down", WORD_ARM, WORD_ARM_DETAIL, WORD_UNAVAILABLE},
    {"screen_lost", WORD_NO_SCREEN, WORD_DO_NOT_PAY, WORD_NO_SCREEN},
};
static const struct named hold_other = {"", WORD_OUT_OF_SERVICE, WORD_DO_NOT_PAY, WORD_UNAVAILABLE};

static const struct named *hold_find(const char *name)
{
    for (size_t i = 0; i < sizeof(holds) / sizeof(holds[0]); i++)
        if (strcmp(holds[i].name, name) == 0)
            return &holds[i];
    return &hold_other;
}

enum word words_hold_headline(const char *hold)
{
    return hold_find(hold)->headline;
}

enum word words_hold_detail(const char *hold)
{
    return hold_find(hold)->detail;
}

enum word words_hold_tile(const char *hold)
{
    return hold_find(hold)->tile;
}

static const struct {
    const char *name;
    enum word word;
} reasons[] = {
    {"unknown_product", WORD_REASON_UNKNOWN_PRODUCT},
    {"wrong_amount", WORD_REASON_WRONG_AMOUNT},
    {"wrong_currency", WORD_REASON_WRONG_CURRENCY},
    {"expired", WORD_REASON_EXPIRED},
    {"sold_out", WORD_REASON_SOLD_OUT},
    {"out_of_service", WORD_REASON_OUT_OF_SERVICE},
    {"clock_untrusted", WORD_REASON_CLOCK},
    {"conflicting_duplicate", WORD_REASON_CONFLICT},
    {"retained", WORD_REASON_RETAINED},
    {"test_payment", WORD_REASON_TEST},
    {"busy", WORD_REASON_BUSY},
    {"no_vehicle", WORD_REASON_NO_VEHICLE},
    {"no_passage", WORD_REASON_NO_PASSAGE},
    {"no_movement", WORD_REASON_NO_MOVEMENT},
    {"jam", WORD_REASON_JAM},
    {"no_drop", WORD_REASON_NO_DROP},
    {"power_loss", WORD_REASON_POWER},
    {"order_refused", WORD_REASON_SILENT},
    {"order_unknown", WORD_REASON_SILENT},
    {"no_feedback", WORD_REASON_SILENT},
    {"door_not_opened", WORD_REASON_NO_DOOR},
    {"sensor_lost", WORD_REASON_SENSOR},
    {"not_up", WORD_REASON_NOT_UP},
    {"stopped", WORD_REASON_STOPPED},
};

enum word words_reason(const char *reason)
{
    for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
        if (strcmp(reasons[i].name, reason) == 0)
            return reasons[i].word;
    return WORD_REASON_FAULT;
}
