/* check_places.c - the arguments of the entries that are no text: every place of an answer is
 * filled with its own value, in its own width, whichever of the others are NULL, and through both
 * doors; every argument arrives where its value can be read again; records of diagnostics are told
 * apart.  Without a driver manager, which looks at some of them itself. */
#include <check.h>
#include <sql.h>
#include <sqlext.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "fake/frontend.h"

#define SOURCE "mywire-check-places" /* no data source has this name */
#define KEY1   "ASDFGHJKL"
#define KEY2   "QWERTZUIOP"

enum { POISON = 0x5a, MOST = 6 };

static struct frontend *front;
static SQLHENV env;
static SQLHDBC dbc;
static SQLHDBC refused;             /* has three records: what failed, and two keys that are none */
static SQLHSTMT stmt;               /* has the result of SQLGetTypeInfo */
static SQLHSTMT idle;               /* the descriptors are its */
static SQLHDESC ard, apd, ird, ipd; /* of idle */

static SQLHDESC desc_of(SQLHSTMT h, SQLINTEGER which)
{
    SQLHDESC d = NULL;
    ck_assert_int_eq(SQLGetStmtAttr(h, which, &d, 0, NULL), SQL_SUCCESS);
    return d;
}

static void set(SQLHDESC d, SQLSMALLINT rec, SQLSMALLINT field, intptr_t value)
{
    ck_assert_int_eq(SQLSetDescField(d, rec, field, (SQLPOINTER)value, 0), SQL_SUCCESS);
}

static void up(void)
{
    static const struct frontend_plan plan = {.comment = "MySQL Community Server"};
    char keys[200];
    front = frontend_start(&plan);
    ck_assert_ptr_nonnull(front);
    ck_assert(SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_ENV, SQL_NULL_HANDLE, &env)));
    ck_assert(SQL_SUCCEEDED(SQLSetEnvAttr(env, SQL_ATTR_ODBC_VERSION, (void *)SQL_OV_ODBC3, 0)));
    ck_assert(SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_DBC, env, &dbc)));
    (void)snprintf(keys, sizeof keys,
                   "DSN=" SOURCE ";SERVER=127.0.0.1;PORT=%u;UID=u;SSLMODE=DISABLED",
                   frontend_port(front));
    ck_assert_int_eq(
        SQLDriverConnect(dbc, NULL, (SQLCHAR *)keys, SQL_NTS, NULL, 0, NULL, SQL_DRIVER_NOPROMPT),
        SQL_SUCCESS);
    ck_assert(SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_DBC, env, &refused)));
    ck_assert_int_eq(SQLDriverConnect(refused, NULL,
                                      (SQLCHAR *)"SOCKET=/none;" KEY1 "=1;" KEY2 "=1", SQL_NTS,
                                      NULL, 0, NULL, SQL_DRIVER_NOPROMPT),
                     SQL_ERROR);
    ck_assert_int_eq(SQLAllocStmt(dbc, &stmt), SQL_SUCCESS);
    ck_assert_int_eq(SQLAllocHandle(SQL_HANDLE_STMT, dbc, &idle), SQL_SUCCESS);
    ard = desc_of(idle, SQL_ATTR_APP_ROW_DESC);
    apd = desc_of(idle, SQL_ATTR_APP_PARAM_DESC);
    ird = desc_of(idle, SQL_ATTR_IMP_ROW_DESC);
    ipd = desc_of(idle, SQL_ATTR_IMP_PARAM_DESC);
    set(ipd, 1, SQL_DESC_TYPE, SQL_DECIMAL);
    set(ipd, 1, SQL_DESC_PRECISION, 12);
    set(ipd, 1, SQL_DESC_SCALE, 3);
    set(ipd, 1, SQL_DESC_LENGTH, 12);
    set(ipd, 1, SQL_DESC_OCTET_LENGTH, 17);
    ck_assert_int_eq(SQLSetDescField(ipd, 1, SQL_DESC_NAME, (SQLPOINTER) "name", 4), SQL_SUCCESS);
    set(ipd, 2, SQL_DESC_TYPE, SQL_DATETIME);
    set(ipd, 2, SQL_DESC_DATETIME_INTERVAL_CODE, SQL_CODE_TIMESTAMP);
    ck_assert_int_eq(SQLGetTypeInfo(stmt, SQL_ALL_TYPES), SQL_SUCCESS);
}

static void down(void)
{
    SQLDisconnect(dbc); /* and its statements are gone */
    SQLFreeHandle(SQL_HANDLE_DBC, dbc);
    SQLFreeHandle(SQL_HANDLE_DBC, refused);
    SQLFreeHandle(SQL_HANDLE_ENV, env);
    frontend_stop(front);
}

static void state_is(SQLSMALLINT kind, SQLHANDLE h, const char *want)
{
    SQLCHAR state[6] = "";
    (void)SQLGetDiagRec(kind, h, 1, state, NULL, NULL, 0, NULL);
    ck_assert_str_eq((const char *)state, want);
}

/* --- places of an answer ---------------------------------------------------------------------- */

/* A call that answers in places; a NULL one is not asked for. */
typedef SQLRETURN answer_fn(bool wide, void *p[MOST]);

#define ANSWER(name, call_w, call_a)                                                               \
    static SQLRETURN name(bool wide, void *p[MOST])                                                \
    {                                                                                              \
        return wide ? (call_w) : (call_a);                                                         \
    }

ANSWER(describe, SQLDescribeColW(stmt, 3, NULL, 0, p[0], p[1], p[2], p[3], p[4]),
       SQLDescribeCol(stmt, 3, NULL, 0, p[0], p[1], p[2], p[3], p[4]))
ANSWER(describe_text, SQLDescribeColW(stmt, 1, NULL, 0, p[0], p[1], NULL, p[2], p[3]),
       SQLDescribeCol(stmt, 1, NULL, 0, p[0], p[1], NULL, p[2], p[3]))
ANSWER(text_of_column, SQLColAttributeW(stmt, 3, SQL_DESC_TYPE_NAME, NULL, 0, p[0], NULL),
       SQLColAttribute(stmt, 3, SQL_DESC_TYPE_NAME, NULL, 0, p[0], NULL))
ANSWER(number_of_column, SQLColAttributeW(stmt, 3, SQL_DESC_DISPLAY_SIZE, NULL, 0, NULL, p[0]),
       SQLColAttribute(stmt, 3, SQL_DESC_DISPLAY_SIZE, NULL, 0, NULL, p[0]))
ANSWER(old_number, SQLColAttributeW(stmt, 3, SQL_COLUMN_PRECISION, NULL, 0, NULL, p[0]),
       SQLColAttribute(stmt, 3, SQL_COLUMN_PRECISION, NULL, 0, NULL, p[0]))
ANSWER(number_of_all, SQLColAttributeW(stmt, 0, SQL_DESC_COUNT, NULL, 0, NULL, p[0]),
       SQLColAttribute(stmt, 0, SQL_DESC_COUNT, NULL, 0, NULL, p[0]))
ANSWER(record, SQLGetDescRecW(ipd, 1, NULL, 0, p[0], p[1], NULL, p[2], p[3], p[4], p[5]),
       SQLGetDescRec(ipd, 1, NULL, 0, p[0], p[1], NULL, p[2], p[3], p[4], p[5]))
ANSWER(record_of_date, SQLGetDescRecW(ipd, 2, NULL, 0, NULL, p[0], p[1], NULL, p[2], NULL, NULL),
       SQLGetDescRec(ipd, 2, NULL, 0, NULL, p[0], p[1], NULL, p[2], NULL, NULL))
ANSWER(field_short, SQLGetDescFieldW(ipd, 1, SQL_DESC_SCALE, p[0], 0, p[1]),
       SQLGetDescField(ipd, 1, SQL_DESC_SCALE, p[0], 0, p[1]))
ANSWER(field_named, SQLGetDescFieldW(ipd, 1, SQL_DESC_UNNAMED, p[0], 0, p[1]),
       SQLGetDescField(ipd, 1, SQL_DESC_UNNAMED, p[0], 0, p[1]))
ANSWER(field_long, SQLGetDescFieldW(ipd, 1, SQL_DESC_OCTET_LENGTH, p[0], 0, p[1]),
       SQLGetDescField(ipd, 1, SQL_DESC_OCTET_LENGTH, p[0], 0, p[1]))
ANSWER(attr_env, SQLGetEnvAttr(env, SQL_ATTR_ODBC_VERSION, p[0], 0, p[1]),
       SQLGetEnvAttr(env, SQL_ATTR_ODBC_VERSION, p[0], 0, p[1]))
ANSWER(attr_dbc, SQLGetConnectAttrW(dbc, SQL_ATTR_LOGIN_TIMEOUT, p[0], 0, p[1]),
       SQLGetConnectAttr(dbc, SQL_ATTR_LOGIN_TIMEOUT, p[0], 0, p[1]))
ANSWER(attr_stmt, SQLGetStmtAttrW(stmt, SQL_ATTR_NOSCAN, p[0], 0, p[1]),
       SQLGetStmtAttr(stmt, SQL_ATTR_NOSCAN, p[0], 0, p[1]))
ANSWER(info_short, SQLGetInfoW(dbc, SQL_CURSOR_COMMIT_BEHAVIOR, p[0], 0, p[1]),
       SQLGetInfo(dbc, SQL_CURSOR_COMMIT_BEHAVIOR, p[0], 0, p[1]))
ANSWER(info_long, SQLGetInfoW(dbc, SQL_GETDATA_EXTENSIONS, p[0], 0, p[1]),
       SQLGetInfo(dbc, SQL_GETDATA_EXTENSIONS, p[0], 0, p[1]))
ANSWER(diag_second, SQLGetDiagRecW(SQL_HANDLE_DBC, refused, 2, NULL, p[0], NULL, 0, p[1]),
       SQLGetDiagRec(SQL_HANDLE_DBC, refused, 2, NULL, p[0], NULL, 0, p[1]))
ANSWER(diag_number, SQLGetDiagFieldW(SQL_HANDLE_DBC, refused, 0, SQL_DIAG_NUMBER, p[0], 0, NULL),
       SQLGetDiagField(SQL_HANDLE_DBC, refused, 0, SQL_DIAG_NUMBER, p[0], 0, NULL))
ANSWER(diag_row, SQLGetDiagFieldW(SQL_HANDLE_DBC, refused, 2, SQL_DIAG_ROW_NUMBER, p[0], 0, NULL),
       SQLGetDiagField(SQL_HANDLE_DBC, refused, 2, SQL_DIAG_ROW_NUMBER, p[0], 0, NULL))
ANSWER(diag_column,
       SQLGetDiagFieldW(SQL_HANDLE_DBC, refused, 2, SQL_DIAG_COLUMN_NUMBER, p[0], 0, NULL),
       SQLGetDiagField(SQL_HANDLE_DBC, refused, 2, SQL_DIAG_COLUMN_NUMBER, p[0], 0, NULL))
ANSWER(diag_native, SQLGetDiagFieldW(SQL_HANDLE_DBC, refused, 2, SQL_DIAG_NATIVE, p[0], 0, NULL),
       SQLGetDiagField(SQL_HANDLE_DBC, refused, 2, SQL_DIAG_NATIVE, p[0], 0, NULL))
ANSWER(nparams, SQLNumParams(idle, p[0]), SQLNumParams(idle, p[0]))
ANSWER(nrows, SQLRowCount(idle, p[0]), SQLRowCount(idle, p[0]))
ANSWER(ncolumns, SQLNumResultCols(stmt, p[0]), SQLNumResultCols(stmt, p[0]))

#define NOT_ASKED INT64_MIN /* differs between the doors, or is of no interest */

static const struct answer_row {
    const char *name;
    answer_fn *call;
    struct {
        size_t width; /* bytes; 0: no more places */
        int64_t value;
    } place[MOST];
} answers[] = {
    {"SQLDescribeCol", describe, {{2, 11}, {2, SQL_INTEGER}, {8, 10}, {2, 0}, {2, 1}}},
    {"SQLDescribeCol, text", describe_text, {{2, 9}, {2, NOT_ASKED}, {2, 0}, {2, 0}}},
    {"SQLColAttribute, text", text_of_column, {{2, NOT_ASKED}}},
    {"SQLColAttribute, number", number_of_column, {{8, 11}}},
    {"SQLColAttribute, ODBC 2", old_number, {{8, 10}}},
    {"SQLColAttribute, count", number_of_all, {{8, 19}}},
    {"SQLGetDescRec", record, {{2, 4}, {2, SQL_DECIMAL}, {8, 17}, {2, 12}, {2, 3}, {2, 2}}},
    {"SQLGetDescRec, date", record_of_date, {{2, SQL_DATETIME}, {2, 3}, {2, 6}}},
    {"SQLGetDescField, 16 bits", field_short, {{2, 3}, {4, 2}}},
    {"SQLGetDescField, named", field_named, {{2, SQL_NAMED}, {4, 2}}},
    {"SQLGetDescField, 64 bits", field_long, {{8, 17}, {4, 8}}},
    {"SQLGetEnvAttr", attr_env, {{4, SQL_OV_ODBC3}, {4, 4}}},
    {"SQLGetConnectAttr", attr_dbc, {{4, 30}, {4, 4}}},
    {"SQLGetStmtAttr", attr_stmt, {{8, SQL_NOSCAN_OFF}, {4, 8}}},
    {"SQLGetInfo, 16 bits", info_short, {{2, NOT_ASKED}, {2, 2}}},
    {"SQLGetInfo, 32 bits", info_long, {{4, NOT_ASKED}, {2, 4}}},
    {"SQLGetDiagRec", diag_second, {{4, 0}, {2, NOT_ASKED}}},
    {"SQLGetDiagField, number", diag_number, {{4, 3}}},
    {"SQLGetDiagField, row", diag_row, {{8, SQL_NO_ROW_NUMBER}}},
    {"SQLGetDiagField, column", diag_column, {{4, SQL_NO_COLUMN_NUMBER}}},
    {"SQLGetDiagField, native", diag_native, {{4, 0}}},
    {"SQLNumParams", nparams, {{2, 2}}},
    {"SQLRowCount", nrows, {{8, 0}}},
    {"SQLNumResultCols", ncolumns, {{2, 19}}},
};

static int64_t number_at(const unsigned char *p, size_t width)
{
    int16_t i16;
    int32_t i32;
    int64_t i64;
    memcpy(&i16, p, sizeof i16);
    memcpy(&i32, p, sizeof i32);
    memcpy(&i64, p, sizeof i64);
    return width == 2 ? i16 : width == 4 ? i32 : i64;
}

/* One call for the places whose bit is set: these are filled, to their width, and no other. */
static void ask(const struct answer_row *r, bool wide, unsigned asked)
{
    unsigned char at[MOST][24];
    void *p[MOST] = {NULL};
    memset(at, POISON, sizeof at);
    for (unsigned i = 0; i < MOST; i++)
        p[i] = asked & 1u << i ? at[i] : NULL;
    SQLRETURN rc = r->call(wide, p);
    ck_assert_msg(rc == SQL_SUCCESS, "%s%s, places %#x: %d", r->name, wide ? "W" : "", asked, rc);
    for (unsigned i = 0; i < MOST && r->place[i].width; i++) {
        size_t width = p[i] ? r->place[i].width : 0;
        size_t touched = sizeof at[i];
        while (touched && at[i][touched - 1] == POISON)
            touched--;
        ck_assert_msg(touched <= width && (!width || touched),
                      "%s%s, places %#x: %zu bytes of place %u", r->name, wide ? "W" : "", asked,
                      touched, i);
        int64_t got = number_at(at[i], width), want = r->place[i].value;
        ck_assert_msg(!width || want == NOT_ASKED || got == want,
                      "%s%s, places %#x: place %u is %lld, not %lld", r->name, wide ? "W" : "",
                      asked, i, (long long)got, (long long)want);
    }
}

START_TEST(places_are_filled)
{
    const struct answer_row *r = &answers[_i];
    unsigned all = 0;
    if (r->call == nparams)
        ck_assert_int_eq(SQLPrepare(idle, (SQLCHAR *)"DO ?, ?", SQL_NTS), SQL_SUCCESS);
    if (r->call == nrows)
        ck_assert_int_eq(SQLExecDirect(idle, (SQLCHAR *)"UPDATE t SET a = 1", SQL_NTS),
                         SQL_NO_DATA); /* no row was found */
    for (unsigned i = 0; i < MOST && r->place[i].width; i++)
        all |= 1u << i;
    for (int wide = 0; wide < 2; wide++)
        for (unsigned asked = 0; asked <= all; asked++)
            ask(r, wide, asked);
}
END_TEST

/* --- arguments -------------------------------------------------------------------------------- */

static void field_is(SQLHDESC d, SQLSMALLINT field, size_t width, intptr_t want)
{
    unsigned char at[8] = {0};
    ck_assert_int_eq(SQLGetDescField(d, 1, field, at, 0, NULL), SQL_SUCCESS);
    int64_t got = number_at(at, width);
    ck_assert_msg(got == want, "field %d is %lld, not %lld", field, (long long)got,
                  (long long)want);
}

/* Where a column or parameter may be bound. */
static char data[32];
static SQLLEN length, indicator;

START_TEST(record_is_set)
{
    ck_assert_int_eq(SQLSetDescRec(ard, 1, SQL_C_NUMERIC, 0, 19, 12, 3, data, &length, &indicator),
                     SQL_SUCCESS);
    field_is(ard, SQL_DESC_TYPE, 2, SQL_C_NUMERIC);
    field_is(ard, SQL_DESC_OCTET_LENGTH, 8, 19);
    field_is(ard, SQL_DESC_PRECISION, 2, 12);
    field_is(ard, SQL_DESC_SCALE, 2, 3);
    field_is(ard, SQL_DESC_DATA_PTR, 8, (intptr_t)data);
    field_is(ard, SQL_DESC_OCTET_LENGTH_PTR, 8, (intptr_t)&length);
    field_is(ard, SQL_DESC_INDICATOR_PTR, 8, (intptr_t)&indicator);
    ck_assert_int_eq(SQLSetDescRec(ard, 1, SQL_DATETIME, SQL_CODE_TIME, 6, 0, 0, data, NULL, NULL),
                     SQL_SUCCESS);
    field_is(ard, SQL_DESC_CONCISE_TYPE, 2, SQL_C_TYPE_TIME);
}
END_TEST

START_TEST(parameter_is_bound)
{
    ck_assert_int_eq(SQLBindParameter(idle, 1, SQL_PARAM_OUTPUT, SQL_C_CHAR, SQL_DECIMAL, 9, 4,
                                      data, 21, &length),
                     SQL_SUCCESS);
    field_is(apd, SQL_DESC_CONCISE_TYPE, 2, SQL_C_CHAR);
    field_is(apd, SQL_DESC_OCTET_LENGTH, 8, 21);
    field_is(apd, SQL_DESC_DATA_PTR, 8, (intptr_t)data);
    field_is(apd, SQL_DESC_OCTET_LENGTH_PTR, 8, (intptr_t)&length);
    field_is(apd, SQL_DESC_INDICATOR_PTR, 8, (intptr_t)&length);
    field_is(ipd, SQL_DESC_PARAMETER_TYPE, 2, SQL_PARAM_OUTPUT);
    field_is(ipd, SQL_DESC_CONCISE_TYPE, 2, SQL_DECIMAL);
    field_is(ipd, SQL_DESC_PRECISION, 2, 9);
    field_is(ipd, SQL_DESC_SCALE, 2, 4);
}
END_TEST

START_TEST(column_is_bound)
{
    ck_assert_int_eq(SQLBindCol(idle, 1, SQL_C_BINARY, data, 21, &length), SQL_SUCCESS);
    field_is(ard, SQL_DESC_CONCISE_TYPE, 2, SQL_C_BINARY);
    field_is(ard, SQL_DESC_OCTET_LENGTH, 8, 21);
    field_is(ard, SQL_DESC_DATA_PTR, 8, (intptr_t)data);
    field_is(ard, SQL_DESC_OCTET_LENGTH_PTR, 8, (intptr_t)&length);
    field_is(ard, SQL_DESC_INDICATOR_PTR, 8, (intptr_t)&length);
}
END_TEST

static SQLSMALLINT count_of(SQLHDESC d)
{
    SQLSMALLINT n = -1;
    ck_assert_int_eq(SQLGetDescField(d, 0, SQL_DESC_COUNT, &n, 0, NULL), SQL_SUCCESS);
    return n;
}

static void bind_both(void)
{
    ck_assert_int_eq(SQLBindCol(idle, 1, SQL_C_CHAR, data, 21, NULL), SQL_SUCCESS);
    ck_assert_int_eq(
        SQLBindParameter(idle, 1, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_VARCHAR, 9, 0, data, 21, NULL),
        SQL_SUCCESS);
}

/* What SQLFreeStmt lets go is what it was asked to. */
START_TEST(options_of_free)
{
    bind_both();
    ck_assert_int_eq(SQLFreeStmt(idle, SQL_CLOSE), SQL_SUCCESS);
    ck_assert(count_of(ard) == 1 && count_of(apd) == 1);
    ck_assert_int_eq(SQLFreeStmt(idle, SQL_RESET_PARAMS), SQL_SUCCESS);
    ck_assert(count_of(ard) == 1 && count_of(apd) == 0);
    bind_both();
    ck_assert_int_eq(SQLFreeStmt(idle, SQL_UNBIND), SQL_SUCCESS);
    ck_assert(count_of(ard) == 0 && count_of(apd) == 1);
    ck_assert_int_eq(SQLFreeStmt(idle, 77), SQL_ERROR);
    state_is(SQL_HANDLE_STMT, idle, "HY092");
}
END_TEST

START_TEST(descriptor_is_copied)
{
    SQLHDESC own = NULL;
    ck_assert_int_eq(SQLAllocHandle(SQL_HANDLE_DESC, dbc, &own), SQL_SUCCESS);
    ck_assert_int_eq(SQLBindCol(idle, 1, SQL_C_CHAR, data, 21, NULL), SQL_SUCCESS);
    ck_assert_int_eq(SQLCopyDesc(ard, own), SQL_SUCCESS);
    field_is(own, SQL_DESC_DATA_PTR, 8, (intptr_t)data);
    field_is(ard, SQL_DESC_DATA_PTR, 8, (intptr_t)data);
    ck_assert_int_eq(SQLCopyDesc(own, ird), SQL_ERROR);
    state_is(SQL_HANDLE_DESC, ird, "HY016");
}
END_TEST

/* Values that are none are seen, through both doors. */
START_TEST(bad_arguments)
{
    SQLCHAR narrow[] = "SERVER=x";
    SQLWCHAR wide[] = {'S', '=', 'x', 0};
    SQLHDBC d = NULL;
    ck_assert(SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_DBC, env, &d)));
    ck_assert_int_eq(SQLDriverConnect(d, NULL, narrow, SQL_NTS, NULL, 0, NULL, 99), SQL_ERROR);
    state_is(SQL_HANDLE_DBC, d, "HY110");
    ck_assert_int_eq(SQLDriverConnectW(d, NULL, wide, SQL_NTS, NULL, 0, NULL, 99), SQL_ERROR);
    state_is(SQL_HANDLE_DBC, d, "HY110");
    SQLFreeHandle(SQL_HANDLE_DBC, d);
    ck_assert_int_eq(SQLEndTran(SQL_HANDLE_DBC, dbc, 9), SQL_ERROR);
    state_is(SQL_HANDLE_DBC, dbc, "HY012");
    ck_assert_int_eq(SQLSetConnectAttr(dbc, SQL_ATTR_PACKET_SIZE, (SQLPOINTER)4096, 0), SQL_ERROR);
    state_is(SQL_HANDLE_DBC, dbc, "HY011");
    ck_assert_int_eq(SQLSetStmtAttr(idle, SQL_ATTR_CONCURRENCY, (SQLPOINTER)SQL_CONCUR_LOCK, 0),
                     SQL_SUCCESS_WITH_INFO);
    state_is(SQL_HANDLE_STMT, idle, "01S02");
    ck_assert_int_eq(SQLPrepare(idle, (SQLCHAR *)"DO 1", SQL_NTS), SQL_SUCCESS);
    ck_assert_int_eq(SQLSetStmtAttr(idle, SQL_ATTR_CURSOR_TYPE, (SQLPOINTER)SQL_CURSOR_STATIC, 0),
                     SQL_ERROR);
    state_is(SQL_HANDLE_STMT, idle, "HY011");
    ck_assert_int_eq(SQLSetDescField(ard, 0, SQL_DESC_BIND_TYPE, (SQLPOINTER)-8, 0), SQL_ERROR);
    state_is(SQL_HANDLE_DESC, ard, "HY024");
    ck_assert_int_eq(SQLSetDescField(ard, 0, SQL_DESC_COUNT, (SQLPOINTER)32768, 0), SQL_ERROR);
    state_is(SQL_HANDLE_DESC, ard, "07009");
    ck_assert_int_eq(SQLBulkOperations(idle, 99), SQL_ERROR);
    state_is(SQL_HANDLE_STMT, idle, "HY092");
    ck_assert_int_eq(SQLFetch(stmt), SQL_SUCCESS);
    ck_assert_int_eq(SQLSetPos(stmt, 1, SQL_POSITION, SQL_LOCK_EXCLUSIVE), SQL_ERROR);
    state_is(SQL_HANDLE_STMT, stmt, "HYC00");
    ck_assert_int_eq(SQLCancelHandle(SQL_HANDLE_DBC, dbc), SQL_SUCCESS);
    ck_assert_int_eq(SQLCancelHandle(SQL_HANDLE_STMT, dbc), SQL_INVALID_HANDLE);
}
END_TEST

/* There is no record 0 of parameters. */
START_TEST(record_zero)
{
    SQLSMALLINT n = 0;
    ck_assert_int_eq(SQLGetDescField(ipd, 0, SQL_DESC_SCALE, &n, 0, NULL), SQL_ERROR);
    state_is(SQL_HANDLE_DESC, ipd, "07009");
    ck_assert_int_eq(SQLGetDescRec(ipd, 0, NULL, 0, NULL, &n, NULL, NULL, NULL, NULL, NULL),
                     SQL_ERROR);
    state_is(SQL_HANDLE_DESC, ipd, "07009");
    ck_assert_int_eq(SQLGetDescField(ipd, -1, SQL_DESC_SCALE, &n, 0, NULL), SQL_ERROR);
    state_is(SQL_HANDLE_DESC, ipd, "07009");
    ck_assert_int_eq(SQLGetDescField(ipd, 3, SQL_DESC_SCALE, &n, 0, NULL), SQL_NO_DATA);
}
END_TEST

START_TEST(one_type_only)
{
    for (int wide = 0; wide < 2; wide++) {
        SQLSMALLINT type = 0;
        int nrows = 0;
        ck_assert_int_eq((wide ? SQLGetTypeInfoW : SQLGetTypeInfo)(idle, SQL_BIGINT), SQL_SUCCESS);
        ck_assert_int_eq(SQLBindCol(idle, 2, SQL_C_SSHORT, &type, 0, NULL), SQL_SUCCESS);
        for (; SQLFetch(idle) == SQL_SUCCESS; nrows++)
            ck_assert_int_eq(type, SQL_BIGINT);
        ck_assert_int_gt(nrows, 0);
        SQLFreeStmt(idle, SQL_CLOSE);
    }
}
END_TEST

START_TEST(extended_fetch)
{
    for (unsigned asked = 0; asked < 4; asked++) {
        SQLULEN n = 77;
        SQLUSMALLINT status[3] = {77, 77, 77};
        ck_assert_int_eq(SQLGetTypeInfo(idle, SQL_ALL_TYPES), SQL_SUCCESS);
        ck_assert_int_eq(SQLSetStmtAttr(idle, SQL_ROWSET_SIZE, (SQLPOINTER)2, 0), SQL_SUCCESS);
        ck_assert_int_eq(SQLExtendedFetch(idle, SQL_FETCH_NEXT, 0, asked & 1 ? &n : NULL,
                                          asked & 2 ? status : NULL),
                         SQL_SUCCESS);
        ck_assert_uint_eq(n, asked & 1 ? 2 : 77);
        for (int i = 0; i < 3; i++)
            ck_assert_int_eq(status[i], asked & 2 && i < 2 ? SQL_ROW_SUCCESS : 77);
        SQLFreeStmt(idle, SQL_CLOSE);
    }
}
END_TEST

/* "%" alone, as the last argument, asks for the types of tables. */
START_TEST(types_of_tables)
{
    SQLCHAR all[] = "%", empty[] = "", type[20] = "";
    SQLWCHAR wide_all[] = {'%', 0}, wide_empty[] = {0};
    for (int wide = 0; wide < 2; wide++) {
        ck_assert_int_eq(
            wide ? SQLTablesW(idle, wide_empty, 0, wide_empty, 0, wide_empty, 0, wide_all, SQL_NTS)
                 : SQLTables(idle, empty, 0, empty, 0, empty, 0, all, SQL_NTS),
            SQL_SUCCESS);
        ck_assert_int_eq(SQLBindCol(idle, 4, SQL_C_CHAR, type, sizeof type, NULL), SQL_SUCCESS);
        int nviews = 0;
        while (SQLFetch(idle) == SQL_SUCCESS)
            nviews += !strcmp((const char *)type, "VIEW");
        ck_assert_int_eq(nviews, 1);
        SQLFreeStmt(idle, SQL_CLOSE);
    }
}
END_TEST

/* The row that a fetch of this kind comes to, from a first row on. */
static SQLULEN row_after(SQLSMALLINT how, SQLLEN offset, bool is_old)
{
    SQLULEN at = 0, n = 0;
    ck_assert_int_eq(SQLGetTypeInfo(idle, SQL_ALL_TYPES), SQL_SUCCESS);
    for (int i = 0; i < 2; i++) {
        SQLSMALLINT kind = i ? how : SQL_FETCH_FIRST;
        SQLLEN by = i ? offset : 0;
        ck_assert_int_eq(is_old ? SQLExtendedFetch(idle, (SQLUSMALLINT)kind, by, &n, NULL)
                                : SQLFetchScroll(idle, kind, by),
                         SQL_SUCCESS);
    }
    ck_assert_int_eq(SQLGetStmtAttr(idle, SQL_ATTR_ROW_NUMBER, &at, 0, NULL), SQL_SUCCESS);
    SQLFreeStmt(idle, SQL_CLOSE);
    return at;
}

START_TEST(offset_of_a_fetch)
{
    ck_assert_int_eq(SQLSetStmtAttr(idle, SQL_ATTR_CURSOR_TYPE, (SQLPOINTER)SQL_CURSOR_STATIC, 0),
                     SQL_SUCCESS);
    for (int old = 0; old < 2; old++) {
        ck_assert_uint_eq(row_after(SQL_FETCH_RELATIVE, 3, old), 4);
        ck_assert_uint_eq(row_after(SQL_FETCH_ABSOLUTE, 6, old), 6);
        ck_assert_uint_gt(row_after(SQL_FETCH_ABSOLUTE, -2, old), 6);
    }
}
END_TEST

START_TEST(length_of_data)
{
    for (int asked = 0; asked < 2; asked++) {
        SQLLEN n = 77;
        SQLINTEGER value = 0;
        ck_assert_int_eq(SQLFetch(stmt), SQL_SUCCESS);
        ck_assert_int_eq(SQLGetData(stmt, 3, SQL_C_SLONG, &value, 0, asked ? &n : NULL),
                         SQL_SUCCESS);
        ck_assert_int_eq(n, asked ? 4 : 77);
    }
}
END_TEST

/* All functions at once and one by one are one answer. */
START_TEST(functions_agree)
{
    SQLUSMALLINT all[SQL_API_ODBC3_ALL_FUNCTIONS_SIZE], old[100], one;
    memset(old, POISON, sizeof old);
    ck_assert_int_eq(SQLGetFunctions(dbc, SQL_API_ODBC3_ALL_FUNCTIONS, all), SQL_SUCCESS);
    ck_assert_int_eq(SQLGetFunctions(dbc, SQL_API_ALL_FUNCTIONS, old), SQL_SUCCESS);
    for (SQLUSMALLINT id = 1; id < 100; id++) {
        ck_assert_int_eq(SQLGetFunctions(dbc, id, &one), SQL_SUCCESS);
        ck_assert_msg(one == SQL_FUNC_EXISTS(all, id) && one == old[id], "function %u: %u", id,
                      one);
    }
}
END_TEST

/* --- records of diagnostics ------------------------------------------------------------------- */

/* The message of a record of the connection, without its NULs when it came through the W door. */
static SQLRETURN message(bool wide, bool by_field, SQLSMALLINT rec, char *out, SQLSMALLINT cap)
{
    SQLWCHAR w[600] = {0};
    SQLSMALLINT bytes = (SQLSMALLINT)sizeof w;
    SQLRETURN rc;
    *out = 0;
    if (!wide && by_field)
        return SQLGetDiagField(SQL_HANDLE_DBC, refused, rec, SQL_DIAG_MESSAGE_TEXT, out, cap, NULL);
    if (!wide)
        return SQLGetDiagRec(SQL_HANDLE_DBC, refused, rec, NULL, NULL, (SQLCHAR *)out, cap, NULL);
    rc = by_field
             ? SQLGetDiagFieldW(SQL_HANDLE_DBC, refused, rec, SQL_DIAG_MESSAGE_TEXT, w, bytes, NULL)
             : SQLGetDiagRecW(SQL_HANDLE_DBC, refused, rec, NULL, NULL, w, 600, NULL);
    for (SQLSMALLINT i = 0; i < cap && w[i]; i++)
        out[i] = (char)w[i], out[i + 1] = 0;
    return rc;
}

START_TEST(records_differ)
{
    bool wide = _i & 1, by_field = _i & 2;
    char text[601];
    SQLLEN rows = 0;
    static const char *const has[] = {"/none", KEY1, KEY2};
    for (SQLSMALLINT rec = 1; rec <= 3; rec++) {
        ck_assert_int_eq(message(wide, by_field, rec, text, 600), SQL_SUCCESS);
        for (int i = 0; i < 3; i++)
            ck_assert_msg(!strstr(text, has[i]) == (i != rec - 1), "record %d: %s", rec, text);
    }
    ck_assert_int_eq(message(wide, by_field, 4, text, 600), SQL_NO_DATA);
    ck_assert_int_eq(message(wide, by_field, 0, text, 600), SQL_ERROR);
    ck_assert_int_eq(message(wide, by_field, -1, text, 600), SQL_ERROR);
    ck_assert_int_eq(
        SQLGetDiagField(SQL_HANDLE_DBC, refused, 0, SQL_DIAG_ROW_COUNT, &rows, 0, NULL),
        SQL_ERROR); /* only statements have one */
}
END_TEST

static bool field_has(SQLSMALLINT kind, SQLHANDLE h, SQLSMALLINT field, const char *want)
{
    char text[200] = "";
    ck_assert_int_eq(SQLGetDiagField(kind, h, 1, field, text, sizeof text, NULL), SQL_SUCCESS);
    return strstr(text, want);
}

/* Where a record comes from. */
START_TEST(origin_of_a_record)
{
    char peer[30];
    (void)snprintf(peer, sizeof peer, "127.0.0.1:%u #", frontend_port(front));
    ck_assert_int_eq(SQLEndTran(SQL_HANDLE_DBC, dbc, 9), SQL_ERROR);
    ck_assert(field_has(SQL_HANDLE_DBC, dbc, SQL_DIAG_SERVER_NAME, SOURCE));
    ck_assert(field_has(SQL_HANDLE_DBC, dbc, SQL_DIAG_CONNECTION_NAME, peer));
    ck_assert(field_has(SQL_HANDLE_DBC, dbc, SQL_DIAG_SUBCLASS_ORIGIN, "ISO 9075"));
    ck_assert_int_eq(SQLSetStmtAttr(idle, SQL_ATTR_CONCURRENCY, (SQLPOINTER)SQL_CONCUR_LOCK, 0),
                     SQL_SUCCESS_WITH_INFO);
    ck_assert(field_has(SQL_HANDLE_STMT, idle, SQL_DIAG_SERVER_NAME, SOURCE));
    ck_assert(field_has(SQL_HANDLE_STMT, idle, SQL_DIAG_CONNECTION_NAME, peer));
    ck_assert(field_has(SQL_HANDLE_STMT, idle, SQL_DIAG_CLASS_ORIGIN, "ISO 9075"));
    ck_assert(field_has(SQL_HANDLE_STMT, idle, SQL_DIAG_SUBCLASS_ORIGIN, "ODBC 3.0")); /* 01S02 */
}
END_TEST

Suite *check_places(void);
Suite *check_places(void)
{
    Suite *s = suite_create("places");
    TCase *t = tcase_create("places");
    tcase_add_checked_fixture(t, up, down);
    tcase_add_loop_test(t, places_are_filled, 0, sizeof answers / sizeof *answers);
    tcase_add_test(t, record_is_set);
    tcase_add_test(t, parameter_is_bound);
    tcase_add_test(t, column_is_bound);
    tcase_add_test(t, options_of_free);
    tcase_add_test(t, descriptor_is_copied);
    tcase_add_test(t, bad_arguments);
    tcase_add_test(t, record_zero);
    tcase_add_test(t, one_type_only);
    tcase_add_test(t, extended_fetch);
    tcase_add_test(t, types_of_tables);
    tcase_add_test(t, offset_of_a_fetch);
    tcase_add_test(t, length_of_data);
    tcase_add_test(t, functions_agree);
    tcase_add_test(t, origin_of_a_record);
    tcase_add_loop_test(t, records_differ, 0, 4);
    suite_add_tcase(s, t);
    return s;
}
