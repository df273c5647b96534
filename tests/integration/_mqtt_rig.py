"""A real mosquitto and the probe of controller/mqtt.h, for the mqtt_*.py tests. Ends only what it started."""
import os
import queue
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get("KIOSK_BUILD", os.path.join(ROOT, "build", "gcc"))


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for(condition, seconds, what):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return
        time.sleep(0.02)
    raise AssertionError(f"not within {seconds} s: {what}")


def build_probe(folder):
    """Lists exactly the sources it links; sanitizers as the flavour of the build folder says."""
    flavour = os.path.basename(os.path.normpath(BUILD))
    sanitize = {"asan": ["-fsanitize=address,undefined"], "tsan": ["-fsanitize=thread"]}.get(flavour, [])
    sources = ["tests/tools/mqtt_probe.c"]
    sources += [f"controller/mqtt{part}.c" for part in
                ("", "_client", "_event", "_in", "_out", "_renew", "_ring", "_why")]
    sources += ["controller/nodelay.c"] if os.path.exists(os.path.join(ROOT, "controller/nodelay.c")) else []
    sources += [f"common/{part}.c" for part in ("queue", "clock", "log", "text")]
    program = os.path.join(folder, "mqtt_probe")
    subprocess.run(["gcc", "-std=gnu11", "-D_GNU_SOURCE", "-g", "-O1", "-pthread", "-I.", *sanitize, *sources,
                    "-lpaho-mqtt3as", "-o", program], cwd=ROOT, check=True)
    return program


class Broker:
    """mosquitto with the given extra configuration lines."""

    def __init__(self, folder, lines=(), port=None):
        self.port = port or free_port()
        self.folder = folder
        self.config = os.path.join(folder, f"mosquitto-{self.port}.conf")
        self.log = os.path.join(folder, f"mosquitto-{self.port}.log")
        with open(self.config, "w") as f:
            f.write(f"listener {self.port} 127.0.0.1\n" + "\n".join(lines) + "\n")
        self.process = None
        self.start()

    def start(self, wait=True):
        with open(self.log, "a") as log:
            self.process = subprocess.Popen(["mosquitto", "-v", "-c", self.config], stdout=log, stderr=log)
        if wait:
            wait_for(self.listens, 10, "mosquitto listens")

    def listens(self):
        with socket.socket() as s:
            return s.connect_ex(("127.0.0.1", self.port)) == 0

    def kill(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.kill()
            self.process.wait()

    def stop(self):
        """In order: what is persistent is written."""
        self.process.terminate()
        self.process.wait()

    def freeze(self):
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self):
        self.process.send_signal(signal.SIGCONT)

    def said(self, text):
        with open(self.log, errors="replace") as f:
            return text in f.read()


class Probe:
    """The probe as a process: `say` an order, `expect` an event."""

    def __init__(self, program, port, **settings):
        settings.setdefault("host", "127.0.0.1")
        words = [f"port={port}"] + [f"{k}={v}" for k, v in settings.items()]
        self.process = subprocess.Popen([program, *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL if BUILD.endswith("gcc") else None, text=True,
                                        bufsize=1)
        self.lines = queue.Queue()
        self.seen = []
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            self.lines.put(line.rstrip("\n"))
        self.lines.put(None)

    def say(self, text):
        self.process.stdin.write(text + "\n")
        self.process.stdin.flush()

    def expect(self, start, seconds=15):
        """The next line that begins with `start`; others before it are passed over (and kept in seen)."""
        end = time.monotonic() + seconds
        while True:
            try:
                line = self.lines.get(timeout=max(0.01, end - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f"no line '{start}…' within {seconds} s; heard {self.seen[-8:]}") from None
            if line is None:
                raise AssertionError(f"the probe ended before '{start}…'; heard {self.seen[-8:]}")
            self.seen.append(line)
            if line.startswith(start):
                return line

    def silent(self, start, seconds):
        """No such line comes within this time."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                line = self.lines.get(timeout=max(0.01, end - time.monotonic()))
            except queue.Empty:
                return
            if line is None:
                return
            self.seen.append(line)
            assert not line.startswith(start), f"unexpected: {line}"

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    def close(self):
        """Asks it to end; the exit status."""
        self.say("close")
        return self.process.wait(timeout=15)


class Folder:
    """A temporary folder that mosquitto (which gives up root) may write to."""

    def __enter__(self):
        self.path = tempfile.mkdtemp(prefix="kiosk-mqtt-")
        os.chmod(self.path, 0o777)
        return self.path

    def __exit__(self, *_):
        shutil.rmtree(self.path, ignore_errors=True)


def publish(port, topic, text, *more):
    subprocess.run(["mosquitto_pub", "-h", "127.0.0.1", "-p", str(port), "-q", "1", "-t", topic, "-m", text, *more],
                   check=True, timeout=20)


def retained(port, topic):
    """What a newcomer gets of this topic, None if nothing."""
    run = subprocess.run(["mosquitto_sub", "-h", "127.0.0.1", "-p", str(port), "-t", topic, "-C", "1", "-W", "1"],
                         capture_output=True, text=True, timeout=20)
    return run.stdout.rstrip("\n") if run.returncode == 0 else None


def run_tests(case):
    """Runs a unittest class and prints the last line that the runner of all tests reads."""
    import unittest
    suite = unittest.defaultTestLoader.loadTestsFromTestCase(case)
    result = unittest.TextTestRunner(verbosity=2).run(suite)
    failed = len(result.failures) + len(result.errors)
    print(f"{max(0, result.testsRun - failed)} passed, {failed} failed")
    return 1 if failed or result.testsRun == 0 else 0
