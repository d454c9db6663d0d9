/* cursor.h - a statement's result and where the application stands in it.
 *
 * While rows are still on the wire the statement is dbc->wire_owner; when somebody else wants the
 * wire, the rest is taken into memory, and the row that SQLGetData reads with it. */
#ifndef MYWIRE_ODBC_CURSOR_H
#define MYWIRE_ODBC_CURSOR_H

#include "odbc/handle/handle.h"
#include "odbc/result/fetch.h"
#include "odbc/result/getdata.h"
#include "odbc/result/result.h"
#include "odbc/result/shape.h"

struct cursor {
    bool executed;      /* an execution succeeded and was not closed: S4 or S5 */
    bool ird_valid;     /* ird says what the present result or prepared statement has */
    SQLLEN bulk_rows;   /* rows that SQLBulkOperations added to the open result's table; -1: none */
    struct shape shape; /* of the columns of the last reply with rows */
    struct result result;
    struct fetch fetch;
    struct getdata getdata;
};

/* stmt_has_cursor - a result with columns is open.  stmt_row_number - SQL_ATTR_ROW_NUMBER; 0:
 * unknown or none. */
static inline bool stmt_has_cursor(const struct stmt *s)
{
    return s->cursor->result.current && s->cursor->result.current->has_rows;
}
SQLULEN stmt_row_number(const struct stmt *s);

/* cursor_new_reply - the current reply of the result is new: position, diagnostics header and IRD
 * start anew. */
void cursor_new_reply(struct stmt *s);

/* cursor_close - drop results that are open or pending.  A large rest on the wire is stopped by
 * KILL QUERY rather than read.  RC_LOST: the connection was closed for it. */
int cursor_close(struct stmt *s, struct fault *f) MUST_USE;

void cursor_clear(struct cursor *c);

#endif
