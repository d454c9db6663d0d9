/* text.h - a statement's text: taken, read, forgotten. */
#ifndef MYWIRE_ODBC_TEXT_H
#define MYWIRE_ODBC_TEXT_H

#include "odbc/handle/handle.h"
#include "odbc/handle/text_io.h"

/* text_take - take the statement's text: decoded, escapes translated, markers and kind known, and
 * who runs it (odbc/handle/runner.h).  What was there before is forgotten. */
SQLRETURN text_take(struct stmt *s, struct text_arg arg);

/* text_follow_mode - the server reads the text as it executes or describes it, so what a SET has
 * changed since SQLPrepare counts: a text that reads otherwise now is read again.  For a statement
 * that is prepared and has no result. */
SQLRETURN text_follow_mode(struct stmt *s);

/* text_forget - as before SQLPrepare: no text, nothing prepared on the server. */
void text_forget(struct stmt *s);

#endif
