/* check_desc.c - descriptors: fields, rights, types, consistency, copies, explicit ones. */
#include <check.h>
#include <stdint.h>
#include <string.h>

#include "handles.h"
#include "odbc/connection/alloc.h"
#include "odbc/connection/attr.h"
#include "odbc/connection/dbc.h"
#include "odbc/exec/stmt.h"
#include "odbc/handle/descfield.h"

Suite *check_desc(void);

static struct handles t;

static void setup(void)
{
    handles_make(&t);
}

static void teardown(void)
{
    handles_free(&t);
}

static struct desc *by_role(int role)
{
    struct desc *all[] = {t.stmt->ard, t.stmt->apd, t.stmt->ird, t.stmt->ipd};
    return all[role];
}

enum right { NO, RD, RW };
static const struct {
    const char *name;
    SQLSMALLINT id;
    bool is_header;
    enum right rights[4];
} fields[] = {
#define HEADER(id, kind, field, ...) {#id, id, true, {__VA_ARGS__}},
#define RECORD(id, kind, field, ...) {#id, id, false, {__VA_ARGS__}},
#include "table/field.def"
#undef HEADER
#undef RECORD
};
#define NFIELDS ((int)(sizeof(fields) / sizeof(fields[0])))

/* Every field of every descriptor: refused where the table says so, and with which state. */
START_TEST(rights)
{
    int f = _i / 4, role = _i % 4;
    struct desc *d = by_role(role);
    unsigned char place[64];
    const char *name = fields[f].name;
    bool before_result =
        role == DESC_IRD && (!fields[f].is_header || fields[f].id == SQL_DESC_COUNT);
    if (role != DESC_IRD)
        ck_assert_ptr_nonnull(desc_rec_make(d, 1));
    SQLRETURN rc = desc_get_field(d, 1, fields[f].id, place, sizeof(place), NULL, false);
    if (fields[f].rights[role] == NO)
        ck_assert_msg(rc == SQL_ERROR && !strcmp(state_of(d), "HY091"), "%s of %d: %d", name, role,
                      rc);
    else if (before_result)
        ck_assert_msg(rc == SQL_ERROR && !strcmp(state_of(d), "HY007"), "%s of IRD: %d %s", name,
                      rc, state_of(d));
    else
        ck_assert_msg(rc == SQL_SUCCESS, "%s of %d: %d", name, role, rc);
    if (fields[f].rights[role] == RW)
        return;
    rc = desc_set_field(d, 1, fields[f].id, NULL, 0, false);
    ck_assert_msg(rc == SQL_ERROR, "%s of %d can be set", name, role);
    ck_assert_msg(!strcmp(state_of(d), role == DESC_IRD ? "HY016" : "HY091"), "%s of %d: %s", name,
                  role, state_of(d));
}
END_TEST

static const struct {
    const char *name;
    int role;
    SQLSMALLINT field, value;
    bool ok;
    SQLSMALLINT type, concise, code, precision;
} types[] = {
    {"C char", DESC_ARD, SQL_DESC_CONCISE_TYPE, SQL_C_CHAR, true, SQL_C_CHAR, SQL_C_CHAR, 0, 0},
    {"C long", DESC_ARD, SQL_DESC_TYPE, SQL_C_SLONG, true, SQL_C_SLONG, SQL_C_SLONG, 0, 0},
    {"C numeric", DESC_ARD, SQL_DESC_TYPE, SQL_C_NUMERIC, true, SQL_C_NUMERIC, SQL_C_NUMERIC, 0,
     38},
    {"C timestamp", DESC_ARD, SQL_DESC_CONCISE_TYPE, SQL_C_TYPE_TIMESTAMP, true, SQL_DATETIME,
     SQL_C_TYPE_TIMESTAMP, SQL_CODE_TIMESTAMP, 6},
    {"C timestamp of ODBC 2", DESC_ARD, SQL_DESC_CONCISE_TYPE, SQL_C_TIMESTAMP, true, SQL_DATETIME,
     SQL_C_TYPE_TIMESTAMP, SQL_CODE_TIMESTAMP, 6},
    {"C date", DESC_APD, SQL_DESC_CONCISE_TYPE, SQL_C_TYPE_DATE, true, SQL_DATETIME,
     SQL_C_TYPE_DATE, SQL_CODE_DATE, 0},
    {"C interval", DESC_APD, SQL_DESC_CONCISE_TYPE, SQL_C_INTERVAL_DAY_TO_SECOND, true,
     SQL_INTERVAL, SQL_C_INTERVAL_DAY_TO_SECOND, SQL_CODE_DAY_TO_SECOND, 6},
    {"C nonsense", DESC_ARD, SQL_DESC_CONCISE_TYPE, 4711, false, 0, 0, 0, 0},
    {"SQL varchar", DESC_IPD, SQL_DESC_CONCISE_TYPE, SQL_VARCHAR, true, SQL_VARCHAR, SQL_VARCHAR, 0,
     0},
    {"SQL decimal", DESC_IPD, SQL_DESC_TYPE, SQL_DECIMAL, true, SQL_DECIMAL, SQL_DECIMAL, 0, 38},
    {"SQL date", DESC_IPD, SQL_DESC_CONCISE_TYPE, SQL_TYPE_DATE, true, SQL_DATETIME, SQL_TYPE_DATE,
     SQL_CODE_DATE, 0},
    {"SQL nonsense", DESC_IPD, SQL_DESC_TYPE, 4711, false, 0, 0, 0, 0},
    {"C type on the SQL side", DESC_IPD, SQL_DESC_TYPE, SQL_C_SBIGINT, false, 0, 0, 0, 0},
};

START_TEST(setting_types)
{
    struct desc *d = by_role(types[_i].role);
    SQLRETURN rc =
        desc_set_field(d, 1, types[_i].field, (SQLPOINTER)(intptr_t)types[_i].value, 0, false);
    ck_assert_msg((rc == SQL_SUCCESS) == types[_i].ok, "%s: %d", types[_i].name, rc);
    if (!types[_i].ok) {
        ck_assert_str_eq(state_of(d), "HY021");
        return;
    }
    const struct desc_rec *r = desc_rec_at(d, 1);
    ck_assert_msg(r->type == types[_i].type, "%s: type %d", types[_i].name, r->type);
    ck_assert_msg(r->concise_type == types[_i].concise, "%s: concise %d", types[_i].name,
                  r->concise_type);
    ck_assert_msg(r->datetime_interval_code == types[_i].code, "%s: code %d", types[_i].name,
                  r->datetime_interval_code);
    ck_assert_msg(r->precision == types[_i].precision, "%s: precision %d", types[_i].name,
                  r->precision);
    if (r->type == SQL_CHAR || r->type == SQL_VARCHAR)
        ck_assert_uint_eq(r->length, 1);
}
END_TEST

static SQLRETURN set(struct desc *d, SQLSMALLINT rec, SQLSMALLINT field, intptr_t value)
{
    return desc_set_field(d, rec, field, (SQLPOINTER)value, 0, false);
}

START_TEST(verbose_type_and_code)
{
    struct desc *d = t.stmt->ard;
    ck_assert_int_eq(set(d, 1, SQL_DESC_TYPE, SQL_DATETIME), SQL_SUCCESS);
    ck_assert_int_eq(set(d, 1, SQL_DESC_DATETIME_INTERVAL_CODE, SQL_CODE_TIME), SQL_SUCCESS);
    ck_assert_int_eq(desc_rec_at(d, 1)->concise_type, SQL_C_TYPE_TIME);
}
END_TEST

START_TEST(data_pointer_checks_and_other_fields_unbind)
{
    struct desc *d = t.stmt->ard;
    int place = 0;
    ck_assert_int_eq(set(d, 2, SQL_DESC_TYPE, SQL_C_NUMERIC), SQL_SUCCESS);
    ck_assert_int_eq(set(d, 2, SQL_DESC_PRECISION, 0), SQL_SUCCESS);
    ck_assert_int_eq(set(d, 2, SQL_DESC_DATA_PTR, (intptr_t)&place), SQL_ERROR);
    ck_assert_str_eq(state_of(d), "HY021");
    ck_assert_int_eq(set(d, 2, SQL_DESC_PRECISION, 10), SQL_SUCCESS);
    ck_assert_int_eq(set(d, 2, SQL_DESC_SCALE, 2), SQL_SUCCESS);
    ck_assert_int_eq(set(d, 2, SQL_DESC_DATA_PTR, (intptr_t)&place), SQL_SUCCESS);
    ck_assert_int_eq(set(d, 2, SQL_DESC_INDICATOR_PTR, 0), SQL_SUCCESS);
    ck_assert_ptr_eq(desc_rec_at(d, 2)->data_ptr, &place);
    ck_assert_int_eq(set(d, 2, SQL_DESC_SCALE, 3), SQL_SUCCESS);
    ck_assert_ptr_null(desc_rec_at(d, 2)->data_ptr);
    SQLSMALLINT count = 0;
    ck_assert_int_eq(desc_get_field(d, 0, SQL_DESC_COUNT, &count, 0, NULL, false), SQL_SUCCESS);
    ck_assert_int_eq(count, 2);
}
END_TEST

START_TEST(count_shrinks_and_grows)
{
    struct desc *d = t.stmt->apd;
    SQLSMALLINT type = 0;
    ck_assert_int_eq(set(d, 3, SQL_DESC_TYPE, SQL_C_SLONG), SQL_SUCCESS);
    ck_assert_int_eq(set(d, 0, SQL_DESC_COUNT, 2), SQL_SUCCESS);
    ck_assert_int_eq(desc_get_field(d, 3, SQL_DESC_TYPE, &type, 0, NULL, false), SQL_NO_DATA);
    ck_assert_int_eq(set(d, 0, SQL_DESC_COUNT, 3), SQL_SUCCESS);
    ck_assert_int_eq(desc_get_field(d, 3, SQL_DESC_TYPE, &type, 0, NULL, false), SQL_SUCCESS);
    ck_assert_int_eq(type, SQL_C_DEFAULT);
    ck_assert_int_eq(set(d, 0, SQL_DESC_COUNT, -1), SQL_ERROR);
    ck_assert_str_eq(state_of(d), "07009");
    ck_assert_int_eq(set(d, -1, SQL_DESC_TYPE, SQL_C_SLONG), SQL_ERROR);
    ck_assert_str_eq(state_of(d), "07009");
    ck_assert_int_eq(set(d, 0, SQL_DESC_ARRAY_SIZE, 0), SQL_ERROR);
    ck_assert_str_eq(state_of(d), "HY024");
}
END_TEST

START_TEST(parameter_names)
{
    struct desc *d = t.stmt->ipd;
    char name[16];
    SQLINTEGER len = 0;
    SQLSMALLINT unnamed = -1;
    ck_assert_int_eq(desc_set_field(d, 1, SQL_DESC_NAME, (SQLPOINTER) "price", SQL_NTS, false),
                     SQL_SUCCESS);
    ck_assert_int_eq(desc_get_field(d, 1, SQL_DESC_NAME, name, sizeof(name), &len, false),
                     SQL_SUCCESS);
    ck_assert_str_eq(name, "price");
    ck_assert_int_eq(len, 5);
    SQLWCHAR wide[16];
    ck_assert_int_eq(desc_get_field(d, 1, SQL_DESC_NAME, wide, sizeof(wide), &len, true),
                     SQL_SUCCESS);
    ck_assert_int_eq(len, 10); /* bytes */
    (void)desc_get_field(d, 1, SQL_DESC_UNNAMED, &unnamed, 0, NULL, false);
    ck_assert_int_eq(unnamed, SQL_NAMED);
    ck_assert_int_eq(set(d, 1, SQL_DESC_UNNAMED, SQL_NAMED), SQL_ERROR);
    ck_assert_str_eq(state_of(d), "HY091");
    ck_assert_int_eq(set(d, 1, SQL_DESC_UNNAMED, SQL_UNNAMED), SQL_SUCCESS);
    ck_assert_int_eq(set(d, 1, SQL_DESC_PARAMETER_TYPE, 99), SQL_ERROR);
    ck_assert_str_eq(state_of(d), "HY105");
}
END_TEST

START_TEST(whole_records)
{
    struct desc *d = t.stmt->ard;
    SQLLEN ind = 0;
    SQL_NUMERIC_STRUCT place;
    struct desc_rec_in in = {SQL_C_NUMERIC, 0, sizeof(place), 12, 3, &place, &ind, &ind};
    ck_assert_int_eq(desc_set_rec(d, 1, &in), SQL_SUCCESS);
    SQLSMALLINT type = 0, precision = 0, scale = 0;
    SQLLEN length = 0;
    struct desc_rec_out out = {
        .type = &type, .length = &length, .precision = &precision, .scale = &scale};
    ck_assert_int_eq(desc_get_rec(d, 1, &out), SQL_SUCCESS);
    ck_assert(type == SQL_C_NUMERIC && precision == 12 && scale == 3 &&
              length == (SQLLEN)sizeof(place));
    ck_assert_int_eq(desc_get_rec(d, 2, &out), SQL_NO_DATA);
    ck_assert(desc_rec_at(d, 1)->has_precision && desc_rec_at(d, 1)->has_scale);
    const struct desc_rec before = *desc_rec_at(d, 1);
    static const struct desc_rec_in bad[] = {
        {.type = 4711, .length = 7, .precision = 5, .scale = 1},
        {.type = SQL_DATETIME, .subtype = SQL_CODE_TIMESTAMP, .precision = 10},
        {.type = SQL_DATETIME, .subtype = 99, .precision = 3},
        {.type = SQL_C_NUMERIC, .length = 7, .precision = 0, .scale = 1},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        ck_assert_int_eq(desc_set_rec(d, 1, &bad[i]), SQL_ERROR);
        ck_assert_str_eq(state_of(d), "HY021");
        ck_assert_msg(!memcmp(desc_rec_at(d, 1), &before, sizeof before), "record %zu", i);
    }
    ck_assert_int_eq(desc_set_rec(t.stmt->ird, 1, &in), SQL_ERROR);
    ck_assert_str_eq(state_of(t.stmt->ird), "HY016");
}
END_TEST

START_TEST(explicit_descriptors)
{
    SQLHANDLE h = NULL;
    SQLPOINTER now = NULL;
    ck_assert_int_eq(handle_alloc(SQL_HANDLE_DESC, t.dbc, &h), SQL_SUCCESS);
    SQLSMALLINT how = 0;
    ck_assert_int_eq(desc_get_field(h, 0, SQL_DESC_ALLOC_TYPE, &how, 0, NULL, false), SQL_SUCCESS);
    ck_assert_int_eq(how, SQL_DESC_ALLOC_USER);
    ck_assert_int_eq(stmt_set_attr(t.stmt, SQL_ATTR_APP_ROW_DESC, h, 0, false), SQL_SUCCESS);
    ck_assert_int_eq(stmt_get_attr(t.stmt, SQL_ATTR_APP_ROW_DESC, &now, 0, NULL, false),
                     SQL_SUCCESS);
    ck_assert_ptr_eq(now, h);
    ck_assert_int_eq(stmt_set_attr(t.stmt, SQL_ATTR_APP_ROW_DESC, t.stmt->apd, 0, false),
                     SQL_ERROR);
    ck_assert_str_eq(state_of(t.stmt), "HY017");
    ck_assert_int_eq(stmt_set_attr(t.stmt, SQL_ATTR_IMP_ROW_DESC, h, 0, false), SQL_ERROR);
    ck_assert_str_eq(state_of(t.stmt), "HY017");
    ck_assert_int_eq(stmt_set_attr(t.stmt, SQL_ATTR_APP_PARAM_DESC, h, 0, false), SQL_SUCCESS);
    ck_assert_ptr_eq(t.stmt->apd, h);
    ck_assert_int_eq(handle_free(SQL_HANDLE_DESC, h), SQL_SUCCESS);
    ck_assert_ptr_eq(t.stmt->ard, &t.stmt->own_ard);
    ck_assert_ptr_eq(t.stmt->apd, &t.stmt->own_apd);
    ck_assert_int_eq(handle_free(SQL_HANDLE_DESC, t.stmt->ard), SQL_ERROR);
    ck_assert_str_eq(state_of(t.stmt->ard), "HY017");
}
END_TEST

START_TEST(copies)
{
    SQLHANDLE h = NULL;
    int place = 0;
    ck_assert_int_eq(handle_alloc(SQL_HANDLE_DESC, t.dbc, &h), SQL_SUCCESS);
    ck_assert_int_eq(set(t.stmt->ard, 2, SQL_DESC_TYPE, SQL_C_SLONG), SQL_SUCCESS);
    ck_assert_int_eq(set(t.stmt->ard, 2, SQL_DESC_DATA_PTR, (intptr_t)&place), SQL_SUCCESS);
    ck_assert_int_eq(set(t.stmt->ard, 0, SQL_DESC_ARRAY_SIZE, 10), SQL_SUCCESS);
    ck_assert_int_eq(desc_copy(t.stmt->ard, h), SQL_SUCCESS);
    struct desc *copy = h;
    ck_assert_int_eq(copy->hdr.count, 2);
    ck_assert_uint_eq(copy->hdr.array_size, 10);
    ck_assert_int_eq(copy->hdr.alloc_type, SQL_DESC_ALLOC_USER);
    ck_assert_ptr_eq(desc_rec_at(copy, 2)->data_ptr, &place);
    ck_assert_int_eq(desc_copy(h, t.stmt->ird), SQL_ERROR);
    ck_assert_str_eq(state_of(t.stmt->ird), "HY016");
    ck_assert_int_eq(desc_copy(t.stmt->ird, h), SQL_ERROR);
    ck_assert_str_eq(state_of(h), "HY007");
    ck_assert_int_eq(desc_copy(t.stmt, h), SQL_INVALID_HANDLE);
}
END_TEST

/* A descriptor of another connection is none of this statement's. */
START_TEST(of_another_connection)
{
    SQLHANDLE theirs = NULL;
    struct dbc *other = dbc_new(t.env);
    other->state = DBC_CONNECTED;
    ck_assert_int_eq(handle_alloc(SQL_HANDLE_DESC, other, &theirs), SQL_SUCCESS);
    static const SQLINTEGER ids[] = {SQL_ATTR_APP_ROW_DESC, SQL_ATTR_APP_PARAM_DESC};
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(stmt_set_attr(t.stmt, ids[i], theirs, 0, false), SQL_ERROR);
        ck_assert_str_eq(state_of(t.stmt), "HY024");
    }
    ck_assert_ptr_eq(t.stmt->ard, &t.stmt->own_ard);
    ck_assert_ptr_eq(t.stmt->apd, &t.stmt->own_apd);
    ck_assert_int_eq(dbc_disconnect(other), SQL_SUCCESS);
    ck_assert_int_eq(dbc_drop(other), SQL_SUCCESS);
}
END_TEST

/* Every field that can be set is copied, the texts into memory of the copy. */
START_TEST(whole_copies)
{
    SQLHANDLE h = NULL;
    SQLLEN places[8] = {0};
    struct desc *from = t.stmt->apd;
    ck_assert_int_eq(handle_alloc(SQL_HANDLE_DESC, t.dbc, &h), SQL_SUCCESS);
    struct desc *to = h;
    ck_assert_int_eq(set(from, 1, SQL_DESC_TYPE, SQL_C_NUMERIC), SQL_SUCCESS);
    ck_assert_int_eq(set(from, 1, SQL_DESC_PRECISION, 20), SQL_SUCCESS);
    ck_assert_int_eq(set(from, 1, SQL_DESC_SCALE, 5), SQL_SUCCESS);
    ck_assert_int_eq(set(from, 1, SQL_DESC_OCTET_LENGTH, 99), SQL_SUCCESS);
    ck_assert_int_eq(set(from, 1, SQL_DESC_DATA_PTR, (intptr_t)&places[0]), SQL_SUCCESS);
    ck_assert_int_eq(set(from, 1, SQL_DESC_INDICATOR_PTR, (intptr_t)&places[1]), SQL_SUCCESS);
    ck_assert_int_eq(set(from, 1, SQL_DESC_OCTET_LENGTH_PTR, (intptr_t)&places[2]), SQL_SUCCESS);
    ck_assert_int_eq(set(from, 0, SQL_DESC_ARRAY_SIZE, 7), SQL_SUCCESS);
    ck_assert_int_eq(set(from, 0, SQL_DESC_BIND_TYPE, 48), SQL_SUCCESS);
    ck_assert_int_eq(set(from, 0, SQL_DESC_ARRAY_STATUS_PTR, (intptr_t)&places[3]), SQL_SUCCESS);
    ck_assert_int_eq(set(from, 0, SQL_DESC_BIND_OFFSET_PTR, (intptr_t)&places[4]), SQL_SUCCESS);
    ck_assert_int_eq(set(to, 3, SQL_DESC_TYPE, SQL_C_SLONG), SQL_SUCCESS); /* goes */
    uint64_t version = to->version;
    ck_assert_int_eq(desc_copy(from, to), SQL_SUCCESS);
    ck_assert_uint_ne(to->version, version);
    struct desc_header header = from->hdr;
    header.alloc_type = SQL_DESC_ALLOC_USER; /* is not copied */
    ck_assert(!memcmp(&to->hdr, &header, sizeof header));
    ck_assert(!memcmp(desc_rec_at(to, 1), desc_rec_at(from, 1), sizeof(struct desc_rec)));
    ck_assert_int_eq(desc_copy(h, h), SQL_SUCCESS);
    ck_assert(!memcmp(&to->hdr, &header, sizeof header));
}
END_TEST

START_TEST(copied_names)
{
    SQLHANDLE s = NULL;
    ck_assert_int_eq(handle_alloc(SQL_HANDLE_STMT, t.dbc, &s), SQL_SUCCESS);
    struct desc *from = t.stmt->ipd, *to = ((struct stmt *)s)->ipd;
    char name[16] = "";
    SQLSMALLINT unnamed = -1;
    ck_assert_int_eq(desc_set_field(from, 1, SQL_DESC_NAME, (SQLPOINTER) "price", SQL_NTS, false),
                     SQL_SUCCESS);
    ck_assert_int_eq(desc_copy(from, to), SQL_SUCCESS);
    ck_assert_int_eq(handle_free(SQL_HANDLE_STMT, t.stmt), SQL_SUCCESS);
    t.stmt = s;
    ck_assert_int_eq(desc_get_field(to, 1, SQL_DESC_NAME, name, sizeof name, NULL, false),
                     SQL_SUCCESS);
    ck_assert_str_eq(name, "price");
    (void)desc_get_field(to, 1, SQL_DESC_UNNAMED, &unnamed, 0, NULL, false);
    ck_assert_int_eq(unnamed, SQL_NAMED);
}
END_TEST

/* What an IRD cannot be made from leaves the statement's own diagnostics. */
START_TEST(other_diagnostics_stay)
{
    SQLSMALLINT count = 0;
    ck_assert_int_eq(stmt_set_attr(t.stmt, 9999, NULL, 0, false), SQL_ERROR);
    ck_assert_str_eq(state_of(t.stmt), "HY092");
    ck_assert_int_eq(desc_get_field(t.stmt->ird, 0, SQL_DESC_COUNT, &count, 0, NULL, false),
                     SQL_ERROR);
    ck_assert_str_eq(state_of(t.stmt->ird), "HY007");
    ck_assert_str_eq(state_of(t.stmt), "HY092");
}
END_TEST

Suite *check_desc(void)
{
    Suite *s = suite_create("desc");
    TCase *c = tcase_create("desc");
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_add_loop_test(c, rights, 0, NFIELDS * 4);
    tcase_add_loop_test(c, setting_types, 0, sizeof(types) / sizeof(types[0]));
    tcase_add_test(c, verbose_type_and_code);
    tcase_add_test(c, data_pointer_checks_and_other_fields_unbind);
    tcase_add_test(c, count_shrinks_and_grows);
    tcase_add_test(c, parameter_names);
    tcase_add_test(c, whole_records);
    tcase_add_test(c, explicit_descriptors);
    tcase_add_test(c, copies);
    tcase_add_test(c, of_another_connection);
    tcase_add_test(c, whole_copies);
    tcase_add_test(c, copied_names);
    tcase_add_test(c, other_diagnostics_stay);
    suite_add_tcase(s, c);
    return s;
}
