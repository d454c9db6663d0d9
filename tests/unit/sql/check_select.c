/* check_select.c - the table of a plain SELECT. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "sql/select.h"
#include "rows.h"

START_TEST(tables)
{
    static const struct {
        const char *sql, *table; /* NULL: none */
    } rows[] = {
        {"SELECT * FROM t", "t"},
        {"select a, `b c`, t.d from `d b`.t where 1 = 0", "`d b`.t"},
        {"SELECT ALL a FROM c.d.t ORDER BY a LIMIT 1;", "c.d.t"},
        {"SELECT a FROM t FOR UPDATE", "t"},
        {"/* x */ SELECT a FROM t -- end", "t"},
        {"SELECT a AS b FROM t", NULL},
        {"SELECT a b FROM t", NULL},
        {"SELECT a + 1 FROM t", NULL},
        {"SELECT f(a) FROM t", NULL},
        {"SELECT DISTINCT a FROM t", NULL},
        {"SELECT a FROM t, u", NULL},
        {"SELECT a FROM t JOIN u", NULL},
        {"SELECT a FROM t x", NULL},
        {"SELECT a FROM (SELECT a FROM t) u", NULL},
        {"SELECT a FROM t WHERE a = 1 GROUP BY a", NULL},
        {"SELECT a FROM t WHERE a = 1 UNION SELECT b FROM u", NULL},
        {"SELECT a FROM t; SELECT b FROM u", NULL},
        {"SELECT a FROM", NULL},
        {"SELECT a, FROM t", NULL},
        {"SELECT 1", NULL},
        {"SELECT a FROM `t", NULL},
        {"SHOW TABLES", NULL},
        {"", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t n = strlen(rows[i].sql);
        for (size_t cut = 0; cut <= n; cut++) { /* ASan sees what is read beyond */
            char *copy = exact(rows[i].sql, cut);
            struct sql_span s = {0};
            bool is = sql_select_table(copy, cut, (struct sql_mode){0}, &s);
            MUST(!is || s.at + s.len <= cut, "%s cut %zu", rows[i].sql, cut);
            bool is_right = is == (rows[i].table != NULL) &&
                            (!is || (s.len == strlen(rows[i].table) &&
                                     !memcmp(copy + s.at, rows[i].table, s.len)));
            MUST(cut < n || is_right, "%s", rows[i].sql);
            free(copy);
        }
    }
}
END_TEST

Suite *check_select(void);
Suite *check_select(void)
{
    Suite *s = suite_create("select");
    TCase *t = tcase_create("select");
    tcase_add_test(t, tables);
    suite_add_tcase(s, t);
    return s;
}
