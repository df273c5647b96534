#include "controller/event_log.h"

#include <string.h>

void event_log_keep(struct event_log *events, const char *text, size_t length)
{
    uint64_t slot = ++events->count % EVENT_LOG_KEPT;
    memcpy(events->text[slot], text, length);
    events->text[slot][length] = '\0';
    events->unsent[slot] = true;
}

const char *event_log_take_unsent(struct event_log *events, uint64_t *ret_tag)
{
    for (uint64_t back = (uint64_t)event_log_size(events); back-- > 0;) {
        uint64_t number = events->count - back, slot = number % EVENT_LOG_KEPT;
        if (!events->unsent[slot])
            continue;
        events->unsent[slot] = false;
        *ret_tag = EVENT_LOG_TAG | number;
        return events->text[slot];
    }
    return NULL;
}

bool event_log_landed(struct event_log *events, uint64_t tag, bool sent)
{
    if (tag >> 60 != EVENT_LOG_TAG >> 60)
        return false;
    uint64_t number = tag & (EVENT_LOG_TAG - 1);
    if (!sent && events->count - number < EVENT_LOG_KEPT) /* else a newer one has its place */
        events->unsent[number % EVENT_LOG_KEPT] = true;
    return true;
}

int event_log_size(const struct event_log *events)
{
    return events->count < EVENT_LOG_KEPT ? (int)events->count : EVENT_LOG_KEPT;
}

const char *event_log_at(const struct event_log *events, int back)
{
    return events->text[(events->count - (uint64_t)back) % EVENT_LOG_KEPT];
}
