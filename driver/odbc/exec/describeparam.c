/* describeparam.c - SQLDescribeParam. */
#include "odbc/exec/describeparam.h"

#include <stdlib.h>

#include "conv/describe.h"
#include "odbc/exec/exec.h"
#include "odbc/exec/text.h"
#include "odbc/handle/app.h"
#include "odbc/result/convert.h"
#include "sql/lex.h"

struct described_param {
    bool is_known;
    size_t value; /* its place in the tuple, from 0 */
    struct conv_desc desc;
};

void described_clear(struct described *d)
{
    free(d->params);
    *d = (struct described){0};
}

/* --- which value a parameter is --------------------------------------------------------------- */

/* Mark the parameters that are a value of the tuple by themselves. */
static void find_values(const struct stmt_exec *x, const struct sql_insert *ins,
                        struct sql_mode mode, struct described_param *out)
{
    struct sql_lexer lx;
    sql_lex_init(&lx, (const char *)x->sql.p + ins->tuple.at, ins->tuple.len, mode);
    size_t value = 0, marker = 0, ntokens = 0, last = 0;
    int depth = 0;
    bool is_marker = false;
    for (struct sql_token t = sql_next_code(&lx); t.kind != TOK_END; t = sql_next_code(&lx)) {
        depth -= sql_is_punct(&lx, t, ')');
        if (!depth || (depth == 1 && sql_is_punct(&lx, t, ','))) {
            if (is_marker && ntokens == 1) {
                out[last].is_known = true;
                out[last].value = value;
            }
            value += depth == 1;
            ntokens = 0;
            is_marker = false;
        } else {
            ntokens++;
        }
        if (t.kind == TOK_MARKER && marker < x->markers.n) {
            last = marker++;
            is_marker = true;
        }
        if (sql_is_punct(&lx, t, '(') && !depth++)
            ntokens = 0;
    }
}

/* --- asking ----------------------------------------------------------------------------------- */

static void columns_text(const struct stmt_exec *x, const struct sql_insert *ins, struct buf *sql)
{
    const unsigned char *text = x->sql.p;
    buf_puts(sql, "SELECT ");
    if (ins->ncolumns)
        buf_put(sql, text + ins->columns.at, ins->columns.len);
    else
        buf_putc(sql, '*');
    buf_puts(sql, " FROM ");
    if (ins->database.len) {
        buf_put(sql, text + ins->database.at, ins->database.len);
        buf_putc(sql, '.');
    }
    buf_put(sql, text + ins->table.at, ins->table.len);
    buf_puts(sql, " LIMIT 0");
}

static void take_columns(struct stmt *s, struct described *d)
{
    const struct wire_reply *r = session_reply(s->dbc->session);
    struct conv_opts opts = convert_opts(s->dbc);
    for (size_t i = 0; i < d->n; i++) {
        struct described_param *p = &d->params[i];
        p->is_known = p->is_known && r->has_rows && p->value < r->ncols;
        if (!p->is_known)
            continue;
        struct conv_source source = convert_source(&r->cols[p->value], true);
        describe_column(&source, &opts, &p->desc);
    }
}

static SQLRETURN ask_columns(struct stmt *s, const struct sql_insert *ins, struct described *d)
{
    struct session *w = s->dbc->session;
    struct fault f;
    struct buf sql;
    buf_init(&sql, 0);
    columns_text(s->x, ins, &sql);
    int rc = buf_ok(&sql) ? command_begin(s, &f) : fault(&f, RC_MEMORY, "no memory for a query");
    if (!rc) {
        rc = session_query(w, (const char *)sql.p, sql.len, &f);
        if (!rc) {
            take_columns(s, d);
            rc = session_skip(w, &f);
        }
        command_end(s);
    }
    buf_clear(&sql);
    return rc ? command_fault(s, 0, &f) : SQL_SUCCESS;
}

static SQLRETURN learn(struct stmt *s)
{
    struct stmt_exec *x = s->x;
    struct described *d = &x->described;
    struct sql_insert ins;
    struct sql_mode mode = x->mode;
    if (d->params)
        return SQL_SUCCESS;
    d->params = calloc(x->markers.n, sizeof *d->params);
    if (!d->params)
        return diag(&s->h, ST_HY001, "no memory for %zu parameters", x->markers.n);
    d->n = x->markers.n;
    if (!sql_insert_parse((const char *)x->sql.p, x->sql.len, mode, &ins) ||
        ins.nmarkers != x->markers.n)
        return SQL_SUCCESS;
    find_values(x, &ins, mode, d->params);
    SQLRETURN rc = ask_columns(s, &ins, d);
    if (rc != SQL_SUCCESS)
        described_clear(d);
    return rc;
}

/* --- the entry -------------------------------------------------------------------------------- */

static SQLULEN size_of(const struct conv_desc *d)
{
    bool is_long = d->concise_type == SQL_LONGVARCHAR || d->concise_type == SQL_WLONGVARCHAR ||
                   d->concise_type == SQL_LONGVARBINARY;
    return is_long ? 0 : (SQLULEN)d->column_size;
}

static SQLRETURN find(struct stmt *s, SQLUSMALLINT number, const struct described_param **out)
{
    const struct stmt_exec *x = s->x;
    if (!x->has_sql || stmt_needs_data(s))
        return diag(&s->h, ST_HY010, "no statement was prepared");
    SQLRETURN rc = text_follow_mode(s);
    if (rc != SQL_SUCCESS)
        return rc;
    if (!number || number > x->markers.n)
        return diag(&s->h, ST_07009, "parameter %u is not one of the parameters 1 to %zu",
                    (unsigned)number, x->markers.n);
    rc = learn(s);
    if (rc != SQL_SUCCESS)
        return rc;
    *out = &x->described.params[number - 1];
    if (!(*out)->is_known)
        return diag_at(&s->h, 0, number, ST_HYC00,
                       "what parameter %u is can be told only of values in INSERT ... VALUES; bind "
                       "it as what the value is",
                       (unsigned)number);
    return SQL_SUCCESS;
}

SQLRETURN stmt_describe_param(SQLHSTMT h, SQLUSMALLINT number, SQLSMALLINT *type, SQLULEN *size,
                              SQLSMALLINT *digits, SQLSMALLINT *nullable)
{
    struct stmt *s = stmt_enter_sending(h);
    if (!s)
        return stmt_not_entered(h);
    const struct described_param *p = NULL;
    SQLRETURN rc = find(s, number, &p);
    if (rc != SQL_SUCCESS)
        return stmt_leave(s, rc);
    app_put16(type, p->desc.concise_type);
    app_put_ulen(size, size_of(&p->desc));
    app_put16(digits, p->desc.decimal_digits == DESC_NONE ? 0 : p->desc.decimal_digits);
    app_put16(nullable, p->desc.nullable);
    return stmt_leave(s, SQL_SUCCESS);
}
