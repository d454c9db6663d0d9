/* stmt.h - a statement's life, and the rule who may use the wire.
 *
 * States (ODBC's S1..S11) are three facts of struct stmt_exec (odbc/exec.h): prepared, has a
 * result, waits for data.  Only one statement's result can be open on the wire (dbc->wire_owner).
 * Whoever wants to send a command on the connection calls dbc_free_wire first: it reads the rest of
 * that result into memory, so both go on working and cursors survive commits (SQL_CB_PRESERVE). All
 * functions here expect the connection's mutex to be held. */
#ifndef MYWIRE_ODBC_STMT_H
#define MYWIRE_ODBC_STMT_H

#include <stdbool.h>
#include <stddef.h>

#include "odbc/handle.h"

/* stmt_new - a statement with its four implicit descriptors, linked into d->stmts.  NULL without
 * memory. */
struct stmt *stmt_new(struct dbc *d);

/* stmt_free - close everything, unlink, free; the handle's magic becomes MAGIC_DEAD.  Never fails:
 * what the server should be told (close of a prepared statement) travels with the next command.
 * NULL is fine. */
void stmt_free(struct stmt *s);

/* stmt_close - drop results that are open or pending, and the wait for parameter data; what was
 * prepared stays.  No error if nothing is open. A large rest on the wire is stopped by KILL QUERY
 * rather than read. */
void stmt_close(struct stmt *s);

/* stmt_reset - as after SQL_CLOSE, SQL_UNBIND, SQL_RESET_PARAMS, and the SQL text forgotten too. */
void stmt_reset(struct stmt *s);

/* Facts for SQLGetStmtAttr, SQLSetStmtAttr, SQLGetDescField. */
bool stmt_has_cursor(const struct stmt *s);  /* a result with columns is open */
bool stmt_is_prepared(const struct stmt *s); /* SQLPrepare succeeded and its text is still there */
bool stmt_needs_data(
    const struct stmt *s); /* between SQL_NEED_DATA and the end of data at execution */
bool stmt_is_scrollable(const struct stmt *s); /* its cursors go in all directions */
SQLULEN stmt_row_number(const struct stmt *s); /* SQL_ATTR_ROW_NUMBER; 0: unknown or none */

/* stmt_describe - make the IRD valid: at once with a result, else by preparing on the server. HY007
 * if nothing was prepared; SQL_SUCCESS with ird->hdr.count 0 for a statement without result. */
SQLRETURN stmt_describe(struct stmt *s);

/* dbc_free_wire - before any command of the connection: if a result is open on the wire, read its
 * rest into memory. Server errors in that rest are kept for its statement.  RC_LOST and others when
 * the connection breaks meanwhile. */
int dbc_free_wire(struct dbc *d, struct fault *f) MUST_USE;

/* dbc_simple - send one statement whose result nobody wants; diagnostics go to the connection's
 * handle.  08003 when not connected. */
SQLRETURN dbc_simple(struct dbc *d, const char *sql, size_t n);

/* dbc_commit - the same of COMMIT.  08007 when its answer was lost, and with it the knowledge
 * whether the transaction is committed. */
SQLRETURN dbc_commit(struct dbc *d);

/* dbc_forget_prepared - the server lost every prepared statement (session_reset): they are prepared
 * again when used. */
void dbc_forget_prepared(struct dbc *d);

/* dbc_close_results - stmt_close for every statement of the connection. */
void dbc_close_results(struct dbc *d);

/* stmt_drop - SQLFreeHandle(SQL_HANDLE_STMT) and SQLFreeStmt(SQL_DROP): enters, frees, unlocks. */
SQLRETURN stmt_drop(SQLHSTMT h);

#endif
