/* fuzz_literal.c - any bytes as values and names in SQL: whatever stands in them, the literal is
 * one token that ends where it should, and says the value. */
#include "base/cal.h"
#include "base/num.h"
#include "sql/literal.h"

#include "fuzz.h"

/* b is exactly one token of this kind; b is empty afterwards. */
static void check_token(struct buf *b, enum sql_token_kind kind, struct sql_mode mode)
{
    struct sql_lexer lx;
    MUST(buf_ok(b));
    sql_lex_init(&lx, buf_str(b), b->len, mode);
    struct sql_token t = sql_next(&lx);
    MUST(t.kind == kind && t.len == b->len && !t.unterminated);
    buf_reset(b);
}

/* b is a string, perhaps with introducer or ESCAPE: nothing but words, spaces and closed strings.
 */
static void check_tokens(struct buf *b, struct sql_mode mode)
{
    struct sql_lexer lx;
    size_t nstrings = 0, at = 0;
    sql_lex_init(&lx, buf_str(b), b->len, mode);
    for (struct sql_token t = sql_next(&lx); t.kind != TOK_END; t = sql_next(&lx)) {
        MUST(t.at == at && !t.unterminated && t.kind <= TOK_STRING && t.kind != TOK_COMMENT);
        nstrings += t.kind == TOK_STRING || t.kind == TOK_NUMBER;
        at += t.len;
    }
    MUST(nstrings >= 1 && nstrings <= 2);
    buf_reset(b);
}

/* The literal's text, unescaped again, is the value. */
static void check_value(const struct buf *b, const char *s, size_t n, struct sql_mode mode)
{
    size_t at = 0;
    for (size_t i = 1; i + 1 < b->len; i++, at++) {
        unsigned char c = b->p[i];
        if (c == '\\' && !mode.no_backslash_escapes) {
            c = b->p[++i];
            c = c == '0' ? 0 : c == 'Z' ? 26 : c;
        } else if (c == '\'') {
            MUST(b->p[++i] == '\'');
        }
        MUST(at < n && (unsigned char)s[at] == c);
    }
    MUST(at == n);
}

static void check_strings(const char *s, size_t n, struct sql_mode mode)
{
    struct buf b = {0};
    sql_put_string(&b, s, n, mode);
    if (mode.no_backslash_escapes && n && memchr(s, 0, n)) { /* as hexadecimal */
        check_tokens(&b, mode);
    } else {
        check_value(&b, s, n, mode);
        check_token(&b, TOK_STRING, mode);
    }
    sql_put_name(&b, s, n);
    check_token(&b, TOK_NAME, mode);
    sql_put_like(&b, s, n, mode);
    check_tokens(&b, mode);
    sql_put_binary(&b, s, n);
    MUST(b.len == 2 * n + 3);
    buf_clear(&b);
}

/* A pattern that is exact stands for the name that, escaped, gives a pattern that is exact. */
static void check_pattern(const char *s, size_t n)
{
    struct buf name = {0}, pattern = {0}, again = {0};
    if (sql_pattern_is_exact(&name, s, n)) {
        for (size_t i = 0; i < name.len; i++) {
            if (name.p[i] == '%' || name.p[i] == '_' || name.p[i] == '\\') {
                buf_putc(&pattern, '\\');
            }
            buf_putc(&pattern, name.p[i]);
        }
        MUST(sql_pattern_is_exact(&again, (const char *)pattern.p, pattern.len));
        MUST(again.len == name.len && (name.len == 0 || memcmp(again.p, name.p, name.len) == 0));
    }
    buf_clear(&name);
    buf_clear(&pattern);
    buf_clear(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct fuzz_in in = {data, n};
    unsigned bits = fuzz_byte(&in);
    struct sql_mode mode = {.no_backslash_escapes = bits & 1, .ansi_quotes = bits & 2};
    const char *s = (const char *)in.p;
    check_strings(s, in.n, mode);
    check_pattern(s, in.n);
    return 0;
}
