/* check_auth.c - login methods against known answers.
 * Vectors: mysql_native_password and caching_sha2_password from their formulas (computed apart with
 * Python's hashlib); ed25519 from the MariaDB documentation (PASSWORD('secret')); the rest of the
 * methods in the transcripts. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "net/digest.h"
#include "wire/auth.h"

#define NONCE20 "abcdefghijklmnopqrst"
#define NONCE32 "0123456789abcdef0123456789abcdef"

static struct rd_range range(const char *s)
{
    return (struct rd_range){(const unsigned char *)s, strlen(s)};
}

static struct auth with_password(const char *password)
{
    return (struct auth){.password = {password, "", ""}};
}

/* One step of a method from the start; the answer in out. */
static int first(struct auth *a, const char *method, const char *nonce, struct buf *out,
                 struct fault *f)
{
    const struct auth_method *m = auth_find(range(method));
    ck_assert(m && m->step);
    auth_begin(a, m, range(nonce));
    int rc = m->step(a, range(nonce), out, f);
    a->step++;
    return rc;
}

static void hex(const unsigned char *p, size_t n, char *out)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < n; i++) {
        out[2 * i] = digits[p[i] >> 4];
        out[2 * i + 1] = digits[p[i] & 15];
    }
    out[2 * n] = 0;
}

static const struct {
    const char *method, *password, *nonce, *want;
} vectors[] = {
    {"mysql_native_password", "secret", NONCE20, "8817c50fa779daef010ee7577825b0847df9842e"},
    {"caching_sha2_password", "secret", NONCE20,
     "c76e2898612a4cf042c77fa8c4702c4c64c0c2c557c53c4d75595aaa6abae809"},
    {"mysql_native_password", "päss wörd", NONCE20, "f79093bcdd3e3e324107521ac18d976cf9369616"},
    {"caching_sha2_password", "päss wörd", NONCE20,
     "b855bf5cdde36a2569da838104732122b1f1b798dd5e0ec159e9256628ed5755"},
    {"mysql_native_password",
     "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
     "xxxxxxx",
     NONCE20, "f71e2846e63af3f16bf7577010ef98c55e8e4b94"},
    {"caching_sha2_password",
     "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
     "xxxxxxx",
     NONCE20, "5ca5994fc9925bf6d8b1a221501bdc976ae971b65fe3443332958858f016776b"},
    {"mysql_native_password", "", NONCE20, ""},
    {"caching_sha2_password", "", NONCE20, ""},
    {"sha256_password", "", NONCE20, "00"},
};

START_TEST(vector)
{
    struct auth a = with_password(vectors[_i].password);
    struct buf out = {0};
    struct fault f = {0};
    char got[300];
    int rc = first(&a, vectors[_i].method, vectors[_i].nonce, &out, &f);
    ck_assert_msg(rc == AUTH_SEND, "%s: %s", vectors[_i].method, f.text);
    ck_assert(out.len < 100);
    hex(out.p, out.len, got);
    ck_assert_str_eq(got, vectors[_i].want);
    buf_clear(&out);
    auth_wipe(&a);
}
END_TEST

/* The proof of ed25519 is the public key, which is what the server stores. */
START_TEST(ed25519_public_key)
{
    struct auth a = with_password("secret");
    struct buf out = {0};
    struct fault f = {0};
    ck_assert_int_eq(first(&a, "client_ed25519", NONCE32, &out, &f), AUTH_SEND);
    ck_assert_uint_eq(out.len, 64);
    ck_assert_uint_eq(a.nproof, 32);
    char got[65];
    hex(a.proof, 32, got);
    ck_assert_str_eq(got, "648814444520e4f56043a2ec9215e63be7992d2d270bc6dee873e36164786096");
    buf_clear(&out);
}
END_TEST

/* MariaDB's proof, made here from its formula and taken; any other is refused with the words of
 * TLS. */
START_TEST(certificate_proof)
{
    struct auth a = with_password("secret");
    struct buf out = {0};
    struct fault f = {0}, why = {.rc = RC_TLS, .text = "WHY"};
    unsigned char print[32], hash[32];
    char info[80] = "\x01";
    memset(print, 7, sizeof print);
    a.refusal = &why;
    ck_assert_int_eq(first(&a, "mysql_native_password", NONCE20, &out, &f), AUTH_SEND);
    struct digest_part parts[] = {{a.proof, a.nproof}, {NONCE20, 20}, {print, 32}};
    ck_assert_int_eq(digest_sha256(hash, parts, 3, &f), RC_OK);
    hex(hash, 32, info + 1);
    ck_assert_int_eq(auth_check_proof(&a, range(info), range(NONCE20), print, &f), RC_OK);
    for (size_t i = 0; i <= 64; i++) {
        char other[80];
        memcpy(other, info, sizeof other);
        other[i] ^= 2;
        ck_assert_msg(auth_check_proof(&a, range(other), range(NONCE20), print, &f) == RC_TLS,
                      "byte %zu", i);
        ck_assert(strstr(f.text, "WHY") != NULL);
    }
    ck_assert_int_eq(auth_check_proof(&a, range("Welcome"), range(NONCE20), print, &f), RC_TLS);
    print[31] ^= 1; /* another certificate */
    ck_assert_int_eq(auth_check_proof(&a, range(info), range(NONCE20), print, &f), RC_TLS);
    a.nproof = 0; /* a method that gives none */
    ck_assert_int_eq(auth_check_proof(&a, range(info), range(NONCE20), print, &f), RC_TLS);
    buf_clear(&out);
}
END_TEST

/* The proof is about a password, so an empty one proves nothing: its keys are known to everybody,
 * and a stranger's server could ask for them with a further factor. */
static const struct {
    const char *method, *nonce, *second; /* second: what follows the first answer */
} keyed[] = {
    {"mysql_native_password", NONCE20, NULL},
    {"client_ed25519", NONCE32, NULL},
    {"parsec", NONCE32, "P\1abcdefghijklmnopqr"},
};

START_TEST(empty_password_proves_nothing)
{
    for (int is_given = 0; is_given < 2; is_given++) {
        struct auth a = {.password = {"secret", is_given ? "other" : "", ""}, .factor = 1};
        struct buf out = {0};
        struct fault f = {0};
        int rc = first(&a, keyed[_i].method, keyed[_i].nonce, &out, &f);
        if (rc == AUTH_SEND && keyed[_i].second)
            rc = auth_find(range(keyed[_i].method))->step(&a, range(keyed[_i].second), &out, &f);
        ck_assert_msg(rc == AUTH_SEND, "%s: %s", keyed[_i].method, f.text);
        ck_assert_msg((a.nproof != 0) == is_given, "%s: %zu bytes to prove with the password %s",
                      keyed[_i].method, a.nproof, is_given ? "given" : "empty");
        buf_clear(&out);
    }
}
END_TEST

/* A server's proof for one nonce must not be lengthened to one for another: SHA-256 can be
 * continued by who knows only its result, so the nonce has one length. */
static const char *const other_nonces[] = {"", "abcdefghijklmnopqrs", NONCE20 "u", NONCE32,
                                           NONCE20 NONCE32 NONCE32 NONCE32};

START_TEST(proof_of_another_length)
{
    struct auth a = with_password("secret");
    struct buf out = {0};
    struct fault f = {0};
    unsigned char print[32] = {7}, hash[32];
    char info[80] = "\x01";
    const char *nonce = other_nonces[_i];
    ck_assert_int_eq(first(&a, "mysql_native_password", NONCE20, &out, &f), AUTH_SEND);
    struct digest_part parts[] = {{a.proof, a.nproof}, {nonce, strlen(nonce)}, {print, 32}};
    ck_assert_int_eq(digest_sha256(hash, parts, 3, &f), RC_OK);
    hex(hash, 32, info + 1);
    ck_assert_msg(auth_check_proof(&a, range(info), range(nonce), print, &f) == RC_TLS,
                  "a nonce of %zu bytes", strlen(nonce));
    buf_clear(&out);
}
END_TEST

/* Whoever waits for the proof gets neither password nor token, whatever the DSN allows. */
static const char *const revealing[] = {"mysql_clear_password", "sha256_password", "dialog",
                                        "authentication_openid_connect_client"};

START_TEST(untrusted_gets_nothing)
{
    struct auth a = with_password("secret");
    struct buf out = {0};
    struct fault f = {0}, why = {.rc = RC_TLS, .text = "WHY"};
    a.refusal = &why;
    a.allow_cleartext = a.get_server_public_key = true;
    a.openid_token = "token";
    int rc = first(&a, revealing[_i], NONCE20, &out, &f);
    ck_assert_msg(rc == RC_TLS && out.len == 0, "%s: rc %d, %zu bytes", revealing[_i], rc, out.len);
    ck_assert(strstr(f.text, "WHY") != NULL && strstr(f.text, "secret") == NULL);
    buf_clear(&out);
}
END_TEST

/* What a method shows, to which channel.  In each place: '-' never; '+' always; 'k' with
 * ENABLE_CLEARTEXT_PLUGIN.  DEFAULT_AUTH limits all of it. */
static const struct {
    const char *method, *says; /* what the server says after the first answer; NULL: nothing */
    const char *plain, *encrypted, *trusted;
} shown[] = {
    {"mysql_native_password", NULL, "-", "-", "-"},
    {"client_ed25519", NULL, "-", "-", "-"},
    {"caching_sha2_password", NULL, "-", "-", "-"},
    {"caching_sha2_password", "\4", "-", "+", "+"},
    {"sha256_password", NULL, "-", "+", "+"},
    {"mysql_clear_password", NULL, "k", "k", "+"},
    {"dialog", NULL, "k", "k", "+"},
    {"authentication_openid_connect_client", NULL, "-", "k", "+"},
};

static bool is_shown(const struct buf *out, const char *secret)
{
    size_t n = strlen(secret);
    for (size_t i = 0; i + n <= out->len; i++)
        if (memcmp(out->p + i, secret, n) == 0)
            return true;
    return false;
}

START_TEST(shown_by_one_rule)
{
    static const char *const limits[] = {"", "mysql_native_password", "caching_sha2_password",
                                         "mysql_clear_password"};
    const char *method = shown[_i].method;
    enum auth_shows shows = auth_find(range(method))->shows;
    for (int k = 0; k < 3 * 2 * 4; k++) {
        enum auth_channel channel = (enum auth_channel)(k % 3);
        bool is_allowed = k / 3 % 2;
        struct auth a = {.password = {"pass-word", "pass-word", ""},
                         .openid_token = "tok-en",
                         .channel = channel,
                         .allow_cleartext = is_allowed,
                         .chosen = auth_find(range(limits[k / 6]))};
        const char *rule = channel == CHANNEL_PLAIN       ? shown[_i].plain
                           : channel == CHANNEL_ENCRYPTED ? shown[_i].encrypted
                                                          : shown[_i].trusted;
        bool is_within = !a.chosen || shows <= a.chosen->shows;
        bool want = is_within && (*rule == '+' || (*rule == 'k' && is_allowed));
        struct buf out = {0};
        struct fault f = {0};
        int rc = first(&a, method, strstr(method, "ed25519") ? NONCE32 : NONCE20, &out, &f);
        if (rc >= 0 && shown[_i].says)
            rc = a.method->step(&a, range(shown[_i].says), &out, &f);
        ck_assert_msg((is_shown(&out, "pass-word") || is_shown(&out, "tok-en")) == want,
                      "%s, channel %d, key %d, DEFAULT_AUTH=%s: %s", method, (int)channel,
                      is_allowed, limits[k / 6], want ? f.text : "shown");
        ck_assert_msg(rc == RC_DENIED || rc >= 0, "%s: rc %d", method, rc);
        ck_assert(!strstr(f.text, "pass-word") && !strstr(f.text, "tok-en"));
        if (!is_within && rc < 0)
            ck_assert_msg(strstr(f.text, "DEFAULT_AUTH=") != NULL, "%s", f.text);
        buf_clear(&out);
    }
}
END_TEST

/* An answer that nobody expects ends every method. */
static const char *const single_step[] = {"mysql_native_password", "mysql_clear_password",
                                          "client_ed25519", "authentication_openid_connect_client"};

START_TEST(second_packet)
{
    struct auth a = with_password("secret");
    struct buf out = {0};
    struct fault f = {0};
    a.channel = CHANNEL_TRUSTED;
    a.openid_token = "token";
    const struct auth_method *m = auth_find(range(single_step[_i]));
    ck_assert(m != NULL);
    ck_assert_int_eq(
        first(&a, single_step[_i], strstr(m->name, "ed25519") ? NONCE32 : NONCE20, &out, &f),
        AUTH_SEND);
    ck_assert_int_eq(m->step(&a, range("more"), &out, &f), RC_PROTOCOL);
    buf_clear(&out);
}
END_TEST

Suite *check_auth(void);
Suite *check_auth(void)
{
    Suite *s = suite_create("auth");
    TCase *c = tcase_create("all");
    tcase_add_loop_test(c, vector, 0, (int)(sizeof vectors / sizeof vectors[0]));
    tcase_add_test(c, ed25519_public_key);
    tcase_add_test(c, certificate_proof);
    tcase_add_loop_test(c, empty_password_proves_nothing, 0, (int)(sizeof keyed / sizeof keyed[0]));
    tcase_add_loop_test(c, proof_of_another_length, 0,
                        (int)(sizeof other_nonces / sizeof other_nonces[0]));
    tcase_add_loop_test(c, untrusted_gets_nothing, 0,
                        (int)(sizeof revealing / sizeof revealing[0]));
    tcase_add_loop_test(c, shown_by_one_rule, 0, (int)(sizeof shown / sizeof shown[0]));
    tcase_add_loop_test(c, second_packet, 0, (int)(sizeof single_step / sizeof single_step[0]));
    suite_add_tcase(s, c);
    return s;
}
