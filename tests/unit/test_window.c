/* Touches and keys as SDL brings them, on panels mounted in all four ways, and what they do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <SDL.h>
#include <stdlib.h>
#include <string.h>
#include "display/hand.h"
#include "display/rotate.h"
#include "display/samples.h"
#include "display/window.h"

enum { PANEL_W = 800, PANEL_H = 480, BACK_MS = 30000 };

static struct window window;
static struct window_news news;
static struct hand hand;
static struct scene scene;
static struct snapshot snapshot;
static const int32_t turns[] = {0, 90, 180, 270};

static int dummy_driver(void **state)
{
    (void)state;
    return setenv("SDL_VIDEODRIVER", "dummy", 1);
}

static void open_turned(int32_t degrees)
{
    memset(&window, 0, sizeof(window));
    assert_true(window_open(&window, PANEL_W, PANEL_H, degrees, false));
    window_pump(&window, &news); /* what the opening brought */
}

static void button(uint32_t type, int32_t x, int32_t y)
{
    SDL_Event event = {.button = {.type = type, .button = SDL_BUTTON_LEFT, .x = x, .y = y}};
    assert_int_equal(SDL_PushEvent(&event), 1);
}

/* As kmsdrm brings it: a share of the panel, and no window. */
static void finger(uint32_t type, float x, float y)
{
    SDL_Event event = {.tfinger = {.type = type, .x = x, .y = y}};
    assert_int_equal(SDL_PushEvent(&event), 1);
}

static void key(SDL_Keycode code)
{
    SDL_Event event = {.key = {.type = SDL_KEYDOWN, .keysym = {.sym = code}}};
    assert_int_equal(SDL_PushEvent(&event), 1);
}

/* The picture's own rotation says where a pixel of the page stands on the panel; a touch there must find it.
 */
static void a_touch_is_where_the_rotation_put_the_pixel(void **state)
{
    (void)state;
    static uint32_t page[PANEL_W * PANEL_H], panel[PANEL_W * PANEL_H];
    for (size_t i = 0; i < 4; i++) {
        open_turned(turns[i]);
        for (int32_t k = 0; k < PANEL_W * PANEL_H; k++)
            page[k] = (uint32_t)k;
        rotate_pixels(panel, PANEL_W, page, window.width, window.width, window.height, turns[i]);
        for (int32_t y = 0; y < PANEL_H; y += 479)
            for (int32_t x = 0; x < PANEL_W; x += 47) {
                button(SDL_MOUSEBUTTONDOWN, x, y);
                finger(SDL_FINGERUP, ((float)x + 0.5f) / (float)PANEL_W, ((float)y + 0.5f) / (float)PANEL_H);
                window_pump(&window, &news);
                assert_int_equal(news.count, 2);
                assert_int_equal(news.input[0].kind, WINDOW_PRESS);
                assert_int_equal(news.input[1].kind, WINDOW_RELEASE);
                for (int k = 0; k < 2; k++)
                    assert_int_equal(news.input[k].y * window.width + news.input[k].x,
                                     panel[y * PANEL_W + x]);
            }
        window_close(&window);
    }
}

static void a_finger_at_the_edge_is_on_the_page(void **state)
{
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        open_turned(turns[i]);
        finger(SDL_FINGERDOWN, 1.0f, 1.0f);
        finger(SDL_FINGERDOWN, 0.0f, 0.0f);
        window_pump(&window, &news);
        for (int k = 0; k < 2; k++) {
            assert_in_range(news.input[k].x, 0, window.width - 1);
            assert_in_range(news.input[k].y, 0, window.height - 1);
        }
        window_close(&window);
    }
}

static void a_finger_is_told_once(void **state)
{
    (void)state;
    open_turned(0);
    assert_string_equal(SDL_GetHint(SDL_HINT_TOUCH_MOUSE_EVENTS), "0");
    finger(SDL_FINGERDOWN, 0.5f, 0.5f);
    window_pump(&window, &news);
    assert_int_equal(news.count, 1);
    window_close(&window);
}

static void what_does_not_fit_comes_next_time(void **state)
{
    (void)state;
    open_turned(0);
    for (int i = 0; i < WINDOW_MAX_INPUTS + 3; i++)
        button(SDL_MOUSEBUTTONDOWN, i, 0);
    window_pump(&window, &news);
    assert_int_equal(news.count, WINDOW_MAX_INPUTS);
    window_pump(&window, &news);
    assert_int_equal(news.count, 3);
    assert_int_equal(news.input[2].x, WINDOW_MAX_INPUTS + 2);
    window_close(&window);
}

static void keys_are_told(void **state)
{
    (void)state;
    open_turned(0);
    key(SDLK_x);
    key(SDLK_i);
    key(SDLK_PAGEUP);
    window_pump(&window, &news);
    assert_int_equal(news.count, 2);
    assert_int_equal(news.input[0].key, INSPECT_TOGGLE);
    assert_int_equal(news.input[1].key, INSPECT_NEWER);
    window_close(&window);
}

static void the_cursor_is_hidden(void **state)
{
    (void)state;
    open_turned(0);
    assert_int_equal(SDL_ShowCursor(SDL_QUERY), SDL_DISABLE);
    window_close(&window);
}

/* ---- what hands do ---- */

static void build(int32_t width, int32_t height, bool buttons)
{
    struct scene_view view = {
        .width = width, .height = height, .language_button = buttons, .language = 0, .clock = "14:05"};
    samples_fill(&snapshot, 0);
    scene_build(&scene, &snapshot, &view);
    assert_false(scene.full);
}

/* Index of the first touch of that kind; -1: there is none. */
static int32_t touch_of(enum scene_touch_kind kind)
{
    for (int32_t i = 0; i < scene.touch_count; i++)
        if (scene.touches[i].kind == kind)
            return i;
    return -1;
}

static void press(enum scene_touch_kind kind, int64_t now_ms)
{
    int32_t index = touch_of(kind);
    assert_true(index >= 0);
    struct scene_box box = scene.touches[index].box;
    hand_press(&hand, &scene, box.x + box.w / 2, box.y + box.h / 2, now_ms);
    hand_release(&hand, &scene, now_ms + 50);
}

static void a_held_touch_opens_and_touches_turn_pages(void **state)
{
    (void)state;
    build(PANEL_W, PANEL_H, false);
    hand_start(&hand, BACK_MS);
    hand_press(&hand, &scene, 10, 400, 1000);
    hand_check(&hand, 1000 + INSPECT_HOLD_MS);
    assert_true(hand.inspect.open);
    scene.inspect_pages = 3;
    hand_release(&hand, &scene, 3100);
    hand_press(&hand, &scene, 790, 400, 4000);
    hand_release(&hand, &scene, 4000);
    assert_int_equal(hand.inspect.page, 1);
    hand_press(&hand, &scene, 10, 400, 4100);
    hand_release(&hand, &scene, 4100);
    assert_int_equal(hand.inspect.page, 0);
    hand_key(&hand, &scene, INSPECT_CLOSE, 4200);
    assert_false(hand.inspect.open);
}

static void the_language_button_asks_for_the_next_one_until_nobody_touches(void **state)
{
    (void)state;
    static const int32_t sizes[][2] = {{800, 480}, {480, 800}, {1920, 1080}, {320, 320}};
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        build(sizes[i][0], sizes[i][1], true);
        struct scene_box box = scene.touches[touch_of(SCENE_TOUCH_LANGUAGE)].box;
        assert_true(box.x >= 0 && box.x + box.w <= scene.width && box.y >= 0 && box.h >= 20 && box.w >= 36);
        hand_start(&hand, BACK_MS);
        press(SCENE_TOUCH_LANGUAGE, 1000);
        assert_int_equal(hand.language, 1);
        assert_int_equal(hand_next_ms(&hand, 2050), BACK_MS - 1000);
        hand_check(&hand, 1050 + BACK_MS - 1);
        assert_int_equal(hand.language, 1);
        hand_check(&hand, 1050 + BACK_MS);
        assert_int_equal(hand.language, -1);
        assert_int_equal(hand_next_ms(&hand, 40000), -1);
    }
}

static void a_held_language_button_opens_no_inspector(void **state)
{
    (void)state;
    build(PANEL_W, PANEL_H, true);
    hand_start(&hand, BACK_MS);
    struct scene_box box = scene.touches[touch_of(SCENE_TOUCH_LANGUAGE)].box;
    hand_press(&hand, &scene, box.x + 5, box.y + 5, 1000);
    hand_check(&hand, 1000 + 2 * INSPECT_HOLD_MS);
    assert_false(hand.inspect.open);
}

static void a_touched_product_fills_the_screen_and_goes_back(void **state)
{
    (void)state;
    build(PANEL_W, PANEL_H, false);
    hand_start(&hand, BACK_MS);
    press(SCENE_TOUCH_PRODUCT, 1000);
    assert_true(hand.chosen > 0);
    struct scene_view view = {.width = PANEL_W, .height = PANEL_H, .now_ms = 1100, .page = -1};
    hand_view(&hand, &view);
    assert_int_equal(view.chosen, hand.chosen);
    assert_int_equal(view.chosen_left_ms, SCENE_CHOSEN_MS - 100);
    scene_build(&scene, &snapshot, &view);
    press(SCENE_TOUCH_BACK, 1200);
    assert_int_equal(hand.chosen, 0);
    build(PANEL_W, PANEL_H, false);
    press(SCENE_TOUCH_PRODUCT, 2000);
    hand_check(&hand, 2000 + SCENE_CHOSEN_MS - 1);
    assert_true(hand.chosen > 0);
    hand_check(&hand, 2000 + SCENE_CHOSEN_MS);
    assert_int_equal(hand.chosen, 0);
}

static void arrows_turn_pages_round_for_a_while(void **state)
{
    (void)state;
    build(PANEL_W, PANEL_H, false);
    assert_true(scene.pages > 1);
    hand_start(&hand, BACK_MS);
    press(SCENE_TOUCH_EARLIER, 1000);
    assert_int_equal(hand.page, scene.pages - 1);
    press(SCENE_TOUCH_LATER, 1100);
    assert_int_equal(hand.page, 1);
    struct scene_view view = {.page = -1}, fixed = {.page = 0};
    hand_view(&hand, &view);
    hand_view(&hand, &fixed);
    assert_int_equal(view.page, 1);
    assert_int_equal(fixed.page, 0);
    hand_check(&hand, 1100 + HAND_PAGE_MS);
    assert_int_equal(hand.page, -1);
}

static void keys_turn_pages_and_choose_products(void **state)
{
    (void)state;
    build(PANEL_W, PANEL_H, false);
    hand_start(&hand, BACK_MS);
    hand_key(&hand, &scene, INSPECT_OLDER, 1000);
    assert_int_equal(hand.page, 1);
    hand_key(&hand, &scene, INSPECT_NEWER, 1000);
    assert_int_equal(hand.page, scene.pages - 1);
    hand_number(&hand, &scene, 2, 1100);
    assert_int_equal(hand.chosen, scene.touches[touch_of(SCENE_TOUCH_PRODUCT) + 1].product + 1);
    hand_key(&hand, &scene, INSPECT_CLOSE, 1200);
    assert_int_equal(hand.chosen, 0);
    hand_number(&hand, &scene, 9, 1300); /* so many are not there */
    assert_int_equal(hand.chosen, 0);
    open_turned(0);
    key(SDLK_3);
    key(SDLK_KP_9);
    key(SDLK_0);
    window_pump(&window, &news);
    assert_int_equal(news.count, 2);
    assert_true(news.input[0].kind == WINDOW_NUMBER && news.input[0].number == 3);
    assert_int_equal(news.input[1].number, 9);
    window_close(&window);
}

static void without_a_choice_there_is_no_button(void **state)
{
    (void)state;
    build(PANEL_W, PANEL_H, false);
    assert_int_equal(touch_of(SCENE_TOUCH_LANGUAGE), -1);
    snapshot.language_count = 1;
    struct scene_view view = {.width = PANEL_W, .height = PANEL_H, .language_button = true};
    scene_build(&scene, &snapshot, &view);
    assert_int_equal(touch_of(SCENE_TOUCH_LANGUAGE), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_touch_is_where_the_rotation_put_the_pixel),
        cmocka_unit_test(a_finger_at_the_edge_is_on_the_page),
        cmocka_unit_test(a_finger_is_told_once),
        cmocka_unit_test(what_does_not_fit_comes_next_time),
        cmocka_unit_test(keys_are_told),
        cmocka_unit_test(the_cursor_is_hidden),
        cmocka_unit_test(a_held_touch_opens_and_touches_turn_pages),
        cmocka_unit_test(the_language_button_asks_for_the_next_one_until_nobody_touches),
        cmocka_unit_test(a_held_language_button_opens_no_inspector),
        cmocka_unit_test(a_touched_product_fills_the_screen_and_goes_back),
        cmocka_unit_test(arrows_turn_pages_round_for_a_while),
        cmocka_unit_test(keys_turn_pages_and_choose_products),
        cmocka_unit_test(without_a_choice_there_is_no_button),
    };
    return cmocka_run_group_tests(tests, dummy_driver, NULL);
}
