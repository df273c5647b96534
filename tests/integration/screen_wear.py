#!/usr/bin/python3
"""What spares the panel harms no code: every place of the wandering picture and the darkest frames are read by zbar and
by zxing; a running screen wanders, darkens and brightens when it should."""
import contextlib
import os
import subprocess
import sys
import threading
import time
import zlib

from _screen import BUILD, SLOW, Daemon, Screen, product, run_side_by_side, snapshot
from screen_decode import read_zbar, read_zxing

DARKEST = 0x99  # what is left of white
PAID = {"number": 1, "phase": "paid", "refund": "", "lane": -1, "product": "cola", "amount": 250, "currency": "BYN", "reason": "",
        "reference": "4711", "at": 5, "age_ms": 0}


def rows_of(path):
    """The picture's lines of RGB bytes (PNG, 8 bits, no interlace; RFC 2083)."""
    data = open(path, "rb").read()
    width, height, depth, kind = int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big"), data[24], data[25]
    assert (depth, kind) == (8, 2), (depth, kind)
    at, packed = 8, b""
    while at < len(data):
        size = int.from_bytes(data[at:at + 4], "big")
        if data[at + 4:at + 8] == b"IDAT":
            packed += data[at + 8:at + 8 + size]
        at += size + 12
    raw, stride, above, rows = zlib.decompress(packed), width * 3, bytes(width * 3), []
    for line in range(height):
        how, row = raw[line * (stride + 1)], bytearray(raw[line * (stride + 1) + 1:(line + 1) * (stride + 1)])
        for i in range(stride):
            left, up = (row[i - 3] if i >= 3 else 0), above[i]
            if how == 1:
                row[i] = (row[i] + left) & 255
            elif how == 2:
                row[i] = (row[i] + up) & 255
            elif how == 3:
                row[i] = (row[i] + (left + up) // 2) & 255
            elif how == 4:
                corner = above[i - 3] if i >= 3 else 0
                guess = left + up - corner
                near = min((abs(guess - left), 0, left), (abs(guess - up), 1, up), (abs(guess - corner), 2, corner))
                row[i] = (row[i] + near[2]) & 255
        rows.append(bytes(row))
        above = row
    return rows


def brightest(screen):
    return max(map(max, rows_of(os.path.join(screen.shots, screen.pictures()[-1]))))


class Facts(threading.Thread):
    """The daemon: says the same until it is told something else. Its first word is of these facts already: a clock that was
    believed once stays known."""

    def __init__(self, screen, **facts):
        super().__init__(daemon=True)
        self.daemon, self.lock, self.over = Daemon(screen.run_dir).accept(), threading.Lock(), threading.Event()
        self.set(**facts)
        self.start()

    def set(self, *activities, hold="", wall_s=None):
        goods = [product(name, hold=hold) for name in ("cola", "bar")]
        with self.lock:
            self.facts = (goods, {"hold": hold, "activities": activities}, wall_s)
            self.say()

    def say(self):
        goods, more, wall_s = self.facts
        self.daemon.send(snapshot(*goods, **more, wall_s=int(time.time()) if wall_s is None else wall_s))

    def run(self):
        while not self.over.wait(0.3):
            with self.lock:
                self.say()

    def stop(self):
        self.over.set()
        self.join()


def wait(what, condition, seconds=6):
    end = time.monotonic() + seconds * SLOW
    while not condition():
        assert time.monotonic() < end, f"not within {seconds} s: {what}"
        time.sleep(0.02)


@contextlib.contextmanager
def running(folder, config, **facts):
    screen = Screen(folder, config='language = "first"; ' + config)
    daemon = Facts(screen, **facts)
    try:
        screen.wait_codes("bar", "cola", seconds=5)
        yield screen, daemon
    finally:
        daemon.stop()
    assert screen.end() == 0


def test_every_place_and_the_darkest_frame_are_read(folder):
    subprocess.run([os.path.join(BUILD, "tools/panel_frames"), folder], check=True)
    with open(os.path.join(folder, "index.tsv"), encoding="utf-8") as f:
        drawn = {name: sorted(texts) for name, *texts in (line.rstrip("\n").split("\t") for line in f)}
    for reader in (read_zbar, read_zxing):
        read = reader(folder, sorted(drawn))
        wrong = {name for name in drawn if sorted(read[name]) != drawn[name]}
        assert not wrong, f"{reader.__name__}: {sorted(wrong)[:5]} of {len(wrong)}"
    assert len([n for n in drawn if n.startswith("idle-800x480") and n.endswith("-100.png")]) >= 81
    print(f"# {len(drawn)} frames with {sum(map(len, drawn.values()))} codes, all read by zbar and zxing")


def test_the_picture_wanders_when_idle_and_stands_still_when_paid(folder):
    with running(folder, "shift_px = 2; shift_s = 1;") as (screen, facts):
        before = len(screen.pictures())
        wait("two steps", lambda: len(screen.pictures()) >= before + 2)
        screen.wait_codes("bar", "cola", seconds=5)
        last, other = (rows_of(os.path.join(screen.shots, screen.pictures()[i])) for i in (before, before + 1))
        along = [row[3:] for row in last], [row[:-3] for row in last], [row[:-3] for row in other], [row[3:] for row in other]
        across = last[1:], last[:-1], other[:-1], other[1:]
        assert last != other and any(a[0] == a[2] or a[1] == a[3] for a in (along, across)), "not moved by one pixel"
        before = len(screen.pictures())
        facts.set(PAID)
        wait("the card", lambda: len(screen.pictures()) > before)
        time.sleep(0.5)
        before = len(screen.pictures())
        time.sleep(2.2)
        assert len(screen.pictures()) == before, "it moved under a customer's phone"


def test_at_night_it_is_darker_and_bright_for_a_payment(folder):
    with running(folder, 'bright_s = 1; backlight = "none"; brightness = ( { from = "00:00"; percent = 10; } );') as (screen, facts):
        wait("dark", lambda: brightest(screen) == DARKEST)
        screen.wait_codes("bar", "cola", seconds=5)
        facts.set(PAID)
        wait("bright", lambda: brightest(screen) == 255)
        facts.set()
        wait("dark again", lambda: brightest(screen) == DARKEST)
        screen.wait_codes("bar", "cola", seconds=5)
        facts.set(hold="offline")
        screen.wait_codes(seconds=5)
        assert brightest(screen) <= DARKEST


def test_while_the_clock_is_not_believed_it_is_bright(folder):
    with running(folder, 'backlight = "none"; brightness = ( { from = "00:00"; percent = 10; } );', wall_s=0) as (screen, _):
        time.sleep(0.5)
        first = len(screen.pictures())
        assert brightest(screen) == 255, "darkened by a clock that was never believed"
        assert len(screen.pictures()) == first, f"drawn again: {screen.pictures()}, then {first}"


def light(folder, name="panel"):
    path = os.path.join(folder, "backlights", name)
    os.makedirs(path)
    for file, text in (("max_brightness", "200"), ("brightness", "200")):
        with open(os.path.join(path, file), "w") as f:
            f.write(text)
    return os.path.join(path, "brightness")


def number(path):
    text = open(path).read()
    return int(text) if text.strip() else -1


NIGHT = 'bright_s = 1; backlight = "%s/backlights"; brightness = ( { from = "00:00"; percent = 10; } );'


def test_the_backlight_does_it_where_there_is_one(folder):
    path = light(folder)
    with running(folder, NIGHT % folder) as (screen, facts):
        wait("dark", lambda: number(path) == 20)
        assert brightest(screen) == 255, "darkened twice"
        facts.set(PAID)
        wait("bright", lambda: number(path) == 200)
        facts.set()
        wait("dark again", lambda: number(path) == 20)
    assert number(path) == 200, "left dark"


def test_a_backlight_that_refuses_is_told_once_and_the_picture_darkens(folder):
    path = light(folder)
    os.unlink(path)
    os.mkdir(path)
    with running(folder, NIGHT % folder) as (screen, _):
        wait("dark", lambda: brightest(screen) == DARKEST)
        assert screen.log_text().count("drawn darker instead") == 1, screen.log_text()


if __name__ == "__main__":
    sys.exit(run_side_by_side(globals()))
