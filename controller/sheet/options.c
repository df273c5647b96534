#include "controller/sheet/options.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define DEFAULT_CONFIG "/etc/kioskd/kiosk.cfg"

enum {
    OPT_FORMAT = 256,
    OPT_SINGLE,
    OPT_SIZE,
    OPT_PAPER,
    OPT_MODULE,
    OPT_LANGUAGE,
    OPT_COPIES,
    OPT_MARKS,
    OPT_NO_MARKS,
    OPT_DPI,
    OPT_FONT,
};

enum { SIDE_MIN = 200, SIDE_MAX = 10000, COPIES_MAX = 500, MODULE_MAX = 100 };

static const struct option table[] = {
    {"config", required_argument, NULL, 'c'},
    {"output", required_argument, NULL, 'o'},
    {"format", required_argument, NULL, OPT_FORMAT},
    {"single", no_argument, NULL, OPT_SINGLE},
    {"size", required_argument, NULL, OPT_SIZE},
    {"paper", required_argument, NULL, OPT_PAPER},
    {"module", required_argument, NULL, OPT_MODULE},
    {"language", required_argument, NULL, OPT_LANGUAGE},
    {"copies", required_argument, NULL, OPT_COPIES},
    {"marks", no_argument, NULL, OPT_MARKS},
    {"no-marks", no_argument, NULL, OPT_NO_MARKS},
    {"dpi", required_argument, NULL, OPT_DPI},
    {"font", required_argument, NULL, OPT_FONT},
    {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, 'V'},
    {NULL, 0, NULL, 0},
};

static void print_help(void)
{
    puts(
        "usage: kioskctl qr sheet [OPTION …] -o FILE [PRODUCT …]\n"
        "Draws labels with the payment codes of the configuration's products (all, or those that are named)\n"
        "for printing: name, price, code, help number and machine. Asks no daemon.\n\n"
        "  -o, --output FILE     where it goes: .pdf, .png or .svg; \"-\" is standard output\n"
        "  -c, --config FILE     configuration (" DEFAULT_CONFIG ")\n"
        "      --single          a page for each label, exactly as large as it; else a grid on sheets\n"
        "      --size WxH        size of a label in mm (90x52, larger where a code needs it)\n"
        "      --paper SIZE      of the sheets: A4, A3, A5 or WxH in mm (A4)\n"
        "      --module MM       no module of a code smaller than this (0.5)\n"
        "      --language LIST   be,ru: the first is the large one (kiosk.languages)\n"
        "      --copies N        so many labels of each product (1)\n"
        "      --marks, --no-marks   lines to cut by (on sheets yes, on single labels no)\n"
        "      --format FORMAT   pdf, png or svg, whatever FILE ends with\n"
        "      --dpi N           of a png: 300, 600 or 1200 (300)\n"
        "      --font FAMILY     another font of this machine\n"
        "  -h, --help   -V, --version\n"
        "\nExit status: 0 done, 1 failed, 2 bad usage or configuration. The manual: kiosk-sheet(1).");
}

static bool complain(const char *format, ...) __attribute__((format(printf, 1, 2)));
static bool complain(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fputs("kiosk-sheet: ", stderr);
    vfprintf(stderr, format, args);
    putc('\n', stderr);
    va_end(args);
    return false;
}

/* "62" or "62.5" millimetres, in tenths or with further digits in smaller parts; *text goes behind it. */
static bool read_parts(const char **text, int32_t parts, int32_t *ret)
{
    int64_t value = 0, scale = 0;
    const char *at = *text;
    for (int digits = 0; (*at >= '0' && *at <= '9') || (*at == '.' && scale == 0 && digits > 0); at++) {
        if (++digits > 8)
            return false;
        if (*at == '.')
            scale = parts;
        else if (scale == 0)
            value = value * 10 + (*at - '0') * (int64_t)parts;
        else if ((scale /= 10) > 0)
            value += (*at - '0') * scale;
        else
            return false;
    }
    if (at == *text || value > INT32_MAX)
        return false;
    *text = at;
    *ret = (int32_t)value;
    return true;
}

static bool read_size(const char *name, const char *text, struct plan_size *ret)
{
    struct plan_size size;
    const char *at = text;
    bool good = read_parts(&at, 10, &size.w) && (*at == 'x' || *at == 'X');
    at += good;
    if (!good || !read_parts(&at, 10, &size.h) || *at)
        return complain("--%s %s: width x height in mm is wanted, as 90x52 or 62.5x40", name, text);
    if (size.w < SIDE_MIN || size.h < SIDE_MIN || size.w > SIDE_MAX || size.h > SIDE_MAX)
        return complain("--%s %s: from %d to %d mm", name, text, SIDE_MIN / 10, SIDE_MAX / 10);
    *ret = size;
    return true;
}

static bool read_paper(const char *text, struct plan_size *ret)
{
    static const struct {
        const char *name;
        struct plan_size size;
    } papers[] = {{"A4", {2100, 2970}}, {"A3", {2970, 4200}}, {"A5", {1480, 2100}}};
    for (size_t i = 0; i < sizeof(papers) / sizeof(papers[0]); i++) {
        if (strcasecmp(papers[i].name, text) == 0) {
            *ret = papers[i].size;
            return true;
        }
    }
    return read_size("paper", text, ret);
}

/* Thousandths of a millimetre to dots, rounded up: never smaller than asked. */
static bool read_module(const char *text, int32_t *ret)
{
    int32_t micro;
    const char *at = text;
    if (!read_parts(&at, 1000, &micro) || *at)
        return complain("--module %s: millimetres are wanted, as 0.5", text);
    int32_t dots = (int32_t)(((int64_t)micro * PLAN_DPI + 25399) / 25400);
    if (micro < 500 || dots > MODULE_MAX)
        return complain("--module %s: from 0.5 mm (smaller ones are hard to read from paper) to 8 mm", text);
    *ret = dots;
    return true;
}

static bool read_number(const char *name, const char *text, int32_t least, int32_t most, int32_t *ret)
{
    char *end;
    errno = 0;
    long value = strtol(text, &end, 10);
    if (*text == '\0' || *end || errno || value < least || value > most)
        return complain("--%s %s: a whole number from %d to %d is wanted", name, text, least, most);
    *ret = (int32_t)value;
    return true;
}

static bool read_dpi(const char *text, int32_t *ret)
{
    if (!read_number("dpi", text, PLAN_DPI, 4 * PLAN_DPI, ret))
        return false;
    return *ret == 900 || *ret % PLAN_DPI ? complain("--dpi %s: 300, 600 or 1200", text) : true;
}

static bool read_format(const char *what, const char *text, enum paper_format *ret)
{
    static const char *const formats[] = {[PAPER_PDF] = "pdf", [PAPER_PNG] = "png", [PAPER_SVG] = "svg"};
    for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
        if (strcasecmp(formats[i], text) == 0) {
            *ret = (enum paper_format)i;
            return true;
        }
    }
    return complain("%s: pdf, png or svg is wanted (--format says which, whatever the file's name)", what);
}

static bool take(struct options *ret, int option, const char *value, const char **format)
{
    switch (option) {
    case 'c':
        ret->config = value;
        return true;
    case 'o':
        ret->output = value;
        return true;
    case OPT_FORMAT:
        *format = value;
        return read_format("--format", value, &ret->format);
    case OPT_SINGLE:
        return ret->single = true;
    case OPT_SIZE:
        return ret->size_given = read_size("size", value, &ret->size);
    case OPT_PAPER:
        return read_paper(value, &ret->paper);
    case OPT_MODULE:
        return read_module(value, &ret->module);
    case OPT_LANGUAGE:
        ret->languages = value;
        return true;
    case OPT_COPIES:
        return read_number("copies", value, 1, COPIES_MAX, &ret->copies);
    case OPT_MARKS:
    case OPT_NO_MARKS:
        ret->marks = option == OPT_MARKS ? OPTIONS_MARKS_YES : OPTIONS_MARKS_NO;
        return true;
    case OPT_DPI:
        return read_dpi(value, &ret->dpi);
    case OPT_FONT:
        ret->family = value;
        return true;
    default:
        return false;
    }
}

static bool finish(struct options *ret, const char *format)
{
    if (!ret->output)
        return complain("where to? -o FILE is missing");
    if (format)
        return true;
    if (strcmp(ret->output, "-") == 0)
        return true;
    const char *slash = strrchr(ret->output, '/'), *dot = strrchr(ret->output, '.');
    if (!dot || (slash && dot < slash))
        dot = "";
    return read_format(ret->output, dot[0] == '.' ? dot + 1 : "", &ret->format);
}

int sheet_options_read(struct options *ret, int argc, char **argv)
{
    const char *format = NULL;
    int option;
    *ret = (struct options){.config = DEFAULT_CONFIG,
                            .size = {900, 520},
                            .paper = {2100, 2970},
                            .module = PLAN_MODULE_MIN,
                            .dpi = PLAN_DPI,
                            .copies = 1};
    while ((option = getopt_long(argc, argv, "c:o:hV", table, NULL)) != -1) {
        if (option == 'h') {
            print_help();
            return SHEET_DONE;
        }
        if (option == 'V') {
            puts("kiosk-sheet " KIOSK_VERSION);
            return SHEET_DONE;
        }
        if (!take(ret, option, optarg, &format)) {
            fputs("kioskctl qr sheet --help says more\n", stderr);
            return SHEET_USAGE;
        }
    }
    ret->product_count = argc - optind;
    ret->products = argv + optind;
    return finish(ret, format) ? -1 : SHEET_USAGE;
}
