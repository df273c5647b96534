#include "controller/pay/timeline.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/clock.h"
#include "common/money.h"
#include "common/text.h"

enum { LINE_SIZE = 1200, CLOCK_SIZE = 16, RAW_SHOWN = 400 };

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "";
}

static void format_clock(char ret[CLOCK_SIZE], int64_t at_us)
{
    time_t seconds = (time_t)(at_us / 1000000);
    struct tm local;
    localtime_r(&seconds, &local);
    size_t used = strftime(ret, CLOCK_SIZE, "%H:%M:%S", &local);
    text_append(ret, CLOCK_SIZE, &used, ".%03d", (int)(at_us / 1000 % 1000));
}

/* Text from the wire must not steer a terminal. */
static void print_line(int64_t at_us, const char *what, const char *text)
{
    char clock[CLOCK_SIZE];
    format_clock(clock, at_us);
    printf("%s  %-12s ", clock, what);
    for (const unsigned char *at = (const unsigned char *)text; *at; at++)
        putchar(*at < 0x20 || *at == 0x7F ? '?' : *at);
    putchar('\n');
    fflush(stdout);
}

void pay_timeline_own(bool json, const char *what, const char *format, ...)
{
    char text[LINE_SIZE];
    va_list arguments;
    if (json)
        return;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    print_line(clock_wall_us(), what, text);
}

void pay_timeline_outcome(char *ret, size_t size, const json_t *outcome)
{
    const char *name;
    json_t *value;
    size_t used = 0;
    text_append(ret, size, &used, "%s", text_of(outcome, "result"));
    if (*text_of(outcome, "reason"))
        text_append(ret, size, &used, ": %s", text_of(outcome, "reason"));
    if (strcmp(text_of(outcome, "result"), "delivered") == 0)
        text_append(ret, size, &used,
                    json_is_true(json_object_get(outcome, "verified")) ? ", verified" : ", not verified");
    text_append(ret, size, &used, ", refund %s", text_of(outcome, "refund"));
    json_object_foreach(json_object_get(outcome, "evidence"), name, value)
        text_append(ret, size, &used, " %s=%" JSON_INTEGER_FORMAT, name, json_integer_value(value));
}

static void say_receipt(char *ret, size_t size, json_t *body)
{
    const char *reason = text_of(body, "reason");
    snprintf(ret, size, "%s %s: %s%s%s", text_of(body, "provider"), text_of(body, "payment_id"),
             text_of(body, "result"), *reason ? ", " : "", reason);
}

static void say_outcome(char *ret, size_t size, json_t *body)
{
    char money[64];
    size_t used = 0;
    money_format(money, sizeof money, (int64_t)json_integer_value(json_object_get(body, "amount")),
                 text_of(body, "currency"), "en");
    text_append(ret, size, &used, "%s %s: %s %s: ", text_of(body, "provider"), text_of(body, "payment_id"),
                text_of(body, "product"), money);
    pay_timeline_outcome(ret + used, size - used, body);
}

static void say_status(char *ret, size_t size, json_t *body)
{
    size_t used = 0, index;
    json_t *reason;
    bool online = json_is_true(json_object_get(body, "online"));
    text_append(ret, size, &used, "%s", online ? "online" : "offline");
    if (online)
        text_append(ret, size, &used,
                    json_is_true(json_object_get(body, "selling")) ? ", selling" : ", not selling");
    json_array_foreach(json_object_get(body, "reasons"), index, reason)
        text_append(ret, size, &used, "%s%s", index ? ", " : ": ",
                    json_is_string(reason) ? json_string_value(reason) : "?");
}

static void say_availability(char *ret, size_t size, json_t *body)
{
    size_t used = 0, index;
    json_t *product;
    json_array_foreach(json_object_get(body, "products"), index, product)
    {
        const char *reason = text_of(product, "reason");
        json_t *stock = json_object_get(product, "stock");
        bool sells = json_is_true(json_object_get(product, "can_sell"));
        text_append(ret, size, &used, "%s%s %s", index ? ", " : "", text_of(product, "id"),
                    sells     ? "yes"
                    : *reason ? reason
                              : "no");
        if (json_is_integer(stock))
            text_append(ret, size, &used, " (%" JSON_INTEGER_FORMAT ")", json_integer_value(stock));
    }
}

/* The device's last inputs: "[loop on -9.12 s, beam on -4.11 s]". */
static void say_trace(char *ret, size_t size, size_t *used, const json_t *trace)
{
    const json_t *change;
    size_t index;
    json_array_foreach(trace, index, change)
    {
        const json_t *on = json_object_get(change, "on");
        text_append(ret, size, used, "%s%s %s %.2f s", index ? ", " : " [", text_of(change, "line"),
                    json_is_true(on)    ? "on"
                    : json_is_false(on) ? "off"
                                        : "lost",
                    (double)json_integer_value(json_object_get(change, "ms")) / 1000);
    }
    if (index > 0)
        text_append(ret, size, used, "]");
}

static void say_event(char *ret, size_t size, json_t *body)
{
    const char *name;
    json_t *value;
    size_t used = 0;
    text_append(ret, size, &used, "%s %s", text_of(body, "severity"), text_of(body, "code"));
    json_object_foreach(body, name, value)
    {
        if (strcmp(name, "severity") == 0 || strcmp(name, "code") == 0 || strcmp(name, "boot_id") == 0 ||
            strcmp(name, "at") == 0)
            continue;
        if (json_is_string(value))
            text_append(ret, size, &used, " %s=%s", name, json_string_value(value));
        else if (json_is_integer(value))
            text_append(ret, size, &used, " %s=%" JSON_INTEGER_FORMAT, name, json_integer_value(value));
        else if (json_is_array(value))
            say_trace(ret, size, &used, value);
    }
}

/* Anything else as compact JSON, cut where it would flood the screen. */
static void say_raw(char *ret, size_t size, const struct pay_message *message)
{
    if (!text_copy(ret, size < RAW_SHOWN ? size : RAW_SHOWN, message->payload)) {
        size_t used = strlen(ret);
        text_append(ret, size, &used, "… (%zu bytes; --json shows all)", message->size);
    }
}

static void print_json(const struct pay_message *message, json_t *body)
{
    json_t *line = json_pack("{s:I, s:s, s:b}", "at_ms", (json_int_t)(message->at_us / 1000), "topic",
                             message->name, "retained", (int)message->retained);
    json_t *text = body ? NULL : json_stringn(message->payload, message->size);
    if (body)
        json_object_set(line, "message", body);
    else if (text)
        json_object_set_new(line, "text", text);
    json_dumpf(line, stdout, JSON_COMPACT);
    putchar('\n');
    fflush(stdout);
    json_decref(line);
}

void pay_timeline_message(const struct pay_message *message, json_t *body, bool json)
{
    static const struct {
        const char *name;
        void (*say)(char *ret, size_t size, json_t *body);
    } ways[] = {{"receipt", say_receipt},
                {"outcome", say_outcome},
                {"status", say_status},
                {"availability", say_availability},
                {"event", say_event}};
    char text[LINE_SIZE] = "";
    if (json) {
        print_json(message, body);
        return;
    }
    const char *slash = strchr(message->name, '/');
    const char *name = slash ? slash + 1 : message->name;
    size_t i = 0, count = sizeof ways / sizeof *ways;
    while (i < count && strcmp(name, ways[i].name) != 0)
        i++;
    if (i < count && json_is_object(body))
        ways[i].say(text, sizeof text, body);
    else
        say_raw(text, sizeof text, message);
    print_line(message->at_us, name, text);
}
