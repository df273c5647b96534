#include "controller/pay/keys.h"
#include "common/base64url.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <jansson.h>
#include <sodium.h>

#include "common/text.h"
#include "controller/jws.h"
#include "controller/pay/options.h"

enum {
    KEY_TEXT_SIZE = 128, /* base64url of 64 bytes and NUL */
    KEY_PATH_SIZE = 4096,
    KEY_SHARED_RANDOM = 32,
};

static const struct {
    const char *name;
    uint32_t bit;
} uses[] = {{"payment", CONFIG_USE_PAYMENT}, {"ack", CONFIG_USE_ACK}, {"command", CONFIG_USE_COMMAND}};
enum { USES = sizeof uses / sizeof *uses };

static uint32_t use_bit(const char *name, size_t length)
{
    for (int i = 0; i < USES; i++)
        if (strlen(uses[i].name) == length && memcmp(uses[i].name, name, length) == 0)
            return uses[i].bit;
    return 0;
}

static bool parse_use(const char *list, uint32_t *ret)
{
    for (const char *at = list;; at++) {
        size_t length = strcspn(at, ",");
        uint32_t bit = use_bit(at, length);
        if (bit == 0) {
            pay_complain("--use %s: wants a list of payment, ack, command, with commas", list);
            return false;
        }
        *ret |= bit;
        at += length;
        if (*at == '\0')
            return true;
    }
}

static bool kid_good(const char *kid)
{
    size_t length = strlen(kid);
    if (length > 0 && length < CONFIG_ID_SIZE &&
        strspn(kid, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-") == length)
        return true;
    pay_complain("kid \"%s\": wants 1 to 64 letters, digits, '_', '.' or '-'", kid);
    return false;
}

/* The shared secret is text, so that its file can be copied, shown and typed; 43 characters carry 256 random
 * bits. */
static void make_shared(struct pay_key *key)
{
    uint8_t bytes[KEY_SHARED_RANDOM];
    char text[KEY_TEXT_SIZE];
    randombytes_buf(bytes, sizeof bytes);
    key->secret_size = (size_t)base64url_encode(text, sizeof text, bytes, sizeof bytes);
    memcpy(key->secret, text, key->secret_size);
    memcpy(key->half.secret, text, key->secret_size);
    key->half.secret_size = (uint32_t)key->secret_size;
    sodium_memzero(bytes, sizeof bytes);
    sodium_memzero(text, sizeof text);
}

bool pay_key_make(struct pay_key *ret, const char *alg, const char *kid, const char *use)
{
    memset(ret, 0, sizeof *ret);
    if (!kid_good(kid) || !parse_use(use, &ret->half.use))
        return false;
    (void)text_copy(ret->half.kid, sizeof ret->half.kid, kid);
    if (strcmp(alg, "EdDSA") == 0) {
        ret->half.alg = CONFIG_ALG_EDDSA;
        ret->half.secret_size = crypto_sign_PUBLICKEYBYTES;
        ret->secret_size = crypto_sign_SECRETKEYBYTES;
        crypto_sign_keypair(ret->half.secret, ret->secret);
        return true;
    }
    if (strcmp(alg, "HS256") == 0) {
        ret->half.alg = CONFIG_ALG_HS256;
        make_shared(ret);
        return true;
    }
    pay_complain("--alg %s: wants EdDSA or HS256", alg);
    return false;
}

/* A new file of our own; the text is on disk when this returns true. */
static bool write_new(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) {
        pay_complain("%s: %s%s", path, strerror(errno),
                     errno == EEXIST ? "; an existing key is never overwritten" : "");
        return false;
    }
    size_t length = strlen(text);
    bool good = write(fd, text, length) == (ssize_t)length && fsync(fd) == 0;
    int error = errno;
    if (close(fd) != 0 && good) {
        error = errno;
        good = false;
    }
    if (!good) {
        (void)unlink(path);
        pay_complain("%s: %s", path, strerror(error));
    }
    return good;
}

static json_t *use_names(uint32_t use)
{
    json_t *list = json_array();
    for (int i = 0; i < USES; i++)
        if (use & uses[i].bit)
            json_array_append_new(list, json_string(uses[i].name));
    return list;
}

static json_t *key_to_json(const struct pay_key *key)
{
    char public_text[KEY_TEXT_SIZE], secret_text[KEY_TEXT_SIZE];
    json_t *root;
    if (key->half.alg == CONFIG_ALG_EDDSA) {
        /* libsodium keeps seed and public key together; "d" is the seed (RFC 8037 section 2). */
        base64url_encode(secret_text, sizeof secret_text, key->secret, crypto_sign_SEEDBYTES);
        base64url_encode(public_text, sizeof public_text, key->half.secret, key->half.secret_size);
        root = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:o}", "kty", "OKP", "crv", "Ed25519", "alg",
                         "EdDSA", "kid", key->half.kid, "x", public_text, "d", secret_text, "kiosk_use",
                         use_names(key->half.use));
    } else {
        base64url_encode(secret_text, sizeof secret_text, key->secret, key->secret_size);
        root = json_pack("{s:s, s:s, s:s, s:s, s:o}", "kty", "oct", "alg", "HS256", "kid", key->half.kid, "k",
                         secret_text, "kiosk_use", use_names(key->half.use));
    }
    sodium_memzero(secret_text, sizeof secret_text);
    return root;
}

bool pay_key_write(const struct pay_key *key, const char *path)
{
    char beside[KEY_PATH_SIZE], line[KEY_TEXT_SIZE];
    json_t *root = key_to_json(key);
    char *text = root ? json_dumps(root, JSON_INDENT(2)) : NULL;
    json_decref(root);
    bool good = text && write_new(path, text);
    if (text)
        sodium_memzero(text, strlen(text));
    free(text);
    if (!good || key->half.alg == CONFIG_ALG_EDDSA)
        return good;
    if (snprintf(beside, sizeof beside, "%s.secret", path) >= (int)sizeof beside)
        return false;
    snprintf(line, sizeof line, "%.*s\n", (int)key->secret_size, (const char *)key->secret);
    good = write_new(beside, line);
    sodium_memzero(line, sizeof line);
    if (!good)
        (void)unlink(path);
    return good;
}

/* Decodes a member; how many bytes, 0 if it is missing or misspelt. */
static size_t member_bytes(json_t *root, const char *name, uint8_t *ret, size_t size)
{
    const char *text = json_string_value(json_object_get(root, name));
    long length = text ? base64url_decode(ret, size, text, strlen(text)) : -1;
    return length < 0 ? 0 : (size_t)length;
}

static const char *take_material(struct pay_key *ret, json_t *root)
{
    uint8_t seed[crypto_sign_SEEDBYTES], x[crypto_sign_PUBLICKEYBYTES];
    const char *kty = json_string_value(json_object_get(root, "kty"));
    if (kty && strcmp(kty, "oct") == 0) {
        ret->half.alg = CONFIG_ALG_HS256;
        ret->secret_size = member_bytes(root, "k", ret->secret, sizeof ret->secret);
        memcpy(ret->half.secret, ret->secret, ret->secret_size);
        ret->half.secret_size = (uint32_t)ret->secret_size;
        return ret->secret_size >= KEY_SHARED_RANDOM
                   ? NULL
                   : "\"k\" is missing or is not 32 to 64 bytes in base64url";
    }
    const char *crv = json_string_value(json_object_get(root, "crv"));
    if (!kty || strcmp(kty, "OKP") != 0 || !crv || strcmp(crv, "Ed25519") != 0)
        return "it is neither an Ed25519 key nor a shared secret (kty, crv)";
    if (member_bytes(root, "d", seed, sizeof seed) != sizeof seed)
        return "\"d\" is missing or is not 32 bytes in base64url: only the owner's file can sign";
    ret->half.secret_size = crypto_sign_PUBLICKEYBYTES;
    ret->secret_size = crypto_sign_SECRETKEYBYTES;
    crypto_sign_seed_keypair(ret->half.secret, ret->secret, seed);
    sodium_memzero(seed, sizeof seed);
    if (member_bytes(root, "x", x, sizeof x) != sizeof x || memcmp(x, ret->half.secret, sizeof x) != 0)
        return "\"x\" and \"d\" do not belong together";
    return NULL;
}

static const char *take_names(struct pay_key *ret, json_t *root)
{
    const char *kid = json_string_value(json_object_get(root, "kid"));
    if (!kid || !*kid || !text_copy(ret->half.kid, sizeof ret->half.kid, kid))
        return "\"kid\" is missing or longer than 64 bytes";
    size_t index;
    json_t *entry;
    json_array_foreach(json_object_get(root, "kiosk_use"), index, entry) if (json_is_string(entry))
        ret->half.use |= use_bit(json_string_value(entry), json_string_length(entry));
    if (ret->half.use == 0)
        ret->half.use = CONFIG_USE_PAYMENT | CONFIG_USE_ACK;
    return NULL;
}

bool pay_key_read(struct pay_key *ret, const char *path)
{
    json_error_t error;
    struct stat facts;
    memset(ret, 0, sizeof *ret);
    if (!path) {
        pay_complain("no key given: -k FILE (kiosk-pay keygen -o FILE makes one)");
        return false;
    }
    if (stat(path, &facts) != 0) {
        pay_complain("%s: %s", path, strerror(errno));
        return false;
    }
    if (facts.st_mode & (S_IRWXG | S_IRWXO))
        pay_complain("warning: %s can be read by others; chmod 600 it", path);
    json_t *root = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
    const char *wrong = root ? take_names(ret, root) : error.text;
    if (!wrong)
        wrong = take_material(ret, root);
    json_decref(root);
    if (wrong)
        pay_complain("%s is not a key file: %s", path, wrong);
    return !wrong;
}

void pay_key_print(const struct pay_key *key, const char *path, bool json)
{
    char public_text[KEY_TEXT_SIZE] = "", list[64] = "", full[KEY_PATH_SIZE];
    size_t used = 0;
    bool eddsa = key->half.alg == CONFIG_ALG_EDDSA;
    const char *alg = eddsa ? "EdDSA" : "HS256";
    if (!realpath(path, full))
        (void)text_copy(full, sizeof full, path);
    if (eddsa)
        base64url_encode(public_text, sizeof public_text, key->half.secret, key->half.secret_size);
    if (json) {
        json_t *root =
            json_pack("{s:s, s:s, s:o}", "kid", key->half.kid, "alg", alg, "use", use_names(key->half.use));
        json_object_set_new(root, eddsa ? "public" : "secret_file",
                            eddsa ? json_string(public_text) : json_sprintf("%s.secret", full));
        json_dumpf(root, stdout, JSON_COMPACT);
        putchar('\n');
        json_decref(root);
        return;
    }
    for (int i = 0; i < USES; i++)
        if (key->half.use & uses[i].bit)
            text_append(list, sizeof list, &used, "%s\"%s\"", used > 0 ? ", " : "", uses[i].name);
    printf("{ kid = \"%s\"; alg = \"%s\"; %s = \"%s%s\"; use = [ %s ]; }\n", key->half.kid, alg,
           eddsa ? "public" : "secret_file", eddsa ? public_text : full, eddsa ? "" : ".secret", list);
}

void pay_key_wipe(struct pay_key *key)
{
    sodium_memzero(key, sizeof *key);
}
