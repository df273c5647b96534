/* The claims of one message, after its signature stands. Private to the inbox. */
#ifndef CONTROLLER_INBOX_CLAIMS_H
#define CONTROLLER_INBOX_CLAIMS_H

#include <stddef.h>
#include <stdint.h>
#include "controller/inbox.h"

/* Reads the claims text (not terminated) of a message of ret->type for this kiosk into ret. Unknown members
 * are ignored (RFC 7519 section 4). INBOX_OK, MALFORMED, WRONG_KIOSK, WRONG_TYPE or BAD_CLAIMS; *ret_detail
 * names the culprit. */
enum inbox_verdict inbox_claims_read(struct inbox_message *ret, const char *kiosk_id, const uint8_t *text,
                                     size_t size, const char **ret_detail);

#endif
