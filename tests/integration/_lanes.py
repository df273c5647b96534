"""The rig for lanes: a configuration made of lane models, their board, and what a judge asks of every lane."""
import json
import os
import socket
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from _board import Board, wait_for  # noqa: E402
from _judge import Proxy  # noqa: E402
from _lane_model import Lane, Locker, Turnstile, Validator  # noqa: E402, F401
from _rig import Rig, run_tests  # noqa: E402

PRICE = 250
KINDS = {Lane: "barrier", Turnstile: "turnstile", Validator: "validator", Locker: "lock"}
HEAD = """
kiosk = {{ id = "{kiosk}"; name = "Test lane"; currency = "BYN"; languages = [ "en" ]; support = "+375 17 000 00 00";
          state_dir = "{folder}/state"; run_dir = "{folder}/run"; }};
clock = {{ trust = "always"; }};
mqtt = {{ host = "127.0.0.1"; port = {broker}; prefix = "kiosk"; version = {version}; keepalive_s = 30; }};
keys = ( {{ kid = "psp"; alg = "EdDSA"; public = "{psp}"; use = [ "payment", "ack" ]; }},
         {{ kid = "ops"; alg = "EdDSA"; public = "{ops}"; use = [ "command" ]; }} );
"""
# Short times: a minute's wait says no more than two seconds do.
TIMES = {
    "barrier": {"pulse_ms": 200, "up_ms": 800, "vehicle_wait_s": 2, "passage_s": 3, "down_s": 2},
    "turnstile": {"mode": "pulse", "pulse_ms": 100, "relock_s": 1},
    "validator": {"show_ms": 500, "buzz_ms": 50},
    "lock": {"pulse_ms": 200, "open_wait_s": 3},
}


def fields(values):
    return " ".join(f'{k} = "{v}";' if isinstance(v, str) else f"{k} = {v};" for k, v in values.items())


class Plan:
    """One lane in the configuration: its model, the roles that are wired, its bus and unit."""

    def __init__(self, model, without=(), bus="io", unit=1, max_age_s=120, **times):
        self.model, self.without, self.bus, self.unit, self.max_age_s = model, set(without), bus, unit, max_age_s
        self.kind = KINDS[type(model)]
        self.times = {**TIMES[self.kind], **times}

    def roles(self):
        return [r for r in (*self.model.OUTPUTS, *self.model.INPUTS) if r not in self.without]

    def lines(self, wire):
        for role in self.roles():
            output = role in self.model.OUTPUTS
            where = (self.model.coil if output else self.model.discrete)[role]
            keys = {"direction": "out" if output else "in", **wire(self, output, where)}
            yield f"  {self.model.name}_{role} = {{{{ {fields(keys)} }}}};"

    def device(self):
        name = self.model.name
        roles = {role: f"{name}_{role}" for role in self.roles()}
        return f"  {{{{ {fields({'name': name, 'kind': self.kind, **roles, **self.times})} }}}}"

    def product(self):
        name = self.model.name
        more = fields({"id": name, "price": PRICE, "device": name, "max_age_s": self.max_age_s,
                       "qr": f"https://pay.example/{name}"})
        return f'  {{{{ title = {{{{ en = "{name}"; }}}}; {more} }}}}'


def plan_of(lane):
    return lane if isinstance(lane, Plan) else Plan(lane)


def modbus_wire(plan, output, where):
    at = {"driver": "modbus", "bus": plan.bus, "unit": plan.unit}
    return {**at, "coil": where} if output else {**at, "discrete": where, "poll_ms": 40}


def configuration(plans, buses, machine, wire=modbus_wire):
    text = HEAD
    if buses:
        text += "buses = {{\n"
        for name, port in buses.items():
            text += f'  {name} = {{{{ type = "tcp"; host = "127.0.0.1"; port = {port}; response_ms = 500; }}}};\n'
        text += "}};\n"
    text += "lines = {{\n" + "\n".join(line for plan in plans for line in plan.lines(wire)) + "\n}};\n"
    text += "devices = (\n" + ",\n".join(plan.device() for plan in plans) + "\n);\n"
    text += f"machine = {{{{ {fields({'telemetry_s': 2, 'offline_s': 60, **machine})} }}}};\n"
    return text + "products = (\n" + ",\n".join(plan.product() for plan in plans) + "\n);\n"


class Lanes(Rig):
    """lanes: models, or plans of models. Each has a device and a product of its own name."""

    def __init__(self, *lanes, start=True, machine=None, **more):
        plans = [plan_of(lane) for lane in lanes]
        self.models = [plan.model for plan in plans]
        self.board = Board(machines=[p.model for p in plans if p.bus == "io"])
        self.others = {bus: Board(machines=[p.model for p in plans if p.bus == bus])
                       for bus in {p.bus for p in plans} - {"io"}}
        self.proxy = Proxy(self.board.port)
        ports = {"io": self.proxy.port, **{bus: board.port for bus, board in self.others.items()}}
        super().__init__(start=False, board=self.board, config=configuration(plans, ports, machine or {}),
                         broker_extra="set_tcp_nodelay true", **more)
        self.service.client.socket().setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if start:
            self.begin()

    def begin(self):
        """Starts it, and leaves nothing behind if that fails."""
        try:
            self.start()
        except AssertionError as error:
            self.__exit__(type(error))
            raise

    def __exit__(self, *error):
        super().__exit__(*error)
        self.proxy.stop()
        for board in self.others.values():
            board.stop()

    def start(self, wait=True, **more):
        super().start(wait=False, **more)
        if wait:
            wait_for("every lane sells", 20, lambda: all(self.selling(0, m.name) for m in self.models))

    def start_offering(self, wait_s=20):
        """A restart: the state of before is not mistaken for the new one."""
        before = len(self.service.seen("availability"))
        super().start(wait=False)
        wait_for("availability is told", wait_s, lambda: len(self.service.seen("availability")) > before)

    def selling(self, after=0, product=None):
        return super().selling(after, product or self.models[0].name)

    def hidden(self, product=None):
        """Why it is not sold, None while it is."""
        for p in self.service.wait("availability")["products"]:
            if p["id"] == (product or self.models[0].name):
                return None if p["can_sell"] else p["reason"]
        raise AssertionError("not told")

    def pay(self, product=None, payment_id=None, **claims):
        return self.service.pay(payment_id, product=product or self.models[0].name, amount=PRICE, **claims)

    def outcome(self, payment_id, seconds=20):
        return self.service.wait("outcome", seconds, payment_id=payment_id)

    def paid(self, product=None, seconds=20, **claims):
        return self.outcome(self.pay(product, **claims), seconds)

    def board_of(self, model):
        return next((b for b in self.others.values() if model in b.machines), self.board)

    def starts(self, role="open", model=None):
        model = model or self.models[0]
        return self.board_of(model).starts(model.coil[role])

    def level(self, role, model=None):
        model = model or self.models[0]
        return self.board_of(model).coils[model.coil[role]]

    def events(self, code, **match):
        return self.service.seen("event", code=code, **match)

    def event(self, code, seconds=10, count=1, **match):
        return self.service.wait("event", seconds, count, code=code, **match)

    def answer(self, name, args=None, seconds=20, jti=None):
        return self.service.wait("result", seconds, jti=self.service.command(name, args, jti))

    def pulses(self, role="open", model=None):
        """Lengths in seconds of every time the coil was on."""
        model = model or self.models[0]
        lengths, since = [], None
        for at, coil, value in list(self.board_of(model).writes):
            if coil != model.coil[role]:
                continue
            if value and since is None:
                since = at
            elif not value and since is not None:
                lengths.append(at - since)
                since = None
        return lengths

    def shown(self, model=None):
        """What a screen is told now: the state of this lane, and the code of its product."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as panel:
            panel.settimeout(5)
            panel.connect(os.path.join(self.folder, "run/panel.sock"))
            snapshot = json.loads(panel.recv(1 << 18))
        name = (model or self.models[0]).name
        return (next(lane["state"] for lane in snapshot["lanes"] if lane["device"] == name),
                next(product["qr"] for product in snapshot["products"] if product["id"] == name))

    def shows(self, state, code=None, model=None, seconds=5):
        """Waits until the screen is told this state (and whether there is a code)."""
        wait_for(f"screen: {state}", seconds, lambda: self.shown(model)[0] == state and (
            code is None or bool(self.shown(model)[1]) == code))

    def unseen(self):
        """The machine was so busy that the board was not asked in time: then the kiosk cannot know that nobody passed."""
        with open(self.log, errors="replace") as log:
            return "was not looked at for" in log.read()

    def nobody_passed(self, outcome, refund="yes"):
        got = outcome["result"], outcome["reason"], outcome["refund"], outcome["verified"]
        assert got == ("failed", "no_passage", refund, False) or (
            self.unseen() and got == ("unknown", "sensor_lost", "review", False)), outcome

    def settled(self):
        """Nothing open any more, the money adds up, every outcome was told in one way only."""
        def balanced():
            code, ledger = self.ctl("ledger")
            return code == 0 and ledger["open"] == 0 and ledger
        assert wait_for("nothing open", 20, balanced, 0.1)["balanced"]
        first = {}
        for o in self.service.seen("outcome"):
            key = (o["provider"], o["payment_id"])
            assert first.setdefault(key, o) == o, (first[key], o)
        return first


def judge_barrier(rig, outcome, model=None, starts=None):
    """What must be true of one payment at a barrier, whatever happened."""
    model = model or rig.models[0]
    facts = (outcome, f"pulses {rig.starts('open', model)}, passed {model.passed}")
    assert outcome["verified"] <= (outcome["result"] == "delivered"), facts
    if outcome["result"] in ("failed", "refused"):
        assert outcome["refund"] == "yes", facts
    else:
        assert outcome["refund"] == {"delivered": "no", "unknown": "review"}[outcome["result"]], facts
    if starts is not None:
        assert rig.starts("open", model) == starts, facts
    for length in rig.pulses("open", model):
        assert length < 0.2 + 0.3, ("an open command on for too long", length)
    known = {coil for m in rig.models for coil in m.coil.values()}
    assert {coil for _, coil, _ in rig.board.writes} <= known, "an output nobody has configured"
    return outcome


class Watch:
    """Calls act() once, from the board's own thread, at the moment the coil is written so."""

    def __init__(self, rig, model, role, value, act):
        self.done = threading.Event()
        board, where = rig.board_of(model), model.coil[role]
        plain = board.write

        def write(coil, level):
            plain(coil, level)
            if coil == where and level == value and not self.done.is_set():
                self.done.set()
                self.at = time.monotonic()
                act()
        board.write = write


def attempt(name):
    """One test in a process of its own: (good, what it printed, what it logged)."""
    done = subprocess.run([sys.executable, os.path.abspath(sys.argv[0]), name], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, errors="replace", check=False)
    said = [line for line in done.stdout.splitlines() if not line.endswith(" failed")]
    return done.returncode == 0, "\n".join(said), done.stderr


def overloaded(log):
    """The Python board was kept from answering for so long that a lane seen through it is no lane any more."""
    return "was not looked at for" in log


def run_several(names, at_once=4, first=(), alone=()):
    """Each test in a process of its own, several at once, because most of their time is spent waiting: the long ones
    `first`; those in `alone`, which measure, one after the other at the end, and with them those that failed because the
    machine was too busy for the board. The last line counts, as in run_tests()."""
    tests = [n for n, test in names.items() if n.startswith("test_") and callable(test)]
    if len(sys.argv) > 1:
        run_tests(names)
    tests.sort(key=lambda name: name not in first)
    slots, again, failed = threading.Semaphore(at_once), [], []

    def one(name, last):
        with slots:
            good, said, log = attempt(name)
        if not good and not last and overloaded(log):
            again.append(name)
            return
        print(said, flush=True)
        if not good:
            failed.append(name)
            print(log[-12000:], file=sys.stderr, flush=True)

    together = [threading.Thread(target=one, args=(name, False)) for name in tests if name not in alone]
    for thread in together:
        thread.start()
    for thread in together:
        thread.join()
    for name in [*again, *(n for n in tests if n in alone)]:
        if name in again:
            print(f"# the board could not keep up, alone now: {name}", flush=True)
        one(name, True)
    print(f"{len(tests) - len(failed)} passed, {len(failed)} failed")
    sys.exit(1 if failed or not tests else 0)
