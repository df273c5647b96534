# A crowd at a validator, and a turnstile. Played by tests/demo.sh.
# shellcheck shell=sh disable=SC2154,SC2034
example=ride

say "1. A broker, a kiosk with a simulated validator and turnstile, and keys made for this run"
start_kiosk ride visit
shot before

# Fifty lines about the same are not read; the first and the last three are.
shorter() { grep -vE ' demo-crowd-([4-9]|[1-3][0-9]|4[0-7]):'; }

say "2. A tram fills: fifty people pay with the same code within a second"
pay ride --id demo-crowd --count 50 --rate 60 >"$demo/pay-1.log" 2>&1 &
buyers=$!
wait_until 20 "the light is on" happened "light on"
sleep 0.3 # the screen is told at most every 50 ms
shot during
wait "$buyers"
shorter <"$demo/pay-1.log"

say "3. Somebody pays at the turnstile and goes through"
pay visit --id demo-1 >"$demo/pay-2.log" 2>&1 &
buyers=$!
wait_until 20 "the turnstile is free" happened "t1 unlocked"
sleep 0.2
shot passage
wait "$buyers"
cat "$demo/pay-2.log"
say "4. The same payment once more: nothing moves, the same outcome is told again"
pay visit --id demo-1
say "5. Somebody pays at the turnstile and does not go through: locked again, the money goes back"
pay visit --id demo-stays
wait_until 20 "the light is off" happened "light off"
shot after

say "What was paid, what moved, what was reported (of the crowd its first and its last three)"
timeline | shorter
say "What the kiosk's own books say:"
control ledger
echo
echo "The screen: $folder/before.png, during.png (the crowd), passage.png (the turnstile is free), after.png"
# An outcome may be told more than once until it is acknowledged.
crowd=$(grep -o 'outcome .*demo-crowd-[0-9]*: .*delivered, verified' "$demo/listen.log" | sort -u | wc -l)
[ "$crowd" = 50 ] || die "each of the fifty must be delivered, not $crowd"
must 2 "releases of the turnstile" "unlock on"
must 1 "people through the turnstile" "t1 person 1 passed"
must 1 "the contact of the turnstile" "pass closed"
for name in before during passage after; do picture "$name"; done
