/* The colours of the screen by what they are for, and how large its texts are. Pure.
 *
 * Whatever the theme, a code is black on white with its light border: that is no colour of a theme.
 */
#ifndef COMMON_THEME_H
#define COMMON_THEME_H

#include <stdbool.h>
#include <stdint.h>

enum colour {
    COLOUR_PAGE,
    COLOUR_BAR, /* heading, price tags, "pay": the operator's own colour */
    COLOUR_BAR_TEXT,
    COLOUR_TILE, /* cards */
    COLOUR_EDGE,
    COLOUR_TEXT,
    COLOUR_SOFT, /* second to the text, and still read in the sun */
    COLOUR_VOID, /* under pictures, and in place of a code */
    COLOUR_NOTE, /* the operator's message */
    COLOUR_NOTE_TEXT,
    COLOUR_INK, /* the strongest there is on a card */
    COLOUR_PASS,
    COLOUR_STOP,
    COLOUR_GOOD, /* grounds of states, with COLOUR_ON on them */
    COLOUR_BUSY,
    COLOUR_BAD,
    COLOUR_WARN,
    COLOUR_SHUT,
    COLOUR_ON,
    COLOUR_PAPER, /* under codes: white in every theme */
    COLOUR_COUNT
};

enum theme_base { THEME_LIGHT, THEME_DARK, THEME_NIGHT, THEME_BASE_COUNT };

enum { THEME_NO_COLOUR = -1 };

/* What the operator chose; THEME_NO_COLOUR where the base decides. */
struct theme_choice {
    enum theme_base base;
    bool large; /* texts for weak sight */
    int32_t accent, ground, card, ink;
};

struct theme {
    uint32_t colour[COLOUR_COUNT]; /* 0xRRGGBB */
    int32_t text_percent;          /* 100, or larger for weak sight */
};

/* Is it night at this minute of the day? from, to, minute: -1 = not known: no. Over midnight too. */
bool theme_is_night(int32_t from_min, int32_t to_min, int32_t minute);
/* The light base as it is. */
struct theme_choice theme_choice_none(void);
/* Own colours go with the bases light and dark; night keeps its own, so that it stays dim. */
void theme_make(struct theme *ret, const struct theme_choice *choice);
/* The plain light one. */
const struct theme *theme_usual(void);
/* THEME_BASE_COUNT: no such name. */
enum theme_base theme_base_find(const char *name);
const char *theme_base_name(enum theme_base base);

#endif
