/* test_flow.c - results: streaming beside other statements, rowsets, several results, closing
 * half-way, what is reused. */
#include "integration/odbc.h"

static struct conn c;
enum { NROWS = 5000 };
static SQLINTEGER forty_one = 41, five = 5; /* parameters */

static void make_rows(void)
{
    run(c.stmt, "CREATE TABLE numbers(n INT PRIMARY KEY, t VARCHAR(100), v VARCHAR(20))");
    run(c.stmt, "INSERT INTO numbers SELECT a.n + 10 * b.n + 100 * d.n + 1000 * e.n, REPEAT('x', "
                "90), NULL FROM"
                " (SELECT 0 n UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION "
                "SELECT 5 UNION"
                " SELECT 6 UNION SELECT 7 UNION SELECT 8 UNION SELECT 9) a,"
                " (SELECT 0 n UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION "
                "SELECT 5 UNION"
                " SELECT 6 UNION SELECT 7 UNION SELECT 8 UNION SELECT 9) b,"
                " (SELECT 0 n UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION "
                "SELECT 5 UNION"
                " SELECT 6 UNION SELECT 7 UNION SELECT 8 UNION SELECT 9) d,"
                " (SELECT 0 n UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4) e");
    run(c.stmt, "UPDATE numbers SET v = n WHERE n % 3 <> 0");
}

/* The rest of `SELECT n ... ORDER BY n` from row `from` on. */
static void expect_rest(SQLHSTMT s, int from)
{
    for (int i = from; i < NROWS; i++) {
        ok(s, SQLFetch(s));
        ck_assert_int_eq(strtol(get(s, 1), NULL, 10), i);
    }
    ck_assert_int_eq(SQLFetch(s), SQL_NO_DATA);
}

/* A second statement, a transaction, a catalog function, a prepared one, in the middle of a result.
 */
START_TEST(beside_others)
{
    static const char *const others[] = {"query", "prepared", "commit", "tables", "describe"};
    conn_open(&c, _i, "flow");
    make_rows();
    for (size_t k = 0; k < sizeof others / sizeof *others; k++) {
        char piece[8];
        SQLLEN left = 0;
        SQLHSTMT other = new_stmt(&c);
        ok(c.stmt, direct(c.stmt, "SELECT n, t FROM numbers ORDER BY n"));
        for (int i = 0; i < 10; i++)
            ok(c.stmt, SQLFetch(c.stmt));
        expect(c.stmt, SQL_SUCCESS_WITH_INFO, "01004",
               SQLGetData(c.stmt, 2, SQL_C_CHAR, piece, 8, &left));
        ck_assert_int_eq(left, 90);
        switch (k) {
        case 0:
            ck_assert_int_eq(one_number(other, "SELECT COUNT(*) FROM numbers"), NROWS);
            break;
        case 1:
            ok(other, SQLPrepare(other, text("SELECT ? + 1"), SQL_NTS));
            ok(other, SQLBindParameter(other, 1, SQL_PARAM_INPUT, SQL_C_SLONG, SQL_INTEGER, 0, 0,
                                       &forty_one, 0, NULL));
            ok(other, SQLExecute(other));
            ok(other, SQLFetch(other));
            ck_assert_int_eq(strtol(get(other, 1), NULL, 10), 42);
            break;
        case 2:
            ck_assert(SQL_SUCCEEDED(SQLEndTran(SQL_HANDLE_DBC, c.dbc, SQL_COMMIT)));
            break;
        case 3:
            ok(other, SQLTables(other, NULL, 0, NULL, 0, text("numbers"), SQL_NTS, NULL, 0));
            ok(other, SQLFetch(other));
            ck_assert_str_eq(get(other, 3), "numbers");
            break;
        default:
            ok(other, SQLPrepare(other, text("SELECT n, t FROM numbers"), SQL_NTS));
            SQLSMALLINT n = 0;
            ok(other, SQLNumResultCols(other, &n));
            ck_assert_int_eq(n, 2);
        }
        /* the current row, and the place in its second column, are still there */
        expect(c.stmt, SQL_SUCCESS_WITH_INFO, "01004",
               SQLGetData(c.stmt, 2, SQL_C_CHAR, piece, 8, &left));
        ck_assert_msg(left == 83, "beside %s: %ld left", others[k], (long)left);
        ck_assert_str_eq(get(c.stmt, 1), "9");
        expect_rest(c.stmt, 10);
        SQLFreeStmt(c.stmt, SQL_CLOSE);
        drop_stmt(other);
    }
    conn_close(&c);
}
END_TEST

/* Two results read in turns, and both to the end. */
START_TEST(in_turns)
{
    conn_open(&c, _i, "flow");
    make_rows();
    SQLHSTMT other = new_stmt(&c);
    ok(c.stmt, direct(c.stmt, "SELECT n FROM numbers ORDER BY n"));
    ok(other, direct(other, "SELECT n FROM numbers ORDER BY n"));
    for (int i = 0; i < NROWS / 2; i++) {
        ok(c.stmt, SQLFetch(c.stmt));
        ok(other, SQLFetch(other));
        ck_assert_int_eq(strtol(get(c.stmt, 1), NULL, 10), i);
        ck_assert_int_eq(strtol(get(other, 1), NULL, 10), i);
    }
    expect_rest(c.stmt, NROWS / 2);
    expect_rest(other, NROWS / 2);
    drop_stmt(other);
    conn_close(&c);
}
END_TEST

/* Rowsets of every size, column-wise and row-wise, with status, count and bind offset; NULLs
 * without an indicator in rows. */
struct bound_row {
    SQLINTEGER n;
    SQLLEN n_len;
    char v[24];
    SQLLEN v_len;
};

static void check_bound(const struct bound_row *r, int i)
{
    char want[24];
    snprintf(want, sizeof want, "%d", i);
    ck_assert_int_eq(r->n, i);
    ck_assert_int_eq(r->n_len, 4);
    if (i % 3 == 0)
        ck_assert_int_eq(r->v_len, SQL_NULL_DATA);
    else
        ck_assert_str_eq(r->v, want);
}

static void attr(SQLINTEGER id, void *value)
{
    ok(c.stmt, SQLSetStmtAttr(c.stmt, id, value, 0));
}

START_TEST(rowsets_by_row)
{
    static struct bound_row all[1101], *rows = all + 1;
    static SQLUSMALLINT status[1100];
    conn_open(&c, _i, "flow");
    make_rows();
    static const SQLULEN sizes[] = {1, 2, 7, 100, 999, 1000, 1001};
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
        SQLULEN fetched = 0;
        SQLLEN offset = sizeof *rows;
        char *base = (char *)all; /* pyodbc and others bind offsets, not addresses */
        attr(SQL_ATTR_ROW_ARRAY_SIZE, (void *)sizes[k]);
        attr(SQL_ATTR_ROW_BIND_TYPE, (void *)sizeof(struct bound_row));
        attr(SQL_ATTR_ROW_BIND_OFFSET_PTR, &offset);
        attr(SQL_ATTR_ROWS_FETCHED_PTR, &fetched);
        attr(SQL_ATTR_ROW_STATUS_PTR, status);
        ok(c.stmt, SQLBindCol(c.stmt, 1, SQL_C_SLONG, base + offsetof(struct bound_row, n), 0,
                              (SQLLEN *)(void *)(base + offsetof(struct bound_row, n_len))));
        ok(c.stmt,
           SQLBindCol(c.stmt, 2, SQL_C_CHAR, base + offsetof(struct bound_row, v), sizeof rows[0].v,
                      (SQLLEN *)(void *)(base + offsetof(struct bound_row, v_len))));
        ok(c.stmt, direct(c.stmt, "SELECT n, v, t FROM numbers ORDER BY n"));
        int i = 0;
        SQLRETURN rc;
        while ((rc = SQLFetchScroll(c.stmt, SQL_FETCH_NEXT, 0)) == SQL_SUCCESS) {
            for (SQLULEN r = 0; r < fetched; r++, i++) {
                check_bound(&rows[r], i);
                ck_assert_int_eq(status[r], SQL_ROW_SUCCESS);
            }
            for (SQLULEN r = fetched; r < sizes[k]; r++)
                ck_assert_int_eq(status[r], SQL_ROW_NOROW);
            SQLULEN number = 0;
            ok(c.stmt, SQLGetStmtAttr(c.stmt, SQL_ATTR_ROW_NUMBER, &number, 0, NULL));
            ck_assert_uint_eq(number, (SQLULEN)i - fetched + 1);
            ok(c.stmt, SQLSetPos(c.stmt, (SQLSETPOSIROW)fetched, SQL_POSITION, SQL_LOCK_NO_CHANGE));
            ck_assert_int_eq(strtol(get(c.stmt, 1), NULL, 10), i - 1);
            ck_assert_uint_eq(strlen(get(c.stmt, 3)), 90);
        }
        ck_assert_int_eq(rc, SQL_NO_DATA);
        ck_assert_uint_eq(fetched, 0);
        ck_assert_int_eq(i, NROWS);
        SQLFreeStmt(c.stmt, SQL_CLOSE);
        SQLFreeStmt(c.stmt, SQL_UNBIND);
        attr(SQL_ATTR_ROW_BIND_OFFSET_PTR, NULL);
    }
    conn_close(&c);
}
END_TEST

START_TEST(rowsets_by_column)
{
    static SQLINTEGER n[300];
    static SQLLEN len[300];
    static char v[300][3];
    static SQLLEN v_len[300];
    static SQLUSMALLINT status[300];
    SQLULEN fetched = 0;
    conn_open(&c, _i, "flow");
    make_rows();
    attr(SQL_ATTR_ROW_ARRAY_SIZE, (void *)300);
    attr(SQL_ATTR_ROW_BIND_TYPE, (void *)SQL_BIND_BY_COLUMN);
    attr(SQL_ATTR_ROWS_FETCHED_PTR, &fetched);
    attr(SQL_ATTR_ROW_STATUS_PTR, status);
    attr(SQL_ATTR_MAX_ROWS, (void *)250);
    ok(c.stmt, SQLBindCol(c.stmt, 1, SQL_C_SLONG, n, 0, len));
    ok(c.stmt, SQLBindCol(c.stmt, 2, SQL_C_CHAR, v, 3, v_len)); /* too short from 100 on */
    ok(c.stmt, direct(c.stmt, "SELECT n, v FROM numbers ORDER BY n"));
    expect(c.stmt, SQL_SUCCESS_WITH_INFO, "01004", SQLFetch(c.stmt));
    ck_assert_uint_eq(fetched, 250);
    SQLLEN row = 0;
    SQLGetDiagField(SQL_HANDLE_STMT, c.stmt, 1, SQL_DIAG_ROW_NUMBER, &row, 0, NULL);
    ck_assert_int_eq(row, 101); /* n = 100; the first row is 1 */
    for (int i = 0; i < 250; i++) {
        ck_assert_int_eq(n[i], i);
        bool cut = i >= 100 && i % 3;
        ck_assert_int_eq(status[i], cut ? SQL_ROW_SUCCESS_WITH_INFO : SQL_ROW_SUCCESS);
        ck_assert_int_eq(v_len[i], i % 3 == 0 ? SQL_NULL_DATA : i < 10 ? 1 : i < 100 ? 2 : 3);
    }
    ck_assert_int_eq(status[250], SQL_ROW_NOROW);
    ck_assert_int_eq(SQLFetch(c.stmt), SQL_NO_DATA);
    SQLFreeStmt(c.stmt, SQL_CLOSE);
    /* a value that does not fit is an error of its row alone, unless it is the only one */
    attr(SQL_ATTR_MAX_ROWS, (void *)0);
    ok(c.stmt, SQLBindCol(c.stmt, 2, SQL_C_STINYINT, v, 0, v_len));
    ok(c.stmt, direct(c.stmt, "SELECT n, v FROM numbers WHERE n IN (1, 127, 128, 200) ORDER BY n"));
    ck_assert_int_eq(SQLFetch(c.stmt), SQL_SUCCESS_WITH_INFO);
    ck_assert_uint_eq(fetched, 4);
    ck_assert_int_eq(status[1], SQL_ROW_SUCCESS);
    ck_assert_int_eq(status[2], SQL_ROW_ERROR);
    ck_assert_int_eq(status[3], SQL_ROW_ERROR);
    SQLFreeStmt(c.stmt, SQL_CLOSE);
    ok(c.stmt, direct(c.stmt, "SELECT n, v FROM numbers WHERE n = 200"));
    refuses(c.stmt, "22003", SQLFetch(c.stmt));
    conn_close(&c);
}
END_TEST

/* SQL_ATTR_MAX_LENGTH, SQL_ATTR_RETRIEVE_DATA, only a length pointer. */
START_TEST(attributes)
{
    char v[100] = "untouched";
    SQLLEN len = 77;
    conn_open_as(&c, _i, "");
    attr(SQL_ATTR_MAX_LENGTH, (void *)4);
    ok(c.stmt, direct(c.stmt, "SELECT 'a\xe2\x82\xac\xe2\x82\xac', 123456"));
    ok(c.stmt, SQLBindCol(c.stmt, 1, SQL_C_CHAR, v, sizeof v, &len));
    ok(c.stmt, SQLFetch(c.stmt));
    ck_assert_str_eq(v, "a\xe2\x82\xac");
    ck_assert_str_eq(get(c.stmt, 2), "123456");
    SQLFreeStmt(c.stmt, SQL_CLOSE);
    attr(SQL_ATTR_MAX_LENGTH, (void *)0);
    attr(SQL_ATTR_RETRIEVE_DATA, (void *)SQL_RD_OFF);
    ok(c.stmt, direct(c.stmt, "SELECT 'other'"));
    ok(c.stmt, SQLFetch(c.stmt));
    ck_assert_str_eq(v, "a\xe2\x82\xac");
    SQLFreeStmt(c.stmt, SQL_CLOSE);
    attr(SQL_ATTR_RETRIEVE_DATA, (void *)SQL_RD_ON);
    ok(c.stmt, SQLBindCol(c.stmt, 1, SQL_C_CHAR, NULL, 0, &len));
    ok(c.stmt, direct(c.stmt, "SELECT 'other'"));
    ok(c.stmt, SQLFetch(c.stmt));
    ck_assert_int_eq(len, 5);
    conn_close(&c);
}
END_TEST

/* Closing a large result half-way is quick, and the connection goes on. */
START_TEST(closed_half_way)
{
    conn_open(&c, _i, "flow");
    make_rows();
    double begun = seconds();
    for (int i = 0; i < 3; i++) {
        ok(c.stmt,
           direct(c.stmt,
                  "SELECT a.t, b.t FROM numbers a, numbers b")); /* 25 million rows, 4.5 GB */
        ok(c.stmt, SQLFetch(c.stmt));
        ok(c.stmt, SQLCloseCursor(c.stmt));
        ck_assert_int_eq(one_number(c.stmt, "SELECT 6 * 7"), 42);
    }
    ck_assert_msg(seconds() - begun < 10, "closing took %.1f s", seconds() - begun);
    conn_close(&c);
}
END_TEST

/* Several results of one text: rows, counts, an error in the middle; dropped, read, and read late.
 */
START_TEST(several)
{
    conn_open_as(&c, _i, "MULTI_STATEMENTS=1");
    SQLLEN n = 0;
    SQLSMALLINT cols = 0;
    ck_assert_int_eq(SQLMoreResults(c.stmt), SQL_NO_DATA);
    run(c.stmt, "CREATE TEMPORARY TABLE several(i INT)");
    for (int beside = 0; beside < 2; beside++) {
        ok(c.stmt,
           direct(
               c.stmt,
               "SELECT 1 UNION SELECT 2; INSERT INTO several VALUES(1), (2), (3); SELECT 'last'"));
        ok(c.stmt, SQLFetch(c.stmt));
        if (beside) { /* another statement takes the wire: all of it is read into memory */
            SQLHSTMT other = new_stmt(&c);
            ck_assert_int_eq(one_number(other, "SELECT 42"), 42);
            drop_stmt(other);
        }
        ok(c.stmt, SQLMoreResults(c.stmt));
        ok(c.stmt, SQLRowCount(c.stmt, &n));
        ck_assert_int_eq(n, 3);
        ok(c.stmt, SQLNumResultCols(c.stmt, &cols));
        ck_assert_int_eq(cols, 0);
        refuses(c.stmt, "24000", SQLFetch(c.stmt));
        ok(c.stmt, SQLMoreResults(c.stmt));
        ok(c.stmt, SQLFetch(c.stmt));
        ck_assert_str_eq(get(c.stmt, 1), "last");
        ck_assert_int_eq(SQLFetch(c.stmt), SQL_NO_DATA);
        ck_assert_int_eq(SQLMoreResults(c.stmt), SQL_NO_DATA);
        ck_assert_int_eq(SQLMoreResults(c.stmt), SQL_NO_DATA);
        ok(c.stmt, direct(c.stmt, "SELECT 1; SELECT * FROM several_nowhere; SELECT 2"));
        ok(c.stmt, SQLFetch(c.stmt));
        if (beside) {
            SQLHSTMT other = new_stmt(&c);
            ck_assert_int_eq(one_number(other, "SELECT 42"), 42);
            drop_stmt(other);
        }
        ck_assert_int_eq(SQLMoreResults(c.stmt), SQL_ERROR);
        ck_assert_int_eq(SQLMoreResults(c.stmt), SQL_NO_DATA);
        ck_assert_int_eq(one_number(c.stmt, "SELECT 43"), 43);
    }
    conn_close(&c);
}
END_TEST

START_TEST(called)
{
    conn_open(&c, _i, "flow");
    run(c.stmt, "CREATE PROCEDURE two(n INT) BEGIN SELECT n; SELECT n + 1, 'x'; END");
    for (int prepared = 0; prepared < 2; prepared++) {
        SQLSMALLINT cols = 0;
        if (prepared) {
            ok(c.stmt, SQLPrepare(c.stmt, text("{call two(?)}"), SQL_NTS));
            ok(c.stmt, SQLBindParameter(c.stmt, 1, SQL_PARAM_INPUT, SQL_C_SLONG, SQL_INTEGER, 0, 0,
                                        &five, 0, NULL));
            ok(c.stmt, SQLExecute(c.stmt));
        } else {
            ok(c.stmt, direct(c.stmt, "{call two(5)}"));
        }
        ok(c.stmt, SQLFetch(c.stmt));
        ck_assert_str_eq(get(c.stmt, 1), "5");
        ok(c.stmt, SQLMoreResults(c.stmt));
        ok(c.stmt, SQLNumResultCols(c.stmt, &cols));
        ck_assert_int_eq(cols, 2);
        ok(c.stmt, SQLFetch(c.stmt));
        ck_assert_str_eq(get(c.stmt, 1), "6");
        ck_assert_int_eq(SQLMoreResults(c.stmt), SQL_NO_DATA);
        SQLFreeStmt(c.stmt, SQL_CLOSE);
    }
    conn_close(&c);
}
END_TEST

/* A prepared statement again and again; its table changes; what was told about it follows. */
START_TEST(again)
{
    conn_open(&c, _i, "flow");
    run(c.stmt, "CREATE TABLE again(a INT)");
    run(c.stmt, "INSERT INTO again VALUES(7)");
    SQLINTEGER wanted = 7;
    SQLSMALLINT cols = 0;
    SQLHSTMT p = new_stmt(&c), u = new_stmt(&c);
    ok(p, SQLPrepare(p, text("SELECT * FROM again WHERE a = ?"), SQL_NTS));
    ok(p,
       SQLBindParameter(p, 1, SQL_PARAM_INPUT, SQL_C_SLONG, SQL_INTEGER, 0, 0, &wanted, 0, NULL));
    for (int i = 0; i < 3; i++) {
        ok(p, SQLExecute(p));
        ok(p, SQLFetch(p));
        ck_assert_str_eq(get(p, 1), "7");
        SQLFreeStmt(p, SQL_CLOSE);
    }
    run(c.stmt, "ALTER TABLE again ADD b VARCHAR(10) DEFAULT 'new'");
    ok(p, SQLExecute(p));
    ok(p, SQLNumResultCols(p, &cols));
    ck_assert_int_eq(cols, 2);
    ok(p, SQLFetch(p));
    ck_assert_str_eq(get(p, 2), "new");
    refuses(p, "24000", SQLExecute(p));
    SQLFreeStmt(p, SQL_CLOSE);
    /* an UPDATE that finds nothing says so, each time, and the count is 0 */
    SQLLEN n = -5;
    ok(u, SQLPrepare(u, text("UPDATE again SET a = a + 1 WHERE a = ?"), SQL_NTS));
    ok(u,
       SQLBindParameter(u, 1, SQL_PARAM_INPUT, SQL_C_SLONG, SQL_INTEGER, 0, 0, &wanted, 0, NULL));
    ok(u, SQLExecute(u));
    ok(u, SQLRowCount(u, &n));
    ck_assert_int_eq(n, 1);
    ck_assert_int_eq(SQLExecute(u), SQL_NO_DATA);
    ok(u, SQLRowCount(u, &n));
    ck_assert_int_eq(n, 0);
    drop_stmt(p);
    drop_stmt(u);
    conn_close(&c);
}
END_TEST

/* Columns before execution where nothing is prepared on the server: a SELECT is asked for no rows,
 * others say why not; nothing is executed for it. */
static const struct {
    const char *sql;
    int ncols; /* -1: HYC00 */
} described[] = {
    {"SELECT n, t, ? AS v FROM numbers WHERE n > ?", 3},
    {"SELECT n FROM numbers ; -- and a comment ? ;", 1},
    {"(SELECT n FROM numbers LIMIT 5) UNION SELECT 1 /* ? */", 1},
    {"WITH w AS (SELECT n, v FROM numbers) SELECT * FROM w", 2},
    {"SELECT n FROM numbers WHERE n > ? LIMIT ? OFFSET ?", 1},
    {"INSERT INTO numbers VALUES(?, ?, ?)", 0},
    {"UPDATE numbers SET v = SLEEP(9)", 0},
    {"SHOW TABLES", 1},
    {"SHOW COLUMNS FROM numbers LIKE ?", 6},
    {"SELECT * FROM numbers FOR UPDATE", -1},
};

START_TEST(described_unprepared)
{
    conn_open(&c, _i, "flow");
    make_rows();
    char use[100];
    snprintf(use, sizeof use, "USE %s", c.database);
    struct conn plain;
    conn_open_as(&plain, _i, "NO_SSPS=1");
    run(plain.stmt, use);
    for (size_t k = 0; k < sizeof described / sizeof *described; k++) {
        SQLSMALLINT n = -1;
        ok(plain.stmt, SQLPrepare(plain.stmt, text(described[k].sql), SQL_NTS));
        if (described[k].ncols < 0) {
            refuses(plain.stmt, "HYC00", SQLNumResultCols(plain.stmt, &n));
            ok(plain.stmt, SQLExecute(plain.stmt));
            ok(plain.stmt, SQLNumResultCols(plain.stmt, &n));
            ck_assert_int_gt(n, 0);
        } else {
            ok(plain.stmt, SQLNumResultCols(plain.stmt, &n));
            ck_assert_msg(n == described[k].ncols, "%s: %d columns", described[k].sql, n);
        }
        SQLFreeStmt(plain.stmt, SQL_CLOSE);
    }
    conn_close(&plain);
    ck_assert_int_eq(one_number(c.stmt, "SELECT COUNT(*) FROM numbers"), NROWS);
    conn_close(&c);
}
END_TEST

/* Number, names and types of the columns, as one text. */
static void describe_all(char *out, size_t cap)
{
    SQLSMALLINT n = 0;
    ok(c.stmt, SQLNumResultCols(c.stmt, &n));
    size_t at = (size_t)snprintf(out, cap, "%d:", n);
    for (SQLUSMALLINT i = 1; i <= n && at < cap; i++) {
        test_char name[200];
        SQLSMALLINT len = 0, type = 0;
        ok(c.stmt, SQLDescribeCol(c.stmt, i, name, 200, &len, &type, NULL, NULL, NULL));
        at += (size_t)snprintf(out + at, cap - at, " %s %d", text_back(name, (size_t)len), type);
    }
}

/* Columns before execution are those after it.  Servers say 0 of some statements that have rows;
 * asking otherwise must not execute them. */
static const struct {
    const char *sql;
    int server; /* of server_names; -1: all */
} told[] = {
    {"EXPLAIN SELECT * FROM numbers", -1},
    {"EXPLAIN SELECT * FROM numbers WHERE n = ?", -1},
    {"EXPLAIN FORMAT=JSON SELECT * FROM numbers", -1},
    {"EXPLAIN DELETE FROM numbers", -1},
    {"EXPLAIN ANALYZE SELECT * FROM numbers", 1},
    {"ANALYZE SELECT * FROM numbers", 0},
    {"ANALYZE DELETE FROM numbers", 0},
    {"SHOW GRANTS", -1},
    {"SHOW TABLES", -1},
    {"SHOW CREATE TABLE numbers", -1},
    {"SHOW WARNINGS", -1},
    {"SHOW PROCESSLIST", -1},
    {"SHOW ENGINES", -1},
    {"SHOW STATUS LIKE 'Questions'", -1},
    {"DESCRIBE numbers", -1},
    {"DESC numbers n", -1},
    {"CHECK TABLE numbers", -1},
    {"CHECKSUM TABLE numbers", -1},
    {"ANALYZE TABLE numbers", -1},
    {"OPTIMIZE TABLE numbers", -1},
    {"REPAIR TABLE numbers", -1},
    {"XA RECOVER", -1},
    {"SELECT 1 INTO @a", -1},
    {"SELECT n FROM numbers", -1},
    {"(SELECT n FROM numbers) LIMIT 1", -1},
    {"WITH w AS (SELECT n FROM numbers) SELECT * FROM w", -1},
    {"VALUES (1, 2)", 0},
    {"VALUES ROW(1, 2)", 1},
    {"TABLE numbers", 1},
    {"INSERT INTO numbers (n) VALUES (-1) RETURNING n, t, v + 1 AS w", 0},
    {"REPLACE INTO numbers (n) VALUES (?) RETURNING *", 0},
    {"DELETE FROM numbers WHERE n < 3 RETURNING CONCAT(n, ?) AS w", 0},
    {"DELETE FROM numbers WHERE n = 5", -1},
    {"SET @a = 1", -1},
};

START_TEST(described_prepared)
{
    static char before[4000], after[4000];
    SQLCHAR one_text[] = "-2";
    conn_open(&c, _i, "flow");
    make_rows();
    for (size_t k = 0; k < sizeof told / sizeof *told; k++) {
        if (told[k].server >= 0 && told[k].server != _i)
            continue;
        SQLHSTMT other = new_stmt(&c);
        long rows = one_number(other, "SELECT COUNT(*) FROM numbers");
        ok(c.stmt, SQLPrepare(c.stmt, text(told[k].sql), SQL_NTS));
        describe_all(before, sizeof before);
        ck_assert_msg(one_number(other, "SELECT COUNT(*) FROM numbers") == rows,
                      "%s on %s was executed to describe it", told[k].sql, c.server);
        drop_stmt(other);
        if (strchr(told[k].sql, '?'))
            ok(c.stmt, SQLBindParameter(c.stmt, 1, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_VARCHAR, 9, 0,
                                        one_text, 0, NULL));
        SQLRETURN rc = SQLExecute(c.stmt);
        struct said d = said(c.stmt);
        ck_assert_msg(SQL_SUCCEEDED(rc) || rc == SQL_NO_DATA, "%s: %s", told[k].sql, d.text);
        describe_all(after, sizeof after);
        ck_assert_msg(!strcmp(before, after), "%s on %s: %s before, %s after", told[k].sql,
                      c.server, before, after);
        SQLFreeStmt(c.stmt, SQL_CLOSE);
        SQLFreeStmt(c.stmt, SQL_RESET_PARAMS);
    }
    conn_close(&c);
}
END_TEST

/* What may not be, in an order that may not be. */
START_TEST(out_of_order)
{
    SQLSMALLINT n = 0;
    SQLLEN rows = 0;
    conn_open_as(&c, _i, "");
    refuses(c.stmt, "HY010", SQLFetch(c.stmt));
    refuses(c.stmt, "HY010", SQLExecute(c.stmt));
    refuses(c.stmt, "HY010", SQLNumResultCols(c.stmt, &n));
    refuses(c.stmt, "HY010", SQLRowCount(c.stmt, &rows));
    refuses(c.stmt, "24000", SQLCloseCursor(c.stmt));
    refuses(c.stmt, "42000", direct(c.stmt, "SELEC 1"));
    refuses(c.stmt, "42S02", direct(c.stmt, "SELECT * FROM test.nowhere"));
    refuses(c.stmt, "42S22", direct(c.stmt, "SELECT nowhere"));
    ok(c.stmt, SQLPrepare(c.stmt, text("SELECT ?"), SQL_NTS));
    refuses(c.stmt, "07002", SQLExecute(c.stmt));
    ok(c.stmt, direct(c.stmt, "SELECT 1"));
    refuses(c.stmt, "HY106", SQLFetchScroll(c.stmt, SQL_FETCH_PRIOR, 0));
    refuses(c.stmt, "07009", SQLDescribeCol(c.stmt, 2, NULL, 0, NULL, NULL, NULL, NULL, NULL));
    SQLSMALLINT len = 0;
    ok(c.stmt, SQLDescribeCol(c.stmt, 1, NULL, 0, &len, NULL, NULL, NULL, NULL));
    ck_assert_int_eq(len, 1);
    refuses(c.stmt, "24000", direct(c.stmt, "SELECT 1"));
    SQLFreeStmt(c.stmt, SQL_CLOSE);
    ok(c.stmt, direct(c.stmt, "SELECT 1"));
    refuses(c.stmt, "24000", SQLPrepare(c.stmt, text("SELECT 1"), SQL_NTS));
    SQLFreeStmt(c.stmt, SQL_CLOSE);
    ok(c.stmt, direct(c.stmt, "DO 1"));
    refuses(c.stmt, "24000", SQLFetch(c.stmt));
    ok(c.stmt, SQLRowCount(c.stmt, &rows));
    ck_assert_int_eq(rows, 0);
    conn_close(&c);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("flow");
    TCase *t = tcase_create("flow");
    tcase_set_timeout(t, 120);
    tcase_add_loop_test(t, beside_others, 0, NSERVERS);
    tcase_add_loop_test(t, in_turns, 0, NSERVERS);
    tcase_add_loop_test(t, rowsets_by_row, 0, NSERVERS);
    tcase_add_loop_test(t, rowsets_by_column, 0, NSERVERS);
    tcase_add_loop_test(t, attributes, 0, NSERVERS);
    tcase_add_loop_test(t, closed_half_way, 0, NSERVERS);
    tcase_add_loop_test(t, several, 0, NSERVERS);
    tcase_add_loop_test(t, called, 0, NSERVERS);
    tcase_add_loop_test(t, again, 0, NSERVERS);
    tcase_add_loop_test(t, described_unprepared, 0, NSERVERS);
    tcase_add_loop_test(t, described_prepared, 0, NSERVERS);
    tcase_add_loop_test(t, out_of_order, 0, NSERVERS);
    suite_add_tcase(s, t);
    return run_suite(s);
}
