/* A validator on the bench: payments, what its light answers, and what is settled. */
#ifndef TESTS_UNIT_DEVICE_VALIDATOR_BENCH_H
#define TESTS_UNIT_DEVICE_VALIDATOR_BENCH_H

#include "tests/unit/device_bench.h"

#define LIGHT  CONFIG_ROLE_LIGHT
#define BUZZER CONFIG_ROLE_BUZZER

enum { SHOW = 3000, LEASE = 4000, BUZZ = 150 };

static inline void validator_init(struct bench *bench, bool light, bool buzzer, bool screen)
{
    bench_init(bench, CONFIG_KIND_VALIDATOR);
    bench->config.line[LIGHT] = light ? 0 : -1;
    bench->config.line[BUZZER] = buzzer ? 1 : -1;
    bench->config.param[CONFIG_PARAM_SHOW_MS] = SHOW;
    bench->config.param[CONFIG_PARAM_BUZZ_MS] = BUZZ;
    bench->device.screen = screen;
}

static inline void pay(struct bench *bench, int64_t at_ms)
{
    int64_t now_ms = bench->started_ms + at_ms;
    assert_int_equal(device_check(&bench->device, now_ms).readiness, DEVICE_GO);
    device_start(&bench->device, now_ms, &bench->out);
    assert_false(bench->out.finished);
}

static inline void answer(struct bench *bench, int64_t at_ms, enum config_role role,
                          enum device_order_kind kind, enum device_order_result result)
{
    bench_send(
        bench,
        (struct device_event){.kind = DEVICE_EVENT_ORDER, .role = role, .order_kind = kind, .result = result},
        at_ms);
}

static inline void light_answers(struct bench *bench, int64_t at_ms, enum device_order_result result)
{
    answer(bench, at_ms, LIGHT, DEVICE_ORDER_ON, result);
}

static inline void expect_settled(const struct bench *bench, int32_t count, enum payment_result result,
                                  enum payment_reason reason, enum device_verdict verdict)
{
    assert_false(bench->out.finished);
    assert_int_equal(bench->out.settled, count);
    assert_int_equal(bench->out.settled_evidence == PAYMENT_EVIDENCE_COUNT,
                     result != PAYMENT_RESULT_DELIVERED);
    assert_string_equal(payment_result_name(bench->out.outcome.result), payment_result_name(result));
    assert_string_equal(payment_reason_name(bench->out.outcome.reason), payment_reason_name(reason));
    assert_int_equal(bench->out.verdict, verdict);
    assert_int_equal(bench->out.outcome.verified, result == PAYMENT_RESULT_DELIVERED);
    assert_int_equal(bench->out.outcome.refund, result == PAYMENT_RESULT_FAILED    ? PAYMENT_REFUND_YES
                                                : result == PAYMENT_RESULT_UNKNOWN ? PAYMENT_REFUND_REVIEW
                                                                                   : PAYMENT_REFUND_NO);
}

static inline void expect_shown(const struct bench *bench, int32_t count, enum payment_evidence how)
{
    expect_settled(bench, count, PAYMENT_RESULT_DELIVERED, PAYMENT_REASON_NONE, DEVICE_VERDICT_GOOD);
    assert_int_equal(bench->out.settled_evidence, how);
}

static inline void expect_none_settled(const struct bench *bench)
{
    assert_int_equal(bench->out.settled, 0);
    assert_false(bench->out.finished);
}

static inline void expect_unshown(const struct bench *bench, int32_t count)
{
    expect_settled(bench, count, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_NO_FEEDBACK, DEVICE_VERDICT_STRIKE);
}

#endif
