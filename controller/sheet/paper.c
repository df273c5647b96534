#include "controller/sheet/paper.h"

#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>
#include "common/target.h"
#include "controller/sheet/picture.h"

#define POINTS_PER_INCH 72.0

/* NAME-2.png for the second of several files. */
static bool page_path(const struct paper *paper, int32_t page, char ret[TARGET_PATH_SIZE])
{
    bool single = paper->format == PAPER_PDF || paper->pages == 1;
    const char *slash = strrchr(paper->path, '/'), *dot = strrchr(paper->path, '.');
    if (!dot || (slash && dot < slash))
        dot = paper->path + strlen(paper->path);
    int length = single ? snprintf(ret, TARGET_PATH_SIZE, "%s", paper->path)
                        : snprintf(ret, TARGET_PATH_SIZE, "%.*s-%d%s", (int)(dot - paper->path), paper->path,
                                   page + 1, dot);
    return length > 0 && length < TARGET_PATH_SIZE;
}

static int32_t paper_files(const struct paper *paper)
{
    return paper->format == PAPER_PDF ? 1 : paper->pages;
}

bool paper_may_write(const struct paper *paper)
{
    bool out = strcmp(paper->path, "-") == 0;
    if (out && paper_files(paper) > 1) {
        fprintf(stderr, "kiosk-sheet: %d pages are %d files; name one with -o, or take pdf\n", paper->pages,
                paper->pages);
        return false;
    }
    if (out && isatty(STDOUT_FILENO)) {
        fputs("kiosk-sheet: -o -: that would go to the terminal; send it into a file or a pipe\n", stderr);
        return false;
    }
    for (int32_t i = 0; i < paper_files(paper); i++) {
        char path[TARGET_PATH_SIZE];
        const char *why = page_path(paper, i, path) ? target_refuses(path) : "is too long";
        if (why) {
            fprintf(stderr, "kiosk-sheet: %s %s\n", path, why);
            return false;
        }
    }
    return true;
}

static cairo_status_t write_some(void *user, const unsigned char *bytes, unsigned size)
{
    return target_write(user, bytes, size) ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
}

static double points(int32_t tenths)
{
    return tenths * POINTS_PER_INCH / 254;
}

static cairo_surface_t *surface_make(const struct paper *paper, struct target *target)
{
    double w = points(paper->size.w), h = points(paper->size.h);
    cairo_surface_t *surface;
    int32_t fine = paper->dpi / PLAN_DPI;
    switch (paper->format) {
    case PAPER_PDF:
        surface = cairo_pdf_surface_create_for_stream(&write_some, target, w, h);
        cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, paper->title);
        cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, "kiosk-sheet " KIOSK_VERSION);
        return surface;
    case PAPER_SVG:
        surface = cairo_svg_surface_create_for_stream(&write_some, target, w, h);
        /* cairo 1.18 says no unit by itself, and then a point becomes a pixel: three quarters of the size. */
        cairo_svg_surface_set_document_unit(surface, CAIRO_SVG_UNIT_PT);
        return surface;
    case PAPER_PNG:
        break;
    }
    return cairo_image_surface_create(CAIRO_FORMAT_RGB24, plan_dots_up(paper->size.w) * fine,
                                      plan_dots_up(paper->size.h) * fine);
}

static cairo_t *context_make(const struct paper *paper, cairo_surface_t *surface)
{
    cairo_t *cairo = cairo_create(surface);
    double scale = paper->format == PAPER_PNG ? (double)paper->dpi / (double)PLAN_DPI
                                              : POINTS_PER_INCH / (double)PLAN_DPI;
    if (paper->format == PAPER_PNG) {
        cairo_set_source_rgb(cairo, 1, 1, 1);
        cairo_paint(cairo);
    }
    cairo_scale(cairo, scale, scale);
    return cairo;
}

static bool complain(const char *path, const char *why)
{
    fprintf(stderr, "kiosk-sheet: %s: %s\n", strcmp(path, "-") == 0 ? "standard output" : path, why);
    return false;
}

static cairo_status_t draw_pages(const struct paper *paper, struct target *target, int32_t first,
                                 int32_t last, void (*draw)(void *user, cairo_t *cairo, int32_t page),
                                 void *user)
{
    cairo_surface_t *surface = surface_make(paper, target);
    cairo_t *cairo = context_make(paper, surface);
    for (int32_t page = first; page < last; page++) {
        draw(user, cairo, page);
        cairo_show_page(cairo);
    }
    cairo_status_t status = cairo_status(cairo);
    cairo_destroy(cairo);
    if (status == CAIRO_STATUS_SUCCESS && paper->format == PAPER_PNG &&
        !picture_write(target, surface, paper->dpi))
        status = CAIRO_STATUS_NO_MEMORY;
    cairo_surface_finish(surface);
    if (status == CAIRO_STATUS_SUCCESS)
        status = cairo_surface_status(surface);
    cairo_surface_destroy(surface);
    return status;
}

/* Pages first..last-1 into one file. */
static bool write_file(const struct paper *paper, int32_t first, int32_t last,
                       void (*draw)(void *user, cairo_t *cairo, int32_t page), void *user)
{
    char path[TARGET_PATH_SIZE];
    struct target target;
    if (!page_path(paper, first, path))
        return complain(paper->path, strerror(ENAMETOOLONG));
    int failed = target_open(&target, path);
    if (failed)
        return complain(path, strerror(-failed));
    cairo_status_t status = draw_pages(paper, &target, first, last, draw, user);
    bool drawn = status == CAIRO_STATUS_SUCCESS;
    /* What the disk says tells more than cairo's "error while writing". */
    failed = target_close(&target, drawn);
    if (failed)
        return complain(path, strerror(-failed));
    return drawn ? true : complain(path, cairo_status_to_string(status));
}

bool paper_write(const struct paper *paper, void (*draw)(void *user, cairo_t *cairo, int32_t page),
                 void *user)
{
    if (paper->format == PAPER_PDF)
        return write_file(paper, 0, paper->pages, draw, user);
    for (int32_t page = 0; page < paper->pages; page++)
        if (!write_file(paper, page, page + 1, draw, user))
            return false;
    return true;
}
