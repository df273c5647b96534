/* The payment service sends until it has a receipt; the broker keeps what the kiosk has not acknowledged. */
#include "tests/simulation/world.h"

#include <stdlib.h>
#include <string.h>

int32_t service_index(const struct payment_claims *claims)
{
    return (int32_t)strtol(claims->payment_id, NULL, 10);
}

void service_send(struct world *world, int32_t payment, int32_t variant)
{
    struct world_payment *at = &world->payments[payment];
    if (world->inbox_count < WORLD_INBOX) {
        int32_t tail = (world->inbox_head + world->inbox_count++) % WORLD_INBOX;
        world->inbox[tail].payment = payment;
        world->inbox[tail].variant = variant;
    }
    at->sends++;
    if (variant == 0 && (!at->receipt || (!world->calm && random_chance(&world->random, 100))))
        world_at(world, random_between(&world->random, 1000, 6000), WORLD_SEND, true, payment, 0, 0);
}

/* One message at a time: the receive thread waits for its RELEASE. */
void service_deliver(struct world *world)
{
    while (world->powered && world->token == 0 && world->inbox_count > 0 && !world->violation) {
        int32_t payment = world->inbox[world->inbox_head].payment,
                variant = world->inbox[world->inbox_head].variant;
        const struct world_payment *from = &world->payments[payment];
        struct core_event *event = world_event(world, CORE_EVENT_PAYMENT);
        event->u.in.claims = from->claims;
        event->u.in.claims.amount += variant;
        if (from->present)
            event->u.in.known = from->record;
        event->u.in.received_us = world->now_ms * 1000;
        event->u.in.token = world->token = world->next_token++;
        world_note(world, variant ? "conflicting payment" : "payment", payment, variant,
                   (int64_t)world->token);
        world_step(world);
    }
}

void service_released(struct world *world, uint64_t token)
{
    if (token != world->token || world->inbox_count == 0) {
        world_violate(world, "a message was released that is not in hand");
        return;
    }
    world->token = 0;
    world->inbox_head = (world->inbox_head + 1) % WORLD_INBOX;
    world->inbox_count--;
}
