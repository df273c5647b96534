#include "display/stale.h"

#include <string.h>
#include "common/text.h"
#include "display/scene.h"

static bool starting(const struct stale *stale)
{
    return strcmp(stale->snapshot.hold, "starting") == 0;
}

/* Keeps who the kiosk is, forgets everything else. */
static void wipe(struct stale *stale, const char *hold, int64_t now_ms)
{
    struct snapshot *snapshot = &stale->snapshot;
    memset(snapshot->products, 0, sizeof(snapshot->products));
    memset(snapshot->activities, 0, sizeof(snapshot->activities));
    snapshot->product_count = 0;
    snapshot->activity_count = 0;
    snapshot->selling = false;
    snapshot->wall_s = 0;
    snapshot->message[0] = '\0';
    (void)text_copy(snapshot->hold, sizeof(snapshot->hold), hold);
    stale->believed = false;
    stale->since_ms = now_ms;
}

void stale_start(struct stale *stale, const struct snapshot *kiosk, int64_t now_ms)
{
    stale->snapshot = *kiosk;
    wipe(stale, "starting", now_ms);
}

void stale_feed(struct stale *stale, const struct snapshot *snapshot, int64_t now_ms)
{
    if (&stale->snapshot != snapshot)
        stale->snapshot = *snapshot;
    stale->since_ms = now_ms;
    stale->believed = true;
}

void stale_lose(struct stale *stale, int64_t now_ms)
{
    wipe(stale, SCENE_HOLD_STALE, now_ms);
}

int64_t stale_next_ms(const struct stale *stale, int64_t now_ms)
{
    if (!stale->believed && !starting(stale))
        return -1;
    int64_t left = stale->since_ms + SNAPSHOT_STALE_MS - now_ms;
    return left > 0 ? left : 0;
}

void stale_check(struct stale *stale, int64_t now_ms)
{
    if (stale_next_ms(stale, now_ms) == 0)
        wipe(stale, SCENE_HOLD_STALE, now_ms);
}
