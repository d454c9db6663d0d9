/* check_begin.c - the time before the first byte of a body: endpoints that speak no HTTP, ones that
 * say nothing, and clusters that take nothing.  What is no HTTP ends at once; one short limit is
 * for all else. */
#include <arpa/inet.h>
#include <check.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "bulk/rig.h"

#define ROWS(a) (int)(sizeof(a) / sizeof((a)[0]))
enum { LIMIT_MS = 1000, AT_ONCE_MS = 700, SLACK_MS = 1500 };

/* ---- a port of something else ---- */

struct port {
    int fd;
    unsigned number;
    const char *greeting; /* "": says nothing */
    pthread_t thread;
};

static void *serve(void *ctx)
{
    struct port *p = ctx;
    int open[64];
    int n = 0;
    for (int fd = accept(p->fd, NULL, NULL); fd >= 0 && n < 64; fd = accept(p->fd, NULL, NULL)) {
        (void)send(fd, p->greeting, strlen(p->greeting), MSG_NOSIGNAL);
        open[n++] = fd;
    }
    while (n > 0)
        (void)close(open[--n]);
    return NULL;
}

static void port_open(struct port *p, const char *greeting)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t n = sizeof a;
    p->greeting = greeting;
    p->fd = socket(AF_INET, SOCK_STREAM, 0);
    ck_assert_int_eq(bind(p->fd, (struct sockaddr *)&a, sizeof a), 0);
    ck_assert_int_eq(listen(p->fd, 16), 0);
    ck_assert_int_eq(getsockname(p->fd, (struct sockaddr *)&a, &n), 0);
    p->number = ntohs(a.sin_port);
    ck_assert_int_eq(pthread_create(&p->thread, NULL, serve, p), 0);
}

static void port_close(struct port *p)
{
    (void)shutdown(p->fd, SHUT_RDWR);
    (void)pthread_join(p->thread, NULL);
    (void)close(p->fd);
}

/* ---- rows ---- */

static const char mysql[] = "\x4a\x01\x01\n9.1.0\x01zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz";
static const char alert[] = "\x15\x03\x03\x02\x02\x46"; /* protocol_version, as OpenSSL answers */
static const char mute[] = "";

struct row {
    const char *name, *scheme;
    const char *greeting; /* NULL: the fake itself */
    bool tls;             /* of the fake */
    const char *fault, *words;
    int rc;
    bool at_once, untaken;
};

/* clang-format off */
static const struct row rows[] = {
    {"MySQL",            "http",  mysql, false, NULL, "does not speak HTTP", RC_PROTOCOL, true, true},
    {"http to TLS",      "http",  NULL,  true,  NULL, "is it a port of https?", RC_LOST, false, true},
    {"alert of TLS",     "http",  alert, false, NULL, "does not speak HTTP", RC_PROTOCOL, true, true},
    {"https to plain",   "https", NULL,  false, NULL, "is it a port of http?", RC_TIMEOUT, false, true},
    {"https to MySQL",   "https", mysql, false, NULL, "", RC_TLS, true, false},
    {"mute",             "http",  mute,  false, NULL, "time is up", RC_TIMEOUT, false, true},
    {"mute, https",      "https", mute,  false, NULL, "time is up", RC_TIMEOUT, false, true},
    {"no backend",       "http",  NULL,  false, "fe_no_backend*0", "No backend alive", RC_SERVER, false, true},
    {"too many",         "http",  NULL,  false, "be_many_txns*0", "current running txns", RC_SERVER, false, true},
    {"hangs",            "http",  NULL,  false, "fe_hang*0", "time is up", RC_TIMEOUT, false, true},
    {"never 100",        "http",  NULL,  false, "be_no_100*0", "time is up", RC_TIMEOUT, false, true},
    {"big header",       "http",  NULL,  false, "fe_big_header*0", "the answer is too long", RC_PROTOCOL, false, true},
    {"502",              "http",  NULL,  false, "fe_502*0", "HTTP 502", RC_SERVER, false, true},
    {"node unreachable", "http",  NULL,  false, "fe_to_nowhere*0", "STREAMLOADHOSTMAP", RC_CONNECT, false, true},
    {"refused",          "http",  NULL,  false, "fe_401", "refuses the user", RC_DENIED, true, false},
};
/* clang-format on */

static void up(struct rig *r, struct port *p, const struct row *o)
{
    rig_fake(r, o->tls, NULL);
    if (o->greeting)
        port_open(p, o->greeting);
    if (o->fault)
        ck_assert(fake_fault(r->fake, o->fault));
    (void)snprintf(r->url[0], sizeof r->url[0], "%s://127.0.0.1:%u", o->scheme,
                   o->greeting ? p->number : fake_port(r->fake, FAKE_FE));
    r->o.tls.mode = TLS_REQUIRED;
    r->o.timeout_s = 60;
    r->o.begin_timeout_ms = LIMIT_MS;
    r->o.connect_timeout_ms = 10000;
    rig_loader(r);
}

static void check(const struct row *o, int64_t began, const struct fault *f, int rc)
{
    int64_t ms = clock_ms() - began;
    int64_t most = o->at_once ? AT_ONCE_MS : LIMIT_MS + SLACK_MS;
    ck_assert_msg(rc == o->rc && strstr(f->text, o->words), "%s: %d %s", o->name, rc, f->text);
    ck_assert_msg(ms <= most, "%s: %lld ms", o->name, (long long)ms);
}

START_TEST(test_load)
{
    const struct row *o = &rows[_i];
    struct rig r;
    struct port p = {0};
    up(&r, &p, o);
    int64_t began = clock_ms();
    ck_assert_int_eq(rig_load(&r, NULL, "1,one\n"), LOAD_FAILED);
    check(o, began, &rig_words, rig_words.rc);
    ck_assert_msg(rig_result.untaken == o->untaken, "%s: untaken", o->name);
    ck_assert_uint_eq(fake_rows(r.fake, "d", "t"), 0);
    if (o->greeting)
        port_close(&p);
    rig_down(&r);
}
END_TEST

START_TEST(test_transaction)
{
    const struct row *o = &rows[_i];
    struct rig r;
    struct port p = {0};
    struct fault f;
    struct load_request q = rig_request(NULL);
    if (o->fault && strcmp(o->fault, "be_no_100*0") == 0)
        return; /* begin has no body */
    if (o->fault && (strstr(o->fault, "no_backend") || strstr(o->fault, "many_txns")))
        return; /* of plain loads */
    up(&r, &p, o);
    int64_t began = clock_ms();
    int rc = load_begin(r.loader, &q, &f);
    ck_assert_msg(rc != RC_OK, "%s: begun", o->name);
    if (!o->fault) /* the words of the others differ here */
        check(o, began, &f, rc);
    ck_assert_msg(clock_ms() - began <= LIMIT_MS + SLACK_MS, "%s: late", o->name);
    if (o->greeting)
        port_close(&p);
    rig_down(&r);
}
END_TEST

/* One endpoint is wrong, the other is right. */
START_TEST(test_other_endpoint)
{
    struct rig r;
    struct port p = {0};
    rig_fake(&r, false, NULL);
    port_open(&p, _i ? mysql : mute);
    (void)snprintf(r.url[1], sizeof r.url[1], "%s", r.url[0]);
    (void)snprintf(r.url[0], sizeof r.url[0], "http://127.0.0.1:%u", p.number);
    r.urls[1] = r.url[1];
    r.o.nurls = 2;
    r.o.begin_timeout_ms = 2 * LIMIT_MS;
    rig_loader(&r);
    ck_assert_msg(rig_load(&r, NULL, "1,one\n") == LOAD_DONE, "%s", rig_words.text);
    ck_assert_uint_eq(fake_rows(r.fake, "d", "t"), 1);
    port_close(&p);
    rig_down(&r);
}
END_TEST

/* The limit ends with the first byte: what comes later has the time of the load. */
START_TEST(test_later)
{
    struct rig r;
    struct row o = {"later", "http", NULL, false, "be_slow_answer:1500", "", 0, false, false};
    up(&r, NULL, &o);
    ck_assert_msg(rig_load(&r, NULL, "1,one\n") == LOAD_DONE, "%s", rig_words.text);
    rig_down(&r);
}
END_TEST

Suite *check_begin(void);
Suite *check_begin(void)
{
    Suite *s = suite_create("begin");
    TCase *t = tcase_create("begin");
    tcase_set_timeout(t, 60);
    tcase_add_loop_test(t, test_load, 0, ROWS(rows));
    tcase_add_loop_test(t, test_transaction, 0, ROWS(rows));
    tcase_add_loop_test(t, test_other_endpoint, 0, 2);
    tcase_add_test(t, test_later);
    suite_add_tcase(s, t);
    return s;
}
