#!/bin/sh
# Init of the guest (tests/kernel/run.sh): mounts what the tests need, runs them, notes their status, ends the machine.
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t configfs configfs /sys/kernel/config
mount -t devtmpfs devtmpfs /dev 2>/dev/null
ip link set lo up
# The status goes to the host before /tmp is covered: keep its descriptor.
exec 5>"$KIOSK_WORK/status"
mkdir -p /run && mount -t tmpfs tmpfs /run
mkdir /run/kiosk && cp -r "$KIOSK_TOP/tests/kernel" "$KIOSK_TOP/tests/tools" /run/kiosk/
cp "$KIOSK_BUILD/hal_probe" /run/kiosk/
mount -t tmpfs tmpfs /tmp
cd /run/kiosk
KIOSK_BUILD=/run/kiosk /usr/bin/python3 kernel/gpio_guest.py $KIOSK_TESTS
echo $? >&5
exec 5>&-
/usr/bin/python3 - <<'HALT'
import ctypes
libc = ctypes.CDLL(None)
libc.sync()
libc.reboot(0x4321FEDC)  # RB_POWER_OFF
HALT
