/* streamload.h - what the tests of Stream Load share: a MariaDB for SQL, and the fake FE and BE
 * (tests/fake/streamload) beside it with the same tables.  Rows that came by Stream Load are in the
 * fake, rows that came as SQL in MariaDB.  For tests only: ck_assert, static inline. */
#ifndef TESTS_INTEGRATION_STREAMLOAD_H
#define TESTS_INTEGRATION_STREAMLOAD_H

#include "fake_streamload.h"
#include "integration/odbc.h"
#include "mywire.h"

static struct conn c;
static struct fake *fake;

/* A table of the same columns in both places: MariaDB's test database, and test.t of the fake. */
static inline void both_tables(const char *fake_columns, const char *sql_columns)
{
    char ddl[2000], why[300];
    snprintf(ddl, sizeof ddl, "test.t%s", fake_columns);
    ck_assert_msg(fake_table(fake, ddl, why, sizeof why), "%s", why);
    if (!c.stmt)
        return;
    snprintf(ddl, sizeof ddl, "CREATE TEMPORARY TABLE t%s", sql_columns);
    run(c.stmt, "DROP TEMPORARY TABLE IF EXISTS t");
    run(c.stmt, ddl);
}

static inline void fake_open(const char *const *options)
{
    char why[300];
    fake_free(fake); /* of a case that ended for want of its server */
    fake = fake_new();
    ck_assert(fake_set(fake, "user", "app:app-secret"));
    for (const char *const *o = options; o && *o; o += 2)
        ck_assert_msg(fake_set(fake, o[0], o[1]), "%s", o[0]);
    ck_assert_msg(fake_start(fake, why, sizeof why), "%s", why);
}

/* Connect to MariaDB with the fake as endpoint, and further keys. */
static inline void load_connect(const char *scheme, const char *extra)
{
    char keys[3500];
    snprintf(keys, sizeof keys,
             "STREAMLOADURL=%s://127.0.0.1:%u;STREAMLOADDIALECT=STARROCKS;STREAMLOADTIMEOUT=20;%s",
             scheme, fake_port(fake, FAKE_FE), extra);
    conn_open_as(&c, 0, keys);
}

static inline void load_open(const char *extra)
{
    fake_open(NULL);
    load_connect("http", extra);
    both_tables("(n BIGINT, v VARCHAR(200)) PRIMARY KEY(n)", "(n BIGINT, v VARCHAR(200))");
}

static inline void load_close(void)
{
    conn_close(&c);
    c = (struct conn){0};
    fake_free(fake);
    fake = NULL;
}

static inline void attr(SQLINTEGER id, void *value)
{
    ok(c.stmt, SQLSetStmtAttr(c.stmt, id, value, 0));
}

/* A text attribute of the statement. */
static inline void set_text(SQLINTEGER id, const char *value)
{
    ok(c.stmt, SQLSetStmtAttr(c.stmt, id, text(value), SQL_NTS));
}

static inline const char *get_text(SQLINTEGER id)
{
    test_char out[2000];
    SQLINTEGER len = 0;
    ok(c.stmt, SQLGetStmtAttr(c.stmt, id, out, (SQLINTEGER)sizeof out, &len));
    return text_back(out, (size_t)len / sizeof *out);
}

/* A cell of the fake's table t as text; "NULL". */
static inline const char *cell(size_t row, size_t column)
{
    static char out[4][4096];
    static unsigned turn;
    char *to = out[turn++ % 4];
    const char *p = NULL;
    size_t n = 0;
    int got = fake_cell(fake, "test", "t", row, column, &p, &n);
    ck_assert_msg(got >= 0, "no cell %zu, %zu", row, column);
    snprintf(to, sizeof out[0], "%.*s", got ? (int)n : 4, got ? p : "NULL");
    return to;
}

static inline size_t loaded(void)
{
    return fake_rows(fake, "test", "t");
}

/* An array of N rows: n = 0.., v = "v<n>", row 3 NULL; bound by column. */
enum { N = 10 };
struct rows {
    SQLBIGINT n[N];
    char v[N][16];
    SQLLEN len[N];
    SQLUSMALLINT status[N];
    SQLULEN processed;
};

static inline void fill(struct rows *r)
{
    for (int i = 0; i < N; i++) {
        r->n[i] = i;
        snprintf(r->v[i], sizeof r->v[i], "v%d", i);
        r->len[i] = i == 3 ? SQL_NULL_DATA : SQL_NTS;
        r->status[i] = 99;
    }
    r->processed = 99;
}

static inline void bind(struct rows *r, SQLULEN n)
{
    attr(SQL_ATTR_PARAMSET_SIZE, (void *)(uintptr_t)n);
    attr(SQL_ATTR_PARAM_STATUS_PTR, r->status);
    attr(SQL_ATTR_PARAMS_PROCESSED_PTR, &r->processed);
    ok(c.stmt, SQLBindParameter(c.stmt, 1, SQL_PARAM_INPUT, SQL_C_SBIGINT, SQL_BIGINT, 0, 0, r->n,
                                0, NULL));
    ok(c.stmt, SQLBindParameter(c.stmt, 2, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_VARCHAR, 200, 0, r->v,
                                16, r->len));
}

static inline void all_status(const struct rows *r, size_t n, SQLUSMALLINT want)
{
    for (size_t i = 0; i < n; i++)
        ck_assert_msg(r->status[i] == want, "row %zu: status %u, not %u", i, r->status[i], want);
}

/* One of the statement's diagnostics holds these words. */
static inline void says(const char *words)
{
    for (SQLSMALLINT i = 1;; i++) {
        struct said d = said_at(SQL_HANDLE_STMT, c.stmt, i);
        ck_assert_msg(d.state[0], "nothing says: %s; first: %s", words, said(c.stmt).text);
        if (strstr(d.text, words))
            return;
    }
}

#endif
