/* sqlmode.h - how the server reads SQL: its dialect, and what a backslash and a double quote are.
 */
#ifndef MYWIRE_ODBC_SQLMODE_H
#define MYWIRE_ODBC_SQLMODE_H

#include "odbc/handle/handle.h"
#include "sql/lex.h"

/* sqlmode_now - how the server reads SQL now, as far as it is known; right for all that is written.
 * sqlmode_of - the same for reading a text: when it holds double quotes and it is not known what
 * they mean, the server is asked, and the wire freed for it.  Who reads x->sql again takes x->mode,
 * in which it was read. */
struct sql_mode sqlmode_now(const struct dbc *d);
int sqlmode_of(struct dbc *d, bool has_quotes, struct sql_mode *m, struct fault *f) MUST_USE;

#endif
