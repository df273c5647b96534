#!/usr/bin/python3
"""Init of the guest (tests/kernel/run.sh): mounts what the tests need, runs them, notes their status, ends the machine.

Mounts by itself, because a small root has no mount(8); and stops if one fails, because the guest's root is a directory of the host.
"""
import ctypes
import os
import shutil
import subprocess
import sys

LIBC = ctypes.CDLL(None, use_errno=True)
POWER_OFF = 0x4321FEDC


def mount(kind, where):
    if LIBC.mount(kind.encode(), where.encode(), kind.encode(), 0, None) != 0:
        error = ctypes.get_errno()
        raise OSError(error, f"mount {kind} on {where}: {os.strerror(error)}")


def run(work, script, tests):
    mount("proc", "/proc")
    mount("sysfs", "/sys")
    mount("configfs", "/sys/kernel/config")
    if not os.path.ismount("/dev"):
        mount("devtmpfs", "/dev")
    # The status goes to the host before /tmp is covered: keep the file open.
    with open(f"{work}/status", "w") as status:
        mount("tmpfs", "/run")
        for name in ("kernel", "tools", "integration", "bin"):
            shutil.copytree(f"{work}/{name}", f"/run/kiosk/{name}")
        shutil.copy(f"{work}/hal_probe", "/run/kiosk/tools/hal_probe")
        mount("tmpfs", "/tmp")
        if shutil.which("ip"):
            subprocess.run(["ip", "link", "set", "lo", "up"], check=False)
        done = subprocess.run(["/usr/bin/python3", f"/run/kiosk/kernel/{script}", *tests], check=False,
                              cwd="/run/kiosk", env={**os.environ, "KIOSK_BUILD": "/run/kiosk"})
        status.write(f"{done.returncode}\n")


if __name__ == "__main__":
    try:
        run(sys.argv[1], sys.argv[2], sys.argv[3:])
    except OSError as error:
        print(f"guest_init.py: {error}")
    sys.stdout.flush()
    LIBC.reboot(POWER_OFF)
