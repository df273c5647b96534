/* kioskctl: the operator's hand on the machine itself. */
#include <ctype.h>
#include <getopt.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sodium.h>
#include "common/qr.h"
#include "controller/kioskctl/kioskctl.h"

#define DEFAULT_CONFIG "/etc/kioskd/kiosk.cfg"

enum { COMPLAINT_SIZE = 4096 };

/* A payer's code that was given where something else is wanted is not repeated. */
static void mask_payers(char *text)
{
    for (char *at = text; (at = strstr(at, "hQVDUFY")) != NULL;)
        for (; isalnum((unsigned char)*at) || (*at && strchr("+/=-_", *at)); at++)
            *at = '*';
}

void ctl_complain(const char *format, ...)
{
    char text[COMPLAINT_SIZE], visible[2 * COMPLAINT_SIZE];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    mask_payers(text);
    qr_visible(visible, sizeof visible, text, strlen(text));
    fprintf(stderr, "kioskctl: %s\n", visible);
}

static void print_help(void)
{
    puts("usage: kioskctl [-c FILE] [--json] COMMAND [ARGUMENT …]\n"
         "Asks the running kioskd, or gives it an order.\n");
    ctl_print_commands(stdout);
    puts("\n  -c, --config FILE        configuration (" DEFAULT_CONFIG ")\n"
         "  -s, --socket PATH        the socket itself, without a configuration\n"
         "      --json               the answer as JSON instead of tables\n"
         "      --find TEXT          end or part of the payment id, product or result\n"
         "      --since SPAN         the last 90s, 30m, 2h or 1d\n"
         "      --from T, --to T     period, from ≤ t < to: 2026-11-23, \"2026-11-23 14:05\", or unix "
         "seconds\n"
         "      --reason TEXT        why a barrier is opened or held: stands in the list of passages\n"
         "      --owner NAME         on whose behalf (the user who runs this)\n"
         "  -o, --output FILE        where the export goes (standard output)\n"
         "  -h, --help   -V, --version\n"
         "\nExit status: 0 done, 1 failed, 2 bad usage or configuration. The manual: kioskctl(1).");
}

enum { OPT_JSON = 256 };

/* Options with a text of their own: where it goes. */
static const struct {
    const char *name;
    size_t offset;
} texts[] = {
#define TEXT(name, member) {name, offsetof(struct ctl, member)}
    TEXT("find", find),     TEXT("from", from),   TEXT("to", to),         TEXT("since", since),
    TEXT("before", before), TEXT("limit", limit), TEXT("format", format), TEXT("reason", reason),
    TEXT("owner", owner),   TEXT("for", span),
#undef TEXT
};

static const struct option options[] = {
    {"config", required_argument, NULL, 'c'},
    {"socket", required_argument, NULL, 's'},
    {"json", no_argument, NULL, OPT_JSON},
    {"find", required_argument, NULL, 0},
    {"from", required_argument, NULL, 0},
    {"to", required_argument, NULL, 0},
    {"since", required_argument, NULL, 0},
    {"before", required_argument, NULL, 0},
    {"limit", required_argument, NULL, 0},
    {"format", required_argument, NULL, 0},
    {"reason", required_argument, NULL, 0},
    {"owner", required_argument, NULL, 0},
    {"for", required_argument, NULL, 0},
    {"output", required_argument, NULL, 'o'},
    {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, 'V'},
    {NULL, 0, NULL, 0},
};

static void take_text(struct ctl *ctl, const char *name)
{
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (strcmp(texts[i].name, name) == 0)
            memcpy((char *)ctl + texts[i].offset, &optarg, sizeof optarg);
}

/* What stands behind `qr` are the options of its sub-command, so that nothing behind it is read here; behind
 * every other command options may stand anywhere. */
static const char *letters(int argc, char **argv)
{
    int said = opterr;
    opterr = 0; /* complaints come when the options are read */
    while (getopt_long(argc, argv, "+c:s:o:hV", options, NULL) != -1)
        ;
    bool qr = optind < argc && strcmp(argv[optind], "qr") == 0;
    opterr = said;
    optind = 0; /* from the beginning */
    return qr ? "+c:s:o:hV" : "c:s:o:hV";
}

/* The exit status if the program is to end here, else -1. */
static int read_options(struct ctl *ctl, int argc, char **argv)
{
    int option, which = 0;
    const char *wanted = letters(argc, argv);
    while ((option = getopt_long(argc, argv, wanted, options, &which)) != -1) {
        switch (option) {
        case 0:
            take_text(ctl, options[which].name);
            break;
        case 'c':
            ctl->config_file = optarg;
            ctl->config_given = true;
            break;
        case 's':
            ctl->socket = optarg;
            break;
        case 'o':
            ctl->output = optarg;
            break;
        case OPT_JSON:
            ctl->json = true;
            break;
        case 'h':
            print_help();
            return CTL_DONE;
        case 'V':
            puts("kioskctl " KIOSK_VERSION);
            return CTL_DONE;
        default:
            fputs("kioskctl --help says more\n", stderr);
            return CTL_USAGE;
        }
    }
    if (optind < argc)
        return -1;
    fputs("kioskctl: a command is missing; kioskctl --help lists them\n", stderr);
    return CTL_USAGE;
}

int main(int argc, char **argv)
{
    struct ctl ctl = {.config_file = DEFAULT_CONFIG, .fd = -1};
    int status = read_options(&ctl, argc, argv);
    if (status < 0) {
        (void)signal(SIGPIPE, SIG_IGN);
        json_object_seed(0);
        status = sodium_init() < 0 ? CTL_FAILED : ctl_run(&ctl, argc - optind, argv + optind);
        ctl_hang_up(&ctl);
    }
    /* A full disk or a closed pipe must not look like success. */
    if ((fflush(stdout) != 0 || ferror(stdout)) && status == CTL_DONE) {
        ctl_complain("cannot write the output");
        status = CTL_FAILED;
    }
    return status;
}
