/* cancel.c - the bracket around a statement's commands, SQLCancel, and the query timeout. */
#include "odbc/cancel.h"

#include "base/clock.h"
#include "odbc/connect.h"
#include "odbc/exec.h"
#include "odbc/stmt.h"
#include "odbc/streamload.h"

enum { ER_QUERY_INTERRUPTED = 1317, ER_QUERY_TIMEOUT = 3024, ER_STATEMENT_TIMEOUT = 1969 };

/* The statement's time is over: kill it, and say whether to wait for its end. */
static bool late(void *ctx)
{
    struct stmt *s = ctx;
    atomic_store(&s->x->timed_out, true);
    struct fault f;
    enum session_killed what;
    return session_kill(s->dbc->session, CANCEL_KILL_MS, &what, &f) == RC_OK;
}

void reading_begin(struct stmt *s)
{
    if (s->query_timeout)
        session_on_late(s->dbc->session, deadline_in((int64_t)s->query_timeout * 1000),
                        CANCEL_GRACE_MS, late, s);
    atomic_store(&s->running, true);
}

int command_begin(struct stmt *s, struct fault *f)
{
    struct dbc *d = s->dbc;
    if (!d->session)
        return fault(f, RC_LOST, "the connection is not open");
    int rc = dbc_free_wire(d, f);
    if (rc)
        return rc;
    if (session_broken(d->session))
        return fault(f, RC_LOST, "the connection to %s was lost; connect again",
                     session_info(d->session)->peer);
    atomic_store(&s->x->timed_out, false);
    atomic_store(&s->cancelled, false);
    reading_begin(s);
    return RC_OK;
}

void command_end(struct stmt *s)
{
    atomic_store(&s->running, false);
    if (s->query_timeout)
        session_on_late(s->dbc->session, DEADLINE_NEVER, 0, NULL, NULL);
    command_settle(s);
}

void command_settle(struct stmt *s)
{
    if (!atomic_load(&s->x->cancellers))
        return;
    pthread_mutex_lock(&s->x->cancel_lock); /* a kill is under way: see it end */
    pthread_mutex_unlock(&s->x->cancel_lock);
}

static bool is_interruption(const struct fault *f)
{
    return f->rc == RC_CANCELLED || (f->rc == RC_SERVER && (f->number == ER_QUERY_INTERRUPTED ||
                                                            f->number == ER_QUERY_TIMEOUT ||
                                                            f->number == ER_STATEMENT_TIMEOUT));
}

static SQLRETURN stopped_diag(struct stmt *s, SQLLEN row, bool is_closed)
{
    if (!atomic_load(&s->x->timed_out))
        return diag_at(&s->h, row, 0, ST_HY008, "the statement was cancelled");
    return diag_at(&s->h, row, 0, ST_HYT00,
                   "the statement was stopped after %lu s (SQL_ATTR_QUERY_TIMEOUT)%s",
                   (unsigned long)s->query_timeout,
                   is_closed ? "; the server did not react, the connection is closed" : "");
}

bool command_was_stopped(const struct stmt *s, const struct fault *f)
{
    bool is_late = atomic_load(&s->x->timed_out) && (is_interruption(f) || f->rc == RC_TIMEOUT);
    return is_late || (atomic_load(&s->cancelled) && is_interruption(f));
}

/* Which limits there are: the one that passed may be that of sending. */
static void tell_limit(const struct dbc *d, struct fault *f)
{
    const char *name = d->connection_timeout ? "SQL_ATTR_CONNECTION_TIMEOUT" : "READ_TIMEOUT";
    int64_t limit_ms = connect_read_timeout_ms(d);
    if (limit_ms > 0)
        (void)fault_suffix(f, " (%s is %lld s)", name, (long long)(limit_ms / 1000));
    if (d->dsn.write_timeout)
        (void)fault_suffix(f, " (WRITE_TIMEOUT is %d s)", d->dsn.write_timeout);
}

SQLRETURN command_fault(struct stmt *s, SQLLEN row, const struct fault *f)
{
    struct fault told;
    if (command_was_stopped(s, f))
        return stopped_diag(s, row, f->rc == RC_TIMEOUT);
    if (f->rc == RC_TIMEOUT) {
        told = *f;
        tell_limit(s->dbc, &told);
        f = &told;
    }
    return row ? diag_fault_at(&s->h, row, f) : diag_fault(&s->h, f);
}

SQLRETURN command_stopped(struct stmt *s, SQLLEN row)
{
    struct session *w = s->dbc->session;
    bool is_stopped = atomic_load(&s->x->timed_out) || atomic_load(&s->cancelled);
    if (!is_stopped || !session_reply(w)->has_rows)
        return SQL_SUCCESS;
    struct fault f;
    int ignored = session_skip(w, &f); /* what comes of a killed query is not wanted */
    (void)ignored;
    return stopped_diag(s, row, false);
}

/* Nobody runs the statement: all there can be to cancel is the wait for parameter data. */
static SQLRETURN cancel_wait(struct stmt *s)
{
    if (stmt_needs_data(s))
        exec_abandon(s);
    return SQL_SUCCESS;
}

/* Another thread is inside the connection; kill the statement if it is this one that runs. */
static SQLRETURN cancel_running(struct stmt *s)
{
    atomic_store(&s->cancelled, true);
    atomic_fetch_add(&s->x->cancellers, 1);
    pthread_mutex_lock(&s->x->cancel_lock);
    struct fault f;
    enum session_killed what;
    struct stmt *inner = atomic_load(&s->inner);
    SQLRETURN rc = inner ? cancel_running(inner) : SQL_SUCCESS;
    streamload_cancel(s);
    if (atomic_load(&s->running) && session_kill(s->dbc->session, CANCEL_KILL_MS, &what, &f))
        rc = SQL_ERROR;
    pthread_mutex_unlock(&s->x->cancel_lock);
    atomic_fetch_sub(&s->x->cancellers, 1);
    return rc; /* no record: the diagnostics belong to the running thread */
}

SQLRETURN stmt_cancel(SQLHSTMT h)
{
    struct stmt *s = h;
    if (!s || s->h.magic != MAGIC_STMT)
        return SQL_INVALID_HANDLE;
    if (pthread_mutex_trylock(&s->dbc->lock))
        return cancel_running(s);
    SQLRETURN rc = cancel_wait(s);
    pthread_mutex_unlock(&s->dbc->lock);
    return rc;
}

SQLRETURN stmt_cancel_handle(SQLSMALLINT kind, SQLHANDLE h)
{
    if (kind == SQL_HANDLE_STMT)
        return stmt_cancel(h);
    struct dbc *d = h;
    if (kind != SQL_HANDLE_DBC || !d || d->h.magic != MAGIC_DBC)
        return SQL_INVALID_HANDLE;
    return SQL_SUCCESS; /* connection functions do not run asynchronously: nothing to cancel */
}
