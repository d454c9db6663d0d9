/* test_streamload_stmt.c - the statement STREAM LOAD: files in their jail, parameters, pieces, the
 * answer; SQLCancel and timeouts; libcurl not before a load. */
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#include "integration/streamload.h"

static char top[64], jail[80];

static void pause_ms(long ms)
{
    struct timespec t = {0, ms * 1000000};
    (void)nanosleep(&t, NULL);
}

static void put(const char *name, const char *words)
{
    char path[200];
    snprintf(path, sizeof path, "%s/%s", top, name);
    FILE *out = fopen(path, "w");
    ck_assert_msg(out != NULL, "%s", path);
    fputs(words, out);
    fclose(out);
}

/* top/outside.csv, top/jail/{a.csv, link -> ../outside.csv, up -> .., pipe} */
static void build(void)
{
    char path[200];
    snprintf(top, sizeof top, "/tmp/test_streamload_XXXXXX");
    ck_assert(mkdtemp(top) != NULL);
    snprintf(jail, sizeof jail, "%s/jail", top);
    ck_assert_int_eq(mkdir(jail, 0700), 0);
    put("outside.csv", "9,outside\n");
    put("jail/a.csv", "1,eins\n2,zwei\n3,\\N\n");
    put("jail/a.json", "[{\"n\": 7, \"v\": \"sieben\"}]");
    snprintf(path, sizeof path, "%s/link", jail);
    ck_assert_int_eq(symlink("../outside.csv", path), 0);
    snprintf(path, sizeof path, "%s/up", jail);
    ck_assert_int_eq(symlink("..", path), 0);
    snprintf(path, sizeof path, "%s/pipe", jail);
    ck_assert_int_eq(mkfifo(path, 0600), 0);
}

static void tear_down(void)
{
    static const char *const names[] = {"jail/a.csv", "jail/row.csv", "jail/a.json",
                                        "jail/link",  "jail/up",      "jail/pipe",
                                        "jail",       "outside.csv",  ""};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[200];
        snprintf(path, sizeof path, "%s/%s", top, names[i]);
        (void)remove(path);
    }
}

static void open_with_dir(void)
{
    char keys[200];
    build();
    snprintf(keys, sizeof keys, "STREAMLOADDIR=%s", jail);
    load_open(keys);
}

static void open_doris(void)
{
    static const char *const options[] = {"dialect", "doris", NULL};
    char keys[400];
    build();
    fake_open(options);
    snprintf(keys, sizeof keys,
             "STREAMLOADURL=http://127.0.0.1:%u;STREAMLOADDIALECT=DORIS;STREAMLOADDIR=%s",
             fake_port(fake, FAKE_FE), jail);
    conn_open_as(&c, 0, keys);
    both_tables("(n BIGINT, v VARCHAR(200))", "(n BIGINT, v VARCHAR(200))");
}

static void close_all(void)
{
    load_close();
    tear_down();
}

START_TEST(files)
{
    char sql[300];
    open_with_dir();
    ok(c.stmt, direct(c.stmt, "STREAM LOAD INTO t FROM 'a.csv' "
                              "WITH (label='file-1', column_separator=',')"));
    SQLSMALLINT n = 0;
    ok(c.stmt, SQLNumResultCols(c.stmt, &n));
    ck_assert_int_eq(n, 11);
    ok(c.stmt, SQLFetch(c.stmt));
    ck_assert_str_eq(get(c.stmt, 1), "file-1");
    ck_assert_str_eq(get(c.stmt, 2), "Success");
    SQLBIGINT total = 0, filtered = 9;
    ok(c.stmt, SQLGetData(c.stmt, 4, SQL_C_SBIGINT, &total, 0, NULL));
    ok(c.stmt, SQLGetData(c.stmt, 6, SQL_C_SBIGINT, &filtered, 0, NULL));
    ck_assert_int_eq(total, 3);
    ck_assert_int_eq(filtered, 0);
    ck_assert_int_eq(SQLFetch(c.stmt), SQL_NO_DATA);
    SQLFreeStmt(c.stmt, SQL_CLOSE);
    ck_assert_uint_eq(loaded(), 3);
    ck_assert_str_eq(cell(1, 1), "zwei");
    ck_assert_str_eq(cell(2, 1), "NULL");
    /* by its whole name, with columns, as JSON */
    snprintf(sql, sizeof sql,
             "STREAM LOAD INTO test.t (n, x, v=upper(x)) FROM '%s/a.csv' "
             "WITH (column_separator=',', where='n = 1')",
             jail);
    fake_clear(fake, "test", "t");
    ok(c.stmt, direct(c.stmt, sql));
    SQLFreeStmt(c.stmt, SQL_CLOSE);
    ck_assert_uint_eq(loaded(), 1);
    ck_assert_str_eq(cell(0, 1), "EINS");
    run(c.stmt, "STREAM LOAD INTO t FROM 'a.json' WITH (format='json', strip_outer_array=true);");
    ck_assert_str_eq(cell(1, 1), "sieben");
    /* the same label again */
    refuses(c.stmt, "LU001",
            direct(c.stmt, "STREAM LOAD INTO t FROM 'a.csv' "
                           "WITH (label='file-1', column_separator=',')"));
    says("file-1");
    close_all();
}
END_TEST

/* Every column of the row, as the server said it. */
START_TEST(answer)
{
    static const char *const names[] = {
        "LABEL",           "STATUS", "TRANSACTION_ID", "ROWS_TOTAL", "ROWS_LOADED", "ROWS_FILTERED",
        "ROWS_UNSELECTED", "BYTES",  "MILLISECONDS",   "MESSAGE",    "ERROR_URL"};
    static const char *const want[] = {"row-1", "Success", NULL, "5",  "2", "1",
                                       "2",     "43",      NULL, "OK", NULL};
    SQLSMALLINT n = 0;
    open_with_dir();
    both_tables("(n TINYINT NOT NULL, v VARCHAR(200))", "(n BIGINT, v VARCHAR(200))");
    put("jail/row.csv", "1,eins\n2,zwei\n3,drei\n1000,zu gross\n5,fuenf\n");
    SQLRETURN rc = direct(
        c.stmt, "STREAM LOAD INTO t FROM 'row.csv' WITH (label='row-1', column_separator=',', "
                "where='n < 3', max_filter_ratio=0.5)");
    ck_assert_int_eq(rc, SQL_SUCCESS_WITH_INFO); /* one was rejected */
    ok(c.stmt, SQLNumResultCols(c.stmt, &n));
    ck_assert_int_eq(n, 11);
    ok(c.stmt, SQLFetch(c.stmt));
    for (SQLUSMALLINT i = 1; i <= 11; i++) {
        test_char name[64];
        SQLSMALLINT len = 0;
        ok(c.stmt, SQLColAttribute(c.stmt, i, SQL_DESC_NAME, name, sizeof name, &len, NULL));
        ck_assert_str_eq(text_back(name, (size_t)len / sizeof *name), names[i - 1]);
        const char *got = get(c.stmt, i);
        ck_assert_msg(!want[i - 1] || !strcmp(got, want[i - 1]), "%s is %s, not %s", names[i - 1],
                      got, want[i - 1]);
        if (i == 3)
            ck_assert_msg(strtol(got, NULL, 10) > 0, "TRANSACTION_ID %s", got);
        if (i == 9)
            ck_assert_msg(got[0] >= '0' && got[0] <= '9', "MILLISECONDS %s", got);
        if (i == 11)
            ck_assert_msg(strstr(got, "/api/_load_error_log?file="), "ERROR_URL %s", got);
    }
    SQLFreeStmt(c.stmt, SQL_CLOSE);
    close_all();
}
END_TEST

/* What each compression is called, in each format and dialect. */
START_TEST(compressions)
{
    static const struct {
        const char *name, *csv, *json, *doris; /* "": not there */
    } rows[] = {
        {"gzip", "format: gzip", "compression: gzip", "compress_type: gz"},
        {"GZ", "format: gzip", "compression: gzip", "compress_type: gz"},
        {"bzip2", "format: bzip2", "compression: bzip2", "compress_type: bz2"},
        {"bz2", "format: bzip2", "compression: bzip2", "compress_type: bz2"},
        {"lz4_frame", "format: lz4", "compression: lz4_frame", "compress_type: lz4"},
        {"lz4", "format: lz4", "compression: lz4_frame", "compress_type: lz4"},
        {"zstd", "format: zstd", "compression: zstd", ""},
        {"deflate", "format: deflate", "", "compress_type: deflate"},
        {"lzo", "", "", "compress_type: lzo"},
        {"lzop", "", "", "compress_type: lzop"},
        {"snappy", "format: snappy", "compression: snappy", "compress_type: snappy"},
    };
    static const char *const formats[] = {"format: csv", "format: json"};
    char sql[200];
    _i ? open_doris() : open_with_dir();
    for (size_t i = 0; i < 2 * (sizeof rows / sizeof *rows); i++) {
        bool json = i % 2;
        const char *want = _i ? rows[i / 2].doris : json ? rows[i / 2].json : rows[i / 2].csv;
        snprintf(sql, sizeof sql, "STREAM LOAD INTO t FROM 'a.csv' WITH (compression='%s'%s)",
                 rows[i / 2].name, json ? ", format=json" : "");
        SQLRETURN rc = direct(c.stmt, sql);
        if (!*want) {
            refuses(c.stmt, "HYC00", rc);
            says(rows[i / 2].name);
            continue;
        }
        char *head = fake_request(fake, 0);
        ck_assert_msg(strstr(head, want), "%s: no '%s' in %s", sql, want, head);
        ck_assert_msg(!_i || strstr(head, formats[json]), "%s: %s", sql, head);
        ck_assert_msg(_i || !strstr(head, "compress_type"), "%s: %s", sql, head);
        ck_assert_msg(!_i || !strstr(head, "compression"), "%s: %s", sql, head);
        free(head);
        SQLFreeStmt(c.stmt, SQL_CLOSE);
    }
    close_all();
}
END_TEST

/* A slip of the finger is no header. */
START_TEST(slips)
{
    static const struct {
        const char *with, *words; /* words NULL: it goes */
    } rows[] = {
        {"colum_separator=','", "column_separator is"},
        {"columnseparator=','", "column_separator is"},
        {"max_filter_ration=0.1", "max_filter_ratio is"},
        {"lable='x'", "label is"},
        {"skip_headers=1", "skip_header is"},
        {"strictmode=true", "strict_mode is"},
        {"partial_updates=true", "partial_update is"},
        {"`colum_separator`=','", NULL},
        {"load_dop=1, timezone='UTC', skip_header=0", NULL},
        {"brand_new_thing=1", NULL},
    };
    char sql[200];
    open_with_dir();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        snprintf(sql, sizeof sql, "STREAM LOAD INTO t FROM 'a.csv' WITH (%s, column_separator=',')",
                 rows[i].with);
        if (rows[i].words) {
            refuses(c.stmt, "42000", direct(c.stmt, sql));
            says(rows[i].words);
            continue;
        }
        ok(c.stmt, direct(c.stmt, sql));
        char *head = fake_request(fake, 0);
        bool is_sent = strstr(head, i == 7   ? "colum_separator: ,"
                                    : i == 8 ? "load_dop: 1"
                                             : "brand_new_thing: 1");
        ck_assert_msg(is_sent, "%s: %s", sql, head);
        free(head);
        SQLFreeStmt(c.stmt, SQL_CLOSE);
    }
    close_all();
}
END_TEST

START_TEST(escapes)
{
    static const struct {
        const char *name, *why;
    } rows[] = {
        {"../outside.csv", "not allowed"},
        {"link", "symbolic link"},
        {"up/outside.csv", "symbolic link"},
        {"/etc/passwd", "does not lie below"},
        {"pipe", "regular file"},
        {".", "regular file"},
        {"nothing.csv", "No such file"},
        {"", "names no file"},
        {"sub/../a.csv", "No such file"},
    };
    open_with_dir();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char sql[300];
        snprintf(sql, sizeof sql, "STREAM LOAD INTO t FROM '%s' WITH (column_separator=',')",
                 rows[i].name);
        refuses(c.stmt, "HY000", direct(c.stmt, sql));
        says(rows[i].why);
        ck_assert_uint_eq(loaded(), 0);
    }
    struct fake_stats st;
    fake_stats_get(fake, &st);
    ck_assert_uint_eq(st.requests, 0);
    close_all();
    /* nothing is open by default */
    build();
    load_open("");
    refuses(c.stmt, "HY000", direct(c.stmt, "STREAM LOAD INTO t FROM 'a.csv'"));
    says("STREAMLOADDIR");
    close_all();
}
END_TEST

START_TEST(refused_texts)
{
    static const struct {
        const char *sql, *state, *why;
    } rows[] = {
        {"STREAM LOAD t FROM 'x'", "42000", "INTO is expected"},
        {"STREAM LOAD INTO t FROM 'a.csv' WITH (headers='a: b')", "42000", "by their own names"},
        {"STREAM LOAD INTO t FROM 'a.csv' WITH (max_filter_ratio=7)", "HY024", "0 to 1"},
        {"STREAM LOAD INTO t FROM 'a.csv' WITH (label='a b')", "HY024", "letters"},
        {"STREAM LOAD INTO nowhere.t FROM 'a.csv'", "HY000", "nowhere"},
        {"STREAM LOAD INTO t FROM 'a.csv' WITH (Authorization='x')", "HY000", "uthorization"},
    };
    open_with_dir();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        SQLRETURN rc = direct(c.stmt, rows[i].sql);
        struct said d = said(c.stmt);
        ck_assert_msg(rc == SQL_ERROR && !strcmp(d.state, rows[i].state) &&
                          strstr(d.text, rows[i].why),
                      "%s: %d %s %s", rows[i].sql, rc, d.state, d.text);
    }
    ck_assert_uint_eq(loaded(), 0);
    close_all();
}
END_TEST

/* Rejected rows of a file. */
START_TEST(rejected)
{
    open_with_dir();
    put("jail/bad.csv", "1,ok\nx,not\n");
    refuses(c.stmt, "HY000",
            direct(c.stmt, "STREAM LOAD INTO t FROM 'bad.csv' WITH (column_separator=',')"));
    says("rejected: ");
    ck_assert_uint_eq(loaded(), 0);
    expect(c.stmt, SQL_SUCCESS_WITH_INFO, "01000",
           direct(c.stmt, "STREAM LOAD INTO t FROM 'bad.csv' "
                          "WITH (column_separator=',', max_filter_ratio=0.5)"));
    ok(c.stmt, SQLFetch(c.stmt));
    ck_assert_str_eq(get(c.stmt, 5), "1");
    ck_assert_str_eq(get(c.stmt, 6), "1");
    SQLFreeStmt(c.stmt, SQL_CLOSE);
    ck_assert_uint_eq(loaded(), 1);
    put("jail/bad.csv", "");
    char path[200];
    snprintf(path, sizeof path, "%s/bad.csv", jail);
    (void)remove(path);
    close_all();
}
END_TEST

START_TEST(parameters)
{
    char bytes[] = "1,eins\n2,zwei\n";
    SQLLEN len = (SQLLEN)strlen(bytes);
    open_with_dir();
    ok(c.stmt,
       SQLPrepare(c.stmt, text("STREAM LOAD INTO t FROM ? WITH (column_separator=',')"), SQL_NTS));
    SQLSMALLINT n = 0;
    ok(c.stmt, SQLNumParams(c.stmt, &n));
    ck_assert_int_eq(n, 1);
    ok(c.stmt, SQLNumResultCols(c.stmt, &n)); /* described before it ran */
    ck_assert_int_eq(n, 11);
    test_char name[60];
    SQLSMALLINT nname = 0, type = 0;
    ok(c.stmt, SQLDescribeCol(c.stmt, 5, name, 60, &nname, &type, NULL, NULL, NULL));
    ck_assert_str_eq(text_back(name, (size_t)nname), "ROWS_LOADED");
    ck_assert_int_eq(type, SQL_BIGINT);
    ok(c.stmt, SQLBindParameter(c.stmt, 1, SQL_PARAM_INPUT, SQL_C_BINARY, SQL_LONGVARBINARY, 0, 0,
                                bytes, len, &len));
    for (int round = 1; round < 3; round++) {
        ok(c.stmt, SQLExecute(c.stmt));
        ok(c.stmt, SQLFetch(c.stmt));
        ck_assert_str_eq(get(c.stmt, 5), "2");
        SQLFreeStmt(c.stmt, SQL_CLOSE);
    }
    ck_assert_uint_eq(loaded(), 2); /* one primary key */
    len = SQL_NULL_DATA;
    refuses(c.stmt, "HY009", SQLExecute(c.stmt));
    len = SQL_NTS;
    ok(c.stmt, SQLBindParameter(c.stmt, 1, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_LONGVARCHAR, 0, 0,
                                "3,drei\n", 0, &len));
    ok(c.stmt, SQLExecute(c.stmt));
    SQLFreeStmt(c.stmt, SQL_CLOSE);
    ck_assert_uint_eq(loaded(), 3);
    attr(SQL_ATTR_PARAMSET_SIZE, (void *)2);
    refuses(c.stmt, "HYC00", SQLExecute(c.stmt));
    close_all();
}
END_TEST

/* Some megabytes by SQLPutData, in pieces that end anywhere; twice with one label. */
enum { ROWS = 200000 };

static SQLRETURN push_rows(size_t piece)
{
    SQLPOINTER token = NULL;
    ck_assert_int_eq(SQLExecute(c.stmt), SQL_NEED_DATA);
    ck_assert_int_eq(SQLParamData(c.stmt, &token), SQL_NEED_DATA);
    ck_assert_ptr_eq(token, (SQLPOINTER)7);
    static char pending[1 << 16];
    size_t have = 0;
    for (int i = 0; i < ROWS; i++) {
        have +=
            (size_t)snprintf(pending + have, sizeof pending - have, "%d,text of row %d\n", i, i);
        if (have < piece && i + 1 < ROWS)
            continue;
        ok(c.stmt, SQLPutData(c.stmt, pending, (SQLLEN)have));
        have = 0;
    }
    return SQLParamData(c.stmt, &token);
}

START_TEST(pieces)
{
    SQLLEN len = SQL_DATA_AT_EXEC;
    open_with_dir();
    ok(c.stmt, SQLPrepare(c.stmt,
                          text("STREAM LOAD INTO t FROM ? "
                               "WITH (label='pushed', column_separator=',')"),
                          SQL_NTS));
    ok(c.stmt, SQLBindParameter(c.stmt, 1, SQL_PARAM_INPUT, SQL_C_BINARY, SQL_LONGVARBINARY, 0, 0,
                                (SQLPOINTER)7, 0, &len));
    ok(c.stmt, push_rows(40001));
    ok(c.stmt, SQLFetch(c.stmt));
    ck_assert_str_eq(get(c.stmt, 5), "200000");
    SQLFreeStmt(c.stmt, SQL_CLOSE);
    ck_assert_uint_eq(loaded(), ROWS);
    ck_assert_str_eq(cell(12345, 1), "text of row 12345");
    refuses(c.stmt, "LU001", push_rows(40001));
    says("pushed");
    /* given up in the middle: the server rolls back */
    ok(c.stmt, SQLPrepare(c.stmt,
                          text("STREAM LOAD INTO t FROM ? "
                               "WITH (label='given-up', column_separator=',')"),
                          SQL_NTS));
    fake_clear(fake, "test", "t");
    static char big[3 << 20];
    memset(big, 'x', sizeof big);
    SQLPOINTER token = NULL;
    ck_assert_int_eq(SQLExecute(c.stmt), SQL_NEED_DATA);
    ck_assert_int_eq(SQLParamData(c.stmt, &token), SQL_NEED_DATA);
    ok(c.stmt, SQLPutData(c.stmt, big, sizeof big));
    ok(c.stmt, SQLCancel(c.stmt));
    for (int i = 0; i < 500 && strcmp(fake_state(fake, "test", "given-up"), "ABORTED") != 0; i++)
        pause_ms(10);
    ck_assert_str_eq(fake_state(fake, "test", "given-up"), "ABORTED");
    ck_assert_uint_eq(loaded(), 0);
    close_all();
}
END_TEST

/* Inside a transaction. */
START_TEST(in_transaction)
{
    open_with_dir();
    SQLSetConnectAttr(c.dbc, SQL_ATTR_AUTOCOMMIT, (SQLPOINTER)SQL_AUTOCOMMIT_OFF, 0);
    run(c.stmt, "STREAM LOAD INTO t FROM 'a.csv' WITH (column_separator=',')");
    ck_assert_uint_eq(loaded(), 0);
    run(c.stmt, "STREAM LOAD INTO t FROM 'a.csv' WITH (column_separator=',')");
    refuses(c.stmt, "HYC00", direct(c.stmt, "STREAM LOAD INTO t FROM 'a.csv'"));
    says("alike");
    ck_assert(SQL_SUCCEEDED(SQLEndTran(SQL_HANDLE_DBC, c.dbc, SQL_COMMIT)));
    ck_assert_uint_eq(loaded(), 3);
    SQLSetConnectAttr(c.dbc, SQL_ATTR_AUTOCOMMIT, (SQLPOINTER)SQL_AUTOCOMMIT_ON, 0);
    close_all();
}
END_TEST

/* --- pieces inside a transaction -------------------------------------------------------------- */

static SQLRETURN end(SQLSMALLINT how)
{
    return SQLEndTran(SQL_HANDLE_DBC, c.dbc, how);
}

static void begin_pieces(const char *dialect)
{
    static SQLLEN len = SQL_DATA_AT_EXEC;
    const char *const options[] = {"dialect", dialect, NULL};
    char keys[100];
    fake_open(options);
    snprintf(keys, sizeof keys, "STREAMLOADURL=http://127.0.0.1:%u;STREAMLOADDIALECT=%s",
             fake_port(fake, FAKE_FE), dialect);
    conn_open_as(&c, 0, keys);
    both_tables("(n BIGINT, v VARCHAR(200))", "(n BIGINT, v VARCHAR(200))");
    SQLSetConnectAttr(c.dbc, SQL_ATTR_AUTOCOMMIT, (SQLPOINTER)SQL_AUTOCOMMIT_OFF, 0);
    ok(c.stmt,
       SQLPrepare(c.stmt, text("STREAM LOAD INTO t FROM ? WITH (column_separator=',')"), SQL_NTS));
    ok(c.stmt, SQLBindParameter(c.stmt, 1, SQL_PARAM_INPUT, SQL_C_BINARY, SQL_LONGVARBINARY, 0, 0,
                                (SQLPOINTER)7, 0, &len));
}

static const char *const dialects[] = {"starrocks", "doris"};

/* More than is kept goes to the server as it comes, load by load. */
START_TEST(pieces_in_transaction)
{
    begin_pieces(dialects[_i]);
    for (int i = 0; i < 2; i++) {
        ok(c.stmt, push_rows(40001));
        ok(c.stmt, SQLFetch(c.stmt));
        SQLFreeStmt(c.stmt, SQL_CLOSE);
        ck_assert_uint_eq(loaded(), 0);
    }
    ck_assert_int_eq(end(SQL_COMMIT), SQL_SUCCESS);
    ck_assert_uint_eq(loaded(), (size_t)2 * ROWS);
    ck_assert_str_eq(cell(ROWS + 12345, 1), "text of row 12345");
    ok(c.stmt, push_rows(1 << 15));
    SQLFreeStmt(c.stmt, SQL_CLOSE);
    ck_assert_int_eq(end(SQL_ROLLBACK), SQL_SUCCESS);
    ck_assert_uint_eq(loaded(), (size_t)2 * ROWS);
    SQLSetConnectAttr(c.dbc, SQL_ATTR_AUTOCOMMIT, (SQLPOINTER)SQL_AUTOCOMMIT_ON, 0);
    load_close();
}
END_TEST

static void push_some(void)
{
    static char big[3 << 20];
    SQLPOINTER token = NULL;
    memset(big, 'x', sizeof big);
    ck_assert_int_eq(SQLExecute(c.stmt), SQL_NEED_DATA);
    ck_assert_int_eq(SQLParamData(c.stmt, &token), SQL_NEED_DATA);
    ok(c.stmt, SQLPutData(c.stmt, "1,one\n2,two\n3,", 14));
    ok(c.stmt, SQLPutData(c.stmt, big, sizeof big));
}

/* While one load waits, no other belongs to the transaction, and it does not end.  Given up in the
 * middle it can only be rolled back, and says so. */
START_TEST(pieces_given_up)
{
    begin_pieces(dialects[_i]);
    push_some();
    SQLHSTMT other = new_stmt(&c);
    ok(other, SQLBindParameter(other, 1, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_VARCHAR, 0, 0, "4,four\n",
                               0, NULL));
    refuses(other, "HY010", direct(other, "STREAM LOAD INTO t FROM ? WITH (column_separator=',')"));
    drop_stmt(other);
    ck_assert_int_eq(end(SQL_COMMIT), SQL_ERROR);
    ck_assert_str_eq(said_at(SQL_HANDLE_DBC, c.dbc, 1).state, "HY010");
    ok(c.stmt, SQLCancel(c.stmt));
    ck_assert_int_eq(end(SQL_COMMIT), SQL_ERROR);
    struct said d = said_at(SQL_HANDLE_DBC, c.dbc, 1);
    ck_assert_msg(!strcmp(d.state, "HY000") && strstr(d.text, "given up"), "%s %s", d.state,
                  d.text);
    ck_assert_uint_eq(loaded(), 0);
    ck_assert_int_eq(end(SQL_ROLLBACK), SQL_SUCCESS);
    push_some();
    load_close(); /* with all that */
}
END_TEST

/* A load that breaks is told where it breaks. */
START_TEST(pieces_broken)
{
    static char line[1 << 16];
    SQLPOINTER token = NULL;
    SQLRETURN rc = SQL_SUCCESS;
    begin_pieces("starrocks");
    memset(line, 'x', sizeof line);
    ck_assert_int_eq(SQLExecute(c.stmt), SQL_NEED_DATA);
    ck_assert_int_eq(SQLParamData(c.stmt, &token), SQL_NEED_DATA);
    ck_assert(fake_fault(fake, "be_reset_body:100000"));
    for (int i = 0; i < 500 && rc == SQL_SUCCESS; i++)
        rc = SQLPutData(c.stmt, line, sizeof line);
    if (rc == SQL_SUCCESS)
        rc = SQLParamData(c.stmt, &token);
    ck_assert_int_eq(rc, SQL_ERROR);
    says("can only be rolled back");
    ck_assert_int_eq(end(SQL_COMMIT), SQL_ERROR);
    ck_assert_int_eq(end(SQL_ROLLBACK), SQL_SUCCESS);
    ck_assert_uint_eq(loaded(), 0);
    SQLSetConnectAttr(c.dbc, SQL_ATTR_AUTOCOMMIT, (SQLPOINTER)SQL_AUTOCOMMIT_ON, 0);
    load_close();
}
END_TEST

/* --- stopping --------------------------------------------------------------------------------- */

static void *cancel_soon(void *ctx)
{
    struct fake_stats st = {0};
    for (int i = 0; i < 1000 && !st.loads_begun; i++) {
        pause_ms(10);
        fake_stats_get(fake, &st);
    }
    pause_ms(100);
    (void)SQLCancel(ctx);
    return NULL;
}

START_TEST(cancelling)
{
    struct rows r;
    pthread_t thread;
    load_open("");
    fill(&r);
    bind(&r, N);
    ck_assert(fake_fault(fake, "be_hang"));
    ck_assert_int_eq(pthread_create(&thread, NULL, cancel_soon, c.stmt), 0);
    double start = seconds();
    SQLRETURN rc = direct(c.stmt, "INSERT INTO t (n, v) VALUES (?, ?)");
    struct said d = said(c.stmt);
    pthread_join(thread, NULL);
    ck_assert_int_eq(rc, SQL_ERROR);
    /* all bytes were sent: nobody knows */
    ck_assert_msg(!strcmp(d.state, "08007") && strstr(d.text, "mywire_"), "%s %s", d.state, d.text);
    ck_assert(seconds() - start < 15);
    fake_fault_clear(fake);
    ok(c.stmt, direct(c.stmt, "INSERT INTO t (n, v) VALUES (?, ?)")); /* and goes on */
    load_close();
}
END_TEST

START_TEST(timeouts)
{
    struct rows r;
    load_open("");
    fill(&r);
    bind(&r, N);
    attr(SQL_ATTR_QUERY_TIMEOUT, (void *)2);
    ck_assert(fake_fault(fake, "fe_no_backend*0"));
    double start = seconds();
    SQLRETURN rc = direct(c.stmt, "INSERT INTO t (n, v) VALUES (?, ?)");
    ck_assert_int_eq(rc, SQL_ERROR);
    ck_assert_msg(seconds() - start < 18, "%f s", seconds() - start);
    all_status(&r, N, SQL_PARAM_ERROR);
    fake_fault_clear(fake);
    ok(c.stmt, direct(c.stmt, "INSERT INTO t (n, v) VALUES (?, ?)"));
    char *head = fake_request(fake, 0);
    ck_assert_msg(strstr(head, "timeout: 2\r\n") != NULL, "%s", head);
    free(head);
    load_close();
}
END_TEST

static bool has_curl(void)
{
    char line[1000];
    bool has = false;
    FILE *maps = fopen("/proc/self/maps", "r");
    ck_assert(maps != NULL);
    while (fgets(line, sizeof line, maps))
        has |= strstr(line, "libcurl") != NULL;
    fclose(maps);
    return has;
}

START_TEST(curl_is_late)
{
    struct rows r;
    ck_assert_msg(!has_curl(), "libcurl was there before");
    load_open("");
    ck_assert_msg(!has_curl(), "libcurl is there without a load");
    run(c.stmt, "INSERT INTO t (n, v) VALUES (1, 'a')");
    ck_assert(!has_curl());
    fill(&r);
    bind(&r, N);
    ok(c.stmt, direct(c.stmt, "INSERT INTO t (n, v) VALUES (?, ?)"));
    ck_assert(has_curl());
    load_close();
}
END_TEST

int main(void)
{
    Suite *s = suite_create("streamload_stmt");
    TCase *t = tcase_create("streamload_stmt");
    tcase_set_timeout(t, 120);
    tcase_add_test(t, curl_is_late); /* first: it stays loaded */
    tcase_add_test(t, files);
    tcase_add_test(t, answer);
    tcase_add_loop_test(t, compressions, 0, 2);
    tcase_add_test(t, slips);
    tcase_add_test(t, escapes);
    tcase_add_test(t, refused_texts);
    tcase_add_test(t, rejected);
    tcase_add_test(t, parameters);
    tcase_add_test(t, pieces);
    tcase_add_test(t, in_transaction);
    tcase_add_loop_test(t, pieces_in_transaction, 0, 2);
    tcase_add_loop_test(t, pieces_given_up, 0, 2);
    tcase_add_test(t, pieces_broken);
    tcase_add_test(t, cancelling);
    tcase_add_test(t, timeouts);
    suite_add_tcase(s, t);
    return run_suite(s);
}
