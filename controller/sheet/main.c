/* kiosk-sheet: stickers and sheets with the payment codes of a configuration. A program of its own, run by
 * `kioskctl qr sheet`: it needs cairo, pango and fonts, which nothing else on a kiosk does. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "config/load.h"
#include "controller/sheet/job.h"
#include "controller/sheet/options.h"

/* Of the warnings only those that tell of labels. */
static void warn(void *user, const char *file, int line, const char *text)
{
    if (strncmp(text, "products", strlen("products")) == 0)
        config_report_stderr.warning(user, file, line, text);
}

int main(int argc, char **argv)
{
    struct options options;
    int status = sheet_options_read(&options, argc, argv);
    if (status >= 0)
        return status;
    (void)signal(SIGPIPE, SIG_IGN);
    const struct config_report report = {.fault = config_report_stderr.fault, .warning = warn};
    struct config *config = calloc(1, sizeof(*config));
    if (!config) {
        fputs("kiosk-sheet: no memory\n", stderr);
        status = SHEET_FAILED;
    } else if (config_load(config, options.config, CONFIG_LOAD_NO_SECRETS, &report) != 0) {
        status = SHEET_USAGE;
    } else {
        status = job_run(&options, config);
    }
    free(config);
    return status;
}
