/* The panel: hands snapshots to the screen processes over RUN_DIR/panel.sock. A dead or slow screen changes
 * nothing here: sending never blocks; who cannot take the newest now gets the newest later. What the screens
 * answer is read in bounded bites; anything odd is dropped and said once a minute. A fifth screen takes the
 * place of one that hangs or shows nothing; four that show let no other in. One that talks without end is
 * sent away.
 */
#ifndef CONTROLLER_PANEL_H
#define CONTROLLER_PANEL_H

#include "common/loop.h"
#include "common/shot.h"
#include "common/snapshot.h"
#include "config/config.h"

enum {
    PANEL_MAX_CLIENTS = 4,
    PANEL_GAP_US = 50000,
    PANEL_ANSWERS_A_TURN = 8, /* read from one screen before the loop goes on */
    PANEL_ANSWERS_MOST = 64,  /* to one snapshot; an honest screen gives one, and one for each new picture */
    PANEL_VISITS_MOST = 6,    /* new screens between two snapshots */
    PANEL_SAY_US = 60000000,  /* how often one thing is said of screens */
};

struct panel;
/* A screen says what it shows. */
typedef void panel_shown(void *user, const struct snapshot_shown *shown);
/* A screen has written the picture that panel_ask asked for, or has none. */
typedef void panel_shot(void *user, const struct shot *shot);
/* Opens RUN_DIR/panel.sock (mode 0660; an old socket is removed). 0 or -errno. */
int panel_open(struct panel **ret_panel, struct loop *loop, const char *run_dir, panel_shown *shown,
               panel_shot *shot, void *user);
void panel_close(struct panel *panel);
/* Encodes and sends; keeps the text for screens that connect later. */
void panel_send(struct panel *panel, const struct snapshot *snapshot);
/* Asks a screen that shows something for a picture of it; fd (borrowed) is what it writes into. 0, -ENOENT:
 * no screen shows anything; -errno: it does not take the question. */
int panel_ask(struct panel *panel, const struct shot *question, int fd);
/* Screens connected now. */
int panel_clients(const struct panel *panel);

#endif
