/* kioskctl qr check: explains a payment code field by field, as the daemon reads it, without asking it. */
#include "controller/kioskctl/qr.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include "common/money.h"
#include "common/qr.h"
#include "config/load.h"

const char ctl_qr_check_more[] =
    "\n  TEXT                     the text of the code; - reads it from standard input\n"
    "      --price N            must ask for it: a whole number of minor units (250 = 2.50)\n"
    "      --currency CUR       must be in it: BYN, UAH, RUB, …\n"
    "      --account ACCOUNT    must be for it\n"
    "      --product ID         must be for this product of the configuration; without TEXT: its own code\n"
    "  -c, --config FILE        without TEXT: all products of this configuration\n"
    "      --json               the answer as JSON\n"
    "\nExit status: 0 right (warnings may be told), 1 wrong, 2 bad usage or configuration.\n";

enum { OPT_PRICE = 1, OPT_CURRENCY, OPT_ACCOUNT, OPT_PRODUCT };

struct asked {
    struct qr_wanted wanted;
    const char *text, *product;
};

/* ---- what was found, as JSON; the words for people come from that ---- */

static json_t *text_json(const char *text, size_t size)
{
    json_t *value = json_stringn(text, size);
    return value ? value : json_string("?");
}

static void hear_field(void *user, const char *tag, const char *name, const char *value, size_t size,
                       const char *meaning)
{
    json_t *field = json_object();
    json_object_set_new(field, "tag", text_json(tag, strlen(tag)));
    json_object_set_new(field, "name", text_json(name, strlen(name)));
    json_object_set_new(field, "value", text_json(value, size));
    if (meaning[0])
        json_object_set_new(field, "meaning", text_json(meaning, strlen(meaning)));
    json_array_append_new(json_object_get(user, "fields"), field);
}

static void hear_complaint(void *user, enum qr_verdict level, const char *tag, const char *text)
{
    json_t *problem = json_object();
    json_object_set_new(problem, "level", json_string(level == QR_ERROR ? "error" : "warning"));
    json_object_set_new(problem, "tag", text_json(tag, strlen(tag)));
    json_object_set_new(problem, "text", text_json(text, strlen(text)));
    json_array_append_new(json_object_get(user, "problems"), problem);
}

/* The first fault, for those who want one line. */
static void add_first(json_t *report)
{
    const json_t *problem;
    size_t i;
    json_array_foreach(json_object_get(report, "problems"), i, problem)
    {
        const char *tag = show_text(problem, "tag");
        if (strcmp(show_text(problem, "level"), "error") != 0)
            continue;
        json_object_set_new(report, "problem",
                            json_sprintf("%s%s%s", tag, *tag ? ": " : "", show_text(problem, "text")));
        return;
    }
}

static void add_facts(json_t *report, const struct qr_facts *facts)
{
    if (facts->has_sum)
        json_object_set_new(report, "checksum",
                            json_string(!facts->sum_good ? "wrong"
                                        : facts->sum_old ? "old"
                                                         : "good"));
    if (facts->has_amount)
        json_object_set_new(report, "amount", json_integer(facts->amount));
    if (facts->currency[0])
        json_object_set_new(report, "currency", json_string(facts->currency));
    if (facts->account[0])
        json_object_set_new(report, "account", text_json(facts->account, strlen(facts->account)));
    if (facts->merchant[0])
        json_object_set_new(report, "merchant", text_json(facts->merchant, strlen(facts->merchant)));
    json_object_set_new(report, "editable", json_boolean(facts->editable));
}

static json_t *explain(const char *text, const struct qr_wanted *wanted)
{
    static const char *const verdicts[] = {"right", "warning", "wrong"};
    struct qr_facts facts;
    json_t *report = json_pack("{s:[],s:[]}", "fields", "problems");
    enum qr_verdict verdict =
        qr_explain(text, wanted, &facts, &(struct qr_listener){hear_field, hear_complaint, report});
    json_object_set_new(report, "profile", json_string(qr_profile_name(facts.profile)));
    json_object_set_new(report, "verdict", json_string(verdicts[verdict]));
    json_object_set_new(report, "good", json_boolean(verdict != QR_ERROR));
    add_facts(report, &facts);
    add_first(report);
    return report;
}

/* A code may not hold it, and a text in C ends there. */
static json_t *explain_nul(void)
{
    json_t *report = json_pack("{s:[],s:[],s:s,s:s,s:b}", "fields", "problems", "profile", "opaque",
                               "verdict", "wrong", "good", 0);
    hear_complaint(report, QR_ERROR, "", "a NUL byte is in it");
    add_first(report);
    return report;
}

/* ---- where the text comes from ---- */

static int check_text(struct ctl *ctl, const struct asked *asked)
{
    char text[QR_TEXT_MAX + 4];
    json_t *report;
    if (strcmp(asked->text, "-") == 0) {
        size_t size = fread(text, 1, sizeof text - 1, stdin);
        if (ferror(stdin)) {
            ctl_complain("standard input: %s", strerror(errno));
            return CTL_FAILED;
        }
        /* The end of the line belongs to whoever wrote it there, not to the code. */
        size -= size > 0 && text[size - 1] == '\n';
        size -= size > 0 && text[size - 1] == '\r';
        text[size] = '\0';
        report = memchr(text, '\0', size) ? explain_nul() : explain(text, &asked->wanted);
    } else {
        report = explain(asked->text, &asked->wanted);
    }
    int rc = show_bool(report, "good") ? CTL_DONE : CTL_FAILED;
    if (ctl->json)
        show_json(report);
    else
        ctl_qr_show(report);
    json_decref(report);
    return rc;
}

static json_t *explain_product(const struct config *config, int index)
{
    const struct config_product *product = &config->products[index];
    struct qr_wanted wanted = {.price = product->price,
                               .currency = config->kiosk.currency,
                               .account = product->account,
                               .product = true};
    json_t *report = explain(product->qr, &wanted);
    json_object_set_new(report, "id", json_string(product->id));
    json_object_set_new(report, "title", json_string(product->title[0]));
    json_object_set_new(report, "price", json_integer(product->price));
    json_object_set_new(report, "text", json_string(product->qr));
    json_object_set_new(report, "built", json_boolean(product->qr_built));
    return report;
}

/* product: -1 = all. */
static int check_products(struct ctl *ctl, const struct config *config, int product)
{
    json_t *list = json_array(), *report;
    int rc = CTL_DONE;
    size_t i;
    for (int p = 0; p < config->product_count; p++)
        if (product < 0 || product == p)
            json_array_append_new(list, explain_product(config, p));
    json_array_foreach(list, i, report)
    {
        if (!show_bool(report, "good"))
            rc = CTL_FAILED;
        if (ctl->json)
            continue;
        char price[48];
        (void)money_format(price, sizeof price, show_number(report, "price"), config->kiosk.currency, "en");
        printf("%s==== %s, %s, %s%s\n%s\n\n", i > 0 ? "\n" : "", show_text(report, "id"),
               show_text(report, "title"), price, show_bool(report, "built") ? ", built from fields" : "",
               show_text(report, "text"));
        ctl_qr_show(report);
    }
    json_t *all = json_pack("{s:o}", "products", list);
    if (ctl->json)
        show_json(all);
    json_decref(all);
    return rc;
}

static void ignore(void *user, const char *file, int line, const char *text)
{
    (void)user;
    (void)file;
    (void)line;
    (void)text;
}

static int check_config(struct ctl *ctl, struct asked *asked)
{
    static struct config config; /* large */
    struct config_report report = config_report_stderr;
    report.warning = ignore; /* what they say of codes is said here, too */
    if (config_load(&config, ctl->config_file, CONFIG_LOAD_NO_SECRETS, &report) != 0) {
        ctl_complain("the configuration %s has faults", ctl->config_file);
        return CTL_USAGE;
    }
    int product = asked->product ? config_find_product(&config, asked->product) : -1;
    if (asked->product && product < 0) {
        ctl_complain("no product \"%s\" in %s", asked->product, ctl->config_file);
        return CTL_USAGE;
    }
    if (!asked->text)
        return check_products(ctl, &config, product);
    struct qr_wanted *wanted = &asked->wanted;
    wanted->product = true;
    wanted->price = wanted->price > 0 ? wanted->price : config.products[product].price;
    wanted->currency = wanted->currency ? wanted->currency : config.kiosk.currency;
    wanted->account = wanted->account ? wanted->account : config.products[product].account;
    return check_text(ctl, asked);
}

/* ---- options ---- */

static int take_option(struct ctl *ctl, struct asked *asked, int option, char **argv)
{
    json_int_t price;
    switch (option) {
    case OPT_PRICE:
        if (ctl_read_number("--price", optarg, &price) != CTL_DONE)
            return CTL_USAGE;
        asked->wanted.price = price;
        asked->wanted.product = true;
        if (price > 0)
            return -1;
        ctl_complain("--price: at least 1 is wanted");
        return CTL_USAGE;
    case OPT_CURRENCY:
        asked->wanted.currency = optarg;
        if (money_currency_known(optarg))
            return -1;
        ctl_complain("--currency %s: letters of ISO 4217 are wanted: BYN, UAH, RUB", optarg);
        return CTL_USAGE;
    case OPT_ACCOUNT:
        asked->wanted.account = optarg;
        asked->wanted.account_must = true;
        return -1;
    case OPT_PRODUCT:
        asked->product = optarg;
        return -1;
    default:
        return ctl_qr_option(ctl, argv, option);
    }
}

int ctl_qr_check(struct ctl *ctl, int argc, char **argv)
{
    static const struct option options[] = {CTL_QR_OPTIONS,
                                            {"price", required_argument, NULL, OPT_PRICE},
                                            {"currency", required_argument, NULL, OPT_CURRENCY},
                                            {"account", required_argument, NULL, OPT_ACCOUNT},
                                            {"product", required_argument, NULL, OPT_PRODUCT},
                                            {NULL, 0, NULL, 0}};
    struct asked asked = {.product = NULL};
    int option;
    while ((option = getopt_long(argc, argv, CTL_QR_LETTERS, options, NULL)) != -1) {
        int status = take_option(ctl, &asked, option, argv);
        if (status >= 0)
            return status;
    }
    asked.text = optind < argc ? argv[optind] : NULL;
    bool whole = !asked.text && (ctl->config_given || asked.product);
    bool compared = asked.wanted.price > 0 || asked.wanted.currency || asked.wanted.account;
    if (optind + 1 < argc || (!asked.text && !whole) || (whole && compared))
        return ctl_qr_usage(argv[0]);
    return asked.product || whole ? check_config(ctl, &asked) : check_text(ctl, &asked);
}
