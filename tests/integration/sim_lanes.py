#!/usr/bin/python3
"""The daemon at simulated lanes: cars, fire, holds, hands at the arm; the machine's own trace as the witness."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from _rig import KIOSK, TOP, Rig, run_tests, wait_for  # noqa: E402

ENTRY = {"product": "entry", "amount": 500}


def demo_config(trade):
    """The demo's configuration as a template of the rig, without its script and trace."""
    with open(os.path.join(TOP, f"tests/demo/{trade}.cfg")) as file:
        lines = [line for line in file if not line.startswith("sim =")]
    text = "".join(lines).replace("{", "{{").replace("}", "}}")
    key = '{{{{ kid = "{0}"; alg = "EdDSA"; public = "{{{0}}}"; use = [ {1} ]; }}}}'
    for mark, value in (("@DEMO@", "{folder}"), ("@PORT@", "{broker}"), ("@PSP@", key.format("psp", '"payment", "ack"')),
                        ("@OPS@", key.format("ops", '"command"')), ('id = "demo-2"', f'id = "{KIOSK}"')):
        text = text.replace(mark, value)
    return text


class Park(Rig):
    """The demo's car park; script: what cars and people do, and what breaks."""

    def __init__(self, script=""):
        super().__init__(start=False, simulate=True, config=demo_config("parking"))
        self.script = os.path.join(self.folder, "test.script")
        self.trace_file = os.path.join(self.folder, "trace")
        with open(self.script, "w") as file:
            file.write("out nobody\n" + script)
        self.env = {"KIOSK_SIM_SCRIPT": self.script, "KIOSK_SIM_TRACE": self.trace_file}
        self.begin()

    def begin(self):
        self.start(wait=False, env=self.env)
        wait_for("the entry sells", 15, lambda: self.selling(product="entry"))

    def trace(self):
        with open(self.trace_file) as file:
            return [line.rstrip("\n").split(" ", 2)[2] for line in file]

    def happens(self, words, seconds=20, count=1):
        wait_for(f"{words} in the trace", seconds, lambda: self.trace().count(words) >= count)

    def pays(self, payment_id, seconds=30):
        self.service.pay(payment_id, **ENTRY)
        outcome = self.service.wait("outcome", seconds, payment_id=payment_id)
        return outcome["result"], outcome.get("reason"), outcome["verified"], outcome["refund"]


def test_without_a_script_a_car_comes_and_drives_in_when_it_is_paid():
    with Park() as park:
        park.happens("in car 1 waits")
        assert park.pays("friendly") == ("delivered", None, True, "no")
        trace = park.trace()
        assert "in car 1 passed" in trace and trace.count("in_open on") == 1 and "out_open on" not in trace, trace


def test_a_fire_alarm_holds_the_arm_up_and_stays_until_it_is_cleared():
    with Park("in nobody\nafter 4s fire alarm 6s\n") as park:
        park.service.wait("event", 20, code="fire")
        park.happens("in arm up")
        park.happens("in_hold on")
        wait_for("hidden", 5, lambda: not park.selling(product="entry"))
        assert park.pays("burning")[:2] == ("refused", "out_of_service")
        park.happens("fire fault stuck off over")
        park.service.command("product.enable", {"product": "entry"})
        park.service.command("product.enable", {"product": "exit"})
        wait_for("sells again", 10, lambda: park.selling(product="entry"))
        park.happens("in_hold off")
        assert park.trace().count("in_open on") == 0, park.trace()


def test_a_held_barrier_stays_up_until_it_is_released():
    with Park("in nobody\n") as park:
        park.service.command("barrier.hold", {"device": "in", "reason": "delivery"})
        park.happens("in arm up")
        park.service.wait("event", 10, code="hold_begun")
        wait_for("hidden", 5, lambda: not park.selling(product="entry"))
        assert park.pays("held")[:2] == ("refused", "out_of_service")
        assert "in arm closes" not in park.trace()
        park.service.command("barrier.release", {"device": "in"})
        park.happens("in arm down")
        wait_for("sells again", 10, lambda: park.selling(product="entry"))
        assert not park.service.seen("event", code="forced_open")


def test_a_free_opening_lets_the_waiting_car_in_and_is_not_forced():
    with Park("after 1s in arrive\n") as park:
        park.happens("in car 1 waits")
        jti = park.service.command("barrier.open", {"device": "in", "reason": "lost ticket"})
        result = park.service.wait("result", 30, jti=jti)
        assert result["ok"], result
        park.happens("in car 1 passed")
        assert not park.service.seen("event", code="forced_open") and not park.service.seen("event", code="tailgate")


def test_an_arm_pushed_up_by_hand_is_told_with_its_sensors():
    with Park("in nobody\nafter 3s in push 2s\n") as park:
        event = park.service.wait("event", 20, code="forced_open", device="in")
        assert [change["line"] for change in event["trace"]].count("in_up") >= 1, event
        park.happens("in arm down")
        assert len(park.service.seen("event", code="forced_open")) == 1 and "in_open on" not in park.trace()


def test_killed_with_the_car_under_the_arm_nothing_is_ordered_at_the_start():
    with Park("after 1s in arrive\nat vend 1 in stop_under\n") as park:
        park.happens("in car 1 waits")
        park.service.pay("cut", **ENTRY)
        park.happens("in car 1 stops under the arm")
        park.kill()
        park.begin()
        outcome = park.service.wait("outcome", 15, payment_id="cut")
        assert (outcome["result"], outcome["reason"], outcome["refund"]) == ("unknown", "power_loss", "review"), outcome
        trace = park.trace()
        assert trace.count("sim start") == 2 and trace.count("in_open on") == 1, trace


if __name__ == "__main__":
    run_tests(globals())
