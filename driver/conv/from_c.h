/* from_c.h - a parameter on its way: what C types are read to, and what SQL types demand.  Internal
 * to conv/. */
#ifndef MYWIRE_CONV_FROM_C_H
#define MYWIRE_CONV_FROM_C_H

#include "conv/param.h"
#include "conv/value.h"

#define PARAM_CHARS 160 /* longest text of a value that is not text itself */

struct param_value {
    enum value_kind kind;
    bool is_cut;    /* a fraction was dropped: 01S07 */
    struct value v; /* text may point into the buffer behind start, or to scratch */
    size_t start;   /* where this parameter's bytes begin in the buffer */
    char scratch[PARAM_CHARS];
};

/* Readers by family (from_c.c); the kind they set is take_kind[family]. */
extern take_fn *const take_of[FAMILIES];
extern const enum value_kind take_kind[FAMILIES];

/* Shapes by kind and SQL family; an empty place is 07006 (to_sql.c). */
extern shape_fn *const shape_of[V_KINDS][SQLFS];

/* param_unused - bytes of the buffer behind start are no longer needed. */
static inline void param_unused(struct buf *b, const struct param_value *v)
{
    b->len = v->start;
}

#endif
