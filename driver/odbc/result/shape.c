/* shape.c - the facts of a reply's columns, kept and compared. */
#include "odbc/result/shape.h"

#include <string.h>

#include "odbc/result/convert.h"

/* All that conv/ is told of a column (convert_source). */
static void put_facts(struct buf *b, const struct conv_source *c)
{
    unsigned char *at = buf_grow(b, 12);
    if (!at)
        return;
    at[0] = c->type;
    at[1] = c->decimals;
    at[2] = c->binary;
    at[3] = c->is_expression;
    memcpy(at + 4, &c->flags, 2);
    memcpy(at + 6, &c->charset, 2);
    memcpy(at + 8, &c->length, 4);
    const char *ext = c->ext_type ? c->ext_type : "";
    buf_put(b, ext, strlen(ext) + 1);
}
_Static_assert(sizeof(struct conv_source) == 16 + sizeof(char *), "put_facts knows every field");

void shape_follow(struct shape *s, const struct reply *p)
{
    buf_reset(&s->next);
    for (size_t i = 0; i < p->ncols; i++) {
        struct conv_source c = convert_source(&p->cols[i], p->binary);
        put_facts(&s->next, &c);
    }
    bool is_same = buf_ok(&s->next) && s->next.len && s->next.len == s->facts.len &&
                   !memcmp(s->next.p, s->facts.p, s->next.len);
    if (is_same)
        return;
    struct buf old = s->facts;
    s->facts = s->next;
    s->next = old;
    s->serial++;
    if (!buf_ok(&s->facts)) /* not all is known: the next ones are others in any case */
        buf_clear(&s->facts);
}

void shape_clear(struct shape *s)
{
    buf_clear(&s->facts);
    buf_clear(&s->next);
}
