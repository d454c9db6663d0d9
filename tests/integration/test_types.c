/* test_types.c - every column type of the servers as every C type that makes sense, by text and by
 * binary protocol, bound and by SQLGetData: the three ways have to agree with the table. */
#include "integration/odbc.h"

static struct conn c;

/* A column's declaration, a value as SQL, and what comes out as text. */
static const struct {
    const char *type, *literal, *as_text;
    SQLSMALLINT sql_type; /* of the ANSI door; text types have W twins */
} columns[] = {
    {"TINYINT", "-128", "-128", SQL_TINYINT},
    {"TINYINT UNSIGNED", "255", "255", SQL_TINYINT},
    {"SMALLINT", "-32768", "-32768", SQL_SMALLINT},
    {"MEDIUMINT", "-8388608", "-8388608", SQL_INTEGER},
    {"INT", "-2147483648", "-2147483648", SQL_INTEGER},
    {"INT UNSIGNED", "4294967295", "4294967295", SQL_INTEGER},
    {"BIGINT", "-9223372036854775808", "-9223372036854775808", SQL_BIGINT},
    {"BIGINT UNSIGNED", "18446744073709551615", "18446744073709551615", SQL_BIGINT},
    {"FLOAT", "0.25", "0.25", SQL_REAL},
    {"DOUBLE", "-1234.5", "-1234.5", SQL_DOUBLE},
    {"DECIMAL(30,5)", "1234567890123456789012345.54321", "1234567890123456789012345.54321",
     SQL_DECIMAL},
    {"DATE", "'2024-02-29'", "2024-02-29", SQL_TYPE_DATE},
    {"TIME", "'23:59:58'", "23:59:58", SQL_TYPE_TIME},
    {"DATETIME", "'2024-02-29 23:59:58'", "2024-02-29 23:59:58", SQL_TYPE_TIMESTAMP},
    {"DATETIME(6)", "'2024-02-29 23:59:58.123456'", "2024-02-29 23:59:58.123456",
     SQL_TYPE_TIMESTAMP},
    {"TIMESTAMP(3)", "'2024-02-29 23:59:58.123'", "2024-02-29 23:59:58.123", SQL_TYPE_TIMESTAMP},
    {"YEAR", "2024", "2024", SQL_SMALLINT},
    {"CHAR(20)", "'fixed'", "fixed", SQL_CHAR},
    {"VARCHAR(100)", "'h\xc3\xa9llo \xe2\x82\xac \xf0\x9f\x98\x80'",
     "h\xc3\xa9llo \xe2\x82\xac \xf0\x9f\x98\x80", SQL_VARCHAR},
    {"TEXT", "'long text'", "long text", SQL_LONGVARCHAR},
    {"BINARY(4)", "x'00FF10AB'", "00FF10AB", SQL_BINARY},
    {"VARBINARY(20)", "x'00FF'", "00FF", SQL_VARBINARY},
    {"BLOB", "x'DEADBEEF'", "DEADBEEF", SQL_LONGVARBINARY},
    {"ENUM('x','y')", "'y'", "y", SQL_CHAR},
    {"SET('x','y')", "'x,y'", "x,y", SQL_CHAR},
};
enum { NCOLUMNS = sizeof columns / sizeof *columns };

static void make_table(void)
{
    static char sql[8000];
    int n = snprintf(sql, sizeof sql, "CREATE TABLE types(id INT PRIMARY KEY");
    for (int i = 0; i < NCOLUMNS; i++)
        n += snprintf(sql + n, sizeof sql - (size_t)n, ", c%d %s NULL", i, columns[i].type);
    snprintf(sql + n, sizeof sql - (size_t)n, ")");
    run(c.stmt, sql);
    n = snprintf(sql, sizeof sql, "INSERT INTO types VALUES(1");
    for (int i = 0; i < NCOLUMNS; i++)
        n += snprintf(sql + n, sizeof sql - (size_t)n, ", %s", columns[i].literal);
    snprintf(sql + n, sizeof sql - (size_t)n, ")");
    run(c.stmt, sql);
    run(c.stmt, "INSERT INTO types(id) VALUES(2)");
}

/* Execute "SELECT column FROM types WHERE id = n" by text or, with a parameter, in binary form. */
static void select_column(int i, int id, bool binary)
{
    static SQLINTEGER wanted;
    char sql[200];
    wanted = id;
    if (!binary) {
        snprintf(sql, sizeof sql, "SELECT c%d FROM types WHERE id = %d", i, id);
        ok(c.stmt, direct(c.stmt, sql));
        return;
    }
    snprintf(sql, sizeof sql, "SELECT c%d FROM types WHERE id = ?", i);
    ok(c.stmt, SQLPrepare(c.stmt, text(sql), SQL_NTS));
    ok(c.stmt, SQLBindParameter(c.stmt, 1, SQL_PARAM_INPUT, SQL_C_SLONG, SQL_INTEGER, 0, 0, &wanted,
                                0, NULL));
    ok(c.stmt, SQLExecute(c.stmt));
}

static void done(void)
{
    SQLFreeStmt(c.stmt, SQL_CLOSE);
    SQLFreeStmt(c.stmt, SQL_UNBIND);
    SQLFreeStmt(c.stmt, SQL_RESET_PARAMS);
}

/* Each type as SQL_C_CHAR and SQL_C_WCHAR, bound and not, text and binary. */
START_TEST(as_text)
{
    conn_open(&c, _i, "types");
    make_table();
    for (int i = 0; i < NCOLUMNS; i++) {
        for (int way = 0; way < 8; way++) {
            bool binary = way & 1, bound = way & 2, wide = way & 4;
            char narrow_buf[200] = "", *got = narrow_buf;
            SQLWCHAR wide_buf[200] = {0};
            SQLLEN len = -99;
            SQLSMALLINT ctype = wide ? SQL_C_WCHAR : SQL_C_CHAR;
            void *buf = wide ? (void *)wide_buf : (void *)narrow_buf;
            SQLLEN cap = wide ? (SQLLEN)sizeof wide_buf : (SQLLEN)sizeof narrow_buf;
            if (bound)
                ok(c.stmt, SQLBindCol(c.stmt, 1, ctype, buf, cap, &len));
            select_column(i, 1, binary);
            ok(c.stmt, SQLFetch(c.stmt));
            if (!bound)
                ok(c.stmt, SQLGetData(c.stmt, 1, ctype, buf, cap, &len));
            if (wide)
                narrow(wide_buf, (size_t)len / 2, got);
            ck_assert_msg(!strcmp(got, columns[i].as_text), "%s %s way %d: '%s', not '%s'",
                          c.server, columns[i].type, way, got, columns[i].as_text);
            if (!wide)
                ck_assert_msg((size_t)len == strlen(got), "%s: length %ld", columns[i].type,
                              (long)len);
            ck_assert_int_eq(SQLFetch(c.stmt), SQL_NO_DATA);
            done();
        }
    }
    conn_close(&c);
}
END_TEST

/* NULL of each type, bound and not; without an indicator it is 22002. */
START_TEST(as_null)
{
    conn_open(&c, _i, "types");
    make_table();
    for (int i = 0; i < NCOLUMNS; i++) {
        for (int binary = 0; binary < 2; binary++) {
            char buf[200];
            SQLLEN len = 0;
            select_column(i, 2, binary);
            ok(c.stmt, SQLFetch(c.stmt));
            refuses(c.stmt, "22002", SQLGetData(c.stmt, 1, SQL_C_CHAR, buf, sizeof buf, NULL));
            ok(c.stmt, SQLGetData(c.stmt, 1, SQL_C_CHAR, buf, sizeof buf, &len));
            ck_assert_int_eq(len, SQL_NULL_DATA);
            done();
            ok(c.stmt, SQLBindCol(c.stmt, 1, SQL_C_CHAR, buf, sizeof buf, NULL));
            select_column(i, 2, binary);
            refuses(c.stmt, "22002", SQLFetch(c.stmt));
            done();
        }
    }
    conn_close(&c);
}
END_TEST

/* Numbers as the integer and float C types: value or 22003. */
static const struct {
    const char *sql;
    SQLSMALLINT ctype;
    const char *state; /* of SQLGetData; "" when it succeeds without a record */
    long long value;
} numbers[] = {
    {"127", SQL_C_STINYINT, "", 127},
    {"128", SQL_C_STINYINT, "22003", 0},
    {"255", SQL_C_UTINYINT, "", 255},
    {"-1", SQL_C_UTINYINT, "22003", 0},
    {"32767", SQL_C_SSHORT, "", 32767},
    {"65536", SQL_C_USHORT, "22003", 0},
    {"-2147483648", SQL_C_SLONG, "", -2147483648LL},
    {"2147483648", SQL_C_SLONG, "22003", 0},
    {"4294967295", SQL_C_ULONG, "", 4294967295LL},
    {"-9223372036854775807 - 1", SQL_C_SBIGINT, "", INT64_MIN},
    {"9223372036854775808", SQL_C_SBIGINT, "22003", 0},
    {"1.75", SQL_C_SLONG, "01S07", 1},
    {"1.00", SQL_C_SLONG, "", 1},
    {"'12'", SQL_C_SLONG, "", 12},
    {"'x12'", SQL_C_SLONG, "22018", 0},
    {"1", SQL_C_BIT, "", 1},
    {"2", SQL_C_BIT, "22003", 0},
};

START_TEST(as_number)
{
    conn_open(&c, _i, "types");
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        char sql[200];
        union {
            signed char t;
            unsigned char u, bit;
            short s;
            int l;
            unsigned ul;
            long long ll;
        } v = {.ll = 0};
        snprintf(sql, sizeof sql, "SELECT %s", numbers[i].sql);
        ok(c.stmt, direct(c.stmt, sql));
        ok(c.stmt, SQLFetch(c.stmt));
        SQLRETURN rc = SQLGetData(c.stmt, 1, numbers[i].ctype, &v, 0, &(SQLLEN){0});
        struct said d = said(c.stmt);
        ck_assert_msg(!strcmp(d.state, numbers[i].state), "%s as %d: %d '%s' %s", numbers[i].sql,
                      numbers[i].ctype, rc, d.state, d.text);
        long long got = numbers[i].ctype == SQL_C_STINYINT                                    ? v.t
                        : numbers[i].ctype == SQL_C_UTINYINT || numbers[i].ctype == SQL_C_BIT ? v.u
                        : numbers[i].ctype == SQL_C_SSHORT                                    ? v.s
                        : numbers[i].ctype == SQL_C_SLONG                                     ? v.l
                        : numbers[i].ctype == SQL_C_ULONG ? (long long)v.ul
                                                          : v.ll;
        if (SQL_SUCCEEDED(rc))
            ck_assert_msg(got == numbers[i].value, "%s: %lld", numbers[i].sql, got);
        SQLFreeStmt(c.stmt, SQL_CLOSE);
    }
    conn_close(&c);
}
END_TEST

/* What is described: type, size and name of each column, before and after execution. */
START_TEST(described)
{
    conn_open(&c, _i, "types");
    make_table();
    for (int i = 0; i < NCOLUMNS; i++) {
        char sql[100];
        test_char name[50];
        SQLSMALLINT type = 0, len = 0, digits = 0, nullable = 0, n = 0;
        SQLULEN size = 0, size_before = 0;
        snprintf(sql, sizeof sql, "SELECT c%d AS `n\xc3\xa4me` FROM types", i);
        ok(c.stmt, SQLPrepare(c.stmt, text(sql), SQL_NTS));
        ok(c.stmt, SQLNumResultCols(c.stmt, &n));
        ck_assert_int_eq(n, 1);
        ok(c.stmt,
           SQLDescribeCol(c.stmt, 1, name, 50, &len, &type, &size_before, &digits, &nullable));
        ck_assert_str_eq(text_back(name, (size_t)len), "n\xc3\xa4me");
        ok(c.stmt, SQLExecute(c.stmt));
        ok(c.stmt, SQLDescribeCol(c.stmt, 1, name, 50, &len, &type, &size, &digits, &nullable));
        SQLSMALLINT want = columns[i].sql_type;
        if (is_unicode && want == SQL_CHAR)
            want = SQL_WCHAR;
        if (is_unicode && want == SQL_VARCHAR)
            want = SQL_WVARCHAR;
        if (is_unicode && want == SQL_LONGVARCHAR)
            want = SQL_WLONGVARCHAR;
        ck_assert_msg(type == want, "%s %s: type %d, not %d", c.server, columns[i].type, type,
                      want);
        ck_assert_msg(size == size_before && size > 0, "%s: size %lu, before execution %lu",
                      columns[i].type, (unsigned long)size, (unsigned long)size_before);
        ck_assert_int_eq(nullable, SQL_NULLABLE);
        SQLLEN concise = 0, octets = 0, display = 0;
        ok(c.stmt, SQLColAttribute(c.stmt, 1, SQL_DESC_CONCISE_TYPE, NULL, 0, NULL, &concise));
        ok(c.stmt, SQLColAttribute(c.stmt, 1, SQL_DESC_OCTET_LENGTH, NULL, 0, NULL, &octets));
        ok(c.stmt, SQLColAttribute(c.stmt, 1, SQL_DESC_DISPLAY_SIZE, NULL, 0, NULL, &display));
        ck_assert_int_eq(concise, type);
        ck_assert_msg(octets > 0 && display > 0, "%s: octets %ld, display %ld", columns[i].type,
                      (long)octets, (long)display);
        SQLFreeStmt(c.stmt, SQL_CLOSE);
    }
    conn_close(&c);
}
END_TEST

/* Values of each C type as parameters, read back as text; in binary form and in the text (NO_SSPS).
 */
static const struct {
    SQLSMALLINT ctype, sql_type;
    const void *data;
    SQLLEN len;
    const char *column, *back;
} params[] = {
    {SQL_C_STINYINT, SQL_TINYINT, &(signed char){-7}, 0, "INT", "-7"},
    {SQL_C_USHORT, SQL_SMALLINT, &(unsigned short){65535}, 0, "INT", "65535"},
    {SQL_C_SLONG, SQL_INTEGER, &(int){-2147483647}, 0, "BIGINT", "-2147483647"},
    {SQL_C_UBIGINT, SQL_BIGINT, &(unsigned long long){18446744073709551615u}, 0, "BIGINT UNSIGNED",
     "18446744073709551615"},
    {SQL_C_FLOAT, SQL_REAL, &(float){0.5f}, 0, "FLOAT", "0.5"},
    {SQL_C_DOUBLE, SQL_DOUBLE, &(double){-1.25e-3}, 0, "DOUBLE", "-0.00125"},
    {SQL_C_CHAR, SQL_DECIMAL, "123456789012345678.25", SQL_NTS, "DECIMAL(25,2)",
     "123456789012345678.25"},
    {SQL_C_BIT, SQL_BIT, &(unsigned char){1}, 0, "INT", "1"},
    {SQL_C_TYPE_DATE, SQL_TYPE_DATE, &(SQL_DATE_STRUCT){2024, 2, 29}, 0, "DATE", "2024-02-29"},
    {SQL_C_TYPE_TIME, SQL_TYPE_TIME, &(SQL_TIME_STRUCT){1, 2, 3}, 0, "TIME", "01:02:03"},
    {SQL_C_TYPE_TIMESTAMP, SQL_TYPE_TIMESTAMP,
     &(SQL_TIMESTAMP_STRUCT){2024, 2, 29, 1, 2, 3, 456000000}, 0, "DATETIME(6)",
     "2024-02-29 01:02:03.456000"},
    {SQL_C_CHAR, SQL_VARCHAR, "it's \\ \"q\" \xe2\x82\xac", SQL_NTS, "VARCHAR(50)",
     "it's \\ \"q\" \xe2\x82\xac"},
    {SQL_C_CHAR, SQL_VARCHAR, "", 0, "VARCHAR(50)", ""},
    {SQL_C_WCHAR, SQL_WVARCHAR, (SQLWCHAR[]){'a', 0xd83d, 0xde00, 0}, SQL_NTS, "VARCHAR(50)",
     "a\xf0\x9f\x98\x80"},
    {SQL_C_WCHAR, SQL_WVARCHAR, (SQLWCHAR[]){'a', 0, 'b'}, 6, "VARBINARY(50)", "610062"},
    {SQL_C_BINARY, SQL_VARBINARY, "\x00\xff'\\", 4, "VARBINARY(50)", "00FF275C"},
    {SQL_C_CHAR, SQL_INTEGER, " 42 ", SQL_NTS, "INT", "42"},
};

static void send_params(int i, const char *keys)
{
    conn_open_as(&c, i, keys);
    for (size_t k = 0; k < sizeof params / sizeof *params; k++) {
        char sql[200];
        SQLLEN len = params[k].len;
        snprintf(sql, sizeof sql, "CREATE TEMPORARY TABLE p(v %s)", params[k].column);
        run(c.stmt, sql);
        ok(c.stmt, SQLPrepare(c.stmt, text("INSERT INTO p VALUES(?)"), SQL_NTS));
        SQLSMALLINT n = 0;
        ok(c.stmt, SQLNumParams(c.stmt, &n));
        ck_assert_int_eq(n, 1);
        ok(c.stmt, SQLBindParameter(c.stmt, 1, SQL_PARAM_INPUT, params[k].ctype, params[k].sql_type,
                                    50, 0, (SQLPOINTER)(uintptr_t)params[k].data, 0, &len));
        ok(c.stmt, SQLExecute(c.stmt));
        len = SQL_NULL_DATA;
        ok(c.stmt, SQLExecute(c.stmt));
        SQLLEN rows = 0;
        ok(c.stmt, SQLRowCount(c.stmt, &rows));
        ck_assert_int_eq(rows, 1);
        SQLFreeStmt(c.stmt, SQL_RESET_PARAMS);
        ok(c.stmt, direct(c.stmt, "SELECT v FROM p ORDER BY v IS NULL"));
        ok(c.stmt, SQLFetch(c.stmt));
        const char *back = get(c.stmt, 1);
        ck_assert_msg(!strcmp(back, params[k].back), "%s%s row %zu: '%s', not '%s'", c.server, keys,
                      k, back, params[k].back);
        ok(c.stmt, SQLFetch(c.stmt));
        ck_assert_str_eq(get(c.stmt, 1), "NULL");
        SQLFreeStmt(c.stmt, SQL_CLOSE);
        run(c.stmt, "DROP TEMPORARY TABLE p");
    }
    conn_close(&c);
}

START_TEST(as_parameters)
{
    send_params(_i, "");
    send_params(_i, "NO_SSPS=1");
}
END_TEST

int main(void)
{
    Suite *s = suite_create("types");
    TCase *t = tcase_create("types");
    tcase_set_timeout(t, 120);
    tcase_add_loop_test(t, as_text, 0, NSERVERS);
    tcase_add_loop_test(t, as_null, 0, NSERVERS);
    tcase_add_loop_test(t, as_number, 0, NSERVERS);
    tcase_add_loop_test(t, described, 0, NSERVERS);
    tcase_add_loop_test(t, as_parameters, 0, NSERVERS);
    suite_add_tcase(s, t);
    return run_suite(s);
}
