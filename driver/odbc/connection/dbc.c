/* dbc.c - connection handles from SQLAllocHandle to SQLFreeHandle, and SQLDisconnect. */
#include "odbc/connection/dbc.h"

#include <stdlib.h>
#include <string.h>

#include "odbc/connection/connect.h"
#include "odbc/connection/tran.h"
#include "odbc/exec/close.h"
#include "odbc/exec/exact.h"
#include "odbc/exec/stmt.h"
#include "odbc/handle/descfield.h"
#include "odbc/load/streamload.h"

struct dbc *dbc_new(struct env *e)
{
    struct dbc *d = calloc(1, sizeof(*d));
    if (!d)
        return NULL;
    if (pthread_mutex_init(&d->lock, NULL)) {
        free(d);
        return NULL;
    }
    d->h.magic = MAGIC_DBC;
    d->env = e;
    d->loads = &streamload_loads;
    d->autocommit = SQL_AUTOCOMMIT_ON;
    d->access_mode = SQL_MODE_READ_WRITE;
    d->metadata_id = SQL_FALSE;
    d->login_timeout = LOGIN_TIMEOUT_DEFAULT;
    d->odbc_cursors = SQL_CUR_USE_DRIVER;
    d->next = e->dbcs;
    e->dbcs = d;
    return d;
}

void dbc_close(struct dbc *d)
{
    dbc_close_results(d); /* then every statement in the list is the application's own */
    while (d->stmts)
        stmt_free(d->stmts);
    desc_free_all(d);
    streamload_close(d);
    exact_free(d->exact);
    d->exact = NULL;
    session_close(d->session);
    d->session = NULL;
    d->wire_owner = NULL;
    log_close(&d->log);
    dsn_clear(&d->dsn);
    d->state = DBC_ALLOCATED;
}

static void unlink_from_env(struct dbc *d)
{
    for (struct dbc **at = &d->env->dbcs; *at; at = &(*at)->next) {
        if (*at == d) {
            *at = d->next;
            return;
        }
    }
}

/* The environment is locked first (order: env, dbc), so the handle is looked at before its own lock
 * is held; dbc_enter looks again. */
SQLRETURN dbc_drop(SQLHDBC h)
{
    struct dbc *d = h;
    if (!d || d->h.magic != MAGIC_DBC)
        return SQL_INVALID_HANDLE;
    struct env *e = d->env;
    (void)pthread_mutex_lock(&e->lock);
    d = dbc_enter(h);
    if (!d || d->state == DBC_CONNECTED) {
        SQLRETURN rc = SQL_INVALID_HANDLE;
        if (d)
            rc = dbc_leave(d, diag(&d->h, ST_HY010, "the connection is open; disconnect first"));
        (void)pthread_mutex_unlock(&e->lock);
        return rc;
    }
    unlink_from_env(d);
    dbc_close(d);
    d->h.magic = MAGIC_DEAD;
    (void)pthread_mutex_unlock(&d->lock);
    (void)pthread_mutex_unlock(&e->lock);
    (void)pthread_mutex_destroy(&d->lock);
    diag_free(&d->h.diag);
    free(d->catalog_wanted);
    streamload_forget(d->load_own);
    free(d);
    return SQL_SUCCESS;
}

/* A BEGIN in SQL is rolled back and told as a warning, not refused with 25000 as the transaction of
 * autocommit off: programs that think in autocommit (pyodbc's close()) do not look, and would leave
 * a connection behind that holds its locks until the process ends. */
SQLRETURN dbc_disconnect(SQLHDBC h)
{
    struct dbc *d = dbc_enter(h);
    if (!d)
        return SQL_INVALID_HANDLE;
    if (d->state == DBC_ALLOCATED)
        return dbc_leave(d, dbc_need_connection(d));
    bool is_open = false;
    (void)tran_is_open(d, &is_open); /* a connection that is found lost can be left */
    if (is_open || (streamload_is_open(d) && !session_broken(d->session)))
        return dbc_leave(d, diag(&d->h, ST_25000,
                                 "a transaction is open on this connection; commit it or roll it "
                                 "back before disconnecting"));
    bool is_begun = tran_is_begun(d);
    dbc_close(d);
    return dbc_leave(d, !is_begun ? SQL_SUCCESS
                                  : diag(&d->h, ST_01002,
                                         "a transaction begun in SQL was open on this connection "
                                         "and is rolled back; COMMIT before disconnecting to keep "
                                         "what it did"));
}
