/* Lanes for the gallery: parking, turnstiles, a bus. */
#include <stdio.h>
#include <string.h>
#include "common/text.h"
#include "display/samples_parts.h"

enum { ZONE_S = 10800 };

struct service {
    const char *id, *titles[SAMPLES_LANGUAGES];
    int64_t price;
};

static const struct service parking = {"entry",
                                       {"Паркоўка, 1 гадзіна", "Парковка, 1 час", "Паркування, 1 година",
                                        "Parking, 1 hour", "Parking, 1 godzina", "Stovėjimas, 1 valanda"},
                                       250};
static const struct service day = {"day",
                                   {"Паркоўка, суткі", "Парковка, сутки", "Паркування, доба",
                                    "Parking, 24 hours", "Parking, doba", "Stovėjimas, para"},
                                   1250};
static const struct service night = {"night",
                                     {"Паркоўка, ноч", "Парковка, ночь", "Паркування, ніч",
                                      "Parking, one night", "Parking, noc", "Stovėjimas, naktis"},
                                     600};
static const struct service way_out = {"exit",
                                       {"Выезд з паркоўкі", "Выезд с парковки", "Виїзд із паркування",
                                        "Way out of the car park", "Wyjazd z parkingu",
                                        "Išvažiavimas iš aikštelės"},
                                       400};
static const struct service pool = {"pool",
                                    {"Басейн, дарослы", "Бассейн, взрослый", "Басейн, дорослий",
                                     "Pool, adult", "Basen, dorosły", "Baseinas, suaugusiajam"},
                                    900};
static const struct service ride = {
    "ride", {"Праезд", "Проезд", "Проїзд", "One ride", "Przejazd", "Važiavimas"}, 110};

static struct snapshot_product *product_add(struct snapshot *ret, const struct service *service, int32_t lane,
                                            int32_t number)
{
    struct snapshot_product *product = &ret->products[ret->product_count++];
    *product = (struct snapshot_product){.price = service->price, .can_sell = true, .lane = lane};
    (void)snprintf(product->id, sizeof(product->id), "%s-%d", service->id, (int)number);
    for (int i = 0; i < SAMPLES_LANGUAGES; i++)
        (void)text_copy(product->title[i], sizeof(product->title[i]), service->titles[i]);
    (void)snprintf(product->qr, sizeof(product->qr),
                   "https://pay.raschet.by/#00020132520010by.raschet01074440631101812345-2-%s%d"
                   "530393354%02d%d.%02d6304BAE7",
                   service->id, (int)number, service->price < 1000 ? 4 : 5, (int)(service->price / 100),
                   (int)(service->price % 100));
    return product;
}

static void lockers_add(struct snapshot *ret)
{
    for (int32_t i = 1; i <= 6; i++) {
        static const struct service locker = {
            "locker", {"Шафка", "Шкафчик", "Шафка", "Locker", "Szafka", "Spintelė"}, 300};
        struct snapshot_product *product = product_add(ret, &locker, -1, i);
        (void)text_copy(product->image, sizeof(product->image), "locker.png");
        for (int t = 0; t < SAMPLES_LANGUAGES; t++) {
            size_t used = strlen(product->title[t]);
            (void)text_append(product->title[t], sizeof(product->title[t]), &used, " %d", (int)i);
        }
    }
}

static struct snapshot_lane *lane_add(struct snapshot *ret, enum snapshot_lane_kind kind,
                                      enum snapshot_lane_state state)
{
    static const char *const names[SNAPSHOT_LANE_KIND_COUNT] = {"gate", "turnstile", "bus"};
    struct snapshot_lane *lane = &ret->lanes[ret->lane_count++];
    *lane = (struct snapshot_lane){.kind = kind, .state = state, .vehicle = state != SNAPSHOT_LANE_FREE};
    lane->show_ms = kind == SNAPSHOT_VALIDATOR ? 3000 : 0;
    (void)snprintf(lane->device, sizeof(lane->device), "%s%d", names[kind], (int)ret->lane_count);
    return lane;
}

static void hold(struct snapshot *ret, int32_t lane, const char *why)
{
    for (int32_t i = 0; i < ret->product_count; i++) {
        struct snapshot_product *product = &ret->products[i];
        if (product->lane != lane)
            continue;
        product->can_sell = false;
        product->qr[0] = '\0';
        (void)text_copy(product->hold, sizeof(product->hold), why);
    }
    ret->selling = false;
    for (int32_t i = 0; i < ret->product_count; i++)
        ret->selling |= ret->products[i].can_sell;
}

static struct snapshot_activity *activity_add(struct snapshot *ret, uint64_t number, int32_t lane,
                                              enum snapshot_phase phase, const char *reason)
{
    struct snapshot_activity *activity = &ret->activities[ret->activity_count++];
    *activity = (struct snapshot_activity){.number = number,
                                           .phase = phase,
                                           .refund = phase == SNAPSHOT_UNKNOWN ? SNAPSHOT_REFUND_REVIEW
                                                     : phase == SNAPSHOT_FAILED || phase == SNAPSHOT_REFUSED
                                                         ? SNAPSHOT_REFUND_YES
                                                         : SNAPSHOT_REFUND_NONE,
                                           .lane = lane,
                                           .amount = ret->products[0].price,
                                           .at = SAMPLES_WALL_S - 1,
                                           .age_ms = 1200};
    (void)text_copy(activity->product, sizeof(activity->product), ret->products[0].id);
    (void)text_copy(activity->currency, sizeof(activity->currency), "BYN");
    (void)text_copy(activity->reason, sizeof(activity->reason), reason);
    (void)snprintf(activity->reference, sizeof(activity->reference), "K%05X",
                   (unsigned)(number * 2654435761u % 0xFFFFF));
    return activity;
}

/* Payments 1 to count of a bus, newest first, `gap_ms` apart, the newest `age_ms` old. */
static void rides_add(struct snapshot *ret, int32_t count, int64_t age_ms, int64_t gap_ms)
{
    for (int32_t i = 0; i < count; i++) {
        int64_t age = age_ms + i * gap_ms;
        struct snapshot_activity *activity =
            activity_add(ret, (uint64_t)(count - i), 0, age < 400 ? SNAPSHOT_MOVING : SNAPSHOT_TAKE, "");
        activity->age_ms = age;
        activity->at = SAMPLES_WALL_S - age / 1000;
    }
}

/* ---- the list ---- */

enum plan {
    PLAN_BARRIER,   /* one, in this state */
    PLAN_TARIFFS,   /* one, three products */
    PLAN_TURNSTILE, /* one */
    PLAN_TWO,       /* entry and exit */
    PLAN_TURNSTILES,
    PLAN_LOCKERS, /* one barrier and six lockers */
    PLAN_BUS,     /* one validator */
    PLAN_BUS_BAR, /* a validator and a turnstile */
};

struct sample {
    const char *name;
    enum plan plan;
    enum snapshot_lane_state state;
    const char *hold; /* of the lane's products, "" = sold */
    const char *extra;
};

static const struct sample samples[] = {
    {"lane-free", PLAN_BARRIER, SNAPSHOT_LANE_FREE, "", ""},
    {"lane-pay", PLAN_BARRIER, SNAPSHOT_LANE_PAY, "", ""},
    {"lane-touch", PLAN_BARRIER, SNAPSHOT_LANE_PAY, "", "touch"},
    {"lane-message", PLAN_BARRIER, SNAPSHOT_LANE_PAY, "", "message"},
    {"lane-refused", PLAN_BARRIER, SNAPSHOT_LANE_PAY, "", "refused"},
    {"lane-paid", PLAN_BARRIER, SNAPSHOT_LANE_PAID, "", "waits"},
    {"lane-opening", PLAN_BARRIER, SNAPSHOT_LANE_OPENING, "", ""},
    {"lane-go", PLAN_BARRIER, SNAPSHOT_LANE_GO, "", ""},
    {"lane-return", PLAN_BARRIER, SNAPSHOT_LANE_RETURN, "", ""},
    {"lane-help", PLAN_BARRIER, SNAPSHOT_LANE_HELP, "device_locked", "unknown"},
    {"lane-held", PLAN_BARRIER, SNAPSHOT_LANE_HELD, "held_open", ""},
    {"lane-arm", PLAN_BARRIER, SNAPSHOT_LANE_CLOSED, "arm_not_down", ""},
    {"lane-closed", PLAN_BARRIER, SNAPSHOT_LANE_CLOSED, "device_fault", ""},
    {"lane-offline", PLAN_BARRIER, SNAPSHOT_LANE_CLOSED, "offline", "machine"},
    {"lane-fire", PLAN_BARRIER, SNAPSHOT_LANE_FIRE, "fire", "machine"},
    {"lane-tariffs", PLAN_TARIFFS, SNAPSHOT_LANE_PAY, "", ""},
    {"gate-pay", PLAN_TURNSTILE, SNAPSHOT_LANE_PAY, "", ""},
    {"gate-go", PLAN_TURNSTILE, SNAPSHOT_LANE_GO, "", "rights"},
    {"gate-full", PLAN_TURNSTILE, SNAPSHOT_LANE_GO, "busy", "rights"},
    {"gate-no-passage", PLAN_TURNSTILE, SNAPSHOT_LANE_PAY, "", "no_passage"},
    {"gate-help", PLAN_TURNSTILE, SNAPSHOT_LANE_HELP, "device_locked", "unknown"},
    {"gate-fire", PLAN_TURNSTILE, SNAPSHOT_LANE_FIRE, "fire", "machine"},
    {"lanes-two", PLAN_TWO, SNAPSHOT_LANE_PAY, "", ""},
    {"lanes-two-dead", PLAN_TWO, SNAPSHOT_LANE_CLOSED, "line_lost", ""},
    {"lanes-gates", PLAN_TURNSTILES, SNAPSHOT_LANE_GO, "", ""},
    {"lanes-lockers", PLAN_LOCKERS, SNAPSHOT_LANE_PAY, "", ""},
    {"lanes-lockers-go", PLAN_LOCKERS, SNAPSHOT_LANE_GO, "", "locker"},
    {"bus-empty", PLAN_BUS, SNAPSHOT_LANE_PAY, "", ""},
    {"bus-few", PLAN_BUS, SNAPSHOT_LANE_PAY, "", "few"},
    {"bus-12", PLAN_BUS, SNAPSHOT_LANE_PAY, "", "12"},
    {"bus-50", PLAN_BUS, SNAPSHOT_LANE_PAY, "", "50"},
    {"bus-64", PLAN_BUS, SNAPSHOT_LANE_PAY, "", "64"},
    {"bus-ends", PLAN_BUS, SNAPSHOT_LANE_PAY, "", "ends"},
    {"bus-hour", PLAN_BUS, SNAPSHOT_LANE_PAY, "", "hour"},
    {"bus-closed", PLAN_BUS, SNAPSHOT_LANE_CLOSED, "line_lost", "few"},
    {"bus-offline", PLAN_BUS, SNAPSHOT_LANE_CLOSED, "offline", "machine"},
    {"bus-and-gate", PLAN_BUS_BAR, SNAPSHOT_LANE_PAY, "", "few"},
};

int32_t samples_lanes_count(void)
{
    return sizeof(samples) / sizeof(samples[0]);
}

const char *samples_lanes_name(int32_t index)
{
    return samples[index].name;
}

static void plan_fill(struct snapshot *ret, const struct sample *sample)
{
    bool dead = sample->state == SNAPSHOT_LANE_CLOSED;
    switch (sample->plan) {
    case PLAN_BARRIER:
    case PLAN_TARIFFS:
    case PLAN_LOCKERS:
        (void)lane_add(ret, SNAPSHOT_BARRIER, sample->state);
        (void)product_add(ret, &parking, 0, 1);
        if (sample->plan == PLAN_TARIFFS) {
            (void)product_add(ret, &night, 0, 2);
            (void)product_add(ret, &day, 0, 3);
        } else if (sample->plan == PLAN_LOCKERS) {
            lockers_add(ret);
        }
        break;
    case PLAN_TURNSTILE:
        (void)lane_add(ret, SNAPSHOT_TURNSTILE, sample->state);
        (void)product_add(ret, &pool, 0, 1);
        break;
    case PLAN_TWO:
        (void)lane_add(ret, SNAPSHOT_BARRIER, dead ? SNAPSHOT_LANE_PAY : SNAPSHOT_LANE_GO);
        (void)lane_add(ret, SNAPSHOT_BARRIER, sample->state);
        (void)product_add(ret, &parking, 0, 1);
        (void)product_add(ret, &way_out, 1, 1);
        break;
    case PLAN_TURNSTILES:
        (void)lane_add(ret, SNAPSHOT_TURNSTILE, SNAPSHOT_LANE_PAY);
        lane_add(ret, SNAPSHOT_TURNSTILE, sample->state)->out = true;
        (void)product_add(ret, &pool, 0, 1);
        (void)product_add(ret, &pool, 1, 2);
        break;
    case PLAN_BUS:
    case PLAN_BUS_BAR:
        (void)lane_add(ret, SNAPSHOT_VALIDATOR, sample->state);
        (void)product_add(ret, &ride, 0, 1);
        if (sample->plan == PLAN_BUS)
            break;
        (void)lane_add(ret, SNAPSHOT_TURNSTILE, SNAPSHOT_LANE_PAY);
        (void)product_add(ret, &pool, 1, 1);
        break;
    }
}

static void locker_done(struct snapshot *ret)
{
    struct snapshot_activity *activity = activity_add(ret, 9, -1, SNAPSHOT_TAKE, "");
    (void)text_copy(activity->product, sizeof(activity->product), "locker-3");
    activity->amount = ret->products[ret->product_count - 1].price;
}

static void extra_fill(struct snapshot *ret, const char *extra)
{
    if (strcmp(extra, "message") == 0)
        (void)text_copy(ret->message, sizeof(ret->message), "Паркоўка зачыняецца а 22:00.");
    else if (strcmp(extra, "machine") == 0)
        (void)text_copy(ret->hold, sizeof(ret->hold), ret->products[0].hold);
    else if (strcmp(extra, "refused") == 0)
        (void)activity_add(ret, 9, 0, SNAPSHOT_REFUSED, "no_vehicle");
    else if (strcmp(extra, "no_passage") == 0)
        (void)activity_add(ret, 9, 0, SNAPSHOT_FAILED, "no_passage");
    else if (strcmp(extra, "unknown") == 0)
        (void)activity_add(ret, 9, 0, SNAPSHOT_UNKNOWN, "not_up");
    else if (strcmp(extra, "waits") == 0)
        ret->lanes[0].vehicle = false;
    else if (strcmp(extra, "rights") == 0)
        ret->lanes[0].rights = 3;
    else if (strcmp(extra, "locker") == 0)
        locker_done(ret);
    else if (strcmp(extra, "few") == 0 || strcmp(extra, "hour") == 0)
        rides_add(ret, 5, 1000, 900);
    else if (strcmp(extra, "12") == 0)
        rides_add(ret, 12, 1000, 90);
    else if (strcmp(extra, "50") == 0)
        rides_add(ret, 50, 100, 20);
    else if (strcmp(extra, "64") == 0)
        rides_add(ret, 64, 1000, 15);
}

static void ends_fill(struct snapshot *ret)
{
    (void)activity_add(ret, 9, 0, SNAPSHOT_REFUSED, "wrong_amount");
    activity_add(ret, 8, 0, SNAPSHOT_MOVING, "")->age_ms = 100;
    (void)activity_add(ret, 7, 0, SNAPSHOT_UNKNOWN, "no_feedback");
    (void)activity_add(ret, 6, 0, SNAPSHOT_PAID, "");
    (void)activity_add(ret, 5, 0, SNAPSHOT_TAKE, "");
}

void samples_lanes_fill(struct snapshot *ret, int32_t index)
{
    const struct sample *sample = &samples[index];
    static const char *const names[] = {
        "Parking Centralny", "Parking Centralny", "Aqua",   "Parking Centralny", "Aqua",
        "Station",           "Trolleybus 12",     "Station"};
    (void)text_copy(ret->name, sizeof(ret->name), names[sample->plan]);
    plan_fill(ret, sample);
    if (sample->hold[0])
        hold(ret, sample->plan == PLAN_TWO ? 1 : 0, sample->hold);
    if (strcmp(sample->extra, "ends") == 0)
        ends_fill(ret);
    else
        extra_fill(ret, sample->extra);
}

/* A morning's rides before those of the snapshot. */
static void hour_fill(struct journal *journal)
{
    static struct snapshot earlier;
    samples_base(&earlier);
    (void)lane_add(&earlier, SNAPSHOT_VALIDATOR, SNAPSHOT_LANE_PAY);
    (void)product_add(&earlier, &ride, 0, 1);
    for (int64_t age_s = 2400; age_s > 20; age_s -= 40) {
        earlier.activity_count = 0;
        earlier.wall_s = SAMPLES_WALL_S - age_s;
        bool odd = age_s % 640 == 0;
        struct snapshot_activity *activity =
            activity_add(&earlier, (uint64_t)(3000 - age_s), 0, odd ? SNAPSHOT_REFUSED : SNAPSHOT_TAKE,
                         odd ? "wrong_amount" : "");
        activity->at = earlier.wall_s;
        journal_feed(journal, &earlier, SAMPLES_NOW_MS - age_s * 1000);
    }
    journal_lose(journal);
}

void samples_lanes_view(struct scene_view *view, struct journal *journal, int32_t index)
{
    static struct snapshot now;
    view->language_button = strcmp(samples[index].extra, "touch") == 0;
    view->inspect = strcmp(samples[index].extra, "hour") == 0;
    view->utc_offset_s = ZONE_S;
    if (view->inspect)
        hour_fill(journal);
    samples_base(&now);
    samples_lanes_fill(&now, index);
    journal_feed(journal, &now, SAMPLES_NOW_MS);
}
