/* tls_stream.c - TLS as a stream over a stream.
 *
 * OpenSSL's bytes go through a BIO of our own to the carrier, under the deadline of the call: so
 * TLS works over a socket, over TLS, and over a transcript in a test, and no OpenSSL call blocks
 * longer than it may.  One thread at a time uses a stream; only abort may come from another. */
#include <arpa/inet.h>
#include <openssl/err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net/tls_parts.h"

#define NOW 0 /* a deadline that has passed: take what is there */

static struct tls_stream *tls_of(struct stream *s)
{
    return (struct tls_stream *)s;
}

/* ---- the BIO ---- */

/* A later failure of the carrier (sending an alert) must not overwrite the words of the first. */
static struct fault *words_of(const struct tls_stream *t)
{
    return t->explained || t->io_rc ? NULL : t->f;
}

static int bio_read(BIO *b, char *p, int n)
{
    struct tls_stream *t = BIO_get_data(b);
    size_t got = 0;
    BIO_clear_retry_flags(b);
    if (n <= 0)
        return 0;
    int rc = stream_read(t->io, p, (size_t)n, &got, t->deadline, words_of(t));
    if (!rc)
        return (int)got;
    if (rc == RC_TIMEOUT)
        BIO_set_retry_read(b); /* nothing is lost: the read may be tried again */
    if (!(t->polling && rc == RC_TIMEOUT) && !t->io_rc)
        t->io_rc = rc;
    return -1;
}

static int bio_write(BIO *b, const char *p, int n)
{
    struct tls_stream *t = BIO_get_data(b);
    BIO_clear_retry_flags(b);
    if (n <= 0)
        return 0;
    int rc = stream_write(t->io, p, (size_t)n, t->deadline, words_of(t));
    if (!rc)
        return n;
    if (!t->io_rc)
        t->io_rc = rc;
    t->broken = true; /* half a record may have gone out */
    return -1;
}

static long bio_ctrl(BIO *b, int cmd, long num, void *ptr)
{
    (void)b;
    (void)num;
    (void)ptr;
    return cmd == BIO_CTRL_FLUSH;
}

static pthread_once_t bio_made = PTHREAD_ONCE_INIT;
static BIO_METHOD *bio_method; /* made once, kept for the process */

static void bio_make(void)
{
    BIO_METHOD *m = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "stream");
    if (m && BIO_meth_set_read(m, bio_read) && BIO_meth_set_write(m, bio_write) &&
        BIO_meth_set_ctrl(m, bio_ctrl))
        bio_method = m;
    else
        BIO_meth_free(m);
}

static BIO *bio_new(struct tls_stream *t)
{
    (void)pthread_once(&bio_made, bio_make); /* cannot fail with a valid control */
    BIO *b = bio_method ? BIO_new(bio_method) : NULL;
    if (b) {
        BIO_set_data(b, t);
        BIO_set_init(b, 1);
    }
    return b;
}

/* ---- the stream ---- */

static void call_begin(struct tls_stream *t, int64_t deadline, struct fault *f)
{
    ERR_clear_error(); /* what others left would be taken for ours */
    t->deadline = deadline;
    t->f = f;
    t->io_rc = RC_OK;
}

static int aborted(struct tls_stream *t, struct fault *f)
{
    t->broken = true;
    return fault(f, RC_LOST, "the connection to %s was cut on request of this program", t->host);
}

static int call_failed(struct tls_stream *t, struct fault *f)
{
    t->broken = true;
    int rc = atomic_load(&t->aborted) ? aborted(t, f) : tls_explain_stream(f, t);
    t->f = NULL;
    ERR_clear_error();
    return rc;
}

/* The deadline of a read has passed; the carrier has put that in words. */
static int read_late(struct tls_stream *t)
{
    t->f = NULL;
    ERR_clear_error();
    return RC_TIMEOUT;
}

static int tls_read(struct stream *s, void *p, size_t n, size_t *got, int64_t deadline,
                    struct fault *f)
{
    struct tls_stream *t = tls_of(s);
    if (atomic_load_explicit(&t->aborted, memory_order_relaxed))
        return aborted(t, f);
    call_begin(t, deadline, f);
    if (SSL_read_ex(t->ssl, p, n, got) != 1)
        return t->io_rc == RC_TIMEOUT && !t->broken ? read_late(t) : call_failed(t, f);
    t->answered = true;
    t->f = NULL;
    return RC_OK;
}

/* A server that refuses our certificate under TLS 1.3 says so after we finished, and hangs up: our
 * write fails, but its reason is there to be read. */
static void fetch_alert(struct tls_stream *t)
{
    char byte = 0;
    size_t got = 0;
    int write_rc = t->io_rc;
    if (write_rc != RC_LOST)
        return;
    t->deadline = NOW;
    t->polling = true;
    (void)SSL_peek_ex(t->ssl, &byte, 1, &got); /* fills OpenSSL's error queue, or not */
    t->polling = false;
    t->io_rc = write_rc;
}

static int tls_write(struct stream *s, const void *p, size_t n, int64_t deadline, struct fault *f)
{
    struct tls_stream *t = tls_of(s);
    size_t done = 0;
    if (n == 0)
        return RC_OK;
    if (atomic_load_explicit(&t->aborted, memory_order_relaxed))
        return aborted(t, f);
    call_begin(t, deadline, f);
    if (SSL_write_ex(t->ssl, p, n, &done) != 1) { /* all or nothing: partial writes are off */
        fetch_alert(t);
        return call_failed(t, f);
    }
    t->f = NULL;
    return RC_OK;
}

/* Bytes at the socket may be session tickets, which say nothing about the connection: let OpenSSL
 * look. */
static bool tls_alive(struct stream *s)
{
    struct tls_stream *t = tls_of(s);
    char byte = 0;
    size_t got = 0;
    if (t->broken || atomic_load(&t->aborted) || SSL_pending(t->ssl) > 0)
        return false;
    if (!SSL_has_pending(t->ssl) && stream_alive(t->io))
        return true;
    call_begin(t, NOW, NULL);
    t->polling = true;
    int rc = SSL_peek_ex(t->ssl, &byte, 1, &got);
    t->polling = false;
    bool idle = rc != 1 && SSL_get_error(t->ssl, rc) == SSL_ERROR_WANT_READ;
    t->broken = !idle;
    ERR_clear_error();
    return idle;
}

static void tls_abort(struct stream *s)
{
    struct tls_stream *t = tls_of(s);
    atomic_store(&t->aborted, true);
    stream_abort(t->io);
}

/* All but the carrier. */
static void tls_free(struct tls_stream *t)
{
    SSL_free(t->ssl);
    tls_context_put(t->ctx);
    free(t);
    ERR_clear_error();
}

static void tls_close(struct stream *s)
{
    struct tls_stream *t = tls_of(s);
    struct stream *io = t->io;
    if (!t->broken && !atomic_load(&t->aborted)) {
        call_begin(t, NOW, NULL);
        /* close_notify if it can be sent at once; the answer is not waited for */
        (void)SSL_shutdown(t->ssl);
    }
    tls_free(t);
    stream_close(io);
}

static const struct stream_ops tls_ops = {
    .read = tls_read,
    .write = tls_write,
    .alive = tls_alive,
    .abort = tls_abort,
    .close = tls_close,
};

/* ---- the handshake ---- */

static bool is_ip_literal(const char *host)
{
    unsigned char bytes[16];
    return inet_pton(AF_INET, host, bytes) == 1 || inet_pton(AF_INET6, host, bytes) == 1;
}

int tls_stream_set_host(struct tls_stream *t, const char *host, struct fault *f)
{
    t->is_local = !host || !*host;
    if (t->is_local)
        host = "localhost";
    size_t n = strlen(host);
    if (n >= sizeof t->host)
        return fault(f, RC_TLS, "TLS: the host name has %zu bytes; the limit is %zu", n,
                     sizeof t->host - 1);
    memcpy(t->host, host, n + 1);
    if (strchr(t->host, ':'))
        t->host[strcspn(t->host, "%")] = 0;
    else if (n > 1 && t->host[n - 1] == '.')
        t->host[n - 1] = 0;
    t->is_ip = is_ip_literal(t->host);
    return RC_OK;
}

static bool set_names(struct tls_stream *t)
{
    X509_VERIFY_PARAM *param = SSL_get0_param(t->ssl);
    bool ok = true;
    if (t->ctx->mode == TLS_VERIFY_IDENTITY)
        ok = t->is_ip ? X509_VERIFY_PARAM_set1_ip_asc(param, t->host)
                      : X509_VERIFY_PARAM_set1_host(param, t->host, 0);
    if (ok && !t->is_ip && !t->is_local)
        ok = SSL_set_tlsext_host_name(t->ssl, t->host) == 1;
    return ok;
}

/* Offer an earlier session, with a key for the group that the server preferred then.  Should it no
 * longer know that group, the handshake fails and `retry` tells the caller to come again without
 * all this. */
static void offer_session(struct tls_stream *t)
{
    int group = 0;
    if (t->is_local)
        return;
    SSL_SESSION *old = tls_sessions_take(&t->ctx->sessions, t->host, t->port, &group);
    t->offered = old && SSL_set_session(t->ssl, old) == 1;
    if (t->offered && group)
        (void)SSL_set1_groups(t->ssl, &group, 1); /* else the default stays */
    SSL_SESSION_free(old);
}

static int stream_new(struct stream *io, struct tls_context *c, const char *host, unsigned port,
                      struct tls_stream **out, struct fault *f)
{
    struct tls_stream *t = calloc(1, sizeof *t);
    if (!t)
        return fault(f, RC_MEMORY, "out of memory for TLS");
    t->base.ops = &tls_ops;
    t->io = io;
    t->port = port;
    t->ctx = c;
    atomic_fetch_add(&c->refs, 1);
    atomic_init(&t->aborted, false);
    int rc = tls_stream_set_host(t, host, f);
    if (!rc) {
        t->ssl = SSL_new(c->ssl);
        BIO *b = t->ssl ? bio_new(t) : NULL;
        if (b)
            SSL_set_bio(t->ssl, b, b);
        if (!b || !SSL_set_app_data(t->ssl, t) || !set_names(t))
            rc = fault(f, RC_TLS, "TLS: the handshake with %s cannot be prepared", t->host);
    }
    if (rc)
        tls_free(t);
    else
        *out = t;
    return rc;
}

static void fill_info(const struct tls_stream *t, struct tls_info *info)
{
    X509 *leaf = SSL_get0_peer_certificate(t->ssl);
    unsigned n = 0;
    (void)snprintf(info->version, sizeof info->version, "%s", SSL_get_version(t->ssl)); /* short */
    (void)snprintf(info->cipher, sizeof info->cipher, "%s",
                   SSL_get_cipher_name(t->ssl)); /* short */
    if (leaf) {
        struct buf name;
        buf_init(&name, 0);
        tls_explain_name(&name, X509_get_subject_name(leaf));
        (void)snprintf(info->peer_subject, sizeof info->peer_subject, "%s",
                       buf_str(&name)); /* cut is fine */
        buf_clear(&name);
        (void)X509_digest(leaf, EVP_sha256(), info->fingerprint,
                          &n); /* zeros if SHA-256 is forbidden */
    }
    info->resumed = SSL_session_reused(t->ssl);
    info->cert_asked = t->cert_asked || info->resumed;
    info->untrusted = t->untrusted;
    info->verified = !t->untrusted && t->ctx->proves_who;
}

static int handshake(struct tls_stream *t, int64_t deadline, struct fault *f)
{
    call_begin(t, deadline, f);
    if (SSL_connect(t->ssl) != 1)
        return t->explained ? RC_TLS : tls_explain_handshake(f, t);
    if (!SSL_get0_peer_certificate(t->ssl))
        return fault(f, RC_TLS,
                     "TLS: %s gave no certificate, so nobody knows who it is; SSLCIPHER must not "
                     "allow anonymous ciphers (aNULL)",
                     t->host);
    return SSL_session_reused(t->ssl) ? tls_verify_resumed(t, f) : RC_OK;
}

int tls_wrap(struct stream **io, struct tls_context *c, const char *host, unsigned port,
             int64_t deadline, struct tls_info *info, struct fault *f)
{
    struct tls_stream *t = NULL;
    *info = (struct tls_info){0};
    int rc = stream_new(*io, c, host, port, &t, f);
    if (rc)
        return rc;
    offer_session(t);
    t->info = info;
    rc = handshake(t, deadline, f);
    t->info = NULL;
    t->f = NULL;
    if (rc) {
        fault_clear(&info->refusal);
        info->retry = t->offered && !t->explained && rc != RC_TIMEOUT;
        if (t->offered)
            tls_sessions_forget(&c->sessions, t->host, t->port);
        tls_free(t);
        return rc;
    }
    fill_info(t, info);
    ERR_clear_error();
    *io = &t->base;
    return RC_OK;
}
