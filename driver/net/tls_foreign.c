/* tls_foreign.c - one of our contexts applied to connections that another library makes.
 *
 * The library's SSL_CTX gets the store, the client certificate and the limits of ours, and our
 * verdict instead of its own.  The verdict works on a struct tls_stream that stands for the
 * connection: it has no carrier, only what tls_verify.c and tls_explain.c read.  A connection that
 * was proved carries a mark (ex data), which tls_guard_check demands: so a library that ignores
 * what it was told, or resumes a session on its own, gets no request sent.  The library's own
 * application data on the SSL is put aside only while the verdict runs.
 * Source: SSL_CTX_set_cert_verify_callback(3), CURLOPT_SSL_CTX_FUNCTION(3). */
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

#include "net/tls_parts.h"

struct tls_guard {
    struct tls_stream t; /* ctx, host, is_ip, cert_asked, explained; no carrier */
    struct fault words;  /* of the verdict */
    int alert;           /* received last, or -1 */
    bool greeted;        /* a handshake was finished since tls_guard_forget */
};

static struct {
    pthread_once_t once;
    int ctx, ssl; /* ex data: the guard that set up the context, and that proved the connection */
} slots = {.once = PTHREAD_ONCE_INIT, .ctx = -1, .ssl = -1};

static void slots_make(void)
{
    slots.ctx = SSL_CTX_get_ex_new_index(0, NULL, NULL, NULL, NULL);
    slots.ssl = SSL_get_ex_new_index(0, NULL, NULL, NULL, NULL);
}

bool tls_guard_fits(const char *library)
{
    static const char flavour[] = "OpenSSL/";
    const char *own = OpenSSL_version(OPENSSL_VERSION_STRING);
    size_t n = strlen(own);
    /* in a library with several backends those not in use stand in parentheses */
    for (const char *at = library ? strstr(library, flavour) : NULL; at;
         at = strstr(at + 1, flavour)) {
        const char *version = at + sizeof flavour - 1;
        bool active = at == library || at[-1] != '(';
        bool ends = strncmp(version, own, n) == 0 && (!version[n] || version[n] == ' ');
        if (active && ends)
            return true;
    }
    return false;
}

int tls_guard_new(struct tls_context *c, const char *host, struct tls_guard **out, struct fault *f)
{
    (void)pthread_once(&slots.once, slots_make); /* cannot fail with a valid control */
    if (slots.ctx < 0 || slots.ssl < 0)
        return fault(f, RC_MEMORY, "out of memory for TLS");
    if (c->may_prove_later)
        return fault(f, RC_CONFIG, "TLS: a certificate cannot be proved by a password over HTTPS");
    struct tls_guard *g = calloc(1, sizeof *g);
    if (!g)
        return fault(f, RC_MEMORY, "out of memory for TLS");
    int rc = tls_stream_set_host(&g->t, host, f);
    if (rc) {
        free(g);
        return rc;
    }
    atomic_init(&g->t.aborted, false);
    g->t.ctx = c;
    atomic_fetch_add(&c->refs, 1);
    tls_guard_forget(g);
    *out = g;
    return RC_OK;
}

void tls_guard_free(struct tls_guard *g)
{
    if (!g)
        return;
    tls_context_put(g->t.ctx);
    free(g);
}

void tls_guard_forget(struct tls_guard *g)
{
    fault_clear(&g->words);
    g->t.explained = false;
    g->t.f = &g->words;
    g->alert = -1;
    g->greeted = false;
}

/* ---- what OpenSSL calls ---- */

static bool set_names(const struct tls_guard *g, X509_STORE_CTX *x)
{
    X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(x);
    if (g->t.ctx->mode != TLS_VERIFY_IDENTITY)
        return true;
    return g->t.is_ip ? X509_VERIFY_PARAM_set1_ip_asc(param, g->t.host)
                      : X509_VERIFY_PARAM_set1_host(param, g->t.host, 0);
}

static int verify(X509_STORE_CTX *x, void *arg)
{
    struct tls_guard *g = arg;
    SSL *ssl = X509_STORE_CTX_get_ex_data(x, SSL_get_ex_data_X509_STORE_CTX_idx());
    if (!ssl || !set_names(g, x))
        return 0;
    void *theirs = SSL_get_app_data(ssl);
    if (!SSL_set_app_data(ssl, &g->t))
        return 0;
    int ok = tls_verify_chain(x, NULL);
    if (!SSL_set_app_data(ssl, theirs))
        ok = 0;
    return ok > 0 && SSL_set_ex_data(ssl, slots.ssl, g);
}

static int cert_asked(SSL *ssl, void *arg)
{
    struct tls_guard *g = arg;
    (void)ssl;
    g->t.cert_asked = true;
    return 1;
}

static void on_event(const SSL *ssl, int where, int value)
{
    struct tls_guard *g = SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), slots.ctx);
    if (!g)
        return;
    if (where & SSL_CB_HANDSHAKE_DONE)
        g->greeted = true;
    if (where == SSL_CB_READ_ALERT && (value & 0xff) != SSL_AD_CLOSE_NOTIFY)
        g->alert = value & 0xff;
}

/* ---- setting up ---- */

static bool same_ciphers(const SSL_CTX *a, const SSL_CTX *b)
{
    STACK_OF(SSL_CIPHER) *x = SSL_CTX_get_ciphers(a), *y = SSL_CTX_get_ciphers(b);
    int n = sk_SSL_CIPHER_num(x);
    bool same = n == sk_SSL_CIPHER_num(y);
    for (int i = 0; i < n && same; i++)
        same = SSL_CIPHER_get_id(sk_SSL_CIPHER_value(x, i)) ==
               SSL_CIPHER_get_id(sk_SSL_CIPHER_value(y, i));
    return same;
}

/* The ciphers of ours as the two lists that OpenSSL takes; taking them apart is half the work of a
 * new connection, and hardly ever needed. */
static bool copy_ciphers(SSL_CTX *to, const SSL_CTX *from)
{
    STACK_OF(SSL_CIPHER) *all = SSL_CTX_get_ciphers(from);
    struct buf old, suites;
    if (same_ciphers(to, from))
        return true;
    buf_init(&old, 65536);
    buf_init(&suites, 65536);
    for (int i = 0; i < sk_SSL_CIPHER_num(all); i++) {
        const char *name = SSL_CIPHER_get_name(sk_SSL_CIPHER_value(all, i));
        struct buf *b = strncmp(name, "TLS_", 4) == 0 ? &suites : &old;
        buf_printf(b, "%s%s", b->len ? ":" : "", name);
    }
    bool ok = buf_ok(&old) && buf_ok(&suites) &&
              SSL_CTX_set_ciphersuites(to, buf_str(&suites)) == 1 &&
              (!old.len || SSL_CTX_set_cipher_list(to, buf_str(&old)) == 1);
    buf_clear(&old);
    buf_clear(&suites);
    return ok;
}

static bool copy_client(SSL_CTX *to, SSL_CTX *from)
{
    X509 *cert = SSL_CTX_get0_certificate(from);
    EVP_PKEY *key = SSL_CTX_get0_privatekey(from);
    STACK_OF(X509) *chain = NULL;
    if (!cert)
        return true;
    (void)SSL_CTX_set_mode(to, SSL_MODE_NO_AUTO_CHAIN); /* returns the modes */
    return SSL_CTX_use_certificate(to, cert) == 1 && SSL_CTX_use_PrivateKey(to, key) == 1 &&
           SSL_CTX_get0_chain_certs(from, &chain) == 1 && SSL_CTX_set1_chain(to, chain) == 1;
}

static bool copy_all(SSL_CTX *to, SSL_CTX *from)
{
    SSL_CTX_set_security_level(to, SSL_CTX_get_security_level(from));
    SSL_CTX_set1_cert_store(to, SSL_CTX_get_cert_store(from));
    (void)SSL_CTX_set_options(to, SSL_OP_NO_COMPRESSION); /* returns the options */
    return SSL_CTX_set_min_proto_version(to, (int)SSL_CTX_get_min_proto_version(from)) == 1 &&
           SSL_CTX_set_max_proto_version(to, (int)SSL_CTX_get_max_proto_version(from)) == 1 &&
           copy_ciphers(to, from) && copy_client(to, from);
}

int tls_guard_apply(struct tls_guard *g, void *ssl_ctx, struct fault *f)
{
    SSL_CTX *ctx = ssl_ctx;
    tls_guard_forget(g);
    if (!copy_all(ctx, g->t.ctx->ssl) || !SSL_CTX_set_ex_data(ctx, slots.ctx, g)) {
        struct buf b;
        buf_init_text(&b, 512);
        tls_explain_openssl(&b);
        int rc = fault(f, RC_TLS, "TLS: HTTPS cannot be set up: %s", buf_str(&b));
        buf_clear(&b);
        g->words = *f;
        g->t.explained = true;
        return rc;
    }
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL); /* our callback decides what that means */
    SSL_CTX_set_cert_verify_callback(ctx, verify, g);
    SSL_CTX_set_cert_cb(ctx, cert_asked, g);
    SSL_CTX_set_info_callback(ctx, on_event);
    SSL_CTX_set_keylog_callback(ctx, NULL); /* libcurl's, which obeys SSLKEYLOGFILE */
    return RC_OK;
}

/* ---- afterwards ---- */

int tls_guard_check(struct tls_guard *g, void *ssl, struct fault *f)
{
    SSL *s = ssl;
    if (!s || SSL_CTX_get_ex_data(SSL_get_SSL_CTX(s), slots.ctx) != g)
        return fault(f, RC_TLS, "TLS: the HTTP library made a connection to %s on its own terms",
                     g->t.host);
    if (SSL_get_ex_data(s, slots.ssl) == g)
        return RC_OK;
    if (!SSL_session_reused(s))
        return fault(f, RC_TLS, "TLS: the HTTP library did not verify the certificate of %s",
                     g->t.host);
    g->t.ssl = s;
    int rc = tls_verify_resumed(&g->t, f);
    g->t.ssl = NULL;
    if (!rc && !SSL_set_ex_data(s, slots.ssl, g))
        rc = fault(f, RC_MEMORY, "out of memory for TLS");
    return rc;
}

bool tls_guard_refusal(struct tls_guard *g, struct fault *f)
{
    if (g->t.explained) {
        if (f)
            *f = g->words;
        return true;
    }
    if (g->alert < 0)
        return false;
    (void)tls_explain_alert(f, &g->t, g->alert,
                            g->greeted ? "TLS, after the handshake" : "TLS handshake", RC_TLS);
    return true;
}
