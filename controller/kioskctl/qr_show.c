/* What was found in a payment code, in words. */
#include <string.h>
#include "common/qr.h"
#include "controller/kioskctl/qr.h"

static const char *kind_words(const char *profile)
{
    static const struct {
        const char *profile, *words;
    } kinds[] = {{"SBP", "a code of SBP, Russia"},
                 {"ERIP", "a code of ERIP, Belarus"},
                 {"NBU", "a transfer code of NBU, Ukraine"},
                 {"EMV", "a merchant's code in EMVCo's format"},
                 {"EPC", "a bank transfer code"},
                 {"GOST", "bank details by GOST R 56042"}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kinds[i].profile, profile) == 0)
            return kinds[i].words;
    return "not a payment code that is known here; it is shown as it is, and nothing of it is checked";
}

/* The worst that was said of a field: "!" wrong, "?" doubtful. */
static const char *mark_of(const json_t *report, const char *tag)
{
    const json_t *problem;
    const char *mark = "";
    size_t i;
    json_array_foreach(json_object_get(report, "problems"), i, problem)
    {
        if (!*tag || strcmp(show_text(problem, "tag"), tag) != 0)
            continue;
        if (strcmp(show_text(problem, "level"), "error") == 0)
            return "!";
        mark = "?";
    }
    return mark;
}

static void print_fields(const json_t *report)
{
    struct table table;
    const json_t *field, *fields = json_object_get(report, "fields");
    char visible[4 * QR_TEXT_MAX];
    size_t i;
    if (json_array_size(fields) == 0 || strcmp(show_text(report, "profile"), "opaque") == 0)
        return;
    table_begin(&table, "|TAG|FIELD|VALUE|MEANING");
    json_array_foreach(fields, i, field)
    {
        const char *value = show_text(field, "value");
        table_cell(&table, "%s", mark_of(report, show_text(field, "tag")));
        table_cell(&table, "%s", show_text(field, "tag"));
        table_cell(&table, "%s", show_text(field, "name"));
        qr_visible(visible, sizeof visible, value, strlen(value));
        table_cell(&table, "%s", visible);
        table_cell(&table, "%s", show_text(field, "meaning"));
    }
    table_end(&table);
    putchar('\n');
}

/* Something stands where the amount should, and it is none. */
static bool amount_wrong(const json_t *report)
{
    static const char *const tags[] = {"54", "sum", "line 8", "Sum"};
    for (size_t i = 0; i < sizeof tags / sizeof *tags; i++)
        if (strcmp(mark_of(report, tags[i]), "!") == 0)
            return true;
    return false;
}

static void print_facts(const json_t *report)
{
    const char *end = show_bool(report, "editable") ? ", but the payer may change it" : "";
    bool opaque = strcmp(show_text(report, "profile"), "opaque") == 0;
    if (show_has(report, "amount"))
        printf("Amount    %s%s\n", show_money(report, "amount"), end);
    else if (!opaque)
        puts(amount_wrong(report) ? "Amount    cannot be read" : "Amount    none: the payer types it in");
    static const char *const others[][2] = {{"account", "Account"}, {"merchant", "Merchant"}};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        char visible[QR_TEXT_MAX];
        const char *text = show_text(report, others[i][0]);
        qr_visible(visible, sizeof visible, text, strlen(text));
        if (*text)
            printf("%-9s %s\n", others[i][1], visible);
    }
}

static int print_problems(const json_t *report, const char *level, const char *head)
{
    const json_t *problem;
    int count = 0;
    size_t i;
    json_array_foreach(json_object_get(report, "problems"), i, problem)
    {
        char visible[4 * QR_PROBLEM_SIZE];
        const char *tag = show_text(problem, "tag"), *text = show_text(problem, "text");
        if (strcmp(show_text(problem, "level"), level) != 0)
            continue;
        qr_visible(visible, sizeof visible, text, strlen(text));
        printf("%s %s%s%s\n", head, tag, *tag ? ": " : "", visible);
        count++;
    }
    return count;
}

void ctl_qr_show(const json_t *report)
{
    const char *profile = show_text(report, "profile");
    bool opaque = strcmp(profile, "opaque") == 0;
    if (!opaque || show_bool(report, "good"))
        printf("%s: %s\n\n", profile, kind_words(profile));
    print_fields(report);
    print_facts(report);
    int wrong = print_problems(report, "error", "WRONG:   "),
        doubtful = print_problems(report, "warning", "WARNING: ");
    if (wrong > 0)
        printf("The code is wrong: %d fault%s.\n", wrong, wrong > 1 ? "s" : "");
    else if (doubtful > 0)
        printf("No fault, but %d warning%s.\n", doubtful, doubtful > 1 ? "s" : "");
    else
        puts(opaque ? "Nothing is said against it." : "The code is right.");
}
