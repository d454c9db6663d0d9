/* check_scroll.c - the positioning rules of SQLFetchScroll: a row of ODBC's tables is a row here.
 */
#include <check.h>
#include <stdint.h>

#include "odbc/result/scroll.h"

#define BEFORE                                                                                     \
    {                                                                                              \
        .at = SCROLL_BEFORE                                                                        \
    }
#define AFTER                                                                                      \
    {                                                                                              \
        .at = SCROLL_AFTER                                                                         \
    }
#define ON(first_)                                                                                 \
    {                                                                                              \
        .at = SCROLL_ON, .first = (first_)                                                         \
    }
#define CUT                                                                                        \
    {                                                                                              \
        .at = SCROLL_ON, .first = 1, .is_cut = true                                                \
    }

/* clang-format off */
static const struct place {
    const char *name;
    SQLSMALLINT how;
    SQLLEN offset;
    struct scroll_from from;
    SQLULEN want;
    struct scroll_to to;
} places[] = {
    {"next, before start", SQL_FETCH_NEXT, 9, {.at = SCROLL_BEFORE}, 3, ON(1)},
    {"next", SQL_FETCH_NEXT, 9, {SCROLL_ON, 4, 2, 0}, 3, ON(6)},
    {"next, after end", SQL_FETCH_NEXT, 9, {.at = SCROLL_AFTER}, 3, AFTER},
    {"prior, before start", SQL_FETCH_PRIOR, 9, {.at = SCROLL_BEFORE}, 3, BEFORE},
    {"prior, first row", SQL_FETCH_PRIOR, 9, {SCROLL_ON, 1, 3, 0}, 3, BEFORE},
    {"prior, overlaps", SQL_FETCH_PRIOR, 9, {SCROLL_ON, 3, 3, 0}, 3, CUT},
    {"prior", SQL_FETCH_PRIOR, 9, {SCROLL_ON, 4, 1, 0}, 3, ON(1)},
    {"prior, after end of few", SQL_FETCH_PRIOR, 9, {SCROLL_AFTER, 0, 0, 2}, 3, CUT},
    {"prior, after end", SQL_FETCH_PRIOR, 9, {SCROLL_AFTER, 0, 0, 3}, 3, ON(1)},
    {"prior, after end of many", SQL_FETCH_PRIOR, 9, {SCROLL_AFTER, 0, 0, 9}, 3, ON(7)},
    {"first", SQL_FETCH_FIRST, 9, {.at = SCROLL_AFTER}, 3, ON(1)},
    {"last of few", SQL_FETCH_LAST, 9, {SCROLL_BEFORE, 0, 0, 2}, 3, ON(1)},
    {"last", SQL_FETCH_LAST, 9, {SCROLL_BEFORE, 0, 0, 3}, 3, ON(1)},
    {"last of many", SQL_FETCH_LAST, 9, {SCROLL_BEFORE, 0, 0, 8}, 3, ON(6)},
    {"relative, before start", SQL_FETCH_RELATIVE, 2, {.at = SCROLL_BEFORE}, 3, ON(2)},
    {"relative 0, before start", SQL_FETCH_RELATIVE, 0, {.at = SCROLL_BEFORE}, 3, BEFORE},
    {"relative back, before start", SQL_FETCH_RELATIVE, -1, {.at = SCROLL_BEFORE}, 3, BEFORE},
    {"relative back, after end", SQL_FETCH_RELATIVE, -2, {SCROLL_AFTER, 0, 0, 5}, 3, ON(4)},
    {"relative far back, after end", SQL_FETCH_RELATIVE, -6, {SCROLL_AFTER, 0, 0, 5}, 3, BEFORE},
    {"relative 0, after end", SQL_FETCH_RELATIVE, 0, {SCROLL_AFTER, 0, 0, 5}, 3, AFTER},
    {"relative, after end", SQL_FETCH_RELATIVE, 1, {SCROLL_AFTER, 0, 0, 5}, 3, AFTER},
    {"relative back, first row", SQL_FETCH_RELATIVE, -1, {SCROLL_ON, 1, 3, 0}, 3, BEFORE},
    {"relative back, too far", SQL_FETCH_RELATIVE, -4, {SCROLL_ON, 2, 3, 0}, 3, BEFORE},
    {"relative back, overlaps", SQL_FETCH_RELATIVE, -3, {SCROLL_ON, 2, 3, 0}, 3, CUT},
    {"relative back to row 1", SQL_FETCH_RELATIVE, -1, {SCROLL_ON, 2, 3, 0}, 3, ON(1)},
    {"relative 0", SQL_FETCH_RELATIVE, 0, {SCROLL_ON, 2, 3, 0}, 3, ON(2)},
    {"relative", SQL_FETCH_RELATIVE, 5, {SCROLL_ON, 2, 3, 0}, 3, ON(7)},
    {"absolute", SQL_FETCH_ABSOLUTE, 5, {.at = SCROLL_BEFORE}, 3, ON(5)},
    {"absolute 0", SQL_FETCH_ABSOLUTE, 0, {SCROLL_ON, 2, 3, 0}, 3, BEFORE},
    {"absolute from the end", SQL_FETCH_ABSOLUTE, -1, {SCROLL_BEFORE, 0, 0, 5}, 3, ON(5)},
    {"absolute to row 1", SQL_FETCH_ABSOLUTE, -5, {SCROLL_BEFORE, 0, 0, 5}, 3, ON(1)},
    {"absolute, too far", SQL_FETCH_ABSOLUTE, -6, {SCROLL_BEFORE, 0, 0, 5}, 3, BEFORE},
    {"absolute, overlaps", SQL_FETCH_ABSOLUTE, -3, {SCROLL_BEFORE, 0, 0, 2}, 3, CUT},
    {"least offset", SQL_FETCH_ABSOLUTE, INT64_MIN, {SCROLL_BEFORE, 0, 0, 2}, 3, BEFORE},
    {"greatest offset", SQL_FETCH_ABSOLUTE, INT64_MAX, {SCROLL_BEFORE, 0, 0, 2}, 3, ON(INT64_MAX)},
    {"least step", SQL_FETCH_RELATIVE, INT64_MIN, {SCROLL_ON, 2, 3, 0}, 3, BEFORE},
    {"greatest step", SQL_FETCH_RELATIVE, INT64_MAX, {SCROLL_ON, 2, 3, 0}, 3, ON((SQLULEN)INT64_MAX + 2)},
    {"greatest rowset back", SQL_FETCH_PRIOR, 0, {SCROLL_ON, 2, 1, 0}, SIZE_MAX, CUT},
};
/* clang-format on */

START_TEST(places_follow_the_tables)
{
    const struct place *p = &places[_i];
    struct scroll_to to = scroll_place(p->how, p->offset, &p->from, p->want);
    ck_assert_msg(to.at == p->to.at, "%s: %d, not %d", p->name, to.at, p->to.at);
    ck_assert_msg(to.first == p->to.first, "%s: row %lu, not %lu", p->name, (unsigned long)to.first,
                  (unsigned long)p->to.first);
    ck_assert_msg(to.is_cut == p->to.is_cut, "%s: %d", p->name, to.is_cut);
}
END_TEST

/* Where the last row need not be known, its number makes no difference. */
START_TEST(last_row_is_known_when_needed)
{
    const struct place *p = &places[_i];
    if (scroll_needs_last(p->how, p->offset, p->from.at))
        return;
    for (SQLULEN last = 0; last < 12; last++) {
        struct scroll_from from = p->from;
        from.last = last;
        struct scroll_to to = scroll_place(p->how, p->offset, &from, p->want);
        ck_assert_msg(to.at == p->to.at && to.first == p->to.first && to.is_cut == p->to.is_cut,
                      "%s: last row %lu", p->name, (unsigned long)last);
    }
}
END_TEST

START_TEST(orientations)
{
    static const SQLSMALLINT known[] = {SQL_FETCH_NEXT,  SQL_FETCH_FIRST,    SQL_FETCH_LAST,
                                        SQL_FETCH_PRIOR, SQL_FETCH_ABSOLUTE, SQL_FETCH_RELATIVE};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        ck_assert_msg(scroll_is_known(known[i]), "%d", known[i]);
    ck_assert(!scroll_is_known(SQL_FETCH_BOOKMARK));
    ck_assert(!scroll_is_known(0));
    ck_assert(!scroll_is_known(99));
}
END_TEST

Suite *check_scroll(void);
Suite *check_scroll(void)
{
    enum { NPLACES = sizeof places / sizeof *places };
    Suite *s = suite_create("odbc/scroll");
    TCase *c = tcase_create("places");
    suite_add_tcase(s, c);
    tcase_add_loop_test(c, places_follow_the_tables, 0, NPLACES);
    tcase_add_loop_test(c, last_row_is_known_when_needed, 0, NPLACES);
    tcase_add_test(c, orientations);
    return s;
}
