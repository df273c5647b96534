#include "controller/codes.h"

#include <assert.h>

#include "controller/core.h"

#define CODE_NAME(id, name, severity) name,
static const char *const code_names[] = {CORE_CODES(CODE_NAME)};
#undef CODE_NAME
#define CODE_SEVERITY(id, name, severity) severity,
static const char *const code_severities[] = {CORE_CODES(CODE_SEVERITY)};
#undef CODE_SEVERITY
#define NAME(id, name) name,
static const char *const hold_names[] = {CORE_HOLDS(NAME)};
static const char *const counter_names[] = {CORE_COUNTERS(NAME)};
#undef NAME

const char *core_code_name(enum core_code code)
{
    assert((unsigned)code < CORE_CODE_COUNT);
    return code_names[code];
}

const char *core_code_severity(enum core_code code)
{
    assert((unsigned)code < CORE_CODE_COUNT);
    return code_severities[code];
}

const char *core_hold_name(enum core_hold hold)
{
    assert((unsigned)hold < CORE_HOLD_COUNT);
    return hold_names[hold];
}

const char *core_counter_name(enum core_counter counter)
{
    assert((unsigned)counter < CORE_COUNTER_COUNT);
    return counter_names[counter];
}
