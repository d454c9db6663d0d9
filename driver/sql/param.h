/* param.h - where the parameter markers of a statement are.
 *
 * With the markers known, the text falls into markers + 1 pieces: for client-side parameters the
 * caller puts piece 0, value 0, piece 1, value 1 and so on into a buffer (sql_markers_piece). */
#ifndef MYWIRE_SQL_PARAM_H
#define MYWIRE_SQL_PARAM_H

#include <stddef.h>

#include "base/fault.h"
#include "sql/lex.h"

struct sql_markers {
    size_t *at; /* byte offset of each '?', ascending; owned; NULL when there is none */
    size_t n, cap;
};

/* sql_markers_find - all markers outside strings, quoted names and comments (those inside
 * executable comments count). m: zeroed, or found before (its memory is used again).  RC_MEMORY, or
 * RC_UNSUPPORTED when there are more than 65535, the most that the protocol carries. */
int sql_markers_find(struct sql_markers *m, const char *text, size_t len, struct sql_mode mode,
                     struct fault *f) MUST_USE;
void sql_markers_clear(struct sql_markers *m);

#endif
