#include "controller/sheet/target.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const char *target_refuses(const char *path)
{
    struct stat stat_now;
    if (strcmp(path, "-") == 0 || (stat(path, &stat_now) != 0 && lstat(path, &stat_now) != 0))
        return NULL;
    if (S_ISDIR(stat_now.st_mode))
        return "is a folder";
    return S_ISREG(stat_now.st_mode) ? NULL : "is there already and is no regular file";
}

static bool complain(const char *path)
{
    fprintf(stderr, "kiosk-sheet: %s: %s\n", path, strerror(errno));
    return false;
}

bool target_open(struct target *ret, const char *path)
{
    memset(ret, 0, sizeof(*ret));
    if (strcmp(path, "-") == 0) {
        ret->file = stdout;
        return true;
    }
    /* A link to a file stays a link. */
    char *real = realpath(path, NULL);
    int length = snprintf(ret->path, sizeof(ret->path), "%s", real ? real : path);
    int aside = snprintf(ret->aside, sizeof(ret->aside), "%s.XXXXXX", ret->path);
    free(real);
    if (length < 0 || aside < 0 || (size_t)aside >= sizeof(ret->aside)) {
        errno = ENAMETOOLONG;
        return complain(path);
    }
    int fd = mkstemp(ret->aside);
    if (fd < 0)
        return complain(path);
    mode_t mask = umask(0);
    (void)umask(mask);
    if (fchmod(fd, 0666 & ~mask) != 0 || !(ret->file = fdopen(fd, "wb"))) {
        (void)complain(path);
        (void)close(fd);
        (void)unlink(ret->aside);
        return false;
    }
    return true;
}

bool target_close(struct target *target, bool good)
{
    bool written = fflush(target->file) == 0 && !ferror(target->file);
    if (target->file == stdout)
        return written ? good : complain("standard output");
    written = fclose(target->file) == 0 && written;
    if (good && written && rename(target->aside, target->path) == 0)
        return true;
    if (good)
        (void)complain(target->path);
    (void)unlink(target->aside);
    return false;
}
