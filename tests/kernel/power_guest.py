#!/usr/bin/python3
"""One life of the machine, inside the guest of tests/kernel/power_cuts.py: a broker, a board and a payment service that
remember on the host, kioskd with its state on a real ext4 disk, and payments until the power goes.

    power_guest.py WORK   (as init)

Each life takes the next point of the host's plan: a point of a sale, a number (ms after the payment), "host" (the host
kills the machine whenever it likes), or "none": settle everything and end well. What the service and the board know is written to the host and flushed before the next thing happens, so the host can
judge without asking the kiosk. The cut is the kernel's own emergency restart: nothing is flushed, nothing is told.
"""
import ctypes
import json
import os
import random
import subprocess
import sys
import threading
import time

LIBC = ctypes.CDLL(None, use_errno=True)
POWER_OFF = 0x4321FEDC
WORK = sys.argv[1]
OUT, STATE = "/mnt/out", "/mnt/state"
SETTLE_S = 40
SOLD_BEFORE = 3  # at most, before the sale in which the power goes


def mount(kind, source, where, options=None):
    os.makedirs(where, exist_ok=True)
    data = options.encode() if options else None
    if LIBC.mount(source.encode(), where.encode(), kind.encode(), 0, data) != 0:
        error = ctypes.get_errno()
        raise OSError(error, f"mount {kind} on {where}: {os.strerror(error)}")


def mount_host(where):
    """The directory was the whole of the options up to Linux 6.6, and is one of them since."""
    try:
        mount("hostfs", "none", where, f"{WORK}/out")
    except OSError:
        mount("hostfs", "none", where, f"hostfs={WORK}/out")


def next_point():
    """The number of this life and what shall happen in it; both are taken before anything else is done."""
    lives = len(lines("lives"))
    with open(f"{OUT}/plan") as file:
        plan = json.load(file)
    return lives, plan[min(lives, len(plan) - 1)]


def power_cut():
    with open("/proc/sysrq-trigger", "w") as trigger:
        trigger.write("b")
    time.sleep(60)


class Journal:
    """Lines on the host, each there before the call returns."""

    def __init__(self, name):
        self.file = os.open(f"{OUT}/{name}", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        self.lock = threading.Lock()

    def write(self, **entry):
        with self.lock:
            os.write(self.file, (json.dumps({"boot": BOOT, "at": time.monotonic(), **entry}) + "\n").encode())
            os.fsync(self.file)


def lines(name):
    try:
        with open(f"{OUT}/{name}") as file:
            return [json.loads(line) for line in file if line.endswith("\n")]
    except FileNotFoundError:
        return []


def prepare():
    mount("proc", "proc", "/proc")
    mount("sysfs", "sysfs", "/sys")
    if not os.path.ismount("/dev"):
        mount("devtmpfs", "devtmpfs", "/dev")
    mount("tmpfs", "tmpfs", "/mnt")
    mount_host(OUT)
    mount("ext4", "/dev/ubda", STATE)
    mount("tmpfs", "tmpfs", "/run")
    mount("tmpfs", "tmpfs", "/tmp")
    subprocess.run(["/sbin/ip", "link", "set", "lo", "up"], check=True)


class Life:
    """Broker, board, service, kioskd; and the moment of the cut."""

    def __init__(self):
        sys.path.insert(0, f"{OUT}/tests/integration")
        os.environ["KIOSK_BUILD"] = f"{OUT}/build"
        import _rig
        self.rig_module = _rig
        self.journal = {name: Journal(name) for name in ("paid", "said", "moved")}
        self.armed = None
        folder = "/run/kiosk"
        os.makedirs(folder)
        self.broker = _rig.Broker(folder)
        self.board = _rig.Board()
        self.watch_board()
        self.service = _rig.Service(self.broker)
        self.watch_service()
        self.config = f"{folder}/kiosk.cfg"
        text = _rig.CONFIG.format(kiosk=_rig.KIOSK, folder=folder, broker=self.broker.port, board=self.board.port,
                                  version=5, stock=1000, offline_s=60, psp=self.service.public("psp"),
                                  ops=self.service.public("ops")).replace(f"{folder}/state", f"{STATE}/kioskd")
        with open(self.config, "w") as file:
            file.write(text)

    def at(self, point):
        if self.armed == point:
            self.armed = None
            power_cut()

    def watch_board(self):
        board, plain, machine = self.board, self.board.write, self.board.machines[0]
        step = machine.step

        def write(coil, value):
            self.journal["moved"].write(coil=coil, on=value)
            if coil == machine.motor:
                self.at("motor_on" if value else "motor_off")
            plain(coil, value)
            if coil == machine.motor and value:
                threading.Timer(0.02, self.at, ["motor_on_done"]).start()

        def physics(of, dt, now):
            before = of.dropped
            step(of, dt, now)
            if of.dropped > before:
                self.journal["moved"].write(dropped=1)
                self.at("drop")

        board.write, machine.step = write, physics

    def watch_service(self):
        service, plain = self.service, self.service.on_message

        def hear(client, user, message):
            topic = message.topic.rsplit("/", 1)[1]
            if topic in ("receipt", "outcome"):
                body = json.loads(message.payload)
                self.journal["said"].write(topic=topic, body=body)
                self.at(topic)
            plain(client, user, message)
            if topic == "outcome":
                self.at("ack")

        service.on_message = service.client.on_message = hear

    def start(self):
        # The log is on the host too: a failure must be explained without this machine.
        log = open(f"{OUT}/kioskd.log", "ab")
        unflushed = f"{OUT}/build/unflushed.so"  # the counter-check: a disk that is never told to keep anything
        self.daemon = subprocess.Popen([f"{OUT}/build/kioskd", "-c", self.config], stdout=log, stderr=log, env={
            **os.environ, **({"LD_PRELOAD": unflushed} if os.path.exists(unflushed) else {})})
        self.rig_module.wait_for("the kiosk is there", 60, lambda: self.service.seen("availability"))

    def settle(self):
        """What the service has no receipt or no outcome for, as a service does it: again and again until it has them."""
        paid = {entry["claims"]["payment_id"]: entry["claims"] for entry in lines("paid")}
        unflushed = os.path.exists(f"{OUT}/build/unflushed.so")  # what is lost there is lost
        end = time.monotonic() + (SETTLE_S / 3 if unflushed else SETTLE_S)
        while time.monotonic() < end:
            said = lines("said")
            done = {entry["body"]["payment_id"] for entry in said if entry["topic"] == "outcome"}
            open_ones = [claims for name, claims in paid.items() if name not in done]
            if not open_ones:
                return
            received = {entry["body"]["payment_id"] for entry in said}
            for claims in open_ones:
                if claims["payment_id"] not in received:
                    self.service.publish("payment", self.service.sign(claims))
            time.sleep(1)
        raise AssertionError(f"never settled: {open_ones}")

    def repair(self):
        """What a technician does after a movement that nobody knows the end of."""
        if not all(p["can_sell"] for p in self.service.seen("availability")[-1]["products"]):
            before = len(self.service.seen("result"))
            self.service.command("product.enable", {"product": "cola"})
            self.rig_module.wait_for("cola is sold again", 20, lambda: len(self.service.seen("result")) > before and all(
                p["can_sell"] for p in self.service.seen("availability")[-1]["products"]))

    def pay(self):
        claims = self.service.payment()
        self.journal["paid"].write(claims=claims)
        self.service.publish("payment", self.service.sign(claims))
        return claims["payment_id"]

    def sell_until_the_cut(self):
        for _ in range(random.randrange(SOLD_BEFORE + 1)):
            self.service.wait("outcome", 30, payment_id=self.pay())
        if POINT == "host":
            while True:
                self.service.wait("outcome", 30, payment_id=self.pay())
        if POINT.isdigit():
            threading.Timer(int(POINT) / 1000, power_cut).start()
        else:
            self.armed = POINT
        name = self.pay()
        self.service.wait("outcome", 30, payment_id=name)
        time.sleep(1)
        power_cut()  # the point was never reached: the cut comes all the same


def main():
    Journal("lives").write(point=POINT)
    life = Life()
    life.start()
    life.settle()
    if POINT == "none":
        life.daemon.terminate()
        code = life.daemon.wait(30)
        life.journal["said"].write(topic="ended", body={"code": code})
    else:
        life.repair()
        life.sell_until_the_cut()


if __name__ == "__main__":
    BOOT, POINT = 0, "none"
    try:
        prepare()
        BOOT, POINT = next_point()
        main()
    except BaseException as error:  # told to the host; the machine ends in any case
        print(f"power_guest.py: {type(error).__name__}: {error}")
        with open(f"{OUT}/failed", "a") as file:
            file.write(f"boot {BOOT}: {type(error).__name__}: {error}\n")
    sys.stdout.flush()
    LIBC.sync()
    LIBC.reboot(POWER_OFF)
