/* The window or the whole display, by SDL. One thread; only presents when asked to. */
#ifndef DISPLAY_WINDOW_H
#define DISPLAY_WINDOW_H

#include <SDL.h>
#include <stdbool.h>
#include <stdint.h>
#include "display/inspect.h"

enum { WINDOW_RETRY_MS = 2000 };

struct window {
    SDL_Window *window;
    SDL_Surface *turned;   /* the page as the panel is mounted */
    int32_t width, height; /* of the page: swapped when turned by a quarter */
    int32_t degrees;
    char problem[160]; /* why there is no window, as last said on the log */
};

/* Tries to open: a window of width x height, or the whole display if width is 0. false: no display yet (said
 * on the log when the reason changes); try again after WINDOW_RETRY_MS. */
bool window_open(struct window *window, int32_t width, int32_t height, int32_t degrees, bool framed);
void window_close(struct window *window);
/* Shows the page (window->width x window->height). false: it is not on the display, said on the log. */
bool window_show(struct window *window, SDL_Surface *page);
/* Takes what SDL has to say; touches and keys go to the inspector's view, which has so many pages now. false:
 * the window was closed by the user. *ret_expose: show the page again. */
bool window_pump(struct window *window, struct inspect *inspect, int32_t pages, int64_t now_ms,
                 bool *ret_expose);

#endif
