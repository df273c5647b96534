#!/usr/bin/python3
"""A barrier and a turnstile on real gpio lines: runs inside the guest of tests/kernel/run.sh, with the whole kioskd, a broker
and a signer. The lanes are those of tests/integration/_lane_model.py; they hang on the lines of a gpio-sim chip."""
import os
import signal
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
for folder in ("../integration", "../tools", "."):
    sys.path.insert(0, os.path.join(HERE, folder))
import _rig  # noqa: E402
from _lanes import Lane, Lanes, Plan, Turnstile, configuration, judge_barrier, wait_for  # noqa: E402
from gpio_guest import Chip  # noqa: E402

_rig.BUILD = "/run/kiosk/bin"
INPUTS = 16  # inputs begin at this line of the chip
LIMIT_S = 0.2 + 0.05


class Pins(list):
    """Levels that go to the chip as they are set."""

    def __init__(self, chip):
        super().__init__([False] * 16)
        self.chip = chip

    def __setitem__(self, place, level):
        super().__setitem__(place, level)
        self.chip.pull(INPUTS + place, level)


class GpioBoard:
    """Lines of a chip as the lane models see a board: coils, discretes, and a list of what went on and off when."""

    def __init__(self, machines):
        self.chip = Chip("kiosk-lanes", 32)
        self.port = 0  # nothing to connect to
        self.machines, self.writes = machines, []
        self.coils, self.discretes = [False] * 16, Pins(self.chip)
        self.used = sorted(c for m in machines for c in m.coil.values())
        self.files, self.plugged, self.ended = {}, False, False
        self.plug()
        self.thread = threading.Thread(target=self.live, daemon=True)
        self.thread.start()

    def plug(self):
        self.files = {c: os.open(f"{self.chip.lines}/sim_gpio{c}/value", os.O_RDONLY) for c in self.used}
        for place, level in enumerate(self.discretes):
            self.chip.pull(INPUTS + place, level)
        self.plugged = True

    def unplug(self):
        self.plugged = False
        time.sleep(0.05)
        for file in self.files.values():
            os.close(file)
        self.chip.unplug()

    def replug(self):
        self.chip.live()
        self.plug()

    def live(self):
        last = time.monotonic()
        while not self.ended:
            time.sleep(0.002)
            if not self.plugged:
                continue
            now = time.monotonic()
            for coil, file in self.files.items():
                level = os.pread(file, 8, 0).strip() == b"1"
                if level != self.coils[coil]:
                    self.coils[coil] = level
                    self.writes.append((now, coil, level))
            for machine in self.machines:
                machine.step(self, now - last, now)
            last = now

    def starts(self, coil):
        return sum(1 for _, where, level in self.writes if where == coil and level)

    def stop(self):
        self.ended = True
        self.thread.join(5)
        self.chip.remove()


def gpio_wire(_plan, output, where):
    return {"driver": "gpio", "chip": "kiosk-lanes", "line": where if output else INPUTS + where}


class GpioLanes(Lanes):
    def __init__(self, *lanes):
        plans = [lane if isinstance(lane, Plan) else Plan(lane) for lane in lanes]
        self.models, self.others = [p.model for p in plans], {}
        self.board = GpioBoard(self.models)
        self.proxy = self  # nothing stands between the kiosk and its lines
        _rig.Rig.__init__(self, start=False, board=self.board, broker_extra="user root\nset_tcp_nodelay true",
                          config=configuration(plans, {}, {}, gpio_wire))
        self.begin()

    def stop(self):
        pass


def on_since(rig, since):
    return [w for w in rig.board.writes if w[0] >= since and w[2]]


def test_a_vehicle_passes_and_another_follows():
    lane = Lane(auto_s=3)
    with GpioLanes(Plan(lane, down_s=5)) as rig:
        lane.car(speed=8)
        lane.car(at=-4.5 - 7, speed=8)
        outcome = judge_barrier(rig, rig.paid(), starts=1)
        assert (outcome["result"], outcome["verified"]) == ("delivered", True), outcome
        assert 0 < outcome["evidence"]["up_ms"] <= outcome["evidence"]["passage_ms"], outcome
        event = rig.event("tailgate", device="gate")
        assert any(c["line"] == "gate_passage" for c in event["trace"]), event
        wait_for("both through", 5, lambda: lane.passed == 2)
        wait_for("down", 5, lambda: lane.angle == 0)
        assert rig.pulses()[0] < LIMIT_S, rig.pulses()


def test_no_vehicle_then_an_arm_that_does_not_rise():
    lane = Lane()
    with GpioLanes(lane) as rig:
        outcome = judge_barrier(rig, rig.paid(), starts=0)
        assert (outcome["result"], outcome["reason"]) == ("refused", "no_vehicle"), outcome
        lane.dead = True
        lane.car()
        outcome = judge_barrier(rig, rig.paid(), starts=2)
        assert (outcome["result"], outcome["reason"], outcome["attempts"]) == ("unknown", "not_up", 2), outcome


def test_killed_in_the_pulse_and_with_a_vehicle_under_the_arm():
    lane = Lane(auto_s=1)
    with GpioLanes(lane) as rig:
        for moment in ("pulse", "under"):
            car = lane.car(goal=3.0 if moment == "under" else -0.5)
            paid, before = rig.pay(), rig.starts()
            if moment == "pulse":
                wait_for("pulse", 5, lambda: rig.level("open"), 0.001)
            else:
                wait_for("under the arm", 8, lambda: car.at >= 3.0)
            rig.kill()
            wait_for("outputs off after death", 1, lambda: not any(rig.board.coils))
            assert all(length < LIMIT_S for length in rig.pulses()), rig.pulses()
            begin = time.monotonic()
            rig.start_offering()
            outcome = judge_barrier(rig, rig.outcome(paid))
            assert (outcome["result"], outcome["reason"]) == ("unknown", "power_loss"), outcome
            time.sleep(0.5)
            assert not on_since(rig, begin) and rig.starts() <= before + 1, rig.board.writes
            car.goal = 8.0
            lane.cars[:] = lane.cars if moment == "under" else []
            wait_for("lane clear", 8, lambda: not lane.cars and lane.angle == 0)
            wait_for("selling by itself", 8, lambda: rig.hidden() is None)
        lane.car()
        assert judge_barrier(rig, rig.paid())["result"] == "delivered"
        rig.settled()


def test_stopped_in_the_pulse_it_ends_at_its_limit():
    lane = Lane()
    with GpioLanes(lane) as rig:
        lane.car(goal=-0.5)
        rig.pay()
        wait_for("pulse", 5, lambda: rig.level("open"), 0.001)
        rig.daemon.send_signal(signal.SIGSTOP)
        wait_for("ended from outside", 2, lambda: not rig.level("open"), 0.001)
        assert rig.pulses()[0] < LIMIT_S + 0.05, rig.pulses()
        rig.daemon.wait(5)


def test_a_hold_and_a_fire_are_levels_that_outlive_a_restart():
    lane = Lane(auto_s=0.5)
    with GpioLanes(Plan(lane, on_fire="hold")) as rig:
        assert rig.answer("barrier.hold", {"device": "gate", "reason": "delivery"})["ok"]
        wait_for("held", 5, lambda: rig.level("hold") and lane.angle == 1)
        rig.kill()
        rig.start_offering()
        wait_for("held again", 15, lambda: rig.level("hold") and lane.angle == 1)
        lane.fire = True
        wait_for("fire", 5, lambda: rig.hidden() == "fire")
        rig.answer("barrier.release", {"device": "gate"})
        time.sleep(0.5)
        assert rig.level("hold"), "let go in a fire"
        lane.fire = False
        time.sleep(0.5)
        assert rig.hidden() == "fire" and rig.level("hold"), "must be latched"
        assert rig.ctl("enable", "gate")[0] == 0
        wait_for("let go", 5, lambda: not rig.level("hold") and lane.angle == 0)
        assert rig.starts("open") == 0 and not rig.events("forced_open")


def touch_until(rig, unit, role, code):
    """A contact of 40 ms falls into a pause of this machine now and then; nobody can have seen that one."""
    for tries in range(3):
        unit.touch(role)
        try:
            return rig.event(code, 4, device=unit.name)
        except AssertionError:
            if tries == 2:
                raise


def test_a_turnstile_beside_a_lane_that_waits():
    lane, unit = Lane("entry", 0), Turnstile("turn", 8, relock_s=2, contact_s=0.04)
    with GpioLanes(Plan(lane, vehicle_wait_s=30), Plan(unit, relock_s=2)) as rig:
        rig.pay("entry")
        for count in range(1, 4):
            unit.people = [0.05]
            outcome = rig.paid("turn")
            assert (outcome["result"], outcome["verified"]) == ("delivered", True), outcome
            assert unit.passed == count == rig.starts("unlock", unit)
        outcome = rig.paid("turn")
        assert (outcome["result"], outcome["reason"], outcome["refund"]) == ("failed", "no_passage", "yes"), outcome
        touch_until(rig, unit, "pass", "late_passage")
        touch_until(rig, unit, "wrong_way", "wrong_way")
        paid = rig.pay("turn")
        wait_for("unlocked", 5, lambda: unit.unlocked_at)
        unit.power = False
        outcome = rig.outcome(paid)
        assert (outcome["result"], outcome["refund"]) == ("unknown", "review"), outcome
        assert rig.starts("open", lane) == 0


def test_a_turnstile_with_a_level():
    unit = Turnstile("turn", 8, mode="level")
    with GpioLanes(Plan(unit, mode="level", relock_s=2)) as rig:
        unit.people = [0.3]
        assert rig.paid()["result"] == "delivered"
        wait_for("locked", 2, lambda: not rig.level("unlock"))
        assert 0.25 < rig.pulses("unlock")[0] < 1, rig.pulses("unlock")
        assert rig.paid()["reason"] == "no_passage"
        assert 1.8 < rig.pulses("unlock")[1] < 2.05, rig.pulses("unlock")


def test_a_chip_that_goes_away_stops_the_sale_and_emits_nothing_when_it_is_back():
    lane = Lane()
    with GpioLanes(lane) as rig:
        rig.board.unplug()
        wait_for("hidden", 5, lambda: rig.hidden() is not None)
        outcome = rig.paid()
        assert (outcome["result"], outcome["refund"]) == ("refused", "yes"), outcome
        rig.board.replug()
        wait_for("selling again by itself", 15, lambda: rig.hidden() is None)
        assert not rig.board.writes and not rig.events("fire"), rig.board.writes
        lane.car()
        assert judge_barrier(rig, rig.paid(), starts=1)["result"] == "delivered"


if __name__ == "__main__":
    _rig.run_tests(globals())
