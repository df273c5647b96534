/* The running screen: link, staleness, scene, window and pictures put together. */
#ifndef DISPLAY_SCREEN_H
#define DISPLAY_SCREEN_H

#include "common/snapshot.h"
#include "display/options.h"
#include "display/paint.h"

enum { SCREEN_SHOT_MS = 5000, SCREEN_WIDTH = 1280, SCREEN_HEIGHT = 800 };

/* Draws the next snapshot into options->shot. 0, or 1 if none comes within SCREEN_SHOT_MS. */
int screen_shot(const struct options *options, struct paint *paint, const char *run_dir,
                const struct config_screen *config);
/* Shows until SIGTERM, SIGINT or the window is closed. kiosk: what the configuration says about names and
 * languages. config is borrowed. */
int screen_run(const struct options *options, struct paint *paint, const char *run_dir,
               const struct snapshot *kiosk, const struct config_screen *config);

#endif
