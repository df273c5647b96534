#!/usr/bin/python3
"""What a running kiosk-display answers: the payments whose lines are on its display now, and no others."""
import json
import socket
import sys
import time

from _screen import SLOW, STALE_S, Daemon, Screen, connected, product, run_tests, shot, snapshot

BUS = {"device": "bus", "kind": "validator", "state": "pay", "direction": "in", "vehicle": False, "rights": 0, "show_ms": 3000}
BARRIER = {**BUS, "device": "gate", "kind": "barrier", "vehicle": True, "show_ms": 0}


def ride(number, phase="moving", lane=0, age_ms=0):
    return {"number": number, "phase": phase, "refund": "", "lane": lane, "product": "ride", "amount": 110, "currency": "BYN",
            "reason": "", "reference": f"K{number:05}", "at": 1790000000, "age_ms": age_ms}


def bus(number, rides=(), **changes):
    """A snapshot with these payments, newest first."""
    return snapshot({**product("ride"), "lane": 0}, lanes=[BUS], number=number, activities=list(rides)[:64], **changes)


def answers(daemon, seconds):
    """What comes within this time, at the moment it comes."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        daemon.client.settimeout(left)
        try:
            yield json.loads(daemon.client.recv(4096))
        except socket.timeout:
            return


def answer_to(daemon, number, seconds=3):
    for answer in answers(daemon, seconds * SLOW):
        assert sorted(answer) == ["number", "shown"] and sorted(answer["shown"]) == ["from", "to"], answer
        if answer["number"] == number:
            return answer["shown"]["from"], answer["shown"]["to"]
    raise AssertionError(f"no answer to snapshot {number}")


def test_fifty_payments_at_once_are_said_to_be_shown(folder):
    screen, daemon = connected(folder)
    daemon.send(bus(1))
    assert answer_to(daemon, 1) == (0, 0)
    sent = time.monotonic()
    daemon.send(bus(2, [ride(n) for n in range(50, 0, -1)]))
    assert answer_to(daemon, 2) == (1, 50)
    print(f"# 50 lines stand on the display {(time.monotonic() - sent) * 1000:.0f} ms after their snapshot")
    screen.wait_codes("ride")
    assert screen.end() == 0


def test_fifty_payments_in_a_second_are_each_said_to_be_shown(folder):
    screen, daemon = connected(folder, shots=False)
    daemon.send(bus(1))
    answer_to(daemon, 1)
    start, told, shown = time.monotonic(), {}, {}
    for number in range(1, 51):
        while time.monotonic() < start + number / 50:
            for answer in answers(daemon, start + number / 50 - time.monotonic()):
                for payment in range(answer["shown"]["from"], answer["shown"]["to"] + 1):
                    shown.setdefault(payment, time.monotonic())
        told[number] = time.monotonic()
        daemon.send(bus(number + 1, [ride(n) for n in range(number, 0, -1)]))
    for answer in answers(daemon, 2 * SLOW):
        for payment in range(answer["shown"]["from"], answer["shown"]["to"] + 1):
            shown.setdefault(payment, time.monotonic())
        if 50 in shown:
            break
    assert sorted(set(told) - set(shown) - {0}) == [] and set(shown) - {0} == set(told), sorted(set(told) ^ set(shown))
    took = sorted(shown[n] - told[n] for n in told)
    assert took[0] > 0, "shown before it was told"
    print(f"# from snapshot to display: median {took[25] * 1000:.0f} ms, longest {took[-1] * 1000:.0f} ms")
    assert took[-1] < 1.0 * SLOW, took
    assert screen.end() == 0


def test_what_waits_or_was_missed_is_not_said_to_be_shown(folder):
    screen, daemon = connected(folder)
    daemon.send(bus(1, [ride(3, "paid"), ride(2), ride(1)]))
    assert answer_to(daemon, 1) == (1, 2)
    daemon.send(bus(2, [ride(n) for n in range(200, 136, -1)]))  # 4 to 136 never reached this screen
    assert answer_to(daemon, 2) == (137, 200)
    assert screen.end() == 0


def test_answers_come_at_least_once_a_second(folder):
    screen, daemon = connected(folder)
    last, count = time.monotonic(), 0
    for number in range(1, 9):
        daemon.send(bus(number))
        for answer in answers(daemon, 0.5):
            assert answer["number"] <= number, answer
            assert time.monotonic() - last < 1.0 * SLOW, time.monotonic() - last
            last, count = time.monotonic(), count + 1
    assert 8 <= count <= 12, count
    assert screen.end() == 0


def test_other_screens_answer_too(folder):
    screen, daemon = connected(folder)
    daemon.send(snapshot(product("cola")))
    assert answer_to(daemon, 1) == (0, 0)
    daemon.send(snapshot({**product("entry"), "lane": 0}, lanes=[BARRIER], number=2, activities=[ride(4)]))
    assert answer_to(daemon, 2) == (0, 0)  # a barrier has no list
    assert screen.end() == 0


def test_without_a_display_nothing_is_said_to_be_shown(folder):
    screen = Screen(folder, driver="no-such-driver")
    daemon = Daemon(screen.run_dir).accept()
    daemon.send(bus(1, [ride(1)]))
    screen.wait_codes("ride")
    assert list(answers(daemon, 1)) == []
    assert screen.end() == 0


def test_a_picture_in_a_file_is_no_display(folder):
    target, process = shot(folder)
    daemon = Daemon(folder).accept()
    daemon.send(bus(1, [ride(1)]))
    assert process.wait(5 * SLOW) == 0, process.stderr.read()
    assert daemon.client.recv(4096) == b""
    process.stderr.close()


def test_what_is_not_believed_is_not_answered(folder):
    screen, daemon = connected(folder)
    daemon.send(bus(1, [ride(1)]))
    assert answer_to(daemon, 1) == (1, 1)
    sent = time.monotonic()
    late = [time.monotonic() - sent for _ in answers(daemon, STALE_S + 1)]
    assert not late or late[-1] < STALE_S, late  # then it is out of service
    daemon.send(bus(2, [ride(1, "take", age_ms=4000)]))
    assert answer_to(daemon, 2) == (1, 1)
    assert screen.end() == 0


def test_numbers_begin_anew_with_the_daemon(folder):
    screen, daemon = connected(folder)
    daemon.send(bus(900, [ride(n) for n in range(30, 0, -1)]))
    assert answer_to(daemon, 900) == (1, 30)
    daemon.close()
    daemon = Daemon(screen.run_dir).accept()
    daemon.send(bus(1))
    assert answer_to(daemon, 1) == (0, 0)
    daemon.send(bus(2, [ride(1)]))
    assert answer_to(daemon, 2) == (1, 1)
    assert screen.end() == 0


def test_a_daemon_that_does_not_listen_is_not_waited_for(folder):
    screen, daemon = connected(folder)
    for number in range(1, 400):  # answers pile up unread
        daemon.send(bus(number, [ride(number)]))
        time.sleep(0.002)
    before = len(screen.pictures())
    daemon.send(bus(1000, [ride(1000)], message="still there"))
    screen.wait_picture(before)
    assert screen.end() == 0


if __name__ == "__main__":
    sys.exit(run_tests(globals()))
