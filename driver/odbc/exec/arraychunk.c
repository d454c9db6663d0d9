/* arraychunk.c - rows of an array that go as one statement: MariaDB's bulk execute, and INSERT with
 * many rows of values.  Both collect rows in a chunk, send it, and look for the failing rows by
 * halving.  The rules are in array.h. */
#include <stdlib.h>
#include <string.h>

#include "base/wire_type.h"
#include "odbc/exec/array.h"
#include "odbc/exec/bulkrow.h"
#include "odbc/exec/exec.h"
#include "odbc/exec/prepare.h"
#include "odbc/exec/serverlimit.h"
#include "wire/bulk.h"
#include "wire/cmd.h"

#define CHUNK_TEXT_BYTES ((size_t)128 << 10) /* MySQL is slower with longer texts */
#define CHUNK_BYTES      ((size_t)2 << 20)
#define CHUNK_SINGLE     4u    /* so many rows or fewer are not halved further */
#define CHUNK_HALVES     64u   /* after so many failures the rest goes by itself */
#define PACKET_SPARE     1024u /* of max_allowed_packet, for the head of the command */

struct chunk {
    const struct chunk_form *form;
    struct buf bytes;       /* the rows, one after the other */
    struct array_row *rows; /* nrows of cap */
    size_t nrows, cap;
    size_t max_bytes, max_rows;
    size_t ndone; /* rows that have their status */
    unsigned nfailures;
    struct wire_param *types; /* bulk: of each parameter; MYSQL_TYPE_NULL: not known yet */
    struct bulk_rows quick;   /* bulk */
};

/* put - append a row to chunk->bytes; SQL_NO_DATA if it cannot stand behind the rows that are
 * there; its warnings are told then. put_quickly - the same for a row about which there is nothing
 * to say; else false, and nothing is appended; NULL: no such way. send - rows from..to, one
 * statement. */
struct chunk_form {
    size_t max_bytes;
    SQLRETURN (*put)(struct stmt *s, struct chunk *c, SQLULEN row);
    bool (*put_quickly)(struct stmt *s, struct chunk *c, SQLULEN row);
    int (*send)(struct stmt *s, struct chunk *c, size_t from, size_t to, struct fault *f);
};

static bool chunk_init(struct stmt *s, struct chunk *c, const struct chunk_form *form)
{
    const struct array_facts *a = &s->x->array.facts;
    size_t room = a->max_packet > 2 * PACKET_SPARE + s->x->sql.len
                      ? a->max_packet - PACKET_SPARE - s->x->sql.len
                      : PACKET_SPARE;
    *c = (struct chunk){.form = form,
                        .max_bytes = room < form->max_bytes ? room : form->max_bytes,
                        .max_rows = session_product(s->dbc->session)->insert_rows};
    SQLULEN n = s->x->run.nrows - s->x->run.row;
    c->cap = n < c->max_rows ? n : c->max_rows;
    c->rows = malloc(c->cap * sizeof *c->rows);
    c->types = calloc(s->x->params.n + 1, sizeof *c->types);
    return c->rows && c->types && bulkrow_init(s, &c->quick);
}

static void chunk_forget(struct chunk *c)
{
    buf_reset(&c->bytes);
    c->nrows = c->ndone = 0;
    c->nfailures = 0;
    bulkrow_types(&c->quick, c->types);
}

static void chunk_clear(struct chunk *c)
{
    buf_clear(&c->bytes);
    free(c->rows);
    free(c->types);
    bulkrow_clear(&c->quick);
}

/* --- sending ---------------------------------------------------------------------------------- */

static void rows_done(struct stmt *s, const struct chunk *c, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        run_row_end(s, c->rows[i].row,
                    c->rows[i].has_warning ? SQL_SUCCESS_WITH_INFO : SQL_SUCCESS);
}

/* The statement did not end as one that failed: the connection is gone, or nothing may follow. */
static void rows_over(struct stmt *s, struct chunk *c, size_t from, size_t to, struct fault *f)
{
    SQLULEN first = c->rows[from].row;
    bool is_lost = session_broken(s->dbc->session);
    if (is_lost)
        (void)fault_prefix(f,
                           "rows %lu to %lu went together, and whether they were stored is not "
                           "known: ",
                           (unsigned long)first + 1, (unsigned long)c->rows[to - 1].row + 1);
    run_row_end(s, first, run_row_fault(s, first, f));
    for (size_t i = from + 1; is_lost && i < to; i++)
        run_row_status(s, c->rows[i].row, SQL_PARAM_DIAG_UNAVAILABLE);
    c->ndone = is_lost ? to : from + 1;
    s->x->run.is_stopped = true;
}

/* One statement of rows from..to.  0: done; 1: failed and left nothing behind; -1: the run is
 * over. */
static int range_try(struct stmt *s, struct chunk *c, size_t from, size_t to)
{
    struct session *w = s->dbc->session;
    struct fault f;
    int rc = command_begin(s, &f);
    if (!rc) {
        rc = c->form->send(s, c, from, to, &f);
        if (!rc) {
            s->x->run.affected += session_reply(w)->affected;
            int skipped = session_skip(w, &f); /* no rows are due, and none are wanted */
            (void)skipped;
        }
        command_end(s);
    }
    if (!rc) {
        rows_done(s, c, from, to);
        c->ndone = to;
        return 0;
    }
    if (rc == RC_SERVER && !command_was_stopped(s, &f) && !array_lost_transaction(s, &f))
        return 1;
    if ((rc == RC_UNSUPPORTED || rc == RC_TOO_LARGE) && !session_broken(w))
        return 1;
    rows_over(s, c, from, to, &f);
    return -1;
}

/* Rows from..to: together, else in halves, else alone. */
static void range_run(struct stmt *s, struct chunk *c, size_t from, size_t to)
{
    if (run_row_stop_if_cancelled(s, c->rows[from].row)) {
        c->ndone = from + 1;
        return;
    }
    bool is_together = to - from > CHUNK_SINGLE && c->nfailures < CHUNK_HALVES;
    int outcome = is_together ? range_try(s, c, from, to) : 1;
    if (outcome != 1)
        return;
    if (!is_together) {
        array_pipe_some(s, &c->rows[from], to - from);
        c->ndone = to;
        return;
    }
    c->nfailures++;
    size_t middle = from + (to - from) / 2;
    range_run(s, c, from, middle);
    if (!run_is_over(s))
        range_run(s, c, middle, to);
}

static void chunk_send(struct stmt *s, struct chunk *c)
{
    if (c->nrows)
        range_run(s, c, 0, c->nrows);
    for (size_t i = c->ndone; i < c->nrows; i++) /* the run is over */
        run_row_status(s, c->rows[i].row, SQL_PARAM_UNUSED);
    chunk_forget(c);
}

/* --- collecting ------------------------------------------------------------------------------- */

/* Rows up to here may go together: all, or all but the last that is executed (LAST_INSERT_ID). */
static SQLULEN rows_end(const struct stmt *s)
{
    SQLULEN end = s->x->run.nrows;
    if (!s->x->array.facts.has_auto_increment)
        return end;
    while (end && run_row_is_ignored(s, end - 1))
        end--;
    return end ? end - 1 : 0;
}

/* One more row stands in the chunk.  The first tells how long they are: room for all, at once. */
static void chunk_count(struct chunk *c, struct array_row row)
{
    c->rows[c->nrows++] = row;
    if (c->nrows == 1) {
        size_t all = c->bytes.len * c->cap;
        all = all < c->max_bytes ? all : c->max_bytes;
        (void)buf_reserve(&c->bytes, all > c->bytes.len ? all - c->bytes.len : 0); /* or later */
    }
}

static SQLRETURN row_put(struct stmt *s, struct chunk *c, SQLULEN row)
{
    if (c->nrows == c->cap || c->bytes.len >= c->max_bytes)
        chunk_send(s, c);
    if (run_is_over(s))
        return SQL_NO_DATA;
    size_t at = c->bytes.len;
    SQLRETURN rc = c->form->put(s, c, row);
    if (rc == SQL_NO_DATA || (SQL_SUCCEEDED(rc) && at && c->bytes.len > c->max_bytes)) {
        c->bytes.len = at;
        chunk_send(s, c);
        if (run_is_over(s))
            return SQL_NO_DATA;
        at = 0;
        run_row_told(s, row);
        rc = c->form->put(s, c, row);
    }
    if (SQL_SUCCEEDED(rc))
        chunk_count(c, (struct array_row){
                           .row = row, .at = at, .has_warning = rc == SQL_SUCCESS_WITH_INFO});
    return rc;
}

/* Rows from run.row on, up to the first that wants more care or does not fit. */
static void rows_put_quickly(struct stmt *s, struct chunk *c, SQLULEN end)
{
    struct run *r = &s->x->run;
    while (r->row < end && c->nrows < c->cap && c->bytes.len < c->max_bytes &&
           !run_row_is_ignored(s, r->row)) {
        size_t at = c->bytes.len;
        if (!c->form->put_quickly(s, c, r->row))
            return;
        if (at && c->bytes.len > c->max_bytes) {
            c->bytes.len = at;
            return;
        }
        chunk_count(c, (struct array_row){.row = r->row++, .at = at});
    }
}

static SQLRETURN chunks_run(struct stmt *s, const struct chunk_form *form)
{
    struct run *r = &s->x->run;
    struct chunk c;
    SQLRETURN rc = SQL_SUCCESS;
    if (!chunk_init(s, &c, form)) {
        rc = diag(&s->h, ST_HY001, "no memory for the rows of the array");
        goto out;
    }
    chunk_forget(&c);
    SQLULEN end = rows_end(s);
    while (r->row < end && !run_is_over(s)) {
        if (form->put_quickly)
            rows_put_quickly(s, &c, end);
        if (r->row < end && run_row_is_ignored(s, r->row)) {
            run_row_status(s, r->row++, SQL_PARAM_UNUSED);
            continue;
        }
        if (r->row == end || params_needs_data(s, r->row))
            break;
        SQLULEN row = r->row;
        SQLRETURN put = row_put(s, &c, row);
        if (put == SQL_NO_DATA)
            break; /* the run is over; run.row says where */
        if (!SQL_SUCCEEDED(put))
            run_row_end(s, row, put);
        r->row = row + 1;
    }
    if (!run_is_over(s))
        chunk_send(s, &c);
out:
    chunk_clear(&c);
    return rc;
}

/* --- rows of values --------------------------------------------------------------------------- */

static SQLRETURN rows_put(struct stmt *s, struct chunk *c, SQLULEN row)
{
    return params_tuple(s, row, &c->bytes);
}

static size_t row_end(const struct chunk *c, size_t i)
{
    return i < c->nrows ? c->rows[i].at : c->bytes.len;
}

static int rows_send(struct stmt *s, struct chunk *c, size_t from, size_t to, struct fault *f)
{
    const struct stmt_exec *x = s->x;
    size_t at = c->rows[from].at, end = row_end(c, to) - 1; /* without the last ',' */
    struct wire_text rows = {(const char *)c->bytes.p + at, end - at};
    struct buf *head = &s->x->params.text;
    buf_reset(head);
    serverlimit_put(s, (const char *)x->sql.p, x->array.insert.tuple.at, head);
    if (!buf_ok(head))
        return fault(f, RC_MEMORY, "no memory for the statement");
    struct wire_text begin = {(const char *)head->p, head->len};
    return session_query_parts(s->dbc->session, begin, rows, f);
}

enum array_fit array_rows_fits(struct stmt *s)
{
    return s->x->run.nrows >= ARRAY_FEW && array_insert(s) && array_learn(s) ? ARRAY_YES : ARRAY_NO;
}

SQLRETURN array_rows_run(struct stmt *s)
{
    static const struct chunk_form form = {CHUNK_TEXT_BYTES, rows_put, NULL, rows_send};
    return chunks_run(s, &form);
}

/* --- bulk execute ----------------------------------------------------------------------------- */

/* The values' types are told once a chunk: another one begins another chunk. */
static bool types_agree(struct stmt *s, struct chunk *c)
{
    const struct params *p = &s->x->params;
    for (size_t i = 0; i < p->n; i++) {
        const struct wire_param *w = &p->wire[i], *t = &c->types[i];
        bool is_open = w->type == MYSQL_TYPE_NULL || t->type == MYSQL_TYPE_NULL;
        if (!is_open && (w->type != t->type || w->is_unsigned != t->is_unsigned))
            return false;
    }
    for (size_t i = 0; i < p->n; i++) {
        if (p->wire[i].type != MYSQL_TYPE_NULL)
            c->types[i] =
                (struct wire_param){.type = p->wire[i].type, .is_unsigned = p->wire[i].is_unsigned};
    }
    return true;
}

static SQLRETURN bulk_put(struct stmt *s, struct chunk *c, SQLULEN row)
{
    struct params *p = &s->x->params;
    SQLRETURN rc = params_binary(s, row);
    if (!SQL_SUCCEEDED(rc))
        return rc;
    if (!types_agree(s, c))
        return SQL_NO_DATA;
    struct fault f;
    if (cmd_bulk_row(&c->bytes, p->wire, p->n, &f))
        return diag_fault_at(&s->h, (SQLLEN)row + 1, &f);
    if (!buf_ok(&c->bytes))
        return diag_at(&s->h, (SQLLEN)row + 1, 0, ST_HY001, "no memory for the row's values");
    return rc;
}

static bool bulk_put_quickly(struct stmt *s, struct chunk *c, SQLULEN row)
{
    return bulkrow_put(s, &c->quick, row, c->types, &c->bytes);
}

static int bulk_send(struct stmt *s, struct chunk *c, size_t from, size_t to, struct fault *f)
{
    struct stmt_exec *x = s->x;
    int rc = prepare_on_server(s, f);
    if (rc)
        return rc;
    for (size_t i = 0; i < x->markers.n; i++) {
        if (c->types[i].type == MYSQL_TYPE_NULL) /* all NULL so far: any type will do */
            c->types[i].type = MYSQL_TYPE_VAR_STRING;
    }
    size_t at = c->rows[from].at;
    return session_bulk(s->dbc->session, &x->server, c->types, c->bytes.p + at, row_end(c, to) - at,
                        f);
}

/* Prepared on the server, without a result? */
static bool is_prepared(struct stmt *s)
{
    struct fault f;
    int rc = command_begin(s, &f);
    if (!rc) {
        rc = prepare_on_server(s, &f);
        command_end(s);
    }
    return !rc && !s->x->server.ncols;
}

enum array_fit array_bulk_fits(struct stmt *s)
{
    bool can = session_can_bulk(s->dbc->session) && s->x->run.nrows >= ARRAY_FEW &&
               prepare_can(s) && array_insert(s);
    return can && array_learn(s) && is_prepared(s) ? ARRAY_YES : ARRAY_NO;
}

SQLRETURN array_bulk_run(struct stmt *s)
{
    static const struct chunk_form form = {CHUNK_BYTES, bulk_put, bulk_put_quickly, bulk_send};
    return chunks_run(s, &form);
}
