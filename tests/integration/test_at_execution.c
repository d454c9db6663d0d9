/* test_at_execution.c - data at execution for arrays of parameters and for SQLBulkOperations: rows
 * with and without it side by side, what may be called meanwhile, giving up. */
#include "integration/odbc.h"

static struct conn c;
enum { ROWS = 40 };

static const char *const keys[] = {"", "NO_SSPS=1"};

static void attr(SQLINTEGER id, void *value)
{
    ok(c.stmt, SQLSetStmtAttr(c.stmt, id, value, 0));
}

/* --- rows ------------------------------------------------------------------------------------- */

struct line {
    char n[16];
    SQLLEN n_len;
    char t[24];
    SQLLEN t_len;
    char b[8];
    SQLLEN b_len;
};

/* Every third text and every fourth binary value come at execution, and one number.  Row 5 is there
 * twice, row 21 is no number, 30 and on are there as a whole but for the last but one. */
static void fill(struct line *r, unsigned n)
{
    memset(r, 0, n * sizeof *r);
    for (unsigned i = 0; i < n; i++) {
        bool is_whole = i >= 12 && i != ROWS - 2;
        snprintf(r[i].n, sizeof r[i].n, i == 21 ? "x" : "%u", i == 9 ? 5 : i);
        r[i].n_len = i == 4 ? SQL_LEN_DATA_AT_EXEC(1) : SQL_NTS;
        snprintf(r[i].t, sizeof r[i].t, "bound %u'\\", i);
        r[i].t_len = i % 3 == 1 && !is_whole ? SQL_DATA_AT_EXEC
                     : i % 7 == 0            ? SQL_NULL_DATA
                                             : SQL_NTS;
        memset(r[i].b, (int)i, sizeof r[i].b);
        r[i].b_len = i % 4 == 2 && !is_whole ? SQL_LEN_DATA_AT_EXEC(3) : (SQLLEN)(i % 8);
    }
}

static void put_text(SQLHSTMT s, const char *value, size_t piece)
{
    for (size_t n = strlen(value); n; n -= piece < n ? piece : n) {
        size_t at = strlen(value) - n;
        ok(s, SQLPutData(s, (SQLPOINTER)(uintptr_t)(value + at), (SQLLEN)(n < piece ? n : piece)));
    }
}

/* The value that belongs to a token, which must be an address inside the rows. */
static void put(SQLHSTMT s, struct line *r, SQLPOINTER token)
{
    size_t at = (size_t)((char *)token - (char *)r), row = at / sizeof *r;
    char value[40];
    ck_assert_msg(row < ROWS, "token %p is not inside the rows", token);
    snprintf(value, sizeof value, "given %zu \xe2\x82\xac", row);
    switch (at % sizeof *r) {
    case offsetof(struct line, n):
        put_text(s, "4", 1);
        break;
    case offsetof(struct line, t):
        if (row == 7)
            ok(s, SQLPutData(s, NULL, SQL_NULL_DATA));
        else if (row == 10)
            ok(s, SQLPutData(s, value, 0));
        else
            put_text(s, value, row % 5 + 1);
        break;
    case offsetof(struct line, b):
        ok(s, SQLPutData(s, "\0\1", 2));
        put_text(s, value, 3);
        break;
    default:
        ck_abort_msg("token is %zu bytes inside row %zu", at % sizeof *r, row);
    }
}

/* All that is asked for; what the last SQLParamData, or the execution itself, returned. */
static SQLRETURN feed(SQLHSTMT s, SQLRETURN rc, struct line *r)
{
    SQLPOINTER token = NULL;
    while (rc == SQL_NEED_DATA) {
        rc = SQLParamData(s, &token);
        if (rc == SQL_NEED_DATA)
            put(s, r, token);
    }
    return rc;
}

static void bind(SQLHSTMT s, struct line *r)
{
    SQLSetStmtAttr(s, SQL_ATTR_PARAM_BIND_TYPE, (SQLPOINTER)sizeof *r, 0);
    ok(s, SQLBindParameter(s, 1, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_INTEGER, 0, 0, r->n, sizeof r->n,
                           &r->n_len));
    ok(s, SQLBindParameter(s, 2, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_VARCHAR, 40, 0, r->t, sizeof r->t,
                           &r->t_len));
    ok(s, SQLBindParameter(s, 3, SQL_PARAM_INPUT, SQL_C_BINARY, SQL_VARBINARY, 40, 0, r->b,
                           sizeof r->b, &r->b_len));
}

static const char *contents(const char *table)
{
    static char out[2][16384];
    static unsigned turn;
    char *to = out[turn++ % 2], sql[200];
    size_t n = 0;
    SQLHSTMT q = new_stmt(&c);
    to[0] = '\0';
    snprintf(sql, sizeof sql, "SELECT n, t, HEX(b) FROM %s ORDER BY n", table);
    ok(q, direct(q, sql));
    while (SQLFetch(q) == SQL_SUCCESS)
        n += (size_t)snprintf(to + n, sizeof out[0] - n, "%s:%s:%s\n", get(q, 1), get(q, 2),
                              get(q, 3));
    drop_stmt(q);
    return to;
}

static void open_tables(int i, int how)
{
    conn_open_as(&c, i, keys[how]);
    for (const char *t = "ab"; *t; t++) {
        char sql[200];
        snprintf(sql, sizeof sql,
                 "CREATE TEMPORARY TABLE %c(n INT PRIMARY KEY, t VARCHAR(20) CHARACTER SET "
                 "utf8mb4, b VARBINARY(40)) ENGINE=InnoDB",
                 *t);
        run(c.stmt, sql);
    }
}

/* --- arrays ----------------------------------------------------------------------------------- */

struct outcome {
    SQLUSMALLINT status[ROWS];
    char state[ROWS][6];
};

/* Each row by itself: what the array must do too. */
static void by_row(struct line *r, const SQLUSMALLINT *operation, struct outcome *o)
{
    SQLHSTMT s = new_stmt(&c);
    ok(s, SQLPrepare(s, text("INSERT INTO b VALUES(?, ?, ?)"), SQL_NTS));
    memset(o, 0, sizeof *o);
    for (size_t i = 0; i < ROWS; i++) {
        o->status[i] = SQL_PARAM_UNUSED;
        if (operation[i] == SQL_PARAM_IGNORE)
            continue;
        bind(s, &r[i]);
        SQLRETURN rc = feed(s, SQLExecute(s), r);
        o->status[i] = SQL_SUCCEEDED(rc) ? SQL_PARAM_SUCCESS : SQL_PARAM_ERROR;
        snprintf(o->state[i], sizeof o->state[i], "%s", said(s).state);
    }
    drop_stmt(s);
}

static void check_records(const struct outcome *want)
{
    SQLSMALLINT n = 0;
    for (size_t i = 0; i < ROWS; i++) {
        SQLLEN row = 0;
        if (!want->state[i][0])
            continue;
        struct said d = said_at(SQL_HANDLE_STMT, c.stmt, ++n);
        SQLGetDiagField(SQL_HANDLE_STMT, c.stmt, n, SQL_DIAG_ROW_NUMBER, &row, 0, NULL);
        ck_assert_msg(!strcmp(d.state, want->state[i]) && row == (SQLLEN)i + 1,
                      "record %d: %s of row %ld, not %s of row %zu: %s", n, d.state, (long)row,
                      want->state[i], i + 1, d.text);
    }
    ck_assert_str_eq(said_at(SQL_HANDLE_STMT, c.stmt, (SQLSMALLINT)(n + 1)).state, "");
}

/* Rows that need data among others, some of them ignored, some failing: the table, each status and
 * each record are those of row by row. */
START_TEST(mixed)
{
    for (int how = 0; how < 2; how++) {
        static struct line r[ROWS];
        struct outcome want;
        SQLUSMALLINT status[ROWS], operation[ROWS] = {0};
        SQLULEN processed = 99;
        SQLLEN count = 0;
        fill(r, ROWS);
        operation[1] = operation[8] = operation[15] = SQL_PARAM_IGNORE; /* 1 would need data */
        open_tables(_i, how);
        by_row(r, operation, &want);
        attr(SQL_ATTR_PARAMSET_SIZE, (void *)ROWS);
        attr(SQL_ATTR_PARAM_STATUS_PTR, status);
        attr(SQL_ATTR_PARAM_OPERATION_PTR, operation);
        attr(SQL_ATTR_PARAMS_PROCESSED_PTR, &processed);
        bind(c.stmt, r);
        SQLRETURN rc = direct(c.stmt, "INSERT INTO a VALUES(?, ?, ?)");
        ck_assert_int_eq(rc, SQL_NEED_DATA);
        ck_assert_uint_eq(processed, 3); /* the row that needs data */
        ck_assert_int_eq(feed(c.stmt, rc, r), SQL_SUCCESS_WITH_INFO);
        check_records(&want);
        ck_assert_uint_eq(processed, ROWS);
        long good = 0;
        for (int i = 0; i < ROWS; i++) {
            ck_assert_msg(status[i] == want.status[i], "row %d: status %u, alone %u", i, status[i],
                          want.status[i]);
            good += status[i] == SQL_PARAM_SUCCESS;
        }
        ok(c.stmt, SQLRowCount(c.stmt, &count));
        ck_assert_int_eq(count, good);
        ck_assert_str_eq(contents("a"), contents("b"));
        ck_assert_ptr_nonnull(strstr(contents("a"), "10::"));
        ck_assert_ptr_nonnull(strstr(contents("a"), "7:NULL:"));
        conn_close(&c);
    }
}
END_TEST

/* How many statements the server had from this connection so far. */
static long questions(void)
{
    SQLHSTMT q = new_stmt(&c);
    ok(q, direct(q, "SHOW SESSION STATUS LIKE 'Questions'"));
    ok(q, SQLFetch(q));
    long n = strtol(get(q, 2), NULL, 10);
    drop_stmt(q);
    return n;
}

/* Rows on both sides of one that needs data go together. */
START_TEST(few_round_trips)
{
    for (int how = 0; how < 2; how++) {
        enum { MANY = 500, MOST = 40 };
        static SQLINTEGER n[MANY];
        static SQLLEN len[MANY];
        static char t[MANY][12];
        SQLPOINTER token = NULL;
        for (int i = 0; i < MANY; i++) {
            n[i] = i;
            len[i] = i == 250 || i == 251 ? SQL_DATA_AT_EXEC : SQL_NTS;
            snprintf(t[i], sizeof t[i], "%d", i);
        }
        open_tables(_i, how);
        attr(SQL_ATTR_PARAMSET_SIZE, (void *)MANY);
        ok(c.stmt, SQLBindParameter(c.stmt, 1, SQL_PARAM_INPUT, SQL_C_SLONG, SQL_INTEGER, 0, 0, n,
                                    0, NULL));
        ok(c.stmt, SQLBindParameter(c.stmt, 2, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_VARCHAR, 20, 0, t,
                                    12, len));
        long before = questions();
        ck_assert_int_eq(direct(c.stmt, "INSERT INTO a(n, t) VALUES(?, ?)"), SQL_NEED_DATA);
        for (int i = 250; i < 252; i++) {
            ck_assert_int_eq(SQLParamData(c.stmt, &token), SQL_NEED_DATA);
            put_text(c.stmt, t[i], 1);
        }
        ok(c.stmt, SQLParamData(c.stmt, &token));
        long sent = questions() - before;
        ck_assert_msg(sent < MOST, "%s: %ld statements", c.server, sent);
        SQLHSTMT q = new_stmt(&c);
        ck_assert_int_eq(one_number(q, "SELECT COUNT(*) FROM a WHERE n = t"), MANY);
        drop_stmt(q);
        conn_close(&c);
    }
}
END_TEST

/* By column: tokens are the addresses of the elements; with an offset too. */
START_TEST(by_column)
{
    for (int how = 0; how < 2; how++) {
        char n[2][4][8] = {{{0}}, {"1", "2", "3", "4"}}, t[32 + 4 * 24] = {0};
        SQLLEN t_len[2][4] = {{0}, {SQL_NULL_DATA, SQL_DATA_AT_EXEC, SQL_NULL_DATA, -105}};
        SQLLEN offset = sizeof n[0];
        SQLPOINTER token = NULL;
        open_tables(_i, how);
        ck_assert_uint_eq(sizeof n[0], sizeof t_len[0]); /* one offset for all */
        attr(SQL_ATTR_PARAMSET_SIZE, (void *)4);
        attr(SQL_ATTR_PARAM_BIND_OFFSET_PTR, &offset);
        ok(c.stmt,
           SQLBindParameter(c.stmt, 1, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_INTEGER, 0, 0, n, 8, NULL));
        ok(c.stmt, SQLBindParameter(c.stmt, 2, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_VARCHAR, 20, 0, t,
                                    24, t_len[0]));
        ck_assert_int_eq(direct(c.stmt, "INSERT INTO a(n, t) VALUES(?, ?)"), SQL_NEED_DATA);
        for (int i = 1; i < 4; i += 2) {
            ck_assert_int_eq(SQLParamData(c.stmt, &token), SQL_NEED_DATA);
            ck_assert_ptr_eq(token, t + offset + (ptrdiff_t)i * 24);
            put_text(c.stmt, i == 1 ? "one" : "three", 2);
        }
        ok(c.stmt, SQLParamData(c.stmt, &token));
        ck_assert_str_eq(contents("a"), "1:NULL:NULL\n2:one:NULL\n3:NULL:NULL\n4:three:NULL\n");
        conn_close(&c);
    }
}
END_TEST

/* Given up in the middle: the rows before are in, as their status says, and the statement can be
 * executed again.  An error of SQLPutData is the end as well. */
START_TEST(given_up)
{
    for (int how = 0; how < 4; how++) {
        static struct line r[ROWS];
        SQLUSMALLINT status[4] = {99, 99, 99, 99};
        SQLPOINTER token = NULL;
        fill(r, ROWS);
        open_tables(_i, how % 2);
        attr(SQL_ATTR_PARAMSET_SIZE, (void *)4);
        attr(SQL_ATTR_PARAM_STATUS_PTR, status);
        bind(c.stmt, r);
        ok(c.stmt, SQLPrepare(c.stmt, text("INSERT INTO a VALUES(?, ?, ?)"), SQL_NTS));
        ck_assert_int_eq(SQLExecute(c.stmt), SQL_NEED_DATA);
        ck_assert_int_eq(SQLParamData(c.stmt, &token), SQL_NEED_DATA);
        ck_assert_ptr_eq(token, r[1].t);
        if (how < 2) {
            ok(c.stmt, SQLPutData(c.stmt, "x", 1));
            ok(c.stmt, SQLCancel(c.stmt));
        } else {
            SQLLEN row = 0;
            refuses(c.stmt, "HY090", SQLPutData(c.stmt, "x", -77));
            SQLGetDiagField(SQL_HANDLE_STMT, c.stmt, 1, SQL_DIAG_ROW_NUMBER, &row, 0, NULL);
            ck_assert_int_eq(row, 2);
        }
        ck_assert_int_eq(status[0], SQL_PARAM_SUCCESS);
        ck_assert_int_eq(status[1], how < 2 ? SQL_PARAM_UNUSED : SQL_PARAM_ERROR);
        ck_assert_int_eq(status[2], SQL_PARAM_UNUSED);
        ck_assert_str_eq(contents("a"), "0:NULL:\n");
        run(c.stmt, "DELETE FROM a");
        ok(c.stmt, SQLPrepare(c.stmt, text("INSERT INTO a VALUES(?, ?, ?)"), SQL_NTS));
        ck_assert_int_eq(feed(c.stmt, SQLExecute(c.stmt), r), SQL_SUCCESS);
        conn_close(&c);
    }
}
END_TEST

/* --- states ----------------------------------------------------------------------------------- */

enum { S8, S9, S10, NSTATES };

/* Nothing but SQLCancel, SQLParamData, SQLPutData and diagnostics may be called meanwhile, and what
 * is refused changes nothing. */
static void refuse_all(SQLHSTMT s, int state)
{
    SQLSMALLINT n = 0;
    SQLLEN count = 0;
    SQLULEN attribute = 0;
    SQLPOINTER token = NULL;
    char buf[8];
    refuses(s, "HY010", SQLExecute(s));
    refuses(s, "HY010", direct(s, "SELECT 1"));
    refuses(s, "HY010", SQLPrepare(s, text("SELECT 1"), SQL_NTS));
    refuses(s, "HY010", SQLBulkOperations(s, SQL_ADD));
    refuses(s, "HY010", SQLSetPos(s, 1, SQL_POSITION, SQL_LOCK_NO_CHANGE));
    refuses(s, "HY010", SQLFetch(s));
    refuses(s, "HY010", SQLFetchScroll(s, SQL_FETCH_NEXT, 0));
    refuses(s, "HY010", SQLGetData(s, 1, SQL_C_CHAR, buf, sizeof buf, &count));
    refuses(s, "HY010", SQLMoreResults(s));
    refuses(s, "HY010", SQLNumResultCols(s, &n));
    refuses(s, "HY010", SQLNumParams(s, &n));
    refuses(s, "HY010", SQLRowCount(s, &count));
    refuses(s, "HY010", SQLCloseCursor(s));
    refuses(s, "HY010", SQLFreeStmt(s, SQL_CLOSE));
    refuses(s, "HY010", SQLFreeStmt(s, SQL_UNBIND));
    refuses(s, "HY010", SQLFreeStmt(s, SQL_RESET_PARAMS));
    refuses(s, "HY010", SQLBindCol(s, 1, SQL_C_CHAR, buf, sizeof buf, NULL));
    refuses(
        s, "HY010",
        SQLBindParameter(s, 1, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_CHAR, 0, 0, buf, sizeof buf, NULL));
    refuses(s, "HY010", SQLSetStmtAttr(s, SQL_ATTR_PARAMSET_SIZE, (SQLPOINTER)1, 0));
    refuses(s, "HY010", SQLGetStmtAttr(s, SQL_ATTR_MAX_ROWS, &attribute, 0, NULL));
    refuses(s, "HY010", SQLTables(s, NULL, 0, NULL, 0, NULL, 0, NULL, 0));
    ck_assert_int_eq(SQLFreeHandle(SQL_HANDLE_STMT, s), SQL_ERROR);
    if (state == S8)
        refuses(s, "HY010", SQLPutData(s, buf, 1));
    if (state == S9) /* the driver manager says so; the driver itself takes it for no data */
        refuses(s, "HY010", SQLParamData(s, &token));
}

/* From the call that needs data to the state. */
static void go_to(SQLHSTMT s, int state)
{
    SQLPOINTER token = NULL;
    if (state >= S9)
        ck_assert_int_eq(SQLParamData(s, &token), SQL_NEED_DATA);
    if (state == S10)
        ok(s, SQLPutData(s, "gi", 2));
}

START_TEST(states)
{
    for (int state = S8; state < NSTATES; state++) {
        static struct line r[ROWS];
        SQLPOINTER token = NULL;
        fill(r, ROWS);
        open_tables(_i, 0);
        attr(SQL_ATTR_PARAMSET_SIZE, (void *)3);
        bind(c.stmt, r);
        ck_assert_int_eq(direct(c.stmt, "INSERT INTO a VALUES(?, ?, ?)"), SQL_NEED_DATA);
        go_to(c.stmt, state);
        refuse_all(c.stmt, state);
        if (state == S8)
            ck_assert_int_eq(SQLParamData(c.stmt, &token), SQL_NEED_DATA);
        ok(c.stmt, SQLPutData(c.stmt, "ven", 3));
        ck_assert_int_eq(feed(c.stmt, SQL_NEED_DATA, r), SQL_SUCCESS);
        ck_assert_ptr_nonnull(strstr(contents("a"), state == S10 ? "1:given:01\n" : "1:ven:01\n"));
        conn_close(&c);
    }
}
END_TEST

/* --- SQLBulkOperations ------------------------------------------------------------------------ */

struct adding {
    struct line *r;
    SQLULEN fetched;
    SQLUSMALLINT status[ROWS];
};

/* The result of a is open, at its first row (it has rows 100 and 101), and n rows are bound. */
static void bind_rows(struct adding *a, SQLULEN n)
{
    SQLINTEGER first = 0;
    run(c.stmt, "INSERT INTO a VALUES(100, 'a', NULL), (101, 'b', NULL)");
    ok(c.stmt, direct(c.stmt, "SELECT n, t, b FROM a WHERE n >= 100 ORDER BY n"));
    ok(c.stmt, SQLBindCol(c.stmt, 1, SQL_C_SLONG, &first, 0, NULL));
    ok(c.stmt, SQLFetch(c.stmt));
    ck_assert_int_eq(first, 100);
    attr(SQL_ATTR_ROW_BIND_TYPE, (void *)sizeof(struct line));
    attr(SQL_ATTR_ROW_ARRAY_SIZE, (void *)(uintptr_t)n);
    attr(SQL_ATTR_ROW_STATUS_PTR, a->status);
    attr(SQL_ATTR_ROWS_FETCHED_PTR, &a->fetched);
    struct line *r = a->r;
    ok(c.stmt, SQLBindCol(c.stmt, 1, SQL_C_CHAR, r->n, sizeof r->n, &r->n_len));
    ok(c.stmt, SQLBindCol(c.stmt, 2, SQL_C_CHAR, r->t, sizeof r->t, &r->t_len));
    ok(c.stmt, SQLBindCol(c.stmt, 3, SQL_C_BINARY, r->b, sizeof r->b, &r->b_len));
}

/* The cursor goes on where it was. */
static void fetch_rest(void)
{
    SQLINTEGER n = 0;
    SQLFreeStmt(c.stmt, SQL_UNBIND);
    attr(SQL_ATTR_ROW_ARRAY_SIZE, (void *)1);
    ok(c.stmt, SQLBindCol(c.stmt, 1, SQL_C_SLONG, &n, 0, NULL));
    ok(c.stmt, SQLFetch(c.stmt));
    ck_assert_int_eq(n, 101);
    ck_assert_int_eq(SQLFetch(c.stmt), SQL_NO_DATA);
    SQLFreeStmt(c.stmt, SQL_CLOSE);
    run(c.stmt, "DELETE FROM a WHERE n >= 100");
}

static void check_added(const struct adding *a, const struct outcome *want)
{
    SQLULEN good = 0;
    for (int i = 0; i < ROWS; i++) {
        bool is_good = want->status[i] == SQL_PARAM_SUCCESS;
        ck_assert_msg(a->status[i] == (is_good ? SQL_ROW_ADDED : SQL_ROW_ERROR),
                      "row %d: status %u, alone %u", i, a->status[i], want->status[i]);
        good += is_good;
    }
    SQLLEN count = 0;
    ok(c.stmt, SQLRowCount(c.stmt, &count));
    ck_assert_int_eq(count, (SQLLEN)good);
    ck_assert_uint_eq(a->fetched, good);
}

START_TEST(bulk)
{
    for (int how = 0; how < 2; how++) {
        static struct line r[2][ROWS];
        static const SQLUSMALLINT all[ROWS];
        struct adding a = {.r = r[0]};
        struct outcome want;
        SQLLEN offset = sizeof r[0];
        fill(r[1], ROWS);
        open_tables(_i, how);
        by_row(r[1], all, &want);
        bind_rows(&a, ROWS);
        attr(SQL_ATTR_ROW_BIND_OFFSET_PTR, &offset);
        SQLRETURN rc = SQLBulkOperations(c.stmt, SQL_ADD);
        ck_assert_int_eq(rc, SQL_NEED_DATA);
        ck_assert_int_eq(a.status[0], SQL_ROW_ADDED);
        ck_assert_int_eq(a.status[1], SQL_ROW_NOROW);
        ck_assert_int_eq(feed(c.stmt, rc, r[1]), SQL_SUCCESS_WITH_INFO);
        check_records(&want);
        check_added(&a, &want);
        attr(SQL_ATTR_ROW_BIND_OFFSET_PTR, NULL);
        fetch_rest();
        ck_assert_str_eq(contents("a"), contents("b"));
        conn_close(&c);
    }
}
END_TEST

/* One row, all of it at execution, by column; the second column is left to its default. */
START_TEST(bulk_one)
{
    SQLLEN n_len = SQL_DATA_AT_EXEC, t_len = SQL_COLUMN_IGNORE, b_len = SQL_DATA_AT_EXEC;
    SQLINTEGER n = 0;
    SQLUSMALLINT status = 99;
    SQLPOINTER token = NULL;
    open_tables(_i, 0);
    attr(SQL_ATTR_ROW_STATUS_PTR, &status);
    ok(c.stmt, direct(c.stmt, "SELECT b, t, n FROM a"));
    ok(c.stmt, SQLBindCol(c.stmt, 1, SQL_C_BINARY, (SQLPOINTER)1, 0, &b_len)); /* tokens */
    ok(c.stmt, SQLBindCol(c.stmt, 2, SQL_C_CHAR, NULL, 0, &t_len));
    ok(c.stmt, SQLBindCol(c.stmt, 3, SQL_C_SLONG, &n, 0, &n_len));
    ck_assert_int_eq(SQLBulkOperations(c.stmt, SQL_ADD), SQL_NEED_DATA);
    ck_assert_int_eq(SQLParamData(c.stmt, &token), SQL_NEED_DATA);
    ck_assert_ptr_eq(token, (SQLPOINTER)1);
    ok(c.stmt, SQLPutData(c.stmt, "abc", 3));
    ck_assert_int_eq(SQLParamData(c.stmt, &token), SQL_NEED_DATA);
    ck_assert_ptr_eq(token, &n);
    ok(c.stmt, SQLPutData(c.stmt, &(SQLINTEGER){42}, 0));
    ok(c.stmt, SQLParamData(c.stmt, &token));
    ck_assert_int_eq(status, SQL_ROW_ADDED);
    ck_assert_int_eq(SQLBulkOperations(c.stmt, SQL_ADD), SQL_NEED_DATA); /* the same once more */
    ck_assert_int_eq(SQLParamData(c.stmt, &token), SQL_NEED_DATA);
    ok(c.stmt, SQLPutData(c.stmt, NULL, SQL_NULL_DATA));
    ck_assert_int_eq(SQLParamData(c.stmt, &token), SQL_NEED_DATA);
    ok(c.stmt, SQLPutData(c.stmt, &(SQLINTEGER){42}, 0));
    refuses(c.stmt, "23000", SQLParamData(c.stmt, &token));
    ck_assert_int_eq(status, SQL_ROW_ERROR);
    SQLFreeStmt(c.stmt, SQL_CLOSE);
    SQLFreeStmt(c.stmt, SQL_UNBIND);
    ck_assert_str_eq(contents("a"), "42:NULL:616263\n");
    conn_close(&c);
}
END_TEST

START_TEST(bulk_states)
{
    for (int state = S8; state < NSTATES; state++) {
        static struct line r[ROWS];
        struct adding a = {.r = r};
        SQLPOINTER token = NULL;
        fill(r, ROWS);
        open_tables(_i, 0);
        bind_rows(&a, 3);
        ck_assert_int_eq(SQLBulkOperations(c.stmt, SQL_ADD), SQL_NEED_DATA);
        go_to(c.stmt, state);
        refuse_all(c.stmt, state);
        ck_assert_int_eq(SQLEndTran(SQL_HANDLE_DBC, c.dbc, SQL_COMMIT), SQL_ERROR);
        if (state == S8)
            ck_assert_int_eq(SQLParamData(c.stmt, &token), SQL_NEED_DATA);
        ok(c.stmt, SQLPutData(c.stmt, "ven", 3));
        ck_assert_int_eq(feed(c.stmt, SQL_NEED_DATA, r), SQL_SUCCESS);
        ck_assert_uint_eq(a.fetched, 3);
        fetch_rest();
        ck_assert_ptr_nonnull(strstr(contents("a"), state == S10 ? "1:given:01\n" : "1:ven:01\n"));
        conn_close(&c);
    }
}
END_TEST

/* Given up in each state, by SQLCancel or an error: what was added is told, the cursor stands where
 * it stood, and rows can be added again; or the statement goes away as it is. */
START_TEST(bulk_given_up)
{
    for (int state = S8; state < NSTATES + 2; state++) {
        static struct line r[ROWS];
        struct adding a = {.r = r};
        SQLPOINTER token = NULL;
        fill(r, ROWS);
        open_tables(_i, 0);
        bind_rows(&a, 3);
        ck_assert_int_eq(SQLBulkOperations(c.stmt, SQL_ADD), SQL_NEED_DATA);
        go_to(c.stmt, state < NSTATES ? state : S9);
        if (state == NSTATES)
            refuses(c.stmt, "HY090", SQLPutData(c.stmt, "x", -77));
        else
            ok(c.stmt, SQLCancel(c.stmt));
        refuses(c.stmt, "HY010", SQLParamData(c.stmt, &token));
        ck_assert_int_eq(a.status[0], SQL_ROW_ADDED);
        ck_assert_int_eq(a.status[1], state == NSTATES ? SQL_ROW_ERROR : SQL_ROW_NOROW);
        ck_assert_int_eq(a.status[2], SQL_ROW_NOROW);
        ck_assert_uint_eq(a.fetched, 1);
        if (state > NSTATES) {
            conn_close(&c);
            continue;
        }
        SQLHSTMT q = new_stmt(&c);
        run(q, "DELETE FROM a WHERE n < 100");
        drop_stmt(q);
        ck_assert_int_eq(feed(c.stmt, SQLBulkOperations(c.stmt, SQL_ADD), r), SQL_SUCCESS);
        fetch_rest();
        ck_assert_ptr_nonnull(strstr(contents("a"), "0:NULL:\n1:given 1 \xe2\x82\xac:01\n2:"));
        conn_close(&c);
    }
}
END_TEST

/* The connection is gone when the data has come: the row is told that it failed, those after it
 * that they were not looked at, and nothing hangs. */
START_TEST(killed)
{
    for (int is_bulk = 0; is_bulk < 2; is_bulk++) {
        static struct line r[ROWS];
        struct adding a = {.r = r};
        struct conn killer;
        char sql[100];
        fill(r, ROWS);
        open_tables(_i, 0);
        conn_open_as(&killer, _i, "");
        snprintf(sql, sizeof sql, "KILL %ld", one_number(c.stmt, "SELECT CONNECTION_ID()"));
        if (is_bulk) {
            bind_rows(&a, 3);
            ck_assert_int_eq(SQLBulkOperations(c.stmt, SQL_ADD), SQL_NEED_DATA);
        } else {
            attr(SQL_ATTR_PARAMSET_SIZE, (void *)3);
            attr(SQL_ATTR_PARAM_STATUS_PTR, a.status);
            bind(c.stmt, r);
            ck_assert_int_eq(direct(c.stmt, "INSERT INTO a VALUES(?, ?, ?)"), SQL_NEED_DATA);
        }
        go_to(c.stmt, S10);
        run(killer.stmt, sql);
        expect(c.stmt, SQL_ERROR, "08S01", feed(c.stmt, SQL_NEED_DATA, r));
        ck_assert_int_eq(a.status[0], is_bulk ? SQL_ROW_ADDED : SQL_PARAM_SUCCESS);
        ck_assert_int_eq(a.status[1], is_bulk ? SQL_ROW_ERROR : SQL_PARAM_ERROR);
        ck_assert_int_eq(a.status[2], is_bulk ? SQL_ROW_NOROW : SQL_PARAM_UNUSED);
        SQLFreeStmt(c.stmt, SQL_CLOSE);
        refuses(c.stmt, "08S01", direct(c.stmt, "SELECT 1"));
        conn_close(&c);
        conn_close(&killer);
    }
}
END_TEST

/* Two statements wait at the same time, and a third one works. */
START_TEST(two_at_once)
{
    static struct line r[ROWS];
    struct adding a = {.r = r};
    SQLPOINTER token = NULL;
    fill(r, ROWS);
    open_tables(_i, 0);
    bind_rows(&a, 3);
    SQLHSTMT s = new_stmt(&c), q = new_stmt(&c);
    SQLSetStmtAttr(s, SQL_ATTR_PARAMSET_SIZE, (SQLPOINTER)9, 0);
    bind(s, r);
    SQLRETURN rc = direct(s, "INSERT INTO b VALUES(?, ?, ?)");
    ck_assert_int_eq(SQLBulkOperations(c.stmt, SQL_ADD), SQL_NEED_DATA);
    ck_assert_int_eq(SQLParamData(c.stmt, &token), SQL_NEED_DATA);
    ck_assert_int_eq(feed(s, rc, r), SQL_SUCCESS);
    ck_assert_int_eq(one_number(q, "SELECT COUNT(*) FROM b"), 9);
    put(c.stmt, r, token);
    ck_assert_int_eq(feed(c.stmt, SQL_NEED_DATA, r), SQL_SUCCESS);
    ck_assert_int_eq(one_number(q, "SELECT COUNT(*) FROM a"), 5);
    drop_stmt(s);
    drop_stmt(q);
    conn_close(&c);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("at_execution");
    TCase *t = tcase_create("all");
    tcase_set_timeout(t, 120);
    tcase_add_loop_test(t, mixed, 0, NSERVERS);
    tcase_add_loop_test(t, few_round_trips, 0, NSERVERS);
    tcase_add_loop_test(t, by_column, 0, NSERVERS);
    tcase_add_loop_test(t, given_up, 0, NSERVERS);
    tcase_add_loop_test(t, states, 0, NSERVERS);
    tcase_add_loop_test(t, bulk, 0, NSERVERS);
    tcase_add_loop_test(t, bulk_one, 0, NSERVERS);
    tcase_add_loop_test(t, bulk_states, 0, NSERVERS);
    tcase_add_loop_test(t, bulk_given_up, 0, NSERVERS);
    tcase_add_loop_test(t, killed, 0, NSERVERS);
    tcase_add_loop_test(t, two_at_once, 0, NSERVERS);
    suite_add_tcase(s, t);
    return run_suite(s);
}
