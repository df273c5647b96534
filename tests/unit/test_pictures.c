/* Golden pictures, pixel by pixel but small: what paint, frame and rotation make of a scene, shrunk to an
 * eighth, against the PNGs of tests/goldens. Every release of FreeType draws letters a little differently, so
 * a cell may differ a little and the whole less; a code or a box that moves is more. The exact lists are in
 * test_goldens.c. `make goldens` writes them anew: KIOSK_WRITE_GOLDENS=1 in the environment.
 */
#include <SDL_image.h>
#include <stdlib.h>
#include "display/frame.h"
#include "display/paint.h"
#include "display/rotate.h"
#include "common/theme.h"
#include "display/type.h"
#include "tests/unit/scene_bench.h"

enum { SHRINK = 8, REACH = 4, CELL_MOST = 48, MEAN_MOST_PERCENT = 130 };

static const struct golden {
    const char *state;
    int32_t width, height, degrees, x, y, percent;
    enum theme_base theme;
} goldens[] = {
    {"idle", 800, 480, 0, 4, 4, 100, THEME_LIGHT},     {"idle", 480, 800, 90, 4, 4, 100, THEME_LIGHT},
    {"idle", 800, 480, 180, 0, 8, 100, THEME_LIGHT},   {"idle", 480, 800, 270, 8, 0, 40, THEME_DARK},
    {"idle-many", 480, 800, 0, 4, 4, 100, THEME_DARK}, {"moving", 800, 480, 0, 4, 4, 100, THEME_LIGHT},
    {"take", 480, 800, 0, 4, 4, 100, THEME_LIGHT},     {"failed", 800, 480, 0, 4, 4, 100, THEME_LIGHT},
    {"offline", 480, 800, 0, 4, 4, 100, THEME_LIGHT},  {"lane-pay", 800, 480, 0, 4, 4, 100, THEME_LIGHT},
    {"gate-go", 480, 800, 0, 4, 4, 100, THEME_LIGHT},  {"bus-few", 800, 480, 0, 4, 4, 100, THEME_NIGHT},
};
enum { GOLDENS = sizeof(goldens) / sizeof(goldens[0]) };

static struct type *type;
static struct paint *paint;

static int fonts_open(void **state)
{
    (void)state;
    type = type_open(getenv("KIOSK_FONTS"), NULL, NULL);
    paint = type ? paint_open(type) : NULL;
    return paint ? 0 : -1;
}

static int fonts_close(void **state)
{
    (void)state;
    paint_close(paint);
    return 0;
}

static void golden_build(const struct golden *golden)
{
    struct theme_choice choice = theme_choice_none();
    static struct theme theme;
    choice.base = golden->theme;
    theme_make(&theme, &choice);
    sample(golden->state);
    view.width = golden->width - 2 * REACH;
    view.height = golden->height - 2 * REACH;
    view.theme = &theme;
    build();
}

static struct frame_pixels pixels_of(SDL_Surface *surface)
{
    return (struct frame_pixels){surface->pixels, surface->w, surface->h, surface->pitch / 4};
}

/* Means of SHRINK x SHRINK pixels. */
static SDL_Surface *shrunk(SDL_Surface *surface)
{
    struct frame_pixels from = pixels_of(surface);
    SDL_Surface *small = paint_surface(from.w / SHRINK, from.h / SHRINK);
    assert_non_null(small);
    struct frame_pixels to = pixels_of(small);
    for (int32_t y = 0; y < to.h; y++)
        for (int32_t x = 0; x < to.w; x++) {
            uint32_t sum[3] = {0}, mean = 0;
            for (int32_t i = 0; i < SHRINK * SHRINK; i++) {
                uint32_t pixel = from.pixel[(y * SHRINK + i / SHRINK) * from.pitch + x * SHRINK + i % SHRINK];
                for (int c = 0; c < 3; c++)
                    sum[c] += pixel >> 8 * c & 0xFF;
            }
            for (int c = 0; c < 3; c++)
                mean |= sum[c] / (SHRINK * SHRINK) << 8 * c;
            to.pixel[y * to.pitch + x] = mean;
        }
    SDL_FreeSurface(surface);
    return small;
}

/* What the panel gets. */
static SDL_Surface *panel_draw(const struct golden *golden)
{
    uint8_t tone[256];
    bool quarter = golden->degrees % 180 != 0;
    SDL_Surface *page = paint_surface(scene.width, scene.height),
                *frame = paint_surface(golden->width, golden->height),
                *panel = paint_surface(quarter ? golden->height : golden->width,
                                       quarter ? golden->width : golden->height);
    assert_true(page && frame && panel);
    paint_scene(paint, page, &scene);
    frame_tone(tone, golden->percent);
    struct frame_pixels to = pixels_of(frame), from = pixels_of(page);
    frame_compose(&to, &from, golden->x, golden->y, tone);
    rotate_pixels(panel->pixels, panel->pitch / 4, frame->pixels, frame->pitch / 4, frame->w, frame->h,
                  golden->degrees);
    SDL_FreeSurface(page);
    SDL_FreeSurface(frame);
    return shrunk(panel);
}

static void path_of(char ret[128], const struct golden *golden)
{
    (void)snprintf(ret, 128, "tests/goldens/%s-%dx%d-%d.png", golden->state, golden->width, golden->height,
                   golden->degrees);
}

struct difference {
    int32_t cell, mean_percent; /* the greatest of a cell's channel; of all */
};

static struct difference compare(SDL_Surface *is, SDL_Surface *golden)
{
    assert_int_equal(is->w, golden->w);
    assert_int_equal(is->h, golden->h);
    struct frame_pixels a = pixels_of(is), b = pixels_of(golden);
    struct difference ret = {0};
    int64_t sum = 0;
    for (int32_t y = 0; y < a.h; y++)
        for (int32_t x = 0; x < a.w; x++)
            for (int c = 0; c < 24; c += 8) {
                int32_t one = (int32_t)(a.pixel[y * a.pitch + x] >> c & 0xFF),
                        other = (int32_t)(b.pixel[y * b.pitch + x] >> c & 0xFF), gap = abs(one - other);
                ret.cell = gap > ret.cell ? gap : ret.cell;
                sum += gap;
            }
    ret.mean_percent = (int32_t)(sum * 100 / (3 * (int64_t)a.w * a.h));
    return ret;
}

static SDL_Surface *golden_load(const struct golden *golden)
{
    char path[128];
    path_of(path, golden);
    SDL_Surface *raw = IMG_Load(path);
    if (!raw)
        fail_msg("%s: %s; make goldens writes it", path, IMG_GetError());
    SDL_Surface *same = raw ? SDL_ConvertSurfaceFormat(raw, SDL_PIXELFORMAT_RGB888, 0) : NULL;
    SDL_FreeSurface(raw);
    assert_non_null(same);
    return same;
}

static bool alike(struct difference difference)
{
    return difference.cell <= CELL_MOST && difference.mean_percent <= MEAN_MOST_PERCENT;
}

static void panels_look_as_they_did(void **state)
{
    (void)state;
    for (size_t i = 0; i < GOLDENS; i++) {
        char path[128];
        path_of(path, &goldens[i]);
        golden_build(&goldens[i]);
        SDL_Surface *is = panel_draw(&goldens[i]);
        if (getenv("KIOSK_WRITE_GOLDENS")) {
            assert_int_equal(paint_save(is, path), 0);
            SDL_FreeSurface(is);
            continue;
        }
        SDL_Surface *was = golden_load(&goldens[i]);
        struct difference difference = compare(is, was);
        SDL_FreeSurface(is);
        SDL_FreeSurface(was);
        if (getenv("KIOSK_SHOW_GOLDEN"))
            print_message("%s: cell %d, mean %d/100\n", path, difference.cell, difference.mean_percent);
        if (!alike(difference))
            fail_msg("%s: a cell differs by %d, all by %d/100; if it is meant, look at it, then make goldens",
                     path, difference.cell, difference.mean_percent);
    }
}

/* A golden that lets anything pass is none. */
static void a_moved_item_is_seen(void **state)
{
    (void)state;
    static const enum scene_kind kinds[] = {SCENE_QR, SCENE_RECT};
    if (getenv("KIOSK_WRITE_GOLDENS"))
        return;
    for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
        golden_build(&goldens[0]);
        for (int32_t i = scene.count - 1, done = 0; i >= 0 && !done; i--)
            if (scene.items[i].kind == kinds[k] && scene.items[i].box.w > 100) {
                scene.items[i].box.x += 6;
                done = 1;
            }
        SDL_Surface *is = panel_draw(&goldens[0]), *was = golden_load(&goldens[0]);
        assert_false(alike(compare(is, was)));
        SDL_FreeSurface(is);
        SDL_FreeSurface(was);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(panels_look_as_they_did),
        cmocka_unit_test(a_moved_item_is_seen),
    };
    return cmocka_run_group_tests(tests, fonts_open, fonts_close);
}
