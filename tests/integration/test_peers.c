/* test_peers.c - bugs that users of other drivers of this protocol reported, each as a test; and
 * orders of calls in which other drivers crashed or lied.  Names in brackets are the reports. */
#include <locale.h>
#include <unistd.h>

#include "integration/odbc.h"

static struct conn c;

/* --- connecting ------------------------------------------------------------------------------- */

#define ODD_PASSWORD "p}a;s{s= w'o\"rd\\"

/* A DSN in a file of the test's own; the driver manager reads what ODBCINI names. */
static void write_dsn(const char *path, const struct server *s, const char *keys)
{
    FILE *f = fopen(path, "we");
    ck_assert_ptr_nonnull(f);
    fprintf(f, "[peers]\nDriver = MyWire\nServer = %s\nPort = %s\nDatabase = test\n%s\n", s->host,
            s->port, keys);
    ck_assert_int_eq(fclose(f), 0);
}

static const struct {
    const char *label, *keys, *user, *password, *who; /* who: NULL where it is refused */
} logins[] = {
    {"only the DSN", "UID = app\nPWD = app-secret", NULL, NULL, "app"},
    {"arguments beat the DSN", "UID = nobody\nPWD = wrong", "app", "app-secret", "app"},
    {"a wrong argument beats the DSN", "UID = app\nPWD = app-secret", "app", "wrong", NULL},
    {"odd characters as argument", "UID = app", "odd", ODD_PASSWORD, "odd"},
    {"empty arguments are none", "UID = app\nPWD = app-secret", "", "", "app"},
    {"no password at all", "UID = app", "nopass", NULL, "nopass"},
};

/* [Bug#36605973, Bug#33986051, clickhouse-odbc#497] */
START_TEST(connect_arguments)
{
    struct server server = server_here(server_names[_i]);
    const char *before = getenv("ODBCINI");
    char *kept = strdup(before ? before : "");
    char path[] = "/tmp/check_peers.XXXXXX";
    int fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    close(fd);
    for (size_t k = 0; k < sizeof logins / sizeof *logins; k++) {
        char dsn[32];
        struct conn n = {0};
        write_dsn(path, &server, logins[k].keys);
        setenv("ODBCINI", path, 1);
        snprintf(dsn, sizeof dsn, "peers");
        ck_assert(SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_ENV, SQL_NULL_HANDLE, &n.env)));
        SQLSetEnvAttr(n.env, SQL_ATTR_ODBC_VERSION, (SQLPOINTER)SQL_OV_ODBC3, 0);
        ck_assert(SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_DBC, n.env, &n.dbc)));
        SQLRETURN rc = SQLConnect(n.dbc, text(dsn), SQL_NTS, text(logins[k].user), SQL_NTS,
                                  text(logins[k].password), SQL_NTS);
        struct said d = said_at(SQL_HANDLE_DBC, n.dbc, 1);
        ck_assert_msg(SQL_SUCCEEDED(rc) == (logins[k].who != NULL), "%s: %d %s %s", logins[k].label,
                      rc, d.state, d.text);
        if (SQL_SUCCEEDED(rc)) {
            n.stmt = new_stmt(&n);
            ck_assert_str_eq(one(n.stmt, "SELECT SUBSTRING_INDEX(USER(), '@', 1)"), logins[k].who);
            drop_stmt(n.stmt);
            SQLDisconnect(n.dbc);
        } else {
            ck_assert_str_eq(d.state, "28000");
            ck_assert_int_eq(d.native, 1045);
            ck_assert_ptr_null(strstr(d.text, "wrong"));
        }
        SQLFreeHandle(SQL_HANDLE_DBC, n.dbc);
        SQLFreeHandle(SQL_HANDLE_ENV, n.env);
    }
    setenv("ODBCINI", kept, 1);
    free(kept);
    unlink(path);
}
END_TEST

/* [ODBC-481] Cancelled at rest, in the middle of rows and of parameter data: disconnecting works,
 * and so does connecting again on the same handle. */
START_TEST(disconnected_after_cancel)
{
    for (int how = 0; how < 3; how++) {
        SQLLEN at_exec = SQL_DATA_AT_EXEC;
        SQLPOINTER token = NULL;
        conn_open_as(&c, _i, "");
        if (how == 1) {
            ok(c.stmt, direct(c.stmt, "SELECT 1 UNION SELECT 2 UNION SELECT 3"));
            ok(c.stmt, SQLFetch(c.stmt));
        }
        if (how == 2) {
            ok(c.stmt, SQLBindParameter(c.stmt, 1, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_LONGVARCHAR, 0,
                                        0, &token, 0, &at_exec));
            ck_assert_int_eq(direct(c.stmt, "SELECT ?"), SQL_NEED_DATA);
            ck_assert_int_eq(SQLParamData(c.stmt, &token), SQL_NEED_DATA);
            ok(c.stmt, SQLPutData(c.stmt, "abc", 3));
        }
        ok(c.stmt, SQLCancel(c.stmt));
        ok(c.stmt, SQLCancel(c.stmt));
        SQLRETURN rc = SQLDisconnect(c.dbc);
        struct said d = said_at(SQL_HANDLE_DBC, c.dbc, 1);
        ck_assert_msg(rc == SQL_SUCCESS, "way %d: %d %s %s", how, rc, d.state, d.text);
        char in[4096];
        struct server s = server_here(c.server);
        server_connection(&s, "app", "app-secret", "", in, sizeof in);
        rc = SQLDriverConnect(c.dbc, NULL, text(in), SQL_NTS, NULL, 0, NULL, SQL_DRIVER_NOPROMPT);
        ck_assert(SQL_SUCCEEDED(rc));
        c.stmt = new_stmt(&c);
        ck_assert_int_eq(one_number(c.stmt, "SELECT 42"), 42);
        conn_close(&c);
    }
}
END_TEST

/* --- statements ------------------------------------------------------------------------------- */

/* [ODBC-429, ODBC-447] SQLMoreResults where there can be none. */
START_TEST(more_results_anywhere)
{
    conn_open_as(&c, _i, "");
    ck_assert_int_eq(SQLMoreResults(c.stmt), SQL_NO_DATA);
    refuses(c.stmt, "42S02", direct(c.stmt, "SELECT * FROM test.nowhere"));
    ck_assert_int_eq(SQLMoreResults(c.stmt), SQL_NO_DATA);
    ok(c.stmt, SQLPrepare(c.stmt, text("SELECT 1"), SQL_NTS));
    ck_assert_int_eq(SQLMoreResults(c.stmt), SQL_NO_DATA);
    ok(c.stmt, SQLExecute(c.stmt));
    ck_assert_int_eq(SQLMoreResults(c.stmt), SQL_NO_DATA); /* drops the rows */
    ck_assert_int_eq(SQLMoreResults(c.stmt), SQL_NO_DATA);
    ok(c.stmt, SQLExecute(c.stmt));
    ok(c.stmt, SQLFetch(c.stmt));
    ck_assert_str_eq(get(c.stmt, 1), "1");
    SQLFreeStmt(c.stmt, SQL_CLOSE);
    ck_assert_int_eq(SQLMoreResults(c.stmt), SQL_NO_DATA);
    ok(c.stmt, SQLPrepare(c.stmt, text("SELECT nowhere"), SQL_NTS));
    refuses(c.stmt, "42S22", SQLExecute(c.stmt));
    ck_assert_int_eq(SQLMoreResults(c.stmt), SQL_NO_DATA);
    ck_assert_int_eq(one_number(c.stmt, "SELECT 42"), 42);
    conn_close(&c);
}
END_TEST

#define MANY_ROWS                                                                                  \
    "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 900) SELECT n, "     \
    "REPEAT('x', 900) FROM r"
enum { MANY = 900 };

/* [ODBC-470] Statements freed while another one's rows are on the wire, and the owner of the wire
 * itself. */
START_TEST(freed_beside_rows)
{
    static SQLINTEGER one_param = 1;
    conn_open_as(&c, _i, "");
    for (int how = 0; how < 4; how++) {
        SQLHSTMT p = new_stmt(&c), q = new_stmt(&c);
        ok(p, SQLPrepare(p, text("SELECT ?"), SQL_NTS));
        ok(p, SQLBindParameter(p, 1, SQL_PARAM_INPUT, SQL_C_SLONG, SQL_INTEGER, 0, 0, &one_param, 0,
                               NULL));
        ok(p, SQLExecute(p));
        if (how & 1)
            SQLFreeStmt(p, SQL_CLOSE);
        ok(q, direct(q, MANY_ROWS));
        for (int i = 1; i <= 5; i++)
            ok(q, SQLFetch(q));
        if (how & 2)
            drop_stmt(p);
        else
            ok(p, SQLPrepare(p, text("SELECT 'other'"), SQL_NTS)
                      ? SQLFreeStmt(p, SQL_CLOSE)
                      : SQL_SUCCESS); /* 24000 where the cursor is open */
        for (int i = 6; i <= MANY; i++) {
            ok(q, SQLFetch(q));
            ck_assert_int_eq(strtol(get(q, 1), NULL, 10), i);
        }
        ck_assert_int_eq(SQLFetch(q), SQL_NO_DATA);
        SQLFreeStmt(q, SQL_CLOSE);
        ok(q, direct(q, MANY_ROWS));
        ok(q, SQLFetch(q));
        drop_stmt(q); /* the owner of the wire */
        if (!(how & 2))
            drop_stmt(p);
        ck_assert_int_eq(one_number(c.stmt, "SELECT 42"), 42);
    }
    conn_close(&c);
}
END_TEST

/* [ODBC-479] Columns that are not there, asked for in every way. */
START_TEST(columns_beyond)
{
    char buf[20] = "kept";
    SQLLEN len = -7, number = 0;
    SQLSMALLINT n = 0;
    conn_open_as(&c, _i, "");
    ok(c.stmt, SQLBindCol(c.stmt, 3, SQL_C_CHAR, buf, sizeof buf, &len));
    ok(c.stmt, direct(c.stmt, "SELECT 'a', 'b'"));
    ok(c.stmt, SQLFetch(c.stmt)); /* a binding for a column that this result does not have */
    ck_assert_str_eq(buf, "kept");
    static const SQLUSMALLINT beyond[] = {0, 3, 4, 300, 65535};
    for (size_t k = 0; k < sizeof beyond / sizeof *beyond; k++) {
        SQLUSMALLINT i = beyond[k];
        refuses(c.stmt, "07009", SQLGetData(c.stmt, i, SQL_C_CHAR, buf, sizeof buf, &len));
        refuses(c.stmt, "07009", SQLDescribeCol(c.stmt, i, NULL, 0, &n, NULL, NULL, NULL, NULL));
        refuses(c.stmt, "07009",
                SQLColAttribute(c.stmt, i, SQL_DESC_DISPLAY_SIZE, NULL, 0, NULL, &number));
    }
    ck_assert_str_eq(get(c.stmt, 2), "b");
    conn_close(&c);
}
END_TEST

/* [ODBC-480] The length of a name without a buffer, and names that are cut: never inside a
 * character.  NAME: a, euro sign, sharp s, z; names of these servers have no 4-byte characters. */
#define NAME "a\xe2\x82\xac\xc3\x9fz"

START_TEST(names_cut)
{
    enum { UNITS = sizeof(test_char) == 1 ? 7 : 4, BYTES = UNITS * sizeof(test_char) };
    static const SQLSMALLINT fit[2][7] = {{0, 0, 1, 1, 1, 4, 4}, {0, 0, 1, 2, 3, 4, 4}};
    SQLSMALLINT len = 0;
    conn_open_as(&c, _i, "");
    ok(c.stmt, direct(c.stmt, "SELECT 1 AS `" NAME "`"));
    ck_assert_int_eq(SQLDescribeCol(c.stmt, 1, NULL, 0, &len, NULL, NULL, NULL, NULL), SQL_SUCCESS);
    ck_assert_int_eq(len, UNITS);
    ck_assert_int_eq(SQLColAttribute(c.stmt, 1, SQL_DESC_NAME, NULL, 0, &len, NULL), SQL_SUCCESS);
    ck_assert_int_eq(len, BYTES);
    for (SQLSMALLINT cap = 1; cap < 7; cap++) {
        test_char name[16];
        SQLRETURN want = cap > UNITS ? SQL_SUCCESS : SQL_SUCCESS_WITH_INFO;
        for (int i = 0; i < 16; i++)
            name[i] = 'u';
        SQLRETURN rc = SQLDescribeCol(c.stmt, 1, name, cap, &len, NULL, NULL, NULL, NULL);
        ck_assert_msg(rc == want, "capacity %d: %d", cap, rc);
        ck_assert_int_eq(len, UNITS);
        ck_assert_msg(name[fit[is_unicode][cap]] == 0, "capacity %d: not ended after %d", cap,
                      fit[is_unicode][cap]);
        ck_assert_int_eq(name[cap], 'u');
        ck_assert_int_eq(SQLColAttribute(c.stmt, 1, SQL_DESC_LABEL, name,
                                         (SQLSMALLINT)(cap * (SQLSMALLINT)sizeof(test_char)), &len,
                                         NULL),
                         want);
        ck_assert_int_eq(len, BYTES);
        ck_assert_int_eq(name[fit[is_unicode][cap]], 0);
    }
    conn_close(&c);
}
END_TEST

/* [ODBC-359, ODBC-365] Only lengths are bound, in arrays too: they are told, nothing is written. */
START_TEST(lengths_only)
{
    static const SQLSMALLINT ctypes[] = {SQL_C_CHAR, SQL_C_WCHAR, SQL_C_BINARY, SQL_C_SLONG};
    static const SQLLEN told[4][3] = {
        {2, SQL_NULL_DATA, 4}, {4, SQL_NULL_DATA, 8}, {2, SQL_NULL_DATA, 4}, {4, SQL_NULL_DATA, 4}};
    SQLULEN fetched = 0;
    conn_open_as(&c, _i, "");
    ok(c.stmt, SQLSetStmtAttr(c.stmt, SQL_ATTR_ROW_ARRAY_SIZE, (SQLPOINTER)3, 0));
    ok(c.stmt, SQLSetStmtAttr(c.stmt, SQL_ATTR_ROWS_FETCHED_PTR, &fetched, 0));
    for (int k = 0; k < 4; k++) {
        SQLLEN len[4] = {77, 77, 77, 77};
        ok(c.stmt, SQLBindCol(c.stmt, 1, ctypes[k], NULL, 0, len));
        ok(c.stmt, direct(c.stmt, "SELECT '12' UNION ALL SELECT NULL UNION ALL SELECT '1234'"));
        ok(c.stmt, SQLFetch(c.stmt));
        ck_assert_uint_eq(fetched, 3);
        for (int r = 0; r < 3; r++)
            ck_assert_msg(len[r] == told[k][r], "C type %d row %d: %ld", ctypes[k], r,
                          (long)len[r]);
        ck_assert_int_eq(len[3], 77);
        SQLFreeStmt(c.stmt, SQL_CLOSE);
    }
    conn_close(&c);
}
END_TEST

/* [ODBC-399] Texts without a statement. */
START_TEST(nothing_but_comments)
{
    static const char *const texts[] = {
        "",   "  \n", ";", "-- nothing", "# nothing ?", "/* nothing */", "/* a ? */ -- b\n ; # c",
        "/*", "/**/",
    };
    conn_open_as(&c, _i, "");
    for (size_t k = 0; k < sizeof texts / sizeof *texts; k++) {
        for (int prepared = 0; prepared < 2; prepared++) {
            SQLSMALLINT n = -1;
            SQLRETURN rc = SQL_SUCCESS;
            if (prepared && *texts[k]) {
                ok(c.stmt, SQLPrepare(c.stmt, text(texts[k]), SQL_NTS));
                ok(c.stmt, SQLNumParams(c.stmt, &n));
                ck_assert_msg(n == 0, "'%s': %d parameters", texts[k], n);
                rc = SQLExecute(c.stmt);
            } else {
                rc = direct(c.stmt, texts[k]);
            }
            struct said d = said(c.stmt);
            ck_assert_msg(SQL_SUCCEEDED(rc) || !strcmp(d.state, "42000"), "'%s': %d %s %s",
                          texts[k], rc, d.state, d.text);
            SQLFreeStmt(c.stmt, SQL_CLOSE);
            ck_assert_int_eq(one_number(c.stmt, "SELECT 42"), 42);
        }
    }
    conn_close(&c);
}
END_TEST

/* [ODBC-462] Several statements in one text only where they were asked for. */
START_TEST(batches)
{
    static SQLINTEGER five = 5;
    SQLLEN n = 0;
    conn_open_as(&c, _i, "");
    run(c.stmt, "CREATE TEMPORARY TABLE batches(a INT)");
    refuses(c.stmt, "42000", direct(c.stmt, "SELECT 1; INSERT INTO batches VALUES(1)"));
    refuses(c.stmt, "42000", direct(c.stmt, "INSERT INTO batches VALUES(1); SELECT 1"));
    ck_assert_int_eq(one_number(c.stmt, "SELECT COUNT(*) FROM batches"), 0);
    ck_assert_str_eq(one(c.stmt, "SELECT ';' /* ; */ -- ;"), ";");
    conn_close(&c);
    conn_open_as(&c, _i, "MULTI_STATEMENTS=1");
    run(c.stmt, "CREATE TEMPORARY TABLE batches(a INT)");
    ok(c.stmt, SQLPrepare(c.stmt, text("INSERT INTO batches VALUES(?); SELECT a + 1 FROM batches"),
                          SQL_NTS));
    ok(c.stmt, SQLBindParameter(c.stmt, 1, SQL_PARAM_INPUT, SQL_C_SLONG, SQL_INTEGER, 0, 0, &five,
                                0, NULL));
    for (int i = 0; i < 2; i++) {
        ok(c.stmt, SQLExecute(c.stmt));
        ok(c.stmt, SQLRowCount(c.stmt, &n));
        ck_assert_int_eq(n, 1);
        ok(c.stmt, SQLMoreResults(c.stmt));
        ok(c.stmt, SQLFetch(c.stmt));
        ck_assert_str_eq(get(c.stmt, 1), "6");
        SQLFreeStmt(c.stmt, SQL_CLOSE);
    }
    conn_close(&c);
}
END_TEST

/* [SingleStore #22] An error behind the column definitions: at the first row, at a later one, in
 * binary form, in a second result, and when the rest was read because another statement came. */
START_TEST(late_errors)
{
    static const char *const texts[] = {
        "SELECT a, (SELECT a FROM late) FROM late",
        "SELECT a, IF(a = 2, (SELECT a FROM late), 0) FROM late ORDER BY a",
    };
    static SQLINTEGER zero = 0;
    conn_open(&c, _i, "peers");
    run(c.stmt, "CREATE TABLE late(a INT PRIMARY KEY)");
    run(c.stmt, "INSERT INTO late VALUES(1), (2), (3)");
    for (int way = 0; way < 12; way++) {
        char sql[300];
        bool binary = way & 1, beside = way & 2;
        snprintf(sql, sizeof sql, "%s%s", texts[way / 4 % 2], binary ? " LIMIT 3 OFFSET ?" : "");
        SQLFreeStmt(c.stmt, SQL_RESET_PARAMS);
        ok(c.stmt, SQLBindParameter(c.stmt, 1, SQL_PARAM_INPUT, SQL_C_SLONG, SQL_INTEGER, 0, 0,
                                    &zero, 0, NULL));
        SQLRETURN rc = direct(c.stmt, sql);
        int nrows = 0;
        if (beside && SQL_SUCCEEDED(rc)) {
            SQLHSTMT other = new_stmt(&c);
            ck_assert_int_eq(one_number(other, "SELECT 42"), 42);
            drop_stmt(other);
        }
        while (SQL_SUCCEEDED(rc)) {
            rc = SQLFetch(c.stmt);
            nrows++;
        }
        struct said d = said(c.stmt);
        ck_assert_msg(rc == SQL_ERROR && !strcmp(d.state, "21000") && d.native == 1242,
                      "%s, way %d: %d after %d rows: %s %s", sql, way, rc, nrows, d.state, d.text);
        SQLFreeStmt(c.stmt, SQL_CLOSE);
        ck_assert_int_eq(one_number(c.stmt, "SELECT 42"), 42);
    }
    conn_close(&c);
}
END_TEST

/* Columns that nobody can tell before the execution: a kind of statement whose preparation MariaDB
 * answers oddly leaves the connection alone. */
START_TEST(described_in_vain)
{
    SQLSMALLINT n = 0;
    conn_open_as(&c, _i, "");
    ok(c.stmt, SQLPrepare(c.stmt, text("HELP 'no such topic'"), SQL_NTS));
    refuses(c.stmt, "HYC00", SQLNumResultCols(c.stmt, &n));
    ok(c.stmt, SQLExecute(c.stmt));
    SQLFreeStmt(c.stmt, SQL_CLOSE);
    ck_assert_int_eq(one_number(c.stmt, "SELECT 42"), 42);
    /* why there are no columns is told by the descriptor in the server's own state */
    SQLHDESC ird = SQL_NULL_HDESC;
    ok(c.stmt, SQLGetStmtAttr(c.stmt, SQL_ATTR_IMP_ROW_DESC, &ird, 0, NULL));
    ok(c.stmt, SQLPrepare(c.stmt, text("SELECT * FROM test.nowhere"), SQL_NTS));
    ck_assert_int_eq(SQLGetDescField(ird, 0, SQL_DESC_COUNT, &n, 0, NULL), SQL_ERROR);
    struct said d = said_at(SQL_HANDLE_DESC, ird, 1);
    ck_assert_str_eq(d.state, "42S02");
    ck_assert_int_eq(d.native, 1146);
    const char *first = strstr(d.text, "[MyWire]");
    ck_assert_msg(first && !strstr(first + 1, "[MyWire]"), "%s", d.text);
    conn_close(&c);
}
END_TEST

/* --- values ----------------------------------------------------------------------------------- */

/* [ODBC-418, ODBC-494] Text and bytes as parameters, in binary form and in the text, arrive byte by
 * byte under each way of reading literals, and without a warning of the server. */
static const struct {
    const char *label, *bytes;
    size_t n;
} payloads[] = {
    {"NUL", "a\0b", 3},
    {"only NUL", "\0", 1},
    {"quotes", "it's \"q\" `b`", 12},
    {"backslash", "\\", 1},
    {"backslash and quote", "\\'; DROP TABLE x; -- ", 21},
    {"control", "\x1a\n\r\t\b", 5},
    {"percent", "%_\\%\\_", 6},
    {"marker", "? :x @y {fn now()}", 18},
    {"euro", "\xe2\x82\xac'\xe2\x82\xac", 7},
    {"grinning face", "\xf0\x9f\x98\x80\\\xf0\x9f\x98\x80", 9},
    {"empty", "", 0},
};
static const char *const modes[] = {"''", "'NO_BACKSLASH_ESCAPES'", "'ANSI_QUOTES'"};

static void payload_check(size_t k, SQLSMALLINT ctype, SQLSMALLINT sql_type, const char *where)
{
    SQLWCHAR wide[64];
    char want[64] = "";
    SQLLEN len = (SQLLEN)payloads[k].n;
    const void *data = payloads[k].bytes;
    if (ctype == SQL_C_WCHAR) {
        len = (SQLLEN)(2 * widen(payloads[k].bytes, payloads[k].n, wide));
        data = wide;
    }
    for (size_t i = 0; i < payloads[k].n; i++)
        sprintf(want + 2 * i, "%02X", (unsigned char)payloads[k].bytes[i]);
    ok(c.stmt, SQLBindParameter(c.stmt, 1, SQL_PARAM_INPUT, ctype, sql_type, 64, 0,
                                (SQLPOINTER)(uintptr_t)data, 0, &len));
    ok(c.stmt, direct(c.stmt, "SELECT HEX(?)"));
    ok(c.stmt, SQLFetch(c.stmt));
    const char *got = get(c.stmt, 1);
    ck_assert_msg(!strcmp(got, want), "%s %s, C type %d, %s: %s, not %s", c.server,
                  payloads[k].label, ctype, where, got, want);
    SQLFreeStmt(c.stmt, SQL_CLOSE);
    SQLFreeStmt(c.stmt, SQL_RESET_PARAMS);
    ck_assert_msg(one_number(c.stmt, "SHOW COUNT(*) WARNINGS") == 0, "%s %s, C type %d, %s: warned",
                  c.server, payloads[k].label, ctype, where);
}

START_TEST(any_bytes)
{
    for (int literal = 0; literal < 2; literal++) {
        conn_open_as(&c, _i, literal ? "NO_SSPS=1" : "");
        for (size_t m = 0; m < sizeof modes / sizeof *modes; m++) {
            char sql[100], where[60];
            snprintf(sql, sizeof sql, "SET sql_mode = %s", modes[m]);
            snprintf(where, sizeof where, "%s, mode %s", literal ? "literal" : "binary", modes[m]);
            run(c.stmt, sql);
            for (size_t k = 0; k < sizeof payloads / sizeof *payloads; k++) {
                payload_check(k, SQL_C_CHAR, SQL_VARCHAR, where);
                payload_check(k, SQL_C_WCHAR, SQL_WVARCHAR, where);
                payload_check(k, SQL_C_BINARY, SQL_VARBINARY, where);
            }
        }
        static const char raw[] = "\xff\xfe\x00\xc3(";
        SQLLEN len = 5;
        ok(c.stmt, SQLBindParameter(c.stmt, 1, SQL_PARAM_INPUT, SQL_C_BINARY, SQL_VARBINARY, 5, 0,
                                    (SQLPOINTER)(uintptr_t)raw, 5, &len));
        ok(c.stmt, direct(c.stmt, "SELECT HEX(?)"));
        ok(c.stmt, SQLFetch(c.stmt));
        ck_assert_str_eq(get(c.stmt, 1), "FFFE00C328");
        SQLFreeStmt(c.stmt, SQL_CLOSE);
        ck_assert_int_eq(one_number(c.stmt, "SHOW COUNT(*) WARNINGS"), 0);
        conn_close(&c);
    }
}
END_TEST

/* [ODBC-496] SQL_NUMERIC_STRUCT with each sign and scale, in and out.  value: what 12345 becomes.
 */
static const struct {
    SQLSCHAR scale;
    SQLCHAR sign;
    const char *value;
} numerics[] = {
    {0, 1, "12345"},      {2, 1, "123.45"},  {-2, 1, "1234500"},   {5, 0, "-0.12345"},
    {8, 1, "0.00012345"}, {2, 0, "-123.45"}, {-3, 0, "-12345000"},
};

START_TEST(numeric_scales)
{
    for (int literal = 0; literal < 2; literal++) {
        conn_open_as(&c, _i, literal ? "NO_SSPS=1" : "");
        for (size_t k = 0; k < sizeof numerics / sizeof *numerics; k++) {
            SQL_NUMERIC_STRUCT in = {.precision = 20,
                                     .scale = numerics[k].scale,
                                     .sign = numerics[k].sign,
                                     .val = {0x39, 0x30}};
            SQL_NUMERIC_STRUCT out = {0};
            SQLHDESC apd = SQL_NULL_HDESC, ard = SQL_NULL_HDESC;
            SQLPOINTER scale = (SQLPOINTER)(intptr_t)numerics[k].scale;
            SQLLEN len = 0;
            ok(c.stmt, SQLGetStmtAttr(c.stmt, SQL_ATTR_APP_PARAM_DESC, &apd, 0, NULL));
            ok(c.stmt, SQLGetStmtAttr(c.stmt, SQL_ATTR_APP_ROW_DESC, &ard, 0, NULL));
            ok(c.stmt, SQLBindParameter(c.stmt, 1, SQL_PARAM_INPUT, SQL_C_NUMERIC, SQL_NUMERIC, 20,
                                        8, &in, sizeof in, NULL));
            SQLSetDescField(apd, 1, SQL_DESC_PRECISION, (SQLPOINTER)20, 0);
            SQLSetDescField(apd, 1, SQL_DESC_SCALE, scale, 0);
            SQLSetDescField(apd, 1, SQL_DESC_DATA_PTR, &in, 0);
            ok(c.stmt, direct(c.stmt, "SELECT CAST(? AS DECIMAL(30,8))"));
            SQLSetDescField(ard, 1, SQL_DESC_TYPE, (SQLPOINTER)SQL_C_NUMERIC, 0);
            SQLSetDescField(ard, 1, SQL_DESC_PRECISION, (SQLPOINTER)20, 0);
            SQLSetDescField(ard, 1, SQL_DESC_SCALE, scale, 0);
            ok(c.stmt, SQLFetch(c.stmt));
            char *end = NULL;
            const char *got = get(c.stmt, 1);
            ck_assert_msg(strtod(got, &end) == strtod(numerics[k].value, NULL), "%s: %s",
                          numerics[k].value, got);
            ok(c.stmt, SQLGetData(c.stmt, 1, SQL_ARD_TYPE, &out, sizeof out, &len));
            ck_assert_msg(out.val[0] == 0x39 && out.val[1] == 0x30 && !out.val[2] &&
                              out.scale == numerics[k].scale && out.sign == numerics[k].sign,
                          "%s: %02x%02x scale %d sign %d", numerics[k].value, out.val[1],
                          out.val[0], out.scale, out.sign);
            SQLFreeStmt(c.stmt, SQL_CLOSE);
            SQLFreeStmt(c.stmt, SQL_UNBIND);
            SQLFreeStmt(c.stmt, SQL_RESET_PARAMS);
        }
        conn_close(&c);
    }
}
END_TEST

/* [ODBC-374, ODBC-448] Floats stand 4 bytes apart in arrays of columns; whole numbers become
 * floating ones, and whole decimals integers, without a warning. */
START_TEST(floats)
{
    float f[4] = {0};
    double d[4] = {0};
    SQLINTEGER n[4] = {0};
    conn_open_as(&c, _i, "");
    ok(c.stmt, SQLSetStmtAttr(c.stmt, SQL_ATTR_ROW_ARRAY_SIZE, (SQLPOINTER)3, 0));
    ok(c.stmt, SQLBindCol(c.stmt, 1, SQL_C_FLOAT, f, 0, NULL));
    ok(c.stmt, SQLBindCol(c.stmt, 2, SQL_C_DOUBLE, d, 0, NULL));
    ok(c.stmt, SQLBindCol(c.stmt, 3, SQL_C_SLONG, n, 0, NULL));
    ok(c.stmt, direct(c.stmt, "SELECT 1, 9007199254740993, 7.000 UNION ALL SELECT 16777217, -1, "
                              "-8.0 UNION ALL SELECT -3, 18446744073709551615, 9"));
    ck_assert_int_eq(SQLFetch(c.stmt), SQL_SUCCESS);
    static const float floats_want[] = {1, 16777216, -3, 0};
    static const double doubles_want[] = {9007199254740992.0, -1, 18446744073709551616.0, 0};
    static const SQLINTEGER longs_want[] = {7, -8, 9, 0};
    for (int r = 0; r < 4; r++)
        ck_assert_msg(f[r] == floats_want[r] && d[r] == doubles_want[r] && n[r] == longs_want[r],
                      "row %d: %.9g %.17g %d", r, (double)f[r], d[r], n[r]);
    conn_close(&c);
}
END_TEST

/* [psqlODBC 18.00.0002] Lengths of SQLPutData that are wrong, and values that get shorter from one
 * execution to the next. */
START_TEST(put_lengths)
{
    static const char *const values[] = {"a long first value", "short", "", "again longer"};
    SQLLEN at_exec = SQL_DATA_AT_EXEC;
    SQLPOINTER token = NULL;
    conn_open_as(&c, _i, "");
    ok(c.stmt, SQLPrepare(c.stmt, text("SELECT ?"), SQL_NTS));
    ok(c.stmt, SQLBindParameter(c.stmt, 1, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_LONGVARCHAR, 0, 0,
                                &token, 0, &at_exec));
    for (size_t k = 0; k < sizeof values / sizeof *values; k++) {
        ck_assert_int_eq(SQLExecute(c.stmt), SQL_NEED_DATA);
        ck_assert_int_eq(SQLParamData(c.stmt, &token), SQL_NEED_DATA);
        refuses(c.stmt, "HY090", SQLPutData(c.stmt, "x", k % 2 ? -9 : -100));
        /* that was the end of the execution, for the driver manager too */
        ck_assert_int_eq(SQLExecute(c.stmt), SQL_NEED_DATA);
        ck_assert_int_eq(SQLParamData(c.stmt, &token), SQL_NEED_DATA);
        ok(c.stmt, SQLPutData(c.stmt, (SQLPOINTER)(uintptr_t)values[k], SQL_NTS));
        ok(c.stmt, SQLPutData(c.stmt, "x", 0));
        ok(c.stmt, SQLParamData(c.stmt, &token));
        ok(c.stmt, SQLFetch(c.stmt));
        ck_assert_str_eq(get(c.stmt, 1), values[k]);
        SQLFreeStmt(c.stmt, SQL_CLOSE);
    }
    conn_close(&c);
}
END_TEST

/* A parameter that has an indicator and no buffer is refused in every row of an array; where the
 * indicator says NULL it is right. */
START_TEST(no_buffer)
{
    for (int literal = 0; literal < 2; literal++) {
        SQLLEN ind[3] = {SQL_NULL_DATA, 4, 4};
        SQLUSMALLINT status[3] = {99, 99, 99};
        conn_open_as(&c, _i, literal ? "NO_SSPS=1" : "");
        run(c.stmt, "CREATE TEMPORARY TABLE no_buffer(a INT)");
        ok(c.stmt, SQLSetStmtAttr(c.stmt, SQL_ATTR_PARAMSET_SIZE, (SQLPOINTER)3, 0));
        ok(c.stmt, SQLSetStmtAttr(c.stmt, SQL_ATTR_PARAM_STATUS_PTR, status, 0));
        ok(c.stmt, SQLBindParameter(c.stmt, 1, SQL_PARAM_INPUT, SQL_C_SLONG, SQL_INTEGER, 0, 0,
                                    NULL, 0, ind));
        expect(c.stmt, SQL_SUCCESS_WITH_INFO, "HY009",
               direct(c.stmt, "INSERT INTO no_buffer VALUES(?)"));
        ck_assert_int_eq(status[0], SQL_PARAM_SUCCESS);
        ck_assert_int_eq(status[1], SQL_PARAM_ERROR);
        ck_assert_int_eq(status[2], SQL_PARAM_ERROR);
        conn_close(&c);
    }
}
END_TEST

/* [psqlODBC 18.00.0002] Columns and parameters bound by SQLSetDescRec alone. */
START_TEST(set_desc_rec)
{
    SQLHDESC ard = SQL_NULL_HDESC, apd = SQL_NULL_HDESC, ipd = SQL_NULL_HDESC;
    SQLINTEGER in = 41, out = 0;
    SQLLEN len = 0, ind = 0;
    char word[8] = "";
    conn_open_as(&c, _i, "");
    ok(c.stmt, SQLGetStmtAttr(c.stmt, SQL_ATTR_APP_ROW_DESC, &ard, 0, NULL));
    ok(c.stmt, SQLGetStmtAttr(c.stmt, SQL_ATTR_APP_PARAM_DESC, &apd, 0, NULL));
    ok(c.stmt, SQLGetStmtAttr(c.stmt, SQL_ATTR_IMP_PARAM_DESC, &ipd, 0, NULL));
    ck_assert_int_eq(SQLSetDescRec(apd, 1, SQL_C_SLONG, 0, 4, 0, 0, &in, NULL, NULL), SQL_SUCCESS);
    ck_assert_int_eq(SQLSetDescRec(ipd, 1, SQL_INTEGER, 0, 4, 0, 0, NULL, NULL, NULL), SQL_SUCCESS);
    ck_assert_int_eq(SQLSetDescRec(ard, 1, SQL_C_SLONG, 0, 4, 0, 0, &out, &len, &ind), SQL_SUCCESS);
    ck_assert_int_eq(SQLSetDescRec(ard, 2, SQL_C_CHAR, 0, sizeof word, 0, 0, word, &len, &ind),
                     SQL_SUCCESS);
    ok(c.stmt, direct(c.stmt, "SELECT ? + 1, 'abcdefghij'"));
    expect(c.stmt, SQL_SUCCESS_WITH_INFO, "01004", SQLFetch(c.stmt));
    ck_assert_int_eq(out, 42);
    ck_assert_str_eq(word, "abcdefg");
    ck_assert_int_eq(len, 10);
    ck_assert_int_eq(ind, 0);
    SQLFreeStmt(c.stmt, SQL_CLOSE);
    ok(c.stmt, direct(c.stmt, "SELECT ?, NULL"));
    len = 5;
    ok(c.stmt, SQLFetch(c.stmt));
    ck_assert_int_eq(ind, SQL_NULL_DATA);
    ck_assert_int_eq(SQLSetDescRec(ard, 1, 555, 0, 4, 0, 0, &out, NULL, NULL), SQL_ERROR);
    ck_assert_str_eq(said_at(SQL_HANDLE_DESC, ard, 1).state, "HY021");
    conn_close(&c);
}
END_TEST

/* [Bug#32610685, WL#15325] The decimal point of the host has no say.  Without such a locale on the
 * machine, and without localedef to make one, this checks the "C" locale only and says so. */
static bool comma_locale(void)
{
    char dir[] = "/tmp/check_peers.XXXXXX", command[160];
    if (setlocale(LC_NUMERIC, "de_DE.UTF-8"))
        return true;
    if (!mkdtemp(dir))
        return false;
    snprintf(command, sizeof command, "localedef -i de_DE -f UTF-8 %s/de_DE.UTF-8 >/dev/null 2>&1",
             dir);
    bool is_made = system(command) == 0;
    if (is_made) {
        setenv("LOCPATH", dir, 1);
        is_made = setlocale(LC_NUMERIC, "de_DE.UTF-8") != NULL;
        unsetenv("LOCPATH");
    }
    snprintf(command, sizeof command, "rm -rf %s", dir);
    ck_assert_int_eq(system(command), 0);
    return is_made;
}

START_TEST(decimal_comma)
{
    double in = 1234.5, out = 0;
    SQLLEN len = 0;
    if (comma_locale())
        ck_assert_str_eq(localeconv()->decimal_point, ",");
    else
        fprintf(stderr, "test_peers: NO LOCALE de_DE.UTF-8 (package locales), only \"C\"\n");
    for (int literal = 0; literal < 2; literal++) {
        conn_open_as(&c, _i, literal ? "NO_SSPS=1" : "");
        ok(c.stmt, SQLBindParameter(c.stmt, 1, SQL_PARAM_INPUT, SQL_C_DOUBLE, SQL_DOUBLE, 0, 0, &in,
                                    0, NULL));
        ok(c.stmt, SQLBindParameter(c.stmt, 2, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_DECIMAL, 10, 2,
                                    "-0.25", 0, NULL));
        ok(c.stmt, direct(c.stmt, "SELECT ? * 2.0E0, CAST(? AS DECIMAL(5,2)), 0.5E0, 3.75"));
        ok(c.stmt, SQLFetch(c.stmt));
        ck_assert_str_eq(get(c.stmt, 1), "2469");
        ck_assert_str_eq(get(c.stmt, 2), "-0.25");
        ck_assert_str_eq(get(c.stmt, 3), "0.5");
        ok(c.stmt, SQLGetData(c.stmt, 4, SQL_C_DOUBLE, &out, 0, &len));
        ck_assert(out == 3.75);
        conn_close(&c);
    }
    setlocale(LC_NUMERIC, "C");
}
END_TEST

/* --- rows --------------------------------------------------------------------------------------
 */

/* Three hundred columns with names that are not ASCII, bound here and there, the others by
 * SQLGetData from the last to the first. */
START_TEST(many_columns)
{
    enum { N = 300 };
    static char sql[N * 60];
    char bound[10] = "";
    SQLLEN len = 0;
    SQLSMALLINT n = 0;
    size_t at = (size_t)snprintf(sql, sizeof sql, "SELECT 0 AS c0");
    for (int i = 1; i < N; i++)
        at += (size_t)snprintf(sql + at, sizeof sql - at, ", 'v%d' AS `sp\xc3\xa4lte %d`", i, i);
    conn_open_as(&c, _i, "");
    ok(c.stmt, SQLBindCol(c.stmt, 150, SQL_C_CHAR, bound, sizeof bound, &len));
    ok(c.stmt, direct(c.stmt, sql));
    ok(c.stmt, SQLNumResultCols(c.stmt, &n));
    ck_assert_int_eq(n, N);
    ok(c.stmt, SQLFetch(c.stmt));
    ck_assert_str_eq(bound, "v149");
    for (SQLUSMALLINT i = N; i > 1; i--) {
        char want[20];
        test_char name[20];
        snprintf(want, sizeof want, "v%d", i - 1);
        ck_assert_str_eq(get(c.stmt, i), want);
        ok(c.stmt, SQLDescribeCol(c.stmt, i, name, 20, &n, NULL, NULL, NULL, NULL));
        snprintf(want, sizeof want, "sp\xc3\xa4lte %d", i - 1);
        ck_assert_str_eq(text_back(name, (size_t)n), want);
    }
    conn_close(&c);
}
END_TEST

/* A result closed half-way may be killed on the server; the statement that follows must not be hit.
 */
START_TEST(kill_hits_its_own)
{
    conn_open_as(&c, _i, "");
    for (int k = 0; k < 15; k++) {
        ok(c.stmt, direct(c.stmt, "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r "
                                  "WHERE n < 900) SELECT a.n, REPEAT('x', 900) FROM r a, r b"));
        ok(c.stmt, SQLFetch(c.stmt));
        ok(c.stmt, SQLCloseCursor(c.stmt));
        for (int next = 0; next < 3; next++)
            ck_assert_str_eq(one(c.stmt, "SELECT SLEEP(0.002)"), "0");
    }
    conn_close(&c);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("peers");
    TCase *t = tcase_create("peers");
    tcase_set_timeout(t, 120);
    tcase_add_loop_test(t, connect_arguments, 0, NSERVERS);
    tcase_add_loop_test(t, disconnected_after_cancel, 0, NSERVERS);
    tcase_add_loop_test(t, more_results_anywhere, 0, NSERVERS);
    tcase_add_loop_test(t, freed_beside_rows, 0, NSERVERS);
    tcase_add_loop_test(t, columns_beyond, 0, NSERVERS);
    tcase_add_loop_test(t, names_cut, 0, NSERVERS);
    tcase_add_loop_test(t, lengths_only, 0, NSERVERS);
    tcase_add_loop_test(t, nothing_but_comments, 0, NSERVERS);
    tcase_add_loop_test(t, batches, 0, NSERVERS);
    tcase_add_loop_test(t, late_errors, 0, NSERVERS);
    tcase_add_loop_test(t, described_in_vain, 0, NSERVERS);
    tcase_add_loop_test(t, any_bytes, 0, NSERVERS);
    tcase_add_loop_test(t, numeric_scales, 0, NSERVERS);
    tcase_add_loop_test(t, floats, 0, NSERVERS);
    tcase_add_loop_test(t, put_lengths, 0, NSERVERS);
    tcase_add_loop_test(t, no_buffer, 0, NSERVERS);
    tcase_add_loop_test(t, set_desc_rec, 0, NSERVERS);
    tcase_add_loop_test(t, decimal_comma, 0, NSERVERS);
    tcase_add_loop_test(t, many_columns, 0, NSERVERS);
    tcase_add_loop_test(t, kill_hits_its_own, 0, NSERVERS);
    suite_add_tcase(s, t);
    return run_suite(s);
}
