/* tls_mode.h - SSLMODE, for everybody: the words of table/dsn_choice.def, in the order of strength.
 *
 * Zero is the strongest, so that what was forgotten or wiped demands too much, never too little.
 * Only dsn_finish (conf/finish.c) decides which mode counts; all others act on its verdict. */
#ifndef MYWIRE_BASE_TLS_MODE_H
#define MYWIRE_BASE_TLS_MODE_H

#include <stdbool.h>

#include "table/dsn_choice.def"

enum tls_mode {
#define TLS_MODE(constant, number, word) constant = (number),
    DSN_LIST_tls_mode(TLS_MODE)
#undef TLS_MODE
};

/* tls_mode_name - "VERIFY_CA". */
const char *tls_mode_name(enum tls_mode mode);

/* tls_mode_stronger - of two modes the one that demands more. */
static inline enum tls_mode tls_mode_stronger(enum tls_mode a, enum tls_mode b)
{
    return a < b ? a : b;
}

/* tls_mode_verifies - must the certificate be of a trusted authority? */
static inline bool tls_mode_verifies(enum tls_mode mode)
{
    return mode <= TLS_VERIFY_CA;
}

#endif
