/* to_num.c - values to integers, floating point, SQL_C_BIT, SQL_C_NUMERIC, and numbers as their own
 * bytes.
 *
 * The ten integer C types are ten rows of ctype.def and one way to store them: range check 22003,
 * fraction lost 01S07. Source: ODBC reference, appendix D, "SQL to C: Numeric", "Character", "Bit".
 */
#include "conv/value.h"

#include <math.h>
#include <string.h>

#include "base/num.h"

enum conv_status conv_num(int st)
{
    static const enum conv_status of[] = {
        [NUM_OK] = CONV_OK,
        [NUM_FRACTION] = CONV_FRACTION,
        [NUM_RANGE] = CONV_RANGE,
        [NUM_SYNTAX] = CONV_SYNTAX,
    };
    return of[st];
}

enum conv_status put_fixed(const void *from, size_t size, void *dst, SQLLEN *len)
{
    *len = (SQLLEN)size;
    if (dst) {
        memcpy(dst, from, size);
    }
    return CONV_OK;
}

/* ---- integers ---- */

static enum conv_status store(uint16_t size, uint64_t bits, void *dst, SQLLEN *len)
{
    uint8_t b8 = (uint8_t)bits;
    uint16_t b16 = (uint16_t)bits;
    uint32_t b32 = (uint32_t)bits;
    switch (size) {
    case 1:
        return put_fixed(&b8, 1, dst, len);
    case 2:
        return put_fixed(&b16, 2, dst, len);
    case 4:
        return put_fixed(&b32, 4, dst, len);
    default:
        return put_fixed(&bits, 8, dst, len);
    }
}

enum conv_status store_signed(const struct ctype_row *t, int64_t v, void *dst, SQLLEN *len)
{
    bool fits =
        t->is_unsigned ? v >= 0 && (uint64_t)v <= t->max : v >= t->min && v <= (int64_t)t->max;
    return fits ? store(t->size, (uint64_t)v, dst, len) : CONV_RANGE;
}

static enum conv_status store_unsigned(const struct ctype_row *t, uint64_t v, void *dst,
                                       SQLLEN *len)
{
    return v <= t->max ? store(t->size, v, dst, len) : CONV_RANGE;
}

enum conv_status put_signed_int(const struct conv_plan *p, const struct value *v, void *dst,
                                size_t cap, SQLLEN *len)
{
    (void)cap;
    return store_signed(p->ctype, v->i, dst, len);
}

enum conv_status put_unsigned_int(const struct conv_plan *p, const struct value *v, void *dst,
                                  size_t cap, SQLLEN *len)
{
    (void)cap;
    return store_unsigned(p->ctype, v->u, dst, len);
}

/* The worse of the two: an error of storing counts more than a lost fraction. */
static enum conv_status worse(enum conv_status a, enum conv_status b)
{
    return a > b ? a : b;
}

enum conv_status put_double_int(const struct conv_plan *p, const struct value *v, void *dst,
                                size_t cap, SQLLEN *len)
{
    (void)cap;
    double whole = trunc(v->d);
    enum conv_status cut = whole == v->d ? CONV_OK : CONV_FRACTION;
    if (!(whole >= -0x1p63 && whole < 0x1p64)) { /* also NaN */
        return CONV_RANGE;
    }
    enum conv_status st = whole < 0 ? store_signed(p->ctype, (int64_t)whole, dst, len)
                                    : store_unsigned(p->ctype, (uint64_t)whole, dst, len);
    return worse(st, cut);
}

/* V_TEXT and V_DECIMAL. */
enum conv_status put_text_int(const struct conv_plan *p, const struct value *v, void *dst,
                              size_t cap, SQLLEN *len)
{
    (void)cap;
    int64_t i;
    enum num_status st = num_get_i64(v->p, v->n, &i);
    if (st <= NUM_FRACTION) {
        return worse(store_signed(p->ctype, i, dst, len), conv_num((int)st));
    }
    uint64_t u;
    st = st == NUM_RANGE ? num_get_u64(v->p, v->n, &u) : st;
    return st <= NUM_FRACTION ? worse(store_unsigned(p->ctype, u, dst, len), conv_num((int)st))
                              : conv_num((int)st);
}

/* ---- floating point ---- */

static enum conv_status store_double(const struct conv_plan *p, double d, void *dst, SQLLEN *len)
{
    if (p->ctype->family == FAMILY_DOUBLE) {
        return put_fixed(&d, sizeof d, dst, len);
    }
    float f = (float)d;
    if (isinf(f) && !isinf(d)) {
        return CONV_RANGE;
    }
    return put_fixed(&f, sizeof f, dst, len);
}

enum conv_status put_signed_float(const struct conv_plan *p, const struct value *v, void *dst,
                                  size_t cap, SQLLEN *len)
{
    (void)cap;
    return store_double(p, (double)v->i, dst, len);
}

enum conv_status put_unsigned_float(const struct conv_plan *p, const struct value *v, void *dst,
                                    size_t cap, SQLLEN *len)
{
    (void)cap;
    return store_double(p, (double)v->u, dst, len);
}

enum conv_status put_double_float(const struct conv_plan *p, const struct value *v, void *dst,
                                  size_t cap, SQLLEN *len)
{
    (void)cap;
    return store_double(p, v->d, dst, len);
}

enum conv_status put_text_float(const struct conv_plan *p, const struct value *v, void *dst,
                                size_t cap, SQLLEN *len)
{
    (void)cap;
    double d;
    enum num_status st = num_get_double(v->p, v->n, &d);
    return st == NUM_OK ? store_double(p, d, dst, len) : conv_num((int)st);
}

/* ---- SQL_C_BIT: 0 or 1; a fraction between 0 and 2 is cut ---- */

static enum conv_status store_bit(unsigned char bit, void *dst, SQLLEN *len)
{
    return put_fixed(&bit, 1, dst, len);
}

enum conv_status put_unsigned_bit(const struct conv_plan *p, const struct value *v, void *dst,
                                  size_t cap, SQLLEN *len)
{
    (void)p;
    (void)cap;
    return v->u <= 1 ? store_bit((unsigned char)v->u, dst, len) : CONV_RANGE;
}

enum conv_status put_signed_bit(const struct conv_plan *p, const struct value *v, void *dst,
                                size_t cap, SQLLEN *len)
{
    (void)p;
    (void)cap;
    return v->i == 0 || v->i == 1 ? store_bit((unsigned char)v->i, dst, len) : CONV_RANGE;
}

enum conv_status put_double_bit(const struct conv_plan *p, const struct value *v, void *dst,
                                size_t cap, SQLLEN *len)
{
    (void)p;
    (void)cap;
    if (!(v->d >= 0 && v->d < 2)) {
        return CONV_RANGE;
    }
    unsigned char bit = v->d >= 1;
    (void)store_bit(bit, dst, len);
    return v->d == bit ? CONV_OK : CONV_FRACTION;
}

enum conv_status put_text_bit(const struct conv_plan *p, const struct value *v, void *dst,
                              size_t cap, SQLLEN *len)
{
    (void)p;
    (void)cap;
    struct num_decimal d;
    enum num_status st = num_get_decimal(v->p, v->n, &d);
    if (st > NUM_FRACTION) {
        return conv_num((int)st);
    }
    if (d.negative) {
        return CONV_RANGE;
    }
    st = num_rescale(&d, 0) == NUM_FRACTION ? NUM_FRACTION : st;
    if (d.ndigits > 1 || (d.ndigits == 1 && d.digits[0] > '1')) {
        return CONV_RANGE;
    }
    (void)store_bit(d.ndigits == 1 && d.digits[0] == '1', dst, len);
    return conv_num((int)st);
}

/* ---- SQL_C_NUMERIC ---- */

#define NUMERIC_DIGITS 38 /* what 128 bits hold */

/* Digits to a little-endian number of SQL_MAX_NUMERIC_LEN bytes. */
static void numeric_bytes(const struct num_decimal *d, SQLCHAR *out)
{
    uint32_t part[4] = {0}; /* least significant first */
    for (int i = 0; i < d->ndigits; i++) {
        uint64_t carry = (uint64_t)(d->digits[i] - '0');
        for (int k = 0; k < 4; k++) {
            carry += (uint64_t)part[k] * 10;
            part[k] = (uint32_t)carry;
            carry >>= 32;
        }
    }
    for (int i = 0; i < SQL_MAX_NUMERIC_LEN; i++) {
        out[i] = (SQLCHAR)(part[i / 4] >> (8 * (i % 4)));
    }
}

/* Take zeros off the end of a whole number; false when a digit is not zero (whole digits would be
 * lost). */
static bool drop_places(struct num_decimal *d, int places)
{
    for (; places > 0 && d->ndigits > 0; places--) {
        if (d->digits[--d->ndigits] != '0') {
            return false;
        }
    }
    return true;
}

static int numeric_scale(const struct conv_plan *p, const struct num_decimal *d, int precision)
{
    if (p->has_scale) {
        return p->scale;
    }
    int whole = d->ndigits > d->scale ? d->ndigits - d->scale : 0;
    int room = precision - whole;
    return d->scale <= room ? d->scale : room > 0 ? room : 0;
}

static enum conv_status store_numeric(const struct conv_plan *p, struct num_decimal *d, void *dst,
                                      SQLLEN *len)
{
    int precision =
        p->precision > 0 && p->precision < NUMERIC_DIGITS ? p->precision : NUMERIC_DIGITS;
    int scale = numeric_scale(p, d, precision);
    enum num_status st = num_rescale(d, scale);
    if (st > NUM_FRACTION) {
        return CONV_RANGE;
    }
    if ((scale < 0 && !drop_places(d, -scale)) || d->ndigits > precision) {
        return CONV_RANGE;
    }
    SQL_NUMERIC_STRUCT n = {
        .precision = (SQLCHAR)precision,
        .scale = (SQLSCHAR)scale,
        .sign = d->negative && d->ndigits > 0 ? 0 : 1,
    };
    numeric_bytes(d, n.val);
    (void)put_fixed(&n, sizeof n, dst, len);
    return conv_num((int)st);
}

enum conv_status put_text_numeric(const struct conv_plan *p, const struct value *v, void *dst,
                                  size_t cap, SQLLEN *len)
{
    (void)cap;
    struct num_decimal d;
    enum num_status got = num_get_decimal(v->p, v->n, &d);
    if (got > NUM_FRACTION) {
        return conv_num((int)got);
    }
    enum conv_status st = store_numeric(p, &d, dst, len);
    return st == CONV_OK ? conv_num((int)got) : st;
}

static enum conv_status via_text(const struct conv_plan *p, const char *s, size_t n, void *dst,
                                 size_t cap, SQLLEN *len)
{
    struct value text = {.p = s, .n = n};
    return put_text_numeric(p, &text, dst, cap, len);
}

enum conv_status put_signed_numeric(const struct conv_plan *p, const struct value *v, void *dst,
                                    size_t cap, SQLLEN *len)
{
    char s[NUM_INT_CHARS];
    return via_text(p, s, num_put_i64(s, v->i), dst, cap, len);
}

enum conv_status put_unsigned_numeric(const struct conv_plan *p, const struct value *v, void *dst,
                                      size_t cap, SQLLEN *len)
{
    char s[NUM_INT_CHARS];
    return via_text(p, s, num_put_u64(s, v->u), dst, cap, len);
}

enum conv_status put_double_numeric(const struct conv_plan *p, const struct value *v, void *dst,
                                    size_t cap, SQLLEN *len)
{
    char s[NUM_DOUBLE_CHARS];
    if (!isfinite(v->d)) {
        return CONV_RANGE;
    }
    size_t n = p->kind == V_FLOAT ? num_put_float(s, (float)v->d) : num_put_double(s, v->d);
    return via_text(p, s, n, dst, cap, len);
}

/* ---- SQL_C_BINARY: the bytes of the default C type; too little room is 22003 ---- */

static enum conv_status store_raw(const void *from, size_t size, void *dst, size_t cap, SQLLEN *len)
{
    return dst && cap < size ? CONV_RANGE : put_fixed(from, size, dst, len);
}

static enum conv_status raw_int(const struct conv_plan *p, uint64_t bits, void *dst, size_t cap,
                                SQLLEN *len)
{
    unsigned char native[8];
    SQLLEN size;
    (void)store(p->width, bits, native, &size);
    return store_raw(native, (size_t)size, dst, cap, len);
}

enum conv_status put_signed_binary(const struct conv_plan *p, const struct value *v, void *dst,
                                   size_t cap, SQLLEN *len)
{
    return raw_int(p, (uint64_t)v->i, dst, cap, len);
}

enum conv_status put_unsigned_binary(const struct conv_plan *p, const struct value *v, void *dst,
                                     size_t cap, SQLLEN *len)
{
    return raw_int(p, v->u, dst, cap, len);
}

enum conv_status put_float_binary(const struct conv_plan *p, const struct value *v, void *dst,
                                  size_t cap, SQLLEN *len)
{
    (void)p;
    float f = (float)v->d;
    return store_raw(&f, sizeof f, dst, cap, len);
}

enum conv_status put_double_binary(const struct conv_plan *p, const struct value *v, void *dst,
                                   size_t cap, SQLLEN *len)
{
    (void)p;
    return store_raw(&v->d, sizeof v->d, dst, cap, len);
}

enum conv_status put_bit_binary(const struct conv_plan *p, const struct value *v, void *dst,
                                size_t cap, SQLLEN *len)
{
    (void)p;
    unsigned char b = (unsigned char)v->u;
    return store_raw(&b, 1, dst, cap, len);
}
