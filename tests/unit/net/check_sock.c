/* check_sock.c - connecting, deadlines, being cut off.  Loopback and socket pairs only; an address
 * that never answers is a listener whose queue is full (Linux drops further SYNs). */
#include <arpa/inet.h>
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "net/sock.h"
#include "net/sockfd.h"
#include "net/tlsd.h"

#define ROWS(a) (int)(sizeof(a) / sizeof((a)[0]))

/* A listening socket on 127.0.0.N; port 0: any. */
static int listen_on(int n, unsigned *port, int backlog)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)*port)};
    socklen_t len = sizeof a;
    int one = 1, fd = socket(AF_INET, SOCK_STREAM, 0);
    a.sin_addr.s_addr = htonl(0x7f000000u + (unsigned)n);
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&a, sizeof a), 0);
    if (backlog >= 0)
        ck_assert_int_eq(listen(fd, backlog), 0);
    ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&a, &len), 0);
    *port = ntohs(a.sin_port);
    return fd;
}

/* Fill the queue of a listener: from then on it answers nobody. */
struct blackhole {
    int fd, filler[4];
};

static void blackhole_up(struct blackhole *b, int n, unsigned *port)
{
    struct sockaddr_in a = {.sin_family = AF_INET};
    b->fd = listen_on(n, port, 0);
    a.sin_port = htons((uint16_t)*port);
    a.sin_addr.s_addr = htonl(0x7f000000u + (unsigned)n);
    for (int i = 0; i < 4; i++) {
        b->filler[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        (void)connect(b->filler[i], (struct sockaddr *)&a, sizeof a); /* in progress */
    }
}

static void blackhole_down(struct blackhole *b)
{
    for (int i = 0; i < 4; i++)
        (void)close(b->filler[i]);
    (void)close(b->fd);
}

/* Addresses 127.0.0.N for each n of list, which ends with 0. */
static struct sock_addrs *addrs_of(const int *list, unsigned port)
{
    struct sock_addrs *out = NULL;
    ck_assert_int_eq(sock_addrs_new("db.test", port, &out, NULL), RC_OK);
    for (; *list; list++) {
        struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
        a.sin_addr.s_addr = htonl(0x7f000000u + (unsigned)*list);
        sock_addrs_add(out, (const struct sockaddr *)&a, sizeof a);
    }
    return out;
}

START_TEST(connects_and_talks)
{
    unsigned port = 0;
    size_t used = 9, got = 0;
    char peer[SOCK_PEER_CHARS], text[32], p[8];
    struct stream *s = NULL;
    struct sock_addrs *a = NULL;
    struct fault f = {0};
    int l = listen_on(1, &port, 5);
    ck_assert_int_eq(sock_resolve("127.0.0.1", port, &a, &f), RC_OK);
    ck_assert_uint_eq(sock_addrs_count(a), 1);
    ck_assert_int_eq(sock_connect(a, 0, deadline_in(10000), &s, &used, peer, &f), RC_OK);
    (void)snprintf(text, sizeof text, "127.0.0.1:%u", port);
    ck_assert_str_eq(peer, text);
    ck_assert_uint_eq(used, 0);
    int c = accept(l, NULL, NULL);
    ck_assert(stream_alive(s));
    ck_assert_int_eq(stream_write(s, "hello", 5, deadline_in(10000), &f), RC_OK);
    ck_assert_int_eq((int)recv(c, p, sizeof p, 0), 5);
    ck_assert_int_eq((int)send(c, "ab", 2, 0), 2);
    ck_assert_int_eq(stream_read(s, p, sizeof p, &got, deadline_in(10000), &f), RC_OK);
    ck_assert_uint_eq(got, 2);
    ck_assert_int_eq((int)send(c, "x", 1, 0), 1);
    ck_assert(!stream_alive(s)); /* unasked */
    ck_assert_int_eq(stream_read(s, p, sizeof p, &got, deadline_in(10000), &f), RC_OK);
    ck_assert(stream_alive(s));
    (void)close(c);
    ck_assert_int_eq(stream_read(s, p, sizeof p, &got, deadline_in(10000), &f), RC_LOST);
    has_words("closed", f.text, "127.0.0.1|closed the connection");
    ck_assert(!stream_alive(s));
    stream_close(s);
    sock_addrs_free(a);
    (void)close(l);
}
END_TEST

START_TEST(descriptor_is_well_behaved)
{
    unsigned port = 0;
    size_t used = 0;
    char peer[SOCK_PEER_CHARS];
    struct stream *s = NULL;
    struct fault f = {0};
    int l = listen_on(1, &port, 5), next = dup(l), v = 0;
    socklen_t len = sizeof v;
    (void)close(next); /* the number the socket will have */
    struct sock_addrs *a = addrs_of((const int[]){1, 0}, port);
    ck_assert_int_eq(sock_connect(a, 0, deadline_in(10000), &s, &used, peer, &f), RC_OK);
    ck_assert_int_eq(fcntl(next, F_GETFD), FD_CLOEXEC);
    ck_assert_int_ne(fcntl(next, F_GETFL) & O_NONBLOCK, 0);
    ck_assert_int_eq(getsockopt(next, IPPROTO_TCP, TCP_NODELAY, &v, &len), 0);
    ck_assert_int_ne(v, 0);
    ck_assert_int_eq(getsockopt(next, SOL_SOCKET, SO_KEEPALIVE, &v, &len), 0);
    ck_assert_int_ne(v, 0);
    stream_close(s);
    ck_assert_int_eq(fcntl(next, F_GETFD), -1); /* closed */
    sock_addrs_free(a);
    (void)close(l);
}
END_TEST

START_TEST(refusal_names_every_address)
{
    unsigned port = 0;
    size_t used = 0;
    char peer[SOCK_PEER_CHARS], words[200];
    struct stream *s = NULL;
    struct fault f = {0};
    int fd = listen_on(2, &port, -1); /* bound, not listening: nobody else can */
    struct sock_addrs *a = addrs_of((const int[]){2, 3, 0}, port);
    ck_assert_int_eq(sock_connect(a, 0, deadline_in(10000), &s, &used, peer, &f), RC_CONNECT);
    (void)snprintf(words, sizeof words,
                   "cannot connect to db.test port %u|127.0.0.2:%u: Connection "
                   "refused|127.0.0.3:%u: Connection "
                   "refused|check PORT",
                   port, port, port);
    has_words("refused", f.text, words);
    ck_assert_uint_eq(f.number, ECONNREFUSED);
    ck_assert_int_eq(sock_connect(a, 1, deadline_in(10000), &s, &used, peer, &f), RC_CONNECT);
    ck_assert_ptr_null(strstr(f.text, "127.0.0.2"));
    ck_assert_int_eq(sock_connect(a, 2, deadline_in(10000), &s, &used, peer, &f), RC_CONNECT);
    has_words("none left", f.text, "no further address");
    sock_addrs_free(a);
    (void)close(fd);
}
END_TEST

START_TEST(refused_first_address_is_passed_over)
{
    unsigned port = 0;
    size_t used = 9;
    char peer[SOCK_PEER_CHARS];
    struct stream *s = NULL;
    struct fault f = {0};
    int l = listen_on(3, &port, 5);
    struct sock_addrs *a = addrs_of((const int[]){2, 3, 0}, port);
    ck_assert_int_eq(sock_connect(a, 0, deadline_in(10000), &s, &used, peer, &f), RC_OK);
    ck_assert_uint_eq(used, 1);
    stream_close(s);
    sock_addrs_free(a);
    (void)close(l);
}
END_TEST

START_TEST(silent_first_address_does_not_eat_the_time)
{
    unsigned port = 0;
    size_t used = 9;
    char peer[SOCK_PEER_CHARS];
    struct blackhole b;
    struct stream *s = NULL;
    struct fault f = {0};
    blackhole_up(&b, 2, &port);
    int l = listen_on(3, &port, 5);
    struct sock_addrs *a = addrs_of((const int[]){2, 3, 0}, port);
    ck_assert_int_eq(sock_connect(a, 0, deadline_in(60000), &s, &used, peer, &f), RC_OK);
    ck_assert_uint_eq(used, 1);
    stream_close(s);
    sock_addrs_free(a);
    (void)close(l);
    blackhole_down(&b);
}
END_TEST

START_TEST(silence_ends_at_the_deadline)
{
    unsigned port = 0;
    size_t used = 9;
    char peer[SOCK_PEER_CHARS];
    struct blackhole b, c;
    struct stream *s = NULL;
    struct fault f = {0};
    blackhole_up(&b, 2, &port);
    blackhole_up(&c, 3, &port);
    struct sock_addrs *a = addrs_of((const int[]){2, 3, 0}, port);
    int64_t end = deadline_in(400);
    ck_assert_int_eq(sock_connect(a, 0, end, &s, &used, peer, &f), RC_TIMEOUT);
    ck_assert(clock_ms() >= end);
    has_words("silent", f.text, "within the time limit|127.0.0.2|127.0.0.3|: no answer|firewall");
    sock_addrs_free(a);
    blackhole_down(&b);
    blackhole_down(&c);
}
END_TEST

static const struct {
    const char *in, *out; /* families */
} orders[] = {{"6664", "6466"}, {"4466", "4646"}, {"444", "444"},
              {"6", "6"},       {"64", "64"},     {"646", "646"}};

START_TEST(families_take_turns)
{
    struct sock_addrs *a = NULL;
    ck_assert_int_eq(sock_addrs_new("x", 1, &a, NULL), RC_OK);
    for (const char *c = orders[_i].in; *c; c++) {
        struct sockaddr_storage s = {.ss_family = *c == '6' ? AF_INET6 : AF_INET};
        sock_addrs_add(a, (const struct sockaddr *)&s, sizeof s);
    }
    sock_addrs_order(a);
    ck_assert_uint_eq(sock_addrs_count(a), strlen(orders[_i].out));
    for (size_t i = 0; i < sock_addrs_count(a); i++)
        ck_assert_msg(sock_addrs_family(a, i) == (orders[_i].out[i] == '6' ? AF_INET6 : AF_INET),
                      "%s: at %zu", orders[_i].in, i);
    sock_addrs_free(a);
}
END_TEST

START_TEST(literal_addresses_resolve)
{
    struct sock_addrs *a = NULL;
    struct fault f = {0};
    ck_assert_int_eq(sock_resolve("::1", 3306, &a, &f), RC_OK);
    ck_assert_uint_eq(sock_addrs_count(a), 1);
    ck_assert_int_eq(sock_addrs_family(a, 0), AF_INET6);
    sock_addrs_free(a);
    sock_addrs_free(NULL);
}
END_TEST

START_TEST(unknown_name_is_told)
{
    struct sock_addrs *a = NULL;
    struct fault f = {0};
    ck_assert_int_eq(sock_resolve("no such host.invalid", 3306, &a, &f), RC_CONNECT);
    has_words("name", f.text, "\"no such host.invalid\"|Check SERVER");
}
END_TEST

/* ---- unix sockets ---- */

static const char *temp_path(const char *name)
{
    static char path[100];
    (void)snprintf(path, sizeof path, "/tmp/mywire-sock-%d-%s", (int)getpid(), name);
    return path;
}

static int listen_unix(const char *path)
{
    struct sockaddr_un un = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    (void)snprintf(un.sun_path, sizeof un.sun_path, "%s", path);
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&un, sizeof un), 0);
    ck_assert_int_eq(listen(fd, 0), 0);
    return fd;
}

START_TEST(unix_socket)
{
    char peer[SOCK_PEER_CHARS], p[8];
    size_t got = 0;
    struct stream *s = NULL, *more[3] = {0};
    struct fault f = {0};
    const char *path = temp_path("a");
    int l = listen_unix(path);
    ck_assert_int_eq(sock_connect_unix(path, deadline_in(10000), &s, peer, &f), RC_OK);
    has_words("peer", peer, path);
    int c = accept(l, NULL, NULL);
    ck_assert_int_eq((int)send(c, "hi", 2, 0), 2);
    ck_assert_int_eq(stream_read(s, p, sizeof p, &got, deadline_in(10000), &f), RC_OK);
    ck_assert_uint_eq(got, 2);
    int rc = RC_OK; /* nobody accepts: the queue fills, and waiting has an end */
    for (int i = 0; i < 3 && !rc; i++)
        rc = sock_connect_unix(path, deadline_in(50), &more[i], peer, &f);
    ck_assert_int_eq(rc, RC_TIMEOUT);
    has_words("busy", f.text, "too busy");
    for (int i = 0; i < 3; i++)
        stream_close(more[i]);
    stream_close(s);
    (void)close(c);
    (void)close(l);
    ck_assert_int_eq(sock_connect_unix(path, deadline_in(10000), &s, peer, &f), RC_CONNECT);
    has_words("nobody", f.text, "no server listens");
    (void)unlink(path);
    ck_assert_int_eq(sock_connect_unix(path, deadline_in(10000), &s, peer, &f), RC_CONNECT);
    has_words("gone", f.text, "There is no such socket|SOCKET");
    ck_assert_uint_eq(f.number, ENOENT);
    static const char plain[] = "/etc/passwd"; /* anything but a socket */
    ck_assert_int_eq(sock_connect_unix(plain, deadline_in(10000), &s, peer, &f), RC_CONNECT);
    has_words("no socket", f.text, "/etc/passwd|not an ordinary file");
    char longer[200];
    memset(longer, 'x', sizeof longer - 1);
    longer[sizeof longer - 1] = 0;
    ck_assert_int_eq(sock_connect_unix(longer, deadline_in(10000), &s, peer, &f), RC_CONFIG);
    has_words("long", f.text, "SOCKET|107");
}
END_TEST

/* ---- deadlines and aborts ---- */

struct pair {
    struct stream *s;
    int other;
};

static void pair_up(struct pair *p)
{
    int fd[2];
    struct fault f = {0};
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
    ck_assert_int_eq(sock_from_fd(fd[0], &p->s, &f), RC_OK);
    p->other = fd[1];
}

START_TEST(read_ends_at_the_deadline)
{
    struct pair p;
    char c[4];
    size_t got = 0;
    struct fault f = {0};
    pair_up(&p);
    int64_t end = deadline_in(50);
    ck_assert_int_eq(stream_read(p.s, c, 1, &got, end, &f), RC_TIMEOUT);
    ck_assert(clock_ms() >= end);
    has_words("read", f.text, "time limit passed while waiting for an answer");
    /* a passed deadline takes what is there, and harms nothing */
    ck_assert_int_eq(stream_read(p.s, c, 1, &got, 0, &f), RC_TIMEOUT);
    ck_assert_int_eq((int)send(p.other, "z", 1, 0), 1);
    ck_assert_int_eq(stream_read(p.s, c, 4, &got, 0, &f), RC_OK);
    ck_assert_uint_eq(got, 1);
    stream_close(p.s);
    (void)close(p.other);
}
END_TEST

START_TEST(write_ends_at_the_deadline)
{
    struct pair p;
    struct fault f = {0};
    size_t n = 8u << 20;
    char *big = calloc(1, n);
    pair_up(&p);
    ck_assert_int_eq(stream_write(p.s, big, n, deadline_in(50), &f), RC_TIMEOUT);
    has_words("write", f.text, "time limit passed while sending");
    stream_close(p.s);
    (void)close(p.other);
    free(big);
}
END_TEST

START_TEST(write_to_the_gone_is_no_signal)
{
    struct pair p;
    struct fault f = {0};
    pair_up(&p);
    (void)close(p.other);
    ck_assert_int_eq(stream_write(p.s, "x", 1, deadline_in(1000), &f), RC_LOST);
    ck_assert_uint_eq(f.number, EPIPE);
    stream_close(p.s);
}
END_TEST

static void *abort_it(void *arg)
{
    stream_abort(arg);
    return NULL;
}

/* Whether the abort comes before, during or after the call: it ends, and everything after it fails
 * too. */
START_TEST(abort_ends_reads_and_writes)
{
    struct pair p;
    pthread_t t;
    char c = 0;
    size_t got = 0, n = 8u << 20;
    struct fault f = {0};
    char *big = calloc(1, n);
    pair_up(&p);
    ck_assert_int_eq((int)send(p.other, "z", 1, 0), 1);
    ck_assert_int_eq(stream_read(p.s, &c, 1, &got, DEADLINE_NEVER, &f), RC_OK);
    ck_assert_int_eq(pthread_create(&t, NULL, abort_it, p.s), 0);
    int rc = _i ? stream_write(p.s, big, n, DEADLINE_NEVER, &f)
                : stream_read(p.s, &c, 1, &got, DEADLINE_NEVER, &f);
    ck_assert_int_eq(rc, RC_LOST);
    ck_assert_int_eq(pthread_join(t, NULL), 0);
    ck_assert_int_eq(stream_read(p.s, &c, 1, &got, DEADLINE_NEVER, &f), RC_LOST);
    has_words("abort", f.text, "on request of this program");
    ck_assert_int_eq(stream_write(p.s, &c, 1, DEADLINE_NEVER, &f), RC_LOST);
    ck_assert(!stream_alive(p.s));
    stream_close(p.s);
    (void)close(p.other);
    free(big);
}
END_TEST

START_TEST(abort_hides_what_had_arrived)
{
    struct pair p;
    char c = 0;
    size_t got = 0;
    struct fault f = {0};
    pair_up(&p);
    ck_assert_int_eq((int)send(p.other, "abc", 3, 0), 3);
    stream_abort(p.s);
    ck_assert_int_eq(stream_read(p.s, &c, 1, &got, DEADLINE_NEVER, &f), RC_LOST);
    stream_close(p.s);
    stream_close(NULL);
    (void)close(p.other);
}
END_TEST

Suite *check_sock(void);
Suite *check_sock(void)
{
    Suite *s = suite_create("sock");
    TCase *t = tcase_create("all");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, connects_and_talks);
    tcase_add_test(t, descriptor_is_well_behaved);
    tcase_add_test(t, refusal_names_every_address);
    tcase_add_test(t, refused_first_address_is_passed_over);
    tcase_add_test(t, silent_first_address_does_not_eat_the_time);
    tcase_add_test(t, silence_ends_at_the_deadline);
    tcase_add_loop_test(t, families_take_turns, 0, ROWS(orders));
    tcase_add_test(t, literal_addresses_resolve);
    tcase_add_test(t, unknown_name_is_told);
    tcase_add_test(t, unix_socket);
    tcase_add_test(t, read_ends_at_the_deadline);
    tcase_add_test(t, write_ends_at_the_deadline);
    tcase_add_test(t, write_to_the_gone_is_no_signal);
    tcase_add_loop_test(t, abort_ends_reads_and_writes, 0, 2);
    tcase_add_test(t, abort_hides_what_had_arrived);
    suite_add_tcase(s, t);
    return s;
}
