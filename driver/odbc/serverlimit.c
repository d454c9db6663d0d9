/* serverlimit.c - SQL_ATTR_QUERY_TIMEOUT as a limit of the server's own. */
#include "odbc/serverlimit.h"

#include <stdio.h>

#include "base/text.h"
#include "odbc/exec.h"
#include "odbc/sqlmode.h"
#include "sql/dialect.h"
#include "sql/probe.h"
#include "wire/bulk.h"

#define LIMIT_MAX_S 31536000 /* MariaDB's max_statement_time goes so far */

static const struct sql_dialect_row *row_of(const struct stmt *s)
{
    return sql_dialect_row(sqlmode_now(s->dbc).dialect);
}

/* Does the text change something, and answer with a count alone? */
static bool is_change(const struct stmt *s)
{
    const struct stmt_exec *x = s->x;
    const char *text = (const char *)x->sql.p;
    enum sql_kind k = x->kind.kind;
    bool may = k == SQL_KIND_INSERT || k == SQL_KIND_REPLACE || k == SQL_KIND_UPDATE ||
               k == SQL_KIND_DELETE || k == SQL_KIND_DDL;
    return may && x->kind.statements == 1 && !text_has(text, x->kind.first_at, "set") &&
           (k == SQL_KIND_UPDATE || !sql_has_returning(text, x->sql.len, x->mode));
}

/* Seconds; 0: none. */
static unsigned long limit_of(const struct stmt *s)
{
    if (!s->query_timeout || s->query_timeout > LIMIT_MAX_S || !s->dbc->session)
        return 0;
    const struct sql_dialect_row *row = row_of(s);
    bool can = row->limit && session_info(s->dbc->session)->version >= row->limit_since;
    return can && is_change(s) ? (unsigned long)s->query_timeout : 0;
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

size_t serverlimit_text(const struct stmt *s, char out[SERVERLIMIT_CHARS])
{
    size_t n = 0;
    const char *form = s->stopping->server_s ? row_of(s)->limit : "";
    for (; *form && n < SERVERLIMIT_CHARS - 24; form++) {
        if (*form == '$')
            n += (size_t)snprintf(out + n, 21, "%lu", s->stopping->server_s);
        else
            out[n++] = *form;
    }
    out[n] = '\0';
    return n;
}

int serverlimit_query(struct stmt *s, const char *sql, size_t n, struct fault *f)
{
    char limit[SERVERLIMIT_CHARS];
    struct session *w = s->dbc->session;
    if (!s->stopping->server_s)
        return session_query(w, sql, n, f);
    struct wire_text head = {limit, serverlimit_text(s, limit)};
    return session_query_parts(w, head, (struct wire_text){sql, n}, f);
}

int serverlimit_prepare(struct stmt *s, struct fault *f)
{
    struct stmt_exec *x = s->x;
    struct session *w = s->dbc->session;
    char limit[SERVERLIMIT_CHARS];
    if (!s->stopping->server_s)
        return session_prepare(w, (const char *)x->sql.p, x->sql.len, &x->server, f);
    struct buf text;
    buf_init(&text, 0);
    buf_put(&text, limit, serverlimit_text(s, limit));
    buf_put(&text, x->sql.p, x->sql.len);
    int rc = buf_ok(&text) ? session_prepare(w, (const char *)text.p, text.len, &x->server, f)
                           : fault(f, RC_MEMORY, "no memory for the statement");
    buf_clear(&text);
    return rc;
}
