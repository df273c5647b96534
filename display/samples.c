#include "display/samples_parts.h"

#include <stdio.h>
#include <string.h>
#include "common/text.h"
#include "display/scene.h"

struct ware {
    const char *id, *titles[SAMPLES_LANGUAGES], *qr;
    int64_t price;
};

/* Public and made-up codes of docs/qr.md; the last has 254 bytes. */
static const struct ware wares[] = {
    {"cola",
     {"Кола 0,33 л", "Кола 0,33 л", "Кола 0,33 л", "Cola 0.33 l", "Cola 0,33 l", "Kola 0,33 l"},
     "00020101021132480010by.raschet01074440631101312345-1-K7S0312021252045814530393354042."
     "505802BY5909KIOSKTEST6005"
     "Minsk6304954A",
     250},
    {"water",
     {"Вада негазаваная 0,5 л", "Вода негазированная 0,5 л", "Вода негазована 0,5 л", "Still water 0.5 l",
      "Woda niegazowana 0,5 l", "Negazuotas vanduo 0,5 l"},
     "00020101021126370017com.example.kiosk0102K70206S0510052045814530393354042."
     "505802BY5909KIOSKTEST6005MINSK"
     "63040002",
     250},
    {"nuts",
     {"Арэхі салёныя", "Орехи солёные", "Горіхи солоні", "Salted nuts", "Orzechy solone", "Sūdyti riešutai"},
     "https://pay.raschet.by/"
     "#00020132320010by.raschet0107466579110032715303933540511.415802BY5911UNP_46657916007"
     "Belarus6304A57C",
     1141},
    {"bar",
     {"Батончык", "Батончик", "Батончик", "Muesli bar", "Batonik", "Batonėlis"},
     "https://qr.nspk.ru/"
     "AS10003P3RH0LJ2A9ROO038L6NT5RU1M?type=01&bank=000000000001&sum=10000&cur=RUB&crc=F3D0",
     190},
    {"crackers",
     {"Крэкер з кунжутам, марской соллю і травамі", "Крекер с кунжутом, морской солью и травами",
      "Крекер із кунжутом, морською сіллю та травами", "Sesame crackers with sea salt and herbs",
      "Krakersy z sezamem, solą morską i ziołami", "Krekeriai su sezamais, jūros druska ir žolelėmis"},
     "https://pay.raschet.by/"
     "#00020132520010by.raschet01074440631101722420-2-i20250128120211530393354040.006304BAE7",
     420},
    {"chocolate",
     {"Шакалад малочны", "Шоколад молочный", "Шоколад молочний", "Milk chocolate", "Czekolada mleczna",
      "Pieniškas šokoladas"},
     "https://pay.raschet.by/"
     "#00020101021132530010by.raschet01074440631101828154-1-10.05.202612021133180014by.epos."
     "bePaid530393354040."
     "005502015802BY5923Obschestwosogranichenno6005Minsk62270323Obschestwosogranichenno64330002ru"
     "0123Obschestwosogranichenno63049E5F",
     380},
};
enum { WARES = sizeof(wares) / sizeof(wares[0]), USUAL = WARES - 1, MANY = 20 };

static void ware_fill(struct snapshot_product *ret, const struct ware *ware)
{
    *ret = (struct snapshot_product){.price = ware->price, .can_sell = true, .lane = -1};
    (void)text_copy(ret->id, sizeof(ret->id), ware->id);
    for (int i = 0; i < SAMPLES_LANGUAGES; i++)
        (void)text_copy(ret->title[i], sizeof(ret->title[i]), ware->titles[i]);
    (void)text_copy(ret->qr, sizeof(ret->qr), ware->qr);
    (void)snprintf(ret->image, sizeof(ret->image), "%s.png", ware->id);
}

static const char *const languages[SAMPLES_LANGUAGES] = {"be", "ru", "uk", "en", "pl", "lt"};

int32_t samples_language(const char *code)
{
    for (int32_t i = 0; code && i < SAMPLES_LANGUAGES; i++)
        if (strcmp(languages[i], code) == 0)
            return i;
    return -1;
}

void samples_base(struct snapshot *ret)
{
    memset(ret, 0, sizeof(*ret));
    ret->number = 1;
    (void)text_copy(ret->kiosk_id, sizeof(ret->kiosk_id), "minsk-042");
    (void)text_copy(ret->name, sizeof(ret->name), "Snack corner");
    (void)text_copy(ret->support, sizeof(ret->support), "+375 17 000 00 00");
    (void)text_copy(ret->currency, sizeof(ret->currency), "BYN");
    for (; ret->language_count < SAMPLES_LANGUAGES; ret->language_count++)
        (void)text_copy(ret->languages[ret->language_count], CONFIG_LANG_SIZE,
                        languages[ret->language_count]);
    ret->selling = true;
    ret->wall_s = SAMPLES_WALL_S;
}

static void product_hold(struct snapshot_product *product, const char *hold)
{
    product->can_sell = false;
    product->qr[0] = '\0';
    (void)text_copy(product->hold, sizeof(product->hold), hold);
}

static void machine_hold(struct snapshot *snapshot, const char *hold)
{
    snapshot->selling = false;
    (void)text_copy(snapshot->hold, sizeof(snapshot->hold), hold);
    for (int32_t i = 0; i < snapshot->product_count; i++)
        product_hold(&snapshot->products[i], hold);
}

static void activity_add(struct snapshot *snapshot, enum snapshot_phase phase, const char *reason)
{
    struct snapshot_activity *activity = &snapshot->activities[snapshot->activity_count];
    const struct ware *ware = &wares[snapshot->activity_count++];
    *activity = (struct snapshot_activity){
        .number = (uint64_t)(100 - snapshot->activity_count), /* newest first */
        .phase = phase,
        .refund = phase == SNAPSHOT_UNKNOWN                               ? SNAPSHOT_REFUND_REVIEW
                  : phase == SNAPSHOT_FAILED || phase == SNAPSHOT_REFUSED ? SNAPSHOT_REFUND_YES
                                                                          : SNAPSHOT_REFUND_NONE,
        .lane = -1,
        .amount = ware->price,
        .at = SAMPLES_WALL_S - 10,
        .age_ms = 1500,
        .most_ms = phase == SNAPSHOT_MOVING ? 4000 : 0};
    (void)text_copy(activity->product, sizeof(activity->product), ware->id);
    (void)text_copy(activity->currency, sizeof(activity->currency), "BYN");
    (void)text_copy(activity->reason, sizeof(activity->reason), reason);
    (void)text_copy(activity->reference, sizeof(activity->reference), "7F3A-90211");
}

static void many_fill(struct snapshot *snapshot)
{
    snapshot->product_count = MANY;
    for (int32_t i = 0; i < MANY; i++) {
        struct snapshot_product *product = &snapshot->products[i];
        ware_fill(product, &wares[i % WARES]);
        (void)snprintf(product->id, sizeof(product->id), "slot-%02d", i + 1);
        (void)snprintf(product->qr, sizeof(product->qr),
                       "https://pay.example/kiosk/minsk-042/slot-%02d?amount=%d", i + 1, (int)product->price);
    }
}

enum sample_kind { SAMPLE_PRODUCTS, SAMPLE_ACTIVITY, SAMPLE_HOLD };

struct sample {
    const char *name;
    enum sample_kind kind;
    enum snapshot_phase phase;
    const char *why;  /* reason of the activity, hold of the machine */
    int32_t products; /* 0 = the usual ones */
    enum theme_base base;
    bool large, plain, touch; /* texts for weak sight; no pictures; a button for the language */
    int32_t chosen;
};

static const struct sample samples[] = {
    {.name = "idle", .kind = SAMPLE_PRODUCTS, .why = ""},
    {.name = "idle-one", .kind = SAMPLE_PRODUCTS, .why = "", .products = 1},
    {.name = "idle-two", .kind = SAMPLE_PRODUCTS, .why = "", .products = 2},
    {.name = "idle-long", .kind = SAMPLE_PRODUCTS, .why = "", .products = WARES},
    {.name = "idle-many", .kind = SAMPLE_PRODUCTS, .why = "", .products = MANY},
    {.name = "idle-plain", .kind = SAMPLE_PRODUCTS, .why = "", .plain = true},
    {.name = "idle-dark", .kind = SAMPLE_PRODUCTS, .why = "", .base = THEME_DARK},
    {.name = "idle-night", .kind = SAMPLE_PRODUCTS, .why = "", .base = THEME_NIGHT},
    {.name = "idle-large", .kind = SAMPLE_PRODUCTS, .why = "", .large = true},
    {.name = "idle-touch", .kind = SAMPLE_PRODUCTS, .why = "", .products = 3, .touch = true},
    {.name = "chosen", .kind = SAMPLE_PRODUCTS, .why = "", .products = MANY, .chosen = 2},
    {.name = "sold-out", .kind = SAMPLE_PRODUCTS, .why = "sold_out"},
    {.name = "sold-out-all", .kind = SAMPLE_PRODUCTS, .why = "sold_out", .products = 3},
    {.name = "message", .kind = SAMPLE_PRODUCTS, .why = "", .products = 4},
    {.name = "paid", .kind = SAMPLE_ACTIVITY, .why = ""},
    {.name = "moving", .kind = SAMPLE_ACTIVITY, .phase = SNAPSHOT_MOVING, .why = ""},
    {.name = "take", .kind = SAMPLE_ACTIVITY, .phase = SNAPSHOT_TAKE, .why = ""},
    {.name = "failed", .kind = SAMPLE_ACTIVITY, .phase = SNAPSHOT_FAILED, .why = "no_movement"},
    {.name = "unknown", .kind = SAMPLE_ACTIVITY, .phase = SNAPSHOT_UNKNOWN, .why = "power_loss"},
    {.name = "refused", .kind = SAMPLE_ACTIVITY, .phase = SNAPSHOT_REFUSED, .why = "wrong_amount"},
    {.name = "refused-large",
     .kind = SAMPLE_ACTIVITY,
     .phase = SNAPSHOT_REFUSED,
     .why = "wrong_amount",
     .large = true},
    {.name = "take-dark", .kind = SAMPLE_ACTIVITY, .phase = SNAPSHOT_TAKE, .why = "", .base = THEME_DARK},
    {.name = "three-payments", .kind = SAMPLE_ACTIVITY, .phase = SNAPSHOT_MOVING, .why = ""},
    {.name = "five-payments", .kind = SAMPLE_ACTIVITY, .phase = SNAPSHOT_MOVING, .why = ""},
    {.name = "moving-offline", .kind = SAMPLE_HOLD, .phase = SNAPSHOT_MOVING, .why = "offline"},
    {.name = "starting", .kind = SAMPLE_HOLD, .why = "starting"},
    {.name = "offline", .kind = SAMPLE_HOLD, .why = "offline"},
    {.name = "door-open", .kind = SAMPLE_HOLD, .why = "door_open"},
    {.name = "fire", .kind = SAMPLE_HOLD, .why = "fire"},
    {.name = "clock", .kind = SAMPLE_HOLD, .why = "clock_untrusted"},
    {.name = "out-of-service", .kind = SAMPLE_HOLD, .why = "store_failed"},
    {.name = "stale", .kind = SAMPLE_HOLD, .why = SCENE_HOLD_STALE},
};

enum { VENDING = sizeof(samples) / sizeof(samples[0]) };

int32_t samples_count(void)
{
    return VENDING + samples_lanes_count();
}

const char *samples_name(int32_t index)
{
    return index < VENDING ? samples[index].name : samples_lanes_name(index - VENDING);
}

static void details_fill(struct snapshot *ret, const struct sample *sample)
{
    if (strcmp(sample->name, "three-payments") == 0) {
        activity_add(ret, SNAPSHOT_PAID, "");
        activity_add(ret, SNAPSHOT_FAILED, "jam");
    } else if (strcmp(sample->name, "five-payments") == 0) {
        activity_add(ret, SNAPSHOT_TAKE, "");
        activity_add(ret, SNAPSHOT_PAID, "");
        activity_add(ret, SNAPSHOT_MOVING, "");
        activity_add(ret, SNAPSHOT_TAKE, "");
    } else if (strcmp(sample->name, "moving-offline") == 0) {
        activity_add(ret, SNAPSHOT_MOVING, "");
    } else if (strcmp(sample->name, "message") == 0) {
        (void)text_copy(ret->message, sizeof(ret->message),
                        "Заўтра з 10 да 11 гадзін апарат абслугоўваецца.");
    } else if (strcmp(sample->name, "sold-out") == 0) {
        product_hold(&ret->products[1], "sold_out");
        product_hold(&ret->products[4], "struck_out");
    } else if (strcmp(sample->name, "sold-out-all") == 0) {
        for (int32_t i = 0; i < ret->product_count; i++)
            product_hold(&ret->products[i], "sold_out");
    }
}

void samples_fill(struct snapshot *ret, int32_t index)
{
    samples_base(ret);
    if (index >= VENDING) {
        samples_lanes_fill(ret, index - VENDING);
        return;
    }
    const struct sample *sample = &samples[index];
    ret->product_count = USUAL;
    for (int32_t i = 0; i < WARES; i++)
        ware_fill(&ret->products[i], &wares[i]);
    if (sample->products == MANY)
        many_fill(ret);
    else if (sample->products > 0)
        ret->product_count = sample->products;
    switch (sample->kind) {
    case SAMPLE_PRODUCTS:
        break;
    case SAMPLE_ACTIVITY:
        activity_add(ret, sample->phase, sample->why);
        break;
    case SAMPLE_HOLD:
        machine_hold(ret, sample->why);
        break;
    }
    details_fill(ret, sample);
    for (int32_t i = 0; sample->plain && i < ret->product_count; i++)
        ret->products[i].image[0] = '\0';
}

void samples_view(struct scene_view *view, struct journal *journal, int32_t index)
{
    memset(journal, 0, sizeof(*journal));
    view->now_ms = SAMPLES_NOW_MS;
    view->journal = journal;
    view->inspect = false;
    if (index >= VENDING) {
        samples_lanes_view(view, journal, index - VENDING);
        return;
    }
    static struct theme themes[VENDING];
    const struct sample *sample = &samples[index];
    if (sample->base != THEME_LIGHT || sample->large) {
        struct theme_choice choice = theme_choice_none();
        choice.base = sample->base;
        choice.large = sample->large;
        theme_make(&themes[index], &choice);
        view->theme = &themes[index];
    }
    view->chosen = sample->chosen;
    view->language_button = sample->touch;
    view->chosen_left_ms = SCENE_CHOSEN_MS * 3 / 4;
}
