"""Real parts around the real programs: a broker, a Modbus board (pymodbus) with a vending spiral, a signer (PyJWT).

Everything runs on loopback with free ports, in a folder of its own, and is ended by pid.
"""
import base64
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import uuid

import jwt
import paho.mqtt.client as paho
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from _board import Board, Spiral, free_port, wait_for  # noqa: E402, F401

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.join(TOP, os.environ.get("KIOSK_BUILD", "build/gcc"))
KIOSK = "test-1"


class Broker:
    """mosquitto on a free port; kept sessions as in production defaults, persistence by choice."""

    def __init__(self, folder, extra=""):
        self.port = free_port()
        self.config = os.path.join(folder, "mosquitto.conf")
        self.log = os.path.join(folder, "mosquitto.log")
        with open(self.config, "w") as f:
            f.write(f"listener {self.port} 127.0.0.1\nallow_anonymous true\nmax_queued_messages 0\n{extra}\n")
        self.process = None
        self.start()

    def start(self):
        program = shutil.which("mosquitto") or "/usr/sbin/mosquitto"
        self.process = subprocess.Popen([program, "-c", self.config], stdout=open(self.log, "ab"),
                                        stderr=subprocess.STDOUT)
        wait_for("broker listens", 10, self.listens)

    def listens(self):
        with socket.socket() as s:
            return s.connect_ex(("127.0.0.1", self.port)) == 0

    def stop(self, how=signal.SIGTERM):
        if self.process and self.process.poll() is None:
            self.process.send_signal(how)
            if how != signal.SIGSTOP:
                self.process.wait(10)


class Service:
    """The payment service and the fleet: signs with PyJWT, speaks MQTT, remembers what the kiosk said."""

    def __init__(self, broker, kiosk=KIOSK):
        self.kiosk = kiosk
        self.keys = {"psp": Ed25519PrivateKey.generate(), "ops": Ed25519PrivateKey.generate()}
        self.messages = []
        self.lock = threading.Lock()
        self.port = broker.port
        self.auto_ack = True
        self.client = self.connect()

    def connect(self):
        if hasattr(paho, "CallbackAPIVersion"):
            client = paho.Client(paho.CallbackAPIVersion.VERSION1, client_id="service-" + uuid.uuid4().hex[:8])
        else:
            client = paho.Client(client_id="service-" + uuid.uuid4().hex[:8])
        up = threading.Event()

        def on_connect(c, *_):
            c.subscribe(f"kiosk/{self.kiosk}/out/#", 1)

        client.on_connect = on_connect
        client.on_subscribe = lambda *_: up.set()
        client.on_message = self.on_message
        client.connect("127.0.0.1", self.port, 60)
        client.loop_start()
        assert up.wait(10)
        return client

    def on_message(self, _client, _user, message):
        topic = message.topic.rsplit("/", 1)[1]
        body = json.loads(message.payload)
        with self.lock:
            self.messages.append((time.monotonic(), topic, body, bool(message.retain)))
        if topic == "outcome" and self.auto_ack:
            self.ack(body)

    def public(self, kid):
        raw = self.keys[kid].public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()

    def sign(self, claims, kid="psp", **header):
        base = {"iss": "test", "aud": self.kiosk, "jti": uuid.uuid4().hex, "iat": int(time.time())}
        base.update(claims)
        return jwt.encode(base, self.keys[kid], algorithm="EdDSA", headers={"kid": kid, **header})

    def payment(self, payment_id=None, product="cola", amount=250, **more):
        claims = {"type": "payment", "provider": "psp", "payment_id": payment_id or uuid.uuid4().hex, "status": "paid",
                  "amount": amount, "currency": "BYN", "paid_at": int(time.time()), "product": product}
        claims.update(more)
        return {k: v for k, v in claims.items() if v is not None}

    def publish(self, topic, token, retain=False):
        info = self.client.publish(f"kiosk/{self.kiosk}/in/{topic}", token, qos=1, retain=retain)
        info.wait_for_publish()

    def pay(self, payment_id=None, retain=False, **claims):
        payment = self.payment(payment_id, **claims)
        self.publish("payment", self.sign(payment), retain)
        return payment["payment_id"]

    def ack(self, outcome):
        claims = {"type": "ack", "provider": outcome["provider"], "payment_id": outcome["payment_id"],
                  "result": outcome["result"]}
        self.client.publish(f"kiosk/{self.kiosk}/in/ack", self.sign(claims), qos=1)

    def command(self, name, args=None, jti=None, exp=60):
        jti = jti or uuid.uuid4().hex
        claims = {"type": "command", "command": name, "args": args or {}, "jti": jti, "exp": int(time.time()) + exp}
        self.publish("command", self.sign(claims, "ops"))
        return jti

    def seen(self, topic, **match):
        with self.lock:
            return [body for _, t, body, _ in self.messages
                    if t == topic and all(body.get(k) == v for k, v in match.items())]

    def wait(self, topic, seconds=10, count=1, **match):
        """The last of `count` matching messages."""
        def enough():
            found = self.seen(topic, **match)
            return found if len(found) >= count else None
        return wait_for(f"{count} x {topic} {match}", seconds, enough)[-1]

    def stop(self):
        self.client.loop_stop()
        self.client.disconnect()


CONFIG = """
kiosk = {{ id = "{kiosk}"; name = "Test corner"; currency = "BYN"; languages = [ "en" ]; support = "+375 17 000 00 00";
          state_dir = "{folder}/state"; run_dir = "{folder}/run"; }};
clock = {{ trust = "always"; }};
mqtt = {{ host = "127.0.0.1"; port = {broker}; prefix = "kiosk"; version = {version}; keepalive_s = 30; }};
keys = ( {{ kid = "psp"; alg = "EdDSA"; public = "{psp}"; use = [ "payment", "ack" ]; }},
         {{ kid = "ops"; alg = "EdDSA"; public = "{ops}"; use = [ "command" ]; }} );
buses = {{ io = {{ type = "tcp"; host = "127.0.0.1"; port = {board}; response_ms = 300; }}; }};
lines = {{ motor = {{ driver = "modbus"; direction = "out"; bus = "io"; unit = 1; coil = 0; }};
          home = {{ driver = "modbus"; direction = "in"; bus = "io"; unit = 1; discrete = 0; poll_ms = 10; }};
          drop = {{ driver = "modbus"; direction = "in"; bus = "io"; unit = 1; discrete = 1; poll_ms = 10; }};
          door = {{ driver = "modbus"; direction = "in"; bus = "io"; unit = 1; discrete = 2; poll_ms = 50; }};
          lock = {{ driver = "modbus"; direction = "out"; bus = "io"; unit = 1; coil = 3; }}; }};
devices = ( {{ name = "a1"; kind = "spiral"; motor = "motor"; home = "home"; drop = "drop"; max_ms = 3000; }},
            {{ name = "b1"; kind = "relay"; output = "lock"; pulse_ms = 200; }} );
machine = {{ door = "door"; telemetry_s = 2; offline_s = {offline_s}; }};
products = ( {{ id = "cola"; title = {{ en = "Cola"; }}; price = 250; device = "a1"; stock = {stock}; capacity = 10000;
               account = "acc-cola"; max_age_s = 120; qr = "https://pay.example/cola"; }},
             {{ id = "tea"; title = {{ en = "Tea"; }}; price = 100; device = "b1"; qr = "https://pay.example/tea"; }} );
"""


class Rig:
    """Broker, board, service and kioskd together; a context manager that leaves nothing behind."""

    def __init__(self, start=True, broker_extra="", stock=8, version=5, offline_s=60, simulate=False, config=CONFIG,
                 board=None):
        self.folder = tempfile.mkdtemp(prefix="kiosk-test-")
        self.broker = Broker(self.folder, broker_extra)
        self.board = board or Board()
        self.service = Service(self.broker)
        self.simulate = simulate
        self.config_file = os.path.join(self.folder, "kiosk.cfg")
        with open(self.config_file, "w") as f:
            f.write(config.format(kiosk=KIOSK, folder=self.folder, broker=self.broker.port, board=self.board.port,
                                  version=version, stock=stock, offline_s=offline_s, psp=self.service.public("psp"),
                                  ops=self.service.public("ops")))
        self.log = os.path.join(self.folder, "kioskd.log")
        self.daemon = None
        if start:
            self.start()

    def start(self, wait=True, env=None, wrap=None):
        self.wrapped = bool(wrap)
        command = (wrap or []) + [os.path.join(BUILD, "kioskd"), "-c", self.config_file]
        command += ["--sim"] if self.simulate else []
        before = len(self.service.seen("availability"))
        self.daemon = subprocess.Popen(command, stdout=open(self.log, "ab"), stderr=subprocess.STDOUT,
                                       env={**os.environ, **(env or {})})
        if wait:
            wait_for("kiosk sells", 15, lambda: self.selling(before))

    def selling(self, after=0, product="cola"):
        for message in self.service.seen("availability")[after:][-1:]:
            return any(p["id"] == product and p["can_sell"] for p in message["products"])
        return False

    def pid(self):
        """The daemon's own, also when it runs under a tracer."""
        if not self.wrapped:
            return self.daemon.pid
        children = open(f"/proc/{self.daemon.pid}/task/{self.daemon.pid}/children").read().split()
        return int(children[0]) if children else self.daemon.pid

    def kill(self, how=signal.SIGKILL):
        os.kill(self.pid(), how)
        return self.daemon.wait(20)

    def ctl(self, *words):
        done = subprocess.run([os.path.join(BUILD, "kioskctl"), "-c", self.config_file, "--json", *words],
                              capture_output=True, text=True, timeout=60)
        return done.returncode, (json.loads(done.stdout) if done.stdout.strip() else done.stderr)

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if self.daemon and self.daemon.poll() is None:
            os.kill(self.pid(), signal.SIGCONT)
            os.kill(self.pid(), signal.SIGTERM)
            try:
                self.daemon.wait(20)
            except subprocess.TimeoutExpired:
                self.daemon.kill()
        self.service.stop()
        self.board.stop()
        self.broker.process.send_signal(signal.SIGCONT)
        self.broker.stop()
        said = open(self.log, errors="replace").read() if os.path.exists(self.log) else ""
        shutil.rmtree(self.folder, ignore_errors=True)
        if kind is not None:
            print(said[-6000:], file=sys.stderr)
        assert "Sanitizer" not in said and "runtime error:" not in said, said[-6000:]


def run_tests(names):
    """Runs every function test_* of the namespace; prints the count; the exit status."""
    only = sys.argv[1:]
    passed = failed = 0
    for name, test in list(names.items()):
        if not name.startswith("test_") or (only and name not in only):
            continue
        try:
            begin = time.monotonic()
            test()
            passed += 1
            print(f"ok {name} ({time.monotonic() - begin:.1f} s)", flush=True)
        except Exception as error:  # a test that dies is a test that failed
            failed += 1
            print(f"FAILED {name}: {type(error).__name__}: {error}", flush=True)
            import traceback
            traceback.print_exc()
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed or not passed else 0)
