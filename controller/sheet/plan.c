#include "controller/sheet/plan.h"

enum {
    MARGIN = 28,      /* 2.4 mm: what a knife may miss by */
    SPACE = 24,       /* between code and text */
    COLUMN_MIN = 354, /* 30 mm: a price and a help number are readable in it */
    COLUMN_LOW = 200, /* 17 mm: all the lines of text below each other */
    HEAD_MIN = 185,   /* 16 mm: name and price above a code; with further lines more */
    LINES_MIN = 44,
    FOOT_MIN = 82,     /* 7 mm: help and machine below it */
    GAP = 47,          /* 4 mm between labels: room for the marks */
    MARK_FROM = 12,    /* 1 mm off the corner, so that nothing of it stays on the label */
    MARK_LENGTH = 23,  /* 2 mm */
    PAGE_MARGIN = 94,  /* 8 mm: printers leave 5 mm white, and the marks stand there */
    GROWN_MAX = 10000, /* tenths of a millimetre */
    GROW_STEP = 10,
};

int32_t plan_dots(int32_t tenths)
{
    return (int32_t)((int64_t)tenths * PLAN_DPI / 254);
}

int32_t plan_dots_up(int32_t tenths)
{
    return (int32_t)(((int64_t)tenths * PLAN_DPI + 253) / 254);
}

/* How much of the height each text gets, of those that there are. */
static const int32_t shares[PLAN_PARTS] = {
    [PLAN_NAME] = 30, [PLAN_PRICE] = 26, [PLAN_OTHERS] = 20,
    [PLAN_SCAN] = 14, [PLAN_HELP] = 9,   [PLAN_MACHINE] = 8,
};

/* Texts from..to below each other in the box, each with its share. */
static void stack(struct plan_label *label, struct plan_box box, unsigned parts, int from, int to)
{
    int32_t sum = 0, done = 0;
    for (int i = from; i <= to; i++)
        sum += parts & 1U << i ? shares[i] : 0;
    for (int i = from; i <= to; i++) {
        if (!(parts & 1U << i))
            continue;
        int32_t y = box.h * done / sum;
        done += shares[i];
        label->part[i] = (struct plan_box){box.x, box.y + y, box.w, box.h * done / sum - y - 4};
    }
}

static struct plan_label beside(struct plan_size size, int32_t modules, unsigned parts)
{
    struct plan_label label = {.size = size};
    int32_t w = plan_dots(size.w), h = plan_dots(size.h) - 2 * MARGIN;
    int32_t room = w - 2 * MARGIN - SPACE - COLUMN_MIN;
    if (h < COLUMN_LOW || room <= 0)
        return label;
    label.module = (room < h ? room : h) / modules;
    int32_t side = label.module * modules;
    label.qr = (struct plan_box){MARGIN, MARGIN + (h - side) / 2, side, side};
    int32_t x = MARGIN + side + SPACE;
    stack(&label, (struct plan_box){x, MARGIN, w - MARGIN - x, h}, parts, PLAN_NAME, PLAN_MACHINE);
    return label;
}

static struct plan_label below(struct plan_size size, int32_t modules, unsigned parts)
{
    struct plan_label label = {.size = size, .centred = true};
    int32_t w = plan_dots(size.w) - 2 * MARGIN, h = plan_dots(size.h) - 2 * MARGIN;
    int32_t foot = parts & (1U << PLAN_HELP | 1U << PLAN_MACHINE) ? FOOT_MIN : 0;
    int32_t head_min =
        HEAD_MIN + (parts & 1U << PLAN_OTHERS ? LINES_MIN : 0) + (parts & 1U << PLAN_SCAN ? LINES_MIN : 0);
    int32_t room = h - head_min - foot - 2 * SPACE / 3;
    if (w < COLUMN_LOW || room <= 0)
        return label;
    label.module = (room < w ? room : w) / modules;
    int32_t side = label.module * modules, rest = h - side - 2 * SPACE / 3 - foot;
    struct plan_box head = {MARGIN, MARGIN, w, rest};
    label.qr = (struct plan_box){MARGIN + (w - side) / 2, MARGIN + rest + SPACE / 3, side, side};
    stack(&label, head, parts, PLAN_NAME, PLAN_SCAN);
    struct plan_box under = {MARGIN, label.qr.y + side + SPACE / 3, w, foot};
    stack(&label, under, parts, PLAN_HELP, PLAN_MACHINE);
    return label;
}

bool plan_label(struct plan_label *ret, struct plan_size size, int32_t side, int32_t least, unsigned parts)
{
    int32_t modules = side + 2 * PLAN_QUIET;
    struct plan_label a = beside(size, modules, parts), b = below(size, modules, parts);
    const struct plan_label *better = b.module > a.module ? &b : &a;
    if (better->module < least)
        return false;
    *ret = *better;
    return true;
}

bool plan_label_grow(struct plan_size *ret, struct plan_size from, int32_t side, int32_t least,
                     unsigned parts)
{
    struct plan_label label;
    for (struct plan_size size = from; size.h <= GROWN_MAX;) {
        if (plan_label(&label, size, side, least, parts)) {
            *ret = size;
            return true;
        }
        /* The shape stays. */
        size.h += GROW_STEP;
        size.w = from.w * size.h / from.h;
    }
    return false;
}

/* How many of `size` with gaps between them fit into `room`. */
static int32_t fitting(int32_t room, int32_t size)
{
    return room < size ? 0 : (room + GAP) / (size + GAP);
}

bool plan_sheet(struct plan_page *ret, struct plan_size paper, struct plan_size label, bool marks)
{
    int32_t w = plan_dots(paper.w), h = plan_dots(paper.h);
    int32_t label_w = plan_dots(label.w), label_h = plan_dots(label.h);
    int32_t columns = fitting(w - 2 * PAGE_MARGIN, label_w), rows = fitting(h - 2 * PAGE_MARGIN, label_h);
    if (columns < 1 || rows < 1)
        return false;
    *ret = (struct plan_page){
        .size = paper,
        .columns = columns,
        .rows = rows,
        .x = (w - columns * label_w - (columns - 1) * GAP) / 2,
        .y = (h - rows * label_h - (rows - 1) * GAP) / 2,
        .step_x = label_w + GAP,
        .step_y = label_h + GAP,
        .marks = marks,
    };
    return true;
}

void plan_single(struct plan_page *ret, struct plan_size label, bool marks)
{
    int32_t around = marks ? 50 : 0; /* 5 mm */
    *ret = (struct plan_page){
        .size = {label.w + 2 * around, label.h + 2 * around},
        .columns = 1,
        .rows = 1,
        .x = plan_dots(around),
        .y = plan_dots(around),
        .marks = marks,
    };
}

void plan_marks(struct plan_box ret[PLAN_MARKS], const struct plan_box *label)
{
    int count = 0;
    for (int corner = 0; corner < 4; corner++) {
        bool right = corner & 1, low = corner & 2;
        int32_t x = label->x + (right ? label->w : 0), y = label->y + (low ? label->h : 0);
        ret[count++] =
            (struct plan_box){right ? x + MARK_FROM : x - MARK_FROM - MARK_LENGTH, y, MARK_LENGTH, 0};
        ret[count++] =
            (struct plan_box){x, low ? y + MARK_FROM : y - MARK_FROM - MARK_LENGTH, 0, MARK_LENGTH};
    }
}
