/* A hand on the hal for tests: opens a configuration, takes orders from stdin, prints what happens as JSON
 * lines.
 *
 *   hal_probe [--sim] [--no-warden] [--queue N] FILE
 * Orders, one a line: "on LINE [ms]", "off LINE", "pulse LINE ms", "attend LINE", "ignore LINE", "healthy",
 * "pause MS" (reads no events for so long), "quit". End of input is "quit". Times are CLOCK_MONOTONIC
 * microseconds.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "common/clock.h"
#include "common/queue.h"
#include "config/load.h"
#include "hal/hal.h"
#include "hal/warden.h"

enum { INPUT_SIZE = 4096, QUEUE_SIZE = 1024 };

static struct config config;

static void print_event(const struct hal_event *event)
{
    static const char *const kinds[] = {
        [HAL_EVENT_INPUT] = "input", [HAL_EVENT_LOST] = "lost",   [HAL_EVENT_BACK] = "back",
        [HAL_EVENT_ORDER] = "order", [HAL_EVENT_FAULT] = "fault", [HAL_EVENT_SAFE] = "safe",
        [HAL_EVENT_GAP] = "gap"};
    static const char *const orders[] = {[HAL_ON] = "on", [HAL_OFF] = "off", [HAL_PULSE] = "pulse"};
    static const char *const results[] = {
        [HAL_DONE] = "done", [HAL_REFUSED] = "refused", [HAL_UNKNOWN] = "unknown"};
    printf("{\"event\":\"%s\",\"line\":\"%s\",\"at_us\":%lld", kinds[event->kind],
           config.lines[event->line].name, (long long)event->at_us);
    if (event->kind == HAL_EVENT_INPUT)
        printf(",\"on\":%s", event->on ? "true" : "false");
    if (event->kind == HAL_EVENT_ORDER)
        printf(",\"order\":\"%s\",\"result\":\"%s\",\"on_at_us\":%lld", orders[event->order],
               results[event->result], (long long)event->on_at_us);
    if (event->kind == HAL_EVENT_FAULT)
        printf(",\"still_on\":%s", event->still_on ? "true" : "false");
    printf("}\n");
}

static void give_order(struct hal *hal, enum hal_order_kind kind, int line, int ms)
{
    if (!hal_order(hal, &(struct hal_order){.line = line, .kind = kind, .ms = ms}))
        printf("{\"event\":\"order_not_taken\"}\n");
}

/* false: quit. */
static bool obey(struct hal *hal, const char *text)
{
    char verb[16] = "", name[CONFIG_ID_SIZE] = "";
    int ms = 0;
    int fields = sscanf(text, "%15s %64s %d", verb, name, &ms);
    if (fields < 1)
        return true;
    if (strcmp(verb, "quit") == 0)
        return false;
    if (strcmp(verb, "healthy") == 0) {
        printf("{\"event\":\"healthy\",\"yes\":%s}\n", hal_healthy(hal) ? "true" : "false");
        return true;
    }
    if (strcmp(verb, "pause") == 0) {
        long pause_ms = strtol(name, NULL, 10);
        (void)nanosleep(&(struct timespec){.tv_sec = pause_ms / 1000, .tv_nsec = (pause_ms % 1000) * 1000000},
                        NULL);
        return true;
    }
    int line = config_find_line(&config, name);
    if (strcmp(verb, "on") == 0)
        give_order(hal, HAL_ON, line, ms);
    else if (strcmp(verb, "off") == 0)
        give_order(hal, HAL_OFF, line, 0);
    else if (strcmp(verb, "pulse") == 0)
        give_order(hal, HAL_PULSE, line, ms);
    else if (strcmp(verb, "attend") == 0 || strcmp(verb, "ignore") == 0)
        hal_attend(hal, line, verb[0] == 'a');
    else
        printf("{\"event\":\"what?\"}\n");
    return true;
}

/* Takes what stdin has; obeys whole lines. false: quit. */
static bool read_orders(struct hal *hal)
{
    static char input[INPUT_SIZE];
    static size_t length;
    ssize_t got = read(STDIN_FILENO, input + length, sizeof input - length - 1);
    if (got <= 0)
        return false;
    length += (size_t)got;
    input[length] = '\0';
    char *start = input;
    for (char *end; (end = strchr(start, '\n')) != NULL; start = end + 1) {
        *end = '\0';
        if (!obey(hal, start))
            return false;
    }
    length -= (size_t)(start - input);
    memmove(input, start, length);
    return length < sizeof input - 1;
}

static int run(bool simulate, size_t capacity)
{
    struct queue *events;
    struct hal *hal;
    char error[512];
    if (queue_open(&events, sizeof(struct hal_event), capacity) < 0)
        return 1;
    int rc = hal_open(&hal, &config, simulate, events, error, sizeof error);
    if (rc < 0) {
        printf("{\"event\":\"open_failed\",\"errno\":%d}\n", -rc);
        fprintf(stderr, "hal_probe: %s\n", error);
        return 1;
    }
    printf("{\"event\":\"open\",\"at_us\":%lld,\"pid\":%d}\n", (long long)clock_mono_us(), (int)getpid());
    for (bool going = true; going;) {
        struct pollfd fds[2] = {{.fd = queue_fd(events), .events = POLLIN},
                                {.fd = STDIN_FILENO, .events = POLLIN}};
        (void)poll(fds, 2, -1);
        struct hal_event event;
        while (queue_pop(events, &event))
            print_event(&event);
        if (fds[1].revents)
            going = read_orders(hal);
    }
    int unconfirmed = hal_close(hal);
    for (struct hal_event event; queue_pop(events, &event);)
        print_event(&event);
    queue_close(events);
    printf("{\"event\":\"closed\",\"unconfirmed\":%d}\n", unconfirmed);
    return unconfirmed > 0;
}

int main(int argc, char **argv)
{
    bool simulate = false, guarded = true;
    size_t capacity = QUEUE_SIZE;
    int i = 1;
    for (; i < argc - 1 && argv[i][0] == '-'; i++) {
        if (strcmp(argv[i], "--sim") == 0)
            simulate = true;
        else if (strcmp(argv[i], "--no-warden") == 0)
            guarded = false;
        else if (strcmp(argv[i], "--queue") == 0)
            capacity = strtoul(argv[++i], NULL, 10);
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    signal(SIGPIPE, SIG_IGN);
    if (i != argc - 1 || config_load(&config, argv[i], CONFIG_LOAD_NO_SECRETS, &config_report_stderr) > 0)
        return 2;
    int rc = guarded ? warden_start(&config, simulate) : 0;
    if (rc < 0) {
        fprintf(stderr, "hal_probe: warden: %s\n", strerror(-rc));
        return 1;
    }
    int status = run(simulate, capacity);
    if (guarded && status == 0)
        warden_stop();
    return status;
}
