#!/bin/sh
# Says what is allowed here: one line per trial, its name and "allowed" or the reason, into the file $1. Started once by
# kioskd.service beside the daemon, in the same sandbox, and once outside; for tests/kernel/systemd_guest.py.
[ ! -e /var/lib/kioskd/probed ] || exit 0
export LC_ALL=C PYTHONDONTWRITEBYTECODE=1
trial() {
    name=$1
    shift
    if out=$("$@" 2>&1); then echo "$name allowed"; else echo "$name $(echo "$out" | grep -v current | tail -n 1)"; fi
}
python() { trial "$1" /usr/bin/python3 -c "$2"; }
{
    trial state sh -c ': >/var/lib/kioskd/probe && rm /var/lib/kioskd/probe'
    trial run sh -c ': >/run/kioskd/probe && rm /run/kioskd/probe'
    trial config cat /etc/kioskd/kiosk.cfg
    trial boot-id cat /proc/sys/kernel/random/boot_id
    trial gpio sh -c ': <>/dev/gpiochip0'
    trial usb-serial sh -c ': <>/dev/probe-188'
    trial usb-modem sh -c ': <>/dev/probe-166'
    trial uinput sh -c ': <>/dev/uinput'
    trial write sh -c ': >/opt/kiosk-test/free/probe'
    trial suid sh -c ': >/tmp/probe && chmod u+s /tmp/probe'
    trial affinity taskset -p 1 $$
    trial namespace unshare -U true
    trial others test -d /proc/1
    python packets 'import socket; socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM)'
    python memory 'import mmap; mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)'
} >"$1.part"
mv "$1.part" "$1"
: >/var/lib/kioskd/probed
