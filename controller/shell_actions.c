#include <string.h>

#include "common/clock.h"
#include "common/log.h"
#include "controller/report.h"
#include "controller/shell.h"

/* An event of our own for the core: what it asked for could not even begin. Taken up right after this step.
 */
static struct core_event *tell_core(struct shell *shell, enum core_event_kind kind)
{
    struct core_event *event = &shell->pending[(shell->pending_head + shell->pending_count) % SHELL_PENDING];
    if (shell->pending_count < SHELL_PENDING)
        shell->pending_count++;
    memset(event, 0, sizeof *event);
    event->kind = kind;
    return event;
}

static void act_order(struct shell *shell, const struct core_action *action)
{
    static const enum hal_order_kind kind_of[] = {
        [DEVICE_ORDER_ON] = HAL_ON, [DEVICE_ORDER_OFF] = HAL_OFF, [DEVICE_ORDER_PULSE] = HAL_PULSE};
    struct hal_order order = {
        .line = action->u.order.line, .kind = kind_of[action->u.order.kind], .ms = action->u.order.ms};
    log_debug("order line=%s kind=%d ms=%d", shell->config->lines[order.line].name, (int)order.kind,
              order.ms);
    if (order.kind == HAL_PULSE) /* its result comes when it is over; who watches should see the beginning */
        watch_note(shell, order.line, "pulse ordered", clock_mono_us(), order.ms);
    if (shell->hal && hal_order(shell->hal, &order))
        return;
    struct core_event *event = tell_core(shell, CORE_EVENT_ORDER);
    event->u.order.line = action->u.order.line;
    event->u.order.kind = action->u.order.kind;
    event->u.order.result = DEVICE_ORDER_REFUSED;
}

static void act_store(struct shell *shell, const struct core_action *action)
{
    if (shell->store && !shell->store_bad && store_submit(shell->store, &action->u.txn))
        return;
    struct core_event *event = tell_core(shell, CORE_EVENT_COMMITTED);
    event->u.commit.ticket = action->u.txn.ticket;
    event->u.commit.ok = false;
    shell->store_bad = true;
}

static void act_outcome(struct shell *shell, const struct core_action *action)
{
    const struct payment *payment = &action->u.payment;
    log_notice("outcome provider=%s id=%s result=%s reason=%s refund=%s verified=%d",
               payment->claims.provider, payment->claims.payment_id,
               payment_result_name(payment->outcome.result), payment_reason_name(payment->outcome.reason),
               payment_refund_name(payment->outcome.refund), payment->outcome.verified);
    if (shell->outbox && shell->committed_seq > 0)
        outbox_new(shell->outbox, shell->committed_seq);
    else if (shell->outbox)
        outbox_again(shell->outbox, payment->claims.provider, payment->claims.payment_id);
}

static void act(struct shell *shell, const struct core_action *action)
{
    switch (action->kind) {
    case CORE_ACTION_STORE:
        act_store(shell, action);
        return;
    case CORE_ACTION_ORDER:
        return; /* gone first */
    case CORE_ACTION_RELEASE:
        receive_release(shell->receive, action->u.token);
        return;
    case CORE_ACTION_RECEIPT:
        log_notice("receipt provider=%s id=%s result=%s reason=%s", action->u.receipt.claims.provider,
                   action->u.receipt.claims.payment_id, report_receipt_name(action->u.receipt.result),
                   payment_reason_name(action->u.receipt.reason));
        publish_receipt(shell, action);
        return;
    case CORE_ACTION_OUTCOME:
        act_outcome(shell, action);
        return;
    case CORE_ACTION_EVENT:
        publish_core_event(shell, action);
        return;
    case CORE_ACTION_ANSWER:
        command_answer(shell, action);
        return;
    case CORE_ACTION_LATENCY:
        histogram_add(&shell->latency, action->u.latency_us);
        return;
    case CORE_ACTION_COUNT:
        break;
    }
}

/* A lane is supervised while it rests, too: somebody may jump it, or follow closely. */
static bool wants_attention(const struct shell *shell, int32_t device)
{
    struct core_device_view view;
    core_view_device(shell->core, device, &view);
    return view.moving || device_kind(shell->config->devices[device].kind)->lane ||
           shell->watched_us[device] > clock_mono_us();
}

void shell_attend_devices(struct shell *shell)
{
    const struct config *config = shell->config;
    for (int32_t d = 0; d < config->device_count; d++) {
        bool attend = wants_attention(shell, d);
        if (attend == shell->attended[d] || !shell->hal)
            continue;
        shell->attended[d] = attend;
        for (int role = 0; role < CONFIG_ROLE_COUNT; role++) {
            int32_t line = config->devices[d].line[role];
            if (line >= 0 && !config->lines[line].output)
                hal_attend(shell->hal, line, attend);
        }
    }
}

void shell_act(struct shell *shell)
{
    const struct core_actions *actions = &shell->actions;
    /* Orders first: nothing that is told may hold up what moves. */
    for (int32_t i = 0; i < actions->count; i++)
        if (actions->item[i].kind == CORE_ACTION_ORDER)
            act_order(shell, &actions->item[i]);
    for (int32_t i = 0; i < actions->count; i++)
        act(shell, &actions->item[i]);
    loop_timer_set(shell->core_timer, actions->deadline_ms == 0 ? 0 : actions->deadline_ms * 1000 + 1);
    if (actions->view_changed)
        shell->view_dirty = true;
    shell_attend_devices(shell);
}
