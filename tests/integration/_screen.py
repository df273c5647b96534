"""Both ends of the panel: a kiosk-display without hardware, and a daemon that says what the test wants."""
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import traceback

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.join(TOP, os.environ.get("KIOSK_BUILD", "build/gcc"))
DISPLAY = os.path.join(BUILD, "kiosk-display")
STALE_S = 3.0
SLOW = 4 if "san" in DISPLAY else 1  # sanitizer builds


def product(name, qr="https://pay.example/%s", hold=""):
    return {"id": name, "title": [name.title()], "price": 250, "can_sell": not hold, "hold": hold, "lane": -1,
            "image": "", "qr": "" if hold else qr % name}


def snapshot(*products, hold="", activities=(), **changes):
    return {"number": 1, "kiosk_id": "k1", "name": "Corner", "support": "+375 17", "currency": "BYN", "languages": ["en"],
            "selling": not hold, "hold": hold, "message": "", "wall_s": 0, "products": list(products), "lanes": [],
            "activities": list(activities), **changes}


CONFIG = """
kiosk = {{ id = "k1"; currency = "BYN"; languages = [ "en", "ru" ]; run_dir = "{run_dir}"; }};
mqtt = {{ host = "127.0.0.1"; }};
keys = ( {{ kid = "p"; alg = "EdDSA"; use = [ "payment", "ack" ]; public = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"; }} );
lines = {{ motor = {{ driver = "sim"; direction = "out"; }}; home = {{ driver = "sim"; direction = "in"; }}; }};
devices = ( {{ name = "s"; kind = "spiral"; motor = "motor"; home = "home"; max_ms = 3000; }} );
products = ( {{ id = "s"; title = "Tea"; price = 1; device = "s"; qr = "s"; }} );
screen = {{ {screen} }};
"""


class Daemon:
    """The daemon's side of panel.sock."""

    def __init__(self, run_dir):
        path = os.path.join(run_dir, "panel.sock")
        if os.path.exists(path):
            os.unlink(path)
        self.server = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.server.bind(path)
        self.server.listen(4)
        self.server.settimeout(5 * SLOW)
        self.client = None

    def accept(self):
        self.client, _ = self.server.accept()
        self.client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
        return self

    def send(self, message):
        self.client.send(message if isinstance(message, bytes) else json.dumps(message).encode())

    def close(self):
        if self.client:
            self.client.close()
        self.server.close()


class Screen:
    """A kiosk-display without hardware; pictures() are its changes so far."""

    running = []

    def __init__(self, folder, *options, driver="dummy", shots=True, config=None, size="800x480", **environment):
        """config: the keys of the group screen; without it there is no configuration at all."""
        if driver == "offscreen":  # Mesa, which this driver loads, leaks; with dummy our own leaks are found
            environment["ASAN_OPTIONS"] = "detect_leaks=0"
        self.run_dir, self.shots = os.path.join(folder, "run"), os.path.join(folder, "shots")
        os.makedirs(self.run_dir, exist_ok=True)
        self.log = open(os.path.join(folder, "log"), "w+", encoding="utf-8")
        pictures = ["--shots", self.shots] if shots else []
        where = ["--run-dir", self.run_dir] if config is None else ["-c", self.configure(folder, config)]
        self.process = subprocess.Popen(
            [DISPLAY, *where, *pictures, *(["--size", size] if size else []), *options],
            env={**os.environ, "SDL_VIDEODRIVER": driver, **environment}, stderr=self.log)
        Screen.running.append(self)

    def configure(self, folder, config):
        path = os.path.join(folder, "kiosk.cfg")
        with open(path, "w", encoding="utf-8") as f:
            f.write(CONFIG.format(run_dir=self.run_dir, screen=config))
        return path

    def pictures(self):
        return sorted(n for n in os.listdir(self.shots) if n.endswith(".png")) if os.path.isdir(self.shots) else []

    def codes(self):
        names = self.pictures()
        if not names:
            return None
        run = subprocess.run(["zbarimg", "-q", "--raw", os.path.join(self.shots, names[-1])], stdout=subprocess.PIPE,
                             stderr=subprocess.DEVNULL, encoding="utf-8")
        return sorted(run.stdout.split())

    def wait_picture(self, after, seconds=2):
        """Seconds until there is a picture beyond the number `after`."""
        start = time.monotonic()
        while len(self.pictures()) <= after:
            assert self.process.poll() is None, "the screen died: " + self.log_text()
            assert time.monotonic() < start + seconds * SLOW, f"no new picture in {seconds} s: " + self.log_text()
            time.sleep(0.002)
        return time.monotonic() - start

    def wait_codes(self, *names, seconds=2):
        want, end = sorted("https://pay.example/" + n for n in names), time.monotonic() + seconds * SLOW
        while self.codes() != want:
            assert time.monotonic() < end, f"shows {self.codes()}, not {want}: " + self.log_text()
            time.sleep(0.02)

    def log_text(self):
        with open(self.log.name, encoding="utf-8") as f:
            return f.read()

    def end(self):
        if self.process.poll() is None:
            self.process.terminate()
        try:
            status = self.process.wait(5 * SLOW)
        except subprocess.TimeoutExpired:
            self.process.kill()
            status = self.process.wait()
        self.log.close()
        return status


def connected(folder, *options, **environment):
    screen = Screen(folder, *options, **environment)
    return screen, Daemon(screen.run_dir).accept()


def shot(folder, *options):
    target = os.path.join(folder, "shot.png")
    command = [DISPLAY, "--run-dir", folder, "--shot", target, "--size", "800x480", *options]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("SDL_")}
    return target, subprocess.Popen(command, stderr=subprocess.PIPE, encoding="utf-8", env=environment)


def run_tests(names):
    tests = [(n, f) for n, f in names.items() if n.startswith("test_") and (len(sys.argv) < 2 or n in sys.argv)]
    failed = 0
    for name, test in tests:
        with tempfile.TemporaryDirectory(prefix="screen-") as folder:
            try:
                test(folder)
                print(f"ok {name}")
            except Exception:
                failed += 1
                print(f"FAILED {name}")
                traceback.print_exc()
            finally:
                for screen in Screen.running:
                    screen.end()
                Screen.running.clear()
    print(f"{len(tests) - failed} passed, {failed} failed")
    return 1 if failed else 0


def run_side_by_side(names):
    """Each test in a process of its own, all at once: they wait more than they compute."""
    if len(sys.argv) > 1:
        return run_tests(names)
    tests = [n for n in names if n.startswith("test_")]
    runs = [subprocess.Popen([sys.executable, sys.argv[0], name], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, encoding="utf-8") for name in tests]
    failed = 0
    for run in runs:
        said = run.communicate()[0]
        failed += run.returncode != 0
        print("\n".join(line for line in said.splitlines() if not line.endswith(" failed")), flush=True)
    print(f"{len(tests) - failed} passed, {failed} failed")
    return 1 if failed else 0
