/* tls_mode.c - the words of SSLMODE. */
#include "base/tls_mode.h"

const char *tls_mode_name(enum tls_mode mode)
{
    static const char *const names[] = {
#define TLS_MODE(constant, number, word) [number] = (word),
        DSN_LIST_tls_mode(TLS_MODE)
#undef TLS_MODE
    };
    return names[mode];
}
