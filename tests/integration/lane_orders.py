#!/usr/bin/python3
"""Free openings, holds and the fire contact of a barrier: done once, answered once, kept for the audit, never a closing."""
import os
import sys
import time
import uuid

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from _lanes import Lane, Lanes, Plan, Turnstile, judge_barrier, run_several, wait_for  # noqa: E402


def passages(rig):
    code, answer = rig.ctl("passages", "--since", "1d")
    assert code == 0, answer
    return answer["passages"]


def test_an_opening_by_order_is_done_and_answered_once_and_kept():
    lane = Lane()
    with Lanes(lane) as rig:
        lane.car()
        jti = uuid.uuid4().hex
        for _ in range(3):
            rig.service.command("barrier.open", {"device": "gate", "reason": "ambulance"}, jti)
        result = rig.service.wait("result", jti=jti)
        assert result["ok"], result
        wait_for("passed", 5, lambda: lane.passed == 1)
        rig.service.command("barrier.open", {"device": "gate", "reason": "ambulance"}, jti)
        time.sleep(0.5)
        assert rig.starts() == 1, rig.board.writes
        assert all(r == result for r in rig.service.seen("result", jti=jti)), rig.service.seen("result", jti=jti)
        assert not rig.events("forced_open") and not rig.service.seen("outcome")
        event = rig.event("free_open", device="gate")
        assert event["owner"] and event["why"] == "ambulance", event
        kept = passages(rig)
        assert len(kept) == 1 and "ambulance" in str(kept[0]) and "gate" in str(kept[0]), kept
        rig.kill()
        rig.start_offering()
        assert passages(rig) == kept
        code, told = rig.ctl("barrier", "open", "gate", "--reason", "technician", "--owner", "anna")
        assert code == 0, told
        assert rig.starts() == 2
        kept = passages(rig)
        assert len(kept) == 2 and any("anna" in str(row) and "technician" in str(row) for row in kept), kept


def test_an_opening_by_order_does_not_wait_for_a_vehicle_or_a_lock():
    lane = Lane(auto_s=0.5)
    with Lanes(lane) as rig:
        assert rig.answer("barrier.open", {"device": "gate", "reason": "empty"})["jti"]
        assert rig.starts() == 1
        assert not rig.answer("barrier.open", {"device": "nobody", "reason": "x"})["ok"]
        assert not rig.answer("barrier.close", {"device": "gate"})["ok"], "there is no closing order"
        assert rig.starts() == 1


def test_wrong_orders_do_nothing():
    lane, turn = Lane(), Turnstile("turn", 16)
    with Lanes(lane, turn) as rig:
        for name, args in (("barrier.open", {"device": "turn", "reason": "x"}), ("barrier.open", {}),
                           ("barrier.hold", {"device": "gate"}), ("barrier.hold", {"device": "gate", "reason": "x", "for_s": -1}),
                           ("barrier.hold", {"device": "turn", "reason": "x"}), ("barrier.release", {"device": "turn"})):
            result = rig.answer(name, args)
            assert not result["ok"] and result["error"], (name, args, result)
        assert rig.starts() == 0 and rig.starts("hold") == 0 and rig.starts("unlock", turn) == 0


def test_a_hold_keeps_it_open_until_it_ends_and_outlives_a_restart():
    lane = Lane(auto_s=0.5)
    with Lanes(lane) as rig:
        result = rig.answer("barrier.hold", {"device": "gate", "reason": "delivery", "owner": "anna"})
        assert result["ok"], result
        wait_for("held", 5, lambda: rig.level("hold") and lane.angle == 1)
        wait_for("hidden", 5, lambda: rig.hidden() == "held_open")
        rig.shows("held", code=False)
        begun = rig.event("hold_begun", device="gate")
        assert (begun["owner"], begun["why"]) == ("anna", "delivery") and begun["until"] > time.time() + 86400, begun
        refused = judge_barrier(rig, rig.paid(), starts=0)
        assert (refused["result"], refused["reason"]) == ("refused", "out_of_service"), refused
        lane.car()
        wait_for("drove through", 5, lambda: lane.passed == 1)
        rig.kill()
        rig.start_offering()
        wait_for("held again", 10, lambda: rig.level("hold") and lane.angle == 1)
        assert rig.starts() == 0 and not rig.events("forced_open"), rig.service.seen("event")
        result = rig.answer("barrier.release", {"device": "gate", "reason": "done"})
        assert result["ok"], result
        wait_for("down", 5, lambda: not rig.level("hold") and lane.angle == 0)
        wait_for("selling", 5, lambda: rig.hidden() is None)
        rig.event("hold_ended", device="gate")
        assert len(passages(rig)) == 2, passages(rig)
        assert "delivery" in str(passages(rig)) and "anna" in str(passages(rig)), passages(rig)
        assert not rig.events("forced_open") and rig.starts() == 0


def test_a_hold_ends_by_itself():
    lane = Lane(auto_s=0.5)
    with Lanes(lane) as rig:
        begin = time.monotonic()
        assert rig.answer("barrier.hold", {"device": "gate", "reason": "short", "for_s": 2})["ok"]
        wait_for("held", 5, lambda: rig.level("hold"))
        wait_for("over", 6, lambda: not rig.level("hold"))
        assert 1.5 < time.monotonic() - begin < 4.5
        wait_for("selling", 5, lambda: rig.hidden() is None)
        code, told = rig.ctl("barrier", "hold", "gate", "--reason", "by hand", "--for", "1h")
        assert code == 0, told
        wait_for("held", 5, lambda: rig.level("hold"))
        code, told = rig.ctl("barrier", "release", "gate")
        assert code == 0, told
        wait_for("released", 5, lambda: not rig.level("hold"))
        time.sleep(1.2)
        lane.car()
        assert judge_barrier(rig, rig.paid(), starts=1)["result"] == "delivered"


def hidden_by_fire(rig):
    began = time.monotonic()
    wait_for("hidden", 5, lambda: rig.hidden() == "fire")
    return time.monotonic() - began


def test_a_fire_stops_the_sale_until_it_is_cleared():
    lane = Lane()
    with Lanes(lane) as rig:
        lane.car(goal=-0.5)
        lane.fire = True
        assert hidden_by_fire(rig) < 2.5
        rig.shows("fire", code=False)
        rig.event("fire", device="gate")
        outcome = judge_barrier(rig, rig.paid(), starts=0)
        assert (outcome["result"], outcome["reason"]) == ("refused", "out_of_service"), outcome
        rig.ctl("enable", "gate")
        time.sleep(0.5)
        assert rig.hidden() == "fire", "cleared while the alarm stands"
        lane.fire = False
        time.sleep(1)
        assert rig.hidden() == "fire", "must be latched"
        rig.kill()
        rig.start_offering()
        assert rig.hidden() == "fire", "must be latched over a restart"
        assert judge_barrier(rig, rig.paid(), starts=0)["result"] == "refused"
        assert rig.ctl("enable", "gate")[0] == 0
        wait_for("selling", 5, lambda: rig.hidden() is None)
        assert rig.starts() == 0 and rig.starts("hold") == 0


def test_one_fire_contact_for_all_lanes():
    lane, unit = Lane("gate", 0), Turnstile("turn", 16)
    with Lanes(lane, Plan(unit, without=("fire",)), machine={"fire": "gate_fire"}) as rig:
        lane.car(goal=-0.5)
        lane.fire = True
        for name in ("gate", "turn"):
            wait_for("hidden", 5, lambda: rig.hidden(name) == "fire")
            assert rig.paid(name)["reason"] == "out_of_service"
        lane.fire = False
        time.sleep(0.6)
        for name in ("gate", "turn"):
            assert rig.hidden(name) == "fire", "must be latched"
            assert rig.ctl("enable", name)[0] == 0
            wait_for("selling", 5, lambda: rig.hidden(name) is None)
        assert rig.starts() == 0 and rig.starts("unlock", unit) == 0


def test_a_fire_holds_the_arm_up_where_configured():
    lane = Lane(auto_s=0.5)
    with Lanes(Plan(lane, on_fire="hold")) as rig:
        lane.fire = True
        wait_for("held up", 5, lambda: rig.level("hold") and lane.angle == 1)
        lane.fire = False
        rig.answer("barrier.release", {"device": "gate", "reason": "no"})
        time.sleep(1)
        assert rig.level("hold") and lane.angle == 1, "let go before it was cleared"
        rig.kill()
        rig.start_offering()
        wait_for("held up again", 5, lambda: rig.level("hold") and lane.angle == 1)
        assert rig.hidden() == "fire"
        assert rig.ctl("enable", "gate")[0] == 0
        wait_for("let go", 5, lambda: not rig.level("hold"))
        wait_for("selling", 8, lambda: rig.hidden() is None)
        assert not rig.events("forced_open"), rig.events("forced_open")


def test_a_board_without_power_is_no_fire_but_nothing_is_sold():
    lane = Lane()
    with Lanes(lane) as rig:
        lane.car(goal=-0.5)
        rig.board.stop()
        wait_for("hidden", 5, lambda: rig.hidden() is not None)
        outcome = rig.paid()
        assert (outcome["result"], outcome["refund"]) == ("refused", "yes"), outcome
        rig.board.start()
        wait_for("selling again by itself", 15, lambda: rig.hidden() is None)
        assert rig.starts() == 0 and not rig.events("fire")


def test_a_fire_in_the_middle_of_a_passage_settles_and_stops_the_sale():
    lane = Lane()
    with Lanes(lane) as rig:
        car = lane.car(goal=2.0)
        paid = rig.pay()
        wait_for("under the arm", 5, lambda: car.at > 1)
        lane.fire = True
        wait_for("hidden", 5, lambda: rig.hidden() == "fire")
        car.goal = 8.0
        outcome = judge_barrier(rig, rig.outcome(paid), starts=1)
        assert outcome["result"] in ("delivered", "unknown"), outcome
        assert judge_barrier(rig, rig.paid(), starts=1)["result"] == "refused"


if __name__ == "__main__":
    run_several(globals())
