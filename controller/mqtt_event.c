/* Events to the main loop. They come from Paho's threads and the sender, which may wait a little but not for
 * long: a main loop that does not take events is a broken one, and the keep-alive is served by the thread
 * that would wait. */
#include "controller/mqtt_state.h"

#include <string.h>
#include "common/clock.h"
#include "common/log.h"
#include "common/text.h"

static bool push(struct mqtt *mqtt, enum mqtt_event_kind kind, uint64_t tag, const char *text)
{
    static _Atomic bool full; /* only the first of a row waits */
    struct mqtt_event event = {.kind = kind, .tag = tag};
    if (atomic_load(&mqtt->closed))
        return true;
    text_copy(event.text, sizeof event.text, text ? text : "");
    bool fitted =
        queue_push_wait(mqtt->callbacks.events, &event, atomic_load(&full) ? 0 : MQTT_EVENT_WAIT_MS);
    if (!fitted && !atomic_exchange(&full, true))
        log_error("mqtt events lost: the main loop does not take them");
    if (fitted)
        atomic_store(&full, false);
    return fitted;
}

void mqtt_post(struct mqtt *mqtt, enum mqtt_event_kind kind, uint64_t tag, const char *text)
{
    bool fitted = push(mqtt, kind, tag, text);
    if (kind != MQTT_EVENT_UP && kind != MQTT_EVENT_DOWN)
        return;
    pthread_mutex_lock(&mqtt->lock);
    mqtt->owe_state = !fitted;
    pthread_mutex_unlock(&mqtt->lock);
}

void mqtt_post_owed(struct mqtt *mqtt)
{
    pthread_mutex_lock(&mqtt->lock);
    bool owe = mqtt->owe_state, up = mqtt->said_up;
    pthread_mutex_unlock(&mqtt->lock);
    if (owe)
        mqtt_post(mqtt, up ? MQTT_EVENT_UP : MQTT_EVENT_DOWN, 0, up ? "" : "connection lost");
}

void mqtt_post_heard(struct mqtt *mqtt)
{
    int64_t now = clock_mono_us();
    pthread_mutex_lock(&mqtt->lock);
    bool due = now - mqtt->heard_us >= 1000000;
    if (due)
        mqtt->heard_us = now;
    pthread_mutex_unlock(&mqtt->lock);
    if (due)
        (void)push(mqtt, MQTT_EVENT_HEARD, 0, NULL);
}

void mqtt_post_problem(struct mqtt *mqtt, const char *text)
{
    char cut[sizeof mqtt->problem];
    text_copy(cut, sizeof cut, text);
    pthread_mutex_lock(&mqtt->lock);
    bool changed = strcmp(mqtt->problem, cut) != 0;
    if (changed)
        text_copy(mqtt->problem, sizeof mqtt->problem, cut);
    pthread_mutex_unlock(&mqtt->lock);
    if (changed)
        mqtt_post(mqtt, MQTT_EVENT_PROBLEM, 0, text);
}
