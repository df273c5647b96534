/* Payment QR texts: recognise a profile only to check it; the text itself is opaque and shown unchanged.
 *
 * Pure. Facts and vectors: docs/qr.md. Profiles in order of detection: SBP, ERIP, NBU, EMVCo
 * merchant-presented, EPC-like transfer, GOST R 56042, opaque.
 */
#ifndef COMMON_QR_H
#define COMMON_QR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum qr_profile { QR_OPAQUE, QR_SBP, QR_ERIP, QR_NBU, QR_EMV, QR_EPC, QR_GOST, QR_PROFILE_COUNT };
const char *qr_profile_name(enum qr_profile profile);

struct qr_facts {
    enum qr_profile profile;
    bool has_sum; /* a checksum is present */
    bool sum_good;
    bool sum_old;      /* ERIP code with the older CRC-16: good, with a warning */
    bool has_amount;   /* a fixed amount is in the code ("0.00" counts as none for ERIP) */
    int64_t amount;    /* minor units of the currency */
    char currency[4];  /* ISO 4217 letters, "" if the code names none */
    bool editable;     /* the payer may change the amount */
    bool incomplete;   /* EMV: a field that EMVCo requires is missing; read, with a warning */
    char account[100]; /* account or order as the code names it, "" if none */
    char merchant[100];
};

enum { QR_PROBLEM_SIZE = 160 };

/* Reads text (NUL-terminated UTF-8, at most 1024 bytes). true: well-formed for its profile (opaque always
 * is); false: problem says what and where. ret is filled as far as reading came. Never crashes, never
 * guesses. */
bool qr_read(const char *text, struct qr_facts *ret, char problem[QR_PROBLEM_SIZE]);

enum qr_verdict { QR_GOOD, QR_WARNING, QR_ERROR };
/* For the configuration: amount or currency in the code differ from the product's: ERROR. Bad checksum or
 * malformed: ERROR. Amount absent or editable, old checksum, or no confirmation possible (EPC, GOST):
 * WARNING. problem says which. */
enum qr_verdict qr_check(const char *text, int64_t price, const char *currency,
                         char problem[QR_PROBLEM_SIZE]);

#endif
