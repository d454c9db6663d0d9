/* test_cursorlib.c - under unixODBC's own cursor library (SQL_CUR_USE_ODBC), which calls the driver
 * in ways of its own.  It knows ANSI only, and has faults of its own (a second SQLGetData in a
 * rowset, SQL_FETCH_PRIOR behind SQL_FETCH_LAST): what is here is what it can do. */
#include "integration/odbc.h"

static struct conn c;
enum { BLOCK = 3 };

static void open_with_library(int i)
{
    struct server s = server_need(server_names[i]);
    char in[4096];
    c = (struct conn){.server = server_names[i]};
    ck_assert(SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_ENV, SQL_NULL_HANDLE, &c.env)));
    SQLSetEnvAttr(c.env, SQL_ATTR_ODBC_VERSION, (SQLPOINTER)SQL_OV_ODBC3, 0);
    ck_assert(SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_DBC, c.env, &c.dbc)));
    ck_assert(SQL_SUCCEEDED(
        SQLSetConnectAttr(c.dbc, SQL_ATTR_ODBC_CURSORS, (SQLPOINTER)SQL_CUR_USE_ODBC, 0)));
    server_connection(&s, "app", "app-secret", "", in, sizeof in);
    SQLRETURN rc =
        SQLDriverConnect(c.dbc, NULL, text(in), SQL_NTS, NULL, 0, NULL, SQL_DRIVER_NOPROMPT);
    struct said d = said_at(SQL_HANDLE_DBC, c.dbc, 1);
    ck_assert_msg(SQL_SUCCEEDED(rc), "connecting to %s: %s %s", c.server, d.state, d.text);
    c.stmt = new_stmt(&c);
    if (is_unicode)
        return;
    conn_database(&c, "curlib");
    run(c.stmt, "CREATE TABLE t(id INT, s VARCHAR(20))");
    run(c.stmt, "INSERT INTO t VALUES(1, 'one'), (2, 'two'), (3, 'three'), (4, 'four')");
    drop_stmt(c.stmt);
    c.stmt = new_stmt(&c);
}

/* The library has no W functions: it says so. */
START_TEST(wide)
{
    open_with_library(_i);
    refuses(c.stmt, "IM001", direct(c.stmt, "SELECT 1"));
    conn_close(&c);
}
END_TEST

/* SQLGetData behind SQLSetPos: the library makes a statement of its own for it. */
START_TEST(position)
{
    SQLINTEGER id[BLOCK] = {0};
    SQLLEN len[BLOCK], n = 0;
    SQLCHAR s[20];
    open_with_library(_i);
    ok(c.stmt, SQLSetStmtAttr(c.stmt, SQL_ATTR_CURSOR_TYPE, (SQLPOINTER)SQL_CURSOR_STATIC, 0));
    ok(c.stmt, SQLSetStmtAttr(c.stmt, SQL_ATTR_ROW_ARRAY_SIZE, (SQLPOINTER)BLOCK, 0));
    ok(c.stmt, direct(c.stmt, "SELECT id, s FROM t"));
    ok(c.stmt, SQLBindCol(c.stmt, 1, SQL_C_SLONG, id, sizeof *id, len));
    ok(c.stmt, SQLFetchScroll(c.stmt, SQL_FETCH_NEXT, 0));
    ck_assert_int_eq(id[1], 2);
    ok(c.stmt, SQLSetPos(c.stmt, 2, SQL_POSITION, SQL_LOCK_NO_CHANGE));
    ok(c.stmt, SQLGetData(c.stmt, 2, SQL_C_CHAR, s, sizeof s, &n));
    ck_assert_str_eq((char *)s, "two");
    conn_close(&c);
}
END_TEST

/* Forward, back and by block, as the library does it on top of our forward-only cursor. */
START_TEST(scrolls)
{
    SQLINTEGER id = 0;
    SQLLEN len;
    open_with_library(_i);
    ok(c.stmt, SQLSetStmtAttr(c.stmt, SQL_ATTR_CURSOR_TYPE, (SQLPOINTER)SQL_CURSOR_STATIC, 0));
    ok(c.stmt, SQLPrepare(c.stmt, text("SELECT id FROM t WHERE id > ? ORDER BY id"), SQL_NTS));
    SQLINTEGER above = 1;
    ok(c.stmt, SQLBindParameter(c.stmt, 1, SQL_PARAM_INPUT, SQL_C_SLONG, SQL_INTEGER, 0, 0, &above,
                                0, NULL));
    ok(c.stmt, SQLBindCol(c.stmt, 1, SQL_C_SLONG, &id, sizeof id, &len));
    ok(c.stmt, SQLExecute(c.stmt));
    static const struct {
        SQLSMALLINT how;
        SQLLEN by;
        SQLINTEGER want; /* 0: no row */
    } moves[] = {{SQL_FETCH_FIRST, 0, 2}, {SQL_FETCH_NEXT, 0, 3}, {SQL_FETCH_PRIOR, 0, 2},
                 {SQL_FETCH_NEXT, 0, 3},  {SQL_FETCH_NEXT, 0, 4}, {SQL_FETCH_NEXT, 0, 0}};
    for (size_t i = 0; i < sizeof moves / sizeof *moves; i++) {
        SQLRETURN rc = SQLFetchScroll(c.stmt, moves[i].how, moves[i].by);
        struct said d = said(c.stmt);
        ck_assert_msg(moves[i].want ? SQL_SUCCEEDED(rc) && id == moves[i].want : rc == SQL_NO_DATA,
                      "move %zu: %d, row %d: %s %s", i, rc, (int)id, d.state, d.text);
    }
    conn_close(&c);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("cursorlib");
    TCase *t = tcase_create("cursorlib");
    tcase_set_timeout(t, 60);
    if (is_unicode) {
        tcase_add_loop_test(t, wide, 0, NSERVERS);
    } else {
        tcase_add_loop_test(t, position, 0, NSERVERS);
        tcase_add_loop_test(t, scrolls, 0, NSERVERS);
    }
    suite_add_tcase(s, t);
    return run_suite(s);
}
