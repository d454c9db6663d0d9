/* native.h - SQLNativeSql: the text as it would be sent. */
#ifndef MYWIRE_ODBC_NATIVE_H
#define MYWIRE_ODBC_NATIVE_H

#include "odbc/handle/handle.h"
#include "odbc/handle/text_io.h"

/* dbc_native_sql - escapes translated, nothing sent.  42000 for a malformed escape, 22007 for a
 * wrong date in one. */
SQLRETURN dbc_native_sql(SQLHDBC h, struct text_arg sql, struct text_out out);

#endif
