/* test_streamload_tran.c - Stream Load with autocommit off, and what SQLEndTran makes of it. */
#include "integration/streamload.h"

static const char insert[] = "INSERT INTO t (n, v) VALUES (?, ?)";

static void autocommit(bool on)
{
    SQLULEN value = on ? SQL_AUTOCOMMIT_ON : SQL_AUTOCOMMIT_OFF;
    SQLRETURN rc = SQLSetConnectAttr(c.dbc, SQL_ATTR_AUTOCOMMIT, (SQLPOINTER)value, 0);
    struct said d = said_at(SQL_HANDLE_DBC, c.dbc, 1);
    ck_assert_msg(SQL_SUCCEEDED(rc), "%s %s", d.state, d.text);
}

static SQLRETURN end(SQLSMALLINT how)
{
    return SQLEndTran(SQL_HANDLE_DBC, c.dbc, how);
}

static void end_ok(SQLSMALLINT how)
{
    SQLRETURN rc = end(how);
    struct said d = said_at(SQL_HANDLE_DBC, c.dbc, 1);
    ck_assert_msg(SQL_SUCCEEDED(rc), "%d %s %s", rc, d.state, d.text);
}

static void insert_from(struct rows *r, SQLBIGINT first)
{
    for (int i = 0; i < N; i++)
        r->n[i] = first + i;
    ok(c.stmt, direct(c.stmt, insert));
    all_status(r, N, SQL_PARAM_SUCCESS);
}

START_TEST(commits)
{
    struct rows r;
    load_open("");
    fill(&r);
    bind(&r, N);
    autocommit(false);
    insert_from(&r, 0);
    insert_from(&r, 100);
    SQLLEN count = 0;
    ok(c.stmt, SQLRowCount(c.stmt, &count));
    ck_assert_int_eq(count, N);
    ck_assert_uint_eq(loaded(), 0);
    end_ok(SQL_COMMIT);
    ck_assert_uint_eq(loaded(), (size_t)2 * N);
    struct fake_stats st;
    fake_stats_get(fake, &st);
    ck_assert_uint_eq(st.loads_committed, 1);
    insert_from(&r, 200);
    end_ok(SQL_ROLLBACK);
    ck_assert_uint_eq(loaded(), (size_t)2 * N);
    end_ok(SQL_COMMIT); /* nothing is open */
    insert_from(&r, 300);
    autocommit(true); /* commits, as ODBC says */
    ck_assert_uint_eq(loaded(), (size_t)3 * N);
    load_close();
}
END_TEST

/* One transaction for each table. */
START_TEST(tables)
{
    struct rows r;
    char why[200];
    load_open("");
    ck_assert(fake_table(fake, "test.u(n BIGINT, v VARCHAR(200))", why, sizeof why));
    fill(&r);
    bind(&r, N);
    autocommit(false);
    insert_from(&r, 0);
    ok(c.stmt, direct(c.stmt, "INSERT INTO u (n, v) VALUES (?, ?)"));
    insert_from(&r, 50);
    end_ok(SQL_COMMIT);
    ck_assert_uint_eq(loaded(), (size_t)2 * N);
    ck_assert_uint_eq(fake_rows(fake, "test", "u"), N);
    load_close();
}
END_TEST

/* What is bound as binary is so from the first batch on, in which all of it is NULL. */
START_TEST(bytes_later)
{
    unsigned char bytes[2][3] = {{0, 255, 7}, {1, 2, 3}};
    SQLLEN len[2] = {SQL_NULL_DATA, SQL_NULL_DATA};
    const char *p = NULL;
    size_t n = 0;
    load_open("");
    both_tables("(b VARBINARY(10), v VARCHAR(20))", "(b VARBINARY(10), v VARCHAR(20))");
    attr(SQL_ATTR_PARAMSET_SIZE, (void *)2);
    ok(c.stmt, SQLBindParameter(c.stmt, 1, SQL_PARAM_INPUT, SQL_C_BINARY, SQL_VARBINARY, 10, 0,
                                bytes, 3, len));
    autocommit(false);
    ok(c.stmt, direct(c.stmt, "INSERT INTO t (b, v) VALUES (?, 'x')"));
    len[0] = 3;
    ok(c.stmt, direct(c.stmt, "INSERT INTO t (b, v) VALUES (?, 'x')"));
    end_ok(SQL_COMMIT);
    ck_assert_uint_eq(loaded(), 4);
    ck_assert_int_eq(fake_cell(fake, "test", "t", 2, 0, &p, &n), 1);
    ck_assert(n == 3 && !memcmp(p, bytes[0], 3));
    ck_assert_int_eq(fake_cell(fake, "test", "t", 3, 0, &p, &n), 0);
    load_close();
}
END_TEST

/* Loads read times in the zone of the session as it is now. */
static const char *zone_sent(void)
{
    static char zone[100];
    char *head = fake_request(fake, 0), *at = strstr(head, "timezone: ");
    snprintf(zone, sizeof zone, "%.*s", at ? (int)strcspn(at + 10, "\r\n") : 0, at ? at + 10 : "");
    ck_assert_msg(!at || !strstr(at + 1, "timezone"), "%s", head);
    free(head);
    return zone;
}

START_TEST(zone)
{
    struct rows r;
    SQLHSTMT q = SQL_NULL_HSTMT;
    load_open("");
    q = new_stmt(&c);
    fill(&r);
    bind(&r, N);
    insert_from(&r, 0);
    ck_assert_str_eq(zone_sent(), ""); /* SYSTEM, which says nothing to another server */
    run(q, "SET time_zone = '+02:00'");
    insert_from(&r, 0);
    ck_assert_str_eq(zone_sent(), "+02:00");
    ok(q, SQLPrepare(q, text("SET time_zone = '-03:30'"), SQL_NTS));
    insert_from(&r, 0);
    ck_assert_str_eq(zone_sent(), "+02:00");
    ok(q, SQLExecute(q));
    insert_from(&r, 0);
    ck_assert_str_eq(zone_sent(), "-03:30");
    set_text(SQL_ATTR_MYWIRE_LOAD_HEADERS, "timezone: Asia/Tokyo");
    insert_from(&r, 0);
    ck_assert_str_eq(zone_sent(), "Asia/Tokyo");
    set_text(SQL_ATTR_MYWIRE_LOAD_HEADERS, "");
    autocommit(false);
    insert_from(&r, 100);
    ck_assert_str_eq(zone_sent(), "-03:30");
    run(q, "SET time_zone = '+00:00'");
    refuses(c.stmt, "HYC00", direct(c.stmt, insert));
    says("time zone");
    run(q, "SET time_zone = '-03:30'");
    insert_from(&r, 200);
    end_ok(SQL_COMMIT);
    autocommit(true);
    drop_stmt(q);
    load_close();
}
END_TEST

/* All loads of a transaction are alike. */
START_TEST(alike)
{
    struct rows r;
    load_open("");
    fill(&r);
    bind(&r, N);
    autocommit(false);
    insert_from(&r, 0);
    refuses(c.stmt, "HYC00", direct(c.stmt, "INSERT INTO t (n) VALUES (?)"));
    says("commit first");
    set_text(SQL_ATTR_MYWIRE_LOAD_STRICT_MODE, "false");
    refuses(c.stmt, "HYC00", direct(c.stmt, insert));
    set_text(SQL_ATTR_MYWIRE_LOAD_STRICT_MODE, "");
    insert_from(&r, 20);
    end_ok(SQL_COMMIT);
    ck_assert_uint_eq(loaded(), (size_t)2 * N);
    load_close();
}
END_TEST

/* Rows that the server rejects show at commit: nothing is in. */
START_TEST(rejected_at_commit)
{
    struct rows r;
    load_open("");
    both_tables("(n TINYINT NOT NULL, v VARCHAR(200))", "(n BIGINT, v VARCHAR(200))");
    fill(&r);
    bind(&r, N);
    autocommit(false);
    insert_from(&r, 0);
    insert_from(&r, 1000);
    ck_assert_int_eq(end(SQL_COMMIT), SQL_ERROR);
    struct said d = said_at(SQL_HANDLE_DBC, c.dbc, 1);
    ck_assert_msg(!strcmp(d.state, "HY000") && strstr(d.text, "mywire_"), "%s %s", d.state, d.text);
    ck_assert_uint_eq(loaded(), 0);
    end_ok(SQL_ROLLBACK);
    insert_from(&r, 0); /* the connection goes on */
    end_ok(SQL_COMMIT);
    ck_assert_uint_eq(loaded(), N);
    load_close();
}
END_TEST

/* A body that broke dooms the transaction, and commit says so. */
START_TEST(doomed)
{
    struct rows r;
    load_open("");
    fill(&r);
    bind(&r, N);
    autocommit(false);
    insert_from(&r, 0);
    ck_assert(fake_fault(fake, "be_reset_body:10"));
    SQLRETURN rc = direct(c.stmt, insert);
    ck_assert_int_eq(rc, SQL_ERROR);
    all_status(&r, N, SQL_PARAM_ERROR);
    ck_assert_int_eq(end(SQL_COMMIT), SQL_ERROR);
    ck_assert_uint_eq(loaded(), 0);
    load_close();
}
END_TEST

START_TEST(no_interface)
{
    static const char *const options[] = {"transactions", "off", NULL};
    struct rows r;
    fake_open(options);
    load_connect("http", "");
    both_tables("(n BIGINT, v VARCHAR(200))", "(n BIGINT, v VARCHAR(200))");
    fill(&r);
    bind(&r, N);
    autocommit(false);
    refuses(c.stmt, "HYC00", direct(c.stmt, insert));
    says("autocommit");
    ck_assert_uint_eq(loaded(), 0);
    autocommit(true);
    ok(c.stmt, direct(c.stmt, insert));
    ck_assert_uint_eq(loaded(), N);
    load_close();
}
END_TEST

/* Both tables or none: the second has a row that is refused when it is prepared. */
START_TEST(tables_bad_row)
{
    struct rows r;
    char why[200];
    load_open("");
    ck_assert(fake_table(fake, "test.u(n TINYINT NOT NULL, v VARCHAR(200))", why, sizeof why));
    fill(&r);
    bind(&r, N);
    autocommit(false);
    insert_from(&r, 0);
    ok(c.stmt, direct(c.stmt, "INSERT INTO u (n, v) VALUES (?, ?)"));
    r.n[4] = 1000;
    ok(c.stmt, direct(c.stmt, "INSERT INTO u (n, v) VALUES (?, ?)"));
    ck_assert_int_eq(end(SQL_COMMIT), SQL_ERROR);
    struct said d = said_at(SQL_HANDLE_DBC, c.dbc, 1);
    ck_assert_msg(!strcmp(d.state, "HY000") && strstr(d.text, "nothing was loaded") &&
                      strstr(d.text, "test.u"),
                  "%s %s", d.state, d.text);
    ck_assert_uint_eq(loaded(), 0);
    ck_assert_uint_eq(fake_rows(fake, "test", "u"), 0);
    ck_assert_uint_eq(fake_labels(fake, "test", "ABORTED"), 2);
    end_ok(SQL_COMMIT); /* nothing is open */
    load_close();
}
END_TEST

/* What was prepared is not committed all the same: the part that is in is told first. */
START_TEST(tables_in_part)
{
    static const char *const faults[] = {"be_drop_doomed:50", "be_drop_doomed:50+1"};
    static const char *const in[] = {"test.u (label ", "test.t (label "};
    struct rows r;
    char why[200];
    load_open("");
    ck_assert(fake_table(fake, "test.u(n BIGINT, v VARCHAR(200))", why, sizeof why));
    fill(&r);
    bind(&r, N);
    autocommit(false);
    if (_i == 2) /* and SQL has its part */
        run(c.stmt, "INSERT INTO t (n, v) VALUES (1, 'sql')");
    insert_from(&r, 0);
    ok(c.stmt, direct(c.stmt, "INSERT INTO u (n, v) VALUES (?, ?)"));
    ck_assert(fake_fault(fake, _i < 2 ? faults[_i] : "be_drop_doomed:50*2"));
    ck_assert_int_eq(end(SQL_COMMIT), SQL_ERROR);
    struct said d = said_at(SQL_HANDLE_DBC, c.dbc, 1);
    ck_assert_msg(strstr(d.text, "only a part") && strstr(d.text, _i < 2 ? in[_i] : "by SQL"),
                  "%s %s", d.state, d.text);
    d = said_at(SQL_HANDLE_DBC, c.dbc, 2);
    ck_assert_msg(strstr(d.text, "nothing was loaded"), "%s %s", d.state, d.text);
    ck_assert_uint_eq(loaded(), _i == 1 ? N : 0);
    ck_assert_uint_eq(fake_rows(fake, "test", "u"), _i == 0 ? N : 0);
    if (_i == 2)
        ck_assert_int_eq(one_number(c.stmt, "SELECT COUNT(*) FROM t"), 1);
    autocommit(true);
    load_close();
}
END_TEST

/* SQL's commit fails: the loads were not committed before it, and can be rolled back. */
START_TEST(sql_fails)
{
    struct rows r;
    load_open("");
    fill(&r);
    bind(&r, N);
    SQLHSTMT q = new_stmt(&c);
    autocommit(false);
    insert_from(&r, 0);
    run(q, "INSERT INTO t (n, v) VALUES (1, 'sql')");
    (void)direct(q, "KILL CONNECTION_ID()");
    ck_assert_int_eq(end(SQL_COMMIT), SQL_ERROR);
    ck_assert_uint_eq(loaded(), 0);
    drop_stmt(q);
    (void)end(SQL_ROLLBACK);
    ck_assert_uint_eq(fake_labels(fake, "test", "ABORTED"), 1);
    load_close();
}
END_TEST

/* As for SQL: a transaction is ended before the connection is. */
START_TEST(disconnect)
{
    struct rows r;
    load_open("");
    fill(&r);
    bind(&r, N);
    set_text(SQL_ATTR_MYWIRE_LOAD_LABEL, "left-open");
    autocommit(false);
    insert_from(&r, 0);
    SQLFreeHandle(SQL_HANDLE_STMT, c.stmt);
    ck_assert_int_eq(SQLDisconnect(c.dbc), SQL_ERROR);
    ck_assert_str_eq(said_at(SQL_HANDLE_DBC, c.dbc, 1).state, "25000");
    ck_assert_str_eq(fake_state(fake, "test", "left-open"), "PREPARE");
    end_ok(SQL_ROLLBACK);
    ck_assert(SQL_SUCCEEDED(SQLDisconnect(c.dbc)));
    ck_assert_str_eq(fake_state(fake, "test", "left-open"), "ABORTED");
    ck_assert_uint_eq(loaded(), 0);
    SQLFreeHandle(SQL_HANDLE_DBC, c.dbc);
    SQLFreeHandle(SQL_HANDLE_ENV, c.env);
    c = (struct conn){0};
    fake_free(fake);
    fake = NULL;
}
END_TEST

/* A connection that goes back to a pool: nothing of the last user's is left. */
START_TEST(reset)
{
    struct rows r;
    load_open("");
    fill(&r);
    bind(&r, N);
    ok(c.stmt, SQLSetConnectAttr(c.dbc, SQL_ATTR_MYWIRE_LOAD_LABEL, text("pooled"), SQL_NTS));
    autocommit(false);
    insert_from(&r, 0);
    ck_assert_str_eq(fake_state(fake, "test", "pooled"), "PREPARE");
    SQLRETURN rc = SQLSetConnectAttr(c.dbc, SQL_ATTR_RESET_CONNECTION,
                                     (SQLPOINTER)SQL_RESET_CONNECTION_YES, SQL_IS_UINTEGER);
    ck_assert_msg(SQL_SUCCEEDED(rc), "%s", said_at(SQL_HANDLE_DBC, c.dbc, 1).text);
    ck_assert_str_eq(fake_state(fake, "test", "pooled"), "ABORTED");
    ck_assert_str_eq(get_text(SQL_ATTR_MYWIRE_LOAD_LABEL), "");
    load_close();
}
END_TEST

/* SQL and loads end together; Doris has its own interface. */
START_TEST(with_sql)
{
    struct rows r;
    load_open("");
    SQLHSTMT q = new_stmt(&c);
    fill(&r);
    bind(&r, N);
    autocommit(false);
    insert_from(&r, 0);
    run(q, "INSERT INTO t (n, v) VALUES (1, 'sql')");
    end_ok(SQL_ROLLBACK);
    ck_assert_uint_eq(loaded(), 0);
    ck_assert_int_eq(one_number(q, "SELECT COUNT(*) FROM t"), 0);
    insert_from(&r, 0);
    run(q, "INSERT INTO t (n, v) VALUES (1, 'sql')");
    end_ok(SQL_COMMIT);
    ck_assert_uint_eq(loaded(), N);
    ck_assert_int_eq(one_number(q, "SELECT COUNT(*) FROM t"), 1);
    end_ok(SQL_COMMIT);
    drop_stmt(q);
    autocommit(true);
    load_close();
}
END_TEST

START_TEST(doris)
{
    static const char *const options[] = {"dialect", "doris", NULL};
    struct rows r;
    char keys[300];
    fake_open(options);
    snprintf(keys, sizeof keys, "STREAMLOADURL=http://127.0.0.1:%u;STREAMLOADDIALECT=DORIS",
             fake_port(fake, FAKE_FE));
    conn_open_as(&c, 0, keys);
    both_tables("(n BIGINT, v VARCHAR(200))", "(n BIGINT, v VARCHAR(200))");
    fill(&r);
    bind(&r, N);
    ok(c.stmt, direct(c.stmt, insert));
    ck_assert_uint_eq(loaded(), N);
    autocommit(false);
    insert_from(&r, 100);
    ck_assert_uint_eq(loaded(), N);
    end_ok(SQL_COMMIT);
    ck_assert_uint_eq(loaded(), (size_t)2 * N);
    insert_from(&r, 200);
    end_ok(SQL_ROLLBACK);
    ck_assert_uint_eq(loaded(), (size_t)2 * N);
    autocommit(true);
    set_text(SQL_ATTR_MYWIRE_LOAD_MERGE_CONDITION, "n");
    refuses(c.stmt, "HYC00", direct(c.stmt, insert));
    says("merge_condition");
    load_close();
}
END_TEST

int main(void)
{
    Suite *s = suite_create("streamload_tran");
    TCase *t = tcase_create("streamload_tran");
    tcase_set_timeout(t, 120);
    tcase_add_test(t, commits);
    tcase_add_test(t, tables);
    tcase_add_test(t, bytes_later);
    tcase_add_test(t, zone);
    tcase_add_test(t, alike);
    tcase_add_test(t, rejected_at_commit);
    tcase_add_test(t, doomed);
    tcase_add_test(t, no_interface);
    tcase_add_test(t, tables_bad_row);
    tcase_add_loop_test(t, tables_in_part, 0, 3);
    tcase_add_test(t, sql_fails);
    tcase_add_test(t, disconnect);
    tcase_add_test(t, reset);
    tcase_add_test(t, with_sql);
    tcase_add_test(t, doris);
    suite_add_tcase(s, t);
    return run_suite(s);
}
