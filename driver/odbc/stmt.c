/* stmt.c - a statement's life, and the rule who may use the wire. */
#include "odbc/stmt.h"

#include <stdlib.h>

#include "odbc/exec.h"
#include "odbc/streamload.h"

/* --- life ------------------------------------------------------------------------------------- */

static void link_descs(struct stmt *s)
{
    desc_init(&s->own_ard, s->dbc, s, DESC_ARD);
    desc_init(&s->own_apd, s->dbc, s, DESC_APD);
    desc_init(&s->own_ird, s->dbc, s, DESC_IRD);
    desc_init(&s->own_ipd, s->dbc, s, DESC_IPD);
    s->ard = &s->own_ard;
    s->apd = &s->own_apd;
    s->ird = &s->own_ird;
    s->ipd = &s->own_ipd;
}

struct stmt *stmt_new(struct dbc *d)
{
    struct stmt *s = calloc(1, sizeof *s);
    struct stmt_exec *x = calloc(1, sizeof *x);
    if (!s || !x || !cancel_init(s, &x->stopping)) {
        free(s);
        free(x);
        return NULL;
    }
    s->h.magic = MAGIC_STMT;
    s->dbc = d;
    s->x = x;
    link_descs(s);
    s->cursor_type = SQL_CURSOR_FORWARD_ONLY;
    s->concurrency = SQL_CONCUR_READ_ONLY;
    s->cursor_scrollable = SQL_NONSCROLLABLE;
    s->cursor_sensitivity = SQL_UNSPECIFIED;
    s->noscan = SQL_NOSCAN_OFF;
    s->retrieve_data = SQL_RD_ON;
    s->rowset_size = 1;
    s->use_bookmarks = SQL_UB_OFF;
    s->simulate_cursor = SQL_SC_NON_UNIQUE;
    s->async_enable = SQL_ASYNC_ENABLE_OFF;
    s->metadata_id = d->metadata_id;
    s->next = d->stmts;
    d->stmts = s;
    return s;
}

static void unlink_stmt(struct stmt *s)
{
    struct stmt **at = &s->dbc->stmts;
    while (*at && *at != s)
        at = &(*at)->next;
    if (*at)
        *at = s->next;
}

void stmt_free(struct stmt *s)
{
    if (!s)
        return;
    stmt_close(s);
    exec_forget_text(s);
    unlink_stmt(s);
    struct stmt_exec *x = s->x;
    buf_clear(&x->sql);
    sql_markers_clear(&x->markers);
    params_clear(&x->params);
    array_clear(&x->array);
    streamload_forget(s->load_own);
    fetch_clear(&x->fetch);
    getdata_clear(&x->getdata);
    shape_clear(&x->shape);
    diag_free(&x->earlier);
    cancel_clear(s, &x->stopping);
    free(x);
    desc_fini(&s->own_ard);
    desc_fini(&s->own_apd);
    desc_fini(&s->own_ird);
    desc_fini(&s->own_ipd);
    diag_free(&s->h.diag);
    s->h.magic = MAGIC_DEAD;
    free(s);
}

/* --- closing ---------------------------------------------------------------------------------- */

/* RC_LOST: the connection was closed for it. */
static int close_result(struct stmt *s, struct fault *f)
{
    int rc = RC_OK;
    struct stmt_exec *x = s->x;
    if (s->dbc->wire_owner == s) {
        if (x->result.on_wire)
            rc = result_drop(&x->result, s->dbc->session, f);
        s->dbc->wire_owner = NULL;
    }
    if (stmt_needs_data(s))
        exec_abandon(s);
    result_clear(&x->result);
    fetch_restart(&x->fetch);
    getdata_restart(&x->getdata);
    x->executed = false;
    x->ird_valid = false;
    if (!x->prepared && x->has_sql)
        exec_forget_text(s);
    return rc;
}

void stmt_close(struct stmt *s)
{
    struct fault f;
    int rc = close_result(s, &f);
    (void)rc; /* the next use of the connection says that it is lost */
}

/* The same for who can be told. */
static SQLRETURN close_and_tell(struct stmt *s)
{
    struct fault f;
    return close_result(s, &f) ? diag(&s->h, ST_01000, "%s", f.text) : SQL_SUCCESS;
}

void stmt_reset(struct stmt *s)
{
    stmt_close(s);
    desc_unbind_all(s->ard);
    desc_unbind_all(s->apd);
    desc_unbind_all(s->ipd);
    exec_forget_text(s);
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

/* --- the wire --------------------------------------------------------------------------------- */

int dbc_free_wire(struct dbc *d, struct fault *f)
{
    struct stmt *s = d->wire_owner;
    if (!s)
        return RC_OK;
    struct stmt_exec *x = s->x;
    d->wire_owner = NULL;
    if (!fetch_save_row(s)) {
        x->fetch.row = NULL;
        x->fetch.row_on_wire = false;
    }
    int rc = result_keep(&x->result, d, f);
    if (x->result.on_wire && !session_broken(d->session))
        d->wire_owner = s; /* whoever wanted the wire gave up */
    return rc;
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

/* --- facts ------------------------------------------------------------------------------------ */

bool stmt_has_cursor(const struct stmt *s)
{
    return s->x->result.current && s->x->result.current->has_rows;
}

bool stmt_is_prepared(const struct stmt *s)
{
    return s->x->prepared;
}

bool stmt_needs_data(const struct stmt *s)
{
    return s->x->params.wait != WAIT_NONE || s->x->adding;
}

bool stmt_is_scrollable(const struct stmt *s)
{
    return s->cursor_type == SQL_CURSOR_STATIC;
}

SQLULEN stmt_row_number(const struct stmt *s)
{
    const struct fetch *f = &s->x->fetch;
    return f->began && !f->ended && f->position ? f->first + f->position - 1 : 0;
}

/* --- entries ---------------------------------------------------------------------------------- */

SQLRETURN stmt_drop(SQLHSTMT h)
{
    struct stmt *s = stmt_enter_quietly(h);
    if (!s)
        return SQL_INVALID_HANDLE;
    struct dbc *d = s->dbc;
    stmt_free(s);
    pthread_mutex_unlock(&d->lock);
    return SQL_SUCCESS;
}

static SQLRETURN free_option(struct stmt *s, SQLUSMALLINT option)
{
    switch (option) {
    case SQL_CLOSE:
        return close_and_tell(s);
    case SQL_UNBIND:
        desc_unbind_all(s->ard);
        return SQL_SUCCESS;
    case SQL_RESET_PARAMS:
        desc_unbind_all(s->apd);
        desc_unbind_all(s->ipd);
        return SQL_SUCCESS;
    default:
        return diag(&s->h, ST_HY092, "SQLFreeStmt knows no option %u", (unsigned)option);
    }
}

SQLRETURN stmt_free_stmt(SQLHSTMT h, SQLUSMALLINT option)
{
    if (option == SQL_DROP)
        return stmt_drop(h);
    struct stmt *s = stmt_enter(h);
    if (!s)
        return stmt_not_entered(h);
    if (stmt_needs_data(s))
        return stmt_leave(s, diag(&s->h, ST_HY010, "the statement waits for parameter data"));
    return stmt_leave(s, free_option(s, option));
}

SQLRETURN stmt_close_cursor(SQLHSTMT h)
{
    struct stmt *s = stmt_enter(h);
    if (!s)
        return stmt_not_entered(h);
    if (stmt_needs_data(s))
        return stmt_leave(s, diag(&s->h, ST_HY010, "the statement waits for parameter data"));
    if (!stmt_has_cursor(s))
        return stmt_leave(s, diag(&s->h, ST_24000, "no cursor is open on the statement"));
    return stmt_leave(s, close_and_tell(s));
}
