"""The rig as a judge uses it: a proxy before the board, and truths that are asked for after every payment."""
import os
import socket
import struct
import threading
import time

from _rig import KIOSK, Rig, wait_for

MOTOR, LOCK = 0, 3
SOAK = os.environ.get("KIOSK_SOAK") == "1"


def is_switching(request, on=None):
    """A single coil is written (on, off, or either)."""
    return request[7] == 5 and (on is None or (request[10] == 0xFF) == on)


def exception(request, code):
    return request[:4] + struct.pack(">HBBB", 3, request[6], request[7] | 0x80, code)


class Proxy:
    def __init__(self, board_port):
        self.board_port = board_port
        self.delay = 0.0
        self.on_request = lambda request: None         # a reply of its own, or None: the board is asked
        self.on_reply = lambda request, reply: reply   # what the daemon gets; None: nothing
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.server.accept()
            except OSError:
                return
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    @staticmethod
    def bytes_of(peer, count):
        data = b""
        while len(data) < count:
            more = peer.recv(count - len(data))
            if not more:
                raise OSError("closed")
            data += more
        return data

    def frame(self, peer):
        head = self.bytes_of(peer, 6)
        return head + self.bytes_of(peer, struct.unpack(">H", head[4:])[0])

    def serve(self, client):
        try:
            with client, socket.create_connection(("127.0.0.1", self.board_port)) as board:
                board.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                while True:
                    request = self.frame(client)
                    reply = self.on_request(request)
                    if reply is None:
                        board.sendall(request)
                        reply = self.frame(board)
                    time.sleep(self.delay)
                    reply = self.on_reply(request, reply)
                    if reply:
                        client.sendall(reply)
        except OSError:
            pass

    def stop(self):
        self.server.close()


class Judge(Rig):
    """The rig with a proxy before the board, and the truths that hold for every single payment."""

    def __init__(self, start=True, turn=0.4, **more):
        more.setdefault("stock", 1000)
        super().__init__(start=False, **more)
        self.proxy = Proxy(self.board.port)
        self.edit((f"port = {self.board.port}", f"port = {self.proxy.port}"))
        machine = self.board.machines[0]
        machine.turn, machine.fall = turn, turn * 0.62
        if start:
            self.start()

    def __exit__(self, *error):
        self.proxy.stop()
        super().__exit__(*error)

    def edit(self, *pairs):
        with open(self.config_file) as f:
            text = f.read()
        for old, new in pairs:
            assert old in text, old
            text = text.replace(old, new)
        with open(self.config_file, "w") as f:
            f.write(text)

    def throw(self, topic, token):
        self.service.client.publish(f"kiosk/{KIOSK}/in/{topic}", token, qos=1)

    def outcome(self, payment_id, seconds=20):
        return self.service.wait("outcome", seconds, payment_id=payment_id)

    def begin(self, **claims):
        """A payment whose motor has just gone on."""
        payment_id = self.service.pay(**claims)
        wait_for("motor on", 5, lambda: self.board.coils[MOTOR], 0.001)
        return payment_id

    def ready(self):
        """As a technician would leave it."""
        if not self.selling():
            self.ctl("enable", "cola")
            self.ctl("enable", "tea")
        wait_for("selling", 10, self.selling)

    def judged(self, act):
        """act() gives the id of one payment for a cola; its outcome, after asking what must be true of it."""
        starts, dropped = self.board.starts(MOTOR), self.board.dropped
        outcome = self.outcome(act(), 30)
        wait_for("motor off in the end", 5, lambda: not self.board.coils[MOTOR])
        starts, dropped = self.board.starts(MOTOR) - starts, self.board.dropped - dropped
        facts = (outcome["result"], outcome.get("reason"), outcome["evidence"], starts, dropped)
        assert starts <= 1, facts
        assert outcome["verified"] <= (dropped > 0), facts
        assert outcome["refund"] == {"delivered": "no", "unknown": "review"}.get(outcome["result"], "yes"), facts
        if dropped:
            assert outcome["result"] in ("delivered", "unknown"), facts
        return outcome
