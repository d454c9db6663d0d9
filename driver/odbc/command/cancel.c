/* cancel.c - the bracket around a statement's commands, SQLCancel, and the timeouts. */
#include "odbc/command/cancel.h"

#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "bulk/load.h"
#include "odbc/command/roundtrip.h"
#include "odbc/handle/told.h"

enum { ER_QUERY_INTERRUPTED = 1317, ER_QUERY_TIMEOUT = 3024, ER_STATEMENT_TIMEOUT = 1969 };
/* StarRocks' own number, and those of what it and Doris tell by text alone */
enum { ER_STARROCKS_TIMEOUT = 5024, ER_PARSE = 1064, ER_UNKNOWN = 1105 };

#define LOOK_MS     50 /* between looks whether another thread has cancelled */
#define ARRIVE_MS   20 /* for a statement that is on its way to the server to begin there */
#define KILLS_TRIED 4

bool cancel_init(struct stopping *p)
{
    if (pthread_mutex_init(&p->lock, NULL))
        return false;
    p->until = DEADLINE_NEVER;
    atomic_init(&p->give_up, DEADLINE_NEVER);
    return true;
}

void cancel_clear(struct stopping *p)
{
    (void)pthread_mutex_destroy(&p->lock); /* nobody has it any more */
}

/* --- the kill ----------------------------------------------------------------------------------
 */

static void keep_why(char *out, size_t cap, const struct fault *f)
{
    size_t len = strlen(f->text), n = text_floor(f->text, len, len < cap ? len : cap - 1);
    memcpy(out, f->text, n);
    out[n] = '\0';
}

/* The kill was refused, or nothing proves that this is the right server: ours may be well, and the
 * statement come to its end.  Else nobody is there to wait for. */
static bool is_refusal(const struct fault *f, enum session_killed what)
{
    return f->rc == RC_SERVER || f->rc == RC_DENIED || f->rc == RC_UNSUPPORTED ||
           (f->rc == RC_LOST && what != KILL_GONE) || (f->rc == RC_CONNECT && f->state[0]);
}

/* One kill, and until when to wait for what comes of it. */
static int kill_once(struct stmt *s, enum session_killed *what, struct fault *f)
{
    struct stopping *p = s->stopping;
    int rc = session_kill(s->dbc->session, CANCEL_KILL_MS, what, f);
    if (rc == RC_OK) {
        if (*what == KILL_SENT)
            atomic_store(&p->is_killed, true);
        atomic_store(&p->give_up, clock_ms() + CANCEL_CHECK_MS);
    }
    return rc;
}

/* A limit has passed while the server was waited for. What is half sent cannot be taken back. */
static void limit_passed(struct stmt *s, enum limit limit, bool is_write)
{
    struct stopping *p = s->stopping;
    enum session_killed what = KILL_NOT_NEEDED;
    struct fault f;
    p->limit = limit;
    if (!is_write && kill_once(s, &what, &f) == RC_OK)
        return;
    if (!is_write)
        keep_why(p->why, sizeof p->why, &f);
    /* where the server ends it by itself, it may be undoing what was done */
    bool ends = !is_write && limit == LIMIT_QUERY && s->stopping->server_s && is_refusal(&f, what);
    atomic_store(&p->give_up, ends ? clock_ms() + CANCEL_GRACE_MS : 0);
}

/* The time for a killed statement to end is over: one that still runs (it rolls back) gets more; of
 * one that has ended, the answer was lost. */
static bool gets_more(struct stmt *s)
{
    struct stopping *p = s->stopping;
    enum session_killed what;
    struct fault f;
    if (!atomic_load(&p->is_killed) || p->is_checked)
        return false;
    p->is_checked = true;
    if (kill_once(s, &what, &f) != RC_OK || what != KILL_SENT)
        return false;
    atomic_store(&p->give_up, clock_ms() + CANCEL_GRACE_MS);
    return true;
}

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* Of a statement that ended by itself the rest is taken as long as it comes. */
static void came_on(struct stopping *p)
{
    long long end = atomic_load(&p->give_up);
    if (end && end != DEADLINE_NEVER && !atomic_load(&p->is_killed))
        atomic_store(&p->give_up, clock_ms() + CANCEL_CHECK_MS);
}

/* When we end it: a server that has the limit too comes first. */
static int64_t client_until(const struct stmt *s)
{
    int64_t until = s->stopping->until;
    return s->stopping->server_s && until != DEADLINE_NEVER ? until + SERVER_LATE_MS : until;
}

/* What came of a kill for SQLCancel. */
struct outcome {
    int rc;
    bool is_given_up; /* nobody answers: the running thread comes back without an answer */
    struct fault f;
};

/* stopping.lock is held. */
static int kill_cancelled(struct stmt *s, enum session_killed *what, struct outcome *o)
{
    struct stopping *p = s->stopping;
    atomic_store(&p->is_tried, true);
    int rc = kill_once(s, what, &o->f);
    if (rc == RC_OK)
        return rc;
    o->rc = rc;
    o->is_given_up = !is_refusal(&o->f, *what);
    keep_why(p->why_cancel, sizeof p->why_cancel, &o->f);
    if (o->is_given_up)
        atomic_store(&p->give_up, 0);
    return rc;
}

/* A SQLCancel that came when this call had not begun to read saw nothing to kill. */
static void look_for_cancel(struct stmt *s)
{
    struct stopping *p = s->stopping;
    if (!atomic_load(&s->cancelled) || atomic_load(&p->is_tried) || atomic_load(&p->cancellers) ||
        pthread_mutex_trylock(&p->lock))
        return;
    enum session_killed what = KILL_NOT_NEEDED;
    struct outcome o;
    (void)kill_cancelled(s, &what, &o); /* the reason is kept */
    (void)pthread_mutex_unlock(&p->lock);
}

static int64_t running_watch(struct stmt *s, bool is_write, enum sock_moment moment)
{
    struct stopping *p = s->stopping;
    bool is_over = moment == SOCK_OVER;
    if (moment == SOCK_BEGINS)
        came_on(p);
    if (!is_write)
        look_for_cancel(s);
    int64_t now = clock_ms();
    int64_t time_over = client_until(s);
    if (p->limit == LIMIT_NONE && now >= time_over)
        limit_passed(s, LIMIT_QUERY, is_write);
    else if (p->limit == LIMIT_NONE && is_over && !is_write)
        limit_passed(s, LIMIT_WAIT, is_write);
    now = clock_ms();
    if (now >= atomic_load(&p->give_up) && !gets_more(s))
        return SOCK_STOP;
    int64_t end = atomic_load(&p->give_up);
    if (is_over)
        return is_write || p->limit == LIMIT_NONE ? SOCK_STOP : end;
    int64_t until = p->limit == LIMIT_NONE ? time_over : DEADLINE_NEVER;
    return earlier(earlier(end, until), now + LOOK_MS);
}

int64_t command_watch(void *ctx, bool is_write, enum sock_moment moment)
{
    const struct dbc *d = ctx;
    struct stmt *s = d->at_work;
    if (!s)
        return moment == SOCK_OVER ? SOCK_STOP : DEADLINE_NEVER;
    if (!d->is_freeing)
        return running_watch(s, is_write, moment);
    int64_t now = clock_ms(), until = s->stopping->until;
    bool gives_up = moment == SOCK_OVER || atomic_load(&s->cancelled) || now >= until;
    return gives_up ? SOCK_STOP : earlier(until, now + LOOK_MS);
}

/* --- the bracket -------------------------------------------------------------------------------
 */

void command_call(struct stmt *s)
{
    struct stopping *p = s->stopping;
    int64_t entered = s->entered;
    if (!entered)
        return;
    s->entered = 0;
    p->limit = LIMIT_NONE;
    p->until = entered == ENTERED ? stmt_deadline(s->query_timeout) : entered;
    p->is_unsent = p->is_checked = false;
    p->why[0] = p->why_cancel[0] = '\0';
    atomic_store(&p->is_killed, false);
    atomic_store(&p->is_tried, false);
    atomic_store(&p->give_up, DEADLINE_NEVER);
}

/* The statement was stopped while nothing of it is on the wire. */
static int is_stopped(struct stmt *s, struct fault *f)
{
    struct stopping *p = s->stopping;
    if (atomic_load(&s->cancelled))
        return fault(f, RC_CANCELLED, "cancelled before it was sent");
    if (p->until == DEADLINE_NEVER || clock_ms() < p->until)
        return RC_OK;
    p->limit = LIMIT_QUERY;
    return fault(f, RC_TIMEOUT, "its time was over before it was sent");
}

int command_pause(struct dbc *d, struct fault *f)
{
    struct stmt *s = d->at_work;
    if (!s || !d->is_freeing)
        return RC_OK;
    int rc = is_stopped(s, f);
    rc = rc ? rc : session_ready(d->session, f);
    if (rc != RC_TIMEOUT)
        return rc;
    rc = is_stopped(s, f);
    if (rc == RC_OK) {
        s->stopping->limit = LIMIT_WAIT;
        rc = fault(f, RC_TIMEOUT, "the rest of another statement's result did not come in time");
    }
    return rc;
}

static int free_wire(struct stmt *s, struct fault *f)
{
    struct dbc *d = s->dbc;
    d->at_work = s;
    d->is_freeing = true;
    int rc = dbc_free_wire(d, f);
    d->at_work = NULL;
    d->is_freeing = false;
    return rc;
}

void reading_begin(struct stmt *s)
{
    command_call(s);
    s->dbc->at_work = s;
    atomic_store(&s->running, true);
}

int command_begin(struct stmt *s, struct fault *f)
{
    struct dbc *d = s->dbc;
    if (!d->session)
        return fault(f, RC_LOST, "the connection is not open");
    command_call(s);
    int rc = free_wire(s, f);
    if (rc == RC_OK && session_broken(d->session))
        return session_lost(d->session, f);
    if (rc == RC_OK) {
        reading_begin(s);
        rc = is_stopped(s, f);
        if (rc)
            command_end(s);
    }
    s->stopping->is_unsent = rc != RC_OK && !session_broken(d->session);
    return rc;
}

void command_end(struct stmt *s)
{
    atomic_store(&s->running, false);
    s->dbc->at_work = NULL;
    command_settle(s);
}

void command_settle(struct stmt *s)
{
    struct stopping *p = s->stopping;
    if (!atomic_load(&p->cancellers))
        return;
    (void)pthread_mutex_lock(&p->lock); /* a kill is under way: see it end */
    (void)pthread_mutex_unlock(&p->lock);
}

void command_inner(struct stmt *s, struct stmt *inner)
{
    if (inner) {
        command_call(s);
        inner->entered = s->stopping->until;
    }
    atomic_store(&s->inner, inner);
    if (inner && atomic_load(&s->cancelled)) /* before SQLCancel could see it */
        atomic_store(&inner->cancelled, true);
    if (!inner)
        command_settle(s);
}

/* --- what is told ------------------------------------------------------------------------------
 */

static bool is_interruption(const struct fault *f)
{
    return f->rc == RC_CANCELLED || (f->rc == RC_SERVER && (f->number == ER_QUERY_INTERRUPTED ||
                                                            f->number == ER_QUERY_TIMEOUT ||
                                                            f->number == ER_STATEMENT_TIMEOUT));
}

static bool is_timeout(const struct fault *f)
{
    bool says = text_has(f->text, strlen(f->text), "timeout");
    return f->number == ER_STATEMENT_TIMEOUT || f->number == ER_QUERY_INTERRUPTED ||
           f->number == ER_STARROCKS_TIMEOUT ||
           (says && (f->number == ER_PARSE || f->number == ER_UNKNOWN));
}

/* Did the server end it when its time was over (and not earlier, by a limit of its own)?  MariaDB
 * says of an index that it was building only that it was interrupted. */
static bool is_server_limit(const struct stmt *s, const struct fault *f)
{
    return s->stopping->server_s && f->rc == RC_SERVER && is_timeout(f) &&
           clock_ms() >= s->stopping->until;
}

bool command_was_stopped(const struct stmt *s, const struct fault *f)
{
    if (is_server_limit(s, f))
        return true;
    bool was = s->stopping->limit != LIMIT_NONE || atomic_load(&s->cancelled);
    return was && (is_interruption(f) || f->rc == RC_TIMEOUT);
}

int64_t command_read_timeout_ms(const struct dbc *d)
{
    return 1000 * (int64_t)(d->connection_timeout ? d->connection_timeout
                                                  : (SQLUINTEGER)d->dsn.read_timeout);
}

static const char *limit_name(const struct dbc *d)
{
    return d->connection_timeout ? "SQL_ATTR_CONNECTION_TIMEOUT" : "READ_TIMEOUT";
}

/* What is known of the statement on the server, and of the connection. */
static void put_end(struct stmt *s, char *out, size_t cap)
{
    struct stopping *p = s->stopping;
    const char *why = p->why[0] ? p->why : p->why_cancel;
    bool is_closed = session_broken(s->dbc->session), is_killed = atomic_load(&p->is_killed);
    const char *closed = is_closed ? "; the connection was closed, connect again" : "";
    if (p->is_unsent)
        (void)snprintf(out, cap, " before it was sent");
    else if (!is_closed)
        (void)snprintf(out, cap, ", and the server has stopped it");
    else if (is_killed)
        (void)snprintf(out, cap, "; the server was told to stop it, and gave no answer%s", closed);
    else
        (void)snprintf(out, cap, ". It may still run on the server, it could not be stopped%s%s%s",
                       why[0] ? ": " : "", why, closed);
}

static SQLRETURN stopped_diag(struct stmt *s, SQLLEN row)
{
    const struct dbc *d = s->dbc;
    char end[600];
    put_end(s, end, sizeof end);
    switch (s->stopping->limit) {
    case LIMIT_QUERY:
        return diag_at(&s->h, row, 0, ST_HYT00,
                       "the statement's time of %lu s (SQL_ATTR_QUERY_TIMEOUT) was over%s",
                       (unsigned long)s->query_timeout, end);
    case LIMIT_WAIT:
        return diag_at(&s->h, row, 0, ST_HYT01, "the statement had no answer for %lld s (%s)%s",
                       (long long)(command_read_timeout_ms(d) / 1000), limit_name(d), end);
    case LIMIT_NONE:
        break;
    }
    return diag_at(&s->h, row, 0, ST_HY008, "the statement was cancelled%s", end);
}

/* The limit that passed may be that of sending. */
void command_tell_limit(const struct dbc *d, struct fault *f)
{
    int64_t limit_ms = command_read_timeout_ms(d);
    if (limit_ms > 0)
        (void)fault_suffix(f, " (%s is %lld s)", limit_name(d), (long long)(limit_ms / 1000));
    if (d->dsn.write_timeout)
        (void)fault_suffix(f, " (WRITE_TIMEOUT is %d s)", d->dsn.write_timeout);
}

SQLRETURN command_fault(struct stmt *s, SQLLEN row, const struct fault *f)
{
    struct fault told;
    if (s->stopping->limit == LIMIT_NONE && is_server_limit(s, f))
        s->stopping->limit = LIMIT_QUERY;
    if (command_was_stopped(s, f))
        return stopped_diag(s, row);
    if (f->rc == RC_TIMEOUT) {
        told = *f;
        command_tell_limit(s->dbc, &told);
        f = &told;
    }
    return row ? diag_fault_at(&s->h, row, f) : diag_fault(&s->h, f);
}

SQLRETURN command_stopped(struct stmt *s, SQLLEN row)
{
    struct session *w = s->dbc->session;
    if (!atomic_load(&s->stopping->is_killed) || !session_reply(w)->has_rows)
        return SQL_SUCCESS;
    struct fault f;
    session_set_deadline(w, deadline_in(CANCEL_GRACE_MS));
    int ignored = session_skip(w, &f); /* what comes of a killed query is not wanted */
    session_set_deadline(w, DEADLINE_NEVER);
    (void)ignored;
    return stopped_diag(s, row);
}

/* --- SQLCancel ---------------------------------------------------------------------------------
 */

/* Nobody runs the statement: all there can be to cancel is the wait for parameter data. */
static SQLRETURN cancel_wait(struct stmt *s)
{
    if (stmt_needs_data(s))
        stmt_abandon(s);
    return SQL_SUCCESS;
}

static SQLRETURN tell_canceller(struct stmt *s, const struct outcome *o)
{
    tell(s, ST_HY018, "the statement could not be stopped, it %s: %s",
         o->is_given_up ? "is given up, but may still run there" : "runs on", o->f.text);
    return SQL_ERROR;
}

/* What was sent a moment ago may not have begun yet. */
static void kill_running(struct stmt *s, struct outcome *o)
{
    enum session_killed what = KILL_NOT_NEEDED;
    int rc = RC_OK;
    for (int i = 0; i < KILLS_TRIED && rc == RC_OK && what != KILL_SENT; i++) {
        if (!atomic_load(&s->running))
            return;
        if (i)
            (void)poll(NULL, 0, ARRIVE_MS);
        rc = kill_cancelled(s, &what, o);
    }
}

/* Another thread is inside the connection; kill the statement if it is this one that runs. */
static void cancel_running(struct stmt *s, struct outcome *o)
{
    struct stopping *p = s->stopping;
    atomic_fetch_add(&p->cancellers, 1); /* first: look_for_cancel leaves it to this thread */
    atomic_store(&s->cancelled, true);
    (void)pthread_mutex_lock(&p->lock);
    struct stmt *inner = atomic_load(&s->inner);
    if (inner)
        cancel_running(inner, o);
    struct loader *l = atomic_load(&s->loading);
    if (l)
        load_abort(l);
    kill_running(s, o);
    (void)pthread_mutex_unlock(&p->lock);
    atomic_fetch_sub(&p->cancellers, 1);
}

SQLRETURN stmt_cancel(SQLHSTMT h)
{
    struct stmt *s = h;
    if (!s || s->h.magic != MAGIC_STMT)
        return SQL_INVALID_HANDLE;
    atomic_fetch_add(&s->cancels, 1); /* before the rest: wait_lock in handle.c */
    if (pthread_mutex_trylock(&s->dbc->lock)) {
        struct outcome o = {.rc = RC_OK};
        cancel_running(s, &o);
        return o.rc ? tell_canceller(s, &o) : SQL_SUCCESS;
    }
    SQLRETURN rc = cancel_wait(s);
    (void)pthread_mutex_unlock(&s->dbc->lock);
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
