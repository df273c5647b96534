/* Which inputs are read together. No bus is opened. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include "hal/modbus_bus.h"

enum { MOST = 80 };

static struct bench {
    struct config config;
    struct hal_line lines[MOST];
    struct hal_instance instance;
} bench;

static struct config_line *add(int32_t unit, enum config_modbus_kind kind, int32_t address)
{
    int32_t i = bench.config.line_count++;
    struct config_line *line = &bench.config.lines[i];
    *line = (struct config_line){
        .driver = CONFIG_DRIVER_MODBUS, .unit = unit, .modbus = kind, .address = address, .poll_ms = 20};
    bench.lines[i].index = i;
    bench.lines[i].config = line;
    return line;
}

static const struct modbus_bus *plan(void)
{
    char error[256];
    bench.instance = (struct hal_instance){.driver = &hal_driver_modbus,
                                           .config = &bench.config,
                                           .line_count = bench.config.line_count,
                                           .lines = bench.lines};
    bench.config.buses[0].response_ms = 100;
    assert_int_equal(hal_driver_modbus.open(&bench.instance, error, sizeof error), 0);
    return bench.instance.state;
}

static int set_up(void **state)
{
    (void)state;
    bench.config.line_count = 0;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    hal_driver_modbus.close(&bench.instance);
    return 0;
}

static void neighbours_are_read_in_one_request_whatever_their_order(void **state)
{
    (void)state;
    add(1, CONFIG_MODBUS_DISCRETE, 7);
    add(1, CONFIG_MODBUS_DISCRETE, 5);
    add(1, CONFIG_MODBUS_DISCRETE, 6);
    const struct modbus_bus *bus = plan();
    assert_int_equal(bus->read_count, 1);
    assert_int_equal(bus->read[0].address, 5);
    assert_int_equal(bus->read[0].count, 3);
}

static void a_gap_is_not_read_over(void **state)
{
    (void)state;
    add(1, CONFIG_MODBUS_DISCRETE, 5);
    add(1, CONFIG_MODBUS_DISCRETE, 7);
    assert_int_equal(plan()->read_count, 2);
}

static void units_and_kinds_are_read_apart(void **state)
{
    (void)state;
    add(1, CONFIG_MODBUS_DISCRETE, 0);
    add(2, CONFIG_MODBUS_DISCRETE, 1);
    add(1, CONFIG_MODBUS_COIL, 1);
    add(1, CONFIG_MODBUS_REGISTER_BIT, 1);
    assert_int_equal(plan()->read_count, 4);
}

static void bits_of_one_register_are_one_read(void **state)
{
    (void)state;
    add(1, CONFIG_MODBUS_REGISTER_BIT, 9)->bit = 3;
    add(1, CONFIG_MODBUS_REGISTER_BIT, 9)->bit = 15;
    const struct modbus_bus *bus = plan();
    assert_int_equal(bus->read_count, 1);
    assert_int_equal(bus->read[0].count, 1);
}

static void a_unit_with_outputs_only_has_a_heartbeat(void **state)
{
    (void)state;
    add(1, CONFIG_MODBUS_COIL, 0)->output = true;
    add(1, CONFIG_MODBUS_COIL, 1)->output = true;
    const struct modbus_bus *bus = plan();
    assert_int_equal(bus->read_count, 1);
    assert_true(bus->read[0].heartbeat);
}

static void outputs_of_a_unit_with_inputs_are_not_polled(void **state)
{
    (void)state;
    add(1, CONFIG_MODBUS_COIL, 0)->output = true;
    add(1, CONFIG_MODBUS_DISCRETE, 0);
    const struct modbus_bus *bus = plan();
    assert_int_equal(bus->read_count, 1);
    assert_false(bus->read[0].heartbeat);
}

static void a_long_row_is_read_in_several_requests(void **state)
{
    (void)state;
    for (int32_t i = 0; i < MOST; i++)
        add(1, CONFIG_MODBUS_DISCRETE, i);
    const struct modbus_bus *bus = plan();
    assert_int_equal(bus->read_count, 2);
    assert_int_equal(bus->read[0].count, MODBUS_READ_BITS);
    assert_int_equal(bus->read[0].count + bus->read[1].count, MOST);
}

static void every_unit_is_known_once(void **state)
{
    (void)state;
    add(3, CONFIG_MODBUS_DISCRETE, 0);
    add(7, CONFIG_MODBUS_DISCRETE, 0);
    add(3, CONFIG_MODBUS_COIL, 0)->output = true;
    const struct modbus_bus *bus = plan();
    assert_int_equal(bus->unit_count, 2);
    assert_int_equal(bus->unit_of[0], bus->unit_of[2]);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(neighbours_are_read_in_one_request_whatever_their_order),
        TEST(a_gap_is_not_read_over),
        TEST(units_and_kinds_are_read_apart),
        TEST(bits_of_one_register_are_one_read),
        TEST(a_unit_with_outputs_only_has_a_heartbeat),
        TEST(outputs_of_a_unit_with_inputs_are_not_polled),
        TEST(a_long_row_is_read_in_several_requests),
        TEST(every_unit_is_known_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
