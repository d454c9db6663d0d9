/* arrayfacts.c - asks the server what a failed INSERT leaves behind.
 *
 * SHOW CREATE TABLE finds the table as the INSERT will, temporary ones and views included, which
 * information_schema does not.  An answer that is refused or not understood means: not known.
 *
 * A trigger may write to a table that cannot undo; then what it did for the rows of a failed chunk
 * would be there twice.  MariaDB tells everybody who may use the table that it has triggers, MySQL
 * only those who have the TRIGGER privilege there: for others "none" means nothing. */
#include <string.h>

#include "base/clock.h"
#include "base/num.h"
#include "base/text.h"
#include "odbc/command/sqlmode.h"
#include "odbc/exec/array.h"
#include "odbc/exec/exec.h"
#include "sql/grant.h"
#include "sql/lex.h"
#include "sql/literal.h"
#include "sql/unquote.h"

#define DEFAULT_PACKET ((size_t)4 << 20) /* where the server does not say: the least of all */

/* Engines that undo a statement that failed. */
static bool is_transactional(const struct sql_lexer *lx, struct sql_token t)
{
    static const char *const engines[] = {"InnoDB", "ROCKSDB", "TokuDB"};
    for (size_t i = 0; i < sizeof engines / sizeof *engines; i++) {
        if (sql_is(lx, t, engines[i]))
            return true;
    }
    return false;
}

/* "CREATE [TEMPORARY] TABLE name (...) ENGINE=name ..." */
struct created {
    struct sql_mode mode; /* in which the server writes it */
    bool is_table, is_transactional, has_auto_increment;
};

static struct created read_created(const char *text, size_t n, struct sql_mode mode)
{
    struct created c = {0};
    struct sql_lexer lx;
    sql_lex_init(&lx, text, n, mode);
    int depth = 0;
    bool was_engine = false;
    for (struct sql_token t = sql_next_code(&lx); t.kind != TOK_END; t = sql_next_code(&lx)) {
        if (sql_is_punct(&lx, t, '='))
            continue;
        depth += sql_is_punct(&lx, t, '(') - sql_is_punct(&lx, t, ')');
        c.is_table |= !depth && sql_is(&lx, t, "TABLE");
        c.has_auto_increment |= depth == 1 && sql_is(&lx, t, "AUTO_INCREMENT");
        c.is_transactional |= was_engine && is_transactional(&lx, t);
        was_engine = !depth && sql_is(&lx, t, "ENGINE");
    }
    return c;
}

/* The first row of a query into what take makes of it; the rest is dropped.  False: no answer. */
typedef void take_row_fn(const struct cell *cells, size_t n, void *out);
static bool ask(struct stmt *s, const struct buf *sql, take_row_fn *take, void *out)
{
    struct session *w = s->dbc->session;
    struct fault f;
    const struct cell *cells;
    if (!buf_ok(sql) || session_query(w, (const char *)sql->p, sql->len, &f))
        return false;
    bool has_row = session_row(w, &cells, &f) == 1;
    if (has_row)
        take(cells, session_reply(w)->ncols, out);
    return session_skip(w, &f) == RC_OK && has_row;
}

static void take_created(const struct cell *cells, size_t n, void *out)
{
    struct created *c = out;
    if (n >= 2 && cells[1].p)
        *c = read_created((const char *)cells[1].p, cells[1].len, c->mode);
}

static bool ask_created(struct stmt *s, struct created *out)
{
    const struct sql_insert *ins = array_insert(s);
    const unsigned char *text = s->x->sql.p;
    struct buf sql;
    buf_init(&sql, 0);
    buf_puts(&sql, "SHOW CREATE TABLE ");
    if (ins->database.len) {
        buf_put(&sql, text + ins->database.at, ins->database.len);
        buf_putc(&sql, '.');
    }
    buf_put(&sql, text + ins->table.at, ins->table.len);
    bool is_known = ask(s, &sql, take_created, out);
    buf_clear(&sql);
    return is_known && out->is_table;
}

/* --- settings and triggers -------------------------------------------------------------------- */

struct settings {
    size_t max_packet;
    bool is_strict, has_triggers;
    struct buf database; /* where the table is; as the server says it */
};

static bool holds_word(const struct cell *c, const char *word)
{
    size_t n = strlen(word);
    for (size_t i = 0; c->p && i + n <= c->len; i++) {
        if (!memcmp(c->p + i, word, n))
            return true;
    }
    return false;
}

static size_t cell_number(const struct cell *c)
{
    size_t v = 0;
    for (size_t i = 0; c->p && i < c->len && c->p[i] >= '0' && c->p[i] <= '9' && v < SIZE_MAX / 20;
         i++)
        v = v * 10 + (size_t)(c->p[i] - '0');
    return v;
}

static void take_settings(const struct cell *cells, size_t n, void *out)
{
    if (n != 4)
        return;
    struct settings *t = out;
    buf_put(&t->database, cells[3].p, cells[3].p ? cells[3].len : 0);
    t->max_packet = cell_number(&cells[0]);
    t->is_strict =
        holds_word(&cells[1], "STRICT_TRANS_TABLES") || holds_word(&cells[1], "STRICT_ALL_TABLES");
    t->has_triggers = !cells[2].p || cells[2].len != 1 || cells[2].p[0] != '0';
}

/* A name as written in the text, as a string literal. */
static void put_name(struct buf *b, const char *name, size_t n, struct sql_mode mode)
{
    struct buf bare;
    buf_init(&bare, 0);
    sql_unquote_name(&bare, name, n);
    sql_put_string(b, (const char *)bare.p, bare.len, mode);
    b->broken |= bare.broken;
    buf_clear(&bare);
}

static bool ask_settings(struct stmt *s, struct settings *out)
{
    const struct sql_insert *ins = array_insert(s);
    const char *text = (const char *)s->x->sql.p;
    struct sql_mode mode = sqlmode_now(s->dbc);
    struct buf sql;
    buf_init(&sql, 0);
    buf_puts(&sql, "SELECT @@max_allowed_packet, @@sql_mode, (SELECT COUNT(*) FROM "
                   "information_schema.TRIGGERS WHERE EVENT_OBJECT_SCHEMA = ");
    if (ins->database.len)
        put_name(&sql, text + ins->database.at, ins->database.len, mode);
    else
        buf_puts(&sql, "DATABASE()");
    buf_puts(&sql, " AND EVENT_OBJECT_TABLE = ");
    put_name(&sql, text + ins->table.at, ins->table.len, mode);
    buf_puts(&sql, "), ");
    if (ins->database.len)
        put_name(&sql, text + ins->database.at, ins->database.len, mode);
    else
        buf_puts(&sql, "DATABASE()");
    bool is_known = ask(s, &sql, take_settings, out);
    buf_clear(&sql);
    return is_known;
}

/* --- privileges ------------------------------------------------------------------------------- */

/* All lines of SHOW GRANTS. */
static bool grants_read(struct stmt *s, const struct sql_grant_on *on, struct sql_grants *g)
{
    static const char sql[] = "SHOW GRANTS";
    struct session *w = s->dbc->session;
    struct fault f;
    const struct cell *cells;
    if (session_query(w, sql, sizeof sql - 1, &f))
        return false;
    while (session_row(w, &cells, &f) == 1) {
        if (session_reply(w)->ncols && cells[0].p)
            sql_grants_add(g, on, (const char *)cells[0].p, cells[0].len, sqlmode_now(s->dbc));
    }
    return session_skip(w, &f) == RC_OK;
}

/* Would the server show us the table's triggers? */
static bool may_see_triggers(struct stmt *s, const struct settings *settings)
{
    const struct sql_insert *ins = array_insert(s);
    struct sql_grants grants = {0};
    struct buf table;
    buf_init(&table, 0);
    sql_unquote_name(&table, (const char *)s->x->sql.p + ins->table.at, ins->table.len);
    const struct buf *database = &settings->database;
    struct sql_grant_on on = {"TRIGGER", (const char *)database->p, (const char *)table.p,
                              database->len, table.len};
    bool may = buf_ok(database) && buf_ok(&table) && grants_read(s, &on, &grants) &&
               sql_grants_has(&grants);
    buf_clear(&table);
    return may;
}

/* Has the table no triggers, for certain? */
static bool is_without_triggers(struct stmt *s, const struct settings *settings)
{
    bool is_shown = session_product(s->dbc->session)->shows_triggers;
    return !settings->has_triggers && (is_shown || may_see_triggers(s, settings));
}

/* --- facts ------------------------------------------------------------------------------------ */

static void learn(struct stmt *s, struct array_facts *a)
{
    const struct product *p = session_product(s->dbc->session);
    if (p->insert == INSERT_LOADS) {
        a->is_atomic = true;
        return;
    }
    struct fault f;
    if (!session_knows_quotes(s->dbc->session) && session_ask_quotes(s->dbc->session, &f))
        return;
    struct created created = {.mode = sqlmode_now(s->dbc)};
    if (!ask_created(s, &created))
        return;
    a->has_auto_increment = created.has_auto_increment;
    if (p->insert == INSERT_TRANSACTIONAL) {
        a->is_atomic = true;
        return;
    }
    struct settings settings = {.has_triggers = true};
    bool can_ignore = p->ignores_by_row || !s->x->array.has_ignore;
    if (created.is_transactional && can_ignore && ask_settings(s, &settings))
        a->is_atomic = settings.is_strict && is_without_triggers(s, &settings);
    a->max_packet = settings.max_packet ? settings.max_packet : a->max_packet;
    buf_clear(&settings.database);
}

bool array_learn(struct stmt *s)
{
    struct array_facts *a = &s->x->array.facts;
    if (a->is_known && a->world == s->dbc->world && clock_ms() < a->until_ms)
        return a->is_atomic;
    *a = (struct array_facts){.is_known = true,
                              .max_packet = DEFAULT_PACKET,
                              .world = s->dbc->world,
                              .until_ms = clock_ms() + ARRAY_FACTS_MS};
    struct fault f;
    if (command_begin(s, &f))
        return false;
    if (session_detect(s->dbc->session, &f) == RC_OK)
        learn(s, a);
    command_end(s);
    return a->is_atomic;
}
