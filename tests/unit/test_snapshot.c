#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "common/snapshot.h"
#include "common/text.h"

static struct snapshot given, taken;
static char wire[SNAPSHOT_MAX_BYTES];

static int set_up(void **state)
{
    (void)state;
    /* Constants and memcpy: the gaps between members are 0, as in what is decoded. */
    static const struct snapshot whole = {.number = 7,
                                          .kiosk_id = "minsk-042",
                                          .name = "Snack «corner»",
                                          .support = "+375 17 000",
                                          .currency = "BYN",
                                          .languages = {"be", "ru"},
                                          .language_count = 2,
                                          .selling = true,
                                          .wall_s = 1790000000,
                                          .product_count = 2,
                                          .lane_count = 2,
                                          .activity_count = 1};
    static const struct snapshot_product cola = {
        .id = "cola", .title = {"Кола", "Кола"}, .price = 250, .can_sell = true, .lane = -1, .qr = "a\nb"};
    static const struct snapshot_product bar = {.id = "bar",
                                                .title = {"Батончык", "Батончик"},
                                                .price = 1,
                                                .hold = "sold_out",
                                                .lane = 1,
                                                .image = "/x/bar.png"};
    static const struct snapshot_lane entry = {
        .device = "entry", .kind = SNAPSHOT_BARRIER, .state = SNAPSHOT_LANE_RETURN, .vehicle = true};
    static const struct snapshot_lane gate = {.device = "gate",
                                              .kind = SNAPSHOT_TURNSTILE,
                                              .state = SNAPSHOT_LANE_PAY,
                                              .out = true,
                                              .rights = 3,
                                              .show_ms = 70};
    static const struct snapshot_activity refused = {.number = 9,
                                                     .phase = SNAPSHOT_REFUSED,
                                                     .refund = SNAPSHOT_REFUND_YES,
                                                     .lane = 1,
                                                     .product = "cola",
                                                     .amount = 250,
                                                     .currency = "USD",
                                                     .reason = "wrong_currency",
                                                     .reference = "…4711",
                                                     .at = 5,
                                                     .age_ms = 12};
    memcpy(&given, &whole, sizeof(given));
    memcpy(&given.products[0], &cola, sizeof(cola));
    memcpy(&given.products[1], &bar, sizeof(bar));
    memcpy(&given.lanes[0], &entry, sizeof(entry));
    memcpy(&given.lanes[1], &gate, sizeof(gate));
    memcpy(&given.activities[0], &refused, sizeof(refused));
    memset(&taken, 0x5A, sizeof(taken));
    return 0;
}

/* Encodes `given`, replaces one piece of the text, decodes: was it taken? */
static bool decodes_with(const char *from, const char *to)
{
    static char changed[SNAPSHOT_MAX_BYTES + 1024];
    size_t length = snapshot_encode(wire, sizeof(wire), &given);
    assert_true(length > 0);
    char *at = strstr(wire, from);
    if (!at)
        fail_msg("the text has no %s", from);
    int size = snprintf(changed, sizeof(changed), "%.*s%s%s", (int)(at - wire), wire, to, at + strlen(from));
    return snapshot_decode(&taken, changed, (size_t)size);
}

static void what_is_encoded_is_decoded(void **state)
{
    (void)state;
    size_t length = snapshot_encode(wire, sizeof(wire), &given);
    assert_int_equal(length, strlen(wire));
    assert_true(snapshot_decode(&taken, wire, length));
    assert_memory_equal(&taken, &given, sizeof(given));
}

static void the_greatest_snapshot_survives(void **state)
{
    (void)state;
    given.product_count = CONFIG_MAX_PRODUCTS;
    for (int i = 0; i < CONFIG_MAX_PRODUCTS; i++) {
        struct snapshot_product *product = &given.products[i];
        *product = given.products[0];
        memset(product->id, 0, sizeof(product->id));
        (void)snprintf(product->id, sizeof(product->id), "p%d", i);
        memset(product->qr, 'Q', sizeof(product->qr) - 1);
        memset(product->title[0], 'T', sizeof(product->title[0]) - 1);
    }
    size_t length = snapshot_encode(wire, sizeof(wire), &given);
    assert_true(length > 64 * 1200);
    assert_true(snapshot_decode(&taken, wire, length));
    assert_memory_equal(&taken, &given, sizeof(given));
}

static void encoding_into_too_little_room_gives_0(void **state)
{
    (void)state;
    size_t length = snapshot_encode(wire, sizeof(wire), &given);
    assert_int_equal(snapshot_encode(wire, length, &given), 0);
    assert_int_equal(snapshot_encode(wire, length + 1, &given), length);
}

static void a_qr_of_a_product_that_cannot_be_sold_is_refused(void **state)
{
    (void)state;
    assert_false(decodes_with("\"can_sell\":true", "\"can_sell\":false"));
}

static void refused_snapshots_leave_the_result_untouched(void **state)
{
    (void)state;
    assert_false(decodes_with("\"price\":250", "\"price\":0"));
    const unsigned char *bytes = (const unsigned char *)&taken;
    for (size_t i = 0; i < sizeof(taken); i++)
        assert_int_equal(bytes[i], 0x5A);
}

static void odd_texts_are_refused(void **state)
{
    (void)state;
    static const char *const changes[][2] = {
        {"\"number\":7", "\"number\":7,\"number\":8"},
        {"\"number\":7", "\"number\":-7"},
        {"\"number\":7", "\"number\":7.0"},
        {"\"number\":7", "\"number\":\"7\""},
        {"\"number\":7", "\"number\":99999999999999999999"},
        {"\"number\":7", "\"number\":7,\"more\":1"},
        {"\"number\":7,", ""},
        {"\"selling\":true", "\"selling\":1"},
        {"minsk-042", "minsk 042"},
        {"+375", "\\u0000"},
        {"+375", "\\u0007"},
        {"+375", "\xC3\x28"},
        {"\"currency\":\"BYN\"", "\"currency\":\"BYNN\""},
        {"\"currency\":\"BYN\"", "\"currency\":\"BY\""},
        {"\"currency\":\"BYN\"", "\"currency\":\"\""},
        {"[\"be\",\"ru\"]", "[]"},
        {"[\"be\",\"ru\"]", "[\"be\"]"},
        {"[\"be\",\"ru\"]", "[\"be\",\"r\"]"},
        {"[\"be\",\"ru\"]", "[\"be\",\"RU\"]"},
        {"[\"be\",\"ru\"]", "{\"be\":1}"},
        {"[\"be\",\"ru\"]", "[\"aa\",\"bb\",\"cc\",\"dd\",\"ee\",\"ff\",\"gg\",\"hh\",\"ii\"]"},
        {"\"id\":\"cola\"", "\"id\":\"\""},
        {"\"id\":\"cola\"", "\"id\":\"bar\""},
        {"\"phase\":\"refused\"", "\"phase\":\"gone\""},
        {"\"phase\":\"refused\"", "\"phase\":5"},
        {"\"number\":9", "\"number\":0"},
        {"\"refund\":\"yes\"", "\"refund\":\"maybe\""},
        {"\"lane\":1,\"product\"", "\"lane\":2,\"product\""},
        {"\"lane\":1,\"product\"", "\"lane\":-2,\"product\""},
        {"\"lane\":1,\"image\"", "\"lane\":2,\"image\""},
        {"\"lane\":1,\"image\"", "\"lane\":\"gate\",\"image\""},
        {"\"device\":\"gate\"", "\"device\":\"\""},
        {"\"kind\":\"turnstile\"", "\"kind\":\"spiral\""},
        {"\"state\":\"return\"", "\"state\":\"closing\""},
        {"\"direction\":\"out\"", "\"direction\":\"up\""},
        {"\"vehicle\":true", "\"vehicle\":1"},
        {"\"rights\":3", "\"rights\":-3"},
        {"\"show_ms\":70", "\"show_ms\":4294967296"},
        {"\"lanes\":[", "\"lanes\":[{},"},
        {"\"amount\":250", "\"amount\":-1"},
        {"\"age_ms\":12", "\"age_ms\":-12"},
        {"\"age_ms\":12", "\"age_ms\":9223372036854775807"},
        {"sold_out", "sold out"},
        {"\"products\":[", "\"products\":[7,"},
        {"\"activities\":[", "\"activities\":[null,"},
        {"…4711", "0123456789abcdef"},
        {"}]}", "}]} "
                "x"},
    };
    for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++)
        if (decodes_with(changes[i][0], changes[i][1]))
            fail_msg("taken: %s for %s", changes[i][1], changes[i][0]);
}

/* `count` more activities before the one of `given`, numbered down by `step` to 10. */
static bool decodes_activities(int count, int step)
{
    static char many[16384];
    size_t used = 0;
    assert_true(text_append(many, sizeof(many), &used, "\"activities\":["));
    for (int i = count - 1; i >= 0; i--)
        assert_true(text_append(many, sizeof(many), &used,
                                "{\"number\":%d,\"phase\":\"paid\",\"refund\":\"\",\"lane\":-1,\"product\":"
                                "\"\",\"amount\":1,\"currency\":\"BYN\",\"reason\":\"\",\"reference\":\"\","
                                "\"at\":1,\"age_ms\":1},",
                                10 + step * i));
    return decodes_with("\"activities\":[", many);
}

static void too_many_activities_are_refused(void **state)
{
    (void)state;
    assert_true(decodes_activities(SNAPSHOT_MAX_ACTIVITIES - 1, 1));
    assert_false(decodes_activities(SNAPSHOT_MAX_ACTIVITIES, 1));
}

static void activities_come_newest_first_and_once(void **state)
{
    (void)state;
    assert_true(decodes_activities(3, 1));
    assert_false(decodes_activities(3, 0));
    assert_false(decodes_activities(3, -1));
}

static void too_many_lanes_are_refused(void **state)
{
    (void)state;
    for (int32_t i = 2; i < SNAPSHOT_MAX_LANES; i++)
        given.lanes[i] = given.lanes[0];
    given.lane_count = SNAPSHOT_MAX_LANES;
    size_t length = snapshot_encode(wire, sizeof(wire), &given);
    assert_true(snapshot_decode(&taken, wire, length));
    assert_memory_equal(&taken, &given, sizeof(given));
    assert_false(decodes_with(
        "\"lanes\":[", "\"lanes\":[{\"device\":\"x\",\"kind\":\"barrier\",\"state\":\"pay\",\"direction\":"
                       "\"in\",\"vehicle\":true,\"rights\":0,\"show_ms\":0},"));
}

static void what_the_screen_shows_is_answered(void **state)
{
    (void)state;
    static const struct snapshot_shown told = {.from = 3, .to = 52, .number = INT64_MAX};
    struct snapshot_shown heard = {0};
    char text[SNAPSHOT_SHOWN_BYTES];
    size_t length = snapshot_shown_encode(text, sizeof(text), &told);
    assert_string_equal(text, "{\"shown\":{\"from\":3,\"to\":52},\"number\":9223372036854775807}");
    assert_true(snapshot_shown_decode(&heard, text, length));
    assert_memory_equal(&heard, &told, sizeof(told));
    static const struct snapshot_shown none = {.number = 4};
    length = snapshot_shown_encode(text, sizeof(text), &none);
    assert_true(snapshot_shown_decode(&heard, text, length));
    assert_memory_equal(&heard, &none, sizeof(none));
}

static void odd_answers_are_refused(void **state)
{
    (void)state;
    static const char *const odd[] = {
        "",
        "{}",
        "[]",
        "{\"shown\":{\"from\":3,\"to\":2},\"number\":1}",
        "{\"shown\":{\"from\":0,\"to\":2},\"number\":1}",
        "{\"shown\":{\"from\":-1,\"to\":2},\"number\":1}",
        "{\"shown\":{\"from\":1,\"to\":2},\"number\":-1}",
        "{\"shown\":{\"from\":1,\"to\":2}}",
        "{\"shown\":{\"from\":1},\"number\":1}",
        "{\"number\":1}",
        "{\"shown\":{\"from\":1,\"to\":2,\"more\":3},\"number\":1}",
        "{\"shown\":{\"from\":1,\"to\":2},\"number\":1,\"more\":3}",
        "{\"shown\":{\"from\":1,\"to\":2},\"number\":1,\"number\":1}",
        "{\"shown\":{\"from\":1.0,\"to\":2},\"number\":1}",
        "{\"shown\":{\"from\":1,\"to\":99999999999999999999},\"number\":1}",
        "{\"shown\":{\"from\":1,\"to\":2},\"number\":1}x",
    };
    struct snapshot_shown heard = {7, 7, 7};
    for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++)
        if (snapshot_shown_decode(&heard, odd[i], strlen(odd[i])))
            fail_msg("taken: %s", odd[i]);
    char padded[SNAPSHOT_SHOWN_BYTES + 2];
    size_t length = (size_t)snprintf(padded, sizeof(padded), "%-*s", SNAPSHOT_SHOWN_BYTES,
                                     "{\"shown\":{\"from\":1,\"to\":2},\"number\":1}");
    assert_true(snapshot_shown_decode(&heard, padded, length));
    padded[length] = ' ';
    heard = (struct snapshot_shown){7, 7, 7};
    assert_false(snapshot_shown_decode(&heard, padded, length + 1));
    assert_int_equal(heard.from + heard.to + heard.number, 21);
}

static void every_cut_of_a_snapshot_is_refused(void **state)
{
    (void)state;
    size_t length = snapshot_encode(wire, sizeof(wire), &given);
    for (size_t cut = 0; cut < length; cut++)
        assert_false(snapshot_decode(&taken, wire, cut));
}

static void more_bytes_than_allowed_are_refused(void **state)
{
    (void)state;
    static char long_text[SNAPSHOT_MAX_BYTES + 1];
    size_t length = snapshot_encode(wire, sizeof(wire), &given);
    memset(long_text, ' ', sizeof(long_text));
    memcpy(long_text, wire, length);
    assert_true(snapshot_decode(&taken, long_text, SNAPSHOT_MAX_BYTES));
    assert_false(snapshot_decode(&taken, long_text, SNAPSHOT_MAX_BYTES + 1));
}

static void phases_and_states_have_names(void **state)
{
    (void)state;
    assert_string_equal(snapshot_phase_name(SNAPSHOT_TAKE), "take");
    for (int i = 0; i < SNAPSHOT_PHASE_COUNT; i++)
        assert_true(snapshot_phase_name((enum snapshot_phase)i)[0] != '\0');
    assert_string_equal(snapshot_lane_state_name(SNAPSHOT_LANE_RETURN), "return");
    for (int i = 0; i < SNAPSHOT_LANE_STATE_COUNT; i++)
        assert_true(snapshot_lane_state_name((enum snapshot_lane_state)i)[0] != '\0');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(what_is_encoded_is_decoded, set_up),
        cmocka_unit_test_setup(the_greatest_snapshot_survives, set_up),
        cmocka_unit_test_setup(encoding_into_too_little_room_gives_0, set_up),
        cmocka_unit_test_setup(a_qr_of_a_product_that_cannot_be_sold_is_refused, set_up),
        cmocka_unit_test_setup(refused_snapshots_leave_the_result_untouched, set_up),
        cmocka_unit_test_setup(odd_texts_are_refused, set_up),
        cmocka_unit_test_setup(too_many_activities_are_refused, set_up),
        cmocka_unit_test_setup(activities_come_newest_first_and_once, set_up),
        cmocka_unit_test_setup(too_many_lanes_are_refused, set_up),
        cmocka_unit_test(what_the_screen_shows_is_answered),
        cmocka_unit_test(odd_answers_are_refused),
        cmocka_unit_test_setup(every_cut_of_a_snapshot_is_refused, set_up),
        cmocka_unit_test_setup(more_bytes_than_allowed_are_refused, set_up),
        cmocka_unit_test(phases_and_states_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
