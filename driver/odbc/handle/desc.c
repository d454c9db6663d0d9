/* desc.c - descriptors as memory: header, records, their defaults. */
#include "odbc/handle/desc.h"

#include <stdlib.h>
#include <string.h>

#include "odbc/handle/handle.h"

/* ODBC reference, SQLSetDescField, "Initialization of Descriptor Fields". */
static void rec_defaults(const struct desc *d, struct desc_rec *r)
{
    memset(r, 0, sizeof(*r));
    if (d->role == DESC_ARD || d->role == DESC_APD || d->role == DESC_EXPLICIT) {
        r->type = r->concise_type = SQL_C_DEFAULT;
        return;
    }
    r->name = r->label = r->base_column_name = r->base_table_name = r->table_name = "";
    r->schema_name = r->catalog_name = r->type_name = r->local_type_name = "";
    r->literal_prefix = r->literal_suffix = "";
    r->nullable = SQL_NULLABLE_UNKNOWN;
    r->unnamed = SQL_UNNAMED;
    if (d->role == DESC_IPD)
        r->parameter_type = SQL_PARAM_INPUT;
}

void desc_init(struct desc *d, struct dbc *dbc, struct stmt *stmt, enum desc_role role)
{
    memset(d, 0, sizeof(*d));
    d->h.magic = MAGIC_DESC;
    d->dbc = dbc;
    d->stmt = stmt;
    d->role = role;
    d->hdr.alloc_type = role == DESC_EXPLICIT ? SQL_DESC_ALLOC_USER : SQL_DESC_ALLOC_AUTO;
    d->hdr.array_size = 1;
    d->hdr.bind_type = SQL_BIND_BY_COLUMN;
    desc_changed(d);
}

void desc_changed(struct desc *d)
{
    d->version = ++d->dbc->desc_versions;
}

void desc_fini(struct desc *d)
{
    d->h.magic = MAGIC_DEAD;
    diag_free(&d->h.diag);
    free(d->recs);
    d->recs = NULL;
    d->cap = 0;
    d->hdr.count = 0;
    arena_clear(&d->arena);
}

struct desc_rec *desc_rec_at(struct desc *d, SQLSMALLINT n)
{
    if (n < 0 || n > d->hdr.count || (size_t)n >= d->cap)
        return NULL;
    return &d->recs[n];
}

struct desc_rec *desc_rec_make(struct desc *d, SQLSMALLINT n)
{
    if (n < 0)
        return NULL;
    size_t need = (size_t)n + 1;
    if (need > d->cap) {
        size_t cap = need < 16 ? 16 : need + need / 2;
        struct desc_rec *recs = realloc(d->recs, cap * sizeof(*recs));
        if (!recs)
            return NULL;
        d->recs = recs;
        for (size_t i = d->cap; i < cap; i++)
            rec_defaults(d, &d->recs[i]);
        d->cap = cap;
    }
    if (n > d->hdr.count)
        d->hdr.count = n;
    return &d->recs[n];
}

void desc_drop_above(struct desc *d, SQLSMALLINT n)
{
    for (size_t i = (size_t)n + 1; i < d->cap; i++)
        rec_defaults(d, &d->recs[i]);
    d->hdr.count = n;
    desc_changed(d);
}

void desc_unbind_all(struct desc *d)
{
    for (size_t i = 0; i < d->cap; i++)
        rec_defaults(d, &d->recs[i]);
    d->hdr.count = 0;
    desc_changed(d);
}
