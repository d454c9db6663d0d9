/* check_hostile.c - callers that do what they should not, and what the parts make of it: HTTP that
 * was stopped, requests whose source is gone, loads into a transaction that broke; the header lines
 * of every request. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "bulk/http.h"
#include "bulk/rig.h"
#include "bulk/url.h"

/* ---- HTTP ---- */

static const char *const no_headers[] = {NULL};

/* Stopped twice, then pushed to, ended and waited for: nothing happens, and the next call is whole.
 */
START_TEST(test_http_stopped)
{
    struct rig r;
    struct http *h = NULL;
    struct url u = {0};
    struct fault f;
    atomic_bool stop = false;
    char text[100];
    rig_fake(&r, false, NULL);
    (void)snprintf(text, sizeof text, "http://127.0.0.1:%u/fake/stats", fake_port(r.fake, FAKE_FE));
    ck_assert(url_parse(&u, text, strlen(text)));
    ck_assert_int_eq(http_new(&r.o.tls, false, NULL, &stop, &h, &f), RC_OK);
    http_stop(h);
    ck_assert_int_eq(http_push(h, "x", 1, &f), RC_OK);
    ck_assert_int_eq(http_wait(h, false, &f), RC_CONFIG);
    struct http_call call = {.method = "PUT",
                             .url = &u,
                             .headers = no_headers,
                             .has_body = true,
                             .wait_for_100 = true,
                             .size = -1,
                             .connect_timeout_ms = 1000,
                             .deadline = deadline_in(5000),
                             .max_answer = 100000};
    ck_assert_int_eq(http_start(h, &call, &f), RC_OK);
    http_stop(h);
    http_stop(h);
    ck_assert_int_eq(http_push(h, "x", 1, &f), RC_OK);
    http_end_body(h);
    ck_assert_int_eq(http_wait(h, true, &f), RC_CONFIG);
    http_call_clear(&call);
    call = (struct http_call){.method = "GET",
                              .url = &u,
                              .headers = no_headers,
                              .connect_timeout_ms = 1000,
                              .deadline = deadline_in(5000),
                              .max_answer = 100000};
    ck_assert_int_eq(http_start(h, &call, &f), RC_OK);
    ck_assert_msg(http_wait(h, false, &f) == RC_OK && call.status == 200, "%s", f.text);
    ck_assert_uint_gt(call.answer.len, 0);
    http_call_clear(&call);
    url_clear(&u);
    http_free(h);
    loader_free(NULL);
    rig_down(&r);
}
END_TEST

/* ---- requests ---- */

static struct load_request *heap_request(const char *label)
{
    static struct load_header headers[2];
    struct load_request *q = malloc(sizeof *q);
    *q = (struct load_request){.database = strdup("d"),
                               .table = strdup("t"),
                               .label = strdup(label),
                               .label_is_ours = true,
                               .headers = headers,
                               .nheaders = 2};
    headers[0] = (struct load_header){strdup("format"), strdup("csv")};
    headers[1] = (struct load_header){strdup("column_separator"), strdup(",")};
    return q;
}

/* Every byte of it is gone. */
static void heap_free(struct load_request *q)
{
    for (size_t i = 0; i < q->nheaders; i++) {
        free((char *)(uintptr_t)q->headers[i].name);
        free((char *)(uintptr_t)q->headers[i].value);
    }
    free((char *)(uintptr_t)q->database);
    free((char *)(uintptr_t)q->table);
    free((char *)(uintptr_t)q->label);
    free(q);
}

static void up(struct rig *r, bool doris)
{
    const char *options[] = {"dialect", doris ? "doris" : "starrocks", NULL};
    rig_fake(r, false, options);
    r->o.dialect = doris ? LOAD_DORIS : LOAD_STARROCKS;
    rig_loader(r);
}

/* A pushed load and a transaction live longer than the request that began them.  _i: StarRocks,
 * Doris; by push, in a transaction. */
START_TEST(test_source_freed)
{
    struct rig r;
    bool in_txn = _i / 2;
    struct load_request *q = heap_request("heap-label");
    struct load_result result;
    struct fault f;
    up(&r, _i % 2);
    ck_assert_int_eq(in_txn ? load_begin(r.loader, q, &f) : load_stream_begin(r.loader, q, &f),
                     RC_OK);
    heap_free(q);
    if (in_txn) {
        ck_assert_int_eq(load_stream_begin(r.loader, NULL, &f), RC_OK);
        ck_assert_int_eq(load_stream_write(r.loader, "1,one\n", 6, &f), RC_OK);
        ck_assert_int_eq(load_stream_end(r.loader, &result, &f), RC_OK);
        load_result_clear(&result);
        ck_assert_int_eq(load_commit(r.loader, &result, &f), RC_OK);
    } else {
        ck_assert_int_eq(load_stream_write(r.loader, "1,one\n", 6, &f), RC_OK);
        ck_assert_int_eq(load_stream_end(r.loader, &result, &f), RC_OK);
    }
    ck_assert_msg(result.outcome == LOAD_DONE, "%s", f.text);
    ck_assert_str_eq(result.label, "heap-label");
    ck_assert_uint_eq(fake_rows(r.fake, "d", "t"), 1);
    load_result_clear(&result);
    rig_down(&r);
}
END_TEST

/* ---- a transaction that broke ---- */

static int append(struct rig *r, struct load_result *result, struct fault *f)
{
    struct text_body t;
    struct load_body body = text_body(&t, "1,one\n");
    return load_append(r->loader, &body, result, f);
}

/* Every further load fails with the reason of the first, and so does commit.  _i: by load_append,
 * or pushed. */
START_TEST(test_doomed)
{
    struct rig r;
    struct load_request q = rig_request(NULL);
    struct load_result result;
    struct fault f, first, again;
    up(&r, false);
    ck_assert_int_eq(load_begin(r.loader, &q, &f), RC_OK);
    ck_assert(fake_fault(r.fake, "txn_error"));
    ck_assert_int_eq(append(&r, &result, &first), RC_OK);
    ck_assert_int_eq(result.outcome, LOAD_FAILED);
    load_result_clear(&result);
    for (int i = 0; i < 2; i++) {
        if (_i) {
            ck_assert_int_eq(load_stream_begin(r.loader, NULL, &again), first.rc);
            ck_assert_int_eq(load_stream_write(r.loader, "x", 1, &f), RC_CONFIG);
        } else {
            ck_assert_int_eq(append(&r, &result, &again), RC_OK);
            ck_assert_int_eq(result.outcome, LOAD_FAILED);
            ck_assert_str_eq(result.label, q.label);
            load_result_clear(&result);
        }
        ck_assert_str_eq(again.text, first.text);
    }
    ck_assert_int_eq(load_commit(r.loader, &result, &again), RC_OK);
    ck_assert_int_eq(result.outcome, LOAD_FAILED);
    ck_assert_str_eq(again.text, first.text);
    ck_assert(rig_none_open(&r));
    load_result_clear(&result);
    ck_assert_int_eq(append(&r, &result, &f), RC_CONFIG);
    load_result_clear(&result);
    ck_assert_int_eq(load_prepare(r.loader, &result, &f), RC_CONFIG);
    load_result_clear(&result);
    ck_assert_int_eq(load_rollback(r.loader, &f), RC_CONFIG);
    rig_down(&r);
}
END_TEST

/* ---- the lines of requests ---- */

static void line(const char *head, const char *want, bool there)
{
    char text[200];
    (void)snprintf(text, sizeof text, "\r\n%s", want);
    ck_assert_msg((strstr(head, text) != NULL) == there, "%s %s: %s", want,
                  there ? "is missing" : "is there", head);
}

/* What every request says of itself, and what it does not. */
START_TEST(test_lines)
{
    static const struct load_header headers[] = {{"format", "json"},        {"FORMAT", "csv"},
                                                 {"column_separator", ","}, {"where", ""},
                                                 {"timeout", "7"},          {"x-own", "1"}};
    struct rig r;
    struct text_body t;
    struct load_body body = text_body(&t, "1,one\n");
    struct load_request q = rig_request("lines");
    struct load_result result;
    struct fault f;
    q.headers = headers;
    q.nheaders = sizeof headers / sizeof *headers;
    up(&r, _i);
    ck_assert_int_eq(load_run(r.loader, &q, &body, &result, &f), RC_OK);
    ck_assert_msg(result.outcome == LOAD_DONE, "%s", f.text);
    for (size_t i = 0; i < 2; i++) { /* the BE's, the FE's */
        char *head = fake_request(r.fake, i);
        ck_assert_msg(strncmp(head, "PUT /api/d/t/_stream_load", 25) == 0, "%s", head);
        line(head, "Authorization: Basic cm9vdDpzZWNyZXQ=\r", true);
        line(head, "Expect: 100-continue\r", true);
        line(head, "label: lines\r", true);
        line(head, "timeout: 7\r", true);
        line(head, "strict_mode: true\r", true);
        line(head, "max_filter_ratio: 0\r", true);
        line(head, "FORMAT: csv\r", true);
        line(head, "x-own: 1\r", true);
        line(head, "Content-Length: 6", true);
        line(head, "format: json", false);
        line(head, "where", false);
        line(head, "two_phase_commit", false);
        line(head, "Transfer-Encoding", false);
        ck_assert(!strstr(strstr(head, "timeout: ") + 1, "timeout: "));
        free(head);
    }
    load_result_clear(&result);
    rig_down(&r);
}
END_TEST

static void starts(struct rig *r, size_t i, const char *with, bool is_begin)
{
    char *head = fake_request(r->fake, i);
    ck_assert_msg(strncmp(head, with, strlen(with)) == 0, "%s, not %s", head, with);
    line(head, "db: d\r", true);
    line(head, "table: t\r", true);
    line(head, "label: lines", true);
    line(head, "warehouse: w1", true);
    line(head, "timeout: 7", is_begin);
    free(head);
}

/* The same of every call of a transaction; the counts of prepare are those of commit. */
START_TEST(test_transaction_lines)
{
    static const struct load_header headers[] = {
        {"column_separator", ","}, {"warehouse", "w1"}, {"timeout", "7"}};
    struct rig r;
    struct load_request q = rig_request("lines");
    struct load_result result;
    struct fault f;
    q.headers = headers;
    q.nheaders = 3;
    up(&r, false);
    ck_assert_int_eq(load_begin(r.loader, &q, &f), RC_OK);
    starts(&r, 0, "POST /api/transaction/begin ", true); /* the BE's */
    starts(&r, 1, "POST /api/transaction/begin ", true); /* the FE's */
    ck_assert_int_eq(append(&r, &result, &f), RC_OK);
    load_result_clear(&result);
    starts(&r, 0, "PUT /api/transaction/load ", true);
    ck_assert_int_eq(load_commit(r.loader, &result, &f), RC_OK);
    ck_assert_msg(result.outcome == LOAD_DONE, "%s", f.text);
    starts(&r, 0, "POST /api/transaction/commit ", false);
    starts(&r, 1, "POST /api/transaction/prepare ", false);
    ck_assert_int_eq(result.rows_total, 1);
    ck_assert_int_eq(result.rows_loaded, 1);
    ck_assert_int_eq(result.rows_filtered, 0);
    ck_assert_int_eq(result.rows_unselected, 0);
    load_result_clear(&result);
    rig_down(&r);
}
END_TEST

/* ---- what is told ---- */

/* The log of rejected rows is asked for with the login, and becomes UTF-8. */
START_TEST(test_rejected_log)
{
    struct rig r;
    up(&r, false);
    ck_assert_int_eq(rig_load(&r, NULL, "1,one\n2,\xff\n"), LOAD_FAILED);
    char *head = fake_request(r.fake, 0);
    ck_assert_msg(strncmp(head, "GET /api/_load_error_log?file=", 30) == 0, "%s", head);
    line(head, "Authorization: Basic cm9vdDpzZWNyZXQ=", true);
    free(head);
    const struct buf *b = &rig_result.rejected;
    ck_assert(b->len && text_valid((const char *)b->p, b->len));
    rig_down(&r);
}
END_TEST

/* Rows of a transaction are rejected when it is prepared, and told then. */
START_TEST(test_rejected_in_transaction)
{
    struct rig r;
    struct load_request q = rig_request(NULL);
    struct load_result result;
    struct text_body t;
    struct load_body body = text_body(&t, "1,one\nx,two\n");
    struct fault f;
    up(&r, false);
    ck_assert_int_eq(load_begin(r.loader, &q, &f), RC_OK);
    ck_assert_int_eq(load_append(r.loader, &body, &result, &f), RC_OK);
    load_result_clear(&result);
    ck_assert_int_eq(load_commit(r.loader, &result, &f), RC_OK);
    ck_assert_int_eq(result.outcome, LOAD_FAILED);
    ck_assert_msg(strstr(f.text, "too many filtered rows"), "%s", f.text);
    ck_assert_int_eq(result.rows_filtered, 1);
    ck_assert_msg(strstr(buf_str(&result.rejected), "Row: x,two"), "%s", buf_str(&result.rejected));
    load_result_clear(&result);
    rig_down(&r);
}
END_TEST

/* How often a body was sent. */
START_TEST(test_attempts)
{
    static const struct {
        const char *fault;
        unsigned attempts;
    } rows[] = {{"fe_keep", 1}, {"be_drop_after", 1}, {"be_drop_before", 2}, {"fe_502*2", 3}};
    struct rig r;
    up(&r, false);
    ck_assert(fake_fault(r.fake, rows[_i].fault));
    ck_assert_msg(rig_load(&r, NULL, "1,one\n") == LOAD_DONE, "%s", rig_words.text);
    ck_assert_uint_eq(rig_result.attempts, rows[_i].attempts);
    ck_assert(rig_result.status[0]);
    rig_down(&r);
}
END_TEST

/* No two labels are alike, and each of their digits is by chance. */
START_TEST(test_labels)
{
    static char labels[64][129];
    for (int i = 0; i < 64; i++)
        ck_assert_int_eq(load_make_label("x", labels[i], NULL), RC_OK);
    ck_assert_uint_eq(strlen(labels[0]), 34);
    for (size_t at = 2; at < 34; at++) {
        unsigned seen = 0;
        for (int i = 0; i < 64; i++)
            seen |= 1U << (labels[i][at] % 16 + (labels[i][at] > '9') * 9) % 32;
        ck_assert_msg(__builtin_popcount(seen) >= 6, "digit %zu is nearly always the same", at);
    }
}
END_TEST

Suite *check_hostile(void);
Suite *check_hostile(void)
{
    Suite *s = suite_create("hostile");
    TCase *t = tcase_create("hostile");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, test_http_stopped);
    tcase_add_loop_test(t, test_source_freed, 0, 4);
    tcase_add_loop_test(t, test_doomed, 0, 2);
    tcase_add_loop_test(t, test_lines, 0, 2);
    tcase_add_test(t, test_transaction_lines);
    tcase_add_test(t, test_rejected_log);
    tcase_add_test(t, test_rejected_in_transaction);
    tcase_add_loop_test(t, test_attempts, 0, 4);
    tcase_add_test(t, test_labels);
    suite_add_tcase(s, t);
    return s;
}
