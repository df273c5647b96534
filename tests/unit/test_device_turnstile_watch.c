/* Turnstiles while nobody has a right: forced and late passages, the wrong way, the lock after a power cut.
 */
#include "tests/unit/device_turnstile_bench.h"

/* A passage of 300 ms; what is told is told when its proof is due. */
static void pass_by(struct bench *bench, int64_t at_ms, enum config_role role)
{
    bench_input(bench, at_ms, role, ON);
    assert_int_equal(bench->out.note_count, 0);
    assert_int_equal(bench->out.deadline_ms - bench->started_ms, at_ms + BENCH_PROOF);
    bench_time(bench, at_ms + BENCH_PROOF);
}

static void a_passage_without_a_right_is_forced(void **state)
{
    struct bench bench;
    (void)state;
    turnstile_init(&bench, 0);
    pass_by(&bench, 0, PASS);
    bench_expect_note(&bench, CORE_CODE_FORCED_PASSAGE, PASS);
    bench_input(&bench, 300, PASS, OFF);
    assert_int_equal(bench.out.note_count, 0);
    pass_by(&bench, 1000, PASS);
    bench_expect_note(&bench, CORE_CODE_FORCED_PASSAGE, PASS);
}

static void the_other_way_is_told_with_and_without_a_movement(void **state)
{
    struct bench bench;
    (void)state;
    turnstile_init(&bench, 0);
    pass_by(&bench, -5000, WRONG_WAY);
    bench_expect_note(&bench, CORE_CODE_WRONG_WAY, WRONG_WAY);
    bench_input(&bench, -4000, WRONG_WAY, OFF);
    turnstile_release(&bench);
    pass_by(&bench, 2000, WRONG_WAY);
    bench_expect_note(&bench, CORE_CODE_WRONG_WAY, WRONG_WAY);
    assert_false(bench.out.finished);
    bench_time(&bench, 8010);
    bench_expect_end(&bench, PAYMENT_RESULT_FAILED, PAYMENT_REASON_NO_PASSAGE, DEVICE_VERDICT_GOOD);
}

static void the_second_on_one_right_is_forced(void **state)
{
    struct bench bench;
    (void)state;
    turnstile_init(&bench, 0);
    turnstile_release(&bench);
    bench_input(&bench, 3000, PASS, ON);
    bench_input(&bench, 3100, PASS, OFF);
    bench_time(&bench, 3200);
    bench_expect_delivered(&bench, true, DEVICE_VERDICT_GOOD);
    pass_by(&bench, 3900, PASS);
    bench_expect_note(&bench, CORE_CODE_FORCED_PASSAGE, PASS);
}

static void the_second_on_one_right_during_a_long_pulse_is_forced(void **state)
{
    struct bench bench;
    (void)state;
    turnstile_init(&bench, 0);
    bench.config.param[CONFIG_PARAM_PULSE_MS] = 3000;
    bench_start(&bench);
    bench_input(&bench, 500, PASS, ON);
    bench_input(&bench, 700, PASS, OFF);
    bench_time(&bench, 700);
    bench_input(&bench, 1500, PASS, ON);
    bench_deadline(&bench, 1650);
    bench_expect_note(&bench, CORE_CODE_FORCED_PASSAGE, PASS);
    bench_input(&bench, 1700, PASS, OFF);
    turnstile_answer(&bench, 3020, DEVICE_ORDER_PULSE, DEVICE_ORDER_DONE, 10);
    bench_expect_delivered(&bench, true, DEVICE_VERDICT_GOOD);
    assert_int_equal(bench_evidence(&bench, PAYMENT_EVIDENCE_PASS_MS), 500);
}

static void a_passage_soon_after_a_right_that_ran_out_is_late_once(void **state)
{
    struct bench bench;
    (void)state;
    turnstile_init(&bench, 0);
    turnstile_release(&bench);
    bench_deadline(&bench, 8010);
    pass_by(&bench, 13010, PASS);
    bench_expect_note(&bench, CORE_CODE_LATE_PASSAGE, PASS);
    bench_input(&bench, 13300, PASS, OFF);
    pass_by(&bench, 14000, PASS);
    bench_expect_note(&bench, CORE_CODE_FORCED_PASSAGE, PASS);
}

static void a_passage_long_after_a_right_that_ran_out_is_forced(void **state)
{
    struct bench bench;
    (void)state;
    turnstile_init(&bench, 0);
    turnstile_release(&bench);
    bench_deadline(&bench, 8010);
    pass_by(&bench, 13011, PASS);
    bench_expect_note(&bench, CORE_CODE_FORCED_PASSAGE, PASS);
}

static void a_passage_after_a_refused_release_is_forced(void **state)
{
    struct bench bench;
    (void)state;
    turnstile_init(&bench, 0);
    bench_start(&bench);
    turnstile_answer(&bench, 10, DEVICE_ORDER_PULSE, DEVICE_ORDER_REFUSED, -1);
    pass_by(&bench, 2000, PASS);
    bench_expect_note(&bench, CORE_CODE_FORCED_PASSAGE, PASS);
}

static void a_bouncing_contact_is_one_passage(void **state)
{
    struct bench bench;
    (void)state;
    turnstile_init(&bench, 0);
    pass_by(&bench, 0, PASS);
    bench_input(&bench, 200, PASS, OFF);
    bench_input(&bench, 299, PASS, ON);
    bench_input(&bench, 320, PASS, OFF);
    bench_time(&bench, 600);
    assert_int_equal(bench.out.note_count, 0);
}

static void a_unit_that_loses_its_power_tells_of_nobody(void **state)
{
    static const enum config_role roles[] = {PASS, WRONG_WAY};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct bench bench;
        turnstile_init(&bench, 0);
        bench_input(&bench, 0, roles[i], ON);
        bench_input(&bench, 120, READY, OFF);
        bench_time(&bench, 150);
        assert_int_equal(bench.out.note_count, 0);
        bench_input(&bench, 200, roles[i], OFF);
        bench_input(&bench, 900, roles[i], ON);
        bench_time(&bench, 1100);
        assert_int_equal(bench.out.note_count, 0);
    }
}

static void in_a_fire_people_only_leave(void **state)
{
    struct bench bench;
    (void)state;
    turnstile_init(&bench, 0);
    bench_input(&bench, 0, FIRE, OFF);
    bench_input(&bench, 1000, PASS, ON);
    bench_time(&bench, 1150);
    assert_int_equal(bench.out.note_count, 0);
}

static void a_contact_that_is_found_closed_is_nobody(void **state)
{
    struct bench bench;
    (void)state;
    turnstile_init(&bench, 0);
    bench_input(&bench, 0, PASS, LOST);
    bench_input(&bench, 500, PASS, ON);
    bench_time(&bench, 700);
    assert_int_equal(bench.out.note_count, 0);
}

static void four_rights_in_a_row_that_nobody_used_make_the_contact_suspect(void **state)
{
    struct bench bench;
    (void)state;
    turnstile_init(&bench, 0);
    for (int n = 1; n <= 8; n++) {
        turnstile_release(&bench);
        bench_time(&bench, 8010);
        bench_expect_end(&bench, PAYMENT_RESULT_FAILED, PAYMENT_REASON_NO_PASSAGE, DEVICE_VERDICT_GOOD);
        if (n % 4 == 0)
            bench_expect_note(&bench, CORE_CODE_SENSOR_STUCK, PASS);
        else
            assert_int_equal(bench.out.note_count, 0);
        bench.started_ms += 20000;
    }
}

static void a_passage_clears_the_contact_of_suspicion(void **state)
{
    struct bench bench;
    (void)state;
    turnstile_init(&bench, 0);
    for (int n = 1; n <= 6; n++) {
        turnstile_release(&bench);
        if (n == 3) {
            bench_input(&bench, 3000, PASS, ON);
            bench_input(&bench, 3100, PASS, OFF);
        }
        bench_time(&bench, 8010);
        assert_true(bench.out.finished);
        assert_int_equal(bench.out.note_count, 0);
        bench.started_ms += 20000;
    }
}

/* The lock after a power cut in a movement. */
static bool evident(const struct bench *bench)
{
    return device_kind(CONFIG_KIND_TURNSTILE)->evident(&bench->device);
}

static void a_turnstile_at_rest_is_evident_after_its_relock_time(void **state)
{
    struct bench bench;
    (void)state;
    turnstile_init(&bench, 0);
    assert_false(evident(&bench));
    assert_int_equal(bench.out.deadline_ms - BENCH_START, -90000 + BENCH_RELOCK);
    bench_time(&bench, -90000 + BENCH_RELOCK - 1);
    assert_false(evident(&bench));
    bench_time(&bench, -90000 + BENCH_RELOCK);
    assert_true(evident(&bench));
    assert_int_equal(bench.out.deadline_ms, 0);
}

static void a_contact_that_is_closed_or_a_unit_not_ready_is_not_evident(void **state)
{
    static const struct {
        enum config_role role;
        enum device_level level, good;
    } rows[] = {{PASS, ON, OFF}, {PASS, LOST, OFF}, {READY, OFF, ON}, {FIRE, OFF, ON}, {FIRE, LOST, ON}};
    struct bench bench;
    (void)state;
    turnstile_init(&bench, 0);
    bench_time(&bench, 0);
    assert_true(evident(&bench));
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        bench_input(&bench, (int64_t)i * 1000 + 1, rows[i].role, rows[i].level);
        assert_false(evident(&bench));
        bench_input(&bench, (int64_t)i * 1000 + 501, rows[i].role, rows[i].good);
        assert_true(evident(&bench));
    }
}

static void without_a_contact_nothing_is_evident(void **state)
{
    struct bench bench;
    (void)state;
    bench_init(&bench, CONFIG_KIND_TURNSTILE);
    bench.config.line[UNLOCK] = 0;
    bench.config.line[READY] = 2;
    bench.config.param[CONFIG_PARAM_RELOCK_S] = 5;
    bench_input(&bench, 0, READY, ON);
    bench_time(&bench, 6000);
    assert_false(evident(&bench));
}

static void two_closings_before_the_first_is_told_are_told_once(void **state)
{
    struct bench bench;
    (void)state;
    turnstile_init(&bench, 0);
    bench_input(&bench, 0, PASS, ON);
    bench_input(&bench, 10, PASS, OFF);
    bench_input(&bench, 140, PASS, ON);
    bench_time(&bench, 150);
    bench_expect_note(&bench, CORE_CODE_FORCED_PASSAGE, PASS);
    bench_time(&bench, 290);
    bench_expect_quiet(&bench);
    bench_input(&bench, 300, WRONG_WAY, ON);
    bench_input(&bench, 350, WRONG_WAY, OFF);
    bench_input(&bench, 400, WRONG_WAY, ON);
    bench_time(&bench, 450);
    bench_expect_note(&bench, CORE_CODE_WRONG_WAY, WRONG_WAY);
    bench_time(&bench, 550);
    bench_expect_quiet(&bench);
}

static void a_unit_without_ready_and_fire_lines_works_always(void **state)
{
    struct bench bench;
    (void)state;
    turnstile_init(&bench, 0);
    bench.config.line[READY] = bench.config.line[FIRE] = -1;
    pass_by(&bench, 0, PASS);
    bench_expect_note(&bench, CORE_CODE_FORCED_PASSAGE, PASS);
}

static void the_earlier_of_two_notes_is_told_in_its_time(void **state)
{
    struct bench bench;
    (void)state;
    turnstile_init(&bench, 0);
    bench_input(&bench, 0, WRONG_WAY, ON);
    bench_input(&bench, 60, PASS, ON);
    bench_deadline(&bench, BENCH_PROOF);
    bench_expect_note(&bench, CORE_CODE_WRONG_WAY, WRONG_WAY);
    bench_deadline(&bench, 60 + BENCH_PROOF);
    bench_expect_note(&bench, CORE_CODE_FORCED_PASSAGE, PASS);
    bench_input(&bench, 1000, PASS, OFF);
    bench_input(&bench, 1000, WRONG_WAY, OFF);
    bench_input(&bench, 2000, PASS, ON);
    bench_input(&bench, 2060, WRONG_WAY, ON);
    bench_deadline(&bench, 2000 + BENCH_PROOF);
    bench_expect_note(&bench, CORE_CODE_FORCED_PASSAGE, PASS);
    bench_deadline(&bench, 2060 + BENCH_PROOF);
    bench_expect_note(&bench, CORE_CODE_WRONG_WAY, WRONG_WAY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_passage_without_a_right_is_forced),
        cmocka_unit_test(the_other_way_is_told_with_and_without_a_movement),
        cmocka_unit_test(the_second_on_one_right_is_forced),
        cmocka_unit_test(the_second_on_one_right_during_a_long_pulse_is_forced),
        cmocka_unit_test(a_passage_soon_after_a_right_that_ran_out_is_late_once),
        cmocka_unit_test(a_passage_long_after_a_right_that_ran_out_is_forced),
        cmocka_unit_test(a_passage_after_a_refused_release_is_forced),
        cmocka_unit_test(a_bouncing_contact_is_one_passage),
        cmocka_unit_test(a_unit_that_loses_its_power_tells_of_nobody),
        cmocka_unit_test(in_a_fire_people_only_leave),
        cmocka_unit_test(a_contact_that_is_found_closed_is_nobody),
        cmocka_unit_test(four_rights_in_a_row_that_nobody_used_make_the_contact_suspect),
        cmocka_unit_test(a_passage_clears_the_contact_of_suspicion),
        cmocka_unit_test(a_turnstile_at_rest_is_evident_after_its_relock_time),
        cmocka_unit_test(a_contact_that_is_closed_or_a_unit_not_ready_is_not_evident),
        cmocka_unit_test(without_a_contact_nothing_is_evident),
        cmocka_unit_test(two_closings_before_the_first_is_told_are_told_once),
        cmocka_unit_test(a_unit_without_ready_and_fire_lines_works_always),
        cmocka_unit_test(the_earlier_of_two_notes_is_told_in_its_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
