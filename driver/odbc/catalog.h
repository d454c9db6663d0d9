/* catalog.h - SQLTables and SQLColumns, from information_schema.
 *
 * A database is a catalog; there are no schemas: the schema argument is accepted and says nothing.
 * A NULL catalog means all databases, an empty one the current database (every table has a catalog,
 * so the literal reading would find nothing, and programs pass "" for "here").  With NO_CATALOG
 * only the current database is looked at and TABLE_CAT is NULL. The queries name few columns and
 * join nothing, so that StarRocks, Doris and SingleStore answer them. */
#ifndef MYWIRE_ODBC_CATALOG_H
#define MYWIRE_ODBC_CATALOG_H

#include "odbc/handle.h"
#include "odbc/text_io.h"

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
