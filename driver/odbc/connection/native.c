/* native.c - SQLNativeSql. */
#include "odbc/connection/native.h"

#include <string.h>

#include "odbc/command/sqlmode.h"
#include "sql/escape.h"

static SQLRETURN translate(struct dbc *d, struct buf *sql, const struct text_out *out)
{
    struct buf native = {0};
    SQLRETURN rc = SQL_ERROR;
    struct sql_mode mode;
    struct fault f;
    if (sqlmode_of(d, strchr(buf_str(sql), '"') != NULL, &mode, &f))
        return diag_fault(&d->h, &f);
    sql->len = sql_text_end(buf_str(sql), sql->len, mode);
    struct sql_escape_result r = sql_escape(&native, buf_str(sql), sql->len, mode);
    switch (r.status) {
    case SQL_ESCAPE_NONE:
        rc = text_write(&d->h, out, buf_str(sql), sql->len);
        break;
    case SQL_ESCAPE_DONE:
        rc = text_write(&d->h, out, buf_str(&native), native.len);
        break;
    case SQL_ESCAPE_SYNTAX:
        rc = diag(&d->h, ST_42000, "%s", r.words);
        break;
    case SQL_ESCAPE_DATE:
        rc = diag(&d->h, ST_22007, "%s", r.words);
        break;
    case SQL_ESCAPE_MEMORY:
        rc = diag(&d->h, ST_HY001, "out of memory for the translated statement");
        break;
    }
    buf_clear(&native);
    return rc;
}

SQLRETURN dbc_native_sql(SQLHDBC h, struct text_arg sql, struct text_out out)
{
    struct dbc *d = dbc_enter(h);
    if (!d)
        return SQL_INVALID_HANDLE;
    struct buf text = {0};
    SQLRETURN rc = dbc_need_connection(d);
    if (rc == SQL_SUCCESS && !sql.p)
        rc = diag(&d->h, ST_HY009, "there is no statement");
    if (rc == SQL_SUCCESS)
        rc = text_in_sql(&d->h, &text, sql, "the statement");
    if (rc == SQL_SUCCESS)
        rc = translate(d, &text, &out);
    buf_clear(&text);
    return dbc_leave(d, rc);
}
