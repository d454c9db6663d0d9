/* test_plans.c - what is decided once and used again: the plans of bound columns and parameters
 * hold for the descriptor and the columns that they were made from, and for no others. */
#include "integration/odbc.h"

static struct conn c;

/* Freed memory is given out again at once, so that a new descriptor stands where an old one was.
 * For AddressSanitizer, which knows this name. */
__attribute__((visibility("default"))) const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "quarantine_size_mb=0:thread_local_quarantine_size_kb=0";
}

/* --- descriptors that come and go ------------------------------------------------------------- */

enum { NDESCS = 4, NSTMTS = 3, OWN = NDESCS, NSTEPS = 3000 };

/* Buffers are never used twice: what is written to one that is no longer bound is seen. */
enum { UNBOUND = -7777 };
static SQLINTEGER cells[2 * NSTEPS];
static size_t ncells;

/* A descriptor with one record that points to a cell; desc NULL: none. */
static struct bound {
    SQLHDESC desc;
    SQLINTEGER *cell;
} bounds[NDESCS];

static struct {
    SQLHSTMT stmt;
    int row, param; /* of bounds, or OWN */
} uses[NSTMTS];

static uint32_t seed;

static int pick(int n)
{
    seed = seed * 1664525u + 1013904223u;
    return (int)((seed >> 8) % (uint32_t)n);
}

static void set(SQLHDESC d, SQLSMALLINT field, SQLPOINTER value)
{
    SQLRETURN rc = SQLSetDescField(d, 1, field, value, 0);
    struct said s = said_at(SQL_HANDLE_DESC, d, 1);
    ck_assert_msg(SQL_SUCCEEDED(rc), "field %d: %s %s", field, s.state, s.text);
}

static void bind_new_cell(struct bound *b)
{
    if (b->cell)
        *b->cell = UNBOUND;
    b->cell = &cells[ncells++];
    set(b->desc, SQL_DESC_TYPE, (SQLPOINTER)SQL_C_SLONG);
    set(b->desc, SQL_DESC_DATA_PTR, b->cell);
}

static void make_desc(struct bound *b)
{
    ck_assert(SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_DESC, c.dbc, &b->desc)));
    bind_new_cell(b);
}

static void free_desc(int i)
{
    ck_assert(SQL_SUCCEEDED(SQLFreeHandle(SQL_HANDLE_DESC, bounds[i].desc)));
    *bounds[i].cell = UNBOUND;
    bounds[i] = (struct bound){0};
    for (int k = 0; k < NSTMTS; k++) {
        uses[k].row = uses[k].row == i ? OWN : uses[k].row;
        uses[k].param = uses[k].param == i ? OWN : uses[k].param;
    }
}

static void use_desc(int k, int i, SQLINTEGER attr, int *now)
{
    if (i != OWN && !bounds[i].desc)
        return;
    ok(uses[k].stmt,
       SQLSetStmtAttr(uses[k].stmt, attr, i == OWN ? NULL : bounds[i].desc, SQL_IS_POINTER));
    *now = i;
}

/* Free a descriptor, make one in its place, and give it to those who had it. */
static void renew_desc(int i)
{
    int rows[NSTMTS], params[NSTMTS];
    for (int k = 0; k < NSTMTS; k++) {
        rows[k] = uses[k].row;
        params[k] = uses[k].param;
    }
    free_desc(i);
    make_desc(&bounds[i]);
    for (int k = 0; k < NSTMTS; k++) {
        if (rows[k] == i)
            use_desc(k, i, SQL_ATTR_APP_ROW_DESC, &uses[k].row);
        if (params[k] == i)
            use_desc(k, i, SQL_ATTR_APP_PARAM_DESC, &uses[k].param);
    }
}

/* Send a value and read it back, both through whatever the statement uses now. */
static void round_trip(int k, SQLINTEGER value)
{
    SQLHSTMT s = uses[k].stmt;
    static SQLINTEGER own;
    SQLINTEGER got = -1;
    SQLLEN len = 0;
    if (uses[k].param == OWN)
        ok(s,
           SQLBindParameter(s, 1, SQL_PARAM_INPUT, SQL_C_SLONG, SQL_INTEGER, 0, 0, &own, 0, NULL));
    *(uses[k].param == OWN ? &own : bounds[uses[k].param].cell) = value;
    ok(s, SQLExecute(s));
    if (uses[k].row != OWN)
        *bounds[uses[k].row].cell = -2;
    ok(s, SQLFetch(s));
    if (uses[k].row == OWN)
        ok(s, SQLGetData(s, 1, SQL_C_SLONG, &got, 0, &len));
    else
        got = *bounds[uses[k].row].cell;
    ck_assert_msg(got == value, "%s: %d was sent (descriptor %d) and came back as %d (%d)",
                  c.server, (int)value, uses[k].param, (int)got, uses[k].row);
    SQLFreeStmt(s, SQL_CLOSE);
}

static void step(int n)
{
    int i = pick(NDESCS), k = pick(NSTMTS);
    switch (pick(8)) {
    case 0:
        if (bounds[i].desc)
            free_desc(i);
        return;
    case 1:
        if (!bounds[i].desc)
            make_desc(&bounds[i]);
        return;
    case 2:
        if (bounds[i].desc)
            bind_new_cell(&bounds[i]);
        return;
    case 3:
        if (bounds[i].desc)
            renew_desc(i);
        return;
    case 4:
        use_desc(k, pick(NDESCS + 1), SQL_ATTR_APP_ROW_DESC, &uses[k].row);
        return;
    case 5:
        use_desc(k, pick(NDESCS + 1), SQL_ATTR_APP_PARAM_DESC, &uses[k].param);
        return;
    default:
        round_trip(k, n);
    }
}

START_TEST(descriptors)
{
    conn_open_as(&c, _i, "");
    memset(bounds, 0, sizeof bounds);
    seed = 20250;
    ncells = 0;
    for (int k = 0; k < NSTMTS; k++) {
        SQLHDESC ipd;
        uses[k].stmt = new_stmt(&c);
        uses[k].row = uses[k].param = OWN;
        ok(uses[k].stmt, SQLPrepare(uses[k].stmt, text("SELECT ?"), SQL_NTS));
        ok(uses[k].stmt, SQLGetStmtAttr(uses[k].stmt, SQL_ATTR_IMP_PARAM_DESC, &ipd, 0, NULL));
        set(ipd, SQL_DESC_TYPE, (SQLPOINTER)SQL_INTEGER);
    }
    for (int n = 1; n <= NSTEPS; n++)
        step(n);
    for (int k = 0; k < NSTMTS; k++)
        drop_stmt(uses[k].stmt);
    for (int i = 0; i < NDESCS; i++)
        if (bounds[i].desc)
            free_desc(i);
    for (size_t i = 0; i < ncells; i++)
        ck_assert_msg(cells[i] == UNBOUND, "%s: %d was written to a buffer that is not bound",
                      c.server, (int)cells[i]);
    conn_close(&c);
}
END_TEST

/* One for each query, as some programs do it: always at the same address. */
START_TEST(one_a_query)
{
    conn_open_as(&c, _i, "");
    ncells = 0;
    for (int i = 0; i < 100; i++) {
        struct bound b = {0};
        char sql[50];
        make_desc(&b);
        ok(c.stmt, SQLSetStmtAttr(c.stmt, SQL_ATTR_APP_ROW_DESC, b.desc, SQL_IS_POINTER));
        snprintf(sql, sizeof sql, "SELECT %d", i);
        ok(c.stmt, direct(c.stmt, sql));
        ok(c.stmt, SQLFetch(c.stmt));
        ck_assert_int_eq(*b.cell, i);
        SQLFreeStmt(c.stmt, SQL_CLOSE);
        SQLFreeHandle(SQL_HANDLE_DESC, b.desc);
    }
    conn_close(&c);
}
END_TEST

/* --- columns that differ in one fact ---------------------------------------------------------- */

/* With NO_BINARY_RESULT an expression's bytes are characters, a column's are not: a statement that
 * goes from one to the other says what a new statement says. */
START_TEST(columns)
{
    static const char *const queries[] = {"SELECT b FROM plans",
                                          "SELECT CAST(b AS BINARY(4)) FROM plans",
                                          "SELECT b FROM plans", "SELECT CONCAT(b) FROM plans"};
    conn_open_as(&c, _i, "NO_BINARY_RESULT=1");
    run(c.stmt, "CREATE TEMPORARY TABLE plans(b VARBINARY(4))");
    run(c.stmt, "INSERT INTO plans VALUES('ABCD')");
    char kept[20], fresh[20];
    ok(c.stmt, SQLBindCol(c.stmt, 1, SQL_C_CHAR, kept, sizeof kept, NULL));
    for (size_t i = 0; i < sizeof queries / sizeof *queries; i++) {
        SQLHSTMT s = new_stmt(&c);
        ok(s, SQLBindCol(s, 1, SQL_C_CHAR, fresh, sizeof fresh, NULL));
        ok(s, direct(s, queries[i]));
        ok(s, SQLFetch(s));
        drop_stmt(s);
        ok(c.stmt, direct(c.stmt, queries[i]));
        ok(c.stmt, SQLFetch(c.stmt));
        SQLFreeStmt(c.stmt, SQL_CLOSE);
        ck_assert_msg(!strcmp(kept, i % 2 ? "ABCD" : "41424344") && !strcmp(kept, fresh),
                      "%s: %s gave %s, and %s in a new statement", c.server, queries[i], kept,
                      fresh);
    }
    conn_close(&c);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("plans");
    TCase *t = tcase_create("plans");
    tcase_set_timeout(t, 120);
    tcase_add_loop_test(t, descriptors, 0, NSERVERS);
    tcase_add_loop_test(t, one_a_query, 0, NSERVERS);
    tcase_add_loop_test(t, columns, 0, NSERVERS);
    suite_add_tcase(s, t);
    return run_suite(s);
}
