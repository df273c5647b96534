/* What a payment is, for everybody: claims as signed, its state, its one outcome. Plain data.
 *
 * The pair (provider, payment_id) names a payment for ever. Money: int64_t minor units. Wall times: seconds
 * since 1970.
 */
#ifndef CONTROLLER_PAYMENT_H
#define CONTROLLER_PAYMENT_H

#include <stdbool.h>
#include <stdint.h>

enum {
    PAYMENT_PROVIDER_SIZE = 129, /* contract: at most 32 characters; UTF-8, so at most 128 bytes */
    PAYMENT_ID_SIZE = 257,       /* at most 64 characters */
    PAYMENT_PRODUCT_SIZE = 65,
    PAYMENT_ACCOUNT_SIZE = 257,
    PAYMENT_MAX_EVIDENCE = 12,
};

struct payment_claims {
    char provider[PAYMENT_PROVIDER_SIZE];
    char payment_id[PAYMENT_ID_SIZE];
    char product[PAYMENT_PRODUCT_SIZE]; /* "" if the account was given */
    char account[PAYMENT_ACCOUNT_SIZE]; /* "" if the product was given */
    char currency[4];
    int64_t amount; /* > 0 */
    int64_t paid_at;
    int64_t exp; /* 0 = no exp claim */
    bool test;
    bool retained; /* the broker kept it: never acted upon */
};

enum payment_state {
    PAYMENT_STATE_NONE,   /* not known */
    PAYMENT_STATE_PAID,   /* durable, nothing has moved for it */
    PAYMENT_STATE_MOVING, /* the intent to move is durable */
    PAYMENT_STATE_DONE,   /* the outcome is durable */
    PAYMENT_STATE_COUNT
};

enum payment_result {
    PAYMENT_RESULT_NONE,
    PAYMENT_RESULT_DELIVERED,
    PAYMENT_RESULT_FAILED,
    PAYMENT_RESULT_UNKNOWN,
    PAYMENT_RESULT_REFUSED,
    PAYMENT_RESULT_COUNT
};

enum payment_refund { PAYMENT_REFUND_NO, PAYMENT_REFUND_YES, PAYMENT_REFUND_REVIEW, PAYMENT_REFUND_COUNT };

/* One list for refusals (contract, section 5) and for why a movement failed or is unknown. Order is stored:
 * append only. */
/* clang-format off */
#define PAYMENT_REASONS(X) \
    X(NONE, "none") \
    X(UNKNOWN_PRODUCT, "unknown_product") \
    X(WRONG_AMOUNT, "wrong_amount") \
    X(WRONG_CURRENCY, "wrong_currency") \
    X(EXPIRED, "expired") \
    X(SOLD_OUT, "sold_out") \
    X(OUT_OF_SERVICE, "out_of_service") \
    X(CLOCK_UNTRUSTED, "clock_untrusted") \
    X(CONFLICTING_DUPLICATE, "conflicting_duplicate") \
    X(RETAINED, "retained") \
    X(TEST_PAYMENT, "test_payment") \
    X(BUSY, "busy") \
    X(NO_VEHICLE, "no_vehicle") \
    X(NO_PASSAGE, "no_passage") \
    X(NO_MOVEMENT, "no_movement") \
    X(JAM, "jam") \
    X(NO_DROP, "no_drop") \
    X(POWER_LOSS, "power_loss") \
    X(ORDER_REFUSED, "order_refused") \
    X(ORDER_UNKNOWN, "order_unknown") \
    X(NO_FEEDBACK, "no_feedback") \
    X(DOOR_NOT_OPENED, "door_not_opened") \
    X(SENSOR_LOST, "sensor_lost") \
    X(OUTPUT_FAULT, "output_fault") \
    X(STORE_FAILED, "store_failed") \
    X(NOT_UP, "not_up") \
    X(STOPPED, "stopped")
/* clang-format on */

enum payment_reason {
#define PAYMENT_REASON_ENUM(id, name) PAYMENT_REASON_##id,
    PAYMENT_REASONS(PAYMENT_REASON_ENUM)
#undef PAYMENT_REASON_ENUM
        PAYMENT_REASON_COUNT
};

/* What the sensors said; names of the JSON members of "evidence". Times in ms since the movement began.
 * Append only. */
/* clang-format off */
#define PAYMENT_EVIDENCE(X) \
    X(MOTOR_MS, "motor_ms") \
    X(HOME_LEFT_MS, "home_left_ms") \
    X(HOME_MS, "home_ms") \
    X(DROP_MS, "drop_ms") \
    X(BEAM, "beam") \
    X(JOGS, "jogs") \
    X(PULSES, "pulses") \
    X(FEEDBACK_MS, "feedback_ms") \
    X(DOOR_MS, "door_ms") \
    X(UP_MS, "up_ms") \
    X(PRESENCE_MS, "presence_ms") \
    X(PASSAGE_MS, "passage_ms") \
    X(PASS_MS, "pass_ms") \
    X(SHOWN_MS, "shown_ms") \
    X(READBACK, "readback") \
    X(RESTARTS, "restarts") \
    X(LIGHT_MS, "light_ms")
/* clang-format on */

enum payment_evidence {
#define PAYMENT_EVIDENCE_ENUM(id, name) PAYMENT_EVIDENCE_##id,
    PAYMENT_EVIDENCE(PAYMENT_EVIDENCE_ENUM)
#undef PAYMENT_EVIDENCE_ENUM
        PAYMENT_EVIDENCE_COUNT
};

struct payment_outcome {
    enum payment_result result;
    enum payment_reason reason; /* NONE with delivered */
    enum payment_refund refund;
    bool verified; /* physical evidence, never "pulse sent" */
    int32_t evidence_count;
    struct {
        enum payment_evidence name;
        int64_t value;
    } evidence[PAYMENT_MAX_EVIDENCE];
    int64_t finished_at;
};

struct payment {
    struct payment_claims claims;
    enum payment_state state;
    int32_t product;  /* index into config.products, -1 = unknown or gone from the configuration */
    int32_t device;   /* index into config.devices, -1 likewise */
    int32_t attempts; /* durable intents so far */
    int64_t received_at;
    int64_t received_us; /* monotonic, this run only: when the message came in; 0 after a restart */
    int64_t started_at;  /* 0 = never moved */
    struct payment_outcome outcome; /* valid in state DONE */
};

const char *payment_reason_name(enum payment_reason reason);
const char *payment_result_name(enum payment_result result);
const char *payment_refund_name(enum payment_refund refund);
const char *payment_state_name(enum payment_state state);
const char *payment_evidence_name(enum payment_evidence evidence);
/* Same (provider, payment_id). */
bool payment_same_key(const struct payment_claims *a, const struct payment_claims *b);
/* Same key and the same amount, currency, product and account: a true duplicate. */
bool payment_same_content(const struct payment_claims *a, const struct payment_claims *b);
/* Adds one figure; silently full at PAYMENT_MAX_EVIDENCE (asserts in tests). */
void payment_add_evidence(struct payment_outcome *outcome, enum payment_evidence name, int64_t value);

#endif
