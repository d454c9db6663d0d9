/* connect.h - from a DSN to an open session: SQLConnect, SQLDriverConnect, SQLBrowseConnect.
 *
 * Nothing is sent after the login unless the application or the DSN asked for it: INITSTMT, then
 * attributes that were set before connecting and differ from the server's state.  An INITSTMT that
 * fails makes the connect fail.  Keys that are unknown, cannot be used or have no effect are told
 * with 01S00 and 01S02. */
#ifndef MYWIRE_ODBC_CONNECT_H
#define MYWIRE_ODBC_CONNECT_H

#include "odbc/handle/handle.h"
#include "odbc/handle/text_io.h"

/* Seconds for reaching the server and logging in when neither CONN_TIMEOUT nor
 * SQL_ATTR_LOGIN_TIMEOUT says otherwise. */
#define LOGIN_TIMEOUT_DEFAULT 30

SQLRETURN connect_plain(SQLHDBC h, struct text_arg dsn, struct text_arg uid, struct text_arg pwd);
SQLRETURN connect_driver(SQLHDBC h, struct text_arg in, struct text_out out,
                         SQLUSMALLINT completion);
SQLRETURN connect_browse(SQLHDBC h, struct text_arg in, struct text_out out);

/* connect_reset - SQL_ATTR_RESET_CONNECTION: results closed, a session as new, attributes at their
 * defaults, the database of the DSN, INITSTMT again. */
SQLRETURN connect_reset(struct dbc *d);

#endif
