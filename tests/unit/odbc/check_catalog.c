/* check_catalog.c - arguments of catalog functions, and the form of table/catalog.def. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "odbc/catalog/catalog.h"
#include "odbc/result/made.h"

static const struct {
    const char *list, *type;
    bool wanted;
} lists[] = {
    {"", "TABLE", true},
    {"  ", "TABLE", true},
    {"%", "VIEW", true},
    {"TABLE", "TABLE", true},
    {"table", "TABLE", true},
    {"'TABLE'", "TABLE", true},
    {"TABLE,VIEW", "VIEW", true},
    {"TABLE, VIEW", "VIEW", true},
    {"'TABLE','VIEW'", "VIEW", true},
    {"TABLE,VIEW", "SYSTEM VIEW", false},
    {"SYSTEM TABLE", "TABLE", false},
    {"VIEW", "TABLE", false},
    {"TABL", "TABLE", false},
    {",", "TABLE", false},
    {"'", "TABLE", false},
    {"VIEW,", "VIEW", true},
};

START_TEST(type_lists)
{
    ck_assert_msg(catalog_type_wanted(lists[_i].list, lists[_i].type) == lists[_i].wanted,
                  "%s in \"%s\"", lists[_i].type, lists[_i].list);
}
END_TEST

static const struct {
    const char *given, *name;
} identifiers[] = {
    {"plain", "plain"},
    {"blanks  ", "blanks"},
    {"`quoted  `", "quoted  "},
    {"\"quoted\"", "quoted"},
    {"", ""},
    {"   ", ""},
    {"`", "`"},
    {"``", ""},
    {"`half", "`half"},
};

START_TEST(quoted_names)
{
    char s[50];
    strncpy(s, identifiers[_i].given, sizeof s - 1);
    s[sizeof s - 1] = '\0';
    size_t n = catalog_identifier(s, strlen(s));
    ck_assert_str_eq(s, identifiers[_i].name);
    ck_assert_uint_eq(n, strlen(identifiers[_i].name));
}
END_TEST

enum { KIND_TEXT, KIND_SHORT, KIND_INT, KIND_LONG };
enum { NULLS_NO, NULLS_YES };
static const struct {
    int set;
    const char *name, *name2;
    int kind;
    unsigned chars;
} rows[] = {
#define CATALOG(set, name, name2, kind, chars, nulls) {MADE_##set, name, name2, KIND_##kind, chars},
#include "table/catalog.def"
};

/* Sets stand together, names are there and unique in a set, text has a size and numbers have none.
 */
START_TEST(table_form)
{
    int count[MADE_SETS] = {0};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        count[rows[i].set]++;
        ck_assert_msg(*rows[i].name && *rows[i].name2, "row %zu has no name", i);
        ck_assert_msg((rows[i].kind == KIND_TEXT) == (rows[i].chars > 0), "%s: size %u",
                      rows[i].name, rows[i].chars);
        ck_assert_msg(i == 0 || rows[i].set >= rows[i - 1].set, "%s is out of its set",
                      rows[i].name);
        for (size_t k = 0; k < i; k++)
            ck_assert_msg(rows[k].set != rows[i].set || strcmp(rows[k].name, rows[i].name) != 0,
                          "%s twice", rows[i].name);
    }
    ck_assert_int_eq(count[MADE_TABLES], 5);
    ck_assert_int_eq(count[MADE_COLUMNS], 18);
    ck_assert_int_eq(count[MADE_TYPES], 19);
    for (int s = 0; s < MADE_SETS; s++)
        ck_assert_int_le(count[s], MADE_COLUMNS_MAX);
}
END_TEST

Suite *check_catalog(void);
Suite *check_catalog(void)
{
    Suite *s = suite_create("catalog");
    TCase *t = tcase_create("arguments");
    tcase_add_loop_test(t, type_lists, 0, sizeof lists / sizeof *lists);
    tcase_add_loop_test(t, quoted_names, 0, sizeof identifiers / sizeof *identifiers);
    tcase_add_test(t, table_form);
    suite_add_tcase(s, t);
    return s;
}
