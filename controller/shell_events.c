#include <string.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/text.h"
#include "controller/shell.h"

/* ---- lines ---- */

static void line_changed(struct shell *shell, int32_t line, bool good, bool on, int64_t at_us)
{
    watch_note(shell, line, !good ? "lost" : on ? "on" : "off", at_us, 0);
    shell->lines[line].known = true;
    shell->lines[line].good = good;
    shell->lines[line].on = on;
    struct core_event *event = shell_begin(shell, CORE_EVENT_LINE);
    event->u.line.line = line;
    event->u.line.good = good;
    event->u.line.on = on;
    shell_step(shell);
}

static void order_ended(struct shell *shell, const struct hal_event *from)
{
    static const enum device_order_kind kind_of[] = {
        [HAL_ON] = DEVICE_ORDER_ON, [HAL_OFF] = DEVICE_ORDER_OFF, [HAL_PULSE] = DEVICE_ORDER_PULSE};
    static const enum device_order_result result_of[] = {[HAL_DONE] = DEVICE_ORDER_DONE,
                                                         [HAL_REFUSED] = DEVICE_ORDER_REFUSED,
                                                         [HAL_UNKNOWN] = DEVICE_ORDER_UNKNOWN};
    watch_note_order(shell, from);
    if (from->result == HAL_DONE)
        shell->lines[from->line].on = from->order == HAL_ON;
    struct core_event *event = shell_begin(shell, CORE_EVENT_ORDER);
    event->u.order.line = from->line;
    event->u.order.kind = kind_of[from->order];
    event->u.order.result = result_of[from->result];
    event->u.order.on_at_us = from->on_at_us;
    shell_step(shell);
}

static void line_faulted(struct shell *shell, const struct hal_event *from)
{
    watch_note(shell, from->line, from->still_on ? "stays on" : "cut by its limit", from->at_us, 0);
    shell->lines[from->line].latched = true;
    shell->lines[from->line].on = from->still_on;
    struct core_event *event = shell_begin(shell, CORE_EVENT_OUTPUT_FAULT);
    event->u.line.line = from->line;
    event->u.line.on = from->still_on;
    shell_step(shell);
}

/* A lane is read fast all the time, and a slow bus is late each time: said only where something moves or
 * somebody watches. */
static bool gap_matters(const struct shell *shell, int32_t line)
{
    for (int32_t d = 0; d < shell->config->device_count; d++) {
        struct core_device_view view;
        bool uses = false;
        for (int role = 0; role < CONFIG_ROLE_COUNT; role++)
            uses |= shell->config->devices[d].line[role] == line;
        if (!uses)
            continue;
        core_view_device(shell->core, d, &view);
        if (view.moving || shell->watched_us[d] > clock_mono_us())
            return true;
    }
    return false;
}

static void line_not_seen(struct shell *shell, const struct hal_event *from)
{
    struct core_event *event = shell_begin(shell, CORE_EVENT_GAP);
    if (gap_matters(shell, from->line)) {
        watch_note(shell, from->line, "not read", from->at_us, from->gap_ms);
        log_info("line=%s was not looked at for %d ms", shell->config->lines[from->line].name, from->gap_ms);
    }
    event->u.gap.line = from->line;
    event->u.gap.ms = from->gap_ms;
    shell_step(shell);
}

void shell_take_hal(void *user, int fd, uint32_t events)
{
    struct shell *shell = user;
    struct hal_event event;
    (void)fd;
    (void)events;
    for (int budget = 64; budget > 0 && queue_pop(shell->hal_events, &event); budget--) {
        switch (event.kind) {
        case HAL_EVENT_INPUT:
            line_changed(shell, event.line, true, event.on, event.at_us);
            break;
        case HAL_EVENT_LOST:
            line_changed(shell, event.line, false, false, event.at_us);
            break;
        case HAL_EVENT_BACK:
        case HAL_EVENT_SAFE:
            line_changed(shell, event.line, true, false, event.at_us);
            break;
        case HAL_EVENT_GAP:
            line_not_seen(shell, &event);
            break;
        case HAL_EVENT_ORDER:
            order_ended(shell, &event);
            break;
        case HAL_EVENT_FAULT:
            line_faulted(shell, &event);
            break;
        }
    }
}

/* ---- store ---- */

void shell_take_store(void *user, int fd, uint32_t events)
{
    struct shell *shell = user;
    struct store_event from;
    (void)fd;
    (void)events;
    for (int budget = 64; budget > 0 && queue_pop(shell->store_events, &from); budget--) {
        if (from.kind == STORE_EVENT_FAILED)
            shell->store_bad = true;
        if (from.kind == STORE_EVENT_DONE)
            job_done(shell, from.user);
        if (from.kind != STORE_EVENT_COMMITTED)
            continue;
        struct core_event *event = shell_begin(shell, CORE_EVENT_COMMITTED);
        event->u.commit.ticket = from.ticket;
        event->u.commit.ok = from.ok;
        event->u.commit.conflict = from.conflict;
        shell->store_bad |= !from.ok;
        shell->committed_seq = from.ok ? from.seq : 0;
        shell_step(shell);
        shell->committed_seq = 0;
    }
}

/* ---- broker ---- */

static void heard(struct shell *shell)
{
    shell->heard_us = clock_mono_us();
    if (!shell->broker_good) {
        shell->broker_good = true;
        shell_set_health(shell, CORE_HEALTH_BROKER, true);
    }
}

static void broker_up(struct shell *shell)
{
    bool back = shell->heard_once;
    shell->connected = shell->heard_once = true;
    shell->problem[0] = '\0';
    heard(shell);
    publish_unsent_events(shell);
    publish_unsent_receipts(shell);
    publish_event(shell, back ? CORE_CODE_BROKER_BACK : CORE_CODE_STARTED, shell->store ? "" : "store_failed",
                  1);
    publish_state(shell, true);
    if (shell->outbox)
        outbox_up(shell->outbox);
    command_recover(shell);
}

void shell_take_mqtt(void *user, int fd, uint32_t events)
{
    struct shell *shell = user;
    struct mqtt_event event;
    (void)fd;
    (void)events;
    for (int budget = 64; budget > 0 && queue_pop(shell->mqtt_events, &event); budget--) {
        switch (event.kind) {
        case MQTT_EVENT_UP:
            broker_up(shell);
            break;
        case MQTT_EVENT_DOWN:
            log_warning("broker connection lost: %s", event.text);
            shell->connected = false;
            if (shell->outbox)
                outbox_down(shell->outbox);
            shell->down_us = clock_mono_us();
            break;
        case MQTT_EVENT_HEARD:
            heard(shell);
            break;
        case MQTT_EVENT_PUBLISHED:
            heard(shell);
            if (!receipts_landed(&shell->receipts, event.tag, true) &&
                !event_log_landed(&shell->events, event.tag, true) &&
                (!shell->outbox || !outbox_landed(shell->outbox, event.tag)))
                command_published(shell, event.tag);
            break;
        case MQTT_EVENT_UNSENT:
            if (!receipts_landed(&shell->receipts, event.tag, false) &&
                !event_log_landed(&shell->events, event.tag, false) && shell->outbox)
                (void)outbox_landed(shell->outbox, event.tag);
            break;
        case MQTT_EVENT_PROBLEM:
            (void)text_copy(shell->problem, sizeof shell->problem, event.text);
            log_warning("broker: %s", event.text);
            break;
        }
    }
}

void shell_take_received(void *user, int fd, uint32_t events)
{
    struct shell *shell = user;
    struct receive_item item;
    (void)fd;
    (void)events;
    /* One payment is in flight at most: the receive thread waits for it. Acknowledgements need no core. */
    for (int budget = 64; budget > 0 && queue_pop(shell->received, &item); budget--) {
        switch (item.kind) {
        case RECEIVE_PAYMENT: {
            struct core_event *event = shell_begin(shell, CORE_EVENT_PAYMENT);
            event->u.in.claims = item.message->u.payment;
            event->u.in.known = *item.known;
            event->u.in.exp_past = item.exp_past;
            event->u.in.received_us = item.received_us;
            event->u.in.token = item.token;
            shell_step(shell);
            break;
        }
        case RECEIVE_ACKED:
            log_info("acknowledged provider=%s id=%s", item.ack.provider, item.ack.payment_id);
            break;
        case RECEIVE_ACK_ODD:
            shell->odd_acks++;
            (void)text_copy(shell->odd_ack_id, sizeof shell->odd_ack_id, item.ack.payment_id);
            break;
        case RECEIVE_COMMAND:
            command_from_broker(shell, item.message, item.exp_past);
            receive_release(shell->receive, item.token);
            break;
        case RECEIVE_STORE_BAD:
            shell->store_bad = true;
            break;
        }
    }
}
