/* env.h - an environment handle's life. */
#ifndef MYWIRE_ODBC_ENV_H
#define MYWIRE_ODBC_ENV_H

#include "odbc/handle/handle.h"

/* env_new - an environment; its ODBC version is not set yet.  NULL without memory. */
struct env *env_new(void);

/* env_drop - SQLFreeHandle(SQL_HANDLE_ENV): HY010 while it has connections. */
SQLRETURN env_drop(SQLHENV h);

#endif
