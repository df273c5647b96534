#include "display/options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "display/scene.h"

static const char help[] =
    "Usage: kiosk-display [-c FILE] [OPTION]...\n"
    "The customers' screen: shows what kioskd says, on the display or into pictures.\n"
    "\n"
    "  -c, --config FILE     configuration (default /etc/kioskd/kiosk.cfg); kiosk and screen are used\n"
    "      --run-dir DIR     where panel.sock is; then no configuration is read\n"
    "      --shot PNG        draw the next snapshot into a file and exit; 1 if none comes in 5 s\n"
    "      --shots DIR       also write a picture into DIR on every change (the newest 500 stay)\n"
    "      --gallery DIR     draw every state at the usual sizes from built-in samples and exit\n"
    "      --size WxH        pixels of the panel (default: the display's; pictures 1280x800)\n"
    "      --rotate DEGREES  how the panel is mounted, clockwise: 0, 90, 180, 270\n"
    "      --window          a window with a frame instead of the whole display\n"
    "      --page N          always this page of products\n"
    "      --language CODE   always this language of kiosk.languages\n"
    "      --sounds VOLUME   play what standard input names, at 0..100 %: p paid, r ready, f failed\n"
    "      --version, --help\n"
    "\n"
    "KIOSK_FONTS names the folder of the fonts if they are not where Debian puts them.\n"
    "Exit status: 0 done, 1 failed, 2 bad usage or configuration.\n";

enum {
    OPTION_RUN_DIR = 256,
    OPTION_SHOT,
    OPTION_SHOTS,
    OPTION_GALLERY,
    OPTION_SIZE,
    OPTION_ROTATE,
    OPTION_WINDOW,
    OPTION_PAGE,
    OPTION_LANGUAGE,
    OPTION_SOUNDS,
    OPTION_VERSION,
    OPTION_HELP
};

static const struct option table[] = {{"config", required_argument, NULL, 'c'},
                                      {"run-dir", required_argument, NULL, OPTION_RUN_DIR},
                                      {"shot", required_argument, NULL, OPTION_SHOT},
                                      {"shots", required_argument, NULL, OPTION_SHOTS},
                                      {"gallery", required_argument, NULL, OPTION_GALLERY},
                                      {"size", required_argument, NULL, OPTION_SIZE},
                                      {"rotate", required_argument, NULL, OPTION_ROTATE},
                                      {"window", no_argument, NULL, OPTION_WINDOW},
                                      {"page", required_argument, NULL, OPTION_PAGE},
                                      {"language", required_argument, NULL, OPTION_LANGUAGE},
                                      {"sounds", required_argument, NULL, OPTION_SOUNDS},
                                      {"version", no_argument, NULL, OPTION_VERSION},
                                      {"help", no_argument, NULL, OPTION_HELP},
                                      {NULL, 0, NULL, 0}};

static bool number_read(const char *text, int32_t least, int32_t greatest, int32_t *ret, const char **ret_end)
{
    char *end;
    long value = strtol(text, &end, 10);
    if (end == text || text[0] < '0' || text[0] > '9' || value < least || value > greatest)
        return false;
    *ret = (int32_t)value;
    *ret_end = end;
    return true;
}

static bool size_read(struct options *ret, const char *text)
{
    const char *end;
    return number_read(text, SCENE_MIN_SIDE, SCENE_MAX_SIDE, &ret->width, &end) && *end == 'x' &&
           number_read(end + 1, SCENE_MIN_SIDE, SCENE_MAX_SIDE, &ret->height, &end) && *end == '\0';
}

static bool option_take(struct options *ret, int option)
{
    const char *end = "";
    switch (option) {
    case 'c':
        ret->config = optarg;
        return true;
    case OPTION_RUN_DIR:
        ret->run_dir = optarg;
        return true;
    case OPTION_SHOT:
        ret->shot = optarg;
        return true;
    case OPTION_SHOTS:
        ret->shots = optarg;
        return true;
    case OPTION_GALLERY:
        ret->gallery = optarg;
        return true;
    case OPTION_SIZE:
        return size_read(ret, optarg);
    case OPTION_ROTATE:
        return number_read(optarg, 0, 270, &ret->degrees, &end) && *end == '\0' && ret->degrees % 90 == 0;
    case OPTION_WINDOW:
        ret->window = true;
        return true;
    case OPTION_PAGE:
        return number_read(optarg, 1, 1000, &ret->page, &end) && *end == '\0';
    case OPTION_LANGUAGE:
        ret->language = optarg;
        return true;
    case OPTION_SOUNDS:
        return number_read(optarg, 0, 100, &ret->sounds, &end) && *end == '\0';
    default:
        return false;
    }
}

enum options_verdict options_read(struct options *ret, int argc, char **argv)
{
    *ret = (struct options){.config = "/etc/kioskd/kiosk.cfg", .sounds = -1};
    int option, index = 0;
    while ((option = getopt_long(argc, argv, "c:", table, &index)) != -1) {
        if (option == OPTION_HELP || option == OPTION_VERSION) {
            printf("%s", option == OPTION_HELP ? help : "kiosk-display " KIOSK_VERSION "\n");
            return OPTIONS_DONE;
        }
        if (option == '?' || !option_take(ret, option)) {
            if (option != '?')
                fprintf(stderr, "kiosk-display: bad value for --%s: %s\n", table[index].name, optarg);
            fprintf(stderr, "Try 'kiosk-display --help'.\n");
            return OPTIONS_BAD;
        }
    }
    if (optind < argc) {
        fprintf(stderr, "kiosk-display: unexpected: %s\nTry 'kiosk-display --help'.\n", argv[optind]);
        return OPTIONS_BAD;
    }
    return OPTIONS_RUN;
}
