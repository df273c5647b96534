#include "controller/pay/options_table.h"

#include <string.h>

#define BIT(name) (1u << PAY_COMMAND_##name)
enum {
    ALL = (1u << PAY_COMMAND_COUNT) - 1,
    BROKER = BIT(PAY) | BIT(ACK) | BIT(COMMAND) | BIT(LISTEN) | BIT(SERVE),
    CLAIMS = BIT(PAY) | BIT(SIGN),
    NAMED = CLAIMS | BIT(ACK),
    SIGNERS = NAMED | BIT(COMMAND) | BIT(SERVE) | BIT(LISTEN),
};

static const struct {
    const char *name, *words, *help;
} commands[PAY_COMMAND_COUNT] = {
    [PAY_COMMAND_KEYGEN] = {"keygen", "-o FILE", "make a key; print the line for the kiosk's configuration"},
    [PAY_COMMAND_PUBLIC] = {"public", "", "print that line again for a key file"},
    [PAY_COMMAND_SIGN] = {"sign", "--type T", "print a signed token and send nothing"},
    [PAY_COMMAND_VERIFY] = {"verify", "[TOKEN]", "judge a token (from standard input if none is given)"},
    [PAY_COMMAND_PAY] = {"pay", "[PRODUCT]",
                         "pay: send until the receipt, wait for the outcome, acknowledge it"},
    [PAY_COMMAND_ACK] = {"ack", "", "tell the kiosk that an outcome is stored"},
    [PAY_COMMAND_COMMAND] = {"command", "NAME [KEY=VALUE..]", "give an order and print its answer"},
    [PAY_COMMAND_LISTEN] = {"listen", "", "print what the kiosk says, with times"},
    [PAY_COMMAND_SERVE] = {"serve", "", "keep a ledger: store and acknowledge every outcome"},
};

#define FLAG(name, letter, who, field, help)                                                                 \
    {name, letter, PAY_OPTION_FLAG, who, offsetof(struct pay_options, field), 0, 0, NULL, help}
#define TEXT(name, letter, who, field, value, help)                                                          \
    {name, letter, PAY_OPTION_TEXT, who, offsetof(struct pay_options, field), 0, 0, value, help}
#define NUMBER(name, who, field, least, most, value, help)                                                   \
    {name, 0, PAY_OPTION_NUMBER, who, offsetof(struct pay_options, field), least, most, value, help}

#define MOST_TIME   INT64_C(253402300799)
#define MOST_AMOUNT INT64_C(1000000000000)

const struct pay_option pay_option_table[] = {
    TEXT("config", 'c', ALL, config_file, "FILE",
         "the kiosk's configuration: broker, kiosk, prices (or $KIOSK_PAY_CONFIG)"),
    TEXT("key", 'k', ALL & ~BIT(KEYGEN), key_file, "FILE", "the key file (or $KIOSK_PAY_KEY)"),
    FLAG("json", 0, ALL, json, "JSON instead of sentences"),
    TEXT("host", 0, BROKER, host, "HOST", "broker [localhost]"),
    NUMBER("port", BROKER, port, 1, 65535, "PORT", "broker's port [1883, with TLS 8883]"),
    TEXT("prefix", 0, BROKER, prefix, "P", "first part of the topics [kiosk]"),
    TEXT("kiosk", 0, BROKER | BIT(SIGN) | BIT(VERIFY), kiosk, "ID", "id of the kiosk"),
    TEXT("ca", 0, BROKER, ca, "FILE", "TLS: certificates that are trusted"),
    TEXT("cert", 0, BROKER, cert, "FILE", "TLS: our certificate"),
    TEXT("tls-key", 0, BROKER, tls_key, "FILE", "TLS: its private key"),
    TEXT("user", 0, BROKER, user, "NAME", "user at the broker"),
    TEXT("password-file", 0, BROKER, password_file, "FILE", "file with the password, one line"),
    NUMBER("mqtt", BROKER, mqtt, 3, 5, "3|5", "MQTT version: 5 or 3 (3.1.1) [5]"),
    TEXT("alg", 0, BIT(KEYGEN), alg, "ALG", "EdDSA or HS256 [EdDSA]"),
    TEXT("kid", 0, BIT(KEYGEN), kid, "KID", "name of the key [psp-<year>]"),
    TEXT("use", 0, BIT(KEYGEN), use, "LIST", "payment,ack,command: what it may say [payment,ack]"),
    TEXT("output", 'o', BIT(KEYGEN) | BIT(COMMAND), output, "FILE",
         "keygen: the new key file; command: data goes there"),
    TEXT("type", 0, BIT(SIGN) | BIT(VERIFY), type, "TYPE", "payment, ack or command"),
    TEXT("claims", 0, BIT(SIGN), claims, "FILE", "sign the text of this file (- = standard input) as it is"),
    TEXT("product", 0, CLAIMS, product, "ID", "product paid for"),
    TEXT("account", 0, CLAIMS, account, "A", "account paid to, instead of a product"),
    NUMBER("amount", CLAIMS, amount, 1, MOST_AMOUNT, "N", "amount in minor units [the price in -c]"),
    TEXT("currency", 0, CLAIMS, currency, "CUR", "three letters [as in -c]"),
    TEXT("provider", 0, NAMED, provider, "P", "payment system [demo]"),
    TEXT("id", 0, NAMED, id, "ID", "payment id [made from the time]"),
    NUMBER("paid-at", CLAIMS, paid_at, 0, MOST_TIME, "T", "unix time of the payment [now]"),
    NUMBER("age", CLAIMS, age_s, 0, MOST_TIME, "S", "paid this many seconds ago"),
    FLAG("test", 0, CLAIMS, test, "mark as a test payment"),
    NUMBER("expires", SIGNERS, expires_s, 1, MOST_TIME, "S", "exp claim, seconds from now [commands: 60]"),
    TEXT("jti", 0, CLAIMS | BIT(COMMAND), jti, "ID", "id of the message [random]"),
    TEXT("issuer", 0, SIGNERS, issuer, "ISS", "iss claim [kiosk-pay]"),
    TEXT("result", 0, BIT(ACK) | BIT(SIGN), result, "RESULT", "delivered, failed, unknown or refused"),
    TEXT("args", 0, BIT(COMMAND), args, "JSON", "arguments as one JSON object"),
    NUMBER("repeat", BIT(PAY), repeat, 1, 100000, "N", "send the same payment N times at once [1]"),
    NUMBER("count", BIT(PAY) | BIT(LISTEN), count, 1, 10000000, "N",
           "pay: N different payments; listen: stop after N"),
    NUMBER("rate", BIT(PAY), rate, 1, 1000000, "R", "at most R payments a second"),
    FLAG("retain", 0, BIT(PAY), retain, "let the broker keep it (the kiosk must not act on such a one)"),
    NUMBER("wait", BROKER & ~BIT(ACK), wait_s, 0, 1000000, "S",
           "give up (listen: stop) after S seconds [pay 60, command 20]"),
    FLAG("no-wait", 0, BIT(PAY), no_wait, "send, see that the broker has it, and leave"),
    FLAG("no-ack", 0, BIT(PAY), no_ack, "do not acknowledge the outcome"),
    FLAG("ack", 0, BIT(LISTEN), ack, "acknowledge every outcome seen"),
    TEXT("ledger", 0, BIT(SERVE), ledger, "FILE", "the ledger, one outcome a line [in memory]"),
    {"help", 'h', PAY_OPTION_HELP, ALL, 0, 0, 0, NULL, "this text"},
    {"version", 'V', PAY_OPTION_VERSION, ALL, 0, 0, 0, NULL, "the version"},
    {0},
};

const char *pay_command_name(enum pay_command command)
{
    return commands[command].name;
}

static void help_option(FILE *out, const struct pay_option *option)
{
    char left[48];
    snprintf(left, sizeof left, "%c%c%c --%s %s", option->letter ? '-' : ' ',
             option->letter ? option->letter : ' ', option->letter ? ',' : ' ', option->name,
             option->value ? option->value : "");
    fprintf(out, "  %-24s  %s\n", left, option->help);
}

void pay_options_help(FILE *out, const enum pay_command *command)
{
    if (!command) {
        fputs("kiosk-pay [-k KEYFILE] [-c kiosk.cfg] COMMAND [OPTION…]: a payment service in a "
              "box\n\nCommands\n",
              out);
        for (int i = 0; i < PAY_COMMAND_COUNT; i++)
            fprintf(out, "  %-8s %-18s %s\n", commands[i].name, commands[i].words, commands[i].help);
        fputs(
            "\nkiosk-pay COMMAND --help tells the options of one. A first purchase:\n"
            "  kiosk-pay keygen -o psp.jwk            # put the printed line into keys = ( … ) of kiosk.cfg\n"
            "  kiosk-pay -k psp.jwk -c kiosk.cfg pay cola\n\n"
            "Exit status: 0 done (pay: delivered), 1 failed, 2 bad usage or configuration.\n",
            out);
        return;
    }
    fprintf(out, "kiosk-pay %s %s [OPTION…]: %s\n\n", commands[*command].name, commands[*command].words,
            commands[*command].help);
    for (const struct pay_option *option = pay_option_table; option->name; option++)
        if (option->commands & 1u << *command)
            help_option(out, option);
}
