#!/usr/bin/python3
"""A judge who knows the contract only and wants to break it: odd boards, odd messages, floods. What must be true of
every payment is in _judge.py. KIOSK_SOAK=1 queues more."""
import base64
import json
import os
import random
import signal
import socket
import sys
import threading
import time
import uuid

import jwt

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from _judge import LOCK, MOTOR, SOAK, Judge, exception, is_switching  # noqa: E402
from _rig import CONFIG, KIOSK, run_tests, wait_for  # noqa: E402


# ---- the board ----

def test_a_board_that_loses_refuses_or_twists_replies_never_makes_a_lie():
    with Judge() as rig:
        proxy, keep = rig.proxy, rig.proxy.on_reply
        twists = [lambda q, r: None if is_switching(q, True) else r, lambda q, r: None if is_switching(q, False) else r,
                  lambda q, r: None if is_switching(q) else r,
                  lambda q, r: r[:6] + b"\x09" + r[7:] if is_switching(q, True) else r,
                  lambda q, r: r[:10] + b"\0\0" if is_switching(q, True) else r,
                  lambda q, r: r[:5] if is_switching(q, True) else r, lambda q, r: r + r if q[7] == 2 else r]
        for twist in twists:
            rig.ready()
            proxy.on_reply = twist
            rig.judged(rig.service.pay)
            proxy.on_reply = keep
        for code in (2, 4, 6):
            rig.board.machines[0].angle = 0.0  # by hand: what was switched on in spite of its refusal has moved it
            time.sleep(0.3)
            proxy.on_request = lambda q: exception(q, code) if is_switching(q, True) else None
            rig.ready()
            outcome = rig.judged(rig.service.pay)
            assert outcome["result"] == "failed", (code, outcome)
            proxy.on_request = lambda q: None
            proxy.on_reply = lambda q, r: exception(q, code) if is_switching(q, True) else r
            rig.ready()
            rig.judged(rig.service.pay)
            rig.ready()
            outcome = rig.outcome(rig.service.pay(product="tea", amount=100))
            assert outcome["result"] in ("delivered", "unknown") and not rig.board.coils[LOCK], outcome
            proxy.on_reply = keep


def test_a_reply_that_is_late_hides_a_fall_but_makes_no_refund():
    with Judge(turn=1.2) as rig:
        assert rig.judged(rig.service.pay)["verified"] is True  # the beam is proven
        for late in (0.25, 0.28):
            rig.ready()

            def act():
                payment_id = rig.begin()
                time.sleep(1.2 * 0.62 - 0.04)
                rig.proxy.delay = late
                time.sleep(0.05)
                rig.proxy.delay = 0
                return payment_id

            rig.judged(act)


def test_a_stop_shorter_than_the_limit_makes_no_refund_for_what_fell():
    with Judge(turn=0.9) as rig:
        rig.judged(rig.service.pay)
        for stopped in (0.5, 0.8):
            rig.ready()

            def act():
                payment_id = rig.begin()
                time.sleep(0.1)
                rig.daemon.send_signal(signal.SIGSTOP)
                time.sleep(stopped)
                rig.daemon.send_signal(signal.SIGCONT)
                return payment_id

            rig.judged(act)


def test_a_bouncing_cam_and_a_short_pulse_of_the_beam_are_a_sale():
    with Judge() as rig:
        machine, dice = rig.board.machines[0], random.Random(1)
        machine.beam = 0.02
        plain = machine.step

        def bouncing(board, dt, now):
            plain(board, dt, now)
            edge = min(abs(machine.angle - machine.leave), machine.turn - machine.angle, machine.angle)
            if board.coils[MOTOR] and edge < 0.02:
                board.discretes[0] = dice.random() < 0.5

        machine.step = bouncing
        for _ in range(4):
            rig.ready()
            outcome = rig.judged(rig.service.pay)
            assert outcome["result"] == "delivered", outcome


# ---- messages ----

def raw(service, text, kid="psp"):
    def b64(data):
        return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
    head = b64(json.dumps({"alg": "EdDSA", "typ": "JWT", "kid": kid}).encode())
    signed = f"{head}.{b64(text if isinstance(text, bytes) else text.encode())}"
    return f"{signed}.{b64(service.keys[kid].sign(signed.encode()))}"


def common(payment):
    return {"iss": "t", "aud": KIOSK, "jti": uuid.uuid4().hex, "iat": int(time.time()), **payment}


def test_legal_but_odd_payments_get_receipt_and_outcome():
    with Judge() as rig:
        service, now = rig.service, int(time.time())
        tea = {"product": "tea", "amount": 100}
        good = [("Ж" * 64, tea), ("😀" * 64, tea), ("a\"b'c\\d%s%n;--", tea), ("a/+/#", tea), (" x ", tea),
                ("far", {**tea, "provider": "П" * 32}), ("soon", {**tea, "paid_at": now + 20}),
                ("aud", {**tea, "aud": ["other", KIOSK]}), ("exp", {**tea, "exp": now + 60}),
                ("acc", {"product": None, "account": "acc-cola"})]
        bad = [("rich", "wrong_amount", {"amount": 10 ** 12}), ("epoch", "expired", {"paid_at": 0}),
               ("late", "expired", {"exp": now - 5}), ("long", "unknown_product", {"product": "Ж" * 64}),
               ("acct", "unknown_product", {"product": None, "account": "Ж" * 64})]
        for payment_id, claims in good:
            rig.throw("payment", raw(service, json.dumps(common(service.payment(payment_id, **claims)), ensure_ascii=False)))
        for payment_id, _, claims in bad:
            rig.throw("payment", service.sign(service.payment(payment_id, **claims)))
        for payment_id, claims in good:
            outcome = rig.outcome(payment_id)
            assert outcome["result"] == "delivered" and outcome["provider"] == claims.get("provider", "psp"), outcome
            assert len(service.seen("receipt", payment_id=payment_id, result="accepted")) == 1
        for payment_id, reason, _ in bad:
            assert rig.outcome(payment_id)["reason"] == reason, payment_id
        assert rig.board.starts(MOTOR) == 1


def test_tokens_that_mean_two_things_or_lend_a_key_move_nothing():
    secret = "k" * 32
    lent = '{{ kid = "hs"; alg = "HS256"; secret_file = "{folder}/hs.secret"; use = [ "payment" ]; }},'
    with Judge(start=False, config=CONFIG.replace("keys = (", "keys = ( " + lent)) as rig:
        path = os.path.join(rig.folder, "hs.secret")
        with open(path, "w") as f:
            f.write(secret + "\n")
        os.chmod(path, 0o640)
        rig.start()
        service = rig.service
        claims = common(service.payment("two"))
        text = json.dumps(claims)
        public = service.public("psp")
        for token in [raw(service, text[:-1] + ', "amount": 250}'), raw(service, text + "x"), raw(service, "[" * 4000),
                      raw(service, b"\xef\xbb\xbf" + text.encode()), raw(service, text.replace('"two"', '"two\\u0000"')),
                      jwt.encode(claims, public, algorithm="HS256", headers={"kid": "psp"}),
                      jwt.encode(claims, base64.urlsafe_b64decode(public + "="), algorithm="HS256", headers={"kid": "psp"}),
                      jwt.encode(claims, None, algorithm="none", headers={"kid": "psp"}),
                      jwt.encode(claims, "j" * 32, algorithm="HS256", headers={"kid": "hs"}),
                      jwt.encode({**claims, "type": "ack", "result": "delivered"}, secret, algorithm="HS256", headers={"kid": "hs"})]:
            rig.throw("payment", token)
            rig.throw("ack", token)
            rig.throw("command", token)
        rig.throw("payment", jwt.encode(common(service.payment("hs")), secret, algorithm="HS256", headers={"kid": "hs"}))
        assert rig.judged(lambda: "hs")["result"] == "delivered"
        assert not service.seen("receipt", payment_id="two") and rig.board.starts(MOTOR) == 1


def test_acks_too_early_unknown_and_in_floods_change_nothing():
    with Judge() as rig:
        service = rig.service
        service.auto_ack = False
        for i in range(200):
            service.ack({"provider": "psp", "payment_id": f"no{i}", "result": "delivered"})
        payment_id = rig.begin()
        service.ack({"provider": "psp", "payment_id": payment_id, "result": "delivered"})
        outcome = rig.outcome(payment_id)
        again = service.wait("outcome", 10, 2, payment_id=payment_id)
        assert again == outcome
        for _ in range(50):
            service.ack(outcome)
        wait_for("acknowledged", 5, lambda: rig.ctl("status")[1]["store"]["unacknowledged"] == 0)
        odd = service.seen("event", code="ack_mismatch")
        assert 1 <= len(odd) <= 4 and sum(e.get("count", 1) for e in odd) == 201, odd


# ---- floods ----

def test_a_payment_gets_through_floods_of_garbage_duplicates_and_commands():
    with Judge(turn=1.0) as rig:
        service, stop = rig.service, threading.Event()
        head, body, _ = service.sign(service.payment("g")).split(".")
        forged = f"{head}.{body}.{'A' * 86}"

        def flood():
            while not stop.is_set():
                for token in (forged, "x" * 8000, "{}", b"\xff" * 300):
                    rig.throw("payment", token)
                time.sleep(0.001)

        thread = threading.Thread(target=flood)
        thread.start()
        time.sleep(1)
        begin = time.monotonic()
        try:
            assert rig.judged(rig.service.pay)["result"] == "delivered"
        finally:
            stop.set()
            thread.join()
        assert time.monotonic() - begin < 8
        payment = service.payment("many")
        first, *again = [service.sign(payment) for _ in range(1001)]
        orders = [service.sign({"type": "command", "command": "log", "args": {"limit": 20}, "jti": f"c{i}",
                                "exp": int(time.time()) + 60}, "ops") for i in range(300)]

        def throw_all():
            rig.throw("payment", first)
            wait_for("motor on", 5, lambda: rig.board.coils[MOTOR], 0.001)
            for token in again:
                rig.throw("payment", token)
            for token in orders:
                rig.throw("command", token)
            return "many"

        assert rig.judged(throw_all)["result"] == "delivered"
        service.wait("receipt", 20, 1001, payment_id="many")
        wait_for("answers", 20, lambda: len(service.seen("result")) == 300)
        assert len({json.dumps(o) for o in service.seen("outcome", payment_id="many")}) == 1


def test_thousands_that_waited_for_the_daemon_all_get_receipt_and_one_outcome():
    count = 10000 if SOAK else 1500
    with Judge() as rig:
        service, now = rig.service, int(time.time())
        rig.kill(signal.SIGTERM)
        kinds = [{"amount": 99, "product": "tea"}, {"paid_at": now - 9999}, {"product": "tea", "amount": 100, "paid_at": now + 30}]
        sent = [service.client.publish(f"kiosk/{KIOSK}/in/payment", service.sign(service.payment(f"q{i}", **kinds[i % 3])), qos=1)
                for i in range(count)]
        for info in sent:
            info.wait_for_publish()
        rig.start(wait=False)

        def keys(topic):
            return {m["payment_id"] for m in service.seen(topic)}
        wait_for("all receipts", 120, lambda: len(keys("receipt")) == count, 0.3)
        wait_for("all outcomes", 120, lambda: len(keys("outcome")) == count, 0.3)
        texts = {json.dumps(o, sort_keys=True) for o in service.seen("outcome")}
        assert len(texts) == count and len({json.loads(t)["seq"] for t in texts}) == count
        delivered = sum(json.loads(t)["result"] == "delivered" for t in texts)
        assert rig.board.starts(LOCK) == delivered > 0
        wait_for("acknowledged", 60, lambda: rig.ctl("ledger")[1]["unacknowledged"] == 0, 0.3)
        assert rig.ctl("ledger")[1]["balanced"]


def test_a_broker_that_takes_one_at_a_time_is_no_brake():
    with Judge(broker_extra="max_inflight_messages 1") as rig:
        begin = time.monotonic()
        for i in range(30):
            rig.throw("payment", rig.service.sign(rig.service.payment(f"i{i}", amount=1)))
        for i in range(30):
            rig.outcome(f"i{i}")
        assert time.monotonic() - begin < 10


def test_garbage_on_the_local_sockets_disturbs_no_sale():
    with Judge() as rig:
        run, held = os.path.join(rig.folder, "run"), []
        for text in (b"\xff" * 5000, b"{}\n", b'{"command":"status"}\n' * 200, b'{"command":1}\n', b"[" * 4000 + b"\n", b"\0\n"):
            with socket.socket(socket.AF_UNIX) as client:
                client.settimeout(2)
                client.connect(run + "/control.sock")
                try:
                    client.sendall(text)
                except OSError:
                    pass  # it was shown out already
        for _ in range(4):
            client = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            client.connect(run + "/panel.sock")  # and never reads
            held.append(client)
        for i in range(60):
            rig.throw("command", rig.service.sign({"type": "command", "command": "message.show", "args": {"text": f"m{i}"},
                                                   "jti": f"m{i}", "exp": int(time.time()) + 60}, "ops"))
        begin = time.monotonic()
        assert rig.judged(rig.service.pay)["result"] == "delivered"
        assert time.monotonic() - begin < 3
        for client in held:
            client.close()


if __name__ == "__main__":
    run_tests(globals())
