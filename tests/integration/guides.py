#!/usr/bin/python3
"""The installer's guides are typed in literally: every command of theirs is understood by the programs, with the names of
the example that the guide is about, on the simulated machine; and every event, hold and reason that they name exists."""
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from _board import wait_for  # noqa: E402
from _rig import BUILD, TOP, Broker  # noqa: E402

# guide: (the example it is about, words in its commands that stand for something)
GUIDES = {"vending.md": "vending", "parking.md": "parking-modbus", "turnstile.md": "turnstile", "validator.md": "transport"}
STANDS_FOR = {"REFERENCE": "K7S01", "/etc/kioskd/kiosk.cfg": "CONFIG", "my.cfg": "CONFIG", "TEXT": "https://pay.example/x"}
LEFT_OUT = {("kioskctl", "restart")}  # would end the daemon under test; its words are nothing to mistype


def read(*path):
    with open(os.path.join(TOP, *path), encoding="utf-8") as f:
        return f.read()


def commands_of(guide):
    """Every line of a code block and every `…` that begins with one of the two programs."""
    text = read("docs", guide)
    found = []
    for block in re.findall(r"^```\n(.*?)^```", text, re.M | re.S):
        found += [line.split(" #")[0].strip() for line in block.splitlines()]
    found += re.findall(r"`([^`\n]+)`", re.sub(r"^```\n.*?^```", "", text, flags=re.M | re.S))
    return sorted({f for f in found if re.match(r"(kioskctl|kiosk-pay) \S", f)})


class Kiosk:
    """kioskd --sim with an example of the repository, its placeholders replaced."""

    def __init__(self, example):
        self.folder = tempfile.mkdtemp(prefix="kiosk-guide-")
        self.broker = Broker(self.folder)
        self.config = os.path.join(self.folder, "kiosk.cfg")
        keys = ",\n".join(self.key(kid, use) for kid, use in (("psp", "payment,ack"), ("ops", "command")))
        text = read("config", "examples", example + ".cfg").replace("broker.example", "127.0.0.1")
        text = re.sub(r"keys = \(.*?\n\);", f"keys = ( {keys} );", text, flags=re.S)
        text = re.sub(r"^    port = \d+;", f"    port = {self.broker.port};", text, flags=re.M)
        text = re.sub(r"^ *(state_dir|run_dir|clock) = .*\n", "", text, flags=re.M)
        text = text.replace("kiosk = {", f'clock = {{ trust = "always"; }};\nkiosk = {{ state_dir = "{self.folder}/state"; '
                                         f'run_dir = "{self.folder}/run";', 1)
        with open(self.config, "w", encoding="utf-8") as f:
            f.write(text)
        os.makedirs(self.folder + "/state")
        os.makedirs(self.folder + "/run")
        self.daemon = subprocess.Popen([os.path.join(BUILD, "kioskd"), "-c", self.config, "--sim"],
                                       stderr=open(self.folder + "/log", "w"))
        wait_for("the kiosk answers", 20, lambda: self.run(["kioskctl", "-c", self.config, "status"]).returncode == 0)

    def key(self, kid, use):
        made = self.run(["kiosk-pay", "keygen", "--kid", kid, "--use", use, "-o", f"{self.folder}/{kid}.jwk"])
        return made.stdout.strip().rstrip(",")

    def run(self, words, seconds=60):
        words = [os.path.join(BUILD, words[0])] + words[1:]
        return subprocess.run(words, cwd=self.folder, capture_output=True, text=True, timeout=seconds, check=False)

    def close(self):
        if self.daemon.poll() is None:
            self.daemon.send_signal(signal.SIGTERM)
            self.daemon.wait(30)
        self.broker.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def spelled(command, kiosk):
    words = [STANDS_FOR.get(w, w) for w in shlex.split(command.replace("…", ""))]
    words = [kiosk.config if w == "CONFIG" else w for w in words]
    if words[0] == "kioskctl" and "-c" not in words and (words[1] != "qr" or words[2] == "sheet"):
        words[1:1] = ["-c", kiosk.config]
    if words[0] == "kiosk-pay" and "pay" in words:
        words += ["--wait", "1"]
    if "watch" in words and "--for" not in words:
        words += ["--for", "1s"]
    return words


def understood(command, kiosk):
    """None, or what is wrong with it. What the machine answers (nobody drives through) is no matter here."""
    if tuple(command.split()[:2]) in LEFT_OUT:
        return None
    ran = kiosk.run(spelled(command, kiosk), 120)
    said = ran.stderr + ran.stdout
    if ran.returncode == 2 or ran.returncode < 0:
        return f"exit status {ran.returncode}: {said[:300]}"
    wrong = re.search(r"no (product|device|such)\b.*|unknown (command|arg).*|usage: .*|not a barrier.*", said)
    return wrong.group(0) if wrong else None


def names_known():
    """Words in backticks with an underscore (`like_this`) must be a code, a key, or a script of the simulated machine."""
    lists = read("controller", "codes.h") + read("controller", "payment.h") + read("config", "schema.c")
    known = set(re.findall(r'"([a-z0-9_]+)"', lists))
    known |= {f[:-len(".script")] for f in os.listdir(os.path.join(TOP, "config", "sim"))}
    unknown = []
    for guide in GUIDES:
        text = re.sub(r"^```\n.*?^```", "", read("docs", guide), flags=re.M | re.S)
        for word in re.findall(r"`([a-z]+_[a-z0-9_]+)`", text):
            if word not in known:
                unknown.append(f"{guide}: `{word}`")
    return sorted(set(unknown))


def main():
    passed = failed = 0
    for guide, example in GUIDES.items():
        kiosk = Kiosk(example)
        try:
            for command in commands_of(guide):
                wrong = understood(command, kiosk)
                passed, failed = passed + (wrong is None), failed + (wrong is not None)
                if wrong:
                    print(f"{guide}: {command}\n    {wrong}")
        finally:
            kiosk.close()
    unknown = names_known()
    for word in unknown:
        print(f"no such name: {word}")
    passed, failed = passed + (not unknown), failed + bool(unknown)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
