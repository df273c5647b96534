#include "display/window.h"

#include <stdio.h>
#include <string.h>
#include "common/log.h"
#include "display/paint.h"
#include "display/rotate.h"

static bool window_fail(struct window *window, const char *what)
{
    char problem[sizeof(window->problem)];
    (void)snprintf(problem, sizeof(problem), "%s: %s", what, SDL_GetError());
    if (strcmp(problem, window->problem) != 0)
        log_warning("no display: %s; trying again every %d s", problem, WINDOW_RETRY_MS / 1000);
    window_close(window);
    (void)snprintf(window->problem, sizeof(window->problem), "%s", problem);
    return false;
}

static void measure(struct window *window)
{
    int w, h;
    SDL_GetWindowSize(window->window, &w, &h);
    bool quarter = window->degrees == 90 || window->degrees == 270;
    window->width = quarter ? h : w;
    window->height = quarter ? w : h;
    SDL_FreeSurface(window->turned);
    window->turned = window->degrees ? paint_surface(w, h) : NULL;
}

bool window_open(struct window *window, int32_t width, int32_t height, int32_t degrees, bool framed)
{
    /* SIGTERM and SIGINT belong to main; a kiosk's screen never sleeps. */
    (void)SDL_SetHint(SDL_HINT_NO_SIGNAL_HANDLERS, "1");
    (void)SDL_SetHint(SDL_HINT_VIDEO_ALLOW_SCREENSAVER, "0");
    window->degrees = degrees;
    if (SDL_InitSubSystem(SDL_INIT_VIDEO) != 0)
        return window_fail(window, "SDL video");
    uint32_t flags = SDL_WINDOW_SHOWN;
    if (width == 0) {
        flags |= SDL_WINDOW_FULLSCREEN_DESKTOP;
        width = 1280;
        height = 800;
    } else if (!framed) {
        flags |= SDL_WINDOW_BORDERLESS;
    }
    window->window = SDL_CreateWindow("kiosk-display", SDL_WINDOWPOS_CENTERED, SDL_WINDOWPOS_CENTERED, width,
                                      height, flags);
    if (!window->window)
        return window_fail(window, "SDL window");
    if (!framed)
        (void)SDL_ShowCursor(SDL_DISABLE);
    measure(window);
    if (window->degrees && !window->turned)
        return window_fail(window, "SDL surface");
    window->problem[0] = '\0';
    log_notice("display: driver=%s size=%dx%d rotate=%d", SDL_GetCurrentVideoDriver(), (int)window->width,
               (int)window->height, (int)degrees);
    return true;
}

void window_close(struct window *window)
{
    SDL_FreeSurface(window->turned);
    window->turned = NULL;
    if (window->window)
        SDL_DestroyWindow(window->window);
    window->window = NULL;
    SDL_QuitSubSystem(SDL_INIT_VIDEO);
}

bool window_show(struct window *window, SDL_Surface *page)
{
    SDL_Surface *screen = SDL_GetWindowSurface(window->window), *from = page;
    if (window->turned) {
        rotate_pixels(window->turned->pixels, window->turned->pitch / 4, page->pixels, page->pitch / 4,
                      page->w, page->h, window->degrees);
        from = window->turned;
    }
    if (screen && SDL_BlitSurface(from, NULL, screen, NULL) == 0 &&
        SDL_UpdateWindowSurface(window->window) == 0)
        return true;
    log_warning("cannot show the page: %s", SDL_GetError());
    return false;
}

bool window_pump(struct window *window, bool *ret_expose)
{
    SDL_Event event;
    SDL_PumpEvents();
    while (SDL_PeepEvents(&event, 1, SDL_GETEVENT, SDL_FIRSTEVENT, SDL_LASTEVENT) == 1) {
        if (event.type == SDL_QUIT)
            return false;
        if (event.type != SDL_WINDOWEVENT)
            continue;
        if (event.window.event == SDL_WINDOWEVENT_SIZE_CHANGED) {
            measure(window);
            *ret_expose = true;
        } else if (event.window.event == SDL_WINDOWEVENT_EXPOSED) {
            *ret_expose = true;
        }
    }
    return true;
}
