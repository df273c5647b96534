#include <stdlib.h>

#include "controller/shell.h"

struct job *job_new(void (*run)(struct store *, struct job *), void (*done)(struct shell *, struct job *),
                    const struct reply *reply)
{
    struct job *job = calloc(1, sizeof *job);
    if (!job)
        return NULL;
    job->run = run;
    job->done = done;
    if (reply)
        job->reply = *reply;
    return job;
}

static void job_free(struct job *job)
{
    json_decref(job->args);
    json_decref(job->data);
    free(job);
}

/* On the store's thread. */
static void job_run(struct store *store, void *user)
{
    struct job *job = user;
    job->run(store, job);
}

void job_start(struct shell *shell, struct job *job)
{
    if (job && shell->store && !shell->job_first && store_run(shell->store, job_run, job))
        return;
    if (!job)
        return;
    if (shell->store && !job->reply.local && shell->job_count < SHELL_JOBS) {
        if (shell->job_last)
            shell->job_last->next = job;
        else
            shell->job_first = job;
        shell->job_last = job;
        shell->job_count++;
        return;
    }
    if (job->reply.local || job->reply.jti[0])
        command_fail(shell, &job->reply, "the store is busy or out of order; see kioskctl status");
    job_free(job);
}

void job_done(struct shell *shell, struct job *job)
{
    job->done(shell, job);
    job_free(job);
    while (shell->job_first && store_run(shell->store, job_run, shell->job_first)) {
        shell->job_first = shell->job_first->next;
        shell->job_count--;
        if (!shell->job_first)
            shell->job_last = NULL;
    }
}
