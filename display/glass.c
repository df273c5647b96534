#include "display/glass.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "common/log.h"
#include "common/notify.h"
#include "display/connectors.h"
#include "display/frame.h"
#include "display/paint.h"
#include "display/scene.h"

enum { FRAME_WIDTH = 1280, FRAME_HEIGHT = 800 };

int glass_start(struct glass *glass, const struct options *options, const struct config_screen *config,
                int64_t now_ms)
{
    *glass = (struct glass){.options = options, .config = config, .retry_after_ms = GLASS_RETRY_MS};
    if (options->shots && mkdir(options->shots, 0777) != 0 && errno != EEXIST) {
        log_error("cannot make %s: %s", options->shots, strerror(errno));
        return 1;
    }
    light_open(&glass->light, config->brightness_count > 0 ? config->backlight : "");
    wear_start(&glass->wear, config, now_ms);
    return 0;
}

void glass_stop(struct glass *glass)
{
    (void)light_set(&glass->light, 100);
    window_close(&glass->window);
    SDL_FreeSurface(glass->page);
    SDL_FreeSurface(glass->frame);
    log_notice("ended: frames=%ld", glass->frames);
}

/* ---- the display ---- */

static void drop(struct glass *glass, int64_t now_ms)
{
    window_close(&glass->window);
    glass->presented = false;
    glass->retry_ms = now_ms + GLASS_RETRY_MS;
    (void)notify_send("STATUS=no display");
}

/* Known once the driver is, and kept while there is none. */
static const char *connectors_folder(struct glass *glass)
{
    const char *driver = SDL_GetCurrentVideoDriver();
    if (glass->config->connectors[0])
        glass->connectors = glass->config->connectors;
    else if (driver && strcmp(driver, "KMSDRM") == 0)
        glass->connectors = "/sys/class/drm";
    return glass->connectors;
}

/* kmsdrm shows into the void when its panel is unplugged, and does not set up one that comes later. */
static void connectors_watch(struct glass *glass, int64_t now_ms)
{
    const char *folder = connectors_folder(glass);
    if (!folder || now_ms < glass->connectors_ms)
        return;
    glass->connectors_ms = now_ms + GLASS_CONNECTORS_MS;
    struct connectors now = connectors_read(folder);
    bool gone = now.known > 0 && now.plugged == 0, other = glass->watched && now.which != glass->plugged;
    if (gone && !glass->unplugged)
        log_warning("no panel is plugged in (%s)", folder);
    glass->watched = true;
    glass->plugged = now.which;
    glass->unplugged = gone;
    if (!other && !gone)
        return;
    if (glass->window.window) {
        log_notice("the panels have changed: the display is closed");
        drop(glass, now_ms);
    }
    glass->retry_ms = now_ms;
    glass->retry_after_ms = GLASS_RETRY_MS;
}

void glass_try(struct glass *glass, int64_t now_ms)
{
    const struct options *options = glass->options;
    connectors_watch(glass, now_ms);
    if (glass->window.window || glass->unplugged || now_ms < glass->retry_ms)
        return;
    glass->retry_ms = now_ms + glass->retry_after_ms;
    glass->retry_after_ms *= 2;
    if (glass->retry_after_ms > GLASS_RETRY_MOST_MS)
        glass->retry_after_ms = GLASS_RETRY_MOST_MS;
    int32_t width = options->window ? FRAME_WIDTH : 0;
    if (!window_open(&glass->window, options->width ? options->width : width,
                     options->width ? options->height : FRAME_HEIGHT, options->degrees, options->window))
        return;
    glass->retry_after_ms = GLASS_RETRY_MS;
    glass->presented = false;
    glass->light.set = -1;
    (void)notify_send("STATUS=showing");
}

/* ---- the frame ---- */

static void frame_size(const struct glass *glass, int32_t *ret_width, int32_t *ret_height)
{
    const struct options *options = glass->options;
    bool quarter = options->degrees % 180 != 0;
    int32_t width = options->width ? options->width : FRAME_WIDTH;
    int32_t height = options->width ? options->height : FRAME_HEIGHT;
    *ret_width = glass->window.window ? glass->window.width : quarter ? height : width;
    *ret_height = glass->window.window ? glass->window.height : quarter ? width : height;
}

/* How far the page may wander: a small panel has no room to spare. */
static int32_t reach(const struct glass *glass)
{
    int32_t width, height;
    frame_size(glass, &width, &height);
    int32_t room = ((width < height ? width : height) - SCENE_MIN_SIDE) / 2;
    return room < 0 ? 0 : room < glass->config->shift_px ? room : glass->config->shift_px;
}

void glass_size(const struct glass *glass, int32_t *ret_width, int32_t *ret_height)
{
    frame_size(glass, ret_width, ret_height);
    *ret_width -= 2 * reach(glass);
    *ret_height -= 2 * reach(glass);
}

/* Where the page's upper left corner stands. */
static void place(const struct glass *glass, int32_t *ret_x, int32_t *ret_y)
{
    int32_t far = reach(glass);
    wear_place(glass->wear.step, far, ret_x, ret_y);
    *ret_x += far;
    *ret_y += far;
}

static int32_t clamp(int32_t value, int32_t below)
{
    return value < 0 ? 0 : value >= below ? below - 1 : value;
}

void glass_point(const struct glass *glass, int32_t *x, int32_t *y)
{
    int32_t left, top, width, height;
    place(glass, &left, &top);
    glass_size(glass, &width, &height);
    *x = clamp(*x - left, width);
    *y = clamp(*y - top, height);
}

static bool surface_prepare(SDL_Surface **surface, int32_t width, int32_t height)
{
    if (*surface && (*surface)->w == width && (*surface)->h == height)
        return true;
    SDL_FreeSurface(*surface);
    *surface = paint_surface(width, height);
    return *surface != NULL;
}

SDL_Surface *glass_page(struct glass *glass)
{
    int32_t width, height;
    glass_size(glass, &width, &height);
    return surface_prepare(&glass->page, width, height) ? glass->page : NULL;
}

static struct frame_pixels pixels_of(SDL_Surface *surface)
{
    return (struct frame_pixels){surface->pixels, surface->w, surface->h, surface->pitch / 4};
}

static void shot_write(struct glass *glass)
{
    char path[512];
    if (!glass->options->shots)
        return;
    glass->shots++;
    (void)snprintf(path, sizeof(path), "%s/%06ld.png", glass->options->shots, glass->shots);
    (void)paint_save(glass->frame, path);
    if (glass->shots <= GLASS_SHOTS_KEPT)
        return;
    (void)snprintf(path, sizeof(path), "%s/%06ld.png", glass->options->shots,
                   glass->shots - GLASS_SHOTS_KEPT);
    (void)unlink(path);
}

/* Draws the frame if it differs from the one before. */
static void frame_draw(struct glass *glass, bool changed)
{
    int32_t width, height, x, y,
        tone = light_set(&glass->light, glass->wear.percent) ? 100 : glass->wear.percent;
    frame_size(glass, &width, &height);
    place(glass, &x, &y);
    if (!changed && x == glass->x && y == glass->y && tone == glass->tone)
        return;
    glass->presented = false;
    if (!glass->page || !surface_prepare(&glass->frame, width, height))
        return;
    uint8_t tones[256];
    frame_tone(tones, tone);
    struct frame_pixels to = pixels_of(glass->frame), page = pixels_of(glass->page);
    frame_compose(&to, &page, x, y, tones);
    glass->x = x;
    glass->y = y;
    glass->tone = tone;
    shot_write(glass);
}

void glass_show(struct glass *glass, bool changed, int32_t minute, bool busy, bool expose, int64_t now_ms)
{
    if (busy)
        wear_wake(&glass->wear, now_ms);
    wear_check(&glass->wear, glass->config, minute, busy, now_ms);
    frame_draw(glass, changed);
    if (!glass->window.window || !glass->frame || (glass->presented && !expose))
        return;
    glass->presented = window_show(&glass->window, glass->frame);
    if (glass->presented)
        glass->frames++;
    else
        drop(glass, now_ms);
}

size_t glass_png(const struct glass *glass, unsigned char *ret, size_t size)
{
    if (!glass->presented)
        return 0;
    size_t used = paint_png(glass->frame, ret, size);
    for (int part = 2; used == 0 && part <= 4; part *= 2) {
        SDL_Surface *small = paint_surface(glass->frame->w / part, glass->frame->h / part);
        if (small && SDL_BlitScaled(glass->frame, NULL, small, NULL) == 0)
            used = paint_png(small, ret, size);
        SDL_FreeSurface(small);
    }
    return used;
}
