/* cursor.c - a statement's result and where the application stands in it. */
#include "odbc/result/cursor.h"

/* Somebody else wants the wire (dbc_free_wire). */
static int release_wire(struct stmt *s, struct fault *f)
{
    struct dbc *d = s->dbc;
    struct cursor *c = s->cursor;
    d->wire_owner = NULL;
    if (!fetch_save_row(s)) {
        c->fetch.row = NULL;
        c->fetch.row_on_wire = false;
    }
    int rc = result_keep(&c->result, d, f);
    if (c->result.on_wire && !session_broken(d->session))
        d->wire_owner = s; /* whoever wanted the wire gave up */
    return rc;
}

void cursor_new_reply(struct stmt *s)
{
    struct cursor *c = s->cursor;
    const struct reply *p = c->result.current;
    fetch_restart(&c->fetch);
    getdata_restart(&c->getdata);
    c->ird_valid = false;
    c->bulk_rows = -1;
    c->executed = true;
    if (p->has_rows)
        shape_follow(&c->shape, p);
    s->h.diag.row_count = p->has_rows ? -1 : (SQLLEN)p->affected;
    s->h.diag.cursor_row_count = p->has_rows ? -1 : 0;
    if (c->result.on_wire || (p->has_rows && !p->owns_cols)) {
        s->dbc->wire_owner = s;
        s->dbc->wire_release = release_wire;
    }
}

int cursor_close(struct stmt *s, struct fault *f)
{
    struct cursor *c = s->cursor;
    int rc = RC_OK;
    if (s->dbc->wire_owner == s) {
        if (c->result.on_wire)
            rc = result_drop(&c->result, s->dbc->session, f);
        s->dbc->wire_owner = NULL;
    }
    result_clear(&c->result);
    fetch_restart(&c->fetch);
    getdata_restart(&c->getdata);
    c->executed = false;
    c->ird_valid = false;
    return rc;
}

SQLULEN stmt_row_number(const struct stmt *s)
{
    const struct fetch *f = &s->cursor->fetch;
    return f->began && !f->ended && f->position ? f->first + f->position - 1 : 0;
}

void cursor_clear(struct cursor *c)
{
    result_clear(&c->result);
    fetch_clear(&c->fetch);
    getdata_clear(&c->getdata);
    shape_clear(&c->shape);
}
