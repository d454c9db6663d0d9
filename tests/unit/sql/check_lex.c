/* check_lex.c - tokens and parameter markers. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sql/lex.h"
#include "sql/param.h"
#include "rows.h"

static struct sql_mode mode_of(const char *letter)
{
    return (struct sql_mode){.no_backslash_escapes = letter[0] == 'n',
                             .ansi_quotes = letter[0] == 'a'};
}

/* The kinds as letters; also proves that the tokens cover the text exactly. */
static void kinds_of(const char *s, size_t n, struct sql_mode mode, char *out, size_t cap)
{
    static const char letters[] = "Escwn"
                                  "SN?"
                                  "{};p";
    struct sql_lexer lx;
    sql_lex_init(&lx, s, n, mode);
    size_t pos = 0, len = 0;
    for (;;) {
        struct sql_token t = sql_next(&lx);
        MUST(t.at == pos, "token at %zu, expected %zu", t.at, pos);
        if (t.kind == TOK_END) {
            break;
        }
        MUST(t.len >= 1 && t.len <= n - t.at, "token at %zu has %zu bytes", t.at, t.len);
        pos += t.len;
        MUST(!t.unterminated || pos == n, "unterminated, but not at the end");
        MUST(len + 3 < cap, "too many tokens for the test");
        if (t.unterminated) {
            out[len++] = 'U';
        }
        out[len++] = letters[t.kind];
    }
    out[len] = 0;
    MUST(pos == n, "%zu bytes of %zu are covered", pos, n);
    MUST(sql_next(&lx).kind == TOK_END && sql_next_code(&lx).kind == TOK_END,
         "does not stay at the end");
}

START_TEST(tokens)
{
    struct rows r = rows_load("sql_tokens.txt", 3);
    for (int i = 0; i < r.n; i++) {
        struct row *row = &r.row[i];
        char kinds[256];
        ck_assert_msg(row->nfields == 3, "line %d", row->line);
        size_t n = rows_unescape(row->field[1]);
        char *copy = exact(row->field[1], n);
        kinds_of(copy, n, mode_of(row->field[0]), kinds, sizeof kinds);
        ck_assert_msg(strcmp(kinds, row->field[2]) == 0, "line %d: %s gave %s, not %s", row->line,
                      row->field[1], kinds, row->field[2]);
        free(copy);
    }
    rows_free(&r);
}
END_TEST

/* Every prefix and every suffix of every sample, in every mode: covered exactly, nothing read
 * beyond. */
START_TEST(cuts)
{
    static const char *const files[] = {"sql_tokens.txt", "sql_escapes.txt", "sql_kinds.txt"};
    struct rows r = rows_load(files[_i], 1);
    for (int i = 0; i < r.n; i++) {
        char *s = r.row[i].field[0], kinds[1024];
        size_t n = rows_unescape(s);
        for (size_t cut = 0; cut <= n; cut++) {
            char *head = exact(s, cut), *tail = exact(s + cut, n - cut);
            for (int m = 0; m < 4; m++) {
                struct sql_mode mode = {.no_backslash_escapes = m & 1, .ansi_quotes = m & 2};
                kinds_of(head, cut, mode, kinds, sizeof kinds);
                kinds_of(tail, n - cut, mode, kinds, sizeof kinds);
            }
            free(head);
            free(tail);
        }
    }
    rows_free(&r);
}
END_TEST

/* Random bytes of those that mean something. */
START_TEST(noise)
{
    static const char bytes[] = "'\"`\\-#/*! \n?{};x0.e1@\xC3M";
    uint64_t state = 88172645463325252u + (unsigned)_i;
    char s[40], kinds[128];
    for (int round = 0; round < 20000; round++) {
        for (size_t k = 0; k < sizeof s; k++) {
            state = state * 6364136223846793005u + 1442695040888963407u;
            s[k] = bytes[(state >> 33) % (sizeof bytes - 1)];
        }
        kinds_of(s, sizeof s,
                 (struct sql_mode){.no_backslash_escapes = _i & 1, .ansi_quotes = _i & 2}, kinds,
                 sizeof kinds);
    }
}
END_TEST

START_TEST(words)
{
    struct sql_lexer lx;
    sql_lex_init(&lx, "SeLect ( 'select' `select`", 26, (struct sql_mode){0});
    struct sql_token t = sql_next_code(&lx);
    ck_assert(sql_is(&lx, t, "select") && !sql_is(&lx, t, "selec") && !sql_is(&lx, t, "selects"));
    t = sql_next_code(&lx);
    ck_assert(sql_is_punct(&lx, t, '(') && !sql_is_punct(&lx, t, ')') && !sql_is(&lx, t, "("));
    ck_assert(!sql_is(&lx, sql_next_code(&lx), "'select'"));
    ck_assert(!sql_is(&lx, sql_next_code(&lx), "`select`"));
}
END_TEST

static const struct {
    const char *text;
    size_t n, at[4];
} marked[] = {
    {"", 0, {0}},
    {"SELECT 1", 0, {0}},
    {"?", 1, {0}},
    {"SELECT ?, '?', \"?\", `?`, ? -- ?", 2, {7, 25}},
    {"INSERT INTO t VALUES (?,?,?) /* ? */", 3, {22, 24, 26}},
    {"SELECT /*! ? */ 1, ? # ?", 2, {11, 19}},
    {"SELECT 'it''s ?', '\\'?', ?", 1, {25}},
    {"SELECT '? ", 0, {0}},
};

START_TEST(markers)
{
    struct sql_markers m = {0};
    const char *s = marked[_i].text;
    for (int again = 0; again < 2; again++) { /* the memory is used again */
        ck_assert_int_eq(sql_markers_find(&m, s, strlen(s), (struct sql_mode){0}, NULL), RC_OK);
        ck_assert_msg(m.n == marked[_i].n, "%s: %zu markers", s, m.n);
    }
    for (size_t i = 0; i < m.n; i++) {
        ck_assert_msg(m.at[i] == marked[_i].at[i] && s[m.at[i]] == '?', "%s: marker %zu at %zu", s,
                      i, m.at[i]);
    }
    sql_markers_clear(&m);
    sql_markers_clear(&m);
    sql_markers_clear(NULL);
    ck_assert_ptr_null(m.at);
}
END_TEST

START_TEST(too_many_markers)
{
    size_t n = 65536;
    char *s = malloc(n);
    ck_assert_ptr_nonnull(s);
    memset(s, '?', n);
    struct sql_markers m = {0};
    struct fault f;
    ck_assert_int_eq(sql_markers_find(&m, s, n - 1, (struct sql_mode){0}, &f), RC_OK);
    ck_assert_uint_eq(m.n, 65535);
    ck_assert_int_eq(sql_markers_find(&m, s, n, (struct sql_mode){0}, &f), RC_UNSUPPORTED);
    ck_assert_ptr_nonnull(strstr(f.text, "65535"));
    sql_markers_clear(&m);
    free(s);
}
END_TEST

Suite *check_lex(void); /* called by the generated main */

Suite *check_lex(void)
{
    Suite *s = suite_create("lex");
    TCase *t = tcase_create("lex");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, tokens);
    tcase_add_loop_test(t, cuts, 0, 3);
    tcase_add_loop_test(t, noise, 0, 4);
    tcase_add_test(t, words);
    tcase_add_loop_test(t, markers, 0, (int)(sizeof marked / sizeof *marked));
    tcase_add_test(t, too_many_markers);
    suite_add_tcase(s, t);
    return s;
}
