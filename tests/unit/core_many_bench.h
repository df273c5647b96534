/* The script's machine with a validator in place of the second relay: chips is a ride, shown by OUT_B. */
#ifndef TESTS_UNIT_CORE_MANY_BENCH_H
#define TESTS_UNIT_CORE_MANY_BENCH_H

#include "tests/unit/core_puppet.h"

enum { RIDE = CHIPS };

UNUSED static int many_ready(void **state)
{
    (void)state;
    puppet_clear();
    script_begin();
    config.devices[RIDE].kind = CONFIG_KIND_VALIDATOR;
    config.devices[RIDE].line[CONFIG_ROLE_OUTPUT] = config.devices[RIDE].line[CONFIG_ROLE_FEEDBACK] = -1;
    config.devices[RIDE].line[CONFIG_ROLE_LIGHT] = OUT_B;
    core_init(&core, &config);
    script_start();
    script_lines();
    tick(CORE_SETTLE_MS + 1);
    puppet_starts = 0;
    memset(puppet_events, 0, sizeof(puppet_events));
    return 0;
}

UNUSED static void ride(int number)
{
    char id[16];
    (void)snprintf(id, sizeof(id), "r%d", number);
    pay(id, RIDE);
    assert_int_equal(stored(0)->parts, CORE_TXN_PAYMENT | CORE_TXN_INTENT);
    commit();
    expect_receipt(CORE_RECEIPT_ACCEPTED, PAYMENT_REASON_NONE);
}

UNUSED static void rides(int count)
{
    for (int i = 0; i < count; i++)
        ride(i);
}

/* The next result of the light settles that many. */
UNUSED static void light_settles(int count)
{
    struct device_out *out = &puppet_answer[DEVICE_EVENT_ORDER];
    memset(out, 0, sizeof(*out));
    out->settled = count;
    out->settled_evidence = PAYMENT_EVIDENCE_LIGHT_MS;
    out->outcome.result = PAYMENT_RESULT_DELIVERED;
    out->outcome.verified = true;
    ordered(OUT_B, DEVICE_ORDER_ON, DEVICE_ORDER_DONE);
    memset(out, 0, sizeof(*out));
}

UNUSED static void shown(uint64_t from, uint64_t to)
{
    begin(CORE_EVENT_SHOWN);
    event.u.shown.from = from;
    event.u.shown.to = to;
    step();
}

UNUSED static uint64_t order_of(const char *id)
{
    for (int i = 0; i < core.slot_end; i++)
        if (core.slots[i].state != CORE_SLOT_FREE && strcmp(core.slots[i].payment.claims.payment_id, id) == 0)
            return core.slots[i].order;
    fail_msg("%s is not open", id);
    return 0;
}

UNUSED static int count_state(enum core_slot_state state)
{
    int count = 0;
    for (int i = 0; i < core.slot_end; i++)
        count += core.slots[i].state == state;
    return count;
}

/* Commits and steps until nothing is left to do; how many outcomes were published. */
UNUSED static int finish_all(void)
{
    int outcomes = 0;
    while (txn_count > 0 || core.more) {
        if (txn_count > 0)
            commit();
        else
            tick(0);
        outcomes += count_actions(CORE_ACTION_OUTCOME);
    }
    return outcomes;
}

#endif
