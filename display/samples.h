/* Built-in snapshots, one per state a customer can meet: for the gallery, the documentation and the tests. */
#ifndef DISPLAY_SAMPLES_H
#define DISPLAY_SAMPLES_H

#include "common/snapshot.h"
#include "display/scene.h"

enum { SAMPLES_LANGUAGES = 6 }; /* be, ru, uk, en, pl, lt */
/* Its place among the languages of the samples; -1: not among them, or NULL. */
int32_t samples_language(const char *code);

int32_t samples_count(void);
/* "idle", "paid", ... */
const char *samples_name(int32_t index);
void samples_fill(struct snapshot *ret, int32_t index);
/* What this sample shows beside its snapshot: lists of payments, the inspector's view. journal: room for it,
 * overwritten and borrowed by the view. */
void samples_view(struct scene_view *view, struct journal *journal, int32_t index);

#endif
