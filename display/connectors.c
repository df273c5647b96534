#include "display/connectors.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* FNV-1a, 64 bits. */
static uint64_t sum_of(const char *name)
{
    uint64_t sum = UINT64_C(14695981039346656037);
    for (; *name; name++)
        sum = (sum ^ (unsigned char)*name) * UINT64_C(1099511628211);
    return sum;
}

struct connectors connectors_read(const char *folder)
{
    struct connectors ret = {0};
    DIR *list = opendir(folder);
    for (struct dirent *entry; list && (entry = readdir(list));) {
        char path[600], text[16] = "";
        int length = snprintf(path, sizeof(path), "%s/%s/status", folder, entry->d_name);
        int fd = length < (int)sizeof(path) ? open(path, O_RDONLY | O_CLOEXEC) : -1;
        ssize_t got = fd >= 0 ? read(fd, text, sizeof(text) - 1) : -1;
        if (fd >= 0)
            close(fd);
        bool plugged = got > 0 && strcmp(text, "connected\n") == 0;
        ret.known += plugged || (got > 0 && strcmp(text, "disconnected\n") == 0); /* "unknown" is neither */
        if (!plugged)
            continue;
        ret.plugged++;
        ret.which ^= sum_of(entry->d_name);
    }
    if (list)
        closedir(list);
    return ret;
}
