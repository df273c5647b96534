#!/usr/bin/python3
"""The judge again: files edited between two runs, stops in every moment, kills in a row. KIOSK_SOAK=1 kills 70 times."""
import json
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from _judge import LOCK, MOTOR, SOAK, Judge  # noqa: E402
from _rig import BUILD, CONFIG, run_tests, wait_for  # noqa: E402


# ---- configurations ----

def test_a_price_edited_in_the_file_counts_from_the_restart_on():
    with Judge() as rig:
        rig.kill(signal.SIGTERM)
        rig.service.pay("old", paid_at=int(time.time()) - 1)
        time.sleep(1.1)
        rig.edit(("price = 250", "price = 300"))
        rig.start(wait=False)
        assert rig.outcome("old")["result"] == "delivered"
        assert rig.outcome(rig.service.pay(amount=300))["result"] == "delivered"
        rig.service.command("price.set", {"product": "cola", "price": 350, "qr": "https://pay.example/350"})
        wait_for("told", 5, lambda: rig.service.wait("availability")["products"][0]["price"] == 350)
        rig.kill(signal.SIGTERM)
        time.sleep(1.1)
        rig.edit(("price = 300", "price = 400"))
        rig.start()
        assert rig.service.wait("availability")["products"][0]["price"] == 400
        assert rig.outcome(rig.service.pay(amount=400))["result"] == "delivered"


def test_products_and_devices_that_move_in_the_file_keep_their_books():
    with Judge(turn=1.5) as rig:
        rig.service.pay("one")
        first = rig.outcome("one")
        rig.begin(payment_id="cut")
        rig.service.pay("waits")
        rig.service.wait("receipt", payment_id="waits")
        rig.kill()
        rig.edit(('{ id = "cola"', '{ id = "beer"'))
        rig.start(wait=False)
        assert rig.outcome("cut")["result"] == "unknown" and rig.outcome("waits")["reason"] == "unknown_product"
        rig.service.pay("one")
        assert rig.service.wait("receipt", result="duplicate", payment_id="one")
        rig.kill()
        rig.edit(('{ id = "beer"', '{ id = "cola"'), ('device = "a1"; stock', 'device = "b1"; stock'),
                 ('price = 100; device = "b1"', 'price = 100; device = "a1"'))
        rig.start(wait=False)
        wait_for("the lock stays with the device", 10, lambda: [
            p["can_sell"] for p in rig.service.seen("availability")[-1]["products"]] == [True, False])
        assert all(o == first for o in rig.service.seen("outcome", payment_id="one")) and rig.board.starts(MOTOR) == 2


def test_a_second_daemon_leaves_and_touches_nothing():
    with Judge(turn=1.5) as rig:
        payment_id = rig.begin()
        text = open(rig.config_file).read()
        elsewhere = os.path.join(rig.folder, "elsewhere.cfg")
        with open(elsewhere, "w") as f:
            f.write(text.replace('run_dir = "', 'run_dir = "' + rig.folder + '/other'))
        for config in (rig.config_file, elsewhere):
            second = subprocess.run([os.path.join(BUILD, "kioskd"), "-c", config], capture_output=True, timeout=20)
            assert second.returncode == 1, second
        assert rig.outcome(payment_id)["verified"] and rig.board.starts(MOTOR) == rig.board.dropped == 1


# ---- ends ----

def test_a_stop_or_restart_in_the_turn_lets_it_end_and_says_delivered():
    with Judge(turn=1.0) as rig:
        for delay in (0.05, 0.5, 0.9):
            rig.ready()

            def act():
                payment_id = rig.begin()
                time.sleep(delay)
                assert rig.kill(signal.SIGTERM) == 0
                rig.start(wait=False)
                return payment_id

            assert rig.judged(act)["result"] == "delivered"
        rig.ready()
        payment_id = rig.begin()
        rig.service.command("restart")
        assert rig.outcome(payment_id)["verified"] and rig.board.starts(MOTOR) == rig.board.dropped == 4


def test_a_stop_while_the_disk_is_slow_moves_nothing_and_is_not_unknown():
    with Judge(start=False) as rig:
        rig.start()
        rig.kill(signal.SIGTERM)
        before = len(rig.service.seen("availability"))
        rig.start(wait=False, wrap=["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=fdatasync", "-e",
                                    "inject=fdatasync:delay_enter=300000"])
        wait_for("selling", 40, lambda: rig.selling(before))
        time.sleep(1)
        rig.throw("payment", rig.service.sign(rig.service.payment("s")))
        time.sleep(0.12)
        rig.kill(signal.SIGTERM)
        rig.start(wait=False)
        outcome = rig.outcome("s")
        assert outcome["result"] in ("refused", "delivered"), outcome


def test_killed_again_and_again_the_books_balance():
    kills, dice = 70 if SOAK else 7, random.Random(int(os.environ.get("SEED", "1")))
    with Judge(config=CONFIG.replace("telemetry_s = 2", "telemetry_s = 2; parallel = 2")) as rig:
        service, paid, stop = rig.service, {}, threading.Event()

        def customers():
            while not stop.is_set():
                product, amount = dice.choice([("cola", 250), ("tea", 100)])
                payment = service.payment(f"k{len(paid)}", product=product, amount=amount + (dice.random() < 0.1))
                paid[payment["payment_id"]] = payment
                for _ in range(1 + (dice.random() < 0.15)):
                    rig.throw("payment", service.sign(payment))
                time.sleep(dice.uniform(0.02, 0.3))

        def technician():
            while not stop.wait(0.5):
                rig.ctl("enable", "cola")
                rig.ctl("enable", "tea")
                rig.ctl("enable")

        threads = [threading.Thread(target=customers), threading.Thread(target=technician)]
        for thread in threads:
            thread.start()
        for _ in range(kills):
            time.sleep(dice.uniform(0.15, 1.8))
            rig.kill(dice.choice([signal.SIGKILL] * 5 + [signal.SIGTERM]))
            rig.start(wait=False)
        stop.set()
        for thread in threads:
            thread.join()
        end = time.monotonic() + 60
        while time.monotonic() < end:  # as a service does: again until the receipt
            told = {m["payment_id"] for m in service.seen("receipt")}
            done = {m["payment_id"] for m in service.seen("outcome")}
            if len(told) == len(done) == len(paid):
                break
            for payment_id in paid.keys() - told:
                rig.throw("payment", service.sign(paid[payment_id]))
            time.sleep(1)
        assert told == done == paid.keys(), (paid.keys() - told, paid.keys() - done)
        books = {json.dumps(o, sort_keys=True) for o in service.seen("outcome")}
        assert len(books) == len(paid), "two outcomes for one payment"
        books = [json.loads(text) for text in books]
        wait_for("all off", 5, lambda: not rig.board.coils[MOTOR] and not rig.board.coils[LOCK])

        def number(product, *results):
            return sum(o["product"] == product and o["result"] in results for o in books)
        assert rig.board.starts(MOTOR) <= number("cola", "delivered", "failed", "unknown")
        assert rig.board.starts(LOCK) <= number("tea", "delivered", "failed", "unknown")
        assert number("cola", "delivered") <= rig.board.dropped <= number("cola", "delivered", "unknown")
        wait_for("acknowledged", 60, lambda: rig.ctl("ledger")[1]["unacknowledged"] == 0, 0.3)
        ledger = rig.ctl("ledger")[1]
        assert ledger["balanced"] and ledger["payments"] == len(paid), ledger
        crashes = re.findall("SIG(?:SEGV|ABRT|BUS)", open(rig.log, errors="replace").read())
        assert not crashes, crashes


def test_a_broker_whose_queue_is_full_loses_messages_and_no_payment():
    with Judge(broker_extra="max_queued_messages 3") as rig:
        rig.kill()
        starts, paid = rig.board.starts(MOTOR), [f"q{i}" for i in range(12)]
        tokens = {name: rig.service.sign(rig.service.payment(name)) for name in paid}
        for name in paid:
            rig.service.publish("payment", tokens[name])
        rig.start(wait=False)
        rig.ctl("enable")
        rig.outcome("q0")
        dropped, end = None, time.monotonic() + 60
        while time.monotonic() < end:  # as a service does: again until the receipt
            time.sleep(1)
            told = {m["payment_id"] for m in rig.service.seen("receipt")}
            dropped = set(paid) - told if dropped is None else dropped
            if told == set(paid) == {m["payment_id"] for m in rig.service.seen("outcome")}:
                break
            for name in set(paid) - told:
                rig.service.publish("payment", tokens[name])
        assert dropped, "the broker's queue was not full"
        assert set(paid) == {m["payment_id"] for m in rig.service.seen("outcome")}
        results = {m["payment_id"]: (m["result"], m.get("reason")) for m in rig.service.seen("outcome")}
        delivered = list(results.values()).count(("delivered", None))
        assert rig.board.starts(MOTOR) - starts == rig.board.dropped == delivered > 0, results


if __name__ == "__main__":
    run_tests(globals())
