/* keygen, public, sign, verify: everything that needs no broker. */
#include "controller/pay/commands.h"
#include "common/base64url.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/clock.h"
#include "common/text.h"
#include "controller/inbox.h"
#include "controller/jws.h"
#include "controller/pay/claims.h"

enum { INPUT_SIZE = 16384, KID_SIZE = 32 };

int pay_command_keygen(struct pay_options *options)
{
    struct pay_key key;
    char kid[KID_SIZE];
    if (!options->output) {
        pay_complain("where to? kiosk-pay keygen -o FILE");
        return PAY_USAGE;
    }
    time_t now = (time_t)clock_wall_s();
    struct tm utc;
    (void)strftime(kid, sizeof kid, "psp-%Y", gmtime_r(&now, &utc));
    if (!pay_key_make(&key, options->alg ? options->alg : "EdDSA", options->kid ? options->kid : kid,
                      options->use ? options->use : "payment,ack"))
        return PAY_USAGE;
    bool good = pay_key_write(&key, options->output);
    if (good) {
        pay_key_print(&key, options->output, options->json);
        if (!options->json)
            fprintf(stderr,
                    "%s holds the secret: keep it where messages are signed, never on the kiosk. The line "
                    "above goes into keys = ( … ) of the kiosk's configuration%s.\n",
                    options->output, key.half.alg == CONFIG_ALG_HS256 ? ", with the file it names" : "");
    }
    pay_key_wipe(&key);
    return good ? PAY_DONE : PAY_FAILED;
}

int pay_command_public(struct pay_options *options)
{
    struct pay_key key;
    if (!options->key_file && options->word_count > 0)
        options->key_file = options->words[0];
    if (!pay_key_read(&key, options->key_file))
        return PAY_USAGE;
    pay_key_print(&key, options->key_file, options->json);
    pay_key_wipe(&key);
    return PAY_DONE;
}

/* All of a file or of standard input ("-"); length without a line end, -1 with a sentence on stderr. */
static long read_input(const char *path, char ret[INPUT_SIZE])
{
    bool standard = strcmp(path, "-") == 0;
    FILE *file = standard ? stdin : fopen(path, "re");
    if (!file) {
        pay_complain("%s: %s", path, strerror(errno));
        return -1;
    }
    size_t size = fread(ret, 1, INPUT_SIZE - 1, file);
    bool whole = feof(file) && !ferror(file);
    if (!standard)
        (void)fclose(file);
    if (!whole) {
        pay_complain("%s: unreadable or longer than %d bytes", path, INPUT_SIZE - 2);
        return -1;
    }
    while (size > 0 && (ret[size - 1] == '\n' || ret[size - 1] == '\r'))
        size--;
    ret[size] = '\0';
    return (long)size;
}

/* The token of --claims: signed as it stands, right or wrong. */
static long sign_text(char token[PAY_TOKEN_SIZE], const struct pay_options *options,
                      const struct pay_key *key)
{
    char text[INPUT_SIZE];
    if (read_input(options->claims, text) < 0)
        return -1;
    long length =
        jws_sign(token, PAY_TOKEN_SIZE, key->half.alg, key->half.kid, key->secret, key->secret_size, text);
    if (length < 0)
        pay_complain("the claims are too long");
    return length;
}

static json_t *claims_of_type(struct pay_options *options)
{
    int64_t now = clock_wall_s();
    char id[PAY_ID_SIZE];
    pay_claims_id(id);
    if (strcmp(options->type, "payment") == 0)
        return pay_claims_complete(options)
                   ? pay_claims_payment(options, options->id ? options->id : id, options->jti, now)
                   : NULL;
    if (strcmp(options->type, "ack") == 0 && options->id && options->result)
        return pay_claims_ack(options, options->provider ? options->provider : "demo", options->id,
                              options->result, now);
    pay_complain(strcmp(options->type, "ack") == 0
                     ? "an ack names --provider, --id and --result"
                     : "--type wants payment or ack; kiosk-pay command and --claims FILE sign the rest");
    return NULL;
}

int pay_command_sign(struct pay_options *options)
{
    struct pay_key key;
    char token[PAY_TOKEN_SIZE];
    long length = -1;
    if (!options->type == !options->claims || (!options->claims && !options->kiosk)) {
        pay_complain("sign what? --type payment or --type ack with --kiosk ID (or -c), or --claims FILE");
        return PAY_USAGE;
    }
    if (!pay_key_read(&key, options->key_file))
        return PAY_USAGE;
    if (options->claims)
        length = sign_text(token, options, &key);
    else {
        json_t *claims = claims_of_type(options);
        length = claims ? pay_claims_sign(token, &key, claims) : -1;
    }
    pay_key_wipe(&key);
    if (length < 0)
        return PAY_USAGE;
    if (options->json)
        printf("{\"token\":\"%s\"}\n", token);
    else
        puts(token);
    return PAY_DONE;
}

/* The claims of a token as JSON, whoever signed it; NULL if there are none. */
static json_t *peek_claims(const char *token)
{
    uint8_t bytes[INPUT_SIZE];
    const char *start = strchr(token, '.');
    size_t length = start ? strcspn(++start, ".") : 0;
    long size = start ? base64url_decode(bytes, sizeof bytes, start, length) : -1;
    return size < 0 ? NULL : json_loadb((const char *)bytes, (size_t)size, JSON_REJECT_DUPLICATES, NULL);
}

static bool type_of(const char *name, enum inbox_type *ret)
{
    static const char *const names[] = {"payment", "ack", "command"};
    for (int i = 0; name && i < 3; i++) {
        if (strcmp(names[i], name) == 0) {
            *ret = (enum inbox_type)i;
            return true;
        }
    }
    return false;
}

/* A kiosk that knows this key file only, and lets it say everything it says it may. */
static bool config_of_key(const struct pay_options *options, struct config *ret)
{
    struct pay_key key;
    memset(ret, 0, sizeof *ret);
    if (!pay_key_read(&key, options->key_file))
        return false;
    ret->keys[0] = key.half;
    ret->key_count = 1;
    pay_key_wipe(&key);
    return true;
}

static void print_verdict(enum inbox_verdict verdict, const char *detail, const json_t *claims, bool json)
{
    if (json) {
        json_t *line = json_pack("{s:b, s:s, s:s, s:O?}", "ok", verdict == INBOX_OK, "verdict",
                                 inbox_verdict_name(verdict), "detail", detail, "claims", claims);
        json_dumpf(line, stdout, JSON_COMPACT);
        json_decref(line);
    } else {
        printf("%s%s%s\n", inbox_verdict_name(verdict), *detail ? ": " : "", detail);
        if (claims)
            json_dumpf(claims, stdout, JSON_INDENT(2));
    }
    putchar('\n');
}

int pay_command_verify(struct pay_options *options)
{
    static struct config config;
    static struct inbox_message message;
    char token[INPUT_SIZE];
    const char *detail = "";
    enum inbox_type type = INBOX_PAYMENT;
    if (options->word_count > 0)
        (void)text_copy(token, sizeof token, options->words[0]);
    else if (read_input("-", token) < 0)
        return PAY_USAGE;
    json_t *claims = peek_claims(token);
    const char *name = options->type ? options->type : json_string_value(json_object_get(claims, "type"));
    if (!type_of(name, &type) && options->type) {
        pay_complain("--type %s: wants payment, ack or command", options->type);
        json_decref(claims);
        return PAY_USAGE;
    }
    if (options->key_file ? !config_of_key(options, &config) : !options->config) {
        if (!options->key_file)
            pay_complain("by which key? -k FILE, or -c FILE to judge with the kiosk's own keys");
        json_decref(claims);
        return PAY_USAGE;
    }
    if (!options->key_file)
        config = *options->config;
    /* Without a kiosk the token's own audience is taken, so that everything else is judged. */
    const char *audience =
        options->kiosk ? options->kiosk : json_string_value(json_object_get(claims, "aud"));
    (void)text_copy(config.kiosk.id, sizeof config.kiosk.id, audience ? audience : "");
    enum inbox_verdict verdict = inbox_check(&config, type, token, strlen(token), &message, &detail);
    if (verdict == INBOX_BAD_SIGNATURE && !options->key_file)
        pay_complain("a shared secret is not read with -c; a token signed with one is judged with -k");
    print_verdict(verdict, detail, claims, options->json);
    json_decref(claims);
    return verdict == INBOX_OK ? PAY_DONE : PAY_FAILED;
}
