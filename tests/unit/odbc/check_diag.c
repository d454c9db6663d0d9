/* check_diag.c - states, what faults become, the order of records, and how they are read. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "handles.h"
#include "odbc/connection/alloc.h"
#include "odbc/connection/attr.h"
#include "odbc/connection/diagfield.h"
#include "odbc/handle/descfield.h"
#include "odbc/result/fetch.h"
#include "torture.h"

Suite *check_diag(void);

static struct handles t;

static void setup(void)
{
    handles_make(&t);
}

static void teardown(void)
{
    handles_free(&t);
}

static const struct {
    SQLRETURN rc;
    const char *text;
} states[ST_COUNT] = {
#define SQLSTATE(state, rc, text) [ST_##state] = {rc, text},
#include "table/sqlstate.def"
#undef SQLSTATE
};

START_TEST(state_form)
{
    enum sqlstate st = (enum sqlstate)_i;
    const char *name = diag_state_name(st);
    bool warns = !strncmp(name, "01", 2);
    ck_assert_msg(strlen(name) == 5 && strspn(name, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 5,
                  "%s", name);
    ck_assert_msg(states[st].rc == (warns ? SQL_SUCCESS_WITH_INFO : SQL_ERROR), "%s", name);
    ck_assert_msg(strlen(states[st].text) > 4, "%s has no text", name);
    ck_assert_msg(st == 0 || strcmp(diag_state_name((enum sqlstate)(_i - 1)), name) < 0,
                  "%s: order", name);
}
END_TEST

static const struct {
    const char *name;
    int rc;
    uint32_t number;
    const char *state;
    const char *want, *connecting;
    int native;
} fault_rows[] = {
    {"memory", RC_MEMORY, 0, "", "HY001", "HY001", 2008},
    {"connect", RC_CONNECT, 111, "", "08S01", "08001", 2003},
    {"timeout", RC_TIMEOUT, 0, "", "HYT01", "HYT00", 2013},
    {"lost", RC_LOST, 104, "", "08S01", "08001", 2013},
    {"lost, killed", RC_LOST, 1927, "70100", "08S01", "08001", 2013},
    {"lost, errno", RC_LOST, 1153, "", "08S01", "08001", 2013},
    {"protocol", RC_PROTOCOL, 0, "", "08S01", "08001", 2027},
    {"tls", RC_TLS, 0, "", "08S01", "08001", 2026},
    {"our refusal", RC_DENIED, 0, "", "28000", "28000", 0},
    {"access denied", RC_DENIED, 1045, "28000", "28000", "28000", 1045},
    {"database denied", RC_DENIED, 1044, "42000", "28000", "28000", 1044},
    {"too many connections", RC_DENIED, 1040, "08004", "08004", "08004", 1040},
    {"too many, at login", RC_CONNECT, 1040, "08004", "08004", "08004", 1040},
    {"too many, before it", RC_CONNECT, 1040, "HY000", "08004", "08004", 1040},
    {"too many of the user", RC_CONNECT, 1203, "42000", "08004", "08004", 1203},
    {"a limit of the user", RC_CONNECT, 1226, "42000", "08004", "08004", 1226},
    {"shutting down", RC_CONNECT, 1053, "08S01", "08S01", "08S01", 1053},
    {"blocked", RC_CONNECT, 1129, "HY000", "08004", "08004", 1129},
    {"offline", RC_CONNECT, 3032, "HY000", "08004", "08004", 3032},
    {"syntax", RC_SERVER, 1064, "42000", "42000", "42000", 1064},
    {"no table", RC_SERVER, 1146, "42S02", "42S02", "42S02", 1146},
    {"duplicate", RC_SERVER, 1062, "23000", "23000", "23000", 1062},
    {"deadlock", RC_SERVER, 1213, "40001", "40001", "40001", 1213},
    {"lock wait", RC_SERVER, 1205, "HY000", "HYT00", "HYT00", 1205},
    {"cancelled on the server", RC_SERVER, 1317, "70100", "HY008", "HY008", 1317},
    {"unprepared", RC_SERVER, 1295, "HY000", "HYC00", "HYC00", 1295},
    {"group replication", RC_SERVER, 3101, "40000", "40001", "40001", 3101},
    {"CHECK on MySQL", RC_SERVER, 3819, "HY000", "23000", "23000", 3819},
    {"ambiguous column", RC_SERVER, 1052, "23000", "42000", "42000", 1052},
    {"not supported", RC_SERVER, 1314, "0A000", "HYC00", "HYC00", 1314},
    {"alive with 08S01", RC_SERVER, 1047, "08S01", "HY000", "08S01", 1047},
    {"alive, of the table", RC_SERVER, 1226, "42000", "42000", "08004", 1226},
    {"too large", RC_TOO_LARGE, 0, "", "HY000", "08001", 1153},
    {"unknown number", RC_SERVER, 64000, "XA100", "XA100", "XA100", 64000},
    {"state of success", RC_SERVER, 64000, "00000", "HY000", "HY000", 64000},
    {"state of rubbish", RC_SERVER, 64000, "a\xff", "HY000", "HY000", 64000},
    {"config", RC_CONFIG, 0, "", "HY000", "08001", 0},
    {"unsupported", RC_UNSUPPORTED, 0, "", "HYC00", "08001", 2054},
    {"cancelled", RC_CANCELLED, 0, "", "HY008", "HY008", 1317},
};

START_TEST(faults)
{
    struct fault f = {.rc = fault_rows[_i].rc, .number = fault_rows[_i].number, .text = "words"};
    strncat(f.state, fault_rows[_i].state, 5);
    struct diag *d = &t.stmt->h.diag;
    ck_assert_int_eq(diag_fault(&t.stmt->h, &f), SQL_ERROR);
    ck_assert_msg(!strcmp(diag_get(d, 0)->state, fault_rows[_i].want), "%s: %s",
                  fault_rows[_i].name, diag_get(d, 0)->state);
    ck_assert_msg(diag_get(d, 0)->native == fault_rows[_i].native, "%s", fault_rows[_i].name);
    ck_assert_str_eq(diag_get(d, 0)->text, "[MyWire] words");
    diag_clear(d);
    ck_assert_int_eq(diag_fault_connect(&t.stmt->h, &f), SQL_ERROR);
    ck_assert_msg(!strcmp(diag_get(d, 0)->state, fault_rows[_i].connecting), "%s: %s",
                  fault_rows[_i].name, diag_get(d, 0)->state);
}
END_TEST

/* Numbers that say two things: their words decide. */
START_TEST(by_words)
{
    static const struct {
        uint32_t number;
        const char *words, *want;
    } rows[] = {
        {1180, "Got error 149 during COMMIT", "40001"},
        {1180, "Got error 5 during COMMIT", "HY000"},
        {1030, "Got error 149 \"Lock deadlock; Retry transaction\" from storage engine", "40001"},
        {1292, "Truncated incorrect DOUBLE value: 'x'", "22018"},
        {1292, "Incorrect datetime value: 'x' for column 'at' at row 1", "22007"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct fault f = {.rc = RC_SERVER, .number = rows[i].number, .state = "HY000"};
        strcpy(f.text, rows[i].words);
        diag_clear(&t.stmt->h.diag);
        (void)diag_fault(&t.stmt->h, &f);
        ck_assert_msg(!strcmp(diag_get(&t.stmt->h.diag, 0)->state, rows[i].want), "%s: %s",
                      rows[i].words, diag_get(&t.stmt->h.diag, 0)->state);
    }
}
END_TEST

/* Raised in this order; ranks say where each must end. */
static const struct {
    SQLLEN row;
    enum sqlstate st;
    size_t place;
} order[] = {{2, ST_01004, 6}, {1, ST_22003, 4}, {0, ST_01S02, 3}, {1, ST_01S07, 5},
             {0, ST_HY000, 2}, {0, ST_22018, 1}, {0, ST_40001, 0}};

/* What was too large for the server: its number, its words, and what to try. */
START_TEST(too_large)
{
    struct fault f = {.rc = RC_LOST, .number = 1153, .state = "08S01"};
    memset(f.text, 'x', sizeof f.text - 1); /* the longest words */
    memcpy(f.text, "its words", 9);
    ck_assert_int_eq(diag_fault(&t.stmt->h, &f), SQL_ERROR);
    const struct diag_rec *r = diag_get(&t.stmt->h.diag, 0);
    ck_assert_int_eq(r->native, 1153);
    ck_assert_str_eq(r->state, "08S01");
    ck_assert_ptr_nonnull(strstr(r->text, "its words"));
    const struct diag_rec *last = diag_get(&t.stmt->h.diag, diag_count(&t.stmt->h.diag) - 1);
    ck_assert_int_eq(last->native, 1153);
    ck_assert_ptr_nonnull(strstr(last->text, "or raise max_allowed_packet there"));
}
END_TEST

START_TEST(ranks)
{
    size_t n = sizeof(order) / sizeof(order[0]);
    for (size_t i = 0; i < n; i++)
        (void)diag_at(&t.stmt->h, order[i].row, 0, order[i].st, "record %zu", i);
    ck_assert_uint_eq(diag_count(&t.stmt->h.diag), n);
    for (size_t i = 0; i < n; i++) {
        const struct diag_rec *r = diag_get(&t.stmt->h.diag, order[i].place);
        ck_assert_msg(!strcmp(r->state, diag_state_name(order[i].st)), "place %zu has %s",
                      order[i].place, r->state);
    }
    ck_assert_ptr_null(diag_get(&t.stmt->h.diag, n));
    diag_clear(&t.stmt->h.diag);
    ck_assert_uint_eq(diag_count(&t.stmt->h.diag), 0);
}
END_TEST

START_TEST(read_rec)
{
    SQLCHAR state[6], text[64];
    SQLINTEGER native = -1;
    SQLSMALLINT len = 0;
    (void)diag(&t.stmt->h, ST_HY090, "length %d", -5);
    ck_assert_int_eq(
        diag_read_rec(SQL_HANDLE_STMT, t.stmt, 1, state, &native, out_a(text, 64, &len, NULL)),
        SQL_SUCCESS);
    ck_assert_str_eq((char *)state, "HY090");
    ck_assert_str_eq((char *)text, "[MyWire] length -5");
    ck_assert_int_eq(len, 18);
    ck_assert_int_eq(native, 0);
    ck_assert_int_eq(
        diag_read_rec(SQL_HANDLE_STMT, t.stmt, 1, NULL, NULL, out_a(text, 9, &len, NULL)),
        SQL_SUCCESS_WITH_INFO);
    ck_assert_str_eq((char *)text, "[MyWire]");
    ck_assert_int_eq(len, 18);
    ck_assert_int_eq(
        diag_read_rec(SQL_HANDLE_STMT, t.stmt, 2, state, NULL, out_a(text, 64, NULL, NULL)),
        SQL_NO_DATA);
    ck_assert_int_eq(
        diag_read_rec(SQL_HANDLE_STMT, t.stmt, 0, state, NULL, out_a(text, 64, NULL, NULL)),
        SQL_ERROR);
    ck_assert_int_eq(
        diag_read_rec(SQL_HANDLE_STMT, t.stmt, 1, state, NULL, out_a(text, -1, NULL, NULL)),
        SQL_ERROR);
    ck_assert_int_eq(
        diag_read_rec(SQL_HANDLE_DBC, t.stmt, 1, state, NULL, out_a(text, 64, NULL, NULL)),
        SQL_INVALID_HANDLE);
    ck_assert_int_eq(diag_read_rec(77, t.stmt, 1, state, NULL, out_a(text, 64, NULL, NULL)),
                     SQL_INVALID_HANDLE);
    SQLWCHAR wstate[6], wtext[64];
    ck_assert_int_eq(
        diag_read_rec(SQL_HANDLE_STMT, t.stmt, 1, wstate, NULL, out_wchars(wtext, 64, &len, NULL)),
        SQL_SUCCESS);
    ck_assert(wstate[0] == 'H' && wstate[4] == '0' && wstate[5] == 0 && wtext[1] == 'M');
    ck_assert_int_eq(len, 18);
}
END_TEST

static const struct {
    const char *name;
    enum sqlstate st;
    SQLSMALLINT field;
    const char *want;
} text_fields[] = {
    {"state", ST_HY090, SQL_DIAG_SQLSTATE, "HY090"},
    {"class of HY", ST_HY090, SQL_DIAG_CLASS_ORIGIN, "ISO 9075"},
    {"subclass of HY090", ST_HY090, SQL_DIAG_SUBCLASS_ORIGIN, "ISO 9075"},
    {"subclass of HY105", ST_HY105, SQL_DIAG_SUBCLASS_ORIGIN, "ODBC 3.0"},
    {"subclass of 42S02", ST_42S02, SQL_DIAG_SUBCLASS_ORIGIN, "ODBC 3.0"},
    {"class of 42S02", ST_42S02, SQL_DIAG_CLASS_ORIGIN, "ISO 9075"},
    {"class of IM001", ST_IM001, SQL_DIAG_CLASS_ORIGIN, "ODBC 3.0"},
    {"subclass of IM001", ST_IM001, SQL_DIAG_SUBCLASS_ORIGIN, "ODBC 3.0"},
    {"message", ST_HY001, SQL_DIAG_MESSAGE_TEXT, "[MyWire] words"},
    {"no server", ST_HY001, SQL_DIAG_SERVER_NAME, ""},
    {"no connection", ST_HY001, SQL_DIAG_CONNECTION_NAME, ""},
};

START_TEST(read_text_field)
{
    char text[64];
    SQLSMALLINT len = -1;
    (void)diag(&t.stmt->h, text_fields[_i].st, "words");
    SQLRETURN rc = diag_read_field(SQL_HANDLE_STMT, t.stmt, 1, text_fields[_i].field, text,
                                   sizeof(text), &len, false);
    ck_assert_msg(rc == SQL_SUCCESS, "%s: %d", text_fields[_i].name, rc);
    ck_assert_msg(!strcmp(text, text_fields[_i].want), "%s: %s", text_fields[_i].name, text);
    ck_assert_int_eq(len, (int)strlen(text));
}
END_TEST

START_TEST(read_number_fields)
{
    SQLINTEGER number = 0;
    SQLLEN row = 0;
    SQLRETURN rc = 0;
    (void)diag_at(&t.stmt->h, 7, 3, ST_22003, "too large");
    (void)diag(&t.stmt->h, ST_01004, "cut");
    (void)stmt_leave(stmt_enter(t.stmt), SQL_ERROR); /* entering forgets */
    ck_assert_int_eq(
        diag_read_field(SQL_HANDLE_STMT, t.stmt, 0, SQL_DIAG_NUMBER, &number, 0, NULL, false),
        SQL_SUCCESS);
    ck_assert_int_eq(number, 0);
    ck_assert_int_eq(
        diag_read_field(SQL_HANDLE_STMT, t.stmt, 0, SQL_DIAG_RETURNCODE, &rc, 0, NULL, false),
        SQL_SUCCESS);
    ck_assert_int_eq(rc, SQL_ERROR);
    (void)diag_at(&t.stmt->h, 7, 3, ST_22003, "too large");
    t.stmt->h.diag.row_count = 12;
    ck_assert_int_eq(
        diag_read_field(SQL_HANDLE_STMT, t.stmt, 1, SQL_DIAG_ROW_NUMBER, &row, 0, NULL, false),
        SQL_SUCCESS);
    ck_assert_int_eq(row, 7);
    ck_assert_int_eq(diag_read_field(SQL_HANDLE_STMT, t.stmt, 1, SQL_DIAG_COLUMN_NUMBER, &number, 0,
                                     NULL, false),
                     SQL_SUCCESS);
    ck_assert_int_eq(number, 3);
    ck_assert_int_eq(
        diag_read_field(SQL_HANDLE_STMT, t.stmt, 0, SQL_DIAG_ROW_COUNT, &row, 0, NULL, false),
        SQL_SUCCESS);
    ck_assert_int_eq(row, 12);
    ck_assert_int_eq(
        diag_read_field(SQL_HANDLE_DBC, t.dbc, 0, SQL_DIAG_ROW_COUNT, &row, 0, NULL, false),
        SQL_ERROR);
    ck_assert_int_eq(
        diag_read_field(SQL_HANDLE_STMT, t.stmt, 2, SQL_DIAG_NATIVE, &number, 0, NULL, false),
        SQL_NO_DATA);
    ck_assert_int_eq(
        diag_read_field(SQL_HANDLE_STMT, t.stmt, 0, SQL_DIAG_NATIVE, &number, 0, NULL, false),
        SQL_ERROR);
    ck_assert_int_eq(diag_read_field(SQL_HANDLE_STMT, t.stmt, 1, 999, &number, 0, NULL, false),
                     SQL_ERROR);
}
END_TEST

static SQLRETURN code_of(SQLSMALLINT kind, SQLHANDLE h)
{
    SQLRETURN rc = 4711;
    ck_assert_int_eq(diag_read_field(kind, h, 0, SQL_DIAG_RETURNCODE, &rc, 0, NULL, false),
                     SQL_SUCCESS);
    return rc;
}

/* SQL_DIAG_RETURNCODE is what the last function returned, on each kind of handle. */
START_TEST(return_codes)
{
    SQLHANDLE desc = NULL;
    SQLINTEGER place = 0;
    SQLPOINTER on = (SQLPOINTER)1;
    ck_assert_int_eq(env_set_attr(t.env, SQL_ATTR_OUTPUT_NTS, NULL, 0), SQL_ERROR);
    ck_assert_int_eq(code_of(SQL_HANDLE_ENV, t.env), SQL_ERROR);
    ck_assert_int_eq(env_get_attr(t.env, SQL_ATTR_ODBC_VERSION, &place, 0, NULL), SQL_SUCCESS);
    ck_assert_int_eq(code_of(SQL_HANDLE_ENV, t.env), SQL_SUCCESS);
    ck_assert_int_eq(dbc_set_attr(t.dbc, SQL_ATTR_ASYNC_ENABLE, on, 0, false),
                     SQL_SUCCESS_WITH_INFO);
    ck_assert_int_eq(code_of(SQL_HANDLE_DBC, t.dbc), SQL_SUCCESS_WITH_INFO);
    ck_assert_int_eq(dbc_set_attr(t.dbc, 9999, on, 0, false), SQL_ERROR);
    ck_assert_int_eq(code_of(SQL_HANDLE_DBC, t.dbc), SQL_ERROR);
    ck_assert_int_eq(handle_alloc(SQL_HANDLE_DESC, t.dbc, &desc), SQL_SUCCESS);
    ck_assert_int_eq(code_of(SQL_HANDLE_DBC, t.dbc), SQL_SUCCESS);
    ck_assert_int_eq(stmt_set_attr(t.stmt, SQL_ATTR_ASYNC_ENABLE, on, 0, false),
                     SQL_SUCCESS_WITH_INFO);
    ck_assert_int_eq(code_of(SQL_HANDLE_STMT, t.stmt), SQL_SUCCESS_WITH_INFO);
    ck_assert_int_eq(stmt_fetch(t.stmt), SQL_ERROR);
    ck_assert_int_eq(code_of(SQL_HANDLE_STMT, t.stmt), SQL_ERROR);
    ck_assert_int_eq(desc_get_field(desc, 5, SQL_DESC_TYPE, &place, 0, NULL, false), SQL_NO_DATA);
    ck_assert_int_eq(code_of(SQL_HANDLE_DESC, desc), SQL_NO_DATA);
    ck_assert_int_eq(desc_get_field(desc, 0, 9999, &place, 0, NULL, false), SQL_ERROR);
    ck_assert_int_eq(code_of(SQL_HANDLE_DESC, desc), SQL_ERROR);
    ck_assert_int_eq(desc_get_field(desc, 0, SQL_DESC_COUNT, &place, 0, NULL, false), SQL_SUCCESS);
    ck_assert_int_eq(code_of(SQL_HANDLE_DESC, desc), SQL_SUCCESS);
    ck_assert_int_eq(handle_free(SQL_HANDLE_DESC, desc), SQL_SUCCESS);
}
END_TEST

START_TEST(without_memory)
{
    for (size_t n = 1; torture_begin(n); n++) {
        SQLRETURN rc = diag(&t.stmt->h, ST_42000, "words");
        bool failed = torture_end();
        ck_assert_int_eq(rc, SQL_ERROR);
        ck_assert_uint_ge(diag_count(&t.stmt->h.diag), 1);
        ck_assert_str_eq(state_of(t.stmt), failed ? "HY001" : "42000");
        ck_assert_ptr_nonnull(diag_get(&t.stmt->h.diag, 0)->text);
        diag_free(&t.stmt->h.diag);
    }
}
END_TEST

START_TEST(long_text_is_cut_whole)
{
    char *long_text = malloc(6001);
    for (int i = 0; i < 3000; i++)
        memcpy(long_text + 2 * i, "\xc3\xa9", 2);
    long_text[6000] = '\0';
    (void)diag(&t.stmt->h, ST_HY000, "%s", long_text);
    const char *text = diag_get(&t.stmt->h.diag, 0)->text;
    size_t n = strlen(text);
    ck_assert_uint_lt(n, 6000);
    ck_assert_msg((unsigned char)text[n - 1] == 0xa9, "ends inside a character");
    free(long_text);
}
END_TEST

/* isql sees 500 bytes of a record, other ANSI applications 511: the rest stands in the next ones,
 * cut between words; a W application has it in one. */
START_TEST(long_text_goes_on)
{
    char words[1201] = "";
    for (int i = 0; i < 200; i++)
        memcpy(words + 6 * i, "words ", 6);
    words[1199] = '\0';
    t.dbc->wide = _i == 1;
    (void)diag(&t.stmt->h, ST_01004, "after");
    (void)diag(&t.stmt->h, ST_42000, "%s", words);
    size_t n = diag_count(&t.stmt->h.diag);
    ck_assert_uint_eq(n, _i == 1 ? 2 : 4);
    size_t told = 0;
    for (size_t i = 0; i < n - 1; i++) {
        const struct diag_rec *r = diag_get(&t.stmt->h.diag, i);
        ck_assert_str_eq(r->state, "42000");
        ck_assert_msg(!strncmp(r->text, "[MyWire] words", 14), "%s", r->text);
        ck_assert(_i == 1 || strlen(r->text) <= 500);
        ck_assert_str_eq(r->text + strlen(r->text) - 6, " words");
        told += (strlen(r->text) - 8) / 6;
    }
    ck_assert_uint_eq(told, 200);
    ck_assert_str_eq(diag_get(&t.stmt->h.diag, n - 1)->state, "01004");
}
END_TEST

Suite *check_diag(void)
{
    Suite *s = suite_create("diag");
    TCase *c = tcase_create("diag");
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_add_loop_test(c, state_form, 0, ST_COUNT);
    tcase_add_loop_test(c, faults, 0, sizeof(fault_rows) / sizeof(fault_rows[0]));
    tcase_add_test(c, ranks);
    tcase_add_test(c, too_large);
    tcase_add_test(c, by_words);
    tcase_add_test(c, read_rec);
    tcase_add_loop_test(c, read_text_field, 0, sizeof(text_fields) / sizeof(text_fields[0]));
    tcase_add_test(c, read_number_fields);
    tcase_add_test(c, return_codes);
    tcase_add_test(c, without_memory);
    tcase_add_test(c, long_text_is_cut_whole);
    tcase_add_loop_test(c, long_text_goes_on, 0, 2);
    suite_add_tcase(s, c);
    return s;
}
