/* fetch.c - rows into the application's buffers.
 *
 * row_give is the hot path: for each bound column one indirect call and one or two stores.
 * Everything else happens once a rowset, once a binding, or when something is wrong. */
#include "odbc/result/fetch.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/wire_type.h"
#include "odbc/command/cancel.h"
#include "odbc/handle/app.h"
#include "odbc/handle/descfield.h"
#include "odbc/result/convert.h"
#include "odbc/result/cursor.h"
#include "odbc/result/scroll.h"

#define FETCH_COLUMNS RESULT_COLUMNS

void fetch_clear(struct fetch *f)
{
    free(f->cols);
    free(f->kept);
    free(f->cut);
    arena_clear(&f->keep);
    *f = (struct fetch){0};
}

void fetch_restart(struct fetch *f)
{
    f->row = NULL;
    f->row_on_wire = false;
    f->nrows = f->first = f->position = f->delivered = 0;
    f->began = f->ended = false;
}

bool fetch_save_row(struct stmt *s)
{
    struct fetch *f = &s->cursor->fetch;
    if (!f->row || !f->row_on_wire)
        return true;
    arena_reset(&f->keep);
    f->row = result_copy_row(&f->keep, f->row, s->cursor->result.current->ncols);
    f->row_on_wire = false;
    return f->row != NULL;
}

struct cell fetch_limit(const struct cell *c, const struct wire_column *col, SQLULEN max_length)
{
    bool is_text = col->type == MYSQL_TYPE_VARCHAR || col->type == MYSQL_TYPE_VECTOR ||
                   col->type >= MYSQL_TYPE_JSON;
    if (!c->p || !max_length || c->len <= max_length || !is_text ||
        col->type == MYSQL_TYPE_NEWDECIMAL)
        return *c;
    size_t keep = col->charset == CONV_CHARSET_BINARY
                      ? (size_t)max_length
                      : text_floor((const char *)c->p, c->len, (size_t)max_length);
    return (struct cell){c->p, keep};
}

/* --- plans ------------------------------------------------------------------------------------ */

static enum conv_status refuse_pair(const struct conv_plan *p, const struct cell *c, void *dst,
                                    size_t cap, SQLLEN *len)
{
    (void)p, (void)c, (void)dst, (void)cap, (void)len;
    return CONV_PAIR;
}

static enum conv_status refuse_ctype(const struct conv_plan *p, const struct cell *c, void *dst,
                                     size_t cap, SQLLEN *len)
{
    (void)p, (void)c, (void)dst, (void)cap, (void)len;
    return CONV_CTYPE;
}

static void plan_column(struct fetch_col *c, const struct desc *ard, const struct desc_rec *rec,
                        const struct wire_column *col, bool is_binary, const struct conv_opts *o)
{
    struct conv_source source = convert_source(col, is_binary);
    struct conv_target target = convert_target(rec, rec->concise_type);
    enum conv_status st = plan_bind(&c->plan, &source, &target, o);
    if (st != CONV_OK) {
        c->plan = (struct conv_plan){.fn = st == CONV_CTYPE ? refuse_ctype : refuse_pair,
                                     .ctype_id = rec->concise_type};
    }
    size_t row_size = (size_t)ard->hdr.bind_type;
    c->data = (uintptr_t)rec->data_ptr;
    c->cap = rec->octet_length > 0 ? (size_t)rec->octet_length : 0;
    c->len = (uintptr_t)rec->octet_length_ptr;
    c->ind = (uintptr_t)rec->indicator_ptr;
    size_t by_column = c->plan.size ? c->plan.size : c->cap;
    c->stride = !c->data ? 0 : row_size ? row_size : by_column;
    c->len_stride = !c->len ? 0 : row_size ? row_size : sizeof(SQLLEN);
    c->ind_stride = !c->ind || c->ind == c->len ? 0 : row_size ? row_size : sizeof(SQLLEN);
}

static bool plans_fit(const struct stmt *s)
{
    const struct fetch *f = &s->cursor->fetch;
    return f->valid && f->ard_version == s->ard->version && f->shape == s->cursor->shape.serial;
}

static bool is_bound(const struct desc_rec *rec)
{
    return rec->data_ptr || rec->octet_length_ptr || rec->indicator_ptr;
}

/* Decide for every bound column what is called for it. */
static SQLRETURN fetch_plan(struct stmt *s)
{
    struct fetch *f = &s->cursor->fetch;
    if (plans_fit(s))
        return SQL_SUCCESS;
    const struct reply *p = s->cursor->result.current;
    size_t n = s->ard->hdr.count > 0 ? (size_t)s->ard->hdr.count : 0;
    n = n < p->ncols ? n : p->ncols;
    if (n > f->cap) {
        struct fetch_col *more = realloc(f->cols, n * sizeof *more);
        if (!more)
            return diag(&s->h, ST_HY001, "no memory to bind %zu columns", n);
        f->cols = more;
        f->cap = n;
    }
    struct conv_opts opts = convert_opts(s->dbc);
    f->ncols = 0;
    f->valid = false;
    for (size_t i = 0; i < n; i++) {
        const struct desc_rec *rec = &s->ard->recs[i + 1];
        if (!is_bound(rec))
            continue;
        struct fetch_col *c = &f->cols[f->ncols++];
        c->cell = i;
        plan_column(c, s->ard, rec, &p->cols[i], p->binary, &opts);
        if (!app_rows_fit(s->ard->hdr.array_size, c->stride))
            return diag_at(&s->h, SQL_NO_ROW_NUMBER, (SQLINTEGER)(i + 1), ST_HY090,
                           "column %zu: %lu values of %zu bytes are more than memory can hold",
                           i + 1, (unsigned long)s->ard->hdr.array_size, c->stride);
    }
    f->has_unbound = f->ncols < p->ncols;
    f->ard_version = s->ard->version;
    f->shape = s->cursor->shape.serial;
    f->valid = true;
    return SQL_SUCCESS;
}

/* --- one row ---------------------------------------------------------------------------------- */

/* Where a rowset stands and what became of it. */
struct rowset {
    SQLULEN want, nrows, nfailed;
    SQLUSMALLINT *status; /* the application's; may be NULL */
    bool has_warning;
    bool is_cut; /* it would have begun before the first row */
};

/* A column of a row could not be given as it is. */
static void column_problem(struct stmt *s, SQLULEN r, const struct fetch_col *c,
                           enum conv_status st)
{
    const struct wire_column *col = &s->cursor->result.current->cols[c->cell];
    SQLUSMALLINT number = (SQLUSMALLINT)(c->cell + 1);
    (void)convert_diag(s, (SQLLEN)r + 1, col, number, c->plan.ctype_id,
                       st); /* the row's status says it */
}

static void no_indicator(struct stmt *s, SQLULEN r, const struct fetch_col *c)
{
    (void)diag_at(&s->h, (SQLLEN)r + 1, (SQLINTEGER)(c->cell + 1), ST_22002,
                  "Column %zu (%s) is NULL and was bound without an indicator", c->cell + 1,
                  s->cursor->result.current->cols[c->cell].name);
}

static inline void put_len(uintptr_t at, SQLLEN len)
{
    memcpy((void *)at, &len, sizeof len); /* any alignment */
}

/* A cell that is SQL NULL, or a zero date that is seen as one. */
static SQLUSMALLINT give_null(struct stmt *s, SQLULEN r, const struct fetch_col *c,
                              SQLUSMALLINT status)
{
    uintptr_t at = c->ind_at ? c->ind_at : c->ind ? c->len_at : 0;
    if (at) {
        put_len(at, SQL_NULL_DATA);
        return status;
    }
    no_indicator(s, r, c);
    return SQL_ROW_ERROR;
}

/* A conversion that was not plain: is the value there, and what is the row's status?  Not inlined:
 * row_give would have fewer registers. */
static __attribute__((noinline)) bool has_value(struct stmt *s, SQLULEN r,
                                                const struct fetch_col *c, enum conv_status st,
                                                SQLUSMALLINT *status)
{
    if (st == CONV_TRUNCATED && !c->data)
        return true; /* only the length was asked for */
    column_problem(s, r, c, st);
    if (!CONV_HAS_DATA(st))
        *status = SQL_ROW_ERROR;
    else if (*status == SQL_ROW_SUCCESS)
        *status = SQL_ROW_SUCCESS_WITH_INFO;
    return CONV_HAS_DATA(st);
}

static SQLUSMALLINT row_give(struct stmt *s, const struct cell *row, SQLULEN r)
{
    const struct fetch *f = &s->cursor->fetch;
    SQLUSMALLINT status = SQL_ROW_SUCCESS;
    for (struct fetch_col *c = f->cols, *end = c + f->ncols; c < end; c++) {
        const struct cell *cell = &row[c->cell];
        SQLLEN len = SQL_NULL_DATA;
        enum conv_status st =
            cell->p ? c->plan.fn(&c->plan, cell, (void *)c->data_at, c->cap, &len) : CONV_OK;
        if (st == CONV_OK || has_value(s, r, c, st, &status)) {
            if (len == SQL_NULL_DATA) {
                status = give_null(s, r, c, status);
            } else {
                if (c->len_at)
                    put_len(c->len_at, len);
                if (c->ind_at)
                    put_len(c->ind_at, 0);
            }
        }
        c->data_at += c->stride;
        c->len_at += c->len_stride;
        c->ind_at += c->ind_stride;
    }
    return status;
}

/* The same with SQL_ATTR_MAX_LENGTH. */
static SQLUSMALLINT row_give_limited(struct stmt *s, const struct cell *row, SQLULEN r)
{
    const struct reply *p = s->cursor->result.current;
    struct cell *cut = s->cursor->fetch.cut;
    for (size_t i = 0; i < p->ncols; i++)
        cut[i] = fetch_limit(&row[i], &p->cols[i], s->max_length);
    return row_give(s, cut, r);
}

/* --- one rowset ------------------------------------------------------------------------------- */

/* Keep the row for SQLGetData: of a single row the packet buffer will do. */
static bool row_keep(struct stmt *s, const struct cell *row, const struct rowset *rs)
{
    struct fetch *f = &s->cursor->fetch;
    const struct reply *p = s->cursor->result.current;
    if (rs->want == 1) {
        f->row = row;
        f->row_on_wire = true;
        return true;
    }
    if (rs->nrows && !f->has_unbound)
        return true;
    const struct cell *copy = result_copy_row(&f->keep, row, p->ncols);
    if (copy && f->kept)
        f->kept[rs->nrows] = copy;
    if (!rs->nrows) {
        f->row = copy;
        f->row_on_wire = false;
    }
    return copy != NULL;
}

/* The bound columns point at row 0 of the rowset. */
static void columns_rewind(struct fetch *f, const struct desc *ard)
{
    uintptr_t offset = app_offset(ard->hdr.bind_offset_ptr);
    for (struct fetch_col *c = f->cols, *end = c + f->ncols; c < end; c++) {
        c->data_at = c->data ? c->data + offset : 0;
        c->len_at = c->len ? c->len + offset : 0;
        c->ind_at = c->ind && c->ind != c->len ? c->ind + offset : 0;
    }
}

/* Memory for what a rowset needs beside the bound buffers. */
static SQLRETURN rowset_ready(struct stmt *s, SQLULEN want)
{
    struct fetch *f = &s->cursor->fetch;
    columns_rewind(f, s->ard);
    arena_reset(&f->keep);
    free(f->kept);
    free(f->cut);
    f->kept = NULL;
    f->cut = NULL;
    bool keeps = want > 1 && f->has_unbound && !stmt_is_scrollable(s);
    if (keeps)
        f->kept = calloc(want, sizeof *f->kept);
    if (s->max_length)
        f->cut = calloc(s->cursor->result.current->ncols + 1, sizeof *f->cut);
    if ((keeps && !f->kept) || (s->max_length && !f->cut))
        return diag(&s->h, ST_HY001, "no memory for a rowset of %lu rows", (unsigned long)want);
    return SQL_SUCCESS;
}

/* Give the row to the application, note its status. */
static void row_take(struct stmt *s, const struct cell *row, struct rowset *rs)
{
    SQLUSMALLINT status = SQL_ROW_SUCCESS;
    if (s->retrieve_data != SQL_RD_OFF)
        status = s->max_length ? row_give_limited(s, row, rs->nrows) : row_give(s, row, rs->nrows);
    app_put_status(rs->status, rs->nrows, status);
    rs->nfailed += status == SQL_ROW_ERROR;
    rs->has_warning |= status == SQL_ROW_SUCCESS_WITH_INFO;
    rs->nrows++;
}

/* Rows from the result until the rowset is full.  RC_OK also at the end of the rows. */
static int rowset_read(struct stmt *s, struct rowset *rs, struct fault *f)
{
    struct fetch *at = &s->cursor->fetch;
    const struct cell *row;
    while (rs->nrows < rs->want) {
        if (s->max_rows && at->delivered >= s->max_rows)
            break;
        int got = result_row(&s->cursor->result, s->dbc->session, &row, f);
        if (got <= 0)
            return got;
        if (!row_keep(s, row, rs))
            return fault(f, RC_MEMORY, "no memory to keep a row");
        row_take(s, row, rs);
        at->delivered++;
    }
    return RC_OK;
}

static SQLRETURN rowset_outcome(struct stmt *s, const struct rowset *rs)
{
    if (!rs->nrows)
        return SQL_NO_DATA;
    if (rs->nfailed == rs->nrows)
        return SQL_ERROR;
    if (rs->nfailed)
        (void)diag(&s->h, ST_01S01, "%lu of %lu rows have errors; see the row status array",
                   (unsigned long)rs->nfailed, (unsigned long)rs->nrows);
    if (rs->is_cut)
        return diag(&s->h, ST_01S06, "the rowset would have begun before the first row");
    return rs->nfailed || rs->has_warning ? SQL_SUCCESS_WITH_INFO : SQL_SUCCESS;
}

/* The position of the cursor after the rowset was read. */
static void rowset_position(struct fetch *at, const struct rowset *rs)
{
    at->first = at->first + at->nrows + (at->began ? 0 : 1);
    at->began = true;
    at->nrows = rs->nrows;
    at->position = rs->nrows ? 1 : 0;
    at->ended = !rs->nrows;
    if (!rs->nrows)
        at->row = NULL;
}

/* --- rowsets of a scrollable cursor ----------------------------------------------------------- */

/* Rows up to number n, or to SQL_ATTR_MAX_ROWS, in memory; *have as result_hold. */
static int scroll_hold(struct stmt *s, SQLULEN n, size_t *have, struct fault *f)
{
    SQLULEN most = s->max_rows && s->max_rows < n ? s->max_rows : n;
    return result_hold(&s->cursor->result, s->dbc->session, most, have, f);
}

/* Where the fetch goes; reads as many rows as that takes.  After the end if it is not a row. */
static int scroll_find(struct stmt *s, const struct rowset *rs, SQLSMALLINT how, SQLLEN offset,
                       struct scroll_to *to, size_t *have, struct fault *f)
{
    const struct fetch *at = &s->cursor->fetch;
    struct scroll_from from = {.at = !at->began  ? SCROLL_BEFORE
                                     : at->ended ? SCROLL_AFTER
                                                 : SCROLL_ON,
                               .first = at->first,
                               .nrows = at->nrows};
    if (scroll_needs_last(how, offset, from.at)) {
        int rc = scroll_hold(s, SIZE_MAX, have, f);
        if (rc)
            return rc;
        from.last = *have;
    }
    *to = scroll_place(how, offset, &from, rs->want);
    if (to->at != SCROLL_ON)
        return RC_OK;
    SQLULEN end = rs->want - 1 > SIZE_MAX - to->first ? SIZE_MAX : to->first + (rs->want - 1);
    int rc = scroll_hold(s, end, have, f);
    if (!rc && *have < to->first)
        *to = (struct scroll_to){.at = SCROLL_AFTER};
    return rc;
}

/* The rowset that a fetch of a scrollable cursor asks for.  If it fails the cursor stays. */
static int rowset_scroll(struct stmt *s, struct rowset *rs, SQLSMALLINT how, SQLLEN offset,
                         struct fault *f)
{
    struct fetch *at = &s->cursor->fetch;
    struct scroll_to to;
    size_t have = 0;
    int rc = scroll_find(s, rs, how, offset, &to, &have, f);
    if (rc)
        return rc;
    for (size_t i = to.first; to.at == SCROLL_ON && i <= have; i++) {
        const struct cell *row = result_held(&s->cursor->result, i - 1);
        if (!row)
            return fault(f, RC_MEMORY, "no memory to lay out a row");
        row_take(s, row, rs);
    }
    rs->is_cut = rs->nrows && to.is_cut;
    at->began = to.at != SCROLL_BEFORE;
    at->ended = to.at == SCROLL_AFTER;
    at->first = to.first;
    at->nrows = rs->nrows;
    at->position = rs->nrows ? 1 : 0;
    at->row = rs->nrows ? result_held(&s->cursor->result, to.first - 1) : NULL;
    at->row_on_wire = false; /* it stays when the wire is given away */
    return RC_OK;
}

static int rowset_forward(struct stmt *s, struct rowset *rs, struct fault *f)
{
    int rc = rowset_read(s, rs, f);
    rowset_position(&s->cursor->fetch, rs);
    return rc;
}

/* count: where the number of rows goes, at any alignment, because RODBC has it between two ints; or
 * NULL. */
static SQLRETURN rowset_fetch(struct stmt *s, SQLSMALLINT how, SQLLEN offset, SQLULEN want,
                              SQLUSMALLINT *status, void *count)
{
    struct rowset rs = {.want = want, .status = status};
    SQLRETURN rc = fetch_plan(s);
    if (rc == SQL_SUCCESS)
        rc = rowset_ready(s, want);
    if (rc != SQL_SUCCESS)
        return rc;
    getdata_restart(&s->cursor->getdata);
    s->cursor->fetch.row = NULL;
    struct fault f;
    reading_begin(s);
    int failed =
        stmt_is_scrollable(s) ? rowset_scroll(s, &rs, how, offset, &f) : rowset_forward(s, &rs, &f);
    command_end(s);
    for (SQLULEN r = rs.nrows; rs.status && r < want; r++)
        app_put_status(rs.status, r, SQL_ROW_NOROW);
    app_put_ulen(count, rs.nrows); /* RODBC: between two ints */
    return failed ? command_fault(s, (SQLLEN)rs.nrows + 1, &f) : rowset_outcome(s, &rs);
}

/* With the rowset of the descriptors. */
static SQLRETURN rowset_of_attributes(struct stmt *s, SQLSMALLINT how, SQLLEN offset)
{
    SQLULEN want = s->ard->hdr.array_size ? s->ard->hdr.array_size : 1;
    return rowset_fetch(s, how, offset, want, s->ird->hdr.array_status_ptr,
                        s->ird->hdr.rows_processed_ptr);
}

/* Is there a cursor to fetch from? */
static SQLRETURN fetch_allowed(struct stmt *s)
{
    if (stmt_needs_data(s) || (!s->cursor->executed && !stmt_has_cursor(s)))
        return diag(&s->h, ST_HY010, "there is nothing to fetch: no statement was executed");
    if (!stmt_has_cursor(s))
        return diag(&s->h, ST_24000, "the statement gave no rows to fetch");
    return SQL_SUCCESS;
}

SQLRETURN stmt_fetch(SQLHSTMT h)
{
    struct stmt *s = stmt_enter_sending(h);
    if (!s)
        return stmt_not_entered(h);
    SQLRETURN rc = fetch_allowed(s);
    return stmt_leave(s, rc == SQL_SUCCESS ? rowset_of_attributes(s, SQL_FETCH_NEXT, 0) : rc);
}

static SQLRETURN scroll_allowed(struct stmt *s, SQLSMALLINT how)
{
    SQLRETURN rc = fetch_allowed(s);
    if (rc != SQL_SUCCESS)
        return rc;
    if (!scroll_is_known(how))
        return diag(&s->h, ST_HY106,
                    "fetch type %d is not known, or needs bookmarks, which there are none of", how);
    if (how != SQL_FETCH_NEXT && !stmt_is_scrollable(s))
        return diag(&s->h, ST_HY106,
                    "fetch type %d needs a scrollable cursor (SQL_ATTR_CURSOR_TYPE "
                    "SQL_CURSOR_STATIC, set before execution); this one goes forward only",
                    how);
    return SQL_SUCCESS;
}

SQLRETURN stmt_fetch_scroll(SQLHSTMT h, SQLSMALLINT how, SQLLEN offset)
{
    struct stmt *s = stmt_enter_sending(h);
    if (!s)
        return stmt_not_entered(h);
    SQLRETURN rc = scroll_allowed(s, how);
    return stmt_leave(s, rc == SQL_SUCCESS ? rowset_of_attributes(s, how, offset) : rc);
}

SQLRETURN stmt_extended_fetch(SQLHSTMT h, SQLUSMALLINT how, SQLLEN offset, SQLULEN *count,
                              SQLUSMALLINT *status)
{
    struct stmt *s = stmt_enter_sending(h);
    if (!s)
        return stmt_not_entered(h);
    SQLRETURN rc = scroll_allowed(s, (SQLSMALLINT)how);
    if (rc == SQL_SUCCESS)
        rc = rowset_fetch(s, (SQLSMALLINT)how, offset, s->rowset_size, status, count);
    return stmt_leave(s, rc);
}

/* --- how many rows ---------------------------------------------------------------------------- */

SQLLEN fetch_count(struct stmt *s)
{
    struct fault f;
    size_t have = 0;
    if (!stmt_has_cursor(s) || !stmt_is_scrollable(s))
        return -1;
    reading_begin(s);
    int rc = scroll_hold(s, SIZE_MAX, &have, &f);
    command_end(s);
    return rc ? -1 : (SQLLEN)have; /* the fetch that needs those rows tells why */
}

void stmt_count_rows(SQLHSTMT h)
{
    struct stmt *s = stmt_enter_quietly(h);
    if (!s)
        return;
    if (!stmt_needs_data(s) && stmt_has_cursor(s))
        s->h.diag.cursor_row_count = fetch_count(s);
    stmt_leave_quietly(s);
}

/* --- SQLSetPos, SQLBindCol -------------------------------------------------------------------- */

static SQLRETURN set_position(struct stmt *s, SQLSETPOSIROW row, SQLUSMALLINT operation)
{
    struct fetch *f = &s->cursor->fetch;
    if (!stmt_has_cursor(s) || !f->began || f->ended)
        return diag(&s->h, ST_24000, "no rowset was fetched to set a position in");
    if (operation != SQL_POSITION)
        return diag(&s->h, ST_HYC00, "SQLSetPos operation %u needs an updatable cursor", operation);
    if (!row || row > f->nrows)
        return diag(&s->h, ST_HY107, "row %lu is outside of the rowset of %lu rows",
                    (unsigned long)row, (unsigned long)f->nrows);
    bool is_held = stmt_is_scrollable(s);
    if (!is_held && row != f->position && f->nrows > 1 && !f->kept)
        return diag(&s->h, ST_HYC00,
                    "rows of a rowset whose columns are all bound are only in the bound buffers");
    if (is_held)
        f->row = result_held(&s->cursor->result, f->first + row - 2);
    else if (f->kept)
        f->row = f->kept[row - 1];
    if (is_held && !f->row)
        return diag(&s->h, ST_HY001, "no memory to lay out a row");
    f->position = row;
    getdata_restart(&s->cursor->getdata);
    return SQL_SUCCESS;
}

SQLRETURN stmt_set_pos(SQLHSTMT h, SQLSETPOSIROW row, SQLUSMALLINT operation, SQLUSMALLINT lock)
{
    struct stmt *s = stmt_enter_sending(h);
    if (!s)
        return stmt_not_entered(h);
    if (stmt_needs_data(s))
        return stmt_leave(s, diag(&s->h, ST_HY010, "the statement waits for parameter data"));
    if (lock != SQL_LOCK_NO_CHANGE)
        return stmt_leave(s, diag(&s->h, ST_HYC00, "rows cannot be locked by SQLSetPos"));
    return stmt_leave(s, set_position(s, row, operation));
}

/* The count of a descriptor is its highest bound record. */
static void forget_unbound(struct desc *ard)
{
    while (ard->hdr.count > 0 && !is_bound(&ard->recs[ard->hdr.count]))
        ard->hdr.count--;
}

static SQLRETURN bind_column(struct stmt *s, SQLUSMALLINT col, SQLSMALLINT ctype, SQLPOINTER data,
                             SQLLEN capacity, SQLLEN *ind)
{
    if (stmt_needs_data(s))
        return diag(&s->h, ST_HY010, "the statement waits for parameter data");
    if (!col || col > FETCH_COLUMNS)
        return diag(&s->h, ST_07009,
                    "column %u: columns are numbered from 1, and bookmarks are not in use",
                    (unsigned)col);
    if (ctype != SQL_C_DEFAULT && ctype_size(ctype) < 0)
        return diag(&s->h, ST_HY003, "%d is not a C type", ctype);
    if (capacity < 0)
        return diag(&s->h, ST_HY090, "buffer length %ld is negative", (long)capacity);
    bool unbind = !data && !ind;
    if (unbind && !desc_rec_at(s->ard, (SQLSMALLINT)col))
        return SQL_SUCCESS;
    struct desc_rec *rec = desc_rec_make(s->ard, (SQLSMALLINT)col);
    if (!rec)
        return diag(&s->h, ST_HY001, "no memory to bind column %u", (unsigned)col);
    if (!desc_set_type(s->ard, rec, ctype))
        return diag(&s->h, ST_HY003, "%d is not a C type", ctype);
    rec->data_ptr = data;
    rec->octet_length = capacity;
    rec->octet_length_ptr = rec->indicator_ptr = ind;
    if (unbind)
        forget_unbound(s->ard);
    desc_changed(s->ard);
    return SQL_SUCCESS;
}

SQLRETURN stmt_bind_col(SQLHSTMT h, SQLUSMALLINT col, SQLSMALLINT ctype, SQLPOINTER data,
                        SQLLEN capacity, SQLLEN *ind)
{
    struct stmt *s = stmt_enter(h);
    return s ? stmt_leave(s, bind_column(s, col, ctype, data, capacity, ind)) : stmt_not_entered(h);
}
