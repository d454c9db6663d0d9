/* probe.c - by the statement's first word. */
#include "sql/probe.h"

/* What CHECK TABLE and its like answer with: MySQL manual, "Table Maintenance Statements"; types as
 * MySQL 9 has them. */
#define MAINTENANCE                                                                                \
    "SELECT CAST('' AS CHAR(128)) AS `Table`, CAST('' AS CHAR(10)) AS `Op`, CAST('' AS CHAR(10)) " \
    "AS `Msg_type`, CAST('' AS CHAR(131072)) AS `Msg_text` FROM DUAL LIMIT 0"
#define CHECKSUM                                                                                   \
    "SELECT CAST('' AS CHAR(384)) AS `Table`, NULLIF(CAST(0 AS SIGNED), 0) AS `Checksum` FROM "    \
    "DUAL LIMIT 0"

struct prober {
    struct buf *out;
    const char *text;
    struct sql_mode mode;
    struct sql_lexer lx;   /* behind the first word */
    struct sql_token word; /* the first, parentheses passed over */
    size_t end;            /* where the code ends, without final semicolons */
};

/* What stands for a marker: LIMIT takes a number alone, SHOW ... LIKE a text. */
static const char *filler(const struct prober *p, struct sql_token word)
{
    static const char *const counts[] = {"limit", "offset", NULL};
    return sql_is_any(&p->lx, word, counts) ? "0" : sql_is(&p->lx, p->word, "show") ? "''" : "NULL";
}

/* The text from..to without markers. */
static void put_text(const struct prober *p, size_t from, size_t to)
{
    struct sql_lexer lx;
    struct sql_token word = {0}; /* the last one */
    size_t written = from;
    sql_lex_init(&lx, p->text, to, p->mode);
    for (struct sql_token t = sql_next(&lx); t.kind != TOK_END; t = sql_next(&lx)) {
        word = t.kind == TOK_WORD ? t : word;
        if (t.kind == TOK_MARKER && t.at >= from) {
            buf_put(p->out, p->text + written, t.at - written);
            buf_puts(p->out, filler(p, word));
            written = t.at + 1;
        }
    }
    buf_put(p->out, p->text + written, to - written);
}

static size_t end_of_code(const char *text, size_t len, struct sql_mode mode)
{
    struct sql_lexer lx;
    size_t end = 0;
    sql_lex_init(&lx, text, len, mode);
    for (struct sql_token t = sql_next_code(&lx); t.kind != TOK_END; t = sql_next_code(&lx)) {
        if (t.kind != TOK_SEMICOLON) {
            end = t.at + t.len;
        }
    }
    return end;
}

/* The statement in FROM (...); a line feed ends a comment of its last line. */
static bool put_derived(const struct prober *p, const struct sql_kind_info *kind)
{
    if (kind->has_tail) {
        return false;
    }
    buf_puts(p->out, "SELECT * FROM (");
    put_text(p, 0, p->end);
    buf_puts(p->out, "\n) AS described LIMIT 0");
    return true;
}

static bool put_itself(const struct prober *p)
{
    put_text(p, 0, p->end);
    return true;
}

/* EXPLAIN [ANALYZE] [FORMAT = x [INTO @v]] statement | table. */
static bool put_explain(const struct prober *p)
{
    static const char *const verbs[] = {"select", "insert", "update", "delete", "replace",
                                        "with",   "values", "table",  "for",    NULL};
    struct sql_lexer lx = p->lx;
    struct sql_token t = sql_next_code(&lx);
    for (; t.kind != TOK_END && !sql_is_any(&lx, t, verbs); t = sql_next_code(&lx)) {
        if (sql_is(&lx, t, "analyze")) {
            buf_puts(p->out, "EXPLAIN FORMAT=TREE SELECT 1");
            return product_row(p->mode.product)->explains_tree;
        }
        if (sql_is(&lx, t, "into")) {
            return false;
        }
    }
    return put_itself(p);
}

/* ANALYZE TABLE, CACHE INDEX; ANALYZE SELECT is MariaDB's and executes. */
static bool put_maintenance(const struct prober *p)
{
    static const char *const words[] = {"table", "tables", "index", "local", "no_write_to_binlog",
                                        NULL};
    struct sql_lexer lx = p->lx;
    buf_puts(p->out, MAINTENANCE);
    return sql_is_any(&lx, sql_next_code(&lx), words);
}

static bool put_checksum(const struct prober *p)
{
    buf_puts(p->out, CHECKSUM);
    return true;
}

/* The next token outside parentheses that is this word, or TOK_END. */
static struct sql_token find_word(struct sql_lexer *lx, const char *word)
{
    int depth = 0;
    struct sql_token t = sql_next_code(lx);
    while (t.kind != TOK_END && !(depth == 0 && sql_is(lx, t, word))) {
        depth += sql_is_punct(lx, t, '(') - sql_is_punct(lx, t, ')');
        t = sql_next_code(lx);
    }
    return t;
}

/* INTO t, FROM t, and INSERT t; lx stands behind the verb.  a.b is one name. */
static struct sql_span table_of(struct sql_lexer lx)
{
    static const char *const before[] = {"into",    "from",          "ignore", "low_priority",
                                         "delayed", "high_priority", "quick",  NULL};
    struct sql_token t = sql_next_code(&lx);
    while (sql_is_any(&lx, t, before)) {
        t = sql_next_code(&lx);
    }
    struct sql_span name = {t.at, 0};
    while (t.kind == TOK_WORD || t.kind == TOK_NAME) {
        name.len = t.at + t.len - name.at;
        t = sql_next_code(&lx);
        if (!sql_is_punct(&lx, t, '.')) {
            break;
        }
        t = sql_next_code(&lx);
    }
    return name;
}

static bool put_returning(const struct prober *p)
{
    struct sql_lexer lx = p->lx;
    struct sql_span table = table_of(lx);
    struct sql_token returning = find_word(&lx, "returning");
    if (!table.len || returning.kind == TOK_END) {
        return false;
    }
    buf_puts(p->out, "SELECT ");
    put_text(p, returning.at + returning.len, p->end);
    buf_puts(p->out, "\n FROM ");
    buf_put(p->out, p->text + table.at, table.len);
    buf_puts(p->out, " LIMIT 0");
    return true;
}

static bool put_probe(const struct prober *p, const struct sql_kind_info *kind)
{
    static const char *const queries[] = {"select", "with", "values", NULL};
    static const char *const explains[] = {"explain", "describe", "desc", NULL};
    static const char *const changes[] = {"insert", "replace", "delete", NULL};
    static const char *const maintenance[] = {"check", "analyze", "optimize", "repair",
                                              "cache", "load",    NULL};
    bool is_hidden = product_row(p->mode.product)->hides_maintenance;
    if (sql_is_any(&p->lx, p->word, queries)) {
        return kind->kind == SQL_KIND_SELECT && put_derived(p, kind);
    }
    if (sql_is(&p->lx, p->word, "show") ||
        (sql_is(&p->lx, p->word, "xa") && kind->kind == SQL_KIND_SELECT)) {
        return put_itself(p);
    }
    if (sql_is_any(&p->lx, p->word, explains)) {
        return put_explain(p);
    }
    if (sql_is_any(&p->lx, p->word, changes)) {
        return put_returning(p);
    }
    if (sql_is(&p->lx, p->word, "checksum")) {
        return is_hidden && put_checksum(p);
    }
    return is_hidden && sql_is_any(&p->lx, p->word, maintenance) && put_maintenance(p);
}

bool sql_probe(struct buf *out, const char *text, size_t len, const struct sql_kind_info *kind,
               struct sql_mode mode)
{
    struct prober p = {.out = out, .text = text, .mode = mode};
    size_t start = out->len;
    if (kind->statements != 1) {
        return false;
    }
    p.end = end_of_code(text, len, mode);
    sql_lex_init(&p.lx, text, p.end, mode);
    do {
        p.word = sql_next_code(&p.lx);
    } while (sql_is_punct(&p.lx, p.word, '('));
    bool is = put_probe(&p, kind);
    if (!is && buf_ok(out)) {
        out->len = start;
    }
    return is;
}

bool sql_has_returning(const char *text, size_t len, struct sql_mode mode)
{
    struct sql_lexer lx;
    sql_lex_init(&lx, text, len, mode);
    return find_word(&lx, "returning").kind != TOK_END;
}
