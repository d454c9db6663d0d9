/* test_streamload_types.c - every value arrives byte for byte: types, hostile text, NULL against
 * the empty text, tables of one column; over TLS as the keys say. */
#include "integration/streamload.h"

/* One column of any type, loaded from texts and read back. */
struct value {
    const char *column; /* its type in the fake */
    SQLSMALLINT ctype, type;
    const char *given, *want; /* want NULL: as given */
};

static const struct value values[] = {
    {"BOOLEAN", SQL_C_CHAR, SQL_BIT, "1", NULL},
    {"TINYINT", SQL_C_CHAR, SQL_TINYINT, "-128", NULL},
    {"BIGINT", SQL_C_CHAR, SQL_BIGINT, "-9223372036854775808", NULL},
    {"LARGEINT", SQL_C_CHAR, SQL_VARCHAR, "170141183460469231731687303715884105727", NULL},
    {"LARGEINT", SQL_C_CHAR, SQL_DECIMAL, "-170141183460469231731687303715884105728", NULL},
    {"DECIMAL(38,10)", SQL_C_CHAR, SQL_DECIMAL, "1234567890123456789012345678.0123456789", NULL},
    {"DECIMAL(38,0)", SQL_C_CHAR, SQL_NUMERIC, "-99999999999999999999999999999999999999", NULL},
    {"DOUBLE", SQL_C_CHAR, SQL_DOUBLE, "-1.5e300", "-1.5e+300"},
    {"DATE", SQL_C_CHAR, SQL_TYPE_DATE, "2024-02-29", NULL},
    {"DATETIME", SQL_C_CHAR, SQL_TYPE_TIMESTAMP, "2024-02-29 23:59:59.123456", NULL},
    {"DATETIME", SQL_C_CHAR, SQL_TYPE_TIMESTAMP, "0001-01-01 00:00:00", NULL},
    {"JSON", SQL_C_CHAR, SQL_VARCHAR, "{\"a\": [1, \"x\\\"y\"]}", "{\"a\":[1,\"x\\\"y\"]}"},
    {"ARRAY<INT>", SQL_C_CHAR, SQL_VARCHAR, "[1,2,null]", NULL},
    {"VARCHAR(100)", SQL_C_CHAR, SQL_VARCHAR, "plain", NULL},
    {"VARCHAR(100)", SQL_C_CHAR, SQL_VARCHAR, "", NULL},
    {"VARCHAR(100)", SQL_C_CHAR, SQL_VARCHAR, "\\N", NULL},
    {"VARCHAR(100)", SQL_C_CHAR, SQL_VARCHAR, "\"abc", NULL},
    {"VARCHAR(100)", SQL_C_CHAR, SQL_VARCHAR, "a\"\"b\\", NULL},
    {"VARCHAR(100)", SQL_C_CHAR, SQL_VARCHAR, "a,b\tc\nd\r\ne", NULL},
    {"VARCHAR(100)", SQL_C_CHAR, SQL_VARCHAR, "\x01\x02\x03\x1f", NULL},
    {"VARCHAR(100)", SQL_C_CHAR, SQL_VARCHAR, " blanks around ", NULL},
    {"VARCHAR(100)", SQL_C_CHAR, SQL_VARCHAR, "\xf0\x9f\x98\x80 \xe2\x82\xac \xc3\xa4", NULL},
    {"VARCHAR(100)", SQL_C_CHAR, SQL_VARCHAR, "NULL", NULL},
    {"VARCHAR(100)", SQL_C_CHAR, SQL_VARCHAR, "[1, {]", NULL},
};

static void load_column(const struct value *v, const char *format)
{
    char columns[200], data[2][200];
    SQLLEN len[3] = {0, SQL_NULL_DATA, 0};
    char cells[3][200];
    snprintf(columns, sizeof columns, "(x %s)", v->column);
    both_tables(columns, "(x TEXT)");
    set_text(SQL_ATTR_MYWIRE_LOAD_FORMAT, format);
    (void)data;
    for (int i = 0; i < 3; i++) {
        snprintf(cells[i], sizeof cells[i], "%s", v->given);
        if (i != 1)
            len[i] = (SQLLEN)strlen(v->given);
    }
    attr(SQL_ATTR_PARAMSET_SIZE, (void *)3);
    ok(c.stmt,
       SQLBindParameter(c.stmt, 1, SQL_PARAM_INPUT, v->ctype, v->type, 100, 10, cells, 200, len));
    SQLRETURN rc = direct(c.stmt, "INSERT INTO t (x) VALUES (?)");
    struct said d = said(c.stmt);
    ck_assert_msg(SQL_SUCCEEDED(rc), "%s '%s' %s: %s %s", v->column, v->given, format, d.state,
                  d.text);
    const char *want = v->want ? v->want : v->given;
    ck_assert_msg(loaded() == 3, "%s '%s': %zu rows", v->column, v->given, loaded());
    for (size_t i = 0; i < 3; i++) {
        const char *seen = cell(i, 0);
        const char *p = NULL;
        size_t n = 0;
        bool is_null = !fake_cell(fake, "test", "t", i, 0, &p, &n);
        ck_assert_msg(is_null == (i == 1), "%s '%s' %s: row %zu null", v->column, v->given, format,
                      i);
        bool is_double = !strcmp(v->column, "DOUBLE");
        bool is_same = is_null || !strcmp(seen, want) || (is_double && !strcmp(seen, "-1.5e300"));
        ck_assert_msg(is_same, "%s '%s' %s: got '%s'", v->column, v->given, format, seen);
    }
}

START_TEST(texts)
{
    load_open("");
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        load_column(&values[i], "AUTO");
    /* documents are not known to MariaDB: test_streamload_product.c, json_columns */
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        if (!strstr(values[i].column, "JSON") && !strstr(values[i].column, "ARRAY"))
            load_column(&values[i], "JSON");
    /* NUL bytes inside */
    both_tables("(x VARCHAR(20), y INT)", "(x TEXT, y INT)");
    set_text(SQL_ATTR_MYWIRE_LOAD_FORMAT, "AUTO");
    char nul[2][4] = {{'a', 0, 'b', 0}, {0, 0, 0, 0}};
    SQLLEN len[2] = {4, 1};
    attr(SQL_ATTR_PARAMSET_SIZE, (void *)2);
    ok(c.stmt,
       SQLBindParameter(c.stmt, 1, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_VARCHAR, 4, 0, nul, 4, len));
    ok(c.stmt, direct(c.stmt, "INSERT INTO t (x, y) VALUES (?, 1)"));
    const char *p = NULL;
    size_t n = 0;
    ck_assert_int_eq(fake_cell(fake, "test", "t", 0, 0, &p, &n), 1);
    ck_assert(n == 4 && !memcmp(p, "a\0b\0", 4));
    ck_assert_int_eq(fake_cell(fake, "test", "t", 1, 0, &p, &n), 1);
    ck_assert(n == 1 && p[0] == 0);
    load_close();
}
END_TEST

/* C types of fixed size, wide text and bytes of every value. */
START_TEST(c_types)
{
    enum { M = 256 };
    static unsigned char bytes[M][3];
    static SQLLEN bytes_len[M];
    static SQLWCHAR wide[M][4];
    static SQLLEN wide_len[M];
    static double doubles[M];
    static SQL_TIMESTAMP_STRUCT stamps[M];
    static SQL_NUMERIC_STRUCT numbers[M];
    static SQLINTEGER ids[M];
    load_open("");
    both_tables("(id INT, b VARBINARY(10), w VARCHAR(20), d DOUBLE, s DATETIME, u DECIMAL(20,0))",
                "(id INT, b BLOB, w TEXT, d DOUBLE, s DATETIME(6), u DECIMAL(20,0))");
    for (int i = 0; i < M; i++) {
        ids[i] = i;
        bytes[i][0] = (unsigned char)i;
        bytes[i][1] = (unsigned char)(255 - i);
        bytes_len[i] = i % 3;
        wide[i][0] = 0xd83d;
        wide[i][1] = (SQLWCHAR)(0xde00 + i % 80);
        wide[i][2] = (SQLWCHAR)(i ? i : 1);
        wide_len[i] = 6;
        doubles[i] = i / 7.0;
        stamps[i] = (SQL_TIMESTAMP_STRUCT){2024, 1, 2, 3, 4, 5, (SQLUINTEGER)i * 1000};
        numbers[i] = (SQL_NUMERIC_STRUCT){.precision = 20, .sign = 1};
        numbers[i].val[0] = (SQLCHAR)i;
        numbers[i].val[7] = 0x10;
    }
    attr(SQL_ATTR_PARAMSET_SIZE, (void *)M);
    ok(c.stmt,
       SQLBindParameter(c.stmt, 1, SQL_PARAM_INPUT, SQL_C_SLONG, SQL_INTEGER, 0, 0, ids, 0, NULL));
    ok(c.stmt, SQLBindParameter(c.stmt, 2, SQL_PARAM_INPUT, SQL_C_BINARY, SQL_VARBINARY, 3, 0,
                                bytes, 3, bytes_len));
    ok(c.stmt, SQLBindParameter(c.stmt, 3, SQL_PARAM_INPUT, SQL_C_WCHAR, SQL_WVARCHAR, 3, 0, wide,
                                8, wide_len));
    ok(c.stmt, SQLBindParameter(c.stmt, 4, SQL_PARAM_INPUT, SQL_C_DOUBLE, SQL_DOUBLE, 0, 0, doubles,
                                0, NULL));
    ok(c.stmt, SQLBindParameter(c.stmt, 5, SQL_PARAM_INPUT, SQL_C_TYPE_TIMESTAMP,
                                SQL_TYPE_TIMESTAMP, 26, 6, stamps, 0, NULL));
    ok(c.stmt, SQLBindParameter(c.stmt, 6, SQL_PARAM_INPUT, SQL_C_NUMERIC, SQL_NUMERIC, 20, 0,
                                numbers, 0, NULL));
    ok(c.stmt, direct(c.stmt, "INSERT INTO t (id, b, w, d, s, u) VALUES (?, ?, ?, ?, ?, ?)"));
    ck_assert_uint_eq(loaded(), M);
    for (size_t i = 0; i < M; i++) {
        char want[100];
        const char *p = NULL;
        size_t n = 0;
        ck_assert_int_eq(fake_cell(fake, "test", "t", i, 1, &p, &n), 1);
        ck_assert_msg(n == i % 3 && !memcmp(p, bytes[i], n), "bytes %zu", i);
        char utf8[40];
        narrow(wide[i], 3, utf8);
        ck_assert_str_eq(cell(i, 2), utf8);
        ck_assert_msg(strtod(cell(i, 3), NULL) == doubles[i], "double %zu: %s", i, cell(i, 3));
        snprintf(want, sizeof want, i ? "2024-01-02 03:04:05.%06zu" : "2024-01-02 03:04:05", i);
        ck_assert_str_eq(cell(i, 4), want);
        snprintf(want, sizeof want, "%llu", 0x1000000000000000ULL + i);
        ck_assert_str_eq(cell(i, 5), want);
    }
    /* JSON cannot carry bytes as such: they go as hexadecimal text, or are refused */
    fake_clear(fake, "test", "t");
    set_text(SQL_ATTR_MYWIRE_LOAD_FORMAT, "JSON");
    SQLRETURN rc = direct(c.stmt, "INSERT INTO t (id, b, w, d, s, u) VALUES (?, ?, ?, ?, ?, ?)");
    ck_assert_msg(!SQL_SUCCEEDED(rc) || loaded() == M, "%d, %zu rows", rc, loaded());
    for (size_t i = 0; i < loaded(); i++) {
        const char *p = NULL;
        size_t n = 0;
        ck_assert_int_eq(fake_cell(fake, "test", "t", i, 1, &p, &n), 1);
        ck_assert_msg(n == i % 3 && !memcmp(p, bytes[i], n), "bytes %zu as JSON", i);
    }
    load_close();
}
END_TEST

/* Rows in every binding, plain ones and others in turn: whichever way a row goes, it is the same.
 */
enum { BOUND = 3000 };
struct bound {
    SQLINTEGER id;
    SQLLEN id_ind;
    double d;
    char v[32];
    SQLLEN v_len, v_ind;
    SQL_TIMESTAMP_STRUCT s;
    SQLLEN s_ind;
};

static void bound_fill(struct bound *b, int i, int kind)
{
    static const char *const odd[] = {"a\nb", "\1\2", "x\1\5\3y\2\6\4", "\\N"};
    *b = (struct bound){.id = i * 7919, .d = i / 7.0};
    snprintf(b->v, sizeof b->v, i % 5 ? "K\xc3\xb6ln \"%d\"" : "%d", i);
    if (i % 5 == 0 && i % 3)
        b->v[0] = '\0';
    if (kind && i % 11 == 0)
        snprintf(b->v, sizeof b->v, "%s", odd[i % (kind == 1 ? 3 : 4)]);
    b->v_len = i % 2 ? SQL_NTS : (SQLLEN)strlen(b->v);
    b->id_ind = i % 13 ? 0 : SQL_NULL_DATA;
    b->v_ind = i % 17 ? 0 : SQL_NULL_DATA;
    b->s = (SQL_TIMESTAMP_STRUCT){2020, 1, 2, 3, 4, 5, (SQLUINTEGER)(i % 3) * 1000};
}

static void bound_check(const struct bound *rows, size_t most, const char *what)
{
    ck_assert_msg(loaded() == most, "%s: %zu rows", what, loaded());
    for (size_t i = 0; i < most; i++) {
        const struct bound *b = &rows[i];
        char id[20], s[40];
        snprintf(id, sizeof id, "%d", (int)b->id);
        snprintf(s, sizeof s, b->s.fraction ? "2020-01-02 03:04:05.%06u" : "2020-01-02 03:04:05",
                 (unsigned)b->s.fraction / 1000);
        ck_assert_msg(!strcmp(cell(i, 0), b->id_ind ? "NULL" : id), "%s: id of row %zu", what, i);
        ck_assert_msg(strtod(cell(i, 1), NULL) == b->d, "%s: double of row %zu", what, i);
        ck_assert_msg(!strcmp(cell(i, 2), b->v_ind ? "NULL" : b->v), "%s: text of row %zu: %s",
                      what, i, cell(i, 2));
        ck_assert_msg(!strcmp(cell(i, 3), s), "%s: moment of row %zu: %s", what, i, cell(i, 3));
    }
}

/* The text has a length and an indicator of its own. */
static void bound_bind(struct bound *b)
{
    SQLHDESC apd = NULL;
    attr(SQL_ATTR_PARAM_BIND_TYPE, (void *)sizeof *b);
    ok(c.stmt, SQLBindParameter(c.stmt, 1, SQL_PARAM_INPUT, SQL_C_SLONG, SQL_INTEGER, 0, 0, &b->id,
                                0, &b->id_ind));
    ok(c.stmt, SQLBindParameter(c.stmt, 2, SQL_PARAM_INPUT, SQL_C_DOUBLE, SQL_DOUBLE, 0, 0, &b->d,
                                0, NULL));
    ok(c.stmt, SQLBindParameter(c.stmt, 3, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_VARCHAR, 32, 0, b->v,
                                sizeof b->v, &b->v_len));
    ok(c.stmt, SQLBindParameter(c.stmt, 4, SQL_PARAM_INPUT, SQL_C_TYPE_TIMESTAMP,
                                SQL_TYPE_TIMESTAMP, 26, 6, &b->s, 0, &b->s_ind));
    ok(c.stmt, SQLGetStmtAttr(c.stmt, SQL_ATTR_APP_PARAM_DESC, &apd, 0, NULL));
    ck_assert(SQL_SUCCEEDED(SQLSetDescField(apd, 3, SQL_DESC_INDICATOR_PTR, &b->v_ind, 0)));
}

START_TEST(bindings)
{
    static struct bound rows[BOUND + 1];
    static const char *const formats[] = {"AUTO", "AUTO", "AUTO", "JSON"};
    SQLLEN offset = 0;
    load_open("");
    both_tables("(id INT, d DOUBLE, v VARCHAR(40), s DATETIME)",
                "(id INT, d DOUBLE, v TEXT, s DATETIME(6))");
    attr(SQL_ATTR_PARAM_BIND_OFFSET_PTR, &offset);
    attr(SQL_ATTR_PARAMSET_SIZE, (void *)BOUND);
    for (int kind = 0; kind < 4; kind++)
        for (int first = 0; first < 2; first++) {
            char what[40];
            snprintf(what, sizeof what, "rows %d, offset %d", kind, first);
            for (int i = 0; i <= BOUND; i++)
                bound_fill(&rows[i], i, kind);
            fake_clear(fake, "test", "t");
            set_text(SQL_ATTR_MYWIRE_LOAD_FORMAT, formats[kind]);
            offset = first * (SQLLEN)sizeof rows[0];
            bound_bind(rows);
            ok(c.stmt, direct(c.stmt, "INSERT INTO t (id, d, v, s) VALUES (?, ?, ?, ?)"));
            bound_check(rows + first, BOUND, what);
        }
    load_close();
}
END_TEST

/* A value that the wish cannot carry is refused before sending. */
START_TEST(csv_wish)
{
    char cells[3][8] = {"a", "\\N", "c"};
    SQLUSMALLINT status[3];
    load_open("STREAMLOADFORMAT=CSV");
    attr(SQL_ATTR_PARAMSET_SIZE, (void *)3);
    attr(SQL_ATTR_PARAM_STATUS_PTR, status);
    ok(c.stmt,
       SQLBindParameter(c.stmt, 1, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_VARCHAR, 8, 0, cells, 8, NULL));
    refuses(c.stmt, "HY000", direct(c.stmt, "INSERT INTO t (n, v) VALUES (1, ?)"));
    says("row 2");
    ck_assert_uint_eq(loaded(), 0);
    ck_assert_uint_eq(status[0], SQL_PARAM_ERROR);
    struct fake_stats st;
    fake_stats_get(fake, &st);
    ck_assert_uint_eq(st.requests, 0);
    load_close();
}
END_TEST

/* --- trust ------------------------------------------------------------------------------------ */

static char ca[SERVER_TEXT], cert[SERVER_TEXT], key[SERVER_TEXT];

static void tls_fake(const char *name, bool be_tls)
{
    char file[2][SERVER_TEXT], folder[SERVER_TEXT], base[100], why[300];
    snprintf(base, sizeof base, "%s.crt", name);
    server_pki(file[0], base);
    snprintf(base, sizeof base, "%s.key", name);
    server_pki(file[1], base);
    server_pki(ca, "ca.crt");
    server_pki(cert, "client-good.crt");
    server_pki(key, "client-good.key");
    (void)folder;
    fake = fake_new();
    ck_assert(fake_set(fake, "user", "app:app-secret"));
    ck_assert(fake_set(fake, "fe-tls", "on") && fake_set(fake, "be-tls", be_tls ? "on" : "off"));
    ck_assert(fake_set(fake, "cert", file[0]) && fake_set(fake, "key", file[1]));
    ck_assert(fake_set(fake, "client-ca", ca));
    ck_assert_msg(fake_start(fake, why, sizeof why), "%s", why);
}

/* The MySQL connection goes over a Unix socket, so that only the load's trust is tried. */
static void tls_connect(const char *keys)
{
    struct server s = server_here("mariadb");
    char extra[3500];
    snprintf(extra, sizeof extra,
             "SOCKET=%s;STREAMLOADURL=https://localhost:%u;STREAMLOADDIALECT=STARROCKS;"
             "STREAMLOADTIMEOUT=10;%s",
             s.socket, fake_port(fake, FAKE_FE), keys);
    conn_open_as(&c, 0, extra);
    both_tables("(n BIGINT, v VARCHAR(200))", "(n BIGINT, v VARCHAR(200))");
}

static SQLRETURN try_load(void)
{
    static struct rows r;
    fill(&r);
    bind(&r, N);
    return direct(c.stmt, "INSERT INTO t (n, v) VALUES (?, ?)");
}

START_TEST(trust)
{
    static const struct {
        const char *server, *keys;
        bool is_fine;
    } rows[] = {
        {"server-good", "SSLMODE=VERIFY_IDENTITY;SSLCA=%s;SSLCERT=%s;SSLKEY=%s", true},
        {"server-good", "SSLMODE=VERIFY_CA;SSLCA=%s;SSLCERT=%s;SSLKEY=%s", true},
        {"server-wrong-host", "SSLMODE=VERIFY_IDENTITY;SSLCA=%s;SSLCERT=%s;SSLKEY=%s", false},
        {"server-wrong-host", "SSLMODE=VERIFY_CA;SSLCA=%s;SSLCERT=%s;SSLKEY=%s", true},
        {"server-other-ca", "SSLMODE=VERIFY_CA;SSLCA=%s;SSLCERT=%s;SSLKEY=%s", false},
        {"server-expired", "SSLMODE=VERIFY_CA;SSLCA=%s;SSLCERT=%s;SSLKEY=%s", false},
        {"server-good", "SSLMODE=VERIFY_IDENTITY;SSLCA=%s", false}, /* no client certificate */
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char keys[2500], pattern[500];
        tls_fake(rows[i].server, true);
        fake_set(fake, "location-host", "localhost");
        snprintf(pattern, sizeof pattern, "%s", rows[i].keys);
        const char *parts[3] = {ca, cert, key};
        size_t n = 0;
        int next = 0;
        for (const char *p = pattern; *p && n + SERVER_TEXT < sizeof keys; p++) {
            if (p[0] == '%' && p[1] == 's') {
                n += (size_t)snprintf(keys + n, sizeof keys - n, "%s", parts[next++]);
                p++;
            } else {
                keys[n++] = *p;
            }
        }
        keys[n] = '\0';
        tls_connect(keys);
        SQLRETURN rc = try_load();
        struct said d = said(c.stmt);
        ck_assert_msg(SQL_SUCCEEDED(rc) == rows[i].is_fine, "%s, %s: %d %s %s", rows[i].server,
                      rows[i].keys, rc, d.state, d.text);
        ck_assert_uint_eq(loaded(), (size_t)(rows[i].is_fine ? N : 0));
        ck_assert(!strstr(d.text, "app-secret"));
        load_close();
    }
}
END_TEST

/* https goes on as http only if the DSN says so in words. */
START_TEST(downgrade)
{
    for (int allow = 0; allow < 2; allow++) {
        char keys[2500];
        struct fake_stats st;
        tls_fake("server-good", false);
        snprintf(keys, sizeof keys, "SSLMODE=VERIFY_IDENTITY;SSLCA=%s;SSLCERT=%s;SSLKEY=%s%s", ca,
                 cert, key, allow ? ";STREAMLOADPLAINREDIRECT=ALLOW" : "");
        tls_connect(keys);
        SQLRETURN rc = try_load();
        ck_assert_msg(SQL_SUCCEEDED(rc) == allow, "%s", said(c.stmt).text);
        fake_stats_get(fake, &st);
        ck_assert(allow == (st.downgrades > 0));
        ck_assert_uint_eq(loaded(), (size_t)(allow ? N : 0));
        load_close();
    }
}
END_TEST

/* A redirect to a name of the cluster, reached by another. */
START_TEST(host_map)
{
    char keys[300];
    fake_open(NULL);
    fake_set(fake, "location-host", "be-1.cluster.invalid");
    snprintf(keys, sizeof keys, "STREAMLOADHOSTMAP={be-1.cluster.invalid=127.0.0.1}");
    load_connect("http", keys);
    both_tables("(n BIGINT, v VARCHAR(200))", "(n BIGINT, v VARCHAR(200))");
    ok(c.stmt, try_load());
    ck_assert_uint_eq(loaded(), N);
    load_close();
}
END_TEST

int main(void)
{
    Suite *s = suite_create("streamload_types");
    TCase *t = tcase_create("streamload_types");
    tcase_set_timeout(t, 120);
    tcase_add_test(t, texts);
    tcase_add_test(t, c_types);
    tcase_add_test(t, bindings);
    tcase_add_test(t, csv_wish);
    tcase_add_test(t, trust);
    tcase_add_test(t, downgrade);
    tcase_add_test(t, host_map);
    suite_add_tcase(s, t);
    return run_suite(s);
}
