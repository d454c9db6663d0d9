/* loadstmt.c - takes STREAM LOAD apart. */
#include "sql/loadstmt.h"

#define SHOWN_BYTES 40

/* The lexer and one token ahead. */
struct parser {
    struct sql_lexer lx;
    struct sql_token t;
    struct fault *f;
};

static void advance(struct parser *p)
{
    p->t = sql_next_code(&p->lx);
}

static int expected(const struct parser *p, const char *what)
{
    if (p->t.kind == TOK_END)
        return fault(p->f, RC_CONFIG, "STREAM LOAD: the statement ends where %s is expected", what);
    size_t n = p->t.len < SHOWN_BYTES ? p->t.len : SHOWN_BYTES;
    while (n && n < p->t.len && ((unsigned char)p->lx.text[p->t.at + n] & 0xc0) == 0x80)
        n--;
    return fault(p->f, RC_CONFIG, "STREAM LOAD: %s is expected at \"%.*s\" (byte %zu)", what,
                 (int)n, p->lx.text + p->t.at, p->t.at + 1);
}

static bool accept(struct parser *p, const char *word)
{
    bool is = sql_is(&p->lx, p->t, word);
    if (is)
        advance(p);
    return is;
}

static bool accept_punct(struct parser *p, char c)
{
    bool is = sql_is_punct(&p->lx, p->t, c);
    if (is)
        advance(p);
    return is;
}

static bool accept_token(struct parser *p, bool is_it, struct sql_span *out)
{
    if (!is_it || p->t.unterminated)
        return false;
    *out = (struct sql_span){p->t.at, p->t.len};
    advance(p);
    return true;
}

static bool is_name(struct sql_token t)
{
    return t.kind == TOK_NAME || t.kind == TOK_WORD;
}

static int parse_table(struct parser *p, struct sql_loadstmt *out)
{
    if (!accept(p, "into"))
        return expected(p, "INTO");
    if (!accept_token(p, is_name(p->t), &out->table))
        return expected(p, "the name of a table");
    if (!accept_punct(p, '.'))
        return RC_OK;
    out->database = out->table;
    return accept_token(p, is_name(p->t), &out->table) ? RC_OK : expected(p, "the name of a table");
}

/* "(a, tmp, b = f(tmp))": to the parenthesis that ends it. */
static int parse_columns(struct parser *p, struct sql_loadstmt *out)
{
    size_t start = p->t.at + 1;
    if (!accept_punct(p, '('))
        return RC_OK;
    for (int depth = 1; depth; advance(p)) {
        bool is_bad = p->t.kind == TOK_END || p->t.kind == TOK_SEMICOLON || p->t.unterminated ||
                      p->t.kind == TOK_MARKER;
        if (is_bad)
            return expected(p, "the ) behind the columns");
        depth += sql_is_punct(&p->lx, p->t, '(') - sql_is_punct(&p->lx, p->t, ')');
        out->columns = (struct sql_span){start, p->t.at - start};
    }
    return RC_OK;
}

static int parse_source(struct parser *p, struct sql_loadstmt *out)
{
    if (!accept(p, "from"))
        return expected(p, "FROM");
    if (p->t.kind == TOK_MARKER) {
        advance(p);
        return RC_OK;
    }
    return accept_token(p, p->t.kind == TOK_STRING, &out->file)
               ? RC_OK
               : expected(p, "the name of a file in quotes, or ?");
}

/* A string, a word, or a number with its sign. */
static bool accept_value(struct parser *p, struct sql_span *out)
{
    size_t start = p->t.at;
    bool has_sign = accept_punct(p, '-') || accept_punct(p, '+');
    bool is_value =
        p->t.kind == TOK_NUMBER || (!has_sign && (p->t.kind == TOK_STRING || is_name(p->t)));
    if (!accept_token(p, is_value, out))
        return false;
    *out = (struct sql_span){start, out->at + out->len - start};
    return true;
}

static int parse_option(struct parser *p, struct sql_loadstmt *out)
{
    if (out->noptions == SQL_LOAD_OPTIONS_MAX)
        return fault(p->f, RC_CONFIG, "STREAM LOAD: there are more than %d options",
                     SQL_LOAD_OPTIONS_MAX);
    struct sql_load_option *o = &out->options[out->noptions++];
    if (!accept_token(p, is_name(p->t) || p->t.kind == TOK_STRING, &o->name))
        return expected(p, "the name of an option");
    if (!accept_punct(p, '='))
        return expected(p, "=");
    return accept_value(p, &o->value) ? RC_OK : expected(p, "the value of an option");
}

static int parse_options(struct parser *p, struct sql_loadstmt *out)
{
    if (!accept(p, "with"))
        return RC_OK;
    if (!accept_punct(p, '('))
        return expected(p, "(");
    int rc = RC_OK;
    while (!rc && !accept_punct(p, ')')) {
        if (out->noptions && !accept_punct(p, ','))
            return expected(p, ", or )");
        rc = parse_option(p, out);
    }
    return rc;
}

bool sql_loadstmt_is(const char *text, size_t len, struct sql_mode mode)
{
    struct parser p = {0};
    sql_lex_init(&p.lx, text, len, mode);
    advance(&p);
    return accept(&p, "stream") && sql_is(&p.lx, p.t, "load");
}

int sql_loadstmt_parse(const char *text, size_t len, struct sql_mode mode, struct sql_loadstmt *out,
                       struct fault *f)
{
    struct parser p = {.f = f};
    *out = (struct sql_loadstmt){0};
    sql_lex_init(&p.lx, text, len, mode);
    advance(&p);
    if (!accept(&p, "stream") || !accept(&p, "load"))
        return expected(&p, "STREAM LOAD");
    int rc = parse_table(&p, out);
    if (!rc)
        rc = parse_columns(&p, out);
    if (!rc)
        rc = parse_source(&p, out);
    if (!rc)
        rc = parse_options(&p, out);
    while (!rc && p.t.kind == TOK_SEMICOLON)
        advance(&p);
    return rc || p.t.kind == TOK_END ? rc : expected(&p, "the end of the statement");
}
