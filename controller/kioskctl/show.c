/* Small things for all tables. */
#include <string.h>
#include "common/money.h"
#include "controller/kioskctl/kioskctl.h"

const char *show_text(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

json_int_t show_number(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

bool show_bool(const json_t *object, const char *key)
{
    return json_is_true(json_object_get(object, key));
}

bool show_has(const json_t *object, const char *key)
{
    return json_object_get(object, key) != NULL;
}

const char *show_money(const json_t *object, const char *key)
{
    static char buffers[4][48];
    static int next;
    char *text = buffers[next = (next + 1) % 4];
    const char *currency = show_text(object, "currency");
    if (money_format(text, sizeof buffers[0], show_number(object, key), currency, "en") == 0)
        (void)snprintf(text, sizeof buffers[0], "%lld", (long long)show_number(object, key));
    return text;
}

const char *show_hold(const char *hold)
{
    static const struct {
        const char *name, *words;
    } holds[] = {
        {"starting", "it has just started and waits for its first readings"},
        {"store_failed",
         "nothing can be written to the store, so no payment could be recorded: look at disk and log"},
        {"crash_loop",
         "it started five times in ten minutes without ending well: find the cause, then kioskctl enable"},
        {"fire",
         "a fire input says alarm, or its wire is broken; a lane stays out after it until kioskctl enable "
         "PRODUCT (or reset DEVICE)"},
        {"machine_disabled", "the machine was taken out of service: kioskctl enable"},
        {"door_open", "the door is open, or its switch is"},
        {"clock_untrusted", "the wall clock is not synchronised yet: timedatectl"},
        {"offline", "the broker has not been heard: kioskctl status says why"},
        {"disabled", "the product was taken out of sale: kioskctl enable PRODUCT"},
        {"device_locked",
         "its device is locked after an unclear movement: look at it, then kioskctl reset DEVICE"},
        {"struck_out", "its device failed twice in a row: look at it, then kioskctl reset DEVICE"},
        {"line_lost", "a line of its device cannot be read or driven: kioskctl lines, kioskctl log"},
        {"sensor_stuck", "a sensor of its device is not at rest although nothing moves (beam broken, door "
                         "still open, contact "
                         "closed): kioskctl lines"},
        {"still_open", "the customer's locker stands open; it is sold again when its door is shut"},
        {"sold_out", "sold out: kioskctl refill PRODUCT"},
        {"busy", "too many paid orders wait already"},
        {"stopping", "the daemon is stopping"},
        {"held_open",
         "the barrier is held open: kioskctl devices says by whom, why and until when; kioskctl barrier "
         "release DEVICE ends it"},
        {"arm_not_down",
         "the arm has not come down after the last passage: look under it, then at its down limit "
         "(kioskctl watch DEVICE)"},
        {"device_fault", "the device's own fault contact says so: look at its controller"},
        {"screen_lost",
         "no screen shows what it is told, and nothing else of the device could show a payment: "
         "systemctl status kiosk-display"},
    };
    for (size_t i = 0; i < sizeof holds / sizeof *holds; i++)
        if (strcmp(hold, holds[i].name) == 0)
            return holds[i].words;
    return hold;
}

void show_json(const json_t *data)
{
    if (json_dumpf(data, stdout, JSON_INDENT(2) | JSON_ENCODE_ANY) == 0)
        putchar('\n');
}

void show_done(const json_t *data)
{
    (void)data;
    puts("done");
}

void show_version(const json_t *data)
{
    printf("kioskctl %s, kioskd %s, boot %s, running since %s\n", KIOSK_VERSION, show_text(data, "version"),
           show_text(data, "boot_id"), ctl_time(show_number(data, "started_at")));
}

void show_log(const json_t *data)
{
    const json_t *line;
    size_t i;
    json_array_foreach(json_object_get(data, "lines"), i, line) puts(json_string_value(line));
}
