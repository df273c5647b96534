#include "controller/shell_start.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/notify.h"
#include "controller/crash.h"
#include "controller/report.h"
#include "controller/shell.h"
#include "hal/warden.h"

enum { ERROR_SIZE = 256 };

static struct core core;
static struct shell the_shell;

/* With its parents, which get the usual rights. */
static bool make_directory(const char *path, mode_t mode)
{
    char part[CONFIG_PATH_SIZE];
    for (const char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        memcpy(part, path, (size_t)(slash - path));
        part[slash - path] = '\0';
        (void)mkdir(part, 0755);
    }
    if (mkdir(path, mode) == 0 || errno == EEXIST)
        return true;
    log_error("%s: cannot be made: %s", path, strerror(errno));
    return false;
}

static void restore(void *user, const struct core_event *event)
{
    struct shell *shell = user;
    shell->event = *event;
    shell_step(shell);
}

/* The store, or mute mode if it cannot be used. -EBUSY means another kioskd runs: that is final. */
static int open_store(struct shell *shell)
{
    char error[ERROR_SIZE] = "it failed moments ago";
    int rc = shell->leave_store
                 ? -EIO
                 : store_open(&shell->store, shell->config, &shell->store_opened, error, sizeof error);
    if (rc == 0)
        rc = receive_open(&shell->receive, shell->config, shell->store, shell->received);
    if (rc == 0)
        return 0;
    shell->store = NULL;
    shell->store_retry_us = clock_mono_us() + SHELL_STORE_RETRY_S * INT64_C(1000000);
    if (rc == -EBUSY)
        log_error("store: %s; not started", error);
    else
        log_error("store: %s: %s; nothing is sold until it is good again", error, strerror(-rc));
    return rc;
}

void shell_retry_store(struct shell *shell)
{
    struct store *store = NULL;
    struct store_opened opened;
    char error[ERROR_SIZE] = "";
    shell->store_retry_us = clock_mono_us() + SHELL_STORE_RETRY_S * INT64_C(1000000);
    if (store_open(&store, shell->config, &opened, error, sizeof error) != 0)
        return;
    store_close(store, true);
    shell_start_anew(shell, "store: it can be written again");
}

static int open_broker(struct shell *shell)
{
    char will[1024], error[ERROR_SIZE] = "";
    if (report_status(will, sizeof will, shell->core, false, shell->boot_id, shell->started_at) == 0)
        return -EINVAL;
    struct mqtt_callbacks callbacks = {.on_message = shell->store ? receive_message : NULL,
                                       .user = shell->receive,
                                       .events = shell->mqtt_events};
    int rc = mqtt_open(&shell->mqtt, shell->config, will, &callbacks, error, sizeof error);
    if (rc == 0 && shell->store)
        rc = outbox_open(&shell->outbox, shell->store, shell->mqtt);
    if (rc < 0)
        log_error("broker: %s: %s", error, strerror(-rc));
    return rc;
}

/* What fails here fails the store; the core hears of it as of any later failure. */
static void restore_all(struct shell *shell)
{
    bool trusted = shell_clock_trusted(shell->config);
    (void)store_note_prices(shell->store, trusted ? clock_wall_s() : 0);
    (void)store_restore(shell->store, restore, shell);
}

static void start_core(struct shell *shell)
{
    core_init(shell->core, shell->config);
    if (shell->store)
        restore_all(shell);
    shell_set_health(shell, CORE_HEALTH_STORE, shell->store != NULL);
    shell_set_health(shell, CORE_HEALTH_NO_CRASH_LOOP, shell->store_opened.unclean_starts < SHELL_CRASH_LOOP);
    shell_set_health(shell, CORE_HEALTH_BROKER, false);
    shell_check_clock(shell);
    (void)shell_begin(shell, CORE_EVENT_START);
    shell_step(shell);
    if (shell->interrupted)
        command_answer_interrupted(shell);
    if (shell->store_opened.new_epoch)
        publish_event(shell, CORE_CODE_STORE_NEW_EPOCH, shell->store_opened.aside, 1);
    if (shell->store_opened.unclean_starts >= SHELL_CRASH_LOOP)
        publish_event(shell, CORE_CODE_CRASH_LOOP, crash_take_last(shell->config->kiosk.state_dir), 1);
}

/* In this order: the store, whose lock says that no other kioskd runs on it; the outputs safe; the broker
 * last. */
static int open_all(struct shell *shell)
{
    char error[ERROR_SIZE] = "";
    int rc = open_store(shell);
    if (rc == -EBUSY) /* the other one's motor may be turning: its lines are not ours to touch */
        return rc;
    rc = hal_open(&shell->hal, shell->config, shell->simulate, shell->hal_events, error, sizeof error);
    if (rc < 0) {
        log_error("lines: %s", error[0] ? error : strerror(-rc));
        return rc;
    }
    rc = panel_open(&shell->panel, shell->loop, shell->config->kiosk.run_dir, shell_screen_shows,
                    shell_screen_shot, shell);
    if (rc == 0)
        rc = control_open(&shell->control, shell->loop, shell->config->kiosk.run_dir, command_from_control,
                          shell);
    if (rc < 0) {
        log_error("%s: sockets: %s", shell->config->kiosk.run_dir, strerror(-rc));
        return rc;
    }
    core_init(shell->core, shell->config); /* so that the will can be written */
    rc = open_broker(shell);
    if (rc < 0)
        return rc;
    if (shell->store)
        command_find_interrupted(shell);
    if (shell->store)
        rc = store_start(shell->store, shell->store_events);
    if (rc < 0)
        return rc;
    start_core(shell);
    return mqtt_start(shell->mqtt);
}

static void close_all(struct shell *shell)
{
    int unsafe = hal_close(shell->hal);
    if (unsafe > 0)
        log_error("%d outputs could not be confirmed safe; run kiosk-safe", unsafe);
    else
        warden_stop();
    outbox_close(shell->outbox);
    if (shell->mqtt && !shell->replace) {
        char last[1024];
        size_t length =
            report_status(last, sizeof last, shell->core, false, shell->boot_id, shell->started_at);
        mqtt_close(shell->mqtt, length > 0 ? last : NULL, 1000);
    }
    if (shell->store)
        store_close(shell->store, !shell->store_bad);
    control_close(shell->control);
    panel_close(shell->panel);
}

static void name_this_run(struct shell *shell)
{
    unsigned char bytes[8];
    randombytes_buf(bytes, sizeof bytes);
    sodium_bin2hex(shell->boot_id, sizeof shell->boot_id, bytes, sizeof bytes);
    shell->started_at = clock_wall_s();
    shell->started_us = shell->heard_us = clock_mono_us();
}

/* A disk that takes the record of a start and then fails must not make a start of every moment. */
static enum shell_next what_next(const struct shell *shell)
{
    if (!shell->replace)
        return SHELL_END;
    bool short_run = clock_mono_us() - shell->started_us < SHELL_STORE_RETRY_S * INT64_C(1000000);
    return shell->store_bad && short_run ? SHELL_ANEW_LATER : SHELL_ANEW;
}

int shell_main(const struct config *config, const char *file, bool simulate, bool leave_store,
               enum shell_next *ret_next)
{
    struct shell *shell = &the_shell;
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    (void)signal(SIGPIPE, SIG_IGN);

    shell->config = config;
    shell->config_file = file;
    shell->simulate = simulate;
    shell->leave_store = leave_store;
    shell->core = &core;
    shell->shot.fd = shell->shot.pid_fd = -1;
    if (!make_directory(config->kiosk.state_dir, 0750) || !make_directory(config->kiosk.run_dir, 0755))
        return 1;
    crash_watch(config->kiosk.state_dir);
    /* A payment passes through five threads; a busy machine must not make the customer wait at each. Without
     * the right to it (CAP_SYS_NICE, Nice= of the unit) it stays as it is. */
    (void)setpriority(PRIO_PROCESS, 0, SHELL_NICE);
    name_this_run(shell);
    int rc = warden_start(config, simulate); /* before any thread */
    if (rc < 0) {
        log_error("warden: %s", strerror(-rc));
        return 1;
    }
    rc = shell_open_loop(shell, &signals);
    if (rc == 0)
        rc = open_all(shell);
    if (rc < 0) {
        if (shell->hal)
            (void)hal_close(shell->hal);
        if (shell->store)
            store_close(shell->store, true);
        warden_stop();
        return 1;
    }
    log_notice("kioskd %s started kiosk=%s boot=%s products=%d devices=%d%s", KIOSK_VERSION, config->kiosk.id,
               shell->boot_id, config->product_count, config->device_count,
               simulate ? " (simulated machine)" : "");
    (void)notify_send("READY=1");
    shell_run(shell);
    close_all(shell);
    *ret_next = what_next(shell);
    return shell->exit_status;
}
