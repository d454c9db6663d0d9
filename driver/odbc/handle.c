/* handle.c - entering and leaving handles; SQLAllocHandle and SQLFreeHandle. */
#include "odbc/handle.h"

#include "odbc/cancel.h"
#include "odbc/dbc.h"
#include "odbc/descfield.h"
#include "odbc/env.h"
#include "odbc/stmt.h"

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
        return cancel_owner(h)->dbc;
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

static struct stmt *enter_stmt(SQLHSTMT h, enum entering kind)
{
    struct stmt *s = h;
    if (!is_handle(h, MAGIC_STMT))
        return NULL;
    pthread_mutex_t *lock = &s->dbc->lock;
    bool waits = pthread_mutex_trylock(lock) != 0;
    if (waits && !cancel_wait_lock(s, kind))
        return NULL;
    if (s->h.magic != MAGIC_STMT) {
        (void)pthread_mutex_unlock(lock);
        return NULL;
    }
    diag_clear(&s->h.diag);
    if (!waits) {
        s->entered = ENTERED;
        if (atomic_load_explicit(&s->cancelled, memory_order_relaxed))
            cancel_settle(s, kind);
    }
    if (atomic_load_explicit(&s->is_told, memory_order_relaxed))
        cancel_forget(s);
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
    struct handle *cancel = kind == SQL_HANDLE_STMT ? cancel_enter_diag(h) : NULL;
    if (cancel)
        return cancel;
    return enter(h, magic[kind], lock_of(h), false) ? h : NULL;
}

void handle_leave_diag(struct handle *h)
{
    if (h->magic == MAGIC_CANCEL)
        cancel_leave_diag(h);
    else
        (void)pthread_mutex_unlock(lock_of(h));
}

static SQLRETURN alloc_env(SQLHANDLE *out)
{
    if (!out)
        return SQL_ERROR;
    *out = env_new();
    return *out ? SQL_SUCCESS : SQL_ERROR;
}

static SQLRETURN alloc_dbc(SQLHANDLE in, SQLHANDLE *out)
{
    struct env *e = env_enter(in);
    if (!e)
        return SQL_INVALID_HANDLE;
    SQLRETURN rc = SQL_SUCCESS;
    if (!out)
        rc = diag(&e->h, ST_HY009, "no place for the connection handle");
    else if (!e->odbc_version)
        rc = diag(&e->h, ST_HY010, "set SQL_ATTR_ODBC_VERSION before making a connection handle");
    else if (!(*out = dbc_new(e)))
        rc = diag(&e->h, ST_HY001, "out of memory for a connection handle");
    return env_leave(e, rc);
}

static SQLRETURN alloc_in_dbc(SQLSMALLINT kind, SQLHANDLE in, SQLHANDLE *out)
{
    struct dbc *d = dbc_enter(in);
    if (!d)
        return SQL_INVALID_HANDLE;
    SQLRETURN rc = dbc_need_connection(d);
    if (rc != SQL_SUCCESS)
        return dbc_leave(d, rc);
    if (!out)
        return dbc_leave(d, diag(&d->h, ST_HY009, "no place for the handle"));
    *out = kind == SQL_HANDLE_STMT ? (void *)stmt_new(d) : (void *)desc_new(d);
    if (!*out)
        rc = diag(&d->h, ST_HY001, "out of memory for a handle");
    return dbc_leave(d, rc);
}

SQLRETURN handle_alloc(SQLSMALLINT kind, SQLHANDLE in, SQLHANDLE *out)
{
    if (out)
        *out = SQL_NULL_HANDLE;
    switch (kind) {
    case SQL_HANDLE_ENV:
        return alloc_env(out);
    case SQL_HANDLE_DBC:
        return alloc_dbc(in, out);
    case SQL_HANDLE_STMT:
    case SQL_HANDLE_DESC:
        return alloc_in_dbc(kind, in, out);
    default:
        break;
    }
    struct dbc *d = dbc_enter(in);
    if (!d)
        return SQL_INVALID_HANDLE;
    return dbc_leave(d, diag(&d->h, ST_HY092, "there is no handle type %d", kind));
}

SQLRETURN handle_free(SQLSMALLINT kind, SQLHANDLE h)
{
    switch (kind) {
    case SQL_HANDLE_ENV:
        return env_drop(h);
    case SQL_HANDLE_DBC:
        return dbc_drop(h);
    case SQL_HANDLE_STMT:
        return stmt_drop(h);
    case SQL_HANDLE_DESC:
        return desc_drop(h);
    default:
        return SQL_INVALID_HANDLE;
    }
}
