/* param.c - binds parameters and writes their values, as pieces of SQL text or for
 * COM_STMT_EXECUTE.
 *
 * A value passes three steps: read from the C type (from_c.c), brought to the kind that the SQL
 * type demands (to_sql.c), written in one of two forms (here). Source: MySQL source documentation,
 * "Binary Protocol Value". */
#include "conv/param.h"

#include <string.h>

#include "base/num.h"
#include "base/wire_type.h"
#include "conv/from_c.h"

/* Only characters and the SQL types that have a place for them: the text of a GUID is no number,
 * that of an interval no date. */
static bool is_possible(const struct ctype_row *c, const struct sqltype_row *s)
{
    bool is_interval = c->family == FAMILY_MONTHS || c->family == FAMILY_SECONDS;
    bool is_single = is_interval && c->first == c->last;
    if (c->family == FAMILY_GUID) {
        return s->family == SQLF_CHAR || s->family == SQLF_GUID;
    }
    return !is_interval || s->family == SQLF_CHAR || s->family == SQLF_INTERVAL ||
           (is_single && (s->family == SQLF_INT || s->family == SQLF_DECIMAL));
}

enum conv_status param_bind(struct param_plan *p, const struct param_target *t,
                            const struct conv_opts *o)
{
    *p = (struct param_plan){.sql_type = t->sql_type};
    p->sqltype = sqltype_find(t->sql_type);
    if (!p->sqltype) {
        return CONV_SQLTYPE;
    }
    p->ctype_id =
        t->ctype == SQL_C_DEFAULT ? ctype_default(t->sql_type, t->is_unsigned, o) : t->ctype;
    p->ctype = ctype_find(p->ctype_id);
    if (!p->ctype) {
        return CONV_CTYPE;
    }
    p->size = p->ctype->size;
    p->min_date_to_zero = o->min_date_to_zero;
    p->no_date_overflow = o->no_date_overflow;
    p->fraction_as_text = o->fraction_as_text;
    p->has_scale = t->has_scale;
    p->scale = t->scale;
    p->take = take_of[p->ctype->family];
    p->shape = shape_of[take_kind[p->ctype->family]][p->sqltype->family];
    return p->shape && is_possible(p->ctype, p->sqltype) ? CONV_OK : CONV_PAIR;
}

static size_t wide_length(const char *s)
{
    uint16_t unit;
    size_t n = 0;
    for (memcpy(&unit, s, 2); unit; memcpy(&unit, s + n, 2)) {
        n += 2;
    }
    return n;
}

size_t param_length(const struct param_plan *p, const void *data, SQLLEN ind)
{
    if (p->size) {
        return p->size;
    }
    if (ind >= 0) {
        return (size_t)ind;
    }
    if (ind != SQL_NTS || p->ctype->family == FAMILY_BINARY) {
        return SIZE_MAX;
    }
    return p->ctype->family == FAMILY_WCHAR ? wide_length(data) : strlen(data);
}

/* Read and shape; b holds nothing that counts but what v points to. */
static enum conv_status get(const struct param_plan *p, const void *data, SQLLEN ind, struct buf *b,
                            struct param_value *v)
{
    size_t len = param_length(p, data, ind);
    v->start = b->len;
    v->is_cut = false;
    if (len == SIZE_MAX) {
        return CONV_LENGTH;
    }
    enum conv_status st = p->take(p, data, len, b, v);
    return st == CONV_OK ? p->shape(p, b, v) : st;
}

/* Make the text of v the parameter's bytes, wherever it is now. */
static void put_own(struct buf *b, const struct param_value *v)
{
    const char *s = v->v.p;
    size_t n = v->v.n;
    if (b->len > v->start) { /* it is in the buffer, perhaps behind spaces */
        const char *base = (const char *)b->p + v->start;
        if (s >= base && s <= base + (b->len - v->start)) {
            memmove(b->p + v->start, s, n);
            b->len = v->start + n;
            return;
        }
    }
    b->len = v->start;
    buf_put(b, s, n);
}

static enum conv_status finish(struct buf *b, const struct param_value *v)
{
    if (!buf_ok(b)) {
        return CONV_MEMORY;
    }
    return v->is_cut ? CONV_FRACTION : CONV_OK;
}

bool param_is_bytes(const struct param_plan *p)
{
    return p->sqltype->family == SQLF_BYTES;
}

/* ---- as SQL text ---- */

static size_t field_text(const struct param_value *v, char *out)
{
    switch (v->kind) {
    case V_SIGNED:
        return num_put_i64(out, v->v.i);
    case V_UNSIGNED:
    case V_BIT:
        return num_put_u64(out, v->v.u);
    case V_DATE:
        return cal_put_date(out, &v->v.cal);
    case V_TIME:
        return cal_put_time(out, &v->v.cal, v->v.cal.nano ? 6 : 0);
    case V_TIMESTAMP:
        return cal_put_timestamp(out, &v->v.cal, v->v.cal.nano ? 6 : 0);
    default:
        return num_put_double(out, v->v.d);
    }
}

/* A DOUBLE literal has an exponent; without one the server would take it for DECIMAL. */
static size_t literal_text(const struct param_value *v, char *out)
{
    size_t n = field_text(v, out);
    if ((v->kind == V_DOUBLE || v->kind == V_FLOAT) && !memchr(out, 'e', n)) {
        memcpy(out + n, "e0", 2);
        n += 2;
    }
    return n;
}

typedef size_t value_put_fn(const struct param_value *v, char *out);

static const enum param_form form_of[V_KINDS] = {
    [V_SIGNED] = PARAM_NUMBER, [V_UNSIGNED] = PARAM_NUMBER, [V_FLOAT] = PARAM_NUMBER,
    [V_DOUBLE] = PARAM_NUMBER, [V_DECIMAL] = PARAM_NUMBER,  [V_TEXT] = PARAM_TEXT,
    [V_BYTES] = PARAM_BYTES,   [V_BIT] = PARAM_NUMBER,      [V_BITS] = PARAM_BYTES,
    [V_DATE] = PARAM_TEXT,     [V_TIME] = PARAM_TEXT,       [V_TIMESTAMP] = PARAM_TEXT,
};

static bool is_text_kind(enum value_kind k)
{
    return k == V_DECIMAL || k == V_TEXT || k == V_BYTES;
}

static enum conv_status put_text(const struct param_plan *p, const void *data, SQLLEN ind,
                                 struct buf *b, enum param_form *form, value_put_fn *put)
{
    struct param_value v;
    if (ind == SQL_NULL_DATA) {
        *form = PARAM_NULL;
        return CONV_OK;
    }
    enum conv_status st = get(p, data, ind, b, &v);
    if (st != CONV_OK) {
        b->len = v.start;
        return st;
    }
    *form = form_of[v.kind];
    if (is_text_kind(v.kind)) {
        put_own(b, &v);
    } else {
        char text[PARAM_CHARS];
        b->len = v.start;
        buf_put(b, text, put(&v, text));
    }
    return finish(b, &v);
}

enum conv_status param_literal(const struct param_plan *p, const void *data, SQLLEN ind,
                               struct buf *b, enum param_form *form)
{
    return put_text(p, data, ind, b, form, literal_text);
}

enum conv_status param_field(const struct param_plan *p, const void *data, SQLLEN ind,
                             struct buf *b, enum param_form *form)
{
    return put_text(p, data, ind, b, form, field_text);
}

/* ---- for COM_STMT_EXECUTE ---- */

static void put_day(struct buf *b, const struct cal *c)
{
    buf_put_u16(b, c->year);
    buf_putc(b, c->month);
    buf_putc(b, c->day);
}

static void put_clock(struct buf *b, const struct cal *c, unsigned hour)
{
    buf_putc(b, hour);
    buf_putc(b, c->minute);
    buf_putc(b, c->second);
    if (c->nano) {
        buf_put_u32(b, c->nano / 1000);
    }
}

static void put_duration(struct buf *b, const struct cal *c)
{
    buf_putc(b, c->negative);
    buf_put_u32(b, c->hour / 24);
    put_clock(b, c, c->hour % 24);
}

static void put_double_bits(struct buf *b, double d)
{
    uint64_t bits;
    memcpy(&bits, &d, sizeof bits);
    buf_put_u64(b, bits);
}

static void put_binary(struct buf *b, const struct param_value *v)
{
    switch (v->kind) {
    case V_SIGNED:
    case V_UNSIGNED:
        buf_put_u64(b, v->v.u);
        return;
    case V_BIT:
        buf_putc(b, (unsigned)v->v.u);
        return;
    case V_DATE:
        put_day(b, &v->v.cal);
        return;
    case V_TIME:
        put_duration(b, &v->v.cal);
        return;
    case V_TIMESTAMP:
        put_day(b, &v->v.cal);
        put_clock(b, &v->v.cal, v->v.cal.hour);
        return;
    default:
        put_double_bits(b, v->v.d);
        return;
    }
}

static const uint8_t type_of[V_KINDS] = {
    [V_SIGNED] = MYSQL_TYPE_LONGLONG,    [V_UNSIGNED] = MYSQL_TYPE_LONGLONG,
    [V_FLOAT] = MYSQL_TYPE_DOUBLE,       [V_DOUBLE] = MYSQL_TYPE_DOUBLE,
    [V_DECIMAL] = MYSQL_TYPE_NEWDECIMAL, [V_TEXT] = MYSQL_TYPE_VAR_STRING,
    [V_BYTES] = MYSQL_TYPE_BLOB,         [V_BIT] = MYSQL_TYPE_TINY,
    [V_BITS] = MYSQL_TYPE_BLOB,          [V_DATE] = MYSQL_TYPE_DATE,
    [V_TIME] = MYSQL_TYPE_TIME,          [V_TIMESTAMP] = MYSQL_TYPE_DATETIME,
};

/* The value's text, the binary form of which would lose its fraction. */
static void put_fraction(struct buf *b, const struct param_value *v)
{
    char text[PARAM_CHARS];
    buf_put(b, text, field_text(v, text));
}

static bool is_fraction(const struct param_value *v)
{
    return (v->kind == V_TIMESTAMP || v->kind == V_TIME) && v->v.cal.nano;
}

enum conv_status param_binary(const struct param_plan *p, const void *data, SQLLEN ind,
                              struct buf *b, uint8_t *type, bool *is_unsigned)
{
    struct param_value v;
    *is_unsigned = false;
    if (ind == SQL_NULL_DATA) {
        *type = MYSQL_TYPE_NULL;
        return CONV_OK;
    }
    enum conv_status st = get(p, data, ind, b, &v);
    if (st != CONV_OK) {
        b->len = v.start;
        return st;
    }
    *type = type_of[v.kind];
    *is_unsigned = v.kind == V_UNSIGNED;
    if (is_text_kind(v.kind)) {
        put_own(b, &v);
        return finish(b, &v);
    }
    b->len = v.start;
    if (p->fraction_as_text && is_fraction(&v)) {
        *type = MYSQL_TYPE_VAR_STRING;
        put_fraction(b, &v);
    } else {
        put_binary(b, &v);
    }
    return finish(b, &v);
}
