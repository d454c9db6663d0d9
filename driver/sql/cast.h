/* cast.h - CAST(x AS type) with the types of columns and of the SQL standard, which MySQL and
 * MariaDB do not all know there: CAST(x AS INTEGER) is CAST(x AS SIGNED).  By table/cast_type.def.
 */
#ifndef MYWIRE_SQL_CAST_H
#define MYWIRE_SQL_CAST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "sql/lex.h"

/* sql_cast_types - append text to out with the types of its CASTs as the dialect has them.  False:
 * there is nothing to change, and out is as it was.  What the server understands is never touched;
 * a text without "CAST(" costs one look at its bytes. */
bool sql_cast_types(struct buf *out, const char *text, size_t len, struct sql_mode mode);

#endif
