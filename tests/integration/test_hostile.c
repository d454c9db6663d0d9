/* test_hostile.c - servers that mean harm, through the driver manager: what they get to know, how
 * long they can hold us, and what they can make appear on a terminal.  And values that mean harm,
 * against the real servers: nothing that an application gives as a value becomes SQL. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>

#include "integration/odbc.h"

#define PASSWORD "Corr3ct-H0rse"
enum { PEERS_MAX = 16, SEEN_MAX = 1 << 20, HANG_SECONDS = 25 };

/* --- a server ----------------------------------------------------------------------------------
 */

struct hostile;

struct peer {
    struct hostile *h;
    int fd;
    unsigned char seq; /* of the next packet to send */
    unsigned char in[8192];
    size_t n; /* of the packet read last */
};

typedef void serve_fn(struct peer *p);

struct hostile {
    int listener;
    unsigned port;
    serve_fn *serve;
    pthread_t thread;
    pthread_mutex_t lock; /* of what follows */
    struct peer *peers[PEERS_MAX];
    pthread_t threads[PEERS_MAX];
    unsigned npeers;
    unsigned char seen[SEEN_MAX]; /* all that clients sent */
    size_t nseen;
};

static void see(struct hostile *h, const void *p, size_t n)
{
    pthread_mutex_lock(&h->lock);
    n = n < SEEN_MAX - h->nseen ? n : SEEN_MAX - h->nseen;
    memcpy(h->seen + h->nseen, p, n);
    h->nseen += n;
    pthread_mutex_unlock(&h->lock);
}

static bool was_seen(struct hostile *h, const char *text)
{
    pthread_mutex_lock(&h->lock);
    bool found = memmem(h->seen, h->nseen, text, strlen(text)) != NULL;
    pthread_mutex_unlock(&h->lock);
    return found;
}

static bool put(struct peer *p, const void *bytes, size_t n)
{
    unsigned char head[4] = {(unsigned char)n, (unsigned char)(n >> 8), (unsigned char)(n >> 16),
                             p->seq++};
    return send(p->fd, head, 4, MSG_NOSIGNAL | MSG_MORE) == 4 &&
           send(p->fd, bytes, n, MSG_NOSIGNAL) == (ssize_t)n;
}

#define PUT(p, text) put(p, text, sizeof(text) - 1)

/* The next packet of the client; long ones are cut to the buffer. */
static bool take(struct peer *p)
{
    unsigned char head[4];
    if (recv(p->fd, head, 4, MSG_WAITALL) != 4)
        return false;
    size_t n = (size_t)head[0] | (size_t)head[1] << 8 | (size_t)head[2] << 16;
    p->seq = (unsigned char)(head[3] + 1);
    if (n >= sizeof p->in || (n && recv(p->fd, p->in, n, MSG_WAITALL) != (ssize_t)n))
        return false;
    p->in[n] = 0;
    p->n = n;
    see(p->h, p->in, n);
    return true;
}

/* tail: two bytes of capabilities; with DEPRECATE_EOF, or without (and then the driver asks). */
#define GREETING(version, caps_high)                                                               \
    "\x0a" version "\0\7\0\0\0abcdefgh\0\x0d\xa2\xff\2\0" caps_high                                \
    "\x15\0\0\0\0\0\0\0\0\0\0ijklmnopqrst\0mysql_native_password"

static bool greet(struct peer *p)
{
    p->seq = 0;
    return put(p, GREETING("8.4.0", "\xbf\x01"), sizeof GREETING("8.4.0", "\xbf\x01")) && take(p);
}

#define OK_PACKET "\0\0\0\2\0\0\0"

static bool let_in(struct peer *p)
{
    return greet(p) && PUT(p, OK_PACKET);
}

static void *run_peer(void *arg)
{
    struct peer *p = arg;
    p->h->serve(p);
    shutdown(p->fd, SHUT_RDWR);
    return NULL;
}

static void *run_hostile(void *arg)
{
    struct hostile *h = arg;
    for (;;) {
        int fd = accept(h->listener, NULL, NULL);
        struct peer *p = fd < 0 || h->npeers == PEERS_MAX ? NULL : calloc(1, sizeof *p);
        if (!p)
            return NULL;
        *p = (struct peer){.h = h, .fd = fd};
        pthread_mutex_lock(&h->lock);
        h->peers[h->npeers] = p;
        if (!pthread_create(&h->threads[h->npeers], NULL, run_peer, p))
            h->npeers++;
        pthread_mutex_unlock(&h->lock);
    }
}

static struct hostile *hostile_start(serve_fn *serve)
{
    struct hostile *h = calloc(1, sizeof *h);
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof a;
    ck_assert_ptr_nonnull(h);
    pthread_mutex_init(&h->lock, NULL);
    h->serve = serve;
    h->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert(bind(h->listener, (struct sockaddr *)&a, n) == 0 && listen(h->listener, 8) == 0);
    ck_assert_int_eq(getsockname(h->listener, (struct sockaddr *)&a, &n), 0);
    h->port = ntohs(a.sin_port);
    ck_assert_int_eq(pthread_create(&h->thread, NULL, run_hostile, h), 0);
    return h;
}

static void hostile_stop(struct hostile *h)
{
    shutdown(h->listener, SHUT_RDWR);
    pthread_join(h->thread, NULL);
    for (unsigned i = 0; i < h->npeers; i++) {
        shutdown(h->peers[i]->fd, SHUT_RDWR);
        pthread_join(h->threads[i], NULL);
        close(h->peers[i]->fd);
        free(h->peers[i]);
    }
    close(h->listener);
    pthread_mutex_destroy(&h->lock);
    free(h);
}

/* --- a client -----------------------------------------------------------------------------------
 */

static void conn_make(struct conn *c)
{
    *c = (struct conn){.server = "hostile"};
    ck_assert(SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_ENV, SQL_NULL_HANDLE, &c->env)));
    SQLSetEnvAttr(c->env, SQL_ATTR_ODBC_VERSION, (SQLPOINTER)SQL_OV_ODBC3_80, 0);
    ck_assert(SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_DBC, c->env, &c->dbc)));
}

static void conn_drop(struct conn *c)
{
    SQLFreeHandle(SQL_HANDLE_DBC, c->dbc);
    SQLFreeHandle(SQL_HANDLE_ENV, c->env);
}

static SQLRETURN conn_try(struct conn *c, const struct hostile *h, const char *extra,
                          struct said *d)
{
    char in[1000];
    snprintf(in, sizeof in, "DRIVER={MyWire};SERVER=127.0.0.1;PORT=%u;UID=app;PWD=" PASSWORD ";%s",
             h->port, extra);
    SQLRETURN rc =
        SQLDriverConnect(c->dbc, NULL, text(in), SQL_NTS, NULL, 0, NULL, SQL_DRIVER_NOPROMPT);
    *d = said_at(SQL_HANDLE_DBC, c->dbc, 1);
    return rc;
}

static void conn_enter(struct conn *c, const struct hostile *h, const char *extra)
{
    struct said d;
    conn_make(c);
    SQLRETURN rc = conn_try(c, h, extra, &d);
    ck_assert_msg(SQL_SUCCEEDED(rc), "%s %s", d.state, d.text);
    c->stmt = new_stmt(c);
}

static void conn_leave(struct conn *c)
{
    SQLFreeHandle(SQL_HANDLE_STMT, c->stmt);
    SQLDisconnect(c->dbc);
    conn_drop(c);
}

/* --- thieves of passwords -----------------------------------------------------------------------
 */

#define KEY                                                                                        \
    "-----BEGIN PUBLIC KEY-----\n"                                                                 \
    "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQC8z0w3BdnbmTgFbLsDm1qYpmXf\n"                           \
    "-----END PUBLIC KEY-----\n"

static void ask(struct peer *p, const char *packet, size_t n)
{
    if (!greet(p))
        return;
    put(p, packet, n);
    for (int i = 0; i < 4 && take(p); i++)
        put(p, "\1" KEY, sizeof "\1" KEY - 1);
}

#define ASK(name, packet)                                                                          \
    static void name(struct peer *p)                                                               \
    {                                                                                              \
        ask(p, packet, sizeof packet);                                                             \
    }

ASK(ask_clear, "\xfemysql_clear_password\0")
ASK(ask_sha256, "\xfesha256_password\0abcdefghijklmnopqrst")
ASK(ask_dialog, "\xfe"
                "dialog\0\5Password: ")
ASK(ask_openid, "\xfe"
                "authentication_openid_connect_client\0")
ASK(ask_old, "\xfemysql_old_password\0abcdefgh")

static void ask_full_sha2(struct peer *p)
{
    if (greet(p) &&
        PUT(p, "\xfe"
               "caching_sha2_password\0abcdefghijklmnopqrst\0") &&
        take(p))
        PUT(p, "\1\4");
    for (int i = 0; i < 4 && take(p); i++)
        put(p, "\1" KEY, sizeof "\1" KEY - 1);
}

static const struct {
    const char *name;
    serve_fn *serve;
} thieves[] = {
    {"mysql_clear_password", ask_clear},
    {"sha256_password", ask_sha256},
    {"dialog", ask_dialog},
    {"openid", ask_openid},
    {"mysql_old_password", ask_old},
    {"full caching_sha2_password", ask_full_sha2},
};
static const char *const plain_modes[] = {"", "SSLMODE=DISABLED;", "SSLMODE=PREFERRED;"};

START_TEST(no_password_in_clear)
{
    for (size_t m = 0; m < sizeof plain_modes / sizeof *plain_modes; m++) {
        struct hostile *h = hostile_start(thieves[_i].serve);
        struct conn c;
        struct said d;
        char extra[200];
        conn_make(&c);
        snprintf(extra, sizeof extra, "%sTOKEN=eyJ0b2tlbiI6;CONN_TIMEOUT=10;", plain_modes[m]);
        SQLRETURN rc = conn_try(&c, h, extra, &d);
        ck_assert_msg(rc == SQL_ERROR, "%s: let in", thieves[_i].name);
        ck_assert_msg(!was_seen(h, PASSWORD) && !was_seen(h, "eyJ0b2tlbiI6"),
                      "%s: the secret was sent", thieves[_i].name);
        ck_assert_msg(!strstr(d.text, PASSWORD), "%s: %s", thieves[_i].name, d.text);
        conn_drop(&c);
        hostile_stop(h);
    }
}
END_TEST

/* Nothing at all is sent to a server that hides TLS, in whatever way TLS was demanded. */
static const char *const demands[] = {
    "SSLMODE=REQUIRED",
    "SSLMODE=VERIFY_CA",
    "SSLMODE=VERIFY_IDENTITY",
    "FORCETLS=1",
    "SSLVERIFY=1",
    "SSLMODE=PREFERRED;"
    "TLSPEERFP=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    "SSLMODE=DISABLED;"
    "TLSPEERFP=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
};

static void let_everybody_in(struct peer *p)
{
    if (!let_in(p))
        return;
    while (take(p) && p->in[0] != 1)
        PUT(p, OK_PACKET);
}

START_TEST(hidden_tls)
{
    struct hostile *h = hostile_start(let_everybody_in), *second = hostile_start(let_everybody_in);
    struct conn c;
    struct said d;
    char in[500];
    conn_make(&c);
    snprintf(in, sizeof in, "SERVER=127.0.0.1:%u,127.0.0.1:%u;%s;", h->port, second->port,
             demands[_i]);
    char all[700];
    snprintf(all, sizeof all, "DRIVER={MyWire};UID=app;PWD=" PASSWORD ";%s", in);
    SQLRETURN rc =
        SQLDriverConnect(c.dbc, NULL, text(all), SQL_NTS, NULL, 0, NULL, SQL_DRIVER_NOPROMPT);
    for (SQLSMALLINT i = 1; i < 5; i++) {
        d = said_at(SQL_HANDLE_DBC, c.dbc, i);
        if (!strcmp(d.state, "08001"))
            break;
    }
    ck_assert_msg(rc == SQL_ERROR, "%s: let in", demands[_i]);
    ck_assert_msg(strstr(d.text, "does not offer TLS") != NULL, "%s: %s %s", demands[_i], d.state,
                  d.text);
    ck_assert_msg(h->nseen == 0, "%s: %zu bytes were sent", demands[_i], h->nseen);
    ck_assert_msg(second->nseen == 0, "%s: the second host was told", demands[_i]);
    conn_drop(&c);
    hostile_stop(h);
    hostile_stop(second);
}
END_TEST

/* --- those that hold us -------------------------------------------------------------------------
 */

static void drip(struct peer *p)
{
    static const char bytes[] = GREETING("8.4.0", "\xbf\x01");
    unsigned char head[4] = {(unsigned char)sizeof bytes, 0, 0, 0};
    bool more = send(p->fd, head, 4, MSG_NOSIGNAL) == 4;
    for (size_t i = 0; more && i < sizeof bytes; i++) {
        usleep(300 * 1000);
        more = send(p->fd, bytes + i, 1, MSG_NOSIGNAL) == 1;
    }
}

static void switch_forever(struct peer *p)
{
    bool more = greet(p);
    while (more)
        more = PUT(p, "\xfemysql_native_password\0abcdefghijklmnopqrst\0") && take(p);
}

/* Lets us in, then is silent at the question for its product. */
static void silent_after_login(struct peer *p)
{
    p->seq = 0;
    if (put(p, GREETING("8.0.33", "\xbf\0"), sizeof GREETING("8.0.33", "\xbf\0")) && take(p))
        PUT(p, OK_PACKET);
    take(p);
    take(p);
}

/* The same, but with an answer that never ends. */
static void drip_after_login(struct peer *p)
{
    p->seq = 0;
    if (!put(p, GREETING("8.0.33", "\xbf\0"), sizeof GREETING("8.0.33", "\xbf\0")) || !take(p))
        return;
    PUT(p, OK_PACKET);
    bool more = take(p) && send(p->fd, "\xff\xff\0\1", 4, MSG_NOSIGNAL) == 4;
    while (more) {
        usleep(200 * 1000);
        more = send(p->fd, "\1", 1, MSG_NOSIGNAL) == 1;
    }
}

static const struct {
    const char *name, *extra;
    serve_fn *serve;
    const char *state, *words; /* NULL: any */
} holders[] = {
    {"a greeting in drips", "CONN_TIMEOUT=2;", drip, "HYT00", "2 s (CONN_TIMEOUT)"},
    {"switches without end", "CONN_TIMEOUT=5;", switch_forever, NULL, NULL},
    {"silence after the login", "CONN_TIMEOUT=2;", silent_after_login, "HYT00",
     "2 s (CONN_TIMEOUT)"},
    {"drips after the login", "CONN_TIMEOUT=2;", drip_after_login, "HYT00", "2 s (CONN_TIMEOUT)"},
    {"silence at INITSTMT", "CONN_TIMEOUT=2;INITSTMT=SELECT 1;", silent_after_login, "HYT00",
     "2 s (CONN_TIMEOUT)"},
};

START_TEST(login_ends)
{
    struct hostile *h = hostile_start(holders[_i].serve);
    struct conn c;
    struct said d;
    conn_make(&c);
    double before = seconds();
    SQLRETURN rc = conn_try(&c, h, holders[_i].extra, &d);
    ck_assert_msg(rc == SQL_ERROR, "%s: let in", holders[_i].name);
    ck_assert_msg(!holders[_i].state ||
                      (!strcmp(d.state, holders[_i].state) && strstr(d.text, holders[_i].words)),
                  "%s: %s %s", holders[_i].name, d.state, d.text);
    ck_assert_msg(seconds() - before < HANG_SECONDS, "%s: %.1f s", holders[_i].name,
                  seconds() - before);
    conn_drop(&c);
    hostile_stop(h);
}
END_TEST

#define COLUMN                                                                                     \
    "\3"                                                                                           \
    "def\0\0\0\4name\0\x0c\x21\0\0\1\0\0\xfd\0\0\0\0\0"

/* Rows without end to everybody's every query; a kill changes nothing. */
static void flood(struct peer *p)
{
    if (!let_in(p) || !take(p))
        return;
    bool more = PUT(p, "\1") && PUT(p, COLUMN);
    if (p->in[0] == 3 && !strncmp((char *)p->in + 1, "KILL", 4)) {
        p->seq = 1;
        return;
    }
    static unsigned char row[1000] = {0xfc, 0xe5, 3};
    memset(row + 3, 'x', sizeof row - 3);
    while (more)
        more = put(p, row, sizeof row);
}

/* Small results without end. */
static void flood_of_results(struct peer *p)
{
    if (!let_in(p) || !take(p))
        return;
    bool more = true;
    while (more)
        more = PUT(p, "\1") && PUT(p, COLUMN) && PUT(p, "\1x") && PUT(p, "\xfe\0\0\x0a\0\0\0");
}

static serve_fn *const floods[] = {flood, flood_of_results};

START_TEST(close_ends)
{
    struct hostile *h = hostile_start(floods[_i]);
    struct conn c;
    conn_enter(&c, h, "");
    ok(c.stmt, direct(c.stmt, "SELECT name"));
    ok(c.stmt, SQLFetch(c.stmt));
    double before = seconds();
    SQLFreeStmt(c.stmt, SQL_CLOSE);
    ck_assert_msg(seconds() - before < HANG_SECONDS + 10, "%.1f s", seconds() - before);
    conn_leave(&c);
    hostile_stop(h);
}
END_TEST

/* --- servers that are full
 * ------------------------------------------------------------------------
 */

static void full_at_once(struct peer *p)
{
    p->seq = 0;
    PUT(p, "\xff\x10\x04Too many connections");
}

static void limit_at_login(struct peer *p)
{
    if (greet(p))
        PUT(p, "\xff\xca\x04#42000User 'app' has exceeded the 'max_user_connections' resource");
}

static void full_at_login(struct peer *p)
{
    if (greet(p))
        PUT(p, "\xff\xb3\x04#42000User app already has more than 'max_user_connections'");
}

static const struct {
    serve_fn *serve;
    int native;
} full[] = {{full_at_once, 1040}, {limit_at_login, 1226}, {full_at_login, 1203}};

/* 08004 with the server's own number; in a list the next one is asked. */
START_TEST(full_server)
{
    struct hostile *h = hostile_start(full[_i].serve), *next = hostile_start(let_everybody_in);
    struct conn c;
    struct said d;
    char in[300];
    conn_make(&c);
    ck_assert_int_eq(conn_try(&c, h, "", &d), SQL_ERROR);
    ck_assert_msg(!strcmp(d.state, "08004") && d.native == full[_i].native, "%s %d %s", d.state,
                  (int)d.native, d.text);
    snprintf(in, sizeof in,
             "DRIVER={MyWire};SERVER=127.0.0.1:%u,127.0.0.1:%u;UID=app;PWD=" PASSWORD, h->port,
             next->port);
    SQLRETURN rc =
        SQLDriverConnect(c.dbc, NULL, text(in), SQL_NTS, NULL, 0, NULL, SQL_DRIVER_NOPROMPT);
    ck_assert_msg(SQL_SUCCEEDED(rc), "%s", said_at(SQL_HANDLE_DBC, c.dbc, 1).text);
    SQLDisconnect(c.dbc);
    conn_drop(&c);
    hostile_stop(h);
    hostile_stop(next);
}
END_TEST

/* --- results that never come --------------------------------------------------------------------
 */

/* Every answer says that another follows, and none does. */
static void promise(struct peer *p)
{
    if (!let_in(p))
        return;
    while (take(p))
        PUT(p, "\0\0\0\x0a\0\0\0");
}

/* The same, but the second connection gets an OK for whatever it asks. */
static void promise_once(struct peer *p)
{
    if (!let_in(p) || !take(p))
        return;
    bool is_ours = p->n && strstr((char *)p->in, "SELECT 1");
    do {
        if (is_ours)
            PUT(p, "\0\0\0\x0a\0\0\0");
        else
            PUT(p, OK_PACKET);
    } while (take(p));
}

static serve_fn *const promises[] = {promise, promise_once};

static void *cancel_soon(void *stmt)
{
    nanosleep(&(struct timespec){.tv_nsec = 300000000}, NULL);
    (void)SQLCancel(stmt); /* that it could not kill is told; what counts is that the wait ends */
    return NULL;
}

/* SQLCancel ends the wait for them. */
START_TEST(promised_results)
{
    struct hostile *h = hostile_start(promises[_i]);
    struct conn c;
    pthread_t t;
    conn_enter(&c, h, "");
    ok(c.stmt, direct(c.stmt, "SELECT 1"));
    double begun = seconds();
    ck_assert_int_eq(pthread_create(&t, NULL, cancel_soon, c.stmt), 0);
    SQLRETURN rc = SQLMoreResults(c.stmt);
    struct said d = said(c.stmt);
    double took = seconds() - begun;
    pthread_join(t, NULL);
    ck_assert_msg(rc == SQL_ERROR && !strcmp(d.state, "HY008"), "%d %s %s", rc, d.state, d.text);
    ck_assert_msg(took < 4, "%.2f s", took);
    conn_leave(&c);
    hostile_stop(h);
}
END_TEST

/* --- words for a terminal, and lies --------------------------------------------------------------
 */

static void speak_escapes(struct peer *p)
{
    if (let_in(p) && take(p))
        PUT(p, "\xff\x28\4#42000a\x1b]0;owned\7 b\xc2\x9b"
               "2Jc\nd\x7f");
    take(p);
}

START_TEST(no_escapes_in_messages)
{
    struct hostile *h = hostile_start(speak_escapes);
    struct conn c;
    char log[] = "/tmp/mywire-hostile-XXXXXX", extra[100];
    int fd = mkstemp(log);
    ck_assert(fd >= 0);
    snprintf(extra, sizeof extra, "LOGFILE=%s;LOGLEVEL=TRACE;", log);
    conn_enter(&c, h, extra);
    ck_assert_int_eq(direct(c.stmt, "SELECT 1"), SQL_ERROR);
    struct said d = said(c.stmt);
    ck_assert_str_eq(d.state, "42000");
    ck_assert_msg(strstr(d.text, "a?]0;owned? b??2Jc\nd?") != NULL, "%s", d.text);
    conn_leave(&c);
    hostile_stop(h);
    static char all[200000];
    ssize_t n = pread(fd, all, sizeof all - 1, 0);
    ck_assert(n > 0);
    ck_assert_msg(!memchr(all, '\x1b', (size_t)n) && !memmem(all, (size_t)n, "\xc2\x9b", 2),
                  "the log has control characters");
    ck_assert_msg(!memmem(all, (size_t)n, PASSWORD, strlen(PASSWORD)), "the log has the password");
    close(fd);
    unlink(log);
}
END_TEST

/* Statements that give passwords are not logged, whatever the level, and neither is what the server
 * says about them, which repeats them; the application is told it.  The others are logged. */
static const char *const telling[] = {
    "SET PASSWORD = '" PASSWORD "'",
    "create user x identified by '" PASSWORD "'",
    "SELECT AES_ENCRYPT('x', '" PASSWORD "')",
    "SELECT AES_DECRYPT(x, '" PASSWORD "') FROM t",
    "CREATE EXTERNAL CATALOG c PROPERTIES ('aws.s3.secret_key' = '" PASSWORD "')",
    "CREATE TABLE t (a INT) ENGINE=FEDERATED CONNECTION='mysql://u:" PASSWORD "@h/d/t'",
    "INSERT INTO users (name, passwd) VALUES ('joe', '" PASSWORD "')",
};

/* Repeats what it got in an error, or in its last words. */
static void echo_errors(struct peer *p)
{
    unsigned char b[1000] = "\xff\x28\4#42000near '";
    if (!let_in(p))
        return;
    while (take(p)) {
        size_t n = p->n > 900 ? 900 : p->n;
        bool is_last = p->n > 10 && memmem(p->in, p->n, "goodbye", 7);
        memcpy(b + 15, p->in + 1, n - 1);
        p->seq = is_last ? 0 : p->seq;
        if (!memmem(p->in, p->n, PASSWORD, strlen(PASSWORD)))
            PUT(p, OK_PACKET);
        else if (put(p, b, 15 + n - 1) && is_last)
            return;
    }
}

static void read_log(int fd, const char *path, char *all, size_t cap)
{
    ssize_t n = pread(fd, all, cap - 1, 0);
    ck_assert(n > 0);
    all[n] = '\0';
    close(fd);
    unlink(path);
}

START_TEST(no_passwords_in_the_log)
{
    static const char *const keys[] = {"LOGLEVEL=TRACE", "LOGLEVEL=TRACE;NO_SSPS=1",
                                       "LOGLEVEL=ERROR"};
    for (size_t k = 0; k < sizeof keys / sizeof *keys; k++) {
        struct hostile *h = hostile_start(echo_errors);
        struct conn c;
        char log[] = "/tmp/mywire-hostile-XXXXXX", extra[400];
        int fd = mkstemp(log);
        ck_assert(fd >= 0);
        snprintf(extra, sizeof extra,
                 "LOGFILE=%s;%s;PWD2=" PASSWORD ";TOKEN=" PASSWORD
                 ";INITSTMT={SET @shown = 1 /* password " PASSWORD "x */};ATTR=token=" PASSWORD,
                 log, keys[k]);
        struct said d;
        conn_make(&c);
        ck_assert_int_eq(conn_try(&c, h, extra, &d), SQL_ERROR);
        ck_assert_msg(strstr(d.text, "INITSTMT failed") && strstr(d.text, PASSWORD), "%s", d.text);
        conn_drop(&c);
        *strstr(extra, ";INITSTMT") = '\0';
        conn_enter(&c, h, extra);
        for (size_t i = 0; i < sizeof telling / sizeof *telling; i++) {
            ck_assert_int_eq(direct(c.stmt, telling[i]), SQL_ERROR);
            ck_assert_msg(strstr(said(c.stmt).text, PASSWORD) != NULL, "%s", said(c.stmt).text);
            if (SQLPrepare(c.stmt, text(telling[i]), SQL_NTS) == SQL_SUCCESS)
                ck_assert_int_eq(SQLExecute(c.stmt), SQL_ERROR);
            ck_assert_msg(strstr(said(c.stmt).text, PASSWORD) != NULL, "%s", said(c.stmt).text);
        }
        ck_assert(SQL_SUCCEEDED(direct(c.stmt, "SELECT 'shown'")));
        ck_assert_int_eq(direct(c.stmt, "{d '" PASSWORD "'} /* password */"), SQL_ERROR);
        ck_assert_int_eq(direct(c.stmt, "goodbye password '" PASSWORD "'"), SQL_ERROR);
        conn_leave(&c);
        hostile_stop(h);
        static char all[400000];
        read_log(fd, log, all, sizeof all);
        const char *found = strstr(all, PASSWORD);
        ck_assert_msg(!found, "%s: the log has the password: ...%.300s", keys[k],
                      found ? found - 100 : "");
        ck_assert_msg(strstr(all, "42000 1064 (words") && strstr(all, "08S01"), "%.1500s", all);
        if (k < 2)
            ck_assert_msg(strstr(all, "'shown'") && strstr(all, "may hold a password"), "%.1500s",
                          all);
    }
}
END_TEST

/* A request for a file that no statement made ends the connection; nothing of it is sent. */
static void ask_for_file(struct peer *p)
{
    if (let_in(p) && take(p))
        PUT(p, "\xfb/etc/passwd");
    while (take(p))
        continue;
}

START_TEST(no_file_unasked)
{
    static const char *const extras[] = {"", "LOAD_DATA_LOCAL_DIR=/etc;",
                                         "LOAD_DATA_LOCAL_DIR=/;ENABLE_LOCAL_INFILE=1;"};
    for (size_t i = 0; i < sizeof extras / sizeof *extras; i++) {
        struct hostile *h = hostile_start(ask_for_file);
        struct conn c;
        conn_enter(&c, h, extras[i]);
        refuses(c.stmt, "08S01", direct(c.stmt, "SELECT 1"));
        ck_assert(!was_seen(h, "root:"));
        conn_leave(&c);
        hostile_stop(h);
    }
}
END_TEST

/* Other columns at each execution of one statement, and a name that no SQLSMALLINT can count. */
static void change_columns(struct peer *p)
{
    static unsigned char big[50000] = "\3"
                                      "def\0\0\0\xfd\xe8\x80\0";
    if (!let_in(p))
        return;
    memset(big + 11, 'n', 33000);
    memcpy(big + 11 + 33000, "\0\x0c\x21\0\0\1\0\0\xfd\0\0\0\0\0", 14);
    for (unsigned turn = 0; take(p);) {
        if (p->in[0] == 0x16) { /* one column, one parameter */
            (void)(PUT(p, "\0\1\0\0\0\1\0\1\0\0\0\0") && PUT(p, COLUMN) && PUT(p, COLUMN));
        } else if (p->in[0] == 0x17 && turn++ == 0) {
            (void)(PUT(p, "\1") && put(p, big, 11 + 33000 + 14) && PUT(p, "\0\0\1x") &&
                   PUT(p, "\xfe\0\0\2\0\0\0"));
        } else if (p->in[0] == 0x17) {
            (void)(PUT(p, "\3") && PUT(p, COLUMN) && PUT(p, COLUMN) && PUT(p, COLUMN) &&
                   PUT(p, "\0\0\1x\1y\1z") && PUT(p, "\xfe\0\0\2\0\0\0"));
        } else if (p->in[0] == 3) {
            PUT(p, OK_PACKET);
        } else if (p->in[0] == 1) {
            return;
        }
    }
}

START_TEST(columns_change)
{
    struct hostile *h = hostile_start(change_columns);
    struct conn c;
    SQLINTEGER value = 7;
    char cell[3][10] = {"", "", ""};
    SQLLEN len[3] = {0};
    test_char name[100];
    SQLSMALLINT nname = 0, columns = 0;
    conn_enter(&c, h, "");
    ok(c.stmt, SQLPrepare(c.stmt, text("SELECT ?"), SQL_NTS));
    ok(c.stmt, SQLBindParameter(c.stmt, 1, SQL_PARAM_INPUT, SQL_C_SLONG, SQL_INTEGER, 0, 0, &value,
                                0, NULL));
    ok(c.stmt, SQLNumResultCols(c.stmt, &columns));
    ck_assert_int_eq(columns, 1);
    for (SQLUSMALLINT i = 0; i < 3; i++)
        ok(c.stmt, SQLBindCol(c.stmt, (SQLUSMALLINT)(i + 1), SQL_C_CHAR, cell[i], 10, &len[i]));
    SQLExecute(c.stmt); /* two columns bound that are not there: an error or not, but no crash */
    (void)SQLFetch(c.stmt);
    (void)SQLDescribeCol(c.stmt, 1, name, 100, &nname, NULL, NULL, NULL, NULL);
    ck_assert_int_eq(nname, 32767);
    SQLFreeStmt(c.stmt, SQL_CLOSE);
    ok(c.stmt, SQLExecute(c.stmt));
    ok(c.stmt, SQLNumResultCols(c.stmt, &columns));
    ck_assert_int_eq(columns, 3);
    ok(c.stmt, SQLFetch(c.stmt));
    ck_assert_str_eq(cell[2], "z");
    SQLFreeStmt(c.stmt, SQL_CLOSE);
    conn_leave(&c);
    hostile_stop(h);
}
END_TEST

/* --- values that mean harm, against real servers
 * -------------------------------------------------- */

static const char *const evil[] = {
    "'",    "\\",    "\\'",       "'; DROP TABLE t; -- ", "€\\",  "\\\\'",   "\"",
    "`",    "%_\\%", "' OR ''='", "\xc2\xbf\\",           "表\\", "x\n-- y", "/*! ' */",
    "\x1a", "a\\0b",
};
enum { NEVIL = sizeof evil / sizeof *evil };

/* What an application may do to the session before. */
static const char *const before[] = {
    "",
    "SET sql_mode = CONCAT(@@sql_mode, ',NO_BACKSLASH_ESCAPES')",
    "SET sql_mode = CONCAT(@@sql_mode, ',ANSI_QUOTES')",
    "SET NAMES gbk",
    "SET NAMES sjis",
    "SET NAMES latin1",
    "SET character_set_client = big5",
    "SET character_set_results = NULL",
    "/*!40101 SET NAMES gbk */",
    "SET SESSION session_track_system_variables = ''; SET NAMES gbk",
};
enum { NBEFORE = sizeof before / sizeof *before };

static void run_all(SQLHSTMT s, const char *several)
{
    char one_of[300];
    while (*several) {
        size_t n = strcspn(several, ";");
        snprintf(one_of, sizeof one_of, "%.*s", (int)n, several);
        run(s, one_of);
        several += n + (several[n] == ';');
    }
}

/* One of its own for each door; conn_close drops it. */
static void take_database(struct conn *c)
{
    char sql[200];
    snprintf(c->database, sizeof c->database, "mywire_values_%s", is_unicode ? "w" : "a");
    snprintf(sql, sizeof sql, "DROP DATABASE IF EXISTS %s", c->database);
    run(c->stmt, sql);
    snprintf(sql, sizeof sql, "CREATE DATABASE %s CHARACTER SET utf8mb4", c->database);
    run(c->stmt, sql);
    snprintf(sql, sizeof sql, "USE %s", c->database);
    run(c->stmt, sql);
}

/* Every value comes back as it went, and is alone. */
static void values_stay_values(int server, const char *extra, const char *first)
{
    struct conn c;
    char value[100] = "";
    SQLLEN len = SQL_NTS;
    conn_open_as(&c, server, extra);
    take_database(&c);
    run(c.stmt, "CREATE TABLE t (a VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin,"
                " b VARCHAR(100) CHARACTER SET utf8mb4)");
    run_all(c.stmt, first);
    ok(c.stmt, SQLBindParameter(c.stmt, 1, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_VARCHAR, 100, 0, value,
                                0, &len));
    char sink[] = ", (SELECT 'owned')) -- ";
    ok(c.stmt, SQLBindParameter(c.stmt, 2, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_VARCHAR, 100, 0, sink,
                                0, &len));
    ok(c.stmt, SQLPrepare(c.stmt, text("INSERT INTO t VALUES (?, ?)"), SQL_NTS));
    for (int i = 0; i < NEVIL; i++) {
        snprintf(value, sizeof value, "%s", evil[i]);
        SQLRETURN rc = SQLExecute(c.stmt);
        struct said d = said(c.stmt);
        ck_assert_msg(SQL_SUCCEEDED(rc), "%s, %s, \"%s\": %s", c.server, first, evil[i], d.text);
    }
    SQLHSTMT s = new_stmt(&c);
    ok(s, direct(s, "SELECT a, b FROM t"));
    for (int i = 0; i < NEVIL; i++) {
        ok(s, SQLFetch(s));
        ck_assert_msg(!strcmp(get(s, 1), evil[i]), "%s, %s, %s: \"%s\" came back as \"%s\"",
                      c.server, extra, first, evil[i], get(s, 1));
        ck_assert_str_eq(get(s, 2), sink);
    }
    ck_assert_int_eq(SQLFetch(s), SQL_NO_DATA);
    SQLFreeStmt(s, SQL_CLOSE);
    drop_stmt(s);
    conn_close(&c);
}

START_TEST(values)
{
    values_stay_values(_i % NSERVERS, "NO_SSPS=1;", before[_i / NSERVERS]);
    values_stay_values(_i % NSERVERS, "", before[_i / NSERVERS]);
}
END_TEST

/* Names that mean harm, as arguments of catalog functions. */
static int columns_found(SQLHSTMT s, const char *database, const char *table, const char *column)
{
    int n = 0;
    ok(s, SQLColumns(s, text(database), SQL_NTS, NULL, 0, text(table), SQL_NTS, text(column),
                     SQL_NTS));
    while (SQLFetch(s) == SQL_SUCCESS)
        n++;
    SQLFreeStmt(s, SQL_CLOSE);
    return n;
}

START_TEST(names)
{
    const char *first = before[_i / NSERVERS];
    struct conn c;
    conn_open(&c, _i % NSERVERS, "hostile");
    run(c.stmt, "CREATE TABLE victim (a INT)");
    run(c.stmt, "CREATE TABLE `o'b\\\\\"c` (`x'; --` INT)");
    run_all(c.stmt, first);
    for (int i = 0; i < NEVIL; i++) {
        int want = !strcmp(evil[i], "%_\\%") ? -1 : 0;
        int n = columns_found(c.stmt, c.database, evil[i], "%");
        ck_assert_msg(want < 0 || n == want, "%s, %s: %d columns of table \"%s\"", c.server, first,
                      n, evil[i]);
        ck_assert_int_eq(columns_found(c.stmt, evil[i], "victim", "%"), 0);
        ck_assert_int_eq(columns_found(c.stmt, c.database, "victim' OR '1'='1", evil[i]), 0);
    }
    ck_assert_int_eq(columns_found(c.stmt, c.database, "victim", "%"), 1);
    /* the backslash escapes itself in a pattern */
    ck_assert_int_eq(columns_found(c.stmt, c.database, "o'b\\\\\\\\\"c", "x'; --"), 1);
    ck_assert_int_eq(columns_found(c.stmt, c.database, "o'b%", "x';%"), 1);
    conn_close(&c);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("hostile");
    TCase *t = tcase_create("servers");
    tcase_set_timeout(t, 300);
    tcase_add_loop_test(t, no_password_in_clear, 0, (int)(sizeof thieves / sizeof *thieves));
    tcase_add_loop_test(t, hidden_tls, 0, (int)(sizeof demands / sizeof *demands));
    tcase_add_loop_test(t, login_ends, 0, (int)(sizeof holders / sizeof *holders));
    tcase_add_loop_test(t, close_ends, 0, (int)(sizeof floods / sizeof *floods));
    tcase_add_loop_test(t, promised_results, 0, (int)(sizeof promises / sizeof *promises));
    tcase_add_loop_test(t, full_server, 0, (int)(sizeof full / sizeof *full));
    tcase_add_test(t, no_escapes_in_messages);
    tcase_add_test(t, no_passwords_in_the_log);
    tcase_add_test(t, no_file_unasked);
    tcase_add_test(t, columns_change);
    suite_add_tcase(s, t);
    TCase *v = tcase_create("values");
    tcase_set_timeout(v, 300);
    tcase_add_loop_test(v, values, 0, NSERVERS * NBEFORE);
    tcase_add_loop_test(v, names, 0, NSERVERS * NBEFORE);
    suite_add_tcase(s, v);
    return run_suite(s);
}
