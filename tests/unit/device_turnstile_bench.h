/* A turnstile on the bench: its contacts, its release, its notes. */
#ifndef TESTS_UNIT_DEVICE_TURNSTILE_BENCH_H
#define TESTS_UNIT_DEVICE_TURNSTILE_BENCH_H

#include "tests/unit/device_bench.h"

#define UNLOCK    CONFIG_ROLE_UNLOCK
#define PASS      CONFIG_ROLE_PASS
#define READY     CONFIG_ROLE_READY
#define FIRE      CONFIG_ROLE_FIRE
#define WRONG_WAY CONFIG_ROLE_WRONG_WAY
#define ON        DEVICE_LEVEL_ON
#define OFF       DEVICE_LEVEL_OFF
#define LOST      DEVICE_LEVEL_UNKNOWN

enum { BENCH_RELOCK = 8000, BENCH_PROOF = 150 };

/* mode 0: pulse of 500 ms; 1: level. All contacts, at rest. */
static inline void turnstile_init(struct bench *bench, int32_t mode)
{
    bench_init(bench, CONFIG_KIND_TURNSTILE);
    bench->config.line[UNLOCK] = 0;
    bench->config.line[PASS] = 1;
    bench->config.line[READY] = 2;
    bench->config.line[FIRE] = 3;
    bench->config.line[WRONG_WAY] = 4;
    bench->config.param[CONFIG_PARAM_MODE] = mode;
    bench->config.param[CONFIG_PARAM_PULSE_MS] = mode == 0 ? 500 : 0;
    bench->config.param[CONFIG_PARAM_RELOCK_S] = BENCH_RELOCK / 1000;
    bench_input(bench, -90000, PASS, OFF);
    bench_input(bench, -90000, READY, ON);
    bench_input(bench, -90000, FIRE, ON);
    bench_input(bench, -90000, WRONG_WAY, OFF);
}

/* The order for the release ends; on_ms as in bench_result(). */
static inline void turnstile_answer(struct bench *bench, int64_t at_ms, enum device_order_kind kind,
                                    enum device_order_result result, int64_t on_ms)
{
    bench_send(bench,
               (struct device_event){.kind = DEVICE_EVENT_ORDER,
                                     .role = UNLOCK,
                                     .order_kind = kind,
                                     .result = result,
                                     .on_at_ms = on_ms < 0 ? 0 : bench->started_ms + on_ms},
               at_ms);
}

/* Released since 10 ms after the start; the pulse has ended. */
static inline void turnstile_release(struct bench *bench)
{
    bool level = bench->config.param[CONFIG_PARAM_MODE] != 0;
    bench_start(bench);
    if (level)
        turnstile_answer(bench, 20, DEVICE_ORDER_ON, DEVICE_ORDER_DONE, 10);
    else
        turnstile_answer(bench, 520, DEVICE_ORDER_PULSE, DEVICE_ORDER_DONE, 10);
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
}

static inline void expect_unknown(const struct bench *bench, enum payment_reason reason,
                                  enum device_verdict verdict)
{
    bench_expect_end(bench, PAYMENT_RESULT_UNKNOWN, reason, verdict);
    assert_int_equal(bench_evidence(bench, PAYMENT_EVIDENCE_PASS_MS), -1);
}

#endif
