#!/usr/bin/python3
"""The gpio driver against gpio-sim: runs inside the guest of tests/kernel/run.sh, as root of a machine of its own."""
import os
import shutil
import signal
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tools"))
from hal_bench import Probe, main, wait_for  # noqa: E402

CONFIGFS = "/sys/kernel/config/gpio-sim"


def write(path, text):
    with open(path, "w") as file:
        file.write(text)


class Chip:
    """A simulated chip with a label; lines 0..3 have names."""

    count = 0

    def __init__(self, label, lines=8):
        Chip.count += 1
        self.device = f"{CONFIGFS}/kiosk{Chip.count}"
        self.bank = f"{self.device}/bank0"
        os.makedirs(self.bank)
        write(f"{self.bank}/num_lines", str(lines))
        write(f"{self.bank}/label", label)
        for offset in range(4):
            os.mkdir(f"{self.bank}/line{offset}")
            write(f"{self.bank}/line{offset}/name", f"{label}-{offset}")
        self.live()

    def live(self):
        write(f"{self.device}/live", "1")
        with open(f"{self.device}/dev_name") as file:
            device = file.read().strip()
        with open(f"{self.bank}/chip_name") as file:
            self.name = file.read().strip()
        self.lines = f"/sys/devices/platform/{device}/{self.name}"

    def unplug(self):
        write(f"{self.device}/live", "0")

    def remove(self):
        self.unplug()
        for offset in range(4):
            os.rmdir(f"{self.bank}/line{offset}")
        os.rmdir(self.bank)
        os.rmdir(self.device)

    def value(self, offset):
        with open(f"{self.lines}/sim_gpio{offset}/value") as file:
            return int(file.read())

    def pull(self, offset, up):
        write(f"{self.lines}/sim_gpio{offset}/pull", "pull-up" if up else "pull-down")

    def bias(self, offset):
        with open(f"{self.lines}/sim_gpio{offset}/pull") as file:
            return file.read().strip()


BODY = """
lines = {{ motor = {{ driver = "gpio"; direction = "out"; chip = "kiosk-lines"; line = 0; }};
          low   = {{ driver = "gpio"; direction = "out"; chip = "{name}"; line = 1; active_low = true; }};
          home  = {{ driver = "gpio"; direction = "in"; chip = "/dev/{name}"; line = "kiosk-lines-2"; debounce_ms = 30; }};
          quick = {{ driver = "gpio"; direction = "in"; chip = "kiosk-lines"; line = 3; active_low = true; }};
          up    = {{ driver = "gpio"; direction = "in"; chip = "kiosk-lines"; line = 4; bias = "pull-up"; }};
        }};
devices = ( {{ name = "a1"; kind = "spiral"; motor = "motor"; home = "home"; drop = "quick"; max_ms = 400; }},
            {{ name = "b1"; kind = "relay"; output = "low"; pulse_ms = 200; feedback = "up"; }} );
"""


class Gpio(unittest.TestCase):
    def setUp(self):
        self.chip = Chip("kiosk-lines")
        self.addCleanup(self.chip.remove)
        self.chip.pull(3, True)
        self.probe = Probe(BODY.format(name=self.chip.name))
        self.addCleanup(self.probe.end)
        self.probe.ready("motor", "low")

    def level(self, line, on, timeout=2.0):
        return self.probe.expect(timeout=timeout, event="input", line=line, on=on)

    def test_outputs_are_off_at_start_whatever_their_polarity(self):
        self.assertEqual((self.chip.value(0), self.chip.value(1)), (0, 1))

    def test_on_and_off_move_the_pin_and_are_read_back(self):
        self.probe.give("on motor")
        event = self.probe.expect(event="order", line="motor", result="done")
        self.assertEqual(self.chip.value(0), 1)
        self.assertGreater(event["on_at_us"], 0)
        self.probe.give("off motor")
        self.probe.expect(event="order", order="off", result="done")
        self.assertEqual(self.chip.value(0), 0)

    def test_active_low_outputs_drive_low(self):
        self.probe.give("pulse low 150")
        wait_for(lambda: self.chip.value(1) == 0, what="driven low")
        self.probe.expect(event="order", order="pulse", result="done")
        self.assertEqual(self.chip.value(1), 1)

    def test_the_limit_ends_an_output(self):
        self.probe.give("on motor")
        order = self.probe.expect(event="order", result="done")
        fault = self.probe.expect(event="fault", line="motor", still_on=False)
        self.assertEqual(self.chip.value(0), 0)
        on_ms = (fault["at_us"] - order["on_at_us"]) / 1000
        self.assertTrue(390 <= on_ms <= 450, on_ms)

    def test_edges_become_levels(self):
        self.chip.pull(3, False)
        self.level("quick", True)
        self.chip.pull(3, True)
        self.level("quick", False)

    def test_an_edge_is_reported_with_its_time(self):
        before = time.monotonic()
        self.chip.pull(3, False)
        after = time.monotonic()
        at = self.level("quick", True)["at_us"] / 1e6
        self.assertTrue(before - 0.002 <= at <= after + 0.02, (before, at, after))

    def test_a_bouncing_contact_gives_one_change(self):
        for _ in range(10):
            self.chip.pull(2, True)
            time.sleep(0.003)
            self.chip.pull(2, False)
            time.sleep(0.003)
        self.chip.pull(2, True)
        self.level("home", True)
        self.probe.expect_nothing(0.3, event="input", line="home")

    def test_a_pulse_shorter_than_the_quiet_time_is_nothing(self):
        self.chip.pull(2, True)
        time.sleep(0.005)
        self.chip.pull(2, False)
        self.probe.expect_nothing(0.3, event="input", line="home", on=True)

    def test_more_edges_than_the_kernel_keeps_end_in_the_right_level(self):
        self.probe.signal(signal.SIGSTOP)
        for _ in range(40):
            self.chip.pull(3, False)
            self.chip.pull(3, True)
        self.chip.pull(3, False)
        self.probe.signal(signal.SIGCONT)
        self.level("quick", True)

    def test_bias_reaches_the_pin(self):
        self.assertEqual(self.chip.bias(4), "pull-up")
        self.assertIn({"line": "up", "on": True}, [{"line": e["line"], "on": e["on"]} for e in self.seen_inputs()])

    def seen_inputs(self):
        self.probe.give("healthy")
        self.probe.expect(event="healthy")
        return [e for e in self.probe.seen if e["event"] == "input"]

    def test_a_busy_line_is_named_with_its_holder(self):
        second = Probe(BODY.format(name=self.chip.name), options=["--no-warden"])
        second.expect(event="open_failed", errno=16)
        second.end()
        text = second.said()
        self.assertIn("motor", text)
        self.assertIn("in use by kioskd", text)

    def test_a_line_that_does_not_exist_is_said(self):
        body = BODY.replace("line = 4", "line = 40")
        second = Probe(body.format(name=self.chip.name), options=["--no-warden"])
        failed = second.expect(event="open_failed")
        self.assertIn(failed["errno"], (2, 16))
        second.end()

    def test_a_chip_that_goes_away_is_lost_and_comes_back(self):
        self.probe.give("on motor")
        self.probe.expect(event="order", line="motor", result="done")
        self.chip.unplug()
        lost = {self.probe.expect(event="lost", timeout=3)["line"] for _ in range(5)}
        self.assertEqual(lost, {"motor", "low", "home", "quick", "up"})
        self.probe.give("pulse low 100")
        self.assertEqual(self.probe.expect(event="order", line="low")["result"], "refused")
        self.chip.live()
        self.chip.pull(3, False)
        # The chip may come back under another number: what is configured by label is found.
        self.level("quick", True, timeout=4)
        wait_for(lambda: self.is_back("motor"), timeout=4, what="motor back")
        self.assertEqual(self.chip.value(0), 0)
        self.probe.give("on motor")
        self.probe.expect(event="order", line="motor", result="done")
        self.assertEqual(self.chip.value(0), 1)

    def is_back(self, line):
        self.probe.give("healthy")
        self.probe.expect(event="healthy")
        return any(event["event"] == "back" and event["line"] == line for event in self.probe.seen)

    def test_kill_9_with_an_output_on_ends_it_at_once(self):
        self.probe.give("on motor")
        self.probe.expect(event="order", line="motor", result="done")
        self.probe.signal(signal.SIGKILL)
        killed = time.monotonic()
        wait_for(lambda: self.chip.value(0) == 0, timeout=2, what="motor off")
        self.assertLess(time.monotonic() - killed, 0.2)

    def test_a_stopped_process_is_killed_and_its_output_ended_at_the_limit(self):
        self.probe.give("on motor")
        on = self.probe.expect(event="order", line="motor", result="done")["on_at_us"] / 1e6
        self.probe.signal(signal.SIGSTOP)
        wait_for(lambda: self.chip.value(0) == 0, timeout=2, what="motor off")
        self.assertLess(time.monotonic() - on, 0.400 + 0.100)
        self.probe.process.wait(timeout=2)


class Names(unittest.TestCase):
    def test_a_label_finds_the_chip_whatever_its_number(self):
        first, second = Chip("other"), Chip("wanted")
        body = BODY.replace("kiosk-lines-2", "wanted-2").replace("kiosk-lines", "wanted")
        probe = Probe(body.format(name=second.name)).ready("motor", "low")
        probe.give("on motor")
        probe.expect(event="order", line="motor", result="done")
        self.assertEqual((first.value(0), second.value(0)), (0, 1))
        probe.end()
        first.remove()
        second.remove()

    @unittest.skipUnless(shutil.which("gpiodetect"), "needs gpiod")
    def test_the_library_sees_the_chips(self):
        chip = Chip("kiosk-lines")
        text = subprocess.run(["gpiodetect"], capture_output=True, text=True, check=True).stdout
        self.assertIn("[kiosk-lines]", text)
        chip.remove()


if __name__ == "__main__":
    main(sys.modules[__name__])
