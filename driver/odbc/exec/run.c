/* run.c - the rows of an execution: one by itself, and what is known of those that are done. */
#include "odbc/exec/run.h"

#include "odbc/exec/exec.h"
#include "odbc/handle/app.h"
#include "odbc/handle/runner.h"

void run_new_reply(struct stmt *s, bool may_change)
{
    cursor_new_reply(s);
    if (may_change && !s->cursor->result.current->has_rows)
        s->dbc->changed_since_end = true;
    array_executed(s);
}

SQLRETURN run_reply_take(struct stmt *s)
{
    struct fault f;
    SQLRETURN stopped = command_stopped(s, 0);
    if (stopped != SQL_SUCCESS)
        return stopped;
    if (result_take(&s->cursor->result, s->dbc->session, &f))
        return diag_fault(&s->h, &f);
    run_new_reply(s, true);
    return SQL_SUCCESS;
}

void run_row_status(struct stmt *s, SQLULEN row, SQLUSMALLINT status)
{
    app_put_status(s->ipd->hdr.array_status_ptr, row, status);
}

SQLRETURN run_row_fault(struct stmt *s, SQLULEN row, struct fault *f)
{
    struct run *r = &s->x->run;
    if (r->is_array && array_lost_transaction(s, f)) {
        r->is_stopped = r->is_transaction_lost = true;
        (void)fault_prefix(f, "the server has rolled back the transaction, with all that it did "
                              "before this row too; the rows after it were not executed: ");
    }
    r->is_stopped |= command_was_stopped(s, f);
    return command_fault(s, r->is_array ? (SQLLEN)row + 1 : 0, f);
}

SQLRETURN run_row_reply(struct stmt *s, SQLULEN row)
{
    struct stmt_exec *x = s->x;
    struct session *w = s->dbc->session;
    const struct wire_reply *r = session_reply(w);
    if (!r->has_rows && !session_more(w)) {
        x->run.affected += r->affected;
        return SQL_SUCCESS;
    }
    SQLRETURN stopped = command_stopped(s, (SQLLEN)row + 1);
    if (stopped != SQL_SUCCESS) {
        x->run.is_stopped = true;
        return stopped;
    }
    struct fault f;
    bool is_between = !atomic_load(&s->running); /* a pipe's replies are one command */
    if (is_between)
        reading_begin(s);
    int rc = result_keep_row(&s->cursor->result, s->dbc, &x->run.affected, &f);
    if (is_between)
        command_end(s);
    return rc ? run_row_fault(s, row, &f) : SQL_SUCCESS;
}

void run_row_told(struct stmt *s, SQLULEN row)
{
    struct run *r = &s->x->run;
    if (r->ntold <= row)
        r->ntold = row + 1;
}

bool run_row_is_ignored(const struct stmt *s, SQLULEN row)
{
    return app_status(s->apd->hdr.array_status_ptr, row) == SQL_PARAM_IGNORE;
}

void run_row_end(struct stmt *s, SQLULEN row, SQLRETURN rc)
{
    struct run *r = &s->x->run;
    r->nok += SQL_SUCCEEDED(rc);
    r->nfailed += !SQL_SUCCEEDED(rc);
    r->has_warning |= rc == SQL_SUCCESS_WITH_INFO;
    run_row_status(s, row,
                   !SQL_SUCCEEDED(rc)            ? SQL_PARAM_ERROR
                   : rc == SQL_SUCCESS_WITH_INFO ? SQL_PARAM_SUCCESS_WITH_INFO
                                                 : SQL_PARAM_SUCCESS);
}

bool run_row_stop_if_cancelled(struct stmt *s, SQLULEN row)
{
    struct fault f;
    if (!atomic_load(&s->cancelled))
        return false;
    int rc = fault(&f, RC_CANCELLED, "cancelled before the row was sent");
    (void)rc; /* it is in f */
    run_row_end(s, row, run_row_fault(s, row, &f));
    return true;
}

SQLRETURN run_row_go(struct stmt *s)
{
    struct run *r = &s->x->run;
    app_put_ulen(s->ipd->hdr.rows_processed_ptr, r->row + 1);
    if (r->is_array && run_row_is_ignored(s, r->row)) {
        run_row_status(s, r->row, SQL_PARAM_UNUSED);
        return SQL_SUCCESS;
    }
    if (r->is_array && run_row_stop_if_cancelled(s, r->row))
        return SQL_SUCCESS;
    SQLRETURN rc = params_await(s, r->row);
    if (rc == SQL_NEED_DATA)
        return rc;
    if (rc == SQL_SUCCESS)
        rc = s->runner->row(s);
    params_row_end(s);
    run_row_end(s, r->row, rc);
    return SQL_SUCCESS;
}

bool run_is_over(const struct stmt *s)
{
    const struct run *r = &s->x->run;
    return r->is_stopped || (r->nfailed && session_broken(s->dbc->session));
}
