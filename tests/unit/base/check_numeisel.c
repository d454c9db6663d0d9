/* check_numeisel.c - digits times a power of ten against the C library, on random and on hard
 * numbers. */
#include <check.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/numeisel.h"

static const struct {
    uint64_t m;
    long long exponent;
} hard[] = {
    {0, 0},
    {1, -400},
    {1, 400},
    {5, -324},                    /* smallest subnormal */
    {2, -324},                    /* below its half */
    {22250738585072014ULL, -324}, /* smallest normal */
    {22250738585072011ULL, -324}, /* largest subnormal */
    {17976931348623157ULL, 292},  /* largest double */
    {17976931348623159ULL, 292},  /* just above it */
    {9007199254740993ULL, 0},     /* ties */
    {9007199254740995ULL, 0},
    {9007199254740993ULL, 1},
    {18014398509481990ULL, -1},
    {UINT64_MAX, 0},
    {UINT64_MAX, 289},
    {UINT64_MAX, -342},
    {9999999999999999999ULL, 23},
    {6929495644600919ULL, 15},
    {3237883913302901ULL, 22},
};

static void same(uint64_t m, long long exponent)
{
    char text[64];
    snprintf(text, sizeof text, "%llue%lld", (unsigned long long)m, exponent);
    double due = strtod(text, NULL), got = num_eisel_lemire(m, exponent);
    ck_assert_msg(memcmp(&due, &got, sizeof due) == 0, "%s: %.17g, not %.17g", text, got, due);
}

START_TEST(hard_ones)
{
    same(hard[_i].m, hard[_i].exponent);
}
END_TEST

START_TEST(random_ones)
{
    uint64_t x = 88172645463325252ULL;
    for (int i = 0; i < 300000; i++) {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        same(x >> (i % 64), (long long)(x % 700) - 360);
    }
}
END_TEST

Suite *check_numeisel(void);
Suite *check_numeisel(void)
{
    Suite *s = suite_create("numeisel");
    TCase *t = tcase_create("against strtod");
    tcase_set_timeout(t, 60);
    tcase_add_loop_test(t, hard_ones, 0, sizeof hard / sizeof hard[0]);
    tcase_add_test(t, random_ones);
    suite_add_tcase(s, t);
    return s;
}
