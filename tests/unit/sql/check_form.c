/* check_form.c - what reads, and which statements have one form. */
#include <check.h>
#include <string.h>

#include "sql/form.h"

Suite *check_form(void);

static bool form_of(const char *sql, struct buf *out)
{
    struct sql_mode mode = {0};
    struct sql_kind_info kind = sql_kind_of(sql, strlen(sql), mode);
    return sql_form(sql, strlen(sql), &kind, mode, out);
}

static const struct {
    bool reads;
    const char *sql;
} texts[] = {
    {true, "SELECT a FROM t"},
    {true, "select a from(select 1)x"},
    {true, "(SELECT a FROM t)"},
    {true, "WITH w AS (SELECT 1) SELECT * FROM w"},
    {true, "TABLE t"},
    {true, "VALUES ROW(f(1))"},
    {true, "SELECT f(1)"},
    {true, "SELECT CAST(1 AS FLOAT)"},
    {true, "CALL p"},
    {true, "INSERT INTO t VALUES(1) RETURNING a"},
    {true, "DELETE FROM t returning a"},
    {true, "REPLACE t SELECT 1 RETURNING *"},
    {true, "SELECT row_count, found_rows, error_count FROM t"},
    {true, "SELECT @@session.sql_mode FROM t"},
    {false, ""},
    {false, "SELECT 1"},
    {false, "SELECT 1 + 2, 'from', \"from\", `from`"},
    {false, "SELECT @@version -- from"},
    {false, "SELECT ROW_COUNT()"},
    {false, "SELECT a, found_rows() FROM t"},
    {false, "SELECT @@warning_count FROM t"},
    {false, "SELECT @@session.warning_count FROM t"},
    {false, "SELECT f(@@LOCAL . error_count)"},
    {false, "INSERT INTO t VALUES('RETURNING')"},
    {false, "UPDATE t SET a = (SELECT 1)"},
    {false, "SHOW TABLES FROM d"},
    {false, "EXPLAIN SELECT a FROM t"},
    {false, "SELECT a FROM t; SELECT a FROM t"},
    {false, "SET @a = (SELECT f FROM t)"},
};

START_TEST(reads)
{
    struct buf out = {0};
    bool is = form_of(texts[_i].sql, &out);
    buf_clear(&out);
    ck_assert_msg(is == texts[_i].reads, "%s: %d", texts[_i].sql, is);
}
END_TEST

static const struct {
    bool same;
    const char *a, *b;
} pairs[] = {
    {true, "SELECT a FROM t WHERE i = 17", "SELECT a FROM t WHERE i = 18"},
    {true, "SELECT a FROM t WHERE s = 'x''y'", "SELECT  a\n FROM t /* c */WHERE s = ''"},
    {false, "SELECT a FROM t", "SELECT b FROM t"},
    {false, "SELECT `a` FROM t", "SELECT `b` FROM t"},
    {false, "SELECT \"a\" FROM t", "SELECT \"b\" FROM t"}, /* names, under ANSI_QUOTES */
    {false, "SELECT IF(i, f, 1) FROM t", "SELECT IF(i, f, 10) FROM t"},
    {false, "SELECT IF(i, f, 1) FROM t", "SELECT IF(i, f, '1') FROM t"},
    {false, "SELECT COALESCE(f, 1.5) FROM t", "SELECT COALESCE(f, 100) FROM t"},
    {false, "SELECT COALESCE(f, 1e3) FROM t", "SELECT COALESCE(f, 100) FROM t"},
    {false, "SELECT CAST(a AS FLOAT(53)) FROM t", "SELECT CAST(a AS FLOAT(24)) FROM t"},
    {true, "SELECT CAST(a AS FLOAT) + 17 FROM t", "SELECT CAST(a AS FLOAT) + 18 FROM t"},
    {false, "SELECT a b FROM t", "SELECT ab FROM t"},
};

START_TEST(forms)
{
    struct buf a = {0}, b = {0};
    ck_assert(form_of(pairs[_i].a, &a) && form_of(pairs[_i].b, &b));
    bool same = a.len == b.len && !memcmp(a.p, b.p, a.len);
    buf_clear(&a);
    buf_clear(&b);
    ck_assert_msg(same == pairs[_i].same, "%s and %s", pairs[_i].a, pairs[_i].b);
}
END_TEST

/* A form that has no room is known to be none, and the answer is right. */
START_TEST(no_room)
{
    struct buf out;
    buf_init(&out, 10);
    ck_assert(form_of("SELECT a_long_name FROM t", &out) && !buf_ok(&out));
    buf_reset(&out);
    ck_assert(!form_of("SELECT a_long_name, ROW_COUNT() FROM t", &out) && !buf_ok(&out));
    buf_clear(&out);
}
END_TEST

Suite *check_form(void)
{
    Suite *s = suite_create("form");
    TCase *t = tcase_create("form");
    tcase_add_loop_test(t, reads, 0, (int)(sizeof texts / sizeof *texts));
    tcase_add_loop_test(t, forms, 0, (int)(sizeof pairs / sizeof *pairs));
    tcase_add_test(t, no_room);
    suite_add_tcase(s, t);
    return s;
}
