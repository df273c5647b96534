/* A snapshot, its picture, and questions about it; for the tests of display/scene*.c. */
#ifndef TESTS_UNIT_SCENE_BENCH_H
#define TESTS_UNIT_SCENE_BENCH_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include "common/text.h"
#include "display/samples.h"
#include "display/scene_parts.h"

static struct snapshot snapshot;
static struct scene scene;
static struct journal journal;
static struct scene_view view;

static const int32_t sizes[][2] = {{1280, 800}, {800, 480},   {480, 800},   {1024, 600},
                                   {800, 1280}, {1920, 1080}, {1080, 1920}, {320, 320}};
enum { SIZES = sizeof(sizes) / sizeof(sizes[0]), BENCH_NOW_MS = 9000000 };

static inline void size_set(size_t size)
{
    view.width = sizes[size][0];
    view.height = sizes[size][1];
}

/* The named sample with its lists, at 1280x800 in Belarusian. */
static inline void sample(const char *name)
{
    view = (struct scene_view){.clock = "14:05"};
    size_set(0);
    for (int32_t i = 0; i < samples_count(); i++)
        if (strcmp(samples_name(i), name) == 0) {
            samples_fill(&snapshot, i);
            samples_view(&view, &journal, i);
            return;
        }
    fail_msg("no sample %s", name);
}

static inline void build(void)
{
    scene_build(&scene, &snapshot, &view);
    assert_false(scene.full);
}

static inline int32_t count_kind(enum scene_kind kind)
{
    int32_t count = 0;
    for (int32_t i = 0; i < scene.count; i++)
        count += scene.items[i].kind == kind;
    return count;
}

static inline const struct scene_item *find_text(const char *text)
{
    for (int32_t i = 0; i < scene.count; i++)
        if (scene.items[i].kind == SCENE_TEXT && strstr(scene_text(&scene, &scene.items[i]), text))
            return &scene.items[i];
    return NULL;
}

static inline bool shows_text(const char *text)
{
    return find_text(text) != NULL;
}

static inline bool shows_sign(enum sign sign)
{
    for (int32_t i = 0; i < scene.count; i++)
        if (scene.items[i].kind == SCENE_SIGN && scene.items[i].sign == sign)
            return true;
    return false;
}

/* ---- payments of a bus ---- */

/* One validator with one product and no payments yet. */
static inline void bus(void)
{
    sample("bus-empty");
    memset(&journal, 0, sizeof(journal));
    view.now_ms = BENCH_NOW_MS;
}

/* A newer payment, numbered so. Feed() takes them in. */
static inline struct snapshot_activity *ride(uint64_t number, int32_t lane, enum snapshot_phase phase)
{
    if (snapshot.activity_count < SNAPSHOT_MAX_ACTIVITIES)
        snapshot.activity_count++;
    memmove(&snapshot.activities[1], &snapshot.activities[0],
            sizeof(snapshot.activities[0]) * (size_t)(snapshot.activity_count - 1));
    struct snapshot_activity *activity = &snapshot.activities[0];
    *activity = (struct snapshot_activity){
        .number = number, .phase = phase, .lane = lane, .amount = 110, .at = 1790000000};
    (void)text_copy(activity->currency, sizeof(activity->currency), "BYN");
    (void)snprintf(activity->reference, sizeof(activity->reference), "K%05u", (unsigned)number);
    return activity;
}

static inline void feed(void)
{
    journal_feed(&journal, &snapshot, view.now_ms);
}

/* Payments first..last of lane 0, accepted now. */
static inline void rides(uint64_t first, uint64_t last, enum snapshot_phase phase)
{
    for (uint64_t number = first; number <= last; number++)
        (void)ride(number, 0, phase);
    feed();
}

static inline bool shows_ride(uint64_t number)
{
    char text[16];
    (void)snprintf(text, sizeof(text), "%04u", (unsigned)number);
    return shows_text(text);
}

/* The last picture says that these payments are in it. */
static inline void shown(uint64_t from, uint64_t to)
{
    build();
    if (scene.shown.from != from || scene.shown.to != to)
        fail_msg("%u..%u is said to be shown, not %u..%u", (unsigned)scene.shown.from,
                 (unsigned)scene.shown.to, (unsigned)from, (unsigned)to);
}

#endif
