/* test_told.c - what calls tell beside the values: indicators, counts, positions and statuses in
 * uncommon bindings, after errors half-way, and on a second look. */
#include "integration/odbc.h"

static struct conn c;

static void attr(SQLINTEGER id, void *value)
{
    ok(c.stmt, SQLSetStmtAttr(c.stmt, id, value, 0));
}

static SQLULEN row_number(void)
{
    SQLULEN n = 4711;
    ok(c.stmt, SQLGetStmtAttr(c.stmt, SQL_ATTR_ROW_NUMBER, &n, 0, NULL));
    return n;
}

/* Rows n = 1..5 and a text of them. */
static void make_numbers(int server)
{
    conn_open(&c, server, "told");
    run(c.stmt, "CREATE TABLE five(n INT PRIMARY KEY AUTO_INCREMENT, t VARCHAR(20))");
    run(c.stmt, "INSERT INTO five(t) VALUES ('one'), (NULL), (''), ('four'), ('five')");
}

/* --- indicators ------------------------------------------------------------------------------- */

struct block {
    char v[5][8];
    SQLLEN len[5], ind[5];
};

/* Length and indicator apart (only descriptors say so), both moved by the bind offset. */
START_TEST(lengths_apart_from_indicators)
{
    static struct block blocks[2];
    SQLHDESC ard = SQL_NULL_HDESC;
    SQLLEN offset = sizeof(struct block);
    SQLULEN fetched = 0;
    make_numbers(_i);
    memset(blocks, 0x55, sizeof blocks);
    const SQLLEN untouched = blocks[0].len[0];
    attr(SQL_ATTR_ROW_ARRAY_SIZE, (void *)5);
    attr(SQL_ATTR_ROW_BIND_OFFSET_PTR, &offset);
    attr(SQL_ATTR_ROWS_FETCHED_PTR, &fetched);
    ok(c.stmt, SQLBindCol(c.stmt, 1, SQL_C_CHAR, blocks[0].v, 8, blocks[0].len));
    ok(c.stmt, SQLGetStmtAttr(c.stmt, SQL_ATTR_APP_ROW_DESC, &ard, 0, NULL));
    ck_assert_int_eq(SQLSetDescField(ard, 1, SQL_DESC_INDICATOR_PTR, blocks[0].ind, 0),
                     SQL_SUCCESS);
    ok(c.stmt, direct(c.stmt, "SELECT t FROM five ORDER BY n"));
    ok(c.stmt, SQLFetch(c.stmt));
    ck_assert_uint_eq(fetched, 5);
    static const char *const want[] = {"one", NULL, "", "four", "five"};
    for (int i = 0; i < 5; i++) {
        ck_assert_int_eq(blocks[1].ind[i], want[i] ? 0 : SQL_NULL_DATA);
        ck_assert_int_eq(blocks[1].len[i], want[i] ? (SQLLEN)strlen(want[i]) : untouched);
        if (want[i])
            ck_assert_str_eq(blocks[1].v[i], want[i]);
        ck_assert(blocks[0].len[i] == untouched && blocks[0].ind[i] == untouched);
    }
    conn_close(&c);
}
END_TEST

/* The same for parameters. */
START_TEST(parameters_apart)
{
    static struct block blocks[2];
    SQLHDESC apd = SQL_NULL_HDESC;
    SQLLEN offset = sizeof(struct block);
    make_numbers(_i);
    memset(blocks, 0, sizeof blocks);
    static const char *const given[] = {"aa", "bcd", "xyz", "", "q"};
    for (int i = 0; i < 5; i++) {
        memcpy(blocks[1].v[i], given[i], strlen(given[i]));
        blocks[1].len[i] = i == 1 ? 2 : (SQLLEN)strlen(given[i]);
        blocks[1].ind[i] = i == 2 ? SQL_NULL_DATA : 0;
        blocks[0].ind[i] = SQL_NULL_DATA;
    }
    attr(SQL_ATTR_PARAMSET_SIZE, (void *)5);
    attr(SQL_ATTR_PARAM_BIND_OFFSET_PTR, &offset);
    ok(c.stmt, SQLBindParameter(c.stmt, 1, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_VARCHAR, 20, 0,
                                blocks[0].v, 8, blocks[0].len));
    ok(c.stmt, SQLGetStmtAttr(c.stmt, SQL_ATTR_APP_PARAM_DESC, &apd, 0, NULL));
    ck_assert_int_eq(SQLSetDescField(apd, 1, SQL_DESC_INDICATOR_PTR, blocks[0].ind, 0),
                     SQL_SUCCESS);
    ok(c.stmt, direct(c.stmt, "INSERT INTO five(t) VALUES (?)"));
    SQLHSTMT s = new_stmt(&c);
    ck_assert_str_eq(one(s, "SELECT GROUP_CONCAT(IFNULL(t, 'NULL') ORDER BY n SEPARATOR '|')"
                            " FROM five WHERE n > 5"),
                     "aa|bc|NULL||q");
    drop_stmt(s);
    conn_close(&c);
}
END_TEST

/* --- errors half-way -------------------------------------------------------------------------- */

/* Rows 1 and 2, and then the server's error. */
static const char fails_at_3[] =
    "SELECT IF(n = 3, (SELECT a.n UNION SELECT 0), n), t FROM five a ORDER BY n";

START_TEST(error_within_a_rowset)
{
    SQLINTEGER v[5] = {0};
    SQLUSMALLINT status[5] = {77, 77, 77, 77, 77};
    SQLULEN fetched = 4711;
    SQLLEN row = 0;
    make_numbers(_i);
    attr(SQL_ATTR_ROW_ARRAY_SIZE, (void *)5);
    attr(SQL_ATTR_ROW_STATUS_PTR, status);
    attr(SQL_ATTR_ROWS_FETCHED_PTR, &fetched);
    ok(c.stmt, SQLBindCol(c.stmt, 1, SQL_C_SLONG, v, 0, NULL));
    ok(c.stmt, direct(c.stmt, fails_at_3));
    refuses(c.stmt, "21000", SQLFetch(c.stmt));
    ck_assert_int_eq(
        SQLGetDiagField(SQL_HANDLE_STMT, c.stmt, 1, SQL_DIAG_ROW_NUMBER, &row, 0, NULL),
        SQL_SUCCESS);
    ck_assert_int_eq(row, 3);
    ck_assert_uint_eq(fetched, 2);
    ck_assert(v[0] == 1 && v[1] == 2 && v[2] == 0);
    ck_assert(status[0] == SQL_ROW_SUCCESS && status[1] == SQL_ROW_SUCCESS);
    for (int i = 2; i < 5; i++)
        ck_assert_int_eq(status[i], SQL_ROW_NOROW);
    conn_close(&c);
}
END_TEST

/* A scrollable cursor whose fetch fails stays, and has no row for SQLGetData until the next. */
START_TEST(error_while_scrolling)
{
    char v[20];
    make_numbers(_i);
    attr(SQL_ATTR_CURSOR_TYPE, (void *)SQL_CURSOR_STATIC);
    ok(c.stmt, direct(c.stmt, fails_at_3));
    ok(c.stmt, SQLFetchScroll(c.stmt, SQL_FETCH_ABSOLUTE, 2));
    refuses(c.stmt, "21000", SQLFetchScroll(c.stmt, SQL_FETCH_LAST, 0));
    refuses(c.stmt, "24000", SQLGetData(c.stmt, 1, SQL_C_CHAR, v, sizeof v, NULL));
    refuses(c.stmt, "21000", SQLFetchScroll(c.stmt, SQL_FETCH_NEXT, 0)); /* each time */
    ok(c.stmt, SQLFetchScroll(c.stmt, SQL_FETCH_PRIOR, 0));
    ck_assert_str_eq(get(c.stmt, 1), "1");
    conn_close(&c);
}
END_TEST

/* The row and the column of each value that could not be given; all rows bad is an error. */
START_TEST(rows_with_bad_values)
{
    SQLSCHAR small[3];
    SQLUSMALLINT status[3];
    SQLULEN fetched = 0;
    conn_open_as(&c, _i, "");
    attr(SQL_ATTR_ROW_ARRAY_SIZE, (void *)3);
    attr(SQL_ATTR_ROW_STATUS_PTR, status);
    attr(SQL_ATTR_ROWS_FETCHED_PTR, &fetched);
    ok(c.stmt, SQLBindCol(c.stmt, 2, SQL_C_STINYINT, small, 0, NULL));
    ok(c.stmt, direct(c.stmt, "SELECT 0, 1 UNION ALL SELECT 0, 1000 UNION ALL SELECT 0, 2"));
    ck_assert_int_eq(SQLFetch(c.stmt), SQL_SUCCESS_WITH_INFO);
    bool is_told = false;
    for (SQLSMALLINT i = 1; *said_at(SQL_HANDLE_STMT, c.stmt, i).state; i++) {
        SQLLEN row = 0;
        SQLINTEGER column = 0;
        if (strcmp(said_at(SQL_HANDLE_STMT, c.stmt, i).state, "22003") != 0)
            continue;
        SQLGetDiagField(SQL_HANDLE_STMT, c.stmt, i, SQL_DIAG_ROW_NUMBER, &row, 0, NULL);
        SQLGetDiagField(SQL_HANDLE_STMT, c.stmt, i, SQL_DIAG_COLUMN_NUMBER, &column, 0, NULL);
        ck_assert_int_eq(row, 2);
        ck_assert_int_eq(column, 2);
        is_told = true;
    }
    ck_assert(is_told);
    ck_assert(status[0] == SQL_ROW_SUCCESS && status[1] == SQL_ROW_ERROR &&
              status[2] == SQL_ROW_SUCCESS);
    SQLFreeStmt(c.stmt, SQL_CLOSE);
    ok(c.stmt, direct(c.stmt, "SELECT 0, 1000 UNION ALL SELECT 0, 2000"));
    refuses(c.stmt, "22003", SQLFetch(c.stmt));
    ck_assert_uint_eq(fetched, 2);
    conn_close(&c);
}
END_TEST

/* A thousand cut values do not make a thousand records; the statuses have them all. */
START_TEST(many_cut_values)
{
    enum { N = 300, MOST = 200 };
    static char v[N][2];
    static SQLLEN len[N];
    static SQLUSMALLINT status[N];
    conn_open(&c, _i, "told");
    run(c.stmt, "CREATE TABLE many(n INT PRIMARY KEY AUTO_INCREMENT, t VARCHAR(9) DEFAULT 'cut')");
    run(c.stmt, "INSERT INTO many() VALUES (), (), (), (), (), (), (), (), (), ()");
    run(c.stmt, "INSERT INTO many(t) SELECT a.t FROM many a, many b, many c");
    attr(SQL_ATTR_ROW_ARRAY_SIZE, (void *)N);
    attr(SQL_ATTR_ROW_STATUS_PTR, status);
    ok(c.stmt, SQLBindCol(c.stmt, 1, SQL_C_CHAR, v, sizeof v[0], len));
    ok(c.stmt, direct(c.stmt, "SELECT t FROM many"));
    ck_assert_int_eq(SQLFetch(c.stmt), SQL_SUCCESS_WITH_INFO);
    SQLSMALLINT n = 1;
    while (*said_at(SQL_HANDLE_STMT, c.stmt, n).state)
        n++;
    ck_assert_int_eq(n - 1, MOST + 1); /* and one that says so */
    for (int i = 0; i < N; i++)
        ck_assert(status[i] == SQL_ROW_SUCCESS_WITH_INFO && len[i] == 3 && v[i][0] == 'c');
    conn_close(&c);
}
END_TEST

/* Nor do many rows of parameters that fail, over which driver managers brood for a minute; what
 * came last is told. */
START_TEST(many_failed_rows)
{
    enum { N = 1500, MOST = 1000 };
    static SQLINTEGER v[N];
    static SQLUSMALLINT status[N];
    conn_open(&c, _i, "told");
    run(c.stmt, "CREATE TABLE one(n INT PRIMARY KEY)");
    attr(SQL_ATTR_PARAMSET_SIZE, (void *)N);
    attr(SQL_ATTR_PARAM_STATUS_PTR, status);
    ok(c.stmt,
       SQLBindParameter(c.stmt, 1, SQL_PARAM_INPUT, SQL_C_SLONG, SQL_INTEGER, 0, 0, v, 0, NULL));
    ck_assert_int_eq(direct(c.stmt, "INSERT INTO one VALUES (?)"), SQL_SUCCESS_WITH_INFO);
    SQLSMALLINT n = 1;
    while (!strcmp(said_at(SQL_HANDLE_STMT, c.stmt, n).state, "23000"))
        n++;
    ck_assert_int_eq(n - 1, MOST);
    ck_assert_str_eq(said_at(SQL_HANDLE_STMT, c.stmt, n).state, "01000");
    ck_assert(!*said_at(SQL_HANDLE_STMT, c.stmt, (SQLSMALLINT)(n + 1)).state);
    ck_assert_int_eq(status[0], SQL_PARAM_SUCCESS);
    for (int i = 1; i < N; i++)
        ck_assert_int_eq(status[i], SQL_PARAM_ERROR);
    conn_close(&c);
}
END_TEST

/* --- positions -------------------------------------------------------------------------------- */

/* Rowsets of 2 of 5 rows: where each begins, where SQLSetPos moves to, and that it begins anew. */
START_TEST(positions)
{
    char piece[3];
    SQLULEN fetched = 0;
    make_numbers(_i % NSERVERS);
    if (_i >= NSERVERS)
        attr(SQL_ATTR_CURSOR_TYPE, (void *)SQL_CURSOR_STATIC);
    attr(SQL_ATTR_ROW_ARRAY_SIZE, (void *)2);
    attr(SQL_ATTR_ROWS_FETCHED_PTR, &fetched);
    ok(c.stmt, direct(c.stmt, "SELECT n, CONCAT('row', n) FROM five ORDER BY n"));
    for (SQLULEN first = 1; first <= 5; first += 2) {
        ok(c.stmt, SQLFetch(c.stmt));
        ck_assert_uint_eq(row_number(), first);
        for (SQLULEN i = 1; i <= fetched; i++) {
            char want[8];
            snprintf(want, sizeof want, "row%lu", (unsigned long)(first + i - 1));
            ok(c.stmt, SQLSetPos(c.stmt, (SQLSETPOSIROW)i, SQL_POSITION, SQL_LOCK_NO_CHANGE));
            ck_assert_uint_eq(row_number(), first + i - 1);
            expect(c.stmt, SQL_SUCCESS_WITH_INFO, "01004",
                   SQLGetData(c.stmt, 2, SQL_C_CHAR, piece, sizeof piece, NULL));
            ok(c.stmt, SQLSetPos(c.stmt, (SQLSETPOSIROW)i, SQL_POSITION, SQL_LOCK_NO_CHANGE));
            ck_assert_str_eq(get(c.stmt, 2), want);
        }
        refuses(c.stmt, "HY107",
                SQLSetPos(c.stmt, (SQLSETPOSIROW)(fetched + 1), SQL_POSITION, SQL_LOCK_NO_CHANGE));
        refuses(c.stmt, "HYC00", SQLSetPos(c.stmt, 1, SQL_POSITION, SQL_LOCK_EXCLUSIVE));
    }
    ck_assert_uint_eq(fetched, 1);
    ck_assert_int_eq(SQLFetch(c.stmt), SQL_NO_DATA);
    conn_close(&c);
}
END_TEST

/* SQLGetData of NULL, of each column once; the scale of the descriptor counts each time. */
START_TEST(second_looks)
{
    char v[20];
    SQLLEN ind = 0;
    SQLHDESC ard = SQL_NULL_HDESC;
    SQL_NUMERIC_STRUCT n;
    conn_open_as(&c, _i, "");
    ok(c.stmt, direct(c.stmt, "SELECT NULL, NULL, 12.34567 UNION ALL SELECT NULL, NULL, 1"));
    for (int row = 0; row < 2; row++) {
        ok(c.stmt, SQLFetch(c.stmt));
        for (SQLUSMALLINT column = 1; column <= 2; column++) {
            ok(c.stmt, SQLGetData(c.stmt, column, SQL_C_CHAR, v, 0, &ind)); /* only looks */
            ck_assert_int_eq(ind, SQL_NULL_DATA);
            ok(c.stmt, SQLGetData(c.stmt, column, SQL_C_CHAR, v, sizeof v, &ind));
            ck_assert_int_eq(ind, SQL_NULL_DATA);
            ck_assert_int_eq(SQLGetData(c.stmt, column, SQL_C_CHAR, v, sizeof v, &ind),
                             SQL_NO_DATA);
        }
        if (row)
            break;
        ok(c.stmt, SQLGetStmtAttr(c.stmt, SQL_ATTR_APP_ROW_DESC, &ard, 0, NULL));
        static const struct {
            intptr_t precision, scale;
            unsigned want;
        } forms[] = {{10, 2, 1234}, {10, 4, 123456}, {12, 4, 123456}, {10, 1, 123}};
        for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
            unsigned digits = 0;
            SQLSetDescField(ard, 3, SQL_DESC_TYPE, (SQLPOINTER)SQL_C_NUMERIC, 0);
            SQLSetDescField(ard, 3, SQL_DESC_PRECISION, (SQLPOINTER)forms[i].precision, 0);
            SQLSetDescField(ard, 3, SQL_DESC_SCALE, (SQLPOINTER)forms[i].scale, 0);
            expect(c.stmt, SQL_SUCCESS_WITH_INFO, "01S07",
                   SQLGetData(c.stmt, 3, SQL_ARD_TYPE, &n, sizeof n, &ind));
            memcpy(&digits, n.val, sizeof digits);
            ck_assert_msg(digits == forms[i].want && n.scale == forms[i].scale &&
                              n.precision == forms[i].precision,
                          "form %zu: %u, scale %d of %d", i, digits, n.scale, n.precision);
        }
        SQLFreeStmt(c.stmt, SQL_UNBIND);
    }
    conn_close(&c);
}
END_TEST

/* What is read into memory because another statement needs the wire is as it was. */
START_TEST(columns_that_were_kept)
{
    test_char text[100];
    SQLSMALLINT len = 0;
    char v[20];
    SQLLEN ind = 0;
    make_numbers(_i);
    ok(c.stmt, direct(c.stmt, "SELECT a.t AS alias, n FROM five a ORDER BY n"));
    SQLHSTMT s = new_stmt(&c);
    ck_assert_int_eq(one_number(s, "SELECT 42"), 42);
    static const struct {
        SQLUSMALLINT field;
        const char *want;
    } told[] = {{SQL_DESC_LABEL, "alias"},        {SQL_DESC_NAME, "alias"},
                {SQL_DESC_BASE_COLUMN_NAME, "t"}, {SQL_DESC_BASE_TABLE_NAME, "five"},
                {SQL_DESC_TABLE_NAME, "a"},       {SQL_DESC_CATALOG_NAME, NULL}};
    for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
        ok(c.stmt, SQLColAttribute(c.stmt, 1, told[i].field, text, sizeof text, &len, NULL));
        ck_assert_str_eq(text_back(text, (size_t)len / sizeof *text),
                         told[i].want ? told[i].want : c.database);
    }
    static const char *const want[] = {"one", NULL, "", "four", "five"};
    for (int i = 0; i < 5; i++) {
        ok(c.stmt, SQLFetch(c.stmt));
        ok(c.stmt, SQLGetData(c.stmt, 1, SQL_C_CHAR, v, sizeof v, &ind));
        ck_assert_int_eq(ind, want[i] ? (SQLLEN)strlen(want[i]) : SQL_NULL_DATA);
    }
    drop_stmt(s);
    conn_close(&c);
}
END_TEST

/* --- the header of diagnostics ---------------------------------------------------------------- */

START_TEST(headers)
{
    static const struct {
        const char *sql;
        SQLLEN count;
        SQLINTEGER code;
    } said_of[] = {
        {"SELECT n FROM five", -1, SQL_DIAG_SELECT_CURSOR},
        {"UPDATE five SET t = 'x' WHERE n < 4", 3, SQL_DIAG_UPDATE_WHERE},
        {"DELETE FROM five WHERE n < 3", 2, SQL_DIAG_DELETE_WHERE},
        {"INSERT INTO five(t) VALUES ('y')", 1, SQL_DIAG_INSERT},
        {"CALL nothing_much()", 0, SQL_DIAG_CALL},
        {"SET @a = 1", 0, SQL_DIAG_UNKNOWN_STATEMENT},
    };
    char prefix[64];
    struct server server = server_here(server_names[_i]);
    make_numbers(_i);
    run(c.stmt, "CREATE PROCEDURE nothing_much() SET @b = 2");
    for (size_t i = 0; i < sizeof said_of / sizeof *said_of; i++) {
        SQLLEN rows = 4711, cursor_rows = 4711;
        SQLINTEGER code = 4711;
        ok(c.stmt, direct(c.stmt, said_of[i].sql));
        SQLGetDiagField(SQL_HANDLE_STMT, c.stmt, 0, SQL_DIAG_ROW_COUNT, &rows, 0, NULL);
        SQLGetDiagField(SQL_HANDLE_STMT, c.stmt, 0, SQL_DIAG_CURSOR_ROW_COUNT, &cursor_rows, 0,
                        NULL);
        SQLGetDiagField(SQL_HANDLE_STMT, c.stmt, 0, SQL_DIAG_DYNAMIC_FUNCTION_CODE, &code, 0, NULL);
        ck_assert_msg(rows == said_of[i].count, "%s: %ld rows", said_of[i].sql, (long)rows);
        ck_assert_msg(cursor_rows == (i ? 0 : -1), "%s: %ld rows of a cursor", said_of[i].sql,
                      (long)cursor_rows);
        ck_assert_msg(code == said_of[i].code, "%s: %d", said_of[i].sql, (int)code);
        SQLFreeStmt(c.stmt, SQL_CLOSE);
    }
    refuses(c.stmt, "42S02", direct(c.stmt, "SELECT 1 FROM nowhere"));
    SQLINTEGER column = 0;
    SQLLEN row = 0;
    SQLGetDiagField(SQL_HANDLE_STMT, c.stmt, 1, SQL_DIAG_COLUMN_NUMBER, &column, 0, NULL);
    SQLGetDiagField(SQL_HANDLE_STMT, c.stmt, 1, SQL_DIAG_ROW_NUMBER, &row, 0, NULL);
    ck_assert_int_eq(column, SQL_NO_COLUMN_NUMBER);
    ck_assert_int_eq(row, SQL_NO_ROW_NUMBER);
    snprintf(prefix, sizeof prefix, "[MyWire][%s %.*s] ", _i ? "MySQL" : "MariaDB",
             (int)strspn(server.version, "0123456789."), server.version);
    ck_assert_msg(strstr(said(c.stmt).text, prefix) != NULL, "%s: no %s", said(c.stmt).text,
                  prefix);
    conn_close(&c);
}
END_TEST

/* --- statements that fail, or have failed ------------------------------------------------------
 */

/* A text that cannot be prepared leaves nothing to execute; SQLFreeStmt's options each do their
 * part; a single set of parameters may be ignored too. */
START_TEST(nothing_is_left)
{
    SQLSMALLINT n = 0;
    SQLINTEGER v = 7;
    SQLULEN processed = 4711;
    SQLUSMALLINT operation = SQL_PARAM_IGNORE, status = 4711;
    SQLLEN rows = 4711;
    make_numbers(_i);
    ok(c.stmt, SQLPrepare(c.stmt, text("SELECT 1"), SQL_NTS));
    refuses(c.stmt, "42000", SQLPrepare(c.stmt, text("SELECT {fn ucase('x'"), SQL_NTS));
    refuses(c.stmt, "HY010", SQLExecute(c.stmt));
    attr(SQL_ATTR_PARAMS_PROCESSED_PTR, &processed);
    attr(SQL_ATTR_PARAM_STATUS_PTR, &status);
    ok(c.stmt, direct(c.stmt, "SET @a = 1"));
    ck_assert_uint_eq(processed, 1);
    ok(c.stmt,
       SQLBindParameter(c.stmt, 1, SQL_PARAM_INPUT, SQL_C_SLONG, SQL_INTEGER, 0, 0, &v, 0, NULL));
    attr(SQL_ATTR_PARAM_OPERATION_PTR, &operation);
    (void)direct(c.stmt, "DELETE FROM five WHERE n < ?");
    ck_assert_int_eq(status, SQL_PARAM_UNUSED);
    operation = SQL_PARAM_PROCEED;
    SQLHSTMT s = new_stmt(&c);
    ck_assert_int_eq(one_number(s, "SELECT COUNT(*) FROM five"), 5);
    ok(c.stmt, direct(c.stmt, "DELETE FROM five WHERE n < ?"));
    ok(c.stmt, SQLRowCount(c.stmt, &rows));
    ck_assert_int_eq(rows, 5);
    ck_assert_int_eq(status, SQL_PARAM_SUCCESS);
    SQLHDESC ipd = SQL_NULL_HDESC;
    SQLSMALLINT count = -1;
    ok(c.stmt, SQLGetStmtAttr(c.stmt, SQL_ATTR_IMP_PARAM_DESC, &ipd, 0, NULL));
    ok(c.stmt, SQLFreeStmt(c.stmt, SQL_RESET_PARAMS));
    ck_assert_int_eq(SQLGetDescField(ipd, 0, SQL_DESC_COUNT, &count, 0, NULL), SQL_SUCCESS);
    ck_assert_int_eq(count, 0);
    refuses(c.stmt, "07002", direct(c.stmt, "DELETE FROM five WHERE n < ?"));
    ok(s, direct(s, "SELECT 1"));
    ok(s, SQLFreeStmt(s, SQL_CLOSE));
    refuses(s, "HY010", SQLNumParams(s, &n));
    ck_assert_int_eq(SQLMoreResults(s), SQL_NO_DATA);
    drop_stmt(s);
    conn_close(&c);
}
END_TEST

/* SQL_ATTR_CURRENT_CATALOG counts bytes at both doors, and what is executed next is of there. */
START_TEST(in_another_database)
{
    make_numbers(_i);
    SQLHSTMT p = new_stmt(&c);
    SQLINTEGER v = 1;
    char sql[200];
    snprintf(sql, sizeof sql, "DROP DATABASE IF EXISTS %s_2", c.database);
    run(c.stmt, sql);
    snprintf(sql, sizeof sql, "CREATE DATABASE %s_2", c.database);
    run(c.stmt, sql);
    snprintf(sql, sizeof sql, "CREATE TABLE %s_2.five(n INT, t VARCHAR(5))", c.database);
    run(c.stmt, sql);
    snprintf(sql, sizeof sql, "INSERT INTO %s_2.five VALUES (1, 'other')", c.database);
    run(c.stmt, sql);
    ok(p, SQLBindParameter(p, 1, SQL_PARAM_INPUT, SQL_C_SLONG, SQL_INTEGER, 0, 0, &v, 0, NULL));
    snprintf(sql, sizeof sql, "%s_2", c.database);
    SQLINTEGER bytes = (SQLINTEGER)(strlen(sql) * sizeof(test_char));
    ck_assert_int_eq(SQLSetConnectAttr(c.dbc, SQL_ATTR_CURRENT_CATALOG, text(sql), bytes),
                     SQL_SUCCESS);
    ok(p, direct(p, "SELECT t FROM five WHERE n = ?"));
    ok(p, SQLFetch(p));
    ck_assert_str_eq(get(p, 1), "other");
    drop_stmt(p);
    ck_assert_int_eq(SQLSetConnectAttr(c.dbc, SQL_ATTR_CURRENT_CATALOG, text(c.database), SQL_NTS),
                     SQL_SUCCESS);
    snprintf(sql, sizeof sql, "DROP DATABASE %s_2", c.database);
    run(c.stmt, sql);
    conn_close(&c);
}
END_TEST

/* --- descriptions ----------------------------------------------------------------------------- */

static SQLLEN number_of(SQLUSMALLINT column, SQLUSMALLINT field)
{
    SQLLEN n = 4711;
    ok(c.stmt, SQLColAttribute(c.stmt, column, field, NULL, 0, NULL, &n));
    return n;
}

static void check_defaults(void)
{
    test_char table[] = {'d', 0};
    ok(c.stmt, SQLColumns(c.stmt, NULL, 0, NULL, 0, table, 1, NULL, 0));
    ok(c.stmt, SQLFetch(c.stmt));
    ck_assert_str_eq(get(c.stmt, 13), "uuid()"); /* SQL, not a string */
    ok(c.stmt, SQLFetch(c.stmt));
    ck_assert_str_eq(get(c.stmt, 13), "'uuid()'");
    SQLFreeStmt(c.stmt, SQL_CLOSE);
}

START_TEST(described)
{
    SQLSMALLINT digits = 77, nullable = 77, type = 0;
    SQLULEN size = 77;
    char sql[200];
    make_numbers(_i);
    ok(c.stmt, direct(c.stmt, "SELECT n, t, n + 1 FROM five"));
    ck_assert_int_eq(number_of(1, SQL_DESC_AUTO_UNIQUE_VALUE), SQL_TRUE);
    ck_assert_int_eq(number_of(2, SQL_DESC_AUTO_UNIQUE_VALUE), SQL_FALSE);
    ck_assert_int_eq(number_of(1, SQL_DESC_UNNAMED), SQL_NAMED);
    ck_assert_int_eq(number_of(1, SQL_DESC_UPDATABLE), SQL_ATTR_READWRITE_UNKNOWN);
    ck_assert_int_eq(number_of(3, SQL_DESC_UPDATABLE), SQL_ATTR_READONLY);
    ck_assert_int_eq(number_of(1, SQL_COLUMN_PRECISION), 10);
    ck_assert_int_eq(number_of(2, SQL_COLUMN_PRECISION), 20);
    ok(c.stmt, SQLDescribeCol(c.stmt, 2, NULL, 0, NULL, NULL, NULL, &digits, NULL));
    ck_assert_int_eq(digits, 0);
    SQLFreeStmt(c.stmt, SQL_CLOSE);
    run(c.stmt, "CREATE TABLE d(a VARCHAR(40) DEFAULT (UUID()), b VARCHAR(40) DEFAULT 'uuid()',"
                " l LONGTEXT NOT NULL)");
    check_defaults();
    run(c.stmt, "USE test"); /* the statement names its database */
    snprintf(sql, sizeof sql, "INSERT INTO %s.d(l, a) VALUES (?, ?)", c.database);
    ok(c.stmt, SQLPrepare(c.stmt, text(sql), SQL_NTS));
    ok(c.stmt, SQLDescribeParam(c.stmt, 1, &type, &size, &digits, &nullable));
    ck_assert_int_eq(type, is_unicode ? SQL_WLONGVARCHAR : SQL_LONGVARCHAR);
    ck_assert_uint_eq(size, 0); /* no limit that a program should make room for */
    ck_assert_int_eq(nullable, SQL_NO_NULLS);
    ok(c.stmt, SQLDescribeParam(c.stmt, 2, &type, &size, &digits, &nullable));
    ck_assert_uint_eq(size, 40);
    ck_assert_int_eq(nullable, SQL_NULLABLE);
    conn_close(&c);
}
END_TEST

/* With NO_CATALOG: the current database's tables alone, and no names of databases. */
START_TEST(without_catalogs)
{
    test_char name[20] = {0};
    SQLSMALLINT len = -1, n = 0;
    SQLUSMALLINT where = 77;
    conn_open_as(&c, _i, "NO_CATALOG=1;");
    conn_database(&c, "told");
    run(c.stmt, "CREATE TABLE columns_priv(only_here INT)"); /* mysql has one too */
    ok(c.stmt, SQLGetInfo(c.dbc, SQL_CATALOG_LOCATION, &where, sizeof where, NULL));
    ck_assert_int_eq(where, 0);
    ok(c.stmt, SQLTables(c.stmt, NULL, 0, NULL, 0, text("columns_priv"), SQL_NTS, NULL, 0));
    ok(c.stmt, SQLFetch(c.stmt));
    ck_assert_str_eq(get(c.stmt, 1), "NULL");
    ck_assert_int_eq(SQLFetch(c.stmt), SQL_NO_DATA);
    SQLFreeStmt(c.stmt, SQL_CLOSE);
    ok(c.stmt,
       SQLTables(c.stmt, text("%"), SQL_NTS, text(""), SQL_NTS, text(""), SQL_NTS, NULL, 0));
    ck_assert_int_eq(SQLFetch(c.stmt), SQL_NO_DATA);
    SQLFreeStmt(c.stmt, SQL_CLOSE);
    ok(c.stmt, direct(c.stmt, "SELECT only_here FROM columns_priv"));
    ok(c.stmt, SQLColAttribute(c.stmt, 1, SQL_DESC_CATALOG_NAME, name, sizeof name, &len, NULL));
    ck_assert_int_eq(len, 0);
    ok(c.stmt, SQLNumResultCols(c.stmt, &n));
    ck_assert_int_eq(n, 1);
    conn_close(&c);
}
END_TEST

/* --- rows that are added ---------------------------------------------------------------------- */

struct added {
    SQLUBIGINT big;
    SQLINTEGER skipped;
    char t[8];
    SQLLEN t_len;
};

/* SQL_ADD by row, at an offset, with a column between that is not bound. */
START_TEST(added_rows)
{
    static struct added rows[4]; /* the first is not one */
    SQLUSMALLINT status[3] = {77, 77, 77};
    SQLLEN offset = sizeof *rows, count = 0;
    SQLINTEGER column = 0;
    conn_open(&c, _i, "told");
    run(c.stmt, "CREATE TABLE added(big BIGINT UNSIGNED, skipped INT DEFAULT 5, t VARCHAR(3))");
    for (int i = 0; i < 4; i++)
        rows[i] = (struct added){.big = UINT64_MAX - (unsigned)i, .t = "abc", .t_len = SQL_NTS};
    ok(c.stmt, direct(c.stmt, "SELECT big, skipped, t FROM added"));
    attr(SQL_ATTR_ROW_ARRAY_SIZE, (void *)3);
    attr(SQL_ATTR_ROW_BIND_TYPE, (void *)sizeof *rows);
    attr(SQL_ATTR_ROW_BIND_OFFSET_PTR, &offset);
    attr(SQL_ATTR_ROW_STATUS_PTR, status);
    ok(c.stmt, SQLBindCol(c.stmt, 1, SQL_C_UBIGINT, &rows[0].big, 0, NULL));
    ok(c.stmt, SQLBindCol(c.stmt, 3, SQL_C_CHAR, rows[0].t, sizeof rows[0].t, &rows[0].t_len));
    ck_assert_int_eq(SQLFetch(c.stmt), SQL_NO_DATA);
    ok(c.stmt, SQLBulkOperations(c.stmt, SQL_ADD));
    SQLGetDiagField(SQL_HANDLE_STMT, c.stmt, 0, SQL_DIAG_ROW_COUNT, &count, 0, NULL);
    ck_assert_int_eq(count, 3);
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(status[i], SQL_ROW_ADDED);
    /* one row, which is too long */
    attr(SQL_ATTR_ROW_ARRAY_SIZE, (void *)1);
    memcpy(rows[1].t, "toolong", 8);
    refuses(c.stmt, "22001", SQLBulkOperations(c.stmt, SQL_ADD));
    ck_assert_int_eq(status[0], SQL_ROW_ERROR);
    rows[1].t_len = -77;
    refuses(c.stmt, "HY090", SQLBulkOperations(c.stmt, SQL_ADD));
    SQLGetDiagField(SQL_HANDLE_STMT, c.stmt, 1, SQL_DIAG_COLUMN_NUMBER, &column, 0, NULL);
    ck_assert_int_eq(column, 3);
    SQLFreeStmt(c.stmt, SQL_CLOSE);
    SQLHSTMT s = new_stmt(&c);
    ck_assert_str_eq(one(s, "SELECT GROUP_CONCAT(big, skipped, t ORDER BY big DESC SEPARATOR '|')"
                            " FROM added"),
                     "184467440737095516145abc|184467440737095516135abc|184467440737095516125abc");
    drop_stmt(s);
    conn_close(&c);
}
END_TEST

/* --- resetting -------------------------------------------------------------------------------- */

/* SQL_ATTR_RESET_CONNECTION ends what is half read, and goes back to the database of the login. */
START_TEST(reset_half_way)
{
    SQLHSTMT s = SQL_NULL_HSTMT;
    char in[4096];
    make_numbers(_i);
    struct server server = server_here(server_names[_i]);
    SQLHDBC dbc = SQL_NULL_HDBC;
    ck_assert(SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_DBC, c.env, &dbc)));
    ck_assert_int_eq(SQLSetConnectAttr(dbc, SQL_ATTR_CURRENT_CATALOG, text(c.database), SQL_NTS),
                     SQL_SUCCESS);
    server_connection(&server, "app", "app-secret", "", in, sizeof in);
    ck_assert(SQL_SUCCEEDED(
        SQLDriverConnect(dbc, NULL, text(in), SQL_NTS, NULL, 0, NULL, SQL_DRIVER_NOPROMPT)));
    ck_assert(SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_STMT, dbc, &s)));
    run(s, "USE test");
    ok(s, direct(s, "SELECT 1 UNION SELECT 2"));
    ok(s, SQLFetch(s));
    ck_assert_int_eq(
        SQLSetConnectAttr(dbc, 116 /* SQL_ATTR_RESET_CONNECTION */, (SQLPOINTER)1, SQL_IS_UINTEGER),
        SQL_SUCCESS);
    SQLFreeHandle(SQL_HANDLE_STMT, s);
    ck_assert(SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_STMT, dbc, &s)));
    ck_assert_str_eq(one(s, "SELECT DATABASE()"), c.database);
    SQLFreeHandle(SQL_HANDLE_STMT, s);
    SQLDisconnect(dbc);
    SQLFreeHandle(SQL_HANDLE_DBC, dbc);
    conn_close(&c);
}
END_TEST

/* --- data at execution ------------------------------------------------------------------------ */

static SQLLEN wait_for_data = SQL_DATA_AT_EXEC;

static void ask_for_data(const char *sql, SQLSMALLINT ctype, SQLSMALLINT type)
{
    SQLPOINTER token = NULL;
    ok(c.stmt,
       SQLBindParameter(c.stmt, 1, SQL_PARAM_INPUT, ctype, type, 0, 0, &token, 0, &wait_for_data));
    ck_assert_int_eq(direct(c.stmt, sql), SQL_NEED_DATA);
    ck_assert_int_eq(SQLParamData(c.stmt, &token), SQL_NEED_DATA);
}

/* A value of fixed size comes at once. */
START_TEST(data_of_one_piece)
{
    static const char sql[] = "INSERT INTO five(n, t) VALUES (77, ?)";
    SQLINTEGER v = 5;
    make_numbers(_i);
    ask_for_data(sql, SQL_C_SLONG, SQL_INTEGER);
    ok(c.stmt, SQLPutData(c.stmt, &v, sizeof v));
    refuses(c.stmt, "HY019", SQLPutData(c.stmt, &v, sizeof v));
    conn_close(&c);
}
END_TEST

enum { AHEAD = 1 << 20 }; /* so much is sent ahead */

/* What was sent ahead of an execution that was given up is not in the next one. */
START_TEST(data_sent_ahead)
{
    static SQLWCHAR units[AHEAD / 2 + 1];
    SQLPOINTER token = NULL;
    make_numbers(_i);
    run(c.stmt, "CREATE TABLE big(t LONGTEXT)");
    for (int i = 0; i < AHEAD / 2; i++)
        units[i] = 'x';
    ok(c.stmt, SQLPrepare(c.stmt, text("INSERT INTO big VALUES (?)"), SQL_NTS));
    ok(c.stmt, SQLBindParameter(c.stmt, 1, SQL_PARAM_INPUT, SQL_C_WCHAR, SQL_WLONGVARCHAR, 0, 0,
                                &token, 0, &wait_for_data));
    for (int bad = 1; bad >= 0; bad--) {
        ck_assert_int_eq(SQLExecute(c.stmt), SQL_NEED_DATA);
        ck_assert_int_eq(SQLParamData(c.stmt, &token), SQL_NEED_DATA);
        if (bad)
            ok(c.stmt, SQLPutData(c.stmt, units, AHEAD));
        if (bad)
            ok(c.stmt, SQLCancel(c.stmt));
    }
    ok(c.stmt, SQLPutData(c.stmt, units, 6));
    ok(c.stmt, SQLParamData(c.stmt, &token));
    /* a pair of the last plane, cut by what is sent ahead */
    units[AHEAD / 2 - 1] = 0xdbff;
    ck_assert_int_eq(SQLExecute(c.stmt), SQL_NEED_DATA);
    ck_assert_int_eq(SQLParamData(c.stmt, &token), SQL_NEED_DATA);
    ok(c.stmt, SQLPutData(c.stmt, units, AHEAD));
    units[0] = 0xdfff;
    ok(c.stmt, SQLPutData(c.stmt, units, 2));
    ok(c.stmt, SQLParamData(c.stmt, &token));
    SQLHSTMT s = new_stmt(&c);
    ck_assert_str_eq(one(s, "SELECT GROUP_CONCAT(CHAR_LENGTH(t), HEX(RIGHT(t, 1)) ORDER BY"
                            " CHAR_LENGTH(t)) FROM big"),
                     "378,524288F48FBFBF");
    drop_stmt(s);
    conn_close(&c);
}
END_TEST

/* --- errors of several ------------------------------------------------------------------------ */

/* The error of rows that nobody read is the error of going on. */
START_TEST(error_behind_the_rows)
{
    char sql[300];
    conn_open_as(&c, _i, "MULTI_STATEMENTS=1;");
    conn_database(&c, "told");
    run(c.stmt, "CREATE TABLE five(n INT PRIMARY KEY, t VARCHAR(20))");
    run(c.stmt, "INSERT INTO five(n) VALUES (1), (2), (3), (4), (5)");
    snprintf(sql, sizeof sql, "%s; SELECT 'not reached'", fails_at_3);
    ok(c.stmt, direct(c.stmt, sql));
    ok(c.stmt, SQLFetch(c.stmt));
    refuses(c.stmt, "21000", SQLMoreResults(c.stmt));
    ck_assert_int_eq(SQLMoreResults(c.stmt), SQL_NO_DATA);
    conn_close(&c);
}
END_TEST

/* Without a status array nobody would see the row that failed: that is an error. */
START_TEST(failures_nobody_sees)
{
    SQLINTEGER n[3] = {10, 1, 11};
    SQLUSMALLINT status[3] = {77, 77, 77};
    make_numbers(_i);
    attr(SQL_ATTR_PARAMSET_SIZE, (void *)3);
    ok(c.stmt,
       SQLBindParameter(c.stmt, 1, SQL_PARAM_INPUT, SQL_C_SLONG, SQL_INTEGER, 0, 0, n, 0, NULL));
    for (int seen = 0; seen < 2; seen++) {
        attr(SQL_ATTR_PARAM_STATUS_PTR, seen ? status : NULL);
        expect(c.stmt, seen ? SQL_SUCCESS_WITH_INFO : SQL_ERROR, "23000",
               direct(c.stmt, "INSERT INTO five(n) VALUES (?)"));
        SQLFreeStmt(c.stmt, SQL_CLOSE);
        SQLHSTMT s = new_stmt(&c);
        run(s, "DELETE FROM five WHERE n > 5");
        drop_stmt(s);
    }
    ck_assert(status[0] == SQL_PARAM_SUCCESS && status[1] == SQL_PARAM_ERROR &&
              status[2] == SQL_PARAM_SUCCESS);
    conn_close(&c);
}
END_TEST

/* --- of the connection ------------------------------------------------------------------------ */

/* What is set on an open connection is what is read, also in SQLGetInfo. */
START_TEST(set_while_connected)
{
    static const SQLUINTEGER modes[] = {SQL_MODE_READ_ONLY, SQL_MODE_READ_WRITE};
    SQLUINTEGER bits = 0;
    conn_open_as(&c, _i, "MULTI_STATEMENTS=1;");
    for (int i = 0; i < 2; i++) {
        SQLUINTEGER mode = 77;
        test_char yes[4] = {0};
        ck_assert_int_eq(
            SQLSetConnectAttr(c.dbc, SQL_ATTR_ACCESS_MODE, (SQLPOINTER)(uintptr_t)modes[i], 0),
            SQL_SUCCESS);
        ck_assert_int_eq(SQLGetConnectAttr(c.dbc, SQL_ATTR_ACCESS_MODE, &mode, 0, NULL),
                         SQL_SUCCESS);
        ck_assert_uint_eq(mode, modes[i]);
        ck_assert_int_eq(SQLGetInfo(c.dbc, SQL_DATA_SOURCE_READ_ONLY, yes, sizeof yes, NULL),
                         SQL_SUCCESS);
        ck_assert_int_eq(yes[0], i ? 'N' : 'Y');
    }
    ck_assert_int_eq(SQLGetInfo(c.dbc, SQL_BATCH_SUPPORT, &bits, 0, NULL), SQL_SUCCESS);
    ck_assert_uint_ne(bits & SQL_BS_SELECT_EXPLICIT, 0);
    ck_assert_uint_ne(bits & SQL_BS_ROW_COUNT_EXPLICIT, 0);
    conn_close(&c);
}
END_TEST

/* Bytes without a length are as many as the buffer has, NUL or not. */
START_TEST(bytes_without_length)
{
    char bytes[] = {'a', 0, 'b', 'c'};
    make_numbers(_i);
    ok(c.stmt, SQLBindParameter(c.stmt, 1, SQL_PARAM_INPUT, SQL_C_BINARY, SQL_VARBINARY, 4, 0,
                                bytes, sizeof bytes, NULL));
    ok(c.stmt, direct(c.stmt, "INSERT INTO five(t) VALUES (?)"));
    SQLHSTMT s = new_stmt(&c);
    ck_assert_str_eq(one(s, "SELECT HEX(t) FROM five WHERE n = 6"), "61006263");
    drop_stmt(s);
    conn_close(&c);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("told");
    TCase *t = tcase_create("told");
    tcase_set_timeout(t, 60);
    tcase_add_loop_test(t, lengths_apart_from_indicators, 0, NSERVERS);
    tcase_add_loop_test(t, parameters_apart, 0, NSERVERS);
    tcase_add_loop_test(t, error_within_a_rowset, 0, NSERVERS);
    tcase_add_loop_test(t, error_while_scrolling, 0, NSERVERS);
    tcase_add_loop_test(t, rows_with_bad_values, 0, NSERVERS);
    tcase_add_loop_test(t, many_cut_values, 0, NSERVERS);
    tcase_add_loop_test(t, many_failed_rows, 0, NSERVERS);
    tcase_add_loop_test(t, positions, 0, 2 * NSERVERS);
    tcase_add_loop_test(t, second_looks, 0, NSERVERS);
    tcase_add_loop_test(t, columns_that_were_kept, 0, NSERVERS);
    tcase_add_loop_test(t, headers, 0, NSERVERS);
    tcase_add_loop_test(t, nothing_is_left, 0, NSERVERS);
    tcase_add_loop_test(t, in_another_database, 0, NSERVERS);
    tcase_add_loop_test(t, data_of_one_piece, 0, NSERVERS);
    tcase_add_loop_test(t, data_sent_ahead, 0, NSERVERS);
    tcase_add_loop_test(t, error_behind_the_rows, 0, NSERVERS);
    tcase_add_loop_test(t, failures_nobody_sees, 0, NSERVERS);
    tcase_add_loop_test(t, set_while_connected, 0, NSERVERS);
    tcase_add_loop_test(t, bytes_without_length, 0, NSERVERS);
    tcase_add_loop_test(t, described, 0, NSERVERS);
    tcase_add_loop_test(t, without_catalogs, 0, NSERVERS);
    tcase_add_loop_test(t, added_rows, 0, NSERVERS);
    tcase_add_loop_test(t, reset_half_way, 0, NSERVERS);
    suite_add_tcase(s, t);
    return run_suite(s);
}
