/* check_probe.c - the query that has a statement's columns. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "sql/probe.h"
#include "rows.h"
#include "torture.h"

static const struct {
    const char *sql, *probe; /* NULL: none; "=": the statement itself */
} rows[] = {
    {"SELECT a, ? FROM t WHERE b = ? -- ?\n;",
     "SELECT * FROM (SELECT a, NULL FROM t WHERE b = NULL\n) AS described LIMIT 0"},
    {"(SELECT 1) UNION (SELECT '?')",
     "SELECT * FROM ((SELECT 1) UNION (SELECT '?')\n) AS described LIMIT 0"},
    {"WITH w AS (SELECT 1) SELECT * FROM w",
     "SELECT * FROM (WITH w AS (SELECT 1) SELECT * FROM w\n) AS described LIMIT 0"},
    {"SELECT a FROM t WHERE a = ? LIMIT ?, ?",
     "SELECT * FROM (SELECT a FROM t WHERE a = NULL LIMIT 0, 0\n) AS described LIMIT 0"},
    {"WITH w AS (SELECT 1) DELETE FROM t", NULL},
    {"SELECT a INTO @a FROM t", NULL},
    {"SELECT a FROM t FOR UPDATE", NULL},
    {"SELECT 1; SELECT 2", NULL},
    {"TABLE t", NULL},
    {"SHOW TABLES", "="},
    {"show variables like ?;", "show variables like ''"},
    {"DESC t", "="},
    {"EXPLAIN SELECT analyze FROM t WHERE a = ?", "EXPLAIN SELECT analyze FROM t WHERE a = NULL"},
    {"EXPLAIN FORMAT=JSON INSERT INTO t VALUES (1)", "="},
    {"EXPLAIN ANALYZE SELECT SLEEP(5)", "EXPLAIN FORMAT=TREE SELECT 1"},
    {"DESCRIBE ANALYZE DELETE FROM t", "EXPLAIN FORMAT=TREE SELECT 1"},
    {"EXPLAIN FORMAT=JSON INTO @a SELECT 1", NULL},
    {"XA RECOVER", "="},
    {"XA COMMIT 'x'", NULL},
    {"HELP 'x'", NULL},
    {"CALL p()", NULL},
    {"ANALYZE SELECT 1", NULL},
    {"INSERT INTO t VALUES (1)", NULL},
    {"INSERT INTO d.`t` (a) VALUES (?), (f(1)) RETURNING a, ? AS b;",
     "SELECT  a, NULL AS b\n FROM d.`t` LIMIT 0"},
    {"REPLACE LOW_PRIORITY t SELECT 1 returning *", "SELECT  *\n FROM t LIMIT 0"},
    {"DELETE QUICK FROM t WHERE a = (SELECT returning FROM b) RETURNING a",
     "SELECT  a\n FROM t LIMIT 0"},
    {"UPDATE t SET a = 1", NULL},
    {"", NULL},
};

START_TEST(probes)
{
    const char *sql = rows[_i].sql, *want = rows[_i].probe;
    size_t n = strlen(sql);
    for (size_t cut = 0; cut <= n; cut++) {
        char *copy = exact(sql, cut);
        struct buf out = {0};
        buf_puts(&out, "x");
        struct sql_kind_info kind = sql_kind_of(copy, cut, (struct sql_mode){0});
        bool is = sql_probe(&out, copy, cut, &kind, (struct sql_mode){0});
        MUST(is || out.len == 1, "%s cut %zu: %s", sql, cut, buf_str(&out));
        if (cut == n) {
            want = want && !strcmp(want, "=") ? sql : want;
            ck_assert_msg(is == (want != NULL), "%s", sql);
            ck_assert_msg(!is || !strcmp(buf_str(&out) + 1, want), "%s: %s", sql, buf_str(&out));
        }
        buf_clear(&out);
        free(copy);
    }
}
END_TEST

/* What MySQL answers always in the same columns; MariaDB tells of them. */
START_TEST(maintenance)
{
    static const char *const statements[] = {"CHECK TABLE t",      "ANALYZE LOCAL TABLE t",
                                             "OPTIMIZE TABLE t",   "repair tables t",
                                             "CACHE INDEX t IN c", "LOAD INDEX INTO CACHE t"};
    for (size_t i = 0; i < sizeof statements / sizeof *statements; i++) {
        struct buf out = {0};
        const char *s = statements[i];
        struct sql_mode mode = {0};
        struct sql_kind_info kind = sql_kind_of(s, strlen(s), mode);
        ck_assert_msg(sql_probe(&out, s, strlen(s), &kind, mode), "%s", s);
        ck_assert_ptr_nonnull(strstr(buf_str(&out), "`Msg_text`"));
        mode.product = PRODUCT_MARIADB;
        ck_assert(!sql_probe(&out, s, strlen(s), &kind, mode));
        buf_clear(&out);
    }
}
END_TEST

/* No memory leaves a broken buffer, never half a query. */
START_TEST(without_memory)
{
    const char *sql = rows[_i].sql;
    size_t n = strlen(sql), i;
    struct sql_kind_info kind = sql_kind_of(sql, n, (struct sql_mode){0});
    for (i = 1; torture_begin(i); i++) {
        struct buf out = {0};
        bool is = sql_probe(&out, sql, n, &kind, (struct sql_mode){0});
        bool failed = torture_end();
        ck_assert_msg(!failed || !buf_ok(&out), "%s, allocation %zu", sql, i);
        ck_assert_msg(failed || is == (rows[_i].probe != NULL), "%s, allocation %zu", sql, i);
        buf_clear(&out);
    }
}
END_TEST

Suite *check_probe(void);
Suite *check_probe(void)
{
    Suite *s = suite_create("probe");
    TCase *t = tcase_create("probe");
    tcase_add_loop_test(t, probes, 0, sizeof rows / sizeof *rows);
    tcase_add_test(t, maintenance);
    tcase_add_loop_test(t, without_memory, 0, sizeof rows / sizeof *rows);
    suite_add_tcase(s, t);
    return s;
}
