/* test_streamload_product.c - what Stream Load learns from the MySQL connection of a StarRocks or
 * Doris (fake/frontend.h): the dialect, the tracking log, and that there are no SQL transactions.
 */
#include "fake/frontend.h"
#include "integration/streamload.h"

static struct frontend *front;
static const char insert[] = "INSERT INTO test.t (n, v) VALUES (?, ?)";

static const struct frontend_column *columns; /* of the next up */

static void up(const char *comment, const char *dialect, const char *keys)
{
    const char *const options[] = {"dialect", dialect, NULL};
    const struct frontend_plan plan = {.comment = comment,
                                       .prepare = {1064, "Unsupported command"}};
    char in[600];
    fake_open(options);
    front = frontend_start(&plan);
    ck_assert_ptr_nonnull(front);
    frontend_knows(front, "Asia/Shanghai", columns);
    ck_assert(SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_ENV, SQL_NULL_HANDLE, &c.env)));
    SQLSetEnvAttr(c.env, SQL_ATTR_ODBC_VERSION, (SQLPOINTER)SQL_OV_ODBC3_80, 0);
    ck_assert(SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_DBC, c.env, &c.dbc)));
    snprintf(in, sizeof in,
             "DRIVER={MyWire};SERVER=127.0.0.1;PORT=%u;UID=app;PWD=app-secret;SSLMODE=DISABLED;"
             "STREAMLOADURL=http://127.0.0.1:%u;STREAMLOADTIMEOUT=10;%s",
             frontend_port(front), fake_port(fake, FAKE_FE), keys);
    SQLRETURN rc =
        SQLDriverConnect(c.dbc, NULL, text(in), SQL_NTS, NULL, 0, NULL, SQL_DRIVER_NOPROMPT);
    struct said d = said_at(SQL_HANDLE_DBC, c.dbc, 1);
    ck_assert_msg(SQL_SUCCEEDED(rc), "connecting: %s %s", d.state, d.text);
    c.stmt = new_stmt(&c);
    char why[300];
    ck_assert(fake_table(fake, "test.t(n TINYINT NOT NULL, v VARCHAR(200))", why, sizeof why));
}

static void down(void)
{
    load_close();
    frontend_stop(front);
    columns = NULL;
}

START_TEST(dialects)
{
    static const struct {
        const char *comment, *fake;
    } rows[] = {{"StarRocks version 3.1.4", "starrocks"}, {"Doris version doris-2.1.0", "doris"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct rows r;
        up(rows[i].comment, rows[i].fake, "");
        fill(&r);
        bind(&r, N);
        ok(c.stmt, direct(c.stmt, insert));
        ck_assert_uint_eq(loaded(), N);
        char *head = fake_request(fake, 0);
        bool is_doris = strstr(head, "line_delimiter") != NULL;
        ck_assert_msg(strstr(head, "timezone: Asia/Shanghai"), "%s", head);
        ck_assert_msg(is_doris == (i == 1), "%s", head);
        free(head);
        down();
    }
}
END_TEST

/* No error log over HTTP: the tracking log is asked for by SQL. */
START_TEST(tracking)
{
    struct rows r;
    up("StarRocks version 3.1.4", "starrocks", "");
    fill(&r);
    r.n[4] = 1000;
    bind(&r, N);
    ck_assert(fake_fault(fake, "log_none*0"));
    set_text(SQL_ATTR_MYWIRE_LOAD_LABEL, "tracked");
    refuses(c.stmt, "HY000", direct(c.stmt, insert));
    says("rejected: SELECT TRACKING_SQL FROM information_schema.loads WHERE LABEL = 'tracked'");
    down();
}
END_TEST

/* The row that a line of Doris' error log is about. */
START_TEST(doris_rows)
{
    struct rows r;
    SQLLEN row = 0;
    up("Doris version doris-2.1.0", "doris", "");
    fill(&r);
    r.n[4] = 1000;
    snprintf(r.v[4], sizeof r.v[4], "[a]; b]");
    bind(&r, N);
    refuses(c.stmt, "HY000", direct(c.stmt, insert));
    struct said d = said_at(SQL_HANDLE_STMT, c.stmt, 2);
    ck_assert_msg(strstr(d.text, "src line ["), "%s", d.text);
    SQLGetDiagField(SQL_HANDLE_STMT, c.stmt, 2, SQL_DIAG_ROW_NUMBER, &row, 0, NULL);
    ck_assert_int_eq(row, 5);
    down();
}
END_TEST

/* Rows that travel as JSON: what is JSON for the server is no text there. */
static const struct frontend_column documents[] = {
    {"j", "json"},          {"a", "array<int(11)>"}, {"m", "map<varchar(10),int(11)>"},
    {"S", "STRUCT<x INT>"}, {"v", "varchar(200)"},   {NULL, NULL}};

static SQLRETURN insert_documents(const char *j, const char *a)
{
    static char cells[5][40];
    static SQLLEN len[5];
    const char *values[] = {j, a, "{\"k\":\n1}", "{\"x\":1}", "\\N"};
    for (int i = 0; i < 5; i++) {
        snprintf(cells[i], sizeof cells[i], "%s", values[i] ? values[i] : "");
        len[i] = values[i] ? SQL_NTS : SQL_NULL_DATA;
        ok(c.stmt, SQLBindParameter(c.stmt, (SQLUSMALLINT)(i + 1), SQL_PARAM_INPUT, SQL_C_CHAR,
                                    SQL_VARCHAR, 100, 0, cells[i], sizeof cells[i], &len[i]));
    }
    return direct(c.stmt, "INSERT INTO test.t (j, a, m, s, v) VALUES (?, ?, ?, ?, ?)");
}

START_TEST(json_columns)
{
    static const char *const kinds[][2] = {{"StarRocks version 3.1.4", "starrocks"},
                                           {"Doris version doris-2.1.0", "doris"}};
    char why[300];
    columns = documents;
    up(kinds[_i][0], kinds[_i][1], "STREAMLOAD=REQUIRED");
    ck_assert(fake_table(fake,
                         "test.t(j JSON, a ARRAY<INT>, m MAP<VARCHAR(10),INT>, s STRUCT<x INT>, "
                         "v VARCHAR(200))",
                         why, sizeof why));
    ok(c.stmt, insert_documents("{\"a\": [\"x\\n\", 1]}", "[1,\n2]"));
    ok(c.stmt, insert_documents("\"text\"", NULL));
    ok(c.stmt, insert_documents("123456789012345678901234567890", "[]"));
    ck_assert_uint_eq(loaded(), 3);
    ck_assert_str_eq(cell(0, 0), "{\"a\":[\"x\\n\",1]}");
    ck_assert_str_eq(cell(0, 1), "[1,2]");
    ck_assert_str_eq(cell(0, 2), "{\"k\":1}");
    ck_assert_str_eq(cell(0, 3), "{\"x\":1}");
    ck_assert_str_eq(cell(0, 4), "\\N");
    ck_assert_str_eq(cell(1, 0), "\"text\"");
    ck_assert_str_eq(cell(1, 1), "NULL");
    ck_assert_str_eq(cell(2, 0), "123456789012345678901234567890");
    refuses(c.stmt, "HY000", insert_documents("{\"a\":", "[]"));
    says("row 1, column j: the value is no JSON");
    ck_assert_uint_eq(loaded(), 3);
    down();
}
END_TEST

/* The types cannot be asked: nothing is guessed, and nothing sent. */
START_TEST(json_unknown)
{
    up("StarRocks version 3.1.4", "starrocks", "STREAMLOAD=REQUIRED");
    refuses(c.stmt, "HY000", insert_documents("{}", "[]"));
    says("the types of the columns cannot be asked: ");
    down();
}
END_TEST

/* A rollback of loads alone is no rollback of what SQL has committed. */
START_TEST(transactions)
{
    struct rows r;
    up("StarRocks version 3.1.4", "starrocks", "");
    fill(&r);
    bind(&r, N);
    SQLSetConnectAttr(c.dbc, SQL_ATTR_AUTOCOMMIT, (SQLPOINTER)SQL_AUTOCOMMIT_OFF, 0);
    ok(c.stmt, direct(c.stmt, insert));
    ck_assert_int_eq(SQLEndTran(SQL_HANDLE_DBC, c.dbc, SQL_ROLLBACK), SQL_SUCCESS);
    ck_assert_uint_eq(loaded(), 0);
    ok(c.stmt, direct(c.stmt, insert));
    ck_assert_int_eq(SQLEndTran(SQL_HANDLE_DBC, c.dbc, SQL_COMMIT), SQL_SUCCESS);
    ck_assert_uint_eq(loaded(), N);
    down();
}
END_TEST

/* The columns of a result have no table there; the statement's text names it. */
START_TEST(bulk_operations)
{
    char why[300], words[3][8] = {"a", "b", "c"};
    SQLLEN len[3] = {1, SQL_NULL_DATA, 1};
    SQLUSMALLINT status[3];
    up("StarRocks version 3.1.4", "starrocks", "");
    ck_assert(fake_table(fake, "test.t(echo VARCHAR(20))", why, sizeof why));
    ok(c.stmt, direct(c.stmt, "SELECT echo FROM test.t WHERE 1 = 0"));
    attr(SQL_ATTR_ROW_ARRAY_SIZE, (void *)3);
    attr(SQL_ATTR_ROW_STATUS_PTR, status);
    ok(c.stmt, SQLBindCol(c.stmt, 1, SQL_C_CHAR, words, 8, len));
    ok(c.stmt, SQLBulkOperations(c.stmt, SQL_ADD));
    ck_assert_uint_eq(loaded(), 3);
    ck_assert_str_eq(cell(0, 0), "a");
    ck_assert_str_eq(cell(1, 0), "NULL");
    ck_assert_uint_eq(status[2], SQL_ROW_ADDED);
    SQLFreeStmt(c.stmt, SQL_CLOSE);
    ok(c.stmt, direct(c.stmt, "SELECT echo AS x FROM test.t WHERE 1 = 0"));
    refuses(c.stmt, "HYC00", SQLBulkOperations(c.stmt, SQL_ADD));
    down();
}
END_TEST

int main(void)
{
    Suite *s = suite_create("streamload_product");
    TCase *t = tcase_create("streamload_product");
    tcase_set_timeout(t, 120);
    tcase_add_test(t, dialects);
    tcase_add_test(t, tracking);
    tcase_add_test(t, doris_rows);
    tcase_add_loop_test(t, json_columns, 0, 2);
    tcase_add_test(t, json_unknown);
    tcase_add_test(t, transactions);
    tcase_add_test(t, bulk_operations);
    suite_add_tcase(s, t);
    return run_suite(s);
}
