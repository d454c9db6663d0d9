/* check_open.c - which server is taken, over real sockets: hosts that refuse, are silent, full,
 * hang up or deny; abort from another thread; what the log holds. */
#include <arpa/inet.h>
#include <check.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "wire/session.h"

enum manner { REFUSED = 0, SILENT, FULL, HANGUP, DENY, GOOD };

/* A server of one manner on a port of its own; answers one connection after the other until
 * stopped. */
struct server {
    enum manner manner;
    int fd;
    unsigned port;
    pthread_t thread;
    atomic_bool is_hanging; /* it has been asked "hang" and will not answer */
    char query[100];        /* the last one; to be read when its thread has ended, as: */
    size_t ncloses;         /* statements closed */
};

static const char greeting[] =
    "\x0a"
    "8.4.0\0\x07\0\0\0abcdefgh\0\x0d\xa2\xff\x02\0\xbf\x01\x15\0\0\0\0\0\0\0\0\0\0"
    "ijklmnopqrst\0mysql_native_password";
static const char ok[] = "\0\0\0\x02\0\0";

static void send_packet(int fd, unsigned seq, const void *p, size_t n)
{
    unsigned char b[300] = {(unsigned char)n, 0, 0, (unsigned char)seq};
    memcpy(b + 4, p, n);
    (void)send(fd, b, n + 4, MSG_NOSIGNAL);
}

/* One packet of the client; its length, or -1. */
static ssize_t read_packet(int fd, unsigned char *b, size_t cap)
{
    unsigned char h[4];
    if (recv(fd, h, 4, MSG_WAITALL) != 4 || h[0] + 256u * h[1] > cap) {
        return -1;
    }
    return recv(fd, b, h[0] + 256u * h[1], MSG_WAITALL);
}

static void serve_queries(struct server *x, int fd)
{
    unsigned char b[2000];
    for (;;) {
        ssize_t n = read_packet(fd, b, sizeof b - 1);
        if (n == 5 && b[0] == 0x19) {
            x->ncloses++;
            continue;
        }
        if (n <= 0 || b[0] != 3) {
            return;
        }
        b[n] = 0;
        (void)snprintf(x->query, sizeof x->query, "%.90s", (char *)b + 1);
        if (strcmp(x->query, "hang") == 0) {
            atomic_store(&x->is_hanging, true);
        } else {
            send_packet(fd, 1, ok, sizeof ok);
        }
    }
}

static void serve(struct server *x, int fd)
{
    static const char full[] = "\xff\x10\x04Too many connections",
                      denied[] = "\xff\x15\x04#28000denied";
    unsigned char b[2000];
    if (x->manner == SILENT) {
        (void)recv(fd, b, 1, 0); /* until the client gives up */
        return;
    }
    if (x->manner == FULL) {
        send_packet(fd, 0, full, sizeof full - 1);
        return;
    }
    send_packet(fd, 0, greeting, sizeof greeting);
    if (read_packet(fd, b, sizeof b) < 0 || x->manner == HANGUP) {
        return;
    }
    send_packet(fd, 2, x->manner == DENY ? denied : ok,
                x->manner == DENY ? sizeof denied - 1 : sizeof ok);
    if (x->manner == GOOD) {
        serve_queries(x, fd);
    }
}

struct visit {
    struct server *x;
    int fd;
};

static void *serve_one(void *arg)
{
    struct visit *v = arg;
    serve(v->x, v->fd);
    (void)close(v->fd);
    free(v);
    return NULL;
}

/* Connections side by side, as a kill comes while another one hangs; each ends with its client. */
static void *run(void *arg)
{
    struct server *x = arg;
    pthread_t visits[20];
    size_t n = 0;
    int fd = accept(x->fd, NULL, NULL);
    for (; fd >= 0 && n < 20; fd = accept(x->fd, NULL, NULL)) {
        struct visit *v = malloc(sizeof *v);
        if (!v) {
            break;
        }
        *v = (struct visit){x, fd};
        (void)pthread_create(&visits[n++], NULL, serve_one, v);
    }
    while (n) {
        (void)pthread_join(visits[--n], NULL);
    }
    return NULL;
}

static void start(struct server *x, enum manner manner)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof at;
    *x = (struct server){.manner = manner, .fd = socket(AF_INET, SOCK_STREAM, 0)};
    ck_assert(x->fd >= 0 && bind(x->fd, (struct sockaddr *)&at, sizeof at) == 0);
    ck_assert(getsockname(x->fd, (struct sockaddr *)&at, &n) == 0);
    x->port = ntohs(at.sin_port);
    if (manner != REFUSED) { /* bound and not listening: the port is ours, and refuses */
        ck_assert(listen(x->fd, 10) == 0);
        ck_assert(pthread_create(&x->thread, NULL, run, x) == 0);
    }
}

static void stop(struct server *x)
{
    if (x->manner != REFUSED) {
        (void)shutdown(x->fd, SHUT_RDWR); /* ends accept */
        (void)pthread_join(x->thread, NULL);
    }
    (void)close(x->fd);
}

/* ---- which one is taken ---- */

static const struct {
    const char *what;
    size_t n;
    enum manner hosts[4];
    int64_t timeout_ms;
    int want_rc;
    unsigned want_number;
    const char *words[4];
} walks[] = {
    {"the first", 1, {GOOD}, 10000, RC_OK, 0, {""}},
    {"after one that refuses", 2, {REFUSED, GOOD}, 10000, RC_OK, 0, {""}},
    {"after all sorts", 4, {REFUSED, FULL, HANGUP, GOOD}, 10000, RC_OK, 0, {""}},
    {"a silent one does not eat the time", 2, {SILENT, GOOD}, 4000, RC_OK, 0, {""}},
    {"a denial is final",
     2,
     {DENY, GOOD},
     10000,
     RC_DENIED,
     1045,
     {"denied", "127.0.0.1", "logging in"}},
    {"full", 1, {FULL}, 10000, RC_CONNECT, 1040, {"Too many connections", "127.0.0.1"}},
    {"all fail",
     2,
     {REFUSED, FULL},
     10000,
     RC_CONNECT,
     1040,
     {"refused", "Too many", "none of the servers"}},
    {"hangs up", 1, {HANGUP}, 10000, RC_LOST, 0, {"closed", "127.0.0.1", "logging in"}},
    {"silent",
     1,
     {SILENT},
     1000,
     RC_TIMEOUT,
     0,
     {"time limit", "127.0.0.1", "greeting", "Check PORT"}},
    {"no host", 0, {REFUSED}, 1000, RC_CONFIG, 0, {"SERVER"}},
};

START_TEST(walk)
{
    struct server x[4];
    struct session_host hosts[4];
    struct session *s = NULL;
    struct fault f = {0};
    for (size_t i = 0; i < walks[_i].n; i++) {
        start(&x[i], walks[_i].hosts[i]);
        hosts[i] = (struct session_host){"127.0.0.1", x[i].port};
    }
    struct session_opts o = {.tls.mode = TLS_DISABLED,
                             .hosts = hosts,
                             .nhosts = walks[_i].n,
                             .user = "u",
                             .login_timeout_ms = walks[_i].timeout_ms};
    int rc = session_open(&o, &s, &f);
    ck_assert_msg(rc == walks[_i].want_rc && f.number == walks[_i].want_number, "%s: %d %u %s",
                  walks[_i].what, rc, f.number, f.text);
    for (size_t i = 0; i < 4 && walks[_i].words[i]; i++) {
        ck_assert_msg(strstr(f.text, walks[_i].words[i]) != NULL, "%s: \"%s\" is missing in: %s",
                      walks[_i].what, walks[_i].words[i], f.text);
    }
    ck_assert((rc == RC_OK) == (s != NULL));
    if (s) {
        ck_assert_uint_eq(session_info(s)->port, x[walks[_i].n - 1].port);
    }
    session_close(s);
    for (size_t i = 0; i < walks[_i].n; i++) {
        stop(&x[i]);
    }
}
END_TEST

/* However many hosts fail, the message tells the first of them with their reasons, how many more
 * there are, and what to try, once. */
static size_t count_of(const char *text, const char *word)
{
    size_t n = 0;
    for (const char *p = strstr(text, word); p; p = strstr(p + 1, word)) {
        n++;
    }
    return n;
}

START_TEST(many_that_fail)
{
    enum { MANY = 60 };
    struct server x;
    struct session_host hosts[MANY];
    start(&x, REFUSED);
    for (size_t n = 1; n <= MANY; n++) {
        struct session *s = NULL;
        struct fault f = {0};
        char more[32];
        hosts[n - 1] = (struct session_host){"127.0.0.1", x.port};
        struct session_opts o = {
            .tls.mode = TLS_DISABLED, .hosts = hosts, .nhosts = n, .user = "u"};
        ck_assert_int_eq(session_open(&o, &s, &f), RC_CONNECT);
        size_t told = count_of(f.text, "cannot connect to 127.0.0.1");
        ck_assert_msg(told >= (n < 5 ? n : 5) && strstr(f.text, "refused"), "%zu: %s", n, f.text);
        (void)snprintf(more, sizeof more, "; and %zu more. ", n - told);
        ck_assert_msg(told == n || strstr(f.text, more), "%zu, told %zu: %s", n, told, f.text);
        ck_assert_msg(count_of(f.text, "Nothing listens there") == 1, "%zu: %s", n, f.text);
        ck_assert_uint_eq(f.number, 111);
    }
    stop(&x);
}
END_TEST

/* In random order each of two is taken sometimes. */
START_TEST(random_order)
{
    struct server x[2];
    struct session_host hosts[2];
    unsigned taken[2] = {0, 0};
    for (size_t i = 0; i < 2; i++) {
        start(&x[i], GOOD);
        hosts[i] = (struct session_host){"127.0.0.1", x[i].port};
    }
    for (int i = 0; i < 15 || (i < 19 && (!taken[0] || !taken[1])); i++) {
        struct session_opts o = {.tls.mode = TLS_DISABLED,
                                 .hosts = hosts,
                                 .nhosts = 2,
                                 .random_order = true,
                                 .user = "u"};
        struct session *s = NULL;
        struct fault f;
        ck_assert_int_eq(session_open(&o, &s, &f), RC_OK);
        taken[session_info(s)->port == x[1].port]++;
        session_close(s);
    }
    ck_assert_msg(taken[0] && taken[1], "%u and %u", taken[0],
                  taken[1]); /* wrong once in 2^18 runs */
    stop(&x[0]);
    stop(&x[1]);
}
END_TEST

/* ---- other threads ---- */

struct helper {
    struct session *s;
    struct server *x;
};

/* Waits until the server holds our query, then cuts. */
static void *interrupt(void *arg)
{
    struct helper *h = arg;
    while (!atomic_load(&h->x->is_hanging)) {
        (void)poll(NULL, 0, 1);
    }
    session_abort(h->s);
    return NULL;
}

START_TEST(interrupted)
{
    struct server x;
    start(&x, GOOD);
    struct session_host host = {"127.0.0.1", x.port};
    struct session_opts o = {
        .tls.mode = TLS_DISABLED, .hosts = &host, .nhosts = 1, .user = "u", .password = {"pw"}};
    struct helper h = {.x = &x};
    struct fault f = {0};
    pthread_t t;
    ck_assert_int_eq(session_open(&o, &h.s, &f), RC_OK);
    ck_assert(pthread_create(&t, NULL, interrupt, &h) == 0);
    ck_assert_int_eq(session_query(h.s, "hang", 4, &f), RC_CANCELLED);
    (void)pthread_join(t, NULL);
    ck_assert(session_broken(h.s) && !session_alive(h.s));
    ck_assert_int_eq(session_ping(h.s, &f), RC_CANCELLED); /* until it was told */
    session_told(h.s);
    ck_assert_int_eq(session_ping(h.s, &f), RC_LOST);
    session_close(h.s);
    stop(&x);
    ck_assert_str_eq(x.query, "hang");
}
END_TEST

/* ---- closes that travel with the next command ---- */

START_TEST(many_closes)
{
    enum { MOST = 16384, TRIED = 20000 }; /* what is more stays open in the server */
    struct server x;
    start(&x, GOOD);
    struct session_host host = {"127.0.0.1", x.port};
    struct session_opts o = {.tls.mode = TLS_DISABLED, .hosts = &host, .nhosts = 1, .user = "u"};
    struct session *s = NULL;
    struct fault f = {0};
    ck_assert_int_eq(session_open(&o, &s, &f), RC_OK);
    for (uint32_t i = 1; i <= TRIED; i++) {
        struct wire_stmt st = {.id = i};
        wire_stmt_close(s, &st);
        wire_stmt_close(s, &st); /* a second time is nothing */
    }
    ck_assert_int_eq(session_query(s, "x", 1, &f), RC_OK);
    struct wire_stmt last = {.id = 7};
    wire_stmt_close(s, &last);
    ck_assert_int_eq(session_query(s, "y", 1, &f), RC_OK);
    session_close(s);
    stop(&x);
    ck_assert_uint_eq(x.ncloses, MOST + 1);
    ck_assert_str_eq(x.query, "y");
    struct wire_stmt none = {.id = 7};
    wire_stmt_close(NULL, &none);
    ck_assert_uint_eq(none.id, 0);
}
END_TEST

/* ---- the log ---- */

START_TEST(log_without_secrets)
{
    char path[] = "/tmp/check_open_XXXXXX", text[5000] = "";
    struct server x;
    struct log l = {.fd = mkstemp(path), .level = LOG_TRACE, .serial = 1};
    ck_assert(l.fd >= 0);
    start(&x, GOOD);
    struct session_host host = {"127.0.0.1", x.port};
    struct session_opts o = {.tls.mode = TLS_DISABLED,
                             .hosts = &host,
                             .nhosts = 1,
                             .user = "u",
                             .password = {"s3cret", "f4ctor", "x"},
                             .openid_token = "t0ken",
                             .log = &l};
    struct session *s = NULL;
    struct fault f;
    ck_assert_int_eq(session_open(&o, &s, &f), RC_OK);
    ck_assert_int_eq(session_query(s, "set x = 1", 9, &f), RC_OK);
    session_close(s);
    stop(&x);
    ck_assert(pread(l.fd, text, sizeof text - 1, 0) > 0);
    (void)close(l.fd);
    (void)unlink(path);
    ck_assert(strstr(text, "set x = 1") && strstr(text, "8.4.0") &&
              strstr(text, "mysql_native_password"));
    ck_assert(!strstr(text, "s3cret") && !strstr(text, "f4ctor") && !strstr(text, "t0ken"));
}
END_TEST

Suite *check_open(void);
Suite *check_open(void)
{
    Suite *s = suite_create("open");
    TCase *c = tcase_create("all");
    tcase_set_timeout(c, 60);
    tcase_add_loop_test(c, walk, 0, (int)(sizeof walks / sizeof walks[0]));
    tcase_add_test(c, many_that_fail);
    tcase_add_test(c, random_order);
    tcase_add_test(c, interrupted);
    tcase_add_test(c, many_closes);
    tcase_add_test(c, log_without_secrets);
    suite_add_tcase(s, c);
    return s;
}
