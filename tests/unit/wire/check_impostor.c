/* check_impostor.c - who answers with a certificate of his own, end to end: what he gets to see
 * under each mode, and MariaDB's proof by password, where the DSN asks to wait for it.
 *
 * The server is a thread at the other end of a socket pair, with a certificate it made itself. */
#include <check.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
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
#define USER   "relayed-user"
#define TOKEN  "id-tok-en"

struct impostor;
typedef void script_fn(struct impostor *x);

struct impostor {
    int fd;
    SSL_CTX *ctx;
    SSL *ssl;
    script_fn *script;
    unsigned char fingerprint[32];
    char ca[40]; /* the certificate as a file, for SSLCA */
    unsigned char seq;
    unsigned char in[4096];
    size_t n;
    bool saw_secret;        /* the password itself, or the token, arrived */
    bool saw_login;         /* the user's name arrived: with it, all that a relay needs */
    size_t nplain, ninside; /* bytes that arrived outside and inside of TLS */
    pthread_t thread;
};

/* --- the certificate
 * ------------------------------------------------------------------------------ */

static void save(const X509 *cert, char path[40])
{
    (void)snprintf(path, 40, "/tmp/mywire-impostor-XXXXXX");
    int fd = mkstemp(path);
    FILE *f = fd < 0 ? NULL : fdopen(fd, "w");
    ck_assert(f && PEM_write_X509(f, cert) == 1 && fclose(f) == 0);
}

static SSL_CTX *make_context(struct impostor *x)
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
    ck_assert(X509_digest(cert, EVP_sha256(), x->fingerprint, &n) && n == 32);
    save(cert, x->ca);
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

static bool has(const struct impostor *x, const char *word)
{
    size_t n = strlen(word);
    for (size_t i = 0; i + n <= x->n; i++)
        if (!memcmp(x->in + i, word, n))
            return true;
    return false;
}

static bool hear(struct impostor *x)
{
    int n = x->ssl ? SSL_read(x->ssl, x->in, sizeof x->in)
                   : (int)recv(x->fd, x->in, 36, MSG_WAITALL); /* the request for TLS */
    if (n < 4)
        return false;
    x->n = (size_t)n;
    x->seq = (unsigned char)(x->in[3] + 1);
    *(x->ssl ? &x->ninside : &x->nplain) += x->n;
    x->saw_secret = x->saw_secret || has(x, SECRET) || has(x, TOKEN);
    x->saw_login = x->saw_login || has(x, USER);
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

static void ask_token(struct impostor *x)
{
    say(x,
        "\xfe"
        "authentication_openid_connect_client",
        38);
    if (hear(x))
        welcome(x);
}

/* --- under which options he gets how far
 * ---------------------------------------------------------------------- */

enum with { NOTHING, CA, PIN };
enum keys { ZERO_CONFIG = 1, CLEARTEXT = 2, NATIVE_ONLY = 4 };
enum sees { NO_LOGIN, LOGIN, SECRETS };

static const struct row {
    const char *name;
    script_fn *script;
    enum tls_mode mode;
    enum with with;
    unsigned keys; /* bits of enum keys */
    int rc;
    enum sees sees;
    const char *words;
} rows[] = {
    /* a certificate that nobody vouches for: he could be a relay, so he gets not even the user */
    {"relay", know_password, TLS_VERIFY_CA, NOTHING, 0, RC_TLS, NO_LOGIN, "SSLZEROCONFIG"},
    {"relay", know_password, TLS_VERIFY_IDENTITY, NOTHING, 0, RC_TLS, NO_LOGIN, "SSLZEROCONFIG"},
    {"relay", ask_clear, TLS_VERIFY_IDENTITY, NOTHING, CLEARTEXT, RC_TLS, NO_LOGIN, "self-signed"},
    /* SSLZEROCONFIG=1 */
    {"he knows the password", know_password, TLS_VERIFY_CA, NOTHING, ZERO_CONFIG, RC_OK, LOGIN, ""},
    {"he knows the password", know_password, TLS_VERIFY_IDENTITY, NOTHING, ZERO_CONFIG, RC_OK,
     LOGIN, ""},
    {"welcome", welcome, TLS_VERIFY_CA, NOTHING, ZERO_CONFIG, RC_TLS, LOGIN, "proved"},
    {"a guess", guess, TLS_VERIFY_CA, NOTHING, ZERO_CONFIG, RC_TLS, LOGIN, "proof is wrong"},
    {"no hash", empty_hash, TLS_VERIFY_IDENTITY, NOTHING, ZERO_CONFIG, RC_TLS, LOGIN, "proof"},
    {"an empty second factor", second_factor, TLS_VERIFY_CA, NOTHING, ZERO_CONFIG, RC_TLS, LOGIN,
     "proved"},
    {"mysql_clear_password", ask_clear, TLS_VERIFY_CA, NOTHING, ZERO_CONFIG | CLEARTEXT, RC_TLS,
     LOGIN, "not trusted with it"},
    {"dialog", ask_dialog, TLS_VERIFY_CA, NOTHING, ZERO_CONFIG | CLEARTEXT, RC_TLS, LOGIN,
     "not trusted with it"},
    {"sha256_password", ask_sha256, TLS_VERIFY_IDENTITY, NOTHING, ZERO_CONFIG | CLEARTEXT, RC_TLS,
     LOGIN, "not trusted with it"},
    {"full caching_sha2_password", ask_full_sha2, TLS_VERIFY_CA, NOTHING, ZERO_CONFIG | CLEARTEXT,
     RC_TLS, LOGIN, "not trusted with it"},
    {"a token", ask_token, TLS_VERIFY_CA, NOTHING, ZERO_CONFIG | CLEARTEXT, RC_TLS, LOGIN,
     "not trusted with it"},
    {"with TLSPEERFP the proof counts for nothing", know_password, TLS_VERIFY_IDENTITY, PIN,
     ZERO_CONFIG, RC_TLS, NO_LOGIN, "self-signed"},
    /* encrypted is not verified */
    {"mysql_clear_password", ask_clear, TLS_PREFERRED, NOTHING, 0, RC_DENIED, LOGIN,
     "ENABLE_CLEARTEXT_PLUGIN=1"},
    {"mysql_clear_password", ask_clear, TLS_REQUIRED, NOTHING, 0, RC_DENIED, LOGIN,
     "nothing proves whose the server's certificate is"},
    {"dialog", ask_dialog, TLS_REQUIRED, NOTHING, 0, RC_DENIED, LOGIN, "VERIFY_IDENTITY"},
    {"a token", ask_token, TLS_REQUIRED, NOTHING, 0, RC_DENIED, LOGIN, "TLSPEERFP"},
    {"mysql_clear_password", ask_clear, TLS_REQUIRED, NOTHING, CLEARTEXT, RC_OK, SECRETS, ""},
    {"a token", ask_token, TLS_PREFERRED, NOTHING, CLEARTEXT, RC_OK, SECRETS, ""},
    {"mysql_clear_password", ask_clear, TLS_REQUIRED, PIN, 0, RC_OK, SECRETS, ""},
    {"mysql_clear_password", ask_clear, TLS_VERIFY_CA, CA, 0, RC_OK, SECRETS, ""},
    {"dialog", ask_dialog, TLS_VERIFY_IDENTITY, CA, 0, RC_OK, SECRETS, ""},
    {"a token", ask_token, TLS_VERIFY_IDENTITY, CA, 0, RC_OK, SECRETS, ""},
    /* as MySQL's own clients do */
    {"full caching_sha2_password", ask_full_sha2, TLS_REQUIRED, NOTHING, 0, RC_OK, SECRETS, ""},
    {"sha256_password", ask_sha256, TLS_PREFERRED, NOTHING, 0, RC_OK, SECRETS, ""},
    /* DEFAULT_AUTH is a limit, also where the server is trusted */
    {"full caching_sha2_password", ask_full_sha2, TLS_REQUIRED, NOTHING, NATIVE_ONLY, RC_DENIED,
     LOGIN, "DEFAULT_AUTH=mysql_native_password"},
    {"sha256_password", ask_sha256, TLS_PREFERRED, NOTHING, NATIVE_ONLY, RC_DENIED, LOGIN,
     "DEFAULT_AUTH=mysql_native_password"},
    {"mysql_clear_password", ask_clear, TLS_REQUIRED, NOTHING, NATIVE_ONLY | CLEARTEXT, RC_DENIED,
     LOGIN, "DEFAULT_AUTH=mysql_native_password"},
    {"dialog", ask_dialog, TLS_VERIFY_IDENTITY, CA, NATIVE_ONLY, RC_DENIED, LOGIN,
     "DEFAULT_AUTH=mysql_native_password"},
    {"a token", ask_token, TLS_VERIFY_IDENTITY, CA, NATIVE_ONLY, RC_DENIED, LOGIN,
     "DEFAULT_AUTH=mysql_native_password"},
};

static int log_in(struct impostor *x, const struct row *r, struct session **s, struct fault *f)
{
    char pin[65];
    struct session_host host = {"localhost", 3306};
    struct session_opts o = {.hosts = &host,
                             .nhosts = 1,
                             .user = USER,
                             .password = {SECRET},
                             .openid_token = TOKEN,
                             .zero_config = r->keys & ZERO_CONFIG,
                             .allow_cleartext = r->keys & CLEARTEXT,
                             .default_auth = r->keys & NATIVE_ONLY ? "mysql_native_password" : NULL,
                             .get_server_public_key = true,
                             .login_timeout_ms = 60000,
                             .tls = {.mode = r->mode,
                                     .ca = r->with == CA ? x->ca : NULL,
                                     .fingerprint = r->with == PIN ? pin : NULL}};
    struct stream *io = NULL;
    int fds[2];
    for (size_t i = 0; i < 32; i++)
        (void)snprintf(pin + 2 * i, 3, "%02x", x->fingerprint[i]);
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
    x->fd = fds[1];
    ck_assert_int_eq(sock_from_fd(fds[0], &io, f), RC_OK);
    ck_assert_int_eq(pthread_create(&x->thread, NULL, run, x), 0);
    return session_open_stream(&o, io, s, f);
}

START_TEST(impostor)
{
    const struct row *r = &rows[_i];
    struct impostor x = {.script = r->script};
    struct session *s = NULL;
    struct fault f = {0};
    x.ctx = make_context(&x);
    int rc = log_in(&x, r, &s, &f);
    if (rc == RC_OK)
        ck_assert(session_info(s)->is_tls &&
                  session_info(s)->tls.verified == (tls_mode_verifies(r->mode) || r->with == PIN));
    session_close(s);
    pthread_join(x.thread, NULL);
    ck_assert_msg(rc == r->rc && strstr(f.text, r->words), "%s, mode %d: rc %d: %s", r->name,
                  (int)r->mode, rc, f.text);
    ck_assert_msg(x.nplain == 36, "%zu bytes outside of TLS", x.nplain); /* its request */
    ck_assert_msg(x.saw_login == (r->sees > NO_LOGIN), "%s, mode %d: the user %s", r->name,
                  (int)r->mode, x.saw_login ? "was sent" : "was not sent");
    ck_assert_msg(r->sees > NO_LOGIN || x.ninside == 0, "%zu bytes of login", x.ninside);
    ck_assert_msg(x.saw_secret == (r->sees == SECRETS), "%s, mode %d: the secret %s", r->name,
                  (int)r->mode, x.saw_secret ? "was sent" : "was not sent");
    SSL_free(x.ssl);
    SSL_CTX_free(x.ctx);
    (void)close(x.fd);
    (void)unlink(x.ca);
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
