/* test_arrays.c - arrays of parameters: by column, by row, with offsets, ignored rows, failing
 * rows, data at execution; in binary form and in the text. */
#include <pthread.h>

#include "integration/odbc.h"

static struct conn c;
enum { N = 10 };

static const char *const keys[] = {"", "NO_SSPS=1"};

static void attr(SQLINTEGER id, void *value)
{
    ok(c.stmt, SQLSetStmtAttr(c.stmt, id, value, 0));
}

static void open_table(int i, int how)
{
    conn_open_as(&c, i, keys[how]);
    run(c.stmt, "CREATE TEMPORARY TABLE arrays(n INT PRIMARY KEY, t VARCHAR(20), d DOUBLE)");
}

/* The rows of the table as "n:t:d ". */
static const char *rows(void)
{
    static char out[4000];
    size_t n = 0;
    SQLHSTMT q = new_stmt(&c);
    out[0] = '\0';
    ok(q, direct(q, "SELECT n, t, d FROM arrays ORDER BY n"));
    while (SQLFetch(q) == SQL_SUCCESS)
        n +=
            (size_t)snprintf(out + n, sizeof out - n, "%s:%s:%s ", get(q, 1), get(q, 2), get(q, 3));
    drop_stmt(q);
    return out;
}

START_TEST(by_column)
{
    for (int how = 0; how < 2; how++) {
        SQLINTEGER n[N];
        char t[N][8];
        SQLLEN t_len[N];
        float d[N]; /* 4 bytes from one to the next */
        SQLUSMALLINT status[N], operation[N];
        SQLULEN processed = 99;
        for (int i = 0; i < N; i++) {
            n[i] = i;
            t[i][0] = 't', t[i][1] = (char)('0' + i), t[i][2] = 0;
            t_len[i] = i == 3 ? SQL_NULL_DATA : SQL_NTS;
            d[i] = (float)i / 2;
            operation[i] = i == 5 ? SQL_PARAM_IGNORE : SQL_PARAM_PROCEED;
        }
        open_table(_i, how);
        attr(SQL_ATTR_PARAMSET_SIZE, (void *)N);
        attr(SQL_ATTR_PARAM_STATUS_PTR, status);
        attr(SQL_ATTR_PARAM_OPERATION_PTR, operation);
        attr(SQL_ATTR_PARAMS_PROCESSED_PTR, &processed);
        ok(c.stmt, SQLBindParameter(c.stmt, 1, SQL_PARAM_INPUT, SQL_C_SLONG, SQL_INTEGER, 0, 0, n,
                                    0, NULL));
        ok(c.stmt, SQLBindParameter(c.stmt, 2, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_VARCHAR, 20, 0, t,
                                    8, t_len));
        ok(c.stmt,
           SQLBindParameter(c.stmt, 3, SQL_PARAM_INPUT, SQL_C_FLOAT, SQL_REAL, 0, 0, d, 0, NULL));
        ok(c.stmt, SQLPrepare(c.stmt, text("INSERT INTO arrays VALUES(?, ?, ?)"), SQL_NTS));
        ok(c.stmt, SQLExecute(c.stmt));
        SQLLEN count = 0;
        ok(c.stmt, SQLRowCount(c.stmt, &count));
        ck_assert_int_eq(count, N - 1);
        ck_assert_uint_eq(processed, N);
        for (int i = 0; i < N; i++)
            ck_assert_int_eq(status[i], i == 5 ? SQL_PARAM_UNUSED : SQL_PARAM_SUCCESS);
        ck_assert_str_eq(
            rows(), "0:t0:0 1:t1:0.5 2:t2:1 3:NULL:1.5 4:t4:2 6:t6:3 7:t7:3.5 8:t8:4 9:t9:4.5 ");
        conn_close(&c);
    }
}
END_TEST

/* Nothing but rows to be ignored, one or two: nothing is sent, and 0 rows were affected. */
START_TEST(all_ignored)
{
    for (int how = 0; how < 2; how++) {
        for (size_t size = 1; size <= 2; size++) {
            SQLINTEGER n[2] = {1, 2};
            SQLUSMALLINT status[2] = {99, 99}, operation[2] = {SQL_PARAM_IGNORE, SQL_PARAM_IGNORE};
            SQLULEN processed = 99;
            SQLLEN count = -1;
            open_table(_i, how);
            attr(SQL_ATTR_PARAMSET_SIZE, (void *)size);
            attr(SQL_ATTR_PARAM_STATUS_PTR, status);
            attr(SQL_ATTR_PARAM_OPERATION_PTR, operation);
            attr(SQL_ATTR_PARAMS_PROCESSED_PTR, &processed);
            ok(c.stmt, SQLBindParameter(c.stmt, 1, SQL_PARAM_INPUT, SQL_C_SLONG, SQL_INTEGER, 0, 0,
                                        n, 0, NULL));
            ok(c.stmt, SQLPrepare(c.stmt, text("INSERT INTO arrays(n) VALUES(?)"), SQL_NTS));
            ok(c.stmt, SQLExecute(c.stmt));
            ok(c.stmt, SQLRowCount(c.stmt, &count));
            ck_assert_int_eq(count, 0);
            ck_assert_uint_eq(processed, size);
            for (size_t i = 0; i < 2; i++)
                ck_assert_int_eq(status[i], i < size ? SQL_PARAM_UNUSED : 99);
            ck_assert_str_eq(rows(), "");
            operation[0] = SQL_PARAM_PROCEED;
            ok(c.stmt, SQLExecute(c.stmt));
            ck_assert_str_eq(rows(), "1:NULL:NULL ");
            conn_close(&c);
        }
    }
}
END_TEST

struct param_row {
    SQLINTEGER n;
    SQLLEN n_len;
    SQLWCHAR t[8];
    SQLLEN t_len;
};

/* Row-wise with an offset pointer, addresses being offsets from a small number, as pyodbc does it.
 */
START_TEST(by_row)
{
    for (int how = 0; how < 2; how++) {
        struct param_row r[N];
        SQLLEN offset = (SQLLEN)((char *)r - (char *)16);
        char *base = (char *)16;
        memset(r, 0, sizeof r);
        for (int i = 0; i < N; i++) {
            r[i].n = i;
            r[i].t[0] = (SQLWCHAR)(0x20ac + i);
            r[i].t_len = i == 4 ? SQL_NULL_DATA : 2;
        }
        open_table(_i, how);
        attr(SQL_ATTR_PARAMSET_SIZE, (void *)N);
        attr(SQL_ATTR_PARAM_BIND_TYPE, (void *)sizeof(struct param_row));
        attr(SQL_ATTR_PARAM_BIND_OFFSET_PTR, &offset);
        ok(c.stmt, SQLBindParameter(c.stmt, 1, SQL_PARAM_INPUT, SQL_C_SLONG, SQL_INTEGER, 0, 0,
                                    base + offsetof(struct param_row, n), 0,
                                    (SQLLEN *)(void *)(base + offsetof(struct param_row, n_len))));
        ok(c.stmt, SQLBindParameter(c.stmt, 2, SQL_PARAM_INPUT, SQL_C_WCHAR, SQL_WVARCHAR, 20, 0,
                                    base + offsetof(struct param_row, t), 16,
                                    (SQLLEN *)(void *)(base + offsetof(struct param_row, t_len))));
        ok(c.stmt, direct(c.stmt, "INSERT INTO arrays VALUES(?, HEX(?), NULL)"));
        ck_assert_str_eq(rows(),
                         "0:E282AC:NULL 1:E282AD:NULL 2:E282AE:NULL 3:E282AF:NULL 4:NULL:NULL "
                         "5:E282B1:NULL 6:E282B2:NULL 7:E282B3:NULL 8:E282B4:NULL 9:E282B5:NULL ");
        conn_close(&c);
    }
}
END_TEST

/* Rows that the server refuses, and one that cannot be converted: named, and the others are done.
 */
START_TEST(failing_rows)
{
    for (int how = 0; how < 2; how++) {
        char n[N][4] = {"0", "1", "1", "3", "x", "5", "5", "7", "8", "0"};
        SQLUSMALLINT status[N];
        SQLULEN processed = 0;
        open_table(_i, how);
        attr(SQL_ATTR_PARAMSET_SIZE, (void *)N);
        attr(SQL_ATTR_PARAM_STATUS_PTR, status);
        attr(SQL_ATTR_PARAMS_PROCESSED_PTR, &processed);
        ok(c.stmt,
           SQLBindParameter(c.stmt, 1, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_INTEGER, 0, 0, n, 4, NULL));
        ck_assert_int_eq(direct(c.stmt, "INSERT INTO arrays VALUES(?, NULL, NULL)"),
                         SQL_SUCCESS_WITH_INFO);
        static const int bad[] = {2, 4, 6, 9};
        static const char *const states[] = {"23000", "22018", "23000", "23000"};
        for (SQLSMALLINT k = 0; k < 4; k++) {
            SQLLEN row = 0;
            struct said d = said_at(SQL_HANDLE_STMT, c.stmt, (SQLSMALLINT)(k + 1));
            SQLGetDiagField(SQL_HANDLE_STMT, c.stmt, (SQLSMALLINT)(k + 1), SQL_DIAG_ROW_NUMBER,
                            &row, 0, NULL);
            ck_assert_msg(!strcmp(d.state, states[k]) && row == bad[k] + 1,
                          "record %d: %s row %ld %s", k + 1, d.state, (long)row, d.text);
        }
        for (int i = 0, k = 0; i < N; i++) {
            bool is_bad = k < 4 && bad[k] == i;
            k += is_bad;
            ck_assert_int_eq(status[i], is_bad ? SQL_PARAM_ERROR : SQL_PARAM_SUCCESS);
        }
        ck_assert_uint_eq(processed, N);
        ck_assert_str_eq(
            rows(), "0:NULL:NULL 1:NULL:NULL 3:NULL:NULL 5:NULL:NULL 7:NULL:NULL 8:NULL:NULL ");
        /* all rows fail: an error; without a status array any failure is one, since nobody would
         * see it */
        SQLFreeStmt(c.stmt, SQL_CLOSE);
        attr(SQL_ATTR_PARAMSET_SIZE, (void *)2);
        refuses(c.stmt, "23000", direct(c.stmt, "INSERT INTO arrays VALUES(?, NULL, NULL)"));
        attr(SQL_ATTR_PARAM_STATUS_PTR, NULL);
        attr(SQL_ATTR_PARAMSET_SIZE, (void *)N);
        run(c.stmt, "DELETE FROM arrays WHERE n = 7");
        ck_assert_int_eq(direct(c.stmt, "INSERT INTO arrays VALUES(?, NULL, NULL)"), SQL_ERROR);
        conn_close(&c);
    }
}
END_TEST

/* Data at execution inside an array: the token is the address of the row's own buffer. */
START_TEST(at_execution)
{
    for (int how = 0; how < 2; how++) {
        SQLINTEGER n[3] = {1, 2, 3};
        char tokens[3][16];
        SQLLEN len[3] = {SQL_DATA_AT_EXEC, SQL_NULL_DATA, SQL_LEN_DATA_AT_EXEC(4)};
        SQLPOINTER token = NULL;
        open_table(_i, how);
        attr(SQL_ATTR_PARAMSET_SIZE, (void *)3);
        ok(c.stmt, SQLBindParameter(c.stmt, 1, SQL_PARAM_INPUT, SQL_C_SLONG, SQL_INTEGER, 0, 0, n,
                                    0, NULL));
        ok(c.stmt, SQLBindParameter(c.stmt, 2, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_VARCHAR, 20, 0,
                                    tokens, 16, len));
        ck_assert_int_eq(direct(c.stmt, "INSERT INTO arrays VALUES(?, ?, NULL)"), SQL_NEED_DATA);
        ck_assert_int_eq(SQLParamData(c.stmt, &token), SQL_NEED_DATA);
        ck_assert_ptr_eq(token, tokens[0]);
        ok(c.stmt, SQLPutData(c.stmt, "on", 2));
        ok(c.stmt, SQLPutData(c.stmt, "e", 1));
        ck_assert_int_eq(SQLParamData(c.stmt, &token), SQL_NEED_DATA);
        ck_assert_ptr_eq(token, tokens[2]);
        ok(c.stmt, SQLPutData(c.stmt, "three", SQL_NTS));
        ok(c.stmt, SQLParamData(c.stmt, &token));
        ck_assert_str_eq(rows(), "1:one:NULL 2:NULL:NULL 3:three:NULL ");
        conn_close(&c);
    }
}
END_TEST

/* A query with an array has a result for each row. */
START_TEST(queries)
{
    SQLINTEGER n[3] = {10, 20, 30};
    conn_open_as(&c, _i, "");
    attr(SQL_ATTR_PARAMSET_SIZE, (void *)3);
    ok(c.stmt,
       SQLBindParameter(c.stmt, 1, SQL_PARAM_INPUT, SQL_C_SLONG, SQL_INTEGER, 0, 0, n, 0, NULL));
    ok(c.stmt, direct(c.stmt, "SELECT ? + 1"));
    for (int i = 0; i < 3; i++) {
        ok(c.stmt, SQLFetch(c.stmt));
        ck_assert_int_eq(strtol(get(c.stmt, 1), NULL, 10), n[i] + 1);
        ck_assert_int_eq(SQLFetch(c.stmt), SQL_NO_DATA);
        ck_assert_int_eq(SQLMoreResults(c.stmt), i < 2 ? SQL_SUCCESS : SQL_NO_DATA);
    }
    conn_close(&c);
}
END_TEST

/* --- against one row after the other ---------------------------------------------------------- */

/* The same random rows are executed as one array, and row by row on a twin of the table: contents,
 * status, states, native errors, row numbers and counts must be the same. */
enum { ROWS_MAX = 300, NAME = 20, NUMBER = 24 };

struct batch {
    SQLINTEGER id[ROWS_MAX];
    char name[ROWS_MAX][NAME];
    SQLLEN name_len[ROWS_MAX];
    char number[ROWS_MAX][NUMBER];
    SQLLEN number_len[ROWS_MAX];
    SQL_TIMESTAMP_STRUCT at[ROWS_MAX];
    SQLLEN at_len[ROWS_MAX];
    SQLUSMALLINT operation[ROWS_MAX], status[ROWS_MAX];
    SQLULEN n, processed;
};
static struct batch b;

struct outcome {
    SQLUSMALLINT status;
    char state[6];
    SQLINTEGER native;
};
static struct outcome want[ROWS_MAX];

static uint64_t seed;
static unsigned below(unsigned n)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (unsigned)((seed >> 11) % n);
}

/* Each kind of bad value in one of `often` rows. */
static void fill(unsigned often, bool has_defaults)
{
    b.n = 2 + below(below(4) ? 40 : ROWS_MAX - 1);
    for (SQLULEN i = 0; i < b.n; i++) {
        b.id[i] = below(often) ? (SQLINTEGER)i : (SQLINTEGER)below((unsigned)b.n);
        snprintf(b.name[i], NAME, "%s'\\%c", below(often) ? "n" : "much too long",
                 (char)('a' + below(20)));
        b.name_len[i] = below(often) ? SQL_NTS : SQL_NULL_DATA;
        unsigned pick = below(8 * often);
        snprintf(b.number[i], NUMBER, "%s%u",
                 pick == 0   ? "x"
                 : pick == 1 ? "9999999"
                 : pick == 2 ? "50"
                             : "-",
                 below(1000));
        b.number_len[i] = below(10) ? SQL_NTS : SQL_NULL_DATA;
        if (has_defaults && !below(10))
            b.number_len[i] = SQL_DEFAULT_PARAM;
        b.at[i] = (SQL_TIMESTAMP_STRUCT){2024, (SQLUSMALLINT)(1 + below(12)), 1, 1, 2, 3, 0};
        b.at[i].fraction = below(often) ? 500000000 : 1; /* 1 ns is cut: 01S07 */
        b.at[i].month = below(4 * often) ? b.at[i].month : 13;
        b.at_len[i] = below(10) ? (SQLLEN)sizeof b.at[i] : SQL_NULL_DATA;
        b.operation[i] = below(12) ? SQL_PARAM_PROCEED : SQL_PARAM_IGNORE;
    }
}

static void bind(SQLHSTMT q, SQLULEN i)
{
    ok(q, SQLBindParameter(q, 1, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_VARCHAR, NAME, 0, b.name[i], NAME,
                           &b.name_len[i]));
    ok(q, SQLBindParameter(q, 2, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_DECIMAL, 6, 2, b.number[i],
                           NUMBER, &b.number_len[i]));
    ok(q, SQLBindParameter(q, 3, SQL_PARAM_INPUT, SQL_C_TYPE_TIMESTAMP, SQL_TYPE_TIMESTAMP, 0, 0,
                           &b.at[i], sizeof b.at[i], &b.at_len[i]));
    ok(q,
       SQLBindParameter(q, 4, SQL_PARAM_INPUT, SQL_C_SLONG, SQL_INTEGER, 0, 0, &b.id[i], 0, NULL));
}

/* One execute a row; returns the rows that were changed. */
static SQLLEN run_singly(const char *sql)
{
    SQLHSTMT q = new_stmt(&c);
    SQLLEN changed = 0;
    ok(q, SQLPrepare(q, text(sql), SQL_NTS));
    for (SQLULEN i = 0; i < b.n; i++) {
        want[i] = (struct outcome){.status = SQL_PARAM_UNUSED};
        if (b.operation[i] == SQL_PARAM_IGNORE)
            continue;
        SQLLEN n = 0;
        bind(q, i);
        SQLRETURN rc = SQLExecute(q);
        struct said d = said(q);
        want[i].status = rc == SQL_ERROR               ? SQL_PARAM_ERROR
                         : rc == SQL_SUCCESS_WITH_INFO ? SQL_PARAM_SUCCESS_WITH_INFO
                                                       : SQL_PARAM_SUCCESS;
        memcpy(want[i].state, d.state, sizeof d.state);
        want[i].native = d.native;
        if (rc != SQL_ERROR && SQL_SUCCEEDED(SQLRowCount(q, &n)))
            changed += n;
        SQLFreeStmt(q, SQL_CLOSE);
    }
    drop_stmt(q);
    return changed;
}

/* Records come by rows; the first of a row is the one that a single execution gives first. */
static void compare_records(SQLHSTMT q, const char *what)
{
    SQLSMALLINT k = 1;
    SQLLEN row = 0;
    for (SQLULEN i = 0; i < b.n; i++) {
        if (!want[i].state[0])
            continue;
        struct said d = said_at(SQL_HANDLE_STMT, q, k);
        SQLGetDiagField(SQL_HANDLE_STMT, q, k, SQL_DIAG_ROW_NUMBER, &row, 0, NULL);
        ck_assert_msg(!strcmp(d.state, want[i].state) && d.native == want[i].native &&
                          row == (SQLLEN)i + 1,
                      "%s: record %d is %s (%d) row %ld, not %s (%d) row %lu: %s", what, k, d.state,
                      (int)d.native, (long)row, want[i].state, (int)want[i].native,
                      (unsigned long)i + 1, d.text);
        for (k++, row = 0; said_at(SQL_HANDLE_STMT, q, k).state[0]; k++) { /* more of the row */
            SQLGetDiagField(SQL_HANDLE_STMT, q, k, SQL_DIAG_ROW_NUMBER, &row, 0, NULL);
            if (row != (SQLLEN)i + 1)
                break;
        }
    }
    ck_assert_msg(!said_at(SQL_HANDLE_STMT, q, k).state[0], "%s: more records", what);
}

static void run_array(const char *sql, SQLLEN changed, const char *what)
{
    SQLHSTMT q = new_stmt(&c);
    SQLULEN nok = 0, nbad = 0, ninfo = 0;
    ok(q, SQLSetStmtAttr(q, SQL_ATTR_PARAMSET_SIZE, (void *)b.n, 0));
    ok(q, SQLSetStmtAttr(q, SQL_ATTR_PARAM_STATUS_PTR, b.status, 0));
    ok(q, SQLSetStmtAttr(q, SQL_ATTR_PARAM_OPERATION_PTR, b.operation, 0));
    ok(q, SQLSetStmtAttr(q, SQL_ATTR_PARAMS_PROCESSED_PTR, &b.processed, 0));
    bind(q, 0);
    ok(q, SQLPrepare(q, text(sql), SQL_NTS));
    memset(b.status, 0xee, sizeof b.status);
    SQLRETURN rc = SQLExecute(q);
    struct said d = said(q);
    for (SQLULEN i = 0; i < b.n; i++) {
        ck_assert_msg(b.status[i] == want[i].status,
                      "%s: row %lu of %lu has status %u, not %u as alone (%s %d): %s", what,
                      (unsigned long)i + 1, (unsigned long)b.n, b.status[i], want[i].status,
                      want[i].state, (int)want[i].native, d.text);
        nok += want[i].status == SQL_PARAM_SUCCESS;
        ninfo += want[i].status == SQL_PARAM_SUCCESS_WITH_INFO;
        nbad += want[i].status == SQL_PARAM_ERROR;
    }
    SQLRETURN expected = nbad && !nok && !ninfo ? SQL_ERROR
                         : nbad || ninfo        ? SQL_SUCCESS_WITH_INFO
                                                : SQL_SUCCESS;
    ck_assert_msg(rc == expected || rc == SQL_NO_DATA, "%s: returned %d, not %d", what, rc,
                  expected);
    ck_assert_msg(b.processed == b.n, "%s: %lu of %lu rows processed", what,
                  (unsigned long)b.processed, (unsigned long)b.n);
    compare_records(q, what);
    SQLLEN n = 0;
    if (nok + ninfo) {
        ok(q, SQLRowCount(q, &n));
        ck_assert_msg(n == changed, "%s: row count %ld, not %ld", what, (long)n, (long)changed);
    }
    drop_stmt(q);
}

/* Everything in a table, in one line. */
static const char *content(const char *table)
{
    static char out[2][60000];
    static unsigned turn;
    char sql[200], *to = out[turn++ % 2];
    size_t n = 0;
    SQLHSTMT q = new_stmt(&c);
    snprintf(sql, sizeof sql, "SELECT id, name, number, at FROM %s ORDER BY id, name", table);
    ok(q, direct(q, sql));
    to[0] = '\0';
    while (SQLFetch(q) == SQL_SUCCESS)
        n += (size_t)snprintf(to + n, sizeof out[0] - n, "%s:%s:%s:%s\n", get(q, 1), get(q, 2),
                              get(q, 3), get(q, 4));
    drop_stmt(q);
    return to;
}

static const struct twin {
    const char *before, *after; /* the table's name in the statement */
    bool has_defaults;
} twins[] = {
    {"INSERT INTO ", "(name, number, at, id) VALUES(?, ?, ?, ?)", true},
    {"/* plain */ REPLACE INTO ", "(name, number, at, id) VALUES(?, ?, ?, ?);", true},
    {"INSERT IGNORE INTO ", "(name, number, at, id, extra) VALUES(?, ?, ?, ?, -7)", true},
    {"INSERT INTO ", "(name, number, at, id) VALUES(LOWER(?), ?, ?, ?)", false},
    {"INSERT INTO ",
     "(name, number, at, id) VALUES(?, ?, ?, ?) ON DUPLICATE KEY UPDATE extra = extra + 1", false},
    {"UPDATE ", " SET name = ?, number = ?, at = ? WHERE id = ?", false},
    {"DELETE FROM ", " WHERE name = ? OR number = ? OR at = ? OR id = ?", false},
};

static void make_twins(const char *engine, bool has_trigger)
{
    static const char *const names[] = {"alone", "together"};
    char sql[600];
    for (int i = 0; i < 2; i++) {
        snprintf(sql, sizeof sql, "DROP TABLE IF EXISTS %s", names[i]);
        run(c.stmt, sql);
        snprintf(sql, sizeof sql,
                 "CREATE TABLE %s(id INT PRIMARY KEY, name VARCHAR(8) NOT NULL COMMENT ') "
                 "ENGINE=InnoDB', number DECIMAL(6,2) DEFAULT 7 CHECK(number < 500), at "
                 "DATETIME(6), extra INT DEFAULT 1) ENGINE=%s",
                 names[i], engine);
        run(c.stmt, sql);
        snprintf(sql, sizeof sql, "INSERT INTO %s(id, name) VALUES(3, 'three'), (11, 'eleven')",
                 names[i]);
        run(c.stmt, sql);
        if (has_trigger) {
            snprintf(sql, sizeof sql,
                     "CREATE TRIGGER on_%s BEFORE INSERT ON %s FOR EACH ROW INSERT INTO seen_%s "
                     "VALUES(NEW.id)",
                     names[i], names[i], names[i]);
            run(c.stmt, sql);
        }
    }
}

static void compare_twins(const char *engine, bool has_trigger, bool is_manual)
{
    static const unsigned often[] = {100000, 200, 20, 2};
    for (unsigned k = 0; k < sizeof twins / sizeof *twins; k++) {
        for (unsigned round = 0; round < 4; round++) {
            char what[200], one_sql[300], many_sql[300];
            const struct twin *t = &twins[k];
            seed = 0x9e3779b97f4a7c15u * (k * 100 + round + 1) + is_manual;
            snprintf(what, sizeof what, "%s, %s%s%s, statement %u, round %u", c.server, engine,
                     has_trigger ? ", trigger" : "", is_manual ? ", transaction" : "", k, round);
            make_twins(engine, has_trigger);
            fill(often[round % 4], t->has_defaults);
            snprintf(one_sql, sizeof one_sql, "%salone%s", t->before, t->after);
            snprintf(many_sql, sizeof many_sql, "%stogether%s", t->before, t->after);
            SQLSetConnectAttr(
                c.dbc, SQL_ATTR_AUTOCOMMIT,
                (SQLPOINTER)(uintptr_t)(is_manual ? SQL_AUTOCOMMIT_OFF : SQL_AUTOCOMMIT_ON), 0);
            SQLLEN changed = run_singly(one_sql);
            run_array(many_sql, changed, what);
            ck_assert(SQL_SUCCEEDED(SQLEndTran(SQL_HANDLE_DBC, c.dbc, SQL_COMMIT)));
            ck_assert_msg(!strcmp(content("alone"), content("together")),
                          "%s: rows alone:\n%s\nrows together:\n%s", what, content("alone"),
                          content("together"));
        }
    }
}

START_TEST(as_row_by_row)
{
    for (int how = 0; how < 2; how++) {
        conn_open_as(&c, _i, keys[how]);
        conn_database(&c, "twins");
        run(c.stmt, "CREATE TABLE seen_alone(id INT) ENGINE=MyISAM");
        run(c.stmt, "CREATE TABLE seen_together(id INT) ENGINE=MyISAM");
        for (int is_manual = 0; is_manual < 2; is_manual++) {
            compare_twins("InnoDB", false, is_manual);
            compare_twins("MyISAM", false, is_manual);
        }
        compare_twins("InnoDB", true, false);
        ck_assert_str_eq(one(c.stmt, "SELECT COUNT(*) FROM seen_alone"),
                         one(c.stmt, "SELECT COUNT(*) FROM seen_together"));
        conn_close(&c);
    }
}
END_TEST

/* Whether the rows go quickly or one by one, a warning is told once: here each row has a fraction
 * that is cut, and every other one needs the unsigned type. */
START_TEST(warnings_once)
{
    enum { ROWS = 40 };
    for (int how = 0; how < 2; how++) {
        SQL_NUMERIC_STRUCT n[ROWS];
        SQLUSMALLINT status[ROWS];
        char sum[40];
        conn_open_as(&c, _i, keys[how]);
        run(c.stmt, "CREATE TEMPORARY TABLE arrays(n BIGINT UNSIGNED) ENGINE=InnoDB");
        for (int i = 0; i < ROWS; i++) { /* 0.5, 2^63 + 0.5, ... */
            n[i] = (SQL_NUMERIC_STRUCT){.precision = 38, .scale = 1, .sign = 1, .val = {5}};
            n[i].val[8] = i % 2 ? 5 : 0; /* 10 * 2^63 is 5 * 2^64 */
        }
        attr(SQL_ATTR_PARAMSET_SIZE, (void *)ROWS);
        attr(SQL_ATTR_PARAM_STATUS_PTR, status);
        ok(c.stmt, SQLBindParameter(c.stmt, 1, SQL_PARAM_INPUT, SQL_C_NUMERIC, SQL_BIGINT, 0, 0, n,
                                    0, NULL));
        ck_assert_int_eq(direct(c.stmt, "INSERT INTO arrays VALUES(?)"), SQL_SUCCESS_WITH_INFO);
        for (int i = 0; i < ROWS; i++) {
            SQLLEN row = 0;
            struct said d = said_at(SQL_HANDLE_STMT, c.stmt, (SQLSMALLINT)(i + 1));
            SQLGetDiagField(SQL_HANDLE_STMT, c.stmt, (SQLSMALLINT)(i + 1), SQL_DIAG_ROW_NUMBER,
                            &row, 0, NULL);
            ck_assert_msg(!strcmp(d.state, "01S07") && row == i + 1, "record %d: %s, row %ld: %s",
                          i + 1, d.state, (long)row, d.text);
            ck_assert_int_eq(status[i], SQL_PARAM_SUCCESS_WITH_INFO);
        }
        ck_assert_str_eq(said_at(SQL_HANDLE_STMT, c.stmt, ROWS + 1).state, "");
        snprintf(sum, sizeof sum, "%d", ROWS / 2);
        ck_assert_str_eq(one(c.stmt, "SELECT COUNT(*) FROM arrays WHERE n = 9223372036854775808"),
                         sum);
        ck_assert_str_eq(one(c.stmt, "SELECT COUNT(*) FROM arrays WHERE n = 0"), sum);
        conn_close(&c);
    }
}
END_TEST

/* --- values of every form ----------------------------------------------------------------------
 */

enum { VALUES = 90, VALUE = 70000 };
static const size_t value_lens[] = {0, 1, 17, 250, 251, 252, 300, 65535, 65536, 69000};

static struct {
    SQLINTEGER id[VALUES];
    SQLUINTEGER u[VALUES];
    SQLDOUBLE d[VALUES];
    SQLREAL f[VALUES];
    unsigned char bit[VALUES];
    SQL_DATE_STRUCT day[VALUES];
    SQL_TIMESTAMP_STRUCT at[VALUES];
    SQL_TIME_STRUCT clock[VALUES];
    char text[VALUES][VALUE], bytes[VALUES][VALUE];
    SQLWCHAR wide[VALUES][200];
    SQLLEN len[9][VALUES]; /* of all but id */
} v;

static void fill_values(void)
{
    memset(&v, 0, sizeof v);
    for (SQLUSMALLINT i = 0; i < VALUES; i++) {
        size_t n = value_lens[i % 10];
        v.id[i] = i;
        v.u[i] = UINT32_MAX - below(3);
        v.d[i] = (double)below(1000) / 7 - 50;
        v.f[i] = (float)below(1000) / 4;
        v.bit[i] = below(2) != 0;
        v.day[i] = (SQL_DATE_STRUCT){2024, (SQLUSMALLINT)(1 + i % 12), (SQLUSMALLINT)(1 + i % 28)};
        v.at[i] = (SQL_TIMESTAMP_STRUCT){1999, 12, 31, 23, 59, 58, below(3) * 1000};
        v.clock[i] = (SQL_TIME_STRUCT){(SQLUSMALLINT)(i % 24), 59, 1};
        for (size_t k = 0; k < n; k++) {
            v.text[i][k] = (char)('a' + below(26));
            v.bytes[i][k] = (char)below(256);
        }
        for (size_t k = 0; k < 150; k++)
            v.wide[i][k] = (SQLWCHAR)(0xe4 + below(5000));
        for (int k = 0; k < 9; k++)
            v.len[k][i] = below(8) ? 0 : SQL_NULL_DATA;
        v.len[6][i] = v.len[6][i] ? SQL_NULL_DATA : (SQLLEN)(below(2) ? n : 0);
        v.len[7][i] = v.len[7][i] ? SQL_NULL_DATA : below(2) ? SQL_NTS : (SQLLEN)n;
        v.len[8][i] = v.len[8][i] ? SQL_NULL_DATA : (SQLLEN)(2 * below(150));
    }
}

static void bind_value(SQLHSTMT q, SQLUSMALLINT k, SQLSMALLINT ctype, SQLSMALLINT type, void *data,
                       SQLLEN size, SQLLEN *len)
{
    ok(q, SQLBindParameter(q, k, SQL_PARAM_INPUT, ctype, type, 0, 0, data, size, len));
}

static void bind_values(SQLHSTMT q, int i)
{
    bind_value(q, 1, SQL_C_SLONG, SQL_INTEGER, &v.id[i], 0, NULL);
    bind_value(q, 2, SQL_C_ULONG, SQL_BIGINT, &v.u[i], 0, &v.len[0][i]);
    bind_value(q, 3, SQL_C_DOUBLE, SQL_DOUBLE, &v.d[i], 0, &v.len[1][i]);
    bind_value(q, 4, SQL_C_FLOAT, SQL_REAL, &v.f[i], 0, &v.len[2][i]);
    bind_value(q, 5, SQL_C_BIT, SQL_BIT, &v.bit[i], 0, &v.len[3][i]);
    bind_value(q, 6, SQL_C_TYPE_DATE, SQL_TYPE_DATE, &v.day[i], 0, &v.len[4][i]);
    bind_value(q, 7, SQL_C_TYPE_TIMESTAMP, SQL_TYPE_TIMESTAMP, &v.at[i], 0, &v.len[5][i]);
    bind_value(q, 8, SQL_C_BINARY, SQL_VARBINARY, v.bytes[i], VALUE, &v.len[6][i]);
    bind_value(q, 9, SQL_C_CHAR, SQL_VARCHAR, v.text[i], VALUE, &v.len[7][i]);
    bind_value(q, 10, SQL_C_WCHAR, SQL_WVARCHAR, v.wide[i], sizeof v.wide[i], &v.len[8][i]);
    bind_value(q, 11, SQL_C_TYPE_TIME, SQL_TYPE_TIME, &v.clock[i], 0, &v.len[0][i]);
}

/* Every form of value, NULL among them, lengths around those where the wire changes its form: as
 * single executes store them. */
START_TEST(values_of_every_form)
{
    SQLUSMALLINT status[VALUES];
    conn_open(&c, _i, "values");
    run(c.stmt, "CREATE TABLE alone(id INT PRIMARY KEY, u BIGINT UNSIGNED, d DOUBLE, f FLOAT, b "
                "BIT(1), day DATE, at DATETIME(6), bytes LONGBLOB, txt LONGTEXT, wide VARCHAR(200),"
                " clock TIME)");
    run(c.stmt, "CREATE TABLE together LIKE alone");
    fill_values();
    SQLHSTMT q = new_stmt(&c);
    ok(q,
       SQLPrepare(q, text("INSERT INTO alone VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"), SQL_NTS));
    for (int i = 0; i < VALUES; i++) {
        bind_values(q, i);
        ok(q, SQLExecute(q));
    }
    bind_values(q, 0);
    ok(q, SQLSetStmtAttr(q, SQL_ATTR_PARAMSET_SIZE, (void *)VALUES, 0));
    ok(q, SQLSetStmtAttr(q, SQL_ATTR_PARAM_STATUS_PTR, status, 0));
    ck_assert_int_eq(direct(q, "INSERT INTO together VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
                     SQL_SUCCESS);
    for (int i = 0; i < VALUES; i++)
        ck_assert_int_eq(status[i], SQL_PARAM_SUCCESS);
    drop_stmt(q);
    ck_assert_str_eq(
        one(c.stmt,
            "SELECT COUNT(*) FROM alone a JOIN together b ON a.id = b.id AND a.u <=> b.u AND "
            "a.d <=> b.d AND a.f <=> b.f AND a.b <=> b.b AND a.day <=> b.day AND a.at <=> "
            "b.at AND a.bytes <=> b.bytes AND BINARY a.txt <=> BINARY b.txt AND BINARY "
            "a.wide <=> BINARY b.wide AND a.clock <=> b.clock"),
        "90");
    conn_close(&c);
}
END_TEST

/* --- a transaction that the server rolls back ------------------------------------------------- */

enum { RIVAL_ROWS = 400 };

/* Another connection that has a heavier transaction, holds row 7, and waits for the row of the
 * other table: who waits for row 7 then is the victim. */
static void *rival(void *arg)
{
    struct conn *r = arg;
    SQLRETURN rc = direct(r->stmt, "SELECT n FROM held WHERE n = 1 FOR UPDATE");
    SQLFreeStmt(r->stmt, SQL_CLOSE);
    return SQL_SUCCEEDED(rc) ? arg : NULL;
}

static void rival_open(struct conn *r, int i)
{
    char sql[200];
    conn_open_as(r, i, "");
    snprintf(sql, sizeof sql, "USE %s", c.database);
    run(r->stmt, sql);
    SQLSetConnectAttr(r->dbc, SQL_ATTR_AUTOCOMMIT, (SQLPOINTER)SQL_AUTOCOMMIT_OFF, 0);
    run(r->stmt, "INSERT INTO lost VALUES(7, 'rival')");
    for (int k = 0; k < RIVAL_ROWS; k++) {
        snprintf(sql, sizeof sql, "INSERT INTO lost VALUES(%d, 'rival')", 10000 + k);
        run(r->stmt, sql);
    }
}

/* The server looks anew only if nobody asked for 100 ms. */
static void wait_until_blocked(void)
{
    const struct timespec pause = {0, 150000000};
    SQLHSTMT q = new_stmt(&c);
    for (double end = seconds() + 60; seconds() < end;) {
        if (one_number(q, "SELECT COUNT(*) FROM information_schema.INNODB_TRX WHERE trx_state = "
                          "'LOCK WAIT'"))
            break;
        nanosleep(&pause, NULL);
    }
    drop_stmt(q);
}

/* What comes of 20 rows, of which the eighth makes a deadlock: nothing of the transaction is left,
 * and nothing of the array is done after it. */
static void lose(const char *sql, int nbefore)
{
    SQLINTEGER n[20];
    SQLUSMALLINT status[20];
    SQLHSTMT q = new_stmt(&c);
    for (int i = 0; i < 20; i++)
        n[i] = i;
    ok(q, SQLSetStmtAttr(q, SQL_ATTR_PARAMSET_SIZE, (void *)20, 0));
    ok(q, SQLSetStmtAttr(q, SQL_ATTR_PARAM_STATUS_PTR, status, 0));
    ok(q, SQLBindParameter(q, 1, SQL_PARAM_INPUT, SQL_C_SLONG, SQL_INTEGER, 0, 0, n, 0, NULL));
    SQLRETURN rc = direct(q, sql);
    struct said d = said(q);
    ck_assert_msg(!strcmp(d.state, "40001") && strstr(d.text, "rolled back"), "%s: %d %s %s", sql,
                  rc, d.state, d.text);
    SQLLEN row = 0;
    SQLGetDiagField(SQL_HANDLE_STMT, q, 1, SQL_DIAG_ROW_NUMBER, &row, 0, NULL);
    ck_assert_int_eq(row, nbefore + 1);
    for (int i = 0; i < 20; i++)
        ck_assert_msg(status[i] == (i < nbefore    ? SQL_PARAM_SUCCESS
                                    : i == nbefore ? SQL_PARAM_ERROR
                                                   : SQL_PARAM_UNUSED),
                      "%s: row %d has status %u", sql, i + 1, status[i]);
    drop_stmt(q);
}

START_TEST(lost_transaction)
{
    static const struct {
        const char *sql;
        int nbefore; /* rows that were done when it happened; together means none */
    } losses[] = {
        {"INSERT INTO lost VALUES(?, 'array')", 0},
        {"INSERT INTO lost VALUES(? + 0, 'array')", 7},
    };
    for (int how = 0; how < 2; how++) {
        for (size_t k = 0; k < sizeof losses / sizeof *losses; k++) {
            struct conn r;
            pthread_t thread;
            void *done = NULL;
            conn_open_as(&c, _i, keys[how]);
            conn_database(&c, "lost");
            run(c.stmt, "CREATE TABLE lost(n INT PRIMARY KEY, t VARCHAR(20)) ENGINE=InnoDB");
            run(c.stmt, "CREATE TABLE held(n INT PRIMARY KEY, t VARCHAR(20)) ENGINE=InnoDB");
            run(c.stmt, "INSERT INTO held VALUES(1, '')");
            SQLSetConnectAttr(c.dbc, SQL_ATTR_AUTOCOMMIT, (SQLPOINTER)SQL_AUTOCOMMIT_OFF, 0);
            run(c.stmt, "UPDATE held SET t = 'before'");
            rival_open(&r, _i);
            ck_assert_int_eq(pthread_create(&thread, NULL, rival, &r), 0);
            wait_until_blocked();
            lose(losses[k].sql, losses[k].nbefore);
            ck_assert_int_eq(pthread_join(thread, &done), 0);
            ck_assert_msg(done != NULL, "the other connection was the victim");
            ck_assert(SQL_SUCCEEDED(SQLEndTran(SQL_HANDLE_DBC, r.dbc, SQL_COMMIT)));
            ck_assert(SQL_SUCCEEDED(SQLEndTran(SQL_HANDLE_DBC, c.dbc, SQL_COMMIT)));
            ck_assert_str_eq(one(c.stmt, "SELECT t FROM held"), "");
            ck_assert_int_eq(one_number(c.stmt, "SELECT COUNT(*) FROM lost"), RIVAL_ROWS + 1);
            SQLSetConnectAttr(c.dbc, SQL_ATTR_AUTOCOMMIT, (SQLPOINTER)SQL_AUTOCOMMIT_ON, 0);
            conn_close(&r);
            conn_close(&c);
        }
    }
}
END_TEST

/* --- SQLBulkOperations ------------------------------------------------------------------------ */

struct added {
    SQLINTEGER n;
    SQLLEN n_len;
    char t[24];
    SQLLEN t_len;
};

/* Rows are added to the table of an open result: by row with an offset, one ignored column, one
 * failing row; the fetch goes on, and what could not be added is told. */
START_TEST(bulk_add)
{
    enum { M = 12 };
    static struct added r[2][M];
    SQLUSMALLINT status[M];
    SQLLEN offset = sizeof r[0], count = 0;
    conn_open(&c, _i, "bulk");
    run(c.stmt, "CREATE TABLE bulk(n INT PRIMARY KEY, t VARCHAR(20) DEFAULT 'none') ENGINE=InnoDB");
    run(c.stmt, "INSERT INTO bulk VALUES(100, 'a'), (101, 'b')");
    for (int i = 0; i < M; i++) {
        r[1][i] =
            (struct added){.n = i == 7 ? 3 : i, .t_len = i == 5 ? SQL_COLUMN_IGNORE : SQL_NTS};
        snprintf(r[1][i].t, sizeof r[1][i].t, "row %d'\\", i);
    }
    r[1][9].t_len = SQL_NULL_DATA;
    refuses(c.stmt, "HY010", SQLBulkOperations(c.stmt, SQL_ADD));
    attr(SQL_ATTR_ROW_BIND_TYPE, (void *)sizeof(struct added));
    attr(SQL_ATTR_ROW_BIND_OFFSET_PTR, &offset);
    attr(SQL_ATTR_ROW_STATUS_PTR, status);
    ok(c.stmt, direct(c.stmt, "SELECT n, t FROM bulk ORDER BY n"));
    ok(c.stmt, SQLBindCol(c.stmt, 1, SQL_C_SLONG, &r[0][0].n, 0, &r[0][0].n_len));
    ok(c.stmt, SQLBindCol(c.stmt, 2, SQL_C_CHAR, r[0][0].t, sizeof r[0][0].t, &r[0][0].t_len));
    struct added first = r[1][0];
    ok(c.stmt, SQLFetch(c.stmt));
    ck_assert_int_eq(r[1][0].n, 100);
    r[1][0] = first;
    attr(SQL_ATTR_ROW_ARRAY_SIZE, (void *)M);
    expect(c.stmt, SQL_SUCCESS_WITH_INFO, "23000", SQLBulkOperations(c.stmt, SQL_ADD));
    SQLLEN row = 0;
    SQLGetDiagField(SQL_HANDLE_STMT, c.stmt, 1, SQL_DIAG_ROW_NUMBER, &row, 0, NULL);
    ck_assert_int_eq(row, 8);
    ok(c.stmt, SQLRowCount(c.stmt, &count));
    ck_assert_int_eq(count, M - 1);
    for (int i = 0; i < M; i++)
        ck_assert_int_eq(status[i], i == 7 ? SQL_ROW_ERROR : SQL_ROW_ADDED);
    refuses(c.stmt, "HYC00", SQLBulkOperations(c.stmt, SQL_DELETE_BY_BOOKMARK));
    attr(SQL_ATTR_ROW_ARRAY_SIZE, (void *)1);
    ok(c.stmt, SQLFetch(c.stmt)); /* of the result that was open all the time */
    ck_assert_int_eq(r[1][0].n, 101);
    ck_assert_int_eq(SQLFetch(c.stmt), SQL_NO_DATA);
    SQLFreeStmt(c.stmt, SQL_CLOSE);
    SQLFreeStmt(c.stmt, SQL_UNBIND);
    ck_assert_str_eq(
        one(c.stmt, "SELECT GROUP_CONCAT(n, ':', IFNULL(t, 'NULL') ORDER BY n) FROM "
                    "bulk"),
        "0:row 0'\\,1:row 1'\\,2:row 2'\\,3:row 3'\\,4:row 4'\\,5:none,6:row 6'\\,8:row "
        "8'\\,9:NULL,10:row 10'\\,11:row 11'\\,100:a,101:b");
    ok(c.stmt, direct(c.stmt, "SELECT n FROM bulk"));
    refuses(c.stmt, "21S02", SQLBulkOperations(c.stmt, SQL_ADD));
    SQLFreeStmt(c.stmt, SQL_CLOSE);
    ok(c.stmt, direct(c.stmt, "SELECT n + 1 FROM bulk"));
    ok(c.stmt, SQLBindCol(c.stmt, 1, SQL_C_SLONG, &r[0][0].n, 0, NULL));
    refuses(c.stmt, "HYC00", SQLBulkOperations(c.stmt, SQL_ADD));
    SQLFreeStmt(c.stmt, SQL_UNBIND);
    conn_close(&c);
}
END_TEST

/* What is wrong with a value names the column of the result, not the parameter behind it. */
START_TEST(bulk_column)
{
    char n[2][8] = {"1", "x"};
    SQLLEN row = 0;
    SQLINTEGER column = 0;
    conn_open(&c, _i, "bulk");
    run(c.stmt, "CREATE TABLE bulk(t VARCHAR(20), n INT)");
    attr(SQL_ATTR_ROW_ARRAY_SIZE, (void *)2);
    ok(c.stmt, direct(c.stmt, "SELECT t, n FROM bulk"));
    ok(c.stmt, SQLBindCol(c.stmt, 2, SQL_C_CHAR, n, sizeof n[0], NULL));
    expect(c.stmt, SQL_SUCCESS_WITH_INFO, "22018", SQLBulkOperations(c.stmt, SQL_ADD));
    SQLGetDiagField(SQL_HANDLE_STMT, c.stmt, 1, SQL_DIAG_ROW_NUMBER, &row, 0, NULL);
    SQLGetDiagField(SQL_HANDLE_STMT, c.stmt, 1, SQL_DIAG_COLUMN_NUMBER, &column, 0, NULL);
    ck_assert_int_eq(row, 2);
    ck_assert_int_eq(column, 2);
    ck_assert_msg(strstr(said(c.stmt).text, "] column 2: the value (SQL_C_CHAR for SQL_INTEGER)"),
                  "%s", said(c.stmt).text);
    SQLFreeStmt(c.stmt, SQL_CLOSE);
    SQLFreeStmt(c.stmt, SQL_UNBIND);
    conn_close(&c);
}
END_TEST

/* Column-wise, and enough rows to go in several chunks; a row whose type does not fit. */
START_TEST(bulk_add_many)
{
    enum { MANY = 5000 };
    static char n[MANY][8], t[MANY][20];
    static SQLUSMALLINT status[MANY];
    conn_open(&c, _i, "bulk");
    run(c.stmt, "CREATE TABLE bulk(id INT AUTO_INCREMENT PRIMARY KEY, n INT, t VARCHAR(20))");
    for (int i = 0; i < MANY; i++) {
        snprintf(n[i], sizeof n[i], i == 4321 ? "x" : "%d", i);
        snprintf(t[i], sizeof t[i], "%019d", i);
    }
    attr(SQL_ATTR_ROW_STATUS_PTR, status);
    attr(SQL_ATTR_ROW_ARRAY_SIZE, (void *)MANY);
    ok(c.stmt, direct(c.stmt, "SELECT t, n FROM bulk"));
    ok(c.stmt, SQLBindCol(c.stmt, 1, SQL_C_CHAR, t, sizeof t[0], NULL));
    ok(c.stmt, SQLBindCol(c.stmt, 2, SQL_C_CHAR, n, sizeof n[0], NULL));
    expect(c.stmt, SQL_SUCCESS_WITH_INFO, "22018", SQLBulkOperations(c.stmt, SQL_ADD));
    for (int i = 0; i < MANY; i++)
        ck_assert_int_eq(status[i], i == 4321 ? SQL_ROW_ERROR : SQL_ROW_ADDED);
    SQLFreeStmt(c.stmt, SQL_CLOSE);
    SQLFreeStmt(c.stmt, SQL_UNBIND);
    attr(SQL_ATTR_ROW_ARRAY_SIZE, (void *)1);
    ck_assert_str_eq(one(c.stmt, "SELECT t FROM bulk WHERE id = LAST_INSERT_ID()"),
                     "0000000000000004999");
    ck_assert_int_eq(one_number(c.stmt, "SELECT COUNT(*) FROM bulk WHERE n = t"), MANY - 1);
    conn_close(&c);
}
END_TEST

/* --- SQLDescribeParam ------------------------------------------------------------------------- */

START_TEST(describe_param)
{
    static const struct {
        SQLSMALLINT type, wide_type;
        SQLULEN size;
        SQLSMALLINT digits, nullable;
        const char *state; /* NULL: known */
    } want_param[] = {
        {SQL_VARCHAR, SQL_WVARCHAR, 20, 0, SQL_NULLABLE, NULL},
        {SQL_INTEGER, SQL_INTEGER, 10, 0, SQL_NO_NULLS, NULL},
        {0, 0, 0, 0, 0, "HYC00"},
        {SQL_DECIMAL, SQL_DECIMAL, 12, 3, SQL_NULLABLE, NULL},
        {SQL_LONGVARCHAR, SQL_WLONGVARCHAR, 0, 0, SQL_NULLABLE, NULL},
        {SQL_TYPE_TIMESTAMP, SQL_TYPE_TIMESTAMP, 26, 6, SQL_NULLABLE, NULL},
    };
    conn_open(&c, _i, "describe");
    run(c.stmt, "CREATE TABLE described(n INT NOT NULL, t VARCHAR(20), d DECIMAL(12,3), e TEXT, at "
                "DATETIME(6), f INT)");
    ok(c.stmt, SQLPrepare(c.stmt,
                          text("INSERT INTO described(t, n, f, d, e, at) VALUES (?, ?, 1 + (?), "
                               "?, ?, ?)"),
                          SQL_NTS));
    for (SQLUSMALLINT i = 0; i < sizeof want_param / sizeof *want_param; i++) {
        SQLSMALLINT type = 0, digits = 0, nullable = 9;
        SQLULEN size = 9;
        SQLRETURN rc =
            SQLDescribeParam(c.stmt, (SQLUSMALLINT)(i + 1), &type, &size, &digits, &nullable);
        if (want_param[i].state) {
            ck_assert_int_eq(rc, SQL_ERROR);
            ck_assert_str_eq(said(c.stmt).state, want_param[i].state);
            continue;
        }
        ck_assert_msg(rc == SQL_SUCCESS, "parameter %u: %s", i + 1, said(c.stmt).text);
        ck_assert_msg(type == want_param[i].type || type == want_param[i].wide_type,
                      "parameter %u: type %d", i + 1, type);
        ck_assert_msg(size == want_param[i].size && digits == want_param[i].digits &&
                          nullable == want_param[i].nullable,
                      "parameter %u: size %lu, digits %d, nullable %d", i + 1, (unsigned long)size,
                      digits, nullable);
    }
    refuses(c.stmt, "07009", SQLDescribeParam(c.stmt, 7, NULL, NULL, NULL, NULL));
    ok(c.stmt, SQLPrepare(c.stmt, text("UPDATE described SET n = ?"), SQL_NTS));
    refuses(c.stmt, "HYC00", SQLDescribeParam(c.stmt, 1, NULL, NULL, NULL, NULL));
    ok(c.stmt, SQLPrepare(c.stmt, text("INSERT INTO nowhere VALUES(?)"), SQL_NTS));
    refuses(c.stmt, "42S02", SQLDescribeParam(c.stmt, 1, NULL, NULL, NULL, NULL));
    conn_close(&c);
}
END_TEST

/* What parameters may not be. */
START_TEST(refused)
{
    SQLINTEGER n = 1;
    SQLLEN len = SQL_DEFAULT_PARAM;
    open_table(_i, 0);
    ok(c.stmt, SQLPrepare(c.stmt, text("INSERT INTO arrays(n) VALUES(? + 1)"), SQL_NTS));
    ok(c.stmt,
       SQLBindParameter(c.stmt, 1, SQL_PARAM_INPUT, SQL_C_SLONG, SQL_INTEGER, 0, 0, &n, 0, &len));
    refuses(c.stmt, "07S01", SQLExecute(c.stmt));
    ok(c.stmt,
       SQLBindParameter(c.stmt, 1, SQL_PARAM_OUTPUT, SQL_C_SLONG, SQL_INTEGER, 0, 0, &n, 0, NULL));
    refuses(c.stmt, "HYC00", SQLExecute(c.stmt));
    refuses(c.stmt, "07006",
            SQLBindParameter(c.stmt, 1, SQL_PARAM_INPUT, SQL_C_TYPE_DATE, SQL_INTEGER, 0, 0, &n, 0,
                             NULL));
    refuses(c.stmt, "HY004",
            SQLBindParameter(c.stmt, 1, SQL_PARAM_INPUT, SQL_C_SLONG, 1234, 0, 0, &n, 0, NULL));
    refuses(c.stmt, "HY003",
            SQLBindParameter(c.stmt, 1, SQL_PARAM_INPUT, 1234, SQL_INTEGER, 0, 0, &n, 0, NULL));
    conn_close(&c);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("arrays");
    TCase *t = tcase_create("arrays");
    tcase_set_timeout(t, 300);
    tcase_add_loop_test(t, by_column, 0, NSERVERS_ALL);
    tcase_add_loop_test(t, all_ignored, 0, NSERVERS_ALL);
    tcase_add_loop_test(t, by_row, 0, NSERVERS_ALL);
    tcase_add_loop_test(t, failing_rows, 0, NSERVERS_ALL);
    tcase_add_loop_test(t, at_execution, 0, NSERVERS_ALL);
    tcase_add_loop_test(t, queries, 0, NSERVERS_ALL);
    tcase_add_loop_test(t, as_row_by_row, 0, NSERVERS_ALL);
    tcase_add_loop_test(t, warnings_once, 0, NSERVERS_ALL);
    tcase_add_loop_test(t, values_of_every_form, 0, NSERVERS_ALL);
    tcase_add_loop_test(t, lost_transaction, 0, NSERVERS_ALL);
    tcase_add_loop_test(t, bulk_add, 0, NSERVERS_ALL);
    tcase_add_loop_test(t, bulk_column, 0, NSERVERS_ALL);
    tcase_add_loop_test(t, bulk_add_many, 0, NSERVERS_ALL);
    tcase_add_loop_test(t, describe_param, 0, NSERVERS_ALL);
    tcase_add_loop_test(t, refused, 0, NSERVERS_ALL);
    suite_add_tcase(s, t);
    return run_suite(s);
}
