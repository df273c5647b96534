/* Which keys are certainly not in the store: most payments are new, and a look-up in the file costs more than
 * all the rest of their way to the first write. A Bloom filter of 1 MiB: with 100,000 keys it sends fewer
 * than one new payment in 10,000 to the file for nothing. Keys stay in it when their rows are pruned.
 *
 * The store's thread fills it while idle, oldest rows first; until it is complete every key may be known.
 * What it misses would still be stopped: the key is unique in the table.
 */
#include <stdatomic.h>
#include <stdlib.h>

#include "controller/store_impl.h"

enum { KNOWN_WORDS = 1 << 17, KNOWN_HASHES = 3, KNOWN_BATCH = 1000 };

struct store_known {
    atomic_bool complete;
    int64_t row; /* scanned up to here; the store's thread only */
    atomic_uint_least64_t words[KNOWN_WORDS];
};

static uint64_t hash(uint64_t value, const char *text)
{
    for (; *text; text++)
        value = (value ^ (unsigned char)*text) * UINT64_C(1099511628211); /* FNV-1a */
    return (value ^ 0xFF) * UINT64_C(1099511628211);
}

/* The n-th bit of a key. */
static uint64_t bit_of(uint64_t key, unsigned n)
{
    key ^= key >> 29;
    key *= UINT64_C(0xBF58476D1CE4E5B9) + 2 * n;
    return (key >> 32) % (KNOWN_WORDS * UINT64_C(64));
}

int store_known_open(struct store *store)
{
    store->known = calloc(1, sizeof *store->known);
    return store->known ? SQLITE_OK : SQLITE_NOMEM;
}

void store_known_add(struct store *store, const char *provider, const char *payment_id)
{
    uint64_t key = hash(hash(UINT64_C(14695981039346656037), provider), payment_id);
    for (unsigned n = 0; n < KNOWN_HASHES; n++) {
        uint64_t bit = bit_of(key, n);
        atomic_fetch_or(&store->known->words[bit / 64], UINT64_C(1) << bit % 64);
    }
}

bool store_known_maybe(struct store *store, const char *provider, const char *payment_id)
{
    if (!atomic_load(&store->known->complete))
        return true;
    uint64_t key = hash(hash(UINT64_C(14695981039346656037), provider), payment_id);
    for (unsigned n = 0; n < KNOWN_HASHES; n++) {
        uint64_t bit = bit_of(key, n);
        if (!(atomic_load(&store->known->words[bit / 64]) & UINT64_C(1) << bit % 64))
            return false;
    }
    return true;
}

bool store_known_due(const struct store *store)
{
    return !atomic_load(&store->known->complete);
}

void store_known_step(struct store *store)
{
    char provider[PAYMENT_PROVIDER_SIZE], payment_id[PAYMENT_ID_SIZE];
    int count = 0, rc;
    pthread_mutex_lock(&store->db_lock);
    sqlite3_stmt *statement = store_sql_get(store, STORE_SQL_PAYMENT_KEYS);
    sqlite3_bind_int64(statement, 1, store->known->row);
    sqlite3_bind_int(statement, 2, KNOWN_BATCH);
    while ((rc = sqlite3_step(statement)) == SQLITE_ROW) {
        if (!store_column_text(statement, 1, provider, sizeof provider) ||
            !store_column_text(statement, 2, payment_id, sizeof payment_id)) {
            rc = SQLITE_CORRUPT;
            break;
        }
        store_known_add(store, provider, payment_id);
        store->known->row = sqlite3_column_int64(statement, 0);
        count++;
    }
    sqlite3_reset(statement);
    pthread_mutex_unlock(&store->db_lock);
    if (rc != SQLITE_DONE)
        store_fail(store, rc, "keys");
    else if (count < KNOWN_BATCH)
        atomic_store(&store->known->complete, true);
}
