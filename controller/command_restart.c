/* Starting anew, which cannot be taken back: who does it with a configuration that has faults is gone for
 * good. So the file is checked first, by the same program as the one that would start, and with faults this
 * run goes on. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/text.h"
#include "controller/shell.h"

enum {
    CHECK_LIMIT_S = 20,  /* a busy machine, many pictures */
    CHECK_AGAIN_S = 600, /* our own wish, put off by faults */
    FAULTS_BYTES = 16384,
    FAULTS_MAX = 20,
};

static bool checking(const struct shell *shell)
{
    return shell->check.process.pid > 0;
}

/* Whose wish it is: an order's, or our own. */
static void refuse(struct shell *shell, json_t *data, const char *why)
{
    if (shell->check.ordered) {
        command_fail_with(shell, &shell->check.reply, data, why);
        return;
    }
    log_warning("not started anew: %s", why);
    shell->check.again_us = clock_mono_us() + CHECK_AGAIN_S * INT64_C(1000000);
    json_decref(data);
}

static void allow(struct shell *shell)
{
    if (!shell->check.ordered) {
        shell_leave(shell, true);
        return;
    }
    shell->restart_wanted = true; /* left when the answer is durable and on its way */
    command_ok(shell, &shell->check.reply, json_object());
}

/* One line of the check's output; warnings forbid nothing. */
static void add_fault(json_t *faults, char *line)
{
    if (line[0] == '\0' || strstr(line, ": warning: ") != NULL || json_array_size(faults) >= FAULTS_MAX)
        return;
    json_t *text = json_string(line);
    for (char *at = line; !text && *at; at++) /* a name in another encoding */
        *at = (unsigned char)*at < 0x80 ? *at : '?';
    json_array_append_new(faults, text ? text : json_string(line));
}

static json_t *read_faults(int fd)
{
    static char text[FAULTS_BYTES];
    json_t *faults = json_array();
    ssize_t length = pread(fd, text, sizeof text - 1, 0);
    text[length > 0 ? length : 0] = '\0';
    for (char *line = text, *end; *line; line = end) {
        end = line + strcspn(line, "\n");
        if (*end == '\n')
            *end++ = '\0';
        add_fault(faults, line);
    }
    return faults;
}

static void conclude(struct shell *shell, int status)
{
    char why[512];
    json_t *faults = read_faults(shell->check.out_fd);
    size_t count = json_array_size(faults), used = 0;
    close(shell->check.out_fd);
    if (status == 0) {
        json_decref(faults);
        allow(shell);
    } else if (status != 2 || count == 0) {
        json_decref(faults);
        refuse(shell, NULL, "the configuration could not be checked");
    } else {
        (void)text_append(why, sizeof why, &used,
                          "the configuration has faults; kioskd runs on with the one it has: ");
        (void)text_append(why, sizeof why, &used, "%.300s%s", json_string_value(json_array_get(faults, 0)),
                          count > 1 ? ", and more" : "");
        refuse(shell, json_pack("{s:o}", "faults", faults), why);
    }
}

static void check_ended(void *user, int fd, uint32_t events)
{
    (void)fd;
    (void)events;
    command_check_done(user);
}

void command_check_done(struct shell *shell)
{
    conclude(shell, process_end(&shell->check.process, shell->loop));
}

static bool start_check(struct shell *shell)
{
    const char *const arguments[] = {"kioskd", "-c", shell->config_file, "--check", NULL};
    shell->check.out_fd = memfd_create("check", MFD_CLOEXEC);
    if (shell->check.out_fd < 0)
        return false;
    if (process_start(&shell->check.process, shell->loop, "/proc/self/exe", arguments, shell->check.out_fd,
                      CHECK_LIMIT_S, check_ended, shell))
        return true;
    int error = errno;
    close(shell->check.out_fd);
    errno = error;
    return false;
}

void command_restart(struct shell *shell, const struct reply *reply, const json_t *args)
{
    (void)args;
    if (checking(shell)) {
        command_fail(shell, reply, "a restart is being prepared already");
        return;
    }
    shell->check.ordered = true;
    shell->check.reply = *reply;
    if (!start_check(shell))
        command_fail(shell, reply, "the configuration could not be checked: %s", strerror(errno));
}

void shell_start_anew(struct shell *shell, const char *why)
{
    if (checking(shell) || shell->stopping || clock_mono_us() < shell->check.again_us)
        return;
    log_notice("%s; starting anew", why);
    shell->check.ordered = false;
    if (!start_check(shell))
        refuse(shell, NULL, strerror(errno));
}
