#include "hal/sim_words.h"

#include <stddef.h>

#define COUNT(table) ((int32_t)(sizeof(table) / sizeof((table)[0])))

enum {
    SPIRAL = 1 << CONFIG_KIND_SPIRAL,
    RELAY = 1 << CONFIG_KIND_RELAY,
    LOCK = 1 << CONFIG_KIND_LOCK,
    BARRIER = 1 << CONFIG_KIND_BARRIER,
    TURNSTILE = 1 << CONFIG_KIND_TURNSTILE,
};

static const struct sim_device_word device_words[] = {
    {SIM_FAULT_JAM, SPIRAL, SIM_MANNER_FAULT, SIM_VALUE_ANGLE, 200, "jam"},
    {SIM_FAULT_NO_MOVEMENT, SPIRAL | BARRIER, SIM_MANNER_FAULT, SIM_VALUE_NONE, 0, "no_movement"},
    {SIM_FAULT_NO_DROP, SPIRAL, SIM_MANNER_FAULT, SIM_VALUE_NONE, 0, "no_drop"},
    {SIM_FAULT_DOUBLE_DROP, SPIRAL, SIM_MANNER_FAULT, SIM_VALUE_NONE, 0, "double_drop"},
    {SIM_FAULT_LATE_DROP, SPIRAL, SIM_MANNER_FAULT, SIM_VALUE_DELAY, 2000000, "late_drop"},
    {SIM_FAULT_SLOW, SPIRAL | BARRIER, SIM_MANNER_FAULT, SIM_VALUE_PERCENT, 50, "slow"},
    {SIM_FAULT_NO_FEEDBACK, RELAY, SIM_MANNER_FAULT, SIM_VALUE_NONE, 0, "no_feedback"},
    {SIM_FAULT_LATE_FEEDBACK, RELAY, SIM_MANNER_FAULT, SIM_VALUE_DELAY, 5000000, "late_feedback"},
    {SIM_FAULT_NOT_OPENED, LOCK, SIM_MANNER_FAULT, SIM_VALUE_NONE, 0, "not_opened"},
    {SIM_FAULT_LATE_OPEN, LOCK, SIM_MANNER_FAULT, SIM_VALUE_DELAY, 5000000, "late_open"},
    {SIM_FAULT_STAYS_UP, BARRIER, SIM_MANNER_FAULT, SIM_VALUE_LENGTH, 0, "stays_up"},
    {SIM_FAULT_UNIT, BARRIER | TURNSTILE, SIM_MANNER_FAULT, SIM_VALUE_LENGTH, 0, "unit_fault"},
    {SIM_FAULT_POWER, BARRIER | TURNSTILE, SIM_MANNER_FAULT, SIM_VALUE_LENGTH, 0, "power_loss"},
    {SIM_FAULT_FIRE, BARRIER | TURNSTILE, SIM_MANNER_FAULT, SIM_VALUE_LENGTH, 0, "fire_alarm"},
    {SIM_HABIT_NOBODY, BARRIER | TURNSTILE, SIM_MANNER_HABIT, SIM_VALUE_LENGTH, 0, "nobody"},
    {SIM_HABIT_TRAFFIC, BARRIER, SIM_MANNER_HABIT, SIM_VALUE_DELAY, 8000000, "traffic"},
    {SIM_HABIT_WAIT, BARRIER, SIM_MANNER_HABIT, SIM_VALUE_LENGTH, 0, "wait"},
    {SIM_HABIT_STOP_UNDER, BARRIER, SIM_MANNER_HABIT, SIM_VALUE_LENGTH, 0, "stop_under"},
    {SIM_HABIT_PUSH, BARRIER, SIM_MANNER_HABIT, SIM_VALUE_LENGTH, 3000000, "push"},
    {SIM_HABIT_LATE_PASS, TURNSTILE, SIM_MANNER_HABIT, SIM_VALUE_DELAY, 3000000, "late_pass"},
    {SIM_HABIT_TWO_PASS, TURNSTILE, SIM_MANNER_HABIT, SIM_VALUE_NONE, 0, "two_pass"},
    {SIM_ACT_ARRIVE, BARRIER, SIM_MANNER_ACT, SIM_VALUE_VEHICLE, 0, "arrive"},
    {SIM_ACT_FOLLOW, BARRIER, SIM_MANNER_ACT, SIM_VALUE_DELAY, 600000, "follow"},
    {SIM_ACT_REVERSE, BARRIER, SIM_MANNER_ACT, SIM_VALUE_NONE, 0, "reverse"},
    {SIM_ACT_COME_BACK, BARRIER, SIM_MANNER_ACT, SIM_VALUE_NONE, 0, "come_back"},
    {SIM_ACT_LEAVE, BARRIER, SIM_MANNER_ACT, SIM_VALUE_NONE, 0, "leave"},
    {SIM_ACT_DRIVE, BARRIER, SIM_MANNER_ACT, SIM_VALUE_NONE, 0, "drive"},
    {SIM_ACT_JUMP, TURNSTILE, SIM_MANNER_ACT, SIM_VALUE_NONE, 0, "jump"},
    {SIM_ACT_WRONG_WAY, TURNSTILE, SIM_MANNER_ACT, SIM_VALUE_NONE, 0, "wrong_way"},
};

static const struct sim_line_word line_words[] = {
    {SIM_FAULT_STUCK_ON, false, true, {"stuck", "on"}},
    {SIM_FAULT_STUCK_OFF, false, true, {"stuck", "off"}},
    {SIM_FAULT_LOST, true, true, {"lost", NULL}},
    {SIM_FAULT_REFUSES, true, false, {"refuses", NULL}},
    {SIM_FAULT_UNANSWERED, true, false, {"unanswered", NULL}},
    {SIM_FAULT_DEAF, true, false, {"deaf", NULL}},
    {SIM_FAULT_WELDED, true, false, {"welded", NULL}},
};

/* What is said of the machine itself, in its own words. */
static const struct sim_machine_word machine_words[] = {
    {{"door", "open"}, true, SIM_FAULT_STUCK_OFF},
    {{"door", "shut"}, true, SIM_FAULT_STUCK_ON},
    {{"fire", "alarm"}, false, SIM_FAULT_STUCK_OFF},
    {{"fire", "clear"}, false, SIM_FAULT_STUCK_ON},
};

/* The first is the usual one. Speeds as people drive in a lane. */
static const struct sim_vehicle vehicles[] = {
    {"car", 4400, 2500},
    {"van", 6000, 2000},
    {"truck", 12000, 1500},
    {"motorcycle", 2100, 3500},
};

const struct sim_device_word *sim_device_word(int32_t number)
{
    return number < COUNT(device_words) ? &device_words[number] : NULL;
}

const struct sim_line_word *sim_line_word(int32_t number)
{
    return number < COUNT(line_words) ? &line_words[number] : NULL;
}

const struct sim_machine_word *sim_machine_word(int32_t number)
{
    return number < COUNT(machine_words) ? &machine_words[number] : NULL;
}

const struct sim_vehicle *sim_vehicle(int32_t number)
{
    return number < COUNT(vehicles) ? &vehicles[number] : NULL;
}

static const struct sim_device_word *words_find(enum sim_fault fault)
{
    for (int32_t i = 0; i < COUNT(device_words); i++) {
        if (device_words[i].fault == fault)
            return &device_words[i];
    }
    return NULL;
}

const char *sim_fault_name(enum sim_fault fault)
{
    const struct sim_device_word *word = words_find(fault);

    if (word != NULL)
        return word->name;
    return fault == SIM_FAULT_STUCK_ON    ? "stuck on"
           : fault == SIM_FAULT_STUCK_OFF ? "stuck off"
                                          : line_words[fault - SIM_FAULT_STUCK_ON].words[0];
}

enum sim_manner sim_fault_manner(enum sim_fault fault)
{
    const struct sim_device_word *word = words_find(fault);
    return word != NULL ? word->manner : SIM_MANNER_FAULT;
}
