"""A Modbus board (pymodbus) with a vending machine behind it, and the two helpers that every part needs."""
import asyncio
import socket
import threading
import time

from pymodbus.datastore import ModbusSequentialDataBlock, ModbusServerContext, ModbusSlaveContext
try:
    from pymodbus.server import ModbusTcpServer
except ImportError:  # pymodbus 3.0 of Debian 12
    from pymodbus.server.async_io import ModbusTcpServer


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for(what, seconds, test, step=0.01):
    """The first true value of test() within the time; an AssertionError that names `what` otherwise."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = test()
        if value:
            return value
        time.sleep(step)
    raise AssertionError(f"not within {seconds} s: {what}")


class Spiral:
    """What hangs on the board: a motor with a home cam and a drop beam. Times in seconds of motor running."""

    def __init__(self, motor=0, home=0, drop=1):
        self.motor, self.home, self.drop = motor, home, drop
        self.leave, self.fall, self.turn, self.beam = 0.06, 0.25, 0.4, 0.05
        self.jam = self.no_drop = self.dead = False
        self.angle = 0.0
        self.fallen_at = None
        self.turns = 0

    def step(self, board, dt, now):
        if board.coils[self.motor] and not self.dead and not (self.jam and self.angle > self.leave * 1.5):
            before, self.angle = self.angle, self.angle + dt
            if before < self.fall <= self.angle and not self.no_drop:
                self.fallen_at = now
                board.dropped += 1
            if self.angle >= self.turn:
                self.angle = 0.0
                self.turns += 1
        board.discretes[self.home] = self.angle < self.leave
        board.discretes[self.drop] = board.beam_stuck or (
            self.fallen_at is not None and 0.03 <= now - self.fallen_at <= 0.03 + self.beam)


class _Context(ModbusSlaveContext):
    def __init__(self, board):
        super().__init__(di=ModbusSequentialDataBlock(0, [0] * 16))
        self.board = board

    def validate(self, fc_as_hex, address, count=1):
        return address + count <= 1024

    def getValues(self, fc_as_hex, address, count=1):
        if self.board.mute_reads:
            time.sleep(self.board.mute_reads)
        source = self.board.discretes if fc_as_hex == 2 else self.board.coils
        return [bool(source[address + i]) for i in range(count)]

    def setValues(self, fc_as_hex, address, values):
        for i, value in enumerate(values):
            self.board.write(address + i, bool(value))

    async def async_getValues(self, fc_as_hex, address, count=1):
        return self.getValues(fc_as_hex, address, count)

    async def async_setValues(self, fc_as_hex, address, values):
        self.setValues(fc_as_hex, address, values)


class Board:
    """A pymodbus TCP server in a thread, with physics every 2 ms and a list of every coil write."""

    def __init__(self, port=None, machines=None):
        self.port = port or free_port()
        self.machines = machines if machines is not None else [Spiral()]
        self.coils, self.discretes = [False] * 1024, [False] * 1024
        self.discretes[2] = True  # machine door shut
        self.writes = []          # (monotonic time, coil, value)
        self.dropped = 0
        self.beam_stuck = False
        self.mute_reads = 0
        self.changed = threading.Event()
        self.loop = self.server = self.thread = None
        self.start()

    def write(self, coil, value):
        self.writes.append((time.monotonic(), coil, value))
        self.coils[coil] = value
        self.changed.set()

    def starts(self, coil=0):
        """How often this coil went from off to on."""
        level, count = False, 0
        for _, where, value in self.writes:
            if where == coil:
                count += value and not level
                level = value
        return count

    def start(self):
        ready = threading.Event()

        async def physics():
            last = time.monotonic()
            while True:
                await asyncio.sleep(0.002)
                now = time.monotonic()
                for machine in self.machines:
                    machine.step(self, now - last, now)
                last = now

        async def serve():
            context = ModbusServerContext(slaves=_Context(self), single=True)
            try:
                self.server = ModbusTcpServer(context, address=("127.0.0.1", self.port), allow_reuse_address=True)
            except TypeError:  # newer ones always do
                self.server = ModbusTcpServer(context, address=("127.0.0.1", self.port))
            self.tasks = [asyncio.ensure_future(physics()), asyncio.ensure_future(self.server.serve_forever())]
            ready.set()
            try:
                await asyncio.gather(*self.tasks)
            except asyncio.CancelledError:
                pass

        def body():
            self.loop = asyncio.new_event_loop()
            asyncio.set_event_loop(self.loop)
            self.loop.run_until_complete(serve())

        self.thread = threading.Thread(target=body, daemon=True)
        self.thread.start()
        ready.wait(10)
        wait_for("board listens", 10, self.listens)

    def listens(self):
        with socket.socket() as s:
            return s.connect_ex(("127.0.0.1", self.port)) == 0

    def stop(self):
        async def end():
            result = self.server.shutdown() if hasattr(self.server, "shutdown") else self.server.server_close()
            if asyncio.iscoroutine(result):
                await result
            for task in self.tasks:
                task.cancel()

        if self.loop:
            asyncio.run_coroutine_threadsafe(end(), self.loop)
            self.thread.join(5)
            self.loop.close()
            self.loop = None
            self.coils = [False] * 1024  # a board without power lets go
