/* given.c - values that were given at execution, kept until all rows of an array have theirs. */
#include "odbc/exec/given.h"

#include <stdlib.h>

static bool make_room(struct given *g)
{
    if (g->n < g->cap)
        return true;
    size_t cap = g->cap ? g->cap * 2 : 16;
    struct given_value *values = realloc(g->values, cap * sizeof *values);
    if (!values)
        return false;
    g->values = values;
    g->cap = cap;
    return true;
}

bool given_add(struct given *g, const struct given_value *v)
{
    const char *copy = v->len ? arena_dup(&g->arena, v->p, v->len) : "\0";
    if (!copy || !make_room(g))
        return false;
    g->values[g->n] = *v;
    g->values[g->n++].p = copy;
    g->bytes += v->len;
    return true;
}

const struct given_value *given_find(const struct given *g, SQLULEN row, size_t slot)
{
    size_t from = 0, to = g->n;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        const struct given_value *v = &g->values[middle];
        if (v->row == row && v->slot == slot)
            return v;
        if (v->row < row || (v->row == row && v->slot < slot))
            from = middle + 1;
        else
            to = middle;
    }
    return NULL;
}

void given_clear(struct given *g)
{
    free(g->values);
    arena_clear(&g->arena);
    *g = (struct given){0};
}
