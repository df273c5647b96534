#include "controller/pay/session.h"

#include <string.h>

#include "common/clock.h"
#include "controller/pay/claims.h"
#include "controller/pay/timeline.h"

enum { ACK_PUBLISH_MS = 15000 };

bool pay_session_open(struct pay_session *ret, struct pay_options *options, bool wants_key)
{
    memset(ret, 0, sizeof *ret);
    ret->options = options;
    if (wants_key && !pay_key_read(&ret->key, options->key_file))
        return false;
    ret->broker = pay_broker_open(options);
    if (!ret->broker)
        pay_key_wipe(&ret->key);
    return ret->broker != NULL;
}

void pay_session_check_use(const struct pay_session *session, uint32_t use)
{
    const struct config *config = session->options->config;
    const struct config_key *ours = &session->key.half, *known = NULL;
    for (int32_t i = 0; config && i < config->key_count && !known; i++)
        if (strcmp(config->keys[i].kid, ours->kid) == 0)
            known = &config->keys[i];
    if (!config)
        return;
    const char *what = use == CONFIG_USE_COMMAND ? "command" : use == CONFIG_USE_ACK ? "ack" : "payment";
    if (!known)
        pay_complain("warning: %s knows no key \"%s\"; the kiosk will drop this without an answer",
                     session->options->config_file, ours->kid);
    else if (known->alg != ours->alg ||
             (known->alg == CONFIG_ALG_EDDSA && memcmp(known->secret, ours->secret, ours->secret_size) != 0))
        pay_complain("warning: key \"%s\" is another one in %s; the kiosk will drop this without an answer",
                     ours->kid, session->options->config_file);
    else if ((known->use & use) == 0)
        pay_complain(
            "warning: key \"%s\" is not for \"%s\" in %s; the kiosk will drop this without an answer",
            ours->kid, what, session->options->config_file);
}

bool pay_session_acknowledge(struct pay_session *session, const json_t *outcome)
{
    char token[PAY_TOKEN_SIZE];
    const char *provider = json_string_value(json_object_get(outcome, "provider"));
    const char *id = json_string_value(json_object_get(outcome, "payment_id"));
    const char *result = json_string_value(json_object_get(outcome, "result"));
    if (!provider || !id || !result)
        return false;
    long length = pay_claims_sign(token, &session->key,
                                  pay_claims_ack(session->options, provider, id, result, clock_wall_s()));
    if (length < 0 ||
        !pay_broker_publish(session->broker, "in/ack", token, (size_t)length, false, 0, ACK_PUBLISH_MS))
        return false;
    pay_timeline_own(session->options->json, "ack", "%s %s: %s", provider, id, result);
    return true;
}

void pay_session_close(struct pay_session *session)
{
    pay_broker_close(session->broker);
    pay_key_wipe(&session->key);
}
