"""kioskctl against a daemon played by the test."""
import json
import os
import shutil
import socket
import subprocess
import tempfile
import threading
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.join(ROOT, os.environ.get("KIOSK_BUILD", "build/gcc"))
KIOSKCTL = os.path.join(BUILD, "kioskctl")


class Daemon:
    """Answers each request by what `answer(request)` returns: a dict, or bytes sent as they are; None hangs up."""

    def __init__(self, path, answer):
        self.requests, self.answer = [], answer
        self.server = socket.socket(socket.AF_UNIX)
        self.server.bind(path)
        self.server.listen(8)
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                client, _ = self.server.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        with client, client.makefile("rwb") as stream:
            for line in stream:
                self.requests.append(json.loads(line))
                reply = self.answer(self.requests[-1])
                if reply is None:
                    return
                stream.write(reply if isinstance(reply, bytes) else json.dumps(reply).encode() + b"\n")
                stream.flush()

    def close(self):
        self.server.close()


def row(number, **more):
    return {"row": number, "provider": "psp", "payment_id": f"p{number}", "product": "cola", "device": "a1",
            "amount": 250, "currency": "BYN", "state": "done", "result": "delivered", "verified": True,
            "refund": "no", "attempts": 1, "paid_at": 1764000000, "received_at": 1764000001,
            "finished_at": 1764000005, "seq": number, "acknowledged": number % 2 == 0, **more}


class Stage(unittest.TestCase):
    """A folder, and the socket on which a test plays the daemon."""

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="kioskctl-")
        self.socket = os.path.join(self.folder, "control.sock")
        self.daemon = None

    def tearDown(self):
        if self.daemon:
            self.daemon.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def play(self, answer):
        self.daemon = Daemon(self.socket, answer if callable(answer) else lambda _: {"ok": True, "data": answer})

    def run_it(self, *words, **more):
        env = dict(os.environ, TZ="UTC", LC_ALL="C.UTF-8")
        return subprocess.run([KIOSKCTL, "-s", self.socket, *words], capture_output=True, text=True, timeout=30,
                              env=env, **more)

    def good(self, *words):
        run = self.run_it(*words)
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        return run.stdout

    def asked(self):
        return self.daemon.requests[-1]


def run_class(case):
    """All tests of the class; last line: N passed, N failed. The exit status."""
    result = unittest.TextTestRunner(verbosity=2).run(unittest.defaultTestLoader.loadTestsFromTestCase(case))
    failed = len(result.failures) + len(result.errors)
    print(f"{result.testsRun - failed - len(result.skipped)} passed, {failed} failed")
    return 1 if failed or result.testsRun == 0 else 0
