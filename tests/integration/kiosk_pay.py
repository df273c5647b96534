#!/usr/bin/python3
"""kiosk-pay against a stock mosquitto and a kiosk played by this script, which checks every token with PyJWT."""
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

from jwt.algorithms import OKPAlgorithm

from _pay_rig import KIOSK, PROGRAM, Broker, Kiosk, free_port, make_certificates


class KioskPay(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="kiosk-pay-")
        cls.broker = Broker(cls.folder)
        cls.key_file = os.path.join(cls.folder, "psp.jwk")
        subprocess.run([PROGRAM, "keygen", "-o", cls.key_file, "--use", "payment,ack,command"], check=True, capture_output=True)
        with open(cls.key_file) as f:
            jwk = json.load(f)
        del jwk["d"]
        cls.public = OKPAlgorithm.from_jwk(jwk)

    @classmethod
    def tearDownClass(cls):
        cls.broker.stop()
        shutil.rmtree(cls.folder)

    def setUp(self):
        self.kiosk = Kiosk(self.broker.port, self.public)

    def tearDown(self):
        self.kiosk.close()
        self.assertEqual(self.kiosk.bad, [])

    def arguments(self, command, *more):
        return [PROGRAM, command, "-k", self.key_file, "--port", str(self.broker.port), "--host", "127.0.0.1", "--kiosk", KIOSK,
                *more]

    def run_pay(self, command, *more, timeout=40):
        return subprocess.run(self.arguments(command, *more), capture_output=True, text=True, timeout=timeout)

    def pay(self, *more, **kw):
        return self.run_pay("pay", "cola", "--amount", "250", "--currency", "BYN", *more, **kw)

    def test_payment_is_delivered_and_acknowledged(self):
        for version in ("5", "3"):
            done = self.pay("--id", "one" + version, "--mqtt", version)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn("accepted", done.stdout)
            self.assertIn("delivered, verified", done.stdout)
            self.assertTrue(self.kiosk.wait(lambda: ("demo", "one" + version, "delivered") in self.kiosk.acks))
        self.assertEqual(self.kiosk.seen[0]["product"], "cola")
        self.assertEqual(self.kiosk.seen[0]["amount"], 250)

    def test_json_is_one_object(self):
        done = self.pay("--id", "j1", "--json")
        body = json.loads(done.stdout)
        self.assertEqual((body["payment_id"], body["result"], body["receipt_result"], body["acknowledged"]),
                         ("j1", "delivered", "accepted", True))
        self.assertEqual(body["outcome"]["evidence"], {"motor_ms": 1730})
        self.assertGreaterEqual(body["outcome_ms"], 0)

    def test_unanswered_payment_is_sent_again_unchanged(self):
        self.kiosk.mute = 1
        done = self.pay("--id", "again")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(len(self.kiosk.seen), 2)
        self.assertEqual(self.kiosk.seen[0], self.kiosk.seen[1])

    def test_silence_fails_with_advice(self):
        self.kiosk.mute = 1000
        done = self.pay("--id", "silent", "--wait", "1")
        self.assertEqual(done.returncode, 1)
        self.assertIn("no receipt", done.stderr)
        self.assertIn("--id silent", done.stderr)

    def test_refusal_fails_with_its_reason(self):
        self.kiosk.plan["late"] = ("refused", "expired", "refused", "yes")
        done = self.pay("--id", "late", "--age", "10800")
        self.assertEqual(done.returncode, 1)
        self.assertIn("refused: expired, refund yes", done.stderr)
        self.assertAlmostEqual(self.kiosk.seen[0]["paid_at"], time.time() - 10800, delta=30)
        self.assertTrue(self.kiosk.wait(lambda: ("demo", "late", "refused") in self.kiosk.acks))

    def test_repeat_counts_duplicates(self):
        done = self.pay("--id", "dup", "--repeat", "20", "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(json.loads(done.stdout)["receipts"], 20)
        self.assertEqual(len(self.kiosk.seen), 20)

    def test_no_ack_acknowledges_nothing(self):
        self.assertEqual(self.pay("--id", "noack", "--no-ack").returncode, 0)
        time.sleep(0.3)
        self.assertEqual(self.kiosk.acks, [])

    def test_account_and_test_mark_are_signed(self):
        done = self.run_pay("pay", "--account", "12345-1", "--amount", "1", "--currency", "RUB", "--test", "--provider", "erip")
        self.assertEqual(done.returncode, 0, done.stderr)
        claims = self.kiosk.seen[0]
        self.assertEqual((claims["account"], claims["test"], claims["provider"], "product" in claims), ("12345-1", True, "erip", False))

    def test_many_payments_are_counted(self):
        done = self.pay("--count", "300", "--json")
        body = json.loads(done.stdout)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual((body["published"], body["confirmed"] >= 300, body["receipts"]["accepted"], body["outcomes"]["delivered"]),
                         (300, True, 300, 300))
        self.assertEqual(len({c["payment_id"] for c in self.kiosk.seen}), 300)

    def test_rate_is_kept(self):
        begun = time.monotonic()
        self.assertEqual(self.pay("--count", "20", "--rate", "20", "--no-wait").returncode, 0)
        self.assertGreater(time.monotonic() - begun, 0.9)

    def test_flood_reaches_the_broker_whole(self):
        done = self.pay("--count", "5000", "--no-wait", "--json", timeout=120)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(json.loads(done.stdout)["confirmed"], 5000)
        self.assertTrue(self.kiosk.wait(lambda: len(self.kiosk.seen) == 5000, 60), len(self.kiosk.seen))
        self.assertEqual(len({c["payment_id"] for c in self.kiosk.seen}), 5000)

    def test_broker_restart_loses_no_payment(self):
        self.kiosk.mute = 1
        process = subprocess.Popen(self.arguments("pay", "cola", "--amount", "1", "--currency", "BYN", "--id", "outage"),
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.assertTrue(self.kiosk.wait(lambda: len(self.kiosk.seen) == 1))
        self.broker.stop()
        self.broker.start()
        out, err = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 0, err)
        self.assertIn("the broker is gone", err)
        self.assertIn("the broker is back", err)

    def test_command_gets_its_own_answer(self):
        done = self.run_pay("command", "status", "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(json.loads(done.stdout)["data"], {"online": True})
        claims = self.kiosk.commands[0]
        self.assertGreater(claims["exp"], claims["iat"])

    def test_command_arguments_keep_their_types(self):
        done = self.run_pay("command", "stock.set", "product=cola", "stock=8", "on=true", "text=8a", "o={\"a\":1}")
        self.assertEqual(done.returncode, 1)
        self.assertIn("no such command", done.stderr)
        self.assertEqual(self.kiosk.commands[0]["args"], {"product": "cola", "stock": 8, "on": True, "text": "8a", "o": {"a": 1}})

    def test_unanswered_command_fails(self):
        done = self.run_pay("command", "silence", "--wait", "1")
        self.assertEqual(done.returncode, 1)
        self.assertIn("no answer in 1 s", done.stderr)

    def test_ack_is_sent(self):
        done = self.run_pay("ack", "--provider", "erip", "--id", "7", "--result", "failed")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue(self.kiosk.wait(lambda: ("erip", "7", "failed") in self.kiosk.acks))

    def listen(self, *more):
        process = subprocess.Popen(self.arguments("listen", *more), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(lambda: process.poll() is None and process.kill())
        return process

    def test_listen_prints_and_acknowledges(self):
        self.kiosk.say("status", {"online": True, "selling": False, "reasons": ["door_open"]}, True)
        process = self.listen("--ack", "--count", "3")
        first = process.stdout.readline()
        self.assertRegex(first, r"^\d\d:\d\d:\d\d\.\d{3}  status +online, not selling: door_open$")
        self.kiosk.say("event", {"seq": 1, "severity": "alarm", "code": "fire", "detail": "\x1b[2J"})
        self.kiosk.say("outcome", {"seq": 2, "provider": "p", "payment_id": "9", "product": "tea", "amount": 250, "currency": "BYN",
                                   "result": "unknown", "reason": "power_loss", "refund": "review", "evidence": {}})
        out, err = process.communicate(timeout=20)
        self.assertEqual(process.returncode, 0, err)
        self.assertIn("alarm fire", out)
        self.assertNotIn("\x1b", out)
        self.assertIn("p 9: tea 2.50 BYN: unknown: power_loss, refund review", out)
        self.assertTrue(self.kiosk.wait(lambda: ("p", "9", "unknown") in self.kiosk.acks))

    def test_listen_ends_cleanly_on_a_signal(self):
        self.kiosk.say("status", {"online": True, "selling": True, "reasons": []}, True)
        process = self.listen("--json")
        self.assertEqual(json.loads(process.stdout.readline())["topic"], "out/status")
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(10), 0)
        process.communicate()

    def outcome(self, payment_id, result="delivered", refund="no", amount=250):
        return {"seq": 1, "provider": "p", "payment_id": payment_id, "product": "tea", "amount": amount, "currency": "BYN",
                "result": result, "refund": refund, "verified": True, "evidence": {}}

    def serve(self, ledger):
        process = subprocess.Popen(self.arguments("serve", "--ledger", ledger, "--json"), stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True)
        self.addCleanup(lambda: process.poll() is None and process.kill())
        self.kiosk.say("status", {"online": True, "selling": True, "reasons": []}, True)
        totals = json.loads(process.stdout.readline())["totals"]
        self.assertEqual(json.loads(process.stdout.readline())["topic"], "out/status")
        return process, totals

    def test_serve_keeps_a_ledger_over_restarts(self):
        ledger = os.path.join(self.folder, "ledger.jsonl")
        process, totals = self.serve(ledger)
        self.assertEqual(totals["payments"], 0)
        for outcome in (self.outcome("a"), self.outcome("a"), self.outcome("b", "refused", "yes", 300), self.outcome("c", "unknown", "review", 7)):
            self.kiosk.say("outcome", outcome)
        self.assertTrue(self.kiosk.wait(lambda: len(self.kiosk.acks) == 4))
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=10)
        self.assertEqual(process.returncode, 0)
        with open(ledger, "a") as f:
            f.write('{"provider":"p","payment_id":"torn')
        process, totals = self.serve(ledger)
        self.assertEqual((totals["payments"], totals["delivered_minor"], totals["refund_minor"], totals["review_minor"]), (3, 250, 300, 7))
        self.kiosk.say("outcome", self.outcome("d"))
        self.assertTrue(self.kiosk.wait(lambda: ("p", "d", "delivered") in self.kiosk.acks))
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=10)
        with open(ledger) as f:
            self.assertEqual([json.loads(line)["payment_id"] for line in f], ["a", "b", "c", "d"])

    def test_serve_does_not_acknowledge_a_changed_outcome(self):
        ledger = os.path.join(self.folder, "changed.jsonl")
        process, _ = self.serve(ledger)
        self.kiosk.say("outcome", self.outcome("x"))
        self.kiosk.say("outcome", self.outcome("x", "failed", "yes"))
        self.kiosk.say("outcome", self.outcome("y"))
        self.assertTrue(self.kiosk.wait(lambda: ("p", "y", "delivered") in self.kiosk.acks))
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=10)
        self.assertEqual(process.returncode, 1)
        self.assertIn("ALARM", err)
        self.assertEqual(self.kiosk.acks, [("p", "x", "delivered"), ("p", "y", "delivered")])

    def test_missing_broker_is_named(self):
        port = free_port()
        done = subprocess.run([PROGRAM, "listen", "--port", str(port), "--host", "127.0.0.1", "--kiosk", "x"], capture_output=True,
                              text=True, timeout=30)
        self.assertEqual(done.returncode, 1)
        self.assertIn(f"no broker at 127.0.0.1:{port}: Connection refused", done.stderr)

    def test_tls_checks_certificate_name_and_password(self):
        make_certificates(self.folder)
        at = lambda name: os.path.join(self.folder, name)
        for name, text in (("password", "s3cret\n"), ("wrong", "other\n"), ("users", "psp:s3cret\n")):
            with open(os.open(at(name), os.O_WRONLY | os.O_CREAT, 0o600), "w") as f:
                f.write(text)
        subprocess.run(["mosquitto_passwd", "-U", at("users")], check=True)
        broker = Broker(self.folder, "tls.conf", f"cafile {at('ca.pem')}\ncertfile {at('server.pem')}\nkeyfile {at('server.key')}\n"
                                                 f"password_file {at('users')}\nallow_anonymous false\n")
        self.addCleanup(broker.stop)

        def send(host, *more):
            return subprocess.run([PROGRAM, "pay", "cola", "--amount", "1", "--currency", "BYN", "--no-wait", "-k", self.key_file, "--kiosk",
                                   KIOSK, "--port", str(broker.port), "--host", host, *more], capture_output=True, text=True, timeout=40)

        user = ("--user", "psp", "--password-file", at("password"))
        for version in ("5", "3"):
            done = send("localhost", "--ca", at("ca.pem"), "--mqtt", version, *user)
            self.assertEqual(done.returncode, 0, done.stderr)
            done = send("localhost", "--ca", at("ca.pem"), "--mqtt", version, "--user", "psp", "--password-file", at("wrong"))
            self.assertEqual(done.returncode, 1)
            self.assertRegex(done.stderr.lower(), "not authori[sz]ed|password")
        done = send("127.0.0.1", "--ca", at("ca.pem"), *user)
        self.assertEqual(done.returncode, 1)
        self.assertIn('does its certificate name "127.0.0.1"', done.stderr)
        done = send("localhost", *user)
        self.assertEqual(done.returncode, 1)
        self.assertIn("TLS (--ca FILE)", done.stderr)
        self.assertNotIn("s3cret", done.stdout + done.stderr)

    def test_usage_errors_are_2(self):
        for arguments in (["frob"], ["pay"], ["pay", "cola", "--amount", "2.5"], ["listen", "--amount", "1"], ["keygen"],
                          ["sign"], ["command"], ["verify", "x"], ["pay", "cola", "tea", "--amount", "1"]):
            done = subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, timeout=10)
            self.assertEqual(done.returncode, 2, (arguments, done.stderr))
            self.assertNotEqual(done.stderr, "")


if __name__ == "__main__":
    outcome = unittest.main(exit=False, verbosity=1).result
    failed = len(outcome.failures) + len(outcome.errors)
    print(f"{outcome.testsRun - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)
