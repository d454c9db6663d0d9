/* check_kill.c - a KILL goes out only where it is proven that the second connection reached the
 * server that runs our statement. */
#include <arpa/inet.h>
#include <check.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "wire/session.h"

enum { OUR_ID = 7, KILLERS_ID = 8, MOST_CELLS = 5 };

/* What a row shows as its host; PORT is replaced by what the peer of that connection has. */
#define DIRECT "10.0.0.9:PORT"

struct listed {
    const char *id, *host, *command, *info, *time;
};

struct kase {
    const char *what;
    const char *version;   /* of the greeting */
    struct listed rows[3]; /* of the list of connections */
    const char *tokens[3]; /* ids that the table of attributes shows for our token */
    bool has_no_list;      /* an OK instead */
    int want_rc;
    enum session_killed want;
    const char *want_kill; /* the statement that kills; NULL: none */
    const char *want_words;
};

struct fake {
    const struct kase *k;
    int fd;
    unsigned port;
    unsigned peers[2]; /* ports of ours and of the killer */
    atomic_int n;      /* connections so far */
    atomic_bool is_hanging;
    char kill[100];
    pthread_t thread;
};

/* ---- the server ---- */

struct out {
    unsigned char b[8000];
    size_t n;
    unsigned seq;
};

static void put_packet(struct out *o, const void *p, size_t n)
{
    unsigned char h[4] = {(unsigned char)n, (unsigned char)(n >> 8), 0, (unsigned char)o->seq++};
    memcpy(o->b + o->n, h, 4);
    memcpy(o->b + o->n + 4, p, n);
    o->n += 4 + n;
}

static void flush(int fd, struct out *o)
{
    (void)send(fd, o->b, o->n, MSG_NOSIGNAL);
}

/* text as a cell, with its length; NULL as SQL NULL. */
static size_t put_cell(unsigned char *to, const char *text, const struct fake *x, size_t who)
{
    char shown[100];
    if (!text) {
        *to = 0xFB;
        return 1;
    }
    const char *port = strstr(text, "PORT");
    if (port) {
        (void)snprintf(shown, sizeof shown, "%.*s%u", (int)(port - text), text, x->peers[who]);
        text = shown;
    }
    size_t n = strlen(text);
    to[0] = (unsigned char)n;
    memcpy(to + 1, text, n);
    return n + 1;
}

static void put_column(struct out *o, const char *name)
{
    unsigned char b[100];
    size_t n = 0;
    static const char *const none[] = {"def", "", "", ""};
    for (size_t i = 0; i < 4; i++)
        n += put_cell(b + n, none[i], NULL, 0);
    n += put_cell(b + n, name, NULL, 0);
    n += put_cell(b + n, name, NULL, 0);
    static const unsigned char rest[] = "\x0c\x2d\0\xff\0\0\0\xfd\0\0\0\0";
    memcpy(b + n, rest, 13);
    put_packet(o, b, n + 13);
}

static void put_head(struct out *o, const char *const *names, size_t n)
{
    unsigned char count = (unsigned char)n;
    put_packet(o, &count, 1);
    for (size_t i = 0; i < n; i++)
        put_column(o, names[i]);
    put_packet(o, "\xfe\0\0\x02\0", 5);
}

static void give_list(const struct fake *x, int fd)
{
    static const char *const names[] = {"Id", "HOST", "Command", "Info", "Time"};
    struct out o = {.seq = 1};
    put_head(&o, names, MOST_CELLS);
    for (size_t i = 0; i < 3 && x->k->rows[i].id; i++) {
        const struct listed *r = &x->k->rows[i];
        const char *cells[] = {r->id, r->host, r->command, r->info, r->time};
        unsigned char b[500];
        size_t n = 0;
        for (size_t c = 0; c < MOST_CELLS; c++)
            n += put_cell(b + n, cells[c], x, atoi(r->id) == KILLERS_ID);
        put_packet(&o, b, n);
    }
    put_packet(&o, "\xfe\0\0\x02\0", 5);
    flush(fd, &o);
}

static void give_tokens(const struct fake *x, int fd)
{
    static const char *const names[] = {"PROCESSLIST_ID"};
    struct out o = {.seq = 1};
    put_head(&o, names, 1);
    for (size_t i = 0; i < 3 && x->k->tokens[i]; i++) {
        unsigned char b[50];
        put_packet(&o, b, put_cell(b, x->k->tokens[i], x, 0));
    }
    put_packet(&o, "\xfe\0\0\x02\0", 5);
    flush(fd, &o);
}

static void give_ok(int fd, unsigned seq)
{
    struct out o = {.seq = seq};
    put_packet(&o, "\0\0\0\x02\0\0", 7);
    flush(fd, &o);
}

static void greet(const struct fake *x, int fd, unsigned char id)
{
    unsigned char b[200] = {10};
    size_t n = 1 + strlen(x->k->version) + 1;
    memcpy(b + 1, x->k->version, n - 1);
    static const unsigned char rest[] =
        "\x07\0\0\0abcdefgh\0\x0d\xa2\xff\x02\0\xbf\0\x15\0\0\0\0\0\0\0\0\0\0"
        "ijklmnopqrst\0mysql_native_password";
    memcpy(b + n, rest, sizeof rest);
    b[n] = id;
    struct out o = {.seq = 0};
    put_packet(&o, b, n + sizeof rest);
    flush(fd, &o);
}

static ssize_t read_packet(int fd, unsigned char *b, size_t cap)
{
    unsigned char h[4];
    if (recv(fd, h, 4, MSG_WAITALL) != 4 || h[0] + 256u * h[1] > cap)
        return -1;
    return recv(fd, b, h[0] + 256u * h[1], MSG_WAITALL);
}

static void answer(struct fake *x, int fd, const char *sql)
{
    if (strstr(sql, "hang") == sql)
        atomic_store(&x->is_hanging, true);
    else if (strstr(sql, "connect_attrs"))
        give_tokens(x, fd);
    else if (strstr(sql, "PROCESSLIST") && !x->k->has_no_list)
        give_list(x, fd);
    else
        give_ok(fd, 1);
    if (strstr(sql, "KILL") == sql)
        (void)snprintf(x->kill, sizeof x->kill, "%.90s", sql);
}

static void serve(struct fake *x, int fd)
{
    unsigned char b[4000];
    struct sockaddr_in peer = {0};
    socklen_t len = sizeof peer;
    int i = atomic_fetch_add(&x->n, 1);
    (void)getpeername(fd, (struct sockaddr *)&peer, &len);
    x->peers[i > 0] = ntohs(peer.sin_port);
    greet(x, fd, (unsigned char)(i ? KILLERS_ID : OUR_ID));
    if (read_packet(fd, b, sizeof b) < 0)
        return;
    give_ok(fd, 2);
    for (;;) {
        ssize_t n = read_packet(fd, b, sizeof b - 1);
        if (n <= 0 || b[0] != 3)
            return;
        b[n] = 0;
        answer(x, fd, (char *)b + 1);
    }
}

struct visit {
    struct fake *x;
    int fd;
};

static void *serve_one(void *arg)
{
    struct visit *v = arg;
    serve(v->x, v->fd);
    (void)close(v->fd);
    return NULL;
}

/* Two connections: ours, and the one that kills. */
static void *run(void *arg)
{
    struct fake *x = arg;
    pthread_t threads[2];
    struct visit visits[2];
    size_t n = 0;
    for (int fd = accept(x->fd, NULL, NULL); fd >= 0 && n < 2; fd = accept(x->fd, NULL, NULL)) {
        visits[n] = (struct visit){x, fd};
        (void)pthread_create(&threads[n], NULL, serve_one, &visits[n]);
        n++;
    }
    while (n)
        (void)pthread_join(threads[--n], NULL);
    return NULL;
}

static void start(struct fake *x, const struct kase *k)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof at;
    *x = (struct fake){.k = k, .fd = socket(AF_INET, SOCK_STREAM, 0)};
    ck_assert(x->fd >= 0 && bind(x->fd, (struct sockaddr *)&at, sizeof at) == 0);
    ck_assert(getsockname(x->fd, (struct sockaddr *)&at, &n) == 0);
    x->port = ntohs(at.sin_port);
    ck_assert(listen(x->fd, 10) == 0);
    ck_assert(pthread_create(&x->thread, NULL, run, x) == 0);
}

static void stop(struct fake *x)
{
    (void)shutdown(x->fd, SHUT_RDWR); /* ends accept */
    (void)pthread_join(x->thread, NULL);
    (void)close(x->fd);
}

/* ---- what proves, and what does not ---- */

#define MYSQL   "8.4.0"
#define MARIADB "5.5.5-10.11.6-MariaDB"
#define KILLER                                                                                     \
    {                                                                                              \
        "8", DIRECT, "Query", NULL, "0"                                                            \
    }
#define BEHIND                                                                                     \
    {                                                                                              \
        "8", "10.0.0.1:1", "Query", NULL, "0"                                                      \
    } /* a balancer's port, not ours */
#define KILLS   .want_kill = "KILL QUERY 7"
#define REFUSES .want_rc = RC_UNSUPPORTED, .want_words = "could not be reached"

static const struct kase kases[] = {
    {"direct", MYSQL, {{"7", DIRECT, "Query", "x", "0"}, KILLER}, KILLS},
    {"direct, the text is another (CALL)",
     MYSQL,
     {KILLER, {"7", DIRECT, "Query", "y", "9"}},
     KILLS},
    {"direct, nothing runs any more",
     MYSQL,
     {{"7", DIRECT, "Sleep", NULL, "0"}, KILLER},
     .want = KILL_NOT_NEEDED},
    {"direct, and our id is a stranger's",
     MYSQL,
     {{"7", "10.0.0.9:2", "Query", "hang on", "0"}, KILLER},
     REFUSES},
    {"direct, the same port of another machine",
     MYSQL,
     {{"7", "10.0.0.8:PORT", "Query", "hang on", "0"}, KILLER},
     REFUSES},
    {"direct, and our id is gone",
     MYSQL,
     {KILLER},
     .want_rc = RC_LOST,
     .want = KILL_GONE,
     .want_words = "no longer knows"},
    {"no list", MYSQL, .has_no_list = true, .want_rc = RC_PROTOCOL, .want_words = "lists no"},
    {"a list without who asks",
     MYSQL,
     {{"7", DIRECT, "Query", "hang on", "0"}},
     .want_rc = RC_PROTOCOL,
     .want_words = "does not list"},
    {"behind a proxy, by attribute",
     MYSQL,
     {{"7", "10.0.0.1:2", "Query", "y", "9"}, BEHIND},
     {"7", "8"},
     KILLS},
    {"behind a proxy, the attribute is not there",
     MYSQL,
     {{"7", "10.0.0.1:2", "Query", "hang on", "0"}, BEHIND},
     {"8"},
     REFUSES},
    {"behind a proxy, no attributes, our text and time",
     MYSQL,
     {{"7", "10.0.0.1:2", "Query", "hang on", "0"}, BEHIND},
     KILLS},
    {"without the end",
     MYSQL,
     {{"7", "10.0.0.1:2", "Query", "hang on", "0"}, BEHIND},
     {"9"},
     KILLS},
    {"MariaDB counts in milliseconds",
     MARIADB,
     {{"7", "10.0.0.1:2", "Query", "hang on", "7.5"}, BEHIND},
     KILLS},
    {"the same text, begun earlier",
     MARIADB,
     {{"7", "10.0.0.1:2", "Query", "hang on", "9000.5"}, BEHIND},
     REFUSES},
    {"the same text, begun earlier, in seconds",
     MYSQL,
     {{"7", "10.0.0.1:2", "Query", "hang on", "9"}, BEHIND},
     REFUSES},
    {"the same text, the time is no number",
     MYSQL,
     {{"7", "10.0.0.1:2", "Query", "hang on", NULL}, BEHIND},
     REFUSES},
    {"another text", MARIADB, {{"7", "10.0.0.1:2", "Query", "hang oN", "1"}, BEHIND}, REFUSES},
    {"a shorter text", MARIADB, {{"7", "10.0.0.1:2", "Query", "hang", "1"}, BEHIND}, REFUSES},
    {"a longer text", MARIADB, {{"7", "10.0.0.1:2", "Query", "hang on it", "1"}, BEHIND}, REFUSES},
    {"no text", MARIADB, {{"7", "10.0.0.1:2", "Query", NULL, "1"}, BEHIND}, REFUSES},
    {"nobody has our id", MARIADB, {BEHIND}, REFUSES},
};

struct helper {
    struct session *s;
    struct fake *x;
    int rc;
    enum session_killed what;
    struct fault f;
};

/* Waits until the server holds our query, then kills; the wait ends in any case. */
static void *interrupt(void *arg)
{
    struct helper *h = arg;
    while (!atomic_load(&h->x->is_hanging))
        (void)poll(NULL, 0, 1);
    h->rc = session_kill(h->s, 10000, &h->what, &h->f);
    session_abort(h->s);
    return NULL;
}

START_TEST(proof)
{
    const struct kase *k = &kases[_i];
    struct fake x;
    start(&x, k);
    struct session_host host = {"127.0.0.1", x.port};
    struct session_attr attr = {SESSION_TOKEN_KEY, "0123456789abcdef"};
    struct session_opts o = {.tls.mode = TLS_DISABLED,
                             .hosts = &host,
                             .nhosts = 1,
                             .user = "u",
                             .attrs = &attr,
                             .nattrs = 1};
    struct helper h = {.x = &x};
    struct fault f = {0};
    pthread_t t;
    ck_assert_int_eq(session_open(&o, &h.s, &f), RC_OK);
    ck_assert(pthread_create(&t, NULL, interrupt, &h) == 0);
    static const char sql[] = "hang on ; ";
    ck_assert_int_eq(session_query(h.s, sql, sizeof sql - 1, &f), RC_CANCELLED);
    (void)pthread_join(t, NULL);
    session_close(h.s);
    stop(&x);
    ck_assert_msg(h.rc == k->want_rc, "%s: %d %s", k->what, h.rc, h.f.text);
    ck_assert_msg(!strcmp(x.kill, k->want_kill ? k->want_kill : ""), "%s: %s", k->what, x.kill);
    ck_assert_msg(h.what == k->want, "%s: %d", k->what, (int)h.what);
    ck_assert_msg(!k->want_words || strstr(h.f.text, k->want_words), "%s: %s", k->what, h.f.text);
}
END_TEST

Suite *check_kill(void);
Suite *check_kill(void)
{
    Suite *s = suite_create("kill");
    TCase *c = tcase_create("proof");
    tcase_set_timeout(c, 60);
    tcase_add_loop_test(c, proof, 0, (int)(sizeof kases / sizeof *kases));
    suite_add_tcase(s, c);
    return s;
}
