/* Inside common/qr*.c: one reader per profile and what they share. Everything is pure and bounded by
 * QR_TEXT_MAX.
 *
 * A reader tells each field as it meets it, complains where something is wrong, and goes on as far as the
 * text can be followed. What it learns stands in reading->facts.
 */
#ifndef COMMON_QR_PARTS_H
#define COMMON_QR_PARTS_H

#include "common/qr.h"

enum { QR_AMOUNT_MAX = 13, QR_TAG_SIZE = 16, QR_MEANING_SIZE = 128 };

struct qr_span {
    const char *at; /* NULL = not there */
    size_t size;
};

struct qr_reading {
    struct qr_facts *facts;
    const struct qr_listener *listener; /* NULL = nobody */
    const char *account;                /* looked for among the values; NULL = none */
    bool account_seen;
    bool judging, judged; /* being compared; and the problem comes from that */
    enum qr_verdict worst;
    char problem[QR_PROBLEM_SIZE]; /* the first of the worst so far */
};

void qr_sbp_read(struct qr_reading *reading, const char *text);
void qr_erip_read(struct qr_reading *reading, const char *text);
void qr_emv_read(struct qr_reading *reading, const char *text);
void qr_nbu_read(struct qr_reading *reading, const char *text);
void qr_epc_read(struct qr_reading *reading, const char *text);
void qr_gost_read(struct qr_reading *reading, const char *text);
/* Nothing of it is checked; warns if it nearly is a code of another profile. */
void qr_opaque_read(struct qr_reading *reading, const char *text);
/* Compares what was read with what is wanted. */
void qr_judge(struct qr_reading *reading, const struct qr_wanted *wanted);

/* ---- qr_parts.c ---- */

void qr_field(struct qr_reading *reading, const char *tag, const char *name, struct qr_span value,
              const char *meaning);
void qr_complain(struct qr_reading *reading, enum qr_verdict level, const char *tag, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* CRC-16/CCITT-FALSE: polynomial 0x1021, start 0xFFFF, nothing reflected (EMVCo QR, section 4.7.3; NSPK the
 * same). */
uint16_t qr_crc16(const char *bytes, size_t size);
/* The last four hex digits of SHA-256, in capitals: ERIP's checksum. */
void qr_sha_digits(char ret[5], const char *bytes, size_t size);

/* A decimal with at most one '.', at most QR_AMOUNT_MAX characters, into minor units of a currency with
 * `digits` decimals. false: not such a number, or it has a fraction finer than the currency. */
bool qr_amount_read(const char *text, size_t size, int digits, int64_t *ret_minor);
/* Why that is none: "" if it is one. */
void qr_amount_wrong(char ret[QR_PROBLEM_SIZE], struct qr_span text, const char *currency);

/* Copies size bytes, cut at a character boundary, terminated. */
void qr_span_copy(char *dst, size_t dst_size, const char *src, size_t size);
bool qr_span_is(struct qr_span span, const char *text);
bool qr_span_starts(struct qr_span span, const char *text);
bool qr_span_digits(struct qr_span span);
/* Characters (code points) of valid UTF-8. */
int qr_span_length(struct qr_span span);
/* Name of a character that does not belong into a code's text: "a line feed", "U+202E, which is not seen"; ""
 * if there is none. */
void qr_span_odd(char ret[48], struct qr_span span);
/* The host of an address ("https://HOST/…", "HOST/…"): what stands before the first of / ? # :. */
struct qr_span qr_host(struct qr_span address);
/* Says if the host may be taken for another: letters that look like Latin ones, in UTF-8 or written as
 * "xn--". */
void qr_host_check(struct qr_reading *reading, const char *tag, struct qr_span host);

/* What is wrong with an IBAN (ISO 13616), "" if nothing is. */
void qr_iban_wrong(char ret[QR_PROBLEM_SIZE], struct qr_span text);

#endif
