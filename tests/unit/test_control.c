/* The control socket over real sockets, on one thread: the test turns the loop itself. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include "controller/control.h"

static struct loop *loop;
static struct control *control;
static char dir[] = "/tmp/test_control_XXXXXX";
static char path[sizeof dir + 16];
static bool later;
static uint64_t token;
static char command[64];
static int requests;
static pid_t pid;

static void handler(void *user, const struct control_request *request)
{
    char json[128];
    assert_ptr_equal(user, &loop);
    requests++;
    token = request->token;
    pid = request->pid;
    (void)snprintf(command, sizeof command, "%s", request->command);
    const char *text = json_string_value(json_object_get(request->args, "text"));
    (void)snprintf(json, sizeof json, "{\"ok\":true,\"data\":\"%s\"}", text ? text : "");
    if (!later)
        control_answer(control, request->token, json);
}

static int set_up(void **state)
{
    (void)state;
    later = false;
    requests = 0;
    (void)snprintf(path, sizeof path, "%s/control.sock", dir);
    if (loop_open(&loop) < 0)
        return -1;
    return control_open(&control, loop, dir, handler, &loop);
}

static int tear_down(void **state)
{
    (void)state;
    control_close(control);
    loop_close(loop);
    return 0;
}

static void turn(void)
{
    for (int i = 0; i < 200 && loop_turn(loop, 5) > 0; i++)
        ;
}

static int join(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
    memcpy(address.sun_path, path, strlen(path) + 1);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    turn();
    return fd;
}

static void say(int fd, const char *text)
{
    assert_int_equal(send(fd, text, strlen(text), 0), (ssize_t)strlen(text));
    turn();
}

/* What came: text, "" = nothing yet, "<end>" = the connection is closed. */
static const char *heard(int fd)
{
    static char text[4096];
    ssize_t got = recv(fd, text, sizeof text - 1, MSG_DONTWAIT);
    if (got < 0)
        return errno == EAGAIN ? "" : "<end>";
    text[got] = '\0';
    return got == 0 ? "<end>" : text;
}

static void a_request_is_answered_by_one_line(void **state)
{
    (void)state;
    int fd = join();
    say(fd, "{\"command\":\"status\",\"args\":{\"text\":\"hello\"}}\n");
    assert_string_equal(heard(fd), "{\"ok\":true,\"data\":\"hello\"}\n");
    assert_string_equal(command, "status");
    assert_int_equal(pid, getpid());
    close(fd);
}

static void args_may_be_left_out(void **state)
{
    (void)state;
    int fd = join();
    say(fd, "{\"command\":\"version\"}\n");
    assert_string_equal(heard(fd), "{\"ok\":true,\"data\":\"\"}\n");
    close(fd);
}

static void a_request_may_come_in_pieces(void **state)
{
    (void)state;
    int fd = join();
    say(fd, "{\"command\":");
    assert_int_equal(requests, 0);
    say(fd, "\"log\"}");
    assert_int_equal(requests, 0);
    say(fd, "\n");
    assert_int_equal(requests, 1);
    close(fd);
}

static void requests_sent_at_once_are_served_in_their_order(void **state)
{
    (void)state;
    int fd = join();
    say(fd, "{\"command\":\"a\",\"args\":{\"text\":\"1\"}}\n{\"command\":\"b\",\"args\":{\"text\":\"2\"}}\n");
    assert_int_equal(requests, 2);
    assert_string_equal(heard(fd), "{\"ok\":true,\"data\":\"1\"}\n{\"ok\":true,\"data\":\"2\"}\n");
    close(fd);
}

static void an_answer_may_come_later(void **state)
{
    (void)state;
    later = true;
    int fd = join();
    say(fd, "{\"command\":\"test\"}\n{\"command\":\"next\"}\n");
    assert_int_equal(requests, 1); /* the next waits for this one */
    assert_string_equal(heard(fd), "");
    control_answer(control, token, "{\"ok\":true}");
    turn();
    assert_string_equal(heard(fd), "{\"ok\":true}\n");
    assert_int_equal(requests, 2);
    assert_string_equal(command, "next");
    close(fd);
}

static void a_second_answer_is_ignored(void **state)
{
    (void)state;
    later = true;
    int fd = join();
    say(fd, "{\"command\":\"test\"}\n");
    uint64_t first = token;
    control_answer(control, first, "{\"ok\":true}");
    control_answer(control, first, "{\"ok\":false}");
    turn();
    assert_string_equal(heard(fd), "{\"ok\":true}\n");
    close(fd);
}

static void an_answer_to_a_gone_connection_is_ignored(void **state)
{
    (void)state;
    later = true;
    int fd = join();
    say(fd, "{\"command\":\"test\"}\n");
    uint64_t gone = token;
    close(fd);
    turn();
    fd = join(); /* takes the same place */
    say(fd, "{\"command\":\"other\"}\n");
    control_answer(control, gone, "{\"ok\":true,\"data\":\"stray\"}");
    turn();
    assert_string_equal(heard(fd), "");
    close(fd);
}

static void who_has_finished_speaking_still_gets_the_answer(void **state)
{
    (void)state;
    later = true;
    int fd = join();
    say(fd, "{\"command\":\"test\"}\n");
    shutdown(fd, SHUT_WR);
    turn();
    control_answer(control, token, "{\"ok\":true}");
    turn();
    assert_string_equal(heard(fd), "{\"ok\":true}\n");
    turn();
    assert_string_equal(heard(fd), "<end>");
    close(fd);
}

static void what_is_no_request_is_refused_and_the_connection_closed(void **state)
{
    static const char *const odd[] = {"hello\n",
                                      "[]\n",
                                      "{}\n",
                                      "{\"command\":1}\n",
                                      "{\"command\":\"a\",\"args\":[]}\n",
                                      "{\"command\":\"a\",\"command\":\"b\"}\n",
                                      "{\"command\":\"a\",\"extra\":1}\n",
                                      "\n"};
    (void)state;
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        int fd = join();
        say(fd, odd[i]);
        assert_non_null(strstr(heard(fd), "\"ok\":false"));
        assert_string_equal(heard(fd), "<end>");
        close(fd);
    }
    assert_int_equal(requests, 0);
}

static void a_request_that_is_too_long_is_refused(void **state)
{
    static char text[CONTROL_REQUEST_SIZE + 1];
    (void)state;
    memset(text, ' ', CONTROL_REQUEST_SIZE);
    int fd = join();
    say(fd, text);
    assert_non_null(strstr(heard(fd), "too long"));
    assert_string_equal(heard(fd), "<end>");
    close(fd);
}

static void the_ninth_connection_is_turned_away(void **state)
{
    int fd[CONTROL_MAX_CLIENTS];
    (void)state;
    for (int i = 0; i < CONTROL_MAX_CLIENTS; i++)
        fd[i] = join();
    int ninth = join();
    assert_non_null(strstr(heard(ninth), "too many"));
    close(ninth);
    close(fd[3]);
    turn();
    ninth = join();
    say(ninth, "{\"command\":\"status\"}\n");
    assert_non_null(strstr(heard(ninth), "\"ok\":true"));
    close(ninth);
    for (int i = 0; i < CONTROL_MAX_CLIENTS; i++)
        if (i != 3)
            close(fd[i]);
}

static void a_long_answer_to_a_slow_reader_arrives_whole(void **state)
{
    enum { LONG = 900000 };
    char *answer = malloc(LONG + 1), *got = malloc(LONG + 2);
    size_t have = 0;
    (void)state;
    assert_non_null(answer);
    assert_non_null(got);
    for (size_t i = 0; i < LONG; i++)
        answer[i] = (char)('a' + i % 26);
    answer[LONG] = '\0';
    later = true;
    int fd = join();
    say(fd, "{\"command\":\"screenshot\"}\n");
    control_answer(control, token, answer);
    for (int i = 0; i < 100000 && have < LONG + 1; i++) {
        ssize_t part = recv(fd, got + have, have + 30000 < LONG + 1 ? 30000 : LONG + 1 - have, MSG_DONTWAIT);
        if (part > 0)
            have += (size_t)part;
        (void)loop_turn(loop, 0);
    }
    assert_int_equal(have, LONG + 1);
    assert_memory_equal(got, answer, LONG);
    assert_int_equal(got[LONG], '\n');
    close(fd);
    free(answer);
    free(got);
}

static void an_answer_that_is_too_large_becomes_an_error(void **state)
{
    char *answer = malloc(CONTROL_ANSWER_SIZE + 1);
    (void)state;
    assert_non_null(answer);
    memset(answer, 'x', CONTROL_ANSWER_SIZE);
    answer[CONTROL_ANSWER_SIZE] = '\0';
    later = true;
    int fd = join();
    say(fd, "{\"command\":\"export\"}\n");
    control_answer(control, token, answer);
    turn();
    assert_non_null(strstr(heard(fd), "too large"));
    close(fd);
    free(answer);
}

static void the_socket_is_for_owner_and_group_only(void **state)
{
    struct stat status;
    (void)state;
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0660);
}

static void a_socket_left_behind_is_replaced(void **state)
{
    struct control *second;
    (void)state;
    assert_int_equal(control_open(&second, loop, dir, handler, &loop), 0);
    control_close(second);
    assert_int_equal(access(path, F_OK), -1);
}

static void a_folder_that_is_not_there_is_an_error(void **state)
{
    struct control *second;
    (void)state;
    assert_int_equal(control_open(&second, loop, "/nonexistent", handler, NULL), -ENOENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define FACT(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        FACT(a_request_is_answered_by_one_line),
        FACT(args_may_be_left_out),
        FACT(a_request_may_come_in_pieces),
        FACT(requests_sent_at_once_are_served_in_their_order),
        FACT(an_answer_may_come_later),
        FACT(a_second_answer_is_ignored),
        FACT(an_answer_to_a_gone_connection_is_ignored),
        FACT(who_has_finished_speaking_still_gets_the_answer),
        FACT(what_is_no_request_is_refused_and_the_connection_closed),
        FACT(a_request_that_is_too_long_is_refused),
        FACT(the_ninth_connection_is_turned_away),
        FACT(a_long_answer_to_a_slow_reader_arrives_whole),
        FACT(an_answer_that_is_too_large_becomes_an_error),
        FACT(the_socket_is_for_owner_and_group_only),
        FACT(a_socket_left_behind_is_replaced),
        FACT(a_folder_that_is_not_there_is_an_error),
    };
    json_object_seed(0);
    if (!mkdtemp(dir))
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    (void)rmdir(dir);
    return failed;
}
