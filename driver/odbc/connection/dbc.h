/* dbc.h - a connection handle's life between SQLAllocHandle and SQLFreeHandle. */
#ifndef MYWIRE_ODBC_DBC_H
#define MYWIRE_ODBC_DBC_H

#include "odbc/handle/handle.h"

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

#endif
