/* test_fallback.c - servers that cannot prepare, or only say so late, or forget: against
 * fake/frontend.h.  What the server is asked is what matters here. */
#include "integration/odbc.h"

#include "fake/frontend.h"

static struct frontend *front;
static struct conn c;

static const char mysql[] = "MySQL Community Server - GPL";
static const char starrocks[] = "StarRocks version 3.1.4";
static const char text_of_1064[] = "Unsupported command(COM_STMT_PREPARE)";
static const char text_of_1295[] =
    "This command is not supported in the prepared statement protocol yet";

static void up(const struct frontend_plan *plan, const char *keys)
{
    char in[400];
    front = frontend_start(plan);
    ck_assert_ptr_nonnull(front);
    memset(&c, 0, sizeof c);
    ck_assert(SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_ENV, SQL_NULL_HANDLE, &c.env)));
    SQLSetEnvAttr(c.env, SQL_ATTR_ODBC_VERSION, (SQLPOINTER)SQL_OV_ODBC3_80, 0);
    ck_assert(SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_DBC, c.env, &c.dbc)));
    snprintf(
        in, sizeof in,
        "DRIVER={MyWire};SERVER=127.0.0.1;PORT=%u;UID=app;PWD=x;SSLMODE=DISABLED;READTIMEOUT=20;%s",
        frontend_port(front), keys);
    SQLRETURN rc =
        SQLDriverConnect(c.dbc, NULL, text(in), SQL_NTS, NULL, 0, NULL, SQL_DRIVER_NOPROMPT);
    struct said d = said_at(SQL_HANDLE_DBC, c.dbc, 1);
    ck_assert_msg(SQL_SUCCEEDED(rc), "connecting: %s %s", d.state, d.text);
    c.stmt = new_stmt(&c);
}

static void down(void)
{
    conn_close(&c);
    frontend_stop(front);
}

static SQLINTEGER number;
static char words[100];

/* Prepare `sql`, which has two markers, bound to 7 and "it's \ ?". */
static void prepare_two(const char *sql)
{
    number = 7;
    snprintf(words, sizeof words, "it's \\ ?");
    ok(c.stmt, SQLPrepare(c.stmt, text(sql), SQL_NTS));
    ok(c.stmt, SQLBindParameter(c.stmt, 1, SQL_PARAM_INPUT, SQL_C_SLONG, SQL_INTEGER, 0, 0, &number,
                                0, NULL));
    ok(c.stmt,
       SQLBindParameter(c.stmt, 2, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_VARCHAR, 0, 0, words, 0, NULL));
}

/* What the server says to a prepare or an execute, and how often it is asked for two executions. */
static const struct {
    struct frontend_plan plan;
    const char *keys;
    unsigned prepares, executes;
} refusals[] = {
    {{mysql, {1064, text_of_1064}, {0, ""}, 0}, "", 1, 0},
    {{mysql, {1295, text_of_1295}, {0, ""}, 0}, "", 1, 0},
    {{mysql, {1461, "Can't create more"}, {0, ""}, 0}, "", 1, 0},
    {{mysql, {1047, "Unknown command"}, {0, ""}, 0}, "", 1, 0},
    {{mysql, {1295, text_of_1295}, {0, ""}, 0}, "NO_SSPS=1", 0, 0},
    {{mysql, {0, ""}, {1295, text_of_1295}, 9}, "", 1, 1},
    {{starrocks, {1295, text_of_1295}, {0, ""}, 0}, "", 0, 0}, /* known: not even tried */
};

START_TEST(refused)
{
    up(&refusals[_i].plan, refusals[_i].keys);
    prepare_two("SELECT ?, '!', ?");
    for (int i = 0; i < 2; i++) {
        ok(c.stmt, SQLExecute(c.stmt));
        ok(c.stmt, SQLFetch(c.stmt));
        ck_assert_str_eq(get(c.stmt, 1), "SELECT 7, '!', 'it''s \\\\ ?'");
        SQLFreeStmt(c.stmt, SQL_CLOSE);
    }
    struct frontend_counts n = frontend_counts(front);
    ck_assert_uint_eq(n.prepares, refusals[_i].prepares);
    ck_assert_uint_eq(n.executes, refusals[_i].executes);
    ck_assert_uint_eq(n.queries, 2);
    down();
}
END_TEST

/* A server that counts the markers otherwise than we do (this one looks into strings and comments)
 * is not used for it. */
START_TEST(miscounted)
{
    up(&(struct frontend_plan){mysql, {0, ""}, {0, ""}, 0}, "");
    prepare_two("SELECT ?, '?', ? /* ? */");
    ok(c.stmt, SQLExecute(c.stmt));
    ok(c.stmt, SQLFetch(c.stmt));
    ck_assert_str_eq(get(c.stmt, 1), "SELECT 7, '?', 'it''s \\\\ ?' /* ? */");
    ck_assert_uint_eq(frontend_counts(front).executes, 0);
    down();
}
END_TEST

/* A mistake in the statement is a mistake, not a reason to try another way. */
START_TEST(wrong)
{
    up(&(struct frontend_plan){mysql, {1064, "Getting syntax error at line 1"}, {0, ""}, 0}, "");
    prepare_two("SELECT ? ?");
    refuses(c.stmt, "HY000", SQLExecute(c.stmt));
    ck_assert_uint_eq(frontend_counts(front).queries, 0);
    down();
}
END_TEST

/* A server that forgot the statement (failover, reset) gets it again, once. */
START_TEST(forgotten)
{
    static const struct frontend_error lost[] = {
        {1243, "Unknown prepared statement handler"},
        {1105, "msg: Not Found prepared statement, stmtName: 1"}};
    up(&(struct frontend_plan){mysql, {0, ""}, lost[_i], 1}, "");
    prepare_two("INSERT INTO t VALUES(?, ?)");
    ok(c.stmt, SQLExecute(c.stmt));
    ok(c.stmt, SQLExecute(c.stmt));
    struct frontend_counts n = frontend_counts(front);
    ck_assert_uint_eq(n.prepares, 2);
    ck_assert_uint_eq(n.executes, 3);
    ck_assert_uint_eq(n.queries, 0);
    down();
    up(&(struct frontend_plan){mysql, {0, ""}, lost[_i], 99}, "");
    prepare_two("INSERT INTO t VALUES(?, ?)");
    refuses(c.stmt, "HY000", SQLExecute(c.stmt)); /* again and again: the second answer counts */
    ck_assert_uint_eq(frontend_counts(front).executes, 2);
    down();
}
END_TEST

/* Long data never goes ahead to a server that might answer it: the detection says StarRocks. */
START_TEST(long_data)
{
    static char piece[300000];
    SQLLEN at_exec = SQL_DATA_AT_EXEC;
    SQLPOINTER token = NULL;
    memset(piece, 'x', sizeof piece);
    up(&(struct frontend_plan){starrocks, {1295, text_of_1295}, {0, ""}, 0}, "");
    ok(c.stmt, SQLPrepare(c.stmt, text("INSERT INTO t VALUES(?)"), SQL_NTS));
    ok(c.stmt, SQLBindParameter(c.stmt, 1, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_LONGVARCHAR, 0, 0,
                                piece, 0, &at_exec));
    ck_assert_int_eq(SQLExecute(c.stmt), SQL_NEED_DATA);
    ck_assert_int_eq(SQLParamData(c.stmt, &token), SQL_NEED_DATA);
    for (int i = 0; i < 10; i++)
        ok(c.stmt, SQLPutData(c.stmt, piece, sizeof piece));
    ok(c.stmt, SQLParamData(c.stmt, &token));
    struct frontend_counts n = frontend_counts(front);
    ck_assert_uint_eq(n.long_data, 0);
    ck_assert_uint_eq(n.last_length, 10 * sizeof piece + strlen("INSERT INTO t VALUES('')"));
    down();
}
END_TEST

/* The columns of a SELECT that was not executed: a query for no rows, and nothing else. */
START_TEST(described)
{
    SQLSMALLINT cols = 0;
    up(&(struct frontend_plan){starrocks, {1295, text_of_1295}, {0, ""}, 0}, "");
    prepare_two("SELECT a, ? FROM t WHERE b = ?; ");
    ok(c.stmt, SQLNumResultCols(c.stmt, &cols));
    ck_assert_int_eq(cols, 1); /* the frontend's one column */
    struct frontend_counts n = frontend_counts(front);
    ck_assert_uint_eq(n.queries, 1);
    ck_assert_str_eq(n.last_query,
                     "SELECT * FROM (SELECT a, NULL FROM t WHERE b = NULL\n) AS described LIMIT 0");
    ok(c.stmt, SQLDescribeCol(c.stmt, 1, NULL, 0, NULL, NULL, NULL, NULL, NULL));
    ck_assert_uint_eq(frontend_counts(front).queries, 1);
    ok(c.stmt, SQLExecute(c.stmt));
    ck_assert_str_eq(frontend_counts(front).last_query,
                     "SELECT a, 7 FROM t WHERE b = 'it''s \\\\ ?'; ");
    down();
}
END_TEST

int main(void)
{
    Suite *s = suite_create("fallback");
    TCase *t = tcase_create("fallback");
    tcase_set_timeout(t, 120);
    tcase_add_loop_test(t, refused, 0, sizeof refusals / sizeof *refusals);
    tcase_add_test(t, miscounted);
    tcase_add_test(t, wrong);
    tcase_add_loop_test(t, forgotten, 0, 2);
    tcase_add_test(t, long_data);
    tcase_add_test(t, described);
    suite_add_tcase(s, t);
    return run_suite(s);
}
