#!/usr/bin/python3
"""Runs every test that gates, up to six at a time, and counts: the last line is "N passed, N failed(, N skipped)".

Each job is a command; its output goes to build/check/NAME.log. A job that counts tests itself (cmocka, or a last line
"N passed, N failed") adds its count; any other adds one. A skip is a line "SKIP: why" and fails under CI=true. A job
that leaves a process running fails. One that fails while the machine stood still, as measured here, runs once more at the end,
alone; the first log stays as NAME.busy.log.

    tests/check.py [WORD...]     only the jobs whose name contains one of the words (and the builds)
"""
import os
import re
import shlex
import signal
import subprocess
import sys
import threading
import time

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
LOGS = os.path.join(TOP, "build/check")
FLAVOURS = ["gcc", "clang", "asan", "tsan"]
LIMIT_S = 600
FUZZ_S = 6
ENVIRONMENT = {**os.environ, "PATH": os.environ.get("PATH", "/usr/bin:/bin") + ":/usr/sbin:/sbin",  # mosquitto is in sbin
               "PYTHONDONTWRITEBYTECODE": "1", "MESA_SHADER_CACHE_DISABLE": "true"}


def find(folder, end):
    path = os.path.join(TOP, folder)
    return sorted(f for f in os.listdir(path) if f.endswith(end)) if os.path.isdir(path) else []


# They start no thread and take long: a race is not to be found in them. (strace -f -e clone,clone3 shows who has threads.)
SINGLE = ["test_texts", "test_sim_device", "test_sim_lanes", "test_sim_barrier", "test_screen"]
# The longest first, so that the end is not one of them alone.
LONGEST = ["tidy", "network", "lane_commands", "mqtt_session", "vend_faults", "mqtt_security", "sim_lanes", "kill_steps",
           "adversary", "lane_several", "kernel-power", "vend_contract", "kernel-lanes", "test_texts", "kernel-systemd",
           "coverage", "mutants", "demo-parking", "adversary_ends", "lane_barrier", "sim_machine", "kiosk_pay"]


def build_jobs():
    """One after the other with -j2: (name, command)."""
    jobs = [(f"build-{f}", f"make -s -j2 BUILD={f} tests") for f in FLAVOURS]
    return jobs + [("build-fuzz", "make -s -j2 BUILD=fuzz fuzzers")]


def unit_jobs():
    jobs = []
    for flavour in FLAVOURS:
        for source in find("tests/unit", ".c"):
            if source.startswith("test_"):
                name = source[:-2]
                if flavour == "tsan" and name in SINGLE:
                    continue
                jobs.append((f"{name}-{flavour}", f"build/{flavour}/tests/{name}"))
    return jobs


def integration_jobs():
    jobs = []
    for script in find("tests/integration", ".py"):
        if not script.startswith("_"):
            jobs.append((script[:-3], f"KIOSK_BUILD=build/gcc /usr/bin/python3 tests/integration/{script}"))
    for script in find("tests/integration", ".sh"):
        jobs.append((script[:-3], f"KIOSK_BUILD=build/gcc tests/integration/{script}"))
    # Clients that come and go while the others' threads run: races in the use of Paho.
    jobs.append(("network-tsan", "KIOSK_BUILD=build/tsan /usr/bin/python3 tests/integration/network.py "
                 "test_a_write_that_fails_leaves_nothing_behind"))
    return jobs


def other_jobs():
    jobs = [
        ("kernel-gpio", "KIOSK_BUILD=build/gcc tests/kernel/run.sh"),
        ("kernel-lanes", "KIOSK_BUILD=build/gcc KIOSK_GUEST=lane_guest.py tests/kernel/run.sh"),
        ("kernel-systemd", "KIOSK_BUILD=build/gcc tests/kernel/systemd_units.sh"),
        ("kernel-power", "KIOSK_BUILD=build/gcc tests/kernel/power_cuts.py 24"),
        ("kernel-power-control", "KIOSK_BUILD=build/gcc tests/kernel/power_cuts.py --unflushed 6"),
        ("cppcheck", "tests/lint.sh cppcheck"),
        ("format", "tests/lint.sh format"),
        ("shellcheck", "tests/lint.sh shellcheck"),
        ("sizes", "tests/lint.sh sizes"),
        ("man", "tests/lint.sh man"),
        ("pure", "tests/pure.sh gcc"),
        ("coverage", "tests/coverage.sh --gate"),
        ("simulation", "build/gcc/simulation --seeds 3000 --seed 1"),
        ("simulation-traces", "build/gcc/simulation --replay tests/simulation/traces/*.txt"),
        ("simulation-asan", "build/asan/simulation --seeds 150 --seed 900001"),
        ("mutants", "tests/simulation/mutants.sh 20000"),
        ("demo", "KIOSK_BUILD=build/gcc tests/demo.sh"),
        ("demo-parking", "KIOSK_BUILD=build/gcc TRADE=parking tests/demo.sh"),
        ("demo-transport", "KIOSK_BUILD=build/gcc TRADE=transport tests/demo.sh"),
    ]
    for config in find("config/examples", ".cfg"):
        jobs.append((f"example-{config[:-4]}", f"build/gcc/kioskd -c config/examples/{config} --check"))
    for source in find("tests/fuzz", ".c"):
        name = source[len("fuzz_"):-2]
        jobs.append((f"fuzz-{name}", f"tests/fuzz/run.sh {name} {FUZZ_S}"))
    return jobs


def length(job):
    name = re.sub("-(gcc|clang|asan|tsan)$", "", job[0])
    return LONGEST.index(name) if name in LONGEST else len(LONGEST)


def test_jobs():
    return sorted([("tidy", "make -s tidy")] + integration_jobs() + other_jobs() + unit_jobs(), key=length)


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


def left_over(session):
    """Processes of a job's session that still run: {pid: name}."""
    found = {}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
                name, rest = file.read().split("(", 1)[1].rsplit(")", 1)
        except OSError:
            continue
        fields = rest.split()
        if fields[0] not in "ZX" and int(fields[3]) == session:
            found[int(pid)] = name
    return found


def end_session(session):
    for pid in left_over(session):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass


RUNNING = set()


def run_command(command, out, nice=0):
    """Exit status, and the seconds of processor time that it took."""
    process = subprocess.Popen(f"exec nice -n {nice} sh -c {shlex.quote(command)}" if nice else command, shell=True, cwd=TOP,
                               stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, start_new_session=True,
                               env=ENVIRONMENT)
    RUNNING.add(process.pid)
    late = threading.Timer(LIMIT_S, end_session, (process.pid,))
    late.start()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = code = os.waitstatus_to_exitcode(status)
    if late.finished.is_set():
        out.write(f"\ncheck: no end within {LIMIT_S} s\n".encode())
        code = 124
    late.cancel()
    time.sleep(0.01)
    left = left_over(process.pid)
    if left and code != 124:
        out.write(f"\ncheck: left running: {left}\n".encode())
        code = code or 1
    end_session(process.pid)
    RUNNING.discard(process.pid)
    return code, usage.ru_utime + usage.ru_stime


# How late this machine wakes whoever sleeps. Later than the warden's patience, and boards, daemons and emulated kernels stand
# still as well: the kiosk honestly does not know, and a test that wants a delivery fails.
PATIENCE_MS = 30
STILL = []  # (when, milliseconds)
AGAIN = []  # jobs that failed in such a time: each runs once more, alone, and that counts


def watch_machine():
    while True:
        begin = time.monotonic()
        time.sleep(0.005)
        late_ms = (time.monotonic() - begin) * 1000 - 5
        if late_ms > PATIENCE_MS:
            STILL.append((begin, late_ms))


def stood_still(since):
    return max((late_ms for when, late_ms in STILL if when >= since - 1), default=0)


def run(tally, name, command, nice=0, alone=False):
    begin = time.monotonic()
    log = os.path.join(LOGS, name + ".log")
    with open(log, "wb") as out:
        code, busy = run_command(command, out, nice)
    text = open(log, encoding="utf-8", errors="replace").read()
    if code != 0 and not alone and lives_in_time((name, command)) and stood_still(begin) > 0:
        AGAIN.append((name, command))
        os.rename(log, os.path.join(LOGS, name + ".busy.log"))
        print(f"  busy  {name} ({time.monotonic() - begin:.1f} s): failed while this machine stood still for "
              f"{stood_still(begin):.0f} ms; once more at the end, alone", flush=True)
        print("\n".join("        " + line[:300] for line in text.splitlines() if re.search("FAIL|Error:", line)), flush=True)
        return True
    good = tally.count(name, code, text)
    print(f"  {'ok  ' if good else 'FAIL'}  {name} ({time.monotonic() - begin:.1f} s, busy {busy:.1f} s)", flush=True)
    if not good:
        print("\n".join("        " + line for line in text.splitlines()[-40:]), flush=True)
    return good


def waits(job):
    """It waits for clocks, brokers and machines more than it computes: four of them may run beside two others, before the other
    flavours are built."""
    integration = "tests/integration/" in job[1] and "build/gcc" in job[1]
    return integration or job[0].startswith("demo") or "tests/kernel/power" in job[1]


def lives_in_time(job):
    """Its machines, boards and people are programs that have to be woken in time. No fuzzer, sanitizer or unit test is."""
    return waits(job) or ("tests/kernel/" in job[1] and "san" not in job[1])


WAITING = 4
NICE = 5  # what only computes gives way to what waits for something to happen in time
COMPUTES = ("build-", "tidy", "coverage", "mutants", "cppcheck", "fuzz-", "simulation", "test_texts", "test_scene")


def run_side_by_side(tally, builds, jobs):
    """What waits runs four at a time as soon as the programs are there; meanwhile the other flavours are built, and
    then what computes runs, one a core."""
    jobs = list(jobs)
    lock = threading.Lock()
    good = [run(tally, *builds[0])]

    def work(choose):
        while all(good):
            with lock:
                job = next(filter(choose, jobs), None)
                if job is None:
                    return
                jobs.remove(job)
            run(tally, *job, nice=NICE if job[0].startswith(COMPUTES) else 0)

    threads = [threading.Thread(target=work, args=(waits,)) for _ in range(WAITING)]
    for thread in threads:
        thread.start()
    for job in builds[1:]:
        good.append(all(good) and run(tally, *job, nice=NICE))
    threads += [threading.Thread(target=work, args=(choose,)) for choose in (lambda job: not waits(job), lambda job: True)]
    for thread in threads[WAITING:]:
        thread.start()
    for thread in threads:
        thread.join()
    for job in AGAIN:
        run(tally, *job, alone=True)


def stop(number, _frame):
    for session in list(RUNNING):
        end_session(session)
    os._exit(128 + number)


def build_kernel():
    """Once per version of the kernel's source, into a cache outside the tree; not counted in the time."""
    begin = time.monotonic()
    with open(os.path.join(LOGS, "kernel-build.log"), "wb") as out:
        code, _ = run_command("KIOSK_KERNEL_JOBS=2 tests/kernel/build_kernel.sh", out)
    if time.monotonic() - begin > 5 or code != 0:
        print(f"  {'FAIL' if code else 'ok  '}  kernel-build ({time.monotonic() - begin:.0f} s, cached from now on)", flush=True)


def main():
    os.makedirs(LOGS, exist_ok=True)
    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    threading.Thread(target=watch_machine, daemon=True).start()
    tally = Tally()
    only = sys.argv[1:]
    jobs = [j for j in test_jobs() if not only or any(o in j[0] for o in only)]
    if any("tests/kernel/" in command for _, command in jobs):
        build_kernel()
    begin = time.monotonic()
    run_side_by_side(tally, build_jobs(), jobs)
    print(f"check: {time.monotonic() - begin:.0f} s, logs in build/check")
    tail = f", {tally.skipped} skipped" if tally.skipped else ""
    print(f"{tally.passed} passed, {tally.failed} failed{tail}")
    sys.exit(1 if tally.failed else 0)


if __name__ == "__main__":
    main()
