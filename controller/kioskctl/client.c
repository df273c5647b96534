#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>
#include "config/load.h"
#include "controller/kioskctl/kioskctl.h"

#define DEFAULT_RUN_DIR "/run/kioskd"

/* All that --check tells would stand above every answer. */
static void ignore(void *user, const char *file, int line, const char *text)
{
    (void)user;
    (void)file;
    (void)line;
    (void)text;
}

static void tell_faults(struct ctl *ctl)
{
    static struct config config; /* large */
    struct config_report report = config_report_stderr;
    report.warning = ignore;
    (void)config_load(&config, ctl->config_file, CONFIG_LOAD_NO_SECRETS, &report);
    ctl_complain("the configuration %s cannot be used (or give the socket with -s)", ctl->config_file);
}

/* The folder of the sockets; NULL after a complaint. A file that has faults now need not have had them when
 * the daemon read it. */
static const char *find_dir(struct ctl *ctl)
{
    static struct config config; /* large */
    struct config_report report = {.fault = ignore, .warning = ignore};
    config.kiosk.run_dir[0] = '\0';
    ctl->faulty =
        config_load(&config, ctl->config_file, CONFIG_LOAD_NO_SECRETS | CONFIG_LOAD_RUN_DIR, &report) != 0;
    if (config.kiosk.run_dir[0] != '\0')
        return config.kiosk.run_dir;
    if (!ctl->config_given)
        return DEFAULT_RUN_DIR;
    tell_faults(ctl);
    return NULL;
}

/* The socket's path: given, or from the configuration. */
static int find_path(struct ctl *ctl)
{
    const char *dir = ctl->socket ? "" : find_dir(ctl);
    if (!dir)
        return CTL_USAGE;
    int length = ctl->socket ? snprintf(ctl->path, sizeof ctl->path, "%s", ctl->socket)
                             : snprintf(ctl->path, sizeof ctl->path, "%s/control.sock", dir);
    if (length >= (int)sizeof(((struct sockaddr_un *)0)->sun_path)) {
        ctl_complain("the socket's path %s is too long", ctl->path);
        return CTL_USAGE;
    }
    return CTL_DONE;
}

/* Once: a command may have two connections. */
static void warn_of_faults(const struct ctl *ctl)
{
    static bool warned;
    if (ctl->faulty && !warned)
        ctl_complain(
            "note: %s has faults or cannot be read (kioskd -c %s --check says which); kioskd runs on with "
            "what it read at its start",
            ctl->config_file, ctl->config_file);
    warned = warned || ctl->faulty;
}

static void complain_about_connect(const struct ctl *ctl, int error)
{
    if (error == ENOENT)
        ctl_complain("kioskd is not running (no %s): systemctl status kioskd", ctl->path);
    else if (error == ECONNREFUSED)
        ctl_complain("kioskd is not running (nobody answers at %s): systemctl status kioskd", ctl->path);
    else if (error == EACCES)
        ctl_complain("no right to use %s: you must be root or in its group (ls -l shows it)", ctl->path);
    else if (error == EAGAIN)
        ctl_complain("kioskd does not take connections at %s: systemctl status kioskd", ctl->path);
    else
        ctl_complain("%s: %s", ctl->path, strerror(error));
}

static int patience_s(const struct ctl *ctl)
{
    return ctl->query ? CTL_QUERY_S : CTL_WAIT_S;
}

static int call(struct ctl *ctl)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    /* The first seconds are waited for by explain_silence(). */
    struct timeval patience = {.tv_sec = patience_s(ctl) - CTL_SILENCE_MS / 1000};
    int rc = ctl->fd >= 0 ? CTL_DONE : find_path(ctl);
    if (ctl->fd >= 0 || rc != CTL_DONE)
        return rc;
    memcpy(address.sun_path, ctl->path, strlen(ctl->path) + 1);
    ctl->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ctl->buffer = ctl->buffer ? ctl->buffer : malloc(CTL_ANSWER_SIZE);
    if (ctl->fd < 0 || !ctl->buffer) {
        ctl_complain("%s", strerror(errno));
        return CTL_FAILED;
    }
    (void)setsockopt(ctl->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    (void)setsockopt(ctl->fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    if (connect(ctl->fd, (struct sockaddr *)&address, sizeof address) == 0) {
        warn_of_faults(ctl);
        return CTL_DONE;
    }
    int error = errno;
    ctl_hang_up(ctl);
    if (ctl->faulty && error != EACCES) { /* perhaps the reason why nobody is there */
        tell_faults(ctl);
        return CTL_USAGE;
    }
    complain_about_connect(ctl, error);
    return CTL_FAILED;
}

void ctl_hang_up(struct ctl *ctl)
{
    if (ctl->fd >= 0)
        close(ctl->fd);
    free(ctl->buffer);
    ctl->buffer = NULL;
    ctl->fd = -1;
}

static bool send_all(int fd, const char *text, size_t size)
{
    while (size > 0) {
        ssize_t sent = send(fd, text, size, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent <= 0)
            return false;
        text += sent;
        size -= (size_t)sent;
    }
    return true;
}

/* Silence is explained before it is over. */
static void explain_silence(struct ctl *ctl)
{
    if (!ctl_ready(ctl, CTL_SILENCE_MS))
        ctl_complain("no answer yet; waiting for %d s", patience_s(ctl));
}

/* One line, without its end. Its length, or -1 with errno (0 = the daemon hung up). */
static ssize_t receive_line(struct ctl *ctl)
{
    size_t have = 0;
    explain_silence(ctl);
    while (have < CTL_ANSWER_SIZE) {
        ssize_t got = recv(ctl->fd, ctl->buffer + have, CTL_ANSWER_SIZE - have, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            errno = got == 0 ? 0 : errno;
            return -1;
        }
        have += (size_t)got;
        if (ctl->buffer[have - 1] == '\n')
            return (ssize_t)have - 1;
    }
    errno = EMSGSIZE;
    return -1;
}

/* {"ok":true,"data":…} or {"ok":false,"error":"…"}, which may have data as well. */
static int take_answer(const json_t *answer, json_t **ret_data)
{
    json_t *data = json_object_get(answer, "data");
    if (json_is_true(json_object_get(answer, "ok"))) {
        *ret_data = data ? json_incref(data) : json_object();
        return CTL_DONE;
    }
    const char *error = show_text(answer, "error");
    ctl_complain("%s", *error ? error : "kioskd refused without a reason");
    if (data)
        *ret_data = json_incref(data);
    return CTL_FAILED;
}

int ctl_receive(struct ctl *ctl, json_t **ret_data)
{
    ssize_t size = receive_line(ctl);
    if (size < 0) {
        if (errno == EAGAIN)
            ctl_complain(
                "kioskd has not answered for %d s: it hangs, or its disk does; systemctl status kioskd, "
                "journalctl -u kioskd",
                patience_s(ctl));
        else
            ctl_complain("kioskd hung up%s%s: systemctl status kioskd", errno ? ": " : "",
                         errno ? strerror(errno) : "");
        return CTL_FAILED;
    }
    json_t *answer = json_loadb(ctl->buffer, (size_t)size, JSON_REJECT_DUPLICATES, NULL);
    int rc = CTL_FAILED;
    if (json_is_object(answer))
        rc = take_answer(answer, ret_data);
    else
        ctl_complain("kioskd's answer is not understood; are both of one version?");
    json_decref(answer);
    return rc;
}

int ctl_send(struct ctl *ctl, const char *command, json_t *args)
{
    json_t *request = json_pack("{s:s,s:o}", "command", command, "args", args ? args : json_object());
    char *text = request ? json_dumps(request, JSON_COMPACT) : NULL;
    json_decref(request);
    if (!text) {
        ctl_complain("the arguments are not valid UTF-8");
        return CTL_USAGE;
    }
    int rc = call(ctl);
    if (rc == CTL_DONE && (!send_all(ctl->fd, text, strlen(text)) || !send_all(ctl->fd, "\n", 1))) {
        ctl_complain("kioskd hung up: %s", strerror(errno));
        rc = CTL_FAILED;
    }
    free(text);
    return rc;
}

bool ctl_ready(struct ctl *ctl, int wait_ms)
{
    struct pollfd poll_fd = {.fd = ctl->fd, .events = POLLIN};
    return poll(&poll_fd, 1, wait_ms) != 0;
}

int ctl_ask(struct ctl *ctl, const char *command, json_t *args, json_t **ret_data)
{
    int rc = ctl_send(ctl, command, args);
    return rc == CTL_DONE ? ctl_receive(ctl, ret_data) : rc;
}
