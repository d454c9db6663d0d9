/* tls.h - TLS over any stream: modes, trust, client certificates, and refusals that say what is
 * wrong.
 *
 * The only module that knows OpenSSL's TLS and X.509.  Contexts (trust store, certificate, key) are
 * built once a process for each distinct set of options and reused while the files they came from
 * are unchanged (device, inode, size, mtime); sessions are kept with them and resumed where the
 * server lets us.
 *
 * Decided here:
 * - Pins (TLSPEERFP) are enforced in every mode, on top of what the mode demands: the certificate
 * must have one of them; a self-signed server is reached by REQUIRED and its pin.  Whoever calls
 * must not fall back to plain text when a pin is given.
 * - REQUIRED and PREFERRED verify nothing else, and let weak certificates pass; where a chain is
 * verified, OpenSSL's security level (2 by default) refuses RSA under 2048 bits and SHA-1.  Files
 * that the options name must be right in every mode.
 * - Revocation lists are demanded of every authority of the chain, as MySQL's client does.
 * - What SSLCA holds is trusted also when it is not a root (an issuing authority, or the server's
 * own certificate).
 * - Names match as OpenSSL's X509_check_host has it: the CN counts only where there is no DNS name;
 * wildcards for one label.
 * - A client certificate without its chain is completed from SSLCA, once, when the context is made.
 * - In a hashed folder of authorities a changed file is noticed when a name comes or goes (openssl
 * rehash), in one of revocation lists also when one is overwritten.
 * - A server without a certificate (anonymous ciphers) is refused in every mode; there is no
 * renegotiation. */
#ifndef MYWIRE_NET_TLS_H
#define MYWIRE_NET_TLS_H

#include "base/tls_mode.h"
#include "net/stream.h"

enum tls_version { TLS_V12 = 1, TLS_V13 = 2 }; /* bits */

/* All strings are borrowed for the call, NULL or "" for "not given".  Paths are as the DSN gave
 * them.  Lists have commas between their elements; one of several fingerprints must fit.  The pass
 * phrase is never asked for on a terminal; a key is looked for in cert when there is none.  Single
 * files win over the bundle. */
struct tls_opts {
    enum tls_mode mode; /* with a fingerprint at least TLS_REQUIRED (conf/finish.c sees to it) */
#define TLS_OPTION(field, key) const char *field;
#include "table/tls_option.def"
    unsigned versions;    /* bits of enum tls_version; 0: both */
    bool may_prove_later; /* under VERIFY_*, with no CA, pin or CRL given: finish the handshake with
                           * an untrusted certificate and leave the verdict to the caller (MariaDB's
                           * password proof) */
};

struct tls_info {
    char version[16];              /* "TLSv1.3" */
    char cipher[64];               /* OpenSSL's name */
    char peer_subject[256];        /* of the server certificate, for messages and the log */
    unsigned char fingerprint[32]; /* SHA-256 of the server certificate's DER form */
    bool resumed;                  /* an earlier session was taken up again */
    bool verified;                 /* whose the certificate is has been proved: by a pin, by chain
                                    * and name, or by an authority of SSLCA, SSLCAPATH or SSLBUNDLE.
                                    * Under VERIFY_CA alone the system's authorities prove nothing:
                                    * everybody has a certificate of one of them */
    bool cert_asked; /* the server asked for a client certificate (taken for true if resumed) */
    bool untrusted;  /* may_prove_later was used: the caller must prove or close */
    struct fault refusal; /* then: the words to refuse with */
    bool retry; /* tls_wrap failed after offering an earlier session: some servers break on that, so
                 * connect anew and call once more; nothing is offered then */
};

struct tls_context;
struct tls_guard;

/* tls_context_get - the shared context for these options, built if needed (a reference is taken).
 * Everything that can be found wrong before connecting is found here: missing or unreadable files,
 * a key where a certificate belongs, a key that does not match its certificate, an expired client
 * certificate (a warning in the log is enough for that), a wrong pass phrase, an unknown cipher.
 * RC_CONFIG or RC_TLS name the DSN key, the file and the remedy. */
int tls_context_get(const struct tls_opts *o, struct tls_context **out, struct fault *f) MUST_USE;
void tls_context_put(struct tls_context *c);
/* tls_context_proves - will a handshake that succeeds have proved whose the certificate is?
 * (tls_info.verified) */
bool tls_context_proves(const struct tls_context *c);

/* tls_wrap - handshake over *io as client.  host: name or address the DSN gave, for SNI and
 * identity (NULL for a unix socket: then VERIFY_IDENTITY compares nothing but "localhost").  port:
 * part of the session cache's key. On success *io is the encrypted stream, which owns the plain
 * one.  On failure *io stays with the caller, good for closing only, and f says: which step failed,
 * the certificate at fault (subject, issuer, SANs, validity), the reason, the CA file used, the
 * host compared, and what to try.  RC_TLS, RC_LOST, RC_TIMEOUT. */
int tls_wrap(struct stream **io, struct tls_context *c, const char *host, unsigned port,
             int64_t deadline, struct tls_info *info, struct fault *f) MUST_USE;

/* ---- connections that another library makes ----
 *
 * A guard applies one of our contexts to the connections that libcurl makes to one host: trust,
 * modes, pin, revocation lists, versions, ciphers and client certificate are those of the context,
 * and so are the words of a refusal.  The library must be built on the very OpenSSL of this process
 * (tls_guard_fits).  Pointers to OpenSSL's objects are void, so that nobody else includes its
 * headers.  A guard lives until the last connection it was applied to is closed, and keeps a
 * reference to the context; one thread at a time. */

/* tls_guard_fits - is "OpenSSL/3.0.15 ..." (as curl_version_info has it) the OpenSSL of this
 * process, to the patch level?  Another copy would read our objects wrongly. */
bool tls_guard_fits(const char *library);

/* tls_guard_new - host: to be named by the certificate.  RC_CONFIG for a context that leaves the
 * verdict to the caller (may_prove_later); RC_TLS, RC_MEMORY. */
int tls_guard_new(struct tls_context *c, const char *host, struct tls_guard **out,
                  struct fault *f) MUST_USE;
void tls_guard_free(struct tls_guard *g);

/* tls_guard_apply - set up ssl_ctx (SSL_CTX *) before its first handshake; whatever the library set
 * for verification is replaced. */
int tls_guard_apply(struct tls_guard *g, void *ssl_ctx, struct fault *f) MUST_USE;

/* tls_guard_check - to be called before anything secret is sent on ssl (SSL *): was this
 * connection's certificate proved under this guard?  Resumed sessions are proved again here. */
int tls_guard_check(struct tls_guard *g, void *ssl, struct fault *f) MUST_USE;

/* tls_guard_refusal - after the library reported a failed handshake or a broken connection: our
 * words for it into f.  False: it was nothing of TLS that we have seen. tls_guard_forget: before
 * the next attempt. */
bool tls_guard_refusal(struct tls_guard *g, struct fault *f);
void tls_guard_forget(struct tls_guard *g);

#endif
