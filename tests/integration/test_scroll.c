/* test_scroll.c - static cursors: every orientation against a model that counts rows, results of 0
 * to 7 rows, rowsets of 1 to 4. */
#include "integration/odbc.h"

static struct conn c;
static const char LONG_ROW[] = "long";

enum { MOST_ROWS = 7, MOST_WANTED = 4 };

/* --- the model -------------------------------------------------------------------------------- */

/* Where the block cursor stands: 0 before the start, total + 1 after the end, else the number of
 * its first row; size: of the rowset that was asked for last. */
struct model {
    long total, at, size;
};

struct step {
    SQLSMALLINT how;
    SQLLEN offset;
};

static long model_absolute(const struct model *m, long offset, long want, bool *cut)
{
    if (offset >= 0)
        return offset;
    if (-offset <= m->total)
        return m->total + offset + 1;
    *cut = -offset <= want;
    return *cut ? 1 : 0;
}

static long model_relative(const struct model *m, long offset, long want, bool *cut)
{
    bool is_before = m->at == 0, is_after = m->at > m->total;
    if ((is_before && offset > 0) || (is_after && offset < 0))
        return model_absolute(m, offset, want, cut);
    if (is_before || is_after)
        return m->at;
    if (m->at + offset >= 1)
        return m->at + offset;
    *cut = m->at > 1 && -offset <= want;
    return *cut ? 1 : 0;
}

static long model_prior(const struct model *m, long want, bool *cut)
{
    bool is_after = m->at > m->total;
    if (m->at == 0 || (m->at == 1 && !is_after))
        return 0;
    long first = is_after ? m->total - want + 1 : m->at - want;
    *cut = first < 1;
    return *cut ? 1 : first;
}

/* The tables of SQLFetchScroll, written down once more. */
static long model_first(const struct model *m, struct step s, long want, bool *cut)
{
    switch (s.how) {
    case SQL_FETCH_NEXT:
        return m->at == 0 ? 1 : m->at > m->total ? m->at : m->at + m->size;
    case SQL_FETCH_PRIOR:
        return model_prior(m, want, cut);
    case SQL_FETCH_FIRST:
        return 1;
    case SQL_FETCH_LAST:
        return want <= m->total ? m->total - want + 1 : 1;
    case SQL_FETCH_ABSOLUTE:
        return model_absolute(m, s.offset, want, cut);
    default:
        return model_relative(m, s.offset, want, cut);
    }
}

/* --- a rowset against the model --------------------------------------------------------------- */

static struct {
    SQLINTEGER id[MOST_WANTED];
    SQLLEN id_len[MOST_WANTED];
    SQLUSMALLINT status[MOST_WANTED];
    SQLULEN nrows;
} got;

static void bind_rowset(SQLHSTMT s)
{
    ok(s, SQLBindCol(s, 1, SQL_C_SLONG, got.id, 0, got.id_len));
    ok(s, SQLSetStmtAttr(s, SQL_ATTR_ROW_STATUS_PTR, got.status, 0));
    ok(s, SQLSetStmtAttr(s, SQL_ATTR_ROWS_FETCHED_PTR, &got.nrows, 0));
}

/* Bound and unbound columns of every row of the rowset, by SQLSetPos, last row first. */
static void check_rows(SQLHSTMT s, long first, long nrows, const char *what)
{
    for (long i = nrows; i-- > 0;) {
        char text[16];
        SQLULEN number = 0;
        snprintf(text, sizeof text, "row %ld", first + i);
        ck_assert_msg(got.id[i] == first + i, "%s: row %ld is %ld", what, first + i,
                      (long)got.id[i]);
        ok(s, SQLSetPos(s, (SQLSETPOSIROW)i + 1, SQL_POSITION, SQL_LOCK_NO_CHANGE));
        ck_assert_str_eq(get(s, 2), text);
        ck_assert_int_eq(strtol(get(s, 1), NULL, 10), first + i);
        ok(s, SQLGetStmtAttr(s, SQL_ATTR_ROW_NUMBER, &number, 0, NULL));
        ck_assert_uint_eq(number, (SQLULEN)(first + i));
    }
}

static void check_step(SQLHSTMT s, struct model *m, struct step step, long want, bool plain)
{
    char what[200];
    bool cut = false;
    snprintf(what, sizeof what, "%s: %ld rows, at %ld: type %d, offset %ld, rowset %ld", c.server,
             m->total, m->at, step.how, (long)step.offset, want);
    long first = model_first(m, step, want, &cut);
    long nrows = first < 1 || first > m->total ? 0 : m->total - first + 1;
    nrows = nrows < want ? nrows : want;
    memset(&got, 0xab, sizeof got);
    ok(s, SQLSetStmtAttr(s, SQL_ATTR_ROW_ARRAY_SIZE, (SQLPOINTER)(uintptr_t)want, 0));
    SQLRETURN rc = plain ? SQLFetch(s) : SQLFetchScroll(s, step.how, step.offset);
    struct said d = said(s);
    bool is_told = cut && nrows;
    ck_assert_msg(rc == (!nrows    ? SQL_NO_DATA
                         : is_told ? SQL_SUCCESS_WITH_INFO
                                   : SQL_SUCCESS),
                  "%s: %d %s %s", what, rc, d.state, d.text);
    ck_assert_msg(!is_told || !strcmp(d.state, "01S06"), "%s: %s", what, d.state);
    ck_assert_msg(got.nrows == (SQLULEN)nrows, "%s: %lu rows, not %ld", what,
                  (unsigned long)got.nrows, nrows);
    for (long i = 0; i < want; i++)
        ck_assert_msg(got.status[i] == (i < nrows ? SQL_ROW_SUCCESS : SQL_ROW_NOROW),
                      "%s: status %ld is %u", what, i, got.status[i]);
    check_rows(s, first, nrows, what);
    m->at = first > m->total ? m->total + 1 : first;
    m->size = want;
}

/* --- results of every size -------------------------------------------------------------------- */

static void make_rows(void)
{
    char sql[100];
    run(c.stmt, "CREATE TABLE t (id INT PRIMARY KEY, name VARCHAR(20), body LONGTEXT)");
    for (int i = 1; i <= MOST_ROWS; i++) {
        snprintf(sql, sizeof sql, "INSERT INTO t VALUES (%d, 'row %d', '%s')", i, i, LONG_ROW);
        run(c.stmt, sql);
    }
}

static void set_static(SQLHSTMT s)
{
    ok(s, SQLSetStmtAttr(s, SQL_ATTR_CURSOR_TYPE, (SQLPOINTER)SQL_CURSOR_STATIC, 0));
}

/* The first n rows, as text protocol or (with a parameter) as binary one. */
static void open_rows(SQLHSTMT s, long n, bool binary)
{
    static SQLINTEGER most;
    char sql[100];
    most = (SQLINTEGER)n;
    if (!binary) {
        snprintf(sql, sizeof sql, "SELECT id, name, body FROM t WHERE id <= %ld ORDER BY id", n);
        ok(s, direct(s, sql));
        return;
    }
    ok(s, SQLBindParameter(s, 1, SQL_PARAM_INPUT, SQL_C_SLONG, SQL_INTEGER, 0, 0, &most, 0, NULL));
    ok(s, direct(s, "SELECT id, name, body FROM t WHERE id <= ? ORDER BY id"));
}

static const SQLSMALLINT hows[] = {SQL_FETCH_NEXT, SQL_FETCH_PRIOR,    SQL_FETCH_FIRST,
                                   SQL_FETCH_LAST, SQL_FETCH_ABSOLUTE, SQL_FETCH_RELATIVE};
enum { NHOWS = sizeof hows / sizeof *hows };

/* From every place (before, each row, after) every fetch; the way there is ABSOLUTE. */
static void from_every_place(SQLHSTMT s, struct model *m, long size, long want)
{
    for (long at = 0; at <= m->total + 1; at++) {
        for (size_t h = 0; h < NHOWS; h++) {
            bool has_offset = hows[h] == SQL_FETCH_ABSOLUTE || hows[h] == SQL_FETCH_RELATIVE;
            long reach = has_offset ? m->total + 2 : 0;
            for (long offset = -reach; offset <= reach; offset++) {
                check_step(s, m, (struct step){SQL_FETCH_ABSOLUTE, at}, size, false);
                check_step(s, m, (struct step){hows[h], offset}, want, false);
            }
        }
    }
}

START_TEST(every_fetch_from_every_place)
{
    conn_open(&c, _i, "scroll");
    make_rows();
    SQLHSTMT s = new_stmt(&c);
    set_static(s);
    bind_rowset(s);
    for (long total = 0; total <= MOST_ROWS; total++) {
        struct model m = {.total = total};
        open_rows(s, total, total % 2);
        for (long want = 1; want <= MOST_WANTED; want++)
            from_every_place(s, &m, 1 + (want + total) % MOST_WANTED, want);
        SQLFreeStmt(s, SQL_CLOSE);
    }
    drop_stmt(s);
    conn_close(&c);
}
END_TEST

/* Walks that begin on a fresh result, where nothing was read ahead yet, SQLFetch among them; in the
 * middle another statement takes the wire. */
START_TEST(walks_on_fresh_results)
{
    conn_open(&c, _i, "scroll");
    make_rows();
    SQLHSTMT s = new_stmt(&c);
    set_static(s);
    bind_rowset(s);
    unsigned seed = 1;
    for (int walk = 0; walk < 400; walk++) {
        struct model m = {.total = walk % (MOST_ROWS + 1)};
        open_rows(s, m.total, walk % 3 == 0);
        for (int i = 0; i < 8; i++) {
            seed = seed * 1103515245u + 12345u;
            struct step step = {hows[(seed >> 16) % NHOWS], (SQLLEN)(seed >> 20) % 19 - 9};
            long want = 1 + (long)((seed >> 24) % MOST_WANTED);
            check_step(s, &m, step, want, step.how == SQL_FETCH_NEXT && walk % 2);
            if (i == 2 && walk % 5 == 0)
                run(c.stmt, "DO 1");
        }
        SQLFreeStmt(s, SQL_CLOSE);
    }
    drop_stmt(s);
    conn_close(&c);
}
END_TEST

/* SQL_ATTR_MAX_ROWS is the end of the result, also seen from behind. */
START_TEST(fewer_rows_than_there_are)
{
    conn_open(&c, _i, "scroll");
    make_rows();
    SQLHSTMT s = new_stmt(&c);
    set_static(s);
    bind_rowset(s);
    ok(s, SQLSetStmtAttr(s, SQL_ATTR_MAX_ROWS, (SQLPOINTER)4, 0));
    struct model m = {.total = 4};
    open_rows(s, MOST_ROWS, false);
    from_every_place(s, &m, 2, 3);
    drop_stmt(s);
    conn_close(&c);
}
END_TEST

/* Rows do not change under a static cursor, whatever becomes of the table and the transaction. */
START_TEST(rows_stay_as_they_were)
{
    conn_open(&c, _i, "scroll");
    make_rows();
    SQLHSTMT s = new_stmt(&c);
    set_static(s);
    bind_rowset(s);
    open_rows(s, MOST_ROWS, false);
    struct model m = {.total = MOST_ROWS};
    check_step(s, &m, (struct step){SQL_FETCH_LAST, 0}, 1, false);
    run(c.stmt, "DELETE FROM t");
    ok(c.stmt, SQLEndTran(SQL_HANDLE_DBC, c.dbc, SQL_COMMIT));
    check_step(s, &m, (struct step){SQL_FETCH_FIRST, 0}, 4, false);
    check_step(s, &m, (struct step){SQL_FETCH_ABSOLUTE, -2}, 2, false);
    drop_stmt(s);
    conn_close(&c);
}
END_TEST

/* Long values in pieces, backwards; the pieces begin anew when the row changes. */
START_TEST(pieces_of_any_row)
{
    conn_open(&c, _i, "scroll");
    make_rows();
    SQLHSTMT s = new_stmt(&c);
    set_static(s);
    open_rows(s, MOST_ROWS, true);
    for (int i = 0; i < MOST_ROWS; i++) {
        char piece[3];
        SQLLEN left = 0;
        ok(s, SQLFetchScroll(s, i ? SQL_FETCH_PRIOR : SQL_FETCH_LAST, 0));
        expect(s, SQL_SUCCESS_WITH_INFO, "01004",
               SQLGetData(s, 3, SQL_C_CHAR, piece, sizeof piece, &left));
        ck_assert_int_eq(left, (SQLLEN)strlen(LONG_ROW));
        ck_assert_str_eq(piece, "lo");
        run(c.stmt, "DO 1");
        ok(s, SQLGetData(s, 3, SQL_C_CHAR, piece, sizeof piece, &left));
        ck_assert_str_eq(piece, "ng");
    }
    drop_stmt(s);
    conn_close(&c);
}
END_TEST

/* The second result of several scrolls too; so does a catalog function's. */
START_TEST(every_result)
{
    conn_open_as(&c, _i, "MULTI_STATEMENTS=1");
    SQLHSTMT s = new_stmt(&c);
    set_static(s);
    ok(s, direct(s, "SELECT 1 UNION SELECT 2; SELECT 3 UNION SELECT 4"));
    ok(s, SQLFetchScroll(s, SQL_FETCH_LAST, 0));
    ck_assert_str_eq(get(s, 1), "2");
    ok(s, SQLMoreResults(s));
    ok(s, SQLFetchScroll(s, SQL_FETCH_LAST, 0));
    ck_assert_str_eq(get(s, 1), "4");
    ok(s, SQLFetchScroll(s, SQL_FETCH_PRIOR, 0));
    ck_assert_str_eq(get(s, 1), "3");
    ck_assert_int_eq(SQLMoreResults(s), SQL_NO_DATA);
    ok(s, SQLGetTypeInfo(s, SQL_INTEGER));
    ok(s, SQLFetchScroll(s, SQL_FETCH_LAST, 0));
    ok(s, SQLFetchScroll(s, SQL_FETCH_FIRST, 0));
    ck_assert_int_eq(SQLFetchScroll(s, SQL_FETCH_PRIOR, 0), SQL_NO_DATA);
    drop_stmt(s);
    conn_close(&c);
}
END_TEST

START_TEST(what_cannot_be)
{
    SQLUINTEGER mask = 0;
    SQLULEN type = 0;
    conn_open_as(&c, _i, _i ? "FORWARD_CURSOR=1" : "");
    ok(c.stmt, SQLGetInfo(c.dbc, SQL_STATIC_CURSOR_ATTRIBUTES1, &mask, 0, NULL));
    ck_assert_int_eq(!(mask & SQL_CA1_ABSOLUTE), _i);
    ok(c.stmt, SQLGetInfo(c.dbc, SQL_SCROLL_OPTIONS, &mask, 0, NULL));
    ck_assert_int_eq(!(mask & SQL_SO_STATIC), _i);
    SQLHSTMT s = new_stmt(&c);
    if (_i)
        expect(s, SQL_SUCCESS_WITH_INFO, "01S02",
               SQLSetStmtAttr(s, SQL_ATTR_CURSOR_TYPE, (SQLPOINTER)SQL_CURSOR_STATIC, 0));
    else
        expect(s, SQL_SUCCESS_WITH_INFO, "01S02",
               SQLSetStmtAttr(s, SQL_ATTR_CURSOR_TYPE, (SQLPOINTER)SQL_CURSOR_DYNAMIC, 0));
    ok(s, SQLGetStmtAttr(s, SQL_ATTR_CURSOR_TYPE, &type, 0, NULL));
    ck_assert_uint_eq(type, (SQLULEN)(_i ? SQL_CURSOR_FORWARD_ONLY : SQL_CURSOR_STATIC));
    expect(s, SQL_SUCCESS_WITH_INFO, "01S02",
           SQLSetStmtAttr(s, SQL_ATTR_CONCURRENCY, (SQLPOINTER)SQL_CONCUR_ROWVER, 0));
    ok(s, direct(s, "SELECT 1"));
    refuses(s, "HY106", SQLFetchScroll(s, SQL_FETCH_BOOKMARK, 0));
    refuses(s, "HY106", SQLFetchScroll(s, 99, 0));
    if (_i)
        refuses(s, "HY106", SQLFetchScroll(s, SQL_FETCH_LAST, 0));
    refuses(s, "24000", SQLSetPos(s, 1, SQL_POSITION, SQL_LOCK_NO_CHANGE));
    ok(s, SQLFetch(s));
    refuses(s, "HYC00", SQLSetPos(s, 1, SQL_REFRESH, SQL_LOCK_NO_CHANGE));
    drop_stmt(s);
    conn_close(&c);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("scroll");
    TCase *t = tcase_create("scroll");
    tcase_set_timeout(t, 300);
    tcase_add_loop_test(t, every_fetch_from_every_place, 0, NSERVERS);
    tcase_add_loop_test(t, walks_on_fresh_results, 0, NSERVERS);
    tcase_add_loop_test(t, fewer_rows_than_there_are, 0, NSERVERS);
    tcase_add_loop_test(t, rows_stay_as_they_were, 0, NSERVERS);
    tcase_add_loop_test(t, pieces_of_any_row, 0, NSERVERS);
    tcase_add_loop_test(t, every_result, 0, NSERVERS);
    tcase_add_loop_test(t, what_cannot_be, 0, NSERVERS);
    suite_add_tcase(s, t);
    return run_suite(s);
}
