/* form.h - the form of a statement that reads: its text without the constants in it.
 *
 * Statements of one form have columns of the same types, as long as the tables are the same. */
#ifndef MYWIRE_SQL_FORM_H
#define MYWIRE_SQL_FORM_H

#include "base/buf.h"
#include "sql/kind.h"

/* sql_form - append the form to out (borrowed; its ceiling may make it broken, the answer is right
 * all the same).  White space and comments become one space, numbers their length and what is no
 * digit in them, strings in single quotes a sign; what is in double quotes may be a name and stays.
 * kind: of the text. Can the result have columns that are not made of constants and arithmetic
 * alone, that is: does it read a table or call something?  INSERT, REPLACE, DELETE: with RETURNING.
 * False also for statements that ask what the statement before them did (ROW_COUNT, FOUND_ROWS,
 * @@warning_count): nothing may be sent between the two; and for SHOW, EXPLAIN and the like. */
bool sql_form(const char *text, size_t len, const struct sql_kind_info *kind, struct sql_mode mode,
              struct buf *out);

#endif
