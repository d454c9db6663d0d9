/* check_load.c - loads against the fake: the plain way, and every refusal that needs no fault. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bulk/rig.h"

START_TEST(test_plain)
{
    struct rig r;
    struct fake_stats s;
    rig_up(&r, _i == 1);
    for (int i = 0; i < 3; i++) {
        ck_assert_msg(rig_load(&r, NULL, "1,one\n2,two\n3,three\n") == LOAD_DONE, "%s",
                      rig_words.text);
        ck_assert_str_eq(rig_result.status, "Success");
        ck_assert_int_eq(rig_result.rows_loaded, 3);
        ck_assert_uint_eq(rig_result.attempts, 1);
    }
    ck_assert_uint_eq(fake_rows(r.fake, "d", "t"), 9);
    fake_stats_get(r.fake, &s);
    ck_assert_uint_eq(s.fe_bodies, 0);
    rig_down(&r);
}
END_TEST

/* Whoever stands at the endpoint: follower, front that follows redirects itself, BE. */
START_TEST(test_node)
{
    static const enum fake_node nodes[] = {FAKE_FE, FAKE_FOLLOWER, FAKE_PROXY, FAKE_BE};
    static const char *const faults[] = {NULL, "be_drop_after", "be_drop_before", "be_504_after"};
    static const char *const options[] = {"follower", "on", "proxy", "on", NULL};
    struct rig r;
    struct fake_stats s;
    bool states = nodes[_i / 4] != FAKE_BE; /* which a BE does not tell: the label does */
    rig_fake(&r, false, options);
    (void)snprintf(r.url[0], sizeof r.url[0], "http://127.0.0.1:%u",
                   fake_port(r.fake, nodes[_i / 4]));
    rig_loader(&r);
    if (faults[_i % 4])
        ck_assert(fake_fault(r.fake, faults[_i % 4]));
    ck_assert_msg(rig_load(&r, NULL, "1,one\n2,two\n") == LOAD_DONE, "node %d, %s: %s", _i / 4,
                  faults[_i % 4], rig_words.text);
    ck_assert_uint_eq(fake_rows(r.fake, "d", "t"), 2);
    fake_stats_get(r.fake, &s);
    ck_assert_uint_eq(s.fe_bodies, 0);
    ck_assert(states || s.state_asked == 0);
    rig_down(&r);
}
END_TEST

START_TEST(test_endpoints)
{
    struct rig r;
    rig_fake(&r, false, NULL);
    r.urls[0] = "http://127.0.0.1:1";
    r.urls[1] = "http://no-such-host.invalid:8030";
    r.urls[2] = r.url[0];
    r.o.nurls = 3;
    rig_loader(&r);
    for (unsigned i = 0; i < 2; i++) {
        ck_assert_msg(rig_load(&r, NULL, "1,one\n") == LOAD_DONE, "%s", rig_words.text);
        ck_assert_uint_eq(rig_result.attempts, i ? 1 : 3); /* the good one is kept in mind */
    }
    fake_down(r.fake, FAKE_FE, 300); /* a restart */
    ck_assert_int_eq(rig_load(&r, NULL, "1,one\n"), LOAD_DONE);
    ck_assert_uint_eq(fake_rows(r.fake, "d", "t"), 3);
    rig_down(&r);
}
END_TEST

/* The headers that go out: defaults, the caller's, and the last of two. */
START_TEST(test_headers)
{
    static const struct load_header headers[] = {
        {"format", "csv"},        {"column_separator", "\\x01"},
        {"Strict_Mode", "false"}, {"column_separator", ","},
        {"timeout", "7"},         {"where", "v <> '\xc3\xa9'"},
        {"max_filter_ratio", ""}, {"x-mine", "1"}};
    static const char *const there[] = {"\r\ntimeout: 7\r\n",
                                        "\r\nStrict_Mode: false\r\n",
                                        "\r\ncolumn_separator: ,\r\n",
                                        "\r\nx-mine: 1\r\n",
                                        "\r\nExpect: 100-continue\r\n",
                                        "\r\nAuthorization: Basic cm9vdDpzZWNyZXQ=\r\n",
                                        "\r\nwhere: v <> '\xc3\xa9'\r\n"};
    static const char *const absent[] = {"strict_mode: true", "max_filter_ratio", "\\x01"};
    struct rig r;
    struct text_body t;
    struct load_request q;
    struct load_body body = text_body(&t, "1,one\n");
    rig_up(&r, false);
    q = rig_request(NULL);
    q.headers = headers;
    q.nheaders = sizeof headers / sizeof headers[0];
    load_result_clear(&rig_result);
    ck_assert_int_eq(load_run(r.loader, &q, &body, &rig_result, &rig_words), RC_OK);
    ck_assert_msg(rig_result.outcome == LOAD_DONE, "%s", rig_words.text);
    char *head = fake_request(r.fake, 0);
    for (size_t i = 0; i < sizeof there / sizeof there[0]; i++)
        ck_assert_msg(strstr(head, there[i]), "%s is not in\n%s", there[i], head);
    for (size_t i = 0; i < sizeof absent / sizeof absent[0]; i++)
        ck_assert_msg(!strstr(head, absent[i]), "%s is in\n%s", absent[i], head);
    free(head);
    rig_down(&r);
}
END_TEST

Suite *check_load(void);
Suite *check_load(void)
{
    Suite *s = suite_create("load");
    TCase *t = tcase_create("plain");
    tcase_set_timeout(t, 60);
    tcase_add_loop_test(t, test_plain, 0, 2);
    tcase_add_loop_test(t, test_node, 0, 16);
    tcase_add_test(t, test_endpoints);
    tcase_add_test(t, test_headers);
    suite_add_tcase(s, t);
    return s;
}
