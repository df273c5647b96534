#!/usr/bin/python3
"""Boards that die, come back, hang or are slow; a serial line; a real pymodbus server."""
import asyncio
import atexit
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tools"))
from faulty_slave import RtuServer, Slave, TcpServer  # noqa: E402
from hal_bench import Probe, main, wait_for  # noqa: E402

LINES = """
lines = {{ lock  = {{ driver = "modbus"; direction = "out"; bus = "io"; unit = 1; coil = 3; }};
          home  = {{ driver = "modbus"; direction = "in";  bus = "io"; unit = 1; discrete = 0; poll_ms = 20; }};
          other = {{ driver = "modbus"; direction = "out"; bus = "io"; unit = 2; coil = 0; }};
          drop  = {{ driver = "modbus"; direction = "in";  bus = "io"; unit = 2; discrete = 0; poll_ms = 20; }};
        }};
devices = ( {{ name = "a1"; kind = "relay"; output = "other"; pulse_ms = 400; feedback = "drop"; }},
            {{ name = "b1"; kind = "relay"; output = "lock"; pulse_ms = 400; feedback = "home"; }} );
"""
TCP = 'buses = {{ io = {{ type = "tcp"; host = "{host}"; port = {port}; response_ms = 200; }}; }};' + LINES
RTU = 'buses = {{ io = {{ type = "rtu"; device = "{device}"; baud = 115200; response_ms = 150; }}; }};' + LINES


def without_warden(test):
    """It ends a process that leaves an output on for 30 ms too long, as a busy machine does; here the bus is in question."""
    test.probe.end()
    test.probe = Probe(test.body, options=["--no-warden"]).ready("lock", "other")


def short_pulses(test):
    """Seconds from each of 30 orders of 20 ms to the board. A busy machine's answers may come too late to be sure of an order; never
    are there two of one."""
    delays, results, before = [], [], len(test.slave.writes(unit=1, address=3, value=0xFF00))
    for _ in range(30):
        at = test.probe.give("pulse lock 20")
        results.append(test.probe.expect(event="order")["result"])
        delays.append(test.slave.writes(unit=1, address=3, value=0xFF00)[-1].at - at)
        time.sleep(0.05)
    test.assertGreaterEqual(results.count("done"), 26, results)
    test.assertLessEqual(set(results), {"done", "unknown"})
    test.assertEqual(len(test.slave.writes(unit=1, address=3, value=0xFF00)) - before, 30)
    return delays


class Boards(unittest.TestCase):
    """Two units on one TCP port."""

    def setUp(self):
        self.slave = Slave(units=(1, 2))
        self.server = TcpServer(self.slave)
        self.body = TCP.format(host="127.0.0.1", port=self.server.port)
        self.probe = Probe(self.body).ready("lock", "other")

    def tearDown(self):
        self.slave.dead.clear()
        self.probe.end()
        self.server.stop()

    def lost(self, count):
        return {self.probe.expect(event="lost", timeout=2.5)["line"] for _ in range(count)}

    def test_an_unplugged_board_is_lost_within_2_seconds_and_comes_back_by_itself(self):
        at = time.monotonic()
        self.server.stop()
        self.assertEqual(self.lost(4), {"lock", "home", "other", "drop"})
        self.assertLess(time.monotonic() - at, 2.0)
        self.probe.give("pulse lock 100")
        self.assertEqual(self.probe.expect(event="order")["result"], "refused")
        self.slave.requests.clear()
        self.server.start()
        self.probe.expect(event="back", line="lock")
        self.probe.expect(event="input", line="drop")
        self.assertIn(0, [w.value for w in self.slave.writes(unit=1, address=3)])

    def test_a_board_that_freezes_without_closing_is_lost_within_2_seconds(self):
        at = time.monotonic()
        self.server.frozen = True
        self.assertEqual(self.lost(4), {"lock", "home", "other", "drop"})
        self.assertLess(time.monotonic() - at, 2.0)
        self.server.frozen = False
        self.probe.expect(event="back", line="other", timeout=6)

    def test_a_connection_closed_by_the_board_is_made_again_without_loss(self):
        self.server.drop_connections()
        self.probe.give("pulse lock 50")
        self.assertEqual(self.probe.expect(event="order")["result"], "done")
        self.probe.expect_nothing(0.5, event="lost")

    def test_a_dead_unit_is_lost_and_does_not_slow_the_other(self):
        without_warden(self)
        self.slave.dead.add(2)
        self.assertEqual(self.lost(2), {"other", "drop"})
        delays = short_pulses(self)
        self.assertLess(max(delays), 0.25, "never more than one response time")
        self.assertLess(sorted(delays)[20], 0.02)
        self.slave.dead.clear()
        self.probe.expect(event="input", line="drop", timeout=6)
        self.probe.expect(event="back", line="other", timeout=1)

    def test_pulses_keep_their_length_beside_a_dead_unit(self):
        self.slave.dead.add(2)
        self.lost(2)
        results = []
        while results.count("done") < 6 and len(results) < 9:  # a busy machine's answers may come too late to be sure
            self.probe.give("pulse lock 300")
            results.append(self.probe.expect(event="order")["result"])
        self.assertEqual(results.count("done"), 6, results)
        lengths = self.slave.units[1].on_times(3)
        self.assertLess(max(lengths), 0.35, lengths)

    def test_a_board_lost_while_its_output_is_on_is_switched_off_first_when_it_returns(self):
        self.probe.give("on lock")
        self.probe.expect(event="order", result="done")
        self.server.stop()
        self.lost(4)
        self.assertTrue(self.probe.expect(event="fault", line="lock")["still_on"])
        self.server.start()
        self.probe.expect(event="back", line="lock")
        self.assertFalse(self.slave.coil(1, 3))

    def test_an_address_the_board_does_not_have_is_lost_alone(self):
        self.slave.fault = lambda r: "exception:2" if r.unit == 2 and r.function == 2 else None
        self.assertEqual(self.lost(1), {"drop"})
        self.probe.give("pulse other 50")
        self.assertEqual(self.probe.expect(event="order")["result"], "done")

    def test_slow_answers_within_the_response_time_are_good(self):
        self.slave.fault = lambda r: "late:0.08"
        self.probe.give("pulse lock 300")
        self.assertEqual(self.probe.expect(event="order")["result"], "done")
        self.probe.expect_nothing(1.0, event="lost")

    def test_a_caller_that_does_not_read_does_not_keep_an_output_on(self):
        self.probe.end()
        self.probe = Probe(TCP.format(host="127.0.0.1", port=self.server.port), options=["--queue", "4"])
        self.probe.ready("lock", "other")
        self.probe.give("on lock")
        self.probe.expect(event="order", result="done")
        self.probe.give("attend home\nattend drop\npause 1500")
        for n in range(40):
            self.slave.units[1].discrete[0] = n % 2 == 0
            time.sleep(0.03)
        self.assertLess(self.slave.units[1].on_times(3)[0], 0.45)
        self.probe.expect(event="fault", line="lock", still_on=False)


class ByName(unittest.TestCase):
    def test_a_host_name_is_looked_up(self):
        slave = Slave(units=(1, 2))
        server = TcpServer(slave)
        probe = Probe(TCP.format(host="localhost", port=server.port)).ready("lock", "other")
        self.assertEqual(probe.close(), 0)
        server.stop()

    def test_no_board_at_start_is_lost_and_not_an_error(self):
        slave = Slave(units=(1, 2))
        server = TcpServer(slave)
        server.stop()
        probe = Probe(TCP.format(host="127.0.0.1", port=server.port))
        self.assertEqual({probe.expect(event="lost")["line"] for _ in range(4)}, {"lock", "home", "other", "drop"})
        probe.give("healthy")
        self.assertTrue(probe.expect(event="healthy")["yes"])
        server.start()
        probe.ready("lock", "other")
        probe.end()
        server.stop()


class Serial(unittest.TestCase):
    """The same over a serial line: socat's pair of ptys."""

    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix="kiosk-rtu-")
        atexit.register(shutil.rmtree, self.dir, ignore_errors=True)
        self.device, far = os.path.join(self.dir, "near"), os.path.join(self.dir, "far")
        self.socat = subprocess.Popen(["socat", f"pty,raw,echo=0,link={self.device}", f"pty,raw,echo=0,link={far}"])
        self.addCleanup(self.socat.wait)
        self.addCleanup(self.socat.terminate)
        wait_for(lambda: os.path.exists(self.device) and os.path.exists(far), what="ptys")
        self.slave = Slave(units=(1, 2))
        self.server = RtuServer(self.slave, far)
        self.body = RTU.format(device=self.device)
        self.probe = Probe(self.body).ready("lock", "other")

    def tearDown(self):
        self.slave.dead.clear()
        self.slave.fault = lambda request: None
        self.probe.end()
        self.server.stop()

    def fault_once(self, kind):
        struck = []

        def fault(request):
            if not struck and request.function == 5 and request.value == 0xFF00:
                struck.append(request)
                return kind
            return None
        self.slave.fault = fault

    def test_a_pulse_is_done(self):
        self.probe.give("pulse lock 100")
        self.assertEqual(self.probe.expect(event="order")["result"], "done")
        (length,) = self.slave.units[1].on_times(3)
        self.assertLess(length, 0.16)

    def test_bad_crc_lost_reply_and_wrong_unit_never_lead_to_a_second_on(self):
        for kind in ("bad_crc", "drop", "wrong_unit", "late:0.2"):
            with self.subTest(kind):
                before = len(self.slave.writes(unit=1, address=3, value=0xFF00))
                self.fault_once(kind)
                self.probe.give("pulse lock 390")
                self.assertEqual(self.probe.expect(event="order")["result"], "done")
                self.assertEqual(len(self.slave.writes(unit=1, address=3, value=0xFF00)), before + 1)
                self.assertLess(self.slave.units[1].on_times(3)[-1], 0.45)

    def test_what_else_a_line_does_leads_to_one_on_and_no_lie(self):
        executed, not_executed = ("done", "unknown"), ("unknown", "refused")
        for kind, results in (("wrong_echo", executed), ("garbage", executed), ("half", executed), ("flood:0.2", executed),
                              ("exception:4", not_executed), ("ignore", not_executed)):
            with self.subTest(kind):
                before = len(self.slave.writes(unit=1, address=3, value=0xFF00))
                self.fault_once(kind)
                self.probe.give("pulse lock 390")
                self.assertIn(self.probe.expect(event="order")["result"], results)
                self.assertEqual(len(self.slave.writes(unit=1, address=3, value=0xFF00)), before + 1)
                wait_for(lambda: not self.slave.coil(1, 3), what="lock off")
                self.assertLess(max(self.slave.units[1].on_times(3), default=0), 0.55)
                self.probe.give("pulse lock 50")
                self.assertEqual(self.probe.expect(event="order", timeout=5)["result"], "done")

    def test_a_dead_unit_is_lost_alone(self):
        without_warden(self)
        self.slave.dead.add(2)
        lost = {self.probe.expect(event="lost", timeout=2.5)["line"] for _ in range(2)}
        self.assertEqual(lost, {"other", "drop"})
        delays = short_pulses(self)
        self.assertLess(max(delays), 0.2, "never more than one response time")
        self.slave.dead.clear()
        self.probe.expect(event="back", line="other", timeout=6)

    def test_a_silent_line_loses_all_within_2_seconds(self):
        at = time.monotonic()
        self.slave.dead.update((1, 2))
        lost = {self.probe.expect(event="lost", timeout=2.5)["line"] for _ in range(4)}
        self.assertEqual(len(lost), 4)
        self.assertLess(time.monotonic() - at, 2.0)

    def test_a_port_in_use_by_another_process_is_not_shared(self):
        second = Probe(RTU.format(device=self.device), options=["--no-warden"])
        self.assertEqual({second.expect(event="lost")["line"] for _ in range(4)}, {"lock", "home", "other", "drop"})
        second.end()
        self.assertIn("in use by another process", second.said())


class Pymodbus(unittest.TestCase):
    """A board made by other people: pymodbus."""

    def test_pulse_and_input_against_a_pymodbus_server(self):
        from pymodbus.datastore import ModbusSequentialDataBlock, ModbusServerContext, ModbusSlaveContext
        from pymodbus.server import ServerStop, StartTcpServer
        writes = []

        class Coils(ModbusSequentialDataBlock):
            def setValues(self, address, values):
                writes.append((time.monotonic(), address, list(values)))
                super().setValues(address, values)

        units = {n: ModbusSlaveContext(co=Coils(0, [False] * 32), di=ModbusSequentialDataBlock(0, [False] * 32))
                 for n in (1, 2)}
        port = TcpServer(Slave())
        port.stop()  # only to find a free port

        def serve():
            asyncio.set_event_loop(asyncio.new_event_loop())
            StartTcpServer(context=ModbusServerContext(slaves=units, single=False), address=("127.0.0.1", port.port))
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        probe = Probe(TCP.format(host="127.0.0.1", port=port.port)).ready("lock", "other")
        writes.clear()
        probe.give("pulse lock 200")
        self.assertEqual(probe.expect(event="order")["result"], "done")
        self.assertEqual([values for _, _, values in writes], [[True], [False]])
        self.assertAlmostEqual(writes[1][0] - writes[0][0], 0.2, delta=0.04)
        probe.give("attend home")
        units[1].setValues(2, 0, [True])
        probe.expect(event="input", line="home", on=True, timeout=0.5)
        self.assertEqual(probe.close(), 0)
        ServerStop()


if __name__ == "__main__":
    main(sys.modules[__name__])
