/* The text itself: syntax, includes, numbers, limits, and any file cut or flipped. */
#include "tests/unit/config/cases.h"

/* libconfig loses the string it is reading when it meets a syntax error (1.5 and 1.7.3). */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:strbuf_append\nleak:libconfig_yylex\n";
}

static struct cases_said said;
static char text[CASES_TEXT_SIZE * 2];

static void expect(const char *expected)
{
    (void)cases_load(cases_path("base.cfg"), 0, &said);
    assert_string_equal(said.text, expected);
}

static void write_base(const char *content)
{
    cases_write("base.cfg", content, strlen(content), 0644);
}

static void write_part(const char *content)
{
    cases_write("part.cfg", content, strlen(content), 0644);
}

static void a_file_that_cannot_be_read_is_one_fault(void **state)
{
    (void)state;
    assert_int_equal(cases_load(cases_path("none.cfg"), 0, &said), 1);
    assert_string_equal(said.text, "none.cfg:1: file: No such file or directory\n");
    assert_int_equal(cases_load(cases_folder, 0, &said), 1);
    assert_non_null(strstr(said.text, ":1: file: is not a regular file\n"));
    assert_int_equal(cases_load("/dev/zero", 0, &said), 1);
    assert_string_equal(said.text, "zero:1: file: is not a regular file\n");
}

static void a_syntax_error_tells_its_line(void **state)
{
    (void)state;
    write_base("kiosk = {\n  id = ;\n};\n");
    expect("2: syntax error; look for a missing , = \" or bracket, or a comma too many, here or on the line "
           "before\n");
    write_base("kiosk = { };\n\n/* never\nclosed\n");
    (void)cases_load(cases_path("base.cfg"), 0, &said);
    assert_non_null(strstr(said.text, "3: syntax error: this comment never ends; close it with */\n"));
    write_base("\xef\xbb\xbfkiosk = { };\n");
    expect("1: syntax error: the file begins with a byte order mark; save it as UTF-8 without\n");
    cases_write("base.cfg", "kiosk\0= { };\n", 13, 0644);
    expect("1: syntax error: the file holds a zero byte; it must be text\n");
}

static void an_empty_file_lacks_every_required_group(void **state)
{
    (void)state;
    write_base("");
    assert_int_equal(cases_load(cases_path("base.cfg"), 0, &said), 5);
    write_base("# nothing");
    assert_int_equal(cases_load(cases_path("base.cfg"), 0, &said), 5);
}

static void faults_of_an_include_name_its_file_and_line(void **state)
{
    (void)state;
    write_part("\n\nsim = { speed_percent = 4294967396;\n  skript = 1; };\n");
    cases_edit("sim = { trace = \"moved.txt\"; speed_percent = 1000; };\n",
               "@include \"part.cfg\"\nx = 1;\n");
    expect("49: x: unknown group\n"
           "part.cfg:3: sim.speed_percent: is 4294967396; must be 1..10000 %\n"
           "part.cfg:4: sim.skript: unknown key; did you mean \"script\"?\n");
    write_part("sim = { speed_percent = 50; };\n");
    cases_edit("sim = { trace = \"moved.txt\"; speed_percent = 1000; };\n", "@include \"part.cfg\"\n");
    expect("");
    assert_int_equal(cases_config.sim.speed_percent, 50);
}

static void includes_that_cannot_be_read_are_told_where_they_stand(void **state)
{
    (void)state;
    write_base("a = 1;\n@include \"none.cfg\"\n");
    expect("2: @include: @/none.cfg: No such file or directory\n");
    write_base("@include \".\"\n");
    expect("1: @include: @/.: is not a regular file\n");
    write_base("@include \"/etc/hostname\"\n");
    expect("1: @include: \"/etc/hostname\" must be a path relative to the configuration's folder\n");
    write_part("\n# the end");
    write_base("@include \"part.cfg\"\n");
    (void)cases_load(cases_path("base.cfg"), 0, &said);
    assert_non_null(strstr(
        said.text, "part.cfg:2: syntax error: the comment in the last line has no line end; add one\n"));
    write_base("@include \"base.cfg\"\n");
    assert_int_equal(cases_load(cases_path("base.cfg"), 0, &said), 1);
    assert_non_null(strstr(said.text, "1: @include: at most 64 files, 9 deep; does one include itself?\n"));
}

/* What looks like a number but is none must not shift the numbers behind it. */
static void only_numbers_count_as_numbers(void **state)
{
    (void)state;
    cases_edit("# A legal file", "/* 1 2 \" 3 */ // 4 \"5\n# 6\n");
    assert_int_equal(cases_load(cases_path("base.cfg"), 0, &said), 1);
    cases_edit("name = \"Corner\"", "name = \"1 \\\" 2 \\\\\" /* 3 \" */ \" # 4 // 5\"");
    expect("");
    assert_string_equal(cases_config.kiosk.name, "1 \" 2 \\ # 4 // 5");
    assert_int_equal(cases_config.products[0].price, 250);
    cases_edit("port = 1884", "a-1 = [ 1.5, .5, 1e3, 2.E1 ]; b2 = [ +1, -0x1, 2L, 3LL, 0xfL ]; port = +1884");
    (void)cases_load(cases_path("base.cfg"), 0, &said);
    assert_null(strstr(said.text, "numbers could not be read"));
}

/* Appends before, a number and after `count` times; returns the new length of text. */
static size_t repeat(size_t used, int count, const char *before, const char *after)
{
    for (int i = 0; i < count; i++)
        used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%d%s", before, i, after);
    return used;
}

static void too_many_entries_name_the_limit(void **state)
{
    (void)state;
    size_t used = repeat(0, CONFIG_MAX_PRODUCTS, "{ id = \"p",
                         "\"; title = \"x\"; price = 1; device = \"a1\"; qr = \"q\"; },\n");
    (void)snprintf(text + used, sizeof(text) - used, "{ id = \"cola\"");
    cases_edit("{ id = \"cola\"", text);
    assert_int_equal(cases_load(cases_path("base.cfg"), 0, &said), 1);
    assert_non_null(strstr(said.text, "40: products: has 71 entries; at most 64 (CONFIG_MAX_PRODUCTS)\n"));
    used = repeat(0, CONFIG_MAX_LINES, "l", " = { driver = \"sim\"; direction = \"in\"; };\n");
    (void)snprintf(text + used, sizeof(text) - used, "motor = {");
    cases_edit("motor = {", text);
    (void)cases_load(cases_path("base.cfg"), 0, &said);
    assert_non_null(strstr(said.text, "13: lines: has 210 entries; at most 192 (CONFIG_MAX_LINES)\n"));
}

struct tally {
    int faults, last_line;
};

static void count_fault(void *user, const char *file, int line, const char *what)
{
    struct tally *tally = user;
    assert_non_null(file);
    assert_true(what[0] != '\0');
    assert_true(line >= tally->last_line || strncmp(what, "more faults", 11) == 0);
    tally->faults++;
    tally->last_line = line;
}

static void five_hundred_faults_are_told_in_order_and_the_rest_counted(void **state)
{
    (void)state;
    struct tally tally = {0, 0};
    const struct config_report report = {count_fault, count_fault, &tally};
    size_t used = repeat((size_t)snprintf(text, sizeof(text), "kiosk = {\n"), 700, "x", " = 5;\n");
    (void)snprintf(text + used, sizeof(text) - used, "};\n");
    write_base(text);
    assert_true(config_load(&cases_config, cases_path("base.cfg"), 0, &report) > 700);
    assert_int_equal(tally.faults, 501);
}

static void quiet(void *user, const char *file, int line, const char *what)
{
    (void)user;
    assert_non_null(file);
    assert_true(line >= 1);
    assert_true(what[0] != '\0');
}

static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525U + 1013904223U;
    return *seed >> 8;
}

/* Any result is allowed, but no crash, no leak, and never 0 faults with an incomplete config. */
static void no_cut_or_flipped_file_breaks_it(void **state)
{
    (void)state;
    static const char *const names[] = {"config/examples/vending.cfg", "config/examples/vending-modbus.cfg",
                                        "tests/unit/config/base.cfg", "tests/unit/config/contract.cfg"};
    const struct config_report report = {quiet, quiet, NULL};
    static char whole[CASES_TEXT_SIZE];
    uint32_t seed = 20261123;
    for (int turn = 0; turn < 800; turn++) {
        size_t size = cases_read(names[turn % 4], whole, sizeof(whole));
        if (turn % 3 == 0)
            size = next_random(&seed) % size;
        for (uint32_t flips = turn % 3 == 0 ? 0 : 1 + next_random(&seed) % 3; flips > 0; flips--)
            whole[next_random(&seed) % size] ^= (char)(1U << next_random(&seed) % 8);
        cases_write("base.cfg", whole, size, 0644);
        memset(&cases_config, 0, sizeof(cases_config));
        if (config_load(&cases_config, cases_path("base.cfg"), CONFIG_LOAD_NO_SECRETS, &report) == 0)
            assert_true(cases_config.product_count > 0 && cases_config.products[0].price > 0);
        else
            assert_int_equal(cases_config.product_count, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_that_cannot_be_read_is_one_fault),
        cmocka_unit_test(a_syntax_error_tells_its_line),
        cmocka_unit_test(an_empty_file_lacks_every_required_group),
        cmocka_unit_test(faults_of_an_include_name_its_file_and_line),
        cmocka_unit_test(includes_that_cannot_be_read_are_told_where_they_stand),
        cmocka_unit_test(only_numbers_count_as_numbers),
        cmocka_unit_test(too_many_entries_name_the_limit),
        cmocka_unit_test(five_hundred_faults_are_told_in_order_and_the_rest_counted),
        cmocka_unit_test(no_cut_or_flipped_file_breaks_it),
    };
    return cmocka_run_group_tests(tests, cases_setup, cases_teardown);
}
