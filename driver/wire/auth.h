/* auth.h - login methods.  Each is a function that is given what the server said and gives what to
 * answer; none does I/O.
 *
 * Secrets: struct auth borrows them, and holds only the nonce and the proof; auth_wipe clears
 * those.
 *
 * Who gets to see a password or token, in one rule.  Each method has in table/auth.def what it
 * shows to the server, and auth_may_show compares that with the channel:
 * - AUTH_HIDES: a scramble or signature.  Over any channel.
 * - AUTH_SHOWS: the password, if the server asks for the full exchange (caching_sha2_password,
 *   sha256_password).  Over any TLS, also where SSLMODE=PREFERRED and REQUIRED verify nothing, as
 *   MySQL's own clients and Connector/J do: a MySQL server that has just started cannot let anybody
 *   in otherwise, and does not take RSA inside of TLS.  Over plain TCP only encrypted for a key
 *   that RSAKEY or GET_SERVER_PUBLIC_KEY gives.
 * - AUTH_CLEAR, AUTH_TOKEN: the password (mysql_clear_password, dialog) or a token (OpenID), to
 *   whoever asks.  Only over a trusted channel: a unix socket, or TLS that proved whose it is. With
 *   ENABLE_CLEARTEXT_PLUGIN=1, which MySQL's clients demand always, a password over any, and a
 * token over any TLS. DEFAULT_AUTH is also a limit: a server can switch to no method that shows it
 * more.  Where a certificate still waits for MariaDB's proof (SSLZEROCONFIG) nothing is shown at
 * all. Source: client_authentication of MySQL's libmysqlclient, Connector/J's
 * requiresConfidentiality, sha2_password.cc of the server. */
#ifndef MYWIRE_WIRE_AUTH_H
#define MYWIRE_WIRE_AUTH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/fault.h"
#include "wire/hello.h"
#include "wire/rd.h"

#define AUTH_FACTORS   3
#define AUTH_PROOF_MAX 64

enum auth_next {
    AUTH_WAIT = 0, /* nothing to send; the server goes on */
    AUTH_SEND = 1  /* send what is in out, also if it is empty */
};

/* Who can read what we send, from anybody to the server alone. */
enum auth_channel {
    CHANNEL_PLAIN = 0, /* TCP */
    CHANNEL_ENCRYPTED, /* TLS with whoever answered */
    CHANNEL_TRUSTED    /* TLS that proved whose it is, or a unix socket */
};

struct auth {
    /* Borrowed, set before the first step. */
    const char *password[AUTH_FACTORS]; /* never NULL */
    const char *openid_token;           /* NULL: none */
    const char *rsa_key;                /* PEM text; NULL: none */
    enum auth_channel channel;
    const struct auth_method *chosen; /* DEFAULT_AUTH; NULL: none */
    bool allow_cleartext, get_server_public_key;
    const struct fault *refusal; /* why TLS is not trusted yet; NULL: it is, or there is none */

    /* Run of one method. */
    const struct auth_method *method;
    unsigned factor;    /* which password */
    unsigned step;      /* 0: the first call, with the nonce */
    unsigned questions; /* dialog: asked so far */
    bool is_key_asked;  /* the server's public key is due */
    bool is_right;      /* the server said that the password is right */
    unsigned char nonce[HELLO_NONCE_MAX];
    size_t nnonce;

    /* What the server must also know if it knows the user's password: MariaDB's proof that its
     * self-signed certificate is its own.  0 bytes: this method gives none. */
    unsigned char proof[AUTH_PROOF_MAX];
    size_t nproof;
};

/* One step: in is borrowed, the answer is appended to out.  Returns enum auth_next, or RC_DENIED
 * (our own rules), RC_PROTOCOL, RC_CONFIG, RC_UNSUPPORTED, RC_MEMORY.  The loop counts a->step
 * after each call. */
typedef int (*auth_fn)(struct auth *a, struct rd_range in, struct buf *out, struct fault *f);

/* May the first response of a login, before the server asks, answer with a method?  (auth.def) */
enum auth_when { AUTH_ASKED = 0, AUTH_CHOSEN, AUTH_EARLY };

/* What a method shows to a server, the least first.  (auth.def) */
enum auth_shows { AUTH_HIDES = 0, AUTH_SHOWS, AUTH_CLEAR, AUTH_TOKEN };

struct auth_method {
    const char *name;
    auth_fn step; /* NULL: not possible */
    enum auth_when when;
    enum auth_shows shows;
    const char *hint;
};

/* auth_find - the row of table/auth.def with this name, or NULL. */
const struct auth_method *auth_find(struct rd_range name);

/* auth_begin - the method m is asked for with this nonce (as on the wire; at most HELLO_NONCE_MAX
 * bytes count). */
void auth_begin(struct auth *a, const struct auth_method *m, struct rd_range nonce);

/* auth_may_show - may the running method give what (the secret's name, in words) to the server
 * now?  key: what else the user could set to allow it, in words, or NULL.  RC_OK, RC_DENIED, or
 * RC_TLS with the words of a->refusal. */
int auth_may_show(const struct auth *a, const char *what, const char *key,
                  struct fault *f) MUST_USE;

/* auth_check_proof - is info (of the OK that ended the login) the proof for a certificate with this
 * fingerprint?  greeted: the nonce of the greeting.  Source: MariaDB 11.4: 0x01, then SHA-256(hash
 * of the password, nonce, fingerprint) in hex.  Nothing is proved by an empty password, whose hash
 * everybody knows, nor for a nonce of another length than 20, by which somebody in the middle could
 * lengthen a proof that he has seen.  RC_OK or RC_TLS with the words of a->refusal. */
int auth_check_proof(const struct auth *a, struct rd_range info, struct rd_range greeted,
                     const unsigned char fingerprint[32], struct fault *f) MUST_USE;

void auth_wipe(struct auth *a);

/* The steps of the table. */
#define AUTH(name, step, when, shows)                                                              \
    int step(struct auth *a, struct rd_range in, struct buf *out, struct fault *f);
#define AUTH_NOT(name, hint)
#include "table/auth.def"

#endif
