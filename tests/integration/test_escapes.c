/* test_escapes.c - escapes of ODBC executed on the servers: each has the value and the type that
 * the reference gives it (appendixes C and E), by SQLExecDirect and prepared. */
#include "integration/odbc.h"

static struct conn c;

/* What a column is described as; numbers have the server's width. */
enum as {
    AS_DATE,
    AS_TIME,
    AS_TIMESTAMP,
    AS_WHOLE,
    AS_DECIMAL,
    AS_REAL,
    AS_DOUBLE,
    AS_TEXT,
    AS_BYTES
};

static const struct {
    const char *name;
    SQLSMALLINT types[6];
} kinds[] = {
    [AS_DATE] = {"a date", {SQL_TYPE_DATE}},
    [AS_TIME] = {"a time", {SQL_TYPE_TIME}},
    [AS_TIMESTAMP] = {"a timestamp", {SQL_TYPE_TIMESTAMP}},
    [AS_WHOLE] = {"a whole number", {SQL_TINYINT, SQL_SMALLINT, SQL_INTEGER, SQL_BIGINT}},
    [AS_DECIMAL] = {"a decimal", {SQL_DECIMAL}},
    [AS_REAL] = {"a real", {SQL_REAL}},
    [AS_DOUBLE] = {"a double", {SQL_DOUBLE}},
    [AS_TEXT] = {"a text",
                 {SQL_CHAR, SQL_VARCHAR, SQL_LONGVARCHAR, SQL_WCHAR, SQL_WVARCHAR,
                  SQL_WLONGVARCHAR}},
    [AS_BYTES] = {"bytes", {SQL_BINARY, SQL_VARBINARY, SQL_LONGVARBINARY}},
};

struct row {
    const char *sql; /* of one column */
    enum as as;
    const char *value; /* by SQL_C_CHAR */
};

static void check_type(const struct row *r, const char *when)
{
    SQLSMALLINT type = 0, n = 0;
    ok(c.stmt, SQLDescribeCol(c.stmt, 1, NULL, 0, &n, &type, NULL, NULL, NULL));
    bool is = false;
    for (size_t i = 0; i < 6; i++)
        is = is || (type && kinds[r->as].types[i] == type);
    ck_assert_msg(is, "%s: SELECT %s, %s: type %d is not %s", c.server, r->sql, when, type,
                  kinds[r->as].name);
}

static void check_value(const struct row *r, const char *when)
{
    check_type(r, when);
    ok(c.stmt, SQLFetch(c.stmt));
    const char *value = get(c.stmt, 1);
    ck_assert_msg(!strcmp(value, r->value), "%s: SELECT %s, %s: %s is not %s", c.server, r->sql,
                  when, value, r->value);
    SQLFreeStmt(c.stmt, SQL_CLOSE);
}

static void check_row(const struct row *r)
{
    char sql[2000];
    snprintf(sql, sizeof sql, "SELECT %s", r->sql);
    SQLRETURN rc = direct(c.stmt, sql);
    struct said d = said(c.stmt);
    ck_assert_msg(SQL_SUCCEEDED(rc), "%s: %s: %s %s", c.server, sql, d.state, d.text);
    check_value(r, "direct");
    ok(c.stmt, SQLPrepare(c.stmt, text(sql), SQL_NTS));
    check_type(r, "prepared");
    ok(c.stmt, SQLExecute(c.stmt));
    check_value(r, "executed");
}

static void check_rows(const struct row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++)
        check_row(&rows[i]);
}

#define ROWS(a) (sizeof(a) / sizeof *(a))

static const struct row literals[] = {
    {"{d '2024-01-02'}", AS_DATE, "2024-01-02"},
    {"{t '9:00:00'}", AS_TIME, "09:00:00"},
    {"{t '10:11:12.75'}", AS_TIME, "10:11:12.75"},
    {"{t '-25:00:00'}", AS_TIME, "-25:00:00"},
    {"{t '838:59:59'}", AS_TIME, "838:59:59"},
    {"{ts '2024-01-02 03:04:05'}", AS_TIMESTAMP, "2024-01-02 03:04:05"},
    {"{ts '2024-01-02 03:04:05.500'}", AS_TIMESTAMP, "2024-01-02 03:04:05.500"},
    {"{ts '2024-01-02 03:04:05.999999999'}", AS_TIMESTAMP, "2024-01-02 03:04:05.999999"},
    {"{ts '2024-01-02'}", AS_TIMESTAMP, "2024-01-02 00:00:00"},
    {"{d '0999-01-02'}", AS_DATE, "0999-01-02"},
    {"{d '9999-12-31'}", AS_DATE, "9999-12-31"},
    {"{d '0000-00-00'}", AS_TEXT, "0000-00-00"}, /* MySQL's default mode has no such literal */
    {"{ts '0000-00-00 00:00:00'}", AS_TEXT, "0000-00-00 00:00:00"},
    {"{guid '6F9619FF-8B86-D011-B42D-00C04FC964FF'}", AS_TEXT,
     "6F9619FF-8B86-D011-B42D-00C04FC964FF"},
    /* they compare, count and aggregate as what they are */
    {"{t '9:00:00'} < {t '10:00:00'}", AS_WHOLE, "1"},
    {"{ts '2024-01-02 03:04:05'} = {ts '2024-01-02 03:04:05.000'}", AS_WHOLE, "1"},
    {"{d '2024-01-02'} = {ts '2024-01-02 00:00:00'}", AS_WHOLE, "1"},
    {"COALESCE(NULL, {d '2024-01-02'})", AS_DATE, "2024-01-02"},
    {"MAX({d '2024-01-02'})", AS_DATE, "2024-01-02"},
    {"{t '10:00:00'} + 0", AS_WHOLE, "100000"},
    {"SUM({t '10:00:00'})", AS_DECIMAL, "100000"},
    {"{d '2024-01-02'} - {d '2024-01-01'}", AS_WHOLE, "1"},
    {"(SELECT COUNT(*) FROM v WHERE s = {d '2024-01-02'})", AS_WHOLE, "3"},
    {"(SELECT COUNT(*) FROM v WHERE s < {d '2024-01-03'})", AS_WHOLE, "3"},
    {"{d '2024-01-31'} + INTERVAL 1 MONTH", AS_DATE, "2024-02-29"},
    {"DATEDIFF({d '2024-03-01'}, {d '2024-02-28'})", AS_WHOLE, "2"},
    {"CONCAT({d '2024-01-02'}, 'T', {t '1:02:03'})", AS_TEXT, "2024-01-02T01:02:03"},
};

static void open_on(int i)
{
    conn_open(&c, i, "escapes");
    run(c.stmt, "CREATE TABLE v (s VARCHAR(40))");
    run(c.stmt, "INSERT INTO v VALUES ('2024-01-02'), ('2024-1-2'), ('2024-01-02 00:00:00'), "
                "('2024-01-03')");
}

START_TEST(literals_have_their_type)
{
    open_on(_i);
    check_rows(literals, ROWS(literals));
    conn_close(&c);
}
END_TEST

/* Where the grammar takes no typed literal, or a mode forbids it. */
START_TEST(literals_everywhere)
{
    open_on(_i);
    run(c.stmt, "CREATE TABLE f (a DATE DEFAULT {d '2024-01-02'}, b TIME DEFAULT {t '9:00:00'}, c "
                "DATETIME(3) DEFAULT {ts '2024-01-02 03:04:05.678'}, n INT)");
    run(c.stmt, "ALTER TABLE f ADD COLUMN e DATE DEFAULT {d '2024-01-03'}, ALTER COLUMN a SET "
                "DEFAULT {d '2024-01-04'}");
    run(c.stmt, "INSERT INTO f (n) VALUES (1)");
    ck_assert_str_eq(one(c.stmt, "SELECT CONCAT_WS('|', a, b, c, e) FROM f"),
                     "2024-01-04|09:00:00|2024-01-02 03:04:05.678|2024-01-03");
    run(c.stmt,
        "CREATE TABLE p (a DATE NOT NULL) PARTITION BY RANGE COLUMNS (a) (PARTITION p0 VALUES "
        "LESS THAN ({d '2024-01-02'}), PARTITION p1 VALUES LESS THAN (MAXVALUE))");
    run(c.stmt, "CREATE VIEW w AS SELECT {d '2024-01-02'} AS x, {ts '2024-01-02 03:04:05'} AS y");
    check_row(&(struct row){"x FROM w", AS_DATE, "2024-01-02"});
    check_row(&(struct row){"y FROM w", AS_TIMESTAMP, "2024-01-02 03:04:05"});
    run(c.stmt,
        "SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ANSI_QUOTES'");
    check_row(&(struct row){"{d '0000-00-00'} IS NULL", AS_WHOLE, "0"});
    check_row(&(struct row){"{d '2024-01-02'}", AS_DATE, "2024-01-02"});
    refuses(c.stmt, "22007", direct(c.stmt, "SELECT {d '2024-02-30'}"));
    refuses(c.stmt, "22007", direct(c.stmt, "SELECT {t '24:60:00'}"));
    run(c.stmt, "SET SESSION sql_mode = ''");
    run(c.stmt, "INSERT INTO f (a, c) VALUES ({d '0000-00-00'}, {ts '2024-00-00 00:00:00'})");
    ck_assert_str_eq(one(c.stmt, "SELECT CONCAT_WS('|', a, c) FROM f WHERE a = {d '0000-00-00'}"),
                     "0000-00-00|2024-00-00 00:00:00.000");
    conn_close(&c);
}
END_TEST

/* Commands of the session so far, this one included. */
static long commands(void)
{
    ok(c.stmt, direct(c.stmt, "SHOW SESSION STATUS LIKE 'Questions'"));
    ok(c.stmt, SQLFetch(c.stmt));
    long n = strtol(get(c.stmt, 2), NULL, 10);
    SQLFreeStmt(c.stmt, SQL_CLOSE);
    return n;
}

/* An array whose constants are literals goes in few commands, as one without them does. */
START_TEST(literals_in_arrays)
{
    enum { N = 1000 };
    static SQLINTEGER n[N];
    open_on(_i);
    run(c.stmt, "CREATE TABLE a (n INT, d DATE, t TIME(2), s DATETIME)");
    long before = commands();
    for (int i = 0; i < N; i++)
        n[i] = i;
    SQLSetStmtAttr(c.stmt, SQL_ATTR_PARAMSET_SIZE, (SQLPOINTER)N, 0);
    ok(c.stmt,
       SQLBindParameter(c.stmt, 1, SQL_PARAM_INPUT, SQL_C_LONG, SQL_INTEGER, 0, 0, n, 0, NULL));
    ok(c.stmt, direct(c.stmt, "INSERT INTO a VALUES (?, {d '2024-01-02'}, {t '9:00:00.25'}, {ts "
                              "'2024-01-02 03:04:05'})"));
    SQLSetStmtAttr(c.stmt, SQL_ATTR_PARAMSET_SIZE, (SQLPOINTER)1, 0);
    SQLFreeStmt(c.stmt, SQL_RESET_PARAMS);
    long used = commands() - before;
    ck_assert_msg(used < 50, "%s: %ld commands for %d rows", c.server, used, N);
    ck_assert_str_eq(
        one(c.stmt, "SELECT CONCAT_WS('|', COUNT(*), SUM(n), MIN(d), MAX(t), MIN(s)) FROM a"),
        "1000|499500|2024-01-02|09:00:00.25|2024-01-02 03:04:05");
    conn_close(&c);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("escapes");
    TCase *t = tcase_create("escapes");
    tcase_set_timeout(t, 120);
    tcase_add_loop_test(t, literals_have_their_type, 0, NSERVERS);
    tcase_add_loop_test(t, literals_everywhere, 0, NSERVERS);
    tcase_add_loop_test(t, literals_in_arrays, 0, NSERVERS);
    suite_add_tcase(s, t);
    return run_suite(s);
}
