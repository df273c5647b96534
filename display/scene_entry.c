/* Lines of payments: in the rolling list, and in the inspector's view of the last hour. */
#include <stdio.h>
#include <string.h>
#include "common/money.h"
#include "common/text.h"
#include "display/scene_roll.h"

enum { REFERENCE_CHARACTERS = 4 };

struct mark {
    enum sign sign;
    enum colour colour;
};

static const struct mark marks[SNAPSHOT_PHASE_COUNT] = {
    [SNAPSHOT_PAID] = {SIGN_DOTS, COLOUR_INK},        [SNAPSHOT_MOVING] = {SIGN_CHECK, COLOUR_PASS},
    [SNAPSHOT_TAKE] = {SIGN_CHECK, COLOUR_PASS},      [SNAPSHOT_FAILED] = {SIGN_CROSS, COLOUR_STOP},
    [SNAPSHOT_UNKNOWN] = {SIGN_QUESTION, COLOUR_INK}, [SNAPSHOT_REFUSED] = {SIGN_CROSS, COLOUR_STOP},
};

static bool bad(const struct journal_entry *entry)
{
    return entry->phase == SNAPSHOT_FAILED || entry->phase == SNAPSHOT_REFUSED;
}

/* "14:05:09" by the local clock. */
static void time_text(char *ret, size_t size, int64_t at, int32_t utc_offset_s, bool seconds)
{
    enum { DAY_S = 86400 };
    int32_t of_day = (int32_t)(((at + utc_offset_s) % DAY_S + DAY_S) % DAY_S);
    size_t used = 0;
    (void)text_append(ret, size, &used, "%02d:%02d", of_day / 3600, of_day / 60 % 60);
    if (seconds)
        (void)text_append(ret, size, &used, ":%02d", of_day % 60);
}

static const char *last_characters(const char *text, int count)
{
    const char *at = text + strlen(text);
    for (; at > text && count > 0; count--)
        do
            at--;
        while (at > text && ((unsigned char)*at & 0xC0) == 0x80);
    return at;
}

/* Turned over for SCENE_FLASH_MS, usual, turned over, then usual for good: twice, below 3 a second. */
static bool turned_over(const struct scene_page *page, const struct journal_entry *entry)
{
    int64_t age_ms = page->view->now_ms - entry->seen_ms;
    return age_ms >= 0 && age_ms < 3 * SCENE_FLASH_MS && age_ms / SCENE_FLASH_MS != 1;
}

static void amount_text(const struct scene_page *page, const struct journal_entry *entry, bool currency,
                        char *ret, size_t size)
{
    (void)money_format(ret, size, entry->amount, entry->currency, page->code);
    char *space = strrchr(ret, ' ');
    bool own = strcmp(entry->currency, page->snapshot->currency) == 0;
    if (space && !currency && own)
        *space = '\0';
}

/* Why this one is crossed out, in place of time and amount. */
static void reason_add(struct scene_page *page, struct scene_box box, const struct journal_entry *entry,
                       struct scene_style style)
{
    char text[32];
    size_t used = 0;
    (void)text_append(text, sizeof(text), &used, "…%s",
                      last_characters(entry->reference, REFERENCE_CHARACTERS));
    scene_add_text(page, scene_cut_left(&box, style.size_px * 45 / 10), text, style);
    style.lines = 2;
    style.size_px = style.size_px * 7 / 10;
    scene_add_text(page, box, words_get(words_reason(entry->reason), page->code), style);
}

/* Columns of a line in tenths of the text's size. */
struct columns {
    int32_t sign, time, reference;
};

void scene_add_entry(struct scene_page *page, struct scene_box box, const struct journal_entry *entry,
                     struct scene_roll_grid grid, bool fresh)
{
    static const struct columns narrow = {15, 38, 35}, roomy = {19, 57, 46};
    const struct columns *columns = grid.wide ? &roomy : &narrow;
    char text[160];
    bool over = turned_over(page, entry);
    enum colour colour = over ? COLOUR_TILE : fresh ? COLOUR_INK : COLOUR_SOFT;
    int32_t size = grid.size_px;
    struct scene_style style = {.size_px = size, .lines = 1, .colour = colour, .bold = fresh, .crowd = true};
    scene_add_rect(page, (struct scene_box){box.x, box.y + box.h - 1, box.w, 1}, COLOUR_EDGE, 0);
    if (over)
        scene_add_rect(page, box, COLOUR_INK, 0);
    box.x += size / 3;
    box.w -= size * 2 / 3;
    struct scene_box mark = scene_cut_left(&box, size * columns->sign / 10);
    mark.w = size * 11 / 10;
    scene_add_sign(page, mark, marks[entry->phase].sign, over ? COLOUR_TILE : marks[entry->phase].colour);
    if (grid.wide && bad(entry)) {
        reason_add(page, box, entry, style);
        return;
    }
    time_text(text, sizeof(text), entry->at, page->view->utc_offset_s, grid.wide);
    scene_add_text(page, scene_cut_left(&box, size * columns->time / 10), text, style);
    size_t used = 0;
    (void)text_append(text, sizeof(text), &used, "%s%s", grid.wide ? "…" : "",
                      last_characters(entry->reference, REFERENCE_CHARACTERS));
    scene_add_text(page, scene_cut_left(&box, size * columns->reference / 10), text, style);
    amount_text(page, entry, grid.wide, text, sizeof(text));
    style.align = SCENE_RIGHT;
    scene_add_text(page, box, text, style);
}

/* ---- the inspector's view ---- */

static int32_t lane_entries(const struct scene_page *page, int32_t lane)
{
    int32_t count = 0;
    const struct journal_entry *entry;
    for (int32_t back = 0; (entry = journal_at(page->view->journal, back)); back++)
        count += entry->lane == lane;
    return count;
}

static void hour_title_add(struct scene_page *page, struct scene_box box, int32_t number)
{
    char text[160], since[16] = "";
    size_t used = 0;
    scene_add_rect(page, box, COLOUR_BAR, scene_inner_radius(page));
    int32_t number_w = scene_scale(page, 108), size = box.h / 2;
    struct scene_style style = {.size_px = size, .lines = 1, .colour = COLOUR_BAR_TEXT, .bold = true};
    box.x += scene_scale(page, 10);
    box.w -= scene_scale(page, 14);
    struct scene_box pages = scene_cut_right(&box, number_w);
    if (page->view->journal->since_s > 0)
        time_text(since, sizeof(since), page->view->journal->since_s, page->view->utc_offset_s, false);
    (void)text_append(text, sizeof(text), &used, "%s", words_get(WORD_LAST_HOUR, page->code));
    if (since[0])
        (void)text_append(text, sizeof(text), &used, ", %s %s", words_get(WORD_SINCE, page->code), since);
    scene_add_text(page, box, text, style);
    used = 0;
    (void)text_append(text, sizeof(text), &used, "%d / %d", number + 1, page->scene->inspect_pages);
    scene_add_sign(page, scene_inset(scene_cut_left(&pages, pages.h), pages.h / 4), SIGN_LEFT,
                   COLOUR_BAR_TEXT);
    scene_add_sign(page, scene_inset(scene_cut_right(&pages, pages.h), pages.h / 4), SIGN_RIGHT,
                   COLOUR_BAR_TEXT);
    style.align = SCENE_CENTRE;
    scene_add_text(page, pages, text, style);
}

void scene_add_hour(struct scene_page *page, struct scene_box box, int32_t lane)
{
    int32_t count = lane_entries(page, lane), at = 0;
    struct scene_box title = scene_cut_top(&box, scene_scale(page, 32));
    struct scene_roll_grid grid = {.columns = 1, .wide = true, .size_px = scene_scale(page, 15)};
    grid.rows = box.h / scene_scale(page, 26);
    grid.rows = grid.rows < 1 ? 1 : grid.rows;
    int32_t pages = (count + grid.rows - 1) / grid.rows, row_h = box.h / grid.rows;
    page->scene->inspect_pages = pages > 1 ? pages : 1;
    int32_t last = page->scene->inspect_pages - 1;
    int32_t number = page->view->inspect_page < last ? page->view->inspect_page : last;
    int32_t first = number * grid.rows;
    hour_title_add(page, title, number);
    const struct journal_entry *entry;
    for (int32_t back = 0; at < first + grid.rows && (entry = journal_at(page->view->journal, back));
         back++) {
        if (entry->lane != lane)
            continue;
        if (at >= first)
            scene_add_entry(page, (struct scene_box){box.x, box.y + (at - first) * row_h, box.w, row_h},
                            entry, grid, true);
        at++;
    }
}
