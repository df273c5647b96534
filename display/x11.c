#include "display/x11.h"

#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>
#include "common/log.h"

typedef int io_handler(void *display);

static char **command;

void x11_remember(char **argv)
{
    command = argv;
}

static int begin_anew(void *display)
{
    (void)display;
    log_warning("the X server is gone; beginning anew");
    (void)sleep(1);                 /* a server that takes and drops connections must not keep us spinning */
    (void)signal(SIGCHLD, SIG_IGN); /* nobody waits for the children of before */
    (void)execv("/proc/self/exe", command);
    log_error("cannot begin anew: %s", strerror(errno));
    _exit(1);
}

void x11_watch(void)
{
    /* The one that SDL has loaded; this program is not linked with it. */
    void *xlib = dlopen("libX11.so.6", RTLD_NOW | RTLD_NOLOAD);
    void *found = xlib ? dlsym(xlib, "XSetIOErrorHandler") : NULL;
    if (found && command) {
        io_handler *(*set)(io_handler *);
        memcpy(&set, &found, sizeof(set));
        (void)set(&begin_anew);
    }
    if (xlib)
        (void)dlclose(xlib);
}
