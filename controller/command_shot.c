/* The order "screenshot": what hangs on the display, written by the screen itself. Without a screen that
 * shows anything the screen's program draws what it would show; the answer says which of the two it is. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sodium.h>

#include "common/clock.h"
#include "common/text.h"
#include "controller/shell.h"

enum { SHOT_SCREEN_S = 5, SHOT_LIMIT_S = 10 };

static const unsigned char png_begins[8] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};

/* The first size bytes of the file as base64, NULL if they are no picture. The caller frees it. */
static char *read_base64(int fd, size_t size)
{
    char *text = NULL;
    unsigned char *bytes = malloc(size);
    ssize_t length = bytes && size >= sizeof png_begins ? pread(fd, bytes, size, 0) : -1;
    if (length >= (ssize_t)sizeof png_begins && memcmp(bytes, png_begins, sizeof png_begins) == 0) {
        size_t room = sodium_base64_ENCODED_LEN((size_t)length, sodium_base64_VARIANT_ORIGINAL);
        text = malloc(room);
        if (text)
            sodium_bin2base64(text, room, bytes, (size_t)length, sodium_base64_VARIANT_ORIGINAL);
    }
    free(bytes);
    return text;
}

/* Ends the order. size: of the picture in fd, 0 = there is none, for this reason. Closes fd. */
static void finish(struct shell *shell, int fd, size_t size, const char *source, const char *why)
{
    char *png = fd >= 0 && size > 0 ? read_base64(fd, size) : NULL;
    if (fd >= 0)
        close(fd);
    shell->shot.until_us = 0;
    shell->shot.fd = -1;
    if (png)
        command_ok(shell, &shell->shot.reply, json_pack("{s:s,s:s}", "png", png, "source", source));
    else
        command_fail(shell, &shell->shot.reply, "no picture: %s", why);
    free(png);
}

/* ---- the screen's own picture ---- */

/* A file in memory of a fixed size: whoever writes into it cannot fill the machine. */
static int room_make(void)
{
    int fd = memfd_create("shot", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd >= 0 &&
        (ftruncate(fd, SHOT_MAX_BYTES) < 0 || fcntl(fd, F_ADD_SEALS, F_SEAL_GROW | F_SEAL_SHRINK) < 0)) {
        close(fd);
        fd = -1;
    }
    return fd;
}

/* 0, -ENOENT: no screen shows anything; -errno. */
static int ask_screen(struct shell *shell)
{
    int fd = room_make();
    if (fd < 0)
        return -errno;
    struct shot question = {.number = ++shell->shot.number, .bytes = SHOT_MAX_BYTES};
    int rc = panel_ask(shell->panel, &question, fd);
    if (rc < 0)
        close(fd);
    else
        shell->shot.fd = fd;
    return rc;
}

void shell_screen_shot(void *user, const struct shot *shot)
{
    struct shell *shell = user;
    if (shell->shot.until_us > 0 && shell->shot.fd >= 0 && shot->number == shell->shot.number)
        finish(shell, shell->shot.fd, (size_t)shot->bytes, "screen",
               "the screen has none that fits; see the log of kiosk-display");
}

/* ---- a picture without a screen ---- */

static void child_end(struct shell *shell, bool timed_out)
{
    if (shell->shot.pid_fd >= 0) {
        loop_remove(shell->loop, shell->shot.pid_fd);
        close(shell->shot.pid_fd);
    }
    if (timed_out)
        (void)kill(shell->shot.pid, SIGKILL);
    int status = -1;
    (void)waitpid(shell->shot.pid, &status, timed_out ? 0 : WNOHANG);
    shell->shot.pid = 0;
    int fd = status == 0 ? open(shell->shot.path, O_RDONLY | O_CLOEXEC) : -1;
    off_t size = fd >= 0 ? lseek(fd, 0, SEEK_END) : 0;
    (void)unlink(shell->shot.path);
    finish(shell, fd, size > 0 && size <= SHOT_MAX_BYTES ? (size_t)size : 0, "drawn",
           timed_out ? "kiosk-display did not draw one within 10 s" : "see the log of kiosk-display");
}

static void child_ended(void *user, int fd, uint32_t events)
{
    (void)fd;
    (void)events;
    child_end(user, false);
}

/* The screen's program, beside ours. */
static bool program_path(char *ret, size_t size)
{
    char self[CONFIG_PATH_SIZE];
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    if (length <= 0)
        return false;
    self[length] = '\0';
    char *slash = strrchr(self, '/');
    if (!slash)
        return false;
    *slash = '\0';
    return (size_t)snprintf(ret, size, "%s/kiosk-display", self) < size;
}

static bool child_start(struct shell *shell)
{
    char program[CONFIG_PATH_SIZE + 16], config_file[CONFIG_PATH_SIZE];
    if (!program_path(program, sizeof program))
        return false;
    (void)snprintf(shell->shot.path, sizeof shell->shot.path, "%.200s/shot-%d.png",
                   shell->config->kiosk.run_dir, (int)getpid());
    char option_c[] = "-c", option_shot[] = "--shot";
    (void)text_copy(config_file, sizeof config_file, shell->config->file);
    char *argv[] = {program, option_c, config_file, option_shot, shell->shot.path, NULL};
    posix_spawnattr_t attributes;
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    pid_t pid;
    int rc = posix_spawn(&pid, program, NULL, &attributes, argv, environ);
    posix_spawnattr_destroy(&attributes);
    if (rc != 0)
        return false;
    shell->shot.pid = pid;
    shell->shot.pid_fd = (int)syscall(SYS_pidfd_open, pid, 0);
    if (shell->shot.pid_fd >= 0)
        (void)loop_add(shell->loop, shell->shot.pid_fd, EPOLLIN, child_ended, shell);
    return true;
}

/* ---- the order ---- */

void command_screenshot(struct shell *shell, const struct reply *reply, const json_t *args)
{
    (void)args;
    if (shell->shot.until_us > 0) {
        command_fail(shell, reply, "a screenshot is being taken already");
        return;
    }
    int rc = ask_screen(shell);
    if (rc < 0 && rc != -ENOENT) {
        command_fail(shell, reply, "the screen does not take the order: %s", strerror(-rc));
        return;
    }
    if (rc < 0 && !child_start(shell)) {
        command_fail(shell, reply, "kiosk-display could not be started: %s", strerror(errno));
        return;
    }
    shell->shot.reply = *reply;
    shell->shot.until_us = clock_mono_us() + (rc < 0 ? SHOT_LIMIT_S : SHOT_SCREEN_S) * INT64_C(1000000);
}

void command_shot_check(struct shell *shell, int64_t now_us)
{
    if (shell->shot.until_us == 0 || now_us < shell->shot.until_us)
        return;
    if (shell->shot.pid > 0)
        child_end(shell, true);
    else
        finish(shell, shell->shot.fd, 0, "screen", "the screen is connected and does not answer: it hangs");
}
