/* What is written down about an order before it is carried out: the command table's `claims`.
 *
 * {"passage":true,"command":"barrier.open","iss":…,"kid":…,"args":{…}} for one that came signed over MQTT;
 * {"command":"refill","uid":…,"gid":…,"pid":…,"args":{…}} for one of the control socket. `passage` stands
 * first and only in orders that let somebody through without a payment: the store finds them by that
 * beginning (STORE_PASSAGE_MARK).
 */
#ifndef CONTROLLER_COMMAND_RECORD_H
#define CONTROLLER_COMMAND_RECORD_H

#include <jansson.h>
#include <stdbool.h>
#include "config/config.h"

/* Orders of the control socket have a jti of our own. Signed ones may not begin with it. */
#define COMMAND_LOCAL_JTI "local:"

/* A new object; args is borrowed and copied. The caller adds who gave it. */
json_t *command_record(const struct config *config, const char *command, const json_t *args);
bool command_is_local(const char *jti);

#endif
