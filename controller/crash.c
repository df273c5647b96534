#include "controller/crash.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char note_path[300];

/* Only async-signal-safe calls. */
static void leave_note(int number)
{
    const char *text = "signal";
    switch (number) {
    case SIGSEGV:
        text = "SIGSEGV";
        break;
    case SIGABRT:
        text = "SIGABRT (assertion, or the watchdog)";
        break;
    case SIGBUS:
        text = "SIGBUS";
        break;
    case SIGFPE:
        text = "SIGFPE";
        break;
    case SIGILL:
        text = "SIGILL";
        break;
    default:
        break;
    }
    int fd = open(note_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd >= 0) {
        if (write(fd, text, strlen(text)) < 0) {
            /* the note is lost; the death is not */
        }
        close(fd);
    }
    (void)raise(number); /* SA_RESETHAND: now with the default action */
}

void crash_watch(const char *state_dir)
{
    (void)snprintf(note_path, sizeof note_path, "%s/crashed", state_dir);
    struct sigaction action = {.sa_handler = leave_note, .sa_flags = (int)(SA_RESETHAND | SA_NODEFER)};
    const int signals[] = {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL};
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++)
        (void)sigaction(signals[i], &action, NULL);
}

const char *crash_take_last(const char *state_dir)
{
    static char text[64];
    char path[300];
    (void)snprintf(path, sizeof path, "%s/crashed", state_dir);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = fd >= 0 ? read(fd, text, sizeof text - 1) : 0;
    text[length > 0 ? length : 0] = '\0';
    if (fd >= 0) {
        close(fd);
        (void)unlink(path);
    }
    return text;
}
