/* check_product.c - telling products apart, and the form of product.def. */
#include <check.h>
#include <ctype.h>
#include <string.h>

#include "base/product.h"

Suite *check_product(void);

START_TEST(by_words)
{
    static const struct {
        const char *words;
        enum product_id product;
        bool is_told;
    } rows[] = {
        {"8.4.3", PRODUCT_MYSQL, false},
        {"MySQL Community Server - GPL", PRODUCT_MYSQL, false},
        {"", PRODUCT_MYSQL, false},
        {"10.11.6-MariaDB-0+deb12u1", PRODUCT_MARIADB, true},
        {"11.8.2-mariadb", PRODUCT_MARIADB, true},
        {"8.0.11-TiDB-v8.5.1", PRODUCT_TIDB, true},
        {"TiDB Server (Apache License 2.0) Community Edition, MySQL 8.0 compatible", PRODUCT_TIDB,
         true},
        {"5.5.58 MemSQL source distribution (compatible; MySQL Enterprise)", PRODUCT_SINGLESTORE,
         true},
        {"SingleStoreDB", PRODUCT_SINGLESTORE, true},
        {"StarRocks version 3.3.2-abc1234", PRODUCT_STARROCKS, true},
        {"doris version doris-4.1.3-rc02-7f0", PRODUCT_DORIS, true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        enum product_id id = product_named(rows[i].words, NULL);
        ck_assert_msg(id == rows[i].product, "%s: %s", rows[i].words, product_row(id)->name);
        ck_assert_msg(product_is_told(id) == rows[i].is_told, "%s", rows[i].words);
    }
}
END_TEST

START_TEST(by_version)
{
    ck_assert(!product_has(0, 90000));
    ck_assert(product_has(PRODUCT_ALWAYS, 0)); /* a version that was not understood */
    ck_assert(!product_has(80000, 50744));
    ck_assert(product_has(80000, 80000));
    ck_assert(product_has(80000, 90200));
}
END_TEST

/* What every product has. */
START_TEST(complete)
{
    const struct product *p = product_row((enum product_id)_i);
    ck_assert_ptr_nonnull(p->name);
    ck_assert_msg(p->dbms_name && p->kill, "%s", p->name);
    ck_assert_msg(p->insert_rows > 0, "%s: no row can be inserted", p->name);
    ck_assert_msg(p->isolations & p->default_isolation, "%s", p->name);
    ck_assert_msg(!(p->default_isolation & (p->default_isolation - 1)), "%s", p->name);
    ck_assert_msg(!_i == !p->words[0], "%s: the first row, and it alone, is of no words", p->name);
}
END_TEST

/* Words are looked for in lower case, and each product's own name is told as its own. */
START_TEST(words_form)
{
    const struct product *p = product_row((enum product_id)_i);
    for (size_t i = 0; i < PRODUCT_WORDS && p->words[i]; i++) {
        const char *word = p->words[i], *behind;
        for (const char *c = word; *c; c++) {
            ck_assert_msg(islower((unsigned char)*c), "%s", word);
        }
        ck_assert_msg(product_named(word, &behind) == (enum product_id)_i && behind && !*behind,
                      "%s", word);
    }
    ck_assert_msg(product_named(p->name, NULL) == (enum product_id)_i, "%s", p->name);
}
END_TEST

/* Each pattern has its value once, in quotes; what belongs together is there together. */
START_TEST(patterns_form)
{
    const struct product *p = product_row((enum product_id)_i);
    const char *const forms[] = {p->date, p->time, p->timestamp};
    for (size_t i = 0; i < 3; i++) {
        const char *value = forms[i] ? strchr(forms[i], '$') : NULL;
        ck_assert_msg(value && !strchr(value + 1, '$') && strstr(forms[i], "'$'"), "%s", p->name);
    }
    ck_assert_msg(!p->limit == !p->limit_since, "%s", p->name);
    ck_assert_msg(!p->limit == !p->limit_max && !p->limit == !p->limits, "%s", p->name);
    ck_assert_msg(!p->limit || strchr(p->limit, '$'), "%s", p->name);
    ck_assert_msg(!p->read_only == !p->no_writers, "%s", p->name);
    ck_assert_msg(!p->read_only == !p->writers, "%s", p->name);
    ck_assert_msg(p->list || !p->list_has_ms, "%s: SHOW PROCESSLIST has seconds", p->name);
    ck_assert_msg(!p->has_backslash_mode || p->has_ansi_mode, "%s", p->name);
}
END_TEST

Suite *check_product(void)
{
    Suite *s = suite_create("product");
    TCase *t = tcase_create("product");
    tcase_add_test(t, by_words);
    tcase_add_test(t, by_version);
    tcase_add_loop_test(t, complete, 0, PRODUCTS);
    tcase_add_loop_test(t, words_form, 0, PRODUCTS);
    tcase_add_loop_test(t, patterns_form, 0, PRODUCTS);
    suite_add_tcase(s, t);
    return s;
}
