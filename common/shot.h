/* A picture of what hangs on the display, asked for over RUN_DIR/panel.sock: the daemon sends a file to write
 * into along with the question (SCM_RIGHTS), the screen writes the PNG from its first byte on and answers.
 * The same text both ways.
 */
#ifndef COMMON_SHOT_H
#define COMMON_SHOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SHOT_MAX_BYTES = 700000, SHOT_TEXT_BYTES = 64 };

struct shot {
    uint64_t number; /* of the question, at least 1; the answer repeats it */
    int64_t bytes;   /* question: so many fit; answer: so many were written, 0 = there is no picture */
};

/* Length, always more than 0 for size >= SHOT_TEXT_BYTES. */
size_t shot_encode(char *ret, size_t size, const struct shot *shot);
/* Strict: anything odd, and more bytes than SHOT_MAX_BYTES, is refused and *ret stays untouched. */
bool shot_decode(struct shot *ret, const char *text, size_t length);

#endif
