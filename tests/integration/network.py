#!/usr/bin/python3
"""A bad network between kiosk and broker: silent, cut, trickling, with a name that nobody answers for.

The codes go within the limit, nothing is lost, and the main loop never waits: its own count of turns over 50 ms
(telemetry, loop_over_50ms) must stay 0.
"""
import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
import time

import paho.mqtt.client as paho

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from _judge import SOAK  # noqa: E402
from _rig import CONFIG, KIOSK, TOP, Rig, run_tests, wait_for  # noqa: E402

MOTOR = 0
OFFLINE_S = 3


class Link:
    """A cable with a hand on it: bytes pass, or are held back, or come one by one; or everything is torn."""

    def __init__(self, port):
        self.far = port
        self.silent = self.torn = False
        self.pause_s = 0.0
        self.pairs = []
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                near, _ = self.server.accept()
                if self.torn:
                    near.close()
                    continue
                far = socket.create_connection(("127.0.0.1", self.far))
            except OSError:
                if self.server.fileno() < 0:
                    return
                continue
            self.pairs.append((near, far))
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=self.carry, args=(one, other), daemon=True).start()

    def carry(self, one, other):
        try:
            while True:
                data = one.recv(65536 if self.pause_s == 0 else 1)
                while self.silent:
                    time.sleep(0.01)
                if not data:
                    break
                if self.pause_s:
                    time.sleep(self.pause_s)
                other.sendall(data)
        except OSError:
            pass
        self.part(one, other)

    @staticmethod
    def part(*ends):
        """Not closed, only ended: the other direction's thread may be just about to use the number of a closed one."""
        for end in ends:
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def tear(self):
        self.torn = True
        for pair in self.pairs:
            self.part(*pair)
        self.pairs = []

    def stop(self):
        self.silent = False
        self.tear()
        self.server.close()


class Network(Rig):
    def __init__(self, host="127.0.0.1", **more):
        # The service talks to the broker directly; the kiosk through the link.
        super().__init__(start=False, offline_s=OFFLINE_S, config=CONFIG, **more)
        self.link = Link(self.broker.port)
        with open(self.config_file) as file:
            text = file.read()
        with open(self.config_file, "w") as file:
            file.write(text.replace(f'host = "127.0.0.1"; port = {self.broker.port}; prefix',
                                    f'host = "{host}"; port = {self.link.port}; prefix'))

    def __exit__(self, *error):
        self.link.stop()
        super().__exit__(*error)

    def shown(self):
        """The codes that the screen may show, asked on the machine itself."""
        code, answer = self.ctl("products")
        return code == 0 and any(product["can_sell"] for product in answer["products"])

    def must_balance(self, outcomes):
        """All were delivered. Or: on a machine too busy to look at its sensors "unknown" is the truth, and takes the device
        out of use."""
        delivered = sum(outcome["result"] == "delivered" for outcome in outcomes)
        assert delivered == len(outcomes) or any(o.get("reason") == "sensor_lost" for o in outcomes), outcomes
        facts = (delivered, self.board.starts(MOTOR), self.board.dropped)
        assert delivered <= self.board.dropped <= self.board.starts(MOTOR) <= len(outcomes), facts

    def must_have_stayed_awake(self):
        seen = len(self.service.seen("telemetry"))
        figures = self.service.wait("telemetry", 20, count=seen + 1)
        assert figures["loop_over_50ms"] == 0, figures["loop"]


def test_a_silent_link_hides_the_codes_in_time_and_loses_nothing():
    with Network() as rig:
        rig.start()
        begun = time.monotonic()
        rig.link.silent = True
        rig.service.pay("during")
        wait_for("codes hidden", OFFLINE_S + 5, lambda: not rig.shown())
        assert time.monotonic() - begun < OFFLINE_S + 3, "the limit is offline_s, and a request takes its time too"
        assert rig.board.starts(MOTOR) == 0
        rig.link.silent = False
        assert rig.service.wait("outcome", 40, payment_id="during")["result"] == "delivered"
        wait_for("codes back", 20, rig.shown)
        assert rig.board.starts(MOTOR) == 1
        rig.must_have_stayed_awake()


def must_tell_every_event(rig):
    """What the kiosk knows of has reached the service, also what a connection took along."""
    def missing():
        told = {event["seq"] for event in rig.service.seen("event")}
        return [event for event in rig.ctl("events")[1]["events"] if event["seq"] not in told]
    wait_for("every event told", 20, lambda: not missing(), 0.2)


def test_a_link_torn_again_and_again_loses_nothing():
    with Network() as rig:
        rig.start()
        for number in range(6):
            rig.service.pay(f"torn-{number}")
            time.sleep(0.05 * number)
            rig.link.tear()
            time.sleep(0.3)
            rig.link.torn = False
        rig.must_balance([rig.service.wait("outcome", 60, payment_id=f"torn-{number}") for number in range(6)])
        must_tell_every_event(rig)
        rig.must_have_stayed_awake()


def cut_for(seconds):
    with Network() as rig:
        rig.start()
        rig.service.wait("outcome", 20, payment_id=rig.service.pay("before"))
        rig.link.tear()
        wait_for("codes hidden", OFFLINE_S + 5, lambda: not rig.shown())
        rig.service.pay("late", iat=int(time.time()))
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            assert not rig.shown(), "nothing is sold without a broker"
            time.sleep(1)
        assert rig.board.starts(MOTOR) == 1
        rig.link.torn = False
        outcome = rig.service.wait("outcome", 90, payment_id="late")
        # It is worth max_age_s; what was paid while nobody could be told is paid back.
        assert (outcome["result"], outcome["refund"]) == (("delivered", "no") if seconds < 100 else ("refused", "yes")), outcome
        wait_for("codes back", 20, rig.shown)
        rig.must_have_stayed_awake()
        print(f"  {outcome['result']} after {seconds} s")


def test_a_link_cut_for_long_sells_nothing_and_settles_all():
    for seconds in (10, 240) if SOAK else (10,):
        cut_for(seconds)


class Listener:
    """Everything that the broker took from anybody, whatever its topic."""

    def __init__(self, port):
        self.heard = []
        self.client = paho.Client(protocol=paho.MQTTv5)
        self.client.on_connect = lambda client, *_: client.subscribe("#", qos=1)
        self.client.on_message = lambda _client, _user, message: self.heard.append((message.topic, message.payload))
        self.client.connect("127.0.0.1", port)
        self.client.loop_start()

    def stop(self):
        self.client.loop_stop()
        self.client.disconnect()

    def must_have_heard_only_sense(self):
        for topic, payload in self.heard:
            assert topic.startswith(f"kiosk/{KIOSK}/"), topic
            if "/out/" in topic:
                assert isinstance(json.loads(payload), dict), (topic, payload)


def failing_writes(first, step, version=5, sales=3):
    """From the first-th write of a thread on, every step-th fails as on a connection that the other side reset."""
    with Network(version=version) as rig:
        listener = Listener(rig.broker.port)
        rig.start(wait=False, wrap=["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=writev",
                                    "-e", f"inject=writev:error=EPIPE:when={first}+{step}"])
        wait_for("selling", 60, rig.selling)  # there is a session: what is paid from now on waits for the kiosk
        rig.must_balance([rig.service.wait("outcome", 60, payment_id=rig.service.pay(f"write-{number}"))
                          for number in range(sales)])
        rig.service.wait("receipt", 30, count=sales)
        must_tell_every_event(rig)
        listener.stop()
        listener.must_have_heard_only_sense()
        with open(rig.broker.log) as log:
            assert "malformed" not in log.read().lower()


def test_a_write_that_fails_leaves_nothing_behind():
    for first in range(5, 17) if SOAK else (6, 11):  # 6: it takes an event along
        failing_writes(first, 17)
    failing_writes(13, 17, version=4)


def test_bytes_that_trickle_carry_a_sale():
    with Network() as rig:
        rig.start()
        rig.link.pause_s = 0.002
        outcome = rig.service.wait("outcome", 60, payment_id=rig.service.pay())
        assert outcome["result"] == "delivered", outcome
        rig.link.pause_s = 0
        rig.must_have_stayed_awake()


def may_mount():
    """A mount namespace of our own: not without root, and not in a root that is no mount point (a plain chroot)."""
    return subprocess.run(["unshare", "-m", "true"], capture_output=True, check=False).returncode == 0


@contextlib.contextmanager
def silent_name_server(rig):
    """Starts the kiosk where a name server swallows every question. Gives a function that is true once it was asked."""
    hole = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    hole.bind(("127.0.0.77", 53))
    resolv, switch = os.path.join(rig.folder, "resolv.conf"), os.path.join(rig.folder, "nsswitch.conf")
    with hole, open(resolv, "w") as servers, open(switch, "w") as order:
        servers.write("nameserver 127.0.0.77\noptions timeout:5 attempts:3\n")
        order.write("hosts: dns\n")
        servers.close()
        order.close()
        mounts = f'mount --bind {resolv} /etc/resolv.conf && mount --bind {switch} /etc/nsswitch.conf && exec "$@"'
        rig.start(wait=False, wrap=["unshare", "-m", "sh", "-c", mounts, "sh"])
        rig.wrapped = False  # exec all the way: the daemon has the first process's number
        hole.settimeout(15)
        yield lambda: b"\x06broker\x05kiosk\x07invalid" in hole.recv(512)


@contextlib.contextmanager
def silent_resolver(rig):
    """The same from inside the process, where nothing may be mounted."""
    library, asked = os.path.join(rig.folder, "deaf_resolver.so"), os.path.join(rig.folder, "asked")
    subprocess.run(["gcc", "-D_GNU_SOURCE", "-shared", "-fPIC", "-o", library,
                    os.path.join(TOP, "tests/tools/preload/deaf_resolver.c")], check=True)
    rig.start(wait=False, env={"LD_PRELOAD": library, "DEAF_RESOLVER": asked})
    yield lambda: wait_for("a name was asked for", 15, lambda: os.path.exists(asked))


def test_a_name_that_nobody_answers_for_keeps_nobody_waiting():
    for silence in (silent_resolver, silent_name_server) if may_mount() else (silent_resolver,):
        with Network(host="broker.kiosk.invalid") as rig, silence(rig) as was_asked:
            wait_for("the kiosk answers its technician", 15, lambda: rig.ctl("status")[0] == 0)
            assert was_asked()
            slowest = 0.0
            for _ in range(20):
                begun = time.monotonic()
                code, figures = rig.ctl("telemetry")
                slowest = max(slowest, time.monotonic() - begun)
                assert code == 0 and figures["loop_over_50ms"] == 0, figures
                time.sleep(0.1)
            assert not rig.shown()
            begun = time.monotonic()
            rig.kill(15)
            print(f"  slowest answer {slowest * 1000:.0f} ms, stopped within {time.monotonic() - begun:.1f} s")


if __name__ == "__main__":
    run_tests(globals())
