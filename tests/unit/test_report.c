/* The JSON that leaves the kiosk: names, order and escapes exactly as in the contract, section 5. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/text.h"
#include "controller/core_state.h"
#include "controller/report.h"

static char text[65536];

static struct payment delivered(void)
{
    struct payment payment = {
        .state = PAYMENT_STATE_DONE, .attempts = 1, .received_at = 1005, .started_at = 1006};
    text_copy(payment.claims.provider, sizeof payment.claims.provider, "psp");
    text_copy(payment.claims.payment_id, sizeof payment.claims.payment_id, "p-1");
    text_copy(payment.claims.currency, sizeof payment.claims.currency, "BYN");
    payment.claims.amount = 250;
    payment.claims.paid_at = 1000;
    payment.outcome = (struct payment_outcome){.result = PAYMENT_RESULT_DELIVERED,
                                               .verified = true,
                                               .refund = PAYMENT_REFUND_NO,
                                               .finished_at = 1009};
    payment_add_evidence(&payment.outcome, PAYMENT_EVIDENCE_DROP_MS, 1240);
    payment_add_evidence(&payment.outcome, PAYMENT_EVIDENCE_BEAM, 1);
    return payment;
}

static void an_outcome_has_the_members_of_the_contract_in_order(void **state)
{
    (void)state;
    struct payment payment = delivered();
    size_t length = report_outcome(text, sizeof text, 7, &payment, "cola", "a1");
    assert_int_equal(length, strlen(text));
    assert_string_equal(
        text, "{\"seq\":7,\"provider\":\"psp\",\"payment_id\":\"p-1\",\"product\":\"cola\",\"device\":\"a1\","
              "\"amount\":250,\"currency\":\"BYN\",\"result\":\"delivered\",\"verified\":true,"
              "\"refund\":\"no\",\"attempts\":1,\"paid_at\":1000,\"received_at\":1005,"
              "\"started_at\":1006,\"finished_at\":1009,"
              "\"evidence\":{\"drop_ms\":1240,\"beam\":1}}");
}

static void an_outcome_that_never_moved_has_a_reason_and_no_start(void **state)
{
    (void)state;
    struct payment payment = delivered();
    payment.attempts = 0;
    payment.started_at = 0;
    payment.outcome = (struct payment_outcome){.result = PAYMENT_RESULT_REFUSED,
                                               .reason = PAYMENT_REASON_UNKNOWN_PRODUCT,
                                               .refund = PAYMENT_REFUND_YES,
                                               .finished_at = 1009};
    assert_true(report_outcome(text, sizeof text, 8, &payment, "", "") > 0);
    assert_string_equal(
        text, "{\"seq\":8,\"provider\":\"psp\",\"payment_id\":\"p-1\",\"product\":\"\",\"device\":\"\","
              "\"amount\":250,\"currency\":\"BYN\",\"result\":\"refused\","
              "\"reason\":\"unknown_product\",\"verified\":false,\"refund\":\"yes\",\"attempts\":0,"
              "\"paid_at\":1000,\"received_at\":1005,\"finished_at\":1009,\"evidence\":{}}");
}

static void the_largest_outcome_fits(void **state)
{
    (void)state;
    struct payment payment = delivered();
    for (size_t i = 0; i + 4 < sizeof payment.claims.provider; i += 4)
        memcpy(payment.claims.provider + i, "\xF0\x9F\x8D\xAB", 5);
    memset(payment.claims.payment_id, '"', sizeof payment.claims.payment_id - 1);
    payment.claims.amount = payment.claims.paid_at = payment.received_at = payment.started_at = INT64_MAX;
    payment.outcome.finished_at = INT64_MIN;
    payment.outcome.evidence_count = PAYMENT_MAX_EVIDENCE;
    for (int i = 0; i < PAYMENT_MAX_EVIDENCE; i++) {
        payment.outcome.evidence[i].name = (enum payment_evidence)i;
        payment.outcome.evidence[i].value = INT64_MIN;
    }
    char name[CONFIG_ID_SIZE];
    memset(name, 'n', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    size_t length = report_outcome(text, 4096, INT64_MAX, &payment, name, name);
    assert_in_range(length, 1000, 4095);
    json_t *json = json_loadb(text, length, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(json);
    assert_string_equal(json_string_value(json_object_get(json, "payment_id")), payment.claims.payment_id);
    assert_string_equal(json_string_value(json_object_get(json, "provider")), payment.claims.provider);
    assert_true(json_integer_value(json_object_get(json, "amount")) == INT64_MAX);
    json_decref(json);
}

static void what_does_not_fit_is_nothing(void **state)
{
    (void)state;
    struct payment payment = delivered();
    size_t whole = report_outcome(text, sizeof text, 7, &payment, "cola", "a1");
    assert_int_equal(report_outcome(text, whole + 1, 7, &payment, "cola", "a1"), whole);
    for (size_t size = 0; size <= whole; size += 37) {
        text[0] = 'x';
        assert_int_equal(report_outcome(text, size, 7, &payment, "cola", "a1"), 0);
        assert_int_equal(text[0], size == 0 ? 'x' : '\0');
    }
}

static void text_from_outside_is_escaped(void **state)
{
    (void)state;
    struct payment_claims claims = {.amount = 1};
    text_copy(claims.provider, sizeof claims.provider, "a\"b\\c/d");
    text_copy(claims.payment_id, sizeof claims.payment_id, "\x01\n\tКола");
    assert_true(
        report_receipt(text, sizeof text, &claims, CORE_RECEIPT_ACCEPTED, PAYMENT_REASON_NONE, "b", 1) > 0);
    assert_string_equal(text, "{\"provider\":\"a\\\"b\\\\c/d\",\"payment_id\":\"\\u0001\\n\\tКола\","
                              "\"result\":\"accepted\",\"boot_id\":\"b\",\"at\":1}");
}

static void bytes_that_are_not_utf8_do_not_suppress_a_report(void **state)
{
    (void)state;
    struct payment_claims claims = {.amount = 1};
    text_copy(claims.provider, sizeof claims.provider, "psp");
    memcpy(claims.payment_id, "a\xFF\xC3z", 5);
    assert_true(
        report_receipt(text, sizeof text, &claims, CORE_RECEIPT_ACCEPTED, PAYMENT_REASON_NONE, "b", 1) > 0);
    assert_non_null(strstr(text, "\"payment_id\":\"a??z\""));
}

static void only_a_refused_receipt_has_a_reason(void **state)
{
    (void)state;
    struct payment_claims claims = {.amount = 1};
    text_copy(claims.provider, sizeof claims.provider, "psp");
    text_copy(claims.payment_id, sizeof claims.payment_id, "p");
    assert_true(report_receipt(text, sizeof text, &claims, CORE_RECEIPT_REFUSED, PAYMENT_REASON_EXPIRED, "b0",
                               1234) > 0);
    assert_string_equal(
        text, "{\"provider\":\"psp\",\"payment_id\":\"p\",\"result\":\"refused\",\"reason\":\"expired\","
              "\"boot_id\":\"b0\",\"at\":1234}");
    assert_true(report_receipt(text, sizeof text, &claims, CORE_RECEIPT_DUPLICATE, PAYMENT_REASON_EXPIRED,
                               "b0", 1234) > 0);
    assert_string_equal(
        text, "{\"provider\":\"psp\",\"payment_id\":\"p\",\"result\":\"duplicate\",\"boot_id\":\"b0\","
              "\"at\":1234}");
}

static struct config *make_config(void)
{
    struct config *config = calloc(1, sizeof *config);
    assert_non_null(config);
    text_copy(config->kiosk.currency, sizeof config->kiosk.currency, "BYN");
    config->product_count = 2;
    config->device_count = 1;
    config->machine.door = config->machine.fire = -1;
    config->machine.parallel = 1;
    text_copy(config->products[0].id, CONFIG_ID_SIZE, "cola");
    text_copy(config->products[1].id, CONFIG_ID_SIZE, "bar");
    config->products[0].price = 250;
    config->products[1].price = 300;
    config->products[0].stock = config->products[0].capacity = 8;
    config->products[1].stock = config->products[1].capacity = -1;
    text_copy(config->devices[0].name, CONFIG_ID_SIZE, "a1");
    config->devices[0].kind = CONFIG_KIND_VALIDATOR;
    for (int role = 0; role < CONFIG_ROLE_COUNT; role++)
        config->devices[0].line[role] = -1;
    return config;
}

static void availability_tells_each_product_and_why_not(void **state)
{
    (void)state;
    struct config *config = make_config();
    struct core *core = calloc(1, sizeof *core);
    assert_non_null(core);
    core_init(core, config);
    assert_true(report_availability(text, sizeof text, config, core, 1000) > 0);
    struct core_product_view view;
    core_view_product(core, 0, 1000, &view);
    assert_false(view.can_sell);
    char expected[512];
    snprintf(expected, sizeof expected,
             "{\"products\":[{\"id\":\"cola\",\"price\":250,\"currency\":\"BYN\",\"can_sell\":false,"
             "\"reason\":\"%s\","
             "\"stock\":8},{\"id\":\"bar\",\"price\":300,\"currency\":\"BYN\",\"can_sell\":false,\"reason\":"
             "\"%s\"}]}",
             core_hold_name(view.hold), core_hold_name(view.hold));
    assert_string_equal(text, expected);
    free(core);
    free(config);
}

static void status_names_every_hold_of_the_machine(void **state)
{
    (void)state;
    struct config *config = make_config();
    struct core *core = calloc(1, sizeof *core);
    assert_non_null(core);
    core_init(core, config);
    struct core_machine_view view;
    core_view_machine(core, &view);
    size_t length = report_status(text, sizeof text, core, true, "boot", 77);
    json_t *json = json_loadb(text, length, 0, NULL);
    assert_non_null(json);
    json_t *reasons = json_object_get(json, "reasons");
    size_t named = 0;
    for (int hold = 1; hold < CORE_HOLD_COUNT; hold++) {
        if (view.holds & UINT32_C(1) << hold)
            assert_string_equal(json_string_value(json_array_get(reasons, named++)),
                                core_hold_name((enum core_hold)hold));
    }
    assert_true(named > 0);
    assert_int_equal(json_array_size(reasons), named);
    json_decref(json);
    assert_non_null(strstr(text, "{\"online\":true,\"selling\":false,\"reasons\":["));
    assert_non_null(strstr(text, "],\"boot_id\":\"boot\",\"version\":\"" KIOSK_VERSION "\",\"since\":77}"));
    free(core);
    free(config);
}

static void a_will_needs_no_core(void **state)
{
    (void)state;
    assert_true(report_status(text, sizeof text, NULL, false, "boot", 77) > 0);
    assert_string_equal(text,
                        "{\"online\":false,\"selling\":false,\"reasons\":[\"offline\"],\"boot_id\":\"boot\","
                        "\"version\":\"" KIOSK_VERSION "\",\"since\":77}");
}

static struct core_action *make_event(enum core_code code)
{
    static struct core_action action;
    memset(&action, 0, sizeof action);
    action.kind = CORE_ACTION_EVENT;
    action.u.event.code = code;
    action.u.event.product = action.u.event.device = action.u.event.line = -1;
    return &action;
}

static void an_event_says_no_more_than_it_knows(void **state)
{
    (void)state;
    struct config *config = make_config();
    assert_true(report_event(text, sizeof text, config, make_event(CORE_CODE_STARTED), 5, "boot", 77) > 0);
    assert_string_equal(
        text, "{\"seq\":5,\"code\":\"started\",\"severity\":\"info\",\"at\":77,\"boot_id\":\"boot\"}");
    free(config);
}

static void an_event_of_a_lane_tells_who_why_until_and_the_sensors_before_it(void **state)
{
    (void)state;
    struct config *config = make_config();
    struct core_action *action = make_event(CORE_CODE_HOLD_BEGUN);
    config->line_count = 2;
    text_copy(config->lines[0].name, CONFIG_ID_SIZE, "loop1");
    text_copy(config->lines[1].name, CONFIG_ID_SIZE, "up");
    action->u.event.device = 0;
    text_copy(action->u.event.owner, CORE_OWNER_SIZE, "gate \"A\"");
    text_copy(action->u.event.why, CORE_WHY_SIZE, "removal van");
    action->u.event.until = 1780000000;
    action->u.event.trace_count = 3;
    action->u.event.trace[0] = (struct core_trace){0, DEVICE_LEVEL_ON, 1200};
    action->u.event.trace[1] = (struct core_trace){1, DEVICE_LEVEL_OFF, 30};
    action->u.event.trace[2] = (struct core_trace){1, DEVICE_LEVEL_UNKNOWN, 0};
    assert_true(report_event(text, sizeof text, config, action, 5, "boot", 77) > 0);
    assert_string_equal(text,
                        "{\"seq\":5,\"code\":\"hold_begun\",\"severity\":\"info\",\"at\":77,\"boot_id\":"
                        "\"boot\",\"device\":\"a1\",\"owner\":\"gate \\\"A\\\"\",\"why\":\"removal van\","
                        "\"until\":1780000000,\"trace\":[{\"line\":\"loop1\",\"on\":true,\"ms\":-1200},"
                        "{\"line\":\"up\",\"on\":false,\"ms\":-30},{\"line\":\"up\",\"on\":null,\"ms\":0}]}");
    free(config);
}

static void the_largest_event_fits(void **state)
{
    (void)state;
    struct config *config = make_config();
    struct core_action *action = make_event(CORE_CODE_PAYMENT_CONFLICT);
    char boot_id[17] = "0123456789abcdef";
    config->line_count = 1;
    memset(config->lines[0].name, 'l', CONFIG_ID_SIZE - 1);
    memset(config->devices[0].name, 'd', CONFIG_ID_SIZE - 1);
    memset(config->products[0].id, 'p', CONFIG_ID_SIZE - 1);
    action->u.event.product = action->u.event.device = action->u.event.line = 0;
    memset(action->u.event.provider, '"', PAYMENT_PROVIDER_SIZE - 1);
    memset(action->u.event.payment_id, '\\', PAYMENT_ID_SIZE - 1);
    memset(action->u.event.owner, '"', CORE_OWNER_SIZE - 1);
    memset(action->u.event.why, '"', CORE_WHY_SIZE - 1);
    action->u.event.reason = PAYMENT_REASON_CONFLICTING_DUPLICATE;
    action->u.event.until = INT64_MAX;
    action->u.event.trace_count = DEVICE_TRACE;
    for (int i = 0; i < DEVICE_TRACE; i++)
        action->u.event.trace[i] = (struct core_trace){0, DEVICE_LEVEL_OFF, INT32_MAX};
    size_t length = report_event(text, REPORT_EVENT_SIZE, config, action, INT64_MAX, boot_id, INT64_MIN);
    assert_in_range(length, 3000, REPORT_EVENT_SIZE - 1);
    json_t *json = json_loadb(text, length, JSON_REJECT_DUPLICATES, NULL);
    assert_int_equal(json_array_size(json_object_get(json, "trace")), DEVICE_TRACE);
    assert_string_equal(json_string_value(json_object_get(json, "payment_id")), action->u.event.payment_id);
    json_decref(json);
    free(config);
}

int main(void)
{
    const struct CMUnitTest facts[] = {
        cmocka_unit_test(an_outcome_has_the_members_of_the_contract_in_order),
        cmocka_unit_test(an_outcome_that_never_moved_has_a_reason_and_no_start),
        cmocka_unit_test(the_largest_outcome_fits),
        cmocka_unit_test(what_does_not_fit_is_nothing),
        cmocka_unit_test(text_from_outside_is_escaped),
        cmocka_unit_test(bytes_that_are_not_utf8_do_not_suppress_a_report),
        cmocka_unit_test(only_a_refused_receipt_has_a_reason),
        cmocka_unit_test(availability_tells_each_product_and_why_not),
        cmocka_unit_test(status_names_every_hold_of_the_machine),
        cmocka_unit_test(a_will_needs_no_core),
        cmocka_unit_test(an_event_says_no_more_than_it_knows),
        cmocka_unit_test(an_event_of_a_lane_tells_who_why_until_and_the_sensors_before_it),
        cmocka_unit_test(the_largest_event_fits),
    };
    return cmocka_run_group_tests(facts, NULL, NULL);
}
