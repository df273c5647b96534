#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>
#include <cmocka.h>
#include <poll.h>

#include "common/clock.h"
#include "common/loop.h"
#include "common/queue.h"
#include "common/text.h"

static void queue_keeps_order_and_refuses_when_full(void **state)
{
    (void)state;
    struct queue *queue;
    assert_int_equal(queue_open(&queue, sizeof(int), 3), 0);
    for (int i = 0; i < 3; i++)
        assert_true(queue_push(queue, &i));
    int value = 9;
    assert_false(queue_push(queue, &value));
    for (int i = 0; i < 3; i++) {
        assert_true(queue_pop(queue, &value));
        assert_int_equal(value, i);
    }
    assert_false(queue_pop(queue, &value));
    queue_close(queue);
}

struct feed {
    struct queue *queue;
    int count;
};

static void *produce(void *user)
{
    struct feed *feed = user;
    for (int i = 0; i < feed->count; i++)
        if (!queue_push_wait(feed->queue, &i, 10000))
            return feed;
    return NULL;
}

static void queue_loses_nothing_between_threads(void **state)
{
    (void)state;
    struct feed feed = {.count = 20000};
    assert_int_equal(queue_open(&feed.queue, sizeof(int), 16), 0);
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, produce, &feed), 0);
    for (int i = 0; i < feed.count; i++) {
        int value = -1;
        assert_true(queue_pop_wait(feed.queue, &value, 10000));
        assert_int_equal(value, i);
    }
    void *failed;
    pthread_join(thread, &failed);
    assert_null(failed);
    queue_close(feed.queue);
}

static void count_call(void *user, int fd, uint32_t events)
{
    (void)fd;
    (void)events;
    ++*(int *)user;
}

struct drain {
    struct queue *queue;
    int sum;
};

static void drain_queue(void *user, int fd, uint32_t events)
{
    (void)fd;
    (void)events;
    struct drain *drain = user;
    for (int value; queue_pop(drain->queue, &value);)
        drain->sum += value;
}

static bool is_readable(int fd)
{
    struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
    return poll(&poll_fd, 1, 0) == 1;
}

static void queue_descriptor_calls_as_long_as_something_is_there(void **state)
{
    (void)state;
    struct queue *queue;
    int value = 7;
    assert_int_equal(queue_open(&queue, sizeof(int), 8), 0);
    assert_false(is_readable(queue_fd(queue)));
    assert_true(queue_push(queue, &value) && queue_push(queue, &value));
    assert_true(queue_pop(queue, &value));
    assert_true(is_readable(queue_fd(queue))); /* the second one is still to be called for */
    assert_true(queue_pop(queue, &value));
    assert_false(is_readable(queue_fd(queue)));
    queue_close(queue);
}

static void queue_descriptor_wakes_the_loop_once_per_filling(void **state)
{
    (void)state;
    struct loop *loop;
    struct drain drain = {0};
    assert_int_equal(loop_open(&loop), 0);
    assert_int_equal(queue_open(&drain.queue, sizeof(int), 8), 0);
    assert_int_equal(loop_add(loop, queue_fd(drain.queue), EPOLLIN, drain_queue, &drain), 0);
    assert_int_equal(loop_turn(loop, 0), 0);
    for (int i = 1; i <= 3; i++)
        assert_true(queue_push(drain.queue, &i));
    assert_int_equal(loop_turn(loop, 1000), 1);
    assert_int_equal(drain.sum, 6);
    assert_int_equal(loop_turn(loop, 0), 0);
    queue_close(drain.queue);
    loop_close(loop);
}

static void timer_fires_once_and_can_be_disarmed(void **state)
{
    (void)state;
    struct loop *loop;
    int calls = 0;
    assert_int_equal(loop_open(&loop), 0);
    int timer = loop_timer_open(loop, count_call, &calls);
    assert_true(timer >= 0);
    loop_timer_set(timer, clock_mono_us() - 5);
    assert_int_equal(loop_turn(loop, 1000), 1);
    assert_int_equal(calls, 1);
    assert_int_equal(loop_turn(loop, 0), 0);
    loop_timer_set(timer, clock_mono_us() + 3600 * INT64_C(1000000));
    loop_timer_set(timer, 0);
    assert_int_equal(loop_turn(loop, 0), 0);
    loop_remove(loop, timer);
    close(timer);
    loop_close(loop);
}

static void loop_refuses_the_source_too_many(void **state)
{
    (void)state;
    struct loop *loop;
    int calls = 0, timers[LOOP_MAX_SOURCES];
    assert_int_equal(loop_open(&loop), 0);
    for (int i = 0; i < LOOP_MAX_SOURCES; i++)
        assert_true((timers[i] = loop_timer_open(loop, count_call, &calls)) >= 0);
    assert_int_equal(loop_timer_open(loop, count_call, &calls), -ENOSPC);
    for (int i = 0; i < LOOP_MAX_SOURCES; i++) {
        loop_remove(loop, timers[i]);
        close(timers[i]);
    }
    loop_close(loop);
}

static void text_is_cut_between_characters(void **state)
{
    (void)state;
    char small[6];
    assert_false(text_copy(small, sizeof small, "Кола"));
    assert_string_equal(small, "Ко");
    assert_true(text_copy(small, sizeof small, "cola"));
    size_t used = 0;
    assert_true(text_append(small, sizeof small, &used, "%d", 123));
    assert_false(text_append(small, sizeof small, &used, "%d", 456));
    assert_string_equal(small, "123");
}

static void utf8_is_judged_as_rfc_3629_says(void **state)
{
    (void)state;
    assert_int_equal(text_utf8_length("Кола", 8), 4);
    assert_int_equal(text_utf8_length("\xF0\x9F\x92\xA7", 4), 1);
    assert_int_equal(text_utf8_length("\xC0\xAF", 2), -1);         /* overlong */
    assert_int_equal(text_utf8_length("\xED\xA0\x80", 3), -1);     /* surrogate */
    assert_int_equal(text_utf8_length("\xF4\x90\x80\x80", 4), -1); /* beyond U+10FFFF */
    assert_int_equal(text_utf8_length("\xD0", 1), -1);             /* cut */
    assert_true(text_has_control("a\x1F"));
    assert_true(text_has_control("a\xC2\x85"));
    assert_false(text_has_control("Кола 0,33"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(queue_keeps_order_and_refuses_when_full),
        cmocka_unit_test(queue_loses_nothing_between_threads),
        cmocka_unit_test(queue_descriptor_calls_as_long_as_something_is_there),
        cmocka_unit_test(queue_descriptor_wakes_the_loop_once_per_filling),
        cmocka_unit_test(timer_fires_once_and_can_be_disarmed),
        cmocka_unit_test(loop_refuses_the_source_too_many),
        cmocka_unit_test(text_is_cut_between_characters),
        cmocka_unit_test(utf8_is_judged_as_rfc_3629_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
