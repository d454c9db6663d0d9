/* num.c - whole numbers and exact decimals as text.  Floating point stands in numfloat.c. */
#include "base/num.h"

#include <string.h>

const char num_pairs[201] =
    "00010203040506070809101112131415161718192021222324252627282930313233343536373839"
    "40414243444546474849505152535455565758596061626364656667686970717273747576777879"
    "8081828384858687888990919293949596979899";

static inline char *put_eight(char *to, uint32_t v)
{
    uint32_t high = v / 10000, low = v % 10000;
    to = num_put_two(to, high / 100);
    to = num_put_two(to, high % 100);
    to = num_put_two(to, low / 100);
    return num_put_two(to, low % 100);
}

/* The same without leading zeros: below 100, 10^4, 10^8. */
static inline char *put_up_to_two(char *to, uint32_t v)
{
    if (v >= 10) {
        return num_put_two(to, v);
    }
    *to = (char)('0' + v);
    return to + 1;
}

static inline char *put_up_to_four(char *to, uint32_t v)
{
    return v < 100 ? put_up_to_two(to, v) : num_put_two(put_up_to_two(to, v / 100), v % 100);
}

static inline char *put_up_to_eight(char *to, uint32_t v)
{
    if (v < 10000) {
        return put_up_to_four(to, v);
    }
    uint32_t low = v % 10000;
    to = put_up_to_four(to, v / 10000);
    return num_put_two(num_put_two(to, low / 100), low % 100);
}

#define EIGHT_DIGITS 100000000u

size_t num_put_u64(char *out, uint64_t v)
{
    if (v < EIGHT_DIGITS) {
        return (size_t)(put_up_to_eight(out, (uint32_t)v) - out);
    }
    uint64_t high = v / EIGHT_DIGITS;
    char *to = out;
    if (high < EIGHT_DIGITS) {
        to = put_up_to_eight(to, (uint32_t)high);
    } else {
        to = put_up_to_four(to, (uint32_t)(high / EIGHT_DIGITS));
        to = put_eight(to, (uint32_t)(high % EIGHT_DIGITS));
    }
    return (size_t)(put_eight(to, (uint32_t)(v % EIGHT_DIGITS)) - out);
}

size_t num_put_i64(char *out, int64_t v)
{
    if (v >= 0) {
        return num_put_u64(out, (uint64_t)v);
    }
    out[0] = '-';
    return 1 + num_put_u64(out + 1, 0 - (uint64_t)v);
}

/* Digits only, at most 19 of them (so that 64 bits cannot overflow)?  The hot path. */
static inline bool plain_digits(const char *s, size_t n, uint64_t *out)
{
    if (n == 0 || n > 19) {
        return false;
    }
    uint64_t v = 0;
    for (size_t i = 0; i < n; i++) {
        unsigned d = (unsigned char)s[i] - (unsigned)'0';
        if (d > 9) {
            return false;
        }
        v = v * 10 + d;
    }
    *out = v;
    return true;
}

/* The whole part of a decimal number; the fraction decides only about the status. */
static enum num_status get_magnitude(const char *s, size_t n, bool *negative, uint64_t *out)
{
    struct num_decimal d;
    enum num_status st = num_get_decimal(s, n, &d);
    if (st > NUM_FRACTION) {
        return st;
    }
    enum num_status cut = num_rescale(&d, 0);
    uint64_t v = 0;
    for (int i = 0; i < d.ndigits; i++) {
        unsigned digit = (unsigned)(d.digits[i] - '0');
        if (v > (UINT64_MAX - digit) / 10) {
            return NUM_RANGE;
        }
        v = v * 10 + digit;
    }
    *negative = d.negative;
    *out = v;
    return st == NUM_OK ? cut : st;
}

enum num_status num_get_u64(const char *s, size_t n, uint64_t *out)
{
    if (plain_digits(s, n, out)) {
        return NUM_OK;
    }
    bool negative;
    uint64_t v;
    enum num_status st = get_magnitude(s, n, &negative, &v);
    if (st > NUM_FRACTION) {
        return st;
    }
    if (negative && v) {
        return NUM_RANGE;
    }
    *out = v;
    return st;
}

static enum num_status with_sign(uint64_t v, bool negative, int64_t *out)
{
    if (v > (uint64_t)INT64_MAX + negative) {
        return NUM_RANGE;
    }
    *out = negative ? (int64_t)(0 - v) : (int64_t)v;
    return NUM_OK;
}

enum num_status num_get_i64(const char *s, size_t n, int64_t *out)
{
    bool negative = n > 0 && s[0] == '-';
    uint64_t v;
    if (plain_digits(s + negative, n - negative, &v)) {
        return with_sign(v, negative, out);
    }
    enum num_status st = get_magnitude(s, n, &negative, &v);
    if (st > NUM_FRACTION) {
        return st;
    }
    enum num_status fits = with_sign(v, negative, out);
    return fits == NUM_OK ? st : fits;
}

/* ---- decimals ---- */

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

void num_trim(const char **s, size_t *n)
{
    while (*n && is_space((*s)[0])) {
        ++*s;
        --*n;
    }
    while (*n && is_space((*s)[*n - 1])) {
        --*n;
    }
}

#define EXPONENT_LIMIT 100000

/* "[+-]digits" to the end of s, saturated at the limit; false when it is anything else. */
static bool get_exponent(const char *s, size_t n, int *out)
{
    bool negative = n && s[0] == '-';
    size_t i = n && (s[0] == '-' || s[0] == '+') ? 1 : 0;
    int v = 0;
    if (i == n) {
        return false;
    }
    for (; i < n; i++) {
        if (!is_digit(s[i])) {
            return false;
        }
        v = v < EXPONENT_LIMIT ? v * 10 + (s[i] - '0') : v;
    }
    v = v > EXPONENT_LIMIT ? EXPONENT_LIMIT : v;
    *out = negative ? -v : v;
    return true;
}

/* Number of digits from s on, at most n. */
static size_t count_digits(const char *s, size_t n)
{
    size_t i = 0;
    while (i < n && is_digit(s[i])) {
        i++;
    }
    return i;
}

bool num_scan(const char *s, size_t n, struct num_parts *out)
{
    *out = (struct num_parts){0};
    num_trim(&s, &n);
    size_t i = n && (s[0] == '-' || s[0] == '+');
    out->negative = i && s[0] == '-';
    out->whole = s + i;
    out->nwhole = count_digits(s + i, n - i);
    i += out->nwhole;
    if (i < n && s[i] == '.') {
        i++;
        out->fraction = s + i;
        out->nfraction = count_digits(s + i, n - i);
        i += out->nfraction;
    }
    if (out->nwhole + out->nfraction == 0) {
        return false;
    }
    if (i < n && (s[i] == 'e' || s[i] == 'E')) {
        return get_exponent(s + i + 1, n - i - 1, &out->exponent);
    }
    return i == n;
}

char num_digit(const struct num_parts *p, size_t i)
{
    return i < p->nwhole ? p->whole[i] : p->fraction[i - p->nwhole];
}

/* Takes the digits that fit.  point: how many of all digits stand before the decimal point (may be
 * negative). */
static enum num_status fill(const struct num_parts *p, size_t first, long long point,
                            struct num_decimal *d)
{
    size_t total = p->nwhole + p->nfraction;
    bool lost = false;
    for (size_t i = first; i < total; i++) {
        char c = num_digit(p, i);
        if (d->ndigits == NUM_DECIMAL_DIGITS) {
            lost = lost || c != '0';
            continue;
        }
        d->digits[d->ndigits++] = c;
    }
    long long scale = d->ndigits - (point - (long long)first);
    if (scale < -(long long)(NUM_DECIMAL_DIGITS - d->ndigits)) {
        return NUM_RANGE; /* the whole part needs more digits than there is room for */
    }
    for (; scale < 0; scale++) {
        d->digits[d->ndigits++] = '0';
    }
    d->scale = (int)scale;
    return lost ? NUM_FRACTION : NUM_OK;
}

static void drop_trailing(struct num_decimal *d, int keep_scale)
{
    while (d->scale > keep_scale && d->ndigits > 0 && d->digits[d->ndigits - 1] == '0') {
        d->ndigits--;
        d->scale--;
    }
}

enum num_status num_get_decimal(const char *s, size_t n, struct num_decimal *out)
{
    struct num_parts p;
    *out = (struct num_decimal){0};
    if (!num_scan(s, n, &p)) {
        return NUM_SYNTAX;
    }
    size_t total = p.nwhole + p.nfraction, first = 0;
    while (first < total && num_digit(&p, first) == '0') {
        first++;
    }
    long long point = (long long)p.nwhole + p.exponent;
    if (first == total) { /* zero keeps the places that were written, as far as sensible */
        long long scale = (long long)p.nfraction - p.exponent;
        out->scale = scale < 0 ? 0 : scale > NUM_DECIMAL_DIGITS ? NUM_DECIMAL_DIGITS : (int)scale;
        return NUM_OK;
    }
    enum num_status st = fill(&p, first, point, out);
    out->negative = p.negative;
    if (st == NUM_OK && p.exponent < 0) {
        drop_trailing(out, (int)p.nfraction);
    }
    return st;
}

enum num_status num_rescale(struct num_decimal *d, int scale)
{
    bool lost = false;
    scale = scale < 0 ? 0 : scale;
    while (d->scale > scale && d->ndigits > 0) {
        lost = lost || d->digits[d->ndigits - 1] != '0';
        d->ndigits--;
        d->scale--;
    }
    if (d->ndigits == 0) {
        d->negative = false;
        d->scale = scale;
        return lost ? NUM_FRACTION : NUM_OK;
    }
    if (scale - d->scale > NUM_DECIMAL_DIGITS - d->ndigits) {
        return NUM_RANGE;
    }
    for (; d->scale < scale; d->scale++) {
        d->digits[d->ndigits++] = '0';
    }
    return lost ? NUM_FRACTION : NUM_OK;
}

size_t num_put_decimal(char *out, size_t cap, const struct num_decimal *d)
{
    size_t nd = (size_t)d->ndigits, scale = (size_t)d->scale;
    size_t whole = nd > scale ? nd - scale : 0;
    size_t zeros = scale > nd ? scale - nd : 0; /* between the point and the first digit */
    size_t need = (size_t)d->negative + (whole ? whole : 1) + (scale ? 1 + scale : 0);
    if (need > cap) {
        return 0;
    }
    char *to = out;
    if (d->negative) {
        *to++ = '-';
    }
    if (whole) {
        memcpy(to, d->digits, whole);
        to += whole;
    } else {
        *to++ = '0';
    }
    if (scale) {
        *to++ = '.';
        memset(to, '0', zeros);
        memcpy(to + zeros, d->digits + whole, nd - whole);
    }
    return need;
}
