/* kiosk-display: the customers' screen. Its own process; knows only snapshots. */
#include <jansson.h>
#include <stdio.h>
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
#include "display/type.h"
#include "display/words.h"
#include "display/x11.h"

static void languages_shipped(struct snapshot *ret)
{
    for (ret->language_count = 0; words_language(ret->language_count); ret->language_count++)
        (void)text_copy(ret->languages[ret->language_count], CONFIG_LANG_SIZE,
                        words_language(ret->language_count));
}

/* Is the language of --language one of these? If not it is said on stderr. */
static bool language_known(const struct options *options, const struct snapshot *kiosk)
{
    char known[CONFIG_MAX_LANGUAGES * (CONFIG_LANG_SIZE + 2)] = "";
    size_t used = 0;
    for (int32_t i = 0; i < kiosk->language_count; i++) {
        if (!options->language || strcmp(kiosk->languages[i], options->language) == 0)
            return true;
        (void)text_append(known, sizeof(known), &used, "%s%s", i > 0 ? ", " : "", kiosk->languages[i]);
    }
    fprintf(stderr, "kiosk-display: bad value for --language: %s; there are: %s\n", options->language, known);
    return false;
}

/* Names and languages for the time without a snapshot; *ret has the shipped ones. false: said on stderr why
 * not. */
static bool kiosk_read(const struct options *options, struct snapshot *ret, struct config_screen *ret_screen,
                       char run_dir[CONFIG_PATH_SIZE])
{
    config_screen_presets(ret_screen);
    if (options->run_dir) {
        if (!language_known(options, ret))
            return false;
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
    return good && language_known(options, ret);
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
    languages_shipped(&kiosk);
    if (options.gallery ? !language_known(&options, &kiosk) : !kiosk_read(&options, &kiosk, &config, run_dir))
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
