#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "common/target.h"
#include "controller/kioskctl/kioskctl.h"

static int write_bytes(const char *path, const unsigned char *bytes, size_t size)
{
    struct target target;
    int failed = target_open(&target, path);
    if (failed == 0) {
        (void)target_write(&target, bytes, size);
        failed = target_close(&target, true);
    }
    if (failed != 0)
        ctl_complain("%s: %s", path, strerror(-failed));
    return failed == 0 ? CTL_DONE : CTL_FAILED;
}

/* "-" is standard output: kioskctl screenshot - | ssh desk "cat >now.png" */
static bool may_write(const char *path)
{
    const char *why = target_refuses(path);
    if (why)
        ctl_complain("%s %s", path, why);
    else if (strcmp(path, "-") == 0 && isatty(STDOUT_FILENO))
        ctl_complain("the picture would go to the terminal; send it into a file or a pipe");
    else
        return true;
    return false;
}

static void tell(const struct ctl *ctl, const char *path, size_t size, const char *source)
{
    if (strcmp(path, "-") == 0)
        return;
    if (!ctl->json) {
        printf("%s: %zu bytes%s\n", path, size,
               strcmp(source, "screen") == 0  ? ", what is on the display"
               : strcmp(source, "drawn") == 0 ? ", what a screen would show: none shows anything now"
                                              : "");
        return;
    }
    json_t *data = json_pack("{s:s,s:I,s:s}", "file", path, "bytes", (json_int_t)size, "source", source);
    show_json(data);
    json_decref(data);
}

int ctl_screenshot(struct ctl *ctl, const char *path)
{
    json_t *data = NULL;
    if (!may_write(path))
        return CTL_FAILED;
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
    if (rc == CTL_DONE)
        tell(ctl, path, length, show_text(data, "source"));
    free(bytes);
    json_decref(data);
    return rc;
}
