/* test_tls.c - the TLS matrix: every mode with every CA setting, server certificate and client
 * certificate, through SQLDriverConnect, against both servers; and what a refusal says.
 *
 * expect() states the outcome by rules that are independent of the driver; each combination is one
 * assertion, and all that differ are told.  The user is needs_subject: no password, REQUIRE SUBJECT
 * '/CN=client-good', so that who gets in proved the right certificate. */
#include <check.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sql.h>
#include <sqlext.h>

#include "lib/attempt.h"
#include "integration/suite.h"

static SQLHENV env;
static char pki[SERVER_TEXT];

/* ---- the matrix ---- */

enum mode { DISABLED, PREFERRED, REQUIRED, VERIFY_CA, VERIFY_IDENTITY, MODES };
static const char *const mode_names[MODES] = {"DISABLED", "PREFERRED", "REQUIRED", "VERIFY_CA",
                                              "VERIFY_IDENTITY"};

enum ca { CA_RIGHT, CA_WRONG, CA_SYSTEM, CA_MISSING, CA_KEY, CAS };
static const struct {
    const char *name, *file;
} ca_rows[CAS] = {{"right CA", "ca.crt"},
                  {"wrong CA", "other-ca.crt"},
                  {"system store", NULL},
                  {"missing CA file", "nowhere.crt"},
                  {"a key as CA", "ca.key"}};

/* What a verifying client finds wrong with a server's certificate when ca.crt is trusted. */
struct server_row {
    const char *cert;
    const char *chain_words; /* VERIFY_CA refuses, saying one of these (a|b); NULL: chain is fine */
    const char *name_words;  /* VERIFY_IDENTITY refuses for the name */
    bool other_ca;           /* is of the CA that CA_WRONG trusts */
    const char *crl;         /* SSLCRL to use */
};
static const struct server_row server_rows[] = {
    {"server-good", NULL, NULL, false, NULL},
    {"server-wrong-host", NULL, "db.example.com", false, NULL},
    {"server-expired", "expired", NULL, false, NULL},
    {"server-revoked", "revoked", NULL, false, "all.crl"},
    {"server-other-ca", "issuer|authority|CA", NULL, true, NULL},
    {"server-self-signed", "self-signed|self signed", NULL, false, NULL},
    {"server-sha1", "SHA-1|SHA1|weak", NULL, false, NULL},
    {"server-rsa1024", "1024|weak|short|small", NULL, false, NULL},
};
enum { SERVERS = sizeof server_rows / sizeof server_rows[0] };

enum client_fate { CLIENT_IN, CLIENT_DENIED, CLIENT_ALERT, CLIENT_LOCAL };
static const struct {
    const char *name;
    const char *keys; /* %s: the PKI folder, up to three times */
    enum client_fate fate;
    const char *words; /* of the refusal */
} client_rows[] = {
    {"no client certificate", "", CLIENT_DENIED, "denied"},
    {"good", "SSLCERT=%s/client-good.crt;SSLKEY=%s/client-good.key;", CLIENT_IN, NULL},
    {"wrong subject", "SSLCERT=%s/client-wrong-subject.crt;SSLKEY=%s/client-wrong-subject.key;",
     CLIENT_DENIED, "denied"},
    {"expired", "SSLCERT=%s/client-expired.crt;SSLKEY=%s/client-expired.key;", CLIENT_ALERT,
     "certificate"},
    {"revoked", "SSLCERT=%s/client-revoked.crt;SSLKEY=%s/client-revoked.key;", CLIENT_ALERT,
     "certificate"},
    {"other CA", "SSLCERT=%s/client-other-ca.crt;SSLKEY=%s/client-other-ca.key;", CLIENT_ALERT,
     "certificate"},
    {"wrong key", "SSLCERT=%s/client-wrong-key.crt;SSLKEY=%s/client-wrong-key.key;", CLIENT_LOCAL,
     "SSLKEY"},
    {"encrypted, right pass phrase",
     "SSLCERT=%s/client-encrypted.crt;SSLKEY=%s/client-encrypted.key;SSLKEYPWD={correct horse; "
     "battery}}};",
     CLIENT_IN, NULL},
    {"encrypted, wrong pass phrase",
     "SSLCERT=%s/client-encrypted.crt;SSLKEY=%s/client-encrypted.key;SSLKEYPWD=tr0ub4dor;",
     CLIENT_LOCAL, "SSLKEYPWD"},
    {"encrypted, no pass phrase", "SSLCERT=%s/client-encrypted.crt;SSLKEY=%s/client-encrypted.key;",
     CLIENT_LOCAL, "SSLKEYPWD"},
    {"PKCS#12", "SSLPKCS12=%s/client-good.p12;SSLKEYPWD={correct horse; battery}}};", CLIENT_IN,
     NULL},
    {"bundle", "SSLBUNDLE=%s/bundle;", CLIENT_IN, NULL},
};
enum { CLIENTS = sizeof client_rows / sizeof client_rows[0], BUNDLE = CLIENTS - 1 };

struct expectation {
    const char *state; /* NULL: gets in */
    const char *words; /* alternatives by '|'; NULL: any */
};

/* What the server certificate's row says under this CA, or NULL if it is accepted. */
static const char *server_refusal(enum mode mode, enum ca ca, const struct server_row *s,
                                  bool bundle)
{
    bool right = ca == CA_RIGHT || ca == CA_SYSTEM, wrong = ca == CA_WRONG;
    (void)bundle; /* the bundle's CA is the right one; a CA given by SSLCA wins over it */
    if (mode < VERIFY_CA)
        return NULL;
    if (wrong && !s->other_ca)
        return "issuer|authority|CA|self-signed|weak|SHA-1|1024|expired|revo";
    if (right && s->chain_words)
        return s->chain_words;
    return mode == VERIFY_IDENTITY ? s->name_words : NULL;
}

static struct expectation expect(enum mode mode, enum ca ca, const struct server_row *s, int client)
{
    if (mode == DISABLED)
        return (struct expectation){"28000", "denied"};
    if (ca == CA_MISSING)
        return (struct expectation){"08001", "nowhere.crt|SSLKEY"};
    if (ca == CA_KEY)
        return (struct expectation){"08001", "ca.key|SSLKEY"};
    if (client_rows[client].fate == CLIENT_LOCAL)
        return (struct expectation){"08001", client_rows[client].words};
    const char *refusal = server_refusal(mode, ca, s, client == BUNDLE);
    if (refusal)
        return (struct expectation){"08001", refusal};
    if (client_rows[client].fate == CLIENT_ALERT)
        return (struct expectation){"08001", client_rows[client].words};
    if (client_rows[client].fate == CLIENT_DENIED)
        return (struct expectation){"28000", client_rows[client].words};
    return (struct expectation){NULL, NULL};
}

static void make_connection(char *out, size_t cap, const struct server *server, enum mode mode,
                            enum ca ca, const struct server_row *s, int client)
{
    char extra[4096], file[SERVER_TEXT + 64] = "", crl[SERVER_TEXT + 64] = "", certs[2048];
    if (ca_rows[ca].file)
        snprintf(file, sizeof file, "SSLCA=%s/%s;", pki, ca_rows[ca].file);
    if (s->crl)
        snprintf(crl, sizeof crl, "SSLCRL=%s/%s;", pki, s->crl);
    fill(certs, sizeof certs, pki, client_rows[client].keys);
    snprintf(extra, sizeof extra, "SSLMODE=%s;%s%s%s", mode_names[mode], file, crl, certs);
    server_connection(server, "needs_subject", NULL, extra, out, cap);
}

/* One combination; returns 0 and tells if it is not as it should be. */
static int cell_ok(const struct server *server, enum mode mode, enum ca ca,
                   const struct server_row *s, int client)
{
    char conn[8192];
    make_connection(conn, sizeof conn, server, mode, ca, s, client);
    struct attempt a = attempt_connect(env, conn);
    struct expectation e = expect(mode, ca, s, client);
    bool ok = e.state
                  ? !a.in && strcmp(a.state, e.state) == 0 && (!e.words || says(a.text, e.words))
                  : a.in && strcmp(a.user, "needs_subject@%") == 0 &&
                        strncmp(a.version, "TLSv1.", 6) == 0;
    if (!ok)
        fprintf(stderr, "%s: %s x %s x %s x %s: expected %s (%s), got %s %s%s\n", server->kind,
                mode_names[mode], ca_rows[ca].name, s->cert, client_rows[client].name,
                e.state ? e.state : "entry", e.words ? e.words : "", a.in ? "entry as" : a.state,
                a.in ? a.user : "", a.text);
    return ok;
}

static int row_failures(const struct server *server, const struct server_row *s)
{
    int failures = 0;
    for (int mode = 0; mode < MODES; mode++)
        for (int ca = 0; ca < CAS; ca++)
            for (int client = 0; client < CLIENTS; client++)
                failures += !cell_ok(server, (enum mode)mode, (enum ca)ca, s, client);
    return failures;
}

static void matrix(const char *name, const struct server_row *s)
{
    struct server server = server_here(name);
    ck_assert_msg(server_swap_certificate(&server, s->cert), "%s does not take %s", name, s->cert);
    server = server_here(name);
    int failures = row_failures(&server, s);
    ck_assert_msg(failures == 0, "%s with %s: %d of %d combinations are wrong", name, s->cert,
                  failures, MODES * CAS * CLIENTS);
}

START_TEST(matrix_mariadb)
{
    matrix("mariadb-tls", &server_rows[_i]);
}
END_TEST

START_TEST(matrix_mysql)
{
    matrix("mysql-tls", &server_rows[_i]);
}
END_TEST

/* ---- single rules ---- */

struct rule {
    const char *server, *user, *password, *keys; /* keys: each %s is the PKI folder */
    const char *state;                           /* NULL: gets in */
    const char *words;
    bool tls; /* the connection is encrypted */
};
static const struct rule rules[] = {
    /* defaults */
    {"mariadb", "app", "app-secret", "", NULL, NULL, true},
    {"mysql", "app", "app-secret", "", NULL, NULL, true},
    {"mariadb-plain", "app", "app-secret", "", NULL, NULL, false},
    {"mariadb-plain", "app", "app-secret", "SSLMODE=PREFERRED;", NULL, NULL, false},
    {"mariadb-plain", "app", "app-secret", "SSLMODE=REQUIRED;", "08001", "does not offer|no TLS",
     false},
    {"mysql-plain", "app", "app-secret", "SSLMODE=VERIFY_CA;SSLCA=%s/ca.crt;", "08001",
     "does not offer|no TLS", false},
    {"mariadb-plain", "app", "app-secret", "SSLCA=%s/ca.crt;", "08001", "does not offer|no TLS",
     false},
    /* SSLCA without SSLMODE is VERIFY_CA */
    {"mariadb", "app", "app-secret", "SSLCA=%s/ca.crt;", NULL, NULL, true},
    {"mariadb", "app", "app-secret", "SSLCA=%s/other-ca.crt;", "08001", "issuer|authority|CA",
     true},
    {"mysql", "app", "app-secret", "SSL-CA=%s/other-ca.crt;", "08001", "issuer|authority|CA", true},
    {"mysql", "app", "app-secret", "SSL_CAPATH=%s/ca.d;", NULL, NULL, true},
    {"mariadb", "app", "app-secret", "SSLCAPATH=%s/crl.d;", "08001", "issuer|authority|CA", true},
    /* the user's own demands */
    {"mariadb", "needs_ssl", "ssl-secret", "", NULL, NULL, true},
    {"mysql", "needs_ssl", "ssl-secret", "", NULL, NULL, true},
    {"mariadb", "needs_ssl", "ssl-secret", "SSLMODE=DISABLED;", "28000", "denied", false},
    {"mysql", "needs_x509", NULL, "SSLCERT=%s/client-good.crt;SSLKEY=%s/client-good.key;", NULL,
     NULL, true},
    {"mariadb", "needs_x509", NULL,
     "SSLCERT=%s/client-wrong-subject.crt;SSLKEY=%s/client-wrong-subject.key;", NULL, NULL, true},
    {"mysql", "needs_x509", NULL, "", "28000", "denied", true},
    {"mysql", "needs_subject_chain", NULL,
     "SSLCERT=%s/client-chain.crt;SSLKEY=%s/client-chain.key;", NULL, NULL, true},
    {"mariadb", "needs_subject_chain", NULL,
     "SSLPKCS12=%s/client-chain.p12;SSLKEYPWD={correct horse; battery}}};", NULL, NULL, true},
    {"mariadb", "needs_issuer", NULL, "SSLBUNDLE=%s/bundle;", NULL, NULL, true},
    /* versions and ciphers */
    {"mariadb", "app", "app-secret",
     "TLSVERSION=TLSv1.2;SSLCIPHER=ECDHE-ECDSA-AES256-GCM-SHA384;SSLMODE=REQUIRED;", NULL, NULL,
     true},
    {"mysql", "app", "app-secret",
     "TLSVERSION=TLSv1.3;TLSCIPHERSUITES=TLS_CHACHA20_POLY1305_SHA256;", NULL, NULL, true},
    {"mariadb", "app", "app-secret", "SSLMODE=REQUIRED;SSLCIPHER=NO-SUCH-CIPHER;", "08001",
     "NO-SUCH-CIPHER", true},
    /* names, addresses, CRLs */
    {"mariadb", "app", "app-secret", "SSLMODE=VERIFY_IDENTITY;SSLCA=%s/ca.crt;", NULL, NULL, true},
    {"mysql", "app", "app-secret", "SSLMODE=VERIFY_IDENTITY;SSLBUNDLE=%s/bundle;", NULL, NULL,
     true},
    {"mysql", "app", "app-secret", "SSLCA=%s/ca.crt;SSLCRLPATH=%s/crl.d;", NULL, NULL, true},
    {"mysql", "app", "app-secret", "SSLCA=%s/ca.crt;SSLCRL=%s/other-ca.crl;", "08001",
     "CRL|revocation", true},
    {"mariadb", "app", "app-secret", "SSLCA=%s/ca.crt;SSLCRL=%s/stale.crl;", "08001",
     "CRL|revocation", true},
    {"mariadb", "app", "app-secret", "SSLCA=%s/empty.pem;", "08001", "empty.pem", true},
    {"mariadb", "app", "app-secret", "SSLCA=%s/garbage.pem;", "08001", "garbage.pem", true},
    {"mariadb", "app", "app-secret", "SSLCERT=%s/client-good.key;SSLKEY=%s/client-good.key;",
     "08001", "SSLCERT", true},
    {"mariadb", "app", "app-secret",
     "TLSPEERFP=00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff;", "08001",
     "fingerprint|TLSPEERFP", true},
};

START_TEST(single_rules)
{
    const struct rule *r = &rules[_i];
    struct server server = server_here(r->server);
    char keys[4096], conn[8192];
    fill(keys, sizeof keys, pki, r->keys);
    server_connection(&server, r->user, r->password, keys, conn, sizeof conn);
    struct attempt a = attempt_connect(env, conn);
    ck_assert_msg(a.in == !r->state, "%s %s %s: expected %s, got %s %s", r->server, r->user, keys,
                  r->state ? r->state : "entry", a.in ? "entry" : a.state, a.text);
    if (r->state) {
        ck_assert_msg(strcmp(a.state, r->state) == 0, "%s: state %s, not %s: %s", keys, a.state,
                      r->state, a.text);
        ck_assert_msg(says(a.text, r->words), "%s: should say %s: %s", keys, r->words, a.text);
    } else {
        ck_assert_msg((a.version[0] != '\0') == r->tls, "%s: TLS version '%s'", keys, a.version);
    }
}
END_TEST

/* A refusal names the certificate, its issuer and names, the reason, the CA file, the host, and a
 * way out; and the part that a client sees which shows only 512 bytes has the reason. */
START_TEST(refusal_tells_everything)
{
    struct server server = server_here("mariadb");
    char keys[1024], conn[4096];
    fill(keys, sizeof keys, pki, "SSLMODE=VERIFY_IDENTITY;SSLCA=%s/other-ca.crt;");
    server_connection(&server, "app", "app-secret", keys, conn, sizeof conn);
    struct attempt a = attempt_connect(env, conn);
    ck_assert(!a.in);
    static const char *const words[] = {"server-good", "MyWire Test CA", "127.0.0.1",
                                        "other-ca.crt", "SSLCA"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        ck_assert_msg(strstr(a.text, words[i]) != NULL, "'%s' is missing in: %s", words[i], a.text);
    ck_assert_msg(strstr(a.text, "app-secret") == NULL, "the password is in: %s", a.text);
}
END_TEST

Suite *check_tls(void);
Suite *check_tls(void)
{
    Suite *s = suite_create("tls");
    TCase *t = tcase_create("rules");
    tcase_set_timeout(t, 60);
    tcase_add_loop_test(t, single_rules, 0, sizeof rules / sizeof rules[0]);
    tcase_add_test(t, refusal_tells_everything);
    suite_add_tcase(s, t);
    TCase *m = tcase_create("matrix");
    tcase_set_timeout(m, 300);
    tcase_add_loop_test(m, matrix_mariadb, 0, SERVERS);
    tcase_add_loop_test(m, matrix_mysql, 0, SERVERS);
    suite_add_tcase(s, m);
    return s;
}

int main(void)
{
    char store[SERVER_TEXT];
    snprintf(pki, sizeof pki, "%s", getenv("MYWIRE_PKI") ? getenv("MYWIRE_PKI") : "");
    setenv("SSL_CERT_FILE", server_pki(store, "ca.crt"), 1); /* the "system store" of this test */
    setenv("SSL_CERT_DIR", "/nonexistent", 1);
    if (!SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_ENV, SQL_NULL_HANDLE, &env)))
        return EXIT_FAILURE;
    SQLSetEnvAttr(env, SQL_ATTR_ODBC_VERSION, (SQLPOINTER)SQL_OV_ODBC3_80, 0);
    SRunner *r = srunner_create(check_tls());
    srunner_run_all(r, CK_ENV);
    int status = runner_end(r);
    SQLFreeHandle(SQL_HANDLE_ENV, env);
    return status;
}
