/* The JSON that leaves the kiosk (contract, section 5). Pure: data in, text out. Every function returns the
 * length written (without NUL) or 0 if it did not fit. Field order is fixed.
 */
#ifndef CONTROLLER_REPORT_H
#define CONTROLLER_REPORT_H

#include <stddef.h>
#include "config/config.h"
#include "controller/core.h"

/* out/outcome. product and device by name ("" when unknown). */
size_t report_outcome(char *ret, size_t size, int64_t seq, const struct payment *payment, const char *product,
                      const char *device);
const char *report_receipt_name(enum core_receipt_result result);
/* out/receipt. reason only with refused. */
size_t report_receipt(char *ret, size_t size, const struct payment_claims *claims,
                      enum core_receipt_result result, enum payment_reason reason, const char *boot_id,
                      int64_t at);
/* out/availability and out/status from the core's views. core may be NULL for the last will: {"online":false,
 * "selling":false,"reasons":["offline"],...}. selling is false whenever online is. */
size_t report_availability(char *ret, size_t size, const struct config *config, const struct core *core,
                           int64_t wall_s);
size_t report_status(char *ret, size_t size, const struct core *core, bool online, const char *boot_id,
                     int64_t since);

/* out/event about something the core told: with the device's last sensor changes, and who ordered it and why,
 * where the event has them. REPORT_EVENT_SIZE is enough for the largest. */
enum { REPORT_EVENT_SIZE = 4096 };
size_t report_event(char *ret, size_t size, const struct config *config, const struct core_action *action,
                    int64_t seq, const char *boot_id, int64_t at);

#endif
