#include "display/sign.h"

#include <stddef.h>

enum shape_kind {
    SHAPE_END,
    SHAPE_STROKE,   /* from (a, b) to (c, d), e wide, round ends */
    SHAPE_RECT,     /* corner (a, b), c wide, d high */
    SHAPE_DISC,     /* around (a, b), radius c */
    SHAPE_TRIANGLE, /* (a, b), (c, d), (e, f) */
};

/* In thousandths of the side. A hole takes away from what stands before it. */
struct shape {
    enum shape_kind kind;
    int16_t a, b, c, d, e, f;
    bool hole;
};

enum { SHAPES_MAX = 20, UNIT = SIGN_UNITS / 1000 };

/* clang-format off */
static const struct shape shapes[SIGN_COUNT][SHAPES_MAX] = {
    [SIGN_PHONE] = {
        {.kind = SHAPE_STROKE, .a = 255, .b = 100, .c = 745, .d = 100, .e = 100},
        {.kind = SHAPE_STROKE, .a = 745, .b = 100, .c = 745, .d = 900, .e = 100},
        {.kind = SHAPE_STROKE, .a = 745, .b = 900, .c = 255, .d = 900, .e = 100},
        {.kind = SHAPE_STROKE, .a = 255, .b = 900, .c = 255, .d = 100, .e = 100},
        {.kind = SHAPE_RECT, .a = 350, .b = 260, .c = 135, .d = 135},
        {.kind = SHAPE_RECT, .a = 390, .b = 300, .c = 55, .d = 55, .hole = true},
        {.kind = SHAPE_RECT, .a = 515, .b = 260, .c = 135, .d = 135},
        {.kind = SHAPE_RECT, .a = 555, .b = 300, .c = 55, .d = 55, .hole = true},
        {.kind = SHAPE_RECT, .a = 350, .b = 425, .c = 135, .d = 135},
        {.kind = SHAPE_RECT, .a = 390, .b = 465, .c = 55, .d = 55, .hole = true},
        {.kind = SHAPE_RECT, .a = 515, .b = 425, .c = 60, .d = 60},
        {.kind = SHAPE_RECT, .a = 590, .b = 500, .c = 60, .d = 60},
        {.kind = SHAPE_STROKE, .a = 420, .b = 745, .c = 580, .d = 745, .e = 60},
    },
    [SIGN_CAR] = {
        {.kind = SHAPE_STROKE, .a = 350, .b = 175, .c = 500, .d = 75, .e = 80},
        {.kind = SHAPE_STROKE, .a = 500, .b = 75, .c = 650, .d = 175, .e = 80},
        {.kind = SHAPE_STROKE, .a = 350, .b = 325, .c = 500, .d = 225, .e = 80},
        {.kind = SHAPE_STROKE, .a = 500, .b = 225, .c = 650, .d = 325, .e = 80},
        {.kind = SHAPE_STROKE, .a = 340, .b = 460, .c = 660, .d = 460, .e = 70}, /* roof */
        {.kind = SHAPE_STROKE, .a = 340, .b = 460, .c = 255, .d = 640, .e = 70},
        {.kind = SHAPE_STROKE, .a = 660, .b = 460, .c = 745, .d = 640, .e = 70},
        {.kind = SHAPE_STROKE, .a = 255, .b = 715, .c = 745, .d = 715, .e = 200}, /* body */
        {.kind = SHAPE_RECT, .a = 155, .b = 715, .c = 690, .d = 110},
        {.kind = SHAPE_RECT, .a = 190, .b = 800, .c = 130, .d = 130}, /* wheels */
        {.kind = SHAPE_RECT, .a = 680, .b = 800, .c = 130, .d = 130},
        {.kind = SHAPE_DISC, .a = 270, .b = 720, .c = 48, .hole = true}, /* lights */
        {.kind = SHAPE_DISC, .a = 730, .b = 720, .c = 48, .hole = true},
        {.kind = SHAPE_STROKE, .a = 420, .b = 730, .c = 580, .d = 730, .e = 40, .hole = true},
    },
    [SIGN_CHECK] = {
        {.kind = SHAPE_STROKE, .a = 170, .b = 540, .c = 400, .d = 770, .e = 150},
        {.kind = SHAPE_STROKE, .a = 400, .b = 770, .c = 840, .d = 260, .e = 150},
    },
    [SIGN_ARM] = {
        {.kind = SHAPE_RECT, .a = 110, .b = 520, .c = 170, .d = 360},
        {.kind = SHAPE_STROKE, .a = 80, .b = 900, .c = 310, .d = 900, .e = 70},
        {.kind = SHAPE_STROKE, .a = 195, .b = 540, .c = 620, .d = 115, .e = 110},
        {.kind = SHAPE_DISC, .a = 195, .b = 540, .c = 45, .hole = true},
        {.kind = SHAPE_STROKE, .a = 300, .b = 350, .c = 385, .d = 435, .e = 45, .hole = true},
        {.kind = SHAPE_STROKE, .a = 410, .b = 240, .c = 495, .d = 325, .e = 45, .hole = true},
        {.kind = SHAPE_STROKE, .a = 520, .b = 130, .c = 605, .d = 215, .e = 45, .hole = true},
        {.kind = SHAPE_STROKE, .a = 720, .b = 870, .c = 720, .d = 500, .e = 110}, /* it goes up */
        {.kind = SHAPE_TRIANGLE, .a = 720, .b = 300, .c = 540, .d = 560, .e = 900, .f = 560},
    },
    [SIGN_AHEAD] = {
        {.kind = SHAPE_TRIANGLE, .a = 500, .b = 50, .c = 110, .d = 500, .e = 890, .f = 500},
        {.kind = SHAPE_RECT, .a = 365, .b = 495, .c = 270, .d = 455},
    },
    [SIGN_IN] = {
        {.kind = SHAPE_STROKE, .a = 130, .b = 560, .c = 130, .d = 100, .e = 100},
        {.kind = SHAPE_STROKE, .a = 130, .b = 100, .c = 870, .d = 100, .e = 100},
        {.kind = SHAPE_STROKE, .a = 870, .b = 100, .c = 870, .d = 560, .e = 100},
        {.kind = SHAPE_TRIANGLE, .a = 500, .b = 240, .c = 240, .d = 560, .e = 760, .f = 560},
        {.kind = SHAPE_RECT, .a = 410, .b = 555, .c = 180, .d = 395},
    },
    [SIGN_OUT] = {
        {.kind = SHAPE_STROKE, .a = 130, .b = 440, .c = 130, .d = 900, .e = 100},
        {.kind = SHAPE_STROKE, .a = 130, .b = 900, .c = 870, .d = 900, .e = 100},
        {.kind = SHAPE_STROKE, .a = 870, .b = 900, .c = 870, .d = 440, .e = 100},
        {.kind = SHAPE_TRIANGLE, .a = 500, .b = 50, .c = 240, .d = 370, .e = 760, .f = 370},
        {.kind = SHAPE_RECT, .a = 410, .b = 365, .c = 180, .d = 395},
    },
    [SIGN_FREE_WAY] = {
        {.kind = SHAPE_RECT, .a = 90, .b = 60, .c = 120, .d = 880},
        {.kind = SHAPE_RECT, .a = 50, .b = 700, .c = 200, .d = 240},
        {.kind = SHAPE_TRIANGLE, .a = 620, .b = 60, .c = 310, .d = 460, .e = 930, .f = 460},
        {.kind = SHAPE_RECT, .a = 510, .b = 455, .c = 220, .d = 485},
    },
    [SIGN_RETURN] = {
        {.kind = SHAPE_STROKE, .a = 280, .b = 170, .c = 280, .d = 640, .e = 140},
        {.kind = SHAPE_DISC, .a = 480, .b = 640, .c = 270},
        {.kind = SHAPE_DISC, .a = 480, .b = 640, .c = 130, .hole = true},
        {.kind = SHAPE_RECT, .a = 350, .b = 300, .c = 260, .d = 340, .hole = true},
        {.kind = SHAPE_RECT, .a = 610, .b = 400, .c = 140, .d = 240},
        {.kind = SHAPE_TRIANGLE, .a = 680, .b = 110, .c = 440, .d = 430, .e = 920, .f = 430},
    },
    [SIGN_HAND] = {
        {.kind = SHAPE_STROKE, .a = 345, .b = 520, .c = 345, .d = 240, .e = 112},
        {.kind = SHAPE_STROKE, .a = 475, .b = 520, .c = 475, .d = 130, .e = 112},
        {.kind = SHAPE_STROKE, .a = 605, .b = 520, .c = 605, .d = 160, .e = 112},
        {.kind = SHAPE_STROKE, .a = 732, .b = 540, .c = 732, .d = 290, .e = 106},
        {.kind = SHAPE_RECT, .a = 289, .b = 500, .c = 496, .d = 200},
        {.kind = SHAPE_DISC, .a = 537, .b = 690, .c = 248},
        {.kind = SHAPE_STROKE, .a = 380, .b = 800, .c = 190, .d = 560, .e = 112},
    },
    [SIGN_CROSS] = {
        {.kind = SHAPE_STROKE, .a = 220, .b = 220, .c = 780, .d = 780, .e = 170},
        {.kind = SHAPE_STROKE, .a = 780, .b = 220, .c = 220, .d = 780, .e = 170},
    },
    [SIGN_FIRE] = {
        {.kind = SHAPE_DISC, .a = 500, .b = 660, .c = 285},
        {.kind = SHAPE_TRIANGLE, .a = 470, .b = 40, .c = 250, .d = 525, .e = 745, .f = 520},
        {.kind = SHAPE_TRIANGLE, .a = 215, .b = 330, .c = 217, .d = 680, .e = 480, .f = 450},
        {.kind = SHAPE_TRIANGLE, .a = 770, .b = 300, .c = 783, .d = 680, .e = 520, .f = 450},
        {.kind = SHAPE_DISC, .a = 505, .b = 760, .c = 118, .hole = true},
        {.kind = SHAPE_TRIANGLE, .a = 510, .b = 500, .c = 395, .d = 720, .e = 615, .f = 720, .hole = true},
    },
    [SIGN_QUESTION] = {
        {.kind = SHAPE_STROKE, .a = 325, .b = 320, .c = 375, .d = 205, .e = 130},
        {.kind = SHAPE_STROKE, .a = 375, .b = 205, .c = 500, .d = 155, .e = 130},
        {.kind = SHAPE_STROKE, .a = 500, .b = 155, .c = 625, .d = 205, .e = 130},
        {.kind = SHAPE_STROKE, .a = 625, .b = 205, .c = 675, .d = 320, .e = 130},
        {.kind = SHAPE_STROKE, .a = 675, .b = 320, .c = 620, .d = 435, .e = 130},
        {.kind = SHAPE_STROKE, .a = 620, .b = 435, .c = 520, .d = 520, .e = 130},
        {.kind = SHAPE_STROKE, .a = 520, .b = 520, .c = 500, .d = 630, .e = 130},
        {.kind = SHAPE_DISC, .a = 500, .b = 835, .c = 85},
    },
    [SIGN_DOTS] = {
        {.kind = SHAPE_DISC, .a = 190, .b = 500, .c = 105},
        {.kind = SHAPE_DISC, .a = 500, .b = 500, .c = 105},
        {.kind = SHAPE_DISC, .a = 810, .b = 500, .c = 105},
    },
    [SIGN_LEFT] = {{.kind = SHAPE_TRIANGLE, .a = 180, .b = 500, .c = 760, .d = 130, .e = 760, .f = 870}},
    [SIGN_RIGHT] = {{.kind = SHAPE_TRIANGLE, .a = 820, .b = 500, .c = 240, .d = 130, .e = 240, .f = 870}},
};
/* clang-format on */

struct point {
    int64_t x, y;
};

static struct point from(struct point at, int32_t x, int32_t y)
{
    return (struct point){at.x - (int64_t)x * UNIT, at.y - (int64_t)y * UNIT};
}

static int64_t square(struct point v)
{
    return v.x * v.x + v.y * v.y;
}

/* Nearer than half the width to the line between its ends, or to one of them. */
static bool stroke_covers(const struct shape *shape, struct point at)
{
    struct point first = from(at, shape->a, shape->b), last = from(at, shape->c, shape->d);
    struct point along = {((int64_t)shape->c - shape->a) * UNIT, ((int64_t)shape->d - shape->b) * UNIT};
    int64_t half = (int64_t)shape->e * UNIT / 2, dot = first.x * along.x + first.y * along.y;
    if (dot <= 0)
        return square(first) <= half * half;
    if (dot >= square(along))
        return square(last) <= half * half;
    int64_t cross = first.x * along.y - first.y * along.x;
    return cross * cross <= half * half * square(along);
}

static int64_t side(struct point a, struct point b)
{
    return a.x * b.y - a.y * b.x;
}

static bool triangle_covers(const struct shape *shape, struct point at)
{
    struct point a = from(at, shape->a, shape->b), b = from(at, shape->c, shape->d),
                 c = from(at, shape->e, shape->f);
    int64_t ab = side(a, b), bc = side(b, c), ca = side(c, a);
    return (ab >= 0 && bc >= 0 && ca >= 0) || (ab <= 0 && bc <= 0 && ca <= 0);
}

static bool shape_covers(const struct shape *shape, struct point at)
{
    struct point corner = from(at, shape->a, shape->b);
    int64_t radius = (int64_t)shape->c * UNIT;
    switch (shape->kind) {
    case SHAPE_STROKE:
        return stroke_covers(shape, at);
    case SHAPE_RECT:
        return corner.x >= 0 && corner.y >= 0 && corner.x < radius && corner.y < (int64_t)shape->d * UNIT;
    case SHAPE_DISC:
        return square(corner) <= radius * radius;
    case SHAPE_TRIANGLE:
        return triangle_covers(shape, at);
    case SHAPE_END:
        break;
    }
    return false;
}

bool sign_covers(enum sign sign, int32_t x, int32_t y)
{
    bool covered = false;
    for (const struct shape *shape = shapes[sign]; shape->kind != SHAPE_END; shape++)
        if (covered == shape->hole && shape_covers(shape, (struct point){x, y}))
            covered = !shape->hole;
    return covered;
}
