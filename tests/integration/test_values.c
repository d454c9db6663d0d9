/* test_values.c - values and places at the edge: scales that a descriptor gives, defaults in
 * pieces, sizes that overflow, places of any alignment, lengths that are too long, rows of other
 * types. */
#include "integration/odbc.h"

static struct conn c;

static void set_field(SQLHDESC d, SQLSMALLINT record, SQLSMALLINT field, SQLPOINTER value)
{
    SQLRETURN rc = SQLSetDescField(d, record, field, value, 0);
    struct said s = said_at(SQL_HANDLE_DESC, d, 1);
    ck_assert_msg(SQL_SUCCEEDED(rc), "field %d: %s %s", field, s.state, s.text);
}

static SQLHDESC desc_of(SQLHSTMT s, SQLINTEGER attr)
{
    SQLHDESC d = NULL;
    ok(s, SQLGetStmtAttr(s, attr, &d, 0, NULL));
    return d;
}

/* --- SQL_C_NUMERIC ---------------------------------------------------------------------------- */

/* 25212 with the scale of the struct, of the descriptor, of both. */
START_TEST(numeric_parameter)
{
    static const struct {
        SQLSCHAR in_struct;
        int in_desc; /* -1: not set */
        const char *want;
    } rows[] = {
        {0, -1, "25212"}, {3, -1, "25.212"}, {0, 3, "25.212"}, {1, 3, "25.212"}, {3, 0, "25212"}};
    conn_open_as(&c, _i, "");
    for (int no_ssps = 0; no_ssps < 2; no_ssps++) {
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
            SQL_NUMERIC_STRUCT n = {5, rows[i].in_struct, 1, {0x7c, 0x62}};
            SQLHSTMT s = new_stmt(&c);
            ok(s, SQLPrepare(s, text("SELECT CAST(? AS CHAR)"), SQL_NTS));
            ok(s, SQLBindParameter(s, 1, SQL_PARAM_INPUT, SQL_C_NUMERIC, SQL_DECIMAL, 10, 3, &n,
                                   sizeof n, NULL));
            if (rows[i].in_desc >= 0) {
                SQLHDESC apd = desc_of(s, SQL_ATTR_APP_PARAM_DESC);
                set_field(apd, 1, SQL_DESC_SCALE, (SQLPOINTER)(intptr_t)rows[i].in_desc);
                set_field(apd, 1, SQL_DESC_DATA_PTR, &n);
            }
            ok(s, SQLExecute(s));
            ok(s, SQLFetch(s));
            ck_assert_str_eq(get(s, 1), rows[i].want);
            drop_stmt(s);
        }
        conn_close(&c);
        conn_open_as(&c, _i, "NO_SSPS=1");
    }
    conn_close(&c);
}
END_TEST

static void is_numeric(const SQL_NUMERIC_STRUCT *n, int scale, unsigned value)
{
    unsigned low = n->val[0] | (unsigned)n->val[1] << 8 | (unsigned)n->val[2] << 16;
    ck_assert_msg(n->scale == scale && low == value, "%s: %u of scale %d", c.server, low, n->scale);
}

/* The value's own scale, bound or not; else that of the descriptor, also for SQLGetData. */
START_TEST(numeric_column)
{
    SQL_NUMERIC_STRUCT bound, given;
    conn_open_as(&c, _i, "");
    ok(c.stmt, SQLBindCol(c.stmt, 1, SQL_C_NUMERIC, &bound, 0, NULL));
    ok(c.stmt, direct(c.stmt, "SELECT 25.212"));
    ok(c.stmt, SQLFetch(c.stmt));
    ok(c.stmt, SQLGetData(c.stmt, 1, SQL_C_NUMERIC, &given, 0, NULL));
    is_numeric(&bound, 3, 25212);
    is_numeric(&given, 3, 25212);
    SQLFreeStmt(c.stmt, SQL_CLOSE);
    SQLHDESC ard = desc_of(c.stmt, SQL_ATTR_APP_ROW_DESC);
    set_field(ard, 1, SQL_DESC_SCALE, (SQLPOINTER)1);
    set_field(ard, 1, SQL_DESC_DATA_PTR, &bound);
    ok(c.stmt, direct(c.stmt, "SELECT 25.212"));
    expect(c.stmt, SQL_SUCCESS_WITH_INFO, "01S07", SQLFetch(c.stmt));
    expect(c.stmt, SQL_SUCCESS_WITH_INFO, "01S07",
           SQLGetData(c.stmt, 1, SQL_C_NUMERIC, &given, 0, NULL));
    is_numeric(&bound, 1, 252);
    is_numeric(&given, 1, 252);
    conn_close(&c);
}
END_TEST

/* --- binding ---------------------------------------------------------------------------------- */

START_TEST(what_binds)
{
    char text_5[5] = "1";
    SQLLEN len = SQL_NTS;
    conn_open_as(&c, _i, "");
    refuses(c.stmt, "HY104",
            SQLBindParameter(c.stmt, 1, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_DECIMAL, 5, 9, text_5, 5,
                             &len));
    refuses(c.stmt, "HY104",
            SQLBindParameter(c.stmt, 1, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_NUMERIC, 5, -1, text_5, 5,
                             &len));
    ok(c.stmt, SQLBindParameter(c.stmt, 1, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_DECIMAL, 0, 9, text_5,
                                5, &len));
    SQLFreeStmt(c.stmt, SQL_RESET_PARAMS);
    ok(c.stmt, SQLSetParam(c.stmt, 1, SQL_C_CHAR, SQL_INTEGER, 0, 0, text_5, &len));
    ok(c.stmt, direct(c.stmt, "SELECT ? + 1"));
    ok(c.stmt, SQLFetch(c.stmt));
    ck_assert_str_eq(get(c.stmt, 1), "2");
    conn_close(&c);
}
END_TEST

/* What a message says of a value that cannot be sent. */
START_TEST(what_is_said)
{
    static const struct {
        SQLSMALLINT sql_type;
        const char *value, *words;
    } rows[] = {{SQL_INTEGER, "abc",
                 "(SQL_C_CHAR for SQL_INTEGER) does not have the form that the "
                 "SQL type demands"},
                {SQL_VARCHAR, "a\xff", "is not UTF-8"},
                {SQL_TYPE_TIME, "2024-02-29", "for SQL_TYPE_TIME) does not have the form"}};
    conn_open_as(&c, _i, "");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char value[20];
        snprintf(value, sizeof value, "%s", rows[i].value);
        ok(c.stmt, SQLBindParameter(c.stmt, 1, SQL_PARAM_INPUT, SQL_C_CHAR, rows[i].sql_type, 20, 0,
                                    value, 0, NULL));
        refuses(c.stmt, "22018", direct(c.stmt, "SELECT ?"));
        struct said d = said(c.stmt);
        ck_assert_msg(strstr(d.text, rows[i].words) != NULL, "%s", d.text);
    }
    conn_close(&c);
}
END_TEST

/* SQL_DEFAULT_PARAM by SQLPutData is what it is in the indicator. */
START_TEST(default_in_pieces)
{
    SQLLEN at_exec = SQL_DATA_AT_EXEC;
    SQLPOINTER token;
    conn_open(&c, _i, "values");
    run(c.stmt, "CREATE TABLE dft(a INT DEFAULT 7, b INT)");
    ok(c.stmt, SQLBindParameter(c.stmt, 1, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_INTEGER, 0, 0,
                                (SQLPOINTER)1, 0, &at_exec));
    ok(c.stmt, SQLPrepare(c.stmt, text("INSERT INTO dft VALUES(?, 1)"), SQL_NTS));
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(SQLExecute(c.stmt), SQL_NEED_DATA);
        ck_assert_int_eq(SQLParamData(c.stmt, &token), SQL_NEED_DATA);
        if (i)
            ok(c.stmt, SQLPutData(c.stmt, "12", SQL_NTS));
        else
            ok(c.stmt, SQLPutData(c.stmt, NULL, SQL_DEFAULT_PARAM));
        ok(c.stmt, SQLParamData(c.stmt, &token));
    }
    ck_assert_str_eq(one(c.stmt, "SELECT GROUP_CONCAT(a ORDER BY a) FROM dft"), "7,12");
    ok(c.stmt, SQLPrepare(c.stmt, text("UPDATE dft SET a = ?"), SQL_NTS));
    ck_assert_int_eq(SQLExecute(c.stmt), SQL_NEED_DATA);
    ck_assert_int_eq(SQLParamData(c.stmt, &token), SQL_NEED_DATA);
    refuses(c.stmt, "07S01", SQLPutData(c.stmt, NULL, SQL_DEFAULT_PARAM));
    conn_close(&c);
}
END_TEST

/* A timestamp with a fraction keeps it in a column of characters, however it is sent. */
START_TEST(fraction_as_text)
{
    SQL_TIMESTAMP_STRUCT two[2] = {{2024, 2, 29, 23, 59, 59, 123456000},
                                   {2024, 2, 29, 23, 59, 59, 0}};
    conn_open(&c, _i, "values");
    run(c.stmt, "CREATE TABLE fr(v VARCHAR(40), d DATETIME(6))");
    for (SQLULEN rows = 1; rows <= 2; rows++) {
        ok(c.stmt, SQLSetStmtAttr(c.stmt, SQL_ATTR_PARAMSET_SIZE, (SQLPOINTER)rows, 0));
        for (SQLUSMALLINT i = 1; i <= 2; i++)
            ok(c.stmt, SQLBindParameter(c.stmt, i, SQL_PARAM_INPUT, SQL_C_TYPE_TIMESTAMP,
                                        SQL_TYPE_TIMESTAMP, 26, 6, two, 0, NULL));
        run(c.stmt, "INSERT INTO fr VALUES(?, ?)");
    }
    ok(c.stmt, SQLSetStmtAttr(c.stmt, SQL_ATTR_PARAMSET_SIZE, (SQLPOINTER)1, 0));
    run(c.stmt, "UPDATE fr SET v = ?, d = ? WHERE v = '2024-02-29 23:59:59'");
    SQLFreeStmt(c.stmt, SQL_RESET_PARAMS);
    ck_assert_str_eq(one(c.stmt, "SELECT COUNT(*) FROM fr WHERE v = '2024-02-29 23:59:59.123456' "
                                 "AND d = '2024-02-29 23:59:59.123456'"),
                     "3");
    conn_close(&c);
}
END_TEST

/* --- sizes and places ------------------------------------------------------------------------- */

START_TEST(sizes)
{
    static const SQLINTEGER attrs[] = {SQL_ATTR_ROW_ARRAY_SIZE, SQL_ATTR_PARAMSET_SIZE};
    SQLINTEGER cells[4];
    conn_open_as(&c, _i, "");
    for (size_t i = 0; i < 2; i++) {
        for (unsigned bit = 31; bit < 64; bit++)
            refuses(c.stmt, "HY024",
                    SQLSetStmtAttr(c.stmt, attrs[i], (SQLPOINTER)((SQLULEN)1 << bit), 0));
        refuses(c.stmt, "HY024", SQLSetStmtAttr(c.stmt, attrs[i], (SQLPOINTER)(SQLULEN)-1, 0));
        SQLHDESC d = desc_of(c.stmt, i ? SQL_ATTR_APP_PARAM_DESC : SQL_ATTR_APP_ROW_DESC);
        ck_assert_int_eq(
            SQLSetDescField(d, 0, SQL_DESC_ARRAY_SIZE, (SQLPOINTER)((SQLULEN)1 << 63), 0),
            SQL_ERROR);
    }
    /* rows so far apart that their addresses would come round again */
    ok(c.stmt, SQLSetStmtAttr(c.stmt, SQL_ATTR_ROW_ARRAY_SIZE, (SQLPOINTER)4, 0));
    ok(c.stmt, SQLBindCol(c.stmt, 1, SQL_C_CHAR, cells, INT64_MAX / 2, NULL));
    ok(c.stmt, direct(c.stmt, "SELECT 1"));
    refuses(c.stmt, "HY090", SQLFetch(c.stmt));
    SQLFreeStmt(c.stmt, SQL_CLOSE);
    SQLFreeStmt(c.stmt, SQL_UNBIND);
    ok(c.stmt, SQLSetStmtAttr(c.stmt, SQL_ATTR_ROW_ARRAY_SIZE, (SQLPOINTER)1, 0));
    ok(c.stmt, SQLSetStmtAttr(c.stmt, SQL_ATTR_PARAMSET_SIZE, (SQLPOINTER)4, 0));
    ok(c.stmt, SQLBindParameter(c.stmt, 1, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_VARCHAR, 9, 0, cells,
                                INT64_MAX / 2, NULL));
    refuses(c.stmt, "HY090", direct(c.stmt, "SELECT ?"));
    conn_close(&c);
}
END_TEST

/* Everything that is written later, at odd addresses; the sanitizers look. */
START_TEST(any_place)
{
    static char memory[400];
    char *odd = memory + 1;
    SQLULEN n = 0;
    SQLUSMALLINT status = 99;
    SQLLEN offset = 8;
    conn_open(&c, _i, "values");
    run(c.stmt, "CREATE TABLE pl(i INT)");
    memcpy(odd, &offset, sizeof offset);
    ok(c.stmt, SQLSetStmtAttr(c.stmt, SQL_ATTR_PARAMSET_SIZE, (SQLPOINTER)2, 0));
    ok(c.stmt, SQLSetStmtAttr(c.stmt, SQL_ATTR_PARAM_BIND_OFFSET_PTR, odd, 0));
    ok(c.stmt, SQLSetStmtAttr(c.stmt, SQL_ATTR_PARAMS_PROCESSED_PTR, odd + 8, 0));
    ok(c.stmt, SQLSetStmtAttr(c.stmt, SQL_ATTR_PARAM_STATUS_PTR, odd + 16, 0));
    ok(c.stmt, SQLSetStmtAttr(c.stmt, SQL_ATTR_PARAM_OPERATION_PTR, odd + 24, 0));
    SQLINTEGER values[2] = {41, 42};
    memcpy(odd + 40, values, sizeof values);
    ok(c.stmt, SQLBindParameter(c.stmt, 1, SQL_PARAM_INPUT, SQL_C_SLONG, SQL_INTEGER, 0, 0,
                                odd + 32, 0, NULL));
    run(c.stmt, "INSERT INTO pl VALUES(?)");
    memcpy(&n, odd + 8, sizeof n);
    memcpy(&status, odd + 18, sizeof status);
    ck_assert_uint_eq(n, 2);
    ck_assert_uint_eq(status, SQL_PARAM_SUCCESS);
    drop_stmt(c.stmt);
    c.stmt = new_stmt(&c);
    ok(c.stmt, SQLSetStmtAttr(c.stmt, SQL_ATTR_ROW_ARRAY_SIZE, (SQLPOINTER)3, 0));
    ok(c.stmt, SQLSetStmtAttr(c.stmt, SQL_ATTR_ROW_BIND_OFFSET_PTR, odd, 0));
    ok(c.stmt, SQLSetStmtAttr(c.stmt, SQL_ATTR_ROWS_FETCHED_PTR, odd + 8, 0));
    ok(c.stmt, SQLSetStmtAttr(c.stmt, SQL_ATTR_ROW_STATUS_PTR, odd + 16, 0));
    ok(c.stmt, SQLBindCol(c.stmt, 1, SQL_C_SLONG, odd + 32, 0, (SQLLEN *)(void *)(odd + 72)));
    ok(c.stmt, direct(c.stmt, "SELECT i FROM pl ORDER BY i"));
    ok(c.stmt, SQLFetch(c.stmt));
    memcpy(&n, odd + 8, sizeof n);
    memcpy(&status, odd + 20, sizeof status);
    memcpy(values, odd + 40, sizeof values);
    ck_assert_uint_eq(n, 2);
    ck_assert_uint_eq(status, SQL_ROW_NOROW);
    ck_assert_int_eq(values[1], 42);
    ok(c.stmt, SQLGetData(c.stmt, 1, SQL_C_SLONG, odd + 40, 0, (SQLLEN *)(void *)(odd + 80)));
    conn_close(&c);
}
END_TEST

/* --- texts whose length is overstated --------------------------------------------------------- */

START_TEST(ends_at_nul)
{
    static test_char words[600];
    struct server s = server_need(server_names[_i]);
    char in[400];
    SQLHDBC d;
    conn_open(&c, _i, "values");
    server_connection(&s, "app", "app-secret", "", in, sizeof in);
    size_t n = strlen(in);
    for (size_t i = 0; i < 600; i++)
        words[i] = 'x';
    memcpy(words, text(in), (n + 1) * sizeof *words);
    memcpy(words + n + 1, text(";UID=nobody;DATABASE=no_such;"), 29 * sizeof *words);
    ck_assert(SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_DBC, c.env, &d)));
    SQLRETURN rc = SQLDriverConnect(d, NULL, words, 600, NULL, 0, NULL, SQL_DRIVER_NOPROMPT);
    struct said why = said_at(SQL_HANDLE_DBC, d, 1);
    ck_assert_msg(SQL_SUCCEEDED(rc), "%s %s", why.state, why.text);
    SQLDisconnect(d);
    SQLFreeHandle(SQL_HANDLE_DBC, d);
    memcpy(words, text("SELECT 7"), 9 * sizeof *words);
    ok(c.stmt, SQLExecDirect(c.stmt, words, 600));
    ok(c.stmt, SQLFetch(c.stmt));
    ck_assert_str_eq(get(c.stmt, 1), "7");
    SQLFreeStmt(c.stmt, SQL_CLOSE);
    ok(c.stmt, SQLPrepare(c.stmt, words, 600));
    ok(c.stmt, SQLExecute(c.stmt));
    SQLFreeStmt(c.stmt, SQL_CLOSE);
    run(c.stmt, "CREATE TABLE nul_t(i INT)");
    memcpy(words, text("nul_t"), 6 * sizeof *words);
    ok(c.stmt, SQLColumns(c.stmt, NULL, 0, NULL, 0, words, 60, NULL, 0));
    ok(c.stmt, SQLFetch(c.stmt));
    SQLFreeStmt(c.stmt, SQL_CLOSE);
    conn_close(&c);
}
END_TEST

/* In a string of a statement it is data. */
START_TEST(nul_is_data)
{
    test_char words[60];
    const char *sql = "SELECT HEX('a_b')";
    conn_open_as(&c, _i, "");
    memcpy(words, text(sql), (strlen(sql) + 1) * sizeof *words);
    words[13] = 0;
    ok(c.stmt, SQLExecDirect(c.stmt, words, (SQLINTEGER)strlen(sql)));
    ok(c.stmt, SQLFetch(c.stmt));
    ck_assert_str_eq(get(c.stmt, 1), "610062");
    conn_close(&c);
}
END_TEST

/* --- limits ----------------------------------------------------------------------------------- */

/* Rows of an array whose values have other types on the wire than those before: NULL, negative,
 * larger than a signed number, text that is a number. */
START_TEST(rows_of_other_types)
{
    static const char *const keys[] = {"", "NO_SSPS=1"};
    enum { N = 40 };
    for (int k = 0; k < 2; k++) {
        SQLUBIGINT u[N];
        SQLLEN ind[N];
        double d[N];
        SQLUSMALLINT status[N];
        conn_open_as(&c, _i, keys[k]);
        conn_database(&c, "values");
        run(c.stmt, "CREATE TABLE ot(id INT AUTO_INCREMENT PRIMARY KEY, u BIGINT UNSIGNED, "
                    "d BIGINT UNSIGNED)");
        for (int i = 0; i < N; i++) {
            u[i] = i % 3 == 2 ? UINT64_MAX : (SQLUBIGINT)i;
            ind[i] = i % 5 == 4 ? SQL_NULL_DATA : 0;
            d[i] = i % 7 == 6 ? 0x1.8p63 : (double)i;
        }
        ok(c.stmt, SQLSetStmtAttr(c.stmt, SQL_ATTR_PARAMSET_SIZE, (SQLPOINTER)N, 0));
        ok(c.stmt, SQLSetStmtAttr(c.stmt, SQL_ATTR_PARAM_STATUS_PTR, status, 0));
        ok(c.stmt, SQLBindParameter(c.stmt, 1, SQL_PARAM_INPUT, SQL_C_UBIGINT, SQL_BIGINT, 0, 0, u,
                                    0, ind));
        ok(c.stmt, SQLBindParameter(c.stmt, 2, SQL_PARAM_INPUT, SQL_C_DOUBLE, SQL_BIGINT, 0, 0, d,
                                    0, NULL));
        ok(c.stmt, direct(c.stmt, "INSERT INTO ot(u, d) VALUES(?, ?)"));
        SQLFreeStmt(c.stmt, SQL_RESET_PARAMS);
        ok(c.stmt, SQLSetStmtAttr(c.stmt, SQL_ATTR_PARAMSET_SIZE, (SQLPOINTER)1, 0));
        ok(c.stmt, direct(c.stmt, "SELECT u, d FROM ot ORDER BY id"));
        for (int i = 0; i < N; i++) {
            SQLUBIGINT got_u = 0, got_d = 0;
            SQLLEN len = 0;
            ok(c.stmt, SQLFetch(c.stmt));
            ok(c.stmt, SQLGetData(c.stmt, 1, SQL_C_UBIGINT, &got_u, 0, &len));
            ok(c.stmt, SQLGetData(c.stmt, 2, SQL_C_UBIGINT, &got_d, 0, NULL));
            ck_assert_msg(len == SQL_NULL_DATA ? ind[i] == SQL_NULL_DATA : got_u == u[i],
                          "%s%s row %d: %llu", c.server, keys[k], i, (unsigned long long)got_u);
            ck_assert_msg(got_d == (SQLUBIGINT)d[i], "%s%s row %d: %llu", c.server, keys[k], i,
                          (unsigned long long)got_d);
            ck_assert_uint_eq(status[i], SQL_PARAM_SUCCESS);
        }
        conn_close(&c);
    }
}
END_TEST

/* A huge result of one small column that is closed early ends soon, and the connection goes on. */
START_TEST(closed_early)
{
    conn_open(&c, _i, "values");
    run(c.stmt, "CREATE TABLE n(i TINYINT)");
    run(c.stmt, "INSERT INTO n VALUES(1)");
    for (int i = 0; i < 11; i++)
        run(c.stmt, "INSERT INTO n SELECT i FROM n");
    for (int i = 0; i < 2; i++) {
        double from = seconds();
        ok(c.stmt, direct(c.stmt, "SELECT a.i FROM n a, n b, n c"));
        ok(c.stmt, SQLFetch(c.stmt));
        SQLFreeStmt(c.stmt, SQL_CLOSE);
        double took = seconds() - from;
        ck_assert_msg(took < 20, "%s: closing took %.1f s", c.server, took);
        ck_assert_str_eq(one(c.stmt, "SELECT 1"), "1");
    }
    conn_close(&c);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("values");
    TCase *t = tcase_create("values");
    tcase_set_timeout(t, 120);
    tcase_add_loop_test(t, numeric_parameter, 0, NSERVERS);
    tcase_add_loop_test(t, numeric_column, 0, NSERVERS);
    tcase_add_loop_test(t, what_binds, 0, NSERVERS);
    tcase_add_loop_test(t, what_is_said, 0, NSERVERS);
    tcase_add_loop_test(t, default_in_pieces, 0, NSERVERS);
    tcase_add_loop_test(t, fraction_as_text, 0, NSERVERS);
    tcase_add_loop_test(t, sizes, 0, NSERVERS);
    tcase_add_loop_test(t, any_place, 0, NSERVERS);
    tcase_add_loop_test(t, ends_at_nul, 0, NSERVERS);
    tcase_add_loop_test(t, nul_is_data, 0, NSERVERS);
    tcase_add_loop_test(t, rows_of_other_types, 0, NSERVERS);
    tcase_add_loop_test(t, closed_early, 0, NSERVERS);
    suite_add_tcase(s, t);
    return run_suite(s);
}
