/* form.c - statements without their constants. */
#include "sql/form.h"

struct form {
    struct buf *out;
    bool reads, asks_back;
};

static bool is_one_of(const struct sql_lexer *lx, struct sql_token t, const char *const *words)
{
    for (; *words; words++)
        if (sql_is(lx, t, *words))
            return true;
    return false;
}

static void take_word(struct form *f, const struct sql_lexer *lx, struct sql_token t)
{
    static const char *const reading[] = {"from", "float", NULL};
    static const char *const back[] = {"row_count", "found_rows", "@@warning_count",
                                       "@@error_count", NULL};
    f->reads |= is_one_of(lx, t, reading);
    f->asks_back |= is_one_of(lx, t, back);
    buf_put(f->out, lx->text + t.at, t.len);
}

static void take(struct form *f, const struct sql_lexer *lx, struct sql_token t)
{
    switch (t.kind) {
    case TOK_SPACE:
    case TOK_COMMENT:
        if (f->out->len && f->out->p[f->out->len - 1] != ' ')
            buf_putc(f->out, ' ');
        return;
    case TOK_WORD:
        take_word(f, lx, t);
        return;
    case TOK_NUMBER:
        buf_printf(f->out, "#%zu", t.len);
        return;
    case TOK_STRING:
        if (lx->text[t.at] == '\'') {
            buf_putc(f->out, '\'');
            return;
        }
        break;
    default:
        f->reads |= sql_is_punct(lx, t, '(');
        break;
    }
    buf_put(f->out, lx->text + t.at, t.len);
}

/* Does the statement give rows of tables at all? */
static bool gives_rows(const struct sql_lexer *lx, const struct sql_kind_info *kind, bool *reads)
{
    static const char *const queries[] = {"select", "table", "values", NULL};
    struct sql_lexer at = *lx;
    at.pos = kind->first_at;
    struct sql_token first = sql_next_code(&at);
    *reads = sql_is(&at, first, "table") || kind->kind == SQL_KIND_CALL;
    if (kind->kind == SQL_KIND_SELECT)
        return is_one_of(&at, first, queries);
    if (kind->kind == SQL_KIND_INSERT || kind->kind == SQL_KIND_REPLACE ||
        kind->kind == SQL_KIND_DELETE) {
        struct sql_token t = first;
        while (t.kind != TOK_END && !sql_is(&at, t, "returning"))
            t = sql_next_code(&at);
        *reads = t.kind != TOK_END;
    }
    return *reads;
}

bool sql_form(const char *text, size_t len, const struct sql_kind_info *kind, struct sql_mode mode,
              struct buf *out)
{
    struct form f = {.out = out};
    struct sql_lexer lx;
    sql_lex_init(&lx, text, len, mode);
    if (kind->statements != 1 || !gives_rows(&lx, kind, &f.reads))
        return false;
    for (struct sql_token t = sql_next(&lx); t.kind != TOK_END; t = sql_next(&lx))
        take(&f, &lx, t);
    return f.reads && !f.asks_back;
}
