/* select.h - the table of a plain SELECT, for servers that do not tell it with the columns.
 *
 * StarRocks and Doris leave the table and the original names of result columns empty. */
#ifndef MYWIRE_SQL_SELECT_H
#define MYWIRE_SQL_SELECT_H

#include "sql/kind.h"

/* sql_select_table - where the table stands in `SELECT [ALL] * | [t.]name, ... FROM [[cat.]db.]t
 * [WHERE | ORDER | LIMIT ...]`: as written, qualifiers included.  False for anything else:
 * expressions, aliases, joins, groups, a second statement.  Result columns then have the names that
 * the table's have. */
bool sql_select_table(const char *text, size_t len, struct sql_mode mode, struct sql_span *table);

#endif
