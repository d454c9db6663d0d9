/* tlsd.c - see tlsd.h. */
#include <check.h>
#include <errno.h>
#include <openssl/err.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/pki.h"
#include "net/sock.h"
#include "net/tlsd.h"

/* OpenSSL is not built with ThreadSanitizer, which therefore does not see its reference counts and
 * takes the freeing of a shared object for a race.  Called by its run-time library; what our own
 * code does is watched all the same. */
__attribute__((visibility("default"))) const char *__tsan_default_suppressions(void);
const char *__tsan_default_suppressions(void)
{
    return "called_from_lib:libcrypto.so\ncalled_from_lib:libssl.so\n";
}

static int on_hello(SSL *ssl, int *alert, void *arg)
{
    struct tlsd *d = arg;
    const unsigned char *p = NULL;
    size_t n = 0;
    bool offers = SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_psk, &p, &n) == 1;
    if (SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_session_ticket, &p, &n) == 1 && n > 0)
        offers = true;
    d->hellos++;
    if (!d->o.break_on_resume || !offers)
        return SSL_CLIENT_HELLO_SUCCESS;
    *alert = SSL_AD_INTERNAL_ERROR;
    return SSL_CLIENT_HELLO_ERROR;
}

void tlsd_up(struct tlsd *d, const struct tlsd_opts *o)
{
    *d = (struct tlsd){.o = *o, .fd = -1};
    d->ctx = SSL_CTX_new(TLS_server_method());
    SSL_CTX_set_security_level(d->ctx, 0);
    SSL_CTX_set_options(d->ctx, SSL_OP_IGNORE_UNEXPECTED_EOF);
    ck_assert_int_eq(SSL_CTX_use_certificate(d->ctx, pki_cert(o->cert)), 1);
    ck_assert_int_eq(SSL_CTX_use_PrivateKey(d->ctx, pki_key(o->cert)), 1);
    if (o->chain)
        ck_assert_int_eq((int)SSL_CTX_add1_chain_cert(d->ctx, pki_cert(o->chain)), 1);
    SSL_CTX_set_mode(d->ctx, SSL_MODE_NO_AUTO_CHAIN);
    if (o->client_ca) {
        X509_STORE_add_cert(SSL_CTX_get_cert_store(d->ctx), pki_cert(o->client_ca));
        SSL_CTX_set_verify(
            d->ctx, SSL_VERIFY_PEER | (o->demand ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0), NULL);
    }
    SSL_CTX_set_session_id_context(d->ctx, (const unsigned char *)"tlsd", 4);
    SSL_CTX_set_min_proto_version(d->ctx, o->version ? o->version : TLS1_2_VERSION);
    SSL_CTX_set_max_proto_version(d->ctx, o->version);
    if (o->ciphers)
        ck_assert_int_eq(SSL_CTX_set_cipher_list(d->ctx, o->ciphers), 1);
    else
        ck_assert_int_eq(SSL_CTX_set_cipher_list(d->ctx, "ALL:@SECLEVEL=0"), 1);
    if (o->groups)
        ck_assert_int_eq((int)SSL_CTX_set1_groups_list(d->ctx, o->groups), 1);
    if (o->no_tickets) {
        SSL_CTX_set_options(d->ctx, SSL_OP_NO_TICKET);
        SSL_CTX_set_num_tickets(d->ctx, 0);
        SSL_CTX_set_session_cache_mode(d->ctx, SSL_SESS_CACHE_OFF);
    }
    SSL_CTX_set_client_hello_cb(d->ctx, on_hello, d);
}

static void drain(int fd)
{
    char p[4096];
    while (recv(fd, p, sizeof p, 0) > 0)
        ;
}

/* The answer to a hello, of which only a part is sent. */
static void half(struct tlsd *d, SSL *ssl)
{
    char p[8192], *out = NULL;
    BIO *in = BIO_new(BIO_s_mem()), *to = BIO_new(BIO_s_mem());
    SSL_set_bio(ssl, in, to);
    ssize_t n = recv(d->fd, p, sizeof p, 0);
    if (n > 0)
        BIO_write(in, p, (int)n);
    SSL_accept(ssl);
    if (BIO_get_mem_data(to, &out) > 40)
        (void)send(d->fd, out, 40, MSG_NOSIGNAL);
    drain(d->fd);
}

static void note_client(struct tlsd *d, SSL *ssl)
{
    X509 *c = SSL_get0_peer_certificate(ssl);
    const char *sni = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
    d->reused = SSL_session_reused(ssl);
    (void)snprintf(d->sni, sizeof d->sni, "%s", sni ? sni : "");
    d->client[0] = 0;
    if (c)
        X509_NAME_get_text_by_NID(X509_get_subject_name(c), NID_commonName, d->client,
                                  sizeof d->client);
}

static void echo(SSL *ssl)
{
    char p[20000];
    for (;;) {
        int n = SSL_read(ssl, p, sizeof p);
        if (n <= 0 || SSL_write(ssl, p, n) != n)
            return;
    }
}

static void shake_and_act(struct tlsd *d, SSL *ssl)
{
    SSL_set_fd(ssl, d->fd);
    if (SSL_accept(ssl) != 1)
        return;
    note_client(d, ssl);
    if (d->o.act == TLSD_CLOSE_AFTER)
        return;
    if (d->o.act == TLSD_KEY_UPDATE && SSL_version(ssl) == TLS1_3_VERSION) {
        SSL_key_update(ssl, SSL_KEY_UPDATE_REQUESTED);
        SSL_do_handshake(ssl);
    }
    if (d->o.act == TLSD_TALK)
        SSL_write(ssl, "!", 1);
    echo(ssl);
    SSL_shutdown(ssl);
}

static void *serve(void *arg)
{
    struct tlsd *d = arg;
    char p[4096];
    SSL *ssl = SSL_new(d->ctx);
    sigset_t pipe;
    (void)sigemptyset(&pipe); /* OpenSSL's own sockets raise SIGPIPE; in this thread only, so that
                                 one of ours shows */
    (void)sigaddset(&pipe, SIGPIPE);
    (void)pthread_sigmask(SIG_BLOCK, &pipe, NULL);
    if (d->o.act == TLSD_SILENT)
        drain(d->fd);
    else if (d->o.act == TLSD_HALF)
        half(d, ssl);
    else if (d->o.act == TLSD_CLOSE_HELLO)
        (void)recv(d->fd, p, sizeof p, 0);
    else if (d->o.act == TLSD_GARBAGE && recv(d->fd, p, sizeof p, 0) > 0)
        (void)send(d->fd, "HTTP/1.1 400 Bad Request\r\n\r\n", 28, MSG_NOSIGNAL);
    else
        shake_and_act(d, ssl);
    SSL_free(ssl);
    ERR_clear_error();
    (void)close(d->fd);
    return NULL;
}

void tlsd_wait(struct tlsd *d)
{
    if (d->running)
        (void)pthread_join(d->thread, NULL);
    d->running = false;
}

struct stream *tlsd_dial(struct tlsd *d)
{
    int fd[2];
    struct stream *s = NULL;
    struct fault f = {0};
    tlsd_wait(d);
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
    d->fd = fd[1];
    d->hellos = 0;
    ck_assert_int_eq(pthread_create(&d->thread, NULL, serve, d), 0);
    d->running = true;
    ck_assert_int_eq(sock_from_fd(fd[0], &s, &f), RC_OK);
    return s;
}

void tlsd_down(struct tlsd *d)
{
    tlsd_wait(d);
    SSL_CTX_free(d->ctx);
}

void tlsd_connect(struct tlsd *d, const struct tls_opts *o, const char *host, struct attempt *out)
{
    struct tls_context *c = NULL;
    *out = (struct attempt){0};
    out->rc = tls_context_get(o, &c, &out->f);
    if (out->rc)
        return;
    out->s = tlsd_dial(d);
    out->rc = tls_wrap(&out->s, c, host, 3306, deadline_in(30000), &out->info, &out->f);
    if (out->rc) {
        stream_close(out->s);
        out->s = NULL;
    }
    tls_context_put(c);
}

int tlsd_ping(struct stream *s, size_t n, struct fault *f)
{
    char *out = malloc(n), *in = malloc(n);
    for (size_t i = 0; i < n; i++)
        out[i] = (char)(i * 7 + (i >> 8));
    int rc = stream_write(s, out, n, deadline_in(30000), f);
    for (size_t at = 0, got = 0; !rc && at < n; at += got)
        rc = stream_read(s, in + at, n - at, &got, deadline_in(30000), f);
    if (!rc)
        ck_assert_mem_eq(in, out, n);
    free(out);
    free(in);
    return rc;
}

void tlsd_hangup(struct tlsd *d, struct attempt *a)
{
    stream_close(a->s);
    a->s = NULL;
    tlsd_wait(d);
}

void has_words(const char *row, const char *text, const char *words)
{
    while (*words) {
        char one[200];
        size_t n = strcspn(words, "|");
        (void)snprintf(one, sizeof one, "%.*s", (int)n, words);
        ck_assert_msg(strstr(text, one) != NULL, "%s: \"%s\" is missing in: %s", row, one, text);
        words += n + (words[n] == '|');
    }
}
