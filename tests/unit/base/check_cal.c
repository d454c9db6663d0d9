/* check_cal.c - dates and times from text and back, and deadlines. */
#include <check.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/cal.h"
#include "base/clock.h"

enum what { DATE, TIME, STAMP };
typedef enum cal_status (*get_fn)(const char *s, size_t n, struct cal *out);
static const get_fn get[] = {cal_get_date, cal_get_time, cal_get_timestamp};

static const struct {
    enum what what;
    const char *text;
    enum cal_status st;
    struct cal want;
    const char *back; /* with 9 decimals; NULL: same as text */
} rows[] = {
    {DATE, "2024-02-29", CAL_OK, {.year = 2024, .month = 2, .day = 29}, NULL},
    {DATE, " 2024-2-9 ", CAL_OK, {.year = 2024, .month = 2, .day = 9}, "2024-02-09"},
    {DATE, "0000-00-00", CAL_OK, {0}, NULL},
    {DATE, "2024-00-15", CAL_OK, {.year = 2024, .day = 15}, NULL},
    {DATE, "9999-12-31", CAL_OK, {.year = 9999, .month = 12, .day = 31}, NULL},
    {DATE, "2023-02-29", CAL_RANGE, {0}, NULL},
    {DATE, "1900-02-29", CAL_RANGE, {0}, NULL},
    {DATE, "2000-02-29", CAL_OK, {.year = 2000, .month = 2, .day = 29}, NULL},
    {DATE, "2024-13-01", CAL_RANGE, {0}, NULL},
    {DATE, "2024-04-31", CAL_RANGE, {0}, NULL},
    {DATE, "2024-13-01x", CAL_SYNTAX, {0}, NULL},
    {DATE, "24-01-01", CAL_SYNTAX, {0}, NULL},
    {DATE, "12024-01-01", CAL_SYNTAX, {0}, NULL},
    {DATE, "2024-01-011", CAL_SYNTAX, {0}, NULL},
    {DATE, "2024-01", CAL_SYNTAX, {0}, NULL},
    {DATE, "2024-01-", CAL_SYNTAX, {0}, NULL},
    {DATE, "2024-01-01 00:00:00", CAL_SYNTAX, {0}, NULL},
    {DATE, "", CAL_SYNTAX, {0}, NULL},
    {DATE, " ", CAL_SYNTAX, {0}, NULL},
    {TIME, "00:00:00", CAL_OK, {0}, "00:00:00.000000000"},
    {TIME,
     "-838:59:59.000001",
     CAL_OK,
     {.negative = true, .hour = 838, .minute = 59, .second = 59, .nano = 1000},
     "-838:59:59.000001000"},
    {TIME,
     "1:2:3.5",
     CAL_OK,
     {.hour = 1, .minute = 2, .second = 3, .nano = 500000000},
     "01:02:03.500000000"},
    {TIME, "12:34", CAL_OK, {.hour = 12, .minute = 34}, "12:34:00.000000000"},
    {TIME, "12:34:56.", CAL_OK, {.hour = 12, .minute = 34, .second = 56}, "12:34:56.000000000"},
    {TIME,
     "12:34:56.1234567899",
     CAL_OK,
     {.hour = 12, .minute = 34, .second = 56, .nano = 123456789},
     "12:34:56.123456789"},
    {TIME, "839:00:00", CAL_RANGE, {0}, NULL},
    {TIME, "10:60:00", CAL_RANGE, {0}, NULL},
    {TIME, "10:00:60", CAL_RANGE, {0}, NULL},
    {TIME, "10:00:00x", CAL_SYNTAX, {0}, NULL},
    {TIME, "10:00:", CAL_SYNTAX, {0}, NULL},
    {TIME, "10", CAL_SYNTAX, {0}, NULL},
    {TIME, "--10:00:00", CAL_SYNTAX, {0}, NULL},
    {TIME, "1000:00:00", CAL_SYNTAX, {0}, NULL},
    {STAMP,
     "2024-01-02 03:04:05.678",
     CAL_OK,
     {.year = 2024, .month = 1, .day = 2, .hour = 3, .minute = 4, .second = 5, .nano = 678000000},
     "2024-01-02 03:04:05.678000000"},
    {STAMP,
     "2024-01-02T03:04:05",
     CAL_OK,
     {.year = 2024, .month = 1, .day = 2, .hour = 3, .minute = 4, .second = 5},
     "2024-01-02 03:04:05.000000000"},
    {STAMP,
     "2024-01-02",
     CAL_OK,
     {.year = 2024, .month = 1, .day = 2},
     "2024-01-02 00:00:00.000000000"},
    {STAMP, "0000-00-00 00:00:00", CAL_OK, {0}, "0000-00-00 00:00:00.000000000"},
    {STAMP, "2024-01-02 24:00:00", CAL_RANGE, {0}, NULL},
    {STAMP, "2023-02-29 10:00:00", CAL_RANGE, {0}, NULL},
    {STAMP,
     "2024-01-02 ",
     CAL_OK,
     {.year = 2024, .month = 1, .day = 2},
     "2024-01-02 00:00:00.000000000"},
    {STAMP, "2024-01-02x03:04:05", CAL_SYNTAX, {0}, NULL},
    {STAMP, "2024-01-02 03", CAL_SYNTAX, {0}, NULL},
    {STAMP, "2023-02-29 10:00:0x", CAL_SYNTAX, {0}, NULL},
    {STAMP, "03:04:05", CAL_SYNTAX, {0}, NULL},
};

static size_t put(enum what what, char *out, const struct cal *c, int decimals)
{
    return what == DATE   ? cal_put_date(out, c)
           : what == TIME ? cal_put_time(out, c, decimals)
                          : cal_put_timestamp(out, c, decimals);
}

static bool same(const struct cal *a, const struct cal *b)
{
    return a->negative == b->negative && a->year == b->year && a->month == b->month &&
           a->day == b->day && a->hour == b->hour && a->minute == b->minute &&
           a->second == b->second && a->nano == b->nano;
}

START_TEST(read_and_write)
{
    const char *text = rows[_i].text;
    struct cal c;
    enum cal_status st = get[rows[_i].what](text, strlen(text), &c);
    ck_assert_msg(st == rows[_i].st, "\"%s\": status %d", text, (int)st);
    if (st != CAL_OK) {
        return;
    }
    ck_assert_msg(same(&c, &rows[_i].want), "\"%s\"", text);
    char out[CAL_CHARS + 1];
    size_t n = put(rows[_i].what, out, &c, 9);
    ck_assert_uint_le(n, CAL_CHARS);
    out[n] = 0;
    ck_assert_str_eq(out, rows[_i].back ? rows[_i].back : text);
    struct cal again;
    ck_assert_msg(get[rows[_i].what](out, n, &again) == CAL_OK && same(&again, &c), "\"%s\"", out);
}
END_TEST

/* Exact allocations: ASan sees an overread of any prefix. */
START_TEST(prefixes)
{
    const char *text = rows[_i].text;
    for (size_t n = 0; n <= strlen(text); n++) {
        char *copy = malloc(n ? n : 1);
        ck_assert_ptr_nonnull(copy);
        memcpy(copy, text, n);
        struct cal c;
        for (int k = 0; k < 3; k++) {
            enum cal_status st = get[k](copy, n, &c);
            ck_assert_msg(st == CAL_OK || st == CAL_SYNTAX || st == CAL_RANGE, "%s", text);
        }
        free(copy);
    }
}
END_TEST

START_TEST(decimals)
{
    struct cal c = {
        .year = 987, .month = 6, .day = 5, .hour = 4, .minute = 3, .second = 2, .nano = 123456789};
    const char *want = "0987-06-05 04:03:02.123456789";
    for (int d = 0; d <= 9; d++) {
        char out[CAL_CHARS];
        size_t n = cal_put_timestamp(out, &c, d);
        ck_assert_msg(n == (d ? 20u + (unsigned)d : 19u) && memcmp(out, want, n) == 0,
                      "%d decimals", d);
    }
}
END_TEST

/* Every day of 400 years is valid, the day after the last of a month is not. */
START_TEST(calendar)
{
    unsigned days = 0;
    for (unsigned y = 2000; y < 2400; y++) {
        for (unsigned m = 0; m <= 13; m++) {
            for (unsigned d = 0; d <= 33; d++) {
                struct cal c = {.year = (uint16_t)y, .month = (uint8_t)m, .day = (uint8_t)d};
                days += cal_valid(&c);
            }
        }
    }
    ck_assert_uint_eq(days, 146097); /* Gregorian cycle */
    ck_assert(cal_is_zero(&(struct cal){.month = 1}) && cal_is_zero(&(struct cal){.day = 1}));
    ck_assert(!cal_is_zero(&(struct cal){.month = 1, .day = 1}));
    struct cal ok = {.year = 2024,
                     .month = 1,
                     .day = 1,
                     .hour = 23,
                     .minute = 59,
                     .second = 59,
                     .nano = 999999999};
    ck_assert(cal_valid(&ok));
    struct cal bad = ok;
    bad.hour = 24;
    ck_assert(!cal_valid(&bad));
    bad = ok;
    bad.negative = true;
    ck_assert(!cal_valid(&bad));
    bad = ok;
    bad.nano = 1000000000;
    ck_assert(!cal_valid(&bad));
}
END_TEST

START_TEST(deadlines)
{
    ck_assert(deadline_in(0) == DEADLINE_NEVER && deadline_in(-5) == DEADLINE_NEVER &&
              deadline_in(INT64_MAX) == DEADLINE_NEVER);
    ck_assert_int_eq(deadline_left(DEADLINE_NEVER), -1);
    int64_t now = clock_ms();
    ck_assert_int_eq(deadline_left(now - 1), 0);
    ck_assert_int_eq(deadline_left(now), 0);
    ck_assert_int_eq(deadline_left(now + (int64_t)INT_MAX * 4), INT_MAX);
    int64_t d = deadline_in(3600000);
    ck_assert(d >= now + 3600000 && deadline_left(d) > 0 && deadline_left(d) <= 3600000);
    ck_assert(clock_ms() >= now);
}
END_TEST

Suite *check_cal(void); /* called by the generated main */

Suite *check_cal(void)
{
    int n = (int)(sizeof rows / sizeof *rows);
    Suite *s = suite_create("cal");
    TCase *t = tcase_create("cal");
    tcase_add_loop_test(t, read_and_write, 0, n);
    tcase_add_loop_test(t, prefixes, 0, n);
    tcase_add_test(t, decimals);
    tcase_add_test(t, calendar);
    tcase_add_test(t, deadlines);
    suite_add_tcase(s, t);
    return s;
}
