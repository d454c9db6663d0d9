/* server.h - a server in memory for tests of the ODBC layer: lets everybody in, says OK to every
 * command, writes down what was asked, and keeps the status flags as MySQL does (or always 0, as
 * StarRocks). */
#ifndef MYWIRE_TEST_SERVER_H
#define MYWIRE_TEST_SERVER_H

#include "handles.h"

struct server_kind {
    const char *version;
    bool has_transactions; /* announced, and the status flags are kept */
    const char *refused;   /* a text that is answered with error 1064; NULL: none */
    unsigned flags;        /* further status flags, told in every answer */
};

struct server;

/* server_join - h->dbc is connected to a new server of that kind, which lives until the connection
 * is closed. */
struct server *server_join(struct handles *h, const struct server_kind *kind);

/* server_reserve - so much memory that it needs no more in a test where allocations fail. */
void server_reserve(struct server *s);

/* server_asked - the commands since the last call, a line each: SQL as it came, "use NAME",
 * "reset", "ping", "prepare SQL", "execute BYTES".  Borrowed until the next command. */
const char *server_asked(struct server *s);

#endif
