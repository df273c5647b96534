/* What an order has done, in words: who gives it at night has no second look. */
#include <string.h>
#include "controller/kioskctl/kioskctl.h"

/* A product is on sale again, and yet may not be sold. */
static void say_whether_sold(struct ctl *ctl, const char *product)
{
    json_t *data = NULL;
    if (ctl_ask(ctl, "why", json_pack("{s:s}", "product", product), &data) == CTL_DONE)
        show_why(data);
    json_decref(data);
}

static void say_whether_selling(struct ctl *ctl)
{
    json_t *data = NULL;
    if (ctl_ask(ctl, "status", NULL, &data) == CTL_DONE)
        show_selling(data);
    json_decref(data);
}

static void show_enabled(struct ctl *ctl, const json_t *data)
{
    const char *product = show_text(data, "product"), *device = show_text(data, "device");
    if (!*product) {
        puts("The machine is in service again; products that were taken out of sale one by one stay so.");
        say_whether_selling(ctl);
        return;
    }
    printf("%s is on sale again", product);
    if (*device)
        printf("; a lock of %s is cleared, if there was one", device);
    puts(".");
    say_whether_sold(ctl, product);
}

static void show_disabled(const json_t *data)
{
    const char *product = show_text(data, "product");
    if (*product)
        printf("%s is out of sale until: kioskctl enable %s\n", product, product);
    else
        puts("The machine is out of service, nothing is sold until: kioskctl enable");
}

static void show_message(const json_t *data)
{
    const char *text = show_text(data, "text");
    json_int_t seconds = show_number(data, "seconds");
    if (!*text)
        puts("The message is taken away from the screen.");
    else if (seconds > 0)
        printf("The screen shows for %s: %s\n", ctl_span(seconds), text);
    else
        printf("The screen shows: %s\nIt stays until: kioskctl message \"\"\n", text);
}

void show_ordered(struct ctl *ctl, const char *command, const json_t *data)
{
    if (strcmp(command, "enable") == 0)
        show_enabled(ctl, data);
    else if (strcmp(command, "disable") == 0)
        show_disabled(data);
    else if (strcmp(command, "reset") == 0)
        printf("%s: lock and strikes are cleared. kioskctl products says whether it sells.\n",
               show_text(data, "device"));
    else if (strcmp(command, "message") == 0)
        show_message(data);
    else
        puts("The configuration is good; kioskd ends what moves and starts anew. kioskctl status in some "
             "seconds.");
}
