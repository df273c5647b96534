/* The command line of kiosk-display. */
#ifndef DISPLAY_OPTIONS_H
#define DISPLAY_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

struct options {
    const char *config, *run_dir, *shot, *shots, *gallery, *language;
    int32_t width, height; /* 0 = not given */
    int32_t sounds;        /* play what standard input names at this volume; -1 = not given */
    int32_t degrees, page; /* page from 1; 0 = by the time */
    bool window;
};

enum options_verdict { OPTIONS_RUN, OPTIONS_DONE, OPTIONS_BAD };
/* OPTIONS_DONE: --help or --version was printed. OPTIONS_BAD: said on stderr. Strings are borrowed from argv.
 */
enum options_verdict options_read(struct options *ret, int argc, char **argv);

#endif
