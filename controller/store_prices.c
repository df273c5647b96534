/* A price that the configuration has changed between two runs. Payments made before the change are judged by
 * the price of their paid_at, so the price of the last run is kept (meta "price:ID") and a difference becomes
 * a change like that of price.set: the newest word counts, also over an older price.set and its QR. */
#include <stdio.h>
#include <string.h>

#include "common/log.h"
#include "controller/store_impl.h"

struct change {
    const char *id;
    int64_t before, now, at; /* at: wall clock, 0 = not trusted */
    struct core_product_state state;
};

static int find_row(struct store *store, struct change *change)
{
    sqlite3_stmt *statement = store_sql_get(store, STORE_SQL_PRODUCT_ALL);
    int rc;
    while ((rc = sqlite3_step(statement)) == SQLITE_ROW) {
        char id[CONFIG_ID_SIZE];
        struct core_product_state state;
        rc = store_product_read(statement, id, &state);
        if (rc != SQLITE_OK)
            break;
        if (strcmp(id, change->id) == 0)
            change->state = state;
    }
    sqlite3_reset(statement);
    return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

/* Without a time from which the new price is valid it is the only one. */
static void enter_price(struct change *change)
{
    struct core_product_state *state = &change->state;
    struct core_price list[CORE_MAX_PRICES];
    int32_t count = 0;
    for (int32_t i = 0; i < state->price_count && change->at > 0; i++) {
        if (state->prices[i].from >= change->at)
            continue; /* planned, and overtaken */
        if (count == CORE_MAX_PRICES - 1) {
            memmove(&list[0], &list[1], sizeof list[0] * (CORE_MAX_PRICES - 2));
            count--;
        }
        list[count++] = state->prices[i];
    }
    if (change->at > 0 && count < CORE_MAX_PRICES - 1) {
        memmove(&list[1], &list[0], sizeof list[0] * (size_t)count);
        list[0] = (struct core_price){0, change->before};
        count++;
    }
    if (change->at > 0)
        list[count++] = (struct core_price){change->at, change->now};
    memcpy(state->prices, list, sizeof list[0] * (size_t)count);
    state->price_count = count;
    state->qr[0] = '\0';
}

static int note(struct store *store, void *arg)
{
    int64_t at = *(const int64_t *)arg;
    int rc = SQLITE_OK;
    for (int32_t i = 0; rc == SQLITE_OK && i < store->config->product_count; i++) {
        const struct config_product *product = &store->config->products[i];
        struct change change = {.id = product->id, .now = product->price, .at = at};
        char name[CONFIG_ID_SIZE + 8];
        (void)snprintf(name, sizeof name, "price:%s", product->id);
        rc = store_meta_get(store, name, &change.before);
        if (rc != SQLITE_OK || change.before == change.now)
            continue;
        if (change.before != 0) {
            change.state.stock = product->stock;
            rc = find_row(store, &change);
            enter_price(&change);
            log_notice("product=%s has a new price in the configuration: %lld, it was %lld", product->id,
                       (long long)change.now, (long long)change.before);
            if (rc == SQLITE_OK)
                rc = store_product_write(store, product->id, &change.state);
        }
        if (rc == SQLITE_OK)
            rc = store_meta_set(store, name, change.now);
    }
    return rc;
}

int store_note_prices(struct store *store, int64_t wall_s)
{
    return store_call(store, note, &wall_s);
}
