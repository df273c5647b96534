/* kiosk-safe: every configured output off and read back, for the moment after the daemon's death. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include "config/load.h"
#include "hal/hal.h"

static const char usage[] =
    "usage: kiosk-safe -c FILE\n"
    "Drives every output of the configuration to its safe level (off), reads it back, and prints a\n"
    "line per output. Meant for ExecStopPost= and for technicians; the daemon should not run.\n"
    "  -c FILE    the configuration (default /etc/kioskd/kiosk.cfg)\n"
    "  --brief    a line per board instead, for the journal\n"
    "  --quiet    no line per output, only the sum of what failed\n"
    "  --help     this text\n"
    "  --version  the version\n"
    "Exit status: 0 all outputs confirmed off, 1 not all, 2 bad usage or configuration.\n";

static void say(void *user, const char *text)
{
    const int *quiet = user;
    if (!*quiet)
        puts(text);
}

static int run(const char *path, bool brief, int quiet)
{
    static struct config config;
    /* A fault elsewhere in the file must not leave a motor on: the lines that are good are driven all the
     * same. */
    int faults =
        config_load(&config, path, CONFIG_LOAD_NO_SECRETS | CONFIG_LOAD_LINES, &config_report_stderr);
    int failed = hal_make_safe(&config, false, brief, say, &quiet);
    if (failed > 0)
        fprintf(stderr, "kiosk-safe: %d output(s) could not be confirmed off\n", failed);
    if (faults > 0)
        return 2;
    return failed > 0 || fflush(stdout) != 0 ? 1 : 0;
}

int main(int argc, char **argv)
{
    static const struct option options[] = {
        {"config", required_argument, NULL, 'c'}, {"brief", no_argument, NULL, 'b'},
        {"quiet", no_argument, NULL, 'q'},        {"help", no_argument, NULL, 'h'},
        {"version", no_argument, NULL, 'v'},      {0}};
    const char *path = "/etc/kioskd/kiosk.cfg";
    bool brief = false;
    int quiet = 0;
    for (int option; (option = getopt_long(argc, argv, "c:", options, NULL)) != -1;) {
        switch (option) {
        case 'c':
            path = optarg;
            break;
        case 'b':
            brief = true;
            break;
        case 'q':
            quiet = 1;
            break;
        case 'h':
            fputs(usage, stdout);
            return 0;
        case 'v':
            puts("kiosk-safe " KIOSK_VERSION);
            return 0;
        default:
            fputs(usage, stderr);
            return 2;
        }
    }
    if (optind < argc) {
        fputs(usage, stderr);
        return 2;
    }
    return run(path, brief, quiet);
}
