/* Remembers why a run died: on SIGSEGV, SIGABRT and the like a note is left in STATE_DIR/crashed, and the
 * signal takes its normal course (the warden makes the outputs safe). The next run reports it. */
#ifndef CONTROLLER_CRASH_H
#define CONTROLLER_CRASH_H

void crash_watch(const char *state_dir);
/* The note of an earlier run ("" if there is none), borrowed; the note is removed. */
const char *crash_take_last(const char *state_dir);

#endif
