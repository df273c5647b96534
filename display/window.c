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

/* Is this point of the panel on the right half of the upright page? */
static bool right_half(const struct window *window, int32_t x, int32_t y)
{
    switch (window->degrees) {
    case 90:
        return y * 2 >= window->width;
    case 180:
        return x * 2 < window->width;
    case 270:
        return y * 2 < window->width;
    default:
        return x * 2 >= window->width;
    }
}

static void key_take(struct inspect *inspect, SDL_Keycode key, int32_t pages, int64_t now_ms)
{
    static const struct {
        SDL_Keycode code;
        enum inspect_key key;
    } keys[] = {
        {SDLK_i, INSPECT_TOGGLE},   {SDLK_ESCAPE, INSPECT_CLOSE},   {SDLK_RIGHT, INSPECT_OLDER},
        {SDLK_DOWN, INSPECT_OLDER}, {SDLK_PAGEDOWN, INSPECT_OLDER}, {SDLK_LEFT, INSPECT_NEWER},
        {SDLK_UP, INSPECT_NEWER},   {SDLK_PAGEUP, INSPECT_NEWER},
    };
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        if (keys[i].code == key)
            inspect_key(inspect, keys[i].key, pages, now_ms);
}

/* A touch comes as a mouse button too (SDL_HINT_TOUCH_MOUSE_EVENTS). */
static void input_take(const struct window *window, struct inspect *inspect, const SDL_Event *event,
                       int32_t pages, int64_t now_ms)
{
    if (event->type == SDL_MOUSEBUTTONDOWN)
        inspect_press(inspect, right_half(window, event->button.x, event->button.y), now_ms);
    else if (event->type == SDL_MOUSEBUTTONUP)
        inspect_release(inspect, pages, now_ms);
    else if (event->type == SDL_KEYDOWN && event->key.repeat == 0)
        key_take(inspect, event->key.keysym.sym, pages, now_ms);
}

bool window_pump(struct window *window, struct inspect *inspect, int32_t pages, int64_t now_ms,
                 bool *ret_expose)
{
    SDL_Event event;
    SDL_PumpEvents();
    while (SDL_PeepEvents(&event, 1, SDL_GETEVENT, SDL_FIRSTEVENT, SDL_LASTEVENT) == 1) {
        if (event.type == SDL_QUIT)
            return false;
        if (event.type != SDL_WINDOWEVENT) {
            input_take(window, inspect, &event, pages, now_ms);
            continue;
        }
        if (event.window.event == SDL_WINDOWEVENT_SIZE_CHANGED) {
            measure(window);
            *ret_expose = true;
        } else if (event.window.event == SDL_WINDOWEVENT_EXPOSED) {
            *ret_expose = true;
        }
    }
    return true;
}
