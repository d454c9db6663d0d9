/* plan.c - the matrix of conversions, and how a plan is made of it.
 *
 * Pairs that the ODBC reference does not have and we do: BIT(n) to numbers, TIME to intervals, 16
 * bytes to SQL_C_GUID. */
#include "conv/plan.h"

#include "base/wire_type.h"
#include "conv/describe.h"
#include "conv/part.h"
#include "conv/value.h"

/* clang-format off */
static put_fn *const to_c[V_KINDS][FAMILIES] = {
    [V_SIGNED] = {
        [FAMILY_INT] = put_signed_int,         [FAMILY_FLOAT] = put_signed_float, [FAMILY_DOUBLE] = put_signed_float,
        [FAMILY_BIT] = put_signed_bit,         [FAMILY_NUMERIC] = put_signed_numeric,
        [FAMILY_CHAR] = put_text_char,         [FAMILY_WCHAR] = put_text_wide,    [FAMILY_BINARY] = put_signed_binary,
        [FAMILY_MONTHS] = put_signed_interval, [FAMILY_SECONDS] = put_signed_interval,
    },
    [V_UNSIGNED] = {
        [FAMILY_INT] = put_unsigned_int,         [FAMILY_FLOAT] = put_unsigned_float, [FAMILY_DOUBLE] = put_unsigned_float,
        [FAMILY_BIT] = put_unsigned_bit,         [FAMILY_NUMERIC] = put_unsigned_numeric,
        [FAMILY_CHAR] = put_text_char,           [FAMILY_WCHAR] = put_text_wide,      [FAMILY_BINARY] = put_unsigned_binary,
        [FAMILY_MONTHS] = put_unsigned_interval, [FAMILY_SECONDS] = put_unsigned_interval,
    },
    [V_FLOAT] = {
        [FAMILY_INT] = put_double_int, [FAMILY_FLOAT] = put_double_float, [FAMILY_DOUBLE] = put_double_float,
        [FAMILY_BIT] = put_double_bit, [FAMILY_NUMERIC] = put_double_numeric,
        [FAMILY_CHAR] = put_text_char, [FAMILY_WCHAR] = put_text_wide,    [FAMILY_BINARY] = put_float_binary,
    },
    [V_DOUBLE] = {
        [FAMILY_INT] = put_double_int, [FAMILY_FLOAT] = put_double_float, [FAMILY_DOUBLE] = put_double_float,
        [FAMILY_BIT] = put_double_bit, [FAMILY_NUMERIC] = put_double_numeric,
        [FAMILY_CHAR] = put_text_char, [FAMILY_WCHAR] = put_text_wide,    [FAMILY_BINARY] = put_double_binary,
    },
    [V_DECIMAL] = {
        [FAMILY_INT] = put_text_int,           [FAMILY_FLOAT] = put_text_float, [FAMILY_DOUBLE] = put_text_float,
        [FAMILY_BIT] = put_text_bit,           [FAMILY_NUMERIC] = put_text_numeric,
        [FAMILY_CHAR] = put_text_char,         [FAMILY_WCHAR] = put_text_wide,  [FAMILY_BINARY] = put_bytes_binary,
        [FAMILY_MONTHS] = put_number_interval, [FAMILY_SECONDS] = put_number_interval,
    },
    [V_TEXT] = {
        [FAMILY_INT] = put_text_int,         [FAMILY_FLOAT] = put_text_float, [FAMILY_DOUBLE] = put_text_float,
        [FAMILY_BIT] = put_text_bit,         [FAMILY_NUMERIC] = put_text_numeric,
        [FAMILY_CHAR] = put_text_char,       [FAMILY_WCHAR] = put_text_wide,  [FAMILY_BINARY] = put_bytes_binary,
        [FAMILY_DATE] = put_text_date,       [FAMILY_TIME] = put_text_time,   [FAMILY_TIMESTAMP] = put_text_timestamp,
        [FAMILY_MONTHS] = put_text_interval, [FAMILY_SECONDS] = put_text_interval,
        [FAMILY_GUID] = put_text_guid,
    },
    [V_BYTES] = {
        [FAMILY_CHAR] = put_bytes_char, [FAMILY_WCHAR] = put_bytes_wide, [FAMILY_BINARY] = put_bytes_binary,
        [FAMILY_GUID] = put_bytes_guid,
    },
    [V_BIT] = {
        [FAMILY_INT] = put_unsigned_int, [FAMILY_FLOAT] = put_unsigned_float, [FAMILY_DOUBLE] = put_unsigned_float,
        [FAMILY_BIT] = put_unsigned_bit, [FAMILY_NUMERIC] = put_unsigned_numeric,
        [FAMILY_CHAR] = put_text_char,   [FAMILY_WCHAR] = put_text_wide,      [FAMILY_BINARY] = put_bit_binary,
    },
    [V_BITS] = {
        [FAMILY_INT] = put_unsigned_int, [FAMILY_FLOAT] = put_unsigned_float, [FAMILY_DOUBLE] = put_unsigned_float,
        [FAMILY_BIT] = put_unsigned_bit, [FAMILY_NUMERIC] = put_unsigned_numeric,
        [FAMILY_CHAR] = put_bytes_char,  [FAMILY_WCHAR] = put_bytes_wide,     [FAMILY_BINARY] = put_bytes_binary,
    },
    [V_DATE] = {
        [FAMILY_CHAR] = put_text_char, [FAMILY_WCHAR] = put_text_wide, [FAMILY_BINARY] = put_date_binary,
        [FAMILY_DATE] = put_date_date, [FAMILY_TIMESTAMP] = put_date_timestamp,
    },
    [V_TIME] = {
        [FAMILY_CHAR] = put_text_char, [FAMILY_WCHAR] = put_text_wide, [FAMILY_BINARY] = put_time_binary,
        [FAMILY_TIME] = put_time_time, [FAMILY_TIMESTAMP] = put_time_timestamp,
        [FAMILY_SECONDS] = put_time_interval,
    },
    [V_TIMESTAMP] = {
        [FAMILY_CHAR] = put_text_char,      [FAMILY_WCHAR] = put_text_wide,     [FAMILY_BINARY] = put_timestamp_binary,
        [FAMILY_DATE] = put_timestamp_date, [FAMILY_TIME] = put_timestamp_time, [FAMILY_TIMESTAMP] = put_timestamp_timestamp,
    },
};
/* clang-format on */

static enum conv_status decode_and_put(const struct conv_plan *p, const struct cell *c, void *dst,
                                       size_t cap, SQLLEN *len)
{
    struct value v;
    enum conv_status st = p->decode(p, c, &v);
    return st == CONV_OK ? p->put(p, &v, dst, cap, len) : st;
}

/* Bytes of a cell of fixed width. */
static uint8_t width_of(uint8_t type)
{
    switch (type) {
#define WIRE_TYPE(code, name, width)                                                               \
    case (code):                                                                                   \
        return (width) > 0 ? (uint8_t)(width) : 0;
#include "table/wire_type.def"
#undef WIRE_TYPE
    default:
        return 0;
    }
}

#define MAX_DECIMALS 30 /* DECIMAL(65,30); 31 and more: not fixed */

static void bind_source(struct conv_plan *p, const struct conv_source *s)
{
    bool is_zerofill = s->binary && s->flags & CONV_FLAG_ZEROFILL && s->flags & CONV_FLAG_UNSIGNED;
    p->width = width_of(s->type);
    p->decimals = s->decimals > MAX_DECIMALS ? 0 : s->decimals; /* of text it says nothing */
    if (p->kind == V_TIME || p->kind == V_TIMESTAMP) {
        p->decimals = p->decimals > 6 ? 6 : p->decimals;
    }
    p->pad = is_zerofill ? (uint8_t)(s->length > UINT8_MAX ? UINT8_MAX : s->length) : 0;
    p->is_unsigned = s->flags & CONV_FLAG_UNSIGNED;
}

static void bind_target(struct conv_plan *p, const struct conv_target *t)
{
    p->size = p->ctype->size;
    p->precision = t->precision;
    p->scale = t->scale;
    p->has_scale = t->has_scale;
    p->interval_precision = t->interval_precision;
}

static SQLSMALLINT resolve(const struct conv_source *s, SQLSMALLINT ctype,
                           const struct conv_opts *o)
{
    if (ctype != SQL_C_DEFAULT) {
        return ctype;
    }
    struct conv_desc d;
    describe_column(s, o, &d);
    return d.ctype;
}

enum conv_status plan_bind(struct conv_plan *p, const struct conv_source *s,
                           const struct conv_target *t, const struct conv_opts *o)
{
    *p = (struct conv_plan){0};
    p->ctype_id = resolve(s, t->ctype, o);
    p->ctype = ctype_find(p->ctype_id);
    if (!p->ctype) {
        return CONV_CTYPE;
    }
    struct source_kind from = decode_find(s, o);
    p->kind = (uint8_t)from.kind;
    p->decode = from.decode;
    p->put = to_c[from.kind][p->ctype->family];
    p->zero_date_to_min = o->zero_date_to_min;
    if (!p->put) {
        return CONV_PAIR;
    }
    bind_source(p, s);
    bind_target(p, t);
    part_bind(p, from.is_text);
    p->fn = fast_find(p, s, &from);
    if (!p->fn) {
        p->fn = decode_and_put;
    }
    return CONV_OK;
}
