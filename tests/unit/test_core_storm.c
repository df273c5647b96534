/* Anything in any order: what the shell may hand over must never trip an assertion or overrun the actions,
 * however odd. */
#include "tests/unit/core_script.h"

enum { STEPS = 150000, UNRELEASED = CORE_MAX_UNRELEASED };

static uint64_t storm_state;
static int in_hand; /* messages without their RELEASE */

static int32_t below(int32_t bound)
{
    storm_state = storm_state * 6364136223846793005u + 1442695040888963407u;
    return (int32_t)(storm_state >> 33) % bound;
}

static void storm_payment(void)
{
    static const int64_t odd_times[] = {INT64_MIN, -1, 0, INT64_MAX};
    char id[16];
    if (in_hand >= UNRELEASED || core.store_failed)
        return;
    (void)snprintf(id, sizeof(id), "%d", below(300));
    int product = below(3);
    payment(id, product);
    event.u.in.claims.amount = core_price_at(&core, product, event.wall_s);
    if (below(20) == 0)
        event.u.in.claims.amount = below(2) ? INT64_MAX : below(5);
    if (below(20) == 0)
        event.u.in.claims.paid_at = odd_times[below(4)];
    event.u.in.claims.retained = below(40) == 0;
    event.u.in.exp_past = below(40) == 0;
    if (below(10) == 0) {
        event.u.in.known.claims = event.u.in.claims;
        event.u.in.known.state = (enum payment_state)below(PAYMENT_STATE_COUNT);
        event.u.in.known.outcome.result = PAYMENT_RESULT_DELIVERED;
    }
    in_hand++;
    step();
}

static void storm_command(void)
{
    command((enum core_command_kind)below(CORE_COMMAND_COUNT), below(6) - 1);
    event.u.command.price = below(3) ? config.products[COLA].price : below(500) - 5;
    event.u.command.from = below(2) ? 0 : event.wall_s + below(100);
    event.u.command.stock = below(9) - 1;
    step();
}

static void storm_order(void)
{
    ordered(below(LINES), (enum device_order_kind)below(3),
            below(4) ? DEVICE_ORDER_DONE : (enum device_order_result)below(3));
}

static void storm_line(void)
{
    int index = below(LINES);
    if (below(30) == 0)
        line_lost(index);
    else
        line(index, index == DOOR || index == FIRE || index == HOME ? below(12) != 0 : below(4) == 0);
}

static void storm_step(void)
{
    int what = below(100);
    if (what < 30)
        storm_payment();
    else if (what < 60 && txn_count > 0)
        (void)commit_as(below(2000) != 0, below(200) == 0);
    else if (what < 75)
        storm_order();
    else if (what < 85)
        storm_line();
    else if (what < 88)
        storm_command();
    else if (what < 90)
        health(below(2) ? CORE_HEALTH_CLOCK : CORE_HEALTH_BROKER, below(4) != 0);
    else if (what == 90 && below(100) == 0) {
        begin(CORE_EVENT_OUTPUT_FAULT);
        event.u.line.line = below(LINES);
        step();
    } else if (what == 91) {
        begin(CORE_EVENT_GAP);
        event.u.gap.line = below(LINES);
        event.u.gap.ms = below(1000);
        step();
    } else
        tick(below(10) ? below(500) : below(20000));
}

static void whatever_comes_the_core_stands(void **state)
{
    (void)state;
    int restarts = 0;
    int starts = 0;
    storm_state = 7;
    (void)script_ready(NULL);
    in_hand = 0;
    for (int i = 0; i < STEPS; i++) {
        wall_offset_s = below(500) ? 0 : below(2) ? INT64_MAX / 4 : -(int64_t)2000000000;
        storm_step();
        in_hand -= count_actions(CORE_ACTION_RELEASE);
        starts += count_actions(CORE_ACTION_ORDER) > 0;
        acts.count = 0; /* counted once, also if the next turn does nothing */
        assert_true(in_hand >= 0);
        assert_true(acts.deadline_ms == 0 || acts.deadline_ms >= core.now_ms);
        if (core.store_failed && below(50) == 0) {
            int64_t at_ms = now_ms;
            (void)script_ready(NULL);
            now_ms = at_ms + 5000;
            in_hand = 0;
            restarts++;
        }
    }
    assert_true(restarts > 5);
    assert_true(starts > 150); /* how many depends on the order in which a compiler draws arguments */
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(whatever_comes_the_core_stands)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
