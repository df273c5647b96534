#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "common/qr.h"
#include "common/text.h"
#include "config/loading.h"

/* Long enough for every key of the table; a longer word is no misspelling of one. */
enum { WORD_MAX = 64 };

static int least(int a, int b)
{
    return a < b ? a : b;
}

/* Letters to insert, remove, change or swap with their neighbour to make one word of the other. */
static int word_distance(const char *a, const char *b)
{
    int rows[3][WORD_MAX + 1];
    size_t a_length = strlen(a), b_length = strlen(b);
    if (a_length > WORD_MAX || b_length > WORD_MAX)
        return WORD_MAX;
    for (size_t j = 0; j <= b_length; j++)
        rows[0][j] = (int)j;
    for (size_t i = 1; i <= a_length; i++) {
        int *now = rows[i % 3], *before = rows[(i + 2) % 3];
        const int *earlier = rows[(i + 1) % 3];
        now[0] = (int)i;
        for (size_t j = 1; j <= b_length; j++) {
            int change = before[j - 1] + (a[i - 1] != b[j - 1]);
            now[j] = least(change, least(now[j - 1], before[j]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                now[j] = least(now[j], earlier[j - 2] + 1);
        }
    }
    return rows[a_length % 3][b_length];
}

void loading_nearest(const char *name, const char *candidate, const char **best, int *distance)
{
    int found = word_distance(name, candidate);
    int allowed = 1 + (int)strlen(name) / 4;
    if (found <= allowed && (*best == NULL || found < *distance)) {
        *best = candidate;
        *distance = found;
    }
}

int loading_file_index(const struct loading *loading, const char *name)
{
    for (int i = 1; name != NULL && i < loading->file_count; i++)
        if (strcmp(loading->files[i].written, name) == 0 || strcmp(loading->files[i].name, name) == 0)
            return i;
    return 0;
}

/* Terminals obey control characters, and some characters turn the order of the others: a message must not
 * carry them. */
static void make_printable(char text[LOADING_TEXT_SIZE])
{
    char visible[LOADING_TEXT_SIZE];
    qr_visible(visible, sizeof(visible), text, strlen(text));
    (void)text_copy(text, LOADING_TEXT_SIZE, visible);
}

static struct loading_fault *next_fault(struct loading *loading, bool warning)
{
    if (!warning)
        loading->real_count++;
    if (loading->fault_count >= LOADING_MAX_FAULTS)
        return NULL;
    struct loading_fault *fault = &loading->faults[loading->fault_count];
    fault->number = loading->fault_count++;
    fault->warning = warning;
    return fault;
}

__attribute__((format(printf, 5, 0))) static void keep(struct loading *loading, bool warning,
                                                       const config_setting_t *at, const char *key,
                                                       const char *format, va_list arguments)
{
    struct loading_fault *fault = next_fault(loading, warning);
    if (fault == NULL)
        return;
    fault->file = at != NULL ? loading_file_index(loading, config_setting_source_file(at)) : 0;
    fault->line = at != NULL && config_setting_source_line(at) > 0 ? (int)config_setting_source_line(at) : 1;
    int used = snprintf(fault->text, sizeof(fault->text), "%s: ", key);
    if (used > 0 && (size_t)used < sizeof(fault->text))
        (void)vsnprintf(fault->text + used, sizeof(fault->text) - (size_t)used, format, arguments);
    make_printable(fault->text);
}

void loading_fault(struct loading *loading, const config_setting_t *at, const char *key, const char *format,
                   ...)
{
    va_list arguments;
    va_start(arguments, format);
    keep(loading, false, at, key, format, arguments);
    va_end(arguments);
}

void loading_warning(struct loading *loading, const config_setting_t *at, const char *key, const char *format,
                     ...)
{
    va_list arguments;
    va_start(arguments, format);
    keep(loading, true, at, key, format, arguments);
    va_end(arguments);
}

void loading_fault_at(struct loading *loading, int file, int line, const char *format, ...)
{
    struct loading_fault *fault = next_fault(loading, false);
    if (fault == NULL)
        return;
    fault->file = file;
    fault->line = line > 0 ? line : 1;
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(fault->text, sizeof(fault->text), format, arguments);
    va_end(arguments);
    make_printable(fault->text);
}

/* By file and line; what was found first stays first on the same line. */
static int compare(const void *a, const void *b)
{
    const struct loading_fault *left = a, *right = b;
    if (left->file != right->file)
        return left->file < right->file ? -1 : 1;
    if (left->line != right->line)
        return left->line < right->line ? -1 : 1;
    return left->number < right->number ? -1 : 1;
}

void loading_tell(struct loading *loading, const struct config_report *report)
{
    int told = 0;
    qsort(loading->faults, (size_t)loading->fault_count, sizeof(loading->faults[0]), compare);
    for (int i = 0; i < loading->fault_count; i++) {
        const struct loading_fault *fault = &loading->faults[i];
        const char *file = loading->files[fault->file].name;
        told += !fault->warning;
        if (fault->warning)
            report->warning(report->user, file, fault->line, fault->text);
        else
            report->fault(report->user, file, fault->line, fault->text);
    }
    if (loading->real_count > told)
        report->fault(report->user, loading->files[0].name, 1,
                      "more faults than can be told in one run; mend these first");
}
