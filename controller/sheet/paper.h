/* Pages in a file: PDF, PNG or SVG. The file appears whole or not at all. */
#ifndef CONTROLLER_SHEET_PAPER_H
#define CONTROLLER_SHEET_PAPER_H

#include <cairo.h>
#include <stdbool.h>
#include "controller/sheet/plan.h"

enum paper_format { PAPER_PDF, PAPER_PNG, PAPER_SVG };

struct paper {
    const char *path; /* "-": standard output */
    enum paper_format format;
    int32_t dpi;           /* of a PNG: a multiple of PLAN_DPI */
    struct plan_size size; /* of each page */
    int32_t pages;     /* how many there will be: PNG and SVG get a file each, NAME-1.png, NAME-2.png, … */
    const char *title; /* of the PDF */
};

/* Whether the files may be written: none of them is there as anything but a regular file, and no PNG or SVG
 * of several pages goes to standard output. Complaints on stderr. */
bool paper_may_write(const struct paper *paper);
/* Calls draw() once for each page with a context whose unit is a dot of the plan, and puts the files in
 * place. false: not all could be written; told on stderr. */
bool paper_write(const struct paper *paper, void (*draw)(void *user, cairo_t *cairo, int32_t page),
                 void *user);

#endif
