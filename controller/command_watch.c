/* What changes on the lines, moment by moment: for who stands at the machine and tries it. */
#include <string.h>

#include "common/clock.h"
#include "config/load.h"
#include "controller/shell.h"

enum { WATCH_ATTEND_US = 3000000 }; /* who watches asks again sooner */

void watch_note(struct shell *shell, int32_t line, const char *what, int64_t at_us, int32_t ms)
{
    if (at_us <= 0)
        at_us = clock_mono_us();
    struct shell_change *change = &shell->changes[shell->change_number % SHELL_CHANGE_RING];
    *change = (struct shell_change){
        .number = ++shell->change_number, .at_us = at_us, .line = line, .what = what, .ms = ms};
}

void watch_note_order(struct shell *shell, const struct hal_event *from)
{
    int64_t on_us = from->on_at_us > 0 ? from->on_at_us : from->at_us;
    if (from->result == HAL_REFUSED)
        watch_note(shell, from->line, "refused", from->at_us, 0);
    else if (from->result == HAL_UNKNOWN)
        watch_note(shell, from->line, "unanswered", from->at_us, 0);
    else if (from->order == HAL_PULSE) /* told when it is over */
        watch_note(shell, from->line, "pulse done", from->at_us, (int32_t)((from->at_us - on_us) / 1000));
    else if ((from->order == HAL_ON) != shell->lines[from->line].on) /* a level is ordered again and again */
        watch_note(shell, from->line, from->order == HAL_ON ? "on" : "off",
                   from->order == HAL_ON ? on_us : from->at_us, 0);
}

static int role_of(const struct config_device *device, int32_t line)
{
    int role = 0;
    while (role < CONFIG_ROLE_COUNT && device->line[role] != line)
        role++;
    return role;
}

/* The device and what the line is for it; false: it is none of this device's. only = -1: whoever uses it. */
static bool put_user(json_t *entry, const struct config *config, int32_t line, int32_t only)
{
    int32_t device = only >= 0 ? only : config->lines[line].device;
    if (device < 0)
        return true;
    int role = role_of(&config->devices[device], line);
    if (role == CONFIG_ROLE_COUNT)
        return only < 0;
    json_object_set_new(entry, "device", json_string(config->devices[device].name));
    json_object_set_new(entry, "role", json_string(config_role_name((enum config_role)role)));
    return true;
}

static json_t *changes_json(const struct shell *shell, uint64_t after, int32_t device, int64_t wall_ms)
{
    int64_t now_us = clock_mono_us();
    uint64_t first = shell->change_number > SHELL_CHANGE_RING ? shell->change_number - SHELL_CHANGE_RING : 0;
    json_t *list = json_array();
    for (uint64_t n = after > first ? after : first; n < shell->change_number; n++) {
        const struct shell_change *change = &shell->changes[n % SHELL_CHANGE_RING];
        json_t *entry = json_pack("{s:I,s:I,s:s,s:s}", "n", (json_int_t)change->number, "at_ms",
                                  (json_int_t)(wall_ms - (now_us - change->at_us) / 1000), "line",
                                  shell->config->lines[change->line].name, "what", change->what);
        if (change->ms > 0)
            json_object_set_new(entry, "ms", json_integer(change->ms));
        if (put_user(entry, shell->config, change->line, device))
            json_array_append_new(list, entry);
        else
            json_decref(entry);
    }
    return list;
}

void command_watch(struct shell *shell, const struct reply *reply, const json_t *args)
{
    const json_t *after = json_object_get(args, "after");
    int32_t device = -1;
    if (json_object_get(args, "device") && (device = command_arg_device(shell, reply, args)) < 0)
        return;
    if (after &&
        (json_integer_value(after) < 0 || json_integer_value(after) > (json_int_t)shell->change_number)) {
        command_fail(shell, reply, "args.after: 0 to %llu are wanted",
                     (unsigned long long)shell->change_number);
        return;
    }
    json_t *devices = json_array(), *changes = json_array();
    int64_t wall_ms = clock_wall_us() / 1000;
    for (int32_t d = 0; d < shell->config->device_count; d++) {
        if (device >= 0 && d != device)
            continue;
        shell->watched_us[d] = clock_mono_us() + WATCH_ATTEND_US;
        json_array_append_new(devices, command_device_json(shell, d, true));
    }
    shell_attend_devices(shell);
    if (after) {
        json_decref(changes);
        changes = changes_json(shell, (uint64_t)json_integer_value(after), device, wall_ms);
    }
    command_ok(shell, reply,
               json_pack("{s:I,s:I,s:o,s:o}", "last", (json_int_t)shell->change_number, "now_ms",
                         (json_int_t)wall_ms, "changes", changes, "devices", devices));
}
