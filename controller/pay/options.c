#include "controller/pay/options.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "config/load.h"
#include "controller/pay/options_table.h"

void pay_complain(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs("kiosk-pay: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
}

static bool read_number(const struct pay_option *option, const char *text, int64_t *ret)
{
    char *end;
    errno = 0;
    long long number = strtoll(text, &end, 10);
    if (errno == 0 && *text && *end == '\0' && number >= option->least && number <= option->most) {
        *ret = number;
        return true;
    }
    pay_complain("--%s %s: wants a whole number from %lld to %lld%s", option->name, text,
                 (long long)option->least, (long long)option->most,
                 strcmp(option->name, "amount") == 0 ? " (minor units: 250 is 2.50)" : "");
    return false;
}

static bool take(struct pay_options *ret, const struct pay_option *option, const char *value)
{
    void *place = (char *)ret + option->offset;
    switch (option->kind) {
    case PAY_OPTION_FLAG:
        *(bool *)place = true;
        return true;
    case PAY_OPTION_TEXT:
        *(const char **)place = value;
        return true;
    case PAY_OPTION_NUMBER:
        return read_number(option, value, place);
    case PAY_OPTION_HELP:
    case PAY_OPTION_VERSION:
        break;
    }
    return true;
}

static void set_unset(struct pay_options *ret)
{
    static const int64_t unset = -1;
    memset(ret, 0, sizeof *ret);
    for (const struct pay_option *option = pay_option_table; option->name; option++)
        if (option->kind == PAY_OPTION_NUMBER)
            memcpy((char *)ret + option->offset, &unset, sizeof unset);
}

/* The table in getopt's form: val is the index + 256, the short letters map back by search. */
static void fill_getopt(struct option ret_long[PAY_OPTION_MAX], char ret_short[2 * PAY_OPTION_MAX])
{
    size_t n = 0, s = 0;
    for (const struct pay_option *option = pay_option_table; option->name && n + 1 < PAY_OPTION_MAX;
         option++, n++) {
        bool value = option->kind == PAY_OPTION_TEXT || option->kind == PAY_OPTION_NUMBER;
        ret_long[n] =
            (struct option){option->name, value ? required_argument : no_argument, NULL, 256 + (int)n};
        if (option->letter) {
            ret_short[s++] = option->letter;
            if (value)
                ret_short[s++] = ':';
        }
    }
    ret_long[n] = (struct option){0};
    ret_short[s] = '\0';
}

static const struct pay_option *find_option(int code)
{
    if (code >= 256)
        return &pay_option_table[code - 256];
    for (const struct pay_option *option = pay_option_table; option->name; option++)
        if (code != '?' && option->letter == code)
            return option;
    return NULL;
}

static bool find_command(const char *word, enum pay_command *ret)
{
    for (int i = 0; i < PAY_COMMAND_COUNT; i++) {
        if (strcmp(word, pay_command_name((enum pay_command)i)) == 0) {
            *ret = (enum pay_command)i;
            return true;
        }
    }
    return false;
}

static bool check_taken(enum pay_command command, const bool seen[PAY_OPTION_MAX])
{
    for (size_t i = 0; pay_option_table[i].name; i++) {
        if (seen[i] && (pay_option_table[i].commands & 1u << command) == 0) {
            pay_complain("--%s means nothing to \"%s\"; see kiosk-pay %s --help", pay_option_table[i].name,
                         pay_command_name(command), pay_command_name(command));
            return false;
        }
    }
    return true;
}

static const char *or_default(const char *given, const char *fallback)
{
    return given ? given : fallback && *fallback ? fallback : NULL;
}

static int load_config(struct pay_options *ret)
{
    static struct config config;
    int faults = config_load(&config, ret->config_file, CONFIG_LOAD_NO_SECRETS, &config_report_stderr);
    if (faults != 0) {
        pay_complain("%s is not a good configuration; kioskd --check explains it too", ret->config_file);
        return PAY_USAGE;
    }
    ret->config = &config;
    ret->host = or_default(ret->host, config.mqtt.host);
    ret->prefix = or_default(ret->prefix, config.mqtt.prefix);
    ret->kiosk = or_default(ret->kiosk, config.kiosk.id);
    ret->currency = or_default(ret->currency, config.kiosk.currency);
    if (ret->port < 0)
        ret->port = config.mqtt.port;
    if (ret->mqtt < 0)
        ret->mqtt = config.mqtt.version;
    /* The kiosk's own certificate and password are not ours to use; its CA is. */
    if (config.mqtt.tls)
        ret->ca = or_default(ret->ca, config.mqtt.tls_ca);
    return PAY_DONE;
}

static void fill_defaults(struct pay_options *ret)
{
    bool tls = ret->ca != NULL || ret->cert != NULL;
    ret->host = or_default(ret->host, "localhost");
    ret->prefix = or_default(ret->prefix, "kiosk");
    if (ret->port < 0)
        ret->port = tls ? 8883 : 1883;
    if (ret->mqtt < 0)
        ret->mqtt = 5;
}

/* Options into *ret; the command's word and what follows stay in argv. -1 = go on, else the exit status. */
static int read_arguments(struct pay_options *ret, int argc, char **argv, bool seen[PAY_OPTION_MAX],
                          bool *ret_help)
{
    struct option long_options[PAY_OPTION_MAX];
    char short_options[2 * PAY_OPTION_MAX];
    fill_getopt(long_options, short_options);
    for (int code; (code = getopt_long(argc, argv, short_options, long_options, NULL)) != -1;) {
        const struct pay_option *option = find_option(code);
        if (!option) {
            fputs("kiosk-pay --help lists what there is\n", stderr);
            return PAY_USAGE;
        }
        seen[option - pay_option_table] = true;
        *ret_help |= option->kind == PAY_OPTION_HELP;
        if (option->kind == PAY_OPTION_VERSION) {
            puts("kiosk-pay " KIOSK_VERSION);
            return PAY_DONE;
        }
        if (!take(ret, option, optarg))
            return PAY_USAGE;
    }
    return -1;
}

int pay_options_read(struct pay_options *ret, int argc, char **argv, bool *ret_stop)
{
    bool seen[PAY_OPTION_MAX] = {false}, help = false;
    set_unset(ret);
    *ret_stop = true;
    int status = read_arguments(ret, argc, argv, seen, &help);
    if (status >= 0)
        return status;
    const char *word = optind < argc ? argv[optind] : NULL;
    if (word && !find_command(word, &ret->command)) {
        pay_complain("no command \"%s\"; kiosk-pay --help lists what there is", word);
        return PAY_USAGE;
    }
    if (help || !word) {
        pay_options_help(help ? stdout : stderr, word ? &ret->command : NULL);
        return help ? PAY_DONE : PAY_USAGE;
    }
    if (!check_taken(ret->command, seen))
        return PAY_USAGE;
    ret->words = (const char *const *)(argv + optind + 1);
    ret->word_count = argc - optind - 1;
    ret->key_file = or_default(ret->key_file, getenv("KIOSK_PAY_KEY"));
    ret->config_file = or_default(ret->config_file, getenv("KIOSK_PAY_CONFIG"));
    *ret_stop = false;
    /* Key files are made before there is a configuration that names them. */
    bool wants_config = ret->command != PAY_COMMAND_KEYGEN && ret->command != PAY_COMMAND_PUBLIC;
    if (ret->config_file && wants_config && load_config(ret) != PAY_DONE)
        return PAY_USAGE;
    fill_defaults(ret);
    return PAY_DONE;
}
