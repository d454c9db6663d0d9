/* decode.c - cells to values: one short function per form in which a server sends a type.
 *
 * A cell that its own column type forbids (letters in an INT, seven bytes in a double) is
 * CONV_BAD_DATA: a server that is none of those we know, not the conversion.  The value is lost,
 * the connection is not. Source: MySQL source documentation, "Binary Protocol Value". */
#include "conv/value.h"

#include <string.h>

#include "base/num.h"
#include "base/text.h"
#include "base/wire_type.h"

/* ---- binary form ---- */

static uint64_t le(const unsigned char *p, size_t n)
{
    uint64_t v = 0;
    for (size_t i = n; i-- > 0;) {
        v = v << 8 | p[i];
    }
    return v;
}

static enum conv_status bin_signed(const struct conv_plan *p, const struct cell *c, struct value *v)
{
    if (c->len != p->width) {
        return CONV_BAD_DATA;
    }
    switch (p->width) {
    case 1:
        v->i = (int8_t)c->p[0];
        return CONV_OK;
    case 2:
        v->i = (int16_t)le(c->p, 2);
        return CONV_OK;
    case 4:
        v->i = (int32_t)le(c->p, 4);
        return CONV_OK;
    default:
        v->i = (int64_t)le(c->p, 8);
        return CONV_OK;
    }
}

static enum conv_status bin_unsigned(const struct conv_plan *p, const struct cell *c,
                                     struct value *v)
{
    if (c->len != p->width) {
        return CONV_BAD_DATA;
    }
    v->u = le(c->p, c->len);
    return CONV_OK;
}

static enum conv_status bin_float(const struct conv_plan *p, const struct cell *c, struct value *v)
{
    (void)p;
    if (c->len != 4) {
        return CONV_BAD_DATA;
    }
    uint32_t bits = (uint32_t)le(c->p, 4);
    float f;
    memcpy(&f, &bits, sizeof f);
    v->d = (double)f;
    return CONV_OK;
}

static enum conv_status bin_double(const struct conv_plan *p, const struct cell *c, struct value *v)
{
    (void)p;
    if (c->len != 8) {
        return CONV_BAD_DATA;
    }
    uint64_t bits = le(c->p, 8);
    memcpy(&v->d, &bits, sizeof v->d);
    return CONV_OK;
}

/* Are the parts ones that can be printed?  What is no real date (30 February) is told later, zero
 * dates pass. */
static enum conv_status check_cal(const struct cal *c, uint32_t micro)
{
    bool good = c->year <= 9999 && c->month <= 12 && c->day <= 31 && c->minute < 60 &&
                c->second < 60 && micro < 1000000;
    return good ? CONV_OK : CONV_BAD_DATA;
}

static enum conv_status bin_date(const struct conv_plan *p, const struct cell *c, struct value *v)
{
    (void)p;
    const unsigned char *b = c->p;
    uint32_t micro = 0;
    v->cal = (struct cal){0};
    if (c->len != 0 && c->len != 4 && c->len != 7 && c->len != 11) {
        return CONV_BAD_DATA;
    }
    if (c->len >= 4) {
        v->cal.year = (uint16_t)le(b, 2);
        v->cal.month = b[2];
        v->cal.day = b[3];
    }
    if (c->len >= 7) {
        v->cal.hour = b[4];
        v->cal.minute = b[5];
        v->cal.second = b[6];
    }
    if (c->len == 11) {
        micro = (uint32_t)le(b + 7, 4);
        v->cal.nano = micro * 1000;
    }
    return v->cal.hour < 24 ? check_cal(&v->cal, micro) : CONV_BAD_DATA;
}

static enum conv_status bin_time(const struct conv_plan *p, const struct cell *c, struct value *v)
{
    (void)p;
    const unsigned char *b = c->p;
    uint32_t micro = 0;
    v->cal = (struct cal){0};
    if (c->len != 0 && c->len != 8 && c->len != 12) {
        return CONV_BAD_DATA;
    }
    if (c->len >= 8) {
        uint32_t days = (uint32_t)le(b + 1, 4);
        if (days > 40 || b[5] > 23) {
            return CONV_BAD_DATA; /* no server goes past 838 hours, and cal_put_time prints three
                                     digits */
        }
        v->cal.negative = b[0] != 0;
        v->cal.hour = days * 24 + b[5];
        v->cal.minute = b[6];
        v->cal.second = b[7];
    }
    if (c->len == 12) {
        micro = (uint32_t)le(b + 8, 4);
        v->cal.nano = micro * 1000;
    }
    return check_cal(&v->cal, micro);
}

/* ---- text form, and what is text in both ---- */

static enum conv_status any_text(const struct conv_plan *p, const struct cell *c, struct value *v)
{
    (void)p;
    v->p = (const char *)c->p;
    v->n = c->len;
    return CONV_OK;
}

static enum conv_status any_bits(const struct conv_plan *p, const struct cell *c, struct value *v)
{
    (void)p;
    if (c->len > 8) {
        return CONV_BAD_DATA;
    }
    v->u = 0;
    for (size_t i = 0; i < c->len; i++) {
        v->u = v->u << 8 | c->p[i];
    }
    v->p = (const char *)c->p;
    v->n = c->len;
    return CONV_OK;
}

/* BIT(1): one byte 0 or 1.  Some servers print the digit in the text form, and that is understood
 * too. */
static enum conv_status any_bit(const struct conv_plan *p, const struct cell *c, struct value *v)
{
    (void)p;
    if (c->len != 1) {
        return CONV_BAD_DATA;
    }
    unsigned char b = c->p[0];
    v->u = b == '1' || b == 1;
    return v->u || b == '0' || b == 0 ? CONV_OK : CONV_BAD_DATA;
}

static enum conv_status txt_signed(const struct conv_plan *p, const struct cell *c, struct value *v)
{
    (void)p;
    return num_get_i64((const char *)c->p, c->len, &v->i) == NUM_OK ? CONV_OK : CONV_BAD_DATA;
}

static enum conv_status txt_unsigned(const struct conv_plan *p, const struct cell *c,
                                     struct value *v)
{
    (void)p;
    return num_get_u64((const char *)c->p, c->len, &v->u) == NUM_OK ? CONV_OK : CONV_BAD_DATA;
}

static enum conv_status txt_double(const struct conv_plan *p, const struct cell *c, struct value *v)
{
    (void)p;
    return num_get_double((const char *)c->p, c->len, &v->d) == NUM_OK ? CONV_OK : CONV_BAD_DATA;
}

/* A 30th of February is stored by servers that are told to allow it, so it is no broken data. */
static enum conv_status got(enum cal_status st)
{
    return st == CAL_OK ? CONV_OK : st == CAL_RANGE ? CONV_DATETIME : CONV_BAD_DATA;
}

static enum conv_status txt_date(const struct conv_plan *p, const struct cell *c, struct value *v)
{
    (void)p;
    return got(cal_get_timestamp((const char *)c->p, c->len, &v->cal));
}

static enum conv_status txt_time(const struct conv_plan *p, const struct cell *c, struct value *v)
{
    (void)p;
    return got(cal_get_time((const char *)c->p, c->len, &v->cal));
}

/* ---- which ---- */

static enum value_kind wire_kind(const struct conv_source *s, const struct conv_opts *o)
{
    switch (s->type) {
    case MYSQL_TYPE_TINY:
    case MYSQL_TYPE_SHORT:
    case MYSQL_TYPE_LONG:
    case MYSQL_TYPE_INT24:
    case MYSQL_TYPE_LONGLONG:
        return s->flags & CONV_FLAG_UNSIGNED ? V_UNSIGNED : V_SIGNED;
    case MYSQL_TYPE_YEAR:
        return V_UNSIGNED;
    case MYSQL_TYPE_FLOAT:
        return V_FLOAT;
    case MYSQL_TYPE_DOUBLE:
        return V_DOUBLE;
    case MYSQL_TYPE_DECIMAL:
    case MYSQL_TYPE_NEWDECIMAL:
        return V_DECIMAL;
    case MYSQL_TYPE_DATE:
    case MYSQL_TYPE_NEWDATE:
        return V_DATE;
    case MYSQL_TYPE_TIME:
    case MYSQL_TYPE_TIME2:
        return V_TIME;
    case MYSQL_TYPE_DATETIME:
    case MYSQL_TYPE_DATETIME2:
    case MYSQL_TYPE_TIMESTAMP:
    case MYSQL_TYPE_TIMESTAMP2:
        return V_TIMESTAMP;
    case MYSQL_TYPE_BIT:
        return s->length == 1 ? V_BIT : V_BITS;
    default:
        return decode_is_bytes(s, o) ? V_BYTES : V_TEXT;
    }
}

/* Extended types whose text form is characters even if the column says binary. */
static bool is_text_ext(const char *ext)
{
    static const char *const names[] = {"json", "uuid", "inet4", "inet6"};
    for (size_t i = 0; ext && i < sizeof names / sizeof names[0]; i++) {
        if (text_eq(ext, names[i])) {
            return true;
        }
    }
    return false;
}

bool decode_is_bytes(const struct conv_source *s, const struct conv_opts *o)
{
    switch (s->type) {
    case MYSQL_TYPE_GEOMETRY:
    case MYSQL_TYPE_VECTOR:
        return true;
    case MYSQL_TYPE_JSON: /* MySQL says binary, and means utf8mb4 */
    case MYSQL_TYPE_ENUM:
    case MYSQL_TYPE_SET:
    case MYSQL_TYPE_NULL:
        return false;
    default:
        break;
    }
    if (s->charset != CONV_CHARSET_BINARY || is_text_ext(s->ext_type) ||
        s->flags & (CONV_FLAG_ENUM | CONV_FLAG_SET)) {
        return false;
    }
    return !(o->no_binary_result && s->is_expression);
}

struct source_kind decode_find(const struct conv_source *s, const struct conv_opts *o)
{
    static const struct {
        decode_fn *text, *binary;
        bool is_text,
            is_binary_text; /* the cell is text that SQL_C_CHAR gets, in text and in binary form */
    } how[V_KINDS] = {
        [V_SIGNED] = {txt_signed, bin_signed, true, false},
        [V_UNSIGNED] = {txt_unsigned, bin_unsigned, true, false},
        [V_FLOAT] = {txt_double, bin_float, true, false},
        [V_DOUBLE] = {txt_double, bin_double, true, false},
        [V_DECIMAL] = {any_text, any_text, true, true},
        [V_TEXT] = {any_text, any_text, true, true},
        [V_BYTES] = {any_text, any_text, false, false},
        [V_BIT] = {any_bit, any_bit, false, false},
        [V_BITS] = {any_bits, any_bits, false, false},
        [V_DATE] = {txt_date, bin_date, true, false},
        [V_TIME] = {txt_time, bin_time, true, false},
        [V_TIMESTAMP] = {txt_date, bin_date, true, false},
    };
    enum value_kind k = wire_kind(s, o);
    return s->binary ? (struct source_kind){k, how[k].binary, how[k].is_binary_text}
                     : (struct source_kind){k, how[k].text, how[k].is_text};
}
