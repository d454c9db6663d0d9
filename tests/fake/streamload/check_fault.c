/* check_fault.c - every fault does what fault.def says, and the truth can be told afterwards. */
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NOTHING "" /* the connection ends, or stays silent, without a byte */

static const struct {
    const char *spec;
    int status;         /* 0: no whole answer */
    const char *expect; /* in the text; NOTHING: no text at all */
} at_fe[] = {
    {"fe_slow:20", 307, "Location: http://127.0.0.1:"},
    {"fe_hang", 0, NOTHING},
    {"fe_close", 0, NOTHING},
    {"fe_reset", 0, NOTHING},
    {"fe_401", 401, "WWW-Authenticate: Basic realm=\"\""},
    {"fe_500", 500, "\"status\":\"FAILED\""},
    {"fe_502", 502, "<html>"},
    {"fe_503", 503, "Retry-After: 1"},
    {"fe_504", 504, "<html>"},
    {"fe_no_backend", 200, "\"Message\": \"No backend alive.\""},
    {"fe_to_http", 307, "Location: http://"},
    {"fe_to_https", 307, "Location: https://127.0.0.1:"},
    {"fe_to_other", 307, "Location: http://evil.invalid:"},
    {"fe_to_nowhere", 307, "Location: http://127.0.0.1:1/api"},
    {"fe_to_file", 307, "Location: file:///etc/passwd"},
    {"fe_relative", 307, "Location: /api/d/t/_stream_load\r\n"},
    {"fe_userinfo", 307, "Location: http://root:secret@127.0.0.1:"},
    {"fe_no_location", 307, "Temporary Redirect\r\nContent-Length"},
    {"fe_bad_location", 307, "Location: ::not a url::"},
    {"fe_code:302", 302, "Location: http://127.0.0.1:"},
    {"fe_307_body", 307, "Moved</body>"},
    {"fe_keep", 307, "Connection: keep-alive"},
    {"fe_takes_body", 200, "100 Continue\r\n\r\nHTTP/1.1 200 OK"},
    {"fe_garbage", 0, "SSH-2.0"},
    {"fe_cut", 0, "Location: http://127.0"},
    {"fe_big_header:100000", 307, "X-Filler-9"},
};

/* patience - how long to wait for an answer that may never come. */
static int patience(const char *spec)
{
    bool never = strstr(spec, "hang") || strstr(spec, "stall") || strstr(spec, "no_100");
    return never ? 400 : 10000;
}

static const char fe_head[] = "PUT /api/d/t/_stream_load HTTP/1.1\r\n" AUTH
                              "Expect: 100-continue\r\nlabel: x\r\nContent-Length: 4\r\n";

START_TEST(frontend)
{
    struct fake_stats s;
    start("linger-ms=20", NULL);
    ck_assert(fake_fault(fake, at_fe[_i].spec));
    struct reply r = ask(FAKE_FE, fe_head, "1\tx\n", 4, patience(at_fe[_i].spec));
    ck_assert_msg(r.status == at_fe[_i].status, "%s: %s", at_fe[_i].spec, r.text);
    ck_assert_msg(*at_fe[_i].expect ? strstr(r.text, at_fe[_i].expect) != NULL : r.n == 0, "%s: %s",
                  at_fe[_i].spec, r.text);
    fake_stats_get(fake, &s);
    ck_assert_uint_eq(s.faults, 1);
    ck_assert_uint_eq(s.fe_body_bytes, 0);
    ck_assert_uint_eq(fake_rows(fake, "d", "t"), 0);
    reply_free(&r);
    r = ask(FAKE_FE, fe_head, "1\tx\n", 4, 3000); /* once only */
    ck_assert_int_eq(r.status, 307);
    ck_assert_msg(strstr(r.text, "100 Continue") == NULL, "%s", r.text);
    reply_free(&r);
    stop();
}
END_TEST

/* the truth afterwards: state of the label, and rows */
static const struct {
    const char *spec, *answer, *at_once, *later; /* states; later NULL: the same */
    size_t rows;
} at_be[] = {
    {"be_close", NOTHING, "UNKNOWN", NULL, 0},
    {"be_reset", NOTHING, "UNKNOWN", NULL, 0},
    {"be_401", "\"Message\": \"Access denied", "UNKNOWN", NULL, 0},
    {"be_502", "502 Bad Gateway", "UNKNOWN", NULL, 0},
    {"be_503", "503 Service", "UNKNOWN", NULL, 0},
    {"be_504", "504 Gateway", "UNKNOWN", NULL, 0},
    {"be_shutdown", "Service is shutting down, please retry later!", "UNKNOWN", NULL, 0},
    {"be_many_txns", "current running txns on db", "UNKNOWN", NULL, 0},
    {"be_many_loads", "Stream Load exceed http cuncurrent limit", "UNKNOWN", NULL, 0},
    {"be_no_100", NOTHING, "ABORTED", NULL, 0}, /* the client gave up waiting */
    {"be_slow_100:30", "\"Status\": \"Success\"", "VISIBLE", NULL, 1},
    {"be_many_1xx:3", "102 Processing\r\nX-Note: wait\r\n\r\nHTTP/1.1 100", "VISIBLE", NULL, 1},
    {"be_307_again", "307 Temporary Redirect", "UNKNOWN", NULL, 0},
    {"be_reset_body:2", "100 Continue", "ABORTED", NULL, 0},
    {"be_close_body:2", "100 Continue", "ABORTED", NULL, 0},
    {"be_slow_read:10", "\"Status\": \"Success\"", "VISIBLE", NULL, 1},
    {"be_stall", "100 Continue", "PREPARE", NULL, 0},
    {"be_early_fail:2", "\"Status\": \"Fail\"", "ABORTED", NULL, 0},
    {"be_versions", "Too many versions", "ABORTED", NULL, 0},
    {"be_drop_before", "100 Continue", "ABORTED", NULL, 0},
    {"be_drop_after", "100 Continue", "VISIBLE", NULL, 1},
    {"be_drop_pending:250", "100 Continue", "PREPARE", "VISIBLE", 1},
    {"be_drop_doomed:250", "100 Continue", "PREPARE", "ABORTED", 0},
    {"be_stuck", "100 Continue", "PREPARE", NULL, 0},
    {"be_reset_after", "100 Continue", "VISIBLE", NULL, 1},
    {"be_504_after", "504 Gateway Timeout", "VISIBLE", NULL, 1},
    {"be_502_after", "502 Bad Gateway", "VISIBLE", NULL, 1},
    {"be_cut", "\"TxnId\":", "VISIBLE", NULL, 1},
    {"be_hang", "100 Continue", "VISIBLE", NULL, 1},
    {"be_slow_answer:30", "\"Status\": \"Success\"", "VISIBLE", NULL, 1},
    {"be_truncated", "\"TxnId\":", "VISIBLE", NULL, 1},
    {"be_html", "<html>", "VISIBLE", NULL, 1},
    {"be_empty", "Content-Length: 0", "VISIBLE", NULL, 1},
    {"be_no_status", "\"Label\": \"x\",\n    \"Message\"", "VISIBLE", NULL, 1},
    {"be_odd_status", "\"Status\": \"Perhaps\"", "VISIBLE", NULL, 1},
    {"be_fields", "\"FutureField\": {", "VISIBLE", NULL, 1},
    {"be_lower", "\"status\": \"Success\"", "VISIBLE", NULL, 1},
    {"be_chunked", "7;note=x\r\n{\n", "VISIBLE", NULL, 1},
    {"be_short_length", "\"Status\": \"Success\"", "VISIBLE", NULL, 1},
    {"be_long_length", "\"Status\": \"Success\"", "VISIBLE", NULL, 1},
    {"be_publish:250", "BUT data will be visible later", "COMMITTED", "VISIBLE", 1},
    {"be_unknown_ok:250", "Transaction status unknown, you can retry with same label.", "PREPARE",
     "VISIBLE", 1},
    {"be_unknown_bad:250", "Transaction status unknown", "PREPARE", "ABORTED", 0},
    {"be_lying:7", "\"NumberLoadedRows\": 8", "VISIBLE", NULL, 1},
    {"be_endless:10000", "        ", "VISIBLE", NULL, 1},
    {"be_deep:100", "[[[[[[[[", "VISIBLE", NULL, 1},
};

/* state_reached - wait for it: the server's thread may still be at work. */
static bool state_reached(const char *state)
{
    for (int i = 0; i < 1000 && strcmp(fake_state(fake, "d", "x"), state) != 0; i++)
        free(run("sleep 0.01"));
    return strcmp(fake_state(fake, "d", "x"), state) == 0;
}

START_TEST(backend)
{
    struct fake_stats s;
    start("linger-ms=20", NULL);
    ck_assert(fake_fault(fake, at_be[_i].spec));
    struct reply r = ask(FAKE_BE, fe_head, "1\tx\n", 4, patience(at_be[_i].spec));
    ck_assert_msg(*at_be[_i].answer ? strstr(r.text, at_be[_i].answer) != NULL : r.n == 0, "%s: %s",
                  at_be[_i].spec, r.text);
    const char *later = at_be[_i].later; /* on a busy machine it may be later already */
    const char *seen = fake_state(fake, "d", "x");
    if (later)
        ck_assert_msg(strcmp(seen, at_be[_i].at_once) == 0 || strcmp(seen, later) == 0,
                      "%s: state %s", at_be[_i].spec, seen);
    ck_assert_msg(state_reached(later ? later : at_be[_i].at_once), "%s: state %s", at_be[_i].spec,
                  fake_state(fake, "d", "x"));
    ck_assert_msg(fake_rows(fake, "d", "t") == at_be[_i].rows, "%s: rows", at_be[_i].spec);
    fake_stats_get(fake, &s);
    ck_assert_uint_eq(s.faults, 1);
    reply_free(&r);
    const char *now = fake_state(fake, "d", "x"); /* the same label again: once in, never twice */
    bool busy = strcmp(now, "PREPARE") == 0;
    r = load("x", NULL, "1\tx\n");
    ck_assert_msg(strcmp(field(&r, "Status"),
                         busy || at_be[_i].rows ? "Label Already Exists" : "Success") == 0,
                  "%s again: %s", at_be[_i].spec, r.text);
    ck_assert_msg(strcmp(field(&r, "ExistingJobStatus"), busy             ? "RUNNING"
                                                         : at_be[_i].rows ? "FINISHED"
                                                                          : "") == 0,
                  "%s again: %s", at_be[_i].spec, r.text);
    ck_assert_uint_eq(fake_rows(fake, "d", "t"), busy ? 0 : 1);
    reply_free(&r);
    stop();
}
END_TEST

static const struct {
    const char *spec, *expect;
} at_state[] = {
    {"state_close", NOTHING},
    {"state_502", "502 Bad"},
    {"state_500", "500 Internal"},
    {"state_html", "<html>"},
    {"state_cut", "{\"state\":\"VISIBLE\""},
    {"state_hang", NOTHING},
    {"state_later", "\"state\":\"PREPARE\""},
    {"state_unknown", "\"state\":\"UNKNOWN\""},
    {"state_odd", "\"state\":\"ELSEWHERE\""},
};

START_TEST(load_state)
{
    static const char get[] = "GET /api/d/get_load_state?label=x HTTP/1.1\r\n" AUTH;
    start("linger-ms=20 follower=on", NULL);
    struct reply r = load("x", NULL, "1\tx\n");
    reply_free(&r);
    r = ask(FAKE_FE, get, "", 0, 3000);
    ck_assert_str_eq(r.body, "{\"state\":\"VISIBLE\",\"reason\":\"\",\"status\":\"OK\",\"code\":"
                             "\"0\",\"msg\":\"Success\",\"message\":\"OK\"}");
    reply_free(&r);
    r = ask(FAKE_FOLLOWER, get, "", 0, 3000);
    ck_assert_msg(strstr(r.text, "/api/d/get_load_state?label=x\r\n"), "%s", r.text);
    reply_free(&r);
    r = ask(FAKE_FE, "GET /api/d/get_load_state HTTP/1.1\r\n" AUTH, "", 0, 3000);
    ck_assert(strstr(r.body, "No label selected."));
    reply_free(&r);
    r = ask(FAKE_FE, "GET /api/zz/get_load_state?label=x HTTP/1.1\r\n" AUTH, "", 0, 3000);
    ck_assert(strstr(r.body, "unknown database, database=zz"));
    reply_free(&r);
    ck_assert(fake_fault(fake, at_state[_i].spec));
    r = ask(FAKE_FE, get, "", 0, patience(at_state[_i].spec));
    ck_assert_msg(*at_state[_i].expect ? strstr(r.text, at_state[_i].expect) != NULL : r.n == 0,
                  "%s: %s", at_state[_i].spec, r.text);
    reply_free(&r);
    stop();
}
END_TEST

static const struct {
    const char *spec, *url, *expect; /* of the answer's ErrorURL; of what is there */
} at_log[] = {
    {"log_unreachable", "http://127.0.0.1:1/api", NULL},
    {"log_other", "http://evil.invalid:", NULL},
    {"log_file", "file:///etc/passwd", NULL},
    {"log_none", "", NULL},
    {"log_404", "/api/_load_error_log?file=error_log_", "404 Not Found"},
    {"log_hang", "/api/_load_error_log?file=error_log_", NOTHING},
    {"log_endless:100000", "/api/_load_error_log?file=error_log_", "Error: no end."},
};

START_TEST(rejected_rows)
{
    char head[400];
    start("linger-ms=20", NULL);
    ck_assert(fake_fault(fake, at_log[_i].spec));
    struct reply r = load("x", NULL, "1\n");
    ck_assert_msg(strstr(field(&r, "ErrorURL"), at_log[_i].url), "%s: %s", at_log[_i].spec, r.body);
    ck_assert((*field(&r, "ErrorURL") != '\0') == (*at_log[_i].url != '\0'));
    if (at_log[_i].expect) {
        (void)snprintf(head, sizeof head, "GET %s HTTP/1.1\r\n",
                       strstr(field(&r, "ErrorURL"), "/api/"));
        reply_free(&r);
        r = ask(FAKE_BE, head, "", 0, patience(at_log[_i].spec));
        ck_assert_msg(*at_log[_i].expect ? strstr(r.text, at_log[_i].expect) != NULL : r.n == 0,
                      "%s: %s", at_log[_i].spec, r.text);
    }
    reply_free(&r);
    stop();
}
END_TEST

START_TEST(loops_and_hops)
{
    start("linger-ms=20", NULL);
    char fe[40];
    (void)snprintf(fe, sizeof fe, "Location: http://127.0.0.1:%u/", fake_port(fake, FAKE_FE));
    ck_assert(fake_fault(fake, "fe_loop*2"));
    ck_assert(fake_fault(fake, "fe_hops:3"));
    for (int i = 0; i < 6; i++) {
        struct reply r = ask(FAKE_FE, fe_head, "1\tx\n", 4, 3000);
        ck_assert_msg((strstr(r.text, fe) != NULL) == (i < 5), "request %d: %s", i, r.text);
        reply_free(&r);
    }
    stop();
}
END_TEST

START_TEST(down_and_up)
{
    start("linger-ms=20", NULL);
    const char *specs[] = {"fe_down:200", "be_down:200"};
    for (int i = 0; i < 2; i++) {
        enum fake_node node = i ? FAKE_BE : FAKE_FE;
        ck_assert(fake_fault(fake, specs[i]));
        struct reply r = ask(node, fe_head, "1\tx\n", 4, 10000);
        ck_assert_msg(r.n == 0, "%s: %s", specs[i], r.text);
        reply_free(&r);
        int refused = 0;
        for (int k = 0; k < 300; k++) {
            r = ask(node, fe_head, "1\tx\n", 4, 1000);
            refused += r.n == 0;
            bool up = r.n > 0;
            reply_free(&r);
            if (up)
                break;
            free(run("sleep 0.01"));
        }
        ck_assert_msg(refused > 0 && refused < 300, "%s: %d", specs[i], refused);
    }
    stop();
}
END_TEST

START_TEST(label_told_by_message_only)
{
    start(NULL, NULL);
    struct reply r = load("x", NULL, "1\tx\n");
    reply_free(&r);
    ck_assert(fake_fault(fake, "be_label_status"));
    r = load("x", NULL, "1\tx\n");
    ck_assert_str_eq(field(&r, "Status"), "Fail");
    ck_assert(strstr(field(&r, "Message"), "has already been used"));
    reply_free(&r);
    stop();
}
END_TEST

START_TEST(body_at_the_frontend_is_seen)
{
    struct fake_stats s;
    start("linger-ms=300", NULL);
    struct reply r =
        ask(FAKE_FE, "PUT /api/d/t/_stream_load HTTP/1.1\r\n" AUTH "Content-Length: 4\r\n",
            "1\tx\n", 4, 1000);
    ck_assert(strstr(r.body, "There is no 100-continue header"));
    ck_assert_int_eq(r.status, 200);
    ck_assert(strstr(r.body, "\"Status\": \"FAILED\"") && r.ended);
    reply_free(&r);
    for (int i = 0; i < 200; i++) {
        fake_stats_get(fake, &s);
        if (s.fe_bodies)
            break;
        free(run("sleep 0.01"));
    }
    ck_assert_uint_eq(s.fe_bodies, 1);
    ck_assert_uint_eq(s.fe_body_bytes, 4);
    r = ask(FAKE_FE, "PUT /api/d/t/_stream_load HTTP/1.0\r\n" AUTH "Content-Length: 0\r\n", "", 0,
            1000);
    ck_assert_int_eq(r.status, 307); /* HTTP/1.0 may leave Expect out */
    reply_free(&r);
    stop();
}
END_TEST

static const struct {
    const char *spec;
    bool ok;
} specs[] = {
    {"be_close", true},         {"be_close*3", true},  {"be_close@500", true},
    {"be_close:7@1*2+3", true}, {"be_nosuch", false},  {"be_close@1001", false},
    {"be_close:", false},       {"be_close:x", false}, {"", false},
};

START_TEST(fault_syntax)
{
    start(NULL, NULL);
    ck_assert_msg(fake_fault(fake, specs[_i].spec) == specs[_i].ok, "%s", specs[_i].spec);
    stop();
}
END_TEST

START_TEST(fault_counts)
{
    start(NULL, NULL);
    ck_assert(fake_fault(fake, "fe_500*2+1"));
    int expected[] = {307, 500, 500, 307};
    for (int i = 0; i < 4; i++) {
        struct reply r = ask(FAKE_FE, fe_head, "", 0, 3000);
        ck_assert_int_eq(r.status, expected[i]);
        reply_free(&r);
    }
    ck_assert(fake_fault(fake, "fe_500*0"));
    fake_fault_clear(fake);
    struct reply r = ask(FAKE_FE, fe_head, "", 0, 3000);
    ck_assert_int_eq(r.status, 307);
    reply_free(&r);
    stop();
}
END_TEST

/* A blunt client (same label until VISIBLE) against chaos: every row in, none twice. */
static bool settled(const char *label)
{
    for (int i = 0; i < 300; i++) {
        const char *state = fake_state(fake, "d", label);
        if (strcmp(state, "VISIBLE") == 0)
            return true;
        if (strcmp(state, "ABORTED") == 0 || strcmp(state, "UNKNOWN") == 0)
            return false;
        free(run("sleep 0.005"));
    }
    ck_abort_msg("label %s stays %s", label, fake_state(fake, "d", label));
}

START_TEST(chaos)
{
    char head[400], body[40], label[20];
    start("chaos=30 seed=7 linger-ms=5", "d.t(a INT)");
    for (int i = 0; i < 150; i++) {
        (void)snprintf(label, sizeof label, "l%d", i);
        int n = snprintf(body, sizeof body, "%d\n", i);
        (void)snprintf(head, sizeof head,
                       "PUT /api/d/t/_stream_load HTTP/1.1\r\n" AUTH
                       "Expect: 100-continue\r\nlabel: %s\r\nContent-Length: %d\r\n",
                       label, n);
        int tries = 0;
        do {
            struct reply r = ask(FAKE_BE, head, body, (size_t)n, 1000);
            if (r.n == 0)
                free(run("sleep 0.01")); /* it may be down */
            reply_free(&r);
        } while (!settled(label) && ++tries < 50);
        ck_assert_int_lt(tries, 50);
    }
    struct fake_stats s;
    fake_stats_get(fake, &s);
    ck_assert_uint_eq(fake_rows(fake, "d", "t"), 150);
    ck_assert_uint_eq(s.duplicates, 0);
    ck_assert_uint_gt(s.faults, 50);
    stop();
}
END_TEST

Suite *check_fault(void)
{
    Suite *s = suite_create("fake: faults");
    TCase *t = tcase_create("faults");
    tcase_set_timeout(t, 120);
    tcase_add_loop_test(t, frontend, 0, (int)(sizeof at_fe / sizeof *at_fe));
    tcase_add_loop_test(t, backend, 0, (int)(sizeof at_be / sizeof *at_be));
    tcase_add_loop_test(t, load_state, 0, (int)(sizeof at_state / sizeof *at_state));
    tcase_add_loop_test(t, rejected_rows, 0, (int)(sizeof at_log / sizeof *at_log));
    tcase_add_test(t, loops_and_hops);
    tcase_add_test(t, down_and_up);
    tcase_add_test(t, label_told_by_message_only);
    tcase_add_test(t, body_at_the_frontend_is_seen);
    tcase_add_loop_test(t, fault_syntax, 0, (int)(sizeof specs / sizeof *specs));
    tcase_add_test(t, fault_counts);
    tcase_add_test(t, chaos);
    suite_add_tcase(s, t);
    return s;
}
