/* Touches and keys as SDL brings them, on panels mounted in all four ways. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <SDL.h>
#include <stdlib.h>
#include <string.h>
#include "display/window.h"

static struct window window;
static struct inspect inspect;

static int dummy_driver(void **state)
{
    (void)state;
    return setenv("SDL_VIDEODRIVER", "dummy", 1);
}

static void open_turned(int32_t degrees)
{
    memset(&window, 0, sizeof(window));
    memset(&inspect, 0, sizeof(inspect));
    assert_true(window_open(&window, 800, 480, degrees, false));
    bool expose;
    (void)window_pump(&window, &inspect, 0, 0, &expose); /* what the opening brought */
}

static void pump(int32_t pages, int64_t now_ms)
{
    bool expose = false;
    assert_true(window_pump(&window, &inspect, pages, now_ms, &expose));
}

static void button(uint32_t type, int32_t x, int32_t y)
{
    SDL_Event event = {.button = {.type = type, .button = SDL_BUTTON_LEFT, .x = x, .y = y}};
    assert_int_equal(SDL_PushEvent(&event), 1);
}

static void key(SDL_Keycode code)
{
    SDL_Event event = {.key = {.type = SDL_KEYDOWN, .keysym = {.sym = code}}};
    assert_int_equal(SDL_PushEvent(&event), 1);
}

static void the_right_half_is_that_of_the_upright_page(void **state)
{
    (void)state;
    /* Points of the panel, 800 x 480, that lie right on the page. */
    static const struct {
        int32_t degrees, x, y;
    } right[] = {{0, 700, 100}, {90, 100, 400}, {180, 100, 100}, {270, 100, 100}};
    for (size_t i = 0; i < sizeof(right) / sizeof(right[0]); i++) {
        open_turned(right[i].degrees);
        button(SDL_MOUSEBUTTONDOWN, right[i].x, right[i].y);
        pump(0, 1000);
        assert_true(inspect.pressed && inspect.older);
        button(SDL_MOUSEBUTTONUP, 0, 0);
        button(SDL_MOUSEBUTTONDOWN, 799 - right[i].x, 479 - right[i].y);
        pump(0, 1000);
        assert_true(inspect.pressed && !inspect.older);
        window_close(&window);
    }
}

static void a_held_touch_opens_and_touches_turn_pages(void **state)
{
    (void)state;
    open_turned(0);
    button(SDL_MOUSEBUTTONDOWN, 10, 10);
    pump(0, 1000);
    inspect_check(&inspect, 1000 + INSPECT_HOLD_MS);
    assert_true(inspect.open);
    button(SDL_MOUSEBUTTONUP, 10, 10);
    button(SDL_MOUSEBUTTONDOWN, 790, 10);
    button(SDL_MOUSEBUTTONUP, 790, 10);
    pump(3, 4000);
    assert_int_equal(inspect.page, 1);
    window_close(&window);
}

static void keys_open_turn_and_close(void **state)
{
    (void)state;
    open_turned(0);
    key(SDLK_x);
    key(SDLK_i);
    key(SDLK_RIGHT);
    key(SDLK_PAGEDOWN);
    key(SDLK_LEFT);
    pump(5, 1000);
    assert_true(inspect.open);
    assert_int_equal(inspect.page, 1);
    key(SDLK_ESCAPE);
    pump(5, 1001);
    assert_false(inspect.open);
    window_close(&window);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_right_half_is_that_of_the_upright_page),
        cmocka_unit_test(a_held_touch_opens_and_touches_turn_pages),
        cmocka_unit_test(keys_open_turn_and_close),
    };
    return cmocka_run_group_tests(tests, dummy_driver, NULL);
}
