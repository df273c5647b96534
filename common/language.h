/* Languages that the screen has texts in (display/texts). */
#ifndef COMMON_LANGUAGE_H
#define COMMON_LANGUAGE_H

#include <stdbool.h>

/* The shipped ones, for people: "be, ru, uk, en, pl, lt". */
#define LANGUAGE_SHIPPED "be, ru, uk, en, pl, lt"

bool language_shipped(const char *code);

#endif
