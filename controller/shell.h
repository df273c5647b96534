/* The daemon around the core: one loop, adapters as leaves, events in, actions out. Shared by
 * controller/shell*.c, command*.c and publish.c only; nobody else needs to know.
 *
 * The main thread runs loop_turn and never waits for disk, network, bus or screen. When the store fails, the
 * movement that runs is brought to its end, every output is made safe, and the process replaces itself (same
 * pid) without having acknowledged anything; if the store is still bad then, it stays in "mute" mode: no
 * payments are taken from the broker (they wait in the session), status and screen say why, and the store is
 * tried again every SHELL_STORE_RETRY_S.
 */
#ifndef CONTROLLER_SHELL_H
#define CONTROLLER_SHELL_H

#include <jansson.h>
#include <signal.h>

#include "common/loop.h"
#include "common/queue.h"
#include "config/config.h"
#include "controller/control.h"
#include "controller/core_state.h"
#include "controller/histogram.h"
#include "controller/mqtt.h"
#include "controller/outbox.h"
#include "controller/panel.h"
#include "controller/event_log.h"
#include "controller/process.h"
#include "controller/receipts.h"
#include "controller/receive.h"
#include "controller/report.h"
#include "controller/store.h"
#include "hal/hal.h"

enum {
    SHELL_STORE_RETRY_S = 10,
    SHELL_CHANGE_RING = 512,       /* changes of lines kept for who watches them */
    SHELL_PUBLISH_GAP_US = 100000, /* least time between two availability or status messages */
    SHELL_JOBS = 1024, /* that wait for room in the store's queue: a burst of orders, each with its answer */
    SHELL_RESULTS = 16,
    SHELL_CRASH_LOOP = 5, /* unclean starts in 10 minutes */
    SHELL_COMMANDS = 32,  /* commands that wait for the core's answer: an opening in each lane, and more */
    SHELL_PENDING = 512,  /* answers of our own to the core (refused orders and stores of one step) */
    SHELL_LOOP_LIMIT_MS = 50,
    SHELL_SCREEN_US = 3000000, /* a screen that does not answer for so long shows nothing */
    SHELL_NICE = -10,
    SHELL_DOWN_S = 1800,                /* not connected for so long: start anew, the client may be stuck */
    SHELL_FINISH_MS = 6000,             /* when stopping: a movement may come to its own end for so long */
    SHELL_LEAVE_MS = 8000,              /* and to its safe one until then */
    SHELL_EARLIEST_WALL_S = 1767225600, /* 2026-01-01: an RTC that says less has lost its battery */
};

/* Where the answer of a command goes. */
struct reply {
    bool local; /* kioskctl: control_token; else MQTT: jti */
    uint64_t control_token;
    char jti[STORE_JTI_SIZE]; /* it is recorded by this name; local: "" = not recorded, a query */
    char by[CORE_OWNER_SIZE]; /* who gave it: the token's iss, or "local:UID" */
};

struct shell_command {
    uint64_t id; /* 0 = free */
    struct reply reply;
    json_t *data;       /* what is answered if it goes well; owned */
    bool wants_outcome; /* it moves something: the outcome goes into data */
};

/* For who watches the lines (command_watch.c). */
struct shell_change {
    uint64_t number; /* rising from 1 */
    int64_t at_us;
    int32_t line, ms;
    const char *what;
};

struct shell_line {
    bool known, good, on, latched;
};

struct shell {
    const struct config *config;
    const char *config_file; /* as the next run would read it */
    bool simulate;
    struct core *core;
    struct core_actions actions;
    struct core_event event; /* the one being built */
    struct core_event pending[SHELL_PENDING];
    int pending_head, pending_count;

    struct loop *loop;
    struct queue *hal_events, *store_events, *mqtt_events, *received;
    struct hal *hal;
    struct store *store; /* NULL in mute mode */
    struct store_opened store_opened;
    struct mqtt *mqtt;
    struct outbox *outbox;
    struct receive *receive;
    struct panel *panel;
    struct control *control;

    int core_timer, second_timer, soon_timer, signal_fd;
    bool stopping, replace; /* leave the loop; replace: exec ourselves */
    int64_t abort_at_us;    /* with stopping: what still moves is aborted then; 0 = it was */
    int64_t leave_at_us;    /* with stopping: latest time */
    int exit_status;

    char boot_id[17];
    int64_t started_at, started_us; /* wall s, monotonic us */
    bool connected, heard_once;
    int64_t heard_us, down_us, probe_us, store_retry_us;
    char problem[128]; /* last word of the broker or TLS */
    bool clock_trusted, broker_good, store_bad, leave_store;

    int64_t committed_seq; /* of the outcome in the commit that is being taken in, 0 = none */
    struct shell_line lines[CONFIG_MAX_LINES];
    bool attended[CONFIG_MAX_DEVICES];
    int64_t watched_us[CONFIG_MAX_DEVICES]; /* somebody watches its lines until then */
    struct shell_change changes[SHELL_CHANGE_RING];
    uint64_t change_number; /* of the newest change */

    bool view_dirty, telemetry_due;
    int64_t published_us, telemetry_us;
    char availability[65536], status[2048]; /* as last published */
    struct histogram latency, loop_latency;
    int64_t loop_over;                      /* turns longer than SHELL_LOOP_LIMIT_MS */
    unsigned rejected[INBOX_VERDICT_COUNT]; /* since start */
    struct job *job_first, *job_last;       /* wait for room in the store's queue, in order */
    int job_count;
    unsigned odd_acks;                /* since the last second; of payments unknown, or with another result */
    char odd_ack_id[PAYMENT_ID_SIZE]; /* the last one */

    char message[CONFIG_TEXT_SIZE]; /* message.show */
    int64_t message_until_us;       /* 0 = until taken away */
    struct event_log events;
    int64_t local_event_seq; /* numbers events in mute mode */

    struct shell_command commands[SHELL_COMMANDS];
    uint64_t command_id;
    struct {
        uint64_t tag;
        char jti[STORE_JTI_SIZE];
    } results[SHELL_RESULTS]; /* on their way to the broker */
    uint64_t result_tag;
    struct receipts receipts;
    uint64_t local_orders; /* of the control socket, recorded in this run */
    json_t *interrupted;   /* commands begun by an earlier run and never answered */
    struct {
        int fd;          /* the screen writes into it, -1 = not asked */
        uint64_t number; /* of the last question to the screen */
        int pid_fd, pid; /* who draws instead; 0 = nobody */
        char path[CONFIG_PATH_SIZE];
        struct reply reply;
        int64_t until_us; /* 0 = none is wanted */
    } shot;
    struct { /* of the configuration, before starting anew */
        struct process process;
        int out_fd;
        bool ordered; /* by a command, which gets the answer */
        struct reply reply;
        int64_t again_us; /* our own wish not before */
    } check;
    bool restart_wanted, screen_there;
    int64_t view_us;     /* when the screen was last told */
    bool screen_good;    /* a screen answered within SHELL_SCREEN_US */
    int64_t answered_us; /* when one last did, 0 = none that is connected */
};

/* ---- shell.c ---- */
/* Timers, signals, queues. 0 or -errno. signals: blocked in every thread, read by the loop. */
int shell_open_loop(struct shell *shell, const sigset_t *signals);
/* The run, until shell_leave and the end of what moves. */
void shell_run(struct shell *shell);
/* A zeroed event of this kind in shell->event, to be filled in and stepped. */
struct core_event *shell_begin(struct shell *shell, enum core_event_kind kind);
void shell_set_health(struct shell *shell, enum core_health what, bool good);
/* Gives the event in shell->event (time is filled in) to the core and carries out what it says. */
void shell_step(struct shell *shell);
/* Ends the run: outputs safe, store closed; exec: start anew in this process. */
void shell_leave(struct shell *shell, bool replace);

/* ---- shell_events.c: queues of the leaves → the core ---- */
loop_callback shell_take_hal, shell_take_store, shell_take_mqtt, shell_take_received;

/* ---- shell_second.c: what is looked at once a second ---- */
loop_callback shell_every_second;
/* A screen's answer (panel.h). */
void shell_screen_shows(void *user, const struct snapshot_shown *shown);
/* A screen's picture; command_shot.c. */
void shell_screen_shot(void *user, const struct shot *shot);
/* clock.trust of the configuration, applied now. */
bool shell_clock_trusted(const struct config *config);
void shell_check_clock(struct shell *shell);

/* ---- shell_start.c ---- */
/* In mute mode: can the store be opened again? Then leave and start anew. */
void shell_retry_store(struct shell *shell);

/* ---- shell_actions.c ---- */
void shell_act(struct shell *shell);
/* Inputs that matter now are read as fast as configured, others slower. */
void shell_attend_devices(struct shell *shell);

/* ---- publish.c: what leaves the kiosk ---- */
void publish_receipt(struct shell *shell, const struct core_action *action);
void publish_core_event(struct shell *shell, const struct core_action *action);
/* detail: a short constant word, "" = none. count: how many times, 1 = not said. */
void publish_event(struct shell *shell, enum core_code code, const char *detail, unsigned count);
/* What happened while the broker was away, or was not taken: at most the newest EVENT_LOG_KEPT. */
void publish_unsent_events(struct shell *shell);
void publish_unsent_receipts(struct shell *shell);
/* Sends availability and status if they changed, at most every SHELL_PUBLISH_GAP_US; force: even if they did
 * not. */
void publish_state(struct shell *shell, bool force);
void publish_telemetry(struct shell *shell);
json_t *publish_telemetry_json(struct shell *shell);

/* ---- shell_job.c: reading the store for a query, on the store's thread ---- */
struct job {
    void (*run)(struct store *store, struct job *job);  /* store's thread; touches only the job */
    void (*done)(struct shell *shell, struct job *job); /* main loop; the job is freed afterwards */
    struct reply reply;
    json_t *args, *data; /* owned by the job; data may be taken in done */
    int rc;
    struct job *next; /* waits for room in the store's queue */
};
/* Takes over job (from job_new). If the store has no room now, who asks on the spot is told so; what belongs
 * to the broker (an answer to be kept, or that it was sent) waits, for it would be lost. */
struct job *job_new(void (*run)(struct store *, struct job *), void (*done)(struct shell *, struct job *),
                    const struct reply *reply);
void job_start(struct shell *shell, struct job *job);
void job_done(struct shell *shell, struct job *job);

/* ---- command.c: who asked what ---- */
void command_from_broker(struct shell *shell, const struct inbox_message *message, bool exp_past);
void command_from_control(void *user, const struct control_request *request);

/* ---- command_result.c: what was answered ---- */
/* Answers. data is consumed. */
void command_ok(struct shell *shell, const struct reply *reply, json_t *data);
void command_fail(struct shell *shell, const struct reply *reply, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* A failure with what is known about it; data may be NULL. */
void command_fail_with(struct shell *shell, const struct reply *reply, json_t *data, const char *error);
/* Commands that an earlier run began and never answered: found before the store's thread starts, answered
 * after. */
void command_find_interrupted(struct shell *shell);
void command_answer_interrupted(struct shell *shell);
/* Answers that never reached the broker are sent again. */
void command_recover(struct shell *shell);
void command_published(struct shell *shell, uint64_t tag);

/* ---- command_order.c: orders that go through the core ---- */
typedef void command_function(struct shell *shell, const struct reply *reply, const json_t *args);
/* data: what is answered if it goes well; consumed. wants_outcome: with what the movement came to. */
void command_give_core(struct shell *shell, const struct reply *reply, const struct core_command *command,
                       json_t *data, bool wants_outcome);
command_function command_stock_set, command_refill, command_enable, command_disable, command_price_set,
    command_test, command_reset, command_message, command_screenshot;
/* The core's answer. */
void command_answer(struct shell *shell, const struct core_action *action);
/* A screenshot that takes too long ends. */
void command_shot_check(struct shell *shell, int64_t now_us);

/* ---- command_restart.c ---- */
command_function command_restart;
/* Our own wish to start anew: with a configuration that has faults it is put off, and this run goes on. */
void shell_start_anew(struct shell *shell, const char *why);
/* The check has ended, or lasts too long. */
void command_check_done(struct shell *shell);

/* ---- command_query.c ---- */
command_function command_version, command_status, command_products, command_why, command_payments,
    command_ledger, command_devices, command_lines, command_events, command_log, command_telemetry;
/* Index of the product or device that args name; -1 and an answer already given if there is none. */
int32_t command_arg_product(struct shell *shell, const struct reply *reply, const json_t *args);
int32_t command_arg_device(struct shell *shell, const struct reply *reply, const json_t *args);
const char *command_phase_name(enum device_phase phase);
/* ---- command_list.c: one device as `devices` and others list it ---- */
json_t *command_device_json(const struct shell *shell, int32_t index, bool lines);

/* ---- command_watch.c ---- */
command_function command_watch;
/* A line changed: what is "on", "off" and the like, static text. ms: how long, 0 = not said. */
void watch_note(struct shell *shell, int32_t line, const char *what, int64_t at_us, int32_t ms);
void watch_note_order(struct shell *shell, const struct hal_event *from);

/* ---- command_lane.c: openings without a payment, and the list of them ---- */
command_function command_lane_open, command_lane_hold, command_lane_release, command_passages;

#endif
