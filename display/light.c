#include "display/light.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "common/log.h"
#include "common/text.h"

enum { LIGHT_MOST = 1 << 20 };

/* 0: not there, or not a sensible number. */
static int32_t most_read(const char *folder)
{
    char path[600], text[32] = "";
    (void)snprintf(path, sizeof(path), "%s/max_brightness", folder);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = fd >= 0 ? read(fd, text, sizeof(text) - 1) : -1;
    if (fd >= 0)
        close(fd);
    long value = length > 0 ? strtol(text, NULL, 10) : 0;
    return value > 0 && value <= LIGHT_MOST ? (int32_t)value : 0;
}

static bool take(struct light *light, const char *folder)
{
    light->most = most_read(folder);
    if (light->most == 0 || !text_copy(light->folder, sizeof(light->folder), folder))
        light->folder[0] = '\0';
    return light->folder[0] != '\0';
}

void light_open(struct light *light, const char *path)
{
    *light = (struct light){.set = -1};
    if (path[0] == '\0' || take(light, path))
        return;
    struct dirent **names;
    int count = scandir(path, &names, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        char folder[512];
        int length = snprintf(folder, sizeof(folder), "%s/%s", path, names[i]->d_name);
        if (light->folder[0] == '\0' && names[i]->d_name[0] != '.' && length < (int)sizeof(folder))
            (void)take(light, folder);
        free(names[i]);
    }
    if (count >= 0)
        free(names);
}

static bool number_write(const char *folder, int32_t value)
{
    char path[600], text[16];
    (void)snprintf(path, sizeof(path), "%s/brightness", folder);
    int length = snprintf(text, sizeof(text), "%d\n", (int)value), fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    bool good = write(fd, text, (size_t)length) == length;
    int error = errno;
    close(fd);
    errno = error;
    return good;
}

bool light_set(struct light *light, int32_t percent)
{
    if (light->folder[0] == '\0')
        return false;
    int32_t value = (int32_t)((int64_t)light->most * percent / 100);
    value = value < 1 ? 1 : value;
    if (value == light->set)
        return true;
    if (number_write(light->folder, value)) {
        if (light->set < 0 || light->refused)
            log_notice("backlight: %s", light->folder);
        light->set = value;
        light->refused = false;
        return true;
    }
    if (!light->refused)
        log_warning("backlight %s: %s; the picture is drawn darker instead", light->folder, strerror(errno));
    light->refused = true;
    light->set = -1;
    return false;
}
