/* check_mode.c - values become literals by the product's rule: a status flag counts only where the
 * product has the mode that it tells of. */
#include <check.h>
#include <string.h>

#include "odbc/exec/exec.h"
#include "server.h"

Suite *check_mode(void);

enum { NO_BACKSLASH_ESCAPES = 0x200 };

/* A server or a proxy before it sets the flag in every answer; `escaped`: what of \' must go out.
 * With the quote only doubled, a server that escapes all the same would end the string there. */
static const struct {
    struct server_kind kind;
    const char *escaped;
} rows[] = {
    {{"8.4.0", true, NULL, NO_BACKSLASH_ESCAPES}, "SELECT '\\'''\n"},
    {{"8.4.0", true, NULL, 0}, "SELECT '\\\\'''\n"},
    {{"5.5.5-10.11.6-MariaDB", true, NULL, NO_BACKSLASH_ESCAPES}, "SELECT '\\'''\n"},
    {{"8.0.11-TiDB-v7.5.0", true, NULL, NO_BACKSLASH_ESCAPES}, "SELECT '\\'''\n"},
    {{"8.0.33-StarRocks-3.3", false, NULL, NO_BACKSLASH_ESCAPES}, "SELECT '\\\\'''\n"},
    {{"5.7.99-Doris-2.1", false, NULL, NO_BACKSLASH_ESCAPES}, "SELECT '\\\\'''\n"},
    {{"5.7.32-SingleStore", false, NULL, NO_BACKSLASH_ESCAPES}, "SELECT '\\\\'''\n"},
};

START_TEST(by_the_products_rule)
{
    struct handles h;
    SQLCHAR value[] = "\\'";
    handles_make(&h);
    struct server *server = server_join(&h, &rows[_i].kind);
    h.dbc->dsn.no_ssps = true;
    ck_assert_int_eq(stmt_bind_parameter(h.stmt, 1, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_VARCHAR, 10, 0,
                                         value, sizeof value, NULL),
                     SQL_SUCCESS);
    (void)stmt_exec_direct(h.stmt, in_a((const SQLCHAR *)"SELECT ?", SQL_NTS));
    ck_assert_str_eq(server_asked(server), rows[_i].escaped);
    handles_free(&h);
}
END_TEST

Suite *check_mode(void)
{
    Suite *s = suite_create("mode");
    TCase *c = tcase_create("mode");
    tcase_add_loop_test(c, by_the_products_rule, 0, sizeof rows / sizeof *rows);
    suite_add_tcase(s, c);
    return s;
}
