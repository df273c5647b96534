/* A built code for another price: its own fields, read and built again. */
#include <stdio.h>
#include <string.h>
#include "common/qr_making.h"
#include "common/text.h"

struct copy {
    struct qr_recipe recipe;
    char pool[2 * QR_TEXT_MAX];
    size_t used;
    bool full;
};

static const char *keep(struct copy *copy, const char *text, size_t size)
{
    char *at = copy->pool + copy->used;
    if (size >= sizeof(copy->pool) - copy->used) {
        copy->full = true;
        return "";
    }
    memcpy(at, text, size);
    at[size] = '\0';
    copy->used += size + 1;
    return at;
}

/* What the maker makes by itself, and the templates, whose fields come one by one. */
static bool made(const struct copy *copy, const char *tag, size_t size)
{
    static const char *const own[] = {"00",  "53",  "54",     "63",     "32-00",  "32-12",  "sum",
                                      "cur", "crc", "line 1", "line 2", "line 3", "line 4", "line 8"};
    bool erip = copy->recipe.profile == QR_ERIP;
    for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
        if (strcmp(own[i], tag) == 0 && (erip || strncmp(tag, "32-", 3) != 0))
            return true;
    return size == 0;
}

static void take(void *user, const char *tag, const char *name, const char *value, size_t size,
                 const char *meaning)
{
    struct copy *copy = user;
    (void)name;
    (void)meaning;
    if (copy->recipe.profile == QR_ERIP && strcmp(tag, "32-12") == 0)
        copy->recipe.editable = size == 2 && memcmp(value, "11", 2) == 0;
    bool url = strcmp(tag, "#") == 0;
    if (!url && made(copy, tag, size))
        return;
    if (copy->recipe.count == QR_MAKE_VALUES) {
        copy->full = true;
        return;
    }
    const char *kept = keep(copy, tag, strlen(tag));
    copy->recipe.value[copy->recipe.count++] = (struct qr_value){url ? "url" : kept, keep(copy, value, size)};
}

static void failed(void *user, int index, const char *text)
{
    (void)user;
    (void)index;
    (void)text;
}

/* A default stands only in the place of what was never given. */
static void leave_out_defaults(struct copy *copy)
{
    for (int k = 0; k < QR_MAKE_NAME_COUNT; k++) {
        const struct qr_make_key *key = &qr_make_keys[k];
        bool there = key->profile != copy->recipe.profile || !key->preset[0];
        for (int i = 0; i < copy->recipe.count && !there; i++)
            there = strcmp(copy->recipe.value[i].tag, key->tag) == 0;
        if (!there && copy->recipe.count < QR_MAKE_VALUES)
            copy->recipe.value[copy->recipe.count++] = (struct qr_value){key->tag, ""};
    }
}

bool qr_make_price(char *ret, const char *text, int64_t price, const char *currency)
{
    struct copy copy = {.recipe = {.price = price, .currency = currency}};
    struct qr_facts facts;
    enum qr_profile profile;
    ret[0] = '\0';
    if (qr_explain(text, NULL, &facts, NULL) == QR_ERROR)
        return false;
    char name[8];
    (void)snprintf(name, sizeof(name), "%s", qr_profile_name(facts.profile));
    for (char *at = name; *at; at++)
        *at = (char)(*at | 0x20);
    if (!qr_make_profile(name, &profile))
        return false;
    copy.recipe.profile = profile;
    if (profile == QR_ERIP && strncmp(text, "000201", 6) == 0)
        copy.recipe.value[copy.recipe.count++] = (struct qr_value){"url", ""};
    (void)qr_explain(text, NULL, &facts, &(struct qr_listener){.field = take, .user = &copy});
    leave_out_defaults(&copy);
    return !copy.full && qr_make(ret, &copy.recipe, failed, NULL);
}
