#include <stdio.h>
#include "config/load.h"
#include "config/schema.h"

enum { CELL_SIZE = 200 };

static void default_text(char *ret, size_t size, const struct schema_key *key)
{
    bool text = key->preset_text != NULL;
    if (key->required)
        (void)snprintf(ret, size, "required");
    else if (text && (key->type == SCHEMA_TEXT || key->type == SCHEMA_PREFIX ||
                      (key->type == SCHEMA_PATH && key->preset_text[0] != '\0')))
        (void)snprintf(ret, size, "default \"%s\"", key->preset_text);
    else if (text && key->preset_text[0] != '\0')
        (void)snprintf(ret, size, "default: %s", key->preset_text);
    else if (key->type == SCHEMA_BOOL)
        (void)snprintf(ret, size, "default %s", key->preset != 0 ? "true" : "false");
    else if (key->type == SCHEMA_PARITY)
        (void)snprintf(ret, size, "default \"%c\"", (char)key->preset);
    else if (key->type == SCHEMA_CHOICE) {
        char name[CONFIG_ID_SIZE];
        schema_choice_name(name, sizeof(name), key->choices, (int32_t)key->preset);
        (void)snprintf(ret, size, "default \"%s\"", name);
    } else if (!text && (key->type == SCHEMA_INT || key->type == SCHEMA_WIDE || key->type == SCHEMA_VERSION))
        (void)snprintf(ret, size, "default %lld", (long long)key->preset);
    else
        (void)snprintf(ret, size, "optional");
}

/* "spiral, relay: " for a key that belongs to some values of the selector only. */
static void owner_text(char *ret, size_t size, const struct schema_group *group, const struct schema_key *key)
{
    const struct schema_key *selector = schema_selector(group);
    size_t used = 0;
    ret[0] = '\0';
    for (int32_t i = 0; selector != NULL && key->only != 0 && i < 32; i++) {
        char name[CONFIG_ID_SIZE];
        if ((key->only >> i & 1U) == 0)
            continue;
        schema_choice_name(name, sizeof(name), selector->choices, i);
        int wrote = snprintf(ret + used, size - used, "%s%s", used > 0 ? ", " : "", name);
        used += wrote > 0 && (size_t)wrote < size - used ? (size_t)wrote : 0;
    }
}

/* Roff takes a dash for a hyphen, a backslash for an escape, and a dot at the beginning of a line for a
 * request. */
static void print_text(FILE *out, const char *text, bool roff)
{
    if (roff && (text[0] == '.' || text[0] == '\''))
        (void)fputs("\\&", out);
    for (; *text != '\0'; text++) {
        if (roff && *text == '-')
            (void)fputc('\\', out);
        (void)fputs(roff && *text == '\\' ? "\\e" : (char[]){*text, '\0'}, out);
    }
}

static void print_key(FILE *out, const struct schema_group *group, const struct schema_key *key, bool roff)
{
    char type[CELL_SIZE], preset[CELL_SIZE], owner[CELL_SIZE], line[4 * CELL_SIZE];
    schema_describe(type, sizeof(type), key);
    default_text(preset, sizeof(preset), key);
    owner_text(owner, sizeof(owner), group, key);
    (void)snprintf(line, sizeof(line), "%s%s%s%s; %s", owner[0] != '\0' ? "[" : "", owner,
                   owner[0] != '\0' ? "] " : "", type, preset);
    (void)fprintf(out, roff ? ".TP\n.B %s\n" : "  %-17s ", key->name);
    print_text(out, line, roff);
    (void)fputs(roff ? "\n.br\n" : "\n                    ", out);
    print_text(out, key->meaning, roff);
    (void)fputc('\n', out);
}

static const char *shape_text(const struct schema_group *group)
{
    if (group->shape == SCHEMA_LIST)
        return "= ( { ... }, { ... } );";
    return group->shape == SCHEMA_NAMED ? "= { NAME = { ... }; ... };" : "= { ... };";
}

void config_schema_print(FILE *out, bool roff)
{
    for (size_t i = 0; i < schema_group_count; i++) {
        const struct schema_group *group = &schema_groups[i];
        (void)fprintf(out, roff ? ".SS %s %s\n" : "%s %s", group->name, shape_text(group));
        (void)fputs(roff ? "" : "   ", out);
        print_text(out, group->meaning, roff);
        (void)fprintf(out, "%s", group->required ? " (required" : " (optional");
        if (group->limit > 0)
            (void)fprintf(out, ", at most %d", group->limit);
        (void)fputs(roff ? ").\n" : ")\n", out);
        for (size_t j = 0; j < group->key_count; j++)
            print_key(out, group, &group->keys[j], roff);
        (void)fputs(roff ? "" : "\n", out);
    }
}
