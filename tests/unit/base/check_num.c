/* check_num.c - numbers as text and back, also under a locale with a decimal comma. */
#define _GNU_SOURCE
#include <check.h>
#include <float.h>
#include <inttypes.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/num.h"

/* As ck_assert_msg, without its cost for each check that holds. */
#define MUST(condition, ...)                                                                       \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            ck_abort_msg(__VA_ARGS__);                                                             \
        }                                                                                          \
    } while (0)
#define N(rows) ((int)(sizeof(rows) / sizeof *(rows)))

static const struct {
    const char *text;
    enum num_status st;
    int64_t value;
} ints[] = {
    {"0", NUM_OK, 0},
    {"-0", NUM_OK, 0},
    {"+7", NUM_OK, 7},
    {" 42 ", NUM_OK, 42},
    {"\t42\n", NUM_OK, 42},
    {"007", NUM_OK, 7},
    {"9223372036854775807", NUM_OK, INT64_MAX},
    {"9223372036854775808", NUM_RANGE, 0},
    {"-9223372036854775808", NUM_OK, INT64_MIN},
    {"-9223372036854775809", NUM_RANGE, 0},
    {"18446744073709551616", NUM_RANGE, 0},
    {"99999999999999999999", NUM_RANGE, 0},
    {"000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
     "0000000000009",
     NUM_OK, 9},
    {"1.0", NUM_OK, 1},
    {"1.5", NUM_FRACTION, 1},
    {"-1.5", NUM_FRACTION, -1},
    {"-0.5", NUM_FRACTION, 0},
    {".5", NUM_FRACTION, 0},
    {"5.", NUM_OK, 5},
    {"1e3", NUM_OK, 1000},
    {"1.5e1", NUM_OK, 15},
    {"15e-1", NUM_FRACTION, 1},
    {"1500E-2", NUM_OK, 15},
    {"1e19", NUM_RANGE, 0},
    {"1e99999999999", NUM_RANGE, 0},
    {"1e-99999999999", NUM_FRACTION, 0},
    {"0e99999999999", NUM_OK, 0},
    {"", NUM_SYNTAX, 0},
    {" ", NUM_SYNTAX, 0},
    {"-", NUM_SYNTAX, 0},
    {".", NUM_SYNTAX, 0},
    {"+-1", NUM_SYNTAX, 0},
    {"1x", NUM_SYNTAX, 0},
    {"1 2", NUM_SYNTAX, 0},
    {"0x10", NUM_SYNTAX, 0},
    {"1e", NUM_SYNTAX, 0},
    {"1e+", NUM_SYNTAX, 0},
    {"e5", NUM_SYNTAX, 0},
    {"1..2", NUM_SYNTAX, 0},
};

START_TEST(read_int)
{
    int64_t v = 0;
    enum num_status st = num_get_i64(ints[_i].text, strlen(ints[_i].text), &v);
    ck_assert_msg(st == ints[_i].st, "\"%s\": status %d", ints[_i].text, (int)st);
    if (st <= NUM_FRACTION) {
        ck_assert_msg(v == ints[_i].value, "\"%s\": %" PRId64, ints[_i].text, v);
    }
}
END_TEST

START_TEST(read_unsigned)
{
    uint64_t v = 1;
    ck_assert_int_eq(num_get_u64("18446744073709551615", 20, &v), NUM_OK);
    ck_assert_uint_eq(v, UINT64_MAX);
    ck_assert_int_eq(num_get_u64("18446744073709551616", 20, &v), NUM_RANGE);
    ck_assert_int_eq(num_get_u64("-1", 2, &v), NUM_RANGE);
    ck_assert_int_eq(num_get_u64("-0.4", 4, &v), NUM_FRACTION);
    ck_assert_uint_eq(v, 0);
    ck_assert_int_eq(num_get_u64("9999999999999999999", 19, &v), NUM_OK);
    ck_assert_uint_eq(v, UINT64_C(9999999999999999999));
}
END_TEST

START_TEST(write_int)
{
    char out[NUM_INT_CHARS], want[32];
    uint64_t v = 1;
    for (int i = 0; i < 200; i++) {
        uint64_t around[] = {v - 1, v, v + 1, 0 - v};
        for (int k = 0; k < 4; k++) {
            size_t n = num_put_u64(out, around[k]);
            (void)snprintf(want, sizeof want, "%" PRIu64, around[k]);
            ck_assert_msg(n == strlen(want) && memcmp(out, want, n) == 0, "%s", want);
            n = num_put_i64(out, (int64_t)around[k]);
            (void)snprintf(want, sizeof want, "%" PRId64, (int64_t)around[k]);
            ck_assert_msg(n == strlen(want) && memcmp(out, want, n) == 0, "%s", want);
            int64_t back;
            ck_assert_msg(num_get_i64(out, n, &back) == NUM_OK && back == (int64_t)around[k], "%s",
                          want);
        }
        v = i == 99 ? 1 : i > 99 ? v * 10 : i % 2 ? v * 10 / 3 + 1 : v * 2;
    }
}
END_TEST

static void same_as_strtod(const char *s)
{
    double got = 0, want = strtod(s, NULL);
    enum num_status st = num_get_double(s, strlen(s), &got);
    MUST(st == (isinf(want) ? NUM_RANGE : NUM_OK), "\"%s\": status %d", s, (int)st);
    MUST(memcmp(&got, &want, sizeof got) == 0, "\"%s\": %.17g, not %.17g", s, got, want);
}

static const char *const doubles[] = {
    "0",
    "-0",
    "1",
    "-1.5",
    "0.1",
    "123456.789",
    ".5",
    "5.",
    "1e22",
    "1e23",
    "9007199254740993",
    "9007199254740992",
    "9007199254740993e0",
    "1e-22",
    "1e-23",
    "1e308",
    "1.7976931348623157e308",
    "1.7976931348623159e308",
    "1e309",
    "-1e309",
    "5e-324",
    "2e-324",
    "3e-324",
    "2.2250738585072011e-308",
    "2.2250738585072014e-308",
    "1e-400",
    "0e999",
    "00000000000000000000000000000000000000000000001.25",
    "000.0001234567890123456789012345678901234567890e3",
    "0.00000000000000000000000000000000000000000000125",
    "1797693134862315708145274237317043567980705675258449965989174768031572607800285387605895586327"
    "66878171540458953"
    "5143824642343213268894641827684675467035375169860499105765512820762454900903893289440758685084"
    "55133942304583236"
    "903222948165808559332123347747268379",
    "9007199254740993."
    "0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
    "1",
    "1.00000000000000011102230246251565404236316680908203125",
    "1.00000000000000011102230246251565404236316680908203124",
};

START_TEST(read_double)
{
    same_as_strtod(doubles[_i]);
}
END_TEST

/* More digits than the slow way keeps: the last non-zero digit still decides the tie. */
START_TEST(read_very_long_double)
{
    static const char head[] = "1.00000000000000011102230246251565404236316680908203125";
    char s[3001];
    memset(s, '0', sizeof s);
    memcpy(s, head, sizeof head - 1);
    s[3000] = 0;
    same_as_strtod(s);
    s[2999] = '1';
    same_as_strtod(s);
    memset(s, '9', 400);
    memset(s + 400, '0', 2600);
    s[2990] = 'e';
    memcpy(s + 2991, "-2590", 6);
    same_as_strtod(s);
}
END_TEST

static const char *const not_doubles[] = {"",    " ",  "x",    "1e",  "0x1p3", "1,5",
                                          "--1", "in", "nanx", "1 2", "1e5.0"};

START_TEST(refuse_double)
{
    double v;
    MUST(num_get_double(not_doubles[_i], strlen(not_doubles[_i]), &v) == NUM_SYNTAX, "%s",
         not_doubles[_i]);
}
END_TEST

START_TEST(words)
{
    double v = 0;
    ck_assert(num_get_double(" -InFinity ", 11, &v) == NUM_OK && isinf(v) && v < 0);
    ck_assert(num_get_double("inf", 3, &v) == NUM_OK && isinf(v) && v > 0);
    ck_assert(num_get_double("NaN", 3, &v) == NUM_OK && isnan(v));
    char out[NUM_DOUBLE_CHARS];
    ck_assert(num_put_double(out, -INFINITY) == 4 && memcmp(out, "-inf", 4) == 0);
    ck_assert(num_put_double(out, -NAN) == 3 && memcmp(out, "nan", 3) == 0);
}
END_TEST

/* The text that MariaDB 10.11 printed for these values. */
static const struct {
    double v;
    const char *text;
} printed[] = {
    {1e14, "100000000000000"},
    {1e15, "1e15"},
    {123456789012345.0, "123456789012345"},
    {1234567890123456.0, "1.234567890123456e15"},
    {1e16, "1e16"},
    {-1.5e-7, "-0.00000015"},
    {1e-5, "0.00001"},
    {0.000012345, "0.000012345"},
    {1e-10, "0.0000000001"},
    {1.2345678901234567e-5, "0.000012345678901234568"},
    {1e-15, "0.000000000000001"},
    {1e-16, "1e-16"},
    {1.5e-16, "1.5e-16"},
    {1.2345678901234567e-15, "0.0000000000000012345678901234568"},
    {-1.2345678901234567e-15, "-0.0000000000000012345678901234568"},
    {1.7976931348623157e308, "1.7976931348623157e308"},
    {5e-324, "5e-324"},
    {2.2250738585072014e-308, "2.2250738585072014e-308"},
    {0.1, "0.1"},
    {123456.789, "123456.789"},
    {1e22, "1e22"},
    {12345678901234567890.0, "1.2345678901234567e19"},
    {0, "0"},
    {-0.0, "-0"},
    {999999999999999.0, "999999999999999"},
    {0.30000000000000004, "0.30000000000000004"},
    {100.0 / 3, "33.333333333333336"},
    {1e16 / 3, "3333333333333333.5"},
    {1e15 / 3, "333333333333333.3"},
    {1234567890123456.7, "1234567890123456.8"},
    {2251799813685248.25, "2.251799813685248e15"},
    {1e15 + 0.25, "1000000000000000.2"},
    {100, "100"},
    {1e10, "10000000000"},
};

static void prints(double v, const char *want)
{
    char out[NUM_DOUBLE_CHARS];
    size_t n = num_put_double(out, v);
    MUST(n == strlen(want) && memcmp(out, want, n) == 0, "%.*s, not %s", (int)n, out, want);
}

START_TEST(write_double)
{
    prints(printed[_i].v, printed[_i].text);
}
END_TEST

static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* Written, then read: the same bits, and no shorter text would do. */
static void round_trip(double v)
{
    char out[NUM_DOUBLE_CHARS + 1], shorter[64];
    size_t n = num_put_double(out, v);
    ck_assert_uint_le(n, NUM_DOUBLE_CHARS);
    out[n] = 0;
    double back = 0;
    MUST(num_get_double(out, n, &back) == NUM_OK && memcmp(&back, &v, sizeof v) == 0, "%.17g as %s",
         v, out);
    int digits = 0;
    const char *first = out + strspn(out, "-0.");
    for (const char *p = first; *p && *p != 'e'; p++) {
        digits += *p >= '0' && *p <= '9';
    }
    for (const char *p = out + strcspn(out, "e") - 1; p > first && !strchr(out, '.') && *p == '0';
         p--) {
        digits--;
    }
    if (digits > 1) {
        (void)snprintf(shorter, sizeof shorter, "%.*e", digits - 2, v);
        MUST(strtod(shorter, NULL) != v, "%s is longer than %s", out, shorter);
    }
}

START_TEST(random_doubles)
{
    uint64_t state = 88172645463325252u;
    for (int i = 0; i < 60000; i++) {
        uint64_t bits = next_random(&state);
        double v;
        memcpy(&v, &bits, sizeof v);
        if (isfinite(v) && v != 0) {
            round_trip(v);
        }
        round_trip((double)(int64_t)(bits % 2000000000u) / 100 + 0.01);
        round_trip((double)(bits % 100000000000000u + 1) / 10000);
    }
}
END_TEST

/* The fewest digits that the C library reads back, as it prints them: "ddd", without the point. */
static void library_digits(double v, bool is_float, char *out)
{
    char want[64];
    size_t len = 0;
    int n = is_float ? 6 : 15;
    n = v < (is_float ? (double)FLT_MIN : DBL_MIN) ? 1 : n;
    while (snprintf(want, sizeof want, "%.*e", n - 1, v) > 0 &&
           (is_float ? (double)strtof(want, NULL) : strtod(want, NULL)) != v)
        n++;
    for (const char *p = want; *p && *p != 'e'; p++)
        if (*p != '.')
            out[len++] = *p;
    while (len > 1 && out[len - 1] == '0')
        len--;
    out[len] = 0;
}

static void same_digits(double v, bool is_float)
{
    char digits[64], out[NUM_DOUBLE_CHARS + 1];
    if (!isfinite(v) || v == 0)
        return;
    v = fabs(v);
    library_digits(v, is_float, digits);
    out[is_float ? num_put_float(out, (float)v) : num_put_double(out, v)] = 0;
    size_t at = strspn(out, "0.");
    for (size_t k = 0; digits[k]; k++, at++) {
        at += out[at] == '.';
        MUST(out[at] == digits[k], "%a: %s, not the digits %s", v, out, digits);
    }
}

START_TEST(random_digits)
{
    uint64_t state = 2463534242u;
    for (int i = 0; i < 100000; i++) {
        uint64_t r = next_random(&state);
        double any;
        float few;
        memcpy(&any, &r, sizeof any);
        memcpy(&few, &r, sizeof few);
        same_digits(any, false);
        same_digits((double)few, true);
        same_digits(ldexp((double)(r >> (11 + i % 7)), -(int)(next_random(&state) % 72)), false);
        same_digits((double)(r >> r % 64), false);
    }
}
END_TEST

/* Below a power of two numbers lie closer than above: all of them, and their neighbours. */
START_TEST(powers_of_two)
{
    for (int e = -1074; e <= 1023; e++) {
        double v = ldexp(1, e);
        same_digits(v, false);
        same_digits(nextafter(v, 0), false);
        same_digits(nextafter(v, INFINITY), false);
    }
    for (int e = -149; e <= 127; e++) {
        float v = ldexpf(1, e);
        same_digits((double)v, true);
        same_digits((double)nextafterf(v, 0), true);
        same_digits((double)nextafterf(v, INFINITY), true);
    }
}
END_TEST

START_TEST(random_decimal_texts)
{
    uint64_t state = 362436069u;
    char s[64];
    for (int i = 0; i < 100000; i++) {
        uint64_t r = next_random(&state);
        int places = (int)(r % 24);
        (void)snprintf(s, sizeof s, "%" PRIu64 ".%0*de%d", r >> (r % 60), places + 1, (int)(r % 9),
                       (int)(r / 7 % 60) - 30);
        same_as_strtod(s);
    }
}
END_TEST

START_TEST(floats)
{
    char out[NUM_DOUBLE_CHARS + 1];
    static const struct {
        float v;
        const char *text;
    } rows[] = {{0.1f, "0.1"},     {16777216.0f, "16777216"}, {3.4028235e38f, "3.4028235e38"},
                {1e-45f, "1e-45"}, {-2.5f, "-2.5"},           {0.0f, "0"},
                {-0.0f, "-0"},     {INFINITY, "inf"},         {1e10f, "10000000000"}};
    for (int i = 0; i < N(rows); i++) {
        out[num_put_float(out, rows[i].v)] = 0;
        ck_assert_str_eq(out, rows[i].text);
    }
    uint64_t state = 521288629u;
    for (int i = 0; i < 100000; i++) {
        uint32_t bits = (uint32_t)next_random(&state);
        float v;
        memcpy(&v, &bits, sizeof v);
        if (isfinite(v)) {
            out[num_put_float(out, v)] = 0;
            MUST(strtof(out, NULL) == v, "%.9g as %s", (double)v, out);
        }
    }
}
END_TEST

static void everything_in_c(void)
{
    prints(0.5, "0.5");
    prints(1.0 / 3, "0.3333333333333333");
    prints(1.2345678901234567e-20, "1.2345678901234567e-20");
    double v = 0;
    ck_assert(num_get_double("1.2345678901234567890123", 24, &v) == NUM_OK &&
              v == 1.2345678901234567);
    ck_assert(num_get_double("1,5", 3, &v) == NUM_SYNTAX);
}

static const char *const comma_locales[] = {"de_DE.UTF-8", "de_DE.utf8", "de_DE", "fr_FR.UTF-8",
                                            "ru_RU.UTF-8"};

/* As a host may do: for the process with setlocale, for a thread with uselocale.  TEST_COMMA_LOCALE
 * in the environment makes the absence of such a locale a failure. */
START_TEST(comma_locale)
{
    everything_in_c();
    int found = 0;
    for (int i = 0; i < N(comma_locales); i++) {
        if (setlocale(LC_NUMERIC, comma_locales[i])) {
            found++;
            ck_assert_str_eq(localeconv()->decimal_point, ",");
            everything_in_c();
            ck_assert_str_eq(localeconv()->decimal_point, ","); /* and we left it alone */
            (void)setlocale(LC_NUMERIC, "C");
        }
        locale_t l = newlocale(LC_ALL_MASK, comma_locales[i], (locale_t)0);
        if (l) {
            locale_t before = uselocale(l);
            everything_in_c();
            ck_assert(uselocale(before) == l);
            freelocale(l);
        }
    }
    if (!found) {
        (void)fprintf(stderr,
                      "check_num: NO LOCALE WITH A DECIMAL COMMA HERE, that part did not run\n");
        MUST(!getenv("TEST_COMMA_LOCALE"), "a locale with a decimal comma was demanded");
    }
}
END_TEST

static const struct {
    const char *text;
    enum num_status st;
    const char *back;
    int scale; /* then rescaled to this */
    enum num_status cut;
    const char *after;
} decimals[] = {
    {"0", NUM_OK, "0", 2, NUM_OK, "0.00"},
    {"0.00", NUM_OK, "0.00", 0, NUM_OK, "0"},
    {"-0.00", NUM_OK, "0.00", 1, NUM_OK, "0.0"},
    {"123.45", NUM_OK, "123.45", 1, NUM_FRACTION, "123.4"},
    {"-123.40", NUM_OK, "-123.40", 1, NUM_OK, "-123.4"},
    {"0.001", NUM_OK, "0.001", 2, NUM_FRACTION, "0.00"},
    {"-0.001", NUM_OK, "-0.001", 2, NUM_FRACTION, "0.00"},
    {"000123", NUM_OK, "123", 3, NUM_OK, "123.000"},
    {".5", NUM_OK, "0.5", 0, NUM_FRACTION, "0"},
    {"1.5e3", NUM_OK, "1500", 0, NUM_OK, "1500"},
    {"1.5e-3", NUM_OK, "0.0015", 4, NUM_OK, "0.0015"},
    {"150e-1", NUM_OK, "15", 1, NUM_OK, "15.0"},
    {"+1e2", NUM_OK, "100", 2, NUM_OK, "100.00"},
    {"12345678901234567890123456789012345678901234567890123456789012345", NUM_OK,
     "12345678901234567890123456789012345678901234567890123456789012345", 0, NUM_OK,
     "12345678901234567890123456789012345678901234567890123456789012345"},
    {"1e200", NUM_RANGE, NULL, 0, NUM_OK, NULL},
    {"1e95", NUM_OK,
     "100000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
     "000",
     1, NUM_RANGE,
     "100000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
     "000"},
    {"1e96", NUM_RANGE, NULL, 0, NUM_OK, NULL},
    {"1.5x", NUM_SYNTAX, NULL, 0, NUM_OK, NULL},
};

START_TEST(decimal)
{
    struct num_decimal d;
    char out[256];
    const char *s = decimals[_i].text;
    MUST(num_get_decimal(s, strlen(s), &d) == decimals[_i].st, "%s", s);
    if (!decimals[_i].back) {
        return;
    }
    size_t n = num_put_decimal(out, sizeof out - 1, &d);
    out[n] = 0;
    MUST(strcmp(out, decimals[_i].back) == 0, "%s came back as %s", s, out);
    ck_assert_uint_eq(num_put_decimal(out, n - 1, &d), 0);
    ck_assert_uint_eq(num_put_decimal(out, n, &d), n);
    MUST(num_rescale(&d, decimals[_i].scale) == decimals[_i].cut, "%s rescaled", s);
    out[num_put_decimal(out, sizeof out - 1, &d)] = 0;
    MUST(strcmp(out, decimals[_i].after) == 0, "%s rescaled is %s", s, out);
}
END_TEST

START_TEST(decimal_too_many_places)
{
    char s[200];
    memset(s, '3', sizeof s);
    s[1] = '.';
    struct num_decimal d;
    ck_assert_int_eq(num_get_decimal(s, sizeof s, &d), NUM_FRACTION);
    ck_assert_int_eq(d.ndigits, NUM_DECIMAL_DIGITS);
    ck_assert_int_eq(d.scale, NUM_DECIMAL_DIGITS - 1);
    memset(s + 100, '0', 100);
    memset(s + 50, '0', 50);
    ck_assert_int_eq(num_get_decimal(s, sizeof s, &d), NUM_OK);
}
END_TEST

/* No prefix of a number is read past its end (exact allocations under ASan). */
START_TEST(prefixes)
{
    static const char s[] = "-12345678901234567890.12345e-12";
    for (size_t n = 0; n < sizeof s; n++) {
        char *copy = malloc(n ? n : 1);
        ck_assert_ptr_nonnull(copy);
        memcpy(copy, s, n);
        int64_t i;
        uint64_t u;
        double v;
        struct num_decimal d;
        bool number = num_get_double(copy, n, &v) != NUM_SYNTAX;
        MUST((num_get_i64(copy, n, &i) != NUM_SYNTAX) == number, "%.*s", (int)n, s);
        MUST((num_get_u64(copy, n, &u) != NUM_SYNTAX) == number, "%.*s", (int)n, s);
        MUST((num_get_decimal(copy, n, &d) != NUM_SYNTAX) == number, "%.*s", (int)n, s);
        free(copy);
    }
}
END_TEST

Suite *check_num(void); /* called by the generated main */

Suite *check_num(void)
{
    Suite *s = suite_create("num");
    TCase *t = tcase_create("num");
    tcase_set_timeout(t, 120);
    tcase_add_loop_test(t, read_int, 0, N(ints));
    tcase_add_test(t, read_unsigned);
    tcase_add_test(t, write_int);
    tcase_add_loop_test(t, read_double, 0, N(doubles));
    tcase_add_test(t, read_very_long_double);
    tcase_add_loop_test(t, refuse_double, 0, N(not_doubles));
    tcase_add_test(t, words);
    tcase_add_loop_test(t, write_double, 0, N(printed));
    tcase_add_test(t, random_doubles);
    tcase_add_test(t, random_digits);
    tcase_add_test(t, powers_of_two);
    tcase_add_test(t, random_decimal_texts);
    tcase_add_test(t, floats);
    tcase_add_test(t, comma_locale);
    tcase_add_loop_test(t, decimal, 0, N(decimals));
    tcase_add_test(t, decimal_too_many_places);
    tcase_add_test(t, prefixes);
    suite_add_tcase(s, t);
    return s;
}
