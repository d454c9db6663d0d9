/* check_impostor.c - MariaDB's certificate without an authority, end to end: a server that knows
 * the password is let in, and one that does not, whatever it says or asks for.
 *
 * The server is a thread at the other end of a socket pair, with a certificate it made itself. */
#include <check.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/digest.h"
#include "net/sock.h"
#include "wire/session.h"

#define NONCE  "abcdefghijklmnopqrst"
#define SECRET "Corr3ct-H0rse"

struct impostor;
typedef void script_fn(struct impostor *x);

struct impostor {
    int fd;
    SSL_CTX *ctx;
    SSL *ssl;
    script_fn *script;
    unsigned char fingerprint[32];
    unsigned char seq;
    unsigned char in[4096];
    size_t n;
    bool saw_secret; /* the password itself arrived */
    pthread_t thread;
};

/* --- the certificate
 * ------------------------------------------------------------------------------ */

static SSL_CTX *make_context(unsigned char fingerprint[32])
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *cert = X509_new();
    unsigned n = 0;
    ck_assert(ctx && key && cert);
    ck_assert(X509_set_version(cert, 2) && ASN1_INTEGER_set(X509_get_serialNumber(cert), 1));
    ck_assert(X509_gmtime_adj(X509_getm_notBefore(cert), -3600) &&
              X509_gmtime_adj(X509_getm_notAfter(cert), 86400));
    X509_NAME *name = X509_get_subject_name(cert);
    ck_assert(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                                         (const unsigned char *)"localhost", -1, -1, 0));
    ck_assert(X509_set_issuer_name(cert, name) && X509_set_pubkey(cert, key));
    ck_assert(X509_sign(cert, key, EVP_sha256()) > 0);
    ck_assert(SSL_CTX_use_certificate(ctx, cert) == 1 && SSL_CTX_use_PrivateKey(ctx, key) == 1);
    ck_assert(X509_digest(cert, EVP_sha256(), fingerprint, &n) && n == 32);
    X509_free(cert);
    EVP_PKEY_free(key);
    return ctx;
}

/* --- the server
 * ----------------------------------------------------------------------------------- */

/* Version 11.8.2-MariaDB, connection 7; capabilities with TLS and several factors; client_ed25519
 * and parsec come by a switch. */
static const char greeting[] =
    "\x0a"
    "11.8.2-MariaDB\0\7\0\0\0abcdefgh\0\x0c\xaa\x2d\2\0\x2e\x11\x15\0\0\0\0\0\0\0\0\0\0"
    "ijklmnopqrst\0mysql_native_password";

static void say(struct impostor *x, const void *p, size_t n)
{
    unsigned char b[600] = {(unsigned char)n, (unsigned char)(n >> 8), 0, x->seq++};
    memcpy(b + 4, p, n);
    if (x->ssl)
        (void)SSL_write(x->ssl, b, (int)n + 4);
    else
        (void)!send(x->fd, b, n + 4, MSG_NOSIGNAL);
}

static bool hear(struct impostor *x)
{
    int n = x->ssl ? SSL_read(x->ssl, x->in, sizeof x->in)
                   : (int)recv(x->fd, x->in, 36, MSG_WAITALL); /* the request for TLS */
    if (n < 4)
        return false;
    x->n = (size_t)n;
    x->seq = (unsigned char)(x->in[3] + 1);
    for (size_t i = 0; i + sizeof SECRET - 1 <= x->n; i++)
        x->saw_secret = x->saw_secret || !memcmp(x->in + i, SECRET, sizeof SECRET - 1);
    return true;
}

/* An OK whose words are the proof made of h. */
static void say_proof(struct impostor *x, const void *h, size_t nh)
{
    unsigned char proof[32];
    char ok[80] = "\0\0\0\2\0\0\0\1";
    struct digest_part parts[] = {{h, nh}, {NONCE, 20}, {x->fingerprint, 32}};
    if (digest_sha256(proof, parts, 3, NULL) != RC_OK)
        return;
    for (size_t i = 0; i < 32; i++)
        (void)snprintf(ok + 8 + 2 * i, 3, "%02X", proof[i]);
    say(x, ok, 8 + 64);
}

static void *run(void *arg)
{
    struct impostor *x = arg;
    sigset_t pipe;
    (void)(sigemptyset(&pipe) || sigaddset(&pipe, SIGPIPE) ||
           pthread_sigmask(SIG_BLOCK, &pipe, NULL)); /* OpenSSL writes without MSG_NOSIGNAL */
    say(x, greeting, sizeof greeting);
    if (!hear(x))
        return NULL;
    x->ssl = SSL_new(x->ctx);
    if (x->ssl && SSL_set_fd(x->ssl, x->fd) == 1 && SSL_accept(x->ssl) == 1 && hear(x))
        x->script(x);
    while (x->ssl && hear(x))
        continue;
    (void)shutdown(x->fd, SHUT_RDWR);
    return NULL;
}

/* --- what it tries
 * -------------------------------------------------------------------------------- */

static void know_password(struct impostor *x)
{
    unsigned char once[20], twice[20];
    struct digest_part secret = {SECRET, sizeof SECRET - 1}, part = {once, sizeof once};
    if (digest_sha1(once, &secret, 1, NULL) == RC_OK && digest_sha1(twice, &part, 1, NULL) == RC_OK)
        say_proof(x, twice, sizeof twice);
}

static void welcome(struct impostor *x)
{
    say(x, "\0\0\0\2\0\0\0", 7);
}

static void guess(struct impostor *x)
{
    say_proof(x, "a wrong hash of them", 20);
}

static void empty_hash(struct impostor *x)
{
    say_proof(x, "", 0);
}

/* The second password of the DSN is empty, and its key is known to everybody. */
static void second_factor(struct impostor *x)
{
    static const char ask[] = "\2client_ed25519\0" NONCE "uvwxyz012345";
    unsigned char sig[64], public[32];
    say(x, ask, sizeof ask - 1);
    if (hear(x) && digest_ed25519_password_sign(sig, public, "", 0, (const unsigned char *)ask, 32,
                                                NULL) == RC_OK)
        say_proof(x, public, sizeof public);
}

static void ask_clear(struct impostor *x)
{
    say(x, "\xfemysql_clear_password", 22);
    if (hear(x))
        welcome(x);
}

static void ask_dialog(struct impostor *x)
{
    say(x,
        "\xfe"
        "dialog\0\5Password: ",
        19);
    if (hear(x))
        welcome(x);
}

static void ask_sha256(struct impostor *x)
{
    say(x, "\xfesha256_password\0" NONCE, 38);
    if (hear(x))
        welcome(x);
}

static void ask_full_sha2(struct impostor *x)
{
    say(x,
        "\xfe"
        "caching_sha2_password\0" NONCE,
        44);
    if (hear(x))
        say(x, "\1\4", 2);
    if (hear(x))
        welcome(x);
}

static const struct {
    const char *name;
    script_fn *script;
    int rc;
} rows[] = {
    {"it knows the password", know_password, RC_OK},
    {"welcome", welcome, RC_TLS},
    {"a guess", guess, RC_TLS},
    {"no hash", empty_hash, RC_TLS},
    {"an empty second factor", second_factor, RC_TLS},
    {"mysql_clear_password", ask_clear, RC_TLS},
    {"dialog", ask_dialog, RC_TLS},
    {"sha256_password", ask_sha256, RC_TLS},
    {"full caching_sha2_password", ask_full_sha2, RC_TLS},
};

START_TEST(impostor)
{
    static const enum tls_mode modes[] = {TLS_VERIFY_CA, TLS_VERIFY_IDENTITY};
    for (size_t i = 0; i < 2; i++) {
        struct impostor x = {.script = rows[_i].script};
        struct session_host host = {"localhost", 3306};
        struct session_opts o = {.hosts = &host,
                                 .nhosts = 1,
                                 .user = "u",
                                 .password = {SECRET},
                                 .allow_cleartext = true,
                                 .get_server_public_key = true,
                                 .login_timeout_ms = 60000,
                                 .tls = {.mode = modes[i]}};
        struct session *s = NULL;
        struct stream *io = NULL;
        struct fault f = {0};
        int fds[2];
        ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
        x.fd = fds[1];
        x.ctx = make_context(x.fingerprint);
        ck_assert_int_eq(sock_from_fd(fds[0], &io, &f), RC_OK);
        ck_assert_int_eq(pthread_create(&x.thread, NULL, run, &x), 0);
        int rc = session_open_stream(&o, io, &s, &f);
        ck_assert_msg(rc == rows[_i].rc, "%s: rc %d: %s", rows[_i].name, rc, f.text);
        if (rc == RC_OK)
            ck_assert(session_info(s)->is_tls && session_info(s)->tls.verified);
        session_close(s);
        pthread_join(x.thread, NULL);
        ck_assert_msg(!x.saw_secret, "%s: the password was sent", rows[_i].name);
        SSL_free(x.ssl);
        SSL_CTX_free(x.ctx);
        (void)close(x.fd);
    }
}
END_TEST

Suite *check_impostor(void);
Suite *check_impostor(void)
{
    Suite *s = suite_create("impostor");
    TCase *c = tcase_create("all");
    tcase_set_timeout(c, 60);
    tcase_add_loop_test(c, impostor, 0, (int)(sizeof rows / sizeof *rows));
    suite_add_tcase(s, c);
    return s;
}
