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
                                          .activity_count = 1};
    static const struct snapshot_product cola = {
        .id = "cola", .title = {"Кола", "Кола"}, .price = 250, .can_sell = true, .qr = "a\nb"};
    static const struct snapshot_product bar = {.id = "bar",
                                                .title = {"Батончык", "Батончик"},
                                                .price = 1,
                                                .hold = "sold_out",
                                                .image = "/x/bar.png"};
    static const struct snapshot_activity refused = {.phase = SNAPSHOT_REFUSED,
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

static void too_many_activities_are_refused(void **state)
{
    (void)state;
    char many[8192];
    size_t used = 0;
    static const char one[] =
        "{\"phase\":\"paid\",\"product\":\"\",\"amount\":1,\"currency\":\"BYN\",\"reason\":\"\","
        "\"reference\":\"\",\"at\":1,\"age_ms\":1},";
    assert_true(text_append(many, sizeof(many), &used, "\"activities\":["));
    for (int i = 0; i < SNAPSHOT_MAX_ACTIVITIES - 1; i++)
        assert_true(text_append(many, sizeof(many), &used, "%s", one));
    assert_true(decodes_with("\"activities\":[", many));
    assert_true(text_append(many, sizeof(many), &used, "%s", one));
    assert_false(decodes_with("\"activities\":[", many));
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

static void phases_have_names(void **state)
{
    (void)state;
    assert_string_equal(snapshot_phase_name(SNAPSHOT_TAKE), "take");
    for (int i = 0; i < SNAPSHOT_PHASE_COUNT; i++)
        assert_true(snapshot_phase_name((enum snapshot_phase)i)[0] != '\0');
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
        cmocka_unit_test_setup(every_cut_of_a_snapshot_is_refused, set_up),
        cmocka_unit_test_setup(more_bytes_than_allowed_are_refused, set_up),
        cmocka_unit_test(phases_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
