/* serverlimit.h - SQL_ATTR_QUERY_TIMEOUT as a limit that the server itself keeps, so that the end
 * of a statement's time needs no second connection (odbc/command/cancel.h), which a server may
 * refuse.
 *
 * The limit travels with the statement (table/product.def), and ends with it: the session's own
 * value stays as the application or the server's owner set it.  On MariaDB the stricter of the two
 * holds, on StarRocks and Doris the statement's (their hints take no expression); a hint of the
 * application's own is left alone.  It costs no round trip, and a statement without a timeout
 * nothing.
 *
 * Only INSERT, REPLACE, UPDATE and DELETE without RETURNING have it, and on MariaDB what defines
 * things (CREATE, ALTER, DROP, TRUNCATE, RENAME, GRANT): the server's clock goes on while rows are
 * read, and would cut a long result that is read slowly and well.  So CALL has none, nor has what
 * stands with others in one text, or behind a SET STATEMENT of the application.  Others would be
 * ended without an error: DO SLEEP(), CALL of a routine that does it, and OPTIMIZE, ANALYZE and
 * CHECK TABLE, which tell theirs as a row (tried on MariaDB 10.11 and 11.8).  LOAD DATA LOCAL would
 * be ended (1969), but only told so when the client has sent the whole file, which its own deadline
 * does not wait for.  For all these, and where the server did not keep its word, the client's
 * deadline and KILL remain. */
#ifndef MYWIRE_ODBC_SERVERLIMIT_H
#define MYWIRE_ODBC_SERVERLIMIT_H

#include "odbc/handle/handle.h"

#define SERVERLIMIT_CHARS 160

/* serverlimit_follow - an execution begins: stopping->server_s is what holds for it; what is
 * prepared with another limit is prepared anew. */
void serverlimit_follow(struct stmt *s);

/* serverlimit_put - append the beginning of a text of this statement, n bytes of sql, with the
 * limit in its place if there is one.  The first word is among the n, or n is where it ends. */
void serverlimit_put(const struct stmt *s, const char *sql, size_t n, struct buf *out);

/* serverlimit_query - session_query of a text of this statement, limited.  serverlimit_prepare -
 * session_prepare of x->sql into x->server. */
int serverlimit_query(struct stmt *s, const char *sql, size_t n, struct fault *f) MUST_USE;
int serverlimit_prepare(struct stmt *s, struct fault *f) MUST_USE;

#endif
