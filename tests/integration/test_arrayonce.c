/* test_arrayonce.c - arrays of parameters whose rows answer with results, and statements of which
 * nothing may run twice. */
#include "integration/odbc.h"

static struct conn c;
enum { MANY = 300 }; /* more than a pipe holds at once */

static const char *const keys[] = {"", "NO_SSPS=1"};
static SQLINTEGER numbers[MANY];
static SQLUSMALLINT status[MANY], operation[MANY];
static SQLULEN processed;

/* n rows of one integer, 0 to n-1. */
static void bind_numbers(SQLHSTMT q, SQLULEN n)
{
    for (SQLULEN i = 0; i < MANY; i++) {
        numbers[i] = (SQLINTEGER)i;
        operation[i] = SQL_PARAM_PROCEED;
        status[i] = 99;
    }
    ok(q, SQLSetStmtAttr(q, SQL_ATTR_PARAMSET_SIZE, (SQLPOINTER)(uintptr_t)n, 0));
    ok(q, SQLSetStmtAttr(q, SQL_ATTR_PARAM_STATUS_PTR, status, 0));
    ok(q, SQLSetStmtAttr(q, SQL_ATTR_PARAM_OPERATION_PTR, operation, 0));
    ok(q, SQLSetStmtAttr(q, SQL_ATTR_PARAMS_PROCESSED_PTR, &processed, 0));
    ok(q,
       SQLBindParameter(q, 1, SQL_PARAM_INPUT, SQL_C_SLONG, SQL_INTEGER, 0, 0, numbers, 0, NULL));
}

/* All results that are left as "a,b;a,b;|a,b;|": a ';' behind each row, a '|' behind each result.
 */
static const char *results(SQLHSTMT q)
{
    static char out[20000];
    size_t n = 0;
    SQLRETURN more = SQL_SUCCESS;
    for (out[0] = '\0'; SQL_SUCCEEDED(more); more = SQLMoreResults(q)) {
        SQLSMALLINT columns = 0;
        ok(q, SQLNumResultCols(q, &columns));
        while (columns && SQLFetch(q) == SQL_SUCCESS) {
            for (SQLUSMALLINT i = 1; i <= columns; i++)
                n += (size_t)snprintf(out + n, sizeof out - n, "%s%s", get(q, i),
                                      i < columns ? "," : ";");
        }
        n += (size_t)snprintf(out + n, sizeof out - n, columns ? "|" : "-");
    }
    struct said d = said(q);
    ck_assert_msg(more == SQL_NO_DATA, "SQLMoreResults: %d %s %s", more, d.state, d.text);
    return out;
}

static void has_status(SQLULEN row, SQLUSMALLINT want)
{
    ck_assert_msg(status[row] == want, "%s: row %lu is %u, not %u", c.server, (unsigned long)row,
                  status[row], want);
}

static bool is_mariadb(void)
{
    return !strncmp(c.server, "mariadb", 7);
}

/* --- results of rows -------------------------------------------------------------------------- */

/* What each row of RETURNING gives comes as a result of its own, in the order of the rows; rows
 * that failed, or were to be ignored, have none. */
START_TEST(returning)
{
    for (int how = 0; how < 2; how++) {
        conn_open_as(&c, _i, keys[how]);
        if (!is_mariadb()) {
            conn_close(&c);
            return;
        }
        run(c.stmt, "CREATE TEMPORARY TABLE r(id INT AUTO_INCREMENT PRIMARY KEY, n INT UNIQUE)");
        bind_numbers(c.stmt, 4);
        operation[2] = SQL_PARAM_IGNORE;
        ok(c.stmt, direct(c.stmt, "INSERT INTO r(n) VALUES(?) RETURNING id, n"));
        ck_assert_str_eq(results(c.stmt), "1,0;|2,1;|3,3;|");
        ck_assert_uint_eq(processed, 4);
        has_status(2, SQL_PARAM_UNUSED);
        ck_assert_int_eq(direct(c.stmt, "INSERT INTO r(n) VALUES(? * 2) RETURNING n"),
                         SQL_SUCCESS_WITH_INFO); /* 0 is there, 2 is not */
        ck_assert_str_eq(said(c.stmt).state, "23000");
        ck_assert_str_eq(results(c.stmt), "2;|6;|");
        has_status(0, SQL_PARAM_ERROR);
        has_status(1, SQL_PARAM_SUCCESS);
        operation[2] = SQL_PARAM_PROCEED;
        ok(c.stmt, direct(c.stmt, "REPLACE INTO r(id, n) VALUES(?, 77) RETURNING n"));
        ck_assert_str_eq(results(c.stmt), "77;|77;|77;|77;|");
        run(c.stmt, "DELETE FROM r");
        run(c.stmt, "INSERT INTO r(n) VALUES (0), (1), (3), (4)");
        ok(c.stmt,
           SQLPrepare(c.stmt, text("DELETE FROM r WHERE n IN (?, 4) RETURNING n"), SQL_NTS));
        ok(c.stmt, SQLExecute(c.stmt));
        ck_assert_str_eq(results(c.stmt), "0;4;|1;||3;|");
        ok(c.stmt, SQLExecute(c.stmt)); /* nothing is left: four results without rows */
        ck_assert_str_eq(results(c.stmt), "||||");
        conn_close(&c);
    }
}
END_TEST

/* More rows than are on their way at once; the cursor is closed in the middle, and the connection
 * is free. */
START_TEST(returning_many)
{
    conn_open_as(&c, _i, "");
    if (is_mariadb()) {
        char want[MANY * 8];
        size_t n = 0;
        run(c.stmt, "CREATE TEMPORARY TABLE r(n INT)");
        bind_numbers(c.stmt, MANY);
        for (int i = 0; i < MANY; i++)
            n += (size_t)snprintf(want + n, sizeof want - n, "%d;|", i);
        ok(c.stmt, direct(c.stmt, "INSERT INTO r VALUES(?) RETURNING n"));
        ck_assert_str_eq(results(c.stmt), want);
        ok(c.stmt, direct(c.stmt, "DELETE FROM r WHERE n = ? RETURNING n"));
        ok(c.stmt, SQLFetch(c.stmt));
        ok(c.stmt, SQLFreeStmt(c.stmt, SQL_CLOSE));
        ck_assert_int_eq(one_number(c.stmt, "SELECT COUNT(*) FROM r"), 0);
    }
    conn_close(&c);
}
END_TEST

/* A row whose query fails has no result; the others have theirs. */
START_TEST(queries)
{
    for (int how = 0; how < 2; how++) {
        conn_open_as(&c, _i, keys[how]);
        bind_numbers(c.stmt, 3);
        ck_assert_int_eq(direct(c.stmt, "SELECT (SELECT ? UNION SELECT 1)"), SQL_SUCCESS_WITH_INFO);
        ck_assert_int_eq(said(c.stmt).native, 1242); /* more than one row */
        ck_assert_str_eq(results(c.stmt), "1;|");
        has_status(0, SQL_PARAM_ERROR);
        has_status(1, SQL_PARAM_SUCCESS);
        has_status(2, SQL_PARAM_ERROR);
        conn_close(&c);
    }
}
END_TEST

/* A procedure gives results and counts, and one row's fails behind its result: its error is told
 * where the others' are, by SQLExecute. */
START_TEST(calls)
{
    for (int how = 0; how < 2; how++) {
        SQLLEN count = -1;
        conn_open_as(&c, _i, keys[how]);
        conn_database(&c, "once");
        run(c.stmt, "CREATE TABLE t(n INT PRIMARY KEY)");
        run(c.stmt, "CREATE PROCEDURE gives(i INT) BEGIN SELECT i; SELECT i + 10, 'x'; "
                    "INSERT INTO t VALUES(IF(i = 2, 1, i)); END");
        run(c.stmt, "CREATE PROCEDURE counts(i INT) UPDATE t SET n = n + 100 WHERE n = i");
        bind_numbers(c.stmt, 4);
        ck_assert_int_eq(direct(c.stmt, "{call gives(?)}"), SQL_SUCCESS_WITH_INFO);
        ck_assert_str_eq(said(c.stmt).state, "23000");
        ck_assert_str_eq(results(c.stmt), "0;|10,x;|1;|11,x;|3;|13,x;|");
        has_status(2, SQL_PARAM_ERROR);
        has_status(3, SQL_PARAM_SUCCESS);
        ok(c.stmt, direct(c.stmt, "{call counts(?)}"));
        ok(c.stmt, SQLRowCount(c.stmt, &count));
        ck_assert_int_eq(count, 3); /* of all rows together: SQL_PARC_NO_BATCH */
        ck_assert_str_eq(results(c.stmt), "-");
        conn_close(&c);
    }
}
END_TEST

/* SQLGetInfo says so. */
START_TEST(told)
{
    SQLUINTEGER counts = 0, selects = 0;
    conn_open_as(&c, _i, "");
    ok(c.stmt, SQLGetInfo(c.dbc, SQL_PARAM_ARRAY_ROW_COUNTS, &counts, sizeof counts, NULL));
    ok(c.stmt, SQLGetInfo(c.dbc, SQL_PARAM_ARRAY_SELECTS, &selects, sizeof selects, NULL));
    ck_assert_uint_eq(counts, SQL_PARC_NO_BATCH);
    ck_assert_uint_eq(selects, SQL_PAS_BATCH);
    conn_close(&c);
}
END_TEST

/* --- what may not run twice ------------------------------------------------------------------- */

static const struct rights {
    const char *what, *on;
} rights[] = {
    {"SELECT, INSERT, UPDATE, DELETE", "*"}, /* triggers are not shown, on MySQL */
    {"SELECT, INSERT, TRIGGER", "*"},
    {"ALL", "t"},
};

static SQLHDBC connect_with(SQLHENV env, const char *in)
{
    SQLHDBC dbc;
    ck_assert(SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_DBC, env, &dbc)));
    SQLRETURN rc =
        SQLDriverConnect(dbc, NULL, text(in), SQL_NTS, NULL, 0, NULL, SQL_DRIVER_NOPROMPT);
    struct said d = said_at(SQL_HANDLE_DBC, dbc, 1);
    ck_assert_msg(SQL_SUCCEEDED(rc), "%s: %s %s", in, d.state, d.text);
    return dbc;
}

/* A user of the test's own, with these rights on its database; only root may make one. */
static void make_user(const struct server *s, const char *name, const struct rights *has)
{
    struct conn root = {.env = c.env};
    char sql[1000];
    snprintf(sql, sizeof sql, "DRIVER={MyWire};SERVER=localhost;SOCKET=%s;UID=root", s->socket);
    root.dbc = connect_with(root.env, sql);
    root.stmt = new_stmt(&root);
    snprintf(sql, sizeof sql, "DROP USER IF EXISTS %s", name);
    run(root.stmt, sql);
    snprintf(sql, sizeof sql, "CREATE USER %s IDENTIFIED BY 'once-secret'", name);
    run(root.stmt, sql);
    snprintf(sql, sizeof sql, "GRANT %s ON %s.%s TO %s", has->what, c.database, has->on, name);
    run(root.stmt, sql);
    SQLDisconnect(root.dbc);
    SQLFreeHandle(SQL_HANDLE_DBC, root.dbc);
}

/* A connection as that user. */
static struct conn as_user(int i, const struct rights *has, const char *how)
{
    struct conn u = {.server = server_names[i]};
    struct server s = server_here(u.server);
    char in[2000];
    const char *name = is_unicode ? "once_w" : "once_a";
    make_user(&s, name, has);
    ck_assert(SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_ENV, SQL_NULL_HANDLE, &u.env)));
    SQLSetEnvAttr(u.env, SQL_ATTR_ODBC_VERSION, (SQLPOINTER)SQL_OV_ODBC3_80, 0);
    snprintf(in, sizeof in,
             "DRIVER={MyWire};SERVER=%s;PORT=%s;DATABASE=%s;UID=%s;PWD=once-secret;%s", s.host,
             s.port, c.database, name, how);
    u.dbc = connect_with(u.env, in);
    u.stmt = new_stmt(&u);
    return u;
}

/* A trigger writes into a table that cannot undo: it has run once for each row, whether the user
 * may see it or not. */
START_TEST(triggers)
{
    for (size_t k = 0; k < 2 * sizeof rights / sizeof *rights; k++) {
        conn_open_as(&c, _i, "");
        conn_database(&c, "once");
        run(c.stmt, "CREATE TABLE t(n INT PRIMARY KEY) ENGINE=InnoDB");
        run(c.stmt, "CREATE TABLE seen(n INT) ENGINE=MyISAM");
        run(c.stmt, "CREATE TRIGGER sees BEFORE INSERT ON t FOR EACH ROW INSERT INTO seen "
                    "VALUES(NEW.n)");
        struct conn u = as_user(_i, &rights[k / 2], keys[k % 2]);
        bind_numbers(u.stmt, MANY);
        numbers[MANY - 7] = 3; /* there already */
        ck_assert_int_eq(direct(u.stmt, "INSERT INTO t VALUES(?)"), SQL_SUCCESS_WITH_INFO);
        has_status(MANY - 7, SQL_PARAM_ERROR);
        ck_assert_int_eq(one_number(c.stmt, "SELECT COUNT(*) FROM t"), MANY - 1);
        long seen = one_number(c.stmt, "SELECT COUNT(*) FROM seen");
        ck_assert_msg(seen == MANY, "%s: %s, %s: the trigger ran %ld times", c.server,
                      rights[k / 2].what, keys[k % 2], seen);
        conn_close(&u);
        conn_close(&c);
    }
}
END_TEST

/* Errors that say, of a statement as a whole, that it was not looked at, come also from within a
 * procedure that has done half its work. */
START_TEST(half_done)
{
    static const char *const within[] = {
        "EXECUTE never_prepared",
        "SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = 1295, MESSAGE_TEXT = 'not prepared'",
        "SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = 1461, MESSAGE_TEXT = 'too many'",
        "SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = 1064, MESSAGE_TEXT = 'Unsupported command'",
    };
    for (size_t k = 0; k < sizeof within / sizeof *within; k++) {
        char sql[300];
        conn_open_as(&c, _i, "");
        conn_database(&c, "once");
        run(c.stmt, "CREATE TABLE t(n INT)");
        snprintf(sql, sizeof sql,
                 "CREATE PROCEDURE p(i INT) BEGIN INSERT INTO t VALUES(i); %s; END", within[k]);
        run(c.stmt, sql);
        bind_numbers(c.stmt, 1);
        ck_assert_int_eq(direct(c.stmt, "CALL p(?)"), SQL_ERROR);
        ck_assert_int_eq(one_number(c.stmt, "SELECT COUNT(*) FROM t"), 1);
        bind_numbers(c.stmt, 3);
        ck_assert_int_eq(direct(c.stmt, "CALL p(?)"), SQL_ERROR);
        SQLSetStmtAttr(c.stmt, SQL_ATTR_PARAMSET_SIZE, (SQLPOINTER)1, 0);
        ck_assert_int_eq(one_number(c.stmt, "SELECT COUNT(*) FROM t"), 4);
        conn_close(&c);
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("arrayonce");
    TCase *t = tcase_create("arrayonce");
    tcase_set_timeout(t, 120);
    tcase_add_loop_test(t, returning, 0, NSERVERS_ALL);
    tcase_add_loop_test(t, returning_many, 0, NSERVERS_ALL);
    tcase_add_loop_test(t, queries, 0, NSERVERS_ALL);
    tcase_add_loop_test(t, calls, 0, NSERVERS_ALL);
    tcase_add_loop_test(t, told, 0, NSERVERS_ALL);
    tcase_add_loop_test(t, triggers, 0, NSERVERS_ALL);
    tcase_add_loop_test(t, half_done, 0, NSERVERS_ALL);
    suite_add_tcase(s, t);
    return run_suite(s);
}
