/* The network of the world: a broker that drops, doubles, delays and so reorders, forgets and goes away, and
 * the kiosk's outbox on this side of it. */
#ifndef TESTS_SIMULATION_NET_H
#define TESTS_SIMULATION_NET_H

#include "controller/outbox_policy.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    NET_MAX_OUTCOMES = 128,
    NET_SIGNED_SHARE = 64, /* one payment in so many travels as the bytes that are on the wire */
    NET_COMMAND_SHARE = 8,
};

enum net_kind { NET_PAYMENT, NET_ACK, NET_FORGED };

enum net_what {              /* b of WORLD_NET */
                NET_ARRIVES, /* a: payment, c: variant * NET_SHIFT + kind */
                NET_DOWN,
                NET_UP,
                NET_SILENT, /* nothing was heard for offline_s; c: link */
                NET_FORGETS,
                NET_ATTACK,
                NET_WAKE,   /* the outbox; c: wake */
                NET_LANDED, /* c: seq */
};

struct world_net {
    bool up, told; /* told: what the core believes */
    int64_t link, hand_link, wake;
    bool dirty; /* the outbox may have something to do */
    int64_t committed_seq;
    int64_t last_seq;
    int32_t by_seq[NET_MAX_OUTCOMES + 1];
    struct outbox_policy outbox;
    uint8_t psp_secret[64], foreign_secret[64]; /* Ed25519, of the service and of somebody else */
};

#endif
