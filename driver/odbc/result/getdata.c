/* getdata.c - SQLGetData. */
#include "odbc/result/getdata.h"

#include <stdlib.h>

#include "odbc/handle/app.h"
#include "odbc/result/convert.h"
#include "odbc/result/cursor.h"

void getdata_restart(struct getdata *g)
{
    g->column = 0;
}

void getdata_clear(struct getdata *g)
{
    free(g->plans);
    *g = (struct getdata){0};
}

static SQLRETURN get_allowed(struct stmt *s, SQLUSMALLINT column, SQLLEN capacity)
{
    if (stmt_needs_data(s) || (!s->cursor->executed && !stmt_has_cursor(s)))
        return diag(&s->h, ST_HY010, "there is no row: no statement was executed");
    if (!stmt_has_cursor(s))
        return diag(&s->h, ST_24000, "the statement gave no rows");
    if (!s->cursor->fetch.row)
        return diag(&s->h, ST_24000,
                    s->cursor->fetch.ended ? "all rows were fetched already"
                                           : "no row was fetched yet");
    size_t ncols = s->cursor->result.current->ncols;
    if (!column || column > ncols)
        return diag(&s->h, ST_07009, "column %u is not one of the columns 1 to %zu",
                    (unsigned)column, ncols);
    if (capacity < 0)
        return diag(&s->h, ST_HY090, "buffer length %ld is negative", (long)capacity);
    return SQL_SUCCESS;
}

static struct getdata_plan *plan_at(struct getdata *g, SQLUSMALLINT column)
{
    if (!g->plans)
        g->plans = calloc(GETDATA_PLANS, sizeof *g->plans);
    return g->plans ? &g->plans[column % GETDATA_PLANS] : NULL;
}

static enum conv_status plan_make(struct stmt *s, struct getdata_plan *m, SQLUSMALLINT column,
                                  const struct conv_target *t)
{
    const struct reply *p = s->cursor->result.current;
    struct conv_source source = convert_source(&p->cols[column - 1], p->binary);
    struct conv_opts opts = convert_opts(s->dbc);
    enum conv_status st = plan_bind(&m->plan, &source, t, &opts);
    m->column = st == CONV_OK ? column : 0;
    m->ctype = t->ctype;
    m->precision = t->precision;
    m->scale = t->scale;
    m->has_scale = t->has_scale;
    m->shape = s->cursor->shape.serial;
    return st;
}

/* Begin with a column, or go on with it if it is asked for in the same way. */
static enum conv_status begin(struct stmt *s, struct getdata_plan *m, SQLUSMALLINT column,
                              SQLSMALLINT ctype)
{
    struct getdata *g = &s->cursor->getdata;
    const struct desc_rec *rec = desc_rec_at(s->ard, (SQLSMALLINT)column);
    if (ctype == SQL_ARD_TYPE)
        ctype = rec ? rec->concise_type : SQL_C_DEFAULT;
    struct conv_target t = convert_target(rec, ctype);
    bool is_same = m->shape == s->cursor->shape.serial && m->column == column &&
                   m->ctype == ctype && m->precision == t.precision && m->scale == t.scale &&
                   m->has_scale == t.has_scale;
    if (is_same && g->column == column)
        return CONV_OK;
    g->column = column;
    g->part = (struct conv_part){0};
    g->is_null_told = false;
    return is_same ? CONV_OK : plan_make(s, m, column, &t);
}

static SQLRETURN get_null(struct stmt *s, SQLUSMALLINT column, bool is_length_only, SQLLEN *ind)
{
    struct getdata *g = &s->cursor->getdata;
    if (g->is_null_told)
        return SQL_NO_DATA;
    if (!ind)
        return diag_at(&s->h, SQL_NO_ROW_NUMBER, column, ST_22002,
                       "column %u is NULL and no indicator was given", (unsigned)column);
    app_put_len(ind, SQL_NULL_DATA);
    g->is_null_told = !is_length_only;
    return SQL_SUCCESS;
}

static SQLRETURN get(struct stmt *s, SQLUSMALLINT column, SQLSMALLINT ctype, SQLPOINTER data,
                     SQLLEN capacity, SQLLEN *ind)
{
    struct getdata *g = &s->cursor->getdata;
    struct getdata_plan *m = plan_at(g, column);
    if (!m)
        return diag(&s->h, ST_HY001, "no memory to convert columns");
    const struct wire_column *col = &s->cursor->result.current->cols[column - 1];
    SQLLEN row = (SQLLEN)s->cursor->fetch.position;
    enum conv_status st = begin(s, m, column, ctype);
    struct cell cell = fetch_limit(&s->cursor->fetch.row[column - 1], col, s->max_length);
    bool is_null = st == CONV_PAIR && !cell.p; /* NULL is NULL as any type, as in a bound column */
    if (st != CONV_OK && !is_null)
        return convert_diag(s, row, col, column, ctype, st);
    if (!cell.p)
        return get_null(s, column, !data || (!m->plan.size && !capacity), ind);
    SQLLEN len = 0;
    st = conv_part(&m->plan, &cell, &g->part, data, (size_t)capacity, &len);
    if (st == CONV_END)
        return SQL_NO_DATA;
    if (len == SQL_NULL_DATA && CONV_HAS_DATA(st))
        return get_null(s, column, !data, ind);
    if (CONV_HAS_DATA(st))
        app_put_len(ind, len);
    if (st == CONV_OK)
        return SQL_SUCCESS;
    return convert_diag(s, row, col, column, m->plan.ctype_id, st);
}

SQLRETURN stmt_get_data(SQLHSTMT h, SQLUSMALLINT column, SQLSMALLINT ctype, SQLPOINTER data,
                        SQLLEN capacity, SQLLEN *ind)
{
    struct stmt *s = stmt_enter(h);
    if (!s)
        return stmt_not_entered(h);
    SQLRETURN rc = get_allowed(s, column, capacity);
    return stmt_leave(s, rc == SQL_SUCCESS ? get(s, column, ctype, data, capacity, ind) : rc);
}
