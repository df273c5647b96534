#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include "common/text.h"
#include "display/qr_symbol.h"
#include "display/samples.h"
#include "display/scene_parts.h"

static struct snapshot snapshot;
static struct scene scene, other;
static struct journal journal;

static const int32_t sizes[][2] = {{1280, 800}, {800, 480},   {480, 800},   {1024, 600},
                                   {800, 1280}, {1920, 1080}, {1080, 1920}, {320, 320}};
enum { SIZES = sizeof(sizes) / sizeof(sizes[0]) };

static struct scene_view view_of(size_t size, int32_t page)
{
    return (struct scene_view){
        .width = sizes[size][0], .height = sizes[size][1], .page = page, .language = 0, .clock = "14:05"};
}

static void sample(const char *name)
{
    for (int32_t i = 0; i < samples_count(); i++)
        if (strcmp(samples_name(i), name) == 0) {
            samples_fill(&snapshot, i);
            return;
        }
    fail_msg("no sample %s", name);
}

static int32_t count_kind(enum scene_kind kind)
{
    int32_t count = 0;
    for (int32_t i = 0; i < scene.count; i++)
        count += scene.items[i].kind == kind;
    return count;
}

static bool shows_text(const char *text)
{
    for (int32_t i = 0; i < scene.count; i++)
        if (scene.items[i].kind == SCENE_TEXT && strstr(scene_text(&scene, &scene.items[i]), text))
            return true;
    return false;
}

/* Builds at 1280x800, all pages by number, language 0. */
static void build(int32_t page)
{
    struct scene_view view = view_of(0, page);
    scene_build(&scene, &snapshot, &view);
    assert_false(scene.full);
}

typedef void scene_check(const struct scene_view *view, const char *name);

static void every_picture(scene_check *check)
{
    for (int32_t i = 0; i < samples_count(); i++)
        for (size_t size = 0; size < SIZES; size++) {
            struct scene_view view = view_of(size, 0);
            samples_fill(&snapshot, i);
            samples_view(&view, &journal, i);
            int32_t pages = 1;
            for (; view.page < pages; view.page++) {
                scene_build(&scene, &snapshot, &view);
                pages = scene.pages;
                check(&view, samples_name(i));
            }
        }
}

static bool inside(struct scene_box box, struct scene_box in)
{
    return box.w > 0 && box.h > 0 && box.x >= in.x && box.y >= in.y && box.x + box.w <= in.x + in.w &&
           box.y + box.h <= in.y + in.h;
}

static bool overlap(struct scene_box a, struct scene_box b)
{
    return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}

static void items_inside(const struct scene_view *view, const char *name)
{
    assert_false(scene.full);
    struct scene_box all = {0, 0, view->width, view->height};
    for (int32_t i = 0; i < scene.count; i++)
        if (!inside(scene.items[i].box, all))
            fail_msg("%s %dx%d: item %d is outside", name, view->width, view->height, i);
}

static void everything_lies_on_the_screen(void **state)
{
    (void)state;
    every_picture(items_inside);
}

static void codes_clear(const struct scene_view *view, const char *name)
{
    for (int32_t i = 0; i < scene.count; i++)
        for (int32_t j = 0; scene.items[i].kind == SCENE_QR && j < scene.count; j++) {
            bool below = j < i && scene.items[j].kind == SCENE_RECT; /* the tile it stands on */
            if (j != i && !below && overlap(scene.items[i].box, scene.items[j].box))
                fail_msg("%s %dx%d: item %d touches the code %d", name, view->width, view->height, j, i);
        }
}

static void nothing_touches_a_code_or_its_quiet_zone(void **state)
{
    (void)state;
    every_picture(codes_clear);
}

static void codes_whole(const struct scene_view *view, const char *name)
{
    int32_t least = view->width == 320 ? SCENE_MODULE_LAST_PX : SCENE_MODULE_PX;
    for (int32_t i = 0; i < scene.count; i++) {
        const struct scene_item *item = &scene.items[i];
        if (item->kind != SCENE_QR)
            continue;
        int32_t side = scene_qr_modules(strlen(scene_text(&scene, item))) + 2 * SCENE_QUIET;
        if (item->module_px < least || item->box.w != side * item->module_px || item->box.h != item->box.w)
            fail_msg("%s %dx%d: a module has %d px", name, view->width, view->height, item->module_px);
    }
}

static void modules_are_whole_and_at_least_4_pixels(void **state)
{
    (void)state;
    every_picture(codes_whole);
}

static void codes_are_of_sellable_products(const struct scene_view *view, const char *name)
{
    for (int32_t i = 0; i < scene.count; i++) {
        bool found = scene.items[i].kind != SCENE_QR;
        for (int32_t p = 0; !found && p < snapshot.product_count; p++)
            found = snapshot.selling && snapshot.products[p].can_sell &&
                    strcmp(snapshot.products[p].qr, scene_text(&scene, &scene.items[i])) == 0;
        if (!found)
            fail_msg("%s %dx%d: a code of nothing that can be sold", name, view->width, view->height);
    }
}

static void only_what_can_be_sold_has_a_code(void **state)
{
    (void)state;
    every_picture(codes_are_of_sellable_products);
}

static void every_product_has_its_code_on_exactly_one_page(void **state)
{
    (void)state;
    static const char *const names[] = {"idle",   "idle-long",      "idle-many",
                                        "failed", "three-payments", "message"};
    for (size_t n = 0; n < sizeof(names) / sizeof(names[0]); n++)
        for (size_t size = 0; size + 1 < SIZES; size++) {
            int32_t shown = 0, pages = 1;
            sample(names[n]);
            for (int32_t page = 0; page < pages; page++) {
                struct scene_view view = view_of(size, page);
                scene_build(&scene, &snapshot, &view);
                pages = scene.pages;
                shown += count_kind(SCENE_QR);
            }
            if (shown != snapshot.product_count)
                fail_msg("%s: %d codes of %d", names[n], shown, snapshot.product_count);
        }
}

static void a_code_goes_with_can_sell(void **state)
{
    (void)state;
    sample("idle");
    build(0);
    int32_t before = count_kind(SCENE_QR);
    snapshot.products[2].can_sell = false; /* the text is left: it must not matter */
    build(0);
    assert_int_equal(count_kind(SCENE_QR), before - 1);
}

static void all_codes_go_when_the_machine_does_not_sell(void **state)
{
    (void)state;
    sample("idle");
    snapshot.selling = false;
    build(0);
    assert_int_equal(count_kind(SCENE_QR), 0);
    assert_true(shows_text("Не працуе"));
    sample("idle");
    (void)text_copy(snapshot.hold, sizeof(snapshot.hold), "offline");
    build(0);
    assert_int_equal(count_kind(SCENE_QR), 0);
    assert_true(shows_text("Няма сувязі"));
}

static void a_code_that_fits_nowhere_is_said_not_drawn(void **state)
{
    (void)state;
    sample("idle-one");
    memset(snapshot.products[0].qr, 'x', sizeof(snapshot.products[0].qr) - 1);
    struct scene_view view = view_of(SIZES - 1, 0);
    scene_build(&scene, &snapshot, &view);
    assert_int_equal(count_kind(SCENE_QR), 0);
    assert_true(shows_text("не змяшчаецца"));
}

static void the_greatest_snapshot_fits_the_list(void **state)
{
    (void)state;
    sample("three-payments");
    snapshot.product_count = CONFIG_MAX_PRODUCTS;
    for (int32_t i = 0; i < CONFIG_MAX_PRODUCTS; i++) {
        struct snapshot_product *product = &snapshot.products[i];
        *product = snapshot.products[0];
        (void)snprintf(product->id, sizeof(product->id), "p%d", i);
        memset(product->title[0], 'W', CONFIG_TEXT_SIZE - 1);
        memset(product->image, 'i', CONFIG_PATH_SIZE - 1);
        (void)snprintf(product->qr, sizeof(product->qr), "%d", i);
    }
    memset(snapshot.message, 'm', CONFIG_TEXT_SIZE - 1);
    for (size_t size = 0; size < SIZES; size++)
        for (int32_t page = 0; page < 64; page++) {
            struct scene_view view = view_of(size, page);
            scene_build(&scene, &snapshot, &view);
            assert_false(scene.full);
        }
}

static void only_another_picture_is_drawn(void **state)
{
    (void)state;
    sample("refused");
    build(1);
    other = scene;
    memset(&scene, 0x77, sizeof(scene));
    snapshot.number++;
    snapshot.activities[0].age_ms++;
    build(1);
    assert_true(scene_same(&scene, &other));
    build(0);
    assert_false(scene_same(&scene, &other));
    build(1);
    snapshot.products[4].qr[5] ^= 1; /* the last one is on the last page */
    build(1);
    assert_false(scene_same(&scene, &other));
}

static void pages_turn_with_the_time_and_then_the_language(void **state)
{
    (void)state;
    sample("idle-many");
    struct scene_view view = view_of(0, -1);
    view.language = -1;
    for (int32_t turn = 0; turn < 8; turn++) {
        view.now_ms = (int64_t)turn * SCENE_PAGE_MS + 1;
        scene_build(&scene, &snapshot, &view);
        assert_int_equal(scene.pages, 2);
        assert_int_equal(scene.page, turn % 2);
        static const char *const words[] = {"Скануйце", "Сканируйте", "Скануйте", "Scan"};
        assert_true(shows_text(words[turn / 2]));
        assert_int_equal(scene_next_ms(&scene, &snapshot, &view), SCENE_PAGE_MS - 1);
    }
}

static void a_finished_payment_stays_its_time(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        int64_t stays_ms;
    } ends[] = {{"take", SCENE_TAKE_MS},
                {"failed", SCENE_TROUBLE_MS},
                {"unknown", SCENE_TROUBLE_MS},
                {"refused", SCENE_TROUBLE_MS}};
    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        sample(ends[i].name);
        snapshot.activities[0].age_ms = 1000;
        assert_int_equal(scene_cards_count(&snapshot, ends[i].stays_ms - 1001), 1);
        assert_int_equal(scene_cards_count(&snapshot, ends[i].stays_ms - 1000), 0);
        struct scene_view view = view_of(0, 0);
        view.held_ms = ends[i].stays_ms - 1300;
        scene_build(&scene, &snapshot, &view);
        assert_int_equal(scene_next_ms(&scene, &snapshot, &view), 300);
    }
    sample("moving");
    assert_int_equal(scene_cards_count(&snapshot, INT64_C(3600000)), 1);
}

static void trouble_is_told_with_reason_reference_and_help(void **state)
{
    (void)state;
    sample("refused");
    struct scene_view view = view_of(0, 0);
    view.language = 3;
    scene_build(&scene, &snapshot, &view);
    assert_true(shows_text("Payment not accepted"));
    assert_true(shows_text("The amount is not the price."));
    assert_true(shows_text("The money goes back."));
    assert_true(shows_text("7F3A-90211"));
    assert_true(shows_text("+375 17 000 00 00"));
    assert_true(shows_text("Cola 0.33 l · 2.50 BYN"));
}

static int32_t place_of(const char *text)
{
    for (int32_t i = 0; i < scene.count; i++)
        if (scene.items[i].kind == SCENE_TEXT && strstr(scene_text(&scene, &scene.items[i]), text))
            return i;
    fail_msg("%s is not shown", text);
    return -1;
}

static void what_has_ended_comes_before_what_waits(void **state)
{
    (void)state;
    sample("three-payments"); /* newest first: moving, paid, failed */
    for (int32_t i = 3; i < SNAPSHOT_MAX_ACTIVITIES; i++) {
        snapshot.activities[i] = snapshot.activities[i - 1];
        snapshot.activities[i - 1] = snapshot.activities[1];
    }
    snapshot.activity_count = SNAPSHOT_MAX_ACTIVITIES; /* the failed one is now the oldest of eight */
    build(0);
    assert_true(place_of("Не атрымалася") < place_of("Выконваем"));
}

static void narrow_bars_save_a_page(void **state)
{
    (void)state;
    sample("idle");
    struct scene_view view = view_of(2, 0); /* 480 x 800: five codes of 57 modules, three and two */
    scene_build(&scene, &snapshot, &view);
    assert_int_equal(count_kind(SCENE_QR), 3);
    assert_int_equal(scene.pages, 2);
    sample("idle-two");
    scene_build(&scene, &snapshot, &view);
    assert_int_equal(scene.pages, 1);
    assert_int_equal(scene.items[1].box.h, 84); /* the usual header */
}

static void planned_modules_are_those_of_the_encoder(void **state)
{
    (void)state;
    static struct qr_symbol symbol;
    static char text[CONFIG_QR_SIZE];
    for (size_t bytes = 1; bytes < sizeof(text); bytes++) {
        text[bytes - 1] = (char)('a' + bytes % 26);
        if (bytes % 7 != 0 && bytes > 300 && bytes + 1 < sizeof(text))
            continue; /* every seventh is enough above 300 */
        assert_true(qr_symbol_encode(&symbol, text));
        if (symbol.side != scene_qr_modules(bytes))
            fail_msg("%zu bytes: %d, the encoder says %d", bytes, scene_qr_modules(bytes), symbol.side);
    }
    assert_int_equal(scene_qr_modules(2331), 177);
    assert_int_equal(scene_qr_modules(2332), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_lies_on_the_screen),
        cmocka_unit_test(nothing_touches_a_code_or_its_quiet_zone),
        cmocka_unit_test(modules_are_whole_and_at_least_4_pixels),
        cmocka_unit_test(only_what_can_be_sold_has_a_code),
        cmocka_unit_test(every_product_has_its_code_on_exactly_one_page),
        cmocka_unit_test(a_code_goes_with_can_sell),
        cmocka_unit_test(all_codes_go_when_the_machine_does_not_sell),
        cmocka_unit_test(a_code_that_fits_nowhere_is_said_not_drawn),
        cmocka_unit_test(the_greatest_snapshot_fits_the_list),
        cmocka_unit_test(only_another_picture_is_drawn),
        cmocka_unit_test(pages_turn_with_the_time_and_then_the_language),
        cmocka_unit_test(a_finished_payment_stays_its_time),
        cmocka_unit_test(trouble_is_told_with_reason_reference_and_help),
        cmocka_unit_test(what_has_ended_comes_before_what_waits),
        cmocka_unit_test(narrow_bars_save_a_page),
        cmocka_unit_test(planned_modules_are_those_of_the_encoder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
