/* streamload_collect.c - the rows of a load whose values come at execution.
 *
 * Nothing is sent before the last value is there: which form is safe for the rows depends on all of
 * them, and a load whose outcome is not known must be sent again with the very same bytes.  So what
 * is given is kept (odbc/exec/given.h), up to a limit. */
#include "odbc/exec/exec.h"
#include "odbc/handle/app.h"
#include "odbc/load/streamload_parts.h"

static bool more_wait(struct stmt *s)
{
    const struct run *r = &s->x->run;
    for (SQLULEN row = r->row + 1; row < r->nrows; row++)
        if (!run_row_is_ignored(s, row) && params_needs_data(s, row))
            return true;
    return false;
}

/* Too much to be kept. */
static SQLRETURN too_much(struct stmt *s)
{
    struct run *r = &s->x->run;
    size_t most = GIVEN_MOST >> 20;
    r->is_collecting = false;
    if (mode_now(s) == DSN_LOAD_REQUIRED)
        return diag(
            &s->h, ST_HY000,
            "STREAMLOAD=REQUIRED, and %zu bytes were given at execution for the first %lu "
            "of %lu rows, when more than %zu MiB cannot be kept; nothing was sent.  Execute "
            "fewer rows at a time",
            s->x->params.kept.bytes, (unsigned long)r->row + 1, (unsigned long)r->nrows, most);
    log_line(&s->dbc->log, LOG_INFO,
             "the INSERT goes as SQL and not by Stream Load: its values given at execution are "
             "more than %zu MiB",
             most);
    r->row = 0;
    return SQL_SUCCESS;
}

SQLRETURN insert_collect(struct stmt *s)
{
    struct run *r = &s->x->run;
    for (; r->row < r->nrows; r->row++) {
        if (run_row_is_ignored(s, r->row))
            continue;
        app_put_ulen(s->ipd->hdr.rows_processed_ptr, r->row + 1);
        if (params_await(s, r->row) == SQL_NEED_DATA)
            return SQL_NEED_DATA;
        size_t before = s->x->params.kept.bytes;
        SQLRETURN rc = params_row_keep(s, r->row);
        if (rc != SQL_SUCCESS)
            return rc;
        size_t now = s->x->params.kept.bytes;
        if (now > before && now > GIVEN_MOST && more_wait(s))
            return too_much(s);
    }
    r->is_collecting = false;
    r->row = 0;
    SQLRETURN rc = insert_run(s);
    array_processed(s);
    return rc;
}
