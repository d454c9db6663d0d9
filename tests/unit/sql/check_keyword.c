/* check_keyword.c - reserved words by product and version. */
#include <check.h>
#include <sqlext.h>
#include <stdio.h>
#include <string.h>

#include "sql/keyword.h"

static const char *const words[] = {
#define KEYWORD(word, mysql, mariadb) word,
#include "table/keyword.def"
#undef KEYWORD
};

static bool is_in(const char *list, const char *word)
{
    char all[8000], one[100];
    (void)snprintf(all, sizeof all, ",%s,", list);
    (void)snprintf(one, sizeof one, ",%s,", word);
    return strstr(all, one);
}

/* Sorted, once each, and none that ODBC reserves itself. */
START_TEST(form)
{
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        ck_assert_msg(!i || strcmp(words[i - 1], words[i]) < 0, "%s is not in order", words[i]);
        ck_assert_msg(!is_in(SQL_ODBC_KEYWORDS, words[i]), "%s is ODBC's", words[i]);
    }
}
END_TEST

START_TEST(by_version)
{
    static const struct {
        enum product_id product;
        unsigned version;
        const char *word;
        bool is;
    } rows[] = {
        {PRODUCT_MYSQL, 50700, "RANK", false},      {PRODUCT_MYSQL, 80011, "RANK", true},
        {PRODUCT_MYSQL, 80011, "LATERAL", false},   {PRODUCT_MYSQL, 80014, "LATERAL", true},
        {PRODUCT_MARIADB, 101119, "RANK", false},   {PRODUCT_MARIADB, 101119, "LIMIT", true},
        {PRODUCT_MARIADB, 101119, "VECTOR", false}, {PRODUCT_MARIADB, 110800, "VECTOR", true},
        {PRODUCT_MARIADB, 101119, "OFFSET", true},  {PRODUCT_MYSQL, 90700, "OFFSET", false},
        {PRODUCT_STARROCKS, 80033, "LIMIT", true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buf b = {0};
        sql_keywords(&b, rows[i].product, rows[i].version);
        ck_assert_msg(is_in(buf_str(&b), rows[i].word) == rows[i].is, "%s in %u", rows[i].word,
                      rows[i].version);
        buf_clear(&b);
    }
}
END_TEST

Suite *check_keyword(void);
Suite *check_keyword(void)
{
    Suite *s = suite_create("keyword");
    TCase *t = tcase_create("keyword");
    tcase_add_test(t, form);
    tcase_add_test(t, by_version);
    suite_add_tcase(s, t);
    return s;
}
