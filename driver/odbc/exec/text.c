/* text.c - a statement's text: taken, read, forgotten. */
#include "odbc/exec/text.h"

#include <string.h>

#include "odbc/command/sqlmode.h"
#include "odbc/exec/exec.h"
#include "odbc/exec/loads.h"
#include "odbc/handle/runner.h"
#include "sql/loadstmt.h"

void text_forget(struct stmt *s)
{
    struct stmt_exec *x = s->x;
    if (x->on_server)
        wire_stmt_close(s->dbc->session, &x->server);
    x->on_server = x->never_server = false;
    s->stopping->server_s = 0;
    x->has_sql = x->prepared = x->returns = s->is_secret = false;
    if (s->runner->drop)
        s->runner->drop(s);
    s->runner = x->sql_runner;
    s->cursor->ird_valid = false;
    result_clear(&x->probe);
    described_clear(&x->described);
    buf_reset(&x->sql);
}

static SQLRETURN escape_diag(struct stmt *s, const struct sql_escape_result *r)
{
    switch (r->status) {
    case SQL_ESCAPE_SYNTAX:
        return diag(&s->h, ST_42000, "%s", r->words);
    case SQL_ESCAPE_DATE:
        return diag(&s->h, ST_22007, "%s", r->words);
    default:
        return diag(&s->h, ST_HY001, "no memory for a statement of %zu bytes", s->x->sql.len);
    }
}

/* Translate escapes: x->sql is replaced when there are any. */
static SQLRETURN text_escape(struct stmt *s, struct sql_mode mode)
{
    struct stmt_exec *x = s->x;
    struct buf out;
    buf_init(&out, 0);
    struct sql_escape_result r = sql_escape(&out, (const char *)x->sql.p, x->sql.len, mode);
    SQLRETURN rc = SQL_SUCCESS;
    x->returns = r.returns;
    if (r.status == SQL_ESCAPE_DONE && buf_ok(&out)) {
        struct buf old = x->sql;
        x->sql = out;
        out = old;
    } else if (r.status != SQL_ESCAPE_NONE) {
        rc = escape_diag(s, &r);
    }
    buf_clear(&out);
    return rc;
}

/* Markers and kind of the text, as it is read in x->mode. */
static SQLRETURN text_read(struct stmt *s)
{
    struct stmt_exec *x = s->x;
    struct fault f;
    const char *text = (const char *)x->sql.p;
    if (sql_markers_find(&x->markers, text, x->sql.len, x->mode, &f))
        return diag_fault(&s->h, &f);
    x->kind = sql_kind_of(text, x->sql.len, x->mode);
    array_new_text(&x->array);
    return SQL_SUCCESS;
}

static bool is_same_mode(struct sql_mode a, struct sql_mode b)
{
    return a.no_backslash_escapes == b.no_backslash_escapes && a.ansi_quotes == b.ansi_quotes;
}

SQLRETURN text_follow_mode(struct stmt *s)
{
    struct stmt_exec *x = s->x;
    struct fault f;
    struct sql_mode now;
    if (!x->is_modal || s->cursor->executed)
        return SQL_SUCCESS;
    if (sqlmode_of(s->dbc, x->has_quotes, &now, &f))
        return diag_fault(&s->h, &f);
    if (is_same_mode(now, x->mode))
        return SQL_SUCCESS;
    x->mode = now;
    if (x->on_server)
        wire_stmt_close(s->dbc->session, &x->server);
    x->on_server = x->never_server = s->cursor->ird_valid = false;
    result_clear(&x->probe);
    described_clear(&x->described);
    return text_read(s);
}

SQLRETURN text_take(struct stmt *s, struct text_arg arg)
{
    struct stmt_exec *x = s->x;
    text_forget(s);
    if (!arg.p)
        return diag(&s->h, ST_HY009, "no statement was given");
    SQLRETURN rc = text_in_sql(&s->h, &x->sql, arg, "statement");
    if (rc != SQL_SUCCESS)
        return rc;
    s->is_secret = log_on(&s->dbc->log, LOG_ERROR) && log_is_secret((char *)x->sql.p, x->sql.len);
    struct fault f;
    x->has_quotes = x->sql.len && memchr(x->sql.p, '"', x->sql.len);
    x->is_modal = x->has_quotes || (x->sql.len && memchr(x->sql.p, '\\', x->sql.len));
    if (sqlmode_of(s->dbc, x->has_quotes, &x->mode, &f))
        return diag_fault(&s->h, &f);
    x->sql.len = sql_text_end((const char *)x->sql.p, x->sql.len, x->mode);
    x->returns = false;
    if (sql_loadstmt_is((const char *)x->sql.p, x->sql.len, x->mode))
        return s->dbc->loads->take(s);
    if (s->noscan == SQL_NOSCAN_OFF)
        rc = text_escape(s, x->mode);
    rc = rc == SQL_SUCCESS ? text_read(s) : rc;
    x->has_sql = rc == SQL_SUCCESS;
    return rc;
}
