/* check_secrets.c - what is left of a password in the memory of the process after SQLDisconnect:
 * nothing in buffers of ours, freed ones included (under ASan they stay readable for a while).
 *
 * The server is a child process, because its memory holds the password too.  The password itself is
 * kept backwards here, so that the search does not find what it searches with. */
#include <arpa/inet.h>
#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "handles.h"
#include "odbc/connection/connect.h"
#include "odbc/connection/dbc.h"
#include "odbc/handle/env.h"

static const char backwards[] = "9w2kQ-terces-drowssap";
enum { NSECRET = sizeof backwards - 1 };

static void put_secret(char *to)
{
    for (size_t i = 0; i < NSECRET; i++)
        to[i] = backwards[NSECRET - 1 - i];
    to[NSECRET] = '\0';
}

/* --- the server, in a child ----------------------------------------------------------------------
 */

static void send_packet(int fd, unsigned seq, const void *p, size_t n)
{
    unsigned char b[300] = {(unsigned char)n, 0, 0, (unsigned char)seq};
    memcpy(b + 4, p, n);
    (void)!send(fd, b, n + 4, MSG_NOSIGNAL);
}

static unsigned skip_packet(int fd)
{
    unsigned char h[4] = {0}, body[4096];
    if (recv(fd, h, 4, MSG_WAITALL) != 4)
        _exit(0);
    size_t n = (size_t)h[0] | (size_t)h[1] << 8;
    if (n > sizeof body || (n && recv(fd, body, n, MSG_WAITALL) != (ssize_t)n))
        _exit(0);
    return h[3] + 1u;
}

/* method: what is asked for, "" to be content with what comes. */
static void serve(int listener, const char *method, bool lets_in)
{
    static const char greeting[] =
        "\x0a"
        "8.4.0\0\7\0\0\0abcdefgh\0\x0d\xa2\xff\2\0\xbf\x01\x15\0\0\0\0\0\0\0\0\0\0"
        "ijklmnopqrst\0mysql_native_password";
    int fd = accept(listener, NULL, NULL);
    send_packet(fd, 0, greeting, sizeof greeting);
    unsigned seq = skip_packet(fd);
    if (*method) {
        char ask[100];
        int n = snprintf(ask, sizeof ask, "\xfe%s", method);
        memcpy(ask + n + 1, "abcdefghijklmnopqrst", 21);
        send_packet(fd, seq, ask, (size_t)n + 22);
        seq = skip_packet(fd);
    }
    if (lets_in)
        send_packet(fd, seq, "\0\0\0\2\0\0", 7);
    else
        send_packet(fd, seq, "\xff\x15\4#28000denied", 15);
    for (;;)
        (void)skip_packet(fd); /* exits at the end */
}

static pid_t serve_apart(const char *method, bool lets_in, unsigned *port)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof a;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    ck_assert(bind(fd, (struct sockaddr *)&a, n) == 0 && listen(fd, 1) == 0);
    ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&a, &n), 0);
    *port = ntohs(a.sin_port);
    pid_t pid = fork();
    if (pid == 0)
        serve(fd, method, lets_in);
    (void)close(fd);
    return pid;
}

/* --- the search ----------------------------------------------------------------------------------
 */

static size_t found_in(const unsigned char *p, size_t n)
{
    size_t found = 0;
    for (size_t i = 0; i + NSECRET <= n; i++) {
        size_t k = 0;
        while (k < NSECRET && p[i + k] == (unsigned char)backwards[NSECRET - 1 - k])
            k++;
        found += k == NSECRET;
    }
    return found;
}

/* Copies in all memory that can be written; where, for the message. */
static size_t search(char *where, size_t cap)
{
    enum { PART = 1 << 20 };
    static unsigned char part[PART];
    char line[512];
    size_t found = 0;
    FILE *maps = fopen("/proc/self/maps", "re"), *mem = fopen("/proc/self/mem", "re");
    ck_assert(maps && mem);
    setvbuf(mem, NULL, _IONBF, 0);
    while (fgets(line, sizeof line, maps)) {
        char *end = NULL;
        unsigned long from = strtoul(line, &end, 16), to = strtoul(end + 1, &end, 16);
        bool is_ours =
            (unsigned long)(uintptr_t)part >= from && (unsigned long)(uintptr_t)part < to;
        if (strncmp(end, " rw", 3) != 0 || to - from > (1ul << 30))
            continue; /* larger ones are the sanitizers' */
        for (unsigned long at = from; at < to; at += PART - NSECRET) {
            size_t n = to - at < PART ? to - at : PART;
            if (is_ours && at < (uintptr_t)part + PART && at + n > (uintptr_t)part)
                continue; /* what was read before */
            if (fseek(mem, (long)at, SEEK_SET) != 0 || fread(part, 1, n, mem) != n)
                break;
            size_t more = found_in(part, n);
            if (more)
                (void)snprintf(where, cap, "%.*s", (int)strcspn(line, "\n"), line);
            found += more;
        }
    }
    mem_wipe(part, sizeof part);
    (void)fclose(maps);
    (void)fclose(mem);
    return found;
}

/* --- connections
 * ----------------------------------------------------------------------------------- */

static const struct {
    const char *name, *method, *before, *behind; /* keys around the secret */
    bool lets_in, wide;
} rows[] = {
    {"native", "", "PWD=", "", true, false},
    {"native, wide", "", "PWD={", "}", true, true},
    {"denied", "", "PWD=", "", false, false},
    {"sha2", "caching_sha2_password", "PWD=", "", true, false},
    {"in clear", "mysql_clear_password", "PWD=", ";ENABLE_CLEARTEXT_PLUGIN=1", true, false},
    {"refused", "mysql_clear_password", "PWD=", "", true, false},
    {"other secrets", "", "PWD=x;PWD2=", ";PWD3=y;TOKEN=z", true, false},
    {"token", "", "PWD=x;TOKEN=", "", true, false},
    {"pass phrase", "", "PWD=x;SSLKEYPWD=", "", true, false},
    {"bad key before", "", "PORT=99999;PWD=", "", true, false},
    {"bad key behind", "", "PWD=", ";SSLMODE=NONSENSE", true, false},
    {"twice", "", "PWD=", ";PASSWORD=other", true, false},
};

static SQLRETURN connect_with(struct dbc *d, char *string, bool wide)
{
    SQLWCHAR units[500];
    size_t n = strlen(string);
    for (size_t i = 0; i <= n; i++)
        units[i] = (SQLWCHAR)(unsigned char)string[i];
    struct text_arg in = wide ? in_w(units, SQL_NTS) : in_a((SQLCHAR *)string, SQL_NTS);
    char completed[500];
    SQLSMALLINT ncompleted = 0;
    struct text_out out = {.p = completed,
                           .cap = sizeof completed,
                           .len16 = &ncompleted,
                           .wide = false,
                           .unit = UNIT_CHARS};
    SQLRETURN rc = connect_driver(d, in, out, SQL_DRIVER_NOPROMPT);
    mem_wipe(units, sizeof units);
    mem_wipe(completed, sizeof completed);
    mem_wipe(string, n);
    return rc;
}

START_TEST(nothing_is_left)
{
    char string[500], secret[NSECRET + 1], where[300] = "";
    unsigned port = 0;
    pid_t pid = serve_apart(rows[_i].method, rows[_i].lets_in, &port);
    struct env *e = env_new();
    e->odbc_version = SQL_OV_ODBC3_80;
    struct dbc *d = dbc_new(e);
    put_secret(secret);
    (void)snprintf(string, sizeof string, "DRIVER=x;SERVER=127.0.0.1:%u;UID=u;%s%s%s", port,
                   rows[_i].before, secret, rows[_i].behind);
    mem_wipe(secret, sizeof secret);
    SQLRETURN rc = connect_with(d, string, rows[_i].wide);
    if (SQL_SUCCEEDED(rc))
        ck_assert_int_eq(dbc_disconnect(d), SQL_SUCCESS);
    size_t found = search(where, sizeof where);
    ck_assert_msg(found == 0, "%s: %zu copies of the secret are left, the last in %s",
                  rows[_i].name, found, where);
    ck_assert_int_eq(dbc_drop(d), SQL_SUCCESS);
    ck_assert_int_eq(env_drop(e), SQL_SUCCESS);
    (void)kill(pid, SIGKILL);
    (void)waitpid(pid, NULL, 0);
}
END_TEST

/* The search finds what is there. */
START_TEST(the_search_finds)
{
    char where[300] = "", *secret = malloc(NSECRET + 1);
    ck_assert_ptr_nonnull(secret);
    put_secret(secret);
    ck_assert_uint_ge(search(where, sizeof where), 1);
    mem_wipe(secret, NSECRET);
    ck_assert_uint_eq(search(where, sizeof where), 0);
    free(secret);
}
END_TEST

Suite *check_secrets(void);
Suite *check_secrets(void)
{
    Suite *s = suite_create("secrets");
    TCase *t = tcase_create("memory");
    tcase_set_timeout(t, 120);
    tcase_add_test(t, the_search_finds);
    tcase_add_loop_test(t, nothing_is_left, 0, (int)(sizeof rows / sizeof *rows));
    suite_add_tcase(s, t);
    return s;
}
