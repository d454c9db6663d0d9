/* pki.c - see pki.h. */
#include <check.h>
#include <dirent.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "net/pki.h"

#define DAY 86400L

struct row {
    const char *name, *cn, *san, *issuer; /* issuer NULL: self-signed */
    int is_ca, rsa_bits, from_days, to_days;
    const char *md, *usage;
};

#define SAN "DNS:localhost,DNS:db.test,DNS:*.wild.test,IP:127.0.0.1,IP:::1"

/* clang-format off */
static const struct row rows[] = {
    {"ca",            "Test CA",        NULL, NULL,      1, 0, -10, 300, "SHA256", NULL},
    {"otherca",       "Other CA",       NULL, NULL,      1, 0, -10, 300, "SHA256", NULL},
    {"sameca",        "Test CA",        NULL, NULL,      1, 0, -10, 300, "SHA256", NULL},
    {"inter",         "Test Issuing CA", NULL, "ca",     1, 0, -10, 300, "SHA256", NULL},
    {"good",          "db.test",        SAN, "ca",       0, 0, -1, 90, "SHA256", "serverAuth"},
    {"good2",         "db.test",        SAN, "ca",       0, 0, -1, 90, "SHA256", "serverAuth"},
    {"wronghost",     "other.test",     "DNS:other.test,DNS:*.other.test,IP:10.9.9.9", "ca", 0, 0, -1, 90, "SHA256", NULL},
    {"expired",       "db.test",        SAN, "ca",       0, 0, -90, -1, "SHA256", NULL},
    {"future",        "db.test",        SAN, "ca",       0, 0, 20, 90, "SHA256", NULL},
    {"revoked",       "db.test",        SAN, "ca",       0, 0, -1, 90, "SHA256", NULL},
    {"other",         "db.test",        SAN, "otherca",  0, 0, -1, 90, "SHA256", NULL},
    {"self",          "localhost",      SAN, NULL,       0, 0, -1, 90, "SHA256", NULL},
    {"selfname",      "elsewhere",      NULL, NULL,      0, 0, -1, 90, "SHA256", NULL},
    {"sha1",          "db.test",        SAN, "ca",       0, 0, -1, 90, "SHA1", NULL},
    {"weak",          "db.test",        SAN, "ca",       0, 1024, -1, 90, "SHA256", NULL},
    {"viainter",      "db.test",        SAN, "inter",    0, 0, -1, 90, "SHA256", NULL},
    {"cnonly",        "localhost",      NULL, "ca",      0, 0, -1, 90, "SHA256", NULL},
    {"dnsip",         "db.test",        "DNS:db.test,DNS:127.0.0.1,DNS:::1", "ca", 0, 0, -1, 90, "SHA256", NULL},
    {"ipcn",          "127.0.0.1",      NULL, "ca",      0, 0, -1, 90, "SHA256", NULL},
    {"clientonly",    "db.test",        SAN, "ca",       0, 0, -1, 90, "SHA256", "clientAuth"},
    {"nasty",         "evil\n\x1b[2J\xff", "DNS:nasty.test", "ca", 0, 0, -1, 90, "SHA256", NULL},
    {"client",        "alice",          NULL, "ca",      0, 0, -1, 90, "SHA256", "clientAuth"},
    {"client-inter",  "bob",            NULL, "inter",   0, 0, -1, 90, "SHA256", "clientAuth"},
    {"client-other",  "mallory",        NULL, "otherca", 0, 0, -1, 90, "SHA256", NULL},
    {"client-old",    "oldalice",       NULL, "ca",      0, 0, -90, -1, "SHA256", NULL},
    {"client-weak",   "weakalice",      NULL, "ca",      0, 1024, -1, 90, "SHA256", NULL},
    {"client-rsa",    "rsaalice",       NULL, "ca",      0, 2048, -1, 90, "SHA256", NULL},
    {"manynames",     "db.test",        NULL, "ca",      0, 0, -1, 90, "SHA256", NULL}, /* names: see san_of */
};
/* clang-format on */
#define NROWS (sizeof rows / sizeof rows[0])

static struct {
    int users;
    char dir[64];
    X509 *cert[NROWS];
    EVP_PKEY *key[NROWS];
} pki;

static size_t index_of(const char *name)
{
    for (size_t i = 0; i < NROWS; i++)
        if (strcmp(rows[i].name, name) == 0)
            return i;
    ck_abort_msg("no such certificate in pki.c: %s", name);
    return 0;
}

X509 *pki_cert(const char *name)
{
    return pki.cert[index_of(name)];
}

EVP_PKEY *pki_key(const char *name)
{
    return pki.key[index_of(name)];
}

const char *pki_path(const char *file)
{
    static char out[16][256];
    static unsigned turn;
    turn = (turn + 1) % 16;
    (void)snprintf(out[turn], sizeof out[0], "%s/%s", pki.dir, file);
    return out[turn];
}

const char *pki_write(const char *file, const void *p, size_t n)
{
    const char *path = pki_path(file);
    const char *fresh = pki_path("fresh.tmp");
    FILE *f = fopen(fresh, "w");
    ck_assert_ptr_nonnull(f);
    ck_assert_uint_eq(fwrite(p, 1, n, f), n);
    ck_assert_int_eq(fclose(f), 0);
    ck_assert_int_eq(rename(fresh, path), 0);
    return path;
}

char *pki_read(const char *file, size_t *n)
{
    FILE *f = fopen(pki_path(file), "r");
    char *p = malloc(1 << 20);
    ck_assert_ptr_nonnull(f);
    *n = fread(p, 1, (1 << 20) - 1, f);
    p[*n] = 0;
    (void)fclose(f);
    return p;
}

static void write_bio(const char *file, BIO *b)
{
    char *p = NULL;
    long n = BIO_get_mem_data(b, &p);
    (void)pki_write(file, p, (size_t)n);
    BIO_free(b);
}

static void write_pair(const char *name, X509 *cert, EVP_PKEY *key)
{
    char file[80];
    BIO *c = BIO_new(BIO_s_mem()), *k = BIO_new(BIO_s_mem());
    PEM_write_bio_X509(c, cert);
    PEM_write_bio_PrivateKey(k, key, NULL, NULL, 0, NULL, NULL);
    (void)snprintf(file, sizeof file, "%s.crt", name);
    write_bio(file, c);
    (void)snprintf(file, sizeof file, "%s.key", name);
    write_bio(file, k);
}

static void add_ext(X509 *x, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX c;
    X509V3_set_ctx(&c, issuer, x, NULL, NULL, 0);
    X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, &c, nid, value);
    ck_assert_msg(e != NULL, "extension %s", value);
    X509_add_ext(x, e, -1);
    X509_EXTENSION_free(e);
}

static const char *san_of(const struct row *r)
{
    static char many[4096];
    if (strcmp(r->name, "manynames") != 0)
        return r->san;
    size_t at = 0;
    for (int i = 0; i < 100; i++)
        at += (size_t)snprintf(many + at, sizeof many - at, "%sDNS:host-%03d.example.test",
                               i ? "," : "", i);
    return many;
}

static X509 *make_cert(const struct row *r, EVP_PKEY *key, X509 *issuer, EVP_PKEY *issuer_key,
                       long serial)
{
    X509 *x = X509_new();
    if (!issuer)
        issuer = x;
    X509_set_version(x, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(x), serial);
    X509_gmtime_adj(X509_getm_notBefore(x), r->from_days * DAY);
    X509_gmtime_adj(X509_getm_notAfter(x), r->to_days * DAY);
    X509_set_pubkey(x, key);
    X509_NAME *n = X509_get_subject_name(x);
    X509_NAME_add_entry_by_txt(n, "O", MBSTRING_ASC, (const unsigned char *)"Test Bank", -1, -1, 0);
    X509_NAME_add_entry_by_txt(n, "CN", MBSTRING_ASC, (const unsigned char *)r->cn, -1, -1, 0);
    X509_set_issuer_name(x, X509_get_subject_name(issuer));
    if (r->is_ca)
        add_ext(x, issuer, NID_basic_constraints, "critical,CA:TRUE");
    add_ext(x, issuer, NID_subject_key_identifier, "hash");
    if (issuer != x)
        add_ext(x, issuer, NID_authority_key_identifier, "keyid");
    if (san_of(r))
        add_ext(x, issuer, NID_subject_alt_name, san_of(r));
    if (r->usage)
        add_ext(x, issuer, NID_ext_key_usage, r->usage);
    ck_assert_int_gt(X509_sign(x, issuer_key ? issuer_key : key, EVP_get_digestbyname(r->md)), 0);
    return x;
}

void pki_crl(const char *file, const char *by, const char *revoked, int days)
{
    X509_CRL *c = X509_CRL_new();
    ASN1_TIME *t = X509_gmtime_adj(NULL, -100 * DAY);
    X509_CRL_set_version(c, 1);
    X509_CRL_set_issuer_name(c, X509_get_subject_name(pki_cert(by)));
    X509_CRL_set1_lastUpdate(c, t);
    X509_gmtime_adj(t, days * DAY);
    X509_CRL_set1_nextUpdate(c, t);
    if (revoked) {
        X509_REVOKED *r = X509_REVOKED_new();
        X509_gmtime_adj(t, -DAY);
        X509_REVOKED_set_serialNumber(r, X509_get_serialNumber(pki_cert(revoked)));
        X509_REVOKED_set_revocationDate(r, t);
        X509_CRL_add0_revoked(c, r);
    }
    ck_assert_int_gt(X509_CRL_sign(c, pki_key(by), EVP_sha256()), 0);
    BIO *b = BIO_new(BIO_s_mem());
    PEM_write_bio_X509_CRL(b, c);
    write_bio(file, b);
    ASN1_TIME_free(t);
    X509_CRL_free(c);
}

static void write_joined(const char *out, const char *a, const char *b)
{
    size_t na, nb;
    char *pa = pki_read(a, &na), *pb = pki_read(b, &nb);
    pa = realloc(pa, na + nb);
    memcpy(pa + na, pb, nb);
    (void)pki_write(out, pa, na + nb);
    free(pa);
    free(pb);
}

static EVP_PKEY *rsa_key(int bits) /* one of each size is enough; making them takes long */
{
    static EVP_PKEY *made[2];
    int i = bits == 1024;
    if (!made[i])
        made[i] = EVP_RSA_gen((unsigned)bits);
    EVP_PKEY_up_ref(made[i]);
    return made[i];
}

void pki_up(void)
{
    if (pki.users++ > 0)
        return;
    (void)snprintf(pki.dir, sizeof pki.dir, "/tmp/mywire-pki-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(pki.dir));
    for (size_t i = 0; i < NROWS; i++) {
        const struct row *r = &rows[i];
        X509 *issuer = r->issuer ? pki_cert(r->issuer) : NULL;
        pki.key[i] = r->rsa_bits ? rsa_key(r->rsa_bits) : EVP_EC_gen("P-256");
        pki.cert[i] =
            make_cert(r, pki.key[i], issuer, r->issuer ? pki_key(r->issuer) : NULL, (long)i + 1);
        write_pair(r->name, pki.cert[i], pki.key[i]);
    }
    write_joined("chain.crt", "viainter.crt", "inter.crt");
    write_joined("client-chain.crt", "client-inter.crt", "inter.crt");
    write_joined("client-wrong-order.crt", "inter.crt", "client-inter.crt");
    write_joined("client-both.crt", "client.crt", "client.key");
    write_joined("twocas.crt", "otherca.crt", "ca.crt");
    pki_crl("ca.crl", "ca", "revoked", 30);
    pki_crl("old.crl", "ca", NULL, -1);
    pki_crl("other.crl", "otherca", NULL, 30);
    pki_crl("inter.crl", "inter", NULL, 30);
    pki_crl("ca-inter.crl", "ca", "inter", 30);
    write_joined("both.crl", "ca.crl", "inter.crl");
    write_joined("nointer.crl", "ca-inter.crl", "inter.crl");
}

static void remove_all(const char *dir)
{
    char path[512];
    DIR *d = opendir(dir);
    for (const struct dirent *e = d ? readdir(d) : NULL; e; e = readdir(d)) {
        if (e->d_name[0] == '.')
            continue;
        (void)snprintf(path, sizeof path, "%s/%s", dir, e->d_name);
        if (unlink(path) != 0)
            remove_all(path);
    }
    if (d)
        (void)closedir(d);
    (void)rmdir(dir);
}

void pki_down(void)
{
    if (--pki.users > 0)
        return;
    remove_all(pki.dir);
    for (size_t i = 0; i < NROWS; i++) {
        X509_free(pki.cert[i]);
        EVP_PKEY_free(pki.key[i]);
        pki.cert[i] = NULL;
        pki.key[i] = NULL;
    }
}
