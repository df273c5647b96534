/* A damaged file is put aside and a new epoch begins. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/text.h"
#include "controller/store_impl.h"

bool store_is_marked(const struct store *store)
{
    char path[STORE_PATH_SIZE];
    store_path(store, ".damaged", path, sizeof path);
    return access(path, F_OK) == 0;
}

int store_put_aside(struct store *store, const char *cause, struct store_opened *ret)
{
    (void)cause;
    char path[STORE_PATH_SIZE], aside[STORE_PATH_SIZE];
    size_t used = 0;
    text_append(ret->aside, sizeof ret->aside, &used, "%s.damaged-%lld", store->path,
                (long long)clock_wall_s());
    ret->new_epoch = true;
    if (rename(store->path, ret->aside) < 0)
        return -errno;
    store_path(store, "-wal", path, sizeof path);
    used = 0;
    text_append(aside, sizeof aside, &used, "%s-wal", ret->aside);
    rename(path, aside);
    store_path(store, ".damaged", path, sizeof path);
    unlink(path);
    return store_directory_sync(store);
}
