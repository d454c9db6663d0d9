/* prepare.h - a statement in prepared form on the server. */
#ifndef MYWIRE_ODBC_PREPARE_H
#define MYWIRE_ODBC_PREPARE_H

#include "odbc/handle/handle.h"

/* prepare_can - is it worth trying to prepare on the server?  prepare_is_refused - does this
 * error say that the server cannot execute in prepared form, or forgot the statement, so that the
 * row was not looked at?  A procedure's own PREPARE and EXECUTE raise the same errors, when it has
 * done half its work: of a CALL only what names our statement counts. */
bool prepare_can(const struct stmt *s);
bool prepare_is_refused(const struct stmt *s, const struct fault *f);

/* prepare_on_server - prepare on the server unless it is.  RC_UNSUPPORTED: it cannot; then
 * never_server is set. */
int prepare_on_server(struct stmt *s, struct fault *f) MUST_USE;

/* prepare_execute - in binary form, with params.wire; prepared before if it is not, and once more
 * when the server forgot the statement.  RC_UNSUPPORTED: it cannot. */
int prepare_execute(struct stmt *s, struct fault *f) MUST_USE;

#endif
