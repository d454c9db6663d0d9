/* alloc.h - SQLAllocHandle and SQLFreeHandle of every kind. */
#ifndef MYWIRE_ODBC_ALLOC_H
#define MYWIRE_ODBC_ALLOC_H

#include "odbc/handle/handle.h"

SQLRETURN handle_alloc(SQLSMALLINT kind, SQLHANDLE in, SQLHANDLE *out);
SQLRETURN handle_free(SQLSMALLINT kind, SQLHANDLE h);

#endif
