#include "tests/unit/scene_bench.h"

#include "display/words.h"

static const enum snapshot_lane_kind gates[] = {SNAPSHOT_BARRIER, SNAPSHOT_TURNSTILE};

static const struct expected {
    enum snapshot_lane_state state;
    const char *drive, *walk; /* the word in English */
    enum sign sign, walk_sign;
    bool sells, walk_sells;
} states[] = {
    {SNAPSHOT_LANE_FIRE, "Fire alarm", "Fire alarm", SIGN_FIRE, SIGN_FIRE, false, false},
    {SNAPSHOT_LANE_OPENING, "Opening", "Opening", SIGN_ARM, SIGN_CHECK, false, true},
    {SNAPSHOT_LANE_GO, "Go", "Go", SIGN_AHEAD, SIGN_IN, false, true},
    {SNAPSHOT_LANE_RETURN, "Back in", "Back in", SIGN_RETURN, SIGN_RETURN, false, true},
    {SNAPSHOT_LANE_HELD, "Free passage", "Free passage", SIGN_FREE_WAY, SIGN_FREE_WAY, false, false},
    {SNAPSHOT_LANE_HELP, "Help", "Help", SIGN_HAND, SIGN_HAND, false, false},
    {SNAPSHOT_LANE_PAID, "Paid", "Paid", SIGN_CHECK, SIGN_CHECK, false, true},
    {SNAPSHOT_LANE_CLOSED, "Closed", "Closed", SIGN_CROSS, SIGN_CROSS, false, false},
    {SNAPSHOT_LANE_FREE, "Drive in", "Drive in", SIGN_CAR, SIGN_CAR, true, true},
    {SNAPSHOT_LANE_PAY, "Pay", "Pay", SIGN_PHONE, SIGN_PHONE, true, true},
};

/* One lane whose product could be sold, whatever the state. */
static void lane(enum snapshot_lane_kind kind, enum snapshot_lane_state state)
{
    sample("lane-pay");
    view.language = 3;
    snapshot.lanes[0].kind = kind;
    snapshot.lanes[0].state = state;
}

static bool shows_word(const char *word)
{
    for (int32_t i = 0; i < scene.count; i++)
        if (scene.items[i].kind == SCENE_TEXT && scene.items[i].bold &&
            strcmp(scene_text(&scene, &scene.items[i]), word) == 0)
            return true;
    return false;
}

static void every_state_has_its_word_its_sign_and_a_code_only_if_it_sells(void **state)
{
    (void)state;
    assert_int_equal(sizeof(states) / sizeof(states[0]), SNAPSHOT_LANE_STATE_COUNT);
    for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++)
        for (int walk = 0; walk <= 1; walk++)
            for (size_t size = 0; size < SIZES; size++) {
                lane(gates[walk], states[i].state);
                size_set(size);
                build();
                const char *word = walk ? states[i].walk : states[i].drive;
                if (!shows_word(word))
                    fail_msg("%dx%d: no word %s", view.width, view.height, word);
                if (!shows_sign(walk ? states[i].walk_sign : states[i].sign))
                    fail_msg("%dx%d: no sign with %s", view.width, view.height, word);
                if (count_kind(SCENE_QR) != (walk ? states[i].walk_sells : states[i].sells))
                    fail_msg("%dx%d: %d codes with %s", view.width, view.height, count_kind(SCENE_QR), word);
            }
}

static void whoever_leaves_is_not_told_to_drive_in(void **state)
{
    (void)state;
    lane(SNAPSHOT_BARRIER, SNAPSHOT_LANE_FREE);
    snapshot.lanes[0].out = true;
    build();
    assert_true(shows_word("Drive out"));
    assert_false(shows_word("Drive in"));
}

static void a_code_goes_with_its_product(void **state)
{
    (void)state;
    static const char *const names[] = {"lane-free", "lane-pay", "lane-refused", "lane-tariffs",
                                        "gate-pay",  "gate-go",  "bus-few",      "bus-hour"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        sample(names[i]);
        build();
        assert_true(count_kind(SCENE_QR) > 0);
        for (int32_t p = 0; p < snapshot.product_count; p++)
            snapshot.products[p].can_sell = false; /* the text is left: it must not matter */
        build();
        assert_int_equal(count_kind(SCENE_QR), 0);
        sample(names[i]);
        (void)text_copy(snapshot.hold, sizeof(snapshot.hold), "offline");
        build();
        assert_int_equal(count_kind(SCENE_QR), 0);
        sample(names[i]);
        snapshot.selling = false;
        build();
        assert_int_equal(count_kind(SCENE_QR), 0);
    }
}

static struct scene_box code(int32_t number)
{
    struct scene_box none = {0};
    for (int32_t i = 0; i < scene.count; i++)
        if (scene.items[i].kind == SCENE_QR && number-- == 0)
            return scene.items[i].box;
    fail_msg("no such code");
    return none;
}

static void the_code_of_a_single_lane_has_four_fifths_of_the_shorter_side(void **state)
{
    (void)state;
    for (size_t size = 0; size + 1 < SIZES; size++) {
        lane(SNAPSHOT_BARRIER, SNAPSHOT_LANE_PAY);
        size_set(size);
        build();
        int32_t shorter = view.width < view.height ? view.width : view.height;
        if (code(0).w * 10 < shorter * 8)
            fail_msg("%dx%d: %d px", view.width, view.height, code(0).w);
    }
}

static void two_lanes_stand_apart(void **state)
{
    (void)state;
    for (size_t size = 0; size + 1 < SIZES; size++) {
        sample("lanes-gates");
        size_set(size);
        build();
        struct scene_box a = code(0), b = code(1);
        if (view.width > view.height)
            assert_true(a.x + a.w < view.width / 2 && b.x > view.width / 2);
        else
            assert_true(a.y + a.h < view.height / 2 && b.y > view.height / 2);
        assert_int_equal(a.w, b.w);
        assert_true(shows_sign(SIGN_OUT) && shows_sign(SIGN_PHONE));
    }
}

static void a_dead_lane_leaves_the_other_its_code(void **state)
{
    (void)state;
    sample("lanes-two-dead");
    build();
    assert_int_equal(count_kind(SCENE_QR), 1);
    assert_true(shows_sign(SIGN_CROSS) && shows_sign(SIGN_PHONE));
    assert_true(shows_text("Выезд")); /* which of them is dead */
}

static void lockers_are_sold_while_the_arm_opens(void **state)
{
    (void)state;
    sample("lanes-lockers-go");
    int32_t codes = 0, pages = 1;
    for (view.page = 0; view.page < pages; view.page++) {
        build();
        pages = scene.pages;
        codes += count_kind(SCENE_QR);
        assert_true(shows_sign(SIGN_AHEAD)); /* on every page */
        assert_true(shows_text("забірайце"));
    }
    assert_int_equal(codes, 6);
}

static void every_lane_of_many_is_on_some_page_and_a_served_one_on_the_first(void **state)
{
    (void)state;
    sample("lane-pay");
    for (int32_t i = 1; i < SNAPSHOT_MAX_LANES; i++) {
        snapshot.lanes[i] = snapshot.lanes[0];
        snapshot.products[i] = snapshot.products[0];
        snapshot.products[i].lane = i;
        snapshot.products[i].price = 1000 + i;
    }
    snapshot.lane_count = snapshot.product_count = SNAPSHOT_MAX_LANES;
    int32_t codes = 0, pages = 1;
    for (view.page = 0; view.page < pages; view.page++) {
        build();
        pages = scene.pages;
        codes += count_kind(SCENE_QR);
    }
    assert_int_equal(codes, SNAPSHOT_MAX_LANES);
    snapshot.lanes[15].state = SNAPSHOT_LANE_GO;
    for (int64_t turn = 0; turn < pages; turn++) {
        view.page = -1;
        view.now_ms = turn * SCENE_PAGE_MS;
        build();
        assert_true(shows_sign(SIGN_AHEAD));
    }
}

static void all_products_of_a_lane_have_their_code_on_some_page(void **state)
{
    (void)state;
    for (size_t size = 0; size < SIZES; size++) {
        sample("lane-tariffs");
        size_set(size);
        int32_t codes = 0, pages = 1;
        for (view.page = 0; view.page < pages; view.page++) {
            build();
            pages = scene.pages;
            codes += count_kind(SCENE_QR);
        }
        assert_int_equal(codes, 3);
    }
}

static void help_says_whom_to_call_and_about_which_payment(void **state)
{
    (void)state;
    sample("lane-help");
    build();
    assert_true(shows_text("+375 17 000 00 00 · K"));
    assert_true(shows_text(snapshot.activities[0].reference));
    assert_false(shows_text("Правяраем")); /* no card beside it */
}

static void a_refusal_is_told_in_its_lane_and_the_code_stays(void **state)
{
    (void)state;
    sample("lane-refused");
    view.language = 3;
    build();
    assert_true(shows_text("Payment not accepted"));
    assert_true(shows_text("No vehicle at the barrier.") && shows_text("The money goes back."));
    assert_int_equal(count_kind(SCENE_QR), 1);
    snapshot.lanes[0].state = SNAPSHOT_LANE_GO; /* the next one passes: both are told */
    build();
    assert_true(shows_text("Payment not accepted") && shows_sign(SIGN_AHEAD));
    view.held_ms = SCENE_TROUBLE_MS;
    build();
    assert_false(shows_text("Payment not accepted"));
}

static void a_payment_of_no_lane_is_told_in_the_first(void **state)
{
    (void)state;
    sample("lane-refused");
    snapshot.activities[0].lane = -1;
    snapshot.activities[0].product[0] = '\0';
    build();
    assert_true(shows_text("Аплата не прынята"));
}

static void where_the_money_goes_is_said_as_decided(void **state)
{
    (void)state;
    static const struct {
        enum snapshot_refund refund;
        const char *said;
    } cases[] = {{SNAPSHOT_REFUND_YES, "The money goes back."},
                 {SNAPSHOT_REFUND_NO, "The money is not returned."},
                 {SNAPSHOT_REFUND_REVIEW, "The operator checks"}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        sample("gate-no-passage");
        view.language = 3;
        snapshot.activities[0].refund = cases[i].refund;
        build();
        for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++)
            assert_int_equal(shows_text(cases[k].said), k == i);
    }
}

static void paid_passages_are_counted(void **state)
{
    (void)state;
    sample("gate-go");
    build();
    assert_true(shows_text("Аплачана праходаў: 3"));
    snapshot.lanes[0].rights = 1;
    build();
    assert_false(shows_text("Аплачана праходаў"));
}

static void who_paid_early_is_told_to_drive_up(void **state)
{
    (void)state;
    lane(SNAPSHOT_BARRIER, SNAPSHOT_LANE_PAID);
    snapshot.lanes[0].vehicle = false;
    build();
    assert_true(shows_text("Drive up to the barrier"));
    snapshot.lanes[0].vehicle = true;
    build();
    assert_false(shows_text("Drive up to the barrier"));
}

static void a_closed_lane_says_why(void **state)
{
    (void)state;
    sample("lane-arm");
    view.language = 3;
    build();
    assert_true(shows_text("The arm is not down yet. Please don't pay now."));
    assert_true(shows_sign(SIGN_DOTS) && !shows_sign(SIGN_CROSS));
    sample("lane-offline");
    view.language = 3;
    build();
    assert_true(shows_text("No connection"));
}

static void a_state_has_one_sign_on_a_lane_and_on_the_whole_screen(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        enum sign sign;
    } same[] = {{"offline", SIGN_NO_LINK},
                {"moving-offline", SIGN_NO_LINK},
                {"lane-offline", SIGN_NO_LINK},
                {"bus-offline", SIGN_NO_LINK},
                {"fire", SIGN_FIRE},
                {"lane-fire", SIGN_FIRE},
                {"gate-fire", SIGN_FIRE},
                {"lane-closed", SIGN_CROSS}};
    for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
        sample(same[i].name);
        build();
        if (!shows_sign(same[i].sign))
            fail_msg("%s has another sign", same[i].name);
        assert_int_equal(shows_sign(SIGN_CROSS), same[i].sign == SIGN_CROSS);
    }
}

static void who_should_not_pay_is_told_so_beside_a_phone_struck_out(void **state)
{
    (void)state;
    static const char *const names[] = {"lane-fire", "gate-fire",   "lane-arm",     "lane-held",
                                        "fire",      "lane-closed", "lane-offline", "bus-closed"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        for (size_t size = 0; size < SIZES; size++) {
            sample(names[i]);
            size_set(size);
            build();
            if (!shows_sign(SIGN_NO_PAY))
                fail_msg("%s, %dx%d", names[i], view.width, view.height);
        }
}

static void the_greatest_snapshot_of_lanes_fits_the_list(void **state)
{
    (void)state;
    sample("bus-64");
    for (int32_t i = 0; i < SNAPSHOT_MAX_LANES; i++)
        snapshot.lanes[i] = snapshot.lanes[0];
    snapshot.lane_count = SNAPSHOT_MAX_LANES;
    snapshot.product_count = CONFIG_MAX_PRODUCTS;
    for (int32_t i = 0; i < CONFIG_MAX_PRODUCTS; i++) {
        struct snapshot_product *product = &snapshot.products[i];
        *product = snapshot.products[0];
        product->lane = i % (SNAPSHOT_MAX_LANES + 1) - 1;
        memset(product->title[0], 'W', CONFIG_TEXT_SIZE - 1);
        (void)snprintf(product->qr, sizeof(product->qr), "%d", i);
    }
    for (int32_t i = 0; i < SNAPSHOT_MAX_ACTIVITIES; i++)
        snapshot.activities[i].lane = i % SNAPSHOT_MAX_LANES;
    memset(snapshot.message, 'm', CONFIG_TEXT_SIZE - 1);
    memset(&journal, 0, sizeof(journal));
    feed();
    for (size_t size = 0; size < SIZES; size++)
        for (view.page = 0; view.page < 20; view.page++) {
            size_set(size);
            build();
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_state_has_its_word_its_sign_and_a_code_only_if_it_sells),
        cmocka_unit_test(whoever_leaves_is_not_told_to_drive_in),
        cmocka_unit_test(a_code_goes_with_its_product),
        cmocka_unit_test(the_code_of_a_single_lane_has_four_fifths_of_the_shorter_side),
        cmocka_unit_test(two_lanes_stand_apart),
        cmocka_unit_test(a_dead_lane_leaves_the_other_its_code),
        cmocka_unit_test(lockers_are_sold_while_the_arm_opens),
        cmocka_unit_test(every_lane_of_many_is_on_some_page_and_a_served_one_on_the_first),
        cmocka_unit_test(all_products_of_a_lane_have_their_code_on_some_page),
        cmocka_unit_test(help_says_whom_to_call_and_about_which_payment),
        cmocka_unit_test(a_refusal_is_told_in_its_lane_and_the_code_stays),
        cmocka_unit_test(a_payment_of_no_lane_is_told_in_the_first),
        cmocka_unit_test(where_the_money_goes_is_said_as_decided),
        cmocka_unit_test(paid_passages_are_counted),
        cmocka_unit_test(who_paid_early_is_told_to_drive_up),
        cmocka_unit_test(a_closed_lane_says_why),
        cmocka_unit_test(a_state_has_one_sign_on_a_lane_and_on_the_whole_screen),
        cmocka_unit_test(who_should_not_pay_is_told_so_beside_a_phone_struck_out),
        cmocka_unit_test(the_greatest_snapshot_of_lanes_fits_the_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
