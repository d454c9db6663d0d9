/* test_connect.c - connecting and what belongs to a connection: completed strings, warnings,
 * browsing, attributes, transactions, resetting, losing. */
#include "integration/odbc.h"

static struct conn c;
static SQLHENV env;
static SQLHDBC dbc;

#define DBC_OK(call)                                                                               \
    do {                                                                                           \
        SQLRETURN rc_ = (call);                                                                    \
        struct said d_ = said_at(SQL_HANDLE_DBC, dbc, 1);                                          \
        ck_assert_msg(rc_ == SQL_SUCCESS, "%s: returned %d: %s %s", #call, rc_, d_.state,          \
                      d_.text);                                                                    \
    } while (0)

#define DBC_SAYS(rc, state_, call)                                                                 \
    do {                                                                                           \
        SQLRETURN rc_ = (call);                                                                    \
        struct said d_ = said_at(SQL_HANDLE_DBC, dbc, 1);                                          \
        ck_assert_msg(rc_ == (rc), "%s: returned %d: %s %s", #call, rc_, d_.state, d_.text);       \
        ck_assert_msg(!strcmp(d_.state, (state_)), "%s: state %s, not %s: %s", #call, d_.state,    \
                      (state_), d_.text);                                                          \
    } while (0)

static void setup(void)
{
    ck_assert(SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_ENV, SQL_NULL_HANDLE, &env)));
    SQLSetEnvAttr(env, SQL_ATTR_ODBC_VERSION, (SQLPOINTER)SQL_OV_ODBC3_80, 0);
    ck_assert(SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_DBC, env, &dbc)));
}

static void teardown(void)
{
    SQLFreeHandle(SQL_HANDLE_DBC, dbc);
    SQLFreeHandle(SQL_HANDLE_ENV, env);
}

static const char *string_for(int i, const char *extra)
{
    static char in[4096];
    struct server s = server_here(server_names[i]);
    return server_connection(&s, "app", "app-secret", extra, in, sizeof in);
}

static SQLRETURN connect_with(const char *in, test_char *out, SQLSMALLINT cap, SQLSMALLINT *len)
{
    return SQLDriverConnect(dbc, NULL, text(in), SQL_NTS, out, cap, len, SQL_DRIVER_NOPROMPT);
}

/* A text attribute or piece of information; lengths are bytes at both doors. */
static const char *text_attr(SQLINTEGER id)
{
    test_char out[200] = {0};
    SQLINTEGER bytes = 0;
    SQLRETURN rc = SQLGetConnectAttr(dbc, id, out, sizeof out, &bytes);
    struct said d = said_at(SQL_HANDLE_DBC, dbc, 1);
    ck_assert_msg(SQL_SUCCEEDED(rc), "attribute %d: %s %s", (int)id, d.state, d.text);
    return text_back(out, (size_t)bytes / sizeof *out);
}

static const char *text_info(SQLUSMALLINT id)
{
    test_char out[200] = {0};
    SQLSMALLINT bytes = 0;
    SQLRETURN rc = SQLGetInfo(dbc, id, out, sizeof out, &bytes);
    struct said d = said_at(SQL_HANDLE_DBC, dbc, 1);
    ck_assert_msg(SQL_SUCCEEDED(rc), "information %d: %s %s", id, d.state, d.text);
    return text_back(out, (size_t)bytes / sizeof *out);
}

static SQLUINTEGER number_attr(SQLINTEGER id)
{
    SQLUINTEGER n = 4711;
    DBC_OK(SQLGetConnectAttr(dbc, id, &n, 0, NULL));
    return n;
}

/* The value of one query on a statement of its own. */
static const char *ask(const char *sql)
{
    static char value[256];
    SQLHSTMT s = SQL_NULL_HSTMT;
    DBC_OK(SQLAllocHandle(SQL_HANDLE_STMT, dbc, &s));
    snprintf(value, sizeof value, "%s", one(s, sql));
    SQLFreeHandle(SQL_HANDLE_STMT, s);
    return value;
}

START_TEST(completed_string)
{
    test_char out[2048], small[12];
    SQLSMALLINT len = 0, cut = 0;
    const char *in = string_for(_i, "");
    DBC_OK(connect_with(in, out, 2048, &len));
    char *completed = strdup(text_back(out, (size_t)len));
    DBC_OK(SQLDisconnect(dbc));
    DBC_OK(connect_with(completed, NULL, 0,
                        NULL)); /* it is as good as the first, and nobody has to want it */
    DBC_OK(SQLDisconnect(dbc));
    DBC_SAYS(SQL_SUCCESS_WITH_INFO, "01004", connect_with(completed, small, 12, &cut));
    ck_assert_int_eq(cut, len);
    ck_assert(small[11] == 0);
    DBC_OK(SQLDisconnect(dbc));
    free(completed);
}
END_TEST

static const struct {
    const char *keys, *state, *words;
} warned[] = {
    {"SSLMODE=PREFERRED;NOSUCHKEY=1;", "01S00", "NOSUCHKEY"},
    {"AUTO_RECONNECT=1;", "01S02", "AUTO_RECONNECT"},
    {"CHARSET=latin1;", "01S02", "CHARSET"},
};

START_TEST(warnings)
{
    size_t k = (size_t)_i / NSERVERS;
    DBC_SAYS(SQL_SUCCESS_WITH_INFO, warned[k].state,
             connect_with(string_for(_i % NSERVERS, warned[k].keys), NULL, 0, NULL));
    struct said d = said_at(SQL_HANDLE_DBC, dbc, 1);
    ck_assert_msg(strstr(d.text, warned[k].words) != NULL, "%s", d.text);
    DBC_OK(SQLDisconnect(dbc));
}
END_TEST

/* Of any number of hosts that do not answer the first record tells the reason. */
START_TEST(many_dead_hosts)
{
    for (int n = 1; n <= 40; n += 3) {
        char in[2000] = "DRIVER={MyWire};UID=a;PWD=b;SERVER={";
        for (int i = 1; i <= n; i++)
            snprintf(in + strlen(in), sizeof in - strlen(in), "%s127.0.0.1:%d", i > 1 ? "," : "",
                     i);
        snprintf(in + strlen(in), sizeof in - strlen(in), "}");
        DBC_SAYS(SQL_ERROR, "08001", connect_with(in, NULL, 0, NULL));
        struct said d = said_at(SQL_HANDLE_DBC, dbc, 1);
        ck_assert_msg(strstr(d.text, "refused") && d.native == 2003, "%d hosts: %s", n, d.text);
    }
}
END_TEST

/* A key that is misspelt does not weaken the connection. */
START_TEST(misspelt_security)
{
    static const char *const keys[] = {"SSLMOD=VERIFY_IDENTITY;", "Tls_Mod=REQUIRED;", "SSL=1;"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        DBC_SAYS(SQL_ERROR, "08001", connect_with(string_for(_i, keys[i]), NULL, 0, NULL));
        struct said d = said_at(SQL_HANDLE_DBC, dbc, 1);
        ck_assert_msg(strstr(d.text, "is not a key of this driver") != NULL, "%s", d.text);
    }
}
END_TEST

START_TEST(init_statement)
{
    DBC_OK(connect_with(string_for(_i, "INITSTMT={SET @a = 'ä€😀'}"), NULL, 0, NULL));
    ck_assert_str_eq(ask("SELECT CONVERT(@a USING utf8mb4)"), "ä€😀");
    DBC_OK(SQLDisconnect(dbc));
    DBC_SAYS(SQL_ERROR, "42000", connect_with(string_for(_i, "INITSTMT=NONSENSE"), NULL, 0, NULL));
    struct said d = said_at(SQL_HANDLE_DBC, dbc, 1);
    ck_assert_msg(strstr(d.text, "INITSTMT") != NULL && d.native == 1064, "%d %s", (int)d.native,
                  d.text);
    DBC_SAYS(SQL_ERROR, "HY000",
             connect_with(string_for(_i, "INITSTMT={set names latin1}"), NULL, 0, NULL));
}
END_TEST

START_TEST(browsing)
{
    struct server s = server_here(server_names[_i]);
    test_char out[2048];
    char in[3 * SERVER_TEXT];
    SQLSMALLINT len = 0;
    snprintf(in, sizeof in, "DRIVER={MyWire};SERVER=%s;PORT=%s", s.host, s.port);
    ck_assert_int_eq(SQLBrowseConnect(dbc, text(in), SQL_NTS, out, 2048, &len), SQL_NEED_DATA);
    const char *wanted = text_back(out, (size_t)len);
    ck_assert_msg(strstr(wanted, "UID:") == wanted && strstr(wanted, "*PWD:") != NULL, "%s",
                  wanted);
    DBC_SAYS(SQL_ERROR, "28000",
             SQLBrowseConnect(dbc, text("UID=app;PWD=wrong"), SQL_NTS, out, 2048, &len));
    DBC_OK(SQLBrowseConnect(dbc, text("UID=app;PWD=app-secret"), SQL_NTS, out, 2048, &len));
    const char *completed = text_back(out, (size_t)len);
    ck_assert_msg(strstr(completed, "UID=app") && strstr(completed, "PWD=app-secret"), "%s",
                  completed);
    ck_assert_str_eq(ask("SELECT 7"), "7");
    DBC_OK(SQLDisconnect(dbc));
    ck_assert_int_eq(SQLBrowseConnect(dbc, text(in), SQL_NTS, out, 2048, &len), SQL_NEED_DATA);
    DBC_OK(SQLDisconnect(dbc)); /* giving up */
}
END_TEST

START_TEST(catalog)
{
    conn_open(&c, _i, "connect"); /* a database that is not "test" */
    DBC_OK(connect_with(string_for(_i, ""), NULL, 0, NULL));
    ck_assert_str_eq(text_attr(SQL_ATTR_CURRENT_CATALOG), "test");
    DBC_OK(SQLSetConnectAttr(dbc, SQL_ATTR_CURRENT_CATALOG, text(c.database), SQL_NTS));
    ck_assert_str_eq(text_attr(SQL_ATTR_CURRENT_CATALOG), c.database);
    ck_assert_str_eq(text_info(SQL_DATABASE_NAME), c.database);
    ck_assert_str_eq(ask("SELECT DATABASE()"), c.database);
    DBC_SAYS(SQL_ERROR, "3D000",
             SQLSetConnectAttr(dbc, SQL_ATTR_CURRENT_CATALOG, text("nowhere"), SQL_NTS));
    DBC_OK(SQLDisconnect(dbc));
    DBC_OK(SQLSetConnectAttr(dbc, SQL_ATTR_CURRENT_CATALOG, text(c.database), SQL_NTS));
    DBC_OK(connect_with(string_for(_i, ""), NULL, 0, NULL)); /* beats DATABASE */
    ck_assert_str_eq(ask("SELECT DATABASE()"), c.database);
    DBC_OK(SQLDisconnect(dbc));
    conn_close(&c);
}
END_TEST

START_TEST(set_before_connecting)
{
    static const char *const read_only[] = {"SELECT @@tx_read_only",
                                            "SELECT @@transaction_read_only"};
    DBC_OK(SQLSetConnectAttr(dbc, SQL_ATTR_AUTOCOMMIT, (SQLPOINTER)SQL_AUTOCOMMIT_OFF, 0));
    DBC_OK(SQLSetConnectAttr(dbc, SQL_ATTR_ACCESS_MODE, (SQLPOINTER)SQL_MODE_READ_ONLY, 0));
    DBC_OK(SQLSetConnectAttr(dbc, SQL_ATTR_TXN_ISOLATION, (SQLPOINTER)SQL_TXN_SERIALIZABLE, 0));
    DBC_OK(connect_with(string_for(_i, ""), NULL, 0, NULL));
    ck_assert_str_eq(ask("SELECT @@autocommit"), "0");
    ck_assert_str_eq(ask(read_only[_i]), "1");
    ck_assert_uint_eq(number_attr(SQL_ATTR_TXN_ISOLATION), SQL_TXN_SERIALIZABLE);
    ck_assert_str_eq(text_info(SQL_DATA_SOURCE_READ_ONLY), "Y");
    DBC_OK(SQLEndTran(SQL_HANDLE_DBC, dbc, SQL_COMMIT));
    DBC_OK(SQLDisconnect(dbc));
}
END_TEST

/* Nothing is sent at connect that nobody asked for. */
START_TEST(silent_connect)
{
    DBC_OK(connect_with(string_for(_i, ""), NULL, 0, NULL));
    ck_assert_str_eq(ask("SHOW SESSION STATUS LIKE 'Questions'"), "Questions");
    SQLHSTMT s = SQL_NULL_HSTMT;
    DBC_OK(SQLAllocHandle(SQL_HANDLE_STMT, dbc, &s));
    ok(s, direct(s, "SHOW SESSION STATUS LIKE 'Questions'"));
    ok(s, SQLFetch(s));
    ck_assert_int_le(strtol(get(s, 2), NULL, 10), 2); /* these two */
    SQLFreeHandle(SQL_HANDLE_STMT, s);
    ck_assert_uint_eq(number_attr(SQL_ATTR_TXN_ISOLATION), SQL_TXN_REPEATABLE_READ);
    DBC_OK(SQLDisconnect(dbc));
}
END_TEST

START_TEST(transactions)
{
    conn_open(&c, _i, "tran");
    SQLHDBC own = dbc;
    dbc = c.dbc; /* for the macros */
    run(c.stmt, "CREATE TABLE t(i INT)");
    DBC_OK(SQLSetConnectAttr(c.dbc, SQL_ATTR_AUTOCOMMIT, (SQLPOINTER)SQL_AUTOCOMMIT_OFF, 0));
    run(c.stmt, "INSERT INTO t VALUES (1)");
    DBC_SAYS(SQL_ERROR, "25000", SQLDisconnect(c.dbc));
    DBC_OK(SQLEndTran(SQL_HANDLE_DBC, c.dbc, SQL_ROLLBACK));
    ck_assert_int_eq(one_number(c.stmt, "SELECT COUNT(*) FROM t"), 0);
    run(c.stmt, "INSERT INTO t VALUES (1), (2)");
    DBC_OK(SQLEndTran(SQL_HANDLE_DBC, c.dbc, SQL_COMMIT));
    run(c.stmt, "INSERT INTO t VALUES (3)");
    DBC_OK(SQLSetConnectAttr(c.dbc, SQL_ATTR_AUTOCOMMIT, (SQLPOINTER)SQL_AUTOCOMMIT_ON,
                             0)); /* commits */
    DBC_OK(SQLEndTran(SQL_HANDLE_DBC, c.dbc, SQL_ROLLBACK));
    ck_assert_int_eq(one_number(c.stmt, "SELECT COUNT(*) FROM t"), 3);
    dbc = own;
    conn_close(&c);
}
END_TEST

/* The driver manager of Debian 12 hands this attribute on as it is. */
START_TEST(resetting)
{
    SQLHSTMT s = SQL_NULL_HSTMT;
    DBC_OK(connect_with(string_for(_i, "INITSTMT={SET @b = 5}"), NULL, 0, NULL));
    DBC_OK(SQLAllocHandle(SQL_HANDLE_STMT, dbc, &s));
    run(s, "SET @a = 1");
    run(s, "USE information_schema");
    DBC_OK(SQLSetConnectAttr(dbc, SQL_ATTR_TXN_ISOLATION, (SQLPOINTER)SQL_TXN_SERIALIZABLE, 0));
    ok(s, SQLPrepare(s, text("SELECT @a IS NULL, @b, ?"), SQL_NTS));
    SQLINTEGER n = 9;
    ok(s, SQLBindParameter(s, 1, SQL_PARAM_INPUT, SQL_C_SLONG, SQL_INTEGER, 0, 0, &n, 0, NULL));
    ok(s, SQLExecute(s));
    SQLFreeStmt(s, SQL_CLOSE);
    DBC_OK(SQLSetConnectAttr(dbc, 116 /* SQL_ATTR_RESET_CONNECTION */, (SQLPOINTER)1,
                             SQL_IS_UINTEGER));
    ok(s, SQLExecute(s)); /* prepared again by itself */
    ok(s, SQLFetch(s));
    ck_assert_str_eq(get(s, 1), "1");
    ck_assert_str_eq(get(s, 2), "5");
    SQLFreeStmt(s, SQL_CLOSE);
    ck_assert_str_eq(one(s, "SELECT DATABASE()"), "test");
    ck_assert_uint_eq(number_attr(SQL_ATTR_TXN_ISOLATION), SQL_TXN_REPEATABLE_READ);
    SQLFreeHandle(SQL_HANDLE_STMT, s);
    DBC_OK(SQLDisconnect(dbc));
}
END_TEST

START_TEST(dead_connection)
{
    char kill[64];
    conn_open_as(&c, _i, "");
    DBC_OK(connect_with(string_for(_i, ""), NULL, 0, NULL));
    ck_assert_uint_eq(number_attr(SQL_ATTR_CONNECTION_DEAD), SQL_CD_FALSE);
    snprintf(kill, sizeof kill, "KILL %s", ask("SELECT CONNECTION_ID()"));
    run(c.stmt, kill);
    SQLUINTEGER dead = SQL_CD_FALSE;
    for (int tries = 0; tries < 1000 && dead == SQL_CD_FALSE;
         tries++) { /* until the server's goodbye arrived */
        struct timespec ms = {0, 5000000};
        nanosleep(&ms, NULL);
        dead = number_attr(SQL_ATTR_CONNECTION_DEAD);
    }
    ck_assert_uint_eq(dead, SQL_CD_TRUE);
    DBC_OK(SQLDisconnect(dbc));
    conn_close(&c);
}
END_TEST

/* By the attribute and by the key, and the message says by which; the server stops as well, and the
 * connection goes on. */
static void wait_and_leave(int server, const char *keys, const char *words)
{
    SQLHSTMT s = SQL_NULL_HSTMT;
    DBC_OK(connect_with(string_for(server, keys), NULL, 0, NULL));
    if (!*keys)
        DBC_OK(SQLSetConnectAttr(dbc, SQL_ATTR_CONNECTION_TIMEOUT, (SQLPOINTER)1, 0));
    DBC_OK(SQLAllocHandle(SQL_HANDLE_STMT, dbc, &s));
    double began = seconds();
    refuses(s, "HYT01", direct(s, "SELECT SLEEP(20)"));
    ck_assert_msg(strstr(said(s).text, words) != NULL, "%s", said(s).text);
    ck_assert(seconds() - began < 10);
    ck_assert_uint_eq(number_attr(SQL_ATTR_CONNECTION_DEAD), SQL_CD_FALSE);
    ok(s, direct(s, "SELECT 1"));
    SQLFreeHandle(SQL_HANDLE_STMT, s);
    DBC_OK(SQLDisconnect(dbc));
}

START_TEST(waiting_ends)
{
    wait_and_leave(_i, "", "(SQL_ATTR_CONNECTION_TIMEOUT), and the server has stopped it");
    DBC_OK(SQLSetConnectAttr(dbc, SQL_ATTR_CONNECTION_TIMEOUT, (SQLPOINTER)0, 0));
    wait_and_leave(_i, "READ_TIMEOUT=1;", "(READ_TIMEOUT), and the server has stopped it");
}
END_TEST

START_TEST(information)
{
    SQLUINTEGER bits = 0;
    SQLUSMALLINT small = 0;
    struct server s = server_here(server_names[_i]);
    DBC_OK(connect_with(string_for(_i, ""), NULL, 0, NULL));
    const char *version = text_info(SQL_DBMS_VER);
    ck_assert_msg(strlen(version) == 10 && version[2] == '.' && version[5] == '.', "%s", version);
    ck_assert_int_eq(strtol(version, NULL, 10), strtol(s.version, NULL, 10));
    ck_assert_str_eq(text_info(SQL_USER_NAME), "app");
    ck_assert_str_eq(text_info(SQL_SERVER_NAME), s.host);
    ck_assert_str_eq(text_info(SQL_IDENTIFIER_QUOTE_CHAR), "`");
    DBC_OK(SQLGetInfo(dbc, SQL_TXN_CAPABLE, &small, 0, NULL));
    ck_assert_int_eq(small, SQL_TC_DDL_COMMIT);
    DBC_OK(SQLGetInfo(dbc, SQL_IDENTIFIER_CASE, &small, 0, NULL));
    ck_assert_int_eq(small, SQL_IC_SENSITIVE);
    DBC_OK(SQLGetInfo(dbc, SQL_STRING_FUNCTIONS, &bits, 0, NULL));
    ck_assert_uint_ne(bits & SQL_FN_STR_UCASE, 0);
    DBC_OK(SQLDisconnect(dbc));
    DBC_OK(connect_with(string_for(_i, "DBMSNAME=Something;NO_CATALOG=1;"), NULL, 0, NULL));
    ck_assert_str_eq(text_info(SQL_DBMS_NAME), "Something");
    ck_assert_str_eq(text_info(SQL_CATALOG_NAME), "N");
    DBC_OK(SQLDisconnect(dbc));
}
END_TEST

/* SQLConnect: who the data source's user and password are, and when the arguments count. */
static const struct {
    const char *uid, *pwd, *is; /* who is let in; NULL: nobody */
} logins[] = {
    {NULL, NULL, "app"},         {"", "", "app"},
    {"", NULL, "app"},           {"app", NULL, "app"},
    {NULL, "app-secret", "app"}, {"", "app-secret", "app"},
    {"nopass", "", "nopass"},    {"nopass", NULL, NULL},
    {"app", "", NULL},           {NULL, "", NULL},
    {NULL, "wrong", NULL},       {"wrong", "", NULL},
};

START_TEST(arguments_of_connect)
{
    char dsn[60];
    snprintf(dsn, sizeof dsn, "mywire-%s", server_names[_i]);
    if (!getenv("ODBCINI"))
        return; /* a program by itself: there are no data sources */
    for (size_t k = 0; k < sizeof logins / sizeof *logins; k++) {
        SQLRETURN rc = SQLConnect(dbc, text(dsn), SQL_NTS, text(logins[k].uid), SQL_NTS,
                                  text(logins[k].pwd), SQL_NTS);
        struct said why = said_at(SQL_HANDLE_DBC, dbc, 1);
        ck_assert_msg(SQL_SUCCEEDED(rc) == !!logins[k].is, "%s: login %zu: %d %s %s", dsn, k, rc,
                      why.state, why.text);
        if (!logins[k].is) {
            ck_assert_str_eq(why.state, "28000");
            continue;
        }
        ck_assert_str_eq(text_info(SQL_USER_NAME), logins[k].is);
        DBC_OK(SQLDisconnect(dbc));
    }
}
END_TEST

START_TEST(native_sql)
{
    test_char out[200], small[8];
    SQLINTEGER len = 0;
    DBC_OK(connect_with(string_for(_i, ""), NULL, 0, NULL));
    DBC_OK(SQLNativeSql(dbc, text("SELECT {d '2024-02-29'}, '{d ä}'"), SQL_NTS, out, 200, &len));
    ck_assert_str_eq(text_back(out, (size_t)len), "SELECT DATE'2024-02-29', '{d ä}'");
    DBC_SAYS(SQL_SUCCESS_WITH_INFO, "01004",
             SQLNativeSql(dbc, text("SELECT 'no escape'"), SQL_NTS, small, 8, &len));
    ck_assert_int_eq(len, 18);
    ck_assert_str_eq(text_back(small, 7), "SELECT ");
    DBC_SAYS(SQL_ERROR, "22007",
             SQLNativeSql(dbc, text("SELECT {d '2023-02-29'}"), SQL_NTS, out, 200, &len));
    DBC_SAYS(SQL_ERROR, "42000",
             SQLNativeSql(dbc, text("SELECT {fn ucase('x'"), SQL_NTS, out, 200, &len));
    DBC_OK(SQLDisconnect(dbc));
}
END_TEST

/* What is only prepared describes itself through its row descriptor. */
START_TEST(row_descriptor)
{
    SQLHSTMT s = SQL_NULL_HSTMT;
    SQLHDESC ird = SQL_NULL_HDESC;
    SQLSMALLINT count = 0, type = 0, len = 0;
    test_char name[64] = {0};
    DBC_OK(connect_with(string_for(_i, ""), NULL, 0, NULL));
    DBC_OK(SQLAllocHandle(SQL_HANDLE_STMT, dbc, &s));
    ok(s, SQLGetStmtAttr(s, SQL_ATTR_IMP_ROW_DESC, &ird, 0, NULL));
    ok(s, SQLPrepare(s, text("SELECT 1 AS größe, CAST('x' AS CHAR(5)) AS b"), SQL_NTS));
    ck_assert_int_eq(SQLGetDescField(ird, 0, SQL_DESC_COUNT, &count, 0, NULL), SQL_SUCCESS);
    ck_assert_int_eq(count, 2);
    ck_assert_int_eq(SQLGetDescRec(ird, 1, name, 64, &len, &type, NULL, NULL, NULL, NULL, NULL),
                     SQL_SUCCESS);
    ck_assert_str_eq(text_back(name, (size_t)len), "größe");
    ck_assert_int_eq(SQLGetDescRec(ird, 3, name, 64, &len, &type, NULL, NULL, NULL, NULL, NULL),
                     SQL_NO_DATA);
    ck_assert_int_eq(SQLSetDescField(ird, 1, SQL_DESC_TYPE, (SQLPOINTER)SQL_CHAR, 0), SQL_ERROR);
    ck_assert_str_eq(said_at(SQL_HANDLE_DESC, ird, 1).state, "HY016");
    SQLFreeHandle(SQL_HANDLE_STMT, s);
    DBC_OK(SQLDisconnect(dbc));
}
END_TEST

int main(void)
{
    Suite *s = suite_create("connect");
    TCase *t = tcase_create("connect");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_set_timeout(t, 120);
    tcase_add_loop_test(t, completed_string, 0, NSERVERS);
    tcase_add_loop_test(t, warnings, 0, NSERVERS * (int)(sizeof warned / sizeof warned[0]));
    tcase_add_loop_test(t, misspelt_security, 0, NSERVERS);
    tcase_add_test(t, many_dead_hosts);
    tcase_add_loop_test(t, init_statement, 0, NSERVERS);
    tcase_add_loop_test(t, browsing, 0, NSERVERS);
    tcase_add_loop_test(t, catalog, 0, NSERVERS);
    tcase_add_loop_test(t, set_before_connecting, 0, NSERVERS);
    tcase_add_loop_test(t, silent_connect, 0, NSERVERS);
    tcase_add_loop_test(t, transactions, 0, NSERVERS);
    tcase_add_loop_test(t, resetting, 0, NSERVERS);
    tcase_add_loop_test(t, dead_connection, 0, NSERVERS);
    tcase_add_loop_test(t, waiting_ends, 0, NSERVERS);
    tcase_add_loop_test(t, information, 0, NSERVERS);
    tcase_add_loop_test(t, arguments_of_connect, 0, NSERVERS);
    tcase_add_loop_test(t, native_sql, 0, NSERVERS);
    tcase_add_loop_test(t, row_descriptor, 0, NSERVERS);
    suite_add_tcase(s, t);
    return run_suite(s);
}
