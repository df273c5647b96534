/* Sounds, played by a process of their own: a sound card whose driver hangs, or a sound library that crashes,
 * takes nothing from the picture.
 *
 * The screen sends a letter per sound and never waits. The other side (sound_play) is this same program with
 * --sounds, which opens the card for each burst and closes it again: one that is plugged in later is heard
 * from its first sound on, and while it is quiet nothing wakes.
 */
#ifndef DISPLAY_SOUND_H
#define DISPLAY_SOUND_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include "display/chime.h"

enum { SOUND_AGAIN_MS = 10000 }; /* a player that died is started again, not more often than this */

struct sound {
    struct chime chime;
    int32_t volume; /* percent, 0 = none: no process, nothing */
    int fd;         /* to the player, -1 = none runs */
    pid_t pid;
    int64_t again_ms;
};

void sound_start(struct sound *sound, int32_t volume, int64_t now_ms);
void sound_stop(struct sound *sound);
/* A snapshot that is believed; the link to the daemon broke. Neither blocks. */
void sound_feed(struct sound *sound, const struct snapshot *snapshot, int64_t now_ms);
void sound_lose(struct sound *sound);

/* The player: reads letters on standard input (p paid, r ready, f failed; others are passed over) until its
 * end, and returns when the last one is heard. Without a sound device it says so once and stays quiet. The
 * exit status. */
int sound_play(int32_t volume);

#endif
