/* tls_cipher.c - cipher names of the DSN.  OpenSSL skips names it does not know as long as one is
 * left, so a typing error would silently change what is offered: each name is tried alone first. */
#include <openssl/err.h>
#include <stdio.h>
#include <string.h>

#include "net/tls_parts.h"

#define NAME_CHARS 128

/* The next name of a list separated by ':', ',' or spaces; false at the end.  Too long a name comes
 * out cut, and is unknown. */
static bool next_name(const char **at, char out[NAME_CHARS])
{
    *at += strspn(*at, ":, ");
    size_t n = strcspn(*at, ":, ");
    if (n == 0)
        return false;
    (void)snprintf(out, NAME_CHARS, "%.*s", (int)(n < NAME_CHARS ? n : NAME_CHARS - 1), *at);
    *at += n;
    return true;
}

static bool offers(const SSL_CTX *ctx, const char *name)
{
    STACK_OF(SSL_CIPHER) *all = SSL_CTX_get_ciphers(ctx);
    for (int i = 0; i < sk_SSL_CIPHER_num(all); i++)
        if (strcmp(SSL_CIPHER_get_name(sk_SSL_CIPHER_value(all, i)), name) == 0)
            return true;
    return false;
}

static bool is_suite13(const char *name)
{
    return strncmp(name, "TLS_AES_", 8) == 0 || strncmp(name, "TLS_CHACHA20_", 13) == 0;
}

static int set_list(SSL_CTX *ctx, const char *list, struct fault *f)
{
    char name[NAME_CHARS];
    const char *at = list;
    while (next_name(&at, name)) {
        bool is_operator =
            strchr("!-+@", name[0]) != NULL; /* takes away, sorts, or sets the level */
        if (is_suite13(name))
            return fault(f, RC_CONFIG,
                         "SSLCIPHER: \"%s\" is a TLS 1.3 suite; name it in TLSCIPHERSUITES", name);
        if (!is_operator && !SSL_CTX_set_cipher_list(ctx, name))
            return fault(
                f, RC_CONFIG,
                "SSLCIPHER: \"%s\" is no TLS 1.2 cipher that OpenSSL knows and allows here. "
                "See \"openssl ciphers -v -s -tls1_2\" for the names",
                name);
    }
    if (!SSL_CTX_set_cipher_list(ctx, list))
        return fault(
            f, RC_CONFIG,
            "SSLCIPHER: \"%s\" leaves no TLS 1.2 cipher. See \"openssl ciphers -v -s -tls1_2 "
            "'%s'\"",
            list, list);
    return RC_OK;
}

static int set_suites(SSL_CTX *ctx, const char *list, struct fault *f)
{
    char name[NAME_CHARS];
    struct buf joined; /* OpenSSL wants colons only */
    const char *at = list;
    buf_init(&joined, 4096);
    while (next_name(&at, name)) {
        if (!SSL_CTX_set_ciphersuites(ctx, name) || !offers(ctx, name)) {
            buf_clear(&joined);
            return fault(
                f, RC_CONFIG,
                "TLSCIPHERSUITES: \"%s\" is no TLS 1.3 suite that OpenSSL knows. Usual are "
                "TLS_AES_256_GCM_SHA384, TLS_CHACHA20_POLY1305_SHA256 and TLS_AES_128_GCM_SHA256; "
                "ciphers of TLS 1.2 go into SSLCIPHER",
                name);
        }
        buf_printf(&joined, "%s%s", joined.len ? ":" : "", name);
    }
    int ok = buf_ok(&joined) && joined.len && SSL_CTX_set_ciphersuites(ctx, buf_str(&joined));
    buf_clear(&joined);
    return ok ? RC_OK : fault(f, RC_CONFIG, "TLSCIPHERSUITES: \"%s\" names no suite", list);
}

int tls_cipher_set(SSL_CTX *ctx, const char *ciphers, const char *ciphersuites, struct fault *f)
{
    int rc = ciphers && *ciphers ? set_list(ctx, ciphers, f) : RC_OK;
    if (!rc && ciphersuites && *ciphersuites)
        rc = set_suites(ctx, ciphersuites, f);
    ERR_clear_error();
    return rc;
}
