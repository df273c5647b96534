/* Every output off, without inputs, threads that stay, or trust in a running daemon: for kiosk-safe and the
 * warden. */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include "common/clock.h"
#include "common/text.h"
#include "hal/instance.h"
#include "hal/safe.h"

enum { SAFE_TEXT = 256, SAFE_TRIES = 3 };

struct job {
    struct hal_instance *instance;
    pthread_t thread;
    bool threaded;
    int failed;
    bool brief;
    pthread_mutex_t *say_mutex;
    void (*say)(void *user, const char *text);
    void *user;
};

static void say(struct job *job, const char *text)
{
    pthread_mutex_lock(job->say_mutex);
    job->say(job->user, text);
    pthread_mutex_unlock(job->say_mutex);
}

static void say_line(struct job *job, const struct hal_line *line, const char *what)
{
    char text[SAFE_TEXT] = "";
    size_t used = 0;
    text_append(text, sizeof text, &used, "%s: %s", line->config->name, what);
    if (job->say && !job->brief)
        say(job, text);
}

/* The outputs of one board of which the same is to be said. */
static void say_list(struct job *job, struct instance_list *list, const char *what)
{
    char text[SAFE_TEXT + INSTANCE_LIST_SIZE] = "";
    size_t used = 0;
    instance_list_end(list);
    text_append(text, sizeof text, &used, "%s: %s (%d): %s", instance_name(job->instance), what,
                (int)list->count, list->text);
    if (job->say && job->brief && list->count > 0)
        say(job, text);
}

static const char *switch_off(struct hal_instance *instance, struct hal_line *line)
{
    struct hal_write write = {0};
    for (int n = 0; n < SAFE_TRIES; n++) {
        write = (struct hal_write){.on = false, .until_us = HAL_NEVER};
        instance->driver->set(instance, line, &write);
        if (write.result == HAL_DONE)
            return NULL;
        if (!write.known && write.result == HAL_REFUSED)
            return "NOT CONFIRMED: it can not be reached";
    }
    return write.known && write.reads_on ? "STILL ON after it was switched off"
                                         : "NOT CONFIRMED: no good answer";
}

static void *run_job(void *user)
{
    struct job *job = user;
    struct hal_instance *instance = job->instance;
    char error[SAFE_TEXT] = "";
    const char *last = "";
    struct instance_list good = {0}, failed = {0};
    int rc = instance->driver->open(instance, error, sizeof error);
    for (int32_t i = 0; i < instance->line_count; i++) {
        struct hal_line *line = &instance->lines[i];
        const char *fault = rc < 0 ? error : switch_off(instance, line);
        say_line(job, line, fault ? fault : "off, read back");
        instance_list_add(fault ? &failed : &good, line);
        last = fault ? fault : last; /* of one board it is mostly the same for all */
    }
    job->failed = (int)failed.count;
    say_list(job, &good, "off, read back");
    say_list(job, &failed, last);
    if (rc >= 0)
        instance->driver->close(instance);
    return NULL;
}

static int run_jobs(struct job *jobs, int32_t count)
{
    int failed = 0;
    for (int32_t i = 0; i < count; i++) {
        jobs[i].threaded = count > 1 && pthread_create(&jobs[i].thread, NULL, run_job, &jobs[i]) == 0;
        if (!jobs[i].threaded)
            run_job(&jobs[i]);
    }
    for (int32_t i = 0; i < count; i++) {
        if (jobs[i].threaded)
            pthread_join(jobs[i].thread, NULL);
        failed += jobs[i].failed;
    }
    return failed;
}

int safe_make(const struct config *config, bool simulate, const bool *first, bool brief,
              void (*say_text)(void *user, const char *text), void *user)
{
    struct instance_set *set = calloc(1, sizeof *set);
    struct job jobs[INSTANCE_MAX];
    pthread_mutex_t say_mutex = PTHREAD_MUTEX_INITIALIZER;
    if (!set || instance_set_make(set, config, simulate, true, first) < 0) {
        free(set);
        return config->line_count;
    }
    for (int32_t i = 0; i < set->count; i++) {
        set->instance[i].quiet = say_text == NULL;
        jobs[i] = (struct job){.instance = &set->instance[i],
                               .brief = brief,
                               .say_mutex = &say_mutex,
                               .say = say_text,
                               .user = user};
    }
    int failed = run_jobs(jobs, set->count);
    instance_set_free(set);
    free(set);
    return failed;
}

int hal_make_safe(const struct config *config, bool simulate, bool brief,
                  void (*say_text)(void *user, const char *text), void *user)
{
    return safe_make(config, simulate, NULL, brief, say_text, user);
}
