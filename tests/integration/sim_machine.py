#!/usr/bin/python3
"""The daemon on the simulated machine: fault scripts from outside, the machine's own trace as the witness."""
import os
import signal
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from _rig import BUILD, Rig, run_tests, wait_for  # noqa: E402


class Machine(Rig):
    """A rig whose lines are simulated; script: the rules to play."""

    def __init__(self, script=""):
        super().__init__(start=False, simulate=True)
        self.script = os.path.join(self.folder, "test.script")
        self.trace_file = os.path.join(self.folder, "trace")
        with open(self.script, "w") as f:
            f.write(script)
        self.env = {"KIOSK_SIM_SCRIPT": self.script, "KIOSK_SIM_TRACE": self.trace_file}
        self.start(env=self.env)

    def trace(self):
        """What the machine saw: (name, what) in order."""
        with open(self.trace_file) as f:
            return [tuple(line.rstrip("\n").split(" ", 3)[2:]) for line in f]

    def count(self, name, what):
        return self.trace().count((name, what))

    def buy(self, payment_id, seconds=15):
        self.service.pay(payment_id)
        outcome = self.service.wait("outcome", seconds, payment_id=payment_id)
        return outcome["result"], outcome.get("reason"), outcome["verified"], outcome["refund"]


def test_a_sale_is_one_turn_and_one_product():
    with Machine() as machine:
        assert machine.buy("good") == ("delivered", None, True, "no")
        wait_for("motor off", 2, lambda: machine.count("motor", "off") == 1)
        assert machine.count("motor", "on") == 1 and machine.count("a1", "product fell") == 1, machine.trace()


def test_a_stuck_beam_hides_the_product_and_it_comes_back_by_itself():
    with Machine("after 3s drop stuck on 3s\n") as machine:
        wait_for("hidden", 6, lambda: not machine.selling())
        assert machine.buy("hidden") == ("refused", "out_of_service", False, "yes")
        wait_for("back", 6, machine.selling)
        assert machine.buy("back")[0] == "delivered"
        assert machine.count("motor", "on") == 1


def test_a_silent_beam_is_unknown_at_first_and_a_refund_once_it_has_worked():
    with Machine("at vend 1 a1 no_drop\nat vend 3 a1 no_drop\n") as machine:
        assert machine.buy("first") == ("unknown", "no_drop", False, "review")
        assert machine.buy("second") == ("delivered", None, True, "no")
        assert machine.buy("third") == ("failed", "no_drop", False, "yes")
        assert machine.count("a1", "product fell") == 1


def test_a_welded_relay_is_latched_and_nothing_more_is_ordered():
    with Machine("a1 motor welded\n") as machine:
        assert machine.buy("weld")[0] == "delivered"
        wait_for("hidden", 5, lambda: not machine.selling())
        machine.service.wait("event", 5, code="output_fault", line="motor")
        assert machine.buy("next") == ("refused", "out_of_service", False, "yes")
        assert machine.count("motor", "on") == 1 and machine.count("motor", "off") == 0


def test_a_home_line_lost_in_the_turn_stops_the_motor_and_is_unknown():
    with Machine("at vend 1 after 500ms line home lost 2s\n") as machine:
        assert machine.buy("lost") == ("unknown", "sensor_lost", False, "review")
        trace = machine.trace()
        lost, off = trace.index(("home", "fault lost")), trace.index(("motor", "off"))
        assert lost < off and ("a1", "product released") not in trace[:off], trace


def test_an_order_nobody_answers_is_not_sent_again():
    with Machine("at vend 1 line motor unanswered 1s\n") as machine:
        result = machine.buy("unheard")
        assert result[0] in ("unknown", "failed") and machine.count("a1", "product fell") == 0, result
        assert machine.count("motor", "on") == 1, machine.trace()


def test_killed_in_mid_turn_nothing_moves_again_for_that_payment():
    with Machine() as machine:
        machine.service.pay("cut")
        wait_for("cam left home", 5, lambda: machine.count("home", "left home") == 1, 0.001)
        machine.kill()
        machine.start(wait=False, env=machine.env)
        outcome = machine.service.wait("outcome", 15, payment_id="cut")
        assert (outcome["result"], outcome["reason"]) == ("unknown", "power_loss"), outcome
        assert machine.count("motor", "on") == 1 and machine.count("sim", "start") == 2


def test_a_wrong_script_stops_the_start_with_its_place():
    with Machine() as machine:
        machine.kill(signal.SIGTERM)
        with open(machine.script, "w") as f:
            f.write("a1 jam\na1 explode\n")
        done = subprocess.run([os.path.join(BUILD, "kioskd"), "-c", machine.config_file, "--sim"], timeout=20,
                              env={**os.environ, **machine.env}, capture_output=True, text=True)
        assert done.returncode != 0 and f"{machine.script}:2: 'explode'" in done.stderr, done


if __name__ == "__main__":
    run_tests(globals())
