/* A barrier's words and the calls between its three files: barrier.c the pulse, barrier_follow.c the vehicle,
 * barrier_idle.c the arm while nobody has a right. Private to controller/device. Pure. */
#ifndef CONTROLLER_DEVICE_BARRIER_H
#define CONTROLLER_DEVICE_BARRIER_H

#include "controller/device/kind.h"

enum barrier_state {
    BARRIER_PULSING, /* the order to open is on its way */
    BARRIER_RISING,  /* the arm should come up */
    BARRIER_ASKING,  /* one more pulse waits for its own intent */
    BARRIER_GOING,   /* the vehicle may go */
    BARRIER_AWAY,    /* the vehicle backed out; its right waits for it */
};

enum {
    BARRIER_FURTHER_MOST = 2,  /* pulses of one right beyond the first, without the operator's */
    BARRIER_EXTEND_MOST = 6,   /* a vehicle that dances on the loop does not keep its right for ever */
    BARRIER_LEFT_MS = 2000,    /* presence free so long without passage: it has left, not rolled on */
    BARRIER_PROVE_MS = 3000,   /* one from inside is on the presence loop so soon after the passage */
    BARRIER_ROLL_MS = 15000,   /* on the passage later than this after presence: it came from elsewhere */
    BARRIER_GAP_MS = 200,      /* no vehicle passes unseen in less */
    BARRIER_BACK_MS = 50,      /* free so soon after presence was seen again: who knows since when */
    BARRIER_FLICKER_MS = 100,  /* presence free for less was the detector, not a vehicle leaving it */
    BARRIER_WOBBLE_MS = 1000,  /* an arm off its lower limit for less was the wind */
    BARRIER_CLEAR_MS = 15000,  /* passage covered for longer before a start: stuck */
    BARRIER_COMING_MS = 60000, /* up limit for longer before a start, without passage sensor: stuck */
    BARRIER_USED_UP_MS = 5000, /* the arm is down and the right perhaps used: soon somebody else may pay */
    BARRIER_ON_IT_MS = 15000,  /* the right's time is not over while a vehicle is driving through */
};

/* Of one movement. */
enum {
    BARRIER_STATE = KIND_WORD_OWN,
    BARRIER_SENT,       /* pulses that were certainly sent */
    BARRIER_ON_AT,      /* the newest pulse went on, or may have */
    BARRIER_UNANSWERED, /* 1: the newest pulse may or may not have been sent, and the arm was not seen since
                         */
    BARRIER_UP_AT,      /* the arm came up */
    BARRIER_EFFECT,     /* 1: the arm was seen to have left its lower limit since the newest pulse */
    BARRIER_BY,         /* the right, or the wait in this state, is over */
    BARRIER_SEEN,       /* 1: a vehicle was on the presence loop */
    BARRIER_OFF_AT,     /* presence is free since, 0 = it is not, or not known */
    BARRIER_LEFT_AT,    /* newest time when a vehicle left the presence loop, for the evidence */
    BARRIER_TOLD_LEFT,  /* 1: that it backed out was told */
    BARRIER_RETURNED,   /* 1: it backed out once and came back */
    BARRIER_EXTENDED,   /* how often the right got new time */
    BARRIER_PASSAGE_AT, /* first edge of passage */
    BARRIER_CROSSING,   /* BARRIER_CROSS_* of the vehicle that is on the passage now, 0 = none */
    BARRIER_MAYBE,      /* passages that may have been this vehicle's, or a nose in and out */
    BARRIER_LOST,       /* 1: passage was not seen for a while: its silence proves nothing */
    BARRIER_FURTHER,    /* further intents asked for */
    BARRIER_NOT_UP,     /* pulses in a row without the arm seen up */
    BARRIER_SIGN,       /* 1: the sign is on by our order */
    BARRIER_AGAIN,  /* 1: the operator wants one more pulse after the one on its way; 2: this one is his */
    BARRIER_PASSED, /* 1: passed while the pulse was on its way */
};
_Static_assert((int)BARRIER_PASSED < (int)KIND_WORD_KEPT,
               "a movement's words are forgotten at the next start");

enum {
    BARRIER_CROSS_ON = 1,
    BARRIER_CROSS_FREE = 2,  /* presence was free meanwhile: it left the loop forward */
    BARRIER_CROSS_BLIND = 4, /* a line was not good, or not looked at, meanwhile */
    BARRIER_CROSS_ALIEN = 8, /* it did not come from the presence loop */
    BARRIER_CROSS_LATE = 16, /* presence was free before: stood it between the loops, or is it from inside? */
    BARRIER_CROSS_PROVING = 32, /* it has left the passage: will it come onto the presence loop? */
};

/* Of the run. */
enum {
    BARRIER_ARM = KIND_WORD_KEPT, /* enum barrier_arm as last seen */
    BARRIER_OPEN_SINCE,           /* the arm is not down since, 0 = it is, or not known */
    BARRIER_PASSAGE_SINCE,        /* passage is covered since, 0 = it is not */
    BARRIER_UP_SINCE,             /* up limit since, 0 = not */
    BARRIER_DOWN_BY,              /* the arm must be down by then, 0 = nobody waits for it */
    BARRIER_BLIND_AT,             /* presence was known, or looked at, again; -1 = it is not known */
    BARRIER_FLAGS,
};

enum {
    BARRIER_STOOD = 1,    /* it may stand open: somebody had a right, or held it; until it is down */
    BARRIER_LATE = 2,     /* arm_not_down was told */
    BARRIER_FORCED = 4,   /* forced_open was told */
    BARRIER_HELD = 8,     /* it was held open at the last look */
    BARRIER_OWED = 16,    /* the last right ended undecided: the next to pass is its vehicle */
    BARRIER_DOUBT = 32,   /* the passage sensor was silent when a right ended without passage */
    BARRIER_FAULTY = 64,  /* the fault contact was on at the last look */
    BARRIER_FREE = 128,   /* passage was off at the last look: what comes next is an edge */
    BARRIER_BEFORE = 256, /* the arm may have stood open for an earlier right when this one began */
};
_Static_assert((int)BARRIER_FLAGS < (int)DEVICE_STATE_WORDS, "the words of the run");

enum barrier_arm { BARRIER_ARM_UNKNOWN, BARRIER_ARM_DOWN, BARRIER_ARM_BETWEEN, BARRIER_ARM_UP };

void barrier_note(struct device_out *out, enum core_code code, enum config_role role);
bool barrier_flag(const struct device *device, int64_t flag);
void barrier_set(struct device *device, int64_t flag, bool on);
int64_t barrier_param_ms(const struct device *device, enum config_param seconds);
/* What the limits say. With `up` alone "not up" is down. */
enum barrier_arm barrier_arm(const struct device *device);
bool barrier_has_limits(const struct device *device);

/* ---- barrier.c ---- */
void barrier_pulse(struct device *device, int64_t now_ms, struct device_out *out);
/* The newest pulse has done all it will ever do. */
bool barrier_settled(const struct device *device, int64_t now_ms);
/* Ends the movement; the sign goes off. */
void barrier_finish(struct device *device, int64_t now_ms, enum payment_result result,
                    enum payment_reason reason, enum device_verdict verdict, struct device_out *out);
void barrier_ask(struct device *device, int64_t now_ms, struct device_out *out);

/* ---- barrier_follow.c ---- */
bool barrier_vehicle_there(const struct device *device);
/* Held by the operator, or let up by the fire alarm. */
bool barrier_held(const struct device *device);
/* Certain that nothing passed on this right, and that nothing can any more. */
bool barrier_nothing_passed(const struct device *device, int64_t now_ms);
/* The vehicle may go: the arm is up, or nobody can say. */
void barrier_go(struct device *device, int64_t now_ms, struct device_out *out);
void barrier_wait_for_return(struct device *device, int64_t now_ms, struct device_out *out);
void barrier_follow(struct device *device, const struct device_event *event, struct device_out *out);
void barrier_time(struct device *device, int64_t now_ms, struct device_out *out);
/* Sign, phase and deadline as the state wants them. */
void barrier_show(struct device *device, struct device_out *out);

/* ---- barrier_idle.c ---- */
/* Every event, moving or not: what is known about arm and passage in this run. */
void barrier_watch(struct device *device, const struct device_event *event, struct device_out *out);
/* At the end of a movement: may the arm still be open, and until when? */
void barrier_leave(struct device *device, int64_t now_ms, bool delivered);
void barrier_idle(struct device *device, const struct device_event *event, struct device_out *out);

#endif
