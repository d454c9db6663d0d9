/* check_literal.c - values and names as SQL text. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "sql/lex.h"
#include "sql/literal.h"
#include "rows.h"

#define S(s) s, sizeof(s) - 1

static const struct {
    const char *s;
    size_t n;
    const char *backslashes, *none; /* as literal with and without backslash escapes */
} strings[] = {
    {S(""), "''", "''"},
    {S("abc"), "'abc'", "'abc'"},
    {S("it's"), "'it''s'", "'it''s'"},
    {S("''"), "''''''", "''''''"},
    {S("\\"), "'\\\\'", "'\\'"},
    {S("a\\'b"), "'a\\\\''b'", "'a\\''b'"},
    {S("a\0b"), "'a\\0b'", "_utf8mb4 x'610062'"},
    {S("\x1A\n\"`"), "'\\Z\n\"`'", "'\x1A\n\"`'"},
    {S("\xC3\xA4\xF0\x9F\x98\x80"), "'\xC3\xA4\xF0\x9F\x98\x80'", "'\xC3\xA4\xF0\x9F\x98\x80'"},
};

START_TEST(string)
{
    struct buf b = {0};
    sql_put_string(&b, strings[_i].s, strings[_i].n, (struct sql_mode){0});
    ck_assert_str_eq(buf_str(&b), strings[_i].backslashes);
    buf_reset(&b);
    sql_put_string(&b, strings[_i].s, strings[_i].n,
                   (struct sql_mode){.no_backslash_escapes = true});
    ck_assert_str_eq(buf_str(&b), strings[_i].none);
    buf_clear(&b);
}
END_TEST

/* What a server reads back from a '...' literal. */
static size_t read_back(const char *lit, size_t n, bool backslashes, char *out)
{
    size_t len = 0;
    for (size_t i = 1; i + 1 < n; i++) {
        if (lit[i] == '\'') {
            i++;
        } else if (lit[i] == '\\' && backslashes) {
            i++;
            out[len++] = (char)(lit[i] == '0' ? 0 : lit[i] == 'Z' ? 0x1A : lit[i]);
            continue;
        }
        out[len++] = lit[i];
    }
    return len;
}

/* Whatever the text: the literal is one token and stands for the same bytes.  That is what keeps
 * values from becoming SQL. */
START_TEST(one_token)
{
    static const char bytes[] = "'\\\"`%_;- \0\x1A\n?{}x";
    struct sql_mode mode = {.no_backslash_escapes = _i & 1, .ansi_quotes = _i & 2};
    uint64_t state = 362436069u + (unsigned)_i;
    struct buf b = {0};
    for (int round = 0; round < 20000; round++) {
        char s[12], back[64];
        size_t n = (size_t)(round % 13);
        for (size_t k = 0; k < n; k++) {
            state = state * 6364136223846793005u + 1442695040888963407u;
            s[k] = bytes[(state >> 33) % (sizeof bytes - 1)];
            s[k] = mode.no_backslash_escapes && !s[k] ? 'z'
                                                      : s[k]; /* NUL takes the hexadecimal form */
        }
        buf_reset(&b);
        sql_put_string(&b, s, n, mode);
        struct sql_lexer lx;
        sql_lex_init(&lx, (char *)b.p, b.len, mode);
        struct sql_token t = sql_next(&lx);
        MUST(t.kind == TOK_STRING && t.len == b.len && !t.unterminated, "%s", buf_str(&b));
        size_t len = read_back((char *)b.p, b.len, !mode.no_backslash_escapes, back);
        MUST(len == n && memcmp(back, s, n) == 0, "%s", buf_str(&b));
        buf_reset(&b);
        sql_put_name(&b, s, n);
        sql_lex_init(&lx, (char *)b.p, b.len, mode);
        t = sql_next(&lx);
        MUST(t.kind == TOK_NAME && t.len == b.len && !t.unterminated, "%s", buf_str(&b));
    }
    buf_clear(&b);
}
END_TEST

START_TEST(names_and_binary)
{
    struct buf b = {0};
    sql_put_name(&b, S("a`b``c"));
    sql_put_binary(&b, S("\0\xFFz'"));
    sql_put_binary(&b, "", 0);
    sql_put_binary(&b, NULL, 0);
    ck_assert_str_eq(buf_str(&b), "`a``b````c`x'00FF7A27'x''x''");
    buf_clear(&b);
}
END_TEST

START_TEST(patterns)
{
    struct buf b = {0};
    struct sql_mode none = {.no_backslash_escapes = true};
    sql_put_like(&b, S("my\\_t%"), (struct sql_mode){0});
    buf_putc(&b, '|');
    sql_put_like(&b, S("my\\_t%"), none);
    ck_assert_str_eq(buf_str(&b), "'my\\\\_t%'|'my\\_t%' ESCAPE '\\'");
    buf_clear(&b);
}
END_TEST

static const struct {
    const char *pattern;
    bool exact;
    const char *name;
} exacts[] = {
    {"", true, ""},       {"abc", true, "abc"}, {"a\\_b", true, "a_b"},  {"a\\%\\\\", true, "a%\\"},
    {"a_b", false, NULL}, {"a%", false, NULL},  {"a\\\\_", false, NULL}, {"a\\", true, "a\\"},
    {"a\\b", true, "ab"},
};

START_TEST(exact_patterns)
{
    struct buf b = {0};
    const char *p = exacts[_i].pattern;
    ck_assert_msg(sql_pattern_is_exact(&b, p, strlen(p)) == exacts[_i].exact, "%s", p);
    if (exacts[_i].exact) {
        ck_assert_str_eq(buf_str(&b), exacts[_i].name);
    }
    buf_clear(&b);
}
END_TEST

/* A buffer that cannot take it is broken, at every size; nothing is written past it. */
START_TEST(no_room)
{
    for (size_t max = 1; max < 33; max++) {
        struct buf b = {.max = max};
        sql_put_string(&b, S("it's \\ a"), (struct sql_mode){0});
        sql_put_binary(&b, S("abcdef"));
        sql_put_name(&b, S("a`b"));
        ck_assert(!buf_ok(&b) && b.len <= max);
        buf_clear(&b);
    }
}
END_TEST

Suite *check_literal(void); /* called by the generated main */

Suite *check_literal(void)
{
    Suite *s = suite_create("literal");
    TCase *t = tcase_create("literal");
    tcase_add_loop_test(t, string, 0, (int)(sizeof strings / sizeof *strings));
    tcase_add_loop_test(t, one_token, 0, 4);
    tcase_add_test(t, names_and_binary);
    tcase_add_test(t, patterns);
    tcase_add_loop_test(t, exact_patterns, 0, (int)(sizeof exacts / sizeof *exacts));
    tcase_add_test(t, no_room);
    suite_add_tcase(s, t);
    return s;
}
