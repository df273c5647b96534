#!/usr/bin/python3
"""Tokens between kiosk-pay (libsodium, our own JWS) and PyJWT (OpenSSL), both ways, with both algorithms."""
import base64
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwt.algorithms import HMACAlgorithm, OKPAlgorithm

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PROGRAM = os.path.join(ROOT, os.environ.get("KIOSK_BUILD", "build/gcc"), "kiosk-pay")
KIOSK = "minsk-042"


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def payment(**changes):
    now = int(time.time())
    claims = {"iss": "psp", "aud": KIOSK, "jti": "j1", "iat": now, "type": "payment", "provider": "erip", "payment_id": "4711",
              "status": "paid", "amount": 250, "currency": "BYN", "paid_at": now, "product": "cola"}
    claims.update(changes)
    return claims


class Interop(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="jose-interop-")
        cls.random = random.Random(7515)
        cls.ed = Ed25519PrivateKey.generate()
        seed = cls.ed.private_bytes(serialization.Encoding.Raw, serialization.PrivateFormat.Raw, serialization.NoEncryption())
        public = cls.ed.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        cls.public = public
        cls.shared = os.urandom(48)
        cls.ed_file = cls.write("ed.jwk", {"kty": "OKP", "crv": "Ed25519", "kid": "psp", "d": b64(seed), "x": b64(public)})
        cls.hs_file = cls.write("hs.jwk", {"kty": "oct", "kid": "box", "k": b64(cls.shared)})

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    @classmethod
    def write(cls, name, body):
        path = os.path.join(cls.folder, name)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w") as f:
            json.dump(body, f)
        return path

    def judge(self, token, key_file, *more):
        done = subprocess.run([PROGRAM, "verify", "-k", key_file, "--kiosk", KIOSK, "--json", *more], input=token,
                              capture_output=True, text=True, timeout=10)
        body = json.loads(done.stdout)
        self.assertEqual(done.returncode == 0, body["ok"])
        return body["verdict"]

    def ed_token(self, claims, **header):
        return jwt.encode(claims, self.ed, algorithm="EdDSA", headers={"kid": "psp", **header})

    def hs_token(self, claims, **header):
        return jwt.encode(claims, self.shared, algorithm="HS256", headers={"kid": "box", **header})

    def test_pyjwt_tokens_are_accepted(self):
        for i in range(40):
            text = "".join(self.random.choice("aЯ漢🍫\"\\/ é") for _ in range(self.random.randint(1, 64)))
            claims = payment(payment_id=text, amount=self.random.randint(1, 10**12), jti=f"j{i}", aud=[KIOSK, "other"])
            self.assertEqual(self.judge(self.ed_token(claims), self.ed_file), "ok", claims)
            self.assertEqual(self.judge(self.hs_token(claims), self.hs_file), "ok", claims)

    def test_ack_and_command_of_pyjwt_are_accepted(self):
        now = int(time.time())
        ack = {"iss": "p", "aud": KIOSK, "jti": "a", "iat": now, "type": "ack", "provider": "e", "payment_id": "1", "result": "failed"}
        command = {"iss": "p", "aud": KIOSK, "jti": "c", "iat": now, "exp": now + 60, "type": "command", "command": "status", "args": {}}
        commander = self.write("ops.jwk", {"kty": "oct", "kid": "box", "k": b64(self.shared), "kiosk_use": ["command"]})
        self.assertEqual(self.judge(self.ed_token(ack), self.ed_file), "ok")
        self.assertEqual(self.judge(self.hs_token(command), commander), "ok")
        self.assertEqual(self.judge(self.hs_token(command), self.hs_file), "wrong_use")
        self.assertEqual(self.judge(self.ed_token(ack), self.ed_file, "--type", "payment"), "wrong_type")

    def test_strangers_tokens_are_refused(self):
        other = jwt.encode(payment(), Ed25519PrivateKey.generate(), algorithm="EdDSA", headers={"kid": "psp"})
        self.assertEqual(self.judge(other, self.ed_file), "bad_signature")
        other = jwt.encode(payment(), os.urandom(48), algorithm="HS256", headers={"kid": "box"})
        self.assertEqual(self.judge(other, self.hs_file), "bad_signature")
        self.assertEqual(self.judge(self.ed_token(payment(), kid="nobody"), self.ed_file), "unknown_key")

    def test_swapped_algorithms_are_refused(self):
        none = jwt.encode(payment(), None, algorithm="none", headers={"kid": "psp"})
        self.assertEqual(self.judge(none, self.ed_file), "wrong_alg")
        confused = jwt.encode(payment(), self.public, algorithm="HS256", headers={"kid": "psp"})
        self.assertEqual(self.judge(confused, self.ed_file), "wrong_alg")
        self.assertEqual(self.judge(jwt.encode(payment(), self.shared, algorithm="HS512", headers={"kid": "box"}), self.hs_file),
                         "wrong_alg")

    def test_extensions_that_must_be_understood_are_refused(self):
        self.assertEqual(self.judge(self.ed_token(payment(), crit=["x"], x=1), self.ed_file), "malformed")
        self.assertEqual(self.judge(self.ed_token(payment(), x=1), self.ed_file), "ok")

    def test_audience_and_claims_are_judged(self):
        self.assertEqual(self.judge(self.ed_token(payment(aud="minsk-043")), self.ed_file), "wrong_kiosk")
        for changes in ({"amount": 250.0}, {"amount": "250"}, {"amount": 0}, {"currency": "byn"}, {"status": "pending"},
                        {"paid_at": time.time()}, {"account": "1"}, {"test": 1}, {"iat": "now"}, {"payment_id": "x" * 65}):
            self.assertEqual(self.judge(self.ed_token(payment(**changes)), self.ed_file), "bad_claims", changes)

    def test_any_changed_character_is_refused(self):
        alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        for make, key_file in ((self.ed_token, self.ed_file), (self.hs_token, self.hs_file)):
            token = make(payment())
            for at in self.random.sample(range(len(token)), 60) + [len(token) - 1]:
                changed = token[:at] + self.random.choice([c for c in alphabet if c != token[at]]) + token[at + 1:]
                self.assertNotEqual(self.judge(changed, key_file), "ok")

    def sign(self, key_file, *more):
        done = subprocess.run([PROGRAM, "sign", "-k", key_file, "--kiosk", KIOSK, "--type", "payment", "--product", "cola", "--amount",
                               "250", "--currency", "BYN", *more], capture_output=True, text=True, timeout=10, check=True)
        return done.stdout.strip()

    def test_pyjwt_accepts_our_tokens(self):
        for i in range(20):
            text = "".join(self.random.choice("aЯ漢🍫\"\\/ é") for _ in range(self.random.randint(1, 64)))
            for key_file, key, alg, kid in ((self.ed_file, self.ed.public_key(), "EdDSA", "psp"), (self.hs_file, self.shared, "HS256", "box")):
                token = self.sign(key_file, "--id", text, "--expires", "60")
                self.assertEqual(jwt.get_unverified_header(token), {"alg": alg, "typ": "JWT", "kid": kid})
                claims = jwt.decode(token, key, algorithms=[alg], audience=KIOSK, options={"require": ["exp", "iat", "aud", "iss", "jti"]})
                self.assertEqual((claims["payment_id"], claims["amount"], claims["type"]), (text, 250, "payment"))

    def test_documented_token_is_what_both_sides_make(self):
        with open(os.path.join(ROOT, "docs", "messages.md"), encoding="utf-8") as f:
            text = f.read()
        claims = re.search(r"^claims +(\{.*\})$", text, re.M).group(1)
        token = "".join(re.search(r"^token +(\S+)\n +(\S+)\n +(\S+)$", text, re.M).groups())
        public = re.search(r'public = "([^"]+)"', text).group(1)
        seed = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"  # RFC 8037 appendix A.1
        path = self.write("rfc8037.jwk", {"kty": "OKP", "crv": "Ed25519", "kid": "psp-2026", "d": seed, "x": public})
        made = subprocess.run([PROGRAM, "sign", "-k", path, "--claims", "-"], input=claims, capture_output=True, text=True, check=True)
        self.assertEqual(made.stdout.strip(), token)
        with open(path, encoding="utf-8") as f:
            key = OKPAlgorithm.from_jwk(f.read())
        signed, _, signature = token.rpartition(".")
        self.assertEqual(b64(OKPAlgorithm().sign(signed.encode(), key)), signature)
        self.assertEqual(self.judge(token, path), "ok")

    def test_manual_names_every_option(self):
        with open(os.path.join(ROOT, "docs", "man", "kiosk-pay.1"), encoding="utf-8") as f:
            manual = f.read().replace("\\", "")
        for command in ("keygen", "public", "sign", "verify", "pay", "ack", "command", "listen", "serve"):
            self.assertIn(command, manual)
            text = subprocess.run([PROGRAM, command, "--help"], capture_output=True, text=True, check=True).stdout
            for option in re.findall(r"^ .{4}(--[a-z-]+)", text, re.M):
                self.assertIn(option, manual, command)

    def test_key_files_are_json_web_keys(self):
        for alg, loader in (("EdDSA", OKPAlgorithm), ("HS256", HMACAlgorithm)):
            path = os.path.join(self.folder, "made-" + alg)
            subprocess.run([PROGRAM, "keygen", "-o", path, "--alg", alg], check=True, capture_output=True)
            self.assertEqual(os.stat(path).st_mode & 0o777, 0o600)
            with open(path) as f:
                key = loader.from_jwk(f.read())
            kid = json.loads(subprocess.run([PROGRAM, "public", "-k", path, "--json"], capture_output=True, check=True).stdout)["kid"]
            self.assertEqual(self.judge(jwt.encode(payment(), key, algorithm=alg, headers={"kid": kid}), path), "ok")
        with open(path + ".secret", "rb") as f:
            self.assertEqual(f.read().rstrip(b"\n"), key)
        self.assertEqual(subprocess.run([PROGRAM, "keygen", "-o", path], capture_output=True).returncode, 1)

    def test_secrets_stay_out_of_the_output(self):
        path = os.path.join(self.folder, "quiet")
        done = subprocess.run([PROGRAM, "keygen", "-o", path, "--alg", "HS256"], capture_output=True, text=True)
        with open(path + ".secret") as f:
            self.assertNotIn(f.read().strip(), done.stdout + done.stderr)


if __name__ == "__main__":
    outcome = unittest.main(exit=False, verbosity=1).result
    failed = len(outcome.failures) + len(outcome.errors)
    print(f"{outcome.testsRun - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)
