#!/bin/sh
# Installs the Debian packages that are missing: tests/deps.sh PACKAGE... ("A/B" = the first of them that exists here).
# Starts no service: a broker that comes with a package must not begin to run on somebody's machine.
set -eu

present() { dpkg-query -W -f='${Status}' "$1" 2>/dev/null | grep -q 'ok installed'; }

missing=
for wanted in "$@"; do
    found=
    for name in $(printf '%s' "$wanted" | tr / ' '); do
        if present "$name"; then found=yes; fi
    done
    [ -n "$found" ] || missing="$missing $wanted"
done
[ -n "$missing" ] || exit 0

sudo=
if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || { echo "deps: root or sudo is needed to install:$missing" >&2; exit 1; }
    sudo=sudo
fi
echo "deps: installing$missing"
log=$(mktemp)
policy=/usr/sbin/policy-rc.d
made_policy=
cleanup() {
    rm -f "$log"
    [ -z "$made_policy" ] || $sudo rm -f "$policy"
}
trap cleanup EXIT
if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' | $sudo tee "$policy" >/dev/null
    $sudo chmod 755 "$policy"
    made_policy=yes
fi
$sudo apt-get update >"$log" 2>&1 || { cat "$log" >&2; exit 1; }
choice=
for wanted in $missing; do
    picked=
    for name in $(printf '%s' "$wanted" | tr / ' '); do
        # Not "policy": for that the name is a pattern, and linux-source-6.1 is linux-source-6.12 too.
        if [ -z "$picked" ] && apt-cache show "$name" 2>/dev/null | grep -qxF "Package: $name"; then
            picked=$name
        fi
    done
    [ -n "$picked" ] || { echo "deps: no package for $wanted here" >&2; exit 1; }
    choice="$choice $picked"
done
# shellcheck disable=SC2086 # a list of names
$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $choice >"$log" 2>&1 ||
    { tail -n 40 "$log" >&2; exit 1; }
