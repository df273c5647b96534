/* How lists look: why a payment was refused, flashes, contrast, the inspector. */
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
    return item && item->colour == COLOUR_TILE;
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

static int64_t linear(uint32_t channel)
{
    /* sRGB to linear light in millionths, by the power 2.4 of WCAG 2, in steps of 17 of the channel */
    static const int32_t table[16] = {0,      5605,   15996,  33105,  57805,  90842,  132868, 184475,
                                      246201, 318547, 401978, 496933, 603827, 723055, 854993, 1000000};
    uint32_t low = channel / 17, rest = channel % 17;
    return low == 15 ? table[15] : table[low] + (table[low + 1] - table[low]) * (int64_t)rest / 17;
}

static int64_t luminance(uint32_t colour)
{
    return (2126 * linear(colour >> 16 & 0xFF) + 7152 * linear(colour >> 8 & 0xFF) +
            722 * linear(colour & 0xFF)) /
           10000;
}

/* Tenths. */
static int64_t contrast(uint32_t a, uint32_t b)
{
    int64_t light = luminance(a), dark = luminance(b);
    if (light < dark) {
        int64_t swap = light;
        light = dark;
        dark = swap;
    }
    return (light + 50000) * 10 / (dark + 50000);
}

static uint32_t ground_of(int32_t index)
{
    const struct scene_box *box = &scene.items[index].box;
    uint32_t ground = 0;
    int32_t x = box->x + box->w / 2, y = box->y + box->h / 2;
    for (int32_t i = 0; i < index; i++) {
        const struct scene_item *under = &scene.items[i];
        if (under->kind == SCENE_RECT && x >= under->box.x && x < under->box.x + under->box.w &&
            y >= under->box.y && y < under->box.y + under->box.h)
            ground = under->colour;
    }
    return ground;
}

static void contrast_is_at_least(const char *prefix, int64_t tenths)
{
    for (int32_t s = 0; s < samples_count(); s++) {
        if (strncmp(samples_name(s), prefix, strlen(prefix)) != 0)
            continue;
        sample(samples_name(s));
        build();
        for (int32_t i = 0; i < scene.count; i++) {
            const struct scene_item *item = &scene.items[i];
            if (item->kind != SCENE_TEXT && item->kind != SCENE_SIGN)
                continue;
            int64_t is = contrast(item->colour, ground_of(i));
            if (is < tenths)
                fail_msg("%s: %06X on %06X is %d.%d:1: %s", samples_name(s), item->colour, ground_of(i),
                         (int)(is / 10), (int)(is % 10), scene_text(&scene, item));
        }
    }
}

static void everything_of_a_bus_can_be_read_in_the_sun(void **state)
{
    (void)state;
    assert_int_equal(contrast(0xFFFFFF, 0x000000), 210);
    contrast_is_at_least("bus-", 70);
}

static void every_text_and_sign_stands_out(void **state)
{
    (void)state;
    contrast_is_at_least("", 45);
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
        cmocka_unit_test(everything_of_a_bus_can_be_read_in_the_sun),
        cmocka_unit_test(every_text_and_sign_stands_out),
        cmocka_unit_test(the_inspector_sees_the_last_hour_and_the_customer_his_code),
        cmocka_unit_test(new_payments_are_shown_above_the_inspectors_view),
        cmocka_unit_test(in_a_rush_the_inspector_waits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
