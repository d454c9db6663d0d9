/* typeinfo.h - SQLGetTypeInfo. */
#ifndef MYWIRE_ODBC_TYPEINFO_H
#define MYWIRE_ODBC_TYPEINFO_H

#include "odbc/handle/handle.h"

/* stmt_get_type_info - the types of table/type.def that are this SQL type, or all.  HY004 for what
 * is no SQL type. */
SQLRETURN stmt_get_type_info(SQLHSTMT h, SQLSMALLINT wanted);

#endif
