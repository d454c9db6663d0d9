/* check_left.c - what a statement is after a call that failed or a result that was closed, in front
 * of a server in memory: a driver manager answers such calls itself. */
#include <check.h>
#include <string.h>

#include "odbc/catalog/typeinfo.h"
#include "odbc/connection/dbc.h"
#include "odbc/connection/native.h"
#include "odbc/exec/describe.h"
#include "odbc/exec/exec.h"
#include "odbc/exec/paramdata.h"
#include "odbc/exec/stmt.h"
#include "odbc/handle/env.h"
#include "server.h"

Suite *check_left(void);

static struct handles t;
static const struct server_kind mysql = {"8.4.0", true, NULL, 0};

static void setup(void)
{
    handles_make(&t);
    (void)server_join(&t, &mysql);
}

static void teardown(void)
{
    handles_free(&t);
}

static struct text_arg sql(const char *s)
{
    return in_a((const SQLCHAR *)s, SQL_NTS);
}

START_TEST(failed_prepare)
{
    ck_assert_int_eq(stmt_prepare(t.stmt, sql("SET @a = 1")), SQL_SUCCESS);
    ck_assert_int_eq(stmt_prepare(t.stmt, sql("SELECT {fn ucase('x'")), SQL_ERROR);
    ck_assert_str_eq(state_of(t.stmt), "42000");
    ck_assert(!stmt_is_prepared(t.stmt));
    ck_assert_int_eq(stmt_execute(t.stmt), SQL_ERROR);
    ck_assert_str_eq(state_of(t.stmt), "HY010");
}
END_TEST

/* A text that was prepared stays when its result is closed, another one goes. */
START_TEST(closed)
{
    SQLSMALLINT n = -1;
    ck_assert_int_eq(stmt_exec_direct(t.stmt, sql("SET @a = 1")), SQL_SUCCESS);
    ck_assert_int_eq(stmt_num_params(t.stmt, &n), SQL_SUCCESS);
    ck_assert_int_eq(stmt_free_stmt(t.stmt, SQL_CLOSE), SQL_SUCCESS);
    ck_assert_int_eq(stmt_num_params(t.stmt, &n), SQL_ERROR);
    ck_assert_str_eq(state_of(t.stmt), "HY010");
    ck_assert_int_eq(stmt_prepare(t.stmt, sql("SET @a = ?")), SQL_SUCCESS);
    ck_assert_int_eq(stmt_free_stmt(t.stmt, SQL_CLOSE), SQL_SUCCESS);
    ck_assert_int_eq(stmt_num_params(t.stmt, &n), SQL_SUCCESS);
    ck_assert_int_eq(n, 1);
}
END_TEST

static void ask_for_data(SQLSMALLINT ctype, SQLSMALLINT type)
{
    static SQLLEN wait = SQL_DATA_AT_EXEC;
    SQLPOINTER token = NULL;
    ck_assert_int_eq(
        stmt_bind_parameter(t.stmt, 1, SQL_PARAM_INPUT, ctype, type, 0, 0, &wait, 0, &wait),
        SQL_SUCCESS);
    ck_assert_int_eq(stmt_exec_direct(t.stmt, sql("SET @a = ?")), SQL_NEED_DATA);
    ck_assert_int_eq(stmt_param_data(t.stmt, &token), SQL_NEED_DATA);
}

/* NULL comes alone, a value of fixed size at once; one that never came is NULL. */
START_TEST(data_in_pieces)
{
    SQLPOINTER token = NULL;
    SQLINTEGER v = 5;
    char text[] = "ab";
    ask_for_data(SQL_C_SLONG, SQL_INTEGER);
    ck_assert_int_eq(stmt_param_data(t.stmt, &token), SQL_SUCCESS);
    ask_for_data(SQL_C_CHAR, SQL_VARCHAR);
    ck_assert_int_eq(stmt_put_data(t.stmt, text, 2), SQL_SUCCESS);
    ck_assert_int_eq(stmt_put_data(t.stmt, NULL, SQL_NULL_DATA), SQL_ERROR);
    ck_assert_str_eq(state_of(t.stmt), "HY020");
    ask_for_data(SQL_C_CHAR, SQL_VARCHAR);
    ck_assert_int_eq(stmt_put_data(t.stmt, NULL, SQL_NULL_DATA), SQL_SUCCESS);
    ck_assert_int_eq(stmt_put_data(t.stmt, text, 2), SQL_ERROR);
    ck_assert_str_eq(state_of(t.stmt), "HY020");
    ask_for_data(SQL_C_SLONG, SQL_INTEGER);
    ck_assert_int_eq(stmt_put_data(t.stmt, &v, sizeof v), SQL_SUCCESS);
    ck_assert_int_eq(stmt_put_data(t.stmt, &v, sizeof v), SQL_ERROR);
    ck_assert_str_eq(state_of(t.stmt), "HY019");
}
END_TEST

/* ODBC 2 knows no SQL_NO_DATA of statements that change nothing. */
START_TEST(nothing_changed)
{
    static const struct {
        SQLINTEGER version;
        SQLRETURN want;
    } rows[] = {
        {SQL_OV_ODBC2, SQL_SUCCESS}, {SQL_OV_ODBC3, SQL_NO_DATA}, {SQL_OV_ODBC3_80, SQL_NO_DATA}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        t.env->odbc_version = rows[i].version;
        ck_assert_int_eq(stmt_exec_direct(t.stmt, sql("UPDATE t SET a = 1")), rows[i].want);
        ck_assert_int_eq(stmt_exec_direct(t.stmt, sql("INSERT INTO t VALUES (1)")), SQL_SUCCESS);
    }
}
END_TEST

static SQLSMALLINT nullable_of(SQLUSMALLINT column, const char *name)
{
    SQLCHAR told[40];
    SQLSMALLINT nullable = 77;
    struct describe_out out = {.name = out_a(told, sizeof told, NULL, NULL), .nullable = &nullable};
    ck_assert_int_eq(stmt_describe_col(t.stmt, column, &out), SQL_SUCCESS);
    ck_assert_str_eq((char *)told, name);
    return nullable;
}

/* Columns of results that the driver makes: their names in both versions, and which may be NULL. */
START_TEST(made_columns_told)
{
    for (int old = 0; old < 2; old++) {
        t.env->odbc_version = old ? SQL_OV_ODBC2 : SQL_OV_ODBC3;
        ck_assert_int_eq(stmt_get_type_info(t.stmt, 4711), SQL_ERROR);
        ck_assert_str_eq(state_of(t.stmt), "HY004");
        ck_assert_int_eq(stmt_get_type_info(t.stmt, SQL_ALL_TYPES), SQL_SUCCESS);
        ck_assert_int_eq(nullable_of(1, "TYPE_NAME"), SQL_NO_NULLS);
        ck_assert_int_eq(nullable_of(3, old ? "PRECISION" : "COLUMN_SIZE"), SQL_NULLABLE);
        ck_assert_int_eq(stmt_free_stmt(t.stmt, SQL_CLOSE), SQL_SUCCESS);
    }
}
END_TEST

/* A text with a length ends at a NUL outside of strings. */
START_TEST(native_ends)
{
    static const char text[] = "SELECT 'a\0b'\0 and more";
    SQLCHAR out[40];
    SQLINTEGER len = -1;
    struct text_arg arg = in_a((const SQLCHAR *)text, sizeof text - 1);
    ck_assert_int_eq(dbc_native_sql(t.dbc, arg, out_a(out, sizeof out, NULL, &len)), SQL_SUCCESS);
    ck_assert_int_eq(len, 12);
    ck_assert(!memcmp(out, text, 12));
}
END_TEST

Suite *check_left(void)
{
    Suite *s = suite_create("left");
    TCase *c = tcase_create("left");
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_add_test(c, failed_prepare);
    tcase_add_test(c, closed);
    tcase_add_test(c, data_in_pieces);
    tcase_add_test(c, nothing_changed);
    tcase_add_test(c, made_columns_told);
    tcase_add_test(c, native_ends);
    suite_add_tcase(s, c);
    return s;
}
