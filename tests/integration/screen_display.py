#!/usr/bin/python3
"""A display that comes late, goes away and comes back; fingers on panels mounted in all four ways; what the X server hears
of an idle screen. Xvfb is the display, xdotool the finger."""
import contextlib
import os
import re
import select
import signal
import socket
import subprocess
import sys
import threading
import time

from _screen import SLOW, Daemon, Screen, product, run_side_by_side, snapshot
from screen_lanes import answers
from screen_wear import DARKEST, brightest

GOODS = [product("cola"), product("bar")]
FIRST = 'language = "first"; '


class Display:
    """An Xvfb; its number stays when it is started again."""

    all = []

    def __init__(self, start=True, size="800x480"):
        self.size, self.process = size, None
        self.number = next(n for n in range(100 + os.getpid() % 9000, 10000) if not os.path.exists(f"/tmp/.X11-unix/X{n}")
                           and not os.path.exists(f"/tmp/.X{n}-lock") and n not in [d.number for d in Display.all])
        Display.all.append(self)
        if start:
            self.start()

    def start(self):
        self.process = subprocess.Popen(["Xvfb", f":{self.number}", "-screen", "0", f"{self.size}x24", "-nolisten", "tcp", "-noreset"],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait("Xvfb listens", 15, self.listens)

    def listens(self):
        with socket.socket(socket.AF_UNIX) as client:
            return client.connect_ex(f"\0/tmp/.X11-unix/X{self.number}") == 0

    def kill(self):
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None
        for left in (f"/tmp/.X{self.number}-lock", f"/tmp/.X11-unix/X{self.number}"):
            if os.path.exists(left):
                os.unlink(left)

    def tap(self, x, y):
        subprocess.run(["xdotool", "mousemove", str(x), str(y), "click", "1"], check=True,
                       env={**os.environ, "DISPLAY": f":{self.number}"}, stdout=subprocess.DEVNULL)


def wait(what, seconds, condition):
    end = time.monotonic() + seconds * SLOW
    while not condition():
        assert time.monotonic() < end, f"not within {seconds} s: {what}"
        time.sleep(0.02)


class Steady:
    """Sends the same facts again and again, as the daemon does."""

    def __init__(self, screen, **facts):
        self.daemon, self.facts, self.number = Daemon(screen.run_dir).accept(), facts or {"products": GOODS}, 0

    def say(self):
        self.number += 1
        self.daemon.send(snapshot(**{"number": self.number, **self.facts}))

    def shown(self):
        """Does the screen say that it shows what it is told?"""
        self.say()
        return any(a["number"] == self.number for a in answers(self.daemon, 0.3 * SLOW))

    def hear(self, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            yield self.shown()
            time.sleep(0.1)


def started(folder, display, *options, config=FIRST, **environment):
    return Screen(folder, *options, driver="x11", size=None, config=config, DISPLAY=f":{display.number}", **environment)


def test_it_waits_for_its_display_loses_it_and_finds_it_again(folder):
    display = Display(start=False)
    with manager_of(folder) as (path, told):
        screen = started(folder, display, shots=False, NOTIFY_SOCKET=path, WATCHDOG_USEC="3000000")
        late_lost_and_back(screen, display)
        beats = [at for at, text in told if "WATCHDOG=1" in text]
        gaps = [b - a for a, b in zip(beats, beats[1:])]
        assert max(gaps) < 3 * SLOW, f"the service manager would have ended it: {max(gaps):.1f} s"
        print(f"# alive through {beats[-1] - beats[0]:.0f} s with and without a display; longest silence to the watchdog {max(gaps):.1f} s")
        assert screen.end() == 0
        display.kill()


@contextlib.contextmanager
def manager_of(folder):
    """A service manager's socket and what was said to it: [(when, text)]."""
    told, over = [], threading.Event()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(os.path.join(folder, "notify"))
        manager.settimeout(0.2)
        ear = threading.Thread(target=listen, args=(manager, told, over))
        ear.start()
        try:
            yield manager.getsockname(), told
        finally:
            over.set()
            ear.join()


def feeds(told):
    return sum("WATCHDOG=1" in text for _, text in told)


def silent(told, seconds):
    """Is the watchdog left unfed? What was on its way may still come."""
    time.sleep(seconds)
    before = feeds(told)
    time.sleep(seconds)
    return feeds(told) == before


def test_a_screen_that_hangs_in_its_drawing_leaves_the_watchdog_unfed(folder):
    display = Display()
    with manager_of(folder) as (path, told):
        screen = started(folder, display, shots=False, NOTIFY_SOCKET=path, WATCHDOG_USEC="900000")
        steady = Steady(screen)
        wait("the picture", 15, steady.shown)
        before = feeds(told)
        wait("it is fed", 5, lambda: feeds(told) >= before + 3)
        display.process.send_signal(signal.SIGSTOP)
        steady.facts = {"products": [product("cola", hold="sold_out")]}
        steady.say()  # has to be drawn, and the display takes nothing
        assert silent(told, 1.5), "fed by a loop that cannot draw"
        assert not steady.shown(), "says that it shows what nobody sees"
        display.process.send_signal(signal.SIGCONT)
        wait("it draws again", 15, steady.shown)
        before = feeds(told)
        wait("it is fed again", 5, lambda: feeds(told) >= before + 3)
        os.kill(screen.process.pid, signal.SIGSTOP)
        assert silent(told, 1.5), "fed by a stopped process"
        os.kill(screen.process.pid, signal.SIGCONT)
        wait("it goes on", 5, steady.shown)
        assert screen.end() == 0
    display.kill()


def test_a_display_that_hangs_at_the_start_leaves_the_watchdog_unfed(folder):
    display = Display()
    display.process.send_signal(signal.SIGSTOP)
    with manager_of(folder) as (path, told):
        screen = started(folder, display, shots=False, NOTIFY_SOCKET=path, WATCHDOG_USEC="900000")
        wait("it is ready", 10, lambda: any("READY=1" in text for _, text in told))
        assert silent(told, 1.5), "fed while it waits for a display that does not answer"
        display.process.send_signal(signal.SIGCONT)
        wait("it is fed", 10, lambda: feeds(told) >= 3)
        assert screen.end() == 0
    display.kill()


def late_lost_and_back(screen, display):
    steady = Steady(screen)
    assert not any(steady.hear(2.5)), "shows on no display"
    assert screen.log_text().count("no display") == 1, screen.log_text()
    display.start()
    wait("the picture", 15, steady.shown)
    display.kill()
    wait("gone", 5, lambda: not steady_or_new(steady, screen))
    assert screen.process.poll() is None, screen.log_text()
    display.start()
    wait("the picture again", 15, lambda: steady_or_new(steady, screen))
    assert screen.process.poll() is None


def listen(manager, told, over):
    """Ends before the socket does: a thread left in it would read from whatever gets its number next."""
    while not over.is_set():
        try:
            told.append((time.monotonic(), manager.recv(300).decode()))
        except TimeoutError:
            pass


def steady_or_new(steady, screen):
    """The screen connects anew when it begins anew."""
    try:
        return steady.shown()
    except (OSError, ValueError):
        steady.daemon.close()
        steady.daemon = Daemon(screen.run_dir).accept()
        return False


def plug(folder, **states):
    for name, state in states.items():
        os.makedirs(os.path.join(folder, "drm", name), exist_ok=True)
        with open(os.path.join(folder, "drm", name, "status"), "w") as f:
            f.write(state + "\n")


def test_an_unplugged_panel_shows_nothing_and_one_that_comes_is_opened(folder):
    plug(folder, hdmi="disconnected", dsi="disconnected")
    screen = Screen(folder, shots=False, config=FIRST + f'connectors = "{folder}/drm";')
    steady = Steady(screen)
    assert not any(steady.hear(1))
    assert screen.log_text().count("no panel is plugged in") == 1, screen.log_text()
    plug(folder, hdmi="connected")
    wait("the picture", 8, steady.shown)
    plug(folder, hdmi="disconnected")
    wait("nothing", 8, lambda: not steady.shown())
    plug(folder, dsi="connected")
    wait("the picture on the other", 8, steady.shown)
    before = screen.log_text().count("display: driver")
    plug(folder, hdmi="connected")
    wait("opened anew", 8, lambda: steady.shown() and screen.log_text().count("display: driver") == before + 1)
    assert screen.end() == 0


def panel_point(x, y, width, height, degrees):
    """Where a point of the upright page stands on a panel mounted so (clockwise)."""
    return {0: (x, y), 90: (height - 1 - y, x), 180: (width - 1 - x, height - 1 - y), 270: (y, width - 1 - x)}[degrees]


def middle_of(screen, text):
    """Of the code on the newest picture."""
    run = subprocess.run(["ZXingReader", "-format", "QRCode", os.path.join(screen.shots, screen.pictures()[-1])],
                         stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8")
    for found in re.findall(r'Text:\s+"(.*?)".*?Position:\s+([^\n]*)', run.stdout, re.S):
        if found[0] == text:
            points = [tuple(map(int, point.split("x"))) for point in found[1].split()]
            return sum(x for x, _ in points) // len(points), sum(y for _, y in points) // len(points)
    raise AssertionError(f"no {text} in {run.stdout}")


def test_a_finger_meets_what_it_touches_in_all_four_rotations(folder):
    display = Display()
    for degrees in (0, 90, 180, 270):
        place = os.path.join(folder, str(degrees))
        os.mkdir(place)
        screen = started(place, display, "--rotate", str(degrees))
        steady = Steady(screen)
        wait("the picture", 10, steady.shown)
        screen.wait_codes("bar", "cola")
        width, height = (800, 480) if degrees % 180 == 0 else (480, 800)
        x, y = middle_of(screen, "https://pay.example/bar")
        before = len(screen.pictures())
        display.tap(*panel_point(x, y, width, height, degrees))
        screen.wait_picture(before)
        screen.wait_codes("bar")
        assert screen.end() == 0
    display.kill()


def test_the_language_button_speaks_another_one_and_the_first_comes_back(folder):
    display = Display()
    screen = started(folder, display, config='language = "touch"; language_back_s = 5; shift_px = 0;')
    steady = Steady(screen, products=[{**goods, "title": goods["title"] * 2} for goods in GOODS], languages=["en", "ru"])
    wait("the picture", 10, steady.shown)
    screen.wait_codes("bar", "cola")
    first = len(screen.pictures())
    display.tap(800 - 40, 25)
    screen.wait_picture(first)
    english, russian = (open(os.path.join(screen.shots, n), "rb").read() for n in screen.pictures()[first - 1:first + 1])
    assert english != russian
    end = time.monotonic() + 10 * SLOW
    while len(screen.pictures()) == first + 1 and time.monotonic() < end:
        steady.shown()
    assert open(os.path.join(screen.shots, screen.pictures()[-1]), "rb").read() == english
    assert screen.end() == 0
    display.kill()


def test_a_touch_in_the_night_makes_it_bright(folder):
    display = Display()
    screen = started(folder, display, config=FIRST + 'bright_s = 2; backlight = "none"; brightness = ( { from = "00:00"; percent = 10; } );')
    steady = Steady(screen, products=GOODS, wall_s=int(time.time()))
    wait("the picture", 10, steady.shown)
    wait("dark", 5, lambda: steady.shown() and brightest(screen) == DARKEST)
    display.tap(400, 20)  # nothing is there
    wait("bright", 5, lambda: steady.shown() and brightest(screen) == 255)
    wait("dark again", 10, lambda: steady.shown() and brightest(screen) == DARKEST)
    assert screen.end() == 0
    display.kill()


class Wire(threading.Thread):
    """Between the screen and its X server: counts what the screen says."""

    def __init__(self, display):
        super().__init__(daemon=True)
        self.bytes, self.target = 0, f"\0/tmp/.X11-unix/X{display.number}"
        self.number = 10000 + os.getpid() % 10000
        self.server = socket.socket(socket.AF_UNIX)
        self.server.bind(f"\0/tmp/.X11-unix/X{self.number}")
        self.server.listen(8)

    def run(self):
        pairs, ends = {}, [self.server]
        while True:
            for end in select.select(ends, [], [])[0]:
                if end is self.server:
                    client, server = self.server.accept()[0], socket.socket(socket.AF_UNIX)
                    server.connect(self.target)
                    pairs[client], pairs[server] = (server, True), (client, False)
                    ends += [client, server]
                    continue
                try:
                    data = end.recv(65536)
                    self.bytes += len(data) if pairs[end][1] else 0
                    pairs[end][0].sendall(data)
                except OSError:
                    data = b""
                if not data:
                    for gone in (end, pairs[end][0]):
                        if gone in ends:
                            ends.remove(gone)
                            gone.close()


def test_an_idle_screen_says_nothing_to_its_display(folder):
    display = Display()
    wire = Wire(display)
    wire.start()
    display_of = type("At", (), {"number": wire.number})
    screen = started(folder, display_of, shots=False)
    steady = Steady(screen)
    wait("the picture", 10, steady.shown)
    assert wire.bytes > 1000, "the wire does not count"
    steady.shown()
    before = wire.bytes
    told = sum(steady.hear(3))
    idle = wire.bytes - before
    print(f"# {told} snapshots in 3 s, {idle} bytes to the X server")
    assert told >= 2 and idle == 0, f"{idle} bytes without a change"
    steady.facts = {"products": GOODS[:1]}
    wait("a change", 5, steady.shown)
    assert wire.bytes > before + idle, "a change is not seen on the wire"
    assert screen.end() == 0
    display.kill()


if __name__ == "__main__":
    try:
        status = run_side_by_side(globals())
    finally:
        for left in Display.all:
            left.kill()
    sys.exit(status)
