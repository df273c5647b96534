/* Builds payment codes from fields, with the right lengths and sums. Pure.
 *
 * A field is named by the tag under which it stands when the code is read ("59", "26-01", "number", "line
 * 6"); the well-known ones have a name, too, which is the key in the configuration and the option of
 * kioskctl.
 */
#ifndef COMMON_QR_MAKE_H
#define COMMON_QR_MAKE_H

#include "common/qr.h"

/* KEY(profile, constant, name, tag, required, default, meaning). A product's account is the default of
 * account and reference in the configuration. */
#define QR_KEYS_EMV(KEY)                                                                                     \
    KEY(EMV, GUID, "guid", "26-00", true, "", "whose account it is: a reversed domain name, AID or UUID")    \
    KEY(EMV, MCC, "mcc", "52", false, "0000", "merchant category code of ISO 18245, 4 digits")               \
    KEY(EMV, COUNTRY, "country", "58", true, "", "two capital letters of ISO 3166, like \"BY\"")             \
    KEY(EMV, NAME, "name", "59", true, "", "the merchant's name, at most 25 characters")                     \
    KEY(EMV, CITY, "city", "60", true, "", "the merchant's city, at most 15 characters")                     \
    KEY(EMV, POSTAL, "postal", "61", false, "", "postal code, at most 10 characters")                        \
    KEY(EMV, BILL, "bill", "62-01", false, "", "bill number, at most 25 characters")                         \
    KEY(EMV, STORE, "store", "62-03", false, "", "store, at most 25 characters")                             \
    KEY(EMV, REFERENCE, "reference", "62-05", false, "", "reference, at most 25 characters")                 \
    KEY(EMV, TERMINAL, "terminal", "62-07", false, "", "terminal, at most 25 characters")                    \
    KEY(EMV, PURPOSE, "purpose", "62-08", false, "", "purpose, at most 25 characters")
#define QR_KEYS_ERIP(KEY)                                                                                    \
    KEY(ERIP, SERVICE, "service", "32-01", true, "", "service code in ERIP, 3 to 7 digits")                  \
    KEY(ERIP, ACCOUNT, "account", "32-10", false, "", "account or order in that service")                    \
    KEY(ERIP, MCC, "mcc", "52", false, "", "merchant category code of ISO 18245, 4 digits")                  \
    KEY(ERIP, COUNTRY, "country", "58", false, "BY", "two capital letters of ISO 3166")                      \
    KEY(ERIP, NAME, "name", "59", false, "", "the merchant's name, at most 25 characters")                   \
    KEY(ERIP, CITY, "city", "60", false, "", "the merchant's city, at most 15 characters")                   \
    KEY(ERIP, URL, "url", "url", false, "https://pay.raschet.by/", "address before the '#'; \"\" = none")
#define QR_KEYS_SBP(KEY)                                                                                     \
    KEY(SBP, NUMBER, "number", "number", true, "", "the code's number, as SBP gave it")                      \
    KEY(SBP, BANK, "bank", "bank", true, "", "the receiver's bank at SBP, digits")                           \
    KEY(SBP, TYPE, "type", "type", false, "01", "01 static, 02 dynamic")
#define QR_KEYS_NBU(KEY)                                                                                     \
    KEY(NBU, NAME, "name", "line 6", true, "", "the receiver's name")                                        \
    KEY(NBU, IBAN, "iban", "line 7", true, "", "the receiver's IBAN, UA and 27 digits")                      \
    KEY(NBU, CODE, "code", "line 9", false, "", "the receiver's code (of a company or a person)")            \
    KEY(NBU, PURPOSE, "purpose", "line 12", false, "", "what the payment is for")

enum qr_make_name {
#define KEY(profile, constant, ...) QR_MAKE_##profile##_##constant,
    QR_KEYS_EMV(KEY) QR_KEYS_ERIP(KEY) QR_KEYS_SBP(KEY) QR_KEYS_NBU(KEY)
#undef KEY
        QR_MAKE_NAME_COUNT
};

struct qr_make_key {
    enum qr_profile profile;
    const char *name, *tag;
    bool required;
    const char *preset, *meaning; /* preset: "" = left out */
};
extern const struct qr_make_key qr_make_keys[QR_MAKE_NAME_COUNT];
/* Codes of these profiles can be built. */
bool qr_make_profile(const char *name, enum qr_profile *ret);

enum { QR_MAKE_VALUES = 48 };
struct qr_recipe {
    enum qr_profile profile;
    int64_t price;        /* minor units; 0 = none: the payer types it in */
    const char *currency; /* ISO 4217 letters */
    bool editable;        /* ERIP: the payer may change the amount */
    int count;
    struct qr_value {
        const char *tag, *value;
    } value[QR_MAKE_VALUES]; /* as given; defaults are added by the maker */
};

/* index: the value at fault, -1 = the price, the currency, or what is missing. */
typedef void qr_make_fault(void *user, int index, const char *text);

/* Writes the code into ret[1025]. false: each fault was told, ret is "". What it builds is read without an
 * error. */
bool qr_make(char *ret, const struct qr_recipe *recipe, qr_make_fault *fault, void *user);
/* The same code for another price; text: what qr_make built. false: it is not of that kind. */
bool qr_make_price(char *ret, const char *text, int64_t price, const char *currency);

#endif
