#include <SDL.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <signal.h>
#include <unistd.h>
#include "common/log.h"
#include "display/sound.h"

/* LONGEST: more than that waiting, and a sound would come too late to mean anything. */
enum {
    REST_MS = 1500,
    LONGEST_SAMPLES = 2 * TONE_RATE_HZ,
    DRAIN_STEP_MS = 20,
    DRAIN_MOST_MS = 4000,
    DRAIN_LAST_MS = 100
};

struct player {
    SDL_AudioDeviceID device; /* 0 = closed */
    bool complained;          /* there is no device, and it was said */
    int32_t volume;
};

/* Sound libraries fill standard error with lines of their own at each try; ours says it once. */
static int errors_hide(void)
{
    int kept = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3), nothing = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (kept >= 0 && nothing >= 0)
        (void)dup2(nothing, STDERR_FILENO);
    if (nothing >= 0)
        (void)close(nothing);
    return kept;
}

static void errors_show(int kept)
{
    if (kept < 0)
        return;
    (void)dup2(kept, STDERR_FILENO);
    (void)close(kept);
}

static SDL_AudioDeviceID device_try(void)
{
    const SDL_AudioSpec wanted = {
        .freq = TONE_RATE_HZ, .format = AUDIO_S16SYS, .channels = 1, .samples = 1024};
    if (SDL_InitSubSystem(SDL_INIT_AUDIO) != 0)
        return 0;
    SDL_AudioDeviceID device = SDL_OpenAudioDevice(NULL, 0, &wanted, NULL, 0);
    if (device)
        SDL_PauseAudioDevice(device, 0);
    else
        SDL_QuitSubSystem(SDL_INIT_AUDIO);
    return device;
}

static bool device_open(struct player *player)
{
    if (player->device)
        return true;
    int kept = errors_hide();
    player->device = device_try();
    errors_show(kept);
    if (player->device && player->complained)
        log_info("a sound device is there");
    if (!player->device && !player->complained)
        log_warning("no sound device: %s; the screen is silent until there is one", SDL_GetError());
    player->complained = !player->device;
    return player->device != 0;
}

/* All of it, so that the next opening looks for devices anew. */
static void device_close(struct player *player)
{
    if (!player->device)
        return;
    SDL_CloseAudioDevice(player->device);
    SDL_QuitSubSystem(SDL_INIT_AUDIO);
    player->device = 0;
}

static void tone_play(struct player *player, enum tone tone)
{
    static int16_t samples[TONE_MAX_SAMPLES];
    if (!device_open(player))
        return;
    if (SDL_GetQueuedAudioSize(player->device) / sizeof(*samples) > LONGEST_SAMPLES)
        return;
    size_t count = tone_write(samples, tone, player->volume);
    if (SDL_QueueAudio(player->device, samples, (Uint32)(count * sizeof(*samples))) == 0 &&
        SDL_GetAudioDeviceStatus(player->device) != SDL_AUDIO_STOPPED)
        return;
    log_warning("the sound device is gone: %s", SDL_GetError());
    device_close(player);
}

static void letters_play(struct player *player, const char *letters, ssize_t count)
{
    for (ssize_t i = 0; i < count; i++) {
        switch (letters[i]) {
        case 'p':
            tone_play(player, TONE_PAID);
            break;
        case 'r':
            tone_play(player, TONE_READY);
            break;
        case 'f':
            tone_play(player, TONE_FAILED);
            break;
        default:
            break;
        }
    }
}

/* Until the last sound has left the queue, and what the card holds of it is heard. */
static void device_drain(const struct player *player)
{
    for (int32_t waited_ms = 0; player->device && waited_ms < DRAIN_MOST_MS; waited_ms += DRAIN_STEP_MS) {
        if (SDL_GetQueuedAudioSize(player->device) == 0) {
            SDL_Delay(DRAIN_LAST_MS);
            return;
        }
        SDL_Delay(DRAIN_STEP_MS);
    }
}

int sound_play(int32_t volume)
{
    struct player player = {.volume = volume};
    char letters[64];
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    SDL_SetHint(SDL_HINT_NO_SIGNAL_HANDLERS, "1");
    for (;;) {
        struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
        int ready = poll(&input, 1, player.device ? REST_MS : -1);
        if (ready == 0 && SDL_GetQueuedAudioSize(player.device) == 0)
            device_close(&player);
        if (ready <= 0)
            continue;
        ssize_t count = read(STDIN_FILENO, letters, sizeof(letters));
        if (count == 0 || (count < 0 && errno != EINTR))
            break;
        letters_play(&player, letters, count);
    }
    device_drain(&player);
    bool heard = !player.complained;
    device_close(&player);
    return heard ? 0 : 1;
}
