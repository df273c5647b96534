#!/usr/bin/python3
"""Orders at a barrier, by the fleet and on the spot: told apart when wrong, recorded first, answered once, listed."""
import json
import os
import socket
import sys
import time
import uuid

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from _rig import Rig, run_tests, wait_for  # noqa: E402

CONFIG = """
kiosk = {{ id = "{kiosk}"; currency = "BYN"; languages = [ "en" ]; state_dir = "{folder}/state"; run_dir = "{folder}/run"; }};
clock = {{ trust = "always"; }};
mqtt = {{ host = "127.0.0.1"; port = {broker}; prefix = "kiosk"; version = {version}; keepalive_s = 30; }};
keys = ( {{ kid = "psp"; alg = "EdDSA"; public = "{psp}"; use = [ "payment", "ack" ]; }},
         {{ kid = "ops"; alg = "EdDSA"; public = "{ops}"; use = [ "command" ]; }} );
lines = {{ open = {{ driver = "sim"; direction = "out"; }}; hold = {{ driver = "sim"; direction = "out"; }};
          loop = {{ driver = "sim"; direction = "in"; }}; beam = {{ driver = "sim"; direction = "in"; }};
          up = {{ driver = "sim"; direction = "in"; }}; down = {{ driver = "sim"; direction = "in"; }};
          lock = {{ driver = "sim"; direction = "out"; }}; }};
devices = ( {{ name = "lane"; kind = "barrier"; open = "open"; hold = "hold"; presence = "loop"; passage = "beam";
              up = "up"; down = "down"; pulse_ms = 300; up_ms = 3000; vehicle_wait_s = 5; passage_s = 10; }},
            {{ name = "b1"; kind = "relay"; output = "lock"; pulse_ms = 200; }} );
machine = {{ telemetry_s = 2; offline_s = {offline_s}; }};
products = ( {{ id = "hour"; title = {{ en = "One hour"; }}; price = 300; device = "lane"; qr = "https://pay.example/hour"; }},
             {{ id = "tea"; title = {{ en = "Tea"; }}; price = 100; device = "b1"; stock = {stock}; qr = "https://pay.example/tea"; }} );
"""


class Lane(Rig):
    def __init__(self, **more):
        super().__init__(config=CONFIG, start=False, **more)
        self.start()

    def start(self, **more):
        before = len(self.service.seen("availability"))
        super().start(wait=False, **more)
        wait_for("tea is sold", 20, lambda: self.selling(before, "tea"))

    def order(self, name, args=None, seconds=30, jti=None):
        return self.service.wait("result", seconds, jti=self.service.command(name, args, jti))

    def local(self, request):
        """One request on the control socket as it is; the whole answer."""
        with socket.socket(socket.AF_UNIX) as s:
            s.settimeout(60)
            s.connect(os.path.join(self.folder, "run", "control.sock"))
            s.sendall(json.dumps(request).encode() + b"\n")
            return json.loads(s.makefile().readline())

    def passages(self, **args):
        answer = self.local({"command": "passages", "args": args})
        assert answer["ok"], answer
        return answer["data"]


WRONG = [
    ("barrier.open", {}, "args.device"), ("barrier.open", {"device": 7}, "args.device: a text"),
    ("barrier.open", {"device": "b1"}, "not a barrier"), ("barrier.open", {"device": "none"}, "no device"),
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
            local = lane.local({"command": name, "args": args})
            assert not local["ok"] and words in local["error"], (name, args, local)
        for name in ("payments", "export"):
            for key in ("from", "to", "before", "limit"):
                local = lane.local({"command": name, "args": {key: "1"}})
                assert not local["ok"] and local["error"] == f"args.{key}: a whole number is wanted", local
        assert lane.local({"command": "payments", "args": {"find": 7}})["error"] == "args.find: a text is wanted"
        long_name = lane.local({"command": "test", "args": {"device": "a" + "ё" * 60}})
        assert not long_name["ok"] and "no device" in long_name["error"], long_name


def test_orders_of_both_ways_stand_in_one_list():
    with Lane() as lane:
        before = int(time.time())
        jti = uuid.uuid4().hex
        signed = lane.order("barrier.open", {"device": "lane", "reason": "lost ticket", "owner": "guard 7"}, jti=jti)
        local = lane.local({"command": "barrier.hold", "args": {"device": "lane", "reason": "removal van", "for_s": 60}})
        lane.order("status")
        lane.local({"command": "test", "args": {"device": "b1"}})
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


def test_a_jti_of_the_control_socket_cannot_be_signed():
    with Lane() as lane:
        lane.service.command("barrier.open", {"device": "lane"}, jti="local:1")
        rejected = lane.service.wait("event", code="message_rejected")
        assert rejected["detail"] == "bad_claims: jti", rejected
        assert lane.passages()["passages"] == []


def test_an_order_of_the_control_socket_is_never_answered_to_the_broker():
    with Lane() as lane:
        lane.local({"command": "barrier.release", "args": {"device": "lane"}})
        lane.kill()
        lane.start()
        lane.order("status")
        assert [r for r in lane.service.seen("result") if r["jti"].startswith("local:")] == []


if __name__ == "__main__":
    run_tests(globals())
