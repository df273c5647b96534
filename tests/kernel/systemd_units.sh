#!/bin/sh
# The units under a real systemd: installs into a directory, boots User-Mode Linux with systemd on this machine's root and
# that directory over it (all writing goes to memory), and runs tests/kernel/systemd_guest.py there as root.
#
#   tests/kernel/systemd_units.sh [TEST...]
# KIOSK_BUILD: whose programs (build/gcc). KIOSK_KERNEL_LIMIT_S: the guest's time (180). Exit status: of the tests.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
flavour=${KIOSK_BUILD:-build/gcc}
for program in /lib/systemd/systemd /lib/systemd/systemd-udevd /usr/sbin/mosquitto; do
    [ -x "$program" ] || { echo "systemd_units.sh: needs $program (systemd, udev, mosquitto)" >&2; exit 1; }
done
kernel=$("$here/build_kernel.sh")
work=$(mktemp -d /tmp/kiosk-systemd-XXXXXX)
pid=
cleanup() {
    # The kernel is several processes in a session of its own: its group, by its id.
    if [ -n "$pid" ] && kill -0 "$pid" 2>/dev/null; then kill -KILL -"$pid" 2>/dev/null || true; fi
    rm -rf "$work"
}
trap cleanup EXIT INT TERM
chmod 755 "$work"

layer=$work/layer
test=$layer/opt/kiosk-test
mkdir -p "$work/out" "$work/uml" "$test/units" "$test/tests" "$layer/etc"
make -s -C "$top" BUILD="$(basename "$flavour")" install DESTDIR="$layer" PREFIX=/usr
cp -r "$top/tests/kernel" "$top/tests/tools" "$top/tests/integration" "$test/tests/"
cp "$here/systemd_init.sh" "$work/init.sh"

# Accounts from nothing, so that systemd-sysusers has to make them all.
printf 'root:x:0:0:root:/root:/bin/sh\n' >"$layer/etc/passwd"
printf 'root:x:0:\n' >"$layer/etc/group"
printf 'root:*:19000::::::\n' >"$layer/etc/shadow"
printf 'root:*::\n' >"$layer/etc/gshadow"
chmod 600 "$layer/etc/shadow" "$layer/etc/gshadow"
printf '127.0.0.1 localhost broker.kiosk.test\n' >"$layer/etc/hosts"
printf '0123456789abcdef0123456789abcdef\n' >"$layer/etc/machine-id"
: >"$layer/etc/fstab"

for unit in systemd-hwdb-update systemd-firstboot systemd-random-seed systemd-binfmt systemd-modules-load \
    systemd-update-utmp systemd-repart systemd-pcrphase systemd-pcrphase-sysinit kmod-static-nodes; do
    ln -s /dev/null "$test/units/$unit.service"
done
for unit in proc-sys-fs-binfmt_misc.automount dev-hugepages.mount; do ln -s /dev/null "$test/units/$unit"; done
cat >"$test/units/kiosk-test.service" <<UNIT
[Unit]
SuccessAction=poweroff-force
FailureAction=poweroff-force
[Service]
Type=oneshot
ExecStart=/usr/bin/python3 /opt/kiosk-test/tests/kernel/systemd_guest.py $*
Environment=PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
StandardOutput=append:/opt/kiosk-test/host/tests
StandardError=inherit
UNIT
# A shorter patience, a look around in the sandbox, and a screen without a panel.
mkdir "$test/units/kioskd.service.d" "$test/units/kiosk-display.service.d"
cat >"$test/units/kioskd.service.d/test.conf" <<UNIT
[Service]
WatchdogSec=3
RestartSec=500ms
ExecStartPost=-/bin/sh /opt/kiosk-test/tests/kernel/systemd_probe.sh /run/kioskd/probe
UNIT
cat >"$test/units/kiosk-display.service.d/test.conf" <<UNIT
[Service]
WatchdogSec=3
Environment=SDL_VIDEODRIVER=dummy
UNIT

cat >"$work/init" <<INIT
#!/bin/sh
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
exec /bin/sh '$work/init.sh' '$work'
INIT
chmod +x "$work/init"
# 0: the guest came to its end, or ran out of time. 1: the machine itself froze, as User-Mode Linux does now and then on a
# busy host: not even its heartbeat came for 30 s.
boot() {
    rm -f "$work"/out/*
    setsid nice -n -10 "$kernel" mem=256M rootfstype=hostfs root=/dev/root rootflags=/ rw uml_dir="$work/uml" init="$work/init" \
        con=null con0=fd:0,fd:1 ssl=null quiet systemd.log_target=journal </dev/null >"$work/console" 2>&1 &
    pid=$!
    touch "$work/started"
    limit=${KIOSK_KERNEL_LIMIT_S:-180}
    while kill -0 "$pid" 2>/dev/null && [ "$limit" -gt 0 ]; do
        sleep 1
        limit=$((limit - 1))
        sign=$work/out/alive patience=30
        [ -f "$sign" ] || { sign=$work/started; patience=60; }
        [ $(($(date +%s) - $(stat -c %Y "$sign"))) -lt "$patience" ] || return 1
    done
    [ "$limit" -gt 0 ] || echo "systemd_units.sh: the guest did not end in time"
}
# One test makes the warden end a daemon. If it ended others, too, the host let this machine stand still for longer than its
# patience (30 ms), and failed tests say nothing.
stood_still() {
    ! tail -n 1 "$work/out/tests" 2>/dev/null | grep -q ' passed, 0 failed$' &&
        [ "$(grep -c 'warden: an output is on past its limit' "$work/out/journal" 2>/dev/null || true)" -gt 1 ]
}
attempt=1
until boot && ! stood_still; do
    kill -KILL -"$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
    [ "$attempt" -lt 3 ] || { echo "systemd_units.sh: the guest froze or stood still three times"; break; }
    attempt=$((attempt + 1))
    echo "systemd_units.sh: the guest froze or stood still; attempt $attempt"
done
if ! grep -q ' passed, ' "$work/out/tests" 2>/dev/null; then
    cat "$work/console"
    [ ! -f "$work/out/tests" ] || cat "$work/out/tests"
    echo "0 passed, 1 failed"
    exit 1
fi
cat "$work/out/tests"
tail -n 1 "$work/out/tests" | grep -q ' passed, 0 failed$' && exit 0
echo "--- what the units wrote"
grep kiosk "$work/out/journal" | tail -n 200
tail -n 1 "$work/out/tests"
exit 1
