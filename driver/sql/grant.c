/* grant.c - reads SHOW GRANTS. */
#include "sql/grant.h"

#include <string.h>

#include "base/buf.h"
#include "sql/unquote.h"

struct reader {
    struct sql_lexer lx;
    struct sql_token t;
};

static void advance(struct reader *r)
{
    r->t = sql_next_code(&r->lx);
}

/* The privileges up to ON; true: the one that is asked for is among them, for the whole of what
 * follows (not for columns only: "SELECT (a)"). */
static bool read_privileges(struct reader *r, const char *privilege)
{
    bool has = false;
    int depth = 0;
    for (; r->t.kind != TOK_END && (depth || !sql_is(&r->lx, r->t, "ON")); advance(r)) {
        depth += sql_is_punct(&r->lx, r->t, '(') - sql_is_punct(&r->lx, r->t, ')');
        has |= !depth && (sql_is(&r->lx, r->t, privilege) || sql_is(&r->lx, r->t, "ALL"));
    }
    advance(r);
    return has;
}

/* A name, unquoted; "*" is one of no length. */
static bool read_name(struct reader *r, struct buf *out)
{
    bool is_all = sql_is_punct(&r->lx, r->t, '*');
    if (!is_all && r->t.kind != TOK_NAME && r->t.kind != TOK_WORD)
        return false;
    if (!is_all)
        sql_unquote_name(out, r->lx.text + r->t.at, r->t.len);
    advance(r);
    return buf_ok(out);
}

/* As LIKE: '_' is any byte, '%' any number of them, behind a backslash they are themselves. */
static bool fits(const char *p, size_t np, const char *s, size_t n)
{
    size_t star = SIZE_MAX, from = 0, i = 0, k = 0;
    while (k < n) {
        bool is_escaped = i + 1 < np && p[i] == '\\';
        if (i < np && p[i] == '%') {
            star = i++;
            from = k;
        } else if (i < np && (p[i + is_escaped] == s[k] || (!is_escaped && p[i] == '_'))) {
            i += 1u + is_escaped;
            k++;
        } else if (star != SIZE_MAX) {
            i = star + 1;
            k = ++from;
        } else {
            return false;
        }
    }
    while (i < np && p[i] == '%')
        i++;
    return i == np;
}

static bool is_same(const struct buf *b, const char *s, size_t n)
{
    return n && b->len == n && !memcmp(b->p, s, n);
}

/* "GRANT ... ON", then "db.table" with its names in the buffers. */
static void add(struct sql_grants *g, const struct sql_grant_on *on, bool has, const struct buf *db,
                const struct buf *table)
{
    bool is_database = fits((const char *)db->p, db->len, on->database, on->ndatabase);
    if (!db->len && !table->len)
        g->everywhere |= has;
    else if (!table->len && is_database && has)
        g->in_database = true;
    else if (!table->len && is_database)
        g->not_in_database = true;
    else if (table->len && is_same(db, on->database, on->ndatabase) &&
             is_same(table, on->table, on->ntable))
        g->on_table |= has;
}

void sql_grants_add(struct sql_grants *g, const struct sql_grant_on *on, const char *line, size_t n,
                    struct sql_mode mode)
{
    struct reader r;
    sql_lex_init(&r.lx, line, n, mode);
    advance(&r);
    g->has_revoke |= sql_is(&r.lx, r.t, "REVOKE");
    if (!sql_is(&r.lx, r.t, "GRANT"))
        return;
    advance(&r);
    bool has = read_privileges(&r, on->privilege);
    struct buf db, table;
    buf_init(&db, 0);
    buf_init(&table, 0);
    bool is_known = read_name(&r, &db) && sql_is_punct(&r.lx, r.t, '.');
    advance(&r);
    if (is_known && read_name(&r, &table))
        add(g, on, has, &db, &table);
    buf_clear(&db);
    buf_clear(&table);
}

bool sql_grants_has(const struct sql_grants *g)
{
    return g->on_table ||
           (!g->has_revoke && (g->everywhere || (g->in_database && !g->not_in_database)));
}
