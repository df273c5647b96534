#include "controller/panel.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/log.h"

struct panel {
    struct loop *loop;
    panel_shown *shown;
    panel_shot *shot;
    void *user;
    uint64_t number; /* of the newest snapshot handed out */
    char path[CONFIG_PATH_SIZE + 16];
    int listen_fd;
    /* When it was said that there are too many, that one is odd, that one talks without end; 0 = never. */
    int64_t full_us, odd_us, flood_us;
    int visits; /* since the last snapshot; more wait at the door */
    struct {
        int fd;      /* -1 = free */
        bool behind; /* the newest did not fit into its socket yet */
        bool shows;  /* it said that it shows something */
        int answers; /* since the last snapshot */
    } clients[PANEL_MAX_CLIENTS];
    size_t length;
    char text[SNAPSHOT_MAX_BYTES];
};

static void drop(struct panel *panel, int i)
{
    loop_remove(panel->loop, panel->clients[i].fd);
    close(panel->clients[i].fd);
    panel->clients[i].fd = -1;
}

static void give(struct panel *panel, int i)
{
    if (panel->length == 0)
        return;
    ssize_t sent = send(panel->clients[i].fd, panel->text, panel->length, MSG_DONTWAIT | MSG_NOSIGNAL);
    bool behind = sent < 0 && (errno == EAGAIN || errno == ENOBUFS);
    if (sent < 0 && !behind) {
        drop(panel, i);
        return;
    }
    if (behind != panel->clients[i].behind) {
        panel->clients[i].behind = behind;
        (void)loop_modify(panel->loop, panel->clients[i].fd, behind ? EPOLLIN | EPOLLOUT : EPOLLIN);
    }
}

/* May it be said again? Whoever connects and talks, again and again, fills no log. */
static bool sayable(int64_t *told_us)
{
    int64_t now_us = clock_mono_us();
    bool again = *told_us == 0 || now_us - *told_us >= PANEL_SAY_US;
    *told_us = again ? now_us : *told_us;
    return again;
}

/* One answer. A snapshot that was never sent cannot be shown. */
static void take_answer(struct panel *panel, int i, const char *text, size_t length)
{
    struct snapshot_shown shown;
    struct shot shot;
    if (snapshot_shown_decode(&shown, text, length) && shown.number <= panel->number) {
        panel->clients[i].shows = true;
        panel->shown(panel->user, &shown);
        return;
    }
    if (shot_decode(&shot, text, length)) {
        panel->shot(panel->user, &shot);
        return;
    }
    if (sayable(&panel->odd_us))
        log_warning("panel: an answer of %zu bytes says nothing; more of them are dropped unsaid for a while",
                    length);
}

/* false: the screen is gone, or talks without end: so much that others would wait for the loop. */
static bool take_answers(struct panel *panel, int i)
{
    for (int taken = 0; taken < PANEL_ANSWERS_A_TURN; taken++) {
        char text[SNAPSHOT_SHOWN_BYTES + 1]; /* longer ones are cut here, and odd */
        ssize_t length = recv(panel->clients[i].fd, text, sizeof text, MSG_DONTWAIT);
        if (length < 0 && (errno == EAGAIN || errno == EINTR))
            return true;
        if (length <= 0)
            return false;
        if (++panel->clients[i].answers > PANEL_ANSWERS_MOST) {
            if (sayable(&panel->flood_us))
                log_warning("panel: a screen gave more than %d answers to one snapshot and is sent away",
                            PANEL_ANSWERS_MOST);
            return false;
        }
        take_answer(panel, i, text, (size_t)length);
    }
    return true;
}

static void client_ready(void *user, int fd, uint32_t events)
{
    struct panel *panel = user;
    for (int i = 0; i < PANEL_MAX_CLIENTS; i++) {
        if (panel->clients[i].fd != fd)
            continue;
        if ((events & (EPOLLHUP | EPOLLERR)) || ((events & EPOLLIN) && !take_answers(panel, i)))
            drop(panel, i);
        else if (events & EPOLLOUT)
            give(panel, i);
        return;
    }
}

/* A free place; else that of a screen that takes nothing (it hangs), or that shows nothing. -1: all show. */
static int place_make(struct panel *panel)
{
    int mute = -1, hung = -1;
    for (int i = PANEL_MAX_CLIENTS - 1; i >= 0; i--) {
        if (panel->clients[i].fd < 0)
            return i;
        hung = panel->clients[i].behind ? i : hung;
        mute = panel->clients[i].shows ? mute : i;
    }
    int place = hung >= 0 ? hung : mute;
    if (sayable(&panel->full_us))
        log_warning("panel: %d screens are connected; %s", PANEL_MAX_CLIENTS,
                    hung >= 0   ? "one that hangs makes room for the next"
                    : mute >= 0 ? "one that shows nothing makes room for the next"
                                : "one more is turned away");
    if (place >= 0)
        drop(panel, place);
    return place;
}

static void accept_client(void *user, int fd, uint32_t events)
{
    struct panel *panel = user;
    (void)events;
    if (++panel->visits > PANEL_VISITS_MOST) {
        (void)loop_modify(panel->loop, fd, 0);
        return;
    }
    int client = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (client < 0)
        return;
    int i = place_make(panel), room = SNAPSHOT_MAX_BYTES * 2;
    (void)setsockopt(client, SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
    if (i < 0 || loop_add(panel->loop, client, EPOLLIN, client_ready, panel) < 0) {
        close(client);
        return;
    }
    panel->clients[i].fd = client;
    panel->clients[i].behind = panel->clients[i].shows = false;
    panel->clients[i].answers = 0;
    give(panel, i);
}

static int listen_at(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path)
        return -ENAMETOOLONG;
    memcpy(address.sun_path, path, strlen(path) + 1);
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -errno;
    (void)unlink(path);
    if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0 || chmod(path, 0660) < 0 ||
        listen(fd, 16) < 0) {
        int error = -errno;
        close(fd);
        return error;
    }
    return fd;
}

int panel_open(struct panel **ret_panel, struct loop *loop, const char *run_dir, panel_shown *shown,
               panel_shot *shot, void *user)
{
    struct panel *panel = calloc(1, sizeof *panel);
    if (!panel)
        return -ENOMEM;
    panel->loop = loop;
    panel->shown = shown;
    panel->shot = shot;
    panel->user = user;
    for (int i = 0; i < PANEL_MAX_CLIENTS; i++)
        panel->clients[i].fd = -1;
    (void)snprintf(panel->path, sizeof panel->path, "%s/panel.sock", run_dir);
    panel->listen_fd = listen_at(panel->path);
    int rc = panel->listen_fd;
    if (rc >= 0)
        rc = loop_add(loop, panel->listen_fd, EPOLLIN, accept_client, panel);
    if (rc < 0) {
        if (panel->listen_fd >= 0)
            close(panel->listen_fd);
        free(panel);
        return rc;
    }
    *ret_panel = panel;
    return 0;
}

void panel_close(struct panel *panel)
{
    if (!panel)
        return;
    for (int i = 0; i < PANEL_MAX_CLIENTS; i++)
        if (panel->clients[i].fd >= 0)
            drop(panel, i);
    loop_remove(panel->loop, panel->listen_fd);
    close(panel->listen_fd);
    (void)unlink(panel->path);
    free(panel);
}

void panel_send(struct panel *panel, const struct snapshot *snapshot)
{
    panel->number = snapshot->number;
    if (panel->visits > PANEL_VISITS_MOST)
        (void)loop_modify(panel->loop, panel->listen_fd, EPOLLIN);
    panel->visits = 0;
    for (int i = 0; i < PANEL_MAX_CLIENTS; i++)
        panel->clients[i].answers = 0;
    panel->length = snapshot_encode(panel->text, sizeof panel->text, snapshot);
    if (panel->length == 0) {
        log_error("panel: the snapshot does not fit into %d bytes; the screen will go out of service",
                  SNAPSHOT_MAX_BYTES);
        return;
    }
    for (int i = 0; i < PANEL_MAX_CLIENTS; i++)
        if (panel->clients[i].fd >= 0 && !panel->clients[i].behind)
            give(panel, i);
}

static int ask(int client, const struct shot *question, int fd)
{
    char text[SHOT_TEXT_BYTES];
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(sizeof fd)];
    } control = {0};
    struct iovec part = {.iov_base = text, .iov_len = shot_encode(text, sizeof text, question)};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof fd);
    memcpy(CMSG_DATA(header), &fd, sizeof fd);
    return sendmsg(client, &message, MSG_DONTWAIT | MSG_NOSIGNAL) < 0 ? -errno : 0;
}

int panel_ask(struct panel *panel, const struct shot *question, int fd)
{
    for (int i = 0; i < PANEL_MAX_CLIENTS; i++)
        if (panel->clients[i].fd >= 0 && panel->clients[i].shows)
            return ask(panel->clients[i].fd, question, fd);
    return -ENOENT;
}

int panel_clients(const struct panel *panel)
{
    int count = 0;
    for (int i = 0; i < PANEL_MAX_CLIENTS; i++)
        count += panel->clients[i].fd >= 0;
    return count;
}
