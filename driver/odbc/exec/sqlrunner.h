/* sqlrunner.h - SQL statements, which the server runs: how they are executed
 * (odbc/handle/runner.h). */
#ifndef MYWIRE_ODBC_SQLRUNNER_H
#define MYWIRE_ODBC_SQLRUNNER_H

#include "odbc/handle/runner.h"

extern const struct stmt_runner sql_runner;

#endif
