/* bulkop.h - SQLBulkOperations: rows of the application's column buffers inserted into the table of
 * the open result.
 *
 * SQL_ADD makes an INSERT of the bound columns and executes it over the rowset as an array of
 * parameters (odbc/exec/array.h) by a statement of its own, so its rows fly and fail as those do. A
 * column whose length is SQL_COLUMN_IGNORE gets its default; one whose length asks for data at
 * execution gets it by SQLParamData and SQLPutData, row by row, while that statement waits.  The
 * cursor stays where it is.  Other operations want bookmarks, which this driver does not have:
 * HYC00. */
#ifndef MYWIRE_ODBC_BULKOP_H
#define MYWIRE_ODBC_BULKOP_H

#include "odbc/handle/handle.h"

/* stmt_bulk_operations - 24000 without an open result, 21S02 if no column is bound, HYC00 for
 * results that are not of one table; else as an execution over an array, with SQL_ROW_ADDED,
 * SQL_ROW_SUCCESS_WITH_INFO, SQL_ROW_ERROR in the row status array (SQL_ROW_NOROW: not looked at
 * yet), and the number of added rows where SQL_ATTR_ROWS_FETCHED_PTR says.  SQL_NEED_DATA: then
 * the statement has a runner of its own until all data was given. */
SQLRETURN stmt_bulk_operations(SQLHSTMT h, SQLSMALLINT operation);

#endif
