/* bulkrow.h - rows of an array straight into the form of MariaDB's bulk execute.
 *
 * The quick way: a row goes to the buffer in one pass over its columns, each the way that was
 * decided once for the run (conv/direct.h, else conv/param.h).  It raises no diagnostics and asks
 * for nothing: a row about which there is anything to say is refused, and goes the careful way
 * (params_binary), which says it.  Both give the same bytes. */
#ifndef MYWIRE_ODBC_BULKROW_H
#define MYWIRE_ODBC_BULKROW_H

#include "conv/direct.h"
#include "odbc/handle/handle.h"
#include "wire/session.h"

struct bulk_col {
    struct direct direct; /* empty: as conv/param.h does it */
    uint8_t prefix;       /* bytes of length before a value of a fixed C type */
    const struct param_slot *slot;
};

struct bulk_rows {
    struct bulk_col *cols; /* owned; n of them, one for each marker */
    size_t n;
    size_t room; /* bytes: values of fixed C types in all columns */
};

/* bulkrow_init - decide, for the bindings of this execution.  False: no memory.  bulkrow_clear
 * takes an empty one too. */
bool bulkrow_init(struct stmt *s, struct bulk_rows *b);
void bulkrow_clear(struct bulk_rows *b);

/* bulkrow_types - what is known of the types before the first row; MYSQL_TYPE_NULL: nothing. */
void bulkrow_types(const struct bulk_rows *b, struct wire_param *types);

/* bulkrow_put - append the row (0-based) to out.  types: of each parameter in the rows before,
 * since bulkrow_types; learns.  False: nothing was appended; the careful way. */
bool bulkrow_put(struct stmt *s, const struct bulk_rows *b, SQLULEN row, struct wire_param *types,
                 struct buf *out);

#endif
