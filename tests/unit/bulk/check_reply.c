/* check_reply.c - answers of FE, BE and Doris, also cut at every byte; URLs. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bulk/reply.h"
#include "bulk/url.h"
#include "torture.h"

#define ROWS(a) (int)(sizeof(a) / sizeof((a)[0]))

struct row {
    const char *text;
    enum reply_kind kind;
    const char *message;
    int64_t loaded;
};

/* clang-format off */
static const struct row rows[] = {
    {"{\"TxnId\":1,\"Label\":\"l\",\"Status\":\"Success\",\"Message\":\"OK\",\"NumberLoadedRows\":3}", REPLY_OK, "OK", 3},
    {"{\"txnid\":1,\"STATUS\":\"success\",\"message\":\"OK\",\"numberloadedrows\":\"3\"}", REPLY_OK, "OK", 3},
    {"{\"Status\":\"Publish Timeout\",\"Message\":\"visible later\"}", REPLY_OK, "visible later", -1},
    {"{\"Status\":\"OK\",\"Message\":\"\",\"new\":{\"a\":[1,{}]}}", REPLY_OK, "", -1},
    {"{\"status\":\"Success\",\"msg\":\"transaction [1] commit successfully.\"}", REPLY_OK, "transaction [1] commit successfully.", -1},
    {"{\"Status\":\"Label Already Exists\",\"ExistingJobStatus\":\"RUNNING\",\"Message\":\"m\"}", REPLY_LABEL, "m", -1},
    {"{\"Status\":\"LABEL_ALREADY_EXISTS\",\"Message\":\"m\"}", REPLY_LABEL, "m", -1},
    {"{\"Status\":\"Fail\",\"Message\":\"Label [x] has already been used.\"}", REPLY_LABEL, "Label [x] has already been used.", -1},
    {"{\"Status\":\"Fail\",\"Message\":\"[LABEL_ALREADY_EXISTS]TStatus: errCode = 2, detailMessage = Label [x] has already been used, relate to txn [n]\"}", REPLY_LABEL, "[LABEL_ALREADY_EXISTS]TStatus: errCode = 2, detailMessage = Label [x] has already been used, relate to txn [n]", -1},
    {"{\"Status\":\"Fail\",\"Message\":\"Commit transaction fail cause rpc failed, Transaction status unknown, you can retry with same label.\"}", REPLY_UNSURE, "Commit transaction fail cause rpc failed, Transaction status unknown, you can retry with same label.", -1},
    {"{\"Status\":\"Fail\",\"Message\":\"too many filtered rows\"}", REPLY_FAIL, "too many filtered rows", -1},
    {"{\"Status\":\"FAILED\",\"Message\":\"No backend alive.\"}", REPLY_BUSY, "No backend alive.", -1},
    {"{\"Status\":\"Fail\",\"Message\":\"Stream Load exceed http cuncurrent limit 3, please try again later\"}", REPLY_BUSY, "Stream Load exceed http cuncurrent limit 3, please try again later", -1},
    {"{\"Status\":\"Fail\",\"Message\":\"current running txns on db 10 is 100\"}", REPLY_BUSY, "current running txns on db 10 is 100", -1},
    {"{\"Status\":\"TXN_IN_PROCESSING\",\"Message\":\"\"}", REPLY_BUSY, "", -1},
    {"{\"Status\":\"TXN_NOT_EXISTS\",\"Message\":\"x\"}", REPLY_FAIL, "x", -1},
    {"{\"msg\":\"Unauthorized\",\"code\":401,\"data\":\"Access denied for x\",\"count\":0}", REPLY_FAIL, "Unauthorized: Access denied for x", -1},
    {"{\"msg\":\"Bad Request\",\"code\":403,\"data\":\"why\",\"count\":0}", REPLY_FAIL, "Bad Request: why", -1},
    {"{\"Status\":\"Fail\",\"Message\":\"[THRIFT_RPC_ERROR]failed to call frontend service, FE address=x, reason: y\"}", REPLY_UNSURE, "[THRIFT_RPC_ERROR]failed to call frontend service, FE address=x, reason: y", -1},
    {"{\"Status\":\"Fail\",\"Message\":\"[INTERNAL_ERROR]failed to call frontend service, reason: y\"}", REPLY_UNSURE, "[INTERNAL_ERROR]failed to call frontend service, reason: y", -1},
    {"{\"Status\":\"Fail\",\"Message\":\"[E-235]version count: 5, exceed limit: 4\"}", REPLY_BUSY, "[E-235]version count: 5, exceed limit: 4", -1},
    {"{\"status\":\"FAILED\",\"msg\":\"No backend load available\"}", REPLY_BUSY, "No backend load available", -1},
    {"{\"status\":\"FAILED\",\"code\":\"1\",\"msg\":\"Need auth information.\"}", REPLY_FAIL, "Need auth information.", -1},
    {"{\"Status\":\"Perhaps\"}", REPLY_UNREADABLE, "", -1},
    {"{\"Message\":\"OK\"}", REPLY_UNREADABLE, "OK", -1},
    {"[\"Status\",\"Success\"]", REPLY_UNREADABLE, "", -1},
    {"\"Success\"", REPLY_UNREADABLE, "", -1},
    {"<html>Success</html>", REPLY_UNREADABLE, "", -1},
    {"", REPLY_UNREADABLE, "", -1},
    {"{\"Status\":\"Fail\",\"Message\":\"row \xff\xfe\"}", REPLY_FAIL, "row ??", -1},
    {"{\"Status\":7}", REPLY_UNREADABLE, "", -1},
    /* two answers in one are none */
    {"{\"Status\":\"Success\",\"Message\":\"OK\",\"Status\":\"Fail\"}", REPLY_UNREADABLE, "", -1},
    {"{\"Status\":\"Success\",\"Message\":\"OK\",\"status\":\"FAILED\"}", REPLY_UNREADABLE, "OK", -1},
    {"{\"Status\":\"Fail\",\"Message\":\"x\",\"status\":\"fail\"}", REPLY_FAIL, "x", -1},
    {"{\"Status\":\"TIMEOUT\",\"Message\":\"x\"}", REPLY_UNSURE, "x", -1},
    {"{\"Status\":\"Success\",\"NumberLoadedRows\":-5}", REPLY_OK, "", -1},
    {"{\"Status\":\"Success\",\"NumberLoadedRows\":1e99}", REPLY_OK, "", -1},
};
/* clang-format on */

START_TEST(test_reply)
{
    const struct row *o = &rows[_i];
    struct reply r;
    reply_parse(&r, o->text, strlen(o->text));
    ck_assert_msg(r.kind == o->kind, "%s: %d", o->text, r.kind);
    ck_assert_msg(strcmp(buf_str(&r.message), o->message) == 0, "%s: %s", o->text,
                  buf_str(&r.message));
    ck_assert_int_eq(r.rows_loaded, o->loaded);
    reply_clear(&r);
    for (size_t n = 0; n + 1 < strlen(o->text); n++) { /* what is cut off means nothing */
        char *cut = malloc(n + 1);
        memcpy(cut, o->text, n);
        reply_parse(&r, cut, n);
        ck_assert_int_eq(r.kind, REPLY_UNREADABLE);
        reply_clear(&r);
        free(cut);
    }
}
END_TEST

/* Each field is its own. */
START_TEST(test_fields)
{
    static const char text[] =
        "{\"TxnId\":1,\"Label\":\"l\",\"Status\":\"Success\",\"ExistingJobStatus\":\"RUNNING\","
        "\"Message\":\"m\",\"NumberTotalRows\":2,\"NumberLoadedRows\":3,"
        "\"NumberFilteredRows\":4,\"NumberUnselectedRows\":5,\"LoadBytes\":6,\"LoadTimeMs\":7,"
        "\"ErrorURL\":\"u\"}";
    static const char wrong[] =
        "{\"Status\":\"Success\",\"TxnId\":-1,\"NumberTotalRows\":-2,\"LoadBytes\":\"-3\"}";
    struct reply r;
    reply_parse(&r, text, sizeof text - 1);
    ck_assert_int_eq(r.txn_id, 1);
    ck_assert_int_eq(r.rows_total, 2);
    ck_assert_int_eq(r.rows_loaded, 3);
    ck_assert_int_eq(r.rows_filtered, 4);
    ck_assert_int_eq(r.rows_unselected, 5);
    ck_assert_int_eq(r.bytes, 6);
    ck_assert_int_eq(r.milliseconds, 7);
    ck_assert_str_eq(r.label, "l");
    ck_assert_str_eq(r.existing, "RUNNING");
    ck_assert_str_eq(buf_str(&r.error_url), "u");
    reply_clear(&r);
    reply_parse(&r, wrong, sizeof wrong - 1); /* none is below nothing told */
    ck_assert(r.txn_id == -1 && r.rows_total == -1 && r.bytes == -1);
    reply_clear(&r);
}
END_TEST

static const struct {
    const char *text;
    enum load_state state;
} states[] = {
    {"{\"state\":\"VISIBLE\",\"reason\":\"\",\"status\":\"OK\",\"code\":\"0\"}", STATE_VISIBLE},
    {"{\"State\":\"committed\"}", STATE_COMMITTED},
    {"{\"state\":\"PREPARE\"}", STATE_PREPARE},
    {"{\"state\":\"PREPARED\"}", STATE_PREPARED},
    {"{\"state\":\"PRECOMMITTED\"}", STATE_PREPARED},
    {"{\"state\":\"ABORTED\",\"reason\":\"why\"}", STATE_ABORTED},
    {"{\"state\":\"UNKNOWN\"}", STATE_UNKNOWN},
    {"{\"msg\":\"success\",\"code\":0,\"data\":\"VISIBLE\",\"count\":0}", STATE_VISIBLE},
    {"{\"status\":\"FAILED\",\"msg\":\"unknown database, database=x\"}", STATE_UNREADABLE},
    {"{\"state\":\"DANCING\"}", STATE_UNREADABLE},
    {"{\"state\":\"ABORTED\",\"state\":\"VISIBLE\"}", STATE_UNREADABLE},
    {"{\"state\":\"ABORTED\",\"State\":\"VISIBLE\"}", STATE_UNREADABLE},
    {"<html>", STATE_UNREADABLE},
};

START_TEST(test_state)
{
    struct buf reason = {0};
    ck_assert_int_eq(state_parse(states[_i].text, strlen(states[_i].text), &reason),
                     states[_i].state);
    ck_assert_str_eq(buf_str(&reason), strstr(states[_i].text, "why")       ? "why"
                                       : strstr(states[_i].text, "unknown") ? "unknown database, "
                                                                              "database=x"
                                                                            : "");
    buf_clear(&reason);
}
END_TEST

struct url_row {
    const char *url, *origin, *path; /* origin NULL: no URL */
};

static const struct url_row urls[] = {
    {"http://be:8040/api/d/t/_stream_load", "http://be:8040", "/api/d/t/_stream_load"},
    {"HTTPS://Be/x?", "https://Be:443", "/x"},
    {"http://be", "http://be:80", ""},
    {"http://root:pass@be:8040/x?a=b", "http://be:8040", "/x?a=b"},
    {"http://root:p@ss@be:8040/x", "http://be:8040", "/x"},
    {"http://[::1]:8040/x", "http://[::1]:8040", "/x"},
    {"http://be:8040/x#part", "http://be:8040", "/x"},
    {"http://be?x=1", "http://be:80", "/?x=1"},
    {"/api/x?y", "https://from:1", "/api/x?y"},
    {"//evil/x", NULL, NULL},
    {"file:///etc/passwd", NULL, NULL},
    {"http://", NULL, NULL},
    {"http:///x", NULL, NULL},
    {"http://be:99999/", NULL, NULL},
    {"http://be:0/", NULL, NULL},
    {"http://be:80x/", NULL, NULL},
    {"http://b e/", NULL, NULL},
    {"http://be/\r\nX: y", NULL, NULL},
    {"http://b%65/", NULL, NULL},
    {"http://b\\@e/", "http://e:80", "/"},
    {"http://[be]/", NULL, NULL},
    {"http://[::1/", NULL, NULL},
    {"", NULL, NULL},
    {"be:8040", NULL, NULL},
};

START_TEST(test_url)
{
    const struct url_row *o = &urls[_i];
    struct url from = {0}, u = {0};
    ck_assert(url_parse(&from, "https://from:1", 14));
    bool good = url_redirect(&u, &from, o->url, strlen(o->url));
    ck_assert_msg(good == (o->origin != NULL), "%s", o->url);
    if (good) {
        ck_assert_str_eq(u.origin, o->origin);
        ck_assert_str_eq(buf_str(&u.path), o->path);
    }
    url_clear(&u);
    url_clear(&from);
}
END_TEST

START_TEST(test_encode)
{
    struct buf b = {0};
    url_put_encoded(&b, "a/b c?\xc3\xa9%.-_~Z9");
    ck_assert_str_eq(buf_str(&b), "a%2Fb%20c%3F%C3%A9%25.-_~Z9");
    buf_clear(&b);
}
END_TEST

Suite *check_reply(void);
Suite *check_reply(void)
{
    Suite *s = suite_create("reply");
    TCase *t = tcase_create("reply");
    tcase_add_loop_test(t, test_reply, 0, ROWS(rows));
    tcase_add_test(t, test_fields);
    tcase_add_loop_test(t, test_state, 0, ROWS(states));
    tcase_add_loop_test(t, test_url, 0, ROWS(urls));
    tcase_add_test(t, test_encode);
    suite_add_tcase(s, t);
    return s;
}
