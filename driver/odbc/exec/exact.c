/* exact.c - columns that text rounds: prepare, look, remember. */
#include "odbc/exec/exact.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/wire_type.h"
#include "odbc/command/cancel.h"
#include "odbc/exec/exec.h"
#include "odbc/exec/prepare.h"
#include "sql/form.h"

enum {
    TEXTS = 64,        /* forms that a connection remembers */
    TEXT_BYTES = 8192, /* of one form; longer ones are not remembered */
    NOT_FIXED = 31     /* decimals of a DOUBLE without (M,D) */
};
#define KNOWN_MS 5000 /* other connections change tables too */

struct exact_text {
    struct buf form;
    unsigned long world; /* dbc->world when it was seen */
    int64_t until_ms;
};

struct exact {
    struct exact_text texts[TEXTS];
    size_t next;              /* the one to overwrite */
    struct buf form;          /* of the statement at work */
    struct exact_text newest; /* the last statement that goes as text: itself, not its form */
};

void exact_free(struct exact *e)
{
    for (size_t i = 0; e && i < TEXTS; i++)
        buf_clear(&e->texts[i].form);
    if (e) {
        buf_clear(&e->form);
        buf_clear(&e->newest.form);
    }
    free(e);
}

static struct exact *exact_of(struct dbc *d)
{
    if (!d->exact)
        d->exact = calloc(1, sizeof *d->exact);
    if (d->exact) {
        d->exact->form.max = d->exact->newest.form.max = TEXT_BYTES;
        buf_reset(&d->exact->form);
    }
    return d->exact;
}

/* --- what is remembered ----------------------------------------------------------------------- */

static bool is_same(const struct buf *a, const struct buf *b)
{
    return a->len && a->len == b->len && !memcmp(a->p, b->p, a->len);
}

static struct exact_text *find(struct exact *e)
{
    for (size_t i = 0; buf_ok(&e->form) && i < TEXTS; i++)
        if (is_same(&e->texts[i].form, &e->form))
            return &e->texts[i];
    return NULL;
}

static bool is_fresh(const struct dbc *d, const struct exact_text *t)
{
    return t->world == d->world && clock_ms() < t->until_ms;
}

static bool is_known(const struct dbc *d)
{
    const struct exact_text *t = find(d->exact);
    return t && is_fresh(d, t);
}

/* The same statement once more, as in a loop, need not be read at all. */
static bool is_newest(const struct dbc *d, const struct buf *sql)
{
    const struct exact_text *t = d->exact ? &d->exact->newest : NULL;
    return t && is_same(&t->form, sql) && is_fresh(d, t);
}

/* sql goes as text until then. */
static void remember_newest(const struct dbc *d, const struct buf *sql, int64_t until_ms)
{
    struct exact_text *t = &d->exact->newest;
    buf_reset(&t->form);
    if (sql->len <= TEXT_BYTES)
        buf_put(&t->form, sql->p, sql->len);
    if (!buf_ok(&t->form))
        buf_reset(&t->form);
    t->world = d->world;
    t->until_ms = until_ms;
}

static void remember(const struct dbc *d)
{
    struct exact *e = d->exact;
    struct exact_text *t = find(e);
    if (!t && buf_ok(&e->form)) {
        t = &e->texts[e->next];
        e->next = (e->next + 1) % TEXTS;
        struct buf old = t->form;
        t->form = e->form;
        e->form = old;
    }
    if (t) {
        t->world = d->world;
        t->until_ms = clock_ms() + KNOWN_MS;
    }
}

/* --- asking the server ------------------------------------------------------------------------ */

/* FLOAT, and DOUBLE of a fixed number of decimals: a third of a DOUBLE(10,2) is printed with six.
 * A view does not tell whether its column is computed. */
static bool is_column_rounded(const struct wire_column *c)
{
    return c->type == MYSQL_TYPE_FLOAT || (c->type == MYSQL_TYPE_DOUBLE && c->decimals < NOT_FIXED);
}

/* Is there a column that text would round?  Of CALL and RETURNING the columns are not told. */
static bool is_rounded(const struct stmt_exec *x)
{
    bool is = x->kind.kind != SQL_KIND_SELECT;
    for (size_t i = 0; i < x->server.ncols && x->server.cols; i++)
        is |= is_column_rounded(&x->server.cols[i]);
    return is;
}

/* What cannot be prepared is left to the text, which has the error that counts. */
static int prepare(struct stmt *s, bool *is_text, struct fault *f)
{
    int rc = session_detect(s->dbc->session, f);
    *is_text = !rc && !session_product(s->dbc->session)->rounds_floats;
    if (rc || *is_text)
        return rc;
    rc = prepare_on_server(s, f);
    *is_text = rc == RC_UNSUPPORTED || (rc == RC_SERVER && !command_was_stopped(s, f));
    return *is_text ? RC_OK : rc;
}

/* Ask the server, and remember the form of a statement whose columns text does not round. */
static int ask(struct stmt *s, bool *is_text, struct fault *f)
{
    struct stmt_exec *x = s->x;
    int rc = prepare(s, is_text, f);
    if (!rc && atomic_load(&s->cancelled))
        return fault(f, RC_CANCELLED, "cancelled before the statement was executed");
    if (rc || *is_text || is_rounded(x))
        return rc;
    remember(s->dbc);
    wire_stmt_close(s->dbc->session, &x->server);
    x->on_server = false;
    *is_text = true;
    return RC_OK;
}

int exact_prepare(struct stmt *s, bool *is_text, struct fault *f)
{
    struct stmt_exec *x = s->x;
    struct dbc *d = s->dbc;
    *is_text = !x->on_server; /* it is there when it was described: its columns may be old */
    if (x->on_server || !prepare_can(s) || is_newest(d, &x->sql))
        return RC_OK;
    struct exact *e = exact_of(d);
    bool may = e && sql_form((const char *)x->sql.p, x->sql.len, &x->kind, x->mode, &e->form);
    int rc = !may || is_known(d) ? RC_OK : ask(s, is_text, f);
    const struct exact_text *known = may ? find(e) : NULL;
    if (e && !rc && *is_text && (known || !may))
        remember_newest(d, &x->sql, known ? known->until_ms : clock_ms() + KNOWN_MS);
    return rc;
}
