/* What the caller is told. Results and faults go through a backlog of their own, so a caller that is slow
 * does not hold up the thread that switches outputs off. Levels and health are told as differences to what
 * was told last: when there is no room they are put off, and the newest is told. */
#include <assert.h>
#include "common/clock.h"
#include "hal/runner.h"

static void push(struct hal_runner *runner, const struct hal_event *event)
{
    if (runner->backlog_length == 0 && queue_push(runner->events, event))
        return;
    assert(runner->backlog_length < RUNNER_BACKLOG);
    runner->backlog[(runner->backlog_head + runner->backlog_length) % RUNNER_BACKLOG] = *event;
    runner->backlog_length++;
}

void events_emit(struct hal_runner *runner, const struct hal_event *event)
{
    /* Only at the very end, when nobody reads any more, can the reserve be used up. */
    if (runner->backlog_length < RUNNER_BACKLOG)
        push(runner, event);
}

bool events_have_room(const struct hal_runner *runner)
{
    return runner->backlog_length < RUNNER_BACKLOG - RUNNER_RESERVE;
}

static void tell_input(struct hal_instance *instance, struct hal_line *line)
{
    struct hal_line_run *run = line->run;
    if (run->told == LINE_GOOD && run->level_told == line->now.level)
        return;
    push(instance->runner,
         &(struct hal_event){
             .kind = HAL_EVENT_INPUT, .line = line->index, .on = line->now.level, .at_us = run->level_at_us});
    run->told = LINE_GOOD;
    run->level_told = line->now.level;
}

static void tell_output(struct hal_instance *instance, struct hal_line *line)
{
    struct hal_line_run *run = line->run;
    struct hal_event event = {.line = line->index, .at_us = run->health_at_us};
    if (run->told == LINE_LOST) {
        event.kind = HAL_EVENT_BACK;
        push(instance->runner, &event);
    }
    if (!run->safe_told) {
        event.kind = HAL_EVENT_SAFE;
        push(instance->runner, &event);
    }
    run->told = LINE_GOOD;
    run->safe_told = true;
}

void events_tell(struct hal_instance *instance, struct hal_line *line)
{
    struct hal_line_run *run = line->run;
    if (run->health == LINE_UNPROVEN || !events_have_room(instance->runner))
        return;
    if (run->health == LINE_LOST) {
        if (run->told != LINE_LOST)
            push(
                instance->runner,
                &(struct hal_event){.kind = HAL_EVENT_LOST, .line = line->index, .at_us = run->health_at_us});
        run->told = LINE_LOST;
    } else if (!line->config->output) {
        tell_input(instance, line);
    } else if (run->told != LINE_GOOD) {
        tell_output(instance, line);
    }
}

void events_flush(struct hal_instance *instance)
{
    struct hal_runner *runner = instance->runner;
    while (runner->backlog_length > 0 && queue_push(runner->events, &runner->backlog[runner->backlog_head])) {
        runner->backlog_head = (runner->backlog_head + 1) % RUNNER_BACKLOG;
        runner->backlog_length--;
    }
    for (int32_t i = 0; i < instance->line_count; i++)
        events_tell(instance, &instance->lines[i]);
}

void hal_input_level(struct hal_instance *instance, struct hal_line *line, bool on, int64_t at_us)
{
    if (instance->outputs_only || line->config->output)
        return;
    struct hal_line_run *run = line->run;
    if (!line->now.level_known || line->now.level != on || run->health != LINE_GOOD)
        run->level_at_us = at_us;
    line->now.level = on;
    line->now.level_known = true;
    line->now.found = true;
    line->now.good = true;
    run->health = LINE_GOOD;
    events_tell(instance, line);
}

void hal_input_gap(struct hal_instance *instance, struct hal_line *line, int64_t us)
{
    if (instance->outputs_only)
        return;
    events_emit(instance->runner, &(struct hal_event){.kind = HAL_EVENT_GAP,
                                                      .line = line->index,
                                                      .gap_ms = (int32_t)(us / 1000),
                                                      .at_us = clock_mono_us()});
}

void hal_line_lost(struct hal_instance *instance, struct hal_line *line)
{
    line->now.found = false;
    if (instance->outputs_only || line->run->health == LINE_LOST)
        return;
    line->run->health = LINE_LOST;
    line->run->health_at_us = clock_mono_us();
    line->now.good = false;
    line->now.level_known = false;
    events_tell(instance, line);
    if (line->config->output)
        outputs_lost(instance, line);
}

void hal_line_found(struct hal_instance *instance, struct hal_line *line)
{
    bool was_found = line->now.found;
    line->now.found = true;
    if (instance->outputs_only || was_found || !line->config->output)
        return;
    outputs_found(instance, line);
}

void hal_thread_patience(struct hal_instance *instance, int32_t ms)
{
    if (instance->runner)
        atomic_store(&instance->runner->healthy_until_us,
                     clock_mono_us() + ((int64_t)ms + RUNNER_LATE_MS) * 1000);
}
