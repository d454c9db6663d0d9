/* test_threads_wait.c - two threads on one connection: what ends a call that waits for the other
 * thread's statement, and that the other statement knows nothing of it. */
#include <pthread.h>
#include <stdatomic.h>

#include "integration/odbc.h"

static struct conn c;

/* ---- the thread that has the connection ---- */

static const char *holds; /* how: a query whose value is 7 */

static void *hold(void *stmt)
{
    SQLHSTMT s = stmt;
    SQLINTEGER n = 0;
    if (!SQL_SUCCEEDED(direct(s, holds)) || !SQL_SUCCEEDED(SQLFetch(s)) ||
        !SQL_SUCCEEDED(SQLGetData(s, 1, SQL_C_SLONG, &n, 0, NULL)))
        return "the statement that ran was hurt";
    return n == 7 ? NULL : "the statement that ran was interrupted";
}

static pthread_t holder;
static SQLHSTMT held;

static void nap(double s)
{
    time_t whole = (time_t)s;
    nanosleep(&(struct timespec){whole, (long)(1e9 * (s - (double)whole))}, NULL);
}

static void hold_begin(const char *sql)
{
    holds = sql;
    held = new_stmt(&c);
    ck_assert_int_eq(pthread_create(&holder, NULL, hold, held), 0);
    nap(0.4); /* it has the connection */
}

static void hold_end(void)
{
    void *complaint = NULL;
    pthread_join(holder, &complaint);
    ck_assert_msg(!complaint, "%s: %s", c.server, complaint ? (const char *)complaint : "");
    drop_stmt(held);
}

/* ---- the calls that wait ---- */

static SQLRETURN call_direct(SQLHSTMT s)
{
    return direct(s, "SELECT 1");
}

static SQLRETURN call_prepare(SQLHSTMT s)
{
    return SQLPrepare(s, text("SELECT 1"), SQL_NTS);
}

static SQLRETURN call_tables(SQLHSTMT s)
{
    return SQLTables(s, NULL, 0, NULL, 0, NULL, 0, NULL, 0);
}

static SQLRETURN call_type_info(SQLHSTMT s)
{
    return SQLGetTypeInfo(s, SQL_ALL_TYPES);
}

static SQLRETURN call_set(SQLHSTMT s)
{
    return SQLSetStmtAttr(s, SQL_ATTR_MAX_ROWS, (SQLPOINTER)5, 0);
}

static SQLRETURN call_bind(SQLHSTMT s)
{
    static SQLINTEGER n;
    return SQLBindCol(s, 1, SQL_C_SLONG, &n, 0, NULL);
}

static const struct waits {
    const char *name;
    SQLRETURN (*call)(SQLHSTMT s);
    bool is_sending;
} waits[] = {
    {"SQLExecDirect", call_direct, true}, {"SQLPrepare", call_prepare, true},
    {"SQLTables", call_tables, true},     {"SQLGetTypeInfo", call_type_info, true},
    {"SQLSetStmtAttr", call_set, false},  {"SQLBindCol", call_bind, false},
};
enum { NWAITS = sizeof waits / sizeof *waits };

/* The call failed so, from to to seconds after begun, and its record was there at once. */
static void ended(const struct waits *w, SQLRETURN rc, double begun, const char *state, double from,
                  double to)
{
    struct said d = said(c.stmt);
    double took = seconds() - begun;
    ck_assert_msg(rc == SQL_ERROR && !strcmp(d.state, state), "%s %s: %d %s %s", c.server, w->name,
                  rc, d.state, d.text);
    ck_assert_msg(took >= from && took < to, "%s %s: after %.2f s", c.server, w->name, took);
}

static void expect_alive(void)
{
    ok(c.stmt, SQLSetStmtAttr(c.stmt, SQL_ATTR_QUERY_TIMEOUT, (SQLPOINTER)0, 0));
    ok(c.stmt, SQLFreeStmt(c.stmt, SQL_UNBIND));
    ck_assert_int_eq(one_number(c.stmt, "SELECT 6 * 7"), 42);
    ck_assert_str_eq(said(c.stmt).state, "");
}

static void set_timeout(SQLHSTMT s, long n)
{
    ok(s, SQLSetStmtAttr(s, SQL_ATTR_QUERY_TIMEOUT, (SQLPOINTER)n, 0));
}

START_TEST(timeout)
{
    conn_open_as(&c, _i, "");
    set_timeout(c.stmt, 1);
    hold_begin("SELECT SLEEP(6) + 7");
    for (int k = 0; k < NWAITS; k++) {
        double begun = seconds();
        SQLRETURN rc = waits[k].call(c.stmt);
        if (waits[k].is_sending)
            ended(&waits[k], rc, begun, "HYT00", 0.9, 1.8);
        else
            ck_assert_msg(SQL_SUCCEEDED(rc), "%s: %d %s", waits[k].name, rc, said(c.stmt).text);
    }
    hold_end();
    expect_alive();
    conn_close(&c);
}
END_TEST

/* What was waited is no longer there for the statement itself: together it would be more than eight
 * seconds. */
START_TEST(timeout_goes_on)
{
    static const struct waits w = {.name = "SLEEP"};
    conn_open_as(&c, _i, "");
    set_timeout(c.stmt, 5);
    hold_begin("SELECT SLEEP(4) + 7");
    double begun = seconds();
    SQLRETURN rc = direct(c.stmt, "SELECT SLEEP(9), SCHEMA_NAME FROM information_schema.SCHEMATA");
    while (SQL_SUCCEEDED(rc))
        rc = SQLFetch(c.stmt);
    ended(&w, rc, begun, "HYT00", 4.8, 7.7);
    hold_end();
    expect_alive();
    conn_close(&c);
}
END_TEST

static void *cancel_once(void *stmt)
{
    nap(0.3);
    return SQL_SUCCEEDED(SQLCancel(stmt)) ? NULL : "SQLCancel failed";
}

static void cancel_end(pthread_t thread)
{
    void *complaint = NULL;
    pthread_join(thread, &complaint);
    ck_assert_msg(!complaint, "%s", complaint ? (const char *)complaint : "");
}

START_TEST(cancel)
{
    conn_open_as(&c, _i, "");
    hold_begin("SELECT SLEEP(5) + 7");
    for (int k = 0; k < NWAITS; k++) {
        pthread_t thread;
        ck_assert_int_eq(pthread_create(&thread, NULL, cancel_once, c.stmt), 0);
        double begun = seconds();
        SQLRETURN rc = waits[k].call(c.stmt);
        ended(&waits[k], rc, begun, "HY008", 0.25, 1);
        cancel_end(thread);
    }
    hold_end();
    expect_alive();
    conn_close(&c);
}
END_TEST

/* SQLCancel gives up a wait for data also while another thread has the connection: the driver
 * manager believes that it did. */
START_TEST(cancel_data)
{
    static SQLINTEGER token;
    SQLLEN at_exec = SQL_DATA_AT_EXEC;
    conn_open_as(&c, _i, "");
    ok(c.stmt, SQLPrepare(c.stmt, text("SELECT ?"), SQL_NTS));
    ok(c.stmt, SQLBindParameter(c.stmt, 1, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_VARCHAR, 10, 0, &token,
                                0, &at_exec));
    ck_assert_int_eq(SQLExecute(c.stmt), SQL_NEED_DATA);
    hold_begin("SELECT SLEEP(1) + 7");
    ok(c.stmt, SQLCancel(c.stmt));
    hold_end();
    expect(c.stmt, SQL_NEED_DATA, "", SQLExecute(c.stmt));
    ok(c.stmt, SQLCancel(c.stmt));
    ok(c.stmt, SQLFreeStmt(c.stmt, SQL_RESET_PARAMS));
    expect_alive();
    conn_close(&c);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("threads_wait");
    TCase *t = tcase_create("wait");
    tcase_set_timeout(t, 300);
    tcase_add_loop_test(t, timeout, 0, NSERVERS);
    tcase_add_loop_test(t, timeout_goes_on, 0, NSERVERS);
    tcase_add_loop_test(t, cancel, 0, NSERVERS);
    tcase_add_loop_test(t, cancel_data, 0, NSERVERS);
    suite_add_tcase(s, t);
    return run_suite(s);
}
