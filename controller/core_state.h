/* The core's memory and the calls between its files. Nobody else looks in here; allocate it with
 * sizeof(struct core).
 *
 * Fixed size, no pointers except the borrowed configuration, so a copy of the struct is a copy of the state.
 * One file per concern: core.c dispatch, core_tell.c events, core_admit.c what comes in, core_judge.c may it
 * be sold, core_payments.c queue and transactions, core_slot.c one payment's steps, core_move.c movements and
 * orders, core_device.c what becomes of a device, core_many.c devices with many payments at once, core_lane.c
 * what lanes have beyond movements, core_health.c lines and holds, core_recover.c start, core_command.c the
 * operator, core_view.c what others may see.
 *
 * How CORE_MAX_ACTIONS is kept: one event moves at most CORE_MAX_PARALLEL lanes and as many others, each with
 * at most DEVICE_MAX_ORDERS orders, DEVICE_MAX_NOTES notes and 4 actions for its ending; answers at most
 * CORE_MAX_UNRELEASED waiting messages of one payment (two actions each); begins at most CORE_BEGIN_MAX
 * movements, CORE_RUN_MAX transactions of stored payments and as many of shown ones (two actions each),
 * before and after the event; CORE_RUN_MAX lanes change their hold in one step (7 actions each). A fire alarm
 * adds 3 for each lane. What is left is done in the next step, which the deadline asks for at once. An abort
 * of all is the dearest: 32 x 16 = 512, 32 + 2 x (2 x 16 + 8 x 2 + 8 x 2) = 160 for payments, 8 x 7 = 56 for
 * holds: 728.
 */
#ifndef CONTROLLER_CORE_STATE_H
#define CONTROLLER_CORE_STATE_H

#include "controller/core.h"

enum {
    CORE_MAX_PARALLEL = 16,   /* more devices than this never move at once, whatever machine.parallel says;
                                 and as many lanes beside them */
    CORE_MAX_UNRELEASED = 16, /* PAYMENT events the shell may have without their RELEASE */
    CORE_MAX_ACCEPTED = CORE_MAX_OPEN - CORE_MAX_UNRELEASED, /* so that a refusal always finds a slot */
    CORE_MAX_COMMANDS = 16,                                  /* commands that wait for their commit */
    CORE_RUN_MAX = 8, /* transactions begun for stored payments in one step */
    CORE_STORING_MAX =
        128,               /* transactions of payments in flight; more wait for commits (the store's queue) */
    CORE_BEGIN_MAX = 2,    /* movements begun in one step whose intent was durable before */
    CORE_SETTLE_MS = 3000, /* after START: an input that was never heard is not yet lost */
    CORE_SENSOR_GRACE_MS =
        1000,                  /* a sensor that changed just now may still be seeing the last product fall */
    CORE_STUCK_MS = 2000,      /* a sensor that forbids selling for longer is reported */
    CORE_QUIET_MS = 10000,     /* an order of a finished movement without answer: output fault */
    CORE_HOLD_AGAIN_MS = 5000, /* a hold contact that was perhaps not switched is ordered again after this */
    CORE_HOLD_SOON_MS = 500,   /* ... and one that was certainly not, after this */
    CORE_HOLD_MOST_S = 7 * 86400,
    CORE_GUARD_MS = 150,      /* the guard's limit, its margin and its report */
    CORE_PAUSE_MS = 10,       /* between two times of one device */
    CORE_POLL_MS = 200,       /* how often waiting payments are judged anew when nothing else happens */
    CORE_REPUBLISH_MS = 2000, /* one outcome again per payment in this time */
    CORE_REPUBLISH_MAX = 20,  /* outcomes again for all payments together in CORE_REPUBLISH_MS */
    CORE_ALARM_MS = 10000,    /* alarms that a sender can cause: at most CORE_ALARM_MAX in this time */
    CORE_ALARM_MAX = 10,
};

enum core_slot_state {
    CORE_SLOT_FREE,
    CORE_SLOT_STORING,  /* the payment's first transaction is in flight: not durable yet */
    CORE_SLOT_QUEUED,   /* durable, waits for its movement */
    CORE_SLOT_RESERVED, /* its intent is in flight (ticket), or durable and waits for moments to begin (no
                           ticket) */
    CORE_SLOT_MOVING,
    CORE_SLOT_SETTLED,   /* of many at once: its outcome is known and waits to be written */
    CORE_SLOT_FINISHING, /* its outcome is in flight */
    CORE_SLOT_RECOVER,   /* found MOVING at start: its outcome is to be written */
};

struct core_slot {
    enum core_slot_state state;
    uint64_t order; /* rising: smaller came earlier */
    struct payment payment;
    uint32_t parts;          /* of the transaction in flight */
    uint64_t ticket;         /* of it; 0 = none */
    uint64_t further_ticket; /* of a further intent during the movement; 0 = none */
    uint64_t token;          /* of the first message until its RELEASE */
    bool restored;           /* from the store: its device's inputs may come late */
    bool aged;               /* age_ms was measured with a trusted clock at monotonic aged_at_ms */
    int64_t age_ms, aged_at_ms;
    int64_t accepted_ms, since_ms;
    uint64_t begun; /* of many at once: rising in the order of their starts */
    int64_t begun_ms;
};

/* A duplicate that arrived while the first one was not durable yet: answered with it. */
struct core_waiting {
    bool used, conflict;
    int32_t slot;
    uint64_t token;
};

struct core_recent {
    struct payment payment;
    uint64_t order;
    int64_t since_ms;
};

enum core_device_use { CORE_DEVICE_IDLE, CORE_DEVICE_RESERVED, CORE_DEVICE_MOVING, CORE_DEVICE_ENDING };

struct core_device {
    struct device device;
    struct core_device_state state;
    enum core_device_use use;
    int32_t slot; /* whose movement it is, -1 = none */
    bool test;    /* the movement is a test: test_id is answered */
    bool opening; /* of a test: the operator wants the barrier open, it is no test for him */
    uint64_t test_id;
    uint64_t test_begun;       /* of many at once: its place among the payments */
    bool settled;              /* ENDING: the outcome is durable */
    int32_t orders_open;       /* orders without their result */
    int64_t quiet_by_ms;       /* ENDING: the results must be there by then */
    int64_t maybe_on_until_ms; /* an OFF was not confirmed: by then the guard below has ended the output; 0 =
                                  is off */
    int64_t ended_ms;          /* when the last movement ended, 0 = never */
    int64_t freed_ms;          /* when it last became idle, 0 = was never busy */
    bool at_rest;              /* of the movement: nothing of it is on nor will be (machine.parallel) */
    int64_t deadline_ms;       /* when the kind wants TIME; of lanes also while idle */
    enum device_phase phase;
    bool latency_said;
    uint64_t hold_ticket;   /* the operator's hold is on its way to the disk; 0 = no */
    int64_t hold_next_ms;   /* its end once it is there */
    int64_t hold_end_ms;    /* it is in force until then; 0 = no hold */
    bool hold_restored;     /* from the store: in force once the clock is trusted */
    bool hold_level;        /* of the hold contact as ordered last */
    bool hold_sure;         /* that order was done */
    int64_t hold_order_ms;  /* the next one not before */
    int64_t stuck_since_ms; /* a sensor forbids selling since then, 0 = none */
    int32_t stuck_line;
    bool stuck_said;
};

struct core_line {
    enum device_level level; /* inputs */
    bool heard;              /* anything was said about it since start */
    bool lost;               /* said to be lost */
    bool stuck_on; /* outputs: reads on after off, or its off could not be confirmed; until the next start */
    bool faulted;  /* outputs: latched, only OFF may be ordered */
    int64_t changed_ms;
    int64_t let_open_ms; /* a locker's door: open since then because its lock was released; 0 = is not */
};

struct core_answer { /* a command that waits for its commit */
    uint64_t ticket; /* 0 = free */
    uint64_t id;
};

struct core_rate {
    int64_t since_ms;
    int32_t used;
};

struct core {
    const struct config *config;
    int64_t now_ms, wall_s;
    bool clock_known; /* the clock was trusted once in this run: wall_offset_ms is good for reports */
    int64_t wall_offset_ms;
    bool started, stopping, aborted, machine_disabled, store_failed, crash_loop, clock_trusted, broker_heard;
    bool screen_good;
    bool more; /* work left by this step's bound */
    bool view_changed;
    int64_t start_ms;
    uint64_t next_order, next_ticket, next_begun;
    int32_t slot_end; /* the slots from here on are free: nobody looks at them */
    struct core_waiting waiting[CORE_MAX_UNRELEASED];
    int32_t recent_count, recent_next;
    struct core_line lines[CONFIG_MAX_LINES];
    struct core_answer answers[CORE_MAX_COMMANDS];
    struct {
        uint64_t key;
        int64_t at_ms;
    } republished[CORE_MAX_RECENT];
    int32_t republished_next;
    struct core_rate republish_rate, alarm_rate;
    int64_t counters[CORE_COUNTER_COUNT];
    uint64_t shares[CONFIG_MAX_DEVICES]; /* bit per device that has a sensor in common with this one */
    /* From here on core_init clears what the configuration has: nothing is read beyond its counts, slot_end
     * and recent_count, and a slot is cleared when it is taken. */
    struct core_product_state products[CONFIG_MAX_PRODUCTS];
    struct core_device devices[CONFIG_MAX_DEVICES];
    struct core_recent recent[CORE_MAX_RECENT];
    struct core_slot slots[CORE_MAX_OPEN];
};

/* One fact that speaks against selling a product now. */
struct core_fact {
    enum core_hold hold;
    int32_t line; /* to blame, -1 = none */
    bool passing; /* expected to pass by itself within moments: wait instead of refusing */
    enum payment_reason reason;
};

struct core_facts {
    int32_t count;
    struct core_fact
        item[CORE_HOLD_COUNT + 8]; /* each hold of the machine, and what its product and device add */
    bool checked;                  /* check is valid: the device is idle and was asked */
    struct device_check check;
};

enum core_verdict { CORE_VERDICT_GO, CORE_VERDICT_WAIT, CORE_VERDICT_REFUSE };
struct core_judgement {
    enum core_verdict verdict;
    enum payment_reason reason;
    int32_t line;    /* of a sensor to blame, -1 = none */
    int64_t wait_ms; /* WAIT: longest wait since acceptance, 0 = until it is too old */
};

/* ---- core_tell.c ---- */
void core_emit_event(struct core_actions *out, enum core_code code, int32_t product, int32_t device,
                     int32_t line);
void core_emit_payment_event(struct core_actions *out, enum core_code code, const struct payment *payment,
                             enum payment_reason reason);
/* What the kind has to say, with the trace of its sensors and the payment that it moves for. */
void core_tell_notes(struct core *core, int32_t device, const struct device_out *result,
                     struct core_actions *out);

/* ---- core.c: actions ---- */
struct core_action *core_emit(struct core_actions *out, enum core_action_kind kind);
/* Begins a transaction; the caller fills in what its parts need. */
struct core_txn *core_emit_store(struct core *core, struct core_actions *out, uint32_t parts);
bool core_rate_allow(struct core_rate *rate, int64_t now_ms, int64_t window_ms, int32_t max);
void core_count(struct core *core, enum core_counter counter, int64_t amount);
/* Wall time for reports: the clock if trusted, else the last trusted one carried on by the monotonic clock.
 */
int64_t core_report_time(const struct core *core);

/* ---- core_admit.c ---- */
void core_admit(struct core *core, const struct core_event *event, struct core_actions *out);
/* CORE_MAX_OPEN if there is none. */
int32_t core_free_slot(const struct core *core);

/* ---- core_judge.c ---- */
int64_t core_price_at(const struct core *core, int32_t product, int64_t paid_at);
int64_t core_age_ms(int64_t wall_s, int64_t paid_at);
/* NONE, or why this payment may not move any more; *ret_wait: the clock must be trusted first. */
enum payment_reason core_judge_age(struct core *core, struct core_slot *slot, bool *ret_wait);
int32_t core_stock_free(const struct core *core, int32_t product);
void core_add_fact(struct core_facts *facts, enum core_hold hold, int32_t line, bool passing,
                   enum payment_reason reason);
void core_gather_facts(const struct core *core, int32_t product, bool patient, struct core_facts *ret);
/* Machine, product, lines and device, not the stock nor the age of a payment. */
struct core_judgement core_judge_service(const struct core *core, int32_t product, bool patient);
uint32_t core_machine_holds(const struct core *core);
/* It stands for itself: machine.parallel does not concern it. */
bool core_device_lane(const struct core *core, int32_t device);
/* One more device may move, and it may be this one. */
bool core_parallel_free(const struct core *core, int32_t device);
/* Its accepted payments that are not finished. */
int32_t core_rights_used(const struct core *core, int32_t device);
/* No further one may be accepted (turnstiles). */
bool core_rights_full(const struct core *core, int32_t device);
/* A payment for this device is accepted and waits: others for it come later. */
bool core_device_awaited(const struct core *core, int32_t device);
int32_t core_waiting_count(const struct core *core);

/* ---- core_slot.c ---- */
/* Writes the slot's transaction; payment (and product, device) must be as they shall be stored. */
void core_slot_store(struct core *core, struct core_slot *slot, uint32_t parts, struct core_actions *out);
/* Refuses without movement. parts: what goes with the outcome (PAYMENT for a new one). */
void core_slot_refuse(struct core *core, struct core_slot *slot, enum payment_reason reason, int32_t line,
                      uint32_t parts, struct core_actions *out);
/* Takes the device and the stock and writes the intent. parts: PAYMENT for a new one. */
void core_slot_reserve(struct core *core, struct core_slot *slot, uint32_t parts, struct core_actions *out);
/* Payments whose transaction is in flight. */
int32_t core_storing_count(const struct core *core);
void core_slot_enter(struct core *core, struct core_slot *slot, enum core_slot_state state);

/* ---- core_payments.c ---- */
void core_payments_run(struct core *core, struct core_actions *out);
void core_payments_committed(struct core *core, const struct core_event *event, struct core_actions *out);
/* Nothing new starts in this run; what moves is brought to its safe end. */
void core_store_fail(struct core *core, struct core_actions *out);
void core_publish_again(struct core *core, const struct payment *payment, struct core_actions *out);
void core_answer_waiting(struct core *core, int32_t slot, struct core_actions *out);

/* ---- core_move.c ---- */
void core_move_start(struct core *core, int32_t device, struct core_actions *out);
void core_move_feed(struct core *core, int32_t device, const struct device_event *event,
                    struct core_actions *out);
/* Carries out what the kind asked for. Orders for a latched line go nowhere: the kind hears REFUSED. */
void core_move_apply(struct core *core, int32_t device, const struct device_out *result,
                     struct core_actions *out);
void core_move_order(struct core *core, const struct core_event *event, struct core_actions *out);
void core_move_output_fault(struct core *core, int32_t line, bool still_on, struct core_actions *out);
void core_move_time(struct core *core, struct core_actions *out);
void core_move_abort(struct core *core, struct core_actions *out);

/* ---- core_device.c ---- */
void core_device_free(struct core *core, int32_t device);
/* Frees the device if its movement is settled, all its orders are answered and its outputs are off. */
void core_device_settle(struct core *core, int32_t device, bool settled);
void core_device_lock(struct core *core, int32_t device, enum core_lock lock, struct core_actions *out);
bool core_device_unlock(struct core *core, int32_t device, struct core_actions *out);
void core_device_store(struct core *core, int32_t device, struct core_actions *out);
/* An output of the device is still on, or may be: only a repair and a new start bring it back. */
bool core_device_stuck_on(const struct core *core, int32_t device);
/* Strikes and lock by the kind's verdict; true if the durable state changed. */
bool core_device_verdict(struct core *core, int32_t device, const struct device_out *result,
                         struct core_actions *out);
/* The refund that an ending of a movement stands for. */
enum payment_refund core_refund_of(const struct payment_outcome *outcome);
/* Failed and refunded means that nothing came out: it is still there to be sold. The part to be stored, 0 =
 * none. */
uint32_t core_return_stock(struct core *core, const struct payment *payment);

/* ---- core_lane.c ---- */
/* The device's fire input, or the machine's for a lane, gives alarm or is not known. */
bool core_lane_fire_on(const struct core *core, int32_t device);
/* A line's level changed: if it is a fire input that gives alarm, what it protects is locked until cleared.
 */
void core_lane_fire(struct core *core, int32_t line, struct core_actions *out);
/* An order for the hold contact ended. */
void core_lane_ordered(struct core *core, int32_t device, const struct core_event *event);
/* An output line was lost or came back. */
void core_lane_lost(struct core *core, int32_t line);
void core_lane_run(struct core *core, struct core_actions *out);
int64_t core_lane_deadline(const struct core *core, int32_t device);
/* LANE_OPEN, LANE_HOLD, LANE_RELEASE: NULL or why not. */
const char *core_lane_command(struct core *core, const struct core_command *command,
                              struct core_actions *out);
void core_lane_committed(struct core *core, uint64_t ticket);

/* ---- core_many.c ---- */
bool core_device_many(const struct core *core, int32_t device);
/* Payments of it have begun and are not settled. */
bool core_many_unsettled(const struct core *core, int32_t device);
/* slot: the payment, NULL = the test. */
void core_many_start(struct core *core, int32_t device, struct core_slot *slot, struct core_actions *out);
void core_many_settle(struct core *core, int32_t device, const struct device_out *result,
                      struct core_actions *out);
void core_many_shown(struct core *core, const struct core_event *event, struct core_actions *out);
/* Writes outcomes that are known. */
void core_many_run(struct core *core, struct core_actions *out);
/* Neither light nor screen can show a payment. */
void core_many_facts(const struct core *core, int32_t device, struct core_facts *facts);

/* ---- core_health.c ---- */
void core_health_line(struct core *core, const struct core_event *event, struct core_actions *out);
void core_health_gap(struct core *core, const struct core_event *event, struct core_actions *out);
void core_health_set(struct core *core, const struct core_event *event, struct core_actions *out);
void core_health_time(struct core *core, struct core_actions *out);
/* Looks whether a sensor of the idle device forbids selling. */
void core_health_watch(struct core *core, int32_t device);
/* When the sensor that forbids selling is reported as stuck; 0 = none does, or it was. */
int64_t core_health_stuck_end(const struct core *core, int32_t device);
/* What the open contact at `line` of the idle device means: a customer at his locker, or a stuck sensor. */
enum core_hold core_health_hold(const struct core *core, int32_t device, int32_t line);
/* When the sensor that forbids selling has done so for CORE_SENSOR_GRACE_MS; 0 = none does. */
int64_t core_health_grace_end(const struct core *core, int32_t device);
/* The first lost line of the device, -1 = none; *ret_passing: not heard yet, may still come. */
int32_t core_device_lost_line(const struct core *core, int32_t device, bool patient, bool *ret_passing);
bool core_line_passing(const struct core *core, int32_t line, bool patient);

/* ---- core_recover.c ---- */
void core_recover_restore(struct core *core, const struct core_event *event);
void core_recover_start(struct core *core);
/* Writes the outcome of one payment that was moving when the power went. */
void core_recover_moving(struct core *core, struct core_slot *slot, struct core_actions *out);

/* ---- core_command.c ---- */
void core_command(struct core *core, const struct core_event *event, struct core_actions *out);
void core_command_committed(struct core *core, uint64_t ticket, bool ok, struct core_actions *out);
void core_command_tested(struct core *core, int32_t device, const struct device_out *result,
                         struct core_actions *out);
/* error: NULL = done. */
void core_command_answer(struct core_actions *out, uint64_t id, const char *error);
/* Stores what the command changed and remembers whom to answer. Returns the ticket. */
uint64_t core_command_store(struct core *core, const struct core_command *command, uint32_t parts,
                            int32_t device, struct core_actions *out);

#endif
