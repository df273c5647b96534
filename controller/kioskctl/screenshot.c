#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "controller/kioskctl/kioskctl.h"

static int write_bytes(const char *path, const unsigned char *bytes, size_t size)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    size_t done = 0;
    while (fd >= 0 && done < size) {
        ssize_t wrote = write(fd, bytes + done, size - done);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote <= 0)
            break;
        done += (size_t)wrote;
    }
    if (fd < 0 || done < size || close(fd) < 0) {
        ctl_complain("%s: %s", path, strerror(errno));
        return CTL_FAILED;
    }
    return CTL_DONE;
}

int ctl_screenshot(struct ctl *ctl, const char *path)
{
    json_t *data = NULL;
    int rc = ctl_ask(ctl, "screenshot", NULL, &data);
    if (rc != CTL_DONE)
        return rc;
    const char *text = show_text(data, "png");
    size_t size = strlen(text) / 4 * 3 + 3, length = 0;
    unsigned char *bytes = malloc(size);
    if (!bytes || length == size ||
        sodium_base642bin(bytes, size, text, strlen(text), NULL, &length, NULL,
                          sodium_base64_VARIANT_ORIGINAL) != 0 ||
        length == 0) {
        ctl_complain("kioskd's answer holds no picture");
        rc = CTL_FAILED;
    } else {
        rc = write_bytes(path, bytes, length);
    }
    if (rc == CTL_DONE && ctl->json)
        printf("{\"file\": \"%s\", \"bytes\": %zu}\n", path, length);
    else if (rc == CTL_DONE)
        printf("%s: %zu bytes\n", path, length);
    free(bytes);
    json_decref(data);
    return rc;
}
