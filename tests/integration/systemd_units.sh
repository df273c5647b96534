#!/bin/sh
# The units are well-formed, and their exposure is at most 2.0 each.
set -eu
cd "$(dirname "$0")/../.."
programs=${KIOSK_BUILD:-build/gcc}
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
passed=0 failed=0
note() {
    if [ "$1" = 0 ]; then passed=$((passed + 1)); echo "ok $2"; else failed=$((failed + 1)); echo "FAILED $2"; fi
}

# systemd-analyze wants the programs where the unit says; a copy of the unit points at the ones just built.
for unit in kioskd kiosk-display; do
    sed -e "s|/usr/bin/kio|$PWD/$programs/kio|" -e "s|/usr/bin/kbd_mode|/bin/true|" "systemd/$unit.service" >"$root/$unit.service"
done
for unit in kioskd kiosk-display; do
    out=$(systemd-analyze verify --man=no "$root/$unit.service" 2>&1 | grep -F "$unit" || true)
    if [ -z "$out" ]; then
        note 0 "$unit verify"
    else
        echo "$out"
        note 1 "$unit verify"
    fi
    exposure=$(systemd-analyze security --offline=true --no-pager "$root/$unit.service" |
        sed -n 's/.*Overall exposure level for [^:]*: \([0-9.]*\).*/\1/p')
    echo "$unit exposure ${exposure:-unknown}"
    if [ -n "$exposure" ] && awk "BEGIN { exit !($exposure <= 2.0) }"; then note 0 "$unit exposure"; else note 1 "$unit exposure"; fi
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
