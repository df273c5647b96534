#!/bin/sh
# On a real kernel: boots User-Mode Linux on this machine's own root (read-only), makes gpio-sim chips in it and runs there
# tests/kernel/gpio_guest.py against hal_probe, or KIOSK_GUEST=lane_guest.py: lanes on gpio lines with the whole kioskd.
# Nothing is written outside a temporary directory.
#
#   tests/kernel/run.sh [ROOT [PROBE]]
# ROOT: another root directory to boot, e.g. a Debian 13 tree with python3; PROBE: a hal_probe built for it. Default: / and
# $KIOSK_BUILD/tools/hal_probe (build/gcc). KIOSK_TESTS: only these ("Gpio.test_edges_become_levels"). Exit status: of the tests.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
root=${1:-/}
build=${KIOSK_BUILD:-build/gcc}
case $build in /*) ;; *) build=$top/$build ;; esac
probe=${2:-$build/tools/hal_probe}
[ -x "$probe" ] || { echo "run.sh: no $probe: build it first" >&2; exit 1; }

kernel=$("$here/build_kernel.sh")
work=$(mktemp -d "${root%/}/tmp/kiosk-kernel-XXXXXX")
pid=
cleanup() {
    # The kernel is several processes in a session of its own: its group, by its id.
    if [ -n "$pid" ] && kill -0 "$pid" 2>/dev/null; then kill -KILL -"$pid" 2>/dev/null || true; fi
    rm -rf "$work"
}
trap cleanup EXIT INT TERM

# The guest's root is a directory of this machine: everything it needs is put into one temporary directory there.
inside=/tmp/$(basename "$work")
cp -r "$here" "$top/tests/tools" "$top/tests/integration" "$work/"
cp "$probe" "$work/hal_probe"
mkdir "$work/uml" "$work/bin"
for program in kioskd kioskctl; do
    [ ! -x "$build/$program" ] || cp "$build/$program" "$work/bin/"
done
: >"$work/status"
cat >"$work/init" <<INIT
#!/bin/sh
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
exec /usr/bin/python3 '$inside/kernel/guest_init.py' '$inside' '${KIOSK_GUEST:-gpio_guest.py}' ${KIOSK_TESTS:-}
INIT
chmod +x "$work/init"

setsid "$kernel" mem=192M rootfstype=hostfs root=/dev/root rootflags="$root" rw uml_dir="$work/uml" init="$inside/init" \
    con=null con0=fd:0,fd:1 ssl=null quiet </dev/null >"$work/console" 2>&1 &
pid=$!
limit=${KIOSK_KERNEL_LIMIT_S:-120}
while kill -0 "$pid" 2>/dev/null && [ "$limit" -gt 0 ]; do
    sleep 1
    limit=$((limit - 1))
done
[ "$limit" -gt 0 ] || echo "run.sh: the guest did not end in time" >&2
cat "$work/console"
status=$(cat "$work/status")
exit "${status:-1}" # nothing noted: the guest did not get to the tests
