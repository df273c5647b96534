/* The way from the daemon: RUN_DIR/panel.sock, one message = one snapshot. Connects again for ever. Never
 * blocks. */
#ifndef DISPLAY_LINK_H
#define DISPLAY_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "common/snapshot.h"

enum { LINK_RETRY_MS = 500, LINK_MESSAGES_A_TURN = 64 };

struct link;

/* run_dir: where panel.sock is. NULL: the path is too long or no memory, said on the log. */
struct link *link_open(const char *run_dir);
void link_close(struct link *link);
/* Readable when link_read has something to do; -1 while not connected. */
int link_fd(const struct link *link);
/* Connects if it is time. Milliseconds until the next try, -1 while connected. */
int64_t link_connect(struct link *link, int64_t now_ms);

enum link_news {
    LINK_NOTHING,
    LINK_SNAPSHOT, /* *ret is the newest good snapshot of this turn */
    LINK_LOST,     /* the daemon is gone; what it said before is worth nothing now */
};
/* Tells the daemon what is on the display now. Never waits: an answer that does not fit is dropped, the next
 * one says more. */
void link_answer(struct link *link, const struct snapshot_shown *shown);
/* Was a picture of the display asked for since the last link_give? */
bool link_asked(const struct link *link);
/* Gives it: a PNG; size 0 = there is none. */
void link_give(struct link *link, const unsigned char *png, size_t size);
/* Reads what is there, at most LINK_MESSAGES_A_TURN messages. A message that is not a snapshot is dropped and
 * said on the log once until a good one comes. */
enum link_news link_read(struct link *link, struct snapshot *ret, int64_t now_ms);

#endif
