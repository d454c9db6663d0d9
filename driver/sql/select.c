/* select.c - the table of a plain SELECT. */
#include "sql/select.h"

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

/* name, a.name or a.b.name; *out covers all of it. */
static bool accept_path(struct parser *p, struct sql_span *out)
{
    out->at = p->t.at;
    do {
        bool is_name = p->t.kind == TOK_NAME || p->t.kind == TOK_WORD;
        if (!is_name || p->t.unterminated)
            return false;
        out->len = p->t.at + p->t.len - out->at;
        advance(p);
    } while (accept_punct(p, '.'));
    return true;
}

static bool parse_list(struct parser *p)
{
    struct sql_span name;
    if (accept_punct(p, '*'))
        return true;
    do {
        if (!accept_path(p, &name))
            return false;
    } while (accept_punct(p, ','));
    return true;
}

/* Nothing that would make rows of something else. */
static bool ends_plainly(struct parser *p)
{
    static const char *const never[] = {"group", "having", "union", "join", "intersect", "except"};
    static const char *const after[] = {"where", "order", "limit", "for", "lock"};
    bool is_plain = p->t.kind == TOK_END || p->t.kind == TOK_SEMICOLON;
    for (size_t i = 0; i < sizeof after / sizeof *after; i++)
        is_plain = is_plain || sql_is(&p->lx, p->t, after[i]);
    for (; is_plain && p->t.kind != TOK_END && p->t.kind != TOK_SEMICOLON; advance(p))
        for (size_t i = 0; i < sizeof never / sizeof *never; i++)
            is_plain = is_plain && !sql_is(&p->lx, p->t, never[i]);
    while (p->t.kind == TOK_SEMICOLON)
        advance(p);
    return is_plain && p->t.kind == TOK_END;
}

bool sql_select_table(const char *text, size_t len, struct sql_mode mode, struct sql_span *table)
{
    struct parser p;
    sql_lex_init(&p.lx, text, len, mode);
    advance(&p);
    if (!accept(&p, "select"))
        return false;
    (void)accept(&p, "all");
    return parse_list(&p) && accept(&p, "from") && accept_path(&p, table) && ends_plainly(&p);
}
