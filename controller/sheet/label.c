#include "controller/sheet/label.h"

#include <stdio.h>
#include <string.h>
#include "common/money.h"
#include "common/text.h"
#include "display/words.h"

enum { PRICE_SIZE = 96 };

/* " · 2.50 BYN", which stays in one line: U+00A0 before the currency. */
static void write_price(char *ret, size_t size, const char *price)
{
    const char *gap = strrchr(price, ' ');
    int number = (int)(gap ? gap - price : (long)strlen(price));
    (void)snprintf(ret, size, " · %.*s%s%s", number, price, gap ? "\xC2\xA0" : "", gap ? gap + 1 : "");
}

/* "Cola 0.33 l · 2.50 BYN" for the languages after the first; what says nothing new is left out. */
static void fill_others(struct label *label, const struct config *config,
                        const struct label_languages *languages)
{
    const struct config_product *product = label->product;
    char *text = label->text[PLAN_OTHERS], price[PRICE_SIZE], tail[PRICE_SIZE + 8];
    char line[CONFIG_TEXT_SIZE + PRICE_SIZE + 8];
    size_t used = 0;
    for (int32_t i = 1; i < languages->count; i++) {
        const char *title = product->title[languages->index[i]];
        money_format(price, sizeof(price), product->price, config->kiosk.currency,
                     config->kiosk.languages[languages->index[i]]);
        bool new_price = strcmp(price, label->text[PLAN_PRICE]) != 0;
        write_price(tail, sizeof(tail), price);
        (void)snprintf(line, sizeof(line), "%s%s", title, new_price ? tail : "");
        if (strcmp(line, label->text[PLAN_NAME]) != 0 && !strstr(text, line))
            (void)text_append(text, LABEL_TEXT_SIZE, &used, "%s%s", used ? "\n" : "", line);
    }
}

bool label_fill(struct label *ret, const struct config *config, const struct config_product *product,
                const struct label_languages *languages)
{
    int32_t first = languages->index[0];
    const char *language = config->kiosk.languages[first];
    memset(ret, 0, sizeof(*ret));
    ret->product = product;
    if (!qr_symbol_encode_paper(&ret->symbol, product->qr))
        return false;
    (void)text_copy(ret->text[PLAN_NAME], LABEL_TEXT_SIZE, product->title[first]);
    money_format(ret->text[PLAN_PRICE], LABEL_TEXT_SIZE, product->price, config->kiosk.currency, language);
    fill_others(ret, config, languages);
    (void)text_copy(ret->text[PLAN_SCAN], LABEL_TEXT_SIZE, words_get(WORD_SCAN, language));
    if (config->kiosk.support[0])
        (void)snprintf(ret->text[PLAN_HELP], LABEL_TEXT_SIZE, "%s %s", words_get(WORD_HELP, language),
                       config->kiosk.support);
    (void)snprintf(ret->text[PLAN_MACHINE], LABEL_TEXT_SIZE, "%s · %s", config->kiosk.id, product->id);
    return true;
}

unsigned label_parts(const struct label *label)
{
    unsigned parts = 0;
    for (unsigned i = 0; i < PLAN_PARTS; i++)
        parts |= label->text[i][0] ? 1U << i : 0U;
    return parts;
}
