/* stmt.h - a statement's life.
 *
 * ODBC's states S1..S11 are three facts: prepared (odbc/exec/exec.h), has a result
 * (odbc/result/cursor.h), waits for data (odbc/handle/handle.h).  All functions here expect the
 * connection's mutex to be held. */
#ifndef MYWIRE_ODBC_STMT_H
#define MYWIRE_ODBC_STMT_H

#include <stdbool.h>
#include <stddef.h>

#include "odbc/handle/handle.h"

/* stmt_new - a statement with its four implicit descriptors, linked into d->stmts.  NULL without
 * memory. */
struct stmt *stmt_new(struct dbc *d);

/* stmt_free - close everything, unlink, free; the handle's magic becomes MAGIC_DEAD.  Never fails:
 * what the server should be told (close of a prepared statement) travels with the next command.
 * NULL is fine. */
void stmt_free(struct stmt *s);

/* stmt_is_prepared - SQLPrepare succeeded and its text is still there. */
bool stmt_is_prepared(const struct stmt *s);

/* stmt_drop - SQLFreeHandle(SQL_HANDLE_STMT) and SQLFreeStmt(SQL_DROP): enters, frees, unlocks. */
SQLRETURN stmt_drop(SQLHSTMT h);

SQLRETURN stmt_free_stmt(SQLHSTMT h, SQLUSMALLINT option);
SQLRETURN stmt_close_cursor(SQLHSTMT h);

#endif
