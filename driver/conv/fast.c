/* fast.c - the pairs that make up most of all fetched cells, each in one function without the
 * detour over struct value.
 *
 * Every function handles only the plain form of its type and leaves whatever is unusual (signs it
 * does not know, zero dates, no room) to the decoder and writer of the plan, so a fast way can
 * never give another answer.  Digits are read eight at a time in a 64-bit word (SWAR), as in
 * simdjson's number parser. */
#include "conv/value.h"

#include <string.h>

#include "base/numeisel.h"
#include "base/wire_type.h"

#define IS_LITTLE (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__)
#define ZEROS     UINT64_C(0x3030303030303030)
#define HIGH      UINT64_C(0x8080808080808080)

static inline uint64_t load8(const unsigned char *s)
{
    uint64_t w;
    memcpy(&w, s, sizeof w);
    return w;
}

static inline uint32_t load4(const unsigned char *s)
{
    uint32_t w;
    memcpy(&w, s, sizeof w);
    return w;
}

/* Eight digits, the first in the lowest byte, already without '0'. */
static inline uint32_t eight_digits(uint64_t x)
{
    x = x * 10 + (x >> 8);
    x = ((x & UINT64_C(0x000000FF000000FF)) * UINT64_C(0x000F424000000064) +
         (x >> 16 & UINT64_C(0x000000FF000000FF)) * UINT64_C(0x0000271000000001)) >>
        32;
    return (uint32_t)x;
}

static inline bool parse8(uint64_t w, uint64_t *out)
{
    uint64_t x = w ^ ZEROS;
    *out = eight_digits(x);
    return ((x | (x + UINT64_C(0x7676767676767676))) & HIGH) == 0;
}

static inline bool up_to_8(const unsigned char *s, size_t n, uint64_t *out)
{
    if (n == 8) {
        return parse8(load8(s), out);
    }
    if (n >= 4) { /* two words that overlap, the first shifted up behind leading zeros */
        unsigned shift = (unsigned)(8 * (8 - n));
        uint64_t first = ((uint64_t)load4(s) << shift & UINT32_MAX) | ZEROS >> (64 - shift);
        return parse8(first | (uint64_t)load4(s + n - 4) << 32, out);
    }
    unsigned v = 0, bad = n == 0;
    for (size_t i = 0; i < n; i++) {
        unsigned d = s[i] - (unsigned)'0';
        bad |= d > 9;
        v = v * 10 + d;
    }
    *out = v;
    return !bad;
}

/* 1 to 19 digits and nothing else. */
static inline bool digits(const unsigned char *s, size_t n, uint64_t *out)
{
    if (n <= 8) {
        return up_to_8(s, n, out);
    }
    if (n > 19) {
        return false;
    }
    uint64_t high, mid = 0, low;
    bool ok = parse8(load8(s + n - 8), &low);
    n -= 8;
    if (n <= 8) {
        ok = up_to_8(s, n, &high) && ok;
        *out = high * 100000000 + low;
        return ok;
    }
    ok = parse8(load8(s + n - 8), &mid) && ok;
    ok = up_to_8(s, n - 8, &high) && ok;
    *out = (high * 100000000 + mid) * 100000000 + low;
    return ok;
}

/* Not inlined: its frame would be set up for every cell. */
__attribute__((noinline)) static enum conv_status
slow(const struct conv_plan *p, const struct cell *c, void *dst, size_t cap, SQLLEN *len)
{
    struct value v;
    enum conv_status st = p->decode(p, c, &v);
    return st == CONV_OK ? p->put(p, &v, dst, cap, len) : st;
}

/* ---- integers ---- */

static inline bool small_int(const struct conv_plan *p, const struct cell *c, int64_t *out)
{
    bool negative = c->len > 0 && c->p[0] == '-';
    uint64_t v;
    if (!digits(c->p + negative, c->len - negative, &v) || v > (uint64_t)INT64_MAX ||
        (negative && p->is_unsigned)) {
        return false;
    }
    *out = negative ? -(int64_t)v : (int64_t)v;
    return true;
}

static enum conv_status text_slong(const struct conv_plan *p, const struct cell *c, void *dst,
                                   size_t cap, SQLLEN *len)
{
    int64_t v;
    if (!dst || !small_int(p, c, &v) || v != (int32_t)v) {
        return slow(p, c, dst, cap, len);
    }
    int32_t out = (int32_t)v;
    memcpy(dst, &out, sizeof out);
    *len = sizeof out;
    return CONV_OK;
}

static enum conv_status text_sbigint(const struct conv_plan *p, const struct cell *c, void *dst,
                                     size_t cap, SQLLEN *len)
{
    int64_t v;
    if (!dst || !small_int(p, c, &v)) {
        return slow(p, c, dst, cap, len);
    }
    memcpy(dst, &v, sizeof v);
    *len = sizeof v;
    return CONV_OK;
}

static enum conv_status text_int(const struct conv_plan *p, const struct cell *c, void *dst,
                                 size_t cap, SQLLEN *len)
{
    int64_t v;
    return small_int(p, c, &v) ? store_signed(p->ctype, v, dst, len) : slow(p, c, dst, cap, len);
}

/* The cell is already the C type: integers of the same width and sign, doubles, floats. */
static enum conv_status same_4(const struct conv_plan *p, const struct cell *c, void *dst,
                               size_t cap, SQLLEN *len)
{
    if (!dst || c->len != 4) {
        return slow(p, c, dst, cap, len);
    }
    memcpy(dst, c->p, 4);
    *len = 4;
    return CONV_OK;
}

static enum conv_status same_8(const struct conv_plan *p, const struct cell *c, void *dst,
                               size_t cap, SQLLEN *len)
{
    if (!dst || c->len != 8) {
        return slow(p, c, dst, cap, len);
    }
    memcpy(dst, c->p, 8);
    *len = 8;
    return CONV_OK;
}

/* ---- floating point ---- */

static const uint64_t powers[20] = {
    1u,
    10u,
    100u,
    1000u,
    10000u,
    100000u,
    1000000u,
    10000000u,
    100000000u,
    1000000000u,
    UINT64_C(10000000000),
    UINT64_C(100000000000),
    UINT64_C(1000000000000),
    UINT64_C(10000000000000),
    UINT64_C(100000000000000),
    UINT64_C(1000000000000000),
    UINT64_C(10000000000000000),
    UINT64_C(100000000000000000),
    UINT64_C(1000000000000000000),
    UINT64_C(10000000000000000000),
};

/* m / 10^places: one division is correctly rounded where both are exact as doubles. */
static inline double scaled(uint64_t m, size_t places)
{
    bool is_exact = m <= UINT64_C(1) << 53 && places <= 19;
    return is_exact ? (double)m / (double)powers[places] : num_eisel_lemire(m, -(long long)places);
}

/* Digits before and after a point, as one number; false when they are more than 19 or anything
 * else. */
static inline bool point_digits(const unsigned char *s, size_t n, uint64_t *m, size_t *places)
{
    size_t point = 0;
    while (point < n && s[point] != '.') {
        point++;
    }
    *places = point < n ? n - point - 1 : 0;
    uint64_t whole, fraction = 0;
    if (*places > 19 || !digits(s, point, &whole) ||
        (*places && !digits(s + point + 1, *places, &fraction))) {
        return false;
    }
    *m = whole * powers[*places] + fraction;
    return whole == 0 || point + *places <= 19;
}

/* "-123.4567" */
static inline bool plain_double(const struct cell *c, double *out)
{
    bool negative = c->len > 0 && c->p[0] == '-';
    uint64_t m;
    size_t places;
    if (!point_digits(c->p + negative, c->len - negative, &m, &places)) {
        return false;
    }
    double d = scaled(m, places);
    *out = negative ? -d : d;
    return true;
}

static enum conv_status text_double(const struct conv_plan *p, const struct cell *c, void *dst,
                                    size_t cap, SQLLEN *len)
{
    double d;
    if (!dst || !plain_double(c, &d)) {
        return slow(p, c, dst, cap, len);
    }
    memcpy(dst, &d, sizeof d);
    *len = sizeof d;
    return CONV_OK;
}

/* ---- text ---- */

static enum conv_status text_char(const struct conv_plan *p, const struct cell *c, void *dst,
                                  size_t cap, SQLLEN *len)
{
    char *to = dst;
    if (!to || c->len >= cap) {
        return copy_char(p, (const char *)c->p, c->len, dst, cap, len);
    }
    memcpy(to, c->p, c->len);
    to[c->len] = 0;
    *len = (SQLLEN)c->len;
    return CONV_OK;
}

static enum conv_status text_wide(const struct conv_plan *p, const struct cell *c, void *dst,
                                  size_t cap, SQLLEN *len)
{
    return copy_wide(p, (const char *)c->p, c->len, dst, cap, len);
}

static enum conv_status bytes_binary(const struct conv_plan *p, const struct cell *c, void *dst,
                                     size_t cap, SQLLEN *len)
{
    (void)p;
    return emit_bytes(c->p, c->len, dst, cap, len);
}

/* ---- dates ---- */

/* Eight characters of the form that zero shows ('0' where a digit is).  Afterwards byte i of *pairs
 * is the number of the digits i and i + 1. */
static inline bool form8(const unsigned char *s, uint64_t zero, uint64_t limit, uint64_t *pairs)
{
    uint64_t x = load8(s) ^ zero;
    *pairs = x * 10 + (x >> 8);
    return ((x | (x + limit)) & HIGH) == 0;
}

static inline unsigned pair(uint64_t pairs, unsigned i)
{
    return pairs >> (8 * i) & 0xFF;
}

/* "YYYY-MM-" and "HH:MM:SS" as words; limit: 0x76 lets 0 to 9 pass, 0x7F only the very character.
 */
#define FORM_DATE   UINT64_C(0x2D30302D30303030)
#define LIMIT_DATE  UINT64_C(0x7F76767F76767676)
#define FORM_CLOCK  UINT64_C(0x30303A30303A3030)
#define LIMIT_CLOCK UINT64_C(0x76767F76767F7676)

struct day {
    unsigned year, month, day;
};

#define MONTHS_OF_31 0x15AAu /* bit 1: January */

static inline bool is_common_day(unsigned month, unsigned day)
{
    if (month - 1 >= 12) {
        return false;
    }
    unsigned days = month == 2 ? 28 : 30 + (MONTHS_OF_31 >> month & 1);
    return day - 1 < days;
}

/* "YYYY-MM-DD"; the 29th of February goes the slow way. */
static inline bool common_day(const unsigned char *s, struct day *d)
{
    uint64_t pairs;
    bool ok = form8(s, FORM_DATE, LIMIT_DATE, &pairs);
    unsigned tens = s[8] - (unsigned)'0', ones = s[9] - (unsigned)'0';
    d->year = pair(pairs, 0) * 100 + pair(pairs, 2);
    d->month = pair(pairs, 5);
    d->day = tens * 10 + ones;
    return ok && tens <= 9 && ones <= 9 && is_common_day(d->month, d->day);
}

static enum conv_status text_date(const struct conv_plan *p, const struct cell *c, void *dst,
                                  size_t cap, SQLLEN *len)
{
    struct day d;
    if (!dst || c->len != 10 || !common_day(c->p, &d)) {
        return slow(p, c, dst, cap, len);
    }
    SQL_DATE_STRUCT out = {(SQLSMALLINT)d.year, (SQLUSMALLINT)d.month, (SQLUSMALLINT)d.day};
    memcpy(dst, &out, sizeof out);
    *len = sizeof out;
    return CONV_OK;
}

/* ".ffffff" behind the seconds, or nothing. */
static inline bool common_micro(const struct cell *c, uint64_t *micro)
{
    *micro = 0;
    return c->len == 19 || (c->len == 26 && c->p[19] == '.' && up_to_8(c->p + 20, 6, micro));
}

static enum conv_status text_timestamp(const struct conv_plan *p, const struct cell *c, void *dst,
                                       size_t cap, SQLLEN *len)
{
    struct day d;
    uint64_t clock, micro;
    if (!dst || !common_micro(c, &micro) || !common_day(c->p, &d) || c->p[10] != ' ' ||
        !form8(c->p + 11, FORM_CLOCK, LIMIT_CLOCK, &clock)) {
        return slow(p, c, dst, cap, len);
    }
    SQL_TIMESTAMP_STRUCT out = {
        (SQLSMALLINT)d.year,          (SQLUSMALLINT)d.month,        (SQLUSMALLINT)d.day,
        (SQLUSMALLINT)pair(clock, 0), (SQLUSMALLINT)pair(clock, 3), (SQLUSMALLINT)pair(clock, 6),
        (SQLUINTEGER)micro * 1000,
    };
    if (out.hour > 23 || out.minute > 59 || out.second > 59) {
        return slow(p, c, dst, cap, len);
    }
    memcpy(dst, &out, sizeof out);
    *len = sizeof out;
    return CONV_OK;
}

/* DATETIME in binary form, with or without microseconds; the shorter forms are of midnight and zero
 * dates. */
static enum conv_status binary_timestamp(const struct conv_plan *p, const struct cell *c, void *dst,
                                         size_t cap, SQLLEN *len)
{
    const unsigned char *b = c->p;
    if (!dst || (c->len != 7 && c->len != 11) || !is_common_day(b[2], b[3]) || b[4] > 23 ||
        b[5] > 59 || b[6] > 59) {
        return slow(p, c, dst, cap, len);
    }
    uint32_t micro = c->len == 11 ? load4(b + 7) : 0;
    unsigned year = b[0] | (unsigned)b[1] << 8;
    if (year > 9999 || micro > 999999) {
        return slow(p, c, dst, cap, len);
    }
    SQL_TIMESTAMP_STRUCT out = {(SQLSMALLINT)year, b[2], b[3], b[4], b[5], b[6], micro * 1000};
    memcpy(dst, &out, sizeof out);
    *len = sizeof out;
    return CONV_OK;
}

/* ---- which ---- */

static conv_fn *fast_text(const struct conv_plan *p, enum value_kind kind)
{
    switch (p->ctype->family) {
    case FAMILY_INT:
        if (kind != V_SIGNED && kind != V_UNSIGNED && kind != V_TEXT) {
            return NULL;
        }
        return p->ctype->is_unsigned || p->size < 4 ? text_int
               : p->size == 4                       ? text_slong
                                                    : text_sbigint;
    case FAMILY_DOUBLE:
        return kind == V_SIGNED || kind == V_UNSIGNED ? NULL : text_double;
    case FAMILY_DATE:
        return kind == V_DATE ? text_date : NULL;
    case FAMILY_TIMESTAMP:
        return kind == V_TIMESTAMP ? text_timestamp : NULL;
    default:
        return NULL;
    }
}

static conv_fn *fast_binary(const struct conv_plan *p, enum value_kind kind)
{
    if (kind == V_TIMESTAMP && p->ctype->family == FAMILY_TIMESTAMP) {
        return binary_timestamp;
    }
    bool is_same_int = (kind == V_SIGNED || kind == V_UNSIGNED) && p->ctype->family == FAMILY_INT &&
                       p->ctype->is_unsigned == (kind == V_UNSIGNED);
    bool is_same_real = (kind == V_DOUBLE && p->ctype->family == FAMILY_DOUBLE) ||
                        (kind == V_FLOAT && p->ctype->family == FAMILY_FLOAT);
    if (!(is_same_int || is_same_real) || p->size != p->width) {
        return NULL;
    }
    return p->width == 8 ? same_8 : p->width == 4 ? same_4 : NULL;
}

conv_fn *fast_find(const struct conv_plan *p, const struct conv_source *s,
                   const struct source_kind *from)
{
    bool is_bytes = from->kind == V_BYTES || from->kind == V_TEXT || from->kind == V_DECIMAL;
    if (is_bytes && p->ctype->family == FAMILY_BINARY) {
        return bytes_binary;
    }
    if (from->is_text && p->ctype->family == FAMILY_CHAR) {
        return text_char;
    }
    if (from->is_text && p->ctype->family == FAMILY_WCHAR) {
        return text_wide;
    }
    if (!IS_LITTLE) {
        return NULL;
    }
    if (from->is_text) {
        return fast_text(p, from->kind);
    }
    return s->binary ? fast_binary(p, from->kind) : NULL;
}
