/* libFuzzer target for orders from outside: the control socket of kioskctl, and the fleet operator's
 * commands. first byte 'b'  a command of the broker: its name, a newline, its args any other       bytes of
 * one connection, in two parts, the first as long as the first byte says Everything behind the socket is the
 * daemon's own: the loop, the commands, the core, a store on disk. There is no broker, and no line answers.
 *
 * Checked besides crashes: every request is answered by one line of JSON that says ok or why not, in its
 * turn, or the connection ends after an error of form; and the daemon answers the next connection.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <sodium.h>

#include "common/log.h"
#include "config/load.h"
#include "controller/receive.h"
#include "controller/shell.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ANSWERS_SIZE = 4 << 20, TURNS = 400, TURN_MS = 10 };

static struct config config;
static struct core core;
static struct shell shell;
static struct sockaddr_un address = {.sun_family = AF_UNIX};
static char answers[ANSWERS_SIZE];
static size_t have;

static const char settings[] =
    "kiosk = { id = \"k\"; name = \"n\"; currency = \"BYN\"; languages = [ \"en\" ]; support = \"1\";\n"
    "  state_dir = \"%s/state\"; run_dir = \"%s/run\"; };\n"
    "clock = { trust = \"always\"; };\n"
    "mqtt = { host = \"127.0.0.1\"; port = 1; };\n"
    "keys = ( { kid = \"o\"; alg = \"EdDSA\"; public = \"PLACEHOLDER_key_of_your_fleet_operator_AAAA\";\n"
    "  use = [ \"payment\", \"ack\", \"command\" ]; } );\n"
    "lines = { m = { driver = \"gpio\"; direction = \"out\"; chip = \"gpiochip0\"; line = 1; };\n"
    "  h = { driver = \"gpio\"; direction = \"in\"; chip = \"gpiochip0\"; line = 2; };\n"
    "  o = { driver = \"gpio\"; direction = \"out\"; chip = \"gpiochip0\"; line = 3; };\n"
    "  p = { driver = \"gpio\"; direction = \"in\"; chip = \"gpiochip0\"; line = 4; };\n"
    "  d = { driver = \"gpio\"; direction = \"out\"; chip = \"gpiochip0\"; line = 5; }; };\n"
    "devices = ( { name = \"a1\"; kind = \"spiral\"; motor = \"m\"; home = \"h\"; max_ms = 4000; },\n"
    "  { name = \"g\"; kind = \"barrier\"; open = \"o\"; hold = \"d\"; presence = \"p\"; pulse_ms = 500; } "
    ");\n"
    "products = ( { id = \"cola\"; title = { en = \"Cola\"; }; price = 250; device = \"a1\"; stock = 8;\n"
    "  capacity = 8; qr = \"https://pay.example/1\"; },\n"
    "  { id = \"in\"; title = { en = \"In\"; }; price = 100; device = \"g\"; qr = \"https://pay.example/2\"; "
    "} );\n";

static void must(bool fact)
{
    if (!fact)
        abort();
}

/* As shell_start.c does, without lines and without a connection to a broker. */
static void open_daemon(const char *dir)
{
    char path[512], error[256] = "";
    sigset_t none;
    sigemptyset(&none);
    (void)snprintf(path, sizeof path, "%s/kiosk.cfg", dir);
    FILE *file = fopen(path, "we");
    must(file != NULL);
    (void)fprintf(file, settings, dir, dir);
    must(fclose(file) == 0 && config_load(&config, path, 0, &config_report_stderr) == 0);
    must(mkdir(config.kiosk.state_dir, 0750) == 0 && mkdir(config.kiosk.run_dir, 0755) == 0);
    shell.config = &config;
    shell.core = &core;
    shell.shot.pid_fd = -1;
    (void)snprintf(shell.boot_id, sizeof shell.boot_id, "fuzz");
    must(shell_open_loop(&shell, &none) == 0);
    must(store_open(&shell.store, &config, &shell.store_opened, error, sizeof error) == 0);
    must(panel_open(&shell.panel, shell.loop, config.kiosk.run_dir, shell_screen_shows, shell_screen_shot,
                    &shell) == 0);
    must(control_open(&shell.control, shell.loop, config.kiosk.run_dir, command_from_control, &shell) == 0);
    struct mqtt_callbacks callbacks = {.events = shell.mqtt_events};
    must(mqtt_open(&shell.mqtt, &config, "{}", &callbacks, error, sizeof error) == 0);
    must(store_start(shell.store, shell.store_events) == 0);
    (void)snprintf(address.sun_path, sizeof address.sun_path, "%s/control.sock", config.kiosk.run_dir);
}

/* The store may still be writing for the one before: its tickets are not given out again. */
static void start_core(void)
{
    uint64_t tickets = core.next_ticket;
    core_init(&core, &config);
    core.next_ticket = tickets > core.next_ticket ? tickets : core.next_ticket;
    for (size_t i = 0; i < SHELL_COMMANDS; i++)
        json_decref(shell.commands[i].data);
    memset(shell.commands, 0, sizeof shell.commands);
    shell.stopping = shell.replace = shell.restart_wanted = false;
    shell_set_health(&shell, CORE_HEALTH_STORE, true);
    shell_set_health(&shell, CORE_HEALTH_NO_CRASH_LOOP, true);
    shell_check_clock(&shell);
    (void)shell_begin(&shell, CORE_EVENT_START);
    shell_step(&shell);
}

static void begin(void)
{
    static char dir[64] = "/dev/shm/fuzz_control_XXXXXX"; /* a flush costs nothing there */
    log_set_level(LOG_LEVEL_ERROR);
    must(sodium_init() >= 0);
    if (!mkdtemp(dir)) {
        const char *other = getenv("TMPDIR");
        (void)snprintf(dir, sizeof dir, "%.30s/fuzz_control_XXXXXX", other ? other : "/tmp");
        must(mkdtemp(dir) != NULL);
    }
    open_daemon(dir);
    start_core();
}

/* An order to restart has the configuration checked by this program in a process of its own: here that is the
 * fuzzer, which finds what the name of the file says. */
static const char good_file[] = "good", faulty_file[] = "faulty";

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    if (*argc != 4 || strcmp((*argv)[3], "--check") != 0)
        return 0;
    bool good = strcmp((*argv)[2], good_file) == 0;
    if (!good)
        (void)puts("faulty:1: a fault\nfaulty:2: warning: of nothing\nfaulty:3: \xff");
    (void)fflush(stdout);
    _exit(good ? 0 : 2);
}

/* ---- one connection ---- */

static int join(void)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    must(fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) == 0);
    have = 0;
    return fd;
}

/* Lines that came. *ret_ended: the daemon has closed the connection. */
static int listen_to(int fd, bool *ret_ended)
{
    int lines = 0;
    for (;;) {
        ssize_t got = recv(fd, answers + have, ANSWERS_SIZE - have, 0);
        if (got <= 0) {
            *ret_ended = got == 0 || (errno != EAGAIN && errno != EINTR);
            break;
        }
        have += (size_t)got;
    }
    for (size_t i = 0; i < have; i++)
        lines += answers[i] == '\n';
    return lines;
}

static void turn(void)
{
    for (int i = 0; i < 64 && loop_turn(shell.loop, 0) > 0; i++)
        ;
}

/* Until as many answers are there, or the connection is closed. false: neither in time. */
static bool wait_for(int fd, int lines)
{
    bool ended = false;
    turn();
    for (int i = 0; i < TURNS && listen_to(fd, &ended) < lines && !ended; i++)
        (void)loop_turn(shell.loop, TURN_MS);
    return ended || listen_to(fd, &ended) >= lines;
}

static void judge_answers(void)
{
    char *end;
    for (char *at = answers; (end = memchr(at, '\n', have - (size_t)(at - answers))); at = end + 1) {
        json_t *answer = json_loadb(at, (size_t)(end - at), JSON_REJECT_DUPLICATES, NULL);
        must(answer != NULL && json_is_boolean(json_object_get(answer, "ok")));
        must(json_is_true(json_object_get(answer, "ok")) || json_is_string(json_object_get(answer, "error")));
        json_decref(answer);
    }
}

/* A movement is answered at its end, which here may never come. */
static int at_work(void)
{
    int count = 0;
    for (size_t i = 0; i < SHELL_COMMANDS; i++)
        count += shell.commands[i].id != 0;
    return count;
}

static void send_all(int fd, const uint8_t *data, size_t size)
{
    if (size > 0)
        (void)send(fd, data, size, MSG_NOSIGNAL);
    turn();
}

static void connection(const uint8_t *data, size_t size)
{
    int fd = join(), lines = 0;
    size_t first = data[0] < size ? data[0] : size - 1;
    for (size_t i = 1; i < size; i++)
        lines += data[i] == '\n';
    send_all(fd, data + 1, first);
    if (first + 1 < size)
        send_all(fd, data + 1 + first, size - 1 - first);
    must(wait_for(fd, lines) || at_work() > 0 || shell.stopping);
    judge_answers();
    close(fd);
    turn();
}

/* ---- the operator's command ---- */

static void command(const uint8_t *data, size_t size)
{
    static struct inbox_message message;
    static unsigned number;
    const uint8_t *end = memchr(data, '\n', size);
    size_t name = end ? (size_t)(end - data) : size, args = end ? size - name - 1 : 0;
    if (name >= sizeof message.u.command.command || args >= sizeof message.u.command.args)
        return;
    memset(&message, 0, sizeof message);
    message.type = INBOX_COMMAND;
    memcpy(message.u.command.command, data, name);
    if (end)
        memcpy(message.u.command.args, end + 1, args);
    (void)snprintf(message.jti, sizeof message.jti, "%u", ++number);
    (void)snprintf(message.iss, sizeof message.iss, "ops");
    command_from_broker(&shell, &message, false);
    turn();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t alive[] = "\xff{\"command\":\"version\"}\n";
    if (!shell.loop)
        begin();
    if (size < 2)
        return 0;
    shell.config_file = size % 2 == 0 ? good_file : faulty_file;
    if (data[0] == 'b')
        command(data + 1, size - 1);
    else
        connection(data, size);
    if (shell.stopping || at_work() > SHELL_COMMANDS / 2)
        start_core();
    connection(alive, sizeof alive - 1);
    must(have > 0 && memmem(answers, have, "\"ok\":true", 9) != NULL);
    return 0;
}
