/* The texts of all languages: complete, writable with the fonts, and whole in their boxes at every size. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include "common/language.h"
#include "common/money.h"
#include "common/text.h"
#include "controller/codes.h"
#include "controller/payment.h"
#include "display/samples.h"
#include "display/scene_parts.h"
#include "display/type.h"
#include "display/words.h"

static const int32_t sizes[][2] = {{480, 800},  {800, 480},   {1024, 600}, {1280, 800},
                                   {800, 1280}, {1920, 1080}, {1080, 1920}};
enum { SIZES = sizeof(sizes) / sizeof(sizes[0]) };

static struct type *type;
static struct snapshot snapshot;
static struct scene scene;
static struct journal journal;
static int32_t misfits;

static int fonts_open(void **state)
{
    (void)state;
    type = type_open(NULL, NULL, NULL);
    return type ? 0 : -1;
}

static int fonts_close(void **state)
{
    (void)state;
    type_close(type);
    return 0;
}

/* ---- the words ---- */

static void the_shipped_languages_are_those_with_texts(void **state)
{
    (void)state;
    int32_t count = 0;
    for (; words_language(count); count++) {
        assert_true(language_shipped(words_language(count)));
        assert_non_null(strstr(LANGUAGE_SHIPPED, words_language(count)));
        assert_true(samples_language(words_language(count)) >= 0);
    }
    assert_int_equal(count, SAMPLES_LANGUAGES);
    assert_int_equal(strlen(LANGUAGE_SHIPPED), 4 * SAMPLES_LANGUAGES - 2);
    assert_string_equal(words_language(0), "en");
    assert_false(language_shipped("de"));
    assert_false(language_shipped(""));
    assert_int_equal(samples_language("de"), -1);
}

static uint32_t code_point(const char **at)
{
    const unsigned char *bytes = (const unsigned char *)*at;
    int length = bytes[0] < 0x80 ? 1 : bytes[0] < 0xE0 ? 2 : bytes[0] < 0xF0 ? 3 : 4;
    uint32_t code = length == 1 ? bytes[0] : bytes[0] & (0x7Fu >> length);
    for (int i = 1; i < length; i++)
        code = code << 6 | (bytes[i] & 0x3Fu);
    *at += length;
    return code;
}

static void writable(const char *text)
{
    for (const char *at = text; *at;) {
        uint32_t code = code_point(&at);
        if (!type_has_glyph(type, false, code) || !type_has_glyph(type, true, code))
            fail_msg("no glyph U+%04X in %s", code, text);
    }
}

static void every_word_is_there_and_the_fonts_can_write_it(void **state)
{
    (void)state;
    for (int word = 0; word < WORD_COUNT; word++)
        for (int32_t i = 0; words_language(i); i++) {
            const char *text = words_get((enum word)word, words_language(i));
            assert_non_null(text);
            assert_true(text_utf8_length(text, strlen(text)) >= 2);
            writable(text);
        }
}

static void the_fonts_can_write_every_amount(void **state)
{
    (void)state;
    static const char *const currencies[] = {"BYN", "RUB", "UAH", "PLN", "EUR"};
    for (int32_t i = 0; words_language(i); i++)
        for (size_t k = 0; k < sizeof(currencies) / sizeof(currencies[0]); k++) {
            char text[64];
            (void)money_format(text, sizeof(text), 1234567, currencies[k], words_language(i));
            writable(text);
        }
}

static bool ends_with(const char *text, char mark)
{
    return text[strlen(text) - 1] == mark;
}

/* A text that lost its end, or a sentence in a word's place, is a slip of the translator. */
static void every_language_ends_its_texts_as_english_does(void **state)
{
    (void)state;
    for (int word = 0; word < WORD_COUNT; word++)
        for (int32_t i = 1; words_language(i); i++) {
            const char *text = words_get((enum word)word, words_language(i)),
                       *english = words_get((enum word)word, "en");
            if (ends_with(text, '.') != ends_with(english, '.') ||
                ends_with(text, ':') != ends_with(english, ':'))
                fail_msg("%s.txt: %s = %s", words_language(i), words_key((enum word)word), text);
            if (strcmp(text, english) == 0)
                fail_msg("%s.txt: %s is English", words_language(i), words_key((enum word)word));
        }
}

/* ---- the words in their boxes ---- */

/* Boxes seen before: the same text in the same box is measured once. */
static bool seen(const struct scene_item *item, const char *text)
{
    enum { PLACES = 1 << 18 };
    static uint64_t places[PLACES];
    static size_t used;
    const int32_t facts[] = {item->box.w,    item->box.h, item->size_px,
                             item->least_px, item->lines, item->bold};
    uint64_t hash = 14695981039346656037u;
    for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++)
        hash = (hash ^ (uint64_t)facts[i]) * 1099511628211u;
    for (const char *at = text; *at; at++)
        hash = (hash ^ (uint64_t)(unsigned char)*at) * 1099511628211u;
    size_t at = (size_t)(hash % PLACES);
    for (; places[at]; at = (at + 1) % PLACES)
        if (places[at] == hash)
            return true;
    assert_true(++used < PLACES);
    places[at] = hash;
    return false;
}

/* What can be read from where one pays: 13 pixels where the shorter side has 480, that is 2.5 mm on a panel
 * of 7 inches. Only the lists of a rush of payments have less. */
static int32_t least_px(const struct scene_view *view, const char *where)
{
    bool crowd = strcmp(where, "bus-12") == 0 || strcmp(where, "bus-50") == 0 || strcmp(where, "bus-64") == 0;
    return (view->width < view->height ? view->width : view->height) * (crowd ? 9 : 13) / 480;
}

static void text_fits(const struct scene_view *view, const struct scene_item *item, const char *text,
                      const char *where)
{
    static struct type_fit fit;
    if (seen(item, text))
        return;
    type_fit(type, &fit, item, text);
    bool high = fit.count * fit.line_px > item->box.h, small = fit.size_px < least_px(view, where);
    if (!fit.cut && !fit.broken && !high && !small)
        return;
    misfits++;
    print_error("%dx%d %s %s: %s%s%s%s, box %dx%d, %d px: %s\n", view->width, view->height,
                snapshot.languages[view->language], where, fit.cut ? "cut" : "", fit.broken ? "broken" : "",
                high ? "high" : "", small ? "small" : "", item->box.w, item->box.h, fit.size_px, text);
}

static void pages_fit(struct scene_view *view, const char *where)
{
    int32_t pages = 1;
    for (view->page = 0; view->page < pages; view->page++) {
        scene_build(&scene, &snapshot, view);
        assert_false(scene.full);
        pages = scene.pages;
        for (int32_t i = 0; i < scene.count; i++)
            if (scene.items[i].kind == SCENE_TEXT)
                text_fits(view, &scene.items[i], scene_text(&scene, &scene.items[i]), where);
    }
}

/* All pages of the snapshot, in all languages and sizes; with_large: with large texts too. */
static void picture_fits(int32_t sample, const char *where, bool with_large)
{
    static struct theme large;
    struct theme_choice choice = theme_choice_none();
    choice.large = true;
    theme_make(&large, &choice);
    struct scene_view view = {.clock = "23:59"};
    samples_view(&view, &journal, sample);
    const struct theme *own = view.theme;
    for (size_t size = 0; size < SIZES; size++)
        for (view.language = 0; view.language < snapshot.language_count; view.language++) {
            view.width = sizes[size][0];
            view.height = sizes[size][1];
            view.theme = own;
            pages_fit(&view, where);
            view.theme = &large;
            if (with_large)
                pages_fit(&view, where);
        }
}

static int32_t sample_find(const char *name)
{
    for (int32_t i = 0; i < samples_count(); i++)
        if (strcmp(samples_name(i), name) == 0)
            return i;
    fail_msg("no sample %s", name);
    return -1;
}

static void every_state_fits(void **state)
{
    (void)state;
    misfits = 0;
    for (int32_t i = 0; i < samples_count(); i++) {
        samples_fill(&snapshot, i);
        picture_fits(i, samples_name(i), true);
    }
    assert_int_equal(misfits, 0);
}

/* Dear things, in the currencies of the languages. */
static void every_price_fits(void **state)
{
    (void)state;
    static const char *const names[] = {"idle", "idle-many", "lane-pay", "gate-pay", "bus-few", "failed"};
    static const char *const currencies[] = {"BYN", "UAH", "PLN", "EUR"};
    misfits = 0;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        for (size_t k = 0; k < sizeof(currencies) / sizeof(currencies[0]); k++) {
            int32_t sample = sample_find(names[i]);
            samples_fill(&snapshot, sample);
            (void)text_copy(snapshot.currency, sizeof(snapshot.currency), currencies[k]);
            for (int32_t p = 0; p < snapshot.product_count; p++)
                snapshot.products[p].price = 1234500;
            for (int32_t a = 0; a < snapshot.activity_count; a++) {
                snapshot.activities[a].amount = 1234500;
                (void)text_copy(snapshot.activities[a].currency, sizeof(snapshot.activities[a].currency),
                                currencies[k]);
            }
            picture_fits(sample, names[i], false);
        }
    assert_int_equal(misfits, 0);
}

static void reason_fits(const char *name, const char *reason, enum snapshot_refund refund)
{
    int32_t sample = sample_find(name);
    char where[96];
    size_t used = 0;
    samples_fill(&snapshot, sample);
    (void)text_copy(snapshot.activities[0].reason, SNAPSHOT_CODE_SIZE, reason);
    snapshot.activities[0].refund = refund;
    (void)text_append(where, sizeof(where), &used, "%s %s", name, reason);
    picture_fits(sample, where, false);
}

static void every_reason_fits_with_the_longest_word_on_the_money(void **state)
{
    (void)state;
#define REASON_NAME(id, name) name,
    static const char *const reasons[] = {PAYMENT_REASONS(REASON_NAME)};
#undef REASON_NAME
    static const char *const names[] = {"failed", "refused", "lane-refused", "gate-no-passage", "bus-ends"};
    misfits = 0;
    for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
        for (size_t k = 0; k < sizeof(names) / sizeof(names[0]); k++)
            reason_fits(names[k], reasons[i], SNAPSHOT_REFUND_REVIEW);
    assert_int_equal(misfits, 0);
}

static void hold_fits(const char *name, const char *hold, bool machine)
{
    int32_t sample = sample_find(name);
    char where[96];
    size_t used = 0;
    samples_fill(&snapshot, sample);
    for (int32_t i = 0; i < snapshot.product_count; i++) {
        snapshot.products[i].can_sell = false;
        snapshot.products[i].qr[0] = '\0';
        (void)text_copy(snapshot.products[i].hold, SNAPSHOT_CODE_SIZE, hold);
    }
    if (machine) {
        snapshot.selling = false;
        (void)text_copy(snapshot.hold, SNAPSHOT_CODE_SIZE, hold);
    }
    (void)text_append(where, sizeof(where), &used, "%s %s", name, hold);
    picture_fits(sample, where, false);
}

static void every_hold_fits(void **state)
{
    (void)state;
#define HOLD_NAME(id, name) name,
    static const char *const holds[] = {CORE_HOLDS(HOLD_NAME)};
#undef HOLD_NAME
    misfits = 0;
    for (size_t i = 1; i < sizeof(holds) / sizeof(holds[0]); i++) {
        hold_fits("idle", holds[i], true);
        hold_fits("idle", holds[i], false);
        hold_fits("idle-many", holds[i], false);
        hold_fits("lane-closed", holds[i], false);
        hold_fits("bus-closed", holds[i], false);
        hold_fits("moving-offline", holds[i], true);
    }
    assert_int_equal(misfits, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_shipped_languages_are_those_with_texts),
        cmocka_unit_test(every_word_is_there_and_the_fonts_can_write_it),
        cmocka_unit_test(the_fonts_can_write_every_amount),
        cmocka_unit_test(every_language_ends_its_texts_as_english_does),
        cmocka_unit_test(every_state_fits),
        cmocka_unit_test(every_price_fits),
        cmocka_unit_test(every_reason_fits_with_the_longest_word_on_the_money),
        cmocka_unit_test(every_hold_fits),
    };
    return cmocka_run_group_tests(tests, fonts_open, fonts_close);
}
