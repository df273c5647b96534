/* What spares the panel: the wandering picture, the brightness by the time, the backlight, panels that come
 * and go. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "display/connectors.h"
#include "display/frame.h"
#include "display/light.h"
#include "display/wear.h"

static struct config_screen config;
static struct wear wear;
static char folder[64];

static int begin(void **state)
{
    (void)state;
    config = (struct config_screen){.shift_px = 4, .shift_s = 60, .bright_s = 30};
    (void)snprintf(folder, sizeof(folder), "/tmp/kiosk-wear-XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    char command[128];
    (void)snprintf(command, sizeof(command), "rm -r %s", folder);
    return system(command);
}

/* ---- the way ---- */

static void the_picture_comes_to_every_place_a_pixel_at_a_time(void **state)
{
    (void)state;
    for (int32_t reach = 0; reach <= 16; reach++) {
        static bool seen[33][33];
        memset(seen, 0, sizeof(seen));
        int32_t side = 2 * reach + 1, places = side * side, count = 0, x, y, last_x, last_y;
        wear_place(0, reach, &last_x, &last_y);
        for (int32_t step = 0; step < 3 * places; step++) {
            wear_place(step, reach, &x, &y);
            assert_in_range(x + reach, 0, 2 * reach);
            assert_in_range(y + reach, 0, 2 * reach);
            assert_true(abs(x - last_x) + abs(y - last_y) <= 1);
            if (step < places)
                count += !seen[x + reach][y + reach];
            seen[x + reach][y + reach] = true;
            last_x = x;
            last_y = y;
        }
        assert_int_equal(count, places);
    }
}

static void it_begins_in_the_middle_and_moves_once_in_its_time(void **state)
{
    (void)state;
    int32_t x, y;
    wear_start(&wear, &config, 1000);
    wear_place(wear.step, config.shift_px, &x, &y);
    assert_int_equal(x, 0);
    assert_int_equal(y, 0);
    int32_t first = wear.step;
    wear_check(&wear, &config, 600, false, 60999);
    assert_int_equal(wear.step, first);
    wear_check(&wear, &config, 600, false, 61000);
    wear_check(&wear, &config, 600, false, 61001);
    assert_int_equal(wear.step, first + 1);
}

static void it_stands_still_while_somebody_is_served(void **state)
{
    (void)state;
    wear_start(&wear, &config, 0);
    int32_t first = wear.step;
    wear_check(&wear, &config, 600, true, 100000);
    assert_int_equal(wear.step, first);
    wear_check(&wear, &config, 600, false, 100001);
    assert_int_equal(wear.step, first + 1);
}

/* ---- the time ---- */

static void the_entry_that_began_last_counts(void **state)
{
    (void)state;
    assert_int_equal(wear_level(&config, 0), 100);
    config.brightness_count = 3;
    config.brightness[0] = (struct config_brightness){.from_min = 22 * 60, .percent = 30};
    config.brightness[1] = (struct config_brightness){.from_min = 6 * 60, .percent = 80};
    config.brightness[2] = (struct config_brightness){.from_min = 10 * 60, .percent = 100};
    static const int32_t cases[][2] = {{0, 30},     {359, 30},  {360, 80},  {599, 80}, {600, 100},
                                       {1319, 100}, {1320, 30}, {1439, 30}, {-1, 100}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_int_equal(wear_level(&config, cases[i][0]), cases[i][1]);
}

static void somebody_there_makes_it_bright_for_a_while(void **state)
{
    (void)state;
    config.brightness_count = 1;
    config.brightness[0].percent = 20;
    wear_start(&wear, &config, 0);
    wear_check(&wear, &config, 0, false, 10);
    assert_int_equal(wear.percent, 20);
    wear_wake(&wear, 1000);
    wear_check(&wear, &config, 0, true, 1000);
    assert_int_equal(wear.percent, 100);
    wear_check(&wear, &config, 0, false, 30999);
    assert_int_equal(wear.percent, 100);
    wear_check(&wear, &config, 0, false, 31000);
    assert_int_equal(wear.percent, 20);
}

/* ---- the frame ---- */

enum { W = 40, H = 30, PAGE_W = 32, PAGE_H = 22 };
static uint32_t page_pixels[PAGE_W * PAGE_H], frame_pixels[(W + 3) * H];
static const struct frame_pixels page = {page_pixels, PAGE_W, PAGE_H, PAGE_W},
                                 frame = {frame_pixels, W, H, W + 3};

static uint32_t page_at(int32_t x, int32_t y)
{
    x = x < 0 ? 0 : x >= PAGE_W ? PAGE_W - 1 : x;
    y = y < 0 ? 0 : y >= PAGE_H ? PAGE_H - 1 : y;
    return page_pixels[y * PAGE_W + x];
}

static void every_place_has_the_whole_page_and_its_edge_drawn_out(void **state)
{
    (void)state;
    uint8_t tone[256];
    frame_tone(tone, 100);
    for (int32_t i = 0; i < PAGE_W * PAGE_H; i++)
        page_pixels[i] = (uint32_t)i * 2654435761U & 0xFFFFFF;
    for (int32_t top = 0; top <= H - PAGE_H; top++)
        for (int32_t left = 0; left <= W - PAGE_W; left++) {
            memset(frame_pixels, 0xEE, sizeof(frame_pixels));
            frame_compose(&frame, &page, left, top, tone);
            for (int32_t y = 0; y < H; y++) {
                for (int32_t x = 0; x < W; x++)
                    assert_int_equal(frame_pixels[y * (W + 3) + x], page_at(x - left, y - top));
                assert_int_equal(frame_pixels[y * (W + 3) + W], 0xEEEEEEEE);
            }
        }
}

static double linear(uint32_t channel)
{
    double value = channel / 255.0;
    return value <= 0.03928 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4);
}

static void a_darker_frame_gives_that_much_of_its_light(void **state)
{
    (void)state;
    uint8_t tone[256];
    for (int32_t percent = 100; percent >= FRAME_LEAST_PERCENT; percent--) {
        frame_tone(tone, percent);
        double light = linear(tone[255]) * 100;
        assert_true(fabs(light - percent) < 2);
        assert_int_equal(tone[0], 0);
        for (int i = 1; i < 256; i++)
            assert_true(tone[i] >= tone[i - 1] && tone[i] <= i);
    }
    frame_tone(tone, 100);
    for (int i = 0; i < 256; i++)
        assert_int_equal(tone[i], i);
}

static void the_darkest_code_still_has_seven_to_one(void **state)
{
    (void)state;
    uint8_t tone[256];
    for (int32_t percent = -5; percent <= FRAME_LEAST_PERCENT; percent++) {
        frame_tone(tone, percent);
        assert_true((linear(tone[255]) + 0.05) / (linear(tone[0]) + 0.05) >= 7);
    }
}

/* ---- files ---- */

static void file_write(const char *name, const char *text)
{
    char path[256];
    (void)snprintf(path, sizeof(path), "%s/%s", folder, name);
    for (char *at = strchr(path + strlen(folder) + 1, '/'); at; at = strchr(at + 1, '/')) {
        *at = '\0';
        (void)mkdir(path, 0755);
        *at = '/';
    }
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    (void)fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

static int file_number(const char *name)
{
    char path[256], text[16] = "";
    (void)snprintf(path, sizeof(path), "%s/%s", folder, name);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_non_null(fgets(text, sizeof(text), file));
    assert_int_equal(fclose(file), 0);
    return atoi(text);
}

static void the_first_backlight_by_name_is_set_in_its_own_steps(void **state)
{
    (void)state;
    struct light light;
    file_write("b_raw/max_brightness", "7\n");
    file_write("b_raw/brightness", "7\n");
    file_write("a_panel/max_brightness", "255\n");
    file_write("a_panel/brightness", "200\n");
    file_write("README", "");
    light_open(&light, folder);
    assert_true(light_set(&light, 40));
    assert_int_equal(file_number("a_panel/brightness"), 102);
    assert_int_equal(file_number("b_raw/brightness"), 7);
    char path[128];
    (void)snprintf(path, sizeof(path), "%s/b_raw", folder);
    light_open(&light, path);
    assert_true(light_set(&light, 1));
    assert_int_equal(file_number("b_raw/brightness"), 1); /* 0 is off */
    assert_true(light_set(&light, 100));
    assert_int_equal(file_number("b_raw/brightness"), 7);
}

static void the_same_brightness_is_written_once(void **state)
{
    (void)state;
    struct light light;
    file_write("max_brightness", "100\n");
    file_write("brightness", "100\n");
    light_open(&light, folder);
    assert_true(light_set(&light, 50));
    file_write("brightness", "3\n");
    assert_true(light_set(&light, 50));
    assert_int_equal(file_number("brightness"), 3);
}

static void a_backlight_that_cannot_be_set_is_none(void **state)
{
    (void)state;
    struct light light;
    light_open(&light, "");
    assert_false(light_set(&light, 50));
    light_open(&light, folder); /* empty */
    assert_false(light_set(&light, 50));
    file_write("odd/max_brightness", "nonsense\n");
    file_write("odd/brightness", "1\n");
    light_open(&light, folder);
    assert_false(light_set(&light, 50));
    file_write("deaf/max_brightness", "100\n");
    file_write("deaf/brightness/is_a_folder", "");
    light_open(&light, folder);
    assert_false(light_set(&light, 50));
    assert_true(light.refused);
}

static void panels_are_counted_and_told_apart(void **state)
{
    (void)state;
    struct connectors none = connectors_read("/nowhere");
    assert_int_equal(none.known, 0);
    file_write("version", "drm\n");
    file_write("card0-Writeback-1/status", "unknown\n");
    assert_int_equal(connectors_read(folder).known, 0);
    file_write("card0-HDMI-A-1/status", "disconnected\n");
    file_write("card0-DSI-1/status", "disconnected\n");
    struct connectors off = connectors_read(folder);
    assert_int_equal(off.known, 2);
    assert_int_equal(off.plugged, 0);
    file_write("card0-HDMI-A-1/status", "connected\n");
    struct connectors hdmi = connectors_read(folder);
    assert_int_equal(hdmi.plugged, 1);
    file_write("card0-HDMI-A-1/status", "disconnected\n");
    file_write("card0-DSI-1/status", "connected\n");
    struct connectors dsi = connectors_read(folder);
    assert_int_equal(dsi.plugged, 1);
    assert_true(hdmi.which != dsi.which);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_picture_comes_to_every_place_a_pixel_at_a_time),
        TEST(it_begins_in_the_middle_and_moves_once_in_its_time),
        TEST(it_stands_still_while_somebody_is_served),
        TEST(the_entry_that_began_last_counts),
        TEST(somebody_there_makes_it_bright_for_a_while),
        TEST(every_place_has_the_whole_page_and_its_edge_drawn_out),
        TEST(a_darker_frame_gives_that_much_of_its_light),
        TEST(the_darkest_code_still_has_seven_to_one),
        TEST(the_first_backlight_by_name_is_set_in_its_own_steps),
        TEST(the_same_brightness_is_written_once),
        TEST(a_backlight_that_cannot_be_set_is_none),
        TEST(panels_are_counted_and_told_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
