/* check_tls_stream.c - TLS as a stream: large and small transfers, deadlines in every stage,
 * aborts, goodbyes, idle checks, and servers that misbehave during the handshake. */
#include <check.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net/pki.h"
#include "net/tlsd.h"

#define ROWS(a) (int)(sizeof(a) / sizeof((a)[0]))

static const int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};

static void up(struct tlsd *d, struct attempt *a, enum tlsd_act act, int version)
{
    tlsd_up(d, &(struct tlsd_opts){.cert = "good", .act = act, .version = version});
    tlsd_connect(d, &(struct tls_opts){.mode = TLS_VERIFY_CA, .ca = pki_path("ca.crt")},
                 "localhost", a);
}

static void down(struct tlsd *d, struct attempt *a)
{
    tlsd_hangup(d, a);
    tlsd_down(d);
}

/* ---- transfers ---- */

static const size_t sizes[] = {1, 100, 16383, 16384, 16385, 100000};

START_TEST(transfers)
{
    struct tlsd d;
    struct attempt a;
    up(&d, &a, TLSD_ECHO, versions[_i % 2]);
    ck_assert_msg(a.rc == RC_OK, "%s", a.f.text);
    for (int i = 0; i < ROWS(sizes); i++)
        ck_assert_msg(tlsd_ping(a.s, sizes[i], &a.f) == RC_OK, "%zu: %s", sizes[i], a.f.text);
    ck_assert_int_eq(stream_write(a.s, "", 0, deadline_in(1000), &a.f), RC_OK);
    ck_assert(stream_alive(a.s));
    down(&d, &a);
}
END_TEST

START_TEST(keys_may_change)
{
    struct tlsd d;
    struct attempt a;
    up(&d, &a, TLSD_KEY_UPDATE, TLS1_3_VERSION);
    for (int i = 0; i < 3; i++)
        ck_assert_msg(tlsd_ping(a.s, 50000, &a.f) == RC_OK, "%s", a.f.text);
    down(&d, &a);
}
END_TEST

/* A stream over TLS over a stream. */
START_TEST(tls_over_a_transcript)
{
    struct tlsd d;
    struct attempt a;
    up(&d, &a, TLSD_ECHO, 0);
    ck_assert_int_eq(a.rc, RC_OK);
    struct tls_context *c = NULL;
    ck_assert_int_eq(tls_context_get(&(struct tls_opts){.mode = TLS_REQUIRED}, &c, &a.f), RC_OK);
    /* the echo server sends our hello back, which is no server's hello */
    int rc = tls_wrap(&a.s, c, "localhost", 1, deadline_in(10000), &a.info, &a.f);
    ck_assert_msg(rc == RC_TLS, "%d %s", rc, a.f.text);
    has_words("nested", a.f.text, "TLS handshake, waiting for the server's hello");
    tls_context_put(c);
    down(&d, &a);
}
END_TEST

/* ---- handshakes that go wrong ---- */

static const struct {
    const char *name;
    enum tlsd_act act;
    int rc;
    const char *words;
} wrongs[] = {
    {"silent", TLSD_SILENT, RC_TIMEOUT,
     "TLS handshake, waiting for the server's hello: |time limit passed"},
    {"half an answer", TLSD_HALF, RC_TIMEOUT, "TLS handshake|time limit passed"},
    {"closed", TLSD_CLOSE_HELLO, RC_LOST,
     "TLS handshake, waiting for the server's hello: |gives no reason|log"},
    {"garbage", TLSD_GARBAGE, RC_TLS, "the answer is not TLS|PORT"},
};

START_TEST(handshakes_that_fail)
{
    struct tlsd d;
    struct tls_context *c = NULL;
    struct tls_info info;
    struct fault f = {0};
    tlsd_up(&d, &(struct tlsd_opts){.cert = "good", .act = wrongs[_i].act});
    ck_assert_int_eq(tls_context_get(&(struct tls_opts){.mode = TLS_REQUIRED}, &c, &f), RC_OK);
    struct stream *s = tlsd_dial(&d), *before = s;
    int64_t end = deadline_in(wrongs[_i].rc == RC_TIMEOUT ? 100 : 30000);
    int rc = tls_wrap(&s, c, "localhost", 1, end, &info, &f);
    ck_assert_msg(rc == wrongs[_i].rc && f.rc == rc, "%s: rc %d: %s", wrongs[_i].name, rc, f.text);
    ck_assert_ptr_eq(s, before); /* stays with us */
    has_words(wrongs[_i].name, f.text, wrongs[_i].words);
    if (rc == RC_TIMEOUT)
        ck_assert(clock_ms() >= end);
    stream_close(s);
    tls_context_put(c);
    tlsd_down(&d);
}
END_TEST

/* ---- after the handshake ---- */

START_TEST(reading_ends_at_the_deadline)
{
    struct tlsd d;
    struct attempt a;
    char c = 0;
    size_t got = 0;
    up(&d, &a, TLSD_ECHO, versions[_i]);
    int64_t end = deadline_in(50);
    ck_assert_int_eq(stream_read(a.s, &c, 1, &got, end, &a.f), RC_TIMEOUT);
    ck_assert(clock_ms() >= end);
    has_words("read", a.f.text, "time limit passed");
    for (int i = 0; i < 3; i++) { /* a late read has lost nothing */
        ck_assert_msg(tlsd_ping(a.s, 40000, &a.f) == RC_OK, "%s", a.f.text);
        ck_assert_int_eq(stream_read(a.s, &c, 1, &got, deadline_in(1), &a.f), RC_TIMEOUT);
    }
    down(&d, &a);
}
END_TEST

/* The echo server stops reading once its own answers are stuck. */
START_TEST(writing_ends_at_the_deadline)
{
    struct tlsd d;
    struct attempt a;
    size_t n = 8u << 20;
    char *big = calloc(1, n);
    up(&d, &a, TLSD_ECHO, 0);
    ck_assert_int_eq(stream_write(a.s, big, n, deadline_in(100), &a.f), RC_TIMEOUT);
    has_words("write", a.f.text, "time limit passed while sending");
    down(&d, &a);
    free(big);
}
END_TEST

START_TEST(goodbye_of_the_server)
{
    struct tlsd d;
    struct attempt a;
    char c = 0;
    size_t got = 0;
    up(&d, &a, TLSD_CLOSE_AFTER, versions[_i]);
    ck_assert_int_eq(a.rc, RC_OK);
    tlsd_wait(&d);
    ck_assert(!stream_alive(a.s));
    ck_assert_int_eq(stream_read(a.s, &c, 1, &got, deadline_in(10000), &a.f), RC_LOST);
    ck_assert_uint_gt(strlen(a.f.text), 10);
    down(&d, &a);
}
END_TEST

START_TEST(idle_connections)
{
    struct tlsd d;
    struct attempt a;
    up(&d, &a, TLSD_ECHO, versions[_i]);
    ck_assert_int_eq(a.rc, RC_OK);
    /* under TLS 1.3 two session tickets arrive now or in a moment: never taken for a death */
    for (int i = 0; i < 1000; i++)
        ck_assert(stream_alive(a.s));
    ck_assert_int_eq(tlsd_ping(a.s, 10, &a.f), RC_OK);
    ck_assert(stream_alive(a.s));
    ck_assert_int_eq(tlsd_ping(a.s, 10, &a.f), RC_OK);
    down(&d, &a);
}
END_TEST

START_TEST(unasked_byte)
{
    struct tlsd d;
    struct attempt a;
    char c[4];
    size_t got = 0;
    up(&d, &a, TLSD_TALK, versions[_i]);
    ck_assert_int_eq(a.rc, RC_OK);
    ck_assert_int_eq(stream_write(a.s, "ab", 2, deadline_in(10000), &a.f), RC_OK);
    ck_assert_int_eq(stream_read(a.s, c, 1, &got, deadline_in(10000), &a.f), RC_OK);
    ck_assert_int_eq(c[0], '!');
    ck_assert_int_eq(stream_read(a.s, c, 1, &got, deadline_in(10000), &a.f), RC_OK);
    ck_assert_int_eq(c[0], 'a');
    ck_assert(!stream_alive(a.s)); /* "b" was not asked for */
    down(&d, &a);
}
END_TEST

static void *abort_it(void *arg)
{
    stream_abort(arg);
    return NULL;
}

START_TEST(aborting)
{
    struct tlsd d;
    struct attempt a;
    pthread_t t;
    char c = 0;
    size_t got = 0;
    up(&d, &a, TLSD_ECHO, versions[_i]);
    ck_assert_int_eq(tlsd_ping(a.s, 10, &a.f), RC_OK);
    ck_assert_int_eq(stream_write(a.s, "ab", 2, deadline_in(10000), &a.f), RC_OK);
    ck_assert_int_eq(stream_read(a.s, &c, 1, &got, deadline_in(10000), &a.f),
                     RC_OK); /* one byte stays decrypted in us */
    ck_assert_int_eq(pthread_create(&t, NULL, abort_it, a.s), 0);
    int rc = RC_OK;
    while (!rc)
        rc = stream_read(a.s, &c, 1, &got, DEADLINE_NEVER, &a.f);
    ck_assert_int_eq(rc, RC_LOST);
    has_words("abort", a.f.text, "on request of this program");
    ck_assert_int_eq(pthread_join(t, NULL), 0);
    ck_assert_int_eq(stream_read(a.s, &c, 1, &got, DEADLINE_NEVER, &a.f), RC_LOST);
    ck_assert_int_eq(stream_write(a.s, &c, 1, DEADLINE_NEVER, &a.f), RC_LOST);
    ck_assert(!stream_alive(a.s));
    down(&d, &a);
}
END_TEST

/* ---- closing ---- */

/* A carrier that counts what is written after `watch` and looks at the deadline. */
struct spy {
    struct stream base, *io;
    bool watch, closed_io;
    int writes, waits;
};

static int spy_read(struct stream *s, void *p, size_t n, size_t *got, int64_t deadline,
                    struct fault *f)
{
    struct spy *k = (struct spy *)s;
    k->waits += k->watch && deadline_left(deadline) != 0;
    return stream_read(k->io, p, n, got, deadline, f);
}

static int spy_write(struct stream *s, const void *p, size_t n, int64_t deadline, struct fault *f)
{
    struct spy *k = (struct spy *)s;
    k->waits += k->watch && deadline_left(deadline) != 0;
    k->writes += k->watch;
    return stream_write(k->io, p, n, deadline, f);
}

static bool spy_alive(struct stream *s)
{
    return stream_alive(((struct spy *)s)->io);
}

static void spy_abort(struct stream *s)
{
    stream_abort(((struct spy *)s)->io);
}

static void spy_close(struct stream *s)
{
    struct spy *k = (struct spy *)s;
    stream_close(k->io);
    k->closed_io = true;
}

static const struct stream_ops spy_ops = {spy_read, spy_write, spy_alive, spy_abort, spy_close};

/* The goodbye is sent if that can be done at once, nothing is waited for, and the carrier is
 * closed. */
START_TEST(closing_never_waits)
{
    struct tlsd d;
    struct tls_context *c = NULL;
    struct tls_info info;
    struct fault f = {0};
    tlsd_up(&d, &(struct tlsd_opts){.cert = "good", .version = TLS1_2_VERSION});
    ck_assert_int_eq(tls_context_get(&(struct tls_opts){.mode = TLS_REQUIRED}, &c, &f), RC_OK);
    struct spy k = {.base = {&spy_ops}, .io = tlsd_dial(&d)};
    struct stream *s = &k.base;
    ck_assert_int_eq(tls_wrap(&s, c, "localhost", 1, deadline_in(10000), &info, &f), RC_OK);
    if (_i) /* a stream that was cut says nothing more */
        stream_abort(s);
    k.watch = true;
    stream_close(s);
    ck_assert(k.closed_io);
    ck_assert_int_eq(k.waits, 0);
    ck_assert_int_eq(k.writes, _i ? 0 : 1);
    tls_context_put(c);
    tlsd_down(&d);
}
END_TEST

START_TEST(host_name_too_long)
{
    struct tlsd d;
    struct attempt a;
    char host[400];
    memset(host, 'a', sizeof host - 1);
    host[sizeof host - 1] = 0;
    tlsd_up(&d, &(struct tlsd_opts){.cert = "good"});
    tlsd_connect(&d, &(struct tls_opts){.mode = TLS_REQUIRED}, host, &a);
    ck_assert_int_eq(a.rc, RC_TLS);
    has_words("long", a.f.text, "399 bytes");
    down(&d, &a);
}
END_TEST

Suite *check_tls_stream(void);
Suite *check_tls_stream(void)
{
    Suite *s = suite_create("tls_stream");
    TCase *t = tcase_create("all");
    tcase_set_timeout(t, 60);
    tcase_add_unchecked_fixture(t, pki_up, pki_down);
    tcase_add_loop_test(t, transfers, 0, 2);
    tcase_add_test(t, keys_may_change);
    tcase_add_test(t, tls_over_a_transcript);
    tcase_add_loop_test(t, handshakes_that_fail, 0, ROWS(wrongs));
    tcase_add_loop_test(t, reading_ends_at_the_deadline, 0, 2);
    tcase_add_test(t, writing_ends_at_the_deadline);
    tcase_add_loop_test(t, goodbye_of_the_server, 0, 2);
    tcase_add_loop_test(t, idle_connections, 0, 2);
    tcase_add_loop_test(t, unasked_byte, 0, 2);
    tcase_add_loop_test(t, aborting, 0, 2);
    tcase_add_loop_test(t, closing_never_waits, 0, 2);
    tcase_add_test(t, host_name_too_long);
    suite_add_tcase(s, t);
    return s;
}
