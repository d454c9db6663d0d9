/* auth.c - the table of login methods, and MariaDB's proof of a self-signed certificate. */
#include "wire/auth.h"

#include "base/hex.h"
#include "net/digest.h"

static const struct auth_method methods[] = {
#define AUTH(name, step, when, shows) {name, step, when, shows, ""},
#define AUTH_NOT(name, hint)          {name, NULL, AUTH_ASKED, AUTH_HIDES, hint},
#include "table/auth.def"
};

const struct auth_method *auth_find(struct rd_range name)
{
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++) {
        if (rd_range_eq(name, methods[i].name)) {
            return &methods[i];
        }
    }
    return NULL;
}

void auth_begin(struct auth *a, const struct auth_method *m, struct rd_range nonce)
{
    a->method = m;
    a->step = 0;
    a->questions = 0;
    a->is_key_asked = a->is_right = false;
    a->nproof = 0;
    a->nnonce = nonce.n < sizeof a->nonce ? nonce.n : sizeof a->nonce;
    memcpy(a->nonce, nonce.p, a->nnonce);
}

void auth_wipe(struct auth *a)
{
    mem_wipe(a->nonce, sizeof a->nonce);
    mem_wipe(a->proof, sizeof a->proof);
    a->nnonce = a->nproof = 0;
}

/* The channel that a method wants, and the one that does with ENABLE_CLEARTEXT_PLUGIN=1. */
static const struct {
    enum auth_channel wanted, allowed;
} rule[] = {[AUTH_HIDES] = {CHANNEL_PLAIN, CHANNEL_PLAIN},
            [AUTH_SHOWS] = {CHANNEL_ENCRYPTED, CHANNEL_ENCRYPTED},
            [AUTH_CLEAR] = {CHANNEL_TRUSTED, CHANNEL_PLAIN},
            [AUTH_TOKEN] = {CHANNEL_TRUSTED, CHANNEL_ENCRYPTED}};

int auth_may_show(const struct auth *a, const char *what, const char *key, struct fault *f)
{
    const struct auth_method *m = a->method;
    if (a->refusal) {
        return fault(f, RC_TLS, "%s (%s wants %s itself, and the server is not trusted with it)",
                     a->refusal->text, m->name, what);
    }
    if (a->chosen && m->shows > a->chosen->shows) {
        return fault(f, RC_DENIED,
                     "the server asks for %s itself (%s), and DEFAULT_AUTH=%s allows only methods "
                     "that show no more than that one: it was not sent.  If the account really "
                     "uses %s, name that in DEFAULT_AUTH or leave DEFAULT_AUTH out",
                     what, m->name, a->chosen->name, m->name);
    }
    enum auth_channel wanted = a->allow_cleartext ? rule[m->shows].allowed : rule[m->shows].wanted;
    if (a->channel >= wanted) {
        return RC_OK;
    }
    return fault(f, RC_DENIED, "%s wants %s itself, and %s: it was not sent.  Set SSLMODE=%s%s%s",
                 m->name, what,
                 a->channel == CHANNEL_PLAIN ? "the connection is not encrypted"
                                             : "nothing proves whose the server's certificate is",
                 wanted == CHANNEL_TRUSTED
                     ? "VERIFY_IDENTITY (with the authority in SSLCA), pin the certificate in "
                       "TLSPEERFP"
                     : "REQUIRED or stronger",
                 key ? ", or " : "", key ? key : "");
}

/* Two hex digits, of either case, that say this byte?  No early end: the time tells nothing. */
static unsigned hex_differs(const unsigned char *hex, unsigned char byte)
{
    unsigned high = hex[0] != hex_upper(byte >> 4U) && hex[0] != hex_lower(byte >> 4U);
    unsigned low = hex[1] != hex_upper(byte) && hex[1] != hex_lower(byte);
    return high | low;
}

static int not_proved(const struct auth *a, const char *why, struct fault *f)
{
    return fault(f, RC_TLS,
                 "%s (the server could also have proved that it knows the password, but %s)",
                 a->refusal ? a->refusal->text : "the server's certificate is not trusted", why);
}

int auth_check_proof(const struct auth *a, struct rd_range info, struct rd_range greeted,
                     const unsigned char fingerprint[32], struct fault *f)
{
    if (a->nproof == 0) {
        return not_proved(a, "this login method does not allow that", f);
    }
    if (greeted.n !=
        HELLO_NONCE_BYTES) { /* else a proof overheard could be lengthened to another */
        return not_proved(a, "it greeted with a nonce of another length", f);
    }
    if (info.n != 1 + 2 * SHA256_BYTES || info.p[0] != 1) {
        return not_proved(a, "it did not", f);
    }
    struct digest_part parts[] = {{a->proof, a->nproof}, {greeted.p, greeted.n}, {fingerprint, 32}};
    unsigned char want[SHA256_BYTES];
    int rc = digest_sha256(want, parts, 3, f);
    if (rc != RC_OK) {
        return rc;
    }
    unsigned differs = 0;
    for (size_t i = 0; i < sizeof want; i++) {
        differs |= hex_differs(info.p + 1 + 2 * i, want[i]);
    }
    mem_wipe(want, sizeof want);
    return differs ? not_proved(a, "its proof is wrong: somebody else answers in its place", f)
                   : RC_OK;
}
