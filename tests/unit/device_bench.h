/* A device on the bench, in virtual time: say what happens and when, look at what it ordered and how it
 * ended. */
#ifndef TESTS_UNIT_DEVICE_BENCH_H
#define TESTS_UNIT_DEVICE_BENCH_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "controller/device/device.h"

/* Movements begin at this time, so that a time counted from zero would be noticed. */
enum { BENCH_START = 100000 };

struct bench {
    struct config_device config;
    struct device device;
    struct device_out out;
    int64_t started_ms;
};

static inline void bench_init(struct bench *bench, enum config_kind kind)
{
    *bench = (struct bench){.config = {.name = "x", .kind = kind}, .started_ms = BENCH_START};
    for (int role = 0; role < CONFIG_ROLE_COUNT; role++)
        bench->config.line[role] = -1;
    device_init(&bench->device, &bench->config);
}

static inline void bench_send(struct bench *bench, struct device_event event, int64_t at_ms)
{
    event.now_ms = bench->started_ms + at_ms;
    device_event(&bench->device, &event, &bench->out);
}

static inline void bench_input(struct bench *bench, int64_t at_ms, enum config_role role,
                               enum device_level level)
{
    bench_send(bench, (struct device_event){.kind = DEVICE_EVENT_INPUT, .role = role, .level = level}, at_ms);
}

/* on_ms: when the output went on, since the start; -1 = not known. */
static inline void bench_result(struct bench *bench, int64_t at_ms, enum device_order_kind kind,
                                enum device_order_result result, int64_t on_ms)
{
    bench_send(bench,
               (struct device_event){.kind = DEVICE_EVENT_ORDER,
                                     .order_kind = kind,
                                     .result = result,
                                     .on_at_ms = on_ms < 0 ? 0 : bench->started_ms + on_ms},
               at_ms);
}

static inline void bench_time(struct bench *bench, int64_t at_ms)
{
    bench_send(bench, (struct device_event){.kind = DEVICE_EVENT_TIME}, at_ms);
}

/* The deadline comes, as the core would bring it. */
static inline void bench_deadline(struct bench *bench, int64_t expected_ms)
{
    assert_int_equal(bench->out.deadline_ms - bench->started_ms, expected_ms);
    bench_time(bench, expected_ms);
}

static inline void bench_start(struct bench *bench)
{
    assert_int_equal(device_check(&bench->device, bench->started_ms).readiness, DEVICE_GO);
    device_start(&bench->device, bench->started_ms, &bench->out);
}

/* The next movement begins this long after the last one did. */
static inline void bench_restart(struct bench *bench, int64_t later_ms)
{
    bench->started_ms += later_ms;
    bench_start(bench);
}

static inline void bench_expect_order(const struct bench *bench, enum device_order_kind kind,
                                      enum config_role role, int32_t ms)
{
    assert_int_equal(bench->out.order_count, 1);
    assert_int_equal(bench->out.orders[0].kind, kind);
    assert_int_equal(bench->out.orders[0].role, role);
    assert_int_equal(bench->out.orders[0].ms, ms);
}

static inline void bench_expect_nothing(const struct bench *bench)
{
    assert_int_equal(bench->out.order_count, 0);
    assert_false(bench->out.finished);
}

static inline void bench_expect_end(const struct bench *bench, enum payment_result result,
                                    enum payment_reason reason, enum device_verdict verdict)
{
    assert_true(bench->out.finished);
    assert_false(bench->device.moving);
    assert_string_equal(payment_result_name(bench->out.outcome.result), payment_result_name(result));
    assert_string_equal(payment_reason_name(bench->out.outcome.reason), payment_reason_name(reason));
    assert_int_equal(bench->out.verdict, verdict);
    assert_int_equal(bench->out.deadline_ms, 0);
    assert_int_equal(bench->out.outcome.refund, result == PAYMENT_RESULT_FAILED    ? PAYMENT_REFUND_YES
                                                : result == PAYMENT_RESULT_UNKNOWN ? PAYMENT_REFUND_REVIEW
                                                                                   : PAYMENT_REFUND_NO);
    if (result != PAYMENT_RESULT_DELIVERED)
        assert_false(bench->out.outcome.verified);
}

static inline void bench_expect_delivered(const struct bench *bench, bool verified,
                                          enum device_verdict verdict)
{
    bench_expect_end(bench, PAYMENT_RESULT_DELIVERED, PAYMENT_REASON_NONE, verdict);
    assert_int_equal(bench->out.outcome.verified, verified);
    assert_int_equal(bench->out.phase, DEVICE_PHASE_TAKE);
}

static inline void bench_expect_refusal(const struct bench *bench, enum config_role role)
{
    struct device_check check = device_check(&bench->device, bench->started_ms);
    assert_int_equal(check.readiness, DEVICE_REFUSE);
    assert_int_equal(check.reason, PAYMENT_REASON_OUT_OF_SERVICE);
    assert_int_equal(check.role, role);
}

/* -1: not among the evidence. */
static inline int64_t bench_evidence(const struct bench *bench, enum payment_evidence name)
{
    for (int32_t i = 0; i < bench->out.outcome.evidence_count; i++) {
        if (bench->out.outcome.evidence[i].name == name)
            return bench->out.outcome.evidence[i].value;
    }
    return -1;
}

#endif
