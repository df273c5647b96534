#!/usr/bin/python3
"""Orders over Modbus TCP: executed once, read back, ended in time; and what a lost or wrong answer leads to."""
import os
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tools"))
from faulty_slave import Slave, TcpServer  # noqa: E402
from hal_bench import Probe, main, wait_for  # noqa: E402

BODY = """
buses = {{ io = {{ type = "tcp"; host = "127.0.0.1"; port = {port}; response_ms = 150; }}; }};
lines = {{ lock  = {{ driver = "modbus"; direction = "out"; bus = "io"; unit = 1; coil = 3; }};
          motor = {{ driver = "modbus"; direction = "out"; bus = "io"; unit = 1; coil = 4; }};
          home  = {{ driver = "modbus"; direction = "in";  bus = "io"; unit = 1; discrete = 0; poll_ms = 20; }};
          drop  = {{ driver = "modbus"; direction = "in";  bus = "io"; unit = 1; discrete = 1; poll_ms = 10; }};
          flash = {{ driver = "modbus"; direction = "out"; bus = "io"; unit = 1; coil = 5; pulse = "flash"; }};
          bit   = {{ driver = "modbus"; direction = "out"; bus = "io"; unit = 1; register = 7; bit = 2; }};
        }};
devices = ( {{ name = "a1"; kind = "spiral"; motor = "motor"; home = "home"; drop = "drop"; max_ms = 600; }},
            {{ name = "b1"; kind = "relay"; output = "lock"; pulse_ms = 300; }},
            {{ name = "c1"; kind = "relay"; output = "flash"; pulse_ms = 500; }},
            {{ name = "d1"; kind = "relay"; output = "bit"; pulse_ms = 200; }} );
"""
OUTPUTS = ("lock", "motor", "flash", "bit")


class Orders(unittest.TestCase):
    def setUp(self):
        self.slave = Slave()
        self.board = self.slave.units[1]
        self.server = TcpServer(self.slave)
        self.probe = Probe(BODY.format(port=self.server.port)).ready(*OUTPUTS)

    def tearDown(self):
        self.slave.fault = lambda request: None
        self.probe.end()
        self.server.stop()

    def fault_once(self, kind, function, address, value=None):
        struck = []

        def fault(request):
            if not struck and request.function == function and request.address == address and \
                    value in (None, request.value):
                struck.append(request)
                return kind
            return None
        self.slave.fault = fault

    def test_every_output_is_switched_off_and_read_at_start(self):
        for coil in (3, 4, 5):
            self.assertEqual([w.value for w in self.slave.writes(address=coil)], [0])
        self.assertEqual([w.value for w in self.slave.writes(address=7)], [0])

    def test_on_and_off_are_each_written_once_and_read_back(self):
        self.probe.give("on motor")
        on = self.probe.expect(event="order", order="on", line="motor")
        self.assertEqual(on["result"], "done")
        self.assertTrue(self.slave.coil(1, 4))
        self.probe.give("off motor")
        self.assertEqual(self.probe.expect(event="order", order="off")["result"], "done")
        self.assertFalse(self.slave.coil(1, 4))
        self.assertEqual([w.value for w in self.slave.writes(address=4)], [0, 0xFF00, 0])
        self.assertGreaterEqual(len(self.slave.reads(address=4)), 3)
        self.assertAlmostEqual(on["on_at_us"] / 1e6, self.slave.writes(address=4)[1].at, delta=0.02)

    def test_an_order_is_on_the_wire_within_milliseconds(self):
        delays = []
        for _ in range(10):
            at = self.probe.give("pulse lock 20")
            self.probe.expect(event="order", line="lock", result="done")
            delays.append(self.slave.writes(address=3, value=0xFF00)[-1].at - at)
        self.assertLess(sorted(delays)[5], 0.010, delays)

    def test_a_pulse_has_its_length_and_reports_after_the_off(self):
        self.probe.give("pulse lock 200")
        event = self.probe.expect(event="order", order="pulse", line="lock", result="done")
        self.assertFalse(self.slave.coil(1, 3))
        (length,) = self.board.on_times(3)
        self.assertTrue(0.195 <= length <= 0.25, length)
        self.assertGreater(event["at_us"] - event["on_at_us"], 195000)

    def test_the_limit_ends_an_output_that_nobody_ends(self):
        self.probe.give("on lock")
        self.probe.expect(event="order", order="on", result="done")
        fault = self.probe.expect(event="fault", line="lock")
        self.assertFalse(fault["still_on"])
        (length,) = self.board.on_times(3)
        self.assertLess(length, 1.0)
        self.assertFalse(self.slave.coil(1, 3))

    def test_the_limit_of_an_order_ends_it_within_50_ms(self):
        self.probe.give("on motor 150")
        self.probe.expect(event="fault", line="motor", still_on=False)
        (length,) = self.board.on_times(4)
        self.assertTrue(0.14 <= length <= 0.2, length)

    def test_a_second_on_does_not_extend_the_limit(self):
        self.probe.give("on motor 200")
        self.probe.expect(event="order", order="on", result="done")
        time.sleep(0.1)
        self.probe.give("on motor 200")
        self.probe.expect(event="order", order="on", result="done")
        self.probe.expect(event="fault", line="motor")
        self.assertLess(self.board.on_times(4)[0], 0.25)
        self.assertEqual(len(self.slave.writes(address=4, value=0xFF00)), 1)

    def test_a_flash_is_one_write_and_the_board_ends_it(self):
        self.probe.give("pulse flash 300")
        self.probe.expect(event="order", order="pulse", line="flash", result="done")
        self.assertEqual([w.value for w in self.slave.writes(address=0x0205)], [3])
        self.assertEqual([w.value for w in self.slave.writes(address=5)], [0])
        self.assertFalse(self.slave.coil(1, 5))

    def test_a_board_that_forgets_its_flash_is_switched_off(self):
        self.slave.fault = lambda r: self.board.flash_until.clear() if r.function == 1 else None
        self.probe.give("pulse flash 200")
        self.probe.expect(event="order", order="pulse", line="flash", result="done")
        self.assertEqual(self.slave.writes(address=5)[-1].value, 0)
        self.assertLess(self.board.on_times(5)[0], 0.3)

    def test_a_register_bit_leaves_the_other_bits_alone(self):
        self.board.registers[7] = 0x8001
        self.probe.give("pulse bit 50")
        self.probe.expect(event="order", order="pulse", line="bit", result="done")
        self.assertEqual([w.value for w in self.slave.writes(address=7)][1:], [0x8005, 0x8001])

    def test_a_lost_reply_to_on_is_never_written_again_and_found_by_reading(self):
        self.fault_once("drop", 5, 3, 0xFF00)
        self.probe.give("pulse lock 250")
        event = self.probe.expect(event="order", order="pulse", line="lock")
        self.assertEqual(event["result"], "done")
        self.assertEqual(len(self.slave.writes(address=3, value=0xFF00)), 1)
        self.assertLess(self.board.on_times(3)[0], 0.35)

    def test_an_on_that_was_not_executed_is_unknown_and_not_repeated(self):
        self.fault_once("ignore", 5, 3, 0xFF00)
        self.probe.give("pulse lock 250")
        event = self.probe.expect(event="order", order="pulse", line="lock")
        self.assertEqual(event["result"], "unknown")
        self.assertEqual(len(self.slave.writes(address=3, value=0xFF00)), 1)
        self.assertEqual(self.slave.writes(address=3)[-1].value, 0)

    def test_a_late_reply_does_not_confirm_another_order(self):
        self.fault_once("late:0.2", 5, 3, 0xFF00)
        self.probe.give("pulse lock 280")
        self.probe.give("pulse motor 100")
        self.probe.expect(event="order", order="pulse", line="motor", result="done")
        for coil in (3, 4):
            self.assertEqual(len(self.slave.writes(address=coil, value=0xFF00)), 1)
        wait_for(lambda: not self.slave.coil(1, 3), what="lock off")

    def test_an_exception_is_refused(self):
        self.fault_once("exception:2", 5, 3, 0xFF00)
        self.probe.give("on lock")
        self.assertEqual(self.probe.expect(event="order", order="on")["result"], "refused")
        self.assertEqual(len(self.slave.writes(address=3, value=0xFF00)), 1)

    def test_an_exception_that_leaves_it_open_is_unknown(self):
        self.fault_once("exception:4", 5, 3, 0xFF00)
        self.probe.give("on lock")
        self.assertEqual(self.probe.expect(event="order", order="on")["result"], "unknown")
        self.assertEqual(self.slave.writes(address=3)[-1].value, 0)

    def test_wrong_echo_and_wrong_unit_lead_to_one_write(self):
        for kind in ("wrong_echo", "wrong_unit", "garbage"):
            with self.subTest(kind):
                before = len(self.slave.writes(address=3, value=0xFF00))
                self.fault_once(kind, 5, 3, 0xFF00)
                self.probe.give("pulse lock 250")
                self.probe.expect(event="order", order="pulse", line="lock", result="done")
                self.assertEqual(len(self.slave.writes(address=3, value=0xFF00)), before + 1)

    def test_half_a_frame_and_a_flood_lead_to_one_write_and_no_lie(self):
        for kind in ("half", "flood:0.25"):
            with self.subTest(kind):
                before = len(self.slave.writes(address=3, value=0xFF00))
                self.fault_once(kind, 5, 3, 0xFF00)
                self.probe.give("pulse lock 280")
                result = self.probe.expect(event="order", order="pulse", line="lock")["result"]
                self.assertIn(result, ("done", "unknown"), "it was executed")
                self.assertEqual(len(self.slave.writes(address=3, value=0xFF00)), before + 1)
                wait_for(lambda: not self.slave.coil(1, 3), what="lock off")
                self.assertLess(self.board.on_times(3)[-1], 0.45)
                self.probe.give("pulse lock 50")
                self.probe.expect(event="order", order="pulse", line="lock", result="done", timeout=5)

    def test_an_off_that_is_not_answered_is_repeated_until_confirmed(self):
        self.probe.give("on motor")
        self.probe.expect(event="order", order="on", result="done")
        self.fault_once("ignore", 5, 4, 0)
        self.probe.give("off motor")
        self.assertEqual(self.probe.expect(event="order", order="off")["result"], "done")
        self.assertFalse(self.slave.coil(1, 4))
        self.assertGreaterEqual(len(self.slave.writes(address=4, value=0)), 3)

    def test_a_welded_relay_is_latched_and_refuses_orders(self):
        self.board.welded.add(3)
        self.probe.give("pulse lock 100")
        self.probe.expect(event="fault", line="lock", still_on=True)
        self.assertEqual(self.probe.expect(event="order", order="pulse")["result"], "unknown")
        offs = len(self.slave.writes(address=3, value=0))
        self.probe.give("pulse lock 100")
        self.assertEqual(self.probe.expect(event="order", order="pulse")["result"], "refused")
        wait_for(lambda: len(self.slave.writes(address=3, value=0)) > offs, what="it goes on trying")
        self.assertEqual(len(self.slave.writes(address=3, value=0xFF00)), 1)

    def test_orders_that_make_no_sense_are_refused(self):
        self.probe.give("on home")
        self.assertEqual(self.probe.expect(event="order", line="home")["result"], "refused")
        self.probe.give("pulse lock 0")
        self.assertEqual(self.probe.expect(event="order", line="lock")["result"], "refused")

    def test_attended_inputs_are_polled_fast_and_others_slowly(self):
        def reads_in(seconds):
            before = len(self.slave.reads(address=0))
            time.sleep(seconds)
            return len(self.slave.reads(address=0)) - before
        self.assertLessEqual(reads_in(1.0), 7)
        self.probe.give("attend drop")
        self.assertGreaterEqual(reads_in(1.0), 60)
        self.board.discrete[1] = True
        self.probe.expect(event="input", line="drop", on=True, timeout=0.1)
        self.probe.give("ignore drop")
        reads_in(0.1)
        self.assertLessEqual(reads_in(1.0), 7)

    def test_a_clean_end_leaves_everything_off(self):
        self.probe.give("on motor")
        self.probe.expect(event="order", order="on", result="done")
        self.assertEqual(self.probe.close(), 0)
        self.assertFalse(self.slave.coil(1, 4))


if __name__ == "__main__":
    main(sys.modules[__name__])
