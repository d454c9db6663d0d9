/* test_streamload_lies.c - what does not add up: counts that are not those of the rows sent, names
 * cut short by a NUL, a file that is not what it was. */
#include <pthread.h>
#include <unistd.h>

#include "integration/streamload.h"

static const char insert[] = "INSERT INTO t (n, v) VALUES (?, ?)";

static void autocommit(bool on)
{
    SQLULEN value = on ? SQL_AUTOCOMMIT_ON : SQL_AUTOCOMMIT_OFF;
    ck_assert(SQL_SUCCEEDED(
        SQLSetConnectAttr(c.dbc, SQL_ATTR_AUTOCOMMIT, (SQLPOINTER)(uintptr_t)value, 0)));
}

/* --- counts ----------------------------------------------------------------------------------- */

struct count_row {
    const char *fault;
    const char *loaded, *words;
};

static const struct count_row counts[] = {
    {"be_fewer:3", "7", "10 rows were sent, and the server says that it read 7"},
    {"be_fewer:10", "0", "10 rows were sent, and the server says that it read 0"},
    {"be_lying:7", "17", "10 rows were sent, and the server says that it read 17"},
};

/* "Success" for other rows than were sent is an error: which row is in is not known. */
START_TEST(wrong_counts)
{
    const struct count_row *o = &counts[_i];
    struct rows r;
    load_open("");
    fill(&r);
    bind(&r, N);
    ck_assert(fake_fault(fake, o->fault));
    refuses(c.stmt, "HY000", direct(c.stmt, insert));
    says(o->words);
    says("mywire_"); /* the label */
    all_status(&r, N, SQL_PARAM_DIAG_UNAVAILABLE);
    ck_assert_str_eq(get_text(SQL_ATTR_MYWIRE_LOADED_ROWS), o->loaded);
    load_close();
}
END_TEST

START_TEST(wrong_counts_of_transaction)
{
    struct rows r;
    load_open("");
    fill(&r);
    bind(&r, N);
    autocommit(false);
    /* the driver manager asks for the cursors' fate at the first commit, and so loses its words */
    ck_assert(SQL_SUCCEEDED(SQLEndTran(SQL_HANDLE_DBC, c.dbc, SQL_COMMIT)));
    for (int i = 0; i < 2; i++) {
        ok(c.stmt, direct(c.stmt, insert));
        for (int k = 0; k < N; k++)
            r.n[k] += N;
    }
    ck_assert(fake_fault(fake, _i ? "be_fewer:3*0" : "be_publish"));
    SQLRETURN rc = SQLEndTran(SQL_HANDLE_DBC, c.dbc, SQL_COMMIT);
    struct said d = said_at(SQL_HANDLE_DBC, c.dbc, 1);
    ck_assert_int_eq(rc, _i ? SQL_ERROR : SQL_SUCCESS);
    ck_assert_msg(!_i || strstr(d.text, "20 rows were sent, and the server says that it read 17"),
                  "%s %s", d.state, d.text);
    autocommit(true);
    load_close();
}
END_TEST

/* --- bytes of the application ------------------------------------------------------------------
 */

struct body_row {
    const char *options, *bytes;
    const char *fault; /* "": the server tells the truth */
    const char *words; /* NULL: no complaint */
};

#define COMMA "column_separator=','"
/* clang-format off */
static const struct body_row bodies[] = {
    {COMMA, "1,a\n2,b\n3,c\n", "", NULL},
    {COMMA, "1,a\n2,b\n3,c", "", NULL},
    {COMMA, "1,a\n\n2,b\n\n", "", NULL},
    {COMMA ",row_delimiter='|'", "1,a|2,b|3,c|", "", NULL},
    {COMMA ",row_delimiter='\\x7c7c'", "1,a||2,b||3,c||", "", NULL},
    {COMMA ",skip_header='1'", "n,v\n1,a\n2,b\n", "", NULL},
    {COMMA ",enclose='\"',escape='\\'", "\"1\",\"a\nb\"\n\"2\",\"c\\\"\n\"\n", "", NULL},
    {COMMA ",max_filter_ratio='0.5'", "1,a\nx,b\n3,c\n", "", NULL},
    {COMMA ",where='n > 1'", "1,a\n2,b\n3,c\n", "", NULL},
    {"format=json,strip_outer_array='true'", "[{\"n\":1,\"v\":\"a\"},{\"n\":2,\"v\":\"[,{\"}]", "", NULL},
    {"format=json", "{\"n\":1}\n{\"n\":2,\"v\":\"}{\"}", "", NULL},
    {"format=json,max_filter_ratio='0.9'", "{\"n\":1}\n{\"n\":\"x\"}", "be_lying:1", NULL},
    {"format=json,max_filter_ratio='0.9'", "{\"n\":1}\n{\"n\":2}", "be_lying:1", "2 rows were sent, and the server says that it read 3"},
    {COMMA ",enclose='\"',skip_header='1'", "\"n\n\",v\n1,a\n", "", NULL},
    {COMMA, "1,a\n2,b\n3,c\n4,d\n", "be_fewer:2", "4 rows were sent, and the server says that it read 2"},
    {COMMA, "1,a\n2,b\n3,c\n", "be_fewer:3", "3 rows were sent, and the server says that it read 0"},
    {COMMA, "1,a\n2,b\n\n3,c\n", "be_fewer:1", "3 to 4 rows were sent, and the server says that it read 2"},
    {COMMA, "1,a\n2,b\n3,c\n", "be_lying:7", "3 rows were sent, and the server says that it read 10"},
    {COMMA ",row_delimiter='|'", "1,a|2,b|3,c", "be_fewer:2", "3 rows were sent, and the server says that it read 1"},
    {COMMA ",skip_header='1'", "n,v\n1,a\n2,b\n", "be_fewer:1", "2 rows were sent, and the server says that it read 1"},
    {COMMA ",enclose='\"',escape='\\'", "\"1\",\"a\nb\"\n\"2\",\"c\"\n", "be_fewer:1", "2 rows were sent, and the server says that it read 1"},
    {"format=json,strip_outer_array='true'", "[{\"n\":1},{\"n\":2},{\"n\":3}]", "be_fewer:2", "3 rows were sent, and the server says that it read 1"},
    {"format=json", "{\"n\":1}\n{\"n\":2}", "be_fewer:1", "2 rows were sent, and the server says that it read 1"},
    {COMMA, "1,a\n2,b\n", "be_bytes:4", "8 bytes were sent, and the server says that it got 4"},
    {"format=json,jsonpaths='[\"$.n\"]',columns='n'", "{\"n\":1}", "be_bytes:1", "7 bytes were sent, and the server says that it got 6"},
};
/* clang-format on */
enum { BODIES = (int)(sizeof bodies / sizeof *bodies) };

static SQLRETURN send_body(const struct body_row *o, bool in_pieces)
{
    char sql[300];
    SQLLEN len = in_pieces ? SQL_DATA_AT_EXEC : (SQLLEN)strlen(o->bytes);
    SQLPOINTER token = NULL;
    snprintf(sql, sizeof sql, "STREAM LOAD INTO t FROM ? WITH (%s)", o->options);
    ok(c.stmt, SQLBindParameter(c.stmt, 1, SQL_PARAM_INPUT, SQL_C_BINARY, SQL_LONGVARBINARY, 0, 0,
                                (SQLPOINTER)(uintptr_t)o->bytes, 0, &len));
    SQLRETURN rc = direct(c.stmt, sql);
    if (rc != SQL_NEED_DATA)
        return rc;
    ck_assert_int_eq(SQLParamData(c.stmt, &token), SQL_NEED_DATA);
    size_t half = strlen(o->bytes) / 2;
    ok(c.stmt, SQLPutData(c.stmt, (SQLPOINTER)(uintptr_t)o->bytes, (SQLLEN)half));
    ok(c.stmt, SQLPutData(c.stmt, (SQLPOINTER)(uintptr_t)(o->bytes + half),
                          (SQLLEN)strlen(o->bytes + half)));
    return SQLParamData(c.stmt, &token);
}

/* "Success" for other rows or bytes than a STREAM LOAD has is an error; no honest one is. */
START_TEST(wrong_counts_of_bytes)
{
    const struct body_row *o = &bodies[_i % BODIES];
    load_open("");
    ck_assert(!*o->fault || fake_fault(fake, o->fault));
    SQLRETURN rc = send_body(o, _i >= BODIES);
    struct said d = said(c.stmt);
    ck_assert_msg(SQL_SUCCEEDED(rc) == !o->words, "%s %s: %d %s %s", o->options, o->bytes, rc,
                  d.state, d.text);
    if (o->words)
        says(o->words);
    load_close();
}
END_TEST

/* Of a transaction the rows are told at its end, of all loads together. */
START_TEST(wrong_counts_of_bytes_in_transaction)
{
    static const struct body_row one = {COMMA, "1,a\n2,b\n", "", NULL};
    load_open("");
    autocommit(false);
    ck_assert(SQL_SUCCEEDED(SQLEndTran(SQL_HANDLE_DBC, c.dbc, SQL_COMMIT)));
    for (int i = 0; i < 2; i++) {
        ck_assert_msg(SQL_SUCCEEDED(send_body(&one, _i >= 2)), "%s", said(c.stmt).text);
        ok(c.stmt, SQLFreeStmt(c.stmt, SQL_CLOSE));
    }
    ck_assert(!(_i % 2) || fake_fault(fake, "be_fewer:3*0"));
    SQLRETURN rc = SQLEndTran(SQL_HANDLE_DBC, c.dbc, SQL_COMMIT);
    struct said d = said_at(SQL_HANDLE_DBC, c.dbc, 1);
    ck_assert_msg(rc == (_i % 2 ? SQL_ERROR : SQL_SUCCESS), "%d %s", rc, d.text);
    ck_assert_msg(!(_i % 2) ||
                      strstr(d.text, "4 rows were sent, and the server says that it read 1"),
                  "%s %s", d.state, d.text);
    autocommit(true);
    load_close();
}
END_TEST

/* The wrong dialect: the server never hears of the delimiter, and all rows are one. */
START_TEST(wrong_dialect)
{
    static const struct body_row one = {"row_delimiter='|'", "a|b|c|d|e", "", NULL};
    load_open("");
    both_tables("(v VARCHAR(200))", "(v VARCHAR(200))");
    ck_assert(fake_set(fake, "dialect", "doris"));
    ck_assert_int_eq(send_body(&one, false), SQL_ERROR);
    says("5 rows were sent, and the server says that it read 1");
    ck_assert_uint_eq(loaded(), 1);
    load_close();
}
END_TEST

/* --- names ------------------------------------------------------------------------------------ */

/* The text with a NUL where it has '#'. */
static SQLRETURN direct_with_nul(const char *sql)
{
    test_char copy[200];
    size_t n = strlen(sql);
    for (size_t i = 0; i < n; i++)
        copy[i] = (test_char)(sql[i] == '#' ? 0 : sql[i]);
    return SQLExecDirect(c.stmt, copy, (SQLINTEGER)n);
}

START_TEST(names_with_nul)
{
    static const char *const texts[] = {
        "INSERT INTO `t#x` (n, v) VALUES (?, ?)", "INSERT INTO `test#x`.t (n, v) VALUES (?, ?)",
        "INSERT INTO t (n, `v#x`) VALUES (?, ?)", "STREAM LOAD INTO `t#x` FROM ?",
        "STREAM LOAD INTO `test#x`.t FROM ?",     "STREAM LOAD INTO t (n, `v#x`) FROM ?"};
    struct rows r;
    load_open("");
    fill(&r);
    bind(&r, _i < 3 ? N : 1);
    SQLRETURN rc = direct_with_nul(texts[_i]);
    struct said d = said(c.stmt);
    ck_assert_msg(rc == SQL_ERROR && d.state[0], "%s: %d", texts[_i], rc);
    ck_assert_uint_eq(loaded(), 0);
    load_close();
}
END_TEST

/* --- a file ----------------------------------------------------------------------------------- */

struct changer {
    const char *path;
};

/* When the file was sent and its outcome is asked for, another one of the same length. */
static void *change(void *ctx)
{
    const struct changer *k = ctx;
    struct fake_stats s = {0};
    struct timespec t = {0, 5000000};
    for (int i = 0; i < 2000 && !s.state_asked; i++) {
        (void)nanosleep(&t, NULL);
        fake_stats_get(fake, &s);
    }
    FILE *out = fopen(k->path, "r+");
    if (out) {
        (void)fputs("8", out);
        (void)fclose(out);
    }
    return NULL;
}

/* The same label never stands for other bytes. */
START_TEST(file_changes)
{
    char folder[] = "/tmp/test_streamload_XXXXXX", path[100], keys[200];
    struct changer k = {path};
    pthread_t thread;
    ck_assert(mkdtemp(folder) != NULL);
    snprintf(path, sizeof path, "%s/a.csv", folder);
    FILE *out = fopen(path, "w");
    ck_assert(out && fputs("1,eins\n2,zwei\n", out) >= 0 && fclose(out) == 0);
    snprintf(keys, sizeof keys, "STREAMLOADDIR=%s", folder);
    load_open(keys);
    ck_assert(fake_fault(fake, "be_drop_doomed:1500"));
    if (_i)
        ck_assert_int_eq(pthread_create(&thread, NULL, change, &k), 0);
    SQLRETURN rc = direct(c.stmt, "STREAM LOAD INTO t FROM 'a.csv' WITH (column_separator=',')");
    struct said d = said(c.stmt);
    if (_i)
        ck_assert_int_eq(pthread_join(thread, NULL), 0);
    ck_assert_msg(rc == (_i ? SQL_ERROR : SQL_SUCCESS), "%d %s %s", rc, d.state, d.text);
    ck_assert_msg(!_i || strstr(d.text, "changed"), "%s %s", d.state, d.text);
    ck_assert_uint_eq(loaded(), _i ? 0 : 2);
    load_close();
    (void)unlink(path);
    (void)rmdir(folder);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("streamload_lies");
    TCase *t = tcase_create("streamload_lies");
    tcase_set_timeout(t, 60);
    tcase_add_loop_test(t, wrong_counts, 0, (int)(sizeof counts / sizeof *counts));
    tcase_add_loop_test(t, wrong_counts_of_transaction, 0, 2);
    tcase_add_loop_test(t, wrong_counts_of_bytes, 0, 2 * BODIES);
    tcase_add_loop_test(t, wrong_counts_of_bytes_in_transaction, 0, 4);
    tcase_add_test(t, wrong_dialect);
    tcase_add_loop_test(t, names_with_nul, 0, 6);
    tcase_add_loop_test(t, file_changes, 0, 2);
    suite_add_tcase(s, t);
    return run_suite(s);
}
