/* check_secure.c - who gets data and password: TLS, redirects, labels that are somebody else's,
 * headers that would speak for the driver. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bulk/rig.h"

#define ROWS(a) (int)(sizeof(a) / sizeof((a)[0]))

/* ---- TLS ---- */

struct tls_row {
    const char *name;
    enum tls_mode mode;
    const char *cert; /* of the servers */
    const char *ca, *crl;
    const char *client_ca, *client; /* demanded; given */
    const char *fingerprint;
    const char *words; /* NULL: loads */
    bool clear;        /* ENABLE_CLEARTEXT_PLUGIN */
};

/* clang-format off */
static const struct tls_row tls_rows[] = {
    {"identity",       TLS_VERIFY_IDENTITY, "server-good", "ca.crt", NULL, NULL, NULL, NULL, NULL, false},
    {"ca",             TLS_VERIFY_CA, "server-good", "ca.crt", NULL, NULL, NULL, NULL, NULL, false},
    {"ca, wrong host", TLS_VERIFY_CA, "server-wrong-host", "ca.crt", NULL, NULL, NULL, NULL, NULL, false},
    {"required",       TLS_REQUIRED, "server-self-signed", NULL, NULL, NULL, NULL, NULL, NULL, true},
    {"preferred",      TLS_PREFERRED, "server-self-signed", NULL, NULL, NULL, NULL, NULL, NULL, true},
    {"disabled",       TLS_DISABLED, "server-good", NULL, NULL, NULL, NULL, NULL, NULL, true},
    {"preferred, right", TLS_PREFERRED, "server-good", "ca.crt", NULL, NULL, NULL, NULL, NULL, false},
    {"disabled, right",  TLS_DISABLED, "server-good", "ca.crt", NULL, NULL, NULL, NULL, NULL, false},
    {"not proved, 1",  TLS_REQUIRED, "server-self-signed", NULL, NULL, NULL, NULL, NULL, "ENABLE_CLEARTEXT_PLUGIN=1", false},
    {"not proved, 2",  TLS_PREFERRED, "server-self-signed", NULL, NULL, NULL, NULL, NULL, "ENABLE_CLEARTEXT_PLUGIN=1", false},
    {"not proved, 3",  TLS_DISABLED, "server-good", NULL, NULL, NULL, NULL, NULL, "ENABLE_CLEARTEXT_PLUGIN=1", false},
    {"not proved, 4",  TLS_REQUIRED, "server-wrong-host", "ca.crt", NULL, NULL, NULL, NULL, "is for another address", false},
    {"clear, but asked", TLS_VERIFY_CA, "server-self-signed", NULL, NULL, NULL, NULL, NULL, "self-signed", true},
    {"chain",          TLS_VERIFY_IDENTITY, "server-chain", "ca.crt", NULL, NULL, NULL, NULL, NULL, false},
    {"crl",            TLS_VERIFY_CA, "server-good", "ca.crt", "ca.crl", NULL, NULL, NULL, NULL, false},
    {"client",         TLS_VERIFY_IDENTITY, "server-good", "ca.crt", NULL, "ca.crt", "client-good", NULL, NULL, false},
    {"wrong host",     TLS_VERIFY_IDENTITY, "server-wrong-host", "ca.crt", NULL, NULL, NULL, NULL, "is for another address", false},
    {"wrong ca",       TLS_VERIFY_CA, "server-other-ca", "ca.crt", NULL, NULL, NULL, NULL, "not trusted", false},
    {"expired",        TLS_VERIFY_IDENTITY, "server-expired", "ca.crt", NULL, NULL, NULL, NULL, "has expired on 20", false},
    {"self",           TLS_VERIFY_CA, "server-self-signed", "ca.crt", NULL, NULL, NULL, NULL, "self-signed", false},
    {"system store",   TLS_VERIFY_CA, "server-good", NULL, NULL, NULL, NULL, NULL, "not trusted", false},
    {"revoked",        TLS_VERIFY_CA, "server-revoked", "ca.crt", "ca.crl", NULL, NULL, NULL, "revoked", false},
    {"pin",            TLS_REQUIRED, "server-good", NULL, NULL, NULL, NULL, "00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff:00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff", "TLSPEERFP", false},
    {"no client",      TLS_REQUIRED, "server-good", "ca.crt", NULL, "ca.crt", NULL, NULL, "demands a client certificate", false},
    {"wrong client",   TLS_REQUIRED, "server-good", "ca.crt", NULL, "ca.crt", "client-other-ca", NULL, "authority that issued our client certificate", false},
    {"no such file",   TLS_VERIFY_CA, "server-good", "missing.crt", NULL, NULL, NULL, NULL, "SSLCA", false},
};
/* clang-format on */

static const char *pem(const char *name, const char *ending)
{
    char file[80];
    (void)snprintf(file, sizeof file, "%s.%s", name, ending);
    return rig_pki(file);
}

START_TEST(test_tls)
{
    const struct tls_row *o = &tls_rows[_i];
    const char *options[] = {"cert",
                             pem(o->cert, "crt"),
                             "key",
                             pem(o->cert, "key"),
                             o->client_ca ? "client-ca" : NULL,
                             o->client_ca ? rig_pki(o->client_ca) : NULL,
                             NULL};
    struct rig r;
    struct text_body t;
    struct load_request q = rig_request(NULL);
    struct load_body body = text_body(&t, "1,one\n");
    struct load_result result;
    struct fault f = {0};
    struct fake_stats s;
    rig_fake(&r, true, options);
    r.o.tls = (struct tls_opts){.mode = o->mode, .fingerprint = o->fingerprint};
    r.o.allow_cleartext = o->clear;
    r.o.tls.ca = o->ca ? rig_pki(o->ca) : NULL;
    r.o.tls.crl = o->crl ? rig_pki(o->crl) : NULL;
    r.o.tls.cert = o->client ? pem(o->client, "crt") : NULL;
    r.o.tls.key = o->client ? pem(o->client, "key") : NULL;
    rig_loader(&r);
    for (int i = 0; i < (o->words ? 1 : 3); i++) { /* sessions are resumed, connections reused */
        if (i)
            load_result_clear(&result);
        q = rig_request(NULL);
        (void)body.rewind(body.ctx, NULL);
        int rc = load_run(r.loader, &q, &body, &result, &f);
        bool good = rc == RC_OK && result.outcome == LOAD_DONE;
        ck_assert_msg(good == !o->words, "%s: %d %s", o->name, rc, f.text);
    }
    ck_assert_msg(!o->words || strstr(f.text, o->words), "%s: %s", o->name, f.text);
    fake_stats_get(r.fake, &s);
    ck_assert_uint_eq(fake_rows(r.fake, "d", "t"), o->words ? 0 : 3);
    ck_assert_msg(!o->words || s.requests == 0, "%s: a request was sent", o->name);
    load_result_clear(&result);
    rig_down(&r);
}
END_TEST

/* ---- redirects ---- */

struct hop_row {
    const char *name;
    bool tls; /* of the FE */
    const char *be_tls, *host, *port;
    bool allow; /* https may go on as http */
    const char *map, *allowed;
    const char *words; /* NULL: loads */
};

/* clang-format off */
static const struct hop_row hop_rows[] = {
    {"https to http",          true,  "off", "", "0", false, NULL, NULL, "without encryption; refused"},
    {"https to http, allowed", true,  "off", "", "0", true,  NULL, NULL, NULL},
    {"http to https",          false, "on",  "", "0", false, NULL, NULL, NULL},
    {"name of the cluster",    false, "off", "be-0.cluster.invalid", "0", false, "127.0.0.1", NULL, NULL},
    {"name and port",          false, "off", "be-0.cluster.invalid", "9", false, "127.0.0.1:%u", NULL, NULL},
    {"mapped to https",        true,  "on",  "", "0", false, "https://127.0.0.1", NULL, NULL},
    {"mapped to http",         true,  "off", "", "0", false, "http://127.0.0.1", NULL, "without encryption; refused"},
    {"not allowed",            false, "off", "", "0", false, NULL, "10.0.0.1", "does not allow"},
    {"allowed",                false, "off", "", "0", false, NULL, "127.0.0.1", NULL},
};
/* clang-format on */

START_TEST(test_hop)
{
    const struct hop_row *o = &hop_rows[_i];
    char to[64] = "";
    const char *options[] = {"cert",
                             rig_pki("server-good.crt"),
                             "key",
                             rig_pki("server-good.key"),
                             "be-tls",
                             o->be_tls,
                             "location-host",
                             o->host,
                             "location-port",
                             o->port,
                             NULL};
    struct rig r;
    struct fake_stats s;
    rig_fake(&r, o->tls, options);
    r.o.tls.ca = rig_pki("ca.crt");
    r.o.tls.mode = TLS_VERIFY_IDENTITY;
    r.o.allow_plain_redirect = o->allow;
    if (o->map && strchr(o->map, '%'))
        (void)snprintf(to, sizeof to, "127.0.0.1:%u", fake_port(r.fake, FAKE_BE));
    else if (o->map)
        (void)snprintf(to, sizeof to, "%s", o->map);
    const char *map[] = {*o->host ? o->host : "127.0.0.1", to, NULL};
    const char *allowed[] = {o->allowed, NULL};
    r.o.host_map = o->map ? map : NULL;
    r.o.redirect_hosts = o->allowed ? allowed : NULL;
    rig_loader(&r);
    enum load_outcome got = rig_load(&r, NULL, "1,one\n");
    ck_assert_msg((got == LOAD_DONE) == !o->words, "%s: %d %s", o->name, got, rig_words.text);
    ck_assert_msg(!o->words || strstr(rig_words.text, o->words), "%s: %s", o->name, rig_words.text);
    fake_stats_get(r.fake, &s);
    ck_assert_uint_eq(s.rows, o->words ? 0 : 1);
    ck_assert_msg(!s.downgrades || o->allow, "%s: went on without encryption", o->name);
    rig_down(&r);
}
END_TEST

/* Once it was https, at whatever hop, no later one is without.  The first FE redirects to a second
 * one, which speaks TLS and redirects to a BE that does not. */
START_TEST(test_three_hops)
{
    const char *far_options[] = {"be-tls", "off", NULL};
    char port[16];
    struct rig r, far;
    struct fake_stats s;
    rig_fake(&far, true, far_options);
    (void)snprintf(port, sizeof port, "%u", fake_port(far.fake, FAKE_FE));
    const char *options[] = {"location-scheme", "https", "location-port", port, NULL};
    rig_fake(&r, _i == 1, options);
    r.o.tls.ca = rig_pki("ca.crt");
    r.o.tls.mode = TLS_VERIFY_IDENTITY;
    r.o.allow_plain_redirect = _i == 2;
    rig_loader(&r);
    enum load_outcome got = rig_load(&r, NULL, "1,one\n");
    ck_assert_int_eq(got, _i == 2 ? LOAD_DONE : LOAD_FAILED);
    ck_assert_msg(_i == 2 || strstr(rig_words.text, "without encryption; refused"), "%s",
                  rig_words.text);
    fake_stats_get(far.fake, &s);
    ck_assert_uint_eq(s.downgrades, _i == 2 ? 1 : 0);
    rig_down(&r);
    fake_free(far.fake);
}
END_TEST

/* ---- the error log ---- */

struct log_row {
    const char *name;
    bool witness; /* the port is that of a server that has nothing to do with the load */
    const char *fault, *host, *map, *allowed;
    bool fetched;
};

/* clang-format off */
static const struct log_row log_rows[] = {
    {"the node",               false, NULL,       "",                     NULL,        NULL,              true},
    {"a neighbour",            true,  "log_port", "",                     NULL,        NULL,              false},
    {"another path",           false, "log_path", "",                     NULL,        NULL,              false},
    {"mapped",                 false, NULL,       "be-0.cluster.invalid", "127.0.0.1", NULL,              true},
    {"mapped, allowed",        false, NULL,       "be-0.cluster.invalid", "127.0.0.1", "127.0.0.1:%u",    true},
    {"mapped, not allowed",    true,  "log_port", "be-0.cluster.invalid", "127.0.0.1", "127.0.0.1:%u",    false},
};
/* clang-format on */

/* Nobody else gets the password, or a request made at a server's bidding. */
START_TEST(test_log)
{
    const struct log_row *o = &log_rows[_i];
    struct fake *witness = fake_new();
    struct fake_stats s;
    struct rig r;
    char why[100], fault[40], allow[40];
    const char *options[] = {"location-host", o->host, NULL};
    const char *map[] = {o->host, o->map, NULL}, *allowed[] = {allow, NULL};
    ck_assert(fake_start(witness, why, sizeof why));
    rig_fake(&r, false, options);
    (void)snprintf(fault, sizeof fault, "%s:%u", o->fault ? o->fault : "",
                   fake_port(witness, FAKE_BE));
    (void)snprintf(allow, sizeof allow, "127.0.0.1:%u", fake_port(r.fake, FAKE_BE));
    r.o.host_map = o->map ? map : NULL;
    r.o.redirect_hosts = o->allowed ? allowed : NULL;
    rig_loader(&r);
    ck_assert(!o->fault || fake_fault(r.fake, fault));
    ck_assert_int_eq(rig_load(&r, NULL, "1,one\nx,two\n"), LOAD_FAILED);
    ck_assert_msg((rig_result.rejected.len > 0) == o->fetched, "%s: %zu bytes", o->name,
                  rig_result.rejected.len);
    fake_stats_get(witness, &s);
    ck_assert_msg(s.connections == 0, "%s: somebody else was asked", o->name);
    char *last = fake_request(r.fake, 0);
    ck_assert_msg(!strstr(last, "_set_config"), "%s: %s", o->name, last);
    free(last);
    rig_down(&r);
    fake_free(witness);
}
END_TEST

/* ---- labels ---- */

START_TEST(test_own_label)
{
    struct rig r;
    rig_up(&r, false);
    ck_assert_int_eq(rig_load(&r, "mine-1", "1,one\n"), LOAD_DONE);
    ck_assert_int_eq(rig_load(&r, "mine-1", "1,one\n"), LOAD_LABEL_USED);
    ck_assert(strstr(rig_words.text, "mine-1") && strstr(rig_words.text, "used before"));
    ck_assert(fake_fault(r.fake, "state_502*1")); /* the question before is lost */
    ck_assert_int_eq(rig_load(&r, "mine-1", "2,two\n"), LOAD_LABEL_USED);
    ck_assert(fake_fault(r.fake, "be_drop_after")); /* our own earlier try of one call */
    ck_assert_int_eq(rig_load(&r, "mine-2", "2,two\n"), LOAD_DONE);
    ck_assert(fake_fault(r.fake, "be_drop_before"));
    ck_assert_int_eq(rig_load(&r, "mine-3", "3,three\n"), LOAD_DONE);
    ck_assert_uint_eq(fake_rows(r.fake, "d", "t"), 3);
    rig_down(&r);
}
END_TEST

/* ---- what is refused before anything is sent ---- */

struct bad_row {
    const char *name, *header, *value, *label, *words;
    int rc;
};

/* clang-format off */
static const struct bad_row bad_rows[] = {
    {"line break", "where", "a=1\r\nAuthorization: Basic eA==", NULL, "control character (0x0d)", RC_CONFIG},
    {"name", "bad name", "x", NULL, "cannot be the name", RC_CONFIG},
    {"colon in name", "a:b", "x", NULL, "cannot be the name", RC_CONFIG},
    {"no name", "", "x", NULL, "cannot be the name", RC_CONFIG},
    {"ours", "Authorization", "Basic eA==", NULL, "set by the driver", RC_CONFIG},
    {"label", "LABEL", "x", NULL, "set by the driver", RC_CONFIG},
    {"two phases", "two_phase_commit", "true", NULL, "set by the driver", RC_CONFIG},
    {"merge commit", "enable_merge_commit", "true", NULL, "could happen twice", RC_UNSUPPORTED},
    {"group commit", "group_commit", "async_mode", NULL, "could happen twice", RC_UNSUPPORTED},
    {"timeout", "timeout", "0", NULL, "1 to 259200", RC_CONFIG},
    {"long timeout", "timeout", "259201", NULL, "1 to 259200", RC_CONFIG},
    {"no UTF-8", "where", "\xff", NULL, "not UTF-8", RC_CONFIG},
    {"bad label", NULL, NULL, "a b", "is no label", RC_CONFIG},
    {"empty label", NULL, NULL, "", "is no label", RC_CONFIG},
};
/* clang-format on */

START_TEST(test_bad)
{
    const struct bad_row *o = &bad_rows[_i];
    struct rig r;
    struct fault f = {0};
    struct load_result result;
    struct text_body t;
    struct fake_stats s;
    struct load_body body = text_body(&t, "1,one\n");
    struct load_header h = {o->header, o->value};
    struct load_request q = rig_request(o->label);
    if (o->header) {
        q.headers = &h;
        q.nheaders = 1;
    }
    rig_up(&r, false);
    int rc = load_run(r.loader, &q, &body, &result, &f);
    ck_assert_msg(rc == o->rc && strstr(f.text, o->words), "%s: %d %s", o->name, rc, f.text);
    fake_stats_get(r.fake, &s);
    ck_assert_uint_eq(s.requests, 0);
    load_result_clear(&result);
    rig_down(&r);
}
END_TEST

/* ---- names ---- */

struct name_row {
    const char *name, *database, *table, *words;
};

/* clang-format off */
static const struct name_row name_rows[] = {
    {"a header line",    "d", "t\r\nX-Evil: 1", "control character (0x0d)"},
    {"a second request", "d", "t\n\nPUT /x HTTP/1.1", "control character (0x0a)"},
    {"in the database",  "d\r\nX-Evil: 1", "t", "control character (0x0d)"},
    {"delete",           "d", "t\x7f", "control character (0x7f)"},
    {"no UTF-8",         "d\xff", "t", "not UTF-8"},
    {"one up",           "..", "t", "cannot be part of a path"},
    {"here",             "d", ".", "cannot be part of a path"},
    {"nothing",          "", "t", "no database is chosen"},
};
/* clang-format on */

/* Names stand in the path, and in headers of a transaction. */
START_TEST(test_name)
{
    const struct name_row *o = &name_rows[_i / 2];
    struct rig r;
    struct fault f = {0};
    struct text_body t;
    struct fake_stats s;
    struct load_body body = text_body(&t, "1,one\n");
    struct load_request q = rig_request(NULL);
    q.database = o->database;
    q.table = o->table;
    rig_up(&r, false);
    load_result_clear(&rig_result);
    int rc = _i % 2 ? load_begin(r.loader, &q, &f) : load_run(r.loader, &q, &body, &rig_result, &f);
    ck_assert_msg(rc == RC_CONFIG && strstr(f.text, o->words), "%s: %d %s", o->name, rc, f.text);
    fake_stats_get(r.fake, &s);
    ck_assert_uint_eq(s.requests, 0);
    rig_down(&r);
}
END_TEST

/* The same names, well behaved, arrive as they are. */
START_TEST(test_odd_name)
{
    struct rig r;
    char why[200];
    struct text_body t;
    struct load_body body = text_body(&t, "1,one\n");
    struct load_request q = rig_request(NULL);
    q.table = "a b/../\xc3\xa9?%41";
    rig_up(&r, false);
    ck_assert_msg(
        fake_table(r.fake, "d.`a b/../\xc3\xa9?%41`(id BIGINT, v STRING)", why, sizeof why), "%s",
        why);
    load_result_clear(&rig_result);
    ck_assert_int_eq(load_run(r.loader, &q, &body, &rig_result, &rig_words), RC_OK);
    ck_assert_msg(rig_result.outcome == LOAD_DONE, "%s", rig_words.text);
    ck_assert_uint_eq(fake_rows(r.fake, "d", q.table), 1);
    rig_down(&r);
}
END_TEST

struct url_row {
    const char *url, *user, *map, *words;
};

static const struct url_row url_rows[] = {
    {"fe:8030", "u", NULL, "is no URL"},
    {"ftp://fe:8030", "u", NULL, "is no URL"},
    {"http://root:hunter2@fe:8030", "u", NULL, "belong into UID and PWD"},
    {"http://root:hunter2@fe:x", "u", NULL, "is no URL"},
    {"http://fe:8030/?a=b", "u", NULL, "query"},
    {"http://fe:8030", "a:b", NULL, "colon"},
    {"http://fe:8030", "u", "a b", "is no host"},
};

START_TEST(test_url)
{
    const struct url_row *o = &url_rows[_i];
    const char *map[] = {"x", o->map, NULL};
    struct load_opts opts = {.urls = &o->url,
                             .nurls = 1,
                             .user = o->user,
                             .password = "hunter2",
                             .host_map = o->map ? map : NULL};
    struct loader *l = NULL;
    struct fault f = {0};
    ck_assert_int_eq(loader_new(&opts, &l, &f), RC_CONFIG);
    ck_assert_msg(strstr(f.text, o->words), "%s: %s", o->url, f.text);
    ck_assert_msg(!strstr(f.text, "hunter2"), "%s", f.text);
}
END_TEST

Suite *check_secure(void);
Suite *check_secure(void)
{
    Suite *s = suite_create("secure");
    TCase *t = tcase_create("secure");
    tcase_set_timeout(t, 60);
    tcase_add_loop_test(t, test_tls, 0, ROWS(tls_rows));
    tcase_add_loop_test(t, test_hop, 0, ROWS(hop_rows));
    tcase_add_loop_test(t, test_three_hops, 0, 3); /* http, https; allowed */
    tcase_add_loop_test(t, test_log, 0, ROWS(log_rows));
    tcase_add_test(t, test_own_label);
    tcase_add_loop_test(t, test_bad, 0, ROWS(bad_rows));
    tcase_add_loop_test(t, test_name, 0, 2 * ROWS(name_rows));
    tcase_add_test(t, test_odd_name);
    tcase_add_loop_test(t, test_url, 0, ROWS(url_rows));
    suite_add_tcase(s, t);
    return s;
}
