/* The commands of kiosk-pay. Each returns the exit status (PAY_DONE, PAY_FAILED, PAY_USAGE). */
#ifndef CONTROLLER_PAY_COMMANDS_H
#define CONTROLLER_PAY_COMMANDS_H

#include "controller/pay/options.h"

int pay_command_keygen(struct pay_options *options);
int pay_command_public(struct pay_options *options);
int pay_command_sign(struct pay_options *options);
int pay_command_verify(struct pay_options *options);
int pay_command_pay(struct pay_options *options);
int pay_command_ack(struct pay_options *options);
int pay_command_command(struct pay_options *options);
int pay_command_listen(struct pay_options *options);
int pay_command_serve(struct pay_options *options);

#endif
