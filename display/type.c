#include "display/type.h"

#include <SDL_ttf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "common/log.h"

/* Where Debian puts them: regular and bold, then those for letters that the first two lack. */
enum { USUAL, SPARE, SETS };
static const struct {
    const char *folder, *file[2];
} sets[SETS] = {
    [USUAL] = {"/usr/share/fonts/truetype/roboto/unhinted/RobotoTTF",
               {"Roboto-Regular.ttf", "Roboto-Bold.ttf"}},
    [SPARE] = {"/usr/share/fonts/truetype/dejavu", {"DejaVuSans.ttf", "DejaVuSans-Bold.ttf"}},
};

enum { WIDE_FONT_PERCENT = 70 };

struct face {
    TTF_Font *font;
    int size_px; /* setting it anew would throw away the glyphs drawn so far */
};

struct type {
    struct face face[2], spare[2]; /* regular, bold */
};

static TTF_Font *set_open(int set, const char *folder, int bold)
{
    char path[512];
    (void)snprintf(path, sizeof(path), "%s/%s", folder ? folder : sets[set].folder, sets[set].file[bold]);
    return TTF_OpenFont(path, 16);
}

static bool fonts_open(struct type *type, const char *folder, const char *const wanted[2])
{
    for (int bold = 0; bold < 2; bold++) {
        struct face *face = &type->face[bold], *other = &type->spare[bold];
        bool asked = wanted[bold] && wanted[bold][0];
        if (asked && !(face->font = TTF_OpenFont(wanted[bold], 16)))
            log_warning("cannot open the font %s: %s", wanted[bold], TTF_GetError());
        if (!face->font)
            face->font = set_open(USUAL, folder, bold);
        other->font = set_open(SPARE, folder, bold);
        if (!face->font && !other->font) {
            log_error("cannot open the font %s nor %s (Debian: fonts-roboto-unhinted, fonts-dejavu-core)",
                      sets[USUAL].file[bold], sets[SPARE].file[bold]);
            return false;
        }
        if (!face->font) {
            face->font = other->font;
            other->font = NULL;
        }
    }
    return true;
}

struct type *type_open(const char *folder, const char *regular, const char *bold)
{
    struct type *type = calloc(1, sizeof(*type));
    if (!type || TTF_Init() != 0) {
        log_error("cannot start SDL_ttf: %s", TTF_GetError());
        free(type);
        return NULL;
    }
    const char *const wanted[2] = {regular, bold};
    if (!fonts_open(type, folder, wanted)) {
        type_close(type);
        return NULL;
    }
    return type;
}

void type_close(struct type *type)
{
    if (!type)
        return;
    for (int i = 0; i < 2; i++) {
        if (type->face[i].font)
            TTF_CloseFont(type->face[i].font);
        if (type->spare[i].font)
            TTF_CloseFont(type->spare[i].font);
    }
    TTF_Quit();
    free(type);
}

static TTF_Font *font_at(struct face *face, int size_px)
{
    if (size_px != face->size_px)
        (void)TTF_SetFontSize(face->font, size_px); /* at SDL_ttf's 72 dpi a point is a pixel */
    face->size_px = size_px;
    return face->font;
}

static uint32_t code_point(const char **at)
{
    const unsigned char *bytes = (const unsigned char *)*at;
    int length = bytes[0] < 0x80 ? 1 : bytes[0] < 0xE0 ? 2 : bytes[0] < 0xF0 ? 3 : 4;
    uint32_t code = length == 1 ? bytes[0] : bytes[0] & (0x7Fu >> length);
    (*at)++;
    for (int i = 1; i < length && (**at & 0xC0) == 0x80; i++)
        code = code << 6 | ((unsigned char)*(*at)++ & 0x3Fu);
    return code;
}

static bool writes(TTF_Font *font, const char *text)
{
    while (*text)
        if (TTF_GlyphIsProvided32(font, code_point(&text)) == 0)
            return false;
    return true;
}

/* One face for a whole text: letters of two would not stand together. */
static struct face *face_for(struct type *type, bool bold, const char *text)
{
    bool other = type->spare[bold].font && !writes(type->face[bold].font, text) &&
                 writes(type->spare[bold].font, text);
    return other ? &type->spare[bold] : &type->face[bold];
}

bool type_has_glyph(struct type *type, bool bold, uint32_t code)
{
    return TTF_GlyphIsProvided32(type->face[bold].font, code) != 0;
}

int type_width(struct type *type, bool bold, int size_px, const char *text)
{
    int width = 0;
    (void)TTF_SizeUTF8(font_at(face_for(type, bold, text), size_px), text, &width, NULL);
    return width;
}

static size_t skip_characters(const char *text, int count)
{
    size_t at = 0;
    for (int i = 0; i < count && text[at]; i++)
        do
            at++;
        while (((unsigned char)text[at] & 0xC0) == 0x80);
    return at;
}

static size_t skip_spaces(const char *text)
{
    return strspn(text, " ");
}

/* May a line end before this space? "0,5 l" stays together. */
static bool breakable(const char *text, size_t at)
{
    if (text[at] != ' ')
        return false;
    if (at == 0 || text[at - 1] < '0' || text[at - 1] > '9')
        return true;
    size_t word = strcspn(text + at + 1, " ");
    return skip_characters(text + at + 1, 2) < word;
}

/* Bytes of the text that go into one line of `width`; *broken: in the middle of a word. */
static size_t line_take(TTF_Font *font, const char *text, int width, bool *broken)
{
    int extent, count;
    if (TTF_MeasureUTF8(font, text, width, &extent, &count) != 0)
        return strlen(text);
    size_t fits = skip_characters(text, count);
    if (text[fits] == '\0' || breakable(text, fits))
        return fits;
    for (size_t at = fits; at > 0; at--)
        if (breakable(text, at - 1))
            return at - 1;
    *broken = true;
    return fits > 0 ? fits : skip_characters(text, 1);
}

static void line_copy(char ret[TYPE_LINE_SIZE], const char *text, size_t size)
{
    size = size < TYPE_LINE_SIZE ? size : TYPE_LINE_SIZE - 1;
    while (size > 0 && text[size - 1] == ' ')
        size--;
    memcpy(ret, text, size);
    ret[size] = '\0';
}

/* Shortens the line character by character until it fits with an ellipsis. */
static void line_cut(TTF_Font *font, char line[TYPE_LINE_SIZE], const char *text, int width)
{
    static const char ellipsis[] = "…";
    size_t size = strnlen(text, TYPE_LINE_SIZE - sizeof(ellipsis));
    for (;;) {
        while (size > 0 && (((unsigned char)text[size] & 0xC0) == 0x80 || text[size - 1] == ' '))
            size--;
        int extent = 0;
        memcpy(line, text, size);
        memcpy(line + size, ellipsis, sizeof(ellipsis));
        if (size == 0 || (TTF_SizeUTF8(font, line, &extent, NULL) == 0 && extent <= width))
            return;
        size--;
    }
}

/* Wraps at the font's size. true if everything fits without a broken word. */
static bool lines_wrap(TTF_Font *font, struct type_fit *fit, const char *text, int width, int most)
{
    const char *at = text + skip_spaces(text);
    fit->cut = fit->broken = false;
    for (fit->count = 0; *at && fit->count < most; fit->count++) {
        size_t size = line_take(font, at, width, &fit->broken);
        const char *next = at + size + skip_spaces(at + size);
        fit->cut = fit->count == most - 1 && *next;
        if (fit->cut)
            line_cut(font, fit->line[fit->count], at, width);
        else
            line_copy(fit->line[fit->count], at, size);
        at = next;
    }
    return !fit->broken && !fit->cut;
}

/* Lines of about the same length, as many as before: no last word stands alone. */
static void lines_balance(TTF_Font *font, struct type_fit *fit, const char *text, int width)
{
    static struct type_fit tried;
    int low = width / 2, high = width, size_px = fit->size_px, line_px = fit->line_px, count = fit->count;
    while (high - low > 1 + width / 64) {
        int middle = (low + high) / 2;
        if (lines_wrap(font, &tried, text, middle, count))
            high = middle;
        else
            low = middle;
    }
    if (high < width && lines_wrap(font, &tried, text, high, count) && tried.count == count)
        *fit = tried;
    fit->size_px = size_px;
    fit->line_px = line_px;
}

/* Measured once at the size that is wanted: what follows from it saves to try sizes at which a text cannot
 * fit, each of which costs all its letters. */
struct measure {
    int size_px, width, line_px;
};

/* Certainly not at this size: letters do not shrink quite evenly, so a tenth is allowed for. */
static bool hopeless(const struct measure *whole, const struct scene_item *item, int size, int most)
{
    int64_t width = (int64_t)whole->width * size * 9 / whole->size_px / 10;
    int64_t line_px = (int64_t)whole->line_px * size * 9 / whole->size_px / 10;
    int64_t room = line_px > 0 ? item->box.h / line_px : most;
    return room < 1 || width > (room < most ? room : most) * item->box.w;
}

/* A slightly smaller single line reads better than a last word alone on a second one. */
static bool single_line_fit(struct face *face, struct type_fit *ret, const struct scene_item *item,
                            const char *text, const struct measure *whole)
{
    int least = item->size_px * 92 / 100;
    least = least < item->least_px ? item->least_px : least;
    for (int size = item->size_px; size >= least; size--) {
        if (hopeless(whole, item, size, 1))
            continue;
        TTF_Font *font = font_at(face, size);
        ret->size_px = size;
        ret->line_px = TTF_FontLineSkip(font);
        if (ret->line_px <= item->box.h && lines_wrap(font, ret, text, item->box.w, 1))
            return true;
    }
    return false;
}

/* Sets the text at this size; true if it is whole. With no room for a line it gets one all the same. */
static bool size_try(struct face *face, struct type_fit *ret, const struct scene_item *item, const char *text,
                     int size)
{
    TTF_Font *font = font_at(face, size);
    int most = item->lines < TYPE_MAX_LINES ? item->lines : TYPE_MAX_LINES;
    ret->size_px = size;
    ret->line_px = TTF_FontLineSkip(font);
    int room = item->box.h / ret->line_px;
    most = room < most ? room : most;
    bool fits = lines_wrap(font, ret, text, item->box.w, most < 1 ? 1 : most) && most >= 1;
    if (fits && ret->count > 1)
        lines_balance(font, ret, text, item->box.w);
    return fits;
}

void type_fit(struct type *type, struct type_fit *ret, const struct scene_item *item, const char *text)
{
    struct face *face = face_for(type, item->bold, text);
    struct measure whole = {.size_px = item->size_px > 0 ? item->size_px : 1};
    TTF_Font *wanted = font_at(face, whole.size_px);
    int most = item->lines < TYPE_MAX_LINES ? item->lines : TYPE_MAX_LINES;
    int last = item->least_px * WIDE_FONT_PERCENT / 100;
    (void)TTF_SizeUTF8(wanted, text, &whole.width, NULL);
    whole.line_px = TTF_FontLineSkip(wanted);
    if (single_line_fit(face, ret, item, text, &whole))
        return;
    /* In a font wider than ours a text is rather too small than cut. */
    for (int size = item->size_px; size >= last && size > 0; size--)
        if (!hopeless(&whole, item, size, most) && size_try(face, ret, item, text, size))
            return;
    (void)size_try(face, ret, item, text, item->least_px);
}

void type_draw(struct type *type, SDL_Surface *target, const struct scene_item *item, const char *text)
{
    struct type_fit fit;
    type_fit(type, &fit, item, text);
    SDL_Color colour = {(Uint8)(item->colour >> 16), (Uint8)(item->colour >> 8), (Uint8)item->colour, 255};
    TTF_Font *font = font_at(face_for(type, item->bold, text), fit.size_px);
    int y = item->box.y + (item->top ? 0 : (item->box.h - fit.count * fit.line_px) / 2);
    for (int i = 0; i < fit.count; i++, y += fit.line_px) {
        SDL_Surface *line = fit.line[i][0] ? TTF_RenderUTF8_Blended(font, fit.line[i], colour) : NULL;
        if (!line)
            continue; /* nothing but spaces */
        int free_px = item->box.w - line->w;
        int indent = item->align == SCENE_LEFT ? 0 : item->align == SCENE_RIGHT ? free_px : free_px / 2;
        SDL_Rect to = {item->box.x + indent, y, line->w, line->h};
        (void)SDL_BlitSurface(line, NULL, target, &to);
        SDL_FreeSurface(line);
    }
}
