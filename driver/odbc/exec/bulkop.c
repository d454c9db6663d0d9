/* bulkop.c - SQLBulkOperations. */
#include "odbc/exec/bulkop.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "odbc/exec/describe.h"
#include "odbc/exec/exec.h"
#include "odbc/exec/paramdata.h"
#include "odbc/exec/stmt.h"
#include "odbc/handle/app.h"
#include "odbc/handle/descfield.h"
#include "odbc/handle/runner.h"
#include "sql/literal.h"
#include "sql/select.h"

/* Rows that are being added. */
struct bulk_add {
    struct stmt *inner;   /* its parameters are the bound columns; owned */
    SQLUSMALLINT *status; /* of its rows, n; owned */
    SQLINTEGER *columns;  /* by parameter: which column it is; owned */
    SQLINTEGER ncolumns;
    const struct stmt_runner *before; /* of the cursor's statement */
    SQLULEN n;
    SQLULEN ntold; /* so many rows were told in the row status array, the last one being at work */
};

/* --- what is inserted ------------------------------------------------------------------------- */

static bool is_bound(const struct desc_rec *a)
{
    return a && (a->data_ptr || a->octet_length_ptr || a->indicator_ptr);
}

/* The bound columns' common table, by its first column.  NULL: raised. */
static const struct wire_column *find_table(struct stmt *s)
{
    const struct reply *p = s->cursor->result.current;
    const struct wire_column *table = NULL;
    for (size_t i = 0; i < p->ncols; i++) {
        const struct wire_column *c = &p->cols[i];
        if (!is_bound(desc_rec_at(s->ard, (SQLSMALLINT)(i + 1))))
            continue;
        bool is_same = !table || (!strcmp(c->org_table, table->org_table) &&
                                  !strcmp(c->schema, table->schema));
        if (!*c->org_table || !*c->org_name || !is_same) {
            diag_at(&s->h, 0, (SQLINTEGER)(i + 1), ST_HYC00,
                    "column %zu (%s) is not a column of the one table that rows can be added to",
                    i + 1, c->name);
            return NULL;
        }
        table = table ? table : c;
    }
    if (!table)
        diag(&s->h, ST_21S02, "no column is bound: there is nothing to add");
    return table;
}

/* A column's name in its table; the servers that do not tell it are asked for plain names only. */
static const char *name_of(const struct wire_column *c)
{
    return *c->org_name ? c->org_name : c->name;
}

/* Servers that do not tell a column's table: then the statement's text must.  False: raised. */
static bool table_by_text(struct stmt *s, struct buf *sql)
{
    const struct stmt_exec *x = s->x;
    struct sql_span table;
    const char *text = (const char *)x->sql.p;
    if (!x->has_sql || !sql_select_table(text, x->sql.len, x->mode, &table)) {
        diag(&s->h, ST_HYC00,
             "the server does not tell of which table the columns are, and the statement is not "
             "SELECT names FROM t: rows cannot be added");
        return false;
    }
    buf_put(sql, text + table.at, table.len);
    return true;
}

/* "db.t" for the columns that are bound.  False: raised. */
static bool put_table(struct stmt *s, struct buf *sql)
{
    if (!session_product(s->dbc->session)->tells_tables)
        return table_by_text(s, sql);
    const struct wire_column *table = find_table(s);
    if (!table)
        return false;
    if (*table->schema) {
        sql_put_name(sql, table->schema, strlen(table->schema));
        buf_putc(sql, '.');
    }
    sql_put_name(sql, table->org_table, strlen(table->org_table));
    return true;
}

static bool insert_text(struct stmt *s, struct buf *sql)
{
    const struct reply *p = s->cursor->result.current;
    const char *before = " (";
    size_t n = 0;
    buf_puts(sql, "INSERT INTO ");
    if (!put_table(s, sql))
        return false;
    for (size_t i = 0; i < p->ncols; i++) {
        if (!is_bound(desc_rec_at(s->ard, (SQLSMALLINT)(i + 1))))
            continue;
        buf_puts(sql, before);
        sql_put_name(sql, name_of(&p->cols[i]), strlen(name_of(&p->cols[i])));
        before = ", ";
        n++;
    }
    if (!n) {
        diag(&s->h, ST_21S02, "no column is bound: there is nothing to add");
        return false;
    }
    buf_puts(sql, ") VALUES (?");
    while (--n)
        buf_puts(sql, ", ?");
    buf_putc(sql, ')');
    return true;
}

/* --- the columns' buffers as parameters ------------------------------------------------------- */

static bool bind_column(struct stmt *s, struct stmt *inner, size_t column, SQLSMALLINT n)
{
    const struct desc_rec *a = desc_rec_at(s->ard, (SQLSMALLINT)(column + 1));
    const struct desc_rec *i = desc_rec_at(s->ird, (SQLSMALLINT)(column + 1));
    struct desc_rec *apd = desc_rec_make(inner->apd, n);
    struct desc_rec *ipd = desc_rec_make(inner->ipd, n);
    if (!apd || !ipd || !i)
        return false;
    *apd = *a;
    (void)desc_set_type(inner->ipd, ipd, i->concise_type); /* the IRD has only SQL types */
    ipd->parameter_type = SQL_PARAM_INPUT;
    ipd->length = i->length;
    ipd->precision = i->precision;
    ipd->scale = i->scale;
    ipd->is_unsigned = i->is_unsigned;
    return true;
}

static bool bind_columns(struct stmt *s, struct bulk_add *a)
{
    struct stmt *inner = a->inner;
    SQLSMALLINT n = 0;
    size_t ncols = s->cursor->result.current->ncols;
    a->columns = calloc(ncols, sizeof *a->columns);
    for (size_t i = 0; a->columns && i < ncols; i++) {
        if (!is_bound(desc_rec_at(s->ard, (SQLSMALLINT)(i + 1))))
            continue;
        if (!bind_column(s, inner, i, ++n))
            return false;
        a->columns[a->ncolumns++] = (SQLINTEGER)(i + 1);
    }
    inner->apd->hdr.array_size = s->ard->hdr.array_size;
    inner->apd->hdr.bind_type = s->ard->hdr.bind_type;
    inner->apd->hdr.bind_offset_ptr = s->ard->hdr.bind_offset_ptr;
    desc_changed(inner->apd);
    desc_changed(inner->ipd);
    return a->columns;
}

/* --- outcome ---------------------------------------------------------------------------------- */

static SQLUSMALLINT row_status(SQLUSMALLINT status, bool is_done)
{
    switch (status) {
    case SQL_PARAM_DIAG_UNAVAILABLE: /* one of several, and nobody knows which */
        return is_done ? SQL_ROW_SUCCESS_WITH_INFO : SQL_ROW_ERROR;
    case SQL_PARAM_SUCCESS:
        return SQL_ROW_ADDED;
    case SQL_PARAM_SUCCESS_WITH_INFO:
        return SQL_ROW_SUCCESS_WITH_INFO;
    case SQL_PARAM_UNUSED:
        return SQL_ROW_NOROW;
    default:
        return SQL_ROW_ERROR;
    }
}

/* Statuses of rows: all at the first call and at the last, else of those that are done since. */
static void tell_statuses(struct stmt *s, struct bulk_add *a, SQLRETURN rc)
{
    SQLUSMALLINT *out = s->ird->hdr.array_status_ptr;
    bool is_between = rc == SQL_NEED_DATA && a->ntold;
    SQLULEN end = is_between ? a->inner->x->run.row : a->n;
    for (SQLULEN i = is_between ? a->ntold - 1 : 0; out && i < end; i++)
        app_put_status(out, i, row_status(a->status[i], SQL_SUCCEEDED(rc)));
    a->ntold = a->inner->x->run.row + 1;
}

/* A record of the inner statement, whose parameters are columns here. */
static void repeat(struct stmt *s, const struct bulk_add *a, const struct diag_rec *r)
{
    static const char parameter[] = "] parameter ";
    char text[2048]; /* longer than any message */
    struct diag_rec copy = *r;
    if (r->column > 0 && r->column <= a->ncolumns) {
        const char *rest = strstr(r->text, parameter);
        copy.column = a->columns[r->column - 1];
        if (rest) {
            rest += sizeof parameter - 1;
            rest += strspn(rest, "0123456789");
            (void)snprintf(text, sizeof text, "] column %d%s", (int)copy.column, rest);
            copy.text = text;
        }
    }
    (void)diag_repeat(&s->h, &copy); /* its rc is that of the call */
}

/* A call that went to the inner statement: its records, and how far the rows are.  What is written
 * now stays true if the rest is given up. */
static void take_outcome(struct stmt *s, struct bulk_add *a, SQLRETURN rc)
{
    const struct stmt_exec *x = a->inner->x;
    const struct reply *one = a->inner->cursor->result.current;
    SQLULEN added = 0;
    for (size_t i = 0; i < diag_count(&a->inner->h.diag); i++)
        repeat(s, a, diag_get(&a->inner->h.diag, i));
    tell_statuses(s, a, rc);
    s->cursor->bulk_rows = (SQLLEN)x->run.affected;
    if (one && !x->run.is_array)
        s->cursor->bulk_rows = (SQLLEN)one->affected;
    s->h.diag.row_count = s->cursor->bulk_rows;
    added = (SQLULEN)s->cursor->bulk_rows;
    app_put_ulen(s->ird->hdr.rows_processed_ptr, added);
}

/* --- running ---------------------------------------------------------------------------------- */

static void add_free(struct bulk_add *a)
{
    if (!a)
        return;
    stmt_free(a->inner);
    free(a->status);
    free(a->columns);
    free(a);
}

static struct bulk_add *add_new(struct stmt *s)
{
    struct bulk_add *a = calloc(1, sizeof *a);
    if (!a)
        return NULL;
    a->n = s->ard->hdr.array_size;
    a->status = calloc(a->n, sizeof *a->status);
    a->inner = stmt_new(s->dbc);
    if (!a->status || !a->inner) {
        add_free(a);
        return NULL;
    }
    for (SQLULEN i = 0; i < a->n; i++)
        a->status[i] = SQL_PARAM_UNUSED;
    a->inner->ipd->hdr.array_status_ptr = a->status;
    a->inner->noscan = SQL_NOSCAN_ON; /* the names are as they are */
    a->inner->query_timeout = s->query_timeout;
    return a;
}

/* Between these the inner statement works: SQLCancel goes on to it, and it has what is said about
 * loads, and what came of the last. */
static void inner_begin(struct stmt *s, struct bulk_add *a)
{
    diag_clear(&a->inner->h.diag);
    a->inner->load_own = s->load_own;
    command_inner(s, a->inner);
}

static void inner_end(struct stmt *s, struct bulk_add *a)
{
    command_inner(s, NULL);
    s->load_own = a->inner->load_own;
    a->inner->load_own = NULL;
}

static const struct stmt_runner bulk_runner;

static void add_begin(struct stmt *s, struct bulk_add *a)
{
    s->x->adding = a;
    a->before = s->runner;
    s->runner = &bulk_runner;
}

static void add_over(struct stmt *s)
{
    struct bulk_add *a = s->x->adding;
    s->runner = a->before;
    s->x->adding = NULL;
    s->wait = WAIT_NONE;
    add_free(a);
}

/* The inner statement came back: all is done, or data is awaited. */
static SQLRETURN add_leave(struct stmt *s, struct bulk_add *a, SQLRETURN rc)
{
    inner_end(s, a);
    if (a->n == 1 && rc != SQL_NEED_DATA) /* a single execution has no status array of its own */
        a->status[0] = SQL_SUCCEEDED(rc) ? SQL_PARAM_SUCCESS : SQL_PARAM_ERROR;
    take_outcome(s, a, rc);
    if (rc == SQL_NEED_DATA) {
        s->wait = a->inner->wait;
        return rc;
    }
    add_over(s);
    return rc;
}

static SQLRETURN bulk_add(struct stmt *s)
{
    struct buf sql;
    buf_init(&sql, 0);
    struct bulk_add *a = NULL;
    command_call(s);
    SQLRETURN rc = stmt_describe(s);
    if (rc != SQL_SUCCESS)
        goto out;
    if (!insert_text(s, &sql)) {
        rc = SQL_ERROR;
        goto out;
    }
    a = add_new(s);
    if (!a || !buf_ok(&sql) || !bind_columns(s, a)) {
        rc = diag(&s->h, ST_HY001, "no memory to add %lu rows",
                  (unsigned long)s->ard->hdr.array_size);
        goto out;
    }
    add_begin(s, a);
    inner_begin(s, a);
    rc = add_leave(s, a, exec_text(a->inner, (const char *)sql.p, sql.len));
    a = NULL;
out:
    add_free(a);
    buf_clear(&sql);
    return rc;
}

/* --- data at execution ------------------------------------------------------------------------ */

static SQLRETURN bulk_data(struct stmt *s, SQLPOINTER *token)
{
    struct bulk_add *a = s->x->adding;
    inner_begin(s, a);
    return add_leave(s, a, params_data(a->inner, token));
}

/* Success leaves the wait to go on. */
static SQLRETURN bulk_put(struct stmt *s, SQLPOINTER data, SQLLEN len)
{
    struct bulk_add *a = s->x->adding;
    inner_begin(s, a);
    SQLRETURN rc = params_put(a->inner, data, len);
    if (!SQL_SUCCEEDED(rc))
        return add_leave(s, a, rc);
    inner_end(s, a);
    return rc;
}

/* While it waits; the cursor stays.  Nothing else of it is asked for then. */
static const struct stmt_runner bulk_runner = {
    .data = bulk_data,
    .put = bulk_put,
    .abandon = add_over,
};

/* --- entry ------------------------------------------------------------------------------------ */

static SQLRETURN bulk_operations(struct stmt *s, SQLSMALLINT operation)
{
    if (operation != SQL_ADD && operation != SQL_UPDATE_BY_BOOKMARK &&
        operation != SQL_DELETE_BY_BOOKMARK && operation != SQL_FETCH_BY_BOOKMARK)
        return diag(&s->h, ST_HY092, "%d is not an operation", operation);
    if (operation != SQL_ADD)
        return diag(&s->h, ST_HYC00,
                    "rows have no bookmarks; of SQLBulkOperations there is "
                    "SQL_ADD");
    if (stmt_needs_data(s))
        return diag(&s->h, ST_HY010, "the statement waits for parameter data");
    if (!stmt_has_cursor(s))
        return diag(&s->h, ST_24000, "there is no open result, whose table rows could be added to");
    return bulk_add(s);
}

SQLRETURN stmt_bulk_operations(SQLHSTMT h, SQLSMALLINT operation)
{
    struct stmt *s = stmt_enter_sending(h);
    return s ? stmt_leave(s, bulk_operations(s, operation)) : stmt_not_entered(h);
}
