/* How wide texts are, without a font: what the page is laid out by. The exact measuring is type.c's, which
 * makes a text smaller where another font is wider. */
#include "display/scene_parts.h"

#include <string.h>

/* Hundredths of the size, Roboto Bold. */
static const uint8_t ascii[] = {
    25, 27, 32, 60, 57, 74, 66, 16, 35, 35, 45, 55, 24, 39, 29, 37, 57, 57, 57, 57, 57, 57, 57, 57,
    57, 57, 28, 26, 51, 57, 52, 50, 90, 67, 64, 65, 65, 56, 55, 68, 71, 29, 56, 64, 54, 88, 71, 69,
    65, 69, 64, 61, 62, 66, 65, 88, 64, 62, 61, 28, 42, 28, 44, 45, 33, 54, 56, 52, 56, 54, 36, 57,
    56, 27, 26, 53, 27, 87, 56, 57, 56, 56, 37, 51, 34, 56, 51, 73, 51, 50, 51, 33, 25, 33, 65,
};
static const uint8_t cyrillic[] = {
    67, 63, 64, 56,  75, 56, 100, 62, 70, 70, 65, 71, 88, 71, 69, 71, 65, 65, 62, 63, 82, 64,
    76, 70, 96, 102, 77, 87, 63,  65, 94, 60, 54, 57, 57, 42, 63, 54, 85, 51, 57, 57, 56, 57,
    76, 57, 57, 57,  56, 52, 51,  50, 73, 51, 61, 55, 83, 90, 66, 83, 56, 52, 81, 56,
};
enum {
    ASCII_FIRST = 0x20,
    CYRILLIC_FIRST = 0x410,
    CYRILLIC_I = 0x456,
    MIDDLE_DOT = 0xB7,
    OTHER = 60,
    NARROW = 28,
    HINTED = 24
};

static int32_t letter_width(uint32_t code)
{
    if (code - ASCII_FIRST < sizeof(ascii))
        return ascii[code - ASCII_FIRST];
    if (code - CYRILLIC_FIRST < sizeof(cyrillic))
        return cyrillic[code - CYRILLIC_FIRST];
    return code == CYRILLIC_I || code == CYRILLIC_I + 1 || code == MIDDLE_DOT ? NARROW : OTHER;
}

static uint32_t letter_take(const char **at)
{
    const unsigned char *bytes = (const unsigned char *)*at;
    int more = bytes[0] < 0xC0 ? 0 : bytes[0] < 0xE0 ? 1 : bytes[0] < 0xF0 ? 2 : 3;
    uint32_t code = more == 0 ? bytes[0] : bytes[0] & (0x3Fu >> more);
    for ((*at)++; more > 0 && (**at & 0xC0) == 0x80; more--)
        code = code << 6 | ((unsigned char)*(*at)++ & 0x3Fu);
    return code;
}

/* Width up to the end or to a space where a line may end: "0,5 l" stays together, as in type.c. */
static int32_t chunk_take(const char **at)
{
    int32_t width = 0;
    while (**at) {
        bool digit = **at >= '0' && **at <= '9';
        width += letter_width(letter_take(at));
        if (**at != ' ')
            continue;
        const char *next = *at + 1;
        for (int i = 0; i < 2 && *next && *next != ' '; i++)
            (void)letter_take(&next);
        if (!digit || (*next && *next != ' '))
            break;
    }
    return width;
}

int32_t scene_text_width(const char *text, int32_t size_px)
{
    int64_t width = 0;
    while (*text)
        width += letter_width(letter_take(&text));
    return (int32_t)(width * size_px / 100);
}

int32_t scene_text_lines(const char *text, int32_t size_px, int32_t width)
{
    /* Small letters are drawn a little wider: each has whole pixels. */
    int64_t percent = size_px < HINTED ? 95 : 99;
    int64_t room = size_px > 0 ? (int64_t)width * percent / size_px : 0, used = 0;
    int32_t lines = *text ? 1 : 0;
    while (*text) {
        int32_t space = 0;
        for (; *text == ' '; text++)
            space += ascii[0];
        int32_t chunk = chunk_take(&text);
        if (chunk > room)
            return 0;
        bool turns = used > 0 && used + space + chunk > room;
        lines += turns;
        used = turns ? chunk : used + space + chunk;
    }
    return lines;
}

int32_t scene_text_size_in(const char *text, int32_t most_px, int32_t least_px, struct scene_box box)
{
    enum { LINE_PERCENT = 121 };
    for (int32_t size = most_px; size > least_px; size -= 1 + size / 32) {
        int32_t needed = scene_text_lines(text, size, box.w);
        if (needed > 0 && needed * size * LINE_PERCENT / 100 + 1 <= box.h)
            return size;
    }
    return least_px;
}

int32_t scene_text_size(const char *text, int32_t most_px, int32_t least_px, int32_t width, int32_t lines)
{
    for (int32_t size = most_px; size > least_px; size -= 1 + size / 32) {
        int32_t needed = scene_text_lines(text, size, width);
        if (needed > 0 && needed <= lines)
            return size;
    }
    return least_px;
}
