/* Barriers, turnstiles and validators: what needs what, and what can have no effect. */
#include <stdio.h>
#include <string.h>
#include "config/loading.h"

enum { MS_PER_S = 1000 };

/* One lane of one configuration. Every value that was refused as such still has its default here. */
struct lane {
    struct loading *loading;
    const struct config_device *device;
    int index;
};

static bool given(const struct lane *lane, const char *key)
{
    return loading_member(lane->loading, "devices", lane->index, key) != NULL;
}

static bool has(const struct lane *lane, enum config_role role)
{
    /* A line that is not in `lines` is told as such; it is meant to be there. */
    return given(lane, config_role_name(role));
}

/* Where the message belongs: the key if the file has it, else the device. key: NULL = the whole device. */
static const config_setting_t *find_place(const struct lane *lane, const char *key,
                                          char path[LOADING_KEY_SIZE])
{
    const config_setting_t *at =
        key != NULL ? loading_member(lane->loading, "devices", lane->index, key) : NULL;
    loading_entry_path(path, lane->loading, "devices", lane->index, key);
    return at != NULL ? at : loading_entry(lane->loading, "devices", lane->index);
}

static void tell(const struct lane *lane, const char *key, const char *text)
{
    char path[LOADING_KEY_SIZE];
    const config_setting_t *at = find_place(lane, key, path);
    loading_fault(lane->loading, at, path, "%s", text);
}

static void advise(const struct lane *lane, const char *key, const char *text)
{
    char path[LOADING_KEY_SIZE];
    const config_setting_t *at = find_place(lane, key, path);
    loading_warning(lane->loading, at, path, "%s", text);
}

static bool is_text(const struct lane *lane, const char *key, const char *wanted)
{
    const config_setting_t *setting = loading_member(lane->loading, "devices", lane->index, key);
    const char *text = setting != NULL ? config_setting_get_string(setting) : NULL;
    return text != NULL && strcmp(text, wanted) == 0;
}

/* A key that stands in the file although what it times or decides is not wired: needs one of the two inputs.
 */
static void check_idle_key(const struct lane *lane, const char *key, enum config_role needed,
                           enum config_role other)
{
    char text[LOADING_KEY_SIZE];
    if (!given(lane, key) || has(lane, needed) || has(lane, other))
        return;
    (void)snprintf(text, sizeof(text), "has no effect without %s%s%s", config_role_name(needed),
                   other != needed ? " or " : "", other != needed ? config_role_name(other) : "");
    advise(lane, key, text);
}

/* A payment that waits for a vehicle or for its turn still grows old; then it is refused and refunded. */
static void check_age(const struct lane *lane, int64_t wait_s, const char *why)
{
    const struct config *config = lane->loading->config;
    for (int i = 0; i < config->product_count; i++) {
        const struct config_product *product = &config->products[i];
        char path[LOADING_KEY_SIZE];
        if (product->device != lane->index || product->max_age_s >= wait_s)
            continue;
        loading_entry_path(path, lane->loading, "products", i, "max_age_s");
        const config_setting_t *at = loading_member(lane->loading, "products", i, "max_age_s");
        loading_warning(lane->loading, at != NULL ? at : loading_entry(lane->loading, "products", i), path,
                        "is %d: a payment is refused before %s of devices[%d] (\"%s\") is over; should be at "
                        "least %lld",
                        product->max_age_s, why, lane->index, lane->device->name, (long long)wait_s);
    }
}

static void check_fire(const struct lane *lane)
{
    bool fire = has(lane, CONFIG_ROLE_FIRE) || config_lookup(&lane->loading->tree, "machine.fire") != NULL;
    if (!is_text(lane, "on_fire", "hold"))
        return;
    if (!has(lane, CONFIG_ROLE_HOLD))
        tell(lane, "on_fire", "needs hold: the output that keeps the arm up");
    if (!fire)
        tell(lane, "on_fire", "needs a fire contact: fire here, or machine.fire");
}

static void check_vehicle(const struct lane *lane)
{
    const int32_t *param = lane->device->param;
    check_idle_key(lane, "vehicle_wait_s", CONFIG_ROLE_PRESENCE, CONFIG_ROLE_PRESENCE);
    if (is_text(lane, "empty_lane", "wait") && !has(lane, CONFIG_ROLE_PRESENCE))
        tell(lane, "empty_lane",
             "needs presence: without it nobody knows whether a vehicle is there, and the arm opens at once");
    else
        check_idle_key(lane, "empty_lane", CONFIG_ROLE_PRESENCE, CONFIG_ROLE_PRESENCE);
    if (has(lane, CONFIG_ROLE_PRESENCE) && !is_text(lane, "empty_lane", "open"))
        check_age(lane, param[CONFIG_PARAM_VEHICLE_WAIT_S], "vehicle_wait_s");
}

static void check_arm(const struct lane *lane)
{
    const int32_t *param = lane->device->param;
    check_idle_key(lane, "up_ms", CONFIG_ROLE_UP, CONFIG_ROLE_DOWN);
    check_idle_key(lane, "passage_s", CONFIG_ROLE_PASSAGE, CONFIG_ROLE_PASSAGE);
    check_idle_key(lane, "down_s", CONFIG_ROLE_DOWN, CONFIG_ROLE_UP);
    if (is_text(lane, "not_down", "pause") && !has(lane, CONFIG_ROLE_DOWN) && !has(lane, CONFIG_ROLE_UP))
        tell(lane, "not_down", "needs down or up: without a limit nobody knows that the arm is not down");
    else
        check_idle_key(lane, "not_down", CONFIG_ROLE_DOWN, CONFIG_ROLE_UP);
    if (has(lane, CONFIG_ROLE_UP) && param[CONFIG_PARAM_PULSE_MS] >= param[CONFIG_PARAM_UP_MS])
        advise(lane, "pulse_ms", "should be less than up_ms: when that is over a second pulse may follow");
    if (!has(lane, CONFIG_ROLE_PASSAGE) && !has(lane, CONFIG_ROLE_UP))
        advise(lane, NULL,
               "has neither passage nor up: no delivery can ever be proven (verified); give at least one");
}

static void check_barrier(const struct lane *lane)
{
    check_arm(lane);
    check_vehicle(lane);
    check_fire(lane);
}

static void check_turnstile(const struct lane *lane)
{
    const int32_t *param = lane->device->param;
    int64_t relock_ms = (int64_t)param[CONFIG_PARAM_RELOCK_S] * MS_PER_S;
    if (is_text(lane, "mode", "level") && given(lane, "pulse_ms"))
        advise(lane, "pulse_ms", "has no effect with mode \"level\"");
    if (is_text(lane, "mode", "pulse") && param[CONFIG_PARAM_PULSE_MS] > relock_ms)
        tell(lane, "pulse_ms", "must be at most relock_s: the pulse must be over when the time to go is");
    if (!has(lane, CONFIG_ROLE_PASS))
        advise(lane, NULL, "has no pass: no passage can ever be proven (verified)");
    else if (!has(lane, CONFIG_ROLE_READY))
        advise(lane, "pass",
               "without ready a turnstile that loses its power may look like a passage; wire ready as well");
    check_idle_key(lane, "no_passage", CONFIG_ROLE_PASS, CONFIG_ROLE_PASS);
    check_age(lane, (int64_t)(param[CONFIG_PARAM_RIGHTS] - 1) * param[CONFIG_PARAM_RELOCK_S],
              "the waiting time of the last of rights");
}

static void check_validator(const struct lane *lane)
{
    check_idle_key(lane, "buzz_ms", CONFIG_ROLE_BUZZER, CONFIG_ROLE_BUZZER);
}

void loading_check_lanes(struct loading *loading)
{
    static void (*const checks[CONFIG_KIND_COUNT])(const struct lane *lane) = {
        [CONFIG_KIND_BARRIER] = check_barrier,
        [CONFIG_KIND_TURNSTILE] = check_turnstile,
        [CONFIG_KIND_VALIDATOR] = check_validator,
    };
    const struct config *config = loading->config;
    int count = 0;
    for (int i = 0; i < config->device_count; i++) {
        const struct lane lane = {loading, &config->devices[i], i};
        enum config_kind kind = lane.device->kind;
        /* With an unknown kind nothing here is known. */
        if (!is_text(&lane, "kind", config_kind_name(kind)) || checks[kind] == NULL)
            continue;
        count++;
        if (count == CONFIG_MAX_LANES + 1) {
            char text[LOADING_KEY_SIZE];
            (void)snprintf(text, sizeof(text), "is one lane too many; at most %d (CONFIG_MAX_LANES)",
                           CONFIG_MAX_LANES);
            tell(&lane, NULL, text);
        }
        checks[kind](&lane);
    }
}
