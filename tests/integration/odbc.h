/* odbc.h - what every integration test needs: a connection to each server, and short ways to say
 * what is expected.
 *
 * The body of a test is written once, with UTF-8 texts; compiled with -DUNICODE it calls the W
 * entries, since sql.h then maps SQLPrepare to SQLPrepareW and so on, and text() makes the
 * arguments.  Failures name server, call and diagnostics.  For tests only: ck_assert, static
 * inline. */
#ifndef TESTS_INTEGRATION_ODBC_H
#define TESTS_INTEGRATION_ODBC_H

#include <check.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <sql.h>
#include <sqlext.h>
#include <sqlucode.h>

#include "integration/suite.h"

/* The first NSERVERS are what every test runs on; the other is for what differs between versions.
 */
static const char *const server_names[] = {"mariadb", "mysql", "mariadb118"};
enum { NSERVERS = 2, NSERVERS_ALL = 3 };

/* --- text of both doors ----------------------------------------------------------------------- */

#ifdef UNICODE
static const bool is_unicode = true;
#else
static const bool is_unicode = false;
#endif

struct text_buf {
    SQLWCHAR wide[70000];
    char narrow[140000];
};

/* UTF-8 to UTF-16 without the driver's own code.  Returns units; terminated. */
static inline size_t widen(const char *s, size_t n, SQLWCHAR *out)
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

static inline size_t narrow(const SQLWCHAR *s, size_t n, char *out)
{
    size_t len = 0;
    for (size_t i = 0; i < n; i++) {
        uint32_t c = s[i];
        if (c >= 0xd800 && c < 0xdc00 && i + 1 < n)
            c = 0x10000 + ((c & 0x3ff) << 10) + (s[++i] & 0x3ffu);
        if (c < 0x80) {
            out[len++] = (char)c;
            continue;
        }
        unsigned more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
        static const unsigned lead[] = {0, 0xc0, 0xe0, 0xf0};
        out[len++] = (char)(lead[more] | c >> (6 * more));
        while (more--)
            out[len++] = (char)(0x80 | (c >> (6 * more) & 0x3f));
    }
    out[len] = '\0';
    return len;
}

#ifdef UNICODE
typedef SQLWCHAR test_char;
#else
typedef SQLCHAR test_char;
#endif

/* The argument for a text parameter; valid until the fourth next call. */
static inline test_char *text(const char *s)
{
    static _Thread_local struct text_buf bufs[4];
    static _Thread_local unsigned turn;
    struct text_buf *b = &bufs[turn++ % 4];
    if (!s)
        return NULL;
#ifdef UNICODE
    widen(s, strlen(s), b->wide);
    return b->wide;
#else
    size_t n = strlen(s);
    ck_assert_uint_lt(n, sizeof b->narrow);
    memcpy(b->narrow, s, n + 1);
    return (SQLCHAR *)b->narrow;
#endif
}

/* A text that came back, as UTF-8; n in the characters of the door. */
static inline const char *text_back(const test_char *s, size_t n)
{
    static _Thread_local char out[140000];
#ifdef UNICODE
    narrow(s, n, out);
#else
    memcpy(out, s, n);
    out[n] = '\0';
#endif
    return out;
}

/* --- diagnostics ------------------------------------------------------------------------------ */

struct said {
    char state[6];
    SQLINTEGER native;
    char text[2001];
};

/* The n-th record; state "" if there is none. */
static inline struct said said_at(SQLSMALLINT kind, SQLHANDLE h, SQLSMALLINT n)
{
    struct said d = {.native = 0};
    test_char state[6] = {0}, words[1000] = {0};
    SQLSMALLINT len = 0;
    SQLRETURN rc = SQLGetDiagRec(kind, h, n, state, &d.native, words, 1000, &len);
    if (!SQL_SUCCEEDED(rc))
        return d;
    snprintf(d.state, sizeof d.state, "%.5s", text_back(state, 5));
    snprintf(d.text, sizeof d.text, "%.1999s", text_back(words, (size_t)(len < 999 ? len : 999)));
    return d;
}

static inline struct said said(SQLHSTMT h)
{
    return said_at(SQL_HANDLE_STMT, h, 1);
}

#define ok(stmt, call)                                                                             \
    do {                                                                                           \
        SQLRETURN rc_ = (call);                                                                    \
        struct said d_ = said(stmt);                                                               \
        ck_assert_msg(SQL_SUCCEEDED(rc_), "%s: returned %d: %s %s", #call, rc_, d_.state,          \
                      d_.text);                                                                    \
    } while (0)

/* The call returns rc with that state in the first record. */
#define expect(stmt, rc, state_, call)                                                             \
    do {                                                                                           \
        SQLRETURN rc_ = (call);                                                                    \
        struct said d_ = said(stmt);                                                               \
        ck_assert_msg(rc_ == (rc), "%s: returned %d, not %d: %s %s", #call, rc_, (int)(rc),        \
                      d_.state, d_.text);                                                          \
        ck_assert_msg(!strcmp(d_.state, (state_)), "%s: state %s, not %s: %s", #call, d_.state,    \
                      (state_), d_.text);                                                          \
    } while (0)

#define refuses(stmt, state, call) expect(stmt, SQL_ERROR, state, call)

/* --- connections ------------------------------------------------------------------------------ */

struct conn {
    SQLHENV env;
    SQLHDBC dbc;
    SQLHSTMT stmt;
    char database[64];
    const char *server;
};

static inline SQLHSTMT new_stmt(const struct conn *c)
{
    SQLHSTMT s = SQL_NULL_HSTMT;
    ck_assert(SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_STMT, c->dbc, &s)));
    return s;
}

static inline void drop_stmt(SQLHSTMT s)
{
    ck_assert(SQL_SUCCEEDED(SQLFreeHandle(SQL_HANDLE_STMT, s)));
}

static inline SQLRETURN direct(SQLHSTMT s, const char *sql)
{
    return SQLExecDirect(s, text(sql), SQL_NTS);
}

/* Run a statement that has to work, and close its result. */
static inline void run(SQLHSTMT s, const char *sql)
{
    SQLRETURN rc = direct(s, sql);
    struct said d = said(s);
    ck_assert_msg(SQL_SUCCEEDED(rc) || rc == SQL_NO_DATA, "%s: %s %s", sql, d.state, d.text);
    SQLFreeStmt(s, SQL_CLOSE);
}

/* Connect as app to a server of server_names, with further keys. */
static inline void conn_open_as(struct conn *c, int i, const char *extra)
{
    *c = (struct conn){.server = server_names[i]};
    struct server s = server_here(c->server);
    char in[4096];
    ck_assert(SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_ENV, SQL_NULL_HANDLE, &c->env)));
    SQLSetEnvAttr(c->env, SQL_ATTR_ODBC_VERSION, (SQLPOINTER)SQL_OV_ODBC3_80, 0);
    ck_assert(SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_DBC, c->env, &c->dbc)));
    server_connection(&s, "app", "app-secret", extra, in, sizeof in);
    SQLRETURN rc =
        SQLDriverConnect(c->dbc, NULL, text(in), SQL_NTS, NULL, 0, NULL, SQL_DRIVER_NOPROMPT);
    struct said d = said_at(SQL_HANDLE_DBC, c->dbc, 1);
    ck_assert_msg(SQL_SUCCEEDED(rc), "connecting to %s: %s %s", c->server, d.state, d.text);
    c->stmt = new_stmt(c);
}

/* A database of the test's own, in use; conn_close drops it. */
static inline void conn_database(struct conn *c, const char *name)
{
    char sql[200];
    snprintf(c->database, sizeof c->database, "mywire_%s_%s", name, is_unicode ? "w" : "a");
    snprintf(sql, sizeof sql, "DROP DATABASE IF EXISTS %s", c->database);
    run(c->stmt, sql);
    snprintf(sql, sizeof sql, "CREATE DATABASE %s CHARACTER SET utf8mb4", c->database);
    run(c->stmt, sql);
    snprintf(sql, sizeof sql, "USE %s", c->database);
    run(c->stmt, sql);
}

/* Connect as app, with a database of the test's own. */
static inline void conn_open(struct conn *c, int i, const char *name)
{
    conn_open_as(c, i, "");
    conn_database(c, name);
}

static inline void conn_close(struct conn *c)
{
    char sql[200];
    if (c->database[0]) {
        snprintf(sql, sizeof sql, "DROP DATABASE %s", c->database);
        SQLFreeHandle(SQL_HANDLE_STMT, c->stmt);
        c->stmt = new_stmt(c);
        run(c->stmt, sql);
    }
    SQLFreeHandle(SQL_HANDLE_STMT, c->stmt);
    SQLDisconnect(c->dbc);
    SQLFreeHandle(SQL_HANDLE_DBC, c->dbc);
    SQLFreeHandle(SQL_HANDLE_ENV, c->env);
}

/* --- values ----------------------------------------------------------------------------------- */

/* A column of the current row as UTF-8 text; "NULL" for SQL NULL. */
static inline const char *get(SQLHSTMT s, SQLUSMALLINT column)
{
    static _Thread_local char out[4][4096];
    static _Thread_local unsigned turn;
    char *to = out[turn++ % 4];
    SQLLEN len = 0;
    SQLRETURN rc = SQLGetData(s, column, SQL_C_CHAR, to, sizeof out[0], &len);
    struct said d = said(s);
    ck_assert_msg(SQL_SUCCEEDED(rc), "column %u: %d %s %s", column, rc, d.state, d.text);
    if (len == SQL_NULL_DATA)
        snprintf(to, sizeof out[0], "NULL");
    return to;
}

/* The first column of the first row of a query; the result is closed. */
static inline const char *one(SQLHSTMT s, const char *sql)
{
    ok(s, direct(s, sql));
    ok(s, SQLFetch(s));
    const char *value = get(s, 1);
    SQLFreeStmt(s, SQL_CLOSE);
    return value;
}

static inline long one_number(SQLHSTMT s, const char *sql)
{
    return strtol(one(s, sql), NULL, 10);
}

static inline double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

#endif
