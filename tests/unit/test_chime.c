/* Which sounds a snapshot asks for, and what they sound like. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <math.h>
#include <cmocka.h>
#include "display/chime.h"

enum { PAID = 1U << TONE_PAID, READY = 1U << TONE_READY, FAILED = 1U << TONE_FAILED };

static struct snapshot snapshot;
static struct chime chime;

static void payment(uint64_t number, enum snapshot_phase phase, int32_t lane)
{
    for (int32_t i = 0; i < snapshot.activity_count; i++) {
        if (snapshot.activities[i].number == number) {
            snapshot.activities[i].phase = phase;
            return;
        }
    }
    snapshot.activities[snapshot.activity_count++] =
        (struct snapshot_activity){.number = number, .phase = phase, .lane = lane};
}

static unsigned feed(void)
{
    return chime_feed(&chime, &snapshot);
}

static int start(void **state)
{
    (void)state;
    snapshot = (struct snapshot){.lane_count = 1, .lanes = {{.state = SNAPSHOT_LANE_PAY}}};
    chime = (struct chime){.known = false};
    return (int)feed();
}

static void a_purchase_is_heard_when_it_is_paid_and_when_it_may_be_taken(void **state)
{
    (void)state;
    payment(7, SNAPSHOT_PAID, -1);
    assert_int_equal(feed(), PAID);
    assert_int_equal(feed(), 0);
    payment(7, SNAPSHOT_MOVING, -1);
    assert_int_equal(feed(), 0);
    payment(7, SNAPSHOT_TAKE, -1);
    assert_int_equal(feed(), READY);
    snapshot.activity_count = 0;
    assert_int_equal(feed(), 0);
}

static void what_did_not_work_is_heard_whatever_came_before(void **state)
{
    (void)state;
    payment(7, SNAPSHOT_MOVING, -1);
    payment(8, SNAPSHOT_REFUSED, -1);
    assert_int_equal(feed(), PAID | FAILED);
    payment(7, SNAPSHOT_FAILED, -1);
    assert_int_equal(feed(), FAILED);
    payment(9, SNAPSHOT_UNKNOWN, 0);
    assert_int_equal(feed(), FAILED);
}

static void one_that_is_done_before_it_was_seen_is_ready_and_no_more(void **state)
{
    (void)state;
    payment(7, SNAPSHOT_TAKE, -1);
    assert_int_equal(feed(), READY);
}

static void a_barrier_is_heard_when_it_has_opened_and_not_when_the_vehicle_is_through(void **state)
{
    (void)state;
    payment(7, SNAPSHOT_PAID, 0);
    assert_int_equal(feed(), PAID);
    payment(7, SNAPSHOT_MOVING, 0);
    snapshot.lanes[0].state = SNAPSHOT_LANE_OPENING;
    assert_int_equal(feed(), 0);
    snapshot.lanes[0].state = SNAPSHOT_LANE_GO;
    assert_int_equal(feed(), READY);
    payment(7, SNAPSHOT_TAKE, 0);
    assert_int_equal(feed(), 0);
}

static void a_payment_at_a_validator_is_heard_once(void **state)
{
    (void)state;
    payment(7, SNAPSHOT_TAKE, 0);
    assert_int_equal(feed(), PAID);
    assert_int_equal(feed(), 0);
}

static void what_was_before_the_screen_is_not_heard(void **state)
{
    (void)state;
    payment(7, SNAPSHOT_FAILED, -1);
    payment(8, SNAPSHOT_PAID, -1);
    chime = (struct chime){.known = false};
    assert_int_equal(feed(), 0);
    payment(9, SNAPSHOT_PAID, -1);
    assert_int_equal(feed(), PAID);
}

static void a_new_run_of_the_daemon_numbers_anew(void **state)
{
    (void)state;
    payment(700, SNAPSHOT_PAID, -1);
    assert_int_equal(feed(), PAID);
    chime_lose(&chime);
    snapshot.activity_count = 0;
    assert_int_equal(feed(), 0);
    payment(1, SNAPSHOT_PAID, -1);
    assert_int_equal(feed(), PAID);
}

static void one_that_comes_back_into_the_list_is_not_heard_again(void **state)
{
    (void)state;
    payment(7, SNAPSHOT_REFUSED, -1);
    assert_int_equal(feed(), FAILED);
    snapshot.activity_count = 0;
    assert_int_equal(feed(), 0);
    payment(7, SNAPSHOT_REFUSED, -1);
    assert_int_equal(feed(), 0);
}

/* ---- the sounds ---- */

static int16_t samples[TONE_MAX_SAMPLES];

/* Share of the whole energy that is at this frequency (Goertzel). */
static double share_at(size_t from, size_t count, double hz)
{
    double step = 2 * cos(2 * 3.14159265358979 * hz / (double)TONE_RATE_HZ), a = 0, b = 0, energy = 1;
    for (size_t i = from; i < from + count; i++) {
        double next = samples[i] + step * a - b;
        b = a;
        a = next;
        energy += (double)samples[i] * samples[i];
    }
    return 2 * (a * a + b * b - step * a * b) / (energy * (double)count);
}

static void each_sound_has_its_notes_and_none_is_another(void **state)
{
    (void)state;
    static const struct {
        enum tone tone;
        size_t at_ms;
        double hz;
    } notes[] = {{TONE_PAID, 20, 880},      {TONE_PAID, 150, 1174.66}, {TONE_READY, 20, 659.26},
                 {TONE_READY, 350, 1046.5}, {TONE_FAILED, 50, 392},    {TONE_FAILED, 420, 293.66}};
    for (size_t i = 0; i < sizeof(notes) / sizeof(notes[0]); i++) {
        size_t count = tone_write(samples, notes[i].tone, 100);
        size_t from = notes[i].at_ms * TONE_RATE_HZ / 1000, length = 50 * TONE_RATE_HZ / 1000;
        assert_true(from + length < count);
        for (size_t j = 0; j < sizeof(notes) / sizeof(notes[0]); j++)
            assert_true((share_at(from, length, notes[j].hz) > 0.7) == (i == j));
    }
}

static void a_sound_begins_and_ends_in_silence_and_never_clips(void **state)
{
    (void)state;
    for (int tone = 0; tone < TONE_COUNT; tone++) {
        size_t count = tone_write(samples, (enum tone)tone, 100);
        int most = 0, jump = 0;
        assert_true(count > TONE_RATE_HZ / 5 && count <= TONE_MAX_SAMPLES);
        assert_int_equal(samples[0], 0);
        assert_int_equal(samples[count - 1], 0);
        for (size_t i = 1; i < count; i++) {
            most = abs(samples[i]) > most ? abs(samples[i]) : most;
            jump = abs(samples[i] - samples[i - 1]) > jump ? abs(samples[i] - samples[i - 1]) : jump;
        }
        assert_true(most > INT16_MAX / 2 && most < INT16_MAX);
        assert_true(jump < 8000);
    }
}

static void volume_makes_it_louder_and_nothing_is_silence(void **state)
{
    (void)state;
    int before = 0;
    for (int32_t volume = 0; volume <= 100; volume += 25) {
        size_t count = tone_write(samples, TONE_READY, volume);
        int most = 0;
        for (size_t i = 0; i < count; i++)
            most = samples[i] > most ? samples[i] : most;
        assert_true(volume == 0 ? most == 0 : most > before);
        before = most;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_purchase_is_heard_when_it_is_paid_and_when_it_may_be_taken, start),
        cmocka_unit_test_setup(what_did_not_work_is_heard_whatever_came_before, start),
        cmocka_unit_test_setup(one_that_is_done_before_it_was_seen_is_ready_and_no_more, start),
        cmocka_unit_test_setup(a_barrier_is_heard_when_it_has_opened_and_not_when_the_vehicle_is_through,
                               start),
        cmocka_unit_test_setup(a_payment_at_a_validator_is_heard_once, start),
        cmocka_unit_test_setup(what_was_before_the_screen_is_not_heard, start),
        cmocka_unit_test_setup(a_new_run_of_the_daemon_numbers_anew, start),
        cmocka_unit_test_setup(one_that_comes_back_into_the_list_is_not_heard_again, start),
        cmocka_unit_test(each_sound_has_its_notes_and_none_is_another),
        cmocka_unit_test(a_sound_begins_and_ends_in_silence_and_never_clips),
        cmocka_unit_test(volume_makes_it_louder_and_nothing_is_silence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
