/* tls_parts.h - what the files tls_*.c share.  Nobody else includes it; the manual for users is
 * tls.h.
 *
 *   tls_files.c    from a path of the DSN to certificates, keys and CRLs, or to words about what
 * the file holds instead tls_trust.c    the store of trusted certificates; the system's is loaded
 * once a process tls_cipher.c   cipher names of the DSN tls_context.c  options to context, and the
 * cache of contexts tls_session.c  sessions to resume, by host and port tls_verify.c   the verdict
 * on the server's certificate tls_explain.c  the words of a refusal tls_stream.c   handshake,
 * reading, writing, closing tls_foreign.c  the same trust on connections of another library */
#ifndef MYWIRE_NET_TLS_PARTS_H
#define MYWIRE_NET_TLS_PARTS_H

#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <pthread.h>
#include <stdatomic.h>

#include "base/buf.h"
#include "net/digest.h"
#include "net/tls.h"

/* ---- files ---- */

#define TLS_PATH_CHARS 4096

/* A file or folder and the DSN key that named it, for messages.  path is "" when not given. */
struct tls_file {
    const char *key;
    char path[TLS_PATH_CHARS];
};

/* What the options name, after SSLBUNDLE has been looked into. */
struct tls_files {
    struct tls_file ca, capath, crl, crlpath, cert, pkey, pkcs12;
};

/* Certificate, key and chain of the client; empty when the DSN names none. */
struct tls_client {
    X509 *cert;
    EVP_PKEY *key;
    STACK_OF(X509) * chain;
};

/* tls_files_find - fill in paths, looking into the bundle folder.  RC_CONFIG. */
int tls_files_find(const struct tls_opts *o, struct tls_files *out, struct fault *f) MUST_USE;

/* tls_files_certs - all certificates of a PEM file, at least one.  *out is owned by the caller.
 * RC_CONFIG says what the file is or holds instead. */
int tls_files_certs(const struct tls_file *file, STACK_OF(X509) * *out, struct fault *f) MUST_USE;
int tls_files_crls(const struct tls_file *file, STACK_OF(X509_CRL) * *out,
                   struct fault *f) MUST_USE;

/* tls_files_client - the client's certificate and key, proved to belong together.  password: may be
 * NULL. */
int tls_files_client(const struct tls_files *files, const char *password, struct tls_client *out,
                     struct fault *f) MUST_USE;
void tls_client_clear(struct tls_client *c);

/* tls_files_folder - is it a folder that holds hashed names (0a1b2c3d.<mark>0)?  RC_CONFIG says
 * what is wrong. */
int tls_files_folder(const struct tls_file *folder, const char *mark, struct fault *f) MUST_USE;

/* tls_file_identity - append what tells that the file behind path is still the same: device, inode,
 * size, mtime. */
void tls_file_identity(struct buf *out, const char *path);
/* tls_folder_identity - the same of every file in a folder: a revocation list is often overwritten
 * in its place, which the folder itself does not show. */
void tls_folder_identity(struct buf *out, const char *path);

/* tls_options_digest - what tells options apart, as a key of the cache of contexts.  RC_MEMORY. */
int tls_options_digest(const struct tls_opts *o, unsigned char out[SHA256_BYTES],
                       struct fault *f) MUST_USE;

/* ---- trust ---- */

/* tls_trust_get - the store to verify against; a reference is taken.  wanted: false gives an empty
 * store unless files name one (nothing is verified, but what is named must be right).  words: what
 * is trusted, for messages.  To be called under the lock of building (the system's store is kept in
 * a static variable). */
int tls_trust_get(const struct tls_files *files, bool wanted, X509_STORE **out, struct buf *words,
                  struct fault *f) MUST_USE;
/* tls_trust_identity - append the identity of the system's store. */
void tls_trust_identity(struct buf *out);

/* ---- ciphers ---- */

int tls_cipher_set(SSL_CTX *ctx, const char *ciphers, const char *ciphersuites,
                   struct fault *f) MUST_USE;

/* ---- sessions ---- */

#define TLS_SESSION_SLOTS 64
#define TLS_HOST_CHARS    256

struct tls_session {
    SSL_SESSION *session; /* owned; NULL: the slot is free */
    int group;            /* NID of the key exchange the server preferred to ours, or 0 */
    unsigned port;
    uint64_t age; /* the higher the younger */
    char host[TLS_HOST_CHARS];
};

struct tls_sessions {
    pthread_mutex_t lock;
    uint64_t clock;
    struct tls_session slot[TLS_SESSION_SLOTS];
};

/* tls_sessions_take - a session of exactly this endpoint, or NULL; the caller owns the reference.
 * Tickets of TLS 1.3 are given out once (RFC 8446 C.4), sessions of TLS 1.2 again and again.
 * *group: as it was put. */
SSL_SESSION *tls_sessions_take(struct tls_sessions *s, const char *host, unsigned port, int *group);
/* tls_sessions_put - remember a session (taken over) and the group that was agreed upon; the oldest
 * gives way. */
void tls_sessions_put(struct tls_sessions *s, const char *host, unsigned port, SSL_SESSION *take,
                      int group);
/* tls_sessions_forget - all sessions of the endpoint. */
void tls_sessions_forget(struct tls_sessions *s, const char *host, unsigned port);
void tls_sessions_clear(struct tls_sessions *s);

/* ---- context and stream ---- */

struct tls_context {
    SSL_CTX *ssl;
    enum tls_mode mode;
    bool may_prove_later;
    bool proves_who;                     /* see tls_info.verified */
    unsigned char (*pins)[SHA256_BYTES]; /* npins of them, one of which must fit; owned */
    size_t npins;
    char *trust;  /* words: what is trusted */
    X509 *client; /* our certificate, or NULL; owned */
    struct tls_sessions sessions;
    atomic_uint refs;
    unsigned char options[SHA256_BYTES];  /* digest of the options, */
    unsigned char identity[SHA256_BYTES]; /* and of the files they name: the cache's key */
    uint64_t used;                        /* the cache's clock at the last use */
};

struct tls_stream {
    struct stream base;
    struct stream *io; /* owned once the handshake is done */
    SSL *ssl;
    struct tls_context *ctx; /* a reference */
    struct tls_info *info;   /* the caller's, only during the handshake; else NULL */
    struct fault *f;         /* the caller's, during a call */
    int64_t deadline;        /* of the call */
    int io_rc;               /* what the carrier said in this call */
    bool polling;            /* a read that finds nothing is no error */
    bool explained;          /* f (or info->refusal) has the words already */
    bool broken;             /* good for closing only */
    bool answered;           /* application data has been read */
    bool cert_asked;         /* the server asked for a client certificate */
    bool offered;            /* a session was offered for resumption */
    bool untrusted;
    atomic_bool aborted;
    unsigned port;
    char host[TLS_HOST_CHARS]; /* what the certificate must name; "localhost" for a unix socket */
    bool is_ip;
    bool is_local; /* unix socket: no SNI, no resumption */
};

/* tls_stream_set_host - t->host, is_ip and is_local from what the DSN or a URL gave: no dot at the
 * end, no interface after an IPv6 address. */
int tls_stream_set_host(struct tls_stream *t, const char *host, struct fault *f) MUST_USE;

/* ---- verdict ---- */

/* tls_verify_chain - OpenSSL calls it with the chain of the server
 * (SSL_CTX_set_cert_verify_callback). */
int tls_verify_chain(X509_STORE_CTX *x, void *unused);
/* tls_verify_resumed - what must hold again when an earlier session is taken up: pin, name, dates.
 */
int tls_verify_resumed(struct tls_stream *t, struct fault *f) MUST_USE;

/* ---- words ---- */

#define TLS_ERR_PIN 1000 /* beside OpenSSL's X509_V_ERR_*: the fingerprint differs */

/* tls_explain_cert - RC_TLS with the words for verify error `err` on cert at depth; leaf: the
 * server's own certificate. */
int tls_explain_cert(struct fault *f, const struct tls_stream *t, int err, int depth, X509 *cert,
                     X509 *leaf);
/* tls_explain_handshake - why SSL_connect failed: the carrier, an alert, a local refusal, or no TLS
 * at all. */
int tls_explain_handshake(struct fault *f, const struct tls_stream *t);
/* tls_explain_alert - the server's alert `code`, received in `step` (words). */
int tls_explain_alert(struct fault *f, const struct tls_stream *t, int code, const char *step,
                      int rc);
/* tls_explain_stream - why a read or write on the established stream failed. */
int tls_explain_stream(struct fault *f, const struct tls_stream *t);
/* tls_explain_openssl - append the first words of OpenSSL's error queue, or "unknown error". */
void tls_explain_openssl(struct buf *out);
/* tls_explain_name - a name as one line of clean UTF-8: "CN=db.example.com, O=Bank". */
void tls_explain_name(struct buf *out, const X509_NAME *name);

#endif
