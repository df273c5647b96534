/* kioskd: the daemon. */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#include <linux/close_range.h>

#include <jansson.h>
#include <sodium.h>

#include "common/log.h"
#include "config/load.h"
#include "controller/shell_start.h"

static struct config config;

/* With --check the findings are the output of the command. */
static void print_fault(void *user, const char *file, int line, const char *text)
{
    (void)user;
    (void)printf("%s:%d: %s\n", file, line, text);
}

static void print_warning(void *user, const char *file, int line, const char *text)
{
    (void)user;
    (void)printf("%s:%d: warning: %s\n", file, line, text);
}

static const struct config_report report_stdout = {.fault = print_fault, .warning = print_warning};

static void print_help(void)
{
    (void)printf(
        "Usage: kioskd [-c FILE] [--check] [--sim] [--version] [--help]\n"
        "Sells by static QR: hears signed payments over MQTT, moves the device once, reports the truth.\n\n"
        "  -c, --config FILE  configuration (default /etc/kioskd/kiosk.cfg)\n"
        "      --check        read the whole configuration, print every fault as FILE:LINE: message,\n"
        "                     touch no hardware; exit 0 or 2\n"
        "      --sim          every line's driver becomes the simulated machine\n"
        "      --keys         print every configuration key with type, range and default\n"
        "      --version      print the version\n\n"
        "Exit status: 0 done, 1 failed, 2 bad usage or configuration. See kioskd(8), kiosk.cfg(5).\n");
}

static const char leave_store_name[] =
    "KIOSKD_LEAVE_STORE"; /* from one run to the next one of this process */

static void close_on_exec(void)
{
    (void)close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
}

/* The same program, arguments and pid, without anything that this run still holds. */
static int start_anew(char **argv, bool leave_store)
{
    close_on_exec();
    if (leave_store)
        (void)setenv(leave_store_name, "1", 1);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execv("/proc/self/exe", argv);
    log_error("start anew: %s", strerror(errno));
    return 1;
}

static int run(char **argv, const char *file, bool simulate)
{
    enum shell_next next = SHELL_END;
    bool leave_store = getenv(leave_store_name) != NULL;
    (void)unsetenv(leave_store_name);
    int status = shell_main(&config, file, simulate, leave_store, &next);
    return next != SHELL_END ? start_anew(argv, next == SHELL_ANEW_LATER) : status;
}

int main(int argc, char **argv)
{
    static const struct option options[] = {{"config", required_argument, NULL, 'c'},
                                            {"check", no_argument, NULL, 'k'},
                                            {"sim", no_argument, NULL, 's'},
                                            {"version", no_argument, NULL, 'v'},
                                            {"keys", no_argument, NULL, 'K'},
                                            {"help", no_argument, NULL, 'h'},
                                            {0}};
    const char *file = "/etc/kioskd/kiosk.cfg";
    bool check = false, simulate = false;
    for (int option; (option = getopt_long(argc, argv, "c:hV", options, NULL)) != -1;) {
        switch (option) {
        case 'c':
            file = optarg;
            break;
        case 'k':
            check = true;
            break;
        case 's':
            simulate = true;
            break;
        case 'K':
            config_schema_print(stdout, false);
            return 0;
        case 'v':
        case 'V':
            (void)printf("kioskd %s\n", KIOSK_VERSION);
            return 0;
        case 'h':
            print_help();
            return 0;
        default:
            (void)fprintf(stderr, "Try 'kioskd --help'.\n");
            return 2;
        }
    }
    if (optind < argc) {
        (void)fprintf(stderr, "kioskd: \"%s\": no arguments are expected. Try 'kioskd --help'.\n",
                      argv[optind]);
        return 2;
    }
    (void)setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0}); /* a core file would hold keys */
    if (sodium_init() < 0) {
        (void)fprintf(stderr, "kioskd: libsodium does not start\n");
        return 1;
    }
    json_object_seed(0);
    int faults = config_load(&config, file, 0, check ? &report_stdout : &config_report_stderr);
    if (faults > 0) {
        (void)fflush(stdout);
        (void)fprintf(stderr, "kioskd: %s: %d fault%s\n", file, faults, faults == 1 ? "" : "s");
        return 2;
    }
    if (check) {
        (void)printf("%s: good: %d product%s, %d device%s, %d line%s\n", file, config.product_count,
                     config.product_count == 1 ? "" : "s", config.device_count,
                     config.device_count == 1 ? "" : "s", config.line_count,
                     config.line_count == 1 ? "" : "s");
        return 0;
    }
    return run(argv, file, simulate);
}
