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

static void check_code(struct loading *loading, int index)
{
    const struct config_product *product = &loading->config->products[index];
    const config_setting_t *at = loading_member(loading, "products", index, "qr");
    char path[LOADING_KEY_SIZE], problem[QR_PROBLEM_SIZE] = "";
    loading_entry_path(path, loading, "products", index, "qr");
    if (product->qr[0] == '\0')
        return;
    if (strlen(product->qr) > QR_COMFORTABLE)
        loading_warning(loading, at, path,
                        "is %zu bytes long; phones read more than %d from a screen with difficulty",
                        strlen(product->qr), QR_COMFORTABLE);
    if (product->price <= 0 || loading->config->kiosk.currency[0] == '\0')
        return;
    switch (qr_check(product->qr, product->price, loading->config->kiosk.currency, problem)) {
    case QR_GOOD:
        break;
    case QR_WARNING:
        loading_warning(loading, at, path, "%s", problem);
        break;
    case QR_ERROR:
        loading_fault(loading, at, path, "%s", problem);
        break;
    }
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
