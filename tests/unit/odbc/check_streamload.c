/* check_streamload.c - what may be said about a load; rows found again by the server's quotes. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "odbc/exec/stmt.h"
#include "odbc/load/streamload_parts.h"
#include "unit/odbc/handles.h"

static const struct {
    enum load_opt id;
    const char *value;
    bool is_good;
} values[] = {
    {LOAD_OPT_MAX_FILTER_RATIO, "0", true},
    {LOAD_OPT_MAX_FILTER_RATIO, "0.25", true},
    {LOAD_OPT_MAX_FILTER_RATIO, "1", true},
    {LOAD_OPT_MAX_FILTER_RATIO, "1.000", true},
    {LOAD_OPT_MAX_FILTER_RATIO, "1.1", false},
    {LOAD_OPT_MAX_FILTER_RATIO, "2", false},
    {LOAD_OPT_MAX_FILTER_RATIO, "-0", false},
    {LOAD_OPT_MAX_FILTER_RATIO, "0.2.3", false},
    {LOAD_OPT_MAX_FILTER_RATIO, "00", false},
    {LOAD_OPT_MAX_FILTER_RATIO, "0,5", false},
    {LOAD_OPT_MAX_FILTER_RATIO, "1e-1", false},
    {LOAD_OPT_MAX_FILTER_RATIO, "", true}, /* not said */
    {LOAD_OPT_TIMEOUT, "259200", true},
    {LOAD_OPT_TIMEOUT, "259201", false},
    {LOAD_OPT_TIMEOUT, "-1", false},
    {LOAD_OPT_TIMEOUT, "ten", false},
    {LOAD_OPT_STRICT_MODE, "TRUE", true},
    {LOAD_OPT_STRICT_MODE, "0", true},
    {LOAD_OPT_STRICT_MODE, "nope", false},
    {LOAD_OPT_LABEL, "a-Z_09", true},
    {LOAD_OPT_LABEL, "a b", false},
    {LOAD_OPT_LABEL, "a\nb", false},
    {LOAD_OPT_LABEL_PREFIX, "p", true},
    {LOAD_OPT_FORMAT, "Json", true},
    {LOAD_OPT_FORMAT, "parquet", false},
    {LOAD_OPT_MODE, "required", true},
    {LOAD_OPT_MODE, "yes", false},
    {LOAD_OPT_HEADERS, "a: b", true},
    {LOAD_OPT_HEADERS, " a : b ;\n c: d;; ", true},
    {LOAD_OPT_HEADERS, "url: http://x:1", true},
    {LOAD_OPT_HEADERS, "no colon", false},
    {LOAD_OPT_HEADERS, "a: b; : c", false},
    {LOAD_OPT_WHERE, "anything 'at' all", true},
};

START_TEST(options)
{
    struct fault f = {0};
    int rc = option_check(values[_i].id, values[_i].value, &f);
    ck_assert_msg((rc == RC_OK) == values[_i].is_good, "'%s': %d %s", values[_i].value, rc, f.text);
    ck_assert(rc == RC_OK || (rc == RC_CONFIG && strstr(f.text, "must be")));
}
END_TEST

/* 128 and 95 are the most. */
START_TEST(long_labels)
{
    char label[130];
    struct fault f;
    memset(label, 'x', sizeof label);
    label[129] = '\0';
    ck_assert_int_eq(option_check(LOAD_OPT_LABEL, label, &f), RC_CONFIG);
    label[128] = '\0';
    ck_assert_int_eq(option_check(LOAD_OPT_LABEL, label, &f), RC_OK);
    label[96] = '\0';
    ck_assert_int_eq(option_check(LOAD_OPT_LABEL_PREFIX, label, &f), RC_CONFIG);
    label[95] = '\0';
    ck_assert_int_eq(option_check(LOAD_OPT_LABEL_PREFIX, label, &f), RC_OK);
}
END_TEST

/* Rows "<n>" and a text; 3 and 7 are alike. */
enum { ROWS = 5000 };

static int give(void *ctx, size_t row, struct batch_field *fields, struct fault *f)
{
    static char number[20];
    (void)ctx;
    (void)f;
    int n = snprintf(number, sizeof number, "%zu", row == 7 ? 3 : row);
    fields[0] = (struct batch_field){BATCH_NUMBER, (const unsigned char *)number, (size_t)n};
    fields[1] = (struct batch_field){BATCH_TEXT, (const unsigned char *)"text", 4};
    return RC_OK;
}

START_TEST(quotes)
{
    static const char *const columns[] = {"n", "v"};
    static SQLULEN numbers[ROWS];
    struct batch b = {.columns = columns,
                      .ncols = 2,
                      .nrows = ROWS,
                      .row = give,
                      .want = _i ? BATCH_JSON : BATCH_CSV};
    struct batch_plan *plan = NULL;
    struct fault f;
    char line[3][100];
    for (size_t i = 0; i < ROWS; i++)
        numbers[i] = 2 * i;
    ck_assert_int_eq(batch_scan(&b, &plan, &f), RC_OK);
    snprintf(line[0], sizeof line[0], "Error: x. Row: 4999\001text");
    snprintf(line[1], sizeof line[1], "Error: x. Row: 3\001text");
    snprintf(line[2], sizeof line[2], "Error: a line without a quote");
    struct quoted_rows q = {0};
    for (size_t i = 0; i < 3; i++)
        quoted_add(&q, line[i], strlen(line[i]));
    quoted_find(&q, plan, NULL);
    ck_assert_uint_eq(q.row[0].number, _i ? 0 : ROWS);
    ck_assert_uint_eq(q.row[1].number, 0); /* two are alike */
    ck_assert_uint_eq(q.row[2].number, 0);
    q = (struct quoted_rows){0};
    quoted_add(&q, line[0], strlen(line[0]));
    quoted_find(&q, plan, numbers);
    ck_assert_uint_eq(q.row[0].number, _i ? 0 : 2 * 4999 + 1);
    for (size_t i = 0; i < 2 * TOLD_MOST; i++)
        quoted_add(&q, line[2], strlen(line[2]));
    ck_assert_uint_eq(q.n, TOLD_MOST);
    batch_plan_free(plan);
}
END_TEST

static int no_rows(void *ctx, unsigned char *p, size_t cap, size_t *n, struct fault *f)
{
    (void)ctx;
    (void)p;
    (void)cap;
    (void)f;
    *n = 0;
    return RC_OK;
}

static int no_rewind(void *ctx, struct fault *f)
{
    (void)ctx;
    (void)f;
    return RC_OK;
}

/* SQLCancel that came while the rows were looked at ends the load before it is sent; where it did
 * not come, the load is tried (nobody listens). */
START_TEST(cancelled_before)
{
    static const char *const url = "http://127.0.0.1:1";
    const struct load_opts o = {.urls = &url, .nurls = 1, .user = "u", .timeout_s = 1};
    const struct load_request q = {
        .database = "d", .table = "t", .label = "l", .label_is_ours = true};
    const struct load_body body = {.read = no_rows, .rewind = no_rewind};
    struct handles h;
    struct loader *l = NULL;
    struct load_result r;
    struct fault f;
    handles_make(&h);
    ck_assert_msg(loader_new(&o, &l, &f) == RC_OK, "%s", f.text);
    load_abort(l); /* of an earlier load: forgotten */
    atomic_store(&h.stmt->cancelled, _i == 1);
    running_begin(h.stmt, l);
    int rc = load_run(l, &q, &body, &r, &f);
    running_end(h.stmt);
    ck_assert_msg((rc == RC_CANCELLED) == (_i == 1), "%d: %s", rc, f.text);
    ck_assert_int_ne(r.outcome, LOAD_DONE);
    load_result_clear(&r);
    loader_free(l);
    handles_free(&h);
}
END_TEST

Suite *check_streamload(void);
Suite *check_streamload(void)
{
    Suite *s = suite_create("streamload");
    TCase *t = tcase_create("streamload");
    tcase_add_loop_test(t, options, 0, sizeof values / sizeof *values);
    tcase_add_test(t, long_labels);
    tcase_add_loop_test(t, quotes, 0, 2);
    tcase_add_loop_test(t, cancelled_before, 0, 2);
    suite_add_tcase(s, t);
    return s;
}
