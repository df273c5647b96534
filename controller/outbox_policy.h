/* When which outcome is published (again). Pure: time comes in, decisions go out; memory does not grow with
 * the backlog.
 *
 * Three ways lead out, in this order:
 *  - fresh: outcomes newer than anything published on this connection, at once;
 *  - young: those fresh ones that were not acknowledged, each repeated after 5 s, 10 s, 20 s … 10 min;
 *  - rounds: everything unacknowledged from the oldest on, at OUTBOX_ROUND_RATE a second at most; the first
 * round begins with the connection, the next ones follow after 5 s, 10 s, 20 s … 10 min. A round leaves out
 * what is young. A reconnect starts all over from the oldest.
 */
#ifndef CONTROLLER_OUTBOX_POLICY_H
#define CONTROLLER_OUTBOX_POLICY_H

#include <stdbool.h>
#include <stdint.h>

enum {
    OUTBOX_PAGE = 32,   /* rows per question to the store */
    OUTBOX_WINDOW = 64, /* published, PUBACK not seen */
    OUTBOX_ROUND_WINDOW =
        16, /* a round goes on when no more than this is under way: the rest is for fresh ones */
    OUTBOX_YOUNG = 64,
    OUTBOX_FIRST_RATE = 2000, /* per second, in the first round of a connection */
    OUTBOX_ROUND_RATE = 500,  /* in all later ones */
    OUTBOX_FIRST_MS = 5000,
    OUTBOX_LONGEST_MS = 600000,
    OUTBOX_BUSY_MS = 2000, /* after the last message that came in */
    OUTBOX_BUSY_MOST_MS = 60000,
    OUTBOX_FLIGHT_MS = 60000, /* neither PUBLISHED nor UNSENT came: give the place free */
    OUTBOX_STORE_RETRY_MS = 5000,
};

enum outbox_job_kind { OUTBOX_WAIT, OUTBOX_FRESH, OUTBOX_YOUNG_AGAIN, OUTBOX_ROUND };

/* Ask the store for at most `max` unacknowledged outcomes with seq > after; or wait wait_ms (-1 = until
 * something happens). */
struct outbox_job {
    enum outbox_job_kind kind;
    int64_t after;
    int max;
    int64_t wait_ms;
    int64_t until;       /* newest when asked */
    unsigned connection; /* pages of an earlier connection decide nothing any more */
};

struct outbox_policy {
    bool up;
    unsigned connection;
    int64_t newest; /* highest seq that is known to be durable, 0 = none in this run */
    int64_t fresh;  /* published as fresh up to here */
    bool round_running;
    int64_t round_cursor, round_end;
    int64_t round_at_ms;        /* running: next page not before; else: next round */
    int round_step, round_sent; /* sent: of this page */
    bool round_first;           /* of this connection: never put off */
    int64_t busy_ms;            /* when a message was last seen to come in, 0 = none */
    struct {
        int64_t seq, at_ms;
        int step;
    } young[OUTBOX_YOUNG];
    int young_count;
    struct {
        int64_t seq, since_ms;
    } flight[OUTBOX_WINDOW];
    int flight_count;
    int64_t store_at_ms; /* the store failed: not before */
};

void outbox_policy_init(struct outbox_policy *policy);
void outbox_policy_up(struct outbox_policy *policy, int64_t now_ms);
void outbox_policy_down(struct outbox_policy *policy);
/* Messages have come in. */
void outbox_policy_busy(struct outbox_policy *policy, int64_t now_ms);
/* This outcome is durable. Seqs come rising. */
void outbox_policy_new(struct outbox_policy *policy, int64_t seq);
/* The broker has it, or it could not be handed over. */
void outbox_policy_landed(struct outbox_policy *policy, int64_t seq);

void outbox_policy_next(struct outbox_policy *policy, int64_t now_ms, struct outbox_job *ret);
/* A row of the page: is it to be published? Rows must come in order; what is not wanted is passed over. */
bool outbox_policy_wants(struct outbox_policy *policy, const struct outbox_job *job, int64_t seq);
/* It went to the sender. */
void outbox_policy_sent(struct outbox_policy *policy, const struct outbox_job *job, int64_t seq,
                        int64_t now_ms);
/* The page is done: `rows` came from the store, all of them were gone through. */
void outbox_policy_done(struct outbox_policy *policy, const struct outbox_job *job, int rows, int64_t now_ms);
/* The page could not be finished: the sender's queue is full or (store) the store failed. */
void outbox_policy_stalled(struct outbox_policy *policy, bool store, int64_t now_ms);

#endif
