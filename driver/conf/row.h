/* row.h - what the files of conf/ share and nobody else needs: storing by row, spans of text. */
#ifndef MYWIRE_CONF_ROW_H
#define MYWIRE_CONF_ROW_H

#include "conf/dsn.h"

/* Borrowed text, n bytes. */
struct dsn_span {
    const char *s;
    size_t n;
};

/* dsn_trim - s without the spaces, tabs and line ends around it; borrowed from s. */
struct dsn_span dsn_trim(const char *s, size_t n);

/* dsn_text - the field of a key that is text, borrowed until it changes; NULL when it is empty, or
 * no text. */
const char *dsn_text(const struct dsn *d, enum dsn_key key);

/* dsn_like - the key that a name of n bytes, which is no key, may be a slip of; DSN_KEYS: none is
 * close.  dsn_is_about_tls - does the name begin with SSL or TLS? */
enum dsn_key dsn_like(const char *name, size_t n);
bool dsn_is_about_tls(const char *name, size_t n);

/* dsn_derive - give the key a value made out of other keys, whatever it had; DSN_FROM_DERIVED.
 * RC_CONFIG, RC_MEMORY. */
int dsn_derive(struct dsn *d, enum dsn_key key, const char *value, size_t n,
               struct fault *f) MUST_USE;

/* dsn_turn_on - dsn_derive of a BOOL to 1, with a note if the key has no effect. */
int dsn_turn_on(struct dsn *d, enum dsn_key key, struct fault *f) MUST_USE;

#endif
