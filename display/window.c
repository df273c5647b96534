#include "display/window.h"

#include <stdio.h>
#include <string.h>
#include "common/log.h"
#include "display/paint.h"
#include "display/rotate.h"
#include "display/x11.h"

static bool window_fail(struct window *window, const char *what)
{
    char problem[sizeof(window->problem)];
    (void)snprintf(problem, sizeof(problem), "%s: %s", what, SDL_GetError());
    if (strcmp(problem, window->problem) != 0)
        log_warning("no display: %s; trying again", problem);
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

/* The whole display if width is 0. Where no window manager moves it, it stays where it was made. */
static SDL_Window *window_create(int32_t width, int32_t height, bool framed)
{
    uint32_t flags = SDL_WINDOW_SHOWN;
    int at = SDL_WINDOWPOS_CENTERED;
    if (width == 0) {
        SDL_DisplayMode whole = {.w = 1280, .h = 800};
        (void)SDL_GetDesktopDisplayMode(0, &whole);
        flags |= SDL_WINDOW_FULLSCREEN_DESKTOP;
        width = whole.w;
        height = whole.h;
        at = 0;
    } else if (!framed) {
        flags |= SDL_WINDOW_BORDERLESS;
    }
    return SDL_CreateWindow("kiosk-display", at, at, width, height, flags);
}

bool window_open(struct window *window, int32_t width, int32_t height, int32_t degrees, bool framed)
{
    /* SIGTERM and SIGINT belong to main; a kiosk's screen never sleeps. */
    (void)SDL_SetHint(SDL_HINT_NO_SIGNAL_HANDLERS, "1");
    (void)SDL_SetHint(SDL_HINT_VIDEO_ALLOW_SCREENSAVER, "0");
    (void)SDL_SetHint(SDL_HINT_MOUSE_FOCUS_CLICKTHROUGH, "1");
    (void)SDL_SetHint(SDL_HINT_TOUCH_MOUSE_EVENTS, "0"); /* a finger once, not as a mouse again */
    window->degrees = degrees;
    if (SDL_InitSubSystem(SDL_INIT_VIDEO) != 0)
        return window_fail(window, "SDL video");
    x11_watch();
    window->window = window_create(width, height, framed);
    if (!window->window)
        return window_fail(window, "SDL window");
    if (!framed)
        (void)SDL_ShowCursor(SDL_DISABLE);
    measure(window);
    if (window->degrees && !window->turned)
        return window_fail(window, "SDL surface");
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
        SDL_UpdateWindowSurface(window->window) == 0) {
        window->problem[0] = '\0';
        return true;
    }
    return window_fail(window, "cannot show the page");
}

static void input_add(struct window_news *news, struct window_input input)
{
    news->input[news->count++] = input;
}

/* The point in pixels of the panel, turned upright. */
static void touch_add(const struct window *window, struct window_news *news, enum window_input_kind kind,
                      int32_t x, int32_t y)
{
    rotate_point(&x, &y, window->width, window->height, window->degrees);
    input_add(news, (struct window_input){.kind = kind, .x = x, .y = y});
}

static int32_t pixel(float share, int32_t side)
{
    int32_t at = (int32_t)(share * (float)side);
    return at < 0 ? 0 : at >= side ? side - 1 : at;
}

/* Fingers come as a share of the panel, and with kmsdrm belong to no window. */
static void finger_add(const struct window *window, struct window_news *news,
                       const SDL_TouchFingerEvent *finger)
{
    bool quarter = window->degrees % 180 != 0;
    touch_add(window, news, finger->type == SDL_FINGERDOWN ? WINDOW_PRESS : WINDOW_RELEASE,
              pixel(finger->x, quarter ? window->height : window->width),
              pixel(finger->y, quarter ? window->width : window->height));
}

static void key_add(struct window_news *news, SDL_Keycode code)
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
        if (keys[i].code == code)
            input_add(news, (struct window_input){.kind = WINDOW_KEY, .key = keys[i].key});
}

static void number_add(struct window_news *news, SDL_Keycode code)
{
    int32_t number = code >= SDLK_1 && code <= SDLK_9         ? code - SDLK_1 + 1
                     : code >= SDLK_KP_1 && code <= SDLK_KP_9 ? code - SDLK_KP_1 + 1
                                                              : 0;
    if (number > 0)
        input_add(news, (struct window_input){.kind = WINDOW_NUMBER, .number = number});
}

static void event_take(struct window *window, struct window_news *news, const SDL_Event *event)
{
    switch (event->type) {
    case SDL_QUIT:
        news->closed = true;
        break;
    case SDL_MOUSEBUTTONDOWN:
    case SDL_MOUSEBUTTONUP:
        touch_add(window, news, event->type == SDL_MOUSEBUTTONDOWN ? WINDOW_PRESS : WINDOW_RELEASE,
                  event->button.x, event->button.y);
        break;
    case SDL_FINGERDOWN:
    case SDL_FINGERUP:
        finger_add(window, news, &event->tfinger);
        break;
    case SDL_KEYDOWN:
        if (event->key.repeat == 0)
            key_add(news, event->key.keysym.sym);
        if (event->key.repeat == 0)
            number_add(news, event->key.keysym.sym);
        break;
    case SDL_WINDOWEVENT:
        if (event->window.event == SDL_WINDOWEVENT_SIZE_CHANGED)
            measure(window);
        news->expose |= event->window.event == SDL_WINDOWEVENT_SIZE_CHANGED ||
                        event->window.event == SDL_WINDOWEVENT_EXPOSED;
        break;
    default: /* of SDL's many, nothing to us */
        break;
    }
}

void window_pump(struct window *window, struct window_news *ret)
{
    SDL_Event event;
    *ret = (struct window_news){.count = 0};
    SDL_PumpEvents();
    while (ret->count < WINDOW_MAX_INPUTS &&
           SDL_PeepEvents(&event, 1, SDL_GETEVENT, SDL_FIRSTEVENT, SDL_LASTEVENT) == 1)
        event_take(window, ret, &event);
}
