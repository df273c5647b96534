#include "display/gallery_pages.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "common/log.h"
#include "common/text.h"

enum kind { BY_SIZE, BY_STATE, BY_LANGUAGE, KINDS };
static const char *const kind_names[KINDS] = {"size", "state", "language"};

struct entry {
    char name[KINDS][48]; /* "1280x800", "idle", "be" */
    char picture[128];
    char *words; /* what stands on it, "" is nothing */
    int32_t width, height, page, pages, codes;
};

struct gallery_pages {
    struct entry *entries;
    size_t count, room;
};

struct gallery_pages *gallery_pages_open(void)
{
    return calloc(1, sizeof(struct gallery_pages));
}

void gallery_pages_close(struct gallery_pages *pages)
{
    for (size_t i = 0; pages && i < pages->count; i++)
        free(pages->entries[i].words);
    if (pages)
        free(pages->entries);
    free(pages);
}

/* The texts of the picture, a sentence each. */
static char *words_of(const struct scene *scene)
{
    char *words = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&words, &size);
    if (!out)
        return NULL;
    for (int32_t i = 0; i < scene->count; i++) {
        const struct scene_item *item = &scene->items[i];
        const char *text = scene_text(scene, item);
        if (item->kind == SCENE_TEXT && text[0])
            fprintf(out, "%s%s", text, strchr(".!?:", text[strlen(text) - 1]) ? " " : ". ");
    }
    if (fclose(out) == 0)
        return words;
    free(words);
    return NULL;
}

int gallery_pages_add(struct gallery_pages *pages, const char *picture, const char *state,
                      const char *language, const struct scene *scene)
{
    if (pages->count == pages->room) {
        size_t room = pages->room ? 2 * pages->room : 256;
        struct entry *more = realloc(pages->entries, room * sizeof(*more));
        if (!more)
            return -1;
        pages->entries = more;
        pages->room = room;
    }
    struct entry *entry = &pages->entries[pages->count];
    *entry = (struct entry){
        .width = scene->width, .height = scene->height, .page = scene->page, .pages = scene->pages};
    (void)snprintf(entry->name[BY_SIZE], sizeof(entry->name[BY_SIZE]), "%dx%d", scene->width, scene->height);
    (void)text_copy(entry->name[BY_STATE], sizeof(entry->name[BY_STATE]), state);
    (void)text_copy(entry->name[BY_LANGUAGE], sizeof(entry->name[BY_LANGUAGE]), language);
    (void)text_copy(entry->picture, sizeof(entry->picture), picture);
    for (int32_t i = 0; i < scene->count; i++)
        entry->codes += scene->items[i].kind == SCENE_QR;
    entry->words = words_of(scene);
    pages->count += entry->words != NULL;
    return entry->words ? 0 : -1;
}

/* ---- writing ---- */

static void put(FILE *out, const char *text)
{
    for (; *text; text++) {
        switch (*text) {
        case '&':
            fputs("&amp;", out);
            break;
        case '<':
            fputs("&lt;", out);
            break;
        case '>':
            fputs("&gt;", out);
            break;
        case '"':
            fputs("&quot;", out);
            break;
        case '\n':
            putc(' ', out);
            break;
        default:
            putc(*text, out);
        }
    }
}

static FILE *page_open(const char *dir, const char *name, const char *title)
{
    char path[512];
    (void)snprintf(path, sizeof(path), "%s/%s.html", dir, name);
    FILE *out = fopen(path, "w");
    if (!out) {
        log_error("cannot write %s: %s", path, strerror(errno));
        return NULL;
    }
    fputs("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
          "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>",
          out);
    put(out, title);
    fputs(
        "</title>\n<style>\n"
        "body { margin: 2rem auto; max-width: 90rem; padding: 0 1rem; font: 1rem/1.5 system-ui, sans-serif;\n"
        "  color: #111; background: #fff }\n"
        "a { color: #0645ad }\n"
        "ul { display: flex; flex-wrap: wrap; gap: .25rem 1rem; padding: 0; list-style: none }\n"
        ".pictures { display: grid; grid-template-columns: repeat(auto-fill, minmax(20rem, 1fr)); gap: "
        "1.5rem }\n"
        "figure { margin: 0 } img { max-width: 100%; height: auto; border: 1px solid #888 }\n"
        "table { border-collapse: collapse } th, td { padding: .1rem .6rem; text-align: left }\n"
        "tbody tr:nth-child(odd) { background: #f2f2f2 }\n"
        "</style></head><body>\n",
        out);
    return out;
}

static int page_close(FILE *out, const char *dir)
{
    fputs("</body></html>\n", out);
    bool good = !ferror(out);
    if (fclose(out) == 0 && good)
        return 0;
    log_error("cannot write the pages in %s", dir);
    return -1;
}

static void figure_put(FILE *out, const struct entry *entry, enum kind kind)
{
    char page[48] = "";
    if (entry->pages > 1)
        (void)snprintf(page, sizeof(page), ", page %d of %d", entry->page + 1, entry->pages);
    fputs("<figure", out);
    if (kind == BY_SIZE && entry->page == 0)
        fprintf(out, " id=\"%s\"", entry->name[BY_STATE]);
    fprintf(out,
            "><a href=\"%s\"><img src=\"%s\" width=\"%d\" height=\"%d\" loading=\"lazy\" lang=\"%s\" alt=\"",
            entry->picture, entry->picture, entry->width, entry->height, entry->name[BY_LANGUAGE]);
    put(out, entry->words);
    fprintf(out, "%d payment code%s.\"></a>\n<figcaption>", entry->codes, entry->codes == 1 ? "" : "s");
    for (int i = BY_SIZE; i < KINDS; i++)
        fprintf(out, "<a href=\"%s-%s.html\">%s</a>%s", kind_names[i], entry->name[i], entry->name[i],
                i + 1 < KINDS ? ", " : page);
    fputs("</figcaption></figure>\n", out);
}

/* Is this the first picture of its size, state or language? */
static bool is_first(const struct gallery_pages *pages, size_t index, enum kind kind)
{
    for (size_t i = 0; i < index; i++)
        if (strcmp(pages->entries[i].name[kind], pages->entries[index].name[kind]) == 0)
            return false;
    return true;
}

static int page_write(const struct gallery_pages *pages, const char *dir, enum kind kind, const char *name)
{
    char file[80];
    (void)snprintf(file, sizeof(file), "%s-%s", kind_names[kind], name);
    FILE *out = page_open(dir, file, name);
    if (!out)
        return -1;
    fprintf(out, "<p><a href=\"index.html\">All pictures</a></p>\n<h1>%s</h1>\n<div class=\"pictures\">\n",
            name);
    for (size_t i = 0; i < pages->count; i++)
        if (strcmp(pages->entries[i].name[kind], name) == 0)
            figure_put(out, &pages->entries[i], kind);
    fputs("</div>\n", out);
    return page_close(out, dir);
}

static void list_put(FILE *out, const struct gallery_pages *pages, enum kind kind, const char *head)
{
    fprintf(out, "<h2>%s</h2>\n<ul>\n", head);
    for (size_t i = 0; i < pages->count; i++)
        if (is_first(pages, i, kind))
            fprintf(out, "<li><a href=\"%s-%s.html\">%s</a></li>\n", kind_names[kind],
                    pages->entries[i].name[kind], pages->entries[i].name[kind]);
    fputs("</ul>\n", out);
}

/* The states as rows, the sizes as columns. */
static void table_put(FILE *out, const struct gallery_pages *pages)
{
    fputs("<h2>States</h2>\n<table><thead><tr><th>State</th>", out);
    for (size_t i = 0; i < pages->count; i++)
        if (is_first(pages, i, BY_SIZE))
            fprintf(out, "<th>%s</th>", pages->entries[i].name[BY_SIZE]);
    fputs("</tr></thead><tbody>\n", out);
    for (size_t i = 0; i < pages->count; i++) {
        const char *state = pages->entries[i].name[BY_STATE];
        if (!is_first(pages, i, BY_STATE))
            continue;
        fprintf(out, "<tr><th><a href=\"state-%s.html\">%s</a></th>", state, state);
        for (size_t j = 0; j < pages->count; j++) {
            const struct entry *entry = &pages->entries[j];
            if (entry->page == 0 && strcmp(entry->name[BY_STATE], state) == 0)
                fprintf(out, "<td><a href=\"size-%s.html#%s\">%s%s</a></td>", entry->name[BY_SIZE], state,
                        entry->name[BY_LANGUAGE], entry->pages > 1 ? ", pages" : "");
        }
        fputs("</tr>\n", out);
    }
    fputs("</tbody></table>\n", out);
}

static int index_write(const struct gallery_pages *pages, const char *dir)
{
    FILE *out = page_open(dir, "index", "Gallery of the screen");
    if (!out)
        return -1;
    fprintf(out,
            "<h1>Gallery of the screen</h1>\n<p>%zu pictures of kiosk-display " KIOSK_VERSION
            ": every state that a customer can meet. The codes on them are in <a "
            "href=\"index.tsv\">index.tsv</a>.</p>\n",
            pages->count);
    list_put(out, pages, BY_SIZE, "Sizes");
    list_put(out, pages, BY_LANGUAGE, "Languages");
    table_put(out, pages);
    return page_close(out, dir);
}

int gallery_pages_write(const struct gallery_pages *pages, const char *dir)
{
    for (int kind = BY_SIZE; kind < KINDS; kind++)
        for (size_t i = 0; i < pages->count; i++)
            if (is_first(pages, i, (enum kind)kind) &&
                page_write(pages, dir, (enum kind)kind, pages->entries[i].name[kind]) != 0)
                return -1;
    return index_write(pages, dir);
}
