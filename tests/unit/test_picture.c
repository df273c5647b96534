/* Product pictures: what is read, what is refused, and how it is fitted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <SDL_image.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "display/picture.h"

static char folder[64], path[128];
static struct picture_store *store;
static uint8_t cola[32768];
static size_t cola_size;

static int set_up(void **state)
{
    (void)state;
    (void)snprintf(folder, sizeof(folder), "/tmp/test_picture.XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    (void)snprintf(path, sizeof(path), "%s/picture", folder);
    FILE *file = fopen("config/examples/pictures/cola.png", "rb");
    cola_size = file ? fread(cola, 1, sizeof(cola), file) : 0;
    if (file)
        (void)fclose(file);
    store = picture_open();
    return cola_size > 1000 && cola_size < sizeof(cola) && store ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    picture_close(store);
    (void)unlink(path);
    return rmdir(folder);
}

static void fresh(void)
{
    picture_close(store);
    store = picture_open();
    (void)unlink(path);
}

static void write_bytes(const uint8_t *bytes, size_t size)
{
    fresh();
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

static void a_picture_keeps_its_proportions(void **state)
{
    (void)state;
    fresh();
    SDL_Surface *wide = SDL_CreateRGBSurfaceWithFormat(0, 300, 100, 32, SDL_PIXELFORMAT_ARGB8888);
    (void)SDL_FillRect(wide, NULL, 0xFF2040C0);
    assert_int_equal(IMG_SavePNG(wide, path), 0);
    SDL_Surface *got = picture_get(store, path, 60, 60);
    assert_int_equal(got->w, 60);
    assert_int_equal(got->h, 20);
    got = picture_get(store, path, 1000, 50);
    assert_int_equal(got->w, 150);
    assert_int_equal(got->h, 50);
    fresh();
    assert_int_equal(IMG_SaveJPG(wide, path, 90), 0);
    got = picture_get(store, path, 30, 30);
    assert_int_equal(got->w, 30);
    assert_int_equal(got->h, 10);
    SDL_FreeSurface(wide);
}

/* What shines through at an edge is the colour of the picture, not that of the transparent pixels beside it.
 */
static void transparent_pixels_lend_no_colour(void **state)
{
    (void)state;
    fresh();
    SDL_Surface *half = SDL_CreateRGBSurfaceWithFormat(0, 64, 64, 32, SDL_PIXELFORMAT_ARGB8888);
    SDL_Rect right = {33, 0, 31, 64};
    (void)SDL_FillRect(half, NULL, 0x00000000);
    (void)SDL_FillRect(half, &right, 0xFFFFFFFF);
    assert_int_equal(IMG_SavePNG(half, path), 0);
    SDL_FreeSurface(half);
    SDL_Surface *got = picture_get(store, path, 15, 15);
    for (int x = 0; x < got->w; x++) {
        uint32_t pixel;
        memcpy(&pixel, (uint8_t *)got->pixels + (size_t)7 * (size_t)got->pitch + (size_t)x * 4, 4);
        if (pixel >> 24 > 8)
            assert_true((pixel & 0xFF) > 0xE0);
    }
}

static void a_file_is_read_once(void **state)
{
    (void)state;
    write_bytes(cola, cola_size);
    SDL_Surface *first = picture_get(store, path, 40, 40);
    assert_non_null(first);
    assert_int_equal(unlink(path), 0);
    assert_ptr_equal(picture_get(store, path, 40, 40), first);
}

static void a_file_that_cannot_be_shown_is_not_tried_again(void **state)
{
    (void)state;
    fresh();
    assert_null(picture_get(store, path, 40, 40));
    SDL_Surface *small = SDL_CreateRGBSurfaceWithFormat(0, 4, 4, 32, SDL_PIXELFORMAT_ARGB8888);
    assert_int_equal(IMG_SavePNG(small, path), 0);
    SDL_FreeSurface(small);
    assert_null(picture_get(store, path, 50, 50));
    fresh();
    assert_null(picture_get(store, folder, 40, 40)); /* not a file */
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_null(picture_get(store, path, 40, 40)); /* and nobody waits for a writer */
}

static void measures_beyond_the_limits_are_refused_before_decoding(void **state)
{
    (void)state;
    static const struct {
        uint32_t w, h;
        bool good;
    } cases[] = {{1, 1, true},        {4096, 2048, true}, {4097, 1, false}, {1, 4097, false},
                 {4096, 2049, false}, {0, 10, false},     {10, 0, false},   {0xFFFFFFFF, 0xFFFFFFFF, false}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        uint8_t bytes[64];
        int32_t w, h;
        memcpy(bytes, cola, sizeof(bytes));
        for (int k = 0; k < 4; k++) {
            bytes[16 + k] = (uint8_t)(cases[i].w >> (24 - 8 * k));
            bytes[20 + k] = (uint8_t)(cases[i].h >> (24 - 8 * k));
        }
        assert_int_equal(picture_measure(bytes, sizeof(bytes), &w, &h),
                         cases[i].good ? PICTURE_PNG : PICTURE_NONE);
    }
    static uint8_t large[PICTURE_MAX_BYTES + 1];
    memcpy(large, cola, cola_size);
    write_bytes(large, sizeof(large));
    assert_null(picture_get(store, path, 40, 40));
}

static void other_formats_are_refused(void **state)
{
    (void)state;
    static const char *const heads[] = {"GIF89a",      "BM", "RIFF....WEBP", "<svg xmlns=", "II*",
                                        "P6 9 9 255 ", ""};
    int32_t w, h;
    for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
        uint8_t bytes[64] = {0};
        memcpy(bytes, heads[i], strlen(heads[i]));
        assert_int_equal(picture_measure(bytes, sizeof(bytes), &w, &h), PICTURE_NONE);
    }
}

/* SDL_image would read such a file for ever. */
static void a_png_that_was_cut_off_or_changed_never_reaches_the_decoder(void **state)
{
    (void)state;
    uint8_t bytes[sizeof(cola)];
    assert_true(picture_png_whole(cola, cola_size));
    for (size_t size = 0; size < cola_size; size++)
        assert_false(picture_png_whole(cola, size));
    for (size_t at = 8; at < cola_size; at++) {
        memcpy(bytes, cola, cola_size);
        bytes[at] ^= 0x10;
        assert_false(picture_png_whole(bytes, cola_size));
    }
    write_bytes(cola, cola_size / 2);
    assert_null(picture_get(store, path, 64, 64));
}

/* Damaged in every tenth place, and cut off: shown or not, but nothing else happens. */
static void damaged_files_harm_nothing(void **state)
{
    (void)state;
    uint8_t bytes[sizeof(cola)];
    int32_t w, h;
    for (size_t at = 0; at < cola_size; at += cola_size / 60) {
        memcpy(bytes, cola, cola_size);
        bytes[at] ^= (uint8_t)(1 + at % 255);
        write_bytes(bytes, cola_size);
        (void)picture_get(store, path, 64, 64);
        write_bytes(cola, at + 1);
        (void)picture_get(store, path, 64, 64);
    }
    for (size_t size = 0; size < 64; size++) {
        uint8_t *tight = malloc(size + 1); /* a byte read beyond is found by the sanitizer */
        assert_non_null(tight);
        memcpy(tight, cola, size);
        (void)picture_measure(tight, size, &w, &h);
        static const uint8_t jpeg[] = {0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 0, 0, 0xFF,
                                       0xFF, 0xC0, 0,    17,   8, 0, 9, 0, 7};
        size_t part = size < sizeof(jpeg) ? size : sizeof(jpeg);
        memcpy(tight, jpeg, part);
        enum picture_format is = picture_measure(tight, part, &w, &h);
        assert_int_equal(is, part == sizeof(jpeg) ? PICTURE_JPEG : PICTURE_NONE);
        free(tight);
    }
    assert_int_equal(w, 7);
    assert_int_equal(h, 9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_picture_keeps_its_proportions),
        cmocka_unit_test(transparent_pixels_lend_no_colour),
        cmocka_unit_test(a_file_is_read_once),
        cmocka_unit_test(a_file_that_cannot_be_shown_is_not_tried_again),
        cmocka_unit_test(measures_beyond_the_limits_are_refused_before_decoding),
        cmocka_unit_test(other_formats_are_refused),
        cmocka_unit_test(a_png_that_was_cut_off_or_changed_never_reaches_the_decoder),
        cmocka_unit_test(damaged_files_harm_nothing),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
