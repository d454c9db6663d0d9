/* test_mode.c - the driver reads SQL as the server does, whatever sql_mode it is in and whoever set
 * it when: what a double quote begins, and what a backslash does. */
#include "integration/odbc.h"

static struct conn c;
static SQLINTEGER five = 5;

#define ANSI  "SET sql_mode = 'ANSI_QUOTES'"
#define PLAIN "SET sql_mode = ''"

static void bind_five(SQLHSTMT s)
{
    ok(s, SQLBindParameter(s, 1, SQL_PARAM_INPUT, SQL_C_SLONG, SQL_INTEGER, 0, 0, &five, 0, NULL));
}

/* The last column of the only row. */
static void expect_last(SQLHSTMT s, const char *sql, const char *value)
{
    SQLSMALLINT n = 0;
    SQLRETURN rc = SQLExecDirect(s, text(sql), SQL_NTS);
    struct said d = said(s);
    ck_assert_msg(SQL_SUCCEEDED(rc), "%s, %s: %s %s", c.server, sql, d.state, d.text);
    ok(s, SQLNumResultCols(s, &n));
    ok(s, SQLFetch(s));
    const char *got = get(s, (SQLUSMALLINT)n);
    ck_assert_msg(!strcmp(got, value), "%s, %s: %s, not %s", c.server, sql, got, value);
    SQLFreeStmt(s, SQL_CLOSE);
}

/* A name that ends with a backslash and has a marker behind it; a string that ends with a quote. */
static void expect_names(SQLHSTMT s)
{
    expect_last(s, "SELECT 1 AS \"C:\\\", ? AS y", "5");
    expect_last(s, "SELECT 'it''s ?' AS \"C:\\\", ? AS \"?\"", "5");
}

static void expect_strings(SQLHSTMT s)
{
    expect_last(s, "SELECT \"C:\\\", ?\", ?", "5");
    expect_last(s, "SELECT ?, \"C:\\\", ?\"", "C:\", ?");
}

static void expect_quotes(SQLHSTMT s, bool are_names)
{
    if (are_names)
        expect_names(s);
    else
        expect_strings(s);
}

START_TEST(at_connect)
{
    conn_open_as(&c, _i, "INITSTMT={" ANSI "}");
    bind_five(c.stmt);
    expect_names(c.stmt);
    conn_close(&c);
    conn_open_as(&c, _i, "INITSTMT={" PLAIN "}");
    bind_five(c.stmt);
    expect_strings(c.stmt);
    conn_close(&c);
}
END_TEST

/* Each way in which a session can come into another mode; the quotes are read in between, so that
 * what is known has to be forgotten. */
START_TEST(set_by_sql)
{
    static const struct {
        const char *sql;
        bool are_names;
    } ways[] = {
        {ANSI, true},
        {PLAIN, false},
        {"  set @@Session.SQL_Mode := 'ANSI'", true},
        {"/*!40101 SET SQL_MODE='' */", false},
        {"-- a comment\nSET sql_mode = ANSI_QUOTES", true},
        {"SELECT 1; SET sql_mode = ''", false},
        {"PREPARE p FROM 'SET sql_mode = ANSI_QUOTES'", false},
        {"EXECUTE p", true},
        {"SET SESSION sql_mode = DEFAULT", false},
        {"CALL sets_mode()", false}, /* a routine's mode ends with it */
        {"CREATE TABLE IF NOT EXISTS t(i INT)", false},
    };
    conn_open_as(&c, _i, "MULTI_STATEMENTS=1");
    conn_database(&c, "mode");
    run(c.stmt, "CREATE PROCEDURE sets_mode() SET sql_mode = 'ANSI_QUOTES'");
    SQLHSTMT s = new_stmt(&c);
    bind_five(s);
    expect_strings(s);
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        run(c.stmt, ways[i].sql);
        expect_quotes(s, ways[i].are_names);
    }
    drop_stmt(s);
    conn_close(&c);
}
END_TEST

/* What was prepared, also a SET, counts when it is executed. */
START_TEST(prepared_before)
{
    static const char *const other[] = {PLAIN, ANSI};
    conn_open_as(&c, _i, "");
    SQLHSTMT sets[2] = {new_stmt(&c), new_stmt(&c)}, s = new_stmt(&c);
    for (int i = 0; i < 2; i++)
        ok(sets[i], SQLPrepare(sets[i], text(other[i]), SQL_NTS));
    bind_five(s);
    ok(s, SQLPrepare(s, text("SELECT 1 AS \"C:\\\", ? -- \""), SQL_NTS));
    for (int i = 0; i < 4; i++) {
        SQLSMALLINT n = 0;
        ok(sets[i % 2], SQLExecute(sets[i % 2]));
        ok(s, SQLNumParams(s, &n));
        ck_assert_int_eq(n, i % 2);
        ok(s, SQLNumResultCols(s, &n));
        ck_assert_int_eq(n, 1 + i % 2);
        ok(s, SQLExecute(s));
        ok(s, SQLNumResultCols(s, &n));
        ck_assert_int_eq(n, 1 + i % 2); /* one with a long name; two, the second of the marker */
        ok(s, SQLFetch(s));
        ck_assert_str_eq(get(s, (SQLUSMALLINT)n), n == 1 ? "1" : "5");
        SQLFreeStmt(s, SQL_CLOSE);
    }
    conn_close(&c);
}
END_TEST

START_TEST(reset_and_escapes)
{
    test_char out[200];
    SQLINTEGER len = 0;
    conn_open_as(&c, _i, "");
    bind_five(c.stmt);
    run(c.stmt, ANSI);
    expect_names(c.stmt);
    ck_assert(SQL_SUCCEEDED(
        SQLNativeSql(c.dbc, text("SELECT \"C:\\\", {fn LCASE(x)}"), SQL_NTS, out, 200, &len)));
    ck_assert_str_eq(text_back(out, (size_t)len), "SELECT \"C:\\\", LOWER(x)");
    SQLSetConnectAttr(c.dbc, 116 /* SQL_ATTR_RESET_CONNECTION */, (SQLPOINTER)1, SQL_IS_UINTEGER);
    expect_strings(c.stmt);
    conn_close(&c);
}
END_TEST

/* The columns of what the server does not prepare are asked for by a query made of the text. */
START_TEST(without_backslashes)
{
    static const char *const queries[] = {"SELECT 'a' AS x;", "SELECT 'a\\' AS x;",
                                          "SELECT 'a\\' AS x"};
    static const char *const keys[] = {"", "NO_SSPS=1"};
    for (int k = 0; k < 2; k++) {
        conn_open_as(&c, _i, keys[k]);
        run(c.stmt, "SET sql_mode = 'NO_BACKSLASH_ESCAPES'");
        for (size_t i = 0; i < sizeof queries / sizeof *queries; i++) {
            SQLSMALLINT n = -1;
            ok(c.stmt, SQLPrepare(c.stmt, text(queries[i]), SQL_NTS));
            ok(c.stmt, SQLNumResultCols(c.stmt, &n));
            ck_assert_int_eq(n, 1);
            ok(c.stmt, SQLExecute(c.stmt));
            SQLFreeStmt(c.stmt, SQL_CLOSE);
        }
        bind_five(c.stmt);
        expect_last(c.stmt, "SELECT 'a\\', ?", "5");
        conn_close(&c);
    }
}
END_TEST

static long questions(void)
{
    ok(c.stmt, direct(c.stmt, "SHOW SESSION STATUS LIKE 'Questions'"));
    ok(c.stmt, SQLFetch(c.stmt));
    long n = strtol(get(c.stmt, 2), NULL, 10);
    SQLFreeStmt(c.stmt, SQL_CLOSE);
    return n;
}

/* Rows go together also where the names stand in double quotes. */
START_TEST(arrays)
{
    enum { N = 2000 };
    static SQLINTEGER values[N];
    conn_open_as(&c, _i, "");
    conn_database(&c, "mode");
    run(c.stmt, "SET sql_mode = 'ANSI_QUOTES,STRICT_ALL_TABLES'");
    run(c.stmt, "CREATE TABLE \"t\\\"(\"a\" INT COMMENT '\"') ENGINE=InnoDB");
    SQLHSTMT s = new_stmt(&c);
    SQLSetStmtAttr(s, SQL_ATTR_PARAMSET_SIZE, (SQLPOINTER)N, 0);
    ok(s, SQLBindParameter(s, 1, SQL_PARAM_INPUT, SQL_C_SLONG, SQL_INTEGER, 0, 0, values, 0, NULL));
    long before = questions();
    ok(s, direct(s, "INSERT INTO \"t\\\" (\"a\") VALUES (?)"));
    ck_assert_int_lt(questions() - before, 40);
    ck_assert_int_eq(one_number(c.stmt, "SELECT COUNT(*) FROM \"t\\\""), N);
    drop_stmt(s);
    conn_close(&c);
}
END_TEST

/* Nobody is asked but for a text with double quotes, and once. */
START_TEST(asked_once)
{
    conn_open_as(&c, _i, "");
    bind_five(c.stmt);
    long before = questions();
    expect_last(c.stmt, "SELECT ?", "5");
    ck_assert_int_eq(questions() - before, 1 + 1); /* an execute, and these questions */
    before = questions();
    run(c.stmt, "SELECT \"x\"");
    run(c.stmt, "SELECT \"y\"");
    run(c.stmt, "SET @x = \"z\"");
    run(c.stmt, "SELECT \"y\"");
    ck_assert_int_eq(questions() - before, 1 + 1 + 4);
    conn_close(&c);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("mode");
    TCase *t = tcase_create("mode");
    tcase_set_timeout(t, 60);
    tcase_add_loop_test(t, at_connect, 0, NSERVERS);
    tcase_add_loop_test(t, set_by_sql, 0, NSERVERS);
    tcase_add_loop_test(t, prepared_before, 0, NSERVERS);
    tcase_add_loop_test(t, reset_and_escapes, 0, NSERVERS);
    tcase_add_loop_test(t, without_backslashes, 0, NSERVERS);
    tcase_add_loop_test(t, arrays, 0, NSERVERS);
    tcase_add_loop_test(t, asked_once, 0, NSERVERS);
    suite_add_tcase(s, t);
    return run_suite(s);
}
