#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "controller/kioskctl/kioskctl.h"

/* Positional words become the members of args that `words` names: text, or a number where the name begins
 * with '#'. */
struct command {
    const char *name, *words;
    int least;
    ctl_show *show;
    const char *usage, *help;
};

static const struct command commands[] = {
    {"status", "", 0, show_status, "", "how it is: selling, broker, clock, store, payments at work"},
    {"products", "", 0, show_products, "", "what is sold, price, stock, and why not"},
    {"why", "product", 1, show_why, "PRODUCT", "every fact that stops this product, and what to do"},
    {"payments", "", 0, show_payments, "[--find TEXT] [--from T] [--to T] [--limit N] [--before ROW]",
     "payments, newest first"},
    {"export", "", 0, NULL, "[--from T] [--to T] [--format csv|json] [--output FILE]",
     "all payments of a period"},
    {"ledger", "", 0, show_ledger, "", "sums and counters; says if they agree"},
    {"devices", "", 0, show_devices, "", "motors, locks and the like: state, locks, strikes"},
    {"lines", "", 0, show_lines, "", "inputs and outputs with their levels"},
    {"events", "#limit", 0, show_events, "[N]", "the latest events"},
    {"log", "#limit", 0, show_log, "[N]", "the latest lines of the log"},
    {"telemetry", "", 0, show_json, "", "counters, gauges and latency as they are published"},
    {"version", "", 0, show_version, "", "versions of this program and of the daemon"},
    {"refill", "product #stock", 0, show_refill, "[PRODUCT [N]]", "stock to its capacity, or to N"},
    {"enable", "product", 0, show_done, "[PRODUCT]", "a product, or the machine, back on sale"},
    {"disable", "product", 0, show_done, "[PRODUCT]", "a product, or the machine, out of service"},
    {"test", "device", 1, show_test, "DEVICE", "one movement without a payment"},
    {"reset", "device", 1, show_done, "DEVICE", "clears lock and strikes of a device"},
    {"message", "text #seconds", 1, show_done, "TEXT [SECONDS]",
     "shows a message on the screen; \"\" takes it away"},
    {"screenshot", "", 1, NULL, "FILE", "saves the screen as PNG"},
    {"restart", "", 0, show_done, "", "restarts the daemon; what moves is ended safely"},
    {"qr", "", 2, NULL, "check TEXT", "reads a payment code; asks nobody"},
};
enum { COMMANDS = sizeof commands / sizeof *commands };

void ctl_print_commands(FILE *out)
{
    for (int i = 0; i < COMMANDS; i++) {
        char call[120];
        (void)snprintf(call, sizeof call, "%s %s", commands[i].name, commands[i].usage);
        if (strlen(call) <= 24)
            fprintf(out, "  %-24s %s\n", call, commands[i].help);
        else
            fprintf(out, "  %s\n  %24s %s\n", call, "", commands[i].help);
    }
}

static int read_number(const char *name, const char *text, json_int_t *ret)
{
    char *end;
    errno = 0;
    long long value = strtoll(text, &end, 10);
    if (*text == '\0' || *end || errno || value < 0) {
        ctl_complain("%s: %s: a whole number is wanted", name, text);
        return CTL_USAGE;
    }
    *ret = value;
    return CTL_DONE;
}

static int set_word(json_t *args, const char *name, size_t size, const char *text)
{
    char key[32];
    bool number = *name == '#';
    (void)snprintf(key, sizeof key, "%.*s", (int)(size - number), name + number);
    json_int_t value;
    if (number) {
        int rc = read_number(key, text, &value);
        if (rc == CTL_DONE)
            json_object_set_new(args, key, json_integer(value));
        return rc;
    }
    if (json_object_set_new(args, key, json_string(text)) < 0) {
        ctl_complain("%s: not valid UTF-8", key);
        return CTL_USAGE;
    }
    return CTL_DONE;
}

static int read_words(const struct command *command, json_t *args, int argc, char **argv)
{
    const char *words = command->words;
    for (int i = 0; i < argc; i++) {
        size_t size = strcspn(words, " ");
        if (size == 0) {
            ctl_complain("%s: \"%s\" is too much; usage: kioskctl %s %s", command->name, argv[i],
                         command->name, command->usage);
            return CTL_USAGE;
        }
        int rc = set_word(args, words, size, argv[i]);
        if (rc != CTL_DONE)
            return rc;
        words += size + (words[size] == ' ');
    }
    return CTL_DONE;
}

static int read_options(const struct ctl *ctl, json_t *args)
{
    const struct {
        const char *name, *text;
        bool time;
    } numbers[] = {{"before", ctl->before, false},
                   {"limit", ctl->limit, false},
                   {"from", ctl->from, true},
                   {"to", ctl->to, true}};
    if (ctl->find && json_object_set_new(args, "find", json_string(ctl->find)) < 0) {
        ctl_complain("--find: not valid UTF-8");
        return CTL_USAGE;
    }
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        json_int_t value = 0;
        if (!numbers[i].text)
            continue;
        if (numbers[i].time && !ctl_read_time(numbers[i].text, &value)) {
            ctl_complain("--%s %s: a date (2026-11-23, \"2026-11-23 14:05\") or unix seconds are wanted",
                         numbers[i].name, numbers[i].text);
            return CTL_USAGE;
        }
        if (!numbers[i].time && read_number(numbers[i].name, numbers[i].text, &value) != CTL_DONE)
            return CTL_USAGE;
        json_object_set_new(args, numbers[i].name, json_integer(value));
    }
    return CTL_DONE;
}

static int write_bytes(const char *path, const unsigned char *bytes, size_t size)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    size_t done = 0;
    while (fd >= 0 && done < size) {
        ssize_t wrote = write(fd, bytes + done, size - done);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote <= 0)
            break;
        done += (size_t)wrote;
    }
    if (fd < 0 || done < size || close(fd) < 0) {
        ctl_complain("%s: %s", path, strerror(errno));
        return CTL_FAILED;
    }
    return CTL_DONE;
}

static int screenshot(struct ctl *ctl, const char *path)
{
    json_t *data = NULL;
    int rc = ctl_ask(ctl, "screenshot", NULL, &data);
    if (rc != CTL_DONE)
        return rc;
    const char *text = show_text(data, "png");
    size_t size = strlen(text) / 4 * 3 + 3, length = 0;
    unsigned char *bytes = malloc(size);
    if (!bytes || length == size ||
        sodium_base642bin(bytes, size, text, strlen(text), NULL, &length, NULL,
                          sodium_base64_VARIANT_ORIGINAL) != 0 ||
        length == 0) {
        ctl_complain("kioskd's answer holds no picture");
        rc = CTL_FAILED;
    } else {
        rc = write_bytes(path, bytes, length);
    }
    if (rc == CTL_DONE && ctl->json)
        printf("{\"file\": \"%s\", \"bytes\": %zu}\n", path, length);
    else if (rc == CTL_DONE)
        printf("%s: %zu bytes\n", path, length);
    free(bytes);
    json_decref(data);
    return rc;
}

static int ask_and_show(struct ctl *ctl, const struct command *command, int argc, char **argv)
{
    json_t *args = json_object(), *data = NULL;
    int rc = read_words(command, args, argc, argv);
    if (rc == CTL_DONE && strcmp(command->name, "payments") == 0)
        rc = read_options(ctl, args);
    if (rc != CTL_DONE) {
        json_decref(args);
        return rc;
    }
    rc = ctl_ask(ctl, command->name, args, &data);
    if (rc != CTL_DONE)
        return rc;
    if (ctl->json)
        show_json(data);
    else
        command->show(data);
    json_decref(data);
    return rc;
}

static const struct command *find_command(const char *name)
{
    for (int i = 0; i < COMMANDS; i++)
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}

static bool options_fit(const struct ctl *ctl, const char *name)
{
    bool payments = strcmp(name, "payments") == 0, export = strcmp(name, "export") == 0;
    if ((ctl->find || ctl->before || ctl->limit) && !payments)
        return false;
    if ((ctl->from || ctl->to) && !payments && !export)
        return false;
    return !(ctl->format || ctl->output) || export;
}

int ctl_run(struct ctl *ctl, int argc, char **argv)
{
    const struct command *command = find_command(argv[0]);
    if (!command) {
        ctl_complain("no command \"%s\"; kioskctl --help lists them", argv[0]);
        return CTL_USAGE;
    }
    if (argc - 1 < command->least || !options_fit(ctl, command->name)) {
        ctl_complain("usage: kioskctl %s %s", command->name, command->usage);
        return CTL_USAGE;
    }
    if (command->show)
        return ask_and_show(ctl, command, argc - 1, argv + 1);
    if (strcmp(command->name, "export") == 0 && argc == 1)
        return ctl_export(ctl);
    if (strcmp(command->name, "screenshot") == 0 && argc == 2)
        return screenshot(ctl, argv[1]);
    if (strcmp(command->name, "qr") == 0 && argc == 3 && strcmp(argv[1], "check") == 0)
        return ctl_qr_check(ctl, argv[2]);
    ctl_complain("usage: kioskctl %s %s", command->name, command->usage);
    return CTL_USAGE;
}
