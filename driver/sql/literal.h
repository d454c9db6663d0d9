/* literal.h - values and names as SQL text, appended to a buffer (test it once at the end with
 * buf_ok).
 *
 * Text is UTF-8 and the connection's character set is utf8mb4, so no byte of a character can be
 * mistaken for a quote or a backslash.  Source: MySQL manual, "String Literals", "Hexadecimal
 * Literals", "Schema Object Names". */
#ifndef MYWIRE_SQL_LITERAL_H
#define MYWIRE_SQL_LITERAL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "sql/lex.h"

/* sql_put_string - '...': quotes doubled; with backslash escapes also backslash, NUL (\0) and ^Z
 * (\Z).  Without them a text that holds a NUL becomes a hexadecimal literal with the introducer
 * _utf8mb4, because some servers and tools cut at NUL. */
void sql_put_string(struct buf *b, const char *s, size_t n, struct sql_mode mode);

/* sql_put_binary - x'...', which every server knows. */
void sql_put_binary(struct buf *b, const void *p, size_t n);

/* sql_put_name - `...` with backticks doubled.  (Also right with ANSI_QUOTES.) */
void sql_put_name(struct buf *b, const char *s, size_t n);

/* sql_put_like - a search pattern of a catalog function as a string literal for LIKE.  The
 * pattern's escape character is a backslash (SQL_SEARCH_PATTERN_ESCAPE), which is also LIKE's own,
 * so that only the literal's own quoting is added; under NO_BACKSLASH_ESCAPES ` ESCAPE '\'`
 * follows, because LIKE then has none. */
void sql_put_like(struct buf *b, const char *s, size_t n, struct sql_mode mode);

/* sql_pattern_is_exact - has this search pattern no unescaped % or _ ?  Then out receives the name
 * it stands for. */
bool sql_pattern_is_exact(struct buf *out, const char *s, size_t n);

#endif
