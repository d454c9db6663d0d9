/* check_finish.c - how keys act together: TLS modes, files, hosts, pairs, logs. */
#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf/dsn.h"

static struct dsn d;
static struct fault f;
static char folder[] = "/tmp/check_finish.XXXXXX";
static char path[64];

static void setup(void)
{
    ck_assert_int_eq(dsn_init(&d, &f), RC_OK);
}

static void teardown(void)
{
    dsn_clear(&d);
}

static void make_folder(void)
{
    memcpy(folder + sizeof folder - 7, "XXXXXX", 6);
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/file", folder);
}

static void drop_folder(void)
{
    (void)unlink(path); /* not every test makes it */
    ck_assert_int_eq(rmdir(folder), 0);
}

static void write_file(const void *bytes, size_t n)
{
    FILE *out = fopen(path, "we");
    ck_assert_ptr_nonnull(out);
    ck_assert_uint_eq(fwrite(bytes, 1, n, out), n);
    ck_assert_int_eq(fclose(out), 0);
}

static void take(const char *s, enum dsn_source from)
{
    int rc = dsn_parse(&d, s, strlen(s), from, &f);
    ck_assert_msg(rc == RC_OK, "%s: %s", s, f.text);
}

/* ini: the same keys from odbc.ini.  note: words of the only note, or NULL. */
static const struct {
    const char *string, *ini, *note;
    enum tls_mode want;
} modes[] = {
    {"", "", NULL, TLS_PREFERRED},
    {"SSLMODE=DISABLED", "", NULL, TLS_DISABLED},
    {"SSLMODE=PREFERRED", "", NULL, TLS_PREFERRED},
    {"SSLMODE=REQUIRED", "", NULL, TLS_REQUIRED},
    {"SSLMODE=VERIFY_CA", "", NULL, TLS_VERIFY_CA},
    {"SSLMODE=VERIFY_IDENTITY", "", NULL, TLS_VERIFY_IDENTITY},
    {"SSLCA=/a", "", NULL, TLS_VERIFY_CA},
    {"SSLCAPATH=/a", "", NULL, TLS_VERIFY_CA},
    {"SSLBUNDLE=/a", "", NULL, TLS_VERIFY_CA},
    {"", "SSLCA=/a", NULL, TLS_VERIFY_CA},
    {"SSLCERT=/a;SSLKEY=/b", "", NULL, TLS_PREFERRED},
    {"SSLCRL=/a", "", NULL, TLS_PREFERRED},
    {"SSLCA=/a;SSLMODE=REQUIRED", "", NULL, TLS_REQUIRED},
    {"SSLCA=/a;SSLMODE=PREFERRED", "", NULL, TLS_PREFERRED},
    {"SSLCA=/a;SSLMODE=", "", NULL, TLS_VERIFY_CA},
    {"SSLMODE=", "SSLMODE=VERIFY_IDENTITY", NULL, TLS_VERIFY_IDENTITY},
    {"SSLMODE=REQUIRED", "SSLMODE=VERIFY_IDENTITY", NULL, TLS_REQUIRED},
    {"FORCETLS=1", "", NULL, TLS_REQUIRED},
    {"FORCETLS=0", "", NULL, TLS_PREFERRED},
    {"FORCETLS=1;SSLCA=/a", "", NULL, TLS_VERIFY_CA},
    {"FORCETLS=1;SSLVERIFY=0", "", NULL, TLS_REQUIRED},
    {"FORCETLS=1;SSLVERIFY=1", "", NULL, TLS_VERIFY_IDENTITY},
    {"SSLVERIFY=1", "", NULL, TLS_VERIFY_IDENTITY},
    {"SSLVERIFY=1;SSLCA=/a", "", NULL, TLS_VERIFY_IDENTITY},
    {"SSLVERIFY=0", "", NULL, TLS_PREFERRED},
    {"SSLVERIFY=0;SSLCA=/a", "", "SSLVERIFY=0 is contradicted", TLS_VERIFY_CA},
    {"SSLVERIFY=0;SSLMODE=VERIFY_IDENTITY", "", "SSLVERIFY=0 is contradicted", TLS_VERIFY_IDENTITY},
    {"SSLVERIFY=0;SSLMODE=REQUIRED", "", NULL, TLS_REQUIRED},
    {"SSLVERIFY=1;SSLMODE=VERIFY_IDENTITY", "", NULL, TLS_VERIFY_IDENTITY},
    {"SSLVERIFY=1;SSLMODE=REQUIRED", "", "SSLMODE=REQUIRED is contradicted", TLS_VERIFY_IDENTITY},
    {"FORCETLS=1;SSLMODE=DISABLED", "", "SSLMODE=DISABLED is contradicted", TLS_REQUIRED},
    {"FORCETLS=1;SSLMODE=PREFERRED", "", "SSLMODE=PREFERRED is contradicted", TLS_REQUIRED},
    {"FORCETLS=1;SSLMODE=VERIFY_CA", "", NULL, TLS_VERIFY_CA},
    {"SSLMODE=DISABLED", "FORCETLS=1;SSLVERIFY=1", NULL, TLS_DISABLED},
    {"FORCETLS=1", "SSLMODE=DISABLED", "SSLMODE=DISABLED is contradicted", TLS_REQUIRED},
    {"SSLVERIFY=0", "SSLMODE=VERIFY_CA", "SSLVERIFY=0 is contradicted", TLS_VERIFY_CA},
    {"SSLMODE=VERIFY_CA", "SSLVERIFY=0", NULL, TLS_VERIFY_CA},
#define PIN "TLSPEERFP=00112233445566778899aabbccddeeff00112233445566778899AABBCCDDEEFF"
    {PIN, "", NULL, TLS_REQUIRED},
    {PIN ";SSLMODE=VERIFY_CA", "", NULL, TLS_VERIFY_CA},
    {PIN ";SSLMODE=PREFERRED", "", "SSLMODE=PREFERRED is contradicted", TLS_REQUIRED},
    {PIN ";SSLVERIFY=1", "", NULL, TLS_REQUIRED},
    {PIN ";SSLVERIFY=1;SSLCA=/a", "", NULL, TLS_VERIFY_CA},
    {PIN ";SSLVERIFY=1;SSLMODE=VERIFY_IDENTITY", "", NULL, TLS_VERIFY_IDENTITY},
    {"SSLMODE=DISABLED", PIN, "SSLMODE=DISABLED is contradicted", TLS_REQUIRED},
};

START_TEST(ssl_mode)
{
    take(modes[_i].string, DSN_FROM_STRING);
    take(modes[_i].ini, DSN_FROM_INI);
    ck_assert_int_eq(dsn_finish(&d, &f), RC_OK);
    ck_assert_int_eq(dsn_finish(&d, &f), RC_OK); /* twice is once */
    ck_assert_msg(d.tls_mode == modes[_i].want, "%s | %s: %s", modes[_i].string, modes[_i].ini,
                  tls_mode_name(d.tls_mode));
    ck_assert_msg(d.nnotes == (modes[_i].note ? 1 : 0), "%s: %zu notes", modes[_i].string,
                  d.nnotes);
    if (modes[_i].note) {
        ck_assert_int_eq(d.notes[0].kind, DSN_NOTE_CONFLICT);
        ck_assert_ptr_nonnull(strstr(d.notes[0].text, modes[_i].note));
        ck_assert_ptr_nonnull(strstr(d.notes[0].text, tls_mode_name(modes[_i].want)));
    }
}
END_TEST

static const struct {
    const char *string;
    unsigned want; /* 0: refused */
} versions[] = {
    {"", DSN_TLS_1_2 | DSN_TLS_1_3},
    {"TLSVERSION=TLSv1.2", DSN_TLS_1_2},
    {"TLS-VERSIONS={TLSv1.3}", DSN_TLS_1_3},
    {"TLSVERSION={TLSv1,TLSv1.1,TLSv1.2}", DSN_TLS_1_2},
    {"TLSVERSION=7", DSN_TLS_1_2 | DSN_TLS_1_3},
    {"NO_TLS_1_2=1", DSN_TLS_1_3},
    {"NO_TLS_1_3=1", DSN_TLS_1_2},
    {"NO_TLS_1_2=1;NO_TLS_1_3=1", 0},
    {"TLSVERSION=TLSv1.1", 0},
    {"TLSVERSION=TLSv1.2;NO_TLS_1_2=1", 0},
};

START_TEST(tls_versions)
{
    take(versions[_i].string, DSN_FROM_STRING);
    int rc = dsn_finish(&d, &f);
    ck_assert_uint_eq(dsn_tls_versions(&d), versions[_i].want);
    ck_assert_msg(rc == (versions[_i].want ? RC_OK : RC_CONFIG), "%s", versions[_i].string);
    teardown();
    setup(); /* without TLS it does not matter */
    take(versions[_i].string, DSN_FROM_STRING);
    take("SSLMODE=DISABLED", DSN_FROM_STRING);
    ck_assert_int_eq(dsn_finish(&d, &f), RC_OK);
}
END_TEST

/* want: "host port;host port", or with '!' words of the error */
static const struct {
    const char *string, *want;
} hosts[] = {
    {"", "localhost 3306"},
    {"PORT=9030", "localhost 9030"},
    {"PORT=0", "localhost 3306"},
    {"SERVER=", "localhost 3306"},
    {"SERVER=db.example.org", "db.example.org 3306"},
    {"SERVER=h:1;PORT=2", "h 1"},
    {"SERVER=h1:1,h2, h3:65535 ;PORT=2", "h1 1;h2 2;h3 65535"},
    {"SERVER=h1:p,h2", "!'h1:p' has a port that is not a number"},
    {"SERVER=h,3310", "h 3310"}, /* as SQLAlchemy writes it */
    {"SERVER=h , 3310 ;PORT=2", "h 3310"},
    {"SERVER=h1,3310,h2,h3:5,h4,7;PORT=2", "h1 3310;h2 2;h3 5;h4 7"},
    {"SERVER=[::1],3310", "::1 3310"},
    {"SERVER=3310", "3310 3306"},
    {"SERVER=h:1,3310", "!'3310' is a port, and what stands before it has one"},
    {"SERVER=h,1,2", "!'2' is a port, and what stands before it has one"},
    {"SERVER=h,65536", "!'65536' has a port that is not a number from 1 to 65535"},
    {"SERVER=h,0", "!'0' has a port"},
    {"SERVER=[::1]", "::1 3306"},
    {"SERVER=[::1]:3", "::1 3"},
    {"SERVER=h1:1,h2:2,[::1]:3", "h1 1;h2 2;::1 3"},
    {"SERVER=::1", "::1 3306"},
    {"SERVER=fe80::1%eth0", "fe80::1%eth0 3306"},
    {"SERVER=[fe80::1%eth0]:7", "fe80::1%eth0 7"},
    {"SERVER=::ffff:192.0.2.1,192.0.2.1:5", "::ffff:192.0.2.1 3306;192.0.2.1 5"},
    {"SERVER=h:0", "!'h:0' has a port"},
    {"SERVER=h:65536", "!'h:65536' has a port"},
    {"SERVER=h:999999999999", "!has a port"},
    {"SERVER=h:-1", "!has a port"},
    {"SERVER=h:", "!'h:' has a port"},
    {"SERVER=h: 1", "!has a port"},
    {"SERVER=[::1]:", "!has a port"},
    {"SERVER=[::1]3", "!after the bracket"},
    {"SERVER=[::1", "!no IPv6 address in its brackets"},
    {"SERVER=[]", "!no IPv6 address in its brackets"},
    {"SERVER=[h]:1", "!no IPv6 address in its brackets"},
    {"SERVER=h1,,h2", "!empty item"},
    {"SERVER=h1,", "!empty item"},
    {"SERVER={,}", "!empty item"},
    {"SERVER=:1", "!no host"},
    {"SERVER=mysql://h:1", "!more than one ':'"},
    {"SERVER=h:1:2", "!more than one ':'"},
    {"SERVER=a b", "!no host name has"},
    {"SERVER={u@h}", "!no host name has"},
    {"SERVER=/run/mysqld/mysqld.sock", "!no host name has"},
};

START_TEST(host_list)
{
    struct dsn_hosts list;
    char got[256] = "";
    size_t n = 0;
    take(hosts[_i].string, DSN_FROM_STRING);
    int finished = dsn_finish(&d, &f);
    int rc = dsn_hosts(&d, 7, &list, &f);
    ck_assert_int_eq(finished, rc);
    if (*hosts[_i].want == '!') {
        ck_assert_msg(rc == RC_CONFIG && strstr(f.text, hosts[_i].want + 1), "%s: %s",
                      hosts[_i].string, f.text);
        ck_assert_ptr_nonnull(strstr(f.text, "SERVER"));
        return;
    }
    ck_assert_msg(rc == RC_OK, "%s: %s", hosts[_i].string, f.text);
    for (size_t i = 0; i < list.n; i++)
        n += (size_t)snprintf(got + n, sizeof got - n, "%s%s %u", i ? ";" : "", list.list[i].host,
                              list.list[i].port);
    ck_assert_str_eq(got, hosts[_i].want);
    dsn_hosts_clear(&list);
    dsn_hosts_clear(&list);
}
END_TEST

START_TEST(host_order)
{
    int first[4] = {0};
    take("SERVER=h0,h1,h2,h3", DSN_FROM_STRING);
    for (uint32_t seed = 0; seed < 400; seed++) {
        struct dsn_hosts list;
        unsigned seen = 0;
        ck_assert_int_eq(dsn_hosts(&d, seed, &list, &f), RC_OK);
        ck_assert_str_eq(list.list[0].host, "h0"); /* SEQUENTIAL */
        dsn_hosts_clear(&list);
        d.host_order = DSN_ORDER_RANDOM;
        ck_assert_int_eq(dsn_hosts(&d, seed, &list, &f), RC_OK);
        d.host_order = DSN_ORDER_SEQUENTIAL;
        for (size_t i = 0; i < list.n; i++)
            seen |= 1u << (list.list[i].host[1] - '0');
        ck_assert_uint_eq(seen, 15); /* none lost */
        first[list.list[0].host[1] - '0']++;
        dsn_hosts_clear(&list);
    }
    for (int i = 0; i < 4; i++)
        ck_assert_msg(first[i] > 60 && first[i] < 140, "host %d is first %d times of 400", i,
                      first[i]);
}
END_TEST

START_TEST(too_many_hosts)
{
    char text[2 * DSN_HOSTS_MAX + 16];
    struct dsn_hosts list;
    size_t n = 0;
    for (int i = 0; i <= DSN_HOSTS_MAX; i++) {
        text[n++] = 'h';
        text[n++] = ',';
    }
    for (int extra = 0; extra < 2; extra++) {
        size_t len = n - 1 - (extra ? 0 : 2);
        ck_assert_int_eq(dsn_put(&d, DSN_KEY_server, text, len, DSN_FROM_ARGUMENT, &f),
                         DSN_ACCEPTED);
        ck_assert_int_eq(dsn_hosts(&d, 0, &list, &f), extra ? RC_CONFIG : RC_OK);
        dsn_hosts_clear(&list);
    }
}
END_TEST

/* content of PWDFILE; want NULL: refused with words */
static const struct {
    const char *content;
    size_t n;
    const char *want, *words;
} passwords[] = {
#define TEXT(s) s, sizeof(s) - 1
    {TEXT("Sesame7"), "Sesame7", NULL},     {TEXT("Sesame7\n"), "Sesame7", NULL},
    {TEXT("Sesame7\r\n"), "Sesame7", NULL}, {TEXT("Sesame7\nsecond line\n"), "Sesame7", NULL},
    {TEXT(" a;b}{= \n"), " a;b}{= ", NULL}, {TEXT("pässwörd\n"), "pässwörd", NULL},
    {TEXT(""), NULL, "is empty"},           {TEXT("\nSesame7\n"), NULL, "first line"},
    {TEXT("Ses\0ame7"), NULL, "NUL byte"},  {TEXT("Sesame\xff"), NULL, "PWD=***"},
};

START_TEST(password_file)
{
    struct buf out;
    char text[128];
    write_file(passwords[_i].content, passwords[_i].n);
    snprintf(text, sizeof text, "UID=u;PWDFILE=%s", path);
    take(text, DSN_FROM_STRING);
    int rc = dsn_finish(&d, &f);
    if (!passwords[_i].want) {
        ck_assert_msg(rc == RC_CONFIG && strstr(f.text, passwords[_i].words), "%s", f.text);
        ck_assert_msg(!strstr(f.text, "Ses"), "%s", f.text);
        return;
    }
    ck_assert_msg(rc == RC_OK, "%s", f.text);
    ck_assert_str_eq(d.pwd, passwords[_i].want);
    buf_init(&out, 0);
    dsn_write(&d, DSN_WRITE_COMPLETED, &out);
    ck_assert_str_eq(buf_str(&out), text); /* the file's content is not in it */
    buf_clear(&out);
    ck_assert_int_eq(dsn_finish(&d, &f), RC_OK);
    ck_assert_str_eq(d.pwd, passwords[_i].want);
}
END_TEST

START_TEST(password_file_is_weaker_than_a_password)
{
    char text[128];
    write_file("file", 4);
    snprintf(text, sizeof text, "PWDFILE=%s", path);
    take(text, DSN_FROM_INI);
    take("PWD=", DSN_FROM_STRING); /* no password, said so */
    ck_assert_int_eq(dsn_finish(&d, &f), RC_OK);
    ck_assert_ptr_null(d.pwd);
    teardown();
    setup();
    take(text, DSN_FROM_STRING);
    take("PWD=ini", DSN_FROM_INI); /* the file of the string counts more than odbc.ini */
    ck_assert_int_eq(dsn_finish(&d, &f), RC_OK);
    ck_assert_str_eq(d.pwd, "file");
    teardown();
    setup();
    take(text, DSN_FROM_STRING);
    take("PWD=both", DSN_FROM_STRING);
    ck_assert_int_eq(dsn_finish(&d, &f), RC_OK);
    ck_assert_str_eq(d.pwd, "both");
}
END_TEST

static const char *const file_keys[] = {"PWDFILE", "OPENID-TOKEN-FILE", "TLSPEERFPLIST"};
static const size_t file_limits[] = {4096, 65536, 65536};

static void expect_refusal(const char *key, const char *file, const char *words)
{
    char text[160];
    teardown();
    setup();
    snprintf(text, sizeof text, "%s=%s", key, file);
    take(text, DSN_FROM_STRING);
    ck_assert_msg(dsn_finish(&d, &f) == RC_CONFIG, "%s accepted", text);
    ck_assert_msg(strstr(f.text, key) && strstr(f.text, file) && strstr(f.text, words), "%s",
                  f.text);
}

START_TEST(files_that_cannot_be_used)
{
    static char large[65537];
    const char *key = file_keys[_i];
    memset(large, 'a', sizeof large);
    expect_refusal(key, path, "No such file");
    expect_refusal(key, folder, "not a regular file");
    expect_refusal(key, "/dev/null", "not a regular file");
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    expect_refusal(key, path, "not a regular file"); /* and nobody waited for a writer */
    ck_assert_int_eq(unlink(path), 0);
    write_file(large, file_limits[_i] + 1);
    expect_refusal(key, path, "larger than");
    write_file("", 0);
    expect_refusal(key, path, "empty");
}
END_TEST

/* Who may read the file, and what is said. */
static const struct {
    mode_t mode;
    bool is_exposed; /* the file is the user's; of root's a group may read */
} rights[] = {{0600, false}, {0400, false}, {0700, false}, {0640, true}, {0604, true},
              {0644, true},  {0602, true},  {0660, true},  {0666, true}};

START_TEST(files_that_others_can_read)
{
    for (size_t i = 0; i < sizeof rights / sizeof *rights; i++) {
        char text[160];
        bool want = rights[i].is_exposed && !(rights[i].mode == 0640 && geteuid() == 0);
        teardown();
        setup();
        write_file("secret-word\n", 12);
        ck_assert_int_eq(chmod(path, rights[i].mode), 0);
        snprintf(text, sizeof text, "%s=%s", file_keys[_i], path);
        take(text, DSN_FROM_STRING);
        ck_assert_int_eq(dsn_finish(&d, &f), RC_OK);
        ck_assert_msg(d.nnotes == want, "%s of mode %o", file_keys[_i], (unsigned)rights[i].mode);
        if (want) {
            ck_assert_int_eq(d.notes[0].kind, DSN_NOTE_EXPOSED);
            ck_assert_msg(strstr(d.notes[0].text, file_keys[_i]) && strstr(d.notes[0].text, path) &&
                              !strstr(d.notes[0].text, "secret"),
                          "%s", d.notes[0].text);
        }
    }
}
END_TEST

START_TEST(keys_that_others_can_read)
{
    static const char *const keys[] = {"SSLKEY", "SSLPKCS12"};
    for (size_t i = 0; i < sizeof rights / sizeof *rights; i++) {
        char text[160];
        bool want = rights[i].is_exposed && !(rights[i].mode == 0640 && geteuid() == 0);
        teardown();
        setup();
        write_file("key", 3);
        ck_assert_int_eq(chmod(path, rights[i].mode), 0);
        snprintf(text, sizeof text, "%s=%s", keys[_i], path);
        take(text, DSN_FROM_STRING);
        ck_assert_int_eq(dsn_finish(&d, &f), RC_OK);
        ck_assert_msg(d.nnotes == want, "%s of mode %o", keys[_i], (unsigned)rights[i].mode);
        ck_assert(!want || (d.notes[0].kind == DSN_NOTE_EXPOSED && strstr(d.notes[0].text, path) &&
                            strstr(d.notes[0].text, keys[_i])));
        ck_assert_int_eq(unlink(path), 0);
        teardown();
        setup();
        take(text, DSN_FROM_STRING); /* no such file: TLS will say so */
        ck_assert_int_eq(dsn_finish(&d, &f), RC_OK);
        ck_assert_uint_eq(d.nnotes, 0);
    }
}
END_TEST

START_TEST(token_file)
{
    static char large[65536];
    char text[160];
    memset(large, 'a', sizeof large);
    snprintf(text, sizeof text, "OPENID-TOKEN-FILE=%s", path);
    write_file(large, sizeof large);
    take(text, DSN_FROM_STRING);
    ck_assert_int_eq(dsn_finish(&d, &f), RC_OK);
    ck_assert_uint_eq(strlen(d.token), sizeof large);
    write_file("  eyJ.e.s\n\n", 11);
    ck_assert_int_eq(dsn_finish(&d, &f), RC_OK); /* a token that was renewed */
    ck_assert_str_eq(d.token, "eyJ.e.s");
    take("TOKEN=own", DSN_FROM_STRING);
    ck_assert_int_eq(dsn_finish(&d, &f), RC_OK);
    ck_assert_str_eq(d.token, "own");
    teardown();
    setup();
    write_file(" \n \n", 4);
    take(text, DSN_FROM_STRING);
    ck_assert_int_eq(dsn_finish(&d, &f), RC_CONFIG);
    ck_assert_ptr_nonnull(strstr(f.text, "only spaces"));
}
END_TEST

#define FP_A "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define FP_B "ff112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define FP_A_COLONS                                                                                \
    "00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:"   \
    "EE:FF"

static const struct {
    const char *string, *file, *want, *words;
} fingerprints[] = {
    {"TLSPEERFP=" FP_A, NULL, FP_A, NULL},
    {"TLSPEERFP=" FP_A_COLONS, NULL, FP_A, NULL},
    {"TLSPEERFP={" FP_A_COLONS ", " FP_B "}", NULL, FP_A "," FP_B, NULL},
    {"UID=u", FP_A "\n# comment\n\n " FP_B "\r\n", FP_A "," FP_B, NULL},
    {"TLSPEERFP=" FP_A, "unread", FP_A, NULL},
    {"TLSPEERFP=abc", NULL, NULL, "has 3 digits"},
    {"TLSPEERFP=0011223344556677889900112233445566778899", NULL, NULL, "SHA-1"},
    {"TLSPEERFP=xyz", NULL, NULL, "hexadecimal"},
    {"TLSPEERFP={" FP_A "," FP_B "0}", NULL, NULL, "has 65 digits"},
    {"UID=u", "# nothing\n", NULL, "holds no fingerprint"},
    {"UID=u", "0011\n", NULL, "has 4 digits"},
};

START_TEST(fingerprint)
{
    char text[160];
    take(fingerprints[_i].string, DSN_FROM_STRING);
    if (fingerprints[_i].file) {
        write_file(fingerprints[_i].file, strlen(fingerprints[_i].file));
        snprintf(text, sizeof text, "TLSPEERFPLIST=%s", path);
        take(text, DSN_FROM_STRING);
    }
    int rc = dsn_finish(&d, &f);
    if (!fingerprints[_i].want) {
        ck_assert_msg(rc == RC_CONFIG && strstr(f.text, fingerprints[_i].words), "%s", f.text);
        return;
    }
    ck_assert_msg(rc == RC_OK, "%s", f.text);
    ck_assert_str_eq(d.tls_peer_fp, fingerprints[_i].want);
    ck_assert_int_eq(dsn_finish(&d, &f), RC_OK);
    ck_assert_str_eq(d.tls_peer_fp, fingerprints[_i].want);
    ck_assert_int_eq(d.tls_mode, TLS_REQUIRED);
}
END_TEST

/* Keys that speak for others.  want: key=value as dsn_get gives it. */
static const struct {
    const char *string;
    enum dsn_key key;
    const char *want;
    size_t nnotes;
} derived[] = {
    {"PWD1=a", DSN_KEY_pwd, "a", 0},
    {"PWD1=a;PWD=a", DSN_KEY_pwd, "a", 0},
    {"PWD1=a;PWD=b", DSN_KEY_pwd, "b", 1},
    {"PWD=;PWD1=a", DSN_KEY_pwd, "", 1},
    {"PORT=0", DSN_KEY_port, "3306", 0},
    {"LOGFILE=/x", DSN_KEY_log_level, "INFO", 0},
    {"LOGFILE=/x;LOGLEVEL=OFF", DSN_KEY_log_level, "OFF", 0},
    {"LOGFILE=/x;LOGLEVEL=TRACE", DSN_KEY_log_level, "TRACE", 0},
    {"LOGFILE=/x;LOG_QUERY=1", DSN_KEY_log_level, "QUERY", 0},
    {"LOGFILE=/x;OPTION=524288", DSN_KEY_log_level, "QUERY", 0},
    {"LOG=1;LOGFILE=/x", DSN_KEY_log_level, "INFO", 0},
    {"LOG=1", DSN_KEY_log_level, "INFO", 1},
    {"LOGLEVEL=ERROR", DSN_KEY_log_level, "ERROR", 1},
    {"", DSN_KEY_log_level, "OFF", 0},
    {"COMPRESSION_ALGORITHM=ZSTD", DSN_KEY_compress, "1", 0},
    {"COMPRESSION_ALGORITHM=ZSTD;COMPRESS=0", DSN_KEY_compress, "0", 0},
    {"LOAD_DATA_LOCAL_DIR=/x", DSN_KEY_local_dir, "/x", 0},
    {"LOAD_DATA_LOCAL_DIR=/x;NOLOCALINFILE=1", DSN_KEY_local_dir, "", 0},
    {"OPTION=2", DSN_KEY_found_rows, "1", 0},
    {"OPTION=3", DSN_KEY_found_rows, "1", 0},
    {"OPTION=2;FOUND_ROWS=0", DSN_KEY_found_rows, "0", 0},
    {"OPTION=67108864", DSN_KEY_multi_statements, "1", 0},
    {"OPTION=0", DSN_KEY_found_rows, "0", 0},
};

START_TEST(one_key_speaks_for_another)
{
    struct buf out;
    take(derived[_i].string, DSN_FROM_STRING);
    for (int round = 0; round < 2; round++)
        ck_assert_msg(dsn_finish(&d, &f) == RC_OK, "%s", f.text);
    buf_init(&out, 0);
    dsn_get(&d, derived[_i].key, true, &out);
    ck_assert_msg(!strcmp(buf_str(&out), derived[_i].want), "%s: %s", derived[_i].string,
                  buf_str(&out));
    ck_assert_msg(d.nnotes == derived[_i].nnotes, "%s: %zu notes", derived[_i].string, d.nnotes);
    buf_clear(&out);
}
END_TEST

START_TEST(pairs)
{
    const char *cursor;
    struct dsn_pair p;
    char got[128] = "";
    size_t n = 0;
    take("ATTR={{ a = 1 ,b=, c d = x=y }}}", DSN_FROM_STRING);
    cursor = d.attr;
    while (dsn_pairs_next(&cursor, &p))
        n += (size_t)snprintf(got + n, sizeof got - n, "<%.*s|%.*s>", (int)p.nname, p.name,
                              (int)p.nvalue, p.value);
    ck_assert_str_eq(got, "<a|1><b|><c d|x=y>");
    cursor = NULL;
    ck_assert(!dsn_pairs_next(&cursor, &p));
}
END_TEST

static const char *const bad_pairs[] = {"a", "=1", "a=1,,b=2", ",a=1", "a=1,b", " , "};

START_TEST(pairs_refused)
{
    const char *s = bad_pairs[_i];
    ck_assert_msg(dsn_put(&d, DSN_KEY_attr, s, strlen(s), DSN_FROM_STRING, &f) == DSN_BAD_VALUE,
                  "%s accepted", s);
}
END_TEST

#define ROWS(table) (int)(sizeof(table) / sizeof *(table))

Suite *check_finish(void); /* called by the generated main */

Suite *check_finish(void)
{
    Suite *s = suite_create("conf/finish");
    TCase *t = tcase_create("keys together");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_loop_test(t, ssl_mode, 0, ROWS(modes));
    tcase_add_loop_test(t, tls_versions, 0, ROWS(versions));
    tcase_add_loop_test(t, host_list, 0, ROWS(hosts));
    tcase_add_test(t, host_order);
    tcase_add_test(t, too_many_hosts);
    tcase_add_loop_test(t, one_key_speaks_for_another, 0, ROWS(derived));
    tcase_add_test(t, pairs);
    tcase_add_loop_test(t, pairs_refused, 0, ROWS(bad_pairs));
    suite_add_tcase(s, t);
    t = tcase_create("files");
    tcase_add_checked_fixture(t, make_folder, drop_folder);
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_loop_test(t, password_file, 0, ROWS(passwords));
    tcase_add_test(t, password_file_is_weaker_than_a_password);
    tcase_add_loop_test(t, files_that_cannot_be_used, 0, ROWS(file_keys));
    tcase_add_loop_test(t, files_that_others_can_read, 0, 2); /* a fingerprint is no secret */
    tcase_add_loop_test(t, keys_that_others_can_read, 0, 2);
    tcase_add_test(t, token_file);
    tcase_add_loop_test(t, fingerprint, 0, ROWS(fingerprints));
    suite_add_tcase(s, t);
    return s;
}
