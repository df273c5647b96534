/* A key and a broker together: what most commands begin with. */
#ifndef CONTROLLER_PAY_SESSION_H
#define CONTROLLER_PAY_SESSION_H

#include <jansson.h>
#include "controller/pay/broker.h"
#include "controller/pay/keys.h"

struct pay_session {
    struct pay_options *options;
    struct pay_key key;
    struct pay_broker *broker;
};

/* Reads the key if one is wanted, connects. false: a sentence stands on stderr and nothing is open. */
bool pay_session_open(struct pay_session *ret, struct pay_options *options, bool wants_key);
/* With -c: warns if the kiosk will drop what this key signs, because it does not know it or not for this use.
 */
void pay_session_check_use(const struct pay_session *session, uint32_t use);
/* Signs and publishes the ack of an outcome; prints a timeline line. False if it could not be sent. */
bool pay_session_acknowledge(struct pay_session *session, const json_t *outcome);
void pay_session_close(struct pay_session *session);

#endif
