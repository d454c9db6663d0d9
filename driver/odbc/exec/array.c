/* array.c - what is known of the text of a parameter array, and of its transaction. */
#include "odbc/exec/array.h"

#include <string.h>

#include "odbc/command/tranfacts.h"
#include "odbc/exec/exec.h"
#include "odbc/handle/app.h"

enum { ER_LOCK_WAIT_TIMEOUT = 1205, ER_LOCK_DEADLOCK = 1213, ER_CHECKREAD = 1020 };

void array_processed(struct stmt *s)
{
    if (s->x->run.row)
        app_put_ulen(s->ipd->hdr.rows_processed_ptr, s->x->run.row);
}

/* --- the text --------------------------------------------------------------------------------- */

/* Statements that change no table's form, no mode and no default database. */
static bool is_harmless(const struct sql_kind_info *k)
{
    static const bool harmless[SQL_KIND_OTHER + 1] = {
        [SQL_KIND_EMPTY] = true,   [SQL_KIND_SELECT] = true, [SQL_KIND_INSERT] = true,
        [SQL_KIND_REPLACE] = true, [SQL_KIND_UPDATE] = true, [SQL_KIND_DELETE] = true,
        [SQL_KIND_BEGIN] = true,   [SQL_KIND_COMMIT] = true, [SQL_KIND_ROLLBACK] = true,
        [SQL_KIND_LOAD] = true,
    };
    return k->statements <= 1 && harmless[k->kind];
}

void array_new_text(struct array *a)
{
    a->plain = PLAIN_UNKNOWN;
    a->facts.is_known = false;
}

void array_executed(struct stmt *s)
{
    if (!is_harmless(&s->x->kind))
        s->dbc->world++;
}

void array_clear(struct array *a)
{
    buf_clear(&a->name);
    *a = (struct array){0};
}

/* Does IGNORE stand before the table's name? */
static bool has_ignore(const struct stmt_exec *x)
{
    const struct sql_insert *ins = &x->array.insert;
    size_t end = ins->database.len ? ins->database.at : ins->table.at;
    struct sql_lexer lx;
    sql_lex_init(&lx, (const char *)x->sql.p, end, x->mode);
    bool has = false;
    for (struct sql_token t = sql_next_code(&lx); t.kind != TOK_END; t = sql_next_code(&lx))
        has |= sql_is(&lx, t, "IGNORE");
    return has;
}

const struct sql_insert *array_insert(struct stmt *s)
{
    struct stmt_exec *x = s->x;
    struct array *a = &x->array;
    if (a->plain == PLAIN_UNKNOWN) {
        bool is_insert = x->kind.kind == SQL_KIND_INSERT || x->kind.kind == SQL_KIND_REPLACE;
        bool is_plain =
            is_insert && sql_insert_parse((const char *)x->sql.p, x->sql.len, x->mode, &a->insert);
        is_plain = is_plain && a->insert.ntuples == 1 && a->insert.plain_values &&
                   a->insert.nmarkers == x->markers.n;
        a->plain = is_plain ? PLAIN_YES : PLAIN_NO;
        a->has_ignore = is_plain && has_ignore(x);
    }
    return a->plain == PLAIN_YES ? &a->insert : NULL;
}

/* --- transactions ----------------------------------------------------------------------------- */

void array_know_timeouts(struct stmt *s)
{
    static const char sql[] = "SELECT @@innodb_rollback_on_timeout";
    struct dbc *d = s->dbc;
    struct fault f;
    const struct cell *cells;
    if (d->is_timeout_known || !session_idle(d->session))
        return;
    d->is_timeout_known = true; /* it cannot be changed while the server runs */
    if (session_query(d->session, sql, sizeof sql - 1, &f))
        return; /* no such variable: only the statement is rolled back */
    if (session_row(d->session, &cells, &f) == 1 && cells[0].p)
        d->is_timeout_rollback = cells[0].len == 1 && cells[0].p[0] == '1';
    int ignored = session_skip(d->session, &f); /* a lost connection shows at the next command */
    (void)ignored;
}

bool array_lost_transaction(struct stmt *s, const struct fault *f)
{
    struct session *w = s->dbc->session;
    if (f->rc != RC_SERVER || !tran_spans(s->dbc))
        return false;
    if (f->number == ER_LOCK_WAIT_TIMEOUT)
        array_know_timeouts(s);
    return f->number == ER_LOCK_DEADLOCK ||
           (f->number == ER_LOCK_WAIT_TIMEOUT && s->dbc->is_timeout_rollback) ||
           (f->number == ER_CHECKREAD && session_product(w)->checkread_ends);
}
