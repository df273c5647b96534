/* When the rules of a script begin and end. */
#include "hal/sim_physics.h"
#include "hal/sim_words.h"

#include <stdio.h>

void sim_rule_init(struct sim_machine *machine)
{
    for (int32_t i = 0; i < machine->script.count; i++) {
        const struct sim_rule *rule = &machine->script.rules[i];
        machine->rules[i].begin_us = rule->vend == 0 ? machine->now_us + rule->after_us : SIM_NEVER;
        machine->rules[i].end_us = SIM_NEVER;
    }
}

/* The device's actuator is switched on: rules wait for this start, rules of its last one are over. */
void sim_rule_start(struct sim_machine *machine, int32_t device)
{
    for (int32_t i = 0; i < machine->script.count; i++) {
        const struct sim_rule *rule = &machine->script.rules[i];
        struct sim_rule_run *run = &machine->rules[i];
        int32_t starts = rule->device >= 0 ? machine->devices[rule->device].starts : machine->starts;

        if (rule->vend == 0 || (rule->device >= 0 && rule->device != device))
            continue;
        if (starts == rule->vend && run->begin_us == SIM_NEVER)
            run->begin_us = machine->now_us + rule->after_us;
        else if (rule->device >= 0 && rule->for_us == 0 && starts > rule->vend)
            run->end_us = machine->now_us;
    }
}

static void sim_rule_tell(struct sim_machine *machine, const struct sim_rule *rule, const char *end)
{
    char what[48];
    const char *kind = sim_fault_manner(rule->fault) == SIM_MANNER_FAULT ? "fault" : "people:";

    snprintf(what, sizeof what, "%s %s%s", kind, sim_fault_name(rule->fault), end);
    sim_tell(machine,
             rule->device >= 0 ? machine->config->devices[rule->device].name
                               : machine->config->lines[rule->line].name,
             what);
}

static void sim_rule_act(struct sim_machine *machine, const struct sim_rule *rule)
{
    if (machine->config->devices[rule->device].kind == CONFIG_KIND_BARRIER)
        sim_car_act(machine, rule);
    else
        sim_turnstile_act(machine, rule);
}

void sim_rule_run(struct sim_machine *machine)
{
    for (int32_t i = 0; i < machine->script.count; i++) {
        const struct sim_rule *rule = &machine->script.rules[i];
        struct sim_rule_run *run = &machine->rules[i];

        if (!run->begun && !run->over && machine->now_us >= run->begin_us) {
            run->begun = true;
            if (rule->for_us != 0)
                run->end_us = run->begin_us + rule->for_us;
            if (sim_fault_manner(rule->fault) == SIM_MANNER_ACT) {
                run->over = true;
                sim_rule_act(machine, rule);
            } else {
                sim_rule_tell(machine, rule, "");
            }
        }
        if (!run->over && machine->now_us >= run->end_us) {
            run->over = true;
            if (run->begun)
                sim_rule_tell(machine, rule, " over");
        }
    }
}

int64_t sim_rule_next(const struct sim_machine *machine)
{
    int64_t next_us = SIM_NEVER;

    for (int32_t i = 0; i < machine->script.count; i++) {
        const struct sim_rule_run *run = &machine->rules[i];
        int64_t at_us = run->over ? SIM_NEVER : run->begun ? run->end_us : run->begin_us;
        if (at_us < next_us)
            next_us = at_us;
    }
    return next_us;
}

const struct sim_rule *sim_machine_fault(const struct sim_machine *machine, enum sim_fault fault,
                                         int32_t device, int32_t line)
{
    for (int32_t i = 0; i < machine->script.count; i++) {
        const struct sim_rule *rule = &machine->script.rules[i];
        if (machine->rules[i].begun && !machine->rules[i].over && rule->fault == fault &&
            rule->device == device && rule->line == line)
            return rule;
    }
    return NULL;
}

const struct sim_rule *sim_device_fault(const struct sim_machine *machine, enum sim_fault fault,
                                        int32_t device)
{
    return sim_machine_fault(machine, fault, device, -1);
}

void sim_rule_end(struct sim_machine *machine, enum sim_fault fault, int32_t device)
{
    for (int32_t i = 0; i < machine->script.count; i++) {
        const struct sim_rule *rule = &machine->script.rules[i];
        struct sim_rule_run *run = &machine->rules[i];
        if (rule->fault != fault || rule->device != device || !run->begun || run->over)
            continue;
        run->over = true;
        sim_rule_tell(machine, rule, " over");
    }
}
