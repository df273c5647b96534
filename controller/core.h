/* The heart: one pure function. An event goes in (with its time), a bounded list of actions comes out.
 *
 * No clock, no allocation, no I/O, no logging, no global: tests/pure.sh checks the undefined symbols and the
 * empty .bss of the core's and the devices' objects. The same code runs the daemon, the simulator, replay and
 * fuzzing.
 *
 * Durability has two steps: the core says STORE(ticket); only the event COMMITTED(ticket, ok) lets it move,
 * acknowledge or publish. After a failed commit nothing new starts in this run (I21).
 *
 * Order at start: core_init, RESTORE_* for everything the store knows, START, then the rest in any order.
 */
#ifndef CONTROLLER_CORE_H
#define CONTROLLER_CORE_H

#include "config/config.h"
#include "controller/codes.h"
#include "controller/device/device.h"
#include "controller/payment.h"

enum {
    CORE_MAX_OPEN = 256,  /* payments without a durable outcome */
    CORE_MAX_QUEUE = 32,  /* of these, accepted and waiting for their movement; more are refused: busy */
    CORE_MAX_RECENT = 64, /* finished ones kept for the screen and kioskctl */
    CORE_MAX_PRICES = 4,  /* newest price changes kept per product, for payments made before a change */
    CORE_MAX_ACTIONS = 768,
    CORE_STRIKES_OUT = 2,
    CORE_FUTURE_S = 60, /* a payment dated further ahead than this: clock_untrusted */
    CORE_MESSAGE_SIZE = 257,
};

/* ---- durable state of products and devices (rows of the store) ---- */

struct core_price {
    int64_t from;
    int64_t price;
}; /* valid for paid_at >= from (wall s) */

struct core_product_state {
    int32_t stock;       /* -1 = not counted */
    bool disabled;       /* by operator */
    int32_t price_count; /* changes since the configuration; 0 = config price always */
    struct core_price prices[CORE_MAX_PRICES];
    char qr[CONFIG_QR_SIZE]; /* newest QR text if price.set brought one, else "" = from the configuration */
};

enum core_lock {
    CORE_LOCK_NONE,
    CORE_LOCK_STRUCK_OUT,
    CORE_LOCK_JAM,
    CORE_LOCK_UNKNOWN,
    CORE_LOCK_OUTPUT_FAULT,
    CORE_LOCK_FIRE, /* the device's fire input, or the machine's for a lane, gave alarm: until cleared */
    CORE_LOCK_COUNT
};

enum { CORE_OWNER_SIZE = 65, CORE_WHY_SIZE = 129 };

struct core_device_state {
    int32_t strikes;
    enum core_lock lock; /* why it is out until evidence or service */
    int64_t hold_until;  /* the operator holds the barrier open until then (wall s), 0 = no */
    int64_t hold_since;  /* wall s */
    char hold_owner[CORE_OWNER_SIZE], hold_why[CORE_WHY_SIZE];
};

/* ---- one transaction ---- */

enum {
    CORE_TXN_PAYMENT =
        1, /* insert the payment (conflict if the key exists: COMMITTED with conflict, nothing written) */
    CORE_TXN_INTENT = 2,   /* state MOVING, attempts, started_at */
    CORE_TXN_OUTCOME = 4,  /* state DONE and the outcome; gets its seq and enters the outbox */
    CORE_TXN_PRODUCT = 8,  /* product_state of product `product` */
    CORE_TXN_DEVICE = 16,  /* device_state of device `device` */
    CORE_TXN_MACHINE = 32, /* machine_disabled */
};

struct core_txn {
    uint64_t ticket; /* > 0, rising */
    uint32_t parts;
    struct payment payment; /* key always; the rest as far as parts need it */
    int32_t product, device;
    struct core_product_state product_state;
    struct core_device_state device_state;
    bool machine_disabled;
};

/* ---- events ---- */

enum core_health {                            /* each missing one has a name: contract's status "reasons" */
                   CORE_HEALTH_STORE,         /* the store is good */
                   CORE_HEALTH_CLOCK,         /* the wall clock is trusted (shell applies clock.trust) */
                   CORE_HEALTH_BROKER,        /* heard the broker within offline_s */
                   CORE_HEALTH_NO_CRASH_LOOP, /* fewer than 5 unclean starts in 10 minutes */
                   CORE_HEALTH_SCREEN,        /* a screen says that it shows what it is told */
                   CORE_HEALTH_COUNT
};

enum core_event_kind {
    CORE_EVENT_RESTORE_PAYMENT, /* u.payment: state PAID or MOVING, from the store */
    CORE_EVENT_RESTORE_PRODUCT, /* u.product */
    CORE_EVENT_RESTORE_DEVICE,  /* u.device */
    CORE_EVENT_RESTORE_MACHINE, /* u.machine_disabled */
    CORE_EVENT_START,   /* recovery: MOVING → outcome unknown + lock; PAID resumes when ready and fresh, else
                           refused */
    CORE_EVENT_PAYMENT, /* u.in: a genuine payment */
    CORE_EVENT_COMMITTED,    /* u.commit */
    CORE_EVENT_LINE,         /* u.line: an input's level or quality changed */
    CORE_EVENT_GAP,          /* u.gap: an input of a movement was not looked at for a while */
    CORE_EVENT_ORDER,        /* u.order: an order ended */
    CORE_EVENT_OUTPUT_FAULT, /* u.line.line; on: still on after off (latched); else it was switched off by its
                                limit */
    CORE_EVENT_HEALTH,       /* u.health */
    CORE_EVENT_COMMAND,      /* u.command: an operator's order, already durable by its jti */
    CORE_EVENT_TICK,         /* now_ms reached the deadline */
    CORE_EVENT_SHOWN,        /* u.shown: the screen says that it has drawn these payments */
    CORE_EVENT_LEAVE, /* the daemon is going to end: start nothing more; what moves comes to its own end */
    CORE_EVENT_STOP,  /* the daemon ends: abort movements, start nothing */
    CORE_EVENT_COUNT
};

enum core_command_kind {
    CORE_COMMAND_PRODUCT_ENABLE, /* also clears the lock and strikes of its device */
    CORE_COMMAND_PRODUCT_DISABLE,
    CORE_COMMAND_PRICE_SET,      /* price, qr, from (wall s) */
    CORE_COMMAND_STOCK_SET,      /* stock (refill: capacity) */
    CORE_COMMAND_DEVICE_TEST,    /* one movement without a payment; only when the device is idle */
    CORE_COMMAND_DEVICE_RESET,   /* clears lock and strikes */
    CORE_COMMAND_MACHINE_ENABLE, /* also clears the crash loop latch */
    CORE_COMMAND_MACHINE_DISABLE,
    CORE_COMMAND_LANE_OPEN,    /* one opening without a payment (barrier.open) */
    CORE_COMMAND_LANE_HOLD,    /* keeps it open until `until` (barrier.hold) */
    CORE_COMMAND_LANE_RELEASE, /* ends the hold (barrier.release); never a closing command */
    CORE_COMMAND_COUNT
};

struct core_command {
    enum core_command_kind kind;
    uint64_t id;             /* comes back in ANSWER */
    int32_t product, device; /* index, -1 = not meant */
    int64_t price, from;
    int64_t until; /* LANE_HOLD: wall s */
    char owner[CORE_OWNER_SIZE], why[CORE_WHY_SIZE];
    int32_t stock;
    char qr[CONFIG_QR_SIZE];
};

struct core_event {
    enum core_event_kind kind;
    int64_t now_ms; /* monotonic */
    int64_t wall_s; /* wall clock; believed only if CORE_HEALTH_CLOCK */
    union {
        struct payment payment;
        struct {
            int32_t product;
            struct core_product_state state;
        } product;
        struct {
            int32_t device;
            struct core_device_state state;
        } device;
        bool machine_disabled;
        struct {
            struct payment_claims claims;
            struct payment known; /* the store's record of this key, state NONE if there is none */
            bool exp_past;        /* its exp had passed by a trusted clock */
            int64_t received_us;
            uint64_t token; /* of the waiting receive thread; given back in RELEASE */
        } in;
        struct {
            uint64_t ticket;
            bool ok;
            bool conflict;
        } commit;
        struct {
            int32_t line;
            bool good;
            bool on;
        } line;
        struct {
            int32_t line, ms;
        } gap;
        struct {
            int32_t line;
            enum device_order_kind kind;
            enum device_order_result result;
            int64_t on_at_us; /* monotonic, 0 = not known */
        } order;
        struct {
            enum core_health what;
            bool good;
        } health;
        struct {
            uint64_t from, to; /* core_activity.order, both ends included */
        } shown;
        struct core_command command;
    } u;
};

/* ---- actions ---- */

struct core_trace {
    int32_t line;
    enum device_level level;
    int32_t ago_ms; /* before the event */
};

enum core_receipt_result { CORE_RECEIPT_ACCEPTED, CORE_RECEIPT_DUPLICATE, CORE_RECEIPT_REFUSED };

enum core_action_kind {
    CORE_ACTION_STORE,   /* u.txn; answered by COMMITTED */
    CORE_ACTION_ORDER,   /* u.order: to the hal; answered by ORDER */
    CORE_ACTION_RELEASE, /* u.token: the receive thread may acknowledge (the commit stands) */
    CORE_ACTION_RECEIPT, /* u.receipt */
    CORE_ACTION_OUTCOME, /* u.payment: its outcome is durable: publish (or publish again, for a duplicate) */
    CORE_ACTION_EVENT,   /* u.event: for out/event and the log */
    CORE_ACTION_ANSWER,  /* u.answer: a command ended */
    CORE_ACTION_LATENCY, /* u.latency_us: payment received → movement started */
    CORE_ACTION_COUNT
};

struct core_action {
    enum core_action_kind kind;
    union {
        struct core_txn txn;
        struct {
            int32_t line;
            enum device_order_kind kind;
            int32_t ms;
        } order;
        uint64_t token;
        struct {
            struct payment_claims claims;
            enum core_receipt_result result;
            enum payment_reason reason;
        } receipt;
        struct payment payment;
        struct {
            enum core_code code;
            int32_t product, device, line;        /* -1 = none */
            char provider[PAYMENT_PROVIDER_SIZE]; /* "" = not about a payment */
            char payment_id[PAYMENT_ID_SIZE];
            enum payment_reason reason;
            char owner[CORE_OWNER_SIZE], why[CORE_WHY_SIZE]; /* of an operator's order; "" = none */
            int64_t until;       /* HOLD_BEGUN, HOLD_ENDED by its time: wall s; 0 = not said, released */
            int32_t trace_count; /* the device's last sensor changes, oldest first */
            struct core_trace trace[DEVICE_TRACE];
        } event;
        struct {
            uint64_t id;
            bool ok;
            const char *error;
            struct payment_outcome outcome;
        } answer; /* error: static text */
        int64_t latency_us;
    } u;
};

struct core_actions {
    int32_t count;
    int64_t deadline_ms; /* a TICK is wanted then; 0 = none */
    bool view_changed;   /* what the views below show may have changed */
    struct core_action item[CORE_MAX_ACTIONS];
};

/* ---- functions ---- */

struct core; /* controller/core_state.h; allocated by the caller, zero-initialised storage */

/* Borrows config for the core's life. */
void core_init(struct core *core, const struct config *config);
/* One step. Overwrites *ret. Never fails; asserts only on our own mistakes (tickets never issued, indices out
 * of range). */
void core_step(struct core *core, const struct core_event *event, struct core_actions *ret);

/* ---- views: read-only, pure ---- */

struct core_product_view {
    bool can_sell;
    enum core_hold hold; /* why not; NONE if can_sell */
    int32_t line;        /* the line to blame, -1 */
    int64_t price;       /* the price now */
    int32_t stock;       /* left after what is queued, -1 = not counted */
    const char *qr;      /* the text to show; borrowed */
};
void core_view_product(const struct core *core, int32_t product, int64_t wall_s,
                       struct core_product_view *ret);

struct core_machine_view {
    bool selling;   /* at least one product can be sold */
    uint32_t holds; /* bit per core_hold that stops the whole machine */
    int32_t open;   /* payments without a durable outcome */
    int32_t moving, queued;
    int32_t unsettled; /* movements, and payments whose intent is durable or on its way without an outcome */
    bool store_failed;
};
void core_view_machine(const struct core *core, struct core_machine_view *ret);

struct core_device_view {
    struct core_device_state state;
    bool moving;
    enum device_phase phase;
    bool held;                  /* the operator or the fire input holds it open now */
    enum device_level presence; /* of a vehicle before the arm; UNKNOWN without the sensor */
    int32_t rights;             /* paid passages not yet used up, the present one included */
};
void core_view_device(const struct core *core, int32_t device, struct core_device_view *ret);

/* Open and recent payments, newest first; for the screen and kioskctl. */
struct core_activity {
    const struct payment *payment; /* borrowed until the next step */
    enum device_phase phase;
    bool finished;    /* the outcome is durable */
    uint64_t order;   /* rising: later accepted ones are greater */
    int64_t since_ms; /* monotonic: when it came into this state */
};
int32_t core_view_activities(const struct core *core, struct core_activity *ret, int32_t max);

enum core_counter {
#define CORE_COUNTER_ENUM(id, name) CORE_COUNTER_##id,
    CORE_COUNTERS(CORE_COUNTER_ENUM)
#undef CORE_COUNTER_ENUM
        CORE_COUNTER_COUNT
};
const char *core_counter_name(enum core_counter counter);
int64_t core_view_counter(const struct core *core, enum core_counter counter);

/* Every fact that stops this product, in plain order, for `kioskctl why`: fills ret with holds, returns how
 * many. */
int32_t core_why(const struct core *core, int32_t product, enum core_hold *ret, int32_t max);

#endif
