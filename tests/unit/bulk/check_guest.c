/* check_guest.c - libcurl in somebody else's process: an environment that wants to lead it astray,
 * a signal that would end the process, descriptors that children would inherit. */
#include <arpa/inet.h>
#include <check.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bulk/rig.h"

static char key_log[64];

/* Before anything of this program opens libcurl, which looks at it once: every test of this
 * program runs so.  Nobody listens on port 1. */
__attribute__((constructor)) static void lead_astray(void)
{
    static const char *const proxies[] = {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy",
                                          "ALL_PROXY"};
    for (size_t i = 0; i < sizeof proxies / sizeof proxies[0]; i++)
        (void)setenv(proxies[i], "http://user:pass@127.0.0.1:1", 1);
    (void)unsetenv("no_proxy");
    (void)unsetenv("NO_PROXY");
    (void)snprintf(key_log, sizeof key_log, "/tmp/check_guest-%d.keys", (int)getpid());
    (void)setenv("SSLKEYLOGFILE", key_log, 1);
}

__attribute__((destructor)) static void clean_up(void)
{
    (void)unlink(key_log);
}

/* The proxies were not asked, and the keys of TLS were not written down. */
START_TEST(test_environment)
{
    struct rig r;
    struct stat st = {0};
    rig_up(&r, _i == 1);
    ck_assert_msg(rig_load(&r, NULL, "1,one\n") == LOAD_DONE, "%s", rig_words.text);
    ck_assert_uint_eq(rig_result.attempts, 1);
    ck_assert_msg(stat(key_log, &st) != 0 || st.st_size == 0, "%ld bytes of keys",
                  (long)st.st_size);
    rig_down(&r);
}
END_TEST

/* ---- SIGPIPE ---- */

/* What a libcurl that writes to a closed socket without MSG_NOSIGNAL would raise. */
static int read_and_raise(void *ctx, unsigned char *p, size_t cap, size_t *n, struct fault *f)
{
    struct load_body *inner = ctx;
    (void)raise(SIGPIPE);
    return inner->read(inner->ctx, p, cap, n, f);
}

static int rewind_inner(void *ctx, struct fault *f)
{
    struct load_body *inner = ctx;
    return inner->rewind(inner->ctx, f);
}

/* Mode 0: the host does not care; 1: it has blocked the signal; 2: and one was pending. */
START_TEST(test_sigpipe)
{
    struct rig r;
    struct text_body t;
    sigset_t pipe, before, after, pending;
    struct load_body inner = text_body(&t, "1,one\n");
    struct load_body body = {&inner, read_and_raise, rewind_inner, inner.size};
    struct load_request q = rig_request(NULL);
    (void)sigemptyset(&pipe);
    (void)sigaddset(&pipe, SIGPIPE);
    rig_up(&r, false);
    (void)pthread_sigmask(_i ? SIG_BLOCK : SIG_UNBLOCK, &pipe, &before);
    if (_i == 2)
        (void)raise(SIGPIPE);
    load_result_clear(&rig_result);
    int rc = load_run(r.loader, &q, &body, &rig_result, &rig_words);
    (void)sigpending(&pending);
    bool is_pending = sigismember(&pending, SIGPIPE);
    struct timespec now = {0};
    while (is_pending && sigtimedwait(&pipe, NULL, &now) == SIGPIPE) {
    }
    (void)pthread_sigmask(SIG_SETMASK, &before, &after);
    ck_assert_int_eq(rc, RC_OK);
    ck_assert_int_eq(rig_result.outcome, LOAD_DONE);
    ck_assert_int_eq(sigismember(&after, SIGPIPE), _i != 0); /* as the host left it */
    ck_assert_int_eq(is_pending, _i == 2);                   /* its own signal is not lost */
    rig_down(&r);
}
END_TEST

/* ---- descriptors ---- */

static unsigned peer_port(int fd)
{
    struct sockaddr_in peer = {0};
    socklen_t n = sizeof peer;
    if (getpeername(fd, (struct sockaddr *)&peer, &n) || peer.sin_family != AF_INET)
        return 0;
    return ntohs(peer.sin_port);
}

/* A load ends when its connection does, so no child may keep it open. */
START_TEST(test_children)
{
    struct rig r;
    int seen = 0;
    rig_up(&r, false);
    ck_assert_int_eq(rig_load(&r, NULL, "1,one\n"), LOAD_DONE);
    for (int fd = 3; fd < 1024; fd++) {
        if (peer_port(fd) != fake_port(r.fake, FAKE_BE))
            continue;
        seen++;
        ck_assert_msg(fcntl(fd, F_GETFD) & FD_CLOEXEC, "descriptor %d would be inherited", fd);
    }
    ck_assert_int_gt(seen, 0); /* the connection is kept */
    rig_down(&r);
}
END_TEST

Suite *check_guest(void);
Suite *check_guest(void)
{
    Suite *s = suite_create("guest");
    TCase *t = tcase_create("guest");
    tcase_set_timeout(t, 60);
    tcase_add_loop_test(t, test_environment, 0, 2);
    tcase_add_test(t, test_children);
    tcase_add_loop_test(t, test_sigpipe, 0, 3);
    suite_add_tcase(s, t);
    return s;
}
