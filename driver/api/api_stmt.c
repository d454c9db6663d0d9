/* api_stmt.c - the entries of statements: each wraps its arguments and calls odbc/.  Units: SQLCHAR
 * * and SQLWCHAR * count characters, SQLPOINTER counts bytes. */
#include <sql.h>
#include <sqlext.h>
#include <sqlucode.h>

#include "odbc/catalog/catalog.h"
#include "odbc/catalog/typeinfo.h"
#include "odbc/command/cancel.h"
#include "odbc/exec/bulkop.h"
#include "odbc/exec/describe.h"
#include "odbc/exec/describeparam.h"
#include "odbc/exec/exec.h"
#include "odbc/exec/param.h"
#include "odbc/exec/paramdata.h"
#include "odbc/exec/stmt.h"
#include "odbc/handle/text_io.h"
#include "odbc/result/fetch.h"
#include "odbc/result/getdata.h"

#pragma GCC visibility push(default)

/* --- executing -------------------------------------------------------------------------------- */

SQLRETURN SQL_API SQLPrepare(SQLHSTMT h, SQLCHAR *s, SQLINTEGER n)
{
    return stmt_prepare(h, in_a(s, n));
}

SQLRETURN SQL_API SQLPrepareW(SQLHSTMT h, SQLWCHAR *s, SQLINTEGER n)
{
    return stmt_prepare(h, in_w(s, n));
}

SQLRETURN SQL_API SQLExecDirect(SQLHSTMT h, SQLCHAR *s, SQLINTEGER n)
{
    return stmt_exec_direct(h, in_a(s, n));
}

SQLRETURN SQL_API SQLExecDirectW(SQLHSTMT h, SQLWCHAR *s, SQLINTEGER n)
{
    return stmt_exec_direct(h, in_w(s, n));
}

SQLRETURN SQL_API SQLExecute(SQLHSTMT h)
{
    return stmt_execute(h);
}

SQLRETURN SQL_API SQLMoreResults(SQLHSTMT h)
{
    return stmt_more_results(h);
}

SQLRETURN SQL_API SQLRowCount(SQLHSTMT h, SQLLEN *n)
{
    return stmt_row_count(h, n);
}

SQLRETURN SQL_API SQLFreeStmt(SQLHSTMT h, SQLUSMALLINT option)
{
    return stmt_free_stmt(h, option);
}

SQLRETURN SQL_API SQLCloseCursor(SQLHSTMT h)
{
    return stmt_close_cursor(h);
}

SQLRETURN SQL_API SQLCancel(SQLHSTMT h)
{
    return stmt_cancel(h);
}

SQLRETURN SQL_API SQLCancelHandle(SQLSMALLINT kind, SQLHANDLE h)
{
    return stmt_cancel_handle(kind, h);
}

/* --- parameters ------------------------------------------------------------------------------- */

SQLRETURN SQL_API SQLNumParams(SQLHSTMT h, SQLSMALLINT *n)
{
    return stmt_num_params(h, n);
}

SQLRETURN SQL_API SQLBindParameter(SQLHSTMT h, SQLUSMALLINT number, SQLSMALLINT io,
                                   SQLSMALLINT ctype, SQLSMALLINT sql_type, SQLULEN size,
                                   SQLSMALLINT digits, SQLPOINTER data, SQLLEN capacity,
                                   SQLLEN *ind)
{
    return stmt_bind_parameter(h, number, io, ctype, sql_type, size, digits, data, capacity, ind);
}

SQLRETURN SQL_API SQLParamData(SQLHSTMT h, SQLPOINTER *token)
{
    return stmt_param_data(h, token);
}

SQLRETURN SQL_API SQLPutData(SQLHSTMT h, SQLPOINTER data, SQLLEN n)
{
    return stmt_put_data(h, data, n);
}

/* --- columns ---------------------------------------------------------------------------------- */

SQLRETURN SQL_API SQLNumResultCols(SQLHSTMT h, SQLSMALLINT *n)
{
    return stmt_num_result_cols(h, n);
}

SQLRETURN SQL_API SQLDescribeCol(SQLHSTMT h, SQLUSMALLINT column, SQLCHAR *name, SQLSMALLINT cap,
                                 SQLSMALLINT *len, SQLSMALLINT *type, SQLULEN *size,
                                 SQLSMALLINT *digits, SQLSMALLINT *nullable)
{
    struct describe_out out = {out_a(name, cap, len, NULL), type, size, digits, nullable};
    return stmt_describe_col(h, column, &out);
}

SQLRETURN SQL_API SQLDescribeColW(SQLHSTMT h, SQLUSMALLINT column, SQLWCHAR *name, SQLSMALLINT cap,
                                  SQLSMALLINT *len, SQLSMALLINT *type, SQLULEN *size,
                                  SQLSMALLINT *digits, SQLSMALLINT *nullable)
{
    struct describe_out out = {out_wchars(name, cap, len, NULL), type, size, digits, nullable};
    return stmt_describe_col(h, column, &out);
}

SQLRETURN SQL_API SQLColAttribute(SQLHSTMT h, SQLUSMALLINT column, SQLUSMALLINT field,
                                  SQLPOINTER text, SQLSMALLINT cap, SQLSMALLINT *len,
                                  SQLLEN *number)
{
    struct text_out out = out_a(text, cap, len, NULL);
    return stmt_col_attribute(h, column, field, &out, number);
}

SQLRETURN SQL_API SQLColAttributeW(SQLHSTMT h, SQLUSMALLINT column, SQLUSMALLINT field,
                                   SQLPOINTER text, SQLSMALLINT cap, SQLSMALLINT *len,
                                   SQLLEN *number)
{
    struct text_out out = out_wbytes(text, cap, len, NULL);
    return stmt_col_attribute(h, column, field, &out, number);
}

SQLRETURN SQL_API SQLBindCol(SQLHSTMT h, SQLUSMALLINT column, SQLSMALLINT ctype, SQLPOINTER data,
                             SQLLEN cap, SQLLEN *ind)
{
    return stmt_bind_col(h, column, ctype, data, cap, ind);
}

/* --- fetching --------------------------------------------------------------------------------- */

SQLRETURN SQL_API SQLFetch(SQLHSTMT h)
{
    return stmt_fetch(h);
}

SQLRETURN SQL_API SQLFetchScroll(SQLHSTMT h, SQLSMALLINT how, SQLLEN offset)
{
    return stmt_fetch_scroll(h, how, offset);
}

SQLRETURN SQL_API SQLExtendedFetch(SQLHSTMT h, SQLUSMALLINT how, SQLLEN offset, SQLULEN *count,
                                   SQLUSMALLINT *status)
{
    return stmt_extended_fetch(h, how, offset, count, status);
}

SQLRETURN SQL_API SQLGetData(SQLHSTMT h, SQLUSMALLINT column, SQLSMALLINT ctype, SQLPOINTER data,
                             SQLLEN cap, SQLLEN *ind)
{
    return stmt_get_data(h, column, ctype, data, cap, ind);
}

SQLRETURN SQL_API SQLBulkOperations(SQLHSTMT h, SQLSMALLINT operation)
{
    return stmt_bulk_operations(h, operation);
}

SQLRETURN SQL_API SQLDescribeParam(SQLHSTMT h, SQLUSMALLINT number, SQLSMALLINT *type,
                                   SQLULEN *size, SQLSMALLINT *digits, SQLSMALLINT *nullable)
{
    return stmt_describe_param(h, number, type, size, digits, nullable);
}

SQLRETURN SQL_API SQLSetPos(SQLHSTMT h, SQLSETPOSIROW row, SQLUSMALLINT operation,
                            SQLUSMALLINT lock)
{
    return stmt_set_pos(h, row, operation, lock);
}

/* --- catalog ---------------------------------------------------------------------------------- */

SQLRETURN SQL_API SQLGetTypeInfo(SQLHSTMT h, SQLSMALLINT type)
{
    return stmt_get_type_info(h, type);
}

SQLRETURN SQL_API SQLGetTypeInfoW(SQLHSTMT h, SQLSMALLINT type)
{
    return stmt_get_type_info(h, type);
}

SQLRETURN SQL_API SQLTables(SQLHSTMT h, SQLCHAR *catalog, SQLSMALLINT ncatalog, SQLCHAR *schema,
                            SQLSMALLINT nschema, SQLCHAR *table, SQLSMALLINT ntable, SQLCHAR *types,
                            SQLSMALLINT ntypes)
{
    return stmt_tables(h, in_a(catalog, ncatalog), in_a(schema, nschema), in_a(table, ntable),
                       in_a(types, ntypes));
}

SQLRETURN SQL_API SQLTablesW(SQLHSTMT h, SQLWCHAR *catalog, SQLSMALLINT ncatalog, SQLWCHAR *schema,
                             SQLSMALLINT nschema, SQLWCHAR *table, SQLSMALLINT ntable,
                             SQLWCHAR *types, SQLSMALLINT ntypes)
{
    return stmt_tables(h, in_w(catalog, ncatalog), in_w(schema, nschema), in_w(table, ntable),
                       in_w(types, ntypes));
}

SQLRETURN SQL_API SQLColumns(SQLHSTMT h, SQLCHAR *catalog, SQLSMALLINT ncatalog, SQLCHAR *schema,
                             SQLSMALLINT nschema, SQLCHAR *table, SQLSMALLINT ntable,
                             SQLCHAR *column, SQLSMALLINT ncolumn)
{
    return stmt_columns(h, in_a(catalog, ncatalog), in_a(schema, nschema), in_a(table, ntable),
                        in_a(column, ncolumn));
}

SQLRETURN SQL_API SQLColumnsW(SQLHSTMT h, SQLWCHAR *catalog, SQLSMALLINT ncatalog, SQLWCHAR *schema,
                              SQLSMALLINT nschema, SQLWCHAR *table, SQLSMALLINT ntable,
                              SQLWCHAR *column, SQLSMALLINT ncolumn)
{
    return stmt_columns(h, in_w(catalog, ncatalog), in_w(schema, nschema), in_w(table, ntable),
                        in_w(column, ncolumn));
}

#pragma GCC visibility pop
