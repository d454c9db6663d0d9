/* check_shape.c - columns are the same only if every fact is. */
#include <check.h>

#include "odbc/result/shape.h"
#include "torture.h"

Suite *check_shape(void);

enum { BASE, NFACTS = 12 };

/* Replies of two columns that differ in one fact; fact 0 is the one to compare with. */
static struct reply reply_with(int fact, struct wire_column *cols)
{
    cols[0] = (struct wire_column){.org_table = "t", .ext_type = "", .length = 7, .type = 3};
    cols[1] = (struct wire_column){.org_table = "t", .ext_type = "", .length = 4, .type = 253};
    struct reply p = {.has_rows = true, .ncols = 2, .cols = cols};
    struct wire_column *c = &cols[1];
    switch (fact) {
    case 1:
        c->type = 254;
        break;
    case 2:
        c->decimals = 1;
        break;
    case 3:
        c->flags = 128;
        break;
    case 4:
        c->charset = 63;
        break;
    case 5:
        c->length = 5;
        break;
    case 6:
        c->ext_type = "json";
        break;
    case 7:
        c->ext_type = "uuid";
        break;
    case 8:
        c->org_table = "";
        break;
    case 9:
        p.binary = true;
        break;
    case 10:
        p.ncols = 1;
        break;
    case 11:
        cols[0] = cols[1];
        cols[1].length = 7;
        cols[1].type = 3;
        break;
    default:
        break;
    }
    return p;
}

START_TEST(every_fact)
{
    struct shape s = {0};
    struct wire_column cols[2];
    for (int a = BASE; a < NFACTS; a++) {
        for (int b = BASE; b < NFACTS; b++) {
            struct reply p = reply_with(a, cols);
            shape_follow(&s, &p);
            uint64_t first = s.serial;
            ck_assert(first);
            p = reply_with(b, cols);
            shape_follow(&s, &p);
            ck_assert_msg((s.serial == first) == (a == b), "%d and %d", a, b);
            ck_assert(s.serial >= first);
        }
    }
    shape_clear(&s);
    shape_clear(&s);
}
END_TEST

/* Columns that could not be kept for want of memory are never the same as what follows. */
START_TEST(without_memory)
{
    struct wire_column a[2], b[2];
    struct reply p = reply_with(BASE, a), q = reply_with(1, b);
    for (size_t n = 1; torture_begin(n); n++) {
        struct shape s = {0};
        shape_follow(&s, &p);
        uint64_t first = s.serial;
        shape_follow(&s, &q);
        uint64_t second = s.serial;
        shape_follow(&s, &p);
        uint64_t third = s.serial;
        shape_clear(&s);
        (void)torture_end();
        ck_assert_uint_gt(first, 0);
        ck_assert_uint_gt(second, first);
        ck_assert_uint_gt(third, second);
    }
}
END_TEST

Suite *check_shape(void)
{
    Suite *s = suite_create("shape");
    TCase *t = tcase_create("shape");
    tcase_add_test(t, every_fact);
    tcase_add_test(t, without_memory);
    suite_add_tcase(s, t);
    return s;
}
