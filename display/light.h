/* The panel's backlight, as Linux offers it: FOLDER/brightness and FOLDER/max_brightness (sysfs,
 * Documentation/ABI/stable/sysfs-class-backlight). Blocks only as long as the driver takes to set it. */
#ifndef DISPLAY_LIGHT_H
#define DISPLAY_LIGHT_H

#include <stdbool.h>
#include <stdint.h>

struct light {
    char folder[512]; /* "" = none found */
    int32_t most;
    int32_t set;  /* as last written; -1 = never */
    bool refused; /* said on the log */
};

/* path: the folder of a backlight, or of several, of which the first by name is taken; "" = none. Says on the
 * log what it found. */
void light_open(struct light *light, const char *path);
/* Writes the percentage, at least the darkest step that is not off, if it is another one than before. false:
 * there is none, or it cannot be written; said on the log when that begins. */
bool light_set(struct light *light, int32_t percent);

#endif
