/* fuzz_escape.c - any text through the escapes of ODBC: without braces it stays as it is, markers
 * are neither lost nor doubled, and mistakes lie in the text. */
#include "base/text.h"
#include "sql/escape.h"

#include "fuzz.h"

/* Tokens that count: markers, braces and the word CAST. */
struct counts {
    size_t markers, open, casts;
    bool is_cut;
};

static struct counts count(const char *s, size_t n, struct sql_mode mode)
{
    struct sql_lexer lx;
    struct counts c = {0};
    sql_lex_init(&lx, s, n, mode);
    for (struct sql_token t = sql_next(&lx); t.kind != TOK_END; t = sql_next(&lx)) {
        c.markers += t.kind == TOK_MARKER;
        c.open += t.kind == TOK_OPEN;
        c.casts += sql_is(&lx, t, "cast");
        c.is_cut = c.is_cut || t.unterminated;
    }
    return c;
}

static void check_escape(const char *s, size_t n, struct sql_mode mode)
{
    struct buf out;
    buf_init(&out, 1u << 20);
    struct sql_escape_result r = sql_escape(&out, s, n, mode);
    struct counts in = count(s, n, mode);
    MUST(in.open || in.casts || r.status == SQL_ESCAPE_NONE);
    MUST(r.status != SQL_ESCAPE_NONE || out.len == 0);
    if (r.status == SQL_ESCAPE_SYNTAX || r.status == SQL_ESCAPE_DATE) {
        MUST(r.at <= n && memchr(r.words, 0, sizeof r.words) && r.words[0]);
        MUST(text_valid(r.words, strlen(r.words)));
    }
    /* The lexer alone sees the string of {escape '\'} go on; and minus signs on both sides of a
     * brace, where no SQL has them, may be a comment without it. */
    bool is_odd = fuzz_has(s, n, "'\\'") || fuzz_has(s, n, "-{") || fuzz_has(s, n, "-}");
    if (r.status == SQL_ESCAPE_DONE && !in.is_cut && !is_odd) {
        struct counts c = count((const char *)out.p, out.len, mode);
        MUST(c.markers + r.returns == in.markers);
        MUST(!c.is_cut && c.open <= in.open);
    }
    buf_clear(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct fuzz_in in = {data, n};
    unsigned bits = fuzz_byte(&in);
    struct sql_mode mode = {bits & 1, bits & 2, (enum product_id)((bits >> 2) % PRODUCTS)};
    check_escape((const char *)in.p, in.n, mode);
    return 0;
}
