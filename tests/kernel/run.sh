#!/bin/sh
# The gpio driver on a real kernel: boots User-Mode Linux on this machine's own root (read-only), makes gpio-sim chips in
# it and runs tests/kernel/gpio_guest.py against hal_probe there. Nothing is written outside a temporary directory.
#
#   tests/kernel/run.sh [ROOT]
# ROOT: another root directory to boot (a Debian 13 tree with its own build of hal_probe); default /.
# KIOSK_BUILD: where hal_probe is (default build/gcc). Exit status: of the tests in the guest.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
root=${1:-/}
build=${KIOSK_BUILD:-build/gcc}
case $build in /*) ;; *) build=$top/$build ;; esac
probe=$build/hal_probe
[ -x "$root/$probe" ] || [ -x "$probe" ] || { echo "run.sh: no $probe: build it first" >&2; exit 1; }

kernel=$("$here/build_kernel.sh")
work=$(mktemp -d "${TMPDIR:-/tmp}/kiosk-kernel-XXXXXX")
pid=
cleanup() {
    # The kernel is several processes in a session of its own: its group, by its id.
    if [ -n "$pid" ] && kill -0 "$pid" 2>/dev/null; then kill -KILL -"$pid" 2>/dev/null || true; fi
    rm -rf "$work"
}
trap cleanup EXIT INT TERM

# What the guest is to do stands in a file, because its kernel command line is short. The root is the host's; the guest's init
# puts a tmpfs over /tmp, so everything it needs is found by absolute paths elsewhere or is copied in by it first.
cat >"$work/init" <<INIT
#!/bin/sh
export KIOSK_TESTS='${KIOSK_TESTS:-}' KIOSK_TOP='$top' KIOSK_BUILD='$build' KIOSK_WORK='$work' PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
exec /bin/sh '$here/guest_init.sh'
INIT
chmod +x "$work/init"
: >"$work/status"

mkdir -p "$work/uml"
setsid "$kernel" mem=192M rootfstype=hostfs root=/dev/root rootflags="$root" rw uml_dir="$work/uml" init="$work/init" \
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
exit "${status:-1}"
