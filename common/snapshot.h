/* What the screen is told: one whole, immutable picture of the facts. Sent as JSON over RUN_DIR/panel.sock
 * (SOCK_SEQPACKET, one message = one snapshot), on every change and at least once a second; the newest
 * counts. The screen answers on the same socket with what it really shows (struct snapshot_shown).
 *
 * Strings are already chosen by the sender except texts of the interface itself (titles are in all languages;
 * the screen picks). The screen knows nothing else: no network, no devices, no policy.
 */
#ifndef COMMON_SNAPSHOT_H
#define COMMON_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "config/config.h"

enum {
    SNAPSHOT_MAX_ACTIVITIES = 64,
    SNAPSHOT_MAX_LANES = 16,
    SNAPSHOT_MAX_BYTES = 196608,
    SNAPSHOT_SHOWN_BYTES = 128,
    SNAPSHOT_REFERENCE_SIZE = 16,
    SNAPSHOT_CODE_SIZE = 32,
    SNAPSHOT_STALE_MS = 3000
};

struct snapshot_product {
    char id[CONFIG_ID_SIZE];
    char title[CONFIG_MAX_LANGUAGES][CONFIG_TEXT_SIZE];
    int64_t price;
    bool can_sell;                 /* false: qr is "" and must not be shown from any cache */
    char hold[SNAPSHOT_CODE_SIZE]; /* name of the hold (controller/codes.h), "" if can_sell */
    int32_t lane;                  /* index of lanes; -1: no lane's product */
    char image[CONFIG_PATH_SIZE];
    char qr[CONFIG_QR_SIZE];
};

enum snapshot_lane_kind {
    SNAPSHOT_BARRIER,
    SNAPSHOT_TURNSTILE,
    SNAPSHOT_VALIDATOR,
    SNAPSHOT_LANE_KIND_COUNT
};

/* What the person in the lane is to know; the first that holds, from the top. */
enum snapshot_lane_state {
    SNAPSHOT_LANE_FIRE,    /* fire alarm: nothing is sold */
    SNAPSHOT_LANE_OPENING, /* an opening is ordered */
    SNAPSHOT_LANE_GO,      /* open for whoever paid: drive, walk */
    SNAPSHOT_LANE_RETURN,  /* backed out with the right unused: come back */
    SNAPSHOT_LANE_HELD,    /* held open by the operator: go, nothing is to be paid */
    SNAPSHOT_LANE_HELP,    /* paid, and we do not know: the operator must look */
    SNAPSHOT_LANE_PAID,    /* paid; waits for the vehicle or for its turn */
    SNAPSHOT_LANE_CLOSED,  /* nothing of it can be sold: the products say why */
    SNAPSHOT_LANE_FREE,    /* nobody there: drive up */
    SNAPSHOT_LANE_PAY,
    SNAPSHOT_LANE_STATE_COUNT
};

struct snapshot_lane {
    char device[CONFIG_ID_SIZE];
    enum snapshot_lane_kind kind;
    enum snapshot_lane_state state;
    bool out;        /* direction: the way out, else the way in */
    bool vehicle;    /* one stands before the arm */
    int32_t rights;  /* passages paid and not yet used, the present one included */
    int32_t show_ms; /* validator: how long a payment must be seen at least; 0 = not said */
};

enum snapshot_phase {
    SNAPSHOT_PAID, /* received, waits for its turn */
    SNAPSHOT_MOVING,
    SNAPSHOT_TAKE,    /* delivered: take it */
    SNAPSHOT_FAILED,  /* failed: the money goes back */
    SNAPSHOT_UNKNOWN, /* we do not know: the operator checks */
    SNAPSHOT_REFUSED, /* refused: the money goes back */
    SNAPSHOT_PHASE_COUNT
};

/* Where the money of a finished payment goes. */
enum snapshot_refund {
    SNAPSHOT_REFUND_NONE, /* not finished */
    SNAPSHOT_REFUND_NO,
    SNAPSHOT_REFUND_YES,
    SNAPSHOT_REFUND_REVIEW,
    SNAPSHOT_REFUND_COUNT
};

struct snapshot_activity {
    uint64_t number; /* of the payment, rising within a run of the daemon; at least 1 */
    enum snapshot_phase phase;
    enum snapshot_refund refund;
    int32_t lane;                 /* index of lanes; -1: no lane's payment */
    char product[CONFIG_ID_SIZE]; /* "" if unknown */
    int64_t amount;
    char currency[4];                        /* of the payment */
    char reason[SNAPSHOT_CODE_SIZE];         /* name of the payment reason, "" = none */
    char reference[SNAPSHOT_REFERENCE_SIZE]; /* short, for the help line: last characters of the payment id */
    int64_t at;                              /* wall s when received */
    int64_t age_ms;                          /* since it came into this phase */
    int32_t most_ms; /* longest time this movement may take, 0 = not known or not moving */
};

struct snapshot {
    uint64_t number; /* rising within a run of the daemon */
    char kiosk_id[CONFIG_ID_SIZE], name[CONFIG_TEXT_SIZE], support[CONFIG_TEXT_SIZE], currency[4];
    char languages[CONFIG_MAX_LANGUAGES][CONFIG_LANG_SIZE];
    int32_t language_count;
    bool selling;
    char hold[SNAPSHOT_CODE_SIZE];  /* first machine-wide hold, "" if none */
    char message[CONFIG_TEXT_SIZE]; /* the operator's message (message.show), "" = none */
    int64_t wall_s;                 /* 0 = clock not trusted: show no time */
    int32_t product_count, lane_count, activity_count;
    struct snapshot_lane lanes[SNAPSHOT_MAX_LANES];
    struct snapshot_product products[CONFIG_MAX_PRODUCTS];
    struct snapshot_activity activities[SNAPSHOT_MAX_ACTIVITIES]; /* newest first */
};

/* Text of one snapshot. Length or 0 if it does not fit in size. */
size_t snapshot_encode(char *ret, size_t size, const struct snapshot *snapshot);
/* Strict: anything odd is refused whole and *ret stays untouched. */
bool snapshot_decode(struct snapshot *ret, const char *text, size_t length);

const char *snapshot_phase_name(enum snapshot_phase phase);
const char *snapshot_refund_name(enum snapshot_refund refund);
const char *snapshot_lane_kind_name(enum snapshot_lane_kind kind);
const char *snapshot_lane_state_name(enum snapshot_lane_state state);

/* The screen's answer, at least once a second while it shows what it is told: every payment of a validator
 * with a number in from..to, both included, has its line on the picture that is on the display now. 0, 0:
 * none. */
struct snapshot_shown {
    uint64_t from, to;
    uint64_t number; /* of the snapshot that is shown */
};

/* Length, always more than 0 for size >= SNAPSHOT_SHOWN_BYTES. */
size_t snapshot_shown_encode(char *ret, size_t size, const struct snapshot_shown *shown);
/* Strict: anything odd is refused and *ret stays untouched. */
bool snapshot_shown_decode(struct snapshot_shown *ret, const char *text, size_t length);

#endif
