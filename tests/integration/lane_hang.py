#!/usr/bin/python3
"""The daemon hangs (SIGSTOP): what lets people through ends in time; what keeps a gate open on purpose does not."""
import os
import signal
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from _lanes import Lane, Lanes, Plan, Turnstile, Validator, Watch, run_several, wait_for  # noqa: E402

LATE_S = 0.5  # a loaded machine


def hang_at(rig, model, role):
    """Stopped at the moment the output goes on; when it went on."""
    watch = Watch(rig, model, role, True, lambda: rig.daemon.send_signal(signal.SIGSTOP))
    paid = rig.pay()
    assert watch.done.wait(10)
    return paid, watch.at


def ends_by(rig, role, begin, limit_s):
    wait_for(f"{role} off", limit_s + 5, lambda: not rig.level(role), 0.005)
    took = time.monotonic() - begin
    assert took <= limit_s + LATE_S, (role, took)
    assert rig.daemon.wait(10) == -signal.SIGKILL, "a hung daemon with something on past its time is killed"


def restarts_with_one_outcome(rig, paid):
    begin = time.monotonic()
    rig.start_offering()
    outcome = rig.outcome(paid)
    assert (outcome["result"], outcome["reason"], outcome["refund"]) == ("unknown", "power_loss", "review"), outcome
    wait_for("sells again by itself", 15, lambda: rig.hidden() is None)
    assert not [w for w in rig.board.writes if w[0] >= begin and w[2]], rig.board.writes
    assert not any(rig.board.coils)


def test_a_green_light_does_not_stay_on():
    unit = Validator("bus")
    with Lanes(Plan(unit, show_ms=500)) as rig:
        paid, begin = hang_at(rig, unit, "light")
        ends_by(rig, "light", begin, 1.5)
        restarts_with_one_outcome(rig, paid)
        assert rig.paid()["result"] == "delivered"
        rig.settled()


def test_a_turnstile_does_not_stay_released():
    unit = Turnstile(mode="level")
    with Lanes(Plan(unit, mode="level", relock_s=2)) as rig:
        paid, begin = hang_at(rig, unit, "unlock")
        ends_by(rig, "unlock", begin, 2.0)
        restarts_with_one_outcome(rig, paid)
        unit.people = [0.3]
        assert rig.paid()["result"] == "delivered"
        rig.settled()


def test_a_hold_stays_while_the_daemon_hangs_and_ends_with_it():
    lane = Lane()
    with Lanes(lane) as rig:
        assert rig.answer("barrier.hold", {"device": lane.name, "reason": "delivery", "for_s": 600})["ok"]
        wait_for("held open", 5, lambda: rig.level("hold"))
        rig.daemon.send_signal(signal.SIGSTOP)
        time.sleep(2)
        assert rig.level("hold") and rig.daemon.poll() is None
        rig.daemon.send_signal(signal.SIGCONT)
        time.sleep(0.5)
        assert rig.level("hold")
        rig.kill()
        wait_for("outputs off after death", 3, lambda: not rig.level("hold"))


if __name__ == "__main__":
    run_several(globals())
