#!/usr/bin/python3
"""Runs every test that gates, two at a time, and counts: the last line is "N passed, N failed(, N skipped)".

Each job is a command; its output goes to build/check/NAME.log. A job that counts tests itself (cmocka, or a last line
"N passed, N failed") adds its count; any other adds one. A skip is a line "SKIP: why" and fails under CI=true.
"""
import os
import re
import subprocess
import sys
import threading
import time

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
LOGS = os.path.join(TOP, "build/check")
FLAVOURS = ["gcc", "clang", "asan", "tsan"]


def find(folder, end):
    path = os.path.join(TOP, folder)
    return sorted(f for f in os.listdir(path) if f.endswith(end)) if os.path.isdir(path) else []


def build_jobs():
    """One after the other with -j2: (name, command)."""
    return [(f"build-{f}", f"make -s -j2 BUILD={f} tests") for f in FLAVOURS]


def unit_jobs():
    jobs = []
    for flavour in FLAVOURS:
        for source in find("tests/unit", ".c"):
            name = source[:-2]
            jobs.append((f"{name}-{flavour}", f"build/{flavour}/tests/{name}"))
    return jobs


def other_jobs():
    jobs = [
        ("tidy", "make -s tidy"),
        ("cppcheck", "tests/lint.sh cppcheck"),
        ("format", "tests/lint.sh format"),
        ("shellcheck", "tests/lint.sh shellcheck"),
        ("sizes", "tests/lint.sh sizes"),
        ("pure", "tests/pure.sh gcc"),
        ("simulation", "build/gcc/simulation --seeds 3000 --seed 1"),
        ("simulation-asan", "build/asan/simulation --seeds 150 --seed 900001"),
    ]
    for script in find("tests/integration", ".py"):
        if not script.startswith("_"):
            jobs.append((script[:-3], f"KIOSK_BUILD=build/gcc /usr/bin/python3 tests/integration/{script}"))
    for script in find("tests/integration", ".sh"):
        jobs.append((script[:-3], f"KIOSK_BUILD=build/gcc tests/integration/{script}"))
    if os.path.exists(os.path.join(TOP, "tests/kernel/run.sh")):
        jobs.append(("kernel", "KIOSK_BUILD=build/gcc tests/kernel/run.sh"))
    return jobs


class Tally:
    def __init__(self):
        self.passed = self.failed = self.skipped = 0
        self.lock = threading.Lock()

    def count(self, name, code, text):
        counted = re.findall(r"^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?\s*$", text, re.M)
        cmocka = re.findall(r"\[  PASSED  \] (\d+) test", text)
        broken = re.findall(r"\[  FAILED  \] (\d+) test", text)
        skips = re.findall(r"^SKIP: (.*)$", text, re.M)
        passed, failed = 0, 0
        if counted:
            passed, failed = int(counted[-1][0]), int(counted[-1][1])
        elif cmocka or broken:
            passed, failed = sum(map(int, cmocka)), sum(map(int, broken))
        elif code == 0 and not skips:
            passed = 1
        if code != 0 and failed == 0:
            failed = 1
        with self.lock:
            self.passed += passed
            self.failed += failed
            self.skipped += len(skips)
        for why in skips:
            print(f"  SKIP  {name}: {why}", flush=True)
            if os.environ.get("CI") == "true":
                with self.lock:
                    self.failed += 1
        return failed == 0


def run(tally, name, command):
    begin = time.monotonic()
    log = os.path.join(LOGS, name + ".log")
    with open(log, "wb") as out:
        try:
            code = subprocess.run(command, shell=True, cwd=TOP, stdin=subprocess.DEVNULL, stdout=out,
                                  stderr=subprocess.STDOUT, timeout=1800).returncode
        except subprocess.TimeoutExpired:
            out.write(b"\ncheck: no end within 1800 s\n")
            code = 124
    text = open(log, encoding="utf-8", errors="replace").read()
    good = tally.count(name, code, text)
    print(f"  {'ok  ' if good else 'FAIL'}  {name} ({time.monotonic() - begin:.1f} s)", flush=True)
    if not good:
        print("\n".join("        " + line for line in text.splitlines()[-40:]), flush=True)
    return good


def run_two_at_a_time(tally, jobs):
    jobs = list(jobs)
    lock = threading.Lock()

    def work():
        while True:
            with lock:
                if not jobs:
                    return
                job = jobs.pop(0)
            run(tally, *job)

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def main():
    os.makedirs(LOGS, exist_ok=True)
    tally = Tally()
    begin = time.monotonic()
    only = sys.argv[1:]
    builds = [run(tally, *job) for job in build_jobs() if not only or any(o in job[0] for o in only + ["build"])]
    jobs = [j for j in other_jobs() + unit_jobs() if not only or any(o in j[0] for o in only)]
    if all(builds):
        run_two_at_a_time(tally, jobs)
    print(f"check: {time.monotonic() - begin:.0f} s, logs in build/check")
    tail = f", {tally.skipped} skipped" if tally.skipped else ""
    print(f"{tally.passed} passed, {tally.failed} failed{tail}")
    sys.exit(1 if tally.failed else 0)


if __name__ == "__main__":
    main()
