#!/usr/bin/python3
"""A turnstile from outside: one payment, one person; judged by the turns the unit gave and by what the broker saw."""
import os
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from _lanes import Lanes, Plan, Turnstile, run_several, wait_for  # noqa: E402


def judge(rig, outcome, unlocks=None):
    unit = rig.models[0]
    facts = (outcome, f"unlocked {rig.starts('unlock')}, passed {unit.passed}")
    assert outcome["verified"] <= (outcome["result"] == "delivered"), facts
    assert outcome["attempts"] <= 1, facts
    if unlocks is not None:
        assert rig.starts("unlock") == unlocks, facts
    assert {coil for _, coil, _ in rig.board.writes} <= {unit.coil["unlock"]}
    return outcome


def facts(outcome):
    return outcome["result"], outcome.get("reason"), outcome["refund"], outcome["verified"]


def no_complaint(rig):
    bad = [e for e in rig.service.seen("event") if e["severity"] in ("warning", "alarm")]
    assert not bad, bad


def test_one_payment_one_person_with_a_pulse():
    unit = Turnstile()
    with Lanes(unit) as rig:
        unit.people = [0.3]
        paid = rig.pay()
        outcome = judge(rig, rig.outcome(paid), 1)
        assert facts(outcome) == ("delivered", None, "no", True), outcome
        assert outcome["evidence"]["pass_ms"] >= 250 and unit.passed == 1, outcome
        for _ in range(10):
            rig.service.publish("payment", rig.service.sign(rig.service.payment(paid, product="gate", amount=250)))
        rig.service.wait("receipt", count=11, payment_id=paid)
        assert rig.starts("unlock") == 1 and rig.pulses("unlock")[0] < 0.4, rig.pulses("unlock")
        unit.people = [0.2]
        assert judge(rig, rig.paid(), 2)["result"] == "delivered"
        no_complaint(rig)
        rig.settled()


def test_a_level_is_on_until_the_person_is_through():
    unit = Turnstile(mode="level")
    with Lanes(Plan(unit, mode="level", relock_s=2)) as rig:
        unit.people = [0.5]
        outcome = judge(rig, rig.paid(), 1)
        assert facts(outcome) == ("delivered", None, "no", True), outcome
        wait_for("locked", 2, lambda: not rig.level("unlock"))
        assert 0.4 < rig.pulses("unlock")[0] < 1.6, rig.pulses("unlock")
        rig.nobody_passed(judge(rig, rig.paid(), 2))
        wait_for("locked", 2, lambda: not rig.level("unlock"))
        assert 1.5 < rig.pulses("unlock")[1] < 2.1, rig.pulses("unlock")
        no_complaint(rig)


def test_nobody_goes_and_the_configuration_says_whose_the_money_is():
    for choice, refund in (("refund", "yes"), ("keep", "no")):
        with Lanes(Plan(Turnstile(), no_passage=choice)) as rig:
            rig.nobody_passed(judge(rig, rig.paid(), 1), refund)
            rig.models[0].people = [0.1]
            assert judge(rig, rig.paid(), 2)["result"] == "delivered"


def test_rights_are_used_in_their_order_and_more_are_not_sold():
    unit = Turnstile(relock_s=6)
    with Lanes(Plan(unit, relock_s=6, rights=3)) as rig:
        ids = [rig.pay(payment_id=f"p{i}") for i in range(3)]
        rig.service.wait("receipt", count=3, result="accepted")
        wait_for("hidden while all are taken", 5, lambda: rig.hidden() == "busy")
        over = rig.pay(payment_id="over")
        refused = rig.outcome(over)
        assert facts(refused) == ("refused", "busy", "yes", False), refused
        wait_for("unlocked", 5, lambda: unit.unlocked_at)
        time.sleep(0.3)
        assert rig.starts("unlock") == 1, "one at a time"
        unit.people = [0.2, 0.2, 0.2]
        outcomes = [judge(rig, rig.outcome(paid, 30)) for paid in ids]
        assert [o["result"] for o in outcomes] == ["delivered"] * 3, outcomes
        seqs = [o["seq"] for o in outcomes]
        assert seqs == sorted(seqs), seqs
        assert unit.passed == 3 and rig.starts("unlock") == 3 and unit.unlocks == 3
        wait_for("selling again", 5, lambda: rig.hidden() is None)
        no_complaint(rig)
        rig.settled()


def test_waiting_rights_end_one_after_the_other_when_nobody_goes():
    with Lanes(Plan(Turnstile(), relock_s=1)) as rig:
        ids = [rig.pay() for _ in range(3)]
        for paid in ids:
            rig.nobody_passed(rig.outcome(paid))
        assert rig.starts("unlock") == 3 and rig.models[0].passed == 0
        rig.settled()


def test_a_level_change_from_power_loss_is_no_passage():
    unit = Turnstile(relock_s=3)
    with Lanes(Plan(unit, relock_s=3)) as rig:
        paid = rig.pay()
        wait_for("unlocked", 5, lambda: unit.unlocked_at)
        unit.power = False
        outcome = judge(rig, rig.outcome(paid), 1)
        assert facts(outcome) == ("unknown", "sensor_lost", "review", False), outcome
        wait_for("hidden", 5, lambda: rig.hidden() is not None)
        assert facts(rig.paid()) == ("refused", "out_of_service", "yes", False)
        unit.power = True
        rig.ctl("enable", "gate")
        wait_for("selling", 10, lambda: rig.hidden() is None)
        assert not rig.events("forced_passage"), rig.events("forced_passage")
        unit.people = [0.2]
        assert judge(rig, rig.paid(), 2)["result"] == "delivered"


def test_a_board_lost_in_the_passage_is_unknown():
    unit = Turnstile(relock_s=3)
    with Lanes(Plan(unit, relock_s=3)) as rig:
        paid = rig.pay()
        wait_for("unlocked", 5, lambda: unit.unlocked_at)
        rig.board.stop()
        outcome = rig.outcome(paid)
        assert (outcome["result"], outcome["refund"], outcome["verified"]) == ("unknown", "review", False), outcome
        rig.board.start()


def test_wrong_way_forced_and_late_passages_are_events():
    unit = Turnstile(contact_s=0.3)
    with Lanes(unit) as rig:
        unit.touch("wrong_way")
        event = rig.event("wrong_way", device="gate")
        assert event["severity"] == "warning", event
        unit.touch("pass")
        event = rig.event("forced_passage", device="gate")
        assert event["severity"] == "alarm" and any("pass" in c["line"] for c in event["trace"]), event
        time.sleep(0.5)
        outcome = judge(rig, rig.paid(), 1)
        rig.nobody_passed(outcome)
        time.sleep(0.3)
        unit.touch("pass")
        rig.event("late_passage", device="gate")
        assert len(rig.events("forced_passage")) == 1 and len(rig.events("wrong_way")) == 1
        assert [o for o in rig.service.seen("outcome")] == [outcome] * len(rig.service.seen("outcome"))


def test_a_stuck_pass_contact_is_found_before_the_start():
    unit = Turnstile()
    unit.stuck["pass"] = True
    with Lanes(unit, start=False) as rig:
        rig.start(wait=False)
        wait_for("hidden", 10, lambda: rig.service.seen("availability") and rig.hidden() is not None)
        outcome = judge(rig, rig.paid(), 0)
        assert facts(outcome) == ("refused", "out_of_service", "yes", False), outcome
        del unit.stuck["pass"]
        wait_for("selling", 5, lambda: rig.hidden() is None)
        unit.people = [0.2]
        assert judge(rig, rig.paid(), 1)["result"] == "delivered"


def test_fire_and_not_ready_stop_the_sale():
    unit = Turnstile()
    with Lanes(unit) as rig:
        unit.stuck["ready"] = False
        wait_for("hidden", 5, lambda: rig.hidden() is not None)
        assert facts(rig.paid()) == ("refused", "out_of_service", "yes", False)
        del unit.stuck["ready"]
        wait_for("selling", 5, lambda: rig.hidden() is None)
        unit.fire = True
        wait_for("hidden by fire", 5, lambda: rig.hidden() == "fire")
        assert facts(rig.paid()) == ("refused", "out_of_service", "yes", False)
        unit.fire = False
        time.sleep(0.8)
        assert rig.hidden() == "fire", "must be latched"
        assert rig.ctl("enable", "gate")[0] == 0
        wait_for("selling", 5, lambda: rig.hidden() is None)
        assert rig.starts("unlock") == 0


def test_without_a_contact_nothing_is_claimed():
    with Lanes(Plan(Turnstile(), without=("pass", "ready", "wrong_way"))) as rig:
        outcome = judge(rig, rig.paid(), 1)
        assert facts(outcome) == ("delivered", None, "no", False), outcome


def test_fire_in_the_middle_settles_what_is_paid():
    unit = Turnstile(relock_s=2)
    with Lanes(Plan(unit, relock_s=2)) as rig:
        ids = [rig.pay() for _ in range(2)]
        wait_for("unlocked", 5, lambda: unit.unlocked_at)
        unit.fire = True
        first, second = (rig.outcome(paid) for paid in ids)
        assert first["result"] in ("failed", "unknown"), first
        assert facts(second) == ("refused", "out_of_service", "yes", False), second
        assert rig.starts("unlock") == 1
        wait_for("hidden by fire", 5, lambda: rig.hidden() == "fire")


if __name__ == "__main__":
    run_several(globals())
