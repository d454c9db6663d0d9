/* check_serverlimit.c - SQL_ATTR_QUERY_TIMEOUT as the server's own limit: what is sent to whom, and
 * which errors are the end of the statement's time. */
#include <check.h>
#include <string.h>

#include "base/clock.h"
#include "odbc/command/cancel.h"
#include "odbc/exec/exec.h"
#include "server.h"

Suite *check_serverlimit(void);

#define STARROCKS "8.0.33-StarRocks-3.4.0"
#define DORIS     "5.7.99-Doris version doris-2.1.7-rc03"
#define HINT      " /*+ SET_VAR(insert_timeout=7) */"
#define HINTS     " /*+ SET_VAR(query_timeout=7, insert_timeout=7) */"

static const struct {
    const char *version;
    unsigned long timeout;
    const char *sql, *sent;
} rows[] = {
    {STARROCKS, 7, "INSERT INTO t VALUES (1)", "INSERT" HINT " INTO t VALUES (1)"},
    {STARROCKS, 7, "/* a */ update`t` SET i = 1", "/* a */ update" HINT "`t` SET i = 1"},
    {STARROCKS, 7, "DELETE\nFROM t", "DELETE" HINT "\nFROM t"},
    {STARROCKS, 0, "DELETE FROM t", "DELETE FROM t"},
    {STARROCKS, 259200, "DELETE FROM t", "DELETE /*+ SET_VAR(insert_timeout=259200) */ FROM t"},
    {STARROCKS, 259201, "DELETE FROM t", "DELETE FROM t"},
    {STARROCKS, 7, "SELECT 1", "SELECT 1"},
    {STARROCKS, 7, "CREATE TABLE t (i INT)", "CREATE TABLE t (i INT)"},
    {STARROCKS, 7, "WITH w AS (SELECT 1) DELETE FROM t", "WITH w AS (SELECT 1) DELETE FROM t"},
    {STARROCKS, 7, "INSERT /*+ SET_VAR(insert_timeout=9) */ INTO t VALUES (1)",
     "INSERT /*+ SET_VAR(insert_timeout=9) */ INTO t VALUES (1)"},
    {"8.0.33-StarRocks-3.3.9", 7, "DELETE FROM t", "DELETE FROM t"},
    {"8.0.33-StarRocks", 7, "DELETE FROM t", "DELETE FROM t"},
    {DORIS, 7, "INSERT INTO t VALUES (1)", "INSERT" HINTS " INTO t VALUES (1)"},
    {DORIS, 7, "UPDATE t SET i = 1", "UPDATE t SET i = 1"},
    {DORIS, 7, "DELETE FROM t", "DELETE FROM t"},
    {"5.7.99-Doris version doris-2.0.9", 7, "INSERT INTO t VALUES (1)", "INSERT INTO t VALUES (1)"},
    {"8.0.11-TiDB-v7.5.0", 7, "DELETE FROM t", "DELETE FROM t"},
    {"8.4.0", 7, "DELETE FROM t", "DELETE FROM t"},
};

/* A text with a value in it, and one without. */
START_TEST(sent)
{
    struct handles h;
    struct server_kind kind = {.version = rows[_i].version};
    handles_make(&h);
    struct server *server = server_join(&h, &kind);
    h.stmt->query_timeout = rows[_i].timeout;
    (void)stmt_exec_direct(h.stmt, in_a((const SQLCHAR *)rows[_i].sql, SQL_NTS));
    const char *asked = server_asked(server);
    size_t n = strlen(rows[_i].sent);
    ck_assert_msg(!strncmp(asked, rows[_i].sent, n) && asked[n] == '\n', "%s: %s", rows[_i].version,
                  asked);
    handles_free(&h);
}
END_TEST

START_TEST(with_a_value)
{
    struct handles h;
    struct server_kind kind = {.version = STARROCKS};
    SQLINTEGER value = 5;
    handles_make(&h);
    struct server *server = server_join(&h, &kind);
    h.dbc->dsn.no_ssps = true;
    h.stmt->query_timeout = 7;
    ck_assert_int_eq(stmt_bind_parameter(h.stmt, 1, SQL_PARAM_INPUT, SQL_C_SLONG, SQL_INTEGER, 0, 0,
                                         &value, 0, NULL),
                     SQL_SUCCESS);
    (void)stmt_exec_direct(h.stmt, in_a((const SQLCHAR *)"INSERT INTO t VALUES (?)", SQL_NTS));
    ck_assert_str_eq(server_asked(server), "INSERT" HINT " INTO t VALUES (5)\n");
    handles_free(&h);
}
END_TEST

static const struct {
    unsigned number;
    const char *text;
    bool is_limit;
} errors[] = {
    {1969, "Query execution was interrupted (max_statement_time exceeded)", true},
    {5024, "Insert reached its timeout of 7 seconds, please increase ...", true},
    {1064, "Query reached its timeout of 7 seconds", true},
    {1105, "errCode = 2, detailMessage = query is timeout, killed by timeout checker", true},
    {1105, "errCode = 2, detailMessage = out of memory", false},
    {1205, "Lock wait timeout exceeded", false},
};

/* An error of that kind that comes earlier is another limit's. */
START_TEST(told)
{
    struct handles h;
    struct fault f;
    handles_make(&h);
    (void)fault_server(&f, RC_SERVER, errors[_i].number, "HY000", errors[_i].text,
                       strlen(errors[_i].text));
    h.stmt->stopping->server_s = 7;
    h.stmt->stopping->until = clock_ms() + 60000;
    ck_assert(!command_was_stopped(h.stmt, &f));
    h.stmt->stopping->until = clock_ms();
    ck_assert_int_eq(command_was_stopped(h.stmt, &f), errors[_i].is_limit);
    h.stmt->stopping->server_s = 0;
    ck_assert(!command_was_stopped(h.stmt, &f));
    handles_free(&h);
}
END_TEST

Suite *check_serverlimit(void)
{
    Suite *s = suite_create("serverlimit");
    TCase *c = tcase_create("serverlimit");
    tcase_add_loop_test(c, sent, 0, sizeof rows / sizeof *rows);
    tcase_add_test(c, with_a_value);
    tcase_add_loop_test(c, told, 0, sizeof errors / sizeof *errors);
    suite_add_tcase(s, c);
    return s;
}
