#include "controller/shell.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/notify.h"
#include "common/text.h"
#include "controller/shell_view.h"

static void step_once(struct shell *shell)
{
    shell->event.now_ms = clock_mono_us() / 1000;
    shell->event.wall_s = clock_wall_s();
    core_step(shell->core, &shell->event, &shell->actions);
    shell_act(shell);
}

void shell_step(struct shell *shell)
{
    step_once(shell);
    while (shell->pending_count > 0) {
        shell->event = shell->pending[shell->pending_head];
        shell->pending_head = (shell->pending_head + 1) % SHELL_PENDING;
        shell->pending_count--;
        step_once(shell);
    }
}

struct core_event *shell_begin(struct shell *shell, enum core_event_kind kind)
{
    memset(&shell->event, 0, sizeof shell->event);
    shell->event.kind = kind;
    return &shell->event;
}

void shell_set_health(struct shell *shell, enum core_health what, bool good)
{
    struct core_event *event = shell_begin(shell, CORE_EVENT_HEALTH);
    event->u.health.what = what;
    event->u.health.good = good;
    shell_step(shell);
}

/* ---- time ---- */

static void core_due(void *user, int fd, uint32_t events)
{
    (void)fd;
    (void)events;
    shell_begin(user, CORE_EVENT_TICK);
    shell_step(user);
}

static void soon(void *user, int fd, uint32_t events)
{
    (void)user; /* only wakes the loop, which then sends what is due */
    (void)fd;
    (void)events;
}

static void signalled(void *user, int fd, uint32_t events)
{
    struct shell *shell = user;
    struct signalfd_siginfo info;
    (void)events;
    if (read(fd, &info, sizeof info) != (ssize_t)sizeof info)
        return;
    log_notice("signal %s: stopping", strsignal((int)info.ssi_signo));
    shell_leave(shell, false);
}

/* ---- the view ---- */

static void send_view(struct shell *shell)
{
    static struct snapshot snapshot;
    int64_t now_us = clock_mono_us();
    if (now_us - shell->view_us < PANEL_GAP_US) {
        loop_timer_set(shell->soon_timer, shell->view_us + PANEL_GAP_US);
        return;
    }
    shell->view_us = now_us;
    shell->view_dirty = false;
    snapshot.number++;
    shell_view_snapshot(&snapshot, shell->config, shell->core, shell->message, now_us / 1000, clock_wall_s(),
                        shell->clock_trusted);
    panel_send(shell->panel, &snapshot);
    if (shell->connected)
        publish_state(shell, false);
}

/* ---- set-up and the run ---- */

int shell_open_loop(struct shell *shell, const sigset_t *signals)
{
    int rc = loop_open(&shell->loop);
    if (rc < 0)
        return rc;
    shell->core_timer = loop_timer_open(shell->loop, core_due, shell);
    shell->second_timer = loop_timer_open(shell->loop, shell_every_second, shell);
    shell->soon_timer = loop_timer_open(shell->loop, soon, shell);
    shell->signal_fd = signalfd(-1, signals, SFD_CLOEXEC | SFD_NONBLOCK);
    if (shell->core_timer < 0 || shell->second_timer < 0 || shell->soon_timer < 0 || shell->signal_fd < 0)
        return -EMFILE;
    const struct {
        struct queue **queue;
        size_t item, capacity;
        loop_callback *callback;
    } queues[] = {
        {&shell->hal_events, sizeof(struct hal_event), 512, shell_take_hal},
        {&shell->store_events, sizeof(struct store_event), 512, shell_take_store},
        {&shell->received, sizeof(struct receive_item), 64, shell_take_received},
        {&shell->mqtt_events, sizeof(struct mqtt_event), 512, shell_take_mqtt},
    };
    for (size_t i = 0; i < sizeof queues / sizeof queues[0]; i++) {
        rc = queue_open(queues[i].queue, queues[i].item, queues[i].capacity);
        if (rc == 0)
            rc = loop_add(shell->loop, queue_fd(*queues[i].queue), EPOLLIN, queues[i].callback, shell);
        if (rc < 0)
            return rc;
    }
    return loop_add(shell->loop, shell->signal_fd, EPOLLIN, signalled, shell);
}

void shell_leave(struct shell *shell, bool replace)
{
    if (shell->stopping)
        return;
    shell->stopping = true;
    shell->replace = replace;
    shell->abort_at_us = clock_mono_us() + SHELL_FINISH_MS * 1000;
    shell->leave_at_us = clock_mono_us() + SHELL_LEAVE_MS * 1000;
    if (!replace) /* else systemd would wait for an end that does not come, and kill the next run */
        (void)notify_send("STOPPING=1");
    publish_event(shell, CORE_CODE_STOPPING, replace ? "restart" : "", 1);
    shell_begin(shell, CORE_EVENT_LEAVE);
    shell_step(shell);
}

static void abort_what_moves(struct shell *shell)
{
    if (shell->abort_at_us == 0 || (clock_mono_us() < shell->abort_at_us && !shell->store_bad))
        return;
    shell->abort_at_us = 0;
    shell_begin(shell, CORE_EVENT_STOP);
    shell_step(shell);
}

static bool may_leave(struct shell *shell)
{
    struct core_machine_view machine;
    core_view_machine(shell->core, &machine);
    return (shell->store_bad ? machine.moving : machine.unsettled) == 0 ||
           clock_mono_us() >= shell->leave_at_us;
}

void shell_run(struct shell *shell)
{
    loop_timer_set(shell->second_timer, clock_mono_us());
    while (!(shell->stopping && may_leave(shell))) {
        int rc = loop_turn(shell->loop, shell->stopping ? 50 : -1);
        if (rc < 0) {
            log_error("event loop: %s", strerror(-rc));
            shell->exit_status = 1;
            return;
        }
        if (shell->store_bad && shell->store)
            shell_leave(shell, true);
        if (shell->stopping)
            abort_what_moves(shell);
        if (shell->view_dirty)
            send_view(shell);
        int64_t busy_us = clock_mono_us() - loop_woken_us(shell->loop);
        histogram_add(&shell->loop_latency, busy_us);
        shell->loop_over += busy_us > SHELL_LOOP_LIMIT_MS * 1000;
    }
}
