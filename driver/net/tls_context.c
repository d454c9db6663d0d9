/* tls_context.c - from options to an OpenSSL context, made once and shared by all connections of
 * the process that want the same from the same files.
 *
 * Two locks: `lock` guards the list and is held for moments; `building` is held while files are
 * read, so that sixteen threads that start together read them once, and nobody who finds a context
 * waits for them.  A child after fork may go on: nobody holds `lock` while forking, and `building`
 * is made anew in the child (its holder does not exist there). OpenSSL's global state is not
 * touched; nothing is torn down at exit. */
#include <openssl/err.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "net/tls_parts.h"

#define CONTEXTS 32

static struct {
    pthread_once_t once;
    pthread_mutex_t lock, building;
    uint64_t clock;
    struct tls_context *at[CONTEXTS]; /* a reference each */
} cache = {.once = PTHREAD_ONCE_INIT,
           .lock = PTHREAD_MUTEX_INITIALIZER,
           .building = PTHREAD_MUTEX_INITIALIZER};

static void fork_prepare(void)
{
    (void)pthread_mutex_lock(
        &cache.lock); /* plain mutexes never held twice: none of these calls can fail */
}

static void fork_parent(void)
{
    (void)pthread_mutex_unlock(&cache.lock); /* as above */
}

static void fork_child(void)
{
    (void)pthread_mutex_unlock(&cache.lock);         /* as above */
    (void)pthread_mutex_init(&cache.building, NULL); /* as above */
}

static void cache_once(void)
{
    /* without memory for it, fork is as unsafe as it is elsewhere */
    (void)pthread_atfork(fork_prepare, fork_parent, fork_child);
}

/* ---- keys of the cache ---- */

static void put_text(struct buf *b, const char *s)
{
    buf_printf(b, "%zu:%s", s ? strlen(s) : 0, s ? s : "");
}

int tls_options_digest(const struct tls_opts *o, unsigned char out[SHA256_BYTES], struct fault *f)
{
    const char *texts[] = {
#define TLS_OPTION(field, key) o->field,
#include "table/tls_option.def"
    };
    struct all {
        enum tls_mode mode;
        const char *texts[sizeof texts / sizeof texts[0]];
        unsigned versions;
        bool may_prove_later;
    };
    _Static_assert(sizeof *o == sizeof(struct all), "an option that is not in the digest");
    struct buf b;
    buf_init(&b, 0);
    if (!buf_reserve(&b, 16384)) /* so that no grown copy of the pass phrase stays behind */
        return fault(f, RC_MEMORY, "out of memory for TLS options");
    buf_printf(&b, "%d,%u,%d;", (int)o->mode, o->versions, o->may_prove_later);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        put_text(&b, texts[i]);
    int rc = buf_ok(&b) ? digest_sha256(out, &(struct digest_part){b.p, b.len}, 1, f)
                        : fault(f, RC_MEMORY, "out of memory for TLS options");
    buf_wipe(&b);
    return rc;
}

static int files_digest(const struct tls_files *files, enum tls_mode mode,
                        unsigned char out[SHA256_BYTES], struct fault *f)
{
    const struct tls_file *all[] = {&files->ca,   &files->capath, &files->crl,   &files->crlpath,
                                    &files->cert, &files->pkey,   &files->pkcs12};
    struct buf b;
    buf_init(&b, 0);
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        tls_file_identity(&b, all[i]->path);
    tls_folder_identity(&b, files->crlpath.path);
    if (tls_mode_verifies(mode) && !files->ca.path[0] && !files->capath.path[0])
        tls_trust_identity(&b);
    int rc = buf_ok(&b) ? digest_sha256(out, &(struct digest_part){b.p, b.len}, 1, f)
                        : fault(f, RC_MEMORY, "out of memory for TLS options");
    buf_clear(&b);
    return rc;
}

/* ---- building ---- */

static int openssl_failed(const char *what, int rc, struct fault *f)
{
    struct buf b;
    buf_init_text(&b, 512);
    tls_explain_openssl(&b);
    rc = fault(f, rc, "TLS: %s: %s", what, buf_str(&b));
    buf_clear(&b);
    ERR_clear_error();
    return rc;
}

/* n characters. */
static int parse_pin(const char *s, size_t n, unsigned char out[SHA256_BYTES], struct fault *f)
{
    size_t digits = 0;
    for (const char *c = s; c < s + n; c++) {
        int v = hex_value(*c);
        if (*c == ':' || *c == ' ')
            continue;
        if (v < 0 || digits == 2 * SHA256_BYTES) {
            digits++;
            break;
        }
        out[digits / 2] = (unsigned char)(digits % 2 ? out[digits / 2] | v : v << 4);
        digits++;
    }
    if (digits == 2 * SHA256_BYTES)
        return RC_OK;
    return fault(
        f, RC_CONFIG,
        "TLSPEERFP: \"%.*s\" is no SHA-256 fingerprint of 64 hexadecimal digits%s. See it with "
        "\"openssl x509 -noout -fingerprint -sha256 -in CERTIFICATE\"",
        (int)(n < 100 ? n : 100), s,
        digits == 40 ? "; it looks like a SHA-1 one, which proves too little" : "");
}

/* All of a list with commas. */
static int parse_pins(struct tls_context *c, const char *s, struct fault *f)
{
    size_t n = 1;
    for (const char *p = s; *p; p++)
        n += *p == ',';
    c->pins = calloc(n, sizeof *c->pins);
    if (!c->pins)
        return fault(f, RC_MEMORY, "out of memory for fingerprints");
    int rc = RC_OK;
    for (; !rc && c->npins < n; c->npins++) {
        size_t len = strcspn(s, ",");
        rc = parse_pin(s, len, c->pins[c->npins], f);
        s += len + (s[len] == ',');
    }
    return rc;
}

static int set_versions(SSL_CTX *ctx, unsigned versions, struct fault *f)
{
    unsigned v = versions ? versions : TLS_V12 | TLS_V13;
    int low = v & TLS_V12 ? TLS1_2_VERSION : TLS1_3_VERSION;
    int high = v & TLS_V13 ? TLS1_3_VERSION : TLS1_2_VERSION;
    if (!SSL_CTX_set_min_proto_version(ctx, low) || !SSL_CTX_set_max_proto_version(ctx, high))
        return openssl_failed("TLSVERSION cannot be set", RC_CONFIG, f);
    return RC_OK;
}

static int no_password(char *out, int cap, int writing, void *unused)
{
    (void)out;
    (void)cap;
    (void)writing;
    (void)unused;
    return -1;
}

/* OpenSSL calls it when the server asks for a certificate. */
static int cert_asked(SSL *ssl, void *unused)
{
    struct tls_stream *t = SSL_get_app_data(ssl);
    (void)unused;
    if (t)
        t->cert_asked = true;
    return 1;
}

/* The group of a TLS 1.3 handshake, if it is not the one OpenSSL offers a key for by default: the
 * server had to ask for it, which cost a round trip and a second key (MySQL 9 prefers P-256). */
static int asked_group(SSL *ssl)
{
    if (SSL_version(ssl) != TLS1_3_VERSION)
        return 0;
    int nid = (int)SSL_get_negotiated_group(ssl);
    return nid == NID_X25519 || (nid & TLSEXT_nid_unknown) ? 0 : nid;
}

/* OpenSSL calls it with a session that may be resumed later; 1: we keep the reference. */
static int session_made(SSL *ssl, SSL_SESSION *session)
{
    struct tls_stream *t = SSL_get_app_data(ssl);
    if (!t || t->untrusted || t->is_local || !SSL_SESSION_is_resumable(session))
        return 0;
    tls_sessions_put(&t->ctx->sessions, t->host, t->port, session, asked_group(ssl));
    return 1;
}

static int use_client(struct tls_context *c, const struct tls_client *client, struct fault *f)
{
    if (!client->cert)
        return RC_OK;
    if (!SSL_CTX_use_certificate(c->ssl, client->cert))
        return openssl_failed(
            "the client certificate cannot be used (keys under 2048 bits and SHA-1 are "
            "refused at OpenSSL's security level 2)",
            RC_CONFIG, f);
    if (!SSL_CTX_use_PrivateKey(c->ssl, client->key))
        return openssl_failed("the client's private key cannot be used", RC_CONFIG, f);
    for (int i = 0; i < sk_X509_num(client->chain); i++)
        if (!SSL_CTX_add1_chain_cert(c->ssl, sk_X509_value(client->chain, i)))
            return openssl_failed("a certificate of the client's chain cannot be used", RC_CONFIG,
                                  f);
    /* Without a chain in the file, authorities in SSLCA complete it, now and not at each handshake;
     * if they cannot, the server may know them. */
    if (sk_X509_num(client->chain) <= 0)
        (void)SSL_CTX_build_cert_chain(c->ssl, SSL_BUILD_CHAIN_FLAG_NO_ROOT |
                                                   SSL_BUILD_CHAIN_FLAG_IGNORE_ERROR |
                                                   SSL_BUILD_CHAIN_FLAG_CLEAR_ERROR);
    (void)SSL_CTX_set_mode(c->ssl, SSL_MODE_NO_AUTO_CHAIN); /* returns the modes */
    ERR_clear_error();
    if (!X509_up_ref(client->cert))
        return fault(f, RC_MEMORY, "out of memory for the client certificate");
    c->client = client->cert;
    return RC_OK;
}

static void set_behaviour(SSL_CTX *ctx)
{
    /* returns the options */
    (void)SSL_CTX_set_options(ctx, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
    SSL_CTX_set_read_ahead(ctx, 1);                 /* one recv a record, not two */
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL); /* our callback decides what that means */
    SSL_CTX_set_cert_verify_callback(ctx, tls_verify_chain, NULL);
    SSL_CTX_set_cert_cb(ctx, cert_asked, NULL);
    SSL_CTX_set_default_passwd_cb(ctx, no_password);
    (void)SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(ctx, session_made);
}

static int set_trust(struct tls_context *c, const struct tls_files *files, struct fault *f)
{
    struct buf words;
    X509_STORE *store = NULL;
    buf_init_text(&words, 4 * TLS_PATH_CHARS + 256);
    int rc = tls_trust_get(files, tls_mode_verifies(c->mode), &store, &words, f);
    if (!rc) {
        SSL_CTX_set1_cert_store(c->ssl, store);
        X509_STORE_free(store);
        c->trust = strdup(buf_str(&words));
        rc = c->trust ? RC_OK : fault(f, RC_MEMORY, "out of memory for trusted certificates");
    }
    buf_clear(&words);
    return rc;
}

static int set_files(struct tls_context *c, const struct tls_opts *o, const struct tls_files *files,
                     struct fault *f)
{
    struct tls_client client;
    int rc = set_trust(c, files, f);
    if (rc)
        return rc;
    rc = tls_files_client(files, o->key_password, &client, f);
    if (rc)
        return rc;
    rc = use_client(c, &client, f);
    tls_client_clear(&client);
    return rc;
}

static bool given(const char *s)
{
    return s && *s;
}

static void context_free(struct tls_context *c)
{
    tls_sessions_clear(&c->sessions);
    SSL_CTX_free(c->ssl);
    X509_free(c->client);
    free(c->trust);
    free(c->pins);
    free(c);
}

static int context_build(const struct tls_opts *o, const struct tls_files *files,
                         struct tls_context **out, struct fault *f)
{
    struct tls_context *c = calloc(1, sizeof *c);
    if (!c)
        return fault(f, RC_MEMORY, "out of memory for TLS");
    (void)pthread_mutex_init(&c->sessions.lock, NULL); /* cannot fail without attributes */
    atomic_init(&c->refs, 1);
    c->mode = o->mode;
    c->may_prove_later = o->may_prove_later && tls_mode_verifies(o->mode) &&
                         !given(o->fingerprint) && !files->ca.path[0] && !files->capath.path[0] &&
                         !files->crl.path[0] && !files->crlpath.path[0];
    c->proves_who = given(o->fingerprint) || o->mode == TLS_VERIFY_IDENTITY ||
                    (o->mode == TLS_VERIFY_CA && (files->ca.path[0] || files->capath.path[0]));
    c->ssl = SSL_CTX_new(TLS_client_method());
    int rc = c->ssl ? RC_OK : openssl_failed("OpenSSL cannot be set up", RC_TLS, f);
    if (!rc)
        rc = set_versions(c->ssl, o->versions, f);
    if (!rc)
        rc = tls_cipher_set(c->ssl, o->ciphers, o->ciphersuites, f);
    if (!rc && given(o->fingerprint))
        rc = parse_pins(c, o->fingerprint, f);
    if (!rc)
        rc = set_files(c, o, files, f);
    if (rc) {
        context_free(c);
        return rc;
    }
    set_behaviour(c->ssl);
    *out = c;
    return RC_OK;
}

/* ---- the list ---- */

/* The context of these keys, with a reference for the caller; NULL if there is none. */
static struct tls_context *cache_find(const unsigned char options[SHA256_BYTES],
                                      const unsigned char identity[SHA256_BYTES])
{
    struct tls_context *found = NULL;
    (void)pthread_mutex_lock(&cache.lock); /* as above */
    for (size_t i = 0; i < CONTEXTS && !found; i++) {
        struct tls_context *c = cache.at[i];
        if (c && memcmp(c->options, options, SHA256_BYTES) == 0 &&
            memcmp(c->identity, identity, SHA256_BYTES) == 0)
            found = c;
    }
    if (found) {
        atomic_fetch_add(&found->refs, 1);
        found->used = ++cache.clock;
    }
    (void)pthread_mutex_unlock(&cache.lock); /* as above */
    return found;
}

/* Where a new context goes: in place of the one that its files have made stale, to a free place, or
 * of the longest unused. */
static size_t cache_place(const struct tls_context *c)
{
    size_t best = 0;
    for (size_t i = 0; i < CONTEXTS; i++) {
        const struct tls_context *e = cache.at[i];
        if (e && memcmp(e->options, c->options, SHA256_BYTES) == 0)
            return i;
        if (cache.at[best] && (!e || e->used < cache.at[best]->used))
            best = i;
    }
    return best;
}

static void cache_add(struct tls_context *c)
{
    (void)pthread_mutex_lock(&cache.lock); /* as above */
    size_t i = cache_place(c);
    struct tls_context *old = cache.at[i];
    atomic_fetch_add(&c->refs, 1);
    c->used = ++cache.clock;
    cache.at[i] = c;
    (void)pthread_mutex_unlock(&cache.lock); /* as above */
    tls_context_put(old);
}

static int build_and_add(const struct tls_opts *o, const struct tls_files *files,
                         const unsigned char options[SHA256_BYTES],
                         const unsigned char identity[SHA256_BYTES], struct tls_context **out,
                         struct fault *f)
{
    struct tls_context *c = NULL;
    int rc = context_build(o, files, &c, f);
    if (rc)
        return rc;
    memcpy(c->options, options, SHA256_BYTES);
    memcpy(c->identity, identity, SHA256_BYTES);
    cache_add(c);
    *out = c;
    return RC_OK;
}

static int find_or_build(const struct tls_opts *o, const struct tls_files *files,
                         struct tls_context **out, struct fault *f)
{
    unsigned char options[SHA256_BYTES], identity[SHA256_BYTES];
    int rc = tls_options_digest(o, options, f);
    if (!rc)
        rc = files_digest(files, o->mode, identity, f);
    if (rc)
        return rc;
    *out = cache_find(options, identity);
    if (*out)
        return RC_OK;
    (void)pthread_mutex_lock(&cache.building); /* as above */
    *out = cache_find(options, identity);      /* another thread may have been faster */
    if (!*out)
        rc = build_and_add(o, files, options, identity, out, f);
    (void)pthread_mutex_unlock(&cache.building); /* as above */
    return rc;
}

int tls_context_get(const struct tls_opts *o, struct tls_context **out, struct fault *f)
{
    (void)pthread_once(&cache.once, cache_once); /* cannot fail with a valid control */
    struct tls_files *files = calloc(1, sizeof *files);
    if (!files)
        return fault(f, RC_MEMORY, "out of memory for TLS options");
    int rc = tls_files_find(o, files, f);
    if (!rc)
        rc = find_or_build(o, files, out, f);
    free(files);
    ERR_clear_error();
    return rc;
}

void tls_context_put(struct tls_context *c)
{
    if (c && atomic_fetch_sub(&c->refs, 1) == 1)
        context_free(c);
}

bool tls_context_proves(const struct tls_context *c)
{
    return c->proves_who && !c->may_prove_later;
}
