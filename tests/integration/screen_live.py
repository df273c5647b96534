#!/usr/bin/python3
"""A running kiosk-display against a daemon that is quick, slow, odd, silent, or dead. What it shows is read from the
pictures that --shots writes on every change."""
import copy
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time

from _screen import DISPLAY, SLOW, STALE_S, Daemon, Screen, connected, product, run_tests, shot, snapshot


def test_code_goes_the_moment_it_cannot_be_sold(folder):
    screen, daemon = connected(folder)
    daemon.send(snapshot(product("cola"), product("bar")))
    screen.wait_codes("bar", "cola")
    before = len(screen.pictures())
    daemon.send(snapshot(product("cola"), product("bar", hold="sold_out")))
    took = screen.wait_picture(before)
    assert screen.codes() == ["https://pay.example/cola"], screen.codes()
    print(f"# a code is gone {took * 1000:.0f} ms after the snapshot (picture written)")
    daemon.send(snapshot(product("cola", hold="offline"), product("bar", hold="offline"), hold="offline"))
    screen.wait_codes()
    assert screen.end() == 0


def test_silence_puts_it_out_of_service(folder):
    screen, daemon = connected(folder)
    daemon.send(snapshot(product("cola")))
    sent = time.monotonic()
    screen.wait_codes("cola")
    before = len(screen.pictures())
    screen.wait_picture(before, STALE_S + 1)
    took = time.monotonic() - sent
    assert screen.codes() == [], screen.codes()
    assert STALE_S - 0.2 < took < STALE_S + 0.6 * SLOW, took
    daemon.send(snapshot(product("cola")))
    screen.wait_codes("cola")
    assert screen.end() == 0


def test_dead_daemon_hides_codes_at_once_and_comes_back(folder):
    screen, daemon = connected(folder)
    daemon.send(snapshot(product("cola")))
    screen.wait_codes("cola")
    before = len(screen.pictures())
    daemon.close()
    took = screen.wait_picture(before)
    assert took < 0.5 * SLOW and screen.codes() == [], (took, screen.codes())
    daemon = Daemon(screen.run_dir).accept()
    daemon.send(snapshot(product("bar")))
    screen.wait_codes("bar")
    assert screen.end() == 0


def test_starts_before_the_daemon(folder):
    screen = Screen(folder)
    screen.wait_picture(0)
    assert screen.codes() == []
    screen.wait_picture(1, STALE_S + 1)
    assert screen.codes() == []
    daemon = Daemon(screen.run_dir).accept()
    daemon.send(snapshot(product("cola")))
    screen.wait_codes("cola")
    assert screen.end() == 0


def test_odd_messages_are_dropped(folder):
    screen, daemon = connected(folder)
    good = snapshot(product("cola"))
    daemon.send(good)
    screen.wait_codes("cola")
    hidden = copy.deepcopy(good)
    hidden["products"][0]["can_sell"] = False  # with its code: refused whole
    hidden["products"][0]["qr"] = "https://pay.example/never"
    for odd in [b"{", b"[]", b"null", b"\xff\xfe", b"\0" * 100, b"x" * 4096, json.dumps(good).encode() + b"x",
                b" " * 196609, json.dumps(good).encode()[:-1], b"[" * 100000, hidden, {**good, "number": -1}]:
        daemon.send(odd)
    for _ in range(300):
        daemon.send(b"garbage" * 10)
    daemon.send(snapshot(product("cola"), product("bar")))
    screen.wait_codes("bar", "cola")
    assert screen.log_text().count("not a snapshot") <= 2, screen.log_text()
    assert screen.end() == 0


def test_only_odd_messages_become_stale(folder):
    screen, daemon = connected(folder)
    daemon.send(snapshot(product("cola")))
    screen.wait_codes("cola")
    end = time.monotonic() + STALE_S + 0.7 * SLOW
    while time.monotonic() < end:
        daemon.send(b"noise")
        time.sleep(0.1)
    assert screen.codes() == [], screen.codes()
    assert screen.end() == 0


def test_newest_wins_in_a_burst(folder):
    screen, daemon = connected(folder)
    daemon.send(snapshot(product("cola")))
    screen.wait_codes("cola")
    before = len(screen.pictures())
    os.kill(screen.process.pid, signal.SIGSTOP)
    daemon.client.setblocking(False)
    sent = 0
    try:
        for sent in range(60):
            daemon.send(snapshot(product(f"p{sent}")))
    except BlockingIOError:
        sent -= 1
    os.kill(screen.process.pid, signal.SIGCONT)
    screen.wait_codes(f"p{sent}")
    assert sent > 5 and len(screen.pictures()) - before <= 3, (sent, len(screen.pictures()) - before)
    assert screen.end() == 0


def test_same_facts_draw_nothing(folder):
    screen, daemon = connected(folder)
    for number in range(20):
        daemon.send(snapshot(product("cola"), number=number + 1))
        time.sleep(0.02)
    screen.wait_codes("cola")
    before = len(screen.pictures())
    for number in range(20):
        daemon.send(snapshot(product("cola"), number=number + 100))
        time.sleep(0.02)
    assert len(screen.pictures()) == before
    assert screen.end() == 0


def test_payment_goes_through_its_phases(folder):
    screen, daemon = connected(folder, driver="offscreen")
    activity = {"number": 1, "phase": "paid", "refund": "", "lane": -1, "product": "cola", "amount": 250, "currency": "BYN", "reason": "", "reference": "4711",
                "at": 5, "age_ms": 0}
    daemon.send(snapshot(product("cola")))
    screen.wait_codes("cola")
    for phase in ["paid", "moving", "take", "failed", "unknown", "refused"]:
        before = len(screen.pictures())
        daemon.send(snapshot(product("cola"), activities=[{**activity, "phase": phase}]))
        screen.wait_picture(before)
        assert screen.codes() == ["https://pay.example/cola"], (phase, screen.codes())
    before = len(screen.pictures())
    daemon.send(snapshot(product("cola"), activities=[{**activity, "phase": "take", "age_ms": 9300}]))
    screen.wait_picture(before)
    assert screen.wait_picture(before + 1) > 0.4  # by itself, when its ten seconds are over
    assert screen.end() == 0


def test_rotated_panel_shows_an_upright_page(folder):
    screen, daemon = connected(folder, "--rotate", "90")
    daemon.send(snapshot(product("cola")))
    screen.wait_codes("cola")
    with open(os.path.join(screen.shots, screen.pictures()[-1]), "rb") as f:
        header = f.read(24)
    assert int.from_bytes(header[16:20], "big") == 480 and int.from_bytes(header[20:24], "big") == 800
    assert screen.end() == 0


def test_tells_the_service_manager(folder):
    path = os.path.join(folder, "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(path)
        manager.settimeout(5 * SLOW)
        screen = Screen(folder, NOTIFY_SOCKET=path, WATCHDOG_USEC="300000")
        told = [manager.recv(200).decode() for _ in range(8)]
        assert told[0].startswith("READY=1"), told
        assert told.count("WATCHDOG=1") >= 5, told
        assert screen.end() == 0
        last = manager.recv(200).decode()
        while last == "WATCHDOG=1":
            last = manager.recv(200).decode()
        assert last == "STOPPING=1", last


def test_waits_for_a_display(folder):
    screen = Screen(folder, driver="no-such-driver")
    daemon = Daemon(screen.run_dir).accept()
    daemon.send(snapshot(product("cola")))
    screen.wait_codes("cola")  # in the pictures at least
    assert "no display" in screen.log_text(), screen.log_text()
    started = time.monotonic()
    assert screen.end() == 0 and time.monotonic() - started < 1 * SLOW


def test_shot_draws_the_next_snapshot(folder):
    target, process = shot(folder)
    daemon = Daemon(folder).accept()
    daemon.send(b"odd first")
    daemon.send(snapshot(product("cola")))
    assert process.wait(5 * SLOW) == 0, process.stderr.read()
    run = subprocess.run(["zbarimg", "-q", "--raw", target], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert run.stdout.strip() == b"https://pay.example/cola", run.stdout
    process.stderr.close()


def test_shot_without_a_daemon_fails_in_5_seconds(folder):
    started = time.monotonic()
    target, process = shot(folder)
    error = process.communicate(timeout=8 * SLOW)[1]
    assert process.returncode == 1 and 4.5 < time.monotonic() - started < 6 * SLOW, (process.returncode, error)
    assert "no snapshot" in error and not os.path.exists(target), error


def test_shot_into_nowhere_fails(folder):
    process = subprocess.Popen([DISPLAY, "--run-dir", folder, "--shot", os.path.join(folder, "no/such/dir.png")],
                               stderr=subprocess.PIPE, encoding="utf-8")
    daemon = Daemon(folder).accept()
    daemon.send(snapshot(product("cola")))
    error = process.communicate(timeout=5 * SLOW)[1]
    assert process.returncode == 1 and "cannot write" in error, error


def test_bad_usage_and_missing_fonts_are_told(folder):
    for options in [["--rotate", "45"], ["--size", "1x1"], ["--size", "800"], ["extra"], ["--nonsense"],
                    ["-c", os.path.join(folder, "none.cfg")]]:
        run = subprocess.run([DISPLAY, *options], stderr=subprocess.PIPE, encoding="utf-8", timeout=5 * SLOW)
        assert run.returncode == 2 and run.stderr, (options, run)
    for options in [["--run-dir", folder], ["--gallery", os.path.join(folder, "gallery")]]:
        run = subprocess.run([DISPLAY, *options, "--language", "fr"], stderr=subprocess.PIPE, encoding="utf-8", timeout=5 * SLOW)
        assert run.returncode == 2 and re.search("--language: fr; there are: .*\\bbe, .*uk", run.stderr), run
    assert not os.path.exists(os.path.join(folder, "gallery"))
    run = subprocess.run([DISPLAY, "--run-dir", folder], env={**os.environ, "KIOSK_FONTS": folder},
                         stderr=subprocess.PIPE, encoding="utf-8", timeout=5 * SLOW)
    assert run.returncode == 1 and "DejaVuSans.ttf" in run.stderr, run
    run = subprocess.run([DISPLAY, "--version"], stdout=subprocess.PIPE, encoding="utf-8", timeout=5 * SLOW)
    assert run.returncode == 0 and re.match(r"kiosk-display \d", run.stdout), run


if __name__ == "__main__":
    sys.exit(run_tests(globals()))
