/* Where things stand on printed labels and sheets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "controller/sheet/plan.h"

enum { ALL_PARTS = (1U << PLAN_PARTS) - 1U };

static bool inside(const struct plan_box *box, int32_t w, int32_t h)
{
    return box->w > 0 && box->h > 0 && box->x >= 0 && box->y >= 0 && box->x + box->w <= w &&
           box->y + box->h <= h;
}

static bool apart(const struct plan_box *a, const struct plan_box *b)
{
    return a->x + a->w <= b->x || b->x + b->w <= a->x || a->y + a->h <= b->y || b->y + b->h <= a->y;
}

static void check_label(const struct plan_label *label, int32_t side, unsigned parts)
{
    int32_t w = plan_dots(label->size.w), h = plan_dots(label->size.h);
    assert_true(inside(&label->qr, w, h));
    assert_int_equal(label->qr.w, label->module * (side + 2 * PLAN_QUIET));
    assert_int_equal(label->qr.h, label->qr.w);
    for (unsigned i = 0; i < PLAN_PARTS; i++) {
        if (!(parts & 1U << i))
            continue;
        assert_true(inside(&label->part[i], w, h));
        assert_true(apart(&label->part[i], &label->qr));
        for (unsigned j = 0; j < i; j++)
            assert_true(!(parts & 1U << j) || apart(&label->part[i], &label->part[j]));
    }
}

static void every_label_keeps_its_texts_off_the_code_and_off_each_other(void **state)
{
    (void)state;
    int fitted = 0;
    for (int32_t w = 200; w <= 3000; w += 130)
        for (int32_t h = 200; h <= 3000; h += 130)
            for (int32_t side = 21; side <= 177; side += 12)
                for (unsigned parts = 1U << PLAN_NAME | 1U << PLAN_PRICE; parts <= ALL_PARTS; parts += 4) {
                    struct plan_label label;
                    if (!plan_label(&label, (struct plan_size){w, h}, side, PLAN_MODULE_MIN, parts))
                        continue;
                    assert_true(label.module >= PLAN_MODULE_MIN);
                    check_label(&label, side, parts);
                    fitted++;
                }
    assert_true(fitted > 10000);
}

static void a_module_is_at_least_half_a_millimetre(void **state)
{
    (void)state;
    assert_true(PLAN_MODULE_MIN * 254 >= 5 * PLAN_DPI);
}

static void a_code_too_large_for_a_label_is_refused_and_the_size_that_is_named_holds_it(void **state)
{
    (void)state;
    struct plan_label label = {.module = 77};
    struct plan_size small = {400, 300}, grown;
    assert_false(plan_label(&label, small, 57, PLAN_MODULE_MIN, ALL_PARTS));
    assert_int_equal(label.module, 77);
    assert_true(plan_label_grow(&grown, small, 57, PLAN_MODULE_MIN, ALL_PARTS));
    assert_true(plan_label(&label, grown, 57, PLAN_MODULE_MIN, ALL_PARTS));
    struct plan_size less = {small.w * (grown.h - 10) / small.h, grown.h - 10};
    assert_false(plan_label(&label, less, 57, PLAN_MODULE_MIN, ALL_PARTS));
}

static void a_sheet_holds_its_labels_and_their_marks(void **state)
{
    (void)state;
    struct plan_size paper = {2100, 2970};
    for (int32_t w = 200; w <= 2100; w += 37)
        for (int32_t h = 200; h <= 2970; h += 41) {
            struct plan_page page;
            if (!plan_sheet(&page, paper, (struct plan_size){w, h}, true))
                continue;
            int32_t last_x = page.x + (page.columns - 1) * page.step_x + plan_dots(w);
            int32_t last_y = page.y + (page.rows - 1) * page.step_y + plan_dots(h);
            struct plan_box label = {page.x, page.y, plan_dots(w), plan_dots(h)}, marks[PLAN_MARKS];
            plan_marks(marks, &label);
            for (int i = 0; i < PLAN_MARKS; i++) {
                assert_true(marks[i].x >= 0 && marks[i].y >= 0);
                bool beside = marks[i].x + marks[i].w <= label.x || marks[i].x >= label.x + label.w;
                bool above = marks[i].y + marks[i].h <= label.y || marks[i].y >= label.y + label.h;
                assert_true(beside || above);
            }
            assert_true(last_x + 60 <= plan_dots(paper.w) && last_y + 60 <= plan_dots(paper.h));
        }
}

static void the_usual_label_is_on_a4_ten_times(void **state)
{
    (void)state;
    struct plan_page page;
    assert_true(plan_sheet(&page, (struct plan_size){2100, 2970}, (struct plan_size){900, 520}, true));
    assert_int_equal(page.columns, 2);
    assert_int_equal(page.rows, 5);
}

static void a_label_larger_than_the_paper_is_refused(void **state)
{
    (void)state;
    struct plan_page page;
    assert_false(plan_sheet(&page, (struct plan_size){1480, 2100}, (struct plan_size){1400, 500}, false));
}

static void a_single_label_is_its_own_page_and_with_marks_a_little_more(void **state)
{
    (void)state;
    struct plan_page page;
    plan_single(&page, (struct plan_size){620, 1000}, false);
    assert_int_equal(page.size.w, 620);
    assert_int_equal(page.x, 0);
    plan_single(&page, (struct plan_size){620, 1000}, true);
    assert_int_equal(page.size.h, 1100);
    assert_int_equal(page.y, plan_dots(50));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_label_keeps_its_texts_off_the_code_and_off_each_other),
        cmocka_unit_test(a_module_is_at_least_half_a_millimetre),
        cmocka_unit_test(a_code_too_large_for_a_label_is_refused_and_the_size_that_is_named_holds_it),
        cmocka_unit_test(a_sheet_holds_its_labels_and_their_marks),
        cmocka_unit_test(the_usual_label_is_on_a4_ten_times),
        cmocka_unit_test(a_label_larger_than_the_paper_is_refused),
        cmocka_unit_test(a_single_label_is_its_own_page_and_with_marks_a_little_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
