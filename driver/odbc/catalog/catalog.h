/* catalog.h - SQLTables and SQLColumns, from information_schema.
 *
 * A database is a catalog; there are no schemas: the schema argument is accepted and says nothing.
 *
 * In SQLTables the catalog is a pattern: NULL means all databases, "" the tables without a catalog,
 * of which there are none.  In SQLColumns it is an ordinary argument: NULL means the current
 * database, so that tables of the same name elsewhere do not mix in (NULLISCURRENT=0, or no current
 * database: all), and so does "", which programs pass for "here".  With NO_CATALOG only the current
 * database is looked at and TABLE_CAT is NULL.  Under SQL_ATTR_METADATA_ID a NULL name is HY009.
 *
 * Types of tables may be asked for in ODBC's words, in the server's, and as BASE TABLE.  The
 * queries name few columns and join nothing, so that StarRocks, Doris and SingleStore answer them.
 */
#ifndef MYWIRE_ODBC_CATALOG_H
#define MYWIRE_ODBC_CATALOG_H

#include "odbc/handle/handle.h"
#include "odbc/handle/text_io.h"

SQLRETURN stmt_tables(SQLHSTMT h, struct text_arg catalog, struct text_arg schema,
                      struct text_arg table, struct text_arg types);
SQLRETURN stmt_columns(SQLHSTMT h, struct text_arg catalog, struct text_arg schema,
                       struct text_arg table, struct text_arg column);

/* catalog_type_wanted - is type in the list of SQLTables ("TABLE,'VIEW'", any case; "" or "%":
 * all)?  types: NUL-terminated. */
bool catalog_type_wanted(const char *types, const char *type);

/* catalog_identifier - an argument under SQL_ATTR_METADATA_ID: quotes taken off, or trailing
 * blanks; in place, returns the new length. */
size_t catalog_identifier(char *s, size_t n);

#endif
