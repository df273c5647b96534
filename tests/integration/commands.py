#!/usr/bin/python3
"""Orders of the fleet operator: each answered once by its jti, also when it comes twice."""
import base64
import hashlib
import json
import os
import socket
import sys
import time
import uuid

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from _rig import CONFIG, Rig, run_tests, wait_for  # noqa: E402

MOTOR = 0


def answer(rig, name, args=None, seconds=15):
    return rig.service.wait("result", seconds, jti=rig.service.command(name, args))


def settle(rig, payment_id, seconds=15):
    return rig.service.wait("outcome", seconds, payment_id=payment_id)


def test_a_command_that_comes_twice_runs_once_and_is_answered_once():
    with Rig() as rig:
        jti = uuid.uuid4().hex
        for _ in range(3):
            rig.service.command("device.test", {"device": "a1"}, jti)
        result = rig.service.wait("result", jti=jti)
        assert result["ok"] and result["data"]["result"] == "delivered", result
        rig.service.command("device.test", {"device": "a1"}, jti)
        answer(rig, "status")
        assert len(rig.service.seen("result", jti=jti)) == 1
        assert rig.board.starts(MOTOR) == 1
        rig.kill()
        rig.start()
        rig.service.command("device.test", {"device": "a1"}, jti)
        answer(rig, "status")
        assert len(rig.service.seen("result", jti=jti)) == 1 and rig.board.starts(MOTOR) == 1


def test_a_payers_code_is_refused_and_kept_nowhere():
    payer = "hQVDUFYwMWFPNEAAAAGQECFQA5VSU0FET1c="
    with Rig() as rig:
        for name, args in (("price.set", {"product": "cola", "price": 300, "qr": payer}), ("message.show", {"text": " " + payer})):
            result = answer(rig, name, args)
            assert not result["ok"] and "payer's code" in result["error"], result
        assert rig.ctl("message", payer)[0] != 0
        rig.kill()
        for folder, _, files in os.walk(rig.folder):
            for path in filter(os.path.isfile, (os.path.join(folder, f) for f in files if "mosquitto" not in f)):
                assert b"MWFPNE" not in open(path, "rb").read(), path
        assert not any(b"MWFPNE" in str(m).encode() for m in rig.service.messages)


def test_status_products_log_and_telemetry_answer_with_data():
    with Rig() as rig:
        status = answer(rig, "status")
        assert status["ok"] and status["data"]["selling"] is True, status
        products = answer(rig, "products")["data"]["products"]
        assert [p["id"] for p in products] == ["cola", "tea"] and products[0]["price"] == 250, products
        lines = answer(rig, "log", {"limit": 5})["data"]["lines"]
        assert 0 < len(lines) <= 5, lines


def test_stock_set_is_kept_over_a_restart():
    with Rig(stock=1) as rig:
        settle(rig, rig.service.pay("a"))
        wait_for("sold out", 5, lambda: not rig.selling())
        assert answer(rig, "stock.set", {"product": "cola", "stock": 5})["ok"]
        wait_for("selling", 5, rig.selling)
        rig.kill()
        rig.start()
        assert rig.service.wait("availability")["products"][0]["stock"] == 5


def test_a_disabled_product_is_hidden_and_refused_until_enabled():
    with Rig() as rig:
        assert answer(rig, "product.disable", {"product": "cola"})["ok"]
        wait_for("hidden", 5, lambda: not rig.selling())
        rig.kill()
        rig.start(wait=False)
        assert settle(rig, rig.service.pay("x"))["reason"] == "out_of_service"
        assert answer(rig, "product.enable", {"product": "cola"})["ok"]
        wait_for("selling", 5, rig.selling)
        assert rig.board.starts(MOTOR) == 0


def test_a_new_price_counts_for_new_payments_and_the_old_one_for_old_ones():
    with Rig() as rig:
        before = int(time.time()) - 30
        result = answer(rig, "price.set", {"product": "cola", "price": 300, "qr": "https://pay.example/cola-300"})
        assert result["ok"], result
        wait_for("new price told", 5, lambda: rig.service.wait("availability")["products"][0]["price"] == 300)
        assert settle(rig, rig.service.pay("old", paid_at=before))["result"] == "delivered"
        time.sleep(1.1)
        assert settle(rig, rig.service.pay("cheap"))["reason"] == "wrong_amount"
        assert settle(rig, rig.service.pay("new", amount=300))["result"] == "delivered"
        rig.kill()
        rig.start()
        assert settle(rig, rig.service.pay("after", amount=300))["result"] == "delivered"


def test_a_code_with_another_amount_is_not_taken_with_the_price():
    with Rig() as rig:
        code = ("00020101021132480010by.raschet01074440631101312345-1-K7S0312021252045814530393354042.505802BY"
                "5909KIOSKTEST6005Minsk6304954A")
        result = answer(rig, "price.set", {"product": "cola", "price": 300, "qr": code})
        assert not result["ok"] and "qr" in result["error"], result
        assert rig.service.wait("availability")["products"][0]["price"] == 250


def shown_code(rig, product):
    """What a screen is told to show for it now."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as panel:
        panel.settimeout(5)
        panel.connect(os.path.join(rig.folder, "run/panel.sock"))
        snapshot = json.loads(panel.recv(1 << 18))
    return next(p["qr"] for p in snapshot["products"] if p["id"] == product)


def test_a_code_of_fields_is_built_anew_for_the_new_price():
    fields = 'qr = {{ erip = {{ service = "4440631"; url = ""; country = ""; }}; }}'
    with Rig(config=CONFIG.replace('qr = "https://pay.example/cola"', fields)) as rig:
        def code(amount):
            text = f"00020101021132430010by.raschet010744406311008acc-cola12021253039335404{amount}"
            return text + "6304" + hashlib.sha256(text.encode()).hexdigest()[-4:].upper()
        wait_for("the code for 2.50", 10, lambda: shown_code(rig, "cola") == code("2.50"))
        result = answer(rig, "price.set", {"product": "cola", "price": 305})
        assert result["ok"], result
        wait_for("the code for 3.05", 10, lambda: shown_code(rig, "cola") == code("3.05"))
        later = answer(rig, "price.set", {"product": "cola", "price": 410, "from": int(time.time()) + 3600})
        assert not later["ok"] and "later" in later["error"], later
        rig.kill()
        rig.start()
        wait_for("the code outlives a restart", 10, lambda: shown_code(rig, "cola") == code("3.05"))


def test_a_restart_is_answered_and_does_not_repeat_itself():
    with Rig() as rig:
        boot = rig.service.wait("status", online=True)["boot_id"]
        jti = rig.service.command("restart")
        assert rig.service.wait("result", jti=jti)["ok"]
        again = wait_for("a new boot", 15, lambda: [
            s for s in rig.service.seen("status", online=True) if s["boot_id"] != boot])[-1]["boot_id"]
        wait_for("selling", 15, rig.selling)
        time.sleep(1)
        boots = {s["boot_id"] for s in rig.service.seen("status", online=True)}
        assert boots == {boot, again}, boots
        assert settle(rig, rig.service.pay("z"))["result"] == "delivered"


def test_a_restart_with_a_faulty_file_is_refused_and_the_daemon_sells_on():
    with Rig(simulate=True) as rig:
        text = open(rig.config_file).read()
        with open(rig.config_file, "w") as f:
            f.write(text.replace("price = 250", "prise = 250"))
        result = answer(rig, "restart")
        assert not result["ok"] and "has faults" in result["error"], result
        assert any("products[0].prise: unknown key" in fault for fault in result["data"]["faults"]), result
        status, said = rig.ctl("restart")
        assert status == 1 and len(said["faults"]) == 2, (status, said)
        os.unlink(rig.config_file)
        assert not answer(rig, "restart")["ok"]
        assert len({s["boot_id"] for s in rig.service.seen("status")}) == 1
        assert settle(rig, rig.service.pay("z"))["result"] == "delivered"
        with open(rig.config_file, "w") as f:
            f.write(text)
        assert rig.ctl("restart")[0] == 0
        wait_for("a new boot", 15, lambda: len({s["boot_id"] for s in rig.service.seen("status", online=True)}) == 2)


def test_a_locker_that_was_sold_and_stands_open_raises_no_event():
    config = CONFIG.replace('kind = "relay"; output = "lock";', 'kind = "lock"; output = "lock"; door = "shut";')
    config = config.replace("lines = {{", 'lines = {{ shut = {{ driver = "sim"; direction = "in"; }};', 1)
    assert 'kind = "lock"' in config and "shut = {{" in config, config
    with Rig(simulate=True, config=config) as rig:
        assert settle(rig, rig.service.pay("l", product="tea", amount=100))["result"] == "delivered"
        reason = wait_for("no code for an open locker", 5, lambda: rig.ctl("why", "tea")[1]["holds"])[0]["hold"]
        assert reason == "still_open", reason
        wait_for("shut and sold again", 15, lambda: rig.ctl("why", "tea")[1]["can_sell"])
        assert rig.service.seen("event", code="sensor_stuck") == []


def test_wrong_orders_are_told_what_is_wrong():
    with Rig() as rig:
        cases = [("fly", {}, "no command"), ("device.test", {"device": "zz"}, "no device"),
                 ("device.test", {}, "device"), ("stock.set", {"product": "cola", "stock": -1}, "stock"),
                 ("stock.set", {"product": "nope", "stock": 1}, "no product"), ("product.disable", {}, "product"),
                 ("price.set", {"product": "cola", "price": 0, "qr": "x"}, "price"),
                 ("message.show", {"text": "x" * 65}, "text"), ("stock.set", {"product": "cola", "stok": 1}, "args.stok"),
                 ("machine.disable", {"product": "cola"}, "args.product")]
        for name, args, word in cases:
            result = answer(rig, name, args)
            assert not result["ok"] and word in result["error"], (name, result)
        jti = rig.service.command("device.test", {"device": "a1"}, exp=-10)
        assert rig.service.wait("result", jti=jti)["error"] == "expired"
        assert rig.board.starts(MOTOR) == 0


def test_a_message_is_shown_and_a_screenshot_comes_back():
    with Rig() as rig:
        assert answer(rig, "message.show", {"text": "Back at noon"})["ok"]
        assert rig.ctl("status")[1]["message"] == "Back at noon"
        result = answer(rig, "screenshot", seconds=20)
        assert result["ok"], result
        assert base64.b64decode(result["data"]["png"])[:8] == b"\x89PNG\r\n\x1a\n"


def test_kioskctl_does_what_the_fleet_can():
    with Rig(stock=1) as rig:
        settle(rig, rig.service.pay("ctl-1"))
        code, why = rig.ctl("why", "cola")
        assert code == 0 and why["can_sell"] is False and why["holds"][0]["hold"] == "sold_out", why
        assert rig.ctl("refill", "cola", "4")[0] == 0
        wait_for("selling", 5, rig.selling)
        code, tested = rig.ctl("test", "a1")
        assert code == 0 and tested["result"] == "delivered" and tested["verified"] is True, tested
        code, found = rig.ctl("payments", "--find", "ctl-1")
        assert code == 0 and found["payments"][0]["result"] == "delivered", found
        for words in (["status"], ["products"], ["devices"], ["lines"], ["events"], ["log"], ["ledger"], ["version"]):
            code, data = rig.ctl(*words)
            assert code == 0 and isinstance(data, dict), (words, data)
        assert rig.ctl("disable")[0] == 0
        wait_for("machine off", 5, lambda: not rig.selling())
        assert rig.ctl("enable")[0] == 0
        wait_for("machine on", 5, rig.selling)
        assert rig.ctl("why", "nothing")[0] == 1


if __name__ == "__main__":
    run_tests(globals())
