/* What stands on the screen: a snapshot, a size and a time become a list of things to draw. Pure; knows no
 * SDL.
 *
 * The list is plain data without pointers, zero-filled where unused: two equal pictures are equal bytes, so
 * the caller draws only when memcmp says that something changed. About 100 KB: keep it static.
 */
#ifndef DISPLAY_SCENE_H
#define DISPLAY_SCENE_H

#include <stdbool.h>
#include <stdint.h>
#include "common/snapshot.h"
#include "display/journal.h"
#include "display/sign.h"
#include "common/theme.h"

enum {
    SCENE_MAX_ITEMS = 640,
    SCENE_POOL_SIZE = 98304, /* texts of the items, NUL-terminated */
    SCENE_MAX_TILES = 12,    /* products on one page: more, and a phone picks the wrong code */
    SCENE_MAX_TOUCHES = 24,
    SCENE_MIN_SIDE = 320, /* pixels; smaller screens are refused by the options */
    SCENE_MAX_SIDE = 4096,
    SCENE_PAGE_MS = 8000,          /* a page of products, then the next; then the next language */
    SCENE_CARD_LANGUAGE_MS = 4000, /* languages turn faster while a payment is on the screen */
    SCENE_BAR_MS = 250,            /* a movement's bar grows so often */
    SCENE_CHOSEN_MS = 20000,       /* a touched product has the screen so long */
    SCENE_TAKE_MS = 10000,         /* how long the end of a payment stays */
    SCENE_TROUBLE_MS = 20000,
    SCENE_SHOW_MS = 3000,     /* a line of a validator that does not say how long */
    SCENE_FLASH_MS = 300,     /* a new line is turned over twice for so long, with a pause between */
    SCENE_MAX_LINES = 64,     /* payments on one list */
    SCENE_MODULE_PX = 4,      /* least pixels of a QR module */
    SCENE_MODULE_LAST_PX = 2, /* of a code too long for this screen even alone */
    SCENE_QUIET = 4,          /* light modules around a symbol */
};

struct scene_box {
    int32_t x, y, w, h;
};

enum scene_kind { SCENE_RECT, SCENE_TEXT, SCENE_QR, SCENE_IMAGE, SCENE_SIGN };
enum scene_align { SCENE_LEFT, SCENE_CENTRE, SCENE_RIGHT };

/* RECT: box, colour, radius. TEXT: text in box, at most `lines`, from size_px down to least_px until it fits,
 * (with a font wider than Roboto down to seven tenths of that), else cut with an ellipsis; middle of the box
 * unless `top`. QR: text as a symbol of module_px, box includes the quiet zone. IMAGE: the file named by
 * text, fitted into the box, left or in the middle; nothing if it cannot be read. SIGN: in the middle of the
 * box, as large as it allows. */
struct scene_item {
    enum scene_kind kind;
    struct scene_box box;
    uint32_t colour; /* 0xRRGGBB */
    int32_t radius;
    int32_t size_px, least_px, lines;
    enum scene_align align;
    bool bold, top;
    int32_t module_px;
    enum sign sign;
    uint32_t text; /* offset in the pool */
};

/* What a finger on the screen means. */
enum scene_touch_kind {
    SCENE_TOUCH_PRODUCT,
    SCENE_TOUCH_BACK,
    SCENE_TOUCH_EARLIER,
    SCENE_TOUCH_LATER,
    SCENE_TOUCH_LANGUAGE
};
struct scene_touch {
    enum scene_touch_kind kind;
    int32_t product; /* PRODUCT: index in the snapshot; LANGUAGE: index of the language to show */
    struct scene_box box;
};

struct scene {
    int32_t width, height;
    int32_t count, pages, page;
    int32_t inspect_pages;       /* of the inspector's view; 0 = it is not in this picture */
    struct snapshot_shown shown; /* payments whose lines are in this picture */
    uint32_t pool_used;
    bool engaged; /* somebody is being served: a payment or a passage is in this picture */
    bool full;    /* something did not fit into the list: a mistake of ours, tested for */
    int32_t touch_count;
    struct scene_touch touches[SCENE_MAX_TOUCHES];
    struct scene_item items[SCENE_MAX_ITEMS];
    char pool[SCENE_POOL_SIZE];
};

struct scene_view {
    int32_t width, height;         /* pixels, SCENE_MIN_SIDE..SCENE_MAX_SIDE */
    int64_t now_ms;                /* monotonic: pages and languages turn with it */
    int64_t held_ms;               /* since the snapshot came in */
    int32_t page, language;        /* -1 = by the time */
    char clock[8];                 /* "14:05", "" = show none */
    const struct journal *journal; /* NULL: no lists of payments */
    int32_t utc_offset_s;          /* of the local time, for the lists */
    bool language_button;          /* a touch may ask for the next language */
    bool inspect;                  /* the inspector's view is open */
    int32_t inspect_page;
    const struct theme *theme; /* NULL: the usual one */
    const char *logo;          /* picture for the heading, NULL or "": none */
    int32_t chosen;            /* this product (index + 1) fills the screen; 0 = none */
    int64_t chosen_left_ms;    /* so long it still does */
};

/* Holds of the screen's own making, beside those of controller/codes.h. */
#define SCENE_HOLD_STALE "stale"

/* Draws the snapshot. A product's QR is in the list only if the product can be sold and the machine is
 * selling. */
void scene_build(struct scene *ret, const struct snapshot *snapshot, const struct scene_view *view);

/* Does the product that somebody chose fill the screen? Only while it can be bought and nobody's payment has
 * to be told about. */
bool scene_chosen(const struct snapshot *snapshot, const struct scene_view *view);

/* Do both lists draw the same picture? */
bool scene_same(const struct scene *a, const struct scene *b);

/* Milliseconds from view->now_ms until the picture of this snapshot changes by the time alone; at least 1. */
int64_t scene_next_ms(const struct scene *scene, const struct snapshot *snapshot,
                      const struct scene_view *view);

/* Modules on one side of the QR symbol of a text of that many bytes (byte mode, level M), without the quiet
 * zone; 0 = too long for any. ISO/IEC 18004, table 7. */
int32_t scene_qr_modules(size_t bytes);

/* What a finger on this point means; NULL: nothing. */
const struct scene_touch *scene_touch_at(const struct scene *scene, int32_t x, int32_t y);

static inline const char *scene_text(const struct scene *scene, const struct scene_item *item)
{
    return scene->pool + item->text;
}

#endif
