#!/usr/bin/python3
"""The installed units under a real systemd: runs as root inside the guest of tests/kernel/systemd_units.sh.

One life of one machine: the tests follow each other. Lines are gpio-sim's; the motor, its cam and the light beam are played
by _rig.Spiral; mosquitto runs beside.
"""
import base64
import ctypes
import faulthandler
import grp
import json
import os
import pwd
import signal
import stat
import subprocess
import sys
import threading
import time
from types import SimpleNamespace

HERE = os.path.dirname(os.path.abspath(__file__))
for folder in ("../integration", "../tools", "."):
    sys.path.insert(0, os.path.join(HERE, folder))
from _rig import Broker, Service, Spiral, run_tests, wait_for  # noqa: E402
from gpio_guest import Chip  # noqa: E402

MOTOR, HOME, DROP, DOOR = range(4)
LOCKS = range(4, 8)  # a device each for the tests that leave one behind in doubt
CONFIG = """
kiosk = {{ id = "test-1"; name = "Test corner"; currency = "BYN"; languages = [ "en" ]; support = "+375 17 000 00 00"; }};
clock = {{ trust = "ntp"; }};
mqtt = {{ host = "broker.kiosk.test"; port = {port}; prefix = "kiosk"; }};
keys = ( {{ kid = "psp"; alg = "EdDSA"; public = "{psp}"; use = [ "payment", "ack" ]; }},
         {{ kid = "ops"; alg = "EdDSA"; public = "{ops}"; use = [ "command" ]; }} );
lines = {{ motor = {{ driver = "gpio"; direction = "out"; chip = "kiosk-lines"; line = 0; }};
          home = {{ driver = "gpio"; direction = "in"; chip = "kiosk-lines"; line = 1; }};
          drop = {{ driver = "gpio"; direction = "in"; chip = "kiosk-lines"; line = 2; }};
          door = {{ driver = "gpio"; direction = "in"; chip = "kiosk-lines"; line = 3; }};
          {locks} }};
devices = ( {{ name = "a1"; kind = "spiral"; motor = "motor"; home = "home"; drop = "drop"; max_ms = 4000; }},
            {relays} );
machine = {{ door = "door"; }};
products = ( {{ id = "cola"; title = {{ en = "Cola"; }}; price = 250; device = "a1"; stock = 8; capacity = 8;
               qr = "https://pay.example/cola"; }},
             {teas} );
"""
LOCK = """lock{0} = {{ driver = "gpio"; direction = "out"; chip = "kiosk-lines"; line = {0}; }};"""
RELAY = """{{ name = "b{0}"; kind = "relay"; output = "lock{0}"; pulse_ms = 1500; }}"""
TEA = """{{ id = "tea{0}"; title = {{ en = "Tea {0}"; }}; price = 100; device = "b{0}"; qr = "https://pay.example/{0}"; }}"""


def write(path, text):
    with open(path, "w") as file:
        file.write(text)


def run(*words):
    return subprocess.run(words, check=True, capture_output=True, text=True, timeout=60).stdout.strip()


def show(name, unit="kioskd"):
    return run("systemctl", "show", "--value", "-p", name, unit)


def pid(unit="kioskd"):
    return int(show("MainPID", unit))


def restarts():
    return int(show("NRestarts"))


def journal(*match):
    return run("journalctl", "--no-pager", "-o", "short-monotonic", *match)


def status_of(process):
    with open(f"/proc/{process}/status") as file:
        return dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)


class Machine:
    """What hangs on the lines; beside it the broker and the payment service."""

    def __init__(self):
        os.makedirs("/tmp/rig")
        self.chip = Chip("kiosk-lines")
        self.chip.pull(DOOR, True)
        self.chip.pull(HOME, True)
        self.spiral = Spiral(MOTOR, HOME, DROP)
        self.spiral.turn, self.spiral.fall = 1.5, 1.0
        self.board = SimpleNamespace(coils=[False] * 8, discretes=[False, True] + [False] * 6, dropped=0, beam_stuck=False)
        threading.Thread(target=self.live, daemon=True).start()
        self.broker = Broker("/tmp/rig", extra="user root\n")
        self.service = Service(self.broker)

    def live(self):
        last = time.monotonic()
        while True:
            time.sleep(0.005)
            now = time.monotonic()
            before = list(self.board.discretes)
            try:
                self.board.coils[MOTOR] = bool(self.chip.value(MOTOR))
            except OSError:  # unplugged
                continue
            self.spiral.step(self.board, now - last, now)
            for line in (HOME, DROP):
                if self.board.discretes[line] != before[line]:
                    self.chip.pull(line, self.board.discretes[line])
            last = now

    def configure(self):
        file = "/etc/kioskd/kiosk.cfg"
        write(file, CONFIG.format(port=self.broker.port, psp=self.service.public("psp"), ops=self.service.public("ops"),
                                  locks=" ".join(map(LOCK.format, LOCKS)), relays=", ".join(map(RELAY.format, LOCKS)),
                                  teas=", ".join(map(TEA.format, LOCKS))))
        os.chown(file, 0, grp.getgrnam("kiosk").gr_gid)
        os.chmod(file, 0o640)

    def boots(self):
        return [status["boot_id"] for status in self.service.seen("status", online=True)]

    def can_sell(self, product, after=0):
        for message in self.service.seen("availability")[after:][-1:]:
            return any(p["id"] == product and p["can_sell"] for p in message["products"])
        return False

    def on(self, line):
        return wait_for(f"line {line} on", 15, lambda: self.chip.value(line))

    def off(self, line, seconds):
        wait_for(f"line {line} off", seconds, lambda: not self.chip.value(line))

    def all_off(self):
        levels = [self.chip.value(line) for line in (MOTOR, *LOCKS)]
        assert not any(levels), levels

    def sell_tea(self, line):
        """Its relay is on for 1.5 s from now."""
        wait_for("selling", 15, lambda: self.can_sell(f"tea{line}"))
        self.service.pay(product=f"tea{line}", amount=100)
        self.on(line)

    def comes_back(self, boots, count, since):
        """Another run is there, and the one before ended with kiosk-safe in order."""
        wait_for("systemd starts it again", 30, lambda: restarts() == count + 1 and show("ActiveState") == "active")
        wait_for("online again", 15, lambda: len(set(self.boots())) > len(set(boots)))
        said = journal("-u", "kioskd", "-t", "kiosk-safe", f"--since=@{since}")
        assert "motor" in said and all(f"lock{line}" in said for line in LOCKS), said
        self.all_off()


def beat():
    """Tells the host every second that this machine has not frozen."""
    count = 0
    while True:
        count += 1
        write("/opt/kiosk-test/host/alive", f"{count}\n")
        time.sleep(1)


threading.Thread(target=beat, daemon=True).start()
machine = Machine()


def set_unsynchronised(on):
    """As ntpd does it: STA_UNSYNC (0x40) by ADJ_STATUS (0x10), and no error (ADJ_MAXERROR, 0x04). Longs of 64 bits."""
    timex = (ctypes.c_uint * 64)()
    timex[0], timex[10] = 0x14, 0x40 if on else 0
    assert ctypes.CDLL(None).adjtimex(timex) >= 0


def test_accounts_groups_and_rights_are_made_by_what_is_installed():
    user = pwd.getpwnam("kiosk")
    assert user.pw_dir == "/var/lib/kioskd" and "login" in user.pw_shell, user
    for group in ("gpio", "dialout"):
        assert "kiosk" in grp.getgrnam(group).gr_mem, group
    run("udevadm", "settle")
    chip = os.stat("/dev/gpiochip0")
    assert (chip.st_gid, stat.S_IMODE(chip.st_mode)) == (grp.getgrnam("gpio").gr_gid, 0o660), chip


def test_the_service_is_ready_as_its_own_user_and_without_rights():
    machine.configure()
    os.mkdir("/opt/kiosk-test/free")
    for path in ("/opt/kiosk-test/free", "/dev/uinput", "/dev/probe-188", "/dev/probe-166"):
        if "probe" in path:
            os.mknod(path, stat.S_IFCHR, os.makedev(int(path[-3:]), 0))
        os.chmod(path, 0o777)
    run("systemctl", "start", "kioskd")
    assert (show("ActiveState"), show("SubState")) == ("active", "running")
    status = status_of(pid())
    user = pwd.getpwnam("kiosk")
    assert status["Uid"].split() == [str(user.pw_uid)] * 4, status["Uid"]
    assert int(status["CapEff"], 16) == 0 and status["NoNewPrivs"].strip() == "1" and status["Seccomp"].strip() == "2"
    for path in ("/var/lib/kioskd", "/run/kioskd"):
        made = os.stat(path)
        assert (made.st_uid, stat.S_IMODE(made.st_mode)) == (user.pw_uid, 0o750), (path, made)
    config = os.stat("/etc/kioskd")
    assert (config.st_uid, config.st_gid, stat.S_IMODE(config.st_mode)) == (0, user.pw_gid, 0o750), config


def probed(file):
    with open(file) as lines:
        return dict(line.rstrip("\n").split(" ", 1) for line in lines)


def test_the_sandbox_gives_what_is_needed_and_nothing_else():
    """The same trials inside and outside: what is refused inside is refused by the unit."""
    inside = probed("/run/kioskd/probe")
    os.unlink("/var/lib/kioskd/probed")
    run("setpriv", "--reuid=kiosk", "--regid=kiosk", "--init-groups", "sh", f"{HERE}/systemd_probe.sh", "/tmp/probe")
    outside = probed("/tmp/probe")
    needed = {"state", "run", "config", "boot-id", "gpio"}
    assert {name for name, word in inside.items() if word == "allowed"} == needed, inside
    for number in ("usb-serial", "usb-modem"):  # allowed before their driver is there
        assert "No such device" in inside[number] and "No such device" in outside[number], (inside, outside)
    refused = {"uinput": "Operation not permitted", "write": "Read-only", "suid": "not permitted", "affinity": "not permitted",
               "namespace": "not permitted", "others": "", "packets": "Address family not supported",
               "memory": "PermissionError"}  # EPERM by systemd 252, EACCES by the kernel since 6.3
    for name, reason in refused.items():
        assert reason in inside[name] and inside[name] != outside[name], (name, inside, outside)


def test_nothing_is_sold_until_the_clock_is_set():
    set_unsynchronised(True)
    status = machine.service.wait("status", 15, online=True)
    assert "clock_untrusted" in str(status["reasons"]), status
    set_unsynchronised(False)
    wait_for("selling", 15, lambda: machine.can_sell("cola"))


def test_a_payment_moves_the_motor_and_is_verified():
    outcome = machine.service.wait("outcome", 20, payment_id=machine.service.pay())
    assert (outcome["result"], outcome["verified"]) == ("delivered", True), outcome
    assert machine.board.dropped == 1
    machine.off(MOTOR, 1.0)
    machine.all_off()


def test_the_order_to_restart_keeps_the_process():
    before, boots = pid(), machine.boots()
    assert machine.service.wait("result", 15, jti=machine.service.command("restart"))["ok"]
    wait_for("another run", 20, lambda: len(set(machine.boots())) > len(set(boots)))
    now = (pid(), restarts(), show("ActiveState"))
    assert now == (before, 0, "active"), (now, before)


def screenshot(source):
    result = machine.service.wait("result", 30, jti=machine.service.command("screenshot"))
    assert result["ok"] and result["data"]["source"] == source, str(result)[:300]
    assert base64.b64decode(result["data"]["png"])[:8] == b"\x89PNG\r\n\x1a\n"


def test_a_screenshot_is_taken_inside_the_sandbox():
    screenshot("drawn")
    with open("/sys/fs/cgroup/system.slice/kioskd.service/memory.peak") as peak:
        used = int(peak.read())
    print(f"memory of daemon, warden and screenshot: {used // 1024} KiB")
    assert used < int(show("MemoryMax")) / 2, used


def test_the_operator_reaches_the_daemon_on_the_machine():
    assert json.loads(run("kioskctl", "--json", "status"))["selling"] is True


def test_the_screen_is_ready_and_both_services_outlast_their_watchdogs():
    run("systemctl", "start", "kiosk-display")
    assert show("ActiveState", "kiosk-display") == "active"
    status = status_of(pid("kiosk-display"))
    assert status["Uid"].split()[0] == str(pwd.getpwnam("kiosk").pw_uid) and status["Seccomp"].strip() == "2"
    wait_for("the daemon sees the screen", 10, lambda: "screen_back" in str(machine.service.seen("event")))
    mounts = [line.split() for line in open(f"/proc/{pid('kiosk-display')}/mountinfo")]
    access = {fields[4]: fields[5].split(",")[0] for fields in mounts}
    assert (access["/sys"], access["/sys/devices"]) == ("ro", "rw"), "the backlight is out of reach"
    assert os.readlink(f"/proc/{pid('kiosk-display')}/ns/net") != os.readlink("/proc/1/ns/net")
    wait_for("a display", 10, lambda: "driver=dummy" in journal("-u", "kiosk-display"))
    screenshot("screen")
    time.sleep(4)
    assert (show("NRestarts", "kiosk-display"), restarts()) == ("0", 0)
    assert (show("ActiveState", "kiosk-display"), show("ActiveState")) == ("active", "active")


def test_a_stopped_screen_is_ended_by_its_watchdog_while_people_pay():
    since, before = time.time(), restarts()
    os.kill(pid("kiosk-display"), signal.SIGSTOP)
    wait_for("selling", 15, lambda: machine.can_sell("cola"))
    assert machine.service.wait("outcome", 15, payment_id=machine.service.pay())["result"] == "delivered"
    wait_for("systemd starts it again", 30, lambda: show("NRestarts", "kiosk-display") == "1")
    assert "Watchdog timeout" in journal("-u", "kiosk-display", f"--since=@{since}")
    wait_for("it shows again", 30, lambda: "connected to" in journal("-u", "kiosk-display", f"--since=@{since}"))
    assert restarts() == before, "the daemon was started again"
    run("systemctl", "stop", "kiosk-display")


def test_a_stopped_daemon_with_an_output_on_is_ended_by_the_warden():
    count, boots, since = restarts(), machine.boots(), time.time()
    machine.sell_tea(4)
    os.kill(pid(), signal.SIGSTOP)
    machine.off(4, 2.5)
    machine.comes_back(boots, count, since)


def test_a_stopped_daemon_is_ended_by_the_watchdog_and_started_again():
    count, boots, since = restarts(), machine.boots(), time.time()
    os.kill(pid(), signal.SIGSTOP)
    machine.comes_back(boots, count, since)
    assert "Watchdog timeout" in journal("-u", "kioskd", f"--since=@{since}")


def test_a_killed_daemon_leaves_no_output_on_and_is_started_again():
    wait_for("selling", 15, lambda: machine.can_sell("cola"))
    count, boots, since = restarts(), machine.boots(), time.time()
    paid = machine.service.pay()
    machine.on(MOTOR)
    os.kill(pid(), signal.SIGKILL)
    machine.off(MOTOR, 1.0)
    machine.comes_back(boots, count, since)
    assert machine.service.wait("outcome", 15, payment_id=paid)["result"] == "unknown"


def test_daemon_and_warden_killed_leave_the_outputs_to_kiosk_safe():
    count, boots, since = restarts(), machine.boots(), time.time()
    machine.sell_tea(5)
    # Each by its number: "systemctl kill" of systemd 257 takes kiosk-safe along, which is started at that moment.
    # Stopped first, the daemon last, so that neither sees the other's end and is gone before its own.
    with open("/sys/fs/cgroup/system.slice/kioskd.service/cgroup.procs") as processes:
        both = sorted(map(int, processes.read().split()), key=lambda one: one == pid())
    for number in (signal.SIGSTOP, signal.SIGKILL):
        for one in both:
            os.kill(one, number)
    machine.off(5, 5)
    machine.comes_back(boots, count, since)


def test_a_stop_ends_the_movement_says_offline_and_leaves_outputs_off():
    since = time.time()
    machine.sell_tea(6)
    run("systemctl", "stop", "kioskd")
    machine.all_off()
    assert (show("ActiveState"), show("Result")) == ("inactive", "success")
    assert "status=0" in show("ExecStopPost")
    last = machine.service.seen("status")[-1]
    assert last["online"] is False, last
    assert not os.path.exists("/run/kioskd") and os.path.exists("/var/lib/kioskd")
    assert "killing" not in journal("-u", "kioskd", f"--since=@{since}").lower()


def test_a_chip_that_comes_late_is_waited_for():
    machine.chip.unplug()
    run("systemctl", "start", "--no-block", "kioskd")
    wait_for("tried again and again", 20, lambda: restarts() >= 2)
    machine.chip.live()
    machine.chip.pull(DOOR, True)
    machine.chip.pull(HOME, True)
    wait_for("active", 20, lambda: show("ActiveState") == "active")
    wait_for("selling", 15, lambda: machine.can_sell("tea7"))
    run("systemctl", "stop", "kioskd")


def test_systemd_has_nothing_to_say_about_the_units():
    said = [line for line in journal("_PID=1", "-p", "warning").splitlines() if "kiosk" in line]
    expected = ("Watchdog timeout", "Main process exited", "Failed to start kioskd.service", "Failed with result",
                "Killing process", "Sent signal")
    said = [line for line in said if not any(word in line for word in expected)]
    assert not said, said


if __name__ == "__main__":
    faulthandler.dump_traceback_later(140, exit=True)  # where it hangs, if it does, before the host loses its patience
    try:
        run_tests(globals())
    finally:
        sys.stdout.flush()
        write("/opt/kiosk-test/host/journal", journal())
