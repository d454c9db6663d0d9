/* exact.h - which statements go in binary form though they have no parameters.
 *
 * As text these servers print a FLOAT with six digits: 123456.789 becomes 123457, and no WHERE
 * finds it again; and what is computed from a DOUBLE(M,D) with a few decimals more than D.  In
 * binary form both come as they are.  What columns a result has is known when the statement is
 * prepared, so a statement that reads is prepared first, and executed in that form if there is such
 * a column, else as text, which is the cheaper way.  That costs a round trip; so the forms of
 * statements (sql/form.h) without one are remembered, and the newest statement itself, a while, or
 * until the connection does something that may change tables.  What a procedure or a RETURNING
 * answers is not told by preparing it, and a statement that was described may have other columns by
 * now; these always go in binary form.
 *
 * Other servers print all digits.  Several statements in one text, SQL's own EXECUTE and NO_SSPS
 * leave no choice. */
#ifndef MYWIRE_ODBC_EXACT_H
#define MYWIRE_ODBC_EXACT_H

#include "odbc/handle/handle.h"

/* exact_prepare - between command_begin and command_end.  *is_text: the text does as well; else the
 * statement is prepared on the server, and to be executed so.  Errors are those of
 * session_prepare, but what cannot be prepared is left to the text. */
int exact_prepare(struct stmt *s, bool *is_text, struct fault *f) MUST_USE;

/* exact_free - what a connection remembers; NULL is fine. */
void exact_free(struct exact *e);

#endif
