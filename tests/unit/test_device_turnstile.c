/* Turnstiles: the release, the passage that proves it, and what is true when nobody comes. */
#include "tests/unit/device_turnstile_bench.h"

/* Both modes must pass. */
static const int32_t modes[] = {0, 1};

static void a_passage_in_the_time_of_a_pulse_is_delivered_and_verified(void **state)
{
    struct bench bench;
    (void)state;
    turnstile_init(&bench, 0);
    bench_start(&bench);
    bench_expect_order(&bench, DEVICE_ORDER_PULSE, UNLOCK, 500);
    assert_int_equal(bench.out.phase, DEVICE_PHASE_TAKE);
    turnstile_answer(&bench, 520, DEVICE_ORDER_PULSE, DEVICE_ORDER_DONE, 10);
    bench_expect_quiet(&bench);
    bench_input(&bench, 3000, PASS, ON);
    bench_expect_quiet(&bench);
    bench_deadline(&bench, 3150);
    bench_expect_quiet(&bench);
    bench_input(&bench, 3400, PASS, OFF);
    bench_expect_quiet(&bench);
    bench_deadline(&bench, 3500);
    bench_expect_delivered(&bench, true, DEVICE_VERDICT_GOOD);
    assert_int_equal(bench.out.order_count, 0);
    assert_int_equal(bench_evidence(&bench, PAYMENT_EVIDENCE_PASS_MS), 3000);
    assert_int_equal(bench_evidence(&bench, PAYMENT_EVIDENCE_PULSES), 1);
}

static void a_level_is_off_at_the_passage(void **state)
{
    struct bench bench;
    (void)state;
    turnstile_init(&bench, 1);
    bench_start(&bench);
    bench_expect_order(&bench, DEVICE_ORDER_ON, UNLOCK, BENCH_RELOCK);
    assert_int_equal(bench.out.phase, DEVICE_PHASE_MOVING);
    turnstile_answer(&bench, 20, DEVICE_ORDER_ON, DEVICE_ORDER_DONE, 10);
    bench_expect_quiet(&bench);
    assert_int_equal(bench.out.phase, DEVICE_PHASE_TAKE);
    bench_input(&bench, 2000, PASS, ON);
    bench_expect_order(&bench, DEVICE_ORDER_OFF, UNLOCK, 0);
    turnstile_answer(&bench, 2010, DEVICE_ORDER_OFF, DEVICE_ORDER_DONE, -1);
    bench_input(&bench, 2040, PASS, OFF);
    bench_deadline(&bench, 2150);
    bench_expect_delivered(&bench, true, DEVICE_VERDICT_GOOD);
    assert_int_equal(bench.out.order_count, 0);
    assert_int_equal(bench_evidence(&bench, PAYMENT_EVIDENCE_PASS_MS), 2000);
    assert_int_equal(bench_evidence(&bench, PAYMENT_EVIDENCE_PULSES), -1);
}

static void a_level_is_off_before_the_limit_when_nobody_comes(void **state)
{
    struct bench bench;
    (void)state;
    turnstile_init(&bench, 1);
    turnstile_release(&bench);
    bench_deadline(&bench, 7960);
    bench_expect_order(&bench, DEVICE_ORDER_OFF, UNLOCK, 0);
    assert_false(bench.out.finished);
    turnstile_answer(&bench, 7970, DEVICE_ORDER_OFF, DEVICE_ORDER_DONE, -1);
    bench_deadline(&bench, 8010);
    bench_expect_end(&bench, PAYMENT_RESULT_FAILED, PAYMENT_REASON_NO_PASSAGE, DEVICE_VERDICT_GOOD);
    assert_int_equal(bench.out.order_count, 0);
}

static void nobody_by_the_relock_is_failed_with_a_refund(void **state)
{
    struct bench bench;
    (void)state;
    turnstile_init(&bench, 0);
    turnstile_release(&bench);
    bench_time(&bench, 8009);
    bench_expect_quiet(&bench);
    bench_deadline(&bench, 8010);
    bench_expect_end(&bench, PAYMENT_RESULT_FAILED, PAYMENT_REASON_NO_PASSAGE, DEVICE_VERDICT_GOOD);
    assert_int_equal(bench_evidence(&bench, PAYMENT_EVIDENCE_PASS_MS), -1);
}

static void nobody_by_the_relock_keeps_the_money_where_that_is_the_policy(void **state)
{
    struct bench bench;
    (void)state;
    turnstile_init(&bench, 0);
    bench.config.param[CONFIG_PARAM_NO_PASSAGE] = 1;
    turnstile_release(&bench);
    bench_deadline(&bench, 8010);
    assert_true(bench.out.finished);
    assert_int_equal(bench.out.outcome.result, PAYMENT_RESULT_FAILED);
    assert_int_equal(bench.out.outcome.reason, PAYMENT_REASON_NO_PASSAGE);
    assert_int_equal(bench.out.outcome.refund, PAYMENT_REFUND_NO);
}

static void only_silence_that_was_listened_to_is_a_policy_matter(void **state)
{
    struct bench bench;
    (void)state;
    turnstile_init(&bench, 0);
    bench.config.param[CONFIG_PARAM_NO_PASSAGE] = 1;
    bench_start(&bench);
    turnstile_answer(&bench, 20, DEVICE_ORDER_PULSE, DEVICE_ORDER_REFUSED, -1);
    bench_expect_end(&bench, PAYMENT_RESULT_FAILED, PAYMENT_REASON_ORDER_REFUSED, DEVICE_VERDICT_STRIKE);
}

static void without_a_contact_a_release_is_delivered_not_verified_at_the_relock(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct bench bench;
        turnstile_init(&bench, modes[i]);
        bench.config.line[PASS] = -1;
        turnstile_release(&bench);
        bench_expect_nothing(&bench);
        if (modes[i] != 0) {
            bench_deadline(&bench, 7960);
            bench_expect_order(&bench, DEVICE_ORDER_OFF, UNLOCK, 0);
            turnstile_answer(&bench, 7970, DEVICE_ORDER_OFF, DEVICE_ORDER_DONE, -1);
        }
        bench_deadline(&bench, 8010);
        bench_expect_delivered(&bench, false, DEVICE_VERDICT_GOOD);
    }
}

static void a_passage_at_the_last_moment_is_proven_after_the_relock(void **state)
{
    struct bench bench;
    (void)state;
    turnstile_init(&bench, 0);
    turnstile_release(&bench);
    bench_input(&bench, 8000, PASS, ON);
    bench_time(&bench, 8010);
    bench_expect_quiet(&bench);
    bench_input(&bench, 8020, PASS, OFF);
    bench_deadline(&bench, 8150);
    bench_expect_delivered(&bench, true, DEVICE_VERDICT_GOOD);
}

static void a_passage_while_the_pulse_is_on_waits_for_its_end(void **state)
{
    struct bench bench;
    (void)state;
    turnstile_init(&bench, 0);
    bench_start(&bench);
    bench_input(&bench, 100, PASS, ON);
    bench_input(&bench, 140, PASS, OFF);
    bench_deadline(&bench, 250);
    bench_expect_quiet(&bench);
    bench_input(&bench, 400, READY, OFF); /* proven before */
    bench_expect_quiet(&bench);
    turnstile_answer(&bench, 520, DEVICE_ORDER_PULSE, DEVICE_ORDER_DONE, 10);
    bench_expect_delivered(&bench, true, DEVICE_VERDICT_GOOD);
    assert_int_equal(bench_evidence(&bench, PAYMENT_EVIDENCE_PASS_MS), 100);
}

static void a_pulse_longer_than_the_relock_ends_with_the_pulse(void **state)
{
    struct bench bench;
    (void)state;
    turnstile_init(&bench, 0);
    bench.config.param[CONFIG_PARAM_PULSE_MS] = 2000;
    bench.config.param[CONFIG_PARAM_RELOCK_S] = 1;
    bench_start(&bench);
    turnstile_answer(&bench, 2020, DEVICE_ORDER_PULSE, DEVICE_ORDER_DONE, 10);
    bench_expect_end(&bench, PAYMENT_RESULT_FAILED, PAYMENT_REASON_NO_PASSAGE, DEVICE_VERDICT_GOOD);
}

static void a_contact_that_stays_closed_delays_the_end_by_a_second_only(void **state)
{
    struct bench bench;
    (void)state;
    turnstile_init(&bench, 0);
    turnstile_release(&bench);
    bench_input(&bench, 3000, PASS, ON);
    bench_deadline(&bench, 3150);
    bench_deadline(&bench, 4150);
    bench_expect_delivered(&bench, true, DEVICE_VERDICT_GOOD);
    bench_expect_refusal(&bench, PASS);
}

static void a_contact_that_opens_at_the_end_of_that_second_is_not_waited_for(void **state)
{
    struct bench bench;
    (void)state;
    turnstile_init(&bench, 0);
    turnstile_release(&bench);
    bench_input(&bench, 3000, PASS, ON);
    bench_deadline(&bench, 3150);
    bench_input(&bench, 4100, PASS, OFF);
    bench_expect_quiet(&bench);
    bench_deadline(&bench, 4150);
    bench_expect_delivered(&bench, true, DEVICE_VERDICT_GOOD);
}

static void a_contact_that_bounces_is_cleared_when_it_has_been_open_for_a_while(void **state)
{
    struct bench bench;
    (void)state;
    turnstile_init(&bench, 0);
    turnstile_release(&bench);
    bench_input(&bench, 3000, PASS, ON);
    bench_input(&bench, 3200, PASS, OFF);
    bench_input(&bench, 3220, PASS, ON);
    bench_input(&bench, 3230, PASS, OFF);
    bench_expect_quiet(&bench);
    bench_deadline(&bench, 3330);
    bench_expect_delivered(&bench, true, DEVICE_VERDICT_GOOD);
    assert_int_equal(bench.out.note_count, 0);
}

static void start_is_refused_with_a_closed_or_lost_contact(void **state)
{
    struct bench bench;
    (void)state;
    turnstile_init(&bench, 0);
    bench_input(&bench, -500, PASS, ON);
    bench_expect_refusal(&bench, PASS);
    bench_input(&bench, -400, PASS, LOST);
    bench_expect_refusal(&bench, PASS);
    bench_input(&bench, -300, PASS, OFF);
    bench_start(&bench);
}

static void start_is_refused_while_the_unit_is_not_ready(void **state)
{
    struct bench bench;
    (void)state;
    turnstile_init(&bench, 0);
    bench_input(&bench, -500, READY, OFF);
    bench_expect_refusal(&bench, READY);
    assert_int_equal(device_check(&bench.device, BENCH_START).hold, CORE_HOLD_NONE);
    bench_input(&bench, -400, READY, LOST);
    bench_expect_refusal(&bench, READY);
}

static void start_is_refused_in_a_fire_or_with_its_wire_broken(void **state)
{
    static const enum device_level levels[] = {OFF, LOST};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct bench bench;
        turnstile_init(&bench, 0);
        bench_input(&bench, -500, FIRE, levels[i]);
        bench_expect_refusal(&bench, FIRE);
        assert_int_equal(device_check(&bench.device, BENCH_START).hold, CORE_HOLD_FIRE);
    }
}

static void a_unit_without_contacts_starts(void **state)
{
    struct bench bench;
    (void)state;
    bench_init(&bench, CONFIG_KIND_TURNSTILE);
    bench.config.line[UNLOCK] = 0;
    bench.config.param[CONFIG_PARAM_PULSE_MS] = 500;
    bench.config.param[CONFIG_PARAM_RELOCK_S] = 5;
    bench_start(&bench);
    bench_expect_order(&bench, DEVICE_ORDER_PULSE, UNLOCK, 500);
    turnstile_answer(&bench, 520, DEVICE_ORDER_PULSE, DEVICE_ORDER_DONE, -1);
    bench_deadline(&bench, 5520);
    bench_expect_delivered(&bench, false, DEVICE_VERDICT_GOOD);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_passage_in_the_time_of_a_pulse_is_delivered_and_verified),
        cmocka_unit_test(a_level_is_off_at_the_passage),
        cmocka_unit_test(a_level_is_off_before_the_limit_when_nobody_comes),
        cmocka_unit_test(nobody_by_the_relock_is_failed_with_a_refund),
        cmocka_unit_test(nobody_by_the_relock_keeps_the_money_where_that_is_the_policy),
        cmocka_unit_test(only_silence_that_was_listened_to_is_a_policy_matter),
        cmocka_unit_test(without_a_contact_a_release_is_delivered_not_verified_at_the_relock),
        cmocka_unit_test(a_passage_at_the_last_moment_is_proven_after_the_relock),
        cmocka_unit_test(a_passage_while_the_pulse_is_on_waits_for_its_end),
        cmocka_unit_test(a_pulse_longer_than_the_relock_ends_with_the_pulse),
        cmocka_unit_test(a_contact_that_stays_closed_delays_the_end_by_a_second_only),
        cmocka_unit_test(a_contact_that_opens_at_the_end_of_that_second_is_not_waited_for),
        cmocka_unit_test(a_contact_that_bounces_is_cleared_when_it_has_been_open_for_a_while),
        cmocka_unit_test(start_is_refused_with_a_closed_or_lost_contact),
        cmocka_unit_test(start_is_refused_while_the_unit_is_not_ready),
        cmocka_unit_test(start_is_refused_in_a_fire_or_with_its_wire_broken),
        cmocka_unit_test(a_unit_without_contacts_starts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
