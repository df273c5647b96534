/* The payment service sends until it has a receipt; the broker keeps what the kiosk has not acknowledged. */
#include "tests/simulation/world.h"

#include <string.h>

enum {
    SERVICE_PATIENCE = 4,
    SERVICE_DOUBTS = 100, /* of a thousand that have their receipt: sent again all the same */
};

int32_t service_index(const struct payment_claims *claims)
{
    int32_t ret = 0;
    for (const char *at = claims->payment_id; *at >= '0' && *at <= '9'; at++)
        ret = ret * 10 + (*at - '0');
    return ret;
}

/* Without an answer it becomes patient. */
static int32_t backoff(const struct world_payment *at)
{
    int32_t ret = at->sends / 2;
    return ret < SERVICE_PATIENCE ? ret : SERVICE_PATIENCE;
}

void service_send(struct world *world, int32_t payment, int32_t variant)
{
    struct world_payment *at = &world->payments[payment];
    if (variant == 0 && at->sends > 0 && at->receipt &&
        (world->calm || !random_chance(&world->random, SERVICE_DOUBTS)))
        return;
    net_post(world, NET_PAYMENT, payment, variant);
    at->sends++;
    if (variant == 0)
        world_at(world, (int64_t)random_between(&world->random, 1000, 6000) << backoff(at), WORLD_SEND, true,
                 payment, 0, 0);
}

static void done(struct world *world)
{
    world->inbox_head = (world->inbox_head + 1) % WORLD_INBOX;
    world->inbox_count--;
}

static void deliver_payment(struct world *world, int32_t payment, int32_t variant)
{
    const struct world_payment *from = &world->payments[payment];
    struct core_event *event = world_event(world, CORE_EVENT_PAYMENT);
    event->u.in.claims = from->claims;
    event->u.in.claims.amount += variant;
    jwt_payment(world, payment, &event->u.in.claims);
    if (from->present)
        event->u.in.known = from->record;
    event->u.in.received_us = world->now_ms * 1000;
    event->u.in.token = world->token = world->next_token++;
    world->net.hand_link = world->net.link;
    world_note(world, variant ? "conflicting payment" : "payment", payment, variant, (int64_t)world->token);
    world_step(world);
}

/* The store acknowledges what it has, as the service says it; false: it cannot, nothing more is received. */
static bool deliver_ack(struct world *world, int32_t payment)
{
    struct world_payment *at = &world->payments[payment];
    if (world->failed_commit)
        return false;
    if (!jwt_ack(world, payment, at->record.outcome.result))
        return true;
    if (at->record.state == PAYMENT_STATE_DONE)
        at->acknowledged = true;
    world_note(world, "acknowledged", payment, 0, at->seq);
    return true;
}

/* One message at a time: the receive thread waits for its RELEASE. */
void service_deliver(struct world *world)
{
    while (world->powered && world->net.up && world->token == 0 && world->inbox_count > 0 &&
           !world->violation) {
        int32_t payment = world->inbox[world->inbox_head].payment,
                variant = world->inbox[world->inbox_head].variant;
        switch (world->inbox[world->inbox_head].kind) {
        case NET_PAYMENT:
            deliver_payment(world, payment, variant);
            break;
        case NET_ACK:
            if (!deliver_ack(world, payment))
                return;
            done(world);
            break;
        case NET_FORGED:
            jwt_attack(world, payment, variant);
            done(world);
            break;
        }
    }
}

/* The broker hears of it, unless the link was cut in between: then it sends it again. */
void service_released(struct world *world, uint64_t token)
{
    if (token != world->token || world->inbox_count == 0) {
        world_violate(world, "a message was released that is not in hand");
        return;
    }
    world->token = 0;
    if (world->net.hand_link == world->net.link)
        done(world);
}
