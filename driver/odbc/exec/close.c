/* close.c - the end of a statement's result, and of what it has on the server. */
#include "odbc/exec/close.h"

#include "odbc/exec/exec.h"
#include "odbc/exec/text.h"

/* RC_LOST: the connection was closed for it. */
static int close_result(struct stmt *s, struct fault *f)
{
    struct stmt_exec *x = s->x;
    if (stmt_needs_data(s))
        stmt_abandon(s);
    int rc = cursor_close(s, f);
    if (!x->prepared && x->has_sql)
        text_forget(s);
    return rc;
}

void stmt_close(struct stmt *s)
{
    struct fault f;
    int rc = close_result(s, &f);
    (void)rc; /* the next use of the connection says that it is lost */
}

SQLRETURN stmt_close_told(struct stmt *s)
{
    struct fault f;
    if (!close_result(s, &f))
        return SQL_SUCCESS;
    if (s->dbc->session)
        session_told(s->dbc->session); /* the next call only finds it lost */
    return diag(&s->h, ST_01000, "%s", f.text);
}

/* A statement that adds rows for another one is in the list before that one, which frees it. */
void dbc_close_results(struct dbc *d)
{
    for (struct stmt *s = d->stmts; s; s = s->next)
        stmt_close(s);
}

void dbc_forget_prepared(struct dbc *d)
{
    for (struct stmt *s = d->stmts; s; s = s->next) {
        if (s->x->on_server)
            wire_stmt_close(d->session, &s->x->server);
        s->x->on_server = false;
    }
}
