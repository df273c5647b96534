/* A barrier on the bench, with everything wired or less: its vehicle, its arm, its notes. */
#ifndef TESTS_UNIT_DEVICE_BARRIER_BENCH_H
#define TESTS_UNIT_DEVICE_BARRIER_BENCH_H

#include "tests/unit/device_bench.h"

#define OPEN     CONFIG_ROLE_OPEN
#define SIGN     CONFIG_ROLE_SIGN
#define PRESENCE CONFIG_ROLE_PRESENCE
#define PASSAGE  CONFIG_ROLE_PASSAGE
#define UP       CONFIG_ROLE_UP
#define DOWN     CONFIG_ROLE_DOWN
#define FAULTY   CONFIG_ROLE_FAULT
#define FIRE     CONFIG_ROLE_FIRE
#define ON       DEVICE_LEVEL_ON
#define OFF      DEVICE_LEVEL_OFF
#define LOST     DEVICE_LEVEL_UNKNOWN

enum {
    WITH_SIGN = 1,
    WITH_PRESENCE = 2,
    WITH_PASSAGE = 4,
    WITH_UP = 8,
    WITH_DOWN = 16,
    WITH_FAULT = 32,
    WITH_FIRE = 64,
    WITH_LOOPS = WITH_PRESENCE | WITH_PASSAGE,
    WITH_LIMITS = WITH_UP | WITH_DOWN,
    WITH_ALL = 127,
};

/* A vehicle waits, the arm is down. up_ms 8000, vehicle_wait_s 60, passage_s 40, down_s 30. */
static inline void barrier_init(struct bench *bench, int with)
{
    static const struct {
        int bit;
        enum config_role role;
        enum device_level level;
    } lines[] = {{WITH_SIGN, SIGN, LOST}, {WITH_PRESENCE, PRESENCE, ON}, {WITH_PASSAGE, PASSAGE, OFF},
                 {WITH_UP, UP, OFF},      {WITH_DOWN, DOWN, ON},         {WITH_FAULT, FAULTY, OFF},
                 {WITH_FIRE, FIRE, ON}};

    bench_init(bench, CONFIG_KIND_BARRIER);
    bench->config.param[CONFIG_PARAM_PULSE_MS] = 500;
    bench->config.param[CONFIG_PARAM_UP_MS] = 8000;
    bench->config.param[CONFIG_PARAM_VEHICLE_WAIT_S] = 60;
    bench->config.param[CONFIG_PARAM_PASSAGE_S] = 40;
    bench->config.param[CONFIG_PARAM_DOWN_S] = 30;
    bench->config.line[OPEN] = 0;
    for (int i = 0; i < 7; i++) {
        if ((with & lines[i].bit) == 0)
            continue;
        bench->config.line[lines[i].role] = i + 1;
        if (lines[i].level != LOST)
            bench_input(bench, -90000, lines[i].role, lines[i].level);
    }
}

/* on_ms as in bench_result(). */
static inline void barrier_answer(struct bench *bench, int64_t at_ms, enum device_order_result result,
                                  int64_t on_ms)
{
    bench_send(bench,
               (struct device_event){.kind = DEVICE_EVENT_ORDER,
                                     .role = OPEN,
                                     .order_kind = DEVICE_ORDER_PULSE,
                                     .result = result,
                                     .on_at_ms = on_ms < 0 ? 0 : bench->started_ms + on_ms},
               at_ms);
}

static inline void bench_event(struct bench *bench, int64_t at_ms, enum device_event_kind kind,
                               enum config_role role)
{
    bench_send(bench, (struct device_event){.kind = kind, .role = role}, at_ms);
}

static inline void bench_gap(struct bench *bench, int64_t at_ms, enum config_role role, int32_t gap_ms)
{
    bench_send(bench, (struct device_event){.kind = DEVICE_EVENT_GAP, .role = role, .gap_ms = gap_ms}, at_ms);
}

static inline bool bench_noted(const struct bench *bench, enum core_code code)
{
    for (int32_t i = 0; i < bench->out.note_count; i++) {
        if (bench->out.notes[i].code == code)
            return true;
    }
    return false;
}

static inline void bench_expect_note(const struct bench *bench, enum core_code code, enum config_role role)
{
    assert_int_equal(bench->out.note_count, 1);
    assert_string_equal(core_code_name(bench->out.notes[0].code), core_code_name(code));
    assert_int_equal(bench->out.notes[0].role, role);
}

static inline void bench_expect_quiet(const struct bench *bench)
{
    bench_expect_nothing(bench);
    assert_int_equal(bench->out.note_count, 0);
    assert_false(bench->out.need_intent);
}

/* As bench_expect_end(), for a device that goes on watching and may want a time for it. */
static inline void barrier_expect_end(struct bench *bench, enum payment_result result,
                                      enum payment_reason reason, enum device_verdict verdict)
{
    int64_t deadline_ms = bench->out.deadline_ms;
    bench->out.deadline_ms = 0;
    bench_expect_end(bench, result, reason, verdict);
    bench->out.deadline_ms = deadline_ms;
}

static inline void barrier_expect_delivered(struct bench *bench, bool verified)
{
    barrier_expect_end(bench, PAYMENT_RESULT_DELIVERED, PAYMENT_REASON_NONE, DEVICE_VERDICT_GOOD);
    assert_int_equal(bench->out.outcome.verified, verified);
}

static inline void barrier_move_arm(struct bench *bench, int64_t from_ms, int64_t to_ms, bool up)
{
    if (bench->config.line[up ? DOWN : UP] >= 0)
        bench_input(bench, from_ms, up ? DOWN : UP, OFF);
    if (bench->config.line[up ? UP : DOWN] >= 0)
        bench_input(bench, to_ms, up ? UP : DOWN, ON);
}

/* Started at 0, the pulse over at 520, the arm (with limits) up at 2000. */
static inline void barrier_open(struct bench *bench)
{
    bench_start(bench);
    bench_expect_order(bench, DEVICE_ORDER_PULSE, OPEN, 500);
    barrier_answer(bench, 520, DEVICE_ORDER_DONE, 10);
    barrier_move_arm(bench, 600, 2000, true);
    assert_int_equal(bench->out.finished, bench->config.line[PASSAGE] < 0);
}

/* From the loop over the passage, no gap between them. */
static inline void barrier_pass(struct bench *bench, int64_t from_ms)
{
    bench_input(bench, from_ms, PASSAGE, ON);
    bench_input(bench, from_ms + 500, PRESENCE, OFF);
    assert_false(bench->out.finished);
    bench_input(bench, from_ms + 1500, PASSAGE, OFF);
}

#endif
