/* kioskctl qr sheet: runs kiosk-sheet, which draws. A program of its own because cairo, pango and fonts are
 * nothing that a machine without a printer should have to carry for an operator's shell. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "controller/kioskctl/qr.h"

#define PROGRAM "kiosk-sheet"

/* The one that lies beside this program, so that both are of one version; else that of PATH. */
static void run(char **argv)
{
    char path[4096];
    ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - sizeof(PROGRAM) - 1);
    char *slash = NULL;
    if (length > 0) {
        path[length] = '\0';
        slash = strrchr(path, '/');
    }
    if (slash) {
        memcpy(slash + 1, PROGRAM, sizeof(PROGRAM));
        (void)execv(path, argv);
    }
    if (!slash || errno == ENOENT)
        (void)execvp(PROGRAM, argv);
}

int ctl_qr_sheet(struct ctl *ctl, int argc, char **argv)
{
    static char program[] = PROGRAM, option[] = "-c";
    char **words = calloc((size_t)argc + 4, sizeof(*words));
    char *config = strdup(ctl->config_file);
    int count = 0;
    if (!words || !config) {
        ctl_complain("no memory");
        free(words);
        free(config);
        return CTL_FAILED;
    }
    words[count++] = program;
    words[count++] = option;
    words[count++] = config; /* a -c behind "sheet" comes later and counts */
    for (int i = 1; i < argc; i++)
        words[count++] = argv[i];
    run(words);
    ctl_complain("cannot run " PROGRAM ": %s%s", strerror(errno),
                 errno == ENOENT ? "; it is not installed here, but a desk computer with the same "
                                   "configuration will do"
                                 : "");
    free(words);
    free(config);
    return CTL_FAILED;
}
