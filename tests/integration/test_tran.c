/* test_tran.c - SQLEndTran ends what there is, whatever came before it: a second connection looks.
 *
 * The flags of the server tell less than there is (driver/odbc/connection/tran.c), so each case
 * leaves something behind in its own way - an error, a procedure that failed half-way, a table
 * without transactions, a result that is half read - and is ended both ways. */
#include <pthread.h>

#include "integration/odbc.h"

static struct conn a, b; /* a works, b looks */

/* --- steps ------------------------------------------------------------------------------------ */

/* A step is a statement behind a letter that says how it is sent and what comes of it. */
enum step {
    READ = '+',       /* succeeds; what it gives is read and closed */
    FAILS = '-',      /* fails */
    LATE = '_',       /* the last of its results fails */
    HALF = '<',       /* one row is read, the result stays open */
    PREPARED = '?',   /* as READ, prepared, with the parameter 1 */
    UNPREPARED = '!', /* as PREPARED, and fails */
    DESCRIBED = '~',  /* prepared, its columns asked for, never executed */
    TABLES = '#',     /* SQLTables */
    ARRAY = '[',      /* executed with the parameters 2, 3, 1, 4; says SQL_SUCCESS_WITH_INFO */
};

static SQLINTEGER array[] = {2, 3, 1, 4};
static SQLUSMALLINT outcome[4];

/* Returns what SQLMoreResults ended with. */
static SQLRETURN read_all(SQLHSTMT s)
{
    SQLRETURN rc;
    do {
        SQLSMALLINT n = 0;
        ok(s, SQLNumResultCols(s, &n));
        while (n && SQLFetch(s) == SQL_SUCCESS)
            ;
        rc = SQLMoreResults(s);
    } while (SQL_SUCCEEDED(rc));
    SQLFreeStmt(s, SQL_CLOSE);
    return rc;
}

static SQLRETURN execute_with(SQLHSTMT s, const char *sql, SQLULEN rows)
{
    SQLSetStmtAttr(s, SQL_ATTR_PARAMSET_SIZE, (SQLPOINTER)(uintptr_t)rows, 0);
    SQLSetStmtAttr(s, SQL_ATTR_PARAM_STATUS_PTR, outcome, 0);
    ok(s, SQLBindParameter(s, 1, SQL_PARAM_INPUT, SQL_C_SLONG, SQL_INTEGER, 0, 0,
                           rows == 1 ? array + 2 : array, 0, NULL));
    ok(s, SQLPrepare(s, text(sql), SQL_NTS));
    return SQLExecute(s);
}

/* The statement stays allocated: the result of HALF lives until the end of the transaction. */
static SQLHSTMT take_step(const char *step)
{
    SQLHSTMT s = new_stmt(&a);
    const char *sql = step + 1;
    SQLSMALLINT n = 0;
    switch ((enum step) * step) {
    case READ:
        ok(s, direct(s, sql));
        ck_assert_int_eq(read_all(s), SQL_NO_DATA);
        break;
    case LATE:
        ok(s, direct(s, sql));
        ck_assert_int_eq(read_all(s), SQL_ERROR);
        break;
    case FAILS:
        ck_assert_msg(direct(s, sql) == SQL_ERROR, "%s did not fail", sql);
        break;
    case HALF:
        ok(s, direct(s, sql));
        ok(s, SQLFetch(s));
        break;
    case PREPARED:
        ok(s, execute_with(s, sql, 1));
        read_all(s);
        break;
    case UNPREPARED:
        ck_assert_msg(execute_with(s, sql, 1) == SQL_ERROR, "%s did not fail", sql);
        break;
    case DESCRIBED:
        ok(s, SQLPrepare(s, text(sql), SQL_NTS));
        ok(s, SQLNumResultCols(s, &n));
        ck_assert_int_gt(n, 0);
        break;
    case TABLES:
        ok(s, SQLTables(s, NULL, 0, NULL, 0, text(sql), SQL_NTS, NULL, 0));
        ok(s, SQLFetch(s));
        break;
    case ARRAY:
        ck_assert_int_eq(execute_with(s, sql, 4), SQL_SUCCESS_WITH_INFO);
        ck_assert_uint_eq(outcome[2], SQL_PARAM_ERROR);
        break;
    }
    return s;
}

/* --- cases ------------------------------------------------------------------------------------ */

/* t (InnoDB) holds 1 and 5, m (MyISAM) and h (MEMORY) one row each.  `none` and `all`: what t holds
 * after a rollback and after a commit; NULL: the same. */
static const struct ending {
    const char *steps[4];
    const char *none, *all;
    bool is_auto; /* autocommit is on, and the transaction begun in SQL */
} endings[] = {
    {{"-INSERT INTO t VALUES (1, 1)"}, "1,5", NULL, false},
    {{"!INSERT INTO t VALUES (?, 1)"}, "1,5", NULL, false},
    {{"-INSERT INTO t VALUES (8, 1), (1, 1)"}, "1,5", NULL, false},
    {{"[INSERT INTO t VALUES (?, 1)"}, "1,5", "1,2,3,4,5", false},
    {{"[INSERT INTO t SELECT ?, 1"}, "1,5", "1,2,3,4,5", false},
    {{"-CALL inserts_and_fails()"}, "1,5", "1,5,10", false},
    {{"!CALL inserts_and_fails_with(?)"}, "1,5", "1,5,10", false},
    {{"-CALL inserts_and_fails()", "-CALL inserts_and_fails()"}, "1,5", "1,5,10", false},
    {{"-CALL inserts_and_fails()", "+SELECT 1"}, "1,5", "1,5,10", false},
    {{"<CALL selects_and_fails()"}, "1,5", NULL, false},
    {{"_CALL selects_and_fails()"}, "1,5", NULL, false},
    {{"_INSERT INTO t VALUES (8, 0); INSERT INTO t VALUES (1, 0)"}, "1,5", "1,5,8", false},
    {{"<SELECT 1; INSERT INTO t VALUES (8, 0)"}, "1,5", "1,5,8", false},
    {{"+SELECT 1; SELECT id FROM t"}, "1,5", NULL, false},
    {{"+SELECT id FROM t"}, "1,5", NULL, false},
    {{"+SELECT id FROM t WHERE id = 1 FOR UPDATE", "-SELECT nonsense"}, "1,5", NULL, false},
    {{"?SELECT id FROM t WHERE id = ? FOR UPDATE", "-this is no SQL"}, "1,5", NULL, false},
    {{"<SELECT x.id FROM t x, t y, t z"}, "1,5", NULL, false},
    {{"<SELECT id FROM m"}, "1,5", NULL, false},
    {{"+SELECT id FROM m"}, "1,5", NULL, false},
    {{"+SELECT id FROM h"}, "1,5", NULL, false},
    {{"?SELECT id FROM m WHERE id = ?"}, "1,5", NULL, false},
    {{"?SELECT id FROM h WHERE id = ?"}, "1,5", NULL, false},
    {{"+INSERT INTO m VALUES (7)"}, "1,5", NULL, false},
    {{"+SELECT 1 FROM m, h, t", "-INSERT INTO t VALUES (1, 1)"}, "1,5", NULL, false},
    {{"~SELECT * FROM m"}, "1,5", NULL, false},
    {{"~SELECT * FROM t"}, "1,5", NULL, false},
    {{"#t"}, "1,5", NULL, false},
    {{"#m", "-SELECT nonsense FROM m"}, "1,5", NULL, false},
    {{"+CREATE TABLE IF NOT EXISTS extra(i INT)", "-INSERT INTO t VALUES (1, 1)"},
     "1,5",
     NULL,
     false},
    {{"+INSERT INTO t VALUES (8, 0)", "+ALTER TABLE extra COMMENT 'y'"}, "1,5,8", NULL, false},
    {{"+SAVEPOINT s", "+INSERT INTO t VALUES (8, 0)", "+ROLLBACK TO s", "+SELECT 1"},
     "1,5",
     NULL,
     false},
    {{"+INSERT INTO t VALUES (8, 0)", "+COMMIT", "-CALL inserts_and_fails()"},
     "1,5,8",
     "1,5,8,10",
     false},
    {{"-UPDATE t SET v = 1 / id WHERE id = nonsense"}, "1,5", NULL, false},
    {{"+START TRANSACTION", "-INSERT INTO t VALUES (1, 1)"}, "1,5", NULL, true},
    {{"+BEGIN", "+INSERT INTO t VALUES (8, 0)", "-SELECT nonsense"}, "1,5", "1,5,8", true},
    {{"+BEGIN", "+SELECT id FROM m"}, "1,5", NULL, true},
    {{"+START TRANSACTION WITH CONSISTENT SNAPSHOT", "?SELECT id FROM h WHERE id = ?"},
     "1,5",
     NULL,
     true},
    {{"-CALL begins_and_fails()"}, "1,5", "1,5,10", true},
    {{"-CALL begins_and_fails()", "<SELECT x.id FROM t x, t y, t z"}, "1,5", "1,5,10", true},
    {{"+SET autocommit = 0", "-CALL inserts_and_fails()"}, "1,5", "1,5,10", true},
    {{"+SET autocommit = 0", "+SELECT id FROM m"}, "1,5", NULL, true},
    {{"-CALL inserts_and_fails()"}, "1,5,10", NULL, true},
};
enum { NENDINGS = sizeof endings / sizeof *endings };

static void set_autocommit(struct conn *c, SQLULEN on)
{
    SQLRETURN rc = SQLSetConnectAttr(c->dbc, SQL_ATTR_AUTOCOMMIT, (SQLPOINTER)(uintptr_t)on, 0);
    struct said d = said_at(SQL_HANDLE_DBC, c->dbc, 1);
    ck_assert_msg(SQL_SUCCEEDED(rc), "autocommit: %s %s", d.state, d.text);
}

static void end(struct conn *c, SQLSMALLINT how)
{
    SQLRETURN rc = SQLEndTran(SQL_HANDLE_DBC, c->dbc, how);
    struct said d = said_at(SQL_HANDLE_DBC, c->dbc, 1);
    ck_assert_msg(SQL_SUCCEEDED(rc), "SQLEndTran: %s %s", d.state, d.text);
}

static void make_tables(void)
{
    static const char *const procedures[] = {
        "inserts_and_fails() BEGIN INSERT INTO t VALUES (10, 0);",
        "inserts_and_fails_with(i INT) BEGIN INSERT INTO t VALUES (10, i);",
        "selects_and_fails() BEGIN SELECT id FROM m; SELECT id FROM t FOR UPDATE;",
        "begins_and_fails() BEGIN START TRANSACTION; INSERT INTO t VALUES (10, 0);",
        "switches_and_fails() BEGIN SET autocommit = 0; INSERT INTO t VALUES (10, 0);"};
    char sql[500];
    run(b.stmt, "CREATE TABLE t(id INT PRIMARY KEY, v INT) ENGINE=InnoDB");
    run(b.stmt, "CREATE TABLE m(id INT) ENGINE=MyISAM");
    run(b.stmt, "CREATE TABLE h(id INT) ENGINE=MEMORY");
    run(b.stmt, "INSERT INTO m VALUES (1)");
    run(b.stmt, "INSERT INTO h VALUES (1)");
    for (size_t i = 0; i < sizeof procedures / sizeof *procedures; i++) {
        snprintf(sql, sizeof sql,
                 "CREATE PROCEDURE %s SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'boom'; END",
                 procedures[i]);
        run(b.stmt, sql);
    }
    run(b.stmt, "SET SESSION lock_wait_timeout = 1, innodb_lock_wait_timeout = 1");
}

static void open_two(int server)
{
    char use[100];
    conn_open(&b, server, "tran");
    make_tables();
    conn_open_as(&a, server, "MULTI_STATEMENTS=1");
    snprintf(use, sizeof use, "USE %s", b.database);
    run(a.stmt, use);
}

static void close_two(void)
{
    conn_close(&a);
    conn_close(&b);
}

/* Is there nothing left that b would have to wait for? */
static void expect_free(const char *name)
{
    static const char *const touches[] = {
        "UPDATE t SET v = v + 1", "INSERT INTO t VALUES (0, 0), (7, 0), (20, 0)",
        "ALTER TABLE t COMMENT 'x'", "ALTER TABLE m COMMENT 'x'", "ALTER TABLE h COMMENT 'x'"};
    for (size_t i = 0; i < sizeof touches / sizeof *touches; i++) {
        SQLRETURN rc = direct(b.stmt, touches[i]);
        struct said d = said(b.stmt);
        ck_assert_msg(SQL_SUCCEEDED(rc), "%s, %s: then %s: %s", a.server, name, touches[i], d.text);
    }
}

static void expect_ids(const char *name, const char *ids)
{
    const char *now = one(b.stmt, "SELECT GROUP_CONCAT(id ORDER BY id) FROM t");
    ck_assert_msg(!strcmp(now, ids), "%s, %s: %s, not %s", a.server, name, now, ids);
}

static void run_ending(const struct ending *e, SQLSMALLINT how)
{
    SQLHSTMT used[4];
    size_t n = 0;
    char name[300];
    snprintf(name, sizeof name, "%s%s%s, %s", e->is_auto ? "autocommit, " : "", e->steps[0],
             e->steps[1] ? e->steps[1] : "", how == SQL_COMMIT ? "commit" : "rollback");
    run(b.stmt, "DELETE FROM t");
    run(b.stmt, "INSERT INTO t VALUES (1, 0), (5, 0)");
    set_autocommit(&a, e->is_auto ? SQL_AUTOCOMMIT_ON : SQL_AUTOCOMMIT_OFF);
    for (; n < 4 && e->steps[n]; n++)
        used[n] = take_step(e->steps[n]);
    end(&a, how);
    expect_ids(name, how == SQL_COMMIT && e->all ? e->all : e->none);
    while (n)
        drop_stmt(used[--n]);
    expect_free(name);
    run(b.stmt, "DELETE FROM t");
    run(a.stmt, "INSERT INTO t VALUES (99, 0)"); /* commits nothing of before */
    end(&a, SQL_COMMIT);
    expect_ids(name, "99");
}

START_TEST(ends_what_there_is)
{
    open_two(_i);
    for (size_t i = 0; i < NENDINGS; i++) {
        run_ending(&endings[i], SQL_ROLLBACK);
        run_ending(&endings[i], SQL_COMMIT);
    }
    set_autocommit(&a, SQL_AUTOCOMMIT_ON);
    close_two();
}
END_TEST

/* --- locks that others hold ------------------------------------------------------------------- */

/* b holds row 5 and wants row 1, which a holds; a then wants row 5: one of them is rolled back. */
static void *wants_row_1(void *unused)
{
    (void)direct(b.stmt, "UPDATE t SET v = 8 WHERE id = 1");
    return unused;
}

static void deadlock(void)
{
    pthread_t rival;
    run(b.stmt, "INSERT INTO t VALUES (11, 0), (12, 0), (13, 0)"); /* dearer to roll back than a */
    run(a.stmt, "UPDATE t SET v = 7 WHERE id = 1");
    run(b.stmt, "UPDATE t SET v = 8 WHERE id = 5");
    ck_assert(!pthread_create(&rival, NULL, wants_row_1, NULL));
    refuses(a.stmt, "40001", direct(a.stmt, "UPDATE t SET v = 7 WHERE id = 5"));
    pthread_join(rival, NULL);
}

static void lock_wait(void)
{
    run(b.stmt, "UPDATE t SET v = 8 WHERE id = 5");
    run(a.stmt, "SET SESSION innodb_lock_wait_timeout = 1");
    ck_assert_int_eq(direct(a.stmt, "UPDATE t SET v = 7"), SQL_ERROR);
}

START_TEST(after_locks)
{
    static void (*const troubles[])(void) = {deadlock, lock_wait};
    open_two(_i);
    for (int i = 0; i < 4; i++) {
        run(b.stmt, "DELETE FROM t");
        run(b.stmt, "INSERT INTO t VALUES (1, 0), (5, 0)");
        set_autocommit(&a, SQL_AUTOCOMMIT_OFF);
        set_autocommit(&b, SQL_AUTOCOMMIT_OFF);
        troubles[i / 2]();
        end(&b, SQL_ROLLBACK);
        end(&a, i % 2 ? SQL_COMMIT : SQL_ROLLBACK);
        set_autocommit(&b, SQL_AUTOCOMMIT_ON);
        expect_free(i / 2 ? "lock wait" : "deadlock");
    }
    set_autocommit(&a, SQL_AUTOCOMMIT_ON);
    close_two();
}
END_TEST

/* --- what else rests on the flags ------------------------------------------------------------- */

/* SQLDisconnect would roll back in silence.  `state`: 25000, or "" where there is nothing to lose.
 */
static const struct leaving {
    const char *step, *state;
    bool is_auto;
} leavings[] = {
    {"+INSERT INTO t VALUES (8, 0)", "25000", false},
    {"-CALL inserts_and_fails()", "25000", false},
    {"_INSERT INTO t VALUES (8, 0); INSERT INTO t VALUES (1, 0)", "25000", false},
    {"<SELECT x.id FROM t x, t y, t z", "25000", false},
    {"-SELECT nonsense", "", false},
    {"+SELECT id FROM m", "", false},
    {"-INSERT INTO t VALUES (1, 0)", "", true},
    {"-CALL inserts_and_fails()", "", true},
    {"-CALL switches_and_fails()", "25000", true},
    {"+SET autocommit = 0; INSERT INTO t VALUES (8, 0)", "25000", true},
};

static void leave(const struct leaving *l)
{
    char use[100];
    conn_open_as(&a, (int)(b.server == server_names[1]), "MULTI_STATEMENTS=1");
    snprintf(use, sizeof use, "USE %s", b.database);
    run(a.stmt, use);
    run(b.stmt, "DELETE FROM t");
    run(b.stmt, "INSERT INTO t VALUES (1, 0), (5, 0)");
    set_autocommit(&a, l->is_auto ? SQL_AUTOCOMMIT_ON : SQL_AUTOCOMMIT_OFF);
    SQLHSTMT s = take_step(l->step);
    SQLRETURN rc = SQLDisconnect(a.dbc);
    struct said d = said_at(SQL_HANDLE_DBC, a.dbc, 1);
    ck_assert_msg(!strcmp(d.state, l->state) && (rc == SQL_ERROR) == !!*l->state,
                  "%s, %s: SQLDisconnect says %d %s %s", a.server, l->step, rc, d.state, d.text);
    if (rc == SQL_ERROR) {
        end(&a, SQL_ROLLBACK);
        drop_stmt(s);
        ck_assert_int_eq(SQLDisconnect(a.dbc), SQL_SUCCESS);
    }
    SQLFreeHandle(SQL_HANDLE_DBC, a.dbc);
    SQLFreeHandle(SQL_HANDLE_ENV, a.env);
}

START_TEST(leaves_nothing_behind)
{
    conn_open(&b, _i, "tran");
    make_tables();
    for (size_t i = 0; i < sizeof leavings / sizeof *leavings; i++)
        leave(&leavings[i]);
    conn_close(&b);
}
END_TEST

static SQLUINTEGER autocommit_of(const struct conn *c)
{
    SQLUINTEGER now = 4711;
    ck_assert(SQL_SUCCEEDED(SQLGetConnectAttr(c->dbc, SQL_ATTR_AUTOCOMMIT, &now, 0, NULL)));
    return now;
}

/* The attribute is what the server does, whoever told it to. */
START_TEST(autocommit_by_sql)
{
    static const struct {
        const char *step;
        SQLUINTEGER then;
    } rows[] = {{"+SET autocommit = 0", SQL_AUTOCOMMIT_OFF},
                {"+SET SESSION autocommit = 1", SQL_AUTOCOMMIT_ON},
                {"-CALL switches_and_fails()", SQL_AUTOCOMMIT_OFF},
                {"-SELECT nonsense", SQL_AUTOCOMMIT_OFF},
                {"+SET @@autocommit = ON", SQL_AUTOCOMMIT_ON},
                {"+BEGIN", SQL_AUTOCOMMIT_ON}};
    open_two(_i);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        drop_stmt(take_step(rows[i].step));
        ck_assert_msg(autocommit_of(&a) == rows[i].then, "%s, %s", a.server, rows[i].step);
    }
    run(a.stmt, "DELETE FROM t"); /* the procedure's row */
    run(a.stmt, "INSERT INTO t VALUES (8, 0)");
    set_autocommit(&a, SQL_AUTOCOMMIT_OFF);
    set_autocommit(&a, SQL_AUTOCOMMIT_ON); /* commits what BEGIN began */
    expect_ids("switched", "8");
    drop_stmt(take_step("-CALL switches_and_fails()"));
    set_autocommit(&a, SQL_AUTOCOMMIT_ON); /* is not taken for done already */
    ck_assert_int_eq(one_number(a.stmt, "SELECT @@autocommit"), 1);
    expect_ids("switched", "8,10");
    close_two();
}
END_TEST

static SQLUINTEGER number_of(SQLINTEGER attr)
{
    SQLUINTEGER now = 4711;
    SQLRETURN rc = SQLGetConnectAttr(a.dbc, attr, &now, 0, NULL);
    struct said d = said_at(SQL_HANDLE_DBC, a.dbc, 1);
    ck_assert_msg(SQL_SUCCEEDED(rc), "attribute %d: %s %s", (int)attr, d.state, d.text);
    return now;
}

START_TEST(isolation_by_sql)
{
    static const struct {
        const char *sql;
        SQLUINTEGER then;
    } rows[] = {
        {"SET SESSION TRANSACTION ISOLATION LEVEL SERIALIZABLE", SQL_TXN_SERIALIZABLE},
        {"SET SESSION TRANSACTION ISOLATION LEVEL READ UNCOMMITTED", SQL_TXN_READ_UNCOMMITTED},
        {"SELECT 1", SQL_TXN_READ_UNCOMMITTED}};
    conn_open_as(&a, _i, "");
    ck_assert(SQL_SUCCEEDED(
        SQLSetConnectAttr(a.dbc, SQL_ATTR_TXN_ISOLATION, (SQLPOINTER)SQL_TXN_READ_COMMITTED, 0)));
    ck_assert_uint_eq(number_of(SQL_ATTR_TXN_ISOLATION), SQL_TXN_READ_COMMITTED);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        run(a.stmt, rows[i].sql);
        ck_assert_uint_eq(number_of(SQL_ATTR_TXN_ISOLATION), rows[i].then);
    }
    conn_close(&a);
}
END_TEST

static void expect_catalog(const char *name)
{
    test_char now[100];
    SQLINTEGER len = 0; /* bytes */
    ck_assert(
        SQL_SUCCEEDED(SQLGetConnectAttr(a.dbc, SQL_ATTR_CURRENT_CATALOG, now, sizeof now, &len)));
    ck_assert_str_eq(text_back(now, (size_t)len / sizeof *now), name);
}

/* A database of this door: the other one's test may run meanwhile. */
#ifdef UNICODE
#define GONE "mywire_tran_gone_w"
#else
#define GONE "mywire_tran_gone_a"
#endif

/* Also where the server was told not to tell. */
START_TEST(catalog_by_sql)
{
    static const char *const tracking[] = {"SET SESSION session_track_schema = ON",
                                           "SET SESSION session_track_schema = OFF"};
    for (int i = 0; i < 2; i++) {
        conn_open_as(&a, _i, "MULTI_STATEMENTS=1");
        run(a.stmt, tracking[i]);
        expect_catalog("test");
        run(a.stmt, "USE information_schema");
        expect_catalog("information_schema");
        run(a.stmt, "SELECT 1; USE test");
        expect_catalog("test");
        run(a.stmt, "CREATE DATABASE IF NOT EXISTS " GONE);
        run(a.stmt, "/* a comment */ use " GONE);
        expect_catalog(GONE);
        run(a.stmt, "DROP DATABASE " GONE);
        expect_catalog("");
        run(a.stmt, "USE information_schema");
        SQLSetConnectAttr(a.dbc, 116 /* SQL_ATTR_RESET_CONNECTION */, (SQLPOINTER)1,
                          SQL_IS_UINTEGER);
        expect_catalog("test");
        ck_assert_str_eq(one(a.stmt, "SELECT DATABASE()"), "test");
        conn_close(&a);
    }
}
END_TEST

/* SQL_ATTR_RESET_CONNECTION: every attribute is as after connecting, in the driver and on the
 * server. */
START_TEST(reset_all)
{
    static const struct {
        SQLINTEGER attr;
        SQLULEN set, fresh;
    } rows[] = {{SQL_ATTR_AUTOCOMMIT, SQL_AUTOCOMMIT_OFF, SQL_AUTOCOMMIT_ON},
                {SQL_ATTR_ACCESS_MODE, SQL_MODE_READ_ONLY, SQL_MODE_READ_WRITE},
                {SQL_ATTR_TXN_ISOLATION, SQL_TXN_SERIALIZABLE, SQL_TXN_REPEATABLE_READ},
                {SQL_ATTR_METADATA_ID, SQL_TRUE, SQL_FALSE},
                {SQL_ATTR_CONNECTION_TIMEOUT, 77, 0}};
    static const char *const asks[] = {
        "SELECT CONCAT(@@autocommit, @@tx_read_only, @@tx_isolation)",
        "SELECT CONCAT(@@autocommit, @@transaction_read_only, "
        "@@transaction_isolation)"};
    char before[100];
    conn_open_as(&a, _i, "");
    snprintf(before, sizeof before, "%s", one(a.stmt, asks[_i]));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        ck_assert_uint_eq(number_of(rows[i].attr), rows[i].fresh);
        ck_assert(SQL_SUCCEEDED(
            SQLSetConnectAttr(a.dbc, rows[i].attr, (SQLPOINTER)(uintptr_t)rows[i].set, 0)));
        ck_assert_uint_eq(number_of(rows[i].attr), rows[i].set);
    }
    ck_assert_str_ne(one(a.stmt, asks[_i]), before);
    SQLSetConnectAttr(a.dbc, 116 /* SQL_ATTR_RESET_CONNECTION */, (SQLPOINTER)1, SQL_IS_UINTEGER);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        ck_assert_msg(number_of(rows[i].attr) == rows[i].fresh, "%s: attribute %d is %u", a.server,
                      (int)rows[i].attr, number_of(rows[i].attr));
    ck_assert_str_eq(one(a.stmt, asks[_i]), before);
    run(a.stmt, "CREATE TEMPORARY TABLE may_write(i INT)");
    run(a.stmt, "INSERT INTO may_write VALUES (1)");
    conn_close(&a);
}
END_TEST

/* Autocommit is on, and a BEGIN in SQL is open: its rows are gone with the connection, which is
 * said and does not keep the connection open.  What is ended before, or is none, is not warned of.
 */
START_TEST(begun_by_sql)
{
    static const struct {
        const char *sql[3];
        bool is_open;
    } ways[] = {{{"BEGIN", "INSERT INTO t VALUES (1)"}, true},
                {{"START TRANSACTION", "INSERT INTO t VALUES (1)"}, true},
                {{"BEGIN", "INSERT INTO t VALUES (1)", "COMMIT"}, false},
                {{"BEGIN", "INSERT INTO t VALUES (1)", "ROLLBACK"}, false},
                {{"INSERT INTO t VALUES (1)"}, false},
                {{"SELECT 1"}, false}};
    conn_open(&b, _i, "begun");
    run(b.stmt, "CREATE TABLE t(i INT) ENGINE=InnoDB");
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        char use[100];
        conn_open_as(&a, _i, "");
        snprintf(use, sizeof use, "USE %s", b.database);
        run(a.stmt, use);
        for (size_t k = 0; k < 3 && ways[i].sql[k]; k++)
            run(a.stmt, ways[i].sql[k]);
        SQLFreeHandle(SQL_HANDLE_STMT, a.stmt);
        SQLRETURN rc = SQLDisconnect(a.dbc);
        ck_assert_int_eq(rc, ways[i].is_open ? SQL_SUCCESS_WITH_INFO : SQL_SUCCESS);
        struct said d = said_at(SQL_HANDLE_DBC, a.dbc, 1);
        ck_assert_str_eq(d.state, ways[i].is_open ? "01002" : "");
        ck_assert_int_eq(SQLFreeHandle(SQL_HANDLE_DBC, a.dbc), SQL_SUCCESS);
        ck_assert_int_eq(SQLFreeHandle(SQL_HANDLE_ENV, a.env), SQL_SUCCESS);
    }
    conn_close(&b);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("tran");
    TCase *t = tcase_create("tran");
    tcase_set_timeout(t, 120);
    tcase_add_loop_test(t, ends_what_there_is, 0, NSERVERS);
    tcase_add_loop_test(t, after_locks, 0, NSERVERS);
    tcase_add_loop_test(t, leaves_nothing_behind, 0, NSERVERS);
    tcase_add_loop_test(t, autocommit_by_sql, 0, NSERVERS);
    tcase_add_loop_test(t, begun_by_sql, 0, NSERVERS);
    tcase_add_loop_test(t, isolation_by_sql, 0, NSERVERS);
    tcase_add_loop_test(t, catalog_by_sql, 0, NSERVERS);
    tcase_add_loop_test(t, reset_all, 0, NSERVERS);
    suite_add_tcase(s, t);
    return run_suite(s);
}
