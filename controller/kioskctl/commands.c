#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "controller/kioskctl/kioskctl.h"
#include "controller/kioskctl/qr.h"

/* Which options mean something to a command. */
enum { FIND = 1, PERIOD = 2, PAGE = 4, FILES = 8, ORDER = 16, SPAN = 32, ASKS = 64, GIVES = 128 };

/* Positional words become the members of args that `words` names: text, or a number where the name begins
 * with '#'. */
struct command {
    const char *name, *words;
    int least;
    unsigned options;
    ctl_show *show; /* NULL: the command has a function of its own, or is an order (GIVES) */
    const char *usage, *help;
};

static const struct command commands[] = {
    {"status", "", 0, ASKS, show_status, "", "how it is: selling, broker, clock, store, payments at work"},
    {"products", "", 0, ASKS, show_products, "", "what is sold, price, stock, and why not"},
    {"why", "product", 1, ASKS, show_why, "PRODUCT", "every fact that stops this product, and what to do"},
    {"payments", "", 0, ASKS | FIND | PERIOD | PAGE, NULL,
     "[--find TEXT] [--since SPAN] [--from T] [--to T] [--limit N] [--before ROW]", "payments, newest first"},
    {"passages", "", 0, ASKS | PERIOD | PAGE, show_passages,
     "[--since SPAN] [--from T] [--to T] [--limit N] [--before ROW]",
     "who let somebody through without a payment, why, and what came of it"},
    {"export", "", 0, ASKS | PERIOD | FILES, NULL,
     "[--since SPAN] [--from T] [--to T] [--format csv|json] [--output FILE]", "all payments of a period"},
    {"ledger", "", 0, ASKS, show_ledger, "", "sums and counters; says if they agree"},
    {"devices", "", 0, ASKS, show_devices, "", "motors, locks, lanes: state, locks, strikes, holds"},
    {"lines", "", 0, ASKS, show_lines, "", "inputs and outputs with their levels"},
    {"watch", "", 0, ASKS | SPAN, NULL, "[DEVICE] [--for SPAN]",
     "shows each change of its inputs and outputs as it happens"},
    {"events", "#limit", 0, ASKS, show_events, "[N]", "the latest events"},
    {"log", "#limit", 0, ASKS, show_log, "[N]", "the latest lines of the log"},
    {"telemetry", "", 0, ASKS, show_json, "", "counters, gauges and latency as they are published"},
    {"version", "", 0, ASKS, show_version, "", "versions of this program and of the daemon"},
    {"refill", "product #stock", 0, 0, show_refill, "[PRODUCT [N]]", "stock to its capacity, or to N"},
    {"enable", "product", 0, GIVES, NULL, "[PRODUCT]", "a product, or the machine, back on sale"},
    {"disable", "product", 0, GIVES, NULL, "[PRODUCT]", "a product, or the machine, out of service"},
    {"barrier", "", 2, ORDER | SPAN, NULL,
     "open|hold|release DEVICE [--reason TEXT] [--for SPAN] [--owner NAME]",
     "opens it once without a payment, keeps it open, ends that"},
    {"test", "device", 1, 0, NULL, "DEVICE", "one movement without a payment, with what its sensors see"},
    {"reset", "device", 1, GIVES, NULL, "DEVICE", "clears lock and strikes of a device"},
    {"message", "text #seconds", 1, GIVES, NULL, "TEXT [SECONDS]",
     "shows a message on the screen; \"\" takes it away"},
    {"screenshot", "", 1, 0, NULL, "FILE", "saves the screen as PNG"},
    {"restart", "", 0, GIVES, NULL, "", "restarts the daemon; what moves is ended safely"},
    {"qr", "", 0, FILES, NULL, NULL, NULL}, /* its sub-commands have a table of their own */
};
enum { COMMANDS = sizeof commands / sizeof *commands };

void ctl_print_commands(FILE *out)
{
    for (int i = 0; i < COMMANDS; i++) {
        char call[120];
        if (!commands[i].usage) {
            ctl_qr_print(out);
            continue;
        }
        (void)snprintf(call, sizeof call, "%s %s", commands[i].name, commands[i].usage);
        if (strlen(call) <= 24)
            fprintf(out, "  %-24s %s\n", call, commands[i].help);
        else
            fprintf(out, "  %s\n  %24s %s\n", call, "", commands[i].help);
    }
}

int ctl_read_number(const char *name, const char *text, json_int_t *ret)
{
    char *end;
    errno = 0;
    long long value = strtoll(text, &end, 10);
    if (*text == '\0' || *end || errno || value < 0) {
        ctl_complain("%s: %s: a whole number is wanted%s", name, text,
                     strcmp(name, "--price") == 0 ? " (2.50 is written 250)" : "");
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
        int rc = ctl_read_number(key, text, &value);
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
            ctl_complain("%s: \"%s\" is too much; usage: kioskctl %s%s%s", command->name, argv[i],
                         command->name, *command->usage ? " " : "", command->usage);
            return CTL_USAGE;
        }
        int rc = set_word(args, words, size, argv[i]);
        if (rc != CTL_DONE)
            return rc;
        words += size + (words[size] == ' ');
    }
    return CTL_DONE;
}

/* --since and --from say the same in two ways. */
static int read_since(const struct ctl *ctl, json_t *args)
{
    json_int_t span;
    if (!ctl->since)
        return CTL_DONE;
    if (ctl->from || !ctl_read_span(ctl->since, &span)) {
        ctl_complain(ctl->from ? "--since or --from: one of them is wanted, not both"
                               : "--since %s: a span is wanted: 90s, 30m, 2h, 1d",
                     ctl->since);
        return CTL_USAGE;
    }
    json_object_set_new(args, "from", json_integer((json_int_t)time(NULL) - span));
    return CTL_DONE;
}

int ctl_read_period(const struct ctl *ctl, json_t *args)
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
        if (!numbers[i].time && ctl_read_number(numbers[i].name, numbers[i].text, &value) != CTL_DONE)
            return CTL_USAGE;
        json_object_set_new(args, numbers[i].name, json_integer(value));
    }
    return read_since(ctl, args);
}

/* Why a restart was refused: the lines of the check. */
static void show_faults(const json_t *data)
{
    const json_t *fault;
    size_t i;
    json_array_foreach(json_object_get(data, "faults"), i, fault)(void)
        fprintf(stderr, "%s\n", json_string_value(fault));
}

static int ask_and_show(struct ctl *ctl, const struct command *command, int argc, char **argv)
{
    json_t *args = json_object(), *data = NULL;
    int rc = read_words(command, args, argc, argv);
    if (rc == CTL_DONE && command->options & PERIOD)
        rc = ctl_read_period(ctl, args);
    if (rc != CTL_DONE) {
        json_decref(args);
        return rc;
    }
    rc = ctl_ask(ctl, command->name, args, &data);
    if (data && ctl->json)
        show_json(data);
    else if (data && rc != CTL_DONE)
        show_faults(data);
    else if (data && command->show)
        command->show(data);
    else if (data)
        show_ordered(ctl, command->name, data);
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

static unsigned options_given(const struct ctl *ctl)
{
    return (ctl->find ? FIND : 0U) | (ctl->from || ctl->to || ctl->since ? PERIOD : 0U) |
           (ctl->before || ctl->limit ? PAGE : 0U) | (ctl->format || ctl->output ? FILES : 0U) |
           (ctl->reason || ctl->owner ? ORDER : 0U) | (ctl->span ? SPAN : 0U);
}

static int show_usage(const struct command *command)
{
    ctl_complain("usage: kioskctl %s %s", command->name, command->usage ? command->usage : "SUBCOMMAND …");
    return CTL_USAGE;
}

/* The commands that are more than one question and its answer. argv[0] is the command. */
static int run_special(struct ctl *ctl, const struct command *command, int argc, char **argv)
{
    const char *name = command->name;
    if (strcmp(name, "payments") == 0 && argc == 1)
        return ctl_payments(ctl);
    if (strcmp(name, "export") == 0 && argc == 1)
        return ctl_export(ctl);
    if (strcmp(name, "watch") == 0 && argc <= 2)
        return ctl_watch(ctl, argc == 2 ? argv[1] : NULL);
    if (strcmp(name, "barrier") == 0 && argc == 3)
        return ctl_barrier(ctl, argv[1], argv[2]);
    if (strcmp(name, "test") == 0 && argc == 2)
        return ctl_move(ctl, "test", argv[1], json_pack("{s:s}", "device", argv[1]), show_test);
    if (strcmp(name, "screenshot") == 0 && argc == 2)
        return ctl_screenshot(ctl, argv[1]);
    if (strcmp(name, "qr") == 0)
        return ctl_qr(ctl, argc, argv);
    return show_usage(command);
}

int ctl_run(struct ctl *ctl, int argc, char **argv)
{
    const struct command *command = find_command(argv[0]);
    if (strcmp(argv[0], "help") == 0) {
        ctl_print_commands(stdout);
        return CTL_DONE;
    }
    if (!command) {
        ctl_complain("no command \"%s\"; kioskctl --help lists them", argv[0]);
        return CTL_USAGE;
    }
    ctl->query = command->options & ASKS;
    if (argc - 1 < command->least || options_given(ctl) & ~command->options)
        return show_usage(command);
    return command->show || command->options & GIVES ? ask_and_show(ctl, command, argc - 1, argv + 1)
                                                     : run_special(ctl, command, argc, argv);
}
