/* A turnstile's words, shared by its movement (turnstile.c) and what its contacts say (turnstile_watch.c). */
#ifndef CONTROLLER_DEVICE_TURNSTILE_H
#define CONTROLLER_DEVICE_TURNSTILE_H

#include "controller/device/kind.h"

enum {
    TURNSTILE_PROOF_MS = 150,  /* a passage counts if the unit is still ready after this */
    TURNSTILE_GAP_MS = 100,    /* a closing contact shorter than this may go by unseen */
    TURNSTILE_BOUNCE_MS = 100, /* closed again sooner than this: the same closing */
    TURNSTILE_EARLY_MS = 50,   /* level: off this long before relock_s, which is the guard's limit */
    TURNSTILE_LATE_MS = 5000,  /* a passage this long after the relock belongs to whoever paid before */
    TURNSTILE_SILENT_MOST = 4, /* paid and not seen passing so many times in a row: look at the contact */
};

enum {
    TURNSTILE_BY = KIND_WORD_OWN, /* the result of the release is waited for until then */
    TURNSTILE_ANSWERED,           /* 1: it has come, or was given up */
    TURNSTILE_UNANSWERED,         /* 1: nobody knows whether it was released */
    TURNSTILE_ON_AT,              /* unlock went on */
    TURNSTILE_OFF_ORDERED,
    TURNSTILE_OFF_ANSWERED,
    TURNSTILE_OFF_DONE, /* 1: it is certainly off again */
    TURNSTILE_PASS_AT,  /* the edge of the contact */
    TURNSTILE_PROVEN,   /* 1: the unit was still ready afterwards */
    TURNSTILE_LOST,     /* 1: the unit not ready, or a line not good: nothing can be proven any more */
    TURNSTILE_UNSEEN,   /* 1: a line was not looked at for a while: silence proves nothing */
    TURNSTILE_FIRE,     /* 1: fire alarm in the movement: everybody goes through now */
    TURNSTILE_CLEAR_BY,
    /* what this run has learned */
    TURNSTILE_PASS_WAS = KIND_WORD_KEPT, /* enum device_level before the newest change */
    TURNSTILE_WRONG_WAS,
    TURNSTILE_PASS_OFF_AT, /* the contact opened */
    TURNSTILE_PASS_NOTE,  /* a passage without right, told at this time if the unit is ready then; 0 = none */
    TURNSTILE_WRONG_NOTE, /* the wrong way, likewise */
    TURNSTILE_LATE_UNTIL, /* a passage until then is a late one */
    TURNSTILE_SILENT,     /* paid and not seen passing, in a row */
    TURNSTILE_KNOWN_AT,   /* this run looks at it since then; negative: for longer than relock_s */
};

void turnstile_note(struct device_out *out, enum core_code code, enum config_role role);
void turnstile_watch_input(struct device *device, const struct device_event *event);
void turnstile_watch_gap(struct device *device, const struct device_event *event);
/* Tells what is due at now_ms. What still waits when a movement ends is told at the contact's next change. */
void turnstile_watch_notes(struct device *device, int64_t now_ms, struct device_out *out);
/* Brings the wanted time forward to the next note. */
void turnstile_watch_deadline(struct device *device);
void turnstile_watch_idle(struct device *device, const struct device_event *event, struct device_out *out);
bool turnstile_watch_evident(const struct device *device);

#endif
