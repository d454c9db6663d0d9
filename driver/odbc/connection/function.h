/* function.h - SQLGetFunctions; the rows are table/function.def. */
#ifndef MYWIRE_ODBC_FUNCTION_H
#define MYWIRE_ODBC_FUNCTION_H

#include "odbc/handle/handle.h"

/* dbc_get_functions - one function (SQL_TRUE or SQL_FALSE to *out), SQL_API_ALL_FUNCTIONS (100
 * values), or SQL_API_ODBC3_ALL_FUNCTIONS (a bitmap of SQL_API_ODBC3_ALL_FUNCTIONS_SIZE words).
 * HY095 for an id beyond the bitmap. */
SQLRETURN dbc_get_functions(SQLHDBC h, SQLUSMALLINT id, SQLUSMALLINT *out);

/* function_has - does the driver have the function? */
bool function_has(SQLUSMALLINT id);

#endif
