/* kioskctl qr check TEXT: reads a payment code as the daemon would, without asking it. */
#include <getopt.h>
#include <string.h>
#include "common/money.h"
#include "common/qr.h"
#include "common/text.h"
#include "controller/kioskctl/qr.h"

enum { LONGEST = 1024 };

static void print_json(const struct qr_facts *facts, bool good, const char *problem)
{
    json_t *data = json_pack("{s:s,s:b}", "profile", qr_profile_name(facts->profile), "good", good);
    if (facts->has_sum)
        json_object_set_new(data, "checksum",
                            json_string(!facts->sum_good ? "wrong"
                                        : facts->sum_old ? "old"
                                                         : "good"));
    if (facts->has_amount)
        json_object_set_new(data, "amount", json_integer(facts->amount));
    if (facts->currency[0])
        json_object_set_new(data, "currency", json_string(facts->currency));
    if (facts->account[0])
        json_object_set_new(data, "account", json_string(facts->account));
    if (facts->merchant[0])
        json_object_set_new(data, "merchant", json_string(facts->merchant));
    json_object_set_new(data, "editable", json_boolean(facts->editable));
    if (!good)
        json_object_set_new(data, "problem", json_string(problem));
    show_json(data);
    json_decref(data);
}

static void print_amount(const struct qr_facts *facts)
{
    char amount[48];
    if (!facts->has_amount) {
        puts("Amount    none: the payer types it, so the kiosk can not be sure of it");
        return;
    }
    if (!facts->currency[0] || money_format(amount, sizeof amount, facts->amount, facts->currency, "en") == 0)
        (void)snprintf(amount, sizeof amount, "%lld minor units", (long long)facts->amount);
    printf("Amount    %s%s\n", amount, facts->editable ? ", but the payer may change it" : "");
}

static void print_words(const struct qr_facts *facts, bool good, const char *problem)
{
    printf("Profile   %s\n", qr_profile_name(facts->profile));
    if (facts->profile == QR_OPAQUE)
        puts("          not a payment code that is known here; it is shown as it is, and nothing of it is "
             "checked");
    if (facts->has_sum)
        printf("Checksum  %s\n", !facts->sum_good ? "WRONG"
                                 : facts->sum_old ? "good, by the older rule (ask for a new code)"
                                                  : "good");
    if (facts->profile != QR_OPAQUE)
        print_amount(facts);
    if (facts->account[0])
        printf("Account   %s\n", facts->account);
    if (facts->merchant[0])
        printf("Merchant  %s\n", facts->merchant);
    if (good)
        puts("The code is well-formed.");
    else
        printf("WRONG: %s\n", problem);
}

static int read_text(struct ctl *ctl, const char *text)
{
    struct qr_facts facts;
    char problem[QR_PROBLEM_SIZE] = "";
    memset(&facts, 0, sizeof facts);
    if (strlen(text) > LONGEST || text_utf8_length(text, strlen(text)) < 1) {
        ctl_complain("a text of 1 to %d bytes of UTF-8 is wanted", LONGEST);
        return CTL_USAGE;
    }
    bool good = qr_read(text, &facts, problem);
    if (ctl->json)
        print_json(&facts, good, problem);
    else
        print_words(&facts, good, problem);
    return good ? CTL_DONE : CTL_FAILED;
}

int ctl_qr_check(struct ctl *ctl, int argc, char **argv)
{
    static const struct option options[] = {CTL_QR_OPTIONS, {NULL, 0, NULL, 0}};
    int option;
    while ((option = getopt_long(argc, argv, CTL_QR_LETTERS, options, NULL)) != -1) {
        int status = ctl_qr_option(ctl, argv[0], option);
        if (status >= 0)
            return status;
    }
    return optind + 1 == argc ? read_text(ctl, argv[optind]) : ctl_qr_usage(argv[0]);
}
