/* Drives controller/mqtt.h by hand or from a test: settings as key=value arguments, orders as lines on
 * standard input, events as lines on standard output.
 *
 * Settings: host port version prefix id user password_file ca cert key keepalive offline expiry; hold_ms
 * (time spent on a message), die_on (text of the message in whose handling the process is killed). Orders:
 * pub TOPIC TAG TEXT | retain TOPIC TAG TEXT | flood TOPIC COUNT BYTES | down | close
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>
#include "common/clock.h"
#include "common/text.h"
#include "controller/mqtt.h"

static const char *const in_name[] = {"payment", "ack", "command"};
static const char *const out_name[] = {"receipt",   "outcome", "status", "availability",
                                       "telemetry", "event",   "result"};
static struct config config;
static const char *die_on = "";
static long hold_ms;
static long messages;
static bool quiet;

static void say(const char *what, const char *text)
{
    printf("%s %s\n", what, text);
    fflush(stdout);
}

static void on_message(void *user, enum mqtt_topic_in topic, const void *payload, size_t size, bool retained,
                       bool duplicate)
{
    char text[256];
    (void)user;
    size_t length = size < sizeof text - 1 ? size : sizeof text - 1;
    memcpy(text, payload, length);
    text[length] = '\0';
    if (die_on[0] && strcmp(text, die_on) == 0) {
        say("DYING", text);
        _exit(9);
    }
    if (hold_ms > 0)
        nanosleep(&(struct timespec){.tv_sec = hold_ms / 1000, .tv_nsec = hold_ms % 1000 * 1000000}, NULL);
    messages++;
    if (quiet)
        return;
    char line[400];
    snprintf(line, sizeof line, "%s retained=%d dup=%d size=%zu %s", in_name[topic], retained, duplicate,
             size, text);
    say("MESSAGE", line);
}

static void set(const char *key, const char *value)
{
    struct config_mqtt *mqtt = &config.mqtt;
    struct {
        const char *key;
        char *text;
        size_t size;
    } const texts[] = {
        {"host", mqtt->host, sizeof mqtt->host},
        {"prefix", mqtt->prefix, sizeof mqtt->prefix},
        {"id", config.kiosk.id, sizeof config.kiosk.id},
        {"user", mqtt->username, sizeof mqtt->username},
        {"password_file", mqtt->password_file, sizeof mqtt->password_file},
        {"ca", mqtt->tls_ca, sizeof mqtt->tls_ca},
        {"cert", mqtt->tls_cert, sizeof mqtt->tls_cert},
        {"key", mqtt->tls_key, sizeof mqtt->tls_key},
    };
    struct {
        const char *key;
        int32_t *number;
    } const numbers[] = {{"port", &mqtt->port},
                         {"version", &mqtt->version},
                         {"keepalive", &mqtt->keepalive_s},
                         {"offline", &config.machine.offline_s}};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (strcmp(key, texts[i].key) == 0) {
            text_copy(texts[i].text, texts[i].size, value);
            mqtt->tls = mqtt->tls || strcmp(key, "ca") == 0;
            return;
        }
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (strcmp(key, numbers[i].key) == 0) {
            *numbers[i].number = (int32_t)strtol(value, NULL, 10);
            return;
        }
    if (strcmp(key, "expiry") == 0)
        mqtt->session_expiry_s = strtol(value, NULL, 10);
    else if (strcmp(key, "hold_ms") == 0)
        hold_ms = strtol(value, NULL, 10);
    else if (strcmp(key, "die_on") == 0)
        die_on = value;
    else if (strcmp(key, "quiet") == 0)
        quiet = true;
    else
        fprintf(stderr, "unknown setting %s\n", key);
}

static void print_events(struct queue *events)
{
    static const char *const name[] = {"UP", "DOWN", "HEARD", "PUBLISHED", "UNSENT", "PROBLEM"};
    struct mqtt_event event;
    while (queue_pop(events, &event)) {
        char tag[32] = "";
        if (event.kind == MQTT_EVENT_PUBLISHED || event.kind == MQTT_EVENT_UNSENT)
            snprintf(tag, sizeof tag, " %llu", (unsigned long long)event.tag);
        printf("%s%s%s%s\n", name[event.kind], tag, event.text[0] ? " " : "", event.text);
    }
    fflush(stdout);
}

static int find_out(const char *name)
{
    for (int i = 0; i < MQTT_OUT_COUNT; i++)
        if (strcmp(out_name[i], name) == 0)
            return i;
    return MQTT_OUT_EVENT;
}

static void flood(struct mqtt *mqtt, struct queue *events, int topic, long count, size_t bytes)
{
    static char body[MQTT_MAX_PAYLOAD];
    memset(body, 'x', sizeof body);
    for (long i = 1; i <= count;) {
        if (mqtt_publish(mqtt, (enum mqtt_topic_out)topic, body, bytes, false, (uint64_t)i))
            i++;
        else
            poll(NULL, 0, 1);
        print_events(events);
    }
}

/* false: the end. */
static bool obey(struct mqtt *mqtt, struct queue *events, char *line)
{
    char *rest = line;
    const char *word[4] = {"", "", "", ""};
    for (int i = 0; i < 3 && rest; i++)
        word[i] = strsep(&rest, " ");
    word[3] = rest ? rest : "";
    int topic = find_out(word[1]);
    bool taken = true;
    if (strcmp(word[0], "pub") == 0 || strcmp(word[0], "retain") == 0)
        taken = mqtt_publish(mqtt, (enum mqtt_topic_out)topic, word[3], strlen(word[3]), word[0][0] == 'r',
                             strtoull(word[2], NULL, 10));
    else if (strcmp(word[0], "flood") == 0)
        flood(mqtt, events, topic, strtol(word[2], NULL, 10), strtoul(word[3], NULL, 10));
    else if (strcmp(word[0], "down") == 0)
        printf("SINCE %lld MESSAGES %ld\n",
               (long long)(mqtt_down_since(mqtt) ? (clock_mono_us() - mqtt_down_since(mqtt)) / 1000 : 0),
               messages);
    else if (strcmp(word[0], "close") == 0)
        return false;
    if (!taken)
        printf("FULL %s\n", word[2]);
    fflush(stdout);
    return true;
}

static void run(struct mqtt *mqtt, struct queue *events)
{
    static char input[8192];
    size_t have = 0;
    struct pollfd fds[] = {{.fd = 0, .events = POLLIN}, {.fd = queue_fd(events), .events = POLLIN}};
    for (;;) {
        poll(fds, 2, 1000);
        print_events(events);
        if (!fds[0].revents)
            continue;
        ssize_t got = read(0, input + have, sizeof input - 1 - have);
        if (got <= 0)
            return;
        have += (size_t)got;
        for (char *end; (end = memchr(input, '\n', have));) {
            *end = '\0';
            bool more = obey(mqtt, events, input);
            have -= (size_t)(end + 1 - input);
            memmove(input, end + 1, have);
            if (!more)
                return;
        }
    }
}

int main(int argc, char **argv)
{
    char error[256] = "";
    struct mqtt *mqtt;
    struct queue *events;
    struct mqtt_callbacks callbacks = {.on_message = on_message};
    const char *defaults[][2] = {{"host", "localhost"}, {"port", "1883"},  {"version", "5"},
                                 {"prefix", "kiosk"},   {"id", "probe"},   {"keepalive", "30"},
                                 {"offline", "60"},     {"expiry", "3600"}};
    for (size_t i = 0; i < sizeof defaults / sizeof *defaults; i++)
        set(defaults[i][0], defaults[i][1]);
    for (int i = 1; i < argc; i++) {
        char *value = argv[i], *key = strsep(&value, "=");
        set(key, value ? value : "");
    }
    if (queue_open(&events, sizeof(struct mqtt_event), 256) < 0)
        return 1;
    callbacks.events = events;
    if (mqtt_open(&mqtt, &config, "{\"online\":false}", &callbacks, error, sizeof error) < 0 ||
        mqtt_start(mqtt) < 0) {
        say("ERROR", error);
        return 1;
    }
    run(mqtt, events);
    mqtt_close(mqtt, "{\"online\":false,\"reasons\":[\"stopping\"]}", 2000);
    say("CLOSED", "");
    return 0;
}
