/* check_tls_session.c - what connections share: contexts (made once, made anew when a file
 * changes), the system's store, and sessions that are resumed; also by many threads and after a
 * fork. */
#include <check.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "net/pki.h"
#include "net/tls_parts.h"
#include "net/tlsd.h"

#define ROWS(a) (int)(sizeof(a) / sizeof((a)[0]))

static const int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};

/* Each test names a CA file of its own, so that no test meets the sessions of another. */
static struct tls_opts own_opts(const char *test)
{
    static char kept[32][256]; /* pki_path's own buffers are too short-lived */
    static unsigned turn;
    size_t n;
    char file[80], *p = pki_read("ca.crt", &n), *path = kept[turn++ % 32];
    (void)snprintf(file, sizeof file, "ca-%s.crt", test);
    (void)snprintf(path, sizeof kept[0], "%s", pki_write(file, p, n));
    free(p);
    return (struct tls_opts){.mode = TLS_VERIFY_IDENTITY, .ca = path};
}

/* Connect, talk, leave; was an earlier session resumed? */
static bool visit(struct tlsd *d, const struct tls_opts *o, const char *host)
{
    struct attempt a;
    tlsd_connect(d, o, host, &a);
    ck_assert_msg(a.rc == RC_OK, "%s", a.f.text);
    ck_assert_msg(tlsd_ping(a.s, 10, &a.f) == RC_OK, "%s", a.f.text);
    bool resumed = a.info.resumed;
    ck_assert(a.info.verified);
    ck_assert_str_eq(a.info.peer_subject, "CN=db.test,O=Test Bank");
    tlsd_hangup(d, &a);
    ck_assert_int_eq(d->reused, resumed);
    return resumed;
}

START_TEST(resumes)
{
    struct tlsd d;
    struct tls_opts o = own_opts("resumes");
    tlsd_up(&d, &(struct tlsd_opts){.cert = "good", .version = versions[_i]});
    ck_assert(!visit(&d, &o, "localhost"));
    for (int i = 0; i < 5; i++)
        ck_assert_msg(visit(&d, &o, "localhost"), "visit %d", i);
    ck_assert(!visit(&d, &o, "db.test")); /* another host */
    struct tls_opts other = o;
    other.mode = TLS_VERIFY_CA;
    ck_assert(!visit(&d, &other, "localhost")); /* other options */
    ck_assert(visit(&d, &o, "localhost"));
    tlsd_down(&d);
}
END_TEST

START_TEST(does_not_resume_where_the_server_does_not)
{
    struct tlsd d;
    struct tls_opts o = own_opts("notickets");
    tlsd_up(&d, &(struct tlsd_opts){.cert = "good", .version = versions[_i], .no_tickets = true});
    for (int i = 0; i < 3; i++)
        ck_assert(!visit(&d, &o, "localhost"));
    tlsd_down(&d);
}
END_TEST

/* A server that was started again cannot read the old tickets: a full handshake follows, unnoticed.
 */
START_TEST(server_with_new_ticket_keys)
{
    struct tlsd d;
    struct tls_opts o = own_opts("restart");
    for (int i = 0; i < 3; i++) {
        tlsd_up(&d, &(struct tlsd_opts){.cert = "good", .version = versions[_i]});
        ck_assert(!visit(&d, &o, "localhost"));
        ck_assert(visit(&d, &o, "localhost"));
        tlsd_down(&d);
    }
}
END_TEST

/* The new server is another one: it must prove itself anew, whatever the old one proved. */
START_TEST(an_impostor_gains_nothing_from_our_tickets)
{
    struct tlsd d;
    struct attempt a;
    struct tls_opts o = own_opts("impostor");
    tlsd_up(&d, &(struct tlsd_opts){.cert = "good", .version = versions[_i]});
    (void)visit(&d, &o, "localhost");
    tlsd_down(&d);
    tlsd_up(&d, &(struct tlsd_opts){.cert = "other", .version = versions[_i]});
    tlsd_connect(&d, &o, "localhost", &a);
    ck_assert_int_eq(a.rc, RC_TLS);
    has_words("impostor", a.f.text, "not trusted: \"CN=Other CA");
    ck_assert(!a.info.retry);
    tlsd_hangup(&d, &a);
    tlsd_down(&d);
}
END_TEST

START_TEST(resumes_with_a_client_certificate)
{
    struct tlsd d;
    struct tls_opts o = own_opts("client");
    o.cert = pki_path("client.crt");
    o.key = pki_path("client.key");
    tlsd_up(&d, &(struct tlsd_opts){
                    .cert = "good", .version = versions[_i], .client_ca = "ca", .demand = true});
    ck_assert(!visit(&d, &o, "localhost"));
    ck_assert(visit(&d, &o, "localhost"));
    ck_assert_str_eq(d.client, "alice"); /* the server still knows who it is */
    tlsd_down(&d);
}
END_TEST

/* Some servers break when a session is offered: the caller learns that a second try makes sense,
 * and it does. */
START_TEST(server_that_breaks_on_resumption)
{
    struct tlsd d;
    struct attempt a;
    struct tls_opts o = own_opts("breaks");
    tlsd_up(&d,
            &(struct tlsd_opts){.cert = "good", .version = versions[_i], .break_on_resume = true});
    ck_assert(!visit(&d, &o, "localhost"));
    tlsd_connect(&d, &o, "localhost", &a);
    ck_assert_int_eq(a.rc, RC_TLS);
    has_words("breaks", a.f.text, "internal error");
    ck_assert(a.info.retry);
    ck_assert(!visit(&d, &o, "localhost"));
    tlsd_down(&d);
}
END_TEST

/* A server that prefers another key exchange is met with a key for it from the second visit on;
 * when it changes its mind, the second try goes back to the default. */
START_TEST(server_with_another_group)
{
    struct tlsd d;
    struct attempt a;
    struct tls_opts o = own_opts("group");
    tlsd_up(&d, &(struct tlsd_opts){.cert = "good", .version = TLS1_3_VERSION, .groups = "P-256"});
    ck_assert(!visit(&d, &o, "localhost"));
    ck_assert_int_eq(d.hellos, 2);
    for (int i = 0; i < 3; i++) {
        ck_assert(visit(&d, &o, "localhost"));
        ck_assert_int_eq(d.hellos, 1);
    }
    ck_assert_int_eq((int)SSL_CTX_set1_groups_list(d.ctx, "P-384"), 1);
    tlsd_connect(&d, &o, "localhost", &a);
    ck_assert_int_eq(a.rc, RC_TLS);
    ck_assert(a.info.retry);
    ck_assert(!visit(&d, &o, "localhost"));
    ck_assert(visit(&d, &o, "localhost"));
    tlsd_down(&d);
}
END_TEST

/* A session that was made when nobody looked, taken up by those who do. */
static const struct {
    const char *name, *cert;
    enum tls_mode mode;
    bool has_pin;             /* of another certificate */
    const char *host, *words; /* words of the refusal; "": none */
} takers[] = {
    {"good", "good", TLS_VERIFY_IDENTITY, false, "localhost", ""},
    {"pin", "good", TLS_REQUIRED, true, "localhost", "TLSPEERFP demands"},
    {"name", "good", TLS_VERIFY_IDENTITY, false, "other.test", "other.test"},
    {"address", "good", TLS_VERIFY_IDENTITY, false, "192.0.2.7", "192.0.2.7"},
    {"name, not looked at", "good", TLS_VERIFY_CA, false, "other.test", ""},
    {"expired", "expired", TLS_VERIFY_CA, false, "localhost", "expired"},
    {"future", "future", TLS_VERIFY_CA, false, "localhost", "not valid yet"},
    {"expired, not looked at", "expired", TLS_REQUIRED, false, "localhost", ""},
};

START_TEST(a_session_taken_up_is_judged)
{
    struct tlsd d;
    struct attempt a;
    struct fault f = {0};
    struct tls_context *from = NULL, *to = NULL;
    int group = 0;
    struct tls_opts lax = {.mode = TLS_PREFERRED}, strict = own_opts("takers");
    strict.mode = takers[_i].mode;
    strict.fingerprint = takers[_i].has_pin
                             ? "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
                             : NULL;
    tlsd_up(&d, &(struct tlsd_opts){.cert = takers[_i].cert, .version = TLS1_2_VERSION});
    tlsd_connect(&d, &lax, takers[_i].host, &a);
    ck_assert_msg(a.rc == RC_OK && tlsd_ping(a.s, 10, &a.f) == RC_OK, "%s", a.f.text);
    tlsd_hangup(&d, &a);
    ck_assert_int_eq(tls_context_get(&lax, &from, &f), RC_OK);
    ck_assert_int_eq(tls_context_get(&strict, &to, &f), RC_OK);
    SSL_SESSION *s = tls_sessions_take(&from->sessions, takers[_i].host, 3306, &group);
    ck_assert_ptr_nonnull(s);
    tls_sessions_put(&to->sessions, takers[_i].host, 3306, s, group);
    tls_sessions_forget(&from->sessions, takers[_i].host, 3306);
    tlsd_connect(&d, &strict, takers[_i].host, &a);
    ck_assert_msg(a.rc == (*takers[_i].words ? RC_TLS : RC_OK), "%s: rc %d: %s", takers[_i].name,
                  a.rc, a.f.text);
    has_words(takers[_i].name, a.f.text, takers[_i].words);
    tlsd_hangup(&d, &a);
    ck_assert_msg(d.reused, "%s: it was another session", takers[_i].name);
    tls_context_put(from);
    tls_context_put(to);
    tlsd_down(&d);
}
END_TEST

START_TEST(tickets_are_used_once)
{
    struct tls_context *c = NULL;
    struct tlsd d;
    struct fault f = {0};
    struct tls_opts o = own_opts("once");
    tlsd_up(&d, &(struct tlsd_opts){.cert = "good", .version = TLS1_3_VERSION});
    (void)visit(&d, &o, "localhost");
    ck_assert_int_eq(tls_context_get(&o, &c, &f), RC_OK);
    SSL_SESSION *s = NULL, *seen[8] = {0};
    int n = 0, group = 0;
    while ((s = tls_sessions_take(&c->sessions, "localhost", 3306, &group)) != NULL) {
        for (int i = 0; i < n; i++)
            ck_assert_ptr_ne(seen[i], s);
        ck_assert_int_lt(n, 8);
        seen[n++] = s;
    }
    ck_assert_int_ge(n, 1);
    for (int i = 0; i < n; i++)
        SSL_SESSION_free(seen[i]);
    ck_assert_ptr_null(tls_sessions_take(&c->sessions, "localhost", 3307, &group));
    tls_context_put(c);
    tlsd_down(&d);
}
END_TEST

START_TEST(session_table_has_a_limit)
{
    struct tls_context *c = NULL;
    struct fault f = {0};
    struct tls_opts o = own_opts("limit");
    ck_assert_int_eq(tls_context_get(&o, &c, &f), RC_OK);
    for (unsigned i = 0; i < 3 * TLS_SESSION_SLOTS; i++) {
        SSL_SESSION *s = SSL_SESSION_new();
        SSL_SESSION_set_protocol_version(s, TLS1_3_VERSION);
        /* the oldest are freed, as the leak check knows */
        tls_sessions_put(&c->sessions, "many", i, s, 0);
    }
    tls_sessions_forget(&c->sessions, "many", 3 * TLS_SESSION_SLOTS - 1);
    tls_context_put(c);
}
END_TEST

/* ---- contexts ---- */

START_TEST(same_options_same_context)
{
    struct tls_context *a = NULL, *b = NULL;
    struct fault f = {0};
    struct tls_opts o = own_opts("same");
    ck_assert_int_eq(tls_context_get(&o, &a, &f), RC_OK);
    ck_assert_int_eq(tls_context_get(&o, &b, &f), RC_OK);
    ck_assert_ptr_eq(a, b);
    tls_context_put(b);
    struct tls_opts other[] = {o, o, o, o, o};
    other[0].mode = TLS_VERIFY_CA;
    other[1].versions = TLS_V13;
    other[2].ciphers = "HIGH";
    other[3].key_password = "x";
    other[4].ca = pki_path("ca.crt");
    for (int i = 0; i < ROWS(other); i++) {
        ck_assert_int_eq(tls_context_get(&other[i], &b, &f), RC_OK);
        ck_assert_msg(a != b, "options %d", i);
        tls_context_put(b);
    }
    tls_context_put(a);
    tls_context_put(NULL);
}
END_TEST

START_TEST(a_changed_file_makes_a_new_context)
{
    struct tlsd d;
    struct attempt a;
    size_t n;
    struct tls_opts o = own_opts("changed");
    tlsd_up(&d, &(struct tlsd_opts){.cert = "good"});
    ck_assert(!visit(&d, &o, "localhost"));
    char *p = pki_read("otherca.crt", &n);
    (void)pki_write("ca-changed.crt", p, n);
    free(p);
    tlsd_connect(&d, &o, "localhost", &a);
    ck_assert_int_eq(a.rc, RC_TLS);
    has_words("changed", a.f.text, "not trusted: \"CN=Test CA");
    tlsd_hangup(&d, &a);
    p = pki_read("ca.crt", &n);
    (void)pki_write("ca-changed.crt", p, n);
    free(p);
    ck_assert(!visit(&d, &o, "localhost")); /* the sessions went with the old context */
    ck_assert(visit(&d, &o, "localhost"));
    (void)unlink(o.ca);
    tlsd_connect(&d, &o, "localhost", &a);
    ck_assert_int_eq(a.rc, RC_CONFIG);
    tlsd_down(&d);
}
END_TEST

START_TEST(more_contexts_than_are_kept)
{
    struct tls_context *first = NULL, *c = NULL;
    struct fault f = {0};
    char pin[65];
    struct tls_opts o = own_opts("more");
    ck_assert_int_eq(tls_context_get(&o, &first, &f), RC_OK);
    for (int i = 0; i < 100; i++) {
        (void)snprintf(pin, sizeof pin, "%064x", i);
        o.fingerprint = pin;
        ck_assert_int_eq(tls_context_get(&o, &c, &f), RC_OK);
        tls_context_put(c);
    }
    o.fingerprint = NULL;
    ck_assert_int_eq(tls_context_get(&o, &c, &f), RC_OK);
    ck_assert_ptr_ne(c, first); /* forgotten, but alive as long as it is held */
    ck_assert_ptr_nonnull(first->trust);
    tls_context_put(c);
    tls_context_put(first);
}
END_TEST

/* ---- the system's store ---- */

static X509_STORE *store_of(const struct tls_opts *o)
{
    struct tls_context *c = NULL;
    struct fault f = {0};
    ck_assert_msg(tls_context_get(o, &c, &f) == RC_OK, "%s", f.text);
    X509_STORE *s = SSL_CTX_get_cert_store(c->ssl);
    X509_STORE_up_ref(s);
    tls_context_put(c);
    return s;
}

START_TEST(system_store)
{
    struct tlsd d;
    struct attempt a;
    size_t n;
    char *p = pki_read("ca.crt", &n);
    (void)pki_write("system.crt", p, n);
    free(p);
    ck_assert_int_eq(setenv("SSL_CERT_FILE", pki_path("system.crt"), 1), 0);
    ck_assert_int_eq(setenv("SSL_CERT_DIR", pki_path("no-such"), 1), 0);
    struct tls_opts o = {.mode = TLS_VERIFY_IDENTITY}, o2 = {.mode = TLS_VERIFY_CA};
    tlsd_up(&d, &(struct tlsd_opts){.cert = "good"});
    ck_assert(!visit(&d, &o, "localhost"));
    tlsd_connect(&d, &o, "localhost", &a);
    ck_assert(a.rc == RC_OK && a.info.verified);
    tlsd_hangup(&d, &a);
    tlsd_connect(&d, &o2, "localhost", &a); /* everybody has a certificate of the system's CAs */
    ck_assert(a.rc == RC_OK && !a.info.verified);
    tlsd_hangup(&d, &a);
    X509_STORE *one = store_of(&o), *two = store_of(&o2);
    ck_assert_ptr_eq(one, two); /* read once, shared by both contexts */
    X509_STORE_free(two);
    p = pki_read("otherca.crt", &n);
    (void)pki_write("system.crt", p, n);
    free(p);
    two = store_of(&o2);
    ck_assert_ptr_ne(one, two); /* it has changed */
    X509_STORE_free(two);
    X509_STORE_free(one);
    tlsd_connect(&d, &o, "localhost", &a);
    ck_assert_int_eq(a.rc, RC_TLS);
    has_words("system", a.f.text,
              "not trusted: \"CN=Test CA|Trusted: the system's certificates (|system.crt");
    tlsd_hangup(&d, &a);
    tlsd_down(&d);
    /* a machine without any */
    ck_assert_int_eq(setenv("SSL_CERT_FILE", pki_path("no-such.crt"), 1), 0);
    tlsd_up(&d, &(struct tlsd_opts){.cert = "good"});
    tlsd_connect(&d, &o, "localhost", &a);
    ck_assert_int_eq(a.rc, RC_TLS);
    has_words("none", a.f.text, "neither can be read; install ca-certificates");
    tlsd_hangup(&d, &a);
    tlsd_down(&d);
    ck_assert_int_eq(unsetenv("SSL_CERT_FILE"), 0);
    ck_assert_int_eq(unsetenv("SSL_CERT_DIR"), 0);
}
END_TEST

START_TEST(system_store_with_revocation)
{
    struct tlsd d;
    struct attempt a;
    ck_assert_int_eq(setenv("SSL_CERT_FILE", pki_path("ca.crt"), 1), 0);
    struct tls_opts o = {.mode = TLS_VERIFY_IDENTITY, .crl = pki_path("ca.crl")};
    tlsd_up(&d, &(struct tlsd_opts){.cert = "good"});
    (void)visit(&d, &o, "localhost");
    tlsd_down(&d);
    tlsd_up(&d, &(struct tlsd_opts){.cert = "revoked"});
    tlsd_connect(&d, &o, "localhost", &a);
    ck_assert_int_eq(a.rc, RC_TLS);
    has_words("revoked", a.f.text, "has been revoked|the system's certificates|SSLCRL=");
    tlsd_hangup(&d, &a);
    tlsd_down(&d);
    ck_assert_int_eq(unsetenv("SSL_CERT_FILE"), 0);
}
END_TEST

/* ---- threads and forks ---- */

#define THREADS 16
#define ROUNDS  20

struct worker {
    pthread_t thread;
    const struct tls_opts *o;
    int failures, resumed;
};

static void *work(void *arg)
{
    struct worker *w = arg;
    for (int i = 0; i < ROUNDS; i++) {
        struct tlsd d;
        struct attempt a;
        struct tls_opts o = w->o[i % 3];
        tlsd_up(&d, &(struct tlsd_opts){.cert = "good"});
        tlsd_connect(&d, &o, "localhost", &a);
        w->failures += a.rc || tlsd_ping(a.s, 100, &a.f);
        tlsd_hangup(&d, &a);
        tlsd_down(&d);
    }
    return NULL;
}

/* Sixteen threads over three contexts, while one file changes all the time. */
START_TEST(many_threads)
{
    struct worker w[THREADS];
    size_t n;
    char *p = pki_read("ca.crt", &n);
    struct tls_opts o[3] = {own_opts("threads1"), own_opts("threads2"), {.mode = TLS_REQUIRED}};
    o[1].mode = TLS_VERIFY_CA;
    for (int i = 0; i < THREADS; i++) {
        w[i] = (struct worker){.o = o};
        ck_assert_int_eq(pthread_create(&w[i].thread, NULL, work, &w[i]), 0);
    }
    for (int i = 0; i < 50; i++)
        (void)pki_write("ca-threads1.crt", p, n);
    for (int i = 0; i < THREADS; i++) {
        ck_assert_int_eq(pthread_join(w[i].thread, NULL), 0);
        ck_assert_int_eq(w[i].failures, 0);
    }
    free(p);
}
END_TEST

static void *get_contexts(void *arg)
{
    const struct tls_opts *o = arg;
    for (int i = 0; i < 300; i++) {
        struct tls_context *c = NULL;
        struct fault f = {0};
        struct tls_opts mine = *o;
        mine.versions = (unsigned)(i % 3);
        if (tls_context_get(&mine, &c, &f) == RC_OK)
            tls_context_put(c);
    }
    return NULL;
}

/* Says 'k' for good; a child that hangs dies without a word.  Ends by a signal because sanitizers
 * would report the threads of the parent, which are not here. */
static void child(const struct tls_opts *o, int fd)
{
    struct tls_context *c = NULL;
    struct fault f = {0};
    (void)alarm(30);
    if (tls_context_get(o, &c, &f) == RC_OK)
        ck_assert_int_eq((int)write(fd, "k", 1), 1);
    (void)raise(SIGKILL);
}

/* A child that is forked while others are busy with the cache goes on using it. */
START_TEST(fork_in_the_middle)
{
    pthread_t t[2];
    struct tls_opts o = own_opts("fork");
    for (int i = 0; i < 2; i++)
        ck_assert_int_eq(pthread_create(&t[i], NULL, get_contexts, &o), 0);
    for (int i = 0; i < 10; i++) {
        int fd[2];
        char said = 0;
        ck_assert_int_eq(pipe(fd), 0);
        pid_t pid = fork();
        if (pid == 0)
            child(&o, fd[1]);
        ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
        (void)close(fd[1]);
        ck_assert_int_eq((int)read(fd[0], &said, 1), 1);
        ck_assert_int_eq(said, 'k');
        (void)close(fd[0]);
    }
    for (int i = 0; i < 2; i++)
        ck_assert_int_eq(pthread_join(t[i], NULL), 0);
}
END_TEST

/* ThreadSanitizer's own allocator keeps its locks over a fork of a process with threads, and the
 * child hangs in it. */
__attribute__((weak)) void __tsan_init(void);

Suite *check_tls_session(void);
Suite *check_tls_session(void)
{
    Suite *s = suite_create("tls_session");
    TCase *t = tcase_create("all");
    tcase_set_timeout(t, 120);
    tcase_add_unchecked_fixture(t, pki_up, pki_down);
    tcase_add_loop_test(t, resumes, 0, 2);
    tcase_add_loop_test(t, does_not_resume_where_the_server_does_not, 0, 2);
    tcase_add_loop_test(t, server_with_new_ticket_keys, 0, 2);
    tcase_add_loop_test(t, an_impostor_gains_nothing_from_our_tickets, 0, 2);
    tcase_add_loop_test(t, resumes_with_a_client_certificate, 0, 2);
    tcase_add_loop_test(t, server_that_breaks_on_resumption, 0, 2);
    tcase_add_test(t, server_with_another_group);
    tcase_add_loop_test(t, a_session_taken_up_is_judged, 0, ROWS(takers));
    tcase_add_test(t, tickets_are_used_once);
    tcase_add_test(t, session_table_has_a_limit);
    tcase_add_test(t, same_options_same_context);
    tcase_add_test(t, a_changed_file_makes_a_new_context);
    tcase_add_test(t, more_contexts_than_are_kept);
    tcase_add_test(t, system_store);
    tcase_add_test(t, system_store_with_revocation);
    tcase_add_test(t, many_threads);
    suite_add_tcase(s, t);
    t = tcase_create("fork");
    tcase_add_unchecked_fixture(t, pki_up, pki_down);
    if (!__tsan_init)
        tcase_add_test(t, fork_in_the_middle);
    suite_add_tcase(s, t);
    return s;
}
