#!/usr/bin/python3
"""kioskctl against a daemon played by the test: what it asks, what it prints, how it ends."""
import csv
import json
import os
import socket
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from _ctl_rig import KIOSKCTL, ROOT, Stage, row, run_class  # noqa: E402


class Kioskctl(Stage):
    def test_without_a_daemon_it_says_so(self):
        run = self.run_it("status")
        self.assertEqual(run.returncode, 1)
        self.assertEqual(run.stderr,
                         f"kioskctl: kioskd is not running (no {self.socket}): systemctl status kioskd\n")

    def test_a_socket_left_behind_is_not_a_daemon(self):
        socket.socket(socket.AF_UNIX).bind(self.socket)
        run = self.run_it("status")
        self.assertEqual(run.returncode, 1)
        self.assertIn("nobody answers", run.stderr)

    def test_a_refusal_is_shown_and_fails(self):
        self.play(lambda _: {"ok": False, "error": 'no product "tea"'})
        run = self.run_it("refill", "tea")
        self.assertEqual((run.returncode, run.stdout, run.stderr), (1, "", 'kioskctl: no product "tea"\n'))

    def test_a_daemon_that_hangs_up_or_babbles_is_an_error(self):
        for reply, word in ((lambda _: None, "hung up"), (lambda _: b"hello\n", "not understood"),
                            (lambda _: b"[]\n", "not understood"), (lambda _: {"ok": False}, "without a reason")):
            self.play(reply)
            run = self.run_it("status")
            self.assertEqual(run.returncode, 1)
            self.assertIn(word, run.stderr)
            self.daemon.close()
            os.unlink(self.socket)

    def test_words_become_args(self):
        self.play({})
        for words, command, args in (
                (["refill"], "refill", {}), (["refill", "cola"], "refill", {"product": "cola"}),
                (["refill", "cola", "6"], "refill", {"product": "cola", "stock": 6}),
                (["enable"], "enable", {}), (["disable", "cola"], "disable", {"product": "cola"}),
                (["test", "a1", "--json"], "test", {"device": "a1"}), (["reset", "a1"], "reset", {"device": "a1"}),
                (["message", ""], "message", {"text": ""}),
                (["message", "Добры дзень", "60"], "message", {"text": "Добры дзень", "seconds": 60}),
                (["why", "cola"], "why", {"product": "cola"}), (["log", "7"], "log", {"limit": 7}),
                (["events"], "events", {}), (["restart"], "restart", {}),
                (["payments", "--find", "p1", "--limit", "3", "--before", "9", "--from", "2025-11-24", "--to", "7"],
                 "payments", {"find": "p1", "limit": 3, "before": 9, "from": 1763942400, "to": 7}),
                (["barrier", "open", "lane", "--json"], "barrier.open", {"device": "lane"}),
                (["barrier", "open", "lane", "--json", "--reason", "згублены білет", "--owner", "guard"], "barrier.open",
                 {"device": "lane", "reason": "згублены білет", "owner": "guard"}),
                (["barrier", "hold", "lane", "--reason", "van"], "barrier.hold", {"device": "lane", "reason": "van"}),
                (["barrier", "hold", "lane", "--reason", "van", "--for", "2h"], "barrier.hold",
                 {"device": "lane", "reason": "van", "for_s": 7200}),
                (["barrier", "release", "lane"], "barrier.release", {"device": "lane"}),
                (["passages", "--from", "5", "--limit", "2"], "passages", {"from": 5, "limit": 2})):
            self.daemon.requests.clear()
            self.good(*words)
            self.assertEqual(self.daemon.requests[0], {"command": command, "args": args})

    def test_bad_usage_ends_with_2_and_asks_nothing(self):
        self.play({})
        for words in ([], ["dance"], ["why"], ["why", "a", "b"], ["refill", "cola", "many"], ["refill", "cola", "-1"],
                      ["status", "now"], ["status", "--find", "x"], ["payments", "--format", "csv"], ["--nonsense"],
                      ["export", "--format", "xml"], ["export", "--from", "2026-02-31"], ["payments", "--to", "soon"],
                      ["barrier", "open"], ["barrier", "shut", "lane"], ["barrier", "hold", "lane"],
                      ["barrier", "open", "lane", "--for", "2h"], ["barrier", "hold", "lane", "--reason", "x", "--for", "2y"],
                      ["test", "a1", "--reason", "x"], ["passages", "--since", "soon"], ["status", "--since", "1h"],
                      ["payments", "--since", "1h", "--from", "5"], ["watch", "a", "b"], ["watch", "--for", "0"],
                      ["qr"], ["qr", "make", "x"], ["log", "1e3"], ["message", b"\xff\xfe"]):
            run = self.run_it(*words)
            self.assertEqual(run.returncode, 2, words)
            self.assertNotEqual(run.stderr, "", words)
        self.assertEqual(self.daemon.requests, [])

    def test_a_faulty_configuration_ends_with_2(self):
        path = os.path.join(self.folder, "bad.cfg")
        with open(path, "w") as f:
            f.write("kiosk = { id = 7; };\n")
        run = subprocess.run([KIOSKCTL, "-c", path, "status"], capture_output=True, text=True, timeout=30)
        self.assertEqual(run.returncode, 2)
        self.assertIn(f"{path}:1: ", run.stderr)

    def test_help_and_version_need_no_daemon(self):
        self.assertIn("why PRODUCT", self.good("--help"))
        self.assertTrue(self.good("--version").startswith("kioskctl "))

    def test_json_prints_the_data_as_it_came(self):
        data = {"z": [1, {"ключ": "значэнне"}], "a": True}
        self.play(data)
        text = self.good("status", "--json")
        self.assertEqual(json.loads(text), data)
        self.assertLess(text.index('"z"'), text.index('"a"'))

    def test_products_stand_in_columns(self):
        self.play({"products": [
            {"id": "cola", "title": "Кола 0,33 л", "price": 250, "currency": "BYN", "device": "a1", "can_sell": True,
             "stock": 8, "capacity": 10, "disabled": False},
            {"id": "tea", "title": "Tea", "price": 5, "currency": "BYN", "device": "a2", "can_sell": False,
             "reason": "line_lost", "line": "home_a2", "disabled": False}]})
        self.assertEqual(self.good("products").splitlines(), [
            "ID    TITLE           PRICE  DEVICE  STOCK  ON SALE  WHY NOT",
            "cola  Кола 0,33 л  2.50 BYN  a1       8/10  yes      ",
            "tea   Tea          0.05 BYN  a2          -  no       line_lost: home_a2"])

    def test_an_event_of_a_lane_shows_what_its_sensors_did_before(self):
        self.play({"events": [{"seq": 7, "at": 1764000000, "code": "tailgate", "severity": "warning", "boot_id": "b", "device": "in",
                               "trace": [{"line": "loop", "on": True, "ms": -9120}, {"line": "beam", "on": None, "ms": 0}]},
                              {"seq": 8, "at": 1764000000, "code": "hold_begun", "severity": "info", "why": "van", "until": 1764003600}]})
        text = self.good("events")
        self.assertIn("tailgate    device=in; loop on 9.12 s, beam lost 0.00 s before\n", text)
        self.assertIn("hold_begun  why=van until=2025-11-24 17:00:00\n", text)

    def test_text_from_outside_does_not_steer_the_terminal(self):
        self.play({"payments": [row(1, payment_id="a\x1b[2Jb\n")]})
        text = self.good("payments")
        self.assertIn("a?[2Jb?", text)
        self.assertNotIn("\x1b", text)

    def test_the_last_line_of_payments_says_how_to_go_on(self):
        self.play({"payments": [row(5), row(4, state="moving", result=None)], "next": 4})
        self.assertTrue(self.good("payments").endswith("Older ones: the same with --before 4\n"))

    def test_an_inspector_hears_which_payment_a_reference_means(self):
        def rows(request):
            self.assertLess(abs(request["args"]["from"] - (time.time() - 3600)), 20)
            return {"ok": True, "data": {"payments": [row(1, payment_id="x-7F3A"), row(2, payment_id="7F3A-x"),
                                                      row(3, payment_id="y-AAAA"), row(4, payment_id="z-AAAA")]}}
        self.play(rows)
        for end, words in (("7f3a", "ONE payment of this time ends with \"7f3a\": 2025-11-24 16:00:01, 2.50 BYN, cola: delivered"),
                           ("AAAA", "2 PAYMENTS of this time end with \"AAAA\""),
                           ("F3A-", "NO PAYMENT of this time has an id that ends with \"F3A-\"; those above have it elsewhere")):
            self.assertIn(words, self.good("payments", "--since", "1h", "--find", end))
        self.assertEqual(self.asked()["args"]["find"], "F3A-")
        self.daemon.answer = lambda _: {"ok": True, "data": {"payments": []}}
        self.assertIn("NO PAYMENT has an id that ends with \"7F3A\".", self.good("payments", "--find", "7F3A"))

    def test_a_list_of_payments_is_gathered_over_short_pages(self):
        def page(request):
            before = request["args"].get("before", 100)
            rows = {100: [], 60: [row(59), row(58)], 30: [row(7)]}[before]
            data = {"payments": rows[:request["args"]["limit"]], "total": 100}
            if before != 30:
                data["next"] = {100: 60, 60: 30}[before]
            return {"ok": True, "data": data}
        self.play(page)
        found = json.loads(self.good("payments", "--find", "p", "--json"))
        self.assertEqual([r["row"] for r in found["payments"]], [59, 58, 7])
        self.assertNotIn("next", found)
        found = json.loads(self.good("payments", "--find", "p", "--json", "--limit", "1"))
        self.assertEqual(([r["row"] for r in found["payments"]], found["next"]), ([59], 30))

    def test_passages_say_who_why_until_and_what_came_of_it(self):
        self.play({"passages": [
            {"row": 9, "at": 1764000000, "jti": "local:1", "command": "barrier.hold", "device": "lane", "owner": "local:0",
             "why": "van", "uid": 0, "ok": True, "until": 1764003600},
            {"row": 8, "at": 1763999999, "jti": "b", "command": "barrier.open", "device": "lane", "owner": "ops", "ok": True,
             "result": "delivered", "verified": True, "evidence": {"up_ms": 2100, "passage_ms": 4000}},
            {"row": 7, "at": 1763999998, "jti": "c", "command": "barrier.open", "device": "b1", "owner": "ops", "ok": False,
             "error": "not a barrier"},
            {"row": 6, "at": 1763999997, "jti": "d", "command": "test", "device": "lane", "owner": "local:0"}], "next": 6})
        self.assertEqual([line.rstrip() for line in self.good("passages").splitlines()], [
            "TIME                 ORDER         DEVICE  WHO      WHY  UNTIL                RESULT                  EVIDENCE",
            "2025-11-24 16:00:00  barrier.hold  lane    local:0  van  2025-11-24 17:00:00  done",
            "2025-11-24 15:59:59  barrier.open  lane    ops      -    -                    delivered, verified     up_ms=2100 passage_ms=4000",
            "2025-11-24 15:59:58  barrier.open  b1      ops      -    -                    refused: not a barrier",
            "2025-11-24 15:59:57  test          lane    local:0  -    -                    at work",
            "Older ones: the same with --before 6"])

    def lane(self, request):
        """A barrier that goes up while it is watched; the order is answered when it has been seen going up."""
        levels = [{"role": "up", "line": "limit", "output": False, "good": True, "on": False},
                  {"role": "passage", "line": "beam", "output": False, "good": True, "on": False},
                  {"role": "fire", "line": "fire", "output": False, "good": True, "on": True}]
        device = {"name": "lane", "kind": "barrier", "phase": "idle", "rights": 0, "lines": levels}
        if request["command"] != "watch":
            self.assertTrue(self.seen.wait(10))
            return self.end
        if "after" not in request["args"]:
            return {"ok": True, "data": {"last": 4, "now_ms": 1764000000000, "changes": [], "devices": [device]}}
        device["phase"] = "take"
        changes = [{"n": 5, "at_ms": 1764000001500, "line": "limit", "role": "up", "device": "lane", "what": "on"}]
        self.seen.set()
        return {"ok": True, "data": {"last": 5, "now_ms": 1764000001600, "devices": [device],
                                     "changes": changes if request["args"]["after"] == 4 else []}}

    def test_a_test_shows_the_sensors_as_they_change(self):
        self.seen = threading.Event()
        self.end = {"ok": True, "data": {"device": "lane", "result": "delivered", "verified": True, "evidence": {"up_ms": 1500}}}
        self.play(self.lane)
        self.assertEqual(self.good("test", "lane").splitlines(), [
            "DEVICE  DOES     ROLE     LINE   DIRECTION  LEVEL", "lane    at rest  up       limit  in         off",
            "                 passage  beam   in         off", "                 fire     fire   in         on", "",
            "16:00:01.500     +1.50 s  up        limit: on", "16:00:01.600     +1.60 s  lane: open: go",
            "lane: delivered (verified by a sensor)", "  up_ms = 1500",
            "Did not change: passage (beam). If something went through, look at the wiring."])

    def test_a_test_that_does_not_end_well_tells_what_is_known(self):
        self.seen = threading.Event()
        self.end = {"ok": False, "error": "the movement did not end well",
                    "data": {"device": "lane", "result": "unknown", "reason": "not_up", "verified": False, "evidence": {"pulses": 2}}}
        self.play(self.lane)
        run = self.run_it("test", "lane")
        self.assertEqual((run.returncode, run.stderr), (1, "kioskctl: the movement did not end well\n"))
        self.assertIn("lane: unknown, not_up (no sensor confirms it)\n  pulses = 2\n", run.stdout)
        run = self.run_it("test", "lane", "--json")
        self.assertEqual((run.returncode, json.loads(run.stdout)["reason"]), (1, "not_up"))

    def test_watching_counts_from_one_change_to_the_next_and_ends(self):
        self.seen = threading.Event()
        self.play(self.lane)
        self.assertIn("16:00:01.500     +1.50 s  up        limit: on", self.good("watch", "lane", "--for", "1s"))
        lines = self.good("watch", "lane", "--for", "1s", "--json").splitlines()
        self.assertEqual([json.loads(line)["what"] for line in lines], ["on"])

    def test_devices_and_status_say_who_holds_a_lane_open(self):
        lane = {"name": "lane", "kind": "barrier", "phase": "idle", "moving": False, "lock": "fire", "fire": True, "strikes": 0,
                "rights": 2, "held": True, "lines": [],
                "hold": {"owner": "ops", "why": "van", "since": 1764000000, "until": 1764003600}}
        self.play({"devices": [lane], "lanes": [lane]})
        self.assertIn("until 2025-11-24 17:00:00 by ops: van", self.good("devices"))
        self.assertIn("Lane      lane, barrier: at rest, 2 paid passages, FIRE ALARM (kioskctl reset lane when it is over), "
                      "held open until 2025-11-24 17:00:00 by ops: van\n", self.good("status"))

    def pages(self, request):
        """450 payments, newest first; the second page is empty but not the last."""
        before = request["args"].get("before", 451)
        if before == 251:
            return {"ok": True, "data": {"payments": [], "next": 250, "total": 450}}
        numbers = range(before - 1 if before != 250 else 250, 0, -1)[:request["args"]["limit"]]
        data = {"payments": [row(n, payment_id='a,"b"' if n == 450 else f"p{n}") for n in numbers], "total": 450}
        if numbers[-1] > 1:
            data["next"] = numbers[-1]
        return {"ok": True, "data": data}

    def test_an_export_follows_all_pages(self):
        self.play(self.pages)
        rows = list(csv.DictReader(self.good("export").splitlines()))
        self.assertEqual([int(r["row"]) for r in rows], list(range(450, 0, -1)))
        self.assertEqual(rows[0]["payment_id"], 'a,"b"')
        self.assertEqual((rows[1]["amount"], rows[1]["verified"], rows[1]["reason"]), ("250", "yes", ""))
        self.assertEqual(len(json.loads(self.good("export", "--format", "json"))), 450)
        self.assertEqual(len(json.loads(self.good("export", "--json"))), 450)

    def test_an_export_of_nothing_is_whole(self):
        self.play({"payments": [], "total": 0})
        self.assertEqual(json.loads(self.good("export", "--json")), [])
        self.assertEqual(len(self.good("export").splitlines()), 1)

    def test_an_export_file_is_whole_or_not_there(self):
        path = os.path.join(self.folder, "november.csv")
        self.play(self.pages)
        self.good("export", "-o", path)
        with open(path, newline="") as f:
            self.assertEqual(len(f.readlines()), 451)
        os.unlink(path)
        self.daemon.answer = lambda r: self.pages(r) if len(self.daemon.requests) % 4 != 2 else None
        self.daemon.requests.clear()
        self.assertEqual(self.run_it("export", "-o", path).returncode, 1)
        self.assertEqual([n for n in os.listdir(self.folder) if "november" in n], [])

    def test_a_full_disk_is_not_success(self):
        self.play(self.pages)
        with open("/dev/full", "w") as full:
            run = subprocess.run([KIOSKCTL, "-s", self.socket, "export"], stdout=full, stderr=subprocess.PIPE, text=True)
        self.assertEqual(run.returncode, 1)
        self.assertIn("cannot write", run.stderr)

    def test_a_code_is_read_without_a_daemon(self):
        with open(os.path.join(ROOT, "docs", "qr.md")) as f:
            self.assertTrue(f.read())
        text = self.good("qr", "check", "just a text")
        self.assertIn("opaque", text.lower())
        data = json.loads(self.good("qr", "check", "just a text", "--json"))
        self.assertEqual((data["profile"].lower(), data["good"]), ("opaque", True))
        run = self.run_it("qr", "check", "https://qr.nspk.ru/AD10006M8FFF?type=02&bank=100000000007&sum=25000&cur=RUB&crc=ABCD")
        self.assertEqual(run.returncode, 1)
        self.assertIn("WRONG", run.stdout)


if __name__ == "__main__":
    sys.exit(run_class(Kioskctl))
