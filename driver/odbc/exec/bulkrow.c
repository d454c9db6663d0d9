/* bulkrow.c - the quick way of a row into a bulk execute. */
#include "odbc/exec/bulkrow.h"

#include <stdlib.h>

#include "base/wire_type.h"
#include "odbc/exec/exec.h"
#include "wire/cmd.h"
#include "wire/row.h"

#define FIXED_ROOM (CMD_BULK_HEAD + DIRECT_MAX)

bool bulkrow_init(struct stmt *s, struct bulk_rows *b)
{
    const struct params *p = &s->x->params;
    *b = (struct bulk_rows){.n = p->n, .room = p->n * FIXED_ROOM};
    b->cols = calloc(p->n + 1, sizeof *b->cols);
    if (!b->cols)
        return false;
    for (size_t i = 0; i < p->n; i++) {
        struct bulk_col *c = &b->cols[i];
        c->slot = &p->slots[i];
        if (c->slot->data && direct_find(&c->slot->plan, &c->direct))
            c->prefix = row_width(c->direct.type) == WIRE_TEMPORAL;
    }
    return true;
}

void bulkrow_clear(struct bulk_rows *b)
{
    free(b->cols);
    *b = (struct bulk_rows){0};
}

static bool is_direct(const struct bulk_col *c)
{
    return c->direct.put || c->direct.same;
}

void bulkrow_types(const struct bulk_rows *b, struct wire_param *types)
{
    for (size_t i = 0; i < b->n; i++) {
        const struct direct *d = &b->cols[i].direct;
        types[i] = (struct wire_param){.type = MYSQL_TYPE_NULL};
        if (is_direct(&b->cols[i]))
            types[i] = (struct wire_param){.type = d->type, .is_unsigned = d->is_unsigned};
    }
}

/* May a value of the type stand in a column of rows of type *t, which learns? */
static bool bulkrow_agrees(struct wire_param *t, uint8_t type, bool is_unsigned)
{
    if (t->type == MYSQL_TYPE_NULL)
        *t = (struct wire_param){.type = type, .is_unsigned = is_unsigned};
    return t->type == type && t->is_unsigned == is_unsigned;
}

/* A value of a fixed C type; NULL: there is something to say about it. */
static inline unsigned char *put_fixed(const struct bulk_col *c, const char *data,
                                       unsigned char *to)
{
    unsigned char *length = cmd_bulk_begin(to, BULK_VALUE);
    size_t n = c->direct.put(&c->slot->plan, data, length + c->prefix);
    if (c->prefix)
        *length = (unsigned char)n;
    return n ? length + c->prefix + n : NULL;
}

/* Text or bytes as the application has them. */
static bool put_same(const struct bulk_col *c, const struct param_bound *v, struct buf *out)
{
    size_t n = v->ind >= 0 ? (size_t)v->ind : param_length(&c->slot->plan, v->data, v->ind);
    if (n == SIZE_MAX || !c->direct.same(v->data, n))
        return false;
    if (n < CMD_BULK_SHORT) {
        unsigned char *to = buf_room(out, n + CMD_BULK_HEAD);
        if (to)
            buf_wrote(out, cmd_bulk_short(to, v->data, n));
        return to;
    }
    struct wire_param w = {.type = c->direct.type, .p = (const unsigned char *)v->data, .len = n};
    return cmd_bulk_value(out, &w);
}

/* Any value, through the parameters' own buffer. */
static bool put_converted(struct params *p, const struct bulk_col *c, const struct param_bound *v,
                          struct wire_param *type, struct buf *out)
{
    struct wire_param w = {0};
    if (!c->slot->data)
        return false;
    buf_reset(&p->bytes);
    enum conv_status st =
        param_binary(&c->slot->plan, v->data, v->ind, &p->bytes, &w.type, &w.is_unsigned);
    w.p = p->bytes.p ? p->bytes.p : (const unsigned char *)"";
    w.len = p->bytes.len;
    return st == CONV_OK && bulkrow_agrees(type, w.type, w.is_unsigned) && cmd_bulk_value(out, &w);
}

/* All values of the row; false: some may have been appended. */
static bool put_values(struct params *p, const struct bulk_rows *b, SQLULEN row,
                       struct wire_param *types, struct buf *out)
{
    unsigned char *to = buf_room(out, b->room);
    for (size_t i = 0; to && i < b->n; i++) {
        const struct bulk_col *c = &b->cols[i];
        struct param_bound v = param_bound_at(c->slot, row);
        if (v.ind == SQL_NULL_DATA) {
            to = cmd_bulk_begin(to, BULK_NULL);
            continue;
        }
        if (v.ind < 0 && v.ind != SQL_NTS)
            return false;
        if (c->direct.put) {
            to = put_fixed(c, v.data, to);
            continue;
        }
        buf_wrote(out, to);
        if (!(c->direct.same ? put_same(c, &v, out) : put_converted(p, c, &v, &types[i], out)))
            return false;
        to = buf_room(out, b->room);
    }
    if (to)
        buf_wrote(out, to);
    return to;
}

bool bulkrow_put(struct stmt *s, const struct bulk_rows *b, SQLULEN row, struct wire_param *types,
                 struct buf *out)
{
    size_t at = out->len;
    if (put_values(&s->x->params, b, row, types, out) && buf_ok(out))
        return true;
    out->len = at;
    return false;
}
