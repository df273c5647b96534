#include "common/shot.h"

#include <jansson.h>
#include "common/text.h"

size_t shot_encode(char *ret, size_t size, const struct shot *shot)
{
    size_t used = 0;
    ret[0] = '\0';
    (void)text_append(ret, size, &used, "{\"shot\":%llu,\"bytes\":%lld}", (unsigned long long)shot->number,
                      (long long)shot->bytes);
    return used;
}

bool shot_decode(struct shot *ret, const char *text, size_t length)
{
    if (length > SHOT_TEXT_BYTES)
        return false;
    json_int_t number, bytes;
    json_t *root = json_loadb(text, length, JSON_REJECT_DUPLICATES, NULL);
    bool good =
        root && json_unpack_ex(root, NULL, JSON_STRICT, "{s:I, s:I}", "shot", &number, "bytes", &bytes) == 0;
    json_decref(root);
    if (!good || number < 1 || bytes < 0 || bytes > SHOT_MAX_BYTES)
        return false;
    *ret = (struct shot){(uint64_t)number, bytes};
    return true;
}
