#!/usr/bin/python3
"""What kioskctl says to who stands before the machine at night: why it does not sell, what to do, what was done."""
import json
import os
import re
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from _ctl_rig import KIOSKCTL, ROOT, Stage, run_class  # noqa: E402


class Words(Stage):
    def test_a_daemon_that_runs_is_asked_although_the_file_has_faults_now(self):
        path = os.path.join(self.folder, "kiosk.cfg")
        with open(path, "w") as f:
            f.write(f'kiosk = {{ id = 7; run_dir = "{self.folder}"; }};\n')
        self.play({"holds": [], "can_sell": True, "product": "cola"})
        run = subprocess.run([KIOSKCTL, "-c", path, "why", "cola"], capture_output=True, text=True, timeout=30)
        self.assertEqual((run.returncode, run.stdout), (0, "cola can be sold now.\n"))
        self.assertIn("has faults", run.stderr)
        with open(path, "w") as f:
            f.write("kiosk = {{\n")
        run = subprocess.run([KIOSKCTL, "-c", path, "why", "cola"], capture_output=True, text=True, timeout=30)
        self.assertEqual(run.returncode, 2)

    def test_hints_name_the_product_and_device_they_are_about(self):
        self.play({"product": "cola", "device": "a1", "can_sell": False,
                   "holds": [{"hold": "disabled"}, {"hold": "struck_out"}, {"hold": "sold_out"}]})
        text = self.good("why", "cola")
        for words in ("kioskctl enable cola", "kioskctl reset a1", "kioskctl refill cola"):
            self.assertIn(words, text)
        self.assertNotIn("PRODUCT", text)
        self.assertNotIn("DEVICE", text)

    def test_status_says_why_each_product_is_not_sold(self):
        unsold = [{"id": "cola", "device": "a1", "reason": "sold_out"}, {"id": "tea", "device": "a2", "reason": "offline"},
                  {"id": "chips", "device": "a3", "reason": "line_lost", "line": "home_a3"},
                  {"id": "nuts", "device": "a4", "reason": "line_lost", "line": "home_a3"},
                  {"id": "gum", "device": "a5", "reason": "line_lost", "line": "home_a5"}]
        self.play({"selling": False, "reasons": ["offline"], "products": {"total": 5, "can_sell": 0}, "unsold": unsold})
        lines = self.good("status").splitlines()
        self.assertEqual([line.split(": ", 1)[0] for line in lines[1:6]], [
            "Selling   no, 0 of 5 products", "          offline", "          cola",
            "          chips, nuts", "          gum"])
        self.assertIn("kioskctl refill cola", lines[3])
        self.assertIn("line_lost (line home_a3): ", lines[4])

    def test_status_names_lost_lines_by_their_board_and_a_silent_broker(self):
        self.play({"online": False, "broker": {"connected": True, "heard_ms": 4000},
                   "lost": [{"line": "m1", "bus": "io"}, {"line": "door"}, {"line": "m2", "bus": "io"}]})
        text = self.good("status")
        self.assertIn("Broker    connected, but nothing was heard for 4.0 s\n", text)
        self.assertIn("Lines     LOST on bus io: m1 m2 (", text)
        self.assertIn("Lines     LOST: door\n", text)

    def test_orders_say_what_they_have_done(self):
        answers = {"why": {"product": "cola", "device": "a1", "can_sell": False, "holds": [{"hold": "sold_out"}]},
                   "status": {"selling": True, "products": {"total": 1, "can_sell": 1}}}
        for words, data, said in (
                (["disable", "cola"], {"product": "cola", "device": "a1"}, ["cola is out of sale", "kioskctl enable cola"]),
                (["disable"], {}, ["The machine is out of service"]),
                (["enable", "cola"], {"product": "cola", "device": "a1"}, ["cola is on sale again", "kioskctl refill cola"]),
                (["enable"], {}, ["in service again", "1 of 1 product\n"]),
                (["reset", "a1"], {"device": "a1"}, ["a1: "]), (["restart"], {}, ["starts anew"]),
                (["message", "x", "90"], {"text": "x", "seconds": 90}, ["for 1 min 30 s: x"]),
                (["message", "x"], {"text": "x"}, ["The screen shows: x"]), (["message", ""], {"text": ""}, ["taken away"])):
            self.play(lambda request, data=data: {"ok": True, "data": answers.get(request["command"], data)})
            text = self.good(*words)
            for part in said:
                self.assertIn(part, text)
            self.daemon.close()
            os.unlink(self.socket)

    def test_a_refused_restart_shows_every_fault(self):
        faults = ["kiosk.cfg:3: a", "kiosk.cfg:9: b"]
        self.play(lambda _: {"ok": False, "error": "the configuration has faults", "data": {"faults": faults}})
        run = self.run_it("restart")
        self.assertEqual((run.returncode, run.stdout, run.stderr),
                         (1, "", "kioskctl: the configuration has faults\n" + "".join(f + "\n" for f in faults)))
        self.assertEqual(json.loads(self.run_it("restart", "--json").stdout), {"faults": faults})

    def test_why_names_what_to_do(self):
        self.play({"product": "cola", "can_sell": False, "holds": [{"hold": "door_open", "line": "door"},
                                                                    {"hold": "sold_out"}, {"hold": "brand_new"}]})
        text = self.good("why", "cola")
        self.assertIn("door_open (line door): the door is open", text)
        self.assertIn("kioskctl refill", text)
        self.assertIn("brand_new: brand_new", text)

    @unittest.skipUnless(os.environ.get("KIOSK_SOAK"), "takes 15 s")
    def test_a_daemon_that_hangs_is_waited_for_and_named(self):
        self.play(lambda _: time.sleep(20))
        run = self.run_it("status")
        self.assertEqual(run.returncode, 1)
        self.assertEqual([line.split(": ")[1] for line in run.stderr.splitlines()],
                         ["no answer yet; waiting for 15 s", "kioskd has not answered for 15 s"])

    def test_every_hold_of_the_daemon_has_words(self):
        with open(os.path.join(ROOT, "controller", "codes.h")) as f:
            holds = re.search(r"define CORE_HOLDS\(X\)(.*?)\n\n", f.read(), re.S).group(1)
        names = [n for n in re.findall(r'"(\w+)"', holds) if n != "none"]
        self.assertGreater(len(names), 10)
        self.play({"product": "p", "can_sell": False, "holds": [{"hold": n} for n in names]})
        text = self.good("why", "p")
        for name in names:
            self.assertNotIn(f"{name}: {name}", text)


if __name__ == "__main__":
    sys.exit(run_class(Words))
