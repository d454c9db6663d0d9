/* test_threads.c - 16 threads on one environment, 16 threads on one connection, and a fork; under
 * TSan and ASan alike. */
#include <check.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <sql.h>
#include <sqlext.h>

#include "integration/suite.h"

enum { THREADS = 16, ROUNDS = 12, STATEMENTS = 25 };

static SQLHENV env;
static char conn[2048], plain_conn[2048];

struct worker {
    pthread_t thread;
    SQLHDBC dbc; /* shared one, or NULL: own connections */
    int number;
    int failures;
    char text[512]; /* of the first failure */
};

/* What all cases need; MariaDB, or the end of the case. */
static void find_server(void)
{
    char ca[SERVER_TEXT], keys[SERVER_TEXT + 64];
    struct server s = server_here("mariadb");
    snprintf(keys, sizeof keys, "SSLMODE=VERIFY_IDENTITY;SSLCA=%s;", server_pki(ca, "ca.crt"));
    server_connection(&s, "app", "app-secret", keys, conn, sizeof conn);
    server_connection(&s, "app", "app-secret", "SSLMODE=DISABLED;", plain_conn, sizeof plain_conn);
}

static bool miss(struct worker *w, SQLSMALLINT kind, SQLHANDLE h, const char *what)
{
    SQLCHAR state[6] = "", text[400] = "";
    SQLINTEGER native;
    SQLSMALLINT len;
    (void)SQLGetDiagRec(kind, h, 1, state, &native, text, sizeof text, &len);
    if (w->failures++ == 0)
        snprintf(w->text, sizeof w->text, "%s: %s %s", what, (char *)state, (char *)text);
    return false;
}

static bool connect_to(struct worker *w, SQLHDBC *dbc)
{
    if (!SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_DBC, env, dbc)))
        return miss(w, SQL_HANDLE_ENV, env, "alloc");
    if (!SQL_SUCCEEDED(SQLDriverConnect(*dbc, NULL, (SQLCHAR *)conn, SQL_NTS, NULL, 0, NULL,
                                        SQL_DRIVER_NOPROMPT)))
        return miss(w, SQL_HANDLE_DBC, *dbc, "connect");
    return true;
}

/* Rows that only this thread and this statement can have asked for. */
static bool ask(struct worker *w, SQLHDBC dbc, int n)
{
    SQLHSTMT stmt;
    SQLINTEGER a = w->number, b = n, rows = 0, x = 0, y = 0;
    SQLLEN alen = 0, blen = 0, xlen, ylen;
    bool good = true;
    if (!SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_STMT, dbc, &stmt)))
        return miss(w, SQL_HANDLE_DBC, dbc, "alloc statement");
    SQLBindParameter(stmt, 1, SQL_PARAM_INPUT, SQL_C_SLONG, SQL_INTEGER, 0, 0, &a, 0, &alen);
    SQLBindParameter(stmt, 2, SQL_PARAM_INPUT, SQL_C_SLONG, SQL_INTEGER, 0, 0, &b, 0, &blen);
    SQLBindCol(stmt, 1, SQL_C_SLONG, &x, sizeof x, &xlen);
    SQLBindCol(stmt, 2, SQL_C_SLONG, &y, sizeof y, &ylen);
    const char *sql =
        "SELECT ? + 0, ? + n FROM (SELECT 0 AS n UNION SELECT 1 UNION SELECT 2) t ORDER BY n";
    if (!SQL_SUCCEEDED(SQLExecDirect(stmt, (SQLCHAR *)sql, SQL_NTS)))
        good = miss(w, SQL_HANDLE_STMT, stmt, "execute");
    while (good && SQL_SUCCEEDED(SQLFetch(stmt))) {
        if (x != a || y != b + rows)
            good = miss(w, SQL_HANDLE_STMT, stmt, "somebody else's row");
        rows++;
    }
    if (good && rows != 3)
        good = miss(w, SQL_HANDLE_STMT, stmt, "rows are missing");
    SQLFreeHandle(SQL_HANDLE_STMT, stmt);
    return good;
}

static void *work(void *arg)
{
    struct worker *w = arg;
    for (int round = 0; round < ROUNDS; round++) {
        SQLHDBC dbc = w->dbc;
        if (!dbc && !connect_to(w, &dbc))
            return NULL;
        for (int i = 0; i < STATEMENTS; i++)
            (void)ask(w, dbc, round * STATEMENTS + i);
        if (!w->dbc) {
            SQLDisconnect(dbc);
            SQLFreeHandle(SQL_HANDLE_DBC, dbc);
        }
    }
    return NULL;
}

static void run_all(SQLHDBC shared)
{
    struct worker workers[THREADS];
    memset(workers, 0, sizeof workers);
    for (int i = 0; i < THREADS; i++) {
        workers[i].dbc = shared;
        workers[i].number = 1000 * (i + 1);
        ck_assert_int_eq(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(workers[i].thread, NULL);
    for (int i = 0; i < THREADS; i++)
        ck_assert_msg(workers[i].failures == 0, "thread %d: %d failures, first: %s", i,
                      workers[i].failures, workers[i].text);
}

START_TEST(one_environment)
{
    run_all(NULL);
}
END_TEST

START_TEST(one_connection)
{
    struct worker w = {0};
    SQLHDBC dbc;
    ck_assert_msg(connect_to(&w, &dbc), "%s", w.text);
    run_all(dbc);
    SQLDisconnect(dbc);
    SQLFreeHandle(SQL_HANDLE_DBC, dbc);
}
END_TEST

/* A child made by fork may connect for itself, and the parent's connection is not hurt by the
 * child's end. */
START_TEST(fork_between)
{
    struct worker w = {.number = 5};
    SQLHDBC dbc;
    int status = 0;
    ck_assert_msg(connect_to(&w, &dbc) && ask(&w, dbc, 1), "%s", w.text);
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        SQLHDBC mine;
        bool good = connect_to(&w, &mine) && ask(&w, mine, 2);
        _exit(good ? 0 : 1);
    }
    ck_assert(pid > 0 && waitpid(pid, &status, 0) == pid);
    ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "the child failed: status %d",
                  status);
    ck_assert_msg(ask(&w, dbc, 3), "%s", w.text);
    SQLDisconnect(dbc);
    SQLFreeHandle(SQL_HANDLE_DBC, dbc);
}
END_TEST

/* --- a child with an inherited handle --------------------------------------------------------- */

enum { NFORKED = 20000 }; /* rows; more than a socket holds */

static bool is_refused(SQLRETURN rc, SQLSMALLINT kind, SQLHANDLE h)
{
    SQLCHAR state[6] = "", words[500] = "";
    SQLINTEGER native;
    (void)SQLGetDiagRec(kind, h, 1, state, &native, words, sizeof words, NULL);
    bool is_told = !strcmp((char *)state, "08S01") && strstr((char *)words, "process");
    if (rc != SQL_ERROR || !is_told)
        fprintf(stderr, "not refused: %d %s %s\n", rc, state, words);
    return rc == SQL_ERROR && is_told;
}

/* Whatever the child tries is refused, and whatever it frees is only its own copy. */
static int child_uses(SQLHDBC dbc, SQLHSTMT open)
{
    SQLHSTMT s = SQL_NULL_HSTMT;
    SQLUINTEGER dead = SQL_CD_FALSE;
    bool good = SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_STMT, dbc, &s));
    good = good && is_refused(SQLEndTran(SQL_HANDLE_DBC, dbc, SQL_COMMIT), SQL_HANDLE_DBC, dbc);
    good = good && is_refused(SQLExecDirect(s, (SQLCHAR *)"SELECT 1", SQL_NTS), SQL_HANDLE_STMT, s);
    good = good && SQL_SUCCEEDED(SQLGetConnectAttr(dbc, SQL_ATTR_CONNECTION_DEAD, &dead, 0, NULL));
    good = good && dead == SQL_CD_TRUE;
    good = good && SQL_SUCCEEDED(SQLFreeHandle(SQL_HANDLE_STMT, open));
    good = good && SQL_SUCCEEDED(SQLFreeHandle(SQL_HANDLE_STMT, s));
    good = good && SQL_SUCCEEDED(SQLDisconnect(dbc));
    return good && SQL_SUCCEEDED(SQLFreeHandle(SQL_HANDLE_DBC, dbc)) ? 0 : 1;
}

/* The first use of the child is to free what is half read: no KILL may go out for it. */
static int child_frees(SQLHDBC dbc, SQLHSTMT open)
{
    bool good =
        SQL_SUCCEEDED(SQLFreeHandle(SQL_HANDLE_STMT, open)) && SQL_SUCCEEDED(SQLDisconnect(dbc));
    return good ? 0 : 1;
}

static int (*const children[])(SQLHDBC, SQLHSTMT) = {child_uses, child_frees};

static SQLHSTMT half_read(SQLHDBC dbc)
{
    static const char digits[] =
        "(SELECT 0 d UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 "
        "UNION ALL SELECT 4 UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL "
        "SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9)";
    char sql[2000];
    SQLHSTMT s = SQL_NULL_HSTMT;
    snprintf(sql, sizeof sql,
             "SELECT REPEAT('x', 200) FROM %s a, %s b, %s c, %s d, (SELECT 1 UNION ALL SELECT 2) e",
             digits, digits, digits, digits);
    ck_assert(SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_STMT, dbc, &s)));
    ck_assert(SQL_SUCCEEDED(SQLExecDirect(s, (SQLCHAR *)sql, SQL_NTS)));
    for (int i = 0; i < 10; i++)
        ck_assert(SQL_SUCCEEDED(SQLFetch(s)));
    return s;
}

static void run_child(int which, SQLHDBC dbc, SQLHSTMT open)
{
    int status = 0;
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0)
        _exit(children[which](dbc, open));
    ck_assert(pid > 0 && waitpid(pid, &status, 0) == pid);
    ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "the child: status %d", status);
}

/* With and without TLS: the parent's transaction, its result on the wire and its temporary table
 * outlive the child. */
START_TEST(fork_inherits)
{
    struct worker w = {.number = 6};
    char verified[sizeof conn];
    SQLHDBC dbc;
    int n = 10;
    snprintf(verified, sizeof verified, "%s", conn);
    if (_i % 2)
        snprintf(conn, sizeof conn, "%s", plain_conn);
    ck_assert_msg(connect_to(&w, &dbc), "%s", w.text);
    SQLHSTMT other = SQL_NULL_HSTMT;
    SQLSetConnectAttr(dbc, SQL_ATTR_AUTOCOMMIT, (SQLPOINTER)SQL_AUTOCOMMIT_OFF, 0);
    SQLHSTMT s = half_read(dbc);
    run_child(_i / 2, dbc, s);
    while (SQLFetch(s) == SQL_SUCCESS)
        n++;
    ck_assert_int_eq(n, NFORKED);
    ck_assert(SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_STMT, dbc, &other)));
    ck_assert(SQL_SUCCEEDED(SQLExecDirect(other, (SQLCHAR *)"SELECT 1", SQL_NTS)));
    ck_assert(SQL_SUCCEEDED(SQLFetch(other)));
    ck_assert(SQL_SUCCEEDED(SQLFreeHandle(SQL_HANDLE_STMT, other)));
    ck_assert(SQL_SUCCEEDED(SQLEndTran(SQL_HANDLE_DBC, dbc, SQL_ROLLBACK)));
    ck_assert(SQL_SUCCEEDED(SQLDisconnect(dbc)));
    SQLFreeHandle(SQL_HANDLE_DBC, dbc);
    snprintf(conn, sizeof conn, "%s", verified);
}
END_TEST

int main(void)
{
    if (!SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_ENV, SQL_NULL_HANDLE, &env)))
        return EXIT_FAILURE;
    SQLSetEnvAttr(env, SQL_ATTR_ODBC_VERSION, (SQLPOINTER)SQL_OV_ODBC3_80, 0);
    Suite *suite = suite_create("threads");
    TCase *t = tcase_create("threads");
    tcase_set_timeout(t, 240);
    tcase_add_checked_fixture(t, find_server, NULL);
    tcase_add_test(t, one_environment);
    tcase_add_test(t, one_connection);
    tcase_add_test(t, fork_between);
    tcase_add_loop_test(t, fork_inherits, 0, 4);
    suite_add_tcase(suite, t);
    SRunner *r = srunner_create(suite);
    srunner_set_fork_status(r, CK_NOFORK);
    srunner_run_all(r, CK_ENV);
    int rc = runner_end(r);
    SQLFreeHandle(SQL_HANDLE_ENV, env);
    return rc;
}
