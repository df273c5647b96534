/* Walks the table of groups and puts what the file says into the config. */
#include <stdio.h>
#include <string.h>
#include "common/text.h"
#include "config/loading.h"

const config_setting_t *loading_entry(const struct loading *loading, const char *group, int index)
{
    const config_setting_t *setting = config_lookup(&loading->tree, group);
    return setting != NULL ? config_setting_get_elem(setting, (unsigned)index) : NULL;
}

const config_setting_t *loading_member(const struct loading *loading, const char *group, int index,
                                       const char *key)
{
    const config_setting_t *entry = loading_entry(loading, group, index);
    if (entry == NULL || !config_setting_is_group(entry))
        return NULL;
    return config_setting_get_member(entry, key);
}

void loading_entry_path(char ret[LOADING_KEY_SIZE], const struct loading *loading, const char *group,
                        int index, const char *key)
{
    const config_setting_t *entry = loading_entry(loading, group, index);
    const char *name = entry != NULL ? config_setting_name(entry) : NULL;
    const char *dot = key != NULL ? "." : "";
    if (name != NULL)
        (void)snprintf(ret, LOADING_KEY_SIZE, "%s.%.64s%s%s", group, name, dot, key != NULL ? key : "");
    else
        (void)snprintf(ret, LOADING_KEY_SIZE, "%s[%d]%s%s", group, index, dot, key != NULL ? key : "");
}

/* Whose key it is, for a key that does not belong to the selected kind: `for a spiral or relay`. */
static void tell_misplaced(struct loading *loading, const struct schema_group *group,
                           const config_setting_t *setting, const char *path, int32_t selected)
{
    const struct schema_key *selector = schema_selector(group);
    char chosen[CONFIG_ID_SIZE], owners[LOADING_KEY_SIZE] = "", owner[CONFIG_ID_SIZE];
    uint32_t bits = 0;
    size_t used = 0;
    for (size_t i = 0; i < group->key_count; i++)
        if (strcmp(group->keys[i].name, config_setting_name(setting)) == 0)
            bits |= group->keys[i].only;
    for (int32_t i = 0; i < 32; i++) {
        if ((bits >> i & 1U) == 0)
            continue;
        schema_choice_name(owner, sizeof(owner), selector->choices, i);
        (void)text_append(owners, sizeof(owners), &used, "%s\"%s\"", used > 0 ? ", " : "", owner);
    }
    schema_choice_name(chosen, sizeof(chosen), selector->choices, selected);
    if (strcmp(group->name, "lines") == 0 && selected == CONFIG_DRIVER_SIM)
        loading_warning(loading, setting, path, "has no meaning with %s \"%s\"; belongs to %s",
                        selector->name, chosen, owners);
    else
        loading_fault(loading, setting, path, "has no meaning with %s \"%s\"; belongs to %s", selector->name,
                      chosen, owners);
}

static void tell_unknown(struct loading *loading, const struct schema_group *group,
                         const config_setting_t *setting, const char *path, int32_t selected)
{
    const char *best = NULL;
    int distance = 0;
    char known[LOADING_KEY_SIZE] = "";
    size_t used = 0;
    bool all = group->selector != NULL && selected < 0;
    for (size_t i = 0; i < group->key_count; i++) {
        const struct schema_key *key = &group->keys[i];
        if (!all && !schema_key_applies(key, selected))
            continue;
        loading_nearest(config_setting_name(setting), key->name, &best, &distance);
        (void)text_append(known, sizeof(known), &used, "%s%s", used > 0 ? ", " : "", key->name);
    }
    if (best != NULL)
        loading_fault(loading, setting, path, "unknown key; did you mean \"%s\"?", best);
    else if (all)
        loading_fault(loading, setting, path, "unknown key, whatever %s is", group->selector);
    else
        loading_fault(loading, setting, path, "unknown key; known here: %s", known);
}

/* false: the selector itself is missing or wrong, so that nothing can be said about keys that depend on it.
 */
static bool read_selector(const struct schema_group *group, const config_setting_t *entry,
                          int32_t *ret_selected)
{
    const struct schema_key *selector = schema_selector(group);
    *ret_selected = -1;
    if (selector == NULL)
        return true;
    const char *text = NULL;
    if (config_setting_lookup_string(entry, selector->name, &text) == CONFIG_TRUE)
        *ret_selected = schema_choice_index(selector->choices, text);
    return *ret_selected >= 0;
}

static void read_keys(struct loading *loading, const struct schema_group *group,
                      const config_setting_t *entry, const char *path, void *target, int32_t selected)
{
    for (size_t i = 0; i < group->key_count; i++) {
        const struct schema_key *key = &group->keys[i];
        struct loading_place place = {.key = key, .entry = target};
        if (!schema_key_applies(key, selected))
            continue;
        place.setting = entry != NULL ? config_setting_get_member(entry, key->name) : NULL;
        (void)snprintf(place.path, sizeof(place.path), "%s.%s", path, key->name);
        if (place.setting != NULL)
            loading_read(loading, &place);
        else if (key->required)
            loading_fault(loading, entry, place.path, "is missing; must be given: %s", key->meaning);
    }
}

static void find_unknown(struct loading *loading, const struct schema_group *group,
                         const config_setting_t *entry, const char *path, int32_t selected)
{
    int count = config_setting_length(entry);
    for (int i = 0; i < count; i++) {
        const config_setting_t *setting = config_setting_get_elem(entry, (unsigned)i);
        const char *name = config_setting_name(setting);
        char whole[LOADING_KEY_SIZE];
        (void)snprintf(whole, sizeof(whole), "%s.%.120s", path, name);
        if (schema_find_key(group, name, -1) == NULL)
            tell_unknown(loading, group, setting, whole, selected);
        else if (group->selector != NULL && selected >= 0 && schema_find_key(group, name, selected) == NULL)
            tell_misplaced(loading, group, setting, whole, selected);
    }
}

static void preset_entry(const struct schema_group *group, void *target, int32_t selected)
{
    /* References of other kinds must say "none" too; their numbers are nobody's business. */
    for (size_t i = 0; i < group->key_count; i++) {
        enum schema_type type = group->keys[i].type;
        if (type == SCHEMA_BUS || type == SCHEMA_LINE_IN || type == SCHEMA_LINE_OUT || type == SCHEMA_DEVICE)
            loading_preset(&group->keys[i], target);
    }
    for (size_t i = 0; i < group->key_count; i++)
        if (schema_key_applies(&group->keys[i], selected))
            loading_preset(&group->keys[i], target);
}

static void doubt(struct loading *loading)
{
    loading->doubtful_buses = true;
    loading->doubtful_lines = true;
    loading->doubtful_devices = true;
}

void loading_walk_entry(struct loading *loading, const struct schema_group *group,
                        const config_setting_t *entry, const char *path, void *target)
{
    int32_t selected = -1;
    if (entry != NULL && !config_setting_is_group(entry)) {
        char shown[LOADING_KEY_SIZE];
        loading_show(shown, sizeof(shown), entry);
        loading_fault(loading, entry, path, "is %s; must be a group: { ... }", shown);
        doubt(loading);
        preset_entry(group, target, selected);
        return;
    }
    if (entry != NULL && !read_selector(group, entry, &selected))
        doubt(loading);
    preset_entry(group, target, selected);
    read_keys(loading, group, entry, path, target, selected);
    if (entry != NULL)
        find_unknown(loading, group, entry, path, selected);
}

static void walk_one(struct loading *loading, const struct schema_group *group)
{
    const config_setting_t *setting = config_lookup(&loading->tree, group->name);
    if (setting == NULL && group->required) {
        loading_fault(loading, NULL, group->name, "is missing; must be given: %s", group->meaning);
        return;
    }
    loading_walk_entry(loading, group, setting, group->name, loading->config);
}

/* Is there a group of the right shape with something in it? */
static bool many_usable(struct loading *loading, const struct schema_group *group,
                        const config_setting_t *setting)
{
    bool named = group->shape == SCHEMA_NAMED;
    int type = setting != NULL ? config_setting_type(setting) : CONFIG_TYPE_NONE;
    if (setting == NULL && group->required)
        loading_fault(loading, NULL, group->name, "is missing; must be given: %s", group->meaning);
    else if (setting != NULL && type != (named ? CONFIG_TYPE_GROUP : CONFIG_TYPE_LIST))
        loading_fault(loading, setting, group->name, "must be a %s: %s",
                      named ? "group of named groups" : "list of groups",
                      named ? "{ name = { ... }; ... }" : "( { ... }, { ... } )");
    else if (setting != NULL && config_setting_length(setting) == 0 && group->required)
        loading_fault(loading, setting, group->name, "is empty; must be given: %s", group->meaning);
    else
        return setting != NULL;
    doubt(loading);
    return false;
}

static void walk_many(struct loading *loading, const struct schema_group *group)
{
    const config_setting_t *setting = config_lookup(&loading->tree, group->name);
    if (!many_usable(loading, group, setting))
        return;
    int count = config_setting_length(setting);
    int32_t taken = count < group->limit ? count : group->limit;
    char path[LOADING_KEY_SIZE];
    if (count > group->limit)
        loading_fault(loading, setting, group->name, "has %d entries; at most %d (%s)", count, group->limit,
                      group->limit_name);
    memcpy((char *)loading->config + group->count_offset, &taken, sizeof(taken));
    for (int32_t i = 0; i < taken; i++) {
        char *target = (char *)loading->config + group->offset + (size_t)i * group->stride;
        const config_setting_t *entry = config_setting_get_elem(setting, (unsigned)i);
        loading_entry_path(path, loading, group->name, i, NULL);
        if (group->shape == SCHEMA_NAMED && !text_copy(target, CONFIG_ID_SIZE, config_setting_name(entry)))
            loading_fault(loading, entry, path, "the name is longer than %d bytes", CONFIG_ID_SIZE - 1);
        loading_walk_entry(loading, group, entry, path, target);
    }
}

static void find_unknown_groups(struct loading *loading)
{
    const config_setting_t *root = config_root_setting(&loading->tree);
    int count = config_setting_length(root);
    for (int i = 0; i < count; i++) {
        const config_setting_t *setting = config_setting_get_elem(root, (unsigned)i);
        const char *name = config_setting_name(setting), *best = NULL;
        int distance = 0;
        char path[LOADING_KEY_SIZE];
        if (schema_find_group(name) != NULL)
            continue;
        for (size_t j = 0; j < schema_group_count; j++)
            loading_nearest(name, schema_groups[j].name, &best, &distance);
        (void)snprintf(path, sizeof(path), "%.120s", name);
        loading_fault(loading, setting, path, "unknown group%s%s%s", best != NULL ? "; did you mean \"" : "",
                      best != NULL ? best : "", best != NULL ? "\"?" : "");
    }
}

void loading_walk(struct loading *loading)
{
    find_unknown_groups(loading);
    for (size_t i = 0; i < schema_group_count; i++) {
        if (schema_groups[i].shape == SCHEMA_ONE)
            walk_one(loading, &schema_groups[i]);
        else if (schema_groups[i].shape != SCHEMA_INNER)
            walk_many(loading, &schema_groups[i]);
    }
}
