/* check_params.c - executing with parameters while allocations fail: all is sent as it is, or
 * nothing that is half of it, and the application is told. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "odbc/exec/exec.h"
#include "odbc/exec/stmt.h"
#include "server.h"
#include "torture.h"

Suite *check_params(void);

static struct handles t;
static struct server *server;
static const struct server_kind mysql = {.version = "8.0.36", .has_transactions = true};

enum { ROWS = 3 };
static SQLINTEGER numbers[ROWS] = {1, 2, 3};
static SQLWCHAR words[ROWS][4] = {{'a', 0}, {0x20ac, 'b', 0}, {0xd83d, 0xde00, 0}};

/* The server has no rows to change. */
static bool is_done(SQLRETURN rc)
{
    return rc == SQL_SUCCESS || rc == SQL_NO_DATA;
}

/* One execution of a new statement; true if it succeeded, else *state says why not. */
static bool execute(SQLULEN rows, const char **state)
{
    struct stmt *s = stmt_new(t.dbc);
    *state = "HY001";
    if (!s)
        return false;
    s->apd->hdr.array_size = rows;
    bool worked = stmt_bind_parameter(s, 1, SQL_PARAM_INPUT, SQL_C_SLONG, SQL_INTEGER, 0, 0,
                                      numbers, 0, NULL) == SQL_SUCCESS &&
                  stmt_bind_parameter(s, 2, SQL_PARAM_INPUT, SQL_C_WCHAR, SQL_WVARCHAR, 9, 0, words,
                                      sizeof words[0], NULL) == SQL_SUCCESS &&
                  stmt_prepare(s, in_a((const SQLCHAR *)"UPDATE t SET a = ?, b = ?", SQL_NTS)) ==
                      SQL_SUCCESS &&
                  is_done(stmt_execute(s));
    const char *found = worked ? "" : state_of(s);
    *state = !strcmp(found, "HY001")   ? "HY001"
             : !strcmp(found, "08S01") ? "08S01"
             : !strcmp(found, "")      ? ""
                                       : "another";
    stmt_free(s);
    return worked;
}

static bool is_line_of(const char *line, size_t n, const char *all)
{
    for (const char *at = all; *at; at += strcspn(at, "\n") + 1)
        if (strcspn(at, "\n") == n && !memcmp(at, line, n))
            return true;
    return false;
}

/* Every command that was sent is one of those of an undisturbed execution. */
static void check_sent(const char *sent, const char *all, size_t n)
{
    for (const char *at = sent; *at; at += strcspn(at, "\n") + 1)
        ck_assert_msg(is_line_of(at, strcspn(at, "\n"), all), "allocation %zu: %.*s", n,
                      (int)strcspn(at, "\n"), at);
}

static void up(bool no_ssps)
{
    handles_make(&t);
    server = server_join(&t, &mysql);
    server_reserve(server);
    t.dbc->dsn.no_ssps = no_ssps;
}

/* A reply that found no memory breaks the connection; the reason is told, not that it broke. */
static bool is_told(const char *state)
{
    return !strcmp(state, "HY001");
}

static void torture(bool no_ssps, SQLULEN rows)
{
    const char *state;
    bool worked = false;
    up(no_ssps);
    ck_assert_msg(execute(rows, &state), "%s", state);
    char *all = strdup(server_asked(server));
    ck_assert_ptr_nonnull(strstr(all, no_ssps ? "b = '" : "execute"));
    for (size_t n = 1; torture_begin(n); n++) {
        worked = execute(rows, &state);
        bool failed = torture_end();
        ck_assert_msg(worked || (failed && is_told(state)), "allocation %zu: '%s'", n, state);
        check_sent(server_asked(server), all, n);
        if (session_broken(t.dbc->session)) {
            handles_free(&t);
            up(no_ssps);
        }
    }
    ck_assert(worked);
    free(all);
    handles_free(&t);
}

START_TEST(without_memory)
{
    torture(_i & 1, _i & 2 ? ROWS : 1);
}
END_TEST

Suite *check_params(void)
{
    Suite *s = suite_create("params");
    TCase *t_case = tcase_create("params");
    tcase_add_loop_test(t_case, without_memory, 0, 4);
    suite_add_tcase(s, t_case);
    return s;
}
