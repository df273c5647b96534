#include "common/theme.h"

#include <stddef.h>
#include <string.h>
#include "common/contrast.h"

enum { LARGE_PERCENT = 130 };

static const uint32_t bases[THEME_BASE_COUNT][COLOUR_COUNT] = {
    [THEME_LIGHT] = {[COLOUR_PAGE] = 0xE9EEF3,      [COLOUR_BAR] = 0x0E3A5B,  [COLOUR_BAR_TEXT] = 0xFFFFFF,
                     [COLOUR_TILE] = 0xFFFFFF,      [COLOUR_EDGE] = 0xCBD5DF, [COLOUR_TEXT] = 0x0F1C29,
                     [COLOUR_SOFT] = 0x374553,      [COLOUR_VOID] = 0xEDF2F7, [COLOUR_NOTE] = 0xFFF0C4,
                     [COLOUR_NOTE_TEXT] = 0x2A2000, [COLOUR_INK] = 0x000000,  [COLOUR_PASS] = 0x0B5A22,
                     [COLOUR_STOP] = 0x9C1A12,      [COLOUR_GOOD] = 0x12602E, [COLOUR_BUSY] = 0x14568F,
                     [COLOUR_BAD] = 0xA11D1D,       [COLOUR_WARN] = 0x7A4200, [COLOUR_SHUT] = 0x36414E,
                     [COLOUR_ON] = 0xFFFFFF,        [COLOUR_PAPER] = 0xFFFFFF},
    [THEME_DARK] = {[COLOUR_PAGE] = 0x0C1218,      [COLOUR_BAR] = 0x14456B,  [COLOUR_BAR_TEXT] = 0xFFFFFF,
                    [COLOUR_TILE] = 0x1A242E,      [COLOUR_EDGE] = 0x324150, [COLOUR_TEXT] = 0xF3F6F9,
                    [COLOUR_SOFT] = 0xC3CED9,      [COLOUR_VOID] = 0x25313D, [COLOUR_NOTE] = 0x4A3A06,
                    [COLOUR_NOTE_TEXT] = 0xFFF3D0, [COLOUR_INK] = 0xFFFFFF,  [COLOUR_PASS] = 0x7FDC9B,
                    [COLOUR_STOP] = 0xFFB0A8,      [COLOUR_GOOD] = 0x12602E, [COLOUR_BUSY] = 0x14568F,
                    [COLOUR_BAD] = 0xA11D1D,       [COLOUR_WARN] = 0x7A4200, [COLOUR_SHUT] = 0x36414E,
                    [COLOUR_ON] = 0xFFFFFF,        [COLOUR_PAPER] = 0xFFFFFF},
    [THEME_NIGHT] = {[COLOUR_PAGE] = 0x000000,      [COLOUR_BAR] = 0x11202D,  [COLOUR_BAR_TEXT] = 0xDAD2C4,
                     [COLOUR_TILE] = 0x0D1216,      [COLOUR_EDGE] = 0x232B33, [COLOUR_TEXT] = 0xDAD2C4,
                     [COLOUR_SOFT] = 0xB5AEA2,      [COLOUR_VOID] = 0x151B21, [COLOUR_NOTE] = 0x2B2205,
                     [COLOUR_NOTE_TEXT] = 0xE4D8B8, [COLOUR_INK] = 0xE6DED0,  [COLOUR_PASS] = 0x74C78D,
                     [COLOUR_STOP] = 0xE79D95,      [COLOUR_GOOD] = 0x0D3F1F, [COLOUR_BUSY] = 0x0F375A,
                     [COLOUR_BAD] = 0x661414,       [COLOUR_WARN] = 0x4C2A00, [COLOUR_SHUT] = 0x222932,
                     [COLOUR_ON] = 0xEAE3D6,        [COLOUR_PAPER] = 0xFFFFFF},
};

static const char *const names[THEME_BASE_COUNT] = {"light", "dark", "night"};

/* From the text towards its ground as far as both grounds still let it be read. */
static uint32_t soften(uint32_t text, uint32_t tile, uint32_t page)
{
    for (int percent = 30; percent > 0; percent -= 2) {
        uint32_t soft = contrast_mix(text, tile, percent);
        if (contrast_ratio(soft, tile) >= CONTRAST_TEXT && contrast_ratio(soft, page) >= CONTRAST_TEXT &&
            contrast_ratio(soft, contrast_mix(tile, text, 6)) >= CONTRAST_TEXT)
            return soft;
    }
    return text;
}

static void grounds_take(struct theme *ret, const struct theme_choice *choice)
{
    uint32_t *colour = ret->colour;
    if (choice->ground != THEME_NO_COLOUR)
        colour[COLOUR_PAGE] = (uint32_t)choice->ground;
    if (choice->card != THEME_NO_COLOUR)
        colour[COLOUR_TILE] = (uint32_t)choice->card;
    if (choice->ink != THEME_NO_COLOUR)
        colour[COLOUR_TEXT] = colour[COLOUR_INK] = (uint32_t)choice->ink;
    colour[COLOUR_SOFT] = soften(colour[COLOUR_TEXT], colour[COLOUR_TILE], colour[COLOUR_PAGE]);
    colour[COLOUR_EDGE] = contrast_mix(colour[COLOUR_TILE], colour[COLOUR_TEXT], 18);
    colour[COLOUR_VOID] = contrast_mix(colour[COLOUR_TILE], colour[COLOUR_TEXT], 6);
    /* The strong green and red of lists where the card lets them be read, the text's colour else. */
    const enum colour strong[] = {COLOUR_PASS, COLOUR_STOP};
    for (int i = 0; i < 2; i++)
        for (int base = THEME_LIGHT; base <= THEME_DARK; base++)
            if (contrast_ratio(colour[strong[i]], colour[COLOUR_TILE]) < CONTRAST_TEXT)
                colour[strong[i]] = base == THEME_DARK ? colour[COLOUR_INK] : bases[THEME_DARK][strong[i]];
}

void theme_make(struct theme *ret, const struct theme_choice *choice)
{
    memcpy(ret->colour, bases[choice->base], sizeof(ret->colour));
    ret->text_percent = choice->large ? LARGE_PERCENT : 100;
    if (choice->base == THEME_NIGHT)
        return;
    if (choice->ground != THEME_NO_COLOUR || choice->card != THEME_NO_COLOUR ||
        choice->ink != THEME_NO_COLOUR)
        grounds_take(ret, choice);
    if (choice->accent != THEME_NO_COLOUR) {
        ret->colour[COLOUR_BAR] = (uint32_t)choice->accent;
        ret->colour[COLOUR_BAR_TEXT] = contrast_on((uint32_t)choice->accent);
    }
}

bool theme_is_night(int32_t from_min, int32_t to_min, int32_t minute)
{
    if (from_min < 0 || to_min < 0 || minute < 0 || from_min == to_min)
        return false;
    bool after = minute >= from_min, before = minute < to_min;
    return from_min < to_min ? after && before : after || before;
}

struct theme_choice theme_choice_none(void)
{
    return (struct theme_choice){.accent = THEME_NO_COLOUR,
                                 .ground = THEME_NO_COLOUR,
                                 .card = THEME_NO_COLOUR,
                                 .ink = THEME_NO_COLOUR};
}

const struct theme *theme_usual(void)
{
    static struct theme usual;
    const struct theme_choice none = theme_choice_none();
    if (usual.text_percent == 0)
        theme_make(&usual, &none);
    return &usual;
}

enum theme_base theme_base_find(const char *name)
{
    int base = 0;
    while (base < THEME_BASE_COUNT && strcmp(names[base], name) != 0)
        base++;
    return (enum theme_base)base;
}

const char *theme_base_name(enum theme_base base)
{
    return names[base];
}
