#include <string.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/notify.h"
#include "common/text.h"
#include "controller/shell.h"
#include "hal/warden.h"

bool shell_clock_trusted(const struct config *config)
{
    switch (config->clock_trust) {
    case CONFIG_CLOCK_NTP:
        return clock_synchronised();
    case CONFIG_CLOCK_RTC:
        return clock_wall_s() >= SHELL_EARLIEST_WALL_S;
    case CONFIG_CLOCK_ALWAYS:
        break;
    }
    return true;
}

void shell_check_clock(struct shell *shell)
{
    bool trusted = shell_clock_trusted(shell->config);
    if (trusted == shell->clock_trusted)
        return;
    shell->clock_trusted = trusted;
    if (shell->receive)
        receive_trust_clock(shell->receive, trusted);
    publish_event(shell, trusted ? CORE_CODE_CLOCK_TRUSTED : CORE_CODE_CLOCK_UNTRUSTED, "", 1);
    shell_set_health(shell, CORE_HEALTH_CLOCK, trusted);
}

static void report_rejected(struct shell *shell)
{
    if (!shell->receive)
        return;
    for (int i = INBOX_OK + 1; i < INBOX_VERDICT_COUNT; i++) {
        const char *detail;
        unsigned count = receive_take_rejected(shell->receive, (enum inbox_verdict)i, &detail);
        if (count == 0)
            continue;
        shell->rejected[i] += count;
        char text[96];
        size_t used = 0;
        (void)text_append(text, sizeof text, &used, "%s%s%s", inbox_verdict_name((enum inbox_verdict)i),
                          detail[0] ? ": " : "", detail);
        publish_event(shell, CORE_CODE_MESSAGE_REJECTED, text, count);
    }
}

/* At a bounded rate: a service that lost its books may send thousands. */
static void report_odd_acks(struct shell *shell)
{
    if (shell->odd_acks > 0)
        publish_event(shell, CORE_CODE_ACK_MISMATCH, shell->odd_ack_id, shell->odd_acks);
    shell->odd_acks = 0;
}

static void check_broker(struct shell *shell, int64_t now_us)
{
    int64_t limit_us = (int64_t)shell->config->machine.offline_s * 1000000;
    int64_t silent_us = now_us - shell->heard_us;
    if (shell->broker_good && silent_us >= limit_us) {
        shell->broker_good = false;
        publish_event(shell, CORE_CODE_BROKER_LOST, shell->problem, 1);
        shell_set_health(shell, CORE_HEALTH_BROKER, false);
    } else if (shell->connected && silent_us >= limit_us / 3 && now_us - shell->probe_us >= limit_us / 3) {
        shell->probe_us = now_us;
        publish_state(shell, true); /* its PUBACK is the sign of life */
    }
}

static void set_screen(struct shell *shell, bool good)
{
    if (shell->screen_good == good)
        return;
    shell->screen_good = good;
    shell_set_health(shell, CORE_HEALTH_SCREEN, good);
}

/* One that answered and does so no more hangs; one that never did may have no display yet, and is there. */
static void check_screens(struct shell *shell, int64_t now_us)
{
    bool connected = panel_clients(shell->panel) > 0;
    if (!connected)
        shell->answered_us = 0;
    if (now_us - shell->answered_us >= SHELL_SCREEN_US)
        set_screen(shell, false);
    bool there = connected && (shell->screen_good || shell->answered_us == 0);
    if (there == shell->screen_there)
        return;
    shell->screen_there = there;
    publish_event(shell, there ? CORE_CODE_SCREEN_BACK : CORE_CODE_SCREEN_LOST, "", 1);
}

void shell_screen_shows(void *user, const struct snapshot_shown *shown)
{
    struct shell *shell = user;
    shell->answered_us = clock_mono_us();
    set_screen(shell, true);
    if (shown->from == 0)
        return;
    struct core_event *event = shell_begin(shell, CORE_EVENT_SHOWN);
    event->u.shown.from = shown->from;
    event->u.shown.to = shown->to;
    shell_step(shell);
}

static bool all_healthy(struct shell *shell)
{
    return (!shell->store || store_healthy(shell->store)) && hal_healthy(shell->hal) &&
           mqtt_healthy(shell->mqtt);
}

void shell_every_second(void *user, int fd, uint32_t events)
{
    struct shell *shell = user;
    (void)fd;
    (void)events;
    int64_t now_us = clock_mono_us();
    loop_timer_set(shell->second_timer, now_us + 1000000);
    shell_check_clock(shell);
    check_broker(shell, now_us);
    report_rejected(shell);
    report_odd_acks(shell);
    if (shell->connected)
        publish_unsent_events(shell);
    check_screens(shell, now_us);
    shell_attend_devices(shell);
    if (shell->message_until_us != 0 && now_us >= shell->message_until_us)
        shell->message[0] = '\0', shell->message_until_us = 0;
    if (now_us - shell->telemetry_us >= (int64_t)shell->config->machine.telemetry_s * 1000000 &&
        shell->connected)
        publish_telemetry(shell);
    command_shot_check(shell, now_us);
    if (shell->check.process.pid > 0 && now_us >= shell->check.process.until_us)
        command_check_done(shell);
    if (!warden_alive() && !shell->stopping) {
        log_error("warden: it is gone; starting anew, nothing may move without it");
        shell_leave(shell, true);
    }
    int64_t down_us = mqtt_down_since(shell->mqtt);
    if (down_us > 0 && now_us - down_us > SHELL_DOWN_S * INT64_C(1000000)) {
        shell_start_anew(shell, "broker: not connected for long");
    }
    if (!shell->store && now_us >= shell->store_retry_us)
        shell_retry_store(shell);
    shell->view_dirty = true; /* the screen wants a sign of life */
    if (all_healthy(shell))
        (void)notify_send("WATCHDOG=1");
}
