#include "display/sign.h"

#include "display/sign_shapes.h"

enum { UNIT = SIGN_UNITS / 1000 };

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
    for (const struct shape *shape = sign_shapes[sign]; shape->kind != SHAPE_END; shape++)
        if (covered == shape->hole && shape_covers(shape, (struct point){x, y}))
            covered = !shape->hole;
    return covered;
}
