#include "controller/report.h"

#include <jansson.h>
#include <string.h>

#include "common/text.h"

/* Text as a JSON string. Claims were checked when they came in; a name that is not UTF-8 all the same (a
 * damaged configuration) must not suppress an outcome, so its odd bytes become '?'. */
static json_t *text_value(const char *text)
{
    json_t *value = json_string(text);
    if (value)
        return value;
    char safe[1100];
    size_t used = 0;
    for (; *text && used + 1 < sizeof safe; text++)
        safe[used++] = (unsigned char)*text < 0x80 ? *text : '?';
    safe[used] = '\0';
    return json_string(safe);
}

/* Each set_* keeps the order of the calls: jansson writes members as they were added. A member that could not
 * be added (no memory) makes *good false. */
static void set_text(json_t *object, bool *good, const char *name, const char *text)
{
    *good = json_object_set_new(object, name, text_value(text)) == 0 && *good;
}

static void set_int(json_t *object, bool *good, const char *name, int64_t value)
{
    *good = json_object_set_new(object, name, json_integer(value)) == 0 && *good;
}

static void set_bool(json_t *object, bool *good, const char *name, bool value)
{
    *good = json_object_set_new(object, name, json_boolean(value)) == 0 && *good;
}

/* Writes and releases the object. Length, or 0 with ret = "" if it is not whole. */
static size_t finish(json_t *object, bool good, char *ret, size_t size)
{
    size_t length = 0;
    if (size > 0) {
        ret[0] = '\0';
        if (object && good)
            length = json_dumpb(object, ret, size - 1, JSON_COMPACT);
        if (length > size - 1)
            length = 0;
        ret[length] = '\0';
    }
    json_decref(object);
    return length;
}

static json_t *evidence_object(const struct payment_outcome *outcome, bool *good)
{
    json_t *object = json_object();
    for (int32_t i = 0; i < outcome->evidence_count && i < PAYMENT_MAX_EVIDENCE; i++)
        set_int(object, good, payment_evidence_name(outcome->evidence[i].name), outcome->evidence[i].value);
    return object;
}

size_t report_outcome(char *ret, size_t size, int64_t seq, const struct payment *payment, const char *product,
                      const char *device)
{
    const struct payment_claims *claims = &payment->claims;
    const struct payment_outcome *outcome = &payment->outcome;
    bool good = true;
    json_t *object = json_object();
    set_int(object, &good, "seq", seq);
    set_text(object, &good, "provider", claims->provider);
    set_text(object, &good, "payment_id", claims->payment_id);
    set_text(object, &good, "product", product);
    set_text(object, &good, "device", device);
    set_int(object, &good, "amount", claims->amount);
    set_text(object, &good, "currency", claims->currency);
    set_text(object, &good, "result", payment_result_name(outcome->result));
    if (outcome->reason != PAYMENT_REASON_NONE)
        set_text(object, &good, "reason", payment_reason_name(outcome->reason));
    set_bool(object, &good, "verified", outcome->verified);
    set_text(object, &good, "refund", payment_refund_name(outcome->refund));
    set_int(object, &good, "attempts", payment->attempts);
    set_int(object, &good, "paid_at", claims->paid_at);
    set_int(object, &good, "received_at", payment->received_at);
    if (payment->started_at != 0)
        set_int(object, &good, "started_at", payment->started_at);
    set_int(object, &good, "finished_at", outcome->finished_at);
    good = json_object_set_new(object, "evidence", evidence_object(outcome, &good)) == 0 && good;
    return finish(object, good, ret, size);
}

const char *report_receipt_name(enum core_receipt_result result)
{
    switch (result) {
    case CORE_RECEIPT_ACCEPTED:
        return "accepted";
    case CORE_RECEIPT_DUPLICATE:
        return "duplicate";
    case CORE_RECEIPT_REFUSED:
        return "refused";
    }
    return "refused";
}

size_t report_receipt(char *ret, size_t size, const struct payment_claims *claims,
                      enum core_receipt_result result, enum payment_reason reason, const char *boot_id,
                      int64_t at)
{
    bool good = true;
    json_t *object = json_object();
    set_text(object, &good, "provider", claims->provider);
    set_text(object, &good, "payment_id", claims->payment_id);
    set_text(object, &good, "result", report_receipt_name(result));
    if (result == CORE_RECEIPT_REFUSED && reason != PAYMENT_REASON_NONE)
        set_text(object, &good, "reason", payment_reason_name(reason));
    set_text(object, &good, "boot_id", boot_id);
    set_int(object, &good, "at", at);
    return finish(object, good, ret, size);
}

static json_t *availability_item(const struct config *config, const struct core *core, int32_t product,
                                 int64_t wall_s, bool *good)
{
    struct core_product_view view;
    core_view_product(core, product, wall_s, &view);
    json_t *object = json_object();
    set_text(object, good, "id", config->products[product].id);
    set_int(object, good, "price", view.price);
    set_text(object, good, "currency", config->kiosk.currency);
    set_bool(object, good, "can_sell", view.can_sell);
    if (!view.can_sell)
        set_text(object, good, "reason", core_hold_name(view.hold));
    if (view.stock >= 0)
        set_int(object, good, "stock", view.stock);
    return object;
}

size_t report_availability(char *ret, size_t size, const struct config *config, const struct core *core,
                           int64_t wall_s)
{
    bool good = true;
    json_t *products = json_array();
    for (int32_t i = 0; i < config->product_count; i++)
        good =
            json_array_append_new(products, availability_item(config, core, i, wall_s, &good)) == 0 && good;
    json_t *object = json_object();
    good = json_object_set_new(object, "products", products) == 0 && good;
    return finish(object, good, ret, size);
}

/* Machine-wide holds by name. Without a core (the last will, written before there is one) the kiosk is just
 * offline. */
static json_t *status_reasons(const struct core_machine_view *view, bool *good)
{
    json_t *reasons = json_array();
    for (int32_t hold = CORE_HOLD_NONE + 1; hold < CORE_HOLD_COUNT; hold++) {
        if (view->holds & UINT32_C(1) << hold)
            *good = json_array_append_new(reasons, json_string(core_hold_name((enum core_hold)hold))) == 0 &&
                    *good;
    }
    return reasons;
}

size_t report_status(char *ret, size_t size, const struct core *core, bool online, const char *boot_id,
                     int64_t since)
{
    struct core_machine_view view = {.holds = UINT32_C(1) << CORE_HOLD_BROKER};
    if (core)
        core_view_machine(core, &view);
    bool good = true;
    json_t *object = json_object();
    set_bool(object, &good, "online", online);
    set_bool(object, &good, "selling", online && view.selling);
    good = json_object_set_new(object, "reasons", status_reasons(&view, &good)) == 0 && good;
    set_text(object, &good, "boot_id", boot_id);
    set_text(object, &good, "version", KIOSK_VERSION);
    set_int(object, &good, "since", since);
    return finish(object, good, ret, size);
}

/* ---- events ---- */

static void set_text_if(json_t *object, bool *good, const char *name, const char *text)
{
    if (text[0])
        set_text(object, good, name, text);
}

/* "ms" is before the event, so negative; a level that is not known is null. */
static json_t *trace_array(const struct config *config, const struct core_action *action, bool *good)
{
    json_t *trace = json_array();
    for (int32_t i = 0; i < action->u.event.trace_count && i < DEVICE_TRACE; i++) {
        const struct core_trace *change = &action->u.event.trace[i];
        json_t *entry = json_object();
        set_text(entry, good, "line", config->lines[change->line].name);
        if (change->level == DEVICE_LEVEL_UNKNOWN)
            *good = json_object_set_new(entry, "on", json_null()) == 0 && *good;
        else
            set_bool(entry, good, "on", change->level == DEVICE_LEVEL_ON);
        set_int(entry, good, "ms", -(int64_t)change->ago_ms);
        *good = json_array_append_new(trace, entry) == 0 && *good;
    }
    return trace;
}

static void set_names(json_t *object, bool *good, const struct config *config,
                      const struct core_action *action)
{
    int32_t product = action->u.event.product, device = action->u.event.device, line = action->u.event.line;
    if (product >= 0 && product < config->product_count)
        set_text(object, good, "product", config->products[product].id);
    if (device >= 0 && device < config->device_count)
        set_text(object, good, "device", config->devices[device].name);
    if (line >= 0 && line < config->line_count)
        set_text(object, good, "line", config->lines[line].name);
}

size_t report_event(char *ret, size_t size, const struct config *config, const struct core_action *action,
                    int64_t seq, const char *boot_id, int64_t at)
{
    enum core_code code = action->u.event.code;
    bool good = true;
    json_t *object = json_object();
    set_int(object, &good, "seq", seq);
    set_text(object, &good, "code", core_code_name(code));
    set_text(object, &good, "severity", core_code_severity(code));
    set_int(object, &good, "at", at);
    set_text(object, &good, "boot_id", boot_id);
    set_names(object, &good, config, action);
    set_text_if(object, &good, "provider", action->u.event.provider);
    set_text_if(object, &good, "payment_id", action->u.event.payment_id);
    if (action->u.event.reason != PAYMENT_REASON_NONE)
        set_text(object, &good, "reason", payment_reason_name(action->u.event.reason));
    set_text_if(object, &good, "owner", action->u.event.owner);
    set_text_if(object, &good, "why", action->u.event.why);
    if (action->u.event.until > 0)
        set_int(object, &good, "until", action->u.event.until);
    if (action->u.event.trace_count > 0)
        good = json_object_set_new(object, "trace", trace_array(config, action, &good)) == 0 && good;
    return finish(object, good, ret, size);
}
