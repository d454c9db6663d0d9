/* check_attr.c - attributes: known, ranged, substituted, refused at the wrong time; handles at the
 * wrong time too. */
#include <check.h>
#include <stdint.h>
#include <string.h>

#include "handles.h"
#include "mywire.h"
#include "odbc/connection/alloc.h"
#include "odbc/connection/attr.h"
#include "odbc/connection/dbc.h"
#include "odbc/connection/tran.h"
#include "odbc/handle/app.h"
#include "odbc/handle/env.h"

Suite *check_attr(void);

static struct handles t;

static void setup(void)
{
    handles_make(&t);
}

static void teardown(void)
{
    handles_free(&t);
}

/* given: the value to set; state: of that; after: what can be read then. */
struct row {
    const char *name;
    SQLINTEGER id;
    SQLULEN given;
    const char *state;
    SQLULEN after;
};

static const struct row stmt_rows[] = {
    {"timeout", SQL_ATTR_QUERY_TIMEOUT, 7, "", 7},
    {"rows", SQL_ATTR_MAX_ROWS, 100, "", 100},
    {"length", SQL_ATTR_MAX_LENGTH, 10, "", 10},
    {"noscan", SQL_ATTR_NOSCAN, SQL_NOSCAN_ON, "", SQL_NOSCAN_ON},
    {"noscan 2", SQL_ATTR_NOSCAN, 2, "HY024", SQL_NOSCAN_OFF},
    {"retrieve", SQL_ATTR_RETRIEVE_DATA, SQL_RD_OFF, "", SQL_RD_OFF},
    {"forward", SQL_ATTR_CURSOR_TYPE, SQL_CURSOR_FORWARD_ONLY, "", SQL_CURSOR_FORWARD_ONLY},
    {"static", SQL_ATTR_CURSOR_TYPE, SQL_CURSOR_STATIC, "", SQL_CURSOR_STATIC},
    {"dynamic", SQL_ATTR_CURSOR_TYPE, SQL_CURSOR_DYNAMIC, "01S02", SQL_CURSOR_STATIC},
    {"keyset cursor", SQL_ATTR_CURSOR_TYPE, SQL_CURSOR_KEYSET_DRIVEN, "01S02", SQL_CURSOR_STATIC},
    {"no such cursor", SQL_ATTR_CURSOR_TYPE, 4, "HY024", SQL_CURSOR_FORWARD_ONLY},
    {"scrollable", SQL_ATTR_CURSOR_SCROLLABLE, SQL_SCROLLABLE, "", SQL_SCROLLABLE},
    {"sensitive", SQL_ATTR_CURSOR_SENSITIVITY, SQL_SENSITIVE, "01S02", SQL_INSENSITIVE},
    {"read only", SQL_ATTR_CONCURRENCY, SQL_CONCUR_READ_ONLY, "", SQL_CONCUR_READ_ONLY},
    {"lock", SQL_ATTR_CONCURRENCY, SQL_CONCUR_LOCK, "01S02", SQL_CONCUR_READ_ONLY},
    {"concurrency 0", SQL_ATTR_CONCURRENCY, 0, "HY024", SQL_CONCUR_READ_ONLY},
    {"insensitive", SQL_ATTR_CURSOR_SENSITIVITY, SQL_INSENSITIVE, "", SQL_INSENSITIVE},
    {"sensitivity 3", SQL_ATTR_CURSOR_SENSITIVITY, 3, "HY024", SQL_UNSPECIFIED},
    {"no bookmarks", SQL_ATTR_USE_BOOKMARKS, SQL_UB_OFF, "", SQL_UB_OFF},
    {"bookmarks", SQL_ATTR_USE_BOOKMARKS, SQL_UB_VARIABLE, "HYC00", SQL_UB_OFF},
    {"bookmarks 3", SQL_ATTR_USE_BOOKMARKS, 3, "HY024", SQL_UB_OFF},
    {"metadata id", SQL_ATTR_METADATA_ID, SQL_TRUE, "", SQL_TRUE},
    {"metadata id 2", SQL_ATTR_METADATA_ID, 2, "HY024", SQL_FALSE},
    {"simulate", SQL_ATTR_SIMULATE_CURSOR, SQL_SC_UNIQUE, "01S02", SQL_SC_NON_UNIQUE},
    {"rowset", SQL_ROWSET_SIZE, 20, "", 20},
    {"rowset 0", SQL_ROWSET_SIZE, 0, "HY024", 1},
    {"row binding", SQL_ATTR_ROW_BIND_TYPE, 24, "", 24},
    {"parameter binding", SQL_ATTR_PARAM_BIND_TYPE, 32, "", 32},
    {"not scrollable", SQL_ATTR_CURSOR_SCROLLABLE, SQL_NONSCROLLABLE, "", SQL_NONSCROLLABLE},
    {"scrollable 2", SQL_ATTR_CURSOR_SCROLLABLE, 2, "HY024", SQL_NONSCROLLABLE},
    {"retrieve 2", SQL_ATTR_RETRIEVE_DATA, 2, "HY024", SQL_RD_ON},
    {"async", SQL_ATTR_ASYNC_ENABLE, SQL_ASYNC_ENABLE_ON, "01S02", SQL_ASYNC_ENABLE_OFF},
    {"auto ipd", SQL_ATTR_ENABLE_AUTO_IPD, SQL_TRUE, "HYC00", SQL_FALSE},
    {"keyset", SQL_ATTR_KEYSET_SIZE, 10, "01S02", 0},
    {"row array", SQL_ATTR_ROW_ARRAY_SIZE, 50, "", 50},
    {"row array 0", SQL_ATTR_ROW_ARRAY_SIZE, 0, "HY024", 1},
    {"paramset", SQL_ATTR_PARAMSET_SIZE, 50, "", 50},
    {"row number", SQL_ATTR_ROW_NUMBER, 1, "HY092", 0},
};

START_TEST(statement)
{
    const struct row *r = &stmt_rows[_i];
    SQLULEN after = 4711;
    SQLRETURN rc =
        stmt_set_attr(t.stmt, r->id, (SQLPOINTER)(uintptr_t)r->given, SQL_IS_UINTEGER, false);
    ck_assert_msg(!strcmp(state_of(t.stmt), r->state), "%s: %s", r->name, state_of(t.stmt));
    ck_assert_msg(SQL_SUCCEEDED(rc) == (!*r->state || !strcmp(r->state, "01S02")), "%s: %d",
                  r->name, rc);
    ck_assert_int_eq(stmt_get_attr(t.stmt, r->id, &after, 0, NULL, false), SQL_SUCCESS);
    ck_assert_msg(after == r->after, "%s: %lu", r->name, (unsigned long)after);
}
END_TEST

/* Statement attributes that are fields of descriptors. */
static const struct {
    const char *name;
    SQLINTEGER id;
    size_t desc, offset;
} mapped[] = {
#define AT(d, f) offsetof(struct stmt, d), offsetof(struct desc, hdr.f)
    {"row bind offset", SQL_ATTR_ROW_BIND_OFFSET_PTR, AT(ard, bind_offset_ptr)},
    {"row operation", SQL_ATTR_ROW_OPERATION_PTR, AT(ard, array_status_ptr)},
    {"row status", SQL_ATTR_ROW_STATUS_PTR, AT(ird, array_status_ptr)},
    {"rows fetched", SQL_ATTR_ROWS_FETCHED_PTR, AT(ird, rows_processed_ptr)},
    {"parameter offset", SQL_ATTR_PARAM_BIND_OFFSET_PTR, AT(apd, bind_offset_ptr)},
    {"parameter operation", SQL_ATTR_PARAM_OPERATION_PTR, AT(apd, array_status_ptr)},
    {"parameter status", SQL_ATTR_PARAM_STATUS_PTR, AT(ipd, array_status_ptr)},
    {"parameters processed", SQL_ATTR_PARAMS_PROCESSED_PTR, AT(ipd, rows_processed_ptr)},
#undef AT
};

START_TEST(descriptor_fields)
{
    SQLULEN place = 0;
    SQLPOINTER back = NULL;
    ck_assert_int_eq(stmt_set_attr(t.stmt, mapped[_i].id, &place, 0, false), SQL_SUCCESS);
    unsigned char *desc = *(unsigned char **)(void *)((unsigned char *)t.stmt + mapped[_i].desc);
    ck_assert_msg(*(void **)(void *)(desc + mapped[_i].offset) == &place, "%s", mapped[_i].name);
    ck_assert_int_eq(stmt_get_attr(t.stmt, mapped[_i].id, &back, 0, NULL, false), SQL_SUCCESS);
    ck_assert_ptr_eq(back, &place);
}
END_TEST

/* Every number of the table at both ends of its range, and one beyond each. */
#define SQL_ULEN_MAX ((SQLULEN)-1)
static const struct range {
    const char *name;
    SQLINTEGER id;
    bool of_stmt, is_out; /* out: only read, or only where a connection is open */
    SQLULEN lowest, highest;
} ranges[] = {
#define RANGE_U32(...)  {__VA_ARGS__},
#define RANGE_ULEN(...) {__VA_ARGS__},
#define RANGE_PTR(...)
#define RANGE_TEXT(...)
#define RANGE_NONE(...)
#define ENV_ATTR(...)
#define DBC_ATTR(id, kind, field, when, lowest, highest, ...)                                      \
    RANGE_##kind(#id, id, false, #when[0] == 'R' || #when[0] == 'C', lowest, highest)
#define STMT_ATTR(id, kind, field, when, lowest, highest, ...)                                     \
    RANGE_##kind(#id, id, true, #when[0] == 'R', lowest, highest)
#define STMT_DESC(id, kind, which, field, lowest, highest)                                         \
    RANGE_##kind(#id, id, true, false, lowest, highest)
#include "table/attr.def"
#undef ENV_ATTR
#undef DBC_ATTR
#undef STMT_ATTR
#undef STMT_DESC
};

static const char *state_of_setting(const struct range *r, SQLULEN value)
{
    SQLPOINTER given = (SQLPOINTER)(uintptr_t)value;
    if (r->of_stmt) {
        (void)stmt_set_attr(t.stmt, r->id, given, 0, false);
        return state_of(t.stmt);
    }
    static char state[6];
    struct dbc *d = dbc_new(t.env);
    (void)dbc_set_attr(d, r->id, given, 0, false);
    memcpy(state, state_of(d), strlen(state_of(d)) + 1);
    ck_assert_int_eq(dbc_drop(d), SQL_SUCCESS);
    return state;
}

START_TEST(ends_of_ranges)
{
    const struct range *r = &ranges[_i];
    if (r->is_out)
        return;
    ck_assert_msg(strcmp(state_of_setting(r, r->highest), "HY024") != 0, "%s: %lu", r->name,
                  (unsigned long)r->highest);
    ck_assert_msg(strcmp(state_of_setting(r, r->lowest), "HY024") != 0, "%s: %lu", r->name,
                  (unsigned long)r->lowest);
    if (r->highest < UINT32_MAX)
        ck_assert_str_eq(state_of_setting(r, r->highest + 1), "HY024");
    if (r->lowest)
        ck_assert_str_eq(state_of_setting(r, r->lowest - 1), "HY024");
}
END_TEST

START_TEST(one_isolation_level)
{
    SQLUINTEGER level = 0;
    struct dbc *d = dbc_new(t.env);
    SQLPOINTER two = (SQLPOINTER)(SQL_TXN_READ_COMMITTED | SQL_TXN_READ_UNCOMMITTED);
    ck_assert_int_eq(
        dbc_set_attr(d, SQL_ATTR_TXN_ISOLATION, (SQLPOINTER)SQL_TXN_READ_COMMITTED, 0, false),
        SQL_SUCCESS);
    ck_assert_int_eq(dbc_set_attr(d, SQL_ATTR_TXN_ISOLATION, two, 0, false), SQL_ERROR);
    ck_assert_str_eq(state_of(d), "HY024");
    ck_assert_int_eq(dbc_get_attr(d, SQL_ATTR_TXN_ISOLATION, &level, 0, NULL, false), SQL_SUCCESS);
    ck_assert_uint_eq(level, SQL_TXN_READ_COMMITTED);
    ck_assert_int_eq(dbc_drop(d), SQL_SUCCESS);
}
END_TEST

/* The length that comes with a number is that of its type. */
START_TEST(lengths_of_numbers)
{
    SQLINTEGER len = 0;
    SQLULEN wide = 0;
    SQLUINTEGER small = 0;
    ck_assert_int_eq(stmt_get_attr(t.stmt, SQL_ATTR_MAX_ROWS, &wide, 0, &len, false), SQL_SUCCESS);
    ck_assert_int_eq(len, sizeof wide);
    ck_assert_int_eq(dbc_get_attr(t.dbc, SQL_ATTR_ACCESS_MODE, &small, 0, &len, false),
                     SQL_SUCCESS);
    ck_assert_int_eq(len, sizeof small);
    ck_assert_int_eq(env_get_attr(t.env, SQL_ATTR_ODBC_VERSION, &small, 0, &len), SQL_SUCCESS);
    ck_assert_int_eq(len, sizeof small);
}
END_TEST

/* A statement begins with what its connection has. */
START_TEST(inherited)
{
    SQLULEN id = SQL_FALSE;
    SQLHANDLE s = NULL;
    ck_assert_int_eq(dbc_set_attr(t.dbc, SQL_ATTR_METADATA_ID, (SQLPOINTER)SQL_TRUE, 0, false),
                     SQL_SUCCESS);
    ck_assert_int_eq(handle_alloc(SQL_HANDLE_STMT, t.dbc, &s), SQL_SUCCESS);
    ck_assert_int_eq(stmt_get_attr(s, SQL_ATTR_METADATA_ID, &id, 0, NULL, false), SQL_SUCCESS);
    ck_assert_uint_eq(id, SQL_TRUE);
    ck_assert_int_eq(stmt_get_attr(t.stmt, SQL_ATTR_METADATA_ID, &id, 0, NULL, false), SQL_SUCCESS);
    ck_assert_uint_eq(id, SQL_FALSE); /* which was there before */
}
END_TEST

START_TEST(binding_changes_are_counted)
{
    uint64_t before = t.stmt->ard->version;
    ck_assert_int_eq(stmt_set_attr(t.stmt, SQL_ATTR_ROW_BIND_TYPE, (SQLPOINTER)24, 0, false),
                     SQL_SUCCESS);
    ck_assert_int_eq(t.stmt->ard->hdr.bind_type, 24);
    ck_assert_uint_ne(t.stmt->ard->version, before);
}
END_TEST

static const struct row dbc_rows[] = {
    /* on a handle that is not connected */
    {"autocommit", SQL_ATTR_AUTOCOMMIT, SQL_AUTOCOMMIT_OFF, "", SQL_AUTOCOMMIT_OFF},
    {"autocommit 2", SQL_ATTR_AUTOCOMMIT, 2, "HY024", SQL_AUTOCOMMIT_ON},
    {"access", SQL_ATTR_ACCESS_MODE, SQL_MODE_READ_ONLY, "", SQL_MODE_READ_ONLY},
    {"login timeout", SQL_ATTR_LOGIN_TIMEOUT, 5, "", 5},
    {"connection timeout", SQL_ATTR_CONNECTION_TIMEOUT, 5, "", 5},
    {"isolation", SQL_ATTR_TXN_ISOLATION, SQL_TXN_SERIALIZABLE, "", SQL_TXN_SERIALIZABLE},
    {"metadata id", SQL_ATTR_METADATA_ID, SQL_TRUE, "", SQL_TRUE},
    {"async", SQL_ATTR_ASYNC_ENABLE, SQL_ASYNC_ENABLE_ON, "01S02", SQL_ASYNC_ENABLE_OFF},
    {"packet size", SQL_ATTR_PACKET_SIZE, 4096, "01S02", 0},
    {"auto ipd", SQL_ATTR_AUTO_IPD, 1, "HY092", SQL_FALSE},
};

START_TEST(connection)
{
    const struct row *r = &dbc_rows[_i];
    SQLUINTEGER after = 4711;
    struct dbc *d = dbc_new(t.env);
    SQLRETURN rc = dbc_set_attr(d, r->id, (SQLPOINTER)(uintptr_t)r->given, SQL_IS_UINTEGER, false);
    ck_assert_msg(!strcmp(state_of(d), r->state), "%s: %s", r->name, state_of(d));
    ck_assert_msg(SQL_SUCCEEDED(rc) == (!*r->state || !strcmp(r->state, "01S02")), "%s: %d",
                  r->name, rc);
    ck_assert_int_eq(dbc_get_attr(d, r->id, &after, 0, NULL, false), SQL_SUCCESS);
    ck_assert_msg(after == r->after, "%s: %u", r->name, (unsigned)after);
    ck_assert_int_eq(dbc_drop(d), SQL_SUCCESS);
}
END_TEST

static const struct {
    const char *name;
    SQLINTEGER id;
    const char *set_state, *get_state;
} unopened[] = {
    {"unknown", 9999, "HY092", "HY092"},
    {"a statement's", SQL_ATTR_ROW_NUMBER, "HY092", "HY092"},
    {"dead", SQL_ATTR_CONNECTION_DEAD, "HY092", "08003"},
    {"reset", SQL_ATTR_RESET_CONNECTION, "08003", "HY092"},
    {"translation", SQL_ATTR_TRANSLATE_LIB, "HYC00", "HYC00"},
    {"distributed", SQL_ATTR_ENLIST_IN_DTC, "HYC00", "HYC00"},
    {"event", 119 /* SQL_ATTR_ASYNC_DBC_EVENT */, "HYC00", "HYC00"},
    {"pool token", 118 /* SQL_ATTR_DBC_INFO_TOKEN */, "HYC00", "HYC00"},
    {"our product", SQL_ATTR_MYWIRE_PRODUCT, "HY092", "08003"},
};

START_TEST(connection_refusals)
{
    unsigned char place[64];
    struct dbc *d = dbc_new(t.env);
    ck_assert_int_eq(dbc_set_attr(d, unopened[_i].id, (SQLPOINTER)1, 0, false), SQL_ERROR);
    ck_assert_msg(!strcmp(state_of(d), unopened[_i].set_state), "%s: %s", unopened[_i].name,
                  state_of(d));
    ck_assert_int_eq(dbc_get_attr(d, unopened[_i].id, place, sizeof(place), NULL, false),
                     SQL_ERROR);
    ck_assert_msg(!strcmp(state_of(d), unopened[_i].get_state), "%s: %s", unopened[_i].name,
                  state_of(d));
    ck_assert_int_eq(dbc_drop(d), SQL_SUCCESS);
}
END_TEST

START_TEST(catalog_before_connecting)
{
    struct dbc *d = dbc_new(t.env);
    char name[8];
    SQLINTEGER len = 0;
    ck_assert_int_eq(dbc_get_attr(d, SQL_ATTR_CURRENT_CATALOG, name, sizeof(name), &len, false),
                     SQL_ERROR);
    ck_assert_str_eq(state_of(d), "08003");
    ck_assert_int_eq(dbc_set_attr(d, SQL_ATTR_CURRENT_CATALOG, (SQLPOINTER) "", SQL_NTS, false),
                     SQL_ERROR);
    ck_assert_str_eq(state_of(d), "3D000");
    ck_assert_int_eq(dbc_set_attr(d, SQL_ATTR_CURRENT_CATALOG, NULL, 0, false), SQL_ERROR);
    ck_assert_str_eq(state_of(d), "HY009");
    ck_assert_int_eq(
        dbc_set_attr(d, SQL_ATTR_CURRENT_CATALOG, (SQLPOINTER) "first", SQL_NTS, false),
        SQL_SUCCESS);
    ck_assert_int_eq(
        dbc_set_attr(d, SQL_ATTR_CURRENT_CATALOG, (SQLPOINTER) "warehouse", SQL_NTS, false),
        SQL_SUCCESS);
    ck_assert_int_eq(dbc_get_attr(d, SQL_ATTR_CURRENT_CATALOG, name, sizeof(name), &len, false),
                     SQL_SUCCESS_WITH_INFO);
    ck_assert_str_eq(name, "warehou");
    ck_assert_int_eq(len, 9);
    ck_assert_int_eq(dbc_drop(d), SQL_SUCCESS);
}
END_TEST

START_TEST(messages_name_the_attribute)
{
    ck_assert_int_eq(dbc_set_attr(t.dbc, SQL_ATTR_ASYNC_ENABLE, (SQLPOINTER)1, 0, false),
                     SQL_SUCCESS_WITH_INFO);
    ck_assert_ptr_nonnull(strstr(diag_get(&t.dbc->h.diag, 0)->text, "SQL_ATTR_ASYNC_ENABLE"));
    ck_assert_int_eq(
        stmt_set_attr(t.stmt, SQL_ATTR_CURSOR_TYPE, (SQLPOINTER)SQL_CURSOR_DYNAMIC, 0, false),
        SQL_SUCCESS_WITH_INFO);
    ck_assert_ptr_nonnull(strstr(diag_get(&t.stmt->h.diag, 0)->text, "SQL_ATTR_CURSOR_TYPE"));
}
END_TEST

/* Type, scrollability and sensitivity follow each other, and FORWARD_CURSOR rules them. */
START_TEST(one_kind_of_cursor)
{
    static const struct {
        const char *name;
        SQLINTEGER id;
        SQLULEN given;
        bool forward_key;
        const char *state;
        SQLULEN type, scrollable, sensitivity;
    } cases[] = {
        {"static", SQL_ATTR_CURSOR_TYPE, SQL_CURSOR_STATIC, false, "", SQL_CURSOR_STATIC,
         SQL_SCROLLABLE, SQL_INSENSITIVE},
        {"forward", SQL_ATTR_CURSOR_TYPE, SQL_CURSOR_FORWARD_ONLY, false, "",
         SQL_CURSOR_FORWARD_ONLY, SQL_NONSCROLLABLE, SQL_UNSPECIFIED},
        {"scrollable", SQL_ATTR_CURSOR_SCROLLABLE, SQL_SCROLLABLE, false, "", SQL_CURSOR_STATIC,
         SQL_SCROLLABLE, SQL_INSENSITIVE},
        {"not scrollable", SQL_ATTR_CURSOR_SCROLLABLE, SQL_NONSCROLLABLE, false, "",
         SQL_CURSOR_FORWARD_ONLY, SQL_NONSCROLLABLE, SQL_UNSPECIFIED},
        {"insensitive", SQL_ATTR_CURSOR_SENSITIVITY, SQL_INSENSITIVE, false, "", SQL_CURSOR_STATIC,
         SQL_SCROLLABLE, SQL_INSENSITIVE},
        {"forward again", SQL_ATTR_CURSOR_TYPE, SQL_CURSOR_FORWARD_ONLY, false, "",
         SQL_CURSOR_FORWARD_ONLY, SQL_NONSCROLLABLE, SQL_UNSPECIFIED},
        {"sensitive", SQL_ATTR_CURSOR_SENSITIVITY, SQL_SENSITIVE, false, "01S02", SQL_CURSOR_STATIC,
         SQL_SCROLLABLE, SQL_INSENSITIVE},
        {"insensitive, key", SQL_ATTR_CURSOR_SENSITIVITY, SQL_INSENSITIVE, true, "01S02",
         SQL_CURSOR_FORWARD_ONLY, SQL_NONSCROLLABLE, SQL_UNSPECIFIED},
        {"static, key", SQL_ATTR_CURSOR_TYPE, SQL_CURSOR_STATIC, true, "01S02",
         SQL_CURSOR_FORWARD_ONLY, SQL_NONSCROLLABLE, SQL_UNSPECIFIED},
        {"scrollable, key", SQL_ATTR_CURSOR_SCROLLABLE, SQL_SCROLLABLE, true, "01S02",
         SQL_CURSOR_FORWARD_ONLY, SQL_NONSCROLLABLE, SQL_UNSPECIFIED},
        {"forward, key", SQL_ATTR_CURSOR_TYPE, SQL_CURSOR_FORWARD_ONLY, true, "",
         SQL_CURSOR_FORWARD_ONLY, SQL_NONSCROLLABLE, SQL_UNSPECIFIED},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        t.dbc->dsn.forward_cursor = cases[i].forward_key;
        SQLPOINTER given = (SQLPOINTER)(uintptr_t)cases[i].given;
        SQLRETURN rc = stmt_set_attr(t.stmt, cases[i].id, given, 0, false);
        ck_assert_msg(SQL_SUCCEEDED(rc), "%s: %d", cases[i].name, rc);
        ck_assert_msg(!strcmp(state_of(t.stmt), cases[i].state), "%s: %s", cases[i].name,
                      state_of(t.stmt));
        ck_assert_msg(t.stmt->cursor_type == cases[i].type, "%s: type", cases[i].name);
        ck_assert_msg(t.stmt->cursor_scrollable == cases[i].scrollable, "%s: scrollable",
                      cases[i].name);
        ck_assert_msg(t.stmt->cursor_sensitivity == cases[i].sensitivity, "%s: sensitivity",
                      cases[i].name);
    }
}
END_TEST

START_TEST(only_before_connecting)
{
    ck_assert_int_eq(dbc_set_attr(t.dbc, SQL_ATTR_LOGIN_TIMEOUT, (SQLPOINTER)5, 0, false),
                     SQL_ERROR);
    ck_assert_str_eq(state_of(t.dbc), "HY011");
}
END_TEST

START_TEST(environment)
{
    SQLINTEGER version = 0;
    SQLHANDLE dbc = NULL;
    struct env *e = env_new();
    ck_assert_int_eq(handle_alloc(SQL_HANDLE_DBC, e, &dbc), SQL_ERROR);
    ck_assert_str_eq(state_of(e), "HY010");
    ck_assert_int_eq(env_set_attr(e, SQL_ATTR_ODBC_VERSION, (SQLPOINTER)5, 0), SQL_ERROR);
    ck_assert_str_eq(state_of(e), "HY024");
    ck_assert_int_eq(env_set_attr(e, SQL_ATTR_ODBC_VERSION, (SQLPOINTER)SQL_OV_ODBC3_80, 0),
                     SQL_SUCCESS);
    ck_assert_int_eq(env_get_attr(e, SQL_ATTR_ODBC_VERSION, &version, 0, NULL), SQL_SUCCESS);
    ck_assert_int_eq(version, SQL_OV_ODBC3_80);
    ck_assert_int_eq(env_set_attr(e, SQL_ATTR_OUTPUT_NTS, (SQLPOINTER)SQL_FALSE, 0), SQL_ERROR);
    ck_assert_str_eq(state_of(e), "HYC00");
    ck_assert_int_eq(handle_alloc(SQL_HANDLE_DBC, e, &dbc), SQL_SUCCESS);
    ck_assert_int_eq(handle_free(SQL_HANDLE_ENV, e), SQL_ERROR);
    ck_assert_str_eq(state_of(e), "HY010");
    ck_assert_int_eq(env_set_attr(e, SQL_ATTR_ODBC_VERSION, (SQLPOINTER)SQL_OV_ODBC2, 0),
                     SQL_ERROR);
    ck_assert_str_eq(state_of(e), "HY010");
    ck_assert_int_eq(env_get_attr(e, SQL_ATTR_ODBC_VERSION, &version, 0, NULL), SQL_SUCCESS);
    ck_assert_int_eq(version, SQL_OV_ODBC3_80);
    ck_assert_int_eq(env_set_attr(e, SQL_ATTR_ODBC_VERSION, (SQLPOINTER)SQL_OV_ODBC3_80, 0),
                     SQL_SUCCESS);
    ck_assert_int_eq(handle_free(SQL_HANDLE_DBC, dbc), SQL_SUCCESS);
    ck_assert_int_eq(handle_free(SQL_HANDLE_ENV, e), SQL_SUCCESS);
}
END_TEST

START_TEST(handles_at_the_wrong_time)
{
    SQLHANDLE h = &t;
    struct dbc *d = dbc_new(t.env);
    ck_assert_int_eq(handle_alloc(SQL_HANDLE_STMT, d, &h), SQL_ERROR);
    ck_assert_str_eq(state_of(d), "08003");
    ck_assert_ptr_null(h);
    ck_assert_int_eq(dbc_disconnect(d), SQL_ERROR);
    ck_assert_str_eq(state_of(d), "08003");
    ck_assert_int_eq(tran_end(SQL_HANDLE_DBC, d, SQL_COMMIT), SQL_ERROR);
    ck_assert_str_eq(state_of(d), "08003");
    ck_assert_int_eq(tran_end(SQL_HANDLE_DBC, d, 7), SQL_ERROR);
    ck_assert_str_eq(state_of(d), "HY012");
    ck_assert_int_eq(tran_end(SQL_HANDLE_STMT, t.stmt, SQL_COMMIT), SQL_INVALID_HANDLE);
    ck_assert_int_eq(handle_free(SQL_HANDLE_DBC, t.dbc), SQL_ERROR); /* still connected */
    ck_assert_str_eq(state_of(t.dbc), "HY010");
    ck_assert_int_eq(handle_alloc(SQL_HANDLE_STMT, t.dbc, NULL), SQL_ERROR);
    ck_assert_str_eq(state_of(t.dbc), "HY009");
    ck_assert_int_eq(handle_alloc(77, t.dbc, &h), SQL_ERROR);
    ck_assert_str_eq(state_of(t.dbc), "HY092");
    ck_assert_int_eq(handle_free(77, t.dbc), SQL_INVALID_HANDLE);
    ck_assert_int_eq(handle_free(SQL_HANDLE_DBC, NULL), SQL_INVALID_HANDLE);
    ck_assert_int_eq(handle_free(SQL_HANDLE_DBC, t.stmt), SQL_INVALID_HANDLE);
    ck_assert_int_eq(dbc_drop(d), SQL_SUCCESS);
}
END_TEST

#define ROWS(a) (int)(sizeof(a) / sizeof((a)[0]))

Suite *check_attr(void)
{
    Suite *s = suite_create("attr");
    TCase *c = tcase_create("attr");
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_add_loop_test(c, statement, 0, ROWS(stmt_rows));
    tcase_add_loop_test(c, descriptor_fields, 0, ROWS(mapped));
    tcase_add_test(c, binding_changes_are_counted);
    tcase_add_loop_test(c, ends_of_ranges, 0, ROWS(ranges));
    tcase_add_test(c, one_isolation_level);
    tcase_add_test(c, lengths_of_numbers);
    tcase_add_test(c, inherited);
    tcase_add_loop_test(c, connection, 0, ROWS(dbc_rows));
    tcase_add_loop_test(c, connection_refusals, 0, ROWS(unopened));
    tcase_add_test(c, catalog_before_connecting);
    tcase_add_test(c, messages_name_the_attribute);
    tcase_add_test(c, one_kind_of_cursor);
    tcase_add_test(c, only_before_connecting);
    tcase_add_test(c, environment);
    tcase_add_test(c, handles_at_the_wrong_time);
    suite_add_tcase(s, c);
    return s;
}
