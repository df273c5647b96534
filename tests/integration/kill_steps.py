#!/usr/bin/python3
"""The daemon dies, or the kernel fails it, at every single system call of a sale; then the books must balance.

A tracer is attached to a selling daemon and hits the n-th call of one kind, counted from there. What happened is judged
by the board and by what the broker carried. KIOSK_SOAK=1 goes through all n until a sale ends untouched; without it some
are drawn (SEED).
"""
import os
import random
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from _judge import MOTOR, SOAK, Judge  # noqa: E402
from _rig import run_tests, wait_for  # noqa: E402
from _tracer import Tracer  # noqa: E402

DICE = random.Random(int(os.environ.get("SEED", "0")) or None)
# What a sale calls, and how often about; the soak finds the true number.
STEPS = {"pwrite64": 12, "fdatasync": 3, "write": 40, "sendto,sendmsg": 60, "recvfrom,recvmsg": 60, "read": 60,
         "epoll_wait,epoll_pwait": 60, "poll,ppoll": 60, "ioctl": 4, "unlink,unlinkat,rename,renameat,renameat2,ftruncate": 2}
DRAWN = 2
# write is left out: its files are eventfds, which never fail, and the log.
# These fail for a while only. A bus that is dead for good to this process alone is a board out of reach, and ends what is on
# by itself or not at all; a main loop that never hears anything again is ended by the limit of the output.
SHORT = ("send", "recv", "read", "epoll", "poll")
ERRORS = [("pwrite64", "error=EIO"), ("pwrite64", "error=ENOSPC"), ("fdatasync", "error=EIO"),
          ("sendto,sendmsg", "error=EINTR"), ("recvfrom,recvmsg", "error=EINTR"), ("read", "error=EINTR"),
          ("epoll_wait,epoll_pwait", "error=EINTR"), ("poll,ppoll", "error=EINTR"), ("mmap,brk,mremap", "error=ENOMEM"),
          ("pwrite64", "retval=1"), ("sendto,sendmsg", "retval=1"), ("fdatasync", "error=ENOSPC"), ("pwrite64", "error=EINTR"),
          ("sendto,sendmsg", "error=ENOMEM"), ("recvfrom,recvmsg", "error=EIO"), ("sendto,sendmsg", "error=EIO")]


class Steps(Tracer, Judge):
    """A rig whose daemon can be hit in a sale, and that asks afterwards what must be true of it."""

    def begin_books(self):
        self.paid, self.dropped_before = [], self.board.dropped

    def balance(self):
        """Over all sales: what was paid is what fell, what goes back, and what somebody looks at."""
        told = {payment_id: self.service.seen("outcome", payment_id=payment_id)[0] for payment_id in self.paid}
        sums = {refund: sum(o["amount"] for o in told.values() if o["refund"] == refund) for refund in ("no", "yes", "review")}
        delivered, unsure = (sum(o["refund"] == refund for o in told.values()) for refund in ("no", "review"))
        dropped = self.board.dropped - self.dropped_before
        print(f"  {len(told)} payments: paid {250 * len(told)} = delivered {sums['no']} + refunded {sums['yes']} + "
              f"under review {sums['review']}; {dropped} fell")
        assert 250 * len(told) == sum(sums.values()), sums
        assert delivered <= dropped <= delivered + unsure, (delivered, unsure, dropped)

    def sale(self, calls, action):
        """One sale under the tracer, then a restart if the daemon is gone or mute; True if the hit came."""
        starts, dropped = self.board.starts(MOTOR), self.board.dropped
        self.hit_by = f"{calls}:{action}"
        tracer = self.hit(calls, action)
        try:
            payment_id = self.service.pay()
            self.paid.append(payment_id)
            end = time.monotonic() + 4
            while self.daemon.poll() is None and not self.service.seen("outcome", payment_id=payment_id) and \
                    not self.dying() and time.monotonic() < end:
                time.sleep(0.01)
        finally:
            tracer.kill()  # at once: a tracer that takes leave waits for threads that are gone, and they for it
            tracer.communicate()
        if self.dying():  # hit after it had told
            self.daemon.wait(10)
        if self.daemon.poll() is not None or not self.service.seen("outcome", payment_id=payment_id):
            if self.daemon.poll() is None:
                self.kill()
            wait_for("motor off after death", 4, lambda: not self.board.coils[MOTOR])
            self.start(wait=False)
        self.settled(payment_id, starts, dropped)
        self.forgive()
        return self.was_hit()

    def forgive(self):
        """As service does after a look: the crash loop and the slot's lock are undone."""
        wait_for("store good", 30, lambda: "store_failed" not in self.service.seen("status")[-1]["reasons"])
        self.ctl("enable")
        self.ready()

    def settled(self, payment_id, starts_before, dropped_before):
        outcome = self.outcome(payment_id, 60)
        wait_for("motor off in the end", 5, lambda: not self.board.coils[MOTOR])
        time.sleep(0.05)  # a second turn would begin at once
        starts, dropped = self.board.starts(MOTOR) - starts_before, self.board.dropped - dropped_before
        told = self.service.seen("outcome", payment_id=payment_id)
        facts = (self.hit_by, outcome["result"], outcome.get("reason"), outcome["refund"], starts, dropped)
        assert all(one == told[0] for one in told), told
        assert starts <= 1 and dropped <= 1, facts
        assert outcome["verified"] <= (dropped == 1), facts
        assert outcome["result"] != "delivered" or dropped == 1, facts
        assert outcome["refund"] != "yes" or dropped == 0, facts


def numbers(most):
    """The calls to hit: all of them, or some."""
    return range(1, 4 * most) if SOAK else sorted(DICE.sample(range(1, most + 1), min(DRAWN, most)))


def test_killed_at_a_call_of_a_sale_it_vends_at_most_once_and_settles():
    hits = 0
    with Steps() as rig:
        rig.begin_books()
        for calls, most in STEPS.items():
            for number in numbers(most):
                if rig.sale(calls, f"signal=KILL:when={number}"):
                    hits += 1
                elif SOAK:
                    break
        rig.balance()
    print(f"  killed at {hits} calls")
    assert hits > 0


def test_a_call_that_fails_once_or_for_good_costs_no_second_turn():
    hits = 0
    chosen = ERRORS if SOAK else DICE.sample(ERRORS, 6)
    with Steps() as rig:
        rig.begin_books()
        for calls, action in chosen:
            for_good = "2+" if not calls.startswith(SHORT) else "2..6"
            for when in (["1", "2", "3", for_good] if SOAK else [DICE.choice(["1", "2", "3"]), for_good]):
                hits += rig.sale(calls, f"{action}:when={when}")
        rig.balance()
    print(f"  {hits} calls failed")
    assert hits > 0


if __name__ == "__main__":
    run_tests(globals())
