#include "display/screen.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "common/clock.h"
#include "common/log.h"
#include "common/notify.h"
#include "common/shot.h"
#include "display/glass.h"
#include "display/hand.h"
#include "display/link.h"
#include "display/sound.h"
#include "display/stale.h"

/* SDL tells of touches only when asked: seldom while nobody is there, often for a while after a touch. */
enum { PUMP_MS = 150, PUMP_AWAKE_MS = 33, AWAKE_MS = 5000, STILL_MS = 3000 };

struct screen {
    const struct options *options;
    const struct config_screen *config;
    struct paint *paint;
    struct link *link;
    struct glass glass;
    struct stale stale;
    struct journal journal;
    struct hand hand;
    struct sound sound;
    struct theme theme; /* of this time of the day */
    struct snapshot incoming;
    struct scene drawn, next; /* on the screen now; being built */
    bool clock_known;
    bool fed;     /* a snapshot came in that was not answered yet */
    bool current; /* what was built hangs on the display, or there is none */
    int64_t watchdog_ms, watchdog_every_ms;
    int signals;
};

static int64_t now_in_ms(void)
{
    return clock_mono_us() / 1000;
}

static void clock_write(char ret[8], int64_t wall_s)
{
    time_t seconds = (time_t)wall_s;
    struct tm local;
    ret[0] = '\0';
    if (wall_s > 0 && localtime_r(&seconds, &local))
        (void)strftime(ret, 8, "%H:%M", &local);
}

static int32_t utc_offset(int64_t wall_s)
{
    time_t seconds = wall_s > 0 ? (time_t)wall_s : time(NULL);
    struct tm local;
    return localtime_r(&seconds, &local) ? (int32_t)local.tm_gmtoff : 0;
}

static int32_t language_find(const struct snapshot *snapshot, const char *code)
{
    for (int32_t i = 0; code && i < snapshot->language_count; i++)
        if (strcmp(snapshot->languages[i], code) == 0)
            return i;
    return -1;
}

static struct scene_view view_make(const struct options *options, const struct snapshot *snapshot,
                                   int64_t now_ms, int64_t held_ms)
{
    bool quarter = options->degrees % 180 != 0;
    int32_t width = options->width ? options->width : SCREEN_WIDTH;
    int32_t height = options->width ? options->height : SCREEN_HEIGHT;
    struct scene_view view = {.width = quarter ? height : width,
                              .height = quarter ? width : height,
                              .now_ms = now_ms,
                              .held_ms = held_ms,
                              .page = options->page - 1,
                              .language = language_find(snapshot, options->language),
                              .utc_offset_s = utc_offset(snapshot->wall_s)};
    clock_write(view.clock, snapshot->wall_s);
    return view;
}

/* Of the day; -1 = not known. */
static int32_t local_minute(void)
{
    time_t seconds = time(NULL);
    struct tm local;
    return localtime_r(&seconds, &local) ? local.tm_hour * 60 + local.tm_min : -1;
}

static const struct theme *theme_choose(struct theme *ret, const struct config_theme *choice, int32_t minute)
{
    bool night = theme_is_night(choice->night_from_min, choice->night_to_min, minute);
    theme_make(ret, &(struct theme_choice){.base = night ? THEME_NIGHT : (enum theme_base)choice->base,
                                           .large = choice->large != 0,
                                           .accent = choice->accent,
                                           .ground = choice->ground,
                                           .card = choice->card,
                                           .ink = choice->ink});
    return ret;
}

/* ---- one picture ---- */

static int shot_draw(const struct options *options, struct paint *paint, const struct snapshot *snapshot,
                     const struct config_screen *config)
{
    static struct scene scene;
    static struct journal journal;
    static struct theme theme;
    struct scene_view view = view_make(options, snapshot, now_in_ms(), 0);
    if (view.language < 0 && config->language_by != CONFIG_LANGUAGE_TURN)
        view.language = 0;
    view.language_button = config->language_by == CONFIG_LANGUAGE_TOUCH && !options->language;
    journal_feed(&journal, snapshot, view.now_ms);
    view.journal = &journal;
    view.theme = theme_choose(&theme, &config->theme, snapshot->wall_s > 0 ? local_minute() : -1);
    view.logo = config->theme.logo;
    scene_build(&scene, snapshot, &view);
    SDL_Surface *page = paint_surface(view.width, view.height);
    if (!page)
        return 1;
    paint_scene(paint, page, &scene);
    int failed = paint_save(page, options->shot);
    SDL_FreeSurface(page);
    return failed ? 1 : 0;
}

int screen_shot(const struct options *options, struct paint *paint, const char *run_dir,
                const struct config_screen *config)
{
    static struct snapshot snapshot;
    struct link *link = link_open(run_dir);
    int64_t now_ms = now_in_ms(), until_ms = now_ms + SCREEN_SHOT_MS;
    int result = 1;
    for (; link && now_ms < until_ms; now_ms = now_in_ms()) {
        int64_t wait_ms = link_connect(link, now_ms);
        struct pollfd ready = {.fd = link_fd(link), .events = POLLIN};
        int64_t left_ms = until_ms - now_ms;
        (void)poll(&ready, 1, (int)(wait_ms >= 0 && wait_ms < left_ms ? wait_ms : left_ms));
        if (ready.revents && link_read(link, &snapshot, now_in_ms()) == LINK_SNAPSHOT) {
            result = shot_draw(options, paint, &snapshot, config);
            break;
        }
    }
    if (now_ms >= until_ms)
        log_error("no snapshot from %s/panel.sock within %d s: is kioskd running?", run_dir,
                  SCREEN_SHOT_MS / 1000);
    link_close(link);
    return result;
}

/* ---- the running screen ---- */

/* Only what is on the display is said to be shown, and only while the daemon behind it is believed. */
static void answer(struct screen *screen, bool changed)
{
    if (!screen->stale.believed || !screen->glass.presented || !(screen->fed || changed))
        return;
    link_answer(screen->link, &screen->next.shown);
    screen->fed = false;
}

/* -1 until the daemon has believed the clock once. */
static int32_t minute_of_day(struct screen *screen)
{
    screen->clock_known |= screen->stale.snapshot.wall_s > 0;
    return screen->clock_known ? local_minute() : -1;
}

static struct scene_view view_now(struct screen *screen, int64_t now_ms)
{
    const struct snapshot *snapshot = &screen->stale.snapshot;
    struct scene_view view = view_make(screen->options, snapshot, now_ms, now_ms - screen->stale.since_ms);
    glass_size(&screen->glass, &view.width, &view.height);
    view.journal = &screen->journal;
    view.theme = theme_choose(&screen->theme, &screen->config->theme, minute_of_day(screen));
    view.logo = screen->config->theme.logo;
    hand_view(&screen->hand, &view);
    if (view.language < 0 && screen->config->language_by != CONFIG_LANGUAGE_TURN)
        view.language = screen->hand.language < 0 ? 0 : screen->hand.language;
    view.language_button = screen->config->language_by == CONFIG_LANGUAGE_TOUCH && !screen->options->language;
    return view;
}

static int64_t sooner(int64_t a, int64_t b)
{
    return b >= 0 && b < a ? b : a;
}

/* Builds the scene and draws it if it differs. Milliseconds until it changes by itself. */
static int64_t show(struct screen *screen, int64_t now_ms, bool expose)
{
    stale_check(&screen->stale, now_ms);
    hand_check(&screen->hand, now_ms);
    const struct snapshot *snapshot = &screen->stale.snapshot;
    journal_age(&screen->journal, now_ms, snapshot->wall_s);
    struct scene_view view = view_now(screen, now_ms);
    scene_build(&screen->next, snapshot, &view);
    bool changed = !scene_same(&screen->next, &screen->drawn);
    SDL_Surface *page = changed ? glass_page(&screen->glass) : NULL;
    if (page) {
        paint_scene(screen->paint, page, &screen->next);
        screen->drawn = screen->next;
    }
    bool busy = screen->next.engaged || hand_busy(&screen->hand, STILL_MS, now_ms);
    glass_show(&screen->glass, changed, minute_of_day(screen), busy, expose, now_ms);
    screen->current = !screen->glass.window.window || (screen->glass.presented && (page || !changed));
    answer(screen, changed);
    int64_t next_ms = scene_next_ms(&screen->next, snapshot, &view);
    next_ms = sooner(next_ms, stale_next_ms(&screen->stale, now_ms));
    return sooner(next_ms, hand_next_ms(&screen->hand, now_ms));
}

static void listen_once(struct screen *screen, int64_t now_ms)
{
    switch (link_read(screen->link, &screen->incoming, now_ms)) {
    case LINK_SNAPSHOT:
        stale_feed(&screen->stale, &screen->incoming, now_ms);
        journal_feed(&screen->journal, &screen->incoming, now_ms);
        sound_feed(&screen->sound, &screen->incoming, now_ms);
        screen->fed = true;
        break;
    case LINK_LOST:
        stale_lose(&screen->stale, now_ms);
        journal_lose(&screen->journal);
        sound_lose(&screen->sound);
        break;
    case LINK_NOTHING:
        break;
    }
}

/* Only while it lives and draws: an old picture that cannot be taken away may show a code that must not be
 * paid. */
static void watchdog_feed(struct screen *screen, int64_t now_ms)
{
    if (screen->watchdog_every_ms == 0 || now_ms < screen->watchdog_ms || !screen->current)
        return;
    (void)notify_send("WATCHDOG=1");
    screen->watchdog_ms = now_ms + screen->watchdog_every_ms;
}

/* Touches mean what stands on the display now. false: the window was closed. */
static bool touches_take(struct screen *screen, int64_t now_ms, bool *ret_expose)
{
    static struct window_news news;
    if (!screen->glass.window.window)
        return true;
    window_pump(&screen->glass.window, &news);
    for (int32_t i = 0; i < news.count; i++) {
        struct window_input *input = &news.input[i];
        glass_point(&screen->glass, &input->x, &input->y);
        switch (input->kind) {
        case WINDOW_PRESS:
            hand_press(&screen->hand, &screen->next, input->x, input->y, now_ms);
            break;
        case WINDOW_RELEASE:
            hand_release(&screen->hand, &screen->next, now_ms);
            break;
        case WINDOW_KEY:
            hand_key(&screen->hand, &screen->next, input->key, now_ms);
            break;
        case WINDOW_NUMBER:
            hand_number(&screen->hand, &screen->next, input->number, now_ms);
            break;
        }
    }
    *ret_expose = news.expose;
    return !news.closed;
}

/* A picture of what hangs there now, for whoever looks from afar. */
static void picture_give(struct screen *screen)
{
    if (!link_asked(screen->link))
        return;
    unsigned char *png = malloc(SHOT_MAX_BYTES);
    link_give(screen->link, png, png ? glass_png(&screen->glass, png, SHOT_MAX_BYTES) : 0);
    free(png);
}

/* One turn: look, draw, wait. false: time to end. */
static bool turn(struct screen *screen)
{
    int64_t now_ms = now_in_ms();
    bool expose = false;
    glass_try(&screen->glass, now_ms);
    if (!touches_take(screen, now_ms, &expose))
        return false;
    int64_t wait_ms = link_connect(screen->link, now_ms);
    listen_once(screen, now_ms);
    int64_t timeout_ms = sooner(show(screen, now_ms, expose), wait_ms);
    picture_give(screen);
    watchdog_feed(screen, now_ms);
    timeout_ms = sooner(timeout_ms, hand_busy(&screen->hand, AWAKE_MS, now_ms) ? PUMP_AWAKE_MS : PUMP_MS);
    if (screen->watchdog_every_ms > 0)
        timeout_ms = sooner(timeout_ms, screen->watchdog_every_ms);
    struct pollfd ready[2] = {{.fd = screen->signals, .events = POLLIN},
                              {.fd = link_fd(screen->link), .events = POLLIN}};
    (void)poll(ready, 2, (int)timeout_ms);
    return ready[0].revents == 0;
}

static int signals_open(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    (void)sigprocmask(SIG_BLOCK, &set, NULL);
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

int screen_run(const struct options *options, struct paint *paint, const char *run_dir,
               const struct snapshot *kiosk, const struct config_screen *config)
{
    struct screen *screen = calloc(1, sizeof(*screen));
    if (!screen || glass_start(&screen->glass, options, config, now_in_ms()) != 0 ||
        !(screen->link = link_open(run_dir)) || (screen->signals = signals_open()) < 0) {
        free(screen);
        return 1;
    }
    screen->options = options;
    screen->config = config;
    hand_start(&screen->hand, config->language_back_s * 1000);
    sound_start(&screen->sound, config->sounds, now_in_ms());
    screen->paint = paint;
    screen->watchdog_every_ms = notify_watchdog_us() / 1000;
    stale_start(&screen->stale, kiosk, now_in_ms());
    (void)notify_send("READY=1\nSTATUS=waiting for a display");
    while (turn(screen))
        ;
    (void)notify_send("STOPPING=1");
    sound_stop(&screen->sound);
    glass_stop(&screen->glass);
    link_close(screen->link);
    close(screen->signals);
    free(screen);
    return 0;
}
