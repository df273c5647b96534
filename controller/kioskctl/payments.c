/* The list of payments, page by page until it is full; for an inspector, which one a reference means. */
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>
#include "controller/kioskctl/kioskctl.h"

enum { WANTED = 50 };

static void say_progress(const json_t *data, size_t found, bool end)
{
    static time_t begun, last;
    time_t now = time(NULL);
    if (begun == 0)
        begun = now;
    if (!isatty(STDERR_FILENO) || now - begun < 2 || (!end && now == last))
        return;
    last = now;
    fprintf(stderr, "\r%zu found, down to row %lld of %lld%s", found, (long long)show_number(data, "next"),
            (long long)show_number(data, "total"), end ? "\n" : " ");
}

/* All pages into one answer. A page may be short, or empty, and not be the last. */
static int gather(struct ctl *ctl, json_t *args, json_t **ret_data)
{
    json_t *rows = json_array();
    size_t wanted = json_object_get(args, "limit") ? (size_t)show_number(args, "limit") : WANTED;
    for (;;) {
        json_t *data = NULL;
        json_object_set_new(args, "limit", json_integer((json_int_t)(wanted - json_array_size(rows))));
        int rc = ctl_ask(ctl, "payments", json_deep_copy(args), &data);
        if (rc != CTL_DONE) {
            json_decref(data);
            json_decref(rows);
            return rc;
        }
        json_array_extend(rows, json_object_get(data, "payments"));
        json_object_set_new(args, "before", json_integer(show_number(data, "next")));
        bool end = !show_has(data, "next") || json_array_size(rows) >= wanted;
        say_progress(data, json_array_size(rows), end);
        if (end) {
            json_object_set_new(data, "payments", rows);
            *ret_data = data;
            return CTL_DONE;
        }
        json_decref(data);
    }
}

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), wanted = strlen(end);
    return wanted > 0 && length >= wanted && strcasecmp(text + length - wanted, end) == 0;
}

/* What a person with a reference in hand wants to hear. */
static void say_verdict(const json_t *data, const char *reference)
{
    const json_t *row, *the_one = NULL;
    size_t i, count = 0;
    json_array_foreach(json_object_get(data, "payments"), i, row)
    {
        if (!ends_with(show_text(row, "payment_id"), reference))
            continue;
        the_one = row;
        count++;
    }
    if (count == 1) {
        const char *result = show_text(the_one, "result");
        printf("\nOne payment ends with \"%s\": %s of %s for %s, %s.\n", reference,
               show_money(the_one, "amount"), ctl_time(show_number(the_one, "received_at")),
               show_text(the_one, "product"), *result ? result : show_text(the_one, "state"));
    } else if (count == 0) {
        printf("\nNo payment ends with \"%s\"%s.\n", reference,
               json_array_size(json_object_get(data, "payments")) > 0 ? "; it stands elsewhere in those above"
                                                                      : "");
    } else {
        printf("\n%zu payments end with \"%s\": compare time and amount, or ask for more of the reference.\n",
               count, reference);
    }
    if (show_has(data, "next"))
        puts("The list is not complete: more with --limit 200 or a longer --find.");
}

int ctl_payments(struct ctl *ctl)
{
    json_t *args = json_object(), *data = NULL;
    int rc = ctl_read_period(ctl, args);
    if (rc == CTL_DONE)
        rc = gather(ctl, args, &data);
    json_decref(args);
    if (rc != CTL_DONE)
        return rc;
    if (ctl->json) {
        show_json(data);
    } else {
        show_payments(data);
        if (ctl->find)
            say_verdict(data, ctl->find);
    }
    json_decref(data);
    return rc;
}
