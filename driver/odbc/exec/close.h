/* close.h - the end of a statement's result, and of what it has on the server. */
#ifndef MYWIRE_ODBC_CLOSE_H
#define MYWIRE_ODBC_CLOSE_H

#include "odbc/handle/handle.h"

/* stmt_close - drop results that are open or pending, and the wait for parameter data; what was
 * prepared stays.  No error if nothing is open. A large rest on the wire is stopped by KILL QUERY
 * rather than read. */
void stmt_close(struct stmt *s);

/* stmt_close_told - the same for who can be told that the connection was closed for it: 01000. */
SQLRETURN stmt_close_told(struct stmt *s);

/* dbc_forget_prepared - the server lost every prepared statement (session_reset): they are prepared
 * again when used. */
void dbc_forget_prepared(struct dbc *d);

/* dbc_close_results - stmt_close for every statement of the connection. */
void dbc_close_results(struct dbc *d);

#endif
