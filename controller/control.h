/* The operator's socket on the machine itself: RUN_DIR/control.sock, newline-delimited JSON. The page
 * docs/control.md is the protocol.
 *
 * Served on the main loop, never blocking. A connection has one request at a time; the handler answers it now
 * or later by its token. Everything is bounded: connections, request, answer, time.
 */
#ifndef CONTROLLER_CONTROL_H
#define CONTROLLER_CONTROL_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include "common/loop.h"

enum {
    CONTROL_MAX_CLIENTS = 8,
    CONTROL_REQUEST_SIZE = 16384,  /* bytes of one request with its newline */
    CONTROL_ANSWER_SIZE = 1048576, /* bytes of one answer with its newline */
    CONTROL_ANSWER_S = 60,         /* a command that is not answered by then is answered with an error */
    CONTROL_MOVE_S = 7500,         /* the same for a movement: longer than any may take */
    CONTROL_IDLE_S = 300,
};

struct control;

/* Borrowed for the time of the call. */
struct control_request {
    uint64_t token; /* never 0, never the same twice */
    const char *command;
    const json_t *args; /* always an object */
    pid_t pid;          /* of who asks, as the kernel knows it */
    uid_t uid;
    gid_t gid;
};

typedef void control_handler(void *user, const struct control_request *request);

/* Creates the socket (replacing what is left of an earlier run), mode 0660, and listens. 0 or -errno. */
int control_open(struct control **ret_control, struct loop *loop, const char *run_dir,
                 control_handler *handler, void *user);
/* Closes connections and removes the socket. NULL is allowed. */
void control_close(struct control *control);

/* Answers one request; json is one line without newline: {"ok":true,"data":…} or {"ok":false,"error":"…"}.
 * May be called from the handler. Sends at once what the socket takes. An answer to a token whose connection
 * is gone, or that was answered, is ignored. */
void control_answer(struct control *control, uint64_t token, const char *json);

/* This request may take so long from now on, in place of CONTROL_ANSWER_S. */
void control_wait(struct control *control, uint64_t token, int seconds);

#endif
