#include "display/scene_parts.h"

#include <string.h>
#include "common/money.h"

/* Of a screen whose shorter side has 480: 2.5 mm on a panel of 7 inches. */
enum { LEAST_PX = 13, CROWD_PX = 9 };

/* Of a price, in hundredths and thousandths of the digits' size. */
enum { CURRENCY_PERCENT = 46, CURRENCY_WIDTH = 1130, GAP = 120, BASELINE = 330 };

int32_t scene_scale(const struct scene_page *page, int32_t pixels)
{
    int32_t shorter = page->view->width < page->view->height ? page->view->width : page->view->height;
    int32_t scaled = pixels * shorter / 480;
    return scaled > 0 ? scaled : 1;
}

int32_t scene_type(const struct scene_page *page, int32_t pixels)
{
    return scene_scale(page, pixels) * page->theme->text_percent / 100;
}

int32_t scene_radius(const struct scene_page *page)
{
    return scene_scale(page, 12);
}

int32_t scene_inner_radius(const struct scene_page *page)
{
    return scene_scale(page, 8);
}

int32_t scene_least(const struct scene_page *page)
{
    return scene_scale(page, LEAST_PX);
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

void scene_add_rect(struct scene_page *page, struct scene_box box, enum colour colour, int32_t radius)
{
    struct scene_item *item = box.w > 0 && box.h > 0 ? item_add(page, SCENE_RECT, box, "") : NULL;
    if (!item)
        return;
    item->colour = page->theme->colour[colour];
    item->radius = radius;
}

void scene_add_text(struct scene_page *page, struct scene_box box, const char *text, struct scene_style style)
{
    struct scene_item *item =
        text[0] && box.w > 0 && box.h > 0 ? item_add(page, SCENE_TEXT, box, text) : NULL;
    if (!item)
        return;
    item->colour = page->theme->colour[style.colour];
    int32_t floor = style.crowd ? scene_scale(page, CROWD_PX) : scene_least(page);
    int32_t least = style.least_px > 0 ? style.least_px : style.size_px * 2 / 5;
    item->least_px = least < floor ? floor : least;
    item->size_px = style.size_px < item->least_px ? item->least_px : style.size_px;
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

void scene_add_image(struct scene_page *page, struct scene_box box, const char *file, enum scene_align align)
{
    struct scene_item *item =
        file[0] && box.w > 0 && box.h > 0 ? item_add(page, SCENE_IMAGE, box, file) : NULL;
    if (item)
        item->align = align;
}

void scene_add_sign(struct scene_page *page, struct scene_box box, enum sign sign, enum colour colour)
{
    struct scene_item *item = sign != SIGN_NONE && box.w > 0 && box.h > 0
                                  ? item_add(page, SCENE_SIGN, scene_square(box), "")
                                  : NULL;
    if (!item)
        return;
    item->sign = sign;
    item->colour = page->theme->colour[colour];
}

void scene_add_touch(struct scene_page *page, enum scene_touch_kind kind, int32_t product,
                     struct scene_box box)
{
    struct scene *scene = page->scene;
    if (scene->touch_count == SCENE_MAX_TOUCHES)
        scene->full = true;
    else
        scene->touches[scene->touch_count++] =
            (struct scene_touch){.kind = kind, .product = product, .box = box};
}

void scene_add_sheet(struct scene_page *page, struct scene_box box)
{
    int32_t edge = scene_scale(page, 1);
    scene_add_rect(page, box, COLOUR_EDGE, scene_radius(page));
    scene_add_rect(page, scene_inset(box, edge), COLOUR_TILE, scene_radius(page) - edge);
}

/* Width of bold digits in thousandths of their size, with a little to spare in Roboto. */
static int32_t digits_width(const char *digits)
{
    int32_t width = 1;
    for (; *digits; digits++)
        width += *digits >= '0' && *digits <= '9' ? 590 : ((unsigned char)*digits & 0xC0) == 0x80 ? 0 : 330;
    return width;
}

/* A price in two parts, and how wide they are in thousandths of the digits' size. */
struct price {
    char digits[64];
    const char *currency; /* NULL: none of its own */
    int32_t width;
};

static void price_format(const struct scene_page *page, int64_t price, struct price *ret)
{
    (void)money_format(ret->digits, sizeof(ret->digits), price, page->snapshot->currency, page->code);
    char *space = strrchr(ret->digits, ' ');
    ret->currency = space ? space + 1 : NULL;
    if (space)
        *space = '\0';
    ret->width = digits_width(ret->digits);
}

/* Of the currency and the gap before it. */
static int32_t currency_width(int32_t small_px)
{
    return small_px * CURRENCY_WIDTH / 10 / CURRENCY_PERCENT;
}

int32_t scene_price_width(const struct scene_page *page, int64_t price)
{
    struct price parts;
    price_format(page, price, &parts);
    int32_t least = scene_least(page);
    return (least + 2) * parts.width / 1000 + (parts.currency ? currency_width(least) : 0) + 1;
}

/* The size of the digits with which a price fills the box, and what it then takes of the width. */
static int32_t price_fit(const struct scene_page *page, struct scene_box box, const struct price *parts,
                         int32_t *ret_small, int32_t *ret_used)
{
    int32_t whole = parts->width + (parts->currency ? CURRENCY_WIDTH : 0), least = scene_least(page);
    int32_t by_w = (int32_t)((int64_t)box.w * 1000 / whole);
    int32_t size = box.h * 82 / 100 < by_w ? box.h * 82 / 100 : by_w, small = size * CURRENCY_PERCENT / 100;
    *ret_used = size * whole / 1000;
    if (parts->currency && small < least) {
        small = least;
        by_w = (int32_t)((int64_t)(box.w - currency_width(small)) * 1000 / parts->width);
        size = by_w < size ? by_w : size;
        *ret_used = size * parts->width / 1000 + currency_width(small);
    }
    *ret_small = small;
    return size;
}

int32_t scene_price_height(const struct scene_page *page, struct scene_box box, int64_t price)
{
    struct price parts;
    int32_t small, used;
    price_format(page, price, &parts);
    return price_fit(page, box, &parts, &small, &used) * 100 / 82 + 1;
}

void scene_add_price(struct scene_page *page, struct scene_box box, int64_t price, enum colour colour)
{
    struct price parts;
    int32_t small, used;
    price_format(page, price, &parts);
    int32_t size = price_fit(page, box, &parts, &small, &used);
    struct scene_style style = {.size_px = size, .lines = 1, .colour = colour, .bold = true};
    box = (struct scene_box){box.x + (box.w - used) / 2, box.y, used, box.h};
    struct scene_box left = scene_cut_left(&box, parts.currency ? size * parts.width / 1000 : box.w);
    style.align = parts.currency ? SCENE_RIGHT : SCENE_CENTRE;
    scene_add_text(page, left, parts.digits, style);
    if (!parts.currency)
        return;
    style.align = SCENE_LEFT;
    (void)scene_cut_left(&box, size * GAP / 1000);
    style.size_px = small;
    int32_t lower = (size - small) * BASELINE / 1000; /* on one line with the digits */
    box.y += 2 * lower;
    box.h -= 2 * lower;
    scene_add_text(page, box, parts.currency, style);
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

struct scene_box scene_cut_right(struct scene_box *box, int32_t width)
{
    box->w -= width;
    return (struct scene_box){box->x + box->w, box->y, width, box->h};
}

struct scene_box scene_square(struct scene_box box)
{
    int32_t side = box.w < box.h ? box.w : box.h;
    return (struct scene_box){box.x + (box.w - side) / 2, box.y + (box.h - side) / 2, side, side};
}

static bool item_same(const struct scene_item *a, const struct scene_item *b)
{
    return a->kind == b->kind && a->box.x == b->box.x && a->box.y == b->box.y && a->box.w == b->box.w &&
           a->box.h == b->box.h && a->colour == b->colour && a->radius == b->radius &&
           a->size_px == b->size_px && a->least_px == b->least_px && a->lines == b->lines &&
           a->align == b->align && a->bold == b->bold && a->top == b->top && a->module_px == b->module_px &&
           a->sign == b->sign && a->text == b->text;
}

const struct scene_touch *scene_touch_at(const struct scene *scene, int32_t x, int32_t y)
{
    for (int32_t i = 0; i < scene->touch_count; i++) {
        const struct scene_box *box = &scene->touches[i].box;
        if (x >= box->x && x < box->x + box->w && y >= box->y && y < box->y + box->h)
            return &scene->touches[i];
    }
    return NULL;
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
