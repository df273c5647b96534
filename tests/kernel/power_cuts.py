#!/usr/bin/python3
"""Power cuts: a machine with its state on a real ext4 disk dies again and again in the middle of selling, and in the end
the ledger must balance against what the payment service and the board saw.

    tests/kernel/power_cuts.py [--unflushed] [CUTS [SEED]]      (24 cuts; the seed is printed)
--unflushed: the counter-check. The daemon's flushes do nothing, so something must be found wrong, or the cuts cut nothing.

Each life is a User-Mode Linux machine (tests/kernel/power_guest.py). Half of the cuts come at chosen points of a sale, the
others at random moments of it. Last line: "N passed, N failed".
"""
import collections
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
BUILD = os.path.join(TOP, os.environ.get("KIOSK_BUILD", "build/gcc"))
POINTS = ["receipt", "motor_on", "motor_on_done", "drop", "motor_off", "outcome", "ack"]
LIFE_S = 150
MOST_FROZEN = 3  # User-Mode Linux freezes now and then on a busy host


class Machine:
    def __init__(self):
        self.kernel = subprocess.run([f"{HERE}/build_kernel.sh"], check=True, stdout=subprocess.PIPE,
                                     text=True).stdout.strip()
        self.work = tempfile.mkdtemp(prefix="kiosk-power-")
        self.out = f"{self.work}/out"
        os.makedirs(f"{self.out}/tests")
        os.makedirs(f"{self.out}/build")
        os.mkdir(f"{self.work}/uml")
        shutil.copytree(f"{TOP}/tests/integration", f"{self.out}/tests/integration")
        shutil.copytree(HERE, f"{self.out}/tests/kernel")
        shutil.copy(f"{BUILD}/kioskd", f"{self.out}/build/kioskd")
        self.disk = f"{self.work}/disk"
        with open(self.disk, "wb") as disk:
            disk.truncate(48 << 20)
        subprocess.run(["/sbin/mkfs.ext4", "-q", self.disk], check=True)
        with open(f"{self.work}/init", "w") as file:
            file.write("#!/bin/sh\nexport PATH=/usr/sbin:/usr/bin:/sbin:/bin PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1\n"
                       f"exec /usr/bin/python3 '{self.out}/tests/kernel/power_guest.py' '{self.work}'\n")
        os.chmod(f"{self.work}/init", 0o755)
        self.process, self.frozen = None, 0

    def leave_flushes_out(self):
        source = "int fsync(int fd) { (void)fd; return 0; }\nint fdatasync(int fd) { (void)fd; return 0; }\n"
        subprocess.run(["cc", "-shared", "-fPIC", "-x", "c", "-o", f"{self.out}/build/unflushed.so", "-"], check=True,
                       input=source, text=True)

    def boot(self):
        with open(f"{self.work}/console", "ab") as console:
            self.process = subprocess.Popen(
                [self.kernel, "mem=192M", "rootfstype=hostfs", "root=/dev/root", "rootflags=/", "rw", f"ubd0={self.disk}",
                 f"uml_dir={self.work}/uml", f"init={self.work}/init", "con=null", "con0=fd:0,fd:1", "ssl=null", "quiet"],
                stdin=subprocess.DEVNULL, stdout=console, stderr=console, start_new_session=True)

    def kill(self):
        """The kernel is several processes in a session of its own."""
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()

    def run(self, plan, dice, tell):
        """All lives of the plan: the guest cuts its own power and starts anew, or is killed from here."""
        with open(f"{self.out}/plan", "w") as file:
            json.dump(plan, file)
        self.boot()
        lives, since, kill_at = 0, time.monotonic(), None
        while self.process.poll() is None:
            time.sleep(0.02)
            begun = len(self.lines("lives"))
            if begun > lives:
                lives, since = begun, time.monotonic()
                tell(lives, plan[min(lives, len(plan)) - 1])
                kill_at = since + dice.uniform(0, 5) if plan[lives - 1:lives] == ["host"] else None
            if kill_at and time.monotonic() >= kill_at or time.monotonic() - since > LIFE_S:
                self.frozen += not kill_at
                if self.frozen > MOST_FROZEN:
                    break
                self.kill()
                self.boot()
                since, kill_at = time.monotonic(), None
        self.kill()

    def lines(self, name):
        try:
            with open(f"{self.out}/{name}") as file:
                return [json.loads(line) for line in file if line.endswith("\n")]
        except FileNotFoundError:
            return []

    def text(self, name):
        try:
            with open(name, errors="replace") as file:
                return file.read()
        except FileNotFoundError:
            return ""


class Ledger:
    """What the service and the board saw, against what became of each payment."""

    def __init__(self, machine):
        self.machine = machine
        self.paid = {entry["claims"]["payment_id"]: entry for entry in machine.lines("paid")}
        said = machine.lines("said")
        self.outcomes = collections.defaultdict(list)
        for entry in said:
            if entry["topic"] == "outcome":
                self.outcomes[entry["body"]["payment_id"]].append(entry["body"])
        self.starts, self.drops = self.count_movements()

    def count_movements(self):
        """One payment at a time is on its way, so each movement belongs to the newest one published before it."""
        story = sorted([(e["boot"], e["at"], "paid", e["claims"]["payment_id"]) for e in self.paid.values()] +
                       [(e["boot"], e["at"], "dropped" if "dropped" in e else "on" if e["on"] else "off", None)
                        for e in self.machine.lines("moved") if e.get("coil", 0) == 0])
        starts, drops, newest, level, boot_before = collections.Counter(), collections.Counter(), None, False, None
        for boot, _, what, name in story:
            if boot != boot_before:
                level, boot_before = False, boot
            if what == "paid":
                newest = name
            elif what == "dropped":
                drops[newest] += 1
            else:
                starts[newest] += what == "on" and not level
                level = what == "on"
        return starts, drops

    def faults(self):
        found = [f"life {line}" for line in self.machine.text(f"{self.machine.out}/failed").splitlines()]
        if "store_new_epoch" in self.machine.text(f"{self.machine.out}/kioskd.log"):
            found.append("the store was found damaged after a cut")
        if self.starts[None] or self.drops[None]:
            found.append("something moved before anybody paid")
        for name in self.paid:
            found += self.faults_of(name)
        return found

    def faults_of(self, name):
        told = {json.dumps(body, sort_keys=True) for body in self.outcomes.get(name, [])}
        if len(told) != 1:
            return [f"{name}: {len(told)} different outcomes: {sorted(told)}"]
        outcome, starts, drops = self.outcomes[name][0], self.starts[name], self.drops[name]
        facts = f"{name}: {outcome['result']} {outcome.get('reason')}, {starts} starts, {drops} products"
        wrong = [starts > 1, drops > 1, outcome["result"] == "delivered" and drops != 1,
                 outcome["refund"] == "yes" and drops > 0, outcome["verified"] and drops != 1,
                 outcome["amount"] != self.paid[name]["claims"]["amount"],
                 outcome["refund"] != {"delivered": "no", "unknown": "review"}.get(outcome["result"], "yes")]
        return [facts] if any(wrong) else []

    def sums(self):
        sums = collections.Counter()
        for bodies in self.outcomes.values():
            sums[bodies[0]["refund"]] += bodies[0]["amount"]
        results = collections.Counter(bodies[0]["result"] for bodies in self.outcomes.values())
        paid = sum(entry["claims"]["amount"] for entry in self.paid.values())
        return paid, sums, results


def cut_plan(cuts, dice):
    """Chosen points in turn, random moments of a sale of about a second, and kills from outside at any moment."""
    kinds = [lambda i: POINTS[i // 4 % len(POINTS)], lambda i: str(dice.randrange(1, 900)),
             lambda i: POINTS[(i // 4 + len(POINTS) // 2) % len(POINTS)], lambda i: "host"]
    points = [kinds[i % len(kinds)](i) for i in range(cuts)]
    dice.shuffle(points)
    return points


def main():
    unflushed = "--unflushed" in sys.argv
    numbers = [int(argument) for argument in sys.argv[1:] if argument != "--unflushed"]
    cuts = numbers[0] if numbers else 24
    seed = numbers[1] if len(numbers) > 1 else random.SystemRandom().randrange(1 << 32)
    print(f"{cuts} power cuts{' without flushes' if unflushed else ''}, seed {seed}", flush=True)
    machine = Machine()
    if unflushed:
        machine.leave_flushes_out()
    begun = time.monotonic()
    try:
        dice = random.Random(seed)
        machine.run(cut_plan(cuts, dice) + ["none"], dice, lambda life, point: print(
            f"  life {life} {'to its end' if point == 'none' else 'until ' + point}, {time.monotonic() - begun:.0f} s", flush=True))
        ledger = Ledger(machine)
        faults = ledger.faults()
        if machine.frozen:
            print(f"{machine.frozen} lives froze and were killed from outside")
        if not any(entry["topic"] == "ended" and entry["body"]["code"] == 0 for entry in machine.lines("said")):
            faults.append("the last life did not settle and end well")
        paid, sums, results = ledger.sums()
        print(f"{len(ledger.paid)} payments: {dict(results)}; paid {paid} = delivered {sums['no']} + refunded {sums['yes']} + "
              f"under review {sums['review']}; motor started {sum(ledger.starts.values())} times")
        if paid != sum(sums.values()):
            faults.append("the ledger does not balance")
        for fault in faults:
            print(f"{'as it must be' if unflushed else 'WRONG'}: {fault}")
        if unflushed:
            print(f"{bool(faults):d} passed, {not faults:d} failed")
            return 0 if faults else 1
        if faults:
            print(machine.text(f"{machine.work}/console")[-4000:], machine.text(f"{machine.out}/kioskd.log")[-8000:], sep="\n---\n")
        print(f"{0 if faults else cuts} passed, {len(faults)} failed")
        return 1 if faults else 0
    finally:
        shutil.rmtree(machine.work, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
