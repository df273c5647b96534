/* What a turnstile's contacts say: passages with and without a right, the wrong way, and a unit that loses
 * its power. In a movement and outside. */
#include "controller/device/turnstile.h"

#include <assert.h>

void turnstile_note(struct device_out *out, enum core_code code, enum config_role role)
{
    assert(out->note_count < DEVICE_MAX_NOTES);
    out->notes[out->note_count++] = (struct device_note){.code = code, .role = role};
}

/* The unit works and nothing has set it free: what its contacts do is done by people. */
static bool unit_works(const struct device *device)
{
    bool ready =
        !kind_has(device, CONFIG_ROLE_READY) || kind_level(device, CONFIG_ROLE_READY) == DEVICE_LEVEL_ON;
    bool fire = kind_has(device, CONFIG_ROLE_FIRE) && kind_level(device, CONFIG_ROLE_FIRE) != DEVICE_LEVEL_ON;
    return ready && !fire;
}

/* What the contacts said within the last moments was the power going, not people. */
static void unit_stopped(struct device *device)
{
    int64_t *word = device->word;

    if (word[TURNSTILE_PROVEN] == 0)
        word[TURNSTILE_PASS_AT] = 0;
    word[TURNSTILE_PASS_NOTE] = word[TURNSTILE_WRONG_NOTE] = 0;
}

/* The contact closed, after having been seen open. */
static void contact_closed(struct device *device, int64_t now_ms)
{
    int64_t *word = device->word;

    if (!unit_works(device) || (device->moving && (word[TURNSTILE_FIRE] != 0 || word[TURNSTILE_LOST] != 0)))
        return;
    if (device->moving && word[TURNSTILE_PASS_AT] == 0)
        word[TURNSTILE_PASS_AT] = now_ms;
    else if (word[TURNSTILE_PASS_NOTE] == 0)
        word[TURNSTILE_PASS_NOTE] = now_ms + TURNSTILE_PROOF_MS;
}

static void pass_changed(struct device *device, const struct device_event *event)
{
    int64_t *word = device->word;
    bool edge = event->level == DEVICE_LEVEL_ON && word[TURNSTILE_PASS_WAS] == DEVICE_LEVEL_OFF;
    bool bounce =
        word[TURNSTILE_PASS_OFF_AT] != 0 && event->now_ms < word[TURNSTILE_PASS_OFF_AT] + TURNSTILE_BOUNCE_MS;

    if (edge && !bounce)
        contact_closed(device, event->now_ms);
    if (event->level == DEVICE_LEVEL_OFF && word[TURNSTILE_PASS_WAS] == DEVICE_LEVEL_ON)
        word[TURNSTILE_PASS_OFF_AT] = event->now_ms;
    if (event->level == DEVICE_LEVEL_UNKNOWN) {
        word[TURNSTILE_LOST] = 1;
        unit_stopped(device);
    }
    word[TURNSTILE_PASS_WAS] = event->level;
}

static void wrong_way_changed(struct device *device, const struct device_event *event)
{
    int64_t *word = device->word;

    if (event->level == DEVICE_LEVEL_ON && word[TURNSTILE_WRONG_WAS] == DEVICE_LEVEL_OFF &&
        word[TURNSTILE_WRONG_NOTE] == 0 && unit_works(device))
        word[TURNSTILE_WRONG_NOTE] = event->now_ms + TURNSTILE_PROOF_MS;
    word[TURNSTILE_WRONG_WAS] = event->level;
}

void turnstile_watch_input(struct device *device, const struct device_event *event)
{
    int64_t *word = device->word;

    switch ((int)event->role) {
    case CONFIG_ROLE_PASS:
        pass_changed(device, event);
        break;
    case CONFIG_ROLE_WRONG_WAY:
        wrong_way_changed(device, event);
        break;
    case CONFIG_ROLE_READY:
        if (event->level == DEVICE_LEVEL_ON)
            break;
        word[TURNSTILE_LOST] = 1;
        unit_stopped(device);
        break;
    case CONFIG_ROLE_FIRE:
        if (event->level == DEVICE_LEVEL_ON)
            break;
        word[TURNSTILE_FIRE] = 1;
        unit_stopped(device);
        break;
    default:
        break;
    }
}

void turnstile_watch_gap(struct device *device, const struct device_event *event)
{
    if (event->gap_ms >= TURNSTILE_GAP_MS &&
        (event->role == CONFIG_ROLE_PASS || event->role == CONFIG_ROLE_READY))
        device->word[TURNSTILE_UNSEEN] = 1;
}

void turnstile_watch_notes(struct device *device, int64_t now_ms, struct device_out *out)
{
    int64_t *word = device->word;

    if (word[TURNSTILE_PASS_NOTE] != 0 && now_ms >= word[TURNSTILE_PASS_NOTE]) {
        bool late = word[TURNSTILE_PASS_NOTE] - TURNSTILE_PROOF_MS <= word[TURNSTILE_LATE_UNTIL];
        turnstile_note(out, late ? CORE_CODE_LATE_PASSAGE : CORE_CODE_FORCED_PASSAGE, CONFIG_ROLE_PASS);
        word[TURNSTILE_PASS_NOTE] = 0;
        word[TURNSTILE_LATE_UNTIL] = 0;
    }
    if (word[TURNSTILE_WRONG_NOTE] != 0 && now_ms >= word[TURNSTILE_WRONG_NOTE]) {
        turnstile_note(out, CORE_CODE_WRONG_WAY, CONFIG_ROLE_WRONG_WAY);
        word[TURNSTILE_WRONG_NOTE] = 0;
    }
}

static void wake_at(struct device *device, int64_t at_ms)
{
    int64_t *deadline_ms = &device->word[KIND_WORD_DEADLINE];

    if (at_ms > 0 && (*deadline_ms == 0 || at_ms < *deadline_ms))
        *deadline_ms = at_ms;
}

void turnstile_watch_deadline(struct device *device)
{
    wake_at(device, device->word[TURNSTILE_PASS_NOTE]);
    wake_at(device, device->word[TURNSTILE_WRONG_NOTE]);
}

void turnstile_watch_idle(struct device *device, const struct device_event *event, struct device_out *out)
{
    int64_t *word = device->word;

    word[KIND_WORD_DEADLINE] = 0;
    if (event->kind == DEVICE_EVENT_INPUT)
        turnstile_watch_input(device, event);
    turnstile_watch_notes(device, event->now_ms, out);
    turnstile_watch_deadline(device);
    /* The unit locks again by itself within relock_s of whatever an earlier run has done. */
    if (word[TURNSTILE_KNOWN_AT] == 0)
        word[TURNSTILE_KNOWN_AT] = event->now_ms;
    int64_t quiet_ms =
        word[TURNSTILE_KNOWN_AT] + (int64_t)device->config->param[CONFIG_PARAM_RELOCK_S] * 1000;
    if (word[TURNSTILE_KNOWN_AT] > 0 && event->now_ms >= quiet_ms)
        word[TURNSTILE_KNOWN_AT] = -1;
    if (word[TURNSTILE_KNOWN_AT] > 0)
        wake_at(device, quiet_ms);
}

bool turnstile_watch_evident(const struct device *device)
{
    return kind_level(device, CONFIG_ROLE_PASS) == DEVICE_LEVEL_OFF && unit_works(device) &&
           device->word[TURNSTILE_KNOWN_AT] < 0;
}
