/* opts.h - struct dsn to struct session_opts: what the keys mean to the wire. */
#ifndef MYWIRE_ODBC_OPTS_H
#define MYWIRE_ODBC_OPTS_H

#include "base/arena.h"
#include "conf/dsn.h"
#include "wire/session.h"

/* Owns what session_opts borrows besides the DSN.  Zeroed is valid. */
struct opts {
    struct session_opts wire; /* borrows from the DSN and from the members below */
    struct dsn_hosts hosts;
    struct arena arena;
};

/* opts_make - fill o (zeroed before) from d, which must outlive it.  Timeouts and log are left to
 * the caller.  RC_CONFIG for a server list that cannot be read, RC_MEMORY. */
int opts_make(struct opts *o, const struct dsn *d, struct fault *f) MUST_USE;
void opts_clear(struct opts *o);

/* opts_tls - the TLS keys, borrowed from d; t is zeroed before. */
void opts_tls(struct tls_opts *t, const struct dsn *d);

#endif
