/* check_stmt.c - statements without a server: results the driver makes, states that direct-linked
 * programs can get wrong (a driver manager refuses them before they come to us), bindings, limits.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/wire_type.h"
#include "odbc/connection/attr.h"
#include "odbc/exec/bulkop.h"
#include "odbc/exec/describe.h"
#include "odbc/exec/describeparam.h"
#include "odbc/exec/exec.h"
#include "odbc/exec/paramdata.h"
#include "odbc/exec/stmt.h"
#include "odbc/handle/descfield.h"
#include "odbc/result/convert.h"
#include "odbc/result/made.h"
#include "unit/odbc/handles.h"
#include "unit/torture.h"

static struct handles g;

static void up(void)
{
    handles_make(&g);
}

static void down(void)
{
    handles_free(&g);
}

/* Two rows of the set TABLES: names t0 and t1, remarks NULL and "r". */
static void make_rows(void)
{
    struct made m;
    ck_assert(made_open(&m, g.stmt, MADE_TABLES));
    for (int i = 0; i < 2; i++) {
        made_put(&m, "db");
        made_put_null(&m);
        made_put(&m, i ? "t1" : "t0");
        made_put(&m, "TABLE");
        made_put(&m, i ? "r" : NULL);
        made_row(&m);
    }
    ck_assert_int_eq(made_end(&m), SQL_SUCCESS);
}

START_TEST(made_result)
{
    char name[10];
    SQLLEN len = 0;
    SQLSMALLINT n = 0;
    make_rows();
    ck_assert_int_eq(stmt_num_result_cols(g.stmt, &n), SQL_SUCCESS);
    ck_assert_int_eq(n, 5);
    ck_assert_int_eq(stmt_bind_col(g.stmt, 3, SQL_C_CHAR, name, sizeof name, &len), SQL_SUCCESS);
    for (int i = 0; i < 2; i++) {
        char remarks[10];
        SQLLEN remarks_len = 0;
        ck_assert_int_eq(stmt_fetch(g.stmt), SQL_SUCCESS);
        ck_assert_str_eq(name, i ? "t1" : "t0");
        ck_assert_int_eq(len, 2);
        ck_assert_int_eq(
            stmt_get_data(g.stmt, 5, SQL_C_CHAR, remarks, sizeof remarks, &remarks_len),
            SQL_SUCCESS);
        ck_assert_int_eq(remarks_len, i ? 1 : SQL_NULL_DATA);
        ck_assert_uint_eq(stmt_row_number(g.stmt), (SQLULEN)i + 1);
    }
    ck_assert_int_eq(stmt_fetch(g.stmt), SQL_NO_DATA);
    ck_assert_int_eq(stmt_fetch(g.stmt), SQL_NO_DATA);
    ck_assert_int_eq(stmt_more_results(g.stmt), SQL_NO_DATA);
    ck_assert_int_eq(stmt_fetch(g.stmt), SQL_ERROR);
    ck_assert_str_eq(state_of(g.stmt), "HY010");
}
END_TEST

START_TEST(described)
{
    char text[40] = "";
    SQLSMALLINT len = 0;
    SQLLEN number = -1;
    make_rows();
    struct text_out out = out_a(text, sizeof text, &len, NULL);
    ck_assert_int_eq(stmt_col_attribute(g.stmt, 3, SQL_DESC_NAME, &out, NULL), SQL_SUCCESS);
    ck_assert_str_eq(text, "TABLE_NAME");
    ck_assert_int_eq(stmt_col_attribute(g.stmt, 3, SQL_COLUMN_NAME, &out, NULL), SQL_SUCCESS);
    ck_assert_str_eq(text, "TABLE_NAME");
    ck_assert_int_eq(stmt_col_attribute(g.stmt, 0, SQL_DESC_COUNT, &out, &number), SQL_SUCCESS);
    ck_assert_int_eq(number, 5);
    ck_assert_int_eq(stmt_col_attribute(g.stmt, 3, SQL_COLUMN_PRECISION, &out, &number),
                     SQL_SUCCESS);
    ck_assert_int_eq(number, 128);
    ck_assert_int_eq(stmt_col_attribute(g.stmt, 3, 9999, &out, &number), SQL_ERROR);
    ck_assert_str_eq(state_of(g.stmt), "HY091");
    ck_assert_int_eq(stmt_col_attribute(g.stmt, 6, SQL_DESC_NAME, &out, &number), SQL_ERROR);
    ck_assert_str_eq(state_of(g.stmt), "07009");
}
END_TEST

START_TEST(rowset_of_made_rows)
{
    char names[3][4];
    SQLLEN lens[3];
    SQLUSMALLINT status[3];
    SQLULEN fetched = 0;
    make_rows();
    g.stmt->ard->hdr.array_size = 3;
    g.stmt->ird->hdr.array_status_ptr = status;
    g.stmt->ird->hdr.rows_processed_ptr = &fetched;
    ck_assert_int_eq(stmt_bind_col(g.stmt, 3, SQL_C_CHAR, names, 4, lens), SQL_SUCCESS);
    ck_assert_int_eq(stmt_fetch(g.stmt), SQL_SUCCESS);
    ck_assert_uint_eq(fetched, 2);
    ck_assert_str_eq(names[0], "t0");
    ck_assert_str_eq(names[1], "t1");
    ck_assert_int_eq(status[1], SQL_ROW_SUCCESS);
    ck_assert_int_eq(status[2], SQL_ROW_NOROW);
    char remarks[4];
    ck_assert_int_eq(stmt_set_pos(g.stmt, 2, SQL_POSITION, SQL_LOCK_NO_CHANGE), SQL_SUCCESS);
    ck_assert_int_eq(stmt_get_data(g.stmt, 5, SQL_C_CHAR, remarks, 4, lens), SQL_SUCCESS);
    ck_assert_str_eq(remarks, "r");
    ck_assert_int_eq(stmt_set_pos(g.stmt, 3, SQL_POSITION, SQL_LOCK_NO_CHANGE), SQL_ERROR);
    ck_assert_str_eq(state_of(g.stmt), "HY107");
}
END_TEST

/* The current row stays when the wire is wanted. */
START_TEST(saved_row)
{
    char name[10];
    SQLLEN len = 0;
    make_rows();
    ck_assert_int_eq(stmt_fetch(g.stmt), SQL_SUCCESS);
    ck_assert(fetch_save_row(g.stmt));
    ck_assert(!g.stmt->cursor->fetch.row_on_wire);
    ck_assert_int_eq(stmt_get_data(g.stmt, 3, SQL_C_CHAR, name, sizeof name, &len), SQL_SUCCESS);
    ck_assert_str_eq(name, "t0");
}
END_TEST

START_TEST(states)
{
    SQLSMALLINT n = 0;
    SQLLEN rows = 0;
    SQLPOINTER token = NULL;
    char buf[4];
    const struct {
        const char *call, *state;
        SQLRETURN rc;
    } calls[] = {
        {"fetch", "HY010", stmt_fetch(g.stmt)},
        {"scroll", "HY010", stmt_fetch_scroll(g.stmt, SQL_FETCH_NEXT, 0)},
        {"execute", "HY010", stmt_execute(g.stmt)},
        {"get data", "HY010", stmt_get_data(g.stmt, 1, SQL_C_CHAR, buf, 4, &rows)},
        {"row count", "HY010", stmt_row_count(g.stmt, &rows)},
        {"num cols", "HY010", stmt_num_result_cols(g.stmt, &n)},
        {"num params", "HY010", stmt_num_params(g.stmt, &n)},
        {"param data", "HY010", stmt_param_data(g.stmt, &token)},
        {"put data", "HY010", stmt_put_data(g.stmt, buf, 1)},
        {"close cursor", "24000", stmt_close_cursor(g.stmt)},
    };
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        ck_assert_msg(calls[i].rc == SQL_ERROR, "%s: %d", calls[i].call, calls[i].rc);
    ck_assert_int_eq(stmt_close_cursor(g.stmt), SQL_ERROR);
    ck_assert_str_eq(state_of(g.stmt), "24000");
    ck_assert_int_eq(stmt_more_results(g.stmt), SQL_NO_DATA);
    ck_assert_int_eq(stmt_exec_direct(g.stmt, in_a((const SQLCHAR *)"SELECT 1", SQL_NTS)),
                     SQL_ERROR);
    ck_assert_str_eq(state_of(g.stmt), "08003");
    ck_assert_int_eq(stmt_free_stmt(g.stmt, SQL_CLOSE), SQL_SUCCESS);
    ck_assert_int_eq(stmt_free_stmt(g.stmt, 99), SQL_ERROR);
    ck_assert_str_eq(state_of(g.stmt), "HY092");
    ck_assert_int_eq(stmt_cancel(g.stmt), SQL_SUCCESS);
    ck_assert_int_eq(stmt_cancel(g.dbc), SQL_INVALID_HANDLE);
    make_rows();
    ck_assert_int_eq(stmt_get_data(g.stmt, 1, SQL_C_CHAR, buf, 4, &rows), SQL_ERROR);
    ck_assert_str_eq(state_of(g.stmt), "24000");
    ck_assert_int_eq(stmt_fetch_scroll(g.stmt, SQL_FETCH_LAST, 0), SQL_ERROR);
    ck_assert_str_eq(state_of(g.stmt), "HY106");
}
END_TEST

/* SQLPrepare that is refused (here there is no connection) leaves what was prepared before. */
START_TEST(refused_prepare)
{
    g.stmt->x->prepared = true;
    ck_assert_int_eq(stmt_prepare(g.stmt, in_a((const SQLCHAR *)"SELECT 1", SQL_NTS)), SQL_ERROR);
    ck_assert_str_eq(state_of(g.stmt), "08003");
    ck_assert(stmt_is_prepared(g.stmt));
}
END_TEST

/* An error of SQLPutData ends the wait for data, and the statement can be used again. */
START_TEST(refused_data)
{
    struct param_slot slot = {.plan = {.ctype_id = SQL_C_CHAR}};
    struct params *p = &g.stmt->x->params;
    char text[] = "x";
    p->slots = malloc(sizeof slot);
    ck_assert_ptr_nonnull(p->slots);
    p->slots[0] = slot;
    p->n = p->cap = 1;
    g.stmt->wait = WAIT_DATA;
    ck_assert_int_eq(stmt_put_data(g.stmt, text, -9), SQL_ERROR);
    ck_assert_str_eq(state_of(g.stmt), "HY090");
    ck_assert(!stmt_needs_data(g.stmt));
    ck_assert_int_eq(stmt_free_stmt(g.stmt, SQL_CLOSE), SQL_SUCCESS);
}
END_TEST

/* SQLCancel came while another statement had the connection: it counts at the next call. */
START_TEST(cancelled_meanwhile)
{
    SQLPOINTER token;
    char text[] = "x";
    for (int is_put = 0; is_put < 2; is_put++) {
        g.stmt->wait = WAIT_DATA;
        atomic_store(&g.stmt->cancelled, true);
        ck_assert_int_eq(is_put ? stmt_put_data(g.stmt, text, 1) : stmt_param_data(g.stmt, &token),
                         SQL_ERROR);
        ck_assert_str_eq(state_of(g.stmt), "HY008");
        ck_assert(!stmt_needs_data(g.stmt));
    }
}
END_TEST

/* A statement that ended before any kill went out keeps its rows, whatever was cancelled since. */
START_TEST(ended_before)
{
    g.stmt->entered = ENTERED;
    command_call(g.stmt);
    atomic_store(&g.stmt->cancelled, true);
    ck_assert_int_eq(command_stopped(g.stmt, 0), SQL_SUCCESS);
    ck_assert_ptr_eq(stmt_enter(g.stmt), g.stmt); /* the next call begins without it */
    ck_assert(!atomic_load(&g.stmt->cancelled));
    (void)stmt_leave(g.stmt, SQL_SUCCESS);
}
END_TEST

/* The server ends an index that it builds as if by KILL, when its own limit is over. */
START_TEST(ended_by_limit)
{
    struct fault f;
    (void)fault_server(&f, RC_SERVER, 1317, "70100", "Query execution was interrupted", 31);
    g.stmt->stopping->server_s = 1;
    g.stmt->stopping->until = clock_ms() + 60000;
    ck_assert(!command_was_stopped(g.stmt, &f));
    g.stmt->stopping->until = clock_ms();
    ck_assert(command_was_stopped(g.stmt, &f));
}
END_TEST

/* What comes after a call has begun counts for it, also before its first command. */
START_TEST(cancelled_early)
{
    ck_assert_ptr_eq(stmt_enter(g.stmt), g.stmt);
    ck_assert_int_eq(stmt_cancel(g.stmt), SQL_SUCCESS);
    command_call(g.stmt);
    ck_assert(atomic_load(&g.stmt->cancelled));
    (void)stmt_leave(g.stmt, SQL_SUCCESS);
}
END_TEST

#define WAITS(call)                                                                                \
    do {                                                                                           \
        ck_assert_msg((call) == SQL_ERROR, "%s", #call);                                           \
        ck_assert_msg(!strcmp(state_of(g.stmt), "HY010"), "%s: %s", #call, state_of(g.stmt));      \
        ck_assert(stmt_needs_data(g.stmt));                                                        \
    } while (0)

/* While data is awaited hardly anything may be called, and what is refused changes nothing. */
START_TEST(waiting)
{
    SQLLEN len;
    SQLULEN size;
    SQLSMALLINT n;
    char buf[4];
    struct describe_out column = {0};
    struct desc *descs[] = {g.stmt->apd, g.stmt->ipd, g.stmt->ard};
    make_rows();
    ck_assert_int_eq(stmt_bind_col(g.stmt, 1, SQL_C_CHAR, buf, 4, &len), SQL_SUCCESS);
    ck_assert_int_eq(stmt_fetch(g.stmt), SQL_SUCCESS);
    g.stmt->wait = WAIT_NEXT;
    WAITS(stmt_put_data(g.stmt, buf, 1));
    WAITS(stmt_bulk_operations(g.stmt, SQL_ADD));
    WAITS(stmt_set_pos(g.stmt, 1, SQL_POSITION, SQL_LOCK_NO_CHANGE));
    WAITS(stmt_fetch(g.stmt));
    WAITS(stmt_fetch_scroll(g.stmt, SQL_FETCH_NEXT, 0));
    WAITS(stmt_get_data(g.stmt, 2, SQL_C_CHAR, buf, 4, &len));
    WAITS(stmt_more_results(g.stmt));
    WAITS(stmt_row_count(g.stmt, &len));
    WAITS(stmt_num_params(g.stmt, &n));
    WAITS(stmt_num_result_cols(g.stmt, &n));
    WAITS(stmt_describe_col(g.stmt, 1, &column));
    WAITS(stmt_describe_param(g.stmt, 1, &n, &size, &n, &n));
    WAITS(stmt_bind_col(g.stmt, 1, SQL_C_CHAR, buf, 4, &len));
    WAITS(
        stmt_bind_parameter(g.stmt, 1, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_CHAR, 0, 0, buf, 4, &len));
    WAITS(stmt_set_attr(g.stmt, SQL_ATTR_PARAMSET_SIZE, (SQLPOINTER)2, 0, false));
    WAITS(stmt_close_cursor(g.stmt));
    WAITS(stmt_free_stmt(g.stmt, SQL_CLOSE));
    WAITS(stmt_free_stmt(g.stmt, SQL_UNBIND));
    WAITS(stmt_free_stmt(g.stmt, SQL_RESET_PARAMS));
    for (size_t i = 0; i < 3; i++) {
        struct desc *d = descs[i];
        ck_assert_int_eq(desc_set_field(d, 0, SQL_DESC_ARRAY_SIZE, (SQLPOINTER)2, 0, false),
                         SQL_ERROR);
        ck_assert_str_eq(diag_get(&d->h.diag, 0)->state, i == 1 ? "HY091" : "HY010");
        ck_assert_int_eq(desc_set_field(d, 1, SQL_DESC_TYPE, (SQLPOINTER)SQL_CHAR, 0, false),
                         SQL_ERROR);
        ck_assert_str_eq(diag_get(&d->h.diag, 0)->state, "HY010");
        ck_assert_int_eq(desc_set_rec(d, 1, &(struct desc_rec_in){.type = SQL_CHAR}), SQL_ERROR);
        ck_assert_str_eq(diag_get(&d->h.diag, 0)->state, "HY010");
        ck_assert_int_eq(desc_copy(descs[(i + 1) % 3], d), SQL_ERROR);
        ck_assert_str_eq(diag_get(&d->h.diag, 0)->state, "HY010");
    }
    ck_assert_int_eq(stmt_cancel(g.stmt), SQL_SUCCESS);
    ck_assert(!stmt_needs_data(g.stmt));
    ck_assert_int_eq(stmt_fetch(g.stmt), SQL_SUCCESS); /* the cursor stands where it did */
}
END_TEST

START_TEST(bindings)
{
    char buf[4];
    SQLLEN len;
    ck_assert_int_eq(stmt_bind_col(g.stmt, 0, SQL_C_CHAR, buf, 4, &len), SQL_ERROR);
    ck_assert_str_eq(state_of(g.stmt), "07009");
    ck_assert_int_eq(stmt_bind_col(g.stmt, 1, 1234, buf, 4, &len), SQL_ERROR);
    ck_assert_str_eq(state_of(g.stmt), "HY003");
    ck_assert_int_eq(stmt_bind_col(g.stmt, 1, SQL_C_CHAR, buf, -1, &len), SQL_ERROR);
    ck_assert_str_eq(state_of(g.stmt), "HY090");
    ck_assert_int_eq(stmt_bind_col(g.stmt, 2, SQL_C_CHAR, buf, 4, &len), SQL_SUCCESS);
    ck_assert_int_eq(stmt_bind_col(g.stmt, 5, SQL_C_CHAR, buf, 4, &len), SQL_SUCCESS);
    ck_assert_int_eq(g.stmt->ard->hdr.count, 5);
    ck_assert_int_eq(stmt_bind_col(g.stmt, 5, SQL_C_CHAR, NULL, 0, NULL), SQL_SUCCESS);
    ck_assert_int_eq(g.stmt->ard->hdr.count, 2);
    ck_assert_int_eq(stmt_bind_col(g.stmt, 2, SQL_C_CHAR, NULL, 0, NULL), SQL_SUCCESS);
    ck_assert_int_eq(g.stmt->ard->hdr.count, 0);
}
END_TEST

static const struct {
    uint8_t type;
    uint16_t charset;
    const char *text;
    SQLULEN max;
    size_t len;
} limits[] = {
    {MYSQL_TYPE_VAR_STRING, 45, "abcdef", 4, 4},
    {MYSQL_TYPE_VAR_STRING, 45, "abcdef", 0, 6},
    {MYSQL_TYPE_VAR_STRING, 45, "ab\xe2\x82\xac", 4, 2},
    {MYSQL_TYPE_VAR_STRING, 45, "ab\xe2\x82\xac", 5, 5},
    {MYSQL_TYPE_BLOB, 63, "ab\xe2\x82\xac", 4, 4},
    {MYSQL_TYPE_LONG, 63, "123456", 4, 6},
    {MYSQL_TYPE_NEWDECIMAL, 63, "123456", 4, 6},
    {MYSQL_TYPE_DATETIME, 63, "2024-01-01", 4, 10},
};

START_TEST(max_length)
{
    struct wire_column col = {.type = limits[_i].type, .charset = limits[_i].charset};
    struct cell cell = {(const unsigned char *)limits[_i].text, strlen(limits[_i].text)};
    ck_assert_uint_eq(fetch_limit(&cell, &col, limits[_i].max).len, limits[_i].len);
}
END_TEST

/* Every outcome of a conversion has a state and words; the ones with data warn, the others fail. */
START_TEST(outcomes)
{
    for (int st = CONV_TRUNCATED; st < CONV_END; st++) {
        SQLRETURN rc = diag(&g.stmt->h, convert_state((enum conv_status)st), "x");
        ck_assert_msg(rc == (CONV_HAS_DATA(st) ? SQL_SUCCESS_WITH_INFO : SQL_ERROR),
                      "outcome %d: %d", st, rc);
        ck_assert_ptr_nonnull(convert_words((enum conv_status)st));
    }
}
END_TEST

/* A statement's life without a server; true if all of it worked.  Anything that fails for want of
 * memory says HY001, and everything is given back. */
static bool life(struct dbc *d, const char **state)
{
    char names[3][4], text[40];
    SQLLEN lens[3], len;
    SQLSMALLINT n;
    struct made m;
    struct text_out out = out_a(text, sizeof text, &n, NULL);
    struct stmt *s = stmt_new(d);
    *state = "HY001";
    if (!s)
        return false;
    bool begun = made_open(&m, s, MADE_TABLES);
    for (int i = 0; begun && i < 3; i++) {
        made_put(&m, "db");
        made_put_null(&m);
        made_put(&m, "name");
        made_row(&m);
    }
    s->ard->hdr.array_size = 3;
    bool worked = made_end(&m) == SQL_SUCCESS &&
                  stmt_bind_col(s, 3, SQL_C_CHAR, names, 4, lens) == SQL_SUCCESS &&
                  stmt_col_attribute(s, 3, SQL_DESC_NAME, &out, NULL) == SQL_SUCCESS &&
                  SQL_SUCCEEDED(stmt_fetch(s)) &&
                  stmt_get_data(s, 1, SQL_C_CHAR, text, sizeof text, &len) == SQL_SUCCESS;
    const char *found = worked ? "" : state_of(s);
    *state = !strcmp(found, "HY001") ? "HY001" : !strcmp(found, "") ? "" : "another";
    stmt_free(s);
    return worked;
}

START_TEST(no_memory)
{
    bool worked = false;
    for (size_t n = 1; torture_begin(n); n++) {
        const char *state;
        worked = life(g.dbc, &state);
        bool failed = torture_end();
        /* a truncation warning whose record found no memory is no failure */
        ck_assert_msg(worked || (failed && !strcmp(state, "HY001")), "allocation %zu: '%s'", n,
                      state);
    }
    ck_assert(worked);
}
END_TEST

Suite *check_stmt(void);
Suite *check_stmt(void)
{
    Suite *s = suite_create("stmt");
    TCase *t = tcase_create("no server");
    tcase_add_checked_fixture(t, up, down);
    tcase_add_test(t, made_result);
    tcase_add_test(t, described);
    tcase_add_test(t, rowset_of_made_rows);
    tcase_add_test(t, saved_row);
    tcase_add_test(t, states);
    tcase_add_test(t, refused_prepare);
    tcase_add_test(t, refused_data);
    tcase_add_test(t, cancelled_meanwhile);
    tcase_add_test(t, ended_before);
    tcase_add_test(t, ended_by_limit);
    tcase_add_test(t, cancelled_early);
    tcase_add_test(t, waiting);
    tcase_add_test(t, bindings);
    tcase_add_loop_test(t, max_length, 0, sizeof limits / sizeof *limits);
    tcase_add_test(t, outcomes);
    tcase_add_test(t, no_memory);
    suite_add_tcase(s, t);
    return s;
}
