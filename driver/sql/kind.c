/* kind.c - statements by their first words. */
#include "sql/kind.h"

#include <string.h>

#include "base/text.h"

static const struct {
    const char *word;
    enum sql_kind kind;
} verbs[] = {
    {"select", SQL_KIND_SELECT},   {"insert", SQL_KIND_INSERT},     {"update", SQL_KIND_UPDATE},
    {"delete", SQL_KIND_DELETE},   {"replace", SQL_KIND_REPLACE},   {"call", SQL_KIND_CALL},
    {"set", SQL_KIND_SET},         {"use", SQL_KIND_USE},           {"begin", SQL_KIND_BEGIN},
    {"commit", SQL_KIND_COMMIT},   {"rollback", SQL_KIND_ROLLBACK}, {"show", SQL_KIND_SELECT},
    {"describe", SQL_KIND_SELECT}, {"desc", SQL_KIND_SELECT},       {"explain", SQL_KIND_SELECT},
    {"values", SQL_KIND_SELECT},   {"table", SQL_KIND_SELECT},      {"analyze", SQL_KIND_SELECT},
    {"check", SQL_KIND_SELECT},    {"checksum", SQL_KIND_SELECT},   {"optimize", SQL_KIND_SELECT},
    {"repair", SQL_KIND_SELECT},   {"help", SQL_KIND_SELECT},       {"create", SQL_KIND_DDL},
    {"alter", SQL_KIND_DDL},       {"drop", SQL_KIND_DDL},          {"truncate", SQL_KIND_DDL},
    {"rename", SQL_KIND_DDL},      {"grant", SQL_KIND_DDL},         {"revoke", SQL_KIND_DDL},
    {"load", SQL_KIND_LOAD},       {"cache", SQL_KIND_SELECT},
};

static enum sql_kind verb(const struct sql_lexer *lx, struct sql_token t)
{
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
        if (sql_is(lx, t, verbs[i].word)) {
            return verbs[i].kind;
        }
    }
    return SQL_KIND_OTHER;
}

/* +1, -1 or 0: how the token changes the depth of parentheses. */
static int depth_of(const struct sql_lexer *lx, struct sql_token t)
{
    return sql_is_punct(lx, t, '(') - sql_is_punct(lx, t, ')');
}

static bool is_end(struct sql_token t)
{
    return t.kind == TOK_END || t.kind == TOK_SEMICOLON;
}

/* The next word outside parentheses that is one of these; lx stands behind it.  An end is given
 * back as it is and not consumed. */
static struct sql_token find_word(struct sql_lexer *lx, const char *const *words)
{
    int depth = 0;
    for (;;) {
        size_t before = lx->pos;
        struct sql_token t = sql_next_code(lx);
        if (is_end(t)) {
            lx->pos = before;
            return t;
        }
        depth += depth_of(lx, t);
        if (depth <= 0 && sql_is_any(lx, t, words)) {
            return t;
        }
    }
}

/* WITH a AS (...), b AS (...) SELECT: the statement is what follows the last parenthesis. */
static const char *const after_with[] = {"select",  "insert", "update", "delete",
                                         "replace", "values", "table",  NULL};
static const char *const set_for[] = {"for", NULL};

/* The first word that says what the statement is; passes over parentheses, which are counted,
 * frames of executable comments, WITH clauses and SET STATEMENT ... FOR. */
static struct sql_token first_word(struct sql_lexer *lx, int *depth)
{
    struct sql_token t = sql_next_code(lx);
    for (*depth = 0; t.kind == TOK_PUNCT; t = sql_next_code(lx)) {
        *depth += depth_of(lx, t);
    }
    if (sql_is(lx, t, "with")) {
        struct sql_token main = find_word(lx, after_with);
        return is_end(main) ? t : main;
    }
    if (!sql_is(lx, t, "set")) {
        return t;
    }
    struct sql_lexer ahead = *lx;
    if (!sql_is(&ahead, sql_next_code(&ahead), "statement") || is_end(find_word(&ahead, set_for))) {
        return t;
    }
    struct sql_token inner = sql_next_code(&ahead);
    if (inner.kind != TOK_WORD) {
        return t;
    }
    *lx = ahead;
    return inner;
}

static struct sql_token peek(const struct sql_lexer *lx)
{
    struct sql_lexer ahead = *lx;
    return sql_next_code(&ahead);
}

/* BEGIN NOT ATOMIC opens a block, START TRANSACTION is a BEGIN; LOAD INDEX loads no data and XA
 * RECOVER changes nothing, both give rows. */
static enum sql_kind refine(const struct sql_lexer *lx, struct sql_token t, enum sql_kind kind)
{
    if (kind == SQL_KIND_BEGIN && sql_is(lx, peek(lx), "not")) {
        return SQL_KIND_OTHER;
    }
    if (sql_is(lx, t, "start") && sql_is(lx, peek(lx), "transaction")) {
        return SQL_KIND_BEGIN;
    }
    if ((sql_is(lx, t, "load") && sql_is(lx, peek(lx), "index")) ||
        (sql_is(lx, t, "xa") && sql_is(lx, peek(lx), "recover"))) {
        return SQL_KIND_SELECT;
    }
    return kind;
}

static const char *const bodies[] = {"procedure", "function", "trigger", "event", "package", NULL};
static const char *const no_bodies[] = {
    "table",    "view",       "index",     "database",     "schema",  "user",
    "role",     "server",     "temporary", "materialized", "catalog", "external",
    "resource", "tablespace", "sequence",  "unique",       NULL};

/* Does the statement that begins with word t hold others?  lx stands behind t and is not moved. */
static bool has_body(const struct sql_lexer *lx, struct sql_token t)
{
    if (sql_is(lx, t, "begin")) {
        return sql_is(lx, peek(lx), "not");
    }
    if (!sql_is(lx, t, "create")) {
        return false;
    }
    struct sql_lexer ahead = *lx;
    for (struct sql_token w = sql_next_code(&ahead); !is_end(w); w = sql_next_code(&ahead)) {
        if (sql_is_any(&ahead, w, bodies)) {
            return true;
        }
        if (sql_is_any(&ahead, w, no_bodies)) {
            return false;
        }
    }
    return false;
}

/* Is t the first of two words, of which the second is `next` or `other`? */
static bool is_pair(const struct sql_lexer *lx, struct sql_token t, const char *first,
                    const char *next, const char *other)
{
    if (!sql_is(lx, t, first)) {
        return false;
    }
    struct sql_token after = peek(lx);
    return sql_is(lx, after, next) || sql_is(lx, after, other);
}

static bool is_tail(const struct sql_lexer *lx, struct sql_token t)
{
    static const char *const tails[] = {"into", "procedure", NULL};
    return sql_is_any(lx, t, tails) || is_pair(lx, t, "for", "update", "share") ||
           is_pair(lx, t, "lock", "in", "in");
}

/* Read to the end of the statement, noting what stands outside parentheses. */
static void finish_first(struct sql_lexer *lx, int depth, struct sql_kind_info *info)
{
    for (struct sql_token t = sql_next_code(lx); !is_end(t); t = sql_next_code(lx)) {
        if (t.kind == TOK_PUNCT) {
            depth += depth_of(lx, t);
        } else if (t.kind == TOK_WORD && depth <= 0 && info->kind == SQL_KIND_SELECT) {
            info->has_limit = info->has_limit || sql_is(lx, t, "limit");
            info->has_tail = info->has_tail || is_tail(lx, t);
        }
    }
}

/* One more statement, if there is any: false at the end of the text. */
static bool count_one(struct sql_lexer *lx, struct sql_kind_info *info)
{
    struct sql_token t = sql_next_code(lx);
    if (t.kind == TOK_END) {
        return false;
    }
    while (t.kind == TOK_PUNCT &&
           t.len > 1) { /* the frame of an executable comment is no statement */
        t = sql_next_code(lx);
    }
    if (is_end(t)) {
        return t.kind != TOK_END;
    }
    info->statements++;
    if (has_body(lx, t)) {
        lx->pos = lx->len;
    }
    while (!is_end(t)) {
        t = sql_next_code(lx);
    }
    return t.kind != TOK_END;
}

struct sql_kind_info sql_kind_of(const char *text, size_t len, struct sql_mode mode)
{
    struct sql_kind_info info = {0};
    struct sql_lexer lx;
    sql_lex_init(&lx, text, len, mode);
    int depth;
    struct sql_token t = first_word(&lx, &depth);
    while (t.kind == TOK_SEMICOLON) {
        t = first_word(&lx, &depth);
    }
    if (t.kind == TOK_END) {
        return info;
    }
    info.kind = refine(&lx, t, verb(&lx, t));
    info.first_at = t.at;
    info.statements = 1;
    bool alone = !memchr(text + t.at, ';', len - t.at);
    if (has_body(&lx, t) || (alone && info.kind != SQL_KIND_SELECT)) {
        return info; /* a long INSERT need not be read to its end */
    }
    finish_first(&lx, depth, &info);
    while (count_one(&lx, &info)) {
    }
    return info;
}

bool sql_kind_has_result(enum sql_kind kind)
{
    return kind == SQL_KIND_SELECT;
}
