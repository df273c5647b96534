# A purchase at a vending machine, then what must not sell. Played by tests/demo.sh.
# shellcheck shell=sh disable=SC2154,SC2034
example=cola

say "1. A broker, a kiosk with a simulated machine, and keys made for this run"
start_kiosk cola
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
moved=$(count "motor_a1 on")
say "The motor was started $moved time(s) for 4 messages about payments. What the kiosk's own books say:"
control ledger
echo
echo "The screen before, during and after: $folder/before.png, during.png, after.png"
[ "$moved" = 1 ] || die "the motor must start exactly once"
for name in before during after; do picture "$name"; done
