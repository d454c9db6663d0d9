/* check_loadstmt.c - STREAM LOAD taken apart, and its refusals; names and strings unquoted. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sql/loadstmt.h"
#include "sql/unquote.h"
#include "rows.h"

static void put_span(struct buf *b, const char *text, struct sql_span s)
{
    buf_put(b, text + s.at, s.len);
}

static void put_parts(struct buf *b, const char *text, const struct sql_loadstmt *l)
{
    put_span(b, text, l->database);
    buf_puts(b, " | ");
    put_span(b, text, l->table);
    buf_puts(b, " | ");
    put_span(b, text, l->columns);
    buf_puts(b, " | ");
    if (l->file.len)
        put_span(b, text, l->file);
    else
        buf_putc(b, '?');
    buf_puts(b, " | ");
    for (size_t i = 0; i < l->noptions; i++) {
        buf_puts(b, i ? ";" : "");
        put_span(b, text, l->options[i].name);
        buf_putc(b, '=');
        put_span(b, text, l->options[i].value);
    }
}

static void want_parts(struct buf *b, const struct row *row)
{
    for (int i = 0; i < 5; i++)
        buf_printf(b, "%s%s", i ? " | " : "", row->field[i]);
}

START_TEST(statements)
{
    struct rows r = rows_load("sql_loads.txt", 6);
    for (int i = 0; i < r.n; i++) {
        struct row *row = &r.row[i];
        bool is_bad = !strcmp(row->field[0], "!");
        ck_assert_msg(row->nfields == (is_bad ? 3 : 6), "line %d: %d fields", row->line,
                      row->nfields);
        char *text = row->field[is_bad ? 2 : 5];
        size_t n = rows_unescape(text);
        char *copy = exact(text, n);
        struct sql_loadstmt l;
        struct fault f = {0};
        struct buf seen = {0}, want = {0};
        MUST(sql_loadstmt_is(copy, n, (struct sql_mode){0}), "line %d", row->line);
        int rc = sql_loadstmt_parse(copy, n, (struct sql_mode){0}, &l, &f);
        if (is_bad) {
            MUST(rc == RC_CONFIG && strstr(f.text, row->field[1]), "line %d: %d %s", row->line, rc,
                 f.text);
        } else {
            MUST(rc == RC_OK, "line %d: %s", row->line, f.text);
            put_parts(&seen, copy, &l);
            want_parts(&want, row);
            MUST(!strcmp(buf_str(&seen), buf_str(&want)), "line %d: %s", row->line, buf_str(&seen));
        }
        buf_clear(&seen);
        buf_clear(&want);
        free(copy);
    }
    ck_assert_int_gt(r.n, 20);
    rows_free(&r);
}
END_TEST

/* Cut anywhere a statement is refused or still one; nothing outside is read (ASan). */
START_TEST(cuts)
{
    struct rows r = rows_load("sql_loads.txt", 6);
    for (int i = 0; i < r.n; i++) {
        char *text = r.row[i].field[r.row[i].nfields - 1];
        size_t n = rows_unescape(text);
        for (size_t cut = 0; cut <= n; cut++) {
            char *head = exact(text, cut);
            struct sql_loadstmt l;
            struct fault f = {0};
            int rc = sql_loadstmt_parse(head, cut, (struct sql_mode){0}, &l, &f);
            MUST(rc == RC_OK || (rc == RC_CONFIG && f.text[0]), "line %d cut %zu", r.row[i].line,
                 cut);
            MUST(rc || l.table.at + l.table.len <= cut, "line %d cut %zu", r.row[i].line, cut);
            free(head);
        }
    }
    rows_free(&r);
}
END_TEST

START_TEST(others)
{
    static const char *const texts[] = {"",
                                        "STREAM",
                                        "LOAD DATA LOCAL INFILE 'x' INTO TABLE t",
                                        "'STREAM' LOAD",
                                        "SELECT 1",
                                        "STREAMLOAD INTO t FROM ?"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        ck_assert_msg(!sql_loadstmt_is(texts[i], strlen(texts[i]), (struct sql_mode){0}), "%s",
                      texts[i]);
}
END_TEST

START_TEST(too_many_options)
{
    struct buf b = {0};
    buf_puts(&b, "STREAM LOAD INTO t FROM ? WITH (");
    for (int i = 0; i <= SQL_LOAD_OPTIONS_MAX; i++)
        buf_printf(&b, "%so%d=1", i ? "," : "", i);
    buf_putc(&b, ')');
    struct sql_loadstmt l;
    struct fault f = {0};
    const char *text = buf_str(&b);
    ck_assert_int_eq(sql_loadstmt_parse(text, b.len, (struct sql_mode){0}, &l, &f), RC_CONFIG);
    ck_assert_msg(strstr(f.text, "more than 64") != NULL, "%s", f.text);
    buf_clear(&b);
}
END_TEST

START_TEST(unquoting)
{
    static const struct {
        const char *sql, *name, *string, *plain; /* plain: without backslash escapes */
    } rows[] = {
        {"abc", "abc", "", ""},
        {"`a``b`", "a`b", "a`b", "a`b"},
        {"'it''s'", "it's", "it's", "it's"},
        {"\"a\"\"b\"", "a\"b", "a\"b", "a\"b"},
        {"'a\\n\\t\\\\\\''", NULL, "a\n\t\\'", NULL},
        {"'a\\nb'", NULL, "a\nb", "a\\nb"},
        {"'\\%\\_\\x'", NULL, "\\%\\_x", "\\%\\_\\x"},
        {"''", "", "", ""},
        {"'\\Z'", NULL, "\x1a", "\\Z"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buf b = {0};
        const char *sql = rows[i].sql;
        sql_unquote_string(&b, sql, strlen(sql), (struct sql_mode){0});
        ck_assert_msg(!strcmp(buf_str(&b), rows[i].string), "%s: %s", sql, buf_str(&b));
        buf_reset(&b);
        sql_unquote_string(&b, sql, strlen(sql), (struct sql_mode){.no_backslash_escapes = true});
        ck_assert_msg(!rows[i].plain || !strcmp(buf_str(&b), rows[i].plain), "%s: %s", sql,
                      buf_str(&b));
        buf_reset(&b);
        sql_unquote_name(&b, sql, strlen(sql));
        ck_assert_msg(!rows[i].name || !strcmp(buf_str(&b), rows[i].name), "%s: %s", sql,
                      buf_str(&b));
        buf_clear(&b);
    }
}
END_TEST

Suite *check_loadstmt(void);
Suite *check_loadstmt(void)
{
    Suite *s = suite_create("loadstmt");
    TCase *t = tcase_create("loadstmt");
    tcase_add_test(t, statements);
    tcase_add_test(t, cuts);
    tcase_add_test(t, others);
    tcase_add_test(t, too_many_options);
    tcase_add_test(t, unquoting);
    suite_add_tcase(s, t);
    return s;
}
