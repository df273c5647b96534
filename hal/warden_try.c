#include "hal/warden_try.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "common/clock.h"
#include "hal/safe.h"

bool warden_try_can(const struct config *config, int32_t line)
{
    const struct config_line *at = &config->lines[line];
    return at->output && at->driver == CONFIG_DRIVER_MODBUS && config->buses[at->bus].type == CONFIG_BUS_TCP;
}

/* The child's life. What else is on belongs to the daemon, which is alive. */
static int switch_off(const struct config *config, const bool *lines)
{
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    struct config *only = malloc(sizeof *only);
    if (!only)
        return 1;
    *only = *config;
    for (int32_t i = 0; i < only->line_count; i++)
        only->lines[i].output = only->lines[i].output && lines[i];
    return safe_make(only, false, NULL, true, NULL, NULL) == 0 ? 0 : 1;
}

static void put_off(struct warden_try *at)
{
    at->pause_ms = at->pause_ms == 0 ? WARDEN_TRY_FIRST_MS : at->pause_ms * 2;
    at->pause_ms = at->pause_ms < WARDEN_TRY_MOST_MS ? at->pause_ms : WARDEN_TRY_MOST_MS;
    at->at_us = clock_mono_us() + (int64_t)at->pause_ms * 1000;
}

void warden_try_begin(struct warden_try *at, const struct config *config, const bool *lines)
{
    put_off(at);
    pid_t pid = fork();
    if (pid == 0)
        _exit(switch_off(config, lines));
    if (pid < 0)
        return;
    at->pid = pid;
    at->fd = (int)syscall(SYS_pidfd_open, pid, 0U);
    if (at->fd < 0) { /* nobody would say when it has ended */
        (void)kill(pid, SIGKILL);
        (void)warden_try_end(at);
    }
}

bool warden_try_end(struct warden_try *at)
{
    int status = 1;
    while (waitpid(at->pid, &status, 0) < 0 && errno == EINTR)
        ;
    if (at->fd >= 0)
        close(at->fd);
    at->pid = 0;
    at->fd = -1;
    put_off(at);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}
