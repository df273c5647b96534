#include "display/paint.h"

#include <SDL_image.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "common/log.h"
#include "display/picture.h"
#include "display/qr_symbol.h"
#include "display/type.h"

enum { CORNER_STEPS = 4 };

struct paint {
    struct type *type;
    struct qr_symbol symbol;
    struct picture_store *pictures;
};

struct paint *paint_open(struct type *type)
{
    struct paint *paint = calloc(1, sizeof(*paint));
    struct picture_store *pictures = picture_open();
    if (!paint || !pictures) {
        type_close(type);
        picture_close(pictures);
        free(paint);
        return NULL;
    }
    paint->type = type;
    paint->pictures = pictures;
    return paint;
}

void paint_close(struct paint *paint)
{
    if (!paint)
        return;
    picture_close(paint->pictures);
    type_close(paint->type);
    free(paint);
}

SDL_Surface *paint_surface(int32_t width, int32_t height)
{
    return SDL_CreateRGBSurfaceWithFormat(0, width, height, 32, SDL_PIXELFORMAT_RGB888);
}

static SDL_Rect rect_of(struct scene_box box)
{
    return (SDL_Rect){box.x, box.y, box.w, box.h};
}

/* How much of the pixel (x, y), counted from the outer corner, lies inside a quarter circle:
 * 0..CORNER_STEPS². */
static int corner_cover(int32_t x, int32_t y, int32_t radius)
{
    int cover = 0;
    int64_t far = (int64_t)2 * CORNER_STEPS * radius;
    for (int sub_y = 0; sub_y < CORNER_STEPS; sub_y++)
        for (int sub_x = 0; sub_x < CORNER_STEPS; sub_x++) {
            int64_t dx = far - (2 * (CORNER_STEPS * x + sub_x) + 1),
                    dy = far - (2 * (CORNER_STEPS * y + sub_y) + 1);
            cover += dx * dx + dy * dy <= far * far;
        }
    return cover;
}

static void pixel_mix(SDL_Surface *target, int32_t x, int32_t y, uint32_t colour, int cover)
{
    if (x < 0 || y < 0 || x >= target->w || y >= target->h)
        return;
    uint8_t *bytes = (uint8_t *)target->pixels + (size_t)y * (size_t)target->pitch + (size_t)x * 4;
    uint32_t old, mixed = 0;
    memcpy(&old, bytes, sizeof(old));
    for (int shift = 0; shift <= 16; shift += 8) {
        int under = (int)(old >> shift & 0xFF), over = (int)(colour >> shift & 0xFF);
        int value = under + (over - under) * cover / (CORNER_STEPS * CORNER_STEPS);
        mixed |= (uint32_t)value << shift;
    }
    memcpy(bytes, &mixed, sizeof(mixed));
}

static void rect_draw(SDL_Surface *target, const struct scene_item *item)
{
    struct scene_box box = item->box;
    int32_t half = (box.w < box.h ? box.w : box.h) / 2, radius = item->radius < half ? item->radius : half;
    SDL_Rect middle = {box.x, box.y + radius, box.w, box.h - 2 * radius};
    SDL_Rect upper = {box.x + radius, box.y, box.w - 2 * radius, radius};
    SDL_Rect lower = {upper.x, box.y + box.h - radius, upper.w, radius};
    (void)SDL_FillRect(target, &middle, item->colour);
    (void)SDL_FillRect(target, &upper, item->colour);
    (void)SDL_FillRect(target, &lower, item->colour);
    for (int32_t y = 0; y < radius; y++)
        for (int32_t x = 0; x < radius; x++) {
            int cover = corner_cover(x, y, radius);
            int32_t right = box.x + box.w - 1 - x, bottom = box.y + box.h - 1 - y;
            pixel_mix(target, box.x + x, box.y + y, item->colour, cover);
            pixel_mix(target, right, box.y + y, item->colour, cover);
            pixel_mix(target, box.x + x, bottom, item->colour, cover);
            pixel_mix(target, right, bottom, item->colour, cover);
        }
}

/* Black on white, whole pixels, quiet zone included. A text that makes another size than planned is not
 * drawn. */
static void qr_draw(struct paint *paint, SDL_Surface *target, const struct scene_item *item, const char *text)
{
    struct qr_symbol *symbol = &paint->symbol;
    int32_t module = item->module_px;
    if (!qr_symbol_encode(symbol, text) || (symbol->side + 2 * SCENE_QUIET) * module != item->box.w) {
        log_error("a QR text of %zu bytes cannot be drawn", strlen(text));
        return;
    }
    SDL_Rect area = rect_of(item->box);
    (void)SDL_FillRect(target, &area, 0xFFFFFF);
    for (int32_t y = 0; y < symbol->side; y++)
        for (int32_t x = 0; x < symbol->side; x++) {
            SDL_Rect dot = {area.x + (x + SCENE_QUIET) * module, area.y + (y + SCENE_QUIET) * module, module,
                            module};
            if (symbol->dark[y][x])
                (void)SDL_FillRect(target, &dot, 0x000000);
        }
}

static void image_draw(struct paint *paint, SDL_Surface *target, const struct scene_item *item,
                       const char *file)
{
    if (item->box.w <= 0 || item->box.h <= 0)
        return;
    SDL_Surface *surface = picture_get(paint->pictures, file, item->box.w, item->box.h);
    if (!surface)
        return;
    int32_t spare = item->box.w - surface->w;
    SDL_Rect to = {item->box.x + (item->align == SCENE_LEFT ? 0 : spare / 2),
                   item->box.y + (item->box.h - surface->h) / 2, surface->w, surface->h};
    (void)SDL_BlitSurface(surface, NULL, target, &to);
}

/* From CORNER_STEPS of a pixel to units of the sign's square. */
static int32_t sign_units(int32_t steps, int32_t side)
{
    return (int32_t)((int64_t)steps * SIGN_UNITS / ((int64_t)side * CORNER_STEPS));
}

/* How much of the pixel the sign covers: 0..CORNER_STEPS². */
static int sign_cover(enum sign sign, int32_t x, int32_t y, int32_t side)
{
    int cover = 0, corners = 0;
    for (int i = 0; i < 4; i++)
        corners += sign_covers(sign, sign_units((x + (i & 1)) * CORNER_STEPS, side),
                               sign_units((y + (i >> 1)) * CORNER_STEPS, side));
    if (corners == 0 || corners == 4)
        return corners / 4 * CORNER_STEPS * CORNER_STEPS;
    for (int i = 0; i < CORNER_STEPS * CORNER_STEPS; i++)
        cover += sign_covers(sign, sign_units(x * CORNER_STEPS + i % CORNER_STEPS, side),
                             sign_units(y * CORNER_STEPS + i / CORNER_STEPS, side));
    return cover;
}

static void sign_draw(SDL_Surface *target, const struct scene_item *item)
{
    int32_t side = item->box.w;
    for (int32_t y = 0; y < side; y++)
        for (int32_t x = 0; x < side; x++) {
            int cover = sign_cover(item->sign, x, y, side);
            if (cover > 0)
                pixel_mix(target, item->box.x + x, item->box.y + y, item->colour, cover);
        }
}

void paint_scene(struct paint *paint, SDL_Surface *target, const struct scene *scene)
{
    for (int32_t i = 0; i < scene->count; i++) {
        const struct scene_item *item = &scene->items[i];
        const char *text = scene_text(scene, item);
        switch (item->kind) {
        case SCENE_RECT:
            rect_draw(target, item);
            break;
        case SCENE_TEXT:
            type_draw(paint->type, target, item, text);
            break;
        case SCENE_QR:
            qr_draw(paint, target, item, text);
            break;
        case SCENE_IMAGE:
            image_draw(paint, target, item, text);
            break;
        case SCENE_SIGN:
            sign_draw(target, item);
            break;
        }
    }
}

int paint_save(SDL_Surface *surface, const char *path)
{
    char temporary[512];
    int length = snprintf(temporary, sizeof(temporary), "%s.part", path);
    if (length < 0 || (size_t)length >= sizeof(temporary)) {
        log_error("%s: the path is too long", path);
        return -1;
    }
    if (IMG_SavePNG(surface, temporary) != 0 || rename(temporary, path) != 0) {
        log_error("cannot write %s: %s", path, IMG_GetError());
        (void)unlink(temporary);
        return -1;
    }
    return 0;
}

size_t paint_png(SDL_Surface *surface, unsigned char *ret, size_t size)
{
    SDL_RWops *room = SDL_RWFromMem(ret, (int)size);
    if (!room)
        return 0;
    /* What does not fit is cut without a word. */
    bool good = IMG_SavePNG_RW(surface, room, 0) == 0;
    Sint64 used = SDL_RWtell(room);
    (void)SDL_RWclose(room);
    return good && used > 0 && (size_t)used < size ? (size_t)used : 0;
}
