/* tran.c - autocommit, isolation, commit and rollback.
 *
 * SERVER_STATUS_IN_TRANS says less than it seems to: an error packet carries no status, so what a
 * failed statement did is not in it; and metadata locks, also of tables without transactions, are
 * held until COMMIT or ROLLBACK whatever the flag says.  So with autocommit off every end is sent,
 * unless nothing at all was sent since the last one.
 *
 * A server that does not announce CAP_TRANSACTIONS (StarRocks, Doris) commits every statement by
 * itself whatever autocommit says, so nothing is sent to it, a commit has nothing to do, and a
 * rollback is refused when something was changed. */
#include "odbc/connection/tran.h"

#include <string.h>

#include "odbc/command/roundtrip.h"
#include "odbc/command/tranfacts.h"
#include "odbc/load/streamload.h"
#include "wire/hello.h"

/* Is there, as far as is known without asking, anything that a COMMIT or ROLLBACK would end?  A
 * procedure that failed may have begun a transaction also where autocommit is on. */
static bool may_be_open(const struct dbc *d)
{
    bool is_touched = session_touched(d->session);
    return tran_is_flagged(d) ||
           (is_touched && (tran_is_manual(d) || session_status_is_old(d->session)));
}

/* The flags as they are now, where an error left them in doubt.  A result that is on the wire is
 * not disturbed. */
static SQLRETURN ask_status(struct dbc *d)
{
    struct fault f = {0};
    if (!tran_tells_status(d) || !session_status_is_old(d->session) || !session_idle(d->session))
        return SQL_SUCCESS;
    return session_ping(d->session, &f) == RC_OK ? SQL_SUCCESS : diag_fault(&d->h, &f);
}

SQLRETURN tran_autocommit(struct dbc *d, SQLUINTEGER *out)
{
    SQLRETURN rc = SQL_SUCCESS;
    *out = d->autocommit;
    if (tran_can(d) && !session_broken(d->session)) {
        rc = ask_status(d);
        *out = (SQLUINTEGER)(tran_is_off(d) ? SQL_AUTOCOMMIT_OFF : SQL_AUTOCOMMIT_ON);
    }
    return rc;
}

SQLUINTEGER tran_default_isolation(const struct dbc *d)
{
    return tran_can(d) ? session_product(d->session)->default_isolation : 0;
}

SQLRETURN tran_is_open(struct dbc *d, bool *is_open)
{
    *is_open = false;
    if (!tran_can(d) || session_broken(d->session) || !may_be_open(d))
        return SQL_SUCCESS;
    SQLRETURN rc = ask_status(d);
    bool is_sure = tran_tells_status(d) && session_idle(d->session);
    *is_open = tran_is_manual(d) && (tran_is_flagged(d) || !is_sure);
    return rc;
}

bool tran_is_begun(const struct dbc *d)
{
    return tran_can(d) && !session_broken(d->session) && !tran_is_manual(d) && tran_is_flagged(d);
}

bool tran_needs_setting(const struct dbc *d)
{
    bool on = d->autocommit == SQL_AUTOCOMMIT_ON;
    if (!tran_can(d) || !tran_tells_status(d))
        return !on;
    return on == tran_is_off(d);
}

/* COMMIT or ROLLBACK; after it the server holds nothing, but for what completion_type began. */
static SQLRETURN send_end(struct dbc *d, bool commit)
{
    SQLRETURN rc = commit ? dbc_commit(d) : dbc_simple(d, "ROLLBACK", 8);
    if (SQL_SUCCEEDED(rc))
        session_untouch(d->session);
    return rc;
}

/* A SET of our own, which leaves nothing that would have to be ended. */
static SQLRETURN send_setting(struct dbc *d, const char *sql)
{
    bool was_touched = session_touched(d->session);
    SQLRETURN rc = dbc_simple(d, sql, strlen(sql));
    if (SQL_SUCCEEDED(rc) && !was_touched)
        session_untouch(d->session);
    return rc;
}

SQLRETURN tran_set_autocommit(struct dbc *d, bool on)
{
    SQLRETURN loads = on ? streamload_end(d, true, false) : SQL_SUCCESS;
    if (!SQL_SUCCEEDED(loads))
        return loads;
    d->changed_since_end = false;
    if (!tran_can(d)) {
        d->autocommit = on ? SQL_AUTOCOMMIT_ON : SQL_AUTOCOMMIT_OFF;
        if (on)
            return SQL_SUCCESS;
        return diag(&d->h, ST_01000,
                    "%s has no transactions here: every statement is committed at once although "
                    "autocommit is off",
                    dbc_product_name(d));
    }
    SQLRETURN rc = send_setting(d, on ? "SET autocommit=1" : "SET autocommit=0");
    if (SQL_SUCCEEDED(rc))
        d->autocommit = on ? SQL_AUTOCOMMIT_ON : SQL_AUTOCOMMIT_OFF;
    if (SQL_SUCCEEDED(rc) && on)
        rc = tran_is_flagged(d) ? send_end(d, true) : rc; /* it was on, and BEGIN was sent as SQL */
    return rc == SQL_SUCCESS ? loads : rc;
}

static const char *isolation_sql(SQLUINTEGER level)
{
    switch (level) {
    case SQL_TXN_READ_UNCOMMITTED:
        return "SET SESSION TRANSACTION ISOLATION LEVEL READ UNCOMMITTED";
    case SQL_TXN_READ_COMMITTED:
        return "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED";
    case SQL_TXN_REPEATABLE_READ:
        return "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ";
    default:
        return "SET SESSION TRANSACTION ISOLATION LEVEL SERIALIZABLE";
    }
}

SQLRETURN tran_set_isolation(struct dbc *d, SQLUINTEGER level)
{
    bool is_open = false;
    SQLRETURN rc = tran_is_open(d, &is_open);
    if (rc != SQL_SUCCESS)
        return rc;
    if (is_open)
        return diag(&d->h, ST_HY011,
                    "the isolation level cannot change inside a transaction; end it first");
    if (!tran_can(d))
        return diag(&d->h, ST_HYC00, "%s has no isolation levels", dbc_product_name(d));
    rc = send_setting(d, isolation_sql(level));
    if (SQL_SUCCEEDED(rc))
        d->isolation = level;
    return rc;
}

/* Access mode is a hint (ODBC reference, SQL_ATTR_ACCESS_MODE): a server without transactions is
 * not told. */
SQLRETURN tran_set_access(struct dbc *d, SQLUINTEGER mode)
{
    SQLRETURN rc = SQL_SUCCESS;
    const char *sql = mode == SQL_MODE_READ_ONLY ? "SET SESSION TRANSACTION READ ONLY"
                                                 : "SET SESSION TRANSACTION READ WRITE";
    if (tran_can(d))
        rc = send_setting(d, sql);
    if (SQL_SUCCEEDED(rc))
        d->access_mode = mode;
    return rc;
}

static SQLRETURN end_without_transactions(struct dbc *d, bool commit)
{
    if (!commit && d->autocommit == SQL_AUTOCOMMIT_OFF && d->changed_since_end) {
        d->changed_since_end = false;
        return diag(&d->h, ST_HYC00,
                    "%s has no transactions here: what was executed is committed and cannot be "
                    "rolled back",
                    dbc_product_name(d));
    }
    d->changed_since_end = false;
    return SQL_SUCCESS;
}

static SQLRETURN end_sql(struct dbc *d, bool commit)
{
    if (!tran_can(d))
        return end_without_transactions(d, commit);
    if (!may_be_open(d) && !session_broken(d->session))
        return SQL_SUCCESS;
    return send_end(d, commit);
}

/* d is locked and connected.  Loads are prepared before SQL is committed, which cannot be taken
 * back, and committed after it. */
static SQLRETURN end_one(struct dbc *d, bool commit)
{
    struct fault f;
    if (session_check_owner(d->session, &f))
        return diag_fault(&d->h, &f);
    bool with_sql = commit && tran_can(d) && may_be_open(d);
    SQLRETURN loads = commit ? streamload_prepare(d) : SQL_SUCCESS;
    if (!SQL_SUCCEEDED(loads))
        return loads; /* SQL's part stays open, to be rolled back */
    SQLRETURN rc = end_sql(d, commit);
    if (commit && !SQL_SUCCEEDED(rc))
        return rc; /* and so do the loads here */
    loads = streamload_end(d, commit, with_sql);
    return rc == SQL_SUCCESS ? loads : rc;
}

static SQLRETURN end_dbc(SQLHDBC h, bool commit, bool known)
{
    struct dbc *d = dbc_enter(h);
    if (!d)
        return SQL_INVALID_HANDLE;
    if (!known)
        return dbc_leave(
            d, diag(&d->h, ST_HY012, "a transaction ends with SQL_COMMIT or SQL_ROLLBACK only"));
    SQLRETURN rc = dbc_need_connection(d);
    if (rc == SQL_SUCCESS)
        rc = end_one(d, commit);
    return dbc_leave(d, rc);
}

static SQLRETURN end_env(SQLHENV h, bool commit, bool known)
{
    struct env *e = env_enter(h);
    if (!e)
        return SQL_INVALID_HANDLE;
    if (!known)
        return env_leave(
            e, diag(&e->h, ST_HY012, "a transaction ends with SQL_COMMIT or SQL_ROLLBACK only"));
    unsigned tried = 0, failed = 0;
    for (struct dbc *d = e->dbcs; d; d = d->next) {
        if (!dbc_enter(d))
            continue;
        SQLRETURN rc = d->state == DBC_CONNECTED ? end_one(d, commit) : SQL_SUCCESS;
        tried += d->state == DBC_CONNECTED;
        failed += rc == SQL_ERROR;
        (void)dbc_leave(d, rc);
    }
    if (failed)
        return env_leave(e, diag(&e->h, ST_25S01,
                                 "%u of %u connections could not end their transaction; their "
                                 "handles tell why",
                                 failed, tried));
    return env_leave(e, SQL_SUCCESS);
}

SQLRETURN tran_end(SQLSMALLINT kind, SQLHANDLE h, SQLSMALLINT how)
{
    bool known = how == SQL_COMMIT || how == SQL_ROLLBACK;
    if (kind == SQL_HANDLE_ENV)
        return end_env(h, how == SQL_COMMIT, known);
    if (kind == SQL_HANDLE_DBC)
        return end_dbc(h, how == SQL_COMMIT, known);
    return SQL_INVALID_HANDLE;
}
