# An entry lane with cars that pay, reverse and follow closely. Played by tests/demo.sh.
# shellcheck shell=sh disable=SC2154,SC2034
example=entry

say "1. A broker, a kiosk with two simulated barriers, and keys made for this run"
start_kiosk entry exit
wait_until 20 "car 1 waits at the entry" happened "in car 1 waits"
shot before

say "2. A car stands before the arm, and its driver pays"
pay entry --id demo-1 >"$demo/pay-1.log" 2>&1 &
buyer=$!
wait_until 20 "the arm rises" happened "in arm rises"
sleep 0.3 # the screen is told at most every 50 ms
shot opening
wait_until 20 "the arm is up" happened "in arm up"
sleep 0.3
shot during
wait "$buyer"
cat "$demo/pay-1.log"
shot after

say "3. The same payment once more: nothing moves, the same outcome is told again"
pay entry --id demo-1

say "4. Somebody pays at the exit, and no car is there: refused after a short wait, the money goes back"
pay exit --id demo-empty

say "5. The next car pays, reverses out before it has passed, comes back, and drives in on the same right"
wait_until 30 "car 2 waits at the entry" happened "in car 2 waits"
pay entry --id demo-back >"$demo/pay-2.log" 2>&1 &
buyer=$!
wait_until 20 "car 2 has left the arming loop" happened "in car 2 reverses"
wait_until 20 "the screen waits for it" told vehicle_left
sleep 0.3
shot return
wait "$buyer"
cat "$demo/pay-2.log"

say "6. A second car drives in right behind the one that has paid"
wait_until 30 "car 3 waits at the entry" happened "in car 3 waits"
wait_until 30 "car 4 is behind it" happened "in car 4 comes close behind"
pay entry --id demo-tail
wait_until 20 "the event tailgate" told tailgate
wait_until 20 "car 4 is through" happened "in car 4 passed"

say "What was paid, what moved, what was reported"
timeline
say "What the kiosk's own books say:"
control ledger
echo
echo "The screen: $folder/before.png, opening.png, during.png (the arm is up), after.png, return.png (the car is away)"
for number in 1 2 3 4; do must 1 "car $number through the lane" "in car $number passed"; done
must 0 "openings of the exit" "out_open on"
[ "$(count "in_open on")" -ge 3 ] || die "each of three payments must open"
[ "$(count "in_open on")" -le 4 ] || die "only the car that came back may be opened for twice"
wait_until 5 "demo-empty is refused" told 'outcome .*demo-empty: .*refused: no_vehicle, refund yes'
for name in demo-1 demo-back demo-tail; do
    wait_until 5 "$name is delivered" told "outcome .*$name: .*delivered, verified"
done
for name in before opening during after return; do picture "$name"; done
