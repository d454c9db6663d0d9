/* check_kind.c - kinds of statements and the parts of a plain INSERT. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sql/kind.h"
#include "rows.h"

static const char *const names[] = {"EMPTY",  "SELECT",   "INSERT", "REPLACE", "UPDATE",
                                    "DELETE", "CALL",     "SET",    "USE",     "BEGIN",
                                    "COMMIT", "ROLLBACK", "DDL",    "LOAD",    "OTHER"};

START_TEST(kinds)
{
    struct rows r = rows_load("sql_kinds.txt", 4);
    for (int i = 0; i < r.n; i++) {
        struct row *row = &r.row[i];
        ck_assert_msg(row->nfields == 4, "line %d", row->line);
        size_t n = rows_unescape(row->field[3]);
        char *copy = exact(row->field[3], n);
        struct sql_kind_info info = sql_kind_of(copy, n, (struct sql_mode){0});
        char seen[64];
        (void)snprintf(seen, sizeof seen, "%s | %zu | %s%s%s", names[info.kind], info.statements,
                       info.has_limit ? "l" : "", info.has_tail ? "t" : "",
                       info.has_limit || info.has_tail ? "" : "-");
        char want[64];
        (void)snprintf(want, sizeof want, "%s | %s | %s", row->field[0], row->field[1],
                       row->field[2]);
        ck_assert_msg(strcmp(seen, want) == 0, "line %d: %s: %s", row->line, row->field[3], seen);
        ck_assert(info.first_at <= n);
        free(copy);
    }
    rows_free(&r);
}
END_TEST

START_TEST(cuts)
{
    static const char *const files[] = {"sql_kinds.txt", "sql_inserts.txt", "sql_tokens.txt"};
    struct rows r = rows_load(files[_i], 1);
    for (int i = 0; i < r.n; i++) {
        char *bar = strrchr(r.row[i].field[0], '|');
        char *s = bar ? bar + 1 : r.row[i].field[0];
        size_t n = rows_unescape(s);
        for (size_t cut = 0; cut <= n; cut++) {
            char *head = exact(s, cut);
            struct sql_insert ins;
            struct sql_kind_info info = sql_kind_of(head, cut, (struct sql_mode){0});
            MUST((info.kind == SQL_KIND_EMPTY) == (info.statements == 0), "line %d cut %zu",
                 r.row[i].line, cut);
            bool insert = sql_insert_parse(head, cut, (struct sql_mode){0}, &ins);
            MUST(!insert || (ins.tuple.at + ins.tuple.len <= cut &&
                             ins.head.at + ins.head.len <= ins.tuple.at),
                 "line %d cut %zu", r.row[i].line, cut);
            free(head);
        }
    }
    rows_free(&r);
}
END_TEST

static bool span_is(const char *text, struct sql_span span, const char *want)
{
    return span.len == strlen(want) && memcmp(text + span.at, want, span.len) == 0;
}

static void check_insert(const struct row *row, const char *text, const struct sql_insert *ins)
{
    ck_assert_msg(span_is(text, ins->database, row->field[1]), "line %d: database", row->line);
    ck_assert_msg(span_is(text, ins->table, row->field[2]), "line %d: table", row->line);
    ck_assert_msg(span_is(text, ins->columns, row->field[3]), "line %d: columns", row->line);
    char seen[64], want[64];
    (void)snprintf(seen, sizeof seen, "%zu %zu %zu %s", ins->nvalues, ins->nmarkers, ins->ntuples,
                   ins->plain_values ? "plain" : "other");
    (void)snprintf(want, sizeof want, "%s %s %s %s", row->field[4], row->field[5], row->field[6],
                   row->field[7]);
    ck_assert_msg(strcmp(seen, want) == 0, "line %d: %s", row->line, seen);
    ck_assert_msg(text[ins->tuple.at] == '(' && text[ins->tuple.at + ins->tuple.len - 1] == ')',
                  "line %d: tuple", row->line);
    size_t end = ins->head.at + ins->head.len;
    ck_assert_msg(end <= ins->tuple.at && strchr("eEsS", text[end - 1]), "line %d: head",
                  row->line);
}

START_TEST(inserts)
{
    struct rows r = rows_load("sql_inserts.txt", 9);
    for (int i = 0; i < r.n; i++) {
        struct row *row = &r.row[i];
        bool want = strcmp(row->field[0], "yes") == 0;
        ck_assert_msg(row->nfields == (want ? 9 : 2), "line %d: %d fields", row->line,
                      row->nfields);
        char *text = row->field[row->nfields - 1];
        size_t n = rows_unescape(text);
        char *copy = exact(text, n);
        struct sql_insert ins;
        ck_assert_msg(sql_insert_parse(copy, n, (struct sql_mode){0}, &ins) == want, "line %d: %s",
                      row->line, text);
        if (want) {
            check_insert(row, copy, &ins);
        }
        free(copy);
    }
    rows_free(&r);
}
END_TEST

START_TEST(columns)
{
    static const char text[] = "INSERT INTO t ( a, `b,``c` /* x, */ ,\"d\" ) VALUES (?, ?, ?)";
    static const char *const want[] = {"a", "`b,``c`", "\"d\""};
    struct sql_mode mode = {.ansi_quotes = true};
    struct sql_insert ins;
    ck_assert(sql_insert_parse(text, sizeof text - 1, mode, &ins) && ins.ncolumns == 3);
    for (size_t i = 0; i < 3; i++) {
        ck_assert_msg(span_is(text, sql_insert_column(text, &ins, mode, i), want[i]), "column %zu",
                      i);
    }
    ck_assert_uint_eq(sql_insert_column(text, &ins, mode, 3).len, 0);
    ck_assert(!sql_insert_parse(text, sizeof text - 1, (struct sql_mode){0},
                                &ins)); /* "d" is then a string */
}
END_TEST

START_TEST(results)
{
    for (int k = SQL_KIND_EMPTY; k <= SQL_KIND_OTHER; k++) {
        ck_assert_msg(sql_kind_has_result((enum sql_kind)k) == (k == SQL_KIND_SELECT), "%s",
                      names[k]);
    }
    struct sql_kind_info info = sql_kind_of("  /* x */ ((select 1))", 22, (struct sql_mode){0});
    ck_assert_uint_eq(info.first_at, 12);
}
END_TEST

Suite *check_kind(void); /* called by the generated main */

Suite *check_kind(void)
{
    Suite *s = suite_create("kind");
    TCase *t = tcase_create("kind");
    tcase_add_test(t, kinds);
    tcase_add_loop_test(t, cuts, 0, 3);
    tcase_add_test(t, inserts);
    tcase_add_test(t, columns);
    tcase_add_test(t, results);
    suite_add_tcase(s, t);
    return s;
}
