/* check_load_memory.c - array loads, STREAM LOAD and transactions through the ODBC entries with the
 * n-th allocation failing, for every n: HY001 or success, statuses that are true of every row, no
 * leak.  The entries are called without a driver manager; the MySQL server is fake/frontend.h. */
#include <check.h>
#include <sql.h>
#include <sqlext.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake/frontend.h"
#include "fake_streamload.h"
#include "torture.h"

enum { N = 5 };

static struct fake *fake;
static struct frontend *front;
static SQLHENV env;
static SQLHDBC dbc;
static SQLHSTMT stmt;
static SQLBIGINT n_of[N];
static char v_of[N][8];
static SQLLEN len_of[N];
static SQLUSMALLINT status_of[N];
static SQLULEN processed;

static void set(SQLINTEGER id, void *value)
{
    ck_assert(SQL_SUCCEEDED(SQLSetStmtAttr(stmt, id, value, 0)));
}

static void up(const char *dialect)
{
    const struct frontend_plan plan = {.comment = "StarRocks version 3.3.0",
                                       .prepare = {1064, "Unsupported command"}};
    char keys[400], why[300];
    fake = fake_new();
    front = frontend_start(&plan);
    ck_assert(fake && front && fake_set(fake, "user", "app:secret"));
    ck_assert(fake_set(fake, "dialect", dialect));
    ck_assert_msg(fake_start(fake, why, sizeof why), "%s", why);
    ck_assert(fake_table(fake, "d.t(n BIGINT, v VARCHAR(20))", why, sizeof why));
    (void)snprintf(keys, sizeof keys,
                   "SERVER=127.0.0.1;PORT=%u;UID=app;PWD=secret;SSLMODE=DISABLED;"
                   "STREAMLOADURL=http://127.0.0.1:%u;STREAMLOADTIMEOUT=20;STREAMLOADDIALECT=%s",
                   frontend_port(front), fake_port(fake, FAKE_FE), dialect);
    ck_assert(SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_ENV, SQL_NULL_HANDLE, &env)));
    ck_assert(SQL_SUCCEEDED(SQLSetEnvAttr(env, SQL_ATTR_ODBC_VERSION, (void *)SQL_OV_ODBC3, 0)));
    ck_assert(SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_DBC, env, &dbc)));
    ck_assert(SQL_SUCCEEDED(
        SQLDriverConnect(dbc, NULL, (SQLCHAR *)keys, SQL_NTS, NULL, 0, NULL, SQL_DRIVER_NOPROMPT)));
}

static void down(void)
{
    SQLDisconnect(dbc);
    SQLFreeHandle(SQL_HANDLE_DBC, dbc);
    SQLFreeHandle(SQL_HANDLE_ENV, env);
    fake_free(fake);
    frontend_stop(front);
}

static void bind_array(SQLULEN n)
{
    for (int i = 0; i < N; i++) {
        n_of[i] = i;
        len_of[i] = snprintf(v_of[i], sizeof v_of[i], "v,%d", i);
        status_of[i] = 99;
    }
    set(SQL_ATTR_PARAMSET_SIZE, (void *)(uintptr_t)n);
    set(SQL_ATTR_PARAM_STATUS_PTR, status_of);
    set(SQL_ATTR_PARAMS_PROCESSED_PTR, &processed);
    ck_assert(SQL_SUCCEEDED(SQLBindParameter(stmt, 1, SQL_PARAM_INPUT, SQL_C_SBIGINT, SQL_BIGINT, 0,
                                             0, n_of, 0, NULL)));
    ck_assert(SQL_SUCCEEDED(SQLBindParameter(stmt, 2, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_VARCHAR, 20,
                                             0, v_of, sizeof v_of[0], len_of)));
}

static SQLRETURN execute(const char *sql)
{
    return SQLExecDirect(stmt, (SQLCHAR *)(uintptr_t)sql, SQL_NTS);
}

/* ---- what is tried; no ck_ function in these ---- */

static SQLRETURN try_array(void)
{
    return execute("INSERT INTO d.t (n, v) VALUES (?, ?)");
}

static SQLRETURN try_statement(void)
{
    SQLRETURN rc = execute("STREAM LOAD INTO d.t (n, v) FROM ? WITH (column_separator=',')");
    return rc == SQL_SUCCESS_WITH_INFO ? SQL_SUCCESS : rc;
}

static SQLRETURN try_transaction(void)
{
    SQLRETURN rc = try_array();
    SQLRETURN end = SQLEndTran(SQL_HANDLE_DBC, dbc, SQL_SUCCEEDED(rc) ? SQL_COMMIT : SQL_ROLLBACK);
    return SQL_SUCCEEDED(rc) ? end : rc;
}

static const struct {
    const char *name;
    SQLRETURN (*run)(void);
    const char *dialect, *fault;
    bool autocommit, is_array;
} kinds[] = {
    {"array", try_array, "STARROCKS", NULL, true, true},
    {"array that is settled", try_array, "STARROCKS", "be_drop_after", true, true},
    {"statement", try_statement, "STARROCKS", NULL, true, false},
    {"transaction", try_transaction, "STARROCKS", NULL, false, true},
    {"transaction of Doris", try_transaction, "DORIS", NULL, false, true},
};

static char bytes[] = "0,v0\n1,v1\n2,v2\n3,v3\n4,v4\n";
static SQLLEN nbytes = (SQLLEN)(sizeof bytes - 1);

/* A statement of its own every round, made before anything fails. */
static void round_begin(int kind)
{
    ck_assert(SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_STMT, dbc, &stmt)));
    if (kinds[kind].is_array)
        bind_array(N);
    else
        ck_assert(SQL_SUCCEEDED(SQLBindParameter(stmt, 1, SQL_PARAM_INPUT, SQL_C_BINARY,
                                                 SQL_LONGVARBINARY, 0, 0, bytes, 0, &nbytes)));
    fake_fault_clear(fake);
    ck_assert(!kinds[kind].fault || fake_fault(fake, kinds[kind].fault));
    (void)fake_clear(fake, "d", "t");
}

/* The state of the first record, of the statement or else of the connection. */
static const char *state_now(void)
{
    static char state[6];
    SQLINTEGER native = 0;
    state[0] = '\0';
    if (!SQL_SUCCEEDED(
            SQLGetDiagRec(SQL_HANDLE_STMT, stmt, 1, (SQLCHAR *)state, &native, NULL, 0, NULL)))
        (void)SQLGetDiagRec(SQL_HANDLE_DBC, dbc, 1, (SQLCHAR *)state, &native, NULL, 0, NULL);
    return state;
}

/* How many rows their statuses say are in; a row that could not be converted for want of memory is
 * refused alone. */
static size_t rows_told(int kind, SQLRETURN rc)
{
    size_t n = 0;
    if (!kinds[kind].is_array || !SQL_SUCCEEDED(rc))
        return SQL_SUCCEEDED(rc) ? N : 0;
    for (int i = 0; i < N; i++)
        n += status_of[i] == SQL_PARAM_SUCCESS || status_of[i] == SQL_PARAM_SUCCESS_WITH_INFO;
    return n;
}

static void check_round(int kind, size_t n, SQLRETURN rc, bool failed)
{
    const char *name = kinds[kind].name, *state = SQL_SUCCEEDED(rc) ? "" : state_now();
    size_t rows = fake_rows(fake, "d", "t");
    bool is_unknown = strcmp(state, "08007") == 0;
    ck_assert_msg(SQL_SUCCEEDED(rc) || rc == SQL_ERROR, "%s, %zu: %d", name, n, rc);
    ck_assert_msg(SQL_SUCCEEDED(rc) || (failed && (!strcmp(state, "HY001") || is_unknown)),
                  "%s, %zu: %s", name, n, state);
    ck_assert_msg(is_unknown || rows == rows_told(kind, rc), "%s, %zu: returned %d %s, %zu rows",
                  name, n, rc, state, rows);
    ck_assert_msg(failed || rows == N, "%s, %zu: %zu rows", name, n, rows);
    for (int i = 0; i < N && kinds[kind].is_array && kinds[kind].autocommit; i++) {
        bool is_good =
            status_of[i] == SQL_PARAM_SUCCESS || status_of[i] == SQL_PARAM_SUCCESS_WITH_INFO;
        bool is_open = status_of[i] == SQL_PARAM_DIAG_UNAVAILABLE;
        ck_assert_msg(SQL_SUCCEEDED(rc) || (is_unknown ? is_open : !is_good),
                      "%s, %zu: row %d: status %u after %d %s", name, n, i, status_of[i], rc,
                      state);
    }
}

START_TEST(test_load_memory)
{
    size_t n;
    up(kinds[_i].dialect);
    if (!kinds[_i].autocommit)
        ck_assert(SQL_SUCCEEDED(
            SQLSetConnectAttr(dbc, SQL_ATTR_AUTOCOMMIT, (void *)(uintptr_t)SQL_AUTOCOMMIT_OFF, 0)));
    for (n = 1;; n++) {
        round_begin(_i);
        if (!torture_begin(n))
            break;
        SQLRETURN rc = kinds[_i].run();
        bool failed = torture_end();
        check_round(_i, n, rc, failed);
        if (!kinds[_i].autocommit)
            (void)SQLEndTran(SQL_HANDLE_DBC, dbc, SQL_ROLLBACK);
        ck_assert(SQL_SUCCEEDED(SQLFreeHandle(SQL_HANDLE_STMT, stmt)));
    }
    ck_assert_uint_gt(n, 20);
    ck_assert(SQL_SUCCEEDED(SQLFreeHandle(SQL_HANDLE_STMT, stmt)));
    down();
}
END_TEST

Suite *check_load_memory(void);
Suite *check_load_memory(void)
{
    Suite *s = suite_create("load_memory");
    TCase *t = tcase_create("load_memory");
    tcase_set_timeout(t, 300);
    tcase_add_loop_test(t, test_load_memory, 0, (int)(sizeof kinds / sizeof *kinds));
    suite_add_tcase(s, t);
    return s;
}
