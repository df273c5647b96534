#!/bin/sh
# A kiosk without hardware: broker, simulated machine, daemon, screen, payments; then what must not sell.
# TRADE=vending (usual), parking or transport: tests/demo/$TRADE.sh plays it. Everything stays in build/demo, or
# build/demo-TRADE. KEEP=1: stays open for your own tries until Enter or Ctrl-C.
set -eu
cd "$(dirname "$0")/.."
bin=$PWD/${KIOSK_BUILD:-build/gcc}
trade=${TRADE:-vending}
export TZ=UTC SDL_VIDEODRIVER="${SDL_VIDEODRIVER:-}"
[ -n "$SDL_VIDEODRIVER" ] || unset SDL_VIDEODRIVER
PATH=$PATH:/usr/sbin

if [ ! -r "tests/demo/$trade.sh" ]; then
    echo "demo: TRADE=$trade: expected vending, parking or transport" >&2
    exit 2
fi

# A folder of its own: while one demo runs, another of the same trade takes the next name. The lock is held by everything
# that this demo starts.
mkdir -p build
base=demo
[ "$trade" = vending ] || base=demo-$trade
folder=
for n in "" -2 -3 -4 -5 -6 -7 -8 -9; do
    exec 9>"build/$base$n.lock"
    if flock -n 9; then
        folder=build/$base$n
        break
    fi
done
[ -n "$folder" ] || { echo "demo: nine of them run already" >&2; exit 1; }
demo=$PWD/$folder
rm -rf "$demo"
mkdir -p "$demo"

pids=
example=
stop_all() {
    trap - EXIT INT TERM
    for pid in $pids; do kill "$pid" 2>/dev/null || true; done
    for pid in $pids; do wait "$pid" 2>/dev/null || true; done
}
trap stop_all EXIT
trap 'exit 130' INT TERM

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }
die() { echo "demo: $*" >&2; echo "demo: logs are in $folder" >&2; exit 1; }
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
    sed -e "s|@PORT@|$port|" -e "s|@DEMO@|$demo|g" -e "s|@PICTURES@|$PWD/config/examples/pictures|" -e "s|@PSP@|$psp|" -e "s|@OPS@|$ops|" "tests/demo/$trade.cfg" \
        >"$demo/kiosk.cfg"
    [ ! -r "tests/demo/$trade.script" ] || cp "tests/demo/$trade.script" "$demo/machine.script"
    "$bin/kioskd" -c "$demo/kiosk.cfg" --check
}

control() { "$bin/kioskctl" -c "$demo/kiosk.cfg" "$@"; }
sells() { control --json why "$1" | grep -q '"can_sell": *true'; }
moves() { control --json status | grep -q '"moving": *1'; }
shot() { SDL_VIDEODRIVER=dummy "$bin/kiosk-display" -c "$demo/kiosk.cfg" --size 1280x800 --shot "$demo/$1.png" 2>>"$demo/display.log"; }
pay() { "$bin/kiosk-pay" -k "$demo/psp.jwk" -c "$demo/kiosk.cfg" pay "$@" --wait 30 || true; }
# What the machine itself saw: happened WORDS; count WORDS
happened() { grep -q " $1\$" "$demo/machine.trace"; }
count() { grep -c " $1\$" "$demo/machine.trace" || true; }
told() { grep -q "$1" "$demo/listen.log"; }
# must NUMBER WHAT WORDS...: the machine saw exactly that many of them
must() {
    [ "$(count "$3")" = "$1" ] || die "$2: $(count "$3") instead of $1 (\"$3\" in machine.trace)"
}
picture() { [ -s "$demo/$1.png" ] || die "$1.png is missing"; }

start_kiosk() { # start_kiosk PRODUCT...: until all of them can be sold
    start_broker
    write_config
    "$bin/kiosk-pay" -k "$demo/psp.jwk" -c "$demo/kiosk.cfg" listen >"$demo/listen.log" 2>&1 &
    pids="$! $pids"
    "$bin/kioskd" -c "$demo/kiosk.cfg" --sim 2>"$demo/kioskd.log" &
    pids="$! $pids"
    for product in "$@"; do wait_until 15 "the kiosk sells $product" sells "$product"; done
    control products
    if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] || { [ -n "${KEEP:-}" ] && [ -e /dev/dri/card0 ]; }; then
        "$bin/kiosk-display" -c "$demo/kiosk.cfg" --window 2>>"$demo/display.log" &
        pids="$! $pids"
    fi
}

# What was paid, what moved, what was reported: the broker's and the machine's own words, by time.
timeline() {
    {
        grep -v ' telemetry ' "$demo/listen.log" | sed 's/^/  /'
        awk '{ clock = $2; sub(/^[0-9-]*T/, "", clock); sub(/Z$/, "", clock); $1 = $2 = ""; sub(/^ +/, "");
               printf "  %s  %-12s %s\n", clock, "machine", $0 }' "$demo/machine.trace"
    } | sort -s -k1,1
}

# shellcheck source=/dev/null
. "tests/demo/$trade.sh"

if [ -n "${KEEP:-}" ]; then
    say "The kiosk stays open. In another terminal:"
    echo "  $bin/kiosk-pay -k $demo/psp.jwk -c $demo/kiosk.cfg pay $example"
    echo "  $bin/kioskctl -c $demo/kiosk.cfg status"
    echo "  $bin/kioskctl -c $demo/kiosk.cfg payments"
    [ "$trade" != parking ] || echo "  $bin/kioskctl -c $demo/kiosk.cfg barrier hold in --for 1m --reason visitors"
    echo "  $bin/kiosk-pay -k $demo/ops.jwk -c $demo/kiosk.cfg command message.show text=Hello seconds=20"
    echo "  $bin/kiosk-display -c $demo/kiosk.cfg --shot $demo/now.png        # the screen, into a picture"
    echo "Enter ends it."
    read -r _ || while :; do sleep 1; done
fi
