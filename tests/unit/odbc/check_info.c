/* check_info.c - SQLGetInfo has a row for everything in the headers; SQLGetFunctions in its three
 * modes. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "handles.h"
#include "odbc/connection/conformance.h"
#include "odbc/connection/function.h"
#include "odbc/connection/info.h"

Suite *check_info(void);

static struct handles t;

static void setup(void)
{
    handles_make(&t);
}

static void teardown(void)
{
    handles_free(&t);
}

/* The information types stand between two names in each header. */
static const struct {
    const char *path, *first, *last;
} headers[] = {
    {ODBC_INCLUDE_DIR "/sql.h", "SQL_MAX_DRIVER_CONNECTIONS", "SQL_MAX_IDENTIFIER_LEN"},
    {ODBC_INCLUDE_DIR "/sqlext.h", "SQL_INFO_FIRST", "SQL_DTC_TRANSITION_COST"},
};

/* Names in those ranges that are no information types. */
static bool is_other(const char *name, long value)
{
    static const char *const others[] = {"SQL_INFO_LAST", "SQL_INFO_DRIVER_START",
                                         "SQL_ASYNC_NOTIFICATION_NOT_CAPABLE",
                                         "SQL_ASYNC_NOTIFICATION_CAPABLE"};
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        if (!strcmp(name, others[i]))
            return true;
    return value > 65000 || strncmp(name, "SQL_OJ_", 7) ==
                                0; /* bits of, and the old number of, SQL_OJ_CAPABILITIES */
}

START_TEST(every_type_has_a_row)
{
    FILE *f = fopen(headers[_i].path, "r");
    ck_assert_msg(f != NULL, "%s cannot be read", headers[_i].path);
    char line[512], name[128], number[64];
    bool inside = false, ended = false;
    int found = 0;
    while (!ended && fgets(line, sizeof(line), f)) {
        if (sscanf(line, "#define %127s %63s", name, number) != 2)
            continue;
        inside = inside || !strcmp(name, headers[_i].first);
        ended = !strcmp(name, headers[_i].last);
        char *end = NULL;
        long value = strtol(number, &end, 0);
        if (!inside || *end || is_other(name, value))
            continue;
        found++;
        ck_assert_msg(info_has((SQLUSMALLINT)value), "%s (%ld) has no row in info.def", name,
                      value);
    }
    (void)fclose(f);
    ck_assert_msg(ended && found > 30, "%s: only %d types found", headers[_i].path, found);
}
END_TEST

START_TEST(answers)
{
    char text[64];
    SQLWCHAR wide[4];
    SQLSMALLINT len = -1;
    SQLUSMALLINT u16[2] = {0, 0x5555};
    SQLUINTEGER u32 = 0;
    ck_assert_int_eq(dbc_get_info(t.dbc, SQL_DRIVER_ODBC_VER, text, sizeof(text), &len, false),
                     SQL_SUCCESS);
    ck_assert_str_eq(text, "03.80");
    ck_assert_int_eq(len, 5);
    ck_assert_int_eq(dbc_get_info(t.dbc, SQL_DRIVER_VER, text, sizeof(text), &len, false),
                     SQL_SUCCESS);
    ck_assert_int_eq(len, 10);
    ck_assert(text[2] == '.' && text[5] == '.');
    ck_assert_int_eq(dbc_get_info(t.dbc, SQL_DRIVER_ODBC_VER, wide, sizeof(wide), &len, true),
                     SQL_SUCCESS_WITH_INFO);
    ck_assert_str_eq(state_of(t.dbc), "01004");
    ck_assert_int_eq(len, 10); /* bytes */
    ck_assert(wide[0] == '0' && wide[2] == '.' && wide[3] == 0);
    ck_assert_int_eq(dbc_get_info(t.dbc, SQL_MAX_TABLE_NAME_LEN, u16, 0, &len, false), SQL_SUCCESS);
    ck_assert_int_eq(len, 2);
    ck_assert(u16[0] == 64 && u16[1] == 0x5555); /* no byte more than two */
    ck_assert_int_eq(dbc_get_info(t.dbc, SQL_GETDATA_EXTENSIONS, &u32, 0, &len, false),
                     SQL_SUCCESS);
    ck_assert_int_eq(len, 4);
    ck_assert_uint_ne(u32 & SQL_GD_ANY_ORDER, 0);
    ck_assert_int_eq(dbc_get_info(t.dbc, SQL_KEYWORDS, NULL, 0, &len, false), SQL_SUCCESS);
    ck_assert_int_gt(len, 1000);
    ck_assert_int_eq(dbc_get_info(t.dbc, SQL_MAX_TABLE_NAME_LEN, NULL, 0, NULL, false),
                     SQL_SUCCESS);
    ck_assert_int_eq(dbc_get_info(t.dbc, SQL_DRIVER_ODBC_VER, text, -1, &len, false), SQL_ERROR);
    ck_assert_str_eq(state_of(t.dbc), "HY090");
    for (SQLUSMALLINT i = 0; i < 4; i++) { /* not of ODBC, and other drivers' */
        static const SQLUSMALLINT ids[] = {999, 10100, 1000, 0x4001};
        ck_assert_int_eq(dbc_get_info(t.dbc, ids[i], text, sizeof(text), &len, false), SQL_ERROR);
        ck_assert_msg(!strcmp(state_of(t.dbc), i < 2 ? "HY096" : "HYC00"), "%u: %s", ids[i],
                      state_of(t.dbc));
    }
    ck_assert_int_eq(dbc_get_info(t.dbc, SQL_DRIVER_HDBC, text, sizeof(text), &len, false),
                     SQL_ERROR);
    ck_assert_str_eq(state_of(t.dbc), "HYC00");
}
END_TEST

static const struct {
    const char *name;
    SQLUSMALLINT id;
    bool has;
} functions[] = {
    {"SQLConnect", SQL_API_SQLCONNECT, true},
    {"SQLGetData", SQL_API_SQLGETDATA, true},
    {"SQLFetchScroll", SQL_API_SQLFETCHSCROLL, true},
    {"SQLExtendedFetch", SQL_API_SQLEXTENDEDFETCH, true},
    {"SQLBrowseConnect", SQL_API_SQLBROWSECONNECT, true},
    {"SQLBulkOperations", SQL_API_SQLBULKOPERATIONS, true},
    {"SQLPrimaryKeys", SQL_API_SQLPRIMARYKEYS, false},
    {"nothing", 3000, false},
};

START_TEST(one_function)
{
    SQLUSMALLINT one = 77, all[100], bits[SQL_API_ODBC3_ALL_FUNCTIONS_SIZE];
    SQLUSMALLINT id = functions[_i].id, want = functions[_i].has ? SQL_TRUE : SQL_FALSE;
    ck_assert_int_eq(dbc_get_functions(t.dbc, id, &one), SQL_SUCCESS);
    ck_assert_msg(one == want, "%s: %d", functions[_i].name, one);
    ck_assert_int_eq(dbc_get_functions(t.dbc, SQL_API_ODBC3_ALL_FUNCTIONS, bits), SQL_SUCCESS);
    ck_assert_msg(SQL_FUNC_EXISTS(bits, id) == want, "%s in the bitmap", functions[_i].name);
    ck_assert_int_eq(dbc_get_functions(t.dbc, SQL_API_ALL_FUNCTIONS, all), SQL_SUCCESS);
    if (id < 100)
        ck_assert_msg(all[id] == want, "%s in the array", functions[_i].name);
}
END_TEST

START_TEST(no_such_function)
{
    SQLUSMALLINT one = 0;
    ck_assert_int_eq(dbc_get_functions(t.dbc, 60000, &one), SQL_ERROR);
    ck_assert_str_eq(state_of(t.dbc), "HY095");
    ck_assert_int_eq(dbc_get_functions(t.dbc, SQL_API_SQLCONNECT, NULL), SQL_ERROR);
    ck_assert_str_eq(state_of(t.dbc), "HY009");
}
END_TEST

/* --- conformance ------------------------------------------------------------------------------ */

static SQLUINTEGER everything(void *owner, SQLUSMALLINT type)
{
    (void)owner, (void)type;
    return UINT32_MAX;
}

static bool has_all(const SQLUSMALLINT *ids)
{
    for (; *ids; ids++)
        if (!function_has(*ids))
            return false;
    return true;
}

/* The answers follow from the functions there are: what is missing keeps its level away. */
START_TEST(conformance)
{
    static const SQLUSMALLINT core[] = {SQL_API_SQLGETCURSORNAME, SQL_API_SQLSETCURSORNAME,
                                        SQL_API_SQLSPECIALCOLUMNS, SQL_API_SQLSTATISTICS, 0},
                              first[] = {SQL_API_SQLPRIMARYKEYS, SQL_API_SQLPROCEDURES,
                                         SQL_API_SQLPROCEDURECOLUMNS, 0},
                              second[] = {SQL_API_SQLCOLUMNPRIVILEGES, SQL_API_SQLFOREIGNKEYS,
                                          SQL_API_SQLTABLEPRIVILEGES, 0};
    enum conform_level want = !has_all(core)     ? CONFORM_NOT
                              : !has_all(first)  ? CONFORM_CORE
                              : !has_all(second) ? CONFORM_LEVEL1
                                                 : CONFORM_LEVEL2;
    ck_assert_int_eq(conformance_reached(CONFORM_INTERFACE, everything, NULL), want);
    bool has_names =
        has_all((const SQLUSMALLINT[]){SQL_API_SQLGETCURSORNAME, SQL_API_SQLSETCURSORNAME, 0});
    ck_assert_int_eq(conformance_reached(CONFORM_API, everything, NULL) > CONFORM_NOT, has_names);
    ck_assert_int_eq(conformance_reached(CONFORM_XOPEN, everything, NULL) > CONFORM_NOT,
                     has_all(core));
}
END_TEST

/* A feature that is missing does so too; asked about no function of the level above. */
static SQLUINTEGER nothing(void *owner, SQLUSMALLINT type)
{
    (void)owner, (void)type;
    return 0;
}

START_TEST(conformance_of_features)
{
    enum conform_level all = conformance_reached(CONFORM_INTERFACE, everything, NULL);
    enum conform_level without = conformance_reached(CONFORM_INTERFACE, nothing, NULL);
    ck_assert_int_eq(without, all > CONFORM_CORE ? CONFORM_CORE : all);
    SQLUINTEGER level = 99;
    SQLSMALLINT len = 0;
    ck_assert_int_eq(
        dbc_get_info(t.dbc, SQL_ODBC_INTERFACE_CONFORMANCE, &level, sizeof level, &len, false),
        SQL_SUCCESS);
    ck_assert_uint_le(level, (SQLUINTEGER)all);
}
END_TEST

Suite *check_info(void)
{
    Suite *s = suite_create("info");
    TCase *c = tcase_create("info");
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_add_loop_test(c, every_type_has_a_row, 0, sizeof(headers) / sizeof(headers[0]));
    tcase_add_test(c, answers);
    tcase_add_loop_test(c, one_function, 0, sizeof(functions) / sizeof(functions[0]));
    tcase_add_test(c, no_such_function);
    tcase_add_test(c, conformance);
    tcase_add_test(c, conformance_of_features);
    suite_add_tcase(s, c);
    return s;
}
