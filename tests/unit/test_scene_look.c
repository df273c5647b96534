/* How lists look: why a payment was refused, flashes, contrast, the inspector. */
#include "common/contrast.h"
#include "tests/unit/scene_bench.h"

static void a_refused_payment_says_why_in_its_line(void **state)
{
    (void)state;
    bus();
    (void)text_copy(ride(1, 0, SNAPSHOT_REFUSED)->reason, SNAPSHOT_CODE_SIZE, "wrong_amount");
    feed();
    view.language = 3;
    build();
    assert_true(shows_sign(SIGN_CROSS) && shows_text("The amount is not the price."));
    assert_true(shows_ride(1));
}

static bool turned_over(void)
{
    build();
    const struct scene_item *item = find_text("0001");
    return item && item->colour == theme_usual()->colour[COLOUR_TILE];
}

static void a_new_line_flashes_twice_and_the_screen_wakes_for_it(void **state)
{
    (void)state;
    bus();
    rides(1, 1, SNAPSHOT_MOVING);
    int64_t start = view.now_ms;
    static const struct {
        int64_t at, next;
        bool over;
    } moments[] = {{0, 300, true}, {299, 1, true},     {300, 300, false}, {600, 300, true},
                   {899, 1, true}, {900, 2100, false}, {2999, 1, false}};
    view.language = 0;
    for (size_t i = 0; i < sizeof(moments) / sizeof(moments[0]); i++) {
        view.now_ms = start + moments[i].at;
        assert_int_equal(turned_over(), moments[i].over);
        assert_int_equal(scene_next_ms(&scene, &snapshot, &view), moments[i].next);
    }
}

/* What lies under this point of an item: the last thing drawn there before it. */
static const struct scene_item *under_point(int32_t index, int32_t x, int32_t y)
{
    const struct scene_item *found = NULL;
    for (int32_t i = 0; i < index; i++) {
        const struct scene_item *under = &scene.items[i];
        if (under->kind != SCENE_TEXT && under->kind != SCENE_SIGN && x >= under->box.x &&
            x < under->box.x + under->box.w && y >= under->box.y && y < under->box.y + under->box.h)
            found = under;
    }
    return found;
}

/* Left, middle and right: a text that reaches over two grounds must be read on both. */
static void item_stands_out(int32_t index, const char *name)
{
    const struct scene_item *item = &scene.items[index];
    const int32_t columns[] = {item->box.x + 1, item->box.x + item->box.w / 2, item->box.x + item->box.w - 2};
    for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++) {
        const struct scene_item *ground = under_point(index, columns[i], item->box.y + item->box.h / 2);
        if (!ground || ground->kind != SCENE_RECT) {
            fail_msg("%s: on nothing, a code or a picture: %s", name, scene_text(&scene, item));
            return;
        }
        double is = contrast_ratio(item->colour, ground->colour);
        if (is < 7)
            fail_msg("%s: %06X on %06X is %.2f:1: %s", name, item->colour, ground->colour, is,
                     scene_text(&scene, item));
    }
}

static void picture_stands_out(const char *name)
{
    build();
    for (int32_t i = 0; i < scene.count; i++)
        if (scene.items[i].kind == SCENE_TEXT || scene.items[i].kind == SCENE_SIGN)
            item_stands_out(i, name);
}

static void every_text_and_sign_has_seven_to_one(void **state)
{
    (void)state;
    for (int32_t s = 0; s < samples_count(); s++)
        for (size_t size = 0; size < SIZES; size++) {
            sample(samples_name(s));
            size_set(size);
            int64_t start = view.now_ms;
            for (view.page = 0; view.page == 0 || view.page < scene.pages; view.page++)
                for (view.now_ms = start; view.now_ms <= start + SCENE_SHOW_MS; view.now_ms += SCENE_FLASH_MS)
                    picture_stands_out(samples_name(s));
        }
}

/* ---- the inspector's view ---- */

static void the_inspector_sees_the_last_hour_and_the_customer_his_code(void **state)
{
    (void)state;
    for (size_t size = 0; size + 1 < SIZES; size++) {
        sample("bus-hour");
        size_set(size);
        view.language = 3;
        build();
        assert_true(shows_text("Last hour, kept since 13:25"));
        assert_true(scene.inspect_pages > 1);
        assert_int_equal(count_kind(SCENE_QR), 1);
        int32_t pages = scene.inspect_pages;
        view.inspect_page = pages - 1;
        build();
        assert_true(shows_text("13:25:"));
        view.inspect_page = 10000;
        build();
        assert_int_equal(scene.inspect_pages, pages);
        assert_true(shows_text("13:25:"));
    }
}

static void new_payments_are_shown_above_the_inspectors_view(void **state)
{
    (void)state;
    for (size_t size = 0; size + 1 < SIZES; size++) {
        sample("bus-hour");
        size_set(size);
        view.inspect_page = 3;
        (void)ride(900, 0, SNAPSHOT_MOVING);
        feed();
        build();
        assert_true(shows_ride(900) && scene.inspect_pages > 0);
        assert_int_equal(scene.shown.to, 900);
    }
}

static void in_a_rush_the_inspector_waits(void **state)
{
    (void)state;
    bus();
    size_set(1);
    view.inspect = true;
    rides(1, 2, SNAPSHOT_MOVING);
    build();
    assert_true(scene.inspect_pages > 0);
    rides(3, 60, SNAPSHOT_MOVING);
    build();
    assert_int_equal(scene.inspect_pages, 0);
    shown(1, 60);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_refused_payment_says_why_in_its_line),
        cmocka_unit_test(a_new_line_flashes_twice_and_the_screen_wakes_for_it),
        cmocka_unit_test(every_text_and_sign_has_seven_to_one),
        cmocka_unit_test(the_inspector_sees_the_last_hour_and_the_customer_his_code),
        cmocka_unit_test(new_payments_are_shown_above_the_inspectors_view),
        cmocka_unit_test(in_a_rush_the_inspector_waits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
