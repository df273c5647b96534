#!/bin/sh
# Does the simulation see? Breaks the core in one place at a time and demands that some seed finds it, and that the
# short run that is kept of it (traces/mutants.txt) still shows it.
# usage: tests/simulation/mutants.sh [SEEDS [keep]]     exits 1 if a mutant survives or its trace does not see it
# keep: makes each failing run short and writes traces/mutants.txt anew, for when the seeds plan something else
set -eu
seeds=${1:-3000}
keep=${2:-}
traces=tests/simulation/traces/mutants.txt
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
sources="$(echo tests/simulation/*.c controller/core*.c controller/device/*.c) controller/payment.c controller/codes.c config/limits.c"
make -s BUILD=gcc build/gcc/simulation
libraries="build/gcc/libctl.a build/gcc/libconfig.a build/gcc/libcommon.a -ljansson -lsodium"
for source in $sources; do
    mkdir -p "$work/$(dirname "$source")"
    gcc -std=gnu11 -D_GNU_SOURCE -O1 -I. -c "$source" -o "$work/${source%.c}.o" &
done
wait

survived=0
found=0
if [ -n "$keep" ]; then
    echo "# Written by tests/simulation/mutants.sh SEEDS keep: the shortest run that shows each seeded bug." >"$traces"
fi

# seen NAME: the kept run of this mutant breaks its promise too
seen() {
    awk -v name="# mutant: $1" '$0 == name { getline; print }' "$traces" >"$work/mutant/trace"
    [ -s "$work/mutant/trace" ] && ! "$work/mutant/simulation" --replay "$work/mutant/trace" >/dev/null 2>&1
}

# shorten NAME: the run in the log made short, and kept
shorten() {
    seed=$(sed -n 's/^seed \([0-9]*\) .*/\1/p' "$work/mutant/log" | tail -1)
    "$work/mutant/simulation" --seed "$seed" >"$work/mutant/short" 2>&1 || true
    sed -n 's/^shrunk/          shrunk/p' "$work/mutant/short"
    { echo "# mutant: $1"; sed -n "s/^keep: echo '\([^']*\)'.*/\1/p" "$work/mutant/short"; } >>"$traces"
}

# mutant NAME FILE SED-EXPRESSION
mutant() {
    mkdir -p "$work/mutant"
    sed "$3" "$2" >"$work/mutant/file.c"
    if cmp -s "$2" "$work/mutant/file.c"; then
        echo "stale     $1: the text to change is gone from $2"
        survived=$((survived + 1))
        return
    fi
    objects=
    for source in $sources; do
        [ "$source" = "$2" ] || objects="$objects $work/${source%.c}.o"
    done
    # shellcheck disable=SC2086 # our own file names
    gcc -std=gnu11 -D_GNU_SOURCE -O1 -I. -w "$work/mutant/file.c" $objects -o "$work/mutant/simulation" \
        $libraries
    if "$work/mutant/simulation" --seeds "$seeds" --seed 1 --no-shrink >"$work/mutant/log" 2>&1; then
        echo "survived  $1"
        survived=$((survived + 1))
    else
        echo "found     $1: $(sed -n 's/^VIOLATION  //p; s/.*Assertion/Assertion/p' "$work/mutant/log" | head -1)"
        [ -z "$keep" ] || shorten "$1"
        if seen "$1"; then
            found=$((found + 1))
        else
            echo "no trace  $1: its kept run does not show it; write them anew with: $0 $seeds keep"
            survived=$((survived + 1))
        fi
    fi
}

mutant "I9 what was moving starts again" controller/core_recover.c \
    's/payment->state == PAYMENT_STATE_PAID ? CORE_SLOT_QUEUED : CORE_SLOT_RECOVER/CORE_SLOT_QUEUED/'
mutant "I2 movement before the commit" controller/core_slot.c \
    's/core_slot_enter(core, slot, parts & CORE_TXN_PAYMENT ? CORE_SLOT_STORING : CORE_SLOT_RESERVED);/core_move_start(core, slot->payment.device, out);/'
mutant "I3 receipt before the commit" controller/core_admit.c \
    's/slot->token = event->u.in.token;/slot->token = event->u.in.token; answer_known(core, event, false, out);/'
mutant "I4 outcome before the commit" controller/core_move.c \
    's/core_slot_enter(core, slot, CORE_SLOT_FINISHING);/core_emit(out, CORE_ACTION_OUTCOME)->u.payment = slot->payment; &/'
mutant "I6 the queue is not served" controller/core_payments.c \
    's/bool begun = slot_turn(core, slot, out);/bool begun = false;/'
mutant "I6 a refused one holds up the next" controller/core_payments.c 's/\*blocked &= ~bit;/(void)0;/'
mutant "I7 verified without evidence" controller/core_move.c \
    's/slot->payment.outcome = result->outcome;/& slot->payment.outcome.verified = true;/'
mutant "I8 unknown called failed" controller/core_move.c \
    's/slot->payment.outcome = result->outcome;/& if (slot->payment.outcome.result == PAYMENT_RESULT_UNKNOWN) slot->payment.outcome.result = PAYMENT_RESULT_FAILED;/'
mutant "I10 a refund is not counted" controller/core_payments.c \
    's/? CORE_COUNTER_REFUND_MINOR/? CORE_COUNTER_FAILED/'
mutant "I13 no limit of devices" controller/core_judge.c \
    's/moving < (parallel < 1 ? 1 : parallel)/true/'
mutant "I13 an unconfirmed off counts as off" controller/core_device.c \
    's/core->now_ms >= at->maybe_on_until_ms/true/'
mutant "I15 fire is not heeded" controller/core_judge.c 's/holds |= 1u << CORE_HOLD_FIRE;/(void)0;/'
mutant "door is not heeded" controller/core_judge.c 's/holds |= 1u << CORE_HOLD_DOOR;/(void)0;/'
mutant "I16 a latched line is ordered on" controller/core_move.c \
    's/core->lines\[line\].faulted && order->kind/false \&\& order->kind/; s/core_device_lock(core, i, CORE_LOCK_OUTPUT_FAULT, out);/(void)0;/; s/^        core_move_feed(core, i, &fault, out);/(void)fault;/'
mutant "I17 the device is not asked" controller/core_judge.c \
    's/facts->check.readiness != DEVICE_REFUSE/facts->check.readiness != DEVICE_WAIT/'
mutant "I19 a clock without trust admits" controller/core_admit.c 's/!core->clock_trusted/false/'
mutant "I19 the queue does not wait for the clock" controller/core_payments.c \
    's/wait_for_clock || core->devices/core->devices/'
mutant "old payments move" controller/core_judge.c 's/age_ms > max_ms/false/'
mutant "age is not judged again after the intent" controller/core_payments.c \
    '/uint64_t blocked/!s/reason = core_judge_age(core, slot, &wait_for_clock);/reason = PAYMENT_REASON_NONE;/'
mutant "I21 a failed commit is ignored" controller/core_payments.c 's/core->store_failed = true;/(void)0;/'
mutant "I22 shown while the clock is not trusted" controller/core_judge.c \
    's/holds |= !core->clock_trusted ? 1u << CORE_HOLD_CLOCK : 0;/(void)0;/'
mutant "I22 a change of the view is not told" controller/core_payments.c 's/core->view_changed = true;/(void)0;/'
mutant "the stock is not given back" controller/core_move.c 's/parts |= core_return_stock/(void)core_return_stock/'
mutant "the stock is not taken" controller/core_slot.c 's/product->stock--;/(void)0;/'
mutant "a turnstile is released with its contact closed" controller/device/turnstile.c \
    's/return kind_check_idle(device, CONFIG_ROLE_PASS, DEVICE_LEVEL_OFF);/return kind_go();/'
mutant "a unit that is not ready is released" controller/device/turnstile.c \
    's/if (!turnstile_is(device, CONFIG_ROLE_READY, DEVICE_LEVEL_ON))/if (false)/'
mutant "a contact that falls with the power is a passage" controller/device/turnstile_watch.c \
    's/^        word\[TURNSTILE_PASS_AT\] = 0;/        (void)0;/; s/^        word\[TURNSTILE_LOST\] = 1;/        (void)0;/'
mutant "the proof of a passage is not waited for" controller/device/turnstile.c \
    's/now_ms >= word\[TURNSTILE_PASS_AT\] + TURNSTILE_PROOF_MS/now_ms >= word[TURNSTILE_PASS_AT]/'
mutant "a turnstile that was not watched saw nobody" controller/device/turnstile_watch.c \
    's/^        word\[TURNSTILE_LOST\] = 1;/        (void)0;/'
mutant "an unknown release saw nobody" controller/device/turnstile.c \
    's/word\[TURNSTILE_UNANSWERED\] != 0 || !off_sure/false/'
mutant "the level stays on after the passage" controller/device/turnstile.c \
    's/word\[TURNSTILE_PASS_AT\] != 0 || now_ms >= off_ms/now_ms >= off_ms/; /} else if (word\[TURNSTILE_PROVEN\] != 0) {/,/}/s/if (turnstile_is_level(device))/if (false)/'
mutant "the policy for money of nobody is turned round" controller/device/turnstile.c \
    's/param\[CONFIG_PARAM_NO_PASSAGE\] != 0/param[CONFIG_PARAM_NO_PASSAGE] == 0/'
mutant "a passage without a right is not told" controller/device/turnstile_watch.c \
    's/word\[TURNSTILE_PASS_NOTE\] = now_ms + TURNSTILE_PROOF_MS;/(void)0;/'
mutant "rights without limit" controller/core_judge.c \
    's/core_rights_used(core, device) >= config->param\[CONFIG_PARAM_RIGHTS\]/false/'
mutant "a light that was refused has shown it" controller/device/validator.c \
    '/case DEVICE_ORDER_REFUSED:/a validator_shown(device, word[LIGHT_COVERED], PAYMENT_EVIDENCE_LIGHT_MS, out);'
mutant "the screen has shown what it did not draw" controller/core_many.c \
    's/(slot->order < from || slot->order > to)/slot->order < from/'
mutant "the screen has shown what was on it before" controller/core_many.c \
    's/(slot->order < from || slot->order > to)/slot->order > to/'
mutant "a payment that was shown is called failed" controller/device/validator.c \
    's/if (validator_was_dark(device, entry))/if (true)/'
mutant "a payment at a validator waits for ever" controller/device/validator.c \
    's/now_ms < device->word\[ENTRY_TIME + entry\] + VALIDATOR_WAIT_MS/true/'
mutant "the light is left on" controller/device/validator.c \
    's/if (word\[LIGHT_MAYBE_ON\] != 0)/if (false)/'
mutant "a validator is lit before its payment is on disk" controller/core_slot.c \
    '/^void core_slot_reserve/,/^}/s/core_slot_store(core, slot, parts, out);/if (core_device_many(core, slot->payment.device)) core_many_start(core, slot->payment.device, slot, out); &/'
mutant "I8 a barrier refunds without certainty" controller/device/barrier_follow.c \
    '/^static void barrier_over/,/^}/s/barrier_nothing_passed(device, now_ms)/true/'
mutant "I8 a passage not looked at was silent" controller/device/barrier_follow.c \
    's/event->gap_ms < BARRIER_GAP_MS/true/'
mutant "I8 a passage that was lost was silent" controller/device/barrier_follow.c \
    's/^        device->word\[BARRIER_LOST\] = 1;/        (void)0;/'
mutant "I7 a nose on the passage is a vehicle through" controller/device/barrier_follow.c \
    's/(crossing & BARRIER_CROSS_FREE) == 0/false/'
mutant "I7 a vehicle from inside is the one that paid" controller/device/barrier_follow.c \
    's/|= BARRIER_CROSS_ALIEN;/|= 0;/'
mutant "I7 a pulse sent is a vehicle through" controller/device/barrier.c \
    's/else if (!kind_has(device, CONFIG_ROLE_UP) ||/else if (true) barrier_finish(device, now_ms, PAYMENT_RESULT_DELIVERED, PAYMENT_REASON_NONE, DEVICE_VERDICT_GOOD, out); &/'
mutant "I1 a second pulse without its intent" controller/device/barrier.c \
    '/^static void barrier_not_up/,/^}/s/barrier_ask(device, now_ms, out);/barrier_pulse(device, now_ms, out);/'
mutant "I1 a pulse is repeated on a guess" controller/device/barrier.c \
    '/^static void barrier_unanswered/,/^}/s/barrier_rise(device, now_ms, out);/barrier_pulse(device, now_ms, out);/'
mutant "I1 a right opens without end" controller/device/barrier_follow.c \
    's/word\[BARRIER_FURTHER\] < BARRIER_FURTHER_MOST/true/'
mutant "I14 a barrier orders its hold contact" controller/device/barrier.c \
    's/kind_order(out, DEVICE_ORDER_OFF, CONFIG_ROLE_SIGN, 0);/kind_order(out, DEVICE_ORDER_PULSE, kind_has(device, CONFIG_ROLE_HOLD) ? CONFIG_ROLE_HOLD : CONFIG_ROLE_SIGN, 500);/'
mutant "I17 a barrier starts with its passage covered" controller/device/barrier.c \
    's/kind_has(device, role) || kind_level(device, role) == DEVICE_LEVEL_OFF/kind_has(device, role) || true/'
mutant "a barrier opens for an empty lane" controller/device/barrier.c \
    's/^        device->config->param\[CONFIG_PARAM_EMPTY_LANE\] == 0)/        false)/'
mutant "I22 a barrier with a fault is sold while it moves" controller/core_judge.c \
    's/device->use != CORE_DEVICE_IDLE \&\& fault >= 0/false/'
mutant "I22 a passage becomes stuck unnoticed" controller/device/barrier_idle.c \
    's/return since_ms != 0 \&\& at_ms > now_ms ? at_ms : 0;/return 0;/'
mutant "held open without an order" controller/core_lane.c 's/held \&\& !core->aborted/!core->aborted/'
mutant "one who follows is not told" controller/device/barrier_idle.c \
    's/barrier_note(out, CORE_CODE_TAILGATE, CONFIG_ROLE_PASSAGE);/(void)0;/'
mutant "I4 an outcome is changed when it is told again" controller/core_payments.c \
    's/core_emit(out, CORE_ACTION_OUTCOME)->u.payment = slot->payment;/slot->payment.outcome.finished_at++; &/'
mutant "I6 an outcome is told only once" controller/outbox_policy.c \
    's/^        wanted = seq <= policy->round_end .*/        wanted = false;/; s/^        wanted = seq == job->after + 1;/        wanted = false;/'
mutant "I6 what is older than this run is not told" controller/outbox_policy.c \
    's/^    begin_round(policy, now_ms);/    policy->round_running = false; policy->round_at_ms = now_ms + 100000000;/'
mutant "I18 a signature is not looked at" controller/inbox.c 's/if (!jws_verify(/if (false \&\& !jws_verify(/'
mutant "I18 a message for another machine counts" controller/inbox_claims.c \
    's/kiosk_id) == 0 ? INBOX_OK : INBOX_WRONG_KIOSK/kiosk_id) == 0 ? INBOX_OK : INBOX_OK/'
mutant "I18 a key may say anything" controller/inbox.c 's/(key->use \& use_of_type(type)) == 0/false/'
mutant "I18 other bits spell the same signature" common/base64url.c 's/if (count >= 6 || .*/if (count >= 6)/'
mutant "I22 shown while the daemon is leaving" controller/core_judge.c 's/core->stopping ? 1u << CORE_HOLD_STOPPING : 0/0/'
mutant "I22 shown though the broker is silent" controller/core_judge.c 's/!core->broker_heard ? 1u << CORE_HOLD_BROKER : 0/0/'
mutant "I23 a dead screen stops the sale" controller/core_judge.c 's/holds |= core->crash_loop ?/holds |= core->crash_loop || !core->screen_good ?/'
mutant "I19 a wrong clock makes payments old" controller/core_judge.c 's/if (trusted \&\& wall_age_ms > age_ms)/if (wall_age_ms > age_ms)/'
echo "$found mutants found, $survived not"
[ "$survived" -eq 0 ]
