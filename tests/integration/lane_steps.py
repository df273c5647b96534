#!/usr/bin/python3
"""The daemon dies at every single system call of a passage, at a barrier and at a turnstile; what the board saw decides.

KIOSK_SOAK=1 goes through all n until a passage ends untouched; without it some are drawn (SEED).
"""
import os
import random
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from _judge import SOAK  # noqa: E402
from _lanes import PRICE, Lane, Lanes, Plan, Turnstile, judge_barrier, wait_for  # noqa: E402
from _rig import run_tests  # noqa: E402
from _tracer import Tracer  # noqa: E402

DICE = random.Random(int(os.environ.get("SEED", "0")) or None)
STEPS = {"pwrite64": 12, "fdatasync": 4, "write": 60, "sendto,sendmsg": 120, "recvfrom,recvmsg": 120, "epoll_wait,epoll_pwait": 120}
DRAWN = 4


class Steps(Tracer, Lanes):
    def passage(self, customer, role, calls, number):
        """One passage under the tracer, then a restart if the daemon is gone; True if the hit came."""
        model = self.models[0]
        starts, passed = self.starts(role), model.passed
        customer()
        tracer = self.hit(calls, f"signal=KILL:when={number}")
        try:
            paid = self.pay()
            end = time.monotonic() + 6
            while self.daemon.poll() is None and not self.service.seen("outcome", payment_id=paid) and not self.dying() and \
                    time.monotonic() < end:
                time.sleep(0.01)
        finally:
            tracer.kill()
            tracer.communicate()
        if self.dying():  # hit after it had told
            self.daemon.wait(10)
        if self.daemon.poll() is not None or not self.service.seen("outcome", payment_id=paid):
            if self.daemon.poll() is None:
                self.kill()
            wait_for("outputs off after death", 3, lambda: not any(self.board.coils))
            self.start_offering()
        outcome = self.outcome(paid, 60)
        if outcome["result"] == "delivered":  # told as soon as the passage is free, and gone a moment later
            wait_for("it is through", 5, lambda: model.passed - passed == 1)
        facts = (calls, number, outcome, self.starts(role) - starts, model.passed - passed)
        assert self.starts(role) - starts <= outcome["attempts"] <= 1, facts
        assert outcome["amount"] == PRICE and outcome["verified"] <= (outcome["result"] == "delivered"), facts
        assert outcome["refund"] != "yes" or model.passed == passed, facts
        return self.was_hit()

    def through(self, customer, role, rest):
        hits = 0
        for calls, most in STEPS.items():
            for number in range(1, 4 * most) if SOAK else sorted(DICE.sample(range(1, most + 1), 1)):
                hit = self.passage(customer, role, calls, number)
                hits += hit
                rest()
                if SOAK and not hit:
                    break
                if not SOAK and hits == DRAWN:
                    return hits
        return hits

    def ready(self):
        self.ctl("enable", self.models[0].name)
        self.ctl("enable")
        wait_for("selling", 20, lambda: self.hidden() is None)


def test_a_barrier_killed_at_a_call_of_a_passage_opens_once_and_never_refunds_who_went_through():
    lane = Lane()
    with Steps(Plan(lane, passage_s=2)) as rig:
        def rest():
            lane.cars.clear()
            wait_for("arm down", 12, lambda: lane.angle == 0)
            rig.ready()
        hits = rig.through(lane.car, "open", rest)
        for outcome in rig.settled().values():
            judge_barrier(rig, outcome)
    print(f"  killed at {hits} calls")
    assert hits > 0


def test_a_turnstile_killed_at_a_call_of_a_passage_releases_once_and_never_refunds_who_went_through():
    unit = Turnstile()

    def customer():
        unit.people = [0.2]
    with Steps(Plan(unit)) as rig:
        def rest():
            unit.people = []
            wait_for("locked again by itself", 5, lambda: unit.unlocked_at is None)
            rig.ready()
        hits = rig.through(customer, "unlock", rest)
        rig.settled()
    print(f"  killed at {hits} calls")
    assert hits > 0


if __name__ == "__main__":
    run_tests(globals())
