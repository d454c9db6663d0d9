/* check_load.c - a BE's plain load over raw sockets: 100 Continue, order of checks, formats, rows.
 */
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#define MANY                                                                                       \
    "d.t(id INT NOT NULL, v VARCHAR(5), n DECIMAL(20,2) DEFAULT 7, b VARBINARY(10)) PRIMARY "      \
    "KEY(id)"

static const struct {
    const char *name, *options, *ddl, *headers, *body, *status, *message, *rows;
} loads[] = {
    {"csv", NULL, NULL, NULL, "1\tx\n2\t\\N\n", "Success", "OK",
     "{\"a\":1,\"b\":\"x\"}\n{\"a\":2,\"b\":null}\n"},
    {"enclosed", NULL, NULL, "column_separator: ,\r\nenclose: \"\r\nescape: \\\r\n",
     "\"1\",\"x,\\\"\ny\"\n\"2\",\\\\N\n", "Success", "OK",
     "{\"a\":1,\"b\":\"x,\\\"\\u000ay\"}\n{\"a\":2,\"b\":null}\n"},
    {"hex separators", NULL, NULL, "column_separator: \\x01\r\nrow_delimiter: \\x02\r\n",
     "1\x01x\x02", "Success", "OK", "{\"a\":1,\"b\":\"x\"}\n"},
    {"columns and defaults", NULL, MANY, "columns: v, id\r\n", "x\t1\n", "Success", "OK",
     "{\"id\":1,\"v\":\"x\",\"n\":\"7.00\",\"b\":null}\n"},
    {"derived", NULL, MANY, "columns: id, t, u, b=to_binary(t,'hex'), `n`=u*2\r\n",
     "1\t00ff\t1.5\n", "Success", "OK", "{\"id\":1,\"v\":null,\"n\":\"3.00\",\"b\":\"00FF\"}\n"},
    {"column without default", NULL, MANY, "columns: v\r\n", "x\n", "Fail", "no default value", ""},
    {"unknown name in expression", NULL, MANY, "columns: id, v=zz\r\n", "1\n", "Fail",
     "cannot be resolved", ""},
    {"where", NULL, NULL, "where: a > 1 and b <> 'z'\r\n", "1\tx\n2\ty\n3\tz\n", "Success", "OK",
     "{\"a\":2,\"b\":\"y\"}\n"},
    {"upsert and delete", NULL, MANY, "columns: id, v, __op\r\n",
     "1\tx\t0\n2\ty\t0\n1\tz\t0\n2\t\t1\n", "Success", "OK",
     "{\"id\":1,\"v\":\"z\",\"n\":\"7.00\",\"b\":null}\n"},
    {"delete by constant", NULL, MANY, "columns: id, __op='delete'\r\n", "1\n", "Success", "OK",
     ""},
    {"partial update, no key table", NULL, NULL, "partial_update: true\r\n", "1\tx\n", "Fail",
     "Only primary key table support partial update", ""},
    {"merge condition keeps the greater", NULL, MANY, "merge_condition: n\r\ncolumns: id, v, n\r\n",
     "1\ta\t5\n1\tb\t4\n1\tc\t5\n", "Success", "OK",
     "{\"id\":1,\"v\":\"c\",\"n\":\"5.00\",\"b\":null}\n"},
    {"merge condition on key", NULL, MANY, "merge_condition: id\r\n", "1\ta\t5\t\\N\n", "Fail",
     "Merge condition", ""},
    {"wrong count", NULL, NULL, NULL, "1\n", "Fail", "too many filtered rows", ""},
    {"out of range, strict", NULL, NULL, "strict_mode: true\r\n", "99999999999\tx\n", "Fail",
     "too many filtered rows", ""},
    {"out of range, lax", NULL, NULL, NULL, "99999999999\tx\n", "Success", "OK",
     "{\"a\":null,\"b\":\"x\"}\n"},
    {"too long, strict", NULL, MANY, "strict_mode: true\r\ncolumns: id,v\r\n", "1\tabcdef\n",
     "Fail", "too many filtered rows", ""},
    {"NULL for a key", NULL, MANY, "columns: id,v\r\n", "\\N\tx\n", "Fail", "too many filtered",
     ""},
    {"ratio", NULL, NULL, "max_filter_ratio: 0.5\r\n", "1\n2\tx\n", "Success", "OK",
     "{\"a\":2,\"b\":\"x\"}\n"},
    {"not UTF-8", NULL, NULL, NULL, "1\t\xff\n", "Fail", "too many filtered rows", ""},
    {"one column, blank row lost", NULL, "d.t(a STRING)", NULL, "x\n\n", "Success", "OK",
     "{\"a\":\"x\"}\n"},
    {"one column, enclosed blank", NULL, "d.t(a STRING)", "enclose: \"\r\nescape: \\\r\n",
     "\"x\"\n\"\"\n", "Success", "OK", "{\"a\":\"x\"}\n{\"a\":\"\"}\n"},
    {"empty", NULL, NULL, NULL, "", "Fail", "all partitions have no load data", ""},
    {"empty allowed", "empty-error=off", NULL, NULL, "", "Success", "OK", ""},
    {"json lines", NULL, NULL, "format: json\r\n",
     "{\"a\":1,\"b\":\"x\"}\n{\"b\":2.50,\"a\":\"3\"}", "Success", "OK",
     "{\"a\":1,\"b\":\"x\"}\n{\"a\":3,\"b\":\"2.50\"}\n"},
    {"json array", NULL, NULL, "format: JSON\r\nstrip_outer_array: true\r\n",
     "[{\"a\":1,\"b\":true},{\"a\":null,\"b\":{\"c\": [1]}}]", "Success", "OK",
     "{\"a\":1,\"b\":\"1\"}\n{\"a\":null,\"b\":\"{\\\"c\\\":[1]}\"}\n"},
    {"json array, not stripped", NULL, NULL, "format: json\r\n", "[{\"a\":1}]", "Fail",
     "strip_outer_array=true", ""},
    {"json text \\N stays", NULL, NULL, "format: json\r\n", "{\"a\":1,\"b\":\"\\\\N\"}", "Success",
     "OK", "{\"a\":1,\"b\":\"\\\\N\"}\n"},
    {"json NUL", NULL, NULL, "format: json\r\n", "{\"a\":1,\"b\":\"x\\u0000y\"}", "Success", "OK",
     "{\"a\":1,\"b\":\"x\\u0000y\"}\n"},
    {"jsonpaths", NULL, NULL,
     "format: json\r\njsonpaths: [\"$.p[1]\", \"$.\\\"q r\\\".s\"]\r\ncolumns: a, b\r\n",
     "{\"p\":[1,2],\"q r\":{\"s\":\"x\"}}", "Success", "OK", "{\"a\":2,\"b\":\"x\"}\n"},
    {"json broken", NULL, NULL, "format: json\r\n", "{\"a\":1", "Fail", "Failed to parse", ""},
    {"json number into decimal goes through a double", NULL, "d.t(a DECIMAL(38,0))",
     "format: json\r\n", "{\"a\":12345678901234567890}", "Success", "OK",
     "{\"a\":\"12345678901234567000\"}\n"},
    {"json text into decimal does not", NULL, "d.t(a DECIMAL(38,0))", "format: json\r\n",
     "{\"a\":\"12345678901234567890\"}", "Success", "OK", "{\"a\":\"12345678901234567890\"}\n"},
    {"json binary refused", NULL, "d.t(a VARBINARY)", "format: json\r\n", "{\"a\":\"00\"}", "Fail",
     "too many filtered rows", ""},
    {"binary as base64", NULL, "d.t(a VARBINARY)", NULL, "YWJj\n", "Success", "OK",
     "{\"a\":\"616263\"}\n"},
    {"binary as hex", "varbinary=hex", "d.t(a VARBINARY)", NULL, "00fF\n", "Success", "OK",
     "{\"a\":\"00FF\"}\n"},
    {"skip", NULL, NULL, "skip_header: 1\r\n", "a\tb\n1\tx\n", "Success", "OK",
     "{\"a\":1,\"b\":\"x\"}\n"},
    {"unknown format", NULL, NULL, "format: orc\r\n", "x", "Fail",
     "unknown data format, format=orc", ""},
    {"timeout", NULL, NULL, "timeout: 0\r\n", "x", "Fail", "Invalid timeout format", ""},
    {"trim_space", NULL, NULL, "trim_space: maybe\r\n", "x", "Fail", "Must be bool type", ""},
    {"separator", NULL, NULL, "column_separator: \\x0\r\n", "x", "Fail",
     "Invalid delimiter '\\x0': hex length must be a even number", ""},
    {"both partitions", NULL, NULL, "partitions: p\r\ntemporary_partitions: q\r\n", "x", "Fail",
     "Can not specify both", ""},
    {"both compressions", NULL, NULL, "compression: gzip\r\nContent-Encoding: gzip\r\n", "x",
     "Fail", "Only one of", ""},
    {"unknown compression", NULL, NULL, "compression: rar\r\n", "x", "Fail",
     "Unsupported compression type: RAR", ""},
    {"not gzip", NULL, NULL, "compression: gzip\r\n", "x", "Fail", "decompress failed", ""},
    {"json too big", "max-json=3", NULL, "format: json\r\n", "{\"a\":1}", "Fail",
     "Set ignore_json_size", ""},
    {"json too big, lifted", "max-json=3", NULL, "format: json\r\nignore_json_size: true\r\n",
     "{\"a\":1}", "Success", "OK", "{\"a\":1,\"b\":null}\n"},
    {"body too big", "max-body=3", NULL, NULL, "1\tx\n", "Fail", "exceed limit", ""},
    {"doris delimiter", "dialect=doris", NULL, "line_delimiter: |\r\nrow_delimiter: ;\r\n",
     "1\tx|2\ty|", "Success", "OK", "{\"a\":1,\"b\":\"x\"}\n{\"a\":2,\"b\":\"y\"}\n"},
    {"doris quotes stay without trim", "dialect=doris", NULL, "enclose: \"\r\n", "1\t\"x\"\n",
     "Success", "OK", "{\"a\":1,\"b\":\"\\\"x\\\"\"}\n"},
    {"doris quotes go", "dialect=doris", NULL, "enclose: \"\r\ntrim_double_quotes: true\r\n",
     "1\t\"x\"\n", "Success", "OK", "{\"a\":1,\"b\":\"x\"}\n"},
    {"doris json lines", "dialect=doris", NULL, "format: json\r\n", "{\"a\":1}\n{\"a\":2}", "Fail",
     "read_json_by_line", ""},
    {"doris enclose", "dialect=doris", NULL, "enclose: ab\r\n", "x", "Fail",
     "enclose must be single-char, actually is ab", ""},
};

START_TEST(load_rows)
{
    start(loads[_i].options, loads[_i].ddl);
    struct reply r = load("l1", loads[_i].headers, loads[_i].body);
    ck_assert_msg(strcmp(field(&r, "Status"), loads[_i].status) == 0, "%s: %s", loads[_i].name,
                  r.text);
    ck_assert_msg(strstr(field(&r, "Message"), loads[_i].message), "%s: %s", loads[_i].name,
                  r.body);
    table_is(loads[_i].rows, loads[_i].name);
    long total = strtol(field(&r, "NumberTotalRows"), NULL, 10);
    long sum = strtol(field(&r, "NumberLoadedRows"), NULL, 10);
    sum += strtol(field(&r, "NumberFilteredRows"), NULL, 10);
    sum += strtol(field(&r, "NumberUnselectedRows"), NULL, 10);
    ck_assert_int_eq(total, sum);
    bool good = strcmp(loads[_i].status, "Success") == 0;
    ck_assert_str_eq(fake_state(fake, "d", "l1"), good ? "VISIBLE"
                                                  : strcmp(field(&r, "TxnId"), "-1") == 0
                                                      ? "UNKNOWN"
                                                      : "ABORTED");
    reply_free(&r);
    stop();
}
END_TEST

START_TEST(continue_only_when_wanted)
{
    start(NULL, NULL);
    struct reply r = load("l1", NULL, "1\tx\n");
    ck_assert_msg(strncmp(r.text, "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200", 37) == 0, "%s",
                  r.text);
    reply_free(&r);
    r = load("l2", "format: xml\r\n", "1\tx\n"); /* a bad header: no 100, and the end */
    ck_assert_msg(strncmp(r.text, "HTTP/1.1 200", 12) == 0 && r.ended, "%s", r.text);
    reply_free(&r);
    r = ask(FAKE_BE,
            "PUT /api/d/t/_stream_load HTTP/1.1\r\n" AUTH "label: l3\r\nContent-Length: 4\r\n",
            "3\tx\n", 4, 3000);
    ck_assert_msg(strncmp(r.text, "HTTP/1.1 200", 12) == 0, "%s", r.text);
    ck_assert_str_eq(field(&r, "Status"), "Success");
    reply_free(&r);
    stop();
}
END_TEST

START_TEST(chunked_and_short)
{
    static const char body[] = "3\r\n1\tx\r\n1;ext=1\r\n\n\r\n0\r\nTrailer: x\r\n\r\n";
    start("linger-ms=20", NULL);
    struct reply r = ask(FAKE_BE,
                         "PUT /api/d/t/_stream_load HTTP/1.1\r\n" AUTH
                         "label: c\r\nTransfer-Encoding: chunked\r\n",
                         body, sizeof body - 1, 3000);
    ck_assert_str_eq(field(&r, "Status"), "Success");
    ck_assert_str_eq(field(&r, "LoadBytes"), "4");
    reply_free(&r);
    r = ask(FAKE_BE,
            "PUT /api/d/t/_stream_load HTTP/1.1\r\n" AUTH "label: s\r\nContent-Length: 99\r\n",
            "1\tx\n", 4, 50); /* the rest never comes */
    reply_free(&r);
    for (int i = 0; i < 300 && strcmp(fake_state(fake, "d", "s"), "ABORTED") != 0; i++)
        free(run("sleep 0.01"));
    ck_assert_str_eq(fake_state(fake, "d", "s"), "ABORTED");
    stop();
}
END_TEST

static const struct {
    const char *auth, *be, *fe;
    int status; /* of the FE */
} auths[] = {
    {AUTH, "OK", "", 307},
    {"", "no valid Basic authorization", "Need auth information.", 401},
    {"Authorization: basic cm9vdDo=\r\n", "no valid Basic", "Need auth", 401}, /* case as written */
    {"Authorization: Bearer x\r\n", "no valid Basic", "Need auth", 401},
    {"Authorization: Basic cm9vdDp4\r\n", "Access denied for root@127.0.0.1", "Access denied", 401},
    {"Authorization: Basic cm9vdEBjOg==\r\n", "OK", "", 307}, /* root@c: */
    {"Authorization: Basic cjpy\r\n", "Access denied for r@", "INSERT privilege", 401}, /* r:r */
};

START_TEST(authorisation)
{
    char head[400];
    start("reader=r:r", NULL);
    for (int fe = 0; fe < 2; fe++) {
        (void)snprintf(head, sizeof head,
                       "PUT /api/d/t/_stream_load HTTP/1.1\r\n%sExpect: 100-continue\r\n"
                       "Content-Length: 4\r\n",
                       auths[_i].auth);
        struct reply r = ask(fe ? FAKE_FE : FAKE_BE, head, "1\tx\n", 4, 3000);
        ck_assert_msg(strstr(r.body, fe ? auths[_i].fe : auths[_i].be), "%s", r.text);
        ck_assert_int_eq(r.status, fe ? auths[_i].status : 200);
        ck_assert(fe == 0 || (strstr(r.text, "WWW-Authenticate: Basic realm=\"\"") != NULL) ==
                                 (r.status == 401));
        ck_assert(fe == 0 || r.ended);
        reply_free(&r);
    }
    stop();
}
END_TEST

START_TEST(order_of_checks) /* the sheet's section 7 */
{
    static const struct {
        const char *auth, *headers, *message;
    } rows[] = {{"", "format: xml\r\n", "no valid Basic"},
                {"Authorization: Basic cm9vdDp4\r\n", "format: xml\r\n", "unknown data format"},
                {"Authorization: Basic cm9vdDp4\r\n", "label: b a d\r\n", "Access denied"},
                {AUTH, "label: b a d\r\ncolumn_separator: \\x\r\n", "Label format error"},
                {AUTH, "column_separator: \\x\r\n", "empty hex string"}};
    char head[500];
    start(NULL, NULL);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        (void)snprintf(head, sizeof head,
                       "PUT /api/d/t/_stream_load HTTP/1.1\r\n%s%sExpect: 100-continue\r\n"
                       "Content-Length: 4\r\n",
                       rows[i].auth, rows[i].headers);
        struct reply r = ask(FAKE_BE, head, "1\tx\n", 4, 10000);
        ck_assert_msg(strstr(field(&r, "Message"), rows[i].message), "row %zu: %s", i, r.text);
        ck_assert_msg(!strstr(r.text, "100 Continue"), "row %zu: 100 before a refusal", i);
        reply_free(&r);
    }
    struct fake_stats s;
    fake_stats_get(fake, &s);
    ck_assert_uint_eq(s.unauthorized, 2);
    stop();
}
END_TEST

START_TEST(labels)
{
    start(NULL, NULL);
    struct reply r = load("l", NULL, "1\tx\n");
    ck_assert_str_eq(field(&r, "Status"), "Success");
    reply_free(&r);
    r = load("l", NULL, "1\tx\n");
    ck_assert_str_eq(field(&r, "Status"), "Label Already Exists");
    ck_assert_str_eq(field(&r, "ExistingJobStatus"), "FINISHED");
    ck_assert_str_eq(field(&r, "TxnId"), "-1");
    ck_assert(strstr(field(&r, "Message"), "Label [l] has already been used"));
    reply_free(&r);
    r = load("f", NULL, "1\n"); /* failed: free again */
    ck_assert_str_eq(field(&r, "Status"), "Fail");
    reply_free(&r);
    r = load("f", NULL, "2\ty\n");
    ck_assert_str_eq(field(&r, "Status"), "Success");
    reply_free(&r);
    r = load("a b", NULL, "1\tx\n");
    ck_assert(strstr(field(&r, "Message"), "Label format error. regex: ^[-"));
    reply_free(&r);
    ck_assert(fake_set(fake, "label-keep-s", "0"));
    free(run("sleep 0.01"));
    ck_assert_str_eq(fake_state(fake, "d", "l"), "UNKNOWN"); /* forgotten: a second load goes in */
    r = load("l", NULL, "1\tx\n");
    ck_assert_str_eq(field(&r, "Status"), "Success");
    struct fake_stats s;
    fake_stats_get(fake, &s);
    ck_assert_uint_eq(s.duplicates, 1);
    ck_assert_uint_eq(s.labels_in_use, 1);
    reply_free(&r);
    stop();
}
END_TEST

START_TEST(error_log)
{
    char body[1000] = "", head[400];
    size_t lines = 0;
    start(NULL, NULL);
    for (int i = 0; i < 60; i++)
        memcpy(body + 4 * i, "bad\n", 4);
    struct reply r = load("e", "strict_mode: true\r\n", body);
    const char *at = strstr(field(&r, "ErrorURL"), "/api/");
    ck_assert_ptr_nonnull(at);
    (void)snprintf(head, sizeof head, "GET %s HTTP/1.1\r\n", at);
    reply_free(&r);
    r = ask(FAKE_BE, head, "", 0, 3000);
    ck_assert(strstr(r.body,
                     "Error: Target column count: 2 doesn't match source value column count: "
                     "1. Column separator: '\\t', Row delimiter: '\\n'. Row: bad\n"));
    for (const char *p = r.body; (p = strchr(p, '\n')) != NULL; p++)
        lines++;
    ck_assert_uint_eq(lines, 50);
    char *sql, *text = fake_tracking(fake, "d", "e", &sql);
    ck_assert_str_eq(text, r.body);
    ck_assert(strstr(sql, "load_tracking_logs where job_id="));
    free(sql);
    free(text);
    reply_free(&r);
    r = load("v", "strict_mode: true\r\n", "x1\ty\n");
    char *v = fake_tracking(fake, "d", "v", NULL);
    ck_assert_str_eq(v, "Error: The field (name = a, pos = 0) is out of range. Type: INT, Value "
                        "length: 2, Value: x1. Row: x1\ty\n");
    free(v);
    reply_free(&r);
    stop();
}
END_TEST

START_TEST(partial_update)
{
    start(NULL, MANY);
    struct reply r = load("1", "columns: id,v,n\r\n", "1\ta\t1\n2\tb\t2\n");
    reply_free(&r);
    r = load("2", "partial_update: true\r\ncolumns: id,v\r\n", "2\tz\n3\ty\n");
    ck_assert_str_eq(field(&r, "Status"), "Success");
    table_is("{\"id\":1,\"v\":\"a\",\"n\":\"1.00\",\"b\":null}\n"
             "{\"id\":2,\"v\":\"z\",\"n\":\"2.00\",\"b\":null}\n"
             "{\"id\":3,\"v\":\"y\",\"n\":\"7.00\",\"b\":null}\n",
             "partial");
    reply_free(&r);
    r = load("3", "partial_update: true\r\ncolumns: v\r\n", "z\n");
    ck_assert(strstr(field(&r, "Message"), "all key columns"));
    reply_free(&r);
    stop();
}
END_TEST

START_TEST(sink)
{
    struct fake_stats s;
    start("sink=on", NULL);
    struct reply r = load("1", "row_delimiter: |\r\n", "a|b|c|");
    ck_assert_str_eq(field(&r, "Status"), "Success");
    ck_assert_str_eq(field(&r, "NumberLoadedRows"), "3");
    fake_stats_get(fake, &s);
    ck_assert_uint_eq(s.rows, 3);
    ck_assert_uint_eq(s.body_bytes, 6);
    ck_assert_uint_eq(fake_rows(fake, "d", "t"), 0);
    reply_free(&r);
    stop();
}
END_TEST

START_TEST(read_back)
{
    const char *p;
    size_t n;
    start(NULL, "d.t(a VARBINARY, b INT)");
    struct reply r = load("1", "columns: x, b, a=unhex(x)\r\n", "00ff\t5\n\\N\t\\N\n");
    ck_assert_uint_eq(fake_rows(fake, "d", "t"), 2);
    ck_assert_uint_eq(fake_columns(fake, "d", "t"), 2);
    ck_assert_int_eq(fake_cell(fake, "d", "t", 0, 0, &p, &n), 1);
    ck_assert(n == 2 && memcmp(p, "\0\xff", 2) == 0);
    ck_assert_int_eq(fake_cell(fake, "d", "t", 1, 1, &p, &n), 0);
    ck_assert_int_eq(fake_cell(fake, "d", "t", 2, 0, &p, &n), -1);
    ck_assert(fake_clear(fake, "d", "t"));
    table_is("", "cleared");
    reply_free(&r);
    stop();
}
END_TEST

static const struct {
    size_t cut; /* bytes left out at the end */
    const char *status;
} frames[] = {{0, "Success"}, {3, "Fail"}};

START_TEST(zstd)
{
    char body[600], head[400];
    size_t n = 0;
    start(NULL, NULL);
    for (int i = 0; i < 2; i++) { /* two frames */
        size_t k = ZSTD_compress(body + n, sizeof body - n, i ? "2\ty\n" : "1\tx\n", 4, 3);
        ck_assert(!ZSTD_isError(k));
        n += k;
    }
    n -= frames[_i].cut;
    (void)snprintf(head, sizeof head,
                   "PUT /api/d/t/_stream_load HTTP/1.1\r\n" AUTH
                   "compression: zstd\r\nContent-Length: %zu\r\n",
                   n);
    struct reply r = ask(FAKE_BE, head, body, n, 3000);
    ck_assert_msg(strcmp(field(&r, "Status"), frames[_i].status) == 0, "%s", r.text);
    ck_assert_uint_eq(fake_rows(fake, "d", "t"), frames[_i].cut ? 0 : 2);
    reply_free(&r);
    stop();
}
END_TEST

Suite *check_load(void)
{
    Suite *s = suite_create("fake: plain loads");
    TCase *t = tcase_create("loads");
    tcase_set_timeout(t, 60);
    tcase_add_loop_test(t, load_rows, 0, (int)(sizeof loads / sizeof *loads));
    tcase_add_test(t, continue_only_when_wanted);
    tcase_add_test(t, chunked_and_short);
    tcase_add_loop_test(t, authorisation, 0, (int)(sizeof auths / sizeof *auths));
    tcase_add_test(t, order_of_checks);
    tcase_add_test(t, labels);
    tcase_add_test(t, error_log);
    tcase_add_test(t, partial_update);
    tcase_add_loop_test(t, zstd, 0, (int)(sizeof frames / sizeof *frames));
    tcase_add_test(t, sink);
    tcase_add_test(t, read_back);
    suite_add_tcase(s, t);
    return s;
}
