/* What the core must know at start, in the order: products, devices, machine, open payments. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "config/load.h"
#include "controller/store_impl.h"

struct restore {
    struct store *store;
    void (*event)(void *user, const struct core_event *event);
    void *user;
    struct core_event now;
};

/* "from:price from:price" */
static bool prices_read(const char *text, struct core_product_state *state)
{
    while (*text) {
        char *end;
        errno = 0;
        long long from = strtoll(text, &end, 10);
        if (errno || end == text || *end != ':' || state->price_count >= CORE_MAX_PRICES)
            return false;
        text = end + 1;
        long long price = strtoll(text, &end, 10);
        if (errno || end == text || price <= 0)
            return false;
        state->prices[state->price_count].from = from;
        state->prices[state->price_count++].price = price;
        text = *end == ' ' ? end + 1 : end;
    }
    return true;
}

int store_product_read(sqlite3_stmt *statement, char ret_id[CONFIG_ID_SIZE], struct core_product_state *ret)
{
    char prices[256];
    memset(ret, 0, sizeof *ret);
    ret->stock = sqlite3_column_int(statement, 1);
    ret->disabled = sqlite3_column_int(statement, 2) != 0;
    bool good = store_column_text(statement, 0, ret_id, CONFIG_ID_SIZE) &&
                store_column_text(statement, 3, prices, sizeof prices) &&
                store_column_text(statement, 4, ret->qr, sizeof ret->qr) && prices_read(prices, ret);
    return good ? SQLITE_OK : SQLITE_CORRUPT;
}

static int product_row(struct restore *restore, sqlite3_stmt *statement)
{
    char id[CONFIG_ID_SIZE];
    struct core_event *event = &restore->now;
    event->kind = CORE_EVENT_RESTORE_PRODUCT;
    int rc = store_product_read(statement, id, &event->u.product.state);
    if (rc != SQLITE_OK)
        return rc;
    event->u.product.product = config_find_product(restore->store->config, id);
    if (event->u.product.product >= 0)
        restore->event(restore->user, event);
    return SQLITE_OK;
}

static int device_row(struct restore *restore, sqlite3_stmt *statement)
{
    char name[CONFIG_ID_SIZE];
    struct core_event *event = &restore->now;
    event->kind = CORE_EVENT_RESTORE_DEVICE;
    memset(&event->u.device, 0, sizeof event->u.device);
    int64_t lock = sqlite3_column_int64(statement, 2);
    if (!store_column_text(statement, 0, name, sizeof name))
        return SQLITE_CORRUPT;
    if (lock < 0 || lock >= CORE_LOCK_COUNT)
        lock = CORE_LOCK_UNKNOWN; /* of a newer version: locked it stays */
    event->u.device.state.strikes = sqlite3_column_int(statement, 1);
    event->u.device.state.lock = (enum core_lock)lock;
    event->u.device.state.hold_until = sqlite3_column_int64(statement, 3);
    event->u.device.state.hold_since = sqlite3_column_int64(statement, 4);
    (void)store_column_text(statement, 5, event->u.device.state.hold_owner, CORE_OWNER_SIZE);
    (void)store_column_text(statement, 6, event->u.device.state.hold_why, CORE_WHY_SIZE);
    event->u.device.device = config_find_device(restore->store->config, name);
    if (event->u.device.device >= 0)
        restore->event(restore->user, event);
    return SQLITE_OK;
}

static int each_row(struct restore *restore, enum store_sql which,
                    int (*row)(struct restore *restore, sqlite3_stmt *statement))
{
    sqlite3_stmt *statement = store_sql_get(restore->store, which);
    int rc;
    while ((rc = sqlite3_step(statement)) == SQLITE_ROW) {
        rc = row(restore, statement);
        if (rc != SQLITE_OK)
            break;
    }
    sqlite3_reset(statement);
    return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

static int machine_restore(struct restore *restore)
{
    int64_t disabled = 0;
    int rc = store_meta_get(restore->store, "machine_disabled", &disabled);
    if (rc != SQLITE_OK)
        return rc;
    restore->now.kind = CORE_EVENT_RESTORE_MACHINE;
    restore->now.u.machine_disabled = disabled != 0;
    restore->event(restore->user, &restore->now);
    return SQLITE_OK;
}

static int payments_restore(struct restore *restore)
{
    struct store *store = restore->store;
    struct store_row row = {.row = 0};
    for (;;) {
        sqlite3_stmt *statement = store_sql_get(store, STORE_SQL_PAYMENT_OPEN);
        sqlite3_bind_int64(statement, 1, row.row);
        int rc = sqlite3_step(statement);
        if (rc == SQLITE_ROW)
            rc = store_row_read(store, statement, &row);
        sqlite3_reset(statement);
        if (rc != SQLITE_OK)
            return rc == SQLITE_DONE ? SQLITE_OK : rc;
        restore->now.kind = CORE_EVENT_RESTORE_PAYMENT;
        restore->now.u.payment = row.payment;
        restore->event(restore->user, &restore->now);
    }
}

int store_restore(struct store *store, void (*event)(void *user, const struct core_event *event), void *user)
{
    struct restore restore = {.store = store, .event = event, .user = user};
    restore.now.now_ms = clock_mono_us() / 1000;
    restore.now.wall_s = clock_wall_s();
    pthread_mutex_lock(&store->db_lock);
    int rc = each_row(&restore, STORE_SQL_PRODUCT_ALL, product_row);
    if (rc == SQLITE_OK)
        rc = each_row(&restore, STORE_SQL_DEVICE_ALL, device_row);
    if (rc == SQLITE_OK)
        rc = machine_restore(&restore);
    if (rc == SQLITE_OK)
        rc = payments_restore(&restore);
    pthread_mutex_unlock(&store->db_lock);
    if (rc == SQLITE_OK)
        return 0;
    store_fail(store, rc, "restore");
    return -EIO;
}
