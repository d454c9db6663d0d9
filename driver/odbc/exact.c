/* exact.c - FLOAT columns: prepare, look, remember. */
#include "odbc/exact.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/wire_type.h"
#include "odbc/cancel.h"
#include "odbc/exec.h"
#include "sql/form.h"

enum {
    TEXTS = 64,       /* forms that a connection remembers */
    TEXT_BYTES = 8192 /* of one form; longer ones are not remembered */
};
#define KNOWN_MS 5000 /* other connections change tables too */

struct exact_text {
    struct buf form;
    unsigned long world; /* dbc->world when it was seen */
    int64_t until_ms;
};

struct exact {
    struct exact_text texts[TEXTS];
    size_t next;     /* the one to overwrite */
    struct buf form; /* of the statement at work */
};

void exact_free(struct exact *e)
{
    for (size_t i = 0; e && i < TEXTS; i++)
        buf_clear(&e->texts[i].form);
    if (e)
        buf_clear(&e->form);
    free(e);
}

static struct exact *exact_of(struct dbc *d)
{
    if (!d->exact)
        d->exact = calloc(1, sizeof *d->exact);
    if (d->exact) {
        d->exact->form.max = TEXT_BYTES;
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

static bool is_known(const struct dbc *d)
{
    const struct exact_text *t = find(d->exact);
    return t && t->world == d->world && clock_ms() < t->until_ms;
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

static int as_text(struct fault *f)
{
    return fault(f, RC_UNSUPPORTED, "the text does as well");
}

/* Is there a column that text would round?  Of CALL and RETURNING the columns are not told. */
static bool is_rounded(const struct stmt_exec *x)
{
    bool is = x->kind.kind != SQL_KIND_SELECT;
    for (size_t i = 0; i < x->server.ncols && x->server.cols; i++)
        is |= x->server.cols[i].type == MYSQL_TYPE_FLOAT;
    return is;
}

/* Does the product print six digits? */
static int rounds(struct stmt *s, struct fault *f)
{
    struct session *w = s->dbc->session;
    int rc = session_detect(w, f);
    if (rc)
        return rc;
    enum session_product p = session_info(w)->product;
    return p == PRODUCT_MYSQL || p == PRODUCT_MARIADB ? RC_OK : as_text(f);
}

/* What cannot be prepared is left to the text, which has the error that counts. */
static int prepare(struct stmt *s, struct fault *f)
{
    int rc = rounds(s, f);
    if (!rc)
        rc = exec_on_server(s, f);
    return rc == RC_SERVER && !command_was_stopped(s, f) ? as_text(f) : rc;
}

int exact_prepare(struct stmt *s, struct fault *f)
{
    struct stmt_exec *x = s->x;
    struct dbc *d = s->dbc;
    if (x->on_server) /* to be described */
        return is_rounded(x) ? RC_OK : as_text(f);
    struct exact *e = exec_may_prepare(s) ? exact_of(d) : NULL;
    bool may = e && sql_form((const char *)x->sql.p, x->sql.len, &x->kind, x->mode, &e->form);
    if (!may || is_known(d))
        return as_text(f);
    int rc = prepare(s, f);
    if ((!rc || rc == RC_UNSUPPORTED) && atomic_load(&s->cancelled))
        return fault(f, RC_CANCELLED, "cancelled before the statement was executed");
    if (rc || is_rounded(x))
        return rc;
    remember(d);
    wire_stmt_close(d->session, &x->server);
    x->on_server = false;
    return as_text(f);
}
