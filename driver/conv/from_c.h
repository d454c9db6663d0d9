/* from_c.h - a parameter on its way: what C types are read to, and what SQL types demand.  Internal
 * to conv/. */
#ifndef MYWIRE_CONV_FROM_C_H
#define MYWIRE_CONV_FROM_C_H

#include <string.h>

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

/* load_int - a signed integer of the application: size bytes, 1, 2, 4 or 8, of any alignment. */
static inline int64_t load_int(size_t size, const void *data)
{
    int8_t i8;
    int16_t i16;
    int32_t i32;
    int64_t i64;
    switch (size) {
    case 1:
        memcpy(&i8, data, 1);
        return i8;
    case 2:
        memcpy(&i16, data, 2);
        return i16;
    case 4:
        memcpy(&i32, data, 4);
        return i32;
    default:
        memcpy(&i64, data, 8);
        return i64;
    }
}

/* param_unused - bytes of the buffer behind start are no longer needed. */
static inline void param_unused(struct buf *b, const struct param_value *v)
{
    b->len = v->start;
}

#endif
