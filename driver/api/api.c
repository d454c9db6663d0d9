/* api.c - entries for environments, connections, descriptors and diagnostics: arguments are
 * wrapped, nothing is converted.
 *
 * The unit of each length is set here, on its line: SQLPOINTER counts bytes also in W functions,
 * SQLWCHAR * counts 16-bit units (ODBC reference, "Unicode Function Arguments"). */
#include <sql.h>
#include <sqlext.h>
#include <sqlucode.h>

#include "odbc/connection/alloc.h"
#include "odbc/connection/attr.h"
#include "odbc/connection/connect.h"
#include "odbc/connection/dbc.h"
#include "odbc/connection/diagfield.h"
#include "odbc/connection/function.h"
#include "odbc/connection/info.h"
#include "odbc/connection/native.h"
#include "odbc/connection/tran.h"
#include "odbc/handle/descfield.h"

#pragma GCC visibility push(default)

/* Handles */

SQLRETURN SQL_API SQLAllocHandle(SQLSMALLINT kind, SQLHANDLE in, SQLHANDLE *out)
{
    return handle_alloc(kind, in, out);
}

SQLRETURN SQL_API SQLAllocStmt(SQLHDBC h, SQLHSTMT *out)
{
    return handle_alloc(SQL_HANDLE_STMT, h, out);
}

SQLRETURN SQL_API SQLFreeHandle(SQLSMALLINT kind, SQLHANDLE h)
{
    return handle_free(kind, h);
}

/* Connections */

SQLRETURN SQL_API SQLConnect(SQLHDBC h, SQLCHAR *dsn, SQLSMALLINT ndsn, SQLCHAR *uid,
                             SQLSMALLINT nuid, SQLCHAR *pwd, SQLSMALLINT npwd)
{
    return connect_plain(h, in_a(dsn, ndsn), in_a(uid, nuid), in_a(pwd, npwd));
}

SQLRETURN SQL_API SQLConnectW(SQLHDBC h, SQLWCHAR *dsn, SQLSMALLINT ndsn, SQLWCHAR *uid,
                              SQLSMALLINT nuid, SQLWCHAR *pwd, SQLSMALLINT npwd)
{
    return connect_plain(h, in_w(dsn, ndsn), in_w(uid, nuid), in_w(pwd, npwd));
}

SQLRETURN SQL_API SQLDriverConnect(SQLHDBC h, SQLHWND window, SQLCHAR *in, SQLSMALLINT nin,
                                   SQLCHAR *out, SQLSMALLINT cap, SQLSMALLINT *nout,
                                   SQLUSMALLINT completion)
{
    (void)window;
    return connect_driver(h, in_a(in, nin), out_a(out, cap, nout, NULL), completion);
}

SQLRETURN SQL_API SQLDriverConnectW(SQLHDBC h, SQLHWND window, SQLWCHAR *in, SQLSMALLINT nin,
                                    SQLWCHAR *out, SQLSMALLINT cap, SQLSMALLINT *nout,
                                    SQLUSMALLINT completion)
{
    (void)window;
    return connect_driver(h, in_w(in, nin), out_wchars(out, cap, nout, NULL), completion);
}

SQLRETURN SQL_API SQLBrowseConnect(SQLHDBC h, SQLCHAR *in, SQLSMALLINT nin, SQLCHAR *out,
                                   SQLSMALLINT cap, SQLSMALLINT *nout)
{
    return connect_browse(h, in_a(in, nin), out_a(out, cap, nout, NULL));
}

SQLRETURN SQL_API SQLBrowseConnectW(SQLHDBC h, SQLWCHAR *in, SQLSMALLINT nin, SQLWCHAR *out,
                                    SQLSMALLINT cap, SQLSMALLINT *nout)
{
    return connect_browse(h, in_w(in, nin), out_wchars(out, cap, nout, NULL));
}

SQLRETURN SQL_API SQLDisconnect(SQLHDBC h)
{
    return dbc_disconnect(h);
}

SQLRETURN SQL_API SQLEndTran(SQLSMALLINT kind, SQLHANDLE h, SQLSMALLINT how)
{
    return tran_end(kind, h, how);
}

SQLRETURN SQL_API SQLNativeSql(SQLHDBC h, SQLCHAR *in, SQLINTEGER nin, SQLCHAR *out, SQLINTEGER cap,
                               SQLINTEGER *nout)
{
    return dbc_native_sql(h, in_a(in, nin), out_a(out, cap, NULL, nout));
}

SQLRETURN SQL_API SQLNativeSqlW(SQLHDBC h, SQLWCHAR *in, SQLINTEGER nin, SQLWCHAR *out,
                                SQLINTEGER cap, SQLINTEGER *nout)
{
    return dbc_native_sql(h, in_w(in, nin), out_wchars(out, cap, NULL, nout));
}

SQLRETURN SQL_API SQLGetFunctions(SQLHDBC h, SQLUSMALLINT id, SQLUSMALLINT *out)
{
    return dbc_get_functions(h, id, out);
}

SQLRETURN SQL_API SQLGetInfo(SQLHDBC h, SQLUSMALLINT id, SQLPOINTER value, SQLSMALLINT cap,
                             SQLSMALLINT *len)
{
    return dbc_get_info(h, id, value, cap, len, false);
}

SQLRETURN SQL_API SQLGetInfoW(SQLHDBC h, SQLUSMALLINT id, SQLPOINTER value, SQLSMALLINT cap,
                              SQLSMALLINT *len)
{
    return dbc_get_info(h, id, value, cap, len, true);
}

/* Attributes; lengths in bytes */

SQLRETURN SQL_API SQLSetEnvAttr(SQLHENV h, SQLINTEGER id, SQLPOINTER value, SQLINTEGER len)
{
    return env_set_attr(h, id, value, len);
}

SQLRETURN SQL_API SQLGetEnvAttr(SQLHENV h, SQLINTEGER id, SQLPOINTER value, SQLINTEGER cap,
                                SQLINTEGER *len)
{
    return env_get_attr(h, id, value, cap, len);
}

SQLRETURN SQL_API SQLSetConnectAttr(SQLHDBC h, SQLINTEGER id, SQLPOINTER value, SQLINTEGER len)
{
    return dbc_set_attr(h, id, value, len, false);
}

SQLRETURN SQL_API SQLSetConnectAttrW(SQLHDBC h, SQLINTEGER id, SQLPOINTER value, SQLINTEGER len)
{
    return dbc_set_attr(h, id, value, len, true);
}

SQLRETURN SQL_API SQLGetConnectAttr(SQLHDBC h, SQLINTEGER id, SQLPOINTER value, SQLINTEGER cap,
                                    SQLINTEGER *len)
{
    return dbc_get_attr(h, id, value, cap, len, false);
}

SQLRETURN SQL_API SQLGetConnectAttrW(SQLHDBC h, SQLINTEGER id, SQLPOINTER value, SQLINTEGER cap,
                                     SQLINTEGER *len)
{
    return dbc_get_attr(h, id, value, cap, len, true);
}

SQLRETURN SQL_API SQLSetStmtAttr(SQLHSTMT h, SQLINTEGER id, SQLPOINTER value, SQLINTEGER len)
{
    return stmt_set_attr(h, id, value, len, false);
}

SQLRETURN SQL_API SQLSetStmtAttrW(SQLHSTMT h, SQLINTEGER id, SQLPOINTER value, SQLINTEGER len)
{
    return stmt_set_attr(h, id, value, len, true);
}

SQLRETURN SQL_API SQLGetStmtAttr(SQLHSTMT h, SQLINTEGER id, SQLPOINTER value, SQLINTEGER cap,
                                 SQLINTEGER *len)
{
    return stmt_get_attr(h, id, value, cap, len, false);
}

SQLRETURN SQL_API SQLGetStmtAttrW(SQLHSTMT h, SQLINTEGER id, SQLPOINTER value, SQLINTEGER cap,
                                  SQLINTEGER *len)
{
    return stmt_get_attr(h, id, value, cap, len, true);
}

/* Descriptors */

SQLRETURN SQL_API SQLGetDescField(SQLHDESC h, SQLSMALLINT rec, SQLSMALLINT field, SQLPOINTER value,
                                  SQLINTEGER cap, SQLINTEGER *len)
{
    return desc_get_field(h, rec, field, value, cap, len, false);
}

SQLRETURN SQL_API SQLGetDescFieldW(SQLHDESC h, SQLSMALLINT rec, SQLSMALLINT field, SQLPOINTER value,
                                   SQLINTEGER cap, SQLINTEGER *len)
{
    return desc_get_field(h, rec, field, value, cap, len, true);
}

SQLRETURN SQL_API SQLSetDescField(SQLHDESC h, SQLSMALLINT rec, SQLSMALLINT field, SQLPOINTER value,
                                  SQLINTEGER len)
{
    return desc_set_field(h, rec, field, value, len, false);
}

SQLRETURN SQL_API SQLSetDescFieldW(SQLHDESC h, SQLSMALLINT rec, SQLSMALLINT field, SQLPOINTER value,
                                   SQLINTEGER len)
{
    return desc_set_field(h, rec, field, value, len, true);
}

SQLRETURN SQL_API SQLGetDescRec(SQLHDESC h, SQLSMALLINT rec, SQLCHAR *name, SQLSMALLINT cap,
                                SQLSMALLINT *nname, SQLSMALLINT *type, SQLSMALLINT *subtype,
                                SQLLEN *length, SQLSMALLINT *precision, SQLSMALLINT *scale,
                                SQLSMALLINT *nullable)
{
    struct desc_rec_out out = {
        out_a(name, cap, nname, NULL), type, subtype, length, precision, scale, nullable};
    return desc_get_rec(h, rec, &out);
}

SQLRETURN SQL_API SQLGetDescRecW(SQLHDESC h, SQLSMALLINT rec, SQLWCHAR *name, SQLSMALLINT cap,
                                 SQLSMALLINT *nname, SQLSMALLINT *type, SQLSMALLINT *subtype,
                                 SQLLEN *length, SQLSMALLINT *precision, SQLSMALLINT *scale,
                                 SQLSMALLINT *nullable)
{
    struct desc_rec_out out = {
        out_wchars(name, cap, nname, NULL), type, subtype, length, precision, scale, nullable};
    return desc_get_rec(h, rec, &out);
}

SQLRETURN SQL_API SQLSetDescRec(SQLHDESC h, SQLSMALLINT rec, SQLSMALLINT type, SQLSMALLINT subtype,
                                SQLLEN length, SQLSMALLINT precision, SQLSMALLINT scale,
                                SQLPOINTER data, SQLLEN *octet_length, SQLLEN *indicator)
{
    struct desc_rec_in in = {type,  subtype, length,       precision,
                             scale, data,    octet_length, indicator};
    return desc_set_rec(h, rec, &in);
}

SQLRETURN SQL_API SQLCopyDesc(SQLHDESC from, SQLHDESC to)
{
    return desc_copy(from, to);
}

/* Diagnostics */

SQLRETURN SQL_API SQLGetDiagRec(SQLSMALLINT kind, SQLHANDLE h, SQLSMALLINT rec, SQLCHAR *state,
                                SQLINTEGER *native, SQLCHAR *message, SQLSMALLINT cap,
                                SQLSMALLINT *len)
{
    return diag_read_rec(kind, h, rec, state, native, out_a(message, cap, len, NULL));
}

SQLRETURN SQL_API SQLGetDiagRecW(SQLSMALLINT kind, SQLHANDLE h, SQLSMALLINT rec, SQLWCHAR *state,
                                 SQLINTEGER *native, SQLWCHAR *message, SQLSMALLINT cap,
                                 SQLSMALLINT *len)
{
    return diag_read_rec(kind, h, rec, state, native, out_wchars(message, cap, len, NULL));
}

SQLRETURN SQL_API SQLGetDiagField(SQLSMALLINT kind, SQLHANDLE h, SQLSMALLINT rec, SQLSMALLINT field,
                                  SQLPOINTER value, SQLSMALLINT cap, SQLSMALLINT *len)
{
    return diag_read_field(kind, h, rec, field, value, cap, len, false);
}

SQLRETURN SQL_API SQLGetDiagFieldW(SQLSMALLINT kind, SQLHANDLE h, SQLSMALLINT rec,
                                   SQLSMALLINT field, SQLPOINTER value, SQLSMALLINT cap,
                                   SQLSMALLINT *len)
{
    return diag_read_field(kind, h, rec, field, value, cap, len, true);
}

#pragma GCC visibility pop
