/* Why something is not sold, in words, and what to do about it. */
#include <string.h>
#include "common/text.h"
#include "controller/kioskctl/kioskctl.h"

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
    {"offline", "the broker has not been heard for a while: kioskctl status, line Broker"},
    {"disabled", "the product was taken out of sale: kioskctl enable PRODUCT"},
    {"device_locked",
     "its device is locked after an unclear movement: look at it, then kioskctl reset DEVICE"},
    {"struck_out", "its device failed twice in a row: look at it, then kioskctl reset DEVICE"},
    {"line_lost", "a line of its device cannot be read or driven: kioskctl lines, kioskctl log"},
    {"sensor_stuck", "a sensor of its device is not at rest although nothing moves (beam broken, door "
                     "still open, contact "
                     "closed): kioskctl lines"},
    {"still_open", "the customer's locker stands open; it is sold again when its door is shut"},
    {"sold_out", "nothing is left that is not paid: kioskctl refill PRODUCT"},
    {"busy", "too many paid orders wait already"},
    {"stopping", "the daemon is stopping"},
    {"held_open",
     "the barrier is held open: kioskctl devices says by whom, why and until when; kioskctl barrier "
     "release DEVICE ends it"},
    {"arm_not_down",
     "the arm has not come down after the last passage: look under it, then at its down limit "
     "(kioskctl watch DEVICE)"},
    {"device_fault", "the device's own fault contact says so: look at its controller"},
    {"screen_lost", "no screen shows what it is told, and nothing else of the device could show a payment: "
                    "systemctl status kiosk-display"},
};

/* The words with the names in place of PRODUCT and DEVICE, where they are known. */
static const char *put_names(const char *words, const char *product, const char *device)
{
    static char text[512];
    size_t used = 0;
    const struct {
        const char *place, *name;
    } names[] = {{"PRODUCT", product}, {"DEVICE", device}};
    text[0] = '\0';
    while (*words) {
        size_t length = 1;
        const char *put = NULL;
        for (size_t i = 0; i < sizeof names / sizeof *names; i++)
            if (names[i].name && strncmp(words, names[i].place, strlen(names[i].place)) == 0) {
                put = names[i].name;
                length = strlen(names[i].place);
            }
        (void)text_append(text, sizeof text, &used, "%.*s", put ? (int)strlen(put) : 1, put ? put : words);
        words += length;
    }
    return text;
}

const char *show_hold(const char *hold, const char *product, const char *device)
{
    for (size_t i = 0; i < sizeof holds / sizeof *holds; i++)
        if (strcmp(hold, holds[i].name) == 0)
            return put_names(holds[i].words, product, device);
    return hold;
}
