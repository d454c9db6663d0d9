/* interval.h - intervals between text, struct and numbers.  Internal to conv/.
 *
 * These servers have no interval type: TIME, numbers and text become intervals, and an interval
 * parameter is text. */
#ifndef MYWIRE_CONV_INTERVAL_H
#define MYWIRE_CONV_INTERVAL_H

#include "conv/ctype.h"

struct interval {
    bool negative;
    uint64_t field[6]; /* by enum interval_field */
    uint32_t nano;
};

#define INTERVAL_CHARS 80 /* longest interval_put, no NUL */

/* interval_load - from a SQL_INTERVAL_STRUCT of any alignment. */
void interval_load(const struct ctype_row *t, const void *src, struct interval *out);

/* interval_put - as text that interval_get reads; returns bytes written. */
size_t interval_put(const struct ctype_row *t, const struct interval *v, char *out);

#endif
