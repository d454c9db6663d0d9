/* handle.c - entering and leaving handles, and the wait for another thread that has one. */
#include "odbc/handle/handle.h"

#include <time.h>

#include "base/clock.h"
#include "odbc/handle/runner.h"
#include "odbc/handle/told.h"

static bool is_handle(const void *h, enum handle_magic magic)
{
    return h && ((const struct handle *)h)->magic == magic;
}

struct dbc *handle_dbc(struct handle *h)
{
    switch (h->magic) {
    case MAGIC_DBC:
        return (struct dbc *)h;
    case MAGIC_STMT:
        return ((struct stmt *)h)->dbc;
    case MAGIC_DESC:
        return ((struct desc *)h)->dbc;
    case MAGIC_CANCEL:
        return told_owner(h)->dbc;
    case MAGIC_ENV:
    case MAGIC_DEAD:
        break;
    }
    return NULL;
}

/* Lock, and look again: another thread may have freed the handle while this one waited. */
static bool enter(void *h, enum handle_magic magic, pthread_mutex_t *lock, bool clear)
{
    (void)pthread_mutex_lock(lock);
    if (!is_handle(h, magic)) {
        (void)pthread_mutex_unlock(lock);
        return false;
    }
    if (clear)
        diag_clear(&((struct handle *)h)->diag);
    return true;
}

struct env *env_enter(SQLHENV h)
{
    struct env *e = h;
    return is_handle(h, MAGIC_ENV) && enter(h, MAGIC_ENV, &e->lock, true) ? e : NULL;
}

SQLRETURN env_leave(struct env *e, SQLRETURN rc)
{
    e->h.diag.rc = rc;
    (void)pthread_mutex_unlock(&e->lock);
    return rc;
}

struct dbc *dbc_enter(SQLHDBC h)
{
    struct dbc *d = h;
    return is_handle(h, MAGIC_DBC) && enter(h, MAGIC_DBC, &d->lock, true) ? d : NULL;
}

SQLRETURN dbc_leave(struct dbc *d, SQLRETURN rc)
{
    d->h.diag.rc = rc;
    (void)pthread_mutex_unlock(&d->lock);
    return rc;
}

/* --- waiting for the connection's lock ---------------------------------------------------------
 */

#define LOOK_MS   50         /* between looks whether another thread has cancelled */
#define LONGEST_S 1000000000 /* as good as no limit, and far from an overflow */

enum entering { ENTER_PLAIN, ENTER_SENDING, ENTER_DATA };

int64_t stmt_deadline(SQLULEN limit_s)
{
    return limit_s && limit_s < LONGEST_S ? deadline_in((int64_t)limit_s * 1000) : DEADLINE_NEVER;
}

void stmt_abandon(struct stmt *s)
{
    s->runner->abandon(s);
}

/* The lock was got: what SQLCancel left from before this call is done with, and an execution that
 * waited for data then is given up. */
static void settle(struct stmt *s, enum entering kind)
{
    if (stmt_needs_data(s) && kind == ENTER_DATA)
        return;
    if (stmt_needs_data(s))
        stmt_abandon(s);
    atomic_store(&s->cancelled, false);
}

/* The pieces of the wait are short, so that a clock that is set back makes them little longer. */
static bool lock_for_a_while(pthread_mutex_t *lock)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_REALTIME, &t); /* the only one that POSIX.1-2008 has for this */
    t.tv_nsec += LOOK_MS * 1000000L;
    t.tv_sec += t.tv_nsec / 1000000000L;
    t.tv_nsec %= 1000000000L;
    return !pthread_mutex_timedlock(lock, &t);
}

static bool not_entered_cancelled(struct stmt *s)
{
    tell(s, ST_HY008, "the call was cancelled while another thread used the connection");
    return false;
}

/* Another thread has the connection's lock: wait for it, for a call of that kind.  False: the wait
 * was ended, and the reason is told (odbc/handle/told.h).  True: it is settled, s->entered is set.
 */
static bool wait_lock(struct stmt *s, enum entering kind)
{
    pthread_mutex_t *lock = &s->dbc->lock;
    unsigned cancels = atomic_load(&s->cancels);
    SQLULEN limit_s = kind == ENTER_PLAIN ? 0 : atomic_load(&s->wait_s);
    int64_t until = stmt_deadline(limit_s);
    while (!lock_for_a_while(lock)) {
        if (atomic_load(&s->cancels) != cancels)
            return not_entered_cancelled(s);
        if (clock_ms() >= until) {
            tell(s, ST_HYT00,
                 "the statement's time of %lu s (SQL_ATTR_QUERY_TIMEOUT) was over while another "
                 "thread used the connection; it was not sent",
                 (unsigned long)limit_s);
            return false;
        }
    }
    if (s->h.magic != MAGIC_STMT)
        return true; /* who entered looks at it again */
    settle(s, kind); /* first: a SQLCancel after it leaves its mark, one before it is seen */
    if (atomic_load(&s->cancels) != cancels && !stmt_needs_data(s)) {
        (void)pthread_mutex_unlock(lock);
        return not_entered_cancelled(s);
    }
    s->entered = until;
    return true;
}

/* --- entering and leaving ----------------------------------------------------------------------
 */

/* Inline, with the kind known, for what every call passes through. */
static inline struct stmt *enter_stmt(SQLHSTMT h, enum entering kind)
{
    struct stmt *s = h;
    if (!is_handle(h, MAGIC_STMT))
        return NULL;
    pthread_mutex_t *lock = &s->dbc->lock;
    bool waits = pthread_mutex_trylock(lock) != 0;
    if (waits && !wait_lock(s, kind))
        return NULL;
    if (s->h.magic != MAGIC_STMT) {
        (void)pthread_mutex_unlock(lock);
        return NULL;
    }
    diag_clear(&s->h.diag);
    if (!waits) {
        s->entered = ENTERED;
        if (atomic_load_explicit(&s->cancelled, memory_order_relaxed))
            settle(s, kind);
    }
    if (atomic_load_explicit(&s->is_told, memory_order_relaxed))
        told_forget(s);
    return s;
}

struct stmt *stmt_enter(SQLHSTMT h)
{
    return enter_stmt(h, ENTER_PLAIN);
}

struct stmt *stmt_enter_sending(SQLHSTMT h)
{
    return enter_stmt(h, ENTER_SENDING);
}

struct stmt *stmt_enter_data(SQLHSTMT h)
{
    return enter_stmt(h, ENTER_DATA);
}

SQLRETURN stmt_not_entered(SQLHSTMT h)
{
    return is_handle(h, MAGIC_STMT) ? SQL_ERROR : SQL_INVALID_HANDLE;
}

SQLRETURN stmt_leave(struct stmt *s, SQLRETURN rc)
{
    s->h.diag.rc = rc;
    (void)pthread_mutex_unlock(&s->dbc->lock);
    return rc;
}

struct stmt *stmt_enter_quietly(SQLHSTMT h)
{
    struct stmt *s = h;
    return is_handle(h, MAGIC_STMT) && enter(h, MAGIC_STMT, &s->dbc->lock, false) ? s : NULL;
}

void stmt_leave_quietly(struct stmt *s)
{
    (void)pthread_mutex_unlock(&s->dbc->lock);
}

struct desc *desc_enter(SQLHDESC h)
{
    struct desc *d = h;
    return is_handle(h, MAGIC_DESC) && enter(h, MAGIC_DESC, &d->dbc->lock, true) ? d : NULL;
}

SQLRETURN desc_leave(struct desc *d, SQLRETURN rc)
{
    d->h.diag.rc = rc;
    (void)pthread_mutex_unlock(&d->dbc->lock);
    return rc;
}

static pthread_mutex_t *lock_of(struct handle *h)
{
    return h->magic == MAGIC_ENV ? &((struct env *)h)->lock : &handle_dbc(h)->lock;
}

struct handle *handle_enter_diag(SQLSMALLINT kind, SQLHANDLE h)
{
    static const enum handle_magic magic[] = {[SQL_HANDLE_ENV] = MAGIC_ENV,
                                              [SQL_HANDLE_DBC] = MAGIC_DBC,
                                              [SQL_HANDLE_STMT] = MAGIC_STMT,
                                              [SQL_HANDLE_DESC] = MAGIC_DESC};
    if (kind < SQL_HANDLE_ENV || kind > SQL_HANDLE_DESC || !is_handle(h, magic[kind]))
        return NULL;
    struct handle *cancel = kind == SQL_HANDLE_STMT ? told_enter(h) : NULL;
    if (cancel)
        return cancel;
    return enter(h, magic[kind], lock_of(h), false) ? h : NULL;
}

void handle_leave_diag(struct handle *h)
{
    if (h->magic == MAGIC_CANCEL)
        told_leave(h);
    else
        (void)pthread_mutex_unlock(lock_of(h));
}

/* --- facts ------------------------------------------------------------------------------------ */

const char *dbc_product_name(const struct dbc *d)
{
    return d->session ? session_product(d->session)->name : "server";
}

SQLRETURN dbc_need_connection(struct dbc *d)
{
    if (d->state == DBC_CONNECTED)
        return SQL_SUCCESS;
    return diag(&d->h, ST_08003, "there is no open connection; connect first");
}
