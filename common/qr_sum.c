/* The checksum of EMVCo's TLV and of ERIP's: right, or wrong and most likely why. */
#include "common/qr_tlv.h"

#include <stdio.h>
#include <string.h>

static void crc_digits(char ret[5], const char *bytes, size_t size)
{
    (void)snprintf(ret, 5, "%04X", (unsigned)qr_crc16(bytes, size));
}

static bool same(const char *digits, struct qr_span sum)
{
    return memcmp(digits, sum.at, 4) == 0;
}

static bool same_in_small(const char *digits, struct qr_span sum)
{
    return strncasecmp(digits, sum.at, 4) == 0;
}

/* Mistakes that makers of codes are known for; NULL: none of them. */
static const char *mistake(const struct qr_tlv *tlv, const char *right, const char *encoded)
{
    const struct qr_span sum = tlv->top.item[63];
    size_t before = tlv->text.size - 8;
    char digits[5];
    if (same_in_small(right, sum))
        return "its letters must be capitals";
    crc_digits(digits, tlv->text.at, before);
    if (same_in_small(digits, sum))
        return "it is the CRC without \"6304\", which belongs to it";
    qr_sha_digits(digits, tlv->text.at, tlv->erip ? before + 4 : before);
    if (same_in_small(digits, sum))
        return tlv->erip ? "it was taken over \"6304\", too" : "it is ERIP's sum, and this is no ERIP code";
    if (!encoded)
        return NULL;
    size_t written = strlen(encoded);
    if (written > 8 && written != tlv->text.size) {
        qr_sha_digits(digits, encoded, written - 8);
        if (same_in_small(digits, sum))
            return "it was taken before percent-decoding";
    }
    return NULL;
}

void qr_sum_meaning(char ret[QR_MEANING_SIZE], const struct qr_tlv *tlv, struct qr_span sum)
{
    char crc[5], sha[5];
    size_t before = (size_t)(sum.at - tlv->text.at);
    ret[0] = '\0';
    if (sum.size != 4)
        return;
    crc_digits(crc, tlv->text.at, before);
    qr_sha_digits(sha, tlv->text.at, before - 4);
    if (tlv->erip && same(sha, sum))
        (void)snprintf(ret, QR_MEANING_SIZE, "right, by SHA-256");
    else if (same(crc, sum))
        (void)snprintf(ret, QR_MEANING_SIZE, "right, by CRC-16");
}

void qr_sum_check(struct qr_tlv *tlv, const char *encoded)
{
    struct qr_facts *facts = tlv->reading->facts;
    const struct qr_span sum = tlv->top.item[63];
    char crc[5], right[5], shown[8];
    crc_digits(crc, tlv->text.at, tlv->text.size - 4);
    qr_sha_digits(right, tlv->text.at, tlv->text.size - 8);
    if (!tlv->erip)
        memcpy(right, crc, sizeof(right));
    facts->sum_old = tlv->erip && !same(right, sum) && same(crc, sum);
    facts->sum_good = facts->sum_old || same(right, sum);
    if (facts->sum_old)
        qr_complain(tlv->reading, QR_WARNING, "63",
                    "an older ERIP code with CRC-16: ask for a new one with SHA-256 (%s)", right);
    if (facts->sum_good)
        return;
    const char *why = mistake(tlv, right, encoded);
    qr_span_copy(shown, sizeof(shown), sum.at, sum.size);
    if (why)
        qr_complain(tlv->reading, QR_ERROR, "63", "the checksum does not fit: it is %s, must be %s; %s",
                    shown, right, why);
    else
        qr_complain(
            tlv->reading, QR_ERROR, "63",
            "the checksum does not fit: it is %s, the text gives %s, so a character was lost or changed; "
            "paste the code as it was issued",
            shown, right);
}
