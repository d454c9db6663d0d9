/* bulk.h - commands of a session that carry many rows: MariaDB's bulk execute, texts in two parts,
 * and executes that do not wait for each other (a pipe).
 *
 * A pipe:  session_pipe_begin -> session_pipe_put... -> session_pipe_send -> session_pipe_reply
 * once for each put.  Then the session is idle again.  Both sides must never wait for each other to
 * read: so what is put before a send is at most PIPE_BYTES, which fits into the socket buffers
 * between us and the server, and all replies are read before more is put.
 *
 * Errors as in session.h; a server's error in a pipe concerns its own execute only. */
#ifndef MYWIRE_WIRE_BULK_H
#define MYWIRE_WIRE_BULK_H

#include "wire/session.h"

#define PIPE_BYTES (32u << 10)
#define PIPE_PUTS  128u /* their replies fit into the socket buffers as well */

/* session_can_bulk - does the server have bulk execute?  session_can_pipe - may executes follow
 * each other without waiting?  Not over compression, where every command begins a count of its own,
 * and not to MySQL before 8.0, behind which may be an Aurora that loses such commands. */
bool session_can_bulk(const struct session *s);
bool session_can_pipe(const struct session *s);

/* session_bulk - execute st once for all rows; rows: n bytes made by cmd_bulk_row, of the types of
 * params.  One statement to the server, one OK for all: it fails or succeeds as a whole on
 * transactional tables if it is an INSERT or REPLACE. */
int session_bulk(struct session *s, struct wire_stmt *st, const struct wire_param *params,
                 const void *rows, size_t n, struct fault *f) MUST_USE;

/* session_query_parts - session_query of head followed by tail (not copied). */
struct wire_text {
    const char *p;
    size_t n;
};
int session_query_parts(struct session *s, struct wire_text head, struct wire_text tail,
                        struct fault *f) MUST_USE;

/* session_pipe_begin - the door.  session_pipe_put - one more execute; RC_UNSUPPORTED, and nothing
 * is put, if it would not fit behind the others: send, read the replies, and put it again; alone
 * into an empty pipe fits what is shorter than one frame. session_pipe_send - write them.
 * session_pipe_reply - read the next of the replies; its rows and what follows them are to be read,
 * or skipped, before the next. */
int session_pipe_begin(struct session *s, struct fault *f) MUST_USE;
int session_pipe_put(struct session *s, struct wire_stmt *st, const struct wire_param *params,
                     struct fault *f) MUST_USE;
int session_pipe_send(struct session *s, struct fault *f) MUST_USE;
int session_pipe_reply(struct session *s, struct fault *f) MUST_USE;

#endif
