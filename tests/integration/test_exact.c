/* test_exact.c - a FLOAT has all its digits, however it is asked for.
 *
 * As text the servers print six digits; the statements here have no parameters, and would go as
 * text. */
#include "integration/odbc.h"

static struct conn c;

static const struct {
    const char *literal;
    float value;
} floats[] = {
    {"123456.789", 123456.789f},
    {"16777215", 16777215.f},
    {"3.4028234e38", 3.4028234e38f},
    {"0.1", 0.1f},
    {"-1e-37", -1e-37f},
};
enum { NFLOATS = sizeof floats / sizeof *floats };

static void make_floats(void)
{
    run(c.stmt, "CREATE TABLE fl(id INT PRIMARY KEY, f FLOAT, i INT)");
    for (int i = 0; i < NFLOATS; i++) {
        char sql[100];
        snprintf(sql, sizeof sql, "INSERT INTO fl VALUES(%d, %s, %d)", i, floats[i].literal, i);
        run(c.stmt, sql);
    }
    run(c.stmt, "CREATE VIEW flv AS SELECT f AS g FROM fl WHERE id = 0");
    run(c.stmt, "CREATE PROCEDURE flp() BEGIN SELECT 1; SELECT f FROM fl WHERE id = 0; END");
    run(c.stmt, "CREATE FUNCTION flf() RETURNS FLOAT READS SQL DATA "
                "RETURN (SELECT f FROM fl WHERE id = 0)");
}

/* Column 1 of the row at hand, as number and as text. */
static void has_float(const char *what, float want)
{
    float f = 0;
    double d = 0;
    char text_f[64], text_want[64];
    ok(c.stmt, SQLGetData(c.stmt, 1, SQL_C_FLOAT, &f, 0, NULL));
    ck_assert_msg(f == want, "%s %s: %.9g, not %.9g", c.server, what, (double)f, (double)want);
    ok(c.stmt, SQLGetData(c.stmt, 1, SQL_C_DOUBLE, &d, 0, NULL));
    ck_assert_msg(d == (double)want, "%s %s: %.17g, not %.17g", c.server, what, d, (double)want);
    ok(c.stmt, SQLGetData(c.stmt, 1, SQL_C_CHAR, text_f, sizeof text_f, NULL));
    snprintf(text_want, sizeof text_want, "%.9g", (double)want);
    ck_assert_msg(strtof(text_f, NULL) == want, "%s %s: '%s' is not %s", c.server, what, text_f,
                  text_want);
}

static void select_float(const char *sql, float want)
{
    ok(c.stmt, direct(c.stmt, sql));
    ok(c.stmt, SQLFetch(c.stmt));
    has_float(sql, want);
    SQLFreeStmt(c.stmt, SQL_CLOSE);
}

/* The forms of a statement that reads a FLOAT. */
START_TEST(each_form)
{
    static const char *const forms[] = {
        "SELECT f FROM fl WHERE id = 0",
        "select f from fl where id=0",
        "SELECT g FROM flv",
        "WITH w AS (SELECT * FROM fl) SELECT f FROM w WHERE id = 0",
        "(SELECT f FROM fl WHERE id = 0) UNION ALL SELECT f FROM fl WHERE id = 0",
        "SELECT (SELECT f FROM fl WHERE id = 0)",
        "SELECT flf()",
        "/* a comment */ SELECT f FROM fl WHERE id = 0",
    };
    conn_open(&c, _i, "exact");
    make_floats();
    for (int round = 0; round < 3; round++)
        for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
            select_float(forms[i], floats[0].value);
    for (int i = 0; i < NFLOATS; i++) {
        char sql[100];
        snprintf(sql, sizeof sql, "SELECT f FROM fl WHERE id = %d", i);
        select_float(sql, floats[i].value);
        ok(c.stmt, SQLPrepare(c.stmt, text(sql), SQL_NTS));
        for (int round = 0; round < 3; round++) {
            SQLSMALLINT n = 0;
            if (round == 1)
                ok(c.stmt, SQLNumResultCols(c.stmt, &n));
            ok(c.stmt, SQLExecute(c.stmt));
            ok(c.stmt, SQLFetch(c.stmt));
            has_float(sql, floats[i].value);
            SQLFreeStmt(c.stmt, SQL_CLOSE);
        }
    }
    conn_close(&c);
}
END_TEST

/* What is computed from a DOUBLE(M,D) has all its digits too, with a parameter and without. */
START_TEST(computed)
{
    static const char *const texts[] = {"SELECT d / 3 FROM dm", "SELECT AVG(d) / 3 FROM dm",
                                        "SELECT q FROM dmv"};
    conn_open(&c, _i, "exact");
    run(c.stmt, "CREATE TABLE dm(d DOUBLE(10,2))");
    run(c.stmt, "INSERT INTO dm VALUES(1)");
    run(c.stmt, "CREATE VIEW dmv AS SELECT d / 3 AS q FROM dm");
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        double d = 0;
        ok(c.stmt, direct(c.stmt, texts[i]));
        ok(c.stmt, SQLFetch(c.stmt));
        ok(c.stmt, SQLGetData(c.stmt, 1, SQL_C_DOUBLE, &d, 0, NULL));
        ck_assert_msg(d == 1.0 / 3, "%s %s: %.17g", c.server, texts[i], d);
        SQLFreeStmt(c.stmt, SQL_CLOSE);
    }
    conn_close(&c);
}
END_TEST

/* ZEROFILL is seen, whichever way the row came. */
START_TEST(zerofill)
{
    static const char *const texts[] = {"SELECT d, f, i FROM zf", "SELECT * FROM zf ORDER BY i"};
    conn_open(&c, _i, "exact");
    run(c.stmt, "CREATE TABLE zf(d DOUBLE(10,2) ZEROFILL, f FLOAT ZEROFILL, i INT(5) ZEROFILL)");
    run(c.stmt, "INSERT INTO zf VALUES(1.5, 0.25, 7)");
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        ok(c.stmt, direct(c.stmt, texts[i]));
        ok(c.stmt, SQLFetch(c.stmt));
        ck_assert_str_eq(get(c.stmt, 1), "0000001.50");
        ck_assert_str_eq(get(c.stmt, 2), "000000000.25");
        ck_assert_str_eq(get(c.stmt, 3), "00007");
        SQLFreeStmt(c.stmt, SQL_CLOSE);
    }
    conn_close(&c);
}
END_TEST

/* Constants decide about types: of these only COALESCE(f, 100) is a FLOAT.  A column may be called
 * as what must not be asked in between. */
START_TEST(constants_and_names)
{
    conn_open(&c, _i, "exact");
    run(c.stmt, "CREATE TABLE rc(row_count INT, f FLOAT)");
    run(c.stmt, "INSERT INTO rc VALUES(1, 123456.789)");
    run(c.stmt, "SELECT COALESCE(f, 1.5) FROM rc");
    select_float("SELECT COALESCE(f, 100) FROM rc", 123456.789f);
    select_float("SELECT f, row_count FROM rc", 123456.789f);
    conn_close(&c);
}
END_TEST

/* The second result of a procedure; RETURNING of MariaDB. */
START_TEST(other_rows)
{
    conn_open(&c, _i, "exact");
    make_floats();
    for (int round = 0; round < 2; round++) {
        ok(c.stmt, direct(c.stmt, "CALL flp()"));
        ok(c.stmt, SQLFetch(c.stmt));
        ck_assert_str_eq(get(c.stmt, 1), "1");
        ok(c.stmt, SQLMoreResults(c.stmt));
        ok(c.stmt, SQLFetch(c.stmt));
        has_float("CALL", floats[0].value);
        ck_assert_int_eq(SQLMoreResults(c.stmt), SQL_NO_DATA);
    }
    if (!strcmp(c.server, "mariadb")) {
        select_float("INSERT INTO fl VALUES(100, 123456.789, 0) RETURNING f", 123456.789f);
        select_float("DELETE FROM fl WHERE id = 100 RETURNING f", 123456.789f);
        ck_assert_int_eq(one_number(c.stmt, "SELECT COUNT(*) FROM fl WHERE id = 100"), 0);
    }
    conn_close(&c);
}
END_TEST

/* What was seen without a FLOAT does not stay so when this connection changes the table. */
START_TEST(table_changes)
{
    conn_open(&c, _i, "exact");
    SQLHSTMT other = new_stmt(&c);
    run(c.stmt, "CREATE TABLE ch(v DOUBLE)");
    run(c.stmt, "INSERT INTO ch VALUES(123456.789)");
    ok(other, SQLPrepare(other, text("ALTER TABLE ch MODIFY v FLOAT"), SQL_NTS));
    ck_assert_str_eq(one(c.stmt, "SELECT v FROM ch"), "123456.789");
    ok(other, SQLExecute(other));
    select_float("SELECT v FROM ch", 123456.789f);
    drop_stmt(other);
    conn_close(&c);
}
END_TEST

/* Nor what SQLNumResultCols saw before the table changed. */
START_TEST(described_before)
{
    SQLSMALLINT n = 0;
    conn_open(&c, _i, "exact");
    SQLHSTMT other = new_stmt(&c);
    run(other, "CREATE TABLE db(v DOUBLE)");
    run(other, "INSERT INTO db VALUES(123456.789)");
    ok(c.stmt, SQLPrepare(c.stmt, text("SELECT v FROM db"), SQL_NTS));
    ok(c.stmt, SQLNumResultCols(c.stmt, &n));
    run(other, "ALTER TABLE db MODIFY v FLOAT");
    ok(c.stmt, SQLExecute(c.stmt));
    ok(c.stmt, SQLFetch(c.stmt));
    has_float("described before", 123456.789f);
    drop_stmt(other);
    conn_close(&c);
}
END_TEST

/* Nothing is sent between a statement and the question what it did; nothing is done twice. */
START_TEST(once)
{
    conn_open(&c, _i, "exact");
    run(c.stmt, "CREATE TABLE t(i INT)");
    run(c.stmt, "CREATE TABLE log(i INT)");
    run(c.stmt, "CREATE FUNCTION noted(i INT) RETURNS INT MODIFIES SQL DATA "
                "BEGIN INSERT INTO log VALUES(i); RETURN i; END");
    for (int i = 0; i < 3; i++) {
        run(c.stmt, "INSERT INTO t VALUES(1), (2), (3)");
        ck_assert_str_eq(one(c.stmt, "SELECT ROW_COUNT()"), "3");
    }
    ok(c.stmt, direct(c.stmt, "SELECT SQL_CALC_FOUND_ROWS i FROM t LIMIT 1"));
    ok(c.stmt, SQLFetch(c.stmt));
    SQLFreeStmt(c.stmt, SQL_CLOSE);
    ck_assert_str_eq(one(c.stmt, "SELECT FOUND_ROWS()"), "9");
    ck_assert_str_eq(one(c.stmt, "SELECT noted(7)"), "7");
    ck_assert_str_eq(one(c.stmt, "SELECT noted(8) FROM DUAL"), "8");
    ck_assert_str_eq(one(c.stmt, "SELECT COUNT(*) FROM log"), "2");
    run(c.stmt, "SET @n := 0");
    ck_assert_str_eq(one(c.stmt, "SELECT @n := @n + 1 FROM DUAL"), "1");
    ck_assert_str_eq(one(c.stmt, "SELECT @n"), "1");
    refuses(c.stmt, "42S02", direct(c.stmt, "SELECT * FROM no_such_table"));
    refuses(c.stmt, "42000", direct(c.stmt, "SELECT FROM FROM"));
    conn_close(&c);
}
END_TEST

/* Statements of one form are asked about once: a hundred executions prepare at most one. */
START_TEST(asked_once)
{
    conn_open(&c, _i, "exact");
    SQLHSTMT other = new_stmt(&c);
    static const char count[] = "SHOW SESSION STATUS LIKE 'Com_stmt_prepare'";
    run(c.stmt, "CREATE TABLE t(i INT, s VARCHAR(20))");
    long before, after;
    ok(other, direct(other, count));
    ok(other, SQLFetch(other));
    before = strtol(get(other, 2), NULL, 10);
    SQLFreeStmt(other, SQL_CLOSE);
    for (int i = 0; i < 100; i++) {
        char sql[100];
        snprintf(sql, sizeof sql, "SELECT i FROM t WHERE i = %d AND s <> 'n%d'", i % 10, i);
        run(c.stmt, sql);
        run(c.stmt, "SELECT 1");
    }
    ok(other, direct(other, count));
    ok(other, SQLFetch(other));
    after = strtol(get(other, 2), NULL, 10);
    drop_stmt(other);
    ck_assert_msg(after - before >= 1 && after - before <= 3, "%s: %ld prepares", c.server,
                  after - before);
    conn_close(&c);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("exact");
    TCase *t = tcase_create("exact");
    tcase_set_timeout(t, 120);
    tcase_add_loop_test(t, each_form, 0, NSERVERS);
    tcase_add_loop_test(t, computed, 0, NSERVERS);
    tcase_add_loop_test(t, zerofill, 0, NSERVERS);
    tcase_add_loop_test(t, constants_and_names, 0, NSERVERS);
    tcase_add_loop_test(t, other_rows, 0, NSERVERS);
    tcase_add_loop_test(t, table_changes, 0, NSERVERS);
    tcase_add_loop_test(t, described_before, 0, NSERVERS);
    tcase_add_loop_test(t, once, 0, NSERVERS);
    tcase_add_loop_test(t, asked_once, 0, NSERVERS);
    suite_add_tcase(s, t);
    return run_suite(s);
}
