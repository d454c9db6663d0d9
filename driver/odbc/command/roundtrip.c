/* roundtrip.c - commands of the connection itself. */
#include "odbc/command/roundtrip.h"

#include <string.h>

#include "odbc/command/cancel.h"

int dbc_free_wire(struct dbc *d, struct fault *f)
{
    struct stmt *s = d->wire_owner;
    return s ? d->wire_release(s, f) : RC_OK;
}

/* lost: what to say when the answer was lost with the connection; NULL: what is said otherwise. */
static SQLRETURN simple(struct dbc *d, const char *sql, size_t n,
                        SQLRETURN (*lost)(struct handle *h, const struct fault *f))
{
    if (!d->session)
        return diag(&d->h, ST_08003, "the connection is not open");
    struct fault f;
    bool is_sent = false;
    int rc = dbc_free_wire(d, &f);
    if (!rc) {
        is_sent = !session_broken(d->session);
        rc = session_query(d->session, sql, n, &f);
    }
    if (!rc)
        rc = session_skip(d->session, &f);
    if (rc == RC_TIMEOUT)
        command_tell_limit(d, &f);
    if (!rc)
        return SQL_SUCCESS;
    return lost && is_sent && session_broken(d->session) ? lost(&d->h, &f) : diag_fault(&d->h, &f);
}

SQLRETURN dbc_simple(struct dbc *d, const char *sql, size_t n)
{
    return simple(d, sql, n, NULL);
}

SQLRETURN dbc_commit(struct dbc *d)
{
    return simple(d, "COMMIT", 6, diag_fault_commit);
}

int dbc_ask(struct dbc *d, const char *sql, struct buf *out, struct fault *f)
{
    const struct cell *cells = NULL;
    int rc = dbc_free_wire(d, f);
    if (rc == RC_OK)
        rc = session_query(d->session, sql, strlen(sql), f);
    if (rc != RC_OK || !session_reply(d->session)->has_rows)
        return rc;
    int got = session_row(d->session, &cells, f);
    if (got == 1 && cells[0].p)
        buf_put(out, cells[0].p, cells[0].len);
    return got < 0 ? got : session_skip(d->session, f);
}

SQLRETURN dbc_current_catalog(struct dbc *d, struct buf *out)
{
    struct fault f = {0};
    size_t before = out->len;
    if (session_knows_database(d->session) || session_broken(d->session)) {
        buf_puts(out, session_database(d->session));
        return SQL_SUCCESS;
    }
    if (dbc_ask(d, "SELECT DATABASE()", out, &f) != RC_OK)
        return diag_fault(&d->h, &f);
    session_learn_database(d->session, out->p + before, out->len - before);
    return SQL_SUCCESS;
}
