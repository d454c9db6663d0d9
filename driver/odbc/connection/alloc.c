/* alloc.c - SQLAllocHandle and SQLFreeHandle of every kind. */
#include "odbc/connection/alloc.h"

#include "odbc/connection/dbc.h"
#include "odbc/exec/stmt.h"
#include "odbc/handle/descfield.h"
#include "odbc/handle/env.h"

static SQLRETURN alloc_env(SQLHANDLE *out)
{
    if (!out)
        return SQL_ERROR;
    *out = env_new();
    return *out ? SQL_SUCCESS : SQL_ERROR;
}

static SQLRETURN alloc_dbc(SQLHANDLE in, SQLHANDLE *out)
{
    struct env *e = env_enter(in);
    if (!e)
        return SQL_INVALID_HANDLE;
    SQLRETURN rc = SQL_SUCCESS;
    if (!out)
        rc = diag(&e->h, ST_HY009, "no place for the connection handle");
    else if (!e->odbc_version)
        rc = diag(&e->h, ST_HY010, "set SQL_ATTR_ODBC_VERSION before making a connection handle");
    else if (!(*out = dbc_new(e)))
        rc = diag(&e->h, ST_HY001, "out of memory for a connection handle");
    return env_leave(e, rc);
}

static SQLRETURN alloc_in_dbc(SQLSMALLINT kind, SQLHANDLE in, SQLHANDLE *out)
{
    struct dbc *d = dbc_enter(in);
    if (!d)
        return SQL_INVALID_HANDLE;
    SQLRETURN rc = dbc_need_connection(d);
    if (rc != SQL_SUCCESS)
        return dbc_leave(d, rc);
    if (!out)
        return dbc_leave(d, diag(&d->h, ST_HY009, "no place for the handle"));
    *out = kind == SQL_HANDLE_STMT ? (void *)stmt_new(d) : (void *)desc_new(d);
    if (!*out)
        rc = diag(&d->h, ST_HY001, "out of memory for a handle");
    return dbc_leave(d, rc);
}

SQLRETURN handle_alloc(SQLSMALLINT kind, SQLHANDLE in, SQLHANDLE *out)
{
    if (out)
        *out = SQL_NULL_HANDLE;
    switch (kind) {
    case SQL_HANDLE_ENV:
        return alloc_env(out);
    case SQL_HANDLE_DBC:
        return alloc_dbc(in, out);
    case SQL_HANDLE_STMT:
    case SQL_HANDLE_DESC:
        return alloc_in_dbc(kind, in, out);
    default:
        break;
    }
    struct dbc *d = dbc_enter(in);
    if (!d)
        return SQL_INVALID_HANDLE;
    return dbc_leave(d, diag(&d->h, ST_HY092, "there is no handle type %d", kind));
}

SQLRETURN handle_free(SQLSMALLINT kind, SQLHANDLE h)
{
    switch (kind) {
    case SQL_HANDLE_ENV:
        return env_drop(h);
    case SQL_HANDLE_DBC:
        return dbc_drop(h);
    case SQL_HANDLE_STMT:
        return stmt_drop(h);
    case SQL_HANDLE_DESC:
        return desc_drop(h);
    default:
        return SQL_INVALID_HANDLE;
    }
}
