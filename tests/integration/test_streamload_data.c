/* test_streamload_data.c - arrays by Stream Load whose values come at execution. */
#include "integration/streamload.h"

static const char insert[] = "INSERT INTO t (n, v) VALUES (?, ?)";

/* Rows 1, 4, 7 get their text at execution. */
static void fill_some(struct rows *r)
{
    fill(r);
    for (int i = 1; i < N; i += 3)
        r->len[i] = i == 4 ? SQL_LEN_DATA_AT_EXEC(100) : SQL_DATA_AT_EXEC;
}

/* Texts that split CSV must not trip over; row 7 is NULL. */
static const char *given(size_t row)
{
    return row == 1   ? "one \x01\x02\n\"\\ \xe2\x82\xac"
           : row == 4 ? ""
           : row == 7 ? "NULL"
                      : "other";
}

static void put(struct rows *r, SQLPOINTER token)
{
    size_t row = (size_t)((char *)token - r->v[0]) / sizeof r->v[0];
    const char *value = given(row);
    ck_assert_ptr_eq(token, r->v[row]);
    ck_assert_uint_eq(r->processed, row + 1);
    if (row == 7)
        ok(c.stmt, SQLPutData(c.stmt, NULL, SQL_NULL_DATA));
    else if (!*value)
        ok(c.stmt, SQLPutData(c.stmt, "", 0));
    for (size_t n = strlen(value), at = 0; row != 7 && at < n; at += 3)
        ok(c.stmt, SQLPutData(c.stmt, (SQLPOINTER)(uintptr_t)(value + at),
                              (SQLLEN)(n - at < 3 ? n - at : 3)));
}

/* All that is asked for; nothing is sent before the last of it. */
static SQLRETURN feed(struct rows *r, SQLRETURN rc)
{
    SQLPOINTER token = NULL;
    struct fake_stats before, now;
    fake_stats_get(fake, &before);
    while (rc == SQL_NEED_DATA) {
        fake_stats_get(fake, &now);
        ck_assert_uint_eq(now.requests, before.requests);
        rc = SQLParamData(c.stmt, &token);
        if (rc == SQL_NEED_DATA)
            put(r, token);
    }
    return rc;
}

/* Row i of the array is row `at` of the table. */
static void check_row(size_t at, int i)
{
    char want[40];
    snprintf(want, sizeof want, "%d", i);
    ck_assert_str_eq(cell(at, 0), want);
    snprintf(want, sizeof want, i == 3 ? "NULL" : "v%d", i);
    ck_assert_str_eq(cell(at, 1), i % 3 == 1 ? given((size_t)i) : want);
}

static void check_all(void)
{
    ck_assert_uint_eq(loaded(), N);
    for (int i = 0; i < N; i++)
        check_row((size_t)i, i);
}

static const char *const modes[] = {"AUTO", "REQUIRED"};

/* One load, with what was bound and what was given; rows to be ignored ask for nothing. */
START_TEST(array)
{
    struct rows r;
    struct fake_stats st;
    SQLLEN count = 0;
    SQLUSMALLINT operation[N] = {0};
    load_open("");
    set_text(SQL_ATTR_MYWIRE_LOAD_MODE, modes[_i]);
    fill_some(&r);
    bind(&r, N);
    ok(c.stmt, SQLPrepare(c.stmt, text(insert), SQL_NTS));
    SQLRETURN rc = SQLExecute(c.stmt);
    ck_assert_int_eq(rc, SQL_NEED_DATA);
    all_status(&r, N, SQL_PARAM_UNUSED);
    ok(c.stmt, feed(&r, rc));
    all_status(&r, N, SQL_PARAM_SUCCESS);
    ck_assert_uint_eq(r.processed, N);
    ok(c.stmt, SQLRowCount(c.stmt, &count));
    ck_assert_int_eq(count, N);
    check_all();
    ck_assert_int_eq(one_number(c.stmt, "SELECT COUNT(*) FROM t"), 0); /* none as SQL */
    fake_stats_get(fake, &st);
    ck_assert_uint_eq(st.loads_committed, 1);
    /* the same once more, without some rows */
    fake_clear(fake, "test", "t");
    attr(SQL_ATTR_PARAM_OPERATION_PTR, operation);
    operation[0] = operation[1] = operation[9] = SQL_PARAM_IGNORE;
    ok(c.stmt, feed(&r, direct(c.stmt, insert)));
    ck_assert_uint_eq(loaded(), N - 3);
    for (int i = 2; i < 9; i++)
        check_row((size_t)i - 2, i);
    for (int i = 0; i < N; i++)
        ck_assert_uint_eq(r.status[i], operation[i] ? SQL_PARAM_UNUSED : SQL_PARAM_SUCCESS);
    load_close();
}
END_TEST

/* One row: a load with REQUIRED. */
START_TEST(single)
{
    struct rows r;
    load_open("STREAMLOAD=REQUIRED");
    fill_some(&r);
    r.len[0] = SQL_DATA_AT_EXEC;
    bind(&r, 1);
    ok(c.stmt, feed(&r, direct(c.stmt, insert)));
    ck_assert_uint_eq(loaded(), 1);
    ck_assert_str_eq(cell(0, 1), "other");
    load_close();
}
END_TEST

/* A given value that is no number: its row is refused, and the others are loaded. */
START_TEST(no_number)
{
    char n[3][8] = {"0", "-", "2"};
    SQLLEN len[3] = {SQL_NTS, SQL_DATA_AT_EXEC, SQL_NTS}, row = 0;
    SQLUSMALLINT status[3];
    SQLPOINTER token = NULL;
    load_open("");
    attr(SQL_ATTR_PARAMSET_SIZE, (void *)3);
    attr(SQL_ATTR_PARAM_STATUS_PTR, status);
    ok(c.stmt,
       SQLBindParameter(c.stmt, 1, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_BIGINT, 0, 0, n, 8, len));
    ck_assert_int_eq(direct(c.stmt, "INSERT INTO t (n) VALUES (?)"), SQL_NEED_DATA);
    ck_assert_int_eq(SQLParamData(c.stmt, &token), SQL_NEED_DATA);
    ok(c.stmt, SQLPutData(c.stmt, "fo", 2));
    ok(c.stmt, SQLPutData(c.stmt, "ur", 2));
    expect(c.stmt, SQL_SUCCESS_WITH_INFO, "22018", SQLParamData(c.stmt, &token));
    SQLGetDiagField(SQL_HANDLE_STMT, c.stmt, 1, SQL_DIAG_ROW_NUMBER, &row, 0, NULL);
    ck_assert_int_eq(row, 2);
    ck_assert_uint_eq(status[1], SQL_PARAM_ERROR);
    ck_assert_uint_eq(loaded(), 2);
    ck_assert_str_eq(cell(1, 0), "2");
    load_close();
}
END_TEST

/* Whatever happens on the wire, the rows are in once: what was given is sent again. */
static const char *const faults[] = {"be_reset_body:10", "be_close_body:10", "be_drop_before",
                                     "be_drop_after",    "be_drop_doomed",   "fe_close",
                                     "be_504_after"};

START_TEST(sent_again)
{
    struct rows r;
    load_open("");
    fill_some(&r);
    bind(&r, N);
    ck_assert(fake_fault(fake, faults[_i]));
    ok(c.stmt, feed(&r, direct(c.stmt, insert)));
    all_status(&r, N, SQL_PARAM_SUCCESS);
    check_all();
    load_close();
}
END_TEST

/* Autocommit off: part of the transaction. */
START_TEST(in_transaction)
{
    struct rows r;
    load_open("");
    fill_some(&r);
    bind(&r, N);
    SQLSetConnectAttr(c.dbc, SQL_ATTR_AUTOCOMMIT, (SQLPOINTER)SQL_AUTOCOMMIT_OFF, 0);
    ok(c.stmt, feed(&r, direct(c.stmt, insert)));
    for (int i = 0; i < N; i++)
        r.n[i] += N;
    ok(c.stmt, feed(&r, direct(c.stmt, insert)));
    ck_assert_uint_eq(loaded(), 0);
    ck_assert(SQL_SUCCEEDED(SQLEndTran(SQL_HANDLE_DBC, c.dbc, SQL_COMMIT)));
    ck_assert_uint_eq(loaded(), (size_t)2 * N);
    for (int i = 0; i < N; i++)
        check_row((size_t)i, i);
    SQLSetConnectAttr(c.dbc, SQL_ATTR_AUTOCOMMIT, (SQLPOINTER)SQL_AUTOCOMMIT_ON, 0);
    load_close();
}
END_TEST

/* Given up: nothing is sent, and the next execution has none of it. */
START_TEST(given_up)
{
    struct rows r;
    struct fake_stats st;
    SQLPOINTER token = NULL;
    load_open("");
    fill_some(&r);
    bind(&r, N);
    ok(c.stmt, SQLPrepare(c.stmt, text(insert), SQL_NTS));
    ck_assert_int_eq(SQLExecute(c.stmt), SQL_NEED_DATA);
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(SQLParamData(c.stmt, &token), SQL_NEED_DATA);
        ok(c.stmt, SQLPutData(c.stmt, "wrong", 5));
    }
    ok(c.stmt, SQLCancel(c.stmt));
    fake_stats_get(fake, &st);
    ck_assert_uint_eq(st.requests, 0);
    ok(c.stmt, feed(&r, SQLExecute(c.stmt)));
    check_all();
    load_close();
}
END_TEST

/* Rows of SQLBulkOperations. */
START_TEST(bulk)
{
    struct rows r;
    struct fake_stats st;
    load_open("");
    set_text(SQL_ATTR_MYWIRE_LOAD_MODE, modes[_i]);
    fill_some(&r);
    attr(SQL_ATTR_ROW_ARRAY_SIZE, (void *)(uintptr_t)N);
    attr(SQL_ATTR_ROW_STATUS_PTR, r.status);
    ok(c.stmt, direct(c.stmt, "SELECT n, v FROM t"));
    ok(c.stmt, SQLBindCol(c.stmt, 1, SQL_C_SBIGINT, r.n, 0, NULL));
    ok(c.stmt, SQLBindCol(c.stmt, 2, SQL_C_CHAR, r.v, sizeof r.v[0], r.len));
    SQLRETURN rc = SQLBulkOperations(c.stmt, SQL_ADD);
    SQLPOINTER token = NULL;
    while (rc == SQL_NEED_DATA) {
        all_status(&r, N, SQL_ROW_NOROW);
        rc = SQLParamData(c.stmt, &token);
        if (rc == SQL_NEED_DATA) {
            r.processed = (SQLULEN)((char *)token - r.v[0]) / sizeof r.v[0] + 1;
            put(&r, token);
        }
    }
    ok(c.stmt, rc);
    all_status(&r, N, SQL_ROW_ADDED);
    check_all();
    fake_stats_get(fake, &st);
    ck_assert_uint_eq(st.loads_committed, 1);
    const char *label = get_text(SQL_ATTR_MYWIRE_LOADED_LABEL);
    ck_assert_str_eq(fake_state(fake, "test", label), "VISIBLE");
    load_close();
}
END_TEST

/* More than can be kept until the last row is there: refused with REQUIRED, else all goes as SQL.
 */
enum { BIG = 8 << 20, BIG_ROWS = 11 };

static SQLRETURN feed_big(SQLRETURN rc)
{
    static char big[BIG];
    SQLPOINTER token = NULL;
    memset(big, 'x', sizeof big);
    while (rc == SQL_NEED_DATA) {
        rc = SQLParamData(c.stmt, &token);
        if (rc != SQL_NEED_DATA)
            break;
        size_t row = (size_t)token - 1000;
        big[BIG - 1] = (char)('a' + row);
        ok(c.stmt, SQLPutData(c.stmt, big, BIG));
    }
    return rc;
}

START_TEST(too_much)
{
    SQLBIGINT n[BIG_ROWS];
    SQLLEN len[BIG_ROWS];
    SQLUSMALLINT status[BIG_ROWS];
    for (int i = 0; i < BIG_ROWS; i++) {
        n[i] = i;
        len[i] = i == 3 ? SQL_NULL_DATA : SQL_DATA_AT_EXEC;
    }
    load_open("");
    set_text(SQL_ATTR_MYWIRE_LOAD_MODE, modes[_i]);
    both_tables("(n BIGINT, v VARCHAR(20))", "(n BIGINT, v LONGTEXT)");
    attr(SQL_ATTR_PARAMSET_SIZE, (void *)BIG_ROWS);
    attr(SQL_ATTR_PARAM_STATUS_PTR, status);
    ok(c.stmt,
       SQLBindParameter(c.stmt, 1, SQL_PARAM_INPUT, SQL_C_SBIGINT, SQL_BIGINT, 0, 0, n, 0, NULL));
    ok(c.stmt, SQLBindParameter(c.stmt, 2, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_LONGVARCHAR, 0, 0,
                                (SQLPOINTER)1000, 1, len)); /* a byte from one to the next */
    SQLRETURN rc = feed_big(direct(c.stmt, insert));
    ck_assert_uint_eq(loaded(), 0);
    if (_i == 1) {
        expect(c.stmt, SQL_ERROR, "HY000", rc);
        says("64 MiB");
        ck_assert_int_eq(one_number(c.stmt, "SELECT COUNT(*) FROM t"), 0);
    } else {
        ok(c.stmt, rc);
        for (int i = 0; i < BIG_ROWS; i++)
            ck_assert_uint_eq(status[i], SQL_PARAM_SUCCESS);
        ck_assert_str_eq(
            one(c.stmt, "SELECT GROUP_CONCAT(n, IFNULL(CONCAT(LENGTH(v), RIGHT(v, 1)), '-') ORDER "
                        "BY n SEPARATOR ' ') FROM t"),
            "08388608a 18388608b 28388608c 3- 48388608e 58388608f 68388608g 78388608h 88388608i "
            "98388608j 108388608k");
    }
    load_close();
}
END_TEST

int main(void)
{
    Suite *s = suite_create("streamload_data");
    TCase *t = tcase_create("all");
    tcase_set_timeout(t, 120);
    tcase_add_loop_test(t, array, 0, 2);
    tcase_add_test(t, single);
    tcase_add_test(t, no_number);
    tcase_add_loop_test(t, sent_again, 0, (int)(sizeof faults / sizeof *faults));
    tcase_add_test(t, in_transaction);
    tcase_add_test(t, given_up);
    tcase_add_loop_test(t, bulk, 0, 2);
    tcase_add_loop_test(t, too_much, 0, 2);
    suite_add_tcase(s, t);
    return run_suite(s);
}
