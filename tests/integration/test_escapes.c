/* test_escapes.c - escapes of ODBC executed on the servers: each has the value and the type that
 * the reference gives it (appendixes C and E), by SQLExecDirect and prepared. */
#include "integration/odbc.h"

static struct conn c;

/* What a column is described as; numbers have the server's width. */
enum as {
    AS_DATE,
    AS_TIME,
    AS_TIMESTAMP,
    AS_WHOLE,
    AS_DECIMAL,
    AS_REAL,
    AS_DOUBLE,
    AS_TEXT,
    AS_BYTES
};

static const struct {
    const char *name;
    SQLSMALLINT types[6];
} kinds[] = {
    [AS_DATE] = {"a date", {SQL_TYPE_DATE}},
    [AS_TIME] = {"a time", {SQL_TYPE_TIME}},
    [AS_TIMESTAMP] = {"a timestamp", {SQL_TYPE_TIMESTAMP}},
    [AS_WHOLE] = {"a whole number", {SQL_TINYINT, SQL_SMALLINT, SQL_INTEGER, SQL_BIGINT}},
    [AS_DECIMAL] = {"a decimal", {SQL_DECIMAL}},
    [AS_REAL] = {"a real", {SQL_REAL}},
    [AS_DOUBLE] = {"a double", {SQL_DOUBLE}},
    [AS_TEXT] = {"a text",
                 {SQL_CHAR, SQL_VARCHAR, SQL_LONGVARCHAR, SQL_WCHAR, SQL_WVARCHAR,
                  SQL_WLONGVARCHAR}},
    [AS_BYTES] = {"bytes", {SQL_BINARY, SQL_VARBINARY, SQL_LONGVARBINARY}},
};

struct row {
    const char *sql; /* of one column */
    enum as as;
    const char *value; /* by SQL_C_CHAR */
};

static void check_type(const struct row *r, const char *when)
{
    SQLSMALLINT type = 0, n = 0;
    ok(c.stmt, SQLDescribeCol(c.stmt, 1, NULL, 0, &n, &type, NULL, NULL, NULL));
    bool is = false;
    for (size_t i = 0; i < 6; i++)
        is = is || (type && kinds[r->as].types[i] == type);
    ck_assert_msg(is, "%s: SELECT %s, %s: type %d is not %s", c.server, r->sql, when, type,
                  kinds[r->as].name);
}

static void check_value(const struct row *r, const char *when)
{
    check_type(r, when);
    ok(c.stmt, SQLFetch(c.stmt));
    const char *value = get(c.stmt, 1);
    ck_assert_msg(!strcmp(value, r->value), "%s: SELECT %s, %s: %s is not %s", c.server, r->sql,
                  when, value, r->value);
    SQLFreeStmt(c.stmt, SQL_CLOSE);
}

static void check_row(const struct row *r)
{
    char sql[2000];
    snprintf(sql, sizeof sql, "SELECT %s", r->sql);
    SQLRETURN rc = direct(c.stmt, sql);
    struct said d = said(c.stmt);
    ck_assert_msg(SQL_SUCCEEDED(rc), "%s: %s: %s %s", c.server, sql, d.state, d.text);
    check_value(r, "direct");
    ok(c.stmt, SQLPrepare(c.stmt, text(sql), SQL_NTS));
    check_type(r, "prepared");
    ok(c.stmt, SQLExecute(c.stmt));
    check_value(r, "executed");
}

static void check_rows(const struct row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++)
        check_row(&rows[i]);
}

#define ROWS(a) (sizeof(a) / sizeof *(a))

static const struct row literals[] = {
    {"{d '2024-01-02'}", AS_DATE, "2024-01-02"},
    {"{t '9:00:00'}", AS_TIME, "09:00:00"},
    {"{t '10:11:12.75'}", AS_TIME, "10:11:12.75"},
    {"{t '-25:00:00'}", AS_TIME, "-25:00:00"},
    {"{t '838:59:59'}", AS_TIME, "838:59:59"},
    {"{ts '2024-01-02 03:04:05'}", AS_TIMESTAMP, "2024-01-02 03:04:05"},
    {"{ts '2024-01-02 03:04:05.500'}", AS_TIMESTAMP, "2024-01-02 03:04:05.500"},
    {"{ts '2024-01-02 03:04:05.999999999'}", AS_TIMESTAMP, "2024-01-02 03:04:05.999999"},
    {"{ts '2024-01-02'}", AS_TIMESTAMP, "2024-01-02 00:00:00"},
    {"{d '0999-01-02'}", AS_DATE, "0999-01-02"},
    {"{d '9999-12-31'}", AS_DATE, "9999-12-31"},
    {"{d '0000-00-00'}", AS_TEXT, "0000-00-00"}, /* MySQL's default mode has no such literal */
    {"{ts '0000-00-00 00:00:00'}", AS_TEXT, "0000-00-00 00:00:00"},
    {"{guid '6F9619FF-8B86-D011-B42D-00C04FC964FF'}", AS_TEXT,
     "6F9619FF-8B86-D011-B42D-00C04FC964FF"},
    /* they compare, count and aggregate as what they are */
    {"{t '9:00:00'} < {t '10:00:00'}", AS_WHOLE, "1"},
    {"{ts '2024-01-02 03:04:05'} = {ts '2024-01-02 03:04:05.000'}", AS_WHOLE, "1"},
    {"{d '2024-01-02'} = {ts '2024-01-02 00:00:00'}", AS_WHOLE, "1"},
    {"COALESCE(NULL, {d '2024-01-02'})", AS_DATE, "2024-01-02"},
    {"MAX({d '2024-01-02'})", AS_DATE, "2024-01-02"},
    {"{t '10:00:00'} + 0", AS_WHOLE, "100000"},
    {"SUM({t '10:00:00'})", AS_DECIMAL, "100000"},
    {"{d '2024-01-02'} - {d '2024-01-01'}", AS_WHOLE, "1"},
    {"(SELECT COUNT(*) FROM v WHERE s = {d '2024-01-02'})", AS_WHOLE, "3"},
    {"(SELECT COUNT(*) FROM v WHERE s < {d '2024-01-03'})", AS_WHOLE, "3"},
    {"{d '2024-01-31'} + INTERVAL 1 MONTH", AS_DATE, "2024-02-29"},
    {"DATEDIFF({d '2024-03-01'}, {d '2024-02-28'})", AS_WHOLE, "2"},
    {"CONCAT({d '2024-01-02'}, 'T', {t '1:02:03'})", AS_TEXT, "2024-01-02T01:02:03"},
};

/* Appendix E, each function in its order. */
static const struct row functions[] = {
    /* strings */
    {"{fn ASCII('Az')}", AS_WHOLE, "65"},
    {"{fn ASCII('')}", AS_WHOLE, "0"},
    {"{fn BIT_LENGTH('ab')}", AS_WHOLE, "16"},
    {"{fn CHAR(65)}", AS_TEXT, "A"},
    {"{fn CHAR(233)} = 'é'", AS_WHOLE, "1"},
    {"{fn ASCII({fn CHAR(233)})}", AS_WHOLE, "233"},
    {"CONCAT({fn CHAR(228)}, '€') = 'ä€'", AS_WHOLE, "1"},
    {"{fn CHAR_LENGTH('jörg€')}", AS_WHOLE, "5"},
    {"{fn CHARACTER_LENGTH(' a ')}", AS_WHOLE, "3"},
    {"{fn CHAR_LENGTH(x'C3A4')}", AS_WHOLE, "2"},
    {"{fn CONCAT('a', 'b')}", AS_TEXT, "ab"},
    {"{fn CONCAT('a', NULL)}", AS_TEXT, "NULL"},
    {"{fn INSERT('abcdef', 2, 3, 'ZZ')}", AS_TEXT, "aZZef"},
    {"{fn INSERT('abcdef', 2, 0, 'ZZ')}", AS_TEXT, "aZZbcdef"},
    {"{fn LCASE('ÄB')} = BINARY 'äb'", AS_WHOLE, "1"},
    {"{fn LEFT('abc', 2)}", AS_TEXT, "ab"},
    {"{fn LENGTH('äb  ')}", AS_WHOLE, "2"},
    {"{fn LENGTH('  ab')}", AS_WHOLE, "4"},
    {"{fn LOCATE('a', 'banana')}", AS_WHOLE, "2"},
    {"{fn LOCATE('a', 'banana', 3)}", AS_WHOLE, "4"},
    {"{fn LOCATE('x', 'banana')}", AS_WHOLE, "0"},
    {"{fn LTRIM('  a ')}", AS_TEXT, "a "},
    {"{fn OCTET_LENGTH('äb ')}", AS_WHOLE, "4"},
    {"{fn POSITION('na' IN 'banana')}", AS_WHOLE, "3"},
    {"{fn REPEAT('ab', 3)}", AS_TEXT, "ababab"},
    {"{fn REPLACE('aXbX', 'X', '--')}", AS_TEXT, "a--b--"},
    {"{fn RIGHT('abc', 2)}", AS_TEXT, "bc"},
    {"{fn RTRIM(' a  ')}", AS_TEXT, " a"},
    {"{fn SOUNDEX('Robert')}", AS_TEXT, "R163"},
    {"CONCAT('<', {fn SPACE(3)}, '>')", AS_TEXT, "<   >"},
    {"{fn SUBSTRING('abcdef', 2, 3)}", AS_TEXT, "bcd"},
    {"{fn UCASE('äb')} = BINARY 'ÄB'", AS_WHOLE, "1"},
    /* numbers */
    {"{fn ABS(-2)}", AS_WHOLE, "2"},
    {"{fn ROUND({fn ACOS(0)}, 6)}", AS_DOUBLE, "1.570796"},
    {"{fn ROUND({fn ASIN(1)}, 6)}", AS_DOUBLE, "1.570796"},
    {"{fn ROUND({fn ATAN(1)}, 6)}", AS_DOUBLE, "0.785398"},
    {"{fn ROUND({fn ATAN2(1, -1)}, 6)}", AS_DOUBLE, "2.356194"},
    {"{fn CEILING(-1.2)}", AS_WHOLE, "-1"},
    {"{fn CEILING(1.2e0)}", AS_DOUBLE, "2"},
    {"{fn COS(0)}", AS_DOUBLE, "1"},
    {"{fn ROUND({fn COT(1)}, 6)}", AS_DOUBLE, "0.642093"},
    {"{fn DEGREES({fn PI()})}", AS_DOUBLE, "180"},
    {"{fn EXP(0)}", AS_DOUBLE, "1"},
    {"{fn FLOOR(-1.2)}", AS_WHOLE, "-2"},
    {"{fn LOG({fn EXP(2)})}", AS_DOUBLE, "2"},
    {"{fn LOG10(1000)}", AS_DOUBLE, "3"},
    {"{fn MOD(-7, 4)}", AS_WHOLE, "-3"},
    {"{fn ROUND({fn PI()}, 4)}", AS_DOUBLE, "3.1416"},
    {"{fn POWER(2, 10)}", AS_DOUBLE, "1024"},
    {"{fn ROUND({fn RADIANS(180)}, 4)}", AS_DOUBLE, "3.1416"},
    {"{fn RAND(3)} = {fn RAND(3)}", AS_WHOLE, "1"},
    {"{fn RAND()} < 1", AS_WHOLE, "1"},
    {"{fn ROUND(1234.567, -2)}", AS_DECIMAL, "1200"},
    {"{fn ROUND(-1.55, 1)}", AS_DECIMAL, "-1.6"},
    {"{fn SIGN(-3.5)}", AS_WHOLE, "-1"},
    {"{fn SIN(0)}", AS_DOUBLE, "0"},
    {"{fn SQRT(16)}", AS_DOUBLE, "4"},
    {"{fn TAN(0)}", AS_DOUBLE, "0"},
    {"{fn TRUNCATE(1299.9, -2)}", AS_DECIMAL, "1200"},
    {"{fn TRUNCATE(-1.999, 1)}", AS_DECIMAL, "-1.9"},
    /* dates and times */
    {"{fn CURRENT_DATE()} = {fn CURDATE()}", AS_WHOLE, "1"},
    {"TIMESTAMPDIFF(SECOND, {fn CURRENT_TIMESTAMP()}, {fn NOW()})", AS_WHOLE, "0"},
    {"{fn CURRENT_TIME(0)} = {fn CURTIME()}", AS_WHOLE, "1"},
    {"{fn DAYNAME({d '2024-01-07'})}", AS_TEXT, "Sunday"},
    {"{fn DAYOFMONTH({d '2024-01-07'})}", AS_WHOLE, "7"},
    {"{fn DAYOFWEEK({d '2024-01-07'})}", AS_WHOLE, "1"},
    {"{fn DAYOFYEAR({d '2024-12-31'})}", AS_WHOLE, "366"},
    {"{fn EXTRACT(YEAR FROM {d '2024-01-07'})}", AS_WHOLE, "2024"},
    {"{fn EXTRACT(MONTH FROM {d '2024-01-07'})}", AS_WHOLE, "1"},
    {"{fn EXTRACT(DAY FROM {ts '2024-01-07 01:02:03'})}", AS_WHOLE, "7"},
    {"{fn EXTRACT(HOUR FROM {t '01:02:03'})}", AS_WHOLE, "1"},
    {"{fn EXTRACT(MINUTE FROM {t '01:02:03'})}", AS_WHOLE, "2"},
    {"{fn EXTRACT(SECOND FROM {t '01:02:03.75'})}", AS_DECIMAL, "3.750000"},
    {"{fn HOUR({t '23:02:03'})}", AS_WHOLE, "23"},
    {"{fn MINUTE({t '01:02:03'})}", AS_WHOLE, "2"},
    {"{fn MONTH({d '2024-11-07'})}", AS_WHOLE, "11"},
    {"{fn MONTHNAME({d '2024-11-07'})}", AS_TEXT, "November"},
    {"{fn QUARTER({d '2024-11-07'})}", AS_WHOLE, "4"},
    {"{fn SECOND({ts '2024-01-07 01:02:03.9'})}", AS_WHOLE, "3"},
    {"{fn TIMESTAMPADD(SQL_TSI_FRAC_SECOND, 1500000000, {ts '2024-01-01 00:00:00'})}", AS_TIMESTAMP,
     "2024-01-01 00:00:01.500000"},
    {"{fn TIMESTAMPADD(SQL_TSI_SECOND, -1, {ts '2024-01-01 00:00:00'})}", AS_TIMESTAMP,
     "2023-12-31 23:59:59"},
    {"{fn TIMESTAMPADD(SQL_TSI_MINUTE, 1, {d '2024-01-01'})}", AS_TIMESTAMP, "2024-01-01 00:01:00"},
    {"{fn TIMESTAMPADD(SQL_TSI_HOUR, 1, {t '10:00:00'})}", AS_TIME, "11:00:00"},
    {"{fn TIMESTAMPADD(SQL_TSI_DAY, 1, {d '2024-02-28'})}", AS_DATE, "2024-02-29"},
    {"{fn TIMESTAMPADD(SQL_TSI_WEEK, 1, {d '2024-02-28'})}", AS_DATE, "2024-03-06"},
    {"{fn TIMESTAMPADD(SQL_TSI_MONTH, 1, {d '2024-01-31'})}", AS_DATE, "2024-02-29"},
    {"{fn TIMESTAMPADD(SQL_TSI_QUARTER, -1, {d '2024-01-31'})}", AS_DATE, "2023-10-31"},
    {"{fn TIMESTAMPADD(SQL_TSI_YEAR, 1, {ts '2024-02-29 01:02:03.5'})}", AS_TIMESTAMP,
     "2025-02-28 01:02:03.5"},
    {"{fn TIMESTAMPADD(SQL_TSI_MONTH, 0, {t '10:00:00'})} = CONCAT({fn CURDATE()}, ' 10:00:00')",
     AS_WHOLE, "1"},
    {"{fn TIMESTAMPDIFF(SQL_TSI_DAY, {fn CURDATE()}, {fn TIMESTAMPADD(SQL_TSI_DAY, 3, {t "
     "'10:00:00'})})}",
     AS_WHOLE, "3"},
    {"{fn TIMESTAMPDIFF(SQL_TSI_FRAC_SECOND, {ts '2024-01-01 00:00:00'}, {ts '2024-01-01 "
     "00:00:00.000005'})}",
     AS_WHOLE, "5000"},
    {"{fn TIMESTAMPDIFF(SQL_TSI_SECOND, {ts '2024-01-01 00:00:00'}, {ts '2023-12-31 23:59:00'})}",
     AS_WHOLE, "-60"},
    {"{fn TIMESTAMPDIFF(SQL_TSI_MINUTE, {t '10:00:00'}, {t '11:30:00'})}", AS_WHOLE, "90"},
    {"{fn TIMESTAMPDIFF(SQL_TSI_HOUR, {d '2024-01-01'}, {ts '2024-01-01 05:00:00'})}", AS_WHOLE,
     "5"},
    {"{fn TIMESTAMPDIFF(SQL_TSI_DAY, {d '2024-02-28'}, {d '2024-03-01'})}", AS_WHOLE, "2"},
    {"{fn TIMESTAMPDIFF(SQL_TSI_WEEK, {d '2024-01-01'}, {d '2024-01-15'})}", AS_WHOLE, "2"},
    {"{fn TIMESTAMPDIFF(SQL_TSI_MONTH, {d '2024-01-31'}, {d '2024-03-31'})}", AS_WHOLE, "2"},
    {"{fn TIMESTAMPDIFF(SQL_TSI_QUARTER, {d '2024-01-01'}, {d '2024-07-01'})}", AS_WHOLE, "2"},
    {"{fn TIMESTAMPDIFF(SQL_TSI_YEAR, {d '2024-02-29'}, {d '2027-02-28'})}", AS_WHOLE, "2"},
    {"{fn WEEK({d '2021-01-01'})}", AS_WHOLE, "53"},
    {"{fn WEEK({d '2024-01-01'})}", AS_WHOLE, "1"},
    {"{fn WEEK({d '1990-05-17'})}", AS_WHOLE, "20"},
    {"{fn YEAR({d '2024-01-01'})}", AS_WHOLE, "2024"},
    /* system */
    {"{fn DATABASE()} = SCHEMA()", AS_WHOLE, "1"},
    {"{fn IFNULL(NULL, 'x')}", AS_TEXT, "x"},
    {"{fn USER()}", AS_TEXT, "app"}, /* as SQL_USER_NAME */
};

static const struct row conversions[] = {
    {"{fn CONVERT('2024-01-02 03:04:05.678901', SQL_TIMESTAMP)}", AS_TIMESTAMP,
     "2024-01-02 03:04:05.678901"},
    {"{fn CONVERT('2024-12-31 23:59:59.75', SQL_TYPE_TIMESTAMP)}", AS_TIMESTAMP,
     "2024-12-31 23:59:59.750000"},
    {"{fn CONVERT({d '2024-01-02'}, SQL_TIMESTAMP)}", AS_TIMESTAMP, "2024-01-02 00:00:00.000000"},
    {"{fn CONVERT('10:11:12.75', SQL_TIME)}", AS_TIME, "10:11:12.750000"},
    {"{fn CONVERT({ts '2024-01-02 03:04:05.6'}, SQL_TYPE_TIME)}", AS_TIME, "03:04:05.600000"},
    {"{fn CONVERT({ts '2024-01-02 03:04:05.6'}, SQL_DATE)}", AS_DATE, "2024-01-02"},
    {"{fn CONVERT('2024-01-02', SQL_TYPE_DATE)}", AS_DATE, "2024-01-02"},
    {"{fn CONVERT(1.23456789012345678901, SQL_DECIMAL)}", AS_DECIMAL,
     "1.234567890123456789010000000000"},
    {"{fn CONVERT('12345678901234567890123456789012345.5', SQL_NUMERIC)}", AS_DECIMAL,
     "12345678901234567890123456789012345.500000000000000000000000000000"},
    {"{fn CONVERT(3.7, SQL_BIT)}", AS_WHOLE, "1"},
    {"{fn CONVERT('0.2', SQL_BIT)}", AS_WHOLE, "1"},
    {"{fn CONVERT(0, SQL_BIT)}", AS_WHOLE, "0"},
    {"{fn CONVERT(NULL, SQL_BIT)}", AS_WHOLE, "NULL"},
    {"{fn CONVERT({d '2024-01-02'}, SQL_BIT)}", AS_WHOLE, "1"},
    {"{fn CONVERT('300', SQL_TINYINT)}", AS_WHOLE, "300"},
    {"{fn CONVERT(-3, SQL_SMALLINT)}", AS_WHOLE, "-3"},
    {"{fn CONVERT('3.7', SQL_INTEGER)} = {fn CONVERT(3.7, SQL_INTEGER)}", AS_WHOLE, "1"},
    {"{fn CONVERT(9223372036854775807, SQL_BIGINT)}", AS_WHOLE, "9223372036854775807"},
    {"{fn CONVERT('-9223372036854775808', SQL_BIGINT)}", AS_WHOLE, "-9223372036854775808"},
    {"{fn CONVERT({t '-10:11:12'}, SQL_BIGINT)}", AS_WHOLE, "-101112"},
    {"{fn CONVERT(NULL, SQL_BIGINT)}", AS_WHOLE, "NULL"},
    {"{fn CONVERT('0.1', SQL_REAL)}", AS_REAL, "0.1"},
    {"{fn CONVERT(16777217, SQL_REAL)} = 16777216", AS_WHOLE, "1"},
    {"{fn CONVERT('0.1', SQL_FLOAT)}", AS_DOUBLE, "0.1"},
    {"{fn CONVERT('1e300', SQL_DOUBLE)}", AS_DOUBLE, "1e300"},
    {"{fn CONVERT(12, SQL_CHAR)}", AS_TEXT, "12"},
    {"{fn CONVERT({d '2024-01-02'}, SQL_VARCHAR)}", AS_TEXT, "2024-01-02"},
    {"{fn CONVERT(1.50, SQL_LONGVARCHAR)}", AS_TEXT, "1.50"},
    {"{fn CONVERT('€', SQL_WCHAR)} = '€'", AS_WHOLE, "1"},
    {"{fn CONVERT(1, SQL_WVARCHAR)}", AS_TEXT, "1"},
    {"{fn CONVERT(1, SQL_WLONGVARCHAR)}", AS_TEXT, "1"},
    {"{fn CONVERT('6F9619FF-8B86-D011-B42D-00C04FC964FF', SQL_GUID)}", AS_TEXT,
     "6F9619FF-8B86-D011-B42D-00C04FC964FF"},
    {"{fn CONVERT('AB', SQL_BINARY)}", AS_BYTES, "4142"},
    {"{fn CONVERT('AB', SQL_VARBINARY)}", AS_BYTES, "4142"},
    {"{fn CONVERT('AB', SQL_LONGVARBINARY)}", AS_BYTES, "4142"},
};

static const struct row intervals[] = {
#define FROM "{ts '2024-01-10 00:00:00'} + "
    {FROM "{interval '1' year}", AS_TIMESTAMP, "2025-01-10 00:00:00"},
    {FROM "{interval -'1-2' year to month}", AS_TIMESTAMP, "2022-11-10 00:00:00"},
    {FROM "{interval '1 5' day to hour}", AS_TIMESTAMP, "2024-01-11 05:00:00"},
    {FROM "{INTERVAL -'4 5:12:10' DAY(2) TO SECOND}", AS_TIMESTAMP, "2024-01-05 18:47:50"},
    {FROM "{INTERVAL '4 5:12:10.222' DAY TO SECOND(3)}", AS_TIMESTAMP,
     "2024-01-14 05:12:10.222000"},
    {FROM "{interval -'5:10.5' minute to second}", AS_TIMESTAMP, "2024-01-09 23:54:49.500000"},
    {FROM "{interval '5:10.1234567' minute to second(7)}", AS_TIMESTAMP,
     "2024-01-10 00:05:10.123456"},
    {FROM "{interval - '-1' day}", AS_TIMESTAMP, "2024-01-11 00:00:00"},
    {FROM "{interval '10.5' second}", AS_TIMESTAMP, "2024-01-10 00:00:10.500000"},
#undef FROM
};

static const struct row others[] = {
    {"COUNT(*) FROM {oj v a LEFT OUTER JOIN v b ON a.s = b.s AND b.s < '2024-01-02'}", AS_WHOLE,
     "4"},
    {"COUNT(*) FROM {oj {oj v a LEFT OUTER JOIN v b ON a.s = b.s} LEFT OUTER JOIN v d ON b.s = "
     "d.s}",
     AS_WHOLE, "4"},
    {"'a_b' LIKE 'a!_b' {escape '!'}", AS_WHOLE, "1"},
    {"'axb' LIKE 'a!_b' {escape '!'}", AS_WHOLE, "0"},
    {"'a_b' LIKE 'a\\_b' {escape '\\'}", AS_WHOLE, "1"},
    {"'axb' LIKE 'a\\_b' {escape '\\\\'}", AS_WHOLE, "0"},
    {"{fn UCASE({fn CONCAT({fn LCASE('A')}, {fn CONVERT({fn ABS(-5)}, SQL_VARCHAR)})})}", AS_TEXT,
     "A5"},
    {"'{d ''2024-01-02''}'", AS_TEXT, "{d '2024-01-02'}"},
    {"1 /* {fn NO( */ -- {ts 'x'}\n", AS_WHOLE, "1"},
    {"a.`{fn x}` FROM (SELECT 7 AS `{fn x}`) a", AS_WHOLE, "7"},
    {"s FROM v ORDER BY s DESC {limit 1}", AS_TEXT, "2024-1-2"},
};

static void open_on(int i)
{
    conn_open(&c, i, "escapes");
    run(c.stmt, "CREATE TABLE v (s VARCHAR(40))");
    run(c.stmt, "INSERT INTO v VALUES ('2024-01-02'), ('2024-1-2'), ('2024-01-02 00:00:00'), "
                "('2024-01-03')");
}

START_TEST(literals_have_their_type)
{
    open_on(_i);
    check_rows(literals, ROWS(literals));
    conn_close(&c);
}
END_TEST

START_TEST(scalar_functions)
{
    open_on(_i);
    check_rows(functions, ROWS(functions));
    conn_close(&c);
}
END_TEST

/* Every type of ODBC; what does not fit is an error, not another number. */
START_TEST(converted)
{
    open_on(_i);
    check_rows(conversions, ROWS(conversions));
    static const char *const beyond[] = {"18446744073709551615", "'9223372036854775808'", "1e30",
                                         "-9223372036854775809"};
    for (size_t i = 0; i < ROWS(beyond); i++) {
        char sql[200];
        snprintf(sql, sizeof sql, "SELECT {fn CONVERT(%s, SQL_BIGINT)}", beyond[i]);
        SQLRETURN rc = direct(c.stmt, sql);
        rc = SQL_SUCCEEDED(rc) ? SQLFetch(c.stmt) : rc;
        struct said d = said(c.stmt);
        ck_assert_msg(rc == SQL_ERROR && !strcmp(d.state, "22003"), "%s: %s: %d %s %s", c.server,
                      sql, rc, d.state, d.text);
        SQLFreeStmt(c.stmt, SQL_CLOSE);
    }
    refuses(c.stmt, "42000", direct(c.stmt, "SELECT {fn CONVERT('1', SQL_INTERVAL_DAY)}"));
    conn_close(&c);
}
END_TEST

/* Types with their SQL_CONVERT_xxx and SQL_CVT_xxx, and a value of each. */
static const struct {
    SQLUSMALLINT id; /* of SQLGetInfo: what it can become */
    SQLUINTEGER bit; /* in the others' answers */
    const char *keyword, *value;
    enum as as;
} convertible[] = {
    {SQL_CONVERT_BIGINT, SQL_CVT_BIGINT, "SQL_BIGINT", "9", AS_WHOLE},
    {SQL_CONVERT_BINARY, SQL_CVT_BINARY, "SQL_BINARY", "x'41'", AS_BYTES},
    {SQL_CONVERT_BIT, SQL_CVT_BIT, "SQL_BIT", "b'1'", AS_WHOLE},
    {SQL_CONVERT_CHAR, SQL_CVT_CHAR, "SQL_CHAR", NULL, AS_TEXT},
    {SQL_CONVERT_DATE, SQL_CVT_DATE, "SQL_DATE", "{d '2024-01-02'}", AS_DATE},
    {SQL_CONVERT_DECIMAL, SQL_CVT_DECIMAL, "SQL_DECIMAL", "1.5", AS_DECIMAL},
    {SQL_CONVERT_DOUBLE, SQL_CVT_DOUBLE, "SQL_DOUBLE", "1.5e0", AS_DOUBLE},
    {SQL_CONVERT_FLOAT, SQL_CVT_FLOAT, "SQL_FLOAT", "1.5e0", AS_DOUBLE},
    {SQL_CONVERT_GUID, SQL_CVT_GUID, "SQL_GUID", "{guid '6F9619FF-8B86-D011-B42D-00C04FC964FF'}",
     AS_TEXT},
    {SQL_CONVERT_INTEGER, SQL_CVT_INTEGER, "SQL_INTEGER", "9", AS_WHOLE},
    {SQL_CONVERT_LONGVARBINARY, SQL_CVT_LONGVARBINARY, "SQL_LONGVARBINARY", "x'41'", AS_BYTES},
    {SQL_CONVERT_LONGVARCHAR, SQL_CVT_LONGVARCHAR, "SQL_LONGVARCHAR", NULL, AS_TEXT},
    {SQL_CONVERT_NUMERIC, SQL_CVT_NUMERIC, "SQL_NUMERIC", "1.5", AS_DECIMAL},
    {SQL_CONVERT_REAL, SQL_CVT_REAL, "SQL_REAL", "1.5e0", AS_REAL},
    {SQL_CONVERT_SMALLINT, SQL_CVT_SMALLINT, "SQL_SMALLINT", "9", AS_WHOLE},
    {SQL_CONVERT_TIME, SQL_CVT_TIME, "SQL_TIME", "{t '01:02:03'}", AS_TIME},
    {SQL_CONVERT_TIMESTAMP, SQL_CVT_TIMESTAMP, "SQL_TIMESTAMP", "{ts '2024-01-02 03:04:05'}",
     AS_TIMESTAMP},
    {SQL_CONVERT_TINYINT, SQL_CVT_TINYINT, "SQL_TINYINT", "9", AS_WHOLE},
    {SQL_CONVERT_VARBINARY, SQL_CVT_VARBINARY, "SQL_VARBINARY", "x'41'", AS_BYTES},
    {SQL_CONVERT_VARCHAR, SQL_CVT_VARCHAR, "SQL_VARCHAR", NULL, AS_TEXT},
    {SQL_CONVERT_WCHAR, SQL_CVT_WCHAR, "SQL_WCHAR", NULL, AS_TEXT},
    {SQL_CONVERT_WLONGVARCHAR, SQL_CVT_WLONGVARCHAR, "SQL_WLONGVARCHAR", NULL, AS_TEXT},
    {SQL_CONVERT_WVARCHAR, SQL_CVT_WVARCHAR, "SQL_WVARCHAR", NULL, AS_TEXT},
};

/* A text is the value of the other type as text. */
static void convert_one(size_t from, size_t to)
{
    char sql[400];
    const char *value = convertible[from].value;
    if (value)
        snprintf(sql, sizeof sql, "{fn CONVERT(%s, %s)}", value, convertible[to].keyword);
    else
        snprintf(sql, sizeof sql, "{fn CONVERT(CAST(%s AS CHAR), %s)}",
                 convertible[to].value ? convertible[to].value : "'x'", convertible[to].keyword);
    struct row r = {sql, convertible[to].as, NULL};
    char select[500];
    snprintf(select, sizeof select, "SELECT %s", sql);
    SQLRETURN rc = direct(c.stmt, select);
    struct said d = said(c.stmt);
    ck_assert_msg(SQL_SUCCEEDED(rc), "%s: %s: %s %s", c.server, sql, d.state, d.text);
    check_type(&r, "direct");
    ok(c.stmt, SQLFetch(c.stmt));
    ck_assert_msg(strcmp(get(c.stmt, 1), "NULL") != 0, "%s: %s is NULL", c.server, sql);
    SQLFreeStmt(c.stmt, SQL_CLOSE);
}

/* What SQLGetInfo says of CONVERT is so: each type to each that it may become. */
START_TEST(convert_bitmaps)
{
    open_on(_i);
    int n = 0;
    for (size_t from = 0; from < ROWS(convertible); from++) {
        SQLUINTEGER bits = 0;
        ck_assert(SQL_SUCCEEDED(SQLGetInfo(c.dbc, convertible[from].id, &bits, 4, NULL)));
        ck_assert_msg(bits & convertible[from].bit, "%s to itself", convertible[from].keyword);
        for (size_t to = 0; to < ROWS(convertible); to++) {
            if (bits & convertible[to].bit) {
                convert_one(from, to);
                n++;
            }
        }
    }
    ck_assert_int_gt(n, 200);
    conn_close(&c);
}
END_TEST

/* SQL_KEYWORDS: as the name of a column each is refused. */
START_TEST(keywords)
{
    test_char words[8000];
    SQLSMALLINT len = 0;
    open_on(_i);
    ck_assert(SQL_SUCCEEDED(SQLGetInfo(c.dbc, SQL_KEYWORDS, words, sizeof words, &len)));
    static char list[8000];
    snprintf(list, sizeof list, "%.7999s", text_back(words, (size_t)len / sizeof *words));
    int n = 0;
    for (char *w = strtok(list, ","); w; w = strtok(NULL, ","), n++) {
        char sql[200];
        snprintf(sql, sizeof sql, "CREATE TABLE keyword (%s INT)", w);
        SQLRETURN rc = direct(c.stmt, sql);
        ck_assert_msg(rc == SQL_ERROR && !strcmp(said(c.stmt).state, "42000"), "%s: %s is a name",
                      c.server, w);
    }
    ck_assert_int_gt(n, 130);
    conn_close(&c);
}
END_TEST

/* SQL_FN_CVT_CAST: CAST knows the types of SQLGetTypeInfo. */
START_TEST(cast_to_every_type)
{
    open_on(_i);
    SQLHSTMT types = new_stmt(&c);
    ok(types, SQLGetTypeInfo(types, SQL_ALL_TYPES));
    int n = 0;
    for (; SQL_SUCCEEDED(SQLFetch(types)); n++) {
        const char *name = get(types, 1), *params = get(types, 6);
        char sql[200];
        bool has_length = !strcmp(params, "length") || !strcmp(params, "max length");
        snprintf(sql, sizeof sql, "SELECT CAST('2024' AS %s%s)", name, has_length ? "(10)" : "");
        SQLRETURN rc = direct(c.stmt, sql);
        struct said d = said(c.stmt);
        ck_assert_msg(SQL_SUCCEEDED(rc), "%s: %s: %s %s", c.server, sql, d.state, d.text);
        SQLFreeStmt(c.stmt, SQL_CLOSE);
    }
    ck_assert_int_gt(n, 20);
    drop_stmt(types);
    check_row(&(struct row){"CAST('12' AS INTEGER)", AS_WHOLE, "12"});
    check_row(&(struct row){"CAST(1.25 AS VARCHAR(10))", AS_TEXT, "1.25"});
    check_row(&(struct row){"CAST(1.25 AS VARCHAR(9) CHARACTER SET utf8mb4)", AS_TEXT, "1.25"});
    check_row(&(struct row){"CAST(1.25 AS VARCHAR CHARACTER SET latin1)", AS_TEXT, "1.25"});
    check_row(&(struct row){"CAST(1.25 AS TEXT CHARSET utf8mb4)", AS_TEXT, "1.25"});
    check_row(&(struct row){"CAST('2024-01-02 03:04:05.6' AS TIMESTAMP)", AS_TIMESTAMP,
                            "2024-01-02 03:04:05.600000"});
    conn_close(&c);
}
END_TEST

START_TEST(other_escapes)
{
    open_on(_i);
    check_rows(intervals, ROWS(intervals));
    check_rows(others, ROWS(others));
    refuses(c.stmt, "42000", direct(c.stmt, "SELECT {fn NO_SUCH_THING(1)}"));
    ck_assert_msg(strstr(said(c.stmt).text, "NO_SUCH_THING"), "%s", said(c.stmt).text);
    run(c.stmt, "SET SESSION sql_mode = 'NO_BACKSLASH_ESCAPES'");
    check_row(&(struct row){"'a_b' LIKE 'a\\_b' {escape '\\'}", AS_WHOLE, "1"});
    check_row(&(struct row){"'axb' LIKE 'a\\_b' {escape '\\'}", AS_WHOLE, "0"});
    conn_close(&c);
}
END_TEST

/* A parameter inside an escape is what it would be outside. */
START_TEST(parameters_inside)
{
    static const struct row rows[] = {
        {"{fn CONVERT(?, SQL_BIT)}", AS_WHOLE, "1"},
        {"{fn CONVERT(?, SQL_INTEGER)}", AS_WHOLE, "4"},
        {"{fn CONVERT(?, SQL_VARCHAR)}", AS_TEXT, "3.7"},
        {"{fn CONVERT(?, SQL_DECIMAL)}", AS_DECIMAL, "3.700000000000000000000000000000"},
        {"{fn LENGTH(?)}", AS_WHOLE, "3"},
        {"{fn FLOOR(?)}", AS_DOUBLE, "3"},
    };
    open_on(_i);
    SQLCHAR value[] = "3.7";
    ok(c.stmt, SQLBindParameter(c.stmt, 1, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_VARCHAR, 10, 0, value,
                                0, NULL));
    check_rows(rows, ROWS(rows));
    SQLFreeStmt(c.stmt, SQL_RESET_PARAMS);
    SQLCHAR stamp[] = "{ts '2024-01-02 03:04:05'}"; /* as a value of a date's type */
    ok(c.stmt, SQLBindParameter(c.stmt, 1, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_TYPE_TIMESTAMP, 19, 0,
                                stamp, 0, NULL));
    check_row(&(struct row){"{ts '2024-01-02 03:04:05'} = ?", AS_WHOLE, "1"});
    SQLFreeStmt(c.stmt, SQL_RESET_PARAMS);
    conn_close(&c);
}
END_TEST

/* Where the grammar takes no typed literal, or a mode forbids it. */
START_TEST(literals_everywhere)
{
    open_on(_i);
    run(c.stmt, "CREATE TABLE f (a DATE DEFAULT {d '2024-01-02'}, b TIME DEFAULT {t '9:00:00'}, c "
                "DATETIME(3) DEFAULT {ts '2024-01-02 03:04:05.678'}, n INT)");
    run(c.stmt, "ALTER TABLE f ADD COLUMN e DATE DEFAULT {d '2024-01-03'}, ALTER COLUMN a SET "
                "DEFAULT {d '2024-01-04'}");
    run(c.stmt, "INSERT INTO f (n) VALUES (1)");
    ck_assert_str_eq(one(c.stmt, "SELECT CONCAT_WS('|', a, b, c, e) FROM f"),
                     "2024-01-04|09:00:00|2024-01-02 03:04:05.678|2024-01-03");
    run(c.stmt,
        "CREATE TABLE p (a DATE NOT NULL) PARTITION BY RANGE COLUMNS (a) (PARTITION p0 VALUES "
        "LESS THAN ({d '2024-01-02'}), PARTITION p1 VALUES LESS THAN (MAXVALUE))");
    run(c.stmt, "CREATE VIEW w AS SELECT {d '2024-01-02'} AS x, {ts '2024-01-02 03:04:05'} AS y");
    check_row(&(struct row){"x FROM w", AS_DATE, "2024-01-02"});
    check_row(&(struct row){"y FROM w", AS_TIMESTAMP, "2024-01-02 03:04:05"});
    run(c.stmt,
        "SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ANSI_QUOTES'");
    check_row(&(struct row){"{d '0000-00-00'} IS NULL", AS_WHOLE, "0"});
    check_row(&(struct row){"{d '2024-01-02'}", AS_DATE, "2024-01-02"});
    refuses(c.stmt, "22007", direct(c.stmt, "SELECT {d '2024-02-30'}"));
    refuses(c.stmt, "22007", direct(c.stmt, "SELECT {t '24:60:00'}"));
    run(c.stmt, "SET SESSION sql_mode = ''");
    run(c.stmt, "INSERT INTO f (a, c) VALUES ({d '0000-00-00'}, {ts '2024-00-00 00:00:00'})");
    ck_assert_str_eq(one(c.stmt, "SELECT CONCAT_WS('|', a, c) FROM f WHERE a = {d '0000-00-00'}"),
                     "0000-00-00|2024-00-00 00:00:00.000");
    conn_close(&c);
}
END_TEST

/* Commands of the session so far, this one included. */
static long commands(void)
{
    ok(c.stmt, direct(c.stmt, "SHOW SESSION STATUS LIKE 'Questions'"));
    ok(c.stmt, SQLFetch(c.stmt));
    long n = strtol(get(c.stmt, 2), NULL, 10);
    SQLFreeStmt(c.stmt, SQL_CLOSE);
    return n;
}

/* An array whose constants are literals goes in few commands, as one without them does. */
START_TEST(literals_in_arrays)
{
    enum { N = 1000 };
    static SQLINTEGER n[N];
    open_on(_i);
    run(c.stmt, "CREATE TABLE a (n INT, d DATE, t TIME(2), s DATETIME)");
    long before = commands();
    for (int i = 0; i < N; i++)
        n[i] = i;
    SQLSetStmtAttr(c.stmt, SQL_ATTR_PARAMSET_SIZE, (SQLPOINTER)N, 0);
    ok(c.stmt,
       SQLBindParameter(c.stmt, 1, SQL_PARAM_INPUT, SQL_C_LONG, SQL_INTEGER, 0, 0, n, 0, NULL));
    ok(c.stmt, direct(c.stmt, "INSERT INTO a VALUES (?, {d '2024-01-02'}, {t '9:00:00.25'}, {ts "
                              "'2024-01-02 03:04:05'})"));
    SQLSetStmtAttr(c.stmt, SQL_ATTR_PARAMSET_SIZE, (SQLPOINTER)1, 0);
    SQLFreeStmt(c.stmt, SQL_RESET_PARAMS);
    long used = commands() - before;
    ck_assert_msg(used < 50, "%s: %ld commands for %d rows", c.server, used, N);
    ck_assert_str_eq(
        one(c.stmt, "SELECT CONCAT_WS('|', COUNT(*), SUM(n), MIN(d), MAX(t), MIN(s)) FROM a"),
        "1000|499500|2024-01-02|09:00:00.25|2024-01-02 03:04:05");
    conn_close(&c);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("escapes");
    TCase *t = tcase_create("escapes");
    tcase_set_timeout(t, 120);
    tcase_add_loop_test(t, literals_have_their_type, 0, NSERVERS);
    tcase_add_loop_test(t, scalar_functions, 0, NSERVERS);
    tcase_add_loop_test(t, converted, 0, NSERVERS);
    tcase_add_loop_test(t, convert_bitmaps, 0, NSERVERS);
    tcase_add_loop_test(t, keywords, 0, NSERVERS_ALL);
    tcase_add_loop_test(t, cast_to_every_type, 0, NSERVERS_ALL);
    tcase_add_loop_test(t, other_escapes, 0, NSERVERS);
    tcase_add_loop_test(t, parameters_inside, 0, NSERVERS);
    tcase_add_loop_test(t, literals_everywhere, 0, NSERVERS);
    tcase_add_loop_test(t, literals_in_arrays, 0, NSERVERS);
    suite_add_tcase(s, t);
    return run_suite(s);
}
