/* check_describe.c - what is told of columns, from metadata and from declarations, and
 * SQLGetTypeInfo. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "base/wire_type.h"
#include "conv/describe.h"

enum { WIDE = 1, ODBC2 = 2, STARROCKS = 4, CAP100 = 8, NO_BIGINT = 16 };

static struct conv_opts opts_of(unsigned bits)
{
    return (struct conv_opts){
        .wide_types = bits & WIDE,
        .wide_default = bits & WIDE,
        .odbc2 = bits & ODBC2,
        .bare_metadata = bits & STARROCKS,
        .types = bits & STARROCKS ? TYPES_STARROCKS : TYPES_MYSQL,
        .max_varchar = bits & CAP100 ? 100 : 0,
        .no_bigint = bits & NO_BIGINT,
    };
}

/* ---- metadata ---- */

#define U CONV_FLAG_UNSIGNED

static const struct {
    unsigned opts;
    uint8_t type;
    uint16_t flags, charset;
    uint32_t length;
    uint8_t decimals;
    const char *ext;
    /* expected */
    int sql;
    const char *name;
    long size, octets, display;
    int digits, radix, ctype;
} columns[] = {
    /* clang-format off */
    {0, MYSQL_TYPE_TINY, 0, 63, 4, 0, "", SQL_TINYINT, "tinyint", 3, 1, 4, 0, 10, SQL_C_STINYINT},
    {0, MYSQL_TYPE_TINY, U, 63, 3, 0, "", SQL_TINYINT, "tinyint unsigned", 3, 1, 3, 0, 10, SQL_C_UTINYINT},
    {0, MYSQL_TYPE_TINY, 0, 63, 1, 0, "", SQL_TINYINT, "tinyint", 3, 1, 4, 0, 10, SQL_C_STINYINT},
    {0, MYSQL_TYPE_SHORT, 0, 63, 6, 0, "", SQL_SMALLINT, "smallint", 5, 2, 6, 0, 10, SQL_C_SSHORT},
    {0, MYSQL_TYPE_INT24, 0, 63, 9, 0, "", SQL_INTEGER, "mediumint", 10, 4, 11, 0, 10, SQL_C_SLONG},
    {0, MYSQL_TYPE_LONG, 0, 63, 11, 0, "", SQL_INTEGER, "int", 10, 4, 11, 0, 10, SQL_C_SLONG},
    {0, MYSQL_TYPE_LONG, U, 63, 10, 0, "", SQL_INTEGER, "int unsigned", 10, 4, 10, 0, 10, SQL_C_ULONG},
    {0, MYSQL_TYPE_LONGLONG, 0, 63, 20, 0, "", SQL_BIGINT, "bigint", 19, 8, 20, 0, 10, SQL_C_SBIGINT},
    {0, MYSQL_TYPE_LONGLONG, U, 63, 20, 0, "", SQL_BIGINT, "bigint unsigned", 20, 8, 20, 0, 10, SQL_C_UBIGINT},
    {NO_BIGINT, MYSQL_TYPE_LONGLONG, 0, 63, 20, 0, "", SQL_INTEGER, "bigint", 19, 8, 20, 0, 10, SQL_C_SLONG},
    {0, MYSQL_TYPE_YEAR, U, 63, 4, 0, "", SQL_SMALLINT, "year", 5, 2, 5, 0, 10, SQL_C_USHORT},
    {0, MYSQL_TYPE_FLOAT, 0, 63, 12, 31, "", SQL_REAL, "float", 7, 4, 26, DESC_NONE, 10, SQL_C_FLOAT},
    {0, MYSQL_TYPE_DOUBLE, 0, 63, 22, 31, "", SQL_DOUBLE, "double", 15, 8, 34, DESC_NONE, 10, SQL_C_DOUBLE},
    {0, MYSQL_TYPE_NEWDECIMAL, 0, 63, 14, 2, "", SQL_DECIMAL, "decimal", 12, 14, 14, 2, 10, SQL_C_CHAR},
    {0, MYSQL_TYPE_NEWDECIMAL, 0, 63, 11, 0, "", SQL_DECIMAL, "decimal", 10, 12, 12, 0, 10, SQL_C_CHAR},
    {0, MYSQL_TYPE_NEWDECIMAL, U, 63, 13, 2, "", SQL_DECIMAL, "decimal unsigned", 12, 14, 14, 2, 10, SQL_C_CHAR},
    {0, MYSQL_TYPE_NEWDECIMAL, 0, 63, 67, 30, "", SQL_DECIMAL, "decimal", 65, 67, 67, 30, 10, SQL_C_CHAR},
    {STARROCKS, MYSQL_TYPE_NEWDECIMAL, 0, 63, 16, 2, "", SQL_DECIMAL, "decimal", 12, 14, 14, 2, 10, SQL_C_CHAR},
    {STARROCKS, MYSQL_TYPE_NEWDECIMAL, 0, 63, 41, 0, "", SQL_DECIMAL, "decimal", 38, 40, 40, 0, 10, SQL_C_CHAR},
    {0, MYSQL_TYPE_BIT, U, 63, 1, 0, "", SQL_BIT, "bit", 1, 1, 1, 0, 0, SQL_C_BIT},
    {0, MYSQL_TYPE_BIT, U, 63, 12, 0, "", SQL_BINARY, "bit", 2, 2, 4, DESC_NONE, 0, SQL_C_BINARY},
    {0, MYSQL_TYPE_DATE, 0, 63, 10, 0, "", SQL_TYPE_DATE, "date", 10, 6, 10, DESC_NONE, 0, SQL_C_TYPE_DATE},
    {ODBC2, MYSQL_TYPE_DATE, 0, 63, 10, 0, "", SQL_DATE, "date", 10, 6, 10, DESC_NONE, 0, SQL_C_TYPE_DATE},
    {0, MYSQL_TYPE_TIME, 0, 63, 10, 0, "", SQL_TYPE_TIME, "time", 8, 6, 10, 0, 0, SQL_C_TYPE_TIME},
    {0, MYSQL_TYPE_TIME, 0, 63, 14, 3, "", SQL_TYPE_TIME, "time", 12, 6, 14, 3, 0, SQL_C_TYPE_TIME},
    {0, MYSQL_TYPE_DATETIME, 0, 63, 19, 0, "", SQL_TYPE_TIMESTAMP, "datetime", 19, 16, 19, 0, 0, SQL_C_TYPE_TIMESTAMP},
    {0, MYSQL_TYPE_DATETIME, 0, 63, 26, 6, "", SQL_TYPE_TIMESTAMP, "datetime", 26, 16, 26, 6, 0, SQL_C_TYPE_TIMESTAMP},
    {0, MYSQL_TYPE_TIMESTAMP, 0, 63, 22, 2, "", SQL_TYPE_TIMESTAMP, "timestamp", 22, 16, 22, 2, 0, SQL_C_TYPE_TIMESTAMP},
    {STARROCKS, MYSQL_TYPE_DATETIME, 0, 63, 19, 0, "", SQL_TYPE_TIMESTAMP, "datetime", 26, 16, 26, 6, 0, SQL_C_TYPE_TIMESTAMP},
    {ODBC2, MYSQL_TYPE_DATETIME, 0, 63, 19, 0, "", SQL_TIMESTAMP, "datetime", 19, 16, 19, 0, 0, SQL_C_TYPE_TIMESTAMP},
    {0, MYSQL_TYPE_VAR_STRING, 0, 45, 1020, 0, "", SQL_VARCHAR, "varchar", 255, 1020, 1020, DESC_NONE, 0, SQL_C_CHAR},
    {WIDE, MYSQL_TYPE_VAR_STRING, 0, 45, 1020, 0, "", SQL_WVARCHAR, "varchar", 255, 1020, 255, DESC_NONE, 0, SQL_C_WCHAR},
    {WIDE, MYSQL_TYPE_VAR_STRING, 0, 255, 1020, 0, "", SQL_WVARCHAR, "varchar", 255, 1020, 255, DESC_NONE, 0, SQL_C_WCHAR},
    {WIDE, MYSQL_TYPE_VAR_STRING, 0, 2304, 1020, 0, "", SQL_WVARCHAR, "varchar", 255, 1020, 255, DESC_NONE, 0, SQL_C_WCHAR},
    {0, MYSQL_TYPE_VAR_STRING, 0, 33, 765, 0, "", SQL_VARCHAR, "varchar", 255, 765, 765, DESC_NONE, 0, SQL_C_CHAR},
    {0, MYSQL_TYPE_VAR_STRING, 0, 8, 255, 0, "", SQL_VARCHAR, "varchar", 255, 510, 510, DESC_NONE, 0, SQL_C_CHAR},
    {0, MYSQL_TYPE_VAR_STRING, 0, 45, 0, 0, "", SQL_VARCHAR, "varchar", 1, 4, 4, DESC_NONE, 0, SQL_C_CHAR},
    {CAP100, MYSQL_TYPE_VAR_STRING, 0, 45, 1020, 0, "", SQL_VARCHAR, "varchar", 100, 400, 400, DESC_NONE, 0, SQL_C_CHAR},
    {WIDE, MYSQL_TYPE_STRING, 0, 45, 40, 0, "", SQL_WCHAR, "char", 10, 40, 10, DESC_NONE, 0, SQL_C_WCHAR},
    {0, MYSQL_TYPE_STRING, CONV_FLAG_ENUM, 45, 40, 0, "", SQL_CHAR, "enum", 10, 40, 40, DESC_NONE, 0, SQL_C_CHAR},
    {0, MYSQL_TYPE_STRING, CONV_FLAG_SET, 45, 40, 0, "", SQL_CHAR, "set", 10, 40, 40, DESC_NONE, 0, SQL_C_CHAR},
    {0, MYSQL_TYPE_STRING, CONV_FLAG_BINARY, 63, 16, 0, "", SQL_BINARY, "binary", 16, 16, 32, DESC_NONE, 0, SQL_C_BINARY},
    {0, MYSQL_TYPE_VAR_STRING, CONV_FLAG_BINARY, 63, 16, 0, "", SQL_VARBINARY, "varbinary", 16, 16, 32, DESC_NONE, 0, SQL_C_BINARY},
    {0, MYSQL_TYPE_STRING, 0, 45, 144, 0, "uuid", SQL_CHAR, "uuid", 36, 144, 144, DESC_NONE, 0, SQL_C_CHAR},
    {0, MYSQL_TYPE_BLOB, 0, 45, 1020, 0, "", SQL_LONGVARCHAR, "tinytext", 255, 1020, 1020, DESC_NONE, 0, SQL_C_CHAR},
    {WIDE, MYSQL_TYPE_BLOB, 0, 45, 262140, 0, "", SQL_WLONGVARCHAR, "text", 65535, 262140, 65535, DESC_NONE, 0, SQL_C_WCHAR},
    {0, MYSQL_TYPE_BLOB, 0, 45, 67108860, 0, "", SQL_LONGVARCHAR, "mediumtext", 16777215, 67108860, 67108860, DESC_NONE, 0, SQL_C_CHAR},
    {0, MYSQL_TYPE_BLOB, 0, 45, 4294967295u, 0, "", SQL_LONGVARCHAR, "longtext", 2147483647, 2147483647, 2147483647, DESC_NONE, 0, SQL_C_CHAR},
    {CAP100, MYSQL_TYPE_BLOB, 0, 45, 4294967295u, 0, "", SQL_LONGVARCHAR, "longtext", 100, 400, 400, DESC_NONE, 0, SQL_C_CHAR},
    {0, MYSQL_TYPE_BLOB, 0, 63, 4294967295u, 0, "", SQL_LONGVARBINARY, "longblob", 2147483647, 2147483647, 2147483647, DESC_NONE, 0, SQL_C_BINARY},
    {0, MYSQL_TYPE_BLOB, 0, 63, 65535, 0, "", SQL_LONGVARBINARY, "blob", 65535, 65535, 131070, DESC_NONE, 0, SQL_C_BINARY},
    {0, MYSQL_TYPE_BLOB, 0, 63, 255, 0, "", SQL_LONGVARBINARY, "tinyblob", 255, 255, 510, DESC_NONE, 0, SQL_C_BINARY},
    {0, MYSQL_TYPE_JSON, 0, 63, 4294967295u, 0, "", SQL_LONGVARCHAR, "json", 2147483647, 2147483647, 2147483647, DESC_NONE, 0, SQL_C_CHAR},
    {CAP100, MYSQL_TYPE_JSON, 0, 63, 4294967295u, 0, "", SQL_LONGVARCHAR, "json", 100, 400, 400, DESC_NONE, 0, SQL_C_CHAR},
    {CAP100, MYSQL_TYPE_BLOB, 0, 45, 4294967295u, 0, "json", SQL_LONGVARCHAR, "json", 100, 400, 400, DESC_NONE, 0, SQL_C_CHAR},
    {0, MYSQL_TYPE_GEOMETRY, 0, 63, 4294967295u, 0, "", SQL_LONGVARBINARY, "geometry", 2147483647, 2147483647, 2147483647, DESC_NONE, 0, SQL_C_BINARY},
    {0, MYSQL_TYPE_VECTOR, 0, 63, 12, 0, "", SQL_VARBINARY, "vector", 12, 12, 24, DESC_NONE, 0, SQL_C_BINARY},
    {0, MYSQL_TYPE_NULL, 0, 63, 0, 0, "", SQL_VARCHAR, "varchar", 1, 4, 4, DESC_NONE, 0, SQL_C_CHAR},
    {0, 200, 0, 45, 400, 0, "", SQL_VARCHAR, "varchar", 100, 400, 400, DESC_NONE, 0, SQL_C_CHAR},
    {STARROCKS, MYSQL_TYPE_STRING, 0, 33, 40, 0, "", SQL_CHAR, "char", 40, 120, 120, DESC_NONE, 0, SQL_C_CHAR},
    {STARROCKS, MYSQL_TYPE_STRING, 0, 33, 60, 0, "", SQL_CHAR, "char", 65535, 196605, 196605, DESC_NONE, 0, SQL_C_CHAR},
    {STARROCKS, MYSQL_TYPE_VAR_STRING, 0, 33, 192, 0, "", SQL_VARCHAR, "varchar", 65535, 196605, 196605, DESC_NONE, 0, SQL_C_CHAR},
    {STARROCKS, MYSQL_TYPE_VAR_STRING, 0, 33, 60, 0, "", SQL_VARCHAR, "varchar", 20, 60, 60, DESC_NONE, 0, SQL_C_CHAR},
    /* clang-format on */
};

START_TEST(column)
{
    struct conv_opts o = opts_of(columns[_i].opts);
    struct conv_source s = {
        .type = columns[_i].type,
        .flags = columns[_i].flags,
        .charset = columns[_i].charset,
        .length = columns[_i].length,
        .decimals = columns[_i].decimals,
        .ext_type = columns[_i].ext,
    };
    struct conv_desc d;
    describe_column(&s, &o, &d);
    const char *what = columns[_i].name;
    ck_assert_msg(d.concise_type == columns[_i].sql, "row %d %s: type %d", _i, what,
                  d.concise_type);
    ck_assert_msg(strcmp(d.type_name, what) == 0, "row %d %s: name %s", _i, what, d.type_name);
    ck_assert_msg(d.column_size == columns[_i].size, "row %d %s: size %ld", _i, what,
                  (long)d.column_size);
    ck_assert_msg(d.octet_length == columns[_i].octets, "row %d %s: octets %ld", _i, what,
                  (long)d.octet_length);
    ck_assert_msg(d.display_size == columns[_i].display, "row %d %s: display %ld", _i, what,
                  (long)d.display_size);
    ck_assert_msg(d.decimal_digits == columns[_i].digits, "row %d %s: digits %d", _i, what,
                  d.decimal_digits);
    ck_assert_msg(d.num_prec_radix == columns[_i].radix, "row %d %s: radix %d", _i, what,
                  d.num_prec_radix);
    ck_assert_msg(d.ctype == columns[_i].ctype, "row %d %s: C type %d", _i, what, d.ctype);
    ck_assert_msg(d.is_unsigned == (strstr(what, "unsigned") != NULL || strcmp(what, "year") == 0),
                  "row %d %s: sign", _i, what);
}
END_TEST

START_TEST(flags)
{
    struct conv_opts o = {0}, sr = opts_of(STARROCKS);
    struct conv_source s = {.type = MYSQL_TYPE_LONG,
                            .flags = CONV_FLAG_NOT_NULL | CONV_FLAG_AUTO_INCREMENT};
    struct conv_desc d;
    describe_column(&s, &o, &d);
    ck_assert_int_eq(d.nullable, SQL_NO_NULLS);
    ck_assert(d.is_auto_unique);
    s.flags = 0;
    describe_column(&s, &o, &d);
    ck_assert_int_eq(d.nullable, SQL_NULLABLE);
    describe_column(&s, &sr, &d);
    ck_assert_int_eq(d.nullable, SQL_NULLABLE_UNKNOWN);
    s = (struct conv_source){.type = MYSQL_TYPE_DATETIME};
    describe_column(&s, &o, &d);
    ck_assert_int_eq(d.verbose_type, SQL_DATETIME);
    ck_assert_int_eq(d.datetime_sub, SQL_CODE_TIMESTAMP);
}
END_TEST

/* ---- declarations: each agrees with the metadata that its column would have ---- */

static const struct {
    unsigned opts;
    const char *text;
    struct conv_source same;
} declared[] = {
    /* clang-format off */
    {0, "bigint(20) unsigned", {.type = MYSQL_TYPE_LONGLONG, .flags = U, .length = 20}},
    {0, "bigint", {.type = MYSQL_TYPE_LONGLONG, .length = 20}},
    {0, "int(10) unsigned zerofill", {.type = MYSQL_TYPE_LONG, .flags = U, .length = 10}},
    {0, "TINYINT(1)", {.type = MYSQL_TYPE_TINY, .length = 1}},
    {0, "boolean", {.type = MYSQL_TYPE_TINY, .length = 1}},
    {0, "mediumint(8) unsigned", {.type = MYSQL_TYPE_INT24, .flags = U, .length = 8}},
    {0, "year(4)", {.type = MYSQL_TYPE_YEAR, .flags = U, .length = 4}},
    {0, "float", {.type = MYSQL_TYPE_FLOAT, .length = 12, .decimals = 31}},
    {0, "double unsigned", {.type = MYSQL_TYPE_DOUBLE, .flags = U, .length = 22, .decimals = 31}},
    {0, "decimal(12,2)", {.type = MYSQL_TYPE_NEWDECIMAL, .length = 14, .decimals = 2}},
    {0, "decimal(10,0) unsigned", {.type = MYSQL_TYPE_NEWDECIMAL, .flags = U, .length = 10}},
    {STARROCKS, "decimal(38, 9)", {.type = MYSQL_TYPE_NEWDECIMAL, .length = 42, .decimals = 9}},
    {0, "bit(1)", {.type = MYSQL_TYPE_BIT, .flags = U, .length = 1}},
    {0, "bit(12)", {.type = MYSQL_TYPE_BIT, .flags = U, .length = 12}},
    {0, "date", {.type = MYSQL_TYPE_DATE, .length = 10}},
    {0, "time(3)", {.type = MYSQL_TYPE_TIME, .length = 14, .decimals = 3}},
    {0, "datetime", {.type = MYSQL_TYPE_DATETIME, .length = 19}},
    {0, "datetime(6)", {.type = MYSQL_TYPE_DATETIME, .length = 26, .decimals = 6}},
    {0, "timestamp(2)", {.type = MYSQL_TYPE_TIMESTAMP, .length = 22, .decimals = 2}},
    {STARROCKS, "datetime", {.type = MYSQL_TYPE_DATETIME, .length = 19}},
    {0, "varchar(255)", {.type = MYSQL_TYPE_VAR_STRING, .charset = 45, .length = 1020}},
    {WIDE, "varchar(255)", {.type = MYSQL_TYPE_VAR_STRING, .charset = 45, .length = 1020}},
    {WIDE, "char(10)", {.type = MYSQL_TYPE_STRING, .charset = 45, .length = 40}},
    {0, "enum('a','bcd','it''s','ü')", {.type = MYSQL_TYPE_STRING, .flags = CONV_FLAG_ENUM, .charset = 45, .length = 16}},
    {0, "set('a','bcd')", {.type = MYSQL_TYPE_STRING, .flags = CONV_FLAG_SET, .charset = 45, .length = 20}},
    {0, "tinytext", {.type = MYSQL_TYPE_BLOB, .charset = 45, .length = 1020}},
    {0, "text", {.type = MYSQL_TYPE_BLOB, .charset = 45, .length = 262140}},
    {CAP100, "longtext", {.type = MYSQL_TYPE_BLOB, .charset = 45, .length = 4294967295u}},
    {CAP100, "json", {.type = MYSQL_TYPE_JSON, .charset = 63, .length = 4294967295u}},
    {0, "binary(16)", {.type = MYSQL_TYPE_STRING, .charset = 63, .length = 16}},
    {0, "varbinary(16)", {.type = MYSQL_TYPE_VAR_STRING, .charset = 63, .length = 16}},
    {0, "blob", {.type = MYSQL_TYPE_BLOB, .charset = 63, .length = 65535}},
    {0, "longblob", {.type = MYSQL_TYPE_BLOB, .charset = 63, .length = 4294967295u}},
    {0, "point", {.type = MYSQL_TYPE_GEOMETRY, .charset = 63, .length = 4294967295u}},
    {0, "vector(3)", {.type = MYSQL_TYPE_VECTOR, .charset = 63, .length = 12}},
    {0, "uuid", {.type = MYSQL_TYPE_STRING, .charset = 45, .length = 144, .ext_type = "uuid"}},
    /* clang-format on */
};

START_TEST(declaration)
{
    struct conv_opts o = opts_of(declared[_i].opts);
    struct conv_desc a, b;
    const char *text = declared[_i].text;
    describe_column(&declared[_i].same, &o, &a);
    describe_declared(text, 4, &o, &b);
    ck_assert_msg(a.concise_type == b.concise_type && a.verbose_type == b.verbose_type,
                  "%s: type %d", text, b.concise_type);
    ck_assert_msg(strcmp(a.type_name, b.type_name) == 0, "%s: name %s", text, b.type_name);
    ck_assert_msg(a.column_size == b.column_size, "%s: size %ld, not %ld", text,
                  (long)b.column_size, (long)a.column_size);
    ck_assert_msg(a.octet_length == b.octet_length, "%s: octets %ld", text, (long)b.octet_length);
    ck_assert_msg(a.display_size == b.display_size, "%s: display %ld", text, (long)b.display_size);
    ck_assert_msg(a.decimal_digits == b.decimal_digits, "%s: digits %d", text, b.decimal_digits);
    ck_assert_msg(a.is_unsigned == b.is_unsigned && a.ctype == b.ctype, "%s: sign", text);
}
END_TEST

START_TEST(odd_declarations)
{
    static const char *const texts[] = {"",
                                        "(",
                                        "array<int>",
                                        "map<int,varchar(3)>",
                                        "varchar(",
                                        "varchar(99999999999999999999)",
                                        "decimal(999,999)",
                                        "enum('",
                                        "set()",
                                        "datetime(99)",
                                        "largeint(40)",
                                        "unknown_type(3) x",
                                        "vector(",
                                        "bit(0)"};
    struct conv_opts o = opts_of(STARROCKS | CAP100);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct conv_desc d;
        describe_declared(texts[i], 0, &o, &d);
        ck_assert_msg(d.column_size >= 1 && d.column_size <= 100, "%s: size %ld", texts[i],
                      (long)d.column_size);
        ck_assert_msg(d.display_size >= 1 && d.octet_length >= 1, "%s: sizes", texts[i]);
        ck_assert_msg(d.ctype != 0, "%s: C type", texts[i]);
    }
}
END_TEST

/* ---- SQLGetTypeInfo ---- */

static bool has(const struct conv_opts *o, SQLSMALLINT type, const char *name, SQLLEN size)
{
    struct conv_typeinfo t[TYPEINFO_MAX];
    size_t n = typeinfo_list(o, type, t, TYPEINFO_MAX);
    return n > 0 && strcmp(t[0].type_name, name) == 0 && t[0].column_size == size &&
           t[0].data_type == type;
}

START_TEST(typeinfo)
{
    struct conv_opts o = opts_of((unsigned)_i);
    struct conv_typeinfo t[TYPEINFO_MAX];
    size_t n = typeinfo_list(&o, SQL_ALL_TYPES, t, TYPEINFO_MAX);
    ck_assert_uint_gt(n, 15);
    ck_assert_uint_lt(n, TYPEINFO_MAX);
    for (size_t i = 0; i < n; i++) {
        ck_assert_msg(i == 0 || t[i - 1].data_type <= t[i].data_type, "opts %d: %s not in order",
                      _i, t[i].type_name);
        ck_assert_msg(t[i].column_size > 0, "%s: size", t[i].type_name);
        ck_assert_msg(ctype_default(t[i].data_type, false, &o) != 0, "%s: no SQL type",
                      t[i].type_name);
        size_t some = typeinfo_list(&o, t[i].data_type, (struct conv_typeinfo[TYPEINFO_MAX]){{0}},
                                    TYPEINFO_MAX);
        ck_assert_msg(some >= 1, "%s: not found by its type", t[i].type_name);
    }
}
END_TEST

START_TEST(typeinfo_answers)
{
    struct conv_opts o = {0}, odbc2 = opts_of(ODBC2), sr = opts_of(STARROCKS), doris = sr;
    doris.types = TYPES_DORIS;
    struct conv_typeinfo t[TYPEINFO_MAX];
    ck_assert(has(&o, SQL_VARCHAR, "varchar", 16383));
    ck_assert(has(&o, SQL_WVARCHAR, "varchar", 16383));
    ck_assert(has(&o, SQL_WCHAR, "char", 255));
    ck_assert(has(&o, SQL_VARBINARY, "varbinary", 65532));
    ck_assert(has(&o, SQL_LONGVARCHAR, "longtext", INT32_MAX));
    ck_assert(has(&o, SQL_TYPE_TIMESTAMP, "datetime", 26));
    ck_assert(has(&odbc2, SQL_TIMESTAMP, "datetime", 26));
    ck_assert(has(&o, SQL_INTEGER, "int", 10));
    ck_assert(has(&o, SQL_BIGINT, "bigint", 19));
    ck_assert(has(&o, SQL_TINYINT, "tinyint", 3));
    ck_assert(has(&o, SQL_BIT, "bit", 1));
    ck_assert(has(&sr, SQL_BIT, "boolean", 1));
    ck_assert(has(&sr, SQL_VARCHAR, "varchar", 65533));
    ck_assert(has(&sr, SQL_DECIMAL, "decimal", 38));
    ck_assert(has(&sr, SQL_NUMERIC, "decimal", 38));
    ck_assert(has(&sr, SQL_VARBINARY, "varbinary", 65532));
    ck_assert(has(&doris, SQL_BIT, "boolean", 1));
    ck_assert_uint_eq(typeinfo_list(&doris, SQL_VARBINARY, t, TYPEINFO_MAX), 0);
    ck_assert_uint_eq(typeinfo_list(&sr, SQL_TYPE_TIMESTAMP, t, TYPEINFO_MAX), 1);
    ck_assert_ptr_null(t[0].create_params); /* DATETIME(6) is a syntax error there */
    ck_assert_uint_eq(typeinfo_list(&doris, SQL_TYPE_TIMESTAMP, t, TYPEINFO_MAX), 1);
    ck_assert_str_eq(t[0].create_params, "scale");
    ck_assert(has(&o, SQL_NUMERIC, "numeric", 65));
    ck_assert(has(&o, SQL_FLOAT, "double", 15));
    ck_assert_uint_eq(typeinfo_list(&o, SQL_TIMESTAMP, t, TYPEINFO_MAX),
                      2); /* the ODBC 2 name of the same */
    ck_assert_uint_eq(typeinfo_list(&o, SQL_GUID, t, TYPEINFO_MAX), 0);
    ck_assert_uint_eq(typeinfo_list(&o, SQL_ALL_TYPES, t, 3), 3);
}
END_TEST

Suite *check_describe(void);
Suite *check_describe(void)
{
    Suite *s = suite_create("describe");
    TCase *tc = tcase_create("all");
    tcase_add_loop_test(tc, column, 0, (int)(sizeof columns / sizeof columns[0]));
    tcase_add_test(tc, flags);
    tcase_add_loop_test(tc, declaration, 0, (int)(sizeof declared / sizeof declared[0]));
    tcase_add_test(tc, odd_declarations);
    tcase_add_loop_test(tc, typeinfo, 0, 128);
    tcase_add_test(tc, typeinfo_answers);
    suite_add_tcase(s, tc);
    return s;
}
