/* fuzz_num.c - any bytes as a number: all readers agree with each other and with the C library, and
 * what is written reads back as the same value. */
#include <math.h>

#include "base/num.h"
#include "fuzz.h"

/* The same bits?  NaN is like NaN. */
static bool is_same(double a, double b)
{
    return memcmp(&a, &b, sizeof a) == 0 || (isnan(a) && isnan(b));
}

static void check_double(const char *s, size_t n)
{
    char text[NUM_DOUBLE_CHARS], whole[300];
    struct num_parts parts;
    double v = 0, back = 0;
    enum num_status st = num_get_double(s, n, &v);
    if (st == NUM_SYNTAX) {
        MUST(!num_scan(s, n, &parts));
        return;
    }
    MUST(st == NUM_OK || st == NUM_RANGE);
    size_t len = num_put_double(text, v);
    MUST(len <= sizeof text);
    MUST(num_get_double(text, len, &back) == NUM_OK && is_same(v, back));
    len = num_put_float(text, (float)v);
    MUST(len <= sizeof text);
    MUST(num_get_double(text, len, &back) == NUM_OK && is_same((float)back, (float)v));
    if (n < sizeof whole && num_scan(s, n, &parts)) {
        memcpy(whole, s, n);
        whole[n] = 0;
        MUST(is_same(v, strtod(whole, NULL)));
    }
}

static void check_whole(const char *s, size_t n)
{
    int64_t i = 0;
    uint64_t u = 0;
    double d = 0;
    char text[NUM_INT_CHARS];
    enum num_status is = num_get_i64(s, n, &i), us = num_get_u64(s, n, &u);
    MUST((is == NUM_SYNTAX) == (us == NUM_SYNTAX));
    if (is <= NUM_FRACTION) {
        int64_t back = 0;
        MUST(num_get_i64(text, num_put_i64(text, i), &back) == NUM_OK && back == i);
        MUST(num_get_double(s, n, &d) <= NUM_FRACTION && fabs(d - (double)i) <= 1 + fabs(d) / 1e15);
        MUST(i < 0 ? us == NUM_RANGE : us == is && u == (uint64_t)i);
    }
    if (us <= NUM_FRACTION) {
        uint64_t back = 0;
        MUST(num_get_u64(text, num_put_u64(text, u), &back) == NUM_OK && back == u);
        MUST(is == us || u > INT64_MAX);
    }
}

static void check_decimal(const char *s, size_t n)
{
    struct num_decimal d, back;
    struct num_parts parts;
    static char text[1 << 18]; /* exponents go to 100000 */
    enum num_status st = num_get_decimal(s, n, &d);
    MUST((st == NUM_SYNTAX) == !num_scan(s, n, &parts));
    if (st > NUM_FRACTION) {
        return;
    }
    MUST(d.ndigits >= 0 && d.ndigits <= NUM_DECIMAL_DIGITS && d.scale >= 0);
    MUST(d.ndigits == 0 || d.digits[0] != '0');
    size_t len = num_put_decimal(text, sizeof text, &d);
    MUST(len > 0 && num_put_decimal(text, len - 1, &d) == 0);
    MUST(num_get_decimal(text, num_put_decimal(text, sizeof text, &d), &back) == NUM_OK);
    MUST(back.ndigits == d.ndigits && back.negative == d.negative && back.scale == d.scale);
    MUST(memcmp(back.digits, d.digits, (size_t)d.ndigits) == 0);
    for (int scale = 0; scale < 40; scale += 13) {
        struct num_decimal r = d;
        st = num_rescale(&r, scale);
        MUST(st == NUM_RANGE ? memcmp(&r, &d, sizeof r) == 0 : r.scale == scale);
        MUST(st == NUM_FRACTION || num_put_decimal(text, sizeof text, &r) > 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    const char *s = (const char *)data;
    double d;
    char text[NUM_DOUBLE_CHARS];
    check_double(s, n);
    check_whole(s, n);
    check_decimal(s, n);
    if (n == sizeof d) { /* any double at all */
        double back = 0;
        memcpy(&d, data, sizeof d);
        MUST(num_get_double(text, num_put_double(text, d), &back) == NUM_OK && is_same(d, back));
    }
    return 0;
}
