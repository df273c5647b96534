/* Codes of all profiles, right, doubtful, subtly wrong and hostile, with the verdict that the rules of
 * docs/qr.md give them. Their sums were computed by other code than ours.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "common/qr.h"

static const char *const verdicts[] = {"right", "warning", "wrong"};
static int wrong;

/* "\n", "\\" and "\x1b" as what they stand for; in place. */
static void unescape(char *text)
{
    char *to = text;
    for (const char *at = text; *at; at++) {
        if (*at != '\\') {
            *to++ = *at;
        } else if (*++at == 'x') {
            const char digits[] = {at[1], at[2], '\0'};
            *to++ = (char)strtol(digits, NULL, 16);
            at += 2;
        } else {
            *to++ = *at;
        }
    }
    *to = '\0';
}

static void tell_field(void *user, const char *tag, const char *name, const char *value, size_t size,
                       const char *meaning)
{
    char visible[8 * QR_TEXT_MAX];
    (void)user;
    assert_true(tag[0] == '\0' || name[0] != '\0');
    assert_non_null(meaning);
    qr_visible(visible, sizeof(visible), value, size);
    assert_null(strpbrk(visible, "\n\r\t\x1b\x7f"));
}

static void tell_complaint(void *user, enum qr_verdict level, const char *tag, const char *text)
{
    char *said = user;
    size_t used = strlen(said);
    assert_true(level != QR_GOOD && text[0] != '\0');
    (void)snprintf(said + used, QR_TEXT_MAX - used, "    %s: %s\n", tag, text);
}

static void judge_line(char *line, int number)
{
    char *rest = line, *fields[5], said[QR_TEXT_MAX] = "";
    struct qr_facts facts;
    for (size_t i = 0; i < 5; i++) {
        fields[i] = strsep(&rest, "\t");
        assert_non_null(fields[i]);
    }
    unescape(fields[4]);
    struct qr_wanted wanted = {.price = strtoll(fields[1], NULL, 10),
                               .currency = fields[2][0] ? fields[2] : NULL,
                               .product = strcmp(fields[1], "0") != 0};
    enum qr_verdict verdict =
        qr_explain(fields[4], &wanted, &facts, &(struct qr_listener){tell_field, tell_complaint, said});
    assert_int_equal(verdict == QR_GOOD, said[0] == '\0');
    if (strcmp(verdicts[verdict], fields[0]) == 0)
        return;
    wrong++;
    print_error("line %d, %s: %s, must be %s\n%s", number, fields[3], verdicts[verdict], fields[0], said);
}

static void every_code_has_the_verdict_of_the_rules(void **state)
{
    static char line[8192];
    FILE *file = fopen("tests/unit/qr_verdicts.tsv", "r");
    (void)state;
    assert_non_null(file);
    assert_non_null(fgets(line, sizeof(line), file));
    int number = 1;
    while (fgets(line, sizeof(line), file)) {
        line[strcspn(line, "\n")] = '\0';
        judge_line(line, ++number);
    }
    (void)fclose(file);
    assert_int_equal(wrong, 0);
    assert_true(number > 500);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_code_has_the_verdict_of_the_rules)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
