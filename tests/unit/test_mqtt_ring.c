/* The sender's byte ring against a plain list. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include "controller/mqtt_ring.h"

static struct mqtt_ring ring;
static unsigned char *block;

static int set_up(void **state)
{
    (void)state;
    block = malloc(MQTT_RING_BYTES); /* exactly as large, so that a sanitizer sees a byte too many */
    memset(&ring, 0, sizeof ring);
    ring.bytes = block;
    return block ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    free(block);
    return 0;
}

static bool push(uint64_t tag, const void *bytes, size_t size)
{
    struct mqtt_ring_item item = {.tag = tag, .topic = (int)(tag % 7), .retained = tag % 2, .size = size};
    return mqtt_ring_push(&ring, &item, bytes);
}

static void an_empty_ring_has_no_head(void **state)
{
    const void *bytes;
    (void)state;
    assert_null(mqtt_ring_head(&ring, &bytes));
    mqtt_ring_drop(&ring);
    assert_int_equal(ring.count, 0);
}

static void what_goes_in_comes_out_in_order(void **state)
{
    const void *bytes;
    (void)state;
    assert_true(push(1, "one", 3));
    assert_true(push(2, "", 0));
    assert_true(push(3, "three", 5));
    for (uint64_t tag = 1; tag <= 3; tag++) {
        const struct mqtt_ring_item *item = mqtt_ring_head(&ring, &bytes);
        assert_non_null(item);
        assert_true(item->tag == tag);
        assert_int_equal(item->topic, (int)tag);
        if (tag == 3)
            assert_memory_equal(bytes, "three", 5);
        mqtt_ring_drop(&ring);
    }
    assert_null(mqtt_ring_head(&ring, &bytes));
}

static void it_is_full_at_its_slots(void **state)
{
    (void)state;
    for (int i = 0; i < MQTT_RING_SLOTS; i++)
        assert_true(push(1, "x", 1));
    assert_false(push(1, "x", 1));
    mqtt_ring_drop(&ring);
    assert_true(push(1, "x", 1));
}

static void it_is_full_at_its_bytes(void **state)
{
    static unsigned char quarter[MQTT_RING_BYTES / 4];
    (void)state;
    for (int i = 0; i < 3; i++)
        assert_true(push(1, quarter, sizeof quarter));
    assert_false(push(1, quarter, sizeof quarter));
    assert_true(push(1, quarter, sizeof quarter / 2));
}

static void more_than_the_block_never_fits(void **state)
{
    (void)state;
    unsigned char *large = calloc(1, MQTT_RING_BYTES);
    assert_non_null(large);
    assert_false(push(1, large, MQTT_RING_BYTES));
    assert_true(push(1, large, MQTT_RING_BYTES - 1));
    free(large);
}

/* Every byte of message n is n: whatever overlaps shows. */
static void many_steps_keep_every_byte(void **state)
{
    enum { MOST = MQTT_RING_SLOTS };
    static unsigned char text[70000];
    static size_t sizes[MOST];
    size_t head = 0, count = 0;
    uint64_t next = 0;
    uint32_t seed = 12345;
    (void)state;
    for (int step = 0; step < 300000; step++) {
        seed = seed * 1664525 + 1013904223;
        uint32_t dice = seed >> 16;
        if (dice % 2) {
            size_t size = dice % 97 == 0 ? 60000 : dice % 900;
            memset(text, (int)(next & 0xff), size);
            if (!push(next, text, size))
                continue;
            sizes[(head + count++) % MOST] = size;
            next++;
        } else if (count > 0) {
            const void *bytes;
            const struct mqtt_ring_item *item = mqtt_ring_head(&ring, &bytes);
            assert_int_equal(item->size, sizes[head]);
            memset(text, (int)(item->tag & 0xff), item->size);
            if (memcmp(bytes, text, item->size) != 0)
                fail_msg("message %llu is damaged", (unsigned long long)item->tag);
            mqtt_ring_drop(&ring);
            head = (head + 1) % MOST;
            count--;
        }
    }
    assert_true(next > 100000);
    assert_int_equal(ring.count, count);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define FACT(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        FACT(an_empty_ring_has_no_head),      FACT(what_goes_in_comes_out_in_order),
        FACT(it_is_full_at_its_slots),        FACT(it_is_full_at_its_bytes),
        FACT(more_than_the_block_never_fits), FACT(many_steps_keep_every_byte),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
