/* fuzz_lex.c - any bytes as SQL: the tokens cover the text, and what is found in it (markers, kind,
 * parts of an INSERT) lies within it. */
#include "sql/kind.h"
#include "sql/param.h"
#include "sql/probe.h"

#include "fuzz.h"

static size_t check_tokens(const char *s, size_t n, struct sql_mode mode)
{
    struct sql_lexer lx;
    size_t at = 0, nmarkers = 0;
    sql_lex_init(&lx, s, n, mode);
    for (struct sql_token t = sql_next(&lx); t.kind != TOK_END; t = sql_next(&lx)) {
        MUST(t.at == at && t.len > 0 && t.len <= n - at);
        MUST(!t.unterminated || t.at + t.len == n);
        MUST(t.kind != TOK_MARKER || (t.len == 1 && s[t.at] == '?'));
        nmarkers += t.kind == TOK_MARKER;
        at += t.len;
    }
    MUST(at == n);
    MUST(sql_next(&lx).kind == TOK_END && sql_next(&lx).len == 0);
    return nmarkers;
}

static void check_markers(const char *s, size_t n, struct sql_mode mode, size_t nmarkers)
{
    struct sql_markers m = {0};
    struct fault f;
    size_t end = 0;
    if (sql_markers_find(&m, s, n, mode, &f) == RC_OK) {
        MUST(m.n == nmarkers);
        for (size_t i = 0; i < m.n; i++) {
            MUST(m.at[i] >= end && m.at[i] < n && s[m.at[i]] == '?');
            end = m.at[i] + 1;
        }
    }
    sql_markers_clear(&m);
}

static bool is_within(struct sql_span inner, struct sql_span outer)
{
    return inner.len == 0 || (inner.at >= outer.at && inner.at + inner.len <= outer.at + outer.len);
}

static void check_insert(const char *s, size_t n, struct sql_mode mode, size_t nmarkers)
{
    struct sql_insert ins;
    if (!sql_insert_parse(s, n, mode, &ins)) {
        return;
    }
    struct sql_span all = {0, n}, tuple = ins.tuple;
    MUST(is_within(ins.head, all) && is_within(tuple, all) && is_within(ins.table, ins.head));
    MUST(is_within(ins.columns, ins.head) && is_within(ins.database, ins.head));
    MUST(tuple.len >= 2 && s[tuple.at] == '(' && s[tuple.at + tuple.len - 1] == ')');
    MUST(ins.head.at + ins.head.len <= tuple.at && ins.ntuples >= 1 && ins.nmarkers <= nmarkers);
    MUST(check_tokens(s + tuple.at, tuple.len, mode) == ins.nmarkers);
    MUST(ins.ncolumns == 0 || ins.ncolumns == ins.nvalues);
    for (size_t i = 0; i < ins.ncolumns; i++) {
        struct sql_span name = sql_insert_column(s, &ins, mode, i);
        MUST(name.len > 0 && is_within(name, ins.columns));
    }
    enum sql_kind kind = sql_kind_of(s, n, mode).kind;
    MUST(kind == (ins.replace ? SQL_KIND_REPLACE : SQL_KIND_INSERT));
}

/* What is asked for the columns has no markers left. */
static void check_probe(const char *s, size_t n, const struct sql_kind_info *k,
                        struct sql_mode mode)
{
    struct buf out;
    buf_init(&out, 1u << 20);
    if (sql_probe(&out, s, n, k, mode) && buf_ok(&out)) {
        MUST(check_tokens((const char *)out.p, out.len, mode) == 0);
    } else {
        MUST(!buf_ok(&out) || out.len == 0);
    }
    buf_clear(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct fuzz_in in = {data, n};
    unsigned bits = fuzz_byte(&in);
    struct sql_mode mode = {.no_backslash_escapes = bits & 1, .ansi_quotes = bits & 2};
    const char *s = (const char *)in.p;
    size_t nmarkers = check_tokens(s, in.n, mode);
    check_markers(s, in.n, mode, nmarkers);
    check_insert(s, in.n, mode, nmarkers);
    struct sql_kind_info k = sql_kind_of(s, in.n, mode);
    MUST(k.first_at <= in.n && k.statements <= in.n + 1);
    MUST((k.kind == SQL_KIND_EMPTY) == (k.statements == 0));
    check_probe(s, in.n, &k, mode);
    return 0;
}
