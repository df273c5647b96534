#!/bin/sh
# Init of the guest of tests/kernel/systemd_units.sh: puts the installed files and a memory disk over the host's root, so
# that nothing of the host is written, and becomes systemd there. $1: the test's directory, seen from the guest.
set -e
work=$1
# hostfs DIRECTORY PLACE: the directory was the whole of the options up to Linux 6.6, and is one of them since.
hostfs() { mount -t hostfs -o "$1" none "$2" 2>/dev/null || mount -t hostfs -o "hostfs=$1" none "$2"; }
mount -t proc proc /proc
mount -t tmpfs -o mode=755 tmpfs /mnt
mkdir /mnt/upper /mnt/work /mnt/root /mnt/layer
hostfs "$work/layer" /mnt/layer
mount -t overlay -o "lowerdir=/mnt/layer:/,upperdir=/mnt/upper,workdir=/mnt/work" overlay /mnt/root
cd /mnt/root
# The host's own choice of services is not what is tested.
mount -t tmpfs -o mode=755 tmpfs etc/systemd/system
cp -r opt/kiosk-test/units/. etc/systemd/system
# Nor what lies about there; systemd empties /tmp at its start.
mount -t tmpfs -o mode=1777 tmpfs tmp
mount -t tmpfs -o mode=1777 tmpfs var/tmp
mkdir -p opt/kiosk-test/host
hostfs "$work/out" opt/kiosk-test/host
pivot_root . mnt
umount /proc 2>/dev/null || umount -l /mnt/proc
umount -l /mnt
exec /lib/systemd/systemd --unit=kiosk-test.service --show-status=no </dev/console >/dev/console 2>&1
