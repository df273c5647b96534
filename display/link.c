#include "display/link.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include "common/log.h"
#include "common/shot.h"

struct link {
    int fd;
    int64_t retry_ms; /* monotonic: not before */
    bool told_lost, told_odd;
    int shot_fd; /* a picture is to be written into it, -1 = none is asked for */
    struct shot shot;
    struct sockaddr_un address;
    char message[SNAPSHOT_MAX_BYTES];
};

struct link *link_open(const char *run_dir)
{
    struct link *link = calloc(1, sizeof(*link));
    if (!link)
        return NULL;
    link->fd = link->shot_fd = -1;
    link->address.sun_family = AF_UNIX;
    int length = snprintf(link->address.sun_path, sizeof(link->address.sun_path), "%s/panel.sock", run_dir);
    if (length < 0 || (size_t)length >= sizeof(link->address.sun_path)) {
        log_error("run_dir %s is too long for a socket", run_dir);
        free(link);
        return NULL;
    }
    return link;
}

static void shot_forget(struct link *link)
{
    if (link->shot_fd >= 0)
        close(link->shot_fd);
    link->shot_fd = -1;
}

static void drop(struct link *link, int64_t now_ms)
{
    shot_forget(link);
    close(link->fd);
    link->fd = -1;
    link->retry_ms = now_ms + LINK_RETRY_MS;
}

void link_close(struct link *link)
{
    if (!link)
        return;
    shot_forget(link);
    if (link->fd >= 0)
        close(link->fd);
    free(link);
}

int link_fd(const struct link *link)
{
    return link->fd;
}

int64_t link_connect(struct link *link, int64_t now_ms)
{
    if (link->fd >= 0)
        return -1;
    if (now_ms < link->retry_ms)
        return link->retry_ms - now_ms;
    link->fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    const struct sockaddr *address = (const struct sockaddr *)&link->address;
    if (link->fd >= 0 && connect(link->fd, address, sizeof(link->address)) == 0) {
        log_notice("connected to %s", link->address.sun_path);
        link->told_lost = false;
        return -1;
    }
    if (!link->told_lost)
        log_warning("no daemon at %s (%s), trying again", link->address.sun_path, strerror(errno));
    link->told_lost = true;
    if (link->fd >= 0)
        close(link->fd);
    link->fd = -1;
    link->retry_ms = now_ms + LINK_RETRY_MS;
    return LINK_RETRY_MS;
}

void link_answer(struct link *link, const struct snapshot_shown *shown)
{
    char text[SNAPSHOT_SHOWN_BYTES];
    size_t length = snapshot_shown_encode(text, sizeof(text), shown);
    if (link->fd >= 0)
        (void)send(link->fd, text, length, MSG_DONTWAIT | MSG_NOSIGNAL);
}

bool link_asked(const struct link *link)
{
    return link->shot_fd >= 0;
}

void link_give(struct link *link, const unsigned char *png, size_t size)
{
    bool fits = size > 0 && size <= (size_t)link->shot.bytes;
    bool whole = fits && pwrite(link->shot_fd, png, size, 0) == (ssize_t)size;
    link->shot.bytes = whole ? (int64_t)size : 0;
    shot_forget(link);
    char text[SHOT_TEXT_BYTES];
    size_t length = shot_encode(text, sizeof(text), &link->shot);
    if (link->fd >= 0)
        (void)send(link->fd, text, length, MSG_DONTWAIT | MSG_NOSIGNAL);
}

/* The file that came with a message, -1 = none. */
static int file_taken(struct msghdr *message)
{
    struct cmsghdr *header = CMSG_FIRSTHDR(message);
    int fd = -1;
    if (header && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS &&
        header->cmsg_len == CMSG_LEN(sizeof(fd)))
        memcpy(&fd, CMSG_DATA(header), sizeof(fd));
    return fd;
}

/* false: the message is no question for a picture. Takes the file. */
static bool question_take(struct link *link, size_t length, int fd)
{
    struct shot shot;
    if (fd < 0)
        return false;
    if (!shot_decode(&shot, link->message, length)) {
        close(fd);
        return false;
    }
    shot_forget(link);
    link->shot_fd = fd;
    link->shot = shot;
    return true;
}

static bool take(struct link *link, size_t length, bool whole, struct snapshot *ret)
{
    bool good = whole && snapshot_decode(ret, link->message, length);
    if (!good && !link->told_odd)
        log_warning("a message of %zu bytes%s is not a snapshot", length, whole ? "" : " or more");
    link->told_odd = !good;
    return good;
}

enum link_news link_read(struct link *link, struct snapshot *ret, int64_t now_ms)
{
    enum link_news news = LINK_NOTHING;
    for (int i = 0; link->fd >= 0 && i < LINK_MESSAGES_A_TURN; i++) {
        struct iovec part = {.iov_base = link->message, .iov_len = sizeof(link->message)};
        union {
            struct cmsghdr header;
            char room[CMSG_SPACE(sizeof(int))];
        } control = {0};
        struct msghdr header = {
            .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control)};
        ssize_t length = recvmsg(link->fd, &header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
        if (length < 0 && (errno == EAGAIN || errno == EINTR))
            break;
        if (length <= 0) {
            log_warning("the daemon closed %s", link->address.sun_path);
            drop(link, now_ms);
            return LINK_LOST;
        }
        if (question_take(link, (size_t)length, file_taken(&header)))
            continue;
        if (take(link, (size_t)length, !(header.msg_flags & MSG_TRUNC), ret))
            news = LINK_SNAPSHOT;
    }
    return news;
}
