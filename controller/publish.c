#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/log.h"
#include "controller/report.h"
#include "controller/shell.h"

void publish_receipt(struct shell *shell, const struct core_action *action)
{
    char text[RECEIPT_SIZE];
    size_t length = report_receipt(text, sizeof text, &action->u.receipt.claims, action->u.receipt.result,
                                   action->u.receipt.reason, shell->boot_id, clock_wall_s());
    if (length > 0 && !mqtt_publish(shell->mqtt, MQTT_OUT_RECEIPT, text, length, false,
                                    receipts_keep(&shell->receipts, text, length)))
        log_warning("receipt not sent, queue full provider=%s id=%s (the service will ask again)",
                    action->u.receipt.claims.provider, action->u.receipt.claims.payment_id);
}

void publish_unsent_receipts(struct shell *shell)
{
    for (int i = 0; i < RECEIPTS_KEPT; i++) {
        const struct receipt *receipt = receipts_take_unsent(&shell->receipts);
        if (!receipt)
            return;
        if (!mqtt_publish(shell->mqtt, MQTT_OUT_RECEIPT, receipt->json, receipt->size, false, receipt->tag))
            (void)receipts_landed(&shell->receipts, receipt->tag, false);
    }
}

static int64_t next_event_seq(struct shell *shell)
{
    return shell->store ? store_next_event_seq(shell->store) : ++shell->local_event_seq;
}

/* Keeps, logs and sends one event. */
static void send_event(struct shell *shell, const char *text, size_t length)
{
    if (length == 0)
        return;
    event_log_keep(&shell->events, text, length);
    log_notice("event %s", text);
    if (shell->connected)
        publish_unsent_events(shell);
}

void publish_unsent_events(struct shell *shell)
{
    const char *text;
    for (uint64_t tag; (text = event_log_take_unsent(&shell->events, &tag));)
        if (!mqtt_publish(shell->mqtt, MQTT_OUT_EVENT, text, strlen(text), false, tag)) {
            (void)event_log_landed(&shell->events, tag, false);
            return;
        }
}

void publish_core_event(struct shell *shell, const struct core_action *action)
{
    char text[REPORT_EVENT_SIZE];
    size_t length = report_event(text, sizeof text, shell->config, action, next_event_seq(shell),
                                 shell->boot_id, clock_wall_s());
    send_event(shell, text, length);
}

void publish_event(struct shell *shell, enum core_code code, const char *detail, unsigned count)
{
    char text[REPORT_EVENT_SIZE];
    json_t *event = json_pack("{s:I,s:s,s:s,s:I,s:s}", "seq", (json_int_t)next_event_seq(shell), "code",
                              core_code_name(code), "severity", core_code_severity(code), "at",
                              (json_int_t)clock_wall_s(), "boot_id", shell->boot_id);
    if (detail && detail[0])
        json_object_set_new(event, "detail", json_string(detail));
    if (count > 1)
        json_object_set_new(event, "count", json_integer(count));
    size_t length = json_dumpb(event, text, sizeof text - 1, JSON_COMPACT);
    json_decref(event);
    length = length < sizeof text ? length : 0;
    text[length] = '\0';
    send_event(shell, text, length);
}

void publish_state(struct shell *shell, bool force)
{
    static char text[sizeof shell->availability];
    size_t length = report_availability(text, sizeof text, shell->config, shell->core, clock_wall_s());
    if (length > 0 && (force || strcmp(text, shell->availability) != 0)) {
        if (mqtt_publish(shell->mqtt, MQTT_OUT_AVAILABILITY, text, length, true, 0))
            memcpy(shell->availability, text, length + 1);
    }
    length = report_status(text, sizeof shell->status, shell->core, true, shell->boot_id, shell->started_at);
    if (length > 0 && (force || strcmp(text, shell->status) != 0)) {
        if (mqtt_publish(shell->mqtt, MQTT_OUT_STATUS, text, length, true, 0))
            memcpy(shell->status, text, length + 1);
    }
    shell->published_us = clock_mono_us();
}

static long resident_kib(void)
{
    long pages = 0, resident = 0;
    FILE *file = fopen("/proc/self/statm", "re");
    if (!file)
        return 0;
    if (fscanf(file, "%ld %ld", &pages, &resident) != 2)
        resident = 0;
    (void)fclose(file);
    return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

static json_t *latency_json(const struct histogram *histogram)
{
    return json_pack("{s:I,s:I,s:I,s:I,s:I}", "count", (json_int_t)histogram->count, "p50_us",
                     (json_int_t)histogram_quantile_us(histogram, 500), "p95_us",
                     (json_int_t)histogram_quantile_us(histogram, 950), "p99_us",
                     (json_int_t)histogram_quantile_us(histogram, 990), "max_us",
                     (json_int_t)histogram->max_us);
}

json_t *publish_telemetry_json(struct shell *shell)
{
    json_t *counters = json_object(), *rejected = json_object();
    for (int i = 0; i < CORE_COUNTER_COUNT; i++)
        json_object_set_new(counters, core_counter_name((enum core_counter)i),
                            json_integer(core_view_counter(shell->core, (enum core_counter)i)));
    for (int i = INBOX_OK + 1; i < INBOX_VERDICT_COUNT; i++)
        json_object_set_new(rejected, inbox_verdict_name((enum inbox_verdict)i),
                            json_integer(shell->rejected[i]));
    struct core_machine_view machine;
    core_view_machine(shell->core, &machine);
    json_t *gauges = json_pack("{s:i,s:i,s:i,s:I,s:i}", "open", machine.open, "moving", machine.moving,
                               "queued", machine.queued, "resident_kib", (json_int_t)resident_kib(),
                               "screens", panel_clients(shell->panel));
    return json_pack("{s:s,s:I,s:I,s:s,s:o,s:o,s:o,s:o,s:o,s:I}", "boot_id", shell->boot_id, "at",
                     (json_int_t)clock_wall_s(), "uptime_s",
                     (json_int_t)((clock_mono_us() - shell->started_us) / 1000000), "version", KIOSK_VERSION,
                     "counters", counters, "rejected", rejected, "gauges", gauges, "payment_to_movement",
                     latency_json(&shell->latency), "loop", latency_json(&shell->loop_latency),
                     "loop_over_50ms", (json_int_t)shell->loop_over);
}

void publish_telemetry(struct shell *shell)
{
    char text[8192];
    json_t *telemetry = publish_telemetry_json(shell);
    size_t length = json_dumpb(telemetry, text, sizeof text, JSON_COMPACT);
    json_decref(telemetry);
    if (length > 0 && length <= sizeof text)
        (void)mqtt_publish(shell->mqtt, MQTT_OUT_TELEMETRY, text, length, false, 0);
    shell->telemetry_us = clock_mono_us();
}
