/* plain.c - the usual values of a load, straight from the application's buffer to the body.
 *
 * One function for the whole way of a pair of types, for values that need no thought: what is out
 * of range, cut, or no plain text is left to the general way (from_c.c, to_sql.c), which has the
 * rules and the errors.  The bytes are the same: tests/unit/conv/check_plain.c compares. */
#include <math.h>
#include <string.h>

#include "base/num.h"
#include "base/text.h"
#include "conv/from_c.h"

_Static_assert(PARAM_PLAIN_ROOM >= NUM_DOUBLE_CHARS, "room for every number");
_Static_assert(PARAM_PLAIN_ROOM >= CAL_CHARS, "room for every date");

/* ---- numbers ---- */

static inline unsigned char *put_signed(const struct param_plan *p, int64_t v, unsigned char *to)
{
    const struct sqltype_row *t = p->sqltype;
    bool fits = v < 0 ? v >= t->min : (uint64_t)v <= t->max;
    if (t->family == SQLF_INT && !fits) {
        return NULL;
    }
    return to + num_put_i64((char *)to, v);
}

static inline unsigned char *put_unsigned(const struct param_plan *p, uint64_t v, unsigned char *to)
{
    if (p->sqltype->family == SQLF_INT && v > p->sqltype->max) {
        return NULL;
    }
    return to + num_put_u64((char *)to, v);
}

static unsigned char *plain_i32(const struct param_plan *p, const char *data, SQLLEN ind,
                                unsigned char *to, const unsigned char *end)
{
    int32_t v;
    (void)ind;
    (void)end;
    memcpy(&v, data, sizeof v);
    return put_signed(p, v, to);
}

static unsigned char *plain_i64(const struct param_plan *p, const char *data, SQLLEN ind,
                                unsigned char *to, const unsigned char *end)
{
    int64_t v;
    (void)ind;
    (void)end;
    memcpy(&v, data, sizeof v);
    return put_signed(p, v, to);
}

/* The other integers: little-endian or not, the C type's own bytes. */
static unsigned char *plain_int(const struct param_plan *p, const char *data, SQLLEN ind,
                                unsigned char *to, const unsigned char *end)
{
    struct param_value v;
    (void)end;
    if (take_of[FAMILY_INT](p, data, (size_t)ind, NULL, &v) != CONV_OK) {
        return NULL;
    }
    return v.kind == V_SIGNED ? put_signed(p, v.v.i, to) : put_unsigned(p, v.v.u, to);
}

static unsigned char *plain_double(const struct param_plan *p, const char *data, SQLLEN ind,
                                   unsigned char *to, const unsigned char *end)
{
    double v;
    (void)p;
    (void)ind;
    (void)end;
    memcpy(&v, data, sizeof v);
    return isfinite(v) ? to + num_put_double((char *)to, v) : NULL;
}

/* A float that becomes a double, or is written with its own digits. */
static unsigned char *plain_float(const struct param_plan *p, const char *data, SQLLEN ind,
                                  unsigned char *to, const unsigned char *end)
{
    float v;
    (void)ind;
    (void)end;
    memcpy(&v, data, sizeof v);
    if (!isfinite(v)) {
        return NULL;
    }
    return to + (p->sqltype->family == SQLF_REAL ? num_put_double((char *)to, (double)v)
                                                 : num_put_float((char *)to, v));
}

static unsigned char *plain_bit(const struct param_plan *p, const char *data, SQLLEN ind,
                                unsigned char *to, const unsigned char *end)
{
    (void)p;
    (void)ind;
    (void)end;
    if (data[0] != 0 && data[0] != 1) {
        return NULL;
    }
    *to = (unsigned char)('0' + data[0]);
    return to + 1;
}

/* ---- dates and times ---- */

static unsigned char *plain_date(const struct param_plan *p, const char *data, SQLLEN ind,
                                 unsigned char *to, const unsigned char *end)
{
    struct param_value v;
    (void)end;
    if (take_of[FAMILY_DATE](p, data, (size_t)ind, NULL, &v) != CONV_OK) {
        return NULL;
    }
    return to + cal_put_date((char *)to, &v.v.cal);
}

static unsigned char *plain_time(const struct param_plan *p, const char *data, SQLLEN ind,
                                 unsigned char *to, const unsigned char *end)
{
    struct param_value v;
    (void)end;
    if (take_of[FAMILY_TIME](p, data, (size_t)ind, NULL, &v) != CONV_OK) {
        return NULL;
    }
    return to + cal_put_time((char *)to, &v.v.cal, 0);
}

/* A moment that needs no calendar to be seen to be one. */
static inline bool is_usual(const SQL_TIMESTAMP_STRUCT *s)
{
    return s->year >= 1 && s->year <= 9999 && s->month >= 1 && s->month <= 12 && s->day >= 1 &&
           s->day <= 28 && s->hour < 24 && s->minute < 60 && s->second < 60 && s->fraction == 0;
}

static unsigned char *usual_timestamp(const SQL_TIMESTAMP_STRUCT *s, unsigned char *to)
{
    char *at = (char *)to;
    at = num_put_two(at, (uint32_t)s->year / 100);
    at = num_put_two(at, (uint32_t)s->year % 100);
    *at++ = '-';
    at = num_put_two(at, s->month);
    *at++ = '-';
    at = num_put_two(at, s->day);
    *at++ = ' ';
    at = num_put_two(at, s->hour);
    *at++ = ':';
    at = num_put_two(at, s->minute);
    *at++ = ':';
    return (unsigned char *)num_put_two(at, s->second);
}

static unsigned char *plain_timestamp(const struct param_plan *p, const char *data, SQLLEN ind,
                                      unsigned char *to, const unsigned char *end)
{
    struct param_value v;
    SQL_TIMESTAMP_STRUCT s;
    (void)end;
    memcpy(&s, data, sizeof s);
    if (is_usual(&s)) {
        return usual_timestamp(&s, to);
    }
    if (take_of[FAMILY_TIMESTAMP](p, data, (size_t)ind, NULL, &v) != CONV_OK ||
        v.v.cal.nano % 1000) {
        return NULL;
    }
    return to + cal_put_timestamp((char *)to, &v.v.cal, v.v.cal.nano ? 6 : 0);
}

/* ---- text ---- */

static bool is_null_word(const unsigned char *s, size_t n)
{
    return n == 2 && s[0] == '\\' && s[1] == 'N';
}

static unsigned char *plain_char(const struct param_plan *p, const char *data, SQLLEN ind,
                                 unsigned char *to, const unsigned char *end)
{
    size_t n = ind >= 0 ? (size_t)ind : param_length(p, data, ind);
    if (to > end || n > (size_t)(end - to) || !text_copy_plain(to, data, n) ||
        is_null_word(to, n)) {
        return NULL;
    }
    return to + n;
}

static unsigned char *plain_wide(const struct param_plan *p, const char *data, SQLLEN ind,
                                 unsigned char *to, const unsigned char *end)
{
    size_t n = ind >= 0 ? (size_t)ind : param_length(p, data, ind);
    if (n % 2 || to > end || n / 2 > (size_t)(end - to) / 3) {
        return NULL;
    }
    n = text_plain_from_utf16(to, data, n / 2);
    return n == TEXT_BAD || is_null_word(to, n) ? NULL : to + n;
}

/* Digits with a sign before and a point between them; what else a number may be is rare. */
static unsigned char *plain_decimal(const struct param_plan *p, const char *data, SQLLEN ind,
                                    unsigned char *to, const unsigned char *end)
{
    size_t n = ind >= 0 ? (size_t)ind : param_length(p, data, ind), ndigits = 0, npoints = 0;
    if (to > end || n > (size_t)(end - to)) {
        return NULL;
    }
    for (size_t i = n && data[0] == '-'; i < n; i++) {
        ndigits += data[i] >= '0' && data[i] <= '9';
        npoints += data[i] == '.';
    }
    bool is_plain = ndigits && npoints <= 1 && ndigits + npoints + (data[0] == '-') == n;
    memcpy(to, data, n);
    return is_plain ? to + n : NULL;
}

/* ---- the pairs ---- */

/* clang-format off */
static param_plain_fn *const plain_of[FAMILIES][SQLFS] = {
    [FAMILY_INT]       = {[SQLF_INT] = plain_int, [SQLF_DECIMAL] = plain_int, [SQLF_REAL] = plain_int, [SQLF_CHAR] = plain_int},
    [FAMILY_FLOAT]     = {[SQLF_REAL] = plain_float, [SQLF_DECIMAL] = plain_float, [SQLF_CHAR] = plain_float},
    [FAMILY_DOUBLE]    = {[SQLF_REAL] = plain_double, [SQLF_DECIMAL] = plain_double, [SQLF_CHAR] = plain_double},
    [FAMILY_BIT]       = {[SQLF_BIT] = plain_bit, [SQLF_INT] = plain_bit, [SQLF_DECIMAL] = plain_bit, [SQLF_REAL] = plain_bit, [SQLF_CHAR] = plain_bit},
    [FAMILY_DATE]      = {[SQLF_DATE] = plain_date},
    [FAMILY_TIME]      = {[SQLF_TIME] = plain_time},
    [FAMILY_TIMESTAMP] = {[SQLF_TIMESTAMP] = plain_timestamp},
    [FAMILY_CHAR]      = {[SQLF_CHAR] = plain_char, [SQLF_DECIMAL] = plain_decimal},
    [FAMILY_WCHAR]     = {[SQLF_CHAR] = plain_wide},
};
/* clang-format on */

param_plain_fn *param_plain(const struct param_plan *p)
{
    param_plain_fn *fn = plain_of[p->ctype->family][p->sqltype->family];
    bool is_signed = fn == plain_int && !p->ctype->is_unsigned;
    if (is_signed && p->size == sizeof(int32_t)) {
        return plain_i32;
    }
    return is_signed && p->size == sizeof(int64_t) ? plain_i64 : fn;
}
