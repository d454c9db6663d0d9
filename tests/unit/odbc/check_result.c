/* check_result.c - results in memory: rows, copies, errors behind them, several replies. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "odbc/result.h"

static struct cell cell(const char *s)
{
    return (struct cell){(const unsigned char *)s, s ? strlen(s) : 0};
}

static bool cell_is(const struct cell *c, const char *s)
{
    if (!s)
        return c->p == NULL;
    return c->p && c->len == strlen(s) && !memcmp(c->p, s, c->len);
}

static struct reply *reply_of(struct result *r, size_t ncols)
{
    struct reply *p = result_add(r);
    ck_assert_ptr_nonnull(p);
    p->has_rows = p->at_end = true;
    p->ncols = ncols;
    return p;
}

static const char *const rows[][3] = {
    {"a", NULL, ""}, {NULL, NULL, NULL}, {"", "", ""}, {"a longer text", "b", "c"}};
enum { NROWS = sizeof rows / sizeof *rows };

static void fill(struct reply *p)
{
    for (int i = 0; i < NROWS; i++) {
        struct cell cells[3] = {cell(rows[i][0]), cell(rows[i][1]), cell(rows[i][2])};
        ck_assert(result_add_row(p, cells));
    }
}

START_TEST(rows_come_back)
{
    struct result r = {0};
    const struct cell *cells = NULL;
    struct fault f;
    fill(reply_of(&r, 3));
    for (int i = 0; i < NROWS; i++) {
        ck_assert_int_eq(result_row(&r, NULL, &cells, &f), 1);
        for (int k = 0; k < 3; k++)
            ck_assert_msg(cell_is(&cells[k], rows[i][k]), "row %d column %d", i, k);
    }
    ck_assert_int_eq(result_row(&r, NULL, &cells, &f), 0);
    ck_assert_int_eq(result_row(&r, NULL, &cells, &f), 0);
    ck_assert_int_eq(result_next(&r, NULL, &f), 0);
    ck_assert_ptr_null(r.current);
    ck_assert_int_eq(result_next(&r, NULL, &f), 0);
    result_clear(&r);
    result_clear(&r);
}
END_TEST

START_TEST(error_behind_rows)
{
    struct result r = {0};
    const struct cell *cells = NULL;
    struct fault f, kept;
    struct reply *p = reply_of(&r, 3);
    fill(p);
    ck_assert_int_eq(fault(&kept, RC_SERVER, "half-way"), RC_SERVER);
    result_fail(p, &kept);
    for (int i = 0; i < NROWS; i++)
        ck_assert_int_eq(result_row(&r, NULL, &cells, &f), 1);
    ck_assert_int_eq(result_row(&r, NULL, &cells, &f), RC_SERVER);
    ck_assert_str_eq(f.text, "half-way");
    ck_assert_int_eq(result_row(&r, NULL, &cells, &f), 0); /* it is told once */
    result_clear(&r);
}
END_TEST

/* Rows, a count, and a reply that is only an error; rows that nobody read are dropped on the way.
 */
START_TEST(replies_in_order)
{
    struct result r = {0};
    struct fault f, kept;
    fill(reply_of(&r, 3));
    struct reply *p = result_add(&r);
    p->affected = 7;
    ck_assert_int_eq(fault(&kept, RC_SERVER, "second"), RC_SERVER);
    result_fail(result_add(&r), &kept);
    ck_assert_int_eq(result_next(&r, NULL, &f), 1);
    ck_assert_uint_eq(r.current->affected, 7);
    ck_assert_int_eq(result_next(&r, NULL, &f), RC_SERVER);
    ck_assert_str_eq(f.text, "second");
    ck_assert_int_eq(result_next(&r, NULL, &f), 0);
    ck_assert_ptr_null(r.tail);
    result_clear(&r);
}
END_TEST

START_TEST(copied_row)
{
    struct arena a = {0};
    char text[] = "borrowed";
    struct cell cells[2] = {cell(text), {0}};
    const struct cell *copy = result_copy_row(&a, cells, 2);
    ck_assert_ptr_nonnull(copy);
    memset(text, 'x', sizeof text - 1);
    ck_assert(cell_is(&copy[0], "borrowed"));
    ck_assert(cell_is(&copy[1], NULL));
    arena_clear(&a);
}
END_TEST

Suite *check_result(void);
Suite *check_result(void)
{
    Suite *s = suite_create("result");
    TCase *t = tcase_create("memory");
    tcase_add_test(t, rows_come_back);
    tcase_add_test(t, error_behind_rows);
    tcase_add_test(t, replies_in_order);
    tcase_add_test(t, copied_row);
    suite_add_tcase(s, t);
    return s;
}
