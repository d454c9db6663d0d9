/* test_login.c - every method of login against the real servers, with and without TLS, and what a
 * refusal says. */
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

enum how { TCP, SOCKET };

struct login {
    const char *server, *user, *password, *keys;
    enum how how;
    const char *state; /* NULL: gets in */
    const char *words;
};

static const struct login logins[] = {
    /* passwords of all sorts */
    {"mariadb", "app", "app-secret", "", TCP, NULL, NULL},
    {"mariadb", "app", "app-secret", "", SOCKET, NULL, NULL},
    {"mariadb", "nopass", NULL, "", TCP, NULL, NULL},
    {"mariadb", "odd", "p}a;s{s= w'o\"rd\\", "", TCP, NULL, NULL},
    {"mariadb", "j\xc3\xb6rg", "p\xc3\xa4sswörd€\xf0\x9f\x98\x80", "", TCP, NULL, NULL},
    {"mysql", "app", "app-secret", "", TCP, NULL, NULL},
    {"mysql", "app", "app-secret", "", SOCKET, NULL, NULL},
    {"mysql", "nopass", NULL, "SSLMODE=DISABLED;", TCP, NULL, NULL},
    {"mysql", "odd", "p}a;s{s= w'o\"rd\\", "", TCP, NULL, NULL},
    {"mysql", "j\xc3\xb6rg", "p\xc3\xa4sswörd€\xf0\x9f\x98\x80", "", TCP, NULL, NULL},
    /* MariaDB's methods */
    {"mariadb", "native", "native-secret", "SSLMODE=DISABLED;", TCP, NULL, NULL},
    {"mariadb", "native", "wrong-secret", "SSLMODE=DISABLED;", TCP, "28000", "denied"},
    {"mariadb", "ed25519", "ed25519-secret", "SSLMODE=DISABLED;", TCP, NULL, NULL},
    {"mariadb", "ed25519", "ed25519-secret", "SSLMODE=REQUIRED;", TCP, NULL, NULL},
    {"mariadb", "ed25519", "wrong-secret", "", TCP, "28000", "denied"},
    {"mariadb118", "parsec", "parsec-secret", "SSLMODE=DISABLED;", TCP, NULL, NULL},
    {"mariadb118", "parsec", "parsec-secret", "SSLMODE=REQUIRED;", TCP, NULL, NULL},
    {"mariadb118", "parsec", "wrong-secret", "", TCP, "28000", "denied"},
    {"mariadb118", "ed25519", "ed25519-secret", "", TCP, NULL, NULL},
    {"mariadb118", "native", "native-secret", "", TCP, NULL, NULL},
    /* the certificate nobody signed */
    {"mariadb118", "native", "native-secret", "SSLMODE=VERIFY_IDENTITY;", TCP, "08001",
     "see SSLZEROCONFIG"},
    {"mariadb118", "ed25519", "ed25519-secret", "SSLMODE=VERIFY_CA;", TCP, "08001",
     "see SSLZEROCONFIG"},
    {"mariadb118", "native", "native-secret", "SSLMODE=REQUIRED;", TCP, NULL, NULL},
    /* the same, proved by the password */
    {"mariadb118", "native", "native-secret", "SSLMODE=VERIFY_IDENTITY;SSLZEROCONFIG=1;", TCP, NULL,
     NULL},
    {"mariadb118", "ed25519", "ed25519-secret", "SSLMODE=VERIFY_CA;SSL_ZERO_CONFIG=1;", TCP, NULL,
     NULL},
    {"mariadb118", "parsec", "parsec-secret", "SSLMODE=VERIFY_IDENTITY;TLSZEROCONFIG=1;", TCP, NULL,
     NULL},
    {"mariadb118", "nopass", NULL, "SSLMODE=VERIFY_IDENTITY;SSLZEROCONFIG=1;", TCP, "08001",
     "self-signed|self signed"},
    {"mariadb118", "native", "native-secret", "SSLMODE=VERIFY_CA;SSLCA=%s/ca.crt;SSLZEROCONFIG=1;",
     TCP, "08001", "self-signed|self signed"},
    /* MySQL's methods; the fast path is forgotten before each row */
    {"mysql", "sha2", "sha2-secret", "SSLMODE=REQUIRED;", TCP, NULL, NULL},
    {"mysql", "sha2", "sha2-secret", "", TCP, NULL, NULL},
    {"mysql", "sha2", "sha2-secret", "", SOCKET, NULL, NULL},
    {"mysql", "sha2", "sha2-secret", "DEFAULT_AUTH=caching_sha2_password;", TCP, NULL, NULL},
    {"mysql", "sha2", "sha2-secret", "DEFAULT_AUTH=mysql_native_password;", TCP, "28000",
     "DEFAULT_AUTH=mysql_native_password"},
    {"mysql", "sha256", "sha256-secret", "DEFAULT_AUTH=mysql_native_password;", TCP, "28000",
     "DEFAULT_AUTH=mysql_native_password"},
    {"mariadb", "ed25519", "ed25519-secret", "DEFAULT_AUTH=mysql_native_password;", TCP, NULL,
     NULL},
    {"mysql", "sha2", "sha2-secret", "SSLMODE=DISABLED;GET_SERVER_PUBLIC_KEY=1;", TCP, NULL, NULL},
    {"mysql", "sha2", "sha2-secret", "SSLMODE=DISABLED;", TCP, "08001|28000",
     "GET_SERVER_PUBLIC_KEY"},
    {"mysql", "sha2", "wrong-secret", "SSLMODE=DISABLED;GET_SERVER_PUBLIC_KEY=1;", TCP, "28000",
     "denied"},
    {"mysql", "sha2", "wrong-secret", "", TCP, "28000", "denied"},
    {"mysql", "sha2", "sha2-secret", "SSLMODE=DISABLED;RSAKEY=%s/ca.crt;", TCP, "08001|28000|HY000",
     "RSAKEY"},
    /* accounts that may not, or not yet */
    {"mariadb", "nobody", "x", "", TCP, "28000", "denied"},
    {"mysql", "nobody", "x", "", TCP, "28000", "denied"},
    {"mariadb", "locked", "locked-secret", "", TCP, "28000", "lock"},
    {"mysql", "locked", "locked-secret", "", TCP, "28000", "lock"},
    {"mysql", "expired", "expired-secret", "CAN_HANDLE_EXP_PWD=1;", TCP, NULL, NULL},
    {"mysql", "expired", "expired-secret", "", TCP, "28000", "CAN_HANDLE_EXP_PWD=1"},
    /* certificates without and with a password */
    {"mysql", "needs_x509_password", "x509-secret", "SSLBUNDLE=%s/bundle;", TCP, NULL, NULL},
    {"mysql", "needs_x509_password", "wrong", "SSLBUNDLE=%s/bundle;", TCP, "28000", "denied"},
    {"mariadb", "needs_x509_password", "x509-secret", "", TCP, "28000", "denied"},
    /* the server only says "denied"; what else it cannot have liked is told */
    {"mariadb", "needs_ssl", "ssl-secret", "SSLMODE=DISABLED;", TCP, "28000", "was not encrypted"},
    {"mysql", "needs_ssl", "ssl-secret", "SSLMODE=DISABLED;GET_SERVER_PUBLIC_KEY=1;", TCP, "28000",
     "was not encrypted"},
    {"mariadb", "needs_x509", NULL, "", TCP, "28000", "no client certificate was given"},
    {"mysql", "needs_x509", NULL, "", TCP, "28000", "no client certificate was given"},
    {"mysql", "needs_x509_password", "x509-secret", "SSLMODE=REQUIRED;", TCP, "28000", "denied"},
    {"mysql", "needs_issuer", NULL, "SSLCERT=%s/client-chain.crt;SSLKEY=%s/client-chain.key;", TCP,
     "28000", "this client certificate"},
};

static void connection_of(const struct login *l, const struct server *s, char *out, size_t cap)
{
    char keys[2048], extra[4096], quoted[256] = "";
    fill(keys, sizeof keys, pki, l->keys);
    if (l->how == TCP) {
        server_connection(s, l->user, l->password, keys, out, cap);
        return;
    }
    if (l->password)
        snprintf(quoted, sizeof quoted, "PWD={%s};", l->password);
    snprintf(extra, sizeof extra, "DRIVER={MyWire};SOCKET=%s;UID=%s;%s%s", s->socket, l->user,
             quoted, keys);
    snprintf(out, cap, "%s", extra);
}

static void forget_fast_path(const struct server *s)
{
    char conn[2048];
    SQLHDBC dbc;
    SQLHSTMT stmt;
    server_connection(s, "nopass", NULL, "", conn, sizeof conn);
    ck_assert(SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_DBC, env, &dbc)));
    ck_assert(SQL_SUCCEEDED(
        SQLDriverConnect(dbc, NULL, (SQLCHAR *)conn, SQL_NTS, NULL, 0, NULL, SQL_DRIVER_NOPROMPT)));
    ck_assert(SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_STMT, dbc, &stmt)));
    ck_assert(SQL_SUCCEEDED(SQLExecDirect(stmt, (SQLCHAR *)"FLUSH PRIVILEGES", SQL_NTS)));
    SQLFreeHandle(SQL_HANDLE_STMT, stmt);
    SQLDisconnect(dbc);
    SQLFreeHandle(SQL_HANDLE_DBC, dbc);
}

static void assert_login(const struct login *l, const char *conn)
{
    struct attempt a = attempt_connect(env, conn);
    ck_assert_msg(a.in == !l->state, "%s %s %s: %s %s", l->server, l->user, l->keys,
                  a.in ? "got in" : a.state, a.text);
    if (!l->state)
        return;
    ck_assert_msg(says(l->state, a.state) || says(a.state, l->state),
                  "%s %s %s: state %s, not %s: %s", l->server, l->user, l->keys, a.state, l->state,
                  a.text);
    ck_assert_msg(says(a.text, l->words), "%s %s %s: should say %s: %s", l->server, l->user,
                  l->keys, l->words, a.text);
    ck_assert_msg(!l->password || strlen(l->password) < 4 || !strstr(a.text, l->password),
                  "the password is in: %s", a.text);
}

START_TEST(login)
{
    const struct login *l = &logins[_i];
    struct server s = server_here(l->server);
    char conn[8192];
    if (strcmp(s.family, "mysql") == 0)
        forget_fast_path(&s);
    connection_of(l, &s, conn, sizeof conn);
    assert_login(l, conn);
}
END_TEST

/* A plain wrong password is told as such: a client certificate is spoken of only where its absence
 * can be the reason. */
static const struct {
    const char *server, *user, *password;
    const char *known; /* password of a login before, after which the server has it at hand */
    bool want;
} hints[] = {
    {"mysql", "sha2", "wrong", NULL, false},
    {"mysql", "sha2", "wrong", "sha2-secret", false},
    {"mysql", "needs_x509_password", "wrong", NULL, false},
    {"mysql", "needs_x509_password", "x509-secret", "x509-secret", true},
    {"mysql", "needs_x509", NULL, NULL, true},
    {"mariadb118", "native", "wrong", NULL, false},
    {"mariadb", "app", "wrong", NULL, false},
    {"mariadb", "needs_x509", NULL, NULL, true},
};

START_TEST(hint_of_certificate)
{
    struct server s = server_need(hints[_i].server);
    char conn[4096], keys[SERVER_TEXT * 2];
    if (!strcmp(s.family, "mysql"))
        forget_fast_path(&s);
    if (hints[_i].known) {
        fill(keys, sizeof keys, pki, "SSLBUNDLE=%s/bundle;");
        server_connection(&s, hints[_i].user, hints[_i].known, keys, conn, sizeof conn);
        struct attempt first = attempt_connect(env, conn);
        ck_assert_msg(first.in, "%s", first.text);
    }
    server_connection(&s, hints[_i].user, hints[_i].password, "", conn, sizeof conn);
    struct attempt a = attempt_connect(env, conn);
    ck_assert_msg(!a.in && !strcmp(a.state, "28000") &&
                      (strstr(a.text, "certificate") != NULL) == hints[_i].want,
                  "%s %s %s: %s %s", hints[_i].server, hints[_i].user,
                  hints[_i].password ? hints[_i].password : "", a.state, a.text);
}
END_TEST

/* The server's own RSA key, given as a file; then the fast path, which needs neither key nor TLS.
 */
START_TEST(sha2_with_key_file_then_fast)
{
    struct server s = server_here("mysql");
    char keys[SERVER_TEXT * 2], conn[4096];
    forget_fast_path(&s);
    snprintf(keys, sizeof keys, "SSLMODE=DISABLED;RSAKEY=%s;", s.rsakey);
    server_connection(&s, "sha2", "sha2-secret", keys, conn, sizeof conn);
    struct attempt a = attempt_connect(env, conn);
    ck_assert_msg(a.in, "with RSAKEY: %s", a.text);
    server_connection(&s, "sha2", "sha2-secret", "SSLMODE=DISABLED;", conn, sizeof conn);
    a = attempt_connect(env, conn);
    ck_assert_msg(a.in, "fast path: %s", a.text);
}
END_TEST

START_TEST(password_from_file)
{
    struct server s = server_here("mariadb");
    char path[] = "/tmp/mywire-password-XXXXXX", keys[128], conn[4096];
    int fd = mkstemp(path);
    ck_assert(fd >= 0);
    FILE *file = fdopen(fd, "w");
    ck_assert(file != NULL);
    fputs("app-secret\n", file);
    fclose(file);
    snprintf(keys, sizeof keys, "PWDFILE=%s;", path);
    server_connection(&s, "app", NULL, keys, conn, sizeof conn);
    struct attempt a = attempt_connect(env, conn);
    remove(path);
    ck_assert_msg(a.in, "%s", a.text);
}
END_TEST

int main(void)
{
    snprintf(pki, sizeof pki, "%s", getenv("MYWIRE_PKI") ? getenv("MYWIRE_PKI") : "");
    if (!SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_ENV, SQL_NULL_HANDLE, &env)))
        return EXIT_FAILURE;
    SQLSetEnvAttr(env, SQL_ATTR_ODBC_VERSION, (SQLPOINTER)SQL_OV_ODBC3_80, 0);
    Suite *s = suite_create("login");
    TCase *t = tcase_create("methods");
    tcase_set_timeout(t, 60);
    tcase_add_loop_test(t, login, 0, sizeof logins / sizeof logins[0]);
    tcase_add_loop_test(t, hint_of_certificate, 0, sizeof hints / sizeof hints[0]);
    tcase_add_test(t, sha2_with_key_file_then_fast);
    tcase_add_test(t, password_from_file);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_ENV);
    int status = runner_end(r);
    return status;
}
