/* interval.c - the thirteen interval types as one: fields first to last, by table/ctype.def.
 * Source: ODBC reference, appendix D, "Interval Data Types", "SQL to C: Character", "Numeric". */
#include "conv/interval.h"

#include <string.h>

#include "base/num.h"
#include "conv/value.h"

/* What stands in front of a field that is not the first, and how far it goes. */
static const struct {
    char before;
    unsigned max, unit; /* unit: seconds in one */
} field_info[] = {
    [FIELD_YEAR] = {0, 0, 0},       [FIELD_MONTH] = {'-', 11, 0},   [FIELD_DAY] = {0, 0, 86400},
    [FIELD_HOUR] = {' ', 23, 3600}, [FIELD_MINUTE] = {':', 59, 60}, [FIELD_SECOND] = {':', 59, 1},
};

struct scan {
    const char *s;
    size_t n;
};

static bool take_number(struct scan *c, uint64_t *out)
{
    size_t i = 0;
    uint64_t v = 0;
    while (i < c->n && i < 18 && c->s[i] >= '0' && c->s[i] <= '9') {
        v = v * 10 + (uint64_t)(c->s[i++] - '0');
    }
    c->s += i;
    c->n -= i;
    *out = v;
    return i > 0;
}

static void take_fraction(struct scan *c, uint32_t *nano)
{
    uint32_t unit = 100000000;
    *nano = 0;
    if (c->n == 0 || c->s[0] != '.') {
        return;
    }
    c->s++;
    c->n--;
    while (c->n && c->s[0] >= '0' && c->s[0] <= '9') {
        *nano += unit * (uint32_t)(c->s[0] - '0');
        unit /= 10;
        c->s++;
        c->n--;
    }
}

/* Fields behind the last one that t has are read too, and cut off. */
static bool take_fields(const struct ctype_row *t, struct scan *c, struct interval *out)
{
    int end = t->family == FAMILY_MONTHS ? FIELD_MONTH : FIELD_SECOND;
    for (int f = (int)t->first; f <= end; f++) {
        bool is_leading = f == (int)t->first;
        if (!is_leading && f > (int)t->last && (c->n == 0 || c->s[0] != field_info[f].before)) {
            return true;
        }
        if (!is_leading) {
            if (c->n == 0 || c->s[0] != field_info[f].before) {
                return false;
            }
            c->s++;
            c->n--;
        }
        if (!take_number(c, &out->field[f]) || (!is_leading && out->field[f] > field_info[f].max)) {
            return false;
        }
    }
    return true;
}

/* "3 10:20:30.5", "1-2", "-45": the fields first to last of t, with an optional
 * sign.  CONV_FRACTION when later fields or a fraction that t has no place for were cut;
 * CONV_SYNTAX. */
static enum conv_status interval_get(const struct ctype_row *t, const char *s, size_t n,
                                     struct interval *out)
{
    num_trim(&s, &n);
    *out = (struct interval){0};
    struct scan c = {s, n};
    if (c.n && (c.s[0] == '-' || c.s[0] == '+')) {
        out->negative = c.s[0] == '-';
        c.s++;
        c.n--;
    }
    if (!take_fields(t, &c, out)) {
        return CONV_SYNTAX;
    }
    take_fraction(&c, &out->nano);
    if (c.n) {
        return CONV_SYNTAX;
    }
    bool cut = t->last != FIELD_SECOND && out->nano;
    for (int f = (int)t->last + 1; f <= FIELD_SECOND; f++) {
        cut = cut || out->field[f];
    }
    return cut ? CONV_FRACTION : CONV_OK;
}

static bool leading_fits(uint64_t v, int precision)
{
    uint64_t limit = UINT32_MAX;
    if (precision > 0 && precision < 10) {
        limit = 1;
        for (int i = 0; i < precision; i++) {
            limit *= 10;
        }
        limit--;
    }
    return v <= limit;
}

/* To a SQL_INTERVAL_STRUCT.  precision: digits of the leading field, 0: as many as
 * fit.  CONV_INTERVAL. */
static enum conv_status interval_store(const struct ctype_row *t, const struct interval *v,
                                       int precision, void *dst, SQLLEN *len)
{
    if (!leading_fits(v->field[t->first], precision)) {
        return CONV_INTERVAL;
    }
    SQL_INTERVAL_STRUCT s;
    memset(&s, 0, sizeof s);
    s.interval_type = (SQLINTERVAL)(t->id - SQL_INTERVAL_YEAR + (int)SQL_IS_YEAR);
    s.interval_sign = v->negative ? SQL_TRUE : SQL_FALSE;
    SQLUINTEGER f[6];
    for (int i = 0; i < 6; i++) {
        f[i] = i >= (int)t->first && i <= (int)t->last ? (SQLUINTEGER)v->field[i] : 0;
    }
    if (t->family == FAMILY_MONTHS) {
        s.intval.year_month.year = f[FIELD_YEAR];
        s.intval.year_month.month = f[FIELD_MONTH];
    } else {
        s.intval.day_second.day = f[FIELD_DAY];
        s.intval.day_second.hour = f[FIELD_HOUR];
        s.intval.day_second.minute = f[FIELD_MINUTE];
        s.intval.day_second.second = f[FIELD_SECOND];
        s.intval.day_second.fraction = t->last == FIELD_SECOND ? v->nano : 0;
    }
    return put_fixed(&s, sizeof s, dst, len);
}

void interval_load(const struct ctype_row *t, const void *src, struct interval *out)
{
    SQL_INTERVAL_STRUCT s;
    memcpy(&s, src, sizeof s);
    *out = (struct interval){.negative = s.interval_sign == SQL_TRUE};
    if (t->family == FAMILY_MONTHS) {
        out->field[FIELD_YEAR] = s.intval.year_month.year;
        out->field[FIELD_MONTH] = s.intval.year_month.month;
        return;
    }
    out->field[FIELD_DAY] = s.intval.day_second.day;
    out->field[FIELD_HOUR] = s.intval.day_second.hour;
    out->field[FIELD_MINUTE] = s.intval.day_second.minute;
    out->field[FIELD_SECOND] = s.intval.day_second.second;
    out->nano = s.intval.day_second.fraction;
}

size_t interval_put(const struct ctype_row *t, const struct interval *v, char *out)
{
    char *to = out;
    if (v->negative) {
        *to++ = '-';
    }
    for (int f = (int)t->first; f <= (int)t->last; f++) {
        bool is_leading = f == (int)t->first;
        if (!is_leading) {
            *to++ = field_info[f].before;
        }
        if (!is_leading && v->field[f] < 10 && t->family == FAMILY_SECONDS) {
            *to++ = '0';
        }
        to += num_put_u64(to, v->field[f]);
    }
    if (t->last == FIELD_SECOND && v->nano && v->nano < 1000000000) {
        *to++ = '.';
        for (uint32_t unit = 100000000, rest = v->nano; unit && rest; rest %= unit, unit /= 10) {
            *to++ = (char)('0' + rest / unit);
        }
    }
    return (size_t)(to - out);
}

/* ---- writers of the matrix ---- */

static enum conv_status store(const struct conv_plan *p, const struct interval *v,
                              enum conv_status cut, void *dst, SQLLEN *len)
{
    enum conv_status st = interval_store(p->ctype, v, p->interval_precision, dst, len);
    return st == CONV_OK ? cut : st;
}

enum conv_status put_text_interval(const struct conv_plan *p, const struct value *v, void *dst,
                                   size_t cap, SQLLEN *len)
{
    (void)cap;
    struct interval i;
    enum conv_status st = interval_get(p->ctype, v->p, v->n, &i);
    return CONV_HAS_DATA(st) ? store(p, &i, st, dst, len) : st;
}

/* A duration, spread over the fields; what is smaller than the last is cut. */
enum conv_status put_time_interval(const struct conv_plan *p, const struct value *v, void *dst,
                                   size_t cap, SQLLEN *len)
{
    (void)cap;
    const struct ctype_row *t = p->ctype;
    uint64_t rest = v->cal.hour * UINT64_C(3600) + v->cal.minute * UINT64_C(60) + v->cal.second;
    struct interval i = {.negative = v->cal.negative, .nano = v->cal.nano};
    for (int f = (int)t->first; f <= (int)t->last; f++) {
        i.field[f] = rest / field_info[f].unit;
        rest %= field_info[f].unit;
    }
    bool cut = rest || (t->last != FIELD_SECOND && i.nano);
    return store(p, &i, cut ? CONV_FRACTION : CONV_OK, dst, len);
}

/* An exact number is an interval of one field; several fields cannot be told from it (22015). */
enum conv_status put_number_interval(const struct conv_plan *p, const struct value *v, void *dst,
                                     size_t cap, SQLLEN *len)
{
    if (p->ctype->first != p->ctype->last) {
        return CONV_INTERVAL;
    }
    struct num_parts parts;
    if (!num_scan(v->p, v->n, &parts) || parts.exponent) {
        return CONV_BAD_DATA;
    }
    if (parts.nwhole > 18) {
        return CONV_INTERVAL;
    }
    return put_text_interval(p, v, dst, cap, len);
}

enum conv_status put_signed_interval(const struct conv_plan *p, const struct value *v, void *dst,
                                     size_t cap, SQLLEN *len)
{
    char s[NUM_INT_CHARS];
    struct value text = {.p = s, .n = num_put_i64(s, v->i)};
    return put_number_interval(p, &text, dst, cap, len);
}

enum conv_status put_unsigned_interval(const struct conv_plan *p, const struct value *v, void *dst,
                                       size_t cap, SQLLEN *len)
{
    char s[NUM_INT_CHARS];
    struct value text = {.p = s, .n = num_put_u64(s, v->u)};
    return put_number_interval(p, &text, dst, cap, len);
}
