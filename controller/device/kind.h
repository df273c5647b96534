/* What the device kinds share: writing orders and endings into device_out. Private to controller/device.
 * Pure.
 *
 * A device's words are split: the first KIND_WORD_KEPT are forgotten at each start, the rest last as long as
 * the run (what the device has learned about its own sensors). Word 0 and 1 belong to device.c's callers
 * below; a kind names its own from KIND_WORD_OWN on.
 */
#ifndef CONTROLLER_DEVICE_KIND_H
#define CONTROLLER_DEVICE_KIND_H

#include "controller/device/device.h"

enum {
    KIND_WORD_DEADLINE, /* when TIME is wanted, ms; 0 = none. Copied into every device_out */
    KIND_WORD_PHASE,    /* enum device_phase, likewise */
    KIND_WORD_OWN,
    KIND_WORD_KEPT = 24,
};

/* An order's own result is waited for this long beyond its length; then it counts as UNKNOWN. */
enum { KIND_RESULT_WAIT_MS = 5000 };
/* After a sensor has given its evidence the movement lasts until the sensor is quiet again, at most this
 * long: the next movement, perhaps of another slot behind the same beam, would find it active and be refused.
 */
enum { KIND_CLEAR_MS = 1000 };

extern const struct device_kind kind_spiral, kind_relay, kind_pulses, kind_lock, kind_barrier, kind_turnstile,
    kind_validator;

bool kind_has(const struct device *device, enum config_role role);
enum device_level kind_level(const struct device *device, enum config_role role);

struct device_check kind_go(void);
/* Out of service; role is the line to blame. */
struct device_check kind_refuse(enum config_role role);
/* GO if the role is not given or its level is `idle`; else a refusal that blames it. */
struct device_check kind_check_idle(const struct device *device, enum config_role role,
                                    enum device_level idle);

void kind_order(struct device_out *out, enum device_order_kind kind, enum config_role role, int32_t ms);
void kind_wait(struct device *device, enum device_phase phase, int64_t deadline_ms);
bool kind_due(const struct device *device, const struct device_event *event);
/* When the output went on as the result says, else as near as is known: never in the future, never before the
 * start. */
int64_t kind_on_at(const struct device *device, const struct device_event *event);

/* Evidence `name` = ms from the start to at_ms; nothing if at_ms is 0 (never happened). */
void kind_evidence_at(const struct device *device, struct device_out *out, enum payment_evidence name,
                      int64_t at_ms);
/* Ends the movement. The refund follows from the result: failed yes, unknown review, delivered no. */
void kind_finish(struct device_out *out, enum payment_result result, enum payment_reason reason,
                 enum device_verdict verdict);
void kind_deliver(struct device_out *out, bool verified, enum device_verdict verdict);

#endif
