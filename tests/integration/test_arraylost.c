/* test_arraylost.c - an array that ends in the middle: the connection is lost while a chunk of rows
 * is on its way or its reply is, or SQLCancel comes from another thread.  What the status array
 * tells of each row is compared with the table afterwards, and the same handles finish the work. */
#include <pthread.h>

#include "fake/proxy.h"
#include "integration/odbc.h"

/* 5 MB: three bulk executes, forty texts, a hundred and fifty batches of a pipe. */
enum { ROWS = 2500, WIDTH = 2000, BLOCKED = 1700 };

static struct {
    SQLINTEGER n[ROWS];
    char t[ROWS][WIDTH];
    SQLLEN len[ROWS];
    SQLUSMALLINT operation[ROWS], status[ROWS];
    SQLULEN processed;
    SQLRETURN rc;
    struct said said; /* the first record, and its row */
    SQLLEN said_row;
    bool is_there[ROWS]; /* in the table */
} a;

static const struct form {
    const char *name;
    int server; /* of server_names */
    const char *keys, *sql;
    bool is_pipe;
} forms[] = {
    {"bulk", 0, "", "INSERT INTO lost VALUES(?, ?)", false},
    {"bulk", 2, "", "INSERT INTO lost VALUES(?, ?)", false},
    {"rows", 1, "", "INSERT INTO lost VALUES(?, ?)", false},
    {"rows", 0, "NO_SSPS=1;", "INSERT INTO lost VALUES(?, ?)", false},
    {"pipe", 0, "", "INSERT INTO lost VALUES(? + 0, ?)", true},
    {"pipe", 1, "", "INSERT INTO lost VALUES(? + 0, ?)", true},
};
enum { NFORMS = sizeof forms / sizeof *forms };

static struct conn c; /* not through the proxy */

static void open_form(const struct form *f)
{
    conn_open_as(&c, f->server, f->keys);
    conn_database(&c, "arraylost");
    run(c.stmt, "CREATE TABLE lost(n INT PRIMARY KEY, t VARCHAR(4000)) ENGINE=InnoDB");
    memset(&a, 0, sizeof a);
    for (int i = 0; i < ROWS; i++) {
        a.n[i] = i;
        memset(a.t[i], 'a' + i % 26, WIDTH);
        a.len[i] = WIDTH;
    }
}

/* The rows that are not in the table yet, as one array. */
static void execute(SQLHSTMT q, const char *sql)
{
    memset(a.status, 0xee, sizeof a.status);
    for (int i = 0; i < ROWS; i++)
        a.operation[i] = a.is_there[i] ? SQL_PARAM_IGNORE : SQL_PARAM_PROCEED;
    ok(q, SQLSetStmtAttr(q, SQL_ATTR_PARAMSET_SIZE, (void *)ROWS, 0));
    ok(q, SQLSetStmtAttr(q, SQL_ATTR_PARAM_STATUS_PTR, a.status, 0));
    ok(q, SQLSetStmtAttr(q, SQL_ATTR_PARAM_OPERATION_PTR, a.operation, 0));
    ok(q, SQLSetStmtAttr(q, SQL_ATTR_PARAMS_PROCESSED_PTR, &a.processed, 0));
    ok(q, SQLBindParameter(q, 1, SQL_PARAM_INPUT, SQL_C_SLONG, SQL_INTEGER, 0, 0, a.n, 0, NULL));
    ok(q, SQLBindParameter(q, 2, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_VARCHAR, WIDTH, 0, a.t, WIDTH,
                           a.len));
    a.rc = direct(q, sql);
    a.said = said(q);
    a.said_row = 0;
    SQLGetDiagField(SQL_HANDLE_STMT, q, 1, SQL_DIAG_ROW_NUMBER, &a.said_row, 0, NULL);
}

static void look(void)
{
    SQLHSTMT q = new_stmt(&c);
    memset(a.is_there, 0, sizeof a.is_there);
    ok(q, direct(q, "SELECT n FROM lost"));
    while (SQLFetch(q) == SQL_SUCCESS)
        a.is_there[strtol(get(q, 1), NULL, 10)] = true;
    drop_stmt(q);
}

/* What was not stored goes again, through handles that saw the failure, and then all is there. */
static void finish(SQLHSTMT q, const char *sql)
{
    execute(q, sql);
    ck_assert_msg(a.rc == SQL_SUCCESS, "the rest: %d %s %s", a.rc, a.said.state, a.said.text);
    ck_assert_uint_eq(a.processed, ROWS);
    for (int i = 0; i < ROWS; i++)
        ck_assert_int_eq(a.status[i], a.is_there[i] ? SQL_PARAM_UNUSED : SQL_PARAM_SUCCESS);
    ck_assert_int_eq(one_number(c.stmt, "SELECT COUNT(*) FROM lost"), ROWS);
}

/* --- a lost connection --------------------------------------------------------------------------
 */

struct rig {
    struct proxy *proxy;
    SQLHDBC dbc; /* through the proxy */
    SQLHSTMT stmt;
    char conn[2048];
    long id; /* of the connection */
};

static void rig_connect(struct rig *g)
{
    SQLRETURN rc =
        SQLDriverConnect(g->dbc, NULL, text(g->conn), SQL_NTS, NULL, 0, NULL, SQL_DRIVER_NOPROMPT);
    struct said d = said_at(SQL_HANDLE_DBC, g->dbc, 1);
    ck_assert_msg(SQL_SUCCEEDED(rc), "connecting through the proxy: %s %s", d.state, d.text);
    ck_assert(SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_STMT, g->dbc, &g->stmt)));
    g->id = one_number(g->stmt, "SELECT CONNECTION_ID()");
}

static void rig_disconnect(struct rig *g)
{
    ck_assert(SQL_SUCCEEDED(SQLFreeHandle(SQL_HANDLE_STMT, g->stmt)));
    ck_assert(SQL_SUCCEEDED(SQLDisconnect(g->dbc)));
}

static void rig_up(struct rig *g, const struct form *f)
{
    struct server s = server_here(server_names[f->server]);
    g->proxy = proxy_start(s.host, (unsigned)strtoul(s.port, NULL, 10));
    ck_assert(g->proxy != NULL);
    snprintf(g->conn, sizeof g->conn,
             "DRIVER={MyWire};SERVER=127.0.0.1;PORT=%u;UID=nopass;DATABASE=%s;SSLMODE=DISABLED;"
             "CONN_TIMEOUT=10;READTIMEOUT=60;%s",
             proxy_port(g->proxy), c.database, f->keys);
    ck_assert(SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_DBC, c.env, &g->dbc)));
}

static void rig_down(struct rig *g)
{
    SQLFreeHandle(SQL_HANDLE_DBC, g->dbc);
    proxy_stop(g->proxy);
}

/* The server may still be at work for who is gone. */
static void wait_until_gone(long id)
{
    char sql[100];
    snprintf(sql, sizeof sql, "SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE ID = %ld",
             id);
    for (double end = seconds() + 60; one_number(c.stmt, sql);) {
        ck_assert_msg(seconds() < end, "the server does not notice that connection %ld is gone",
                      id);
        nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL);
    }
}

/* Rows done, then those of which nothing is known, the first of them with the error, then those
 * that were not sent; the table has the first, nothing of the last, and of the others none or all
 * that go together. */
static void check_lost(const struct form *f, size_t at)
{
    int ndone = 0, nunknown = 0, nthere = 0, i = 0;
    ck_assert_msg(a.rc == SQL_ERROR && !strcmp(a.said.state, "08S01"), "%s %s, byte %zu: %d %s %s",
                  c.server, f->name, at, a.rc, a.said.state, a.said.text);
    for (; i < ROWS && a.status[i] == SQL_PARAM_SUCCESS; i++)
        ndone++;
    ck_assert_msg(i < ROWS && a.status[i] == SQL_PARAM_ERROR && a.said_row == i + 1,
                  "%s %s, byte %zu: row %d has status %u, the record is of row %ld: %s", c.server,
                  f->name, at, i + 1, a.status[i % ROWS], (long)a.said_row, a.said.text);
    for (nunknown = 1, i++; i < ROWS && a.status[i] == SQL_PARAM_DIAG_UNAVAILABLE; i++)
        nunknown++;
    ck_assert_msg((int)a.processed >= i && a.processed <= ROWS, "%lu processed, %d rows went",
                  (unsigned long)a.processed, i);
    for (; i < ROWS; i++)
        ck_assert_msg(a.status[i] == SQL_PARAM_UNUSED, "row %d has status %u", i + 1, a.status[i]);
    for (i = 0; i < ROWS; i++) {
        ck_assert_msg(!a.is_there[i] || nthere == i, "row %d is there, but not all before", i + 1);
        nthere += a.is_there[i];
    }
    bool is_true = f->is_pipe ? nthere >= ndone && nthere <= ndone + nunknown
                              : nthere == ndone || nthere == ndone + nunknown;
    ck_assert_msg(is_true, "%s %s, byte %zu: %d rows told done, %d unknown, %d are there", c.server,
                  f->name, at, ndone, nunknown, nthere);
}

static void lose(struct rig *g, const struct form *f, struct proxy_plan plan)
{
    SQLUINTEGER dead = SQL_CD_FALSE;
    run(c.stmt, "TRUNCATE TABLE lost");
    memset(a.is_there, 0, sizeof a.is_there);
    proxy_set(g->proxy, plan);
    rig_connect(g);
    execute(g->stmt, f->sql);
    wait_until_gone(g->id);
    look();
    check_lost(f, plan.at);
    SQLFreeStmt(g->stmt, SQL_CLOSE);
    refuses(g->stmt, "08S01", direct(g->stmt, "SELECT 1"));
    ck_assert(SQL_SUCCEEDED(SQLGetConnectAttr(g->dbc, SQL_ATTR_CONNECTION_DEAD, &dead, 0, NULL)));
    ck_assert_uint_eq(dead, SQL_CD_TRUE);
    rig_disconnect(g);
}

START_TEST(lost)
{
    enum { POINTS = 12 };
    const struct form *f = &forms[_i];
    struct rig g;
    size_t from[2], to[2];
    open_form(f);
    rig_up(&g, f);
    rig_connect(&g);
    from[0] = proxy_bytes(g.proxy);
    from[1] = proxy_client_bytes(g.proxy);
    finish(g.stmt, f->sql);
    to[0] = proxy_bytes(g.proxy);
    to[1] = proxy_client_bytes(g.proxy);
    rig_disconnect(&g);
    ck_assert_uint_gt(to[1] - from[1], (size_t)ROWS * WIDTH);
    for (size_t i = 0; i <= 2 * POINTS; i++) {
        int of_client = i % 2;
        size_t span = to[of_client] - from[of_client] - 1;
        lose(&g, f,
             (struct proxy_plan){.fault = i % 3 ? PROXY_RESET : PROXY_CLOSE,
                                 .at = from[of_client] + span * i / (2 * POINTS),
                                 .is_of_client = of_client});
    }
    proxy_set(g.proxy, (struct proxy_plan){.fault = PROXY_PASS});
    rig_connect(&g);
    finish(g.stmt, f->sql);
    rig_disconnect(&g);
    rig_down(&g);
    conn_close(&c);
}
END_TEST

/* --- SQLCancel ----------------------------------------------------------------------------------
 */

static struct conn watcher;

struct cancelling {
    SQLHSTMT stmt;
    long id;             /* of its connection */
    struct conn *rival;  /* holds a row, */
    bool is_unreachable; /* and gives it up, because no kill will reach the server */
};

/* The server looks anew only if nobody asked for 100 ms: uneven pauses, since other tests ask too,
 * and each connection is asked for only once. */
static bool is_blocked(long id)
{
    static unsigned turn;
    char sql[200];
    snprintf(sql, sizeof sql,
             "SELECT COUNT(*) FROM information_schema.INNODB_TRX WHERE trx_state = 'LOCK WAIT' AND "
             "trx_mysql_thread_id = %ld",
             id);
    turn = (turn * 7 + (unsigned)id) % 31;
    nanosleep(&(struct timespec){.tv_nsec = 150000000 + turn * 10000000}, NULL);
    return one_number(watcher.stmt, sql) != 0;
}

/* Cancels once the array waits for a lock. */
static void *canceller(void *arg)
{
    const struct cancelling *k = arg;
    for (double end = seconds() + 40; !is_blocked(k->id);)
        if (seconds() > end)
            return "the array does not wait";
    SQLRETURN rc = SQLCancel(k->stmt);
    if (k->is_unreachable)
        ck_assert(SQL_SUCCEEDED(SQLEndTran(SQL_HANDLE_DBC, k->rival->dbc, SQL_ROLLBACK)));
    return SQL_SUCCEEDED(rc) || k->is_unreachable ? NULL : "SQLCancel failed";
}

static void execute_cancelled(const struct form *f, struct cancelling *k)
{
    pthread_t thread;
    void *complaint = NULL;
    ck_assert_int_eq(pthread_create(&thread, NULL, canceller, k), 0);
    execute(k->stmt, f->sql);
    pthread_join(thread, &complaint);
    ck_assert_msg(!complaint, "%s %s: %s", c.server, f->name,
                  complaint ? (const char *)complaint : "");
}

/* A row is there exactly if it was told done, and nothing went after the cancel. */
static void check_cancelled(const struct form *f, const struct cancelling *k)
{
    int ndone = 0;
    for (int i = 0; i < ROWS; i++) {
        bool is_done = a.status[i] == SQL_PARAM_SUCCESS;
        ck_assert_msg(is_done || a.status[i] == SQL_PARAM_ERROR || a.status[i] == SQL_PARAM_UNUSED,
                      "%s %s: row %d has status %u", c.server, f->name, i + 1, a.status[i]);
        ck_assert_msg(is_done == a.is_there[i], "%s %s: row %d has status %u, and is%s there",
                      c.server, f->name, i + 1, a.status[i], a.is_there[i] ? "" : " not");
        ndone += is_done;
    }
    ck_assert_msg(ndone > 0 && (a.status[BLOCKED] == SQL_PARAM_SUCCESS) == k->is_unreachable &&
                      a.status[ROWS - 1] == SQL_PARAM_UNUSED,
                  "%s %s: %d rows done", c.server, f->name, ndone);
    ck_assert_msg(a.rc == SQL_SUCCESS_WITH_INFO && !strcmp(a.said.state, "HY008"),
                  "%s %s: %d %s %s", c.server, f->name, a.rc, a.said.state, a.said.text);
    ck_assert_msg(a.said_row > 0 && (a.said_row <= BLOCKED + 1) != k->is_unreachable &&
                      a.status[a.said_row - 1] == SQL_PARAM_ERROR &&
                      a.processed >= (SQLULEN)a.said_row,
                  "%s %s: the record is of row %ld of %lu", c.server, f->name, (long)a.said_row,
                  (unsigned long)a.processed);
    SQLLEN count = -1;
    if (SQL_SUCCEEDED(
            SQLRowCount(k->stmt, &count))) /* unixODBC forgets it when SQLCancel is late */
        ck_assert_int_eq(count, ndone);
}

/* The array runs on the statement, of a connection to the form's server and database. */
static void cancel_in(const struct form *f, struct cancelling *k, SQLHDBC dbc, SQLPOINTER mode)
{
    struct conn rival;
    char sql[200];
    conn_open_as(&rival, f->server, "");
    snprintf(sql, sizeof sql, "USE %s", c.database);
    run(rival.stmt, sql);
    SQLSetConnectAttr(rival.dbc, SQL_ATTR_AUTOCOMMIT, (SQLPOINTER)SQL_AUTOCOMMIT_OFF, 0);
    snprintf(sql, sizeof sql, "INSERT INTO lost VALUES(%d, 'rival')", BLOCKED);
    run(rival.stmt, sql);
    k->rival = &rival;
    SQLSetConnectAttr(dbc, SQL_ATTR_AUTOCOMMIT, mode, 0);
    memset(a.is_there, 0, sizeof a.is_there);
    execute_cancelled(f, k);
    ck_assert(SQL_SUCCEEDED(SQLEndTran(SQL_HANDLE_DBC, rival.dbc, SQL_ROLLBACK)));
    SQLSetConnectAttr(dbc, SQL_ATTR_AUTOCOMMIT, (SQLPOINTER)SQL_AUTOCOMMIT_ON, 0); /* commits */
    look();
    check_cancelled(f, k);
    SQLFreeStmt(k->stmt, SQL_CLOSE);
    finish(k->stmt, f->sql);
    run(watcher.stmt, "TRUNCATE TABLE lost");
    conn_close(&rival);
}

static void watch(const struct form *f)
{
    char sql[200];
    conn_open_as(&watcher, f->server, "");
    snprintf(sql, sizeof sql, "USE %s", c.database);
    run(watcher.stmt, sql);
}

static const SQLULEN modes[] = {SQL_AUTOCOMMIT_ON, SQL_AUTOCOMMIT_OFF};

START_TEST(cancelled)
{
    const struct form *f = &forms[_i];
    for (int i = 0; i < 2; i++) {
        open_form(f);
        watch(f);
        SQLHSTMT q = new_stmt(&c);
        struct cancelling k = {.stmt = q, .id = one_number(q, "SELECT CONNECTION_ID()")};
        cancel_in(f, &k, c.dbc, (SQLPOINTER)modes[i]);
        drop_stmt(q);
        conn_close(&watcher);
        conn_close(&c);
    }
}
END_TEST

/* A cancel that cannot end what runs, because no second connection can be made to kill it: that
 * much is done, and what was not sent is not sent. */
START_TEST(cancelled_from_afar)
{
    const struct form *f = &forms[_i];
    for (int i = 0; i < 2; i++) {
        struct rig g;
        open_form(f);
        watch(f);
        rig_up(&g, f);
        rig_connect(&g);
        struct cancelling k = {.stmt = g.stmt, .id = g.id, .is_unreachable = true};
        proxy_set(g.proxy, (struct proxy_plan){.fault = PROXY_CLOSE});
        cancel_in(f, &k, g.dbc, (SQLPOINTER)modes[i]);
        rig_disconnect(&g);
        rig_down(&g);
        conn_close(&watcher);
        conn_close(&c);
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("arraylost");
    TCase *t = tcase_create("arraylost");
    tcase_set_timeout(t, 300);
    tcase_add_loop_test(t, lost, 0, NFORMS);
    tcase_add_loop_test(t, cancelled, 0, NFORMS);
    tcase_add_loop_test(t, cancelled_from_afar, 0, NFORMS);
    suite_add_tcase(s, t);
    return run_suite(s);
}
