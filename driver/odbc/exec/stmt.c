/* stmt.c - a statement's life. */
#include "odbc/exec/stmt.h"

#include <stdlib.h>

#include "odbc/exec/close.h"
#include "odbc/exec/describe.h"
#include "odbc/exec/exec.h"
#include "odbc/exec/loads.h"
#include "odbc/exec/sqlrunner.h"
#include "odbc/exec/text.h"
#include "odbc/handle/told.h"

/* --- life ------------------------------------------------------------------------------------- */

static void link_descs(struct stmt *s)
{
    desc_init(&s->own_ard, s->dbc, s, DESC_ARD);
    desc_init(&s->own_apd, s->dbc, s, DESC_APD);
    desc_init(&s->own_ird, s->dbc, s, DESC_IRD);
    desc_init(&s->own_ipd, s->dbc, s, DESC_IPD);
    s->own_ird.fill = stmt_describe;
    s->ard = &s->own_ard;
    s->apd = &s->own_apd;
    s->ird = &s->own_ird;
    s->ipd = &s->own_ipd;
}

/* A statement and what the floors keep of it. */
struct whole {
    struct stmt stmt;
    struct stopping stopping;
    struct cursor cursor;
    struct stmt_exec exec;
};

static struct stmt *whole_new(void)
{
    struct whole *w = calloc(1, sizeof *w);
    if (!w)
        return NULL;
    if (!told_init(&w->stmt)) {
        free(w);
        return NULL;
    }
    if (!cancel_init(&w->stopping)) {
        told_clear(&w->stmt);
        free(w);
        return NULL;
    }
    w->stmt.stopping = &w->stopping;
    w->stmt.cursor = &w->cursor;
    w->stmt.x = &w->exec;
    return &w->stmt;
}

struct stmt *stmt_new(struct dbc *d)
{
    struct stmt *s = whole_new();
    if (!s)
        return NULL;
    s->h.magic = MAGIC_STMT;
    s->dbc = d;
    s->runner = s->x->sql_runner = &sql_runner;
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
    text_forget(s);
    unlink_stmt(s);
    struct stmt_exec *x = s->x;
    buf_clear(&x->sql);
    sql_markers_clear(&x->markers);
    params_clear(&x->params);
    array_clear(&x->array);
    s->dbc->loads->forget(s->load_own);
    diag_free(&x->earlier);
    cursor_clear(s->cursor);
    cancel_clear(s->stopping);
    told_clear(s);
    desc_fini(&s->own_ard);
    desc_fini(&s->own_apd);
    desc_fini(&s->own_ird);
    desc_fini(&s->own_ipd);
    diag_free(&s->h.diag);
    s->h.magic = MAGIC_DEAD;
    free(s); /* and with it what is behind it (struct whole) */
}

/* --- facts ------------------------------------------------------------------------------------ */

bool stmt_is_prepared(const struct stmt *s)
{
    return s->x->prepared;
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
        return stmt_close_told(s);
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
    return stmt_leave(s, stmt_close_told(s));
}
