#!/usr/bin/python3
"""A screen on which nothing happens does next to nothing: it presents no frame without a change and wakes at most ten
times a second, counted by the kernel for all its threads."""
import concurrent.futures
import os
import re
import sys
import time

from _screen import Daemon, Screen, product, run_tests, snapshot
from screen_lanes import BUS, answer_to, ride

SECONDS = 4
MOST_WAKES = 10  # a second


def wakes(pid):
    """How often any thread has gone to sleep of its own will so far."""
    total = 0
    for task in os.listdir(f"/proc/{pid}/task"):
        text = open(f"/proc/{pid}/task/{task}/status", encoding="utf-8").read()
        total += int(re.search(r"^voluntary_ctxt_switches:\s+(\d+)", text, re.M).group(1))
    return total


def cpu_s(pid):
    fields = open(f"/proc/{pid}/stat", encoding="utf-8").read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def frames(screen):
    assert screen.end() == 0
    return int(re.search(r"ended: frames=(\d+)", screen.log_text()).group(1))


def watch(folder, name, *options, config="", seconds=SECONDS, change=lambda number: {}, **facts):
    """Frames presented in all, wakes a second."""
    screen = Screen(folder, *options, shots=False, config='language = "first"; ' + config)
    daemon = Daemon(screen.run_dir).accept()
    for number in (1, 2):
        daemon.send(snapshot(**{"number": number, **facts}))
        answer_to(daemon, number)
    begin, before, used = time.monotonic(), wakes(screen.process.pid), cpu_s(screen.process.pid)
    for number in range(3, 3 + seconds):
        daemon.send(snapshot(**{"number": number, **facts, **change(number)}))
        time.sleep(1)
    passed = time.monotonic() - begin
    rate, used = (wakes(screen.process.pid) - before) / passed, cpu_s(screen.process.pid) - used
    shown = frames(screen)
    print(f"# {name}: {rate:.1f} wakes/s, {shown} frames, {used / passed:.1%} of a core")
    assert rate <= MOST_WAKES, f"{name}: wakes {rate:.1f} times a second"
    return shown


GOODS = [product("cola"), product("bar")]
NOW = 1790000000


def test_nothing_happens_and_next_to_nothing_is_done(folder):
    held = [product(name, hold="offline") for name in ("cola", "bar")]
    rides = [ride(n, "take", age_ms=20000) for n in range(9, 0, -1)]
    night = 'backlight = "none"; brightness = ( { from = "00:00"; percent = 20; } );'
    cases = {"vending": lambda at: watch(at, "vending", products=GOODS),
             "validator": lambda at: watch(at, "validator", products=[{**product("ride"), "lane": 0}], lanes=[BUS], activities=rides),
             "offline": lambda at: watch(at, "offline", products=held, hold="offline", selling=False),
             "night": lambda at: watch(at, "turned, dark", "--rotate", "90", products=GOODS, wall_s=NOW, config=night)}
    for name in cases:
        os.mkdir(os.path.join(folder, name))
    with concurrent.futures.ThreadPoolExecutor() as pool:
        shown = {name: pool.submit(case, os.path.join(folder, name)) for name, case in cases.items()}
    for name, frames_of in shown.items():
        assert frames_of.result() <= 3, (name, frames_of.result())  # starting, the facts, and one that the display asks for


def test_a_minute_of_the_clock_is_one_frame(folder):
    shown = watch(folder, "clock", products=GOODS, change=lambda number: {"wall_s": NOW + 60 * (number > 4)})
    assert 2 <= shown <= 5, shown


def test_a_wandering_picture_is_one_frame_a_step(folder):
    shown = watch(folder, "wandering", products=GOODS, config="shift_s = 1;")
    assert SECONDS - 1 <= shown <= SECONDS + 5, shown


if __name__ == "__main__":
    sys.exit(run_tests(globals()))
