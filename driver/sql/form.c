/* form.c - statements without their constants. */
#include "sql/form.h"

struct form {
    struct buf *out;
    bool reads, asks_back;
    bool is_float; /* the name of the type was read: digits follow */
};

/* Does it ask what the statement before this one did?  Columns may have such names too. */
static bool asks_back(struct sql_lexer lx, struct sql_token t)
{
    static const char *const functions[] = {"row_count", "found_rows", NULL};
    static const char *const scopes[] = {"@@session", "@@local", NULL};
    static const char *const counts[] = {"warning_count", "error_count", NULL};
    static const char *const variables[] = {"@@warning_count", "@@error_count", NULL};
    if (sql_is_any(&lx, t, functions)) {
        return sql_is_punct(&lx, sql_next_code(&lx), '(');
    }
    if (sql_is_any(&lx, t, scopes)) {
        return sql_is_punct(&lx, sql_next_code(&lx), '.') &&
               sql_is_any(&lx, sql_next_code(&lx), counts);
    }
    return sql_is_any(&lx, t, variables);
}

static void take_word(struct form *f, const struct sql_lexer *lx, struct sql_token t)
{
    f->is_float = sql_is(lx, t, "float");
    f->reads |= f->is_float || sql_is(lx, t, "from");
    f->asks_back |= asks_back(*lx, t);
    buf_put(f->out, lx->text + t.at, t.len);
}

/* 100, 1.5 and 1e3 are of three types, and FLOAT(24) is another than FLOAT(53). */
static void take_number(struct form *f, const char *number, size_t n)
{
    if (f->is_float) {
        buf_put(f->out, number, n);
        return;
    }
    buf_printf(f->out, "#%zu", n);
    for (size_t i = 0; i < n; i++) {
        if (number[i] < '0' || number[i] > '9') {
            buf_putc(f->out, (unsigned char)number[i]);
        }
    }
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
        take_number(f, lx->text + t.at, t.len);
        return;
    case TOK_STRING:
        if (lx->text[t.at] == '\'') {
            buf_putc(f->out, '\'');
            return;
        }
        break;
    default:
        f->reads |= sql_is_punct(lx, t, '(');
        f->is_float = f->is_float && sql_is_punct(lx, t, '(');
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
        return sql_is_any(&at, first, queries);
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
