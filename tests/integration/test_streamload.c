/* test_streamload.c - INSERT through Stream Load: arrays, modes, constants, outcomes, refusals. */
#include "integration/streamload.h"

static const char insert[] = "INSERT INTO t (n, v) VALUES (?, ?)";

START_TEST(array_by_column)
{
    struct rows r;
    load_open("");
    fill(&r);
    bind(&r, N);
    ok(c.stmt, direct(c.stmt, insert));
    ck_assert_uint_eq(loaded(), N);
    ck_assert_str_eq(cell(2, 1), "v2");
    ck_assert_str_eq(cell(3, 1), "NULL");
    all_status(&r, N, SQL_PARAM_SUCCESS);
    ck_assert_uint_eq(r.processed, N);
    SQLLEN count = 0;
    ok(c.stmt, SQLRowCount(c.stmt, &count));
    ck_assert_int_eq(count, N);
    ck_assert_str_eq(get_text(SQL_ATTR_MYWIRE_LOADED_STATUS), "Success");
    ck_assert_str_eq(get_text(SQL_ATTR_MYWIRE_LOADED_ROWS), "10");
    ck_assert_int_eq(strncmp(get_text(SQL_ATTR_MYWIRE_LOADED_LABEL), "mywire_", 7), 0);
    struct fake_stats st;
    fake_stats_get(fake, &st);
    ck_assert_uint_eq(st.loads_committed, 1);
    ck_assert_uint_eq(st.fe_body_bytes, 0);
    ck_assert_int_eq(one_number(new_stmt(&c), "SELECT COUNT(*) FROM t"), 0);
    load_close();
}
END_TEST

START_TEST(array_by_row)
{
    struct {
        SQLINTEGER n;
        SQLLEN n_ind;
        char v[20];
        SQLLEN v_len;
    } rows[5];
    SQLUSMALLINT operation[5] = {0}, status[5];
    SQLULEN processed = 0;
    load_open("");
    for (int i = 0; i < 5; i++) {
        rows[i].n = i;
        rows[i].n_ind = 0;
        rows[i].v_len = snprintf(rows[i].v, sizeof rows[i].v, "row,%d\t'\"", i);
    }
    operation[2] = SQL_PARAM_IGNORE;
    attr(SQL_ATTR_PARAM_BIND_TYPE, (void *)sizeof rows[0]);
    attr(SQL_ATTR_PARAMSET_SIZE, (void *)5);
    attr(SQL_ATTR_PARAM_OPERATION_PTR, operation);
    attr(SQL_ATTR_PARAM_STATUS_PTR, status);
    attr(SQL_ATTR_PARAMS_PROCESSED_PTR, &processed);
    ok(c.stmt, SQLBindParameter(c.stmt, 1, SQL_PARAM_INPUT, SQL_C_SLONG, SQL_INTEGER, 0, 0,
                                &rows[0].n, 0, &rows[0].n_ind));
    ok(c.stmt, SQLBindParameter(c.stmt, 2, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_VARCHAR, 20, 0,
                                rows[0].v, 20, &rows[0].v_len));
    ok(c.stmt, SQLPrepare(c.stmt, text("INSERT INTO test.`t` (`v`, n) VALUES (?, ?)"), SQL_NTS));
    /* v is the first marker there */
    ok(c.stmt, SQLPrepare(c.stmt, text("INSERT INTO `test`.`t` (n, `v`) VALUES (?, ?);"), SQL_NTS));
    for (int round = 0; round < 2; round++) {
        fake_clear(fake, "test", "t");
        ok(c.stmt, SQLExecute(c.stmt));
        ck_assert_uint_eq(loaded(), 4);
        ck_assert_str_eq(cell(1, 1), "row,1\t'\"");
        ck_assert_str_eq(cell(2, 0), "3");
        ck_assert_uint_eq(status[2], SQL_PARAM_UNUSED);
        ck_assert_uint_eq(status[3], SQL_PARAM_SUCCESS);
        ck_assert_uint_eq(processed, 5);
    }
    load_close();
}
END_TEST

/* Constants go along in every row; a column with DEFAULT is left to the server. */
START_TEST(constants)
{
    struct rows r;
    load_open("");
    both_tables("(n BIGINT, v VARCHAR(200), k INT, d INT DEFAULT 7, x VARCHAR(20), y DOUBLE)",
                "(n BIGINT, v VARCHAR(200), k INT, d INT DEFAULT 7, x VARCHAR(20), y DOUBLE)");
    fill(&r);
    bind(&r, 3);
    ok(c.stmt, direct(c.stmt, "INSERT INTO t (n, k, v, d, x, y) VALUES "
                              "(?, -5, ?, DEFAULT, 'it''s \\\\ 100%', 1.5e2)"));
    ck_assert_uint_eq(loaded(), 3);
    ck_assert_str_eq(cell(1, 2), "-5");
    ck_assert_str_eq(cell(1, 3), "7");
    ck_assert_str_eq(cell(1, 4), "it's \\ 100%");
    ck_assert_str_eq(cell(1, 5), "150");
    ok(c.stmt, direct(c.stmt, "INSERT INTO t (n, v, k, x) VALUES (?, ?, NULL, TRUE)"));
    ck_assert_str_eq(cell(4, 2), "NULL");
    ck_assert_str_eq(cell(4, 4), "1");
    ok(c.stmt, direct(c.stmt, "INSERT INTO t (n, v, x) VALUES (?, ?, {d '2024-01-02'})"));
    ck_assert_str_eq(cell(7, 4), "2024-01-02");
    ck_assert_uint_eq(loaded(), 9);
    load_close();
}
END_TEST

/* What is not eligible goes as SQL, or is refused with the reason. */
static const struct {
    const char *sql, *why;
} others[] = {
    {"INSERT INTO t VALUES (?, ?)", "does not name its columns"},
    {"INSERT INTO t (n, v) VALUES (?, CONCAT(?))", "nothing but markers"},
    {"INSERT IGNORE INTO t (n, v) VALUES (?, ?)", "a word between INSERT"},
    {"INSERT INTO t (n, v) VALUES (-?, ?)", "a marker has a sign"},
    {"REPLACE INTO t (n, v) VALUES (?, ?)", "it is not INSERT"},
    {"INSERT INTO t (n, v) SELECT ?, ?", "it is not INSERT"},
};
enum { NOTHERS = sizeof others / sizeof *others };

START_TEST(not_eligible)
{
    struct rows r;
    load_open("");
    fill(&r);
    bind(&r, N);
    ok(c.stmt, direct(c.stmt, others[_i].sql));
    ck_assert_uint_eq(loaded(), 0);
    SQLHSTMT q = new_stmt(&c);
    ck_assert_int_eq(one_number(q, "SELECT COUNT(*) FROM t"), N);
    drop_stmt(q);
    set_text(SQL_ATTR_MYWIRE_LOAD_MODE, "REQUIRED");
    refuses(c.stmt, "HYC00", direct(c.stmt, others[_i].sql));
    says(others[_i].why);
    ck_assert_uint_eq(loaded(), 0);
    load_close();
}
END_TEST

START_TEST(modes)
{
    struct rows r;
    load_open("STREAMLOAD=OFF");
    fill(&r);
    bind(&r, N);
    SQLHSTMT q = new_stmt(&c);
    ok(c.stmt, direct(c.stmt, insert));
    ck_assert_uint_eq(loaded(), 0);
    ck_assert_int_eq(one_number(q, "SELECT COUNT(*) FROM t"), N);
    set_text(SQL_ATTR_MYWIRE_LOAD_MODE, "AUTO");
    ok(c.stmt, direct(c.stmt, insert));
    ck_assert_uint_eq(loaded(), N);
    /* one row: SQL with AUTO, a load with REQUIRED */
    r.n[0] = 77;
    bind(&r, 1);
    ok(c.stmt, direct(c.stmt, insert));
    ck_assert_uint_eq(loaded(), N);
    ck_assert_int_eq(one_number(q, "SELECT COUNT(*) FROM t"), N + 1);
    set_text(SQL_ATTR_MYWIRE_LOAD_MODE, "REQUIRED");
    ok(c.stmt, direct(c.stmt, insert));
    ck_assert_uint_eq(loaded(), N + 1);
    ck_assert_uint_eq(r.status[0], SQL_PARAM_SUCCESS);
    ok(c.stmt, direct(c.stmt, "INSERT INTO t (n, v) VALUES (78, 'no marker')"));
    ck_assert_uint_eq(loaded(), N + 2);
    /* what is no INSERT is not concerned */
    ok(c.stmt, direct(c.stmt, "UPDATE t SET v = 'x'"));
    set_text(SQL_ATTR_MYWIRE_LOAD_MODE, "");
    ck_assert_str_eq(get_text(SQL_ATTR_MYWIRE_LOAD_MODE), "OFF");
    drop_stmt(q);
    load_close();
}
END_TEST

START_TEST(without_url)
{
    struct rows r;
    fake_open(NULL);
    conn_open_as(&c, 0, "STREAMLOAD=REQUIRED");
    both_tables("(n BIGINT, v VARCHAR(200))", "(n BIGINT, v VARCHAR(200))");
    fill(&r);
    bind(&r, N);
    ok(c.stmt, direct(c.stmt, insert));
    refuses(c.stmt, "HY000", direct(c.stmt, "STREAM LOAD INTO t FROM 'x'"));
    says("STREAMLOADURL");
    load_close();
}
END_TEST

/* A row that cannot be converted is refused before sending; the others are loaded. */
START_TEST(bad_rows)
{
    char n[4][8] = {"1", "x", "3", "4"};
    SQLUSMALLINT status[4];
    load_open("");
    attr(SQL_ATTR_PARAMSET_SIZE, (void *)4);
    attr(SQL_ATTR_PARAM_STATUS_PTR, status);
    ok(c.stmt,
       SQLBindParameter(c.stmt, 1, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_BIGINT, 0, 0, n, 8, NULL));
    expect(c.stmt, SQL_SUCCESS_WITH_INFO, "22018",
           direct(c.stmt, "INSERT INTO t (n, v) VALUES (?, 'k')"));
    ck_assert_uint_eq(loaded(), 3);
    ck_assert_uint_eq(status[0], SQL_PARAM_SUCCESS);
    ck_assert_uint_eq(status[1], SQL_PARAM_ERROR);
    ck_assert_uint_eq(status[3], SQL_PARAM_SUCCESS);
    SQLLEN count = 0, row = 0;
    ok(c.stmt, SQLRowCount(c.stmt, &count));
    ck_assert_int_eq(count, 3);
    SQLGetDiagField(SQL_HANDLE_STMT, c.stmt, 1, SQL_DIAG_ROW_NUMBER, &row, 0, NULL);
    (void)row;
    for (int i = 0; i < 4; i++)
        n[i][0] = 'x';
    refuses(c.stmt, "22018", direct(c.stmt, "INSERT INTO t (n, v) VALUES (?, 'k')"));
    ck_assert_uint_eq(loaded(), 3);
    ck_assert_uint_eq(status[3], SQL_PARAM_ERROR);
    load_close();
}
END_TEST

/* The server rejects a row: nothing is loaded, and its words are told. */
START_TEST(rejected)
{
    struct rows r;
    load_open("");
    both_tables("(n TINYINT NOT NULL, v VARCHAR(200))", "(n BIGINT, v VARCHAR(200))");
    fill(&r);
    r.n[4] = 1000;
    bind(&r, N);
    refuses(c.stmt, "HY000", direct(c.stmt, insert));
    ck_assert_uint_eq(loaded(), 0);
    all_status(&r, N, SQL_PARAM_ERROR);
    says("mywire_");
    says("rejected: ");
    says("1000");
    SQLLEN row = 0; /* the second record names the row */
    ok(c.stmt, SQLGetDiagField(SQL_HANDLE_STMT, c.stmt, 2, SQL_DIAG_ROW_NUMBER, &row, 0, NULL));
    ck_assert_int_eq(row, 5);
    ck_assert_str_eq(get_text(SQL_ATTR_MYWIRE_LOADED_FILTERED), "1");
    /* the same, where some may be left out */
    set_text(SQL_ATTR_MYWIRE_LOAD_MAX_FILTER_RATIO, "0.2");
    expect(c.stmt, SQL_SUCCESS_WITH_INFO, "01000", direct(c.stmt, insert));
    ck_assert_uint_eq(loaded(), N - 1);
    all_status(&r, N, SQL_PARAM_DIAG_UNAVAILABLE);
    SQLLEN count = 0;
    ok(c.stmt, SQLRowCount(c.stmt, &count));
    ck_assert_int_eq(count, N - 1);
    load_close();
}
END_TEST

/* WHERE leaves rows out without an error. */
START_TEST(where)
{
    struct rows r;
    load_open("STREAMLOADWHERE={n > 4}");
    fill(&r);
    bind(&r, N);
    ok(c.stmt, direct(c.stmt, insert));
    ck_assert_uint_eq(loaded(), 5);
    SQLLEN count = 0;
    ok(c.stmt, SQLRowCount(c.stmt, &count));
    ck_assert_int_eq(count, 5);
    ck_assert_str_eq(get_text(SQL_ATTR_MYWIRE_LOADED_UNSELECTED), "5");
    load_close();
}
END_TEST

/* A label loads once. */
START_TEST(labels)
{
    struct rows r;
    load_open("STREAMLOADLABELPREFIX=bank-1");
    fill(&r);
    bind(&r, N);
    ok(c.stmt, direct(c.stmt, insert));
    ck_assert_int_eq(strncmp(get_text(SQL_ATTR_MYWIRE_LOADED_LABEL), "bank-1_", 7), 0);
    set_text(SQL_ATTR_MYWIRE_LOAD_LABEL, "mine");
    ok(c.stmt, direct(c.stmt, insert));
    ck_assert_str_eq(fake_state(fake, "test", "mine"), "VISIBLE");
    struct fake_stats before, after;
    fake_stats_get(fake, &before);
    refuses(c.stmt, "LU001", direct(c.stmt, insert));
    says("mine");
    says("used before");
    fake_stats_get(fake, &after);
    ck_assert_uint_eq(after.loads_committed, before.loads_committed);
    all_status(&r, N, SQL_PARAM_ERROR);
    refuses(c.stmt, "HY024",
            SQLSetStmtAttr(c.stmt, SQL_ATTR_MYWIRE_LOAD_LABEL, text("no spaces"), SQL_NTS));
    load_close();
}
END_TEST

/* Outcomes under faults: settled, transient, unknown. */
START_TEST(faults)
{
    static const struct {
        const char *fault;
        SQLRETURN rc;
        const char *state;
        SQLUSMALLINT status;
        size_t rows;
    } rows[] = {
        {"be_drop_after", SQL_SUCCESS, "", SQL_PARAM_SUCCESS, N},
        {"be_drop_before", SQL_SUCCESS, "", SQL_PARAM_SUCCESS, N},
        {"be_publish", SQL_SUCCESS, "", SQL_PARAM_SUCCESS, N},
        {"be_unknown_ok", SQL_SUCCESS, "", SQL_PARAM_SUCCESS, N},
        {"fe_no_backend", SQL_SUCCESS, "", SQL_PARAM_SUCCESS, N},
        {"be_401", SQL_ERROR, "28000", SQL_PARAM_ERROR, 0},
        {"fe_401", SQL_ERROR, "28000", SQL_PARAM_ERROR, 0},
        {"fe_to_other", SQL_ERROR, NULL, SQL_PARAM_ERROR, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct rows r;
        load_open("STREAMLOADREDIRECTHOSTS=127.0.0.1");
        fill(&r);
        bind(&r, N);
        ck_assert(fake_fault(fake, rows[i].fault));
        SQLRETURN rc = direct(c.stmt, insert);
        struct said d = said(c.stmt);
        ck_assert_msg(rc == rows[i].rc, "%s: %d %s %s", rows[i].fault, rc, d.state, d.text);
        ck_assert_msg(!rows[i].state || !strcmp(d.state, rows[i].state), "%s: %s %s", rows[i].fault,
                      d.state, d.text);
        ck_assert_msg(loaded() == rows[i].rows, "%s: %zu rows", rows[i].fault, loaded());
        all_status(&r, N, rows[i].status);
        load_close();
    }
}
END_TEST

START_TEST(unknown_outcome)
{
    struct rows r;
    load_open("STREAMLOADTIMEOUT=1");
    fake_set(fake, "second-ms", "1000");
    fill(&r);
    bind(&r, N);
    ck_assert(fake_fault(fake, "be_drop_after"));
    ck_assert(fake_fault(fake, "state_odd*0"));
    ck_assert(fake_fault(fake, "be_label_status*0"));
    set_text(SQL_ATTR_MYWIRE_LOAD_LABEL, "whoknows");
    refuses(c.stmt, "08007", direct(c.stmt, insert));
    says("whoknows");
    all_status(&r, N, SQL_PARAM_DIAG_UNAVAILABLE);
    load_close();
}
END_TEST

START_TEST(attributes)
{
    load_open("STREAMLOADHEADERS={timezone: UTC; load_dop: 2}");
    static const struct {
        SQLINTEGER id;
        const char *good, *bad;
    } rows[] = {
        {SQL_ATTR_MYWIRE_LOAD_MODE, "required", "maybe"},
        {SQL_ATTR_MYWIRE_LOAD_LABEL, "a-b_9", "a b"},
        {SQL_ATTR_MYWIRE_LOAD_LABEL_PREFIX, "p", "\xc3\xa4"},
        {SQL_ATTR_MYWIRE_LOAD_FORMAT, "json", "xml"},
        {SQL_ATTR_MYWIRE_LOAD_TIMEOUT, "300", "300000"},
        {SQL_ATTR_MYWIRE_LOAD_MAX_FILTER_RATIO, "0.25", "1.5"},
        {SQL_ATTR_MYWIRE_LOAD_STRICT_MODE, "false", "perhaps"},
        {SQL_ATTR_MYWIRE_LOAD_PARTIAL_UPDATE, "1", "2"},
        {SQL_ATTR_MYWIRE_LOAD_HEADERS, "a: b; c: d", "no colon"},
        {SQL_ATTR_MYWIRE_LOAD_WHERE, "n > 1", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        set_text(rows[i].id, rows[i].good);
        ck_assert_str_eq(get_text(rows[i].id), rows[i].good);
        if (rows[i].bad)
            refuses(c.stmt, "HY024",
                    SQLSetStmtAttr(c.stmt, rows[i].id, text(rows[i].bad), SQL_NTS));
        ck_assert_str_eq(get_text(rows[i].id), rows[i].good);
        set_text(rows[i].id, "");
    }
    ck_assert_str_eq(get_text(SQL_ATTR_MYWIRE_LOAD_TIMEOUT), "20");
    ok(c.stmt, SQLSetConnectAttr(c.dbc, SQL_ATTR_MYWIRE_LOAD_TIMEOUT, text("99"), SQL_NTS));
    ck_assert_str_eq(get_text(SQL_ATTR_MYWIRE_LOAD_TIMEOUT), "99");
    refuses(c.stmt, "HY092",
            SQLSetStmtAttr(c.stmt, SQL_ATTR_MYWIRE_LOADED_LABEL, text("x"), SQL_NTS));
    ck_assert_str_eq(get_text(SQL_ATTR_MYWIRE_LOADED_LABEL), "");
    /* headers arrive */
    struct rows r;
    fill(&r);
    bind(&r, N);
    ok(c.stmt, direct(c.stmt, insert));
    char *head = fake_request(fake, 0);
    ck_assert_msg(strstr(head, "timezone: UTC") && strstr(head, "load_dop: 2") &&
                      strstr(head, "timeout: 99") && strstr(head, "strict_mode: true"),
                  "%s", head);
    free(head);
    set_text(SQL_ATTR_MYWIRE_LOAD_HEADERS, "enclose: \"");
    refuses(c.stmt, "HY024", direct(c.stmt, insert));
    says("enclose");
    load_close();
}
END_TEST

START_TEST(bad_keys)
{
    static const char *const keys[] = {
        "STREAMLOADURL=ftp://x",
        "STREAMLOADURL=http://u:secret@h:1",
        "STREAMLOADURL=http://h:1;STREAMLOADMAXFILTERRATIO=2",
        "STREAMLOADURL=http://h:1;STREAMLOADLABELPREFIX={a b}",
        "STREAMLOADURL=http://h:1;STREAMLOADHEADERS=nothing",
        "STREAMLOADURL=http://h:1;STREAMLOAD=SOMETIMES",
        "STREAMLOADURL=http://h:1;STREAMLOADHOSTMAP={a={b c}}",
    };
    struct server s = server_here("mariadb");
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        char in[2000];
        SQLHENV env;
        SQLHDBC dbc;
        SQLAllocHandle(SQL_HANDLE_ENV, SQL_NULL_HANDLE, &env);
        SQLSetEnvAttr(env, SQL_ATTR_ODBC_VERSION, (SQLPOINTER)SQL_OV_ODBC3, 0);
        SQLAllocHandle(SQL_HANDLE_DBC, env, &dbc);
        server_connection(&s, "app", "app-secret", keys[i], in, sizeof in);
        SQLRETURN rc =
            SQLDriverConnect(dbc, NULL, text(in), SQL_NTS, NULL, 0, NULL, SQL_DRIVER_NOPROMPT);
        struct said d = said_at(SQL_HANDLE_DBC, dbc, 1);
        ck_assert_msg(rc == SQL_ERROR && !strcmp(d.state, "08001"), "%s: %d %s %s", keys[i], rc,
                      d.state, d.text);
        ck_assert_msg(!strstr(d.text, "secret"), "%s", d.text);
        SQLFreeHandle(SQL_HANDLE_DBC, dbc);
        SQLFreeHandle(SQL_HANDLE_ENV, env);
    }
}
END_TEST

/* --- when nobody takes a load ------------------------------------------------------------------
 */

/* With AUTO the rows go as SQL, with a warning, and for a while at once. */
START_TEST(goes_as_sql)
{
    struct rows r;
    SQLLEN count = 0;
    load_open("");
    SQLHSTMT q = new_stmt(&c);
    fill(&r);
    bind(&r, N);
    ck_assert(fake_fault(fake, _i ? "fe_code:404*0" : "fe_garbage*0"));
    for (int i = 1; i <= 2; i++) {
        expect(c.stmt, SQL_SUCCESS_WITH_INFO, "01000", direct(c.stmt, insert));
        says("rows go as SQL");
        says(_i ? "there is no Stream Load at" : "does not speak HTTP");
        all_status(&r, N, SQL_PARAM_SUCCESS);
        ok(c.stmt, SQLRowCount(c.stmt, &count));
        ck_assert_int_eq(count, N);
        ck_assert_uint_eq(r.processed, N);
        ck_assert_int_eq(one_number(q, "SELECT COUNT(*) FROM t"), i * N);
        fake_fault_clear(fake);
    }
    ck_assert_uint_eq(loaded(), 0);
    drop_stmt(q);
    load_close();
}
END_TEST

/* A row that cannot be converted is told once. */
START_TEST(goes_as_sql_but_one)
{
    struct rows r;
    static char n[N][16];
    unsigned bad = 0;
    load_open("");
    SQLHSTMT q = new_stmt(&c);
    fill(&r);
    bind(&r, N);
    for (int i = 0; i < N; i++)
        snprintf(n[i], sizeof n[i], i == 6 ? "six" : "%d", i);
    ok(c.stmt,
       SQLBindParameter(c.stmt, 1, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_BIGINT, 0, 0, n, 16, NULL));
    ck_assert(fake_fault(fake, "fe_garbage*0"));
    ck_assert_int_eq(direct(c.stmt, insert), SQL_SUCCESS_WITH_INFO);
    for (SQLSMALLINT i = 1; said_at(SQL_HANDLE_STMT, c.stmt, i).state[0]; i++)
        bad += !strcmp(said_at(SQL_HANDLE_STMT, c.stmt, i).state, "22018");
    ck_assert_uint_eq(bad, 1);
    ck_assert_uint_eq(r.status[6], SQL_PARAM_ERROR);
    ck_assert_int_eq(one_number(q, "SELECT COUNT(*) FROM t"), N - 1);
    drop_stmt(q);
    load_close();
}
END_TEST

/* REQUIRED, a label of one's own, or what only a load can do: an error. */
START_TEST(stays_an_error)
{
    static const struct {
        SQLINTEGER attr;
        const char *value;
    } what[] = {{SQL_ATTR_MYWIRE_LOAD_MODE, "REQUIRED"},
                {SQL_ATTR_MYWIRE_LOAD_LABEL, "mine"},
                {SQL_ATTR_MYWIRE_LOAD_WHERE, "n > 1"},
                {SQL_ATTR_MYWIRE_LOAD_PARTIAL_UPDATE, "true"},
                {SQL_ATTR_MYWIRE_LOAD_MAX_FILTER_RATIO, "0.5"}};
    struct rows r;
    load_open("");
    SQLHSTMT q = new_stmt(&c);
    fill(&r);
    bind(&r, N);
    set_text(what[_i].attr, what[_i].value);
    ck_assert(fake_fault(fake, "fe_garbage*0"));
    refuses(c.stmt, "HY000", direct(c.stmt, insert));
    says("does not speak HTTP");
    all_status(&r, N, SQL_PARAM_ERROR);
    ck_assert_int_eq(one_number(q, "SELECT COUNT(*) FROM t"), 0);
    drop_stmt(q);
    load_close();
}
END_TEST

int main(void)
{
    Suite *s = suite_create("streamload");
    TCase *t = tcase_create("streamload");
    tcase_set_timeout(t, 120);
    tcase_add_test(t, array_by_column);
    tcase_add_test(t, array_by_row);
    tcase_add_test(t, constants);
    tcase_add_loop_test(t, not_eligible, 0, NOTHERS);
    tcase_add_test(t, modes);
    tcase_add_test(t, without_url);
    tcase_add_test(t, bad_rows);
    tcase_add_test(t, rejected);
    tcase_add_test(t, where);
    tcase_add_test(t, labels);
    tcase_add_test(t, faults);
    tcase_add_test(t, unknown_outcome);
    tcase_add_test(t, attributes);
    tcase_add_test(t, bad_keys);
    tcase_add_loop_test(t, goes_as_sql, 0, 2);
    tcase_add_test(t, goes_as_sql_but_one);
    tcase_add_loop_test(t, stays_an_error, 0, 5);
    suite_add_tcase(s, t);
    return run_suite(s);
}
