/* test_hole.c - stopping statements where that is not easy: behind a load balancer, over a dead
 * link, on a server that does not answer, or that lets nobody in a second time. */
#include <pthread.h>
#include <stdatomic.h>

#include "fake/proxy.h"
#include "integration/odbc.h"

static const char *const kinds[] = {"mariadb", "mysql"};
enum { NKINDS = sizeof kinds / sizeof *kinds };

/* A connection through a proxy. */
struct rig {
    struct conn c;
    struct proxy *proxy;
    struct server server;
};

static void rig_connect(struct rig *g, const char *extra)
{
    char in[1024];
    g->c = (struct conn){.server = g->server.kind};
    ck_assert(SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_ENV, SQL_NULL_HANDLE, &g->c.env)));
    SQLSetEnvAttr(g->c.env, SQL_ATTR_ODBC_VERSION, (SQLPOINTER)SQL_OV_ODBC3_80, 0);
    ck_assert(SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_DBC, g->c.env, &g->c.dbc)));
    /* an empty password, so that no method of login needs TLS; of a key the first counts */
    snprintf(
        in, sizeof in,
        "DRIVER={MyWire};%sSERVER=127.0.0.1;PORT=%u;UID=nopass;DATABASE=test;SSLMODE=DISABLED;",
        extra, proxy_port(g->proxy));
    SQLRETURN rc = SQL_ERROR;
    struct said d = {.state = "08004"};
    for (double end = seconds() + 5; seconds() < end && !strcmp(d.state, "08004");) {
        rc = SQLDriverConnect(g->c.dbc, NULL, text(in), SQL_NTS, NULL, 0, NULL,
                              SQL_DRIVER_NOPROMPT); /* full while the one before goes */
        d = said_at(SQL_HANDLE_DBC, g->c.dbc, 1);
    }
    ck_assert_msg(SQL_SUCCEEDED(rc), "%s %s", d.state, d.text);
    g->c.stmt = new_stmt(&g->c);
}

static void rig_up(struct rig *g, const char *kind, const char *extra)
{
    g->server = server_need(kind);
    g->proxy = proxy_start(g->server.host, (unsigned)strtoul(g->server.port, NULL, 10));
    ck_assert(g->proxy != NULL);
    rig_connect(g, extra);
}

static void rig_down(struct rig *g)
{
    conn_close(&g->c);
    proxy_stop(g->proxy);
}

static void set_timeout(SQLHSTMT s, long seconds_)
{
    ok(s, SQLSetStmtAttr(s, SQL_ATTR_QUERY_TIMEOUT, (SQLPOINTER)seconds_, 0));
}

static bool is_dead(const struct conn *c)
{
    SQLUINTEGER dead = SQL_CD_FALSE;
    ck_assert(SQL_SUCCEEDED(SQLGetConnectAttr(c->dbc, SQL_ATTR_CONNECTION_DEAD, &dead, 0, NULL)));
    return dead == SQL_CD_TRUE;
}

/* A call that failed, with that state and words, after from to to seconds. */
static void stopped(SQLHSTMT s, SQLRETURN rc, double begun, const char *state, const char *words,
                    double from, double to)
{
    double took = seconds() - begun;
    struct said d = said(s);
    ck_assert_msg(rc == SQL_ERROR && !strcmp(d.state, state) && strstr(d.text, words), "%d %s %s",
                  rc, d.state, d.text);
    ck_assert_msg(took >= from && took < to, "after %.2f s: %s", took, d.text);
}

/* ---- SQLCancel from another thread ---- */

struct press {
    SQLHSTMT stmt;
    double after, took;
    SQLRETURN rc;
    struct said said;
    double said_took;
};

static void *press_run(void *arg)
{
    struct press *p = arg;
    time_t whole = (time_t)p->after;
    long rest_ns = (long)(1e9 * (p->after - (double)whole));
    nanosleep(&(struct timespec){whole, rest_ns}, NULL);
    double begun = seconds();
    p->rc = SQLCancel(p->stmt);
    p->took = seconds() - begun;
    begun = seconds();
    p->said = said(p->stmt);
    p->said_took = seconds() - begun;
    return NULL;
}

/* Cancel s meanwhile, `after` seconds from now. */
static pthread_t press(struct press *p, SQLHSTMT s, double after)
{
    pthread_t t;
    *p = (struct press){.stmt = s, .after = after};
    ck_assert_int_eq(pthread_create(&t, NULL, press_run, p), 0);
    return t;
}

/* ---- behind a load balancer ---- */

/* KILLs that a user of the test's own has had executed on a server. */
static long kills_of(const char *kind, const char *user)
{
    struct conn c;
    char sql[300];
    int i = !strcmp(kind, "mysql");
    conn_open_as(&c, i, "");
    snprintf(sql, sizeof sql,
             "SELECT COALESCE(SUM(COUNT_STAR), 0) FROM"
             " performance_schema.events_statements_summary_by_user_by_event_name"
             " WHERE USER = '%s' AND EVENT_NAME = 'statement/sql/kill'",
             user);
    long n = one_number(c.stmt, sql);
    conn_close(&c);
    return n;
}

static void make_user(const char *kind, const char *name, const char *with)
{
    struct conn c;
    char sql[200];
    conn_open_as(&c, !strcmp(kind, "mysql"), "");
    snprintf(sql, sizeof sql, "DROP USER IF EXISTS '%s'@'%%'", name);
    run(c.stmt, sql);
    snprintf(sql, sizeof sql, "CREATE USER '%s'@'%%' %s", name, with);
    run(c.stmt, sql);
    conn_close(&c);
}

#define BALANCED_USER (is_unicode ? "balanced_w" : "balanced_a")
#define BALANCED      (is_unicode ? "UID=balanced_w;DATABASE=;" : "UID=balanced_a;DATABASE=;")

/* The second connection reaches another server, or the same: only there a KILL is sent. */
START_TEST(balanced)
{
    bool is_same = _i / NKINDS;
    const char *kind = kinds[_i % NKINDS], *other = kinds[(_i + 1) % NKINDS];
    struct rig g;
    struct server s = server_need(is_same ? kind : other);
    make_user(kind, BALANCED_USER, "");
    if (!is_same)
        make_user(other, BALANCED_USER, "");
    long before[2] = {kills_of(kind, BALANCED_USER), kills_of(other, BALANCED_USER)};
    g.server = server_need(kind);
    g.proxy = proxy_start(g.server.host, (unsigned)strtoul(g.server.port, NULL, 10));
    rig_connect(&g, BALANCED);
    proxy_also(g.proxy, (unsigned)strtoul(s.port, NULL, 10));

    set_timeout(g.c.stmt, 1);
    double begun = seconds();
    SQLRETURN rc = direct(g.c.stmt, "SELECT SLEEP(20), 'ours'");
    stopped(g.c.stmt, rc, begun, "HYT00", is_same ? "has stopped it" : "could not be reached", 0.9,
            3);
    ck_assert(is_dead(&g.c) == !is_same);
    ck_assert_int_eq(kills_of(kind, BALANCED_USER) - before[0], is_same);
    ck_assert_int_eq(kills_of(other, BALANCED_USER) - before[1], 0);
    rig_down(&g);
}
END_TEST

/* SQLCancel there: it fails and says why at once, and the statement comes to its end. */
START_TEST(balanced_cancel)
{
    const char *kind = kinds[_i], *other = kinds[(_i + 1) % NKINDS];
    struct rig g;
    struct press p;
    struct server s = server_need(other);
    rig_up(&g, kind, "");
    proxy_also(g.proxy, (unsigned)strtoul(s.port, NULL, 10));
    pthread_t t = press(&p, g.c.stmt, 0.3);
    ok(g.c.stmt, direct(g.c.stmt, "SELECT SLEEP(3)"));
    pthread_join(t, NULL);
    ck_assert_int_eq(p.rc, SQL_ERROR);
    ck_assert_msg(!strcmp(p.said.state, "HY018") && strstr(p.said.text, "could not be reached") &&
                      strstr(p.said.text, "runs on"),
                  "%s %s", p.said.state, p.said.text);
    ck_assert_msg(p.took < 2 && p.said_took < 0.2, "%.2f %.2f", p.took, p.said_took);
    ok(g.c.stmt, SQLFetch(g.c.stmt));
    ck_assert_str_eq(get(g.c.stmt, 1), "0");
    SQLFreeStmt(g.c.stmt, SQL_CLOSE);
    ck_assert_int_eq(one_number(g.c.stmt, "SELECT 42"), 42);
    rig_down(&g);
}
END_TEST

#define ENDLESS                                                                                    \
    "SELECT a.TABLE_NAME, REPEAT('x', 10000) FROM information_schema.COLUMNS a,"                   \
    " information_schema.COLUMNS b"

/* A half-read result there: read on for a while, then the connection ends, and that is said. */
START_TEST(balanced_close)
{
    const char *kind = kinds[_i], *other = kinds[(_i + 1) % NKINDS];
    struct rig g;
    struct server s = server_need(other);
    rig_up(&g, kind, "");
    proxy_also(g.proxy, (unsigned)strtoul(s.port, NULL, 10));
    ok(g.c.stmt, direct(g.c.stmt, ENDLESS));
    ok(g.c.stmt, SQLFetch(g.c.stmt));
    double begun = seconds();
    SQLRETURN rc = SQLFreeStmt(g.c.stmt, SQL_CLOSE);
    double took = seconds() - begun;
    struct said d = said(g.c.stmt);
    ck_assert_msg(rc == SQL_SUCCESS_WITH_INFO && !strcmp(d.state, "01000") &&
                      strstr(d.text, "could not be reached"),
                  "%d %s %s", rc, d.state, d.text);
    ck_assert_msg(took < 5, "%.2f s", took);
    ck_assert(is_dead(&g.c));
    refuses(g.c.stmt, "08S01", direct(g.c.stmt, "SELECT 1"));
    rig_down(&g);
}
END_TEST

/* ---- silence ---- */

/* Nor is a result that nobody wants waited for without an end, when no limit was set. */
START_TEST(silent_close)
{
    struct rig g;
    rig_up(&g, kinds[_i % NKINDS], "");
    ok(g.c.stmt, direct(g.c.stmt, ENDLESS));
    ok(g.c.stmt, SQLFetch(g.c.stmt));
    proxy_freeze(g.proxy, true, false);
    double begun = seconds();
    SQLRETURN rc = SQLFreeStmt(g.c.stmt, SQL_CLOSE);
    double took = seconds() - begun;
    ck_assert_msg(rc == SQL_SUCCESS_WITH_INFO && !strcmp(said(g.c.stmt).state, "01000"), "%d", rc);
    ck_assert_msg(took < 12, "%.2f s", took);
    ck_assert(is_dead(&g.c));
    proxy_thaw(g.proxy);
    rig_down(&g);
}
END_TEST

/* Our link is dead, new connections are not (0); nobody answers any more (1). */
START_TEST(silent_timeout)
{
    struct rig g;
    rig_up(&g, kinds[_i % NKINDS], "");
    set_timeout(g.c.stmt, 1);
    proxy_freeze(g.proxy, _i / NKINDS, false);
    double begun = seconds();
    stopped(g.c.stmt, direct(g.c.stmt, "SELECT 1"), begun, "HYT00", "connection was closed", 0.9,
            2.9);
    ck_assert(is_dead(&g.c));
    proxy_thaw(g.proxy);
    rig_down(&g);
}
END_TEST

START_TEST(silent_cancel)
{
    struct rig g;
    struct press p;
    rig_up(&g, kinds[_i % NKINDS], "");
    bool is_for_all = _i / NKINDS;
    proxy_freeze(g.proxy, is_for_all, false);
    double begun = seconds();
    pthread_t t = press(&p, g.c.stmt, 0.3);
    stopped(g.c.stmt, direct(g.c.stmt, "SELECT 1"), begun, "HY008", "connection was closed", 0.3,
            2.9);
    pthread_join(t, NULL);
    ck_assert_int_eq(p.rc, is_for_all ? SQL_ERROR : SQL_SUCCESS);
    ck_assert_msg(p.took < 2, "SQLCancel took %.2f s", p.took);
    if (is_for_all)
        ck_assert_msg(!strcmp(p.said.state, "HY018") && strstr(p.said.text, "given up"), "%s %s",
                      p.said.state, p.said.text);
    proxy_thaw(g.proxy);
    rig_down(&g);
}
END_TEST

/* What is sent is not taken any more. */
enum { BIG = 12 << 20, FIRST = 100000 }; /* less than MariaDB's max_allowed_packet of 16 MiB */
static const struct {
    const char *extra, *state, *words;
    long timeout;
    double cancel_after;
} deaf[] = {
    {"WRITE_TIMEOUT=1;", "HYT01", "WRITE_TIMEOUT is 1 s", 0, 0},
    {"", "HYT00", "SQL_ATTR_QUERY_TIMEOUT", 1, 0},
    {"", "HY008", "cancelled", 0, 0.5},
};
enum { NDEAF = sizeof deaf / sizeof *deaf };

START_TEST(unread)
{
    struct rig g;
    struct press p;
    pthread_t t = pthread_self(); /* nobody yet */
    char *big = calloc(1, BIG);
    SQLLEN len = FIRST;
    ck_assert(big != NULL);
    rig_up(&g, kinds[_i % NKINDS], deaf[_i / NKINDS].extra);
    set_timeout(g.c.stmt, deaf[_i / NKINDS].timeout);
    ok(g.c.stmt, SQLPrepare(g.c.stmt, text("SELECT LENGTH(?)"), SQL_NTS));
    ok(g.c.stmt, SQLBindParameter(g.c.stmt, 1, SQL_PARAM_INPUT, SQL_C_BINARY, SQL_LONGVARBINARY,
                                  BIG, 0, big, BIG, &len));
    ok(g.c.stmt, SQLExecute(g.c.stmt)); /* now it is prepared, and the server's limit known */
    ok(g.c.stmt, SQLCloseCursor(g.c.stmt));
    len = BIG;
    proxy_freeze(g.proxy, false, true);
    double begun = seconds(), after = deaf[_i / NKINDS].cancel_after;
    if (after > 0)
        t = press(&p, g.c.stmt, after);
    SQLRETURN rc = SQLExecute(g.c.stmt);
    stopped(g.c.stmt, rc, begun, deaf[_i / NKINDS].state, deaf[_i / NKINDS].words, 0.5, 4);
    if (after > 0)
        pthread_join(t, NULL);
    bool is_unsent = strstr(said(g.c.stmt).text, "before it was sent"); /* a busy machine */
    ck_assert(is_dead(&g.c) != is_unsent);
    rig_down(&g);
    free(big);
}
END_TEST

/* Nobody knows what became of it. */
START_TEST(commit)
{
    struct rig g;
    rig_up(&g, kinds[_i], "READ_TIMEOUT=1;");
    ck_assert(SQL_SUCCEEDED(
        SQLSetConnectAttr(g.c.dbc, SQL_ATTR_AUTOCOMMIT, (SQLPOINTER)SQL_AUTOCOMMIT_OFF, 0)));
    run(g.c.stmt, "START TRANSACTION");
    proxy_freeze(g.proxy, false, false);
    SQLRETURN rc = SQLEndTran(SQL_HANDLE_DBC, g.c.dbc, SQL_COMMIT);
    struct said d = said_at(SQL_HANDLE_DBC, g.c.dbc, 1);
    ck_assert_msg(rc == SQL_ERROR && !strcmp(d.state, "08007") &&
                      strstr(d.text, "READ_TIMEOUT is 1 s"),
                  "%d %s %s", rc, d.state, d.text);
    rc = SQLEndTran(SQL_HANDLE_DBC, g.c.dbc, SQL_COMMIT);
    d = said_at(SQL_HANDLE_DBC, g.c.dbc, 1);
    ck_assert_msg(rc == SQL_ERROR && !strcmp(d.state, "08S01"), "%d %s %s", rc, d.state, d.text);
    rig_down(&g);
}
END_TEST

/* ---- a server that lets nobody in a second time ---- */

#define ALONE_USER (is_unicode ? "alone_w" : "alone_a")
#define ALONE      (is_unicode ? "UID=alone_w;DATABASE=;" : "UID=alone_a;DATABASE=;")

static void rig_alone(struct rig *g, const char *kind)
{
    make_user(kind, ALONE_USER, "WITH MAX_USER_CONNECTIONS 1");
    g->server = server_need(kind);
    g->proxy = proxy_start(g->server.host, (unsigned)strtoul(g->server.port, NULL, 10));
    rig_connect(g, ALONE);
}

START_TEST(alone_timeout)
{
    struct rig g;
    rig_alone(&g, kinds[_i]);
    set_timeout(g.c.stmt, 1);
    double begun = seconds();
    stopped(g.c.stmt, direct(g.c.stmt, "SELECT SLEEP(2), 1"), begun, "HYT00", "may still run", 0.9,
            2);
    struct said d = said(g.c.stmt);
    ck_assert_msg(strstr(d.text, "max_user_connections") != NULL, "%s", d.text);
    rig_down(&g);
}
END_TEST

START_TEST(alone_cancel)
{
    struct rig g;
    struct press p;
    rig_alone(&g, kinds[_i]);
    pthread_t t = press(&p, g.c.stmt, 0.3);
    ok(g.c.stmt, direct(g.c.stmt, "SELECT SLEEP(2), 1"));
    pthread_join(t, NULL);
    ck_assert_msg(p.rc == SQL_ERROR && !strcmp(p.said.state, "HY018") &&
                      strstr(p.said.text, "max_user_connections"),
                  "%d %s %s", p.rc, p.said.state, p.said.text);
    ck_assert_msg(p.took < 1 && p.said_took < 0.2, "%.2f %.2f", p.took, p.said_took);
    rig_down(&g);
}
END_TEST

START_TEST(alone_close)
{
    struct rig g;
    rig_alone(&g, kinds[_i]);
    ok(g.c.stmt, direct(g.c.stmt, ENDLESS));
    ok(g.c.stmt, SQLFetch(g.c.stmt));
    double begun = seconds();
    ck_assert_int_eq(SQLCloseCursor(g.c.stmt), SQL_SUCCESS_WITH_INFO);
    struct said d = said(g.c.stmt);
    double took = seconds() - begun;
    ck_assert_msg(took < 4 && strstr(d.text, "max_user_connections"), "%.2f s: %s", took, d.text);
    ck_assert(is_dead(&g.c));
    rig_down(&g);
}
END_TEST

/* ---- limits of the server's own ---- */

static const struct way {
    const char *sql, *extra; /* extra: of the connection string */
    SQLULEN rows;            /* of the parameter array; 0: no parameter */
} ways[] = {
    {"INSERT INTO t VALUES (1, 1)", "", 0},
    {"UPDATE t SET b = 2 WHERE a = 1", "NO_SSPS=1;", 0},
    {"INSERT INTO t VALUES (?, 1)", "", 1},
    {"INSERT INTO t VALUES (?, 1)", "NO_SSPS=1;", 1},
    {"INSERT INTO t VALUES (?, 1)", "", 10},
    {"INSERT INTO t VALUES (?, 1)", "NO_SSPS=1;", 10},
    {"DELETE FROM t WHERE a = ?", "", 10},
    {"ALTER TABLE t ADD c INT", "", 0},
    {"CREATE INDEX i ON t (b)", "", 0},
    {"TRUNCATE TABLE t", "NO_SSPS=1;", 0},
    {"DROP TABLE t", "", 0},
    {"RENAME TABLE t TO u", "", 0},
    {"CREATE TABLE u SELECT * FROM t LOCK IN SHARE MODE", "", 0},
};
enum { NWAYS = sizeof ways / sizeof *ways };

/* Only root may. */
static void grant_alone(const struct conn *c)
{
    struct server s = server_need("mariadb");
    struct conn root = {.server = s.kind, .env = c->env};
    char sql[1000];
    snprintf(sql, sizeof sql, "DRIVER={MyWire};SERVER=localhost;SOCKET=%s;UID=root", s.socket);
    ck_assert(SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_DBC, root.env, &root.dbc)));
    ck_assert(SQL_SUCCEEDED(
        SQLDriverConnect(root.dbc, NULL, text(sql), SQL_NTS, NULL, 0, NULL, SQL_DRIVER_NOPROMPT)));
    root.stmt = new_stmt(&root);
    snprintf(sql, sizeof sql, "GRANT ALL ON %s.* TO '%s'@'%%'", c->database, ALONE_USER);
    run(root.stmt, sql);
    SQLDisconnect(root.dbc);
    SQLFreeHandle(SQL_HANDLE_DBC, root.dbc);
}

/* A table with a row that another connection keeps locked. */
static void open_locked(struct conn *c)
{
    conn_open(c, 0, "limits");
    run(c->stmt, "CREATE TABLE t (a INT PRIMARY KEY, b INT) ENGINE = InnoDB");
    make_user("mariadb", ALONE_USER, "WITH MAX_USER_CONNECTIONS 1");
    grant_alone(c);
    run(c->stmt, "BEGIN");
    run(c->stmt, "INSERT INTO t VALUES (1, 1)");
}

static SQLRETURN run_way(SQLHSTMT s, const struct way *way)
{
    static SQLINTEGER values[10] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
    if (way->rows) {
        ok(s, SQLSetStmtAttr(s, SQL_ATTR_PARAMSET_SIZE, (SQLPOINTER)way->rows, 0));
        ok(s, SQLBindParameter(s, 1, SQL_PARAM_INPUT, SQL_C_SLONG, SQL_INTEGER, 0, 0, values, 0,
                               NULL));
    }
    return direct(s, way->sql);
}

static void use_locked(SQLHSTMT s, const struct conn *holder)
{
    char sql[200];
    snprintf(sql, sizeof sql, "USE %s", holder->database);
    run(s, sql);
}

/* Nothing waits for the lock any more, nor was anything done. */
static void nothing_runs(struct conn *holder)
{
    char sql[200];
    snprintf(sql, sizeof sql,
             "SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE USER = '%s' AND COMMAND <>"
             " 'Sleep'",
             ALONE_USER);
    for (double end = seconds() + 0.5; one_number(holder->stmt, sql) != 0;) /* it cleans up */
        ck_assert(seconds() < end);
    run(holder->stmt, "ROLLBACK");
    ck_assert_int_eq(one_number(holder->stmt, "SELECT COUNT(*) FROM t"), 0);
}

/* The server ends the statement, where nobody can come to kill it. */
START_TEST(alone_limit)
{
    struct rig g = {.server = server_need("mariadb")};
    struct conn holder;
    char extra[200];
    open_locked(&holder);
    g.proxy = proxy_start(g.server.host, (unsigned)strtoul(g.server.port, NULL, 10));
    snprintf(extra, sizeof extra, "%s%s", ALONE, ways[_i].extra);
    rig_connect(&g, extra);
    use_locked(g.c.stmt, &holder);
    run(g.c.stmt, "SET max_statement_time = 7");
    set_timeout(g.c.stmt, 1);
    double begun = seconds();
    SQLRETURN rc = run_way(g.c.stmt, &ways[_i]);
    stopped(g.c.stmt, rc, begun, "HYT00", "(SQL_ATTR_QUERY_TIMEOUT) was over, and the server has",
            0.9, 2.5);
    nothing_runs(&holder);
    SQLFreeStmt(g.c.stmt, SQL_CLOSE);
    SQLFreeStmt(g.c.stmt, SQL_RESET_PARAMS);
    SQLSetStmtAttr(g.c.stmt, SQL_ATTR_PARAMSET_SIZE, (SQLPOINTER)1, 0);
    ck_assert_int_eq(one_number(g.c.stmt, "SELECT @@max_statement_time"), 7);
    rig_down(&g);
    conn_close(&holder);
}
END_TEST

/* A statement that is prepared already follows the attribute, and back. */
START_TEST(limit_follows)
{
    struct conn holder, c;
    open_locked(&holder);
    conn_open_as(&c, 0, "");
    use_locked(c.stmt, &holder);
    SQLINTEGER value = 2;
    ok(c.stmt, SQLPrepare(c.stmt, text("REPLACE INTO t SELECT ?, @@max_statement_time"), SQL_NTS));
    ok(c.stmt, SQLBindParameter(c.stmt, 1, SQL_PARAM_INPUT, SQL_C_SLONG, SQL_INTEGER, 0, 0, &value,
                                0, NULL));
    static const long limits[] = {0, 30, 20, 0, 40};
    SQLHSTMT look = new_stmt(&c);
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        set_timeout(c.stmt, limits[i]);
        ok(c.stmt, SQLExecute(c.stmt));
        ck_assert_int_eq(one_number(look, "SELECT b FROM t WHERE a = 2"), limits[i]);
    }
    run(look, "SET max_statement_time = 9"); /* the stricter one holds */
    ok(c.stmt, SQLExecute(c.stmt));
    ck_assert_int_eq(one_number(look, "SELECT b FROM t WHERE a = 2"), 9);
    SQLFreeHandle(SQL_HANDLE_STMT, look);
    conn_close(&c);
    conn_close(&holder);
}
END_TEST

/* What the application's own limit ends is told in the server's words; its SET STATEMENT is left
 * alone. */
START_TEST(limit_of_application)
{
    static const char *const before[] = {"SET max_statement_time = 0.3", "DO 1"};
    static const char *const sql[] = {
        "INSERT INTO t VALUES (1, 1)",
        "SET STATEMENT max_statement_time = 0.3 FOR INSERT INTO t VALUES (1, 1)",
    };
    struct conn holder, c;
    open_locked(&holder);
    conn_open_as(&c, 0, "");
    use_locked(c.stmt, &holder);
    run(c.stmt, before[_i]);
    set_timeout(c.stmt, 5);
    double begun = seconds();
    stopped(c.stmt, direct(c.stmt, sql[_i]), begun, "HYT00", "max_statement_time exceeded", 0.2, 2);
    conn_close(&c);
    conn_close(&holder);
}
END_TEST

/* SQLCancel finds the statement behind its limit. */
START_TEST(limit_cancel)
{
    struct conn holder, c;
    struct press p;
    open_locked(&holder);
    conn_open_as(&c, 0, ways[_i].extra);
    use_locked(c.stmt, &holder);
    set_timeout(c.stmt, 20);
    double begun = seconds();
    pthread_t t = press(&p, c.stmt, 0.3);
    SQLRETURN rc = run_way(c.stmt, &ways[_i]);
    stopped(c.stmt, rc, begun, "HY008", "the server has stopped it", 0.3, 2.5);
    pthread_join(t, NULL);
    ck_assert_int_eq(p.rc, SQL_SUCCESS);
    conn_close(&c);
    conn_close(&holder);
}
END_TEST

/* Rows that are read slowly come to their end. */
START_TEST(limit_spares_rows)
{
    static const char *const sql[] = {
        "SELECT REPEAT('x', 10000) FROM seq_1_to_3000",
        "INSERT INTO r SELECT seq FROM seq_1_to_3000 RETURNING REPEAT('x', 10000)",
        "CALL p()",
    };
    struct conn c;
    conn_open(&c, 0, "limits");
    run(c.stmt, "CREATE TABLE r (a INT)");
    run(c.stmt, "CREATE PROCEDURE p() SELECT REPEAT('x', 10000) FROM seq_1_to_3000");
    set_timeout(c.stmt, 1);
    run(c.stmt, "INSERT INTO r VALUES (0)"); /* has the limit */
    ok(c.stmt, direct(c.stmt, sql[_i]));
    ok(c.stmt, SQLFetch(c.stmt));
    nanosleep(&(struct timespec){1, 500000000}, NULL);
    for (int n = 2; n <= 3000; n++)
        ok(c.stmt, SQLFetch(c.stmt));
    ck_assert_int_eq(SQLFetch(c.stmt), SQL_NO_DATA);
    conn_close(&c);
}
END_TEST

/* ---- waiting for another statement's result ---- */

#define ROWS "100000"
#define SLOW_ROWS                                                                                  \
    "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < " ROWS ")"         \
    " SELECT n, REPEAT('x', 500), SLEEP(0.0001) FROM r"

static void open_slow(struct conn *c, SQLHSTMT *first, int kind)
{
    conn_open_as(c, kind, "");
    run(c->stmt,
        kind ? "SET cte_max_recursion_depth = " ROWS : "SET max_recursive_iterations = " ROWS);
    *first = new_stmt(c);
    ok(*first, direct(*first, SLOW_ROWS));
    ok(*first, SQLFetch(*first));
    ck_assert_str_eq(get(*first, 1), "1");
}

/* The statement that waited is stopped; the result stays whole. */
static void rows_go_on(SQLHSTMT s, long upto)
{
    for (long n = 2; n <= upto; n++) {
        ok(s, SQLFetch(s));
        ck_assert_int_eq(strtol(get(s, 1), NULL, 10), n);
    }
}

START_TEST(waiting_cancel)
{
    struct conn c;
    SQLHSTMT first;
    struct press p;
    open_slow(&c, &first, _i);
    for (int k = 0; k < 2; k++) {
        double begun = seconds();
        pthread_t t = press(&p, c.stmt, 0.3);
        stopped(c.stmt, direct(c.stmt, "SELECT 1"), begun, "HY008", "before it was sent", 0.3, 1.5);
        pthread_join(t, NULL);
        ck_assert_msg(p.rc == SQL_SUCCESS && p.took < 0.2, "%d %.2f", p.rc, p.took);
    }
    rows_go_on(first, 3000);
    ok(first, SQLFreeStmt(first, SQL_CLOSE));
    ck_assert_int_eq(one_number(c.stmt, "SELECT 42"), 42);
    drop_stmt(first);
    conn_close(&c);
}
END_TEST

START_TEST(waiting_timeout)
{
    struct conn c;
    SQLHSTMT first;
    open_slow(&c, &first, _i);
    set_timeout(c.stmt, 1);
    double begun = seconds();
    stopped(c.stmt, direct(c.stmt, "SELECT 1"), begun, "HYT00", "before it was sent", 0.9, 1.6);
    rows_go_on(first, 3000);
    ok(first, SQLFreeStmt(first, SQL_CLOSE));
    ck_assert_int_eq(one_number(c.stmt, "SELECT 42"), 42);
    drop_stmt(first);
    conn_close(&c);
}
END_TEST

/* ---- one wait ---- */

/* SQL_ATTR_CONNECTION_TIMEOUT ends the statement on the server, and the connection goes on. */
START_TEST(one_wait)
{
    struct conn c, other;
    char sql[200];
    conn_open_as(&c, _i, "");
    conn_open_as(&other, _i, "");
    long id = one_number(c.stmt, "SELECT CONNECTION_ID()");
    ck_assert(
        SQL_SUCCEEDED(SQLSetConnectAttr(c.dbc, SQL_ATTR_CONNECTION_TIMEOUT, (SQLPOINTER)1, 0)));
    double begun = seconds();
    SQLRETURN rc = direct(c.stmt, "SELECT BENCHMARK(2000000000, SHA2('x', 512))");
    stopped(c.stmt, rc, begun, "HYT01", "SQL_ATTR_CONNECTION_TIMEOUT", 0.9, 2.5);
    snprintf(sql, sizeof sql,
             "SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE ID = %ld AND COMMAND ="
             " 'Query'",
             id);
    for (double end = seconds() + 2; one_number(other.stmt, sql) != 0;) /* it cleans up */
        ck_assert(seconds() < end);
    ck_assert_int_eq(one_number(c.stmt, "SELECT 42"), 42);
    conn_close(&other);
    conn_close(&c);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("hole");
    TCase *t = tcase_create("hole");
    tcase_set_timeout(t, 300);
    tcase_add_loop_test(t, balanced, 0, 2 * NKINDS);
    tcase_add_loop_test(t, balanced_cancel, 0, NKINDS);
    tcase_add_loop_test(t, balanced_close, 0, NKINDS);
    tcase_add_loop_test(t, silent_close, 0, NKINDS);
    tcase_add_loop_test(t, silent_timeout, 0, 2 * NKINDS);
    tcase_add_loop_test(t, silent_cancel, 0, 2 * NKINDS);
    tcase_add_loop_test(t, unread, 0, NDEAF * NKINDS);
    tcase_add_loop_test(t, commit, 0, NKINDS);
    tcase_add_loop_test(t, alone_timeout, 0, NKINDS);
    tcase_add_loop_test(t, alone_cancel, 0, NKINDS);
    tcase_add_loop_test(t, alone_close, 0, NKINDS);
    tcase_add_loop_test(t, waiting_cancel, 0, NKINDS);
    tcase_add_loop_test(t, waiting_timeout, 0, NKINDS);
    tcase_add_loop_test(t, one_wait, 0, NKINDS);
    suite_add_tcase(s, t);
    t = tcase_create("limit");
    tcase_set_timeout(t, 300);
    tcase_add_loop_test(t, alone_limit, 0, NWAYS);
    tcase_add_test(t, limit_follows);
    tcase_add_loop_test(t, limit_of_application, 0, 2);
    tcase_add_loop_test(t, limit_cancel, 0, NWAYS);
    tcase_add_loop_test(t, limit_spares_rows, 0, 3);
    suite_add_tcase(s, t);
    return run_suite(s);
}
