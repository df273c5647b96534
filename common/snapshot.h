/* What the screen is told: one whole, immutable picture of the facts. Sent as JSON over RUN_DIR/panel.sock
 * (SOCK_SEQPACKET, one message = one snapshot), on every change and at least once a second; the newest
 * counts.
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
    SNAPSHOT_MAX_ACTIVITIES = 8,
    SNAPSHOT_MAX_BYTES = 196608,
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
    char image[CONFIG_PATH_SIZE];
    char qr[CONFIG_QR_SIZE];
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

struct snapshot_activity {
    enum snapshot_phase phase;
    char product[CONFIG_ID_SIZE]; /* "" if unknown */
    int64_t amount;
    char currency[4];                        /* of the payment */
    char reason[SNAPSHOT_CODE_SIZE];         /* name of the payment reason, "" = none */
    char reference[SNAPSHOT_REFERENCE_SIZE]; /* short, for the help line: last characters of the payment id */
    int64_t at;                              /* wall s when received */
    int64_t age_ms;                          /* since it came into this phase */
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
    int32_t product_count, activity_count;
    struct snapshot_product products[CONFIG_MAX_PRODUCTS];
    struct snapshot_activity activities[SNAPSHOT_MAX_ACTIVITIES]; /* newest first */
};

/* Text of one snapshot. Length or 0 if it does not fit in size. */
size_t snapshot_encode(char *ret, size_t size, const struct snapshot *snapshot);
/* Strict: anything odd is refused whole and *ret stays untouched. */
bool snapshot_decode(struct snapshot *ret, const char *text, size_t length);

const char *snapshot_phase_name(enum snapshot_phase phase);

#endif
