/* One list for each thing that has a name outside: event codes, holds (why not selling), counters. Append
 * only. */
#ifndef CONTROLLER_CODES_H
#define CONTROLLER_CODES_H

/* X(id, name on the wire, severity: info | warning | alarm) */
/* clang-format off */
#define CORE_CODES(X) \
    X(STARTED, "started", "info") \
    X(STOPPING, "stopping", "info") \
    X(PAYMENT_CONFLICT, "conflicting_duplicate", "alarm") \
    X(PAYMENT_RETAINED, "retained_payment", "warning") \
    X(CLOCK_SKEW, "clock_skew", "warning") \
    X(DEVICE_STRIKE, "device_strike", "warning") \
    X(DEVICE_LOCKED, "device_locked", "alarm") \
    X(DEVICE_UNLOCKED, "device_unlocked", "info") \
    X(OUTPUT_FAULT, "output_fault", "alarm") \
    X(LINE_LOST, "line_lost", "warning") \
    X(LINE_BACK, "line_back", "info") \
    X(SENSOR_STUCK, "sensor_stuck", "warning") \
    X(DOOR_OPEN, "door_open", "info") \
    X(DOOR_SHUT, "door_shut", "info") \
    X(FIRE, "fire", "alarm") \
    X(FIRE_CLEAR, "fire_clear", "info") \
    X(STORE_FAILED, "store_failed", "alarm") \
    X(STORE_NEW_EPOCH, "store_new_epoch", "alarm") \
    X(CRASH_LOOP, "crash_loop", "alarm") \
    X(RECOVERED_UNKNOWN, "recovered_unknown", "alarm") \
    X(SOLD_OUT, "sold_out", "warning") \
    X(STOCK_SET, "stock_set", "info") \
    X(PRICE_SET, "price_set", "info") \
    X(PRODUCT_ENABLED, "product_enabled", "info") \
    X(PRODUCT_DISABLED, "product_disabled", "info") \
    X(DEVICE_TESTED, "device_tested", "info") \
    X(MESSAGE_REJECTED, "message_rejected", "warning") \
    X(ACK_MISMATCH, "ack_mismatch", "warning") \
    X(BROKER_LOST, "broker_lost", "warning") \
    X(BROKER_BACK, "broker_back", "info") \
    X(CLOCK_UNTRUSTED, "clock_untrusted", "warning") \
    X(CLOCK_TRUSTED, "clock_trusted", "info") \
    X(MACHINE_ENABLED, "machine_enabled", "info") \
    X(MACHINE_DISABLED, "machine_disabled", "info") \
    X(DROP_WITHOUT_SALE, "drop_without_sale", "warning") \
    X(SCREEN_LOST, "screen_lost", "warning") \
    X(SCREEN_BACK, "screen_back", "info") \
    X(FORCED_OPEN, "forced_open", "alarm") \
    X(TAILGATE, "tailgate", "warning") \
    X(ARM_NOT_UP, "arm_not_up", "warning") \
    X(ARM_NOT_DOWN, "arm_not_down", "alarm") \
    X(ARM_DOWN, "arm_down", "info") \
    X(VEHICLE_STAYS, "vehicle_stays", "warning") \
    X(VEHICLE_LEFT, "vehicle_left", "info") \
    X(WRONG_WAY, "wrong_way", "warning") \
    X(FORCED_PASSAGE, "forced_passage", "alarm") \
    X(LATE_PASSAGE, "late_passage", "warning") \
    X(DEVICE_FAULT, "device_fault", "alarm") \
    X(DEVICE_FAULT_CLEAR, "device_fault_clear", "info") \
    X(FREE_OPEN, "free_open", "info") \
    X(HOLD_BEGUN, "hold_begun", "info") \
    X(HOLD_ENDED, "hold_ended", "info")
/* clang-format on */

enum core_code {
#define CORE_CODE_ENUM(id, name, severity) CORE_CODE_##id,
    CORE_CODES(CORE_CODE_ENUM)
#undef CORE_CODE_ENUM
        CORE_CODE_COUNT
};
const char *core_code_name(enum core_code code);
const char *core_code_severity(enum core_code code);

/* Why a product or the machine is not selling; in order of what is told first. X(id, name on the wire) */
/* clang-format off */
#define CORE_HOLDS(X) \
    X(NONE, "none") \
    X(STARTING, "starting") \
    X(STORE, "store_failed") \
    X(CRASH_LOOP, "crash_loop") \
    X(FIRE, "fire") \
    X(MACHINE_DISABLED, "machine_disabled") \
    X(DOOR, "door_open") \
    X(CLOCK, "clock_untrusted") \
    X(BROKER, "offline") \
    X(DISABLED, "disabled") \
    X(DEVICE_LOCKED, "device_locked") \
    X(STRUCK_OUT, "struck_out") \
    X(LINE_LOST, "line_lost") \
    X(SENSOR, "sensor_stuck") \
    X(SOLD_OUT, "sold_out") \
    X(BUSY, "busy") \
    X(STOPPING, "stopping") \
    X(HELD, "held_open") \
    X(ARM, "arm_not_down") \
    X(DEVICE_FAULT, "device_fault") \
    X(SCREEN, "screen_lost") \
    X(STILL_OPEN, "still_open")
/* clang-format on */

enum core_hold { /* why something is not sold */
#define CORE_HOLD_ENUM(id, name) CORE_HOLD_##id,
                 CORE_HOLDS(CORE_HOLD_ENUM)
#undef CORE_HOLD_ENUM
                     CORE_HOLD_COUNT
};
const char *core_hold_name(enum core_hold hold);

/* clang-format off */
#define CORE_COUNTERS(X) \
    X(PAYMENTS, "payments") \
    X(DUPLICATES, "duplicates") \
    X(CONFLICTS, "conflicts") \
    X(DELIVERED, "delivered") \
    X(FAILED, "failed") \
    X(UNKNOWN, "unknown") \
    X(REFUSED, "refused") \
    X(STARTS, "movements") \
    X(PAID_MINOR, "paid_minor") \
    X(DELIVERED_MINOR, "delivered_minor") \
    X(REFUND_MINOR, "refund_minor") \
    X(REVIEW_MINOR, "review_minor") \
    X(OUTPUT_FAULTS, "output_faults") \
    X(COMMIT_FAILURES, "commit_failures")
/* clang-format on */

#endif
