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

static size_t count_ends(const json_t *rows, const char *reference, const json_t **ret_one)
{
    const json_t *row;
    size_t i, count = 0;
    json_array_foreach(rows, i, row)
    {
        if (!ends_with(show_text(row, "payment_id"), reference))
            continue;
        *ret_one = row;
        count++;
    }
    return count;
}

/* What a person with a reference in hand wants to hear. */
static void say_verdict(const struct ctl *ctl, const json_t *data)
{
    const json_t *rows = json_object_get(data, "payments"), *one = NULL;
    size_t count = count_ends(rows, ctl->find, &one);
    const char *when = ctl->since || ctl->from || ctl->to ? " of this time" : "";
    if (count == 0)
        printf("\nNO PAYMENT%s has an id that ends with \"%s\"%s.\n", when, ctl->find,
               json_array_size(rows) > 0 ? "; those above have it elsewhere" : "");
    else if (count == 1)
        printf("\nONE payment%s ends with \"%s\": %s, %s, %s: %s\n", when, ctl->find,
               ctl_time(show_number(one, "received_at")), show_money(one, "amount"),
               show_text(one, "product"),
               show_has(one, "result") ? show_text(one, "result") : show_text(one, "state"));
    else
        printf(
            "\n%zu PAYMENTS%s end with \"%s\": compare time and amount, or ask for more of the reference.\n",
            count, when, ctl->find);
    if (show_has(data, "next"))
        puts("The list is not complete: --limit 200 shows more, or a longer reference.");
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
            say_verdict(ctl, data);
    }
    json_decref(data);
    return rc;
}
