/* One change to a legal file, and every word that config_load says about it. */
#include "tests/unit/config/cases.h"

#define X64 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

static const struct cases_edit lines_cases[] = {
    {"chip = \"gpiochip0\"; line = 17", "line = 17",
     "14: lines.motor: needs chip as well, because line is a number\n"},
    {"chip = \"gpiochip0\"; line = 17", "chip = \"gpiochip0\"",
     "14: lines.motor.line: is missing; must be given: number of the line on the chip, or its name\n"},
    {"chip = \"/dev/gpiochip0\"; line", "line", ""},
    {"line = 27", "line = \"GPIO22\"",
     "16: lines.drop: is the same gpio line as lines.home; one gpio line is one line here\n"},
    {"chip = \"gpiochip0\"; line = 27", "line = \"GPIO22\"",
     "16: lines.drop: is the same gpio line as lines.home; one gpio line is one line here\n"},
    {"line = 27", "line = 17",
     "15: lines.home: is the same gpio line as lines.motor; one gpio line is one line here\n"},
    {"line = \"GPIO22\"", "line = 17",
     "16: lines.drop: is the same gpio line as lines.motor; one gpio line is one line here\n"},
    {"line = \"GPIO22\"", "line = -1", "16: lines.drop.line: is -1; must be 0..1023, or a name\n"},
    {"line = \"GPIO22\"", "line = 70000", "16: lines.drop.line: is 70000; must be 0..1023, or a name\n"},
    {"line = \"GPIO22\"", "line = \"\"", "16: lines.drop.line: is \"\"; must be 0..1023, or a name\n"},
    {"line = \"GPIO22\"", "line = 2.5", "16: lines.drop.line: is 2.5; must be 0..1023, or a name\n"},
    {"bias = \"pull-up\"", "bias = \"pullup\"",
     "15: lines.home.bias: is \"pullup\"; must be \"as-is\", \"disabled\", \"pull-up\" or \"pull-down\"\n"},
    {"debounce_ms = 7", "debounce_ms = 7000", "15: lines.home.debounce_ms: is 7000; must be 0..1000 ms\n"},
    {"line = 17;", "line = 17; debounce_ms = 5;",
     "14: warning: lines.motor.debounce_ms: has no effect on an output\n"},
    {"line = 17;", "line = 17; coil = 5;",
     "14: lines.motor.coil: has no meaning with driver \"gpio\"; belongs to \"modbus\"\n"},
    {"driver = \"gpio\"; direction = \"out\"", "driver = \"gpoi\"; direction = \"out\"",
     "14: lines.motor.driver: is \"gpoi\"; must be \"gpio\", \"modbus\" or \"sim\"\n"},
    {"driver = \"gpio\"; direction = \"out\"", "driver = \"gpio\"",
     "14: lines.motor.direction: is missing; must be given: input or output\n"},
    {"driver = \"gpio\"; direction = \"out\"", "driver = \"gpio\"; direction = \"output\"",
     "14: lines.motor.direction: is \"output\"; must be \"in\" or \"out\"\n"},
    {"driver = \"gpio\"; direction = \"out\"", "direction = \"out\"",
     "14: lines.motor.driver: is missing; must be given: who drives it; \"sim\" is the simulated machine\n"},
    {"driver = \"gpio\"; direction = \"out\"; chip", "driver = \"sim\"; direction = \"out\"; chip",
     "14: warning: lines.motor.chip: has no meaning with driver \"sim\"; belongs to \"gpio\"\n"
     "14: warning: lines.motor.line: has no meaning with driver \"sim\"; belongs to \"gpio\"\n"},
    {"bus = \"io\"; unit = 2; coil = 3", "bus = \"oi\"; unit = 2; coil = 3",
     "17: lines.lock.bus: \"oi\" is not in buses; did you mean \"io\"?\n"},
    {"unit = 2; coil = 3", "unit = 248; coil = 3",
     "17: lines.lock.unit: must be 1..247; 255 only on a tcp bus\n"},
    {"unit = 2; coil = 3", "unit = 255; coil = 3", ""},
    {"unit = 7; register", "unit = 255; register",
     "20: lines.latch.unit: must be 1..247; 255 only on a tcp bus\n"},
    {"pulse = \"flash\"", "pulse = \"flash\"; active_low = true",
     "17: lines.lock.active_low: a pulse that the board ends is always on, then off; must be false\n"},
    {"coil = 3", "coil = 65536", "17: lines.lock.coil: is 65536; must be 0..65535\n"},
    {"coil = 3", "coil = 256",
     "17: lines.lock.coil: a board that ends the pulse itself has channels 0..255 only\n"},
    {"coil = 3", "coil = 3; discrete = 3",
     "17: lines.lock: must have exactly one of coil, discrete, and register with bit\n"
     "17: lines.lock.discrete: a discrete input cannot be an output; must be a coil, or direction \"in\"\n"},
    {"coil = 3;", "",
     "17: lines.lock: must have exactly one of coil, discrete, and register with bit\n"
     "17: lines.lock.pulse: \"flash\" is for output coils only; must be a coil with direction \"out\"\n"},
    {"coil = 3", "discrete = 3",
     "17: lines.lock.discrete: a discrete input cannot be an output; must be a coil, or direction \"in\"\n"
     "17: lines.lock.pulse: \"flash\" is for output coils only; must be a coil with direction \"out\"\n"},
    {"discrete = 4", "discrete = 4; pulse = \"flash\"",
     "18: lines.seen.pulse: \"flash\" is for output coils only; must be a coil with direction \"out\"\n"},
    {"register = 40; bit = 15", "register = 40",
     "20: lines.latch.register: needs bit as well: 0..15, 0 is the lowest\n"},
    {"register = 40; bit = 15", "bit = 15",
     "20: lines.latch: must have exactly one of coil, discrete, and register with bit\n"
     "20: lines.latch.bit: has no meaning without register\n"},
    {"bit = 15", "bit = 16", "20: lines.latch.bit: is 16; must be 0..15\n"},
    {"discrete = 4", "coil = 3",
     "18: lines.seen: is the same place on the bus as lines.lock; an output must have its own\n"},
    {"coil = 9", "coil = 9; address = 3",
     "21: lines.ajar.address: unknown key; known here: driver, direction, active_low, bus, unit, coil, "
     "discrete, register, bit, pulse, poll_ms\n"},
    {"coil = 1;", "coil = 1; poll_ms = 5;", "19: warning: lines.tick.poll_ms: has no effect on an output\n"},
    {"unit = 7; register = 40; bit = 15", "coil = 1",
     "20: lines.latch: is the same place on the bus as lines.tick; an output must have its own\n"},
    {"host = \"192.168.10.20\"", "host = \"192.168.10.200.5\"",
     "11: buses.io.host: is \"192.168.10.200.5\"; must be a host name or an address; an IPv4 address has "
     "four "
     "numbers 0..255, like 192.168.10.20\n"},
    {"discrete = 4", "discrete = 10003",
     "18: warning: lines.seen.discrete: 10003 looks like a reference number of a manual, which counts from "
     "10001; the address, counted from 0, would be 2\n"},
    {"discrete = 4", "discrete = 100003",
     "18: lines.seen.discrete: is 100003; must be 0..65535\n"
     "18: warning: lines.seen.discrete: 100003 looks like a reference number of a manual, which counts from "
     "10001; the address, counted from 0, would be 2\n"},
    {"discrete = 4", "discrete = 10000", ""},
    {"discrete = 4", "discrete = 20000", ""},
    {"register = 40;", "register = 40001;",
     "20: warning: lines.latch.register: 40001 looks like a reference number of a manual, which counts from "
     "40001; the address, counted from 0, would be 0\n"},
    {"device = \"/dev/ttyS1\"; baud", "device = \"ttyS1\"; baud",
     "12: buses.field.device: is \"ttyS1\"; must be the whole path, like \"/dev/ttyS1\"\n"},
    {"buses = {", "buses = { twin = { type = \"tcp\"; host = \"192.168.10.20\"; port = 503; };",
     "10: warning: buses.twin: no line uses it\n"
     "11: warning: buses.io: is the same board as buses.twin; one bus may serve all its lines, by unit\n"},
    {"type = \"tcp\"; host", "type = \"udp\"; host",
     "11: buses.io.type: is \"udp\"; must be \"tcp\" or \"rtu\"\n"},
    {"host = \"192.168.10.20\"; ", "",
     "11: buses.io.host: is missing; must be given: address of the board\n"},
    {"device = \"/dev/ttyS1\"; baud", "port = 502; baud",
     "12: buses.field.device: is missing; must be given: serial port, best as /dev/serial/by-id/...\n"
     "12: buses.field.port: has no meaning with type \"rtu\"; belongs to \"tcp\"\n"},
    {"parity = \"E\"", "parity = \"even\"",
     "12: buses.field.parity: is \"even\"; must be \"N\", \"E\" or \"O\"\n"},
    {"baud = 19200", "baud = 100", "12: buses.field.baud: is 100; must be 300..921600 bit/s\n"},
    {"io = { type = \"tcp\"; host = \"192.168.10.20\"; port = 503;",
     "io = { type = \"rtu\"; device = \"/dev/ttyS1\";",
     "12: buses.field: /dev/ttyS1 is the port of buses.io already; a serial port has one master\n"},
    {"buses = {", "buses = { spare = { type = \"tcp\"; host = \"h\"; };",
     "10: warning: buses.spare: no line uses it\n"},
    {"buses = {", "buses = { io2 = 7;", "10: buses.io2: is 7; must be a group: { ... }\n"},
    {"lines = {", "lines = { spare = { driver = \"sim\"; direction = \"in\"; };",
     "13: warning: lines.spare: nothing uses it\n"},
    {"lines = {", "lines = { " X64 "x = { driver = \"sim\"; direction = \"in\"; };",
     "13: lines." X64 ": the name is longer than 64 bytes\n"
     "13: warning: lines." X64 ": nothing uses it\n"},
    {"door = \"door\"; fire", "door = \"lamp\"; fire",
     "29: warning: lines.door: nothing uses it\n"
     "31: machine.door: lines.lamp is an output; must be an input\n"},
    {"door = \"door\"; fire", "door = \"dor\"; fire",
     "31: machine.door: \"dor\" is not in lines; did you mean \"door\"?\n"},
    {"parallel = 2", "parallel = 65", "31: machine.parallel: is 65; must be 1..16\n"},
    {"parallel = 2", "parallel = 0", "31: machine.parallel: is 0; must be 1..16\n"},
};

static void bus_and_line_faults_are_told(void **state)
{
    (void)state;
    cases_run(lines_cases, sizeof(lines_cases) / sizeof(lines_cases[0]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bus_and_line_faults_are_told),
    };
    return cmocka_run_group_tests(tests, cases_setup, cases_teardown);
}
