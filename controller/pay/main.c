#include <signal.h>
#include <stdio.h>
#include <jansson.h>
#include <sodium.h>

#include "controller/pay/broker.h"
#include "controller/pay/commands.h"

static void on_signal(int number)
{
    (void)number;
    pay_broker_stop();
}

int main(int argc, char **argv)
{
    static int (*const run[PAY_COMMAND_COUNT])(struct pay_options *) = {
        [PAY_COMMAND_KEYGEN] = pay_command_keygen,   [PAY_COMMAND_PUBLIC] = pay_command_public,
        [PAY_COMMAND_SIGN] = pay_command_sign,       [PAY_COMMAND_VERIFY] = pay_command_verify,
        [PAY_COMMAND_PAY] = pay_command_pay,         [PAY_COMMAND_ACK] = pay_command_ack,
        [PAY_COMMAND_COMMAND] = pay_command_command, [PAY_COMMAND_LISTEN] = pay_command_listen,
        [PAY_COMMAND_SERVE] = pay_command_serve,
    };
    struct pay_options options;
    bool stop;
    int status = pay_options_read(&options, argc, argv, &stop);
    if (status != PAY_DONE || stop)
        return status;
    if (sodium_init() < 0) {
        pay_complain("no random numbers on this machine");
        return PAY_FAILED;
    }
    json_object_seed(0);
    struct sigaction action = {.sa_handler = on_signal};
    (void)sigaction(SIGINT, &action, NULL);
    (void)sigaction(SIGTERM, &action, NULL);
    (void)signal(SIGPIPE, SIG_IGN);
    status = run[options.command](&options);
    /* A full disk or a closed pipe must not look like success. */
    if (fflush(stdout) != 0 && status == PAY_DONE) {
        pay_complain("cannot write the output");
        status = PAY_FAILED;
    }
    return status;
}
