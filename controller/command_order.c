#include <string.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/qr.h"
#include "common/qr_make.h"
#include "common/text.h"
#include "controller/shell.h"

enum { MESSAGE_MAX_S = 86400 };

/* ---- orders that the core answers ---- */

void command_give_core(struct shell *shell, const struct reply *reply, const struct core_command *command,
                       json_t *data, bool wants_outcome)
{
    for (size_t i = 0; i < SHELL_COMMANDS; i++) {
        struct shell_command *slot = &shell->commands[i];
        if (slot->id != 0)
            continue;
        *slot = (struct shell_command){
            .id = ++shell->command_id, .reply = *reply, .data = data, .wants_outcome = wants_outcome};
        struct core_event *event = shell_begin(shell, CORE_EVENT_COMMAND);
        event->u.command = *command;
        event->u.command.id = slot->id;
        shell_step(shell);
        return;
    }
    json_decref(data);
    command_fail(shell, reply, "%d commands are still at work; try again", SHELL_COMMANDS);
}

static void put_outcome(json_t *data, const struct payment_outcome *outcome)
{
    json_t *evidence = json_object();
    for (int32_t i = 0; i < outcome->evidence_count; i++)
        json_object_set_new(evidence, payment_evidence_name(outcome->evidence[i].name),
                            json_integer(outcome->evidence[i].value));
    json_object_set_new(data, "result", json_string(payment_result_name(outcome->result)));
    if (outcome->reason != PAYMENT_REASON_NONE)
        json_object_set_new(data, "reason", json_string(payment_reason_name(outcome->reason)));
    json_object_set_new(data, "verified", json_boolean(outcome->verified));
    json_object_set_new(data, "evidence", evidence);
}

void command_answer(struct shell *shell, const struct core_action *action)
{
    for (size_t i = 0; i < SHELL_COMMANDS; i++) {
        struct shell_command command = shell->commands[i];
        if (command.id == 0 || command.id != action->u.answer.id)
            continue;
        shell->commands[i].id = 0;
        shell->commands[i].data = NULL;
        bool moved = command.wants_outcome && action->u.answer.outcome.result != PAYMENT_RESULT_NONE;
        if (moved)
            put_outcome(command.data, &action->u.answer.outcome);
        if (action->u.answer.ok) {
            command_ok(shell, &command.reply, command.data);
            return;
        }
        if (!moved)
            json_decref(command.data);
        command_fail_with(shell, &command.reply, moved ? command.data : NULL,
                          action->u.answer.error ? action->u.answer.error : "failed");
        return;
    }
}

/* One product, or without `product` the whole machine. */
static void switch_sale(struct shell *shell, const struct reply *reply, const json_t *args,
                        enum core_command_kind of_product, enum core_command_kind of_machine)
{
    struct core_command command = {.kind = of_machine, .product = -1, .device = -1};
    json_t *data = json_object();
    if (json_object_get(args, "product")) {
        command.kind = of_product;
        command.product = command_arg_product(shell, reply, args);
        if (command.product < 0) {
            json_decref(data);
            return;
        }
        const struct config_product *product = &shell->config->products[command.product];
        json_object_set_new(data, "product", json_string(product->id));
        json_object_set_new(data, "device", json_string(shell->config->devices[product->device].name));
    }
    command_give_core(shell, reply, &command, data, false);
}

void command_enable(struct shell *shell, const struct reply *reply, const json_t *args)
{
    switch_sale(shell, reply, args, CORE_COMMAND_PRODUCT_ENABLE, CORE_COMMAND_MACHINE_ENABLE);
}

void command_disable(struct shell *shell, const struct reply *reply, const json_t *args)
{
    switch_sale(shell, reply, args, CORE_COMMAND_PRODUCT_DISABLE, CORE_COMMAND_MACHINE_DISABLE);
}

void command_stock_set(struct shell *shell, const struct reply *reply, const json_t *args)
{
    int32_t product = command_arg_product(shell, reply, args);
    if (product < 0)
        return;
    const struct config_product *configured = &shell->config->products[product];
    const json_t *stock = json_object_get(args, "stock");
    int64_t wanted = stock ? json_integer_value(stock) : configured->capacity;
    int64_t most = configured->capacity >= 0 ? configured->capacity : 100000;
    if (configured->stock < 0 && configured->capacity < 0)
        command_fail(shell, reply, "product \"%s\" is not counted (no stock in the configuration)",
                     configured->id);
    else if ((stock && !json_is_integer(stock)) || wanted < 0 || wanted > most)
        command_fail(shell, reply, "stock: a whole number from 0 to %lld is wanted", (long long)most);
    else {
        struct core_command command = {.kind = CORE_COMMAND_STOCK_SET, .product = product, .device = -1};
        command.stock = (int32_t)wanted;
        json_t *entry = json_pack("{s:s,s:I}", "id", configured->id, "stock", (json_int_t)wanted);
        if (configured->capacity >= 0)
            json_object_set_new(entry, "capacity", json_integer(configured->capacity));
        command_give_core(shell, reply, &command, json_pack("{s:[o]}", "products", entry), false);
    }
}

void command_refill(struct shell *shell, const struct reply *reply, const json_t *args)
{
    if (json_object_get(args, "product")) {
        command_stock_set(shell, reply, args);
        return;
    }
    if (json_object_get(args, "stock")) {
        command_fail(shell, reply,
                     "a number needs a product; without a product all are filled to their capacity");
        return;
    }
    json_t *list = json_array();
    for (int32_t i = 0; i < shell->config->product_count; i++) {
        const struct config_product *product = &shell->config->products[i];
        if (product->capacity < 0)
            continue;
        struct core_event *event = shell_begin(shell, CORE_EVENT_COMMAND);
        event->u.command = (struct core_command){
            .kind = CORE_COMMAND_STOCK_SET, .product = i, .device = -1, .stock = product->capacity};
        shell_step(shell);
        json_array_append_new(list, json_pack("{s:s,s:i,s:i}", "id", product->id, "stock", product->capacity,
                                              "capacity", product->capacity));
    }
    command_ok(shell, reply, json_pack("{s:o}", "products", list));
}

/* The code that comes with a new price: given; or built anew where the configuration builds it; or, as it may
 * name no amount, the one that is shown now. */
static const char *price_code(const struct shell *shell, int32_t product, const json_t *price,
                              const json_t *qr, char built[CONFIG_QR_SIZE])
{
    const struct config_product *configured = &shell->config->products[product];
    struct core_product_view view;
    if (qr)
        return json_string_value(qr);
    if (configured->qr_built &&
        qr_make_price(built, configured->qr, json_integer_value(price), shell->config->kiosk.currency))
        return built;
    core_view_product(shell->core, product, clock_wall_s(), &view);
    return view.qr;
}

void command_price_set(struct shell *shell, const struct reply *reply, const json_t *args)
{
    int32_t product = command_arg_product(shell, reply, args);
    if (product < 0)
        return;
    const json_t *price = json_object_get(args, "price"), *qr = json_object_get(args, "qr"),
                 *from = json_object_get(args, "from");
    char problem[QR_PROBLEM_SIZE] = "";
    struct core_command command = {.kind = CORE_COMMAND_PRICE_SET, .product = product, .device = -1};
    char built[CONFIG_QR_SIZE];
    const char *code = price_code(shell, product, price, qr, built);
    if (!json_is_integer(price) || json_integer_value(price) <= 0 ||
        json_integer_value(price) > INT64_C(1000000000))
        command_fail(shell, reply, "price: a whole number of minor units from 1 to 1000000000 is wanted");
    else if (!code || strlen(code) >= sizeof command.qr || (qr && code[0] == '\0'))
        command_fail(shell, reply, "qr: a text of 1 to %zu bytes is wanted", sizeof command.qr - 1);
    else if (from && !json_is_integer(from))
        command_fail(shell, reply, "from: unix seconds are wanted");
    else if (qr_check(code, json_integer_value(price), shell->config->kiosk.currency, problem) == QR_ERROR)
        command_fail(shell, reply, "qr: %s%s", problem, qr ? "" : " (the new price needs its new code)");
    else {
        command.price = json_integer_value(price);
        command.from = from ? json_integer_value(from) : clock_wall_s();
        if (qr || code == built)
            (void)text_copy(command.qr, sizeof command.qr, code);
        command_give_core(shell, reply, &command,
                          json_pack("{s:s,s:I,s:I}", "product", shell->config->products[product].id, "price",
                                    (json_int_t)command.price, "from", (json_int_t)command.from),
                          false);
    }
}

void command_test(struct shell *shell, const struct reply *reply, const json_t *args)
{
    struct core_command command = {.kind = CORE_COMMAND_DEVICE_TEST, .product = -1};
    command.device = command_arg_device(shell, reply, args);
    if (command.device >= 0)
        command_give_core(shell, reply, &command,
                          json_pack("{s:s}", "device", shell->config->devices[command.device].name), true);
}

void command_reset(struct shell *shell, const struct reply *reply, const json_t *args)
{
    struct core_command command = {.kind = CORE_COMMAND_DEVICE_RESET, .product = -1};
    command.device = command_arg_device(shell, reply, args);
    if (command.device >= 0)
        command_give_core(shell, reply, &command,
                          json_pack("{s:s}", "device", shell->config->devices[command.device].name), false);
}

/* ---- orders of the daemon itself ---- */

void command_message(struct shell *shell, const struct reply *reply, const json_t *args)
{
    const char *text = json_string_value(json_object_get(args, "text"));
    const json_t *seconds = json_object_get(args, "seconds");
    if (!text || text_utf8_length(text, strlen(text)) > 64 || text_has_control(text)) {
        command_fail(shell, reply, "text: 0 to 64 characters on one line are wanted");
        return;
    }
    int64_t wanted = seconds ? json_integer_value(seconds) : 0;
    if ((seconds && !json_is_integer(seconds)) || wanted < 0 || wanted > MESSAGE_MAX_S) {
        command_fail(shell, reply, "seconds: 0 (until taken away) to %d are wanted", MESSAGE_MAX_S);
        return;
    }
    (void)text_copy(shell->message, sizeof shell->message, text);
    shell->message_until_us = wanted > 0 ? clock_mono_us() + wanted * 1000000 : 0;
    shell->view_dirty = true;
    json_t *data = json_pack("{s:s}", "text", shell->message);
    if (wanted > 0)
        json_object_set_new(data, "seconds", json_integer(wanted));
    command_ok(shell, reply, data);
}
