/* to_sql.c - values to the kind that a parameter's SQL type demands.
 *
 * Source: ODBC reference, appendix D, "C to SQL: Character", "Numeric", "Bit", "Binary", "Date",
 * "Time", "Timestamp"; what we do otherwise is told in param.h. */
#include "conv/from_c.h"

#include <math.h>
#include <string.h>

#include "base/hex.h"
#include "base/num.h"
#include "base/text.h"
#include "conv/guid.h"

static enum conv_status keep(const struct param_plan *p, struct buf *b, struct param_value *v)
{
    (void)p;
    (void)b;
    (void)v;
    return CONV_OK;
}

static enum conv_status as_text(struct param_value *v, enum value_kind kind, size_t n)
{
    v->kind = kind;
    v->v.p = v->scratch;
    v->v.n = n;
    return CONV_OK;
}

/* ---- numbers ---- */

static bool int_fits(const struct param_plan *p, const struct param_value *v)
{
    const struct sqltype_row *t = p->sqltype;
    if (v->kind == V_SIGNED && v->v.i < 0) {
        return v->v.i >= t->min;
    }
    return v->v.u <= t->max;
}

static enum conv_status int_to_int(const struct param_plan *p, struct buf *b, struct param_value *v)
{
    (void)b;
    return int_fits(p, v) ? CONV_OK : CONV_RANGE;
}

static enum conv_status double_to_int(const struct param_plan *p, struct buf *b,
                                      struct param_value *v)
{
    double whole = trunc(v->v.d);
    if (!(whole >= -0x1p63 && whole < 0x1p64)) {
        return CONV_RANGE;
    }
    v->is_cut = whole != v->v.d;
    v->kind = whole < 0x1p63 ? V_SIGNED : V_UNSIGNED; /* rows of both signs: one type */
    if (whole < 0x1p63) {
        v->v.i = (int64_t)whole;
    } else {
        v->v.u = (uint64_t)whole;
    }
    return int_to_int(p, b, v);
}

/* Whole number of a text; the outcome of reading it in *st. */
static enum num_status get_int(struct param_value *v)
{
    const char *s = v->v.p;
    size_t n = v->v.n;
    int64_t i;
    uint64_t u;
    enum num_status st = num_get_i64(s, n, &i);
    if (st <= NUM_FRACTION) {
        v->kind = V_SIGNED;
        v->v.i = i;
        return st;
    }
    st = st == NUM_RANGE ? num_get_u64(s, n, &u) : st;
    if (st <= NUM_FRACTION) {
        v->kind = V_UNSIGNED;
        v->v.u = u;
    }
    return st;
}

/* Exact numbers of the application: a fraction is cut and told (01S07). */
static enum conv_status decimal_to_int(const struct param_plan *p, struct buf *b,
                                       struct param_value *v)
{
    enum num_status st = get_int(v);
    if (st > NUM_FRACTION) {
        return conv_num((int)st);
    }
    v->is_cut = st == NUM_FRACTION;
    return int_to_int(p, b, v);
}

/* Text: whatever would be lost is an error (22001). */
static enum conv_status text_to_int(const struct param_plan *p, struct buf *b,
                                    struct param_value *v)
{
    enum num_status st = get_int(v);
    if (st == NUM_SYNTAX) {
        return CONV_SYNTAX;
    }
    param_unused(b, v);
    return st == NUM_OK && int_fits(p, v) ? CONV_OK : CONV_TOO_LONG;
}

static enum conv_status text_to_decimal(const struct param_plan *p, struct buf *b,
                                        struct param_value *v)
{
    (void)p;
    (void)b;
    struct num_parts parts;
    if (!num_scan(v->v.p, v->v.n, &parts)) {
        return CONV_SYNTAX;
    }
    num_trim(&v->v.p, &v->v.n);
    v->kind = V_DECIMAL;
    return CONV_OK;
}

static enum conv_status text_to_real(const struct param_plan *p, struct buf *b,
                                     struct param_value *v)
{
    (void)p;
    double d;
    enum num_status st = num_get_double(v->v.p, v->v.n, &d);
    if (st != NUM_OK) {
        return conv_num((int)st);
    }
    if (!isfinite(d)) {
        return CONV_SYNTAX; /* "inf" is no numeric literal */
    }
    param_unused(b, v);
    v->kind = V_DOUBLE;
    v->v.d = d;
    return CONV_OK;
}

static enum conv_status real_to_real(const struct param_plan *p, struct buf *b,
                                     struct param_value *v)
{
    (void)p;
    (void)b;
    v->kind = V_DOUBLE;
    return isfinite(v->v.d) ? CONV_OK : CONV_RANGE;
}

static size_t put_real(struct param_value *v)
{
    return v->kind == V_FLOAT ? num_put_float(v->scratch, (float)v->v.d)
                              : num_put_double(v->scratch, v->v.d);
}

static enum conv_status real_to_decimal(const struct param_plan *p, struct buf *b,
                                        struct param_value *v)
{
    (void)p;
    (void)b;
    return isfinite(v->v.d) ? as_text(v, V_DECIMAL, put_real(v)) : CONV_RANGE;
}

/* Is it 0 or 1?  The text says more than a double could. */
static enum conv_status text_to_bit(const struct param_plan *p, struct buf *b,
                                    struct param_value *v)
{
    unsigned char bit;
    SQLLEN len;
    (void)p;
    enum conv_status st = put_text_bit(NULL, &v->v, &bit, 1, &len);
    if (!CONV_HAS_DATA(st)) {
        return st;
    }
    param_unused(b, v);
    v->kind = V_BIT;
    v->v.u = bit;
    return st == CONV_FRACTION ? CONV_TOO_LONG : CONV_OK;
}

static enum conv_status int_to_bit(const struct param_plan *p, struct buf *b, struct param_value *v)
{
    (void)p;
    (void)b;
    v->kind = V_BIT;
    return v->v.u <= 1 ? CONV_OK : CONV_RANGE; /* a negative number is a large one here */
}

static enum conv_status real_to_bit(const struct param_plan *p, struct buf *b,
                                    struct param_value *v)
{
    (void)p;
    (void)b;
    double d = v->v.d;
    if (!(d >= 0 && d < 2)) {
        return CONV_RANGE;
    }
    v->kind = V_BIT;
    v->v.u = d >= 1;
    return d == 0 || d == 1 ? CONV_OK : CONV_TOO_LONG;
}

/* ---- to characters ---- */

static enum conv_status int_to_text(const struct param_plan *p, struct buf *b,
                                    struct param_value *v)
{
    (void)p;
    (void)b;
    size_t n =
        v->kind == V_SIGNED ? num_put_i64(v->scratch, v->v.i) : num_put_u64(v->scratch, v->v.u);
    return as_text(v, V_TEXT, n);
}

static enum conv_status real_to_text(const struct param_plan *p, struct buf *b,
                                     struct param_value *v)
{
    (void)p;
    (void)b;
    return as_text(v, V_TEXT, put_real(v));
}

static enum conv_status decimal_to_text(const struct param_plan *p, struct buf *b,
                                        struct param_value *v)
{
    (void)p;
    (void)b;
    v->kind = V_TEXT;
    return CONV_OK;
}

static enum conv_status bytes_to_text(const struct param_plan *p, struct buf *b,
                                      struct param_value *v)
{
    (void)p;
    (void)b;
    v->kind = text_valid(v->v.p, v->v.n) ? V_TEXT : V_BYTES;
    return CONV_OK;
}

/* Fraction digits that a timestamp's nanoseconds need. */
static int places(uint32_t nano)
{
    int n = 9;
    for (; n > 0 && nano % 10 == 0; n--) {
        nano /= 10;
    }
    return n;
}

static enum conv_status date_to_text(const struct param_plan *p, struct buf *b,
                                     struct param_value *v)
{
    (void)p;
    (void)b;
    return as_text(v, V_TEXT, cal_put_date(v->scratch, &v->v.cal));
}

static enum conv_status time_to_text(const struct param_plan *p, struct buf *b,
                                     struct param_value *v)
{
    (void)p;
    (void)b;
    return as_text(v, V_TEXT, cal_put_time(v->scratch, &v->v.cal, places(v->v.cal.nano)));
}

static enum conv_status timestamp_to_text(const struct param_plan *p, struct buf *b,
                                          struct param_value *v)
{
    (void)p;
    (void)b;
    return as_text(v, V_TEXT, cal_put_timestamp(v->scratch, &v->v.cal, places(v->v.cal.nano)));
}

/* ---- to bytes: text is hexadecimal digits, an odd last one does not count ---- */

static enum conv_status text_to_bytes(const struct param_plan *p, struct buf *b,
                                      struct param_value *v)
{
    (void)p;
    const char *s = v->v.p;
    size_t n = v->v.n / 2;
    bool is_in_buf =
        b->len > v->start; /* UTF-16 became UTF-8 there: the bytes, half as many, take its place */
    unsigned char *to = is_in_buf ? b->p + v->start : buf_grow(b, n);
    if (!to) {
        return n ? CONV_MEMORY : CONV_OK;
    }
    for (size_t i = 0; i < n; i++) {
        int high = hex_value(s[2 * i]), low = hex_value(s[2 * i + 1]);
        if (high < 0 || low < 0) {
            return CONV_SYNTAX;
        }
        to[i] = (unsigned char)(high << 4 | low);
    }
    v->kind = V_BYTES;
    v->v.p = (const char *)to;
    v->v.n = n;
    return CONV_OK;
}

/* ---- dates and times ---- */

/* Servers store microseconds. */
static enum conv_status cut_nano(struct param_value *v)
{
    v->is_cut = v->is_cut || v->v.cal.nano % 1000;
    v->v.cal.nano -= v->v.cal.nano % 1000;
    return CONV_OK;
}

static enum conv_status timestamp_to_date(const struct param_plan *p, struct buf *b,
                                          struct param_value *v)
{
    (void)b;
    const struct cal *c = &v->v.cal;
    bool has_time = c->hour || c->minute || c->second || c->nano;
    v->kind = V_DATE;
    return has_time && !p->no_date_overflow ? CONV_OVERFLOW : CONV_OK;
}

static enum conv_status to_time(const struct param_plan *p, struct buf *b, struct param_value *v)
{
    (void)p;
    (void)b;
    v->kind = V_TIME;
    v->v.cal.year = v->v.cal.month = v->v.cal.day = 0;
    return cut_nano(v);
}

static enum conv_status to_timestamp(const struct param_plan *p, struct buf *b,
                                     struct param_value *v)
{
    (void)p;
    (void)b;
    v->kind = V_TIMESTAMP;
    return cut_nano(v);
}

static enum conv_status time_to_timestamp(const struct param_plan *p, struct buf *b,
                                          struct param_value *v)
{
    conv_today(&v->v.cal);
    return to_timestamp(p, b, v);
}

/* A day that can be sent: a real one, or the zero date. */
static bool is_day(const struct cal *c)
{
    bool is_zero = c->year == 0 && c->month == 0 && c->day == 0;
    return is_zero || cal_valid(c);
}

struct piece {
    const char *p;
    size_t n;
};

/* What stands in {d '...'}, {t '...'} or {ts '...'}, which a text for a date may be (appendix D, "C
 * to SQL: Character"); any other text as it is. */
static struct piece out_of_escape(const struct param_value *v)
{
    struct piece all = {v->v.p, v->v.n}, in = all;
    while (in.n && in.p[in.n - 1] == ' ') {
        in.n--;
    }
    const char *open = in.n ? memchr(in.p, '\'', in.n) : NULL, *end = in.p + in.n - 1;
    if (!open || in.p[0] != '{' || *end != '}') {
        return all;
    }
    const char *word = in.p + 1, *stop = open;
    while (word < stop && *word == ' ') {
        word++;
    }
    while (stop > word && stop[-1] == ' ') {
        stop--;
    }
    while (end > open && end[-1] == ' ') {
        end--;
    }
    size_t n = (size_t)(stop - word);
    bool is_known = text_eqn(word, n, "d") || text_eqn(word, n, "t") || text_eqn(word, n, "ts");
    bool is_closed = end - 1 > open && end[-1] == '\'';
    return is_known && is_closed ? (struct piece){open + 1, (size_t)(end - 2 - open)} : all;
}

static enum conv_status text_to_date(const struct param_plan *p, struct buf *b,
                                     struct param_value *v)
{
    struct cal c;
    struct piece t = out_of_escape(v);
    if (cal_get_timestamp(t.p, t.n, &c) != CAL_OK || !is_day(&c)) {
        return CONV_SYNTAX;
    }
    param_unused(b, v);
    v->v.cal = c;
    return timestamp_to_date(p, b, v);
}

static enum conv_status text_to_time(const struct param_plan *p, struct buf *b,
                                     struct param_value *v)
{
    struct cal c;
    struct piece t = out_of_escape(v);
    if (cal_get_time(t.p, t.n, &c) != CAL_OK &&
        (cal_get_date(t.p, t.n, &c) == CAL_OK || /* which has no time of day */
         cal_get_timestamp(t.p, t.n, &c) != CAL_OK)) {
        return CONV_SYNTAX;
    }
    param_unused(b, v);
    v->v.cal = c;
    return to_time(p, b, v);
}

static enum conv_status text_to_timestamp(const struct param_plan *p, struct buf *b,
                                          struct param_value *v)
{
    struct cal c;
    struct piece t = out_of_escape(v);
    if (cal_get_timestamp(t.p, t.n, &c) == CAL_OK && is_day(&c)) {
        param_unused(b, v);
        v->v.cal = c;
        return to_timestamp(p, b, v);
    }
    if (cal_get_time(t.p, t.n, &c) != CAL_OK || c.negative || c.hour > 23) {
        return CONV_SYNTAX;
    }
    param_unused(b, v);
    v->v.cal = c;
    return time_to_timestamp(p, b, v);
}

static enum conv_status text_to_guid(const struct param_plan *p, struct buf *b,
                                     struct param_value *v)
{
    (void)p;
    (void)b;
    SQLGUID g;
    if (!guid_get(v->v.p, v->v.n, &g)) {
        return CONV_SYNTAX;
    }
    guid_put(&g, v->scratch);
    return as_text(v, V_TEXT, GUID_CHARS);
}

/* ---- from bytes that are the C type of the SQL type ---- */

/* Read the bytes as the SQL type's own C type, and go its way. */
static enum conv_status bytes_as_c(const struct param_plan *p, struct buf *b, struct param_value *v)
{
    struct param_plan own = *p;
    own.ctype = ctype_find(p->sqltype->if_signed);
    if (v->v.n != p->sqltype->octets || !own.ctype) {
        return CONV_RANGE;
    }
    enum conv_status st = take_of[own.ctype->family](&own, v->v.p, v->v.n, b, v);
    return st == CONV_OK ? shape_of[v->kind][p->sqltype->family](&own, b, v) : st;
}

static enum conv_status bytes_to_guid(const struct param_plan *p, struct buf *b,
                                      struct param_value *v)
{
    (void)p;
    (void)b;
    SQLGUID g;
    if (v->v.n != 16) {
        return CONV_RANGE;
    }
    guid_get_bytes((const unsigned char *)v->v.p, &g);
    guid_put(&g, v->scratch);
    return as_text(v, V_TEXT, GUID_CHARS);
}

/* clang-format off */
shape_fn *const shape_of[V_KINDS][SQLFS] = {
    [V_SIGNED]    = {[SQLF_CHAR] = int_to_text,     [SQLF_INT] = int_to_int,     [SQLF_DECIMAL] = keep,            [SQLF_REAL] = keep,         [SQLF_BIT] = int_to_bit,  [SQLF_INTERVAL] = int_to_text},
    [V_UNSIGNED]  = {[SQLF_CHAR] = int_to_text,     [SQLF_INT] = int_to_int,     [SQLF_DECIMAL] = keep,            [SQLF_REAL] = keep,         [SQLF_BIT] = int_to_bit,  [SQLF_INTERVAL] = int_to_text},
    [V_FLOAT]     = {[SQLF_CHAR] = real_to_text,    [SQLF_INT] = double_to_int,  [SQLF_DECIMAL] = real_to_decimal, [SQLF_REAL] = real_to_real, [SQLF_BIT] = real_to_bit},
    [V_DOUBLE]    = {[SQLF_CHAR] = real_to_text,    [SQLF_INT] = double_to_int,  [SQLF_DECIMAL] = real_to_decimal, [SQLF_REAL] = real_to_real, [SQLF_BIT] = real_to_bit},
    [V_DECIMAL]   = {[SQLF_CHAR] = decimal_to_text, [SQLF_INT] = decimal_to_int, [SQLF_DECIMAL] = keep,            [SQLF_REAL] = text_to_real, [SQLF_BIT] = text_to_bit, [SQLF_INTERVAL] = decimal_to_text},
    [V_BIT]       = {[SQLF_CHAR] = int_to_text,     [SQLF_INT] = keep,           [SQLF_DECIMAL] = keep,            [SQLF_REAL] = keep,         [SQLF_BIT] = keep},
    [V_TEXT]      = {[SQLF_CHAR] = keep,            [SQLF_INT] = text_to_int,    [SQLF_DECIMAL] = text_to_decimal, [SQLF_REAL] = text_to_real, [SQLF_BIT] = text_to_bit,
                     [SQLF_BYTES] = text_to_bytes,  [SQLF_DATE] = text_to_date,  [SQLF_TIME] = text_to_time,       [SQLF_TIMESTAMP] = text_to_timestamp,
                     [SQLF_GUID] = text_to_guid,    [SQLF_INTERVAL] = keep},
    [V_BYTES]     = {[SQLF_CHAR] = bytes_to_text,   [SQLF_INT] = bytes_as_c,     [SQLF_DECIMAL] = text_to_decimal, [SQLF_REAL] = bytes_as_c,   [SQLF_BIT] = bytes_as_c,
                     [SQLF_BYTES] = keep,           [SQLF_DATE] = bytes_as_c,    [SQLF_TIME] = bytes_as_c,         [SQLF_TIMESTAMP] = bytes_as_c, [SQLF_GUID] = bytes_to_guid},
    [V_DATE]      = {[SQLF_CHAR] = date_to_text,    [SQLF_DATE] = keep,          [SQLF_TIMESTAMP] = to_timestamp},
    [V_TIME]      = {[SQLF_CHAR] = time_to_text,    [SQLF_TIME] = to_time,       [SQLF_TIMESTAMP] = time_to_timestamp},
    [V_TIMESTAMP] = {[SQLF_CHAR] = timestamp_to_text, [SQLF_DATE] = timestamp_to_date, [SQLF_TIME] = to_time,      [SQLF_TIMESTAMP] = to_timestamp},
};
/* clang-format on */
