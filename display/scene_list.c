#include "display/scene_parts.h"

#include <string.h>

int32_t scene_scale(const struct scene_page *page, int32_t pixels)
{
    int32_t shorter = page->view->width < page->view->height ? page->view->width : page->view->height;
    int32_t scaled = pixels * shorter / 480;
    return scaled > 0 ? scaled : 1;
}

int32_t scene_measure(const struct scene_page *page, int32_t usual, int32_t compact)
{
    return scene_scale(page, page->compact ? compact : usual);
}

static struct scene_item *item_add(struct scene_page *page, enum scene_kind kind, struct scene_box box,
                                   const char *text)
{
    struct scene *scene = page->scene;
    size_t size = strlen(text) + 1;
    if (scene->count == SCENE_MAX_ITEMS || size > SCENE_POOL_SIZE - scene->pool_used) {
        scene->full = true;
        return NULL;
    }
    struct scene_item *item = &scene->items[scene->count++];
    item->kind = kind;
    item->box = box;
    item->text = scene->pool_used;
    memcpy(scene->pool + scene->pool_used, text, size);
    scene->pool_used += (uint32_t)size;
    return item;
}

void scene_add_rect(struct scene_page *page, struct scene_box box, uint32_t colour, int32_t radius)
{
    struct scene_item *item = item_add(page, SCENE_RECT, box, "");
    if (!item)
        return;
    item->colour = colour;
    item->radius = radius;
}

void scene_add_text(struct scene_page *page, struct scene_box box, const char *text, struct scene_style style)
{
    struct scene_item *item =
        text[0] && box.w > 0 && box.h > 0 ? item_add(page, SCENE_TEXT, box, text) : NULL;
    if (!item)
        return;
    item->colour = style.colour;
    item->size_px = style.size_px;
    int32_t least = style.size_px * 2 / 5;
    item->least_px = least < 11 ? 11 : least;
    item->lines = style.lines > 0 ? style.lines : 1;
    item->align = style.align;
    item->bold = style.bold;
    item->top = style.top;
}

void scene_add_qr(struct scene_page *page, struct scene_box box, const char *text, int32_t module_px)
{
    struct scene_item *item = item_add(page, SCENE_QR, box, text);
    if (item)
        item->module_px = module_px;
}

void scene_add_image(struct scene_page *page, struct scene_box box, const char *file)
{
    (void)item_add(page, SCENE_IMAGE, box, file);
}

struct scene_box scene_inset(struct scene_box box, int32_t by)
{
    return (struct scene_box){box.x + by, box.y + by, box.w - 2 * by, box.h - 2 * by};
}

struct scene_box scene_cut_top(struct scene_box *box, int32_t height)
{
    struct scene_box cut = {box->x, box->y, box->w, height};
    box->y += height;
    box->h -= height;
    return cut;
}

struct scene_box scene_cut_bottom(struct scene_box *box, int32_t height)
{
    box->h -= height;
    return (struct scene_box){box->x, box->y + box->h, box->w, height};
}

struct scene_box scene_cut_left(struct scene_box *box, int32_t width)
{
    struct scene_box cut = {box->x, box->y, width, box->h};
    box->x += width;
    box->w -= width;
    return cut;
}

static bool item_same(const struct scene_item *a, const struct scene_item *b)
{
    return a->kind == b->kind && a->box.x == b->box.x && a->box.y == b->box.y && a->box.w == b->box.w &&
           a->box.h == b->box.h && a->colour == b->colour && a->radius == b->radius &&
           a->size_px == b->size_px && a->least_px == b->least_px && a->lines == b->lines &&
           a->align == b->align && a->bold == b->bold && a->top == b->top && a->module_px == b->module_px &&
           a->text == b->text;
}

bool scene_same(const struct scene *a, const struct scene *b)
{
    if (a->width != b->width || a->height != b->height || a->count != b->count ||
        a->pool_used != b->pool_used)
        return false;
    for (int32_t i = 0; i < a->count; i++)
        if (!item_same(&a->items[i], &b->items[i]))
            return false;
    return memcmp(a->pool, b->pool, a->pool_used) == 0;
}
