/* test_limits.c - what is more than a server takes or a frame holds, and what is told of the rest.
 */
#include "integration/odbc.h"

static struct conn c;
static char *bytes; /* more than that */
enum { MAX_PACKET = 20 << 20, ROWS = 20, BAD = 7, FRAME = 0xFFFFFF };

static const char *const keys[] = {"", "NO_SSPS=1", "COMPRESSED_PROTO=1"};

/* Servers whose variables no other test minds. */
static const char *const spare[] = {"mariadb-plain", "mysql-plain"};

static void connect_spare(int i, const char *key)
{
    struct server s = server_need(spare[i]);
    char in[2000];
    c = (struct conn){.server = spare[i]};
    ck_assert(SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_ENV, SQL_NULL_HANDLE, &c.env)));
    SQLSetEnvAttr(c.env, SQL_ATTR_ODBC_VERSION, (SQLPOINTER)SQL_OV_ODBC3_80, 0);
    ck_assert(SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_DBC, c.env, &c.dbc)));
    snprintf(in, sizeof in, "DRIVER={MyWire};SERVER=localhost;SOCKET=%s;UID=root;DATABASE=test;%s",
             s.socket, key);
    SQLRETURN rc =
        SQLDriverConnect(c.dbc, NULL, text(in), SQL_NTS, NULL, 0, NULL, SQL_DRIVER_NOPROMPT);
    struct said d = said_at(SQL_HANDLE_DBC, c.dbc, 1);
    ck_assert_msg(SQL_SUCCEEDED(rc), "connecting to %s: %s %s", c.server, d.state, d.text);
    c.stmt = new_stmt(&c);
}

static void up(int i, const char *key)
{
    connect_spare(i, "");
    run(c.stmt, "SET GLOBAL max_allowed_packet = 20971520");
    conn_close(&c);
    connect_spare(i, key);
    ck_assert_int_eq(one_number(c.stmt, "SELECT @@max_allowed_packet"), MAX_PACKET);
    bytes = malloc(MAX_PACKET + 4096);
    ck_assert_ptr_nonnull(bytes);
    memset(bytes, 'x', MAX_PACKET + 4096);
}

static void down(void)
{
    conn_close(&c);
    free(bytes);
}

/* It was refused before it was sent: nothing else has become of the connection. */
static void is_too_large(SQLRETURN rc)
{
    struct said d = said(c.stmt);
    ck_assert_msg(rc == SQL_ERROR && !strcmp(d.state, "HY000") && d.native == 1153,
                  "%s: %d %s %d %s", c.server, rc, d.state, (int)d.native, d.text);
    ck_assert_msg(strstr(d.text, "20971520") && strstr(d.text, "max_allowed_packet"), "%s", d.text);
    SQLFreeStmt(c.stmt, SQL_RESET_PARAMS);
    ck_assert_int_eq(one_number(c.stmt, "SELECT 41 + 1"), 42);
}

static SQLRETURN length_of(SQLLEN *len)
{
    ok(c.stmt, SQLBindParameter(c.stmt, 1, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_LONGVARCHAR, 0, 0,
                                bytes, 0, len));
    return direct(c.stmt, "SELECT LENGTH(?)");
}

/* An execute of one parameter has 14 bytes, and its value a length of 4 or 9. */
START_TEST(statement)
{
    for (int how = 0; how < 3; how++) {
        up(_i, keys[how]);
        SQLLEN head = 14 + 9;
        SQLLEN fits = MAX_PACKET - 1 - head - (how ? 200 : 0), over = MAX_PACKET - head;
        if (how == 1)
            over = MAX_PACKET; /* the text is shorter */
        ok(c.stmt, length_of(&fits));
        ok(c.stmt, SQLFetch(c.stmt));
        ck_assert_int_eq(strtol(get(c.stmt, 1), NULL, 10), fits);
        SQLFreeStmt(c.stmt, SQL_CLOSE);
        is_too_large(length_of(&over));
        down();
    }
}
END_TEST

static void as_text(char *sql, const char *before, size_t n, const char *after)
{
    size_t head = strlen(before);
    memcpy(sql, before, head);
    memset(sql + head, 'x', n);
    strcpy(sql + head + n, after);
}

/* The text itself, executed and prepared. */
START_TEST(text_alone)
{
    up(_i, "");
    char *sql = malloc((size_t)MAX_PACKET + 100);
    ck_assert_ptr_nonnull(sql);
    as_text(sql, "SELECT LENGTH('", (size_t)MAX_PACKET, "')");
#ifdef UNICODE
    SQLWCHAR *wide = malloc(((size_t)MAX_PACKET + 100) * sizeof *wide);
    ck_assert_ptr_nonnull(wide);
    widen(sql, strlen(sql), wide);
    is_too_large(SQLExecDirect(c.stmt, wide, SQL_NTS));
    free(wide);
#else
    is_too_large(SQLExecDirect(c.stmt, (SQLCHAR *)sql, SQL_NTS));
    as_text(sql, "SELECT LENGTH('", (size_t)MAX_PACKET - 18, "')"); /* and the command's byte */
    ck_assert_int_eq((SQLLEN)strlen(sql), MAX_PACKET - 1);
    is_too_large(SQLExecDirect(c.stmt, (SQLCHAR *)sql, SQL_NTS));
    as_text(sql, "SELECT LENGTH('", (size_t)MAX_PACKET - 19, "')");
    ok(c.stmt, SQLExecDirect(c.stmt, (SQLCHAR *)sql, SQL_NTS));
    SQLFreeStmt(c.stmt, SQL_CLOSE);
#endif
    free(sql);
    down();
}
END_TEST

/* One row of an array: it has its error, and the others are done, whatever way they go. */
static void array_with(const char *sql)
{
    SQLINTEGER n[ROWS];
    SQLLEN len[ROWS];
    SQLUSMALLINT status[ROWS];
    for (SQLINTEGER i = 0; i < ROWS; i++) {
        n[i] = i;
        len[i] = i == BAD ? MAX_PACKET : i;
        status[i] = 99;
    }
    ok(c.stmt, SQLSetStmtAttr(c.stmt, SQL_ATTR_PARAMSET_SIZE, (SQLPOINTER)ROWS, 0));
    ok(c.stmt, SQLSetStmtAttr(c.stmt, SQL_ATTR_PARAM_STATUS_PTR, status, 0));
    ok(c.stmt, SQLBindParameter(c.stmt, 1, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_LONGVARCHAR, 0, 0,
                                bytes, 1, len)); /* values that lie in each other */
    ok(c.stmt,
       SQLBindParameter(c.stmt, 2, SQL_PARAM_INPUT, SQL_C_SLONG, SQL_INTEGER, 0, 0, n, 0, NULL));
    SQLRETURN rc = direct(c.stmt, sql);
    struct said d = said(c.stmt);
    SQLLEN row = 0;
    SQLGetDiagField(SQL_HANDLE_STMT, c.stmt, 1, SQL_DIAG_ROW_NUMBER, &row, 0, NULL);
    ck_assert_msg(rc == SQL_SUCCESS_WITH_INFO && d.native == 1153 && row == BAD + 1,
                  "%s, %s: %d, row %ld: %s %s", c.server, sql, rc, (long)row, d.state, d.text);
    for (int i = 0; i < ROWS; i++)
        ck_assert_int_eq(status[i], i == BAD ? SQL_PARAM_ERROR : SQL_PARAM_SUCCESS);
    SQLFreeStmt(c.stmt, SQL_RESET_PARAMS);
    SQLSetStmtAttr(c.stmt, SQL_ATTR_PARAMSET_SIZE, (SQLPOINTER)1, 0);
}

START_TEST(row)
{
    for (int how = 0; how < 2; how++) {
        up(_i, keys[how]);
        run(c.stmt, "CREATE TEMPORARY TABLE large(t LONGTEXT, n INT PRIMARY KEY) ENGINE=InnoDB");
        array_with("INSERT INTO large(t, n) VALUES(?, ?)");
        ck_assert_int_eq(one_number(c.stmt, "SELECT SUM(n) FROM large"),
                         ROWS * (ROWS - 1) / 2 - BAD);
        array_with("UPDATE large SET t = ? WHERE n = ?");
        array_with("SELECT LENGTH(?) + ?");
        down();
    }
}
END_TEST

/* Values and rows that fill frames to the byte, there and back. */
START_TEST(frames)
{
    up(_i, "");
    for (SQLLEN d = -2; d <= 2; d++) {
        char sql[200], *last;
        SQLLEN len = 0, second = FRAME - 8 - 8388608 + d;
        snprintf(sql, sizeof sql, "SELECT REPEAT('a', 8388608), CONCAT(REPEAT('b', %ld), 'c')",
                 (long)second - 1);
        ok(c.stmt, direct(c.stmt, sql));
        ok(c.stmt, SQLFetch(c.stmt));
        ok(c.stmt, SQLGetData(c.stmt, 2, SQL_C_CHAR, bytes, MAX_PACKET, &len));
        ck_assert_int_eq(len, second);
        last = bytes + len - 1;
        ck_assert_msg(bytes[0] == 'b' && last[-1] == 'b' && *last == 'c', "%ld", (long)d);
        ck_assert_int_eq(SQLFetch(c.stmt), SQL_NO_DATA);
        SQLFreeStmt(c.stmt, SQL_CLOSE);
        for (SQLLEN n = 1; n * FRAME + 4 < MAX_PACKET; n++) {
            SQLLEN value = n * FRAME - 14 - (n > 1 ? 9 : 4) + d;
            memset(bytes, 'x', (size_t)MAX_PACKET);
            ok(c.stmt, length_of(&value));
            ok(c.stmt, SQLFetch(c.stmt));
            ck_assert_int_eq(strtol(get(c.stmt, 1), NULL, 10), value);
            SQLFreeStmt(c.stmt, SQL_CLOSE);
        }
    }
    down();
}
END_TEST

/* A connection that goes on working is not said to be lost, whatever a procedure raises. */
START_TEST(alive)
{
    conn_open_as(&c, _i, "");
    refuses(c.stmt, "HY000", direct(c.stmt, "SIGNAL SQLSTATE '08S01' SET MESSAGE_TEXT = 'gone'"));
    ck_assert_int_eq(one_number(c.stmt, "SELECT 1"), 1);
    refuses(c.stmt, "40001", direct(c.stmt, "SIGNAL SQLSTATE '40000' SET MESSAGE_TEXT = 'again'"));
    refuses(c.stmt, "42000", direct(c.stmt, "SELECT a FROM (SELECT 1 a) x, (SELECT 1 a) y"));
    run(c.stmt, "CREATE TEMPORARY TABLE checked(n INT NOT NULL CHECK (n > 0), m INT NOT NULL)");
    refuses(c.stmt, "23000", direct(c.stmt, "INSERT INTO checked VALUES(0, 1)"));
    refuses(c.stmt, "23000", direct(c.stmt, "INSERT INTO checked(n) VALUES(1)"));
    conn_close(&c);
}
END_TEST

/* Of very many records the last says that there would be more. */
START_TEST(many_records)
{
    enum { BLOCK = 300 };
    static char out[BLOCK][2];
    static SQLLEN len[BLOCK];
    static SQLUSMALLINT status[BLOCK];
    conn_open_as(&c, _i, "");
    ok(c.stmt, SQLSetStmtAttr(c.stmt, SQL_ATTR_ROW_ARRAY_SIZE, (SQLPOINTER)BLOCK, 0));
    ok(c.stmt, SQLSetStmtAttr(c.stmt, SQL_ATTR_ROW_STATUS_PTR, status, 0));
    ok(c.stmt, SQLBindCol(c.stmt, 1, SQL_C_CHAR, out, 2, len));
    ok(c.stmt,
       direct(c.stmt, "WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE "
                      "n < 300) SELECT 'long' FROM s"));
    ck_assert_int_eq(SQLFetch(c.stmt), SQL_SUCCESS_WITH_INFO);
    SQLSMALLINT told = 0;
    while (said_at(SQL_HANDLE_STMT, c.stmt, told + 1).state[0])
        told++;
    ck_assert_int_ge(told, 200);
    ck_assert_int_lt(told, 210);
    ck_assert_str_eq(said_at(SQL_HANDLE_STMT, c.stmt, told).state, "01000");
    ck_assert_str_eq(said_at(SQL_HANDLE_STMT, c.stmt, 200).state, "01004");
    for (int i = 0; i < BLOCK; i++)
        ck_assert_int_eq(status[i], SQL_ROW_SUCCESS_WITH_INFO);
    conn_close(&c);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("limits");
    TCase *t = tcase_create("limits");
    tcase_set_timeout(t, 300);
    tcase_add_loop_test(t, statement, 0, NSERVERS);
    tcase_add_loop_test(t, text_alone, 0, NSERVERS);
    tcase_add_loop_test(t, row, 0, NSERVERS);
    tcase_add_loop_test(t, frames, 0, NSERVERS);
    tcase_add_loop_test(t, alive, 0, NSERVERS_ALL);
    tcase_add_loop_test(t, many_records, 0, NSERVERS_ALL);
    suite_add_tcase(s, t);
    return run_suite(s);
}
