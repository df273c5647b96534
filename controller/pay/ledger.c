#include "controller/pay/ledger.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "controller/pay/options.h"
#include "controller/payment.h"

enum { LEDGER_KEY_SIZE = PAYMENT_PROVIDER_SIZE + PAYMENT_ID_SIZE };
_Static_assert(sizeof((struct pay_ledger *)0)->results / sizeof(int64_t) == PAYMENT_RESULT_COUNT,
               "a sum for each result");

/* A line feed is in neither part, so the pair is unambiguous. */
static bool key_of(const json_t *outcome, char ret[LEDGER_KEY_SIZE])
{
    const char *provider = json_string_value(json_object_get(outcome, "provider"));
    const char *id = json_string_value(json_object_get(outcome, "payment_id"));
    if (!provider || !id || !json_is_string(json_object_get(outcome, "result")))
        return false;
    int length = snprintf(ret, LEDGER_KEY_SIZE, "%s\n%s", provider, id);
    return length > 0 && length < LEDGER_KEY_SIZE;
}

static void add_up(struct pay_ledger *ledger, const json_t *outcome)
{
    const char *result = json_string_value(json_object_get(outcome, "result"));
    const char *refund = json_string_value(json_object_get(outcome, "refund"));
    int64_t amount = (int64_t)json_integer_value(json_object_get(outcome, "amount"));
    ledger->payments++;
    for (int i = 1; i < PAYMENT_RESULT_COUNT; i++)
        ledger->results[i] += strcmp(result, payment_result_name((enum payment_result)i)) == 0;
    if (refund && strcmp(refund, "yes") == 0)
        ledger->refunded += amount;
    else if (refund && strcmp(refund, "review") == 0)
        ledger->review += amount;
    else
        ledger->delivered += amount;
}

static bool write_line(struct pay_ledger *ledger, const json_t *outcome)
{
    if (ledger->fd < 0)
        return true;
    char *text = json_dumps(outcome, JSON_COMPACT);
    size_t length = text ? strlen(text) : 0;
    bool good = text != NULL;
    if (good) {
        text[length] = '\n'; /* in the place of the NUL: one write, so that a line is whole or not there */
        good = write(ledger->fd, text, length + 1) == (ssize_t)(length + 1) && fdatasync(ledger->fd) == 0;
    }
    if (!good)
        pay_complain("the ledger cannot be written: %s", strerror(errno));
    free(text);
    return good;
}

enum pay_ledger_verdict pay_ledger_take(struct pay_ledger *ledger, json_t *outcome)
{
    char key[LEDGER_KEY_SIZE];
    if (!key_of(outcome, key))
        return PAY_LEDGER_NO_OUTCOME;
    json_t *known = json_object_get(ledger->outcomes, key);
    if (known && json_equal(known, outcome))
        return PAY_LEDGER_KNOWN;
    if (known) {
        ledger->differing++;
        return PAY_LEDGER_DIFFERS;
    }
    if (!write_line(ledger, outcome) || json_object_set(ledger->outcomes, key, outcome) != 0)
        return PAY_LEDGER_FAILED;
    add_up(ledger, outcome);
    return PAY_LEDGER_NEW;
}

/* What an earlier run stored. A last line without its end is one that was being written when the power went.
 */
static bool read_back(struct pay_ledger *ledger, const char *path)
{
    char key[LEDGER_KEY_SIZE], *line = NULL;
    size_t size = 0;
    ssize_t length;
    long number = 0;
    off_t whole = 0;
    FILE *file = fopen(path, "re");
    bool good = file != NULL;
    while (good && (length = getline(&line, &size, file)) > 0 && line[length - 1] == '\n') {
        json_t *outcome = json_loadb(line, (size_t)length, JSON_REJECT_DUPLICATES, NULL);
        number++;
        good = key_of(outcome, key) && !json_object_get(ledger->outcomes, key) &&
               json_object_set(ledger->outcomes, key, outcome) == 0;
        if (good)
            add_up(ledger, outcome);
        else
            pay_complain("%s:%ld: not an outcome, or one that was there before", path, number);
        whole += length;
        json_decref(outcome);
    }
    free(line);
    if (file)
        (void)fclose(file);
    return good && ftruncate(ledger->fd, whole) == 0;
}

bool pay_ledger_open(struct pay_ledger *ret, const char *path)
{
    *ret = (struct pay_ledger){.outcomes = json_object(), .fd = -1};
    if (!path)
        return ret->outcomes != NULL;
    ret->fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (ret->fd >= 0 && read_back(ret, path))
        return true;
    pay_complain("%s: %s", path, ret->fd < 0 ? strerror(errno) : "this ledger cannot be used");
    pay_ledger_close(ret);
    return false;
}

void pay_ledger_close(struct pay_ledger *ledger)
{
    json_decref(ledger->outcomes);
    if (ledger->fd >= 0)
        (void)close(ledger->fd);
}
