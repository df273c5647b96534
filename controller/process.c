#include "controller/process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/clock.h"

/* Its standard output and errors, and no signal blocked. */
static int spawn(pid_t *pid, const char *program, char *const argv[], int out_fd)
{
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_t actions;
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    posix_spawn_file_actions_init(&actions);
    int rc = out_fd < 0 ? 0 : posix_spawn_file_actions_adddup2(&actions, out_fd, STDOUT_FILENO);
    if (rc == 0 && out_fd >= 0)
        rc = posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    if (rc == 0)
        rc = posix_spawn(pid, program, &actions, &attributes, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return rc;
}

bool process_start(struct process *process, struct loop *loop, const char *program,
                   const char *const arguments[], int out_fd, int limit_s, loop_callback *ended, void *user)
{
    char *argv[PROCESS_ARGUMENTS] = {NULL};
    for (int i = 0; i < PROCESS_ARGUMENTS - 1 && arguments[i] != NULL; i++)
        argv[i] = (char *)(uintptr_t)arguments[i];
    pid_t pid = 0;
    errno = spawn(&pid, program, argv, out_fd);
    if (errno != 0)
        return false;
    process->pid = pid;
    process->until_us = clock_mono_us() + (int64_t)limit_s * 1000000;
    process->fd = (int)syscall(SYS_pidfd_open, pid, 0U);
    if (process->fd >= 0)
        (void)loop_add(loop, process->fd, EPOLLIN, ended, user);
    return true;
}

int process_end(struct process *process, struct loop *loop)
{
    int status = 0;
    if (process->fd >= 0) {
        loop_remove(loop, process->fd);
        close(process->fd);
    }
    if (waitpid(process->pid, &status, WNOHANG) == 0) {
        (void)kill(process->pid, SIGKILL);
        (void)waitpid(process->pid, &status, 0);
    }
    process->pid = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}
