"""For kiosk_pay.py: a broker, certificates, and a kiosk that checks every token and answers as the contract says."""
import datetime
import getpass
import json
import os
import socket
import subprocess
import threading
import time

import jwt
import paho.mqtt.client as mqtt
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PROGRAM = os.path.join(ROOT, os.environ.get("KIOSK_BUILD", "build/gcc"), "kiosk-pay")
KIOSK = "minsk-042"


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def make_certificates(folder):
    """ca.pem, and server.pem with server.key for the name localhost."""
    now = datetime.datetime.utcnow()

    def issue(name, key, issuer, issuer_key, extension):
        return (x509.CertificateBuilder().subject_name(name).issuer_name(issuer).public_key(key.public_key())
                .serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(days=1))
                .not_valid_after(now + datetime.timedelta(days=2)).add_extension(extension, False)
                .sign(issuer_key, hashes.SHA256()))

    keys = [ec.generate_private_key(ec.SECP256R1()) for _ in range(2)]
    names = [x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, n)]) for n in ("test ca", "localhost")]
    ca = issue(names[0], keys[0], names[0], keys[0], x509.BasicConstraints(True, None))
    server = issue(names[1], keys[1], names[0], keys[0], x509.SubjectAlternativeName([x509.DNSName("localhost")]))
    pem = serialization.Encoding.PEM
    for file, data in (("ca.pem", ca.public_bytes(pem)), ("server.pem", server.public_bytes(pem)),
                       ("server.key", keys[1].private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))):
        with open(os.path.join(folder, file), "wb") as f:
            f.write(data)


class Broker:
    def __init__(self, folder, name="mosquitto.conf", settings="allow_anonymous true\nmax_queued_messages 0\n"):
        self.port = free_port()
        self.config = os.path.join(folder, name)
        with open(self.config, "w") as f:
            # Started as root, mosquitto would give up its rights and then not read our files.
            f.write(f"user {getpass.getuser()}\nlistener {self.port} 127.0.0.1\n{settings}")
        self.process = None
        self.start()

    def start(self):
        self.process = subprocess.Popen(["mosquitto", "-c", self.config], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.02)
        raise RuntimeError("mosquitto does not start")

    def stop(self):
        self.process.terminate()
        self.process.wait(10)


class Kiosk:
    """Answers as the contract says. `plan` maps a payment id to (receipt, reason, outcome, refund)."""

    def __init__(self, port, key):
        self.key = key
        self.seen, self.acks, self.commands, self.retained, self.bad = [], [], [], [], []
        self.mute = 0  # payments to swallow
        self.plan = {}
        self.known = set()
        self.changed = threading.Condition()
        self.client = mqtt.Client(protocol=mqtt.MQTTv5)
        self.client.on_message = self.on_message
        self.client.on_connect = lambda c, *_: c.subscribe(f"kiosk/{KIOSK}/in/#", 1)
        self.ready = threading.Event()
        self.client.on_subscribe = lambda *_: self.ready.set()
        self.client.connect("127.0.0.1", port)
        self.client.loop_start()
        assert self.ready.wait(10)

    def close(self):
        self.client.disconnect()
        self.client.loop_stop()

    def say(self, name, body, retain=False):
        self.client.publish(f"kiosk/{KIOSK}/out/{name}", json.dumps(body), 1, retain)

    def wait(self, condition, seconds=10):
        with self.changed:
            return self.changed.wait_for(condition, seconds)

    def on_message(self, client, user, message):
        kind = message.topic.rsplit("/", 1)[1]
        with self.changed:
            try:
                claims = jwt.decode(message.payload.decode(), self.key, algorithms=["EdDSA"], audience=KIOSK)
                assert claims["type"] == kind
            except Exception as error:  # whatever is wrong belongs into the test's report
                self.bad.append(repr(error))
                return
            finally:
                self.changed.notify_all()
            getattr(self, "on_" + kind)(claims, message)
            self.changed.notify_all()

    def on_payment(self, claims, message):
        self.seen.append(claims)
        self.retained.append(message.retain)
        if self.mute > 0:
            self.mute -= 1
            return
        key = {"provider": claims["provider"], "payment_id": claims["payment_id"]}
        receipt, reason, result, refund = self.plan.get(claims["payment_id"], ("accepted", None, "delivered", "no"))
        if claims["payment_id"] in self.known and receipt == "accepted":
            receipt = "duplicate"
        self.known.add(claims["payment_id"])
        body = dict(key, result=receipt, boot_id="b", at=int(time.time()))
        if reason:
            body["reason"] = reason
        self.say("receipt", body)
        if result:
            outcome = dict(key, seq=len(self.seen), product=claims.get("product", ""), device="a1", amount=claims["amount"],
                           currency=claims["currency"], result=result, verified=result == "delivered", refund=refund, attempts=1,
                           paid_at=claims["paid_at"], received_at=1, finished_at=2, evidence={"motor_ms": 1730})
            if reason:
                outcome["reason"] = reason
            self.say("outcome", outcome)

    def on_ack(self, claims, message):
        self.acks.append((claims["provider"], claims["payment_id"], claims["result"]))

    def on_command(self, claims, message):
        self.commands.append(claims)
        if claims["command"] == "silence":
            return
        if claims["command"] == "status":
            self.say("result", {"jti": "of-someone-else", "ok": False, "error": "not yours"})
            self.say("result", {"jti": claims["jti"], "ok": True, "data": {"online": True}})
        else:
            self.say("result", {"jti": claims["jti"], "ok": False, "error": "no such command"})
