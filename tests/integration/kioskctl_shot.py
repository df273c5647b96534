#!/usr/bin/python3
"""kioskctl screenshot against a daemon played by the test: the picture goes into a whole file or a pipe, and harms nothing."""
import base64
import os
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from _ctl_rig import KIOSKCTL, Daemon, Stage  # noqa: E402


class Screenshot(Stage):
    def play(self, png):
        self.daemon = Daemon(self.socket, lambda _: {"ok": True, "data": {"png": base64.b64encode(png).decode()}})

    def run_it(self, *words, stdout=subprocess.PIPE):
        return subprocess.run([KIOSKCTL, "-s", self.socket, *words], stdout=stdout, stderr=subprocess.PIPE, timeout=30)

    def test_a_screenshot_is_saved_and_a_bad_answer_harms_no_older_one(self):
        path, picture = os.path.join(self.folder, "screen.png"), b"\x89PNG\r\n\x1a\n" + os.urandom(200000)
        self.play(picture)
        run = self.run_it("screenshot", path)
        self.assertEqual((run.returncode, run.stderr, run.stdout), (0, b"", f"{path}: 200008 bytes\n".encode()))
        with open(path, "rb") as f:
            self.assertEqual(f.read(), picture)
        self.daemon.answer = lambda _: {"ok": True, "data": {"png": "!!"}}
        self.assertEqual(self.run_it("screenshot", path).returncode, 1)
        with open(path, "rb") as f:
            self.assertEqual(f.read(), picture)
        self.assertEqual([n for n in os.listdir(self.folder) if n.startswith("screen.png.")], [])

    def test_a_screenshot_goes_to_a_pipe_and_a_full_disk_is_a_failure(self):
        picture = b"\x89PNG" * 50000
        self.play(picture)
        run = self.run_it("screenshot", "-")
        self.assertEqual((run.returncode, run.stdout), (0, picture))
        with open("/dev/full", "wb") as full:
            run = self.run_it("screenshot", "-", stdout=full)
        self.assertEqual(run.returncode, 1)
        self.assertIn(b"No space", run.stderr)

    def test_what_is_no_regular_file_is_left_alone(self):
        self.play(b"\x89PNG")
        for path in (self.folder, "/dev/null"):
            run = self.run_it("screenshot", path)
            self.assertEqual(run.returncode, 1)
            self.assertIn(path.encode(), run.stderr)
        self.assertEqual(self.daemon.requests, [])


if __name__ == "__main__":
    result = unittest.TextTestRunner(verbosity=2).run(unittest.defaultTestLoader.loadTestsFromTestCase(Screenshot))
    failed = len(result.failures) + len(result.errors)
    print(f"{result.testsRun - failed} passed, {failed} failed")
    sys.exit(1 if failed or result.testsRun == 0 else 0)
