/* Turnstiles in trouble: power lost, contacts lost and stuck, fire, the guard, the end. */
#include "tests/unit/device_turnstile_bench.h"

static const int32_t modes[] = {0, 1};

/* A unit that loses its power: the contact and `ready` fall within moments, in either order. */
static void a_contact_that_falls_with_the_power_is_no_passage(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        for (int first = 0; first < 2; first++) {
            struct bench bench;
            turnstile_init(&bench, modes[i]);
            turnstile_release(&bench);
            if (first == 0)
                bench_input(&bench, 3000, PASS, ON);
            bench_input(&bench, 3100, READY, OFF);
            assert_true(bench.out.finished);
            assert_int_equal(bench.out.order_count, modes[i] != 0 && first != 0);
            expect_unknown(&bench, PAYMENT_REASON_SENSOR_LOST, DEVICE_VERDICT_STRIKE);
            bench_input(&bench, 3120, PASS, first == 0 ? OFF : ON);
            bench_time(&bench, 3400);
            assert_int_equal(bench.out.note_count, 0);
        }
    }
}

static void a_ready_line_that_is_lost_ends_it_as_unknown(void **state)
{
    struct bench bench;
    (void)state;
    turnstile_init(&bench, 1);
    turnstile_release(&bench);
    bench_input(&bench, 3000, READY, LOST);
    bench_expect_order(&bench, DEVICE_ORDER_OFF, UNLOCK, 0);
    expect_unknown(&bench, PAYMENT_REASON_SENSOR_LOST, DEVICE_VERDICT_STRIKE);
}

static void a_contact_that_is_lost_ends_it_as_unknown(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct bench bench;
        turnstile_init(&bench, 0);
        turnstile_release(&bench);
        if (i != 0)
            bench_input(&bench, 2950, PASS, ON); /* not proven yet */
        bench_input(&bench, 3000, PASS, LOST);
        expect_unknown(&bench, PAYMENT_REASON_SENSOR_LOST, DEVICE_VERDICT_STRIKE);
    }
}

static void a_line_lost_during_the_pulse_ends_it_after_the_pulse(void **state)
{
    struct bench bench;
    (void)state;
    turnstile_init(&bench, 0);
    bench_start(&bench);
    bench_input(&bench, 100, PASS, LOST);
    bench_input(&bench, 200, PASS, OFF);
    bench_input(&bench, 300, PASS, ON); /* nothing can be proven any more */
    bench_expect_quiet(&bench);
    turnstile_answer(&bench, 520, DEVICE_ORDER_PULSE, DEVICE_ORDER_DONE, 10);
    expect_unknown(&bench, PAYMENT_REASON_SENSOR_LOST, DEVICE_VERDICT_STRIKE);
}

static void a_power_loss_after_the_proof_changes_nothing(void **state)
{
    struct bench bench;
    (void)state;
    turnstile_init(&bench, 0);
    turnstile_release(&bench);
    bench_input(&bench, 3000, PASS, ON);
    bench_deadline(&bench, 3150);
    bench_input(&bench, 3200, READY, OFF);
    bench_input(&bench, 3210, PASS, LOST);
    bench_expect_delivered(&bench, true, DEVICE_VERDICT_GOOD);
    assert_int_equal(bench_evidence(&bench, PAYMENT_EVIDENCE_PASS_MS), 3000);
}

static void a_contact_found_closed_is_no_edge(void **state)
{
    struct bench bench;
    (void)state;
    turnstile_init(&bench, 0);
    bench_start(&bench);
    bench_input(&bench, 100, PASS, LOST);
    bench_input(&bench, 200, PASS, ON);
    turnstile_answer(&bench, 520, DEVICE_ORDER_PULSE, DEVICE_ORDER_DONE, 10);
    expect_unknown(&bench, PAYMENT_REASON_SENSOR_LOST, DEVICE_VERDICT_STRIKE);
}

static void a_contact_not_looked_at_for_long_is_no_proof_that_nobody_came(void **state)
{
    static const struct {
        enum config_role role;
        int32_t gap_ms;
        bool failed;
    } rows[] = {{PASS, 99, true}, {PASS, 100, false}, {READY, 100, false}, {WRONG_WAY, 5000, true}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct bench bench;
        turnstile_init(&bench, 0);
        turnstile_release(&bench);
        bench_send(
            &bench,
            (struct device_event){.kind = DEVICE_EVENT_GAP, .role = rows[i].role, .gap_ms = rows[i].gap_ms},
            3000);
        bench_expect_quiet(&bench);
        bench_deadline(&bench, 8010);
        if (rows[i].failed)
            bench_expect_end(&bench, PAYMENT_RESULT_FAILED, PAYMENT_REASON_NO_PASSAGE, DEVICE_VERDICT_GOOD);
        else
            expect_unknown(&bench, PAYMENT_REASON_SENSOR_LOST, DEVICE_VERDICT_STRIKE);
    }
}

static void a_gap_does_not_take_back_a_passage(void **state)
{
    struct bench bench;
    (void)state;
    turnstile_init(&bench, 0);
    turnstile_release(&bench);
    bench_send(&bench, (struct device_event){.kind = DEVICE_EVENT_GAP, .role = PASS, .gap_ms = 900}, 3000);
    bench_input(&bench, 3000, PASS, ON);
    bench_input(&bench, 3100, PASS, OFF);
    bench_time(&bench, 3200);
    bench_expect_delivered(&bench, true, DEVICE_VERDICT_GOOD);
}

static void in_a_fire_nobody_is_locked_in_and_nobodys_passage_counts(void **state)
{
    static const enum device_level levels[] = {OFF, LOST};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct bench bench;
        turnstile_init(&bench, 1);
        turnstile_release(&bench);
        bench_input(&bench, 2000, FIRE, levels[i]);
        bench_expect_quiet(&bench);
        bench_input(&bench, 3000, PASS, ON);
        bench_input(&bench, 3300, PASS, OFF);
        bench_input(&bench, 4000, FIRE, ON);
        bench_input(&bench, 5000, PASS, ON);
        bench_input(&bench, 5300, PASS, OFF);
        bench_expect_quiet(&bench);
        bench_deadline(&bench, 7960);
        bench_expect_order(&bench, DEVICE_ORDER_OFF, UNLOCK, 0);
        turnstile_answer(&bench, 7970, DEVICE_ORDER_OFF, DEVICE_ORDER_DONE, -1);
        bench_deadline(&bench, 8010);
        expect_unknown(&bench, PAYMENT_REASON_STOPPED, DEVICE_VERDICT_GOOD);
    }
}

static void a_passage_before_the_fire_is_delivered(void **state)
{
    struct bench bench;
    (void)state;
    turnstile_init(&bench, 0);
    turnstile_release(&bench);
    bench_input(&bench, 2000, PASS, ON);
    bench_deadline(&bench, 2150);
    bench_input(&bench, 2160, FIRE, OFF);
    bench_input(&bench, 2200, PASS, OFF);
    bench_deadline(&bench, 2300);
    bench_expect_delivered(&bench, true, DEVICE_VERDICT_GOOD);
}

static void a_fire_without_a_contact_is_not_delivered(void **state)
{
    struct bench bench;
    (void)state;
    turnstile_init(&bench, 0);
    bench.config.line[PASS] = -1;
    turnstile_release(&bench);
    bench_input(&bench, 2000, FIRE, OFF);
    bench_deadline(&bench, 8010);
    expect_unknown(&bench, PAYMENT_REASON_STOPPED, DEVICE_VERDICT_GOOD);
}

static void a_guard_fault_is_unknown_and_locks(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct bench bench;
        turnstile_init(&bench, modes[i]);
        turnstile_release(&bench);
        bench_send(&bench, (struct device_event){.kind = DEVICE_EVENT_FAULT, .role = UNLOCK}, 1000);
        bench_expect_order(&bench, DEVICE_ORDER_OFF, UNLOCK, 0);
        expect_unknown(&bench, PAYMENT_REASON_OUTPUT_FAULT, DEVICE_VERDICT_LOCK);
    }
}

static void a_guard_fault_after_the_passage_is_delivered_and_locks(void **state)
{
    struct bench bench;
    (void)state;
    turnstile_init(&bench, 1);
    turnstile_release(&bench);
    bench_input(&bench, 3000, PASS, ON);
    bench_deadline(&bench, 3150);
    bench_send(&bench, (struct device_event){.kind = DEVICE_EVENT_FAULT, .role = UNLOCK}, 3200);
    bench_expect_delivered(&bench, true, DEVICE_VERDICT_LOCK);
}

static void an_abort_tells_what_is_proven(void **state)
{
    static const int64_t ends[] = {1000, 3100, 3160};
    (void)state;
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        struct bench bench;
        turnstile_init(&bench, 1);
        turnstile_release(&bench);
        if (ends[i] > 3000)
            bench_input(&bench, 3000, PASS, ON);
        if (ends[i] > 3150)
            bench_time(&bench, 3150);
        bench_send(&bench, (struct device_event){.kind = DEVICE_EVENT_ABORT}, ends[i]);
        bench_expect_order(&bench, DEVICE_ORDER_OFF, UNLOCK, 0);
        if (ends[i] > 3150)
            bench_expect_delivered(&bench, true, DEVICE_VERDICT_GOOD);
        else
            expect_unknown(&bench, PAYMENT_REASON_STOPPED, DEVICE_VERDICT_GOOD);
    }
}

static void an_abort_without_a_contact_tells_whether_it_was_released(void **state)
{
    struct bench bench;
    (void)state;
    turnstile_init(&bench, 0);
    bench.config.line[PASS] = -1;
    bench_start(&bench);
    bench_send(&bench, (struct device_event){.kind = DEVICE_EVENT_ABORT}, 100);
    expect_unknown(&bench, PAYMENT_REASON_STOPPED, DEVICE_VERDICT_GOOD);
    bench_restart(&bench, 20000);
    turnstile_answer(&bench, 520, DEVICE_ORDER_PULSE, DEVICE_ORDER_DONE, 10);
    bench_send(&bench, (struct device_event){.kind = DEVICE_EVENT_ABORT}, 1000);
    bench_expect_delivered(&bench, false, DEVICE_VERDICT_GOOD);
}

static void what_means_nothing_changes_nothing(void **state)
{
    struct bench bench;
    (void)state;
    turnstile_init(&bench, 0);
    bench_start(&bench);
    turnstile_answer(&bench, 5, DEVICE_ORDER_OFF, DEVICE_ORDER_DONE, -1);
    bench_expect_quiet(&bench);
    turnstile_answer(&bench, 520, DEVICE_ORDER_PULSE, DEVICE_ORDER_DONE, 10);
    bench_send(&bench, (struct device_event){.kind = DEVICE_EVENT_INTENT}, 800);
    bench_send(&bench, (struct device_event){.kind = DEVICE_EVENT_AGAIN}, 801);
    bench_send(&bench, (struct device_event){.kind = DEVICE_EVENT_SHOWN, .shown = 1}, 802);
    bench_expect_quiet(&bench);
    bench_result(&bench, 803, DEVICE_ORDER_PULSE, DEVICE_ORDER_REFUSED, -1); /* another role's */
    bench_expect_quiet(&bench);
    turnstile_answer(&bench, 804, DEVICE_ORDER_PULSE, DEVICE_ORDER_REFUSED, -1); /* the second answer */
    bench_expect_quiet(&bench);
    bench_input(&bench, 810, CONFIG_ROLE_HOME, ON);
    bench_expect_quiet(&bench);
    assert_int_equal(bench.out.deadline_ms, BENCH_START + 8010);
}

static void an_abort_in_a_fire_without_a_contact_delivers_nothing(void **state)
{
    struct bench bench;
    (void)state;
    turnstile_init(&bench, 0);
    bench.config.line[PASS] = -1;
    turnstile_release(&bench);
    bench_input(&bench, 1000, FIRE, OFF);
    bench_send(&bench, (struct device_event){.kind = DEVICE_EVENT_ABORT}, 1100);
    bench_expect_order(&bench, DEVICE_ORDER_OFF, UNLOCK, 0);
    bench_expect_end(&bench, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_STOPPED, DEVICE_VERDICT_GOOD);
}

static void an_abort_after_an_unknown_release_without_a_contact_is_unknown(void **state)
{
    struct bench bench;
    (void)state;
    turnstile_init(&bench, 0);
    bench.config.line[PASS] = -1;
    bench_start(&bench);
    turnstile_answer(&bench, 300, DEVICE_ORDER_PULSE, DEVICE_ORDER_UNKNOWN, -1);
    bench_send(&bench, (struct device_event){.kind = DEVICE_EVENT_ABORT}, 1000);
    expect_unknown(&bench, PAYMENT_REASON_STOPPED, DEVICE_VERDICT_GOOD);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_contact_that_falls_with_the_power_is_no_passage),
        cmocka_unit_test(a_ready_line_that_is_lost_ends_it_as_unknown),
        cmocka_unit_test(a_contact_that_is_lost_ends_it_as_unknown),
        cmocka_unit_test(a_line_lost_during_the_pulse_ends_it_after_the_pulse),
        cmocka_unit_test(a_power_loss_after_the_proof_changes_nothing),
        cmocka_unit_test(a_contact_found_closed_is_no_edge),
        cmocka_unit_test(a_contact_not_looked_at_for_long_is_no_proof_that_nobody_came),
        cmocka_unit_test(a_gap_does_not_take_back_a_passage),
        cmocka_unit_test(in_a_fire_nobody_is_locked_in_and_nobodys_passage_counts),
        cmocka_unit_test(a_passage_before_the_fire_is_delivered),
        cmocka_unit_test(a_fire_without_a_contact_is_not_delivered),
        cmocka_unit_test(a_guard_fault_is_unknown_and_locks),
        cmocka_unit_test(a_guard_fault_after_the_passage_is_delivered_and_locks),
        cmocka_unit_test(an_abort_tells_what_is_proven),
        cmocka_unit_test(an_abort_without_a_contact_tells_whether_it_was_released),
        cmocka_unit_test(what_means_nothing_changes_nothing),
        cmocka_unit_test(an_abort_in_a_fire_without_a_contact_delivers_nothing),
        cmocka_unit_test(an_abort_after_an_unknown_release_without_a_contact_is_unknown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
