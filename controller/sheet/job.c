#include "controller/sheet/job.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "config/load.h"
#include "controller/sheet/draw.h"

struct job {
    const struct options *options;
    const struct config *config;
    struct label_languages languages;
    struct label *labels;
    struct plan_label *plans; /* one for each label: the sizes are equal, the codes are not */
    int32_t count;
    struct draw_sizes sizes;
    unsigned cut; /* bits of the parts that were shortened on some label */
    struct plan_page page;
};

static bool choose_languages(struct job *job)
{
    const struct config *config = job->config;
    const char *at = job->options->languages;
    struct label_languages *languages = &job->languages;
    if (!at) {
        for (; languages->count < config->kiosk.language_count; languages->count++)
            languages->index[languages->count] = languages->count;
        return true;
    }
    for (size_t size; *at; at += size + (at[size] == ',')) {
        int32_t i = 0;
        size = strcspn(at, ",");
        while (i < config->kiosk.language_count && (strlen(config->kiosk.languages[i]) != size ||
                                                    strncmp(config->kiosk.languages[i], at, size) != 0))
            i++;
        if (i == config->kiosk.language_count || languages->count == CONFIG_MAX_LANGUAGES) {
            fprintf(stderr, "kiosk-sheet: --language %s: \"%.*s\" is none of kiosk.languages\n",
                    job->options->languages, (int)size, at);
            return false;
        }
        languages->index[languages->count++] = i;
    }
    if (languages->count == 0)
        fputs("kiosk-sheet: --language: at least one language is wanted\n", stderr);
    return languages->count > 0;
}

static int add_label(struct job *job, const struct config_product *product)
{
    if (!label_fill(&job->labels[job->count], job->config, product, &job->languages)) {
        fprintf(stderr, "kiosk-sheet: %s: its code is too long for a QR symbol\n", product->id);
        return SHEET_FAILED;
    }
    job->count++;
    return SHEET_DONE;
}

static int fill_labels(struct job *job)
{
    const struct options *options = job->options;
    int status = SHEET_DONE;
    for (int i = 0; i < options->product_count && status == SHEET_DONE; i++) {
        int found = config_find_product(job->config, options->products[i]);
        if (found < 0) {
            fprintf(stderr, "kiosk-sheet: no product \"%s\" in %s\n", options->products[i], options->config);
            return SHEET_FAILED;
        }
        status = add_label(job, &job->config->products[found]);
    }
    for (int i = 0; i < job->config->product_count && options->product_count == 0 && status == SHEET_DONE;
         i++)
        status = add_label(job, &job->config->products[i]);
    if (status == SHEET_DONE && job->count == 0) {
        fputs("kiosk-sheet: no product in the configuration\n", stderr);
        status = SHEET_FAILED;
    }
    return status;
}

/* All labels are as large as the one with the most modules needs. */
static bool choose_size(struct job *job, struct plan_size *ret)
{
    const struct options *options = job->options;
    for (int32_t i = 0; i < job->count; i++) {
        const struct label *label = &job->labels[i];
        unsigned parts = label_parts(label);
        struct plan_size grown;
        if (plan_label(&job->plans[i], *ret, label->symbol.side, options->module, parts))
            continue;
        bool possible = plan_label_grow(&grown, *ret, label->symbol.side, options->module, parts);
        if (options->size_given || !possible) {
            fprintf(stderr,
                    "kiosk-sheet: %s: its code of %d modules, none smaller than %.2f mm, does not fit on %g "
                    "x %g mm",
                    label->product->id, label->symbol.side, options->module * 25.4 / (double)PLAN_DPI,
                    ret->w / 10.0, ret->h / 10.0);
            fprintf(stderr, possible ? "; in this shape %g x %g mm is enough\n" : "\n", grown.w / 10.0,
                    grown.h / 10.0);
            return false;
        }
        *ret = grown;
        i = -1;
    }
    return true;
}

static bool choose_page(struct job *job, struct plan_size label)
{
    const struct options *options = job->options;
    bool marks =
        options->marks == OPTIONS_MARKS_USUAL ? !options->single : options->marks == OPTIONS_MARKS_YES;
    if (options->single) {
        plan_single(&job->page, label, marks);
        return true;
    }
    if (plan_sheet(&job->page, options->paper, label, marks))
        return true;
    fprintf(stderr,
            "kiosk-sheet: a label of %g x %g mm does not fit on paper of %g x %g mm (8 mm at each edge stay "
            "white); --single gives it a page of its own\n",
            label.w / 10.0, label.h / 10.0, options->paper.w / 10.0, options->paper.h / 10.0);
    return false;
}

static void draw_page(void *user, cairo_t *cairo, int32_t number)
{
    struct job *job = user;
    const struct plan_page *page = &job->page;
    int32_t on_page = page->columns * page->rows, all = job->count * job->options->copies;
    for (int32_t i = 0; i < on_page && number * on_page + i < all; i++) {
        int32_t which = (number * on_page + i) / job->options->copies;
        const struct plan_label *plan = &job->plans[which];
        struct plan_box box = {page->x + i % page->columns * page->step_x,
                               page->y + i / page->columns * page->step_y, plan_dots(plan->size.w),
                               plan_dots(plan->size.h)};
        job->cut |=
            draw_label(cairo, job->options->family, &job->labels[which], plan, &job->sizes, box.x, box.y);
        if (page->marks)
            draw_marks(cairo, &box);
    }
}

/* Before anything is written: a letter that no font has would be a box on the sticker. */
static bool letters_known(const struct job *job, cairo_t *cairo)
{
    const char *text = "";
    bool known = true;
    for (int32_t i = 0; i < job->count && known; i++)
        known = draw_letters_known(cairo, job->options->family, &job->labels[i], &text);
    if (!known)
        fprintf(
            stderr,
            "kiosk-sheet: the fonts of this machine lack letters of \"%s\" (Debian: fonts-roboto-unhinted, "
            "fonts-dejavu-core)\n",
            text);
    return known;
}

static bool choose_sizes(struct job *job)
{
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_A8, 1, 1);
    cairo_t *cairo = cairo_create(surface);
    bool known = letters_known(job, cairo);
    job->sizes = draw_sizes_most();
    for (int32_t i = 0; i < job->count && known; i++)
        draw_sizes_join(&job->sizes, cairo, job->options->family, &job->labels[i], &job->plans[i]);
    cairo_destroy(cairo);
    cairo_surface_destroy(surface);
    return known;
}

static void tell(const struct job *job, const struct paper *paper, struct plan_size label)
{
    FILE *out = strcmp(paper->path, "-") == 0 ? stderr : stdout;
    int32_t least = job->plans[0].module, labels = job->count * job->options->copies;
    for (int32_t i = 1; i < job->count; i++)
        least = job->plans[i].module < least ? job->plans[i].module : least;
    fprintf(out, "%s: %d label%s of %g x %g mm on %d page%s, modules of %.2f mm or more\n", paper->path,
            labels, labels == 1 ? "" : "s", label.w / 10.0, label.h / 10.0, paper->pages,
            paper->pages == 1 ? "" : "s", least * 25.4 / (double)PLAN_DPI);
    if (job->cut)
        fputs("kiosk-sheet: a text was too long for its place and ends with \"…\"; a larger --size has room "
              "for it\n",
              stderr);
}

static int print(struct job *job)
{
    const struct options *options = job->options;
    struct plan_size size = options->size;
    if (!draw_family_known(options->family)) {
        fprintf(stderr, "kiosk-sheet: no font family \"%s\" on this machine; fc-list : family names them\n",
                options->family);
        return SHEET_FAILED;
    }
    if (!choose_size(job, &size) || !choose_page(job, size) || !choose_sizes(job))
        return SHEET_FAILED;
    int32_t on_page = job->page.columns * job->page.rows;
    struct paper paper = {.path = options->output,
                          .format = options->format,
                          .dpi = options->dpi,
                          .size = job->page.size,
                          .pages = (job->count * options->copies + on_page - 1) / on_page,
                          .title = job->config->kiosk.id};
    if (!paper_may_write(&paper) || !paper_write(&paper, &draw_page, job))
        return SHEET_FAILED;
    tell(job, &paper, size);
    return SHEET_DONE;
}

int job_run(const struct options *options, const struct config *config)
{
    struct job job = {.options = options, .config = config};
    size_t most = (size_t)config->product_count + (size_t)options->product_count + 1;
    job.labels = calloc(most, sizeof(*job.labels));
    job.plans = calloc(most, sizeof(*job.plans));
    int status = SHEET_FAILED;
    if (!job.labels || !job.plans)
        fputs("kiosk-sheet: no memory\n", stderr);
    else if (!choose_languages(&job))
        status = SHEET_USAGE;
    else
        status = fill_labels(&job);
    if (status == SHEET_DONE)
        status = print(&job);
    free(job.labels);
    free(job.plans);
    return status;
}
