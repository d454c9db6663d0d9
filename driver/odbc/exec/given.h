/* given.h - values that were given at execution, kept until all rows of an array have theirs.
 *
 * A load is sent when all its rows are there, and perhaps more than once; so what the application
 * gave by SQLPutData is kept as it was given, in the C type, and a row finds its values again by
 * number.  Rows are added in order. */
#ifndef MYWIRE_ODBC_GIVEN_H
#define MYWIRE_ODBC_GIVEN_H

#include <stdbool.h>
#include <stddef.h>
#include <sql.h>

#include "base/arena.h"

/* More bytes than these are not kept while further rows wait. */
#define GIVEN_MOST ((size_t)64 << 20)

struct given_value {
    SQLULEN row;
    size_t slot;
    const char *p; /* never NULL */
    size_t len;
    bool is_null;
};

struct given {
    struct given_value *values; /* owned; sorted by row and slot */
    size_t n, cap;
    size_t bytes; /* of all */
    struct arena arena;
};

/* given_add - a copy of len bytes at p, behind all others.  False without memory.  given_find -
 * NULL: none was given. */
bool given_add(struct given *g, const struct given_value *v);
const struct given_value *given_find(const struct given *g, SQLULEN row, size_t slot);
void given_clear(struct given *g);

#endif
