#include "display/qr_symbol.h"

#include <qrencode.h>

static bool encode(struct qr_symbol *ret, const char *text, QRecLevel level)
{
    /* encodeString8bit, never encodeString: that one may change letters or choose other modes. */
    QRcode *code = QRcode_encodeString8bit(text, 0, level);
    if (!code)
        return false;
    ret->side = code->width;
    for (int y = 0; y < code->width; y++)
        for (int x = 0; x < code->width; x++)
            ret->dark[y][x] =
                code->data[y * code->width + x] & 1; /* the other bits say what kind of module it is */
    QRcode_free(code);
    return true;
}

bool qr_symbol_encode(struct qr_symbol *ret, const char *text)
{
    return encode(ret, text, QR_ECLEVEL_M);
}

bool qr_symbol_encode_paper(struct qr_symbol *ret, const char *text)
{
    return encode(ret, text, QR_ECLEVEL_Q);
}
