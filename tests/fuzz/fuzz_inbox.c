/* libFuzzer target for the inbox. The first byte chooses what the rest is:
 *   'P' 'A' 'C'  bytes as they come from the broker on the topic of a payment, ack or command
 *   'p' 'a' 'c'  claims, signed here with a key that may say them: the only way behind the signature
 *   'h'          a header, over good claims, signed as well
 * Checked besides crashes: raw bytes are accepted only if they are the one good token; what is accepted is
 * within limits.
 */
#include <stdlib.h>

#include "common/text.h"
#include "tests/unit/inbox_tokens.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct tokens tokens;
static char good[TOKEN_SIZE];

static void must(bool fact)
{
    if (!fact)
        abort();
}

static void must_fit(const char *text, size_t size, long most)
{
    size_t length = strnlen(text, size);
    must(length < size && text_utf8_length(text, length) <= most && !text_has_control(text));
}

static void must_be_sound(const struct inbox_message *message)
{
    const struct payment_claims *payment = &message->u.payment;
    must_fit(message->jti, sizeof message->jti, 64);
    must_fit(message->iss, sizeof message->iss, 256);
    must(message->iat >= 0 && message->exp >= 0);
    switch (message->type) {
    case INBOX_PAYMENT:
        must_fit(payment->provider, sizeof payment->provider, 32);
        must_fit(payment->payment_id, sizeof payment->payment_id, 64);
        must_fit(payment->product, sizeof payment->product, 64);
        must_fit(payment->account, sizeof payment->account, 64);
        must(payment->amount > 0 && payment->paid_at >= 0 && strlen(payment->currency) == 3);
        must((payment->product[0] == '\0') != (payment->account[0] == '\0'));
        break;
    case INBOX_ACK:
        must_fit(message->u.ack.payment_id, sizeof message->u.ack.payment_id, 64);
        must(message->u.ack.result > PAYMENT_RESULT_NONE && message->u.ack.result < PAYMENT_RESULT_COUNT);
        break;
    case INBOX_COMMAND:
        must_fit(message->u.command.command, sizeof message->u.command.command, 64);
        must(message->exp > 0 && message->u.command.args[0] == '{' &&
             strnlen(message->u.command.args, INBOX_ARGS_SIZE) < INBOX_ARGS_SIZE);
        break;
    }
}

static void judge_raw(enum inbox_type type, const uint8_t *data, size_t size)
{
    static struct inbox_message message;
    const char *detail = NULL;
    enum inbox_verdict verdict = inbox_check(&tokens.config, type, data, size, &message, &detail);
    must(detail != NULL && (size <= INBOX_MAX_SIZE || verdict == INBOX_TOO_LARGE));
    if (verdict != INBOX_OK)
        return;
    must(type == INBOX_PAYMENT && size == strlen(good) && memcmp(data, good, size) == 0);
    must_be_sound(&message);
}

static void judge_signed(enum inbox_type type, const uint8_t *data, size_t size)
{
    static struct inbox_message message;
    const char *detail = NULL;
    if (size > 7000)
        return;
    /* One key signs here, so it may say everything for the moment. */
    tokens.config.keys[0].use = CONFIG_USE_PAYMENT | CONFIG_USE_ACK | CONFIG_USE_COMMAND;
    size_t length = tokens_sign_bytes(&tokens, TOKENS_HEADER, data, size);
    if (inbox_check(&tokens.config, type, tokens.text, length, &message, &detail) == INBOX_OK)
        must_be_sound(&message);
    tokens.config.keys[0].use = CONFIG_USE_PAYMENT | CONFIG_USE_ACK;
}

static void judge_header(const uint8_t *data, size_t size)
{
    static struct inbox_message message;
    char header[1024];
    if (size >= sizeof header)
        return;
    memcpy(header, data, size);
    header[size] = '\0';
    size_t length = tokens_sign(&tokens, header, TOKENS_PAYMENT);
    if (inbox_check(&tokens.config, INBOX_PAYMENT, tokens.text, length, &message, NULL) == INBOX_OK)
        must(strcmp(message.kid, "psp") == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char raw[] = "PAC", claims[] = "pac";
    if (good[0] == '\0') {
        must(sodium_init() >= 0);
        tokens_open(&tokens);
        must(jws_sign(good, sizeof good, CONFIG_ALG_EDDSA, "psp", tokens.psp_secret, 64, TOKENS_PAYMENT) > 0);
    }
    if (size == 0)
        return 0;
    const char *at = memchr(raw, data[0], 3);
    if (at)
        judge_raw((enum inbox_type)(at - raw), data + 1, size - 1);
    at = memchr(claims, data[0], 3);
    if (at)
        judge_signed((enum inbox_type)(at - claims), data + 1, size - 1);
    if (data[0] == 'h')
        judge_header(data + 1, size - 1);
    return 0;
}
