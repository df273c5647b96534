/* Sums for the texts of the tests of payment codes. */
#ifndef TESTS_UNIT_QR_SUMS_H
#define TESTS_UNIT_QR_SUMS_H

#include <stdio.h>
#include <string.h>
#include "common/qr_parts.h"

/* Puts the right CRC behind a TLV text. */
static const char *summed(const char *tlv)
{
    static char whole[1024];
    int length = snprintf(whole, sizeof(whole), "%s6304", tlv);
    (void)snprintf(whole + length, sizeof(whole) - (size_t)length, "%04X",
                   (unsigned)qr_crc16(whole, (size_t)length));
    return whole;
}

#endif
