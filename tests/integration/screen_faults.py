#!/usr/bin/python3
"""A screen that hangs, dies or comes back changes nothing for a payment: a real broker, a real daemon, a board with a motor,
and a screen that is frozen and killed while people pay. KIOSK_SOAK=1: frozen for three minutes."""
import array
import multiprocessing
import os
import random
import signal
import socket
import struct
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from _rig import BUILD, Rig, run_tests, wait_for  # noqa: E402
from vend_faults import ledger_balances  # noqa: E402

MOTOR = 0
CODES = {"https://pay.example/cola", "https://pay.example/tea"}
FROZEN_S = 180 if os.environ.get("KIOSK_SOAK") == "1" else 4
RECEIPT_S = 2.0  # generous: a receipt needs a flush, not a screen


class Panel:
    """A kiosk-display without hardware; what it says last stands in its log."""

    def __init__(self, rig, size="800x480"):
        self.rig, self.size = rig, size
        self.start()

    def start(self):
        self.log = open(os.path.join(self.rig.folder, "display.log"), "ab")
        self.process = subprocess.Popen([os.path.join(BUILD, "kiosk-display"), "-c", self.rig.config_file, "--size", self.size],
                                        stdout=self.log, stderr=subprocess.STDOUT, env={**os.environ, "SDL_VIDEODRIVER": "dummy"})
        wait_for("the screen is connected", 20, lambda: "connected to" in self.said())

    def said(self):
        return open(self.log.name, errors="replace").read()

    def freeze(self):
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self):
        self.process.send_signal(signal.SIGCONT)

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.log.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.kill()


def pay(rig, name):
    """Pays and returns the outcome; the receipt was not late."""
    sent = time.monotonic()
    rig.service.pay(name)
    receipt = rig.service.wait("receipt", 10, payment_id=name)
    took = time.monotonic() - sent
    assert receipt["result"] == "accepted" and took < RECEIPT_S, (receipt, took)
    outcome = rig.service.wait("outcome", 20, payment_id=name)
    assert (outcome["result"], outcome["verified"], outcome["refund"]) == ("delivered", True, "no"), outcome
    return took


def judge(rig, names):
    ledger_balances(rig)
    for name in names:
        told = rig.service.seen("outcome", payment_id=name)
        assert told and all(o["result"] == "delivered" and o == told[0] for o in told), told
    assert rig.board.starts(MOTOR) == len(names), (rig.board.starts(MOTOR), names)
    assert rig.daemon.poll() is None


def test_a_frozen_screen_delays_and_changes_nothing():
    with Rig(stock=50) as rig, Panel(rig) as panel:
        usual = pay(rig, "before")
        panel.freeze()
        names = [f"frozen-{i}" for i in range(3)]
        took = [pay(rig, name) for name in names]
        for i in range(0, FROZEN_S, 4):  # more snapshots than anybody reads
            time.sleep(4)
            names.append(f"frozen-long-{i}")
            took.append(pay(rig, names[-1]))
        assert rig.selling(), "a frozen screen stopped the sale"
        panel.thaw()
        pay(rig, "after")
        judge(rig, ["before", *names, "after"])
        print(f"# receipt after {usual * 1000:.0f} ms with a screen, at most {max(took) * 1000:.0f} ms with a frozen one", flush=True)


def test_a_screen_killed_at_every_step_changes_nothing():
    steps = {"published": lambda rig, name: True,
             "receipt": lambda rig, name: rig.service.seen("receipt", payment_id=name),
             "moving": lambda rig, name: rig.board.coils[MOTOR],
             "done": lambda rig, name: rig.service.seen("outcome", payment_id=name)}
    with Rig() as rig, Panel(rig) as panel:
        for step, reached in steps.items():
            rig.service.pay(step)
            wait_for(step, 10, lambda: reached(rig, step), 0.001)
            panel.kill()
            rig.service.wait("outcome", 20, payment_id=step)
            panel.start()
        judge(rig, list(steps))


def test_a_screenshot_is_what_hangs_on_the_display():
    with Rig() as rig:
        target = os.path.join(rig.folder, "now.png")

        def look():
            code, said = rig.ctl("screenshot", target)
            return said["source"] if code == 0 else said

        def decoded():
            return set(subprocess.run(["zbarimg", "-q", "--raw", target], capture_output=True, text=True).stdout.split())

        assert look() == "drawn", "no screen shows anything"
        with Panel(rig, "480x800") as panel:
            wait_for("the screen's own picture", 10, lambda: look() == "screen")
            with open(target, "rb") as f:
                size = struct.unpack(">II", f.read(24)[16:])
            assert size == (480, 800) and decoded() == CODES, (size, decoded())
            panel.freeze()
            assert "hangs" in look()
            panel.thaw()
            wait_for("a picture again", 10, lambda: look() == "screen")
        wait_for("the screen is gone", 10, lambda: look() == "drawn")


def test_screens_come_hang_and_die_while_people_pay():
    names = [f"storm-{i}" for i in range(6)]
    with Rig(stock=50) as rig, Panel(rig) as panel:
        over, rounds = threading.Event(), []

        def torment():
            while not over.wait(0.15):
                panel.freeze()
                over.wait(0.3)
                panel.thaw() if len(rounds) % 2 else panel.kill()
                if panel.process.poll() is not None:
                    panel.start()
                rounds.append(1)

        tormentor = threading.Thread(target=torment)
        tormentor.start()
        try:
            for name in names:
                rig.service.pay(name)
            for name in names:
                rig.service.wait("outcome", 40, payment_id=name)
        finally:
            over.set()
            tormentor.join()
        judge(rig, names)
        assert len(rounds) >= 3, rounds
        print(f"# {len(names)} payments through {len(rounds)} frozen or killed screens", flush=True)


def nuisance(rng, path):
    """One visit of somebody who is no screen."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as client:
        client.settimeout(0.5)
        client.connect(path)
        for _ in range(rng.randrange(30)):
            words = rng.choice([rng.randbytes(rng.randrange(1, 60000)), b"{" * 500, b'{"shown":{"from":1,"to":9},"number":%d}' % rng.getrandbits(63),
                                b'{"shot":1,"bytes":700000}', b'{"shown":{"from":1,"to":18446744073709551615},"number":1}'])
            files = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [0, 1, 2]))] if rng.random() < 0.3 else []
            client.sendmsg([words], files)
        if rng.random() < 0.5:
            client.shutdown(rng.choice([socket.SHUT_RD, socket.SHUT_WR, socket.SHUT_RDWR]))


def besiege(path, over):
    """Visit upon visit, and three clients that stay and never read."""
    rng, stayed = random.Random(20261123), []
    while not over.is_set():
        try:
            if len(stayed) < 3:
                stayed.append(socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET))
                stayed[-1].connect(path)
            nuisance(rng, path)
        except OSError:  # sent away: that is meant
            stayed = stayed if rng.random() < 0.95 else []


def test_strangers_at_the_screens_socket_change_nothing():
    names = [f"siege-{i}" for i in range(4)]
    with Rig(stock=50) as rig, Panel(rig) as panel:
        path, over = os.path.join(rig.folder, "run", "panel.sock"), multiprocessing.Event()
        files = len(os.listdir(f"/proc/{rig.daemon.pid}/fd"))
        siege = [multiprocessing.Process(target=besiege, args=(path, over)) for _ in range(2)]
        for one in siege:
            one.start()
        try:
            took = [pay(rig, name) for name in names[:2]]
            panel.kill()  # a screen that comes into the siege finds a place
            panel.start()
            took += [pay(rig, name) for name in names[2:]]
            assert rig.selling(), "strangers stopped the sale"
        finally:
            over.set()
            for one in siege:
                one.join(10)
        target = os.path.join(rig.folder, "now.png")
        wait_for("the screen shows", 10, lambda: rig.ctl("screenshot", target)[1].get("source") == "screen")
        judge(rig, names)
        wait_for("no file is left open", 10, lambda: len(os.listdir(f"/proc/{rig.daemon.pid}/fd")) <= files + 1)
        said = sum(" panel: " in line for line in open(rig.log, errors="replace"))
        assert said <= 4, f"{said} lines on the log"
        print(f"# receipts after at most {max(took) * 1000:.0f} ms in a siege; {said} lines about it on the log", flush=True)


if __name__ == "__main__":
    run_tests(globals())
