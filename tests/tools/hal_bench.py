"""Starts hal_probe on a configuration, gives it orders and waits for its events. For tests/integration/modbus_*.py."""
import atexit
import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest

BUILD = os.environ.get("KIOSK_BUILD", "build/gcc")

HEAD = """
kiosk = {{ id = "probe"; name = "Probe"; currency = "EUR"; languages = [ "en" ];
          state_dir = "{dir}"; run_dir = "{dir}"; }};
clock = {{ trust = "always"; }};
mqtt  = {{ host = "127.0.0.1"; port = 1883; prefix = "kiosk"; }};
keys  = ( {{ kid = "k"; alg = "EdDSA"; public = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"; use = [ "payment", "ack", "command" ]; }} );
products = ( {{ id = "x"; title = {{ en = "X"; }}; price = 100; device = "b1"; qr = "x"; }} );
"""


class Probe:
    """One run of hal_probe. body: the buses, lines and devices (one is "b1") of the configuration."""

    def __init__(self, body, options=()):
        self.dir = tempfile.mkdtemp(prefix="kiosk-hal-")
        atexit.register(shutil.rmtree, self.dir, ignore_errors=True)
        self.config = os.path.join(self.dir, "probe.cfg")
        with open(self.config, "w") as file:
            file.write(HEAD.format(dir=self.dir) + body)
        self.process = subprocess.Popen([os.path.join(BUILD, "tools/hal_probe"), *options, self.config], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=1,
                                        stderr=open(os.path.join(self.dir, "stderr"), "w"))
        self.incoming = queue.Queue()
        self.seen = []
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for text in self.process.stdout:
            event = json.loads(text)
            event["heard"] = time.monotonic()
            self.incoming.put(event)

    def said(self):
        """What it wrote on stderr."""
        with open(os.path.join(self.dir, "stderr")) as file:
            return file.read()

    def give(self, text):
        at = time.monotonic()
        self.process.stdin.write(text + "\n")
        self.process.stdin.flush()
        return at

    def expect(self, timeout=5.0, **wanted):
        """The next event that has these fields, in order of arrival; others are kept in .seen."""
        end = time.monotonic() + timeout
        while True:
            left = end - time.monotonic()
            if left <= 0:
                raise AssertionError(f"no {wanted} within {timeout} s; seen: {self.seen[-12:]}; said: {self.said()}")
            try:
                event = self.incoming.get(timeout=left)
            except queue.Empty:
                continue
            self.seen.append(event)
            if all(event.get(name) == value for name, value in wanted.items()):
                return event

    def expect_nothing(self, seconds, **unwanted):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                event = self.incoming.get(timeout=max(0.001, end - time.monotonic()))
            except queue.Empty:
                return
            self.seen.append(event)
            if all(event.get(name) == value for name, value in unwanted.items()):
                raise AssertionError(f"unwanted {event}")

    def ready(self, *outputs):
        waiting = set(outputs)
        while waiting:
            event = self.expect(event="safe")
            waiting.discard(event["line"])
        return self

    def signal(self, number):
        os.kill(self.process.pid, number)

    def close(self):
        """Clean end; the number of outputs that were not confirmed off."""
        if self.process.poll() is None:
            try:
                self.give("quit")
                closed = self.expect(event="closed", timeout=15)
            except (BrokenPipeError, AssertionError):
                self.process.kill()
                raise
        else:
            closed = {"unconfirmed": -1}
        self.process.wait(timeout=10)
        return closed["unconfirmed"]

    def end(self):
        """However it is: gone afterwards."""
        if self.process.poll() is None:
            try:
                self.process.send_signal(signal.SIGCONT)
                self.process.stdin.close()
                self.process.wait(timeout=10)
            except (OSError, subprocess.TimeoutExpired):
                self.process.kill()
                self.process.wait()


class Lateness:
    """How late this machine wakes whoever sleeps 2 ms: what a bound in milliseconds has to allow for, beside what is measured."""

    def __init__(self):
        self.most_ms, self.over = 0.0, False
        self.thread = threading.Thread(target=self.watch, daemon=True)
        self.thread.start()

    def watch(self):
        while not self.over:
            begin = time.monotonic()
            time.sleep(0.002)
            self.most_ms = max(self.most_ms, (time.monotonic() - begin) * 1000 - 2)

    def stop(self):
        self.over = True
        self.thread.join()


def wait_for(condition, timeout=3.0, what="condition"):
    end = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"not within {timeout} s: {what}")
        time.sleep(0.002)


def main(module):
    """Runs the tests of a module, or those named on the command line; last line: "N passed, N failed"."""
    names = sys.argv[1:]
    loader = unittest.defaultTestLoader
    suite = loader.loadTestsFromNames(names, module) if names else loader.loadTestsFromModule(module)
    result = unittest.TextTestRunner(verbosity=2).run(suite)
    failed = len(result.failures) + len(result.errors)
    print(f"{result.testsRun - failed - len(result.skipped)} passed, {failed} failed")
    raise SystemExit(1 if failed else 0)
