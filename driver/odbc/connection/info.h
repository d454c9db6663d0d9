/* info.h - SQLGetInfo; the rows are table/info.def. */
#ifndef MYWIRE_ODBC_INFO_H
#define MYWIRE_ODBC_INFO_H

#include "odbc/handle/handle.h"

/* dbc_get_info - HY096 for a type that ODBC does not know, HYC00 for another driver's and for one
 * the driver manager answers, 08003 without a connection.  cap and *len count bytes, for the W
 * function too. */
SQLRETURN dbc_get_info(SQLHDBC h, SQLUSMALLINT id, SQLPOINTER value, SQLSMALLINT cap,
                       SQLSMALLINT *len, bool wide);

/* info_has - is there a row for the information type?  For tests, which compare the headers. */
bool info_has(SQLUSMALLINT id);

#endif
