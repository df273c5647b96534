/* The vehicle: from the presence loop over the passage, or back out again. */
#include "controller/device/barrier.h"

bool barrier_vehicle_there(const struct device *device)
{
    return !kind_has(device, CONFIG_ROLE_PRESENCE) ||
           kind_level(device, CONFIG_ROLE_PRESENCE) == DEVICE_LEVEL_ON;
}

/* The passage was looked at all the time, is not in doubt, and was silent; and the way is shut again. */
bool barrier_nothing_passed(const struct device *device, int64_t now_ms)
{
    const int64_t *word = device->word;
    enum barrier_arm arm = barrier_arm(device);

    if (!kind_has(device, CONFIG_ROLE_PASSAGE) || word[BARRIER_LOST] != 0 || word[BARRIER_PASSAGE_AT] != 0 ||
        kind_level(device, CONFIG_ROLE_PASSAGE) != DEVICE_LEVEL_OFF || barrier_flag(device, BARRIER_DOUBT))
        return false;
    if (!barrier_settled(device, now_ms))
        return false;
    return arm == BARRIER_ARM_DOWN || (!barrier_has_limits(device) && word[BARRIER_STATE] == BARRIER_AWAY);
}

void barrier_show(struct device *device, struct device_out *out)
{
    const int64_t *word = device->word;
    bool shut = barrier_arm(device) == BARRIER_ARM_DOWN;
    bool go = word[BARRIER_STATE] == BARRIER_GOING && !shut;
    enum device_phase phase = word[BARRIER_STATE] == BARRIER_AWAY    ? DEVICE_PHASE_RETURN
                              : word[BARRIER_STATE] == BARRIER_GOING ? DEVICE_PHASE_TAKE
                                                                     : DEVICE_PHASE_MOVING;
    int64_t at_ms = word[BARRIER_BY];

    if (word[BARRIER_STATE] == BARRIER_PULSING)
        go = word[BARRIER_SIGN] != 0; /* a further pulse under an open arm changes nothing for the driver */
    if (kind_has(device, CONFIG_ROLE_SIGN) && go != (word[BARRIER_SIGN] != 0)) {
        kind_order(out, go ? DEVICE_ORDER_ON : DEVICE_ORDER_OFF, CONFIG_ROLE_SIGN, 0);
        device->word[BARRIER_SIGN] = go;
    }
    if (word[BARRIER_STATE] == BARRIER_GOING && word[BARRIER_OFF_AT] != 0 && word[BARRIER_SEEN] != 0 &&
        word[BARRIER_CROSSING] == 0 && word[BARRIER_OFF_AT] + BARRIER_LEFT_MS < at_ms)
        at_ms = word[BARRIER_OFF_AT] + BARRIER_LEFT_MS;
    kind_wait(device, phase, at_ms);
}

static void barrier_extend(struct device *device, int64_t by_ms)
{
    if (device->word[BARRIER_EXTENDED] >= BARRIER_EXTEND_MOST)
        return;
    device->word[BARRIER_EXTENDED]++;
    device->word[BARRIER_BY] = by_ms;
}

void barrier_go(struct device *device, int64_t now_ms, struct device_out *out)
{
    int64_t *word = device->word;

    if (!kind_has(device, CONFIG_ROLE_PASSAGE)) {
        if (word[BARRIER_UP_AT] != 0 || word[BARRIER_UNANSWERED] == 0)
            barrier_finish(device, now_ms, PAYMENT_RESULT_DELIVERED, PAYMENT_REASON_NONE, DEVICE_VERDICT_GOOD,
                           out);
        else
            barrier_finish(device, now_ms, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_ORDER_UNKNOWN,
                           DEVICE_VERDICT_STRIKE, out);
        return;
    }
    word[BARRIER_STATE] = BARRIER_GOING;
    word[BARRIER_BY] = now_ms + barrier_param_ms(device, CONFIG_PARAM_PASSAGE_S);
}

void barrier_wait_for_return(struct device *device, int64_t now_ms, struct device_out *out)
{
    int64_t *word = device->word;
    int64_t since_ms = word[BARRIER_OFF_AT] != 0 ? word[BARRIER_OFF_AT] : now_ms;
    int64_t by_ms = since_ms + barrier_param_ms(device, CONFIG_PARAM_VEHICLE_WAIT_S);

    if (word[BARRIER_STATE] == BARRIER_GOING)
        barrier_extend(device, by_ms);
    else
        word[BARRIER_BY] = by_ms > now_ms ? by_ms : now_ms + BARRIER_LEFT_MS;
    word[BARRIER_STATE] = BARRIER_AWAY;
    if (word[BARRIER_TOLD_LEFT] == 0 && word[BARRIER_SEEN] != 0)
        barrier_note(out, CORE_CODE_VEHICLE_LEFT, CONFIG_ROLE_PRESENCE);
    word[BARRIER_TOLD_LEFT] = 1;
}

/* ---- the end of the right ---- */

static void barrier_over(struct device *device, int64_t now_ms, struct device_out *out)
{
    const int64_t *word = device->word;
    bool nothing = barrier_nothing_passed(device, now_ms);
    /* Seen on the loop all the time, or before an arm that never opened, it could not be on the passage. */
    bool stood =
        kind_has(device, CONFIG_ROLE_PRESENCE) && word[BARRIER_SEEN] != 0 && word[BARRIER_LEFT_AT] == 0;
    bool opened = word[BARRIER_EFFECT] != 0 || !barrier_has_limits(device);
    enum payment_reason reason = word[BARRIER_UNANSWERED] != 0 ? PAYMENT_REASON_ORDER_UNKNOWN
                                 : word[BARRIER_LOST] != 0     ? PAYMENT_REASON_SENSOR_LOST
                                                               : PAYMENT_REASON_NO_PASSAGE;

    if (word[BARRIER_STATE] == BARRIER_GOING &&
        (barrier_vehicle_there(device) || word[BARRIER_CROSSING] != 0))
        barrier_note(out, CORE_CODE_VEHICLE_STAYS,
                     word[BARRIER_CROSSING] != 0 ? CONFIG_ROLE_PASSAGE : CONFIG_ROLE_PRESENCE);
    if (barrier_flag(device, BARRIER_DOUBT) && word[BARRIER_PASSAGE_AT] == 0)
        barrier_note(out, CORE_CODE_SENSOR_STUCK, CONFIG_ROLE_PASSAGE);
    barrier_finish(device, now_ms, nothing ? PAYMENT_RESULT_FAILED : PAYMENT_RESULT_UNKNOWN, reason,
                   reason == PAYMENT_REASON_NO_PASSAGE ? DEVICE_VERDICT_GOOD : DEVICE_VERDICT_STRIKE, out);
    if (word[BARRIER_PASSAGE_AT] == 0 && !stood && opened)
        barrier_set(device, BARRIER_DOUBT, true);
}

/* ---- presence ---- */

/* It came back: is the arm still up for it? A right that may be used up opens nothing more. */
static bool barrier_wants_pulse(const struct device *device)
{
    const int64_t *word = device->word;
    bool shut = barrier_arm(device) == BARRIER_ARM_DOWN || !barrier_has_limits(device) ||
                (kind_has(device, CONFIG_ROLE_UP) && kind_level(device, CONFIG_ROLE_UP) == DEVICE_LEVEL_OFF);
    return shut && barrier_vehicle_there(device) && word[BARRIER_FURTHER] < BARRIER_FURTHER_MOST &&
           word[BARRIER_MAYBE] == 0 && word[BARRIER_CROSSING] == 0 && word[BARRIER_UNANSWERED] == 0;
}

static void barrier_presence(struct device *device, const struct device_event *event, struct device_out *out)
{
    int64_t *word = device->word;

    if (event->level == DEVICE_LEVEL_OFF) {
        word[BARRIER_OFF_AT] = event->now_ms;
        word[BARRIER_LEFT_AT] = event->now_ms;
        return;
    }
    if (word[BARRIER_CROSSING] != 0 && word[BARRIER_OFF_AT] != 0 &&
        event->now_ms - word[BARRIER_OFF_AT] >= BARRIER_FLICKER_MS)
        word[BARRIER_CROSSING] |= BARRIER_CROSS_FREE;
    word[BARRIER_OFF_AT] = 0;
    if (event->level == DEVICE_LEVEL_UNKNOWN) {
        if (word[BARRIER_CROSSING] != 0)
            word[BARRIER_CROSSING] |= BARRIER_CROSS_BLIND;
        return;
    }
    if ((word[BARRIER_CROSSING] & (BARRIER_CROSS_LATE | BARRIER_CROSS_ALIEN)) == BARRIER_CROSS_LATE) {
        /* From the passage onto the loop: it drives out, and the one that paid has made room for it. */
        barrier_note(out, CORE_CODE_WRONG_WAY, CONFIG_ROLE_PASSAGE);
        if ((word[BARRIER_CROSSING] & BARRIER_CROSS_PROVING) != 0) {
            word[BARRIER_CROSSING] = 0;
            barrier_extend(device, event->now_ms + barrier_param_ms(device, CONFIG_PARAM_PASSAGE_S));
        } else {
            word[BARRIER_CROSSING] |= BARRIER_CROSS_ALIEN;
        }
    }
    word[BARRIER_SEEN] = 1;
    if (word[BARRIER_STATE] != BARRIER_AWAY)
        return;
    word[BARRIER_RETURNED] = 1;
    word[BARRIER_TOLD_LEFT] = 0;
    if (barrier_wants_pulse(device)) {
        barrier_ask(device, event->now_ms, out);
        return;
    }
    barrier_extend(device, event->now_ms + barrier_param_ms(device, CONFIG_PARAM_PASSAGE_S));
    word[BARRIER_STATE] = BARRIER_GOING;
}

/* ---- passage ---- */

static void barrier_passed(struct device *device, int64_t now_ms, struct device_out *out)
{
    if (device->word[BARRIER_STATE] == BARRIER_PULSING)
        device->word[BARRIER_PASSED] = 1; /* the pulse is seen to its end */
    else
        barrier_finish(device, now_ms, PAYMENT_RESULT_DELIVERED, PAYMENT_REASON_NONE, DEVICE_VERDICT_GOOD,
                       out);
}

/* Not known, or free since nobody knows when. */
static bool barrier_presence_unsure(const struct device *device)
{
    int64_t off_ms = device->word[BARRIER_OFF_AT], blind_ms = device->word[BARRIER_BLIND_AT];

    if (!kind_has(device, CONFIG_ROLE_PRESENCE))
        return false;
    if (kind_level(device, CONFIG_ROLE_PRESENCE) == DEVICE_LEVEL_UNKNOWN)
        return true;
    return off_ms != 0 && blind_ms != 0 && off_ms >= blind_ms && off_ms - blind_ms <= BARRIER_BACK_MS;
}

static void barrier_enter(struct device *device, const struct device_event *event, struct device_out *out)
{
    int64_t *word = device->word;
    enum device_level presence = kind_level(device, CONFIG_ROLE_PRESENCE);
    bool alien = kind_has(device, CONFIG_ROLE_PRESENCE) && presence == DEVICE_LEVEL_OFF &&
                 (word[BARRIER_SEEN] == 0 || event->now_ms - word[BARRIER_OFF_AT] > BARRIER_ROLL_MS);

    if (word[BARRIER_PASSAGE_AT] == 0)
        word[BARRIER_PASSAGE_AT] = event->now_ms;
    if ((word[BARRIER_CROSSING] & BARRIER_CROSS_PROVING) != 0)
        word[BARRIER_MAYBE]++; /* and one more before anybody knew */
    else if (word[BARRIER_CROSSING] != 0)
        return; /* its line was lost meanwhile */
    word[BARRIER_CROSSING] = BARRIER_CROSS_ON;
    if (barrier_presence_unsure(device))
        word[BARRIER_CROSSING] |= BARRIER_CROSS_BLIND;
    if (word[BARRIER_OFF_AT] != 0 && event->now_ms - word[BARRIER_OFF_AT] >= BARRIER_LEFT_MS)
        word[BARRIER_CROSSING] |= BARRIER_CROSS_LATE;
    if (alien) {
        word[BARRIER_CROSSING] |= BARRIER_CROSS_ALIEN;
        barrier_note(out, CORE_CODE_WRONG_WAY, CONFIG_ROLE_PASSAGE);
    } else if (word[BARRIER_STATE] == BARRIER_AWAY) {
        word[BARRIER_STATE] = BARRIER_GOING; /* it had not left: it stood between the loops */
    }
}

/* Nobody can say whether it passed or backed out. A second time it did: two noses in and out of one vehicle
 * are rarer than two vehicles that leave no gap on the loop. */
static void barrier_perhaps(struct device *device, int64_t crossing, int64_t now_ms, struct device_out *out)
{
    int64_t *word = device->word;

    word[BARRIER_MAYBE]++;
    if ((crossing & BARRIER_CROSS_BLIND) != 0)
        word[BARRIER_LOST] = 1;
    if (word[BARRIER_MAYBE] < 2 || word[BARRIER_LOST] != 0)
        return;
    barrier_note(out, CORE_CODE_TAILGATE, CONFIG_ROLE_PASSAGE);
    barrier_passed(device, now_ms, out);
}

static void barrier_certain(struct device *device, int64_t now_ms, struct device_out *out)
{
    if (device->word[BARRIER_MAYBE] != 0)
        barrier_note(out, CORE_CODE_TAILGATE, CONFIG_ROLE_PASSAGE);
    device->word[BARRIER_MAYBE] = 0;
    barrier_passed(device, now_ms, out);
}

static void barrier_proven(struct device *device, int64_t now_ms, struct device_out *out)
{
    int64_t *word = device->word;
    int64_t crossing = word[BARRIER_CROSSING];

    word[BARRIER_CROSSING] = 0;
    if ((crossing & BARRIER_CROSS_BLIND) == 0) {
        barrier_certain(device, now_ms, out);
        return;
    }
    barrier_extend(device, now_ms + barrier_param_ms(device, CONFIG_PARAM_PASSAGE_S));
    barrier_perhaps(device, crossing, now_ms, out);
}

static void barrier_clear(struct device *device, int64_t now_ms, struct device_out *out)
{
    int64_t *word = device->word;
    int64_t crossing = word[BARRIER_CROSSING];

    if ((crossing & BARRIER_CROSS_PROVING) != 0)
        return; /* its line was lost, and is back */
    word[BARRIER_CROSSING] = 0;
    if (!kind_has(device, CONFIG_ROLE_PRESENCE) ||
        kind_level(device, CONFIG_ROLE_PRESENCE) == DEVICE_LEVEL_OFF)
        crossing |= crossing != 0 ? BARRIER_CROSS_FREE : 0;
    if (crossing == 0 || (crossing & BARRIER_CROSS_ALIEN) != 0)
        return;
    if ((crossing & BARRIER_CROSS_BLIND) != 0 || (crossing & BARRIER_CROSS_FREE) == 0) {
        barrier_perhaps(device, crossing, now_ms, out);
        return;
    }
    if ((crossing & BARRIER_CROSS_LATE) == 0) {
        barrier_certain(device, now_ms, out);
    } else if (word[BARRIER_STATE] == BARRIER_GOING) {
        word[BARRIER_CROSSING] = crossing | BARRIER_CROSS_PROVING;
        word[BARRIER_BY] = now_ms + BARRIER_PROVE_MS;
    } else {
        barrier_perhaps(device, crossing, now_ms, out);
    }
}

static void barrier_passage(struct device *device, const struct device_event *event, struct device_out *out)
{
    switch (event->level) {
    case DEVICE_LEVEL_ON:
        barrier_enter(device, event, out);
        break;
    case DEVICE_LEVEL_OFF:
        barrier_clear(device, event->now_ms, out);
        break;
    case DEVICE_LEVEL_UNKNOWN:
    default:
        device->word[BARRIER_LOST] = 1;
        if (device->word[BARRIER_CROSSING] != 0)
            device->word[BARRIER_CROSSING] |= BARRIER_CROSS_BLIND;
        break;
    }
}

/* ---- time ---- */

void barrier_time(struct device *device, int64_t now_ms, struct device_out *out)
{
    int64_t *word = device->word;
    int64_t since_ms = word[BARRIER_PASSAGE_SINCE];

    if (word[BARRIER_STATE] == BARRIER_ASKING && word[BARRIER_NOT_UP] != 0) {
        barrier_finish(device, now_ms, PAYMENT_RESULT_UNKNOWN, PAYMENT_REASON_NOT_UP, DEVICE_VERDICT_LOCK,
                       out);
        return;
    }
    if ((word[BARRIER_CROSSING] & BARRIER_CROSS_PROVING) != 0) {
        barrier_proven(device, now_ms, out);
        return;
    }
    if (word[BARRIER_STATE] == BARRIER_GOING && now_ms < word[BARRIER_BY]) {
        barrier_wait_for_return(device, now_ms, out);
        return;
    }
    if (word[BARRIER_CROSSING] != 0 && since_ms != 0 && now_ms < since_ms + BARRIER_ON_IT_MS)
        word[BARRIER_BY] = since_ms + BARRIER_ON_IT_MS;
    else
        barrier_over(device, now_ms, out);
}

/* ---- the arm ---- */

static void barrier_limits(struct device *device, const struct device_event *event, struct device_out *out)
{
    int64_t *word = device->word;
    bool up = event->role == CONFIG_ROLE_UP && event->level == DEVICE_LEVEL_ON;

    if (up || barrier_arm(device) == BARRIER_ARM_BETWEEN)
        word[BARRIER_EFFECT] = 1;
    if (up) {
        if (word[BARRIER_UP_AT] == 0)
            word[BARRIER_UP_AT] = event->now_ms;
        word[BARRIER_NOT_UP] = word[BARRIER_UNANSWERED] = 0;
        if (word[BARRIER_STATE] == BARRIER_RISING || word[BARRIER_STATE] == BARRIER_ASKING)
            barrier_go(device, event->now_ms, out);
    } else if (word[BARRIER_STATE] == BARRIER_GOING && word[BARRIER_PASSAGE_AT] == 0 &&
               event->role == CONFIG_ROLE_UP && event->level == DEVICE_LEVEL_OFF &&
               word[BARRIER_UP_AT] == 0 &&
               event->now_ms < word[BARRIER_ON_AT] + device->config->param[CONFIG_PARAM_UP_MS]) {
        /* It stood up for the last vehicle and was coming down already. */
        word[BARRIER_STATE] = BARRIER_RISING;
        word[BARRIER_BY] = word[BARRIER_ON_AT] + device->config->param[CONFIG_PARAM_UP_MS];
    } else if (word[BARRIER_STATE] == BARRIER_GOING && word[BARRIER_RETURNED] != 0 &&
               barrier_wants_pulse(device)) {
        barrier_ask(device, event->now_ms, out); /* it came down on the vehicle that had come back */
    }
}

/* The arm is down, and nothing more is opened for a right that may be used up. */
static void barrier_hurry(struct device *device, int64_t now_ms)
{
    int64_t *word = device->word;

    if (word[BARRIER_MAYBE] == 0 || word[BARRIER_CROSSING] != 0 || word[BARRIER_STATE] < BARRIER_GOING ||
        !barrier_has_limits(device) || barrier_arm(device) != BARRIER_ARM_DOWN)
        return;
    if (word[BARRIER_BY] > now_ms + BARRIER_USED_UP_MS)
        word[BARRIER_BY] = now_ms + BARRIER_USED_UP_MS;
}

void barrier_follow(struct device *device, const struct device_event *event, struct device_out *out)
{
    if (event->kind == DEVICE_EVENT_GAP) {
        if (event->gap_ms < BARRIER_GAP_MS ||
            (event->role != CONFIG_ROLE_PASSAGE && event->role != CONFIG_ROLE_PRESENCE))
            return;
        if (event->role == CONFIG_ROLE_PASSAGE)
            device->word[BARRIER_LOST] = 1;
        if (device->word[BARRIER_CROSSING] != 0)
            device->word[BARRIER_CROSSING] |= BARRIER_CROSS_BLIND;
    } else if (event->role == CONFIG_ROLE_PRESENCE) {
        barrier_presence(device, event, out);
    } else if (event->role == CONFIG_ROLE_PASSAGE) {
        barrier_passage(device, event, out);
    } else if (event->role == CONFIG_ROLE_UP || event->role == CONFIG_ROLE_DOWN) {
        barrier_limits(device, event, out);
    }
    if (!out->finished)
        barrier_hurry(device, event->now_ms);
}
