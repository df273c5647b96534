#include "controller/payment.h"

#include <assert.h>
#include <string.h>

#define NAME(id, name) name,
static const char *const reason_names[] = {PAYMENT_REASONS(NAME)};
static const char *const evidence_names[] = {PAYMENT_EVIDENCE(NAME)};
#undef NAME
static const char *const result_names[PAYMENT_RESULT_COUNT] = {"none", "delivered", "failed", "unknown",
                                                               "refused"};
static const char *const refund_names[PAYMENT_REFUND_COUNT] = {"no", "yes", "review"};
static const char *const state_names[PAYMENT_STATE_COUNT] = {"none", "paid", "moving", "done"};

const char *payment_reason_name(enum payment_reason reason)
{
    assert((unsigned)reason < PAYMENT_REASON_COUNT);
    return reason_names[reason];
}

const char *payment_result_name(enum payment_result result)
{
    assert((unsigned)result < PAYMENT_RESULT_COUNT);
    return result_names[result];
}

const char *payment_refund_name(enum payment_refund refund)
{
    assert((unsigned)refund < PAYMENT_REFUND_COUNT);
    return refund_names[refund];
}

const char *payment_state_name(enum payment_state state)
{
    assert((unsigned)state < PAYMENT_STATE_COUNT);
    return state_names[state];
}

const char *payment_evidence_name(enum payment_evidence evidence)
{
    assert((unsigned)evidence < PAYMENT_EVIDENCE_COUNT);
    return evidence_names[evidence];
}

bool payment_same_key(const struct payment_claims *a, const struct payment_claims *b)
{
    return strcmp(a->payment_id, b->payment_id) == 0 && strcmp(a->provider, b->provider) == 0;
}

bool payment_same_content(const struct payment_claims *a, const struct payment_claims *b)
{
    return payment_same_key(a, b) && a->amount == b->amount && strcmp(a->currency, b->currency) == 0 &&
           strcmp(a->product, b->product) == 0 && strcmp(a->account, b->account) == 0;
}

void payment_add_evidence(struct payment_outcome *outcome, enum payment_evidence name, int64_t value)
{
    assert((unsigned)name < PAYMENT_EVIDENCE_COUNT);
    if (outcome->evidence_count >= PAYMENT_MAX_EVIDENCE)
        return;
    outcome->evidence[outcome->evidence_count].name = name;
    outcome->evidence[outcome->evidence_count].value = value;
    outcome->evidence_count++;
}
