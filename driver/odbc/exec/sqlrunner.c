/* sqlrunner.c - SQL statements, which the server runs. */
#include "odbc/exec/sqlrunner.h"

#include "odbc/exec/describe.h"
#include "odbc/exec/exact.h"
#include "odbc/exec/exec.h"
#include "odbc/exec/paramdata.h"
#include "odbc/exec/prepare.h"
#include "odbc/exec/serverlimit.h"
#include "odbc/handle/runner.h"

static SQLRETURN row_reply(struct stmt *s)
{
    return s->x->run.is_array ? run_row_reply(s, s->x->run.row) : run_reply_take(s);
}

/* Send the row with its values in the text. */
static SQLRETURN row_send_text(struct stmt *s)
{
    struct params *p = &s->x->params;
    SQLRETURN rc = params_literal(s, s->x->run.row);
    if (!SQL_SUCCEEDED(rc))
        return rc;
    struct fault f;
    int failed = command_begin(s, &f);
    if (!failed) {
        failed = serverlimit_query(s, (const char *)p->text.p, p->text.len, &f);
        command_end(s);
    }
    if (failed)
        return run_row_fault(s, s->x->run.row, &f);
    SQLRETURN taken = row_reply(s);
    return taken == SQL_SUCCESS ? rc : taken;
}

/* Send the row in binary form, or in the text where the server cannot. */
static SQLRETURN row_send(struct stmt *s)
{
    if (!s->x->on_server && !prepare_can(s))
        return row_send_text(s);
    SQLRETURN rc = params_binary(s, s->x->run.row);
    if (!SQL_SUCCEEDED(rc))
        return rc;
    if (s->x->params.has_default) {
        run_row_told(s, s->x->run.row);
        SQLRETURN sent = row_send_text(s);
        return sent == SQL_SUCCESS ? rc : sent;
    }
    struct fault f;
    int failed = command_begin(s, &f);
    if (!failed) {
        failed = prepare_execute(s, &f);
        command_end(s);
    }
    if (failed == RC_UNSUPPORTED)
        return row_send_text(s);
    if (failed)
        return run_row_fault(s, s->x->run.row, &f);
    SQLRETURN taken = row_reply(s);
    return taken == SQL_SUCCESS ? rc : taken;
}

/* The text as it is, or prepared where that gives more digits. */
static SQLRETURN exact_start(struct stmt *s)
{
    struct stmt_exec *x = s->x;
    struct fault f;
    bool is_text = true;
    int rc = command_begin(s, &f);
    if (!rc) {
        rc = exact_prepare(s, &is_text, &f);
        if (!rc && !is_text)
            rc = prepare_execute(s, &f);
        if ((!rc && is_text) || rc == RC_UNSUPPORTED)
            rc = serverlimit_query(s, (const char *)x->sql.p, x->sql.len, &f);
        command_end(s);
    }
    return rc ? command_fault(s, 0, &f) : run_reply_take(s);
}

/* --- data ahead --------------------------------------------------------------------------------
 */

/* Only servers that are known to take it, and a prepared statement. */
static bool can_send_long(struct stmt *s)
{
    struct fault f;
    int rc = command_begin(s, &f);
    if (rc)
        return false;
    rc = session_detect(s->dbc->session, &f);
    if (!rc)
        rc = prepare_on_server(s, &f);
    command_end(s);
    return rc == RC_OK;
}

static SQLRETURN send_long(struct stmt *s, size_t i, const void *p, size_t n)
{
    struct fault f;
    int rc = command_begin(s, &f);
    if (!rc) {
        rc = session_send_long_data(s->dbc->session, &s->x->server, (unsigned)i, p, n, &f);
        command_end(s);
    }
    return rc ? command_fault(s, params_diag_row(s, s->x->run.row), &f) : SQL_SUCCESS;
}

const struct stmt_runner sql_runner = {
    .columns = describe_sql,
    .execute = exact_start,
    .row = row_send,
    .data = params_data,
    .put = params_put,
    .can_send_ahead = can_send_long,
    .send_ahead = send_long,
    .abandon = exec_abandon,
};
