/* describe.c - columns of a result. */
#include "odbc/exec/describe.h"

#include <stddef.h>
#include <string.h>

#include "conv/describe.h"
#include "odbc/exec/exec.h"
#include "odbc/exec/prepare.h"
#include "odbc/exec/text.h"
#include "odbc/handle/app.h"
#include "odbc/handle/runner.h"
#include "odbc/result/convert.h"
#include "sql/probe.h"

/* --- which columns ---------------------------------------------------------------------------- */

/* Ask a query that has the statement's columns (sql/probe.h). */
static SQLRETURN probe(struct stmt *s)
{
    struct stmt_exec *x = s->x;
    struct buf b;
    struct fault f;
    buf_init(&b, 0);
    if (!sql_probe(&b, (const char *)x->sql.p, x->sql.len, &x->kind, x->mode)) {
        buf_clear(&b);
        return diag(&s->h, ST_HYC00,
                    "the columns of this statement are known after it was executed: the server "
                    "does not tell them before");
    }
    int rc = buf_ok(&b) ? command_begin(s, &f) : fault(&f, RC_MEMORY, "no memory for a query");
    if (!rc) {
        rc = session_query(s->dbc->session, (const char *)b.p, b.len, &f);
        if (!rc)
            rc = result_take(&x->probe, s->dbc->session, &f);
        if (!rc)
            rc = result_keep(&x->probe, s->dbc, &f);
        command_end(s);
    }
    buf_clear(&b);
    if (rc)
        result_clear(&x->probe);
    return rc ? command_fault(s, 0, &f) : SQL_SUCCESS;
}

/* Can a statement of this kind have columns at all?  (INSERT and others may, with RETURNING.) */
static bool never_has_columns(enum sql_kind k)
{
    static const bool never[SQL_KIND_OTHER + 1] = {
        [SQL_KIND_EMPTY] = true, [SQL_KIND_SET] = true,    [SQL_KIND_USE] = true,
        [SQL_KIND_BEGIN] = true, [SQL_KIND_COMMIT] = true, [SQL_KIND_ROLLBACK] = true,
        [SQL_KIND_DDL] = true,   [SQL_KIND_LOAD] = true,   [SQL_KIND_UPDATE] = true,
    };
    return never[k];
}

/* Is the statement itself, behind WITH and parentheses, a query? */
static bool is_query(const struct stmt *s)
{
    static const char *const verbs[] = {"select", "values", "table", NULL};
    const struct stmt_exec *x = s->x;
    struct sql_lexer lx;
    sql_lex_init(&lx, (const char *)x->sql.p, x->sql.len, x->mode);
    lx.pos = x->kind.first_at;
    return sql_is_any(&lx, sql_next_code(&lx), verbs);
}

static bool is_returning(const struct stmt *s)
{
    const struct stmt_exec *x = s->x;
    enum sql_kind k = x->kind.kind;
    bool may = k == SQL_KIND_INSERT || k == SQL_KIND_REPLACE || k == SQL_KIND_DELETE;
    return may && sql_has_returning((const char *)x->sql.p, x->sql.len, x->mode);
}

/* Will it have columns of which the server has not told?  MySQL answers 0 when it prepares EXPLAIN,
 * SHOW GRANTS and others, MariaDB before RETURNING; what is said of a query can be believed (0:
 * SELECT ... INTO). */
static bool is_untold(const struct stmt *s)
{
    return (sql_kind_has_result(s->x->kind.kind) && !(s->x->on_server && is_query(s))) ||
           is_returning(s);
}

/* Have the server prepare the statement, unless it has, or a probe told what it would say. */
static int prepare_now(struct stmt *s, struct fault *f)
{
    if (s->x->on_server || s->x->probe.current)
        return RC_OK;
    int rc = command_begin(s, f);
    if (rc)
        return rc;
    rc = prepare_on_server(s, f);
    command_end(s);
    return rc;
}

/* The server has not said: ask for them in another way. */
static SQLRETURN probed_columns(struct stmt *s, struct columns *out)
{
    const struct stmt_exec *x = s->x;
    SQLRETURN asked = x->probe.current ? SQL_SUCCESS : probe(s);
    if (asked != SQL_SUCCESS)
        return asked;
    out->is_binary = false;
    if (x->probe.current) {
        out->list = x->probe.current->cols;
        out->n = x->probe.current->ncols;
    }
    return SQL_SUCCESS;
}

SQLRETURN describe_sql(struct stmt *s, struct columns *out)
{
    struct fault f;
    *out = (struct columns){.is_binary = true};
    SQLRETURN followed = text_follow_mode(s);
    if (followed != SQL_SUCCESS || never_has_columns(s->x->kind.kind))
        return followed;
    int rc = prepare_now(s, &f);
    if (rc && rc != RC_UNSUPPORTED)
        return command_fault(s, 0, &f);
    if (!(s->x->on_server && s->x->server.ncols) && is_untold(s))
        return probed_columns(s, out);
    if (s->x->on_server) {
        out->list = s->x->server.cols;
        out->n = s->x->server.ncols;
    }
    return SQL_SUCCESS;
}

/* HY010 if nothing was prepared or executed; HYC00 where they cannot be known;
 * whatever preparing raises.  n is 0 for a statement without result. */
static SQLRETURN describe_columns(struct stmt *s, struct columns *out)
{
    const struct reply *p = s->cursor->result.current;
    *out = (struct columns){0};
    if (stmt_needs_data(s))
        return diag(&s->h, ST_HY010, "the statement waits for parameter data");
    if (s->cursor->executed) {
        if (p && p->has_rows)
            *out = (struct columns){p->cols, p->ncols, p->binary};
        return SQL_SUCCESS;
    }
    if (!s->x->prepared)
        return diag(&s->h, ST_HY010, "no statement was prepared or executed");
    SQLRETURN rc = s->runner->columns(s, out);
    if (rc == SQL_SUCCESS && out->n > RESULT_COLUMNS)
        return diag(&s->h, ST_HYC00,
                    "the result has %zu columns, and ODBC counts up to %u; ask for fewer at a time",
                    out->n, RESULT_COLUMNS);
    return rc;
}

/* --- the IRD ---------------------------------------------------------------------------------- */

/* Text of the IRD lives in its arena. */
static const char *ird_text(struct desc *ird, const char *text)
{
    const char *copy = text && *text ? arena_strdup(&ird->arena, text) : "";
    return copy ? copy : "";
}

static void ird_record(struct stmt *s, struct desc_rec *r, const struct wire_column *c,
                       const struct conv_desc *d)
{
    struct desc *ird = s->ird;
    r->type = d->verbose_type;
    r->concise_type = d->concise_type;
    r->datetime_interval_code = d->datetime_sub;
    r->length = (SQLULEN)d->length;
    r->octet_length = d->octet_length;
    r->precision = d->precision;
    r->scale = d->scale;
    r->display_size = d->display_size;
    r->num_prec_radix = d->num_prec_radix;
    r->auto_unique = d->is_auto_unique ? SQL_TRUE : SQL_FALSE;
    r->case_sensitive = d->is_case_sensitive ? SQL_TRUE : SQL_FALSE;
    r->fixed_prec_scale = d->is_fixed_prec_scale ? SQL_TRUE : SQL_FALSE;
    r->nullable = d->nullable;
    r->searchable = d->searchable;
    r->is_unsigned = d->is_unsigned ? SQL_TRUE : SQL_FALSE;
    r->name = r->label = ird_text(ird, c->name);
    r->unnamed = *r->name ? SQL_NAMED : SQL_UNNAMED;
    r->base_column_name = ird_text(ird, c->org_name);
    r->base_table_name = ird_text(ird, c->org_table);
    r->table_name = ird_text(ird, c->table);
    r->catalog_name = s->dbc->dsn.no_catalog ? "" : ird_text(ird, c->schema);
    r->schema_name = "";
    r->updatable = *r->base_table_name ? SQL_ATTR_READWRITE_UNKNOWN : SQL_ATTR_READONLY;
    r->rowver = SQL_FALSE;
    r->type_name = d->type_name;
    r->local_type_name = d->local_type_name;
    r->literal_prefix = d->literal_prefix;
    r->literal_suffix = d->literal_suffix;
}

static void describe_one(const struct stmt *s, const struct columns *c, size_t i,
                         struct conv_desc *out)
{
    struct conv_source source = convert_source(&c->list[i], c->is_binary);
    struct conv_opts opts = convert_opts(s->dbc);
    describe_column(&source, &opts, out);
}

SQLRETURN stmt_describe(struct stmt *s)
{
    if (s->cursor->ird_valid)
        return SQL_SUCCESS;
    if (!s->cursor->executed && !s->x->prepared)
        return diag(&s->h, ST_HY007, "no statement was prepared");
    struct columns c;
    SQLRETURN rc = describe_columns(s, &c);
    if (rc != SQL_SUCCESS)
        return rc;
    desc_unbind_all(s->ird);
    arena_reset(&s->ird->arena);
    if (c.n && !desc_rec_make(s->ird, (SQLSMALLINT)c.n))
        return diag(&s->h, ST_HY001, "no memory for %zu columns", c.n);
    for (size_t i = 0; i < c.n; i++) {
        struct conv_desc d;
        describe_one(s, &c, i, &d);
        ird_record(s, &s->ird->recs[i + 1], &c.list[i], &d);
    }
    s->cursor->ird_valid = true;
    return SQL_SUCCESS;
}

/* --- entries ---------------------------------------------------------------------------------- */

/* The statement's columns, and that the number is one of them. */
static SQLRETURN columns_with(struct stmt *s, SQLUSMALLINT column, struct columns *c)
{
    SQLRETURN rc = describe_columns(s, c);
    if (rc != SQL_SUCCESS)
        return rc;
    if (!c->n || !c->list)
        return diag(&s->h, ST_07005, "the statement has no result columns");
    if (!column || column > c->n)
        return diag(&s->h, ST_07009, "column %u is not one of the columns 1 to %zu",
                    (unsigned)column, c->n);
    return SQL_SUCCESS;
}

static SQLRETURN describe_col(struct stmt *s, SQLUSMALLINT column, const struct describe_out *out)
{
    struct columns c;
    SQLRETURN rc = columns_with(s, column, &c);
    if (rc != SQL_SUCCESS || !c.list)
        return rc;
    struct conv_desc d;
    describe_one(s, &c, column - 1u, &d);
    if (out->type)
        *out->type = d.concise_type;
    if (out->size)
        *out->size = (SQLULEN)d.column_size;
    if (out->digits)
        *out->digits = d.decimal_digits == DESC_NONE ? 0 : d.decimal_digits;
    if (out->nullable)
        *out->nullable = d.nullable;
    const char *name = c.list[column - 1].name;
    return text_write(&s->h, &out->name, name, strlen(name));
}

SQLRETURN stmt_describe_col(SQLHSTMT h, SQLUSMALLINT column, const struct describe_out *out)
{
    struct stmt *s = stmt_enter_sending(h);
    return s ? stmt_leave(s, describe_col(s, column, out)) : stmt_not_entered(h);
}

SQLRETURN stmt_num_result_cols(SQLHSTMT h, SQLSMALLINT *out)
{
    struct stmt *s = stmt_enter_sending(h);
    if (!s)
        return stmt_not_entered(h);
    struct columns c;
    SQLRETURN rc = describe_columns(s, &c);
    if (rc == SQL_SUCCESS)
        app_put16(out, (SQLSMALLINT)c.n);
    return stmt_leave(s, rc);
}

/* --- SQLColAttribute -------------------------------------------------------------------------- */

enum attr_kind { ATTR_TEXT, ATTR_I16, ATTR_I32, ATTR_LEN, ATTR_PTR };
enum attr_right { RIGHT_NO, RIGHT_RD, RIGHT_RW };
struct attr_row {
    SQLUSMALLINT id;
    enum attr_kind kind;
    size_t offset;         /* in struct desc_rec */
    enum attr_right right; /* of the IRD */
};

/* A record field of the IRD is an attribute of the column; ODBC 2 has four of its own. */
static const struct attr_row attr_rows[] = {
#define HEADER(id, kind, field, ard, apd, ird, ipd)
#define RECORD(id, kind, field, ard, apd, ird, ipd)                                                \
    {id, ATTR_##kind, offsetof(struct desc_rec, field), RIGHT_##ird},
#include "table/field.def"
#undef HEADER
#undef RECORD
    {SQL_COLUMN_NAME, ATTR_TEXT, offsetof(struct desc_rec, name), RIGHT_RD},
    {SQL_COLUMN_LENGTH, ATTR_LEN, offsetof(struct desc_rec, octet_length), RIGHT_RD},
    {SQL_COLUMN_SCALE, ATTR_I16, offsetof(struct desc_rec, scale), RIGHT_RD},
    {SQL_COLUMN_NULLABLE, ATTR_I16, offsetof(struct desc_rec, nullable), RIGHT_RD},
};

static const struct attr_row *attr_find(SQLUSMALLINT field)
{
    for (size_t i = 0; i < sizeof attr_rows / sizeof *attr_rows; i++) {
        if (attr_rows[i].id == field && attr_rows[i].right != RIGHT_NO)
            return &attr_rows[i];
    }
    return NULL;
}

static SQLLEN attr_number(const struct attr_row *a, const struct desc_rec *r)
{
    const char *p = (const char *)r + a->offset;
    SQLSMALLINT s;
    SQLINTEGER i;
    SQLLEN l;
    switch (a->kind) {
    case ATTR_I16:
        memcpy(&s, p, sizeof s);
        return s;
    case ATTR_I32:
        memcpy(&i, p, sizeof i);
        return i;
    default:
        memcpy(&l, p, sizeof l);
        return l;
    }
}

static SQLRETURN col_attribute(struct stmt *s, SQLUSMALLINT column, SQLUSMALLINT field,
                               const struct text_out *text, SQLLEN *number)
{
    struct columns c;
    SQLRETURN rc = describe_columns(s, &c);
    if (rc == SQL_SUCCESS && (field == SQL_DESC_COUNT || field == SQL_COLUMN_COUNT)) {
        if (number)
            *number = (SQLLEN)c.n;
        return SQL_SUCCESS;
    }
    rc = rc == SQL_SUCCESS ? columns_with(s, column, &c) : rc;
    rc = rc == SQL_SUCCESS ? stmt_describe(s) : rc;
    if (rc != SQL_SUCCESS)
        return rc;
    if (field == SQL_COLUMN_PRECISION) {
        struct conv_desc d;
        describe_one(s, &c, column - 1u, &d);
        if (number)
            *number = d.column_size;
        return SQL_SUCCESS;
    }
    const struct attr_row *a = attr_find(field);
    if (!a)
        return diag(&s->h, ST_HY091, "column attribute %u is not known", (unsigned)field);
    const struct desc_rec *r = &s->ird->recs[column];
    if (a->kind != ATTR_TEXT) {
        if (number)
            *number = attr_number(a, r);
        return SQL_SUCCESS;
    }
    const char *value;
    memcpy(&value, (const char *)r + a->offset, sizeof value);
    return text_write(&s->h, text, value, strlen(value));
}

SQLRETURN stmt_col_attribute(SQLHSTMT h, SQLUSMALLINT column, SQLUSMALLINT field,
                             const struct text_out *text, SQLLEN *number)
{
    struct stmt *s = stmt_enter_sending(h);
    return s ? stmt_leave(s, col_attribute(s, column, field, text, number)) : stmt_not_entered(h);
}
