/* clock.h - monotonic time and deadlines, in milliseconds. */
#ifndef MYWIRE_BASE_CLOCK_H
#define MYWIRE_BASE_CLOCK_H

#include <stdint.h>

#define DEADLINE_NEVER INT64_MAX

int64_t clock_ms(void);                  /* CLOCK_MONOTONIC */
int64_t deadline_in(int64_t timeout_ms); /* now + timeout; timeout 0 or less means DEADLINE_NEVER */
int deadline_left(
    int64_t deadline_ms); /* for poll(2): -1 for never, 0 when passed, else milliseconds */

#endif
