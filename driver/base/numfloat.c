/* numfloat.c - floating point as text: correctly rounded in, shortest out.
 *
 * Most numbers of a database take the exact short way in both directions: at most 15 to 19 digits
 * times a power of ten up to 22 are exact in a double, so one multiplication or division is
 * correctly rounded (Clinger 1990); up to 19 digits with any power go through numeisel.c.  Longer
 * ones go through strtod_l in the "C" locale.  Out, nearly all go through numshort.c; powers of two
 * and subnormals through "%e", whose digits are read without looking at the decimal point, so that
 * the host's locale cannot matter.
 * _GNU_SOURCE: strtod_l and strtof_l are not in POSIX.1-2008. */
#define _GNU_SOURCE
#include "base/num.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clocale.h"
#include "base/numeisel.h"
#include "base/numshort.h"
#include "base/text.h"

static const double tens[23] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

_Static_assert(FLT_EVAL_METHOD == 0, "excess precision would round twice");
#define EXACT_INT (UINT64_C(1) << 53)
/* A double's decimal expansion has at most 767 significant digits; one more non-zero digit decides
 * ties. */
#define MAX_DIGITS 800

/* The significant digits as one number, if there are at most 19 of them, and the power of ten that
 * goes with it. */
static bool get_significand(const struct num_parts *p, uint64_t *m, long long *exponent)
{
    size_t total = p->nwhole + p->nfraction, first = 0;
    while (first < total && num_digit(p, first) == '0') {
        first++;
    }
    if (total - first > 19) {
        return false;
    }
    uint64_t v = 0;
    for (size_t i = first; i < p->nwhole; i++) {
        v = v * 10 + (unsigned)(p->whole[i] - '0');
    }
    for (size_t i = first > p->nwhole ? first - p->nwhole : 0; i < p->nfraction; i++) {
        v = v * 10 + (unsigned)(p->fraction[i] - '0');
    }
    *m = v;
    *exponent = (long long)p->exponent - (long long)p->nfraction;
    return true;
}

static double get_short(uint64_t m, long long exponent)
{
    if (m > EXACT_INT || exponent < -22 || exponent > 22) {
        return num_eisel_lemire(m, exponent);
    }
    return exponent < 0 ? (double)m / tens[-exponent] : (double)m * tens[exponent];
}

/* The long way: the significant digits and an exponent, rewritten so that strtod_l sees neither
 * point nor spaces. */
static double get_slow(const struct num_parts *p)
{
    char text[MAX_DIGITS + 32];
    size_t total = p->nwhole + p->nfraction, first = 0, len = 0;
    while (first < total && num_digit(p, first) == '0') {
        first++;
    }
    size_t i = first;
    for (; i < total && len < MAX_DIGITS; i++) {
        text[len++] = num_digit(p, i);
    }
    bool more = false;
    for (size_t rest = i; rest < total && !more; rest++) {
        more = num_digit(p, rest) != '0';
    }
    long long exponent = (long long)p->exponent - (long long)p->nfraction + (long long)(total - i);
    if (more) {
        text[len - 1] = text[len - 1] == '0' || text[len - 1] == '5' ? (char)(text[len - 1] + 1)
                                                                     : text[len - 1];
    }
    text[len] = 0;
    if (len == 0) {
        return 0.0;
    }
    (void)snprintf(text + len, sizeof text - len, "e%lld", exponent); /* fits: 20 digits at most */
    return strtod_l(text, NULL, clocale());
}

static bool get_word(const char *s, size_t n, double *out)
{
    num_trim(&s, &n);
    bool negative = n && s[0] == '-';
    if (n && (s[0] == '-' || s[0] == '+')) {
        s++;
        n--;
    }
    double v;
    if (text_eqn(s, n, "inf") || text_eqn(s, n, "infinity")) {
        v = INFINITY;
    } else if (text_eqn(s, n, "nan")) {
        v = NAN;
    } else {
        return false;
    }
    *out = negative ? -v : v;
    return true;
}

enum num_status num_get_double(const char *s, size_t n, double *out)
{
    struct num_parts p;
    if (!num_scan(s, n, &p)) {
        return get_word(s, n, out) ? NUM_OK : NUM_SYNTAX;
    }
    uint64_t m;
    long long exponent;
    double v = get_significand(&p, &m, &exponent) ? get_short(m, exponent) : get_slow(&p);
    *out = p.negative ? -v : v;
    return isinf(v) ? NUM_RANGE : NUM_OK;
}

/* Significant digits and the power of ten of the first one. */
#define MOST_DIGITS 20
struct shortest {
    char digits[2 * MOST_DIGITS]; /* room to copy MOST_DIGITS from any of them */
    int ndigits;
    int power;
};

static void strip_zeros(struct shortest *d)
{
    while (d->ndigits > 1 && d->digits[d->ndigits - 1] == '0') {
        d->ndigits--;
    }
}

/* m * 10^exponent, m without trailing zeros. */
static void take_whole(uint64_t m, int exponent, struct shortest *out)
{
    size_t n = num_put_u64(out->digits, m);
    out->ndigits = (int)n;
    out->power = (int)n - 1 + exponent;
}

/* A number that is not subnormal, by whole arithmetic. */
static bool put_regular(double v, int mantissa_bits, double least, struct shortest *out)
{
    uint64_t bits, m;
    int exponent, drop = DBL_MANT_DIG - mantissa_bits;
    memcpy(&bits, &v, sizeof bits);
    uint64_t hidden = UINT64_C(1) << (DBL_MANT_DIG - 1);
    uint64_t c = ((bits & (hidden - 1)) | hidden) >> drop;
    int q = (int)(bits >> (DBL_MANT_DIG - 1)) - DBL_MAX_EXP - DBL_MANT_DIG + 2 + drop;
    if (v < least || !num_shortest(c, q, &m, &exponent)) {
        return false;
    }
    take_whole(m, exponent, out);
    return true;
}

/* "%.*e" prints "d.ddde[+-]xx" with the host's decimal point: only digits before the 'e' are taken.
 */
static void take_printed(double v, int ndigits, struct shortest *out)
{
    char text[48];
    int len = snprintf(text, sizeof text, "%.*e", ndigits - 1, v);
    int i = 0, n = 0, power = 0;
    for (; i < len && text[i] != 'e'; i++) {
        if (text[i] >= '0' && text[i] <= '9' && n < MOST_DIGITS) {
            out->digits[n++] = text[i];
        }
    }
    bool negative = i + 1 < len && text[i + 1] == '-';
    for (i += 2; i < len; i++) {
        power = power * 10 + (text[i] - '0');
    }
    out->ndigits = n;
    out->power = negative ? -power : power;
    strip_zeros(out);
}

/* Does a reader of a double get v back? */
static bool reads_as_double(const struct shortest *d, double v)
{
    uint64_t m = 0;
    for (int i = 0; i < d->ndigits; i++) {
        m = m * 10 + (unsigned)(d->digits[i] - '0');
    }
    return get_short(m, d->power - d->ndigits + 1) == v;
}

/* The same for a float.  Not by way of a double, which would round twice. */
static bool reads_as_float(const struct shortest *d, double v)
{
    char text[48];
    (void)snprintf(text, sizeof text, "%.*se%d", d->ndigits, d->digits,
                   d->power - d->ndigits + 1); /* fits */
    return (double)strtof_l(text, NULL, clocale()) == v;
}

/* Round to n digits.  False when, as far as the digits tell, the rest is exactly one half. */
static bool round_to(const struct shortest *from, int n, struct shortest *to)
{
    *to = *from;
    if (n >= from->ndigits) {
        return true;
    }
    if (from->digits[n] == '5' && n + 1 == from->ndigits) {
        return false;
    }
    to->ndigits = n;
    int i = from->digits[n] < '5' ? -2 : n - 1;
    for (; i >= 0 && to->digits[i] == '9'; i--) {
        to->digits[i] = '0';
    }
    if (i >= 0) {
        to->digits[i]++;
    } else if (i == -1) { /* 9.99 became 10.0 */
        to->digits[0] = '1';
        to->power++;
    }
    strip_zeros(to);
    return true;
}

/* `most` digits tell every number from every other; find the fewest, from `least` on, that read
 * back. */
static void put_slow(double v, int least, int most,
                     bool (*reads_as)(const struct shortest *, double), struct shortest *out)
{
    struct shortest full;
    take_printed(v, most, &full);
    for (int n = least; n < most; n++) {
        if (!round_to(&full, n, out)) {
            take_printed(v, n, out); /* rounds by the exact value */
        }
        if (reads_as(out, v)) {
            return;
        }
    }
    *out = full;
}

/* d.ddde±x, the exponent without plus sign and leading zeros. */
static size_t put_exponent(char *to, const struct shortest *d)
{
    size_t n = 0;
    to[n++] = d->digits[0];
    if (d->ndigits > 1) {
        to[n++] = '.';
        memcpy(to + n, d->digits + 1, (size_t)d->ndigits - 1);
        n += (size_t)d->ndigits - 1;
    }
    to[n++] = 'e';
    return n + num_put_i64(to + n, d->power);
}

#define FIXED_LOW   (-15)
#define FIXED_HIGH  14
#define FIXED_ZEROS 16 /* of FIXED_LOW, with the point */

/* Digits are copied by all their room, which to has too. */
static size_t put_fixed(char *to, const struct shortest *d)
{
    size_t n = (size_t)d->ndigits;
    if (d->power < 0) {
        size_t zeros = (size_t)(1 - d->power); /* and the point */
        memset(to, '0', FIXED_ZEROS);
        to[1] = '.';
        memcpy(to + zeros, d->digits, MOST_DIGITS);
        return zeros + n;
    }
    size_t whole = (size_t)d->power + 1;
    memcpy(to, d->digits, MOST_DIGITS);
    if (whole >= n) {
        memset(to + n, '0', whole - n);
        return whole;
    }
    to[whole] = '.';
    memcpy(to + whole + 1, d->digits + whole, MOST_DIGITS);
    return n + 1;
}

/* Source: what MariaDB 10.11 prints for literals from 1e-16 to 1e22. */
static size_t put_digits(char *to, const struct shortest *d)
{
    bool has_fraction = d->ndigits - 1 > d->power;
    bool fixed = d->power >= FIXED_LOW && (d->power <= FIXED_HIGH || has_fraction);
    return fixed ? put_fixed(to, d) : put_exponent(to, d);
}

/* Zero, infinities and NaN; 0 when v is an ordinary number. */
static size_t put_special(char *to, double v)
{
    const char *word = isnan(v) ? "nan" : isinf(v) ? "inf" : v == 0 ? "0" : "";
    size_t n = strlen(word);
    memcpy(to, word, n);
    return n;
}

static size_t put_sign(char *out, double v)
{
    if (isnan(v) || !signbit(v)) {
        return 0;
    }
    out[0] = '-';
    return 1;
}

size_t num_put_double(char *out, double v)
{
    size_t sign = put_sign(out, v);
    v = fabs(v);
    size_t n = put_special(out + sign, v);
    if (n) {
        return sign + n;
    }
    struct shortest d;
    if (!put_regular(v, DBL_MANT_DIG, DBL_MIN, &d)) {
        int least = v < DBL_MIN
                        ? 1
                        : DBL_DIG; /* up to 15 digits are one of a kind, but not below DBL_MIN */
        put_slow(v, least, DBL_DECIMAL_DIG, reads_as_double, &d);
    }
    return sign + put_digits(out + sign, &d);
}

size_t num_put_float(char *out, float v)
{
    size_t sign = put_sign(out, (double)v);
    v = fabsf(v);
    size_t n = put_special(out + sign, (double)v);
    if (n) {
        return sign + n;
    }
    struct shortest d;
    if (!put_regular((double)v, FLT_MANT_DIG, (double)FLT_MIN, &d)) {
        put_slow((double)v, v < FLT_MIN ? 1 : FLT_DIG, FLT_DECIMAL_DIG, reads_as_float, &d);
    }
    return sign + put_digits(out + sign, &d);
}
