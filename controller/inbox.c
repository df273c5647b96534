#include "controller/inbox.h"
#include "common/base64url.h"

#include <string.h>
#include <strings.h>
#include <jansson.h>

#include "common/text.h"
#include "controller/inbox_claims.h"
#include "controller/jws.h"

enum {
    INBOX_PART_SIZE = INBOX_MAX_SIZE / 4 * 3, /* bytes in the longest part */
    INBOX_SIGNATURE_SIZE = 64,                /* the longest one: Ed25519 */
};

/* One compact serialisation, cut at its dots; text is borrowed. */
struct envelope {
    const char *text;
    size_t header_size;            /* characters before the first dot */
    size_t signed_size;            /* characters before the second dot */
    uint8_t part[INBOX_PART_SIZE]; /* decoded header, later decoded claims */
    uint8_t signature[INBOX_SIGNATURE_SIZE];
    size_t signature_size;
};

const char *inbox_verdict_name(enum inbox_verdict verdict)
{
    static const char *const names[INBOX_VERDICT_COUNT] = {
        [INBOX_OK] = "ok",
        [INBOX_TOO_LARGE] = "too_large",
        [INBOX_MALFORMED] = "malformed",
        [INBOX_UNKNOWN_KEY] = "unknown_key",
        [INBOX_WRONG_ALG] = "wrong_alg",
        [INBOX_WRONG_USE] = "wrong_use",
        [INBOX_BAD_SIGNATURE] = "bad_signature",
        [INBOX_WRONG_KIOSK] = "wrong_kiosk",
        [INBOX_WRONG_TYPE] = "wrong_type",
        [INBOX_BAD_CLAIMS] = "bad_claims",
    };
    return (unsigned)verdict < INBOX_VERDICT_COUNT ? names[verdict] : "?";
}

/* Finds the two dots; decodes the signature and checks that all parts are base64url. */
static enum inbox_verdict envelope_open(struct envelope *envelope, const char *text, size_t size,
                                        const char **detail)
{
    *detail = "parts";
    const char *first = memchr(text, '.', size);
    if (!first)
        return INBOX_MALFORMED;
    const char *second = memchr(first + 1, '.', size - (size_t)(first + 1 - text));
    if (!second)
        return INBOX_MALFORMED;
    const char *tail = second + 1;
    size_t tail_size = size - (size_t)(tail - text);
    if (memchr(tail, '.', tail_size))
        return INBOX_MALFORMED;
    envelope->text = text;
    envelope->header_size = (size_t)(first - text);
    envelope->signed_size = (size_t)(second - text);
    *detail = "base64url";
    if (base64url_decode(envelope->part, sizeof envelope->part, first + 1, (size_t)(second - first - 1)) < 0)
        return INBOX_MALFORMED;
    /* The part buffer takes a signature of any length, so a long one is called bad and not misspelt. */
    long length = base64url_decode(envelope->part, sizeof envelope->part, tail, tail_size);
    if (length < 0)
        return INBOX_MALFORMED;
    *detail = "signature";
    if ((size_t)length > sizeof envelope->signature)
        return INBOX_BAD_SIGNATURE;
    memcpy(envelope->signature, envelope->part, (size_t)length);
    envelope->signature_size = (size_t)length;
    return INBOX_OK;
}

/* kid and alg as the header says; both stay inside `header`. RFC 7515 section 4: unknown members are ignored,
 * `crit` would name extensions that must be understood, and none is. */
static enum inbox_verdict header_read(json_t *header, const char **ret_kid, const char **ret_alg,
                                      const char **detail)
{
    *detail = "header";
    if (!json_is_object(header))
        return INBOX_MALFORMED;
    *detail = "crit";
    if (json_object_get(header, "crit"))
        return INBOX_MALFORMED;
    *detail = "typ";
    json_t *typ = json_object_get(header, "typ");
    if (typ && (!json_is_string(typ) || strcasecmp(json_string_value(typ), "JWT") != 0))
        return INBOX_MALFORMED;
    *detail = "alg";
    *ret_alg = json_string_value(json_object_get(header, "alg"));
    if (!*ret_alg)
        return INBOX_MALFORMED;
    *detail = "kid";
    *ret_kid = json_string_value(json_object_get(header, "kid"));
    return *ret_kid ? INBOX_OK : INBOX_MALFORMED;
}

static uint32_t use_of_type(enum inbox_type type)
{
    switch (type) {
    case INBOX_PAYMENT:
        return CONFIG_USE_PAYMENT;
    case INBOX_ACK:
        return CONFIG_USE_ACK;
    case INBOX_COMMAND:
        return CONFIG_USE_COMMAND;
    }
    return 0;
}

/* The configuration alone says which algorithm a key is for; the header may only agree (RFC 8725
 * section 3.1). */
static enum inbox_verdict key_choose(const struct config *config, enum inbox_type type, const char *kid,
                                     const char *alg, const struct config_key **ret_key, const char **detail)
{
    const struct config_key *key = NULL;
    for (int32_t i = 0; i < config->key_count && !key; i++)
        if (strcmp(config->keys[i].kid, kid) == 0)
            key = &config->keys[i];
    *detail = "kid";
    if (!key)
        return INBOX_UNKNOWN_KEY;
    *detail = "alg";
    if (strcmp(alg, key->alg == CONFIG_ALG_EDDSA ? "EdDSA" : "HS256") != 0)
        return INBOX_WRONG_ALG;
    *detail = "use";
    if ((key->use & use_of_type(type)) == 0)
        return INBOX_WRONG_USE;
    *ret_key = key;
    return INBOX_OK;
}

/* From the header to the key that may have signed this. */
static enum inbox_verdict envelope_key(struct envelope *envelope, const struct config *config,
                                       enum inbox_type type, const struct config_key **ret_key,
                                       const char **detail)
{
    *detail = "base64url";
    long size =
        base64url_decode(envelope->part, sizeof envelope->part, envelope->text, envelope->header_size);
    if (size < 0)
        return INBOX_MALFORMED;
    const char *kid = NULL, *alg = NULL;
    json_t *header = json_loadb((const char *)envelope->part, (size_t)size, JSON_REJECT_DUPLICATES, NULL);
    enum inbox_verdict verdict = header_read(header, &kid, &alg, detail);
    if (verdict == INBOX_OK)
        verdict = key_choose(config, type, kid, alg, ret_key, detail);
    json_decref(header);
    return verdict;
}

enum inbox_verdict inbox_check(const struct config *config, enum inbox_type type, const void *bytes,
                               size_t size, struct inbox_message *ret, const char **ret_detail)
{
    struct envelope envelope;
    const struct config_key *key = NULL;
    const char *unwanted = NULL;
    const char **detail = ret_detail ? ret_detail : &unwanted;
    *detail = "size";
    if (size > INBOX_MAX_SIZE)
        return INBOX_TOO_LARGE;
    if (size == 0)
        return INBOX_MALFORMED;
    enum inbox_verdict verdict = envelope_open(&envelope, bytes, size, detail);
    if (verdict == INBOX_OK)
        verdict = envelope_key(&envelope, config, type, &key, detail);
    if (verdict != INBOX_OK)
        return verdict;
    *detail = "signature";
    if (!jws_verify(key, envelope.text, envelope.signed_size, envelope.signature, envelope.signature_size))
        return INBOX_BAD_SIGNATURE;
    const char *claims = envelope.text + envelope.header_size + 1;
    *detail = "base64url";
    long claims_size = base64url_decode(envelope.part, sizeof envelope.part, claims,
                                        envelope.signed_size - envelope.header_size - 1);
    if (claims_size < 0)
        return INBOX_MALFORMED;
    memset(ret, 0, sizeof *ret);
    ret->type = type;
    text_copy(ret->kid, sizeof ret->kid, key->kid);
    verdict = inbox_claims_read(ret, config->kiosk.id, envelope.part, (size_t)claims_size, detail);
    if (verdict == INBOX_OK)
        *detail = "";
    return verdict;
}
