/* Payment QR texts: recognise a profile only to check it; the text itself is opaque and shown unchanged.
 *
 * Pure. Facts and vectors: docs/qr.md. Profiles in order of detection: SBP, ERIP, NBU, EMVCo
 * merchant-presented, EPC-like transfer, GOST R 56042, opaque. Building codes: common/qr_make.h.
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
    bool fee;          /* EMV: something is added to the amount */
    bool dynamic;      /* the code says that it is made for one purchase */
    bool incomplete;   /* EMV: a field that EMVCo requires is missing: an error */
    char account[100]; /* account or order as the code names it, "" if none */
    char merchant[100];
};

enum { QR_PROBLEM_SIZE = 160, QR_TEXT_MAX = 1024 /* bytes */ };

enum qr_verdict { QR_GOOD, QR_WARNING, QR_ERROR };

/* Who hears what stands in a code; either function may be NULL. tag: where ("54", "62-05", "sum", "line 8",
 * "" = the whole text). */
struct qr_listener {
    /* value[size] as it stands there, decoded; may hold anything. meaning: "" = nothing to say. A field that
     * the profile's rules do not name is called "unknown field". */
    void (*field)(void *user, const char *tag, const char *name, const char *value, size_t size,
                  const char *meaning);
    /* What is wrong or doubtful, and what would be right. */
    void (*complaint)(void *user, enum qr_verdict level, const char *tag, const char *text);
    void *user;
};

/* What a code is compared with. */
struct qr_wanted {
    int64_t price;        /* minor units; 0 = any */
    const char *currency; /* NULL = any */
    const char *account;  /* NULL or "" = any */
    bool account_must;    /* another account is an error, not a warning */
    bool product;         /* a fixed product on a machine: say what a payer could do otherwise */
};

/* Reads text (NUL-terminated UTF-8, at most 1024 bytes) field by field and tells all of it. wanted and
 * listener may be NULL. The worst that was found; ERROR: the code is wrong. *ret is filled as far as reading
 * came. Never crashes, never guesses. */
enum qr_verdict qr_explain(const char *text, const struct qr_wanted *wanted, struct qr_facts *ret,
                           const struct qr_listener *listener);

/* The same in short: true: well-formed for its profile (opaque always is); false: problem says what and
 * where. */
bool qr_read(const char *text, struct qr_facts *ret, char problem[QR_PROBLEM_SIZE]);

/* A payer's own code (EMVCo consumer-presented), as a scanner gives it: it may hold card data, so that no
 * message may repeat it. */
bool qr_is_payers(const char *text);

/* The text for a screen: what is not seen, or steers a terminal, as <U+XXXX>; what is no UTF-8 as <XX>. */
void qr_visible(char *ret, size_t ret_size, const char *text, size_t size);

/* For a product: amount or currency in the code differ from the product's: ERROR. Bad checksum or malformed:
 * ERROR. Amount absent or editable, old checksum, or no confirmation possible (EPC, GOST): WARNING. problem
 * says the first of the worst. */
enum qr_verdict qr_check(const char *text, int64_t price, const char *currency,
                         char problem[QR_PROBLEM_SIZE]);

#endif
