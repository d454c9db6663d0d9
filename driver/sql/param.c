/* param.c - collects the markers that the lexer finds. */
#include "sql/param.h"

#include <stdlib.h>
#include <string.h>

#define MOST_MARKERS 65535u

static bool keep(struct sql_markers *m, size_t at)
{
    if (m->n == m->cap) {
        size_t cap = m->cap ? m->cap * 2 : 16;
        size_t *p = realloc(m->at, cap * sizeof *p);
        if (!p) {
            return false;
        }
        m->at = p;
        m->cap = cap;
    }
    m->at[m->n++] = at;
    return true;
}

int sql_markers_find(struct sql_markers *m, const char *text, size_t len, struct sql_mode mode,
                     struct fault *f)
{
    struct sql_lexer lx;
    sql_lex_init(&lx, text, len, mode);
    m->n = 0;
    if (len == 0 || !memchr(text, '?', len)) {
        return RC_OK;
    }
    for (struct sql_token t = sql_next(&lx); t.kind != TOK_END; t = sql_next(&lx)) {
        if (t.kind != TOK_MARKER) {
            continue;
        }
        if (m->n == MOST_MARKERS) {
            return fault(
                f, RC_UNSUPPORTED,
                "the statement has more than %u parameter markers, the most of the protocol; "
                "split it",
                MOST_MARKERS);
        }
        if (!keep(m, t.at)) {
            return fault(f, RC_MEMORY, "no memory for %zu parameter markers", m->n + 1);
        }
    }
    return RC_OK;
}

void sql_markers_clear(struct sql_markers *m)
{
    if (m) {
        free(m->at);
        *m = (struct sql_markers){0};
    }
}
