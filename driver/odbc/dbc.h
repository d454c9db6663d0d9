/* dbc.h - a connection handle's life between SQLAllocHandle and SQLFreeHandle. */
#ifndef MYWIRE_ODBC_DBC_H
#define MYWIRE_ODBC_DBC_H

#include "odbc/handle.h"

/* dbc_new - a connection handle linked into e->dbcs, attributes at their defaults.  e is locked by
 * the caller.  NULL without memory. */
struct dbc *dbc_new(struct env *e);

/* dbc_drop - SQLFreeHandle(SQL_HANDLE_DBC): HY010 while connected, else everything is given back.
 */
SQLRETURN dbc_drop(SQLHDBC h);

/* dbc_disconnect - SQLDisconnect: 08003 when not connected, 25000 while a manual transaction is
 * open.  Statements and explicit descriptors are freed. */
SQLRETURN dbc_disconnect(SQLHDBC h);

/* dbc_close - end the session, free what hangs on it, forget the DSN; never fails, may be called in
 * any state. */
void dbc_close(struct dbc *d);

/* dbc_product_name - "MySQL", "MariaDB", "StarRocks" ...; static.  "server" when not connected. */
const char *dbc_product_name(const struct dbc *d);

/* dbc_need_connection - raises 08003 unless connected. */
SQLRETURN dbc_need_connection(struct dbc *d);

/* dbc_ask - append the first column of the first row of a query of our own to out (nothing for SQL
 * NULL or no row).  The wire is freed first. */
int dbc_ask(struct dbc *d, const char *sql, struct buf *out, struct fault *f) MUST_USE;

#endif
