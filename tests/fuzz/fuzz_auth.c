/* fuzz_auth.c - any server against every login method: each step ends in a known way, answers are
 * bounded, and the password leaves only where it may. */
#include "wire/auth.h"

#include "fuzz.h"

static const char secret[] = "fuzz-pass-word", token[] = "fuzz-token-text";

static const char *const methods[] = {
#define AUTH(name, step, when, shows) name,
#define AUTH_NOT(name, hint)          name,
#include "table/auth.def"
};
enum { METHODS = sizeof methods / sizeof methods[0] };

/* The rule of auth.h, said anew. */
static bool may_leave(const struct auth *a, const char *method, bool is_token)
{
    bool is_clear = strcmp(method, "mysql_clear_password") == 0 || strcmp(method, "dialog") == 0;
    bool is_sha2 =
        strcmp(method, "caching_sha2_password") == 0 || strcmp(method, "sha256_password") == 0;
    if (a->refusal || (a->chosen && strcmp(a->chosen->name, "mysql_native_password") == 0)) {
        return false;
    }
    if (is_token || is_clear) {
        bool is_open = a->allow_cleartext && (!is_token || a->channel == CHANNEL_ENCRYPTED);
        return a->channel == CHANNEL_TRUSTED || is_open;
    }
    return is_sha2 && a->channel != CHANNEL_PLAIN;
}

static void check_secrets(const struct auth *a, const char *method, const struct buf *out,
                          const struct fault *f)
{
    MUST(may_leave(a, method, false) || !fuzz_has(out->p, out->len, secret));
    MUST(may_leave(a, method, true) || !fuzz_has(out->p, out->len, token));
    MUST(!strstr(f->text, secret) && !strstr(f->text, token));
}

static bool is_known(int rc)
{
    return rc == AUTH_WAIT || rc == AUTH_SEND || rc == RC_DENIED || rc == RC_PROTOCOL ||
           rc == RC_CONFIG || rc == RC_UNSUPPORTED || rc == RC_TLS;
}

static void run(struct auth *a, const struct auth_method *m, struct fuzz_in *in)
{
    struct buf out = {0};
    struct fault f = {0};
    size_t n = fuzz_byte(in);
    unsigned char *nonce = fuzz_copy(in, n, &n);
    auth_begin(a, m, (struct rd_range){nonce, n});
    MUST(a->nnonce <= HELLO_NONCE_MAX && a->step == 0);
    int rc = m->step(a, (struct rd_range){nonce, n}, &out, &f);
    for (a->step = 1;; a->step++) {
        MUST(is_known(rc) && (rc >= 0 || (f.rc == rc && f.text[0])));
        MUST(buf_ok(&out) && out.len <= 8192 && a->nproof <= AUTH_PROOF_MAX);
        check_secrets(a, m->name, &out, &f);
        if (rc < 0 || in->n == 0) {
            break;
        }
        n = fuzz_u16(in) % 1024;
        unsigned char *said = fuzz_copy(in, n, &n);
        buf_reset(&out);
        rc = m->step(a, (struct rd_range){said, n}, &out, &f);
        free(said);
    }
    buf_wipe(&out);
    free(nonce);
}

static void check_proof(struct auth *a, struct fuzz_in *in)
{
    struct fault f = {0};
    size_t n, ngreeted;
    unsigned char fingerprint[32] = {1};
    unsigned char *greeted = fuzz_copy(in, 20, &ngreeted), *info = fuzz_copy(in, 100, &n);
    MUST(auth_check_proof(a, (struct rd_range){info, n}, (struct rd_range){greeted, ngreeted},
                          fingerprint, &f) == RC_TLS);
    free(greeted);
    free(info);
}

/* Does the server know a secret, be it with bytes between that a message leaves out (text_mend)? */
static bool is_known_there(const uint8_t *data, size_t n)
{
    char *plain = malloc(n + 1);
    size_t k = 0;
    for (size_t i = 0; i < n; i++) {
        if (data[i] >= ' ' && data[i] < 0x7F) {
            plain[k++] = (char)data[i];
        }
    }
    bool is = fuzz_has(plain, k, secret) || fuzz_has(plain, k, token);
    free(plain);
    return is;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct fuzz_in in = {data, n};
    if (is_known_there(data, n)) {
        return 0;
    }
    unsigned first = fuzz_byte(&in), more = first / METHODS;
    const char *name = methods[first % METHODS];
    unsigned bits = fuzz_byte(&in);
    struct fault refusal = {.rc = RC_TLS, .text = "not trusted"};
    const struct auth_method *m =
        auth_find((struct rd_range){(const unsigned char *)name, strlen(name)});
    MUST(m && strcmp(m->name, name) == 0);
    struct auth a = {.password = {bits & 1 ? "" : secret, secret, ""},
                     .openid_token = bits & 2 ? token : NULL,
                     .channel = bits & 4   ? CHANNEL_TRUSTED
                                : more & 1 ? CHANNEL_ENCRYPTED
                                           : CHANNEL_PLAIN,
                     .chosen = auth_find((struct rd_range){
                         (const unsigned char *)"mysql_native_password", more & 2 ? 21 : 0}),
                     .allow_cleartext = bits & 8,
                     .get_server_public_key = bits & 16,
                     .refusal = bits & 32 ? &refusal : NULL,
                     .factor = bits >> 6 & 1};
    struct fuzz_in proof = in;
    if (m->step) {
        run(&a, m, &in);
        a.refusal = &refusal;
        check_proof(&a, &proof);
    }
    auth_wipe(&a);
    return 0;
}
