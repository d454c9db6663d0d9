/* test_arrays.c - arrays of parameters: by column, by row, with offsets, ignored rows, failing
 * rows, data at execution; in binary form and in the text. */
#include "integration/odbc.h"

static struct conn c;
enum { N = 10 };

static const char *const keys[] = {"", "NO_SSPS=1"};

static void attr(SQLINTEGER id, void *value)
{
    ok(c.stmt, SQLSetStmtAttr(c.stmt, id, value, 0));
}

static void open_table(int i, int how)
{
    conn_open_as(&c, i, keys[how]);
    run(c.stmt, "CREATE TEMPORARY TABLE arrays(n INT PRIMARY KEY, t VARCHAR(20), d DOUBLE)");
}

/* The rows of the table as "n:t:d ". */
static const char *rows(void)
{
    static char out[4000];
    size_t n = 0;
    SQLHSTMT q = new_stmt(&c);
    out[0] = '\0';
    ok(q, direct(q, "SELECT n, t, d FROM arrays ORDER BY n"));
    while (SQLFetch(q) == SQL_SUCCESS)
        n +=
            (size_t)snprintf(out + n, sizeof out - n, "%s:%s:%s ", get(q, 1), get(q, 2), get(q, 3));
    drop_stmt(q);
    return out;
}

START_TEST(by_column)
{
    for (int how = 0; how < 2; how++) {
        SQLINTEGER n[N];
        char t[N][8];
        SQLLEN t_len[N];
        float d[N]; /* 4 bytes from one to the next */
        SQLUSMALLINT status[N], operation[N];
        SQLULEN processed = 99;
        for (int i = 0; i < N; i++) {
            n[i] = i;
            t[i][0] = 't', t[i][1] = (char)('0' + i), t[i][2] = 0;
            t_len[i] = i == 3 ? SQL_NULL_DATA : SQL_NTS;
            d[i] = (float)i / 2;
            operation[i] = i == 5 ? SQL_PARAM_IGNORE : SQL_PARAM_PROCEED;
        }
        open_table(_i, how);
        attr(SQL_ATTR_PARAMSET_SIZE, (void *)N);
        attr(SQL_ATTR_PARAM_STATUS_PTR, status);
        attr(SQL_ATTR_PARAM_OPERATION_PTR, operation);
        attr(SQL_ATTR_PARAMS_PROCESSED_PTR, &processed);
        ok(c.stmt, SQLBindParameter(c.stmt, 1, SQL_PARAM_INPUT, SQL_C_SLONG, SQL_INTEGER, 0, 0, n,
                                    0, NULL));
        ok(c.stmt, SQLBindParameter(c.stmt, 2, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_VARCHAR, 20, 0, t,
                                    8, t_len));
        ok(c.stmt,
           SQLBindParameter(c.stmt, 3, SQL_PARAM_INPUT, SQL_C_FLOAT, SQL_REAL, 0, 0, d, 0, NULL));
        ok(c.stmt, SQLPrepare(c.stmt, text("INSERT INTO arrays VALUES(?, ?, ?)"), SQL_NTS));
        ok(c.stmt, SQLExecute(c.stmt));
        SQLLEN count = 0;
        ok(c.stmt, SQLRowCount(c.stmt, &count));
        ck_assert_int_eq(count, N - 1);
        ck_assert_uint_eq(processed, N);
        for (int i = 0; i < N; i++)
            ck_assert_int_eq(status[i], i == 5 ? SQL_PARAM_UNUSED : SQL_PARAM_SUCCESS);
        ck_assert_str_eq(
            rows(), "0:t0:0 1:t1:0.5 2:t2:1 3:NULL:1.5 4:t4:2 6:t6:3 7:t7:3.5 8:t8:4 9:t9:4.5 ");
        conn_close(&c);
    }
}
END_TEST

struct param_row {
    SQLINTEGER n;
    SQLLEN n_len;
    SQLWCHAR t[8];
    SQLLEN t_len;
};

/* Row-wise with an offset pointer, addresses being offsets from a small number, as pyodbc does it.
 */
START_TEST(by_row)
{
    for (int how = 0; how < 2; how++) {
        struct param_row r[N];
        SQLLEN offset = (SQLLEN)((char *)r - (char *)16);
        char *base = (char *)16;
        memset(r, 0, sizeof r);
        for (int i = 0; i < N; i++) {
            r[i].n = i;
            r[i].t[0] = (SQLWCHAR)(0x20ac + i);
            r[i].t_len = i == 4 ? SQL_NULL_DATA : 2;
        }
        open_table(_i, how);
        attr(SQL_ATTR_PARAMSET_SIZE, (void *)N);
        attr(SQL_ATTR_PARAM_BIND_TYPE, (void *)sizeof(struct param_row));
        attr(SQL_ATTR_PARAM_BIND_OFFSET_PTR, &offset);
        ok(c.stmt, SQLBindParameter(c.stmt, 1, SQL_PARAM_INPUT, SQL_C_SLONG, SQL_INTEGER, 0, 0,
                                    base + offsetof(struct param_row, n), 0,
                                    (SQLLEN *)(void *)(base + offsetof(struct param_row, n_len))));
        ok(c.stmt, SQLBindParameter(c.stmt, 2, SQL_PARAM_INPUT, SQL_C_WCHAR, SQL_WVARCHAR, 20, 0,
                                    base + offsetof(struct param_row, t), 16,
                                    (SQLLEN *)(void *)(base + offsetof(struct param_row, t_len))));
        ok(c.stmt, direct(c.stmt, "INSERT INTO arrays VALUES(?, HEX(?), NULL)"));
        ck_assert_str_eq(rows(),
                         "0:E282AC:NULL 1:E282AD:NULL 2:E282AE:NULL 3:E282AF:NULL 4:NULL:NULL "
                         "5:E282B1:NULL 6:E282B2:NULL 7:E282B3:NULL 8:E282B4:NULL 9:E282B5:NULL ");
        conn_close(&c);
    }
}
END_TEST

/* Rows that the server refuses, and one that cannot be converted: named, and the others are done.
 */
START_TEST(failing_rows)
{
    for (int how = 0; how < 2; how++) {
        char n[N][4] = {"0", "1", "1", "3", "x", "5", "5", "7", "8", "0"};
        SQLUSMALLINT status[N];
        SQLULEN processed = 0;
        open_table(_i, how);
        attr(SQL_ATTR_PARAMSET_SIZE, (void *)N);
        attr(SQL_ATTR_PARAM_STATUS_PTR, status);
        attr(SQL_ATTR_PARAMS_PROCESSED_PTR, &processed);
        ok(c.stmt,
           SQLBindParameter(c.stmt, 1, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_INTEGER, 0, 0, n, 4, NULL));
        ck_assert_int_eq(direct(c.stmt, "INSERT INTO arrays VALUES(?, NULL, NULL)"),
                         SQL_SUCCESS_WITH_INFO);
        static const int bad[] = {2, 4, 6, 9};
        static const char *const states[] = {"23000", "22018", "23000", "23000"};
        for (SQLSMALLINT k = 0; k < 4; k++) {
            SQLLEN row = 0;
            struct said d = said_at(SQL_HANDLE_STMT, c.stmt, (SQLSMALLINT)(k + 1));
            SQLGetDiagField(SQL_HANDLE_STMT, c.stmt, (SQLSMALLINT)(k + 1), SQL_DIAG_ROW_NUMBER,
                            &row, 0, NULL);
            ck_assert_msg(!strcmp(d.state, states[k]) && row == bad[k] + 1,
                          "record %d: %s row %ld %s", k + 1, d.state, (long)row, d.text);
        }
        for (int i = 0, k = 0; i < N; i++) {
            bool is_bad = k < 4 && bad[k] == i;
            k += is_bad;
            ck_assert_int_eq(status[i], is_bad ? SQL_PARAM_ERROR : SQL_PARAM_SUCCESS);
        }
        ck_assert_uint_eq(processed, N);
        ck_assert_str_eq(
            rows(), "0:NULL:NULL 1:NULL:NULL 3:NULL:NULL 5:NULL:NULL 7:NULL:NULL 8:NULL:NULL ");
        /* all rows fail: an error; without a status array any failure is one, since nobody would
         * see it */
        SQLFreeStmt(c.stmt, SQL_CLOSE);
        attr(SQL_ATTR_PARAMSET_SIZE, (void *)2);
        refuses(c.stmt, "23000", direct(c.stmt, "INSERT INTO arrays VALUES(?, NULL, NULL)"));
        attr(SQL_ATTR_PARAM_STATUS_PTR, NULL);
        attr(SQL_ATTR_PARAMSET_SIZE, (void *)N);
        run(c.stmt, "DELETE FROM arrays WHERE n = 7");
        ck_assert_int_eq(direct(c.stmt, "INSERT INTO arrays VALUES(?, NULL, NULL)"), SQL_ERROR);
        conn_close(&c);
    }
}
END_TEST

/* Data at execution inside an array: the token is the address of the row's own buffer. */
START_TEST(at_execution)
{
    for (int how = 0; how < 2; how++) {
        SQLINTEGER n[3] = {1, 2, 3};
        char tokens[3][16];
        SQLLEN len[3] = {SQL_DATA_AT_EXEC, SQL_NULL_DATA, SQL_LEN_DATA_AT_EXEC(4)};
        SQLPOINTER token = NULL;
        open_table(_i, how);
        attr(SQL_ATTR_PARAMSET_SIZE, (void *)3);
        ok(c.stmt, SQLBindParameter(c.stmt, 1, SQL_PARAM_INPUT, SQL_C_SLONG, SQL_INTEGER, 0, 0, n,
                                    0, NULL));
        ok(c.stmt, SQLBindParameter(c.stmt, 2, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_VARCHAR, 20, 0,
                                    tokens, 16, len));
        ck_assert_int_eq(direct(c.stmt, "INSERT INTO arrays VALUES(?, ?, NULL)"), SQL_NEED_DATA);
        ck_assert_int_eq(SQLParamData(c.stmt, &token), SQL_NEED_DATA);
        ck_assert_ptr_eq(token, tokens[0]);
        ok(c.stmt, SQLPutData(c.stmt, "on", 2));
        ok(c.stmt, SQLPutData(c.stmt, "e", 1));
        ck_assert_int_eq(SQLParamData(c.stmt, &token), SQL_NEED_DATA);
        ck_assert_ptr_eq(token, tokens[2]);
        ok(c.stmt, SQLPutData(c.stmt, "three", SQL_NTS));
        ok(c.stmt, SQLParamData(c.stmt, &token));
        ck_assert_str_eq(rows(), "1:one:NULL 2:NULL:NULL 3:three:NULL ");
        conn_close(&c);
    }
}
END_TEST

/* A query with an array has a result for each row. */
START_TEST(queries)
{
    SQLINTEGER n[3] = {10, 20, 30};
    conn_open_as(&c, _i, "");
    attr(SQL_ATTR_PARAMSET_SIZE, (void *)3);
    ok(c.stmt,
       SQLBindParameter(c.stmt, 1, SQL_PARAM_INPUT, SQL_C_SLONG, SQL_INTEGER, 0, 0, n, 0, NULL));
    ok(c.stmt, direct(c.stmt, "SELECT ? + 1"));
    for (int i = 0; i < 3; i++) {
        ok(c.stmt, SQLFetch(c.stmt));
        ck_assert_int_eq(strtol(get(c.stmt, 1), NULL, 10), n[i] + 1);
        ck_assert_int_eq(SQLFetch(c.stmt), SQL_NO_DATA);
        ck_assert_int_eq(SQLMoreResults(c.stmt), i < 2 ? SQL_SUCCESS : SQL_NO_DATA);
    }
    conn_close(&c);
}
END_TEST

/* What parameters may not be. */
START_TEST(refused)
{
    SQLINTEGER n = 1;
    SQLLEN len = SQL_DEFAULT_PARAM;
    open_table(_i, 0);
    ok(c.stmt, SQLPrepare(c.stmt, text("INSERT INTO arrays(n) VALUES(?)"), SQL_NTS));
    ok(c.stmt,
       SQLBindParameter(c.stmt, 1, SQL_PARAM_INPUT, SQL_C_SLONG, SQL_INTEGER, 0, 0, &n, 0, &len));
    refuses(c.stmt, "07S01", SQLExecute(c.stmt));
    ok(c.stmt,
       SQLBindParameter(c.stmt, 1, SQL_PARAM_OUTPUT, SQL_C_SLONG, SQL_INTEGER, 0, 0, &n, 0, NULL));
    refuses(c.stmt, "HYC00", SQLExecute(c.stmt));
    refuses(c.stmt, "07006",
            SQLBindParameter(c.stmt, 1, SQL_PARAM_INPUT, SQL_C_TYPE_DATE, SQL_INTEGER, 0, 0, &n, 0,
                             NULL));
    refuses(c.stmt, "HY004",
            SQLBindParameter(c.stmt, 1, SQL_PARAM_INPUT, SQL_C_SLONG, 1234, 0, 0, &n, 0, NULL));
    refuses(c.stmt, "HY003",
            SQLBindParameter(c.stmt, 1, SQL_PARAM_INPUT, 1234, SQL_INTEGER, 0, 0, &n, 0, NULL));
    conn_close(&c);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("arrays");
    TCase *t = tcase_create("arrays");
    tcase_set_timeout(t, 120);
    tcase_add_loop_test(t, by_column, 0, NSERVERS);
    tcase_add_loop_test(t, by_row, 0, NSERVERS);
    tcase_add_loop_test(t, failing_rows, 0, NSERVERS);
    tcase_add_loop_test(t, at_execution, 0, NSERVERS);
    tcase_add_loop_test(t, queries, 0, NSERVERS);
    tcase_add_loop_test(t, refused, 0, NSERVERS);
    suite_add_tcase(s, t);
    return run_suite(s);
}
