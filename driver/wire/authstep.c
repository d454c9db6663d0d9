/* authstep.c - the steps of each login method.  Bytes in, bytes out; no I/O. */
#include "wire/auth.h"

#include "net/digest.h"

#define NONCE_BYTES       HELLO_NONCE_BYTES /* of the methods that hash */
#define ED25519_NONCE     32u
#define PARSEC_ROUNDS_MAX 3u

static const char *password(const struct auth *a)
{
    return a->password[a->factor];
}

/* n bytes of proof, or none: what everybody can make out of an empty password proves nothing. */
static size_t proof_bytes(const struct auth *a, size_t n)
{
    return *password(a) ? n : 0;
}

static int unexpected(const char *method, struct rd_range in, struct fault *f)
{
    return fault(f, RC_PROTOCOL, "the server sent %zu bytes that %s does not expect", in.n, method);
}

static int need_nonce(const struct auth *a, const char *method, size_t n, struct fault *f)
{
    return a->nnonce == n ? RC_OK
                          : fault(f, RC_PROTOCOL, "a nonce of %zu bytes, where %s wants %zu",
                                  a->nnonce, method, n);
}

static int send_password(const struct auth *a, struct buf *out)
{
    buf_put(out, password(a), strlen(password(a)) + 1);
    return AUTH_SEND;
}

/* ---- mysql_native_password ---- */

static int native_scramble(struct auth *a, struct buf *out, struct fault *f)
{
    unsigned char stage1[SHA1_BYTES], mask[SHA1_BYTES];
    struct digest_part pw = {password(a), strlen(password(a))}, one = {stage1, sizeof stage1};
    int rc = digest_sha1(stage1, &pw, 1, f);
    rc = rc ? rc : digest_sha1(a->proof, &one, 1, f);
    struct digest_part both[] = {{a->nonce, a->nnonce}, {a->proof, SHA1_BYTES}};
    rc = rc ? rc : digest_sha1(mask, both, 2, f);
    if (rc == RC_OK) {
        a->nproof = proof_bytes(a, SHA1_BYTES);
        for (size_t i = 0; i < SHA1_BYTES; i++) {
            buf_putc(out, stage1[i] ^ mask[i]);
        }
    }
    mem_wipe(stage1, sizeof stage1);
    mem_wipe(mask, sizeof mask);
    return rc;
}

int auth_native(struct auth *a, struct rd_range in, struct buf *out, struct fault *f)
{
    static const char name[] = "mysql_native_password";
    if (a->step) {
        return unexpected(name, in, f);
    }
    if (!*password(a)) {
        return AUTH_SEND;
    }
    int rc = need_nonce(a, name, NONCE_BYTES, f);
    rc = rc ? rc : native_scramble(a, out, f);
    return rc ? rc : AUTH_SEND;
}

/* ---- caching_sha2_password, sha256_password ---- */

static int sha2_scramble(const struct auth *a, struct buf *out, struct fault *f)
{
    unsigned char stage1[SHA256_BYTES], stage2[SHA256_BYTES], mask[SHA256_BYTES];
    struct digest_part pw = {password(a), strlen(password(a))}, one = {stage1, sizeof stage1};
    int rc = digest_sha256(stage1, &pw, 1, f);
    rc = rc ? rc : digest_sha256(stage2, &one, 1, f);
    struct digest_part both[] = {{stage2, sizeof stage2}, {a->nonce, a->nnonce}};
    rc = rc ? rc : digest_sha256(mask, both, 2, f);
    for (size_t i = 0; rc == RC_OK && i < SHA256_BYTES; i++) {
        buf_putc(out, stage1[i] ^ mask[i]);
    }
    mem_wipe(stage1, sizeof stage1);
    mem_wipe(stage2, sizeof stage2);
    mem_wipe(mask, sizeof mask);
    return rc;
}

/* The password with its NUL, hidden under the repeated nonce, encrypted for the server's key. */
static int rsa_password(const struct auth *a, struct rd_range pem, struct buf *out, struct fault *f)
{
    size_t n = strlen(password(a)) + 1;
    struct buf hidden;
    buf_init(&hidden, 0);
    if (buf_reserve(&hidden, n)) { /* in one piece, so that growing leaves no copies behind */
        for (size_t i = 0; i < n; i++) {
            buf_putc(&hidden, (unsigned char)password(a)[i] ^ a->nonce[i % a->nnonce]);
        }
    }
    int rc = buf_ok(&hidden)
                 ? digest_rsa_oaep(out, (const char *)pem.p, pem.n, hidden.p, hidden.len, f)
                 : fault(f, RC_MEMORY, "no memory for the login");
    buf_wipe(&hidden);
    return rc ? rc : AUTH_SEND;
}

#define RSA_KEYS                                                                                   \
    "RSAKEY to the server's public key file, or GET_SERVER_PUBLIC_KEY=1 in a network you trust"

/* Give the password itself: with RSA over plain TCP, if the DSN has a key or lets us ask for one,
 * else as it is, where that may be shown.  ask: the byte that asks for the key. */
static int reveal_sha2(struct auth *a, const char *name, unsigned ask, struct buf *out,
                       struct fault *f)
{
    bool may_rsa = !a->refusal && (!a->chosen || a->chosen->shows >= AUTH_SHOWS);
    bool is_rsa = a->channel == CHANNEL_PLAIN && (a->rsa_key || a->get_server_public_key);
    if (!may_rsa || !is_rsa) {
        int rc = auth_may_show(a, "the password", RSA_KEYS, f);
        return rc ? rc : send_password(a, out);
    }
    int rc = need_nonce(a, name, NONCE_BYTES, f);
    if (rc) {
        return rc;
    }
    if (a->rsa_key) {
        return rsa_password(
            a, (struct rd_range){(const unsigned char *)a->rsa_key, strlen(a->rsa_key)}, out, f);
    }
    a->is_key_asked = true;
    buf_putc(out, ask);
    return AUTH_SEND;
}

/* What comes after that: the key, once, if it was asked for. */
static int take_key(struct auth *a, const char *name, struct rd_range in, struct buf *out,
                    struct fault *f)
{
    if (!a->is_key_asked || in.n == 0) {
        return unexpected(name, in, f);
    }
    a->is_key_asked = false;
    return rsa_password(a, in, out, f);
}

int auth_caching_sha2(struct auth *a, struct rd_range in, struct buf *out, struct fault *f)
{
    static const char name[] = "caching_sha2_password";
    enum { FAST_OK = 3, FULL = 4, ASK_KEY = 2 };
    if (a->step == 0) {
        int rc = *password(a) ? need_nonce(a, name, NONCE_BYTES, f) : RC_OK;
        rc = rc || !*password(a) ? rc : sha2_scramble(a, out, f);
        return rc ? rc : AUTH_SEND;
    }
    if (a->step == 1 && in.n == 1 && in.p[0] == FAST_OK) {
        a->is_right = true;
        return AUTH_WAIT;
    }
    if (a->step == 1 && in.n == 1 && in.p[0] == FULL) {
        return reveal_sha2(a, name, ASK_KEY, out, f);
    }
    return take_key(a, name, in, out, f);
}

int auth_sha256(struct auth *a, struct rd_range in, struct buf *out, struct fault *f)
{
    static const char name[] = "sha256_password";
    enum { ASK_KEY = 1 };
    if (a->step == 0 && !*password(a)) {
        buf_putc(out, 0);
        return AUTH_SEND;
    }
    if (a->step == 0) {
        return reveal_sha2(a, name, ASK_KEY, out, f);
    }
    return take_key(a, name, in, out, f);
}

/* ---- mysql_clear_password, dialog ---- */

#define CLEARTEXT_KEY "ENABLE_CLEARTEXT_PLUGIN=1 in a network you trust"

static int may_be_clear(const struct auth *a, struct fault *f)
{
    return auth_may_show(a, "the password", CLEARTEXT_KEY, f);
}

int auth_clear(struct auth *a, struct rd_range in, struct buf *out, struct fault *f)
{
    static const char name[] = "mysql_clear_password";
    if (a->step) {
        return unexpected(name, in, f);
    }
    int rc = may_be_clear(a, f);
    if (rc) {
        return rc;
    }
    return send_password(a, out);
}

/* Packets of a type byte and a prompt.  The lowest bit of the type: last question; the others: 1
 * plain, 2 password. The n-th question is answered with the n-th password of the DSN: there is
 * nobody to ask. */
int auth_dialog(struct auth *a, struct rd_range in, struct buf *out, struct fault *f)
{
    if (in.n == 0 && !*a->password[0]) {
        return AUTH_SEND; /* no question yet, as when the DSN names the method, and no answer either
                           */
    }
    static const char *const keys[AUTH_FACTORS] = {"PWD", "PWD2", "PWD3"};
    struct rd_range question = in.n ? (struct rd_range){in.p + 1, in.n - 1} : in;
    if (a->questions >= AUTH_FACTORS) {
        return fault(f, RC_DENIED, "the server asks more than %d questions", AUTH_FACTORS);
    }
    if (!*a->password[a->questions]) {
        return fault(f, RC_DENIED,
                     "the server asks \"%.*s\", and %s is empty: put the answer there",
                     (int)(question.n < 200 ? question.n : 200), (const char *)question.p,
                     keys[a->questions]);
    }
    int rc = may_be_clear(a, f);
    if (rc) {
        return rc;
    }
    const char *answer = a->password[a->questions++];
    buf_put(out, answer, strlen(answer) + 1);
    return AUTH_SEND;
}

/* ---- MariaDB's ed25519 and parsec ---- */

int auth_ed25519(struct auth *a, struct rd_range in, struct buf *out, struct fault *f)
{
    static const char name[] = "client_ed25519";
    if (a->step) {
        return unexpected(name, in, f);
    }
    int rc = need_nonce(a, name, ED25519_NONCE, f);
    unsigned char *sig = rc ? NULL : buf_grow(out, 64);
    if (rc || !sig) {
        return rc ? rc : fault(f, RC_MEMORY, "no memory for the login");
    }
    rc = digest_ed25519_password_sign(sig, a->proof, password(a), strlen(password(a)), a->nonce,
                                      a->nnonce, f);
    a->nproof = rc ? 0 : proof_bytes(a, 32);
    return rc ? rc : AUTH_SEND;
}

/* The salt packet: 'P', exponent of the rounds, 18 bytes; 11.8.4 puts a further 0x01 before it. */
static bool parsec_salt(struct rd_range in, struct rd_range *salt)
{
    if (in.n && in.p[0] == 1) {
        in.p++;
        in.n--;
    }
    *salt = in;
    return in.n == 20 && in.p[0] == 'P' && in.p[1] <= PARSEC_ROUNDS_MAX;
}

static int parsec_sign(struct auth *a, struct rd_range salt, struct buf *out, struct fault *f)
{
    unsigned char seed[32], message[ED25519_NONCE + 32], sig[64];
    memcpy(message, a->nonce, ED25519_NONCE);
    int rc = digest_random(message + ED25519_NONCE, 32, f);
    rc = rc ? rc
            : digest_pbkdf2_sha512(seed, sizeof seed, password(a), strlen(password(a)), salt.p + 2,
                                   18, 1024u << salt.p[1], f);
    rc = rc ? rc : digest_ed25519_sign(sig, a->proof + 20, seed, message, sizeof message, f);
    if (rc == RC_OK) {
        memcpy(a->proof, salt.p, 20);
        a->nproof = proof_bytes(a, 20 + 32);
        buf_put(out, message + ED25519_NONCE, 32);
        buf_put(out, sig, sizeof sig);
    }
    mem_wipe(seed, sizeof seed);
    return rc ? rc : AUTH_SEND;
}

int auth_parsec(struct auth *a, struct rd_range in, struct buf *out, struct fault *f)
{
    static const char name[] = "parsec";
    if (a->step == 0) {
        int rc = need_nonce(a, name, ED25519_NONCE, f);
        return rc ? rc : AUTH_SEND; /* an empty packet asks for the salt */
    }
    struct rd_range salt;
    if (a->step > 1 || !parsec_salt(in, &salt)) {
        return unexpected(name, in, f);
    }
    return parsec_sign(a, salt, out, f);
}

/* ---- tokens ---- */

/* MySQL 9, StarRocks 3.5: a capability byte, then the token as length-encoded string. */
int auth_openid(struct auth *a, struct rd_range in, struct buf *out, struct fault *f)
{
    static const char name[] = "authentication_openid_connect_client";
    if (a->step) {
        return unexpected(name, in, f);
    }
    if (!a->openid_token || !*a->openid_token) {
        return fault(f, RC_CONFIG, "the server wants an identity token (%s): set OPENID-TOKEN-FILE",
                     name);
    }
    int rc = auth_may_show(a, "the identity token",
                           a->channel == CHANNEL_PLAIN ? NULL : CLEARTEXT_KEY, f);
    if (rc) {
        return rc;
    }
    buf_putc(out, 1);
    buf_put_lenstr(out, a->openid_token, strlen(a->openid_token));
    return AUTH_SEND;
}

/* StarRocks 3.5: the server names a web page where the user logs in; a driver has no browser to
 * open. */
int auth_oauth2(struct auth *a, struct rd_range in, struct buf *out, struct fault *f)
{
    (void)out; /* nothing is answered */
    struct rd r = rd_init(a->nonce, a->nnonce);
    struct rd_range url = rd_bytes(&r, rd_u16(&r));
    (void)in;
    return fault(
        f, RC_UNSUPPORTED,
        "this user logs in with OAuth2 in a browser (%.*s), which a driver cannot do; use a user "
        "with a password, a client certificate or an identity token (OPENID-TOKEN-FILE)",
        (int)(url.n < 300 ? url.n : 300), (const char *)url.p);
}
