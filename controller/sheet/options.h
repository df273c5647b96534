/* The command line of kiosk-sheet. */
#ifndef CONTROLLER_SHEET_OPTIONS_H
#define CONTROLLER_SHEET_OPTIONS_H

#include <stdbool.h>
#include "controller/sheet/paper.h"

enum { SHEET_DONE = 0, SHEET_FAILED = 1, SHEET_USAGE = 2 };

enum options_marks { OPTIONS_MARKS_USUAL, OPTIONS_MARKS_YES, OPTIONS_MARKS_NO };

struct options {
    const char *config, *output;
    const char *languages; /* "be,ru"; NULL = kiosk.languages */
    const char *family;    /* NULL = the screen's */
    enum paper_format format;
    bool single;
    bool size_given;
    struct plan_size size, paper;
    int32_t module; /* dots, the least */
    int32_t dpi, copies;
    enum options_marks marks;
    int product_count;
    char **products; /* none = all */
};

/* -1: go on; else the exit status. */
int sheet_options_read(struct options *ret, int argc, char **argv);

#endif
