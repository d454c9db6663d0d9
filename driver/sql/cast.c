/* cast.c - finds the types of CASTs and writes those that the server has. */
#include "sql/cast.h"

#include <string.h>

#include "base/text.h"

#define MOST_DEPTH 64 /* CASTs inside each other that are looked at */

struct caster {
    struct sql_lexer lx;
    struct sql_mode mode;
    int depth;             /* of parentheses */
    int casts[MOST_DEPTH]; /* depths inside those of CAST */
    size_t ncasts;
    size_t written; /* bytes of the text that are in out */
};

enum { BLOCK = 64 };

/* Does "t(" stand anywhere in these BLOCK + 1 bytes?  Without a branch, so that compilers look at
 * many at once. */
static bool has_end_of_word(const char *s)
{
    unsigned char any = 0;
    for (size_t i = 0; i < BLOCK; i++) {
        any |= (unsigned char)(((s[i] | 0x20) == 't') & (s[i + 1] == '('));
    }
    return any;
}

/* "CAST(": INSERTs of megabytes come this way, most of them without. */
static bool has_cast(const char *s, size_t n)
{
    size_t i = 0;
    while (i + 5 <= n) {
        if (i + 3 + BLOCK < n && !has_end_of_word(s + i + 3)) {
            i += BLOCK;
            continue;
        }
        for (size_t stop = i + BLOCK; i < stop && i + 5 <= n; i++) {
            if (s[i + 4] == '(' && text_eqn(s + i, 4, "CAST")) {
                return true;
            }
        }
    }
    return false;
}

/* Is there a row for the name, of one or two words?  NULL: no, or the server knows it. */
static const char *find_type(enum product_casts casts, const char *name, size_t n)
{
    static const struct {
        const char *name, *mysql, *mariadb;
    } rows[] = {
#define CAST_TYPE(name, mysql, mariadb) {name, mysql, mariadb},
#include "table/cast_type.def"
#undef CAST_TYPE
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (text_eqn(name, n, rows[i].name)) {
            return casts == CASTS_MARIADB ? rows[i].mariadb : rows[i].mysql;
        }
    }
    return NULL;
}

/* The type that stands at the lexer. */
struct type {
    char name[24];           /* its words, with one space */
    size_t at, end;          /* of all of it, parentheses included */
    size_t args_at, args_to; /* "(...)", if args_to */
    bool has_text;           /* ... with something else than numbers */
};

/* False: no type has such a name. */
static bool add_word(struct type *ty, const struct sql_lexer *lx, struct sql_token t)
{
    size_t n = strlen(ty->name);
    if (n + 1 + t.len >= sizeof ty->name) {
        return false;
    }
    if (n) {
        ty->name[n++] = ' ';
    }
    memcpy(ty->name + n, lx->text + t.at, t.len);
    ty->name[n + t.len] = '\0';
    ty->end = t.at + t.len;
    return true;
}

/* Does CHARACTER SET, CHARSET or one of its short forms begin at t?  It stays as it is. */
static bool is_of_text(const struct sql_lexer *lx, struct sql_token t)
{
    static const char *const begins[] = {"CHARACTER", "CHARSET", "CHAR", "ASCII",
                                         "UNICODE",   "BINARY",  "BYTE", NULL};
    return sql_is_any(lx, t, begins);
}

/* Words, then perhaps "(...)", then a character set or the parenthesis that ends the CAST.  False:
 * it is no type. */
static bool read_type(struct sql_lexer lx, struct type *ty)
{
    struct sql_token t = sql_next_code(&lx);
    *ty = (struct type){.at = t.at};
    for (; t.kind == TOK_WORD && !(ty->name[0] && is_of_text(&lx, t)); t = sql_next_code(&lx)) {
        if (!add_word(ty, &lx, t)) {
            return false;
        }
    }
    if (!sql_is_punct(&lx, t, '(')) {
        return ty->name[0] && (is_of_text(&lx, t) || sql_is_punct(&lx, t, ')'));
    }
    ty->args_at = t.at;
    for (t = sql_next_code(&lx); !sql_is_punct(&lx, t, ')'); t = sql_next_code(&lx)) {
        if (t.kind != TOK_NUMBER && t.kind != TOK_STRING && !sql_is_punct(&lx, t, ',')) {
            return false;
        }
        ty->has_text = ty->has_text || t.kind == TOK_STRING;
    }
    ty->args_to = ty->end = t.at + 1;
    t = sql_next_code(&lx);
    return ty->name[0] && (is_of_text(&lx, t) || sql_is_punct(&lx, t, ')'));
}

static void put_type(struct caster *c, struct buf *out, const struct type *ty, const char *as)
{
    const char *text = c->lx.text;
    buf_put(out, text + c->written, ty->at - c->written);
    buf_puts(out, as);
    if (ty->args_to && !ty->has_text && !strstr(as, "SIGNED")) {
        buf_put(out, text + ty->args_at, ty->args_to - ty->args_at);
    } else if (text_eq(ty->name, "TIMESTAMP")) {
        buf_puts(out, "(6)"); /* as the standard has it */
    }
    c->written = ty->end;
}

/* AS was read. */
static void look_at_type(struct caster *c, struct buf *out)
{
    struct type ty;
    if (!c->ncasts || c->casts[c->ncasts - 1] != c->depth || !read_type(c->lx, &ty)) {
        return;
    }
    const char *as = find_type(product_row(c->mode.product)->casts, ty.name, strlen(ty.name));
    if (as) {
        put_type(c, out, &ty, as);
    }
}

static void look_at(struct caster *c, struct buf *out, struct sql_token t)
{
    if (sql_is(&c->lx, t, "cast") && c->lx.pos < c->lx.len && c->lx.text[c->lx.pos] == '(' &&
        c->ncasts < MOST_DEPTH) {
        c->casts[c->ncasts++] = c->depth + 1;
    } else if (sql_is(&c->lx, t, "as")) {
        look_at_type(c, out);
    } else if (sql_is_punct(&c->lx, t, '(')) {
        c->depth++;
    } else if (sql_is_punct(&c->lx, t, ')')) {
        c->ncasts -= c->ncasts && c->casts[c->ncasts - 1] == c->depth;
        c->depth--;
    }
}

bool sql_cast_types(struct buf *out, const char *text, size_t len, struct sql_mode mode)
{
    bool is_written = product_row(mode.product)->casts == CASTS_AS_WRITTEN;
    if (!len || is_written || !has_cast(text, len)) {
        return false;
    }
    struct caster c = {.mode = mode};
    sql_lex_init(&c.lx, text, len, mode);
    for (struct sql_token t = sql_next(&c.lx); t.kind != TOK_END; t = sql_next(&c.lx)) {
        look_at(&c, out, t);
    }
    if (c.written) {
        buf_put(out, text + c.written, len - c.written);
    }
    return c.written;
}
