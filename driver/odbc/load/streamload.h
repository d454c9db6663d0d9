/* streamload.h - inserts and files by Stream Load (bulk/load.h), behind the ordinary API.
 *
 * An array of rows for a plain INSERT is one load (streamload_insert.c, a path of
 * odbc/exec/array.h); with autocommit off, part of a transaction that SQLEndTran ends
 * (streamload_tran.c).  The statement STREAM LOAD is run by the driver itself (streamload_stmt.c).
 * What can be said about a load comes from DSN, connection, statement, or WITH (streamload_opt.c,
 * table/load_option.def); what came of it goes to status array, diagnostics and attributes
 * (streamload_told.c).
 *
 * Where no endpoint takes a load, and nothing was sent, the rows of an INSERT go as SQL
 * (STREAMLOAD=AUTO, autocommit on), with a warning, and for a minute no other load is tried.
 *
 * Nothing of it happens unless the DSN gives STREAMLOADURL, and libcurl is opened at the first
 * load. All functions expect the connection's mutex to be held. */
#ifndef MYWIRE_ODBC_STREAMLOAD_H
#define MYWIRE_ODBC_STREAMLOAD_H

#include "odbc/exec/loads.h"
#include "odbc/handle/handle.h"
#include "odbc/handle/text_io.h"

/* streamload_check - what the DSN says about Stream Load can be used: at connect.  RC_CONFIG. */
int streamload_check(struct dbc *d, struct fault *f) MUST_USE;

/* streamload_close - at disconnect: open transactions are rolled back.  streamload_forget - of a
 * handle's own options and results, when the handle goes; NULL is fine. */
struct streamload;
struct streamload_own;
void streamload_close(struct dbc *d);
void streamload_forget(struct streamload_own *own);

/* What the execution of statements knows of it. */
extern const struct exec_loads streamload_loads;

/* --- transactions --- */

bool streamload_is_open(const struct dbc *d);
/* streamload_prepare - the server has every row of every table that is open, and promises that they
 * can be committed; if one of them fails, all are rolled back: SQL_ERROR.  streamload_end -
 * SQLEndTran: prepare and commit, or roll back, what is open.  with_sql: what SQL has changed in
 * the same transaction is committed already.  Diagnostics go to the connection. */
SQLRETURN streamload_prepare(struct dbc *d);
SQLRETURN streamload_end(struct dbc *d, bool commit, bool with_sql);

/* --- attributes --- */

/* id: SQL_ATTR_MYWIRE_LOAD_* or _LOADED_*; h: of a connection or a statement. */
SQLRETURN streamload_set_attr(struct handle *h, SQLINTEGER id, struct text_arg value);
SQLRETURN streamload_get_attr(struct handle *h, SQLINTEGER id, struct text_out out);

#endif
