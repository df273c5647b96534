/* What comes in: a JWS in compact form, checked before anything in it is believed. Pure: bytes in, verdict
 * out.
 *
 * Order of checks: size → three base64url parts → header (strict JSON: alg, typ?, kid; crit refused) → key by
 * kid, its alg and its use for this topic → signature over the bytes as received → strict JSON of the claims
 * → aud, type, then the fields of the type. Nothing of the claims is parsed before the signature stands
 * (I18). Sources: RFC 7515 (JWS), RFC 7519 (JWT), RFC 8037 (EdDSA), RFC 7518 §3.2 (HS256).
 */
#ifndef CONTROLLER_INBOX_H
#define CONTROLLER_INBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "config/config.h"
#include "controller/payment.h"

enum { INBOX_MAX_SIZE = 8192, INBOX_JTI_SIZE = 257, INBOX_COMMAND_SIZE = 65, INBOX_ARGS_SIZE = 8192 };

enum inbox_type { INBOX_PAYMENT, INBOX_ACK, INBOX_COMMAND };

/* Why a message is not genuine. Names (inbox_verdict_name) go into events and counters. */
enum inbox_verdict {
    INBOX_OK,
    INBOX_TOO_LARGE,
    INBOX_MALFORMED, /* not three parts, bad base64url, bad JSON, missing or wrong-typed member */
    INBOX_UNKNOWN_KEY,
    INBOX_WRONG_ALG,
    INBOX_WRONG_USE,
    INBOX_BAD_SIGNATURE,
    INBOX_WRONG_KIOSK, /* aud */
    INBOX_WRONG_TYPE,  /* type claim and topic differ */
    INBOX_BAD_CLAIMS,  /* genuine signature, but a field is missing, out of range or of the wrong type */
    INBOX_VERDICT_COUNT
};
const char *inbox_verdict_name(enum inbox_verdict verdict);

struct inbox_ack {
    char provider[PAYMENT_PROVIDER_SIZE];
    char payment_id[PAYMENT_ID_SIZE];
    enum payment_result result;
};
struct inbox_command {
    char command[INBOX_COMMAND_SIZE];
    char args[INBOX_ARGS_SIZE]; /* JSON object text */
};

struct inbox_message {
    enum inbox_type type;
    char kid[CONFIG_ID_SIZE], iss[257], jti[INBOX_JTI_SIZE];
    int64_t iat, exp; /* exp 0 = not given (never with a command) */
    union {
        struct payment_claims payment; /* retained is set by the caller */
        struct inbox_ack ack;
        struct inbox_command command;
    } u;
};

/* Checks one message that came on the topic of `type`. ret is valid only with INBOX_OK. detail (may be NULL)
 * gets a short English word for the event, never content of the message. exp is not judged here: that needs a
 * trusted clock. */
enum inbox_verdict inbox_check(const struct config *config, enum inbox_type type, const void *bytes,
                               size_t size, struct inbox_message *ret, const char **ret_detail);

#endif
