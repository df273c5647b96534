#!/usr/bin/python3
"""make bench: all figures in one run on one machine. SAMPLES=n, BACKLOG=n, STORED=n make it shorter or longer."""
import os
import re
import statistics
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "integration"))
from _rig import BUILD, Broker, Service, free_port, wait_for  # noqa: E402

SAMPLES = int(os.environ.get("SAMPLES", "300"))
BACKLOG = int(os.environ.get("BACKLOG", "10000"))
STORED = int(os.environ.get("STORED", "100000"))
INTERVAL_US = 120000
COIL = 3
CONFIG = """
kiosk = {{ id = "bench-1"; name = "Bench"; currency = "BYN"; languages = [ "en" ]; state_dir = "{state}"; run_dir = "{folder}/run"; }};
clock = {{ trust = "always"; }};
mqtt = {{ host = "127.0.0.1"; port = {broker}; }};
keys = ( {{ kid = "psp"; alg = "EdDSA"; public = "{public}"; use = [ "payment", "ack" ]; }} );
buses = {{ io = {{ type = "tcp"; host = "127.0.0.1"; port = {board}; }}; }};
lines = {{ out = {{ driver = "modbus"; direction = "out"; bus = "io"; unit = 1; coil = 3; }}; }};
devices = ( {{ name = "d"; kind = "relay"; output = "out"; pulse_ms = 20; }} );
products = ( {{ id = "tea"; title = "Tea"; price = 100; device = "d"; qr = "https://pay.example/tea"; }} );
"""


class Board:
    """The C board; times of every "coil on"."""

    def __init__(self):
        self.port = free_port()
        self.times = []
        self.process = subprocess.Popen([os.path.join(BUILD, "bench/board"), str(self.port)], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        assert self.process.stdout.readline() == "ready\n"
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            self.times.append(int(line.split()[1]))

    def stop(self):
        self.process.stdin.close()
        self.process.wait(5)


class Bench:
    def __init__(self, folder):
        self.folder = folder
        self.broker = Broker(folder)
        self.board = Board()
        self.service = Service(self.broker, "bench-1")
        self.number = 0
        self.write_config("state")

    def write_config(self, state):
        self.state = os.path.join(self.folder, state)
        self.config = os.path.join(self.folder, "kiosk.cfg")
        with open(self.config, "w") as f:
            f.write(CONFIG.format(state=self.state, folder=self.folder, broker=self.broker.port, board=self.board.port,
                                  public=self.service.public("psp")))

    def tokens(self, count):
        path = os.path.join(self.folder, "tokens")
        with open(path, "w") as f:
            for _ in range(count):
                self.number += 1
                payment = self.service.payment(f"bench-{self.number}", product="tea", amount=100)
                f.write(self.service.sign(payment) + "\n")
        return path

    def send(self, path, interval_us):
        done = subprocess.run([os.path.join(BUILD, "bench/send"), str(self.broker.port), "kiosk/bench-1/in/payment", path,
                               str(interval_us)], capture_output=True, text=True, check=True)
        return [int(line) for line in done.stdout.split()]

    def daemon(self, nice=None):
        """At the priority that its unit gives it, or another."""
        before = len(self.service.seen("availability"))
        begin = time.monotonic()
        process = subprocess.Popen([*priority(unit_nice() if nice is None else nice), os.path.join(BUILD, "kioskd"), "-c",
                                    self.config], stderr=subprocess.DEVNULL)
        wait_for("kiosk sells", 60, lambda: any(
            p["can_sell"] for m in self.service.seen("availability")[before:][-1:] for p in m["products"]), 0.001)
        return process, time.monotonic() - begin

    def stop(self):
        self.service.stop()
        self.board.stop()
        self.broker.stop()


def unit_nice():
    with open(os.path.join(HERE, "../../systemd/kioskd.service")) as unit:
        return int(re.search(r"^Nice=(-?\d+)$", unit.read(), re.M).group(1))


def priority(nice):
    """The command before a command; without root nothing can be made more important than the rest."""
    return ["nice", "-n", str(nice)] if nice and os.geteuid() == 0 else []


def quantiles(values_us):
    ordered = sorted(values_us)
    pick = [ordered[min(len(ordered) - 1, int(len(ordered) * q))] for q in (0.5, 0.95, 0.99)]
    return pick + [ordered[-1]]


def flush_us(folder, count=60):
    """Median time of a 4 KiB write and its flush on the disk of the store, after a rest as long as between payments."""
    fd = os.open(os.path.join(folder, "flush"), os.O_CREAT | os.O_RDWR)
    os.pwrite(fd, b"y" * 4096 * 64, 0)
    os.fsync(fd)
    times = []
    for i in range(count):
        time.sleep(INTERVAL_US / 1e6)
        begin = time.monotonic()
        os.pwrite(fd, b"x" * 4096, 4096 * (i % 64))
        os.fdatasync(fd)
        times.append((time.monotonic() - begin) * 1e6)
    os.close(fd)
    return statistics.median(times)


def latency(bench, samples):
    path = bench.tokens(samples)
    bench.board.times.clear()
    sent = bench.send(path, INTERVAL_US)
    wait_for(f"{samples} coil writes", 30, lambda: len(bench.board.times) >= samples)
    seen = list(bench.board.times)[:samples]
    return quantiles([b - a for a, b in zip(sent, seen)])


class Load:
    """Both cores busy."""

    def __enter__(self):
        self.busy = [subprocess.Popen(["sh", "-c", "while :; do :; done"]) for _ in range(os.cpu_count() or 2)]

    def __exit__(self, *_):
        for process in self.busy:
            process.kill()
            process.wait()


def contestants(bench):
    """(name, start) of each; start gives the process when it is ready."""
    def floor():
        process = subprocess.Popen([os.path.join(BUILD, "bench/floor"), bench.config, str(COIL)], stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, text=True)
        assert process.stdout.readline() == "ready\n"
        time.sleep(0.3)
        return process

    def pipe():
        script = (f"mosquitto_sub -p {bench.broker.port} -q 1 -t kiosk/bench-1/in/payment | while read -r _; do "
                  f"mbpoll -m tcp -p {bench.board.port} -t 0 -r {COIL + 1} -1 127.0.0.1 1 >/dev/null; "
                  f"mbpoll -m tcp -p {bench.board.port} -t 0 -r {COIL + 1} -1 127.0.0.1 0 >/dev/null; done")
        process = subprocess.Popen(["sh", "-c", script], start_new_session=True)
        time.sleep(1)
        return process

    def python():
        process = subprocess.Popen(["/usr/bin/python3", os.path.join(HERE, "python_kiosk.py"), str(bench.broker.port),
                                    str(bench.board.port), str(COIL), bench.service.public("psp")], stdout=subprocess.PIPE, text=True)
        assert process.stdout.readline() == "ready\n"
        return process

    own = unit_nice() if os.geteuid() == 0 else 0
    return [(f"kioskd (Nice={own}, its unit)", lambda: bench.daemon()[0]), ("kioskd (Nice=0)", lambda: bench.daemon(0)[0]),
            ("floor (stores nothing)", floor),
            ("mosquitto_sub | mbpoll", pipe), ("python, paho + pymodbus", python)]


def end(process, group=False):
    if group:
        os.killpg(process.pid, 15)
    else:
        process.terminate()
    process.wait(20)


def part_latency(bench):
    disk = [flush_us(bench.folder)]
    print(f"publish → coil write seen by a Modbus TCP board, us, {SAMPLES} payments {INTERVAL_US // 1000} ms apart")
    print(f"{'':28}{'idle p50':>9}{'p95':>8}{'p99':>8}{'max':>8}{'loaded p50':>12}{'p95':>8}{'p99':>8}{'max':>8}", flush=True)
    result = {}
    for name, start in contestants(bench):
        process = start()
        idle = latency(bench, SAMPLES)
        with Load():
            loaded = latency(bench, SAMPLES)
        end(process, "mbpoll" in name)
        result[name] = (idle, loaded)
        print(f"{name:28}" + "".join(f"{v:>8}" for v in [""] + idle + ["   "] + loaded), flush=True)
    disk_us = statistics.mean(disk + [flush_us(bench.folder)])
    names = list(result)
    over = (result[names[0]][0][0] - result[names[2]][0][0]) / disk_us
    print(f"flush of this disk (4 KiB write + fdatasync, every 120 ms), median: {disk_us:.0f} us")
    print(f"kioskd's p50 is the floor's plus {over:.2f} flushes (aim: at most 1.3)")
    best = min(result[n][1][2] for n in names[2:])
    print(f"kioskd's p99 under load is {result[names[0]][1][2] / best:.2f} of the best other's (aim: below 1); "
          f"{result[names[1]][1][2] / best:.2f} at Nice=0\n")


def part_backlog(bench):
    path = bench.tokens(BACKLOG)
    before = len(bench.service.seen("receipt"))
    bench.send(path, 0)
    time.sleep(1)
    process, _ = bench.daemon()
    begin = time.monotonic()
    first = bench.number - BACKLOG
    wait_for("all receipts", 300, lambda: len(bench.service.seen("receipt")) - before >= BACKLOG)
    receipts = time.monotonic() - begin
    wanted = {f"bench-{i + 1}" for i in range(first, bench.number)}
    wait_for("all outcomes", 300, lambda: len(
        wanted & {o["payment_id"] for o in bench.service.seen("outcome")}) == BACKLOG, 0.2)
    outcomes = time.monotonic() - begin
    lost = BACKLOG - len(wanted & {r["payment_id"] for r in bench.service.seen("receipt")})
    print(f"backlog of {BACKLOG} payments in the broker: {BACKLOG / receipts:.0f} receipts a second, "
          f"{BACKLOG / outcomes:.0f} outcomes a second, {lost} lost (aim: 1000, none lost)\n", flush=True)
    end(process)


def part_start(bench):
    for stored in (0, STORED):
        bench.write_config(f"state-{stored}")
        if stored:
            os.makedirs(bench.state, exist_ok=True)
            subprocess.run([os.path.join(BUILD, "tools/store_fill"), bench.state, str(stored)], check=True,
                           stdout=subprocess.DEVNULL)
        times = []
        for _ in range(7):
            process, seconds = bench.daemon()
            times.append(seconds * 1000)
            end(process)
        print(f"start to selling with {stored:>6} payments in the store: median {statistics.median(times):.0f} ms, "
              f"longest {max(times):.0f} ms (aim: 300)", flush=True)
    print()


def part_idle(bench, seconds=30):
    process, _ = bench.daemon()
    time.sleep(3)

    def cpu_s():
        fields = open(f"/proc/{process.pid}/stat").read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def switches():
        total = 0
        for task in os.listdir(f"/proc/{process.pid}/task"):
            text = open(f"/proc/{process.pid}/task/{task}/status").read()
            total += int(re.search(r"^voluntary_ctxt_switches:\s+(\d+)", text, re.M)[1])
        return total

    cpu, woken = cpu_s(), switches()
    time.sleep(seconds)
    cpu, woken = cpu_s() - cpu, switches() - woken
    status = open(f"/proc/{process.pid}/status").read()
    resident = int(re.search(r"VmRSS:\s+(\d+)", status)[1])
    print(f"idle over {seconds} s: {resident / 1024:.1f} MiB resident (aim: 16), {100 * cpu / seconds:.2f} % of a core "
          f"(aim: 0.5), {woken / seconds:.1f} wake-ups a second", flush=True)
    end(process)


def main():
    import shutil
    import tempfile
    folder = tempfile.mkdtemp(prefix="kiosk-bench-", dir=os.environ.get("BENCH_DIR"))
    bench = Bench(folder)
    only = sys.argv[1:]
    try:
        if not only or "latency" in only:
            part_latency(bench)
        if not only or "backlog" in only:
            part_backlog(bench)
        if not only or "start" in only:
            part_start(bench)
        if not only or "idle" in only:
            part_idle(bench)
    finally:
        bench.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
