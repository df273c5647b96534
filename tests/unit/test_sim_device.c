/* Devices against the simulated machine: what a fault script does to the outcome, and that the outcome is
 * true. */
#include "tests/unit/sim_rig.h"

#include <stdlib.h>

static struct sim_rig rig;

static void expect(enum payment_result result, enum payment_reason reason, bool verified,
                   enum device_verdict verdict)
{
    assert_true(rig.out.finished);
    assert_string_equal(payment_result_name(rig.out.outcome.result), payment_result_name(result));
    assert_string_equal(payment_reason_name(rig.out.outcome.reason), payment_reason_name(reason));
    assert_int_equal(rig.out.outcome.verified, verified);
    assert_int_equal(rig.out.verdict, verdict);
}

static void the_script_decides_the_outcome_of_the_first_vend(void **state)
{
    static const struct {
        int32_t device;
        const char *script;
        enum payment_result result;
        enum payment_reason reason;
        bool verified;
        enum device_verdict verdict;
    } rows[] = {
        {A1, "", PAYMENT_RESULT_DELIVERED, PAYMENT_REASON_NONE, true, DEVICE_VERDICT_GOOD},
        {A1, "a1 no_movement", PAYMENT_RESULT_FAILED, PAYMENT_REASON_NO_MOVEMENT, false,
         DEVICE_VERDICT_STRIKE},
        {A1, "a1 jam", PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_JAM, false, DEVICE_VERDICT_LOCK},
        {A1, "a1 jam 300", PAYMENT_RESULT_DELIVERED, PAYMENT_REASON_NONE, true, DEVICE_VERDICT_LOCK},
        {A1, "a1 no_drop", PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_NO_DROP, false, DEVICE_VERDICT_STRIKE},
        {A1, "a1 late_drop 500ms", PAYMENT_RESULT_DELIVERED, PAYMENT_REASON_NONE, true, DEVICE_VERDICT_GOOD},
        {A1, "drop stuck off", PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_NO_DROP, false, DEVICE_VERDICT_STRIKE},
        {A1, "a1 slow 60", PAYMENT_RESULT_DELIVERED, PAYMENT_REASON_NONE, true, DEVICE_VERDICT_GOOD},
        {A1, "motor_a1 refuses", PAYMENT_RESULT_FAILED, PAYMENT_REASON_ORDER_REFUSED, false,
         DEVICE_VERDICT_STRIKE},
        {A1, "motor_a1 deaf", PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_ORDER_UNKNOWN, false,
         DEVICE_VERDICT_STRIKE},
        {A1, "at vend 1 after 800ms line home_a1 lost 1s", PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_SENSOR_LOST,
         false, DEVICE_VERDICT_LOCK},
        {A1, "at vend 1 after 800ms line drop lost 100ms\na1 no_drop", PAYMENT_RESULT_UNKNOWN,
         PAYMENT_REASON_SENSOR_LOST, false, DEVICE_VERDICT_STRIKE},
        {A1, "a1 motor welded", PAYMENT_RESULT_DELIVERED, PAYMENT_REASON_NONE, true, DEVICE_VERDICT_GOOD},
        {A1, "a1 motor welded\na1 no_drop", PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_OUTPUT_FAULT, false,
         DEVICE_VERDICT_LOCK},
        {B1, "", PAYMENT_RESULT_DELIVERED, PAYMENT_REASON_NONE, true, DEVICE_VERDICT_GOOD},
        {B1, "b1 no_feedback", PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_NO_FEEDBACK, false,
         DEVICE_VERDICT_STRIKE},
        {B1, "b1 late_feedback 3s", PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_NO_FEEDBACK, false,
         DEVICE_VERDICT_STRIKE},
        {B1, "out_b1 unanswered", PAYMENT_RESULT_DELIVERED, PAYMENT_REASON_NONE, true, DEVICE_VERDICT_GOOD},
        {B1, "out_b1 deaf", PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_ORDER_UNKNOWN, false,
         DEVICE_VERDICT_STRIKE},
        {C1, "", PAYMENT_RESULT_DELIVERED, PAYMENT_REASON_NONE, false, DEVICE_VERDICT_GOOD},
        {C1, "at vend 1 after 70ms out_c1 refuses", PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_ORDER_REFUSED,
         false, DEVICE_VERDICT_STRIKE},
        {D1, "", PAYMENT_RESULT_DELIVERED, PAYMENT_REASON_NONE, true, DEVICE_VERDICT_GOOD},
        {D1, "d1 not_opened", PAYMENT_RESULT_FAILED, PAYMENT_REASON_DOOR_NOT_OPENED, false,
         DEVICE_VERDICT_STRIKE},
        {D1, "d1 late_open 5s", PAYMENT_RESULT_DELIVERED, PAYMENT_REASON_NONE, true, DEVICE_VERDICT_GOOD},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        print_message("  %d %s\n", rows[i].device, rows[i].script);
        sim_rig_init(&rig, rows[i].device, rows[i].script);
        assert_true(sim_rig_vend(&rig));
        expect(rows[i].result, rows[i].reason, rows[i].verified, rows[i].verdict);
    }
}

static void a_stuck_beam_refuses_the_vend(void **state)
{
    (void)state;
    sim_rig_init(&rig, A1, "drop stuck on");
    assert_false(sim_rig_vend(&rig));
    assert_int_equal(device_check(&rig.device, rig.now_ms).role, CONFIG_ROLE_DROP);
    assert_int_equal(rig.orders, 0);
}

static void a_beam_that_has_worked_makes_no_drop_a_refund(void **state)
{
    (void)state;
    sim_rig_init(&rig, A1, "at vend 2 a1 no_drop");
    assert_true(sim_rig_vend(&rig));
    assert_true(sim_rig_vend(&rig));
    expect(PAYMENT_RESULT_FAILED, PAYMENT_REASON_NO_DROP, false, DEVICE_VERDICT_STRIKE);
    assert_true(sim_rig_vend(&rig));
    expect(PAYMENT_RESULT_DELIVERED, PAYMENT_REASON_NONE, true, DEVICE_VERDICT_GOOD);
}

static void twenty_vends_in_a_row_are_all_delivered(void **state)
{
    (void)state;
    sim_rig_init(&rig, A1, "");
    for (int i = 0; i < 20; i++) {
        assert_true(sim_rig_vend(&rig));
        expect(PAYMENT_RESULT_DELIVERED, PAYMENT_REASON_NONE, true, DEVICE_VERDICT_GOOD);
        rig.bench.told_length = 0;
    }
    assert_int_equal(rig.bench.machine.devices[A1].starts, 20);
}

static void a_coil_cut_off_anywhere_gives_one_product_to_the_next_sale(void **state)
{
    (void)state;
    for (unsigned angle = 0; angle < 360; angle += 7) {
        char script[32];
        int fell;
        snprintf(script, sizeof script, "at vend 1 a1 jam %u", angle);
        sim_rig_init(&rig, A1, script);
        assert_true(sim_rig_vend(&rig));
        fell = sim_bench_times(&rig.bench, "a1 product fell");
        assert_true(sim_rig_vend(&rig));
        expect(PAYMENT_RESULT_DELIVERED, PAYMENT_REASON_NONE, true, DEVICE_VERDICT_GOOD);
        assert_int_equal(sim_bench_times(&rig.bench, "a1 product fell") - fell, 1);
        assert_int_equal(rig.bench.machine.devices[A1].starts, 2);
        assert_true(sim_rig_vend(&rig));
        expect(PAYMENT_RESULT_DELIVERED, PAYMENT_REASON_NONE, true, DEVICE_VERDICT_GOOD);
        assert_int_equal(sim_bench_times(&rig.bench, "a1 product fell") - fell, 2);
    }
}

/* ---- any faults at any time ---- */

static uint64_t seed_next(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

/* A script of up to three faults. The beam is not among the liars: a beam that has worked and dies unseen is
 * the one thing the rule for a silent beam can not know (docs/devices.md). */
static void seed_script(uint64_t *seed, char *ret, size_t size)
{
    static const char *const faults[] = {
        "a1 jam %u",
        "a1 jam %u",
        "a1 no_movement",
        "a1 no_drop",
        "a1 slow 40",
        "a1 double_drop",
        "motor_a1 refuses",
        "motor_a1 deaf %ums",
        "motor_a1 unanswered %ums",
        "motor_a1 welded %ums",
        "home_a1 lost %ums",
        "drop lost %ums",
        "motor_a1 lost %ums",
        "drop stuck on %ums",
    };
    size_t used = 0;
    uint64_t count = 1 + seed_next(seed) % 3;

    ret[0] = '\0';
    for (uint64_t i = 0; i < count; i++) {
        const char *fault = faults[seed_next(seed) % (sizeof faults / sizeof faults[0])];
        unsigned number = (unsigned)(seed_next(seed) % (strstr(fault, "jam") != NULL ? 360 : 4000)) + 1;
        used += (size_t)snprintf(ret + used, size - used, "at vend %u after %ums ",
                                 1 + (unsigned)(seed_next(seed) % 3), (unsigned)(seed_next(seed) % 3000));
        if (strstr(fault, "jam") != NULL)
            number %= 360;
        if (strstr(fault, "%ums") != NULL)
            used += (size_t)snprintf(ret + used, size - used, "%.*s%ums\n",
                                     (int)(strstr(fault, "%u") - fault), fault, number);
        else if (strstr(fault, "%u") != NULL)
            used += (size_t)snprintf(ret + used, size - used, "%.*s%u\n", (int)(strstr(fault, "%u") - fault),
                                     fault, number);
        else
            used += (size_t)snprintf(ret + used, size - used, "%s\n", fault);
    }
}

/* I7 and I8: failed only if nothing came out, verified only if the beam was broken by something. */
static void expect_truth(const char *script, int fell_before, int broken_before)
{
    int fell = sim_bench_times(&rig.bench, "a1 product fell") - fell_before;
    int broken = sim_bench_times(&rig.bench, "drop broken") +
                 sim_bench_times(&rig.bench, "drop fault stuck on\n") - broken_before;

    if (rig.out.outcome.result == PAYMENT_RESULT_FAILED && fell != 0)
        fail_msg("failed but %d fell: %s\n%s", fell, script, rig.bench.told);
    if (fell > 1 && strstr(script, "double") == NULL && strstr(script, "welded") == NULL &&
        strstr(script, "drop lost") == NULL && strstr(script, "motor_a1") == NULL)
        fail_msg("%d fell for one sale: %s\n%s", fell, script, rig.bench.told);
    if (rig.out.outcome.verified && broken == 0)
        fail_msg("verified without evidence: %s\n%s", script, rig.bench.told);
    if (rig.out.outcome.result == PAYMENT_RESULT_DELIVERED && !rig.out.outcome.verified)
        fail_msg("delivered on trust with a beam: %s\n%s", script, rig.bench.told);
}

static void whatever_breaks_the_outcome_is_true(void **state)
{
    const char *wanted = getenv("KIOSK_SEEDS");
    uint64_t seeds = wanted != NULL ? strtoull(wanted, NULL, 10) : 400;
    int results[PAYMENT_RESULT_COUNT] = {0}, refused = 0;
    char script[512];
    (void)state;
    for (uint64_t i = 1; i <= seeds; i++) {
        uint64_t seed = i * 0x9e3779b97f4a7c15U;
        seed_script(&seed, script, sizeof script);
        sim_rig_init(&rig, A1, script);
        for (int vend = 0; vend < 4; vend++) {
            int fell = sim_bench_times(&rig.bench, "a1 product fell");
            int broken = sim_bench_times(&rig.bench, "drop broken") +
                         sim_bench_times(&rig.bench, "drop fault stuck on\n");
            if (sim_rig_vend(&rig)) {
                expect_truth(script, fell, broken);
                results[rig.out.outcome.result]++;
            } else {
                refused++;
                sim_rig_to(&rig, rig.now_ms + 2000);
            }
            if (rig.latched || strstr(script, "deaf") != NULL || strstr(script, "unanswered") != NULL)
                break;
        }
        if (!rig.latched && strstr(script, "motor_a1") == NULL)
            assert_in_range(rig.longest_on_ms, 0, 4000);
    }
    print_message("  delivered %d failed %d unknown %d refused %d\n", results[PAYMENT_RESULT_DELIVERED],
                  results[PAYMENT_RESULT_FAILED], results[PAYMENT_RESULT_UNKNOWN], refused);
    assert_true(results[PAYMENT_RESULT_DELIVERED] > 0 && results[PAYMENT_RESULT_FAILED] > 0 &&
                results[PAYMENT_RESULT_UNKNOWN] > 0 && refused > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_script_decides_the_outcome_of_the_first_vend),
        cmocka_unit_test(a_stuck_beam_refuses_the_vend),
        cmocka_unit_test(a_beam_that_has_worked_makes_no_drop_a_refund),
        cmocka_unit_test(twenty_vends_in_a_row_are_all_delivered),
        cmocka_unit_test(a_coil_cut_off_anywhere_gives_one_product_to_the_next_sale),
        cmocka_unit_test(whatever_breaks_the_outcome_is_true),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
