/* direct.h - parameters whose C type is nearly what the wire wants: one step instead of the three
 * of param.h, for rows by the thousand.
 *
 * Which pairs of types have it stands in a table (direct.c).  What comes out is byte for byte what
 * param_binary gives; a value about which there is anything to say (out of range, a fraction that
 * would be cut, text that is not UTF-8) is left to param_binary.  tests/unit/conv/check_param.c
 * compares the two. */
#ifndef MYWIRE_CONV_DIRECT_H
#define MYWIRE_CONV_DIRECT_H

#include "conv/param.h"

#define DIRECT_MAX 11 /* the longest value of a fixed C type, in bytes */

/* put - a value of a fixed C type, at data (any alignment), to `to` (DIRECT_MAX bytes of room).
 * Returns how many bytes it has; 0: not this way. */
typedef size_t direct_put_fn(const struct param_plan *p, const void *data, unsigned char *to);

/* same - are the application's n bytes the value's bytes, as they are? */
typedef bool direct_same_fn(const char *data, size_t n);

struct direct {
    direct_put_fn *put;   /* fixed C types; else NULL */
    direct_same_fn *same; /* the others */
    uint8_t type;         /* wire code */
    bool is_unsigned;
};

/* direct_find - the direct way of a bound parameter into *d.  False, and *d is empty: there is
 * none. */
bool direct_find(const struct param_plan *p, struct direct *d);

#endif
