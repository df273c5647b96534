#include "controller/control.h"

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

struct client {
    int fd;              /* -1 = free */
    uint64_t token;      /* of the request at work, 0 = none */
    int64_t deadline_us; /* at work: the answer; else: silence */
    struct ucred peer;
    bool ended;   /* it will send nothing more */
    bool closing; /* nothing more is read; gone when all is sent */
    bool put_off; /* the next request is served from the timer, not inside of control_answer */
    size_t have;
    char *out; /* what the socket did not take, NULL = nothing */
    size_t out_size, out_sent;
    char in[CONTROL_REQUEST_SIZE];
};

struct control {
    struct loop *loop;
    control_handler *handler;
    void *user;
    int listen_fd, timer_fd;
    uint64_t last_token;
    char path[sizeof(((struct sockaddr_un *)0)->sun_path)];
    struct client client[CONTROL_MAX_CLIENTS];
};

static void serve(struct control *control, struct client *client);

static void drop(struct control *control, struct client *client)
{
    loop_remove(control->loop, client->fd);
    close(client->fd);
    free(client->out);
    client->out = NULL;
    client->fd = -1;
    client->token = 0;
}

/* One timer for all: the earliest deadline. */
static void set_timer(struct control *control)
{
    int64_t first = 0;
    for (int i = 0; i < CONTROL_MAX_CLIENTS; i++) {
        const struct client *client = &control->client[i];
        if (client->fd >= 0 && (first == 0 || client->deadline_us < first))
            first = client->deadline_us;
    }
    loop_timer_set(control->timer_fd, first);
}

static void give_time(struct control *control, struct client *client, int seconds)
{
    client->deadline_us = clock_mono_us() + (int64_t)seconds * 1000000;
    set_timer(control);
}

/* What is waited for: room to send, or the next request; while one is at work, nothing (a hang-up comes
 * always). */
static void set_interest(struct control *control, struct client *client)
{
    uint32_t events = 0;
    if (client->out)
        events = EPOLLOUT;
    else if (client->token == 0 && !client->ended && !client->closing)
        events = EPOLLIN;
    (void)loop_modify(control->loop, client->fd, events);
}

/* ---- answers ---- */

/* false: the connection is gone. */
static bool flush(struct control *control, struct client *client)
{
    while (client->out_sent < client->out_size) {
        ssize_t sent = send(client->fd, client->out + client->out_sent, client->out_size - client->out_sent,
                            MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0 && errno == EAGAIN)
            return true;
        if (sent <= 0) {
            drop(control, client);
            return false;
        }
        client->out_sent += (size_t)sent;
    }
    free(client->out);
    client->out = NULL;
    return true;
}

/* false: the connection is gone. */
static bool send_line(struct control *control, struct client *client, const char *json)
{
    static const char too_large[] = "{\"ok\":false,\"error\":\"the answer is too large; ask for less\"}";
    size_t size = strlen(json);
    if (size + 1 > CONTROL_ANSWER_SIZE) {
        json = too_large;
        size = sizeof too_large - 1;
    }
    client->out = malloc(size + 1);
    if (!client->out) {
        drop(control, client);
        return false;
    }
    memcpy(client->out, json, size);
    client->out[size] = '\n';
    client->out_size = size + 1;
    client->out_sent = 0;
    return flush(control, client);
}

void control_answer(struct control *control, uint64_t token, const char *json)
{
    for (int i = 0; i < CONTROL_MAX_CLIENTS; i++) {
        struct client *client = &control->client[i];
        if (client->fd < 0 || token == 0 || client->token != token)
            continue;
        client->token = 0;
        if (!send_line(control, client, json))
            return;
        give_time(control, client, CONTROL_IDLE_S);
        set_interest(control, client);
        client->put_off = !client->out && (client->have > 0 || client->ended);
        if (client->put_off)
            client->deadline_us = clock_mono_us();
        set_timer(control);
        return;
    }
}

void control_wait(struct control *control, uint64_t token, int seconds)
{
    for (int i = 0; i < CONTROL_MAX_CLIENTS; i++)
        if (control->client[i].fd >= 0 && token != 0 && control->client[i].token == token)
            give_time(control, &control->client[i], seconds);
}

/* ---- requests ---- */

/* An error of form: told, then the connection ends. */
static void refuse(struct control *control, struct client *client, const char *error)
{
    char json[128];
    (void)snprintf(json, sizeof json, "{\"ok\":false,\"error\":\"%s\"}", error);
    client->closing = true;
    if (send_line(control, client, json) && !client->out)
        drop(control, client);
    else if (client->fd >= 0)
        set_interest(control, client);
}

static void hand_over(struct control *control, struct client *client, const char *command, const json_t *args)
{
    struct control_request request = {.token = ++control->last_token,
                                      .command = command,
                                      .args = args,
                                      .pid = client->peer.pid,
                                      .uid = client->peer.uid,
                                      .gid = client->peer.gid};
    client->token = request.token;
    give_time(control, client, CONTROL_ANSWER_S);
    set_interest(control, client);
    control->handler(control->user, &request);
}

static void take_request(struct control *control, struct client *client, const char *line, size_t size)
{
    json_t *request = json_loadb(line, size, JSON_REJECT_DUPLICATES, NULL);
    json_t *none = json_object();
    const char *command = NULL;
    json_t *args = none;
    bool good =
        request && none &&
        json_unpack_ex(request, NULL, JSON_STRICT, "{s:s,s?o}", "command", &command, "args", &args) == 0 &&
        json_is_object(args);
    if (good)
        hand_over(control, client, command, args);
    else
        refuse(control, client, "a request is one line {\\\"command\\\":…,\\\"args\\\":{…}}");
    json_decref(request);
    json_decref(none);
}

/* Takes the next whole line, if there is one and nothing is at work. */
static void serve(struct control *control, struct client *client)
{
    if (client->token != 0 || client->out || client->closing)
        return;
    char line[CONTROL_REQUEST_SIZE];
    const char *end = memchr(client->in, '\n', client->have);
    if (end) {
        size_t size = (size_t)(end - client->in);
        memcpy(line, client->in, size);
        client->have -= size + 1;
        memmove(client->in, end + 1, client->have);
        take_request(control, client, line, size);
    } else if (client->have == sizeof client->in) {
        refuse(control, client, "the request is too long");
    } else if (client->ended) {
        drop(control, client);
    } else {
        set_interest(control, client);
    }
}

static void read_more(struct control *control, struct client *client)
{
    ssize_t got = recv(client->fd, client->in + client->have, sizeof client->in - client->have, MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (got < 0) {
        drop(control, client);
        return;
    }
    if (got == 0)
        client->ended = true;
    client->have += (size_t)got;
    give_time(control, client, CONTROL_IDLE_S);
    serve(control, client);
}

/* ---- connections ---- */

static void client_ready(void *user, int fd, uint32_t events)
{
    struct control *control = user;
    struct client *client = control->client;
    while (client < control->client + CONTROL_MAX_CLIENTS && client->fd != fd)
        client++;
    if (client == control->client + CONTROL_MAX_CLIENTS)
        return;
    if (events & EPOLLOUT) {
        if (!flush(control, client) || client->out)
            return;
        if (client->closing)
            drop(control, client);
        else
            serve(control, client);
    } else if (events & EPOLLIN) {
        read_more(control, client);
    } else if (events & (EPOLLHUP | EPOLLERR)) {
        drop(control, client);
    }
    set_timer(control);
}

static void accept_client(void *user, int fd, uint32_t events)
{
    struct control *control = user;
    (void)events;
    int client_fd = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (client_fd < 0)
        return;
    struct client *client = control->client;
    while (client < control->client + CONTROL_MAX_CLIENTS && client->fd >= 0)
        client++;
    socklen_t size = sizeof client->peer;
    if (client == control->client + CONTROL_MAX_CLIENTS) {
        static const char full[] = "{\"ok\":false,\"error\":\"too many connections\"}\n";
        (void)send(client_fd, full, sizeof full - 1, MSG_DONTWAIT | MSG_NOSIGNAL);
        close(client_fd);
        return;
    }
    client->peer = (struct ucred){.uid = (uid_t)-1, .gid = (gid_t)-1};
    (void)getsockopt(client_fd, SOL_SOCKET, SO_PEERCRED, &client->peer, &size);
    if (loop_add(control->loop, client_fd, EPOLLIN, client_ready, control) < 0) {
        close(client_fd);
        return;
    }
    client->fd = client_fd;
    client->token = 0;
    client->have = 0;
    client->ended = client->closing = client->put_off = false;
    give_time(control, client, CONTROL_IDLE_S);
}

static void time_is_up(struct control *control, struct client *client)
{
    static const char late[] = "{\"ok\":false,\"error\":\"no answer in time\"}";
    if (client->token != 0) {
        control_answer(control, client->token, late);
    } else if (client->put_off) {
        client->put_off = false;
        give_time(control, client, CONTROL_IDLE_S);
        serve(control, client);
    } else {
        drop(control, client);
    }
}

static void timer_ready(void *user, int fd, uint32_t events)
{
    struct control *control = user;
    (void)fd;
    (void)events;
    int64_t now = clock_mono_us();
    for (int i = 0; i < CONTROL_MAX_CLIENTS; i++)
        if (control->client[i].fd >= 0 && control->client[i].deadline_us <= now)
            time_is_up(control, &control->client[i]);
    set_timer(control);
}

static int listen_at(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    memcpy(address.sun_path, path, strlen(path) + 1);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -errno;
    (void)unlink(path);
    /* Nobody can connect before listen(), so the mode is right from the first moment. */
    if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0 || chmod(path, 0660) < 0 ||
        listen(fd, CONTROL_MAX_CLIENTS) < 0) {
        int rc = -errno;
        close(fd);
        return rc;
    }
    return fd;
}

int control_open(struct control **ret_control, struct loop *loop, const char *run_dir,
                 control_handler *handler, void *user)
{
    struct control *control = calloc(1, sizeof *control);
    if (!control)
        return -ENOMEM;
    control->loop = loop;
    control->handler = handler;
    control->user = user;
    control->timer_fd = control->listen_fd = -1;
    for (int i = 0; i < CONTROL_MAX_CLIENTS; i++)
        control->client[i].fd = -1;
    int length = snprintf(control->path, sizeof control->path, "%s/control.sock", run_dir);
    int rc = length < (int)sizeof control->path ? listen_at(control->path) : -ENAMETOOLONG;
    if (rc >= 0) {
        control->listen_fd = rc;
        rc = control->timer_fd = loop_timer_open(loop, timer_ready, control);
    }
    if (rc >= 0)
        rc = loop_add(loop, control->listen_fd, EPOLLIN, accept_client, control);
    if (rc < 0) {
        if (control->timer_fd >= 0) {
            loop_remove(loop, control->timer_fd);
            close(control->timer_fd);
        }
        if (control->listen_fd >= 0)
            close(control->listen_fd);
        free(control);
        return rc;
    }
    *ret_control = control;
    return 0;
}

void control_close(struct control *control)
{
    if (!control)
        return;
    for (int i = 0; i < CONTROL_MAX_CLIENTS; i++)
        if (control->client[i].fd >= 0)
            drop(control, &control->client[i]);
    loop_remove(control->loop, control->listen_fd);
    close(control->listen_fd);
    loop_remove(control->loop, control->timer_fd);
    close(control->timer_fd);
    (void)unlink(control->path);
    free(control);
}
