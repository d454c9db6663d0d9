/* bulkop.h - SQLBulkOperations: rows of the application's column buffers inserted into the table of
 * the open result.
 *
 * SQL_ADD makes an INSERT of the bound columns and executes it over the rowset as an array of
 * parameters (odbc/array.h) by a statement of its own, so its rows fly and fail as those do.  A
 * column whose length is SQL_COLUMN_IGNORE gets its default; one whose length asks for data at
 * execution gets it by SQLParamData and SQLPutData, row by row, while that statement waits.  The
 * cursor stays where it is.  Other operations want bookmarks, which this driver does not have:
 * HYC00. */
#ifndef MYWIRE_ODBC_BULKOP_H
#define MYWIRE_ODBC_BULKOP_H

#include "odbc/handle.h"
#include "odbc/param.h"

/* stmt_bulk_operations - 24000 without an open result, 21S02 if no column is bound, HYC00 for
 * results that are not of one table; else as an execution over an array, with SQL_ROW_ADDED,
 * SQL_ROW_SUCCESS_WITH_INFO, SQL_ROW_ERROR in the row status array (SQL_ROW_NOROW: not looked at
 * yet), and the number of added rows where SQL_ATTR_ROWS_FETCHED_PTR says.  SQL_NEED_DATA: then
 * stmt->x->adding is set until all data was given. */
SQLRETURN stmt_bulk_operations(SQLHSTMT h, SQLSMALLINT operation);

/* While it waits, for a statement that is entered.  bulk_data, bulk_put - SQLParamData and
 * SQLPutData; an error of the latter ends the wait.  bulk_wait - which of them may come.
 * bulk_abandon - the rows that are not added yet are not added. */
struct bulk_add;
SQLRETURN bulk_data(struct stmt *s, SQLPOINTER *token);
SQLRETURN bulk_put(struct stmt *s, SQLPOINTER data, SQLLEN len);
enum param_wait bulk_wait(const struct stmt *s);
void bulk_abandon(struct stmt *s);

#endif
