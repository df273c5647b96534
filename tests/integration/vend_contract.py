#!/usr/bin/python3
"""A vend from outside: only the contract, a real broker, a real Modbus server, a signer of its own."""
import json
import os
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from _rig import Rig, run_tests, wait_for  # noqa: E402

MOTOR = 0


def settle(rig, payment_id, seconds=15):
    return rig.service.wait("outcome", seconds, payment_id=payment_id)


def nothing_moved(rig):
    assert rig.board.starts(MOTOR) == 0, rig.board.writes


def test_a_payment_turns_the_motor_once_and_is_told_truly():
    with Rig() as rig:
        paid = rig.service.pay()
        receipt = rig.service.wait("receipt", payment_id=paid)
        assert receipt["result"] == "accepted" and receipt["provider"] == "psp", receipt
        outcome = settle(rig, paid)
        assert outcome["result"] == "delivered" and outcome["verified"] is True and outcome["refund"] == "no", outcome
        assert outcome["product"] == "cola" and outcome["device"] == "a1" and outcome["amount"] == 250, outcome
        assert outcome["attempts"] == 1 and outcome["evidence"]["drop_ms"] > 0, outcome
        assert rig.board.starts(MOTOR) == 1 and rig.board.dropped == 1 and not rig.board.coils[MOTOR]
        wait_for("acknowledged", 5, lambda: rig.ctl("status")[1]["store"]["unacknowledged"] == 0)
        stock = [p["stock"] for p in rig.service.wait("availability")["products"] if p["id"] == "cola"]
        assert stock == [7], stock


def test_a_duplicate_moves_nothing_and_gets_the_same_outcome():
    with Rig() as rig:
        payment = rig.service.payment("twice")
        for _ in range(20):
            rig.service.publish("payment", rig.service.sign(payment))
        first = settle(rig, "twice")
        for _ in range(20):
            rig.service.publish("payment", rig.service.sign(payment))
        rig.service.wait("receipt", count=40, payment_id="twice")
        receipts = [r["result"] for r in rig.service.seen("receipt", payment_id="twice")]
        assert receipts.count("accepted") == 1 and receipts.count("duplicate") == 39, receipts
        assert all(o == first for o in rig.service.seen("outcome", payment_id="twice"))
        assert rig.board.starts(MOTOR) == 1


def test_every_refusal_names_its_reason_and_gives_the_money_back():
    with Rig() as rig:
        cases = [("expired", {"paid_at": int(time.time()) - 3 * 3600}), ("wrong_amount", {"amount": 200}),
                 ("wrong_currency", {"currency": "EUR"}), ("unknown_product", {"product": "beer"}),
                 ("test_payment", {"test": True}), ("unknown_product", {"product": None, "account": "nobody"}),
                 ("clock_untrusted", {"paid_at": int(time.time()) + 3600})]
        for reason, claims in cases:
            paid = rig.service.pay(**claims)
            outcome = settle(rig, paid)
            assert (outcome["result"], outcome["reason"], outcome["refund"]) == ("refused", reason, "yes"), outcome
            receipt = rig.service.wait("receipt", payment_id=paid)
            assert (receipt["result"], receipt["reason"]) == ("refused", reason), receipt
        paid = rig.service.pay(retain=True)
        settle(rig, paid)
        rig.service.publish("payment", "", retain=True)
        nothing_moved(rig)


def test_a_planted_retained_payment_moves_nothing_at_the_next_start():
    with Rig(start=False) as rig:
        paid = rig.service.pay(retain=True)
        rig.start()
        time.sleep(1)
        nothing_moved(rig)
        for outcome in rig.service.seen("outcome", payment_id=paid):
            assert outcome["reason"] == "retained", outcome


def test_the_account_names_the_product_too():
    with Rig() as rig:
        paid = rig.service.pay(product=None, account="acc-cola")
        assert settle(rig, paid)["result"] == "delivered"


def test_the_same_id_with_another_amount_is_a_conflict_and_the_first_stands():
    with Rig() as rig:
        rig.service.pay("same")
        first = settle(rig, "same")
        rig.service.pay("same", amount=251)
        receipt = rig.service.wait("receipt", payment_id="same", result="refused")
        assert receipt["reason"] == "conflicting_duplicate", receipt
        rig.service.wait("event", code="conflicting_duplicate")
        assert rig.board.starts(MOTOR) == 1
        assert all(o == first for o in rig.service.seen("outcome", payment_id="same"))


def test_what_is_not_genuine_gets_no_answer_and_is_counted():
    with Rig() as rig:
        service = rig.service
        good = service.payment("forged")
        token = service.sign(good)
        head, body, mark = token.split(".")
        flipped = ("A" if mark[0] != "A" else "B") + mark[1:]
        bad = [f"{head}.{body}.{flipped}", f"{head}.{body}.", f"{head}.{body}", "", "x" * 20000, "\x00\xff", "{}",
               service.sign({**good, "aud": "other"}), service.sign(good, kid="ops"), service.sign({**good, "amount": 2.5}),
               service.sign({**good, "amount": -1}), service.sign({**good, "type": "ack"}),
               service.sign({**good, "status": "failed"}), service.sign({**good, "payment_id": "x" * 65}),
               service.sign({k: v for k, v in good.items() if k != "provider"})]
        for message in bad:
            service.publish("payment", message)
        paid = service.pay("genuine")
        settle(rig, paid)
        assert not service.seen("receipt", payment_id="forged") and not service.seen("outcome", payment_id="forged")
        wait_for("all counted", 10, lambda: sum(
            e.get("count", 1) for e in service.seen("event", code="message_rejected")) >= len(bad) - 1)
        assert rig.board.starts(MOTOR) == 1


def test_sold_out_is_said_before_and_refused_after():
    with Rig(stock=1) as rig:
        settle(rig, rig.service.pay("last"))
        wait_for("sold out is shown", 5, lambda: not rig.selling())
        reason = [p["reason"] for p in rig.service.wait("availability")["products"] if p["id"] == "cola"]
        assert reason == ["sold_out"], reason
        assert settle(rig, rig.service.pay("too late"))["reason"] == "sold_out"
        assert rig.board.starts(MOTOR) == 1


def test_an_open_door_hides_the_code_and_refuses():
    with Rig() as rig:
        rig.board.discretes[2] = False
        wait_for("not selling", 5, lambda: not rig.selling())
        wait_for("said in the status", 5, lambda: "door_open" in rig.service.seen("status")[-1]["reasons"])
        outcome = settle(rig, rig.service.pay())
        assert (outcome["reason"], outcome["refund"]) == ("out_of_service", "yes"), outcome
        rig.board.discretes[2] = True
        wait_for("selling again", 5, rig.selling)
        nothing_moved(rig)


def test_a_dead_board_hides_its_products_and_is_back_by_itself():
    with Rig() as rig:
        rig.board.stop()
        wait_for("hidden within 2 s", 3.5, lambda: not rig.selling())
        outcome = settle(rig, rig.service.pay("while dead"))
        assert (outcome["result"], outcome["refund"]) == ("refused", "yes"), outcome
        rig.board.start()
        wait_for("selling again", 15, rig.selling)
        assert settle(rig, rig.service.pay("after"))["result"] == "delivered"
        assert rig.board.starts(MOTOR) == 1


def test_a_jam_is_stopped_and_never_tried_again():
    with Rig() as rig:
        rig.board.machines[0].jam = True
        outcome = settle(rig, rig.service.pay("jam"))
        assert outcome["result"] in ("unknown", "failed") and outcome["verified"] is False, outcome
        assert not rig.board.coils[MOTOR]
        wait_for("slot off", 5, lambda: not rig.selling())
        assert settle(rig, rig.service.pay("next"))["reason"] == "out_of_service"
        assert rig.board.starts(MOTOR) == 1


def test_a_dead_motor_is_a_failure_with_refund():
    with Rig() as rig:
        rig.board.machines[0].dead = True
        outcome = settle(rig, rig.service.pay())
        assert (outcome["result"], outcome["reason"], outcome["refund"]) == ("failed", "no_movement", "yes"), outcome
        assert not rig.board.coils[MOTOR]


def test_a_stuck_beam_is_a_refusal_not_a_riddle():
    with Rig() as rig:
        rig.board.beam_stuck = True
        wait_for("slot hidden", 5, lambda: not rig.selling())
        outcome = settle(rig, rig.service.pay())
        assert (outcome["result"], outcome["refund"]) == ("refused", "yes"), outcome
        nothing_moved(rig)


def test_five_payments_at_once_move_one_after_the_other():
    with Rig() as rig:
        ids = [rig.service.pay(f"p{i}") for i in range(5)]
        for paid in ids:
            assert settle(rig, paid, 30)["result"] == "delivered"
        assert rig.board.starts(MOTOR) == 5 and rig.board.dropped == 5


def test_a_relay_without_feedback_never_claims_evidence():
    with Rig() as rig:
        outcome = settle(rig, rig.service.pay(product="tea", amount=100))
        assert (outcome["result"], outcome["verified"]) == ("delivered", False), outcome
        assert rig.board.starts(3) == 1 and not rig.board.coils[3]


def test_mqtt_3_1_1_sells_too():
    with Rig(version=3) as rig:
        assert settle(rig, rig.service.pay())["result"] == "delivered"


def test_status_and_telemetry_say_what_they_should():
    with Rig() as rig:
        settle(rig, rig.service.pay())
        status = rig.service.wait("status", online=True, selling=True)
        assert status["reasons"] == [] and status["boot_id"] and status["version"] and status["since"] > 0
        telemetry = wait_for("telemetry counts the sale", 6, lambda: [
            t for t in rig.service.seen("telemetry") if t["counters"]["delivered"] == 1])[-1]
        assert telemetry["payment_to_movement"]["count"] == 1 and telemetry["payment_to_movement"]["max_us"] > 0
        rig.kill()
        offline = rig.service.wait("status", 15, online=False)
        assert offline["boot_id"] == status["boot_id"], (offline, status)
        json.dumps(telemetry)


if __name__ == "__main__":
    run_tests(globals())
