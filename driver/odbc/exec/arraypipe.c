/* arraypipe.c - rows that are executed one by one, but sent without waiting for each other.  Every
 * row has its own reply, with the rows of RETURNING where there are some: they are read into memory
 * before the next reply. */
#include <string.h>

#include "odbc/exec/array.h"
#include "odbc/exec/exec.h"
#include "odbc/exec/prepare.h"
#include "wire/bulk.h"

/* Rows that were put and not answered yet. */
struct pipe {
    struct array_row rows[PIPE_PUTS];
    size_t n;
};

/* --- replies ---------------------------------------------------------------------------------- */

/* Rows that were on their way when the server rolled back the transaction ran in a new one, which
 * nobody asked for.  (They may have had to wait for locks there, as any row: SQL_ATTR_QUERY_TIMEOUT
 * and SQLCancel end that.) */
static void pipe_undo(struct stmt *s)
{
    static const char sql[] = "ROLLBACK";
    struct fault f;
    if (session_query(s->dbc->session, sql, sizeof sql - 1, &f))
        (void)diag_fault(&s->h, &f);
}

/* The row's reply.  True: the server did not look at the row, which is to be executed again. */
static bool row_reply(struct stmt *s, const struct array_row *row)
{
    struct fault f;
    int rc = session_pipe_reply(s->dbc->session, &f);
    if (rc && prepare_is_refused(s, &f))
        return true;
    if (rc) {
        run_row_end(s, row->row, run_row_fault(s, row->row, &f));
        return false;
    }
    SQLRETURN taken = run_row_reply(s, row->row);
    bool has_warning = taken == SQL_SUCCESS && row->has_warning;
    run_row_end(s, row->row, has_warning ? SQL_SUCCESS_WITH_INFO : taken);
    return false;
}

/* The row by itself, its conversion's warnings being told. */
static void row_alone(struct stmt *s, const struct array_row *row)
{
    struct stmt_exec *x = s->x;
    SQLULEN at = x->run.row;
    run_row_told(s, row->row);
    x->run.row = row->row;
    (void)run_row_go(s); /* its outcome is in the counts and the status */
    x->run.row = at;
}

/* Replies of rows that are on their way while the connection broke: nobody knows what became of
 * them. */
static void rows_unknown(struct stmt *s, const struct array_row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++)
        run_row_status(s, rows[i].row, SQL_PARAM_DIAG_UNAVAILABLE);
}

/* The reply of a row whose transaction is gone: whatever it did will be undone. */
static void row_undone(struct stmt *s, const struct array_row *row)
{
    struct fault f;
    int ignored = session_pipe_reply(s->dbc->session, &f);
    if (!ignored)
        ignored = session_skip(s->dbc->session, &f);
    (void)ignored;
    run_row_status(s, row->row, SQL_PARAM_UNUSED);
}

/* All replies; returns how many rows were refused unseen: they are the first of p->rows then. */
static size_t read_replies(struct stmt *s, struct pipe *p)
{
    const struct run *r = &s->x->run;
    size_t nrefused = 0;
    for (size_t i = 0; i < p->n; i++) {
        if (session_broken(s->dbc->session)) {
            rows_unknown(s, &p->rows[i], p->n - i);
            break;
        }
        if (r->is_transaction_lost)
            row_undone(s, &p->rows[i]);
        else if (row_reply(s, &p->rows[i]))
            p->rows[nrefused++] = p->rows[i];
    }
    if (r->is_transaction_lost && !session_broken(s->dbc->session))
        pipe_undo(s);
    return nrefused;
}

/* Send what was put, and read what became of it. */
static void pipe_flush(struct stmt *s, struct pipe *p)
{
    struct fault f;
    if (!p->n)
        return;
    int rc = session_pipe_send(s->dbc->session, &f);
    if (rc) {
        run_row_end(s, p->rows[0].row, run_row_fault(s, p->rows[0].row, &f));
        rows_unknown(s, &p->rows[1], p->n - 1);
    }
    size_t nrefused = rc ? 0 : read_replies(s, p);
    command_end(s);
    p->n = 0;
    for (size_t i = 0; i < nrefused && !run_is_over(s); i++)
        row_alone(s, &p->rows[i]);
}

/* --- rows ------------------------------------------------------------------------------------- */

enum put { PUT_DONE, PUT_FULL, PUT_CANNOT };

static bool pipe_begin(struct stmt *s)
{
    struct fault f;
    if (command_begin(s, &f))
        return false;
    int rc = session_pipe_begin(s->dbc->session, &f);
    if (rc)
        command_end(s);
    return rc == RC_OK;
}

/* Put the row whose values are in params.wire. */
static enum put pipe_put(struct stmt *s, struct pipe *p, const struct array_row *row)
{
    struct fault f;
    if (p->n == PIPE_PUTS)
        return PUT_FULL;
    if (!s->x->on_server || s->x->params.has_default || (!p->n && !pipe_begin(s)))
        return p->n ? PUT_FULL : PUT_CANNOT;
    int rc = session_pipe_put(s->dbc->session, &s->x->server, s->x->params.wire, &f);
    if (!rc) {
        p->rows[p->n++] = *row;
        return PUT_DONE;
    }
    if (p->n)
        return PUT_FULL;
    command_end(s);
    return PUT_CANNOT;
}

/* Has SQLCancel come?  What was put is seen through, and this row is the first that is not sent. */
static bool row_is_cancelled(struct stmt *s, struct pipe *p, SQLULEN row)
{
    if (!atomic_load(&s->cancelled))
        return false;
    pipe_flush(s, p);
    if (!run_is_over(s))
        return run_row_stop_if_cancelled(s, row);
    run_row_status(s, row, SQL_PARAM_UNUSED);
    return true;
}

/* One row from its values into the pipe, or by itself where that cannot be. */
static void row_run(struct stmt *s, struct pipe *p, struct array_row row)
{
    if (row_is_cancelled(s, p, row.row))
        return;
    SQLRETURN rc = params_binary(s, row.row);
    if (!SQL_SUCCEEDED(rc)) {
        run_row_end(s, row.row, rc);
        return;
    }
    row.has_warning |= rc == SQL_SUCCESS_WITH_INFO;
    enum put put = pipe_put(s, p, &row);
    if (put == PUT_FULL) {
        pipe_flush(s, p);
        if (row_is_cancelled(s, p, row.row))
            return;
        run_row_told(s, row.row); /* once more: the flush may have used the room of the values */
        rc = run_is_over(s) ? SQL_NO_DATA : params_binary(s, row.row);
        put = SQL_SUCCEEDED(rc) ? pipe_put(s, p, &row) : PUT_CANNOT;
    }
    if (put == PUT_CANNOT && run_is_over(s))
        run_row_status(s, row.row, SQL_PARAM_UNUSED);
    else if (put != PUT_DONE)
        row_alone(s, &row);
}

/* May this statement's rows go through a pipe?  Prepares it. */
static bool can_pipe(struct stmt *s)
{
    struct fault f;
    if (!session_can_pipe(s->dbc->session) || !prepare_can(s) || command_begin(s, &f))
        return false;
    int rc = session_detect(s->dbc->session, &f);
    rc = rc ? rc : prepare_on_server(s, &f);
    if (!rc)
        array_know_timeouts(s);
    command_end(s);
    return !rc && session_can_pipe(s->dbc->session);
}

void array_pipe_some(struct stmt *s, const struct array_row *rows, size_t n)
{
    struct pipe p = {.n = 0};
    bool can = can_pipe(s);
    for (size_t i = 0; i < n; i++) {
        if (run_is_over(s)) {
            run_row_status(s, rows[i].row, SQL_PARAM_UNUSED);
            continue;
        }
        run_row_told(s, rows[i].row);
        if (can)
            row_run(s, &p, rows[i]);
        else
            row_alone(s, &rows[i]);
    }
    pipe_flush(s, &p);
}

enum array_fit array_pipe_fits(struct stmt *s)
{
    const struct sql_kind_info *k = &s->x->kind;
    bool is_change = k->kind == SQL_KIND_INSERT || k->kind == SQL_KIND_REPLACE ||
                     k->kind == SQL_KIND_UPDATE || k->kind == SQL_KIND_DELETE;
    return is_change && k->statements == 1 && can_pipe(s) ? ARRAY_YES : ARRAY_NO;
}

SQLRETURN array_pipe_run(struct stmt *s)
{
    struct run *r = &s->x->run;
    struct pipe p = {.n = 0};
    while (r->row < r->nrows && !run_is_over(s)) {
        if (run_row_is_ignored(s, r->row)) {
            run_row_status(s, r->row++, SQL_PARAM_UNUSED);
            continue;
        }
        if (params_needs_data(s, r->row))
            break;
        SQLULEN row = r->row;
        row_run(s, &p, (struct array_row){.row = row});
        r->row = row + 1;
    }
    pipe_flush(s, &p);
    return SQL_SUCCESS;
}
