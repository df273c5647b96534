/* serve: the payment service's ledger. */
#include "controller/pay/commands.h"

int pay_command_serve(struct pay_options *options)
{
    (void)options;
    return PAY_FAILED;
}
