/* tran.h - transactions: autocommit and SQLEndTran. */
#ifndef MYWIRE_ODBC_TRAN_H
#define MYWIRE_ODBC_TRAN_H

#include "odbc/handle/handle.h"

/* tran_is_open - autocommit is off and the server is inside a transaction, or may be inside one:
 * a result is on the wire, or the server does not tell.  Where an error left it in doubt, the
 * server is asked; a connection that is lost then is an error. */
SQLRETURN tran_is_open(struct dbc *d, bool *is_open);

/* tran_is_begun - is a transaction open that was begun in SQL, autocommit being on?  As far as the
 * server told last: after tran_is_open. */
bool tran_is_begun(const struct dbc *d);

/* tran_autocommit - SQL_ATTR_AUTOCOMMIT as the server has it, also after the application's own SET;
 * what was asked for where there is no connection, or no transactions. */
SQLRETURN tran_autocommit(struct dbc *d, SQLUINTEGER *out);

/* tran_default_isolation - what the product has when nobody asked for another level; 0 without
 * transactions. */
SQLUINTEGER tran_default_isolation(const struct dbc *d);

/* tran_needs_setting - does the server's autocommit differ from d->autocommit, as far as it tells?
 */
bool tran_needs_setting(const struct dbc *d);

/* tran_set_autocommit - SQL_ATTR_AUTOCOMMIT on an open connection.  Switching on commits, as ODBC
 * wants.  A server without transactions keeps committing each statement: then 01S02. */
SQLRETURN tran_set_autocommit(struct dbc *d, bool on);

/* tran_set_isolation - SQL_ATTR_TXN_ISOLATION on an open connection; HY011 inside a transaction. */
SQLRETURN tran_set_isolation(struct dbc *d, SQLUINTEGER level);

/* tran_set_access - SQL_ATTR_ACCESS_MODE on an open connection. */
SQLRETURN tran_set_access(struct dbc *d, SQLUINTEGER mode);

/* tran_end - SQLEndTran for a connection or for all of an environment. */
SQLRETURN tran_end(SQLSMALLINT kind, SQLHANDLE h, SQLSMALLINT how);

#endif
