#include "display/sound.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include "common/log.h"

static const char letters[TONE_COUNT] = {[TONE_PAID] = 'p', [TONE_READY] = 'r', [TONE_FAILED] = 'f'};

/* This same program, whatever its name; its signals as they are usual, its standard input our socket. */
static int player_spawn(pid_t *ret, int input, int32_t volume)
{
    char program[] = "kiosk-display", option[] = "--sounds", number[12];
    char *argv[] = {program, option, number, NULL};
    (void)snprintf(number, sizeof(number), "%d", volume);
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_t files;
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, input, STDIN_FILENO);
    int failed = posix_spawn(ret, "/proc/self/exe", &files, &attributes, argv, environ);
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attributes);
    return failed;
}

static void player_start(struct sound *sound, int64_t now_ms)
{
    int pair[2];
    sound->again_ms = now_ms + SOUND_AGAIN_MS;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) {
        log_error("no sounds: %s", strerror(errno));
        return;
    }
    int failed = player_spawn(&sound->pid, pair[1], sound->volume);
    (void)close(pair[1]);
    if (failed) {
        log_error("no sounds: cannot start their player: %s", strerror(failed));
        (void)close(pair[0]);
        return;
    }
    sound->fd = pair[0];
}

static void player_end(struct sound *sound)
{
    if (sound->fd < 0)
        return;
    (void)close(sound->fd);
    sound->fd = -1;
    (void)kill(sound->pid, SIGKILL); /* what hangs in a driver hears nothing else */
    (void)waitpid(sound->pid, NULL, 0);
}

void sound_start(struct sound *sound, int32_t volume, int64_t now_ms)
{
    *sound = (struct sound){.volume = volume, .fd = -1};
    if (volume > 0)
        player_start(sound, now_ms);
}

void sound_stop(struct sound *sound)
{
    player_end(sound);
}

/* A full socket is a player that hangs: what it did not play in time nobody needs. */
static void player_tell(struct sound *sound, unsigned tones, int64_t now_ms)
{
    for (int i = 0; i < TONE_COUNT; i++) {
        if (!(tones & 1U << i))
            continue;
        if (sound->fd < 0 && now_ms >= sound->again_ms)
            player_start(sound, now_ms);
        if (sound->fd < 0 || send(sound->fd, &letters[i], 1, MSG_NOSIGNAL | MSG_DONTWAIT) == 1 ||
            errno == EAGAIN)
            continue;
        log_warning("the player of the sounds ended; it is started again");
        player_end(sound);
    }
}

void sound_feed(struct sound *sound, const struct snapshot *snapshot, int64_t now_ms)
{
    unsigned tones = chime_feed(&sound->chime, snapshot);
    if (sound->volume > 0 && tones)
        player_tell(sound, tones, now_ms);
}

void sound_lose(struct sound *sound)
{
    chime_lose(&sound->chime);
}
