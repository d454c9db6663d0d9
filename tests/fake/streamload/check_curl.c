/* check_curl.c - the curl program as a client that knows nothing of us: redirects, TLS,
 * compression. Without curl or openssl on the path the suite says so and fails: they are needed to
 * trust the fake. */
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CURL "curl -sS --max-time 20 --noproxy '*' -H 'Expect: 100-continue' "

#define PKI FAKE_BUILD "/pki"

static void pki(void)
{
    free(run(TEST_LIB_DIR "/pki.sh " PKI " >/dev/null 2>&1"));
    ck_assert_msg(access(PKI "/client-good.crt", R_OK) == 0, "no certificates in " PKI);
}

static const struct {
    const char *name, *options, *arguments;
    enum fake_node node;
    const char *expect, *rows;
} runs[] = {
    {"follows with trust", NULL, "--location-trusted -u root: -H label:x --data-binary @- -X PUT",
     FAKE_FE, "\"Status\": \"Success\"", "{\"a\":1,\"b\":\"x\"}\n"},
    {"chunked", NULL, "--location-trusted -u root: -H label:x -T -", FAKE_FE,
     "\"Status\": \"Success\"", "{\"a\":1,\"b\":\"x\"}\n"},
    {"credentials stay behind without trust", NULL, "--location -u root: -H label:x -T -", FAKE_FE,
     "no valid Basic authorization", ""},
    {"follower", "follower=on", "--location-trusted -u root: -H label:x -T -", FAKE_FOLLOWER,
     "\"Status\": \"Success\"", "{\"a\":1,\"b\":\"x\"}\n"},
    {"proxy", "proxy=on", "-u root: -H label:x -T -", FAKE_PROXY, "\"Status\": \"Success\"",
     "{\"a\":1,\"b\":\"x\"}\n"},
    {"cluster name, mapped", "location-host=be.cluster.local",
     "--location-trusted -u root: -H label:x -T - --connect-to be.cluster.local::127.0.0.1:",
     FAKE_FE, "\"Status\": \"Success\"", "{\"a\":1,\"b\":\"x\"}\n"},
    {"doris Location", "dialect=doris", "--location-trusted -u root: -H label:x -T -", FAKE_FE,
     "\"TwoPhaseCommit\": \"false\"", "{\"a\":1,\"b\":\"x\"}\n"},
    {"loop", NULL, "--location-trusted -u root: --max-redirs 5 -H X-Fake-Fault:fe_loop -T - 2>&1",
     FAKE_FE, "Maximum (5) redirects followed", ""},
    {"to file", NULL, "--location-trusted -u root: -H X-Fake-Fault:fe_to_file -T - 2>&1", FAKE_FE,
     "Protocol \"file\" not supported", ""},
    {"cut answer", NULL, "-u root: -H label:x -H X-Fake-Fault:be_cut -T - 2>&1", FAKE_BE,
     "transfer closed with", "{\"a\":1,\"b\":\"x\"}\n"},
    {"several BEs", "be-count=3", "--location-trusted -u root: -H label:x -T -", FAKE_FE,
     "\"Status\": \"Success\"", "{\"a\":1,\"b\":\"x\"}\n"},
};

START_TEST(curl_runs)
{
    struct fake_stats s;
    start(runs[_i].options, NULL);
    char *out = run("printf '1\\tx\\n' | " CURL "%s http://127.0.0.1:%u/api/d/t/_stream_load",
                    runs[_i].arguments, fake_port(fake, runs[_i].node));
    ck_assert_msg(strstr(out, runs[_i].expect), "%s: %s", runs[_i].name, out);
    table_is(runs[_i].rows, runs[_i].name);
    fake_stats_get(fake, &s);
    ck_assert_msg(s.fe_body_bytes == 0, "%s: body bytes at the FE", runs[_i].name);
    free(out);
    stop();
}
END_TEST

START_TEST(slow_frontend_makes_curl_push)
{
    struct fake_stats s;
    start("linger-ms=2000", NULL);
    ck_assert(fake_fault(fake, "fe_slow:2500")); /* curl begins the body after a second */
    char *out =
        run("printf '1\\tx\\n' | " CURL
            "--location-trusted -u root: -T - http://127.0.0.1:%u/api/d/t/_stream_load 2>&1",
            fake_port(fake, FAKE_FE));
    free(out);
    for (int i = 0; i < 300; i++) {
        fake_stats_get(fake, &s);
        if (s.fe_bodies)
            break;
        free(run("sleep 0.01"));
    }
    ck_assert_uint_eq(s.fe_bodies, 1);
    stop();
}
END_TEST

static const struct {
    const char *name, *header, *pack;
} packs[] = {
    {"gzip", "compression: gzip", "gzip -c"},
    {"gzip, two members", "Content-Encoding: gzip",
     "{ IFS= read -r l; echo \"$l\" | gzip -c; gzip -c; }"},
    {"gzip as format", "format: gzip", "gzip -c"},
    {"plain", "X: y", "cat"},
};

START_TEST(compressed)
{
    start(NULL, NULL);
    char *out = run("for i in 1 2 3; do printf \"$i\\tx\\n\"; done | %s | " CURL
                    "-u root: -H '%s' -T - http://127.0.0.1:%u/api/d/t/_stream_load",
                    packs[_i].pack, packs[_i].header, fake_port(fake, FAKE_BE));
    ck_assert_msg(strstr(out, "\"Status\": \"Success\""), "%s: %s", packs[_i].name, out);
    ck_assert_msg(strstr(out, "\"LoadBytes\": 12,"), "%s: %s", packs[_i].name, out);
    table_is("{\"a\":1,\"b\":\"x\"}\n{\"a\":2,\"b\":\"x\"}\n{\"a\":3,\"b\":\"x\"}\n",
             packs[_i].name);
    free(out);
    stop();
}
END_TEST

static void start_tls(const char *options)
{
    char all[1000];
    pki();
    (void)snprintf(all, sizeof all,
                   "cert=" PKI "/server-good.crt key=" PKI "/server-good.key client-ca=" PKI
                   "/ca.crt %s",
                   options);
    start(all, NULL);
}

/* over_tls - curl loads one row; what it said. */
static bool over_tls(int row, const char *more, const char *expect)
{
    char *out = run("printf '%d\\tx\\n' | " CURL "--location-trusted -u root: --cacert " PKI
                    "/ca.crt %s -T - https://127.0.0.1:%u/api/d/t/_stream_load 2>&1",
                    row, more, fake_port(fake, FAKE_FE));
    bool found = strstr(out, expect) != NULL;
    if (!found)
        (void)fprintf(stderr, "%s\n", out);
    free(out);
    return found;
}

#define CLIENT(name) "--cert " PKI "/" name ".crt --key " PKI "/" name ".key"

START_TEST(https_with_client_certificate)
{
    struct fake_stats s;
    char why[300];
    start_tls("fe-tls=on be-tls=on");
    ck_assert(over_tls(1, CLIENT("client-good"), "\"Status\": \"Success\""));
    ck_assert(over_tls(2, "", "curl: ("));
    ck_assert(over_tls(3, CLIENT("client-other-ca"), "curl: ("));
    for (int i = 0; i < 500; i++) { /* the threads count when they end */
        fake_stats_get(fake, &s);
        if (s.handshakes_failed == 2)
            break;
        free(run("sleep 0.01"));
    }
    ck_assert_uint_eq(s.handshakes_failed, 2);
    ck_assert_uint_eq(s.downgrades, 0);
    ck_assert(
        !fake_certificate(fake, PKI "/server-other-ca.crt", "/nonexistent", "", why, sizeof why));
    ck_assert(strstr(why, "/nonexistent"));
    ck_assert(fake_certificate(fake, PKI "/server-other-ca.crt", PKI "/server-other-ca.key", "",
                               why, sizeof why));
    ck_assert(over_tls(4, "", "certificate"));
    free(run("curl -sSk --noproxy '*' -X POST 'https://127.0.0.1:%u/fake/certificate?cert=" PKI
             "/server-good.crt&key=" PKI "/server-good.key'",
             fake_port(fake, FAKE_FE)));
    ck_assert(over_tls(5, "", "\"Status\": \"Success\""));
    ck_assert_uint_eq(fake_rows(fake, "d", "t"), 2);
    stop();
}
END_TEST

START_TEST(https_that_continues_as_http)
{
    struct fake_stats s;
    start_tls("fe-tls=on");
    ck_assert(over_tls(1, CLIENT("client-good"), "\"Status\": \"Success\""));
    fake_stats_get(fake, &s);
    ck_assert_uint_eq(s.downgrades, 1);
    stop();
}
END_TEST

START_TEST(own_endpoints)
{
    start(NULL, NULL);
    unsigned port = fake_port(fake, FAKE_FE);
    char *out =
        run("p=http://127.0.0.1:%u/fake; c() { curl -sS --noproxy '*' \"$@\"; }; "
            "c -X POST \"$p/fault?spec=be_close*2\"; "
            "c -X POST \"$p/fault?spec=nosuch\"; c -X POST $p/faults/clear; "
            "c -X POST \"$p/set?name=publish-ms&value=0\"; "
            "c -X POST -G --data-urlencode 'ddl=e.u(x INT)' $p/table; "
            "echo 5 | c -T - -u root: -H 'label: q' http://127.0.0.1:%u/api/e/u/_stream_load; "
            "c $p/e/u; c $p/state/e/q; c $p/stats; c $p/requests; c $p/nosuch/t; "
            "c -X POST $p/clear/e/u; c $p/e/u",
            port, fake_port(fake, FAKE_BE));
    const char *in_order[] = {"OK\nunknown",
                              "OK\nOK\nOK\n",
                              "\"Success\"",
                              "{\"x\":5}\nVISIBLE",
                              "\"loads_committed\": 1",
                              "label: q",
                              "no such table",
                              "OK\n"};
    const char *at = out;
    for (size_t i = 0; i < sizeof in_order / sizeof *in_order; i++) {
        at = strstr(at, in_order[i]);
        ck_assert_msg(at, "%s not found in order in %s", in_order[i], out);
    }
    free(out);
    stop();
}
END_TEST

START_TEST(many_at_once)
{
    struct fake_stats s;
    start_tls("fe-tls=on be-tls=on be-count=3 follower=on");
    char *out = run("for i in 1 2 3 4 5 6 7 8 9 10 11 12; do { printf \"$i\\tx\\n\" | " CURL
                    "--location-trusted -u root: --cacert " PKI "/ca.crt %s -H label:l$i -T - "
                    "https://127.0.0.1:%u/api/d/t/_stream_load | grep -c Success & }; done; wait",
                    CLIENT("client-good"), fake_port(fake, FAKE_FOLLOWER));
    ck_assert_msg(strcmp(out, "1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n1\n") == 0, "%s", out);
    ck_assert_uint_eq(fake_rows(fake, "d", "t"), 12);
    ck_assert_uint_eq(fake_labels(fake, "d", "VISIBLE"), 12);
    fake_stats_get(fake, &s);
    ck_assert_uint_eq(s.rows, 12);
    ck_assert_uint_eq(s.fe_body_bytes, 0);
    free(out);
    stop();
}
END_TEST

START_TEST(the_program)
{
    char *out = run(
        "d=$(mktemp -d); cd \"$d\"; mkfifo in; " FAKE_BUILD
        "/fake-streamload --stdin --table 'd.t(a INT)' --fault be_shutdown --file p.env <in & "
        "exec 9>in; n=0; while [ ! -f p.env ] && [ $n -lt 500 ]; do n=$((n+1)); sleep 0.02; done; "
        ". ./p.env; for i in 1 2; do echo 7 | " CURL
        "--location-trusted -u root: -T - http://127.0.0.1:$FE_PORT/api/d/t/_stream_load; done; "
        "curl -sS --noproxy '*' http://127.0.0.1:$BE_PORT/fake/d/t; exec 9>&-; wait $!; echo \"rc "
        "$?\"; "
        "rm -rf \"$d\"");
    const char *bad = strstr(out, "Service is shutting down");
    const char *good = bad ? strstr(bad, "\"Success\"") : NULL;
    ck_assert_msg(good && strstr(good, "{\"a\":7}\nrc 0"), "%s", out);
    free(out);
    out = run(FAKE_BUILD "/fake-streamload --help; " FAKE_BUILD "/fake-streamload --nosuch 1 2>&1");
    ck_assert(strstr(out, "--publish-ms") && strstr(out, "be_drop_after"));
    ck_assert(strstr(out, "--nosuch 1: unknown flag"));
    free(out);
}
END_TEST

Suite *check_curl(void)
{
    Suite *s = suite_create("fake: curl");
    TCase *t = tcase_create("curl");
    tcase_set_timeout(t, 120);
    tcase_add_loop_test(t, curl_runs, 0, (int)(sizeof runs / sizeof *runs));
    tcase_add_test(t, slow_frontend_makes_curl_push);
    tcase_add_loop_test(t, compressed, 0, (int)(sizeof packs / sizeof *packs));
    tcase_add_test(t, https_with_client_certificate);
    tcase_add_test(t, https_that_continues_as_http);
    tcase_add_test(t, own_endpoints);
    tcase_add_test(t, many_at_once);
    tcase_add_test(t, the_program);
    suite_add_tcase(s, t);
    return s;
}
