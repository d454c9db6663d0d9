/* num.h - integers, decimals and floating point as text, without locale.  Inputs are byte ranges,
 * never NUL-terminated. */
#ifndef MYWIRE_BASE_NUM_H
#define MYWIRE_BASE_NUM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum num_status {
    NUM_OK = 0,
    NUM_FRACTION, /* a non-zero fraction was cut off */
    NUM_RANGE,    /* the value does not fit */
    NUM_SYNTAX    /* not a number */
};

#define NUM_INT_CHARS    21 /* longest 64-bit integer with sign, no NUL */
#define NUM_DOUBLE_CHARS 40 /* longest output of num_put_double, no NUL */

/* num_get_i64, num_get_u64 - read a whole number; accepts leading and trailing ASCII spaces, a
 * sign, a decimal point with digits (NUM_FRACTION if they are not all zero) and an exponent.  The
 * plain-digits form is the hot path. */
enum num_status num_get_i64(const char *s, size_t n, int64_t *out);
enum num_status num_get_u64(const char *s, size_t n, uint64_t *out);

/* num_get_double - correctly rounded; NUM_RANGE (and *out infinite) past the largest double, 0
 * below the smallest.  Accepts spaces, sign, exponent, and "inf", "infinity", "nan" in any case. */
enum num_status num_get_double(const char *s, size_t n, double *out);

/* num_put_i64, num_put_u64 - decimal digits to out (NUM_INT_CHARS bytes); returns bytes written; no
 * NUL. */
size_t num_put_i64(char *out, int64_t v);
size_t num_put_u64(char *out, uint64_t v);

/* num_put_two - two digits of v below 100; returns what comes behind them. */
extern const char num_pairs[201];
static inline char *num_put_two(char *to, uint32_t v)
{
    memcpy(to, num_pairs + 2 * (size_t)v, 2);
    return to + 2;
}

/* num_put_double, num_put_float - shortest text that reads back as the same value, in the form
 * MySQL prints ("1e20", "0.1", "-0.00000015", "1.5e-17"); out: NUM_DOUBLE_CHARS bytes; returns
 * bytes written; no NUL.  A power of ten from -15 to 14 is written out, others get an exponent,
 * except that a number with a fraction never does above (seen on MariaDB 10.11).  "inf", "-inf" and
 * "nan" are possible. */
size_t num_put_double(char *out, double v);
size_t num_put_float(char *out, float v);

/* A decimal number: digits[] without leading zeros, most significant first, as characters '0'..'9';
 * the value is digits * 10^-scale, scale >= 0. */
#define NUM_DECIMAL_DIGITS 96
struct num_decimal {
    bool negative;
    int ndigits;
    int scale;
    char digits[NUM_DECIMAL_DIGITS];
};
/* num_get_decimal - the same forms as num_get_i64.  NUM_FRACTION: places beyond NUM_DECIMAL_DIGITS
 * were cut; NUM_RANGE: the whole part has more digits than that. */
enum num_status num_get_decimal(const char *s, size_t n, struct num_decimal *out);
size_t num_put_decimal(char *out, size_t cap,
                       const struct num_decimal *d); /* 0 when cap is too small */
/* num_rescale - cut to scale places (NUM_FRACTION when non-zero digits go), or pad with zeros
 * (NUM_RANGE, d unchanged, when there is no room for them). */
enum num_status num_rescale(struct num_decimal *d, int scale);

/* The parts of a number as written, borrowed from the text; for the readers above and for
 * conversions of their own. */
struct num_parts {
    bool negative;
    const char *whole, *fraction; /* digits before and after the point */
    size_t nwhole, nfraction;     /* not both 0 */
    int exponent;                 /* of ten; saturated at +-100000 */
};

/* num_scan - take a number apart: spaces, sign, digits, point, digits, exponent.  False: not a
 * number. */
bool num_scan(const char *s, size_t n, struct num_parts *out);
/* num_digit - the i-th of all digits, i < nwhole + nfraction. */
char num_digit(const struct num_parts *p, size_t i);
/* num_trim - take ASCII white space off both ends. */
void num_trim(const char **s, size_t *n);

#endif
