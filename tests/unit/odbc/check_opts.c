/* check_opts.c - what the keys of a DSN become for the wire. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net/tls_parts.h"
#include "odbc/command/opts.h"
#include "torture.h"
#include "wire/session_parts.h"

Suite *check_opts(void);

static struct dsn dsn;
static struct opts opts;

static int make(const char *keys, struct fault *f)
{
    int rc = dsn_init(&dsn, f);
    if (!rc)
        rc = dsn_parse(&dsn, keys, strlen(keys), DSN_FROM_STRING, f);
    if (!rc)
        rc = dsn_finish(&dsn, f);
    return rc ? rc : opts_make(&opts, &dsn, f);
}

static void drop(void)
{
    opts_clear(&opts);
    dsn_clear(&dsn);
}

static const struct {
    const char *keys;
    enum tls_mode mode;
    unsigned versions;
} tls_rows[] = {
    {"", TLS_PREFERRED, TLS_V12 | TLS_V13},
    {"SSLMODE=DISABLED", TLS_DISABLED, TLS_V12 | TLS_V13},
    {"SSLMODE=PREFERRED", TLS_PREFERRED, TLS_V12 | TLS_V13},
    {"SSLMODE=REQUIRED", TLS_REQUIRED, TLS_V12 | TLS_V13},
    {"SSLMODE=VERIFY_CA", TLS_VERIFY_CA, TLS_V12 | TLS_V13},
    {"SSLMODE=VERIFY_IDENTITY", TLS_VERIFY_IDENTITY, TLS_V12 | TLS_V13},
    {"SSLCA=/x", TLS_VERIFY_CA, TLS_V12 | TLS_V13},
    {"TLSVERSION=TLSv1.2", TLS_PREFERRED, TLS_V12},
    {"TLSVERSION=TLSv1.3", TLS_PREFERRED, TLS_V13},
    {"NO_TLS_1_2=1", TLS_PREFERRED, TLS_V13},
};

START_TEST(tls)
{
    struct fault f = {0};
    ck_assert_msg(make(tls_rows[_i].keys, &f) == RC_OK, "%s: %s", tls_rows[_i].keys, f.text);
    ck_assert_msg(opts.wire.tls.mode == tls_rows[_i].mode, "%s: mode %d", tls_rows[_i].keys,
                  (int)opts.wire.tls.mode);
    ck_assert_msg(opts.wire.tls.versions == tls_rows[_i].versions, "%s: %u", tls_rows[_i].keys,
                  opts.wire.tls.versions);
    drop();
}
END_TEST

/* The digest of the TLS options that the keys give, and of the copy that a login keeps of them. */
static void digest_of(const char *keys, unsigned char out[SHA256_BYTES])
{
    struct fault f = {0};
    struct session_login kept = {0};
    unsigned char again[SHA256_BYTES];
    ck_assert_msg(make(keys, &f) == RC_OK, "%s: %s", keys, f.text);
    ck_assert_int_eq(login_keep(&kept, &opts.wire, "h", 1, &f), RC_OK);
    ck_assert_int_eq(tls_options_digest(&opts.wire.tls, out, &f), RC_OK);
    drop(); /* what was not copied is gone now */
    ck_assert_int_eq(tls_options_digest(&kept.o.tls, again, &f), RC_OK);
    ck_assert_msg(memcmp(out, again, SHA256_BYTES) == 0, "%s: the kept login differs", keys);
    login_clear(&kept);
}

static bool is_about_tls(const struct dsn_row *r)
{
    static const char *const others[] = {"SSLZEROCONFIG" /* may_prove_later, at the login */,
                                         "TLSPEERFPLIST" /* goes into TLSPEERFP */,
                                         "SSLVERIFY" /* 0 asks for nothing */};
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        if (!strcmp(r->key, others[i]))
            return false;
    return r->effect == DSN_STRICT &&
           (!strncmp(r->key, "SSL", 3) || !strncmp(r->key, "TLS", 3) ||
            !strncmp(r->key, "NO_TLS", 6) || !strcmp(r->key, "FORCETLS"));
}

static const char *value_of(const struct dsn_row *r)
{
    if (!strcmp(r->key, "TLSPEERFP"))
        return "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
    return r->kind == DSN_BOOL ? "1" : r->words ? r->words[1].word : "/value of it";
}

/* No two connections share a context that differ in any key of TLS. */
START_TEST(every_tls_key_tells_contexts_apart)
{
    char keys[256];
    unsigned char digests[DSN_KEYS + 2][SHA256_BYTES];
    size_t n = 2;
    digest_of("", digests[0]);
    digest_of("SSLMODE=VERIFY_IDENTITY", digests[1]);
    for (int key = 0; key < DSN_KEYS; key++) {
        const struct dsn_row *r = dsn_row((enum dsn_key)key);
        if (!is_about_tls(r))
            continue;
        snprintf(keys, sizeof(keys), "%s%s=%s",
                 r->kind == DSN_CHOICE ? "" : "SSLMODE=VERIFY_IDENTITY;", r->key, value_of(r));
        if (!strcmp(r->key, "FORCETLS"))
            snprintf(keys, sizeof(keys), "FORCETLS=1");
        digest_of(keys, digests[n]);
        bool is_other = r->kind != DSN_BOOL && r->kind != DSN_FLAGS; /* else two may say the same */
        for (size_t i = 0; i < (is_other ? n : 2); i++)
            ck_assert_msg(memcmp(digests[i], digests[n], SHA256_BYTES) != 0, "%s: nothing", keys);
        n++;
    }
    ck_assert_uint_ge(n, 16);
}
END_TEST

/* Texts that go through as they are. */
static const struct {
    const char *key;
    size_t offset;
} text_rows[] = {
    {"UID", offsetof(struct session_opts, user)},
    {"PWD", offsetof(struct session_opts, password[0])},
    {"PWD1", offsetof(struct session_opts, password[0])},
    {"PWD2", offsetof(struct session_opts, password[1])},
    {"PWD3", offsetof(struct session_opts, password[2])},
    {"DATABASE", offsetof(struct session_opts, database)},
    {"SOCKET", offsetof(struct session_opts, socket)},
    {"DEFAULT_AUTH", offsetof(struct session_opts, default_auth)},
    {"RSAKEY", offsetof(struct session_opts, rsa_key_file)},
    {"TOKEN", offsetof(struct session_opts, openid_token)},
    {"LOAD_DATA_LOCAL_DIR", offsetof(struct session_opts, local_infile_dir)},
    {"SSLCA", offsetof(struct session_opts, tls.ca)},
    {"SSLCAPATH", offsetof(struct session_opts, tls.capath)},
    {"SSLCRL", offsetof(struct session_opts, tls.crl)},
    {"SSLCRLPATH", offsetof(struct session_opts, tls.crlpath)},
    {"SSLBUNDLE", offsetof(struct session_opts, tls.bundle)},
    {"SSLPKCS12", offsetof(struct session_opts, tls.pkcs12)},
    {"SSLKEYPWD", offsetof(struct session_opts, tls.key_password)},
    {"SSLCIPHER", offsetof(struct session_opts, tls.ciphers)},
    {"TLSCIPHERSUITES", offsetof(struct session_opts, tls.ciphersuites)},
};

START_TEST(texts)
{
    char keys[128];
    struct fault f = {0};
    snprintf(keys, sizeof(keys), "%s=value of it", text_rows[_i].key);
    ck_assert_msg(make(keys, &f) == RC_OK, "%s: %s", keys, f.text);
    const char *got = *(const char **)(void *)((unsigned char *)&opts.wire + text_rows[_i].offset);
    ck_assert_msg(got && !strcmp(got, "value of it"), "%s: %s", text_rows[_i].key,
                  got ? got : "NULL");
    drop();
}
END_TEST

static const struct {
    const char *key;
    size_t offset;
} bool_rows[] = {
    {"FOUND_ROWS", offsetof(struct session_opts, found_rows)},
    {"MULTI_STATEMENTS", offsetof(struct session_opts, multi_statements)},
    {"INTERACTIVE", offsetof(struct session_opts, interactive)},
    {"IGNORE_SPACE", offsetof(struct session_opts, ignore_space)},
    {"CAN_HANDLE_EXP_PWD", offsetof(struct session_opts, can_handle_expired_password)},
    {"ENABLE_CLEARTEXT_PLUGIN", offsetof(struct session_opts, allow_cleartext)},
    {"GET_SERVER_PUBLIC_KEY", offsetof(struct session_opts, get_server_public_key)},
};

START_TEST(switches)
{
    for (int on = 0; on <= 1; on++) {
        char keys[128];
        struct fault f = {0};
        snprintf(keys, sizeof(keys), "%s=%d", bool_rows[_i].key, on);
        ck_assert_msg(make(keys, &f) == RC_OK, "%s: %s", keys, f.text);
        ck_assert_msg(*(bool *)((unsigned char *)&opts.wire + bool_rows[_i].offset) == on, "%s",
                      keys);
        drop();
    }
}
END_TEST

static const struct {
    const char *keys;
    unsigned compress;
} compress_rows[] = {
    {"", COMPRESS_NONE},
    {"COMPRESSED_PROTO=1", COMPRESS_ZLIB | COMPRESS_ZSTD},
    {"COMPRESSION_ALGORITHM=ZLIB", COMPRESS_ZLIB},
    {"COMPRESSION_ALGORITHM=ZSTD", COMPRESS_ZSTD},
};

START_TEST(compression)
{
    struct fault f = {0};
    ck_assert_int_eq(make(compress_rows[_i].keys, &f), RC_OK);
    ck_assert_msg(opts.wire.compress == compress_rows[_i].compress, "%s: %u",
                  compress_rows[_i].keys, opts.wire.compress);
    drop();
}
END_TEST

START_TEST(hosts)
{
    struct fault f = {0};
    ck_assert_int_eq(make("SERVER=a:1,b,[::1]:3;PORT=9030", &f), RC_OK);
    ck_assert_uint_eq(opts.wire.nhosts, 3);
    ck_assert_str_eq(opts.wire.hosts[0].name, "a");
    ck_assert_uint_eq(opts.wire.hosts[0].port, 1);
    ck_assert_uint_eq(opts.wire.hosts[1].port, 9030);
    ck_assert_str_eq(opts.wire.hosts[2].name, "::1");
    drop();
}
END_TEST

static const char *attr(const char *key)
{
    for (size_t i = 0; i < opts.wire.nattrs; i++)
        if (!strcmp(opts.wire.attrs[i].key, key))
            return opts.wire.attrs[i].value;
    return NULL;
}

START_TEST(attributes)
{
    struct fault f = {0};
    ck_assert_int_eq(make("", &f), RC_OK);
    ck_assert_str_eq(attr("_client_name"), "MyWire");
    ck_assert_str_eq(attr("_client_version"), MYWIRE_VERSION);
    ck_assert_str_eq(attr("_os"), "Linux");
    ck_assert_ptr_nonnull(strstr(attr("program_name"), "check_odbc"));
    ck_assert_ptr_nonnull(attr("_pid"));
    drop();
    ck_assert_int_eq(make("APP=billing;ATTR={team=data,program_name=other}", &f), RC_OK);
    ck_assert_str_eq(attr("program_name"), "other");
    ck_assert_str_eq(attr("team"), "data");
    drop();
}
END_TEST

START_TEST(no_local_infile)
{
    struct fault f = {0};
    ck_assert_int_eq(make("LOAD_DATA_LOCAL_DIR=/x;NOLOCALINFILE=1", &f), RC_OK);
    ck_assert_ptr_null(opts.wire.local_infile_dir);
    drop();
}
END_TEST

START_TEST(without_memory)
{
    for (size_t n = 1; torture_begin(n); n++) {
        struct fault f = {0};
        int rc = make("SERVER=a,b;UID=u;ATTR={x=y}", &f);
        bool failed = torture_end();
        ck_assert_msg(rc == RC_OK || rc == RC_MEMORY, "allocation %zu: %d %s", n, rc, f.text);
        ck_assert_msg(failed || rc == RC_OK, "allocation %zu", n);
        drop();
    }
}
END_TEST

#define ROWS(a) (int)(sizeof(a) / sizeof((a)[0]))

Suite *check_opts(void)
{
    Suite *s = suite_create("opts");
    TCase *c = tcase_create("opts");
    tcase_add_loop_test(c, tls, 0, ROWS(tls_rows));
    tcase_add_test(c, every_tls_key_tells_contexts_apart);
    tcase_add_loop_test(c, texts, 0, ROWS(text_rows));
    tcase_add_loop_test(c, switches, 0, ROWS(bool_rows));
    tcase_add_loop_test(c, compression, 0, ROWS(compress_rows));
    tcase_add_test(c, hosts);
    tcase_add_test(c, attributes);
    tcase_add_test(c, no_local_infile);
    tcase_add_test(c, without_memory);
    suite_add_tcase(s, c);
    return s;
}
