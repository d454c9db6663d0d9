/* test_stop.c - what ends a statement before its time: SQLCancel from another thread, the query
 * timeout, a killed connection. Afterwards the handles, and except for the last one the connection,
 * have to work. */
#include <pthread.h>
#include <stdatomic.h>

#include "integration/odbc.h"

static struct conn c;

/* Statements that run long in different ways. */
static const char *const slow[] = {
    "SELECT SLEEP(20)",
    "SELECT BENCHMARK(2000000000, SHA2('x', 512))",
    "SELECT SCHEMA_NAME, SLEEP(2) FROM information_schema.SCHEMATA",
};
enum { NSLOW = sizeof slow / sizeof *slow };

/* Execute and fetch all; the first failing call's return code, or SQL_NO_DATA. */
static SQLRETURN run_through(SQLHSTMT s, const char *sql)
{
    SQLRETURN rc = direct(s, sql);
    while (SQL_SUCCEEDED(rc))
        rc = SQLFetch(s);
    return rc;
}

static void expect_alive(void)
{
    SQLFreeStmt(c.stmt, SQL_CLOSE);
    ck_assert_int_eq(one_number(c.stmt, "SELECT 6 * 7"), 42);
}

START_TEST(timeout)
{
    conn_open_as(&c, _i, "");
    for (int k = 0; k < NSLOW; k++) {
        ok(c.stmt, SQLSetStmtAttr(c.stmt, SQL_ATTR_QUERY_TIMEOUT, (SQLPOINTER)1, 0));
        double begun = seconds();
        SQLRETURN rc = run_through(c.stmt, slow[k]);
        struct said d = said(c.stmt);
        double took = seconds() - begun;
        ck_assert_msg(rc == SQL_ERROR && !strcmp(d.state, "HYT00"), "%s %s: %d %s %s", c.server,
                      slow[k], rc, d.state, d.text);
        ck_assert_msg(took >= 0.9 && took < 10, "%s: stopped after %.1f s", slow[k], took);
        expect_alive();
    }
    ok(c.stmt, SQLSetStmtAttr(c.stmt, SQL_ATTR_QUERY_TIMEOUT, (SQLPOINTER)0, 0));
    ck_assert_int_eq(run_through(c.stmt, "SELECT SLEEP(1.5)"), SQL_NO_DATA);
    conn_close(&c);
}
END_TEST

/* Cancels again and again until told that the statement ended, so no timing is relied on. */
static atomic_bool has_ended;

static void *canceller(void *stmt)
{
    while (!atomic_load(&has_ended)) {
        nanosleep(&(struct timespec){.tv_nsec = 50000000}, NULL);
        SQLRETURN rc = SQLCancel(stmt);
        if (!SQL_SUCCEEDED(rc) && !atomic_load(&has_ended))
            return "SQLCancel failed";
    }
    return NULL;
}

START_TEST(cancel)
{
    conn_open_as(&c, _i, "");
    for (int k = 0; k < NSLOW; k++) {
        pthread_t thread;
        void *complaint = NULL;
        atomic_store(&has_ended, false);
        double begun = seconds();
        ck_assert_int_eq(pthread_create(&thread, NULL, canceller, c.stmt), 0);
        SQLRETURN rc = run_through(c.stmt, slow[k]);
        struct said d = said(c.stmt);
        atomic_store(&has_ended, true);
        pthread_join(thread, &complaint);
        ck_assert_msg(!complaint, "%s", complaint ? (const char *)complaint : "");
        ck_assert_msg(rc == SQL_ERROR && !strcmp(d.state, "HY008"), "%s %s: %d %s %s", c.server,
                      slow[k], rc, d.state, d.text);
        ck_assert_msg(seconds() - begun < 10, "%s: cancelled after %.1f s", slow[k],
                      seconds() - begun);
        expect_alive();
    }
    ok(c.stmt, SQLCancel(c.stmt)); /* nothing runs */
    expect_alive();
    conn_close(&c);
}
END_TEST

/* Cancelling one statement leaves another one's result alone. */
START_TEST(cancel_beside)
{
    conn_open_as(&c, _i, "");
    SQLHSTMT other = new_stmt(&c);
    ok(other, direct(other, "SELECT 1 UNION SELECT 2 UNION SELECT 3"));
    ok(other, SQLFetch(other));
    pthread_t thread;
    atomic_store(&has_ended, false);
    ck_assert_int_eq(pthread_create(&thread, NULL, canceller, c.stmt), 0);
    ck_assert_int_eq(run_through(c.stmt, slow[0]), SQL_ERROR);
    atomic_store(&has_ended, true);
    pthread_join(thread, NULL);
    ok(other, SQLFetch(other));
    ck_assert_str_eq(get(other, 1), "2");
    drop_stmt(other);
    expect_alive();
    conn_close(&c);
}
END_TEST

/* Another session kills the connection: at rest, with an open result, in the middle of parameter
 * data. */
START_TEST(killed)
{
    static int token;
    for (int k = 0; k < 4; k++) {
        struct conn killer;
        char sql[100];
        SQLLEN at_exec = SQL_DATA_AT_EXEC;
        SQLPOINTER got = NULL;
        SQLUINTEGER dead = SQL_CD_FALSE;
        conn_open_as(&killer, _i, "");
        conn_open_as(&c, _i, "");
        snprintf(sql, sizeof sql, "KILL %ld", one_number(c.stmt, "SELECT CONNECTION_ID()"));
        SQLHSTMT p = new_stmt(&c);
        ok(p, SQLPrepare(p, text("SELECT ?"), SQL_NTS));
        ok(p, SQLBindParameter(p, 1, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_VARCHAR, 0, 0, &token, 0,
                               &at_exec));
        if (k == 1) {
            ok(c.stmt,
               direct(c.stmt,
                      "SELECT a.TABLE_NAME, REPEAT('x', 10000) FROM information_schema.COLUMNS a,"
                      " information_schema.COLUMNS b"));
            ok(c.stmt, SQLFetch(c.stmt));
        }
        if (k == 2)
            ck_assert_int_eq(SQLExecute(p), SQL_NEED_DATA);
        run(killer.stmt, sql);
        if (k == 1) {
            SQLRETURN rc = SQL_SUCCESS;
            while (SQL_SUCCEEDED(rc))
                rc = SQLFetch(c.stmt);
            struct said d = said(c.stmt);
            ck_assert_msg(rc == SQL_ERROR && !strcmp(d.state, "08S01"), "%d %s %s", rc, d.state,
                          d.text);
        } else if (k == 2) {
            ck_assert_int_eq(SQLParamData(p, &got), SQL_NEED_DATA);
            ok(p, SQLPutData(p, "abc", 3));
            refuses(p, "08S01", SQLParamData(p, &got));
        } else if (k == 0) {
            refuses(c.stmt, "08S01", direct(c.stmt, "SELECT 1"));
        } else {
            refuses(p, "08S01", SQLTables(p, NULL, 0, NULL, 0, NULL, 0, NULL, 0));
        }
        SQLFreeStmt(c.stmt, SQL_CLOSE);
        refuses(c.stmt, "08S01",
                direct(c.stmt, "SELECT 1")); /* and again: nothing hangs, nothing crashes */
        ck_assert(
            SQL_SUCCEEDED(SQLGetConnectAttr(c.dbc, SQL_ATTR_CONNECTION_DEAD, &dead, 0, NULL)));
        ck_assert_uint_eq(dead, SQL_CD_TRUE);
        drop_stmt(p);
        conn_close(&c);
        conn_close(&killer);
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("stop");
    TCase *t = tcase_create("stop");
    tcase_set_timeout(t, 300);
    tcase_add_loop_test(t, timeout, 0, NSERVERS);
    tcase_add_loop_test(t, cancel, 0, NSERVERS);
    tcase_add_loop_test(t, cancel_beside, 0, NSERVERS);
    tcase_add_loop_test(t, killed, 0, NSERVERS);
    suite_add_tcase(s, t);
    return run_suite(s);
}
