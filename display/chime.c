#include "display/chime.h"

static bool is_trouble(enum snapshot_phase phase)
{
    return phase == SNAPSHOT_FAILED || phase == SNAPSHOT_UNKNOWN || phase == SNAPSHOT_REFUSED;
}

static unsigned payment_tone(const struct snapshot *snapshot, const struct snapshot_activity *payment,
                             bool is_new)
{
    bool lane = payment->lane >= 0 && payment->lane < snapshot->lane_count;
    if (is_trouble(payment->phase))
        return 1U << TONE_FAILED;
    if (payment->phase == SNAPSHOT_TAKE && !lane)
        return 1U << TONE_READY;
    return is_new ? 1U << TONE_PAID : 0;
}

/* The phase it had; false: it was not there. */
static bool phase_before(const struct chime *chime, uint64_t number, enum snapshot_phase *ret)
{
    for (int32_t i = 0; i < chime->count; i++) {
        if (chime->payments[i].number == number) {
            *ret = chime->payments[i].phase;
            return true;
        }
    }
    return false;
}

static unsigned payments_tones(const struct chime *chime, const struct snapshot *snapshot)
{
    unsigned tones = 0;
    for (int32_t i = 0; i < snapshot->activity_count; i++) {
        const struct snapshot_activity *payment = &snapshot->activities[i];
        enum snapshot_phase before;
        if (phase_before(chime, payment->number, &before))
            tones |= payment->phase != before ? payment_tone(snapshot, payment, false) : 0;
        else if (payment->number > chime->newest)
            tones |= payment_tone(snapshot, payment, true);
    }
    return tones;
}

static unsigned lanes_tones(const struct chime *chime, const struct snapshot *snapshot)
{
    unsigned tones = 0;
    for (int32_t i = 0; i < snapshot->lane_count && i < chime->lane_count; i++)
        if (snapshot->lanes[i].state == SNAPSHOT_LANE_GO && chime->lanes[i] != SNAPSHOT_LANE_GO)
            tones |= 1U << TONE_READY;
    return tones;
}

unsigned chime_feed(struct chime *chime, const struct snapshot *snapshot)
{
    unsigned tones = chime->known ? payments_tones(chime, snapshot) | lanes_tones(chime, snapshot) : 0;
    chime->known = true;
    chime->count = snapshot->activity_count;
    for (int32_t i = 0; i < snapshot->activity_count; i++) {
        const struct snapshot_activity *payment = &snapshot->activities[i];
        chime->payments[i].number = payment->number;
        chime->payments[i].phase = payment->phase;
        chime->newest = payment->number > chime->newest ? payment->number : chime->newest;
    }
    chime->lane_count = snapshot->lane_count;
    for (int32_t i = 0; i < snapshot->lane_count; i++)
        chime->lanes[i] = snapshot->lanes[i].state;
    return tones;
}

void chime_lose(struct chime *chime)
{
    *chime = (struct chime){.known = false};
}
