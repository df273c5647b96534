#include "hal/sim_words.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SCRIPT_MAX_WORDS = 12, SCRIPT_LINE_SIZE = 256 };

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

struct script_line {
    const struct config *config;
    int word_count, next;
    char *words[SCRIPT_MAX_WORDS];
    char problem[160];
};

static const char *script_peek(const struct script_line *line, int ahead)
{
    return line->next + ahead < line->word_count ? line->words[line->next + ahead] : "";
}

static bool script_wrong(struct script_line *line, const char *word, const char *expected)
{
    if (line->problem[0] == '\0')
        snprintf(line->problem, sizeof line->problem, "'%.40s': expected %s", word, expected);
    return false;
}

/* A whole number with one of the units; false leaves *ret alone. */
static bool script_number(const char *word, int64_t least, int64_t most, int64_t *ret, const char **ret_unit)
{
    char *end;
    long long number;

    if (word[0] < '0' || word[0] > '9')
        return false;
    errno = 0;
    number = strtoll(word, &end, 10);
    if (errno != 0 || number < least || number > most)
        return false;
    *ret = number;
    *ret_unit = end;
    return true;
}

static bool script_is_duration(const char *word, int64_t *ret_us)
{
    static const struct {
        const char *unit;
        int64_t us;
    } units[] = {{"ms", 1000}, {"s", 1000000}, {"m", 60000000}};
    const char *unit;
    int64_t number;

    if (!script_number(word, 0, 86400000, &number, &unit))
        return false;
    for (size_t i = 0; i < COUNT(units); i++) {
        if (strcmp(unit, units[i].unit) == 0 && number <= 86400000000 / units[i].us) {
            *ret_us = number * units[i].us;
            return true;
        }
    }
    return false;
}

static bool script_when(struct script_line *line, struct sim_rule *rule)
{
    if (strcmp(script_peek(line, 0), "at") == 0) {
        const char *word = script_peek(line, 2), *rest;
        int64_t vend;
        if (strcmp(script_peek(line, 1), "vend") != 0)
            return script_wrong(line, script_peek(line, 1), "'vend' and its number after 'at'");
        if (!script_number(word, 1, 1000000, &vend, &rest) || rest[0] != '\0')
            return script_wrong(line, word, "the number of the vend, from 1");
        rule->vend = (int32_t)vend;
        line->next += 3;
    }
    if (strcmp(script_peek(line, 0), "after") == 0) {
        if (!script_is_duration(script_peek(line, 1), &rule->after_us))
            return script_wrong(line, script_peek(line, 1), "a time with its unit, as 500ms, 10s or 2m");
        line->next += 2;
    }
    return true;
}

static int32_t script_find_line(const struct config *config, const char *name)
{
    for (int32_t i = 0; i < config->line_count; i++) {
        if (strcmp(config->lines[i].name, name) == 0)
            return i;
    }
    return -1;
}

static int32_t script_find_device(const struct config *config, const char *name)
{
    for (int32_t i = 0; i < config->device_count; i++) {
        if (strcmp(config->devices[i].name, name) == 0)
            return i;
    }
    return -1;
}

static bool script_line_fault(struct script_line *line, struct sim_rule *rule)
{
    bool output = line->config->lines[rule->line].output;
    const struct sim_line_word *word;

    for (int32_t i = 0; (word = sim_line_word(i)) != NULL; i++) {
        if (strcmp(script_peek(line, 0), word->words[0]) != 0 ||
            (word->words[1] != NULL && strcmp(script_peek(line, 1), word->words[1]) != 0))
            continue;
        if (output ? !word->output : !word->input)
            return script_wrong(line, word->words[0],
                                output ? "what an output can do" : "what an input can do");
        rule->fault = word->fault;
        line->next += word->words[1] != NULL ? 2 : 1;
        return true;
    }
    return script_wrong(line, script_peek(line, 0),
                        "'stuck on', 'stuck off', 'lost', 'refuses', 'unanswered', 'deaf' or 'welded'");
}

static bool script_vehicle(struct script_line *line, const char *word, struct sim_rule *rule)
{
    const struct sim_vehicle *vehicle;

    for (int32_t i = 0; (vehicle = sim_vehicle(i)) != NULL; i++) {
        rule->value = i;
        if (strcmp(word, vehicle->name) == 0)
            return true;
    }
    return script_wrong(line, word, "'car', 'van', 'truck' or 'motorcycle'");
}

static bool script_value(struct script_line *line, enum sim_value kind, struct sim_rule *rule)
{
    const char *word = script_peek(line, 0), *unit;

    if (word[0] == '\0')
        return true;
    switch (kind) {
    case SIM_VALUE_NONE:
        return true;
    case SIM_VALUE_ANGLE:
        line->next++;
        return (script_number(word, 0, 359, &rule->value, &unit) && unit[0] == '\0') ||
               script_wrong(line, word, "an angle from 0 to 359");
    case SIM_VALUE_PERCENT:
        line->next++;
        return (script_number(word, 1, 100, &rule->value, &unit) &&
                (unit[0] == '\0' || strcmp(unit, "%") == 0)) ||
               script_wrong(line, word, "percent of the usual speed, from 1 to 100");
    case SIM_VALUE_DELAY:
        line->next++;
        return script_is_duration(word, &rule->value) || script_wrong(line, word, "a time with its unit");
    case SIM_VALUE_LENGTH:
        line->next++;
        return script_is_duration(word, &rule->for_us) || script_wrong(line, word, "a time with its unit");
    case SIM_VALUE_VEHICLE:
        line->next++;
        return script_vehicle(line, word, rule);
    }
    return false;
}

static bool script_device_fault(struct script_line *line, struct sim_rule *rule)
{
    const struct config_device *device = &line->config->devices[rule->device];
    const char *text = script_peek(line, 0);
    const struct sim_device_word *word;

    if ((strcmp(text, "motor") == 0 || strcmp(text, "output") == 0) &&
        strcmp(script_peek(line, 1), "welded") == 0) {
        rule->line = device->line[text[0] == 'm' ? CONFIG_ROLE_MOTOR : CONFIG_ROLE_OUTPUT];
        rule->device = -1;
        rule->fault = SIM_FAULT_WELDED;
        line->next += 2;
        return rule->line >= 0 || script_wrong(line, text, "an output that this device has");
    }
    for (int32_t i = 0; (word = sim_device_word(i)) != NULL; i++) {
        if (strcmp(text, word->name) != 0)
            continue;
        if ((word->kinds & 1U << device->kind) == 0)
            return script_wrong(line, text, "what this kind of device can do");
        rule->fault = word->fault;
        if (word->value == SIM_VALUE_LENGTH)
            rule->for_us = word->usual;
        else
            rule->value = word->usual;
        line->next++;
        return script_value(line, word->value, rule);
    }
    return script_wrong(line, text, "what a device can do, as 'jam', 'motor welded' or 'arrive'");
}

/* true if the line speaks of the machine's door or fire input. */
static bool script_machine_fault(struct script_line *line, struct sim_rule *rule)
{
    const struct sim_machine_word *word;

    for (int32_t i = 0; (word = sim_machine_word(i)) != NULL; i++) {
        if (strcmp(script_peek(line, 0), word->words[0]) != 0 ||
            strcmp(script_peek(line, 1), word->words[1]) != 0)
            continue;
        rule->line = word->door ? line->config->machine.door : line->config->machine.fire;
        rule->fault = word->fault;
        line->next += 2;
        return true;
    }
    return false;
}

static bool script_what(struct script_line *line, struct sim_rule *rule)
{
    const char *name = script_peek(line, 0);

    if (script_machine_fault(line, rule))
        return rule->line >= 0 || script_wrong(line, name, "an input that the machine has");
    if (strcmp(name, "line") == 0) {
        line->next++;
        name = script_peek(line, 0);
    } else {
        rule->device = script_find_device(line->config, name);
    }
    line->next++;
    if (rule->device >= 0)
        return script_device_fault(line, rule);
    rule->line = script_find_line(line->config, name);
    if (rule->line < 0)
        return script_wrong(line, name, "the name of a device or of a line");
    return script_line_fault(line, rule);
}

static bool script_rule(struct script_line *line, struct sim_rule *rule)
{
    *rule = (struct sim_rule){.device = -1, .line = -1};
    if (!script_when(line, rule) || !script_what(line, rule))
        return false;
    if (rule->line >= 0 && script_is_duration(script_peek(line, 0), &rule->for_us))
        line->next++;
    if (line->next < line->word_count)
        return script_wrong(line, script_peek(line, 0), "the end of the line");
    return true;
}

static bool script_split(struct script_line *line, char *text)
{
    char *save = NULL;

    text[strcspn(text, "#")] = '\0';
    for (char *word = strtok_r(text, " \t\r", &save); word != NULL; word = strtok_r(NULL, " \t\r", &save)) {
        if (line->word_count == SCRIPT_MAX_WORDS)
            return script_wrong(line, word, "fewer words");
        line->words[line->word_count++] = word;
    }
    return true;
}

bool sim_script_parse(struct sim_script *ret, const struct config *config, const char *file, const char *text,
                      char *error, size_t error_size)
{
    struct sim_script script = {0};

    for (int32_t number = 1; *text != '\0'; number++) {
        struct script_line line = {.config = config};
        char copy[SCRIPT_LINE_SIZE];
        size_t length = strcspn(text, "\n");
        bool good;

        snprintf(copy, sizeof copy, "%.*s", (int)(length < sizeof copy ? length : sizeof copy - 1), text);
        text += length + (text[length] == '\n');
        good = length < sizeof copy ? script_split(&line, copy) : script_wrong(&line, copy, "a shorter line");
        if (good && line.word_count > 0 && script.count == SIM_MAX_RULES)
            good = script_wrong(&line, line.words[0], "fewer rules");
        if (good && line.word_count > 0)
            good = script_rule(&line, &script.rules[script.count]);
        if (!good) {
            snprintf(error, error_size, "%s:%d: %s", file, number, line.problem);
            return false;
        }
        if (line.word_count > 0)
            script.rules[script.count++].file_line = number;
    }
    *ret = script;
    return true;
}

bool sim_script_read(struct sim_script *ret, const struct config *config, const char *file, char *error,
                     size_t error_size)
{
    char text[SIM_SCRIPT_SIZE];
    FILE *stream = fopen(file, "re");
    size_t length;
    bool failed;

    if (stream == NULL) {
        snprintf(error, error_size, "%s: %s", file, strerror(errno));
        return false;
    }
    length = fread(text, 1, sizeof text - 1, stream);
    failed = ferror(stream) != 0 || (!feof(stream) && fgetc(stream) != EOF);
    fclose(stream);
    if (failed || memchr(text, '\0', length) != NULL) {
        snprintf(error, error_size, "%s: not a text of less than %d bytes", file, SIM_SCRIPT_SIZE);
        return false;
    }
    text[length] = '\0';
    return sim_script_parse(ret, config, file, text, error, error_size);
}
