/* check_tls_client.c - the client's certificate and key, the files they come from, and what servers
 * say about them. */
#include <check.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "net/pki.h"
#include "net/tlsd.h"
#include "torture.h"

#define ROWS(a) (int)(sizeof(a) / sizeof((a)[0]))

/* ---- more files ---- */

static void write_encrypted_key(const char *file, const char *name, const EVP_CIPHER *c,
                                bool traditional)
{
    char *p = NULL, pass[] = "sesame";
    BIO *b = BIO_new(BIO_s_mem());
    int ok = traditional ? PEM_write_bio_PrivateKey_traditional(
                               b, pki_key(name), c, (unsigned char *)pass, 6, NULL, NULL)
                         : PEM_write_bio_PKCS8PrivateKey(b, pki_key(name), c, pass, 6, NULL, NULL);
    ck_assert_int_eq(ok, 1);
    long n = BIO_get_mem_data(b, &p);
    (void)pki_write(file, p, (size_t)n);
    BIO_free(b);
}

static void write_pkcs12(const char *file, const char *pass, const char *name, bool with_cert)
{
    unsigned char *p = NULL;
    STACK_OF(X509) *chain = sk_X509_new_null();
    sk_X509_push(chain, pki_cert("inter"));
    PKCS12 *x = PKCS12_create(pass, "alice", with_cert ? pki_key(name) : NULL,
                              with_cert ? pki_cert(name) : NULL, chain, 0, 0, 0, 0, 0);
    ck_assert_ptr_nonnull(x);
    int n = i2d_PKCS12(x, &p);
    (void)pki_write(file, p, (size_t)n);
    OPENSSL_free(p);
    PKCS12_free(x);
    sk_X509_free(chain);
}

static void copy_to(const char *to, const char *from)
{
    size_t n;
    char *p = pki_read(from, &n);
    (void)pki_write(to, p, n);
    free(p);
}

static void make_folder(const char *name)
{
    ck_assert_int_eq(mkdir(pki_path(name), 0700), 0);
}

static void write_der(void)
{
    unsigned char *p = NULL;
    int n = i2d_X509(pki_cert("client"), &p);
    (void)pki_write("client.der", p, (size_t)n);
    OPENSSL_free(p);
    p = NULL;
    n = i2d_PrivateKey(pki_key("client"), &p);
    (void)pki_write("client-key.der", p, (size_t)n);
    OPENSSL_free(p);
}

static void files_up(void)
{
    static const char bundle[] =
        "-----BEGIN CERTIFICATE REQUEST-----\nMA==\n-----END CERTIFICATE REQUEST-----\n";
    static const char notder[] =
        "-----BEGIN CERTIFICATE-----\nMAMCAQE=\n-----END CERTIFICATE-----\n";
    static const char broken[] =
        "-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAg\n-----END CERTIFICATE-----\n";
    pki_up();
    write_encrypted_key("locked.key", "client", EVP_aes_256_cbc(), false);
    write_encrypted_key("locked-old.key", "client-rsa", EVP_aes_128_cbc(), true);
    write_pkcs12("client.p12", "sesame", "client-inter", true);
    write_pkcs12("open.p12", "", "client-inter", true);
    write_pkcs12("empty.p12", "sesame", "client-inter", false);
    write_der();
    make_folder("bundle");
    copy_to("bundle/ca.crt", "ca.crt");
    copy_to("bundle/client.crt", "client.crt");
    copy_to("bundle/client.key", "client.key");
    make_folder("k8s");
    copy_to("k8s/ca.crt", "ca.crt");
    copy_to("k8s/tls.crt", "client.crt");
    copy_to("k8s/tls.key", "client.key");
    make_folder("bundle-no-key");
    copy_to("bundle-no-key/ca.crt", "ca.crt");
    copy_to("bundle-no-key/client.crt", "client.crt");
    make_folder("bundle-locked");
    copy_to("bundle-locked/ca.crt", "ca.crt");
    copy_to("bundle-locked/client.crt", "client.crt");
    copy_to("bundle-locked/client.key", "locked.key");
    make_folder("nothing");
    (void)pki_write("request.pem", bundle, sizeof bundle - 1);
    (void)pki_write("broken.pem", broken, sizeof broken - 1);
    (void)pki_write("notder.pem", notder, sizeof notder - 1);
    (void)pki_write("text.pem", "hello\n", 6);
    (void)pki_write("void.pem", "", 0);
    copy_to("open-to-all.key", "client.key");
    (void)chmod(pki_path("open-to-all.key"), 0666);
}

/* ---- logging in with a certificate ---- */

struct pair {
    const char *name;
    const char *cert, *key, *pkcs12, *bundle, *password;
    int rc;
    const char *words; /* CN that the server saw, or words of the refusal */
};

/* clang-format off */
static const struct pair pairs[] = {
    {"cert and key",        "client.crt", "client.key", NULL, NULL, NULL, RC_OK, "alice"},
    {"password for nothing", "client.crt", "client.key", NULL, NULL, "unused", RC_OK, "alice"},
    {"both in one file",    "client-both.crt", NULL, NULL, NULL, NULL, RC_OK, "alice"},
    {"chain",               "client-chain.crt", "client-inter.key", NULL, NULL, NULL, RC_OK, "bob"},
    {"readable by all",     "client.crt", "open-to-all.key", NULL, NULL, NULL, RC_OK, "alice"},
    {"locked",              "client.crt", "locked.key", NULL, NULL, "sesame", RC_OK, "alice"},
    {"locked, old form",    "client-rsa.crt", "locked-old.key", NULL, NULL, "sesame", RC_OK, "rsaalice"},
    {"locked, none",        "client.crt", "locked.key", NULL, NULL, NULL, RC_CONFIG, "SSLKEY: |locked.key|is encrypted|give SSLKEYPWD"},
    {"locked, empty",       "client.crt", "locked.key", NULL, NULL, "", RC_CONFIG, "is encrypted|give SSLKEYPWD"},
    {"locked, wrong",       "client.crt", "locked.key", NULL, NULL, "Sesame", RC_CONFIG, "SSLKEY: |locked.key|pass phrase of SSLKEYPWD|wrong"},
    {"locked old, wrong",   "client-rsa.crt", "locked-old.key", NULL, NULL, "x", RC_CONFIG, "pass phrase of SSLKEYPWD|wrong"},
    {"locked old, none",    "client-rsa.crt", "locked-old.key", NULL, NULL, NULL, RC_CONFIG, "give SSLKEYPWD"},
    {"pkcs12",              NULL, NULL, "client.p12", NULL, "sesame", RC_OK, "bob"},
    {"pkcs12, no password", NULL, NULL, "open.p12", NULL, NULL, RC_OK, "bob"},
    {"pkcs12, wrong",       NULL, NULL, "client.p12", NULL, "Sesame", RC_CONFIG, "SSLPKCS12: |client.p12|SSLKEYPWD|wrong"},
    {"pkcs12, none",        NULL, NULL, "client.p12", NULL, NULL, RC_CONFIG, "protected by a pass phrase: give SSLKEYPWD"},
    {"pkcs12, no pair",     NULL, NULL, "empty.p12", NULL, "sesame", RC_CONFIG, "holds no private key"},
    {"pkcs12 is pem",       NULL, NULL, "client.crt", NULL, NULL, RC_CONFIG, "is a PEM file: name it in SSLCERT"},
    {"pkcs12 is nothing",   NULL, NULL, "text.pem", NULL, NULL, RC_CONFIG, "is not a PKCS#12 file"},
    {"pkcs12 and cert",     "client.crt", "client.key", "client.p12", NULL, "sesame", RC_CONFIG, "SSLPKCS12 already holds"},
    {"bundle",              NULL, NULL, NULL, "bundle", NULL, RC_OK, "alice"},
    {"bundle of k8s",       NULL, NULL, NULL, "k8s", NULL, RC_OK, "alice"},
    {"bundle, locked",      NULL, NULL, NULL, "bundle-locked", "sesame", RC_OK, "alice"},
    {"bundle, locked, none", NULL, NULL, NULL, "bundle-locked", NULL, RC_CONFIG, "SSLBUNDLE: |client.key|give SSLKEYPWD"},
    {"bundle, own pair",    "client-chain.crt", "client-inter.key", NULL, "bundle", NULL, RC_OK, "bob"},
    {"bundle, own pkcs12",  NULL, NULL, "client.p12", "bundle", "sesame", RC_OK, "bob"},
    {"bundle, no key", NULL, NULL, NULL, "bundle-no-key", NULL, RC_CONFIG, "SSLBUNDLE: |client.crt|has no client.key or tls.key|SSLKEY"},
    {"bundle is empty",     NULL, NULL, NULL, "nothing", NULL, RC_CONFIG, "SSLBUNDLE: |holds none of ca.crt, client.crt and client.key"},
    {"bundle is a file",    NULL, NULL, NULL, "ca.crt", NULL, RC_CONFIG, "SSLBUNDLE: |is a file"},
    {"bundle is missing",   NULL, NULL, NULL, "no-such", NULL, RC_CONFIG, "SSLBUNDLE: |No such file"},
    {"mismatch",            "client.crt", "client-inter.key", NULL, NULL, NULL, RC_CONFIG, "SSLKEY: |does not belong to the certificate|CN=alice|client-inter.key|client.crt"},
    {"wrong order",         "client-wrong-order.crt", "client-inter.key", NULL, NULL, NULL, RC_CONFIG, "belongs to certificate number 2|own certificate first"},
    {"no key",              "client.crt", NULL, NULL, NULL, NULL, RC_CONFIG, "SSLCERT: |no private key|SSLKEY"},
    {"no cert",             NULL, "client.key", NULL, NULL, NULL, RC_CONFIG, "SSLKEY names the key|SSLCERT"},
    {"exchanged, cert",     "client.key", "client.crt", NULL, NULL, NULL, RC_CONFIG, "SSLCERT: |client.key|holds no certificate: it holds a private key|exchanged"},
    {"exchanged, key",      "client.crt", "ca.crt", NULL, NULL, NULL, RC_CONFIG, "SSLKEY: |ca.crt|holds no private key: it holds a certificate"},
    {"cert missing",        "no.crt", "client.key", NULL, NULL, NULL, RC_CONFIG, "SSLCERT: |no.crt|does not exist"},
    {"key missing",         "client.crt", "no.key", NULL, NULL, NULL, RC_CONFIG, "SSLKEY: |no.key|does not exist"},
    {"cert is folder",      "bundle", "client.key", NULL, NULL, NULL, RC_CONFIG, "SSLCERT: |is a folder"},
    {"cert empty",          "void.pem", "client.key", NULL, NULL, NULL, RC_CONFIG, "SSLCERT: |is empty"},
    {"cert is text",        "text.pem", "client.key", NULL, NULL, NULL, RC_CONFIG, "SSLCERT: |no line \"-----BEGIN"},
    {"cert is der",         "client.der", "client.key", NULL, NULL, NULL, RC_CONFIG, "DER form|openssl x509 -inform DER"},
    {"key is der",          "client.crt", "client-key.der", NULL, NULL, NULL, RC_CONFIG, "private key in DER form|openssl pkey -inform DER"},
    {"cert is pkcs12",      "client.p12", "client.key", NULL, NULL, NULL, RC_CONFIG, "is a PKCS#12 file. Name it in SSLPKCS12"},
    {"cert is request",     "request.pem", "client.key", NULL, NULL, NULL, RC_CONFIG, "certificate request"},
    {"cert is damaged",     "broken.pem", "client.key", NULL, NULL, NULL, RC_CONFIG, "SSLCERT: |its PEM text is damaged"},
    {"cert is no cert",     "notder.pem", "client.key", NULL, NULL, NULL, RC_CONFIG, "SSLCERT: |certificate number 1|is damaged"},
    {"cert is a device",    "/dev/null", "client.key", NULL, NULL, NULL, RC_CONFIG, "not an ordinary file"},
    {"weak",                "client-weak.crt", "client-weak.key", NULL, NULL, NULL, RC_CONFIG, "the client certificate cannot be used|2048"},
};
/* clang-format on */

static const char *path_or_null(const char *file)
{
    if (!file || *file == '/')
        return file;
    return pki_path(file);
}

START_TEST(client_certificates)
{
    const struct pair *r = &pairs[_i];
    struct tlsd d;
    struct attempt a;
    struct tls_opts o = {.mode = TLS_VERIFY_CA, .key_password = r->password};
    o.cert = path_or_null(r->cert);
    o.key = path_or_null(r->key);
    o.pkcs12 = path_or_null(r->pkcs12);
    o.bundle = path_or_null(r->bundle);
    o.ca = r->bundle ? NULL : pki_path("ca.crt");
    tlsd_up(&d, &(struct tlsd_opts){.cert = "good", .client_ca = "ca", .demand = true});
    tlsd_connect(&d, &o, "localhost", &a);
    ck_assert_msg(a.rc == r->rc, "%s: rc %d: %s", r->name, a.rc, a.f.text);
    if (!a.rc)
        ck_assert_msg(tlsd_ping(a.s, 10, &a.f) == RC_OK, "%s: %s", r->name, a.f.text);
    if (r->password && *r->password)
        ck_assert_msg(!strstr(a.f.text, r->password) || strlen(r->password) < 3,
                      "%s: shows the secret: %s", r->name, a.f.text);
    tlsd_hangup(&d, &a);
    has_words(r->name, a.rc ? a.f.text : d.client, r->words);
    tlsd_down(&d);
}
END_TEST

/* ---- trust files ---- */

static const struct {
    const char *name, *ca, *capath, *crl, *crlpath, *words;
} trusts[] = {
    {"ca missing", "no.crt", NULL, NULL, NULL, "SSLCA: |no.crt|does not exist"},
    {"ca is a key", "ca.key", NULL, NULL, NULL,
     "SSLCA: |holds no certificate: it holds a private key"},
    {"ca is a folder", "bundle", NULL, NULL, NULL, "SSLCA: |is a folder|SSLCAPATH"},
    {"ca is a list", "ca.crl", NULL, NULL, NULL,
     "SSLCA: |revocation list, which belongs into SSLCRL"},
    {"ca empty", "void.pem", NULL, NULL, NULL, "SSLCA: |is empty"},
    {"ca damaged", "broken.pem", NULL, NULL, NULL, "SSLCA: |damaged"},
    {"capath missing", NULL, "no-such", NULL, NULL, "SSLCAPATH: |No such file"},
    {"capath is a file", NULL, "ca.crt", NULL, NULL,
     "SSLCAPATH: |is a file, not a folder; name a file in SSLCA"},
    {"capath not hashed", NULL, "bundle", NULL, NULL, "SSLCAPATH: |openssl rehash"},
    {"crl missing", "ca.crt", NULL, "no.crl", NULL, "SSLCRL: |does not exist"},
    {"crl is a certificate", "ca.crt", NULL, "ca.crt", NULL,
     "SSLCRL: |holds no revocation list (CRL): it holds a certificate"},
    {"crlpath not hashed", "ca.crt", NULL, NULL, "bundle",
     "SSLCRLPATH: |0a1b2c3d.r0|openssl rehash"},
};

/* In every mode: what the DSN names must be right, even where nothing is verified. */
START_TEST(trust_files)
{
    for (int mode = TLS_VERIFY_IDENTITY; mode <= TLS_PREFERRED; mode++) {
        struct tls_context *c = NULL;
        struct fault f = {0};
        struct tls_opts o = {.mode = (enum tls_mode)mode};
        o.ca = path_or_null(trusts[_i].ca);
        o.capath = path_or_null(trusts[_i].capath);
        o.crl = path_or_null(trusts[_i].crl);
        o.crlpath = path_or_null(trusts[_i].crlpath);
        int rc = tls_context_get(&o, &c, &f);
        ck_assert_msg(rc == RC_CONFIG && f.rc == rc, "%s, mode %d: rc %d %s", trusts[_i].name, mode,
                      rc, f.text);
        has_words(trusts[_i].name, f.text, trusts[_i].words);
    }
}
END_TEST

START_TEST(hashed_folders)
{
    char name[64];
    struct tlsd d;
    struct attempt a;
    static const char *const certs[] = {"good", "revoked", "other"};
    static const char *const words[] = {
        "", "has been revoked|SSLCAPATH=|SSLCRLPATH=", "not trusted: \"CN=Other CA"};
    make_folder("hashed");
    (void)snprintf(name, sizeof name, "hashed/%08lx.0", X509_subject_name_hash(pki_cert("ca")));
    copy_to(name, "ca.crt");
    (void)snprintf(name, sizeof name, "hashed/%08lx.r0", X509_subject_name_hash(pki_cert("ca")));
    copy_to(name, "ca.crl");
    for (int i = 0; i < ROWS(certs); i++) {
        tlsd_up(&d, &(struct tlsd_opts){.cert = certs[i]});
        struct tls_opts o = {
            .mode = TLS_VERIFY_CA, .capath = pki_path("hashed"), .crlpath = pki_path("hashed")};
        tlsd_connect(&d, &o, "localhost", &a);
        ck_assert_msg(a.rc == (i ? RC_TLS : RC_OK), "%s: %s", certs[i], a.f.text);
        has_words(certs[i], a.f.text, words[i]);
        tlsd_hangup(&d, &a);
        tlsd_down(&d);
    }
}
END_TEST

static void overwrite(const char *file, const char *with)
{
    size_t n = 0;
    char *p = pki_read(with, &n);
    FILE *f = fopen(pki_path(file), "w");
    ck_assert(f && fwrite(p, 1, n, f) == n && fclose(f) == 0);
    free(p);
}

/* A list that is overwritten where it lies counts at the next connection, and what was resumable no
 * longer is. */
START_TEST(overwritten_list)
{
    char name[64];
    struct tlsd d;
    struct attempt a;
    make_folder("lists");
    (void)snprintf(name, sizeof name, "lists/%08lx.r0", X509_subject_name_hash(pki_cert("ca")));
    pki_crl("nobody.crl", "ca", NULL, 30);
    copy_to(name, "nobody.crl");
    struct tls_opts o = {
        .mode = TLS_VERIFY_CA, .ca = pki_path("ca.crt"), .crlpath = pki_path("lists")};
    tlsd_up(&d, &(struct tlsd_opts){.cert = "revoked"});
    for (int i = 0; i < 3; i++) {
        if (i == 2)
            overwrite(name, "ca.crl");
        tlsd_connect(&d, &o, "localhost", &a);
        ck_assert_msg(a.rc == (i < 2 ? RC_OK : RC_TLS), "visit %d: %s", i, a.f.text);
        if (i < 2)
            ck_assert_int_eq(tlsd_ping(a.s, 10, &a.f), RC_OK);
        has_words("overwritten", a.f.text, i < 2 ? "" : "has been revoked");
        tlsd_hangup(&d, &a);
    }
    tlsd_down(&d);
}
END_TEST

/* Ciphers without certificates prove nobody, and nothing would be verified. */
static const enum tls_mode anonymous_modes[] = {TLS_PREFERRED, TLS_REQUIRED, TLS_VERIFY_CA,
                                                TLS_VERIFY_IDENTITY};

START_TEST(anonymous)
{
    static const char ciphers[] = "AECDH-AES256-SHA:@SECLEVEL=0";
    struct tlsd d;
    struct attempt a;
    struct tls_opts o = {.mode = anonymous_modes[_i], .versions = TLS_V12, .ciphers = ciphers};
    o.ca = pki_path("ca.crt");
    tlsd_up(&d, &(struct tlsd_opts){.cert = "good", .version = TLS1_2_VERSION, .ciphers = ciphers});
    tlsd_connect(&d, &o, "localhost", &a);
    ck_assert_int_eq(a.rc, RC_TLS);
    has_words("anonymous", a.f.text, "gave no certificate|aNULL");
    tlsd_hangup(&d, &a);
    tlsd_down(&d);
}
END_TEST

/* ---- what servers say ---- */

static const struct {
    const char *name, *cert;
    int version;
    const char *words;
} verdicts[] = {
    {"none, 1.2", NULL, TLS1_2_VERSION,
     "the server demands a client certificate|DSN names none|SSLCERT"},
    {"none, 1.3", NULL, TLS1_3_VERSION,
     "the server demands a client certificate|DSN names none|SSLCERT"},
    {"other ca, 1.2", "client-other", TLS1_2_VERSION,
     "unknown ca|does not trust the authority|CN=mallory|issuer \"CN=Other CA"},
    {"other ca, 1.3", "client-other", TLS1_3_VERSION,
     "unknown ca|does not trust the authority|CN=mallory|issuer \"CN=Other CA"},
    {"expired, 1.2", "client-old", TLS1_2_VERSION, "certificate expired|CN=oldalice|(expired)"},
    {"expired, 1.3", "client-old", TLS1_3_VERSION, "certificate expired|CN=oldalice|(expired)"},
};

/* Under TLS 1.3 the verdict comes after our handshake; whether the first write or the first read
 * meets it, it is told. */
START_TEST(server_verdicts)
{
    struct tlsd d;
    struct attempt a;
    char file[64], key[64];
    struct tls_opts o = {.mode = TLS_VERIFY_CA, .ca = pki_path("ca.crt")};
    if (verdicts[_i].cert) {
        (void)snprintf(file, sizeof file, "%s.crt", verdicts[_i].cert);
        (void)snprintf(key, sizeof key, "%s.key", verdicts[_i].cert);
        o.cert = pki_path(file);
        o.key = pki_path(key);
    }
    tlsd_up(&d, &(struct tlsd_opts){.cert = "good",
                                    .client_ca = "ca",
                                    .demand = true,
                                    .version = verdicts[_i].version});
    for (int gone_first = 0; gone_first < 2; gone_first++) {
        tlsd_connect(&d, &o, "localhost", &a);
        if (verdicts[_i].version == TLS1_2_VERSION)
            ck_assert_msg(a.rc == RC_TLS, "%s: rc %d", verdicts[_i].name, a.rc);
        if (gone_first)
            tlsd_wait(&d); /* the server has closed: the write fails, and the reason is found all
                              the same */
        if (!a.rc)
            a.rc = tlsd_ping(a.s, 10, &a.f);
        ck_assert_msg(a.rc == RC_TLS, "%s: rc %d: %s", verdicts[_i].name, a.rc, a.f.text);
        has_words(verdicts[_i].name, a.f.text, verdicts[_i].words);
        tlsd_hangup(&d, &a);
    }
    tlsd_down(&d);
}
END_TEST

/* ---- without memory ---- */

/* Each allocation fails once: nothing crashes or leaks, the code and the fault agree, and a
 * certificate that must be refused is refused also when there is no memory for the words. */
START_TEST(no_memory)
{
    struct tlsd d;
    bool refuse = _i == 1;
    const char *ca = pki_path(refuse ? "otherca.crt" : "ca.crt"),
               *chain = pki_path("client-chain.crt");
    const char *key = pki_path("client-inter.key"), *bundle = pki_path("bundle");
    tlsd_up(&d, &(struct tlsd_opts){.cert = "good", .client_ca = "ca"});
    for (size_t n = 1;; n++) {
        char list[200] = "";
        struct tls_context *c = NULL;
        struct tls_info info;
        struct fault f = {0};
        struct stream *s = tlsd_dial(&d);
        memset(list, ':', n % 150); /* other options in each round: a context is built anew */
        memcpy(list + n % 150, "TLS_AES_256_GCM_SHA384", 23);
        struct tls_opts o = {
            .mode = TLS_VERIFY_CA, .ca = ca, .cert = chain, .key = key, .bundle = bundle};
        o.ciphersuites = list;
        if (!torture_begin(n)) {
            stream_close(s);
            break;
        }
        int rc = tls_context_get(&o, &c, &f);
        if (!rc)
            rc = tls_wrap(&s, c, "localhost", 3306, deadline_in(30000), &info, &f);
        (void)torture_end();
        tls_context_put(c);
        stream_close(s);
        ck_assert_msg(rc == f.rc, "allocation %zu: rc %d, fault %d %s", n, rc, f.rc, f.text);
        ck_assert_msg(!refuse || rc, "allocation %zu: let in", n);
        ck_assert_uint_lt(n, 1000);
    }
    tlsd_wait(&d);
    tlsd_down(&d);
}
END_TEST

Suite *check_tls_client(void);
Suite *check_tls_client(void)
{
    Suite *s = suite_create("tls_client");
    TCase *t = tcase_create("all");
    tcase_set_timeout(t, 60);
    tcase_add_unchecked_fixture(t, files_up, pki_down);
    tcase_add_loop_test(t, client_certificates, 0, ROWS(pairs));
    tcase_add_loop_test(t, trust_files, 0, ROWS(trusts));
    tcase_add_test(t, hashed_folders);
    tcase_add_test(t, overwritten_list);
    tcase_add_loop_test(t, anonymous, 0, ROWS(anonymous_modes));
    tcase_add_loop_test(t, no_memory, 0, 2);
    tcase_add_loop_test(t, server_verdicts, 0, ROWS(verdicts));
    suite_add_tcase(s, t);
    return s;
}
