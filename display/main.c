/* kiosk-display: the customers' screen. Its own process; knows only snapshots. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include "common/log.h"
#include "common/text.h"
#include "config/load.h"
#include "display/gallery.h"
#include "display/options.h"
#include "display/samples.h"
#include "display/screen.h"
#include "display/sound.h"
#include "display/x11.h"
#include "display/type.h"

/* Names and languages for the time without a snapshot. false: the configuration has faults, printed. */
static bool kiosk_read(const struct options *options, struct snapshot *ret, struct config_screen *ret_screen,
                       char run_dir[CONFIG_PATH_SIZE])
{
    config_screen_presets(ret_screen);
    if (options->run_dir) {
        ret->language_count = 1;
        (void)text_copy(ret->languages[0], sizeof(ret->languages[0]),
                        options->language ? options->language : "en");
        return text_copy(run_dir, CONFIG_PATH_SIZE, options->run_dir);
    }
    struct config *config = calloc(1, sizeof(*config));
    bool good =
        config && config_load(config, options->config, CONFIG_LOAD_NO_SECRETS, &config_report_stderr) == 0;
    if (good) {
        (void)text_copy(ret->kiosk_id, sizeof(ret->kiosk_id), config->kiosk.id);
        (void)text_copy(ret->name, sizeof(ret->name), config->kiosk.name);
        (void)text_copy(ret->support, sizeof(ret->support), config->kiosk.support);
        (void)text_copy(ret->currency, sizeof(ret->currency), config->kiosk.currency);
        ret->language_count = config->kiosk.language_count;
        memcpy(ret->languages, config->kiosk.languages, sizeof(ret->languages));
        (void)text_copy(run_dir, CONFIG_PATH_SIZE, config->kiosk.run_dir);
        *ret_screen = config->screen;
    }
    free(config);
    return good;
}

static int run(const struct options *options, struct paint *paint, const struct snapshot *kiosk,
               const struct config_screen *config, const char *run_dir)
{
    if (options->gallery)
        return gallery_write(paint, options->gallery, options->width, options->height,
                             samples_language(options->language))
                   ? 1
                   : 0;
    if (options->shot)
        return screen_shot(options, paint, run_dir, config);
    return screen_run(options, paint, run_dir, kiosk, config);
}

int main(int argc, char **argv)
{
    struct options options;
    switch (options_read(&options, argc, argv)) {
    case OPTIONS_RUN:
        break;
    case OPTIONS_DONE:
        return 0;
    case OPTIONS_BAD:
        return 2;
    }
    if (options.sounds >= 0)
        return sound_play(options.sounds);
    json_object_seed(0);
    x11_remember(argv);
    static struct snapshot kiosk;
    static struct config_screen config;
    char run_dir[CONFIG_PATH_SIZE] = "";
    if (!options.gallery && !kiosk_read(&options, &kiosk, &config, run_dir))
        return 2;
    struct type *type = type_open(getenv("KIOSK_FONTS"), config.theme.font, config.theme.font_bold);
    struct paint *paint = type ? paint_open(type) : NULL;
    if (!paint)
        return 1;
    int result = run(&options, paint, &kiosk, &config, run_dir);
    paint_close(paint);
    SDL_Quit();
    return result;
}
