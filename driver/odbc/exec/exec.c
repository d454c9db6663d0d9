/* exec.c - from SQL text to a result. */
#include "odbc/exec/exec.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "odbc/exec/close.h"
#include "odbc/exec/loads.h"
#include "odbc/exec/serverlimit.h"
#include "odbc/exec/text.h"
#include "odbc/handle/app.h"
#include "odbc/handle/runner.h"

static bool changes_nothing(const struct stmt *s)
{
    const struct stmt_exec *x = s->x;
    const struct reply *p = s->cursor->result.current;
    return s->dbc->env->odbc_version != SQL_OV_ODBC2 && p && !p->has_rows && !p->affected &&
           !p->next && !s->cursor->result.on_wire &&
           (x->kind.kind == SQL_KIND_UPDATE || x->kind.kind == SQL_KIND_DELETE);
}

/* All rows were sent (or the connection is gone): what the application is told.  ODBC reference,
 * SQLExecute: an error in some rows of an array is SQL_SUCCESS_WITH_INFO; without a status array
 * nobody would see it, and a lost connection is more than a failed row: then it is SQL_ERROR. */
static SQLRETURN run_end(struct stmt *s)
{
    struct stmt_exec *x = s->x;
    struct run *r = &x->run;
    bool is_hidden = r->is_array && !s->ipd->hdr.array_status_ptr;
    if (r->is_array && (r->nok || !r->nfailed)) { /* neither: all were to be ignored */
        struct reply *p =
            s->cursor->result.current ? s->cursor->result.current : result_add(&s->cursor->result);
        if (!p)
            return diag(&s->h, ST_HY001, "no memory for a result");
        if (!p->has_rows)
            p->affected = r->affected;
        run_new_reply(s, r->nok && !r->is_in_load);
    }
    bool is_lost = r->is_array && session_broken(s->dbc->session);
    if (r->nfailed && (!r->nok || is_hidden || is_lost))
        return SQL_ERROR;
    if (changes_nothing(s) && !r->has_warning && !r->nfailed)
        return SQL_NO_DATA;
    return r->nfailed || r->has_warning ? SQL_SUCCESS_WITH_INFO : SQL_SUCCESS;
}

/* Row by row to the end, or to one that needs data. */
static SQLRETURN rows_run(struct stmt *s)
{
    struct run *r = &s->x->run;
    for (; r->row < r->nrows && !run_is_over(s); r->row++) {
        if (run_row_go(s) == SQL_NEED_DATA)
            return SQL_NEED_DATA;
    }
    for (; r->row < r->nrows; r->row++)
        run_row_status(s, r->row, SQL_PARAM_UNUSED);
    return run_end(s);
}

/* Every call of SQLParamData begins without diagnostics, and the last one has those of all rows. */
static SQLRETURN rows_told(struct stmt *s, SQLRETURN rc)
{
    struct diag *earlier = &s->x->earlier;
    if (rc == SQL_NEED_DATA) {
        diag_append(earlier, &s->h.diag);
        return rc;
    }
    diag_append(&s->h.diag, earlier);
    diag_clear(earlier);
    params_forget(s);
    return rc;
}

static SQLRETURN rows_go_on(struct stmt *s)
{
    SQLRETURN rc = s->x->run.is_collecting ? s->dbc->loads->collect(s) : SQL_SUCCESS;
    return rc == SQL_SUCCESS ? rows_run(s) : rc;
}

/* Are the next rows all there, so many that it pays to try whether they can go together? */
static bool may_go_together(struct stmt *s)
{
    const struct run *r = &s->x->run;
    if (!r->is_array || run_is_over(s) || r->nrows - r->row < ARRAY_FEW)
        return false;
    for (SQLULEN i = 0; i < ARRAY_FEW; i++)
        if (!run_row_is_ignored(s, r->row + i) && params_needs_data(s, r->row + i))
            return false;
    return true;
}

SQLRETURN exec_resume(struct stmt *s)
{
    SQLRETURN rc = SQL_SUCCESS;
    if (!s->x->run.is_collecting) {
        rc = run_row_go(s);
        s->x->run.row++;
        if (may_go_together(s))
            rc = array_run(s);
    }
    return rows_told(s, rc == SQL_SUCCESS ? rows_go_on(s) : rc);
}

/* The first rows.  When data is awaited, those that nobody has looked at are told to be so. */
static SQLRETURN rows_start(struct stmt *s)
{
    struct run *r = &s->x->run;
    SQLRETURN rc = rows_go_on(s);
    SQLULEN row = r->is_collecting ? 0 : r->row;
    for (; rc == SQL_NEED_DATA && r->is_array && row < r->nrows; row++)
        run_row_status(s, row, SQL_PARAM_UNUSED);
    return rows_told(s, rc);
}

/* As many rows as can go together.  What tells of them is reserved: no row can be taken back. */
static SQLRETURN many_start(struct stmt *s, SQLULEN nrows)
{
    s->x->run.nrows = nrows;
    s->x->run.is_array = true;
    if (!result_reserve(&s->cursor->result))
        return diag(&s->h, ST_HY001, "no memory for a result");
    return array_run(s);
}

/* A text without values. */
static SQLRETURN text_start(struct stmt *s)
{
    SQLRETURN rc = s->runner->execute(s);
    return rc == SQL_SUCCESS && changes_nothing(s) ? SQL_NO_DATA : rc;
}

/* The text with values, or one that goes as a row all the same. */
static SQLRETURN values_start(struct stmt *s)
{
    struct stmt_exec *x = s->x;
    size_t n = x->markers.n;
    bool is_many = n && s->apd->hdr.array_size > 1;
    SQLRETURN rc = n ? params_ready(s, n) : SQL_SUCCESS;
    if (rc == SQL_SUCCESS && s->runner->no_array && is_many)
        rc = diag(&s->h, ST_HYC00, "%s", s->runner->no_array);
    if (rc != SQL_SUCCESS)
        return rc;
    if (is_many || s->dbc->loads->is_single(s))
        rc = many_start(s, is_many ? s->apd->hdr.array_size : 1);
    else
        x->run.is_array = run_row_is_ignored(s, 0); /* an array of one that is not to be sent */
    return rc == SQL_SUCCESS ? rows_start(s) : rc;
}

static SQLRETURN run_start(struct stmt *s)
{
    struct stmt_exec *x = s->x;
    SQLRETURN rc = text_follow_mode(s);
    if (rc != SQL_SUCCESS)
        return rc;
    serverlimit_follow(s);
    x->run = (struct run){.nrows = 1};
    diag_clear(&x->earlier);
    command_call(s);
    if (x->returns)
        return diag(&s->h, ST_HYC00,
                    "a function's result as output parameter is not supported; write SELECT f(?)");
    app_put_ulen(s->ipd->hdr.rows_processed_ptr, x->markers.n ? 0 : 1);
    return x->markers.n || s->dbc->loads->is_single(s) ? values_start(s) : text_start(s);
}

void exec_abandon(struct stmt *s)
{
    struct stmt_exec *x = s->x;
    s->wait = WAIT_NONE;
    diag_clear(&x->earlier);
    if (x->on_server && x->server.long_data_sent) {
        wire_stmt_close(s->dbc->session, &x->server); /* what was sent ahead must not stay */
        x->on_server = false;
    }
    params_forget(s);
    if (!x->prepared)
        text_forget(s);
}

/* --- text of our own -------------------------------------------------------------------------- */

/* --- entries ---------------------------------------------------------------------------------- */

SQLRETURN exec_can_start(struct stmt *s)
{
    if (!s->dbc->session)
        return diag(&s->h, ST_08003, "the connection is not open");
    if (stmt_needs_data(s))
        return diag(&s->h, ST_HY010, "the statement waits for parameter data (SQLParamData)");
    if (stmt_has_cursor(s))
        return diag(&s->h, ST_24000, "a cursor is open on the statement; close it first");
    stmt_close(s);
    return SQL_SUCCESS;
}

SQLRETURN stmt_prepare(SQLHSTMT h, struct text_arg sql)
{
    struct stmt *s = stmt_enter_sending(h);
    if (!s)
        return stmt_not_entered(h);
    SQLRETURN rc = exec_can_start(s);
    if (rc != SQL_SUCCESS)
        return stmt_leave(s, rc); /* what was prepared before stays */
    rc = text_take(s, sql);
    s->x->prepared = rc == SQL_SUCCESS;
    return stmt_leave(s, rc);
}

SQLRETURN stmt_execute(SQLHSTMT h)
{
    struct stmt *s = stmt_enter_sending(h);
    if (!s)
        return stmt_not_entered(h);
    SQLRETURN rc = SQL_SUCCESS;
    if (!s->x->prepared)
        rc = diag(&s->h, ST_HY010, "no statement was prepared");
    if (rc == SQL_SUCCESS)
        rc = exec_can_start(s);
    return stmt_leave(s, rc == SQL_SUCCESS ? run_start(s) : rc);
}

SQLRETURN exec_text(struct stmt *s, const char *sql, size_t n)
{
    SQLRETURN rc = text_take(s, in_a((const SQLCHAR *)sql, (SQLLEN)n));
    return rc == SQL_SUCCESS ? run_start(s) : rc;
}

SQLRETURN stmt_exec_direct(SQLHSTMT h, struct text_arg sql)
{
    struct stmt *s = stmt_enter_sending(h);
    if (!s)
        return stmt_not_entered(h);
    SQLRETURN rc = exec_can_start(s);
    if (rc == SQL_SUCCESS)
        rc = text_take(s, sql);
    return stmt_leave(s, rc == SQL_SUCCESS ? run_start(s) : rc);
}

/* The OK that ends a CALL is not a result of its own. */
static bool is_end_of_call(const struct stmt *s)
{
    const struct stmt_exec *x = s->x;
    const struct reply *p = s->cursor->result.current;
    return x->kind.kind == SQL_KIND_CALL && x->kind.statements == 1 && !p->has_rows && !p->next &&
           !s->cursor->result.on_wire;
}

static SQLRETURN more_results(struct stmt *s)
{
    if (stmt_needs_data(s))
        return diag(&s->h, ST_HY010, "the statement waits for parameter data");
    if (!s->cursor->executed)
        return SQL_NO_DATA;
    struct fault f;
    bool on_wire = s->cursor->result.on_wire;
    if (on_wire)
        reading_begin(s);
    int got = result_next(&s->cursor->result, s->dbc->session, &f);
    if (on_wire)
        command_end(s);
    if (got == 1 && !is_end_of_call(s)) {
        run_new_reply(s, true);
        return SQL_SUCCESS;
    }
    SQLRETURN rc = got < 0 ? command_fault(s, 0, &f) : SQL_NO_DATA;
    if (got >= 0 || !s->cursor->result.current)
        stmt_close(s);
    return rc;
}

SQLRETURN stmt_more_results(SQLHSTMT h)
{
    struct stmt *s = stmt_enter_sending(h);
    return s ? stmt_leave(s, more_results(s)) : stmt_not_entered(h);
}

SQLRETURN stmt_row_count(SQLHSTMT h, SQLLEN *out)
{
    struct stmt *s = stmt_enter(h);
    if (!s)
        return stmt_not_entered(h);
    const struct reply *p = s->cursor->result.current;
    SQLRETURN rc = SQL_SUCCESS;
    if (!s->cursor->executed || stmt_needs_data(s))
        rc = diag(&s->h, ST_HY010, "no statement was executed");
    else if (p && !p->has_rows)
        app_put_len(out, (SQLLEN)p->affected);
    else
        app_put_len(out, s->cursor->bulk_rows >= 0 ? s->cursor->bulk_rows : fetch_count(s));
    return stmt_leave(s, rc);
}

SQLRETURN stmt_num_params(SQLHSTMT h, SQLSMALLINT *out)
{
    struct stmt *s = stmt_enter(h);
    if (!s)
        return stmt_not_entered(h);
    SQLRETURN rc = SQL_SUCCESS;
    if (!s->x->has_sql || stmt_needs_data(s))
        rc = diag(&s->h, ST_HY010, "no statement was prepared");
    else
        rc = text_follow_mode(s);
    if (rc == SQL_SUCCESS)
        app_put16(out, (SQLSMALLINT)(s->x->markers.n < INT16_MAX ? s->x->markers.n : INT16_MAX));
    return stmt_leave(s, rc);
}
