/* Inside display/scene_*.c: one thing that the screen says, in white on the colour of what it is about. */
#ifndef DISPLAY_SCENE_STORY_H
#define DISPLAY_SCENE_STORY_H

#include "display/scene_parts.h"

enum { SCENE_STEPS = 3 }; /* paid, coming, take it */

/* Texts are "" and signs SIGN_NONE where there is nothing to say. */
struct scene_story {
    enum colour ground;
    enum sign sign;
    const char *word;    /* what is the matter */
    const char *product; /* what it is about, with its picture */
    const char *title;   /* the same without the sum */
    const char *image;
    const char *detail; /* a sentence or two */
    enum sign strip_sign;
    const char *strip;     /* what it means for the money: turned over, because nobody may miss it */
    const char *ticket[2]; /* which payment, whom to call: to be noted down */
    enum sign ticket_sign[2];
    int32_t step;    /* 1..SCENE_STEPS: how far a delivery is; 0 = not one */
    int32_t percent; /* 0..100: how far this step is, -1 = not said */
};

/* Room for the texts of a payment's story. */
struct scene_story_texts {
    char product[512], reference[CONFIG_TEXT_SIZE + 64], support[CONFIG_TEXT_SIZE + 64];
};
/* What becomes of this payment. Borrows texts. */
void scene_story_of(const struct scene_page *page, const struct snapshot_activity *activity,
                    struct scene_story *ret, struct scene_story_texts *texts);

/* One hold, one colour and sign, of the whole machine and of a lane. false: it has none of its own. */
struct scene_hold_look {
    enum colour ground;
    enum sign sign;
};
bool scene_hold_look(const char *hold, struct scene_hold_look *ret);
/* The detail of a state in which nobody should pay: on a strip beside a phone struck out, unless one has only
 * to wait. */
void scene_forbid(const struct scene_page *page, enum word detail, struct scene_story *story);

void scene_add_story(struct scene_page *page, struct scene_box box, const struct scene_story *story);
/* The same in one line: sign, word, product. */
void scene_add_story_line(struct scene_page *page, struct scene_box box, const struct scene_story *story);

#endif
