#include "controller/sheet/draw.h"

#include <pango/pangocairo.h>
#include <strings.h>

#define FAMILIES "Roboto, DejaVu Sans, sans-serif"

/* How a text is written: bold or not; how large at most; words are broken only below `whole`, what does not
 * fit at `least` is cut; in at most so many lines. */
static const struct manner {
    bool bold, middle; /* middle: in the middle of its box from top to bottom, else at its top */
    bool alike;        /* of one size on all labels */
    int32_t most, whole, least, lines;
} manners[PLAN_PARTS] = {
    [PLAN_NAME] = {true, false, false, 120, 44, 26, 3},  [PLAN_PRICE] = {true, false, true, 200, 36, 36, 1},
    [PLAN_OTHERS] = {false, true, false, 60, 24, 20, 8}, [PLAN_SCAN] = {false, true, true, 48, 22, 20, 3},
    [PLAN_HELP] = {true, true, true, 48, 22, 20, 1},     [PLAN_MACHINE] = {false, true, true, 36, 18, 18, 1},
};

bool draw_family_known(const char *family)
{
    PangoFontFamily **families = NULL;
    int count = 0;
    bool found = !family;
    pango_font_map_list_families(pango_cairo_font_map_get_default(), &families, &count);
    for (int i = 0; i < count && !found; i++)
        found = strcasecmp(pango_font_family_get_name(families[i]), family) == 0;
    g_free(families);
    return found;
}

static PangoLayout *layout_make(cairo_t *cairo, const char *family, bool bold, const char *text)
{
    PangoLayout *layout = pango_cairo_create_layout(cairo);
    PangoFontDescription *font = pango_font_description_new();
    cairo_font_options_t *options = cairo_font_options_create();
    /* The same widths on paper as on any picture of it. */
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
    pango_cairo_context_set_font_options(pango_layout_get_context(layout), options);
    cairo_font_options_destroy(options);
    pango_font_description_set_family(font, family ? family : FAMILIES);
    pango_font_description_set_weight(font, bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_layout_set_font_description(layout, font);
    pango_font_description_free(font);
    pango_layout_set_text(layout, text, -1);
    return layout;
}

static void layout_resize(PangoLayout *layout, int32_t size)
{
    PangoFontDescription *font = pango_font_description_copy(pango_layout_get_font_description(layout));
    pango_font_description_set_absolute_size(font, (double)size * PANGO_SCALE);
    pango_layout_set_font_description(layout, font);
    pango_font_description_free(font);
}

bool draw_letters_known(cairo_t *cairo, const char *family, const struct label *label, const char **ret_text)
{
    bool known = true;
    for (int i = 0; i < PLAN_PARTS && known; i++) {
        PangoLayout *layout = layout_make(cairo, family, manners[i].bold, label->text[i]);
        known = pango_layout_get_unknown_glyphs_count(layout) == 0;
        g_object_unref(layout);
        if (!known)
            *ret_text = label->text[i];
    }
    return known;
}

/* At this size without a broken word? */
static bool layout_fits(PangoLayout *layout, const struct plan_box *box, int32_t lines)
{
    PangoRectangle ink, logical;
    pango_layout_get_pixel_extents(layout, &ink, &logical);
    return logical.width <= box->w && logical.height <= box->h && ink.x >= 0 && ink.x + ink.width <= box->w &&
           pango_layout_get_line_count(layout) <= lines;
}

static bool layout_shrink(PangoLayout *layout, const struct plan_box *box, const struct manner *manner,
                          int32_t *size, int32_t least)
{
    for (;; *size -= *size / 24 + 1) {
        if (*size < least)
            *size = least;
        layout_resize(layout, *size);
        if (layout_fits(layout, box, manner->lines))
            return true;
        if (*size == least)
            return false;
    }
}

/* The largest size up to `most` that fits; false: none does, and at the least one what is too much has given
 * way to "…". */
static bool layout_fit(PangoLayout *layout, const struct plan_box *box, const struct manner *manner,
                       int32_t most, int32_t *ret_size)
{
    *ret_size = most < box->h ? most : box->h;
    pango_layout_set_width(layout, box->w * PANGO_SCALE);
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD);
    if (layout_shrink(layout, box, manner, ret_size, manner->whole))
        return true;
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    if (layout_shrink(layout, box, manner, ret_size, manner->least))
        return true;
    pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END);
    pango_layout_set_height(layout, manner->lines == 1 ? -1 : box->h * PANGO_SCALE);
    return !pango_layout_is_ellipsized(layout);
}

struct draw_sizes draw_sizes_most(void)
{
    struct draw_sizes sizes;
    for (int i = 0; i < PLAN_PARTS; i++)
        sizes.size[i] = manners[i].most;
    return sizes;
}

void draw_sizes_join(struct draw_sizes *sizes, cairo_t *cairo, const char *family, const struct label *label,
                     const struct plan_label *plan)
{
    for (int i = 0; i < PLAN_PARTS; i++) {
        if (!manners[i].alike || label->text[i][0] == '\0')
            continue;
        PangoLayout *layout = layout_make(cairo, family, manners[i].bold, label->text[i]);
        (void)layout_fit(layout, &plan->part[i], &manners[i], sizes->size[i], &sizes->size[i]);
        g_object_unref(layout);
    }
}

static bool draw_text(cairo_t *cairo, const char *family, const struct label *label,
                      const struct plan_label *plan, int part, int32_t most)
{
    const struct manner *manner = &manners[part];
    const struct plan_box *box = &plan->part[part];
    PangoLayout *layout = layout_make(cairo, family, manner->bold, label->text[part]);
    PangoRectangle logical;
    int32_t size;
    bool whole = layout_fit(layout, box, manner, most, &size);
    if (plan->centred)
        pango_layout_set_alignment(layout, PANGO_ALIGN_CENTER);
    pango_layout_get_pixel_extents(layout, NULL, &logical);
    double down = manner->middle && logical.height < box->h ? (box->h - logical.height) / 2.0 : 0;
    cairo_save(cairo);
    /* Whatever a font does, it does it beside the code. */
    cairo_rectangle(cairo, box->x, box->y, box->w, box->h);
    cairo_clip(cairo);
    cairo_move_to(cairo, box->x, box->y + down);
    pango_cairo_show_layout(cairo, layout);
    cairo_restore(cairo);
    g_object_unref(layout);
    return whole;
}

/* One path for all modules: side by side in one filling, they leave no hair lines between them. */
static void draw_code(cairo_t *cairo, const struct qr_symbol *symbol, const struct plan_label *plan)
{
    int32_t module = plan->module, x0 = plan->qr.x + PLAN_QUIET * module,
            y0 = plan->qr.y + PLAN_QUIET * module;
    for (int32_t y = 0; y < symbol->side; y++) {
        for (int32_t x = 0, run; x < symbol->side; x += run) {
            for (run = 1; x + run < symbol->side && symbol->dark[y][x + run] == symbol->dark[y][x];)
                run++;
            if (symbol->dark[y][x])
                cairo_rectangle(cairo, x0 + x * module, y0 + y * module, run * module, module);
        }
    }
    cairo_set_antialias(cairo, CAIRO_ANTIALIAS_NONE);
    cairo_fill(cairo);
    cairo_set_antialias(cairo, CAIRO_ANTIALIAS_DEFAULT);
}

unsigned draw_label(cairo_t *cairo, const char *family, const struct label *label,
                    const struct plan_label *plan, const struct draw_sizes *sizes, int32_t x, int32_t y)
{
    unsigned cut = 0;
    cairo_save(cairo);
    cairo_translate(cairo, x, y);
    cairo_set_source_rgb(cairo, 0, 0, 0);
    draw_code(cairo, &label->symbol, plan);
    for (int i = 0; i < PLAN_PARTS; i++)
        if (label->text[i][0] && !draw_text(cairo, family, label, plan, i, sizes->size[i]))
            cut |= 1U << i;
    cairo_restore(cairo);
    return cut;
}

void draw_marks(cairo_t *cairo, const struct plan_box *label)
{
    struct plan_box marks[PLAN_MARKS];
    plan_marks(marks, label);
    cairo_set_source_rgb(cairo, 0, 0, 0);
    cairo_set_line_width(cairo, 1);
    for (int i = 0; i < PLAN_MARKS; i++) {
        cairo_move_to(cairo, marks[i].x, marks[i].y);
        cairo_rel_line_to(cairo, marks[i].w, marks[i].h);
    }
    cairo_stroke(cairo);
}
