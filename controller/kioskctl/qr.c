/* kioskctl qr SUBCOMMAND: the one table of them. They ask no daemon; each reads its own options. */
#include "controller/kioskctl/qr.h"

#include <getopt.h>
#include <string.h>

static const struct ctl_qr_command commands[] = {
    {"check", ctl_qr_check, "TEXT|- [--price N] [--currency CUR] [--account A] [--product ID], or -c FILE",
     "explains a payment code field by field, and what is wrong with it", ctl_qr_check_more},
    {"make", ctl_qr_make, "emv|erip|sbp|nbu [--price N] [--KEY VALUE …] [--field TAG=VALUE] [--draw]",
     "builds a payment code from its fields, with the right sums", ""},
    {"sheet", ctl_qr_sheet, "-o FILE [--single] [--size WxH] [--language LIST] [PRODUCT …]",
     "draws labels with the codes of the configuration, for printing: PDF, PNG, SVG", ""},
};
enum { COMMANDS = sizeof commands / sizeof *commands };

static const struct ctl_qr_command *find(const char *name)
{
    for (int i = 0; i < COMMANDS; i++)
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}

void ctl_qr_print(FILE *out)
{
    for (int i = 0; i < COMMANDS; i++)
        fprintf(out, "  qr %s %s\n  %24s %s\n", commands[i].name, commands[i].usage, "", commands[i].help);
}

int ctl_qr_usage(const char *command)
{
    const struct ctl_qr_command *found = find(command);
    ctl_complain("usage: kioskctl qr %s %s", command, found ? found->usage : "");
    return CTL_USAGE;
}

static void print_help(const char *name)
{
    const struct ctl_qr_command *command = find(name);
    if (!command)
        return;
    printf("usage: kioskctl qr %s %s\n%s.\n", command->name, command->usage, command->help);
    fputs(command->more, stdout);
}

/* As getopt would, but under the name of the whole command. */
static int option_wrong(char **argv, bool bare)
{
    ctl_complain("qr %s: %s %s", argv[0], argv[optind - 1],
                 bare ? "needs a value behind it" : "is no option, or the beginning of several");
    fprintf(stderr, "kioskctl qr %s --help says more\n", argv[0]);
    return CTL_USAGE;
}

int ctl_qr_option(struct ctl *ctl, char **argv, int option)
{
    switch (option) {
    case 'c':
        ctl->config_file = optarg;
        ctl->config_given = true;
        return -1;
    case CTL_QR_JSON:
        ctl->json = true;
        return -1;
    case 'h':
        print_help(argv[0]);
        return CTL_DONE;
    default:
        return option_wrong(argv, option == ':');
    }
}

int ctl_qr(struct ctl *ctl, int argc, char **argv)
{
    const struct ctl_qr_command *command = argc > 1 ? find(argv[1]) : NULL;
    if (argc > 1 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)) {
        puts("usage: kioskctl qr SUBCOMMAND …\nPayment codes: these ask no daemon.\n");
        ctl_qr_print(stdout);
        return CTL_DONE;
    }
    if (!command) {
        ctl_complain("qr: %s%s%s; kioskctl qr --help lists them", argc > 1 ? "no sub-command \"" : "",
                     argc > 1 ? argv[1] : "a sub-command is missing", argc > 1 ? "\"" : "");
        return CTL_USAGE;
    }
    optind = 0; /* getopt begins anew, with this command's words */
    return command->run(ctl, argc - 1, argv + 1);
}
