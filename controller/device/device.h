/* A device kind is a pure state machine: events in, orders out. One file per kind behind one small table.
 *
 * It knows roles (motor, home, drop), not lines, buses or payments. Time comes in with the event (monotonic
 * ms). It never sees a clock, a file, a log or a global. The core owns the struct and keeps one movement per
 * device.
 *
 * Life of one movement: device_check() says GO → the core makes the intent durable → device_start() →
 * device_event()* until out->finished. Afterwards nothing of the device is on. The guard below (hal/guard.h)
 * ends an output that exceeds its limit whatever happens here.
 *
 * Rules that every kind keeps:
 *  - A physical order is never repeated on a guess. Order result UNKNOWN → stop safely, then look at sensors,
 * else unknown.
 *  - FAILED (automatic refund) only where nothing can have come out; otherwise UNKNOWN (I8).
 *  - verified only with physical evidence (I7). A sensor already active before the start is a refusal (I17).
 *  - DEVICE_EVENT_ABORT (store failed, machine going down): bring the movement to its safe end and finish
 * with the truth.
 *  - A finished movement has switched its outputs off by an order; `finished` may come before that order's
 * result.
 */
#ifndef CONTROLLER_DEVICE_DEVICE_H
#define CONTROLLER_DEVICE_DEVICE_H

#include "config/config.h"
#include "controller/codes.h"
#include "controller/payment.h"

enum {
    DEVICE_MAX_ORDERS = 8,
    DEVICE_MAX_NOTES = 4,
    DEVICE_TRACE = 16, /* last sensor changes kept per device, for events that need a picture of them */
};

/* The level of an input as last heard. UNKNOWN: line not good (bus down, not read yet, chip gone). */
enum device_level { DEVICE_LEVEL_UNKNOWN, DEVICE_LEVEL_OFF, DEVICE_LEVEL_ON };

/* All inputs of the device by role; kept up to date by the core. Absent roles are UNKNOWN. */
struct device_inputs {
    enum device_level level[CONFIG_ROLE_COUNT];
};

enum device_order_kind {
    DEVICE_ORDER_ON, /* output on; must be followed by OFF; ms = limit after which the guard switches off */
    DEVICE_ORDER_OFF,
    DEVICE_ORDER_PULSE, /* on for ms, then off, timed below; one result after the off */
};

struct device_order {
    enum device_order_kind kind;
    enum config_role role;
    int32_t ms;
};

/* How an order ended. */
enum device_order_result {
    DEVICE_ORDER_DONE,    /* executed and read back */
    DEVICE_ORDER_REFUSED, /* certainly not executed */
    DEVICE_ORDER_UNKNOWN, /* may have been executed */
};

enum device_event_kind {
    DEVICE_EVENT_INPUT,  /* role changed to level (also to UNKNOWN) */
    DEVICE_EVENT_GAP,    /* role was not looked at for gap_ms; its level is what it was, or comes next */
    DEVICE_EVENT_ORDER,  /* an order of this role ended: order_kind, result, on_at_ms */
    DEVICE_EVENT_TIME,   /* now_ms reached the deadline asked for */
    DEVICE_EVENT_INTENT, /* the further intent asked for by need_intent is durable */
    DEVICE_EVENT_SHOWN,  /* kinds with `many`: the screen has drawn the oldest `shown` of the unsettled
                            payments */
    DEVICE_EVENT_AGAIN,  /* kinds with `again`: the operator orders one more opening; already recorded */
    DEVICE_EVENT_FAULT,  /* the guard switched an output off or could not (latched) */
    DEVICE_EVENT_ABORT,
};

struct device_event {
    enum device_event_kind kind;
    int64_t now_ms;
    enum config_role role;
    enum device_level level;
    int32_t gap_ms;
    enum device_order_kind order_kind;
    enum device_order_result result;
    int64_t on_at_ms; /* when the output really went on, 0 = not known */
    int32_t shown;
};

/* What the customer should be shown while it moves. */
enum device_phase {
    DEVICE_PHASE_IDLE,
    DEVICE_PHASE_WAITING, /* paid; waits for its turn or for a vehicle */
    DEVICE_PHASE_MOVING,  /* lanes: opening */
    DEVICE_PHASE_TAKE,    /* lanes: go */
    DEVICE_PHASE_RETURN,  /* lanes: the vehicle backed out with its right unused */
};

/* What happens to the device after the movement, apart from the payment. */
enum device_verdict {
    DEVICE_VERDICT_GOOD,   /* strikes cleared */
    DEVICE_VERDICT_STRIKE, /* two in a row and it is struck out */
    DEVICE_VERDICT_LOCK,   /* out at once until evidence or service */
    DEVICE_VERDICT_NONE,   /* says nothing about the device */
};

/* Something to tell the operator: an event with the trace of the device's sensors. */
struct device_note {
    enum core_code code;
    enum config_role role; /* the line it is about, CONFIG_ROLE_COUNT = none */
};

struct device_out {
    int32_t note_count;
    struct device_note notes[DEVICE_MAX_NOTES];
    int32_t order_count;
    struct device_order orders[DEVICE_MAX_ORDERS];
    int64_t deadline_ms; /* when TIME is wanted; 0 = none. Always the newest wish. */
    enum device_phase phase;
    bool at_rest;     /* nothing of it is on and nothing will be before the end: others may move
                         (machine.parallel) */
    bool need_intent; /* one more actuator start wants its own durable intent first (barrier) */
    bool finished;
    struct payment_outcome
        outcome; /* with finished: result, reason, verified, evidence; finished_at by the core. The refund
                    follows from the result; only failed with no_passage may ask for refund "no" */
    enum device_verdict verdict; /* with finished */
    /* kinds with `many` never set finished; the oldest `settled` of the unsettled payments get this outcome
     * and verdict. The core adds evidence `settled_evidence`: ms since the payment's own start
     * (EVIDENCE_COUNT: none). */
    int32_t settled;
    enum payment_evidence settled_evidence;
};

/* Before the intent: may it start now? */
enum device_readiness { DEVICE_GO, DEVICE_WAIT, DEVICE_REFUSE };
struct device_check {
    enum device_readiness readiness;
    enum payment_reason
        reason;            /* REFUSE: why (out_of_service, ...). WAIT: the refusal when wait_ms has passed */
    enum config_role role; /* REFUSE: the line that is to blame */
    int64_t wait_ms;       /* WAIT: longest wait since the payment could have had its turn */
    enum core_hold hold;   /* REFUSE: what is told; NONE = sensor_stuck */
};

enum { DEVICE_STATE_WORDS = 48 };
struct device {
    const struct config_device *config;
    struct device_inputs inputs;
    struct device_change {
        enum config_role role;
        enum device_level level;
        int64_t at_ms;
    } trace[DEVICE_TRACE]; /* ring of input changes; kept by device_event() */
    int32_t trace_next, trace_count;
    bool screen; /* a screen shows what it is told; kept up to date by the core */
    bool held; /* the core holds it open for the operator or in a fire; idle() gets TIME when this changes */
    bool moving;
    int64_t started_ms;
    int64_t word[DEVICE_STATE_WORDS]; /* the kind's own state; named by an enum in its file */
};

struct device_kind {
    /* A lane stands for itself: machine.parallel (a matter of one power supply and one chute) does not
     * concern it. */
    bool lane;
    /* Many payments at once (validator): start() comes once per payment while earlier ones are still
     * unsettled; it finds its words as they were left, and events go to event() from the first line on. */
    bool many;
    bool again; /* takes DEVICE_EVENT_AGAIN in a movement */
    struct device_check (*check)(const struct device *device, int64_t now_ms);
    /* may it start for service, without a payment? NULL = as check */
    struct device_check (*check_service)(const struct device *device, int64_t now_ms);
    void (*start)(struct device *device, int64_t now_ms, struct device_out *out);
    void (*event)(struct device *device, const struct device_event *event, struct device_out *out);
    /* INPUT or TIME while nothing moves (forced open, passage without right): may note and ask for a
     * deadline, never order. A lane's idle() also gets the deadline that stood when its movement finished;
     * it wants to be asked for again each time. NULL = nothing */
    void (*idle)(struct device *device, const struct device_event *event, struct device_out *out);
    /* Do the sensors say now that a movement cut by a power loss is over and the device as it should be (arm
     * down, pass contact open)? Then its lock UNKNOWN ends by itself. NULL = only service ends it. */
    bool (*evident)(const struct device *device);
};

/* Never NULL. */
const struct device_kind *device_kind(enum config_kind kind);

/* Sells only while a screen shows what it is told: nothing else of it could show a payment. */
bool device_needs_screen(const struct config_device *config);

/* They have a sensor in common (slots behind one drop beam). While one moves, the other must not: what the
 * sensor says would be evidence for both. */
bool device_shares_line(const struct config_device *a, const struct config_device *b);

/* Forgets everything; all inputs UNKNOWN. */
void device_init(struct device *device, const struct config_device *config);
/* May it start now? A required input that is UNKNOWN is a refusal. While it moves: WAIT, busy. Does not
 * change the device. Times are monotonic and greater than 0 everywhere. */
struct device_check device_check(const struct device *device, int64_t now_ms);
/* The same for a movement without a payment (device.test): a spiral may start away from home, to be brought
 * home. */
struct device_check device_check_service(const struct device *device, int64_t now_ms);
/* Begins one movement. Only after GO and after the intent is durable. out is overwritten. */
void device_start(struct device *device, int64_t now_ms, struct device_out *out);
/* Feeds an event; updates inputs first. out is overwritten. Events that mean nothing to the kind change
 * nothing. */
void device_event(struct device *device, const struct device_event *event, struct device_out *out);

#endif
