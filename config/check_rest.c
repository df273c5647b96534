/* Keys, broker, buses, and everything that nobody uses. */
#include <stdio.h>
#include <string.h>
#include "config/loading.h"

enum { PORT_TLS = 8883, PORT_PLAIN = 1883 };

void loading_check_unique(struct loading *loading, const char *group, const char *key, size_t offset)
{
    const struct schema_group *table = schema_find_group(group);
    int32_t count = 0;
    if (table == NULL)
        return;
    memcpy(&count, (const char *)loading->config + table->count_offset, sizeof(count));
    const char *first = (const char *)loading->config + table->offset + offset;
    for (int32_t i = 0; i < count; i++) {
        const char *mine = first + (size_t)i * table->stride;
        for (int32_t j = 0; j < i && mine[0] != '\0'; j++) {
            if (strcmp(mine, first + (size_t)j * table->stride) != 0)
                continue;
            const config_setting_t *other = loading_member(loading, group, j, key);
            char path[LOADING_KEY_SIZE];
            loading_entry_path(path, loading, group, i, key);
            loading_fault(loading, loading_member(loading, group, i, key), path,
                          "\"%s\" is taken by %s[%d] (line %u); must be unique", mine, group, j,
                          other != NULL ? (unsigned)config_setting_source_line(other) : 1U);
            break;
        }
    }
}

static void check_keys(struct loading *loading)
{
    const config_setting_t *at = config_lookup(&loading->tree, "keys");
    uint32_t use = 0;
    loading_check_unique(loading, "keys", "kid", offsetof(struct config_key, kid));
    for (int i = 0; i < loading->config->key_count; i++)
        use |= loading->config->keys[i].use;
    if (loading->config->key_count == 0)
        return;
    if ((use & CONFIG_USE_PAYMENT) == 0)
        loading_fault(loading, at, "keys", "no key has use \"payment\"; nothing could ever be sold");
    else if ((use & CONFIG_USE_ACK) == 0)
        loading_warning(loading, at, "keys", "no key has use \"ack\"; outcomes will be repeated for ever");
}

static void check_mqtt(struct loading *loading)
{
    struct config_mqtt *mqtt = &loading->config->mqtt;
    const config_setting_t *tls = config_lookup(&loading->tree, "mqtt.tls");
    mqtt->tls = tls != NULL;
    if (mqtt->port == 0)
        mqtt->port = mqtt->tls ? PORT_TLS : PORT_PLAIN;
    else if (mqtt->port == (mqtt->tls ? PORT_PLAIN : PORT_TLS))
        loading_warning(loading, config_lookup(&loading->tree, "mqtt.port"), "mqtt.port",
                        mqtt->tls ? "1883 is usually the port without TLS, but mqtt.tls is there"
                                  : "8883 is usually the port for TLS, but mqtt.tls is missing");
    if ((mqtt->tls_cert[0] == '\0') != (mqtt->tls_key[0] == '\0'))
        loading_fault(loading, tls, "mqtt.tls", "cert and key belong together; give both or none");
    if (mqtt->password_file[0] != '\0' && mqtt->username[0] == '\0')
        loading_fault(loading, config_lookup(&loading->tree, "mqtt.password_file"), "mqtt.password_file",
                      "needs mqtt.username as well");
    loading_check_files(loading);
}

/* Many boards take one connection only; and of two that write the same register each undoes the other's bits.
 */
static void check_bus_pair(struct loading *loading, int first, int second)
{
    const struct config_bus *a = &loading->config->buses[first], *b = &loading->config->buses[second];
    char path[LOADING_KEY_SIZE];
    loading_entry_path(path, loading, "buses", second, NULL);
    if (b->device[0] != '\0' && strcmp(a->device, b->device) == 0)
        loading_fault(loading, loading_member(loading, "buses", second, "device"), path,
                      "%s is the port of buses.%s already; a serial port has one master", b->device, a->name);
    if (b->host[0] != '\0' && strcmp(a->host, b->host) == 0 && a->port == b->port)
        loading_warning(loading, loading_member(loading, "buses", second, "host"), path,
                        "is the same board as buses.%s; one bus may serve all its lines, by unit", a->name);
}

/* A path of the configuration is relative to its folder, and there no serial port lies. */
static void check_serial(struct loading *loading, int index)
{
    const config_setting_t *device = loading_member(loading, "buses", index, "device");
    const char *text = device != NULL ? config_setting_get_string(device) : NULL;
    char path[LOADING_KEY_SIZE];
    if (loading->config->buses[index].type != CONFIG_BUS_RTU || text == NULL || text[0] == '/' ||
        text[0] == '\0')
        return;
    loading_entry_path(path, loading, "buses", index, "device");
    loading_fault(loading, device, path, "is \"%.64s\"; must be the whole path, like \"/dev/%.64s\"", text,
                  text);
}

static void check_buses(struct loading *loading)
{
    const struct config *config = loading->config;
    for (int i = 0; i < config->bus_count; i++) {
        bool used = false;
        char path[LOADING_KEY_SIZE];
        loading_entry_path(path, loading, "buses", i, NULL);
        for (int j = 0; j < config->line_count && !used; j++)
            used = config->lines[j].driver == CONFIG_DRIVER_MODBUS && config->lines[j].bus == i;
        if (!used && !loading->doubtful_buses)
            loading_warning(loading, loading_entry(loading, "buses", i), path, "no line uses it");
        for (int j = 0; j < i; j++)
            check_bus_pair(loading, j, i);
        check_serial(loading, i);
    }
}

static void check_unused(struct loading *loading)
{
    const struct config *config = loading->config;
    char path[LOADING_KEY_SIZE];
    for (int i = 0; i < config->line_count; i++) {
        loading_entry_path(path, loading, "lines", i, NULL);
        if (!loading->doubtful_lines && config->lines[i].device < 0 && i != config->machine.door &&
            i != config->machine.fire)
            loading_warning(loading, loading_entry(loading, "lines", i), path, "nothing uses it");
    }
    for (int i = 0; i < config->device_count; i++) {
        bool used = false;
        for (int j = 0; j < config->product_count && !used; j++)
            used = config->products[j].device == i;
        loading_entry_path(path, loading, "devices", i, NULL);
        if (!used && !loading->doubtful_devices)
            loading_warning(loading, loading_entry(loading, "devices", i), path, "no product uses it");
    }
}

static void check_brightness(struct loading *loading)
{
    const struct config_screen *screen = &loading->config->screen;
    for (int i = 0; i < screen->brightness_count; i++)
        for (int j = 0; j < i; j++) {
            const config_setting_t *from = loading_member(loading, "screen.brightness", i, "from");
            if (from == NULL || screen->brightness[i].from_min != screen->brightness[j].from_min)
                continue;
            char path[LOADING_KEY_SIZE];
            loading_entry_path(path, loading, "screen.brightness", i, "from");
            loading_fault(loading, from, path, "screen.brightness[%d] begins at the same time", j);
            break;
        }
}

void loading_check_rest(struct loading *loading)
{
    check_keys(loading);
    check_mqtt(loading);
    check_buses(loading);
    check_unused(loading);
    check_brightness(loading);
    loading_check_theme(loading);
}
