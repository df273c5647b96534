#!/usr/bin/python3
"""A light that is ordered on for a time goes out by itself, whether the process lives, hangs or is dead."""
import os
import signal
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tools"))
from faulty_slave import Slave, TcpServer  # noqa: E402
from hal_bench import Probe, main, wait_for  # noqa: E402

BODY = """
buses = {{ io = {{ type = "tcp"; host = "127.0.0.1"; port = {port}; response_ms = 200; }}; }};
lines = {{ light = {{ driver = "modbus"; direction = "out"; bus = "io"; unit = 1; coil = 3; }};
          other = {{ driver = "modbus"; direction = "out"; bus = "io"; unit = 1; coil = 4; }}; }};
devices = ( {{ name = "b1"; kind = "validator"; light = "light"; }},
            {{ name = "b2"; kind = "validator"; light = "other"; }} );
"""
LIGHT = 3


class Lease(unittest.TestCase):
    def setUp(self):
        self.slave = Slave()
        self.board = self.slave.units[1]
        self.server = TcpServer(self.slave)
        self.probe = Probe(BODY.format(port=self.server.port)).ready("light", "other")

    def tearDown(self):
        self.probe.end()
        self.server.stop()

    def light(self, ms=""):
        self.probe.give(f"on light {ms}".strip())
        self.probe.expect(event="order", order="on", line="light", result="done")

    def on_s(self):
        wait_for(lambda: not self.slave.coil(1, LIGHT), 6, "light off")
        return self.board.on_times(LIGHT)[-1]

    def test_it_goes_out_by_itself_and_that_is_no_fault(self):
        self.light(300)
        self.assertTrue(0.25 <= self.on_s() <= 0.6, self.board.on_times(LIGHT))
        self.light(300)  # a fault would have latched the line
        self.on_s()

    def test_each_order_gives_it_its_time_anew(self):
        for _ in range(6):
            self.light(600)
            time.sleep(0.2)
        self.assertGreater(self.on_s(), 1.4)
        self.assertEqual(len(self.board.on_times(LIGHT)), 1)

    def test_a_stopped_process_does_not_keep_it_on(self):
        self.light(500)
        self.probe.signal(signal.SIGSTOP)
        self.assertTrue(0.4 <= self.on_s() <= 0.8, self.board.on_times(LIGHT))
        self.probe.process.wait(timeout=3)
        self.assertEqual(self.probe.process.returncode, -signal.SIGKILL)

    def test_a_killed_process_does_not_keep_it_on(self):
        self.light(60000)
        self.probe.signal(signal.SIGKILL)
        self.assertLess(self.on_s(), 3)

    def test_without_a_time_it_stays_on_while_the_process_hangs_and_ends_with_it(self):
        self.light()
        self.probe.signal(signal.SIGSTOP)
        time.sleep(1)
        self.assertTrue(self.slave.coil(1, LIGHT))
        self.probe.signal(signal.SIGKILL)
        self.assertGreater(self.on_s(), 1)


if __name__ == "__main__":
    main(sys.modules[__name__])
