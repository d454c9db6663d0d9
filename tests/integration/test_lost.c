/* test_lost.c - a connection that breaks, stalls or lies at any byte of any operation.
 *
 * One script of operations runs through a proxy (fake/proxy.h) to a real server; the proxy breaks
 * the conversation at byte 0, 1, 2, ... of what the server sends.  Whatever happens: no crash, no
 * hang, a true SQLSTATE, and the same handles serve the next round. */
#include <check.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sql.h>
#include <sqlext.h>

#include "fake/proxy.h"
#include "integration/suite.h"

static SQLHENV env;

struct round {
    SQLHDBC dbc;
    SQLHSTMT stmt;
    bool connected;
    char state[6]; /* of the first failure */
    char text[1024];
    const char *step; /* that failed; NULL: none */
};

static void note_failure(struct round *r, SQLSMALLINT kind, SQLHANDLE h, const char *step)
{
    SQLINTEGER native;
    SQLSMALLINT len;
    if (r->step)
        return;
    r->step = step;
    SQLRETURN rc = SQLGetDiagRec(kind, h, 1, (SQLCHAR *)r->state, &native, (SQLCHAR *)r->text,
                                 sizeof r->text, &len);
    ck_assert_msg(SQL_SUCCEEDED(rc), "%s failed without a diagnostic", step);
}

static bool ok(struct round *r, SQLRETURN rc, const char *step)
{
    ck_assert_msg(rc != SQL_INVALID_HANDLE, "%s: the handle became invalid", step);
    if (SQL_SUCCEEDED(rc) || rc == SQL_NO_DATA)
        return true;
    note_failure(r, SQL_HANDLE_STMT, r->stmt, step);
    return false;
}

static bool drain(struct round *r, const char *step)
{
    char text[32];
    SQLLEN len;
    SQLSMALLINT columns = 0;
    SQLRETURN rc;
    do {
        if (!ok(r, SQLNumResultCols(r->stmt, &columns), step))
            return false;
        while (columns > 0 && SQL_SUCCEEDED(rc = SQLFetch(r->stmt)))
            for (SQLUSMALLINT c = 1; c <= columns; c++)
                if (!ok(r, SQLGetData(r->stmt, c, SQL_C_CHAR, text, sizeof text, &len), step))
                    return false;
        if (columns > 0 && !ok(r, rc, step))
            return false;
        rc = SQLMoreResults(r->stmt);
        if (!ok(r, rc, step))
            return false;
    } while (rc != SQL_NO_DATA);
    return true;
}

static bool direct(struct round *r, const char *sql)
{
    return ok(r, SQLExecDirect(r->stmt, (SQLCHAR *)sql, SQL_NTS), sql) && drain(r, sql);
}

static bool prepared(struct round *r)
{
    SQLINTEGER number = 7;
    char words[] = "words";
    SQLLEN nlen = 0, wlen = SQL_NTS;
    SQLBindParameter(r->stmt, 1, SQL_PARAM_INPUT, SQL_C_SLONG, SQL_INTEGER, 0, 0, &number, 0,
                     &nlen);
    SQLBindParameter(r->stmt, 2, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_VARCHAR, 20, 0, words,
                     sizeof words, &wlen);
    bool done = ok(r, SQLPrepare(r->stmt, (SQLCHAR *)"SELECT ? + n, ? FROM lost_rows", SQL_NTS),
                   "prepare") &&
                ok(r, SQLExecute(r->stmt), "execute") && drain(r, "rows of execute") &&
                ok(r, SQLExecute(r->stmt), "execute again") &&
                drain(r, "rows of the second execute");
    SQLFreeStmt(r->stmt, SQL_RESET_PARAMS);
    return done;
}

static bool at_execution(struct round *r)
{
    SQLLEN len = SQL_DATA_AT_EXEC;
    SQLPOINTER which;
    SQLBindParameter(r->stmt, 1, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_LONGVARCHAR, 100, 0,
                     (SQLPOINTER)1, 0, &len);
    SQLRETURN rc = SQLExecDirect(r->stmt, (SQLCHAR *)"SELECT LENGTH(?)", SQL_NTS);
    bool done = rc == SQL_NEED_DATA || ok(r, rc, "execute with data at execution");
    if (rc == SQL_NEED_DATA)
        done = (rc = SQLParamData(r->stmt, &which)) == SQL_NEED_DATA || ok(r, rc, "SQLParamData");
    if (rc == SQL_NEED_DATA)
        done = ok(r, SQLPutData(r->stmt, (SQLPOINTER) "some text", 9), "SQLPutData") &&
               ok(r, SQLPutData(r->stmt, (SQLPOINTER) " and more", 9), "SQLPutData") &&
               ok(r, SQLParamData(r->stmt, &which), "SQLParamData at the end") &&
               drain(r, "rows of long data");
    SQLFreeStmt(r->stmt, SQL_RESET_PARAMS);
    return done;
}

/* Two results at once: the first is read into memory when the second needs the wire. */
static bool two_statements(struct round *r)
{
    SQLHSTMT first = r->stmt, second;
    if (!ok(r, SQLExecDirect(first, (SQLCHAR *)"SELECT n FROM lost_rows", SQL_NTS),
            "first of two") ||
        !ok(r, SQLFetch(first), "fetch of the first"))
        return false;
    ck_assert(SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_STMT, r->dbc, &second)));
    r->stmt = second;
    bool done = direct(r, "SELECT 'second', COUNT(*) FROM lost_rows");
    r->stmt = first;
    SQLFreeHandle(SQL_HANDLE_STMT, second);
    return done && drain(r, "rest of the first");
}

/* Not on MariaDB: 10.11.19 sometimes crashes in free_tmp_table when a client leaves while
 * information_schema.COLUMNS is read. */
static bool catalog(struct round *r)
{
    SQLCHAR name[64] = "";
    SQLSMALLINT len;
    if (SQL_SUCCEEDED(SQLGetInfo(r->dbc, SQL_DBMS_VER, name, sizeof name, &len)) && name[0] == '1')
        return true;
    return ok(r, SQLColumns(r->stmt, NULL, 0, NULL, 0, (SQLCHAR *)"lost_rows", SQL_NTS, NULL, 0),
              "SQLColumns") &&
           drain(r, "rows of SQLColumns");
}

static bool transaction(struct round *r)
{
    SQLRETURN rc =
        SQLSetConnectAttr(r->dbc, SQL_ATTR_AUTOCOMMIT, (SQLPOINTER)SQL_AUTOCOMMIT_OFF, 0);
    if (!SQL_SUCCEEDED(rc)) {
        note_failure(r, SQL_HANDLE_DBC, r->dbc, "autocommit off");
        return false;
    }
    bool done = direct(r, "INSERT INTO lost_log VALUES (1)");
    if (done && !SQL_SUCCEEDED(SQLEndTran(SQL_HANDLE_DBC, r->dbc, SQL_ROLLBACK))) {
        note_failure(r, SQL_HANDLE_DBC, r->dbc, "rollback");
        return false;
    }
    return done;
}

static bool operations(struct round *r)
{
    return direct(r, "SELECT 1, 'text', NULL, 2.50, TIMESTAMP'2020-02-03 04:05:06' UNION ALL "
                     "SELECT 2, '', 'x', 0, NULL") &&
           direct(r, "SELECT 1; SELECT 2 FROM lost_rows; INSERT INTO lost_log VALUES (2)") &&
           prepared(r) && at_execution(r) && two_statements(r) && catalog(r) && transaction(r);
}

/* The script once.  The statement and the connection are used again after a failure, as a program
 * would. */
static void run_script(struct round *r, const char *conn)
{
    SQLRETURN rc = SQLDriverConnect(r->dbc, NULL, (SQLCHAR *)conn, SQL_NTS, NULL, 0, NULL,
                                    SQL_DRIVER_NOPROMPT);
    r->connected = SQL_SUCCEEDED(rc);
    if (!r->connected) {
        note_failure(r, SQL_HANDLE_DBC, r->dbc, "connect");
        return;
    }
    ck_assert(SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_STMT, r->dbc, &r->stmt)));
    if (!operations(r)) {
        SQLINTEGER value;
        SQLLEN len;
        (void)SQLFetch(r->stmt);
        (void)SQLGetData(r->stmt, 1, SQL_C_SLONG, &value, sizeof value, &len);
        (void)SQLMoreResults(r->stmt);
        SQLFreeStmt(r->stmt, SQL_CLOSE);
        (void)SQLExecDirect(r->stmt, (SQLCHAR *)"SELECT 1", SQL_NTS);
    }
    SQLFreeHandle(SQL_HANDLE_STMT, r->stmt);
    if (!SQL_SUCCEEDED(SQLDisconnect(r->dbc))) {
        (void)SQLEndTran(SQL_HANDLE_DBC, r->dbc, SQL_ROLLBACK);
        ck_assert_msg(SQL_SUCCEEDED(SQLDisconnect(r->dbc)), "cannot disconnect after %s: %s",
                      r->step, r->text);
    }
}

static void script(SQLHDBC dbc, const char *conn, struct round *r)
{
    *r = (struct round){.dbc = dbc};
    run_script(r, conn);
}

struct rig {
    struct proxy *proxy;
    SQLHDBC dbc;
    char conn[2048];
    size_t bytes; /* of an undisturbed script */
};

static void make_tables(const struct server *s)
{
    struct round r = {0};
    char conn[2048];
    server_connection(s, "nopass", NULL, "SSLMODE=DISABLED;MULTI_STATEMENTS=1;", conn, sizeof conn);
    ck_assert(SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_DBC, env, &r.dbc)));
    ck_assert(SQL_SUCCEEDED(SQLDriverConnect(r.dbc, NULL, (SQLCHAR *)conn, SQL_NTS, NULL, 0, NULL,
                                             SQL_DRIVER_NOPROMPT)));
    ck_assert(SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_STMT, r.dbc, &r.stmt)));
    bool made =
        direct(&r, "DROP DATABASE IF EXISTS lost; CREATE DATABASE lost; USE lost; CREATE TABLE "
                   "lost_rows (n INT); "
                   "INSERT INTO lost_rows VALUES (1), (NULL), (3); CREATE TABLE lost_log (n INT)");
    ck_assert_msg(made, "%s: %s", r.step, r.text);
    SQLFreeHandle(SQL_HANDLE_STMT, r.stmt);
    SQLDisconnect(r.dbc);
    SQLFreeHandle(SQL_HANDLE_DBC, r.dbc);
}

static void rig_up(struct rig *g, const char *server)
{
    struct server s = server_here(server);
    struct round r;
    make_tables(&s);
    memset(g, 0, sizeof *g);
    g->proxy = proxy_start(s.host, (unsigned)strtoul(s.port, NULL, 10));
    ck_assert(g->proxy != NULL);
    /* an empty password, so that no method of login needs TLS */
    snprintf(g->conn, sizeof g->conn,
             "DRIVER={MyWire};SERVER=127.0.0.1;PORT=%u;UID=nopass;DATABASE=lost;SSLMODE=DISABLED;"
             "MULTI_STATEMENTS=1;"
             "CONN_TIMEOUT=10;READTIMEOUT=10;",
             proxy_port(g->proxy));
    ck_assert(SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_DBC, env, &g->dbc)));
    script(g->dbc, g->conn, &r);
    ck_assert_msg(r.connected && !r.step, "undisturbed: %s: %s %s", r.step, r.state, r.text);
    g->bytes = proxy_bytes(g->proxy);
    ck_assert(g->bytes > 1000);
}

static void rig_down(struct rig *g)
{
    struct round r;
    proxy_set(g->proxy, (struct proxy_plan){.fault = PROXY_PASS});
    script(g->dbc, g->conn, &r);
    ck_assert_msg(r.connected && !r.step, "afterwards: %s: %s %s", r.step, r.state, r.text);
    SQLFreeHandle(SQL_HANDLE_DBC, g->dbc);
    proxy_stop(g->proxy);
}

static void lose(struct rig *g, enum proxy_fault fault, size_t at)
{
    struct round r;
    proxy_set(g->proxy, (struct proxy_plan){.fault = fault, .at = at});
    script(g->dbc, g->conn, &r);
    ck_assert_msg(r.step != NULL, "byte %zu lost, and nobody noticed", at);
    const char *due = r.connected ? "08S01" : "08001";
    ck_assert_msg(strcmp(r.state, due) == 0, "byte %zu, %s: %s, not %s: %s", at, r.step, r.state,
                  due, r.text);
}

static const char *const servers[] = {"mariadb", "mysql"};

START_TEST(cut_at_every_byte)
{
    struct rig g;
    rig_up(&g, servers[_i]);
    for (size_t at = 0; at < g.bytes; at++)
        lose(&g, at % 3 == 2 ? PROXY_RESET : PROXY_CLOSE, at);
    rig_down(&g);
}
END_TEST

/* A changed byte may be data, so success is allowed; a crash, a hang or an unusable handle is not.
 */
START_TEST(lie_at_every_byte)
{
    static const unsigned char masks[] = {0x01, 0x80, 0xff, 0x03};
    struct rig g;
    struct round r;
    rig_up(&g, servers[_i]);
    for (size_t at = 0; at < g.bytes; at++) {
        enum proxy_fault fault = at % 7 == 6 ? PROXY_SWALLOW : PROXY_FLIP;
        proxy_set(g.proxy, (struct proxy_plan){.fault = fault, .at = at, .mask = masks[at % 4]});
        script(g.dbc, g.conn, &r);
    }
    rig_down(&g);
}
END_TEST

START_TEST(bytes_one_by_one)
{
    struct rig g;
    struct round r;
    rig_up(&g, servers[_i]);
    proxy_set(g.proxy, (struct proxy_plan){.fault = PROXY_DRIP});
    script(g.dbc, g.conn, &r);
    ck_assert_msg(r.connected && !r.step, "%s: %s %s", r.step, r.state, r.text);
    rig_down(&g);
}
END_TEST

/* A server that falls silent: the timeouts of the DSN end it, with a state that says so. */
START_TEST(silence)
{
    struct rig g;
    struct round r;
    rig_up(&g, servers[_i]);
    char *wait = strstr(g.conn, "CONN_TIMEOUT=10;READTIMEOUT=10;");
    ck_assert(wait != NULL);
    memcpy(wait, "CONN_TIMEOUT=1;READTIMEOUT=1;  ", 31);
    for (int i = 0; i < 5; i++) {
        proxy_set(g.proxy,
                  (struct proxy_plan){.fault = PROXY_STALL, .at = g.bytes * (size_t)i / 5});
        script(g.dbc, g.conn, &r);
        ck_assert_msg(r.step != NULL, "a silent server was not noticed");
        ck_assert_msg(strncmp(r.state, "HYT0", 4) == 0, "%s: %s, not a timeout: %s", r.step,
                      r.state, r.text);
    }
    rig_down(&g);
}
END_TEST

int main(void)
{
    if (!SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_ENV, SQL_NULL_HANDLE, &env)))
        return EXIT_FAILURE;
    SQLSetEnvAttr(env, SQL_ATTR_ODBC_VERSION, (SQLPOINTER)SQL_OV_ODBC3_80, 0);
    Suite *s = suite_create("lost");
    TCase *t = tcase_create("connection");
    tcase_set_timeout(t, 300);
    tcase_add_loop_test(t, cut_at_every_byte, 0, 2);
    tcase_add_loop_test(t, lie_at_every_byte, 0, 2);
    tcase_add_loop_test(t, bytes_one_by_one, 0, 2);
    tcase_add_loop_test(t, silence, 0, 2);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_ENV);
    int status = runner_end(r);
    return status;
}
