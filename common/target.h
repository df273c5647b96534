/* A file that is written aside and put in place when it is whole: nobody ever finds half of it. */
#ifndef COMMON_TARGET_H
#define COMMON_TARGET_H

#include <stdbool.h>
#include <stdio.h>

enum { TARGET_PATH_SIZE = 4096 };

struct target {
    char path[TARGET_PATH_SIZE], aside[TARGET_PATH_SIZE]; /* "": standard output */
    FILE *file;
    int failed; /* -errno of the first write that did */
};

/* NULL, or why the path must not be written ("is a folder"): something that is no regular file is there. */
const char *target_refuses(const char *path);
/* Path "-" is standard output; a link to a file stays a link. 0 or -errno. */
int target_open(struct target *ret, const char *path);
/* false: not all could be written; target_close() says why. */
bool target_write(struct target *target, const void *bytes, size_t size);
/* Puts the file in place if `good` and it was written without a fault, else removes it. 0 or -errno of the
 * first thing that failed; not being good is none. */
int target_close(struct target *target, bool good);

#endif
