"""A tracer that hits a daemon at one of its system calls."""
import os
import re
import select
import subprocess


class Tracer:
    """Of a rig: its daemon can be killed, or failed by the kernel, at the n-th call of one kind from now on."""

    def hit(self, calls, action):
        tracer = subprocess.Popen(["strace", "-f", "-p", str(self.daemon.pid), "-o", os.path.join(self.folder, "hits"),
                                   "-e", f"trace={calls}", "-e", f"inject={calls}:{action}"], stderr=subprocess.PIPE)
        assert select.select([tracer.stderr], [], [], 20)[0], "the tracer does not attach"
        line = tracer.stderr.readline()  # "Process N attached"
        assert b"attached" in line, line
        return tracer

    def dying(self):
        """Killed, but its threads wait for the tracer to look at them."""
        try:
            with open(f"/proc/{self.daemon.pid}/stat", errors="replace") as file:
                return file.read().rsplit(")", 1)[1].split()[0] in "ZX"
        except FileNotFoundError:
            return True

    def was_hit(self):
        with open(os.path.join(self.folder, "hits"), errors="replace") as file:
            return bool(re.search(r"INJECTED|killed by SIGKILL", file.read()))
