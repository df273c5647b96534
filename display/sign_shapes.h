/* Inside display/sign*.c: of what shapes each sign is made. */
#ifndef DISPLAY_SIGN_SHAPES_H
#define DISPLAY_SIGN_SHAPES_H

#include "display/sign.h"

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

enum { SIGN_SHAPES_MAX = 20 };

extern const struct shape sign_shapes[SIGN_COUNT][SIGN_SHAPES_MAX];

#endif
