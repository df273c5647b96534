/* The store in a good world: what was committed is there, whatever was asked for twice happened once. */
#include "tests/unit/store_rig.h"

static int setup(void **state)
{
    static struct rig rig;
    rig_create(&rig);
    rig_start(&rig);
    *state = &rig;
    return 0;
}

static int teardown(void **state)
{
    rig_destroy(*state);
    return 0;
}

static void an_unknown_key_has_state_none(void **state)
{
    assert_int_equal(rig_find(*state, "p1").state, PAYMENT_STATE_NONE);
}

static void a_committed_payment_is_found_with_its_claims(void **state)
{
    struct rig *rig = *state;
    struct core_txn txn = rig_payment(rig, "p1");
    txn.payment.claims.exp = 1790009999;
    txn.payment.claims.test = true;
    txn.payment.product = 1;
    txn.payment.device = 1;
    struct store_event event = rig_commit(rig, &txn);
    assert_true(event.ok && !event.conflict && event.seq == 0);
    struct payment found = rig_find(rig, "p1");
    assert_int_equal(found.state, PAYMENT_STATE_PAID);
    assert_true(payment_same_content(&found.claims, &txn.payment.claims));
    assert_int_equal(found.claims.paid_at, 1790000000);
    assert_int_equal(found.claims.exp, 1790009999);
    assert_true(found.claims.test);
    assert_int_equal(found.received_at, 1790000005);
    assert_int_equal(found.product, 1);
    assert_int_equal(found.device, 1);
    assert_int_equal(found.attempts, 0);
}

static void the_second_of_two_same_keys_conflicts_and_writes_nothing(void **state)
{
    struct rig *rig = *state;
    struct core_txn first = rig_payment(rig, "p1"), second = rig_payment(rig, "p1");
    second.payment.claims.amount = 999;
    second.parts |= CORE_TXN_DEVICE;
    second.device_state.strikes = 2;
    rig_intend(&second);
    assert_true(rig_commit(rig, &first).ok);
    struct store_event event = rig_commit(rig, &second);
    assert_true(event.ok && event.conflict);
    struct payment found = rig_find(rig, "p1");
    assert_int_equal(found.claims.amount, 250);
    assert_int_equal(found.state, PAYMENT_STATE_PAID);
}

static void an_intent_makes_it_moving_and_an_outcome_done(void **state)
{
    struct rig *rig = *state;
    struct core_txn txn = rig_payment(rig, "p1");
    assert_true(rig_commit(rig, &txn).ok);
    txn.ticket = ++rig->ticket;
    txn.parts = 0;
    rig_intend(&txn);
    assert_true(rig_commit(rig, &txn).ok);
    assert_int_equal(rig_find(rig, "p1").state, PAYMENT_STATE_MOVING);
    assert_int_equal(rig_find(rig, "p1").attempts, 1);
    txn.ticket = ++rig->ticket;
    txn.parts = 0;
    rig_settle(&txn, PAYMENT_RESULT_FAILED, PAYMENT_REFUND_YES);
    struct store_event event = rig_commit(rig, &txn);
    assert_true(event.ok && event.seq > 0);
    struct payment found = rig_find(rig, "p1");
    assert_int_equal(found.state, PAYMENT_STATE_DONE);
    assert_int_equal(found.started_at, 1790000006);
    assert_int_equal(found.outcome.result, PAYMENT_RESULT_FAILED);
    assert_int_equal(found.outcome.reason, PAYMENT_REASON_JAM);
    assert_int_equal(found.outcome.refund, PAYMENT_REFUND_YES);
    assert_int_equal(found.outcome.evidence_count, 2);
    assert_int_equal(found.outcome.evidence[0].name, PAYMENT_EVIDENCE_MOTOR_MS);
    assert_int_equal(found.outcome.evidence[0].value, 1240);
}

static void an_outcome_is_never_replaced(void **state)
{
    struct rig *rig = *state;
    rig_sell(rig, "p1");
    struct core_txn again = rig_payment(rig, "p1");
    again.parts = 0;
    rig_settle(&again, PAYMENT_RESULT_FAILED, PAYMENT_REFUND_YES);
    assert_false(rig_commit(rig, &again).ok);
    assert_int_equal(rig_find(rig, "p1").outcome.result, PAYMENT_RESULT_DELIVERED);
}

static void an_outcome_has_the_same_bytes_after_a_restart_with_another_configuration(void **state)
{
    struct rig *rig = *state;
    int64_t seq = rig_sell(rig, "p1"), again = 0;
    char before[STORE_OUTCOME_SIZE], after[STORE_OUTCOME_SIZE];
    long length = store_outcome(rig->store, "psp", "p1", before, sizeof before, &again);
    assert_true(length > 0);
    assert_int_equal(seq, again);
    rig_stop(rig, true);
    snprintf(rig->config->products[0].id, CONFIG_ID_SIZE, "other");
    snprintf(rig->config->devices[0].name, CONFIG_ID_SIZE, "z9");
    rig_start(rig);
    assert_int_equal(store_outcome(rig->store, "psp", "p1", after, sizeof after, &again), length);
    assert_string_equal(before, after);
    assert_non_null(strstr(after, "\"product\":\"cola\",\"device\":\"a1\""));
    assert_int_equal(rig_find(rig, "p1").product, -1);
    assert_int_equal(rig_find(rig, "p1").device, -1);
}

static void outcome_numbers_rise_over_a_restart(void **state)
{
    struct rig *rig = *state;
    int64_t first = rig_sell(rig, "p1");
    rig_restart(rig);
    assert_true(rig_sell(rig, "p2") > first);
}

static void no_outcome_yet_has_length_zero(void **state)
{
    struct rig *rig = *state;
    char json[STORE_OUTCOME_SIZE];
    int64_t seq;
    struct core_txn txn = rig_payment(rig, "p1");
    assert_true(rig_commit(rig, &txn).ok);
    assert_int_equal(store_outcome(rig->store, "psp", "p1", json, sizeof json, &seq), 0);
}

static void an_ack_needs_the_result_that_was_stored(void **state)
{
    struct rig *rig = *state;
    enum payment_result stored;
    assert_int_equal(store_acknowledge(rig->store, "psp", "p1", PAYMENT_RESULT_DELIVERED, &stored), 0);
    assert_int_equal(stored, PAYMENT_RESULT_NONE);
    rig_sell(rig, "p1");
    assert_int_equal(store_acknowledge(rig->store, "psp", "p1", PAYMENT_RESULT_FAILED, &stored), 0);
    assert_int_equal(stored, PAYMENT_RESULT_DELIVERED);
    struct store_ledger ledger;
    assert_int_equal(store_ledger(rig->store, &ledger), 0);
    assert_int_equal(ledger.unacknowledged, 1);
    assert_int_equal(store_acknowledge(rig->store, "psp", "p1", PAYMENT_RESULT_DELIVERED, &stored), 1);
    assert_int_equal(store_acknowledge(rig->store, "psp", "p1", PAYMENT_RESULT_DELIVERED, &stored), 1);
    assert_int_equal(store_ledger(rig->store, &ledger), 0);
    assert_int_equal(ledger.unacknowledged, 0);
}

static void count_seq(void *user, int64_t seq, const char *json, size_t length)
{
    int64_t *last = user;
    assert_true(seq > *last);
    assert_int_equal(strlen(json), length);
    *last = seq;
}

static void unacknowledged_outcomes_come_in_order_page_by_page(void **state)
{
    struct rig *rig = *state;
    enum payment_result stored;
    char id[16];
    for (int i = 0; i < 10; i++) {
        snprintf(id, sizeof id, "p%d", i);
        rig_sell(rig, id);
    }
    assert_int_equal(store_acknowledge(rig->store, "psp", "p4", PAYMENT_RESULT_DELIVERED, &stored), 1);
    int64_t last = 0;
    assert_int_equal(store_unacknowledged(rig->store, last, 6, count_seq, &last), 6);
    assert_int_equal(store_unacknowledged(rig->store, last, 6, count_seq, &last), 3);
    assert_int_equal(store_unacknowledged(rig->store, last, 6, count_seq, &last), 0);
}

static void a_command_begins_once_and_its_answer_is_kept(void **state)
{
    struct rig *rig = *state;
    char json[256];
    bool published = true;
    assert_int_equal(store_command_begin(rig->store, "j1", "{}", 1790000000, json, sizeof json, &published),
                     1);
    assert_false(published);
    assert_int_equal(store_command_begin(rig->store, "j1", "{}", 1790000001, json, sizeof json, &published),
                     0);
    assert_string_equal(json, "");
    assert_int_equal(store_command_end(rig->store, "j1", "{\"ok\":true}"), 0);
    assert_int_equal(store_command_end(rig->store, "j1", "{\"ok\":false}"), 0);
    rig_restart(rig);
    assert_int_equal(store_command_begin(rig->store, "j1", "{}", 1790000002, json, sizeof json, &published),
                     0);
    assert_string_equal(json, "{\"ok\":true}");
    assert_false(published);
    assert_int_equal(store_command_published(rig->store, "j1"), 0);
    assert_int_equal(store_command_begin(rig->store, "j1", "{}", 1790000002, json, sizeof json, &published),
                     0);
    assert_true(published);
}

static void collect_results(void *user, const char *jti, const char *json)
{
    size_t used = strlen(user);
    text_append(user, 256, &used, "%s%s%s", jti, json[0] ? "=" : "?", json);
}

static void results_that_were_not_published_are_listed_in_order(void **state)
{
    struct rig *rig = *state;
    char json[64], all[256] = "";
    bool published;
    const char *const jtis[] = {"a", "b", "c"};
    for (int i = 0; i < 3; i++)
        assert_int_equal(store_command_begin(rig->store, jtis[i], "{}", 1, json, sizeof json, &published), 1);
    assert_int_equal(store_command_end(rig->store, "b", "B"), 0);
    assert_int_equal(store_command_end(rig->store, "c", "C"), 0);
    assert_int_equal(store_command_published(rig->store, "b"), 0);
    assert_int_equal(store_unpublished_results(rig->store, collect_results, all), 2);
    assert_string_equal(all, "a?c=C");
}

struct restored {
    int count;
    struct core_event events[16];
};

static void collect_event(void *user, const struct core_event *event)
{
    struct restored *restored = user;
    assert_true(restored->count < 16);
    restored->events[restored->count++] = *event;
}

static void a_restart_restores_what_the_core_must_know(void **state)
{
    struct rig *rig = *state;
    struct core_txn paid = rig_payment(rig, "paid"), moving = rig_payment(rig, "moving");
    rig_intend(&moving);
    paid.parts |= CORE_TXN_PRODUCT | CORE_TXN_DEVICE | CORE_TXN_MACHINE;
    paid.product = 1;
    paid.product_state = (struct core_product_state){
        .stock = 7, .disabled = true, .price_count = 2, .prices = {{100, 300}, {200, 350}}, .qr = "qr text"};
    paid.device = 0;
    paid.device_state = (struct core_device_state){.strikes = 1, .lock = CORE_LOCK_JAM};
    paid.machine_disabled = true;
    assert_true(rig_commit(rig, &paid).ok && rig_commit(rig, &moving).ok);
    rig_sell(rig, "done");
    rig_stop(rig, true);
    assert_int_equal(rig_open(rig), 0);
    static struct restored restored;
    restored.count = 0;
    assert_int_equal(store_restore(rig->store, collect_event, &restored), 0);
    assert_int_equal(restored.count, 5);
    const struct core_event *event = restored.events;
    assert_int_equal(event[0].kind, CORE_EVENT_RESTORE_PRODUCT);
    assert_int_equal(event[0].u.product.product, 1);
    assert_memory_equal(&event[0].u.product.state.prices, &paid.product_state.prices,
                        sizeof paid.product_state.prices);
    assert_int_equal(event[0].u.product.state.stock, 7);
    assert_true(event[0].u.product.state.disabled);
    assert_string_equal(event[0].u.product.state.qr, "qr text");
    assert_int_equal(event[1].kind, CORE_EVENT_RESTORE_DEVICE);
    assert_int_equal(event[1].u.device.device, 0);
    assert_int_equal(event[1].u.device.state.lock, CORE_LOCK_JAM);
    assert_int_equal(event[1].u.device.state.strikes, 1);
    assert_int_equal(event[2].kind, CORE_EVENT_RESTORE_MACHINE);
    assert_true(event[2].u.machine_disabled);
    assert_int_equal(event[3].kind, CORE_EVENT_RESTORE_PAYMENT);
    assert_int_equal(event[3].u.payment.state, PAYMENT_STATE_PAID);
    assert_string_equal(event[3].u.payment.claims.payment_id, "paid");
    assert_int_equal(event[4].u.payment.state, PAYMENT_STATE_MOVING);
    assert_string_equal(event[4].u.payment.claims.payment_id, "moving");
}

static void restore_now(struct rig *rig, struct restored *ret)
{
    rig_stop(rig, true);
    assert_int_equal(rig_open(rig), 0);
    assert_int_equal(store_note_prices(rig->store, 1000), 0);
    ret->count = 0;
    assert_int_equal(store_restore(rig->store, collect_event, ret), 0);
}

static void a_price_changed_in_the_configuration_counts_from_then_on(void **state)
{
    struct rig *rig = *state;
    static struct restored restored;
    restore_now(rig, &restored); /* the first run remembers */
    assert_int_equal(restored.count, 1);
    rig->config->products[1].price = 300;
    restore_now(rig, &restored);
    const struct core_product_state *bar = &restored.events[0].u.product.state;
    assert_int_equal(restored.events[0].kind, CORE_EVENT_RESTORE_PRODUCT);
    assert_int_equal(restored.events[0].u.product.product, 1);
    assert_int_equal(bar->price_count, 2);
    assert_int_equal(bar->prices[0].price, 250);
    assert_int_equal(bar->prices[1].price, 300);
    assert_int_equal(bar->prices[1].from, 1000);
    restore_now(rig, &restored);
    assert_int_equal(bar->price_count, 2); /* told once */
}

static void a_price_in_the_configuration_counts_over_an_older_order(void **state)
{
    struct rig *rig = *state;
    static struct restored restored;
    restore_now(rig, &restored);
    rig_restart(rig);
    struct core_txn txn = rig_payment(rig, "x");
    txn.parts |= CORE_TXN_PRODUCT;
    txn.product = 1;
    txn.product_state = (struct core_product_state){
        .stock = 3, .price_count = 2, .prices = {{500, 260}, {2000, 270}}, .qr = "qr"};
    assert_true(rig_commit(rig, &txn).ok);
    rig->config->products[1].price = 300;
    restore_now(rig, &restored);
    const struct core_product_state *bar = &restored.events[0].u.product.state;
    assert_int_equal(bar->stock, 3);
    assert_string_equal(bar->qr, "");
    assert_int_equal(bar->price_count, 3); /* 250, 260, 300; the planned one is overtaken */
    assert_int_equal(bar->prices[0].price, 250);
    assert_int_equal(bar->prices[1].price, 260);
    assert_int_equal(bar->prices[2].price, 300);
}

static void transactions_that_wait_together_share_one_commit(void **state)
{
    struct rig *rig = *state;
    struct core_txn txn;
    char id[16];
    for (int i = 0; i < STORE_QUEUE; i++) {
        snprintf(id, sizeof id, "g%d", i);
        txn = rig_payment(rig, id);
        assert_true(store_submit(rig->store, &txn));
    }
    for (uint64_t ticket = 1; ticket <= STORE_QUEUE; ticket++) {
        struct store_event event = rig_next(rig);
        assert_int_equal(event.kind, STORE_EVENT_COMMITTED);
        assert_int_equal(event.ticket, ticket);
        assert_true(event.ok);
    }
    struct store_ledger ledger;
    assert_int_equal(store_ledger(rig->store, &ledger), 0);
    assert_int_equal(ledger.payments, STORE_QUEUE);
}

#define FACT(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest facts[] = {
        FACT(an_unknown_key_has_state_none),
        FACT(a_committed_payment_is_found_with_its_claims),
        FACT(the_second_of_two_same_keys_conflicts_and_writes_nothing),
        FACT(an_intent_makes_it_moving_and_an_outcome_done),
        FACT(an_outcome_is_never_replaced),
        FACT(an_outcome_has_the_same_bytes_after_a_restart_with_another_configuration),
        FACT(outcome_numbers_rise_over_a_restart),
        FACT(no_outcome_yet_has_length_zero),
        FACT(an_ack_needs_the_result_that_was_stored),
        FACT(unacknowledged_outcomes_come_in_order_page_by_page),
        FACT(a_command_begins_once_and_its_answer_is_kept),
        FACT(results_that_were_not_published_are_listed_in_order),
        FACT(a_restart_restores_what_the_core_must_know),
        FACT(a_price_changed_in_the_configuration_counts_from_then_on),
        FACT(a_price_in_the_configuration_counts_over_an_older_order),
        FACT(transactions_that_wait_together_share_one_commit),
    };
    return cmocka_run_group_tests(facts, NULL, NULL);
}
