/* Products: unique names, stock, picture, and a code that asks for the product's price. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "common/qr.h"
#include "config/loading.h"

/* Above this the modules get too small for a phone at arm's length on an 800 pixel screen. */
enum { QR_COMFORTABLE = 512 };

static void check_stock(struct loading *loading, int index)
{
    struct config_product *product = &loading->config->products[index];
    const config_setting_t *stock = loading_member(loading, "products", index, "stock");
    const config_setting_t *capacity = loading_member(loading, "products", index, "capacity");
    char path[LOADING_KEY_SIZE];
    loading_entry_path(path, loading, "products", index, capacity != NULL ? "capacity" : "stock");
    if (capacity != NULL && stock == NULL)
        loading_fault(loading, capacity, path,
                      "needs stock as well: how many pieces are in at the first start");
    else if (capacity == NULL && product->stock > 0)
        product->capacity = product->stock;
    else if (capacity == NULL && product->stock == 0)
        loading_fault(loading, stock, path, "is 0 and capacity is not given; give capacity as well");
    else if (product->capacity > 0 && product->stock > product->capacity)
        loading_fault(loading, capacity, path, "is %d; must be at least the stock of %d", product->capacity,
                      product->stock);
}

static void check_image(struct loading *loading, int index)
{
    const struct config_product *product = &loading->config->products[index];
    char path[LOADING_KEY_SIZE];
    if (product->image[0] == '\0' || access(product->image, R_OK) == 0)
        return;
    loading_entry_path(path, loading, "products", index, "image");
    loading_warning(loading, loading_member(loading, "products", index, "image"), path,
                    "%s cannot be read; the product is shown without a picture", product->image);
}

struct hearing {
    struct loading *loading;
    const config_setting_t *at;
    const struct qr_facts *facts;
    char path[LOADING_KEY_SIZE];
};

static void hear_complaint(void *user, enum qr_verdict level, const char *tag, const char *text)
{
    const struct hearing *hearing = user;
    char place[LOADING_KEY_SIZE] = "";
    if (tag[0] != '\0')
        (void)snprintf(place, sizeof(place), "%s: %s: ", qr_profile_name(hearing->facts->profile), tag);
    if (level == QR_ERROR)
        loading_fault(hearing->loading, hearing->at, hearing->path, "%s%s", place, text);
    else
        loading_warning(hearing->loading, hearing->at, hearing->path, "%s%s", place, text);
}

/* Two products with one code: a payment by it could be for either. */
static void check_code_twice(struct loading *loading, int index, const struct hearing *hearing)
{
    const struct config_product *products = loading->config->products;
    for (int i = 0; i < index; i++)
        if (strcmp(products[i].qr, products[index].qr) == 0) {
            loading_warning(loading, hearing->at, hearing->path,
                            "is the same code as products[%d].qr; a payment by it may be for either", i);
            return;
        }
}

static void check_code(struct loading *loading, int index)
{
    const struct config_product *product = &loading->config->products[index];
    struct qr_facts facts;
    struct hearing hearing = {
        .loading = loading, .at = loading_member(loading, "products", index, "qr"), .facts = &facts};
    const struct qr_listener listener = {.complaint = hear_complaint, .user = &hearing};
    struct qr_wanted wanted = {.price = product->price,
                               .currency = loading->config->kiosk.currency,
                               .account = product->account,
                               .product = true};
    loading_entry_path(hearing.path, loading, "products", index, "qr");
    if (product->qr[0] == '\0')
        return;
    if (strlen(product->qr) > QR_COMFORTABLE)
        loading_warning(loading, hearing.at, hearing.path,
                        "is %zu bytes long; phones read more than %d from a screen with difficulty",
                        strlen(product->qr), QR_COMFORTABLE);
    check_code_twice(loading, index, &hearing);
    if (product->price > 0 && wanted.currency[0] != '\0')
        (void)qr_explain(product->qr, &wanted, &facts, &listener);
}

void loading_check_products(struct loading *loading)
{
    loading_check_unique(loading, "products", "id", offsetof(struct config_product, id));
    loading_check_unique(loading, "products", "account", offsetof(struct config_product, account));
    for (int i = 0; i < loading->config->product_count; i++) {
        check_stock(loading, i);
        check_image(loading, i);
        check_code(loading, i);
    }
}
