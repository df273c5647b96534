/* The messages as bytes: signed as the service signs them, read by the real inbox; and the attacker, who has
 * seen genuine ones and knows every public key. */
#include "tests/simulation/world.h"

#include "controller/inbox.h"
#include "controller/jws.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { JWT_SIZE = 4096, KEY_PSP = 0, KEY_HMAC, KEY_OPS, KEY_COUNT };

static const char kiosk_id[] = "minsk-042";
static uint8_t public_key[KEY_COUNT][32], secret_key[KEY_COUNT][64], foreign_key[64];
static bool ready;
static struct inbox_message message; /* too large for a stack */

static void make_keys(void)
{
    uint8_t seed[32] = {1}, unwanted[32];
    if (sodium_init() < 0)
        abort();
    (void)crypto_sign_seed_keypair(public_key[KEY_PSP], secret_key[KEY_PSP], seed);
    seed[0] = 2;
    (void)crypto_sign_seed_keypair(public_key[KEY_OPS], secret_key[KEY_OPS], seed);
    seed[0] = 3;
    (void)crypto_sign_seed_keypair(unwanted, foreign_key, seed);
    memset(public_key[KEY_HMAC], 0x5a, 32);
    memcpy(secret_key[KEY_HMAC], public_key[KEY_HMAC], 32);
    ready = true;
}

void jwt_plan(struct world *world)
{
    static const char *const kids[KEY_COUNT] = {"psp-2026", "till-2026", "ops-2026"};
    if (!ready)
        make_keys();
    struct config *config = &world->config;
    memcpy(config->kiosk.id, kiosk_id, sizeof(kiosk_id));
    config->key_count = KEY_COUNT;
    for (int i = 0; i < KEY_COUNT; i++) {
        struct config_key *key = &config->keys[i];
        (void)snprintf(key->kid, sizeof(key->kid), "%s", kids[i]);
        key->alg = i == KEY_HMAC ? CONFIG_ALG_HS256 : CONFIG_ALG_EDDSA;
        key->use = i == KEY_OPS ? CONFIG_USE_COMMAND : CONFIG_USE_PAYMENT | CONFIG_USE_ACK;
        memcpy(key->secret, public_key[i], 32);
        key->secret_size = 32;
    }
}

static size_t sign(char *ret, int key, const struct world *world, const char *claims)
{
    const struct config_key *with = &world->config.keys[key];
    long size = jws_sign(ret, JWT_SIZE, with->alg, with->kid, secret_key[key],
                         with->alg == CONFIG_ALG_HS256 ? 32 : 64, claims);
    if (size < 0)
        abort();
    return (size_t)size;
}

static void payment_text(char *ret, size_t size, const struct payment_claims *claims, const char *aud)
{
    const char *what = claims->account[0] ? "account" : "product";
    (void)snprintf(ret, size,
                   "{\"iss\":\"psp\",\"aud\":\"%s\",\"jti\":\"%s\",\"iat\":%d,\"type\":\"payment\","
                   "\"provider\":\"%s\",\"payment_id\":\"%s\",\"status\":\"paid\",\"amount\":%" PRId64
                   ",\"currency\":\"%s\",\"paid_at\":%" PRId64 ",\"%s\":\"%s\",\"test\":%s}",
                   aud, claims->payment_id, (int)WORLD_EPOCH_S, claims->provider, claims->payment_id,
                   claims->amount, claims->currency, claims->paid_at, what,
                   claims->account[0] ? claims->account : claims->product, claims->test ? "true" : "false");
}

static void ack_text(char *ret, size_t size, const struct payment_claims *claims, enum payment_result result)
{
    (void)snprintf(ret, size,
                   "{\"iss\":\"psp\",\"aud\":\"%s\",\"jti\":\"ack-%s\",\"iat\":%d,\"type\":\"ack\","
                   "\"provider\":\"%s\",\"payment_id\":\"%s\",\"result\":\"%s\"}",
                   kiosk_id, claims->payment_id, (int)WORLD_EPOCH_S, claims->provider, claims->payment_id,
                   payment_result_name(result));
}

/* Which payments travel as bytes, and by which key; -1 = as they are. */
static int key_of(const struct world *world, int32_t payment)
{
    uint64_t dice = (world->seed * 31 + (uint64_t)payment) * 0x9E3779B97F4A7C15u >> 40;
    if (dice % NET_SIGNED_SHARE != 0)
        return -1;
    return dice / NET_SIGNED_SHARE % 8 == 0 ? KEY_PSP : KEY_HMAC;
}

/* What the core gets is what the inbox has read. */
void jwt_payment(struct world *world, int32_t payment, struct payment_claims *claims)
{
    char text[2048], token[JWT_SIZE];
    int key = key_of(world, payment);
    if (key < 0)
        return;
    payment_text(text, sizeof(text), claims, kiosk_id);
    size_t size = sign(token, key, world, text);
    if (inbox_check(&world->config, INBOX_PAYMENT, token, size, &message, NULL) != INBOX_OK) {
        world_violate(world, "a genuine payment is not believed");
        return;
    }
    struct payment_claims *read = &message.u.payment;
    read->retained = claims->retained; /* the packet's, not the message's */
    if (!payment_same_content(read, claims) || read->test != claims->test || read->paid_at != claims->paid_at)
        world_violate(world, "the inbox reads another payment than was signed");
    *claims = *read;
}

bool jwt_ack(struct world *world, int32_t payment, enum payment_result result)
{
    char text[2048], token[JWT_SIZE];
    const struct payment_claims *claims = &world->payments[payment].claims;
    int key = key_of(world, payment);
    if (key < 0 || result == PAYMENT_RESULT_NONE)
        return true;
    ack_text(text, sizeof(text), claims, result);
    size_t size = sign(token, key, world, text);
    if (inbox_check(&world->config, INBOX_ACK, token, size, &message, NULL) != INBOX_OK ||
        message.u.ack.result != result || strcmp(message.u.ack.payment_id, claims->payment_id) != 0) {
        world_violate(world, "a genuine acknowledgement is not believed");
        return false;
    }
    return true;
}

void jwt_command(struct world *world, const struct core_command *command)
{
    static const char *const names[] = {
        "product.enable", "product.disable", "price.set",    "stock.set",    "device.test",    "device.reset",
        "machine.enable", "machine.disable", "barrier.open", "barrier.hold", "barrier.release"};
    char text[2048], args[128], token[JWT_SIZE];
    if (command->id % NET_COMMAND_SHARE != 0 || command->kind >= sizeof(names) / sizeof(names[0]))
        return;
    (void)snprintf(args, sizeof(args), "{\"product\":\"p%d\",\"device\":\"d%d\",\"stock\":%d}",
                   command->product, command->device, command->stock);
    (void)snprintf(text, sizeof(text),
                   "{\"iss\":\"ops\",\"aud\":\"%s\",\"jti\":\"c%" PRIu64 "\",\"iat\":%d,\"exp\":%d,"
                   "\"type\":\"command\",\"command\":\"%s\",\"args\":%s}",
                   kiosk_id, command->id, (int)WORLD_EPOCH_S, (int)WORLD_EPOCH_S + 86400,
                   names[command->kind], args);
    size_t size = sign(token, KEY_OPS, world, text);
    if (inbox_check(&world->config, INBOX_COMMAND, token, size, &message, NULL) != INBOX_OK ||
        strcmp(message.u.command.command, names[command->kind]) != 0 ||
        strcmp(message.u.command.args, args) != 0)
        world_violate(world, "the inbox reads another command than was signed");
}

/* ---- the attacker ---- */

enum forgery {
    FORGE_BIT,      /* one bit of a genuine message */
    FORGE_KID,      /* another key's name over a genuine signature */
    FORGE_NONE,     /* alg none, no signature */
    FORGE_CONFUSED, /* HS256 with the public key as the secret */
    FORGE_AUD,      /* meant for another machine */
    FORGE_TYPE,     /* a payment on the topic of acknowledgements */
    FORGE_FOREIGN,  /* signed with a key that nobody knows here */
    FORGE_CUT,      /* the end is missing */
    FORGE_LONGER,   /* something is appended */
    FORGE_USE,      /* a command signed by the payment service */
    FORGE_UNKNOWN,  /* a kid that is not here */
    FORGE_SPLICED,  /* the signature of another message */
    FORGE_COUNT
};

static size_t forge_signed(char *ret, const struct world *world, enum forgery how,
                           const struct payment_claims *claims, enum inbox_type *ret_type)
{
    char text[2048];
    payment_text(text, sizeof(text), claims, how == FORGE_AUD ? "minsk-043" : kiosk_id);
    long size = -1;
    switch (how) {
    case FORGE_CONFUSED:
        size = jws_sign(ret, JWT_SIZE, CONFIG_ALG_HS256, "psp-2026", public_key[KEY_PSP], 32, text);
        break;
    case FORGE_FOREIGN:
        size = jws_sign(ret, JWT_SIZE, CONFIG_ALG_EDDSA, "psp-2026", foreign_key, 64, text);
        break;
    case FORGE_KID:
        size = jws_sign(ret, JWT_SIZE, CONFIG_ALG_EDDSA, "ops-2026", secret_key[KEY_PSP], 64, text);
        break;
    case FORGE_UNKNOWN:
        size = jws_sign(ret, JWT_SIZE, CONFIG_ALG_EDDSA, "psp-2025", secret_key[KEY_PSP], 64, text);
        break;
    case FORGE_USE:
        *ret_type = INBOX_COMMAND;
        (void)snprintf(text, sizeof(text),
                       "{\"iss\":\"ops\",\"aud\":\"%s\",\"jti\":\"x\",\"iat\":1,\"exp\":%d,"
                       "\"type\":\"command\",\"command\":\"machine.disable\"}",
                       kiosk_id, (int)WORLD_EPOCH_S + 86400);
        size = (long)sign(ret, KEY_PSP, world, text);
        break;
    case FORGE_TYPE:
        *ret_type = INBOX_ACK;
        size = (long)sign(ret, KEY_HMAC, world, text);
        break;
    case FORGE_AUD:
    case FORGE_BIT:
    case FORGE_NONE:
    case FORGE_CUT:
    case FORGE_LONGER:
    case FORGE_SPLICED:
    case FORGE_COUNT:
        size = (long)sign(ret, claims->amount % 2 ? KEY_PSP : KEY_HMAC, world, text);
        break;
    }
    return size < 0 ? 0 : (size_t)size;
}

/* Changes the text of a genuine message. */
static size_t forge_text(char *token, size_t size, enum forgery how, const struct world *world,
                         struct random *random)
{
    char other[JWT_SIZE];
    const char *dot = memrchr(token, '.', size);
    if (how == FORGE_BIT) {
        /* One in two in the last character, where base64url has bits that stand for nothing. */
        int32_t at = random_chance(random, 500) ? (int32_t)size - 1 : random_below(random, (int32_t)size);
        token[at] ^= (char)(1 << random_below(random, 8));
    } else if (how == FORGE_CUT) {
        size -= (size_t)random_between(random, 1, (int32_t)size - 1);
    } else if (how == FORGE_LONGER) {
        token[size++] = ".A="[random_below(random, 3)];
    } else if (how == FORGE_SPLICED) {
        size_t length = sign(other, KEY_HMAC, world, "{}");
        const char *tail = memrchr(other, '.', length);
        size_t kept = (size_t)(dot - token), more = length - (size_t)(tail - other);
        memcpy(token + kept, tail, more);
        size = kept + more;
    } else if (how == FORGE_NONE) {
        static const char header[] = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIiwia2lkIjoicHNwLTIwMjYifQ";
        const char *first = memchr(token, '.', size);
        size_t middle = (size_t)(dot - first) + 1;
        memcpy(other, first, middle);
        memcpy(token, header, sizeof(header) - 1);
        memcpy(token + sizeof(header) - 1, other, middle);
        size = sizeof(header) - 1 + middle;
    }
    return size;
}

/* He says that somebody paid: a payment that was sent, or one of his own making. */
void jwt_attack(struct world *world, int32_t payment, int32_t variant)
{
    char token[JWT_SIZE];
    struct random random;
    random_seed(&random, world->seed ^ (uint64_t)(uint32_t)variant << 20);
    enum forgery how = (enum forgery)random_below(&random, FORGE_COUNT + 1);
    if (how == FORGE_COUNT) { /* sends again what he has seen: one more duplicate */
        net_post(world, NET_PAYMENT, payment, 0);
        world->payments[payment].sends++;
        return;
    }
    struct payment_claims claims = world->payments[payment].claims;
    if (random_chance(&random, 500))
        (void)snprintf(claims.payment_id, sizeof(claims.payment_id), "%d", WORLD_MAX_PAYMENTS + 7);
    enum inbox_type type = INBOX_PAYMENT;
    size_t size = forge_signed(token, world, how, &claims, &type);
    size = forge_text(token, size, how, world, &random);
    world_note(world, "forged", payment, (int32_t)how, (int64_t)size);
    if (inbox_check(&world->config, type, token, size, &message, NULL) == INBOX_OK)
        world_violate(world, "I18: a message that nobody here has signed is believed");
}
