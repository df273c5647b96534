#include "common/target.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const char *target_refuses(const char *path)
{
    struct stat found;
    if (strcmp(path, "-") == 0 || (stat(path, &found) != 0 && lstat(path, &found) != 0))
        return NULL;
    if (S_ISDIR(found.st_mode))
        return "is a folder";
    return S_ISREG(found.st_mode) ? NULL : "is there already and is no regular file";
}

static int names_make(struct target *ret, const char *path)
{
    char *real = realpath(path, NULL);
    int length = snprintf(ret->path, sizeof(ret->path), "%s", real ? real : path);
    int aside = snprintf(ret->aside, sizeof(ret->aside), "%s.XXXXXX", ret->path);
    free(real);
    return length < 0 || aside < 0 || (size_t)aside >= sizeof(ret->aside) ? -ENAMETOOLONG : 0;
}

int target_open(struct target *ret, const char *path)
{
    memset(ret, 0, sizeof(*ret));
    if (strcmp(path, "-") == 0) {
        ret->file = stdout;
        return 0;
    }
    int failed = names_make(ret, path);
    if (failed)
        return failed;
    int fd = mkstemp(ret->aside);
    if (fd < 0)
        return -errno;
    mode_t mask = umask(0);
    (void)umask(mask);
    if (fchmod(fd, 0666 & ~mask) != 0 || !(ret->file = fdopen(fd, "wb"))) {
        failed = -errno;
        (void)close(fd);
        (void)unlink(ret->aside);
        return failed;
    }
    return 0;
}

bool target_write(struct target *target, const void *bytes, size_t size)
{
    if (!target->failed && fwrite(bytes, 1, size, target->file) != size)
        target->failed = -errno;
    return !target->failed;
}

int target_close(struct target *target, bool good)
{
    if (fflush(target->file) != 0 && !target->failed)
        target->failed = -errno;
    if (target->file == stdout)
        return target->failed;
    if (fclose(target->file) != 0 && !target->failed)
        target->failed = -errno;
    if (good && !target->failed && rename(target->aside, target->path) != 0)
        target->failed = -errno;
    if (!good || target->failed)
        (void)unlink(target->aside);
    return target->failed;
}
