#!/usr/bin/python3
"""Deaths, lost acknowledgements, broken brokers, full disks: what must hold afterwards."""
import os
import shutil
import signal
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from _rig import Rig, run_tests, wait_for  # noqa: E402

MOTOR = 0


def strace(call, action):
    return ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}", "-e", f"inject={call}:{action}"]


def settle(rig, payment_id, seconds=20):
    return rig.service.wait("outcome", seconds, payment_id=payment_id)


def ledger_balances(rig):
    wait_for("nothing open", 20, lambda: rig.ctl("ledger")[0] == 0 and rig.ctl("ledger")[1]["open"] == 0, 0.1)
    ledger = rig.ctl("ledger")[1]
    assert ledger["balanced"], ledger


def test_killed_in_mid_movement_it_stops_the_motor_and_tells_unknown():
    with Rig() as rig:
        rig.service.pay("cut")
        wait_for("motor on", 5, lambda: rig.board.coils[MOTOR], 0.001)
        rig.kill()
        wait_for("motor off after death", 0.3, lambda: not rig.board.coils[MOTOR], 0.001)
        rig.start(wait=False)
        outcome = settle(rig, "cut")
        assert (outcome["result"], outcome["reason"], outcome["refund"]) == ("unknown", "power_loss", "review"), outcome
        assert outcome["verified"] is False and rig.board.starts(MOTOR) == 1
        assert settle(rig, rig.service.pay("next"))["reason"] == "out_of_service"
        assert rig.ctl("enable", "cola")[0] == 0
        wait_for("selling after service", 5, rig.selling)
        ledger_balances(rig)


def test_stopped_with_the_motor_on_it_is_switched_off_from_outside():
    with Rig() as rig:
        rig.board.machines[0].jam = True
        rig.service.pay("stop")
        wait_for("motor on", 5, lambda: rig.board.coils[MOTOR], 0.001)
        begin = time.monotonic()
        rig.daemon.send_signal(signal.SIGSTOP)
        wait_for("motor off", 4, lambda: not rig.board.coils[MOTOR], 0.001)
        assert time.monotonic() - begin < 3.0 + 0.4, "limit 3000 ms"
        rig.daemon.wait(5)
        rig.board.machines[0].jam = False
        rig.start(wait=False)
        assert settle(rig, "stop")["result"] == "unknown"
        assert rig.board.starts(MOTOR) == 1


def test_killed_at_every_write_and_flush_it_vends_at_most_once():
    """The daemon dies at the n-th durable write of a vend; the broker delivers again; the ledger balances."""
    for call in ("fdatasync", "pwrite64"):
        for when in (1, 2, 3, 5, 8):
            with Rig(start=False) as rig:
                rig.start()
                rig.kill(signal.SIGTERM)
                wrap = strace(call, f"signal=KILL:when={when}")
                rig.start(wait=False, wrap=wrap)
                deadline = time.monotonic() + 6
                while rig.daemon.poll() is None and not rig.selling() and time.monotonic() < deadline:
                    time.sleep(0.02)
                rig.service.pay("x")
                deadline = time.monotonic() + 6
                while (rig.daemon.poll() is None and not rig.service.seen("outcome", payment_id="x")
                       and time.monotonic() < deadline):
                    time.sleep(0.02)
                if rig.daemon.poll() is None:
                    rig.kill()
                before = rig.board.starts(MOTOR)
                rig.start(wait=False)
                outcome = settle(rig, "x")
                wait_for("board at rest", 5, lambda: not rig.board.coils[MOTOR])
                starts = rig.board.starts(MOTOR)
                assert starts <= 1, (call, when, before, starts, outcome)
                assert (outcome["result"] == "delivered") <= (rig.board.dropped == 1), (call, when, outcome)
                outcomes = rig.service.seen("outcome", payment_id="x")
                assert all(o == outcomes[0] for o in outcomes), outcomes
                ledger_balances(rig)


def test_killed_between_the_message_and_its_commit_the_broker_delivers_again():
    with Rig(start=False) as rig:
        rig.start()
        rig.kill(signal.SIGTERM)
        rig.start(wrap=strace("pwrite64", "delay_enter=400000"), wait=False)
        before = len(rig.service.seen("availability"))
        wait_for("selling slowly", 60, lambda: rig.selling(before))
        rig.service.pay("early")
        time.sleep(0.2)
        rig.kill()
        assert not rig.service.seen("receipt", payment_id="early"), "a receipt before the commit"
        rig.start(wait=False)
        assert settle(rig, "early")["result"] == "delivered"
        assert rig.board.starts(MOTOR) == 1


def test_an_outcome_is_repeated_unchanged_until_acknowledged():
    with Rig() as rig:
        rig.service.auto_ack = False
        rig.service.pay("silent")
        first = settle(rig, "silent")
        for how in (signal.SIGTERM, signal.SIGKILL):
            rig.kill(how)
            count = len(rig.service.seen("outcome", payment_id="silent"))
            rig.start()
            again = rig.service.wait("outcome", 15, count + 1, payment_id="silent")
            assert again == first
        rig.service.auto_ack = True
        rig.service.ack(first)
        wait_for("acknowledged", 5, lambda: rig.ctl("status")[1]["store"]["unacknowledged"] == 0)
        assert rig.board.starts(MOTOR) == 1


def test_an_ack_for_another_result_is_not_taken():
    with Rig() as rig:
        rig.service.auto_ack = False
        outcome = settle(rig, rig.service.pay("a"))
        rig.service.ack({**outcome, "result": "refused"})
        rig.service.wait("event", code="ack_mismatch")
        assert rig.ctl("status")[1]["store"]["unacknowledged"] == 1


def test_a_lost_broker_hides_the_codes_and_nothing_is_lost():
    with Rig(offline_s=4) as rig:
        rig.service.pay("before")
        settle(rig, "before")
        rig.broker.stop(signal.SIGKILL)
        wait_for("hidden", 8, lambda: not any(p["can_sell"] for p in rig.ctl("products")[1]["products"]))
        rig.broker.start()
        wait_for("selling again", 40, lambda: any(p["can_sell"] for p in rig.ctl("products")[1]["products"]))
        assert settle(rig, rig.service.pay("after"), 40)["result"] == "delivered"


def test_a_frozen_broker_hides_the_codes_within_the_limit():
    with Rig(offline_s=5) as rig:
        begin = time.monotonic()
        rig.broker.process.send_signal(signal.SIGSTOP)
        wait_for("hidden", 12, lambda: not any(p["can_sell"] for p in rig.ctl("products")[1]["products"]))
        assert time.monotonic() - begin < 5 + 3
        rig.broker.process.send_signal(signal.SIGCONT)
        wait_for("selling again", 40, lambda: any(p["can_sell"] for p in rig.ctl("products")[1]["products"]))


def test_a_payment_that_waited_hours_in_the_broker_is_refused():
    with Rig() as rig:
        rig.kill(signal.SIGTERM)
        rig.service.pay("old", paid_at=int(time.time()) - 3 * 3600)
        rig.service.pay("fresh")
        rig.start(wait=False)
        assert settle(rig, "old")["reason"] == "expired"
        assert settle(rig, "fresh")["result"] == "delivered"
        assert rig.board.starts(MOTOR) == 1


def test_a_full_disk_stops_the_sale_and_loses_nothing():
    if os.geteuid() != 0:
        print("SKIP: mounting a small disk needs root")
        return
    with Rig(start=False) as rig:
        state = os.path.join(rig.folder, "state")
        os.makedirs(state)
        if os.system(f"mount -t tmpfs -o size=2m none {state}") != 0:
            print("SKIP: no right to mount a small tmpfs here")
            return
        try:
            rig.start()
            settle(rig, rig.service.pay("one"))
            os.system(f"dd if=/dev/zero of={state}/filler bs=4k status=none 2>/dev/null")
            starts = rig.board.starts(MOTOR)
            paid = []
            for i in range(40):
                paid.append(rig.service.pay(f"full{i}"))
            wait_for("said in the status", 20, lambda: any(
                "store_failed" in s["reasons"] for s in rig.service.seen("status")))
            assert rig.board.starts(MOTOR) - starts <= len(
                [o for o in rig.service.seen("outcome") if o["result"] == "delivered"]) + 1
            os.unlink(f"{state}/filler")
            for name in paid:
                settle(rig, name, 60)
            ledger_balances(rig)
        finally:
            if rig.daemon and rig.daemon.poll() is None:
                rig.kill(signal.SIGTERM)
            os.system(f"umount {state}")
            shutil.rmtree(state, ignore_errors=True)


def test_a_damaged_store_is_put_aside_loudly():
    with Rig() as rig:
        settle(rig, rig.service.pay("a"))
        rig.kill(signal.SIGTERM)
        store = os.path.join(rig.folder, "state", "kioskd.db")
        with open(store, "r+b") as f:
            f.seek(100)
            f.write(os.urandom(8000))
        rig.start()
        rig.service.wait("event", code="store_new_epoch")
        assert any("damaged" in name for name in os.listdir(os.path.join(rig.folder, "state")))
        assert settle(rig, rig.service.pay("b"))["result"] == "delivered"


if __name__ == "__main__":
    run_tests(globals())
