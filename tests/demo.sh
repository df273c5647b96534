#!/bin/sh
# A purchase without hardware: broker, simulated machine, daemon, screen, payment; then what must not sell.
# Everything stays in build/demo. KEEP=1: stays open for your own tries until Enter or Ctrl-C.
set -eu
cd "$(dirname "$0")/.."
bin=$PWD/${KIOSK_BUILD:-build/gcc}
demo=$PWD/build/demo
export TZ=UTC SDL_VIDEODRIVER="${SDL_VIDEODRIVER:-}"
[ -n "$SDL_VIDEODRIVER" ] || unset SDL_VIDEODRIVER
PATH=$PATH:/usr/sbin

rm -rf "$demo"
mkdir -p "$demo"
pids=
stop_all() {
    trap - EXIT INT TERM
    for pid in $pids; do kill "$pid" 2>/dev/null || true; done
    for pid in $pids; do wait "$pid" 2>/dev/null || true; done
}
trap stop_all EXIT
trap 'exit 130' INT TERM

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }
die() { echo "demo: $*" >&2; echo "demo: logs are in build/demo" >&2; exit 1; }
# wait_until SECONDS WHAT COMMAND...
wait_until() {
    seconds=$1 what=$2
    shift 2
    tries=$((seconds * 20))
    while ! "$@" >/dev/null 2>&1; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || die "$what: not within $seconds s"
        sleep 0.05
    done
}

start_broker() {
    port=$((20000 + $$ % 20000))
    for _ in 1 2 3 4 5; do
        printf 'listener %s 127.0.0.1\nallow_anonymous true\nmax_queued_messages 0\n' "$port" >"$demo/mosquitto.conf"
        mosquitto -c "$demo/mosquitto.conf" >"$demo/mosquitto.log" 2>&1 &
        broker=$!
        sleep 0.3
        if kill -0 "$broker" 2>/dev/null; then
            pids="$broker $pids"
            return 0
        fi
        port=$((port + 7))
    done
    die "no broker could be started: $(tail -n 1 "$demo/mosquitto.log")"
}

write_config() {
    psp=$("$bin/kiosk-pay" keygen --kid psp-demo --use payment,ack -o "$demo/psp.jwk" 2>/dev/null)
    ops=$("$bin/kiosk-pay" keygen --kid ops-demo --use command -o "$demo/ops.jwk" 2>/dev/null)
    sed -e "s|@PORT@|$port|" -e "s|@DEMO@|$demo|g" -e "s|@PSP@|$psp|" -e "s|@OPS@|$ops|" tests/demo.cfg >"$demo/kiosk.cfg"
    "$bin/kioskd" -c "$demo/kiosk.cfg" --check
}

sells() { "$bin/kioskctl" -c "$demo/kiosk.cfg" --json why cola | grep -q '"can_sell": *true'; }
moves() { "$bin/kioskctl" -c "$demo/kiosk.cfg" --json status | grep -q '"moving": *1'; }
shot() { SDL_VIDEODRIVER=dummy "$bin/kiosk-display" -c "$demo/kiosk.cfg" --size 1280x800 --shot "$demo/$1.png" 2>>"$demo/display.log"; }
pay() { "$bin/kiosk-pay" -k "$demo/psp.jwk" -c "$demo/kiosk.cfg" pay "$@" --wait 20 || true; }

# What was paid, what moved, what was reported: the broker's and the machine's own words, by time.
timeline() {
    {
        grep -v ' telemetry ' "$demo/listen.log" | sed 's/^/  /'
        awk '{ clock = $2; sub(/^[0-9-]*T/, "", clock); sub(/Z$/, "", clock); $1 = $2 = ""; sub(/^ +/, "");
               printf "  %s  %-12s %s\n", clock, "machine", $0 }' "$demo/machine.trace"
    } | sort -s -k1,1
}

say "1. A broker, a kiosk with a simulated machine, and keys made for this run"
start_broker
write_config
"$bin/kiosk-pay" -k "$demo/psp.jwk" -c "$demo/kiosk.cfg" listen >"$demo/listen.log" 2>&1 &
pids="$! $pids"
"$bin/kioskd" -c "$demo/kiosk.cfg" --sim 2>"$demo/kioskd.log" &
pids="$! $pids"
wait_until 15 "the kiosk sells" sells
"$bin/kioskctl" -c "$demo/kiosk.cfg" products
if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] || { [ -n "${KEEP:-}" ] && [ -e /dev/dri/card0 ]; }; then
    "$bin/kiosk-display" -c "$demo/kiosk.cfg" --window 2>>"$demo/display.log" &
    pids="$! $pids"
fi
shot before

say "2. Somebody pays for a cola"
pay cola --id demo-1 >"$demo/pay-1.log" 2>&1 &
buyer=$!
wait_until 10 "the motor moves" moves
sleep 0.3 # the screen is told at most every 50 ms
shot during
wait "$buyer"
cat "$demo/pay-1.log"
shot after

say "3. The same payment once more: nothing moves, the same outcome is told again"
pay cola --id demo-1
say "4. A payment that comes three hours late: refused, the money goes back"
pay cola --id demo-late --age 10800
say "5. A payment of the wrong amount: refused, the money goes back"
pay cola --id demo-short --amount 200
sleep 0.5

say "What was paid, what moved, what was reported"
timeline
moved=$(grep -c 'motor_a1 on' "$demo/machine.trace" || true)
say "The motor was started $moved time(s) for 4 messages about payments. What the kiosk's own books say:"
"$bin/kioskctl" -c "$demo/kiosk.cfg" ledger
echo
echo "The screen before, during and after: build/demo/before.png, during.png, after.png"
[ "$moved" = 1 ] || die "the motor must start exactly once"
for picture in before during after; do [ -s "$demo/$picture.png" ] || die "$picture.png is missing"; done

if [ -n "${KEEP:-}" ]; then
    say "The kiosk stays open. In another terminal:"
    echo "  $bin/kiosk-pay -k $demo/psp.jwk -c $demo/kiosk.cfg pay cola"
    echo "  $bin/kioskctl -c $demo/kiosk.cfg status"
    echo "  $bin/kioskctl -c $demo/kiosk.cfg payments"
    echo "  $bin/kiosk-pay -k $demo/ops.jwk -c $demo/kiosk.cfg command message.show text=Hello seconds=20"
    echo "  $bin/kiosk-display -c $demo/kiosk.cfg --shot $demo/now.png        # the screen, into a picture"
    echo "Enter ends it."
    read -r _ || while :; do sleep 1; done
fi
