/* The window or the whole display, by SDL. One thread; only presents when asked to. */
#ifndef DISPLAY_WINDOW_H
#define DISPLAY_WINDOW_H

#include <SDL.h>
#include <stdbool.h>
#include <stdint.h>
#include "display/inspect.h"

enum { WINDOW_MAX_INPUTS = 64 };

enum window_input_kind { WINDOW_PRESS, WINDOW_RELEASE, WINDOW_KEY, WINDOW_NUMBER };

struct window_input {
    enum window_input_kind kind;
    int32_t x, y; /* press and release: of the upright page, however the panel is mounted */
    enum inspect_key key;
    int32_t number; /* of a key 1..9 */
};

/* What SDL had to say. */
struct window_news {
    bool closed; /* by the user */
    bool expose; /* show the page again */
    int32_t count;
    struct window_input input[WINDOW_MAX_INPUTS];
};

struct window {
    SDL_Window *window;
    SDL_Surface *turned;   /* the page as the panel is mounted */
    int32_t width, height; /* of the page: swapped when turned by a quarter */
    int32_t degrees;
    char problem[160]; /* why there is no window, as last said on the log */
};

/* Tries to open: a window of width x height, or the whole display if width is 0. false: no display yet (said
 * on the log when the reason changes); try again. */
bool window_open(struct window *window, int32_t width, int32_t height, int32_t degrees, bool framed);
void window_close(struct window *window);
/* Shows the page (window->width x window->height). false: it cannot be shown, said on the
 * log when the reason changes; the window is closed then. */
bool window_show(struct window *window, SDL_Surface *page);
/* Takes what SDL has to say; what does not fit into *ret waits for the next call. Mouse and fingers are the
 * same. */
void window_pump(struct window *window, struct window_news *ret);

#endif
