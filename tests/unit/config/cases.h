/* Runs config_load on a changed copy of base.cfg and compares everything it says. */
#ifndef TESTS_UNIT_CONFIG_CASES_H
#define TESTS_UNIT_CONFIG_CASES_H

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>
#include "config/load.h"

enum { CASES_TEXT_SIZE = 1 << 16 };

struct cases_edit {
    const char *from, *to; /* once in base.cfg */
    const char *expected;  /* all messages, one a line, without "base.cfg:"; "@" stands for the folder */
};

struct cases_said {
    char text[CASES_TEXT_SIZE];
    size_t used;
    int faults;
};

static struct config cases_config;
static char cases_folder[64], cases_base[CASES_TEXT_SIZE];

static inline void cases_say(struct cases_said *said, const char *file, int line, const char *kind,
                             const char *text)
{
    const char *name = strrchr(file, '/');
    name = name != NULL ? name + 1 : file;
    if (strcmp(name, "base.cfg") == 0)
        name = "";
    int wrote = snprintf(said->text + said->used, sizeof(said->text) - said->used, "%s%s%d: %s%s\n", name,
                         name[0] != '\0' ? ":" : "", line, kind, text);
    said->used += wrote > 0 && (size_t)wrote < sizeof(said->text) - said->used ? (size_t)wrote : 0;
}

static inline void cases_fault(void *user, const char *file, int line, const char *text)
{
    struct cases_said *said = user;
    said->faults++;
    cases_say(said, file, line, "", text);
}

static inline void cases_warning(void *user, const char *file, int line, const char *text)
{
    cases_say(user, file, line, "warning: ", text);
}

/* Replaces every mention of the test's folder by "@". */
static inline void cases_hide_folder(struct cases_said *said)
{
    size_t length = strlen(cases_folder);
    for (char *at = said->text; (at = strstr(at, cases_folder)) != NULL; at++) {
        *at = '@';
        memmove(at + 1, at + length, strlen(at + length) + 1);
    }
}

static inline int cases_load(const char *path, unsigned flags, struct cases_said *ret)
{
    memset(ret, 0, sizeof(*ret));
    const struct config_report report = {cases_fault, cases_warning, ret};
    int count = config_load(&cases_config, path, flags, &report);
    assert_int_equal(count, ret->faults);
    cases_hide_folder(ret);
    return count;
}

static inline const char *cases_path(const char *name)
{
    static char path[PATH_MAX];
    (void)snprintf(path, sizeof(path), "%s/%s", cases_folder, name);
    return path;
}

static inline void cases_write(const char *name, const char *text, size_t size, mode_t mode)
{
    FILE *file = fopen(cases_path(name), "w");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, size, file), size);
    assert_int_equal(fchmod(fileno(file), mode), 0);
    assert_int_equal(fclose(file), 0);
}

static inline size_t cases_read(const char *path, char *ret, size_t size)
{
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    size_t used = fread(ret, 1, size - 1, file);
    ret[used] = '\0';
    assert_int_equal(fclose(file), 0);
    return used;
}

/* base.cfg with one place changed, written into the test's folder. */
static inline void cases_edit(const char *from, const char *to)
{
    static char text[CASES_TEXT_SIZE];
    const char *at = strstr(cases_base, from);
    assert_non_null(at);
    assert_null(strstr(at + 1, from));
    int length =
        snprintf(text, sizeof(text), "%.*s%s%s", (int)(at - cases_base), cases_base, to, at + strlen(from));
    assert_in_range(length, 1, sizeof(text) - 1);
    cases_write("base.cfg", text, (size_t)length, 0644);
}

static inline void cases_run(const struct cases_edit *edits, size_t count)
{
    static struct cases_said said;
    int wrong = 0;
    for (size_t i = 0; i < count; i++) {
        cases_edit(edits[i].from, edits[i].to);
        (void)cases_load(cases_path("base.cfg"), 0, &said);
        if (strcmp(said.text, edits[i].expected) == 0)
            continue;
        wrong++;
        print_error("%s -> %s\nsaid:\n%sexpected:\n%s\n", edits[i].from, edits[i].to, said.text,
                    edits[i].expected);
    }
    assert_int_equal(wrong, 0);
}

/* A folder of its own for each test program, with the secrets that some cases name. */
static inline int cases_setup(void **state)
{
    (void)state;
    char secret[66];
    memset(secret, 'x', sizeof(secret));
    (void)snprintf(cases_folder, sizeof(cases_folder), "/tmp/kiosk-config-XXXXXX");
    assert_non_null(mkdtemp(cases_folder));
    (void)cases_read("tests/unit/config/base.cfg", cases_base, sizeof(cases_base));
    secret[31] = '\n';
    cases_write("short.secret", secret, 32, 0600);
    secret[31] = 'x';
    cases_write("long.secret", secret, 65, 0600);
    secret[32] = '\n';
    cases_write("open.secret", secret, 33, 0644);
    cases_write("good.secret", secret, 33, 0640);
    return 0;
}

static inline int cases_teardown(void **state)
{
    (void)state;
    static const char *const names[] = {"short.secret", "long.secret", "open.secret",
                                        "good.secret",  "base.cfg",    "part.cfg"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        (void)unlink(cases_path(names[i]));
    return rmdir(cases_folder);
}

#endif
