/* Keys, and the files that hold secrets. */
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "common/base64url.h"
#include "config/loading.h"

enum { SECRET_LEAST = 32, SECRET_MOST = (int)sizeof(((struct config_key *)0)->secret) };

void loading_read_public(struct loading *loading, const struct loading_place *place)
{
    struct config_key *key = place->entry;
    const char *text = loading_string(loading, place);
    unsigned char bytes[crypto_sign_PUBLICKEYBYTES + 1];
    if (text == NULL)
        return;
    size_t length = strlen(text);
    while (length > 0 && text[length - 1] == '=') /* padding is needless and harmless */
        length--;
    if (strpbrk(text, "+/") != NULL)
        loading_fault(loading, place->setting, place->path,
                      "is base64, not base64url; write - for + and _ for /");
    else if (base64url_decode(bytes, sizeof(bytes), text, length) != crypto_sign_PUBLICKEYBYTES)
        loading_fault(loading, place->setting, place->path,
                      "is not 32 bytes in base64url; must be 43 characters like the x of a JWK, as kiosk-pay "
                      "prints them");
    else {
        if (crypto_core_ed25519_is_valid_point(bytes) != 1)
            loading_warning(
                loading, place->setting, place->path,
                "is a placeholder or mistyped, no Ed25519 key: no message will ever be believed by it");
        memcpy(key->secret, bytes, crypto_sign_PUBLICKEYBYTES);
        key->secret_size = crypto_sign_PUBLICKEYBYTES;
    }
}

/* Bytes without one line end at the end, into ret[size]; -1 and errno. EFBIG when there is more than size. */
static ssize_t read_secret(int fd, unsigned char *ret, size_t size)
{
    unsigned char bytes[SECRET_MOST + 3];
    size_t used = 0;
    while (used < sizeof(bytes)) {
        ssize_t got = read(fd, bytes + used, sizeof(bytes) - used);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            if (got < 0)
                return -1;
            break;
        }
        used += (size_t)got;
    }
    if (used > 0 && bytes[used - 1] == '\n')
        used -= used > 1 && bytes[used - 2] == '\r' ? 2 : 1;
    if (used <= size)
        memcpy(ret, bytes, used);
    sodium_memzero(bytes, sizeof(bytes));
    if (used <= size)
        return (ssize_t)used;
    errno = EFBIG;
    return -1;
}

static void take_secret(struct loading *loading, const struct loading_place *place, const char *path, int fd)
{
    struct config_key *key = place->entry;
    struct stat facts;
    if (fstat(fd, &facts) != 0 || !S_ISREG(facts.st_mode)) {
        loading_fault(loading, place->setting, place->path, "%s is not a regular file", path);
        return;
    }
    if ((facts.st_mode & (S_IROTH | S_IWOTH)) != 0)
        loading_fault(loading, place->setting, place->path, "%s is open to every user; do: chmod o= %s", path,
                      path);
    ssize_t size = read_secret(fd, key->secret, sizeof(key->secret));
    if (size < 0 && errno != EFBIG)
        loading_fault(loading, place->setting, place->path, "%s: %s", path, strerror(errno));
    else if (size < SECRET_LEAST)
        loading_fault(loading, place->setting, place->path, "%s holds %s; must hold %d..%d", path,
                      size < 0 ? "more than 64 bytes" : "fewer than 32 bytes", SECRET_LEAST, SECRET_MOST);
    else
        key->secret_size = (uint32_t)size;
}

void loading_read_secret(struct loading *loading, const struct loading_place *place)
{
    char path[CONFIG_PATH_SIZE];
    const char *text = loading_string(loading, place);
    if (text == NULL)
        return;
    if (text[0] == '\0') {
        loading_fault(loading, place->setting, place->path, "is empty; must be a path");
        return;
    }
    if (!loading_path(loading, place, text, path, sizeof(path)) ||
        (loading->flags & CONFIG_LOAD_NO_SECRETS) != 0)
        return;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) {
        loading_fault(loading, place->setting, place->path, "%s: %s", path, strerror(errno));
        return;
    }
    take_secret(loading, place, path, fd);
    (void)close(fd);
}

/* secret: warn when everybody may read it. */
static void check_file(struct loading *loading, const char *group, const char *key, const char *path,
                       bool secret)
{
    char whole[LOADING_KEY_SIZE];
    const config_setting_t *parent = config_lookup(&loading->tree, group);
    const config_setting_t *setting = parent != NULL ? config_setting_get_member(parent, key) : NULL;
    struct stat facts;
    (void)snprintf(whole, sizeof(whole), "%s.%s", group, key);
    if (path[0] == '\0')
        return;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        loading_fault(loading, setting, whole, "%s: %s", path, strerror(errno));
    else if (fstat(fd, &facts) != 0 || !S_ISREG(facts.st_mode))
        loading_fault(loading, setting, whole, "%s is not a regular file", path);
    else if (secret && (facts.st_mode & (S_IROTH | S_IWOTH)) != 0)
        loading_warning(loading, setting, whole, "%s is open to every user; do: chmod o= %s", path, path);
    if (fd >= 0)
        (void)close(fd);
}

void loading_check_files(struct loading *loading)
{
    const struct config_mqtt *mqtt = &loading->config->mqtt;
    if ((loading->flags & CONFIG_LOAD_NO_SECRETS) != 0)
        return;
    check_file(loading, "mqtt", "password_file", mqtt->password_file, true);
    check_file(loading, "mqtt.tls", "ca", mqtt->tls_ca, false);
    check_file(loading, "mqtt.tls", "cert", mqtt->tls_cert, false);
    check_file(loading, "mqtt.tls", "key", mqtt->tls_key, true);
    check_file(loading, "sim", "script", loading->config->sim.script, false);
}
