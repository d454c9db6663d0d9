/* test_streamload_many.c - 100,000 rows by SQLBulkOperations over HTTPS with a client certificate,
 * read back equal, by Stream Load and as SQL; memory does not grow with them. */
#include <sys/resource.h>

#include "integration/streamload.h"

enum { ROWS = 100000, CHUNK = 10000 };

static struct {
    SQLBIGINT id[CHUNK];
    SQLLEN id_len[CHUNK];
    char name[CHUNK][60];
    SQLLEN name_len[CHUNK];
    double d[CHUNK];
    SQLLEN d_len[CHUNK];
    SQL_TIMESTAMP_STRUCT at[CHUNK];
    SQLLEN at_len[CHUNK];
    unsigned char bytes[CHUNK][8];
    SQLLEN bytes_len[CHUNK];
    SQLUSMALLINT status[CHUNK];
} b;

static void name_of(SQLBIGINT id, char *out)
{
    static const char *const odd[] = {"plain", "\"quoted\"", "a,b\tc",           "line\nfeed",
                                      "\\N",   "",           "\xf0\x9f\x98\x80", "\x01\x02"};
    snprintf(out, 60, "%s%s%d", odd[id % 8], id % 8 == 4 || id % 8 == 5 ? "" : " ", (int)id);
    if (id % 8 == 4 || id % 8 == 5)
        snprintf(out, 60, "%s", odd[id % 8]);
}

static void fill_chunk(SQLBIGINT first)
{
    for (int i = 0; i < CHUNK; i++) {
        SQLBIGINT id = first + i;
        b.id[i] = id;
        name_of(id, b.name[i]);
        b.name_len[i] = id % 11 ? SQL_NTS : SQL_NULL_DATA;
        b.d[i] = (double)id / 3;
        b.at[i] = (SQL_TIMESTAMP_STRUCT){
            2024, 6, 7, 8, 9, (SQLUSMALLINT)(id % 60), (SQLUINTEGER)(id % 1000000) * 1000};
        memcpy(b.bytes[i], &id, 8);
        b.bytes_len[i] = id % 9;
        if (b.bytes_len[i] > 8)
            b.bytes_len[i] = 8;
    }
}

static void bind_chunk(void)
{
    attr(SQL_ATTR_ROW_ARRAY_SIZE, (void *)CHUNK);
    attr(SQL_ATTR_ROW_STATUS_PTR, b.status);
    ok(c.stmt, SQLBindCol(c.stmt, 1, SQL_C_SBIGINT, b.id, 0, b.id_len));
    ok(c.stmt, SQLBindCol(c.stmt, 2, SQL_C_CHAR, b.name, 60, b.name_len));
    ok(c.stmt, SQLBindCol(c.stmt, 3, SQL_C_DOUBLE, b.d, 0, b.d_len));
    ok(c.stmt, SQLBindCol(c.stmt, 4, SQL_C_TYPE_TIMESTAMP, b.at, 0, b.at_len));
    ok(c.stmt, SQLBindCol(c.stmt, 5, SQL_C_BINARY, b.bytes, 8, b.bytes_len));
}

static void read_back(void)
{
    char want[100];
    for (size_t i = 0; i < ROWS; i++) {
        const char *p = NULL;
        size_t n = 0;
        SQLBIGINT id = (SQLBIGINT)i;
        snprintf(want, sizeof want, "%zu", i);
        ck_assert_str_eq(cell(i, 0), want);
        name_of(id, want);
        int has = fake_cell(fake, "test", "t", i, 1, &p, &n);
        ck_assert_msg(has == (i % 11 != 0) && (!has || (n == strlen(want) && !memcmp(p, want, n))),
                      "row %zu: %.*s", i, has ? (int)n : 4, has ? p : "NULL");
        ck_assert_msg(strtod(cell(i, 2), NULL) == (double)id / 3, "row %zu: %s", i, cell(i, 2));
        ck_assert_int_eq(fake_cell(fake, "test", "t", i, 4, &p, &n), 1);
        size_t len = i % 9 > 8 ? 8 : i % 9;
        ck_assert_msg(n == len && !memcmp(p, &id, len), "bytes of row %zu", i);
    }
}

START_TEST(bulk_operations)
{
    char crt[SERVER_TEXT], key[SERVER_TEXT], ca[SERVER_TEXT], ccrt[SERVER_TEXT], ckey[SERVER_TEXT];
    char keys[3000];
    const char *const options[] = {"fe-tls",    "on",
                                   "be-tls",    "on",
                                   "cert",      server_pki(crt, "server-good.crt"),
                                   "key",       server_pki(key, "server-good.key"),
                                   "client-ca", server_pki(ca, "ca.crt"),
                                   NULL};
    fake_open(options);
    snprintf(keys, sizeof keys, "SSLMODE=VERIFY_IDENTITY;SSLCA=%s;SSLCERT=%s;SSLKEY=%s", ca,
             server_pki(ccrt, "client-good.crt"), server_pki(ckey, "client-good.key"));
    load_connect("https", keys);
    both_tables("(id BIGINT, name VARCHAR(100), d DOUBLE, at DATETIME, b VARBINARY(8))",
                "(id BIGINT, name VARCHAR(100), d DOUBLE, at DATETIME(6), b VARBINARY(8))");
    ok(c.stmt, direct(c.stmt, "SELECT id, name, d, at, b FROM t"));
    bind_chunk();
    for (SQLBIGINT first = 0; first < ROWS; first += CHUNK) {
        fill_chunk(first);
        ok(c.stmt, SQLBulkOperations(c.stmt, SQL_ADD));
        for (int i = 0; i < CHUNK; i++)
            ck_assert_uint_eq(b.status[i], SQL_ROW_ADDED);
        ck_assert_str_eq(get_text(SQL_ATTR_MYWIRE_LOADED_ROWS), "10000");
    }
    ck_assert_uint_eq(loaded(), ROWS);
    read_back();
    struct fake_stats st;
    fake_stats_get(fake, &st);
    ck_assert_uint_eq(st.loads_committed, ROWS / CHUNK);
    ck_assert_uint_eq(st.duplicates, 0);
    ck_assert_uint_eq(st.fe_body_bytes, 0);
    load_close();
}
END_TEST

static void check_chunk(SQLBIGINT first)
{
    char want[100];
    for (int i = 0; i < CHUNK; i++) {
        SQLBIGINT id = first + i;
        name_of(id, want);
        ck_assert_int_eq(b.id[i], id);
        ck_assert_msg((b.name_len[i] == SQL_NULL_DATA) == (id % 11 == 0) &&
                          (id % 11 == 0 || strcmp(b.name[i], want) == 0),
                      "row %d: %s", (int)id, b.name[i]);
        ck_assert_msg(b.d[i] == (double)id / 3, "row %d: %.17g", (int)id, b.d[i]);
        ck_assert_int_eq(b.at[i].second, id % 60);
        ck_assert_uint_eq(b.at[i].fraction, (SQLUINTEGER)(id % 1000000) * 1000);
        ck_assert_msg(b.bytes_len[i] == (id % 9 > 8 ? 8 : id % 9) &&
                          memcmp(b.bytes[i], &id, (size_t)b.bytes_len[i]) == 0,
                      "bytes of row %d", (int)id);
    }
}

/* The same program against servers without Stream Load: the rows go as SQL. */
START_TEST(bulk_operations_as_sql)
{
    char bundle[SERVER_TEXT], keys[2 * SERVER_TEXT];
    snprintf(keys, sizeof keys, "SSLMODE=VERIFY_IDENTITY;SSLBUNDLE=%s;",
             server_pki(bundle, "bundle"));
    conn_open_as(&c, _i, keys);
    conn_database(&c, "many");
    run(c.stmt,
        "CREATE TABLE t (id BIGINT PRIMARY KEY, name VARCHAR(100), d DOUBLE, at DATETIME(6), "
        "b VARBINARY(8))");
    ok(c.stmt, direct(c.stmt, "SELECT id, name, d, at, b FROM t"));
    bind_chunk();
    for (SQLBIGINT first = 0; first < ROWS; first += CHUNK) {
        fill_chunk(first);
        ok(c.stmt, SQLBulkOperations(c.stmt, SQL_ADD));
        for (int i = 0; i < CHUNK; i++)
            ck_assert_uint_eq(b.status[i], SQL_ROW_ADDED);
    }
    SQLFreeStmt(c.stmt, SQL_CLOSE);
    ok(c.stmt, direct(c.stmt, "SELECT id, name, d, at, b FROM t ORDER BY id"));
    for (SQLBIGINT first = 0; first < ROWS; first += CHUNK) {
        ok(c.stmt, SQLFetch(c.stmt));
        check_chunk(first);
    }
    ck_assert_int_eq(SQLFetch(c.stmt), SQL_NO_DATA);
    conn_close(&c);
    c = (struct conn){0};
}
END_TEST

/* One execute with rows of 40 MB goes in constant memory, not counting the application's. */
START_TEST(constant_memory)
{
    enum { MANY = 400000, LONG = 100 };
    struct rusage before, after;
    const char *const options[] = {"sink", "on", NULL};
    fake_open(options);
    load_connect("http", "");
    both_tables("(v VARCHAR(200))", "(v VARCHAR(200))");
    /* every row is the same buffer: row-wise binding with the least stride */
    static char rows_of[MANY + LONG];
    memset(rows_of, 'y', sizeof rows_of);
    attr(SQL_ATTR_PARAM_BIND_TYPE, (void *)1);
    attr(SQL_ATTR_PARAMSET_SIZE, (void *)MANY);
    ok(c.stmt, SQLBindParameter(c.stmt, 1, SQL_PARAM_INPUT, SQL_C_BINARY, SQL_VARCHAR, LONG, 0,
                                rows_of, LONG, NULL));
    (void)getrusage(RUSAGE_SELF, &before);
    ok(c.stmt, direct(c.stmt, "INSERT INTO t (v) VALUES (?)"));
    (void)getrusage(RUSAGE_SELF, &after);
    struct fake_stats st;
    fake_stats_get(fake, &st);
    ck_assert_msg(st.body_bytes > (uint64_t)MANY * LONG, "%llu bytes",
                  (unsigned long long)st.body_bytes);
#if !defined(__SANITIZE_ADDRESS__) /* which keeps what is freed */
    ck_assert_msg(after.ru_maxrss - before.ru_maxrss < 40000, "%ld KiB more",
                  after.ru_maxrss - before.ru_maxrss);
#endif
    load_close();
}
END_TEST

int main(void)
{
    Suite *s = suite_create("streamload_many");
    TCase *t = tcase_create("streamload_many");
    tcase_set_timeout(t, 300);
    tcase_add_test(t, bulk_operations);
    tcase_add_loop_test(t, bulk_operations_as_sql, 0, 2);
    tcase_add_test(t, constant_memory);
    suite_add_tcase(s, t);
    return run_suite(s);
}
