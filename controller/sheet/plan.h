/* Where things stand on a label and labels on a page: whole dots of 1/300 inch, which every printer of 300,
 * 600 or 1200 dpi hits exactly, so that a module is as wide as its neighbour. Pure.
 */
#ifndef CONTROLLER_SHEET_PLAN_H
#define CONTROLLER_SHEET_PLAN_H

#include <stdbool.h>
#include <stdint.h>

enum {
    PLAN_DPI = 300,
    PLAN_QUIET = 4,      /* light modules on every side of a code */
    PLAN_MODULE_MIN = 6, /* 0.508 mm; less than 0.5 mm is not for paper */
};

struct plan_size {
    int32_t w, h; /* tenths of a millimetre */
};

struct plan_box {
    int32_t x, y, w, h; /* dots */
};

enum plan_part {
    PLAN_NAME,
    PLAN_PRICE,
    PLAN_OTHERS, /* name and price in further languages */
    PLAN_SCAN,
    PLAN_HELP,
    PLAN_MACHINE,
    PLAN_PARTS
};

struct plan_label {
    struct plan_size size;
    bool centred;       /* the texts stand in the middle of their boxes */
    int32_t module;     /* dots */
    struct plan_box qr; /* with its border */
    struct plan_box part[PLAN_PARTS];
};

/* Dots in so many tenths of a millimetre, rounded down; up for what must not be smaller. */
int32_t plan_dots(int32_t tenths);
int32_t plan_dots_up(int32_t tenths);

/* A label of this size with a code of `side` modules, none smaller than `least` dots: beside the text or
 * below it, whichever gives larger modules. `parts`: bits (1 << part) of the texts that there are. false: it
 * does not fit. */
bool plan_label(struct plan_label *ret, struct plan_size size, int32_t side, int32_t least, unsigned parts);
/* The smallest height and width, from `from` upwards, at which plan_label() fits; false: none below 1 m. */
bool plan_label_grow(struct plan_size *ret, struct plan_size from, int32_t side, int32_t least,
                     unsigned parts);

struct plan_page {
    struct plan_size size;
    int32_t columns, rows;
    int32_t x, y, step_x, step_y; /* dots: the first label's corner; to the next */
    bool marks;
};

/* As many labels as a page holds, in the middle of it. false: not a single one. */
bool plan_sheet(struct plan_page *ret, struct plan_size paper, struct plan_size label, bool marks);
/* A page for one label: exactly its size, or with room for marks around it. */
void plan_single(struct plan_page *ret, struct plan_size label, bool marks);

/* The lines by which to cut: outside of the label, at its corners. Two at each, as boxes of no width or no
 * height. */
enum { PLAN_MARKS = 8 };
void plan_marks(struct plan_box ret[PLAN_MARKS], const struct plan_box *label);

#endif
