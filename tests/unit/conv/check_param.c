/* check_param.c - parameters: a table of C values, SQL types and what is sent in both forms; and
 * random values there and back. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "base/wire_type.h"
#include "conv/direct.h"
#include "conv/param.h"
#include "rows.h"

/* Data of the application, as bytes. */
#define AS(type, ...)                                                                              \
    sizeof(type), (const void *)&(const type)                                                      \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }
#define STR(s) sizeof(s) - 1, (const void *)(s)
#define IV(sign, kind, ...)                                                                        \
    AS(SQL_INTERVAL_STRUCT, .interval_type = (kind), .interval_sign = (sign),                      \
       .intval = {.day_second = {__VA_ARGS__}})

#define N     PARAM_NUMBER
#define T     PARAM_TEXT
#define B     PARAM_BYTES
#define LL    MYSQL_TYPE_LONGLONG
#define DBL   MYSQL_TYPE_DOUBLE
#define DEC   MYSQL_TYPE_NEWDECIMAL
#define TXT   MYSQL_TYPE_VAR_STRING
#define BLB   MYSQL_TYPE_BLOB
#define UNS   256 /* with the unsigned flag */
#define TODAY "today"

static const struct {
    SQLSMALLINT ctype;
    size_t n;
    const void *data;
    SQLSMALLINT sql;
    const char *state;
    enum param_form form;
    const char *literal; /* bytes as hexadecimal when the form is PARAM_BYTES */
    int wire;
    const char *binary; /* hexadecimal; "=": the same as the literal's text */
} rows[] = {
    /* clang-format off */
    /* integers */
    {SQL_C_SLONG, AS(int32_t, 5), SQL_INTEGER, "OK", N, "5", LL, "0500000000000000"},
    {SQL_C_SLONG, AS(int32_t, -5), SQL_INTEGER, "OK", N, "-5", LL, "FBFFFFFFFFFFFFFF"},
    {SQL_C_LONG, AS(int32_t, INT32_MIN), SQL_BIGINT, "OK", N, "-2147483648", LL, "00000080FFFFFFFF"},
    {SQL_C_ULONG, AS(uint32_t, UINT32_MAX), SQL_INTEGER, "OK", N, "4294967295", LL | UNS, "FFFFFFFF00000000"},
    {SQL_C_UTINYINT, AS(uint8_t, 255), SQL_TINYINT, "OK", N, "255", LL | UNS, "FF00000000000000"},
    {SQL_C_STINYINT, AS(int8_t, -128), SQL_TINYINT, "OK", N, "-128", LL, "80FFFFFFFFFFFFFF"},
    {SQL_C_SSHORT, AS(int16_t, 300), SQL_TINYINT, "22003", 0, "", 0, ""},
    {SQL_C_SSHORT, AS(int16_t, -129), SQL_TINYINT, "22003", 0, "", 0, ""},
    {SQL_C_USHORT, AS(uint16_t, 65535), SQL_SMALLINT, "OK", N, "65535", LL | UNS, "FFFF000000000000"},
    {SQL_C_SBIGINT, AS(int64_t, 4294967296), SQL_INTEGER, "22003", 0, "", 0, ""},
    {SQL_C_SBIGINT, AS(int64_t, INT64_MIN), SQL_BIGINT, "OK", N, "-9223372036854775808", LL, "0000000000000080"},
    {SQL_C_UBIGINT, AS(uint64_t, UINT64_MAX), SQL_BIGINT, "OK", N, "18446744073709551615", LL | UNS, "FFFFFFFFFFFFFFFF"},
    {SQL_C_SLONG, AS(int32_t, 7), SQL_VARCHAR, "OK", T, "7", TXT, "="},
    {SQL_C_SLONG, AS(int32_t, 7), SQL_DECIMAL, "OK", N, "7", LL, "0700000000000000"},
    {SQL_C_SLONG, AS(int32_t, 7), SQL_DOUBLE, "OK", N, "7", LL, "0700000000000000"},
    {SQL_C_SLONG, AS(int32_t, 1), SQL_BIT, "OK", N, "1", MYSQL_TYPE_TINY, "01"},
    {SQL_C_SLONG, AS(int32_t, -1), SQL_BIT, "22003", 0, "", 0, ""},
    {SQL_C_SLONG, AS(int32_t, 7), SQL_INTERVAL_DAY, "OK", T, "7", TXT, "="},
    {SQL_C_SLONG, AS(int32_t, 7), SQL_TYPE_DATE, "07006", 0, "", 0, ""},
    {SQL_C_SLONG, AS(int32_t, 7), SQL_VARBINARY, "07006", 0, "", 0, ""},
    {SQL_C_SLONG, AS(int32_t, 7), 77, "HY004", 0, "", 0, ""},
    {1234, AS(int32_t, 7), SQL_INTEGER, "HY003", 0, "", 0, ""},
    {SQL_C_DEFAULT, AS(int32_t, 7), SQL_INTEGER, "OK", N, "7", LL, "0700000000000000"},
    {SQL_C_DEFAULT, STR("7.5"), SQL_DECIMAL, "OK", N, "7.5", DEC, "="},
    /* floating point */
    {SQL_C_DOUBLE, AS(double, 0.1), SQL_DOUBLE, "OK", N, "0.1e0", DBL, "9A9999999999B93F"},
    {SQL_C_DOUBLE, AS(double, -1e300), SQL_DOUBLE, "OK", N, "-1e300", DBL, "9C7500883CE437FE"},
    {SQL_C_DOUBLE, AS(double, 12.5), SQL_INTEGER, "01S07", N, "12", LL, "0C00000000000000"},
    {SQL_C_DOUBLE, AS(double, -12.0), SQL_INTEGER, "OK", N, "-12", LL, "F4FFFFFFFFFFFFFF"},
    {SQL_C_DOUBLE, AS(double, 0x1p62), SQL_BIGINT, "OK", N, "4611686018427387904", LL, "0000000000000040"},
    {SQL_C_DOUBLE, AS(double, 0x1p63), SQL_BIGINT, "OK", N, "9223372036854775808", LL | UNS, "0000000000000080"},
    {SQL_C_DOUBLE, AS(double, 1e10), SQL_INTEGER, "22003", 0, "", 0, ""},
    {SQL_C_DOUBLE, AS(double, 1e20), SQL_BIGINT, "22003", 0, "", 0, ""},
    {SQL_C_DOUBLE, AS(double, 0.1), SQL_DECIMAL, "OK", N, "0.1", DEC, "="},
    {SQL_C_DOUBLE, AS(double, 0.1), SQL_VARCHAR, "OK", T, "0.1", TXT, "="},
    {SQL_C_DOUBLE, AS(double, 1), SQL_BIT, "OK", N, "1", MYSQL_TYPE_TINY, "01"},
    {SQL_C_DOUBLE, AS(double, 0.5), SQL_BIT, "22001", 0, "", 0, ""},
    {SQL_C_DOUBLE, AS(double, 2), SQL_BIT, "22003", 0, "", 0, ""},
    {SQL_C_DOUBLE, AS(double, (double)(1e300 * 1e300)), SQL_DOUBLE, "22003", 0, "", 0, ""},
    {SQL_C_FLOAT, AS(float, 0.5f), SQL_REAL, "OK", N, "0.5e0", DBL, "000000000000E03F"},
    {SQL_C_FLOAT, AS(float, 0.1f), SQL_VARCHAR, "OK", T, "0.1", TXT, "="},
    {SQL_C_FLOAT, AS(float, 0.1f), SQL_DECIMAL, "OK", N, "0.1", DEC, "="},
    /* bit */
    {SQL_C_BIT, AS(unsigned char, 1), SQL_BIT, "OK", N, "1", MYSQL_TYPE_TINY, "01"},
    {SQL_C_BIT, AS(unsigned char, 2), SQL_BIT, "22003", 0, "", 0, ""},
    {SQL_C_BIT, AS(unsigned char, 1), SQL_VARCHAR, "OK", T, "1", TXT, "="},
    {SQL_C_BIT, AS(unsigned char, 0), SQL_INTEGER, "OK", N, "0", MYSQL_TYPE_TINY, "00"},
    /* numeric */
    {SQL_C_NUMERIC, AS(SQL_NUMERIC_STRUCT, 10, 2, 1, {0xE2, 0x04}), SQL_DECIMAL, "OK", N, "12.50", DEC, "="},
    {SQL_C_NUMERIC, AS(SQL_NUMERIC_STRUCT, 10, 2, 0, {0xE2, 0x04}), SQL_NUMERIC, "OK", N, "-12.50", DEC, "="},
    {SQL_C_NUMERIC, AS(SQL_NUMERIC_STRUCT, 10, -2, 1, {12}), SQL_DECIMAL, "OK", N, "1200", DEC, "="},
    {SQL_C_NUMERIC, AS(SQL_NUMERIC_STRUCT, 10, 4, 1, {12}), SQL_DECIMAL, "OK", N, "0.0012", DEC, "="},
    {SQL_C_NUMERIC, AS(SQL_NUMERIC_STRUCT, 10, 0, 0, {0}), SQL_DECIMAL, "OK", N, "0", DEC, "="},
    {SQL_C_NUMERIC, AS(SQL_NUMERIC_STRUCT, 38, 0, 1, {0xFF,0xFF,0xFF,0xFF,0xFF,0xFF,0xFF,0xFF,0xFF,0xFF,0xFF,0xFF,0xFF,0xFF,0xFF,0xFF}), SQL_DECIMAL, "OK", N, "340282366920938463463374607431768211455", DEC, "="},
    {SQL_C_NUMERIC, AS(SQL_NUMERIC_STRUCT, 10, 2, 1, {0xE2, 0x04}), SQL_INTEGER, "01S07", N, "12", LL, "0C00000000000000"},
    {SQL_C_NUMERIC, AS(SQL_NUMERIC_STRUCT, 10, 2, 1, {0xE2, 0x04}), SQL_VARCHAR, "OK", T, "12.50", TXT, "="},
    {SQL_C_NUMERIC, AS(SQL_NUMERIC_STRUCT, 10, 2, 1, {0xE2, 0x04}), SQL_DOUBLE, "OK", N, "12.5e0", DBL, "0000000000002940"},
    {SQL_C_NUMERIC, AS(SQL_NUMERIC_STRUCT, 10, 127, 1, {1}), SQL_DECIMAL, "22003", 0, "", 0, ""},
    /* characters */
    {SQL_C_CHAR, STR("grüße 😀"), SQL_VARCHAR, "OK", T, "grüße 😀", TXT, "="},
    {SQL_C_CHAR, STR("it's \\"), SQL_WVARCHAR, "OK", T, "it's \\", TXT, "="},
    {SQL_C_CHAR, STR(""), SQL_VARCHAR, "OK", T, "", TXT, "="},
    {SQL_C_CHAR, STR("gr\xFC\xDF"), SQL_VARCHAR, "22018", 0, "", 0, ""},
    {SQL_C_CHAR, STR("12.50"), SQL_DECIMAL, "OK", N, "12.50", DEC, "="},
    {SQL_C_CHAR, STR(" -12.50 "), SQL_DECIMAL, "OK", N, "-12.50", DEC, "="},
    {SQL_C_CHAR, STR("12,50"), SQL_DECIMAL, "22018", 0, "", 0, ""},
    {SQL_C_CHAR, STR("1; DROP TABLE t"), SQL_DECIMAL, "22018", 0, "", 0, ""},
    {SQL_C_CHAR, STR(""), SQL_DECIMAL, "22018", 0, "", 0, ""},
    {SQL_C_CHAR, STR("42"), SQL_INTEGER, "OK", N, "42", LL, "2A00000000000000"},
    {SQL_C_CHAR, STR("42.0"), SQL_INTEGER, "OK", N, "42", LL, "2A00000000000000"},
    {SQL_C_CHAR, STR("42.5"), SQL_INTEGER, "22001", 0, "", 0, ""},
    {SQL_C_CHAR, STR("99999999999"), SQL_INTEGER, "22001", 0, "", 0, ""},
    {SQL_C_CHAR, STR("18446744073709551615"), SQL_BIGINT, "OK", N, "18446744073709551615", LL | UNS, "FFFFFFFFFFFFFFFF"},
    {SQL_C_CHAR, STR("x42"), SQL_INTEGER, "22018", 0, "", 0, ""},
    {SQL_C_CHAR, STR("1.5e3"), SQL_DOUBLE, "OK", N, "1500e0", DBL, "0000000000709740"},
    {SQL_C_CHAR, STR("inf"), SQL_DOUBLE, "22018", 0, "", 0, ""},
    {SQL_C_CHAR, STR("1e999"), SQL_DOUBLE, "22003", 0, "", 0, ""},
    {SQL_C_CHAR, STR("1"), SQL_BIT, "OK", N, "1", MYSQL_TYPE_TINY, "01"},
    {SQL_C_CHAR, STR("0.5"), SQL_BIT, "22001", 0, "", 0, ""},
    {SQL_C_CHAR, STR("3"), SQL_BIT, "22003", 0, "", 0, ""},
    {SQL_C_CHAR, STR("00ff1"), SQL_VARBINARY, "OK", B, "00FF", BLB, "00FF"},
    {SQL_C_CHAR, STR("zz"), SQL_VARBINARY, "22018", 0, "", 0, ""},
    {SQL_C_CHAR, STR(""), SQL_VARBINARY, "OK", B, "", BLB, ""},
    {SQL_C_CHAR, STR("2024-02-29"), SQL_TYPE_DATE, "OK", T, "2024-02-29", MYSQL_TYPE_DATE, "E807021D"},
    {SQL_C_CHAR, STR("{d '2024-02-29'}"), SQL_TYPE_DATE, "OK", T, "2024-02-29", MYSQL_TYPE_DATE, "E807021D"},
    {SQL_C_CHAR, STR("{ D'2024-02-29' } "), SQL_TYPE_DATE, "OK", T, "2024-02-29", MYSQL_TYPE_DATE, "E807021D"},
    {SQL_C_CHAR, STR("{ts '2024-02-29 00:00:00'}"), SQL_TYPE_DATE, "OK", T, "2024-02-29", MYSQL_TYPE_DATE, "E807021D"},
    {SQL_C_CHAR, STR("{d '2024-02-29'"), SQL_TYPE_DATE, "22018", 0, "", 0, ""},
    {SQL_C_CHAR, STR("{d'}"), SQL_TYPE_DATE, "22018", 0, "", 0, ""},
    {SQL_C_CHAR, STR("{d ''}"), SQL_TYPE_DATE, "22018", 0, "", 0, ""},
    {SQL_C_CHAR, STR("{x '2024-02-29'}"), SQL_TYPE_DATE, "22018", 0, "", 0, ""},
    {SQL_C_CHAR, STR("{d '2024-02-30'}"), SQL_TYPE_DATE, "22018", 0, "", 0, ""},
    {SQL_C_CHAR, STR("{d '2024-02-29'}"), SQL_VARCHAR, "OK", T, "{d '2024-02-29'}", TXT, "="},
    {SQL_C_CHAR, STR("2023-02-29"), SQL_TYPE_DATE, "22018", 0, "", 0, ""},
    {SQL_C_CHAR, STR("2024-02-29 00:00:00"), SQL_DATE, "OK", T, "2024-02-29", MYSQL_TYPE_DATE, "E807021D"},
    {SQL_C_CHAR, STR("2024-02-29 00:00:01"), SQL_TYPE_DATE, "22008", 0, "", 0, ""},
    {SQL_C_CHAR, STR("0000-00-00"), SQL_TYPE_DATE, "OK", T, "0000-00-00", MYSQL_TYPE_DATE, "00000000"},
    {SQL_C_CHAR, STR("10:20:30"), SQL_TYPE_TIME, "OK", T, "10:20:30", MYSQL_TYPE_TIME, "00000000000A141E"},
    {SQL_C_CHAR, STR("-100:20:30.5"), SQL_TYPE_TIME, "OK", T, "-100:20:30.500000", MYSQL_TYPE_TIME, "01040000000414" "1E20A10700"},
    {SQL_C_CHAR, STR("2024-02-29 10:20:30"), SQL_TYPE_TIME, "OK", T, "10:20:30", MYSQL_TYPE_TIME, "00000000000A141E"},
    {SQL_C_CHAR, STR("ten"), SQL_TYPE_TIME, "22018", 0, "", 0, ""},
    {SQL_C_CHAR, STR("2024-02-29"), SQL_TYPE_TIME, "22018", 0, "", 0, ""},
    {SQL_C_CHAR, STR("2024-02-29 10:20:30.123456"), SQL_TYPE_TIMESTAMP, "OK", T, "2024-02-29 10:20:30.123456", MYSQL_TYPE_DATETIME, "E807021D0A141E40E20100"},
    {SQL_C_CHAR, STR("2024-02-29"), SQL_TYPE_TIMESTAMP, "OK", T, "2024-02-29 00:00:00", MYSQL_TYPE_DATETIME, "E807021D000000"},
    {SQL_C_CHAR, STR("2024-02-29 10:20:30.1234567"), SQL_TYPE_TIMESTAMP, "01S07", T, "2024-02-29 10:20:30.123456", MYSQL_TYPE_DATETIME, "E807021D0A141E40E20100"},
    {SQL_C_CHAR, STR("10:20:30"), SQL_TYPE_TIMESTAMP, "OK", T, TODAY, MYSQL_TYPE_DATETIME, TODAY},
    {SQL_C_CHAR, STR("never"), SQL_TYPE_TIMESTAMP, "22018", 0, "", 0, ""},
    {SQL_C_CHAR, STR("{0F0E0D0C-0B0A-0908-0706-050403020100}"), SQL_GUID, "OK", T, "0f0e0d0c-0b0a-0908-0706-050403020100", TXT, "="},
    {SQL_C_CHAR, STR("0f0e"), SQL_GUID, "22018", 0, "", 0, ""},
    /* UTF-16 */
    {SQL_C_WCHAR, STR("a\0\xfc\0"), SQL_WVARCHAR, "OK", T, "aü", TXT, "="},
    {SQL_C_WCHAR, STR("\x3d\xd8\x00\xde"), SQL_VARCHAR, "OK", T, "😀", TXT, "="},
    {SQL_C_WCHAR, STR("\x3d\xd8"), SQL_WVARCHAR, "22018", 0, "", 0, ""},
    {SQL_C_WCHAR, STR("\x00\xde" "a\0"), SQL_WVARCHAR, "22018", 0, "", 0, ""},
    {SQL_C_WCHAR, STR("a\0b"), SQL_WVARCHAR, "HY090", 0, "", 0, ""},
    {SQL_C_WCHAR, STR(" \0" "4\0" "2\0"), SQL_INTEGER, "OK", N, "42", LL, "2A00000000000000"},
    {SQL_C_WCHAR, STR(" \0" "1\0" ".\0" "5\0" " \0"), SQL_DECIMAL, "OK", N, "1.5", DEC, "="},
    {SQL_C_WCHAR, STR("1\0x\0"), SQL_INTEGER, "22018", 0, "", 0, ""},
    {SQL_C_WCHAR, STR("f\0F\0" "0\0" "1\0"), SQL_BINARY, "OK", B, "FF01", BLB, "FF01"},
    {SQL_C_WCHAR, STR(""), SQL_WVARCHAR, "OK", T, "", TXT, "="},
    {SQL_C_WCHAR, STR("1\0" "0\0:\0" "2\0" "0\0:\0" "3\0" "0\0"), SQL_TYPE_TIME, "OK", T, "10:20:30", MYSQL_TYPE_TIME, "00000000000A141E"},
    /* bytes */
    {SQL_C_BINARY, STR("\0\xff"), SQL_VARBINARY, "OK", B, "00FF", BLB, "00FF"},
    {SQL_C_BINARY, STR(""), SQL_LONGVARBINARY, "OK", B, "", BLB, ""},
    {SQL_C_BINARY, STR("abc"), SQL_VARCHAR, "OK", T, "abc", TXT, "="},
    {SQL_C_BINARY, STR("a\xff"), SQL_VARCHAR, "OK", B, "61FF", BLB, "61FF"},
    {SQL_C_BINARY, AS(int32_t, -2), SQL_INTEGER, "OK", N, "-2", LL, "FEFFFFFFFFFFFFFF"},
    {SQL_C_BINARY, AS(int16_t, -2), SQL_INTEGER, "22003", 0, "", 0, ""},
    {SQL_C_BINARY, AS(double, 1.5), SQL_DOUBLE, "OK", N, "1.5e0", DBL, "000000000000F83F"},
    {SQL_C_BINARY, STR("1.5"), SQL_DECIMAL, "OK", N, "1.5", DEC, "="},
    {SQL_C_BINARY, AS(SQL_DATE_STRUCT, 2024, 2, 29), SQL_TYPE_DATE, "OK", T, "2024-02-29", MYSQL_TYPE_DATE, "E807021D"},
    {SQL_C_BINARY, STR("\x0f\x0e\x0d\x0c\x0b\x0a\x09\x08\x07\x06\x05\x04\x03\x02\x01\0"), SQL_GUID, "OK", T, "0f0e0d0c-0b0a-0908-0706-050403020100", TXT, "="},
    /* dates and times */
    {SQL_C_TYPE_DATE, AS(SQL_DATE_STRUCT, 2024, 2, 29), SQL_TYPE_DATE, "OK", T, "2024-02-29", MYSQL_TYPE_DATE, "E807021D"},
    {SQL_C_DATE, AS(SQL_DATE_STRUCT, 2024, 2, 29), SQL_TYPE_TIMESTAMP, "OK", T, "2024-02-29 00:00:00", MYSQL_TYPE_DATETIME, "E807021D000000"},
    {SQL_C_TYPE_DATE, AS(SQL_DATE_STRUCT, 2024, 2, 29), SQL_VARCHAR, "OK", T, "2024-02-29", TXT, "="},
    {SQL_C_TYPE_DATE, AS(SQL_DATE_STRUCT, 2024, 2, 30), SQL_TYPE_DATE, "22007", 0, "", 0, ""},
    {SQL_C_TYPE_DATE, AS(SQL_DATE_STRUCT, 2024, 258, 1), SQL_TYPE_DATE, "22007", 0, "", 0, ""},
    {SQL_C_TYPE_DATE, AS(SQL_DATE_STRUCT, -1, 1, 1), SQL_TYPE_DATE, "22007", 0, "", 0, ""},
    {SQL_C_TYPE_DATE, AS(SQL_DATE_STRUCT, 10000, 1, 1), SQL_TYPE_DATE, "22007", 0, "", 0, ""},
    {SQL_C_TYPE_DATE, AS(SQL_DATE_STRUCT, 0, 0, 0), SQL_TYPE_DATE, "OK", T, "0000-00-00", MYSQL_TYPE_DATE, "00000000"},
    {SQL_C_TYPE_DATE, AS(SQL_DATE_STRUCT, 2024, 0, 0), SQL_TYPE_DATE, "22007", 0, "", 0, ""},
    {SQL_C_TYPE_DATE, AS(SQL_DATE_STRUCT, 2024, 2, 29), SQL_TYPE_TIME, "07006", 0, "", 0, ""},
    {SQL_C_TYPE_DATE, AS(SQL_DATE_STRUCT, 2024, 2, 29), SQL_INTEGER, "07006", 0, "", 0, ""},
    {SQL_C_TYPE_TIME, AS(SQL_TIME_STRUCT, 10, 20, 30), SQL_TYPE_TIME, "OK", T, "10:20:30", MYSQL_TYPE_TIME, "00000000000A141E"},
    {SQL_C_TYPE_TIME, AS(SQL_TIME_STRUCT, 24, 0, 0), SQL_TYPE_TIME, "22007", 0, "", 0, ""},
    {SQL_C_TYPE_TIME, AS(SQL_TIME_STRUCT, 10, 60, 0), SQL_TYPE_TIME, "22007", 0, "", 0, ""},
    {SQL_C_TYPE_TIME, AS(SQL_TIME_STRUCT, 10, 20, 30), SQL_TYPE_TIMESTAMP, "OK", T, TODAY, MYSQL_TYPE_DATETIME, TODAY},
    {SQL_C_TYPE_TIME, AS(SQL_TIME_STRUCT, 10, 20, 30), SQL_CHAR, "OK", T, "10:20:30", TXT, "="},
    {SQL_C_TYPE_TIMESTAMP, AS(SQL_TIMESTAMP_STRUCT, 2024, 2, 29, 10, 20, 30, 123456000), SQL_TYPE_TIMESTAMP, "OK", T, "2024-02-29 10:20:30.123456", MYSQL_TYPE_DATETIME, "E807021D0A141E40E20100"},
    {SQL_C_TYPE_TIMESTAMP, AS(SQL_TIMESTAMP_STRUCT, 2024, 2, 29, 10, 20, 30, 0), SQL_TYPE_TIMESTAMP, "OK", T, "2024-02-29 10:20:30", MYSQL_TYPE_DATETIME, "E807021D0A141E"},
    {SQL_C_TYPE_TIMESTAMP, AS(SQL_TIMESTAMP_STRUCT, 2024, 2, 29, 10, 20, 30, 999), SQL_TYPE_TIMESTAMP, "01S07", T, "2024-02-29 10:20:30", MYSQL_TYPE_DATETIME, "E807021D0A141E"},
    {SQL_C_TYPE_TIMESTAMP, AS(SQL_TIMESTAMP_STRUCT, 2024, 2, 29, 10, 20, 30, 1000000000), SQL_TYPE_TIMESTAMP, "22007", 0, "", 0, ""},
    {SQL_C_TYPE_TIMESTAMP, AS(SQL_TIMESTAMP_STRUCT, 2024, 2, 29, 10, 20, 30, 0), SQL_TYPE_DATE, "22008", 0, "", 0, ""},
    {SQL_C_TYPE_TIMESTAMP, AS(SQL_TIMESTAMP_STRUCT, 2024, 2, 29, 0, 0, 0, 0), SQL_TYPE_DATE, "OK", T, "2024-02-29", MYSQL_TYPE_DATE, "E807021D"},
    {SQL_C_TYPE_TIMESTAMP, AS(SQL_TIMESTAMP_STRUCT, 2024, 2, 29, 10, 20, 30, 500000000), SQL_TYPE_TIME, "OK", T, "10:20:30.500000", MYSQL_TYPE_TIME, "00000000000A141E20A10700"},
    {SQL_C_TYPE_TIMESTAMP, AS(SQL_TIMESTAMP_STRUCT, 2024, 2, 29, 10, 20, 30, 120000000), SQL_VARCHAR, "OK", T, "2024-02-29 10:20:30.12", TXT, "="},
    {SQL_C_TYPE_TIMESTAMP, AS(SQL_TIMESTAMP_STRUCT, 2024, 13, 29, 10, 20, 30, 0), SQL_TYPE_TIMESTAMP, "22007", 0, "", 0, ""},
    /* GUID and intervals */
    {SQL_C_GUID, AS(SQLGUID, 0x0f0e0d0c, 0x0b0a, 0x0908, {7, 6, 5, 4, 3, 2, 1, 0}), SQL_GUID, "OK", T, "0f0e0d0c-0b0a-0908-0706-050403020100", TXT, "="},
    {SQL_C_GUID, AS(SQLGUID, 0x0f0e0d0c, 0x0b0a, 0x0908, {7, 6, 5, 4, 3, 2, 1, 0}), SQL_CHAR, "OK", T, "0f0e0d0c-0b0a-0908-0706-050403020100", TXT, "="},
    {SQL_C_GUID, AS(SQLGUID, 0), SQL_INTEGER, "07006", 0, "", 0, ""},
    {SQL_C_INTERVAL_DAY_TO_SECOND, IV(SQL_TRUE, SQL_IS_DAY_TO_SECOND, 3, 10, 20, 5, 500000000), SQL_INTERVAL_DAY_TO_SECOND, "OK", T, "-3 10:20:05.5", TXT, "="},
    {SQL_C_INTERVAL_HOUR_TO_MINUTE, IV(SQL_FALSE, SQL_IS_HOUR_TO_MINUTE, 0, 10, 2, 0, 0), SQL_VARCHAR, "OK", T, "10:02", TXT, "="},
    {SQL_C_INTERVAL_YEAR_TO_MONTH, IV(SQL_FALSE, SQL_IS_YEAR_TO_MONTH, 1, 2, 0, 0, 0), SQL_INTERVAL_YEAR_TO_MONTH, "OK", T, "1-2", TXT, "="},
    {SQL_C_INTERVAL_DAY, IV(SQL_FALSE, SQL_IS_DAY, 45, 0, 0, 0, 0), SQL_INTEGER, "OK", N, "45", LL, "2D00000000000000"},
    {SQL_C_INTERVAL_DAY_TO_HOUR, IV(SQL_FALSE, SQL_IS_DAY_TO_HOUR, 4, 5, 0, 0, 0), SQL_INTEGER, "07006", 0, "", 0, ""},
    {SQL_C_INTERVAL_DAY, IV(SQL_FALSE, SQL_IS_DAY, 4, 0, 0, 0, 0), SQL_TYPE_DATE, "07006", 0, "", 0, ""},
    /* clang-format on */
};

static void hex(const unsigned char *p, size_t n, char *out)
{
    for (size_t i = 0; i < n; i++) {
        snprintf(out + 2 * i, 3, "%02X", p[i]);
    }
    out[2 * n] = 0;
}

/* One byte in front and one behind tell whether the buffer of others was touched; the data stands
 * at an odd address. */
static void check_row(int i, bool is_binary)
{
    struct conv_opts o = {0};
    struct param_target t = {.ctype = rows[i].ctype, .sql_type = rows[i].sql};
    struct param_plan p;
    enum conv_status st = param_bind(&p, &t, &o);
    if (st != CONV_OK) {
        ck_assert_msg(strcmp(state_of(st), rows[i].state) == 0, "row %d: bind gives %s", i,
                      state_of(st));
        return;
    }
    unsigned char *data = malloc(rows[i].n + 1);
    memcpy(data + 1, rows[i].data, rows[i].n);
    struct buf b = {0};
    enum param_form form = PARAM_NULL;
    uint8_t type = 0;
    bool is_unsigned = false;
    buf_putc(&b, '<');
    st = is_binary ? param_binary(&p, data + 1, (SQLLEN)rows[i].n, &b, &type, &is_unsigned)
                   : param_literal(&p, data + 1, (SQLLEN)rows[i].n, &b, &form);
    free(data);
    ck_assert_msg(strcmp(state_of(st), rows[i].state) == 0, "row %d (%s): gives %s", i,
                  rows[i].literal, state_of(st));
    ck_assert_msg(b.p[0] == '<', "row %d: what stood before is gone", i);
    char have[512], want[512];
    if (!CONV_HAS_DATA(st)) {
        ck_assert_msg(b.len == 1, "row %d: %zu bytes left behind", i, b.len - 1);
    } else if (is_binary) {
        hex(b.p + 1, b.len - 1, have);
        hex((const unsigned char *)rows[i].literal, strlen(rows[i].literal), want);
        const char *expected = strcmp(rows[i].binary, "=") == 0 ? want : rows[i].binary;
        ck_assert_msg(type == (rows[i].wire & 255) && is_unsigned == ((rows[i].wire & UNS) != 0),
                      "row %d (%s): type %d", i, rows[i].literal, type);
        ck_assert_msg(strcmp(have, expected) == 0 || strcmp(expected, TODAY) == 0,
                      "row %d: %s, not %s", i, have, expected);
    } else {
        snprintf(have, sizeof have, "%.*s", (int)b.len - 1, (const char *)b.p + 1);
        if (form == PARAM_BYTES) {
            hex(b.p + 1, b.len - 1, have);
        }
        ck_assert_msg(form == rows[i].form, "row %d (%s): form %d", i, rows[i].literal, (int)form);
        bool is_today = strcmp(rows[i].literal, TODAY) == 0;
        ck_assert_msg(is_today ? strcmp(have + 11, "10:20:30") == 0
                               : strcmp(have, rows[i].literal) == 0,
                      "row %d: '%s', not '%s'", i, have, rows[i].literal);
    }
    buf_clear(&b);
}

START_TEST(literal)
{
    check_row(_i, false);
}
END_TEST

START_TEST(binary)
{
    check_row(_i, true);
}
END_TEST

/* The direct way of a value, where there is one, gives what param_binary gave; false: it leaves the
 * value to that. */
static bool check_direct(const struct param_plan *p, const void *data, size_t n,
                         const struct buf *b, uint8_t type, bool is_unsigned)
{
    struct direct d;
    unsigned char out[DIRECT_MAX + 1];
    if (!direct_find(p, &d)) {
        ck_assert(!d.put && !d.same);
        return false;
    }
    ck_assert_msg(!d.put != !d.same, "%s: one way, not two or none", ctype_name(p->ctype_id));
    if (d.same && !d.same(data, n)) {
        return false;
    }
    memset(out, '>', sizeof out);
    size_t len = d.same ? n : d.put(p, data, out);
    ck_assert_msg(len <= DIRECT_MAX || d.same, "%zu bytes", len);
    ck_assert_msg(out[DIRECT_MAX] == '>', "bytes beyond the room");
    if (!len && !d.same) {
        return false;
    }
    ck_assert_msg(d.type == type && d.is_unsigned == is_unsigned, "%s: type %d, not %d",
                  ctype_name(p->ctype_id), d.type, type);
    ck_assert_uint_eq(len, b->len);
    if (len) {
        ck_assert_mem_eq(d.same ? data : out, b->p, len);
    }
    return true;
}

/* A row of the table has a direct way if the pair of types has one and there is nothing to say. */
START_TEST(direct)
{
    static const SQLSMALLINT pairs[][2] = {
        {SQL_C_SLONG, SQL_INTEGER},       {SQL_C_SBIGINT, SQL_BIGINT},
        {SQL_C_ULONG, SQL_INTEGER},       {SQL_C_UTINYINT, SQL_TINYINT},
        {SQL_C_SSHORT, SQL_TINYINT},      {SQL_C_DOUBLE, SQL_DOUBLE},
        {SQL_C_CHAR, SQL_VARCHAR},        {SQL_C_BINARY, SQL_VARBINARY},
        {SQL_C_TYPE_DATE, SQL_TYPE_DATE}, {SQL_C_TYPE_TIMESTAMP, SQL_TYPE_TIMESTAMP},
    };
    struct conv_opts o = {0};
    struct param_target t = {.ctype = rows[_i].ctype, .sql_type = rows[_i].sql};
    struct param_plan p;
    struct buf b = {0};
    uint8_t type = 0;
    bool is_unsigned = false, is_due = false;
    if (param_bind(&p, &t, &o) != CONV_OK) {
        return;
    }
    unsigned char *data = malloc(rows[_i].n + 1);
    memcpy(data + 1, rows[_i].data, rows[_i].n);
    enum conv_status st = param_binary(&p, data + 1, (SQLLEN)rows[_i].n, &b, &type, &is_unsigned);
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        is_due |= pairs[i][0] == t.ctype && pairs[i][1] == t.sql_type && st == CONV_OK;
    }
    bool went = check_direct(&p, data + 1, rows[_i].n, &b, type, is_unsigned);
    ck_assert_msg(!went || st == CONV_OK, "row %d goes, and gives %s", _i, state_of(st));
    ck_assert_msg(went || !is_due, "row %d (%s) does not go", _i, rows[_i].literal);
    free(data);
    buf_clear(&b);
}
END_TEST

START_TEST(lengths)
{
    struct conv_opts o = {0};
    struct param_plan p;
    struct buf b = {0};
    enum param_form form;
    struct param_target chars = {.ctype = SQL_C_CHAR, .sql_type = SQL_VARCHAR};
    ck_assert_int_eq(param_bind(&p, &chars, &o), CONV_OK);
    ck_assert_int_eq(param_literal(&p, "abc\0def", SQL_NTS, &b, &form), CONV_OK);
    ck_assert_uint_eq(b.len, 3);
    ck_assert_int_eq(param_literal(&p, "x\0y", 3, &b, &form), CONV_OK);
    ck_assert_uint_eq(b.len, 6);
    ck_assert_mem_eq(b.p, "abcx\0y", 6);
    ck_assert_int_eq(param_literal(&p, NULL, SQL_NULL_DATA, &b, &form), CONV_OK);
    ck_assert_int_eq(form, PARAM_NULL);
    ck_assert_int_eq(param_literal(&p, "x", -17, &b, &form), CONV_LENGTH);
    ck_assert_uint_eq(b.len, 6);
    struct param_target wide = {.ctype = SQL_C_WCHAR, .sql_type = SQL_WVARCHAR};
    uint16_t units[] = {'a', 0, 0xE4, 0};
    ck_assert_int_eq(param_bind(&p, &wide, &o), CONV_OK);
    ck_assert_int_eq(param_literal(&p, units, SQL_NTS, &b, &form), CONV_OK);
    ck_assert_uint_eq(b.len, 7);
    ck_assert_int_eq(param_literal(&p, units, 6, &b, &form), CONV_OK); /* an embedded NUL is kept */
    ck_assert_uint_eq(b.len, 11);
    ck_assert_mem_eq(b.p + 7, "a\0\xC3\xA4", 4);
    struct param_target bytes = {.ctype = SQL_C_BINARY, .sql_type = SQL_VARBINARY};
    ck_assert_int_eq(param_bind(&p, &bytes, &o), CONV_OK);
    ck_assert_int_eq(param_literal(&p, "x", SQL_NTS, &b, &form), CONV_LENGTH);
    uint8_t type;
    bool is_unsigned;
    ck_assert_int_eq(param_binary(&p, NULL, SQL_NULL_DATA, &b, &type, &is_unsigned), CONV_OK);
    ck_assert_int_eq(type, MYSQL_TYPE_NULL);
    buf_clear(&b);
}
END_TEST

/* Long UTF-16, so that pieces of the reader end inside pairs. */
START_TEST(long_wide)
{
    struct conv_opts o = {0};
    struct param_plan p;
    struct param_target wide = {.ctype = SQL_C_WCHAR, .sql_type = SQL_WVARCHAR};
    ck_assert_int_eq(param_bind(&p, &wide, &o), CONV_OK);
    for (size_t shift = 0; shift < 2; shift++) {
        uint16_t units[3001];
        struct buf b = {0};
        enum param_form form;
        units[0] = 'x';
        for (size_t i = 0; i < 1500; i++) {
            units[shift + 2 * i] = 0xD83D;
            units[shift + 2 * i + 1] = 0xDE00;
        }
        ck_assert_int_eq(param_literal(&p, units, (SQLLEN)(2 * (3000 + shift)), &b, &form),
                         CONV_OK);
        ck_assert_uint_eq(b.len, 6000 + shift);
        ck_assert_mem_eq(b.p + 5996 + shift, "\xF0\x9F\x98\x80", 4);
        buf_clear(&b);
    }
}
END_TEST

START_TEST(date_options)
{
    struct conv_opts o = {.min_date_to_zero = true, .no_date_overflow = true};
    struct param_plan p;
    struct buf b = {0};
    enum param_form form;
    SQL_TIMESTAMP_STRUCT ts = {.year = 0, .month = 1, .day = 1, .hour = 5};
    struct param_target t = {.ctype = SQL_C_TYPE_TIMESTAMP, .sql_type = SQL_TYPE_DATE};
    ck_assert_int_eq(param_bind(&p, &t, &o), CONV_OK);
    ck_assert_int_eq(param_literal(&p, &ts, 0, &b, &form), CONV_OK);
    ck_assert_str_eq(buf_str(&b), "0000-00-00");
    buf_clear(&b);
}
END_TEST

START_TEST(no_memory)
{
    struct conv_opts o = {0};
    struct param_plan p;
    enum param_form form;
    struct param_target t = {.ctype = SQL_C_CHAR, .sql_type = SQL_VARCHAR};
    struct buf b;
    buf_init(&b, 4);
    ck_assert_int_eq(param_bind(&p, &t, &o), CONV_OK);
    ck_assert_int_eq(param_literal(&p, "hello", 5, &b, &form), CONV_MEMORY);
    buf_clear(&b);
    t.ctype = SQL_C_WCHAR;
    uint16_t wide[] = {'h', 'e', 'l', 'l', 'o'};
    buf_init(&b, 4);
    ck_assert_int_eq(param_bind(&p, &t, &o), CONV_OK);
    ck_assert_int_eq(param_literal(&p, wide, 10, &b, &form), CONV_MEMORY);
    buf_clear(&b);
}
END_TEST

/* ---- there and back ---- */

static uint64_t seed = 0x9E3779B97F4A7C15u;

static uint64_t next(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed;
}

/* What the server would give back for a parameter of this kind. */
struct trip {
    SQLSMALLINT ctype, sql;
    uint8_t column; /* type of the column in text form */
    size_t size;
};

static void make_value(const struct trip *t, unsigned char *out)
{
    uint64_t r = next();
    double d;
    SQL_TIMESTAMP_STRUCT ts = {
        .year = (SQLSMALLINT)(r % 10000),
        .month = (SQLUSMALLINT)(1 + r / 7 % 12),
        .day = (SQLUSMALLINT)(1 + r / 11 % 28),
        .hour = (SQLUSMALLINT)(r / 13 % 24),
        .minute = (SQLUSMALLINT)(r / 17 % 60),
        .second = (SQLUSMALLINT)(r / 19 % 60),
        .fraction = (SQLUINTEGER)(r / 23 % 3 ? r / 29 % 1000000 * 1000 : 0),
    };
    SQL_DATE_STRUCT day = {ts.year, ts.month, ts.day};
    SQL_TIME_STRUCT clock = {ts.hour, ts.minute, ts.second};
    switch (t->ctype) {
    case SQL_C_DOUBLE:
        memcpy(&d, &r, 8);
        d = d - d == 0 ? d : (double)r / 1000; /* NaN and infinity are none */
        memcpy(out, &d, 8);
        return;
    case SQL_C_TYPE_TIMESTAMP:
        memcpy(out, &ts, sizeof ts);
        return;
    case SQL_C_TYPE_DATE:
        memcpy(out, &day, sizeof day);
        return;
    case SQL_C_TYPE_TIME:
        memcpy(out, &clock, sizeof clock);
        return;
    case SQL_C_BIT:
        out[0] = r & 1;
        return;
    case SQL_C_NUMERIC:
        memset(out, 0, sizeof(SQL_NUMERIC_STRUCT));
        out[0] = 38;
        out[1] = (unsigned char)(r % 5);
        out[2] = r / 5 % 2 || r == 0;
        memcpy(out + 3, &r, 8);
        return;
    default:
        r >>= r % 60; /* also small numbers */
        memcpy(out, &r, t->size);
        return;
    }
}

static void check_back(const struct trip *t, const struct cell *c, const struct conv_source *s,
                       const unsigned char *value, const char *way)
{
    struct conv_opts o = {0};
    struct conv_target target = {.ctype = t->ctype};
    struct conv_plan p;
    unsigned char back[64];
    SQLLEN len;
    if (t->ctype == SQL_C_NUMERIC) { /* the scale is the application's choice */
        target.has_scale = true;
        target.scale = value[1];
    }
    ck_assert_int_eq(plan_bind(&p, s, &target, &o), CONV_OK);
    enum conv_status st = p.fn(&p, c, back, sizeof back, &len);
    ck_assert_msg(st == CONV_OK && len == (SQLLEN)t->size && memcmp(back, value, t->size) == 0,
                  "%s %s: %.*s gives %s", way, ctype_name(t->ctype), (int)c->len,
                  (const char *)c->p, state_of(st));
}

START_TEST(there_and_back)
{
    static const struct trip trips[] = {
        {SQL_C_SBIGINT, SQL_BIGINT, MYSQL_TYPE_LONGLONG, 8},
        {SQL_C_UBIGINT, SQL_BIGINT, MYSQL_TYPE_LONGLONG, 8},
        {SQL_C_SLONG, SQL_INTEGER, MYSQL_TYPE_LONG, 4},
        {SQL_C_ULONG, SQL_INTEGER, MYSQL_TYPE_LONG, 4},
        {SQL_C_SSHORT, SQL_SMALLINT, MYSQL_TYPE_SHORT, 2},
        {SQL_C_UTINYINT, SQL_TINYINT, MYSQL_TYPE_TINY, 1},
        {SQL_C_DOUBLE, SQL_DOUBLE, MYSQL_TYPE_DOUBLE, 8},
        {SQL_C_BIT, SQL_BIT, MYSQL_TYPE_TINY, 1},
        {SQL_C_NUMERIC, SQL_DECIMAL, MYSQL_TYPE_NEWDECIMAL, sizeof(SQL_NUMERIC_STRUCT)},
        {SQL_C_TYPE_DATE, SQL_TYPE_DATE, MYSQL_TYPE_DATE, 6},
        {SQL_C_TYPE_TIME, SQL_TYPE_TIME, MYSQL_TYPE_TIME, 6},
        {SQL_C_TYPE_TIMESTAMP, SQL_TYPE_TIMESTAMP, MYSQL_TYPE_DATETIME, 16},
        {SQL_C_SBIGINT, SQL_VARCHAR, MYSQL_TYPE_VAR_STRING, 8},
        {SQL_C_TYPE_TIMESTAMP, SQL_VARCHAR, MYSQL_TYPE_VAR_STRING, 16},
        {SQL_C_DOUBLE, SQL_VARCHAR, MYSQL_TYPE_VAR_STRING, 8},
    };
    const struct trip *t = &trips[_i];
    struct conv_opts o = {0};
    struct param_plan p;
    struct param_target target = {.ctype = t->ctype, .sql_type = t->sql};
    ck_assert_int_eq(param_bind(&p, &target, &o), CONV_OK);
    for (int i = 0; i < 3000; i++) {
        unsigned char value[64];
        struct buf b = {0};
        enum param_form form;
        struct conv_source s = {.charset = 45, .decimals = 6, .length = 30};
        bool is_unsigned = false;
        make_value(t, value);
        ck_assert_int_eq(param_literal(&p, value, 0, &b, &form), CONV_OK);
        s.type = t->column;
        s.flags = ctype_default(t->sql, true, &o) == t->ctype ? CONV_FLAG_UNSIGNED : 0;
        check_back(t, &(struct cell){b.p, b.len}, &s, value, "literal");
        buf_reset(&b);
        s.binary = true;
        ck_assert_int_eq(param_binary(&p, value, 0, &b, &s.type, &is_unsigned), CONV_OK);
        s.flags = is_unsigned ? CONV_FLAG_UNSIGNED : 0;
        (void)check_direct(&p, value, t->size, &b, s.type, is_unsigned); /* where there is one */
        check_back(t, &(struct cell){b.p, b.len}, &s, value, "binary");
        buf_clear(&b);
    }
}
END_TEST

Suite *check_param(void);
Suite *check_param(void)
{
    Suite *s = suite_create("param");
    TCase *tc = tcase_create("all");
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, literal, 0, (int)(sizeof rows / sizeof rows[0]));
    tcase_add_loop_test(tc, binary, 0, (int)(sizeof rows / sizeof rows[0]));
    tcase_add_loop_test(tc, direct, 0, (int)(sizeof rows / sizeof rows[0]));
    tcase_add_test(tc, lengths);
    tcase_add_test(tc, long_wide);
    tcase_add_test(tc, date_options);
    tcase_add_test(tc, no_memory);
    tcase_add_loop_test(tc, there_and_back, 0, 15);
    suite_add_tcase(s, tc);
    return s;
}
