#!/usr/bin/python3
"""A validator from outside: a bus full of people pays the same code within a second."""
import os
import signal
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from _lanes import Lanes, Plan, Validator, run_several, wait_for  # noqa: E402
from _rig import BUILD  # noqa: E402

CROWD = 50


class Screen:
    """A real kiosk-display without hardware; its pictures in a folder."""

    def __init__(self, rig, keep=False):
        self.shots = os.path.join(rig.folder, "shots")
        command = [os.path.join(BUILD, "kiosk-display"), "-c", rig.config_file, "--size", "800x480"]
        command += ["--shots", self.shots] if keep else []
        self.log = open(os.path.join(rig.folder, "display.log"), "ab")
        self.process = subprocess.Popen(command, stdout=self.log, stderr=subprocess.STDOUT,
                                        env={**os.environ, "SDL_VIDEODRIVER": "dummy"})

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.log.close()


class Clock:
    """When each outcome and receipt came, by payment."""

    def __init__(self, rig):
        self.rig = rig

    def of(self, topic):
        with self.rig.service.lock:
            seen = [(at, body["payment_id"]) for at, name, body, _ in self.rig.service.messages if name == topic]
        first = {}
        for at, paid in seen:
            first.setdefault(paid, at)
        return first


def crowd(rig, count=CROWD, prefix="p", spread_s=0.9):
    """Signed beforehand, published within a second; the time each was sent."""
    service = rig.service
    tokens = {f"{prefix}{i:03}": None for i in range(count)}
    for name in tokens:
        tokens[name] = service.sign(service.payment(name, product=rig.models[0].name, amount=250))
    sent, begin = {}, time.monotonic()
    for i, (name, token) in enumerate(tokens.items()):
        time.sleep(max(0, begin + i * spread_s / count - time.monotonic()))
        sent[name] = time.monotonic()
        service.client.publish(f"kiosk/{service.kiosk}/in/payment", token, qos=1)
    assert time.monotonic() - begin < 1.0 + 0.5, "the test itself is too slow"
    return sent


def quantile(values, share):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * share))]


def judge_crowd(rig, sent, what):
    wait_for("every outcome", 30, lambda: len(set(Clock(rig).of("outcome")) & set(sent)) == len(sent))
    receipts, outcomes = Clock(rig).of("receipt"), Clock(rig).of("outcome")
    for name in sent:
        assert [r["result"] for r in rig.service.seen("receipt", payment_id=name)].count("accepted") == 1, name
        for outcome in rig.service.seen("outcome", payment_id=name):
            assert (outcome["result"], outcome["verified"], outcome["refund"]) == ("delivered", True, "no"), outcome
            assert outcome["attempts"] == 1 and {"light_ms", "shown_ms"} & set(outcome["evidence"]), outcome
    receipt = [(receipts[n] - sent[n]) * 1000 for n in sent]
    took = [(outcomes[n] - sent[n]) * 1000 for n in sent]
    print(f"# {len(sent)} payments in a second, {what}: receipt p50 {quantile(receipt, .5):.0f} p99 {quantile(receipt, .99):.0f} ms, "
          f"outcome p50 {quantile(took, .5):.0f} p99 {quantile(took, .99):.0f} ms", flush=True)
    assert quantile(took, .99) < 5000, took
    rig.settled()


def test_fifty_in_a_second_with_a_light_and_a_buzzer():
    unit = Validator("bus")
    with Lanes(unit) as rig:
        time.sleep(0.3)
        sent = crowd(rig)
        wait_for("light on", 3, lambda: rig.level("light"))
        judge_crowd(rig, sent, "light and buzzer")
        wait_for("light off", 5, lambda: not rig.level("light"))
        last = max(at for at, _, _ in rig.board.writes)
        assert last - max(sent.values()) < 5
        lit = sum(rig.pulses("light"))
        assert lit > 0.9, rig.pulses("light")
        assert 1 <= rig.starts("buzzer") <= CROWD and not rig.level("buzzer")
        assert all(length < 0.05 + 0.3 for length in rig.pulses("buzzer")), rig.pulses("buzzer")
        telemetry = wait_for("counted", 6, lambda: [t for t in rig.service.seen("telemetry")
                                                    if t["counters"]["delivered"] == CROWD])[-1]
        assert telemetry["gauges"]["open"] == 0, telemetry
        code, found = rig.ctl("payments", "--since", "1h", "--find", "p017")
        assert code == 0 and [p["payment_id"] for p in found["payments"]] == ["p017"], found


def test_one_payment_lights_up_at_once_and_for_its_time():
    unit = Validator("bus")
    with Lanes(Plan(unit, show_ms=800)) as rig:
        begin = time.monotonic()
        outcome = rig.outcome(rig.pay())
        assert (outcome["result"], outcome["verified"]) == ("delivered", True), outcome
        assert time.monotonic() - begin < 1.0
        wait_for("light off", 5, lambda: not rig.level("light"))
        assert rig.starts("light") == 1 and rig.starts("buzzer") == 1
        assert 0.6 < rig.pulses("light")[0] < 1.4, rig.pulses("light")


def test_with_nothing_but_a_screen():
    with Lanes(Plan(Validator("bus"), without=("light", "buzzer")), start=False) as rig:
        rig.start(wait=False)
        wait_for("told", 10, lambda: rig.service.seen("availability"))
        assert rig.hidden() == "screen_lost", rig.hidden()
        refused = rig.paid()
        assert (refused["result"], refused["reason"], refused["refund"]) == ("refused", "out_of_service", "yes"), refused
        screen = Screen(rig)
        try:
            wait_for("sells with a screen", 15, lambda: rig.hidden() is None)
            judge_crowd(rig, crowd(rig), "screen only")
            for outcome in rig.service.seen("outcome", result="delivered"):
                assert outcome["evidence"]["shown_ms"] >= 0, outcome
            before = time.monotonic()
        finally:
            screen.kill()
        wait_for("hidden without a screen", 8, lambda: rig.hidden() == "screen_lost")
        print(f"# without its screen the code is gone after {time.monotonic() - before:.1f} s", flush=True)
        refused = rig.paid()
        assert (refused["result"], refused["refund"]) == ("refused", "yes"), refused
        assert not rig.board.writes
        rig.settled()


def test_a_screen_that_hangs_is_no_evidence():
    with Lanes(Plan(Validator("bus"), without=("light", "buzzer")), start=False) as rig:
        rig.start(wait=False)
        screen = Screen(rig)
        try:
            wait_for("sells with a screen", 15, lambda: rig.service.seen("availability") and rig.hidden() is None)

            screen.process.send_signal(signal.SIGSTOP)
            paid = rig.pay()
            outcome = rig.outcome(paid)
            assert (outcome["result"], outcome["refund"], outcome["evidence"]) == ("unknown", "review", {}), outcome
            wait_for("hidden", 8, lambda: rig.hidden() == "screen_lost")
            wait_for("told", 8, lambda: "screen_lost" in [e["code"] for e in rig.service.seen("event")])
        finally:
            screen.kill()


def test_killed_in_the_crowd_nothing_is_lost_and_nothing_told_twice():
    unit = Validator("bus")
    with Lanes(unit) as rig:
        names = {}
        thread = threading.Thread(target=lambda: names.update(crowd(rig)))
        thread.start()
        wait_for("some are told", 10, lambda: len(rig.service.seen("outcome")) >= 8, 0.001)
        rig.kill()
        wait_for("light off after death", 3, lambda: not rig.level("light") and not rig.level("buzzer"))
        thread.join()
        rig.start_offering()
        wait_for("every outcome", 40, lambda: len(set(Clock(rig).of("outcome")) & set(names)) == len(names))
        results = {}
        for outcome in rig.settled().values():
            results[outcome["result"]] = results.get(outcome["result"], 0) + 1
            assert outcome["result"] == "delivered" or outcome["refund"] in ("yes", "review"), outcome
            assert outcome["attempts"] <= 1, outcome
        print(f"# killed in the crowd: {results}", flush=True)
        assert sum(results.values()) == len(names), results
        wait_for("sells again", 10, lambda: rig.hidden() is None)


def test_a_light_that_does_not_answer_holds_up_nobody_but_is_no_evidence():
    unit = Validator("bus")
    with Lanes(unit) as rig:
        rig.proxy.on_reply = lambda request, reply: None
        begin = time.monotonic()
        ids = [rig.pay() for _ in range(5)]
        outcomes = [rig.outcome(paid, 30) for paid in ids]
        assert not any(o["verified"] for o in outcomes), outcomes
        assert all(o["result"] in ("failed", "unknown", "refused") for o in outcomes), outcomes
        assert time.monotonic() - begin < 10
        rig.proxy.on_reply = lambda request, reply: reply
        wait_for("sells again by itself", 20, lambda: rig.hidden() is None)
        assert rig.paid()["result"] == "delivered"
        rig.settled()


if __name__ == "__main__":
    run_several(globals(), alone=("test_fifty_in_a_second_with_a_light_and_a_buzzer", "test_with_nothing_but_a_screen"))
