/* exec.c - from SQL text to a result. */
#include "odbc/exec.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "odbc/app.h"
#include "odbc/bulkop.h"
#include "odbc/exact.h"
#include "odbc/serverlimit.h"
#include "odbc/stmt.h"
#include "odbc/streamload.h"
#include "sql/loadstmt.h"

enum {
    ER_UNKNOWN_COMMAND = 1047,
    ER_PARSE = 1064,
    ER_UNKNOWN_STATEMENT = 1243,
    ER_UNSUPPORTED_PREPARED = 1295,
    ER_TOO_MANY_PREPARED = 1461
};

/* --- text ------------------------------------------------------------------------------------- */

static enum sql_dialect dialect_of(const struct dbc *d)
{
    static const enum sql_dialect dialects[] = {[PRODUCT_MYSQL] = SQL_DIALECT_MYSQL,
                                                [PRODUCT_MARIADB] = SQL_DIALECT_MARIADB,
                                                [PRODUCT_SINGLESTORE] = SQL_DIALECT_SINGLESTORE,
                                                [PRODUCT_TIDB] = SQL_DIALECT_TIDB,
                                                [PRODUCT_STARROCKS] = SQL_DIALECT_STARROCKS,
                                                [PRODUCT_DORIS] = SQL_DIALECT_DORIS};
    return d->session ? dialects[session_info(d->session)->product] : SQL_DIALECT_MYSQL;
}

struct sql_mode exec_mode(const struct dbc *d)
{
    struct sql_mode m = {.dialect = dialect_of(d)};
    m.no_backslash_escapes = d->session && session_no_backslash_escapes(d->session);
    m.ansi_quotes = d->session && session_ansi_quotes(d->session);
    return m;
}

int exec_mode_of(struct dbc *d, bool has_quotes, struct sql_mode *m, struct fault *f)
{
    int rc = RC_OK;
    if (has_quotes && d->session && !session_broken(d->session) &&
        !session_knows_quotes(d->session)) {
        rc = dbc_free_wire(d, f);
        rc = rc ? rc : session_ask_quotes(d->session, f);
    }
    *m = exec_mode(d);
    return rc;
}

void exec_forget_text(struct stmt *s)
{
    struct stmt_exec *x = s->x;
    if (x->on_server)
        wire_stmt_close(s->dbc->session, &x->server);
    x->on_server = x->never_server = false;
    x->limit_s = 0;
    x->has_sql = x->prepared = x->returns = x->is_load = s->is_secret = false;
    streamload_drop(s);
    x->ird_valid = false;
    result_clear(&x->probe);
    described_clear(&x->described);
    buf_reset(&x->sql);
}

static SQLRETURN escape_diag(struct stmt *s, const struct sql_escape_result *r)
{
    switch (r->status) {
    case SQL_ESCAPE_SYNTAX:
        return diag(&s->h, ST_42000, "%s", r->words);
    case SQL_ESCAPE_DATE:
        return diag(&s->h, ST_22007, "%s", r->words);
    default:
        return diag(&s->h, ST_HY001, "no memory for a statement of %zu bytes", s->x->sql.len);
    }
}

/* Translate escapes: x->sql is replaced when there are any. */
static SQLRETURN text_escape(struct stmt *s, struct sql_mode mode)
{
    struct stmt_exec *x = s->x;
    struct buf out;
    buf_init(&out, 0);
    struct sql_escape_result r = sql_escape(&out, (const char *)x->sql.p, x->sql.len, mode);
    SQLRETURN rc = SQL_SUCCESS;
    x->returns = r.returns;
    if (r.status == SQL_ESCAPE_DONE && buf_ok(&out)) {
        struct buf old = x->sql;
        x->sql = out;
        out = old;
    } else if (r.status != SQL_ESCAPE_NONE) {
        rc = escape_diag(s, &r);
    }
    buf_clear(&out);
    return rc;
}

/* Markers and kind of the text, as it is read in x->mode. */
static SQLRETURN text_read(struct stmt *s)
{
    struct stmt_exec *x = s->x;
    struct fault f;
    const char *text = (const char *)x->sql.p;
    if (sql_markers_find(&x->markers, text, x->sql.len, x->mode, &f))
        return diag_fault(&s->h, &f);
    x->kind = sql_kind_of(text, x->sql.len, x->mode);
    array_new_text(s);
    return SQL_SUCCESS;
}

static bool is_same_mode(struct sql_mode a, struct sql_mode b)
{
    return a.no_backslash_escapes == b.no_backslash_escapes && a.ansi_quotes == b.ansi_quotes;
}

SQLRETURN exec_follow_mode(struct stmt *s)
{
    struct stmt_exec *x = s->x;
    struct fault f;
    struct sql_mode now;
    if (x->is_load || !x->is_modal || x->executed)
        return SQL_SUCCESS;
    if (exec_mode_of(s->dbc, x->has_quotes, &now, &f))
        return diag_fault(&s->h, &f);
    if (is_same_mode(now, x->mode))
        return SQL_SUCCESS;
    x->mode = now;
    if (x->on_server)
        wire_stmt_close(s->dbc->session, &x->server);
    x->on_server = x->never_server = x->ird_valid = false;
    result_clear(&x->probe);
    described_clear(&x->described);
    return text_read(s);
}

/* Take the statement's text: decoded, escapes translated, markers and kind known. */
static SQLRETURN text_take(struct stmt *s, struct text_arg arg)
{
    struct stmt_exec *x = s->x;
    exec_forget_text(s);
    if (!arg.p)
        return diag(&s->h, ST_HY009, "no statement was given");
    SQLRETURN rc = text_in_sql(&s->h, &x->sql, arg, "statement");
    if (rc != SQL_SUCCESS)
        return rc;
    s->is_secret = log_on(&s->dbc->log, LOG_ERROR) && log_is_secret((char *)x->sql.p, x->sql.len);
    struct fault f;
    x->has_quotes = x->sql.len && memchr(x->sql.p, '"', x->sql.len);
    x->is_modal = x->has_quotes || (x->sql.len && memchr(x->sql.p, '\\', x->sql.len));
    if (exec_mode_of(s->dbc, x->has_quotes, &x->mode, &f))
        return diag_fault(&s->h, &f);
    x->sql.len = sql_text_end((const char *)x->sql.p, x->sql.len, x->mode);
    x->returns = false;
    if (sql_loadstmt_is((const char *)x->sql.p, x->sql.len, x->mode))
        return streamload_take(s);
    if (s->noscan == SQL_NOSCAN_OFF)
        rc = text_escape(s, x->mode);
    rc = rc == SQL_SUCCESS ? text_read(s) : rc;
    x->has_sql = rc == SQL_SUCCESS;
    return rc;
}

/* --- replies ---------------------------------------------------------------------------------- */

void exec_new_reply(struct stmt *s)
{
    struct stmt_exec *x = s->x;
    const struct reply *p = x->result.current;
    fetch_restart(&x->fetch);
    getdata_restart(&x->getdata);
    x->ird_valid = false;
    x->bulk_rows = -1;
    x->executed = true;
    if (p->has_rows)
        shape_follow(&x->shape, p);
    s->h.diag.row_count = p->has_rows ? -1 : (SQLLEN)p->affected;
    s->h.diag.cursor_row_count = p->has_rows ? -1 : 0;
    if (x->result.on_wire || (p->has_rows && !p->owns_cols))
        s->dbc->wire_owner = s;
    if (!p->has_rows)
        s->dbc->changed_since_end = true;
    array_executed(s);
}

/* What the session answered becomes the result. */
static SQLRETURN reply_take(struct stmt *s)
{
    struct fault f;
    SQLRETURN stopped = command_stopped(s, 0);
    if (stopped != SQL_SUCCESS)
        return stopped;
    if (result_take(&s->x->result, s->dbc->session, &f))
        return diag_fault(&s->h, &f);
    exec_new_reply(s);
    return SQL_SUCCESS;
}

SQLRETURN exec_query(struct stmt *s, const char *sql, size_t n)
{
    struct fault f;
    int rc = command_begin(s, &f);
    if (!rc) {
        rc = session_query(s->dbc->session, sql, n, &f);
        command_end(s);
    }
    return rc ? command_fault(s, 0, &f) : reply_take(s);
}

/* --- prepared on the server ---------------------------------------------------------------------
 */

/* Does this error say that the server cannot do it this way, rather than that the statement is
 * wrong? */
static bool is_unsupported(const struct fault *f)
{
    if (f->rc != RC_SERVER)
        return f->rc == RC_UNSUPPORTED;
    if (f->number == ER_PARSE)
        return strstr(f->text, "nsupported command") != NULL;
    return f->number == ER_UNSUPPORTED_PREPARED || f->number == ER_TOO_MANY_PREPARED ||
           f->number == ER_UNKNOWN_COMMAND;
}

/* ... that it no longer has the prepared statement? */
static bool is_forgotten(const struct fault *f)
{
    return f->rc == RC_SERVER && (f->number == ER_UNKNOWN_STATEMENT ||
                                  strstr(f->text, "Not Found prepared statement") != NULL);
}

/* May errors about prepared statements come from within the statement, after it has done
 * something?  A procedure may prepare and execute; functions and triggers may not. */
static bool may_prepare_within(const struct stmt *s)
{
    return s->x->kind.kind == SQL_KIND_CALL || s->x->kind.kind == SQL_KIND_OTHER;
}

/* Is it our own prepared statement that the error names: "... handler (17) given to ..."? */
static bool names_ours(const struct stmt *s, const struct fault *f)
{
    char id[16];
    (void)snprintf(id, sizeof id, "(%lu)", (unsigned long)s->x->server.id);
    return strstr(f->text, id) != NULL;
}

static bool is_ours_forgotten(const struct stmt *s, const struct fault *f)
{
    return is_forgotten(f) && (!may_prepare_within(s) || names_ours(s, f));
}

static bool is_refused_late(const struct stmt *s, const struct fault *f)
{
    return is_unsupported(f) && (f->rc != RC_SERVER || !may_prepare_within(s));
}

bool exec_is_refused(const struct stmt *s, const struct fault *f)
{
    return is_ours_forgotten(s, f) || (f->rc == RC_SERVER && is_refused_late(s, f));
}

bool exec_may_prepare(const struct stmt *s)
{
    const struct stmt_exec *x = s->x;
    enum session_product p = session_info(s->dbc->session)->product;
    bool can = p == PRODUCT_MYSQL || p == PRODUCT_MARIADB || p == PRODUCT_TIDB;
    return can && !x->never_server && !s->dbc->dsn.no_ssps && x->kind.statements <= 1;
}

int exec_on_server(struct stmt *s, struct fault *f)
{
    struct stmt_exec *x = s->x;
    if (x->on_server)
        return RC_OK;
    if (!exec_may_prepare(s))
        return fault(f, RC_UNSUPPORTED, "the statement cannot be prepared on the server");
    serverlimit_follow(s);
    x->server = (struct wire_stmt){0};
    int rc = serverlimit_prepare(s, f);
    x->on_server = rc == RC_OK;
    if (rc && is_unsupported(f)) {
        x->never_server = true;
        return fault(f, RC_UNSUPPORTED, "the statement cannot be prepared on the server");
    }
    if (!rc && x->server.nparams != x->markers.n) {
        wire_stmt_close(s->dbc->session, &x->server); /* it reads the text otherwise than we do */
        x->on_server = false;
        x->never_server = true;
        return fault(f, RC_UNSUPPORTED, "the server counts other parameters");
    }
    return rc;
}

/* Execute in binary form; once more when the server forgot the statement. */
static int execute_binary(struct stmt *s, struct fault *f)
{
    struct stmt_exec *x = s->x;
    int rc = exec_on_server(s, f);
    if (rc)
        return rc;
    bool has_long = x->server.long_data_sent;
    rc = session_execute(s->dbc->session, &x->server, x->params.wire, f);
    if (rc && is_ours_forgotten(s, f) && !has_long) {
        wire_stmt_close(s->dbc->session, &x->server);
        x->on_server = false;
        rc = exec_on_server(s, f);
        if (!rc)
            rc = session_execute(s->dbc->session, &x->server, x->params.wire, f);
    }
    if (rc && is_refused_late(s, f) && !has_long) {
        wire_stmt_close(s->dbc->session, &x->server);
        x->on_server = false;
        x->never_server = true;
        return fault(f, RC_UNSUPPORTED, "the statement cannot be executed in prepared form");
    }
    return rc;
}

/* --- rows of the parameter array ----------------------------------------------------------------
 */

void exec_row_status(struct stmt *s, SQLULEN row, SQLUSMALLINT status)
{
    app_put_status(s->ipd->hdr.array_status_ptr, row, status);
}

SQLRETURN exec_row_fault(struct stmt *s, SQLULEN row, struct fault *f)
{
    struct run *r = &s->x->run;
    if (r->is_array && array_lost_transaction(s, f)) {
        r->is_stopped = r->is_transaction_lost = true;
        (void)fault_prefix(f, "the server has rolled back the transaction, with all that it did "
                              "before this row too; the rows after it were not executed: ");
    }
    r->is_stopped |= command_was_stopped(s, f);
    return command_fault(s, r->is_array ? (SQLLEN)row + 1 : 0, f);
}

SQLRETURN exec_row_reply(struct stmt *s, SQLULEN row)
{
    struct stmt_exec *x = s->x;
    struct session *w = s->dbc->session;
    const struct wire_reply *r = session_reply(w);
    if (!r->has_rows && !session_more(w)) {
        x->run.affected += r->affected;
        return SQL_SUCCESS;
    }
    SQLRETURN stopped = command_stopped(s, (SQLLEN)row + 1);
    if (stopped != SQL_SUCCESS) {
        x->run.is_stopped = true;
        return stopped;
    }
    struct fault f;
    bool is_between = !atomic_load(&s->running); /* a pipe's replies are one command */
    if (is_between)
        reading_begin(s);
    int rc = result_keep_row(&x->result, s->dbc, &x->run.affected, &f);
    if (is_between)
        command_end(s);
    return rc ? exec_row_fault(s, row, &f) : SQL_SUCCESS;
}

static SQLRETURN row_reply(struct stmt *s)
{
    return s->x->run.is_array ? exec_row_reply(s, s->x->run.row) : reply_take(s);
}

/* Send the row with its values in the text. */
static SQLRETURN row_send_text(struct stmt *s)
{
    struct params *p = &s->x->params;
    SQLRETURN rc = params_literal(s, s->x->run.row);
    if (!SQL_SUCCEEDED(rc))
        return rc;
    struct fault f;
    int failed = command_begin(s, &f);
    if (!failed) {
        failed = serverlimit_query(s, (const char *)p->text.p, p->text.len, &f);
        command_end(s);
    }
    if (failed)
        return exec_row_fault(s, s->x->run.row, &f);
    SQLRETURN taken = row_reply(s);
    return taken == SQL_SUCCESS ? rc : taken;
}

/* Send the row in binary form, or in the text where the server cannot. */
static SQLRETURN row_send(struct stmt *s)
{
    if (s->x->is_load)
        return streamload_execute(s);
    if (!s->x->on_server && !exec_may_prepare(s))
        return row_send_text(s);
    SQLRETURN rc = params_binary(s, s->x->run.row);
    if (!SQL_SUCCEEDED(rc))
        return rc;
    if (s->x->params.has_default) {
        s->x->params.is_quiet = true; /* its warnings are told */
        SQLRETURN sent = row_send_text(s);
        s->x->params.is_quiet = false;
        return sent == SQL_SUCCESS ? rc : sent;
    }
    struct fault f;
    int failed = command_begin(s, &f);
    if (!failed) {
        failed = execute_binary(s, &f);
        command_end(s);
    }
    if (failed == RC_UNSUPPORTED)
        return row_send_text(s);
    if (failed)
        return exec_row_fault(s, s->x->run.row, &f);
    SQLRETURN taken = row_reply(s);
    return taken == SQL_SUCCESS ? rc : taken;
}

bool exec_row_is_ignored(const struct stmt *s, SQLULEN row)
{
    return app_status(s->apd->hdr.array_status_ptr, row) == SQL_PARAM_IGNORE;
}

void exec_row_end(struct stmt *s, SQLULEN row, SQLRETURN rc)
{
    struct run *r = &s->x->run;
    r->nok += SQL_SUCCEEDED(rc);
    r->nfailed += !SQL_SUCCEEDED(rc);
    r->has_warning |= rc == SQL_SUCCESS_WITH_INFO;
    exec_row_status(s, row,
                    !SQL_SUCCEEDED(rc)            ? SQL_PARAM_ERROR
                    : rc == SQL_SUCCESS_WITH_INFO ? SQL_PARAM_SUCCESS_WITH_INFO
                                                  : SQL_PARAM_SUCCESS);
}

bool exec_row_is_cancelled(struct stmt *s, SQLULEN row)
{
    struct fault f;
    if (!atomic_load(&s->cancelled))
        return false;
    int rc = fault(&f, RC_CANCELLED, "cancelled before the row was sent");
    (void)rc; /* it is in f */
    exec_row_end(s, row, exec_row_fault(s, row, &f));
    return true;
}

SQLRETURN exec_row_run(struct stmt *s)
{
    struct run *r = &s->x->run;
    app_put_ulen(s->ipd->hdr.rows_processed_ptr, r->row + 1);
    if (r->is_array && exec_row_is_ignored(s, r->row)) {
        exec_row_status(s, r->row, SQL_PARAM_UNUSED);
        return SQL_SUCCESS;
    }
    if (r->is_array && exec_row_is_cancelled(s, r->row))
        return SQL_SUCCESS;
    SQLRETURN rc = params_await(s, r->row);
    if (rc == SQL_NEED_DATA)
        return rc;
    if (rc == SQL_SUCCESS)
        rc = row_send(s);
    params_row_end(s);
    exec_row_end(s, r->row, rc);
    return SQL_SUCCESS;
}

bool exec_run_is_over(const struct stmt *s)
{
    const struct run *r = &s->x->run;
    return r->is_stopped || (r->nfailed && session_broken(s->dbc->session));
}

static bool changes_nothing(const struct stmt *s)
{
    const struct stmt_exec *x = s->x;
    const struct reply *p = x->result.current;
    return s->dbc->env->odbc_version != SQL_OV_ODBC2 && p && !p->has_rows && !p->affected &&
           !p->next && !x->result.on_wire &&
           (x->kind.kind == SQL_KIND_UPDATE || x->kind.kind == SQL_KIND_DELETE);
}

/* All rows were sent (or the connection is gone): what the application is told.  ODBC reference,
 * SQLExecute: an error in some rows of an array is SQL_SUCCESS_WITH_INFO; without a status array
 * nobody would see it, and a lost connection is more than a failed row: then it is SQL_ERROR. */
static SQLRETURN run_end(struct stmt *s)
{
    struct stmt_exec *x = s->x;
    struct run *r = &x->run;
    bool is_hidden = r->is_array && !s->ipd->hdr.array_status_ptr;
    if (r->is_array && (r->nok || !r->nfailed)) { /* neither: all were to be ignored */
        struct reply *p = x->result.current ? x->result.current : result_add(&x->result);
        if (!p)
            return diag(&s->h, ST_HY001, "no memory for a result");
        if (!p->has_rows)
            p->affected = r->affected;
        bool changed = s->dbc->changed_since_end;
        exec_new_reply(s);
        if (r->is_in_load || !r->nok)
            s->dbc->changed_since_end = changed;
    }
    bool is_lost = r->is_array && session_broken(s->dbc->session);
    if (r->nfailed && (!r->nok || is_hidden || is_lost))
        return SQL_ERROR;
    if (changes_nothing(s) && !r->has_warning && !r->nfailed)
        return SQL_NO_DATA;
    return r->nfailed || r->has_warning ? SQL_SUCCESS_WITH_INFO : SQL_SUCCESS;
}

/* Row by row to the end, or to one that needs data. */
static SQLRETURN rows_run(struct stmt *s)
{
    struct run *r = &s->x->run;
    for (; r->row < r->nrows && !exec_run_is_over(s); r->row++) {
        if (exec_row_run(s) == SQL_NEED_DATA)
            return SQL_NEED_DATA;
    }
    for (; r->row < r->nrows; r->row++)
        exec_row_status(s, r->row, SQL_PARAM_UNUSED);
    return run_end(s);
}

/* Every call of SQLParamData begins without diagnostics, and the last one has those of all rows. */
static SQLRETURN rows_told(struct stmt *s, SQLRETURN rc)
{
    struct diag *earlier = &s->x->earlier;
    if (rc == SQL_NEED_DATA) {
        diag_append(earlier, &s->h.diag);
        return rc;
    }
    diag_append(&s->h.diag, earlier);
    diag_clear(earlier);
    params_forget(s);
    return rc;
}

static SQLRETURN rows_go_on(struct stmt *s)
{
    SQLRETURN rc = s->x->run.is_collecting ? streamload_collect(s) : SQL_SUCCESS;
    return rc == SQL_SUCCESS ? rows_run(s) : rc;
}

/* Are the next rows all there, so many that it pays to try whether they can go together? */
static bool may_go_together(struct stmt *s)
{
    const struct run *r = &s->x->run;
    if (!r->is_array || exec_run_is_over(s) || r->nrows - r->row < ARRAY_FEW)
        return false;
    for (SQLULEN i = 0; i < ARRAY_FEW; i++)
        if (!exec_row_is_ignored(s, r->row + i) && params_needs_data(s, r->row + i))
            return false;
    return true;
}

SQLRETURN exec_resume(struct stmt *s)
{
    SQLRETURN rc = SQL_SUCCESS;
    if (!s->x->run.is_collecting) {
        rc = exec_row_run(s);
        s->x->run.row++;
        if (may_go_together(s))
            rc = array_run(s);
    }
    return rows_told(s, rc == SQL_SUCCESS ? rows_go_on(s) : rc);
}

/* The first rows.  When data is awaited, those that nobody has looked at are told to be so. */
static SQLRETURN rows_start(struct stmt *s)
{
    struct run *r = &s->x->run;
    SQLRETURN rc = rows_go_on(s);
    SQLULEN row = r->is_collecting ? 0 : r->row;
    for (; rc == SQL_NEED_DATA && r->is_array && row < r->nrows; row++)
        exec_row_status(s, row, SQL_PARAM_UNUSED);
    return rows_told(s, rc);
}

/* As many rows as can go together.  What tells of them is reserved: no row can be taken back. */
static SQLRETURN many_start(struct stmt *s, SQLULEN nrows)
{
    s->x->run.nrows = nrows;
    s->x->run.is_array = true;
    if (!result_reserve(&s->x->result))
        return diag(&s->h, ST_HY001, "no memory for a result");
    return array_run(s);
}

/* The text as it is, or prepared where that gives more digits. */
static SQLRETURN exact_start(struct stmt *s)
{
    struct stmt_exec *x = s->x;
    struct fault f;
    bool is_text = true;
    int rc = command_begin(s, &f);
    if (!rc) {
        rc = exact_prepare(s, &is_text, &f);
        if (!rc && !is_text)
            rc = execute_binary(s, &f);
        if ((!rc && is_text) || rc == RC_UNSUPPORTED)
            rc = serverlimit_query(s, (const char *)x->sql.p, x->sql.len, &f);
        command_end(s);
    }
    return rc ? command_fault(s, 0, &f) : reply_take(s);
}

/* A text without values. */
static SQLRETURN text_start(struct stmt *s)
{
    struct stmt_exec *x = s->x;
    if (x->is_load)
        return streamload_execute(s);
    SQLRETURN rc = exact_start(s);
    return rc == SQL_SUCCESS && changes_nothing(s) ? SQL_NO_DATA : rc;
}

/* The text with values, or one that goes as a row all the same. */
static SQLRETURN values_start(struct stmt *s)
{
    struct stmt_exec *x = s->x;
    size_t n = x->markers.n;
    bool is_many = n && s->apd->hdr.array_size > 1;
    SQLRETURN rc = n ? params_ready(s, n) : SQL_SUCCESS;
    if (rc == SQL_SUCCESS && x->is_load && is_many)
        rc = diag(&s->h, ST_HYC00,
                  "STREAM LOAD takes one parameter, not an array; set SQL_ATTR_PARAMSET_SIZE to 1");
    if (rc != SQL_SUCCESS)
        return rc;
    if (is_many || streamload_single(s))
        rc = many_start(s, is_many ? s->apd->hdr.array_size : 1);
    else
        x->run.is_array = exec_row_is_ignored(s, 0); /* an array of one that is not to be sent */
    return rc == SQL_SUCCESS ? rows_start(s) : rc;
}

static SQLRETURN run_start(struct stmt *s)
{
    struct stmt_exec *x = s->x;
    SQLRETURN rc = exec_follow_mode(s);
    if (rc != SQL_SUCCESS)
        return rc;
    serverlimit_follow(s);
    x->run = (struct run){.nrows = 1};
    diag_clear(&x->earlier);
    command_call(s);
    if (x->returns)
        return diag(&s->h, ST_HYC00,
                    "a function's result as output parameter is not supported; write SELECT f(?)");
    app_put_ulen(s->ipd->hdr.rows_processed_ptr, x->markers.n ? 0 : 1);
    return x->markers.n || streamload_single(s) ? values_start(s) : text_start(s);
}

void exec_abandon(struct stmt *s)
{
    struct stmt_exec *x = s->x;
    if (x->adding) {
        bulk_abandon(s); /* the cursor stays */
        return;
    }
    x->params.wait = WAIT_NONE;
    diag_clear(&x->earlier);
    streamload_abandon(s);
    if (x->on_server && x->server.long_data_sent) {
        wire_stmt_close(s->dbc->session, &x->server); /* what was sent ahead must not stay */
        x->on_server = false;
    }
    params_forget(s);
    if (!x->prepared)
        exec_forget_text(s);
}

/* --- entries ---------------------------------------------------------------------------------- */

SQLRETURN exec_can_start(struct stmt *s)
{
    if (!s->dbc->session)
        return diag(&s->h, ST_08003, "the connection is not open");
    if (stmt_needs_data(s))
        return diag(&s->h, ST_HY010, "the statement waits for parameter data (SQLParamData)");
    if (stmt_has_cursor(s))
        return diag(&s->h, ST_24000, "a cursor is open on the statement; close it first");
    stmt_close(s);
    return SQL_SUCCESS;
}

SQLRETURN stmt_prepare(SQLHSTMT h, struct text_arg sql)
{
    struct stmt *s = stmt_enter_sending(h);
    if (!s)
        return stmt_not_entered(h);
    SQLRETURN rc = exec_can_start(s);
    if (rc != SQL_SUCCESS)
        return stmt_leave(s, rc); /* what was prepared before stays */
    rc = text_take(s, sql);
    s->x->prepared = rc == SQL_SUCCESS;
    return stmt_leave(s, rc);
}

SQLRETURN stmt_execute(SQLHSTMT h)
{
    struct stmt *s = stmt_enter_sending(h);
    if (!s)
        return stmt_not_entered(h);
    SQLRETURN rc = SQL_SUCCESS;
    if (!s->x->prepared)
        rc = diag(&s->h, ST_HY010, "no statement was prepared");
    if (rc == SQL_SUCCESS)
        rc = exec_can_start(s);
    return stmt_leave(s, rc == SQL_SUCCESS ? run_start(s) : rc);
}

SQLRETURN exec_text(struct stmt *s, const char *sql, size_t n)
{
    SQLRETURN rc = text_take(s, in_a((const SQLCHAR *)sql, (SQLLEN)n));
    return rc == SQL_SUCCESS ? run_start(s) : rc;
}

SQLRETURN stmt_exec_direct(SQLHSTMT h, struct text_arg sql)
{
    struct stmt *s = stmt_enter_sending(h);
    if (!s)
        return stmt_not_entered(h);
    SQLRETURN rc = exec_can_start(s);
    if (rc == SQL_SUCCESS)
        rc = text_take(s, sql);
    return stmt_leave(s, rc == SQL_SUCCESS ? run_start(s) : rc);
}

/* The OK that ends a CALL is not a result of its own. */
static bool is_end_of_call(const struct stmt_exec *x)
{
    const struct reply *p = x->result.current;
    return x->kind.kind == SQL_KIND_CALL && x->kind.statements == 1 && !p->has_rows && !p->next &&
           !x->result.on_wire;
}

static SQLRETURN more_results(struct stmt *s)
{
    struct stmt_exec *x = s->x;
    if (stmt_needs_data(s))
        return diag(&s->h, ST_HY010, "the statement waits for parameter data");
    if (!x->executed)
        return SQL_NO_DATA;
    struct fault f;
    bool on_wire = x->result.on_wire;
    if (on_wire)
        reading_begin(s);
    int got = result_next(&x->result, s->dbc->session, &f);
    if (on_wire)
        command_end(s);
    if (got == 1 && !is_end_of_call(x)) {
        exec_new_reply(s);
        return SQL_SUCCESS;
    }
    SQLRETURN rc = got < 0 ? command_fault(s, 0, &f) : SQL_NO_DATA;
    if (got >= 0 || !x->result.current)
        stmt_close(s);
    return rc;
}

SQLRETURN stmt_more_results(SQLHSTMT h)
{
    struct stmt *s = stmt_enter_sending(h);
    return s ? stmt_leave(s, more_results(s)) : stmt_not_entered(h);
}

SQLRETURN stmt_row_count(SQLHSTMT h, SQLLEN *out)
{
    struct stmt *s = stmt_enter(h);
    if (!s)
        return stmt_not_entered(h);
    const struct reply *p = s->x->result.current;
    SQLRETURN rc = SQL_SUCCESS;
    if (!s->x->executed || stmt_needs_data(s))
        rc = diag(&s->h, ST_HY010, "no statement was executed");
    else if (p && !p->has_rows)
        app_put_len(out, (SQLLEN)p->affected);
    else
        app_put_len(out, s->x->bulk_rows >= 0 ? s->x->bulk_rows : fetch_count(s));
    return stmt_leave(s, rc);
}

SQLRETURN stmt_num_params(SQLHSTMT h, SQLSMALLINT *out)
{
    struct stmt *s = stmt_enter(h);
    if (!s)
        return stmt_not_entered(h);
    SQLRETURN rc = SQL_SUCCESS;
    if (!s->x->has_sql || stmt_needs_data(s))
        rc = diag(&s->h, ST_HY010, "no statement was prepared");
    else
        rc = exec_follow_mode(s);
    if (rc == SQL_SUCCESS)
        app_put16(out, (SQLSMALLINT)(s->x->markers.n < INT16_MAX ? s->x->markers.n : INT16_MAX));
    return stmt_leave(s, rc);
}
