/* shape.h - are the columns of this reply the same as those of the last?
 *
 * What is decided for a column (fetch.c, getdata.c) holds as long as the facts are the same that it
 * was decided from.  The facts themselves are kept and compared: a hash of them would one day take
 * other columns for the same. */
#ifndef MYWIRE_ODBC_SHAPE_H
#define MYWIRE_ODBC_SHAPE_H

#include <stdint.h>

#include "base/buf.h"
#include "odbc/result/result.h"

struct shape {
    uint64_t serial; /* names these columns; never that of others of the statement; 0: none yet */
    struct buf facts, next; /* of these columns, and scratch; owned */
};

/* shape_follow - a reply with rows is there: a new serial unless its columns are those of before.
 */
void shape_follow(struct shape *s, const struct reply *p);

void shape_clear(struct shape *s);

#endif
