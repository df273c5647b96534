#!/usr/bin/python3
"""The sounds of a running kiosk-display, taken from the file that SDL's disk driver writes: each moment has its notes, silence
where they are off, and nothing that a sound card does or does not do holds the picture up."""
import array
import math
import os
import signal
import subprocess
import sys
import time

from _screen import DISPLAY, SLOW, Daemon, Screen, product, run_tests, snapshot

RATE = 48000
NOTES = {"paid": [880, 1174.66], "ready": [659.26, 783.99, 1046.5], "failed": [392, 293.66]}
CONFIG = """
kiosk = {{ id = "k1"; currency = "BYN"; run_dir = "{run}"; }};
mqtt = {{ host = "::1"; }};
keys = ( {{ kid = "p"; alg = "EdDSA"; use = [ "payment" ]; public = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"; }} );
lines = {{ out = {{ driver = "sim"; direction = "out"; }}; }};
devices = ( {{ name = "d"; kind = "relay"; output = "out"; pulse_ms = 500; }} );
products = ( {{ id = "cola"; title = "Cola"; device = "d"; price = 250; qr = "https://pay.example/cola"; }} );
screen = {{ sounds = {volume}; }};
"""


class Loud(Screen):
    """A screen with a configuration, whose sounds go to a file."""

    def __init__(self, folder, volume, audio="disk", place=""):
        self.run_dir, self.shots = os.path.join(folder, "run"), os.path.join(folder, "shots")
        self.raw = os.path.join(folder, place, "audio.raw")
        os.makedirs(self.run_dir)
        self.config = os.path.join(folder, "kiosk.cfg")
        with open(self.config, "w", encoding="utf-8") as f:
            f.write(CONFIG.format(run=self.run_dir, volume=volume))
        self.log = open(os.path.join(folder, "log"), "w+", encoding="utf-8")
        self.process = subprocess.Popen(
            [DISPLAY, "-c", self.config, "--shots", self.shots, "--size", "800x480"], stderr=self.log,
            env={**os.environ, "SDL_VIDEODRIVER": "dummy", "SDL_AUDIODRIVER": audio, "SDL_DISKAUDIOFILE": self.raw})
        Screen.running.append(self)
        self.daemon = Daemon(self.run_dir).accept()
        self.daemon.send(snapshot(product("cola")))
        self.wait_codes("cola", seconds=10)

    def player(self):
        children = f"/proc/{self.process.pid}/task/{self.process.pid}/children"
        with open(children, encoding="utf-8") as f:
            return [int(pid) for pid in f.read().split()]

    def payment(self, phase, number=1):
        reason = {"failed": "jam", "refused": "expired"}.get(phase, "")
        refund = "yes" if reason else "no" if phase == "take" else ""
        self.daemon.send(snapshot(product("cola"), activities=[{
            "number": number, "phase": phase, "refund": refund, "lane": -1, "product": "cola", "amount": 250, "currency": "BYN",
            "reason": reason, "reference": "ABC123", "at": 1700000000, "age_ms": 10, "most_ms": 0}]))

    def heard(self):
        """The notes in the file, in their order; one that goes on is told once."""
        if not os.path.exists(self.raw):
            return []
        with open(self.raw, "rb") as f:
            data = f.read()
        samples, window, heard = array.array("h", data[:len(data) // 2 * 2]), RATE // 40, []
        for start in range(0, len(samples) - window, window):
            part = samples[start:start + window:4]
            if max(part) < 50:
                heard.append(None)
                continue
            note = max((hz for notes in NOTES.values() for hz in notes), key=lambda hz: energy(part, hz))
            heard.append(note if energy(part, note) > 0.6 else None)
        return [n for i, n in enumerate(heard) if n and (i == 0 or heard[i - 1] != n)]

    def wait_heard(self, notes):
        end = time.monotonic() + 15 * SLOW
        while not ordered(self.heard(), notes):
            assert time.monotonic() < end, f"heard {self.heard()}, not {notes}: " + self.log_text()
            time.sleep(0.1)


def energy(part, hz):
    """Share of the energy that is near hz (Goertzel); part has a quarter of the samples."""
    step, a, b, whole = 2 * math.cos(2 * math.pi * hz / (RATE / 4)), 0.0, 0.0, 1.0
    for value in part:
        a, b, whole = value + step * a - b, a, whole + value * value
    return 2 * (a * a + b * b - step * a * b) / (whole * len(part))


def ordered(heard, notes):
    """The notes follow each other somewhere in what was heard."""
    return any(heard[i:i + len(notes)] == notes for i in range(len(heard)))


def test_each_moment_has_its_own_notes(folder):
    screen = Loud(folder, 60)
    for phase, sound in (("paid", "paid"), ("moving", None), ("take", "ready")):
        screen.payment(phase)
        if sound:
            screen.wait_heard(NOTES[sound])
    screen.payment("paid", 2)
    screen.payment("failed", 2)
    screen.wait_heard(NOTES["failed"])
    screen.payment("refused", 3)
    assert screen.end() == 0
    assert "WARN" not in screen.log_text() and "sound" not in screen.log_text(), screen.log_text()


def test_off_is_silent_and_needs_no_process(folder):
    screen = Loud(folder, 0)
    for number, phase in enumerate(("paid", "take", "failed"), 1):
        before = len(screen.pictures())
        screen.payment(phase, number)
        screen.wait_picture(before, 2)
    assert screen.player() == [] and not os.path.exists(screen.raw) and "not a snapshot" not in screen.log_text()
    assert screen.end() == 0


def test_without_a_device_the_screen_goes_on_and_says_so_once(folder):
    screen = Loud(folder, 60, audio="none-such")
    for number, phase in enumerate(("paid", "take", "failed"), 1):
        before = len(screen.pictures())
        screen.payment(phase, number)
        screen.wait_picture(before, 2)
    end = time.monotonic() + 10 * SLOW
    while "no sound device" not in screen.log_text():
        assert time.monotonic() < end, screen.log_text()
        time.sleep(0.05)
    assert screen.end() == 0
    assert screen.log_text().count("no sound device") == 1, screen.log_text()


def test_a_device_that_comes_later_is_heard(folder):
    screen = Loud(folder, 60, place="later")
    screen.payment("paid")
    end = time.monotonic() + 10 * SLOW
    while "no sound device" not in screen.log_text():
        assert time.monotonic() < end, screen.log_text()
        time.sleep(0.05)
    os.mkdir(os.path.dirname(screen.raw))
    screen.payment("take")
    screen.wait_heard(NOTES["ready"])
    assert "a sound device is there" in screen.log_text(), screen.log_text()
    assert screen.end() == 0


def test_a_player_that_hangs_or_dies_holds_nothing_up(folder):
    screen = Loud(folder, 60)
    (player,) = screen.player()
    os.kill(player, signal.SIGSTOP)
    for number, phase in enumerate(("paid", "take", "failed"), 1):
        before = len(screen.pictures())
        screen.payment(phase, number)
        screen.wait_picture(before, 2)
    os.kill(player, signal.SIGKILL)
    before, number, end = len(screen.pictures()), 4, time.monotonic() + 10 * SLOW
    screen.payment("paid", number)
    screen.wait_picture(before, 2)
    while "player of the sounds ended" not in screen.log_text():  # seen at the first sound after its end
        assert time.monotonic() < end, screen.log_text()
        number += 1
        screen.payment("paid", number)
        time.sleep(0.1)
    assert screen.player() == [], "it is not started again at once"
    assert screen.end() == 0


def test_the_player_ends_with_the_screen_even_a_killed_one(folder):
    for kill in (False, True):
        os.makedirs(os.path.join(folder, str(kill)))
        screen = Loud(os.path.join(folder, str(kill)), 60)
        (player,) = screen.player()
        if kill:
            screen.process.kill()
        screen.end()
        deadline = time.monotonic() + 10 * SLOW
        while os.path.exists(f"/proc/{player}") and "zombie" not in state(player):
            assert time.monotonic() < deadline, f"the player lives on: {state(player)}"
            time.sleep(0.02)


def state(pid):
    try:
        with open(f"/proc/{pid}/status", encoding="utf-8") as f:
            return f.read()
    except OSError:
        return ""


def test_a_hand_can_try_the_loudspeaker(folder):
    raw = os.path.join(folder, "audio.raw")
    run = subprocess.run([DISPLAY, "--sounds", "80"], input=b"r", timeout=60, stderr=subprocess.PIPE,
                         env={**os.environ, "SDL_AUDIODRIVER": "disk", "SDL_DISKAUDIOFILE": raw})
    assert run.returncode == 0 and not run.stderr, run
    with open(raw, "rb") as f:
        assert max(array.array("h", f.read())) > 8000
    run = subprocess.run([DISPLAY, "--sounds", "101"], stderr=subprocess.PIPE, timeout=60)
    assert run.returncode == 2, run


if __name__ == "__main__":
    sys.exit(run_tests(dict(globals())))
