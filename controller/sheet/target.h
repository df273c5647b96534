/* A file that is written aside and put in place when it is whole. */
#ifndef CONTROLLER_SHEET_TARGET_H
#define CONTROLLER_SHEET_TARGET_H

#include <stdbool.h>
#include <stdio.h>

enum { TARGET_PATH_SIZE = 4096 };

struct target {
    char path[TARGET_PATH_SIZE], aside[TARGET_PATH_SIZE]; /* "": standard output */
    FILE *file;
};

/* NULL, or why the path must not be written: something that is no regular file is there. */
const char *target_refuses(const char *path);
/* Path "-" is standard output. false: complaint on stderr. */
bool target_open(struct target *ret, const char *path);
/* Puts the file in place if `good` and it was written without a fault, else removes it. */
bool target_close(struct target *target, bool good);

#endif
