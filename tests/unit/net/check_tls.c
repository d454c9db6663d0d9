/* check_tls.c - modes and certificates: who gets in, and with which words the others are refused.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "net/pki.h"
#include "net/tlsd.h"

#define ROWS(a) (int)(sizeof(a) / sizeof((a)[0]))

struct row {
    const char *name;
    int mode;
    const char *cert, *chain; /* of the server */
    const char *ca, *crl;     /* files, or NULL */
    const char *host;
    int rc;
    const char *words; /* all of these in the refusal */
};

/* clang-format off */
static const struct row rows[] = {
    /* REQUIRED and PREFERRED verify nothing */
    {"preferred, good",      TLS_PREFERRED, "good", NULL, NULL, NULL, "localhost", RC_OK, ""},
    {"required, good",       TLS_REQUIRED, "good", NULL, NULL, NULL, "localhost", RC_OK, ""},
    {"required, wrong ca",   TLS_REQUIRED, "good", NULL, "otherca.crt", NULL, "localhost", RC_OK, ""},
    {"required, wrong host", TLS_REQUIRED, "wronghost", NULL, "ca.crt", NULL, "localhost", RC_OK, ""},
    {"required, expired",    TLS_REQUIRED, "expired", NULL, "ca.crt", NULL, "localhost", RC_OK, ""},
    {"required, revoked",    TLS_REQUIRED, "revoked", NULL, "ca.crt", "ca.crl", "localhost", RC_OK, ""},
    {"required, self",       TLS_REQUIRED, "self", NULL, NULL, NULL, "localhost", RC_OK, ""},
    {"required, sha1",       TLS_REQUIRED, "sha1", NULL, "ca.crt", NULL, "localhost", RC_OK, ""},
    {"required, weak",       TLS_REQUIRED, "weak", NULL, "ca.crt", NULL, "localhost", RC_OK, ""},
    /* VERIFY_CA: the chain, not the name */
    {"ca, good",             TLS_VERIFY_CA, "good", NULL, "ca.crt", NULL, "localhost", RC_OK, ""},
    {"ca, second in file",   TLS_VERIFY_CA, "good", NULL, "twocas.crt", NULL, "localhost", RC_OK, ""},
    {"ca, wrong host",       TLS_VERIFY_CA, "wronghost", NULL, "ca.crt", NULL, "localhost", RC_OK, ""},
    {"ca, chain",            TLS_VERIFY_CA, "viainter", "inter", "ca.crt", NULL, "localhost", RC_OK, ""},
    {"ca, issuing ca given", TLS_VERIFY_CA, "viainter", NULL, "inter.crt", NULL, "localhost", RC_OK, ""},
    {"ca, self given",       TLS_VERIFY_CA, "self", NULL, "self.crt", NULL, "localhost", RC_OK, ""},
    {"ca, wrong ca",         TLS_VERIFY_CA, "good", NULL, "otherca.crt", NULL, "localhost", RC_TLS,
        "stopped at the server's certificate|issued by an authority that is not trusted: \"CN=Test CA|SSLCA=|otherca.crt|depth 0|subject \"CN=db.test|names localhost, db.test|valid |SSLMODE=VERIFY_CA|Give the certificate of that authority in SSLCA"},
    {"ca, same name",        TLS_VERIFY_CA, "good", NULL, "sameca.crt", NULL, "localhost", RC_TLS, "Test CA|SSLCA"},
    {"ca, chain incomplete", TLS_VERIFY_CA, "viainter", NULL, "ca.crt", NULL, "localhost", RC_TLS, "not trusted: \"CN=Test Issuing CA|let the server send its whole chain"},
    {"ca, system store",     TLS_VERIFY_CA, "good", NULL, NULL, NULL, "localhost", RC_TLS, "not trusted: \"CN=Test CA|the system's certificates"},
    {"ca, self",             TLS_VERIFY_CA, "self", NULL, "ca.crt", NULL, "localhost", RC_TLS, "is self-signed, and not trusted|TLSPEERFP|server's fingerprint"},
    {"ca, root sent",        TLS_VERIFY_CA, "other", "otherca", "ca.crt", NULL, "localhost", RC_TLS, "certificate at depth 1 of the chain of the server's certificate|self-signed authority that is not trusted: \"CN=Other CA"},
    {"ca, expired",          TLS_VERIFY_CA, "expired", NULL, "ca.crt", NULL, "localhost", RC_TLS, "has expired on 20| UTC (now: 20|Have it renewed|clock|subject \"CN=db.test"},
    {"ca, future",           TLS_VERIFY_CA, "future", NULL, "ca.crt", NULL, "localhost", RC_TLS, "is not valid yet, but from 20|clock"},
    {"ca, sha1",             TLS_VERIFY_CA, "sha1", NULL, "ca.crt", NULL, "localhost", RC_TLS, "too weak: ecdsa-with-SHA1|SHA-256 or better"},
    {"ca, weak",             TLS_VERIFY_CA, "weak", NULL, "ca.crt", NULL, "localhost", RC_TLS, "key that is too weak: RSA of 1024 bits|2048"},
    {"ca, purpose",          TLS_VERIFY_CA, "clientonly", NULL, "ca.crt", NULL, "localhost", RC_TLS, "not made for servers"},
    /* revocation */
    {"crl, good",            TLS_VERIFY_CA, "good", NULL, "ca.crt", "ca.crl", "localhost", RC_OK, ""},
    {"crl, revoked",         TLS_VERIFY_CA, "revoked", NULL, "ca.crt", "ca.crl", "localhost", RC_TLS, "has been revoked|\"CN=Test CA|SSLCRL="},
    {"crl, expired list",    TLS_VERIFY_CA, "good", NULL, "ca.crt", "old.crl", "localhost", RC_TLS, "revocation list (CRL) has expired|\"CN=Test CA|SSLCRL"},
    {"crl, missing list",    TLS_VERIFY_CA, "good", NULL, "ca.crt", "other.crl", "localhost", RC_TLS, "revocation list (CRL) is missing|\"CN=Test CA|SSLCRL"},
    {"crl, of issuing ca",   TLS_VERIFY_CA, "viainter", "inter", "ca.crt", "ca.crl", "localhost", RC_TLS, "revocation list (CRL) is missing|\"CN=Test Issuing CA"},
    {"crl, of both",         TLS_VERIFY_CA, "viainter", "inter", "ca.crt", "both.crl", "localhost", RC_OK, ""},
    {"crl, ca revoked",      TLS_VERIFY_CA, "viainter", "inter", "ca.crt", "nointer.crl", "localhost", RC_TLS, "has been revoked|\"CN=Test Issuing CA"},
    /* VERIFY_IDENTITY: the name as well */
    {"id, good",             TLS_VERIFY_IDENTITY, "good", NULL, "ca.crt", NULL, "localhost", RC_OK, ""},
    {"id, dot at the end",   TLS_VERIFY_IDENTITY, "good", NULL, "ca.crt", NULL, "db.test.", RC_OK, ""},
    {"id, wildcard",         TLS_VERIFY_IDENTITY, "good", NULL, "ca.crt", NULL, "a.wild.test", RC_OK, ""},
    {"id, wildcard is flat", TLS_VERIFY_IDENTITY, "good", NULL, "ca.crt", NULL, "a.b.wild.test", RC_TLS, "for another host"},
    {"id, ipv4",             TLS_VERIFY_IDENTITY, "good", NULL, "ca.crt", NULL, "127.0.0.1", RC_OK, ""},
    {"id, ipv6",             TLS_VERIFY_IDENTITY, "good", NULL, "ca.crt", NULL, "::1", RC_OK, ""},
    {"id, unix socket",      TLS_VERIFY_IDENTITY, "good", NULL, "ca.crt", NULL, NULL, RC_OK, ""},
    {"id, unix socket bad",  TLS_VERIFY_IDENTITY, "wronghost", NULL, "ca.crt", NULL, NULL, RC_TLS, "Host compared: localhost"},
    {"id, cn when no name",  TLS_VERIFY_IDENTITY, "cnonly", NULL, "ca.crt", NULL, "localhost", RC_OK, ""},
    {"id, cn is no address", TLS_VERIFY_IDENTITY, "cnonly", NULL, "ca.crt", NULL, "127.0.0.1", RC_TLS, "for another address|no alternative name, subject CN=localhost"},
    {"id, wrong host",       TLS_VERIFY_IDENTITY, "wronghost", NULL, "ca.crt", NULL, "localhost", RC_TLS,
        "is for another host: it names other.test, *.other.test, 10.9.9.9, and the host asked for is localhost|VERIFY_CA|SSLCA=|Host compared: localhost|valid "},
    {"id, wrong address",    TLS_VERIFY_IDENTITY, "wronghost", NULL, "ca.crt", NULL, "127.0.0.1", RC_TLS, "is for another address|10.9.9.9|127.0.0.1"},
    {"id, address as name",  TLS_VERIFY_IDENTITY, "dnsip", NULL, "ca.crt", NULL, "127.0.0.1", RC_TLS,
        "it names db.test, 127.0.0.1 (as a DNS name, not as an IP address), ::1 (as a DNS name, not as an IP address), and the IP address asked for is 127.0.0.1, which only an IP address in the certificate can match"},
    {"id, address as cn",    TLS_VERIFY_IDENTITY, "ipcn", NULL, "ca.crt", NULL, "127.0.0.1", RC_TLS,
        "no alternative name, subject CN=127.0.0.1|, and the IP address asked for is 127.0.0.1, which only an IP address in the certificate can match"},
    {"id, wrong ca",         TLS_VERIFY_IDENTITY, "good", NULL, "otherca.crt", NULL, "localhost", RC_TLS, "not trusted: \"CN=Test CA"},
    {"id, expired",          TLS_VERIFY_IDENTITY, "expired", NULL, "ca.crt", NULL, "localhost", RC_TLS, "has expired on"},
    {"id, many names",       TLS_VERIFY_IDENTITY, "manynames", NULL, "ca.crt", NULL, "localhost", RC_TLS, "host-000.example.test|and |more, and the host asked for is localhost|Host compared: localhost|SSLMODE=VERIFY_IDENTITY"},
    {"id, nasty name",       TLS_VERIFY_IDENTITY, "nasty", NULL, "ca.crt", NULL, "localhost", RC_TLS, "it names nasty.test|Host compared: localhost"},
};
/* clang-format on */

static const int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};

static void check_row(const struct row *r, int version)
{
    struct tlsd d;
    struct attempt a;
    struct tls_opts o = {.mode = (enum tls_mode)r->mode};
    o.ca = r->ca ? pki_path(r->ca) : NULL;
    o.crl = r->crl ? pki_path(r->crl) : NULL;
    tlsd_up(&d, &(struct tlsd_opts){.cert = r->cert, .chain = r->chain, .version = version});
    tlsd_connect(&d, &o, r->host, &a);
    ck_assert_msg(a.rc == r->rc, "%s: rc %d: %s", r->name, a.rc, a.f.text);
    has_words(r->name, a.f.text, r->words);
    ck_assert_msg(strlen(a.f.text) < sizeof a.f.text - 60, "%s: too long: %s", r->name, a.f.text);
    ck_assert_msg(text_valid(a.f.text, strlen(a.f.text)) && !strpbrk(a.f.text, "\n\r\t\x1b"),
                  "%s: unclean: %s", r->name, a.f.text);
    ck_assert_msg(!a.info.retry && !a.info.untrusted, "%s: retry or untrusted", r->name);
    if (!a.rc) {
        ck_assert_msg(tlsd_ping(a.s, 1000, &a.f) == RC_OK, "%s: %s", r->name, a.f.text);
        ck_assert_msg(a.info.verified == (tls_mode_verifies((enum tls_mode)r->mode)),
                      "%s: verified", r->name);
        ck_assert_str_eq(a.info.version, version == TLS1_2_VERSION ? "TLSv1.2" : "TLSv1.3");
    }
    tlsd_hangup(&d, &a);
    tlsd_down(&d);
}

START_TEST(modes_and_certificates)
{
    check_row(&rows[_i / 2], versions[_i % 2]);
}
END_TEST

START_TEST(names_are_sent_and_addresses_are_not)
{
    static const struct {
        const char *host, *sni;
    } names[] = {{"db.test", "db.test"},
                 {"db.test.", "db.test"},
                 {"127.0.0.1", ""},
                 {"::1", ""},
                 {NULL, ""}};
    for (int i = 0; i < ROWS(names); i++) {
        struct tlsd d;
        struct attempt a;
        tlsd_up(&d, &(struct tlsd_opts){.cert = "good"});
        tlsd_connect(&d, &(struct tls_opts){.mode = TLS_REQUIRED}, names[i].host, &a);
        ck_assert_msg(a.rc == RC_OK, "%s", a.f.text);
        tlsd_hangup(&d, &a);
        ck_assert_str_eq(d.sni, names[i].sni);
        tlsd_down(&d);
    }
}
END_TEST

/* ---- the pin ---- */

static const char *pin_of(const char *name, bool colons)
{
    static char out[128];
    unsigned char md[EVP_MAX_MD_SIZE];
    unsigned n = 0;
    size_t at = 0;
    X509_digest(pki_cert(name), EVP_sha256(), md, &n);
    for (unsigned i = 0; i < n; i++)
        at += (size_t)snprintf(out + at, sizeof out - at, colons && i ? ":%02X" : "%02x", md[i]);
    return out;
}

static const struct {
    const char *name;
    int mode;
    const char *cert, *pinned, *ca;
    int rc;
    const char *words;
} pins[] = {
    {"pin fits", TLS_REQUIRED, "self", "self", NULL, RC_OK, ""},
    {"pin fits, preferred", TLS_PREFERRED, "self", "self", NULL, RC_OK, ""},
    {"pin fits, chain too", TLS_VERIFY_CA, "good", "good", "ca.crt", RC_OK, ""},
    {"pin does not replace the chain", TLS_VERIFY_CA, "self", "self", "ca.crt", RC_TLS,
     "self-signed"},
    {"pin differs", TLS_REQUIRED, "good", "good2", NULL, RC_TLS,
     "does not have the fingerprint that TLSPEERFP demands; it has |put it into TLSPEERFP"},
    {"pin differs, chain good", TLS_VERIFY_IDENTITY, "good", "good2", "ca.crt", RC_TLS,
     "TLSPEERFP demands"},
};

START_TEST(pinning)
{
    struct tlsd d;
    struct attempt a;
    bool colons = _i % 2;
    struct tls_opts o = {.mode = (enum tls_mode)pins[_i].mode,
                         .fingerprint = pin_of(pins[_i].pinned, colons)};
    o.ca = pins[_i].ca ? pki_path(pins[_i].ca) : NULL;
    tlsd_up(&d, &(struct tlsd_opts){.cert = pins[_i].cert});
    tlsd_connect(&d, &o, "localhost", &a);
    ck_assert_msg(a.rc == pins[_i].rc, "%s: rc %d: %s", pins[_i].name, a.rc, a.f.text);
    has_words(pins[_i].name, a.f.text, pins[_i].words);
    if (!a.rc)
        ck_assert_msg(a.info.verified, "%s: verified", pins[_i].name);
    tlsd_hangup(&d, &a);
    tlsd_down(&d);
}
END_TEST

/* Of several pins one must fit; a list in which one is wrong is refused as a whole. */
static const struct {
    const char *name, *pinned[3];
    int rc;
} pin_lists[] = {
    {"the first fits", {"good", "good2", NULL}, RC_OK},
    {"the last fits", {"good2", "self", "good"}, RC_OK},
    {"none fits", {"good2", "self", NULL}, RC_TLS},
    {"one is no fingerprint", {"good", "", NULL}, RC_CONFIG},
};

START_TEST(pin_list)
{
    struct tlsd d;
    struct attempt a;
    char list[400] = "";
    for (size_t i = 0; i < 3 && pin_lists[_i].pinned[i]; i++) {
        const char *name = pin_lists[_i].pinned[i];
        size_t at = strlen(list);
        (void)snprintf(list + at, sizeof list - at, "%s%s", i ? "," : "",
                       *name ? pin_of(name, i % 2) : "nonsense");
    }
    tlsd_up(&d, &(struct tlsd_opts){.cert = "good"});
    tlsd_connect(&d, &(struct tls_opts){.mode = TLS_REQUIRED, .fingerprint = list}, "localhost",
                 &a);
    ck_assert_msg(a.rc == pin_lists[_i].rc, "%s: rc %d: %s", pin_lists[_i].name, a.rc, a.f.text);
    tlsd_hangup(&d, &a);
    tlsd_down(&d);
}
END_TEST

START_TEST(a_wrong_pin_shows_the_right_one)
{
    struct tlsd d;
    struct attempt a;
    tlsd_up(&d, &(struct tlsd_opts){.cert = "good"});
    tlsd_connect(&d,
                 &(struct tls_opts){.mode = TLS_REQUIRED, .fingerprint = pin_of("good2", false)},
                 "localhost", &a);
    ck_assert_int_eq(a.rc, RC_TLS);
    char want[128];
    (void)snprintf(want, sizeof want, "%s", pin_of("good", false));
    for (char *c = want; *c; c++)
        *c = (char)(*c >= 'a' ? *c - 32 : *c);
    has_words("pin", a.f.text, want);
    tlsd_hangup(&d, &a);
    tlsd_down(&d);
}
END_TEST

static const struct {
    const char *pin, *words;
} bad_pins[] = {
    {"abc", "TLSPEERFP|64 hexadecimal digits"},
    {"0123456789abcdef0123456789abcdef01234567", "SHA-1"},
    {"zz23456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", "TLSPEERFP"},
    {"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0", "TLSPEERFP"},
};

START_TEST(bad_pin)
{
    struct tls_context *c = NULL;
    struct fault f = {0};
    ck_assert_int_eq(
        tls_context_get(&(struct tls_opts){.mode = TLS_REQUIRED, .fingerprint = bad_pins[_i].pin},
                        &c, &f),
        RC_CONFIG);
    has_words(bad_pins[_i].pin, f.text, bad_pins[_i].words);
}
END_TEST

/* ---- proving later ---- */

static const struct {
    const char *name;
    int mode;
    const char *cert, *ca, *host;
    int rc;
    bool untrusted, verified;
    const char *words; /* of info.refusal or of the fault */
} laters[] = {
    {"self-signed", TLS_VERIFY_IDENTITY, "self", NULL, "localhost", RC_OK, true, false,
     "is self-signed, and not trusted|Host compared: localhost"},
    {"self-signed with another name", TLS_VERIFY_IDENTITY, "selfname", NULL, "localhost", RC_OK,
     true, false, "TLS handshake stopped"},
    {"unknown authority", TLS_VERIFY_CA, "good", NULL, "localhost", RC_OK, true, false,
     "not trusted: \"CN=Test CA"},
    {"a CA was given", TLS_VERIFY_CA, "self", "ca.crt", "localhost", RC_TLS, false, false,
     "is self-signed"},
    {"a CA was given and fits", TLS_VERIFY_CA, "good", "ca.crt", "localhost", RC_OK, false, true,
     ""},
    {"expired is not provable", TLS_VERIFY_CA, "expired", NULL, "localhost", RC_TLS, false, false,
     "has expired"},
    {"weak is not provable", TLS_VERIFY_CA, "weak", NULL, "localhost", RC_TLS, false, false,
     "too weak"},
    {"required verifies nothing", TLS_REQUIRED, "self", NULL, "localhost", RC_OK, false, false, ""},
};

START_TEST(proving_later)
{
    struct tlsd d;
    struct attempt a;
    const char *name = laters[_i].name;
    struct tls_opts o = {.mode = (enum tls_mode)laters[_i].mode, .may_prove_later = true};
    o.ca = laters[_i].ca ? pki_path(laters[_i].ca) : NULL;
    tlsd_up(&d, &(struct tlsd_opts){.cert = laters[_i].cert});
    for (int round = 0; round < 2; round++) { /* an unproved session must not be taken up again */
        tlsd_connect(&d, &o, laters[_i].host, &a);
        ck_assert_msg(a.rc == laters[_i].rc, "%s: rc %d: %s", name, a.rc, a.f.text);
        if (!a.rc) {
            ck_assert_msg(a.info.untrusted == laters[_i].untrusted, "%s: untrusted", name);
            ck_assert_msg(a.info.verified == laters[_i].verified, "%s: verified", name);
            ck_assert_int_eq(tlsd_ping(a.s, 10, &a.f), RC_OK);
            ck_assert_msg(!(a.info.untrusted && a.info.resumed), "%s: resumed", name);
        }
        has_words(name, a.rc ? a.f.text : a.info.refusal.text, laters[_i].words);
        ck_assert_int_eq(a.info.refusal.rc, a.info.untrusted ? RC_TLS : RC_OK);
        tlsd_hangup(&d, &a);
    }
    tlsd_down(&d);
}
END_TEST

START_TEST(info_tells_the_peer)
{
    struct tlsd d;
    struct attempt a;
    tlsd_up(&d, &(struct tlsd_opts){.cert = "good"});
    tlsd_connect(&d,
                 &(struct tls_opts){.mode = TLS_VERIFY_IDENTITY,
                                    .ca = pki_path("ca.crt"),
                                    .ciphersuites = "TLS_AES_128_GCM_SHA256"},
                 "db.test", &a);
    ck_assert_msg(a.rc == RC_OK, "%s", a.f.text);
    unsigned char md[EVP_MAX_MD_SIZE];
    unsigned n = 0;
    X509_digest(pki_cert("good"), EVP_sha256(), md, &n);
    ck_assert_mem_eq(a.info.fingerprint, md, 32);
    ck_assert_str_eq(a.info.version, "TLSv1.3");
    ck_assert_str_eq(a.info.cipher, "TLS_AES_128_GCM_SHA256");
    ck_assert_str_eq(a.info.peer_subject, "CN=db.test,O=Test Bank");
    tlsd_hangup(&d, &a);
    tlsd_down(&d);
}
END_TEST

/* ---- versions and ciphers ---- */

static const struct {
    const char *name;
    unsigned versions;
    int server;
    const char *ciphers, *server_ciphers;
    int rc;
    const char *words;
} offers[] = {
    {"only 1.2", TLS_V12, 0, NULL, NULL, RC_OK, "TLSv1.2"},
    {"only 1.3", TLS_V13, 0, NULL, NULL, RC_OK, "TLSv1.3"},
    {"both", TLS_V12 | TLS_V13, 0, NULL, NULL, RC_OK, "TLSv1.3"},
    {"1.3 against 1.2", TLS_V13, TLS1_2_VERSION, NULL, NULL, RC_TLS,
     "protocol version|We offer TLS 1.3|TLSVERSION"},
    {"1.2 against 1.3", TLS_V12, TLS1_3_VERSION, NULL, NULL, RC_TLS,
     "protocol version|We offer TLS 1.2;"},
    {"server of old", 0, TLS1_1_VERSION, NULL, NULL, RC_TLS, "TLS version|TLS 1.2 and 1.3"},
    {"cipher", TLS_V12, 0, "ECDHE-ECDSA-AES256-GCM-SHA384", NULL, RC_OK,
     "ECDHE-ECDSA-AES256-GCM-SHA384"},
    {"no common cipher", TLS_V12, 0, "ECDHE-ECDSA-AES256-GCM-SHA384",
     "ECDHE-ECDSA-AES128-GCM-SHA256", RC_TLS, "handshake failure|no cipher|SSLCIPHER"},
};

START_TEST(versions_and_ciphers)
{
    struct tlsd d;
    struct attempt a;
    tlsd_up(&d, &(struct tlsd_opts){.cert = "good",
                                    .version = offers[_i].server,
                                    .ciphers = offers[_i].server_ciphers});
    struct tls_opts o = {
        .mode = TLS_REQUIRED, .versions = offers[_i].versions, .ciphers = offers[_i].ciphers};
    tlsd_connect(&d, &o, "localhost", &a);
    ck_assert_msg(a.rc == offers[_i].rc, "%s: rc %d: %s", offers[_i].name, a.rc, a.f.text);
    char told[200];
    (void)snprintf(told, sizeof told, "%s %s", a.info.version, a.info.cipher);
    has_words(offers[_i].name, a.rc ? a.f.text : told, offers[_i].words);
    tlsd_hangup(&d, &a);
    tlsd_down(&d);
}
END_TEST

static const struct {
    const char *ciphers, *suites;
    int rc;
    const char *words;
} lists[] = {
    {"ECDHE-RSA-AES256-GCM-SHA384:NOSUCH", NULL, RC_CONFIG, "SSLCIPHER|\"NOSUCH\"|openssl ciphers"},
    {"TLS_AES_256_GCM_SHA384", NULL, RC_CONFIG, "SSLCIPHER|TLSCIPHERSUITES"},
    {"HIGH:!aNULL:@SECLEVEL=2", NULL, RC_OK, ""},
    {"HIGH:-HIGH", NULL, RC_CONFIG, "leaves no TLS 1.2 cipher"},
    {NULL, "TLS_AES_256_GCM_SHA384,TLS_CHACHA20_POLY1305_SHA256", RC_OK, ""},
    {NULL, "TLS_AES_256_GCM_SHA384:TLS_NOSUCH", RC_CONFIG, "TLSCIPHERSUITES|\"TLS_NOSUCH\""},
    {NULL, "ECDHE-RSA-AES256-GCM-SHA384", RC_CONFIG, "TLSCIPHERSUITES|SSLCIPHER"},
};

START_TEST(cipher_names)
{
    struct tls_context *c = NULL;
    struct fault f = {0};
    struct tls_opts o = {
        .mode = TLS_REQUIRED, .ciphers = lists[_i].ciphers, .ciphersuites = lists[_i].suites};
    int rc = tls_context_get(&o, &c, &f);
    ck_assert_msg(rc == lists[_i].rc, "row %d: %d %s", _i, rc, f.text);
    has_words("ciphers", f.text, lists[_i].words);
    if (!rc)
        tls_context_put(c);
}
END_TEST

Suite *check_tls(void);
Suite *check_tls(void)
{
    Suite *s = suite_create("tls");
    TCase *t = tcase_create("all");
    tcase_set_timeout(t, 60);
    tcase_add_unchecked_fixture(t, pki_up, pki_down);
    tcase_add_loop_test(t, modes_and_certificates, 0, 2 * ROWS(rows));
    tcase_add_test(t, names_are_sent_and_addresses_are_not);
    tcase_add_loop_test(t, pinning, 0, ROWS(pins));
    tcase_add_loop_test(t, pin_list, 0, (int)(sizeof pin_lists / sizeof pin_lists[0]));
    tcase_add_test(t, a_wrong_pin_shows_the_right_one);
    tcase_add_loop_test(t, bad_pin, 0, ROWS(bad_pins));
    tcase_add_loop_test(t, proving_later, 0, ROWS(laters));
    tcase_add_test(t, info_tells_the_peer);
    tcase_add_loop_test(t, versions_and_ciphers, 0, ROWS(offers));
    tcase_add_loop_test(t, cipher_names, 0, ROWS(lists));
    suite_add_tcase(s, t);
    return s;
}
