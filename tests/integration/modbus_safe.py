#!/usr/bin/python3
"""Outputs when the process is killed, stopped or gone: the warden; and kiosk-safe."""
import os
import resource
import signal
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tools"))
from faulty_slave import Slave, TcpServer  # noqa: E402
from hal_bench import BUILD, Lateness, Probe, main, wait_for  # noqa: E402

BODY = """
buses = {{ io  = {{ type = "tcp"; host = "127.0.0.1"; port = {port}; response_ms = 200; }};
          io2 = {{ type = "tcp"; host = "127.0.0.1"; port = {port2}; response_ms = 200; }}; }};
lines = {{ lock  = {{ driver = "modbus"; direction = "out"; bus = "io"; unit = 1; coil = 3; }};
          motor = {{ driver = "modbus"; direction = "out"; bus = "io"; unit = 1; coil = 4; }};
          home  = {{ driver = "modbus"; direction = "in";  bus = "io"; unit = 1; discrete = 0; poll_ms = 20; }};
          drop  = {{ driver = "modbus"; direction = "in";  bus = "io"; unit = 1; discrete = 1; poll_ms = 20; }};
          far   = {{ driver = "modbus"; direction = "out"; bus = "io2"; unit = 1; coil = 0; }};
        }};
devices = ( {{ name = "a1"; kind = "spiral"; motor = "motor"; home = "home"; drop = "drop"; max_ms = 500; }},
            {{ name = "b1"; kind = "relay"; output = "lock"; pulse_ms = 300; }},
            {{ name = "c1"; kind = "relay"; output = "far"; pulse_ms = 300; }} );
"""


def children(pid):
    with open(f"/proc/{pid}/task/{pid}/children") as file:
        return [int(child) for child in file.read().split()]


class Death(unittest.TestCase):
    def setUp(self):
        self.slave, self.slave2 = Slave(), Slave()
        self.board = self.slave.units[1]
        self.server, self.server2 = TcpServer(self.slave), TcpServer(self.slave2)
        self.body = BODY.format(port=self.server.port, port2=self.server2.port)
        self.probe = Probe(self.body).ready("lock", "motor", "far")
        (self.warden,) = children(self.probe.process.pid)
        self.lateness = Lateness()

    def tearDown(self):
        self.lateness.stop()
        self.probe.end()
        wait_for(lambda: not os.path.exists(f"/proc/{self.warden}") or self.is_zombie(self.warden), 6, "warden gone")
        self.server.stop()
        self.server2.stop()

    @staticmethod
    def is_zombie(pid):
        with open(f"/proc/{pid}/stat") as file:
            return file.read().split(") ")[1][0] == "Z"

    def switch_on(self, line):
        self.probe.give(f"on {line}")
        self.probe.expect(event="order", line=line, result="done")

    def forbid_connections(self):
        """Of the process alone, not of the warden: what it has stays, a new one would be a descriptor too many."""
        folder = f"/proc/{self.probe.process.pid}/fd"
        first = min(int(fd) for fd in os.listdir(folder) if os.readlink(f"{folder}/{fd}").startswith("socket:"))
        resource.prlimit(self.probe.process.pid, resource.RLIMIT_NOFILE, (first, first))

    def on_ms(self, coil):
        wait_for(lambda: not self.slave.coil(1, coil), what="off")
        return self.board.on_times(coil)[-1] * 1000

    def must_have_been_on(self, coil, most_ms, least_ms=0):
        """Off again in time: the way from the order to the board has four processes that are to be woken."""
        took = self.on_ms(coil)
        self.assertTrue(least_ms <= took <= most_ms + 4 * self.lateness.most_ms, (took, self.lateness.most_ms))

    def test_kill_9_ends_an_output_at_once(self):
        self.switch_on("motor")
        self.probe.signal(signal.SIGKILL)
        self.must_have_been_on(4, 250)

    def test_a_stopped_process_does_not_keep_an_output_on_beyond_its_limit(self):
        self.switch_on("motor")
        self.probe.signal(signal.SIGSTOP)
        self.must_have_been_on(4, 600, 450)
        self.probe.process.wait(timeout=3)
        self.assertEqual(self.probe.process.returncode, -signal.SIGKILL)

    def test_a_pulse_of_a_stopped_process_ends_at_its_length(self):
        self.probe.give("pulse lock 200")
        wait_for(lambda: self.slave.coil(1, 3), what="on")
        self.probe.signal(signal.SIGSTOP)
        self.must_have_been_on(3, 300)

    def test_a_stopped_process_with_nothing_on_is_left_alone(self):
        self.probe.give("pulse lock 50")
        self.probe.expect(event="order", result="done")
        self.probe.signal(signal.SIGSTOP)
        time.sleep(0.6)
        self.probe.signal(signal.SIGCONT)
        self.probe.give("pulse lock 50")
        self.probe.expect(event="order", result="done")
        self.assertEqual(self.probe.close(), 0)

    def test_the_warden_survives_what_is_meant_for_the_daemon(self):
        self.switch_on("motor")
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            os.kill(self.warden, number)
        self.probe.signal(signal.SIGKILL)
        self.must_have_been_on(4, 250)

    def test_outputs_of_all_boards_are_made_safe_after_a_death(self):
        self.slave2.units[1].set_coil(0, True)
        self.switch_on("motor")
        self.probe.signal(signal.SIGKILL)
        self.on_ms(4)
        wait_for(lambda: not self.slave2.coil(1, 0), what="far off")

    def test_a_dead_board_does_not_delay_the_others(self):
        self.server2.frozen = True
        self.switch_on("motor")
        self.probe.signal(signal.SIGKILL)
        self.must_have_been_on(4, 250)

    def test_a_board_that_only_the_daemon_cannot_reach_is_switched_off_by_the_warden(self):
        self.slave2.units[1].set_coil(0, True)  # no output of ours: nobody ordered it on
        self.switch_on("motor")
        self.forbid_connections()
        self.server.drop_connections()
        self.probe.expect(event="lost", line="motor")
        wait_for(lambda: not self.slave.coil(1, 4), what="off")
        wait_for(lambda: "answers here and not the daemon" in self.probe.said(), what="the warden said it")
        self.assertTrue(450 <= self.board.on_times(4)[-1] * 1000 <= 1500, self.board.on_times(4))
        self.assertTrue(self.slave2.coil(1, 0))
        self.assertIsNone(self.probe.process.poll())
        self.probe.give("pulse far 100")
        self.probe.expect(event="order", line="far", result="done")

    def test_the_warden_tries_a_board_that_was_dead_for_all_until_it_is_off(self):
        self.switch_on("motor")
        self.forbid_connections()
        self.server.stop()
        self.probe.expect(event="lost", line="motor")
        time.sleep(1)  # beyond its limit: tried in vain
        self.assertTrue(self.slave.coil(1, 4))
        self.server.start()
        wait_for(lambda: not self.slave.coil(1, 4), 5, what="off")
        self.assertIsNone(self.probe.process.poll())

    def test_a_dead_board_is_told_once_however_often_it_is_tried(self):
        self.server.stop()
        self.probe.expect(event="lost", line="motor")
        self.probe.signal(signal.SIGKILL)
        wait_for(lambda: "NOT CONFIRMED" in self.probe.said(), what="the warden said it")
        time.sleep(1)  # some more tries
        self.server.start()
        wait_for(lambda: "all outputs off, read back, after" in self.probe.said(), what="the board is back and off")
        said = self.probe.said().splitlines()
        self.assertEqual([line.split("warden: ")[1] for line in said if "NOT CONFIRMED" in line],
                         ["io: NOT CONFIRMED: it can not be reached (2): lock, motor"])
        self.assertLessEqual(len([line for line in said if "bus=io not connected" in line]), 2, said)

    def test_outputs_of_a_dead_board_are_told_in_one_line_at_the_end(self):
        self.server.stop()
        self.probe.expect(event="lost", line="motor")
        self.assertEqual(self.probe.close(), 2)
        self.assertEqual([line.split(" ", 1)[1] for line in self.probe.said().splitlines() if "not confirmed off (" in line],
                         ["io: not confirmed off (2): lock, motor"])
        self.server.start()

    def test_a_new_process_waits_for_the_warden_and_then_works(self):
        self.switch_on("motor")
        self.probe.signal(signal.SIGKILL)
        second = Probe(self.body.replace("max_ms = 500", "max_ms = 501"))
        second.ready("lock", "motor", "far")
        self.assertEqual(second.close(), 0)

    def test_a_second_daemon_on_the_same_run_directory_does_not_start(self):
        second = subprocess.Popen([os.path.join(BUILD, "tools/hal_probe"), self.probe.config], stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        _, error = second.communicate(timeout=10)
        self.assertEqual(second.returncode, 1)
        self.assertIn("warden", error)

    def test_a_clean_end_ends_the_warden_too(self):
        self.assertEqual(self.probe.close(), 0)
        self.assertFalse(os.path.exists(f"/proc/{self.warden}"))
        self.assertEqual([w.value for w in self.slave.writes(address=4)], [0, 0])

    def test_the_warden_sleeps_while_nothing_is_on(self):
        def switches():
            with open(f"/proc/{self.warden}/status") as file:
                return sum(int(line.split()[1]) for line in file if "ctxt_switches" in line)
        before = switches()
        time.sleep(1.5)
        self.assertEqual(switches(), before)

    def test_the_warden_holds_only_its_own_descriptors(self):
        self.assertLessEqual(len(os.listdir(f"/proc/{self.warden}/fd")), 6)
        with open(f"/proc/{self.warden}/comm") as file:
            self.assertEqual(file.read().strip(), "kiosk-warden")


class KioskSafe(unittest.TestCase):
    def setUp(self):
        self.slave, self.slave2 = Slave(), Slave()
        self.server, self.server2 = TcpServer(self.slave), TcpServer(self.slave2)
        self.probe = Probe(BODY.format(port=self.server.port, port2=self.server2.port)).ready("lock", "motor", "far")
        self.probe.close()

    def tearDown(self):
        self.server.stop()
        self.server2.stop()

    def run_safe(self, *arguments):
        started = time.monotonic()
        done = subprocess.run([os.path.join(BUILD, "kiosk-safe"), *arguments], capture_output=True, text=True, timeout=20)
        done.seconds = time.monotonic() - started
        return done

    def test_every_output_is_switched_off_and_printed(self):
        self.slave.units[1].set_coil(3, True)
        self.slave2.units[1].set_coil(0, True)
        done = self.run_safe("-c", self.probe.config)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(sorted(done.stdout.splitlines()),
                         ["far: off, read back", "lock: off, read back", "motor: off, read back"])
        self.assertFalse(self.slave.coil(1, 3) or self.slave2.coil(1, 0))

    def test_a_welded_output_and_a_dead_board_are_said_and_fail(self):
        self.slave.units[1].set_coil(3, True)
        self.slave.units[1].welded.add(3)
        self.server2.stop()
        done = self.run_safe("-c", self.probe.config)
        self.assertEqual(done.returncode, 1)
        self.assertIn("lock: STILL ON", done.stdout)
        self.assertIn("motor: off, read back", done.stdout)
        self.assertIn("far: NOT CONFIRMED", done.stdout)
        self.assertEqual(sorted(self.run_safe("--brief", "-c", self.probe.config).stdout.splitlines()), [
            "io2: NOT CONFIRMED: it can not be reached (1): far", "io: STILL ON after it was switched off (1): lock",
            "io: off, read back (1): motor"])
        self.server2.start()

    def test_boards_that_hang_do_not_take_long(self):
        self.server.frozen = self.server2.frozen = True
        done = self.run_safe("-c", self.probe.config)
        self.assertEqual(done.returncode, 1)
        self.assertLess(done.seconds, 4)

    def test_bad_usage_and_bad_configuration_are_2(self):
        self.assertEqual(self.run_safe("--what").returncode, 2)
        self.assertEqual(self.run_safe("-c", "/nonexistent.cfg").returncode, 2)
        self.assertEqual(self.run_safe("-c", self.probe.config, "more").returncode, 2)
        done = self.run_safe("--help")
        self.assertEqual(done.returncode, 0)
        self.assertIn("usage: kiosk-safe", done.stdout)


if __name__ == "__main__":
    main(sys.modules[__name__])
