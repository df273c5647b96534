/* What to do when the X server goes away: Xlib ends the process then, and has no other way out for a
 * connection that it did not let anybody see (SDL opens two). */
#ifndef DISPLAY_X11_H
#define DISPLAY_X11_H

/* The command line, borrowed for ever; call before x11_watch. */
void x11_remember(char **argv);
/* With SDL's x11 driver running: when the server goes away the program begins anew under the same process id,
 * finds no display, and waits for one. */
void x11_watch(void);

#endif
