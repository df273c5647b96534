/* The warden. It sleeps without wake-ups while nothing with a limit is on: a driver that arms an earlier time
 * than the one it sleeps to wakes it through an eventfd. The daemon's end is a readable pidfd, which comes
 * after the kernel has closed the daemon's descriptors, so lines and ports are free by then. */
#include "hal/warden.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "common/clock.h"
#include "common/log.h"
#include "hal/safe.h"
#include "hal/warden_try.h"

enum {
    LOCK_WAIT_MS = 5000,
    LOCK_LOOK_MS = 20,
    KILL_WAIT_MS = 2000, /* a killed process may need this long to be gone */
    SAFE_FOR_MS = 4000,  /* outputs that can not be confirmed are tried again this long */
    SAFE_PAUSE_MS = 200,
};
#define NEVER INT64_MAX

struct page {
    atomic_llong off_by_us[CONFIG_MAX_LINES]; /* 0 = off */
    atomic_llong sleeps_until_us;
    atomic_bool stray[CONFIG_MAX_LINES]; /* wanted off, and the daemon cannot reach it */
    atomic_uint strays;                  /* counts each that became one */
    atomic_bool ended;
};

static struct {
    struct page *page;
    int wake_fd;
    pid_t pid;
} warden = {.wake_fd = -1};

struct watch {
    const struct config *config;
    struct page *page;
    int daemon_fd, wake_fd, lock_fd;
    unsigned strays; /* as seen last */
    struct warden_try try;
};

static void pause_ms(int ms)
{
    struct timespec pause = clock_timespec(ms * INT64_C(1000));
    (void)nanosleep(&pause, NULL);
}

static int64_t earliest_us(struct page *page, int32_t count)
{
    int64_t earliest = NEVER;
    for (int32_t i = 0; i < count; i++) {
        int64_t off_by_us = atomic_load(&page->off_by_us[i]);
        if (off_by_us > 0 && off_by_us < earliest)
            earliest = off_by_us;
    }
    return earliest;
}

/* Sleeps until until_us, a wake-up, the end of a try, or the daemon's. true: the daemon is gone. */
static bool sleep_until(const struct watch *watch, int64_t until_us)
{
    struct pollfd fds[3] = {{.fd = watch->daemon_fd, .events = POLLIN},
                            {.fd = watch->wake_fd, .events = POLLIN},
                            {.fd = watch->try.pid > 0 ? watch->try.fd : -1, .events = POLLIN}};
    int64_t now_us = clock_mono_us();
    int64_t left_us = until_us > now_us ? until_us - now_us : 0;
    struct timespec left = clock_timespec(left_us);
    (void)ppoll(fds, 3, until_us == NEVER ? NULL : &left, NULL);
    if (fds[1].revents) {
        eventfd_t ignored;
        (void)eventfd_read(watch->wake_fd, &ignored);
    }
    return fds[0].revents != 0;
}

static void kill_daemon(const struct watch *watch)
{
    log_error("warden: an output is on past its limit and the daemon does not end it: killing the daemon");
    (void)syscall(SYS_pidfd_send_signal, watch->daemon_fd, SIGKILL, NULL, 0U);
    struct pollfd gone = {.fd = watch->daemon_fd, .events = POLLIN};
    (void)poll(&gone, 1, KILL_WAIT_MS);
}

static void say(void *user, const char *text)
{
    (void)user;
    log_notice("warden: %s", text);
}

static void make_safe(const struct watch *watch)
{
    bool first[CONFIG_MAX_LINES];
    for (int32_t i = 0; i < CONFIG_MAX_LINES; i++)
        first[i] = atomic_load(&watch->page->off_by_us[i]) != 0;
    int64_t give_up_us = clock_mono_us() + (int64_t)SAFE_FOR_MS * 1000;
    int failed = safe_make(watch->config, false, first, true, say, NULL), tries = 1;
    for (; failed > 0 && clock_mono_us() < give_up_us; tries++) {
        pause_ms(SAFE_PAUSE_MS);
        failed = safe_make(watch->config, false, first, true, NULL, NULL);
    }
    if (failed > 0)
        log_error("warden: outputs not confirmed off after %d tries: %d", tries, failed);
    else if (tries > 1)
        log_notice("warden: all outputs off, read back, after %d tries", tries);
}

/* The lines that may be tried; how many. */
static int list_strays(const struct watch *watch, bool ret[CONFIG_MAX_LINES])
{
    int count = 0;
    for (int32_t i = 0; i < watch->config->line_count; i++) {
        ret[i] = atomic_load(&watch->page->stray[i]) && warden_try_can(watch->config, i);
        count += ret[i];
    }
    return count;
}

/* When the daemon cannot reach a board, perhaps only the daemon cannot: its connections fail for a reason of
 * its own. The outputs that it wants off are tried without it, now and then as long as that lasts. */
static void end_try(struct watch *watch)
{
    struct pollfd ended = {.fd = watch->try.fd, .events = POLLIN};
    if (watch->try.pid == 0 || poll(&ended, 1, 0) != 1)
        return;
    if (warden_try_end(&watch->try) && !watch->try.told) {
        watch->try.told = true;
        log_error(
            "warden: a board answers here and not the daemon: the outputs that it could not switch off are "
            "off, read back");
    }
}

/* Begins one if it is due; when the next is, NEVER = none is wanted. */
static int64_t next_try_us(struct watch *watch)
{
    bool lines[CONFIG_MAX_LINES];
    unsigned strays = atomic_load(&watch->page->strays);
    end_try(watch);
    if (watch->try.pid > 0)
        return NEVER; /* its end wakes us */
    if (list_strays(watch, lines) == 0) {
        watch->try = (struct warden_try){.fd = -1};
        return NEVER;
    }
    if (strays != watch->strays)
        watch->try.at_us = watch->try.pause_ms = 0;
    watch->strays = strays;
    if (clock_mono_us() >= watch->try.at_us)
        warden_try_begin(&watch->try, watch->config, lines);
    return watch->try.pid > 0 ? NEVER : watch->try.at_us;
}

/* The child's life. Returns its exit status. */
static int watch_daemon(struct watch *watch)
{
    for (;;) {
        int64_t try_us = next_try_us(watch);
        int64_t earliest = earliest_us(watch->page, watch->config->line_count);
        int64_t kill_us =
            earliest >= NEVER - WARDEN_GRACE_MS * 1000 ? NEVER : earliest + WARDEN_GRACE_MS * 1000;
        int64_t until_us = try_us < kill_us ? try_us : kill_us;
        atomic_store(&watch->page->sleeps_until_us, until_us);
        if (earliest_us(watch->page, watch->config->line_count) != earliest)
            continue; /* armed while we looked: the arming thread may have seen the old sleeps_until_us */
        bool gone = sleep_until(watch, until_us);
        if (atomic_load(&watch->page->ended))
            return 0;
        if (!gone && kill_us != NEVER && clock_mono_us() >= kill_us &&
            earliest_us(watch->page, watch->config->line_count) == earliest) {
            kill_daemon(watch);
            gone = true;
        }
        if (gone) {
            make_safe(watch);
            return 0;
        }
    }
}

/* Out of the daemon's session, so that what is meant for the daemon (Ctrl-C, a stop of the whole unit) does
 * not end the warden first. SIGKILL does; then kiosk-safe is what is left. */
static void settle_in(struct watch *watch, int ready_fd)
{
    (void)setsid();
    (void)prctl(PR_SET_NAME, "kiosk-warden");
    struct sched_param param = {.sched_priority = 1};
    (void)sched_setscheduler(0, SCHED_FIFO, &param);
    int null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (null_fd >= 0) {
        (void)dup2(null_fd, 0);
        (void)dup2(null_fd, 1);
    }
    /* All to low numbers, via high ones that nobody uses; then everything above goes. */
    int kept[3] = {watch->daemon_fd, watch->wake_fd, watch->lock_fd};
    for (int i = 0; i < 3; i++)
        kept[i] = fcntl(kept[i], F_DUPFD_CLOEXEC, 16);
    for (int i = 0; i < 3; i++)
        (void)dup3(kept[i], 3 + i, O_CLOEXEC);
    watch->daemon_fd = 3;
    watch->wake_fd = 4;
    watch->lock_fd = 5;
    (void)!write(ready_fd, "r", 1);
    (void)close_range(6, ~0U, 0);
}

/* Opens and locks; waits for an older warden. The descriptor or -errno. */
static int take_lock(const struct config *config)
{
    char path[CONFIG_PATH_SIZE + 16];
    if (mkdir(config->kiosk.run_dir, 0755) < 0 && errno != EEXIST)
        return -errno;
    snprintf(path, sizeof path, "%s/warden.lock", config->kiosk.run_dir);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0640);
    if (fd < 0)
        return -errno;
    for (int waited_ms = 0; flock(fd, LOCK_EX | LOCK_NB) < 0; waited_ms += LOCK_LOOK_MS) {
        if (errno != EWOULDBLOCK || waited_ms >= LOCK_WAIT_MS) {
            int rc = errno == EWOULDBLOCK ? -EBUSY : -errno;
            close(fd);
            return rc;
        }
        pause_ms(LOCK_LOOK_MS);
    }
    return fd;
}

/* Forks with all signals blocked, so that none ends the child before it is out of the daemon's session, and
 * comes back when the child is at its post. */
static int fork_child(struct watch *watch)
{
    int ready[2];
    sigset_t all, before;
    if (pipe2(ready, O_CLOEXEC) < 0)
        return -errno;
    sigfillset(&all);
    (void)sigprocmask(SIG_BLOCK, &all, &before);
    pid_t pid = fork();
    int rc = pid < 0 ? -errno : 0;
    if (pid == 0) {
        int ready_fd = fcntl(ready[1], F_DUPFD_CLOEXEC, 16);
        settle_in(watch, ready_fd);
        _exit(watch_daemon(watch));
    }
    close(ready[1]);
    char byte;
    while (rc == 0 && read(ready[0], &byte, 1) != 1)
        if (errno != EINTR)
            rc = -ECHILD;
    close(ready[0]);
    (void)sigprocmask(SIG_SETMASK, &before, NULL);
    warden.pid = pid;
    return rc;
}

static int start(struct watch *watch)
{
    watch->daemon_fd = (int)syscall(SYS_pidfd_open, getpid(), 0U);
    if (watch->daemon_fd < 0)
        return -errno;
    void *memory = mmap(NULL, sizeof *watch->page, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int rc = memory == MAP_FAILED ? -errno : 0;
    watch->wake_fd = rc == 0 ? eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC) : -1;
    if (rc == 0 && watch->wake_fd < 0)
        rc = -errno;
    if (rc == 0) {
        watch->page = memory;
        atomic_store(&watch->page->sleeps_until_us, NEVER);
        rc = fork_child(watch);
    }
    close(watch->daemon_fd);
    if (rc < 0) {
        if (watch->wake_fd >= 0)
            close(watch->wake_fd);
        if (memory != MAP_FAILED)
            (void)munmap(memory, sizeof *watch->page);
    }
    return rc;
}

int warden_start(const struct config *config, bool simulate)
{
    if (simulate)
        return 0; /* nothing physical moves, and the simulated machine ends with the process */
    struct watch watch = {.config = config, .try = {.fd = -1}};
    watch.lock_fd = take_lock(config);
    if (watch.lock_fd < 0)
        return watch.lock_fd;
    int rc = start(&watch);
    close(watch.lock_fd); /* the child holds the lock by its own descriptor as long as it lives */
    if (rc < 0)
        return rc;
    warden.page = watch.page;
    warden.wake_fd = watch.wake_fd;
    return 0;
}

void warden_arm(int32_t line, int64_t off_by_us)
{
    if (!warden.page || line < 0 || line >= CONFIG_MAX_LINES)
        return;
    atomic_store(&warden.page->off_by_us[line], off_by_us);
    if (off_by_us < NEVER && off_by_us < atomic_load(&warden.page->sleeps_until_us))
        (void)eventfd_write(warden.wake_fd, 1);
}

void warden_disarm(int32_t line)
{
    if (!warden.page || line < 0 || line >= CONFIG_MAX_LINES)
        return;
    atomic_store(&warden.page->off_by_us[line], 0);
    atomic_store(&warden.page->stray[line], false);
}

void warden_stray(int32_t line)
{
    if (!warden.page || line < 0 || line >= CONFIG_MAX_LINES ||
        atomic_exchange(&warden.page->stray[line], true))
        return;
    atomic_fetch_add(&warden.page->strays, 1);
    (void)eventfd_write(warden.wake_fd, 1);
}

bool warden_alive(void)
{
    siginfo_t info = {0};
    return !warden.page ||
           (waitid(P_PID, (id_t)warden.pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == 0);
}

void warden_stop(void)
{
    if (!warden.page)
        return;
    atomic_store(&warden.page->ended, true);
    (void)eventfd_write(warden.wake_fd, 1);
    while (waitpid(warden.pid, NULL, 0) < 0 && errno == EINTR)
        ;
    close(warden.wake_fd);
    (void)munmap(warden.page, sizeof *warden.page);
    warden.page = NULL;
    warden.wake_fd = -1;
}
