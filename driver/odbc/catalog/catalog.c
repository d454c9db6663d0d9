/* catalog.c - SQLTables, SQLColumns. */
#include "odbc/catalog/catalog.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "conv/describe.h"
#include "odbc/command/roundtrip.h"
#include "odbc/command/sqlmode.h"
#include "odbc/exec/exec.h"
#include "odbc/exec/text.h"
#include "odbc/result/convert.h"
#include "odbc/result/made.h"
#include "sql/literal.h"

/* --- arguments -------------------------------------------------------------------------------- */

/* What an argument of a catalog function is.  Under SQL_ATTR_METADATA_ID ordinary arguments and
 * patterns are identifiers; what is plain stays so.  ODBC reference, "Arguments in Catalog
 * Functions". */
enum name_kind { NAME_ORDINARY, NAME_PATTERN, NAME_PLAIN };

/* An argument of a catalog function. */
struct name_arg {
    struct buf text;
    bool is_null;
    bool is_pattern; /* % and _ are wildcards; else an exact name */
};

size_t catalog_identifier(char *s, size_t n)
{
    if (n >= 2 && (s[0] == '`' || s[0] == '"') && s[n - 1] == s[0]) {
        memmove(s, s + 1, n - 2);
        n -= 2;
    } else {
        while (n && s[n - 1] == ' ')
            n--;
    }
    s[n] = '\0';
    return n;
}

static SQLRETURN name_take(struct stmt *s, struct name_arg *a, struct text_arg arg,
                           enum name_kind kind, const char *what)
{
    bool is_identifier = kind != NAME_PLAIN && s->metadata_id == SQL_TRUE;
    buf_init(&a->text, 0);
    a->is_null = !arg.p;
    a->is_pattern = kind == NAME_PATTERN && !is_identifier;
    if (is_identifier && a->is_null)
        return diag(&s->h, ST_HY009,
                    "the %s is NULL, and with SQL_ATTR_METADATA_ID every name is an identifier: "
                    "give it, or set the attribute to SQL_FALSE",
                    what);
    SQLRETURN rc = text_in(&s->h, &a->text, arg, what);
    if (rc == SQL_SUCCESS && is_identifier)
        a->text.len = catalog_identifier((char *)a->text.p, a->text.len);
    return rc;
}

/* With NO_CATALOG there are no catalogs to name. */
static SQLRETURN catalog_take(struct stmt *s, struct name_arg *a, struct text_arg arg,
                              enum name_kind kind)
{
    if (s->dbc->dsn.no_catalog && !arg.p)
        kind = NAME_PLAIN;
    return name_take(s, a, arg, kind, "catalog name");
}

static bool name_is(const struct name_arg *a, const char *text)
{
    return !a->is_null && a->text.len == strlen(text) &&
           !memcmp(a->text.p ? (const char *)a->text.p : "", text, a->text.len);
}

/* Does the argument limit anything? */
static bool is_open(const struct name_arg *a)
{
    return a->is_null || (a->is_pattern && name_is(a, "%"));
}

/* " AND column = 'name'" or " AND column LIKE 'pattern'". */
static void put_condition(struct buf *b, const struct stmt *s, const char *column,
                          const struct name_arg *a)
{
    struct sql_mode mode = sqlmode_now(s->dbc);
    const char *text = a->text.p ? (const char *)a->text.p : "";
    struct buf exact;
    buf_init(&exact, 0);
    bool is_exact = !a->is_pattern || sql_pattern_is_exact(&exact, text, a->text.len);
    buf_printf(b, " AND %s %s ", column, is_exact ? "=" : "LIKE");
    if (!a->is_pattern)
        sql_put_string(b, text, a->text.len, mode);
    else if (is_exact)
        sql_put_string(b, exact.p ? (const char *)exact.p : "", exact.len, mode);
    else
        sql_put_like(b, text, a->text.len, mode);
    buf_clear(&exact);
}

static void put_database(struct buf *b, const struct stmt *s, const struct name_arg *catalog)
{
    if (s->dbc->dsn.no_catalog)
        buf_puts(b, " AND TABLE_SCHEMA = DATABASE()");
    else if (!is_open(catalog))
        put_condition(b, s, "TABLE_SCHEMA", catalog);
}

/* An ordinary catalog argument: none given is the current database, as far as there is one. */
static SQLRETURN put_own_database(struct buf *b, struct stmt *s, const struct name_arg *catalog)
{
    struct buf current = {0};
    SQLRETURN rc = SQL_SUCCESS;
    bool is_empty = !catalog->is_null && !catalog->text.len;
    if (catalog->is_null && s->dbc->dsn.null_is_current)
        rc = dbc_current_catalog(s->dbc, &current);
    if (is_empty || current.len)
        buf_puts(b, " AND TABLE_SCHEMA = DATABASE()");
    else
        put_database(b, s, catalog);
    buf_clear(&current);
    return rc;
}

/* --- asking the server ------------------------------------------------------------------------ */

typedef void row_fn(void *ctx, const struct cell *cells);

/* Every row of the answer to a query of ncols columns.  What a server (or what stands before it)
 * answers with fewer is no answer. */
static SQLRETURN ask(struct stmt *s, struct buf *sql, size_t ncols, row_fn *row, void *ctx)
{
    struct fault f;
    if (!buf_ok(sql))
        return diag(&s->h, ST_HY001, "no memory for a catalog query");
    int rc = command_begin(s, &f);
    if (rc)
        return command_fault(s, 0, &f);
    struct session *w = s->dbc->session;
    rc = session_query(w, (const char *)sql->p, sql->len, &f);
    const struct cell *cells;
    int got = rc ? 0 : 1;
    size_t has = rc ? ncols : session_reply(w)->ncols;
    while (got == 1 && has >= ncols) {
        got = session_row(w, &cells, &f);
        if (got == 1)
            row(ctx, cells);
    }
    if (!rc && got >= 0)
        rc = session_skip(w, &f);
    command_end(s);
    if (rc || got < 0)
        return command_fault(s, 0, &f);
    return has >= ncols
               ? SQL_SUCCESS
               : diag(&s->h, ST_HY000,
                      "the server answered a catalog query of %zu columns with %zu", ncols, has);
}

static void put_cell(struct made *m, const struct cell *c)
{
    if (c->p)
        made_put_n(m, c->p, c->len);
    else
        made_put_null(m);
}

static void put_catalog(struct made *m, const struct cell *database)
{
    if (m->s->dbc->dsn.no_catalog)
        made_put_null(m);
    else
        put_cell(m, database);
    made_put_null(m); /* schema */
}

static bool cell_is(const struct cell *c, const char *text)
{
    return c->p && text_eqn((const char *)c->p, c->len, text);
}

/* --- SQLTables -------------------------------------------------------------------------------- */

/* The server's TABLE_TYPE, ODBC's, and the standard's, by which programs ask too; in ODBC's order
 * (results are sorted by type). */
static const struct {
    const char *server, *odbc, *standard;
} table_types[] = {
    {"SEQUENCE", "SEQUENCE", "SEQUENCE"},  {"SYSTEM VIEW", "SYSTEM VIEW", "SYSTEM VIEW"},
    {"BASE TABLE", "TABLE", "BASE TABLE"}, {"SYSTEM VERSIONED", "TABLE", "BASE TABLE"},
    {"TABLE", "TABLE", "BASE TABLE"},      {"VIEW", "VIEW", "VIEW"},
    {"MATERIALIZED VIEW", "VIEW", "VIEW"},
};
#define NTYPES (sizeof table_types / sizeof *table_types)

bool catalog_type_wanted(const char *types, const char *type)
{
    while (*types == ' ')
        types++;
    if (!*types || !strcmp(types, "%"))
        return true;
    for (const char *end; *types; types = *end ? end + 1 : end) {
        end = strchr(types, ',');
        end = end ? end : types + strlen(types);
        const char *from = types, *to = end;
        while (from < to && (*from == ' ' || *from == '\''))
            from++;
        while (to > from && (to[-1] == ' ' || to[-1] == '\''))
            to--;
        if (text_eqn(from, (size_t)(to - from), type))
            return true;
    }
    return false;
}

/* The row of table_types; what nobody knows is a table. */
static size_t type_of(const struct cell *c)
{
    size_t plain = 0;
    for (size_t i = 0; i < NTYPES; i++) {
        if (cell_is(c, table_types[i].server))
            return i;
        if (!strcmp(table_types[i].server, "TABLE"))
            plain = i;
    }
    return plain;
}

static bool type_wanted(const char *types, size_t type)
{
    return catalog_type_wanted(types, table_types[type].odbc) ||
           catalog_type_wanted(types, table_types[type].standard) ||
           catalog_type_wanted(types, table_types[type].server);
}

struct tables_job {
    struct made made;
    const char *types;
};

static void put_table(void *ctx, const struct cell *c)
{
    struct tables_job *j = ctx;
    size_t type = type_of(&c[2]);
    if (!type_wanted(j->types, type))
        return;
    put_catalog(&j->made, &c[0]);
    put_cell(&j->made, &c[1]);
    made_put(&j->made, table_types[type].odbc);
    put_cell(&j->made, &c[3]);
    made_row(&j->made);
}

static void put_database_row(void *ctx, const struct cell *c)
{
    struct tables_job *j = ctx;
    put_cell(&j->made, &c[0]);
    made_row(&j->made);
}

/* ORDER BY ODBC's names of the types. */
static void put_type_order(struct buf *b)
{
    buf_puts(b, " ORDER BY CASE TABLE_TYPE");
    for (size_t i = 0; i < NTYPES; i++)
        buf_printf(b, " WHEN '%s' THEN '%s'", table_types[i].server, table_types[i].odbc);
    buf_puts(b, " ELSE 'TABLE' END, TABLE_SCHEMA, TABLE_NAME");
}

struct tables_args {
    struct name_arg catalog, schema, table, types;
};

static SQLRETURN list_databases(struct stmt *s, struct tables_job *j, struct buf *sql)
{
    buf_puts(sql, "SELECT SCHEMA_NAME FROM information_schema.SCHEMATA ORDER BY SCHEMA_NAME");
    return s->dbc->dsn.no_catalog ? SQL_SUCCESS : ask(s, sql, 1, put_database_row, j);
}

static SQLRETURN list_types(struct tables_job *j)
{
    const char *last = "";
    for (size_t i = 0; i < NTYPES; i++) {
        if (!strcmp(last, table_types[i].odbc))
            continue;
        last = table_types[i].odbc;
        made_put_null(&j->made);
        made_put_null(&j->made);
        made_put_null(&j->made);
        made_put(&j->made, last);
        made_row(&j->made);
    }
    return SQL_SUCCESS;
}

static SQLRETURN list_tables(struct stmt *s, const struct tables_args *a, struct tables_job *j,
                             struct buf *sql)
{
    buf_puts(sql, "SELECT TABLE_SCHEMA, TABLE_NAME, TABLE_TYPE, TABLE_COMMENT"
                  " FROM information_schema.TABLES WHERE 1 = 1");
    put_database(sql, s, &a->catalog);
    if (!is_open(&a->table))
        put_condition(sql, s, "TABLE_NAME", &a->table);
    put_type_order(sql);
    return ask(s, sql, 4, put_table, j);
}

/* The three enumerations are asked for by one "%" and empty strings (ODBC reference, SQLTables). */
static SQLRETURN list_wanted(struct stmt *s, const struct tables_args *a, struct tables_job *j,
                             struct buf *sql)
{
    bool no_table = name_is(&a->table, "");
    if (name_is(&a->catalog, SQL_ALL_CATALOGS) && name_is(&a->schema, "") && no_table)
        return list_databases(s, j, sql);
    if (name_is(&a->schema, SQL_ALL_SCHEMAS) && name_is(&a->catalog, "") && no_table)
        return SQL_SUCCESS; /* there are none */
    if (name_is(&a->types, SQL_ALL_TABLE_TYPES) && name_is(&a->catalog, "") &&
        name_is(&a->schema, "") && no_table)
        return list_types(j);
    if (name_is(&a->catalog, "") && !s->dbc->dsn.no_catalog)
        return SQL_SUCCESS; /* the tables without a catalog: there are none */
    return list_tables(s, a, j, sql);
}

static SQLRETURN tables(struct stmt *s, const struct tables_args *a)
{
    SQLRETURN rc = exec_can_start(s);
    if (rc != SQL_SUCCESS)
        return rc;
    struct tables_job j = {.types = a->types.text.p ? (const char *)a->types.text.p : ""};
    struct buf sql;
    buf_init(&sql, 0);
    text_forget(s);
    if (made_open(&j.made, s, MADE_TABLES))
        rc = list_wanted(s, a, &j, &sql);
    buf_clear(&sql);
    return made_end_or(&j.made, rc);
}

SQLRETURN stmt_tables(SQLHSTMT h, struct text_arg catalog, struct text_arg schema,
                      struct text_arg table, struct text_arg types)
{
    struct stmt *s = stmt_enter_sending(h);
    if (!s)
        return stmt_not_entered(h);
    struct tables_args a = {0};
    SQLRETURN rc = catalog_take(s, &a.catalog, catalog, NAME_PATTERN);
    if (rc == SQL_SUCCESS)
        rc = name_take(s, &a.schema, schema, NAME_PATTERN, "schema name");
    if (rc == SQL_SUCCESS)
        rc = name_take(s, &a.table, table, NAME_PATTERN, "table name");
    if (rc == SQL_SUCCESS)
        rc = name_take(s, &a.types, types, NAME_PLAIN, "table types");
    if (rc == SQL_SUCCESS)
        rc = tables(s, &a);
    buf_clear(&a.catalog.text);
    buf_clear(&a.schema.text);
    buf_clear(&a.table.text);
    buf_clear(&a.types.text);
    return stmt_leave(s, rc);
}

/* --- SQLColumns ------------------------------------------------------------------------------- */

/* What the query for SQLColumns selects, in this order. */
enum {
    C_DATABASE,
    C_TABLE,
    C_COLUMN,
    C_TYPE,
    C_NULLABLE,
    C_DEFAULT,
    C_COMMENT,
    C_POSITION,
    C_EXTRA,
    C_COUNT
};

struct columns_job {
    struct made made;
    struct conv_opts opts;
    bool raw_defaults; /* the server gives the default's value, not its SQL text */
};

/* Is the default's text a string's value rather than SQL? */
static bool is_string_default(const struct columns_job *j, const struct cell *c,
                              const struct conv_desc *d)
{
    const struct cell *text = &c[C_DEFAULT], *extra = &c[C_EXTRA];
    if (!j->raw_defaults || !*d->literal_prefix)
        return false;
    if (extra->p && extra->len >= 17 && text_eqn((const char *)extra->p, 17, "DEFAULT_GENERATED"))
        return false;
    return text->len < 17 || !text_eqn((const char *)text->p, 17, "CURRENT_TIMESTAMP");
}

/* COLUMN_DEF: SQL text; strings in quotes; NULL if there is no default. */
static void put_default(struct columns_job *j, const struct cell *c, const struct conv_desc *d)
{
    const struct cell *text = &c[C_DEFAULT];
    if (!text->p || !is_string_default(j, c, d)) {
        put_cell(&j->made, text);
        return;
    }
    struct buf b;
    buf_init(&b, 0);
    sql_put_string(&b, (const char *)text->p, text->len, sqlmode_now(j->made.s->dbc));
    j->made.broken |= !buf_ok(&b);
    made_put_n(&j->made, b.p ? (const char *)b.p : "", b.len);
    buf_clear(&b);
}

static void put_column(void *ctx, const struct cell *c)
{
    struct columns_job *j = ctx;
    struct made *m = &j->made;
    char *type = arena_dup(&m->arena, c[C_TYPE].p ? (const char *)c[C_TYPE].p : "",
                           c[C_TYPE].p ? c[C_TYPE].len : 0);
    if (!type) {
        m->broken = true;
        return;
    }
    struct conv_desc d;
    describe_declared(type, 0, &j->opts, &d);
    bool may_be_null = !cell_is(&c[C_NULLABLE], "NO");
    put_catalog(m, &c[C_DATABASE]);
    put_cell(m, &c[C_TABLE]);
    put_cell(m, &c[C_COLUMN]);
    made_put_int(m, d.concise_type);
    made_put(m, d.type_name);
    made_put_int(m, d.column_size);
    made_put_int(m, d.octet_length);
    made_put_opt(m, d.decimal_digits, DESC_NONE);
    made_put_opt(m, d.num_prec_radix, 0);
    made_put_int(m, may_be_null ? SQL_NULLABLE : SQL_NO_NULLS);
    put_cell(m, &c[C_COMMENT]);
    put_default(j, c, &d);
    made_put_int(m, d.verbose_type);
    made_put_opt(m, d.datetime_sub, 0);
    made_put_opt(m, d.char_octet_length, DESC_NONE);
    put_cell(m, &c[C_POSITION]);
    made_put(m, may_be_null ? "YES" : "NO");
    made_row(m);
}

struct columns_args {
    struct name_arg catalog, schema, table, column;
};

static SQLRETURN columns(struct stmt *s, const struct columns_args *a)
{
    SQLRETURN rc = exec_can_start(s);
    if (rc != SQL_SUCCESS)
        return rc;
    struct columns_job j = {.opts = convert_opts(s->dbc)};
    j.raw_defaults = !session_product(s->dbc->session)->defaults_are_sql;
    struct buf sql;
    buf_init(&sql, 0);
    buf_puts(&sql, "SELECT TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME, COLUMN_TYPE, IS_NULLABLE,"
                   " COLUMN_DEFAULT, COLUMN_COMMENT, ORDINAL_POSITION, EXTRA"
                   " FROM information_schema.COLUMNS WHERE 1 = 1");
    rc = put_own_database(&sql, s, &a->catalog);
    if (!is_open(&a->table))
        put_condition(&sql, s, "TABLE_NAME", &a->table);
    if (!is_open(&a->column))
        put_condition(&sql, s, "COLUMN_NAME", &a->column);
    buf_puts(&sql, " ORDER BY TABLE_SCHEMA, TABLE_NAME, ORDINAL_POSITION");
    text_forget(s);
    if (made_open(&j.made, s, MADE_COLUMNS) && rc == SQL_SUCCESS)
        rc = ask(s, &sql, C_COUNT, put_column, &j);
    buf_clear(&sql);
    return made_end_or(&j.made, rc);
}

SQLRETURN stmt_columns(SQLHSTMT h, struct text_arg catalog, struct text_arg schema,
                       struct text_arg table, struct text_arg column)
{
    struct stmt *s = stmt_enter_sending(h);
    if (!s)
        return stmt_not_entered(h);
    struct columns_args a = {0};
    SQLRETURN rc = catalog_take(s, &a.catalog, catalog, NAME_ORDINARY);
    if (rc == SQL_SUCCESS)
        rc = name_take(s, &a.schema, schema, NAME_PATTERN, "schema name");
    if (rc == SQL_SUCCESS)
        rc = name_take(s, &a.table, table, NAME_PATTERN, "table name");
    if (rc == SQL_SUCCESS)
        rc = name_take(s, &a.column, column, NAME_PATTERN, "column name");
    if (rc == SQL_SUCCESS)
        rc = columns(s, &a);
    buf_clear(&a.catalog.text);
    buf_clear(&a.schema.text);
    buf_clear(&a.table.text);
    buf_clear(&a.column.text);
    return stmt_leave(s, rc);
}
