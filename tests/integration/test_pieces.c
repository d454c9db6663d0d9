/* test_pieces.c - long data in pieces of every size: SQLGetData out, SQLPutData in. */
#include "integration/odbc.h"

static struct conn c;

/* Text with characters of one to four bytes, and the same as UTF-16. */
static const char sample[] = "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80zwei\xf0\x9f\x98\x81\xc3\x9f.";
enum { SAMPLE_BYTES = sizeof sample - 1 };

static void select_sample(bool binary)
{
    static char value[sizeof sample];
    memcpy(value, sample, sizeof sample);
    if (!binary) {
        char sql[100];
        snprintf(sql, sizeof sql, "SELECT '%s', 5", sample);
        ok(c.stmt, direct(c.stmt, sql));
    } else {
        ok(c.stmt, SQLPrepare(c.stmt, text("SELECT CAST(? AS CHAR(50)), 5"), SQL_NTS));
        ok(c.stmt, SQLBindParameter(c.stmt, 1, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_VARCHAR, 50, 0,
                                    value, 0, NULL));
        ok(c.stmt, SQLExecute(c.stmt));
    }
    ok(c.stmt, SQLFetch(c.stmt));
}

/* Read column 1 with buffers of cap bytes; unit: bytes of the terminator.  Returns bytes put
 * together. */
static size_t read_pieces(SQLSMALLINT ctype, SQLLEN cap, SQLLEN unit, char *out, size_t total)
{
    char buf[128];
    size_t got = 0;
    for (int i = 0; i < 1000; i++) {
        SQLLEN left = -99;
        SQLRETURN rc = SQLGetData(c.stmt, 1, ctype, buf, cap, &left);
        if (rc == SQL_NO_DATA)
            return got;
        struct said d = said(c.stmt);
        ck_assert_msg(SQL_SUCCEEDED(rc), "piece %d of %ld: %s %s", i, (long)cap, d.state, d.text);
        ck_assert_msg(left == (SQLLEN)(total - got), "piece %d of %ld: %ld left, not %zu", i,
                      (long)cap, (long)left, total - got);
        if (rc == SQL_SUCCESS) {
            ck_assert_msg(left + unit <= cap, "piece %d: success with %ld left in %ld", i,
                          (long)left, (long)cap);
            memcpy(out + got, buf, (size_t)left);
            got += (size_t)left;
            continue;
        }
        ck_assert_str_eq(d.state, "01004");
        size_t n = ctype == SQL_C_BINARY ? (size_t)cap : 0;
        if (ctype == SQL_C_CHAR)
            n = strlen(buf);
        for (; ctype == SQL_C_WCHAR; n += 2) {
            SQLWCHAR w;
            memcpy(&w, buf + n, 2);
            if (!w)
                break;
        }
        ck_assert_msg(n > 0, "piece %d of %ld is empty", i, (long)cap);
        memcpy(out + got, buf, n);
        got += n;
    }
    ck_abort_msg("pieces of %ld bytes never end", (long)cap);
    return 0;
}

START_TEST(out_in_pieces)
{
    conn_open_as(&c, _i, "");
    SQLWCHAR wide[100];
    size_t wide_bytes = 2 * widen(sample, SAMPLE_BYTES, wide);
    for (int binary = 0; binary < 2; binary++) {
        for (SQLLEN cap = 1; cap <= SAMPLE_BYTES + 2; cap++) {
            char out[200];
            select_sample(binary);
            if (cap >= 2) {
                ck_assert_uint_eq(read_pieces(SQL_C_CHAR, cap, 1, out, SAMPLE_BYTES), SAMPLE_BYTES);
                ck_assert(!memcmp(out, sample, SAMPLE_BYTES));
            }
            ck_assert_str_eq(get(c.stmt, 2), "5");
            ck_assert_uint_eq(read_pieces(SQL_C_BINARY, cap, 0, out, SAMPLE_BYTES), SAMPLE_BYTES);
            ck_assert(!memcmp(out, sample, SAMPLE_BYTES));
            if (cap >= 2) { /* after another column it begins anew */
                ck_assert_str_eq(get(c.stmt, 2), "5");
                size_t n = read_pieces(SQL_C_WCHAR, 2 * cap, 2, out, wide_bytes);
                ck_assert_uint_eq(n, wide_bytes);
                ck_assert(!memcmp(out, wide, wide_bytes));
            }
            SQLFreeStmt(c.stmt, SQL_CLOSE);
            SQLFreeStmt(c.stmt, SQL_RESET_PARAMS);
        }
    }
    conn_close(&c);
}
END_TEST

/* The edges: empty text, no buffer, numbers twice, wrong columns, another type in between. */
START_TEST(out_edges)
{
    conn_open_as(&c, _i, "");
    char buf[20] = "x";
    SQLLEN len = -99;
    refuses(c.stmt, "HY010", SQLGetData(c.stmt, 1, SQL_C_CHAR, buf, 20, &len));
    ok(c.stmt, direct(c.stmt, "SELECT '', 'abcdef', 7"));
    refuses(c.stmt, "24000", SQLGetData(c.stmt, 1, SQL_C_CHAR, buf, 20, &len));
    ok(c.stmt, SQLFetch(c.stmt));
    ok(c.stmt, SQLGetData(c.stmt, 1, SQL_C_CHAR, buf, 20, &len));
    ck_assert_int_eq(len, 0);
    ck_assert_str_eq(buf, "");
    ck_assert_int_eq(SQLGetData(c.stmt, 1, SQL_C_CHAR, buf, 20, &len), SQL_NO_DATA);
    refuses(c.stmt, "07009", SQLGetData(c.stmt, 4, SQL_C_CHAR, buf, 20, &len));
    refuses(c.stmt, "07009", SQLGetData(c.stmt, 0, SQL_C_CHAR, buf, 20, &len));
    expect(c.stmt, SQL_SUCCESS_WITH_INFO, "01004", SQLGetData(c.stmt, 2, SQL_C_CHAR, buf, 1, &len));
    ck_assert_int_eq(len, 6);
    expect(c.stmt, SQL_SUCCESS_WITH_INFO, "01004", SQLGetData(c.stmt, 2, SQL_C_CHAR, buf, 4, &len));
    ck_assert_str_eq(buf, "abc");
    ok(c.stmt, SQLGetData(c.stmt, 2, SQL_C_CHAR, buf, 20, &len));
    ck_assert_str_eq(buf, "def");
    ck_assert_int_eq(len, 3);
    SQLINTEGER n = 0;
    ok(c.stmt, SQLGetData(c.stmt, 3, SQL_C_SLONG, &n, 0, &len));
    ck_assert_int_eq(n, 7);
    ok(c.stmt, SQLGetData(c.stmt, 2, SQL_C_CHAR, buf, 20, &len)); /* backwards, and anew */
    ck_assert_str_eq(buf, "abcdef");
    refuses(c.stmt, "HY090", SQLGetData(c.stmt, 2, SQL_C_CHAR, buf, -1, &len));
    refuses(c.stmt, "HY003", SQLGetData(c.stmt, 2, 12345, buf, 20, &len));
    refuses(c.stmt, "22018", SQLGetData(c.stmt, 2, SQL_C_SLONG, &n, 0, &len));
    ck_assert_int_eq(SQLFetch(c.stmt), SQL_NO_DATA);
    refuses(c.stmt, "24000", SQLGetData(c.stmt, 1, SQL_C_CHAR, buf, 20, &len));
    conn_close(&c);
}
END_TEST

/* --- in --------------------------------------------------------------------------------------- */

static int token1, token2;

/* Insert two values at execution, the first in pieces of `piece` bytes. */
static void put_pieces(SQLSMALLINT ctype, SQLSMALLINT sql_type, const char *data, size_t n,
                       size_t piece)
{
    SQLLEN at_exec = SQL_LEN_DATA_AT_EXEC((SQLLEN)n), at_exec2 = SQL_DATA_AT_EXEC;
    SQLPOINTER token = NULL;
    ok(c.stmt,
       SQLBindParameter(c.stmt, 1, SQL_PARAM_INPUT, ctype, sql_type, 0, 0, &token1, 0, &at_exec));
    ok(c.stmt, SQLBindParameter(c.stmt, 2, SQL_PARAM_INPUT, SQL_C_SLONG, SQL_INTEGER, 0, 0, &token2,
                                0, &at_exec2));
    ck_assert_int_eq(SQLExecute(c.stmt), SQL_NEED_DATA);
    ck_assert_int_eq(SQLParamData(c.stmt, &token), SQL_NEED_DATA);
    ck_assert_ptr_eq(token, &token1);
    for (size_t at = 0; at < n; at += piece) {
        SQLLEN len = (SQLLEN)(n - at < piece ? n - at : piece);
        ok(c.stmt, SQLPutData(c.stmt, (SQLPOINTER)(uintptr_t)(data + at), len));
    }
    if (!n)
        ok(c.stmt, SQLPutData(c.stmt, (SQLPOINTER)(uintptr_t)data, 0));
    ck_assert_int_eq(SQLParamData(c.stmt, &token), SQL_NEED_DATA);
    ck_assert_ptr_eq(token, &token2);
    ok(c.stmt, SQLPutData(c.stmt, &(SQLINTEGER){42}, 0));
    ok(c.stmt, SQLParamData(c.stmt, &token));
}

static void check_put(size_t piece, const char *hex)
{
    SQLHSTMT q = new_stmt(&c);
    ok(q, direct(q, "SELECT HEX(t), n FROM pieces"));
    ok(q, SQLFetch(q));
    ck_assert_msg(!strcmp(get(q, 1), hex), "pieces of %zu: %s, not %s", piece, get(q, 1), hex);
    ck_assert_str_eq(get(q, 2), "42");
    ck_assert_int_eq(SQLFetch(q), SQL_NO_DATA);
    SQLFreeStmt(q, SQL_CLOSE);
    run(q, "DELETE FROM pieces");
    drop_stmt(q);
}

static void to_hex(const char *p, size_t n, char *out)
{
    for (size_t i = 0; i < n; i++)
        sprintf(out + 2 * i, "%02X", (unsigned char)p[i]);
}

START_TEST(in_pieces)
{
    char hex[2 * SAMPLE_BYTES + 1];
    SQLWCHAR wide[100];
    size_t wide_bytes = 2 * widen(sample, SAMPLE_BYTES, wide);
    to_hex(sample, SAMPLE_BYTES, hex);
    conn_open(&c, _i, "pieces");
    run(c.stmt, "CREATE TABLE pieces(t LONGTEXT, n INT)");
    ok(c.stmt, SQLPrepare(c.stmt, text("INSERT INTO pieces VALUES(?, ?)"), SQL_NTS));
    for (size_t piece = 1; piece <= SAMPLE_BYTES + 1; piece++) {
        put_pieces(SQL_C_CHAR, SQL_LONGVARCHAR, sample, SAMPLE_BYTES, piece);
        check_put(piece, hex);
        put_pieces(SQL_C_WCHAR, SQL_WLONGVARCHAR, (const char *)wide, wide_bytes, piece);
        check_put(piece, hex);
    }
    put_pieces(SQL_C_CHAR, SQL_LONGVARCHAR, "", 0, 1);
    check_put(0, "");
    conn_close(&c);
}
END_TEST

/* Megabytes, so that data goes ahead of the execution; a character lies across the border of what
 * is sent. */
START_TEST(in_large)
{
    static char big[5 * 1024 * 1024 + 3];
    size_t n = sizeof big - 1;
    for (size_t i = 0; i < n; i++)
        big[i] = "\xe2\x82\xac"[i % 3];
    n -= n % 3;
    conn_open(&c, _i, "pieces");
    run(c.stmt, "CREATE TABLE pieces(t LONGTEXT, n INT)");
    ok(c.stmt, SQLPrepare(c.stmt, text("INSERT INTO pieces VALUES(?, ?)"), SQL_NTS));
    for (size_t piece = 65521; piece < 3000000; piece *= 5) {
        put_pieces(SQL_C_CHAR, SQL_LONGVARCHAR, big, n, piece);
        char want[100];
        SQLHSTMT q = new_stmt(&c);
        snprintf(want, sizeof want,
                 "SELECT COUNT(*) FROM pieces WHERE t = REPEAT('\xe2\x82\xac', %zu) AND n = 42",
                 n / 3);
        ck_assert_int_eq(one_number(q, want), 1);
        run(q, "DELETE FROM pieces");
        drop_stmt(q);
    }
    conn_close(&c);
}
END_TEST

/* What may not be: pieces out of order, NULL after data, a second piece of a number; and giving up.
 */
START_TEST(in_edges)
{
    SQLLEN at_exec = SQL_DATA_AT_EXEC;
    SQLPOINTER token = NULL;
    conn_open(&c, _i, "pieces");
    run(c.stmt, "CREATE TABLE pieces(t LONGTEXT, n INT)");
    refuses(c.stmt, "HY010", SQLParamData(c.stmt, &token));
    ok(c.stmt, SQLPrepare(c.stmt, text("INSERT INTO pieces VALUES(?, 1)"), SQL_NTS));
    ok(c.stmt, SQLBindParameter(c.stmt, 1, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_LONGVARCHAR, 0, 0,
                                &token1, 0, &at_exec));
    ck_assert_int_eq(SQLExecute(c.stmt), SQL_NEED_DATA);
    refuses(c.stmt, "HY010", SQLFetch(c.stmt));
    ok(c.stmt, SQLCancel(c.stmt));
    ck_assert_int_eq(SQLExecute(c.stmt), SQL_NEED_DATA);
    ck_assert_int_eq(SQLParamData(c.stmt, &token), SQL_NEED_DATA);
    ok(c.stmt, SQLPutData(c.stmt, "abc", SQL_NTS));
    /* HY020; unixODBC says HY011 before it comes to us */
    ck_assert_int_eq(SQLPutData(c.stmt, "abc", SQL_NULL_DATA), SQL_ERROR);
    ok(c.stmt, SQLPutData(c.stmt, "def", 2));
    ok(c.stmt, SQLParamData(c.stmt, &token));
    SQLHSTMT q = new_stmt(&c);
    ck_assert_str_eq(one(q, "SELECT GROUP_CONCAT(t) FROM pieces"), "abcde");
    ck_assert_int_eq(SQLExecute(c.stmt), SQL_NEED_DATA);
    ck_assert_int_eq(SQLParamData(c.stmt, &token), SQL_NEED_DATA);
    ok(c.stmt, SQLPutData(c.stmt, NULL, SQL_NULL_DATA));
    ok(c.stmt, SQLParamData(c.stmt, &token));
    ck_assert_int_eq(one_number(q, "SELECT COUNT(*) FROM pieces WHERE t IS NULL"), 1);
    drop_stmt(q);
    conn_close(&c);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("pieces");
    TCase *t = tcase_create("pieces");
    tcase_set_timeout(t, 120);
    tcase_add_loop_test(t, out_in_pieces, 0, NSERVERS);
    tcase_add_loop_test(t, out_edges, 0, NSERVERS);
    tcase_add_loop_test(t, in_pieces, 0, NSERVERS);
    tcase_add_loop_test(t, in_large, 0, NSERVERS);
    tcase_add_loop_test(t, in_edges, 0, NSERVERS);
    suite_add_tcase(s, t);
    return run_suite(s);
}
