/* Reads the source text beside libconfig, with the same rules for tokens, to know what libconfig 1.5 does not
 * tell: the true value of an integer, a comment that never ends, an include that is a folder (on which
 * libconfig exits). */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "config/loading.h"

struct scan {
    struct loading *loading;
    const char *at, *end, *begin;
    int file, line, depth;
    bool good;
};

static bool scan_file(struct loading *loading, int file, int depth, const char *text, size_t size);

/* A character class may be asked at the end of the text too: there it says no. */
static char peek(const struct scan *scan, size_t ahead)
{
    return (size_t)(scan->end - scan->at) > ahead ? scan->at[ahead] : '\0';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static int digit_of(char c)
{
    if (is_digit(c))
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : 99;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static size_t digits(const struct scan *scan, size_t from)
{
    size_t count = 0;
    while (is_digit(peek(scan, from + count)))
        count++;
    return count;
}

/* Length of an exponent at this place ("e-3"), 0 if there is none. */
static size_t exponent(const struct scan *scan, size_t from)
{
    if (peek(scan, from) != 'e' && peek(scan, from) != 'E')
        return 0;
    size_t sign = peek(scan, from + 1) == '+' || peek(scan, from + 1) == '-';
    size_t count = digits(scan, from + 1 + sign);
    return count > 0 ? 1 + sign + count : 0;
}

/* Length of a floating-point number at this place, 0 if there is none. */
static size_t float_length(const struct scan *scan)
{
    size_t sign = peek(scan, 0) == '+' || peek(scan, 0) == '-';
    size_t whole = digits(scan, sign);
    if (peek(scan, sign + whole) == '.') {
        size_t after = sign + whole + 1 + digits(scan, sign + whole + 1);
        return after + exponent(scan, after);
    }
    size_t power = whole > 0 ? exponent(scan, sign + whole) : 0;
    return power > 0 ? sign + whole + power : 0;
}

static void keep_number(struct scan *scan, size_t from, size_t to, int base, bool negative)
{
    struct loading *loading = scan->loading;
    if (loading->number_count >= LOADING_MAX_NUMBERS) {
        if (scan->good)
            loading_fault_at(loading, scan->file, scan->line, "file: more than %d numbers",
                             LOADING_MAX_NUMBERS);
        scan->good = false;
        return;
    }
    struct loading_number *number = &loading->numbers[loading->number_count++];
    *number = (struct loading_number){.file = scan->file, .line = scan->line};
    for (size_t i = from; i < to; i++) {
        int64_t digit = digit_of(scan->at[i]);
        if (__builtin_mul_overflow(number->value, base, &number->value) ||
            __builtin_sub_overflow(number->value, digit, &number->value))
            number->overflow = true;
    }
    if (!negative && __builtin_sub_overflow((int64_t)0, number->value, &number->value))
        number->overflow = true;
}

/* Passes a number, integer or not; false if there is none here. */
static bool pass_number(struct scan *scan)
{
    size_t start = peek(scan, 0) == '+' || peek(scan, 0) == '-';
    size_t stop = start + digits(scan, start);
    size_t length = float_length(scan);
    int base = 10;
    if (start == 0 && peek(scan, 0) == '0' && (peek(scan, 1) | 0x20) == 'x' && digit_of(peek(scan, 2)) < 16) {
        base = 16;
        start = 2;
        for (stop = 2; digit_of(peek(scan, stop)) < 16;)
            stop++;
    } else if (length > 0 || stop == start) {
        scan->at += length;
        return length > 0;
    }
    keep_number(scan, start, stop, base, peek(scan, 0) == '-');
    scan->at += stop;
    for (int i = 0; i < 2 && peek(scan, 0) == 'L'; i++)
        scan->at++;
    return true;
}

static void pass_string(struct scan *scan)
{
    for (scan->at++; scan->at < scan->end && *scan->at != '"'; scan->at++) {
        if (*scan->at == '\\' && (peek(scan, 1) == '"' || peek(scan, 1) == '\\'))
            scan->at++;
        scan->line += *scan->at == '\n';
    }
    if (scan->at < scan->end)
        scan->at++;
}

static void pass_comment(struct scan *scan)
{
    if (peek(scan, 1) != '*') {
        while (scan->at < scan->end && *scan->at != '\n')
            scan->at++;
        /* libconfig 1.5 would call this a syntax error; the main file gets its line end from loading_scan. */
        if (scan->at == scan->end && scan->depth > 0)
            loading_fault_at(scan->loading, scan->file, scan->line,
                             "syntax error: the comment in the last line has no line end; add one");
        return;
    }
    int opened = scan->line;
    for (scan->at += 2; scan->at < scan->end; scan->at++) {
        if (*scan->at == '*' && peek(scan, 1) == '/') {
            scan->at += 2;
            return;
        }
        scan->line += *scan->at == '\n';
    }
    loading_fault_at(scan->loading, scan->file, opened,
                     "syntax error: this comment never ends; close it with */");
}

/* 0 or an errno. EISDIR for anything but a regular file, EFBIG above the limit. */
static int read_descriptor(int fd, char **ret_text, size_t *ret_size)
{
    struct stat facts;
    if (fstat(fd, &facts) != 0)
        return errno;
    if (!S_ISREG(facts.st_mode))
        return EISDIR;
    if (facts.st_size > LOADING_MAX_BYTES)
        return EFBIG;
    size_t size = (size_t)facts.st_size, used = 0;
    char *text = malloc(size + 2);
    if (text == NULL)
        return ENOMEM;
    while (used < size) {
        ssize_t got = read(fd, text + used, size - used);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            int problem = errno;
            free(text);
            return problem;
        }
        if (got == 0)
            break;
        used += (size_t)got;
    }
    text[used] = '\0';
    *ret_text = text;
    *ret_size = used;
    return 0;
}

/* The whole file, malloc'ed, with room for one more character; NULL and errno. */
static char *read_whole(const char *path, size_t *ret_size)
{
    char *text = NULL;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return NULL;
    int problem = read_descriptor(fd, &text, ret_size);
    (void)close(fd);
    errno = problem;
    return text;
}

static const char *read_problem(int error)
{
    if (error == EISDIR)
        return "is not a regular file";
    return error == EFBIG ? "is larger than 1 MiB" : strerror(error);
}

/* A new entry in the list of files or -1 after a fault. */
static int add_file(struct scan *scan, const char *written)
{
    struct loading *loading = scan->loading;
    if (loading->file_count >= LOADING_MAX_FILES || scan->depth >= LOADING_MAX_DEPTH) {
        loading_fault_at(loading, scan->file, scan->line,
                         "@include: at most %d files, %d deep; does one include itself?", LOADING_MAX_FILES,
                         LOADING_MAX_DEPTH);
        return -1;
    }
    struct loading_file *file = &loading->files[loading->file_count];
    int shown = snprintf(file->name, sizeof(file->name), "%s/%s", loading->folder, written);
    int kept = snprintf(file->written, sizeof(file->written), "%s", written);
    if (written[0] == '/' || shown >= (int)sizeof(file->name) || kept >= (int)sizeof(file->written)) {
        loading_fault_at(loading, scan->file, scan->line,
                         "@include: \"%.80s\" must be a path relative to the configuration's folder",
                         written);
        return -1;
    }
    return loading->file_count++;
}

static void include_file(struct scan *scan, const char *written)
{
    int file = add_file(scan, written);
    size_t size = 0;
    char *text = file >= 0 ? read_whole(scan->loading->files[file].name, &size) : NULL;
    if (file >= 0 && text == NULL)
        loading_fault_at(scan->loading, scan->file, scan->line, "@include: %.200s: %s",
                         scan->loading->files[file].name, read_problem(errno));
    if (text == NULL || !scan_file(scan->loading, file, scan->depth + 1, text, size))
        scan->good = false;
    free(text);
}

/* An @include stands alone at the beginning of a line. */
static bool pass_include(struct scan *scan)
{
    static const char word[] = "@include";
    const char *at = scan->at;
    if (at != scan->begin && at[-1] != '\n')
        return false;
    at += strspn(at, " \t");
    if (strncmp(at, word, sizeof(word) - 1) != 0)
        return false;
    at += sizeof(word) - 1;
    size_t gap = strspn(at, " \t");
    if (gap == 0 || at[gap] != '"')
        return false;
    char written[PATH_MAX];
    size_t used = 0;
    for (at += gap + 1; at < scan->end && *at != '"' && *at != '\n' && used < sizeof(written) - 1; at++) {
        if (*at == '\\' && (at[1] == '"' || at[1] == '\\'))
            at++;
        written[used++] = *at;
    }
    written[used] = '\0';
    if (at >= scan->end || *at != '"')
        return false;
    scan->at = at + 1;
    include_file(scan, written);
    return true;
}

static void pass_one(struct scan *scan)
{
    char c = *scan->at;
    if (pass_include(scan))
        return;
    if (c == '"') {
        pass_string(scan);
    } else if (c == '#' || (c == '/' && (peek(scan, 1) == '/' || peek(scan, 1) == '*'))) {
        pass_comment(scan);
    } else if (is_letter(c) || c == '*') {
        while (is_letter(peek(scan, 0)) || is_digit(peek(scan, 0)) || peek(scan, 0) == '-' ||
               peek(scan, 0) == '_' || peek(scan, 0) == '*')
            scan->at++;
    } else if (!pass_number(scan)) {
        scan->line += c == '\n';
        scan->at++;
    }
}

static bool scan_file(struct loading *loading, int file, int depth, const char *text, size_t size)
{
    struct scan scan = {.loading = loading,
                        .at = text,
                        .begin = text,
                        .end = text + size,
                        .file = file,
                        .line = 1,
                        .depth = depth,
                        .good = true};
    if (size >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
        loading_fault_at(loading, file, 1,
                         "syntax error: the file begins with a byte order mark; save it as UTF-8 without");
        return false;
    }
    if (memchr(text, '\0', size) != NULL) {
        loading_fault_at(loading, file, 1, "syntax error: the file holds a zero byte; it must be text");
        return false;
    }
    while (scan.at < scan.end && scan.good)
        pass_one(&scan);
    return scan.good;
}

bool loading_scan(struct loading *loading, const char *path)
{
    size_t size = 0;
    char *text = read_whole(path, &size);
    if (text == NULL) {
        loading_fault_at(loading, 0, 1, "file: %s", read_problem(errno));
        return false;
    }
    /* libconfig 1.5 calls a comment without a line end at the end of the file a syntax error. */
    loading->main_text = text;
    loading->main_size = size + 1;
    bool good = scan_file(loading, 0, 0, text, size);
    text[size] = '\n';
    text[size + 1] = '\0';
    return good;
}
