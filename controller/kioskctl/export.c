/* All payments of a period, page by page, as CSV (RFC 4180) or JSON; newest first. */
#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "controller/kioskctl/kioskctl.h"

static const char *const columns[] = {
    "row",         "provider",   "payment_id",  "product",  "device",       "amount",   "currency",
    "state",       "result",     "reason",      "verified", "refund",       "attempts", "paid_at",
    "received_at", "started_at", "finished_at", "seq",      "acknowledged", "test"};
enum { COLUMNS = sizeof columns / sizeof *columns };

static void write_text(FILE *out, const char *text)
{
    if (!strpbrk(text, ",\"\r\n")) {
        fputs(text, out);
        return;
    }
    putc('"', out);
    for (; *text; text++) {
        if (*text == '"')
            putc('"', out);
        putc(*text, out);
    }
    putc('"', out);
}

static void write_csv(FILE *out, const json_t *row)
{
    for (int i = 0; i < COLUMNS; i++) {
        const json_t *value = json_object_get(row, columns[i]);
        if (i > 0)
            putc(',', out);
        if (json_is_string(value))
            write_text(out, json_string_value(value));
        else if (json_is_integer(value))
            fprintf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        else if (json_is_boolean(value))
            fputs(json_is_true(value) ? "yes" : "no", out);
    }
    fputs("\r\n", out);
}

static void write_head(FILE *out, bool csv)
{
    for (int i = 0; csv && i < COLUMNS; i++)
        fprintf(out, "%s%s", columns[i], i + 1 < COLUMNS ? "," : "\r\n");
    if (!csv)
        fputs("[\n", out);
}

static long write_rows(FILE *out, bool csv, const json_t *rows, long written)
{
    const json_t *row;
    size_t i;
    json_array_foreach(rows, i, row)
    {
        if (csv) {
            write_csv(out, row);
        } else {
            if (written > 0)
                fputs(",\n", out);
            (void)json_dumpf(row, out, JSON_COMPACT);
        }
        written++;
    }
    return written;
}

static void say_progress(long written, long seen, json_int_t total, bool end)
{
    static time_t last;
    if (!isatty(STDERR_FILENO) || (!end && time(NULL) == last))
        return;
    last = time(NULL);
    fprintf(stderr, "\r%ld payments written, %ld of %lld looked at%s", written, seen, (long long)total,
            end ? "\n" : " ");
}

static int write_all(struct ctl *ctl, FILE *out, bool csv, json_t *args)
{
    long written = 0, seen = 0;
    json_object_set_new(args, "limit", json_integer(CTL_PAGE));
    for (;;) {
        json_t *data = NULL;
        int rc = ctl_ask(ctl, "export", json_deep_copy(args), &data);
        if (rc != CTL_DONE)
            return rc;
        if (seen == 0)
            write_head(out, csv);
        written = write_rows(out, csv, json_object_get(data, "payments"), written);
        seen += CTL_PAGE;
        json_int_t total = show_number(data, "total");
        bool more = show_has(data, "next");
        json_object_set_new(args, "before", json_integer(show_number(data, "next")));
        json_decref(data);
        say_progress(written, more ? seen : (long)total, total, !more);
        if (!more)
            break;
    }
    if (!csv)
        fputs(written > 0 ? "\n]\n" : "]\n", out);
    return CTL_DONE;
}

/* Into FILE.part first, so that FILE is never half an export. */
static int write_file(struct ctl *ctl, bool csv, json_t *args)
{
    char part[4096];
    if (snprintf(part, sizeof part, "%s.part", ctl->output) >= (int)sizeof part) {
        ctl_complain("%s: the name is too long", ctl->output);
        return CTL_USAGE;
    }
    FILE *out = fopen(part, "we");
    if (!out) {
        ctl_complain("%s: %s", part, strerror(errno));
        return CTL_FAILED;
    }
    int rc = write_all(ctl, out, csv, args);
    bool good = fflush(out) == 0 && !ferror(out) && fsync(fileno(out)) == 0;
    if (fclose(out) != 0 || !good) {
        ctl_complain("%s: cannot be written: %s", part, strerror(errno));
        rc = CTL_FAILED;
    }
    if (rc == CTL_DONE && rename(part, ctl->output) < 0) {
        ctl_complain("%s: %s", ctl->output, strerror(errno));
        rc = CTL_FAILED;
    }
    if (rc != CTL_DONE)
        (void)unlink(part);
    return rc;
}

int ctl_export(struct ctl *ctl)
{
    bool csv = ctl->format ? strcmp(ctl->format, "csv") == 0 : !ctl->json;
    if (ctl->format && !csv && strcmp(ctl->format, "json") != 0) {
        ctl_complain("--format %s: csv or json is wanted", ctl->format);
        return CTL_USAGE;
    }
    json_t *args = json_object();
    int rc = ctl_read_period(ctl, args);
    if (rc == CTL_DONE)
        rc = ctl->output && strcmp(ctl->output, "-") != 0 ? write_file(ctl, csv, args)
                                                          : write_all(ctl, stdout, csv, args);
    json_decref(args);
    return rc;
}
