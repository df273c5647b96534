/* kioskctl qr make: builds a payment code from fields; the options are the maker's own table of keys. */
#include "controller/kioskctl/qr.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include "common/money.h"
#include "common/qr_make.h"
#include "display/qr_symbol.h"

enum { OPT_PRICE = QR_MAKE_NAME_COUNT + 1, OPT_CURRENCY, OPT_FIELD, OPT_EDITABLE, OPT_DRAW, OPTIONS = 64 };
_Static_assert(OPT_DRAW < 'c', "the options that all sub-commands have begin there");

struct making {
    struct qr_recipe recipe;
    char tags[QR_MAKE_VALUES][8]; /* of --field */
    const char *given[QR_MAKE_VALUES];
    bool draw;
};

static void print_help(void)
{
    static const char *const names[] = {"emv", "erip", "sbp", "nbu"};
    puts("usage: kioskctl qr make emv|erip|sbp|nbu [OPTION …]\n"
         "Builds a payment code and prints its text. What it builds, kioskctl qr check calls right.\n\n"
         "  --price N             whole number of minor units (250 = 2.50); without: the payer types it in\n"
         "  --currency CUR        ISO 4217 letters; needed for emv, else BYN, RUB, UAH\n"
         "  --field TAG=VALUE     emv, erip: any other field, like 26-01=K7 or 61=220030\n"
         "  --editable            erip: the payer may change the amount\n"
         "  --draw                draws the symbol, too, with error correction M\n"
         "  --json                {\"profile\":…, \"text\":…}");
    for (size_t n = 0; n < sizeof names / sizeof *names; n++) {
        enum qr_profile profile;
        printf("\n%s:\n", names[n]);
        for (int i = 0; qr_make_profile(names[n], &profile) && i < QR_MAKE_NAME_COUNT; i++) {
            const struct qr_make_key *key = &qr_make_keys[i];
            if (key->profile == profile)
                printf("  --%-19s %s%s%s%s\n", key->name, key->meaning, key->preset[0] ? " (" : "",
                       key->preset[0] ? key->preset : "",
                       key->preset[0]  ? ")"
                       : key->required ? "; required"
                                       : "");
        }
    }
    puts("\nExit status: 0 done, 2 a value does not fit.");
}

static void list_options(struct option *options, enum qr_profile profile)
{
    static const struct option own[] = {CTL_QR_OPTIONS,
                                        {"price", required_argument, NULL, OPT_PRICE},
                                        {"currency", required_argument, NULL, OPT_CURRENCY},
                                        {"field", required_argument, NULL, OPT_FIELD},
                                        {"editable", no_argument, NULL, OPT_EDITABLE},
                                        {"draw", no_argument, NULL, OPT_DRAW}};
    int count = 0;
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        options[count++] = own[i];
    for (int i = 0; i < QR_MAKE_NAME_COUNT && count < OPTIONS - 1; i++)
        if (qr_make_keys[i].profile == profile)
            options[count++] = (struct option){qr_make_keys[i].name, required_argument, NULL, i + 1};
    options[count] = (struct option){NULL, 0, NULL, 0};
}

static int add_value(struct making *making, const char *tag, const char *value, const char *given)
{
    if (making->recipe.count == QR_MAKE_VALUES) {
        ctl_complain("at most %d fields can be given", QR_MAKE_VALUES);
        return CTL_USAGE;
    }
    making->given[making->recipe.count] = given;
    making->recipe.value[making->recipe.count++] = (struct qr_value){tag, value};
    return -1;
}

static int add_field(struct making *making, const char *text)
{
    const char *equals = strchr(text, '=');
    char *tag = making->tags[making->recipe.count % QR_MAKE_VALUES];
    bool tlv = making->recipe.profile == QR_EMV || making->recipe.profile == QR_ERIP;
    if (!tlv || !equals || equals - text >= (int)sizeof making->tags[0]) {
        ctl_complain("--field %s: %s", text,
                     tlv ? "TAG=VALUE is wanted, like 26-01=K7"
                         : "only codes of emv and erip have such fields");
        return CTL_USAGE;
    }
    memcpy(tag, text, (size_t)(equals - text));
    tag[equals - text] = '\0';
    return add_value(making, tag, equals + 1, text);
}

/* -1: go on; else the exit status. */
static int take_option(struct ctl *ctl, struct making *making, int option, char **argv)
{
    json_int_t price;
    if (option >= 1 && option <= QR_MAKE_NAME_COUNT)
        return add_value(making, qr_make_keys[option - 1].tag, optarg, NULL);
    switch (option) {
    case OPT_PRICE:
        if (ctl_read_number("--price", optarg, &price) != CTL_DONE)
            return CTL_USAGE;
        making->recipe.price = price;
        return -1;
    case OPT_CURRENCY:
        making->recipe.currency = optarg;
        return -1;
    case OPT_FIELD:
        return add_field(making, optarg);
    case OPT_EDITABLE:
        making->recipe.editable = true;
        return making->recipe.profile == QR_ERIP ? -1 : ctl_qr_usage(argv[0]);
    case OPT_DRAW:
        making->draw = true;
        return -1;
    case 'h':
        print_help();
        return CTL_DONE;
    default:
        return ctl_qr_option(ctl, argv, option);
    }
}

/* The maker names what is missing, or price and currency, as the configuration does: an option here. */
static bool is_option(const struct making *making, const char *text)
{
    if (strncmp(text, "price: ", 7) == 0 || strncmp(text, "currency: ", 10) == 0)
        return true;
    for (int i = 0; i < QR_MAKE_NAME_COUNT; i++) {
        size_t size = strlen(qr_make_keys[i].name);
        if (qr_make_keys[i].profile == making->recipe.profile &&
            strncmp(text, qr_make_keys[i].name, size) == 0 && strncmp(text + size, " is missing: ", 13) == 0)
            return true;
    }
    return false;
}

static void tell_fault(void *user, int index, const char *text)
{
    const struct making *making = user;
    const char *name = NULL;
    for (int i = 0; index >= 0 && i < QR_MAKE_NAME_COUNT; i++)
        if (qr_make_keys[i].profile == making->recipe.profile &&
            strcmp(qr_make_keys[i].tag, making->recipe.value[index].tag) == 0)
            name = qr_make_keys[i].name;
    if (index >= 0 && making->given[index])
        ctl_complain("--field %s: %s", making->given[index], text);
    else if (index >= 0 && name)
        ctl_complain("--%s \"%s\": %s", name, making->recipe.value[index].value, text);
    else
        ctl_complain("%s%s", is_option(making, text) ? "--" : "", text);
}

int ctl_qr_draw(const char *text)
{
    static struct qr_symbol symbol;
    enum { BORDER = 4 };
    if (!qr_symbol_encode(&symbol, text)) {
        ctl_complain("the text is too long for a symbol");
        return CTL_FAILED;
    }
    /* Two modules in one character, black on white whatever the terminal's colours are. */
    for (int y = -BORDER; y < symbol.side + BORDER; y += 2) {
        fputs("\033[38;5;16;48;5;231m", stdout);
        for (int x = -BORDER; x < symbol.side + BORDER; x++) {
            bool in = x >= 0 && x < symbol.side;
            bool upper = in && y >= 0 && y < symbol.side && symbol.dark[y][x];
            bool lower = in && y + 1 >= 0 && y + 1 < symbol.side && symbol.dark[y + 1][x];
            fputs(upper && lower ? "█" : upper ? "▀" : lower ? "▄" : " ", stdout);
        }
        fputs("\033[0m\n", stdout);
    }
    return CTL_DONE;
}

static void tell_warning(void *user, enum qr_verdict level, const char *tag, const char *text)
{
    (void)user;
    if (level == QR_WARNING)
        ctl_complain("warning: %s%s%s", tag, *tag ? ": " : "", text);
}

static int build(struct ctl *ctl, struct making *making)
{
    char text[QR_TEXT_MAX + 1];
    if (!making->recipe.currency) {
        static const char *const usual[QR_PROFILE_COUNT] = {
            [QR_ERIP] = "BYN", [QR_SBP] = "RUB", [QR_NBU] = "UAH"};
        making->recipe.currency = usual[making->recipe.profile];
    }
    if (!making->recipe.currency) {
        ctl_complain("--currency is missing: an EMV code names its currency");
        return CTL_USAGE;
    }
    if (!qr_make(text, &making->recipe, tell_fault, making))
        return CTL_USAGE;
    struct qr_facts facts;
    (void)qr_explain(text, NULL, &facts, &(struct qr_listener){.complaint = tell_warning});
    if (ctl->json) {
        json_t *data =
            json_pack("{s:s,s:s}", "profile", qr_profile_name(making->recipe.profile), "text", text);
        show_json(data);
        json_decref(data);
        return CTL_DONE;
    }
    puts(text);
    return making->draw ? ctl_qr_draw(text) : CTL_DONE;
}

int ctl_qr_make(struct ctl *ctl, int argc, char **argv)
{
    struct making making = {.draw = false};
    struct option options[OPTIONS];
    bool help = argc > 1 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0);
    if (!help && (argc < 2 || !qr_make_profile(argv[1], &making.recipe.profile)))
        return ctl_qr_usage(argv[0]);
    list_options(options, making.recipe.profile);
    int option;
    while ((option = getopt_long(argc, argv, CTL_QR_LETTERS, options, NULL)) != -1) {
        int status = take_option(ctl, &making, option, argv);
        if (status >= 0)
            return status;
    }
    return optind == argc - 1 ? build(ctl, &making) : ctl_qr_usage(argv[0]);
}
