/* Starts of the daemon: what ended without store_close(clean) within ten minutes counts towards a crash loop,
 * unless a payment was settled since: power cuts during sales are no crash loop, and the machine that comes
 * back and goes on selling is not to be latched.
 */
#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "common/text.h"
#include "controller/store_impl.h"

enum { BOOT_WINDOW_S = 600, BOOT_KEEP = 64, BOOT_ID_SIZE = 37 };

bool store_wall_plausible(int64_t wall_s)
{
    return wall_s >= STORE_WALL_LEAST && wall_s < STORE_WALL_MOST;
}

/* The kernel's boot: within one, the monotonic clock can be compared; "" if it cannot be read. */
static void kernel_boot(char ret[BOOT_ID_SIZE])
{
    ret[0] = '\0';
    FILE *file = fopen("/proc/sys/kernel/random/boot_id", "re");
    if (!file)
        return;
    if (!fgets(ret, BOOT_ID_SIZE, file))
        ret[0] = '\0';
    ret[strcspn(ret, "\n")] = '\0';
    fclose(file);
}

/* Within one boot of the kernel the monotonic clock decides; across boots the wall clock, if both readings
 * can be right. */
static bool is_recent(bool same_boot, int64_t mono_s, int64_t wall_s, int64_t then_mono_s,
                      int64_t then_wall_s)
{
    if (same_boot)
        return mono_s >= then_mono_s && mono_s - then_mono_s <= BOOT_WINDOW_S;
    return store_wall_plausible(wall_s) && store_wall_plausible(then_wall_s) && wall_s >= then_wall_s &&
           wall_s - then_wall_s <= BOOT_WINDOW_S;
}

static int count_unclean(struct store *store, const char *boot, int64_t mono_s, int64_t wall_s, int32_t *ret)
{
    int32_t count = 0;
    char then[BOOT_ID_SIZE];
    sqlite3_stmt *statement = store_sql_get(store, STORE_SQL_BOOT_RECENT);
    int rc;
    while ((rc = sqlite3_step(statement)) == SQLITE_ROW) {
        bool same = store_column_text(statement, 0, then, sizeof then) && boot[0] && strcmp(then, boot) == 0;
        count += is_recent(same, mono_s, wall_s, sqlite3_column_int64(statement, 1),
                           sqlite3_column_int64(statement, 2));
    }
    sqlite3_reset(statement);
    *ret = count;
    return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

int store_boot_record(struct store *store, int32_t *ret_unclean)
{
    char boot[BOOT_ID_SIZE];
    kernel_boot(boot);
    int64_t mono_s = clock_mono_us() / 1000000, wall_s = clock_wall_s();
    int rc = count_unclean(store, boot, mono_s, wall_s, ret_unclean);
    if (rc != SQLITE_OK)
        return rc;
    sqlite3_stmt *statement = store_sql_get(store, STORE_SQL_BOOT_INSERT);
    store_bind_text(statement, 1, boot);
    sqlite3_bind_int64(statement, 2, mono_s);
    sqlite3_bind_int64(statement, 3, wall_s);
    store_bind_text(statement, 4, KIOSK_VERSION);
    rc = store_sql_run(store, statement, NULL);
    if (rc != SQLITE_OK)
        return rc;
    store->boot_row = sqlite3_last_insert_rowid(store->db);
    statement = store_sql_get(store, STORE_SQL_BOOT_PRUNE);
    sqlite3_bind_int64(statement, 1, store->boot_row - BOOT_KEEP);
    return store_sql_run(store, statement, NULL);
}

int store_boot_clean(struct store *store)
{
    sqlite3_stmt *statement = store_sql_get(store, STORE_SQL_BOOT_CLEAN);
    sqlite3_bind_int64(statement, 1, store->boot_row);
    return store_sql_run(store, statement, NULL);
}
