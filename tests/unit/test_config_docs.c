/* The tables in the documentation are those of the schema. KIOSK_WRITE_DOCS=1 in the environment writes them
 * anew. */
#include "tests/unit/config/cases.h"

static char document[CASES_TEXT_SIZE * 2], table[CASES_TEXT_SIZE];

static void check_table(const char *path, bool roff, const char *begin, const char *end, const char *fence)
{
    (void)cases_read(path, document, sizeof(document));
    FILE *memory = fmemopen(table, sizeof(table), "w");
    assert_non_null(memory);
    (void)fputs(fence, memory);
    config_schema_print(memory, roff);
    (void)fputs(fence, memory);
    assert_int_equal(fclose(memory), 0);
    char *first = strstr(document, begin);
    assert_non_null(first);
    first = strchr(first, '\n') + 1;
    char *last = strstr(first, end);
    assert_non_null(last);
    if (getenv("KIOSK_WRITE_DOCS") != NULL) {
        static char rest[sizeof(document)];
        (void)snprintf(rest, sizeof(rest), "%s", last);
        FILE *file = fopen(path, "w");
        assert_non_null(file);
        (void)fprintf(file, "%.*s%s%s", (int)(first - document), document, table, rest);
        assert_int_equal(fclose(file), 0);
        return;
    }
    *last = '\0';
    assert_string_equal(first, table);
}

static void the_man_page_has_the_table_of_the_schema(void **state)
{
    (void)state;
    check_table("docs/man/kiosk.cfg.5", true, ".\\\" keys begin", ".\\\" keys end", "");
}

static void the_manual_has_the_table_of_the_schema(void **state)
{
    (void)state;
    check_table("docs/configuration.md", false, "<!-- keys begin", "<!-- keys end", "```\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_man_page_has_the_table_of_the_schema),
        cmocka_unit_test(the_manual_has_the_table_of_the_schema),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
