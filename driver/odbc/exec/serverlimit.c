/* serverlimit.c - SQL_ATTR_QUERY_TIMEOUT as a limit of the server's own. */
#include "odbc/exec/serverlimit.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "odbc/exec/exec.h"
#include "sql/probe.h"
#include "wire/bulk.h"

static const struct product *row_of(const struct stmt *s)
{
    return session_product(s->dbc->session);
}

static bool is_hint(const char *limit)
{
    return *limit == '/';
}

/* Where the limit stands in a text of the statement: before it, or behind its first word. */
static size_t place_of(const struct stmt *s)
{
    const char *text = (const char *)s->x->sql.p;
    size_t at = s->x->kind.first_at, len = s->x->sql.len;
    if (!is_hint(row_of(s)->limit))
        return 0;
    while (at < len && (text[at] | 32) >= 'a' && (text[at] | 32) <= 'z')
        at++;
    return at;
}

/* Can a hint go there?  One of the application's own holds alone. */
static bool takes_hint(const struct stmt *s)
{
    const char *text = (const char *)s->x->sql.p;
    size_t at = place_of(s), len = s->x->sql.len;
    while (at < len && strchr(" \t\r\n", text[at]))
        at++;
    return !text_has(text, s->x->kind.first_at, "with") &&
           !(len - at >= 3 && !memcmp(text + at, "/*+", 3));
}

static unsigned limit_bit(enum sql_kind kind)
{
    switch (kind) {
    case SQL_KIND_INSERT:
        return LIMIT_INSERT;
    case SQL_KIND_UPDATE:
    case SQL_KIND_DELETE:
        return LIMIT_CHANGE;
    case SQL_KIND_REPLACE:
    case SQL_KIND_DDL:
        return LIMIT_DEFINE;
    default:
        return 0;
    }
}

/* Does the text change something, and answer with a count alone? */
static bool is_change(const struct stmt *s, unsigned kinds)
{
    const struct stmt_exec *x = s->x;
    const char *text = (const char *)x->sql.p;
    return (limit_bit(x->kind.kind) & kinds) && x->kind.statements == 1 &&
           !text_has(text, x->kind.first_at, "set") &&
           (x->kind.kind == SQL_KIND_UPDATE || !sql_has_returning(text, x->sql.len, x->mode));
}

/* Seconds; 0: none. */
static unsigned long limit_of(const struct stmt *s)
{
    if (!s->query_timeout || !s->dbc->session)
        return 0;
    const struct product *row = row_of(s);
    if (!row->limit || s->query_timeout > row->limit_max)
        return 0;
    bool is_new = session_has(s->dbc->session, row->limit_since);
    bool can = is_new && is_change(s, row->limits) && (!is_hint(row->limit) || takes_hint(s));
    return can ? (unsigned long)s->query_timeout : 0;
}

void serverlimit_follow(struct stmt *s)
{
    struct stmt_exec *x = s->x;
    unsigned long limit_s = limit_of(s);
    if (limit_s == s->stopping->server_s)
        return;
    s->stopping->server_s = limit_s;
    if (x->on_server)
        wire_stmt_close(s->dbc->session, &x->server);
    x->on_server = false;
}

/* The limit itself.  Returns its length. */
static size_t limit_text(const struct stmt *s, char out[SERVERLIMIT_CHARS])
{
    size_t n = 0;
    const char *form = row_of(s)->limit;
    for (; *form && n < SERVERLIMIT_CHARS - 24; form++) {
        if (*form == '$')
            n += (size_t)snprintf(out + n, 21, "%lu", s->stopping->server_s);
        else
            out[n++] = *form;
    }
    out[n] = '\0';
    return n;
}

void serverlimit_put(const struct stmt *s, const char *sql, size_t n, struct buf *out)
{
    char limit[SERVERLIMIT_CHARS];
    size_t at = 0;
    if (s->stopping->server_s) {
        at = place_of(s);
        buf_put(out, sql, at);
        buf_put(out, at ? " " : "", at ? 1 : 0);
        buf_put(out, limit, limit_text(s, limit));
    }
    buf_put(out, sql + at, n - at);
}

static int no_memory(struct fault *f)
{
    return fault(f, RC_MEMORY, "no memory for the statement");
}

int serverlimit_query(struct stmt *s, const char *sql, size_t n, struct fault *f)
{
    struct session *w = s->dbc->session;
    if (!s->stopping->server_s)
        return session_query(w, sql, n, f);
    struct buf head;
    size_t at = place_of(s);
    buf_init(&head, 0);
    serverlimit_put(s, sql, at, &head);
    struct wire_text begin = {(const char *)head.p, head.len};
    int rc = buf_ok(&head) ? session_query_parts(w, begin, (struct wire_text){sql + at, n - at}, f)
                           : no_memory(f);
    buf_clear(&head);
    return rc;
}

int serverlimit_prepare(struct stmt *s, struct fault *f)
{
    struct stmt_exec *x = s->x;
    struct session *w = s->dbc->session;
    if (!s->stopping->server_s)
        return session_prepare(w, (const char *)x->sql.p, x->sql.len, &x->server, f);
    struct buf text;
    buf_init(&text, 0);
    serverlimit_put(s, (const char *)x->sql.p, x->sql.len, &text);
    int rc = buf_ok(&text) ? session_prepare(w, (const char *)text.p, text.len, &x->server, f)
                           : no_memory(f);
    buf_clear(&text);
    return rc;
}
