/* A validator: nothing moves; a payment is delivered when it was shown. Many at once, none waits for another.
 *
 * Lines: light* (on for show_ms after the newest payment), buzzer* (a pulse for each payment, at most one
 * waiting). A payment is settled by an order for the light that began after it and was confirmed, or by the
 * screen that says it has drawn it, whichever comes first. Neither in time: unknown, or failed where the
 * light was certainly dark and no screen was there.
 *
 * One order for the light is under way at a time and covers all payments before it, so a burst costs as many
 * orders as the line can take, not one each. The order is a lease: it runs out by itself below
 * (hal/outputs.c) soon after the light should have gone off, because a light that stays on lets everybody
 * ride.
 */
#include "controller/device/kind.h"

#include <assert.h>

enum {
    VALIDATOR_WAIT_MS = 3000,  /* shown by then, or it counts as not shown */
    VALIDATOR_GRAIN_MS = 250,  /* payments that begin within this share one entry below */
    VALIDATOR_ENTRIES = 14,    /* so many of these are in VALIDATOR_WAIT_MS */
    VALIDATOR_LEASE_MS = 1000, /* the light's limit beyond show_ms */
    VALIDATOR_PAUSE_MS = 100,  /* between two sounds */
};

/* Kinds with `many` find all their words as they were left. */
enum {
    LIGHT_ASKED = KIND_WORD_OWN, /* 1: an order for it to be on is under way */
    LIGHT_BY,                    /* its result is waited for until then */
    LIGHT_COVERED,               /* so many of the oldest began before that order */
    LIGHT_WANTED,                /* 1: later ones want another order */
    LIGHT_UNTIL,                 /* it is to go off then; 0 = nothing to do */
    LIGHT_MAYBE_ON,
    LIGHT_OFF_ASKED, /* 1: off was ordered, and no on after it */
    LIGHT_DARK_AT,   /* certainly off since then, if not LIGHT_MAYBE_ON */
    BUZZER_ASKED,
    BUZZER_BY,
    BUZZER_WANTED,
    BUZZER_QUIET_AT, /* not again before */
    STRUCK_AT,       /* the newest strike */
    SCREEN_AT,       /* a screen was there, newest time */
    ENTRY_FIRST,     /* the oldest entry's place in the ring */
    ENTRY_COUNT,
    ENTRY_TIME,                                      /* when the newest payment of the entry began */
    ENTRY_PAYMENTS = ENTRY_TIME + VALIDATOR_ENTRIES, /* how many are unsettled */
    VALIDATOR_WORDS = ENTRY_PAYMENTS + VALIDATOR_ENTRIES,
};
_Static_assert((int)VALIDATOR_WORDS <= (int)DEVICE_STATE_WORDS, "the words are enough");

static int validator_entry(const struct device *device, int64_t n)
{
    return (int)((device->word[ENTRY_FIRST] + n) % VALIDATOR_ENTRIES);
}

static int32_t validator_unsettled(const struct device *device)
{
    int64_t sum = 0;
    for (int64_t n = 0; n < device->word[ENTRY_COUNT]; n++)
        sum += device->word[ENTRY_PAYMENTS + validator_entry(device, n)];
    return (int32_t)sum;
}

static void validator_enter(struct device *device, int64_t now_ms)
{
    int64_t *word = device->word;
    int newest = validator_entry(device, word[ENTRY_COUNT] - 1 + VALIDATOR_ENTRIES);
    bool same = word[ENTRY_COUNT] > 0 &&
                word[ENTRY_TIME + newest] / VALIDATOR_GRAIN_MS == now_ms / VALIDATOR_GRAIN_MS;

    if (!same) {
        /* Each start also ends the oldest if its time is over, so all others are of the last
         * VALIDATOR_WAIT_MS. */
        assert(word[ENTRY_COUNT] < VALIDATOR_ENTRIES);
        newest = validator_entry(device, word[ENTRY_COUNT]++);
        word[ENTRY_PAYMENTS + newest] = 0;
    }
    word[ENTRY_TIME + newest] = now_ms;
    word[ENTRY_PAYMENTS + newest]++;
}

/* Ends the oldest `count`, no more than there are; the caller has filled in their outcome. */
static void validator_settle(struct device *device, int64_t count, enum payment_evidence how,
                             struct device_out *out)
{
    int64_t *word = device->word;

    out->finished = false; /* that is for kinds with one movement */
    out->settled = (int32_t)count;
    out->settled_evidence = how;
    word[LIGHT_COVERED] -= count < word[LIGHT_COVERED] ? count : word[LIGHT_COVERED];
    while (count > 0) {
        int64_t *payments = &word[ENTRY_PAYMENTS + validator_entry(device, 0)];
        int64_t some = count < *payments ? count : *payments;
        *payments -= some;
        count -= some;
        if (*payments > 0)
            break;
        word[ENTRY_FIRST] = validator_entry(device, 1);
        word[ENTRY_COUNT]--;
    }
}

static void validator_shown(struct device *device, int64_t count, enum payment_evidence how,
                            struct device_out *out)
{
    int64_t unsettled = validator_unsettled(device);

    if (count > unsettled)
        count = unsettled;
    if (count <= 0)
        return;
    kind_deliver(out, true, DEVICE_VERDICT_GOOD);
    validator_settle(device, count, how, out);
}

/* Nobody can have seen anything of the payments of this entry. */
static bool validator_was_dark(const struct device *device, int entry)
{
    const int64_t *word = device->word;
    int64_t began_ms = word[ENTRY_TIME + entry] / VALIDATOR_GRAIN_MS * VALIDATOR_GRAIN_MS;

    return word[SCREEN_AT] < began_ms && word[LIGHT_ASKED] == 0 && word[LIGHT_MAYBE_ON] == 0 &&
           word[LIGHT_DARK_AT] <= began_ms;
}

/* A strike for each failure that payments of their own have found, not for each payment of a crowd. Without a
 * light there is nothing to strike out: the screen's own health stops the sale and brings it back. */
static enum device_verdict validator_verdict(struct device *device, int entry, int64_t now_ms)
{
    int64_t *word = device->word;

    if (!kind_has(device, CONFIG_ROLE_LIGHT) || word[ENTRY_TIME + entry] <= word[STRUCK_AT])
        return DEVICE_VERDICT_NONE;
    word[STRUCK_AT] = now_ms;
    return DEVICE_VERDICT_STRIKE;
}

/* The oldest that were not shown in time. */
static void validator_expire(struct device *device, int64_t now_ms, struct device_out *out)
{
    int entry = validator_entry(device, 0);

    if (out->settled != 0 || device->word[ENTRY_COUNT] == 0 ||
        now_ms < device->word[ENTRY_TIME + entry] + VALIDATOR_WAIT_MS)
        return;
    enum device_verdict verdict = validator_verdict(device, entry, now_ms);
    if (validator_was_dark(device, entry))
        kind_finish(out, PAYMENT_RESULT_FAILED, PAYMENT_REASON_ORDER_REFUSED, verdict);
    else
        kind_finish(out, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_NO_FEEDBACK, verdict);
    validator_settle(device, device->word[ENTRY_PAYMENTS + entry], PAYMENT_EVIDENCE_COUNT, out);
}

static void validator_light_off(struct device *device, struct device_out *out)
{
    device->word[LIGHT_UNTIL] = 0;
    device->word[LIGHT_OFF_ASKED] = 1;
    kind_order(out, DEVICE_ORDER_OFF, CONFIG_ROLE_LIGHT, 0);
}

static void validator_light_on(struct device *device, int64_t now_ms, struct device_out *out)
{
    int64_t *word = device->word;
    int32_t show_ms = device->config->param[CONFIG_PARAM_SHOW_MS];

    word[LIGHT_WANTED] = 0;
    word[LIGHT_ASKED] = 1;
    word[LIGHT_OFF_ASKED] = 0;
    word[LIGHT_BY] = now_ms + KIND_RESULT_WAIT_MS;
    word[LIGHT_COVERED] = validator_unsettled(device);
    word[LIGHT_UNTIL] = now_ms + show_ms;
    kind_order(out, DEVICE_ORDER_ON, CONFIG_ROLE_LIGHT, show_ms + VALIDATOR_LEASE_MS);
}

/* Nobody knows whether it is on: off, and the screen may still show what was to be shown. */
static void validator_light_unanswered(struct device *device, struct device_out *out)
{
    int64_t *word = device->word;

    word[LIGHT_ASKED] = 0;
    word[LIGHT_COVERED] = 0;
    word[LIGHT_MAYBE_ON] = 1;
    validator_light_off(device, out);
}

static void validator_light_result(struct device *device, const struct device_event *event,
                                   struct device_out *out)
{
    int64_t *word = device->word;

    if (event->order_kind == DEVICE_ORDER_OFF) {
        if (event->result == DEVICE_ORDER_DONE && word[LIGHT_OFF_ASKED] != 0) {
            word[LIGHT_MAYBE_ON] = 0;
            word[LIGHT_DARK_AT] = event->now_ms;
        }
        return;
    }
    if (word[LIGHT_ASKED] == 0)
        return; /* given up: off was ordered after it */
    switch (event->result) {
    case DEVICE_ORDER_DONE:
        word[LIGHT_ASKED] = 0;
        word[LIGHT_MAYBE_ON] = 1;
        validator_shown(device, word[LIGHT_COVERED], PAYMENT_EVIDENCE_LIGHT_MS, out);
        word[LIGHT_COVERED] = 0;
        break;
    case DEVICE_ORDER_REFUSED:
        word[LIGHT_ASKED] = 0;
        word[LIGHT_COVERED] = 0;
        break;
    case DEVICE_ORDER_UNKNOWN:
    default:
        validator_light_unanswered(device, out);
        break;
    }
}

static void validator_light_turn(struct device *device, int64_t now_ms, struct device_out *out)
{
    int64_t *word = device->word;

    if (word[LIGHT_ASKED] != 0 && now_ms >= word[LIGHT_BY])
        validator_light_unanswered(device, out);
    if (word[LIGHT_ASKED] == 0 && word[LIGHT_WANTED] != 0)
        validator_light_on(device, now_ms, out);
    if (word[LIGHT_ASKED] != 0 || word[LIGHT_UNTIL] == 0 || now_ms < word[LIGHT_UNTIL])
        return;
    word[LIGHT_UNTIL] = 0;
    if (word[LIGHT_MAYBE_ON] != 0)
        validator_light_off(device, out);
}

static void validator_buzzer_turn(struct device *device, int64_t now_ms, struct device_out *out)
{
    int64_t *word = device->word;
    int32_t buzz_ms = device->config->param[CONFIG_PARAM_BUZZ_MS];

    if (word[BUZZER_ASKED] != 0 && now_ms >= word[BUZZER_BY])
        word[BUZZER_ASKED] = 0;
    if (word[BUZZER_WANTED] == 0 || word[BUZZER_ASKED] != 0 || now_ms < word[BUZZER_QUIET_AT])
        return;
    word[BUZZER_WANTED] = 0;
    word[BUZZER_ASKED] = 1;
    word[BUZZER_BY] = now_ms + buzz_ms + KIND_RESULT_WAIT_MS;
    kind_order(out, DEVICE_ORDER_PULSE, CONFIG_ROLE_BUZZER, buzz_ms);
}

static void validator_wake(int64_t *deadline_ms, bool wanted, int64_t at_ms)
{
    if (wanted && (*deadline_ms == 0 || at_ms < *deadline_ms))
        *deadline_ms = at_ms;
}

/* Does what is due, and says when it wants to be asked again. */
static void validator_turn(struct device *device, int64_t now_ms, struct device_out *out)
{
    const int64_t *word = device->word;
    int64_t deadline_ms = 0;

    if (device->screen)
        device->word[SCREEN_AT] = now_ms;
    validator_light_turn(device, now_ms, out);
    validator_buzzer_turn(device, now_ms, out);
    validator_expire(device, now_ms, out);
    bool waiting = word[ENTRY_COUNT] > 0;
    validator_wake(&deadline_ms, waiting, word[ENTRY_TIME + validator_entry(device, 0)] + VALIDATOR_WAIT_MS);
    validator_wake(&deadline_ms, word[LIGHT_ASKED] != 0, word[LIGHT_BY]);
    validator_wake(&deadline_ms, word[LIGHT_ASKED] == 0 && word[LIGHT_UNTIL] != 0, word[LIGHT_UNTIL]);
    validator_wake(&deadline_ms, word[BUZZER_ASKED] != 0, word[BUZZER_BY]);
    validator_wake(&deadline_ms, word[BUZZER_ASKED] == 0 && word[BUZZER_WANTED] != 0, word[BUZZER_QUIET_AT]);
    kind_wait(device,
              waiting                  ? DEVICE_PHASE_MOVING
              : word[LIGHT_UNTIL] != 0 ? DEVICE_PHASE_TAKE
                                       : DEVICE_PHASE_IDLE,
              deadline_ms);
}

static struct device_check validator_check(const struct device *device, int64_t now_ms)
{
    struct device_check check = kind_go();

    (void)now_ms;
    if (device_needs_screen(device->config) && !device->screen) {
        check = kind_refuse(CONFIG_ROLE_LIGHT);
        check.hold = CORE_HOLD_SCREEN;
    }
    return check;
}

static void validator_start(struct device *device, int64_t now_ms, struct device_out *out)
{
    int64_t *word = device->word;

    validator_enter(device, now_ms);
    word[LIGHT_WANTED] = kind_has(device, CONFIG_ROLE_LIGHT);
    word[BUZZER_WANTED] = kind_has(device, CONFIG_ROLE_BUZZER);
    validator_turn(device, now_ms, out);
}

/* The guard ended an output, or could not: no more of it is wanted. */
static void validator_fault(struct device *device, const struct device_event *event, struct device_out *out)
{
    int64_t *word = device->word;

    if (event->role == CONFIG_ROLE_LIGHT) {
        bool ours = word[LIGHT_ASKED] != 0 || word[LIGHT_MAYBE_ON] != 0;
        word[LIGHT_WANTED] = 0;
        if (ours)
            validator_light_unanswered(device, out);
        word[LIGHT_MAYBE_ON] = 1; /* the guard goes on trying */
    } else if (event->role == CONFIG_ROLE_BUZZER) {
        if (word[BUZZER_ASKED] != 0)
            kind_order(out, DEVICE_ORDER_OFF, CONFIG_ROLE_BUZZER, 0);
        word[BUZZER_WANTED] = word[BUZZER_ASKED] = 0;
    }
}

/* The store failed or the machine goes down. */
static void validator_abort(struct device *device, struct device_out *out)
{
    int64_t *word = device->word;
    int32_t unsettled = validator_unsettled(device);

    if (word[LIGHT_ASKED] != 0 || word[LIGHT_UNTIL] != 0)
        validator_light_off(device, out);
    if (word[BUZZER_ASKED] != 0)
        kind_order(out, DEVICE_ORDER_OFF, CONFIG_ROLE_BUZZER, 0);
    word[LIGHT_WANTED] = word[BUZZER_WANTED] = 0;
    if (unsettled == 0)
        return;
    kind_finish(out, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_STOPPED, DEVICE_VERDICT_GOOD);
    validator_settle(device, unsettled, PAYMENT_EVIDENCE_COUNT, out);
}

static void validator_event(struct device *device, const struct device_event *event, struct device_out *out)
{
    switch (event->kind) {
    case DEVICE_EVENT_ORDER:
        if (event->role == CONFIG_ROLE_LIGHT) {
            validator_light_result(device, event, out);
        } else if (event->role == CONFIG_ROLE_BUZZER && event->order_kind == DEVICE_ORDER_PULSE) {
            device->word[BUZZER_ASKED] = 0;
            device->word[BUZZER_QUIET_AT] = event->now_ms + VALIDATOR_PAUSE_MS;
        }
        break;
    case DEVICE_EVENT_SHOWN:
        validator_shown(device, event->shown, PAYMENT_EVIDENCE_SHOWN_MS, out);
        break;
    case DEVICE_EVENT_FAULT:
        validator_fault(device, event, out);
        break;
    case DEVICE_EVENT_ABORT:
        validator_abort(device, out);
        break;
    case DEVICE_EVENT_INPUT:
    case DEVICE_EVENT_GAP:
    case DEVICE_EVENT_TIME:
    case DEVICE_EVENT_INTENT:
    case DEVICE_EVENT_AGAIN:
    default:
        break;
    }
    validator_turn(device, event->now_ms, out);
}

const struct device_kind kind_validator = {
    .lane = true, .many = true, .check = validator_check, .start = validator_start, .event = validator_event};
