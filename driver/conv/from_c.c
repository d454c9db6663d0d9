/* from_c.c - the application's C types to values.
 *
 * Buffers of applications have any alignment and are only read here.  UTF-16 becomes UTF-8 in the
 * output buffer, so that text which is only passed on is copied once. Source: ODBC reference,
 * appendix D, "C Data Types"; struct rules "Datetime Data Types". */
#include "conv/from_c.h"

#include <string.h>

#include "base/num.h"
#include "base/text.h"
#include "conv/guid.h"
#include "conv/interval.h"

static enum conv_status take_int(const struct param_plan *p, const void *data, size_t len,
                                 struct buf *b, struct param_value *v)
{
    (void)len;
    (void)b;
    v->kind = V_SIGNED;
    v->v.i = load_int(p->ctype->size, data);
    if (p->ctype->is_unsigned) { /* the sign went up into bits that the type does not have */
        v->kind = V_UNSIGNED;
        v->v.u = (uint64_t)v->v.i & p->ctype->max;
    }
    return CONV_OK;
}

static enum conv_status take_float(const struct param_plan *p, const void *data, size_t len,
                                   struct buf *b, struct param_value *v)
{
    (void)p;
    (void)len;
    (void)b;
    float f;
    memcpy(&f, data, sizeof f);
    v->kind = V_FLOAT;
    v->v.d = (double)f;
    return CONV_OK;
}

static enum conv_status take_double(const struct param_plan *p, const void *data, size_t len,
                                    struct buf *b, struct param_value *v)
{
    (void)p;
    (void)len;
    (void)b;
    v->kind = V_DOUBLE;
    memcpy(&v->v.d, data, sizeof v->v.d);
    return CONV_OK;
}

static enum conv_status take_bit(const struct param_plan *p, const void *data, size_t len,
                                 struct buf *b, struct param_value *v)
{
    (void)p;
    (void)len;
    (void)b;
    unsigned char bit;
    memcpy(&bit, data, 1);
    v->kind = V_BIT;
    v->v.u = bit;
    return bit <= 1 ? CONV_OK : CONV_RANGE;
}

/* Digits of a little-endian number of 16 bytes; returns how many. */
static int numeric_digits(const SQLCHAR *val, char *out)
{
    char reversed[40];
    uint32_t part[4];
    int n = 0;
    bool any = true;
    for (int k = 0; k < 4; k++) {
        part[k] = (uint32_t)val[4 * k] | (uint32_t)val[4 * k + 1] << 8 |
                  (uint32_t)val[4 * k + 2] << 16 | (uint32_t)val[4 * k + 3] << 24;
    }
    while (any && n < 40) {
        uint64_t rest = 0;
        any = false;
        for (int k = 3; k >= 0; k--) {
            rest = rest << 32 | part[k];
            part[k] = (uint32_t)(rest / 10);
            rest %= 10;
            any = any || part[k];
        }
        reversed[n++] = (char)('0' + rest);
    }
    for (int i = 0; i < n; i++) {
        out[i] = reversed[n - 1 - i];
    }
    return n == 1 && out[0] == '0' ? 0 : n;
}

static enum conv_status take_numeric(const struct param_plan *p, const void *data, size_t len,
                                     struct buf *b, struct param_value *v)
{
    (void)len;
    (void)b;
    SQL_NUMERIC_STRUCT s;
    struct num_decimal d = {0};
    memcpy(&s, data, sizeof s);
    d.ndigits = numeric_digits(s.val, d.digits);
    d.negative = s.sign == 0 && d.ndigits > 0;
    int scale = p->has_scale ? p->scale : s.scale;
    if (scale < -(NUM_DECIMAL_DIGITS - 40) || scale > NUM_DECIMAL_DIGITS) {
        return CONV_RANGE;
    }
    d.scale = scale > 0 ? scale : 0;
    for (int i = scale; i < 0 && d.ndigits > 0; i++) {
        d.digits[d.ndigits++] = '0';
    }
    v->kind = V_DECIMAL;
    v->v.p = v->scratch;
    v->v.n = num_put_decimal(v->scratch, sizeof v->scratch, &d);
    return CONV_OK;
}

/* ---- text and bytes ---- */

static enum conv_status take_char(const struct param_plan *p, const void *data, size_t len,
                                  struct buf *b, struct param_value *v)
{
    (void)p;
    (void)b;
    v->kind = V_TEXT;
    v->v.p = data;
    v->v.n = len;
    return text_valid(data, len) ? CONV_OK : CONV_TEXT;
}

#define UNITS_AT_ONCE 512u

static bool is_high_surrogate(uint16_t unit)
{
    return unit >= 0xD800 && unit <= 0xDBFF;
}

static enum conv_status take_wide(const struct param_plan *p, const void *data, size_t len,
                                  struct buf *b, struct param_value *v)
{
    (void)p;
    const char *s = data;
    uint16_t unit[UNITS_AT_ONCE];
    size_t left = len / 2, bad;
    if (len % 2) {
        return CONV_LENGTH;
    }
    while (left) {
        size_t k = left < UNITS_AT_ONCE ? left : UNITS_AT_ONCE;
        memcpy(unit, s, 2 * k);
        k -= k < left && is_high_surrogate(unit[k - 1]) ? 1 : 0;
        if (!text_from_utf16(b, unit, k, &bad)) {
            return CONV_TEXT;
        }
        s += 2 * k;
        left -= k;
    }
    if (!buf_ok(b)) {
        return CONV_MEMORY;
    }
    v->kind = V_TEXT;
    v->v.p = b->p ? (const char *)b->p + v->start : "";
    v->v.n = b->len - v->start;
    return CONV_OK;
}

static enum conv_status take_bytes(const struct param_plan *p, const void *data, size_t len,
                                   struct buf *b, struct param_value *v)
{
    (void)p;
    (void)b;
    v->kind = V_BYTES;
    v->v.p = data;
    v->v.n = len;
    return CONV_OK;
}

static enum conv_status take_guid(const struct param_plan *p, const void *data, size_t len,
                                  struct buf *b, struct param_value *v)
{
    (void)p;
    (void)len;
    (void)b;
    SQLGUID g;
    memcpy(&g, data, sizeof g);
    guid_put(&g, v->scratch);
    v->kind = V_TEXT;
    v->v.p = v->scratch;
    v->v.n = GUID_CHARS;
    return CONV_OK;
}

static enum conv_status take_interval(const struct param_plan *p, const void *data, size_t len,
                                      struct buf *b, struct param_value *v)
{
    (void)len;
    (void)b;
    struct interval i;
    interval_load(p->ctype, data, &i);
    v->kind = V_TEXT;
    v->v.p = v->scratch;
    v->v.n = interval_put(p->ctype, &i, v->scratch);
    return i.nano < 1000000000 ? CONV_OK : CONV_INTERVAL;
}

/* ---- dates and times ---- */

/* Is it a day, or the zero date, which these servers store? */
static enum conv_status check_day(const struct param_plan *p, struct cal *c, int year)
{
    c->year = (uint16_t)year;
    bool is_zero = year == 0 && c->month == 0 && c->day == 0;
    if (year < 0 || year > 9999 || !(is_zero || cal_valid(c))) {
        return CONV_DATETIME;
    }
    if (p->min_date_to_zero && year == 0 && c->month == 1 && c->day == 1) {
        c->month = c->day = 0;
    }
    return CONV_OK;
}

static bool fits_byte(unsigned a, unsigned b, unsigned c)
{
    return a < 256 && b < 256 && c < 256;
}

static enum conv_status take_date(const struct param_plan *p, const void *data, size_t len,
                                  struct buf *b, struct param_value *v)
{
    (void)len;
    (void)b;
    SQL_DATE_STRUCT s;
    memcpy(&s, data, sizeof s);
    v->kind = V_DATE;
    v->v.cal = (struct cal){.month = (uint8_t)s.month, .day = (uint8_t)s.day};
    return fits_byte(s.month, s.day, 0) ? check_day(p, &v->v.cal, s.year) : CONV_DATETIME;
}

static enum conv_status take_time(const struct param_plan *p, const void *data, size_t len,
                                  struct buf *b, struct param_value *v)
{
    (void)p;
    (void)len;
    (void)b;
    SQL_TIME_STRUCT s;
    memcpy(&s, data, sizeof s);
    v->kind = V_TIME;
    v->v.cal =
        (struct cal){.hour = s.hour, .minute = (uint8_t)s.minute, .second = (uint8_t)s.second};
    return s.hour < 24 && s.minute < 60 && s.second < 60 ? CONV_OK : CONV_DATETIME;
}

static enum conv_status take_timestamp(const struct param_plan *p, const void *data, size_t len,
                                       struct buf *b, struct param_value *v)
{
    (void)len;
    (void)b;
    SQL_TIMESTAMP_STRUCT s;
    memcpy(&s, data, sizeof s);
    v->kind = V_TIMESTAMP;
    v->v.cal = (struct cal){
        .month = (uint8_t)s.month,
        .day = (uint8_t)s.day,
        .hour = s.hour,
        .minute = (uint8_t)s.minute,
        .second = (uint8_t)s.second,
        .nano = s.fraction,
    };
    bool ok = fits_byte(s.month, s.day, 0) && s.hour < 24 && s.minute < 60 && s.second < 60 &&
              s.fraction < 1000000000;
    return ok ? check_day(p, &v->v.cal, s.year) : CONV_DATETIME;
}

take_fn *const take_of[FAMILIES] = {
    [FAMILY_INT] = take_int,
    [FAMILY_FLOAT] = take_float,
    [FAMILY_DOUBLE] = take_double,
    [FAMILY_BIT] = take_bit,
    [FAMILY_NUMERIC] = take_numeric,
    [FAMILY_CHAR] = take_char,
    [FAMILY_WCHAR] = take_wide,
    [FAMILY_BINARY] = take_bytes,
    [FAMILY_DATE] = take_date,
    [FAMILY_TIME] = take_time,
    [FAMILY_TIMESTAMP] = take_timestamp,
    [FAMILY_GUID] = take_guid,
    [FAMILY_MONTHS] = take_interval,
    [FAMILY_SECONDS] = take_interval,
};

const enum value_kind take_kind[FAMILIES] = {
    [FAMILY_INT] = V_SIGNED,  [FAMILY_FLOAT] = V_FLOAT,         [FAMILY_DOUBLE] = V_DOUBLE,
    [FAMILY_BIT] = V_BIT,     [FAMILY_NUMERIC] = V_DECIMAL,     [FAMILY_CHAR] = V_TEXT,
    [FAMILY_WCHAR] = V_TEXT,  [FAMILY_BINARY] = V_BYTES,        [FAMILY_DATE] = V_DATE,
    [FAMILY_TIME] = V_TIME,   [FAMILY_TIMESTAMP] = V_TIMESTAMP, [FAMILY_GUID] = V_TEXT,
    [FAMILY_MONTHS] = V_TEXT, [FAMILY_SECONDS] = V_TEXT,
};
