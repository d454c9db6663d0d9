/* tls_verify.c - the verdict on the server's certificate.
 *
 * A pin (one of several, where there are several) is enforced in every mode, in addition to what
 * the mode demands.  Below VERIFY_CA nothing else is looked at, as with MySQL.  VERIFY_CA proves
 * the chain, VERIFY_IDENTITY also the name: names against the DNS names of the certificate (or its
 * CN, when it has no DNS name at all), addresses against its IP addresses; OpenSSL's rules for
 * wildcards. Weak keys and signatures are refused where the chain is verified, by OpenSSL's
 * security level (2 by default: RSA 2048, SHA-256); REQUIRED verifies nothing and connects. Source:
 * MySQL manual, --ssl-mode; X509_check_host(3). */
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "net/tls_parts.h"

static struct tls_stream *stream_of(X509_STORE_CTX *x)
{
    SSL *ssl = X509_STORE_CTX_get_ex_data(x, SSL_get_ex_data_X509_STORE_CTX_idx());
    return ssl ? SSL_get_app_data(ssl) : NULL;
}

/* What a proof by password can make up for: nobody vouches for the certificate, or it has another
 * name.  Not what says that the certificate is bad: expired, revoked, weak, forged. */
static bool is_provable(int err)
{
    switch (err) {
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
        return true;
    default:
        return false;
    }
}

/* OpenSSL calls it for each finding; 1: go on as if it were good. */
static int on_finding(int ok, X509_STORE_CTX *x)
{
    struct tls_stream *t = stream_of(x);
    if (ok || !t)
        return ok;
    int err = X509_STORE_CTX_get_error(x);
    int depth = X509_STORE_CTX_get_error_depth(x);
    X509 *cert = X509_STORE_CTX_get_current_cert(x), *leaf = X509_STORE_CTX_get0_cert(x);
    bool later = t->ctx->may_prove_later && is_provable(err);
    if (later && !t->untrusted && t->info)
        /* the words are for later */
        (void)tls_explain_cert(&t->info->refusal, t, err, depth, cert, leaf);
    if (later) {
        t->untrusted = true;
        return 1;
    }
    if (!t->explained)
        (void)tls_explain_cert(t->f, t, err, depth, cert, leaf); /* tls_wrap returns it */
    t->explained = true;
    return 0;
}

/* No pins: every certificate fits. */
static bool pins_fit(const struct tls_context *c, const X509 *leaf)
{
    unsigned char now[EVP_MAX_MD_SIZE];
    unsigned n = 0;
    bool is_known =
        c->npins && leaf && X509_digest(leaf, EVP_sha256(), now, &n) && n == SHA256_BYTES;
    bool fits = !c->npins;
    for (size_t i = 0; is_known && i < c->npins; i++)
        fits = fits || CRYPTO_memcmp(now, c->pins[i], SHA256_BYTES) == 0;
    return fits;
}

int tls_verify_chain(X509_STORE_CTX *x, void *unused)
{
    struct tls_stream *t = stream_of(x);
    X509 *leaf = X509_STORE_CTX_get0_cert(x);
    (void)unused;
    if (!t)
        return 0;
    if (!pins_fit(t->ctx, leaf)) {
        X509_STORE_CTX_set_error(x, X509_V_ERR_CERT_REJECTED);
        (void)tls_explain_cert(t->f, t, TLS_ERR_PIN, 0, leaf, leaf); /* tls_wrap returns it */
        t->explained = true;
        return 0;
    }
    X509_STORE_CTX_set_error(x, X509_V_OK);
    if (!tls_mode_verifies(t->ctx->mode))
        return 1;
    X509_STORE_CTX_set_verify_cb(x, on_finding);
    if (X509_verify_cert(x) <= 0)
        return 0;
    if (t->untrusted)
        X509_STORE_CTX_set_error(
            x, X509_V_OK); /* so that the handshake finishes; the verdict is the caller's */
    return 1;
}

static bool name_fits(const struct tls_stream *t, X509 *leaf)
{
    if (t->is_ip)
        return X509_check_ip_asc(leaf, t->host, 0) == 1;
    return X509_check_host(leaf, t->host, strlen(t->host), 0, NULL) == 1;
}

int tls_verify_resumed(struct tls_stream *t, struct fault *f)
{
    X509 *leaf = SSL_get0_peer_certificate(t->ssl);
    int err = X509_V_OK;
    if (!leaf)
        return fault(f, RC_TLS,
                     "TLS: an earlier session was resumed without the server's certificate");
    if (!pins_fit(t->ctx, leaf))
        err = TLS_ERR_PIN;
    else if (!tls_mode_verifies(t->ctx->mode))
        err = X509_V_OK;
    else if (X509_cmp_current_time(X509_get0_notBefore(leaf)) > 0)
        err = X509_V_ERR_CERT_NOT_YET_VALID;
    else if (X509_cmp_current_time(X509_get0_notAfter(leaf)) < 0)
        err = X509_V_ERR_CERT_HAS_EXPIRED;
    else if (t->ctx->mode == TLS_VERIFY_IDENTITY && !name_fits(t, leaf))
        err = t->is_ip ? X509_V_ERR_IP_ADDRESS_MISMATCH : X509_V_ERR_HOSTNAME_MISMATCH;
    return err == X509_V_OK ? RC_OK : tls_explain_cert(f, t, err, 0, leaf, leaf);
}
