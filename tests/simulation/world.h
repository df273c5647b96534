/* A seeded world around the unchanged core and the real device kinds: a payment service, a store, a machine
 * with faults, an operator and a clock, all in virtual time. One 64-bit seed decides everything, so a
 * violation can be replayed.
 *
 * The world knows the truth (what fell, what is on, what is on disk, what time it is) and check.c compares
 * every action of the core with it. The names I1..I22 are those of the invariants in the project's list of
 * faults.
 */
#ifndef TESTS_SIMULATION_WORLD_H
#define TESTS_SIMULATION_WORLD_H

#include "controller/core_state.h"
#include "tests/simulation/gate.h"
#include "tests/simulation/lane.h"
#include "tests/simulation/net.h"
#include "tests/simulation/promise.h"

enum {
    WORLD_MAX_PAYMENTS = 128,
    WORLD_AGENDA = 4096,
    WORLD_TXNS = 128,
    WORLD_INBOX = 512,
    WORLD_TRACE = 100,
    WORLD_VENDING = 5, /* devices that give out goods */
    WORLD_DEVICES = WORLD_VENDING + GATE_MAX + LANE_MAX,
    WORLD_PRODUCTS = 2 * WORLD_VENDING + GATE_MAX + LANE_MAX,
    WORLD_FEEL_MS = 25,         /* a level is heard within this */
    WORLD_EPOCH_S = 1700000000, /* the true wall clock at the beginning */
    WORLD_FAULTS_MS = 240000,   /* faults happen until then */
    WORLD_SETTLE_MS = 600000,   /* after that everything must be settled within this time (I6) */
};

struct random {
    uint64_t state[4];
};
void random_seed(struct random *random, uint64_t seed);
uint64_t random_next(struct random *random);
int32_t random_below(struct random *random, int32_t bound);
int32_t random_between(struct random *random, int32_t low, int32_t high);
bool random_chance(struct random *random, int32_t per_mille);

enum world_kind {
    WORLD_SEND,      /* a: payment, b: 0 as signed, 1 conflicting */
    WORLD_COMMIT,    /* the oldest transaction reaches the disk, or fails */
    WORLD_RESULT,    /* a: line, b: index into results */
    WORLD_PULSE_END, /* a: line, c: generation */
    WORLD_GUARD,     /* a: line, c: generation */
    WORLD_PHYSICS,   /* a: device, b: what, c: generation */
    WORLD_FEEL,      /* a: line: the core hears its level */
    WORLD_LINE_FAULT,
    WORLD_CLOCK_FAULT,
    WORLD_MACHINE_FAULT, /* door, fire, stuck sensor, broker */
    WORLD_OPERATOR,
    WORLD_POWER_CUT,
    WORLD_BOOT,
    WORLD_CALM,  /* faults stop */
    WORLD_GATE,  /* a: gate, b: what, c */
    WORLD_LANE,  /* a: lane, b: what, c */
    WORLD_NET,   /* b: what, a, c */
    WORLD_LEAVE, /* the daemon is told to end; a: 0 leave, 1 stop, 2 gone */
    WORLD_DISK_FULL,
    WORLD_KIND_COUNT
};

struct world_item {
    int64_t at_ms;
    uint64_t number;
    enum world_kind kind;
    uint32_t epoch; /* 0 = survives a power cut */
    int32_t a, b;
    int64_t c;
};

struct world_payment {
    struct payment_claims claims;
    bool receipt, genuine_good;
    int32_t sends;
    /* on disk */
    bool present;
    struct payment record;
    int32_t outcomes;
    bool acknowledged;
    int64_t seq; /* of its outcome, 0 = none yet */
    /* what the service has heard */
    uint64_t published;
    bool heard;
    /* the truth */
    int32_t starts;      /* movements of the actuator that began for it, over all restarts */
    int64_t came_before; /* what its device had given out when the movement began */
    int64_t evidence_before, heard_before;
    uint32_t epoch;        /* of the last start */
    int64_t started_ms;    /* likewise */
    uint32_t drawn, shown; /* the epoch in which its line was last on a picture; shown: after it had begun */
};

struct world_device {
    bool on, welded, jammed, stuck, hung;
    uint32_t generation;
    int64_t on_at_ms;
    int32_t turned_ms, turn_ms, release_ms;
    bool released;
    int64_t came_out; /* products, pulses, openings given out since the world began */
};

struct world_line {
    bool level;  /* the physical level */
    bool forced; /* an input stuck on */
    bool lost;
    int64_t edged_ms; /* the newest edge */
    int64_t heard;    /* times the core was told of another level */
};

struct world_trace {
    int64_t at_ms;
    const char *what;
    int32_t a, b;
    int64_t c;
};

struct world_knobs {
    int32_t order_fault, commit_fault, slow_disk, machine_fault, power_cuts, line_faults, clock_faults,
        operator_acts, network, receipt_lost;
};
enum { WORLD_KNOBS = sizeof(struct world_knobs) / sizeof(int32_t) };

enum twin_screen { TWIN_SCREEN_NONE, TWIN_SCREEN_GOOD, TWIN_SCREEN_DEAD }; /* what it says of itself */

/* One run among others of the same seed. */
struct world_options {
    const bool
        *without; /* from 1: the knobs, then the planned items by their number; NULL = nothing is left out */
    int32_t without_count;
    bool other_clock; /* a clock that is not trusted is wrong the other way round */
    enum twin_screen screen;
};

struct world {
    uint64_t seed;
    struct random random;
    struct core_event event;
    struct world_knobs knobs;
    int64_t now_ms, deadline_ms;
    uint64_t next_number, next_token;
    uint32_t epoch;
    bool powered, calm, failed_commit, odd_payments;
    int64_t clock_offset_s;
    bool clock_trusted, clock_moved;
    int32_t agenda_count, plan_count, plan_at;
    int32_t payment_count;
    int32_t txn_head, txn_count, group, group_stage;
    bool conflict[WORLD_TXNS]; /* of the group that is written */
    struct core_product_state products[WORLD_PRODUCTS];
    struct core_device_state device_states[WORLD_DEVICES];
    bool product_known[WORLD_PRODUCTS], device_known[WORLD_DEVICES], machine_disabled;
    bool stock_touched;
    struct {
        int32_t payment, variant;
        enum net_kind kind;
    } inbox[WORLD_INBOX];
    int32_t inbox_head, inbox_count;
    uint64_t token; /* of the message in the core's hands, 0 = none */
    struct world_device devices[WORLD_DEVICES];
    struct world_lane lanes[LANE_MAX];
    int32_t lane_count;
    struct world_item lane_item; /* a lane's tick, when it is the first of all */
    int32_t own_lines[WORLD_DEVICES][CONFIG_ROLE_COUNT], own_count[WORLD_DEVICES]; /* of each device */
    struct world_line lines[CONFIG_MAX_LINES];
    uint32_t line_generation[CONFIG_MAX_LINES];
    struct world_gate gates[GATE_MAX];
    int32_t gate_count;
    bool screen_dead, screen_told; /* screen_told: what the core believes */
    int64_t screen_answered_ms;
    uint64_t drawn_from, drawn_to; /* the lines of the screen's picture; 0 = none */
    uint64_t picture;              /* its digest */
    int32_t same_picture;          /* drawn so often since it last changed */
    struct {
        int32_t line;
        enum device_order_kind kind;
        enum device_order_result result;
        int64_t on_at_ms;
    } results[256];
    int32_t next_result;
    int32_t beam, door, fire; /* lines, -1 = none */
    uint64_t last_command;
    bool latched[CONFIG_MAX_LINES];    /* below the core */
    bool fault_told[CONFIG_MAX_LINES]; /* the core knows, and nobody has reset it */
    int64_t edges[CONFIG_MAX_LINES];   /* times the sensor became active or inactive */
    uint64_t digest;                   /* of what is shown */
    struct world_trace trace[WORLD_TRACE];
    uint64_t trace_count;
    const char *violation;
    struct world_net net;
    struct world_promise promise;
    uint64_t planned; /* the agenda's items below this number were planned before anything ran */
    bool leaving, disk_full;
    int32_t twin_turn;
    int64_t steps, movements, results_seen[PAYMENT_RESULT_COUNT], reasons_seen[PAYMENT_REASON_COUNT];
    /* From here on not cleared for a new world as a whole: counts say how much of it is valid. */
    struct config config;
    struct world_payment payments[WORLD_MAX_PAYMENTS];
    struct core_actions actions;
    struct world_item agenda[WORLD_AGENDA]; /* a binary heap */
    struct world_item plan[WORLD_AGENDA];
    struct core_txn txns[WORLD_TXNS];
    struct world_options options;
    struct core core;
};

/* world.c */
void world_run(struct world *world, uint64_t seed);
void world_at(struct world *world, int64_t delay_ms, enum world_kind kind, bool survives, int32_t a,
              int32_t b, int64_t c);
void world_note(struct world *world, const char *what, int32_t a, int32_t b, int64_t c);
void world_violate(struct world *world, const char *what);
struct core_event *world_event(struct world *world, enum core_event_kind kind);
/* Steps the core with the event of world_event and carries its actions out. */
void world_step(struct world *world);
int64_t world_true_s(const struct world *world);

/* plan.c: configuration, payments and faults of this seed */
void plan_make(struct world *world);
void plan_calm(struct world *world);
void plan_line_fault(struct world *world);
void plan_clock_fault(struct world *world);
void plan_machine_fault(struct world *world);
void plan_operator(struct world *world);

/* service.c: the payment service, the broker, and the way into the core */
void service_send(struct world *world, int32_t payment, int32_t variant);
void service_deliver(struct world *world);
void service_released(struct world *world, uint64_t token);
int32_t service_index(const struct payment_claims *claims);

/* disk.c */
void disk_submit(struct world *world, const struct core_txn *txn);
void disk_commit(struct world *world);
void disk_power_cut(struct world *world);
void disk_restore(struct world *world);
void disk_full(struct world *world);

/* net.c: the network between the service and the kiosk, and the kiosk's outbox */
void net_plan(struct world *world);
void net_post(struct world *world, enum net_kind kind, int32_t payment, int32_t variant);
void net_happens(struct world *world, int32_t a, enum net_what what, int64_t c);
bool net_boot(struct world *world);
void net_power_cut(struct world *world);
void net_calm(struct world *world);
void net_receipt(struct world *world, int32_t payment);
/* An outcome is durable, and the core says so. */
void net_outcome(struct world *world, int32_t payment, bool fresh);
void net_pump(struct world *world);

/* jwt.c: the messages as they are on the wire, the real inbox, and who attacks it */
void jwt_plan(struct world *world);
void jwt_payment(struct world *world, int32_t payment, struct payment_claims *claims);
bool jwt_ack(struct world *world, int32_t payment, enum payment_result result);
void jwt_command(struct world *world, const struct core_command *command);
void jwt_attack(struct world *world, int32_t payment, int32_t variant);

/* promise.c: invariants that need a memory of their own */
void promise_heard(struct world *world);
void promise_order(struct world *world, int32_t line, enum device_order_kind kind, int32_t ms);
void promise_start(struct world *world, int32_t device);
void promise_outcome(struct world *world, const struct core_txn *txn);
void promise_sale(struct world *world, int32_t product);
void promise_step(struct world *world);
void promise_boot(struct world *world);
void promise_stopped(struct world *world);

/* twin.c: the same seed twice, with one thing different that must not matter */
void twin_run(struct world *world, uint64_t seed);
void twin_screen(struct world *world);

/* shrink.c */
/* Runs the seed; an assertion that fails is a violation too. */
void shrink_try(struct world *world, uint64_t seed);
/* Leaves out whatever is not needed for the violation. The world ends as the shortest run. */
void shrink_run(struct world *world, uint64_t seed);
bool shrink_read(struct world *world, const char *list);
void shrink_print(const struct world *world);
/* Runs what is kept in these files. true: none of them breaks anything. */
bool shrink_replay(struct world *world, const char *path);

/* machine.c */
void machine_order(struct world *world, int32_t line, enum device_order_kind kind, int32_t ms);
void machine_result(struct world *world, int32_t result);
void machine_pulse_end(struct world *world, int32_t line, int64_t generation);
void machine_guard(struct world *world, int32_t line, int64_t generation);
void machine_physics(struct world *world, int32_t device, int32_t what, int64_t generation);
void machine_feel(struct world *world, int32_t line);
void machine_set(struct world *world, int32_t line, bool level);
void machine_power_cut(struct world *world);
void machine_service(struct world *world, int32_t device);

/* gate.c: turnstiles and validators */
void gate_happens(struct world *world, int32_t gate_index, enum gate_what what, int64_t c);
struct world_gate *gate_of(struct world *world, int32_t device);
bool gate_refuses(struct world *world, int32_t line);
void gate_execute(struct world *world, int32_t line, enum device_order_kind kind, int32_t ms);
void gate_power_cut(struct world *world);
/* The line, or the fire input, changed its quality. */
void gate_disturbed(struct world *world, int32_t line);
void gate_note_light(struct world *world, struct world_gate *gate);

/* gate_plan.c */
void gate_plan(struct world *world);
int32_t gate_burst_product(struct world *world);

/* gate_check.c */
bool gate_is_many(const struct world *world, int32_t device);
bool gate_unit_ready(const struct world *world, int32_t device);
bool gate_can_show(const struct world *world, int32_t device);
bool gate_has_begun(const struct world *world, const struct payment *payment);
bool gate_keeps(const struct world *world, const struct core_txn *txn);
int64_t gate_evidence(const struct world *world, int32_t device);
void gate_check_on(struct world *world, int32_t device);
bool gate_check_outcome(struct world *world, const struct core_txn *txn);
void gate_check_told(struct world *world, enum core_code code, int32_t device);
void gate_check_step(struct world *world);

/* lane.c: barriers */
struct world_lane *lane_of(struct world *world, int32_t device);
void lane_wake(struct world *world, struct world_lane *lane);
void lane_execute(struct world *world, int32_t line, enum device_order_kind kind);
void lane_power_cut(struct world *world);
void lane_happens(struct world *world, int32_t index, enum lane_what what, int64_t c);
void lane_calm(struct world *world);

/* lane_car.c */
void car_arrives(struct world *world, struct world_lane *lane, int32_t payment);
void car_drive(struct world *world, struct world_lane *lane);

/* lane_plan.c */
void lane_plan(struct world *world);
void lane_expect(struct world *world, int32_t payment, int32_t product, int64_t at_ms);
void lane_sow(struct world *world);
bool lane_operator(struct world *world);

/* lane_check.c */
bool lane_check_order(struct world *world, int32_t line, enum device_order_kind kind);
void lane_check_start(struct world *world, int32_t device);
int64_t lane_evidence(const struct world *world, int32_t device);
int64_t lane_evidence_before(struct world *world, int32_t device);
bool lane_can_show(const struct world *world, int32_t device);
void lane_check_quiet(struct world *world, struct world_lane *lane);
void lane_check_passage(struct world *world, const struct world_lane *lane, const struct world_car *car);
void lane_check_told(struct world *world, enum core_code code, int32_t device);

/* check.c */
void check_action(struct world *world, const struct core_action *action);
void check_step(struct world *world);
void check_end(struct world *world);
bool check_settled(const struct world *world);

#endif
