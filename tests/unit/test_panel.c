/* What a screen may answer, and what the panel makes of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include "controller/panel.h"

static struct loop *loop;
static struct panel *panel;
static struct snapshot snapshot;
static struct snapshot_shown heard;
static struct shot pictured;
static int hearings, pictures, screen;
static char folder[] = "/tmp/panel-XXXXXX";

static void shown(void *user, const struct snapshot_shown *answer)
{
    assert_ptr_equal(user, &hearings);
    heard = *answer;
    hearings++;
}

static void shot(void *user, const struct shot *answer)
{
    assert_ptr_equal(user, &hearings);
    pictured = *answer;
    pictures++;
}

static int knock(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    (void)snprintf(address.sun_path, sizeof(address.sun_path), "%s/panel.sock", folder);
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    return fd;
}

static int join(void)
{
    int fd = knock();
    assert_true(loop_turn(loop, 1000) > 0);
    return fd;
}

static int set_up(void **state)
{
    (void)state;
    assert_int_equal(loop_open(&loop), 0);
    assert_int_equal(panel_open(&panel, loop, folder, shown, shot, &hearings), 0);
    screen = join();
    assert_int_equal(panel_clients(panel), 1);
    snapshot.number = 5;
    panel_send(panel, &snapshot);
    hearings = pictures = 0;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    close(screen);
    panel_close(panel);
    loop_close(loop);
    return 0;
}

static void say(const char *text, size_t length)
{
    assert_int_equal(send(screen, text, length, 0), length);
}

static void answer(uint64_t from, uint64_t to, uint64_t number)
{
    char text[SNAPSHOT_SHOWN_BYTES];
    struct snapshot_shown answered = {from, to, number};
    say(text, snapshot_shown_encode(text, sizeof(text), &answered));
}

static void an_answer_is_passed_on(void **state)
{
    (void)state;
    answer(3, 52, 5);
    assert_true(loop_turn(loop, 1000) > 0);
    assert_int_equal(hearings, 1);
    assert_int_equal(heard.from, 3);
    assert_int_equal(heard.to, 52);
    assert_int_equal(heard.number, 5);
}

static void a_snapshot_that_was_never_sent_is_not_believed_to_be_shown(void **state)
{
    (void)state;
    answer(3, 52, 6);
    assert_true(loop_turn(loop, 1000) > 0);
    assert_int_equal(hearings, 0);
}

static void odd_answers_are_dropped_and_the_screen_stays(void **state)
{
    (void)state;
    char long_one[4096];
    memset(long_one, ' ', sizeof(long_one));
    memcpy(long_one, "{\"shown\":{\"from\":1,\"to\":1},\"number\":1}", 39);
    say(long_one, sizeof(long_one)); /* good at its beginning */
    say("{", 1);
    say("\0", 1);
    answer(1, 2, 5);
    assert_true(loop_turn(loop, 1000) > 0);
    assert_int_equal(hearings, 1);
    assert_int_equal(panel_clients(panel), 1);
}

static void a_flood_of_answers_leaves_the_loop_its_turns(void **state)
{
    (void)state;
    for (uint64_t i = 1; i <= PANEL_ANSWERS_A_TURN + 2; i++)
        answer(i, i, 5);
    assert_true(loop_turn(loop, 1000) > 0);
    assert_int_equal(hearings, PANEL_ANSWERS_A_TURN);
    assert_true(loop_turn(loop, 1000) > 0);
    assert_int_equal(hearings, PANEL_ANSWERS_A_TURN + 2);
    assert_int_equal(heard.to, PANEL_ANSWERS_A_TURN + 2);
}

static void one_that_talks_without_end_is_sent_away(void **state)
{
    (void)state;
    for (int i = 0; i < PANEL_ANSWERS_MOST + 8 && panel_clients(panel) > 0; i++) {
        answer(1, 2, 5);
        assert_true(loop_turn(loop, 1000) > 0);
    }
    assert_int_equal(panel_clients(panel), 0);
    assert_int_equal(hearings, PANEL_ANSWERS_MOST);
}

static void a_crowd_waits_at_the_door_until_the_next_snapshot(void **state)
{
    (void)state;
    for (int i = 0; i < PANEL_VISITS_MOST; i++)
        close(join());
    close(screen);
    screen = knock();
    while (loop_turn(loop, 0) > 0)
        ;
    assert_int_equal(panel_clients(panel), 0);
    panel_send(panel, &snapshot);
    assert_true(loop_turn(loop, 1000) > 0);
    assert_int_equal(panel_clients(panel), 1);
}

static void a_screen_that_leaves_is_forgotten(void **state)
{
    (void)state;
    answer(1, 1, 5);
    (void)shutdown(screen, SHUT_RDWR);
    for (int i = 0; i < 3 && panel_clients(panel) > 0; i++)
        assert_true(loop_turn(loop, 1000) > 0);
    assert_int_equal(panel_clients(panel), 0);
}

static bool alive(int fd)
{
    char byte;
    for (ssize_t length; (length = recv(fd, &byte, 1, 0)) != -1;)
        if (length == 0)
            return false;
    return errno == EAGAIN;
}

static void show(int fd)
{
    char text[SNAPSHOT_SHOWN_BYTES];
    size_t length = snapshot_shown_encode(text, sizeof(text), &(struct snapshot_shown){0, 0, 5});
    assert_int_equal(send(fd, text, length, 0), length);
    assert_true(loop_turn(loop, 1000) > 0);
}

static void a_fifth_screen_takes_the_place_of_one_that_shows_nothing(void **state)
{
    (void)state;
    int others[PANEL_MAX_CLIENTS];
    show(screen);
    for (int i = 1; i < PANEL_MAX_CLIENTS; i++)
        others[i] = join();
    show(others[2]);
    others[0] = join();
    assert_int_equal(panel_clients(panel), PANEL_MAX_CLIENTS);
    assert_true(alive(screen) && alive(others[2]) && alive(others[0]));
    assert_true(alive(others[1]) + alive(others[3]) == 1);
    for (int i = 0; i < PANEL_MAX_CLIENTS; i++)
        close(others[i]);
}

static void four_that_show_let_no_other_in(void **state)
{
    (void)state;
    int others[PANEL_MAX_CLIENTS];
    show(screen);
    for (int i = 1; i < PANEL_MAX_CLIENTS; i++)
        show(others[i] = join());
    others[0] = join();
    assert_false(alive(others[0]));
    assert_true(alive(screen) && alive(others[1]) && alive(others[2]) && alive(others[3]));
    for (int i = 0; i < PANEL_MAX_CLIENTS; i++)
        close(others[i]);
}

static void one_that_takes_nothing_goes_first(void **state)
{
    (void)state;
    int others[PANEL_MAX_CLIENTS];
    for (int i = 1; i < PANEL_MAX_CLIENTS; i++)
        others[i] = join();
    show(screen);
    for (int i = 1; i < PANEL_MAX_CLIENTS; i++)
        show(others[i]);
    for (int i = 0; i < 5000; i++) { /* more than any socket holds; only one of them does not read */
        panel_send(panel, &snapshot);
        assert_true(alive(screen) && alive(others[1]) && alive(others[3]));
    }
    others[0] = join();
    assert_false(alive(others[2]));
    assert_true(alive(screen) && alive(others[0]));
    for (int i = 0; i < PANEL_MAX_CLIENTS; i++)
        close(others[i]);
}

static int folder_make(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static int folder_remove(void **state)
{
    (void)state;
    return rmdir(folder);
}

/* What a screen does with a question: writes into the file that came with it. */
static void picture_write(const char *bytes)
{
    static char text[SNAPSHOT_MAX_BYTES];
    int fd = -1;
    struct shot question;
    for (ssize_t length; fd < 0;) {
        char control[CMSG_SPACE(sizeof(int))] = {0};
        struct iovec part = {text, sizeof(text)};
        struct msghdr message = {
            .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof(control)};
        length = recvmsg(screen, &message, MSG_CMSG_CLOEXEC);
        assert_true(length > 0);
        if (!CMSG_FIRSTHDR(&message))
            continue; /* a snapshot */
        memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(fd));
        assert_true(shot_decode(&question, text, (size_t)length));
    }
    assert_int_equal(question.number, 9);
    assert_int_equal(write(fd, bytes, strlen(bytes)), strlen(bytes));
    close(fd);
    question.bytes = (int64_t)strlen(bytes);
    say(text, shot_encode(text, sizeof(text), &question));
}

static void a_screen_that_shows_something_is_asked_for_a_picture(void **state)
{
    (void)state;
    FILE *file = tmpfile();
    char found[8] = "";
    static const struct shot question = {.number = 9, .bytes = SHOT_MAX_BYTES};
    assert_non_null(file);
    assert_int_equal(panel_ask(panel, &question, fileno(file)), -ENOENT); /* it shows nothing yet */
    answer(0, 0, 5);
    assert_true(loop_turn(loop, 1000) > 0);
    assert_int_equal(panel_ask(panel, &question, fileno(file)), 0);
    picture_write("picture");
    assert_true(loop_turn(loop, 1000) > 0);
    assert_int_equal(pictures, 1);
    assert_int_equal(pictured.number, 9);
    assert_int_equal(pictured.bytes, 7);
    assert_int_equal(pread(fileno(file), found, 7, 0), 7);
    assert_string_equal(found, "picture");
    (void)fclose(file);
}

static void odd_answers_about_a_picture_are_dropped(void **state)
{
    (void)state;
    static const char *const odd[] = {
        "{\"shot\":0,\"bytes\":1}",      "{\"shot\":1,\"bytes\":-1}",  "{\"shot\":1}",
        "{\"shot\":1,\"bytes\":700001}", "{\"shot\":1.5,\"bytes\":1}", "{\"shot\":1,\"bytes\":1,\"x\":1}",
    };
    for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
        say(odd[i], strlen(odd[i]));
        assert_true(loop_turn(loop, 1000) > 0);
    }
    assert_int_equal(pictures, 0);
    assert_int_equal(panel_clients(panel), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_answer_is_passed_on, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_snapshot_that_was_never_sent_is_not_believed_to_be_shown, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(odd_answers_are_dropped_and_the_screen_stays, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_flood_of_answers_leaves_the_loop_its_turns, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_screen_that_shows_something_is_asked_for_a_picture, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(odd_answers_about_a_picture_are_dropped, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_fifth_screen_takes_the_place_of_one_that_shows_nothing, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(four_that_show_let_no_other_in, set_up, tear_down),
        cmocka_unit_test_setup_teardown(one_that_takes_nothing_goes_first, set_up, tear_down),
        cmocka_unit_test_setup_teardown(one_that_talks_without_end_is_sent_away, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_crowd_waits_at_the_door_until_the_next_snapshot, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_screen_that_leaves_is_forgotten, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
