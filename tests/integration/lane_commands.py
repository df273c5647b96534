#!/usr/bin/python3
"""Orders at a barrier, by the fleet and on the spot: told apart when wrong, recorded first, answered once, listed."""
import base64
import json
import os
import socket
import subprocess
import sys
import time
import uuid

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from _rig import BUILD, Rig, run_tests, wait_for  # noqa: E402

CONFIG = """
kiosk = {{ id = "{kiosk}"; currency = "BYN"; languages = [ "en" ]; state_dir = "{folder}/state"; run_dir = "{folder}/run"; }};
clock = {{ trust = "always"; }};
mqtt = {{ host = "127.0.0.1"; port = {broker}; prefix = "kiosk"; version = {version}; keepalive_s = 30; }};
keys = ( {{ kid = "psp"; alg = "EdDSA"; public = "{psp}"; use = [ "payment", "ack" ]; }},
         {{ kid = "ops"; alg = "EdDSA"; public = "{ops}"; use = [ "command" ]; }} );
lines = {{ open = {{ driver = "sim"; direction = "out"; }}; hold = {{ driver = "sim"; direction = "out"; }};
          loop = {{ driver = "sim"; direction = "in"; }}; beam = {{ driver = "sim"; direction = "in"; }};
          up = {{ driver = "sim"; direction = "in"; }}; down = {{ driver = "sim"; direction = "in"; }};
          fire = {{ driver = "sim"; direction = "in"; }}; lock = {{ driver = "sim"; direction = "out"; }};
          unlock = {{ driver = "sim"; direction = "out"; }}; pass = {{ driver = "sim"; direction = "in"; }}; }};
devices = ( {{ name = "lane"; kind = "barrier"; open = "open"; hold = "hold"; presence = "loop"; passage = "beam";
              up = "up"; down = "down"; fire = "fire"; pulse_ms = 300; up_ms = 5000; vehicle_wait_s = 12; passage_s = 12; }},
            {{ name = "t1"; kind = "turnstile"; mode = "pulse"; unlock = "unlock"; pass = "pass"; pulse_ms = 200; relock_s = 4; }},
            {{ name = "b1"; kind = "relay"; output = "lock"; pulse_ms = 200; }} );
machine = {{ telemetry_s = 2; offline_s = {offline_s}; }};
products = ( {{ id = "hour"; title = {{ en = "One hour"; }}; price = 300; device = "lane"; qr = "https://pay.example/hour"; }},
             {{ id = "ride"; title = {{ en = "Ride"; }}; price = 90; device = "t1"; qr = "https://pay.example/ride"; }},
             {{ id = "tea"; title = {{ en = "Tea"; }}; price = 100; device = "b1"; stock = {stock}; qr = "https://pay.example/tea"; }} );
"""


class Lane(Rig):
    """A barrier, a turnstile and a relay of the simulated machine; `script` says what happens before the arm."""

    def __init__(self, script="lane nobody"):
        super().__init__(config=CONFIG, start=False)
        self.script, self.trace = (os.path.join(self.folder, name) for name in ("script", "trace"))
        with open(self.script, "w") as f:
            f.write(script + "\n")
        self.start()

    def start(self, **more):
        before = len(self.service.seen("availability"))
        super().start(wait=False, env={"KIOSK_SIM_SCRIPT": self.script, "KIOSK_SIM_TRACE": self.trace}, **more)
        wait_for("tea is sold", 20, lambda: self.selling(before, "tea"))

    def moved(self, what):
        """How often this stands in what the machine itself says has happened."""
        with open(self.trace) as f:
            return [line.split(" ", 2)[2].strip() for line in f].count(what)

    def order(self, name, args=None, seconds=60, jti=None):
        return self.service.wait("result", seconds, jti=self.service.command(name, args, jti))

    def send(self, request):
        s = socket.socket(socket.AF_UNIX)
        s.settimeout(90)
        s.connect(os.path.join(self.folder, "run", "control.sock"))
        s.sendall(json.dumps(request).encode() + b"\n")
        return s

    def local(self, command, **args):
        """One request on the control socket as it is; the whole answer."""
        with self.send({"command": command, "args": args}) as s:
            return json.loads(s.makefile().readline())

    def passages(self, **args):
        answer = self.local("passages", **args)
        assert answer["ok"], answer
        return answer["data"]

    def lane(self):
        return self.local("devices")["data"]["devices"][0]

    def on(self, role):
        return [line.get("on") for line in self.lane()["lines"] if line["role"] == role] == [True]

    def car(self):
        wait_for("a car on the loop", 15, lambda: self.on("presence"))

    def why(self):
        return [hold["hold"] for hold in self.local("why", product="hour")["data"]["holds"]]

    def say(self, *words):
        return subprocess.run([os.path.join(BUILD, "kioskctl"), "-c", self.config_file, *words], capture_output=True,
                              text=True, timeout=90)


WRONG = [
    ("barrier.open", {}, "args.device"), ("barrier.open", {"device": 7}, "args.device: a text"),
    ("barrier.open", {"device": "b1"}, "not a barrier"), ("barrier.open", {"device": "t1"}, "not a barrier but a turnstile"),
    ("barrier.open", {"device": "none"}, "no device"),
    ("barrier.open", {"device": "lane", "why": "x"}, "args.why is not known to barrier.open"),
    ("barrier.open", {"device": "lane", "reason": ""}, "args.reason"),
    ("barrier.open", {"device": "lane", "reason": "x" * 129}, "args.reason"),
    ("barrier.open", {"device": "lane", "reason": "two\nlines"}, "args.reason"),
    ("barrier.open", {"device": "lane", "owner": "x" * 65}, "args.owner"),
    ("barrier.open", {"device": "lane", "owner": ["a"]}, "args.owner: a text"),
    ("barrier.hold", {"device": "lane"}, "args.reason"),
    ("barrier.hold", {"device": "lane", "reason": "x", "for_s": 0}, "args.for_s"),
    ("barrier.hold", {"device": "lane", "reason": "x", "for_s": 604801}, "args.for_s"),
    ("barrier.hold", {"device": "lane", "reason": "x", "for_s": "2h"}, "args.for_s: a whole number"),
    ("barrier.hold", {"device": "lane", "reason": "x", "until": 1700000000}, "args.until"),
    ("barrier.hold", {"device": "lane", "reason": "x", "until": 9999999999}, "args.until"),
    ("barrier.hold", {"device": "lane", "reason": "x", "until": 1.5}, "args.until: a whole number"),
    ("barrier.hold", {"device": "lane", "reason": "x", "until": 9999999999, "for_s": 5}, "not both"),
    ("barrier.release", {"device": "lane", "for_s": 5}, "args.for_s is not known"),
    ("barrier.close", {"device": "lane"}, "no command"),
    ("passages", {"limit": 0}, "args.limit"), ("passages", {"limit": 201}, "args.limit"),
    ("passages", {"from": "yesterday"}, "args.from: a whole number"), ("passages", {"to": None}, "args.to"),
]


def test_a_wrong_order_is_told_which_argument_is_wrong():
    with Lane() as lane:
        for name, args, words in WRONG:
            result = lane.order(name, args)
            assert not result["ok"] and words in result["error"], (name, args, result)
            local = lane.local(name, **args)
            assert not local["ok"] and words in local["error"], (name, args, local)
        for name in ("payments", "export"):
            for key in ("from", "to", "before", "limit"):
                local = lane.local(name, **{key: "1"})
                assert not local["ok"] and local["error"] == f"args.{key}: a whole number is wanted", local
        assert lane.local("payments", find=7)["error"] == "args.find: a text is wanted"
        long_name = lane.local("test", device="a" + "ё" * 60)
        assert not long_name["ok"] and "no device" in long_name["error"], long_name


def test_orders_of_both_ways_stand_in_one_list():
    with Lane() as lane:
        before = int(time.time())
        jti = uuid.uuid4().hex
        signed = lane.order("barrier.open", {"device": "lane", "reason": "lost ticket", "owner": "guard 7"}, jti=jti)
        local = lane.local("barrier.hold", device="lane", reason="removal van", for_s=60)
        lane.order("status")
        lane.local("test", device="b1")
        held, opened = lane.passages()["passages"]
        assert (opened["command"], opened["device"], opened["jti"]) == ("barrier.open", "lane", jti), opened
        assert (opened["owner"], opened["why"]) == ("guard 7", "lost ticket"), opened
        assert (opened["iss"], opened["kid"]) == ("test", "ops") and opened["ok"] == signed["ok"], opened
        assert (held["command"], held["why"], held["uid"]) == ("barrier.hold", "removal van", os.getuid()), held
        assert held["owner"] == f"local:{os.getuid()}" and held["ok"] == local["ok"], held
        for entry in (held, opened):
            assert before <= entry["at"] <= time.time(), entry
        assert lane.order("passages")["data"] == lane.passages()
        assert lane.passages(to=before)["passages"] == []
        page = lane.passages(limit=1)
        assert page["passages"] == [held] and page["next"] == held["row"], page
        assert lane.passages(limit=1, before=page["next"])["passages"] == [opened]
        everything = lane.passages()
        lane.kill()
        lane.start()
        assert lane.passages() == everything


def test_a_long_list_comes_in_pages_that_fit_a_message():
    with Lane() as lane:
        for i in range(200):
            lane.local("barrier.release", device="lane", reason=f"{i:03d} " + "я" * 60)
        page = lane.order("passages", {"limit": 200})["data"]
        rows = page["passages"]
        assert 50 < len(rows) < 200 and len(json.dumps(rows, ensure_ascii=False).encode()) < 60000, len(rows)
        while "next" in page:
            page = lane.order("passages", {"limit": 200, "before": page["next"]})["data"]
            rows = rows + page["passages"]
        assert [row["why"][:3] for row in rows] == [f"{i:03d}" for i in reversed(range(200))]


def test_a_jti_of_the_control_socket_cannot_be_signed():
    with Lane() as lane:
        lane.service.command("barrier.open", {"device": "lane"}, jti="local:1")
        rejected = lane.service.wait("event", code="message_rejected")
        assert rejected["detail"] == "bad_claims: jti", rejected
        assert lane.passages()["passages"] == []


def test_an_order_of_the_control_socket_is_never_answered_to_the_broker():
    with Lane() as lane:
        lane.local("barrier.release", device="lane")
        lane.kill()
        lane.start()
        lane.order("status")
        assert [r for r in lane.service.seen("result") if r["jti"].startswith("local:")] == []


def test_an_opening_is_told_with_who_why_and_what_the_sensors_saw():
    with Lane("after 1s lane arrive") as lane:
        lane.car()
        result = lane.order("barrier.open", {"device": "lane", "reason": "lost ticket", "owner": "guard 7"})
        assert result["ok"] and result["data"]["result"] == "delivered" and result["data"]["verified"], result
        assert result["data"]["owner"] == "guard 7" and "passage_ms" in result["data"]["evidence"], result
        event = lane.service.wait("event", code="free_open")
        assert (event["device"], event["owner"], event["why"]) == ("lane", "guard 7", "lost ticket"), event
        listed = lane.passages()["passages"][0]
        for key in ("result", "verified", "evidence"):
            assert listed[key] == result["data"][key], listed
        assert lane.moved("lane car 1 passed") == 1 and lane.local("ledger")["data"]["payments"] == 0


def test_an_opening_that_comes_twice_opens_once_also_after_a_restart():
    with Lane("lane arrive") as lane:
        jti = uuid.uuid4().hex
        lane.car()
        for _ in range(3):
            lane.service.command("barrier.open", {"device": "lane"}, jti)
        assert lane.service.wait("result", 60, jti=jti)["ok"]
        lane.order("status")
        lane.kill()
        lane.start()
        lane.service.command("barrier.open", {"device": "lane"}, jti)
        lane.order("status")
        assert len(lane.service.seen("result", jti=jti)) == 1 and lane.moved("open on") == 1
        assert len(lane.passages()["passages"]) == 1


def test_a_second_opening_for_the_same_vehicle_is_one_more_pulse():
    with Lane("lane arrive\nlane wait 6s") as lane:
        lane.car()
        first = lane.send({"command": "barrier.open", "args": {"device": "lane"}})
        wait_for("up", 15, lambda: lane.on("up"))
        second = lane.local("barrier.open", device="lane", reason="he hesitates")
        assert second["ok"] and "result" not in second["data"], second
        with first:
            data = json.loads(first.makefile().readline())["data"]
        assert (data["result"], data["evidence"]["pulses"]) == ("delivered", 2) and lane.moved("open on") == 2, data
        again, begun = lane.passages()["passages"]
        assert again["ok"] and again["why"] == "he hesitates" and "result" not in again and begun["result"] == "delivered"


def test_what_a_power_cut_met_is_listed_and_not_done_again():
    for way, name in (("signed", "device.test"), ("local", "test")):
        with Lane("t1 nobody") as lane:
            if way == "signed":
                lane.service.command(name, {"device": "t1"}, "cut")
            else:
                lane.send({"command": name, "args": {"device": "t1"}})
            wait_for("unlocked", 20, lambda: lane.moved("unlock on"), 0.001)
            lane.kill()
            lane.start()
            (listed,) = lane.passages()["passages"]
            assert (listed["command"], listed["device"], listed["ok"]) == (name, "t1", False), listed
            assert "interrupted by a restart" in listed["error"], listed
            if way == "signed":
                assert lane.service.wait("result", jti="cut")["error"] == listed["error"]
            assert lane.moved("unlock on") == 1 and (way == "signed" or not lane.service.seen("result"))


def test_a_barrier_is_held_open_until_released_over_a_restart():
    with Lane() as lane:
        until = int(time.time()) + 600
        held = lane.order("barrier.hold", {"device": "lane", "reason": "removal van", "owner": "gate", "until": until})
        assert held["ok"] and held["data"]["until"] == until, held
        wait_for("contact on", 10, lambda: lane.moved("hold on") == 1)
        wait_for("hidden", 10, lambda: not lane.selling(product="hour"))
        assert lane.why() == ["held_open"]
        lane.kill()
        lane.start()
        wait_for("contact on again", 10, lambda: lane.moved("hold on") == 2)
        hold = lane.lane()["hold"]
        assert (hold["owner"], hold["why"], hold["until"]) == ("gate", "removal van", until), hold
        assert f"held open until" in lane.say("status").stdout and "gate: removal van" in lane.say("devices").stdout
        assert lane.local("barrier.release", device="lane", reason="it has gone")["ok"]
        wait_for("contact off", 10, lambda: lane.moved("hold off") >= 1)
        wait_for("sold again", 20, lambda: lane.selling(product="hour"))
        event = lane.service.wait("event", code="hold_ended")
        assert (event["owner"], event["why"]) == (f"local:{os.getuid()}", "it has gone"), event
        assert "hold" not in lane.lane() and not lane.lane()["held"]
        released, begun = lane.passages()["passages"]
        assert (released["command"], released["why"], begun["until"]) == ("barrier.release", "it has gone", until)


def test_a_hold_ends_by_itself():
    with Lane() as lane:
        assert lane.local("barrier.hold", device="lane", reason="short", for_s=2)["ok"]
        ended = lane.service.wait("event", 20, code="hold_ended")
        assert ended["why"] == "short", ended
        wait_for("contact off", 10, lambda: lane.moved("hold off") >= 1)
        wait_for("sold again", 20, lambda: lane.selling(product="hour"))


def test_a_fire_is_latched_until_cleared_and_an_opening_works_in_it():
    with Lane("lane nobody\nafter 1s lane fire_alarm 5s") as lane:
        wait_for("latched", 10, lambda: lane.lane()["fire"])
        assert lane.why()[0] in ("fire", "device_locked") and "FIRE ALARM" in lane.say("status").stdout
        assert "alarm" in lane.local("reset", device="lane")["error"]
        assert lane.local("barrier.open", device="lane")["data"]["evidence"]["pulses"] == 1
        wait_for("input good again", 15, lambda: lane.on("fire"))
        assert lane.lane()["fire"] and not lane.selling(product="hour")
        assert lane.local("reset", device="lane")["ok"] and not lane.lane()["fire"]
        wait_for("sold again", 30, lambda: lane.selling(product="hour"))


def test_an_installer_sees_the_sensors_while_he_tries_a_lane():
    with Lane("lane arrive") as lane:
        lane.car()
        done = lane.say("test", "lane")
        assert done.returncode == 0 and "lane: delivered (verified by a sensor)" in done.stdout, done
        order = [done.stdout.index(words) for words in ("open: pulse ordered", "up: on", "beam: on", "loop: off", "beam: off")]
        assert order == sorted(order), done.stdout
        watched = lane.say("watch", "t1", "--for", "1s", "--json")
        assert watched.returncode == 0, watched
        assert lane.passages()["passages"][0]["command"] == "test"


def test_the_fleet_opens_a_barrier_with_kiosk_pay():
    with Lane("lane arrive") as lane:
        key = os.path.join(lane.folder, "ops.jwk")
        raw = lane.service.keys["ops"].private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
        with open(key, "w", opener=lambda path, flags: os.open(path, flags, 0o600)) as f:
            json.dump({"kty": "OKP", "crv": "Ed25519", "kid": "ops", "x": lane.service.public("ops"),
                       "d": base64.urlsafe_b64encode(raw).rstrip(b"=").decode()}, f)

        def pay(*words):
            return subprocess.run([os.path.join(BUILD, "kiosk-pay"), "-k", key, "-c", lane.config_file, "command", *words],
                                  capture_output=True, text=True, timeout=120)
        lane.car()
        opened = pay("barrier.open", "device=lane", "reason=2026", "owner=guard 7")
        assert opened.returncode == 0 and json.loads(opened.stdout)["result"] == "delivered", opened
        held = pay("barrier.hold", "device=lane", "reason=removal van", "for_s=2h")
        assert held.returncode == 0 and abs(json.loads(held.stdout)["until"] - time.time() - 7200) < 60, held
        wrong = pay("barrier.release", "device=b1")
        assert wrong.returncode == 1 and "not a barrier" in wrong.stderr, wrong
        listed = json.loads(pay("passages").stdout)["passages"]
        assert [(p["command"], p["owner"], p.get("why")) for p in listed] == [
            ("barrier.release", "kiosk-pay", None), ("barrier.hold", "kiosk-pay", "removal van"),
            ("barrier.open", "guard 7", "2026")], listed


if __name__ == "__main__":
    run_tests(globals())
