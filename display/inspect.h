/* The inspector's view of the last hour: when it is open, and which page. Pure; fed with touches, keys and
 * time.
 *
 * A finger or mouse button held for INSPECT_HOLD_MS, or the key "i", opens it and closes it again. While it
 * is open a touch turns to older payments on the right half of the screen, to newer ones on the left half.
 * Without a touch or key it closes after INSPECT_OPEN_MS.
 */
#ifndef DISPLAY_INSPECT_H
#define DISPLAY_INSPECT_H

#include <stdbool.h>
#include <stdint.h>

enum { INSPECT_HOLD_MS = 2000, INSPECT_OPEN_MS = 30000 };

enum inspect_key { INSPECT_TOGGLE, INSPECT_OLDER, INSPECT_NEWER, INSPECT_CLOSE };

struct inspect {
    bool open, pressed;
    bool used_up; /* this press has done its work already */
    bool older;   /* it is on the right half */
    int32_t page; /* 0 = the newest */
    int64_t pressed_ms, touched_ms;
};

void inspect_press(struct inspect *inspect, bool right_half, int64_t now_ms);
/* pages: how many there are now. */
void inspect_release(struct inspect *inspect, int32_t pages, int64_t now_ms);
void inspect_key(struct inspect *inspect, enum inspect_key key, int32_t pages, int64_t now_ms);
/* Looks at the time: opens after a long press, closes what nobody looks at. */
void inspect_check(struct inspect *inspect, int64_t now_ms);
/* Milliseconds until inspect_check changes something; -1 = never. */
int64_t inspect_next_ms(const struct inspect *inspect, int64_t now_ms);

#endif
