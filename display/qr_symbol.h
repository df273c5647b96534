/* QR symbols by libqrencode: byte mode, the text unchanged. */
#ifndef DISPLAY_QR_SYMBOL_H
#define DISPLAY_QR_SYMBOL_H

#include <stdbool.h>
#include <stdint.h>

enum { QR_SYMBOL_MAX_SIDE = 177 }; /* version 40 */

struct qr_symbol {
    int32_t side;                                         /* modules, without quiet zone */
    uint8_t dark[QR_SYMBOL_MAX_SIDE][QR_SYMBOL_MAX_SIDE]; /* [y][x] */
};

/* Encodes text (UTF-8, not empty) for a screen: error correction M. false: too long or no memory; *ret
 * untouched. */
bool qr_symbol_encode(struct qr_symbol *ret, const char *text);
/* The same for paper, which gets scratched and dirty: error correction Q, a quarter of the symbol may be
 * lost. */
bool qr_symbol_encode_paper(struct qr_symbol *ret, const char *text);

#endif
