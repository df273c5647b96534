/* A program beside ours that the loop does not wait for: started, watched, ended in time. Main thread only.
 */
#ifndef CONTROLLER_PROCESS_H
#define CONTROLLER_PROCESS_H

#include <stdbool.h>
#include <stdint.h>
#include "common/loop.h"

enum { PROCESS_ARGUMENTS = 8 };

struct process {
    int pid, fd; /* pid 0: there is none */
    int64_t until_us;
};

/* Starts program with arguments[0] as its name (at most PROCESS_ARGUMENTS with the NULL). out_fd: where its
 * standard output goes, and then nothing is heard of its errors; -1 = both are ours. ended is called once
 * when it has; after limit_s the caller is to end it. false with errno if it could not be started. */
bool process_start(struct process *process, struct loop *loop, const char *program,
                   const char *const arguments[], int out_fd, int limit_s, loop_callback *ended, void *user);
/* Takes it off the loop and its exit status from it: -1 if a signal ended it. One that still runs is killed.
 */
int process_end(struct process *process, struct loop *loop);

#endif
