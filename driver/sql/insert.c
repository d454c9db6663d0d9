/* insert.c - takes a plain INSERT ... VALUES apart, so that rows can be added to it.  Declared in
 * kind.h. */
#include "sql/kind.h"

/* The lexer and one token ahead. */
struct parser {
    struct sql_lexer lx;
    struct sql_token t;
};

static void advance(struct parser *p)
{
    p->t = sql_next_code(&p->lx);
}

static bool accept(struct parser *p, const char *word)
{
    bool is = sql_is(&p->lx, p->t, word);
    if (is) {
        advance(p);
    }
    return is;
}

static bool accept_punct(struct parser *p, char c)
{
    bool is = sql_is_punct(&p->lx, p->t, c);
    if (is) {
        advance(p);
    }
    return is;
}

static bool accept_name(struct parser *p, struct sql_span *out)
{
    if ((p->t.kind != TOK_NAME && p->t.kind != TOK_WORD) || p->t.unterminated) {
        return false;
    }
    *out = (struct sql_span){p->t.at, p->t.len};
    advance(p);
    return true;
}

static void skip_modifiers(struct parser *p)
{
    while (accept(p, "low_priority") || accept(p, "delayed") || accept(p, "high_priority") ||
           accept(p, "ignore")) {
    }
    (void)accept(p, "into"); /* optional in MySQL */
}

static bool parse_table(struct parser *p, struct sql_insert *out)
{
    if (!accept_name(p, &out->table)) {
        return false;
    }
    if (!accept_punct(p, '.')) {
        return true;
    }
    out->database = out->table;
    return accept_name(p, &out->table);
}

/* "(a, `b`, c)"; an empty list is allowed and counts as none. */
static bool parse_columns(struct parser *p, struct sql_insert *out)
{
    size_t start = p->t.at + 1;
    if (!accept_punct(p, '(')) {
        return true;
    }
    struct sql_span name;
    while (!sql_is_punct(&p->lx, p->t, ')')) {
        if (out->ncolumns && !accept_punct(p, ',')) {
            return false;
        }
        if (!accept_name(p, &name)) {
            return false;
        }
        out->ncolumns++;
    }
    out->columns = (struct sql_span){start, p->t.at - start};
    advance(p);
    return true;
}

/* How many tokens CAST('...' AS type) has, or 0; lx stands behind CAST. */
static size_t cast_tokens(struct sql_lexer lx)
{
    size_t n = 1;
    bool is = sql_is_punct(&lx, sql_next_code(&lx), '(') && sql_next_code(&lx).kind == TOK_STRING &&
              sql_is(&lx, sql_next_code(&lx), "as") && sql_next_code(&lx).kind == TOK_WORD;
    struct sql_token t = sql_next_code(&lx);
    if (is && sql_is_punct(&lx, t, '(')) {
        is = sql_next_code(&lx).kind == TOK_NUMBER && sql_is_punct(&lx, sql_next_code(&lx), ')');
        t = sql_next_code(&lx);
        n += 3;
    }
    return is && sql_is_punct(&lx, t, ')') ? n + 5 : 0;
}

/* How many tokens make the constant that begins here: a marker, a literal, NULL, TRUE, FALSE or
 * DEFAULT one; DATE'...' two; 0: it is none. */
static size_t constant_tokens(const struct parser *p)
{
    static const char *const words[] = {"default", "null", "true", "false", NULL};
    static const char *const types[] = {"date", "time", "timestamp", "datetime", NULL};
    if (p->t.kind == TOK_MARKER || p->t.kind == TOK_NUMBER || p->t.kind == TOK_STRING ||
        sql_is_any(&p->lx, p->t, words)) {
        return 1;
    }
    struct sql_lexer ahead = p->lx;
    if (sql_is_any(&p->lx, p->t, types) && sql_next_code(&ahead).kind == TOK_STRING) {
        return 2;
    }
    return sql_is(&p->lx, p->t, "cast") ? cast_tokens(p->lx) : 0;
}

/* Can the token not stand in a value: an end, something cut off, the frame of an executable
 * comment? */
static bool ends_badly(const struct sql_token *t)
{
    return t->kind == TOK_END || t->kind == TOK_SEMICOLON || t->unterminated ||
           (t->kind == TOK_PUNCT && t->len > 1);
}

/* One value of the tuple, up to its ',' or ')' which is not consumed. */
static bool parse_value(struct parser *p, struct sql_insert *out, bool *simple)
{
    int depth = 0;
    size_t ntokens = 0;
    while (accept_punct(p, '-') || accept_punct(p, '+')) {
    }
    size_t nconstant = constant_tokens(p);
    for (; !ends_badly(&p->t); advance(p)) {
        bool open = sql_is_punct(&p->lx, p->t, '('), close = sql_is_punct(&p->lx, p->t, ')');
        if (depth == 0 && (close || sql_is_punct(&p->lx, p->t, ','))) {
            *simple = ntokens == nconstant;
            return ntokens > 0;
        }
        depth += open - close;
        ntokens++;
        out->nmarkers += p->t.kind == TOK_MARKER;
    }
    return false;
}

static bool parse_tuple(struct parser *p, struct sql_insert *out)
{
    size_t start = p->t.at;
    if (!accept_punct(p, '(')) {
        return false;
    }
    out->plain_values = true;
    while (!sql_is_punct(&p->lx, p->t, ')')) {
        bool simple;
        if (out->nvalues && !accept_punct(p, ',')) {
            return false;
        }
        if (!parse_value(p, out, &simple)) {
            return false;
        }
        out->nvalues++;
        out->plain_values = out->plain_values && simple;
    }
    out->tuple = (struct sql_span){start, p->t.at + 1 - start};
    advance(p);
    return true;
}

/* ", (...)" as often as there is one. */
static bool skip_tuples(struct parser *p, struct sql_insert *out)
{
    out->ntuples = 1;
    while (accept_punct(p, ',')) {
        struct sql_insert other = {0};
        if (!parse_tuple(p, &other)) {
            return false;
        }
        out->ntuples++;
    }
    return true;
}

static bool parse_head(struct parser *p, struct sql_insert *out)
{
    size_t start = p->t.at;
    out->replace = sql_is(&p->lx, p->t, "replace");
    if (!accept(p, "insert") && !accept(p, "replace")) {
        return false;
    }
    skip_modifiers(p);
    if (!parse_table(p, out) || !parse_columns(p, out)) {
        return false;
    }
    out->head = (struct sql_span){start, p->t.at + p->t.len - start};
    return accept(p, "values") || accept(p, "value");
}

bool sql_insert_parse(const char *text, size_t len, struct sql_mode mode, struct sql_insert *out)
{
    struct parser p;
    *out = (struct sql_insert){0};
    sql_lex_init(&p.lx, text, len, mode);
    advance(&p);
    if (!parse_head(&p, out) || !parse_tuple(&p, out) || !skip_tuples(&p, out)) {
        return false;
    }
    while (p.t.kind == TOK_SEMICOLON) {
        advance(&p);
    }
    return p.t.kind == TOK_END && (out->ncolumns == 0 || out->ncolumns == out->nvalues);
}

struct sql_span sql_insert_column(const char *text, const struct sql_insert *ins,
                                  struct sql_mode mode, size_t i)
{
    struct sql_lexer lx;
    sql_lex_init(&lx, text + ins->columns.at, ins->columns.len, mode);
    struct sql_token t = sql_next_code(&lx);
    for (; t.kind != TOK_END; t = sql_next_code(&lx)) {
        if (t.kind != TOK_PUNCT && i-- == 0) {
            return (struct sql_span){ins->columns.at + t.at, t.len};
        }
    }
    return (struct sql_span){0};
}
