/* unquote.h - what a token of SQL text stands for: names and strings without their quotes. */
#ifndef MYWIRE_SQL_UNQUOTE_H
#define MYWIRE_SQL_UNQUOTE_H

#include "base/buf.h"
#include "sql/lex.h"

/* sql_unquote_name - append the name that s (n bytes: a bare word, `...` or "...") stands for; a
 * doubled quote is one. */
void sql_unquote_name(struct buf *out, const char *s, size_t n);

/* sql_unquote_string - append what the string literal s ('...' or "...", n bytes) stands for:
 * doubled quotes and, unless the mode forbids them, backslash escapes.  Before % and _ a backslash
 * stays, as the servers keep it there.  Source: MySQL manual, "String Literals". */
void sql_unquote_string(struct buf *out, const char *s, size_t n, struct sql_mode mode);

#endif
