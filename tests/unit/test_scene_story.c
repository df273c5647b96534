/* Payments and products as stories: everybody's payment is told, a chosen product stands alone, codes keep
 * their size with large texts. */
#include <stdlib.h>
#include "display/words.h"
#include "tests/unit/scene_bench.h"

static const char *const ids[] = {"cola", "water", "nuts", "bar", "crackers"};
static const char *const titles[] = {"Cola 0.33 l", "Still water 0.5 l", "Salted nuts", "Muesli bar",
                                     "Sesame crackers"};
enum { KNOWN = sizeof(ids) / sizeof(ids[0]) };

/* So many payments of different products, newest first, the oldest `bad` of them failed. */
static void payments(int32_t count, int32_t bad)
{
    sample("moving");
    view.language = 3;
    struct snapshot_activity first = snapshot.activities[0];
    snapshot.activity_count = count;
    for (int32_t i = 0; i < count; i++) {
        struct snapshot_activity *activity = &snapshot.activities[i];
        *activity = first;
        activity->number = (uint64_t)(100 - i);
        (void)text_copy(activity->product, sizeof(activity->product), ids[i % KNOWN]);
        if (i >= count - bad) {
            activity->phase = SNAPSHOT_FAILED;
            activity->refund = SNAPSHOT_REFUND_YES;
        }
    }
}

static bool told(const char *title)
{
    for (int32_t i = 0; i < scene.count; i++) {
        const char *text = scene_text(&scene, &scene.items[i]);
        if (scene.items[i].kind == SCENE_TEXT && strstr(text, title) && strstr(text, "BYN"))
            return true;
    }
    return false;
}

static void the_payment_of_a_second_buyer_is_told_beside_the_first(void **state)
{
    (void)state;
    for (int32_t bad = 0; bad <= 2; bad++)
        for (size_t size = 0; size + 1 < SIZES; size++) {
            payments(3, bad);
            size_set(size);
            build();
            for (int32_t i = 0; i < 3; i++)
                if (!told(titles[i]))
                    fail_msg("%dx%d, %d failed: %s is not told", view.width, view.height, bad, titles[i]);
        }
}

/* Cards are drawn from above, so the order of the texts is that on the screen. */
static void five_payments_are_all_told_and_what_to_take_first(void **state)
{
    (void)state;
    for (int large = 0; large <= 1; large++)
        for (size_t size = 0; size + 1 < SIZES; size++) {
            struct theme theme;
            struct theme_choice choice = theme_choice_none();
            choice.large = large;
            theme_make(&theme, &choice);
            sample("five-payments");
            view.language = 3;
            view.theme = &theme;
            size_set(size);
            build();
            assert_false(shows_text("+ "));
            int32_t take = 0, waiting = 0;
            for (int32_t i = 0; i < scene.count; i++) {
                const char *text = scene_text(&scene, &scene.items[i]);
                if (strcmp(text, "Ready, please take it") == 0) {
                    assert_int_equal(waiting, 0);
                    take++;
                }
                waiting += strcmp(text, "On its way") == 0 || strcmp(text, "Payment received") == 0;
            }
            if (take != 2 || waiting != 3)
                fail_msg("%dx%d: %d to take, %d waiting", view.width, view.height, take, waiting);
            for (int32_t i = 0; i < snapshot.activity_count; i++)
                assert_true(shows_text(titles[i]));
        }
}

/* The narrowest panels that there are: a sentence may go, the word may not. */
static void six_lanes_say_their_word_in_every_language(void **state)
{
    (void)state;
    for (size_t size = 0; size + 1 < SIZES; size++)
        for (int32_t language = 0; language < SAMPLES_LANGUAGES; language++) {
            sample("lanes-gates");
            size_set(size);
            view.language = language;
            for (int32_t i = 2; i < 6; i++) {
                snapshot.lanes[i] = snapshot.lanes[1];
                snapshot.products[i] = snapshot.products[1];
                snapshot.products[i].lane = i;
            }
            snapshot.lane_count = snapshot.product_count = 6;
            build();
            const char *word = words_get(WORD_LANE_WALK, snapshot.languages[language]);
            int32_t count = 0;
            for (int32_t i = 0; i < scene.count; i++)
                count += scene.items[i].kind == SCENE_TEXT &&
                         strcmp(scene_text(&scene, &scene.items[i]), word) == 0;
            if (count != 5)
                fail_msg("%dx%d: %d lanes say %s", view.width, view.height, count, word);
        }
}

static void payments_without_room_are_counted(void **state)
{
    (void)state;
    for (size_t size = 0; size < SIZES; size++) {
        payments(40, 0);
        size_set(size);
        build();
        int32_t lines = 0, more = 0;
        for (int32_t i = 0; i < scene.count; i++) {
            const char *text = scene_text(&scene, &scene.items[i]);
            lines += scene.items[i].kind == SCENE_TEXT && strstr(text, " · ") != NULL;
            if (scene.items[i].kind == SCENE_TEXT && strncmp(text, "+ ", 2) == 0)
                more = (int32_t)strtol(text + 2, NULL, 10);
        }
        if (lines + more != 40 && size + 1 < SIZES)
            fail_msg("%dx%d: %d told, %d counted", view.width, view.height, lines, more);
    }
}

static void a_bar_grows_with_the_movement_and_wakes_the_screen(void **state)
{
    (void)state;
    sample("moving");
    static struct scene before;
    view.held_ms = 0;
    snapshot.activities[0].age_ms = 1000;
    build();
    before = scene;
    assert_true(scene_next_ms(&scene, &snapshot, &view) <= SCENE_BAR_MS);
    view.held_ms = 2 * SCENE_BAR_MS;
    build();
    assert_false(scene_same(&scene, &before));
    view.held_ms = 60000; /* longer than it may take: it waits, nearly full */
    build();
    before = scene;
    view.held_ms = 70000;
    build();
    assert_true(scene_same(&scene, &before));
    view.language = 0;
    assert_true(scene_next_ms(&scene, &snapshot, &view) > SCENE_BAR_MS);
}

static void a_chosen_product_stands_alone_with_a_larger_code(void **state)
{
    (void)state;
    for (size_t size = 0; size + 1 < SIZES; size++) {
        sample("chosen");
        size_set(size);
        view.chosen = 0;
        build();
        int32_t among = 0, alone = 0;
        for (int32_t i = 0; i < scene.count; i++)
            among = scene.items[i].kind == SCENE_QR ? scene.items[i].module_px : among;
        view.chosen = 3;
        build();
        assert_int_equal(scene.pages, 1); /* no dots, no arrows: there is nothing to turn */
        assert_false(shows_sign(SIGN_LEFT));
        assert_int_equal(count_kind(SCENE_QR), 1);
        for (int32_t i = 0; i < scene.count; i++)
            if (scene.items[i].kind == SCENE_QR) {
                alone = scene.items[i].module_px;
                assert_string_equal(scene_text(&scene, &scene.items[i]), snapshot.products[2].qr);
            }
        if (alone <= among)
            fail_msg("%dx%d: %d px alone, %d px among others", view.width, view.height, alone, among);
    }
}

static void a_chosen_product_goes_with_its_sale_and_before_a_payment(void **state)
{
    (void)state;
    sample("chosen");
    assert_true(scene_chosen(&snapshot, &view));
    snapshot.products[1].can_sell = false;
    assert_false(scene_chosen(&snapshot, &view));
    sample("chosen");
    (void)text_copy(snapshot.hold, sizeof(snapshot.hold), "offline");
    assert_false(scene_chosen(&snapshot, &view));
    build();
    assert_int_equal(count_kind(SCENE_QR), 0);
    sample("chosen");
    view.chosen = CONFIG_MAX_PRODUCTS + 1;
    assert_false(scene_chosen(&snapshot, &view));
    sample("paid");
    view.chosen = 1;
    view.chosen_left_ms = SCENE_CHOSEN_MS;
    build();
    assert_true(shows_text("Аплата атрымана") || shows_sign(SIGN_CHECK));
    assert_true(count_kind(SCENE_QR) > 1);
}

static void codes_have_four_pixels_a_module_with_large_texts_too(void **state)
{
    (void)state;
    struct theme large;
    struct theme_choice choice = theme_choice_none();
    choice.large = true;
    theme_make(&large, &choice);
    for (int32_t s = 0; s < samples_count(); s++)
        for (size_t size = 0; size + 1 < SIZES; size++) {
            sample(samples_name(s));
            size_set(size);
            view.theme = &large;
            for (view.page = 0; view.page == 0 || view.page < scene.pages; view.page++) {
                build();
                for (int32_t i = 0; i < scene.count; i++)
                    if (scene.items[i].kind == SCENE_QR && scene.items[i].module_px < SCENE_MODULE_PX)
                        fail_msg("%s %dx%d: %d px", samples_name(s), view.width, view.height,
                                 scene.items[i].module_px);
            }
        }
}

static void a_machine_with_nothing_left_says_so_at_once(void **state)
{
    (void)state;
    sample("sold-out-all");
    view.language = 3;
    build();
    assert_true(shows_text("Sold out") && shows_text("Please don't pay now.") && shows_sign(SIGN_EMPTY));
    snapshot.products[1].can_sell = true; /* and something again */
    (void)text_copy(snapshot.products[1].qr, sizeof(snapshot.products[1].qr), "x");
    build();
    assert_false(shows_text("Please don't pay now."));
    assert_int_equal(count_kind(SCENE_QR), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_payment_of_a_second_buyer_is_told_beside_the_first),
        cmocka_unit_test(five_payments_are_all_told_and_what_to_take_first),
        cmocka_unit_test(six_lanes_say_their_word_in_every_language),
        cmocka_unit_test(payments_without_room_are_counted),
        cmocka_unit_test(a_bar_grows_with_the_movement_and_wakes_the_screen),
        cmocka_unit_test(a_chosen_product_stands_alone_with_a_larger_code),
        cmocka_unit_test(a_chosen_product_goes_with_its_sale_and_before_a_payment),
        cmocka_unit_test(codes_have_four_pixels_a_module_with_large_texts_too),
        cmocka_unit_test(a_machine_with_nothing_left_says_so_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
