/* Inside common/qr*.c: one reader per profile and what they share. Everything is pure and bounded by
 * QR_TEXT_MAX.
 *
 * Each reader fills *facts as far as it comes; false: problem says what and where.
 */
#ifndef COMMON_QR_PARTS_H
#define COMMON_QR_PARTS_H

#include "common/qr.h"

enum { QR_TEXT_MAX = 1024, QR_AMOUNT_MAX = 13 };

bool qr_sbp_read(const char *text, struct qr_facts *facts, char problem[QR_PROBLEM_SIZE]);
bool qr_erip_read(const char *text, struct qr_facts *facts, char problem[QR_PROBLEM_SIZE]);
bool qr_emv_read(const char *text, struct qr_facts *facts, char problem[QR_PROBLEM_SIZE]);
bool qr_nbu_read(const char *text, struct qr_facts *facts, char problem[QR_PROBLEM_SIZE]);
bool qr_epc_read(const char *text, struct qr_facts *facts, char problem[QR_PROBLEM_SIZE]);
bool qr_gost_read(const char *text, struct qr_facts *facts, char problem[QR_PROBLEM_SIZE]);

/* Writes the problem; always false, so that `return qr_fail(...)` reads well. */
bool qr_fail(char problem[QR_PROBLEM_SIZE], const char *format, ...) __attribute__((format(printf, 2, 3)));

/* CRC-16/CCITT-FALSE: polynomial 0x1021, start 0xFFFF, nothing reflected (EMVCo QR, section 4.7.3; NSPK the
 * same). */
uint16_t qr_crc16(const char *bytes, size_t size);

/* A decimal with at most one '.', at most QR_AMOUNT_MAX characters, into minor units of a currency with
 * `digits` decimals. false: not such a number, or it has a fraction finer than the currency. */
bool qr_amount_read(const char *text, size_t size, int digits, int64_t *ret_minor);

/* Copies size bytes, cut at a character boundary, terminated. */
void qr_span_copy(char *dst, size_t dst_size, const char *src, size_t size);

/* An IBAN's shape (ISO 13616): country, two digits, 11..30 letters or digits. */
bool qr_iban_shaped(const char *text, size_t size);

#endif
