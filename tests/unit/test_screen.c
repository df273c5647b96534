#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include "common/text.h"
#include "controller/codes.h"
#include "controller/payment.h"
#include "display/rotate.h"
#include "display/samples.h"
#include "display/scene_parts.h"
#include "display/stale.h"
#include "display/type.h"
#include "display/words.h"

static struct type *type;
static struct snapshot snapshot;
static struct scene scene;
static struct stale stale;
static struct journal journal;

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

/* ---- words ---- */

static void another_language_reads_english(void **state)
{
    (void)state;
    assert_string_equal(words_get(WORD_SOLD_OUT, "de"), "Sold out");
    assert_string_equal(words_get(WORD_SOLD_OUT, ""), "Sold out");
}

static void every_refusal_has_its_own_words(void **state)
{
    (void)state;
#define REASON_NAME(id, name) name,
    static const char *const reasons[] = {PAYMENT_REASONS(REASON_NAME)};
#undef REASON_NAME
    for (int i = PAYMENT_REASON_UNKNOWN_PRODUCT; i <= PAYMENT_REASON_SENSOR_LOST; i++)
        if (words_reason(reasons[i]) == WORD_REASON_FAULT)
            fail_msg("%s is told as a technical fault", reasons[i]);
    assert_int_equal(words_reason("store_failed"), WORD_REASON_FAULT);
    assert_int_equal(words_reason("something new"), WORD_REASON_FAULT);
}

static void every_hold_says_that_nobody_should_pay(void **state)
{
    (void)state;
#define HOLD_NAME(id, name) name,
    static const char *const holds[] = {CORE_HOLDS(HOLD_NAME)};
#undef HOLD_NAME
    for (size_t i = 1; i < sizeof(holds) / sizeof(holds[0]); i++) {
        const char *detail = words_get(words_hold_detail(holds[i]), "en");
        if (!strstr(detail, "don't pay") && !strstr(detail, "One moment"))
            fail_msg("%s: %s", holds[i], detail);
    }
    assert_int_equal(words_hold_headline("offline"), WORD_OFFLINE);
    assert_int_equal(words_hold_headline("store_failed"), WORD_OUT_OF_SERVICE);
    assert_int_equal(words_hold_tile("sold_out"), WORD_SOLD_OUT);
}

/* ---- text in boxes ---- */

static void fit_lines_stay_in_their_box(const struct scene_item *item, const char *text)
{
    static struct type_fit fit;
    type_fit(type, &fit, item, text);
    assert_true(fit.count >= 1 && fit.count <= item->lines);
    for (int i = 0; i < fit.count; i++)
        if (type_width(type, item->bold, fit.size_px, fit.line[i]) > item->box.w)
            fail_msg("wider than %d px: %s", item->box.w, fit.line[i]);
    if (fit.count > 1 && fit.count * fit.line_px > item->box.h)
        fail_msg("higher than %d px: %s", item->box.h, text);
}

static void pictures_fit(int32_t width, int32_t height, int32_t language, const char *title)
{
    for (int32_t i = 0; i < samples_count(); i++) {
        struct scene_view view = {.width = width, .height = height, .language = language, .clock = "23:59"};
        samples_fill(&snapshot, i);
        samples_view(&view, &journal, i);
        for (int32_t p = 0; p < snapshot.product_count; p++)
            (void)text_copy(snapshot.products[p].title[language], CONFIG_TEXT_SIZE, title);
        scene_build(&scene, &snapshot, &view);
        for (int32_t k = 0; k < scene.count; k++)
            if (scene.items[k].kind == SCENE_TEXT)
                fit_lines_stay_in_their_box(&scene.items[k], scene_text(&scene, &scene.items[k]));
    }
}

static void long_texts_are_cut_inside_their_box(void **state)
{
    (void)state;
    pictures_fit(800, 480, 0, "ШШШШШШШШШШШШШШШШШШШШШШШШШШШШШШШШШШШШШШШШШШШШШШШШШШШШШШШШШШШШШШШШ");
    pictures_fit(480, 800, 1,
                 "Вельмі доўгая назва тавару, якую ніхто не чытае да самага канца, бо яна доўгая");
}

static void a_cut_text_ends_with_an_ellipsis(void **state)
{
    (void)state;
    static struct type_fit fit;
    struct scene_item item = {.box = {0, 0, 100, 30}, .size_px = 20, .least_px = 14, .lines = 1};
    type_fit(type, &fit, &item, "Батончык з вельмі доўгай назвай");
    assert_true(fit.cut);
    assert_int_equal(fit.count, 1);
    assert_int_equal(fit.size_px, 14);
    const char *end = fit.line[0] + strlen(fit.line[0]) - strlen("…");
    assert_string_equal(end, "…");
    assert_true(text_utf8_length(fit.line[0], strlen(fit.line[0])) > 5);
}

static void text_is_made_smaller_before_it_is_cut(void **state)
{
    (void)state;
    static struct type_fit fit;
    struct scene_item item = {.box = {0, 0, 130, 60}, .size_px = 26, .least_px = 12, .lines = 2};
    type_fit(type, &fit, &item, "Sesame crackers");
    assert_false(fit.cut);
    assert_int_equal(fit.count, 2);
    assert_string_equal(fit.line[0], "Sesame");
    assert_string_equal(fit.line[1], "crackers");
}

/* ---- staleness ---- */

static void feed(int64_t now_ms)
{
    samples_fill(&snapshot, 0);
    stale_feed(&stale, &snapshot, now_ms);
}

static void a_screen_without_snapshots_starts_then_is_out_of_service(void **state)
{
    (void)state;
    static struct snapshot kiosk = {
        .name = "Corner", .languages = {"ru"}, .language_count = 1, .selling = true};
    stale_start(&stale, &kiosk, 1000);
    stale_check(&stale, 1000);
    assert_string_equal(stale.snapshot.hold, "starting");
    assert_false(stale.snapshot.selling);
    assert_int_equal(stale_next_ms(&stale, 1000), SNAPSHOT_STALE_MS);
    stale_check(&stale, 1000 + SNAPSHOT_STALE_MS);
    assert_string_equal(stale.snapshot.hold, SCENE_HOLD_STALE);
    assert_string_equal(stale.snapshot.name, "Corner");
    assert_int_equal(stale_next_ms(&stale, 9000), -1);
}

static void an_old_snapshot_leaves_no_code_behind(void **state)
{
    (void)state;
    feed(5000);
    stale_check(&stale, 5000 + SNAPSHOT_STALE_MS - 1);
    assert_true(stale.snapshot.selling);
    stale_check(&stale, 5000 + SNAPSHOT_STALE_MS);
    assert_false(stale.snapshot.selling);
    assert_int_equal(stale.snapshot.product_count, 0);
    for (int32_t i = 0; i < CONFIG_MAX_PRODUCTS; i++)
        assert_int_equal(stale.snapshot.products[i].qr[0], '\0');
    assert_string_equal(stale.snapshot.name, "Snack corner");
    feed(9000);
    stale_check(&stale, 9001);
    assert_true(stale.snapshot.selling);
}

static void a_lost_sender_is_believed_no_longer(void **state)
{
    (void)state;
    feed(5000);
    stale_lose(&stale, 5001);
    assert_false(stale.snapshot.selling);
    assert_int_equal(stale.snapshot.product_count, 0);
    assert_string_equal(stale.snapshot.hold, SCENE_HOLD_STALE);
}

/* ---- rotation ---- */

static void pictures_turn_by_quarters(void **state)
{
    (void)state;
    static const uint32_t from[] = {1, 2, 3, 0, 4, 5, 6, 0}; /* 3 x 2, pitch 4 */
    static const struct {
        int32_t degrees, pitch;
        uint32_t want[6];
    } cases[] = {{0, 3, {1, 2, 3, 4, 5, 6}},
                 {90, 2, {4, 1, 5, 2, 6, 3}},
                 {180, 3, {6, 5, 4, 3, 2, 1}},
                 {270, 2, {3, 6, 2, 5, 1, 4}}};
    for (size_t i = 0; i < 4; i++) {
        uint32_t to[6] = {0};
        rotate_pixels(to, cases[i].pitch, from, 4, 3, 2, cases[i].degrees);
        assert_memory_equal(to, cases[i].want, sizeof(to));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(another_language_reads_english),
        cmocka_unit_test(every_refusal_has_its_own_words),
        cmocka_unit_test(every_hold_says_that_nobody_should_pay),
        cmocka_unit_test(long_texts_are_cut_inside_their_box),
        cmocka_unit_test(a_cut_text_ends_with_an_ellipsis),
        cmocka_unit_test(text_is_made_smaller_before_it_is_cut),
        cmocka_unit_test(a_screen_without_snapshots_starts_then_is_out_of_service),
        cmocka_unit_test(an_old_snapshot_leaves_no_code_behind),
        cmocka_unit_test(a_lost_sender_is_believed_no_longer),
        cmocka_unit_test(pictures_turn_by_quarters),
    };
    return cmocka_run_group_tests(tests, fonts_open, fonts_close);
}
