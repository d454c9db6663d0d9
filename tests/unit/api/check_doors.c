/* check_doors.c - the two doors of every function with text: what goes in and what comes out is the
 * same through the ANSI and the W entry, in the unit that ODBC counts it in, cut between
 * characters, and no byte behind the buffer is touched.  Without a driver manager, which converts.
 * Source: ODBC reference, "Unicode Function Arguments". */
#include <check.h>
#include <sql.h>
#include <sqlext.h>
#include <sqlucode.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "fake/frontend.h"
#include "mywire.h"

#define TEXT "j\xc3\xb6rg\xe2\x82\xac\xf0\x9f\x98\x80" /* jörg€😀 */

enum { GUARD = 0x5a, ROOM = 4000 };

static struct frontend *front;
static SQLHENV env;
static SQLHDBC dbc;
static SQLHSTMT stmt;
static SQLHDESC ipd, ird;

static const char *login(void)
{
    static char keys[300];
    (void)snprintf(keys, sizeof keys,
                   "SERVER=127.0.0.1;PORT=%u;UID=" TEXT ";PWD=secret;SSLMODE=DISABLED",
                   frontend_port(front));
    return keys;
}

static SQLHDBC connection(void)
{
    SQLHDBC d;
    ck_assert(SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_DBC, env, &d)));
    return d;
}

static void up(void)
{
    static const struct frontend_plan plan = {.comment = "MySQL Community Server",
                                              .prepare = {1064, TEXT}};
    front = frontend_start(&plan);
    ck_assert_ptr_nonnull(front);
    frontend_names(front, TEXT);
    ck_assert(SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_ENV, SQL_NULL_HANDLE, &env)));
    ck_assert(SQL_SUCCEEDED(SQLSetEnvAttr(env, SQL_ATTR_ODBC_VERSION, (void *)SQL_OV_ODBC3, 0)));
    dbc = connection();
    ck_assert(SQL_SUCCEEDED(SQLDriverConnect(dbc, NULL, (SQLCHAR *)login(), SQL_NTS, NULL, 0, NULL,
                                             SQL_DRIVER_NOPROMPT)));
    ck_assert(SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_STMT, dbc, &stmt)));
    ck_assert(SQL_SUCCEEDED(SQLGetStmtAttr(stmt, SQL_ATTR_IMP_PARAM_DESC, &ipd, 0, NULL)));
    ck_assert(SQL_SUCCEEDED(SQLGetStmtAttr(stmt, SQL_ATTR_IMP_ROW_DESC, &ird, 0, NULL)));
}

static void down(void)
{
    SQLDisconnect(dbc); /* and its statement is gone */
    SQLFreeHandle(SQL_HANDLE_DBC, dbc);
    SQLFreeHandle(SQL_HANDLE_ENV, env);
    frontend_stop(front);
}

/* UTF-8 to UTF-16 without the driver's own code; units, terminated. */
static size_t widen(const char *s, size_t n, SQLWCHAR *out)
{
    size_t units = 0;
    for (size_t i = 0; i < n;) {
        unsigned c = (unsigned char)s[i];
        unsigned more = c < 0x80 ? 0 : c < 0xe0 ? 1 : c < 0xf0 ? 2 : 3;
        unsigned code = more ? c & (0x3fu >> more) : c;
        for (i++; more; more--, i++)
            code = code << 6 | ((unsigned char)s[i] & 0x3fu);
        if (code >= 0x10000) {
            out[units++] = (SQLWCHAR)(0xd7c0 + (code >> 10));
            code = 0xdc00 | (code & 0x3ff);
        }
        out[units++] = (SQLWCHAR)code;
    }
    out[units] = 0;
    return units;
}

/* --- out -------------------------------------------------------------------------------------- */

/* A door: kind of handle for diagnostics (0: the function has none), does its W count bytes, and
 * the call.  cap and *len are in the door's unit. */
typedef SQLRETURN out_fn(bool wide, int id, void *p, SQLSMALLINT cap, SQLLEN *len);

static SQLRETURN native(bool wide, int id, void *p, SQLSMALLINT cap, SQLLEN *len)
{
    static const char in[] = "SELECT '" TEXT "'";
    SQLWCHAR wide_in[40];
    SQLINTEGER n = -7;
    (void)id;
    (void)widen(in, sizeof in - 1, wide_in);
    SQLRETURN rc = wide ? SQLNativeSqlW(dbc, wide_in, SQL_NTS, p, cap, &n)
                        : SQLNativeSql(dbc, (SQLCHAR *)in, SQL_NTS, p, cap, &n);
    *len = n;
    return rc;
}

/* What gives its length in 16 bits. */
#define SHORT_OUT(name, call_w, call_a)                                                            \
    static SQLRETURN name(bool wide, int id, void *p, SQLSMALLINT cap, SQLLEN *len)                \
    {                                                                                              \
        SQLSMALLINT n = -7;                                                                        \
        (void)id;                                                                                  \
        SQLRETURN rc = wide ? (call_w) : (call_a);                                                 \
        *len = n;                                                                                  \
        return rc;                                                                                 \
    }
/* ... and in 32. */
#define LONG_OUT(name, call_w, call_a)                                                             \
    static SQLRETURN name(bool wide, int id, void *p, SQLSMALLINT cap, SQLLEN *len)                \
    {                                                                                              \
        SQLINTEGER n = -7;                                                                         \
        SQLRETURN rc = wide ? (call_w) : (call_a);                                                 \
        *len = n;                                                                                  \
        return rc;                                                                                 \
    }

SHORT_OUT(get_info, SQLGetInfoW(dbc, (SQLUSMALLINT)id, p, cap, &n),
          SQLGetInfo(dbc, (SQLUSMALLINT)id, p, cap, &n))
SHORT_OUT(describe, SQLDescribeColW(stmt, 1, p, cap, &n, NULL, NULL, NULL, NULL),
          SQLDescribeCol(stmt, 1, p, cap, &n, NULL, NULL, NULL, NULL))
SHORT_OUT(column, SQLColAttributeW(stmt, 1, (SQLUSMALLINT)id, p, cap, &n, NULL),
          SQLColAttribute(stmt, 1, (SQLUSMALLINT)id, p, cap, &n, NULL))
SHORT_OUT(parameter_rec, SQLGetDescRecW(ipd, 1, p, cap, &n, NULL, NULL, NULL, NULL, NULL, NULL),
          SQLGetDescRec(ipd, 1, p, cap, &n, NULL, NULL, NULL, NULL, NULL, NULL))
SHORT_OUT(column_rec, SQLGetDescRecW(ird, 1, p, cap, &n, NULL, NULL, NULL, NULL, NULL, NULL),
          SQLGetDescRec(ird, 1, p, cap, &n, NULL, NULL, NULL, NULL, NULL, NULL))
SHORT_OUT(diag_rec, SQLGetDiagRecW(SQL_HANDLE_STMT, stmt, 1, NULL, NULL, p, cap, &n),
          SQLGetDiagRec(SQL_HANDLE_STMT, stmt, 1, NULL, NULL, p, cap, &n))
SHORT_OUT(diag_field, SQLGetDiagFieldW(SQL_HANDLE_STMT, stmt, 1, (SQLSMALLINT)id, p, cap, &n),
          SQLGetDiagField(SQL_HANDLE_STMT, stmt, 1, (SQLSMALLINT)id, p, cap, &n))
LONG_OUT(dbc_attr, SQLGetConnectAttrW(dbc, id, p, cap, &n), SQLGetConnectAttr(dbc, id, p, cap, &n))
LONG_OUT(stmt_attr, SQLGetStmtAttrW(stmt, id, p, cap, &n), SQLGetStmtAttr(stmt, id, p, cap, &n))
LONG_OUT(parameter_field, SQLGetDescFieldW(ipd, 1, (SQLSMALLINT)id, p, cap, &n),
         SQLGetDescField(ipd, 1, (SQLSMALLINT)id, p, cap, &n))
LONG_OUT(column_field, SQLGetDescFieldW(ird, 1, (SQLSMALLINT)id, p, cap, &n),
         SQLGetDescField(ird, 1, (SQLSMALLINT)id, p, cap, &n))

/* Connecting gives the completed string, which holds the user. */
static SQLRETURN connects(bool wide, int id, void *p, SQLSMALLINT cap, SQLLEN *len)
{
    SQLHDBC d = connection();
    SQLWCHAR keys[300];
    SQLSMALLINT n = -7;
    (void)widen(login(), strlen(login()), keys);
    SQLRETURN rc;
    if (id)
        rc = wide ? SQLBrowseConnectW(d, keys, SQL_NTS, p, cap, &n)
                  : SQLBrowseConnect(d, (SQLCHAR *)login(), SQL_NTS, p, cap, &n);
    else
        rc = wide ? SQLDriverConnectW(d, NULL, keys, SQL_NTS, p, cap, &n, SQL_DRIVER_NOPROMPT)
                  : SQLDriverConnect(d, NULL, (SQLCHAR *)login(), SQL_NTS, p, cap, &n,
                                     SQL_DRIVER_NOPROMPT);
    *len = n;
    SQLDisconnect(d);
    SQLFreeHandle(SQL_HANDLE_DBC, d);
    return rc;
}

enum { NO_DIAG = 0 };

static const struct out_row {
    const char *name;
    out_fn *call;
    int id;
    SQLSMALLINT diag;  /* kind of the handle that has 01004 when the text was cut */
    bool in_bytes;     /* the W entry counts bytes */
    const char *holds; /* what is in the text, at least */
} outs[] = {
    {"SQLNativeSql", native, 0, SQL_HANDLE_DBC, false, TEXT},
    {"SQLGetInfo, user", get_info, SQL_USER_NAME, SQL_HANDLE_DBC, true, TEXT},
    {"SQLGetInfo, keywords", get_info, SQL_KEYWORDS, SQL_HANDLE_DBC, true, ","},
    {"SQLGetInfo, driver", get_info, SQL_DRIVER_NAME, SQL_HANDLE_DBC, true, ".so"},
    {"SQLDescribeCol", describe, 0, SQL_HANDLE_STMT, false, TEXT},
    {"SQLColAttribute, name", column, SQL_DESC_NAME, SQL_HANDLE_STMT, true, TEXT},
    {"SQLColAttribute, label", column, SQL_DESC_LABEL, SQL_HANDLE_STMT, true, TEXT},
    {"SQLColAttribute, old name", column, SQL_COLUMN_NAME, SQL_HANDLE_STMT, true, TEXT},
    {"SQLColAttribute, type", column, SQL_DESC_TYPE_NAME, SQL_HANDLE_STMT, true, "varchar"},
    {"SQLGetDescRec, IPD", parameter_rec, 0, SQL_HANDLE_DESC, false, TEXT},
    {"SQLGetDescRec, IRD", column_rec, 0, -SQL_HANDLE_DESC, false, TEXT},
    {"SQLGetDescField, IPD", parameter_field, SQL_DESC_NAME, SQL_HANDLE_DESC, true, TEXT},
    {"SQLGetDescField, IRD name", column_field, SQL_DESC_NAME, -SQL_HANDLE_DESC, true, TEXT},
    {"SQLGetDescField, IRD label", column_field, SQL_DESC_LABEL, -SQL_HANDLE_DESC, true, TEXT},
    {"SQLGetDescField, IRD type", column_field, SQL_DESC_TYPE_NAME, -SQL_HANDLE_DESC, true,
     "varchar"},
    {"SQLGetConnectAttr", dbc_attr, SQL_ATTR_CURRENT_CATALOG, SQL_HANDLE_DBC, true, TEXT},
    {"SQLGetConnectAttr, peer", dbc_attr, SQL_ATTR_MYWIRE_PEER, SQL_HANDLE_DBC, true, "127.0.0.1"},
    {"SQLGetStmtAttr", stmt_attr, SQL_ATTR_MYWIRE_LOAD_WHERE, SQL_HANDLE_STMT, true, TEXT},
    {"SQLGetDiagRec", diag_rec, 0, NO_DIAG, false, TEXT},
    {"SQLGetDiagField, message", diag_field, SQL_DIAG_MESSAGE_TEXT, NO_DIAG, true, TEXT},
    {"SQLGetDiagField, state", diag_field, SQL_DIAG_SQLSTATE, NO_DIAG, true, "HY000"},
    {"SQLGetDiagField, class", diag_field, SQL_DIAG_CLASS_ORIGIN, NO_DIAG, true, "ISO"},
    {"SQLDriverConnect", connects, 0, NO_DIAG, false, TEXT},
    {"SQLBrowseConnect", connects, 1, NO_DIAG, false, TEXT},
};

/* Everything that is asked for is there: a column, the names, a record of diagnostics. */
static void prepare_outs(void)
{
    ck_assert(SQL_SUCCEEDED(
        SQLSetConnectAttr(dbc, SQL_ATTR_CURRENT_CATALOG, (void *)TEXT, sizeof TEXT - 1)));
    ck_assert(SQL_SUCCEEDED(
        SQLSetStmtAttr(stmt, SQL_ATTR_MYWIRE_LOAD_WHERE, (void *)TEXT, sizeof TEXT - 1)));
    ck_assert(SQL_SUCCEEDED(SQLSetDescField(ipd, 1, SQL_DESC_NAME, (void *)TEXT, sizeof TEXT - 1)));
    ck_assert(SQL_SUCCEEDED(SQLExecDirect(stmt, (SQLCHAR *)"SELECT 1", SQL_NTS)));
}

/* The server refuses to prepare, and its words are the text. */
static void make_record(void)
{
    static SQLINTEGER one = 1;
    SQLFreeStmt(stmt, SQL_CLOSE);
    ck_assert(SQL_SUCCEEDED(
        SQLBindParameter(stmt, 1, SQL_PARAM_INPUT, SQL_C_SLONG, SQL_INTEGER, 0, 0, &one, 0, NULL)));
    ck_assert_int_eq(SQLExecDirect(stmt, (SQLCHAR *)"SELECT ?", SQL_NTS), SQL_ERROR);
}

static void state_is(SQLSMALLINT kind, const char *what, const char *want)
{
    SQLCHAR state[6] = "";
    SQLHANDLE h = kind == SQL_HANDLE_DBC    ? dbc
                  : kind == SQL_HANDLE_STMT ? stmt
                  : kind == SQL_HANDLE_DESC ? ipd
                                            : ird;
    kind = (SQLSMALLINT)(kind < 0 ? -kind : kind);
    (void)SQLGetDiagRec(kind, h, 1, state, NULL, NULL, 0, NULL);
    ck_assert_msg(!strcmp((char *)state, want), "%s: state %s, not %s", what, state, want);
}

/* The whole text through the ANSI entry, n bytes. */
static size_t whole(const struct out_row *r, char *out)
{
    SQLLEN len = -1;
    SQLRETURN rc = r->call(false, r->id, out, ROOM, &len);
    ck_assert_msg(rc == SQL_SUCCESS && len > 0 && len < ROOM, "%s: %d, length %ld", r->name, rc,
                  (long)len);
    ck_assert_msg((size_t)len == strlen(out) && strstr(out, r->holds), "%s: '%s'", r->name, out);
    return (size_t)len;
}

/* One call with room for cap units: `want` (bytes) of the text's `full` arrive, as `form`, nothing
 * else is touched. */
static void one_cut(const struct out_row *r, bool wide, SQLLEN cap, const void *form, size_t full)
{
    static unsigned char out[2 * ROOM + 64];
    size_t char_size = wide ? sizeof(SQLWCHAR) : 1;
    size_t unit = wide && !r->in_bytes ? sizeof(SQLWCHAR) : 1; /* bytes of what cap counts */
    SQLLEN len = -1;
    char what[120];
    (void)snprintf(what, sizeof what, "%s%s, room for %ld", r->name, wide ? "W" : "", (long)cap);
    memset(out, GUARD, sizeof out);
    SQLRETURN rc = r->call(wide, r->id, out, (SQLSMALLINT)cap, &len);
    size_t room = (size_t)cap * unit / char_size * char_size;
    bool fits = full + char_size <= room;
    ck_assert_msg(rc == (fits ? SQL_SUCCESS : SQL_SUCCESS_WITH_INFO), "%s: %d", what, rc);
    if (r->diag && !fits)
        state_is(r->diag, what, "01004");
    ck_assert_msg((size_t)len == full / unit, "%s: length %ld, not %zu", what, (long)len,
                  full / unit);
    size_t end = 0; /* bytes of text that arrived */
    while (room && end + char_size <= room && (out[end] || (wide && out[end + 1])))
        end += char_size;
    ck_assert_msg(!room || end + char_size <= room, "%s: no end", what);
    ck_assert_msg(!memcmp(out, form, end), "%s: other text", what);
    ck_assert_msg(fits ? end == full : !room || end + 4 + char_size > room, "%s: only %zu bytes",
                  what, end);
    if (!wide)
        ck_assert_msg(end == full || (((const char *)form)[end] & 0xc0) != 0x80,
                      "%s: half a character", what);
    else if (end && end < full)
        ck_assert_msg((((const SQLWCHAR *)form)[end / 2] & 0xfc00) != 0xdc00, "%s: half a pair",
                      what);
    size_t behind = (size_t)cap * unit;
    while (behind < sizeof out && out[behind] == GUARD)
        behind++;
    ck_assert_msg(behind == sizeof out, "%s: byte %zu behind the buffer", what, behind);
}

START_TEST(comes_out)
{
    const struct out_row *r = &outs[_i];
    char text[ROOM] = "";
    SQLWCHAR form[ROOM];
    up();
    prepare_outs();
    if (r->call == connects)
        SQLDisconnect(dbc); /* the server serves one connection after the other */
    if (r->call == diag_rec || r->call == diag_field)
        make_record();
    size_t n = whole(r, text);
    size_t nwide = widen(text, n, form) * sizeof *form;
    SQLLEN step = r->call == connects || n > 200 ? (SQLLEN)n / 8 + 1 : 1;
    for (SQLLEN cap = 0; cap <= (SQLLEN)n + 2; cap += step)
        one_cut(r, false, cap, text, n);
    SQLLEN last = (SQLLEN)(r->in_bytes ? nwide + 3 : nwide / 2 + 2);
    for (SQLLEN cap = 0; cap <= last; cap += step)
        one_cut(r, true, cap, form, nwide);
    for (int wide = 0; wide < 2; wide++) { /* no buffer: only the length; a negative room: HY090 */
        SQLLEN len = -1;
        SQLRETURN rc = r->call(wide, r->id, NULL, 0, &len);
        ck_assert_msg(SQL_SUCCEEDED(rc), "%s without a buffer: %d", r->name, rc);
        ck_assert_int_eq(len, (SQLLEN)(!wide ? n : r->in_bytes ? nwide : nwide / 2));
        for (SQLSMALLINT room = -5; room < 0; room += 4) {
            rc = r->call(wide, r->id, text, room, &len);
            ck_assert_msg(rc == SQL_ERROR, "%s, room for %d: %d", r->name, room, rc);
            if (r->diag)
                state_is(r->diag, r->name, "HY090");
        }
    }
    down();
}
END_TEST

/* --- in --------------------------------------------------------------------------------------- */

/* A door for text: n in the door's unit.  What arrived is asked for elsewhere. */
typedef SQLRETURN in_fn(bool wide, const void *p, SQLLEN n);

#define IN(name, call_w, call_a)                                                                   \
    static SQLRETURN name(bool wide, const void *s, SQLLEN n)                                      \
    {                                                                                              \
        void *p = (void *)(uintptr_t)s;                                                            \
        return wide ? (call_w) : (call_a);                                                         \
    }

IN(in_prepare, SQLPrepareW(stmt, p, (SQLINTEGER)n), SQLPrepare(stmt, p, (SQLINTEGER)n))
IN(in_direct, SQLExecDirectW(stmt, p, (SQLINTEGER)n), SQLExecDirect(stmt, p, (SQLINTEGER)n))
IN(in_native, SQLNativeSqlW(dbc, p, (SQLINTEGER)n, NULL, 0, NULL),
   SQLNativeSql(dbc, p, (SQLINTEGER)n, NULL, 0, NULL))
IN(in_catalog, SQLSetConnectAttrW(dbc, SQL_ATTR_CURRENT_CATALOG, p, (SQLINTEGER)n),
   SQLSetConnectAttr(dbc, SQL_ATTR_CURRENT_CATALOG, p, (SQLINTEGER)n))
IN(in_where, SQLSetStmtAttrW(stmt, SQL_ATTR_MYWIRE_LOAD_WHERE, p, (SQLINTEGER)n),
   SQLSetStmtAttr(stmt, SQL_ATTR_MYWIRE_LOAD_WHERE, p, (SQLINTEGER)n))
IN(in_name, SQLSetDescFieldW(ipd, 1, SQL_DESC_NAME, p, (SQLINTEGER)n),
   SQLSetDescField(ipd, 1, SQL_DESC_NAME, p, (SQLINTEGER)n))

/* The text as the k-th of four names. */
static SQLRETURN of_four(bool wide, bool is_columns, int k, void *p, SQLLEN n)
{
    void *t[4] = {NULL};
    SQLSMALLINT len[4] = {0};
    t[k] = p;
    len[k] = (SQLSMALLINT)n;
    if (wide)
        return (is_columns ? SQLColumnsW : SQLTablesW)(stmt, t[0], len[0], t[1], len[1], t[2],
                                                       len[2], t[3], len[3]);
    return (is_columns ? SQLColumns : SQLTables)(stmt, t[0], len[0], t[1], len[1], t[2], len[2],
                                                 t[3], len[3]);
}
IN(in_tables1, of_four(true, false, 0, p, n), of_four(false, false, 0, p, n))
IN(in_tables2, of_four(true, false, 1, p, n), of_four(false, false, 1, p, n))
IN(in_tables3, of_four(true, false, 2, p, n), of_four(false, false, 2, p, n))
IN(in_tables4, of_four(true, false, 3, p, n), of_four(false, false, 3, p, n))
IN(in_columns1, of_four(true, true, 0, p, n), of_four(false, true, 0, p, n))
IN(in_columns2, of_four(true, true, 1, p, n), of_four(false, true, 1, p, n))
IN(in_columns3, of_four(true, true, 2, p, n), of_four(false, true, 2, p, n))
IN(in_columns4, of_four(true, true, 3, p, n), of_four(false, true, 3, p, n))

/* What is said before a connection is there. */
static SQLRETURN with_new(bool wide, SQLHDBC d, void *dsn, SQLLEN ndsn, void *uid, SQLLEN nuid,
                          void *pwd, SQLLEN npwd)
{
    return wide ? SQLConnectW(d, dsn, (SQLSMALLINT)ndsn, uid, (SQLSMALLINT)nuid, pwd,
                              (SQLSMALLINT)npwd)
                : SQLConnect(d, dsn, (SQLSMALLINT)ndsn, uid, (SQLSMALLINT)nuid, pwd,
                             (SQLSMALLINT)npwd);
}
IN(in_dsn, with_new(true, dbc, p, n, NULL, 0, NULL, 0),
   with_new(false, dbc, p, n, NULL, 0, NULL, 0))
IN(in_uid, with_new(true, dbc, NULL, 0, p, n, NULL, 0),
   with_new(false, dbc, NULL, 0, p, n, NULL, 0))
IN(in_pwd, with_new(true, dbc, NULL, 0, NULL, 0, p, n),
   with_new(false, dbc, NULL, 0, NULL, 0, p, n))
IN(in_driver, SQLDriverConnectW(dbc, NULL, p, (SQLSMALLINT)n, NULL, 0, NULL, SQL_DRIVER_NOPROMPT),
   SQLDriverConnect(dbc, NULL, p, (SQLSMALLINT)n, NULL, 0, NULL, SQL_DRIVER_NOPROMPT))
IN(in_browse, SQLBrowseConnectW(dbc, p, (SQLSMALLINT)n, NULL, 0, NULL),
   SQLBrowseConnect(dbc, p, (SQLSMALLINT)n, NULL, 0, NULL))

static const struct in_row {
    const char *name;
    in_fn *call;
    SQLSMALLINT kind;           /* of the handle with the diagnostics */
    bool in_bytes;              /* the W entry counts bytes */
    bool is_connecting;         /* needs a connection that is not open */
    bool is_catalog;            /* the server answers with too few columns */
    const char *before, *after; /* what stands around the text */
    out_fn *back; /* gives it again, if anything does; NULL: the server's last query has it */
    int id;
} ins[] = {
    {"SQLExecDirect", in_direct, SQL_HANDLE_STMT, false, false, false, "SELECT '", "'", NULL, 0},
    {"SQLPrepare", in_prepare, SQL_HANDLE_STMT, false, false, false, "SELECT '", "'", NULL, 1},
    {"SQLNativeSql", in_native, SQL_HANDLE_DBC, false, false, false, "", "", NULL, -1},
    {"SQLSetConnectAttr", in_catalog, SQL_HANDLE_DBC, true, false, false, "", "", dbc_attr,
     SQL_ATTR_CURRENT_CATALOG},
    {"SQLSetStmtAttr", in_where, SQL_HANDLE_STMT, true, false, false, "", "", stmt_attr,
     SQL_ATTR_MYWIRE_LOAD_WHERE},
    {"SQLSetDescField", in_name, SQL_HANDLE_DESC, true, false, false, "", "", parameter_field,
     SQL_DESC_NAME},
    {"SQLTables, catalog", in_tables1, SQL_HANDLE_STMT, false, false, true, "", "", NULL, 0},
    {"SQLTables, schema", in_tables2, SQL_HANDLE_STMT, false, false, true, "", "", NULL, -1},
    {"SQLTables, table", in_tables3, SQL_HANDLE_STMT, false, false, true, "", "", NULL, 0},
    {"SQLTables, types", in_tables4, SQL_HANDLE_STMT, false, false, true, "", "", NULL, -1},
    {"SQLColumns, catalog", in_columns1, SQL_HANDLE_STMT, false, false, true, "", "", NULL, 0},
    {"SQLColumns, schema", in_columns2, SQL_HANDLE_STMT, false, false, true, "", "", NULL, -1},
    {"SQLColumns, table", in_columns3, SQL_HANDLE_STMT, false, false, true, "", "", NULL, 0},
    {"SQLColumns, column", in_columns4, SQL_HANDLE_STMT, false, false, true, "", "", NULL, 0},
    {"SQLConnect, DSN", in_dsn, SQL_HANDLE_DBC, false, true, false, "", "", NULL, -1},
    {"SQLConnect, UID", in_uid, SQL_HANDLE_DBC, false, true, false, "", "", NULL, -1},
    {"SQLConnect, PWD", in_pwd, SQL_HANDLE_DBC, false, true, false, "", "", NULL, -1},
    {"SQLDriverConnect", in_driver, SQL_HANDLE_DBC, false, true, false, "", "", NULL, -1},
    {"SQLBrowseConnect", in_browse, SQL_HANDLE_DBC, false, true, false, "", "", NULL, -1},
};

/* The text arrived, whole and without what stands behind it. */
static void arrived(const struct in_row *r, const char *what)
{
    char text[400] = "";
    SQLLEN len = 0;
    if (r->id < 0)
        return;
    if (r->back) {
        ck_assert_msg(r->back(false, r->id, text, sizeof text, &len) == SQL_SUCCESS, "%s", what);
        ck_assert_msg(!strcmp(text, TEXT), "%s: '%s'", what, text);
        return;
    }
    if (r->id) /* prepared only */
        ck_assert(SQL_SUCCEEDED(SQLExecute(stmt)));
    struct frontend_counts n = frontend_counts(front);
    char *at = strstr(n.last_query, TEXT);
    ck_assert_msg(at && !strstr(n.last_query, "behind"), "%s: '%s'", what, n.last_query);
}

START_TEST(goes_in)
{
    const struct in_row *r = &ins[_i];
    char text[200], what[120];
    SQLWCHAR wide_text[200];
    up();
    (void)snprintf(text, sizeof text, "%s" TEXT "%s", r->before, r->after);
    size_t n = strlen(text);
    size_t nwide = widen(text, n, wide_text);
    (void)snprintf(text + n, sizeof text - n, " behind");
    (void)widen(" behind", 7, wide_text + nwide);
    if (r->is_connecting)
        SQLDisconnect(dbc);
    for (int wide = 0; wide < 2; wide++) {
        const void *s = wide ? (const void *)wide_text : text;
        SQLLEN len = (SQLLEN)(!wide ? n : r->in_bytes ? nwide * sizeof(SQLWCHAR) : nwide);
        (void)snprintf(what, sizeof what, "%s%s", r->name, wide ? "W" : "");
        static const SQLLEN bad[] = {-1, -2, -4, -40}; /* SQL_NTS is -3 */
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
            SQLRETURN rc = r->call(wide, s, bad[i]);
            ck_assert_msg(rc == SQL_ERROR, "%s: length %ld: %d", what, (long)bad[i], rc);
            state_is(r->kind, what, "HY090");
        }
        if (r->is_connecting)
            continue;
        SQLRETURN want = r->is_catalog ? SQL_ERROR : SQL_SUCCESS;
        SQLRETURN rc = r->call(wide, s, len);
        ck_assert_msg(rc == want, "%s: %d", what, rc);
        arrived(r, what);
        SQLFreeStmt(stmt, SQL_CLOSE);
        wide_text[nwide] = 0; /* and up to its end */
        text[n] = 0;
        rc = r->call(wide, s, SQL_NTS);
        ck_assert_msg(rc == want, "%s to the end: %d", what, rc);
        arrived(r, what);
        SQLFreeStmt(stmt, SQL_CLOSE);
        text[n] = ' ';
        wide_text[nwide] = ' ';
    }
    down();
}
END_TEST

/* --- handles that are none -------------------------------------------------------------------- */

/* Every entry of table/function.def, with no handle and with one of another kind. */
START_TEST(no_handle)
{
    static union {
        SQLHANDLE h;
        SQLLEN n;
        SQLSMALLINT s;
        SQLINTEGER i;
        SQLUSMALLINT u;
        SQLULEN ul;
        SQLPOINTER p;
        SQLUSMALLINT all[SQL_API_ODBC3_ALL_FUNCTIONS_SIZE];
        SQLWCHAR w[100];
        SQLCHAR c[200];
    } x;
    SQLHANDLE others[3];
    up();
    others[0] = SQL_NULL_HANDLE;
    others[1] = env;
    others[2] = env;
    SQLHANDLE not_env = dbc;
    for (int k = 0; k < 3; k++) {
        SQLHANDLE h = others[k], e = k ? not_env : SQL_NULL_HANDLE;
#define REFUSED(call)                                                                              \
    ck_assert_msg((call) == SQL_INVALID_HANDLE, "%s with %s", #call, k ? "another handle" : "none")
        REFUSED(SQLAllocHandle(SQL_HANDLE_DBC, e, &x.h));
        REFUSED(SQLAllocHandle(SQL_HANDLE_STMT, h, &x.h));
        REFUSED(SQLAllocHandle(SQL_HANDLE_DESC, h, &x.h));
        REFUSED(SQLAllocStmt(h, &x.h));
        REFUSED(SQLFreeHandle(SQL_HANDLE_ENV, e));
        REFUSED(SQLFreeHandle(SQL_HANDLE_DBC, h));
        REFUSED(SQLFreeHandle(SQL_HANDLE_STMT, h));
        REFUSED(SQLFreeHandle(SQL_HANDLE_DESC, h));
        REFUSED(SQLConnect(h, x.c, 1, x.c, 1, x.c, 1));
        REFUSED(SQLConnectW(h, x.w, 1, x.w, 1, x.w, 1));
        REFUSED(SQLDriverConnect(h, NULL, x.c, 1, x.c, 9, &x.s, 0));
        REFUSED(SQLDriverConnectW(h, NULL, x.w, 1, x.w, 9, &x.s, 0));
        REFUSED(SQLBrowseConnect(h, x.c, 1, x.c, 9, &x.s));
        REFUSED(SQLBrowseConnectW(h, x.w, 1, x.w, 9, &x.s));
        REFUSED(SQLDisconnect(h));
        REFUSED(SQLEndTran(SQL_HANDLE_ENV, e, SQL_COMMIT));
        REFUSED(SQLEndTran(SQL_HANDLE_DBC, h, SQL_COMMIT));
        REFUSED(SQLNativeSql(h, x.c, 1, x.c, 9, &x.i));
        REFUSED(SQLNativeSqlW(h, x.w, 1, x.w, 9, &x.i));
        REFUSED(SQLGetFunctions(h, SQL_API_SQLFETCH, x.all));
        REFUSED(SQLGetInfo(h, SQL_DRIVER_NAME, x.c, 9, &x.s));
        REFUSED(SQLGetInfoW(h, SQL_DRIVER_NAME, x.w, 9, &x.s));
        REFUSED(SQLSetEnvAttr(e, SQL_ATTR_ODBC_VERSION, (void *)SQL_OV_ODBC3, 0));
        REFUSED(SQLGetEnvAttr(e, SQL_ATTR_ODBC_VERSION, &x, sizeof x, &x.i));
        REFUSED(SQLSetConnectAttr(h, SQL_ATTR_AUTOCOMMIT, (void *)1, 0));
        REFUSED(SQLSetConnectAttrW(h, SQL_ATTR_AUTOCOMMIT, (void *)1, 0));
        REFUSED(SQLGetConnectAttr(h, SQL_ATTR_AUTOCOMMIT, &x, 8, NULL));
        REFUSED(SQLGetConnectAttrW(h, SQL_ATTR_AUTOCOMMIT, &x, 8, NULL));
        REFUSED(SQLSetStmtAttr(h, SQL_ATTR_MAX_ROWS, (void *)1, 0));
        REFUSED(SQLSetStmtAttrW(h, SQL_ATTR_MAX_ROWS, (void *)1, 0));
        REFUSED(SQLGetStmtAttr(h, SQL_ATTR_MAX_ROWS, &x, 8, NULL));
        REFUSED(SQLGetStmtAttrW(h, SQL_ATTR_MAX_ROWS, &x, 8, NULL));
        REFUSED(SQLGetDescField(h, 1, SQL_DESC_TYPE, &x, 8, NULL));
        REFUSED(SQLGetDescFieldW(h, 1, SQL_DESC_TYPE, &x, 8, NULL));
        REFUSED(SQLSetDescField(h, 1, SQL_DESC_TYPE, (void *)1, 0));
        REFUSED(SQLSetDescFieldW(h, 1, SQL_DESC_TYPE, (void *)1, 0));
        REFUSED(SQLGetDescRec(h, 1, x.c, 9, &x.s, NULL, NULL, NULL, NULL, NULL, NULL));
        REFUSED(SQLGetDescRecW(h, 1, x.w, 9, &x.s, NULL, NULL, NULL, NULL, NULL, NULL));
        REFUSED(SQLSetDescRec(h, 1, SQL_INTEGER, 0, 4, 0, 0, NULL, NULL, NULL));
        REFUSED(SQLCopyDesc(h, ipd));
        REFUSED(SQLCopyDesc(ipd, h));
        REFUSED(SQLGetDiagRec(SQL_HANDLE_ENV, e, 1, x.c, NULL, NULL, 0, NULL));
        REFUSED(SQLGetDiagRec(SQL_HANDLE_DBC, h, 1, x.c, NULL, NULL, 0, NULL));
        REFUSED(SQLGetDiagRec(SQL_HANDLE_STMT, h, 1, x.c, NULL, NULL, 0, NULL));
        REFUSED(SQLGetDiagRec(SQL_HANDLE_DESC, h, 1, x.c, NULL, NULL, 0, NULL));
        REFUSED(SQLGetDiagRecW(SQL_HANDLE_STMT, h, 1, x.w, NULL, NULL, 0, NULL));
        REFUSED(SQLGetDiagField(SQL_HANDLE_STMT, h, 0, SQL_DIAG_NUMBER, &x, 4, NULL));
        REFUSED(SQLGetDiagFieldW(SQL_HANDLE_STMT, h, 0, SQL_DIAG_NUMBER, &x, 4, NULL));
        REFUSED(SQLPrepare(h, x.c, 1));
        REFUSED(SQLPrepareW(h, x.w, 1));
        REFUSED(SQLExecDirect(h, x.c, 1));
        REFUSED(SQLExecDirectW(h, x.w, 1));
        REFUSED(SQLExecute(h));
        REFUSED(SQLMoreResults(h));
        REFUSED(SQLRowCount(h, &x.n));
        REFUSED(SQLFreeStmt(h, SQL_CLOSE));
        REFUSED(SQLCloseCursor(h));
        REFUSED(SQLCancel(h));
        REFUSED(SQLCancelHandle(SQL_HANDLE_STMT, h));
        REFUSED(SQLCancelHandle(SQL_HANDLE_DBC, h));
        REFUSED(SQLNumParams(h, &x.s));
        REFUSED(SQLBindParameter(h, 1, 1, SQL_C_CHAR, SQL_CHAR, 1, 0, x.c, 1, NULL));
        REFUSED(SQLDescribeParam(h, 1, &x.s, NULL, NULL, NULL));
        REFUSED(SQLParamData(h, &x.p));
        REFUSED(SQLPutData(h, x.c, 1));
        REFUSED(SQLNumResultCols(h, &x.s));
        REFUSED(SQLDescribeCol(h, 1, x.c, 9, NULL, NULL, NULL, NULL, NULL));
        REFUSED(SQLDescribeColW(h, 1, x.w, 9, NULL, NULL, NULL, NULL, NULL));
        REFUSED(SQLColAttribute(h, 1, SQL_DESC_NAME, x.c, 9, NULL, NULL));
        REFUSED(SQLColAttributeW(h, 1, SQL_DESC_NAME, x.w, 9, NULL, NULL));
        REFUSED(SQLBindCol(h, 1, SQL_C_CHAR, x.c, 9, NULL));
        REFUSED(SQLFetch(h));
        REFUSED(SQLFetchScroll(h, SQL_FETCH_NEXT, 0));
        REFUSED(SQLGetData(h, 1, SQL_C_CHAR, x.c, 9, NULL));
        REFUSED(SQLBulkOperations(h, SQL_ADD));
        REFUSED(SQLSetPos(h, 1, SQL_POSITION, 0));
        REFUSED(SQLGetTypeInfo(h, SQL_ALL_TYPES));
        REFUSED(SQLGetTypeInfoW(h, SQL_ALL_TYPES));
        REFUSED(SQLTables(h, x.c, 1, x.c, 1, x.c, 1, x.c, 1));
        REFUSED(SQLTablesW(h, x.w, 1, x.w, 1, x.w, 1, x.w, 1));
        REFUSED(SQLColumns(h, x.c, 1, x.c, 1, x.c, 1, x.c, 1));
        REFUSED(SQLColumnsW(h, x.w, 1, x.w, 1, x.w, 1, x.w, 1));
    }
    down();
}
END_TEST

Suite *check_doors(void);
Suite *check_doors(void)
{
    Suite *s = suite_create("doors");
    TCase *t = tcase_create("doors");
    tcase_set_timeout(t, 120);
    tcase_add_loop_test(t, comes_out, 0, sizeof outs / sizeof *outs);
    tcase_add_loop_test(t, goes_in, 0, sizeof ins / sizeof *ins);
    tcase_add_test(t, no_handle);
    suite_add_tcase(s, t);
    return s;
}
