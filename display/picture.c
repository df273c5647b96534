#include "display/picture.h"

#include <SDL_image.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "common/log.h"
#include "common/text.h"
#include "config/config.h"

struct picture {
    char file[CONFIG_PATH_SIZE];
    int32_t w, h;
    SDL_Surface *surface; /* fitted into w x h; NULL = cannot be read, said once */
};

struct picture_store {
    int32_t count, next;
    struct picture picture[PICTURE_KEPT];
};

/* ---- the head of a file ---- */

static uint32_t number_at(const uint8_t *bytes, int count)
{
    uint32_t value = 0;
    for (int i = 0; i < count; i++)
        value = value << 8 | bytes[i];
    return value;
}

/* PNG (ISO/IEC 15948), 5.2 and 11.2.2: signature, then the chunk IHDR. */
static bool png_measure(const uint8_t *bytes, size_t size, uint32_t *ret_w, uint32_t *ret_h)
{
    static const uint8_t head[] = {0x89, 'P', 'N', 'G', 0x0D, 0x0A, 0x1A, 0x0A,
                                   0,    0,   0,   13,  'I',  'H',  'D',  'R'};
    if (size < 29 || memcmp(bytes, head, sizeof(head)) != 0)
        return false;
    *ret_w = number_at(bytes + 16, 4);
    *ret_h = number_at(bytes + 20, 4);
    return true;
}

/* CRC of ISO/IEC 15948, annex D. */
static uint32_t crc_of(const uint8_t *bytes, size_t size)
{
    static uint32_t table[256];
    for (uint32_t n = 0; n < 256 && table[255] == 0; n++) {
        uint32_t value = n;
        for (int bit = 0; bit < 8; bit++)
            value = value & 1 ? 0xEDB88320u ^ value >> 1 : value >> 1;
        table[n] = value;
    }
    uint32_t crc = 0xFFFFFFFFu;
    for (size_t i = 0; i < size; i++)
        crc = table[(crc ^ bytes[i]) & 0xFF] ^ crc >> 8;
    return ~crc;
}

bool picture_png_whole(const uint8_t *bytes, size_t size)
{
    enum { SIGNATURE = 8, AROUND = 12 }; /* of a chunk: length, type, CRC */
    for (size_t at = SIGNATURE; at + AROUND <= size;) {
        size_t length = number_at(bytes + at, 4);
        if (length > size - at - AROUND ||
            crc_of(bytes + at + 4, length + 4) != number_at(bytes + at + 8 + length, 4))
            return false;
        if (memcmp(bytes + at + 4, "IEND", 4) == 0)
            return true;
        at += AROUND + length;
    }
    return false;
}

/* JPEG (ITU-T T.81), annex B: segments up to the frame header, which has the measures. */
static bool jpeg_measure(const uint8_t *bytes, size_t size, uint32_t *ret_w, uint32_t *ret_h)
{
    if (size < 4 || bytes[0] != 0xFF || bytes[1] != 0xD8)
        return false;
    for (size_t at = 2; at + 9 <= size;) {
        uint8_t marker = bytes[at + 1];
        if (bytes[at] != 0xFF)
            return false;
        if (marker == 0xFF) { /* fill byte */
            at++;
            continue;
        }
        bool frame = marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
        if (frame) {
            *ret_h = number_at(bytes + at + 5, 2);
            *ret_w = number_at(bytes + at + 7, 2);
            return true;
        }
        uint32_t length = number_at(bytes + at + 2, 2);
        if (length < 2 || marker == 0xD9 || marker == 0xDA)
            return false;
        at += 2 + length;
    }
    return false;
}

enum picture_format picture_measure(const uint8_t *bytes, size_t size, int32_t *ret_w, int32_t *ret_h)
{
    uint32_t w = 0, h = 0;
    bool png = png_measure(bytes, size, &w, &h);
    if (!png && !jpeg_measure(bytes, size, &w, &h))
        return PICTURE_NONE;
    if (w < 1 || h < 1 || w > PICTURE_MAX_SIDE || h > PICTURE_MAX_SIDE || w * h > PICTURE_MAX_PIXELS)
        return PICTURE_NONE;
    *ret_w = (int32_t)w;
    *ret_h = (int32_t)h;
    return png ? PICTURE_PNG : PICTURE_JPEG;
}

/* ---- the whole file ---- */

/* The bytes of a regular file within the limit, to be freed; NULL and why. Never waits: a pipe is refused. */
static uint8_t *file_read(const char *file, size_t *ret_size, const char **ret_why)
{
    struct stat facts;
    uint8_t *bytes = NULL;
    int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    *ret_why = "not a file";
    if (fd < 0) {
        *ret_why = strerror(errno);
        return NULL;
    }
    if (fstat(fd, &facts) == 0 && S_ISREG(facts.st_mode)) {
        *ret_why = facts.st_size > PICTURE_MAX_BYTES ? "larger than 4 MB" : "it is empty or changes";
        if (facts.st_size > 0 && facts.st_size <= PICTURE_MAX_BYTES)
            bytes = malloc((size_t)facts.st_size);
    }
    if (bytes) {
        size_t size = (size_t)facts.st_size, got = 0;
        ssize_t n;
        while (got < size && (n = read(fd, bytes + got, size - got)) > 0)
            got += (size_t)n;
        *ret_size = got;
        if (got < size) {
            free(bytes);
            bytes = NULL;
        }
    }
    close(fd);
    return bytes;
}

/* Halves first, so that no pixel of a large picture is skipped. Takes the source. */
static SDL_Surface *surface_scale(SDL_Surface *source, int w, int h)
{
    while (source && (source->w != w || source->h != h)) {
        int next_w = source->w > 2 * w ? source->w / 2 : w, next_h = source->h > 2 * h ? source->h / 2 : h;
        SDL_Surface *smaller =
            SDL_CreateRGBSurfaceWithFormat(0, next_w, next_h, 32, SDL_PIXELFORMAT_ARGB8888);
        if (smaller && SDL_SoftStretchLinear(source, NULL, smaller, NULL) != 0) {
            SDL_FreeSurface(smaller);
            smaller = NULL;
        }
        SDL_FreeSurface(source);
        source = smaller;
    }
    return source;
}

/* Colours weighted with what they cover, so that a transparent ground does not shine through when pixels are
 * mixed; undone after the scaling. */
static void surface_weigh(SDL_Surface *surface, bool undo)
{
    for (int y = 0; y < surface->h; y++) {
        uint8_t *row = (uint8_t *)surface->pixels + (size_t)y * (size_t)surface->pitch;
        for (int x = 0; x < surface->w; x++) {
            uint32_t pixel, mixed;
            memcpy(&pixel, row + (size_t)x * 4, sizeof(pixel));
            uint32_t alpha = pixel >> 24;
            mixed = alpha << 24;
            for (int shift = 0; shift <= 16; shift += 8) {
                uint32_t value = pixel >> shift & 0xFF;
                uint32_t other = undo ? (alpha ? value * 255 / alpha : 0) : value * alpha / 255;
                mixed |= (other > 255 ? 255 : other) << shift;
            }
            memcpy(row + (size_t)x * 4, &mixed, sizeof(mixed));
        }
    }
}

static SDL_Surface *surface_decode(const uint8_t *bytes, size_t size, const char **ret_why)
{
    int32_t w, h;
    enum picture_format format = picture_measure(bytes, size, &w, &h);
    *ret_why = "neither PNG nor JPEG, or more than 4096 pixels a side or 8 million in all";
    if (format == PICTURE_NONE)
        return NULL;
    *ret_why = "damaged or cut off";
    if (format == PICTURE_PNG && !picture_png_whole(bytes, size))
        return NULL;
    SDL_RWops *stream = SDL_RWFromConstMem(bytes, (int)size);
    SDL_Surface *raw = !stream                 ? NULL
                       : format == PICTURE_PNG ? IMG_LoadPNG_RW(stream)
                                               : IMG_LoadJPG_RW(stream);
    if (stream)
        (void)SDL_RWclose(stream);
    if (!raw || raw->w != w || raw->h != h) {
        SDL_FreeSurface(raw);
        return NULL;
    }
    SDL_Surface *surface = SDL_ConvertSurfaceFormat(raw, SDL_PIXELFORMAT_ARGB8888, 0);
    SDL_FreeSurface(raw);
    return surface;
}

static SDL_Surface *picture_load(const char *file, int32_t w, int32_t h)
{
    const char *why;
    size_t size = 0;
    uint8_t *bytes = file_read(file, &size, &why);
    SDL_Surface *source = bytes ? surface_decode(bytes, size, &why) : NULL;
    free(bytes);
    if (!source) {
        log_warning("picture %s is not shown: %s", file, why);
        return NULL;
    }
    int64_t by_w = (int64_t)source->h * w / source->w, by_h = (int64_t)source->w * h / source->h;
    int fit_w = by_w <= h ? w : (int)by_h, fit_h = by_w <= h ? (int)by_w : h;
    surface_weigh(source, false);
    SDL_Surface *fitted = surface_scale(source, fit_w > 0 ? fit_w : 1, fit_h > 0 ? fit_h : 1);
    if (fitted)
        surface_weigh(fitted, true);
    return fitted;
}

/* ---- what was read ---- */

struct picture_store *picture_open(void)
{
    (void)IMG_Init(IMG_INIT_PNG | IMG_INIT_JPG);
    return calloc(1, sizeof(struct picture_store));
}

void picture_close(struct picture_store *store)
{
    for (int32_t i = 0; store && i < store->count; i++)
        SDL_FreeSurface(store->picture[i].surface);
    free(store);
    IMG_Quit();
}

SDL_Surface *picture_get(struct picture_store *store, const char *file, int32_t w, int32_t h)
{
    for (int32_t i = 0; i < store->count; i++) {
        struct picture *picture = &store->picture[i];
        bool same = strcmp(picture->file, file) == 0;
        if (same && ((picture->w == w && picture->h == h) || !picture->surface))
            return picture->surface;
    }
    struct picture *picture = &store->picture[store->next];
    store->next = (store->next + 1) % PICTURE_KEPT;
    if (store->count < PICTURE_KEPT)
        store->count++;
    SDL_FreeSurface(picture->surface);
    *picture = (struct picture){.w = w, .h = h, .surface = picture_load(file, w, h)};
    (void)text_copy(picture->file, sizeof(picture->file), file);
    return picture->surface;
}
