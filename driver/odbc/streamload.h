/* streamload.h - inserts and files by Stream Load (bulk/load.h), behind the ordinary API.
 *
 * An array of rows for a plain INSERT is one load (streamload_insert.c, a path of odbc/array.h);
 * with autocommit off, part of a transaction that SQLEndTran ends (streamload_tran.c).  The
 * statement STREAM LOAD is run by the driver itself (streamload_stmt.c).  What can be said about a
 * load comes from DSN, connection, statement, or WITH (streamload_opt.c, table/load_option.def);
 * what came of it goes to status array, diagnostics and attributes (streamload_told.c).
 *
 * Where no endpoint takes a load, and nothing was sent, the rows of an INSERT go as SQL
 * (STREAMLOAD=AUTO, autocommit on), with a warning, and for a minute no other load is tried.
 *
 * Nothing of it happens unless the DSN gives STREAMLOADURL, and libcurl is opened at the first
 * load. All functions expect the connection's mutex to be held, but for streamload_cancel. */
#ifndef MYWIRE_ODBC_STREAMLOAD_H
#define MYWIRE_ODBC_STREAMLOAD_H

#include "odbc/array.h"
#include "odbc/handle.h"
#include "odbc/text_io.h"

/* streamload_check - what the DSN says about Stream Load can be used: at connect.  RC_CONFIG. */
int streamload_check(struct dbc *d, struct fault *f) MUST_USE;

/* streamload_close - at disconnect: open transactions are rolled back.  streamload_forget - of a
 * handle's own options and results, when the handle goes; NULL is fine. */
struct streamload;
struct streamload_own;
void streamload_close(struct dbc *d);
void streamload_forget(struct streamload_own *own);

/* --- inserts --- */

/* streamload_single - an execution of one row that goes by Stream Load all the same
 * (STREAMLOAD=REQUIRED and an INSERT). */
bool streamload_single(const struct stmt *s);
/* A path of array.c.  With data at execution it leaves run.is_collecting, and the rows to
 * streamload_collect. */
enum array_fit streamload_fits(struct stmt *s);
SQLRETURN streamload_run(struct stmt *s);
/* streamload_collect - keep the data that was given for run.row, and go on to the next row that
 * needs some: SQL_NEED_DATA.  When all have theirs, they are loaded as an array without it is.
 * Rows with more than GIVEN_MOST bytes of it: HY000 with STREAMLOAD=REQUIRED, else all rows go as
 * SQL, from the first on. */
SQLRETURN streamload_collect(struct stmt *s);

/* --- STREAM LOAD --- */

/* streamload_take - the text is STREAM LOAD: read it.  42000 if it cannot be read. */
SQLRETURN streamload_take(struct stmt *s);
void streamload_drop(struct stmt *s); /* the text is forgotten */
/* streamload_columns - the columns of its result, before it was executed.  NULL without memory. */
struct reply *streamload_columns(struct stmt *s);
/* streamload_execute - without a marker, or its parameter is there.  Its result is open then. */
SQLRETURN streamload_execute(struct stmt *s);
/* streamload_push - a piece of the parameter, n bytes as they go to the server. */
SQLRETURN streamload_push(struct stmt *s, const void *p, size_t n);
/* streamload_abandon - SQLCancel while data is awaited. */
void streamload_abandon(struct stmt *s);

/* --- transactions --- */

bool streamload_is_open(const struct dbc *d);
/* streamload_prepare - the server has every row of every table that is open, and promises that they
 * can be committed; if one of them fails, all are rolled back: SQL_ERROR.  streamload_end -
 * SQLEndTran: prepare and commit, or roll back, what is open.  with_sql: what SQL has changed in
 * the same transaction is committed already.  Diagnostics go to the connection. */
SQLRETURN streamload_prepare(struct dbc *d);
SQLRETURN streamload_end(struct dbc *d, bool commit, bool with_sql);

/* --- attributes and cancelling --- */

/* id: SQL_ATTR_MYWIRE_LOAD_* or _LOADED_*; h: of a connection or a statement. */
SQLRETURN streamload_set_attr(struct handle *h, SQLINTEGER id, struct text_arg value);
SQLRETURN streamload_get_attr(struct handle *h, SQLINTEGER id, struct text_out out);

/* streamload_cancel - from any thread, inside the bracket of cancel.c: the load of this statement,
 * if one runs, fails. */
void streamload_cancel(struct stmt *s);

#endif
