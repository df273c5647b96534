#include "controller/inbox_claims.h"

#include <string.h>
#include <jansson.h>

#include "common/text.h"
#include "controller/command_record.h"

enum {
    INBOX_ISS_BYTES = 256,
    INBOX_PROVIDER_CHARS = 32,
    INBOX_ID_CHARS = 64,
    INBOX_COMMAND_BYTES = INBOX_COMMAND_SIZE - 1
};

#define INBOX_MAX_AMOUNT INT64_C(1000000000000)
/* End of the year 9999. A time in milliseconds is beyond it and so is named instead of believed. */
#define INBOX_MAX_TIME INT64_C(253402300799)

/* A member with limits. The claims object owns every string looked at. */
static bool read_text(json_t *claims, const char *name, char *ret, size_t size, long most_characters)
{
    json_t *value = json_object_get(claims, name);
    if (!json_is_string(value))
        return false;
    const char *text = json_string_value(value);
    size_t bytes = json_string_length(value);
    if (bytes == 0 || bytes >= size || text_has_control(text))
        return false;
    if (text_utf8_length(text, bytes) > most_characters)
        return false;
    return text_copy(ret, size, text);
}

static bool read_integer(json_t *claims, const char *name, int64_t least, int64_t most, int64_t *ret)
{
    json_t *value = json_object_get(claims, name);
    if (!json_is_integer(value)) /* 250.0 is a real and no amount */
        return false;
    int64_t number = (int64_t)json_integer_value(value);
    if (number < least || number > most)
        return false;
    *ret = number;
    return true;
}

/* RFC 7519 section 4.1.3: one string or an array of them. */
static enum inbox_verdict check_audience(json_t *claims, const char *kiosk_id)
{
    json_t *audience = json_object_get(claims, "aud");
    if (json_is_string(audience))
        return strcmp(json_string_value(audience), kiosk_id) == 0 ? INBOX_OK : INBOX_WRONG_KIOSK;
    enum inbox_verdict verdict = INBOX_WRONG_KIOSK;
    size_t index;
    json_t *entry;
    json_array_foreach(audience, index, entry)
    {
        if (!json_is_string(entry))
            return INBOX_BAD_CLAIMS;
        if (strcmp(json_string_value(entry), kiosk_id) == 0)
            verdict = INBOX_OK;
    }
    return verdict;
}

static enum inbox_verdict check_type(json_t *claims, enum inbox_type type)
{
    static const char *const names[] = {
        [INBOX_PAYMENT] = "payment", [INBOX_ACK] = "ack", [INBOX_COMMAND] = "command"};
    const char *name = json_string_value(json_object_get(claims, "type"));
    return name && strcmp(name, names[type]) == 0 ? INBOX_OK : INBOX_WRONG_TYPE;
}

/* Every reader below returns the name of the claim that is wrong, NULL if all are good. */
static const char *read_common(struct inbox_message *ret, json_t *claims)
{
    if (!read_text(claims, "iss", ret->iss, sizeof ret->iss, INBOX_ISS_BYTES))
        return "iss";
    if (!read_text(claims, "jti", ret->jti, sizeof ret->jti, INBOX_ID_CHARS))
        return "jti";
    if (ret->type == INBOX_COMMAND && command_is_local(ret->jti)) /* the control socket's own */
        return "jti";
    if (!read_integer(claims, "iat", 0, INBOX_MAX_TIME, &ret->iat))
        return "iat";
    /* 0 stands for "not given" inside, so as a value it is refused. */
    bool wanted = ret->type == INBOX_COMMAND || json_object_get(claims, "exp");
    if (wanted && !read_integer(claims, "exp", 1, INBOX_MAX_TIME, &ret->exp))
        return "exp";
    return NULL;
}

static bool read_currency(json_t *claims, char ret[4])
{
    if (!read_text(claims, "currency", ret, 4, 3) || strlen(ret) != 3)
        return false;
    for (int i = 0; i < 3; i++)
        if (ret[i] < 'A' || ret[i] > 'Z')
            return false;
    return true;
}

/* 64 characters may be more bytes than a product's id can have. Such a product cannot exist here, yet the
 * payment is genuine and must be refused with a refund: it keeps its beginning and an ellipsis, which no id
 * contains. */
static bool read_product(json_t *claims, char ret[PAYMENT_PRODUCT_SIZE])
{
    static const char ellipsis[] = "\xE2\x80\xA6";
    char text[PAYMENT_ACCOUNT_SIZE];
    if (!read_text(claims, "product", text, sizeof text, INBOX_ID_CHARS))
        return false;
    if (!text_copy(ret, PAYMENT_PRODUCT_SIZE, text)) {
        (void)text_copy(ret, PAYMENT_PRODUCT_SIZE - (sizeof ellipsis - 1), text);
        memcpy(ret + strlen(ret), ellipsis, sizeof ellipsis);
    }
    return true;
}

static const char *read_payment(struct payment_claims *ret, json_t *claims)
{
    if (!read_text(claims, "provider", ret->provider, sizeof ret->provider, INBOX_PROVIDER_CHARS))
        return "provider";
    if (!read_text(claims, "payment_id", ret->payment_id, sizeof ret->payment_id, INBOX_ID_CHARS))
        return "payment_id";
    const char *status = json_string_value(json_object_get(claims, "status"));
    if (!status || strcmp(status, "paid") != 0)
        return "status";
    if (!read_integer(claims, "amount", 1, INBOX_MAX_AMOUNT, &ret->amount))
        return "amount";
    if (!read_currency(claims, ret->currency))
        return "currency";
    if (!read_integer(claims, "paid_at", 0, INBOX_MAX_TIME, &ret->paid_at))
        return "paid_at";
    bool product = json_object_get(claims, "product"), account = json_object_get(claims, "account");
    if (product == account)
        return product ? "product_and_account" : "product_or_account";
    if (product && !read_product(claims, ret->product))
        return "product";
    if (account && !read_text(claims, "account", ret->account, sizeof ret->account, INBOX_ID_CHARS))
        return "account";
    json_t *test = json_object_get(claims, "test");
    if (test && !json_is_boolean(test))
        return "test";
    ret->test = json_is_true(test);
    return NULL;
}

static const char *read_ack(struct inbox_ack *ret, json_t *claims)
{
    if (!read_text(claims, "provider", ret->provider, sizeof ret->provider, INBOX_PROVIDER_CHARS))
        return "provider";
    if (!read_text(claims, "payment_id", ret->payment_id, sizeof ret->payment_id, INBOX_ID_CHARS))
        return "payment_id";
    const char *result = json_string_value(json_object_get(claims, "result"));
    for (int i = PAYMENT_RESULT_NONE + 1; result && i < PAYMENT_RESULT_COUNT; i++) {
        if (strcmp(result, payment_result_name((enum payment_result)i)) == 0) {
            ret->result = (enum payment_result)i;
            return NULL;
        }
    }
    return "result";
}

static const char *read_command(struct inbox_command *ret, json_t *claims)
{
    if (!read_text(claims, "command", ret->command, sizeof ret->command, INBOX_COMMAND_BYTES))
        return "command";
    json_t *args = json_object_get(claims, "args");
    if (!args) {
        (void)text_copy(ret->args, sizeof ret->args, "{}");
        return NULL;
    }
    if (!json_is_object(args))
        return "args";
    /* Numbers may come out longer than they were written: what does not fit is not cut but refused. */
    size_t length = json_dumpb(args, ret->args, sizeof ret->args - 1, JSON_COMPACT);
    if (length == 0 || length > sizeof ret->args - 1)
        return "args";
    ret->args[length] = '\0';
    return NULL;
}

static const char *read_fields(struct inbox_message *ret, json_t *claims)
{
    const char *wrong = read_common(ret, claims);
    if (wrong)
        return wrong;
    switch (ret->type) {
    case INBOX_PAYMENT:
        return read_payment(&ret->u.payment, claims);
    case INBOX_ACK:
        return read_ack(&ret->u.ack, claims);
    case INBOX_COMMAND:
        return read_command(&ret->u.command, claims);
    }
    return "type";
}

enum inbox_verdict inbox_claims_read(struct inbox_message *ret, const char *kiosk_id, const uint8_t *text,
                                     size_t size, const char **ret_detail)
{
    *ret_detail = "claims";
    json_t *claims = json_loadb((const char *)text, size, JSON_REJECT_DUPLICATES, NULL);
    if (!json_is_object(claims)) {
        json_decref(claims);
        return INBOX_MALFORMED;
    }
    *ret_detail = "aud";
    enum inbox_verdict verdict = check_audience(claims, kiosk_id);
    if (verdict == INBOX_OK) {
        *ret_detail = "type";
        verdict = check_type(claims, ret->type);
    }
    if (verdict == INBOX_OK) {
        const char *wrong = read_fields(ret, claims);
        verdict = wrong ? INBOX_BAD_CLAIMS : INBOX_OK;
        *ret_detail = wrong;
    }
    json_decref(claims);
    if (verdict == INBOX_OK && ret->type == INBOX_PAYMENT)
        ret->u.payment.exp = ret->exp;
    return verdict;
}
