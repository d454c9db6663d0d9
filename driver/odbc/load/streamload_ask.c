/* streamload_ask.c - what a load must know of the session and the table, asked over SQL: the time
 * zone, in which the server reads times, and which columns are JSON documents.
 *
 * The zone is asked again when a statement of this connection may have set it (dbc.world). */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "odbc/command/roundtrip.h"
#include "odbc/load/streamload_parts.h"

/* --- the time zone ---------------------------------------------------------------------------- */

/* A name or an offset that a server of its own understands; MySQL's SYSTEM is none. */
static bool is_zone(const struct buf *b)
{
    bool is_good = b->len && b->len <= 64 && !text_eqn((const char *)b->p, b->len, "SYSTEM");
    for (size_t i = 0; is_good && i < b->len; i++)
        is_good = b->p[i] > 0x20 && b->p[i] < 0x7f;
    return is_good;
}

const char *zone_now(struct stmt *s)
{
    struct dbc *d = s->dbc;
    struct load_zone *z = &d->load->zone;
    struct buf b = {0};
    struct fault f;
    if (z->is_known && z->world == d->world)
        return z->name;
    int rc = dbc_ask(d, "SELECT @@time_zone", &b, &f);
    if (rc)
        log_line(&d->log, LOG_INFO, "the time zone is not known, and not sent: %s", f.text);
    *z = (struct load_zone){.is_known = true, .world = d->world};
    if (!rc && buf_ok(&b) && is_zone(&b))
        memcpy(z->name, b.p, b.len);
    buf_clear(&b);
    return z->name;
}

/* --- columns ---------------------------------------------------------------------------------- */

/* Types of StarRocks and Doris, with what stands behind them: array<int(11)>. */
static bool is_document(const struct cell *type)
{
    static const char *const words[] = {"json", "variant", "array", "map", "struct"};
    for (size_t i = 0; type->p && i < sizeof words / sizeof *words; i++) {
        size_t n = strlen(words[i]);
        if (type->len >= n && text_eqn((const char *)type->p, n, words[i]))
            return true;
    }
    return false;
}

static void put_name(struct buf *b, const char *name)
{
    buf_putc(b, '`');
    for (; *name; name++) {
        if (*name == '`')
            buf_putc(b, '`');
        buf_putc(b, (unsigned char)*name);
    }
    buf_putc(b, '`');
}

static void take_column(const struct cell *cells, const char *const *names, size_t n, bool *out)
{
    for (size_t i = 0; i < n && cells[0].p && is_document(&cells[1]); i++)
        if (text_eqn((const char *)cells[0].p, cells[0].len, names[i]))
            out[i] = true;
}

static int take_columns(struct session *w, const char *const *names, size_t n, bool *out,
                        struct fault *f)
{
    const struct cell *cells = NULL;
    int got = 0;
    while ((got = session_row(w, &cells, f)) == 1)
        take_column(cells, names, n, out);
    return got < 0 ? got : session_skip(w, f);
}

int documents_find(struct stmt *s, const struct load_call *c, const char *const *names, size_t n,
                   bool *out, struct fault *f)
{
    struct dbc *d = s->dbc;
    struct buf sql = {0};
    buf_puts(&sql, "SHOW COLUMNS FROM ");
    put_name(&sql, c->q.database);
    buf_putc(&sql, '.');
    put_name(&sql, c->q.table);
    int rc = buf_ok(&sql) ? dbc_free_wire(d, f) : fault(f, RC_MEMORY, "no memory for a query");
    if (!rc)
        rc = session_query(d->session, (const char *)sql.p, sql.len, f);
    buf_clear(&sql);
    const struct wire_reply *r = session_reply(d->session);
    if (!rc && r->has_rows)
        rc = r->ncols >= 2 ? take_columns(d->session, names, n, out, f)
                           : session_skip(d->session, f);
    return rc && f ? fault_prefix(f, "the rows travel as JSON, and the types of the columns cannot "
                                     "be asked: ")
                   : rc;
}
