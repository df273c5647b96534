"""A Modbus slave for tests that can misbehave: late, silent, wrong, gone. TCP on a socket, RTU on a descriptor.

Written against the Modbus application protocol 1.1b3, without a library, so that every byte can be wrong on purpose.
It notes every request and every change of a coil with CLOCK_MONOTONIC times.
"""
import os
import select
import socket
import struct
import threading
import time

FLASH_BASE = 0x0200


def crc16(data):
    crc = 0xFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ 0xA001 if crc & 1 else crc >> 1
    return struct.pack("<H", crc)


class Request:
    def __init__(self, unit, pdu):
        self.at = time.monotonic()
        self.unit = unit
        self.function = pdu[0]
        self.address, self.value = struct.unpack(">HH", pdu[1:5])
        self.executed = False

    @property
    def is_write(self):
        return self.function in (5, 6)

    def __repr__(self):
        return f"<unit {self.unit} fc {self.function} @{self.address} {self.value:#x}>"


class Unit:
    """One board: coils, discrete inputs, registers. welded: coils that never go off again once they are on."""

    def __init__(self):
        self.coils = {}
        self.discrete = {}
        self.registers = {}
        self.flash_until = {}
        self.welded = set()
        self.changes = []  # (time, coil, level)

    def set_coil(self, address, on):
        if not on and address in self.welded:
            return
        if self.coils.get(address, False) != on:
            self.changes.append((time.monotonic(), address, on))
        self.coils[address] = on

    def settle(self):
        now = time.monotonic()
        for address, until in list(self.flash_until.items()):
            if now >= until:
                del self.flash_until[address]
                if address not in self.welded and self.coils.get(address):
                    self.changes.append((until, address, False))
                    self.coils[address] = False

    def on_times(self, address):
        """Lengths of the times the coil was on, in seconds; still on counts up to now."""
        times, since = [], None
        for at, coil, level in self.changes:
            if coil != address:
                continue
            if level:
                since = at
            elif since is not None:
                times.append(at - since)
                since = None
        if since is not None:
            times.append(time.monotonic() - since)
        return times


class Slave:
    """The boards of one bus. A fault is a function(request) -> None (behave) or one of:
    "drop" (execute, answer nothing), "ignore" (neither), "exception:N", "wrong_unit", "wrong_echo", "bad_crc",
    "late:SECONDS" (execute now, answer later), "garbage", "half" (of the answer), "flood:SECONDS" (of bytes that look like
    answers), "close"."""

    def __init__(self, units=(1,)):
        self.units = {number: Unit() for number in units}
        self.dead = set()
        self.requests = []
        self.fault = lambda request: None
        self.lock = threading.RLock()

    # ---- what a board does

    def execute(self, request):
        unit = self.units[request.unit]
        unit.settle()
        head = bytes([request.function])
        if request.function in (1, 2):
            source = unit.coils if request.function == 1 else unit.discrete
            size = (request.value + 7) // 8
            data = bytearray(size)
            for i in range(request.value):
                if source.get(request.address + i, False):
                    data[i // 8] |= 1 << (i % 8)
            return head + bytes([size]) + bytes(data)
        if request.function in (3, 4):
            words = [unit.registers.get(request.address + i, 0) for i in range(request.value)]
            return head + bytes([2 * len(words)]) + struct.pack(f">{len(words)}H", *words)
        request.executed = True
        if request.function == 5 and FLASH_BASE <= request.address < FLASH_BASE + 0x100:
            coil = request.address - FLASH_BASE
            unit.set_coil(coil, True)
            unit.flash_until[coil] = time.monotonic() + request.value * 0.1
        elif request.function == 5:
            if request.value not in (0x0000, 0xFF00):
                return bytes([0x85, 3])
            unit.set_coil(request.address, request.value == 0xFF00)
        elif request.function == 6:
            unit.registers[request.address] = request.value
        else:
            return bytes([request.function | 0x80, 1])
        return head + struct.pack(">HH", request.address, request.value)

    def answer(self, unit, pdu):
        """(unit, pdu, delay, spoil) of the reply, or None."""
        with self.lock:
            request = Request(unit, pdu)
            self.requests.append(request)
            if unit in self.dead or unit not in self.units:
                return None
            fault = self.fault(request) or ""
            kind, _, argument = fault.partition(":")
            if kind in ("ignore", "close"):
                return kind if kind == "close" else None
            if kind == "exception":
                return unit, bytes([pdu[0] | 0x80, int(argument)]), 0, ""
            reply = self.execute(request)
            if kind == "drop":
                return None
            if kind == "wrong_unit":
                return unit + 1, reply, 0, ""
            if kind == "wrong_echo":
                reply = reply[:1] + struct.pack(">H", request.address + 10) + reply[3:]
            return unit, reply, float(argument) if kind == "late" else 0, fault if kind == "flood" else kind

    # ---- what a test asks

    def writes(self, unit=1, address=None, value=None):
        with self.lock:
            return [r for r in self.requests if r.is_write and r.unit == unit
                    and (address is None or r.address == address) and (value is None or r.value == value)]

    def reads(self, unit=1, address=None):
        with self.lock:
            return [r for r in self.requests if not r.is_write and r.unit == unit
                    and (address is None or r.address == address)]

    def coil(self, unit, address):
        with self.lock:
            self.units[unit].settle()
            return self.units[unit].coils.get(address, False)


def spoilt(frame, spoil):
    """The pieces in which it goes onto the wire: what is spoilt in it, and for how long."""
    if spoil == "garbage":
        yield b"\x55" * 20
    elif spoil == "half":
        yield frame[:len(frame) // 2]
    elif spoil.startswith("flood"):
        end = time.monotonic() + float(spoil.partition(":")[2])
        while time.monotonic() < end:
            yield (frame[:-3] + b"\x01" + frame[-2:]) * 8
            time.sleep(0.005)
    else:
        yield frame


class TcpServer:
    """Serves a Slave on 127.0.0.1. stop() closes the port and all connections, start() opens the same port again."""

    def __init__(self, slave):
        self.slave = slave
        self.port = 0
        self.frozen = False
        self.listener = None
        self.start()

    def start(self):
        self.listener = socket.socket()
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind(("127.0.0.1", self.port))
        self.listener.listen(8)
        self.port = self.listener.getsockname()[1]
        self.connections = set()
        threading.Thread(target=self._accept, args=(self.listener,), daemon=True).start()

    def stop(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for connection in list(self.connections):
            self._close(connection)

    def drop_connections(self):
        for connection in list(self.connections):
            self._close(connection)

    def _close(self, connection):
        self.connections.discard(connection)
        try:
            connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        connection.close()

    def _accept(self, listener):
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.connections.add(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    @staticmethod
    def _exactly(connection, count):
        data = b""
        while len(data) < count:
            piece = connection.recv(count - len(data))
            if not piece:
                raise OSError("closed")
            data += piece
        return data

    def _serve(self, connection):
        try:
            while True:
                tid, _, length, unit = struct.unpack(">HHHB", self._exactly(connection, 7))
                pdu = self._exactly(connection, length - 1)
                if self.frozen:
                    continue
                reply = self.slave.answer(unit, pdu)
                if reply == "close":
                    break
                if reply is None:
                    continue
                unit, pdu, delay, spoil = reply
                frame = struct.pack(">HHHB", tid, 0, len(pdu) + 1, unit) + pdu
                if delay:
                    threading.Timer(delay, self._send, (connection, frame)).start()
                    continue
                for piece in spoilt(frame, spoil):
                    connection.sendall(piece)
        except OSError:
            pass
        self._close(connection)

    @staticmethod
    def _send(connection, frame):
        try:
            connection.sendall(frame)
        except OSError:
            pass


class RtuServer:
    """Serves a Slave on one end of a serial line (a pty's path)."""

    def __init__(self, slave, path):
        self.slave = slave
        self.fd = os.open(path, os.O_RDWR | os.O_NOCTTY)
        self.going = True
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def stop(self):
        self.going = False
        self.thread.join()
        os.close(self.fd)

    def _serve(self):
        buffer = b""
        while self.going:
            ready, _, _ = select.select([self.fd], [], [], 0.02)
            if not ready:
                buffer = b""  # a pause ends a frame
                continue
            try:
                buffer += os.read(self.fd, 256)
            except OSError:
                return
            while len(buffer) >= 8:
                frame, buffer = buffer[:8], buffer[8:]
                if crc16(frame[:6]) == frame[6:]:
                    self._reply(self.slave.answer(frame[0], frame[1:6]))

    def _reply(self, reply):
        if reply is None or reply == "close":
            return
        unit, pdu, delay, spoil = reply
        frame = bytes([unit]) + pdu
        frame += b"\x00\x00" if spoil == "bad_crc" else crc16(frame)
        if delay:
            threading.Timer(delay, os.write, (self.fd, frame)).start()
            return
        for piece in spoilt(frame, spoil):
            os.write(self.fd, piece)
