/* attempt.h - one attempt to connect in an integration test, and what came of it.  For tests only:
 * asserts, static inline. */
#ifndef TESTS_LIB_ATTEMPT_H
#define TESTS_LIB_ATTEMPT_H

#include <check.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sql.h>
#include <sqlext.h>

#include "lib/servers.h"

struct attempt {
    bool in;
    char state[6];
    char text[4096]; /* all messages, one after the other */
    char user[128], version[32];
};

static inline void attempt_diagnostics(SQLHDBC dbc, struct attempt *a)
{
    SQLCHAR state[6], text[2048];
    SQLINTEGER native;
    SQLSMALLINT len;
    size_t used = 0;
    for (SQLSMALLINT i = 1; SQL_SUCCEEDED(
             SQLGetDiagRec(SQL_HANDLE_DBC, dbc, i, state, &native, text, sizeof text, &len));
         i++) {
        if (i == 1)
            memcpy(a->state, state, sizeof a->state);
        int n = snprintf(a->text + used, sizeof a->text - used, "%s\n", (char *)text);
        if (n > 0 && used + (size_t)n < sizeof a->text)
            used += (size_t)n;
    }
}

static inline void attempt_ask(SQLHDBC dbc, const char *sql, SQLUSMALLINT column, char *out,
                               size_t cap)
{
    SQLHSTMT stmt;
    SQLLEN len;
    out[0] = '\0';
    ck_assert(SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_STMT, dbc, &stmt)));
    if (SQL_SUCCEEDED(SQLExecDirect(stmt, (SQLCHAR *)sql, SQL_NTS)) &&
        SQL_SUCCEEDED(SQLFetch(stmt)))
        (void)SQLGetData(stmt, column, SQL_C_CHAR, out, (SQLLEN)cap, &len);
    SQLFreeHandle(SQL_HANDLE_STMT, stmt);
}

/* attempt_connect - connect, look who and how we are, disconnect. */
static inline struct attempt attempt_connect(SQLHENV env, const char *conn)
{
    struct attempt a = {0};
    SQLHDBC dbc;
    ck_assert(SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_DBC, env, &dbc)));
    a.in = SQL_SUCCEEDED(
        SQLDriverConnect(dbc, NULL, (SQLCHAR *)conn, SQL_NTS, NULL, 0, NULL, SQL_DRIVER_NOPROMPT));
    if (!a.in)
        attempt_diagnostics(dbc, &a);
    if (a.in) {
        attempt_ask(dbc, "SELECT CURRENT_USER()", 1, a.user, sizeof a.user);
        attempt_ask(dbc, "SHOW SESSION STATUS LIKE 'Ssl_version'", 2, a.version, sizeof a.version);
        SQLDisconnect(dbc);
    }
    SQLFreeHandle(SQL_HANDLE_DBC, dbc);
    return a;
}

/* says - does text hold one of the alternatives, which | separates? */
static inline bool says(const char *text, const char *alternatives)
{
    char copy[256];
    snprintf(copy, sizeof copy, "%s", alternatives);
    for (char *save = NULL, *word = strtok_r(copy, "|", &save); word;
         word = strtok_r(NULL, "|", &save))
        if (strstr(text, word))
            return true;
    return false;
}

/* fill - keys to out, each %s replaced by the folder of the PKI. */
static inline void fill(char *out, size_t cap, const char *pki, const char *keys)
{
    size_t n = 0;
    for (const char *p = keys; *p && n + SERVER_TEXT < cap; p++) {
        if (p[0] == '%' && p[1] == 's')
            n += (size_t)snprintf(out + n, cap - n, "%s", pki), p++;
        else
            out[n++] = *p;
    }
    out[n] = '\0';
}

#endif
