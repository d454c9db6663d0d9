/* check_given.c - values given at execution are found again by row and slot. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "odbc/exec/given.h"
#include "unit/torture.h"

enum { ROWS = 500, SLOTS = 3 };

/* Slot s of row r has a value unless r + s can be divided by 4; every fifth is NULL. */
static bool has_value(size_t r, size_t s)
{
    return (r + s) % 4 != 0;
}

static size_t value_of(size_t r, size_t s, char *out)
{
    return (size_t)snprintf(out, 40, "%.*s%zu.%zu", (int)(r % 20), "xxxxxxxxxxxxxxxxxxxx", r, s);
}

static bool fill(struct given *g)
{
    for (size_t r = 0; r < ROWS; r++) {
        for (size_t s = 0; s < SLOTS; s++) {
            char text[40];
            struct given_value v = {.row = r, .slot = s, .p = text, .is_null = r % 5 == 0};
            v.len = v.is_null ? 0 : value_of(r, s, text);
            if (has_value(r, s) && !given_add(g, &v))
                return false;
        }
    }
    return true;
}

START_TEST(found)
{
    struct given g = {0};
    size_t bytes = 0;
    ck_assert_ptr_null(given_find(&g, 0, 0));
    ck_assert(fill(&g));
    for (size_t r = 0; r < ROWS; r++) {
        for (size_t s = 0; s < SLOTS; s++) {
            char text[40];
            size_t n = value_of(r, s, text);
            const struct given_value *v = given_find(&g, r, s);
            ck_assert_msg((v != NULL) == has_value(r, s), "row %zu, slot %zu", r, s);
            if (!v)
                continue;
            ck_assert_msg(v->is_null == (r % 5 == 0), "row %zu, slot %zu", r, s);
            ck_assert_uint_eq(v->len, v->is_null ? 0 : n);
            ck_assert_msg(!memcmp(v->p, text, v->len), "row %zu, slot %zu", r, s);
            bytes += v->len;
        }
    }
    ck_assert_uint_eq(g.bytes, bytes);
    ck_assert_ptr_null(given_find(&g, ROWS, 0));
    given_clear(&g);
    ck_assert_ptr_null(given_find(&g, 1, 0));
    given_clear(&g);
}
END_TEST

START_TEST(no_memory)
{
    bool worked = false;
    for (size_t n = 1; torture_begin(n); n++) {
        struct given g = {0};
        worked = fill(&g);
        bool failed = torture_end();
        ck_assert_msg(worked != failed, "allocation %zu", n);
        ck_assert(!g.n || given_find(&g, g.values[g.n - 1].row, g.values[g.n - 1].slot));
        given_clear(&g);
    }
    ck_assert(worked);
}
END_TEST

Suite *check_given(void);
Suite *check_given(void)
{
    Suite *s = suite_create("given");
    TCase *t = tcase_create("given");
    tcase_add_test(t, found);
    tcase_add_test(t, no_memory);
    suite_add_tcase(s, t);
    return s;
}
