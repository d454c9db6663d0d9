/* check_tables.c - form of table/ctype.def and table/type.def. */
#include <check.h>
#include <string.h>

#include "conv/describe.h"
#include "conv/ctype.h"
#include "conv/type.h"

static const SQLSMALLINT ctypes[] = {
#define CTYPE(id, ...) (id),
#include "table/ctype.def"
#undef CTYPE
};

static const SQLSMALLINT sqltypes[] = {
#define SQLTYPE(id, ...) (id),
#include "table/ctype.def"
#undef SQLTYPE
};

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

START_TEST(ctype_rows)
{
    for (size_t i = 0; i < COUNT(ctypes); i++) {
        const struct ctype_row *row = ctype_find(ctypes[i]);
        ck_assert_ptr_nonnull(row);
        for (size_t k = 0; k < i; k++) {
            ck_assert_msg(ctypes[k] != ctypes[i], "%s stands there twice", row->name);
        }
        ck_assert_msg(strncmp(row->name, "SQL_C_", 6) == 0, "%s", row->name);
        bool is_variable = row->family == FAMILY_CHAR || row->family == FAMILY_WCHAR ||
                           row->family == FAMILY_BINARY;
        ck_assert_msg(is_variable == (row->size == 0), "%s: size %u", row->name, row->size);
        ck_assert_int_eq(ctype_size(ctypes[i]), row->size);
        if (row->family == FAMILY_INT) {
            uint64_t all = UINT64_MAX >> (64 - 8 * row->size);
            ck_assert_msg(row->max == (row->is_unsigned ? all : all / 2), "%s: maximum", row->name);
            ck_assert_msg(row->is_unsigned ? row->min == 0 : row->min == -(int64_t)(all / 2) - 1,
                          "%s: minimum", row->name);
        }
        if (row->family == FAMILY_MONTHS || row->family == FAMILY_SECONDS) {
            ck_assert_msg(row->first <= row->last, "%s: fields", row->name);
            ck_assert_msg((row->family == FAMILY_MONTHS) == (row->last <= FIELD_MONTH),
                          "%s: family", row->name);
        }
    }
    ck_assert_int_eq(ctype_size(SQL_C_DEFAULT), -1);
    ck_assert_str_eq(ctype_name(SQL_C_DEFAULT), "SQL_C_DEFAULT");
    ck_assert_str_eq(ctype_name(1234), "unknown");
}
END_TEST

START_TEST(sqltype_rows)
{
    for (size_t i = 0; i < COUNT(sqltypes); i++) {
        const struct sqltype_row *row = sqltype_find(sqltypes[i]);
        ck_assert_ptr_nonnull(row);
        for (size_t k = 0; k < i; k++) {
            ck_assert_msg(sqltypes[k] != sqltypes[i], "SQL type %d stands there twice",
                          sqltypes[i]);
        }
        ck_assert_msg(ctype_find(row->if_signed) && ctype_find(row->if_unsigned),
                      "SQL type %d: default", sqltypes[i]);
        const struct ctype_row *own = ctype_find(row->if_signed);
        ck_assert_msg(row->octets == 0 || row->octets == own->size, "SQL type %d: octets",
                      sqltypes[i]);
    }
}
END_TEST

START_TEST(type_rows_form)
{
    for (size_t i = 0; i < TYPES; i++) {
        const struct type_row *row = &type_rows[i];
        bool is_sized = type_is_text(row->sql_type) || type_is_bytes(row->sql_type) ||
                        row->sql_type == SQL_DECIMAL || row->sql_type == SQL_NUMERIC;
        ck_assert_msg(row->name && *row->name && row->size, "row %zu", i);
        ck_assert_msg(sqltype_find(row->sql_type) != NULL, "%s: SQL type", row->name);
        ck_assert_msg(is_sized || (row->octets && row->display), "%s: octets and display",
                      row->name);
        ck_assert_msg((strstr(row->name, "unsigned") == NULL) || row->is_unsigned, "%s: sign",
                      row->name);
        ck_assert_msg(row->match != MATCH_UNSIGNED || type_rows[i + 1].wire == row->wire,
                      "%s: the signed type must follow", row->name);
        ck_assert_msg((row->prefix == NULL) == (row->suffix == NULL), "%s: prefix and suffix",
                      row->name);
        ck_assert_msg(!row->limit || row->limit == row->size, "%s: limit", row->name);
    }
}
END_TEST

Suite *check_tables(void);
Suite *check_tables(void)
{
    Suite *s = suite_create("tables");
    TCase *tc = tcase_create("all");
    tcase_add_test(tc, ctype_rows);
    tcase_add_test(tc, sqltype_rows);
    tcase_add_test(tc, type_rows_form);
    suite_add_tcase(s, tc);
    return s;
}
