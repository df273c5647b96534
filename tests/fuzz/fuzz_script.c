/* libFuzzer target for the script of the simulated machine: text in, rules out.
 * Checked besides crashes: a script is either taken, and then every rule names a device or a line that is
 * there and its times are not negative, or refused with its line, and nothing of it is kept.
 */
#include "tests/unit/sim_lane_bench.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct config config;
static struct sim_script script;
static char text[SIM_SCRIPT_SIZE + 1];

static void must(bool fact)
{
    if (!fact)
        abort();
}

static void must_be_sound(const struct sim_rule *rule)
{
    must(rule->fault < SIM_FAULT_COUNT && rule->device < config.device_count &&
         rule->line < config.line_count);
    must((rule->device >= 0) != (rule->line >= 0));
    must(rule->vend >= 0 && rule->after_us >= 0 && rule->for_us >= 0 && rule->value >= 0 &&
         rule->file_line > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char error[256] = "";
    if (size > SIM_SCRIPT_SIZE)
        return 0;
    sim_lane_bench_config(&config);
    memcpy(text, data, size);
    text[size] = '\0';
    script.count = -1;
    if (!sim_script_parse(&script, &config, "s", text, error, sizeof error)) {
        must(script.count == -1 && strncmp(error, "s:", 2) == 0);
        return 0;
    }
    must(script.count >= 0 && script.count <= SIM_MAX_RULES);
    for (int32_t i = 0; i < script.count; i++)
        must_be_sound(&script.rules[i]);
    return 0;
}
