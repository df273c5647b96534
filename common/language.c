#include "common/language.h"

#include <stddef.h>
#include <string.h>

bool language_shipped(const char *code)
{
    static const char *const codes[] = {"be", "ru", "uk", "en", "pl", "lt"};
    for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
        if (strcmp(codes[i], code) == 0)
            return true;
    return false;
}
